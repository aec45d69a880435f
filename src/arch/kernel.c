/* arch/kernel.c -- kernels of matrices of expressions, by elimination without a choice of pivots. */
#include "arch/kernel.h"

#define AT(m, i, j) ((m).entries[(i) * (m).columns + (j)])

cst__expr_matrix_t
cst__expr_matrix(slong rows, slong columns)
{
    cst__expr_matrix_t m = {rows, columns, flint_malloc((size_t) (rows * columns + 1) * sizeof(cst_expr_t))};

    return m;
}

cst_expr_t *
cst__kernel_vector(cst_expr_ctx_t ctx, cst__expr_matrix_t m, slong rank, slong k)
{
    cst_expr_t *x = flint_malloc((size_t) (m.columns + 1) * sizeof *x);
    slong free_column = rank + k;

    for (slong j = 0; j < m.columns; j++)
        x[j] = cst_expr_integer(ctx, j == free_column);
    for (slong p = 0; p < rank; p++)
        for (slong i = p + 1; i < rank; i++)
        {
            cst_expr_t t = cst_expr_div(ctx, AT(m, i, p), AT(m, p, p));

            for (slong j = p + 1; j < m.columns; j++)
                AT(m, i, j) = cst_expr_sub(ctx, AT(m, i, j), cst_expr_mul(ctx, t, AT(m, p, j)));
        }
    for (slong p = rank - 1; p >= 0; p--)
    {
        cst_expr_t sum = AT(m, p, free_column);

        for (slong j = p + 1; j < rank; j++)
            sum = cst_expr_add(ctx, sum, cst_expr_mul(ctx, AT(m, p, j), x[j]));
        x[p] = cst_expr_neg(ctx, cst_expr_div(ctx, sum, AT(m, p, p)));
    }
    return x;
}
