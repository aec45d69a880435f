/* expr/normal-context.c -- contexts of normal forms: made by trial, since the generators that a set of
   expressions needs show only on the way. */
#include <string.h>

#include "expr/normal-ctx.h"
#include "expr/pool.h"

#define MAX_ATTEMPTS 64
#define MAX_PASSES 4
#define UNLIMITED 1e13

static cst__normal_ctx_t
new_context(cst_expr_ctx_t pool, const cst__normal_plan_t *plan)
{
    cst__normal_ctx_t ctx = flint_calloc(1, sizeof *ctx);

    ctx->pool = pool;
    ctx->plan = *plan;
    fmpz_mpoly_ctx_init(ctx->mpoly, FLINT_MAX(plan->capacity, 1), ORD_LEX);
    ctx->generators = flint_calloc((size_t) FLINT_MAX(plan->capacity, 1), sizeof *ctx->generators);
    return ctx;
}

static void
clear_atom(cst__atom_t *atom, cst__normal_ctx_t ctx)
{
    for (slong i = 0; i < atom->power_count; i++)
        fmpz_mpoly_clear(atom->powers + i, ctx->mpoly);
    flint_free(atom->powers);
    fmpz_mpoly_clear(&atom->poly, ctx->mpoly);
    cst__normal_clear(atom->root, ctx);
    flint_free(atom);
}

void
cst__normal_ctx_free(cst__normal_ctx_t ctx)
{
    if (!ctx)
        return;
    cst__memo_clear(ctx);
    for (slong i = 0; i < ctx->atom_count; i++)
        clear_atom(ctx->atoms[i], ctx);
    for (slong i = 0; i < ctx->generator_count; i++)
    {
        fmpz_mpoly_clear(&ctx->generators[i].relation, ctx->mpoly);
        cst__normal_clear(ctx->generators[i].argument, ctx);
    }
    for (slong i = 0; i < ctx->angle_count; i++)
    {
        cst__normal_clear(ctx->angles[i].angle, ctx);
        cst__normal_clear(ctx->angles[i].sine, ctx);
        cst__normal_clear(ctx->angles[i].cosine, ctx);
    }
    flint_free(ctx->atoms);
    flint_free(ctx->generators);
    flint_free(ctx->exponential);
    fmpz_mpoly_ctx_clear(ctx->mpoly);
    flint_free(ctx);
}

/* Guesses how many generators will do. */
static slong
guess_capacity(const cst__expr_order_t *order)
{
    slong capacity = 0, functions = 0;

    for (slong i = 0; i < order->length; i++)
    {
        cst_expr_t e = order->nodes[i];

        capacity += e->kind == CST_EXPR_VARIABLE || e->kind == CST_EXPR_PI;
        functions +=
            e->kind >= CST_EXPR_EXP || (e->kind == CST_EXPR_POWER && !fmpz_is_one(fmpq_denref(e->value)));
    }
    return capacity + FLINT_MIN(2 * functions, 12);
}

/* Converts everything; again while signs are learned, for what came before they were. */
static void
convert_all(cst__normal_ctx_t ctx, const cst_expr_t *expressions, slong length, const cst_expr_t *positive,
            slong positive_length, const cst__expr_order_t *order)
{
    cst__normal_t x;

    cst__normal_init(x, ctx);
    for (slong i = 0; i < order->length && !ctx->again; i++)
        if (order->nodes[i]->kind == CST_EXPR_VARIABLE)
            cst__normal_set_expr(x, order->nodes[i], ctx);
    for (int pass = 0; pass < MAX_PASSES && !ctx->again; pass++)
    {
        ulong facts = ctx->facts;

        for (slong i = 0; i < positive_length && !ctx->again; i++)
            cst__normal_assume_positive(positive[i], ctx);
        if (ctx->facts != facts)
            cst__sign_refresh(ctx);
        for (slong i = 0; i < length && !ctx->again; i++)
            cst__normal_set_expr(x, expressions[i], ctx);
        if (ctx->facts == facts || ctx->again)
            break;
        cst__sign_refresh(ctx);
        cst__memo_clear(ctx);
    }
    for (slong i = 0; i < length && !ctx->again; i++)
        cst__normal_set_expr(x, expressions[i], ctx);
    cst__normal_clear(x, ctx);
}

/* With an unlimited budget the context is meant to stay, and gets no generator too many. */
cst__normal_ctx_t
cst__normal_ctx_build(cst_expr_ctx_t pool, const cst_expr_t *expressions, slong length,
                      const cst_expr_t *positive, slong positive_length, double budget)
{
    cst__normal_plan_t plan;
    cst__expr_order_t order;
    cst__normal_ctx_t ctx = NULL;
    cst_expr_t *all = flint_malloc((size_t) (length + positive_length + 1) * sizeof *all);

    if (length > 0)
        memcpy(all, expressions, (size_t) length * sizeof *all);
    if (positive_length > 0)
        memcpy(all + length, positive, (size_t) positive_length * sizeof *all);
    cst__expr_order_init(&order, all, length + positive_length);
    plan.capacity = guess_capacity(&order);
    for (int i = 0; i < CST__NORMAL_MAX_ANGLES; i++)
        plan.divisors[i] = 1;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++)
    {
        ctx = new_context(pool, &plan);
        ctx->budget = FLINT_MIN(budget, UNLIMITED);
        ctx->node_share = ctx->node_budget = ctx->budget / 8;
        convert_all(ctx, expressions, length, positive, positive_length, &order);
        if (!ctx->again && !(budget >= UNLIMITED && ctx->generator_count < plan.capacity))
            break;
        if (!ctx->again)
            ctx->plan.capacity = ctx->generator_count;
        plan = ctx->plan;
        cst__normal_ctx_free(ctx);
        ctx = NULL;
    }
    cst__expr_order_clear(&order);
    flint_free(all);
    return ctx;
}

cst__normal_ctx_t
cst__normal_ctx_new(cst_expr_ctx_t pool, const cst_expr_t *expressions, slong length,
                    const cst_expr_t *positive, slong positive_length)
{
    return cst__normal_ctx_build(pool, expressions, length, positive, positive_length, UNLIMITED);
}
