/* arch/eliminate.c -- blocked elimination modulo a prime in double precision, all sums exact.

   After the elimination of block k its pivots are the leading columns that are left; a new row is reduced by
   each block in turn, and what remains of a batch of rows makes the next block (Dumas, Giorgi, Pernet, Dense
   linear algebra over word-size prime fields, 2008). */
#include <string.h>

#include "arch/eliminate.h"

#include <cblas.h>

#define PANEL 1024 /* columns at a time */
#define LEAF 8     /* rows that are eliminated one by one */

void
cst__elimination_init(cst__elimination_t e, slong columns, ulong prime)
{
    memset(e, 0, sizeof *e);
    e->prime = (double) prime;
    e->inverse = 1 / (double) prime;
    e->columns = columns;
}

void
cst__elimination_clear(cst__elimination_t e)
{
    for (slong k = 0; k < e->count; k++)
    {
        flint_free(e->blocks[k].swaps);
        flint_free(e->blocks[k].rest);
    }
    flint_free(e->blocks);
}

/* x -> x - p round(x/p), for |x| < 2^52: at most p/2 + 1 in absolute value, and 0 for a multiple of p. */
static void
reduce(double *x, slong length, const cst__elimination_t e)
{
    const double shift = 0x1.8p52, p = e->prime, inverse = e->inverse;

    for (slong i = 0; i < length; i++)
    {
        double quotient = x[i] * inverse + shift;

        x[i] -= p * (quotient - shift);
    }
}

/* x^(p - 2) */
static double
invert(double x, const cst__elimination_t e)
{
    ulong p = (ulong) e->prime, residue = (ulong) (x < 0 ? x + e->prime : x);

    return (double) n_invmod(residue, p);
}

static void
swap_columns(double *rows, slong count, slong columns, slong i, slong j)
{
    for (slong r = 0; r < count && i != j; r++)
    {
        double t = rows[r * columns + i];

        rows[r * columns + i] = rows[r * columns + j];
        rows[r * columns + j] = t;
    }
}

/* a (rows x columns from `from` on) -= m b, b rows of the same width; m is count x k, and 0 afterwards. */
static void
subtract(double *a, slong count, double *m, slong k, const double *b, slong from, const cst__elimination_t e)
{
    slong columns = e->columns;
    double *factors = flint_malloc((size_t) (count * k + 1) * sizeof *factors);

    for (slong i = 0; i < count; i++)
    {
        memcpy(factors + i * k, m + i * columns, (size_t) k * sizeof *m);
        memset(m + i * columns, 0, (size_t) k * sizeof *m);
    }
    if (from < columns && count > 0 && k > 0)
    {
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) count, (int) (columns - from), (int) k,
                    -1, factors, (int) k, b + from, (int) columns, 1, a + from, (int) columns);
        for (slong i = 0; i < count; i++)
            reduce(a + i * columns + from, columns - from, e);
    }
    flint_free(factors);
}

/* A batch of rows on its way: its pivots so far begin at column first. */
typedef struct
{
    cst__elimination_struct *e;
    double *rows;
    slong count, first;
    slong *swaps;
} batch_t;

/* Makes row i a pivot row at this column, if it is not 0 there and beyond. */
static int
pivot_row(batch_t *b, slong i, slong column)
{
    slong columns = b->e->columns, j = column;
    double *row = b->rows + i * columns, factor;

    while (j < columns && row[j] == 0)
        j++;
    if (j == columns)
        return 0;
    swap_columns(b->rows, b->count, columns, column, j);
    b->swaps[column - b->first] = j;
    factor = invert(row[column], b->e);
    for (slong c = column; c < columns; c++)
        row[c] *= factor;
    reduce(row + column, columns - column, b->e);
    row[column] = 1;
    return 1;
}

