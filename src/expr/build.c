/* expr/build.c -- the builders: literals, sums, products, powers, functions, lightly folded.

   A sum is  rest + c,  a product is  c * (numerator * reciprocals)  with a literal c, so that each
   builder finds the literal of its argument at the top, in constant time. */
#include "expr/pool.h"

static int
is_literal(cst_expr_t e)
{
    return e->kind == CST_EXPR_RATIONAL;
}

static int
is_zero(cst_expr_t e)
{
    return is_literal(e) && fmpq_is_zero(e->value);
}

static int
is_one(cst_expr_t e)
{
    return is_literal(e) && fmpq_is_one(e->value);
}

cst_expr_t
cst_expr_rational(cst_expr_ctx_t ctx, const fmpq_t value)
{
    return cst__expr_intern(ctx, CST_EXPR_RATIONAL, NULL, NULL, value, NULL);
}

cst_expr_t
cst_expr_integer(cst_expr_ctx_t ctx, slong value)
{
    fmpq_t q;
    cst_expr_t e;

    fmpq_init(q);
    fmpz_set_si(fmpq_numref(q), value);
    e = cst_expr_rational(ctx, q);
    fmpq_clear(q);
    return e;
}

cst_expr_t
cst_expr_pi(cst_expr_ctx_t ctx)
{
    return cst__expr_intern(ctx, CST_EXPR_PI, NULL, NULL, NULL, NULL);
}

cst_expr_t
cst_expr_variable(cst_expr_ctx_t ctx, const char *name)
{
    return cst__expr_intern(ctx, CST_EXPR_VARIABLE, NULL, NULL, NULL, name);
}

/* Chains lean to the left: (a + b) + c. */
static cst_expr_t
ordered(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t a, cst_expr_t b)
{
    int chain_a = a->kind == kind, chain_b = b->kind == kind;

    if (chain_a != chain_b ? chain_b : a->serial > b->serial)
        return cst__expr_intern(ctx, kind, b, a, NULL, NULL);
    return cst__expr_intern(ctx, kind, a, b, NULL, NULL);
}

/* Literals ---------------------------------------------------------------- */

/* The literals below are NULL if they might be too long. */
static cst_expr_t
literal_sum(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t e;
    fmpq_t q;

    if (cst__expr_bits(a->value) + cst__expr_bits(b->value) > CST__EXPR_MAX_BITS)
        return NULL;
    fmpq_init(q);
    fmpq_add(q, a->value, b->value);
    e = cst_expr_rational(ctx, q);
    fmpq_clear(q);
    return e;
}

static cst_expr_t
literal_product(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t e;
    fmpq_t q;

    if (cst__expr_bits(a->value) + cst__expr_bits(b->value) > CST__EXPR_MAX_BITS)
        return NULL;
    fmpq_init(q);
    fmpq_mul(q, a->value, b->value);
    e = cst_expr_rational(ctx, q);
    fmpq_clear(q);
    return e;
}

static cst_expr_t
one(cst_expr_ctx_t ctx)
{
    if (!ctx->one)
        ctx->one = cst_expr_integer(ctx, 1);
    return ctx->one;
}

/* e = literal * rest; the literal is 1 if none stands there. */
static cst_expr_t
split_literal(cst_expr_ctx_t ctx, cst_expr_t *rest, cst_expr_t e)
{
    if (is_literal(e))
    {
        *rest = one(ctx);
        return e;
    }
    if (e->kind == CST_EXPR_MUL && is_literal(e->args[0]))
    {
        *rest = e->args[1];
        return e->args[0];
    }
    *rest = e;
    return one(ctx);
}

/* Sums -------------------------------------------------------------------- */

