/* flow/ball-ring.h -- reading and writing the rings of doubles. */
#ifndef CST_FLOW_BALL_RING_H
#define CST_FLOW_BALL_RING_H

#include "flow/bound.h"
#include "flow/ring.h"

/* The coefficients of one monomial of one row, by order: middles, radii and magnitudes |m| + r. */
typedef struct
{
    double *m, *r, *v;
} cst__strand_t;

static inline cst__strand_t
cst__strand(const cst__ring_t *ring, slong row, slong block)
{
    double *m = ring->real + (row * ring->strands + block) * 3 * ring->stride;

    return (cst__strand_t){m, m + ring->stride, m + 2 * ring->stride};
}

/* r may be too small by the factor CST__GROW and by underflows. */
static inline void
cst__strand_set(cst__strand_t s, slong k, double m, double r)
{
    r = cst__up(r);
    s.m[k] = m;
    s.r[k] = r;
    s.v[k] = fabs(m) + r;
}

static inline cst__ball_t
cst__strand_get(cst__strand_t s, slong k)
{
    return (cst__ball_t){s.m[k], s.r[k]};
}

/* Puts the sum of coefficients at s: sum over k <= top of s^k c_k, for s a ball given by its powers. */
cst__ball_t cst__strand_value(cst__strand_t s, const cst__ball_t *powers, slong top);

/* Its range for all times in [0, s], s >= 0. */
cst__ball_t cst__strand_range(cst__strand_t s, double time, slong top);

/* The model sum over k <= top of s^k p_k of a row of models: returns a bound of its error. */
double cst__model_ring_value(double *polynomial, const cst__ring_t *ring, slong row,
                             const cst__ball_t *powers, slong top);

#endif
