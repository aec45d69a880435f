/* Verified integration against truth from outside: matrix exponentials, much higher precision, the way back,
   and the invariants of classical systems. */
#include "truth.h"

TestSuite(truth, .timeout = 120);

Test(truth, linear_systems_follow_the_matrix_exponential)
{
    for (unsigned seed = 1; seed <= 15; seed++)
        check_linear(seed);
}

Test(truth, nonlinear_systems_match_higher_precision_and_come_back)
{
    for (unsigned seed = 1; seed <= 2; seed++)
        check_nonlinear(seed);
}

Test(truth, points_of_boxes_stay_inside)
{
    for (unsigned seed = 1; seed <= 25; seed++)
        check_box(seed);
}

static const char *const lorenz[] = {"10*(b - a)", "a*(28 - c) - b", "a*b - 8/3*c"};

/* The state against 160 bits, and Liouville: det V = exp(-41/3 t). */
Test(truth, lorenz_is_narrow_and_contracts_volume_as_it_must)
{
    cst_flow_options_t low = {.precision = 64}, high = {.precision = 160};
    arb_ptr x = _arb_vec_init(3), y = _arb_vec_init(3);
    arb_mat_t v;
    arb_t det, exact;

    arb_mat_init(v, 3, 3);
    arb_init(det);
    arb_init(exact);
    for (slong i = 0; i < 3; i++)
    {
        arb_set_ui(x + i, i < 2 ? 15 : 36);
        arb_set(y + i, x + i);
    }
    cr_assert_eq(flow_to(x, NULL, lorenz, 3, "10", &low), CST_OK);
    cr_assert_eq(flow_to(y, NULL, lorenz, 3, "10", &high), CST_OK);
    for (slong i = 0; i < 3; i++)
        assert_contains(x + i, y + i, "Lorenz", 0);
    cr_assert_lt(largest_radius(x, 3), 3e-10);
    for (slong i = 0; i < 3; i++)
        arb_set_ui(x + i, i < 2 ? 15 : 36);
    for (int p = 0; p < 2; p++)
    {
        low.precision = p ? 160 : 64;
        for (slong i = 0; i < 3; i++)
            arb_set_ui(x + i, i < 2 ? 15 : 36);
        cr_assert_eq(flow_to(x, v, lorenz, 3, "2", &low), CST_OK);
        arb_mat_det(det, v, 300);
        arb_set_si(exact, -82);
        arb_div_ui(exact, exact, 3, 300);
        arb_exp(exact, exact, 300);
        cr_assert(arb_contains_arf(det, arb_midref(exact)));
        cr_assert_lt(radius_of(arb_mat_entry(v, 0, 0)), p ? 1e-41 : 3e-11);
    }
    _arb_vec_clear(x, 3);
    _arb_vec_clear(y, 3);
    arb_mat_clear(v);
    arb_clear(det);
    arb_clear(exact);
}

/* The planar Kepler problem, e = 1/2: closed after the time 2 pi, a ball. */
Test(truth, a_kepler_orbit_closes)
{
    static const char *const kepler[] = {"c", "d", "-a/(a^2 + b^2)^(3/2)", "-b/(a^2 + b^2)^(3/2)"};
    static const double most[] = {2e-17, 1e-45};
    cst_tape_t tape;

    compile(tape, kepler, 4, 4);
    for (int p = 0; p < 2; p++)
    {
        cst_flow_options_t o = {.precision = p ? 160 : 64};
        arb_ptr x = _arb_vec_init(4), y = _arb_vec_init(4);
        arb_t end;
        fmpq_t zero;

        arb_init(end);
        fmpq_init(zero);
        arb_set_d(x, 0.5);
        arb_sqrt_ui(x + 3, 3, 2 * o.precision);
        arb_const_pi(end, 2 * o.precision);
        arb_mul_ui(end, end, 2, 2 * o.precision);
        cr_assert_eq(cst_flow_solve(y, NULL, NULL, tape, x, zero, end, 0, &o), CST_OK);
        for (slong i = 0; i < 4; i++)
            cr_assert(arb_contains(y + i, x + i));
        cr_assert_lt(largest_radius(y, 4), most[p] * 100, "%g", largest_radius(y, 4));
        _arb_vec_clear(x, 4);
        _arb_vec_clear(y, 4);
        arb_clear(end);
        fmpq_clear(zero);
    }
    cst_tape_clear(tape);
}

/* The pendulum keeps its energy, and its flow the symplectic form. */
Test(truth, pendulum_energy_and_symplectic_form_are_enclosed)
{
    static const char *const pendulum[] = {"b", "-sin(a)"};

    for (slong prec = 64; prec <= 256; prec *= 2)
    {
        cst_flow_options_t o = {.precision = prec, .tangent = 1};
        cst_tape_t tape;
        cst_flow_t flow;
        arb_ptr x = _arb_vec_init(2);
        arb_t e, c;
        arb_mat_t defect;
        fmpq_t t;

        arb_init(e);
        arb_init(c);
        arb_mat_init(defect, 2, 2);
        fmpq_init(t);
        compile(tape, pendulum, 2, 2);
        flow = cst_flow_new(tape, &o, NULL);
        cst_tape_clear(tape);
        arb_set_d(x, 1.25);
        arb_set_d(x + 1, 0.5);
        cst_flow_start(flow, x, t);
        fmpq_set_si(t, 25, 1);
        cr_assert_eq(cst_flow_to(flow, t), CST_OK);
        cst_flow_state(x, flow);
        arb_sqr(e, x + 1, prec);
        arb_mul_2exp_si(e, e, -1);
        arb_cos(c, x, prec);
        arb_sub(e, e, c, prec);
        arb_set_d(c, 1.25);
        arb_cos(c, c, 2 * prec);
        arb_add(e, e, c, prec);
        arb_set_d(c, 0.125);
        arb_sub(e, e, c, prec);
        cr_assert(arb_contains_zero(e));
        cr_assert_lt(radius_of(e), ldexp(4000, (int) -prec), "%g", radius_of(e));
        cst_flow_symplectic_defect(defect, flow);
        for (slong i = 0; i < 4; i++)
        {
            arb_ptr d = arb_mat_entry(defect, i / 2, i % 2);

            cr_assert(arb_contains_zero(d));
            cr_assert_lt(radius_of(d), prec == 64 ? 1e-9 : ldexp(1e7, (int) -prec), "%g", radius_of(d));
        }
        cst_flow_free(flow);
        _arb_vec_clear(x, 2);
        arb_clear(e);
        arb_clear(c);
        arb_mat_clear(defect);
        fmpq_clear(t);
    }
}
