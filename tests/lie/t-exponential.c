/* exp, Ad and the Baker-Campbell-Hausdorff series: identities between enclosures, and that these are narrow.
 */
#include <caustic/group.h>

#include "algebras.h"

TestSuite(lie_exponential, .timeout = 120);

#define PREC 128

static void
assert_close(const arb_mat_t a, const arb_mat_t b, slong bits, const char *what)
{
    cr_assert(arb_mat_overlaps(a, b), "%s", what);
    for (slong i = 0; i < arb_mat_nrows(a); i++)
        for (slong j = 0; j < arb_mat_ncols(a); j++)
            cr_assert(mag_cmp_2exp_si(arb_radref(arb_mat_entry(a, i, j)), -bits) < 0 &&
                          mag_cmp_2exp_si(arb_radref(arb_mat_entry(b, i, j)), -bits) < 0,
                      "%s is too wide", what);
}

/* A group with its basis, and an element x of the Lie algebra. */
typedef struct
{
    cst_group_t group;
    cst_algebra_t algebra;
    slong degree, dimension;
    fmpq_mat_struct *basis;
    fmpq *coordinates;
    fmpq_mat_t x;
} element_t;

static void
combine(fmpq_mat_t x, const element_t *e, const fmpq *coordinates)
{
    fmpq_mat_t term;

    fmpq_mat_init(term, e->degree, e->degree);
    fmpq_mat_zero(x);
    for (slong i = 0; i < e->dimension; i++)
    {
        fmpq_mat_scalar_mul_fmpq(term, e->basis + i, coordinates + i);
        fmpq_mat_add(x, x, term);
    }
    fmpq_mat_clear(term);
}

static void
element_init(element_t *e, const char *name)
{
    cst_group_init(e->group);
    cr_assert_eq(cst_group_parse(e->group, name, NULL), CST_OK);
    cst_algebra_init(e->algebra);
    cr_assert_eq(cst_group_algebra(e->algebra, e->group, NULL), CST_OK);
    e->degree = cst_group_degree(e->group);
    e->dimension = cst_group_dimension(e->group);
    e->basis = flint_malloc((size_t) e->dimension * sizeof *e->basis);
    e->coordinates = _fmpq_vec_init(e->dimension);
    for (slong i = 0; i < e->dimension; i++)
    {
        fmpq_mat_init(e->basis + i, e->degree, e->degree);
        fmpq_set_si(e->coordinates + i, (7 * i + 3) % 11 - 5, 7);
    }
    cr_assert_eq(cst_group_basis(e->basis, e->group, NULL), CST_OK);
    fmpq_mat_init(e->x, e->degree, e->degree);
    combine(e->x, e, e->coordinates);
}

static void
element_clear(element_t *e)
{
    for (slong i = 0; i < e->dimension; i++)
        fmpq_mat_clear(e->basis + i);
    flint_free(e->basis);
    _fmpq_vec_clear(e->coordinates, e->dimension);
    fmpq_mat_clear(e->x);
    cst_algebra_clear(e->algebra);
    cst_group_clear(e->group);
}

/* exp(x) exp(-x) = 1, det exp x = exp tr x, and exp x is in the group (equations stay open, so: not refuted).
 */
static void
assert_exponential(const element_t *e)
{
    arb_mat_t a, b, one;
    arb_t determinant, trace;
    fmpq_mat_t minus;
    fmpq_t t;

    arb_mat_init(a, e->degree, e->degree);
    arb_mat_init(b, e->degree, e->degree);
    arb_mat_init(one, e->degree, e->degree);
    arb_init(determinant);
    arb_init(trace);
    fmpq_mat_init(minus, e->degree, e->degree);
    fmpq_init(t);
    cst_group_exp(a, e->x, PREC);
    fmpq_mat_neg(minus, e->x);
    cst_group_exp(b, minus, PREC);
    arb_mat_mul(b, a, b, PREC);
    arb_mat_one(one);
    assert_close(b, one, 90, "exp(x) exp(-x)");
    arb_mat_det(determinant, a, PREC);
    fmpq_mat_trace(t, e->x);
    arb_set_fmpq(trace, t, PREC);
    arb_exp(trace, trace, PREC);
    cr_assert(arb_overlaps(determinant, trace));
    cr_assert(arb_rel_accuracy_bits(determinant) > 80);
    cr_assert_neq(cst_group_contains(e->group, a, PREC), CST_FALSE);
    arb_mat_clear(a);
    arb_mat_clear(b);
    arb_mat_clear(one);
    arb_clear(determinant);
    arb_clear(trace);
    fmpq_mat_clear(minus);
    fmpq_clear(t);
}

