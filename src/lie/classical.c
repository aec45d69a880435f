/* lie/classical.c -- invariants known by theory: of tori, and of the classical groups. */
#include <caustic/discovery.h>

#include "lie/kernel.h"

/* Tori ---------------------------------------------------------------------- */

/* Integers w with xi = c sum_a w_a x^a d_a. */
static int
read_weights(fmpz *weights, const cst_lie_chart_t *chart, const cst_expr_t *field)
{
    slong d = chart->dimension;
    cst_expr_t *matrix = flint_malloc((size_t) (d * d + 1) * sizeof *matrix);
    int diagonal = cst_lie_linear_part(matrix, chart, field) == CST_TRUE;
    fmpz_t den;

    fmpz_init_set_ui(den, 1);
    for (slong a = 0; a < d && diagonal; a++)
        for (slong b = 0; b < d && diagonal; b++)
        {
            cst_expr_t e = matrix[a * d + b];

            diagonal = cst_expr_kind(e) == CST_EXPR_RATIONAL && (a == b || cst_expr_is_integer_value(e, 0));
            if (diagonal)
                fmpz_lcm(den, den, fmpq_denref(cst_expr_rational_value(e)));
        }
    for (slong a = 0; a < d && diagonal; a++)
    {
        const fmpq *q = cst_expr_rational_value(matrix[a * d + a]);

        fmpz_divexact(weights + a, den, fmpq_denref(q));
        fmpz_mul(weights + a, weights + a, fmpq_numref(q));
    }
    fmpz_clear(den);
    flint_free(matrix);
    return diagonal;
}

/* x^m or, if that has fewer negative exponents, its inverse */
static cst_expr_t
laurent_monomial(const cst_lie_chart_t *chart, const fmpz *exponents)
{
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t e = cst_expr_integer(ctx, 1);
    slong signs = 0;

    for (slong a = 0; a < chart->dimension; a++)
        signs += fmpz_sgn(exponents + a);
    for (slong a = 0; a < chart->dimension; a++)
    {
        fmpq_t q;

        fmpq_init(q);
        fmpz_set(fmpq_numref(q), exponents + a);
        if (signs < 0)
            fmpq_neg(q, q);
        e = cst_expr_mul(ctx, e, cst_expr_power(ctx, chart->coordinates[a], q));
        fmpq_clear(q);
    }
    return e;
}

/* The integer kernel of the weights: where U A = H for the transposed weights A, with U unimodular and H in
   Hermite form, the rows of U beside the zero rows of H are a basis of it. */
static void
monomials_of_kernel(cst_lie_invariants_t s, const cst_lie_chart_t *chart, const fmpz_mat_t weights)
{
    slong d = chart->dimension;
    fmpz_mat_t a, h, u, kernel;
    fmpz_lll_t fl;

    fmpz_mat_init(a, d, weights->r);
    fmpz_mat_init(h, d, weights->r);
    fmpz_mat_init(u, d, d);
    fmpz_mat_transpose(a, weights);
    fmpz_mat_hnf_transform(h, u, a);
    s->trace = fmpz_mat_rank(weights);
    s->count = s->space = d - s->trace;
    s->complete = CST_TRUE;
    s->algebra = s->trace;
    s->functions = flint_realloc(s->functions, (size_t) (s->count + 1) * sizeof *s->functions);
    fmpz_mat_init(kernel, s->count, d);
    for (slong i = 0; i < s->count; i++)
        for (slong k = 0; k < d; k++)
            fmpz_set(fmpz_mat_entry(kernel, i, k), fmpz_mat_entry(u, s->trace + i, k));
    fmpz_lll_context_init_default(fl);
    if (s->count > 1)
        fmpz_lll(kernel, NULL, fl);
    for (slong i = 0; i < s->count; i++)
        s->functions[i] = laurent_monomial(chart, fmpz_mat_entry(kernel, i, 0));
    fmpz_mat_clear(kernel);
    fmpz_mat_clear(u);
    fmpz_mat_clear(h);
    fmpz_mat_clear(a);
}

cst_status_t
cst_lie_monomial_invariants(cst_lie_invariants_t s, const cst_lie_chart_t *chart,
                            const cst_expr_t *const *fields, slong count, cst_error_t *error)
{
    cst_status_t status = CST_OK;
    fmpz_mat_t weights;

    fmpz_mat_init(weights, count, chart->dimension);
    for (slong k = 0; k < count && status == CST_OK; k++)
        if (!read_weights(fmpz_mat_entry(weights, k, 0), chart, fields[k]))
            status = cst_error_set(error, CST_REFUSED, "field %ld is not diagonal with rational weights",
                                   (long) k + 1);
    if (status == CST_OK)
        monomials_of_kernel(s, chart, weights);
    fmpz_mat_clear(weights);
    return status;
}

