/* Dense output, events, one-call solutions and the tangent flow against closed forms. */
#include "lohner.h"

TestSuite(event, .timeout = 120);

static const char *const rotation[] = {"b", "-a"};

static cst_flow_t
new_flow(const char *const *fields, slong n, slong prec, int tangent)
{
    cst_flow_options_t o = {.precision = prec, .tangent = tangent};
    cst_tape_t tape;
    cst_flow_t flow;

    compile(tape, fields, n, n);
    flow = cst_flow_new(tape, &o, NULL);
    cst_tape_clear(tape);
    return flow;
}

/* From (0, 1): a = sin t, b = cos t, at times inside each step, exact and wide. */
Test(event, dense_output_encloses_sine_and_cosine)
{
    for (slong prec = 64; prec <= 256; prec *= 2)
    {
        cst_flow_t flow = new_flow(rotation, 2, prec, 1);
        slong steps = 0;
        fmpq_t end, from, to, t;
        arb_ptr x = _arb_vec_init(2);
        arb_t time, s, c, r;
        arb_mat_t v;
        arb_poly_t p;
        mag_t m;

        fmpq_init(end);
        fmpq_init(from);
        fmpq_init(to);
        fmpq_init(t);
        arb_init(time);
        arb_init(s);
        arb_init(c);
        arb_init(r);
        arb_mat_init(v, 2, 2);
        arb_poly_init(p);
        mag_init(m);
        cr_assert_eq(cst_flow_precision(flow), prec);
        cr_assert_eq(cst_flow_dimension(flow), 2);
        cr_assert_eq(cst_flow_last_step(from, to, flow), 0);
        cr_assert_eq(cst_flow_polynomial(p, m, flow, 0), 0);
        arb_one(x + 1);
        cst_flow_start(flow, x, end);
        cst_flow_state_at(x, flow, time);
        cr_assert_not(arb_is_finite(x));
        fmpq_set_si(end, -22, 3);
        while (cst_flow_time(t, flow), !fmpq_equal(t, end))
        {
            cr_assert_eq(cst_flow_step(flow, end), CST_OK);
            cr_assert_eq(cst_flow_steps(flow), ++steps);
            cr_assert_eq(cst_flow_last_step(from, to, flow), 1);
            for (slong k = 0; k <= 8; k++)
            {
                double width = k % 2 ? 0x1p-12 : 0;

                fmpq_sub(t, to, from);
                arb_set_fmpq(time, t, prec + 80);
                arb_mul_si(time, time, k, prec + 80);
                arb_mul_2exp_si(time, time, -3);
                arb_set_fmpq(r, from, prec + 80);
                arb_add(time, time, r, prec + 80);
                if (width > 0)
                    mag_set_d(arb_radref(time), width);
                cst_flow_state_at(x, flow, time);
                cst_flow_component_at(r, flow, 1, time);
                cr_assert(arb_equal(r, x + 1));
                arb_sin_cos(s, c, time, prec + 80);
                cr_assert(arb_contains_arf(x, arb_midref(s)));
                cr_assert(arb_contains_arf(x + 1, arb_midref(c)));
                cr_assert_lt(largest_radius(x, 2), 1.1 * width + ldexp(100, (int) -prec));
                cst_flow_tangent_at(v, flow, time);
                cr_assert(arb_contains_arf(arb_mat_entry(v, 0, 0), arb_midref(c)));
                cr_assert(arb_contains_arf(arb_mat_entry(v, 0, 1), arb_midref(s)));
                cr_assert_lt(radius_of(arb_mat_entry(v, 0, 0)),
                             1.5 * width + (prec > 64 ? ldexp(200, (int) -prec) : 5e-14), "%g %ld %ld",
                             radius_of(arb_mat_entry(v, 0, 0)), (long) prec, (long) k);
            }
            /* the polynomial in [0, 1] at 1/4 */
            cr_assert_eq(cst_flow_polynomial(p, m, flow, 0), 1);
            arb_set_d(r, 0.25);
            arb_poly_evaluate(r, p, r, prec);
            arb_add_error_mag(r, m);
            fmpq_mul_si(from, from, 3);
            fmpq_add(t, from, to);
            fmpq_div_2exp(t, t, 2);
            arb_set_fmpq(time, t, prec + 80);
            arb_sin(s, time, prec + 80);
            cr_assert(arb_contains_arf(r, arb_midref(s)));
            cr_assert_lt(radius_of(r), ldexp(100, (int) -prec));
            cst_flow_time(t, flow);
        }
        cst_flow_free(flow);
        fmpq_clear(end);
        fmpq_clear(from);
        fmpq_clear(to);
        fmpq_clear(t);
        arb_clear(time);
        arb_clear(s);
        arb_clear(c);
        arb_clear(r);
        arb_mat_clear(v);
        arb_poly_clear(p);
        mag_clear(m);
        _arb_vec_clear(x, 2);
    }
}

