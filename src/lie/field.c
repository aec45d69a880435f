/* lie/field.c -- invariance of functions, brackets, linear fields. */
#include <caustic/lie.h>

#include "expr/pool.h"

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

/* Invariance is often plain deep inside: xi(tanh(u)) = 0 since xi(u) = 0, though the zero test would have
   to expand tanh. So the derivative is taken from the bottom up, and what is zero becomes 0 on the way. */

typedef struct
{
    const cst_lie_chart_t *chart;
    const cst_expr_t *field;
    cst__expr_order_t order;
    cst_expr_t *derivative; /* of each node along the field */
    char *tested;
} walk_t;

/* f'(a) for a node f(a) of one argument. */
static cst_expr_t
outer_derivative(cst_expr_ctx_t ctx, cst_expr_t e)
{
    cst_expr_t t = cst_expr_variable(ctx, " t"), a = cst_expr_argument(e, 0), f;

    f = cst_expr_kind(e) == CST_EXPR_POWER ? cst_expr_power(ctx, t, cst_expr_exponent(e))
                                           : cst_expr_function(ctx, cst_expr_kind(e), t);
    return cst_expr_substitute(ctx, cst_expr_derivative(ctx, f, t), &t, &a, 1);
}

/* The derivative of argument i, tested for zero once. A sum inside a sum is left to the sum. */
static cst_expr_t
argument_derivative(walk_t *walk, cst_expr_t e, int i)
{
    cst_expr_t a = cst_expr_argument(e, i);
    slong k = cst__expr_order_find(&walk->order, a);

    if (!walk->tested[k] && !(cst_expr_kind(a) == CST_EXPR_ADD && cst_expr_kind(e) == CST_EXPR_ADD))
    {
        walk->tested[k] = 1;
        if (!cst_expr_is_integer_value(walk->derivative[k], 0) &&
            cst_lie_is_zero(NULL, walk->chart, walk->derivative[k]) == CST_TRUE)
            walk->derivative[k] = cst_expr_integer(walk->chart->ctx, 0);
    }
    return walk->derivative[k];
}

static cst_expr_t
node_derivative(walk_t *walk, cst_expr_t e)
{
    cst_expr_ctx_t ctx = walk->chart->ctx;
    cst_expr_t da, db;

    for (slong a = 0; a < walk->chart->dimension; a++)
        if (e == walk->chart->coordinates[a])
            return walk->field[a];
    if (cst_expr_arity(e) == 0)
        return cst_expr_integer(ctx, 0);
    da = argument_derivative(walk, e, 0);
    if (cst_expr_arity(e) == 1)
        return cst_expr_is_integer_value(da, 0) ? da : cst_expr_mul(ctx, da, outer_derivative(ctx, e));
    db = argument_derivative(walk, e, 1);
    if (cst_expr_kind(e) == CST_EXPR_ADD)
        return cst_expr_add(ctx, da, db);
    return cst_expr_add(ctx, cst_expr_mul(ctx, da, cst_expr_argument(e, 1)),
                        cst_expr_mul(ctx, cst_expr_argument(e, 0), db));
}

cst_truth_t
cst_lie_is_invariant(cst_expr_t *remainder, const cst_lie_chart_t *chart, const cst_expr_t *field,
                     cst_expr_t f)
{
    walk_t walk = {.chart = chart, .field = field};
    cst_expr_t total;

    cst__expr_order_init(&walk.order, &f, 1);
    walk.derivative = flint_malloc((size_t) walk.order.length * sizeof *walk.derivative);
    walk.tested = flint_calloc((size_t) walk.order.length, 1);
    for (slong k = 0; k < walk.order.length; k++)
        walk.derivative[k] = node_derivative(&walk, walk.order.nodes[k]);
    total = walk.derivative[walk.order.length - 1];
    flint_free(walk.derivative);
    flint_free(walk.tested);
    cst__expr_order_clear(&walk.order);
    return cst_lie_is_zero(remainder, chart, total);
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
