/* lie/structure.c -- Lie algebras from constants, matrices, sums, subspaces and quotients. */
#include "lie/space.h"

void
cst_algebra_init(cst_algebra_t g)
{
    g->dimension = 0;
    g->table = NULL;
}

void
cst_algebra_clear(cst_algebra_t g)
{
    for (slong i = 0; i < g->dimension; i++)
        fmpq_mat_clear(g->table + i);
    flint_free(g->table);
}

void
cst_algebra_swap(cst_algebra_t g, cst_algebra_t h)
{
    cst_algebra_struct t = *g;

    *g = *h;
    *h = t;
}

/* The abelian algebra of a dimension; the table is filled in by the caller. */
static void
init_abelian(cst_algebra_t g, slong n)
{
    g->dimension = n;
    g->table = flint_malloc((size_t) (n + 1) * sizeof *g->table);
    for (slong i = 0; i < n; i++)
        fmpq_mat_init(g->table + i, n, n);
}

void
cst__algebra_right(fmpq_mat_t m, const cst_algebra_t g, const fmpq *x)
{
    fmpq_mat_zero(m);
    for (slong i = 0; i < g->dimension; i++)
        for (slong j = 0; j < g->dimension && !fmpq_is_zero(x + i); j++)
            for (slong k = 0; k < g->dimension; k++)
                if (!fmpq_is_zero(fmpq_mat_entry(g->table + i, j, k)))
                    fmpq_addmul(fmpq_mat_entry(m, j, k), x + i, fmpq_mat_entry(g->table + i, j, k));
}

/* The checks ---------------------------------------------------------------- */

static cst_status_t
check_antisymmetry(const cst_algebra_t g, cst_error_t *error)
{
    cst_status_t status = CST_OK;
    fmpq_t sum;

    fmpq_init(sum);
    for (slong i = 0; i < g->dimension; i++)
        for (slong j = 0; j <= i; j++)
            for (slong k = 0; k < g->dimension && status == CST_OK; k++)
            {
                fmpq_add(sum, fmpq_mat_entry(g->table + i, j, k), fmpq_mat_entry(g->table + j, i, k));
                if (!fmpq_is_zero(sum))
                    status = cst_error_set(error, CST_BAD_INPUT,
                                           "the bracket is not antisymmetric: [e%ld, e%ld] + [e%ld, e%ld] is "
                                           "not 0",
                                           (long) j + 1, (long) i + 1, (long) i + 1, (long) j + 1);
            }
    fmpq_clear(sum);
    return status;
}

/* ad [x, y] = [ad x, ad y]: on rows, the matrix of [e_i, e_j] is T_j T_i - T_i T_j. */
static cst_status_t
check_jacobi(const cst_algebra_t g, cst_error_t *error)
{
    slong n = g->dimension;
    cst_status_t status = CST_OK;
    fmpq_mat_t left, right, product;

    fmpq_mat_init(left, n, n);
    fmpq_mat_init(right, n, n);
    fmpq_mat_init(product, n, n);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < i && status == CST_OK; j++)
        {
            cst__algebra_right(left, g, fmpq_mat_entry(g->table + i, j, 0));
            fmpq_mat_mul(right, g->table + j, g->table + i);
            fmpq_mat_mul(product, g->table + i, g->table + j);
            fmpq_mat_sub(right, right, product);
            if (!fmpq_mat_equal(left, right))
                status = cst_error_set(error, CST_BAD_INPUT, "the Jacobi identity fails for e%ld and e%ld",
                                       (long) j + 1, (long) i + 1);
        }
    fmpq_mat_clear(left);
    fmpq_mat_clear(right);
    fmpq_mat_clear(product);
    return status;
}

/* Moves a filled table to g if it is a Lie algebra. */
static cst_status_t
accept(cst_algebra_t g, cst_algebra_t candidate, cst_error_t *error)
{
    cst_status_t status = check_antisymmetry(candidate, error);

    if (status == CST_OK)
        status = check_jacobi(candidate, error);
    if (status == CST_OK)
        cst_algebra_swap(g, candidate);
    cst_algebra_clear(candidate);
    return status;
}

/* The constructors ------------------------------------------------------------ */

cst_status_t
cst_algebra_set_constants(cst_algebra_t g, const fmpq *constants, slong n, cst_error_t *error)
{
    cst_algebra_t candidate;

    init_abelian(candidate, n);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++)
                fmpq_set(fmpq_mat_entry(candidate->table + i, j, k), constants + (i * n + j) * n + k);
    return accept(g, candidate, error);
}

/* Table i gets the first n columns of the coordinates of rows i*n ... i*n + n - 1. */
static void
set_table(cst_algebra_t g, const fmpq_mat_t coordinates)
{
    slong n = g->dimension;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++)
                fmpq_set(fmpq_mat_entry(g->table + i, j, k), fmpq_mat_entry(coordinates, i * n + j, k));
}

