/* Invariance of functions, brackets, linear fields and their moments. */
#include "chart.h"

TestSuite(lie_field, .timeout = 120);

static const struct
{
    const char *field, *function, *remainder; /* NULL: invariant */
} invariance[] = {
    {"-y; x; 0", "x^2 + y^2", NULL},
    {"-y; x; 0", "z", NULL},
    {"-y; x; 0", "sin(x^2 + y^2)*exp(z)", NULL},
    {"-y; x; 0", "x", "-y"},
    {"-y; x; 0", "x^2 - y^2", "-4*x*y"},
    {"x; y; -z", "z*sqrt(x^2 + y^2)", NULL},
    {"x; y; -z", "relu(x + 2*y)*z", NULL},
    {"x; y; -z", "(z*relu(x - y) - 1)^2", NULL},
    {"x; y; -z", "z*relu(x - y + 1)", "-z*step(x - y + 1)"},
    {"x; y; z", "(x + y)/sqrt(x^2 + y^2 + z^2)", NULL},
    {"1; 1; 1", "exp(x)/(exp(x) + exp(y) + exp(z))", NULL},
    {"1; 0; 1", "exp(x)/(exp(x) + exp(y) + exp(z))", "exp(x)*exp(y)/(exp(x) + exp(y) + exp(z))^2"},
};

Test(lie_field, invariance_and_its_remainder)
{
    for (size_t i = 0; i < sizeof invariance / sizeof *invariance; i++)
    {
        world_t world;
        cst_expr_t field[3], remainder = NULL;
        cst_truth_t truth;

        world_init(&world, "x y z", 3, "z");
        parse_field(field, &world, invariance[i].field);
        truth = cst_lie_is_invariant(&remainder, &world.chart, field, parse(&world, invariance[i].function));
        cr_assert_eq(truth, invariance[i].remainder ? CST_FALSE : CST_TRUE, "%s", invariance[i].function);
        if (invariance[i].remainder)
            assert_equal(&world, remainder, invariance[i].remainder);
        world_clear(&world);
    }
}

Test(lie_field, an_assumption_decides)
{
    world_t world;
    cst_expr_t e, remainder = NULL;

    world_init(&world, "x y z", 3, "z");
    e = parse(&world, "sqrt(z^2*x^2) - z*sqrt(x^2)");
    cr_assert_eq(cst_lie_is_zero(&remainder, &world.chart, e), CST_TRUE);
    world.chart.positive_length = 0;
    cr_assert_neq(cst_lie_is_zero(&remainder, &world.chart, e), CST_TRUE, "false for z < 0");
    cr_assert_not_null(remainder);
    world_clear(&world);
}

Test(lie_field, maps)
{
    world_t world;
    cst_expr_t map[3], remainder = NULL;

    world_init(&world, "x y z", 3, NULL);
    parse_field(map, &world, "y; x; -z");
    cr_assert_eq(cst_lie_is_invariant_under_map(NULL, &world.chart, map, parse(&world, "x*y + cos(z)")),
                 CST_TRUE);
    cr_assert_eq(cst_lie_is_invariant_under_map(&remainder, &world.chart, map, parse(&world, "x - z")),
                 CST_FALSE);
    assert_equal(&world, remainder, "y - x + 2*z");
    world_clear(&world);
}

/* Jacobi's identity for fields that are not polynomial: three brackets of brackets cancel. */
Test(lie_field, brackets)
{
    world_t world;
    cst_expr_t f[3][3], b[3], c[3], sum[3];

    world_init(&world, "x y z", 3, NULL);
    parse_field(f[0], &world, "y*z; sin(x); x^2");
    parse_field(f[1], &world, "exp(z); x*y; z/(1 + x^2)");
    parse_field(f[2], &world, "y; -x*z; cos(y)");
    cst_lie_bracket(b, &world.chart, f[0], f[1]);
    assert_equal(&world, b[0], "x^2*exp(z) - z*x*y - y*z/(1 + x^2)");
    for (int a = 0; a < 3; a++)
        sum[a] = cst_expr_integer(world.chart.ctx, 0);
    for (int k = 0; k < 3; k++)
    {
        cst_lie_bracket(b, &world.chart, f[k], f[(k + 1) % 3]);
        cst_lie_bracket(c, &world.chart, b, f[(k + 2) % 3]);
        for (int a = 0; a < 3; a++)
            sum[a] = cst_expr_add(world.chart.ctx, sum[a], c[a]);
    }
    for (int a = 0; a < 3; a++)
        cr_assert_eq(cst_lie_is_zero(NULL, &world.chart, sum[a]), CST_TRUE);
    world_clear(&world);
}

Test(lie_field, linear_parts_and_moments)
{
    world_t world;
    cst_expr_t field[3], matrix[9];

    world_init(&world, "x y z", 3, NULL);
    parse_field(field, &world, "x + 2*y; 2*x - pi*z; -pi*y");
    cr_assert_eq(cst_lie_linear_part(matrix, &world.chart, field), CST_TRUE);
    assert_equal(&world, matrix[1], "2");
    assert_equal(&world, matrix[5], "-pi");
    assert_equal(&world, cst_lie_moment(&world.chart, matrix), "x^2 + 4*x*y - 2*pi*y*z");
    parse_field(field, &world, "(x^2 - y^2)/(x + y) + y; 0; 0"); /* x, in disguise */
    cr_assert_eq(cst_lie_linear_part(matrix, &world.chart, field), CST_TRUE);
    assert_equal(&world, matrix[0], "1");
    assert_equal(&world, matrix[1], "0");
    parse_field(field, &world, "x + 1; y; z"); /* affine */
    cr_assert_eq(cst_lie_linear_part(matrix, &world.chart, field), CST_FALSE);
    parse_field(field, &world, "x*y; y; z");
    cr_assert_eq(cst_lie_linear_part(matrix, &world.chart, field), CST_FALSE);
    world_clear(&world);
}
