/* lie/simple.c -- the complex type and the real places of a simple algebra over Q. */
#include "lie/space.h"

/* B and C have one dimension and rank -------------------------------------------------- */

/* At x in a Cartan subalgebra the roots of B_r or C_r are +-x_i +-x_j and +-x_i or +-2 x_i. So with
   p_k = sum x_i^2k, p_0 = r, and s = 1 or 4,
     tr (ad x)^2k = (4r - 4^k + 2 s^k) p_k + 2 sum_{0<l<k} C(2k, 2l) p_l p_{k-l}.
   The traces give p_1 ... p_r (the factor is never 0), these give all p_k, and so all traces: a test. */

/* p_k from e_1 ... e_r and p_1 ... p_{k-1}, k > r; or e_k from p_1 ... p_k: Newton's identities,
   p_k - e_1 p_{k-1} + ... + (-1)^{k-1} e_{k-1} p_1 + (-1)^k k e_k = 0. */
static void
alternating_sum(fmpq_t sum, const fmpq *e, const fmpq *p, slong k, slong length)
{
    fmpq_zero(sum);
    for (slong j = 1; j <= length; j++)
        if (j % 2)
            fmpq_addmul(sum, e + j, p + k - j);
        else
            fmpq_submul(sum, e + j, p + k - j);
}

static void
newton_e(fmpq *e, const fmpq *p, slong k)
{
    fmpq_t sum;

    fmpq_init(sum);
    alternating_sum(sum, e, p, k, k - 1);
    fmpq_sub(sum, p + k, sum);
    fmpq_div_fmpz(e + k, sum, (fmpz[]){k % 2 ? k : -k});
    fmpq_clear(sum);
}

/* factor = 4r - 4^k + 2 s^k, mixed = 2 sum C(2k, 2l) p_l p_{k-l} */
static void
trace_formula(fmpz_t factor, fmpq_t mixed, const fmpq *p, slong k, slong r, ulong s)
{
    fmpz_t binomial;
    fmpq_t term;

    fmpz_init(binomial);
    fmpq_init(term);
    fmpz_ui_pow_ui(factor, s, (ulong) k);
    fmpz_mul_2exp(factor, factor, 1);
    fmpz_ui_pow_ui(binomial, 4, (ulong) k);
    fmpz_sub(factor, factor, binomial);
    fmpz_add_ui(factor, factor, 4 * (ulong) r);
    fmpq_zero(mixed);
    for (slong l = 1; l < k; l++)
    {
        fmpz_bin_uiui(binomial, 2 * (ulong) k, 2 * (ulong) l);
        fmpz_mul_2exp(binomial, binomial, 1);
        fmpq_mul(term, p + l, p + k - l);
        fmpq_mul_fmpz(term, term, binomial);
        fmpq_add(mixed, mixed, term);
    }
    fmpz_clear(binomial);
    fmpq_clear(term);
}

/* Can traces[k] = tr (ad x)^2k, 0 < k <= 2r, come from B_r (s = 1) or C_r (s = 4)? */
static int
traces_fit(const fmpq *traces, slong r, ulong s)
{
    fmpq *p = _fmpq_vec_init(2 * r + 1), *e = _fmpq_vec_init(r + 1);
    fmpq_t mixed;
    fmpz_t factor;
    int fit = 1;

    fmpq_init(mixed);
    fmpz_init(factor);
    for (slong k = 1; k <= 2 * r && fit; k++)
    {
        trace_formula(factor, mixed, p, k, r, s);
        if (k <= r)
        {
            fmpq_sub(mixed, traces + k, mixed);
            fmpq_div_fmpz(p + k, mixed, factor);
            newton_e(e, p, k);
            continue;
        }
        alternating_sum(p + k, e, p, k, r);
        fmpq_sub(mixed, traces + k, mixed);
        fmpq_div_fmpz(mixed, mixed, factor);
        fit = fmpq_equal(mixed, p + k);
    }
    fmpq_clear(mixed);
    fmpz_clear(factor);
    _fmpq_vec_clear(p, 2 * r + 1);
    _fmpq_vec_clear(e, r + 1);
    return fit;
}

