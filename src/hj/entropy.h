/* hj/entropy.h -- what the files of local entropy share. */
#ifndef CST_HJ_ENTROPY_H
#define CST_HJ_ENTROPY_H

#include <caustic/entropy.h>

#include "hj/cubature.h"
#include "hj/minorant.h"

#define CST__ENTROPY_D CST_ENTROPY_MAX_DIMENSION

/* y = x + s B z with a rational s near sqrt(2 nu t) and a rational B with B B^T near the co-metric G. The
   integrand is exp(E(z)), E = c - L(y)/(2 nu) - s^2 z^T K z/(4 nu t), K = B^T G^-1 B near 1, and c brings
   its greatest value near 1. */
typedef struct
{
    const cst_entropy_problem_t *problem;
    const fmpq *point;
    slong n, prec;
    double tolerance;
    fmpq_t scale, shift, twice_nu;          /* s, c, 2 nu */
    fmpq_mat_t metric, frame, kinetic;      /* G^-1, B, K */
    cst_expr_t z[CST__ENTROPY_D], exponent; /* E without c */
    cst__minorant_t minorant;               /* of L(x + B h), in h */
    arb_t curvature;                        /* a positive lower bound of the eigenvalues of hessian + K/t */
    slong radius;
    arb_t tail;
} cst__entropy_work_t;

/* A minorant for which hessian + K/t is positive definite, well if possible. */
cst_status_t cst__entropy_find_minorant(cst__entropy_work_t *w, cst_error_t *error);

/* Chooses c, and the least cube |z_i| <= radius, within a quarter, outside of which exp(E) times 1, z_i or
   z_i z_j contributes less than `tail`, which is negligible. */
cst_status_t cst__entropy_choose_cube(cst__entropy_work_t *w, cst_error_t *error);

/* Minus the greatest value of an expression in n <= 2 variables on a grid of [low, high]^n: a guide. 0 if it
 * has none. */
cst_status_t cst__entropy_choose_shift(fmpq_t shift, cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *z,
                                       slong n, double low, double high, slong side, cst_error_t *error);

/* Near x, to so many bits: a guide. */
void cst__entropy_set_double(fmpq_t q, double x, int bits);

#endif