/* The first fundamental theorems --------------------------------------------- */

typedef struct
{
    cst_expr_ctx_t ctx;
    slong r, length, alloc;
    cst_expr_t *functions;
} list_t;

static void
push(list_t *list, cst_expr_t e)
{
    if (list->length == list->alloc)
    {
        list->alloc = 2 * list->alloc + 16;
        list->functions = flint_realloc(list->functions, (size_t) list->alloc * sizeof *list->functions);
    }
    list->functions[list->length++] = e;
}

/* The sum of x_k y_k, with the last `negative` terms subtracted. */
static cst_expr_t
product(const list_t *list, const cst_expr_t *x, const cst_expr_t *y, slong negative)
{
    cst_expr_t sum = cst_expr_integer(list->ctx, 0);

    for (slong k = 0; k < list->r; k++)
    {
        cst_expr_t t = cst_expr_mul(list->ctx, x[k], y[k]);

        sum = k < list->r - negative ? cst_expr_add(list->ctx, sum, t) : cst_expr_sub(list->ctx, sum, t);
    }
    return sum;
}

static cst_expr_t
skew_product(const list_t *list, const cst_expr_t *x, const cst_expr_t *y)
{
    cst_expr_ctx_t ctx = list->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);
    slong h = list->r / 2;

    for (slong k = 0; k < h; k++)
    {
        sum = cst_expr_add(ctx, sum, cst_expr_mul(ctx, x[k], y[h + k]));
        sum = cst_expr_sub(ctx, sum, cst_expr_mul(ctx, x[h + k], y[k]));
    }
    return sum;
}

/* By the last row. */
static cst_expr_t
determinant(cst_expr_ctx_t ctx, const cst_expr_t *const *rows, const slong *columns, slong n)
{
    cst_expr_t sum = cst_expr_integer(ctx, n == 0);
    slong *rest = flint_malloc((size_t) (n + 1) * sizeof *rest);

    for (slong k = 0; k < n; k++)
    {
        cst_expr_t t;

        for (slong i = 0, j = 0; i < n; i++)
            if (i != k)
                rest[j++] = columns[i];
        t = cst_expr_mul(ctx, rows[n - 1][columns[k]], determinant(ctx, rows, rest, n - 1));
        sum = (n - 1 - k) % 2 ? cst_expr_sub(ctx, sum, t) : cst_expr_add(ctx, sum, t);
    }
    flint_free(rest);
    return sum;
}

/* The determinants of all r of the vectors. */
static void
push_determinants(list_t *list, const cst_expr_t *vectors, slong count)
{
    slong r = list->r, i;
    slong *pick = flint_malloc((size_t) (r + 1) * sizeof *pick);
    slong *columns = flint_malloc((size_t) (r + 1) * sizeof *columns);
    const cst_expr_t **rows = flint_malloc((size_t) (r + 1) * sizeof *rows);

    for (i = 0; i < r; i++)
        pick[i] = columns[i] = i;
    for (i = r; count >= r && i >= 0;)
    {
        for (slong k = 0; k < r; k++)
            rows[k] = vectors + pick[k] * r;
        push(list, determinant(list->ctx, rows, columns, r));
        for (i = r - 1; i >= 0 && pick[i] == count - r + i; i--) /* the next choice */
            ;
        for (slong k = i < 0 ? r : i, next = i < 0 ? 0 : pick[i] + 1; k < r; k++)
            pick[k] = next++;
    }
    flint_free(rows);
    flint_free(columns);
    flint_free(pick);
}

slong
cst_lie_classical_invariants(cst_expr_t **functions, cst_expr_ctx_t ctx, cst_lie_classical_t group, slong r,
                             slong negative, const cst_expr_t *vectors, slong vector_count,
                             const cst_expr_t *covectors, slong covector_count)
{
    list_t list = {ctx, r, 0, 0, NULL};

    if (group == CST_LIE_GL || group == CST_LIE_SL)
        for (slong i = 0; i < vector_count; i++)
            for (slong j = 0; j < covector_count; j++)
                push(&list, product(&list, vectors + i * r, covectors + j * r, 0));
    else
        for (slong i = 0; i < vector_count; i++)
            for (slong j = i + (group == CST_LIE_SP); j < vector_count; j++)
                push(&list, group == CST_LIE_SP ? skew_product(&list, vectors + i * r, vectors + j * r)
                                                : product(&list, vectors + i * r, vectors + j * r, negative));
    if (group == CST_LIE_SL || group == CST_LIE_SO)
        push_determinants(&list, vectors, vector_count);
    if (group == CST_LIE_SL)
        push_determinants(&list, covectors, covector_count);
    *functions = list.functions;
    return list.length;
}
