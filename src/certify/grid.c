/* certify/grid.c -- exact numbers of few bits, for claims and places. */
#include <math.h>

#include "certify/grid.h"
#include "certify/guide.h"
#include "core/double.h"

void
cst__grid_point(fmpq_t x, double q, const fmpq_t lower, const fmpq_t upper, double width, int fine)
{
    double lo = cst__fmpq_to_double(lower), hi = cst__fmpq_to_double(upper);

    if (q - lo < 1e-7 * width)
        fmpq_set(x, lower);
    else if (hi - q < 1e-7 * width)
        fmpq_set(x, upper);
    else
    {
        double unit = ldexp(1, (int) floor(log2(width)) - fine);

        fmpz_set_d(fmpq_numref(x), floor(q / unit + 0.5));
        fmpz_one(fmpq_denref(x));
        if (unit < 1)
            fmpq_div_2exp(x, x, (ulong) - (int) log2(unit));
        else
            fmpq_mul_2exp(x, x, (ulong) (int) log2(unit));
    }
}

void
cst__grid_above(fmpq_t y, const fmpq_t x, slong grid)
{
    fmpz_t n;

    fmpz_init(n);
    fmpz_mul_2exp(n, fmpq_numref(x), (ulong) grid);
    fmpz_cdiv_q(fmpq_numref(y), n, fmpq_denref(x));
    fmpz_one_2exp(fmpq_denref(y), (ulong) grid);
    fmpq_canonicalise(y);
    fmpz_clear(n);
}