/* a + b for two terms without a literal: like terms are merged. */
static cst_expr_t
term_sum(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t rest_a, rest_b, ca = split_literal(ctx, &rest_a, a), cb = split_literal(ctx, &rest_b, b);

    if (rest_a == rest_b)
    {
        cst_expr_t c = literal_sum(ctx, ca, cb);

        if (c)
            return cst_expr_mul(ctx, c, rest_a);
    }
    return ordered(ctx, CST_EXPR_ADD, a, b);
}

static int
has_constant(cst_expr_t e)
{
    return e->kind == CST_EXPR_ADD && is_literal(e->args[1]);
}

/* a + c for a literal c. */
static cst_expr_t
add_literal(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t c)
{
    cst_expr_t sum, old = has_constant(a) ? a->args[1] : is_literal(a) ? a : NULL;

    if (is_zero(c))
        return a;
    if (old && (sum = literal_sum(ctx, old, c)))
        return is_literal(a) ? sum : add_literal(ctx, a->args[0], sum);
    return cst__expr_intern(ctx, CST_EXPR_ADD, a, c, NULL, NULL);
}

cst_expr_t
cst_expr_add(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t sum;

    if (is_literal(b))
        return add_literal(ctx, a, b);
    if (is_literal(a))
        return add_literal(ctx, b, a);
    sum = term_sum(ctx, has_constant(a) ? a->args[0] : a, has_constant(b) ? b->args[0] : b);
    if (has_constant(a))
        sum = add_literal(ctx, sum, a->args[1]);
    if (has_constant(b))
        sum = add_literal(ctx, sum, b->args[1]);
    return sum;
}

cst_expr_t
cst_expr_neg(cst_expr_ctx_t ctx, cst_expr_t a)
{
    return cst_expr_mul(ctx, cst_expr_integer(ctx, -1), a);
}

cst_expr_t
cst_expr_sub(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    return cst_expr_add(ctx, a, cst_expr_neg(ctx, b));
}

/* Products ---------------------------------------------------------------- */

static cst_expr_t
split_exponent(fmpq_t exponent, cst_expr_t e)
{
    if (e->kind == CST_EXPR_POWER)
    {
        fmpq_set(exponent, e->value);
        return e->args[0];
    }
    fmpq_one(exponent);
    return e;
}

/* x^p * x^q = x^(p + q); NULL if a and b are no powers of one base. */
static cst_expr_t
merged_powers(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t base, e = NULL;
    fmpq_t p, q;

    if ((a->kind == CST_EXPR_POWER ? a->args[0] : a) != (b->kind == CST_EXPR_POWER ? b->args[0] : b))
        return NULL;
    fmpq_init(p);
    fmpq_init(q);
    base = split_exponent(p, a);
    split_exponent(q, b);
    fmpq_add(p, p, q);
    if (cst__expr_small_exponent(p))
        e = cst_expr_power(ctx, base, p);
    fmpq_clear(p);
    fmpq_clear(q);
    return e;
}

/* e = numerator * reciprocals, either of which may be NULL. */
static void
split_reciprocals(cst_expr_t *numerator, cst_expr_t *reciprocals, cst_expr_t e)
{
    *numerator = *reciprocals = NULL;
    if (is_one(e))
        return;
    if (e->kind == CST_EXPR_MUL && e->args[1]->reciprocal && !e->args[0]->reciprocal)
    {
        *numerator = e->args[0];
        *reciprocals = e->args[1];
    }
    else if (e->reciprocal)
        *reciprocals = e;
    else
        *numerator = e;
}

static cst_expr_t
factor_product(cst_expr_ctx_t ctx, int *changed, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t merged;

    if (!a || !b)
        return a ? a : b;
    merged = merged_powers(ctx, a, b);
    *changed |= merged != NULL;
    return merged ? merged : ordered(ctx, CST_EXPR_MUL, a, b);
}

