/* geom/isometry.c -- Killing fields and discrete isometries. */
#include "expr/normal.h"
#include "geom/matrix.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* (h*g)_ab - g_ab = g_cd(h(x)) d_a h^c d_b h^d - g_ab(x) */
static cst_expr_t
pullback_difference(const cst_lie_chart_t *chart, const cst_geom_matrix_t metric, const cst_expr_t *map,
                    slong a, slong b)
{
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t sum = cst_expr_neg(ctx, AT(metric, a, b)), jacobian;

    for (slong c = 0; c < chart->dimension; c++)
        for (slong d = 0; d < chart->dimension; d++)
        {
            if (cst_expr_is_integer_value(AT(metric, c, d), 0))
                continue;
            jacobian = cst_expr_mul(ctx, cst_expr_derivative(ctx, map[c], chart->coordinates[a]),
                                    cst_expr_derivative(ctx, map[d], chart->coordinates[b]));
            sum = cst__geom_add_product(
                ctx, sum,
                cst_expr_substitute(ctx, AT(metric, c, d), chart->coordinates, map, chart->dimension),
                jacobian);
        }
    return sum;
}

/* Marks the expressions that are zero by their normal forms, all over one context. The budget is that of
   the zero test for one expression; what it leaves open the zero test decides. */
static void
mark_zeros(char *zero, const cst_lie_chart_t *chart, const cst_expr_t *e, slong length)
{
    cst__normal_ctx_t ctx = cst__normal_ctx_build(chart->ctx, e, length, chart->positive,
                                                  chart->positive_length, CST__NORMAL_BUDGET);
    cst__normal_t x;

    if (!ctx)
        return;
    cst__normal_init(x, ctx);
    for (slong i = 0; i < length; i++)
    {
        cst__normal_set_expr(x, e[i], ctx);
        zero[i] = (char) cst__normal_is_zero(x, ctx);
    }
    cst__normal_clear(x, ctx);
    cst__normal_ctx_free(ctx);
}

/* Are all entries (a, b), a <= b, of a symmetric n x n matrix zero? */
static cst_truth_t
test_components(slong component[2], cst_expr_t *remainder, const cst_lie_chart_t *chart,
                const cst_expr_t *entries)
{
    slong n = chart->dimension;
    cst_truth_t truth = CST_TRUE;
    char *zero = flint_calloc((size_t) (n * n) + 1, 1);

    mark_zeros(zero, chart, entries, n * n);
    for (slong a = 0; a < n && truth == CST_TRUE; a++)
        for (slong b = a; b < n && truth == CST_TRUE; b++)
            if (!zero[a * n + b])
            {
                component[0] = a;
                component[1] = b;
                truth = cst_lie_is_zero(remainder, chart, entries[a * n + b]);
            }
    flint_free(zero);
    return truth;
}

/* A new n x n matrix of zeros, by rows. */
static cst_expr_t *
zeros(const cst_lie_chart_t *chart)
{
    slong length = chart->dimension * chart->dimension;
    cst_expr_t *e = flint_malloc((size_t) (length + 1) * sizeof *e);

    for (slong i = 0; i < length; i++)
        e[i] = cst_expr_integer(chart->ctx, 0);
    return e;
}

cst_truth_t
cst_geom_is_killing(slong component[2], cst_expr_t *remainder, const cst_lie_chart_t *chart,
                    const cst_geom_matrix_t metric, const cst_expr_t *field)
{
    cst_expr_t *entries = zeros(chart);
    cst_truth_t truth;

    cst__geom_lie_derivative_of_metric(entries, chart, field, metric->entries);
    truth = test_components(component, remainder, chart, entries);
    flint_free(entries);
    return truth;
}

cst_truth_t
cst_geom_is_isometry(slong component[2], cst_expr_t *remainder, const cst_lie_chart_t *chart,
                     const cst_geom_matrix_t metric, const cst_expr_t *map)
{
    slong n = chart->dimension;
    cst_expr_t *entries = zeros(chart);
    cst_truth_t truth;

    for (slong a = 0; a < n; a++)
        for (slong b = a; b < n; b++)
            entries[a * n + b] = pullback_difference(chart, metric, map, a, b);
    truth = test_components(component, remainder, chart, entries);
    flint_free(entries);
    return truth;
}
