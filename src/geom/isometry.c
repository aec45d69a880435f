/* geom/isometry.c -- Killing fields and discrete isometries. */
#include "geom/matrix.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* (L_xi g)_ab = xi^c d_c g_ab + g_cb d_a xi^c + g_ac d_b xi^c */
static cst_expr_t
lie_derivative(const cst_lie_chart_t *chart, const cst_geom_matrix_t metric, const cst_expr_t *field, slong a,
               slong b)
{
    cst_expr_t sum = cst_lie_derivative(chart, field, AT(metric, a, b));

    for (slong c = 0; c < chart->dimension; c++)
    {
        if (!cst_expr_is_integer_value(AT(metric, c, b), 0))
            sum = cst__geom_add_product(chart->ctx, sum, AT(metric, c, b),
                                        cst_expr_derivative(chart->ctx, field[c], chart->coordinates[a]));
        if (!cst_expr_is_integer_value(AT(metric, a, c), 0))
            sum = cst__geom_add_product(chart->ctx, sum, AT(metric, a, c),
                                        cst_expr_derivative(chart->ctx, field[c], chart->coordinates[b]));
    }
    return sum;
}

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

static cst_truth_t
test_components(slong component[2], cst_expr_t *remainder, const cst_lie_chart_t *chart,
                const cst_geom_matrix_t metric, const cst_expr_t *field_or_map,
                cst_expr_t (*formula)(const cst_lie_chart_t *, const cst_geom_matrix_t, const cst_expr_t *,
                                      slong, slong))
{
    for (slong a = 0; a < chart->dimension; a++)
        for (slong b = a; b < chart->dimension; b++)
        {
            cst_truth_t truth = cst_lie_is_zero(remainder, chart, formula(chart, metric, field_or_map, a, b));

            component[0] = a;
            component[1] = b;
            if (truth != CST_TRUE)
                return truth;
        }
    return CST_TRUE;
}

cst_truth_t
cst_geom_is_killing(slong component[2], cst_expr_t *remainder, const cst_lie_chart_t *chart,
                    const cst_geom_matrix_t metric, const cst_expr_t *field)
{
    return test_components(component, remainder, chart, metric, field, lie_derivative);
}

cst_truth_t
cst_geom_is_isometry(slong component[2], cst_expr_t *remainder, const cst_lie_chart_t *chart,
                     const cst_geom_matrix_t metric, const cst_expr_t *map)
{
    return test_components(component, remainder, chart, metric, map, pullback_difference);
}
