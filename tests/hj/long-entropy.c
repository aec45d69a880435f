/* Local entropy on cones, against a closed form that turns with the angle and against the plane. */
#include "entropy-case.h"

TestSuite(entropy_on_cones, .timeout = 600);

/* exp(-L/2nu) = exp(-k R^2/4nu) (2 + w), w = R^mu cos phi exp(-k R^2/4nu) cut off where it is small anyway:
   the harmonic R^mu cos phi is multiplied by (1 + kt)^(-1-mu) exp(-k R^2/(4nu(1 + kt))), here mu = 1/sqrt 2,
   nu = 1/4, t = 1/2, k = 2 for the first part and 4 for the second. */
Test(entropy_on_cones, cone_harmonic)
{
    case_t c;

    case_init(&c, 2,
              "(x^2 + y^2)/2 - 1/2*log(2 + max(min(x/sqrt(x^2 + y^2), 2), -2)"
              "*exp(-max(x^2 + y^2 - sqrt(1/8)*log((x^2 + y^2)/2), 1/2)))",
              "1/4", "1/2");
    fmpq_set_si(c.point, 1, 1);
    fmpq_set_si(c.point + 1, 1, 1);
    c.options.tolerance = 1e-3;
    cr_assert_eq(enclose_on_cone(&c, 2, 1), CST_OK, "%s", c.error.message);
    expect(&c, c.result->value, "-1/2*log(2*exp(-1)/2 + sqrt(1/2)*3^(-1)*exp(-sqrt(1/2)*log(3))*exp(-4/3))",
           1e-3);
    case_clear(&c);
}

/* Two routes to one number: a = b is the plane, and a cone of angle pi is the plane modulo x -> -x, on which
   r = |X|, phi = 2 psi, so r cos phi = (X^2 - Y^2)/|X|. */
Test(entropy_on_cones, cones_that_are_planes)
{
    case_t c, plane;

    case_init(&c, 2, "cos(x + y/2) + exp(-x^2)/2", "1/3", "1/2");
    fmpq_set_si(c.point, 3, 5);
    fmpq_set_si(c.point + 1, -1, 5);
    c.options.tolerance = 1e-3;
    cr_assert_eq(enclose_on_cone(&c, 1, 1), CST_OK, "%s", c.error.message);
    case_init(&plane, 2, "cos(x + y/2) + exp(-x^2)/2", "1/3", "1/2");
    fmpq_set_si(plane.point, 3, 5);
    fmpq_set_si(plane.point + 1, -1, 5);
    plane.options.tolerance = 1e-4;
    cr_assert_eq(enclose(&plane), CST_OK, "%s", plane.error.message);
    cr_assert(arb_overlaps(c.result->value, plane.result->value));
    cr_assert(arb_overlaps(c.result->least, plane.result->least));
    cr_assert_lt(mag_get_d(arb_radref(c.result->least)), 2e-2);
    case_clear(&c);
    case_clear(&plane);
    case_init(&c, 2, "cos(x*sqrt(x^2 + y^2)) + (x^2 + y^2)/3", "1/3", "1/2");
    fmpq_set_si(c.point, 3, 5); /* r = 1, X = 2/sqrt 5, Y = 1/sqrt 5 */
    fmpq_set_si(c.point + 1, 4, 5);
    c.options.tolerance = 1e-3;
    cr_assert_eq(enclose_on_cone(&c, 1, 4), CST_OK, "%s", c.error.message);
    /* in the frame of the point: X + iY = (2 + i)/sqrt 5 (x + iy), X^2 - Y^2 = 3/5 (x^2 - y^2) - 8/5 xy */
    case_init(&plane, 2, "cos(3/5*(x^2 - y^2) - 8/5*x*y) + (x^2 + y^2)/3", "1/3", "1/2");
    fmpq_set_si(plane.point, 1, 1);
    plane.options.tolerance = 1e-4;
    cr_assert_eq(enclose(&plane), CST_OK, "%s", plane.error.message);
    cr_assert(arb_overlaps(c.result->value, plane.result->value));
    for (slong i = 0; i < 2; i++)
    {
        cr_assert(arb_overlaps(c.result->gradient + i, plane.result->gradient + i));
        for (slong j = 0; j < 2; j++)
            cr_assert(arb_overlaps(arb_mat_entry(c.result->hessian, i, j),
                                   arb_mat_entry(plane.result->hessian, i, j)));
    }
    cr_assert_lt(mag_get_d(arb_radref(c.result->least)), 2e-2);
    case_clear(&c);
    case_clear(&plane);
}
