/* Local entropy against closed forms, against a Fourier series that knows nothing of cubature, and against
 * the bounds that theory gives. */
#include "entropy-case.h"

TestSuite(entropy, .timeout = 120);

/* L = a y^2/2: u = a x^2/(2(1 + at)) + nu log(1 + at). */
Test(entropy, quadratic_line)
{
    case_t c;

    case_init(&c, 1, "3*x^2/2", "1/10", "1/2");
    fmpq_set_si(c.point, 1, 3);
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    expect(&c, c.result->value, "3/9/2/(5/2) + 1/10*log(5/2)", 1e-9);
    expect(&c, c.result->gradient, "3/3/(5/2)", 1e-8);
    expect(&c, arb_mat_entry(c.result->hessian, 0, 0), "6/5", 1e-7);
    expect(&c, c.result->least, "6/5", 1e-7);
    case_clear(&c);
    /* concave, but t < 1/k: a steepening slope with a finite integral */
    case_init(&c, 1, "-x^2/2", "1/10", "1/2");
    fmpq_set_si(c.point, 1, 3);
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    expect(&c, c.result->value, "-1/9/2/(1/2) + 1/10*log(1/2)", 1e-9);
    expect(&c, c.result->least, "-2", 1e-7);
    case_clear(&c);
}

/* L = 1/2 y^T A y + b.y with A = [[2,1],[1,1]]: Hess u = A (1 + tA)^-1, du = (1 + tA)^-1 (A x + b). */
Test(entropy, quadratic_plane)
{
    case_t c;

    case_init(&c, 2, "x^2 + x*y + y^2/2 + x/2", "1/7", "1");
    fmpq_set_si(c.point, 1, 4);
    fmpq_set_si(c.point + 1, -1, 5);
    c.options.tolerance = 1e-7;
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    /* (1 + A)^-1 = [[2,-1],[-1,3]]/5, A x + b = (4/5, 1/20) */
    expect(&c, c.result->gradient, "(2*4/5 - 1/20)/5", 1e-5);
    expect(&c, c.result->gradient + 1, "(-4/5 + 3/20)/5", 1e-5);
    expect(&c, arb_mat_entry(c.result->hessian, 0, 0), "3/5", 1e-5);
    expect(&c, arb_mat_entry(c.result->hessian, 0, 1), "1/5", 1e-5);
    expect(&c, arb_mat_entry(c.result->hessian, 1, 1), "2/5", 1e-5);
    expect(&c, c.result->least, "(1 - sqrt(1/25 + 4/25))/2", 1e-5);
    case_clear(&c);
}

/* In the coordinates y = S w of a flat quotient, S = [[1,0],[1,2]], G = S S^T: the same value and eigenvalue.
 */
Test(entropy, flat_quotient)
{
    case_t c, flat;
    fmpq cometric[4];

    case_init(&c, 2, "x^2 + cos(y)", "1/8", "3/2");
    case_init(&flat, 2, "x^2 + cos((y - x)/2)", "1/8", "3/2");
    for (slong i = 0; i < 4; i++)
        fmpq_init(cometric + i);
    fmpq_set_si(cometric, 1, 1);
    fmpq_set_si(cometric + 1, 1, 1);
    fmpq_set_si(cometric + 2, 1, 1);
    fmpq_set_si(cometric + 3, 5, 1);
    flat.problem.cometric = cometric;
    fmpq_set_si(c.point, 1, 3);
    fmpq_set_si(c.point + 1, 1, 4);
    fmpq_set_si(flat.point, 1, 3);
    fmpq_set_si(flat.point + 1, 5, 6);
    c.options.tolerance = flat.options.tolerance = 1e-5;
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    cr_assert_eq(enclose(&flat), CST_OK, "%s", flat.error.message);
    cr_assert(arb_overlaps(c.result->value, flat.result->value));
    cr_assert(arb_overlaps(c.result->least, flat.result->least));
    cr_assert_lt(mag_get_d(arb_radref(flat.result->least)), 1e-3);
    arb_mul_2exp_si(flat.result->gradient + 1, flat.result->gradient + 1, 1); /* d/dw_2 = 2 d/dy_2 */
    cr_assert(arb_overlaps(c.result->gradient + 1, flat.result->gradient + 1));
    fmpq_set_si(cometric + 3, 1, 1);
    cr_assert_eq(enclose(&flat), CST_BAD_INPUT);
    case_clear(&c);
    case_clear(&flat);
}

