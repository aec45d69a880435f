/* expr/normal-convert.c -- expressions into elements, node by node, each once. */
#include <string.h>

#include "expr/normal-ctx.h"
#include "expr/pool.h"

/* Memory of what was converted ------------------------------------------- */

static slong
memo_slot(cst_expr_t e, cst__normal_ctx_t ctx)
{
    slong slot = (slong) ((ulong) e->serial * UWORD(2654435761) & (ulong) (ctx->memo_size - 1));

    while (ctx->memo_table[slot] && ctx->memo_keys[ctx->memo_table[slot] - 1] != e)
        slot = (slot + 1) & (ctx->memo_size - 1);
    return slot;
}

static cst__normal_struct *
memo_find(cst_expr_t e, cst__normal_ctx_t ctx)
{
    slong place = ctx->memo_size ? ctx->memo_table[memo_slot(e, ctx)] : 0;

    return place ? ctx->memo[place - 1] : NULL;
}

static cst__normal_struct *
memo_add(cst_expr_t e, cst__normal_ctx_t ctx)
{
    if (ctx->memo_length == ctx->memo_alloc)
    {
        ctx->memo_alloc = 2 * ctx->memo_alloc + 16;
        ctx->memo_keys = flint_realloc(ctx->memo_keys, (size_t) ctx->memo_alloc * sizeof *ctx->memo_keys);
        ctx->memo = flint_realloc(ctx->memo, (size_t) ctx->memo_alloc * sizeof *ctx->memo);
    }
    ctx->memo_keys[ctx->memo_length] = e;
    ctx->memo[ctx->memo_length] = flint_malloc(sizeof **ctx->memo);
    cst__normal_init(ctx->memo[ctx->memo_length], ctx);
    ctx->memo_length++;
    if (2 * ctx->memo_length > ctx->memo_size)
    {
        flint_free(ctx->memo_table);
        ctx->memo_size = ctx->memo_size ? 2 * ctx->memo_size : 64;
        ctx->memo_table = flint_calloc((size_t) ctx->memo_size, sizeof *ctx->memo_table);
        for (slong i = 0; i < ctx->memo_length; i++)
            ctx->memo_table[memo_slot(ctx->memo_keys[i], ctx)] = i + 1;
    }
    else
        ctx->memo_table[memo_slot(e, ctx)] = ctx->memo_length;
    return ctx->memo[ctx->memo_length - 1];
}

void
cst__memo_clear(cst__normal_ctx_t ctx)
{
    for (slong i = 0; i < ctx->memo_length; i++)
    {
        cst__normal_clear(ctx->memo[i], ctx);
        flint_free(ctx->memo[i]);
    }
    flint_free(ctx->memo);
    flint_free(ctx->memo_keys);
    flint_free(ctx->memo_table);
    ctx->memo = NULL;
    ctx->memo_keys = NULL;
    ctx->memo_table = NULL;
    ctx->memo_length = ctx->memo_alloc = ctx->memo_size = 0;
}

/* Conversion -------------------------------------------------------------- */

/* A generator for an expression without theory: a variable, pi, or what is beyond the limits. */
static void
set_named(cst__normal_t r, cst__generator_kind_t kind, cst_expr_t e, cst__normal_ctx_t ctx)
{
    slong g;

    for (g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].expr == e)
            break;
    if (g == ctx->generator_count)
    {
        g = cst__generator_new(kind, ctx);
        if (g >= 0)
            ctx->generators[g].expr = e;
        if (g >= 0 && kind == CST__GENERATOR_PI)
            ctx->generators[g].constant = 1;
    }
    cst__normal_set_generator(r, g, ctx);
}

/* x > 0, or x >= 0, where the expressions are defined. */
static void
learn_positive(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__split_t s;

    cst__split_init(&s);
    if (!cst__normal_is_zero(x, ctx))
        cst__split(&s, x, ctx);
    if (s.valid)
        cst__sign_learn(s.negative, s.mask, ctx);
    cst__split_clear(&s);
}

void
cst__normal_assume_positive(cst_expr_t e, cst__normal_ctx_t ctx)
{
    cst__normal_t x;

    cst__normal_init(x, ctx);
    cst__normal_set_expr(x, e, ctx);
    learn_positive(x, ctx);
    cst__normal_clear(x, ctx);
}

