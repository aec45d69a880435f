#include <criterion/criterion.h>
#include <string.h>

#include <caustic/io.h>

TestSuite(yaml, .timeout = 120);

static const char problem[] = "caustic: 1\n"
                              "title: Größe\n"
                              "manifold:\n"
                              "  coordinates: [x, \"y\"]\n"
                              "  metric: 4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2   # a comment\n"
                              "domain: {x: [-1/2, 0.10], 'y': [0x10, ~]}\n"
                              "empty:\n";

static void
assert_scalar(cst_io_node_t node, const char *text, int line, int column)
{
    cr_assert_not_null(node);
    cr_assert_eq(node->kind, CST_IO_SCALAR);
    cr_assert_str_eq(node->text, text);
    cr_assert_eq(node->length, (slong) strlen(text));
    cr_assert_eq(node->line, line, "'%s' in line %d", text, node->line);
    cr_assert_eq(node->column, column, "'%s' in column %d", text, node->column);
}

Test(yaml, every_scalar_is_its_text_and_knows_its_place)
{
    cst_io_yaml_t yaml;
    cst_io_node_t manifold, domain;
    const char *const order[] = {"caustic", "title", "manifold", "domain", "empty"};

    cr_assert_eq(cst_io_yaml_parse(yaml, "p.yaml", problem, strlen(problem), NULL), CST_OK);
    cr_assert_str_eq(yaml->name, "p.yaml");
    cr_assert_eq(yaml->root->kind, CST_IO_MAPPING);
    cr_assert_eq(yaml->root->length, 5);
    for (int i = 0; i < 5; i++)
        cr_assert_str_eq(yaml->root->keys[i]->text, order[i]);
    assert_scalar(yaml->root->keys[3], "domain", 6, 1);
    assert_scalar(cst_io_yaml_get(yaml->root, "caustic"), "1", 1, 10);
    assert_scalar(cst_io_yaml_get(yaml->root, "title"), "Größe", 2, 8);
    assert_scalar(cst_io_yaml_get(yaml->root, "empty"), "", 7, 7);

    manifold = cst_io_yaml_get(yaml->root, "manifold");
    assert_scalar(cst_io_yaml_get(manifold, "metric"), "4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2", 5, 11);
    cr_assert_eq(cst_io_yaml_get(manifold, "coordinates")->kind, CST_IO_SEQUENCE);
    assert_scalar(cst_io_yaml_get(manifold, "coordinates")->items[0], "x", 4, 17);
    assert_scalar(cst_io_yaml_get(manifold, "coordinates")->items[1], "y", 4, 20);

    domain = cst_io_yaml_get(yaml->root, "domain");
    assert_scalar(cst_io_yaml_get(domain, "x")->items[1], "0.10", 6, 20);
    assert_scalar(cst_io_yaml_get(domain, "y")->items[0], "0x10", 6, 33);
    assert_scalar(cst_io_yaml_get(domain, "y")->items[1], "~", 6, 39);
    cst_io_yaml_clear(yaml);
}

/* What a parser of the scalar's text calls column 1 .. length must be the file's own column. */
Test(yaml, a_place_inside_a_scalar_is_the_place_in_the_file)
{
    static const struct
    {
        const char *text;
        int column, line_wanted, column_wanted;
    } cases[] = {
        {"a: x + $", 5, 1, 8},
        {"a: 'x + $'", 5, 1, 9},
        {"a: \"x + $\"", 5, 1, 9},
        {"größe: x + $", 5, 1, 12},
        {"b: ä\nöö: 'x + $'", 5, 2, 10},
        {"\xef\xbb\xbf"
         "a: x + $",
         5, 1, 8},
        {"a: x + $", 0, 1, 4},
        {"a: \"x\\u0020+ $\"", 5, 1, 4}, /* an escape: the scalar's own place */
        {"a: |\n  x +\n  $\n", 6, 1, 4},
        {"- x\n-   [1, {a: $}]\n", 1, 2, 13},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        cst_io_yaml_t yaml;
        cst_error_t error;
        cst_io_node_t node;

        cr_assert_eq(cst_io_yaml_parse(yaml, "f", cases[i].text, strlen(cases[i].text), NULL), CST_OK);
        for (node = yaml->root; node->kind != CST_IO_SCALAR;)
            node = node->items[node->length - 1];
        cst_error_clear(&error);
        cst_error_set(&error, CST_BAD_INPUT, "kept");
        cst_io_yaml_place(&error, yaml, node, cases[i].column);
        cr_assert_str_eq(error.file, "f");
        cr_assert_str_eq(error.message, "kept");
        cr_assert_eq(error.line, cases[i].line_wanted, "case %zu: line %d", i, error.line);
        cr_assert_eq(error.column, cases[i].column_wanted, "case %zu: column %d", i, error.column);
        cst_io_yaml_clear(yaml);
    }
}

/* Every prefix and every text with one byte changed is read or refused, with a place. */
Test(yaml, damaged_texts_are_read_or_refused_with_a_place)
{
    size_t length = strlen(problem);
    char text[sizeof problem];
    int refused = 0;

    for (size_t i = 0; i <= length; i++)
        for (int byte = -1; byte < 256; byte += i % 8 == 0 ? 1 : 37)
        {
            cst_io_yaml_t yaml;
            cst_error_t error;

            memcpy(text, problem, length);
            if (byte >= 0 && i < length)
                text[i] = (char) byte;
            cst_error_clear(&error);
            if (cst_io_yaml_parse(yaml, "f", text, byte < 0 ? i : length, &error) == CST_OK)
                cst_io_yaml_clear(yaml);
            else
            {
                refused++;
                cr_assert_str_not_empty(error.message);
                cr_assert_geq(error.line, 1);
                cr_assert_geq(error.column, 1);
            }
        }
    cr_assert_gt(refused, 100);
}

Test(yaml, a_large_flat_document_is_read_in_time)
{
    slong n = 200000;
    char *text = flint_malloc((size_t) n * 12 + 16), *p = text;
    cst_io_yaml_t yaml;

    for (slong i = 0; i < n; i++)
        p += sprintf(p, "k%07ld: 1\n", (long) (n - i));
    cr_assert_eq(cst_io_yaml_parse(yaml, "f", text, (size_t) (p - text), NULL), CST_OK);
    cr_assert_eq(yaml->root->length, n);
    assert_scalar(cst_io_yaml_get(yaml->root, "k0000001"), "1", (int) n, 11);
    cst_io_yaml_clear(yaml);
    flint_free(text);
}
