/* expr/zero.c -- the zero test: a point rejects, the normal form accepts. */
#include "expr/normal-ctx.h"
#include "expr/pool.h"

#define POINTS 40

/* The variables below some expressions. */
static slong
collect_variables(cst_expr_t **variables, cst_expr_t e, const cst_expr_t *positive, slong length)
{
    cst__expr_order_t order;
    cst_expr_t *roots = flint_malloc((size_t) (length + 1) * sizeof *roots);
    slong count = 0;

    roots[0] = e;
    for (slong i = 0; i < length; i++)
        roots[i + 1] = positive[i];
    cst__expr_order_init(&order, roots, length + 1);
    *variables = flint_malloc((size_t) (order.length + 1) * sizeof **variables);
    for (slong i = 0; i < order.length; i++)
        if (order.nodes[i]->kind == CST_EXPR_VARIABLE)
            (*variables)[count++] = order.nodes[i];
    cst__expr_order_clear(&order);
    flint_free(roots);
    return count;
}

static int
is_member(cst_expr_t e, const cst_expr_t *set, slong length)
{
    for (slong i = 0; i < length; i++)
        if (set[i] == e)
            return 1;
    return 0;
}

/* A dyadic point, exactly; the scale grows from 1/8 to 16. */
static void
random_point(arb_ptr point, const cst_expr_t *variables, slong count, const cst_expr_t *positive,
             slong length, int attempt, flint_rand_t state)
{
    for (slong i = 0; i < count; i++)
    {
        slong n = (slong) n_randint(state, 1000) + 24;

        if (!is_member(variables[i], positive, length) && n_randint(state, 2))
            n = -n;
        arb_set_si(point + i, n);
        arb_mul_2exp_si(point + i, point + i, -10 + (attempt + 2) % 8 - 3);
    }
}

/* Is e defined and certainly not zero at the point, and each positive[i] certainly positive? */
static int
rejects(cst_expr_t e, const cst_expr_t *variables, arb_srcptr point, slong count, const cst_expr_t *positive,
        slong length, slong most)
{
    arb_t value;
    int inside = 1, nonzero = 0;

    arb_init(value);
    for (slong i = 0; i < length && inside; i++)
    {
        cst_expr_enclose(value, positive[i], variables, point, count, 64);
        inside = arb_is_positive(value);
    }
    for (slong prec = 64; prec <= most && inside && !nonzero; prec *= 4)
    {
        cst_expr_enclose(value, e, variables, point, count, prec);
        if (!arb_is_finite(value) && prec > 64)
            break;
        nonzero = arb_is_finite(value) && !arb_contains_zero(value);
    }
    arb_clear(value);
    return nonzero;
}

/* Looks for a point that proves e not to be zero. */
static int
rejected_somewhere(cst_expr_t e, const cst_expr_t *positive, slong length, int points, slong most)
{
    cst_expr_t *variables;
    slong count = collect_variables(&variables, e, positive, length);
    arb_ptr point = _arb_vec_init(count);
    flint_rand_t state;
    int found = 0;

    flint_rand_init(state);
    for (int i = 0; i < (count ? points : 1) && !found; i++)
    {
        random_point(point, variables, count, positive, length, i, state);
        found = rejects(e, variables, point, count, positive, length, most);
    }
    flint_rand_clear(state);
    _arb_vec_clear(point, count);
    flint_free(variables);
    return found;
}

cst_truth_t
cst_expr_is_zero(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *positive, slong length)
{
    cst__normal_ctx_t normal;
    cst_truth_t truth = CST_UNKNOWN;
    cst__normal_t x;

    if (e->kind == CST_EXPR_RATIONAL)
        return fmpq_is_zero(e->value) ? CST_TRUE : CST_FALSE;
    if (rejected_somewhere(e, positive, length, POINTS / 10, 64))
        return CST_FALSE;
    normal = cst__normal_ctx_build(ctx, &e, 1, positive, length, CST__NORMAL_BUDGET);
    if (normal)
    {
        cst__normal_init(x, normal);
        cst__normal_set_expr(x, e, normal);
        if (cst__normal_is_zero(x, normal))
            truth = CST_TRUE;
        else if (cst__normal_is_valid(x) && cst__normal_is_rational(normal))
            truth = CST_FALSE;
        cst__normal_clear(x, normal);
        cst__normal_ctx_free(normal);
    }
    if (truth == CST_UNKNOWN && rejected_somewhere(e, positive, length, POINTS, 1024))
        truth = CST_FALSE;
    return truth;
}

cst_expr_t
cst_expr_simplify(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *positive, slong length)
{
    cst__normal_ctx_t normal = cst__normal_ctx_build(ctx, &e, 1, positive, length, CST__NORMAL_BUDGET);
    cst_expr_t simple = NULL;
    cst__normal_t x;

    if (normal)
    {
        cst__normal_init(x, normal);
        cst__normal_set_expr(x, e, normal);
        simple = cst__normal_expr(x, normal);
        cst__normal_clear(x, normal);
        cst__normal_ctx_free(normal);
    }
    return simple ? simple : e;
}
