/* flow/enclosure.c -- how long a step may be, and the proof that it is.

   Let T be the Taylor polynomial of order N at the start and Y a box. If for all t in [0, s]
   T(t) + t^(N+1) x_{N+1}(Y) lies in the interior of Y, then the solution exists on [0, s] and
   stays there: up to a first exit the Lagrange remainder puts it into the interior. (Corliss and Rihm,
   Validating an a priori enclosure using high-order Taylor series, 1996.) The same holds for the solution
   together with its derivative in the initial point. */
#include "flow/integrator.h"

#define TRIALS 24
#define SPARE 4.0 /* of the tolerance */

/* The largest magnitude of the components. With the radii: the other rows may grow faster than the state. */
static double
largest(const cst_flow_t flow, slong block, slong k)
{
    double top = 0;

    for (slong i = 0; i < flow->n; i++)
        top = fmax(top, cst__strand_size(cst__strand(&flow->near, i, block), k));
    return top;
}

/* The coefficients of order k grow like 1/(radius of convergence)^k, in the unit 2^shift. */
static double
growth(const cst_flow_t flow, double scale)
{
    slong n = flow->order, blocks = flow->around.shape->blocks;
    double top = 0;

    for (slong b = 0; b < blocks; b++)
        for (slong k = n - 1; k <= n; k++)
            top = fmax(
                top, pow(largest(flow, b, k) / (b ? fmax(1, largest(flow, b, 0)) : scale), 1.0 / (double) k));
    return top;
}

/* What the tolerance is relative to: the state, or how far it goes in the time in which its series is good;
   and no less than what keeps the tolerance far above CST__TINY. */
static double
state_scale(const cst_flow_t flow)
{
    slong n = flow->order;
    double state = largest(flow, 0, 0), speed = largest(flow, 0, 1),
           rate = fmax(pow(largest(flow, 0, n) / speed, 1.0 / (double) (n - 1)),
                       pow(largest(flow, 0, n - 1) / speed, 1.0 / (double) (n - 2))),
           way = speed / rate, least = ldexp(1, (int) FLINT_MAX(flow->bits - 800, -600));

    state = way > state && isfinite(way) ? way : state;
    return fmax(state, least);
}

/* Few bits, so that times stay short. */
static double
shorten(double s)
{
    int e;
    double m = frexp(s, &e);

    return ldexp(floor(ldexp(m, 8)), e - 8);
}

/* Fills in the box Y for the length s: ranges of the polynomials, a little wider. */
static void
put_box(cst_flow_t flow, double s, double scale)
{
    slong blocks = flow->around.shape->blocks;
    double tolerance = ldexp(1, (int) -FLINT_MIN(flow->bits, 800));

    for (slong i = 0; i < flow->n; i++)
        for (slong b = 0; b < blocks; b++)
        {
            cst__ball_t range = cst__strand_range(cst__strand(&flow->near, i, b), s, flow->order);
            double gap = 0x1p-20 * range.r + 8 * (b ? 1 : scale) * tolerance + 0x1p-850;

            cst__strand_set(cst__strand(&flow->around, i, b), 0, range.m, range.r + gap);
            flow->gap[i * blocks + b] = gap;
        }
}

double
cst__power_bound(double s, slong k, slong unit)
{
    double m = 1;
    slong exponent = -unit;

    for (slong i = 0; i < k; i++)
    {
        int e;

        m = frexp(m * s, &e);
        exponent += e;
    }
    exponent = FLINT_MAX(FLINT_MIN(exponent, 4000), -4000);
    return cst__up(ldexp(m, (int) exponent));
}

/* The largest |x_{N+1}| s^{N+1}, relative to the size of the state, in units; infinite where it does not fit
   into the gap that was left for it. */
static double
remainder_size(const cst_flow_t flow, double power, double scale)
{
    slong top = flow->order + 1, blocks = flow->around.shape->blocks;
    double most = 0;

    for (slong i = 0; i < flow->n; i++)
        for (slong b = 0; b < blocks; b++)
        {
            double size = cst__up(cst__strand_size(cst__strand(&flow->around, i, b), top) * power),
                   real = cst__up(ldexp(size, (int) flow->set.unit));

            if (!(real < flow->gap[i * blocks + b]))
                return INFINITY;
            most = fmax(most, b ? size : size / scale);
        }
    return most;
}

/* The length the order and the tolerance suggest, but not leaving a small rest before the end. */
static double
first_length(const cst_flow_t flow, double scale, double most)
{
    double s =
        flow->confidence * exp2(-(double) flow->bits / (double) (flow->order + 1)) / growth(flow, scale);

    if (!(s < most))
        return most;
    return shorten(s > 0.5 * most ? 0.51 * most : s);
}

int
cst__flow_enclose(cst_flow_t flow, double *time, double most)
{
    slong n = flow->order;
    double scale = state_scale(flow), s, tolerance, root = 1.0 / (double) (n + 1);

    tolerance = ldexp(1, (int) FLINT_MAX(-flow->bits - flow->set.unit, -900)); /* in units */
    s = first_length(flow, scale, most);
    for (int trial = 0; trial < TRIALS && s > 0 && isfinite(s); trial++)
    {
        double size = INFINITY, by;

        put_box(flow, s, scale);
        if (cst__ring_solve(&flow->around, n + 1))
            size = remainder_size(flow, cst__power_bound(s, n + 1, flow->set.unit), scale);
        by = pow(tolerance / size, root);
        if (isfinite(size) && size <= SPARE * tolerance)
        {
            if (s < most)
                flow->confidence = fmin(4, fmax(0.05, flow->confidence * fmin(1.2, pow(by, 0.7))));
            *time = s;
            return 1;
        }
        by = isfinite(size) ? fmin(0.9, fmax(0.3, 0.95 * by)) : 0.6;
        s = shorten(s * by);
        flow->confidence = fmax(0.05, flow->confidence * fmax(by, 0.8));
    }
    return 0;
}
