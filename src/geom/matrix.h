/* geom/matrix.h -- what the files of this room share. */
#ifndef CST_GEOM_MATRIX_H
#define CST_GEOM_MATRIX_H

#include <caustic/geom.h>

/* sum + a*b, with nothing built if a or b is the literal 0. */
cst_expr_t cst__geom_add_product(cst_expr_ctx_t ctx, cst_expr_t sum, cst_expr_t a, cst_expr_t b);

#endif
