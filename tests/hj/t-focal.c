/* The first focal time along one characteristic against closed forms. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include <caustic/hj.h>

TestSuite(focal, .timeout = 120);

typedef struct
{
    cst_expr_ctx_t ctx;
    cst_expr_t q[3], p[3];
    cst_hj_t hj;
} space_t;

static void
space_init(space_t *space, slong n, const char *hamiltonian, const char *initial)
{
    static const char *const names[] = {"x", "y", "z", "p_x", "p_y", "p_z"};
    const char *used[6];
    cst_expr_t values[6];
    cst_expr_scope_t scope = {used, values, 2 * n};
    cst_error_t error;

    space->ctx = cst_expr_ctx_new();
    for (slong i = 0; i < n; i++)
    {
        used[i] = names[i];
        used[n + i] = names[3 + i];
        values[i] = space->q[i] = cst_expr_variable(space->ctx, names[i]);
        values[n + i] = space->p[i] = cst_expr_variable(space->ctx, names[3 + i]);
    }
    memset(&space->hj, 0, sizeof space->hj);
    space->hj.ctx = space->ctx;
    space->hj.dimension = n;
    space->hj.coordinates = space->q;
    space->hj.momenta = space->p;
    cr_assert_eq(cst_expr_parse(&space->hj.hamiltonian, space->ctx, hamiltonian, &scope, &error), CST_OK);
    cr_assert_eq(cst_expr_parse(&space->hj.initial, space->ctx, initial, &scope, &error), CST_OK);
}

/* The answer at a point given in hundredths, up to 5, and that the time is `exact` (an expression) to
 * 1/limit. */
static void
check(slong n, const char *hamiltonian, const char *initial, const slong *hundredths, slong prec,
      cst_truth_t expected, const char *exact, double limit)
{
    space_t space;
    cst_expr_scope_t none = {NULL, NULL, 0};
    cst_expr_t e;
    arb_ptr x = _arb_vec_init(n);
    arb_t time, truth;
    fmpq_t horizon;

    arb_init(time);
    arb_init(truth);
    fmpq_init(horizon);
    fmpq_set_si(horizon, 5, 1);
    space_init(&space, n, hamiltonian, initial);
    for (slong i = 0; i < n; i++)
    {
        arb_set_si(x + i, hundredths[i]);
        arb_div_si(x + i, x + i, 100, prec + 64);
    }
    cr_assert_eq(cst_hj_first_focal_time(time, &space.hj, x, horizon, prec), expected, "%s", initial);
    if (expected == CST_TRUE)
    {
        cr_assert_eq(cst_expr_parse(&e, space.ctx, exact, &none, NULL), CST_OK);
        cst_expr_enclose(truth, e, NULL, NULL, 0, prec + 128);
        cr_assert(arb_contains_arf(time, arb_midref(truth)), "%s: %s is %.17g, not %.17g +- %g", initial,
                  exact, arf_get_d(arb_midref(truth), ARF_RND_NEAR),
                  arf_get_d(arb_midref(time), ARF_RND_NEAR), mag_get_d(arb_radref(time)));
        cr_assert_lt(mag_get_d(arb_radref(time)), limit, "%s: %g", initial, mag_get_d(arb_radref(time)));
    }
    cst_expr_ctx_free(space.ctx);
    _arb_vec_clear(x, n);
    arb_clear(time);
    arb_clear(truth);
    fmpq_clear(horizon);
}

#define SPHERE "(1 + x^2 + y^2)^2*(p_x^2 + p_y^2)/8"
#define HEIGHT "(1 - x^2 - y^2)/(1 + x^2 + y^2)"

static const slong pole[] = {0, 0}, beside[] = {30, 20}, beyond[] = {120, 0};

/* Towards the pole along meridians, psi -> psi - t sin(psi): all of them meet there at psi/sin(psi). */
Test(focal, on_the_sphere)
{
    static const char angle[] = "acos(87/113)/sin(acos(87/113))";

    check(2, SPHERE, HEIGHT, beside, 64, CST_TRUE, angle, 1e-12);
    check(2, SPHERE, HEIGHT, beside, 220, CST_TRUE, angle, 1e-50);
    check(2, SPHERE, HEIGHT, beyond, 64, CST_TRUE, "acos(-11/61)/sin(acos(-11/61))", 1e-12);
}

/* At the pole both directions focus together: det Q = (1 - t)^2 only touches zero. */
Test(focal, where_the_determinant_only_touches_zero)
{
    check(2, SPHERE, HEIGHT, pole, 64, CST_TRUE, "1", 1e-12);
    check(2, SPHERE, HEIGHT, pole, 220, CST_TRUE, "1", 1e-50);
    check(3, "(p_x^2 + p_y^2 + p_z^2)/2", "-(x^2 + y^2 + z^2)/3", (const slong[]){1, 2, 3}, 64, CST_TRUE,
          "3/2", 1e-12);
}

/* In the plane Q = I + t Hess u0 at q0; the oscillator has cos t + u'' sin t. */
Test(focal, in_flat_space)
{
    check(2, "(p_x^2 + p_y^2)/2", "x^2*y - y^2/5 - 2*x^2/3", beside, 64, CST_TRUE,
          "1/(2/3 + sqrt(16/225 + 9/25))", 1e-11);
    check(1, "p_x^2/2", "x^2", beside, 64, CST_FALSE, NULL, 0);
    check(1, "p_x^2/2 + x^2/2", "-x^2/2", beside, 64, CST_TRUE, "pi/4", 1e-12);
    check(1, "p_x^2/2 + x^2/2", "x^2/2", beside, 100, CST_TRUE, "3*pi/4", 1e-22);
    check(1, "p_x^2/2", "cos(x)", beside, 64, CST_TRUE, "1/cos(3/10)", 1e-12);
}

/* Shocks that there are, but not where the claim can be made. */
Test(focal, what_is_not_claimed)
{
    check(1, "-p_x^2/2", "x^2", beside, 64, CST_UNKNOWN, NULL, 0);        /* concave */
    check(1, "p_x^2/2", "sqrt(x - 1)", beside, 64, CST_UNKNOWN, NULL, 0); /* not defined */
}

/* Boxes around 0.3: the enclosure holds the times of their points, sec(x), and is as wide as the box, times a
   factor. */
Test(focal, over_a_box)
{
    space_t space;
    arb_t x, time, truth;
    fmpq_t horizon;

    arb_init(x);
    arb_init(time);
    arb_init(truth);
    fmpq_init(horizon);
    fmpq_set_si(horizon, 5, 1);
    space_init(&space, 1, "p_x^2/2", "cos(x)");
    for (int j = 2; j <= 10; j += 4)
    {
        double radius = pow(10, -j);

        arb_set_d(x, 0.3);
        mag_set_d(arb_radref(x), radius);
        cr_assert_eq(cst_hj_first_focal_time(time, &space.hj, x, horizon, 64), CST_TRUE);
        for (int k = -1; k <= 1; k++)
        {
            arb_set_d(x, 0.3 + 0.99 * radius * k);
            arb_sec(truth, x, 64);
            cr_assert(arb_contains(time, truth));
        }
        cr_assert_lt(mag_get_d(arb_radref(time)), 10 * radius, "%g", mag_get_d(arb_radref(time)) / radius);
    }
    cst_expr_ctx_free(space.ctx);
    arb_clear(x);
    arb_clear(time);
    arb_clear(truth);
    fmpq_clear(horizon);
}
