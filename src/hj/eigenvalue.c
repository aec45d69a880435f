/* hj/eigenvalue.c -- the least eigenvalue of a symmetric matrix of balls. */
#include <math.h>

#include <caustic/entropy.h>

#include "core/symmetric.h"

/* v^T A v / v^T v for every A in the matrix, v a given vector of doubles. */
static void
rayleigh(arb_t quotient, const arb_mat_t a, const double *v, slong stride, slong prec)
{
    slong n = arb_mat_nrows(a);
    arb_t norm, x, y;

    arb_init(norm);
    arb_init(x);
    arb_init(y);
    arb_zero(quotient);
    for (slong i = 0; i < n; i++)
    {
        arb_set_d(x, v[i * stride]);
        arb_addmul(norm, x, x, prec);
        for (slong j = 0; j < n; j++)
        {
            arb_set_d(y, v[j * stride]);
            arb_mul(y, y, x, prec);
            arb_addmul(quotient, y, i <= j ? arb_mat_entry(a, i, j) : arb_mat_entry(a, j, i), prec);
        }
    }
    arb_div(quotient, quotient, norm, prec);
    arb_clear(norm);
    arb_clear(x);
    arb_clear(y);
}

/* Is A - shift I positive definite for every A in the matrix? By Cholesky's method. */
static int
is_definite(const arb_mat_t a, const arf_t shift, slong prec)
{
    slong n = arb_mat_nrows(a);
    arb_mat_t b;
    int ok;

    arb_mat_init(b, n, n);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            arb_set(arb_mat_entry(b, i, j), i <= j ? arb_mat_entry(a, i, j) : arb_mat_entry(a, j, i));
    for (slong i = 0; i < n; i++)
        arb_sub_arf(arb_mat_entry(b, i, i), arb_mat_entry(b, i, i), shift, prec);
    ok = arb_mat_cho(b, b, prec);
    arb_mat_clear(b);
    return ok;
}

void
cst_entropy_least_eigenvalue(arb_t least, const arb_mat_t matrix, slong prec)
{
    slong n = arb_mat_nrows(matrix);
    double a[CST__LARGEST_DIMENSION * CST__LARGEST_DIMENSION], values[CST__LARGEST_DIMENSION],
        vectors[CST__LARGEST_DIMENSION * CST__LARGEST_DIMENSION];
    arf_t lower, upper, step;
    int found = 0;

    if (n > CST__LARGEST_DIMENSION)
    {
        arb_indeterminate(least);
        return;
    }
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            a[i * n + j] =
                arf_get_d(arb_midref(arb_mat_entry(matrix, i <= j ? i : j, i <= j ? j : i)), ARF_RND_NEAR);
    if (!arb_mat_is_finite(matrix) || !cst__symmetric_eigen(values, vectors, a, (int) n))
    {
        arb_indeterminate(least);
        return;
    }
    arf_init(lower);
    arf_init(upper);
    arf_init(step);
    rayleigh(least, matrix, vectors, n, prec);
    arb_get_ubound_arf(upper, least, prec);
    arf_set_d(step, ldexp(fabs(values[0]) + fabs(values[n - 1]) + 1e-300, -60));
    for (int k = 0; !found && k < 120; k++)
    { /* lower and lower, until it is proved */
        arf_sub(lower, upper, step, prec, ARF_RND_FLOOR);
        found = is_definite(matrix, lower, prec);
        arf_mul_2exp_si(step, step, 1);
    }
    if (found)
        arb_set_interval_arf(least, lower, upper, prec);
    else
        arb_indeterminate(least);
    arf_clear(lower);
    arf_clear(upper);
    arf_clear(step);
}
