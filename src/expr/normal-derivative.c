/* expr/normal-derivative.c -- derivatives of elements, within their context. */
#include "expr/normal-ctx.h"

static void derivative_of_generator(cst__normal_t r, slong g, cst_expr_t variable, cst__normal_ctx_t ctx);

/* The derivative of a polynomial, by the chain rule over its generators. */
static void
derivative_of_poly(cst__normal_t r, const fmpz_mpoly_t p, cst_expr_t variable, cst__normal_ctx_t ctx)
{
    cst__normal_t t, d, sum;

    cst__normal_init(t, ctx);
    cst__normal_init(d, ctx);
    cst__normal_init(sum, ctx);
    for (slong g = 0; g < ctx->generator_count && sum->valid; g++)
    {
        if (ctx->generators[g].constant || fmpz_mpoly_degree_si(p, g, ctx->mpoly) <= 0)
            continue;
        derivative_of_generator(d, g, variable, ctx);
        if (cst__normal_is_zero(d, ctx))
            continue;
        cst__normal_zero(t, ctx);
        fmpz_mpoly_derivative(&t->num, p, g, ctx->mpoly);
        cst__normal_finish(t, NULL, ctx);
        cst__normal_mul(t, t, d, ctx);
        cst__normal_add(sum, sum, t, ctx);
    }
    cst__normal_swap(r, sum);
    cst__normal_clear(sum, ctx);
    cst__normal_clear(d, ctx);
    cst__normal_clear(t, ctx);
}

/* (1/n) p'/p g for g = |p|^(1/n), p'/p for log|p| */
static void
logarithmic(cst__normal_t r, slong atom, cst_expr_t variable, cst__normal_ctx_t ctx)
{
    cst__normal_t t;

    cst__normal_init(t, ctx);
    derivative_of_poly(r, &ctx->atoms[atom]->poly, variable, ctx);
    if (!cst__normal_is_zero(r, ctx))
    {
        cst__normal_inv_poly(t, &ctx->atoms[atom]->poly, ctx);
        cst__normal_mul(r, r, t, ctx);
    }
    cst__normal_clear(t, ctx);
}

/* 2/sqrt(pi) exp(-u^2) */
static void
gaussian(cst__normal_t r, const cst__normal_t u, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    fmpq_t q;

    cst__normal_init(t, ctx);
    fmpq_init(q);
    fmpq_set_si(q, -1, 2);
    cst__normal_mul(t, u, u, ctx);
    cst__normal_neg(t, t, ctx);
    cst__normal_exp(t, t, ctx);
    cst__normal_mul_si(t, t, 2, 1, ctx);
    cst__normal_set_expr(r, cst_expr_pi(ctx->pool), ctx);
    cst__normal_real_power(r, r, q, ctx);
    cst__normal_mul(r, r, t, ctx);
    fmpq_clear(q);
    cst__normal_clear(t, ctx);
}

/* f'(u) for the generator f(u) */
static void
outer_derivative(cst__normal_t r, slong g, cst__normal_ctx_t ctx)
{
    const cst__generator_t *generator = ctx->generators + g;
    cst__normal_t t;

    switch (generator->kind)
    {
    case CST__GENERATOR_EXP:
        cst__normal_set_generator(r, g, ctx);
        break;
    case CST__GENERATOR_SIN:
        cst__normal_set_generator(r, generator->partner, ctx);
        break;
    case CST__GENERATOR_COS:
        cst__normal_set_generator(r, generator->partner, ctx);
        cst__normal_neg(r, r, ctx);
        break;
    case CST__GENERATOR_ATAN:
        cst__normal_init(t, ctx);
        cst__normal_one(t, ctx);
        cst__normal_mul(r, generator->argument, generator->argument, ctx);
        cst__normal_add(r, r, t, ctx);
        cst__normal_inv(r, r, ctx);
        cst__normal_clear(t, ctx);
        break;
    default:
        gaussian(r, generator->argument, ctx);
    }
}

static void
derivative_of_generator(cst__normal_t r, slong g, cst_expr_t variable, cst__normal_ctx_t ctx)
{
    const cst__generator_t *generator = ctx->generators + g;
    cst__normal_t t;

    cst__normal_init(t, ctx);
    switch (generator->kind)
    {
    case CST__GENERATOR_VARIABLE:
        cst__normal_set_si(r, generator->expr == variable, ctx);
        break;
    case CST__GENERATOR_PI:
    case CST__GENERATOR_SIGN:
        cst__normal_zero(r, ctx);
        break;
    case CST__GENERATOR_OPAQUE:
        cst__normal_set_expr(r, cst_expr_derivative(ctx->pool, generator->expr, variable), ctx);
        break;
    case CST__GENERATOR_LOG:
        logarithmic(r, generator->atom, variable, ctx);
        break;
    case CST__GENERATOR_ROOT:
        logarithmic(r, generator->atom, variable, ctx);
        cst__normal_set_generator(t, g, ctx);
        cst__normal_mul(r, r, t, ctx);
        cst__normal_mul_si(r, r, 1, generator->root, ctx);
        break;
    default:
        cst__normal_derivative(r, generator->argument, variable, ctx);
        if (cst__normal_is_zero(r, ctx))
            break;
        outer_derivative(t, g, ctx);
        cst__normal_mul(r, r, t, ctx);
    }
    cst__normal_clear(t, ctx);
}

