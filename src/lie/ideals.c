/* lie/ideals.c -- the Killing form, series, radicals and Cartan subalgebras. */
#include "lie/space.h"

/* Products and centralizers ------------------------------------------------------ */

void
cst_algebra_product(fmpq_mat_t w, const cst_algebra_t g, const fmpq_mat_t u, const fmpq_mat_t v)
{
    slong n = g->dimension;
    fmpq_mat_t right, rows;

    fmpq_mat_init(right, n, n);
    fmpq_mat_init(rows, fmpq_mat_nrows(v), n);
    cst__space_resize(w, 0, n);
    for (slong i = 0; i < fmpq_mat_nrows(u) && fmpq_mat_nrows(w) < n; i++)
    {
        cst__algebra_right(right, g, fmpq_mat_entry(u, i, 0));
        fmpq_mat_mul(rows, v, right);
        cst__space_add(w, rows);
    }
    fmpq_mat_clear(right);
    fmpq_mat_clear(rows);
}

/* w = {x in w : x m = 0} */
static void
cut(fmpq_mat_t w, const fmpq_mat_t m)
{
    fmpq_mat_t image, kernel, rows;

    fmpq_mat_init(image, fmpq_mat_nrows(w), fmpq_mat_ncols(m));
    fmpq_mat_init(kernel, 0, 0);
    fmpq_mat_mul(image, w, m);
    cst__space_left_kernel(kernel, image);
    fmpq_mat_init(rows, fmpq_mat_nrows(kernel), fmpq_mat_ncols(w));
    fmpq_mat_mul(rows, kernel, w);
    cst__space_reduce(rows);
    fmpq_mat_swap(w, rows);
    fmpq_mat_clear(image);
    fmpq_mat_clear(kernel);
    fmpq_mat_clear(rows);
}

void
cst_algebra_centralizer(fmpq_mat_t w, const cst_algebra_t g, const fmpq_mat_t v)
{
    slong n = g->dimension;
    fmpq_mat_t right;

    fmpq_mat_init(right, n, n);
    cst__space_whole(w, n);
    for (slong i = 0; i < fmpq_mat_nrows(v); i++)
    {
        cst__algebra_right(right, g, fmpq_mat_entry(v, i, 0));
        cut(w, right);
    }
    fmpq_mat_clear(right);
}

void
cst_algebra_centre(fmpq_mat_t w, const cst_algebra_t g)
{
    fmpq_mat_t whole;

    fmpq_mat_init(whole, 0, 0);
    cst__space_whole(whole, g->dimension);
    cst_algebra_centralizer(w, g, whole);
    fmpq_mat_clear(whole);
}

void
cst_algebra_derived(fmpq_mat_t w, const cst_algebra_t g)
{
    fmpq_mat_t whole;

    fmpq_mat_init(whole, 0, 0);
    cst__space_whole(whole, g->dimension);
    cst_algebra_product(w, g, whole, whole);
    fmpq_mat_clear(whole);
}

/* v = v_0, v_1 = [u, v_0], ... with u = v_0 (lower central) or u = v_k (derived), until it repeats or
   vanishes, which it leaves in v. The dimensions may be NULL. */
static slong
descend(fmpq_mat_t v, slong *dimensions, const cst_algebra_t g, int derived)
{
    slong count = 0, before;
    fmpq_mat_t first, next;

    fmpq_mat_init_set(first, v);
    fmpq_mat_init(next, 0, 0);
    do
    {
        before = fmpq_mat_nrows(v);
        if (dimensions)
            dimensions[count] = before;
        count++;
        cst_algebra_product(next, g, derived ? v : first, v);
        fmpq_mat_swap(v, next);
    } while (fmpq_mat_nrows(v) > 0 && fmpq_mat_nrows(v) < before);
    if (fmpq_mat_nrows(v) < before) /* to 0 */
    {
        if (dimensions)
            dimensions[count] = 0;
        count++;
    }
    fmpq_mat_clear(first);
    fmpq_mat_clear(next);
    return count;
}

