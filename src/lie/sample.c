/* lie/sample.c -- points of a chart, and what expressions with cases are around a point. */
#include "expr/pool.h"
#include "lie/conditions.h"

#define ATTEMPTS 400

slong
cst__lie_variables(cst_expr_t **variables, const cst_lie_chart_t *chart, const cst_expr_t *expressions,
                   slong count)
{
    slong roots_length = 0, length = chart->dimension;
    cst_expr_t *roots = flint_malloc((size_t) (count + chart->positive_length + 1) * sizeof *roots);
    cst__expr_order_t order;

    for (slong i = 0; i < count; i++)
        if (expressions[i])
            roots[roots_length++] = expressions[i];
    for (slong i = 0; i < chart->positive_length; i++)
        roots[roots_length++] = chart->positive[i];
    cst__expr_order_init(&order, roots, roots_length);
    *variables = flint_malloc((size_t) (order.length + chart->dimension + 1) * sizeof **variables);
    for (slong a = 0; a < chart->dimension; a++)
        (*variables)[a] = chart->coordinates[a];
    for (slong i = 0; i < order.length; i++)
    {
        int known = cst_expr_kind(order.nodes[i]) != CST_EXPR_VARIABLE;

        for (slong a = 0; a < chart->dimension && !known; a++)
            known = order.nodes[i] == chart->coordinates[a];
        if (!known)
            (*variables)[length++] = order.nodes[i];
    }
    cst__expr_order_clear(&order);
    flint_free(roots);
    return length;
}

static int
is_assumed(const cst_lie_chart_t *chart, cst_expr_t e)
{
    for (slong i = 0; i < chart->positive_length; i++)
        if (chart->positive[i] == e)
            return 1;
    return 0;
}

int
cst__lie_sample(arb_ptr point, const cst_lie_chart_t *chart, const cst_expr_t *variables, slong count,
                flint_rand_t state)
{
    int inside = 0;
    arb_t value;

    arb_init(value);
    for (int attempt = 0; attempt < ATTEMPTS && !inside; attempt++)
    {
        for (slong i = 0; i < count; i++)
        {
            slong n = (slong) n_randint(state, 1000) + 24;

            arb_set_si(point + i, !is_assumed(chart, variables[i]) && n_randint(state, 2) ? -n : n);
            arb_mul_2exp_si(point + i, point + i, -10 + attempt % 4);
        }
        inside = 1;
        for (slong i = 0; i < chart->positive_length && inside; i++)
        {
            cst_expr_enclose(value, chart->positive[i], variables, point, count, 64);
            inside = arb_is_positive(value);
        }
    }
    arb_clear(value);
    return inside;
}

static int
has_cases(cst_expr_t e)
{
    switch (cst_expr_kind(e))
    {
    case CST_EXPR_ABS:
    case CST_EXPR_RELU:
    case CST_EXPR_STEP:
    case CST_EXPR_SIGN:
        return 1;
    default:
        return 0;
    }
}

/* What a node with cases is where its argument, given by its image, is positive or negative. */
static cst_expr_t
one_case(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t argument, int positive)
{
    switch (kind)
    {
    case CST_EXPR_ABS:
        return positive ? argument : cst_expr_neg(ctx, argument);
    case CST_EXPR_RELU:
        return positive ? argument : cst_expr_integer(ctx, 0);
    case CST_EXPR_STEP:
        return cst_expr_integer(ctx, positive);
    default:
        return cst_expr_integer(ctx, positive ? 1 : -1);
    }
}

slong
cst__lie_on_cell(cst_expr_t *results, cst_expr_ctx_t ctx, const cst_expr_t *expressions, slong count,
                 const cst_expr_t *variables, arb_srcptr point, slong variable_count)
{
    slong found = 0;
    cst__expr_order_t order;
    cst_expr_t *images;
    arb_t value;

    arb_init(value);
    cst__expr_order_init(&order, expressions, count);
    images = flint_malloc((size_t) (order.length + 1) * sizeof *images);
    for (slong i = 0; i < order.length && found >= 0; i++)
    {
        cst_expr_t e = order.nodes[i], a = NULL, b = NULL;

        if (cst_expr_arity(e) > 0)
            a = images[cst__expr_order_find(&order, cst_expr_argument(e, 0))];
        if (cst_expr_arity(e) > 1)
            b = images[cst__expr_order_find(&order, cst_expr_argument(e, 1))];
        if (has_cases(e))
        {
            cst_expr_enclose(value, a, variables, point, variable_count, 128);
            if (!arb_is_finite(value) || arb_contains_zero(value))
                found = -1;
            else
                found++;
            images[i] = one_case(ctx, cst_expr_kind(e), a, arb_is_positive(value));
        }
        else
            images[i] = a ? cst__expr_rebuild(ctx, e, a, b) : e;
    }
    for (slong i = 0; i < count && found >= 0; i++)
        results[i] = images[cst__expr_order_find(&order, expressions[i])];
    flint_free(images);
    cst__expr_order_clear(&order);
    arb_clear(value);
    return found;
}
