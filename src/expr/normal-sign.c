/* expr/normal-sign.c -- what is known of the signs of factors: linear algebra over two elements. */
#include "expr/normal-ctx.h"

/* The sign of a generator, 0 if not known. */
static int
generator_sign(slong g, cst__normal_ctx_t ctx)
{
    const cst__generator_t *generator = ctx->generators + g;
    fmpz_mpoly_t t;
    int sign = 0;

    switch (generator->kind)
    {
    case CST__GENERATOR_PI:
    case CST__GENERATOR_EXP:
    case CST__GENERATOR_ROOT:
        return 1;
    case CST__GENERATOR_SIGN:
    case CST__GENERATOR_COS:
        return 0;
    default:
        fmpz_mpoly_init(t, ctx->mpoly);
        fmpz_mpoly_gen(t, g, ctx->mpoly);
        for (slong k = 0; k < ctx->atom_count; k++)
            if (ctx->atoms[k]->sign && fmpz_mpoly_equal(&ctx->atoms[k]->poly, t, ctx->mpoly))
                sign = ctx->atoms[k]->sign;
        fmpz_mpoly_clear(t, ctx->mpoly);
        return sign;
    }
}

/* +1 or -1 if all terms of p have that sign: odd powers of generators with a sign, even powers of others. */
static int
sign_by_terms(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    ulong *e = flint_malloc((size_t) fmpz_mpoly_ctx_nvars(ctx->mpoly) * sizeof *e);
    int *signs = flint_malloc((size_t) (ctx->generator_count + 1) * sizeof *signs);
    int result = 0;

    for (slong g = 0; g < ctx->generator_count; g++)
        signs[g] = generator_sign(g, ctx);
    for (slong i = 0; i < p->length; i++)
    {
        int sign = fmpz_sgn(p->coeffs + i);

        fmpz_mpoly_get_term_exp_ui(e, p, i, ctx->mpoly);
        for (slong g = 0; g < ctx->generator_count; g++)
            if (e[g] % 2)
                sign *= signs[g];
        if (sign == 0 || (i > 0 && sign != result))
        {
            result = 0;
            break;
        }
        result = sign;
    }
    flint_free(signs);
    flint_free(e);
    return result;
}

/* Tries to settle the sign of an atom by looking at it. */
static void
look_at_sign(slong k, cst__normal_ctx_t ctx)
{
    cst__atom_t *atom = ctx->atoms[k];

    if (atom->sign)
        return;
    if (atom->kind == CST__ATOM_PRIME)
        atom->sign = 1;
    else if (atom->sine >= 0)
        atom->sign = atom->sine_side;
    else
        atom->sign = sign_by_terms(&atom->poly, ctx);
    if (!atom->sign && atom->constant)
        atom->sign = cst__normal_constant_sign(&atom->poly, ctx);
}

/* -1 or +1, and the unknown signs that multiply it. */
int
cst__atom_sign(ulong *mask, slong k, cst__normal_ctx_t ctx)
{
    cst__atom_t *atom = ctx->atoms[k];

    *mask = 0;
    look_at_sign(k, ctx);
    if (atom->sign)
        return atom->sign;
    if (atom->sign_bit < 0)
    {
        if (ctx->sign_count == FLINT_BITS)
        {
            ctx->trouble = 1;
            return 1;
        }
        atom->sign_bit = ctx->sign_count++;
        ctx->signs[atom->sign_bit] = (cst__sign_t){k, -1, UWORD(1) << atom->sign_bit, 0};
    }
    *mask = ctx->signs[atom->sign_bit].mask;
    return ctx->signs[atom->sign_bit].negative ? -1 : 1;
}

/* Learns that (-1)^negative * the signs in mask is +1: the last of them follows from the others. */
void
cst__sign_learn(int negative, ulong mask, cst__normal_ctx_t ctx)
{
    ulong pivot;

    if (mask == 0)
        return;
    ctx->facts++;
    pivot = UWORD(1) << (FLINT_BIT_COUNT(mask) - 1);
    for (int i = 0; i < ctx->sign_count; i++)
    {
        cst__sign_t *s = ctx->signs + i;

        if (s->mask & pivot)
        {
            s->mask ^= mask;
            s->negative ^= negative;
        }
        if (s->mask == 0)
            ctx->atoms[s->atom]->sign = s->negative ? -1 : 1;
    }
}

/* Looks again at all signs after new ones were learned, and brings what is stored up to date. */
void
cst__sign_refresh(cst__normal_ctx_t ctx)
{
    ulong facts;

    do
    {
        facts = ctx->facts;
        for (slong k = 0; k < ctx->atom_count; k++)
        {
            int known = ctx->atoms[k]->sign, bit = ctx->atoms[k]->sign_bit;

            look_at_sign(k, ctx);
            if (bit >= 0 && !known && ctx->atoms[k]->sign)
                cst__sign_learn(ctx->signs[bit].negative ^ (ctx->atoms[k]->sign < 0), ctx->signs[bit].mask,
                                ctx);
        }
    } while (ctx->facts != facts);
    for (slong k = 0; k < ctx->atom_count; k++)
    {
        if (ctx->atoms[k]->root_tried == 1)
            ctx->atoms[k]->root_tried = 0;
        ctx->atoms[k]->expr = NULL;
    }
    for (slong g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].kind == CST__GENERATOR_ROOT)
            cst__generator_set_root_relation(g, ctx);
    for (slong g = 0; g < ctx->generator_count; g++)
    {
        cst__normal_finish(ctx->generators[g].argument, NULL, ctx);
        ctx->generators[g].argument_expr = NULL;
    }
}

/* The polynomial (-1)^negative * prod of signs. */
void
cst__sign_poly(fmpz_mpoly_t p, int negative, ulong mask, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t t;

    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_mpoly_set_si(p, negative ? -1 : 1, ctx->mpoly);
    for (int i = 0; i < ctx->sign_count; i++)
    {
        if (!(mask >> i & 1))
            continue;
        if (ctx->signs[i].generator < 0)
        {
            slong g = cst__generator_new(CST__GENERATOR_SIGN, ctx);

            if (g < 0)
                break;
            ctx->signs[i].generator = g;
            ctx->generators[g].atom = ctx->signs[i].atom;
            ctx->generators[g].degree = 2;
            ctx->generators[g].constant = ctx->atoms[ctx->signs[i].atom]->constant;
            fmpz_mpoly_one(&ctx->generators[g].relation, ctx->mpoly);
        }
        fmpz_mpoly_gen(t, ctx->signs[i].generator, ctx->mpoly);
        cst__poly_mul(p, p, t, ctx);
    }
    fmpz_mpoly_clear(t, ctx->mpoly);
}