/* The first zero of g on the rotation from (0, 1) within [0, end]: the answer, and that the time is exact. */
static void
check_event(const char *g, slong end, slong prec, cst_truth_t expected, const char *exact)
{
    cst_flow_t flow = new_flow(rotation, 2, prec, 0);
    cst_tape_t tape, constant;
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_scope_t none = {NULL, NULL, 0};
    cst_expr_t e;
    arb_ptr x = _arb_vec_init(2);
    arb_t time, y;
    fmpq_t t;

    arb_init(time);
    arb_init(y);
    fmpq_init(t);
    compile(tape, &g, 1, 2);
    arb_one(x + 1);
    cst_flow_start(flow, x, t);
    fmpq_set_si(t, end, 1);
    cr_assert_eq(cst_flow_event(time, x, flow, tape, t), expected, "%s before %ld", g, (long) end);
    if (expected == CST_TRUE)
    {
        cr_assert_eq(cst_expr_parse(&e, ctx, exact, &none, NULL), CST_OK);
        cr_assert_eq(cst_tape_compile(constant, ctx, &e, 1, NULL, 0, NULL), CST_OK);
        cst_tape_eval_arb(y, constant, NULL, prec + 80);
        cst_tape_clear(constant);
        cr_assert(arb_contains_arf(time, arb_midref(y)), "%s", g);
        cr_assert_lt(radius_of(time), ldexp(300, (int) -prec), "%s: %g", g, radius_of(time));
        arb_sin(y, y, prec + 80);
        cr_assert(arb_contains_arf(x, arb_midref(y)));
        cr_assert_lt(radius_of(x), ldexp(300, (int) -prec));
    }
    cst_flow_free(flow);
    cst_tape_clear(tape);
    cst_expr_ctx_free(ctx);
    _arb_vec_clear(x, 2);
    arb_clear(time);
    arb_clear(y);
    fmpq_clear(t);
}

Test(event, first_zeros_are_found_to_full_precision)
{
    for (slong prec = 64; prec <= 256; prec *= 2)
    {
        check_event("b", 3, prec, CST_TRUE, "pi/2");
        check_event("a", 7, prec, CST_TRUE, "pi"); /* the zero at the start does not count */
        check_event("-a", 7, prec, CST_TRUE, "pi");
        check_event("a + 1/2", 9, prec, CST_TRUE, "7*pi/6");
        check_event("exp(a) - 2", 9, prec, CST_TRUE, "asin(log(2))");
        check_event("b - 1/3 - a^2", 9, prec, CST_TRUE, "acos((sqrt(19/3) - 1)/2)");
        check_event("b", 1, prec, CST_FALSE, NULL);
        check_event("b + 1001/1000", 20, prec, CST_FALSE, NULL);
        check_event("b + 1", 7, prec, CST_UNKNOWN, NULL);         /* touches */
        check_event("a^2 + b^2 - 1", 7, prec, CST_UNKNOWN, NULL); /* vanishes everywhere */
        check_event("log(b)", 7, prec, CST_UNKNOWN, NULL);        /* not defined all the way */
        check_event("b + 9/10", 7, prec, CST_TRUE, "acos(-9/10)");
    }
}

/* sqrt(3) on 300 bits asked for to 1e-50, from 64 bits on; and a time that is a ball. */
Test(event, a_tolerance_raises_the_precision)
{
    static const char *const field[] = {"a"};
    cst_tape_t tape;
    cst_flow_report_t report;
    arb_t x, y, end;
    arb_mat_t v;
    fmpq_t zero;

    arb_init(x);
    arb_init(y);
    arb_init(end);
    arb_mat_init(v, 1, 1);
    fmpq_init(zero);
    compile(tape, field, 1, 1);
    arb_one(x);
    arb_set_ui(end, 20);
    cr_assert_eq(cst_flow_solve(y, v, &report, tape, x, zero, end, 1e-50, NULL), CST_OK);
    arb_exp(x, end, 500);
    cr_assert(arb_contains_arf(y, arb_midref(x)));
    cr_assert(arb_contains_arf(arb_mat_entry(v, 0, 0), arb_midref(x)));
    cr_assert_leq(radius_of(y), 1e-50);
    cr_assert_leq(radius_of(arb_mat_entry(v, 0, 0)), 1e-50);
    cr_assert_lt(report.precision, 280);
    /* from a box no precision can reach it */
    arb_one(x);
    mag_set_d(arb_radref(x), 1e-3);
    cr_assert_eq(cst_flow_solve(y, NULL, &report, tape, x, zero, end, 1e-50, NULL), CST_PARTIAL);
    arb_exp(end, end, 500);
    cr_assert(arb_contains(y, end));
    cr_assert_lt(radius_of(y), 1.0001e-3 * exp(20));
    /* all times in [1 - 1/8, 1 + 1/8] */
    arb_one(x);
    arb_one(end);
    mag_set_d(arb_radref(end), 0.125);
    cr_assert_eq(cst_flow_solve(y, v, &report, tape, x, zero, end, 0, NULL), CST_OK);
    arb_exp(end, end, 100);
    cr_assert(arb_contains_interior(y, end) || arb_contains(y, end) || arb_overlaps(y, end));
    cr_assert_lt(radius_of(y), 0.4);
    arb_set_d(x, 0.875);
    arb_exp(x, x, 100);
    cr_assert(arb_contains_arf(y, arb_midref(x)));
    arb_set_d(x, 1.125);
    arb_exp(x, x, 100);
    cr_assert(arb_contains_arf(y, arb_midref(x)));
    cst_tape_clear(tape);
    arb_clear(x);
    arb_clear(y);
    arb_clear(end);
    arb_mat_clear(v);
    fmpq_clear(zero);
}
