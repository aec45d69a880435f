/* lie/centroid.c -- the centroid of a Lie algebra, and the direct sum that its idempotents make. */
#include "lie/space.h"

/* g, spun from generators as a module of itself: row j of basis is a scattered vector (by[j] = -1) or
   [e_by, row from]. */
typedef struct
{
    const cst_algebra_struct *g;
    fmpq_mat_t basis;
    fmpq_mat_t echelon; /* of the same rows */
    slong count;
    slong *by, *from;
} spin_t;

/* Takes v as the next row if it is not in the span of the rows so far. */
static void
take(spin_t *spin, const fmpq *v, slong by, slong from)
{
    slong n = spin->g->dimension;
    fmpq_mat_t row;

    fmpq_mat_init(row, 1, n);
    for (slong k = 0; k < n; k++)
        fmpq_set(fmpq_mat_entry(row, 0, k), v + k);
    cst__space_add(spin->echelon, row);
    fmpq_mat_clear(row);
    if (fmpq_mat_nrows(spin->echelon) == spin->count)
        return;
    for (slong k = 0; k < n; k++)
        fmpq_set(fmpq_mat_entry(spin->basis, spin->count, k), v + k);
    spin->by[spin->count] = by;
    spin->from[spin->count++] = from;
}

static void
spin_init(spin_t *spin, const cst_algebra_t g)
{
    slong n = g->dimension, done = 0;
    fmpq *v = _fmpq_vec_init(n);
    ulong seed = 3;
    fmpq_mat_t row, moved;

    *spin = (spin_t){.g = g};
    fmpq_mat_init(spin->basis, n, n);
    fmpq_mat_init(spin->echelon, 0, n);
    spin->by = flint_malloc((size_t) (n + 1) * sizeof *spin->by);
    spin->from = flint_malloc((size_t) (n + 1) * sizeof *spin->from);
    fmpq_mat_init(row, 1, n);
    fmpq_mat_init(moved, 1, n);
    while (spin->count < n)
    {
        cst__algebra_scatter(v, n, &seed);
        take(spin, v, -1, -1);
        for (; done < spin->count; done++)
            for (slong a = 0; a < n && spin->count < n; a++)
            {
                for (slong k = 0; k < n; k++)
                    fmpq_set(fmpq_mat_entry(row, 0, k), fmpq_mat_entry(spin->basis, done, k));
                fmpq_mat_mul(moved, row, g->table + a);
                take(spin, fmpq_mat_entry(moved, 0, 0), a, done);
            }
    }
    fmpq_mat_clear(row);
    fmpq_mat_clear(moved);
    _fmpq_vec_clear(v, n);
}

static void
spin_clear(spin_t *spin)
{
    fmpq_mat_clear(spin->basis);
    fmpq_mat_clear(spin->echelon);
    flint_free(spin->by);
    flint_free(spin->from);
}

/* A map of the centroid takes v into the centralizer of its centralizer. */
static void
double_centralizer(fmpq_mat_t w, const cst_algebra_t g, const fmpq_mat_t basis, slong row)
{
    fmpq_mat_t v, u;

    fmpq_mat_init(v, 1, g->dimension);
    fmpq_mat_init(u, 0, 0);
    for (slong k = 0; k < g->dimension; k++)
        fmpq_set(fmpq_mat_entry(v, 0, k), fmpq_mat_entry(basis, row, k));
    cst_algebra_centralizer(u, g, v);
    cst_algebra_centralizer(w, g, u);
    fmpq_mat_clear(v);
    fmpq_mat_clear(u);
}

/* The matrix of the map that takes the generator in row `start` to `image`, other generators to 0, and
   commutes with the spinning. */
static void
spun_map(fmpq_mat_t map, const spin_t *spin, const fmpq_mat_t inverse, slong start, const fmpq *image)
{
    slong n = spin->g->dimension;
    fmpq_mat_t images;

    fmpq_mat_init(images, n, n);
    for (slong j = 0; j < n; j++)
        for (slong k = 0; k < n; k++)
        {
            if (j == start)
                fmpq_set(fmpq_mat_entry(images, j, k), image + k);
            for (slong l = 0; l < n && spin->by[j] >= 0; l++)
                if (!fmpq_is_zero(fmpq_mat_entry(images, spin->from[j], l)))
                    fmpq_addmul(fmpq_mat_entry(images, j, k), fmpq_mat_entry(images, spin->from[j], l),
                                fmpq_mat_entry(spin->g->table + spin->by[j], l, k));
        }
    fmpq_mat_mul(map, inverse, images);
    fmpq_mat_clear(images);
}

