/* Verified integration against closed forms: the solution is inside and the enclosure is narrow. */
#include "lohner.h"

TestSuite(lohner, .timeout = 120);

#define ZEROS "00000000000000000000000000000000000000000000000000"

static const slong precisions[] = {64, 128, 300};

/* 2^-prec times the number. */
static double
units(double x, slong prec)
{
    return ldexp(x, (int) prec);
}

/* x' = f(x) in one component against an expression of the time. */
static void
check_scalar(const char *field, const char *start, const char *end, const char *exact, double most_units)
{
    const char *const f[] = {field};

    for (int p = 0; p < 3; p++)
    {
        cst_flow_options_t o = {.precision = precisions[p]};
        slong prec = precisions[p] + 100;
        cst_expr_ctx_t ctx = cst_expr_ctx_new();
        cst_expr_scope_t none = {NULL, NULL, 0};
        const char *texts[] = {start, exact};
        arb_struct v[2];

        for (int i = 0; i < 2; i++)
        {
            cst_expr_t e;
            cst_tape_t tape;

            arb_init(v + i);
            cr_assert_eq(cst_expr_parse(&e, ctx, texts[i], &none, NULL), CST_OK);
            cr_assert_eq(cst_tape_compile(tape, ctx, &e, 1, NULL, 0, NULL), CST_OK);
            cst_tape_eval_arb(v + i, tape, NULL, prec);
            cst_tape_clear(tape);
        }
        cr_assert_eq(flow_to(v, NULL, f, 1, end, &o), CST_OK, "%s", field);
        cr_assert(arb_overlaps(v, v + 1), "%s at %ld bits", field, (long) precisions[p]);
        cr_assert(arb_contains_arf(v, arb_midref(v + 1)), "%s at %ld bits", field, (long) precisions[p]);
        cr_assert_lt(units(radius_of(v), precisions[p]), most_units, "%s: %g units", field,
                     units(radius_of(v), precisions[p]));
        arb_clear(v);
        arb_clear(v + 1);
        cst_expr_ctx_free(ctx);
    }
}

/* Every function of a tape in an equation that has a closed form. */
Test(lohner, scalar_equations_with_every_function_follow_their_closed_forms)
{
    check_scalar("a", "1", "1", "exp(1)", 20);
    check_scalar("-a", "3/7", "20/3", "3/7*exp(-20/3)", 4);
    check_scalar("a^2", "1", "3/4", "4", 1000);
    check_scalar("a*(1 - a)", "1/3", "4", "1/(1 + 2*exp(-4))", 30);
    check_scalar("1/a", "1/3", "5", "sqrt(1/9 + 10)", 300);
    check_scalar("1 + a^2", "0", "5/4", "tan(5/4)", 800);
    check_scalar("sqrt(a)", "1", "7/3", "(13/6)^2", 800);
    check_scalar("a^(-5/2)", "2", "3", "(2^(7/2) + 21/2)^(2/7)", 100);
    check_scalar("exp(-a)", "-2", "9", "log(9 + exp(-2))", 200);
    check_scalar("a*log(a)", "2", "1", "exp(log(2)*exp(1))", 2000);
    check_scalar("sin(a)", "1", "3", "2*atan(tan(1/2)*exp(3))", 200);
    check_scalar("cos(a)", "0", "3", "2*atan(tanh(3/2))", 80);
    check_scalar("1/(1 + a^2)", "0", "4/3", "1", 100);
    check_scalar("exp(-a)", "0", "1", "log(2)", 30);
}

/* a' = atan(b), erf(b), log(1 + b) with b = t: primitives in closed form. */
Test(lohner, atan_erf_and_log_along_a_line)
{
    static const char *const fields[][2] = {{"atan(b)", "1"}, {"erf(b)", "1"}, {"log(1 + b)", "1"}};
    static const char *const exact[] = {"3*atan(3) - log(10)/2", "3*erf(3) + (exp(-9) - 1)/sqrt(pi)",
                                        "4*log(4) - 3"};

    for (int i = 0; i < 3; i++)
        for (int p = 0; p < 3; p++)
        {
            cst_flow_options_t o = {.precision = precisions[p]};
            cst_expr_ctx_t ctx = cst_expr_ctx_new();
            cst_expr_scope_t none = {NULL, NULL, 0};
            arb_ptr x = _arb_vec_init(2);
            cst_expr_t e;
            cst_tape_t tape;
            arb_t y;

            arb_init(y);
            cr_assert_eq(cst_expr_parse(&e, ctx, exact[i], &none, NULL), CST_OK);
            cr_assert_eq(cst_tape_compile(tape, ctx, &e, 1, NULL, 0, NULL), CST_OK);
            cst_tape_eval_arb(y, tape, NULL, 500);
            cst_tape_clear(tape);
            cr_assert_eq(flow_to(x, NULL, fields[i], 2, "3", &o), CST_OK);
            cr_assert(arb_contains_arf(x, arb_midref(y)), "%s", fields[i][0]);
            cr_assert_lt(units(radius_of(x), precisions[p]), 200, "%s: %g", fields[i][0],
                         units(radius_of(x), precisions[p]));
            arb_clear(y);
            _arb_vec_clear(x, 2);
            cst_expr_ctx_free(ctx);
        }
}

/* Coefficients of all orders are doubles: whatever the unit of time of the problem, and up to the most bits.
 */
