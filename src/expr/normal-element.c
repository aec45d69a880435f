/* expr/normal-element.c -- arithmetic of fractions over a table of irreducible factors. */
#include <string.h>

#include "expr/normal-ctx.h"

#define MAX_POWER_BITS 10000000

void
cst__normal_init(cst__normal_t x, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_init(&x->num, ctx->mpoly);
    fmpz_init_set_ui(&x->den, 1);
    x->exponents = NULL;
    x->length = x->alloc = 0;
    x->valid = 1;
}

void
cst__normal_clear(cst__normal_t x, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_clear(&x->num, ctx->mpoly);
    fmpz_clear(&x->den);
    flint_free(x->exponents);
}

void
cst__normal_swap(cst__normal_t x, cst__normal_t y)
{
    cst__normal_struct t = *x;

    *x = *y;
    *y = t;
}

slong
cst__normal_exponent(const cst__normal_t x, slong k)
{
    return k < x->length ? x->exponents[k] : 0;
}

void
cst__normal_set_exponent(cst__normal_t x, slong k, slong value)
{
    if (k >= x->length)
    {
        if (value == 0)
            return;
        if (k >= x->alloc)
        {
            x->alloc = k + 4;
            x->exponents = flint_realloc(x->exponents, (size_t) x->alloc * sizeof *x->exponents);
        }
        memset(x->exponents + x->length, 0, (size_t) (k + 1 - x->length) * sizeof *x->exponents);
        x->length = k + 1;
    }
    x->exponents[k] = value;
}

void
cst__normal_set(cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx)
{
    if (x == y)
        return;
    fmpz_mpoly_set(&x->num, &y->num, ctx->mpoly);
    fmpz_set(&x->den, &y->den);
    x->length = 0;
    for (slong k = y->length - 1; k >= 0; k--)
        cst__normal_set_exponent(x, k, y->exponents[k]);
    x->valid = y->valid;
}

void
cst__normal_zero(cst__normal_t x, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_zero(&x->num, ctx->mpoly);
    fmpz_one(&x->den);
    x->length = 0;
    x->valid = 1;
}

void
cst__normal_invalidate(cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_zero(x, ctx);
    x->valid = 0;
}

void
cst__normal_one(cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_zero(x, ctx);
    fmpz_mpoly_one(&x->num, ctx->mpoly);
}

void
cst__normal_set_fmpq(cst__normal_t x, const fmpq_t q, cst__normal_ctx_t ctx)
{
    cst__normal_zero(x, ctx);
    fmpz_mpoly_set_fmpz(&x->num, fmpq_numref(q), ctx->mpoly);
    fmpz_set(&x->den, fmpq_denref(q));
}

void
cst__normal_set_si(cst__normal_t x, slong n, cst__normal_ctx_t ctx)
{
    cst__normal_zero(x, ctx);
    fmpz_mpoly_set_si(&x->num, n, ctx->mpoly);
}

void
cst__normal_set_generator(cst__normal_t x, slong generator, cst__normal_ctx_t ctx)
{
    cst__normal_zero(x, ctx);
    if (generator < 0)
        x->valid = 0;
    else
        fmpz_mpoly_gen(&x->num, generator, ctx->mpoly);
}

int
cst__normal_is_valid(const cst__normal_t x)
{
    return x->valid;
}

int
cst__normal_is_zero(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    return x->valid && fmpz_mpoly_is_zero(&x->num, ctx->mpoly);
}

slong
cst__normal_terms(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    return fmpz_mpoly_length(&x->num, ctx->mpoly);
}

/* Divides numerator and den by their common content. */
static void
remove_content(cst__normal_t x, cst__normal_ctx_t ctx)
{
    fmpz_t c;

    if (fmpz_is_one(&x->den))
        return;
    fmpz_init_set(c, &x->den);
    for (slong i = 0; i < x->num.length && !fmpz_is_one(c); i++)
        fmpz_gcd(c, c, x->num.coeffs + i);
    if (!fmpz_is_one(c))
    {
        fmpz_mpoly_scalar_divexact_fmpz(&x->num, &x->num, c, ctx->mpoly);
        fmpz_divexact(&x->den, &x->den, c);
    }
    fmpz_clear(c);
}

/* Cancels f_k from p as often as it divides it, *exponent times at most. */
static void
cancel(fmpz_mpoly_t p, slong *exponent, slong k, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t q;

    if (*exponent <= 0)
        return;
    fmpz_mpoly_init(q, ctx->mpoly);
    while (*exponent > 0 && fmpz_mpoly_divides(q, p, &ctx->atoms[k]->poly, ctx->mpoly))
    {
        fmpz_mpoly_swap(q, p, ctx->mpoly);
        --*exponent;
    }
    fmpz_mpoly_clear(q, ctx->mpoly);
}

