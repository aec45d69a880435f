#include "config.h"

#include <string.h>

#include <caustic/io.h>

/* q = p * 10^k as a fraction a/b with integer a, b > 0. */
static void
scale(fmpz_t a, fmpz_t b, const fmpq_t x, slong k)
{
    fmpz_t power;

    fmpz_init(power);
    fmpz_ui_pow_ui(power, 10, (ulong) (k < 0 ? -k : k));
    fmpz_abs(a, fmpq_numref(x));
    fmpz_set(b, fmpq_denref(x));
    if (k < 0)
        fmpz_mul(b, b, power);
    else
        fmpz_mul(a, a, power);
    fmpz_clear(power);
}

/* The e with 10^e <= |x| < 10^(e+1), for x != 0. */
static slong
decimal_exponent(const fmpq_t x)
{
    /* sizeinbase(n, 10) is the number of digits of n or one more, so this is at least e. */
    slong e = (slong) fmpz_sizeinbase(fmpq_numref(x), 10) - (slong) fmpz_sizeinbase(fmpq_denref(x), 10) + 1;
    fmpz_t a, b;

    fmpz_init(a);
    fmpz_init(b);
    scale(a, b, x, -e);
    while (fmpz_cmp(a, b) < 0)
    {
        fmpz_mul_ui(a, a, 10);
        e--;
    }
    fmpz_clear(b);
    fmpz_clear(a);
    return e;
}

/* The text of (-1)^negative * 0.d1d2...dn * 10^(e+1). */
static char *
layout(const char *d, slong n, slong e, int negative)
{
    slong size = n + 64;
    char *text = flint_malloc((size_t) size), *p = text;

    if (negative)
        *p++ = '-';
    if (e < -5 || e > 20)
    {
        *p++ = *d;
        if (n > 1)
            *p++ = '.';
        memcpy(p, d + 1, (size_t) (n - 1));
        snprintf(p + (n - 1), 32, "e%lld", (long long) e);
        return text;
    }
    if (e < 0)
    {
        *p++ = '0';
        *p++ = '.';
        for (slong i = e + 1; i < 0; i++)
            *p++ = '0';
    }
    for (slong i = 0; i < n || i <= e; i++)
    {
        if (i == e + 1 && i > 0)
            *p++ = '.';
        *p++ = i < n ? d[i] : '0';
    }
    *p = '\0';
    return text;
}

char *
cst_io_decimal(const fmpq_t x, int digits, int direction)
{
    int negative = fmpq_sgn(x) < 0;
    fmpz_t a, b;
    char *d, *text;
    slong e, n;

    if (fmpq_is_zero(x))
        return layout("0", 1, 0, 0);
    if (digits < 1)
        digits = 1;
    fmpz_init(a);
    fmpz_init(b);
    e = decimal_exponent(x);
    scale(a, b, x, digits - 1 - e);
    if ((direction > 0) == negative)
        fmpz_fdiv_q(a, a, b);
    else
        fmpz_cdiv_q(a, a, b);
    d = fmpz_get_str(NULL, 10, a);
    n = (slong) strlen(d);
    e += n - digits; /* 999.5 went up to 1000 */
    while (n > 1 && d[n - 1] == '0')
        n--;
    text = layout(d, n, e, negative);
    flint_free(d);
    fmpz_clear(b);
    fmpz_clear(a);
    return text;
}
