/* geom/matrix.c -- matrices of expressions; factorization and inverse. */
#include "geom/matrix.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

void
cst_geom_matrix_init(cst_geom_matrix_t m, cst_expr_ctx_t ctx, slong rows, slong columns)
{
    cst_expr_t zero = cst_expr_integer(ctx, 0);

    m->rows = rows;
    m->columns = columns;
    m->entries = flint_malloc((size_t) (rows * columns + 1) * sizeof *m->entries);
    for (slong i = 0; i < rows * columns; i++)
        m->entries[i] = zero;
}

void
cst_geom_matrix_clear(cst_geom_matrix_t m)
{
    flint_free(m->entries);
}

cst_expr_t
cst__geom_add_product(cst_expr_ctx_t ctx, cst_expr_t sum, cst_expr_t a, cst_expr_t b)
{
    if (cst_expr_is_integer_value(a, 0) || cst_expr_is_integer_value(b, 0))
        return sum;
    return cst_expr_add(ctx, sum, cst_expr_mul(ctx, a, b));
}

/* Row i of x := row i - factor * row k. */
static void
subtract_row(cst_expr_ctx_t ctx, cst_geom_matrix_t x, slong i, slong k, cst_expr_t factor)
{
    factor = cst_expr_neg(ctx, factor);
    for (slong j = 0; j < x->columns; j++)
        AT(x, i, j) = cst__geom_add_product(ctx, AT(x, i, j), factor, AT(x, k, j));
}

/* Eliminates below the diagonal of work; x, the identity at first, becomes L^-1. */
static cst_status_t
eliminate(cst_expr_t *pivots, cst_geom_matrix_t work, cst_geom_matrix_t x, const cst_lie_chart_t *chart,
          cst_error_t *error)
{
    cst_expr_ctx_t ctx = chart->ctx;
    slong n = work->rows;

    for (slong k = 0; k < n; k++)
    {
        pivots[k] = AT(work, k, k);
        if (cst_lie_is_zero(NULL, chart, pivots[k]) == CST_TRUE)
            return cst_error_set(error, CST_REFUSED, "the matrix is degenerate: pivot %ld is zero",
                                 (long) k + 1);
        for (slong i = k + 1; i < n; i++)
        {
            cst_expr_t factor = cst_expr_div(ctx, AT(work, k, i), pivots[k]);

            if (cst_expr_is_integer_value(factor, 0))
                continue;
            for (slong j = i; j < n; j++)
                AT(work, i, j) =
                    cst__geom_add_product(ctx, AT(work, i, j), cst_expr_neg(ctx, factor), AT(work, k, j));
            subtract_row(ctx, x, i, k, factor);
        }
    }
    return CST_OK;
}

/* g^-1 = L^-T D^-1 L^-1 */
static void
assemble_inverse(cst_geom_matrix_struct *inverse, cst_expr_ctx_t ctx, const cst_expr_t *pivots,
                 const cst_geom_matrix_t x)
{
    slong n = x->rows;

    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            cst_expr_t sum = cst_expr_integer(ctx, 0);

            for (slong k = j; k < n; k++)
                if (!cst_expr_is_integer_value(AT(x, k, i), 0))
                    sum = cst__geom_add_product(ctx, sum, cst_expr_mul(ctx, AT(x, k, i), AT(x, k, j)),
                                                cst_expr_power_si(ctx, pivots[k], -1));
            AT(inverse, i, j) = AT(inverse, j, i) = sum;
        }
}

cst_status_t
cst_geom_invert(cst_expr_t *pivots, cst_geom_matrix_struct *inverse, const cst_lie_chart_t *chart,
                const cst_geom_matrix_t matrix, cst_error_t *error)
{
    slong n = matrix->rows;
    cst_geom_matrix_t work, x;
    cst_status_t status;

    cst_geom_matrix_init(work, chart->ctx, n, n);
    cst_geom_matrix_init(x, chart->ctx, n, n);
    for (slong i = 0; i < n; i++)
    {
        AT(x, i, i) = cst_expr_integer(chart->ctx, 1);
        for (slong j = i; j < n; j++)
            AT(work, i, j) = AT(matrix, i, j);
    }
    status = eliminate(pivots, work, x, chart, error);
    if (status == CST_OK && inverse)
        assemble_inverse(inverse, chart->ctx, pivots, x);
    cst_geom_matrix_clear(work);
    cst_geom_matrix_clear(x);
    return status;
}
