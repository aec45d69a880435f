/* flow/ball-ring.h -- reading and writing the rings of doubles. */
#ifndef CST_FLOW_BALL_RING_H
#define CST_FLOW_BALL_RING_H

#include "flow/bound.h"
#include "flow/ring.h"

/* The coefficients of one monomial of one row, by order: middles and radii; and, against the order, middles,
   radii and magnitudes |m| + r, for the second factor of a convolution. */
typedef struct
{
    double *m, *r;
    double *back_m, *back_r, *back_v; /* of order k at -k */
} cst__strand_t;

static inline cst__strand_t
cst__strand(const cst__ring_t *ring, slong row, slong block)
{
    slong n = ring->stride;
    double *m = ring->real + (row * ring->strands + block) * 5 * n;

    return (cst__strand_t){m, m + n, m + 3 * n - 1, m + 4 * n - 1, m + 5 * n - 1};
}

/* r may be too small by the factor CST__GROW and by underflows. */
static inline void
cst__strand_set(cst__strand_t s, slong k, double m, double r)
{
    r = cst__up(r);
    s.m[k] = m;
    s.r[k] = r;
    s.back_m[-k] = m;
    s.back_r[-k] = r;
    s.back_v[-k] = fabs(m) + r;
}

static inline cst__ball_t
cst__strand_get(cst__strand_t s, slong k)
{
    return (cst__ball_t){s.m[k], s.r[k]};
}

/* |m| + r, rounded */
static inline double
cst__strand_size(cst__strand_t s, slong k)
{
    return s.back_v[-k];
}

/* Puts the sum of coefficients at s: sum over k <= top of s^k c_k, for s a ball given by its powers. */
cst__ball_t cst__strand_value(cst__strand_t s, const cst__ball_t *powers, slong top);

/* Its range for all times in [0, s], s >= 0. */
cst__ball_t cst__strand_range(cst__strand_t s, double time, slong top);

/* The model sum over k <= top of s^k p_k of a row of models: returns a bound of its error. */
double cst__model_ring_value(double *polynomial, const cst__ring_t *ring, slong row,
                             const cst__ball_t *powers, slong top);

#endif
