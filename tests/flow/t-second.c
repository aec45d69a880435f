/* Second derivatives of flows in the initial point, against closed forms and differences of many digits. */
#include "truth.h"

TestSuite(second, .timeout = 120);

/* The flow from x to the time; the second derivative as n x n^2. */
static cst_flow_t
flow_of(arb_mat_t second, const char *const *fields, slong n, arb_srcptr x, const char *end, slong prec)
{
    cst_flow_options_t o = {.precision = prec, .tangent = 2};
    cst_tape_t tape;
    cst_flow_t flow;
    fmpq_t t, zero;

    fmpq_init(t);
    fmpq_init(zero);
    fmpq_set_str(t, end, 10);
    compile(tape, fields, n, n);
    flow = cst_flow_new(tape, &o, NULL);
    cst_flow_start(flow, x, zero);
    cr_assert_eq(cst_flow_to(flow, t), CST_OK);
    cst_flow_second(second, flow);
    cst_tape_clear(tape);
    fmpq_clear(t);
    fmpq_clear(zero);
    return flow;
}

/* Is the number within the ball, and the ball's radius at most so many units of 2^-prec? */
static void
assert_entry(const arb_mat_t second, slong i, slong column, const arb_t truth, double most)
{
    const arb_struct *x = arb_mat_entry(second, i, column);

    cr_assert(arb_contains(x, truth), "row %ld, column %ld", (long) i, (long) column);
    cr_assert_lt(radius_of(x), most, "row %ld, column %ld", (long) i, (long) column);
}

/* x' = x^2: x(t) = x/(1 - t x), and the second derivative is 2t/(1 - t x)^3. */
Test(second, riccati_is_known)
{
    static const char *const field[] = {"a^2"};
    static const slong precisions[] = {64, 106, 212, 424};

    for (int p = 0; p < 4; p++)
    {
        arb_mat_t second;
        arb_t x, truth;
        cst_flow_t flow;

        arb_mat_init(second, 1, 1);
        arb_init(x);
        arb_init(truth);
        arb_set_d(x, 0.25);
        flow = flow_of(second, field, 1, x, "2", precisions[p]);
        arb_set_si(truth, 32);
        assert_entry(second, 0, 0, truth, p ? ldexp(1e4, (int) -precisions[p]) : 1e-9);
        cst_flow_free(flow);
        arb_mat_clear(second);
        arb_clear(x);
        arb_clear(truth);
    }
}

/* Over a box it encloses all values, at an end 2t/(1 - t x)^3, and is little wider than they spread. */
Test(second, a_box_is_covered)
{
    static const char *const field[] = {"a^2"};
    arb_mat_t second;
    arb_t x, truth;
    cst_flow_t flow;

    arb_mat_init(second, 1, 1);
    arb_init(x);
    arb_init(truth);
    arb_set_d(x, 0.25);
    mag_set_d(arb_radref(x), 0x1p-14);
    flow = flow_of(second, field, 1, x, "2", 64);
    for (int side = -1; side <= 1; side++)
    {
        double y = 0.25 + 0.999 * side * 0x1p-14;

        arb_set_d(truth, 1 - 2 * y);
        arb_pow_ui(truth, truth, 3, 200);
        arb_ui_div(truth, 4, truth, 200);
        assert_entry(second, 0, 0, truth, 2 * 32 * 6 * 0x1p-13);
    }
    cst_flow_free(flow);
    arb_mat_clear(second);
    arb_clear(x);
    arb_clear(truth);
}

/* b' = a b^2, a' = 0: b(t) = b/(1 - t a b) mixes the components. */
Test(second, mixed_derivatives_are_in_their_columns)
{
    static const char *const field[] = {"0*a", "a*b^2"};
    arb_mat_t second;
    arb_ptr x = _arb_vec_init(2);
    arb_t truth;
    cst_flow_t flow;

    arb_mat_init(second, 2, 4);
    arb_init(truth);
    arb_set_d(x, 0.5);
    arb_set_d(x + 1, 0.25);
    flow = flow_of(second, field, 2, x, "2", 106);
    /* with q = 1 - t a b = 3/4: by a a 2 t^2 b^3/q^3, by a b 2 t b/q^3, by b b 2 t a/q^3 */
    arb_set_si(truth, 8);
    arb_div_ui(truth, truth, 27, 200);
    assert_entry(second, 1, 0, truth, 1e-26);
    arb_mul_ui(truth, truth, 8, 200);
    assert_entry(second, 1, 1, truth, 1e-26);
    assert_entry(second, 1, 2, truth, 1e-26);
    arb_mul_ui(truth, truth, 2, 200);
    assert_entry(second, 1, 3, truth, 1e-26);
    arb_zero(truth);
    for (slong column = 0; column < 4; column++)
        assert_entry(second, 0, column, truth, 1e-26);
    cst_flow_free(flow);
    arb_mat_clear(second);
    _arb_vec_clear(x, 2);
    arb_clear(truth);
}

Test(second, a_linear_flow_has_none)
{
    static const char *const field[] = {"b", "-a"};
    arb_mat_t second;
    arb_ptr x = _arb_vec_init(2);
    arb_t truth;
    cst_flow_t flow;

    arb_mat_init(second, 2, 4);
    arb_init(truth);
    arb_one(x);
    flow = flow_of(second, field, 2, x, "20", 64);
    for (slong k = 0; k < 8; k++)
        assert_entry(second, k / 4, k % 4, truth, 1e-9);
    cst_flow_free(flow);
    arb_mat_clear(second);
    _arb_vec_clear(x, 2);
    arb_clear(truth);
}

