/* expr/normal-expr.c -- elements back into expressions. */
#include "expr/normal-ctx.h"
#include "expr/pool.h"

static cst_expr_t poly_expr(const fmpz_mpoly_t p, const slong *below, cst__normal_ctx_t ctx);

static cst_expr_t
atom_expr(slong k, cst__normal_ctx_t ctx)
{
    if (!ctx->atoms[k]->expr)
        ctx->atoms[k]->expr = poly_expr(&ctx->atoms[k]->poly, NULL, ctx);
    return ctx->atoms[k]->expr;
}

/* |atom|, or the atom times its sign where that is known */
static cst_expr_t
absolute_atom(slong k, cst__normal_ctx_t ctx)
{
    cst_expr_t e = atom_expr(k, ctx);

    return ctx->atoms[k]->sign > 0   ? e
           : ctx->atoms[k]->sign < 0 ? cst_expr_neg(ctx->pool, e)
                                     : cst_expr_function(ctx->pool, CST_EXPR_ABS, e);
}

/* The generator that an atom consists of, or -1. */
static slong
single_generator(slong k, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t t;
    slong found = -1;

    if (ctx->atoms[k]->poly.length != 1)
        return -1;
    fmpz_mpoly_init(t, ctx->mpoly);
    for (slong g = 0; g < ctx->generator_count && found < 0; g++)
    {
        fmpz_mpoly_gen(t, g, ctx->mpoly);
        if (fmpz_mpoly_equal(t, &ctx->atoms[k]->poly, ctx->mpoly))
            found = g;
    }
    fmpz_mpoly_clear(t, ctx->mpoly);
    return found;
}

static cst_expr_t
argument_of(slong g, cst__normal_ctx_t ctx)
{
    if (!ctx->generators[g].argument_expr)
        ctx->generators[g].argument_expr = cst__normal_expr(ctx->generators[g].argument, ctx);
    return ctx->generators[g].argument_expr;
}

/* g^q for a generator that is neither a root nor a sign */
static cst_expr_t
generator_power(slong g, const fmpq_t q, cst__normal_ctx_t ctx)
{
    static const cst_expr_kind_t kinds[] = {
        [CST__GENERATOR_SIN] = CST_EXPR_SIN,
        [CST__GENERATOR_COS] = CST_EXPR_COS,
        [CST__GENERATOR_ATAN] = CST_EXPR_ATAN,
        [CST__GENERATOR_ERF] = CST_EXPR_ERF,
    };
    const cst__generator_t *generator = ctx->generators + g;
    cst_expr_t e;

    switch (generator->kind)
    {
    case CST__GENERATOR_VARIABLE:
    case CST__GENERATOR_PI:
    case CST__GENERATOR_OPAQUE:
        e = generator->expr;
        break;
    case CST__GENERATOR_EXP: /* exp(u)^q = exp(q u) */
        e = cst_expr_mul(ctx->pool, cst_expr_rational(ctx->pool, q), argument_of(g, ctx));
        return cst_expr_function(ctx->pool, CST_EXPR_EXP, e);
    case CST__GENERATOR_LOG:
        e = cst_expr_function(ctx->pool, CST_EXPR_LOG, absolute_atom(generator->atom, ctx));
        break;
    default:
        e = cst_expr_function(ctx->pool, kinds[generator->kind], argument_of(g, ctx));
    }
    return cst_expr_power(ctx->pool, e, q);
}

/* Multiplies e by the powers of the roots of one atom, gathered into one exponent. */
static cst_expr_t
multiply_roots(cst_expr_t e, slong k, fmpq_t q, ulong *exponents, cst__normal_ctx_t ctx)
{
    fmpq_t part;
    slong single = single_generator(k, ctx);

    fmpq_init(part);
    for (slong g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].kind == CST__GENERATOR_ROOT && ctx->generators[g].atom == k)
        {
            fmpq_set_si(part, (slong) exponents[g], ctx->generators[g].root);
            fmpq_add(q, q, part);
            exponents[g] = 0;
        }
    fmpq_clear(part);
    if (single >= 0 && ctx->generators[single].kind == CST__GENERATOR_EXP)
    {
        fmpz_addmul_ui(fmpq_numref(q), fmpq_denref(q), exponents[single]);
        exponents[single] = 0;
        return cst_expr_mul(ctx->pool, e, generator_power(single, q, ctx));
    }
    return cst_expr_mul(ctx->pool, e, cst_expr_power(ctx->pool, absolute_atom(k, ctx), q));
}