Test(entropy, quadratic_space)
{
    case_t c;

    case_init(&c, 3, "x^2/2 + y^2 + 3*z^2/2", "1/5", "1/2");
    for (int i = 0; i < 3; i++)
        fmpq_set_si(c.point + i, 1, 2 + (ulong) i);
    c.options.tolerance = 1e-2;
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    expect(&c, c.result->value, "1/8/(3/2) + 1/9/2 + 3/32/(5/2) + 1/5*(log(3/2) + log(2) + log(5/2))", 1e-3);
    expect(&c, c.result->gradient + 2, "3/4/(5/2)", 1e-2);
    expect(&c, arb_mat_entry(c.result->hessian, 1, 1), "1", 1e-2);
    case_clear(&c);
}

/* exp(-cos(y)/(2nu)) = sum_k I_k(-1/(2nu)) e^(iky), so exp(-u/(2nu)) = sum_k I_k(-1/2nu) e^(-k^2 nu t)
   e^(ikx): value, slope and second derivative to 100 bits, past the shock time 1. */
static void
cosine_series(arb_t u, arb_t du, arb_t ddu, const fmpq_t nu, const fmpq_t time, const fmpq_t at)
{
    slong prec = 200;
    arb_t b, k, x, t, n, term, p[3];

    arb_init(b);
    arb_init(k);
    arb_init(x);
    arb_init(t);
    arb_init(n);
    arb_init(term);
    for (int i = 0; i < 3; i++)
        arb_init(p[i]);
    arb_set_fmpq(n, nu, prec);
    arb_set_fmpq(t, time, prec);
    arb_mul(t, t, n, prec);
    arb_mul_2exp_si(n, n, 1);
    arb_inv(b, n, prec);
    arb_neg(b, b);
    for (slong m = 0; m < 150; m++)
    {
        arb_set_si(k, m);
        arb_hypgeom_bessel_i(term, k, b, prec);
        arb_mul_si(x, t, -m * m, prec);
        arb_exp(x, x, prec);
        arb_mul(term, term, x, prec);
        if (m > 0)
            arb_mul_2exp_si(term, term, 1);
        arb_set_fmpq(x, at, prec);
        arb_mul_si(x, x, m, prec);
        arb_sin_cos(k, x, x, prec);
        arb_mul(x, x, term, prec); /* cos */
        arb_mul(k, k, term, prec); /* sin */
        arb_add(p[0], p[0], x, prec);
        arb_mul_si(k, k, -m, prec);
        arb_add(p[1], p[1], k, prec);
        arb_mul_si(x, x, -m * m, prec);
        arb_add(p[2], p[2], x, prec);
    }
    for (int i = 0; i < 3; i++) /* what the terms left out can add, generously */
        arb_add_error_2exp_si(p[i], -150);
    arb_log(u, p[0], prec);
    arb_div(du, p[1], p[0], prec);
    arb_div(ddu, p[2], p[0], prec);
    arb_submul(ddu, du, du, prec);
    arb_neg(n, n);
    arb_mul(u, u, n, prec);
    arb_mul(du, du, n, prec);
    arb_mul(ddu, ddu, n, prec);
    arb_clear(b);
    arb_clear(k);
    arb_clear(x);
    arb_clear(t);
    arb_clear(n);
    arb_clear(term);
    for (int i = 0; i < 3; i++)
        arb_clear(p[i]);
}

Test(entropy, cosine_by_its_fourier_series)
{
    static const char *const times[] = {"1/2", "1", "2"};

    for (int i = 0; i < 3; i++)
        for (slong j = 0; j < 3; j++)
        {
            case_t c;
            arb_t u, du, ddu;

            arb_init(u);
            arb_init(du);
            arb_init(ddu);
            case_init(&c, 1, "cos(x)", "1/20", times[i]);
            fmpq_set_si(c.point, j, 3);
            cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
            cosine_series(u, du, ddu, c.nu, c.time, c.point);
            cr_assert(mag_cmp_2exp_si(arb_radref(ddu), -60) < 0);
            cr_assert(arb_overlaps(u, c.result->value) && arb_contains(c.result->value, u));
            cr_assert(arb_contains(c.result->gradient, du));
            cr_assert(arb_contains(arb_mat_entry(c.result->hessian, 0, 0), ddu));
            cr_assert_lt(mag_get_d(arb_radref(arb_mat_entry(c.result->hessian, 0, 0))), 1e-7);
            case_clear(&c);
            arb_clear(u);
            arb_clear(du);
            arb_clear(ddu);
        }
}

