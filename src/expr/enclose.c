/* expr/enclose.c -- balls around the value of an expression, each function by its own enclosure. */
#include "expr/ball.h"
#include "expr/pool.h"

/* 1/(1 + exp(-x)): x occurs once, so the enclosure is as narrow as its steps. */
static void
sigmoid(arb_t result, const arb_t x, slong prec)
{
    arb_neg(result, x);
    arb_exp(result, result, prec + 4);
    arb_add_ui(result, result, 1, prec + 4);
    arb_inv(result, result, prec);
}

static void
softplus(arb_t result, const arb_t x, slong prec)
{
    arb_exp(result, x, prec + 4);
    arb_log1p(result, result, prec);
}

/* x if x > 0; other * x if x < 0 */
static void
by_sign(arb_t result, const arb_t x, slong other)
{
    if (arb_is_positive(x))
        arb_set(result, x);
    else if (arb_is_negative(x))
        arb_mul_si(result, x, other, ARF_PREC_EXACT);
    else
        arb_indeterminate(result);
}

static void
function(arb_t result, cst_expr_kind_t kind, const arb_t x, slong prec)
{
    typedef void (*ball_function_t)(arb_t, const arb_t, slong);
    static const ball_function_t table[CST_EXPR_KIND_COUNT] = {
        [CST_EXPR_EXP] = arb_exp,     [CST_EXPR_LOG] = arb_log,       [CST_EXPR_SIN] = arb_sin,
        [CST_EXPR_COS] = arb_cos,     [CST_EXPR_TAN] = arb_tan,       [CST_EXPR_ASIN] = arb_asin,
        [CST_EXPR_ACOS] = arb_acos,   [CST_EXPR_ATAN] = arb_atan,     [CST_EXPR_SINH] = arb_sinh,
        [CST_EXPR_COSH] = arb_cosh,   [CST_EXPR_TANH] = arb_tanh,     [CST_EXPR_ERF] = arb_hypgeom_erf,
        [CST_EXPR_SIGMOID] = sigmoid, [CST_EXPR_SOFTPLUS] = softplus,
    };

    switch (kind)
    {
    case CST_EXPR_ABS:
        by_sign(result, x, -1);
        break;
    case CST_EXPR_RELU:
        by_sign(result, x, 0);
        break;
    case CST_EXPR_STEP:
        cst__ball_step(result, x);
        break;
    case CST_EXPR_SIGN:
        cst__ball_step(result, x);
        arb_mul_2exp_si(result, result, 1);
        arb_sub_ui(result, result, 1, prec);
        break;
    default:
        if (arb_is_finite(x))
            table[kind](result, x, prec);
        else
            arb_indeterminate(result);
    }
}

static void
variable(arb_t result, cst_expr_t e, const cst_expr_t *variables, arb_srcptr values, slong length)
{
    arb_indeterminate(result);
    for (slong i = 0; i < length; i++)
        if (variables[i] == e)
            arb_set(result, values + i);
}

void
cst_expr_enclose(arb_t result, cst_expr_t e, const cst_expr_t *variables, arb_srcptr values, slong length,
                 slong prec)
{
    cst__expr_order_t order;
    arb_ptr v;

    cst__expr_order_init(&order, &e, 1);
    v = _arb_vec_init(order.length);
    for (slong i = 0; i < order.length; i++)
    {
        cst_expr_t f = order.nodes[i];
        arb_srcptr a = f->arity > 0 ? v + cst__expr_order_find(&order, f->args[0]) : NULL;
        arb_srcptr b = f->arity > 1 ? v + cst__expr_order_find(&order, f->args[1]) : NULL;

        switch (f->kind)
        {
        case CST_EXPR_RATIONAL:
            arb_set_fmpq(v + i, f->value, prec);
            break;
        case CST_EXPR_PI:
            arb_const_pi(v + i, prec);
            break;
        case CST_EXPR_VARIABLE:
            variable(v + i, f, variables, values, length);
            break;
        case CST_EXPR_ADD:
            arb_add(v + i, a, b, prec);
            break;
        case CST_EXPR_MUL:
            arb_mul(v + i, a, b, prec);
            break;
        case CST_EXPR_POWER:
            cst__ball_power(v + i, a, f->value, prec);
            break;
        default:
            function(v + i, f->kind, a, prec);
        }
    }
    arb_set(result, v + order.length - 1);
    _arb_vec_clear(v, order.length);
    cst__expr_order_clear(&order);
}
