/* expr/normal-dot.c -- sums of products, grouped by denominator and reduced once. */
#include <string.h>

#include "expr/normal-ctx.h"

/* The products that share the exponents of their denominators. */
typedef struct
{
    fmpz_mpoly_struct sum;
    slong *exponents;
} group_t;

typedef struct
{
    group_t *groups;
    slong length;
    slong *exponents; /* of the product at hand, then the largest of all */
    slong atoms;
    fmpz_t den;
} dot_t;

static void
product_exponents(slong *e, const cst__normal_t x, const cst__normal_t y, slong atoms)
{
    for (slong k = 0; k < atoms; k++)
        e[k] = cst__normal_exponent(x, k) + cst__normal_exponent(y, k);
}

static group_t *
group_of(dot_t *d, const slong *exponents, cst__normal_ctx_t ctx)
{
    size_t size = (size_t) d->atoms * sizeof *exponents;
    group_t *g;

    for (slong i = 0; i < d->length; i++)
        if (memcmp(d->groups[i].exponents, exponents, size) == 0)
            return d->groups + i;
    d->groups = flint_realloc(d->groups, (size_t) (d->length + 1) * sizeof *d->groups);
    g = d->groups + d->length++;
    fmpz_mpoly_init(&g->sum, ctx->mpoly);
    g->exponents = flint_malloc(size + sizeof *exponents);
    memcpy(g->exponents, exponents, size);
    return g;
}

/* Adds +- x y to its group, over the common den. */
static void
add_product(dot_t *d, const cst__normal_t x, const cst__normal_t y, int sign, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t t;
    fmpz_t m;
    group_t *g;

    product_exponents(d->exponents, x, y, d->atoms);
    g = group_of(d, d->exponents, ctx);
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_init(m);
    cst__poly_mul(t, &x->num, &y->num, ctx);
    fmpz_mul(m, &x->den, &y->den);
    fmpz_divexact(m, d->den, m);
    if (sign < 0)
        fmpz_neg(m, m);
    if (!fmpz_is_one(m))
        fmpz_mpoly_scalar_mul_fmpz(t, t, m, ctx->mpoly);
    fmpz_mpoly_add(&g->sum, &g->sum, t, ctx->mpoly);
    fmpz_clear(m);
    fmpz_mpoly_clear(t, ctx->mpoly);
}

/* The groups over one denominator. */
static void
join(cst__normal_t r, dot_t *d, cst__normal_ctx_t ctx)
{
    memset(d->exponents, 0, (size_t) d->atoms * sizeof *d->exponents);
    for (slong i = 0; i < d->length; i++)
        if (!fmpz_mpoly_is_zero(&d->groups[i].sum, ctx->mpoly))
            for (slong k = 0; k < d->atoms; k++)
                d->exponents[k] = FLINT_MAX(d->exponents[k], d->groups[i].exponents[k]);
    for (slong i = 0; i < d->length; i++)
    {
        group_t *g = d->groups + i;

        if (fmpz_mpoly_is_zero(&g->sum, ctx->mpoly))
            continue;
        for (slong k = 0; k < d->atoms; k++)
            cst__atom_multiply(&g->sum, k, d->exponents[k] - g->exponents[k], ctx);
        fmpz_mpoly_add(&r->num, &r->num, &g->sum, ctx->mpoly);
    }
    fmpz_set(&r->den, d->den);
    for (slong k = d->atoms - 1; k >= 0; k--)
        cst__normal_set_exponent(r, k, d->exponents[k]);
    cst__normal_finish(r, NULL, ctx);
}

void
cst__normal_dot(cst__normal_t r, const cst__normal_struct *const *x, const cst__normal_struct *const *y,
                const int *signs, slong length, cst__normal_ctx_t ctx)
{
    dot_t d = {.atoms = ctx->atom_count};
    cst__normal_t sum;
    fmpz_t t;
    int valid = 1;

    cst__normal_init(sum, ctx);
    fmpz_init(t);
    fmpz_init_set_ui(d.den, 1);
    d.exponents = flint_calloc((size_t) d.atoms + 1, sizeof *d.exponents);
    for (slong i = 0; i < length; i++)
    {
        valid &= x[i]->valid && y[i]->valid;
        fmpz_mul(t, &x[i]->den, &y[i]->den);
        fmpz_lcm(d.den, d.den, t);
    }
    for (slong i = 0; i < length && valid; i++)
        if (!cst__normal_is_zero(x[i], ctx) && !cst__normal_is_zero(y[i], ctx))
            add_product(&d, x[i], y[i], signs ? signs[i] : 1, ctx);
    if (valid)
        join(sum, &d, ctx);
    else
        cst__normal_invalidate(sum, ctx);
    cst__normal_swap(r, sum);
    for (slong i = 0; i < d.length; i++)
    {
        fmpz_mpoly_clear(&d.groups[i].sum, ctx->mpoly);
        flint_free(d.groups[i].exponents);
    }
    flint_free(d.groups);
    flint_free(d.exponents);
    fmpz_clear(d.den);
    fmpz_clear(t);
    cst__normal_clear(sum, ctx);
}