#define STEP 60 /* differences with steps of 2^-60 have errors of about 2^-120 */

/* (sum over signs of s t x(p + s h e_d + t h e_e))/(4 h^2) with 400 bits. */
static void
difference(arb_ptr out, const char *const *field, slong n, arb_srcptr p, const char *end, slong d, slong e)
{
    cst_flow_options_t o = {.precision = 400};
    arb_ptr x = _arb_vec_init(n);
    arb_t h;

    arb_init(h);
    _arb_vec_zero(out, n);
    for (int s = -1; s <= 1; s += 2)
        for (int t = -1; t <= 1; t += 2)
        {
            _arb_vec_set(x, p, n);
            arb_set_si(h, s);
            arb_mul_2exp_si(h, h, -STEP);
            arb_add(x + d, x + d, h, 400);
            arb_set_si(h, t);
            arb_mul_2exp_si(h, h, -STEP);
            arb_add(x + e, x + e, h, 400);
            cr_assert_eq(flow_to(x, NULL, field, n, end, &o), CST_OK);
            for (slong i = 0; i < n; i++)
                if (s == t)
                    arb_add(out + i, out + i, x + i, 400);
                else
                    arb_sub(out + i, out + i, x + i, 400);
        }
    _arb_vec_scalar_mul_2exp_si(out, out, n, 2 * STEP - 2);
    _arb_vec_clear(x, n);
    arb_clear(h);
}

/* The error of the differences is a fourth derivative times h^2. */
static void
check_against_differences(const char *const *field, slong n, arb_srcptr x, const char *end, slong prec,
                          double most)
{
    arb_mat_t second;
    arb_ptr d = _arb_vec_init(n);
    cst_flow_t flow;

    arb_mat_init(second, n, n * n);
    flow = flow_of(second, field, n, x, end, prec);
    for (slong column = 0; column < n * n; column++)
    {
        difference(d, field, n, x, end, column / n, column % n);
        for (slong i = 0; i < n; i++)
        {
            mag_set_d(arb_radref(d + i), 1e-30);
            cr_assert(arb_overlaps(arb_mat_entry(second, i, column), d + i), "row %ld, column %ld", (long) i,
                      (long) column);
            cr_assert_lt(radius_of(arb_mat_entry(second, i, column)), most, "%g",
                         radius_of(arb_mat_entry(second, i, column)));
        }
    }
    cst_flow_free(flow);
    arb_mat_clear(second);
    _arb_vec_clear(d, n);
}

Test(second, pendulum_agrees_with_differences)
{
    static const char *const field[] = {"b", "-sin(a)"};
    arb_ptr x = _arb_vec_init(2);

    arb_set_d(x, 1.25);
    arb_set_d(x + 1, 0.5);
    check_against_differences(field, 2, x, "5", 64, 1e-11);
    check_against_differences(field, 2, x, "5", 106, 1e-24);
    _arb_vec_clear(x, 2);
}

Test(second, every_function_agrees_with_differences)
{
    static const char *const fields[][2] = {{"log(3 + b^2)", "atan(a) - b"},
                                            {"erf(b)/2", "exp(-a^2) - b"},
                                            {"b/(1 + a^2)", "-a*(2 + b^2)^(-3/2)"}};
    arb_ptr x = _arb_vec_init(2);

    arb_set_d(x, 0.75);
    arb_set_d(x + 1, -0.5);
    for (int i = 0; i < 3; i++)
        check_against_differences(fields[i], 2, x, "1", i % 2 ? 106 : 64, i % 2 ? 1e-24 : 1e-11);
    _arb_vec_clear(x, 2);
}

/* At a time inside the last step, and indeterminate beyond it or without the option. */
Test(second, dense_output_holds_it_too)
{
    static const char *const field[] = {"a^2"};
    arb_mat_t second;
    fmpq_t start, end;
    arb_t x, t, truth;
    cst_flow_t flow;

    arb_mat_init(second, 1, 1);
    fmpq_init(start);
    fmpq_init(end);
    arb_init(x);
    arb_init(t);
    arb_init(truth);
    arb_set_d(x, 0.25);
    flow = flow_of(second, field, 1, x, "2", 106);
    cr_assert(cst_flow_last_step(start, end, flow));
    fmpq_add(start, start, end);
    fmpq_div_2exp(start, start, 1);
    arb_set_fmpq(t, start, 300);
    cst_flow_second_at(second, flow, t);
    arb_mul_2exp_si(truth, t, -2);
    arb_sub_ui(truth, truth, 1, 300);
    arb_neg(truth, truth);
    arb_pow_ui(truth, truth, 3, 300);
    arb_div(truth, t, truth, 300);
    arb_mul_2exp_si(truth, truth, 1);
    assert_entry(second, 0, 0, truth, 1e-25);
    arb_set_si(t, 3);
    cst_flow_second_at(second, flow, t);
    cr_assert_not(arb_is_finite(arb_mat_entry(second, 0, 0)));
    cst_flow_free(flow);
    arb_mat_clear(second);
    fmpq_clear(start);
    fmpq_clear(end);
    arb_clear(x);
    arb_clear(t);
    arb_clear(truth);
}
