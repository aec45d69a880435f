/* lie/field.c -- invariance of functions, brackets, linear fields. */
#include <caustic/lie.h>

cst_expr_t
cst_lie_derivative(const cst_lie_chart_t *chart, const cst_expr_t *field, cst_expr_t f)
{
    cst_expr_t sum = cst_expr_integer(chart->ctx, 0);

    for (slong a = 0; a < chart->dimension; a++)
        if (!cst_expr_is_integer_value(field[a], 0))
            sum = cst_expr_add(chart->ctx, sum,
                               cst_expr_mul(chart->ctx, field[a],
                                            cst_expr_derivative(chart->ctx, f, chart->coordinates[a])));
    return sum;
}

cst_truth_t
cst_lie_is_zero(cst_expr_t *remainder, const cst_lie_chart_t *chart, cst_expr_t e)
{
    cst_truth_t truth = cst_expr_is_zero(chart->ctx, e, chart->positive, chart->positive_length);

    if (truth != CST_TRUE && remainder)
        *remainder = cst_expr_simplify(chart->ctx, e, chart->positive, chart->positive_length);
    return truth;
}

cst_truth_t
cst_lie_is_invariant(cst_expr_t *remainder, const cst_lie_chart_t *chart, const cst_expr_t *field,
                     cst_expr_t f)
{
    return cst_lie_is_zero(remainder, chart, cst_lie_derivative(chart, field, f));
}

cst_truth_t
cst_lie_is_invariant_under_map(cst_expr_t *remainder, const cst_lie_chart_t *chart, const cst_expr_t *map,
                               cst_expr_t f)
{
    cst_expr_t moved = cst_expr_substitute(chart->ctx, f, chart->coordinates, map, chart->dimension);

    return cst_lie_is_zero(remainder, chart, cst_expr_sub(chart->ctx, moved, f));
}

void
cst_lie_bracket(cst_expr_t *bracket, const cst_lie_chart_t *chart, const cst_expr_t *xi,
                const cst_expr_t *eta)
{
    for (slong a = 0; a < chart->dimension; a++)
        bracket[a] = cst_expr_sub(chart->ctx, cst_lie_derivative(chart, xi, eta[a]),
                                  cst_lie_derivative(chart, eta, xi[a]));
}

static int
is_constant(const cst_lie_chart_t *chart, cst_expr_t e)
{
    for (slong a = 0; a < chart->dimension; a++)
        if (cst_expr_depends_on(chart->ctx, e, chart->coordinates[a]))
            return 0;
    return 1;
}

cst_truth_t
cst_lie_linear_part(cst_expr_t *matrix, const cst_lie_chart_t *chart, const cst_expr_t *field)
{
    cst_truth_t truth = CST_TRUE;

    for (slong a = 0; a < chart->dimension && truth == CST_TRUE; a++)
    {
        cst_expr_t rest = field[a];

        for (slong b = 0; b < chart->dimension && truth == CST_TRUE; b++)
        {
            cst_expr_t e = cst_expr_derivative(chart->ctx, field[a], chart->coordinates[b]);

            if (!is_constant(chart, e))
                e = cst_expr_simplify(chart->ctx, e, chart->positive, chart->positive_length);
            if (!is_constant(chart, e))
                truth = CST_FALSE;
            matrix[a * chart->dimension + b] = e;
            rest = cst_expr_sub(chart->ctx, rest, cst_expr_mul(chart->ctx, e, chart->coordinates[b]));
        }
        if (truth == CST_TRUE)
            truth = cst_lie_is_zero(NULL, chart, rest);
    }
    return truth;
}

cst_expr_t
cst_lie_moment(const cst_lie_chart_t *chart, const cst_expr_t *matrix)
{
    cst_expr_t sum = cst_expr_integer(chart->ctx, 0);

    for (slong a = 0; a < chart->dimension; a++)
        for (slong b = 0; b < chart->dimension; b++)
            sum = cst_expr_add(
                chart->ctx, sum,
                cst_expr_mul(chart->ctx, matrix[a * chart->dimension + b],
                             cst_expr_mul(chart->ctx, chart->coordinates[a], chart->coordinates[b])));
    return sum;
}
