/* expr/normal-reduce.c -- the relations of the algebraic generators, and what a polynomial holds. */
#include <math.h>

#include "expr/normal-ctx.h"

#define MAX_POWER_BITS 100000000

/* Exponents must stay far from the end of a word. */
static int
degree_fits(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    return p->bits <= 32 || (fmpz_mpoly_total_degree_fits_si(p, ctx->mpoly) &&
                             (double) fmpz_mpoly_total_degree_si(p, ctx->mpoly) <= CST__NORMAL_MAX_DEGREE);
}

/* Are the terms and bits of p^n within reason? */
int
cst__normal_power_fits(const fmpz_mpoly_t p, const fmpz_t n, cst__normal_ctx_t ctx)
{
    double terms = 1, length = (double) fmpz_mpoly_length(p, ctx->mpoly), power = fmpz_get_d(n);
    double bits = (double) FLINT_ABS(fmpz_mpoly_max_bits(p)) + (length > 1 ? log2(length) : 0);

    if (power <= 1)
        return 1;
    if (!degree_fits(p, ctx) ||
        power * (double) fmpz_mpoly_total_degree_si(p, ctx->mpoly) > CST__NORMAL_MAX_DEGREE)
        return 0;
    /* binomial(n + length - 1, length - 1) */
    for (slong i = 1; i < p->length && terms <= CST__NORMAL_MAX_TERMS; i++)
        terms *= (power + (double) i) / (double) i;
    return terms <= CST__NORMAL_MAX_TERMS && (bits <= 1 ? terms : terms * bits * power) <= MAX_POWER_BITS;
}

/* The effort of a product, in word operations. */
static double
effort(const fmpz_mpoly_t a, const fmpz_mpoly_t b)
{
    double words_a = 1 + (double) FLINT_ABS(fmpz_mpoly_max_bits(a)) / FLINT_BITS;
    double words_b = 1 + (double) FLINT_ABS(fmpz_mpoly_max_bits(b)) / FLINT_BITS;

    return (double) a->length * (double) b->length * words_a * words_b;
}

/* Takes the effort from what is left; returns 0, and sets ctx->trouble, if that is too little. */
static int
afford(double cost, cst__normal_ctx_t ctx)
{
    if (ctx->trouble || cost > ctx->node_budget || cost > ctx->budget)
    {
        ctx->trouble = 1;
        return 0;
    }
    ctx->node_budget -= cost;
    ctx->budget -= cost;
    return 1;
}

/* Is p small enough to be factored? Hensel lifting works with bivariate images, which are dense. */
int
cst__poly_can_factor(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    double first = 0, second = 0, size, words = 1 + (double) FLINT_ABS(fmpz_mpoly_max_bits(p)) / FLINT_BITS;

    if (p->length > CST__NORMAL_MAX_FACTOR_TERMS || !degree_fits(p, ctx))
        return 0;
    for (slong g = 0; g < ctx->generator_count; g++)
    {
        double degree = (double) fmpz_mpoly_degree_si(p, g, ctx->mpoly);

        second = FLINT_MAX(second, FLINT_MIN(first, degree));
        first = FLINT_MAX(first, degree);
    }
    size = words * ((double) p->length + (first + 1) * (second + 1));
    return first <= CST__NORMAL_MAX_FACTOR_DEGREE && afford(10 * size * size, ctx);
}

/* r = a b, if that is within the budget and the degrees are not absurd; else r = 0, and ctx->trouble. */
void
cst__poly_mul(fmpz_mpoly_t r, const fmpz_mpoly_t a, const fmpz_mpoly_t b, cst__normal_ctx_t ctx)
{
    if (!degree_fits(a, ctx) || !degree_fits(b, ctx))
        ctx->trouble = 1;
    if (afford(effort(a, b), ctx))
        fmpz_mpoly_mul(r, a, b, ctx->mpoly);
    else
        fmpz_mpoly_zero(r, ctx->mpoly);
}