/* Puts a result in order: relations, zero, content. The factors for which may[k] (all, if may is NULL or if
   a relation was used) are tried. */
void
cst__normal_finish(cst__normal_t x, const int *may, cst__normal_ctx_t ctx)
{
    if (cst__normal_reduce(&x->num, ctx))
        may = NULL;
    if (ctx->trouble)
    {
        ctx->trouble = 0;
        cst__normal_invalidate(x, ctx);
        return;
    }
    if (fmpz_mpoly_is_zero(&x->num, ctx->mpoly))
    {
        cst__normal_zero(x, ctx);
        return;
    }
    for (slong k = 0; k < x->length; k++)
        if (!may || may[k])
            cancel(&x->num, &x->exponents[k], k, ctx);
    while (x->length > 0 && x->exponents[x->length - 1] == 0)
        x->length--;
    remove_content(x, ctx);
}

void
cst__normal_neg(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_set(r, x, ctx);
    fmpz_mpoly_neg(&r->num, &r->num, ctx->mpoly);
}

void
cst__normal_mul_fmpq(cst__normal_t r, const cst__normal_t x, const fmpq_t q, cst__normal_ctx_t ctx)
{
    if (x->valid && fmpq_is_zero(q))
    {
        cst__normal_zero(r, ctx);
        return;
    }
    cst__normal_set(r, x, ctx);
    fmpz_mpoly_scalar_mul_fmpz(&r->num, &r->num, fmpq_numref(q), ctx->mpoly);
    fmpz_mul(&r->den, &r->den, fmpq_denref(q));
    remove_content(r, ctx);
}

void
cst__normal_mul_si(cst__normal_t r, const cst__normal_t x, slong p, ulong q, cst__normal_ctx_t ctx)
{
    fmpq_t t;

    fmpq_init(t);
    fmpq_set_si(t, p, q);
    cst__normal_mul_fmpq(r, x, t, ctx);
    fmpq_clear(t);
}

/* The numerator of x without the factors of y's denominator that x's has not; they go from exponents. */
static void
cancel_against(fmpz_mpoly_t p, slong *exponents, const cst__normal_t x, const cst__normal_t y,
               cst__normal_ctx_t ctx)
{
    fmpz_mpoly_set(p, &x->num, ctx->mpoly);
    for (slong k = 0; k < y->length; k++)
        if (y->exponents[k] > 0 && cst__normal_exponent(x, k) == 0)
            cancel(p, exponents + k, k, ctx);
}

void
cst__normal_mul(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx)
{
    cst__normal_t p;
    fmpz_mpoly_t a, b;
    int *may;

    if (!x->valid || !y->valid)
    {
        cst__normal_invalidate(r, ctx);
        return;
    }
    if (cst__normal_is_zero(x, ctx) || cst__normal_is_zero(y, ctx))
    {
        cst__normal_zero(r, ctx);
        return;
    }
    cst__normal_init(p, ctx);
    for (slong k = FLINT_MAX(x->length, y->length) - 1; k >= 0; k--)
        cst__normal_set_exponent(p, k, cst__normal_exponent(x, k) + cst__normal_exponent(y, k));
    if (p->length == 0)
        cst__poly_mul(&p->num, &x->num, &y->num, ctx);
    else
    {
        fmpz_mpoly_init(a, ctx->mpoly);
        fmpz_mpoly_init(b, ctx->mpoly);
        cancel_against(a, p->exponents, x, y, ctx);
        cancel_against(b, p->exponents, y, x, ctx);
        cst__poly_mul(&p->num, a, b, ctx);
        fmpz_mpoly_clear(b, ctx->mpoly);
        fmpz_mpoly_clear(a, ctx->mpoly);
    }
    fmpz_mul(&p->den, &x->den, &y->den);
    may = flint_calloc((size_t) p->length + 1, sizeof *may);
    cst__normal_finish(p, may, ctx);
    flint_free(may);
    cst__normal_swap(r, p);
    cst__normal_clear(p, ctx);
}

void
cst__normal_div(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx)
{
    cst__normal_t t;

    cst__normal_init(t, ctx);
    cst__normal_inv(t, y, ctx);
    cst__normal_mul(r, x, t, ctx);
    cst__normal_clear(t, ctx);
}

/* The least common denominator; exponents has room for every atom. */
void
cst__normal_common(fmpz_t den, slong *exponents, const cst__normal_struct *const *x, slong length,
                   cst__normal_ctx_t ctx)
{
    fmpz_one(den);
    memset(exponents, 0, (size_t) ctx->atom_count * sizeof *exponents);
    for (slong i = 0; i < length; i++)
    {
        fmpz_lcm(den, den, &x[i]->den);
        for (slong k = 0; k < x[i]->length; k++)
            exponents[k] = FLINT_MAX(exponents[k], x[i]->exponents[k]);
    }
}

