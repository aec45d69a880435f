#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/matrix.h"

void
cst__mat_init(cst__mat_t a, slong rows, slong cols)
{
    a->rows = rows;
    a->cols = cols;
    a->x = flint_calloc((size_t) (rows * cols) + 1, sizeof *a->x);
    a->error = 0;
    a->defect = 0;
}

void
cst__mat_clear(cst__mat_t a)
{
    flint_free(a->x);
}

void
cst__mat_set(cst__mat_t a, const cst__mat_t b)
{
    memcpy(a->x, b->x, (size_t) (b->rows * b->cols) * sizeof *a->x);
    a->error = b->error;
    a->defect = b->defect;
}

double
cst__up(double x)
{
    return x * (1 + 0x1p-42) + DBL_MIN;
}

double
cst__gamma(slong n)
{
    double nu = (double) n * OBS_U;

    return nu < 0.5 ? cst__up(nu / (1 - nu)) : (double) INFINITY;
}

void
cst__ball(arb_t ball, double centre, double radius)
{
    if (!isfinite(centre) || !isfinite(radius))
    {
        arb_indeterminate(ball);
        return;
    }
    arb_set_d(ball, centre);
    mag_set_d(arb_radref(ball), radius);
}

#define LEAF 128

/* A tree of sums: each square is rounded once and takes part in at most LEAF + log2(length) additions. */
static double
tree_of_squares(const double *x, slong length, slong stride)
{
    slong half;

    if (length > LEAF)
    {
        half = length / 2;
        return tree_of_squares(x, half, stride) + tree_of_squares(x + half * stride, length - half, stride);
    }
    return cblas_ddot((int) length, x, (int) stride, x, (int) stride);
}

/* 40 levels above a leaf. */
#define SQUARES_ROUNDINGS (LEAF + 1 + 40)

void
cst__sum_squares(arb_t sum, const double *x, slong length, slong stride)
{
    double s = tree_of_squares(x, length, stride);

    cst__ball(sum, s, cst__up(s * cst__gamma(SQUARES_ROUNDINGS) + (double) length * DBL_MIN));
}

double
cst__norm_x(const double *x, slong length)
{
    return cst__up(sqrt(cst__up(tree_of_squares(x, length, 1)) + (double) length * DBL_MIN));
}

double
cst__mat_norm(const cst__mat_t a)
{
    return cst__up(sqrt(1 + a->defect) * cst__norm_x(a->x, a->rows * a->cols) + a->error);
}

void
cst__mat_frobenius(arb_t norm, const cst__mat_t a)
{
    arb_t factor;

    arb_init(factor);
    cst__sum_squares(norm, a->x, a->rows * a->cols, 1);
    cst__ball(factor, 1, a->defect);
    arb_mul(norm, norm, factor, OBS_PREC);
    arb_nonnegative_part(norm, norm);
    arb_sqrt(norm, norm, OBS_PREC);
    cst__ball(factor, 0, a->error);
    arb_add(norm, norm, factor, OBS_PREC);
    arb_nonnegative_part(norm, norm);
    arb_clear(factor);
}

void
cst__mat_subtract(cst__mat_t a, const cst__mat_t b)
{
    slong n = a->rows * a->cols;

    for (slong i = 0; i < n; i++)
        a->x[i] -= b->x[i];
    a->error = cst__up(a->error + b->error + OBS_U * cst__norm_x(a->x, n));
}

/* The bounds of a product of an n x k and a k x m matrix, whichever is transposed: entries are inner products
   of k terms, and a product may underflow. */
static void
bound_product(cst__mat_t c, const cst__mat_t a, const cst__mat_t b, slong k)
{
    double x = cst__norm_x(a->x, a->rows * a->cols), y = cst__norm_x(b->x, b->rows * b->cols);
    double p = cst__up(sqrt(1 + a->defect)), q = cst__up(sqrt(1 + b->defect));
    double rounding =
        cst__up(cst__gamma(k + 1) * x * y + (double) k * (double) (c->rows + c->cols) * DBL_MIN);

    c->defect = cst__up(a->defect + b->defect + a->defect * b->defect);
    if (a->defect == 0 && b->defect == 0)
        c->defect = 0;
    c->error = cst__up(p * q * rounding + p * x * b->error + q * y * a->error + a->error * b->error);
    if (isnan(c->error))
        c->error = (double) INFINITY;
}