/* p with g^degree replaced by the relation, as often as it occurs. */
static void
fold(fmpz_mpoly_t p, slong g, ulong degree, const fmpz_mpoly_t relation, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_univar_t u;
    fmpz_mpoly_t sum, t, power;
    fmpz_t n;

    fmpz_mpoly_univar_init(u, ctx->mpoly);
    fmpz_mpoly_init(sum, ctx->mpoly);
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_mpoly_init(power, ctx->mpoly);
    fmpz_init(n);
    fmpz_mpoly_to_univar(u, p, g, ctx->mpoly);
    for (slong i = 0; i < fmpz_mpoly_univar_length(u, ctx->mpoly) && !ctx->trouble; i++)
    {
        ulong e = (ulong) fmpz_mpoly_univar_get_term_exp_si(u, i, ctx->mpoly);

        fmpz_mpoly_univar_get_term_coeff(t, u, i, ctx->mpoly);
        fmpz_set_ui(n, e / degree);
        if (e >= degree)
        {
            if (!cst__normal_power_fits(relation, n, ctx))
            {
                ctx->trouble = 1;
                break;
            }
            fmpz_mpoly_pow_fmpz(power, relation, n, ctx->mpoly);
            cst__poly_mul(t, t, power, ctx);
        }
        if (e % degree)
        {
            fmpz_mpoly_gen(power, g, ctx->mpoly);
            fmpz_mpoly_pow_ui(power, power, e % degree, ctx->mpoly);
            cst__poly_mul(t, t, power, ctx);
        }
        fmpz_mpoly_add(sum, sum, t, ctx->mpoly);
    }
    fmpz_mpoly_swap(p, sum, ctx->mpoly);
    fmpz_clear(n);
    fmpz_mpoly_clear(power, ctx->mpoly);
    fmpz_mpoly_clear(t, ctx->mpoly);
    fmpz_mpoly_clear(sum, ctx->mpoly);
    fmpz_mpoly_univar_clear(u, ctx->mpoly);
}

/* A sign that others determine is replaced by them. */
static int
sign_is_free(slong g, cst__normal_ctx_t ctx)
{
    const cst__atom_t *atom = ctx->atoms[ctx->generators[g].atom];
    const cst__sign_t *s = ctx->signs + atom->sign_bit;

    return !s->negative && s->mask == UWORD(1) << atom->sign_bit;
}

static int
reduce_signs(fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t value;
    int changed = 0;

    fmpz_mpoly_init(value, ctx->mpoly);
    for (slong g = ctx->generator_count - 1; g >= 0; g--)
    {
        const cst__generator_t *generator = ctx->generators + g;
        slong degree;

        if (generator->kind != CST__GENERATOR_SIGN)
            continue;
        degree = fmpz_mpoly_degree_si(p, g, ctx->mpoly);
        if (degree >= 1 && !sign_is_free(g, ctx))
        {
            const cst__sign_t *s = ctx->signs + ctx->atoms[generator->atom]->sign_bit;

            cst__sign_poly(value, s->negative, s->mask, ctx);
            fold(p, g, 1, value, ctx);
            changed = 1;
        }
        if (fmpz_mpoly_degree_si(p, g, ctx->mpoly) >= 2)
        {
            fold(p, g, 2, &generator->relation, ctx);
            changed = 1;
        }
    }
    /* substituted signs may stand in a square now */
    for (slong g = ctx->generator_count - 1; g >= 0 && changed; g--)
        if (ctx->generators[g].kind == CST__GENERATOR_SIGN && fmpz_mpoly_degree_si(p, g, ctx->mpoly) >= 2)
            fold(p, g, 2, &ctx->generators[g].relation, ctx);
    fmpz_mpoly_clear(value, ctx->mpoly);
    return changed;
}

/* Reduces p by the relations; was any used? Sets ctx->trouble if p grew too large. */
int
cst__normal_reduce(fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    int changed = 0, signs = 0;

    for (slong g = ctx->algebraic ? ctx->generator_count - 1 : -1; g >= 0; g--)
    {
        const cst__generator_t *generator = ctx->generators + g;

        if (generator->kind == CST__GENERATOR_SIGN)
            signs = 1;
        else if (generator->degree && fmpz_mpoly_degree_si(p, g, ctx->mpoly) >= (slong) generator->degree)
        {
            fold(p, g, generator->degree, &generator->relation, ctx);
            changed = 1;
        }
    }
    if (signs && reduce_signs(p, ctx))
        changed = 1;
    return changed;
}