static void
set_traces(fmpq *traces, const cst_algebra_t s, const fmpq *x, slong r)
{
    slong n = s->dimension;
    fmpq_mat_t square, power;

    fmpq_mat_init(square, n, n);
    fmpq_mat_init(power, n, n);
    cst__algebra_right(square, s, x);
    fmpq_mat_mul(square, square, square);
    fmpq_mat_one(power);
    for (slong k = 1; k <= 2 * r; k++)
    {
        fmpq_mat_mul(power, power, square);
        fmpq_mat_trace(traces + k, power);
    }
    fmpq_mat_clear(square);
    fmpq_mat_clear(power);
}

/* On E_6, all invariants of degree 4 are multiples of the square of the quadratic one:
   32 tr (ad x)^4 = (tr (ad x)^2)^2. */
static int
traces_fit_e6(const fmpq *traces)
{
    fmpq_t square;
    int fit;

    fmpq_init(square);
    fmpq_mul(square, traces + 1, traces + 1);
    fmpq_div_2exp(square, square, 5);
    fit = fmpq_equal(square, traces + 2);
    fmpq_clear(square);
    return fit;
}

static char
tell_apart(const cst_algebra_t s, const fmpq *x, slong r)
{
    fmpq *traces = _fmpq_vec_init(2 * r + 1);
    int b, c, e;

    set_traces(traces, s, x, r);
    b = traces_fit(traces, r, 1);
    c = traces_fit(traces, r, 4);
    e = r == 6 && traces_fit_e6(traces);
    _fmpq_vec_clear(traces, 2 * r + 1);
    return b + c + e != 1 ? '?' : b ? 'B' : c ? 'C' : 'E';
}

/* Elsewhere dimension and rank decide. x is a regular element, NULL if its traces belong to several copies.
 */
static char
cartan_series(const cst_algebra_t s, const fmpq *x, slong d, slong r)
{
    if (d == r * (r + 2))
        return 'A';
    if (d == r * (2 * r + 1))
        return r == 2 ? 'B' : x ? tell_apart(s, x, r) : '?';
    if (d == r * (2 * r - 1))
        return 'D';
    return d == 14 ? 'G' : d == 52 ? 'F' : 'E';
}

/* Real places ----------------------------------------------------------------------------- */

/* Ascending rational numbers with one real root of p in each interval between neighbours. */
static slong
separate_real_roots(fmpq *cuts, const fmpz_poly_t p)
{
    slong degree = fmpz_poly_degree(p), count = 0;
    acb_ptr roots = _acb_vec_init(degree);
    fmpq *middle = _fmpq_vec_init(degree);

    arb_fmpz_poly_complex_roots(roots, p, 0, 64);
    for (slong i = 0; i < degree; i++)
    {
        slong k = count;

        if (!arb_is_zero(acb_imagref(roots + i)))
            continue;
        arf_get_fmpq(middle + count++, arb_midref(acb_realref(roots + i)));
        for (; k > 0 && fmpq_cmp(middle + k - 1, middle + k) > 0; k--)
            fmpq_swap(middle + k - 1, middle + k);
    }
    for (slong k = 0; k < count; k++)
    {
        if (k == 0)
            fmpq_sub_si(cuts, middle, 1);
        else
        {
            fmpq_add(cuts + k, middle + k - 1, middle + k);
            fmpq_div_2exp(cuts + k, cuts + k, 1);
        }
        fmpq_add_si(cuts + k + 1, middle + k, 1);
    }
    _acb_vec_clear(roots, degree);
    _fmpq_vec_clear(middle, degree);
    return count;
}