static slong
series(slong *dimensions, const cst_algebra_t g, int derived)
{
    slong count;
    fmpq_mat_t v;

    fmpq_mat_init(v, 0, 0);
    cst__space_whole(v, g->dimension);
    count = descend(v, dimensions, g, derived);
    fmpq_mat_clear(v);
    return count;
}

slong
cst_algebra_derived_series(slong *dimensions, const cst_algebra_t g)
{
    return series(dimensions, g, 1);
}

slong
cst_algebra_lower_central_series(slong *dimensions, const cst_algebra_t g)
{
    return series(dimensions, g, 0);
}

static int
is_nilpotent(const cst_algebra_t g, const fmpq_mat_t subalgebra)
{
    int nilpotent;
    fmpq_mat_t v;

    fmpq_mat_init_set(v, subalgebra);
    descend(v, NULL, g, 0);
    nilpotent = fmpq_mat_nrows(v) == 0;
    fmpq_mat_clear(v);
    return nilpotent;
}

/* The Killing form ----------------------------------------------------------------- */

void
cst_algebra_killing(fmpq_mat_t form, const cst_algebra_t g)
{
    slong n = g->dimension;
    fmpq_mat_t flat, turned, transposed;

    fmpq_mat_init(flat, n, n * n);
    fmpq_mat_init(turned, n, n * n);
    fmpq_mat_init(transposed, n, n);
    for (slong i = 0; i < n; i++)
    {
        cst__space_flatten(flat, i, g->table + i);
        fmpq_mat_transpose(transposed, g->table + i);
        cst__space_flatten(turned, i, transposed);
    }
    cst__space_resize(transposed, n * n, n);
    fmpq_mat_transpose(transposed, turned);
    if (n)
        fmpq_mat_mul(form, flat, transposed);
    fmpq_mat_clear(flat);
    fmpq_mat_clear(turned);
    fmpq_mat_clear(transposed);
}

static slong
sign_changes(const fmpq_poly_t p, int turned)
{
    slong changes = 0;
    int last = 0;

    for (slong k = 0; k < fmpq_poly_length(p); k++)
    {
        int sign = fmpz_sgn(fmpq_poly_numref(p) + k) * (turned && k % 2 ? -1 : 1);

        changes += sign * last < 0;
        last = sign ? sign : last;
    }
    return changes;
}

void
cst_algebra_signature(slong *positive, slong *negative, const fmpq_mat_t form)
{
    fmpq_poly_t p;

    fmpq_poly_init(p);
    if (fmpq_mat_nrows(form))
        fmpq_mat_charpoly(p, form);
    *positive = sign_changes(p, 0);
    *negative = sign_changes(p, 1);
    fmpq_poly_clear(p);
}

/* Radicals --------------------------------------------------------------------------- */

void
cst_algebra_radical(fmpq_mat_t w, const cst_algebra_t g)
{
    slong n = g->dimension;
    fmpq_mat_t form, derived, columns, conditions;

    fmpq_mat_init(form, n, n);
    fmpq_mat_init(derived, 0, 0);
    cst_algebra_killing(form, g);
    cst_algebra_derived(derived, g);
    fmpq_mat_init(columns, n, fmpq_mat_nrows(derived));
    fmpq_mat_init(conditions, n, fmpq_mat_nrows(derived));
    fmpq_mat_transpose(columns, derived);
    fmpq_mat_mul(conditions, form, columns);
    cst__space_left_kernel(w, conditions);
    fmpq_mat_clear(form);
    fmpq_mat_clear(derived);
    fmpq_mat_clear(columns);
    fmpq_mat_clear(conditions);
}

void
cst__algebra_scatter(fmpq *x, slong n, ulong *seed)
{
    slong bound = 2 + (slong) (*seed >> 32);

    for (slong i = 0; i < n; i++)
    {
        ulong low = (*seed * 1103515245u + 12345u) & 0x7fffffffu;

        *seed = (*seed >> 32 << 32) | low;
        fmpq_set_si(x + i, (slong) ((low >> 8) % (ulong) (2 * bound + 1)) - bound, 1);
    }
    *seed += (ulong) 1 << 32;
}

