#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/chain.h"

/* Rescaling unit i moves its incoming weights by w and its outgoing ones by -v. The Gram matrix of these
   fields has sum w^2 + sum v^2 on the diagonal, and minus the squares of the weights between two units beside
   it: a graph Laplacian, hence an M-matrix, which gives cheap proofs of definiteness. */

void
cst__gram_diagonal(double *d, const cst__balance_t b, const cst__chain_t chain)
{
    slong at = 0;

    memset(d, 0, (size_t) cst__chain_units(chain) * sizeof *d);
    for (slong l = 1; l < chain->links; at += chain->size[l++])
    {
        slong n = chain->size[l], before = chain->size[l - 1];

        for (slong i = 0; i < n; i++)
        {
            double s = chain->biased[l - 1][i];

            for (slong j = 0; j < before; j++)
                s += chain->square[l - 1][i * before + j] / b->c[l - 1][j];
            d[at + i] = s * b->c[l][i];
        }
        for (slong k = 0; k < chain->size[l + 1]; k++)
            for (slong i = 0; i < n; i++)
                d[at + i] += b->c[l + 1][k] * chain->square[l][k * n + i] / b->c[l][i];
    }
}

/* The entry between unit k of layer l + 1 and unit i of layer l; d is the diagonal at these layers. */
static double
entry(slong l, slong k, slong i, const double *below, const double *above, const cst__balance_t b,
      const cst__chain_t chain)
{
    double a = chain->square[l][k * chain->size[l] + i];

    return a > 0 ? -a * b->c[l + 1][k] / b->c[l][i] / (sqrt(below[i]) * sqrt(above[k])) : 0;
}

void
cst__gram_apply(double *y, const double *x, const double *d, const cst__balance_t b, const cst__chain_t chain)
{
    slong at = 0;

    memcpy(y, x, (size_t) cst__chain_units(chain) * sizeof *y);
    for (slong l = 1; l + 1 < chain->links; at += chain->size[l++])
    {
        slong n = chain->size[l];

        for (slong k = 0; k < chain->size[l + 1]; k++)
            for (slong i = 0; i < n; i++)
            {
                double s = entry(l, k, i, d + at, d + at + n, b, chain);

                y[at + n + k] += s * x[at + i];
                y[at + i] += s * x[at + n + k];
            }
    }
}

void
cst__gram_solve(double *x, const double *b, const double *d, const cst__balance_t balance,
                const cst__chain_t chain)
{
    slong n = cst__chain_units(chain);
    double *r = flint_malloc((size_t) (3 * n + 1) * sizeof *r), *p = r + n, *q = p + n, rr, first;

    memset(x, 0, (size_t) n * sizeof *x);
    memcpy(r, b, (size_t) n * sizeof *r);
    memcpy(p, b, (size_t) n * sizeof *p);
    first = rr = cblas_ddot((int) n, r, 1, r, 1);
    for (slong k = 0; k < 2 * n + 50 && rr > 1e-30 * first; k++)
    {
        double alpha, next;

        cst__gram_apply(q, p, d, balance, chain);
        alpha = rr / cblas_ddot((int) n, p, 1, q, 1);
        if (!isfinite(alpha))
            break;
        cblas_daxpy((int) n, alpha, p, 1, x, 1);
        cblas_daxpy((int) n, -alpha, q, 1, r, 1);
        next = cblas_ddot((int) n, r, 1, r, 1);
        for (slong i = 0; i < n; i++)
            p[i] = r[i] + next / rr * p[i];
        rr = next;
    }
    flint_free(r);
}

/* S has no positive entry beside its diagonal: where S x >= tau > 0 for some x > 0, the inverse is
   non-negative with row sums of max x / tau at most, which bounds its norm. */
double
cst__gram_least(const double *d, const cst__balance_t b, const cst__chain_t chain)
{
    slong n = cst__chain_units(chain);
    double *ones = flint_malloc((size_t) (3 * n + 1) * sizeof *ones), *x = ones + n, *y = x + n, tau = 1,
           most = 1, relative = cst__up(2 * cst__chain_relative(chain) + 32 * OBS_U);

    for (slong i = 0; i < n; i++)
        ones[i] = 1;
    cst__gram_solve(x, ones, d, b, chain);
    cst__gram_apply(y, x, d, b, chain);
    for (slong i = 0; i < n; i++)
    {
        /* the terms beside the diagonal sum to x - y in absolute value */
        double loss = relative * (2 * x[i] + fabs(y[i]));

        tau = x[i] > 0 && y[i] - loss > 0 ? fmin(tau, y[i] - loss) : 0;
        most = fmax(most, x[i]);
    }
    flint_free(ones);
    tau = tau / most * (1 - 1e-6);
    return tau > 0 && isfinite(tau) ? tau : 0;
}

