/* tests/expr/helper.h -- a context with the variables x, y, z, w, and shorthands. */
#ifndef EXPR_TEST_HELPER_H
#define EXPR_TEST_HELPER_H

#include <criterion/criterion.h>

#include <caustic/expr.h>
#include <caustic/tape.h>

#define VARIABLES 4

typedef struct
{
    cst_expr_ctx_t ctx;
    cst_expr_t v[VARIABLES];
    cst_expr_scope_t scope;
} world_t;

static const char *const world_names[VARIABLES] = {"x", "y", "z", "w"};

static inline void
world_init(world_t *t)
{
    t->ctx = cst_expr_ctx_new();
    for (int i = 0; i < VARIABLES; i++)
        t->v[i] = cst_expr_variable(t->ctx, world_names[i]);
    t->scope = (cst_expr_scope_t){world_names, t->v, VARIABLES};
}

static inline void
world_clear(world_t *t)
{
    cst_expr_ctx_free(t->ctx);
    flint_cleanup();
}

static inline cst_expr_t
parse(world_t *t, const char *text)
{
    cst_error_t error;
    cst_expr_t e;

    cst_error_clear(&error);
    cr_assert_eq(cst_expr_parse(&e, t->ctx, text, &t->scope, &error), CST_OK, "%s: column %d: %s", text,
                 error.column, error.message);
    return e;
}

/* Random expressions: the same for the same seed. Depth bounds the nesting. */
static inline cst_expr_t
random_expr(world_t *t, flint_rand_t state, int depth, int smooth)
{
    cst_expr_ctx_t ctx = t->ctx;
    ulong choice = n_randint(state, depth > 0 ? 11 : 3);
    cst_expr_kind_t kind;
    cst_expr_t a, b;
    fmpq_t q;

    if (choice <= 1)
        return t->v[n_randint(state, VARIABLES)];
    if (choice == 2)
    {
        fmpq_init(q);
        fmpq_set_si(q, (slong) n_randint(state, 19) - 9, 1 + n_randint(state, 6));
        a = cst_expr_rational(ctx, q);
        fmpq_clear(q);
        return n_randint(state, 10) ? a : cst_expr_pi(ctx);
    }
    a = random_expr(t, state, depth - 1, smooth);
    b = random_expr(t, state, depth - 1, smooth);
    switch (choice)
    {
    case 3:
        return cst_expr_add(ctx, a, b);
    case 4:
        return cst_expr_sub(ctx, a, b);
    case 5:
    case 6:
        return cst_expr_mul(ctx, a, b);
    case 7:
        return cst_expr_is_integer_value(b, 0) ? a : cst_expr_div(ctx, a, b);
    case 8:
        return cst_expr_power_si(ctx, a, (slong) n_randint(state, 4) + 1);
    case 9: /* a root of something positive */
        a = cst_expr_add(ctx, cst_expr_power_si(ctx, a, 2), cst_expr_integer(ctx, 1));
        fmpq_init(q);
        fmpq_set_si(q, (slong) n_randint(state, 7) - 3, 1 + n_randint(state, 4));
        a = cst_expr_power(ctx, a, q);
        fmpq_clear(q);
        return a;
    default:
        kind =
            (cst_expr_kind_t) (CST_EXPR_EXP + n_randint(state, (smooth ? CST_EXPR_ABS : CST_EXPR_KIND_COUNT) -
                                                                   CST_EXPR_EXP));
        return cst_expr_function(ctx, kind, a);
    }
}

#endif
