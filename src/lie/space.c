/* lie/space.c -- subspaces of Q^n as matrices in reduced row echelon form. */
#include "lie/space.h"

void
cst__space_resize(fmpq_mat_t m, slong rows, slong columns)
{
    fmpq_mat_clear(m);
    fmpq_mat_init(m, rows, columns);
}

void
cst__space_set(fmpq_mat_t w, const fmpq_mat_t v)
{
    fmpq_mat_t copy;

    fmpq_mat_init_set(copy, v);
    fmpq_mat_swap(w, copy);
    fmpq_mat_clear(copy);
}

void
cst__space_whole(fmpq_mat_t w, slong n)
{
    cst__space_resize(w, n, n);
    fmpq_mat_one(w);
}

/* Rows from ... to - 1 of m. */
static void
take_rows(fmpq_mat_t w, const fmpq_mat_t m, slong from, slong to)
{
    fmpq_mat_t part;

    fmpq_mat_init(part, to - from, fmpq_mat_ncols(m));
    for (slong i = from; i < to; i++)
        for (slong j = 0; j < fmpq_mat_ncols(m); j++)
            fmpq_set(fmpq_mat_entry(part, i - from, j), fmpq_mat_entry(m, i, j));
    fmpq_mat_swap(w, part);
    fmpq_mat_clear(part);
}

void
cst__space_reduce(fmpq_mat_t w)
{
    take_rows(w, w, 0, fmpq_mat_rref(w, w));
}

void
cst__space_stack(fmpq_mat_t w, const fmpq_mat_t u, const fmpq_mat_t v)
{
    cst__space_resize(w, fmpq_mat_nrows(u) + fmpq_mat_nrows(v), fmpq_mat_ncols(u));
    fmpq_mat_concat_vertical(w, u, v);
}

void
cst__space_add(fmpq_mat_t w, const fmpq_mat_t v)
{
    fmpq_mat_t both;

    fmpq_mat_init(both, 0, 0);
    cst__space_stack(both, w, v);
    cst__space_reduce(both);
    fmpq_mat_swap(w, both);
    fmpq_mat_clear(both);
}

/* The pivot columns of a matrix in echelon form. The caller frees them. */
static slong *
pivot_columns(const fmpq_mat_t m, slong rank)
{
    slong *pivot = flint_malloc((size_t) (rank + 1) * sizeof *pivot);

    for (slong i = 0, j = 0; i < rank; i++, j++)
    {
        while (fmpq_is_zero(fmpq_mat_entry(m, i, j)))
            j++;
        pivot[i] = j;
    }
    return pivot;
}

void
cst__space_left_kernel(fmpq_mat_t w, const fmpq_mat_t m)
{
    slong n = fmpq_mat_nrows(m), rank, row = 0, *pivot;
    fmpq_mat_t t;

    fmpq_mat_init(t, fmpq_mat_ncols(m), n);
    fmpq_mat_transpose(t, m);
    rank = fmpq_mat_rref(t, t);
    pivot = pivot_columns(t, rank);
    cst__space_resize(w, n - rank, n);
    for (slong free = 0, next = 0; free < n; free++)
    {
        if (next < rank && pivot[next] == free)
        {
            next++;
            continue;
        }
        fmpq_one(fmpq_mat_entry(w, row, free));
        for (slong i = 0; i < rank; i++)
            fmpq_neg(fmpq_mat_entry(w, row, pivot[i]), fmpq_mat_entry(t, i, free));
        row++;
    }
    flint_free(pivot);
    fmpq_mat_clear(t);
    cst__space_reduce(w);
}

