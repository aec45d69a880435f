/* flow/bound.h -- balls of doubles with a-priori error bounds: rounding to nearest, no switch of modes.

   In binary64 with u = 2^-53: fl(x op y) = (x op y)(1 + d) + e with |d| <= u, |e| <= 2^-1075, and e = 0 for
   sums (Higham, Accuracy and Stability of Numerical Algorithms, section 2.2). A radius is computed from
   non-negative numbers by sums and products only, fewer than four million of them, so that the exact value is
   at most the computed one times CST__GROW, plus CST__TINY for all underflows. An overflow makes a radius
   infinite or NaN, which fails every test of the form a < b. */
#ifndef CST_FLOW_BOUND_H
#define CST_FLOW_BOUND_H

#include <float.h>
#include <math.h>

#include <caustic/flint.h>

#if FLT_EVAL_METHOD != 0 || FLT_RADIX != 2 || DBL_MANT_DIG != 53
#    error "the error bounds need IEEE binary64 arithmetic: on x87 compile with -msse2 -mfpmath=sse"
#endif
#ifdef __FAST_MATH__
#    error "the error bounds do not hold with -ffast-math"
#endif

#define CST__UNIT 0x1p-53
#define CST__GROW (1 + 0x1p-30) /* (1 + u)^4000000 < 1 + 2^-31 */
#define CST__TINY 0x1p-900      /* far above all underflows, far below every radius that matters */

typedef struct
{
    double m, r;
} cst__ball_t;

/* An upper bound of what the non-negative x was computed for. */
static inline double
cst__up(double x)
{
    return x * CST__GROW + CST__TINY;
}

static inline double
cst__ball_magnitude(cst__ball_t a)
{
    return cst__up(fabs(a.m) + a.r);
}

/* The ball around [low, high], which were computed to within `slack`. */
static inline cst__ball_t
cst__ball_hull(double low, double high, double slack)
{
    double m = 0.5 * low + 0.5 * high;

    return (cst__ball_t){
        m, cst__up(0.5 * (high - low) + slack + 2 * CST__UNIT * (fabs(m) + fabs(low) + fabs(high)))};
}

static inline cst__ball_t
cst__ball_from_arb(const arb_t x)
{
    double m = arf_get_d(arb_midref(x), ARF_RND_NEAR);

    double r = mag_get_d(arb_radref(x));

    if (arf_cmp_d(arb_midref(x), m) == 0)
        return (cst__ball_t){m, r};
    return (cst__ball_t){m, cst__up(r + 2 * CST__UNIT * fabs(m))};
}

static inline void
cst__ball_to_arb(arb_t x, cst__ball_t a)
{
    arf_set_d(arb_midref(x), a.m);
    mag_set_d(arb_radref(x), a.r);
    if (!isfinite(a.m) || !isfinite(a.r))
        arb_indeterminate(x);
}

#endif
