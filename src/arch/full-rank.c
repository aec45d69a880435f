/* arch/full-rank.c -- columns that are certainly independent.

   Floating point finds M ~ Q R and X ~ 1/R. Let C = M X up to an error of Frobenius norm e. If |1 - C'C| <= d
   < 1 for the computed C, its singular values are at least sqrt(1 - d); if that is greater than e, M X has
   full column rank, and so has M. Products are bounded by gamma_n |A| |B| for inner products of n terms in
   any order (Higham, Accuracy and Stability of Numerical Algorithms, 3.5): conventional products in
   round-to-nearest are assumed of BLAS, and nothing of what LAPACK computes. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "arch/full-rank.h"

#include <cblas.h>
#include <lapacke.h>
#undef I

#define SLACK (1 + 0x1p-20) /* more than the roundings of a norm of 2^31 numbers */
#define DEPENDENT 1e-11     /* relative diagonal of R, below which a column is left out */

static double
gamma_of(slong n)
{
    double nu = (double) n * 0x1p-53;

    return nu < 0.5 ? SLACK * nu / (1 - nu) : (double) INFINITY;
}

/* An upper bound of the Euclidean norm. */
static double
norm(const double *x, slong rows, slong columns)
{
    double sum = 0;

    for (slong i = 0; i < rows; i++)
        sum += cblas_ddot((int) columns, x + i * columns, 1, x + i * columns, 1);
    return SLACK * sqrt(sum + (double) rows * (double) columns * DBL_MIN);
}

/* x (columns x columns, upper triangular): an approximate inverse of R, or of what the zeros on its diagonal
   leave of it. Marks in keep the columns that do not depend on those before them; 0 on failure. */
static int
invert_factor(double *x, char *keep, double *a, slong rows, slong columns)
{
    double *tau = flint_malloc((size_t) (columns + 1) * sizeof *tau);
    int good;

    /* Rows one after another are the columns of the transpose: L Q there is R'Q'. */
    good = LAPACKE_dgelqf(LAPACK_COL_MAJOR, (int) columns, (int) rows, a, (int) columns, tau) == 0;
    for (slong i = 0; i < columns && good; i++)
        for (slong j = 0; j < columns; j++)
            x[i * columns + j] = j >= i ? a[i * columns + j] : 0;
    for (slong j = 0; j < columns && good; j++)
        keep[j] = fabs(x[j * columns + j]) > DEPENDENT * cblas_dnrm2((int) j + 1, x + j, (int) columns);
    for (slong j = 0; j < columns && good; j++)
        if (!keep[j])
            x[j * columns + j] = 1;
    good = good && LAPACKE_dtrtri(LAPACK_ROW_MAJOR, 'U', 'N', (int) columns, x, (int) columns) == 0;
    flint_free(tau);
    return good;
}

/* |1 - c'c| for the true product, with room for it in g. */
static double
defect(double *g, const double *c, slong rows, slong columns)
{
    double sum = 0, size = norm(c, rows, columns);

    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int) columns, (int) rows, 1, c, (int) columns, 0, g,
                (int) columns);
    for (slong i = 0; i < columns; i++)
    {
        double *row = g + i * columns, off = 0;

        for (slong j = i + 1; j < columns; j++)
            off += row[j] * row[j];
        sum += 2 * off + (row[i] - 1) * (row[i] - 1);
    }
    return SLACK * (SLACK * sqrt(sum) + gamma_of(rows + 2) * size * size +
                    (double) rows * (double) columns * (double) columns * DBL_MIN);
}

/* Is the rank of the matrix certainly the number of its columns? Else keep says what to try. */
static int
is_full(char *keep, const double *x, double error, slong rows, slong columns)
{
    size_t size = (size_t) (rows * columns), square = (size_t) (columns * columns);
    double *c = flint_malloc((size + 1) * sizeof *c), *inverse = flint_malloc((square + 1) * sizeof *inverse);
    double e, d;
    int full = 0;

    memcpy(c, x, size * sizeof *c);
    if (invert_factor(inverse, keep, c, rows, columns))
    {
        e = norm(inverse, columns, columns);
        e = SLACK * (gamma_of(columns + 2) * norm(x, rows, columns) * e + error * e +
                     (double) columns * (double) size * DBL_MIN);
        memcpy(c, x, size * sizeof *c);
        cblas_dtrmm(CblasRowMajor, CblasRight, CblasUpper, CblasNoTrans, CblasNonUnit, (int) rows,
                    (int) columns, 1, inverse, (int) columns, c, (int) columns);
        d = defect(inverse, c, rows, columns);
        full = d < 0.99 && e < 0.99 * sqrt(1 - d); /* false if one is no number */
    }
    else
        memset(keep, 0, (size_t) columns);
    flint_free(inverse);
    flint_free(c);
    return full;
}

/* The same without the columns that are not to be kept; what is left is certified, or nothing. */
static slong
certify_kept(const char *keep, const double *x, double error, slong rows, slong columns)
{
    slong kept = 0, n = 0;
    double *y;
    char *again;
    int full;

    for (slong j = 0; j < columns; j++)
        kept += keep[j];
    if (kept == 0 || kept == columns)
        return 0;
    y = flint_malloc((size_t) (rows * kept + 1) * sizeof *y);
    again = flint_malloc((size_t) columns);
    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < columns; j++)
            if (keep[j])
                y[n++] = x[i * columns + j];
    full = is_full(again, y, error, rows, kept);
    flint_free(again);
    flint_free(y);
    return full ? kept : 0;
}

slong
cst__certified_columns(const double *x, const double *error, slong rows, slong columns)
{
    char *keep = flint_malloc((size_t) columns + 1);
    double sum = norm(error, 1, rows);
    slong rank = is_full(keep, x, sum, rows, columns) ? columns : certify_kept(keep, x, sum, rows, columns);

    flint_free(keep);
    return rank;
}