/* The numerator of x over a common denominator. */
void
cst__normal_lift(fmpz_mpoly_t r, const cst__normal_t x, const fmpz_t den, const slong *exponents,
                 cst__normal_ctx_t ctx)
{
    fmpz_t m;

    fmpz_init(m);
    fmpz_divexact(m, den, &x->den);
    fmpz_mpoly_scalar_mul_fmpz(r, &x->num, m, ctx->mpoly);
    for (slong k = 0; k < ctx->atom_count; k++)
        cst__atom_multiply(r, k, exponents[k] - cst__normal_exponent(x, k), ctx);
    fmpz_clear(m);
}

/* Leaves the numerator only. */
static void
set_polynomial(cst__normal_t r)
{
    fmpz_one(&r->den);
    r->length = 0;
    r->valid = 1;
}

static void
add_sub(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, int sign, cst__normal_ctx_t ctx)
{
    const cst__normal_struct *both[2] = {x, y};
    slong *exponents;
    fmpz_mpoly_t a, b;
    cst__normal_t s;
    int *may;

    if (!x->valid || !y->valid)
    {
        cst__normal_invalidate(r, ctx);
        return;
    }
    if (x->length == 0 && y->length == 0 && fmpz_is_one(&x->den) && fmpz_is_one(&y->den))
    {
        (sign > 0 ? fmpz_mpoly_add : fmpz_mpoly_sub)(&r->num, &x->num, &y->num, ctx->mpoly);
        set_polynomial(r);
        return;
    }
    exponents = flint_malloc((size_t) (ctx->atom_count + 1) * sizeof *exponents);
    may = flint_malloc((size_t) (ctx->atom_count + 1) * sizeof *may);
    cst__normal_init(s, ctx);
    fmpz_mpoly_init(a, ctx->mpoly);
    fmpz_mpoly_init(b, ctx->mpoly);
    cst__normal_common(&s->den, exponents, both, 2, ctx);
    cst__normal_lift(a, x, &s->den, exponents, ctx);
    cst__normal_lift(b, y, &s->den, exponents, ctx);
    if (sign > 0)
        fmpz_mpoly_add(&s->num, a, b, ctx->mpoly);
    else
        fmpz_mpoly_sub(&s->num, a, b, ctx->mpoly);
    for (slong k = ctx->atom_count - 1; k >= 0; k--)
    {
        cst__normal_set_exponent(s, k, exponents[k]);
        may[k] = cst__normal_exponent(x, k) == cst__normal_exponent(y, k);
    }
    cst__normal_finish(s, may, ctx);
    cst__normal_swap(r, s);
    cst__normal_clear(s, ctx);
    fmpz_mpoly_clear(b, ctx->mpoly);
    fmpz_mpoly_clear(a, ctx->mpoly);
    flint_free(may);
    flint_free(exponents);
}

void
cst__normal_add(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx)
{
    add_sub(r, x, y, 1, ctx);
}

void
cst__normal_sub(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx)
{
    add_sub(r, x, y, -1, ctx);
}

int
cst__normal_equal(const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx)
{
    cst__normal_t d;
    int equal;

    cst__normal_init(d, ctx);
    cst__normal_sub(d, x, y, ctx);
    equal = cst__normal_is_zero(d, ctx);
    cst__normal_clear(d, ctx);
    return equal;
}

/* x^n for n >= 0 */
static void
natural_power(cst__normal_t r, const cst__normal_t x, const fmpz_t n, cst__normal_ctx_t ctx)
{
    cst__normal_t t;

    if (!x->valid || !fmpz_fits_si(n) || !cst__normal_power_fits(&x->num, n, ctx) ||
        (!fmpz_is_one(&x->den) && fmpz_get_si(n) > MAX_POWER_BITS / (slong) fmpz_bits(&x->den)))
    {
        cst__normal_invalidate(r, ctx);
        return;
    }
    cst__normal_init(t, ctx);
    fmpz_mpoly_pow_fmpz(&t->num, &x->num, n, ctx->mpoly);
    fmpz_pow_ui(&t->den, &x->den, fmpz_get_ui(n));
    for (slong k = x->length - 1; k >= 0; k--)
        cst__normal_set_exponent(t, k, x->exponents[k] * fmpz_get_si(n));
    cst__normal_finish(t, NULL, ctx);
    cst__normal_swap(r, t);
    cst__normal_clear(t, ctx);
}

void
cst__normal_pow(cst__normal_t r, const cst__normal_t x, const fmpz_t n, cst__normal_ctx_t ctx)
{
    fmpz_t m;

    if (fmpz_sgn(n) >= 0)
    {
        natural_power(r, x, n, ctx);
        return;
    }
    fmpz_init(m);
    fmpz_neg(m, n);
    cst__normal_inv(r, x, ctx);
    natural_power(r, r, m, ctx);
    fmpz_clear(m);
}
