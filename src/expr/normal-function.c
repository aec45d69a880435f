/* expr/normal-function.c -- exp, log, atan and erf of elements. */
#include "expr/normal-ctx.h"

/* The next free place for a generator; -1, and a larger plan, if there is none. */
slong
cst__generator_new(cst__generator_kind_t kind, cst__normal_ctx_t ctx)
{
    cst__generator_t *g;

    if (ctx->generator_count == fmpz_mpoly_ctx_nvars(ctx->mpoly))
    {
        ctx->again = 1;
        ctx->trouble = 1;
        ctx->plan.capacity = 2 * ctx->generator_count + 4;
        return -1;
    }
    g = ctx->generators + ctx->generator_count;
    g->kind = kind;
    ctx->algebraic |= kind >= CST__GENERATOR_ROOT;
    g->degree = 0;
    fmpz_mpoly_init(&g->relation, ctx->mpoly);
    cst__normal_init(g->argument, ctx);
    g->atom = g->partner = -1;
    g->prime = g->root = 0;
    g->expr = g->argument_expr = NULL;
    g->constant = 0;
    return ctx->generator_count++;
}

/* A generator of a function of x. */
static slong
function_generator(cst__generator_kind_t kind, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    slong g = cst__generator_new(kind, ctx);

    if (g >= 0)
    {
        cst__normal_set(ctx->generators[g].argument, x, ctx);
        ctx->generators[g].constant = cst__normal_is_constant(x, ctx);
    }
    return g;
}

/* Is x < 0 in an arbitrary but fixed order? Odd functions then take -x. */
static int
leads_negative(const cst__normal_t x)
{
    return x->num.length > 0 && fmpz_sgn(x->num.coeffs) < 0;
}

/* log|p| of an atom */
static void
log_atom(cst__normal_t r, slong k, cst__normal_ctx_t ctx)
{
    for (slong g = 0; g < ctx->generator_count && ctx->atoms[k]->kind == CST__ATOM_FACTOR; g++)
    {
        cst__normal_set_generator(r, g, ctx);
        if (ctx->generators[g].kind == CST__GENERATOR_EXP &&
            fmpz_mpoly_equal(&r->num, &ctx->atoms[k]->poly, ctx->mpoly))
        {
            cst__normal_set(r, ctx->generators[g].argument, ctx);
            return;
        }
    }
    if (ctx->atoms[k]->log_generator < 0)
    {
        slong g = cst__generator_new(CST__GENERATOR_LOG, ctx);

        ctx->atoms[k]->log_generator = g;
        if (g >= 0)
        {
            ctx->generators[g].atom = k;
            ctx->generators[g].constant = ctx->atoms[k]->constant;
        }
    }
    cst__normal_set_generator(r, ctx->atoms[k]->log_generator, ctx);
}

/* log x = sum e_k log|p_k| where x > 0 */
void
cst__normal_log(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__split_t s;
    cst__normal_t t, sum;

    cst__split_init(&s);
    cst__split(&s, x, ctx);
    cst__normal_init(t, ctx);
    cst__normal_init(sum, ctx);
    sum->valid = s.valid && !(s.negative && s.mask == 0);
    for (slong i = 0; i < s.length && sum->valid; i++)
        if (!fmpq_is_zero(s.exponents + i))
        {
            log_atom(t, s.atoms[i], ctx);
            cst__normal_mul_fmpq(t, t, s.exponents + i, ctx);
            cst__normal_add(sum, sum, t, ctx);
        }
    cst__normal_swap(r, sum);
    cst__normal_clear(sum, ctx);
    cst__normal_clear(t, ctx);
    cst__split_clear(&s);
}

