/* Verified integration against closed forms: the solution is inside, the tube is narrow, and a field that is
   not defined is not followed. */
#include <criterion/criterion.h>
#include <math.h>

#include <caustic/flow.h>

TestSuite(tube, .timeout = 120);

#define BITS 56

/* A tape of one or two components from texts in x and y. */
static void
compile(cst_tape_t tape, const char *const *fields, slong count, slong inputs)
{
    static const char *const names[] = {"x", "y"};
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t values[2], out[3];
    cst_expr_scope_t scope = {names, values, inputs};
    cst_error_t error;

    for (slong i = 0; i < inputs; i++)
        values[i] = cst_expr_variable(ctx, names[i]);
    for (slong i = 0; i < count; i++)
        cr_assert_eq(cst_expr_parse(out + i, ctx, fields[i], &scope, &error), CST_OK, "%s", error.message);
    cr_assert_eq(cst_tape_compile(tape, ctx, out, count, values, inputs, &error), CST_OK);
    cst_expr_ctx_free(ctx);
}

/* Integrates from center +- width (along z_0, z_1) to time numerator/2^4. */
static cst_status_t
integrate(cst_tube_t tube, const cst_tape_t tape, slong n, const double *center, double width,
          slong sixteenths)
{
    fmpq_t c, w;
    fmpz_t end;
    cst_status_t status;

    cst_tube_init(tube, n, BITS, n, 16, 2, 4);
    fmpq_init(c);
    fmpq_init(w);
    fmpz_init(end);
    for (slong i = 0; i < n; i++)
    {
        fmpz_set_d(fmpq_numref(c), ldexp(center[i], 20));
        fmpz_one_2exp(fmpq_denref(c), 20);
        fmpq_canonicalise(c);
        fmpz_set_d(fmpq_numref(w), ldexp(width, 20));
        fmpz_one_2exp(fmpq_denref(w), 20);
        fmpq_canonicalise(w);
        cst_model_set_parameter(tube->state + i, i, c, w);
    }
    fmpz_set_si(end, sixteenths);
    fmpz_mul_2exp(end, end, BITS - 4);
    status = cst_tube_integrate(tube, tape, end, 1e-13);
    cr_assert(status != CST_OK || fmpz_equal(tube->time, end));
    fmpq_clear(c);
    fmpq_clear(w);
    fmpz_clear(end);
    return status;
}

static void
state_at(arb_t value, const cst_tube_t tube, slong i, const double *z)
{
    fmpq *point = _fmpq_vec_init(tube->dimension);
    fmpq_t zero;

    fmpq_init(zero);
    for (slong k = 0; k < tube->dimension; k++)
    {
        fmpz_set_d(fmpq_numref(point + k), ldexp(z[k], 10));
        fmpz_one_2exp(fmpq_denref(point + k), 10);
        fmpq_canonicalise(point + k);
    }
    cst_model_evaluate(value, tube->state + i, zero, point, 200);
    fmpq_clear(zero);
    _fmpq_vec_clear(point, tube->dimension);
}

/* x' = x^2: x(t) = x0/(1 - t x0), to t = 3/4 from 1 +- 1/16. */
Test(tube, a_blow_up_solution_is_enclosed)
{
    static const char *const field[] = {"x^2"};
    const double center[] = {1};
    cst_tape_t tape;
    cst_tube_t tube;
    arb_t value, exact, d;

    arb_init(value);
    arb_init(exact);
    arb_init(d);
    compile(tape, field, 1, 1);
    cr_assert_eq(integrate(tube, tape, 1, center, 0.0625, 12), CST_OK);
    for (int k = -4; k <= 4; k++)
    {
        double z = k / 4.0, x0 = 1 + 0.0625 * z;

        state_at(value, tube, 0, &z);
        arb_set_d(exact, x0);
        arb_mul_si(d, exact, -3, 200);
        arb_mul_2exp_si(d, d, -2);
        arb_add_ui(d, d, 1, 200);
        arb_div(exact, exact, d, 200);
        cr_assert(arb_contains(value, exact), "z = %g", z);
    }
    /* 4 (1 + w z)/(1 - 3 w z): the first omitted power is (3/16)^5 */
    cr_assert_lt(ldexp(fmpz_get_d(tube->state->radius), -BITS), 0.05);
    cst_tube_clear(tube);
    cr_assert_eq(integrate(tube, tape, 1, center, 0, 12), CST_OK);
    cr_assert_lt(ldexp(fmpz_get_d(tube->state->radius), -BITS), 1e-10);
    cst_tube_clear(tube);
    /* past the blow-up at t = 1 nothing can be proved, and the tube ends before it */
    cr_assert_eq(integrate(tube, tape, 1, center, 0, 20), CST_UNDECIDED);
    cr_assert_lt(ldexp(fmpz_get_d(tube->time), -BITS), 1);
    cst_tube_clear(tube);
    cst_tape_clear(tape);
    arb_clear(value);
    arb_clear(exact);
    arb_clear(d);
    flint_cleanup();
}

