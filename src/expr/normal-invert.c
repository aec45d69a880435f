/* expr/normal-invert.c -- inverses: norms over the algebraic generators, then one factorization. */
#include "expr/normal-ctx.h"

/* Norms of larger degree are given up. */
#define MAX_NORM_DEGREE 16
/* Only so many known factors are tried before a polynomial is factored. */
#define MAX_KNOWN 64

/* Takes the known factors out of p: often these are all. */
static void
take_known(cst__split_t *s, fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t q;

    fmpz_mpoly_init(q, ctx->mpoly);
    for (slong k = 0; k < FLINT_MIN(ctx->atom_count, MAX_KNOWN) && p->length > 1; k++)
        while (ctx->atoms[k]->kind == CST__ATOM_FACTOR && ctx->atoms[k]->poly.length <= p->length &&
               fmpz_mpoly_divides(q, p, &ctx->atoms[k]->poly, ctx->mpoly))
        {
            fmpz_mpoly_swap(p, q, ctx->mpoly);
            cst__split_multiply(s, k, 1, 1);
        }
    fmpz_mpoly_clear(q, ctx->mpoly);
}

/* Factors p, which holds free generators only, into atoms: p = constant * prod atom^exponent. */
void
cst__normal_factor(cst__split_t *s, fmpz_t constant, const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_factor_t f;
    fmpz_mpoly_t base, rest;
    fmpz_t t;

    fmpz_one(constant);
    fmpz_mpoly_factor_init(f, ctx->mpoly);
    fmpz_mpoly_init(base, ctx->mpoly);
    fmpz_mpoly_init(rest, ctx->mpoly);
    fmpz_init(t);
    fmpz_mpoly_set(rest, p, ctx->mpoly);
    take_known(s, rest, ctx);
    if (!cst__poly_can_factor(rest, ctx) || !fmpz_mpoly_factor(f, rest, ctx->mpoly))
        s->valid = 0;
    else
    {
        fmpz_mpoly_factor_get_constant_fmpz(constant, f, ctx->mpoly);
        for (slong i = 0; i < fmpz_mpoly_factor_length(f, ctx->mpoly); i++)
        {
            slong n = fmpz_mpoly_factor_get_exp_si(f, i, ctx->mpoly);

            fmpz_mpoly_factor_get_base(base, f, i, ctx->mpoly);
            if (fmpz_sgn(base->coeffs) < 0)
            {
                fmpz_mpoly_neg(base, base, ctx->mpoly);
                if (n % 2)
                    fmpz_neg(constant, constant);
            }
            if (fmpz_mpoly_is_fmpz(base, ctx->mpoly))
            {
                fmpz_pow_ui(t, base->coeffs, (ulong) n);
                fmpz_mul(constant, constant, t);
            }
            else
                cst__split_multiply(s, cst__atom_find(base, CST__ATOM_FACTOR, ctx), n, 1);
        }
    }
    fmpz_clear(t);
    fmpz_mpoly_clear(rest, ctx->mpoly);
    fmpz_mpoly_clear(base, ctx->mpoly);
    fmpz_mpoly_factor_clear(f, ctx->mpoly);
}

/* 1/p for p with free generators only. */
static void
invert_free(cst__normal_t r, const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    cst__split_t s;

    cst__split_init(&s);
    cst__normal_one(r, ctx);
    cst__normal_factor(&s, &r->den, p, ctx);
    for (slong i = 0; i < s.length; i++)
        cst__normal_set_exponent(
            r, s.atoms[i], cst__normal_exponent(r, s.atoms[i]) + fmpz_get_si(fmpq_numref(s.exponents + i)));
    if (fmpz_sgn(&r->den) < 0)
    {
        fmpz_neg(&r->den, &r->den);
        fmpz_mpoly_neg(&r->num, &r->num, ctx->mpoly);
    }
    if (!s.valid)
        cst__normal_invalidate(r, ctx);
    cst__split_clear(&s);
}

/* 1/g = g^(degree - 1)/relation */
static void
invert_generator(cst__normal_t r, slong g, cst__normal_ctx_t ctx)
{
    cst__normal_t t;

    cst__normal_init(t, ctx);
    cst__normal_inv_poly(r, &ctx->generators[g].relation, ctx);
    fmpz_mpoly_gen(&t->num, g, ctx->mpoly);
    fmpz_mpoly_pow_ui(&t->num, &t->num, ctx->generators[g].degree - 1, ctx->mpoly);
    cst__normal_mul(r, r, t, ctx);
    cst__normal_clear(t, ctx);
}

/* Takes from p the largest power of each algebraic generator, and multiplies r by its inverse. */
static void
invert_monomial(cst__normal_t r, fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t m, g;
    cst__normal_t t;
    fmpz_t n;

    fmpz_mpoly_init(m, ctx->mpoly);
    fmpz_mpoly_init(g, ctx->mpoly);
    cst__normal_init(t, ctx);
    fmpz_init(n);
    fmpz_mpoly_term_content(m, p, ctx->mpoly);
    for (slong i = 0; i < ctx->generator_count; i++)
    {
        slong e = ctx->generators[i].degree ? fmpz_mpoly_degree_si(m, i, ctx->mpoly) : 0;

        if (e <= 0)
            continue;
        fmpz_mpoly_gen(g, i, ctx->mpoly);
        fmpz_mpoly_pow_ui(g, g, (ulong) e, ctx->mpoly);
        fmpz_mpoly_divides(p, p, g, ctx->mpoly);
        fmpz_set_si(n, e);
        invert_generator(t, i, ctx);
        cst__normal_pow(t, t, n, ctx);
        cst__normal_mul(r, r, t, ctx);
    }
    fmpz_clear(n);
    cst__normal_clear(t, ctx);
    fmpz_mpoly_clear(g, ctx->mpoly);
    fmpz_mpoly_clear(m, ctx->mpoly);
}

