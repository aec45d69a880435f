/* expr/normal-root.c -- real powers.

   Since |x y| = |x| |y|, a power of x >= 0 is the product of the powers of the absolute values of its atoms:
   no sign needs to be known. The generator |p|^(1/l^t), l prime, has the relation g^l = |p|^(1/l^(t-1)), and
   |p| = sign(p) p. By partial fractions these generators give every rational power in one way. */
#include "expr/normal-ctx.h"

#define MAX_ROOT 1000000
#define MAX_DEPTH 6

static slong root_generator(slong atom, ulong prime, ulong root, cst__normal_ctx_t ctx);

/* Sets g^degree for a root, from what is known of signs now. */
void
cst__generator_set_root_relation(slong g, cst__normal_ctx_t ctx)
{
    cst__generator_t *generator = ctx->generators + g;
    slong below = -1;

    if (generator->root == generator->prime)
    {
        ulong mask;
        int negative = cst__atom_sign(&mask, generator->atom, ctx) < 0;

        cst__sign_poly(&generator->relation, negative, mask, ctx);
        cst__poly_mul(&generator->relation, &generator->relation, &ctx->atoms[generator->atom]->poly, ctx);
        return;
    }
    for (slong i = 0; i < ctx->generator_count && below < 0; i++)
        if (ctx->generators[i].kind == CST__GENERATOR_ROOT && ctx->generators[i].atom == generator->atom &&
            ctx->generators[i].root == generator->root / generator->prime)
            below = i;
    fmpz_mpoly_gen(&generator->relation, below, ctx->mpoly);
}

/* The generator |atom|^(1/root) for a power of a prime; made if it is new. */
static slong
root_generator(slong atom, ulong prime, ulong root, cst__normal_ctx_t ctx)
{
    slong g;
    fmpz_mpoly_t sign;
    ulong mask;

    for (g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].kind == CST__GENERATOR_ROOT && ctx->generators[g].atom == atom &&
            ctx->generators[g].root == root)
            return g;
    if (root > prime && root_generator(atom, prime, root / prime, ctx) < 0)
        return -1;
    /* generators of signs come first, since the relation holds them */
    fmpz_mpoly_init(sign, ctx->mpoly);
    cst__atom_sign(&mask, atom, ctx);
    cst__sign_poly(sign, 0, mask, ctx);
    fmpz_mpoly_clear(sign, ctx->mpoly);
    g = ctx->trouble ? -1 : cst__generator_new(CST__GENERATOR_ROOT, ctx);
    if (g < 0)
        return -1;
    ctx->generators[g].atom = atom;
    ctx->generators[g].prime = prime;
    ctx->generators[g].root = root;
    ctx->generators[g].degree = prime;
    ctx->generators[g].constant = ctx->atoms[atom]->constant;
    cst__generator_set_root_relation(g, ctx);
    return g;
}

/* r *= |p|^k for an integer k */
static void
multiply_integer_power(cst__normal_t r, slong atom, const fmpz_t k, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    ulong mask;
    int negative;

    if (fmpz_is_zero(k))
        return;
    cst__normal_init(t, ctx);
    fmpz_mpoly_set(&t->num, &ctx->atoms[atom]->poly, ctx->mpoly);
    cst__normal_pow(t, t, k, ctx);
    cst__normal_mul(r, r, t, ctx);
    if (fmpz_is_odd(k))
    {
        negative = cst__atom_sign(&mask, atom, ctx) < 0;
        cst__normal_one(t, ctx);
        cst__sign_poly(&t->num, negative, mask, ctx);
        cst__normal_mul(r, r, t, ctx);
    }
    cst__normal_clear(t, ctx);
}

/* r *= |p|^(n/root), 0 <= n < root, root a power of the prime: the digits of n to that base. */
static void
multiply_root(cst__normal_t r, slong atom, ulong n, ulong prime, ulong root, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    fmpz_t digit;

    cst__normal_init(t, ctx);
    fmpz_init(digit);
    for (; n > 0; n /= prime, root /= prime)
        if (n % prime)
        {
            fmpz_set_ui(digit, n % prime);
            cst__normal_set_generator(t, root_generator(atom, prime, root, ctx), ctx);
            cst__normal_pow(t, t, digit, ctx);
            cst__normal_mul(r, r, t, ctx);
        }
    fmpz_clear(digit);
    cst__normal_clear(t, ctx);
}