/* Moves the terms q log|p| of x, q rational, to r as factors |p|^q. */
static void
take_logarithms(cst__normal_t r, cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    fmpq_t q;

    cst__normal_init(t, ctx);
    fmpq_init(q);
    for (slong g = 0; g < ctx->generator_count && x->length == 0; g++)
    {
        if (ctx->generators[g].kind != CST__GENERATOR_LOG)
            continue;
        cst__normal_set_generator(t, g, ctx);
        fmpz_mpoly_get_coeff_fmpz_monomial(fmpq_numref(q), &x->num, &t->num, ctx->mpoly);
        if (fmpz_is_zero(fmpq_numref(q)))
            continue;
        fmpz_set(fmpq_denref(q), &x->den);
        fmpq_canonicalise(q);
        cst__normal_mul_fmpq(t, t, q, ctx);
        cst__normal_sub(x, x, t, ctx);
        cst__atom_abs_power(t, ctx->generators[g].atom, q, ctx);
        cst__normal_mul(r, r, t, ctx);
    }
    fmpq_clear(q);
    cst__normal_clear(t, ctx);
}

/* r *= exp(x) by the generators at hand; 0 if x is independent of their arguments. */
static int
multiply_known_exponentials(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    slong n = ctx->exponential_count;
    const cst__normal_struct **basis = flint_malloc((size_t) (n + 1) * sizeof *basis);
    fmpq *q = _fmpq_vec_init(n + 1);
    cst__normal_t t;
    int known;

    cst__normal_init(t, ctx);
    for (slong i = 0; i < n; i++)
        basis[i] = ctx->generators[ctx->exponential[i]].argument;
    known = cst__normal_relation(q, basis, n, x, ctx);
    for (slong i = 0; i < n && known; i++)
        if (!fmpq_is_zero(q + i))
        {
            cst__normal_set_generator(t, ctx->exponential[i], ctx);
            cst__atom_abs_power(t, cst__atom_find(&t->num, CST__ATOM_FACTOR, ctx), q + i, ctx);
            cst__normal_mul(r, r, t, ctx);
        }
    cst__normal_clear(t, ctx);
    _fmpq_vec_clear(q, n + 1);
    flint_free(basis);
    return known;
}

void
cst__normal_exp(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t product, rest, t;
    slong g;

    cst__normal_init(product, ctx);
    cst__normal_init(rest, ctx);
    cst__normal_init(t, ctx);
    cst__normal_one(product, ctx);
    cst__normal_set(rest, x, ctx);
    if (rest->valid)
        take_logarithms(product, rest, ctx);
    if (!rest->valid)
        product->valid = 0;
    else if (!multiply_known_exponentials(product, rest, ctx))
    {
        g = function_generator(CST__GENERATOR_EXP, rest, ctx);
        if (g >= 0)
        {
            ctx->exponential =
                flint_realloc(ctx->exponential, (size_t) (ctx->exponential_count + 1) * sizeof(slong));
            ctx->exponential[ctx->exponential_count++] = g;
        }
        cst__normal_set_generator(t, g, ctx);
        cst__normal_mul(product, product, t, ctx);
    }
    cst__normal_swap(r, product);
    cst__normal_clear(t, ctx);
    cst__normal_clear(rest, ctx);
    cst__normal_clear(product, ctx);
}

/* atan(1) = pi/4, atan(sqrt(3)) = pi/3, atan(1/sqrt(3)) = pi/6: the denominator for x^2, else 0 */
static ulong
exact_arctangent(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    ulong d = 0;

    cst__normal_init(t, ctx);
    cst__normal_mul(t, x, x, ctx);
    if (t->valid && t->length == 0 && fmpz_mpoly_is_fmpz(&t->num, ctx->mpoly) && t->num.length == 1)
        d = fmpz_is_one(&t->den) && fmpz_is_one(t->num.coeffs)        ? 4
            : fmpz_is_one(&t->den) && fmpz_equal_si(t->num.coeffs, 3) ? 3
            : fmpz_is_one(t->num.coeffs) && fmpz_equal_si(&t->den, 3) ? 6
                                                                      : 0;
    cst__normal_clear(t, ctx);
    return d;
}

static void
set_pi(cst__normal_t r, cst__normal_ctx_t ctx)
{
    cst__normal_set_expr(r, cst_expr_pi(ctx->pool), ctx);
}

