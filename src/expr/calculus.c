/* expr/calculus.c -- derivatives and substitution, one visit a node. */
#include "expr/pool.h"

/* The derivative of the function `kind` at a; e is its value there. */
static cst_expr_t
outer_derivative(cst_expr_ctx_t ctx, cst_expr_t e)
{
    cst_expr_t a = e->args[0], one = cst_expr_integer(ctx, 1);

    switch (e->kind)
    {
    case CST_EXPR_EXP:
        return e;
    case CST_EXPR_LOG:
        return cst_expr_power_si(ctx, a, -1);
    case CST_EXPR_SIN:
        return cst_expr_function(ctx, CST_EXPR_COS, a);
    case CST_EXPR_COS:
        return cst_expr_neg(ctx, cst_expr_function(ctx, CST_EXPR_SIN, a));
    case CST_EXPR_TAN:
        return cst_expr_add(ctx, cst_expr_power_si(ctx, e, 2), one);
    case CST_EXPR_ASIN:
    case CST_EXPR_ACOS:
        a = cst_expr_sub(ctx, one, cst_expr_power_si(ctx, a, 2));
        a = cst_expr_power_si(ctx, cst_expr_sqrt(ctx, a), -1);
        return e->kind == CST_EXPR_ASIN ? a : cst_expr_neg(ctx, a);
    case CST_EXPR_ATAN:
        return cst_expr_power_si(ctx, cst_expr_add(ctx, cst_expr_power_si(ctx, a, 2), one), -1);
    case CST_EXPR_SINH:
        return cst_expr_function(ctx, CST_EXPR_COSH, a);
    case CST_EXPR_COSH:
        return cst_expr_function(ctx, CST_EXPR_SINH, a);
    case CST_EXPR_TANH:
        return cst_expr_sub(ctx, one, cst_expr_power_si(ctx, e, 2));
    case CST_EXPR_ERF: /* 2/sqrt(pi) exp(-a^2) */
        a = cst_expr_function(ctx, CST_EXPR_EXP, cst_expr_neg(ctx, cst_expr_power_si(ctx, a, 2)));
        a = cst_expr_div(ctx, a, cst_expr_sqrt(ctx, cst_expr_pi(ctx)));
        return cst_expr_mul(ctx, cst_expr_integer(ctx, 2), a);
    case CST_EXPR_SIGMOID:
        return cst_expr_mul(ctx, e, cst_expr_sub(ctx, one, e));
    case CST_EXPR_SOFTPLUS:
        return cst_expr_function(ctx, CST_EXPR_SIGMOID, a);
    case CST_EXPR_ABS:
        return cst_expr_function(ctx, CST_EXPR_SIGN, a);
    case CST_EXPR_RELU:
        return cst_expr_function(ctx, CST_EXPR_STEP, a);
    default: /* step and sign */
        return cst_expr_integer(ctx, 0);
    }
}

/* r x^(r-1) */
static cst_expr_t
power_derivative(cst_expr_ctx_t ctx, cst_expr_t e)
{
    cst_expr_t d;
    fmpq_t q;

    fmpq_init(q);
    fmpq_sub_si(q, e->value, 1);
    d = cst_expr_mul(ctx, cst_expr_rational(ctx, e->value), cst_expr_power(ctx, e->args[0], q));
    fmpq_clear(q);
    return d;
}

/* The derivative of e, given those of its arguments. */
static cst_expr_t
node_derivative(cst_expr_ctx_t ctx, cst_expr_t e, cst_expr_t da, cst_expr_t db)
{
    switch (e->kind)
    {
    case CST_EXPR_RATIONAL:
    case CST_EXPR_PI:
    case CST_EXPR_VARIABLE:
        return cst_expr_integer(ctx, 0);
    case CST_EXPR_ADD:
        return cst_expr_add(ctx, da, db);
    case CST_EXPR_MUL:
        return cst_expr_add(ctx, cst_expr_mul(ctx, da, e->args[1]), cst_expr_mul(ctx, e->args[0], db));
    default:
        if (cst_expr_is_integer_value(da, 0))
            return da;
        return cst_expr_mul(ctx, da,
                            e->kind == CST_EXPR_POWER ? power_derivative(ctx, e) : outer_derivative(ctx, e));
    }
}

static cst_expr_t
argument_value(const cst__expr_order_t *order, const cst_expr_t *values, cst_expr_t e, int i)
{
    return i < e->arity ? values[cst__expr_order_find(order, e->args[i])] : NULL;
}

cst_expr_t
cst_expr_derivative(cst_expr_ctx_t ctx, cst_expr_t e, cst_expr_t variable)
{
    cst__expr_order_t order;
    cst_expr_t *d, result;

    if (e->arity == 0)
        return cst_expr_integer(ctx, e == variable);
    cst__expr_order_init(&order, &e, 1);
    d = flint_malloc((size_t) order.length * sizeof *d);
    for (slong i = 0; i < order.length; i++)
    {
        cst_expr_t f = order.nodes[i];

        d[i] = f == variable ? cst_expr_integer(ctx, 1)
                             : node_derivative(ctx, f, argument_value(&order, d, f, 0),
                                               argument_value(&order, d, f, 1));
    }
    result = d[order.length - 1];
    flint_free(d);
    cst__expr_order_clear(&order);
    return result;
}

cst_expr_t
cst_expr_substitute(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *variables, const cst_expr_t *values,
                    slong length)
{
    cst__expr_order_t order;
    cst_expr_t *new, result;

    cst__expr_order_init(&order, &e, 1);
    new = flint_malloc((size_t) order.length * sizeof *new);
    for (slong i = 0; i < order.length; i++)
    {
        cst_expr_t f = order.nodes[i];

        new[i] = f->arity ? cst__expr_rebuild(ctx, f, argument_value(&order, new, f, 0),
                                              argument_value(&order, new, f, 1))
                          : f;
        for (slong j = 0; j < length; j++)
            if (variables[j] == f)
                new[i] = values[j];
    }
    result = new[order.length - 1];
    flint_free(new);
    cst__expr_order_clear(&order);
    return result;
}
