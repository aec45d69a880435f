/* expr/power.c -- powers with a rational exponent, and the sizes that are folded. */
#include "expr/pool.h"

#define DISTRIBUTED_FACTORS 64

ulong
cst__expr_bits(const fmpq_t q)
{
    return (ulong) (fmpz_bits(fmpq_numref(q)) + fmpz_bits(fmpq_denref(q)));
}

int
cst__expr_small_exponent(const fmpq_t q)
{
    return fmpz_cmp_si(fmpq_numref(q), CST__EXPR_MAX_EXPONENT) <= 0 &&
           fmpz_cmp_si(fmpq_numref(q), -CST__EXPR_MAX_EXPONENT) >= 0 &&
           fmpz_cmp_si(fmpq_denref(q), CST__EXPR_MAX_EXPONENT) <= 0;
}

static int
integer_root(fmpz_t root, const fmpz_t x, ulong n)
{
    fmpz_t t;
    int exact;

    if (n >= fmpz_bits(x) && !fmpz_is_one(x) && !fmpz_is_zero(x))
        return 0; /* 1 < x < 2^n */
    fmpz_init(t);
    fmpz_root(root, x, (slong) n);
    fmpz_pow_ui(t, root, n);
    exact = fmpz_equal(t, x);
    fmpz_clear(t);
    return exact;
}

/* The root >= 0 with root^n = q for a rational q >= 0; returns 0 if q is no n-th power. */
static int
rational_root(fmpq_t root, const fmpq_t q, ulong n)
{
    fmpq_t r;
    int exact;

    fmpq_init(r);
    exact = fmpq_sgn(q) >= 0 && integer_root(fmpq_numref(r), fmpq_numref(q), n) &&
            integer_root(fmpq_denref(r), fmpq_denref(q), n);
    if (exact)
        fmpq_swap(root, r);
    fmpq_clear(r);
    return exact;
}

/* The literal q^exponent, or NULL if it is irrational, undefined or too long. */
static cst_expr_t
literal_power(cst_expr_ctx_t ctx, const fmpq_t q, const fmpq_t exponent)
{
    cst_expr_t e = NULL;
    fmpq_t r;

    if (!fmpz_abs_fits_ui(fmpq_numref(exponent)) || !fmpz_abs_fits_ui(fmpq_denref(exponent)))
        return NULL;
    if (fmpq_is_zero(q))
        return fmpq_sgn(exponent) > 0 ? cst_expr_integer(ctx, 0) : NULL;
    fmpq_init(r);
    if (fmpz_is_one(fmpq_denref(exponent)))
        fmpq_set(r, q);
    else if (!rational_root(r, q, fmpz_get_ui(fmpq_denref(exponent))))
        fmpq_zero(r);
    if (!fmpq_is_zero(r))
    {
        int unit = fmpq_is_one(r) || (fmpz_is_one(fmpq_denref(r)) && fmpz_equal_si(fmpq_numref(r), -1));
        fmpz_t size;
        ulong n;

        fmpz_init(size);
        fmpz_abs(size, fmpq_numref(exponent));
        n = fmpz_get_ui(size);
        fmpz_clear(size);
        if (unit || n <= 2 * CST__EXPR_MAX_BITS / cst__expr_bits(r))
        {
            if (unit)
                n %= 2;
            fmpz_pow_ui(fmpq_numref(r), fmpq_numref(r), n);
            fmpz_pow_ui(fmpq_denref(r), fmpq_denref(r), n);
            if (fmpq_sgn(exponent) < 0)
                fmpq_inv(r, r);
            if (cst__expr_bits(r) <= CST__EXPR_MAX_BITS)
                e = cst_expr_rational(ctx, r);
        }
    }
    fmpq_clear(r);
    return e;
}

/* Are there at most `limit` products below e, e included? */
static int
few_factors(cst_expr_t e, int *limit)
{
    if (e->kind != CST_EXPR_MUL)
        return 1;
    return --*limit >= 0 && few_factors(e->args[0], limit) && few_factors(e->args[1], limit);
}

static cst_expr_t
power_of_product(cst_expr_ctx_t ctx, cst_expr_t e, const fmpq_t exponent)
{
    if (e->kind != CST_EXPR_MUL)
        return cst_expr_power(ctx, e, exponent);
    return cst_expr_mul(ctx, power_of_product(ctx, e->args[0], exponent),
                        power_of_product(ctx, e->args[1], exponent));
}

/* (x^a)^b = x^(a b) if b is an integer, or if a is none (then x is not negative). */
static cst_expr_t
power_of_power(cst_expr_ctx_t ctx, cst_expr_t e, const fmpq_t exponent)
{
    cst_expr_t merged = NULL;
    fmpq_t q;

    fmpq_init(q);
    fmpq_mul(q, e->value, exponent);
    if (cst__expr_small_exponent(q))
        merged = cst_expr_power(ctx, e->args[0], q);
    fmpq_clear(q);
    return merged;
}

cst_expr_t
cst_expr_power(cst_expr_ctx_t ctx, cst_expr_t a, const fmpq_t exponent)
{
    int whole = fmpz_is_one(fmpq_denref(exponent)), limit = DISTRIBUTED_FACTORS;
    cst_expr_t e = NULL;

    if (fmpq_is_zero(exponent))
        return cst_expr_integer(ctx, 1);
    if (fmpq_is_one(exponent))
        return a;
    if (a->kind == CST_EXPR_RATIONAL)
        e = literal_power(ctx, a->value, exponent);
    else if (a->kind == CST_EXPR_POWER && (whole || !fmpz_is_one(fmpq_denref(a->value))))
        e = power_of_power(ctx, a, exponent);
    else if (whole && a->kind == CST_EXPR_MUL && few_factors(a, &limit))
        return power_of_product(ctx, a, exponent);
    return e ? e : cst__expr_intern(ctx, CST_EXPR_POWER, a, NULL, exponent, NULL);
}

cst_expr_t
cst_expr_power_si(cst_expr_ctx_t ctx, cst_expr_t a, slong exponent)
{
    cst_expr_t e;
    fmpq_t q;

    fmpq_init(q);
    fmpz_set_si(fmpq_numref(q), exponent);
    e = cst_expr_power(ctx, a, q);
    fmpq_clear(q);
    return e;
}

cst_expr_t
cst_expr_sqrt(cst_expr_ctx_t ctx, cst_expr_t a)
{
    cst_expr_t e;
    fmpq_t q;

    fmpq_init(q);
    fmpq_set_si(q, 1, 2);
    e = cst_expr_power(ctx, a, q);
    fmpq_clear(q);
    return e;
}
