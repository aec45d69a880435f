#include <criterion/criterion.h>
#include <string.h>

#include <caustic/status.h>

TestSuite(status, .timeout = 120);

Test(status, every_status_has_its_words_and_a_documented_exit_code)
{
    for (unsigned i = 0; i < CST_STATUS_COUNT; i++)
    {
        cr_assert_str_not_empty(cst_status_words((cst_status_t) i));
        for (unsigned k = 0; k < i; k++)
            cr_assert_str_neq(cst_status_words((cst_status_t) i), cst_status_words((cst_status_t) k));
    }
    cr_assert_eq(cst_status_exit_code(CST_OK), 0);
    cr_assert_eq(cst_status_exit_code(CST_PARTIAL), 1);
    cr_assert_eq(cst_status_exit_code(CST_UNDECIDED), 1);
    cr_assert_eq(cst_status_exit_code(CST_USAGE), 2);
    cr_assert_eq(cst_status_exit_code(CST_BAD_INPUT), 2);
    cr_assert_eq(cst_status_exit_code(CST_REFUSED), 2);
    cr_assert_eq(cst_status_exit_code(CST_INTERNAL), 3);
}

Test(status, an_unknown_status_is_an_internal_failure_and_no_crash)
{
    cr_assert_str_eq(cst_status_words((cst_status_t) 999), "unknown status");
    cr_assert_eq(cst_status_exit_code((cst_status_t) 999), 3);
    cr_assert_eq(cst_status_exit_code((cst_status_t) -1), 3);
}

Test(status, an_error_keeps_its_place_and_cuts_a_long_message)
{
    char flood[5000];
    cst_error_t error;

    memset(&error, 'x', sizeof error);
    cst_error_clear(&error);
    cr_assert_str_empty(error.file);
    cr_assert_str_empty(error.message);
    cr_assert_eq(error.line, 0);
    cr_assert_eq(error.column, 0);

    error.line = 7;
    error.column = 3;
    cr_assert_eq(cst_error_set(&error, CST_REFUSED, "name '%s', case %d", "w1", 42), CST_REFUSED);
    cr_assert_str_eq(error.message, "name 'w1', case 42");
    cr_assert_eq(error.line, 7);
    cr_assert_eq(error.column, 3);

    memset(flood, 'y', sizeof flood - 1);
    flood[sizeof flood - 1] = '\0';
    cst_error_set(&error, CST_BAD_INPUT, "%s", flood);
    cr_assert_eq(strlen(error.message), sizeof error.message - 1);
    cr_assert_eq(cst_error_set(NULL, CST_INTERNAL, "%s", flood), CST_INTERNAL);
}
