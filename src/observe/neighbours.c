#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/rates.h"

/* Differences of n runs from their mean, X = U diag(s) W', by the eigenvectors U of XX'. */
typedef struct
{
    slong runs, rank;
    double *u; /* eigenvectors as rows, the greatest first */
    double *s;
} span_t;

#define SMALL 1e-6 /* of s: what is below is rounding */

/* g = (x - mean)(y - mean)', without run `without` (-1: none), whose rows are 0. */
static void
inner_products(double *g, const double *x, const double *y, slong runs, slong dimension, slong without)
{
    double *part = flint_malloc((size_t) (2 * runs) * sizeof *part), n = (double) (runs - (without >= 0));
    slong base = without == 0 ? dimension : 0; /* of a run that is left: what is alike differs by 0 exactly */

    memset(g, 0, (size_t) (runs * runs) * sizeof *g);
    for (slong k = 0; k < dimension; k++)
    {
        double *p = part, *q = part + runs, mp = 0, mq = 0;

        for (slong i = 0; i < runs; i++)
        {
            p[i] = i == without ? 0 : x[i * dimension + k] - x[base + k];
            q[i] = i == without ? 0 : y[i * dimension + k] - y[base + k];
            mp += p[i] / n;
            mq += q[i] / n;
        }
        for (slong i = 0; i < runs; i++)
        {
            p[i] = i == without ? 0 : p[i] - mp;
            q[i] = i == without ? 0 : q[i] - mq;
        }
        cblas_dger(CblasRowMajor, (int) runs, (int) runs, 1, p, 1, q, 1, g, (int) runs);
    }
    flint_free(part);
}

static int
span_init(span_t *p, const double *x, slong runs, slong dimension, slong without)
{
    slong n = runs;
    double *g = flint_malloc((size_t) (n * n + n) * sizeof *g), *w = g + n * n;

    p->runs = n;
    p->rank = 0;
    p->u = flint_malloc((size_t) (n * n + n) * sizeof *p->u);
    p->s = p->u + n * n;
    inner_products(g, x, x, n, dimension, without);
    if (LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', (int) n, g, (int) n, w) == 0)
        for (slong i = n - 1; i >= 0 && w[i] > SMALL * SMALL * w[n - 1] && w[i] > 0; i--)
        {
            memcpy(p->u + p->rank * n, g + i * n, (size_t) n * sizeof *g);
            p->s[p->rank++] = sqrt(w[i]);
        }
    flint_free(g);
    return p->rank > 0;
}

static void
span_clear(span_t *p)
{
    flint_free(p->u);
}

/* m (rank x rank): y = m x in the span, for differences: (U' Y X' U)_ij / (s_i s_j), turned. */
static void
deformation(double *m, const span_t *p, const double *x, const double *y, slong dimension, slong without)
{
    slong n = p->runs, r = p->rank;
    double *g = flint_malloc((size_t) (n * n + n * r) * sizeof *g), *t = g + n * n;

    inner_products(g, y, x, n, dimension, without);
    /* t = g U' : n x r, then m' = U t */
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int) n, (int) r, (int) n, 1, g, (int) n, p->u,
                (int) n, 0, t, (int) r);
    for (slong i = 0; i < r; i++)
        for (slong j = 0; j < r; j++)
        {
            double sum = 0;

            for (slong k = 0; k < n; k++)
                sum += p->u[i * n + k] * t[k * r + j];
            m[j * r + i] = sum / (p->s[i] * p->s[j]);
        }
    flint_free(g);
}

/* Share of the squares of y's differences that the span does not hold. */
static double
outside_of(const span_t *p, const double *x, const double *y, slong dimension)
{
    slong n = p->runs, r = p->rank;
    double *g = flint_malloc((size_t) (n * n + n * r) * sizeof *g), *t = g + n * n, all = 0, held = 0;

    inner_products(g, y, y, n, dimension, -1);
    for (slong i = 0; i < n; i++)
        all += g[i * (n + 1)];
    inner_products(g, y, x, n, dimension, -1);
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int) n, (int) r, (int) n, 1, g, (int) n, p->u,
                (int) n, 0, t, (int) r);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < r; j++)
            held += pow(t[i * r + j] / p->s[j], 2);
    flint_free(g);
    return all > 0 ? fmax(0, 1 - held / all) : 0;
}

/* NaN: the runs are alike. */
static double
least_of(double *asymmetry, slong *rank, const double *x, const double *y, double interval, slong runs,
         slong dimension, slong without)
{
    span_t p;
    double *m, least = (double) NAN;

    if (span_init(&p, x, runs, dimension, without))
    {
        m = flint_malloc((size_t) (p.rank * p.rank) * sizeof *m);
        deformation(m, &p, x, y, dimension, without);
        for (slong i = 0; i < p.rank; i++)
            m[i * (p.rank + 1)] -= 1;
        for (slong i = 0; i < p.rank * p.rank; i++)
            m[i] /= interval;
        least = cst__least_rate(m, asymmetry, p.rank, interval);
        flint_free(m);
    }
    *rank = p.rank;
    span_clear(&p);
    return least;
}

int
cst_monitor_neighbours(cst_monitor_neighbours_t *c, const double *x, const double *y, double interval,
                       slong runs, slong dimension)
{
    double mean = 0, sum = 0, error, unused, *each;
    slong rank;
    span_t p;

    memset(c, 0, sizeof *c);
    if (runs < 3 || !(interval > 0))
        return 0;
    c->least = least_of(&c->asymmetry, &c->rank, x, y, interval, runs, dimension, -1);
    if (isnan(c->least))
        return 0;
    each = flint_malloc((size_t) runs * sizeof *each);
    for (slong i = 0; i < runs; i++)
    {
        each[i] = least_of(&unused, &rank, x, y, interval, runs, dimension, i);
        mean += each[i] / (double) runs;
    }
    for (slong i = 0; i < runs; i++)
        sum += (each[i] - mean) * (each[i] - mean);
    error = sqrt(sum * (double) (runs - 1) / (double) runs);
    flint_free(each);
    c->least_low = isfinite(error) ? c->least - 2 * error : -(double) INFINITY;
    c->least_high = isfinite(error) ? c->least + 2 * error : (double) INFINITY;
    c->tau = cst__time_of(c->least);
    c->tau_low = cst__time_of(c->least_low);
    c->tau_high = cst__time_of(c->least_high);
    if (span_init(&p, x, runs, dimension, -1))
        c->outside = outside_of(&p, x, y, dimension);
    span_clear(&p);
    return 1;
}

double
cst_monitor_neighbours_deformation(const double *x, const double *y, slong runs, slong dimension)
{
    span_t p;
    double least = (double) NAN, *m, *s;

    if (span_init(&p, x, runs, dimension, -1))
    {
        m = flint_malloc((size_t) (p.rank * p.rank + 2 * p.rank) * sizeof *m);
        s = m + p.rank * p.rank;
        deformation(m, &p, x, y, dimension, -1);
        if (LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int) p.rank, (lapack_int) p.rank, m,
                           (lapack_int) p.rank, s, NULL, 1, NULL, 1, s + p.rank) == 0)
            least = s[p.rank - 1];
        flint_free(m);
    }
    span_clear(&p);
    return least;
}