/* The signature, positive - negative, of (x, y) -> K(x (c - cut), y): that of K at the real places where
   c > cut, minus that where c < cut; complex places give 0. */
static slong
shifted_signature(const fmpq_mat_t killing, const fmpq_mat_t c, const fmpq_t cut)
{
    slong n = fmpq_mat_nrows(c), positive, negative;
    fmpq_mat_t form;

    fmpq_mat_init_set(form, c);
    for (slong i = 0; i < n; i++)
        fmpq_sub(fmpq_mat_entry(form, i, i), fmpq_mat_entry(form, i, i), cut);
    fmpq_mat_mul(form, form, killing);
    cst_algebra_signature(&positive, &negative, form);
    fmpq_mat_clear(form);
    return positive - negative;
}

static void
set_real_places(cst_algebra_simple_t simple, const cst_algebra_t s, const fmpq_mat_t c, const fmpz_poly_t p)
{
    slong above, below;
    fmpq *cuts = _fmpq_vec_init(simple->copies + 1);
    fmpq_mat_t killing;

    fmpq_mat_init(killing, s->dimension, s->dimension);
    cst_algebra_killing(killing, s);
    simple->real_places = separate_real_roots(cuts, p);
    simple->compact = flint_malloc((size_t) (simple->real_places + 1) * sizeof *simple->compact);
    above = shifted_signature(killing, c, cuts);
    for (slong k = 0; k < simple->real_places; k++, above = below)
    {
        below = shifted_signature(killing, c, cuts + k + 1);
        simple->compact[k] = (simple->dimension - (above - below) / 2) / 2;
    }
    fmpq_mat_clear(killing);
    _fmpq_vec_clear(cuts, simple->copies + 1);
}

static int
is_semisimple(const cst_algebra_t s)
{
    fmpq_mat_t radical;
    int semisimple;

    fmpq_mat_init(radical, 0, 0);
    cst_algebra_radical(radical, s);
    semisimple = fmpq_mat_nrows(radical) == 0;
    fmpq_mat_clear(radical);
    return semisimple;
}

cst_status_t
cst_algebra_simple_init(cst_algebra_simple_t simple, const cst_algebra_t s, cst_error_t *error)
{
    cst_status_t status = CST_OK;
    fmpq *x;
    cst__centroid_t centroid;
    fmpq_mat_t c, cartan;
    fmpz_poly_t minimal;
    fmpz_poly_factor_t factors;

    if (s->dimension == 0 || !is_semisimple(s))
        return cst_error_set(error, CST_REFUSED, "the algebra is not semisimple");
    x = _fmpq_vec_init(s->dimension);
    fmpq_mat_init(c, 0, 0);
    fmpq_mat_init(cartan, 0, 0);
    fmpz_poly_init(minimal);
    fmpz_poly_factor_init(factors);
    cst__centroid_init(&centroid, s);
    cst__centroid_generic(c, minimal, &centroid);
    fmpz_poly_factor(factors, minimal);
    if (factors->num != 1)
        status = cst_error_set(error, CST_REFUSED, "the algebra is a sum of %ld simple ideals",
                               (long) factors->num);
    else
    {
        simple->copies = centroid.length;
        cst__algebra_cartan(cartan, x, s);
        simple->rank = fmpq_mat_nrows(cartan) / simple->copies;
        simple->dimension = s->dimension / simple->copies;
        simple->series = cartan_series(s, simple->copies == 1 ? x : NULL, simple->dimension, simple->rank);
        set_real_places(simple, s, c, minimal);
    }
    cst__centroid_clear(&centroid);
    fmpq_mat_clear(c);
    fmpq_mat_clear(cartan);
    fmpz_poly_clear(minimal);
    fmpz_poly_factor_clear(factors);
    _fmpq_vec_clear(x, s->dimension);
    return status;
}

void
cst_algebra_simple_clear(cst_algebra_simple_t simple)
{
    flint_free(simple->compact);
}