/* Row i*count + j: the entries of A_i A_j - A_j A_i. */
static void
flatten_commutators(fmpq_mat_t brackets, const fmpq_mat_struct *a, slong count)
{
    slong size = fmpq_mat_nrows(a);
    fmpq_mat_t ab, ba;

    fmpq_mat_init(ab, size, size);
    fmpq_mat_init(ba, size, size);
    for (slong i = 0; i < count; i++)
        for (slong j = 0; j < count; j++)
        {
            fmpq_mat_mul(ab, a + i, a + j);
            fmpq_mat_mul(ba, a + j, a + i);
            fmpq_mat_sub(ab, ab, ba);
            cst__space_flatten(brackets, i * count + j, ab);
        }
    fmpq_mat_clear(ab);
    fmpq_mat_clear(ba);
}

static cst_status_t
check_independent(const fmpq_mat_t rows, cst_error_t *error)
{
    fmpq_mat_t copy;
    slong rank;

    fmpq_mat_init_set(copy, rows);
    rank = fmpq_mat_rref(copy, copy);
    fmpq_mat_clear(copy);
    if (rank < fmpq_mat_nrows(rows))
        return cst_error_set(error, CST_BAD_INPUT, "%ld elements span only %ld dimensions",
                             (long) fmpq_mat_nrows(rows), (long) rank);
    return CST_OK;
}

cst_status_t
cst_algebra_set_matrices(cst_algebra_t g, const fmpq_mat_struct *matrices, slong count, cst_error_t *error)
{
    slong size = count ? fmpq_mat_nrows(matrices) : 0;
    cst_status_t status;
    cst_algebra_t candidate;
    fmpq_mat_t basis, brackets, coordinates;

    for (slong i = 0; i < count; i++)
        if (fmpq_mat_nrows(matrices + i) != size || fmpq_mat_ncols(matrices + i) != size)
            return cst_error_set(error, CST_BAD_INPUT, "matrix %ld is not %ld x %ld", (long) i + 1,
                                 (long) size, (long) size);
    fmpq_mat_init(basis, count, size * size);
    fmpq_mat_init(brackets, count * count, size * size);
    fmpq_mat_init(coordinates, 0, 0);
    for (slong i = 0; i < count; i++)
        cst__space_flatten(basis, i, matrices + i);
    status = check_independent(basis, error);
    if (status == CST_OK && count)
        flatten_commutators(brackets, matrices, count);
    if (status == CST_OK && !cst__space_coordinates(coordinates, basis, brackets))
        status = cst_error_set(error, CST_BAD_INPUT, "the span is not closed under the commutator");
    if (status == CST_OK)
    {
        init_abelian(candidate, count);
        set_table(candidate, coordinates);
        cst_algebra_swap(g, candidate);
        cst_algebra_clear(candidate);
    }
    fmpq_mat_clear(basis);
    fmpq_mat_clear(brackets);
    fmpq_mat_clear(coordinates);
    return status;
}

/* a + b with no bracket between them. */
static void
init_sum(cst_algebra_t g, const cst_algebra_t a, const cst_algebra_t b)
{
    slong p = a->dimension, q = b->dimension;

    init_abelian(g, p + q);
    for (slong i = 0; i < p; i++)
        for (slong j = 0; j < p; j++)
            for (slong k = 0; k < p; k++)
                fmpq_set(fmpq_mat_entry(g->table + i, j, k), fmpq_mat_entry(a->table + i, j, k));
    for (slong i = 0; i < q; i++)
        for (slong j = 0; j < q; j++)
            for (slong k = 0; k < q; k++)
                fmpq_set(fmpq_mat_entry(g->table + p + i, p + j, p + k), fmpq_mat_entry(b->table + i, j, k));
}

void
cst_algebra_direct_sum(cst_algebra_t g, const cst_algebra_t a, const cst_algebra_t b)
{
    cst_algebra_t sum;

    init_sum(sum, a, b);
    cst_algebra_swap(g, sum);
    cst_algebra_clear(sum);
}

cst_status_t
cst_algebra_semidirect(cst_algebra_t g, const cst_algebra_t a, const cst_algebra_t b,
                       const fmpq_mat_struct *action, cst_error_t *error)
{
    slong p = a->dimension, q = b->dimension;
    cst_algebra_t candidate;

    for (slong i = 0; i < p; i++)
        if (fmpq_mat_nrows(action + i) != q || fmpq_mat_ncols(action + i) != q)
            return cst_error_set(error, CST_BAD_INPUT, "the action of e%ld is not %ld x %ld", (long) i + 1,
                                 (long) q, (long) q);
    init_sum(candidate, a, b);
    for (slong i = 0; i < p; i++)
        for (slong j = 0; j < q; j++)
            for (slong k = 0; k < q; k++)
            {
                fmpq *c = fmpq_mat_entry(candidate->table + i, p + j, p + k);

                fmpq_set(c, fmpq_mat_entry(action + i, k, j));
                fmpq_neg(fmpq_mat_entry(candidate->table + p + j, i, p + k), c);
            }
    return accept(g, candidate, error);
}