/* Ad_(exp x) = exp(ad x): by matrices, and by structure constants. */
static void
assert_adjoint(const element_t *e)
{
    arb_mat_t g, left, right;
    fmpq_mat_t ad;

    arb_mat_init(g, e->degree, e->degree);
    arb_mat_init(left, e->dimension, e->dimension);
    arb_mat_init(right, e->dimension, e->dimension);
    fmpq_mat_init(ad, e->dimension, e->dimension);
    cst_group_exp(g, e->x, PREC);
    cst_group_adjoint(left, g, e->basis, e->dimension, PREC);
    cst_algebra_ad(ad, e->algebra, e->coordinates);
    cst_group_exp(right, ad, PREC);
    assert_close(left, right, 80, "Ad exp x");
    arb_mat_clear(g);
    arb_mat_clear(left);
    arb_mat_clear(right);
    fmpq_mat_clear(ad);
}

Test(lie_exponential, identities)
{
    static const char *const names[] = {"GL(3)", "SL(3)",  "SO(4)", "SO(2,1)", "Sp(4)",         "C*",
                                        "E(3)",  "Aff(2)", "R^3",   "T^2",     "GL(2) x SO(3)", "R+ wr S_3"};
    element_t e;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    {
        element_init(&e, names[i]);
        assert_exponential(&e);
        assert_adjoint(&e);
        element_clear(&e);
    }
    flint_cleanup();
}

/* Rodrigues: exp(t K) = 1 + sin(t) K + (1 - cos(t)) K^2 for the unit axis (1, 2, 2)/3; t = 7/5. */
Test(lie_exponential, rodrigues)
{
    static const slong k[9] = {0, -2, 2, 2, 0, -1, -2, 1, 0}; /* times 3 */
    arb_mat_t result, expected, square;
    fmpq_mat_t x, kk;
    fmpq_t t;
    arb_t s, c;

    arb_mat_init(result, 3, 3);
    arb_mat_init(expected, 3, 3);
    arb_mat_init(square, 3, 3);
    fmpq_mat_init(x, 3, 3);
    fmpq_mat_init(kk, 3, 3);
    fmpq_init(t);
    arb_init(s);
    arb_init(c);
    for (slong i = 0; i < 9; i++)
    {
        fmpq_set_si(fmpq_mat_entry(x, i / 3, i % 3), k[i], 3);
        fmpq_canonicalise(fmpq_mat_entry(x, i / 3, i % 3));
    }
    fmpq_mat_mul(kk, x, x);
    fmpq_set_si(t, 7, 5);
    arb_set_fmpq(c, t, PREC);
    arb_sin_cos(s, c, c, PREC);
    arb_sub_ui(c, c, 1, PREC);
    arb_neg(c, c);
    arb_mat_set_fmpq_mat(expected, x, PREC);
    arb_mat_scalar_mul_arb(expected, expected, s, PREC);
    arb_mat_set_fmpq_mat(square, kk, PREC);
    arb_mat_scalar_addmul_arb(expected, square, c, PREC);
    for (slong i = 0; i < 3; i++)
        arb_add_ui(arb_mat_entry(expected, i, i), arb_mat_entry(expected, i, i), 1, PREC);
    fmpq_mat_scalar_mul_fmpq(x, x, t);
    cst_group_exp(result, x, PREC);
    assert_close(result, expected, 110, "Rodrigues");
    arb_mat_clear(result);
    arb_mat_clear(expected);
    arb_mat_clear(square);
    fmpq_mat_clear(x);
    fmpq_mat_clear(kk);
    fmpq_clear(t);
    arb_clear(s);
    arb_clear(c);
    flint_cleanup();
}

/* log2 of a bound for exp(x) exp(y) - exp(z), z the series up to an order; -1000 if it is 0 within 2^-100. */
static double
bch_error(const element_t *e, const fmpq *x, const fmpq *y, slong order)
{
    fmpq *z = _fmpq_vec_init(e->dimension);
    fmpq_mat_t m;
    arb_mat_t left, right;
    mag_t norm;
    double result;

    fmpq_mat_init(m, e->degree, e->degree);
    arb_mat_init(left, e->degree, e->degree);
    arb_mat_init(right, e->degree, e->degree);
    mag_init(norm);
    cst_group_bch(z, e->algebra, x, y, order);
    combine(m, e, x);
    cst_group_exp(left, m, PREC);
    combine(m, e, y);
    cst_group_exp(right, m, PREC);
    arb_mat_mul(left, left, right, PREC);
    combine(m, e, z);
    cst_group_exp(right, m, PREC);
    arb_mat_sub(left, left, right, PREC);
    arb_mat_bound_inf_norm(norm, left);
    result = mag_cmp_2exp_si(norm, -100) < 0 ? -1000 : mag_get_d_log2_approx(norm);
    fmpq_mat_clear(m);
    arb_mat_clear(left);
    arb_mat_clear(right);
    mag_clear(norm);
    _fmpq_vec_clear(z, e->dimension);
    return result;
}

