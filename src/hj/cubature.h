/* hj/cubature.h -- verified integrals of exp(E(z)) z^alpha, |alpha| <= 2, over a cube. */
#ifndef CST_HJ_CUBATURE_H
#define CST_HJ_CUBATURE_H

#include <caustic/expr.h>

#define CST__CUBATURE_MAX_DIMENSION 3
#define CST__CUBATURE_MAX_MOMENTS 10

/* Moments: 1, then z_i, then z_i z_j by rows of the upper triangle. */
typedef struct
{
    slong dimension;
    slong count;
    arb_struct values[CST__CUBATURE_MAX_MOMENTS];
    slong boxes;
    double relative; /* the sum of the radii over the integral: a guide */
} cst__moments_t;

typedef struct
{
    cst_expr_ctx_t ctx;
    slong dimension;
    const cst_expr_t *variables; /* z */
    cst_expr_t exponent;         /* E */
    slong radius;                /* the cube is |z_i| <= radius */
    double tolerance;
    slong max_boxes;
    double seconds; /* 0: no limit */
} cst__cubature_t;

slong cst__moment_count(slong dimension);
void cst__moments_init(cst__moments_t *moments, slong dimension);
void cst__moments_clear(cst__moments_t *moments);

/* Splits the worst box until the error is below tolerance times the integral: CST_OK; CST_PARTIAL when boxes
   or seconds ran out. The enclosures hold in either case. CST_BAD_INPUT: E uses other variables. */
cst_status_t cst__cubature_moments(cst__moments_t *moments, const cst__cubature_t *problem, slong prec,
                                   cst_error_t *error);

#endif