/* A row combination of basis with scattered coefficients. */
static void
scatter_in(fmpq *x, const fmpq_mat_t basis, ulong *seed)
{
    slong count = fmpq_mat_nrows(basis), n = fmpq_mat_ncols(basis);
    fmpq *c = _fmpq_vec_init(count);

    cst__algebra_scatter(c, count, seed);
    for (slong j = 0; j < n; j++)
    {
        fmpq_zero(x + j);
        for (slong i = 0; i < count; i++)
            fmpq_addmul(x + j, c + i, fmpq_mat_entry(basis, i, j));
    }
    _fmpq_vec_clear(c, count);
}

/* Where the weights take different values at y, sum_lambda lambda(y)^k lambda(x) = tr((ad y)^k ad x) = 0 for
   all k < n says that each weight vanishes at x. w = {x in w : these traces are 0}. */
static void
cut_by_weights(fmpq_mat_t w, const cst_algebra_t g, const fmpq *y)
{
    slong n = g->dimension, count = fmpq_mat_nrows(w);
    fmpq_mat_t right, power, ad, traces, kernel, rows;

    fmpq_mat_init(right, n, n);
    fmpq_mat_init(power, n, n);
    fmpq_mat_init(ad, n, n);
    fmpq_mat_init(traces, count, n);
    fmpq_mat_init(kernel, 0, 0);
    cst__algebra_right(right, g, y);
    fmpq_mat_one(power);
    for (slong k = 0; k < n; k++)
    {
        for (slong i = 0; i < count; i++)
        {
            cst__algebra_right(ad, g, fmpq_mat_entry(w, i, 0));
            cst__space_trace(fmpq_mat_entry(traces, i, k), ad, power);
        }
        fmpq_mat_mul(power, power, right);
    }
    cst__space_left_kernel(kernel, traces);
    fmpq_mat_init(rows, fmpq_mat_nrows(kernel), n);
    fmpq_mat_mul(rows, kernel, w);
    cst__space_reduce(rows);
    fmpq_mat_swap(w, rows);
    fmpq_mat_clear(right);
    fmpq_mat_clear(power);
    fmpq_mat_clear(ad);
    fmpq_mat_clear(traces);
    fmpq_mat_clear(kernel);
    fmpq_mat_clear(rows);
}

/* All of [g, radical] stays in w, so w is an ideal; it contains the nilradical, and is it once it is
   nilpotent. */
void
cst_algebra_nilradical(fmpq_mat_t w, const cst_algebra_t g)
{
    slong n = g->dimension;
    fmpq *y = _fmpq_vec_init(n);
    fmpq_mat_t radical;
    ulong seed = 1;

    fmpq_mat_init(radical, 0, 0);
    cst_algebra_radical(radical, g);
    cst__space_set(w, radical);
    while (!is_nilpotent(g, w))
    {
        scatter_in(y, radical, &seed);
        cut_by_weights(w, g, y);
    }
    fmpq_mat_clear(radical);
    _fmpq_vec_clear(y, n);
}

/* The null component of ad x is its own normalizer; if it is nilpotent, it is a Cartan subalgebra, and so it
   is for generic x. */
void
cst__algebra_cartan(fmpq_mat_t w, fmpq *x, const cst_algebra_t g)
{
    slong n = g->dimension;
    ulong seed = 7;
    fmpq_mat_t right;

    fmpq_mat_init(right, n, n);
    do
    {
        cst__algebra_scatter(x, n, &seed);
        cst__algebra_right(right, g, x);
        for (slong k = 1; k < n; k *= 2)
            fmpq_mat_mul(right, right, right);
        cst__space_left_kernel(w, right);
    } while (!is_nilpotent(g, w));
    fmpq_mat_clear(right);
}

void
cst_algebra_cartan(fmpq_mat_t w, const cst_algebra_t g)
{
    fmpq *x = _fmpq_vec_init(g->dimension);

    cst__algebra_cartan(w, x, g);
    _fmpq_vec_clear(x, g->dimension);
}