/* The part of x without the generator g. */
void
cst__normal_constant_part(cst__normal_t r, const cst__normal_t x, slong g, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_univar_t u;
    fmpz_mpoly_t t;

    fmpz_mpoly_univar_init(u, ctx->mpoly);
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_mpoly_to_univar(u, &x->num, g, ctx->mpoly);
    cst__normal_set(r, x, ctx);
    fmpz_mpoly_zero(&r->num, ctx->mpoly);
    for (slong i = 0; i < fmpz_mpoly_univar_length(u, ctx->mpoly); i++)
        if (fmpz_mpoly_univar_get_term_exp_si(u, i, ctx->mpoly) == 0)
        {
            fmpz_mpoly_univar_get_term_coeff(t, u, i, ctx->mpoly);
            fmpz_mpoly_set(&r->num, t, ctx->mpoly);
        }
    cst__normal_finish(r, NULL, ctx);
    fmpz_mpoly_clear(t, ctx->mpoly);
    fmpz_mpoly_univar_clear(u, ctx->mpoly);
}

/* 1/a by the method of Faddeev and Le Verrier in R[g]/(g^m - D), where the trace of an element is m times
   its part without g:  b_1 = a, c_k = -tr(b_k)/k, b_(k+1) = a (b_k + c_k);  then a (b_(m-1) + c_(m-1)) = -c_m
   lies in R. */
static void
invert_by_norm(cst__normal_t r, const cst__normal_t a, slong g, cst__normal_ctx_t ctx)
{
    slong m = (slong) ctx->generators[g].degree;
    cst__normal_t b, c, d;

    cst__normal_init(b, ctx);
    cst__normal_init(c, ctx);
    cst__normal_init(d, ctx);
    cst__normal_one(d, ctx); /* b_(k-1) + c_(k-1) */
    if (m > MAX_NORM_DEGREE)
        cst__normal_invalidate(d, ctx);
    for (slong k = 1; k <= m && d->valid; k++)
    {
        cst__normal_mul(b, a, d, ctx);
        if (!b->valid)
            break;
        cst__normal_constant_part(c, b, g, ctx);
        cst__normal_mul_si(c, c, -m, (ulong) k, ctx);
        if (k < m)
            cst__normal_add(d, b, c, ctx);
    }
    if (b->valid && d->valid)
    {
        cst__normal_neg(c, c, ctx);
        cst__normal_inv(c, c, ctx);
        cst__normal_mul(r, d, c, ctx);
    }
    else
        cst__normal_invalidate(r, ctx);
    cst__normal_clear(d, ctx);
    cst__normal_clear(c, ctx);
    cst__normal_clear(b, ctx);
}

void
cst__normal_inv_poly(cst__normal_t r, const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t content;
    cst__normal_t rest, t;
    slong g;

    if (fmpz_mpoly_is_zero(p, ctx->mpoly))
    {
        cst__normal_invalidate(r, ctx);
        return;
    }
    if (cst__normal_top(p, ctx) < 0)
    {
        invert_free(r, p, ctx);
        return;
    }
    fmpz_mpoly_init(content, ctx->mpoly);
    cst__normal_init(rest, ctx);
    cst__normal_init(t, ctx);
    fmpz_mpoly_set(&rest->num, p, ctx->mpoly);
    cst__normal_free_content(content, p, ctx);
    fmpz_mpoly_divides(&rest->num, &rest->num, content, ctx->mpoly);
    invert_free(t, content, ctx);
    invert_monomial(t, &rest->num, ctx);
    g = cst__normal_top(&rest->num, ctx);
    if (g >= 0)
        invert_by_norm(r, rest, g, ctx);
    else
        invert_free(r, &rest->num, ctx);
    cst__normal_mul(r, r, t, ctx);
    cst__normal_clear(t, ctx);
    cst__normal_clear(rest, ctx);
    fmpz_mpoly_clear(content, ctx->mpoly);
}

void
cst__normal_inv(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t scale, t;

    if (!x->valid)
    {
        cst__normal_invalidate(r, ctx);
        return;
    }
    cst__normal_init(scale, ctx);
    cst__normal_init(t, ctx);
    fmpz_mpoly_set_fmpz(&scale->num, &x->den, ctx->mpoly);
    for (slong k = 0; k < x->length; k++)
        cst__atom_multiply(&scale->num, k, x->exponents[k], ctx);
    cst__normal_inv_poly(t, &x->num, ctx);
    cst__normal_mul(r, t, scale, ctx);
    cst__normal_clear(t, ctx);
    cst__normal_clear(scale, ctx);
}