/* The last algebraic generator in p, or -1. Signs count as first, since no relation is above them. */
slong
cst__normal_top(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    slong sign = -1;

    for (slong g = ctx->generator_count - 1; g >= 0; g--)
        if (ctx->generators[g].degree && fmpz_mpoly_degree_si(p, g, ctx->mpoly) > 0)
        {
            if (ctx->generators[g].kind != CST__GENERATOR_SIGN)
                return g;
            sign = FLINT_MAX(sign, g);
        }
    return sign;
}

typedef struct
{
    fmpz_mpoly_struct *polys;
    slong length;
} list_t;

/* The coefficients of the polynomials with respect to a generator. */
static void
split_list(list_t *list, slong g, cst__normal_ctx_t ctx)
{
    list_t next = {NULL, 0};
    fmpz_mpoly_univar_t u;

    fmpz_mpoly_univar_init(u, ctx->mpoly);
    for (slong i = 0; i < list->length; i++)
    {
        slong n;

        fmpz_mpoly_to_univar(u, list->polys + i, g, ctx->mpoly);
        n = fmpz_mpoly_univar_length(u, ctx->mpoly);
        next.polys = flint_realloc(next.polys, (size_t) (next.length + n + 1) * sizeof *next.polys);
        for (slong j = 0; j < n; j++)
        {
            fmpz_mpoly_init(next.polys + next.length, ctx->mpoly);
            fmpz_mpoly_univar_get_term_coeff(next.polys + next.length++, u, j, ctx->mpoly);
        }
        fmpz_mpoly_clear(list->polys + i, ctx->mpoly);
    }
    flint_free(list->polys);
    *list = next;
    fmpz_mpoly_univar_clear(u, ctx->mpoly);
}

/* The greatest divisor of p that holds free generators only; 1 if p is too large for that. */
void
cst__normal_free_content(fmpz_mpoly_t content, const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    list_t list = {flint_malloc(sizeof *list.polys), 1};

    fmpz_mpoly_init(list.polys, ctx->mpoly);
    fmpz_mpoly_set(list.polys, p, ctx->mpoly);
    for (slong g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].degree && fmpz_mpoly_degree_si(p, g, ctx->mpoly) > 0)
            split_list(&list, g, ctx);
    fmpz_mpoly_zero(content, ctx->mpoly);
    if (fmpz_mpoly_total_degree_si(p, ctx->mpoly) > CST__NORMAL_MAX_FACTOR_DEGREE)
        fmpz_mpoly_one(content, ctx->mpoly);
    for (slong i = 0; i < list.length; i++)
    {
        if (!fmpz_mpoly_is_one(content, ctx->mpoly) &&
            !fmpz_mpoly_gcd(content, content, list.polys + i, ctx->mpoly))
            fmpz_mpoly_one(content, ctx->mpoly);
        fmpz_mpoly_clear(list.polys + i, ctx->mpoly);
    }
    flint_free(list.polys);
}

int
cst__normal_poly_is_constant(const fmpz_mpoly_t p, cst__normal_ctx_t ctx)
{
    for (slong g = 0; g < ctx->generator_count; g++)
        if (!ctx->generators[g].constant && fmpz_mpoly_degree_si(p, g, ctx->mpoly) > 0)
            return 0;
    return 1;
}

int
cst__normal_is_constant(const cst__normal_t x, cst__normal_ctx_t ctx)
{
    for (slong k = 0; k < x->length; k++)
        if (x->exponents[k] && !ctx->atoms[k]->constant)
            return 0;
    return cst__normal_poly_is_constant(&x->num, ctx);
}

/* Polynomials in variables alone are independent as functions. */
int
cst__normal_is_rational(cst__normal_ctx_t ctx)
{
    for (slong g = 0; g < ctx->generator_count; g++)
        if (ctx->generators[g].kind != CST__GENERATOR_VARIABLE)
            return 0;
    return 1;
}
