/* A certificate read back: its graph, the boxes and names of its nodes, and what is refused. */
#include <criterion/criterion.h>
#include <string.h>

#include <caustic/certificate.h>
#include <caustic/io.h>

TestSuite(graph, .timeout = 120);

static const char text[] =
    "caustic-certificate 1\ntitle A plane\nclaim 1/2 3/4\nproblem manifold\ncoordinates x y\n"
    "metric dx^2 + dy^2\ninitial x*y\ndomain x 0 1\ndomain y -1/2 1/2\nevidence\nwitness\n"
    "point 1/3 0\ndirection 1 -ff\nstatic 60 0\ncover\nsplit 1\nsplit 2\nstatic 60 3\n"
    "positive 2 1 0 0 1\nflow 62 20 2 4 1 1\nstep 8\np 1 2\np 1 2\nstep 8\np 1\np 1\narrive\n"
    "halve 2\npositive 2 1 0 0 1\npositive 1 1 0 0 1\nstatic 60 3\npositive 2 1 0 0 1\nend\n"
    "sha256 00\n";

static void
expect_box(const cst_certificate_t c, slong node, const char *want)
{
    fmpq *low = _fmpq_vec_init(2), *high = _fmpq_vec_init(2);
    char *s[4], got[200];

    cst_certificate_box(low, high, c, node);
    for (int i = 0; i < 2; i++)
    {
        s[2 * i] = fmpq_get_str(NULL, 10, low + i);
        s[2 * i + 1] = fmpq_get_str(NULL, 10, high + i);
    }
    snprintf(got, sizeof got, "%s %s %s %s", s[0], s[1], s[2], s[3]);
    cr_assert_str_eq(got, want);
    for (int i = 0; i < 4; i++)
        flint_free(s[i]);
    _fmpq_vec_clear(low, 2);
    _fmpq_vec_clear(high, 2);
}

Test(graph, nodes)
{
    static const struct
    {
        cst_certificate_kind_t kind;
        slong parent, line;
        const char *name, *box;
    } want[] = {
        {CST_CERTIFICATE_WITNESS, -1, 11, "witness", "1/3 1/3 0 0"},
        {CST_CERTIFICATE_MERGE, -1, 16, "box 1", "0 1 -1/2 1/2"},
        {CST_CERTIFICATE_MERGE, 1, 17, "box 1.1", "0 1/2 -1/2 1/2"},
        {CST_CERTIFICATE_STATIC, 2, 18, "box 1.1.1", "0 1/2 -1/2 0"},
        {CST_CERTIFICATE_POSITIVE, 3, 19, "box 1.1.1", "0 1/2 -1/2 0"},
        {CST_CERTIFICATE_FLOW, 2, 20, "box 1.1.2", "0 1/2 0 1/2"},
        {CST_CERTIFICATE_PARTS, 5, 28, "box 1.1.2", "0 1/2 0 1/2"},
        {CST_CERTIFICATE_POSITIVE, 6, 29, "box 1.1.2-", "0 1/2 0 1/4"},
        {CST_CERTIFICATE_POSITIVE, 6, 30, "box 1.1.2+", "0 1/2 1/4 1/2"},
        {CST_CERTIFICATE_STATIC, 1, 31, "box 1.2", "1/2 1 -1/2 1/2"},
        {CST_CERTIFICATE_POSITIVE, 9, 32, "box 1.2", "1/2 1 -1/2 1/2"},
    };
    cst_certificate_t c;
    cst_error_t error;

    cr_assert_eq(cst_certificate_read(c, "c", text, strlen(text), &error), CST_OK, "%s", error.message);
    cr_assert_str_eq(c->title, "A plane");
    cr_assert_eq(c->dimension, 2);
    cr_assert_str_eq(c->names[1], "y");
    cr_assert(c->has_upper && !c->sealed);
    cr_assert_eq(c->line_count, 6);
    cr_assert_str_eq(c->lines[2].keyword, "metric");
    cr_assert_str_eq(c->lines[2].text, "dx^2 + dy^2");
    cr_assert_eq(c->node_count, (slong) (sizeof want / sizeof *want));
    for (slong i = 0; i < c->node_count; i++)
    {
        char *name = cst_certificate_name(c, i);

        cr_assert_eq(c->nodes[i].kind, want[i].kind, "node %ld", (long) i);
        cr_assert_eq(c->nodes[i].parent, want[i].parent, "node %ld", (long) i);
        cr_assert_eq(c->nodes[i].line, want[i].line, "node %ld", (long) i);
        cr_assert_str_eq(name, want[i].name);
        expect_box(c, i, want[i].box);
        flint_free(name);
    }
    cr_assert_eq(c->lines[2].number, 6);
    cr_assert(fmpz_equal_si(c->direction, 1) && fmpz_equal_si(c->direction + 1, -255));
    cr_assert_eq(c->nodes[5].steps, 2);
    cr_assert_eq(c->nodes[5].bits, 62);
    cr_assert_eq(c->nodes[5].order, 4);
    cst_certificate_clear(c);
}

/* Cut off anywhere, or with any byte changed: read or refused, with a line, and no more. */
Test(graph, damaged)
{
    size_t length = strlen(text);
    char *copy = flint_malloc(length + 1);
    int refused = 0;

    for (size_t i = 0; i < length; i++)
        for (int change = 0; change < 3; change++)
        {
            cst_certificate_t c;
            cst_error_t error;

            memcpy(copy, text, length + 1);
            copy[i] = "0 \n"[change];
            if (cst_certificate_read(c, "c", copy, change ? length : i, &error) == CST_OK)
                cst_certificate_clear(c);
            else
            {
                cr_assert_str_eq(error.file, "c");
                cr_assert_leq(error.line, 34);
                refused++;
            }
        }
    cr_assert_gt(refused, (int) length);
    flint_free(copy);
}