/* The kink u = -2 nu log cosh(D x/(4 nu)) - D^2 t/8 keeps its shape; its Hessian at 0 is -D^2/(8 nu). */
Test(entropy, kink)
{
    case_t c;

    case_init(&c, 1, "-2/10*log(cosh(2*x/(4/10)))", "1/10", "1");
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    expect(&c, c.result->value, "-1/2", 1e-8);
    expect(&c, c.result->least, "-4/(8/10)", 1e-6);
    fmpq_set_si(c.point, 1, 7);
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    expect(&c, c.result->gradient, "-tanh(2/7/(4/10))", 1e-7);
    expect(&c, c.result->value, "-2/10*log(cosh(2/7/(4/10))) - 1/2", 1e-8);
    case_clear(&c);
}

/* Past the shock time the Hessian stays finite, but of order 1/nu: nu lambda -> -D^2/8, where D is the jump
   of the inviscid slope, 2y/t with y the positive minimizer of cos y + y^2/(2t): the layer has width of order
   nu. */
Test(entropy, shock_layer)
{
    static const char *const nus[] = {"1/50", "1/200", "1/800"};
    double jump = 2 * 1.895494267033981 / 2, before = 1;

    for (int i = 0; i < 3; i++)
    {
        case_t c;
        arb_t scaled;
        double distance;

        arb_init(scaled);
        case_init(&c, 1, "cos(x)", nus[i], "2");
        c.options.tolerance = 1e-6;
        cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
        arb_mul_fmpz(scaled, c.result->least, fmpq_numref(c.nu), 60);
        arb_div_fmpz(scaled, scaled, fmpq_denref(c.nu), 60);
        distance = fabs(arf_get_d(arb_midref(scaled), ARF_RND_NEAR) + jump * jump / 8);
        cr_assert_lt(mag_get_d(arb_radref(scaled)), 1e-5);
        cr_assert_lt(distance, 0.3 * before);
        before = distance;
        case_clear(&c);
        arb_clear(scaled);
    }
    cr_assert_lt(before, 2e-3);
}

/* Hess u <= 1/t always; Hess u >= -k/(1 - kt) for t < 1/k if Hess L >= -k (here k = 1). */
Test(entropy, bounds_of_the_hessian)
{
    for (slong j = -6; j <= 6; j++)
    {
        case_t c;
        arb_srcptr h;
        arb_t least, bound;

        arb_init(least);
        arb_init(bound);
        case_init(&c, 1, "-exp(-x^2/2)", "1/30", "1/2"); /* L'' >= -2 exp(-3/2) > -1/2 */
        fmpq_set_si(c.point, j, 2);
        c.options.tolerance = 1e-6;
        cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
        h = arb_mat_entry(c.result->hessian, 0, 0);
        arb_set_si(bound, 2);
        cr_assert(arb_lt(h, bound));
        arb_set_d(bound, -0.5 / (1 - 0.25));
        cr_assert(arb_gt(h, bound));
        cr_assert_lt(mag_get_d(arb_radref(h)), 1e-3);
        case_clear(&c);
        arb_clear(least);
        arb_clear(bound);
    }
}

/* A loss with a kink that no Taylor model crosses: relu(x)^2/2 + relu(-x), integrated in closed form by
 * parts. */
Test(entropy, piecewise_loss)
{
    case_t c;

    case_init(&c, 1, "relu(x)", "1/2",
              "1"); /* 2 nu = 1: psi = (e^(1/2) Phi(-1) + 1/2) at x = 0, variance 1 */
    c.options.tolerance = 1e-6;
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    expect(&c, c.result->value, "-log(exp(1/2)*(1 - erf(1/sqrt(2)))/2 + 1/2)", 1e-5);
    case_clear(&c);
}

