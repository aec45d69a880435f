/* expr/normal-angle.c -- sines and cosines: angles as integer combinations of a few, by the addition
   theorem. */
#include "expr/normal-ctx.h"

#define MAX_MULTIPLE 200

static int
is_small(const fmpz_t n)
{
    return fmpz_cmp_si(n, MAX_MULTIPLE) <= 0 && fmpz_cmp_si(n, -MAX_MULTIPLE) >= 0;
}

/* (c, s) *= (cos, sin) as complex numbers c + i s */
static void
turn(cst__normal_t c, cst__normal_t s, const cst__normal_t cosine, const cst__normal_t sine,
     cst__normal_ctx_t ctx)
{
    const cst__normal_struct *x[2] = {c, s}, *y[2] = {cosine, sine}, *z[2] = {sine, cosine};
    const int signs[2] = {1, -1};
    cst__normal_t t;

    cst__normal_init(t, ctx);
    cst__normal_dot(t, x, y, signs, 2, ctx);
    cst__normal_dot(s, x, z, NULL, 2, ctx);
    cst__normal_swap(c, t);
    cst__normal_clear(t, ctx);
}

static void
turn_times(cst__normal_t c, cst__normal_t s, const cst__normal_t cosine, const cst__normal_t sine, slong n,
           cst__normal_ctx_t ctx)
{
    cst__normal_t t;

    cst__normal_init(t, ctx);
    cst__normal_mul_si(t, sine, n < 0 ? -1 : 1, 1, ctx);
    for (slong i = 0; i < FLINT_ABS(n); i++)
        turn(c, s, cosine, t, ctx);
    cst__normal_clear(t, ctx);
}

/* sqrt(n)/2 */
static void
half_root(cst__normal_t r, slong n, cst__normal_ctx_t ctx)
{
    fmpq_t half;

    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    cst__normal_set_si(r, n, ctx);
    cst__normal_real_power(r, r, half, ctx);
    cst__normal_mul_si(r, r, 1, 2, ctx);
    fmpq_clear(half);
}

/* (c, s) turned by n pi/12: n = 3 a + 4 b, so by a quarters and b thirds of pi. */
static void
turn_twelfths(cst__normal_t c, cst__normal_t s, slong n, cst__normal_ctx_t ctx)
{
    slong a, b;
    cst__normal_t x, y;

    n = ((n % 24) + 24) % 24;
    a = 3 * n % 4;
    b = (n - 3 * a) / 4;
    b = ((b % 6) + 6) % 6;
    cst__normal_init(x, ctx);
    cst__normal_init(y, ctx);
    if (a % 2)
    {
        half_root(x, 2, ctx);
        turn(c, s, x, x, ctx);
    }
    if (a / 2)
    {
        cst__normal_zero(x, ctx);
        cst__normal_one(y, ctx);
        turn(c, s, x, y, ctx);
    }
    if (b % 3)
    {
        cst__normal_set_si(x, 1, ctx);
        cst__normal_mul_si(x, x, b % 3 == 1 ? 1 : -1, 2, ctx);
        half_root(y, 3, ctx);
        turn(c, s, x, y, ctx);
    }
    if (b / 3)
    {
        cst__normal_neg(c, c, ctx);
        cst__normal_neg(s, s, ctx);
    }
    cst__normal_clear(y, ctx);
    cst__normal_clear(x, ctx);
}

/* The coefficient of the generator g, alone in its term, in x; 0 if x has a denominator polynomial. */
static void
coefficient(fmpq_t q, const cst__normal_t x, slong g, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t t;

    fmpq_zero(q);
    if (x->length > 0)
        return;
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_mpoly_gen(t, g, ctx->mpoly);
    fmpz_mpoly_get_coeff_fmpz_monomial(fmpq_numref(q), &x->num, t, ctx->mpoly);
    fmpz_set(fmpq_denref(q), &x->den);
    fmpq_canonicalise(q);
    fmpz_mpoly_clear(t, ctx->mpoly);
}

static void
subtract_multiple(cst__normal_t x, slong g, const fmpq_t q, cst__normal_ctx_t ctx)
{
    cst__normal_t t;

    cst__normal_init(t, ctx);
    cst__normal_set_generator(t, g, ctx);
    cst__normal_mul_fmpq(t, t, q, ctx);
    cst__normal_sub(x, x, t, ctx);
    cst__normal_clear(t, ctx);
}

/* cos(atan v) = (1 + v^2)^(-1/2), sin(atan v) = v cos(atan v) */
static void
turn_arctangent(cst__normal_t c, cst__normal_t s, slong g, slong n, cst__normal_ctx_t ctx)
{
    const cst__normal_struct *v = ctx->generators[g].argument;
    cst__normal_t x, y;
    fmpq_t q;

    cst__normal_init(x, ctx);
    cst__normal_init(y, ctx);
    fmpq_init(q);
    fmpq_set_si(q, -1, 2);
    cst__normal_one(x, ctx);
    cst__normal_mul(y, v, v, ctx);
    cst__normal_add(x, x, y, ctx);
    cst__normal_real_power(x, x, q, ctx);
    cst__normal_mul(y, x, v, ctx);
    turn_times(c, s, x, y, n, ctx);
    fmpq_clear(q);
    cst__normal_clear(y, ctx);
    cst__normal_clear(x, ctx);
}

