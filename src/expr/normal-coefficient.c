/* expr/normal-coefficient.c -- elements seen as combinations of monomials, for linear algebra over Q. */
#include "expr/normal-ctx.h"

const fmpz_mpoly_ctx_struct *
cst__normal_mpoly(cst__normal_ctx_t ctx)
{
    return ctx->mpoly;
}

slong
cst__normal_variable(cst_expr_t variable, cst__normal_ctx_t ctx)
{
    for (slong g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].kind == CST__GENERATOR_VARIABLE && ctx->generators[g].expr == variable)
            return g;
    return -1;
}

int
cst__normal_numerators(fmpz_mpoly_struct *numerators, const cst__normal_struct *const *x, slong length,
                       cst__normal_ctx_t ctx)
{
    slong *exponents = flint_malloc((size_t) (ctx->atom_count + 1) * sizeof *exponents);
    int valid = 1;
    fmpz_t den;

    fmpz_init(den);
    for (slong i = 0; i < length; i++)
        valid &= x[i]->valid;
    if (valid)
        cst__normal_common(den, exponents, x, length, ctx);
    for (slong i = 0; i < length && valid; i++)
        cst__normal_lift(numerators + i, x[i], den, exponents, ctx);
    valid &= !ctx->trouble;
    ctx->trouble = 0;
    fmpz_clear(den);
    flint_free(exponents);
    return valid;
}

/* Signs -------------------------------------------------------------------- */

int
cst__normal_signs(int *signs, const cst_expr_t *variables, arb_srcptr point, slong length,
                  cst__normal_ctx_t ctx)
{
    int certain = 1;
    cst__normal_t x;
    arb_t value;

    cst__normal_init(x, ctx);
    arb_init(value);
    for (slong g = 0; g < fmpz_mpoly_ctx_nvars(ctx->mpoly); g++)
    {
        cst_expr_t e;

        signs[g] = 0;
        if (g >= ctx->generator_count || ctx->generators[g].kind != CST__GENERATOR_SIGN)
            continue;
        cst__normal_zero(x, ctx);
        fmpz_mpoly_set(&x->num, &ctx->atoms[ctx->generators[g].atom]->poly, ctx->mpoly);
        e = cst__normal_expr(x, ctx);
        if (e)
            cst_expr_enclose(value, e, variables, point, length, 128);
        signs[g] = !e || arb_contains_zero(value) || !arb_is_finite(value) ? 0
                   : arb_is_positive(value)                                ? 1
                                                                           : -1;
        certain &= signs[g] != 0;
    }
    arb_clear(value);
    cst__normal_clear(x, ctx);
    return certain;
}

/* Independence ------------------------------------------------------------- */

/* Is the polynomial one in variables alone? */
static int
in_variables(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    int *used = flint_malloc((size_t) (fmpz_mpoly_ctx_nvars(ctx->mpoly) + 1) * sizeof *used);
    int result = 1;

    fmpz_mpoly_used_vars(used, p, ctx->mpoly);
    for (slong g = 0; g < ctx->generator_count; g++)
        result &= !used[g] || ctx->generators[g].kind == CST__GENERATOR_VARIABLE;
    flint_free(used);
    return result;
}

static int
is_rational_element(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    int result = x->valid && in_variables(&x->num, ctx);

    for (slong k = 0; k < x->length; k++)
        result &= x->exponents[k] == 0 || in_variables(&ctx->atoms[k]->poly, ctx);
    return result;
}

