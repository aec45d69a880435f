/* expr/normal-atom.c -- the table of factors, and products split into them. */
#include <string.h>

#include "expr/normal-ctx.h"

#define TRIAL_LIMIT 4096
#define TABLE_POWERS 16

/* Atoms ------------------------------------------------------------------- */

/* p = 1 - s or 1 + s for a sine s, up to sign: never negative as written here. */
static void
recognize_sine(cst__atom_t *atom, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t t;

    atom->sine = -1;
    if (atom->poly.length != 2)
        return;
    fmpz_mpoly_init(t, ctx->mpoly);
    for (slong g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].kind == CST__GENERATOR_SIN)
        {
            fmpz_mpoly_gen(t, g, ctx->mpoly);
            fmpz_mpoly_sub_ui(t, t, 1, ctx->mpoly);
            if (fmpz_mpoly_equal(t, &atom->poly, ctx->mpoly))
            {
                atom->sine = g;
                atom->sine_side = -1; /* s - 1 */
            }
            fmpz_mpoly_add_ui(t, t, 2, ctx->mpoly);
            if (fmpz_mpoly_equal(t, &atom->poly, ctx->mpoly))
            {
                atom->sine = g;
                atom->sine_side = 1;
            }
        }
    fmpz_mpoly_clear(t, ctx->mpoly);
}

slong
cst__atom_find(const fmpz_mpoly_t p, cst__atom_kind_t kind, cst__normal_ctx_t ctx)
{
    cst__atom_t *atom;

    for (slong k = 0; k < ctx->atom_count; k++)
        if (ctx->atoms[k]->kind == kind && fmpz_mpoly_equal(&ctx->atoms[k]->poly, p, ctx->mpoly))
            return k;
    if (ctx->atom_count == ctx->atom_alloc)
    {
        ctx->atom_alloc = 2 * ctx->atom_alloc + 16;
        ctx->atoms = flint_realloc(ctx->atoms, (size_t) ctx->atom_alloc * sizeof *ctx->atoms);
    }
    atom = ctx->atoms[ctx->atom_count] = flint_calloc(1, sizeof *atom);
    atom->kind = kind;
    fmpz_mpoly_init(&atom->poly, ctx->mpoly);
    fmpz_mpoly_set(&atom->poly, p, ctx->mpoly);
    atom->sign_bit = -1;
    atom->log_generator = -1;
    atom->constant = cst__normal_poly_is_constant(p, ctx);
    cst__normal_init(atom->root, ctx);
    recognize_sine(atom, ctx);
    return ctx->atom_count++;
}

/* atom^n from the table, for small n. */
static const fmpz_mpoly_struct *
table_power(slong k, slong n, cst__normal_ctx_t ctx)
{
    cst__atom_t *atom = ctx->atoms[k];

    if (n >= atom->power_count)
    {
        atom->powers = flint_realloc(atom->powers, (size_t) (n + 1) * sizeof *atom->powers);
        for (slong i = atom->power_count; i <= n; i++)
        {
            fmpz_mpoly_init(atom->powers + i, ctx->mpoly);
            if (i == 0)
                fmpz_mpoly_one(atom->powers, ctx->mpoly);
            else
                cst__poly_mul(atom->powers + i, atom->powers + i - 1, &atom->poly, ctx);
        }
        atom->power_count = n + 1;
    }
    return atom->powers + n;
}

/* p *= atom^n. Sets ctx->trouble if that is too large. */
void
cst__atom_multiply(fmpz_mpoly_t p, slong k, slong n, cst__normal_ctx_t ctx)
{
    const fmpz_mpoly_struct *power;
    fmpz_mpoly_t t;
    fmpz_t e;

    if (n == 0 || ctx->trouble)
        return;
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_init_set_si(e, n);
    if (!cst__normal_power_fits(&ctx->atoms[k]->poly, e, ctx))
        ctx->trouble = 1;
    else
    {
        power = t;
        if (n <= TABLE_POWERS)
            power = table_power(k, n, ctx);
        else
            fmpz_mpoly_pow_ui(t, &ctx->atoms[k]->poly, (ulong) n, ctx->mpoly);
        cst__poly_mul(p, p, power, ctx);
    }
    fmpz_clear(e);
    fmpz_mpoly_clear(t, ctx->mpoly);
}

/* Splitting --------------------------------------------------------------- */

void
cst__split_init(cst__split_t *s)
{
    memset(s, 0, sizeof *s);
    s->valid = 1;
}

void
cst__split_clear(cst__split_t *s)
{
    for (slong i = 0; i < s->alloc; i++)
        fmpq_clear(s->exponents + i);
    flint_free(s->exponents);
    flint_free(s->atoms);
}

/* Multiplies by |atom|^(n/d). */
void
cst__split_multiply(cst__split_t *s, slong atom, slong n, ulong d)
{
    slong i = 0;
    fmpq_t q;

    while (i < s->length && s->atoms[i] != atom)
        i++;
    if (i == s->length)
    {
        if (s->length == s->alloc)
        {
            slong alloc = 2 * s->alloc + 4;

            s->atoms = flint_realloc(s->atoms, (size_t) alloc * sizeof *s->atoms);
            s->exponents = flint_realloc(s->exponents, (size_t) alloc * sizeof *s->exponents);
            for (slong j = s->alloc; j < alloc; j++)
                fmpq_init(s->exponents + j);
            s->alloc = alloc;
        }
        s->atoms[s->length] = atom;
        fmpq_zero(s->exponents + s->length++);
    }
    fmpq_init(q);
    fmpq_set_si(q, n, d);
    fmpq_add(s->exponents + i, s->exponents + i, q);
    fmpq_clear(q);
}