void
cst__mat_mul(cst__mat_t c, const cst__mat_t a, const cst__mat_t b)
{
    cst__mat_init(c, a->rows, b->cols);
    if (c->rows > 0 && c->cols > 0 && a->cols > 0)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) a->rows, (int) b->cols, (int) a->cols, 1,
                    a->x, (int) a->cols, b->x, (int) b->cols, 0, c->x, (int) c->cols);
    bound_product(c, a, b, a->cols);
}

void
cst__mat_mul_transpose(cst__mat_t c, const cst__mat_t a, const cst__mat_t b)
{
    cst__mat_init(c, a->rows, b->rows);
    if (c->rows > 0 && c->cols > 0 && a->cols > 0)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int) a->rows, (int) b->rows, (int) a->cols, 1,
                    a->x, (int) a->cols, b->x, (int) b->cols, 0, c->x, (int) c->cols);
    bound_product(c, a, b, a->cols);
}

void
cst__mat_transpose_mul(cst__mat_t c, const cst__mat_t a, const cst__mat_t b)
{
    cst__mat_init(c, a->cols, b->cols);
    if (c->rows > 0 && c->cols > 0 && a->rows > 0)
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int) a->cols, (int) b->cols, (int) a->rows, 1,
                    a->x, (int) a->cols, b->x, (int) b->cols, 0, c->x, (int) c->cols);
    bound_product(c, a, b, a->rows);
}

/* ||q q' - 1||_F for a p x n matrix q in columns, or infinity */
static double
orthogonality(const double *q, slong p, slong n, slong stride)
{
    double *g = flint_calloc((size_t) (p * p) + 1, sizeof *g), norm = 0, defect;

    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (int) p, (int) n, 1, q, (int) stride, 0, g, (int) p);
    for (slong i = 0; i < p; i++)
    {
        for (slong j = 0; j < i; j++)
            g[i * p + j] = g[j * p + i];
        norm += g[i * (p + 1)]; /* ||q||_F^2 */
        g[i * (p + 1)] -= 1;
    }
    defect = cst__up(cst__norm_x(g, p * p) + 2 * cst__gamma(n + 2) * (norm + (double) p));
    flint_free(g);
    return defect < 0.5 ? defect : (double) INFINITY;
}

/* A bound of |R^{-1}|_2^2 where |1 - R y|_2 <= gap: that of |y y'|_2, by rows, over (1 - gap)^2. */
static double
inverse_square(const double *y, slong n, double norm, double gap)
{
    double *m = flint_calloc((size_t) (n * n) + 1, sizeof *m), most = 0;

    if (!(gap < 0.5))
        most = (double) INFINITY;
    memcpy(m, y, (size_t) (n * n) * sizeof *m);
    cblas_dtrmm(CblasRowMajor, CblasRight, CblasUpper, CblasTrans, CblasNonUnit, (int) n, (int) n, 1, y,
                (int) n, m, (int) n);
    for (slong i = 0; i < n; i++)
    {
        double sum = 0;

        for (slong j = 0; j < n; j++)
            sum += fabs(m[i * n + j]);
        most = fmax(most, sum);
    }
    flint_free(m);
    most = cst__up(most) + cst__gamma(n + 2) * norm * norm;
    return cst__up(most / ((1 - gap) * (1 - gap)));
}

/* With G = A'A = R'R up to D, and Y about R^{-1}, A = P R where P'P - 1 = R^{-T} D R^{-1}: the defect. 0: it
   is not small, and r is not initialized. */