/* sign(p) p = |p| for an atom p that is a generator in the same term */
static cst_expr_t
multiply_sign(cst_expr_t e, slong g, ulong *exponents, cst__normal_ctx_t ctx)
{
    slong k = ctx->generators[g].atom, single = single_generator(k, ctx);
    cst_expr_t p = atom_expr(k, ctx);

    if (single >= 0 && exponents[single] > 0 && !ctx->generators[single].degree)
    {
        exponents[single]--;
        return cst_expr_mul(ctx->pool, e, cst_expr_function(ctx->pool, CST_EXPR_ABS, p));
    }
    return cst_expr_mul(ctx->pool, e, cst_expr_function(ctx->pool, CST_EXPR_SIGN, p));
}

/* One term, divided by the generators in `below`. */
static cst_expr_t
term_expr(const fmpz_t coefficient, ulong *exponents, const slong *below, cst__normal_ctx_t ctx)
{
    cst_expr_t e;
    fmpq_t q;

    fmpq_init(q);
    fmpq_set_fmpz(q, coefficient);
    e = cst_expr_rational(ctx->pool, q);
    for (slong g = 0; g < ctx->generator_count; g++)
        if (exponents[g] && ctx->generators[g].kind == CST__GENERATOR_SIGN)
        {
            exponents[g] = 0;
            e = multiply_sign(e, g, exponents, ctx);
        }
    for (slong g = 0; g < ctx->generator_count; g++)
        if (exponents[g] && ctx->generators[g].kind == CST__GENERATOR_ROOT)
        {
            fmpq_zero(q);
            e = multiply_roots(e, ctx->generators[g].atom, q, exponents, ctx);
        }
    for (slong g = 0; g < ctx->generator_count; g++)
    {
        fmpq_set_si(q, (slong) exponents[g] - (below ? below[g] : 0), 1);
        if (!fmpq_is_zero(q))
            e = cst_expr_mul(ctx->pool, e, generator_power(g, q, ctx));
    }
    fmpq_clear(q);
    return e;
}

static cst_expr_t
poly_expr(const fmpz_mpoly_t p, const slong *below, cst__normal_ctx_t ctx)
{
    ulong *exponents = flint_malloc((size_t) fmpz_mpoly_ctx_nvars(ctx->mpoly) * sizeof *exponents);
    cst_expr_t e = cst_expr_integer(ctx->pool, 0);

    for (slong i = 0; i < p->length; i++)
    {
        fmpz_mpoly_get_term_exp_ui(exponents, p, i, ctx->mpoly);
        e = cst_expr_add(ctx->pool, e, term_expr(p->coeffs + i, exponents, below, ctx));
    }
    flint_free(exponents);
    return e;
}

/* content(N)/den * N' / prod f_k^e_k; exponentials stay in the numerator. */
cst_expr_t
cst__normal_expr(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    slong *below;
    cst_expr_t e, divisor = cst_expr_integer(ctx->pool, 1);
    fmpz_mpoly_t primitive;
    fmpq_t content;

    if (!x->valid)
        return NULL;
    if (fmpz_mpoly_is_zero(&x->num, ctx->mpoly))
        return cst_expr_integer(ctx->pool, 0);
    below = flint_calloc((size_t) ctx->generator_count + 1, sizeof *below);
    for (slong k = 0; k < x->length; k++)
    {
        slong single = x->exponents[k] ? single_generator(k, ctx) : -1;

        if (single >= 0 && ctx->generators[single].kind == CST__GENERATOR_EXP)
            below[single] = x->exponents[k];
        else if (x->exponents[k])
            divisor = cst_expr_mul(ctx->pool, divisor,
                                   cst_expr_power_si(ctx->pool, atom_expr(k, ctx), x->exponents[k]));
    }
    fmpq_init(content);
    fmpz_mpoly_init(primitive, ctx->mpoly);
    _fmpz_vec_content(fmpq_numref(content), x->num.coeffs, x->num.length);
    if (fmpz_sgn(x->num.coeffs) < 0)
        fmpz_neg(fmpq_numref(content), fmpq_numref(content));
    fmpz_mpoly_scalar_divexact_fmpz(primitive, &x->num, fmpq_numref(content), ctx->mpoly);
    fmpz_set(fmpq_denref(content), &x->den);
    fmpq_canonicalise(content);
    e = cst_expr_div(ctx->pool, poly_expr(primitive, below, ctx), divisor);
    e = cst_expr_mul(ctx->pool, cst_expr_rational(ctx->pool, content), e);
    fmpz_mpoly_clear(primitive, ctx->mpoly);
    fmpq_clear(content);
    flint_free(below);
    return e;
}

/* The sign of a polynomial in constants; 0 if no enclosure decides it. */
int
cst__normal_constant_sign(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    cst_expr_t e = poly_expr(p, NULL, ctx);
    arb_t value;
    int sign = 0;

    arb_init(value);
    for (slong prec = 64; prec <= 1024 && sign == 0; prec *= 4)
    {
        cst_expr_enclose(value, e, NULL, NULL, 0, prec);
        sign = arb_is_positive(value) ? 1 : arb_is_negative(value) ? -1 : 0;
    }
    arb_clear(value);
    return sign;
}