/* Are the arguments of all generators of the kind linearly independent over Q, modulo constants? */
static int
independent_arguments(cst__generator_kind_t kind, cst__normal_ctx_t ctx)
{
    slong length = 0;
    const cst__normal_struct **x = flint_malloc((size_t) (ctx->generator_count + 1) * sizeof *x);
    fmpq *q = _fmpq_vec_init(ctx->generator_count + 1);
    cst__normal_t one;
    int independent = 1;

    /* The first of them is 1; each must be no combination of those before. */
    cst__normal_init(one, ctx);
    cst__normal_one(one, ctx);
    x[length++] = one;
    for (slong g = 0; g < ctx->generator_count && independent; g++)
        if (ctx->generators[g].kind == kind)
        {
            const cst__normal_struct *u = ctx->generators[g].argument;

            independent =
                is_rational_element(u, ctx) && !cst__normal_relation(q, x, length, u, ctx) && !ctx->trouble;
            x[length++] = u;
        }
    ctx->trouble = 0;
    cst__normal_clear(one, ctx);
    _fmpq_vec_clear(q, ctx->generator_count + 1);
    flint_free(x);
    return independent;
}

/* A root of an irreducible polynomial in variables: distinct ones generate an extension of full degree. */
static int
is_plain_root(const cst__generator_t *g, cst__normal_ctx_t ctx)
{
    const cst__atom_t *atom = ctx->atoms[g->atom];

    return atom->kind == CST__ATOM_FACTOR && in_variables(&atom->poly, ctx);
}

int
cst__normal_is_independent(cst__normal_ctx_t ctx)
{
    int independent = 1;

    for (slong i = 0; i < ctx->generator_count && independent; i++)
    {
        const cst__generator_t *g = ctx->generators + i;

        switch (g->kind)
        {
        case CST__GENERATOR_VARIABLE:
        case CST__GENERATOR_SIGN:
        case CST__GENERATOR_EXP:
        case CST__GENERATOR_SIN:
        case CST__GENERATOR_COS:
            break;
        case CST__GENERATOR_LOG:
        case CST__GENERATOR_ROOT:
            independent = is_plain_root(g, ctx);
            break;
        default:
            independent = 0;
        }
        independent &= !g->constant;
    }
    return independent && independent_arguments(CST__GENERATOR_EXP, ctx) &&
           independent_arguments(CST__GENERATOR_SIN, ctx);
}

/* Specialization ------------------------------------------------------------ */

int
cst__normal_is_polynomial(const cst__normal_t x)
{
    for (slong k = 0; k < x->length; k++)
        if (x->exponents[k])
            return 0;
    return x->valid;
}

void
cst__normal_refill(double effort, cst__normal_ctx_t ctx)
{
    ctx->trouble = 0;
    ctx->budget = ctx->node_budget = ctx->node_share = effort;
}

int
cst__normal_is_transcendental(cst__normal_ctx_t ctx)
{
    return !ctx->algebraic && cst__normal_is_independent(ctx);
}

static ulong
poly_residue(const fmpz_mpoly_t p, const ulong *point, nmod_t mod, ulong *e, cst__normal_ctx_t ctx)
{
    ulong sum = 0;

    for (slong i = 0; i < p->length; i++)
    {
        ulong term = fmpz_fdiv_ui(p->coeffs + i, mod.n);

        fmpz_mpoly_get_term_exp_ui(e, p, i, ctx->mpoly);
        for (slong g = 0; g < ctx->generator_count; g++)
            if (e[g])
                term = nmod_mul(term, e[g] == 1 ? point[g] : nmod_pow_ui(point[g], e[g], mod), mod);
        sum = nmod_add(sum, term, mod);
    }
    return sum;
}

int
cst__normal_residue(ulong *value, const cst__normal_t x, const ulong *point, nmod_t mod,
                    cst__normal_ctx_t ctx)
{
    ulong *e = flint_malloc((size_t) (fmpz_mpoly_ctx_nvars(ctx->mpoly) + 1) * sizeof *e);
    ulong den = fmpz_fdiv_ui(&x->den, mod.n);

    for (slong k = 0; k < x->length; k++)
        if (x->exponents[k])
            den = nmod_mul(den,
                           nmod_pow_ui(poly_residue(&ctx->atoms[k]->poly, point, mod, e, ctx),
                                       (ulong) x->exponents[k], mod),
                           mod);
    if (x->valid && den)
        *value = nmod_mul(poly_residue(&x->num, point, mod, e, ctx), n_invmod(den, mod.n), mod);
    flint_free(e);
    return x->valid && den != 0;
}
