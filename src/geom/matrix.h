/* geom/matrix.h -- what the files of this room share. */
#ifndef CST_GEOM_MATRIX_H
#define CST_GEOM_MATRIX_H

#include <caustic/geom.h>

/* sum + a*b, with nothing built if a or b is the literal 0. */
cst_expr_t cst__geom_add_product(cst_expr_ctx_t ctx, cst_expr_t sum, cst_expr_t a, cst_expr_t b);

/* Each expression in normal form, over one context for all; one that would be too large stays as it is. */
void cst__geom_simplify(const cst_lie_chart_t *chart, cst_expr_t *e, slong length);

/* L_xi g for a symmetric g, n x n by rows, not simplified; derivative must not alias. */
void cst__geom_lie_derivative_of_metric(cst_expr_t *derivative, const cst_lie_chart_t *chart,
                                        const cst_expr_t *field, const cst_expr_t *metric);

#endif
