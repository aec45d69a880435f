/* arch/kernel.h -- kernels of matrices of expressions. */
#ifndef CST_ARCH_KERNEL_H
#define CST_ARCH_KERNEL_H

#include "arch/model.h"

/* By rows; the caller frees the entries with flint_free. */
typedef struct
{
    slong rows, columns;
    cst_expr_t *entries;
} cst__expr_matrix_t;

cst__expr_matrix_t cst__expr_matrix(slong rows, slong columns);

/* Vector k of a basis of the right kernel of m, whose first `rank` rows and columns are invertible where the
   parameters are generic: e_(rank + k) less the solution of the first equations. m is overwritten. The caller
   frees it. */
cst_expr_t *cst__kernel_vector(cst_expr_ctx_t ctx, cst__expr_matrix_t m, slong rank, slong k);

#endif