/* 1/(1 + exp(-x)) */
static void
sigmoid(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t one;

    cst__normal_init(one, ctx);
    cst__normal_one(one, ctx);
    cst__normal_neg(r, x, ctx);
    cst__normal_exp(r, r, ctx);
    cst__normal_add(r, r, one, ctx);
    cst__normal_inv(r, r, ctx);
    cst__normal_clear(one, ctx);
}

/* log(1 + exp(x)) */
static void
softplus(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t one;

    cst__normal_init(one, ctx);
    cst__normal_one(one, ctx);
    cst__normal_exp(r, x, ctx);
    cst__normal_add(r, r, one, ctx);
    cst__normal_log(r, r, ctx);
    cst__normal_clear(one, ctx);
}

/* (E - 1/E)/2, (E + 1/E)/2, and their quotient, for E = exp(x) */
static void
hyperbolic(cst__normal_t r, cst_expr_kind_t kind, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t up, down;

    cst__normal_init(up, ctx);
    cst__normal_init(down, ctx);
    cst__normal_exp(up, x, ctx);
    cst__normal_inv(down, up, ctx);
    cst__normal_sub(r, up, down, ctx);
    cst__normal_add(up, up, down, ctx);
    if (kind == CST_EXPR_TANH)
        cst__normal_div(r, r, up, ctx);
    else
        cst__normal_mul_si(r, kind == CST_EXPR_SINH ? r : up, 1, 2, ctx);
    cst__normal_clear(down, ctx);
    cst__normal_clear(up, ctx);
}

static void
trigonometric(cst__normal_t r, cst_expr_kind_t kind, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t s, c;

    cst__normal_init(s, ctx);
    cst__normal_init(c, ctx);
    cst__normal_sin_cos(s, c, x, ctx);
    if (kind == CST_EXPR_TAN)
        cst__normal_div(r, s, c, ctx);
    else
        cst__normal_set(r, kind == CST_EXPR_SIN ? s : c, ctx);
    cst__normal_clear(c, ctx);
    cst__normal_clear(s, ctx);
}

/* asin(x) = atan(x (1 - x^2)^(-1/2)), acos(x) = pi/2 - asin(x) */
static void
inverse_sine(cst__normal_t r, cst_expr_kind_t kind, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    fmpq_t q;

    cst__normal_init(t, ctx);
    fmpq_init(q);
    fmpq_set_si(q, -1, 2);
    cst__normal_mul(t, x, x, ctx);
    cst__normal_neg(t, t, ctx);
    cst__normal_one(r, ctx);
    cst__normal_add(t, t, r, ctx);
    learn_positive(t, ctx);
    cst__normal_set_expr(r, cst_expr_pi(ctx->pool), ctx);
    cst__normal_mul_si(r, r, 1, 2, ctx);
    if (cst__normal_is_zero(t, ctx)) /* x = 1 or x = -1 */
        cst__normal_mul(t, r, x, ctx);
    else
    {
        cst__normal_real_power(t, t, q, ctx);
        cst__normal_mul(t, t, x, ctx);
        cst__normal_atan(t, t, ctx);
    }
    if (kind == CST_EXPR_ASIN)
        cst__normal_set(r, t, ctx);
    else
        cst__normal_sub(r, r, t, ctx);
    fmpq_clear(q);
    cst__normal_clear(t, ctx);
}

/* With s = sign(x): |x| = s x, relu(x) = (1 + s) x/2, step(x) = (1 + s)/2 */
static void
piecewise(cst__normal_t r, cst_expr_kind_t kind, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t s, one;

    if (cst__normal_is_zero(x, ctx))
    {
        cst__normal_zero(r, ctx);
        r->valid = kind == CST_EXPR_ABS || kind == CST_EXPR_RELU;
        return;
    }
    cst__normal_init(s, ctx);
    cst__normal_init(one, ctx);
    cst__normal_sign(s, x, ctx);
    cst__normal_one(one, ctx);
    if (kind == CST_EXPR_RELU || kind == CST_EXPR_STEP)
    {
        cst__normal_add(s, s, one, ctx);
        cst__normal_mul_si(s, s, 1, 2, ctx);
    }
    if (kind == CST_EXPR_RELU || kind == CST_EXPR_ABS)
        cst__normal_mul(r, s, x, ctx);
    else
        cst__normal_set(r, s, ctx);
    cst__normal_clear(one, ctx);
    cst__normal_clear(s, ctx);
}