/* The rotation x' = y, y' = -x over one radian and more, from a box: linear in z, so no truncation. */
Test(tube, a_rotation_of_a_box_is_enclosed_narrowly)
{
    static const char *const field[] = {"y", "-x"};
    const double center[] = {1, 0.5}, z[] = {0.5, -1};
    cst_tape_t tape;
    cst_tube_t tube;
    arb_t value, exact, s, c;

    arb_init(value);
    arb_init(exact);
    arb_init(s);
    arb_init(c);
    compile(tape, field, 2, 2);
    cr_assert_eq(integrate(tube, tape, 2, center, 0.25, 40), CST_OK);
    arb_set_d(exact, 2.5);
    arb_sin_cos(s, c, exact, 200);
    state_at(value, tube, 0, z); /* x0 cos t + y0 sin t with x0 = 1.125, y0 = 0.25 */
    arb_mul_si(c, c, 9, 200);
    arb_mul_si(s, s, 2, 200);
    arb_add(exact, c, s, 200);
    arb_mul_2exp_si(exact, exact, -3);
    cr_assert(arb_contains(value, exact));
    cr_assert_lt(ldexp(fmpz_get_d(tube->state->radius), -BITS), 1e-11);
    cst_tube_clear(tube);
    cst_tape_clear(tape);
    arb_clear(value);
    arb_clear(exact);
    arb_clear(s);
    arb_clear(c);
    flint_cleanup();
}

/* Every function's recurrence: x' = 1 and y' = d/dt f(x) along it, so y = f(x0 + t) - f(x0). */
Test(tube, every_function_is_integrated)
{
    static const char *const cases[][2] = {{"exp(x/2)/2", "exp(x/2)"},
                                           {"1/x", "log(x)"},
                                           {"log(x) + 1", "x*log(x)"},
                                           {"cos(x)", "sin(x)"},
                                           {"-sin(2*x)", "cos(2*x)/2"},
                                           {"1/(1 + x^2)", "atan(x)"},
                                           {"atan(x) + x/(1 + x^2)", "x*atan(x)"},
                                           {"sqrt(x)", "2/3*x^(3/2)"},
                                           {"x^(-4/3)", "-3*x^(-1/3)"},
                                           {"erf(x)", "x*erf(x) + exp(-x^2)/sqrt(pi)"},
                                           {"relu(x)", "x^2/2"},
                                           {"tanh(x)", "log(cosh(x))"}};
    const double center[] = {0.75, 0}, z[] = {0.5, 0};
    arb_t value, exact, at;

    arb_init(value);
    arb_init(exact);
    arb_init(at);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        const char *field[] = {"1", cases[k][0]};
        cst_tape_t tape, primitive;
        cst_tube_t tube;

        compile(tape, field, 2, 2);
        compile(primitive, cases[k] + 1, 1, 1);
        cr_assert_eq(integrate(tube, tape, 2, center, 0.0625, 16), CST_OK, "%s", cases[k][0]);
        state_at(value, tube, 1, z);
        arb_set_d(at, 0.75 + 0.0625 * 0.5 + 1);
        cst_tape_eval_arb(exact, primitive, at, 200);
        arb_sub(value, value, exact, 200);
        arb_set_d(at, 0.75 + 0.0625 * 0.5);
        cst_tape_eval_arb(exact, primitive, at, 200);
        arb_add(value, value, exact, 200);
        cr_assert(arb_contains_zero(value), "%s", cases[k][0]);
        cr_assert_lt(mag_get_d(arb_radref(value)), 2e-4, "%s: %g", cases[k][0], mag_get_d(arb_radref(value)));
        cst_tube_clear(tube);
        cst_tape_clear(tape);
        cst_tape_clear(primitive);
    }
    arb_clear(value);
    arb_clear(exact);
    arb_clear(at);
    flint_cleanup();
}

/* An output beyond the components must stay positive: 1 - x does up to x = 1 only. */
Test(tube, a_guard_that_turns_negative_stops_the_tube)
{
    static const char *const field[] = {"1", "1 - x"};
    const double center[] = {0};
    cst_tape_t tape;
    cst_tube_t tube;

    compile(tape, field, 2, 1);
    cr_assert_eq(integrate(tube, tape, 1, center, 0, 12), CST_OK);
    cst_tube_clear(tube);
    cr_assert_eq(integrate(tube, tape, 1, center, 0, 20), CST_UNDECIDED);
    cr_assert_leq(ldexp(fmpz_get_d(tube->time), -BITS), 1);
    cst_tube_clear(tube);
    cst_tape_clear(tape);
    flint_cleanup();
}
