#include <criterion/criterion.h>
#include <string.h>

#include <caustic/io.h>

TestSuite(yaml_refused, .timeout = 120);

static void
assert_refused(const char *text, size_t length, int line, int column, const char *cause)
{
    cst_io_yaml_t yaml;
    cst_error_t error;

    memset(&error, 'x', sizeof error);
    cr_assert_eq(cst_io_yaml_parse(yaml, "bad.yaml", text, length, &error), CST_BAD_INPUT, "%.60s", text);
    cr_assert_str_eq(error.file, "bad.yaml");
    cr_assert(strstr(error.message, cause), "%.60s: '%s', not '%s'", text, error.message, cause);
    cr_assert_eq(error.line, line, "%.60s: line %d", text, error.line);
    cr_assert_eq(error.column, column, "%.60s: column %d", text, error.column);
    cr_assert_eq(cst_io_yaml_parse(yaml, "bad.yaml", text, length, NULL), CST_BAD_INPUT);
}

Test(yaml_refused, each_with_its_place_and_cause)
{
    static const struct
    {
        const char *text;
        int line, column;
        const char *cause;
    } cases[] = {
        {"", 1, 1, "empty"},
        {"# nothing\n", 1, 1, "empty"},
        {"a: 1\nb: 2\na: 3\n", 3, 1, "key 'a' occurs twice"},
        {"{b: 1, a: 1, 'a': 2, b: 2}", 1, 14, "key 'a' occurs twice"},
        {"x: {y: [{z: 1,\n  z: 2}]}", 2, 3, "key 'z' occurs twice"},
        {"a: &x [1]\nb: *x\n", 1, 4, "anchors and aliases"},
        {"b: *x\n", 1, 4, "anchors and aliases"},
        {"*x : 1\n", 1, 1, "anchors and aliases"},
        {"a: !!int 1\n", 1, 4, "tags"},
        {"a: !local {b: 1}\n", 1, 4, "tags"},
        {"%TAG ! tag:x,2000:\n---\na: 1\n", 1, 1, "tags"},
        {"a: 1\n---\nb: 1\n", 2, 1, "second document"},
        {"[a]: 1\n", 1, 1, "key must be"},
        {"? {a: 1}\n: 1\n", 1, 3, "key must be"},
        {"a: [1, 2\n", 2, 1, "did not find expected"},
        {"a: 1\n b: 2\n", 2, 3, "mapping values are not allowed"},
        {"a: \"x\n", 2, 1, "end of stream"},
        {"a:\n\t- 1\n", 2, 1, "cannot start any token"},
        {"a: \"\\0\"\n", 1, 4, "NUL"},
        {"a: \xc3\x28\n", 1, 4, "not UTF-8"},
        {"ab: \xff\n", 1, 5, "not UTF-8"},
        {"a: 1\nb: \xc0\xaf\n", 2, 4, "not UTF-8"},   /* a longer form than needed */
        {"ö: \xed\xa0\x80\n", 1, 4, "not UTF-8"},     /* a surrogate */
        {"a: \xf4\x90\x80\x80\n", 1, 4, "not UTF-8"}, /* beyond U+10FFFF */
        {"a: \xe2\x82", 1, 4, "not UTF-8"},           /* cut short */
        {"\xff\xfe"
         "a\n",
         1, 1, "not UTF-8"}, /* UTF-16 */
        {"a: \033[31m\n", 1, 4, "control character"},
        {"a: \x7f\n", 1, 4, "control character"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(cases[i].text, strlen(cases[i].text), cases[i].line, cases[i].column, cases[i].cause);
    assert_refused("a: 1\nb: \0\n", 10, 2, 4, "control character");
}

static void
assert_depth(const char *open, int depth, int good)
{
    size_t step = strlen(open), length = step * (size_t) depth;
    char *text = flint_malloc(length + 2 * (size_t) depth + 2);
    cst_io_yaml_t yaml;
    cst_error_t error;

    for (int i = 0; i < depth; i++)
        memcpy(text + step * (size_t) i, open, step);
    text[length++] = 'x';
    for (int i = 0; i < depth; i++)
        if (*open == '[' || *open == '{')
            text[length++] = *open == '[' ? ']' : '}';
    if (good)
    {
        cr_assert_eq(cst_io_yaml_parse(yaml, "f", text, length, &error), CST_OK, "%s", error.message);
        cst_io_yaml_clear(yaml);
    }
    else
    {
        cr_assert_eq(cst_io_yaml_parse(yaml, "f", text, length, &error), CST_BAD_INPUT);
        cr_assert_str_eq(error.message, "nested too deeply");
        cr_assert_eq(error.line, 1);
    }
    flint_free(text);
}

Test(yaml_refused, nesting_beyond_64_levels)
{
    const char *const openings[] = {"[", "- ", "{a: "};

    for (int i = 0; i < 3; i++)
    {
        assert_depth(openings[i], 63, 1);
        assert_depth(openings[i], 64, 0);
        assert_depth(openings[i], 500, 0);
    }
    assert_depth("[", 1000000, 0);
    assert_depth("- ", 1000000, 0);
}

Test(yaml_refused, more_than_a_million_nodes_or_16_MiB)
{
    size_t length = 4 << 20, limit = 16 << 20;
    char *text = flint_malloc(limit + 1);
    cst_io_yaml_t yaml;
    cst_error_t error;

    for (size_t i = 0; i < length; i++)
        text[i] = i == 0 ? '[' : i % 2 ? 'a' : ',';
    cr_assert_eq(cst_io_yaml_parse(yaml, "f", text, length, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "too many entries");
    cr_assert_eq(error.column, 2000000);

    memset(text, 'a', limit + 1);
    cr_assert_eq(cst_io_yaml_parse(yaml, "f", text, limit + 1, &error), CST_BAD_INPUT);
    cr_assert(strstr(error.message, "16 MiB"));
    flint_free(text);
}

Test(yaml_refused, a_file_that_is_not_there_or_a_directory)
{
    cst_io_yaml_t yaml;
    cst_error_t error;

    cr_assert_eq(cst_io_yaml_read(yaml, "no/such/file.yaml", &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.file, "no/such/file.yaml");
    cr_assert_str_eq(error.message, "No such file or directory");
    cr_assert_eq(error.line, 0);
    cr_assert_eq(cst_io_yaml_read(yaml, "/", &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "Is a directory");
}