int
cst__factor_gram(cst__mat_t r, double *g, slong n, double error, double limit)
{
    double *y = flint_malloc((size_t) (n * n + 1) * sizeof *y),
           *d = flint_malloc((size_t) (n * n + 1) * sizeof *d), norm, inverse, defect = (double) INFINITY;
    int failed;

    cst__mat_init(r, n, n);
    memcpy(r->x, g, (size_t) (n * n) * sizeof *g);
    failed = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'L', (int) n, r->x, (int) n) != 0;
    /* lower in columns is upper in rows */
    for (slong i = 0; i < n; i++)
        memset(r->x + i * n, 0, (size_t) i * sizeof *g);
    memcpy(y, r->x, (size_t) (n * n) * sizeof *y);
    failed = failed || LAPACKE_dtrtri(LAPACK_COL_MAJOR, 'L', 'N', (int) n, y, (int) n) != 0;
    if (!failed)
    {
        norm = cst__norm_x(r->x, n * n);
        inverse = cst__norm_x(y, n * n);
        error += cst__gamma(n + 2) * (norm * norm + cst__norm_x(g, n * n));
        memcpy(d, r->x, (size_t) (n * n) * sizeof *d);
        cblas_dtrmm(CblasRowMajor, CblasLeft, CblasUpper, CblasTrans, CblasNonUnit, (int) n, (int) n, 1, r->x,
                    (int) n, d, (int) n);
        for (slong i = 0; i < n * n; i++)
            g[i] -= d[i];
        error = cst__up(error + cst__norm_x(g, n * n));
        memcpy(d, y, (size_t) (n * n) * sizeof *d);
        cblas_dtrmm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, (int) n, (int) n, 1,
                    r->x, (int) n, d, (int) n);
        for (slong i = 0; i < n; i++)
            d[i * (n + 1)] -= 1;
        defect = cst__up(cst__norm_x(d, n * n) + cst__gamma(n + 2) * (norm * inverse + (double) n));
        defect = cst__up(error * inverse_square(y, n, inverse, defect));
    }
    flint_free(y);
    flint_free(d);
    r->defect = defect;
    if (!(defect < limit))
    {
        cst__mat_clear(r);
        return 0;
    }
    return 1;
}

/* In LAPACK's eyes the rows are columns: a' = l q, so that a = q' l' and r = l'. */
void
cst__mat_compress(cst__mat_t r, const cst__mat_t a)
{
    slong n = a->rows, k = a->cols, p = n < k ? n : k;
    double *q = flint_malloc((size_t) (n * k + 1) * sizeof *q), *d, *tau, norm, residual, defect;

    cst__mat_init(r, p, k);
    if (p == 0)
    {
        r->error = a->error;
        flint_free(q);
        return;
    }
    tau = flint_malloc((size_t) p * sizeof *tau);
    d = flint_malloc((size_t) (n * k) * sizeof *d);
    memcpy(q, a->x, (size_t) (n * k) * sizeof *q);
    memcpy(d, a->x, (size_t) (n * k) * sizeof *d);
    if (LAPACKE_dgelqf(LAPACK_COL_MAJOR, (int) k, (int) n, q, (int) k, tau) != 0)
        r->error = (double) INFINITY; /* NaN */
    for (slong j = 0; j < p; j++)
        memcpy(r->x + j * k + j, q + j * k + j, (size_t) (k - j) * sizeof *q);
    if (LAPACKE_dorglq(LAPACK_COL_MAJOR, (int) p, (int) n, (int) p, q, (int) k, tau) != 0)
        r->error = (double) INFINITY;
    defect = orthogonality(q, p, n, k);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int) k, (int) n, (int) p, -1, r->x, (int) k, q,
                (int) k, 1, d, (int) k);
    /* ||q||_F^2 <= p (1 + defect) */
    norm = cst__up(cst__norm_x(a->x, n * k) + cst__norm_x(r->x, p * k) * sqrt((double) p * (1 + defect)));
    residual = cst__up(cst__norm_x(d, n * k) + cst__gamma(p + 2) * norm);
    r->error = cst__up(r->error + a->error + sqrt(1 + a->defect) * residual);
    r->defect = cst__up(a->defect + defect + a->defect * defect);
    if (!isfinite(r->defect) || isnan(r->error))
    {
        r->error = (double) INFINITY;
        r->defect = 0;
    }
    flint_free(tau);
    flint_free(d);
    flint_free(q);
}

