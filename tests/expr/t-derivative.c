/* Derivatives against known forms, and against difference quotients in balls; substitution. */
#include "helper.h"

TestSuite(expr_derivative, .timeout = 120);

static const char *const known[][2] = {
    {"x^5", "5*x^4"},
    {"1/x", "-1/x^2"},
    {"sqrt(x)", "1/(2*sqrt(x))"},
    {"x^(-2/3)", "-2/3*x^(-5/3)"},
    {"y*z", "0"},
    {"exp(x*y)", "y*exp(x*y)"},
    {"log(x)", "1/x"},
    {"sin(x)", "cos(x)"},
    {"cos(x)", "-sin(x)"},
    {"tan(x)", "1 + tan(x)^2"},
    {"asin(x)", "1/sqrt(1 - x^2)"},
    {"acos(x)", "-1/sqrt(1 - x^2)"},
    {"atan(x)", "1/(1 + x^2)"},
    {"sinh(x)", "cosh(x)"},
    {"cosh(x)", "sinh(x)"},
    {"tanh(x)", "1 - tanh(x)^2"},
    {"erf(x)", "2*exp(-x^2)/sqrt(pi)"},
    {"sigmoid(x)", "sigmoid(x)*(1 - sigmoid(x))"},
    {"softplus(x)", "sigmoid(x)"},
    {"relu(x)", "step(x)"},
    {"abs(x)", "sign(x)"},
    {"step(x)", "0"},
    {"sign(x)", "0"},
    {"relu(x*y)", "y*step(x*y)"},
};

Test(expr_derivative, known_forms)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        cr_expect_eq(cst_expr_derivative(t.ctx, parse(&t, known[i][0]), t.v[0]), parse(&t, known[i][1]), "%s",
                     known[i][0]);
    world_clear(&t);
}

/* (f(x + h) - f(x))/h = f'(x) + O(h): with h = 2^-200 the two agree to 2^-120 unless f'' is huge. */
Test(expr_derivative, difference_quotients)
{
    world_t t;
    flint_rand_t state;
    arb_ptr point = _arb_vec_init(VARIABLES);
    arb_t f, g, h, d;
    int compared = 0;

    world_init(&t);
    flint_rand_init(state);
    arb_init(f);
    arb_init(g);
    arb_init(h);
    arb_init(d);
    for (int i = 0; i < 600; i++)
    {
        cst_expr_t e = random_expr(&t, state, 1 + i % 5, 0);
        cst_expr_t de = cst_expr_derivative(t.ctx, e, t.v[0]);

        for (int j = 0; j < VARIABLES; j++)
        {
            arb_set_si(point + j, (slong) n_randint(state, 2000) - 1000);
            arb_mul_2exp_si(point + j, point + j, -10);
        }
        cst_expr_enclose(f, e, t.v, point, VARIABLES, 1000);
        cst_expr_enclose(d, de, t.v, point, VARIABLES, 1000);
        arb_one(h);
        arb_mul_2exp_si(h, h, -200);
        arb_add(point, point, h, 2000);
        cst_expr_enclose(g, e, t.v, point, VARIABLES, 1000);
        if (!arb_is_finite(f) || !arb_is_finite(g) || !arb_is_finite(d))
            continue;
        arb_sub(g, g, f, 1000);
        arb_mul_2exp_si(g, g, 200);
        arb_sub(g, g, d, 1000);
        arb_get_abs_ubound_arf(arb_midref(h), d, 30);
        arb_add_ui(h, h, 1, 30);
        arb_pow_ui(h, h, 4, 30);
        arb_mul_2exp_si(h, h, -120);
        arb_abs(g, g);
        cr_expect(arb_lt(g, h), "%s", cst_expr_print(t.ctx, e));
        compared++;
    }
    cr_expect_gt(compared, 300);
    arb_clear(d);
    arb_clear(h);
    arb_clear(g);
    arb_clear(f);
    flint_rand_clear(state);
    world_clear(&t);
    _arb_vec_clear(point, VARIABLES);
}

/* x -> x^2 + x, n times: a tree of 2^n leaves, a DAG of n nodes. */
Test(expr_derivative, shared_expressions_stay_shared)
{
    world_t t;
    cst_expr_t e, d;
    slong before, after;

    world_init(&t);
    e = t.v[0];
    for (int i = 0; i < 200; i++)
        e = cst_expr_add(t.ctx, cst_expr_power_si(t.ctx, e, 2), e);
    before = cst_expr_serial(e);
    d = cst_expr_derivative(t.ctx, e, t.v[0]);
    after = cst_expr_serial(d);
    cr_expect_lt(after - before, 2000);
    cr_expect_not_null(cst_expr_derivative(t.ctx, d, t.v[0]));
    cr_expect_neq(cst_expr_substitute(t.ctx, e, t.v, t.v + 1, 1), e);
    world_clear(&t);
}

Test(expr_derivative, substitution_is_simultaneous)
{
    world_t t;
    cst_expr_t values[2];

    world_init(&t);
    values[0] = t.v[1];
    values[1] = t.v[0];
    cr_expect_eq(cst_expr_substitute(t.ctx, parse(&t, "x - 2*y + sin(x*z)"), t.v, values, 2),
                 parse(&t, "y - 2*x + sin(y*z)"));
    values[0] = parse(&t, "2");
    cr_expect_eq(cst_expr_substitute(t.ctx, parse(&t, "x^3 + relu(-x) + z"), t.v, values, 1),
                 parse(&t, "8 + z"));
    world_clear(&t);
}
