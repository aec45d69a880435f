/* expr/ball.c -- powers and steps of balls. */
#include "expr/ball.h"

/* [0, max |x|^n] */
static void
even_power_around_zero(arb_t result, const arb_t x, const fmpz_t n, slong prec)
{
    arf_t zero, top;
    arb_t bound;

    arf_init(zero);
    arf_init(top);
    arb_init(bound);
    arb_get_abs_ubound_arf(top, x, prec);
    arb_set_arf(bound, top);
    arb_pow_fmpz(bound, bound, n, prec);
    arb_get_ubound_arf(top, bound, prec);
    arb_set_interval_arf(result, zero, top, prec);
    arb_clear(bound);
    arf_clear(top);
    arf_clear(zero);
}

static void
integer_power(arb_t result, const arb_t x, const fmpz_t n, slong prec)
{
    if (fmpz_sgn(n) > 0 && fmpz_is_even(n) && arb_contains_zero(x) && !arb_is_exact(x) && arb_is_finite(x))
        even_power_around_zero(result, x, n, prec);
    else
        arb_pow_fmpz(result, x, n, prec);
}

void
cst__ball_power(arb_t result, const arb_t x, const fmpq_t q, slong prec)
{
    const fmpz *n = fmpq_numref(q), *m = fmpq_denref(q);
    slong guard = prec + 2 * (slong) fmpz_bits(n) + 8;
    arb_t t;

    if (fmpz_is_one(m))
    {
        integer_power(result, x, n, prec);
        return;
    }
    if (!arb_is_nonnegative(x))
    {
        arb_indeterminate(result);
        return;
    }
    if (fmpz_equal_si(m, 2) && fmpz_is_pm1(n))
    {
        if (fmpz_is_one(n))
            arb_sqrt(result, x, prec);
        else
            arb_rsqrt(result, x, prec);
        return;
    }
    arb_init(t);
    if (fmpz_cmp_si(m, 64) <= 0)
    {
        arb_root_ui(t, x, fmpz_get_ui(m), guard);
        arb_pow_fmpz(result, t, n, prec);
    }
    else if (arb_is_zero(x) && fmpz_sgn(n) > 0)
        arb_zero(result);
    else
    {
        arb_log(t, x, guard);
        arb_mul_fmpz(t, t, n, guard);
        arb_div_fmpz(t, t, m, guard);
        arb_exp(result, t, prec);
    }
    arb_clear(t);
}

void
cst__ball_step(arb_t result, const arb_t x)
{
    if (arb_is_positive(x))
        arb_one(result);
    else if (arb_is_negative(x))
        arb_zero(result);
    else
        arb_indeterminate(result);
}