/* Does p hold only generators that the variable moves not, or the variable itself? */
static int
is_plain(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    int *used = flint_malloc((size_t) fmpz_mpoly_ctx_nvars(ctx->mpoly) * sizeof *used), plain = 1;

    fmpz_mpoly_used_vars(used, p, ctx->mpoly);
    for (slong g = 0; g < ctx->generator_count; g++)
        plain &=
            !used[g] || ctx->generators[g].constant || ctx->generators[g].kind == CST__GENERATOR_VARIABLE;
    flint_free(used);
    return plain;
}

/* The place of a variable among the generators, if x is a rational function of variables; else -1. */
static slong
plain_variable(const cst__normal_t x, cst_expr_t variable, cst__normal_ctx_t ctx)
{
    slong g = 0;

    while (g < ctx->generator_count && ctx->generators[g].expr != variable)
        g++;
    if (g == ctx->generator_count || !is_plain(&x->num, ctx))
        return -1;
    for (slong k = 0; k < x->length; k++)
        if (x->exponents[k] && !is_plain(&ctx->atoms[k]->poly, ctx))
            return -1;
    return g;
}

/* D = A prod f_k^e_k, where the f_k, and not A, hold the variable:
   (N/D)' = (N' prod f_k - N sum e_k f_k' prod_(j != k) f_j) / (D prod f_k). No f_k cancels. */
static void
plain_derivative(cst__normal_t r, const cst__normal_t x, slong g, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t d, t, sum, product;
    int *may = flint_calloc((size_t) x->length + 1, sizeof *may);
    cst__normal_t y;

    fmpz_mpoly_init(d, ctx->mpoly);
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_mpoly_init(sum, ctx->mpoly);
    fmpz_mpoly_init(product, ctx->mpoly);
    cst__normal_init(y, ctx);
    cst__normal_set(y, x, ctx);
    fmpz_mpoly_one(product, ctx->mpoly);
    for (slong k = 0; k < x->length; k++)
    {
        const fmpz_mpoly_struct *f = &ctx->atoms[k]->poly;

        may[k] = fmpz_mpoly_degree_si(f, g, ctx->mpoly) <= 0;
        if (x->exponents[k] == 0 || may[k])
            continue;
        fmpz_mpoly_derivative(d, f, g, ctx->mpoly);
        fmpz_mpoly_scalar_mul_si(d, d, x->exponents[k], ctx->mpoly);
        cst__poly_mul(t, d, product, ctx);
        cst__poly_mul(sum, sum, f, ctx);
        fmpz_mpoly_add(sum, sum, t, ctx->mpoly);
        cst__poly_mul(product, product, f, ctx);
        y->exponents[k]++;
    }
    fmpz_mpoly_derivative(d, &x->num, g, ctx->mpoly);
    cst__poly_mul(d, d, product, ctx);
    cst__poly_mul(t, &x->num, sum, ctx);
    fmpz_mpoly_sub(&y->num, d, t, ctx->mpoly);
    cst__normal_finish(y, may, ctx);
    flint_free(may);
    cst__normal_swap(r, y);
    cst__normal_clear(y, ctx);
    fmpz_mpoly_clear(product, ctx->mpoly);
    fmpz_mpoly_clear(sum, ctx->mpoly);
    fmpz_mpoly_clear(t, ctx->mpoly);
    fmpz_mpoly_clear(d, ctx->mpoly);
}

/* (N/D)' = N'/D - N/D sum e_k f_k'/f_k */
void
cst__normal_derivative(cst__normal_t r, const cst__normal_t x, cst_expr_t variable, cst__normal_ctx_t ctx)
{
    cst__normal_t sum, t, u;

    slong g;

    if (!x->valid)
    {
        cst__normal_invalidate(r, ctx);
        return;
    }
    g = plain_variable(x, variable, ctx);
    if (g >= 0)
    {
        plain_derivative(r, x, g, ctx);
        return;
    }
    cst__normal_init(sum, ctx);
    cst__normal_init(t, ctx);
    cst__normal_init(u, ctx);
    derivative_of_poly(sum, &x->num, variable, ctx);
    cst__normal_one(u, ctx);
    fmpz_set(&u->den, &x->den);
    for (slong k = x->length - 1; k >= 0; k--)
        cst__normal_set_exponent(u, k, x->exponents[k]);
    cst__normal_mul(sum, sum, u, ctx);
    for (slong k = 0; k < x->length; k++)
    {
        if (x->exponents[k] == 0)
            continue;
        derivative_of_poly(t, &ctx->atoms[k]->poly, variable, ctx);
        if (cst__normal_is_zero(t, ctx))
            continue;
        cst__normal_one(u, ctx);
        cst__normal_set_exponent(u, k, 1);
        cst__normal_mul(t, t, u, ctx);
        cst__normal_mul(t, t, x, ctx);
        cst__normal_mul_si(t, t, -x->exponents[k], 1, ctx);
        cst__normal_add(sum, sum, t, ctx);
    }
    cst__normal_swap(r, sum);
    cst__normal_clear(u, ctx);
    cst__normal_clear(t, ctx);
    cst__normal_clear(sum, ctx);
}