void
cst__space_intersection(fmpq_mat_t w, const fmpq_mat_t u, const fmpq_mat_t v)
{
    slong p = fmpq_mat_nrows(u);
    fmpq_mat_t both, relations, part; /* a u + b v = 0: a u lies in both */

    fmpq_mat_init(both, 0, 0);
    fmpq_mat_init(relations, 0, 0);
    cst__space_stack(both, u, v);
    cst__space_left_kernel(relations, both);
    fmpq_mat_init(part, fmpq_mat_nrows(relations), p);
    for (slong i = 0; i < fmpq_mat_nrows(relations); i++)
        for (slong j = 0; j < p; j++)
            fmpq_set(fmpq_mat_entry(part, i, j), fmpq_mat_entry(relations, i, j));
    cst__space_resize(w, fmpq_mat_nrows(part), fmpq_mat_ncols(u));
    fmpq_mat_mul(w, part, u);
    cst__space_reduce(w);
    fmpq_mat_clear(both);
    fmpq_mat_clear(relations);
    fmpq_mat_clear(part);
}

void
cst__space_complement(fmpq_mat_t w, const fmpq_mat_t u, const fmpq_mat_t v)
{
    slong p = fmpq_mat_nrows(v), rank, *pivot;
    fmpq_mat_t both, t;

    fmpq_mat_init(both, 0, 0);
    cst__space_stack(both, v, u);
    fmpq_mat_init(t, fmpq_mat_ncols(both), fmpq_mat_nrows(both));
    fmpq_mat_transpose(t, both);
    rank = fmpq_mat_rref(t, t);
    pivot = pivot_columns(t, rank);
    cst__space_resize(w, rank - p, fmpq_mat_ncols(u));
    for (slong i = p; i < rank; i++)
        for (slong j = 0; j < fmpq_mat_ncols(u); j++)
            fmpq_set(fmpq_mat_entry(w, i - p, j), fmpq_mat_entry(both, pivot[i], j));
    flint_free(pivot);
    fmpq_mat_clear(both);
    fmpq_mat_clear(t);
}

int
cst__space_coordinates(fmpq_mat_t x, const fmpq_mat_t basis, const fmpq_mat_t rows)
{
    slong p = fmpq_mat_nrows(basis), q = fmpq_mat_nrows(rows), rank, *pivot;
    fmpq_mat_t both, t;
    int solved;

    fmpq_mat_init(both, 0, 0);
    cst__space_stack(both, basis, rows);
    fmpq_mat_init(t, fmpq_mat_ncols(both), p + q);
    fmpq_mat_transpose(t, both);
    rank = fmpq_mat_rref(t, t);
    pivot = pivot_columns(t, rank);
    solved = rank == 0 || pivot[rank - 1] < p;
    cst__space_resize(x, q, p);
    for (slong i = 0; i < rank && solved; i++)
        for (slong j = 0; j < q; j++)
            fmpq_set(fmpq_mat_entry(x, j, pivot[i]), fmpq_mat_entry(t, i, p + j));
    flint_free(pivot);
    fmpq_mat_clear(both);
    fmpq_mat_clear(t);
    return solved;
}

int
cst__space_contains(const fmpq_mat_t u, const fmpq_mat_t v)
{
    fmpq_mat_t x;
    int contains;

    fmpq_mat_init(x, 0, 0);
    contains = cst__space_coordinates(x, u, v);
    fmpq_mat_clear(x);
    return contains;
}

void
cst__space_flatten(fmpq_mat_t flat, slong row, const fmpq_mat_t m)
{
    slong columns = fmpq_mat_ncols(m);

    for (slong i = 0; i < fmpq_mat_nrows(m); i++)
        for (slong j = 0; j < columns; j++)
            fmpq_set(fmpq_mat_entry(flat, row, i * columns + j), fmpq_mat_entry(m, i, j));
}

void
cst__space_trace(fmpq_t t, const fmpq_mat_t a, const fmpq_mat_t b)
{
    fmpq_zero(t);
    for (slong i = 0; i < fmpq_mat_nrows(a); i++)
        for (slong j = 0; j < fmpq_mat_ncols(a); j++)
            fmpq_addmul(t, fmpq_mat_entry(a, i, j), fmpq_mat_entry(b, j, i));
}
