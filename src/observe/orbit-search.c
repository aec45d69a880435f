#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/orbit.h"

/* By turns: couples are balanced, then X, where P = XX' minimizes tr P S_w + tr P^{-1} S_r, S_w and S_r the
   Gram matrices of what writes and reads. For a diagonal X these are vectors. */
typedef struct
{
    const cst__orbit_struct *orbit;
    slong width, count; /* of entries of S */
    double *x, *inverse, *writes, *reads;
    double *work; /* 4 matrices, and a vector */
} search_t;

/* What the stream has made of a side, to be freed. */
static double *
moved(const search_t *s, const cst__side_struct *side)
{
    slong d = s->width, cols = side->cols, rows = cst__side_rows(side, s->orbit);
    double *y = flint_malloc((size_t) (rows * cols + 1) * sizeof *y);
    const double *by = side->stream == OBS_WRITES ? s->x : s->inverse;

    memcpy(y, side->x, (size_t) (rows * cols) * sizeof *y);
    for (slong n = 0; n < side->stacks; n++)
    {
        if (s->orbit->full)
            cblas_dgemm(CblasRowMajor, side->stream == OBS_WRITES ? CblasTrans : CblasNoTrans, CblasNoTrans,
                        (int) d, (int) cols, (int) d, 1, by, (int) d, side->x + n * d * cols, (int) cols, 0,
                        y + n * d * cols, (int) cols);
        else
            for (slong i = 0; i < d; i++)
                cblas_dscal((int) cols, by[i], y + (n * d + i) * cols, 1);
    }
    return y;
}

/* Adds a side, moved, to S. */
static void
gather(const search_t *s, const cst__side_struct *side, const double *y)
{
    slong d = s->width, cols = side->cols;
    double *sum = side->stream == OBS_WRITES ? s->writes : s->reads;

    for (slong n = 0; n < side->stacks; n++, y += d * cols)
    {
        if (s->orbit->full)
            cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int) d, (int) cols, 1, y, (int) cols, 1,
                        sum, (int) d);
        else
            for (slong i = 0; i < d; i++)
                sum[i] += cblas_ddot((int) cols, y + i * cols, 1, y + i * cols, 1);
    }
}

/* Each column with its partner to equal lengths. */
static void
balance_columns(double *a, slong n, double *b, slong m, slong cols)
{
    for (slong j = 0; j < cols; j++)
    {
        double p = cblas_dnrm2((int) n, a + j, (int) cols), q = cblas_dnrm2((int) m, b + j, (int) cols);
        int both = p > 0 && q > 0;

        cblas_dscal((int) n, both ? sqrt(q / p) : 0, a + j, (int) cols);
        cblas_dscal((int) m, both ? sqrt(p / q) : 0, b + j, (int) cols);
    }
}

static void
times(double **a, slong n, const double *x, CBLAS_TRANSPOSE side, slong k)
{
    double *y = flint_malloc((size_t) (n * k + 1) * sizeof *y);

    cblas_dgemm(CblasRowMajor, CblasNoTrans, side, (int) n, (int) k, (int) k, 1, *a, (int) k, x, (int) k, 0,
                y, (int) k);
    flint_free(*a);
    *a = y;
}

static int
is_zero(const double *x, slong length)
{
    return length == 0 || fabs(x[cblas_idamax((int) length, x, 1)]) == 0;
}

/* 0: a couple cannot be balanced. */
static int
gather_couple(const search_t *s, const cst__couple_struct *c)
{
    slong k = c->a.cols, n = cst__side_rows(&c->a, s->orbit), m = cst__side_rows(&c->b, s->orbit);
    double *a = moved(s, &c->a), *b = moved(s, &c->b), *x;
    int done = 1, nothing = is_zero(a, n * k) || is_zero(b, m * k);

    if (nothing || !c->mixed)
        balance_columns(a, n, b, m, k);
    else
    {
        x = flint_malloc((size_t) (2 * k * k + 1) * sizeof *x);
        done = cst__couple_search(x, a, n, b, m, k, 0) && cst__couple_search(x + k * k, b, m, a, n, k, 0);
        if (done)
        {
            times(&a, n, x, CblasNoTrans, k);
            times(&b, m, x + k * k, CblasNoTrans, k);
        }
        flint_free(x);
    }
    if (done && !nothing) /* else both come to nothing */
    {
        gather(s, &c->a, a);
        gather(s, &c->b, b);
    }
    flint_free(a);
    flint_free(b);
    return done;
}

/* v diag(f) v', v the eigenvectors of m (as rows), f a function of its eigenvalues, which are in w. */
static void
compose(double *out, const double *v, const double *f, slong d, double *work)
{
    for (slong k = 0; k < d; k++)
        for (slong i = 0; i < d; i++)
            work[k * d + i] = f[k] * v[k * d + i];
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int) d, (int) d, (int) d, 1, v, (int) d, work,
                (int) d, 0, out, (int) d);
}

/* Eigenvectors of the symmetric m (upper, by rows) take its place, as rows. */
static int
eigen(double *w, double *m, slong d)
{
    return LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', (int) d, m, (int) d, w) == 0;
}

static void
product(double *c, const double *a, const double *b, slong d)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) d, (int) d, (int) d, 1, a, (int) d, b,
                (int) d, 0, c, (int) d);
}

