/* The pool and its builders: what is folded, what is shared, what is left alone. */
#include "helper.h"

TestSuite(expr_build, .timeout = 120);

/* Texts that must give one node. */
static const char *const same[][2] = {
    {"x + y", "y + x"},
    {"x*y", "y*x"},
    {"x + 0", "x"},
    {"x*1", "x"},
    {"x*0", "0"},
    {"x - x", "0"},
    {"x + x", "2*x"},
    {"2*x - 2*x + y", "y"},
    {"x*x", "x^2"},
    {"x*x^-1", "1"},
    {"(x^2)^3", "x^6"},
    {"(x^(1/2))^2", "x"},
    {"sqrt(sqrt(x))", "x^(1/4)"},
    {"(x*y)^2", "x^2*y^2"},
    {"(2*x)^3", "8*x^3"},
    {"1/(x*y)", "1/x/y"},
    {"2/3 + 1/6", "5/6"},
    {"x + 1 + 2", "x + 3"},
    {"2*(3*x)", "6*x"},
    {"x/2*4", "2*x"},
    {"4^(1/2)", "2"},
    {"(8/27)^(2/3)", "4/9"},
    {"(4/9)^(-1/2)", "3/2"},
    {"0^(1/2)", "0"},
    {"x^0", "1"},
    {"-(-x)", "x"},
    {"sqrt(2*x)*sqrt(2*x)", "2*x"},
    {"sqrt(2)*sqrt(2)", "2"},
    {"1.25e2", "125"},
    {"1e-10", "1/10000000000"},
    {"exp(0) + log(1) + sin(0) + cos(0) + tanh(0)", "2"},
    {"abs(-2) + relu(-3) + relu(1/2) + sign(-7) + step(4)", "5/2"},
    {"max(1, 3) + min(1, 3)", "4"},
    {"2^3^2", "512"},
    {"-2^2", "-4"},
    {"x*z/y", "z*(x/y)"},
};

Test(expr_build, equal_texts_give_one_node)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        cr_expect_eq(parse(&t, same[i][0]), parse(&t, same[i][1]), "%s and %s", same[i][0], same[i][1]);
    world_clear(&t);
}

/* Texts whose values differ, or whose domains do. */
static const char *const different[][2] = {
    {"sqrt(x^2)", "x"},   {"sqrt(x)*sqrt(y)", "sqrt(x*y)"},
    {"log(exp(x))", "x"}, {"abs(x)", "x"},
    {"x - y", "y - x"},   {"(x^2)^(1/2)", "x"},
    {"x^(1/3)", "x^3"},   {"relu(x)", "step(x)"},
};

Test(expr_build, nothing_is_folded_that_is_not_an_identity)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof different / sizeof *different; i++)
        cr_expect_neq(parse(&t, different[i][0]), parse(&t, different[i][1]), "%s", different[i][0]);
    world_clear(&t);
}

Test(expr_build, arguments_come_before_their_users)
{
    world_t t;
    flint_rand_t state;

    world_init(&t);
    flint_rand_init(state);
    for (int i = 0; i < 300; i++)
    {
        cst_expr_t e = random_expr(&t, state, 6, 0);

        for (int j = 0; j < cst_expr_arity(e); j++)
            cr_assert_lt(cst_expr_serial(cst_expr_argument(e, j)), cst_expr_serial(e));
    }
    flint_rand_clear(state);
    world_clear(&t);
}

Test(expr_build, parts_can_be_read_back)
{
    world_t t;
    cst_expr_t e;

    world_init(&t);
    e = parse(&t, "x^(-2/3)");
    cr_assert_eq(cst_expr_kind(e), CST_EXPR_POWER);
    cr_assert_eq(cst_expr_argument(e, 0), t.v[0]);
    cr_assert(fmpz_equal_si(fmpq_numref(cst_expr_exponent(e)), -2));
    cr_assert(fmpz_equal_si(fmpq_denref(cst_expr_exponent(e)), 3));
    cr_assert_str_eq(cst_expr_name(t.v[0]), "x");
    cr_assert(cst_expr_is_integer_value(parse(&t, "7"), 7));
    cr_assert_not(cst_expr_is_integer_value(parse(&t, "7/2"), 7));
    cr_assert_not(cst_expr_is_integer_value(t.v[0], 0));
    e = parse(&t, "exp(x*sin(y))");
    cr_assert(cst_expr_depends_on(t.ctx, e, t.v[1]));
    cr_assert_not(cst_expr_depends_on(t.ctx, e, t.v[2]));
    cr_assert(cst_expr_depends_on(t.ctx, t.v[2], t.v[2]));
    world_clear(&t);
}

/* 2^16384, 3^16384, ... and their sums and products stay unfolded: no huge number is made. */
Test(expr_build, huge_constants_are_left_as_they_are)
{
    world_t t;
    cst_expr_t e, f;
    arb_t value, expected;

    world_init(&t);
    arb_init(value);
    arb_init(expected);
    e = cst_expr_power_si(t.ctx, cst_expr_integer(t.ctx, 3), 16384);
    cr_assert_eq(cst_expr_kind(e), CST_EXPR_POWER);
    f = cst_expr_power_si(t.ctx, cst_expr_integer(t.ctx, 3), 4000);
    cr_assert_eq(cst_expr_kind(f), CST_EXPR_RATIONAL);
    for (int i = 0; i < 40; i++)
        f = cst_expr_mul(t.ctx, f, cst_expr_add(t.ctx, f, cst_expr_integer(t.ctx, 1 + i)));
    cst_expr_enclose(value, e, NULL, NULL, 0, 64);
    arb_set_ui(expected, 3);
    arb_pow_ui(expected, expected, 16384, 64);
    cr_assert(arb_overlaps(value, expected));
    cst_expr_enclose(value, f, NULL, NULL, 0, 64);
    cr_assert(arb_is_positive(value));
    arb_clear(expected);
    arb_clear(value);
    world_clear(&t);
}

Test(expr_build, long_and_deep_expressions_need_no_stack)
{
    world_t t;
    cst_expr_t sum, product, nested;
    char *text;

    world_init(&t);
    sum = product = nested = t.v[0];
    for (slong i = 1; i < 20000; i++)
    {
        sum = cst_expr_add(t.ctx, sum, cst_expr_power_si(t.ctx, t.v[1], i));
        product = cst_expr_mul(t.ctx, product, cst_expr_add(t.ctx, t.v[0], cst_expr_integer(t.ctx, i)));
        nested = cst_expr_function(t.ctx, CST_EXPR_SIN, nested);
    }
    cr_assert_not_null(cst_expr_derivative(t.ctx, sum, t.v[1]));
    cr_assert_not_null(cst_expr_derivative(t.ctx, product, t.v[0]));
    cr_assert_not_null(cst_expr_derivative(t.ctx, nested, t.v[0]));
    cr_assert_eq(cst_expr_substitute(t.ctx, nested, t.v + 1, t.v + 2, 1), nested);
    cr_assert_not_null(cst_expr_power_si(t.ctx, product, -1));
    text = cst_expr_print(t.ctx, nested);
    cr_assert_eq(strlen(text), 19999 * 5 + 1);
    flint_free(text);
    world_clear(&t);
}