Test(entropy, refusals)
{
    case_t c;

    case_init(&c, 1, "-x^4", "1/10", "1");
    cr_assert_eq(enclose(&c), CST_REFUSED);
    case_clear(&c);
    case_init(&c, 1, "-x^2/2", "1/10", "1"); /* the integral diverges at t = 1/k */
    cr_assert_eq(enclose(&c), CST_REFUSED);
    case_clear(&c);
    case_init(&c, 1, "x^2 + y^2", "1/10", "1"); /* y is not a coordinate */
    cr_assert_eq(enclose(&c), CST_REFUSED, "%s", c.error.message);
    case_clear(&c);
    case_init(&c, 1, "x^2", "0", "1");
    cr_assert_eq(enclose(&c), CST_BAD_INPUT);
    case_clear(&c);
    /* when boxes run out, the enclosure is wide but true */
    case_init(&c, 1, "cos(x)", "1/1000", "2");
    c.options.max_boxes = 12;
    cr_assert_neq(enclose(&c), CST_OK);
    case_clear(&c);
}

/* x^4/4 - x^2/2 past its shock time: the quartic term pays for the concave one. */
Test(entropy, double_well)
{
    case_t c, other;

    case_init(&c, 1, "x^4/4 - x^2/2", "1/20", "3");
    case_init(&other, 1, "(x^2 - 1)^2/4 - 1/4", "1/20", "3");
    fmpq_set_si(c.point, 1, 9);
    fmpq_set_si(other.point, 1, 9);
    other.options.tolerance = 1e-12;
    cr_assert_eq(enclose(&c), CST_OK, "%s", c.error.message);
    cr_assert_eq(enclose(&other), CST_OK, "%s", other.error.message);
    cr_assert(arb_contains(c.result->value, other.result->value) ||
              arb_overlaps(c.result->value, other.result->value));
    cr_assert(arb_overlaps(c.result->least, other.result->least));
    cr_assert_lt(mag_get_d(arb_radref(c.result->least)), 1e-6);
    cr_assert_lt(mag_get_d(arb_radref(other.result->least)), 1e-9);
    case_clear(&c);
    case_clear(&other);
}

/* exp(-L/2nu) = a + b y_z is an eigenfunction of the heat semigroup, but for the constant: at the point with
   height h = 12/13, u = -2nu log(a + b s h), s = exp(-2 nu t), |du| = 2nu b s sqrt(1-h^2)/(a + b s h). */
Test(entropy, sphere)
{
    case_t c;
    cst_entropy_t e;
    arb_t slope, t;

    case_init(&c, 3, "-1/5*log(2 + z/sqrt(x^2 + y^2 + z^2))", "1/10", "1");
    cst_entropy_init(e, 2);
    arb_init(slope);
    arb_init(t);
    fmpq_set_si(c.point, 3, 1);
    fmpq_set_si(c.point + 1, 4, 1);
    fmpq_set_si(c.point + 2, 12, 1);
    c.options.tolerance = 1e-7;
    cr_assert_eq(cst_entropy_enclose_on_sphere(e, &c.problem, c.point, &c.options, &c.error), CST_OK, "%s",
                 c.error.message);
    expect(&c, e->value, "-1/5*log(2 + exp(-1/5)*12/13)", 1e-7);
    arb_mul(slope, e->gradient, e->gradient, 64);
    arb_addmul(slope, e->gradient + 1, e->gradient + 1, 64);
    expect(&c, slope, "(1/5*exp(-1/5)*(5/13)/(2 + exp(-1/5)*12/13))^2", 1e-6);
    /* the Laplacian: Lap log f = Lap f/f - |df|^2/f^2, Lap y_z = -2 y_z */
    arb_add(t, arb_mat_entry(e->hessian, 0, 0), arb_mat_entry(e->hessian, 1, 1), 64);
    expect(&c, t,
           "-1/5*(-2*exp(-1/5)*(12/13)/(2 + exp(-1/5)*12/13) - (exp(-1/5)*(5/13)/(2 + exp(-1/5)*12/13))^2)",
           1e-5);
    cst_entropy_clear(e);
    case_clear(&c);
    case_init(&c, 3, "x + y + z", "1/10", "1"); /* not invariant under scalings */
    cst_entropy_init(e, 2);
    fmpq_set_si(c.point, 1, 1);
    cr_assert_eq(cst_entropy_enclose_on_sphere(e, &c.problem, c.point, &c.options, &c.error), CST_REFUSED);
    cst_entropy_clear(e);
    arb_clear(slope);
    arb_clear(t);
    case_clear(&c);
}