/* With x and y of size 2^-10, the error of order n is about 2^(-10 (n + 1)). */
Test(lie_exponential, bch_converges)
{
    element_t e;
    fmpq *x, *y;
    double before = 0;

    element_init(&e, "SL(2)");
    x = _fmpq_vec_init(3);
    y = _fmpq_vec_init(3);
    for (slong i = 0; i < 3; i++)
    {
        fmpq_set_si(x + i, i + 1, 1024);
        fmpq_set_si(y + i, 2 - 3 * i, 1024);
        fmpq_canonicalise(x + i);
        fmpq_canonicalise(y + i);
    }
    for (slong order = 1; order <= 8; order++)
    {
        double error = bch_error(&e, x, y, order);

        cr_assert(error < before - 4 && error < -7.0 * (double) (order + 1), "order %ld: 2^%g", (long) order,
                  error);
        cr_assert(error > -12.0 * (double) (order + 2), "order %ld: 2^%g", (long) order, error);
        before = error;
    }
    _fmpq_vec_clear(x, 3);
    _fmpq_vec_clear(y, 3);
    element_clear(&e);
    flint_cleanup();
}

/* Strictly upper triangular 5 x 5 matrices, of class 4: order 4 is all, order 3 is not. */
Test(lie_exponential, bch_ends_in_nilpotent_algebras)
{
    slong n = 10, length = 0;
    element_t e = {.degree = 5, .dimension = n};
    fmpq *x = _fmpq_vec_init(n), *y = _fmpq_vec_init(n);

    e.basis = flint_malloc((size_t) n * sizeof *e.basis);
    for (slong i = 0; i < 5; i++)
        for (slong j = i + 1; j < 5; j++)
        {
            fmpq_mat_init(e.basis + length, 5, 5);
            fmpq_one(fmpq_mat_entry(e.basis + length++, i, j));
        }
    cst_algebra_init(e.algebra);
    cr_assert_eq(cst_algebra_set_matrices(e.algebra, e.basis, n, NULL), CST_OK);
    for (slong i = 0; i < n; i++)
    {
        fmpq_set_si(x + i, 3 * i - 8, 1);
        fmpq_set_si(y + i, 5 - i * i, 2);
        fmpq_canonicalise(y + i);
    }
    cr_assert_eq(bch_error(&e, x, y, 4), -1000);
    cr_assert_eq(bch_error(&e, x, y, 6), -1000);
    cr_assert_gt(bch_error(&e, x, y, 3), 0);
    for (slong i = 0; i < n; i++)
        fmpq_mat_clear(e.basis + i);
    flint_free(e.basis);
    cst_algebra_clear(e.algebra);
    _fmpq_vec_clear(x, n);
    _fmpq_vec_clear(y, n);
    flint_cleanup();
}

/* The terms as in the books: [x, y]/2, ([x, [x, y]] + [y, [y, x]])/12, -[y, [x, [x, y]]]/24. In sl(2) = (e,
   f, h) with x = e, y = f: [x, y] = h, [x, h] = -2e, [y, -h] = -2f, [f, -2e] = 2h. */
Test(lie_exponential, bch_terms)
{
    element_t e;
    fmpq_mat_struct basis[3];
    fmpq *x = _fmpq_vec_init(3), *y = _fmpq_vec_init(3), *z = _fmpq_vec_init(3);
    static const slong expected[5][3][2] = {{{0, 1}, {0, 1}, {0, 1}},
                                            {{1, 1}, {1, 1}, {0, 1}},
                                            {{1, 1}, {1, 1}, {1, 2}},
                                            {{5, 6}, {5, 6}, {1, 2}},
                                            {{5, 6}, {5, 6}, {5, 12}}};

    for (int i = 0; i < 3; i++)
        fmpq_mat_init(basis + i, 2, 2);
    fmpq_one(fmpq_mat_entry(basis, 0, 1));
    fmpq_one(fmpq_mat_entry(basis + 1, 1, 0));
    fmpq_set_si(fmpq_mat_entry(basis + 2, 0, 0), 1, 1);
    fmpq_set_si(fmpq_mat_entry(basis + 2, 1, 1), -1, 1);
    cst_algebra_init(e.algebra);
    cr_assert_eq(cst_algebra_set_matrices(e.algebra, basis, 3, NULL), CST_OK);
    fmpq_one(x);
    fmpq_one(y + 1);
    for (slong order = 0; order <= 4; order++)
    {
        cst_group_bch(z, e.algebra, x, y, order);
        for (slong i = 0; i < 3; i++)
            cr_assert(fmpz_equal_si(fmpq_numref(z + i), expected[order][i][0]) &&
                          fmpz_equal_si(fmpq_denref(z + i), expected[order][i][1]),
                      "order %ld, coordinate %ld", (long) order, (long) i);
    }
    for (int i = 0; i < 3; i++)
        fmpq_mat_clear(basis + i);
    cst_algebra_clear(e.algebra);
    _fmpq_vec_clear(x, 3);
    _fmpq_vec_clear(y, 3);
    _fmpq_vec_clear(z, 3);
    flint_cleanup();
}