/* a * b for products without a literal in front. */
static cst_expr_t
rest_product(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t na, ra, nb, rb, merged = is_one(a) || is_one(b) ? NULL : merged_powers(ctx, a, b);
    int changed = 0;

    if (merged)
        return merged;
    split_reciprocals(&na, &ra, a);
    split_reciprocals(&nb, &rb, b);
    na = factor_product(ctx, &changed, na, nb);
    ra = factor_product(ctx, &changed, ra, rb);
    if (!na || !ra)
        return na ? na : ra ? ra : one(ctx);
    if (changed) /* a merged power may be a literal, or a product with one */
        return cst_expr_mul(ctx, na, ra);
    merged = merged_powers(ctx, na, ra);
    return merged ? merged : cst__expr_intern(ctx, CST_EXPR_MUL, na, ra, NULL, NULL);
}

cst_expr_t
cst_expr_mul(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    cst_expr_t rest_a, rest_b, c, ca = split_literal(ctx, &rest_a, a), cb = split_literal(ctx, &rest_b, b);

    if (is_zero(ca) || is_zero(cb))
        return cst_expr_integer(ctx, 0);
    c = literal_product(ctx, ca, cb);
    if (!c) /* too long to fold */
        return cst__expr_intern(ctx, CST_EXPR_MUL, a, b, NULL, NULL);
    rest_a = rest_product(ctx, rest_a, rest_b);
    if (is_one(c))
        return rest_a;
    ca = split_literal(ctx, &rest_b, rest_a);
    if (!is_one(ca))
        return cst_expr_mul(ctx, c, rest_a);
    return is_one(rest_b) ? c : cst__expr_intern(ctx, CST_EXPR_MUL, c, rest_b, NULL, NULL);
}

cst_expr_t
cst_expr_div(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b)
{
    return cst_expr_mul(ctx, a, cst_expr_power_si(ctx, b, -1));
}

/* Functions --------------------------------------------------------------- */

/* The value at a literal, where it is rational; NULL otherwise. */
static cst_expr_t
function_of_literal(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t a)
{
    int sign = fmpq_sgn(a->value);

    switch (kind)
    {
    case CST_EXPR_EXP:
    case CST_EXPR_COS:
    case CST_EXPR_COSH:
        return sign == 0 ? one(ctx) : NULL;
    case CST_EXPR_SIN:
    case CST_EXPR_TAN:
    case CST_EXPR_ASIN:
    case CST_EXPR_ATAN:
    case CST_EXPR_SINH:
    case CST_EXPR_TANH:
    case CST_EXPR_ERF:
        return sign == 0 ? a : NULL;
    case CST_EXPR_LOG:
        return is_one(a) ? cst_expr_integer(ctx, 0) : NULL;
    case CST_EXPR_ABS:
        return sign < 0 ? cst_expr_neg(ctx, a) : a;
    case CST_EXPR_RELU:
        return sign < 0 ? cst_expr_integer(ctx, 0) : a;
    case CST_EXPR_STEP:
        return sign ? cst_expr_integer(ctx, sign > 0) : NULL;
    case CST_EXPR_SIGN:
        return sign ? cst_expr_integer(ctx, sign) : NULL;
    default:
        return NULL;
    }
}

cst_expr_t
cst_expr_function(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t a)
{
    cst_expr_t e = is_literal(a) ? function_of_literal(ctx, kind, a) : NULL;

    return e ? e : cst__expr_intern(ctx, kind, a, NULL, NULL, NULL);
}

cst_expr_t
cst__expr_rebuild(cst_expr_ctx_t ctx, cst_expr_t e, cst_expr_t a, cst_expr_t b)
{
    if (a == e->args[0] && b == e->args[1])
        return e;
    switch (e->kind)
    {
    case CST_EXPR_ADD:
        return cst_expr_add(ctx, a, b);
    case CST_EXPR_MUL:
        return cst_expr_mul(ctx, a, b);
    case CST_EXPR_POWER:
        return cst_expr_power(ctx, a, e->value);
    default:
        return cst_expr_function(ctx, e->kind, a);
    }
}
