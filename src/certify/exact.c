/* t* = -1/(a min u0''), and the minimum is at an end of the domain or at a root of u0'''. So t* is a root of
     prod over the ends (1 + t a u0''(end)) * prod over the roots of u0''' (1 + t a u0''(root)),
   a polynomial with rational coefficients; the second product is det(I + t a u0''(C)), C the companion matrix
   of u0'''. */
#include <caustic/flint.h>

#include "certify/exact.h"

#define LARGEST_DEGREE 60

/* e as a polynomial in x. */
static int
polynomial(fmpq_poly_t poly, cst_expr_t e, cst_expr_t x)
{
    fmpq_poly_t other;
    int good;

    if (e == x)
    {
        fmpq_poly_zero(poly);
        fmpq_poly_set_coeff_si(poly, 1, 1);
        return 1;
    }
    switch (cst_expr_kind(e))
    {
    case CST_EXPR_RATIONAL:
        fmpq_poly_set_fmpq(poly, cst_expr_rational_value(e));
        return 1;
    case CST_EXPR_POWER: {
        const fmpq *q = cst_expr_exponent(e);

        if (!fmpz_is_one(fmpq_denref(q)) || fmpz_sgn(fmpq_numref(q)) < 0 ||
            fmpz_cmp_ui(fmpq_numref(q), LARGEST_DEGREE) > 0 ||
            !polynomial(poly, cst_expr_argument(e, 0), x) ||
            fmpq_poly_degree(poly) * fmpz_get_si(fmpq_numref(q)) > LARGEST_DEGREE)
            return 0;
        fmpq_poly_pow(poly, poly, fmpz_get_ui(fmpq_numref(q)));
        return 1;
    }
    case CST_EXPR_ADD:
    case CST_EXPR_MUL:
        fmpq_poly_init(other);
        good = polynomial(poly, cst_expr_argument(e, 0), x) && polynomial(other, cst_expr_argument(e, 1), x);
        if (good && cst_expr_kind(e) == CST_EXPR_ADD)
            fmpq_poly_add(poly, poly, other);
        else if (good)
            fmpq_poly_mul(poly, poly, other);
        fmpq_poly_clear(other);
        return good && fmpq_poly_degree(poly) <= LARGEST_DEGREE;
    default:
        return 0;
    }
}

/* u(C) for the companion matrix C of v: multiplication by u modulo v. */
static void
multiplication_matrix(fmpq_mat_t m, const fmpq_poly_t u, const fmpq_poly_t v)
{
    slong n = fmpq_poly_degree(v);
    fmpq_poly_t column;

    fmpq_poly_init(column);
    for (slong j = 0; j < n; j++)
    {
        fmpq_poly_shift_left(column, u, j);
        fmpq_poly_rem(column, column, v);
        for (slong i = 0; i < n; i++)
            fmpq_poly_get_coeff_fmpq(fmpq_mat_entry(m, i, j), column, i);
    }
    fmpq_poly_clear(column);
}

/* product *= det(I + t m) = sum c_k (-1)^(n-k) t^(n-k), c_k the coefficients of the characteristic
 * polynomial. */
static void
multiply_by_determinant(fmpq_poly_t product, const fmpq_mat_t m)
{
    slong n = fmpq_mat_nrows(m);
    fmpq_poly_t characteristic, factor;
    fmpq_t c;

    fmpq_poly_init(characteristic);
    fmpq_poly_init(factor);
    fmpq_init(c);
    fmpq_mat_charpoly(characteristic, m);
    for (slong k = 0; k <= n; k++)
    {
        fmpq_poly_get_coeff_fmpq(c, characteristic, k);
        if ((n - k) % 2)
            fmpq_neg(c, c);
        fmpq_poly_set_coeff_fmpq(factor, n - k, c);
    }
    fmpq_poly_mul(product, product, factor);
    fmpq_poly_clear(characteristic);
    fmpq_poly_clear(factor);
    fmpq_clear(c);
}