static void
split_prime(cst__split_t *s, const fmpz_t p, slong n, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t t;

    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_mpoly_set_fmpz(t, p, ctx->mpoly);
    cst__split_multiply(s, cst__atom_find(t, CST__ATOM_PRIME, ctx), n, 1);
    fmpz_mpoly_clear(t, ctx->mpoly);
}

/* Multiplies by |x|^n for an integer x: by its primes, where they are small or x is. */
static void
split_integer(cst__split_t *s, const fmpz_t x, slong n, cst__normal_ctx_t ctx)
{
    fmpz_t rest, p;
    fmpz_factor_t f;

    fmpz_init(rest);
    fmpz_init(p);
    fmpz_abs(rest, x);
    if (fmpz_bits(rest) <= 64)
    {
        fmpz_factor_init(f);
        fmpz_factor(f, rest);
        for (slong i = 0; i < f->num; i++)
            if (!fmpz_is_one(f->p + i))
                split_prime(s, f->p + i, n * (slong) f->exp[i], ctx);
        fmpz_factor_clear(f);
    }
    else
    {
        for (ulong q = 2; q < TRIAL_LIMIT; q++)
            if (fmpz_divisible_si(rest, (slong) q))
            {
                fmpz_set_ui(p, q);
                split_prime(s, p, n * fmpz_remove(rest, rest, p), ctx);
            }
        if (!fmpz_is_one(rest))
            split_prime(s, rest, n, ctx);
    }
    fmpz_clear(p);
    fmpz_clear(rest);
}

/* Multiplies by atom^n, sign included. */
static void
split_factor(cst__split_t *s, slong atom, slong n, cst__normal_ctx_t ctx)
{
    cst__split_multiply(s, atom, n, 1);
    if (n % 2)
    {
        ulong mask;

        s->negative ^= cst__atom_sign(&mask, atom, ctx) < 0;
        s->mask ^= mask;
    }
}

/* A factor g^n of a product, for a generator g. */
static void
split_generator(cst__split_t *s, slong g, slong n, cst__normal_ctx_t ctx)
{
    const cst__generator_t *generator = ctx->generators + g;
    fmpz_mpoly_t t;

    if (generator->kind == CST__GENERATOR_ROOT)
    {
        cst__split_multiply(s, generator->atom, n, generator->root);
        return;
    }
    if (generator->kind == CST__GENERATOR_SIGN)
    {
        if (n % 2)
        {
            const cst__sign_t *sign = ctx->signs + ctx->atoms[generator->atom]->sign_bit;

            s->mask ^= sign->mask;
            s->negative ^= sign->negative;
        }
        return;
    }
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_mpoly_gen(t, g, ctx->mpoly);
    split_factor(s, cst__atom_find(t, generator->degree ? CST__ATOM_ALGEBRAIC : CST__ATOM_FACTOR, ctx), n,
                 ctx);
    fmpz_mpoly_clear(t, ctx->mpoly);
}

/* The factors with free generators only. */
static void
split_free(cst__split_t *s, const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    cst__split_t factors;
    fmpz_t constant;

    cst__split_init(&factors);
    fmpz_init(constant);
    cst__normal_factor(&factors, constant, p, ctx);
    s->valid &= factors.valid;
    if (factors.valid)
    {
        s->negative ^= fmpz_sgn(constant) < 0;
        split_integer(s, constant, 1, ctx);
        for (slong i = 0; i < factors.length; i++)
            split_factor(s, factors.atoms[i], fmpz_get_si(fmpq_numref(factors.exponents + i)), ctx);
    }
    fmpz_clear(constant);
    cst__split_clear(&factors);
}

/* Takes the monomial content out of p. */
static void
split_monomial(cst__split_t *s, fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t m;

    fmpz_mpoly_init(m, ctx->mpoly);
    fmpz_mpoly_term_content(m, p, ctx->mpoly);
    split_integer(s, m->coeffs, 1, ctx);
    fmpz_mpoly_divides(p, p, m, ctx->mpoly);
    for (slong g = 0; g < ctx->generator_count; g++)
    {
        slong n = fmpz_mpoly_degree_si(m, g, ctx->mpoly);

        if (n > 0)
            split_generator(s, g, n, ctx);
    }
    fmpz_mpoly_clear(m, ctx->mpoly);
}

/* Splits x, which must not be zero, into atoms and signs. */
void
cst__split(cst__split_t *s, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t p, content;

    if (!x->valid || fmpz_mpoly_is_zero(&x->num, ctx->mpoly))
    {
        s->valid = 0;
        return;
    }
    fmpz_mpoly_init(p, ctx->mpoly);
    fmpz_mpoly_init(content, ctx->mpoly);
    fmpz_mpoly_set(p, &x->num, ctx->mpoly);
    split_monomial(s, p, ctx);
    if (cst__normal_top(p, ctx) >= 0)
    {
        cst__normal_free_content(content, p, ctx);
        fmpz_mpoly_divides(p, p, content, ctx->mpoly);
        if (fmpz_sgn(p->coeffs) < 0)
        {
            fmpz_mpoly_neg(p, p, ctx->mpoly);
            s->negative ^= 1;
        }
        split_factor(s, cst__atom_find(p, CST__ATOM_ALGEBRAIC, ctx), 1, ctx);
        fmpz_mpoly_swap(p, content, ctx->mpoly);
    }
    split_free(s, p, ctx);
    split_integer(s, &x->den, -1, ctx);
    for (slong k = 0; k < x->length; k++)
        if (x->exponents[k])
            split_factor(s, k, -x->exponents[k], ctx);
    if (ctx->trouble)
        s->valid = ctx->trouble = 0;
    fmpz_mpoly_clear(content, ctx->mpoly);
    fmpz_mpoly_clear(p, ctx->mpoly);
}