/* Twice as fast as QR for tall matrices, where they are well enough conditioned. */
void
cst__mat_compress_tall(cst__mat_t r, const cst__mat_t a)
{
    slong n = a->rows, k = a->cols;
    double *g, norm;

    if (n >= 2 * k && n >= 256 && k > 0 && isfinite(a->error)) /* small ones have better bounds by QR */
    {
        g = flint_calloc((size_t) (k * k) + 1, sizeof *g);
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int) k, (int) n, 1, a->x, (int) k, 0, g, (int) k);
        for (slong i = 0; i < k; i++)
            for (slong j = 0; j < i; j++)
                g[i * k + j] = g[j * k + i];
        norm = cst__norm_x(a->x, n * k);
        if (cst__factor_gram(r, g, k, cst__up(cst__gamma(n + 2) * norm * norm), 1e-8))
        {
            r->error = a->error;
            r->defect = cst__up(a->defect + r->defect + a->defect * r->defect);
            flint_free(g);
            return;
        }
        flint_free(g);
    }
    cst__mat_compress(r, a);
}

void
cst__mat_compress_rows(cst__mat_t r, const cst__mat_t b)
{
    cst__mat_t both, next;

    cst__mat_init(both, r->rows + b->rows, b->cols);
    memcpy(both->x, r->x, (size_t) (r->rows * r->cols) * sizeof *r->x);
    memcpy(both->x + r->rows * r->cols, b->x, (size_t) (b->rows * b->cols) * sizeof *b->x);
    both->error = cst__up(r->error + b->error);
    both->defect = fmax(r->defect, b->defect);
    cst__mat_compress(next, both);
    cst__mat_clear(both);
    cst__mat_clear(r);
    *r = *next;
}

/* u (m x p), s, vt (p x n) of the m x n matrix in columns; *residual bounds ||a - u s vt||_F. 0 on failure.
 */
static int
decompose(double *s, double *residual, double *defect, const double *x, slong m, slong n, slong p)
{
    double *d = flint_malloc((size_t) (m * n) * sizeof *d), *u = flint_malloc((size_t) (m * p) * sizeof *u),
           *vt = flint_malloc((size_t) (p * n) * sizeof *vt), norm, left, right;
    int failed;

    memcpy(d, x, (size_t) (m * n) * sizeof *d);
    failed =
        LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', (int) m, (int) n, d, (int) m, s, u, (int) m, vt, (int) p) != 0;
    if (!failed)
    {
        right = orthogonality(vt, p, n, p);
        /* u' u by the same route: the transpose of u in columns */
        double *ut = flint_malloc((size_t) (m * p) * sizeof *ut);

        for (slong i = 0; i < m; i++)
            for (slong j = 0; j < p; j++)
                ut[i * p + j] = u[j * m + i];
        left = orthogonality(ut, p, m, p);
        flint_free(ut);
        for (slong j = 0; j < p; j++)
            for (slong i = 0; i < m; i++)
                u[j * m + i] *= s[j];
        norm = cst__up(cst__norm_x(x, m * n) + cst__norm_x(u, m * p) * sqrt((double) p * (1 + right)));
        memcpy(d, x, (size_t) (m * n) * sizeof *d);
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, (int) m, (int) n, (int) p, -1, u, (int) m, vt,
                    (int) p, 1, d, (int) m);
        *residual = cst__up(cst__norm_x(d, m * n) + cst__gamma(p + 3) * norm);
        *defect = cst__up(left + right + left * right);
        failed = !isfinite(*defect) || !isfinite(*residual);
    }
    flint_free(d);
    flint_free(u);
    flint_free(vt);
    return !failed;
}

/* From h = b'b (its lower part): s, the lengths of the columns of b from the last to the first, or 0 where
   they are at most small; *rest, the squares of those. Returns the Frobenius norm of F, where b'b = d (1 + F)
   d for the others, d their lengths, up to rounding. */
static double
column_lengths(double *s, double *rest, const double *h, slong p, double small)
{
    double sum = 0;

    *rest = 0;
    for (slong j = 0; j < p; j++)
    {
        double square = h[j * (p + 1)];

        s[p - 1 - j] = sqrt(square) > small ? sqrt(square) : 0;
        *rest += s[p - 1 - j] > 0 ? 0 : square;
    }
    for (slong i = 0; i < p; i++)
        for (slong j = 0; j < i; j++)
            if (s[p - 1 - i] > 0 && s[p - 1 - j] > 0)
            {
                double f = h[i * p + j] / (s[p - 1 - i] * s[p - 1 - j]);

                sum += 2 * f * f;
            }
    return sqrt(sum);
}