/* Subalgebras and quotients ----------------------------------------------------- */

/* Row i*count + j: [b_i, b_j] for the rows of basis. */
static void
brackets_of_rows(fmpq_mat_t brackets, const cst_algebra_t g, const fmpq_mat_t basis)
{
    slong n = g->dimension, count = fmpq_mat_nrows(basis);
    fmpq_mat_t right, products;

    fmpq_mat_init(right, n, n);
    fmpq_mat_init(products, count, n);
    cst__space_resize(brackets, count * count, n);
    for (slong i = 0; i < count; i++)
    {
        cst__algebra_right(right, g, fmpq_mat_entry(basis, i, 0));
        fmpq_mat_mul(products, basis, right);
        for (slong j = 0; j < count; j++)
            for (slong k = 0; k < n; k++)
                fmpq_swap(fmpq_mat_entry(brackets, i * count + j, k), fmpq_mat_entry(products, j, k));
    }
    fmpq_mat_clear(right);
    fmpq_mat_clear(products);
}

/* The algebra on the rows of basis, modulo the rows of ideal (independent of them). */
static cst_status_t
restrict_modulo(cst_algebra_t h, const cst_algebra_t g, const fmpq_mat_t basis, const fmpq_mat_t ideal,
                cst_error_t *error)
{
    cst_status_t status = CST_OK;
    cst_algebra_t candidate;
    fmpq_mat_t brackets, both, coordinates;

    fmpq_mat_init(brackets, 0, 0);
    fmpq_mat_init(both, 0, 0);
    fmpq_mat_init(coordinates, 0, 0);
    brackets_of_rows(brackets, g, basis);
    cst__space_stack(both, basis, ideal);
    if (!cst__space_coordinates(coordinates, both, brackets))
        status = cst_error_set(error, CST_BAD_INPUT, "the subspace is not closed under the bracket");
    else
    {
        init_abelian(candidate, fmpq_mat_nrows(basis));
        set_table(candidate, coordinates);
        cst_algebra_swap(h, candidate);
        cst_algebra_clear(candidate);
    }
    fmpq_mat_clear(brackets);
    fmpq_mat_clear(both);
    fmpq_mat_clear(coordinates);
    return status;
}

cst_status_t
cst_algebra_subalgebra(cst_algebra_t h, const cst_algebra_t g, const fmpq_mat_t basis, cst_error_t *error)
{
    cst_status_t status = check_independent(basis, error);
    fmpq_mat_t none;

    fmpq_mat_init(none, 0, g->dimension);
    if (status == CST_OK && fmpq_mat_ncols(basis) != g->dimension)
        status = cst_error_set(error, CST_BAD_INPUT, "the basis has %ld columns, not %ld",
                               (long) fmpq_mat_ncols(basis), (long) g->dimension);
    if (status == CST_OK)
        status = restrict_modulo(h, g, basis, none, error);
    fmpq_mat_clear(none);
    return status;
}

cst_status_t
cst_algebra_quotient(cst_algebra_t h, const cst_algebra_t g, const fmpq_mat_t ideal, cst_error_t *error)
{
    cst_status_t status = check_independent(ideal, error);
    fmpq_mat_t whole, complement, product;

    if (status == CST_OK && fmpq_mat_ncols(ideal) != g->dimension)
        status = cst_error_set(error, CST_BAD_INPUT, "the ideal has %ld columns, not %ld",
                               (long) fmpq_mat_ncols(ideal), (long) g->dimension);
    if (status != CST_OK)
        return status;
    fmpq_mat_init(whole, 0, 0);
    fmpq_mat_init(complement, 0, 0);
    fmpq_mat_init(product, 0, 0);
    cst__space_whole(whole, g->dimension);
    cst_algebra_product(product, g, whole, ideal);
    if (!cst__space_contains(ideal, product))
        status = cst_error_set(error, CST_BAD_INPUT, "the subspace is no ideal");
    else
    {
        cst__space_complement(complement, whole, ideal);
        status = restrict_modulo(h, g, complement, ideal, error);
    }
    fmpq_mat_clear(whole);
    fmpq_mat_clear(complement);
    fmpq_mat_clear(product);
    return status;
}

void
cst_algebra_bracket(fmpq *z, const cst_algebra_t g, const fmpq *x, const fmpq *y)
{
    slong n = g->dimension;
    fmpq_t c;

    fmpq_init(c);
    for (slong k = 0; k < n; k++)
        fmpq_zero(z + k);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            fmpq_mul(c, x + i, y + j);
            for (slong k = 0; k < n && !fmpq_is_zero(c); k++)
                fmpq_addmul(z + k, c, fmpq_mat_entry(g->table + i, j, k));
        }
    fmpq_clear(c);
}

void
cst_algebra_ad(fmpq_mat_t ad, const cst_algebra_t g, const fmpq *x)
{
    cst__algebra_right(ad, g, x);
    fmpq_mat_transpose(ad, ad);
}