/* All spun maps, a basis of a space that contains the centroid. */
static void
candidates_init(cst__centroid_t *maps, const spin_t *spin)
{
    slong n = spin->g->dimension;
    fmpq_mat_t inverse, images;

    fmpq_mat_init(inverse, n, n);
    fmpq_mat_init(images, 0, 0);
    if (n)
        fmpq_mat_inv(inverse, spin->basis);
    maps->length = 0;
    maps->map = flint_malloc((size_t) (n * n + 1) * sizeof *maps->map);
    for (slong j = 0; j < n; j++)
    {
        if (spin->by[j] >= 0)
            continue;
        double_centralizer(images, spin->g, spin->basis, j);
        for (slong i = 0; i < fmpq_mat_nrows(images); i++)
        {
            fmpq_mat_init(maps->map + maps->length, n, n);
            spun_map(maps->map + maps->length++, spin, inverse, j, fmpq_mat_entry(images, i, 0));
        }
    }
    fmpq_mat_clear(inverse);
    fmpq_mat_clear(images);
}

/* Replaces the maps by the combinations that the rows of t hold. */
static void
combine(cst__centroid_t *maps, const fmpq_mat_t t, slong n)
{
    cst__centroid_t result = {fmpq_mat_nrows(t), NULL};
    fmpq_mat_t term;

    fmpq_mat_init(term, n, n);
    result.map = flint_malloc((size_t) (result.length + 1) * sizeof *result.map);
    for (slong i = 0; i < result.length; i++)
    {
        fmpq_mat_init(result.map + i, n, n);
        for (slong p = 0; p < maps->length; p++)
        {
            fmpq_mat_scalar_mul_fmpq(term, maps->map + p, fmpq_mat_entry(t, i, p));
            fmpq_mat_add(result.map + i, result.map + i, term);
        }
    }
    fmpq_mat_clear(term);
    cst__centroid_clear(maps);
    *maps = result;
}

/* Keeps the maps that commute with x -> [e_a, x]. */
static void
keep_commuting(cst__centroid_t *maps, const fmpq_mat_t table)
{
    slong n = fmpq_mat_nrows(table);
    fmpq_mat_t left, right, commutators, kernel;

    fmpq_mat_init(left, n, n);
    fmpq_mat_init(right, n, n);
    fmpq_mat_init(commutators, maps->length, n * n);
    fmpq_mat_init(kernel, 0, 0);
    for (slong p = 0; p < maps->length; p++)
    {
        fmpq_mat_mul(left, table, maps->map + p);
        fmpq_mat_mul(right, maps->map + p, table);
        fmpq_mat_sub(left, left, right);
        cst__space_flatten(commutators, p, left);
    }
    if (!fmpq_mat_is_zero(commutators))
    {
        cst__space_left_kernel(kernel, commutators);
        combine(maps, kernel, n);
    }
    fmpq_mat_clear(left);
    fmpq_mat_clear(right);
    fmpq_mat_clear(commutators);
    fmpq_mat_clear(kernel);
}

void
cst__centroid_init(cst__centroid_t *centroid, const cst_algebra_t g)
{
    spin_t spin;

    spin_init(&spin, g);
    candidates_init(centroid, &spin);
    for (slong a = 0; a < g->dimension; a++)
        keep_commuting(centroid, g->table + a);
    spin_clear(&spin);
}

void
cst__centroid_clear(cst__centroid_t *centroid)
{
    for (slong i = 0; i < centroid->length; i++)
        fmpq_mat_clear(centroid->map + i);
    flint_free(centroid->map);
}

/* Blocks ------------------------------------------------------------------------------- */

/* Without abelian summand, the centroid is commutative modulo its radical, and of this dimension there: the
   rank of tr(ab). */
static slong
semisimple_degree(const cst__centroid_t *centroid)
{
    slong m = centroid->length, rank;
    fmpq_mat_t form;

    fmpq_mat_init(form, m, m);
    for (slong i = 0; i < m; i++)
        for (slong j = 0; j < m; j++)
            cst__space_trace(fmpq_mat_entry(form, i, j), centroid->map + i, centroid->map + j);
    rank = fmpq_mat_rref(form, form);
    fmpq_mat_clear(form);
    return rank;
}

static slong
squarefree_degree(const fmpz_poly_t p)
{
    fmpz_poly_t derivative, common;
    slong degree;

    fmpz_poly_init(derivative);
    fmpz_poly_init(common);
    fmpz_poly_derivative(derivative, p);
    fmpz_poly_gcd(common, p, derivative);
    degree = fmpz_poly_degree(p) - fmpz_poly_degree(common);
    fmpz_poly_clear(derivative);
    fmpz_poly_clear(common);
    return degree;
}

void
cst__centroid_generic(fmpq_mat_t c, fmpz_poly_t minimal, const cst__centroid_t *centroid)
{
    slong m = centroid->length, n = fmpq_mat_nrows(centroid->map), degree = semisimple_degree(centroid);
    fmpq *t = _fmpq_vec_init(m);
    ulong seed = 5;
    fmpq_mat_t term;
    fmpq_poly_t p;

    fmpq_mat_init(term, n, n);
    fmpq_poly_init(p);
    cst__space_resize(c, n, n);
    do
    {
        cst__algebra_scatter(t, m, &seed);
        fmpq_mat_zero(c);
        for (slong i = 0; i < m; i++)
        {
            fmpq_mat_scalar_mul_fmpq(term, centroid->map + i, t + i);
            fmpq_mat_add(c, c, term);
        }
        fmpq_mat_minpoly(p, c);
        fmpq_poly_get_numerator(minimal, p);
    } while (squarefree_degree(minimal) < degree);
    fmpq_mat_clear(term);
    fmpq_poly_clear(p);
    _fmpq_vec_clear(t, m);
}

