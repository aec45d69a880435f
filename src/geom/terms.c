/* geom/terms.c -- vectors of elements, sums of products, and the inverse of a symmetric matrix. */
#include "geom/levi-civita.h"

cst__normal_struct *
cst__normal_vec_init(slong length, cst__normal_ctx_t ctx)
{
    cst__normal_struct *x = flint_malloc((size_t) (length + 1) * sizeof *x);

    for (slong i = 0; i < length; i++)
        cst__normal_init(x + i, ctx);
    return x;
}

void
cst__normal_vec_clear(cst__normal_struct *x, slong length, cst__normal_ctx_t ctx)
{
    if (!x)
        return;
    for (slong i = 0; i < length; i++)
        cst__normal_clear(x + i, ctx);
    flint_free(x);
}

void
cst__terms_add(cst__terms_t *terms, const cst__normal_struct *x, const cst__normal_struct *y, int sign,
               cst__normal_ctx_t ctx)
{
    if (cst__normal_is_zero(x, ctx) || cst__normal_is_zero(y, ctx))
        return;
    if (terms->length == terms->alloc)
    {
        terms->alloc = 2 * terms->alloc + 16;
        terms->x = flint_realloc(terms->x, (size_t) terms->alloc * sizeof *terms->x);
        terms->y = flint_realloc(terms->y, (size_t) terms->alloc * sizeof *terms->y);
        terms->signs = flint_realloc(terms->signs, (size_t) terms->alloc * sizeof *terms->signs);
    }
    terms->x[terms->length] = x;
    terms->y[terms->length] = y;
    terms->signs[terms->length++] = sign;
}

void
cst__terms_sum(cst__normal_struct *r, cst__terms_t *terms, cst__normal_ctx_t ctx)
{
    cst__normal_dot(r, terms->x, terms->y, terms->signs, terms->length, ctx);
    terms->length = 0;
}

void
cst__terms_clear(cst__terms_t *terms)
{
    flint_free(terms->x);
    flint_free(terms->y);
    flint_free(terms->signs);
}

/* Row and column of the pivot with the fewest terms among the rows not yet used; -1 if all are zero. */
static slong
choose_pivot(const cst__normal_struct *m, slong n, slong column, cst__normal_ctx_t ctx)
{
    slong best = -1, least = 0;

    for (slong i = column; i < n; i++)
    {
        const cst__normal_struct *x = m + i * 2 * n + column;

        if (!cst__normal_is_zero(x, ctx) && (best < 0 || cst__normal_terms(x, ctx) < least))
        {
            best = i;
            least = cst__normal_terms(x, ctx);
        }
    }
    return best;
}

/* Clears the column in all rows but its own. */
static void
eliminate_column(cst__normal_struct *m, slong n, slong c, cst__normal_ctx_t ctx)
{
    cst__normal_struct *pivot_row = m + c * 2 * n;
    cst__normal_t factor, t;

    cst__normal_init(factor, ctx);
    cst__normal_init(t, ctx);
    cst__normal_inv(factor, pivot_row + c, ctx);
    for (slong j = c; j < 2 * n; j++)
        cst__normal_mul(pivot_row + j, pivot_row + j, factor, ctx);
    for (slong i = 0; i < n; i++)
    {
        cst__normal_struct *row = m + i * 2 * n;

        if (i == c || cst__normal_is_zero(row + c, ctx))
            continue;
        cst__normal_set(factor, row + c, ctx);
        for (slong j = c; j < 2 * n; j++)
            if (!cst__normal_is_zero(pivot_row + j, ctx))
            {
                cst__normal_mul(t, factor, pivot_row + j, ctx);
                cst__normal_sub(row + j, row + j, t, ctx);
            }
    }
    cst__normal_clear(t, ctx);
    cst__normal_clear(factor, ctx);
}

int
cst__normal_invert_symmetric(cst__normal_struct *inverse, cst__normal_struct *pivots,
                             const cst__normal_struct *matrix, slong n, cst__normal_ctx_t ctx)
{
    cst__normal_struct *m = cst__normal_vec_init(2 * n * n, ctx);
    slong c;

    for (slong i = 0; i < n; i++)
    {
        for (slong j = 0; j < n; j++)
            cst__normal_set(m + i * 2 * n + j, matrix + cst__symmetric(i, j), ctx);
        cst__normal_set_si(m + i * 2 * n + n + i, 1, ctx);
    }
    for (c = 0; c < n; c++)
    {
        slong p = choose_pivot(m, n, c, ctx);

        if (p < 0)
            break;
        for (slong j = 0; j < 2 * n && p != c; j++)
            cst__normal_swap(m + p * 2 * n + j, m + c * 2 * n + j);
        cst__normal_set(pivots + c, m + c * 2 * n + c, ctx);
        eliminate_column(m, n, c, ctx);
    }
    for (slong i = 0; i < n && c == n; i++)
        for (slong j = i; j < n; j++)
            cst__normal_swap(inverse + cst__symmetric(i, j), m + i * 2 * n + n + j);
    cst__normal_vec_clear(m, 2 * n * n, ctx);
    return c == n;
}