static void
set_function(cst__normal_t r, cst_expr_kind_t kind, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    switch (kind)
    {
    case CST_EXPR_EXP:
        cst__normal_exp(r, x, ctx);
        break;
    case CST_EXPR_LOG:
        learn_positive(x, ctx);
        cst__normal_log(r, x, ctx);
        break;
    case CST_EXPR_SIN:
    case CST_EXPR_COS:
    case CST_EXPR_TAN:
        trigonometric(r, kind, x, ctx);
        break;
    case CST_EXPR_ASIN:
    case CST_EXPR_ACOS:
        inverse_sine(r, kind, x, ctx);
        break;
    case CST_EXPR_ATAN:
        cst__normal_atan(r, x, ctx);
        break;
    case CST_EXPR_ERF:
        cst__normal_erf(r, x, ctx);
        break;
    case CST_EXPR_SIGMOID:
        sigmoid(r, x, ctx);
        break;
    case CST_EXPR_SOFTPLUS:
        softplus(r, x, ctx);
        break;
    case CST_EXPR_SINH:
    case CST_EXPR_COSH:
    case CST_EXPR_TANH:
        hyperbolic(r, kind, x, ctx);
        break;
    default:
        piecewise(r, kind, x, ctx);
    }
}

static void
set_node(cst__normal_t r, cst_expr_t e, const cst__normal_struct *a, const cst__normal_struct *b,
         cst__normal_ctx_t ctx)
{
    switch (e->kind)
    {
    case CST_EXPR_RATIONAL:
        cst__normal_set_fmpq(r, e->value, ctx);
        break;
    case CST_EXPR_PI:
        set_named(r, CST__GENERATOR_PI, e, ctx);
        break;
    case CST_EXPR_VARIABLE:
        set_named(r, CST__GENERATOR_VARIABLE, e, ctx);
        break;
    case CST_EXPR_ADD:
        cst__normal_add(r, a, b, ctx);
        break;
    case CST_EXPR_MUL:
        cst__normal_mul(r, a, b, ctx);
        break;
    case CST_EXPR_POWER:
        if (!fmpz_is_one(fmpq_denref(e->value)))
            learn_positive(a, ctx);
        cst__normal_real_power(r, a, e->value, ctx);
        break;
    default:
        set_function(r, e->kind, a, ctx);
    }
}

/* Has e no value anywhere, as far as one can see: 1/0, log(0), step(0)? */
static int
is_undefined(cst_expr_t e, const cst__normal_struct *a, cst__normal_ctx_t ctx)
{
    return a && cst__normal_is_zero(a, ctx) &&
           (e->kind == CST_EXPR_POWER || e->kind == CST_EXPR_LOG || e->kind == CST_EXPR_STEP ||
            e->kind == CST_EXPR_SIGN);
}

static void
convert(cst_expr_t e, cst__normal_ctx_t ctx)
{
    const cst__normal_struct *a = e->arity > 0 ? memo_find(e->args[0], ctx) : NULL;
    const cst__normal_struct *b = e->arity > 1 ? memo_find(e->args[1], ctx) : NULL;
    int sound = (!a || a->valid) && (!b || b->valid);
    cst__normal_t r;

    cst__normal_init(r, ctx);
    ctx->node_budget = ctx->node_share;
    if (sound)
        set_node(r, e, a, b, ctx);
    if (ctx->trouble || !sound)
        r->valid = 0;
    ctx->trouble = 0;
    if (!r->valid && sound && !is_undefined(e, a, ctx))
        set_named(r, CST__GENERATOR_OPAQUE, e, ctx);
    ctx->trouble = 0;
    ctx->node_budget = ctx->node_share;
    cst__normal_swap(memo_add(e, ctx), r);
    cst__normal_clear(r, ctx);
}

void
cst__normal_set_expr(cst__normal_t x, cst_expr_t e, cst__normal_ctx_t ctx)
{
    const cst__normal_struct *known = memo_find(e, ctx);

    if (!known)
    {
        cst__expr_order_t order;

        cst__expr_order_init(&order, &e, 1);
        for (slong i = 0; i < order.length && !ctx->again; i++)
            if (!memo_find(order.nodes[i], ctx))
                convert(order.nodes[i], ctx);
        cst__expr_order_clear(&order);
        known = memo_find(e, ctx);
    }
    if (known)
        cst__normal_set(x, known, ctx);
    else
        cst__normal_invalidate(x, ctx);
}