#define VOLUME_LIMIT 3000 /* units: a dense factorization */

static double *
dense(const double *d, const cst__balance_t b, const cst__chain_t chain)
{
    slong n = cst__chain_units(chain), at = 0;
    double *s = flint_calloc((size_t) (n * n) + 1, sizeof *s);

    for (slong i = 0; i < n; i++)
        s[i * (n + 1)] = 1;
    for (slong l = 1; l + 1 < chain->links; at += chain->size[l++])
        for (slong k = 0; k < chain->size[l + 1]; k++)
            for (slong i = 0; i < chain->size[l]; i++)
            {
                slong p = at + i, q = at + chain->size[l] + k;

                s[p * n + q] = s[q * n + p] = entry(l, k, i, d + at, d + at + chain->size[l], b, chain);
            }
    return s;
}

/* log det S from Cholesky's factor: with X = R'R and |S - X| <= e < least, |log det S - log det X| is at most
   n e / (least - 2 e), since all eigenvalues of X exceed least - e. */
static void
log_det(arb_t det, double *s, slong n, double least, double relative)
{
    double *r = flint_malloc((size_t) (n * n) * sizeof *r), e;
    arb_t t;
    int failed;

    memcpy(r, s, (size_t) (n * n) * sizeof *r);
    failed = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (int) n, r, (int) n) != 0;
    for (slong j = 0; j < n; j++)
        memset(r + j * n + j + 1, 0, (size_t) (n - 1 - j) * sizeof *r);
    e = relative * cst__norm_x(s, n * n) +
        cst__gamma(n + 2) * (cst__norm_x(s, n * n) + pow(cst__norm_x(r, n * n), 2));
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int) n, (int) n, (int) n, -1, r, (int) n, r,
                (int) n, 1, s, (int) n);
    e = cst__up(e + cst__norm_x(s, n * n));
    arb_init(t);
    arb_zero(det);
    for (slong i = 0; i < n; i++)
    {
        arb_set_d(t, r[i * (n + 1)]);
        arb_log(t, t, OBS_PREC);
        arb_addmul_ui(det, t, 2, OBS_PREC);
    }
    cst__ball(t, 0, !failed && least > 4 * e ? cst__up((double) n * e / (least - 2 * e)) : (double) INFINITY);
    arb_add(det, det, t, OBS_PREC);
    arb_clear(t);
    flint_free(r);
}

void
cst__gram_log_volume(arb_t volume, const cst__balance_t b, const cst__chain_t chain)
{
    slong n = cst__chain_units(chain);
    double *d, *s, relative = cst__chain_relative(chain), far = 0;
    arb_t t;

    if (n > VOLUME_LIMIT || !chain->finite || b->dead > 0)
    {
        arb_indeterminate(volume);
        return;
    }
    d = flint_malloc((size_t) (n + 1) * sizeof *d);
    cst__gram_diagonal(d, b, chain);
    s = dense(d, b, chain);
    arb_init(t);
    log_det(volume, s, n, cst__gram_least(d, b, chain), cst__up(2 * relative + 16 * OBS_U));
    for (slong i = 0; i < n; i++)
    {
        cst__ball(t, d[i], cst__up(d[i] * (relative + 4 * OBS_U)));
        arb_log(t, t, OBS_PREC);
        arb_add(volume, volume, t, OBS_PREC);
    }
    /* where log C / 2 is off by r, G changes between the factors exp(-4r) and exp(4r) */
    for (slong l = 1; l < chain->links; l++)
        far = fmax(far, b->far[l]);
    cst__ball(t, 0, cst__up(4 * far * (double) n));
    arb_add(volume, volume, t, OBS_PREC);
    arb_mul_2exp_si(volume, volume, -1);
    arb_clear(t);
    flint_free(d);
    flint_free(s);
}