/* Roots of algebraic atoms ------------------------------------------------ */

/* Sets t with t^2 = x if x splits into squares. */
static int
exact_square_root(cst__normal_t t, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__split_t s;
    cst__normal_t square;
    int found = 0;

    if (cst__normal_is_zero(x, ctx))
    {
        cst__normal_zero(t, ctx);
        return 1;
    }
    cst__split_init(&s);
    cst__normal_init(square, ctx);
    cst__split(&s, x, ctx);
    found = s.valid && !s.negative && s.mask == 0;
    for (slong i = 0; i < s.length && found; i++)
    {
        found = fmpz_is_one(fmpq_denref(s.exponents + i)) && fmpz_is_even(fmpq_numref(s.exponents + i));
        fmpq_div_2exp(s.exponents + i, s.exponents + i, 1);
    }
    if (found)
    {
        cst__normal_one(t, ctx);
        for (slong i = 0; i < s.length; i++)
        {
            fmpz_mpoly_set(&square->num, &ctx->atoms[s.atoms[i]]->poly, ctx->mpoly);
            square->length = 0;
            fmpz_one(&square->den);
            cst__normal_pow(square, square, fmpq_numref(s.exponents + i), ctx);
            cst__normal_mul(t, t, square, ctx);
        }
        cst__normal_mul(square, t, t, ctx);
        found = t->valid && cst__normal_equal(square, x, ctx);
    }
    cst__normal_clear(square, ctx);
    cst__split_clear(&s);
    return found;
}

/* For x = a + b g, g^2 = D, and d^2 = a^2 - b^2 D: t = u + b g/(2 u), u^2 = (a + d)/2, has t^2 = x. */
static int
denest(cst__normal_t t, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    slong g = cst__normal_top(&x->num, ctx);
    cst__normal_t a, b, d, u;
    fmpq_t half;
    int found = 0;

    if (g < 0 || ctx->generators[g].degree != 2 || ctx->generators[g].kind != CST__GENERATOR_ROOT)
        return 0;
    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    cst__normal_init(a, ctx);
    cst__normal_init(b, ctx);
    cst__normal_init(d, ctx);
    cst__normal_init(u, ctx);
    cst__normal_constant_part(a, x, g, ctx);
    cst__normal_sub(b, x, a, ctx); /* b g */
    cst__normal_mul(d, a, a, ctx);
    cst__normal_mul(u, b, b, ctx);
    cst__normal_sub(d, d, u, ctx);
    if (exact_square_root(d, d, ctx))
        for (int sign = 1; sign >= -1 && !found; sign -= 2)
        {
            cst__normal_mul_si(u, d, sign, 1, ctx);
            cst__normal_add(u, a, u, ctx);
            cst__normal_mul_si(u, u, 1, 2, ctx);
            if (cst__normal_is_zero(u, ctx))
                continue;
            cst__normal_real_power(u, u, half, ctx);
            cst__normal_div(t, b, u, ctx);
            cst__normal_mul_si(t, t, 1, 2, ctx);
            cst__normal_add(t, t, u, ctx);
            cst__normal_mul(u, t, t, ctx);
            found = t->valid && cst__normal_equal(u, x, ctx);
        }
    cst__normal_clear(u, ctx);
    cst__normal_clear(d, ctx);
    cst__normal_clear(b, ctx);
    cst__normal_clear(a, ctx);
    fmpq_clear(half);
    return found;
}