/* The kernel of p(c)^exponent on rows. */
static void
primary_component(fmpq_mat_t w, const fmpq_mat_t c, const fmpz_poly_t p, slong exponent)
{
    slong n = fmpq_mat_nrows(c);
    fmpq_mat_t value, power;

    fmpq_mat_init(value, n, n);
    fmpq_mat_init(power, n, n);
    for (slong k = fmpz_poly_degree(p); k >= 0; k--)
    {
        fmpq_mat_mul(value, value, c);
        for (slong i = 0; i < n; i++)
            fmpq_add_fmpz(fmpq_mat_entry(value, i, i), fmpq_mat_entry(value, i, i), p->coeffs + k);
    }
    fmpq_mat_one(power);
    for (slong k = 0; k < exponent; k++)
        fmpq_mat_mul(power, power, value);
    cst__space_left_kernel(w, power);
    fmpq_mat_clear(value);
    fmpq_mat_clear(power);
}

/* The indecomposable ideals of an algebra without abelian summand, as rows in terms of `rows`. */
static void
split(cst_algebra_ideals_t ideals, const cst_algebra_t g, const fmpq_mat_t rows)
{
    cst__centroid_t centroid;
    fmpq_mat_t c, part;
    fmpz_poly_t minimal;
    fmpz_poly_factor_t factors;

    cst__centroid_init(&centroid, g);
    fmpq_mat_init(c, 0, 0);
    fmpq_mat_init(part, 0, 0);
    fmpz_poly_init(minimal);
    fmpz_poly_factor_init(factors);
    cst__centroid_generic(c, minimal, &centroid);
    fmpz_poly_factor(factors, minimal);
    for (slong i = 0; i < factors->num; i++)
    {
        fmpq_mat_struct *ideal = ideals->ideal + ideals->length++;

        primary_component(part, c, factors->p + i, factors->exp[i]);
        fmpq_mat_init(ideal, fmpq_mat_nrows(part), fmpq_mat_ncols(rows));
        fmpq_mat_mul(ideal, part, rows);
        cst__space_reduce(ideal);
    }
    cst__centroid_clear(&centroid);
    fmpq_mat_clear(c);
    fmpq_mat_clear(part);
    fmpz_poly_clear(minimal);
    fmpz_poly_factor_clear(factors);
}

/* A complement of the derived algebra in the centre is an abelian summand; any complement of it that
   contains the derived algebra is the ideal that remains. */
static void
split_abelian(fmpq_mat_t abelian, fmpq_mat_t rest, const cst_algebra_t g)
{
    fmpq_mat_t centre, derived, common, both, whole;

    fmpq_mat_init(centre, 0, 0);
    fmpq_mat_init(derived, 0, 0);
    fmpq_mat_init(common, 0, 0);
    fmpq_mat_init(both, 0, 0);
    fmpq_mat_init(whole, 0, 0);
    cst_algebra_centre(centre, g);
    cst_algebra_derived(derived, g);
    cst__space_whole(whole, g->dimension);
    cst__space_intersection(common, centre, derived);
    cst__space_complement(abelian, centre, common);
    cst__space_stack(both, derived, abelian);
    cst__space_complement(rest, whole, both);
    cst__space_add(rest, derived);
    cst__space_reduce(abelian);
    fmpq_mat_clear(centre);
    fmpq_mat_clear(derived);
    fmpq_mat_clear(common);
    fmpq_mat_clear(both);
    fmpq_mat_clear(whole);
}

void
cst_algebra_ideals_init(cst_algebra_ideals_t ideals, const cst_algebra_t g)
{
    cst_algebra_t h;
    fmpq_mat_t rest;

    ideals->ideal = flint_malloc((size_t) (g->dimension + 1) * sizeof *ideals->ideal);
    ideals->length = 1;
    fmpq_mat_init(ideals->ideal, 0, 0);
    fmpq_mat_init(rest, 0, 0);
    cst_algebra_init(h);
    split_abelian(ideals->ideal, rest, g);
    if (fmpq_mat_nrows(rest) > 0)
    {
        cst_algebra_subalgebra(h, g, rest, NULL);
        split(ideals, h, rest);
    }
    cst_algebra_clear(h);
    fmpq_mat_clear(rest);
}

void
cst_algebra_ideals_clear(cst_algebra_ideals_t ideals)
{
    for (slong i = 0; i < ideals->length; i++)
        fmpq_mat_clear(ideals->ideal + i);
    flint_free(ideals->ideal);
}