Test(lohner, fast_and_slow_fields_are_followed)
{
    static const char *const fields[][3] = {
        {"-10^12*a", "1/1000000000000", "exp(-1)"}, {"10^25*a", "1/10000000000000000000000000", "exp(1)"},
        {"10^50*a", "1/1" ZEROS, "exp(1)"},         {"a/10^6", "1000000", "exp(1)"},
        {"-a/10^50", "1" ZEROS, "exp(-1)"},         {"-a", "1000", "exp(-1000)"}};
    static const slong bits[] = {64, 212, CST_FLOW_MOST_PRECISION};

    for (int i = 0; i < 6; i++)
        for (int p = 0; p < 3; p++)
        {
            cst_flow_options_t o = {.precision = bits[p], .max_steps = 1000};
            cst_expr_ctx_t ctx = cst_expr_ctx_new();
            arb_t x, exact;
            cst_expr_t e;

            arb_init(x);
            arb_init(exact);
            arb_one(x);
            cr_assert_eq(cst_expr_parse(&e, ctx, fields[i][2], NULL, NULL), CST_OK);
            cst_expr_enclose(exact, e, NULL, NULL, 0, bits[p] + 100);
            cr_assert_eq(flow_to(x, NULL, fields[i], 1, fields[i][1], &o), CST_OK, "%s at %ld bits",
                         fields[i][0], (long) bits[p]);
            cr_assert(arb_contains(x, exact), "%s at %ld bits", fields[i][0], (long) bits[p]);
            cr_assert_lt(units(radius_of(x), bits[p]), 1000, "%s: %g units", fields[i][0],
                         units(radius_of(x), bits[p]));
            arb_clear(x);
            arb_clear(exact);
            cst_expr_ctx_free(ctx);
        }
}

/* A tolerance that takes more bits than there are. */
Test(lohner, a_tolerance_beyond_the_most_bits_gives_a_partial_result)
{
    static const char *const field[] = {"-a"};
    cst_flow_report_t report;
    cst_tape_t tape;
    arb_t x, end;
    fmpq_t start;

    arb_init(x);
    arb_init(end);
    fmpq_init(start);
    compile(tape, field, 1, 1);
    arb_one(x);
    arb_one(end);
    cr_assert_eq(cst_flow_solve(x, NULL, &report, tape, x, start, end, 1e-300, NULL), CST_PARTIAL);
    cr_assert_eq(report.precision, CST_FLOW_MOST_PRECISION);
    cr_assert_lt(mag_get_d(arb_radref(x)), 1e-185);
    arb_exp(end, end, 1000);
    arb_inv(end, end, 1000);
    cr_assert(arb_contains(x, end));
    cst_tape_clear(tape);
    arb_clear(x);
    arb_clear(end);
    fmpq_clear(start);
}

/* A solution that ends in finite time is followed to just before its end, and not beyond. */
Test(lohner, a_blow_up_is_approached_and_never_passed)
{
    static const char *const field[] = {"a^2"};
    cst_flow_options_t o = {.precision = 64};
    cst_tape_t tape;
    cst_flow_t flow;
    fmpq_t t, one;
    arb_t x, exact;

    fmpq_init(t);
    fmpq_init(one);
    arb_init(x);
    arb_init(exact);
    compile(tape, field, 1, 1);
    flow = cst_flow_new(tape, &o, NULL);
    arb_one(x);
    cst_flow_start(flow, x, t);
    fmpq_set_si(t, 2, 1);
    cr_assert_eq(cst_flow_to(flow, t), CST_UNDECIDED);
    cst_flow_time(t, flow);
    fmpq_one(one);
    cr_assert_lt(fmpq_cmp(t, one), 0);
    cr_assert_gt(fmpq_get_d(t), 0.999);
    cst_flow_state(x, flow);
    fmpq_sub(t, one, t);
    fmpq_inv(t, t);
    arb_set_fmpq(exact, t, 200);
    cr_assert(arb_contains_fmpq(x, t));
    cst_flow_free(flow);
    cst_tape_clear(tape);
    fmpq_clear(t);
    fmpq_clear(one);
    arb_clear(x);
    arb_clear(exact);
}

/* Where the field is not defined, no step is taken. */
Test(lohner, undefined_fields_and_infinite_balls_are_refused)
{
    static const char *const fields[] = {"log(a)", "sqrt(a - 2)", "1/(a - 1)", "1/(a^2 - 1)", "a"};

    for (int i = 0; i < 5; i++)
    {
        cst_flow_options_t o = {0};
        arb_t x;

        arb_init(x);
        arb_set_d(x, i ? 1 : -1);
        if (i == 4)
            arb_indeterminate(x);
        cr_assert_eq(flow_to(x, NULL, fields + i, 1, "1", &o), CST_UNDECIDED, "%s", fields[i]);
        cr_assert_eq(arb_is_finite(x), i < 4);
        arb_clear(x);
    }
}

Test(lohner, wrong_shapes_and_options_are_refused)
{
    static const char *const field[] = {"a*b", "a"};
    cst_tape_t tape, good;
    cst_error_t error;
    const cst_flow_options_t bad[] = {{.precision = 63}, {.precision = CST_FLOW_MOST_PRECISION + 1},
                                      {.order = 3},      {.degree = 9},
                                      {.tangent = 3},    {.max_steps = -1}};
    static const char *const says[] = {"precision is 63, not from 64 to 640",
                                       "precision is 641, not from 64 to 640",
                                       "order is 3,",
                                       "degree is 9, not from 1 to 8",
                                       "tangent is 3,",
                                       "max_steps is -1,"};

    cst_error_clear(&error);
    compile(tape, field, 1, 2);
    compile(good, field, 2, 2);
    cr_assert_null(cst_flow_new(tape, NULL, &error));
    cr_assert(strstr(error.message, "2 inputs"));
    for (int i = 0; i < 6; i++)
    {
        cr_assert_null(cst_flow_new(good, bad + i, &error));
        cr_assert(strstr(error.message, says[i]), "%s", error.message);
    }
    cst_flow_free(NULL);
    cst_tape_clear(tape);
    cst_tape_clear(good);
}