/* On the circle, exp(-L/2nu) = 2 + cos(2 phi) becomes 2 + exp(-4 nu t) cos(2 phi). */
Test(entropy, circle)
{
    case_t c;
    cst_entropy_t e;

    case_init(&c, 2, "-1/5*log(2 + (x^2 - y^2)/(x^2 + y^2))", "1/10", "1/2");
    cst_entropy_init(e, 1);
    fmpq_set_si(c.point, 4, 1);
    fmpq_set_si(c.point + 1, 3, 1); /* cos phi = 4/5, cos 2phi = 7/25, sin 2phi = 24/25 */
    cr_assert_eq(cst_entropy_enclose_on_sphere(e, &c.problem, c.point, &c.options, &c.error), CST_OK, "%s",
                 c.error.message);
    expect(&c, e->value, "-1/5*log(2 + exp(-1/5)*7/25)", 1e-9);
    expect(&c, e->gradient, "1/5*2*exp(-1/5)*(24/25)/(2 + exp(-1/5)*7/25)", 1e-8);
    expect(&c, e->least,
           "1/5*(4*exp(-1/5)*(7/25)/(2 + exp(-1/5)*7/25) + (2*exp(-1/5)*(24/25)/(2 + exp(-1/5)*7/25))^2)",
           1e-7);
    cst_entropy_clear(e);
    case_clear(&c);
}

/* L = k R^2/2, R^2 = r^2/2: only the part that turning leaves alone, u = k R^2/(2(1 + kt)) + 2 nu log(1 +
 * kt). */
Test(entropy, cone_radial)
{
    case_t c;

    case_init(&c, 2, "3/4*(x^2 + y^2)", "1/4", "1/2"); /* k = 3 */
    fmpq_set_si(c.point, 3, 5);
    fmpq_set_si(c.point + 1, 4, 5);
    c.options.tolerance = 1e-2;
    cr_assert_eq(enclose_on_cone(&c, 2, 1), CST_OK, "%s", c.error.message);
    expect(&c, c.result->value, "3/4/(5/2) + 1/2*log(5/2)", 1e-4);
    expect(&c, c.result->gradient, "3/(5/2)*sqrt(1/2)", 1e-3);
    expect(&c, c.result->gradient + 1, "0", 1e-3);
    expect(&c, arb_mat_entry(c.result->hessian, 0, 0), "6/5", 1e-2);
    expect(&c, arb_mat_entry(c.result->hessian, 0, 1), "0", 1e-2);
    expect(&c, arb_mat_entry(c.result->hessian, 1, 1), "6/5", 1e-2);
    expect(&c, c.result->least, "6/5", 1e-2);
    case_clear(&c);
}

Test(entropy, least_eigenvalue)
{
    arb_mat_t a;
    arb_t v, exact;

    arb_mat_init(a, 2, 2);
    arb_init(v);
    arb_init(exact);
    arb_set_si(arb_mat_entry(a, 0, 0), 2);
    arb_set_si(arb_mat_entry(a, 0, 1), 3);
    arb_set_si(arb_mat_entry(a, 1, 1), 1);
    cst_entropy_least_eigenvalue(v, a, 100); /* (3 - sqrt 37)/2 */
    arb_sqrt_ui(exact, 37, 100);
    arb_sub_ui(exact, exact, 3, 100);
    arb_mul_2exp_si(exact, exact, -1);
    arb_neg(exact, exact);
    cr_assert(arb_contains(v, exact));
    cr_assert_lt(mag_get_d(arb_radref(v)), 1e-13);
    arb_add_error_2exp_si(arb_mat_entry(a, 0, 1), -10);
    cst_entropy_least_eigenvalue(v, a, 100);
    cr_assert(arb_contains(v, exact));
    cr_assert_lt(mag_get_d(arb_radref(v)), 1e-2);
    arb_mat_clear(a);
    arb_clear(v);
    arb_clear(exact);
}
