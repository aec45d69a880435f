/* hj/minorant.h -- a quadratic lower bound of a function on all of R^n. */
#ifndef CST_HJ_MINORANT_H
#define CST_HJ_MINORANT_H

#include <caustic/expr.h>

/* L(x + h) >= constant + gradient . h + 1/2 h^T hessian h  for all h in R^n. */
typedef struct
{
    slong dimension;
    arb_t constant;
    arb_ptr gradient;
    arb_mat_t hessian;
} cst__minorant_t;

void cst__minorant_init(cst__minorant_t *m, slong dimension);
void cst__minorant_clear(cst__minorant_t *m);

/* Finds one, term by term of a sum; returns 0 if a term has no bound. Terms that grow faster than a square
   or like |h| leave a choice: steepness >= 0 asks for more of them (a greater Hessian, a lower constant). */
int cst__minorant_find(cst__minorant_t *m, cst_expr_ctx_t ctx, cst_expr_t loss, const cst_expr_t *coordinates,
                       arb_srcptr point, double steepness, slong prec);

/* Of the function of z with h = B z. */
void cst__minorant_pull_back(cst__minorant_t *m, const fmpq_mat_t b, slong prec);

#endif