/* Eliminates rows [from, from + count) by themselves, row by row; the pivot rows come first. */
static slong
leaf(batch_t *b, slong from, slong count, slong column)
{
    slong columns = b->e->columns, found = 0;

    for (slong i = 0; i < count; i++)
    {
        double *row = b->rows + (from + i) * columns, *pivot = b->rows + (from + found) * columns;

        if (!pivot_row(b, from + i, column + found))
            continue;
        if (i != found)
        {
            memcpy(pivot, row, (size_t) columns * sizeof *row);
            memset(row, 0, (size_t) columns * sizeof *row);
        }
        for (slong k = 0; k < count; k++)
        {
            double *other = b->rows + (from + k) * columns, factor = other[column + found];

            if (k == found || factor == 0)
                continue;
            for (slong c = column + found; c < columns; c++)
                other[c] -= factor * pivot[c];
            reduce(other + column + found, columns - column - found, b->e);
        }
        found++;
    }
    return found;
}

/* The same by halves. */
static slong
eliminate(batch_t *b, slong from, slong count, slong column)
{
    slong columns = b->e->columns, half = count / 2, top, bottom;
    double *a = b->rows + from * columns, *c = a + half * columns;

    if (count <= LEAF)
        return leaf(b, from, count, column);
    top = eliminate(b, from, half, column);
    subtract(c, count - half, c + column, top, a, column + top, b->e);
    bottom = eliminate(b, from + half, count - half, column + top);
    subtract(a, top, a + column + top, bottom, c, column + top + bottom, b->e);
    memmove(a + top * columns, c, (size_t) (bottom * columns) * sizeof *a);
    return top + bottom;
}

/* Takes what an earlier block says off the rows. panel has room for its rows times PANEL. */
static void
apply(double *rows, slong count, const cst__pivots_t *block, double *panel, const cst__elimination_t e)
{
    slong columns = e->columns, from = block->first + block->rows, width = columns - from;
    double *factors = flint_malloc((size_t) (count * block->rows + 1) * sizeof *factors);

    for (slong i = 0; i < block->rows; i++)
        swap_columns(rows, count, columns, block->first + i, block->swaps[i]);
    for (slong i = 0; i < count; i++)
    {
        memcpy(factors + i * block->rows, rows + i * columns + block->first,
               (size_t) block->rows * sizeof *rows);
        memset(rows + i * columns + block->first, 0, (size_t) block->rows * sizeof *rows);
    }
    for (slong c = 0; c < width; c += PANEL)
    {
        slong n = FLINT_MIN(PANEL, width - c);

        for (slong i = 0; i < block->rows; i++)
            for (slong j = 0; j < n; j++)
                panel[i * n + j] = block->rest[i * width + c + j];
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) count, (int) n, (int) block->rows, -1,
                    factors, (int) block->rows, panel, (int) n, 1, rows + from + c, (int) columns);
        for (slong i = 0; i < count; i++)
            reduce(rows + i * columns + from + c, n, e);
    }
    flint_free(factors);
}

/* Keeps the pivot rows of a batch. */
static void
keep(cst__elimination_t e, const batch_t *b, slong found)
{
    slong width = e->columns - b->first - found;
    cst__pivots_t *block;

    if (e->count == e->room)
    {
        e->room = 2 * e->room + 8;
        e->blocks = flint_realloc(e->blocks, (size_t) e->room * sizeof *e->blocks);
    }
    block = e->blocks + e->count++;
    block->rows = found;
    block->first = b->first;
    block->swaps = b->swaps;
    block->rest = flint_malloc((size_t) (found * width + 1) * sizeof *block->rest);
    for (slong i = 0; i < found; i++)
        for (slong j = 0; j < width; j++)
            block->rest[i * width + j] = (float) b->rows[i * e->columns + b->first + found + j];
    e->rank += found;
}

slong
cst__elimination_add(cst__elimination_t e, double *rows, slong count)
{
    batch_t b = {e, rows, count, e->rank, flint_malloc((size_t) (count + 1) * sizeof(slong))};
    double *panel = flint_malloc((size_t) (CST__ELIMINATION_BLOCK * PANEL) * sizeof *panel);
    slong found;

    reduce(rows, count * e->columns, e);
    for (slong k = 0; k < e->count; k++)
        apply(rows, count, e->blocks + k, panel, e);
    flint_free(panel);
    found = eliminate(&b, 0, count, e->rank);
    if (found > 0)
        keep(e, &b, found);
    else
        flint_free(b.swaps);
    return found;
}
