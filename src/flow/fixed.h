/* flow/fixed.h -- the numbers of fixed-ring.c: strands of coefficients, and sums on their way to one. */
#ifndef CST_FLOW_FIXED_H
#define CST_FLOW_FIXED_H

#include "flow/fixed-ring.h"
#include "flow/model.h"

#define CST__DIGIT 58
#define CST__MOST_DIGITS 9

/* Numbers on their way: sum of column c 2^(58 c), and a result in its grid. */
typedef struct
{
    cst__wide_t column[2 * CST__MOST_DIGITS];
} cst__columns_t;

typedef struct
{
    cst__wide_t column[CST__MOST_DIGITS + 2];
    double e;
} cst__total_t;

typedef struct
{
    int64_t *digits;                 /* digit i of order k at i orders + k */
    int *reach;                      /* digit i is zero for orders from there on */
    double *a, *e, *back_e, *back_t; /* the latter two of order k at -k */
    slong orders, grid;
} cst__fixed_t;

static inline cst__fixed_t
cst__fixed_at(const cst__ring_t *ring, slong s)
{
    slong n = ring->stride;
    double *a = ring->real + s * 4 * n;

    return (cst__fixed_t){ring->digits + s * ring->orders * ring->length,
                          ring->reach + s * ring->length,
                          a,
                          a + n,
                          a + 3 * n - 1,
                          a + 4 * n - 1,
                          ring->orders,
                          ring->grid[s]};
}

static inline cst__fixed_t
cst__fixed(const cst__ring_t *ring, slong row, slong block)
{
    return cst__fixed_at(ring, row * ring->strands + block);
}

/* Two strands of the ring's own: at order k the inverse 1/k, and the length of the step times that. */
static inline cst__fixed_t
cst__fixed_inverses(const cst__ring_t *ring)
{
    return cst__fixed_at(ring, ring->program->length * ring->strands);
}

static inline cst__fixed_t
cst__fixed_times(const cst__ring_t *ring)
{
    return cst__fixed_at(ring, ring->program->length * ring->strands + 1);
}

/* 2^e, or more than that for small e; infinite for large e. */
static inline double
cst__power_of_two(slong e)
{
    union
    {
        uint64_t bits;
        double value;
    } x;

    e = e < -1000 ? -1000 : e > 1024 ? 1024 : e;
    x.bits = (uint64_t) (e + 1023) << 52;
    return x.value;
}

static inline void
cst__total_clear(const cst__ring_t *ring, cst__total_t *total)
{
    for (slong i = 0; i < ring->length + 2; i++)
        total->column[i] = 0;
    total->e = 0;
}

/* Columns below this one are too far below the unit 2^shift of the result to matter. */
static inline slong
cst__first_column(slong shift)
{
    return shift < 78 ? 0 : (shift - 78) / CST__DIGIT;
}

/* columns = the sum over l < length of u_{i + l} v_{j - l}, from column `from` on; returns the radius. */
double cst__fixed_gather(const cst__ring_t *ring, cst__columns_t *s, slong from, const cst__fixed_t *u,
                         slong i, const cst__fixed_t *v, slong j, slong length);

/* total += +- the sums of products of u and v in the columns, whose radius was r, times 2^-shift. */
void cst__fixed_collect(cst__ring_t *ring, cst__total_t *total, const cst__columns_t *s, slong from,
                        slong shift, double r, int minus);

/* Both at once, in the grid of w. */
void cst__fixed_add_products(cst__ring_t *ring, cst__total_t *total, const cst__fixed_t *w,
                             const cst__fixed_t *u, slong i, const cst__fixed_t *v, slong j, slong length,
                             int minus);

/* total += +-factor u_k in the grid of w. */
void cst__fixed_add_coefficient(cst__ring_t *ring, cst__total_t *total, const cst__fixed_t *w,
                                const cst__fixed_t *u, slong k, slong factor, int minus);

/* The total as coefficient k; a ball as that; and the sum of the coefficients from order k to order top. */
void cst__fixed_put(cst__ring_t *ring, const cst__fixed_t *s, slong k, const cst__total_t *total);
void cst__fixed_load(cst__ring_t *ring, const cst__fixed_t *s, slong k, const arb_t x);
void cst__fixed_sum(arb_t x, const cst__ring_t *ring, const cst__fixed_t *s, slong k, slong top);

#endif