/* |x|^(1/2) = |x y|^(1/2) / |y|^(1/2) where y is another algebraic atom and x y is none. */
static int
root_by_partner(cst__normal_t t, const cst__normal_t x, slong self, cst__normal_ctx_t ctx)
{
    cst__normal_t y;
    fmpq_t half;
    int found = 0;

    cst__normal_init(y, ctx);
    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    for (slong k = 0; k < self && !found; k++)
    {
        int rooted = 0;

        for (slong g = 0; g < ctx->generator_count; g++)
            rooted |= ctx->generators[g].kind == CST__GENERATOR_ROOT && ctx->generators[g].atom == k &&
                      ctx->generators[g].root == 2;
        if (ctx->atoms[k]->kind != CST__ATOM_ALGEBRAIC || !rooted)
            continue;
        cst__normal_zero(y, ctx);
        fmpz_mpoly_set(&y->num, &ctx->atoms[k]->poly, ctx->mpoly);
        cst__normal_mul(t, x, y, ctx);
        if (!t->valid || cst__normal_is_zero(t, ctx) || cst__normal_top(&t->num, ctx) >= 0)
            continue;
        cst__normal_real_power(t, t, half, ctx);
        fmpq_neg(half, half);
        cst__atom_abs_power(y, k, half, ctx);
        fmpq_neg(half, half);
        cst__normal_mul(t, t, y, ctx);
        found = t->valid;
    }
    fmpq_clear(half);
    cst__normal_clear(y, ctx);
    return found;
}

/* Is |atom|^(1/2) an element already? Then atom->root is it. Sought once. */
static int
has_known_root(slong k, cst__normal_ctx_t ctx)
{
    cst__normal_t x, t;
    ulong mask;

    if (ctx->atoms[k]->kind != CST__ATOM_ALGEBRAIC)
        return 0;
    if (ctx->atoms[k]->root_tried)
        return ctx->atoms[k]->root_tried == 2;
    ctx->atoms[k]->root_tried = 1;
    if (ctx->depth >= MAX_DEPTH)
        return 0;
    ctx->depth++;
    cst__normal_init(x, ctx);
    cst__normal_init(t, ctx);
    fmpz_mpoly_set(&x->num, &ctx->atoms[k]->poly, ctx->mpoly);
    if (cst__atom_sign(&mask, k, ctx) < 0)
        cst__normal_neg(x, x, ctx);
    if (mask == 0 && denest(t, x, ctx))
    {
        cst__normal_sign(x, t, ctx);
        cst__normal_mul(t, t, x, ctx); /* |t| */
        if (t->valid)
            ctx->atoms[k]->root_tried = 2;
    }
    else if (root_by_partner(t, x, k, ctx))
        ctx->atoms[k]->root_tried = 2;
    if (ctx->atoms[k]->root_tried == 2)
        cst__normal_set(ctx->atoms[k]->root, t, ctx);
    cst__normal_clear(t, ctx);
    cst__normal_clear(x, ctx);
    ctx->depth--;
    return ctx->atoms[k]->root_tried == 2;
}

/* Powers ------------------------------------------------------------------ */

/* r *= |p|^(n/root) for 0 <= n < root, by the known square root if there is one. */
static void
multiply_fraction(cst__normal_t r, slong atom, ulong n, ulong prime, ulong root, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    fmpq_t q;

    if (n == 0)
        return;
    if (prime != 2 || !has_known_root(atom, ctx))
    {
        multiply_root(r, atom, n, prime, root, ctx);
        return;
    }
    cst__normal_init(t, ctx);
    fmpq_init(q);
    fmpq_set_si(q, (slong) n, root / 2);
    cst__normal_real_power(t, ctx->atoms[atom]->root, q, ctx);
    cst__normal_mul(r, r, t, ctx);
    fmpq_clear(q);
    cst__normal_clear(t, ctx);
}

