#include <criterion/criterion.h>
#include <string.h>

#include <caustic/io.h>

TestSuite(json, .timeout = 120);

Test(json, commas_stand_where_they_belong)
{
    cst_io_json_t json;

    cst_io_json_init(json);
    cr_assert_str_eq(json->text, "");
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "t_star");
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "lower");
    cst_io_json_number(json, "-1.5e-30");
    cst_io_json_key(json, "upper");
    cst_io_json_null(json);
    cst_io_json_end_object(json);
    cst_io_json_key(json, "domain");
    cst_io_json_begin_array(json);
    cst_io_json_begin_array(json);
    cst_io_json_end_array(json);
    cst_io_json_begin_object(json);
    cst_io_json_end_object(json);
    cst_io_json_string(json, "[{:");
    cst_io_json_boolean(json, 1);
    cst_io_json_boolean(json, 0);
    cst_io_json_integer(json, -7);
    cst_io_json_integer(json, WORD_MIN);
    cst_io_json_end_array(json);
    cst_io_json_end_object(json);
    cr_assert_str_eq(json->text, "{\"t_star\":{\"lower\":-1.5e-30,\"upper\":null},"
                                 "\"domain\":[[],{},\"[{:\",true,false,-7,-9223372036854775808]}");
    cr_assert_eq(json->length, strlen(json->text));
    cst_io_json_clear(json);
}

static void
assert_string(const char *text, const char *wanted)
{
    cst_io_json_t json;

    cst_io_json_init(json);
    cst_io_json_string(json, text);
    cr_assert_str_eq(json->text, wanted);
    cst_io_json_clear(json);
}

Test(json, strings_are_escaped_and_always_UTF_8)
{
    char all[0x80], *p = all;
    cst_io_json_t json;

    assert_string("a\"b\\c\n\t\r\b\f\001\037/", "\"a\\\"b\\\\c\\n\\t\\r\\b\\f\\u0001\\u001f/\"");
    assert_string("Größe \xf0\x9f\x8c\x8a", "\"Größe \xf0\x9f\x8c\x8a\"");
    assert_string("\xff\xc3(\xed\xa0\x80\xe2\x82",
                  "\"\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                  "\xef\xbf\xbd\xef\xbf\xbd\"");
    assert_string(NULL, "null");
    for (int c = 1; c < 0x80; c++)
        *p++ = (char) c;
    *p = '\0';
    cst_io_json_init(json);
    cst_io_json_string(json, all);
    for (size_t i = 0; i < json->length; i++)
        cr_assert_geq((unsigned char) json->text[i], 0x20);
    cst_io_json_clear(json);
}

Test(json, what_is_no_number_becomes_a_string)
{
    const char *const good[] = {"0", "-0", "10", "1.5", "-1.25e-30", "1e30", "1E+5", "0.001"};
    const char *const bad[] = {"",   "-",   "01",  "1.",   ".5", "1e", "1e+",
                               "+1", "inf", "nan", "0x10", "1 ", " 1", "1,2"};
    cst_io_json_t json;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    {
        cst_io_json_init(json);
        cst_io_json_number(json, good[i]);
        cr_assert_str_eq(json->text, good[i]);
        cst_io_json_clear(json);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        cst_io_json_init(json);
        cst_io_json_number(json, bad[i]);
        cr_assert_eq(json->length, strlen(bad[i]) + 2);
        cr_assert_eq(json->text[0], '"');
        cst_io_json_clear(json);
    }
}