/* P = S_w^{-1} # S_r, the geometric mean; x becomes x P^(over/2). 0: S_w is singular. */
static int
step_full(search_t *s, double over)
{
    slong d = s->width;
    double *root = s->work, *back = root + d * d, *m = back + d * d, *t = m + d * d, *w = t + d * d;

    memcpy(m, s->writes, (size_t) (d * d) * sizeof *m);
    if (!eigen(w, m, d) || !(w[0] > 0x1p-50 * w[d - 1]))
        return 0;
    for (slong i = 0; i < d; i++)
        w[i] = sqrt(w[i]);
    compose(root, m, w, d, t);
    for (slong i = 0; i < d; i++)
        w[i] = 1 / w[i];
    compose(back, m, w, d, t);
    for (slong i = 0; i < d; i++) /* S_r has its upper part only */
        for (slong j = 0; j < i; j++)
            s->reads[i * d + j] = s->reads[j * d + i];
    product(t, root, s->reads, d);
    product(m, t, root, d);
    if (!eigen(w, m, d) || !(w[d - 1] > 0))
        return 0;
    for (slong i = 0; i < d; i++)
        w[i] = sqrt(fmax(w[i], 0x1p-60 * w[d - 1]));
    compose(root, m, w, d, t);
    product(t, back, root, d);
    product(m, t, back, d);
    if (!eigen(w, m, d) || !(w[0] > 0))
        return 0;
    for (slong i = 0; i < d; i++)
        w[i] = pow(w[i], over / 2);
    compose(root, m, w, d, t);
    product(t, s->x, root, d);
    memcpy(s->x, t, (size_t) (d * d) * sizeof *t);
    for (slong i = 0; i < d; i++)
        w[i] = 1 / w[i];
    compose(root, m, w, d, t);
    product(t, root, s->inverse, d);
    memcpy(s->inverse, t, (size_t) (d * d) * sizeof *t);
    return 1;
}

/* A writer or reader of nothing would send its factor to infinity: it stays where it is. */
static void
step_diagonal(search_t *s, double over)
{
    for (slong i = 0; i < s->width; i++)
        if (s->writes[i] > 0 && s->reads[i] > 0)
        {
            s->x[i] *= pow(s->reads[i] / s->writes[i], over / 4);
            s->inverse[i] = 1 / s->x[i];
        }
}

/* |S_w - S_r| / |S_w|; 0 if X is to stay. *sum = tr (S_w + S_r) */
static double
imbalance(const search_t *s, double *sum)
{
    double off = 0, all = 0;

    *sum = 0;
    for (slong i = 0; i < s->width; i++)
        for (slong j = s->orbit->full ? i : 0; j < (s->orbit->full ? s->width : 1); j++)
        {
            slong at = s->orbit->full ? i * s->width + j : i;
            double weight = s->orbit->full && i != j ? 2 : 1, w = s->writes[at], r = s->reads[at];

            if (!s->orbit->full && !(w > 0 && r > 0))
                continue;
            off += weight * (w - r) * (w - r);
            all += weight * w * w;
            *sum += !s->orbit->full || i == j ? w + r : 0;
        }
    return all > 0 ? sqrt(off / all) : 0;
}

#define ROUNDS 400
#define NEAR 1e-10 /* what is proved is off by the square */
#define OVER 1.4

static int
gather_all(search_t *s)
{
    const cst__orbit_struct *o = s->orbit;

    memset(s->writes, 0, (size_t) s->count * sizeof *s->writes);
    memset(s->reads, 0, (size_t) s->count * sizeof *s->reads);
    for (slong i = 0; i < o->sides; i++)
    {
        double *y = moved(s, o->side + i);

        gather(s, o->side + i, y);
        flint_free(y);
    }
    for (slong i = 0; i < o->couples; i++)
        if (!gather_couple(s, o->couple + i))
            return 0;
    return 1;
}

/* Over-relaxed, as long as that goes downhill; until it is near, or no longer gets nearer. */
static void
search(search_t *s)
{
    double over = OVER, off, sum, last = (double) INFINITY, best = (double) INFINITY;
    slong stuck = 0;

    for (slong round = 0; round < ROUNDS && stuck < 20; round++)
    {
        if (!gather_all(s))
            return;
        off = imbalance(s, &sum);
        if (off <= NEAR || !isfinite(off))
            return;
        stuck = off < 0.9 * best ? 0 : stuck + 1;
        best = fmin(best, off);
        if (round > 2 && sum > last * (1 + 1e-9))
            over = 1;
        last = sum;
        if (s->orbit->full)
        {
            if (!step_full(s, over))
                return;
        }
        else
            step_diagonal(s, over);
    }
}

double *
cst__orbit_search(const cst__orbit_t orbit)
{
    slong d = orbit->width, count = orbit->full ? d * d : d;
    search_t s = {.orbit = orbit, .width = d, .count = count};

    s.x = flint_calloc((size_t) count + 1, sizeof *s.x);
    s.inverse = flint_calloc((size_t) (3 * count + 1), sizeof *s.x);
    s.writes = s.inverse + count;
    s.reads = s.writes + count;
    s.work = flint_malloc((size_t) (4 * count + d + 1) * sizeof *s.work);
    for (slong i = 0; i < d; i++)
        s.x[orbit->full ? i * (d + 1) : i] = s.inverse[orbit->full ? i * (d + 1) : i] = 1;
    search(&s);
    flint_free(s.inverse);
    flint_free(s.work);
    return s.x;
}