/* A generator of an odd function at x or -x; the sign goes to *sign. */
static slong
odd_generator(int *sign, cst__generator_kind_t kind, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    slong found = -1;

    cst__normal_init(t, ctx);
    *sign = leads_negative(x) ? -1 : 1;
    cst__normal_mul_si(t, x, *sign, 1, ctx);
    for (slong g = 0; g < ctx->generator_count && found < 0; g++)
        if (ctx->generators[g].kind == kind && cst__normal_equal(ctx->generators[g].argument, t, ctx))
            found = g;
    if (found < 0)
        found = function_generator(kind, t, ctx);
    cst__normal_clear(t, ctx);
    return found;
}

/* atan(x) = sign(x) pi/2 - atan(1/x), if atan(+-1/x) is known */
static int
reciprocal_arctangent(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t t, pi;
    int found = 0;

    cst__normal_init(t, ctx);
    cst__normal_init(pi, ctx);
    for (slong g = 0; g < ctx->generator_count && !found; g++)
    {
        fmpq_t q;

        if (ctx->generators[g].kind != CST__GENERATOR_ATAN)
            continue;
        cst__normal_mul(t, x, ctx->generators[g].argument, ctx);
        fmpq_init(q);
        if (t->valid && t->length == 0 && fmpz_is_one(&t->den) && t->num.length == 1 &&
            fmpz_mpoly_is_fmpz(&t->num, ctx->mpoly) && fmpz_is_pm1(t->num.coeffs))
        {
            int sign = fmpz_sgn(t->num.coeffs);

            found = 1;
            set_pi(pi, ctx);
            cst__normal_mul_si(pi, pi, 1, 2, ctx);
            cst__normal_sign(t, x, ctx);
            cst__normal_mul(pi, pi, t, ctx);
            cst__normal_set_generator(t, g, ctx);
            cst__normal_mul_si(t, t, sign, 1, ctx);
            cst__normal_sub(r, pi, t, ctx);
        }
        fmpq_clear(q);
    }
    cst__normal_clear(pi, ctx);
    cst__normal_clear(t, ctx);
    return found;
}

void
cst__normal_atan(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    ulong d;
    int sign;
    slong g;

    if (!x->valid || cst__normal_is_zero(x, ctx))
    {
        cst__normal_set(r, x, ctx);
        return;
    }
    d = exact_arctangent(x, ctx);
    if (d)
    {
        cst__normal_t t;

        cst__normal_init(t, ctx);
        cst__normal_sign(t, x, ctx);
        set_pi(r, ctx);
        cst__normal_mul_si(r, r, 1, d, ctx);
        cst__normal_mul(r, r, t, ctx);
        cst__normal_clear(t, ctx);
        return;
    }
    if (reciprocal_arctangent(r, x, ctx))
        return;
    g = odd_generator(&sign, CST__GENERATOR_ATAN, x, ctx);
    cst__normal_set_generator(r, g, ctx);
    cst__normal_mul_si(r, r, sign, 1, ctx);
}

/* The derivative of erf needs exp(-x^2) and pi^(1/2): they are made with it. */
void
cst__normal_erf(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx)
{
    cst__normal_t t;
    fmpq_t half;
    int sign;
    slong g;

    if (!x->valid || cst__normal_is_zero(x, ctx))
    {
        cst__normal_set(r, x, ctx);
        return;
    }
    cst__normal_init(t, ctx);
    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    cst__normal_mul(t, x, x, ctx);
    cst__normal_neg(t, t, ctx);
    cst__normal_exp(t, t, ctx);
    set_pi(t, ctx);
    cst__normal_real_power(t, t, half, ctx);
    g = odd_generator(&sign, CST__GENERATOR_ERF, x, ctx);
    cst__normal_set_generator(r, g, ctx);
    cst__normal_mul_si(r, r, sign, 1, ctx);
    fmpq_clear(half);
    cst__normal_clear(t, ctx);
}