/* By the eigenvectors v of a'a, for which b = a v has nearly orthogonal columns: b = q d with d their lengths
   and q'q = 1 + F, so that its singular values lie between the factors sqrt(1 -+ |F|) of d (Ostrowski). Those
   of columns that are next to 0 are taken as 0. Half the time of a decomposition. 0: it is not accurate. */
static int
by_eigenvectors(double *s, double *residual, double *defect, const double *x, slong rows, slong cols)
{
    slong p = rows < cols ? rows : cols, n = rows < cols ? cols : rows;
    CBLAS_TRANSPOSE side = rows < cols ? CblasTrans : CblasNoTrans;
    double *v = flint_calloc((size_t) (p * p), sizeof *v), *b = flint_malloc((size_t) (n * p) * sizeof *b),
           *h = flint_calloc((size_t) (p * p), sizeof *h), small, rest, off, orthogonal;
    int failed;

    cblas_dsyrk(CblasRowMajor, CblasLower, side == CblasTrans ? CblasNoTrans : CblasTrans, (int) p, (int) n,
                1, x, (int) cols, 0, v, (int) p);
    failed = LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', (int) p, v, (int) p, s) != 0;
    if (!failed) /* v has the eigenvectors as rows, in ascending order */
    {
        orthogonal = orthogonality(v, p, p, p);
        cblas_dgemm(CblasRowMajor, side, CblasTrans, (int) n, (int) p, (int) p, 1, x, (int) cols, v, (int) p,
                    0, b, (int) p);
        cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (int) p, (int) n, 1, b, (int) p, 0, h, (int) p);
        small = 1e-7 * sqrt(h[p * p - 1]);
        off = column_lengths(s, &rest, h, p, small);
        off = cst__up(off + 3 * cst__gamma(n + 4) * (double) p);
        *residual = cst__up(sqrt(rest) * (1 + cst__gamma(n + 4)) +
                            cst__gamma(p + 1) * cst__norm_x(x, n * p) * sqrt((double) p * (1 + orthogonal)));
        *defect = cst__up(off + orthogonal + off * orthogonal);
        /* and no square underflows that counts */
        failed = !(off < 1e-8 && *residual < 0.1 * small && small > 1e-100 && isfinite(*defect));
    }
    flint_free(v);
    flint_free(b);
    flint_free(h);
    return !failed;
}

#define BY_EIGENVECTORS 256 /* rows and columns at least: small matrices have better bounds otherwise */

arb_ptr
cst__mat_singular_values(slong *length, double **centres, double *joint, const cst__mat_t a)
{
    slong m = a->cols, n = a->rows, p = m < n ? m : n;
    double *s = flint_calloc((size_t) p + 1, sizeof *s), residual, defect, error;
    arb_ptr sigma = _arb_vec_init(p > 0 ? p : 1);

    *length = p;
    *joint = p > 0 ? (double) INFINITY : a->error;
    if (p > 0 && isfinite(a->error) &&
        ((p >= BY_EIGENVECTORS && by_eigenvectors(s, &residual, &defect, a->x, n, m)) ||
         decompose(s, &residual, &defect, a->x, m, n, p)))
    {
        /* sigma_i(u s vt) lies between the factors sqrt(1 -+ defect) of s_i; Weyl for the residual; then the
           factors and the error of a itself. Jointly, in the Euclidean norm: Hoffman and Wielandt. */
        error = cst__up(sqrt(1 + a->defect) * residual + a->error);
        defect = cst__up(defect + a->defect + defect * a->defect);
        *joint = cst__up(error + defect * cst__norm_x(s, p));
        for (slong i = 0; i < p; i++)
        {
            cst__ball(sigma + i, s[i], cst__up(error + defect * s[i]));
            arb_nonnegative_part(sigma + i, sigma + i);
        }
    }
    else
        for (slong i = 0; i < p; i++)
            arb_indeterminate(sigma + i);
    if (centres)
        *centres = s;
    else
        flint_free(s);
    return sigma;
}