/* A polynomial of which t* is a root; u = a u0''. */
static void
candidates(fmpq_poly_t product, const fmpq_poly_t u, const fmpq *domain_lower, const fmpq *domain_upper)
{
    const fmpq *ends[2] = {domain_lower, domain_upper};
    fmpq_poly_t derivative, factor;
    fmpq_t value;

    fmpq_poly_init(derivative);
    fmpq_poly_init(factor);
    fmpq_init(value);
    fmpq_poly_one(product);
    for (int i = 0; i < 2; i++)
    {
        fmpq_poly_evaluate_fmpq(value, u, ends[i]);
        fmpq_poly_one(factor);
        fmpq_poly_set_coeff_fmpq(factor, 1, value);
        fmpq_poly_mul(product, product, factor);
    }
    fmpq_poly_derivative(derivative, u);
    if (fmpq_poly_degree(derivative) > 0)
    {
        fmpq_mat_t m;

        fmpq_mat_init(m, fmpq_poly_degree(derivative), fmpq_poly_degree(derivative));
        multiplication_matrix(m, u, derivative);
        multiply_by_determinant(product, m);
        fmpq_mat_clear(m);
    }
    fmpq_poly_clear(derivative);
    fmpq_poly_clear(factor);
    fmpq_clear(value);
}

/* How many roots of an irreducible polynomial lie in [lower, upper]? -1 if that cannot be told. */
static int
roots_between(const fmpz_poly_t poly, const fmpq_t lower, const fmpq_t upper)
{
    slong n = fmpz_poly_degree(poly);
    acb_ptr roots = _acb_vec_init(n);
    arb_t interval, end;
    int count = 0;

    arb_init(interval);
    arb_init(end);
    arb_set_fmpq(interval, lower, 300);
    arb_set_fmpq(end, upper, 300);
    arb_union(interval, interval, end, 300);
    arb_fmpz_poly_complex_roots(roots, poly, 0, 300);
    for (slong i = 0; count >= 0 && i < n; i++)
        if (arb_is_zero(acb_imagref(roots + i)) && arb_overlaps(acb_realref(roots + i), interval))
            count = arb_contains(interval, acb_realref(roots + i)) ? count + 1 : -1;
    arb_clear(interval);
    arb_clear(end);
    _acb_vec_clear(roots, n);
    return count;
}

/* The irreducible factor with a root in [lower, upper], if there is one such factor and one such root. */
static int
single_out(fmpz_poly_t poly, const fmpq_poly_t product, const fmpq_t lower, const fmpq_t upper)
{
    fmpz_poly_factor_t factors;
    fmpz_poly_t integral;
    int total = 0;

    fmpz_poly_factor_init(factors);
    fmpz_poly_init(integral);
    fmpq_poly_get_numerator(integral, product);
    fmpz_poly_factor(factors, integral);
    for (slong i = 0; total >= 0 && i < factors->num; i++)
    {
        int count = fmpz_poly_degree(factors->p + i) > 0 ? roots_between(factors->p + i, lower, upper) : 0;

        if (count > 0)
            fmpz_poly_set(poly, factors->p + i);
        total = count < 0 ? -1 : total + count;
    }
    fmpz_poly_factor_clear(factors);
    fmpz_poly_clear(integral);
    return total == 1;
}

int
cst__exact_time(fmpz_poly_t poly, const cst_hj_t *hj, const fmpq *domain_lower, const fmpq *domain_upper,
                const fmpq_t lower, const fmpq_t upper)
{
    fmpq_poly_t u, product;
    cst_expr_t h_pp;
    int good = 0;

    if (hj->dimension != 1 || !cst_hj_is_static(hj))
        return 0;
    h_pp = cst_expr_derivative(hj->ctx, cst_expr_derivative(hj->ctx, hj->hamiltonian, hj->momenta[0]),
                               hj->momenta[0]);
    if (cst_expr_kind(h_pp) != CST_EXPR_RATIONAL)
        return 0;
    fmpq_poly_init(u);
    fmpq_poly_init(product);
    if (polynomial(u, hj->initial, hj->coordinates[0]))
    {
        fmpq_poly_derivative(u, u);
        fmpq_poly_derivative(u, u);
        fmpq_poly_scalar_mul_fmpq(u, u, cst_expr_rational_value(h_pp));
        candidates(product, u, domain_lower, domain_upper);
        good = single_out(poly, product, lower, upper);
    }
    fmpq_poly_clear(u);
    fmpq_poly_clear(product);
    return good;
}
