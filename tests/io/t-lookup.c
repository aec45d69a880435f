#include <criterion/criterion.h>
#include <string.h>

#include <caustic/io.h>

TestSuite(lookup, .timeout = 120);

static const char *const known[] = {"caustic", "title", "domain", "tolerance", "initial"};

Test(lookup, the_nearest_word_or_none)
{
    char longer[300];

    cr_assert_str_eq(cst_io_nearest("domian", known, 5), "domain");
    cr_assert_str_eq(cst_io_nearest("tolerence", known, 5), "tolerance");
    cr_assert_str_eq(cst_io_nearest("Title", known, 5), "title");
    cr_assert_str_eq(cst_io_nearest("titl", known, 5), "title");
    cr_assert_str_eq(cst_io_nearest("domain", known, 5), "domain");
    cr_assert_null(cst_io_nearest("metric", known, 5));
    cr_assert_null(cst_io_nearest("", known, 5));
    cr_assert_null(cst_io_nearest("domain", known, 0));
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    cr_assert_null(cst_io_nearest(longer, known, 5));
}

Test(lookup, unknown_missing_and_wrong_kind_are_reported_in_place)
{
    const char *text = "title: x\nsub:\n  domian: {}\n  title: y\nlist: [1]\n";
    cst_io_yaml_t yaml;
    cst_io_node_t sub, value;
    cst_error_t error;

    cr_assert_eq(cst_io_yaml_parse(yaml, "f", text, strlen(text), NULL), CST_OK);
    sub = cst_io_yaml_get(yaml->root, "sub");
    cst_error_clear(&error);
    cr_assert_eq(cst_io_yaml_known(yaml, sub, known, 5, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "unknown key 'domian' (did you mean 'domain'?)");
    cr_assert_eq(error.line, 3);
    cr_assert_eq(error.column, 3);

    cr_assert_eq(cst_io_yaml_known(yaml, yaml->root, known, 5, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "unknown key 'sub'");
    cr_assert_eq(error.line, 2);

    cr_assert_eq(cst_io_yaml_require(&value, yaml, sub, "title", &error), CST_OK);
    cr_assert_str_eq(value->text, "y");
    cr_assert_eq(cst_io_yaml_require(&value, yaml, sub, "domain", &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "missing key 'domain'");
    cr_assert_eq(error.line, 3);
    cr_assert_null(value);

    cr_assert_eq(cst_io_yaml_known(yaml, cst_io_yaml_get(yaml->root, "list"), known, 5, &error),
                 CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "expected a mapping, found a list");
    cr_assert_eq(error.line, 5);
    cr_assert_eq(error.column, 7);
    cr_assert_null(cst_io_yaml_get(NULL, "a"));
    cr_assert_null(cst_io_yaml_get(cst_io_yaml_get(yaml->root, "list"), "a"));
    cr_assert_eq(cst_io_yaml_known(yaml, yaml->root, known, 5, NULL), CST_BAD_INPUT);
    cst_io_yaml_clear(yaml);
}