/* Takes out of x the twelfths of pi and the whole arctangents. */
static void
take_known_angles(cst__normal_t c, cst__normal_t s, cst__normal_t x, cst__normal_ctx_t ctx)
{
    fmpq_t q;

    fmpq_init(q);
    for (slong g = 0; g < ctx->generator_count; g++)
    {
        cst__generator_kind_t kind = ctx->generators[g].kind;

        if (kind != CST__GENERATOR_PI && kind != CST__GENERATOR_ATAN)
            continue;
        coefficient(q, x, g, ctx);
        if (fmpq_is_zero(q))
            continue;
        if (kind == CST__GENERATOR_PI && fmpz_cmp_si(fmpq_denref(q), 12) <= 0 &&
            12 % fmpz_get_si(fmpq_denref(q)) == 0)
        {
            slong d = fmpz_get_si(fmpq_denref(q));

            subtract_multiple(x, g, q, ctx);
            turn_twelfths(c, s, (slong) fmpz_fdiv_ui(fmpq_numref(q), (ulong) (2 * d)) * (12 / d), ctx);
        }
        else if (kind == CST__GENERATOR_ATAN && fmpz_is_one(fmpq_denref(q)) && is_small(fmpq_numref(q)))
        {
            subtract_multiple(x, g, q, ctx);
            turn_arctangent(c, s, g, fmpz_get_si(fmpq_numref(q)), ctx);
        }
    }
    fmpq_clear(q);
}

/* A new angle, divided as the plan says: sin free, cos^2 = 1 - sin^2. */
static void
new_angle(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__angle_t *a = ctx->angles + ctx->angle_count;
    slong s, c;

    if (ctx->angle_count == CST__NORMAL_MAX_ANGLES)
    {
        ctx->trouble = 1;
        return;
    }
    s = cst__generator_new(CST__GENERATOR_SIN, ctx);
    c = cst__generator_new(CST__GENERATOR_COS, ctx);
    if (c < 0)
        return;
    cst__normal_init(a->angle, ctx);
    cst__normal_init(a->sine, ctx);
    cst__normal_init(a->cosine, ctx);
    cst__normal_mul_si(a->angle, x, 1, ctx->plan.divisors[ctx->angle_count], ctx);
    cst__normal_set_generator(a->sine, s, ctx);
    cst__normal_set_generator(a->cosine, c, ctx);
    ctx->generators[s].partner = c;
    ctx->generators[c].partner = s;
    ctx->generators[c].degree = 2;
    ctx->generators[s].constant = ctx->generators[c].constant = cst__normal_is_constant(x, ctx);
    cst__normal_set(ctx->generators[s].argument, a->angle, ctx);
    cst__normal_set(ctx->generators[c].argument, a->angle, ctx);
    cst__poly_mul(&ctx->generators[c].relation, &a->sine->num, &a->sine->num, ctx);
    fmpz_mpoly_neg(&ctx->generators[c].relation, &ctx->generators[c].relation, ctx->mpoly);
    fmpz_mpoly_add_ui(&ctx->generators[c].relation, &ctx->generators[c].relation, 1, ctx->mpoly);
    ctx->angle_count++;
}

/* Turns by q[i] times each angle. A fraction asks for a new start with a smaller angle. */
static void
turn_by_angles(cst__normal_t c, cst__normal_t s, const fmpq *q, cst__normal_ctx_t ctx)
{
    for (slong i = 0; i < ctx->angle_count; i++)
    {
        if (!is_small(fmpq_numref(q + i)) || !is_small(fmpq_denref(q + i)))
            c->valid = s->valid = 0;
        else if (!fmpz_is_one(fmpq_denref(q + i)))
        {
            ulong divisor = ctx->plan.divisors[i] * fmpz_get_ui(fmpq_denref(q + i));

            c->valid = s->valid = 0;
            if (divisor > MAX_MULTIPLE)
                continue;
            ctx->plan.divisors[i] = divisor;
            ctx->again = 1;
        }
        else
            turn_times(c, s, ctx->angles[i].cosine, ctx->angles[i].sine, fmpz_get_si(fmpq_numref(q + i)),
                       ctx);
    }
}

void
cst__normal_sin_cos(cst__normal_t s, cst__normal_t c, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    const cst__normal_struct *basis[CST__NORMAL_MAX_ANGLES];
    fmpq *q = _fmpq_vec_init(CST__NORMAL_MAX_ANGLES);
    cst__normal_t rest;

    cst__normal_init(rest, ctx);
    cst__normal_set(rest, x, ctx);
    cst__normal_zero(s, ctx);
    cst__normal_one(c, ctx);
    if (rest->valid)
        take_known_angles(c, s, rest, ctx);
    for (int attempt = 0; rest->valid && !cst__normal_is_zero(rest, ctx); attempt++)
    {
        for (slong i = 0; i < ctx->angle_count; i++)
            basis[i] = ctx->angles[i].angle;
        if (cst__normal_relation(q, basis, ctx->angle_count, rest, ctx))
        {
            turn_by_angles(c, s, q, ctx);
            break;
        }
        if (attempt == 0)
            new_angle(rest, ctx);
        if (attempt > 0 || ctx->trouble)
            rest->valid = 0;
    }
    if (!rest->valid)
    {
        ctx->trouble = 0;
        cst__normal_invalidate(s, ctx);
        cst__normal_invalidate(c, ctx);
    }
    cst__normal_clear(rest, ctx);
    _fmpq_vec_clear(q, CST__NORMAL_MAX_ANGLES);
}