/* r = |atom|^q, by partial fractions: q = k + sum n_i / l_i^t_i */
void
cst__atom_abs_power(cst__normal_t r, slong atom, const fmpq_t q, cst__normal_ctx_t ctx)
{
    ulong rest, d;
    fmpq_t part, whole;

    cst__normal_one(r, ctx);
    if (fmpz_cmp_si(fmpq_denref(q), MAX_ROOT) > 0)
    {
        cst__normal_invalidate(r, ctx);
        return;
    }
    fmpq_init(part);
    fmpq_init(whole);
    fmpq_set(whole, q);
    d = rest = fmpz_get_ui(fmpq_denref(q));
    for (ulong prime = 2; rest > 1; prime++)
    {
        ulong root = 1, n;

        for (; rest % prime == 0; rest /= prime)
            root *= prime;
        if (root == 1)
            continue;
        n = n_mulmod2(fmpz_fdiv_ui(fmpq_numref(q), root), n_invmod((d / root) % root, root), root);
        multiply_fraction(r, atom, n, prime, root, ctx);
        fmpq_set_si(part, (slong) n, root);
        fmpq_sub(whole, whole, part);
    }
    multiply_integer_power(r, atom, fmpq_numref(whole), ctx);
    fmpq_clear(whole);
    fmpq_clear(part);
}

static int
is_half(const fmpq_t q)
{
    return fmpz_equal_si(fmpq_denref(q), 2);
}

/* |1 - s|^(1/2) |1 + s|^(1/2) = |c|: takes half a power from each of two exponents. */
static void
take_cosine(cst__normal_t r, slong i, slong j, const cst__split_t *s, fmpq *e, cst__normal_ctx_t ctx)
{
    const cst__atom_t *a = ctx->atoms[s->atoms[i]], *b = ctx->atoms[s->atoms[j]];
    cst__normal_t c, sign;
    fmpq_t half;

    if (a->sine < 0 || a->sine != b->sine || a->sine_side == b->sine_side || !is_half(e + i) ||
        !is_half(e + j))
        return;
    cst__normal_init(c, ctx);
    cst__normal_init(sign, ctx);
    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    fmpq_sub(e + i, e + i, half);
    fmpq_sub(e + j, e + j, half);
    cst__normal_set_generator(c, ctx->generators[a->sine].partner, ctx);
    cst__normal_sign(sign, c, ctx);
    cst__normal_mul(r, r, c, ctx);
    cst__normal_mul(r, r, sign, ctx);
    fmpq_clear(half);
    cst__normal_clear(sign, ctx);
    cst__normal_clear(c, ctx);
}

static void
split_abs_power(cst__normal_t r, const cst__split_t *s, const fmpq_t q, cst__normal_ctx_t ctx)
{
    fmpq *e = _fmpq_vec_init(s->length + 1);
    cst__normal_t t;

    cst__normal_one(r, ctx);
    if (!s->valid)
        r->valid = 0;
    cst__normal_init(t, ctx);
    for (slong i = 0; i < s->length; i++)
        fmpq_mul(e + i, s->exponents + i, q);
    for (slong i = 0; i < s->length; i++)
        for (slong j = 0; j < i; j++)
            take_cosine(r, i, j, s, e, ctx);
    for (slong i = 0; i < s->length && r->valid; i++)
    {
        cst__atom_abs_power(t, s->atoms[i], e + i, ctx);
        cst__normal_mul(r, r, t, ctx);
    }
    cst__normal_clear(t, ctx);
    _fmpq_vec_clear(e, s->length + 1);
}

/* x^q; |x|^q if q is no integer, which is x^q where that is defined. */
void
cst__normal_real_power(cst__normal_t r, const cst__normal_t x, const fmpq_t q, cst__normal_ctx_t ctx)
{
    cst__split_t s;

    if (fmpz_is_one(fmpq_denref(q)))
    {
        cst__normal_pow(r, x, fmpq_numref(q), ctx);
        return;
    }
    if (cst__normal_is_zero(x, ctx) && fmpq_sgn(q) > 0)
    {
        cst__normal_zero(r, ctx);
        return;
    }
    cst__split_init(&s);
    cst__split(&s, x, ctx);
    if (s.negative && s.mask == 0)
        s.valid = 0;
    split_abs_power(r, &s, q, ctx);
    cst__split_clear(&s);
}

void
cst__normal_sign(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__split_t s;

    cst__split_init(&s);
    cst__split(&s, x, ctx);
    cst__normal_one(r, ctx);
    cst__sign_poly(&r->num, s.negative, s.mask, ctx);
    if (!s.valid || ctx->trouble)
        cst__normal_invalidate(r, ctx);
    cst__split_clear(&s);
}
