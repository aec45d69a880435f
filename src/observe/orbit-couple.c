#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/orbit.h"

/* r (k x k, by columns, upper triangular) of the n x k matrix a (by rows), n >= k. 0: it failed. */
static int
triangular(double *r, const double *a, slong n, slong k)
{
    double *q = flint_malloc((size_t) (n * k + k) * sizeof *q), *tau = q + n * k;
    int done;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < k; j++)
            q[j * n + i] = a[i * k + j];
    done = LAPACKE_dgeqrf(LAPACK_COL_MAJOR, (int) n, (int) k, q, (int) n, tau) == 0;
    for (slong j = 0; j < k; j++)
        for (slong i = 0; i < k; i++)
            r[j * k + i] = i <= j ? q[j * n + i] : 0;
    flint_free(q);
    return done;
}

/* c = u diag(s) v', by columns; Jacobi rotations find small singular values to high relative accuracy where
   rows and columns are graded. */
static int
decompose(double *u, double *s, double *v, double *c, slong k, int careful)
{
    double stat[7];
    lapack_int istat[3];
    int done;

    if (careful)
    {
        done = LAPACKE_dgejsv(LAPACK_COL_MAJOR, 'F', 'U', 'V', 'R', 'N', 'N', (int) k, (int) k, c, (int) k, s,
                              u, (int) k, v, (int) k, stat, istat) == 0;
        for (slong j = 0; done && j < k; j++)
            s[j] *= stat[0] / stat[1];
        return done;
    }
    done =
        LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'A', (int) k, (int) k, c, (int) k, s, u, (int) k, v, (int) k) == 0;
    for (slong i = 0; i < k; i++)
        for (slong j = 0; j < i; j++)
        {
            double t = v[i * k + j];

            v[i * k + j] = v[j * k + i];
            v[j * k + i] = t;
        }
    return done;
}

/* With a = q r, b = p t and r t' = u s v': x = t' v s^(-1/2) turns a into q u s^(1/2). */
static int
one_pass(double *x, const double *a, slong n, const double *b, slong m, slong k, int careful)
{
    double *r = flint_calloc((size_t) (5 * k * k + k), sizeof *r), *t = r + k * k, *c = t + k * k,
           *u = c + k * k, *v = u + k * k, *s = v + k * k;
    int done = n >= k && m >= k && triangular(r, a, n, k) && triangular(t, b, m, k);

    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, (int) k, (int) k, (int) k, 1, r, (int) k, t, (int) k,
                0, c, (int) k);
    done = done && decompose(u, s, v, c, k, careful);
    for (slong j = 0; j < k && done; j++)
    {
        done = s[j] > 0 && isfinite(s[j]);
        for (slong i = 0; i < k && done; i++)
        {
            double sum = 0;

            for (slong l = 0; l <= i; l++) /* column i of t ends at its diagonal */
                sum += t[i * k + l] * v[j * k + l];
            x[i * k + j] = sum / sqrt(s[j]);
        }
    }
    flint_free(r);
    return done;
}

/* y = inverse of x transposed, by rows. 0: it is singular. */
static int
inverse_transposed(double *y, const double *x, slong k)
{
    lapack_int *pivot = flint_malloc((size_t) (k + 1) * sizeof *pivot);
    int done;

    for (slong i = 0; i < k; i++)
        for (slong j = 0; j < k; j++)
            y[i * k + j] = x[j * k + i];
    done = LAPACKE_dgetrf(LAPACK_ROW_MAJOR, (int) k, (int) k, y, (int) k, pivot) == 0 &&
           LAPACKE_dgetri(LAPACK_ROW_MAJOR, (int) k, y, (int) k, pivot) == 0;
    flint_free(pivot);
    return done;
}

#define PASSES 3

int
cst__couple_search(double *x, const double *a, slong n, const double *b, slong m, slong k, int careful)
{
    double *p, *q, *y, *z;
    int done = one_pass(x, a, n, b, m, k, 0);

    if (!careful)
        return done;
    p = flint_malloc((size_t) ((n + m) * k + 2 * k * k + 1) * sizeof *p);
    q = p + n * k;
    y = q + m * k;
    z = y + k * k;
    for (int pass = 1; pass < PASSES && done; pass++)
    {
        done = inverse_transposed(y, x, k);
        if (!done)
            break;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) n, (int) k, (int) k, 1, a, (int) k, x,
                    (int) k, 0, p, (int) k);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) m, (int) k, (int) k, 1, b, (int) k, y,
                    (int) k, 0, q, (int) k);
        done = one_pass(z, p, n, q, m, k, 1);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) k, (int) k, (int) k, 1, x, (int) k, z,
                    (int) k, 0, y, (int) k);
        memcpy(x, y, (size_t) (k * k) * sizeof *x);
    }
    flint_free(p);
    return done;
}

/* ---- Proof -------------------------------------------------------------------------------------- */

/* What Gram matrices g, h say, with d the diagonal of their mean: g + h >= 2 kappa diag(d), g and h <= rho
   diag(d), and the sum of (2 (g - h)_jk)^2 / (d_j d_k)^(1/2). 0: the diagonal is not positive. */
typedef struct
{
    arb_t kappa, rho, push, least, most; /* least and most of d, their roots */
} gram_t;

static void
gram_init(gram_t *s)
{
    arb_init(s->kappa);
    arb_init(s->rho);
    arb_init(s->push);
    arb_init(s->least);
    arb_init(s->most);
}

static void
gram_clear(gram_t *s)
{
    arb_clear(s->kappa);
    arb_clear(s->rho);
    arb_clear(s->push);
    arb_clear(s->least);
    arb_clear(s->most);
}

static int
diagonal(arb_ptr d, gram_t *s, const arb_mat_t g, const arb_mat_t h)
{
    slong k = arb_mat_nrows(g);

    for (slong j = 0; j < k; j++)
    {
        arb_add(d + j, arb_mat_entry(g, j, j), arb_mat_entry(h, j, j), OBS_PREC);
        arb_mul_2exp_si(d + j, d + j, -1);
        arb_get_mid_arb(d + j, d + j);
        arb_sqrt(d + j, d + j, OBS_PREC); /* of the diagonal matrix, which may be any */
        if (!arb_is_positive(d + j))
            return 0;
        arb_get_mid_arb(d + j, d + j);
        if (j == 0 || arb_lt(d + j, s->least))
            arb_set(s->least, d + j);
        if (j == 0 || arb_gt(d + j, s->most))
            arb_set(s->most, d + j);
    }
    return 1;
}

static int
weigh(gram_t *s, const arb_mat_t g, const arb_mat_t h)
{
    slong k = arb_mat_nrows(g);
    arb_ptr d = _arb_vec_init(k);
    arb_t off, offs, t, u;
    int done = diagonal(d, s, g, h);

    arb_init(off);
    arb_init(offs);
    arb_init(t);
    arb_init(u);
    arb_set_si(s->kappa, 2);
    arb_zero(s->rho);
    arb_zero(s->push);
    for (slong i = 0; i < k && done; i++)
        for (slong j = 0; j < k; j++)
        {
            arb_mul(u, d + i, d + j, OBS_PREC);
            arb_sub(t, arb_mat_entry(g, i, j), arb_mat_entry(h, i, j), OBS_PREC);
            arb_sqr(t, t, OBS_PREC);
            arb_div(t, t, u, OBS_PREC);
            arb_addmul_ui(s->push, t, 4, OBS_PREC);
            arb_add(t, arb_mat_entry(g, i, j), arb_mat_entry(h, i, j), OBS_PREC);
            arb_div(t, t, u, OBS_PREC);
            if (i == j)
                arb_min(s->kappa, s->kappa, t, OBS_PREC);
            else
                arb_addmul(off, t, t, OBS_PREC);
            for (int side = 0; side < 2; side++)
            {
                arb_div(t, arb_mat_entry(side ? h : g, i, j), u, OBS_PREC);
                if (i == j)
                    arb_max(s->rho, s->rho, t, OBS_PREC);
                else
                    arb_addmul(offs, t, t, OBS_PREC);
            }
        }
    arb_sqrtpos(off, off, OBS_PREC);
    arb_sqrtpos(offs, offs, OBS_PREC);
    arb_sub(s->kappa, s->kappa, off, OBS_PREC);
    arb_mul_2exp_si(s->kappa, s->kappa, -1);
    arb_add(s->rho, s->rho, offs, OBS_PREC);
    arb_sqrtpos(s->push, s->push, OBS_PREC);
    arb_clear(off);
    arb_clear(offs);
    arb_clear(t);
    arb_clear(u);
    _arb_vec_clear(d, k);
    return done;
}

/* f(t) = |a e^{tH}|^2 + |b e^{-tH}|^2 with H symmetric, tr H^2 D = 1, D = diag(d): f' is at least -p at 0, p
   the push (as tr H^2 D >= sum H_jk^2 (d_j d_k)^(1/2)), and f'' >= 8 kappa e^{-2 t eta}, eta = |H|_2 <=
   1/(min d)^(1/2). The minimum lies at t eta <= tau = -log(1 - p/(4 kappa (min d)^(1/2)))/2, t <= w = tau
   (min d)^(1/2). With e^{2tH} - 1 = 2tH + tH psi tH, |psi|_2 <= 2 e^{2 tau}, a = q D^(1/2), |q|_2^2 <= rho,
   rows' Gram matrix a a' changes by at most rho (2 (max d)^(1/2) w + 2 e^{2 tau} w^2). */
static int
bound(arb_t loss, arb_t off, arb_t relative, gram_t *s)
{
    arb_t tau, w, t;
    int done;

    arb_init(tau);
    arb_init(w);
    arb_init(t);
    arb_mul(t, s->kappa, s->least, OBS_PREC);
    arb_mul_2exp_si(t, t, 2);
    arb_div(tau, s->push, t, OBS_PREC);
    arb_set_d(t, 0.5);
    done = arb_is_positive(s->kappa) && arb_lt(tau, t);
    arb_neg(tau, tau);
    arb_log1p(tau, tau, OBS_PREC);
    arb_mul_2exp_si(tau, tau, -1);
    arb_neg(tau, tau);
    arb_mul(w, tau, s->least, OBS_PREC);
    arb_mul(loss, s->push, w, OBS_PREC);
    arb_mul_2exp_si(relative, tau, 1);
    arb_expm1(relative, relative, OBS_PREC);
    arb_add_ui(t, relative, 1, OBS_PREC);
    arb_mul(t, t, w, OBS_PREC);
    arb_add(t, t, s->most, OBS_PREC);
    arb_mul(t, t, w, OBS_PREC);
    arb_mul_2exp_si(t, t, 1);
    arb_mul(off, t, s->rho, OBS_PREC);
    arb_clear(tau);
    arb_clear(w);
    arb_clear(t);
    return done;
}

int
cst__couple_prove(arb_t loss, arb_t off, arb_t relative, arb_mat_t a, arb_mat_t b, const double *x)
{
    slong k = arb_mat_ncols(a);
    arb_mat_t m, n, t;
    gram_t s;
    int done;

    gram_init(&s);
    arb_mat_init(m, k, k);
    arb_mat_init(n, k, k);
    for (slong i = 0; i < k; i++)
        for (slong j = 0; j < k; j++)
            arb_set_d(arb_mat_entry(m, i, j), x[i * k + j]);
    arb_mat_mul(a, a, m, OBS_PREC);
    done = arb_mat_inv(n, m, 2 * OBS_PREC);
    if (done)
    {
        arb_mat_transpose(n, n);
        arb_mat_mul(b, b, n, OBS_PREC);
        arb_mat_init(t, k, arb_mat_nrows(a));
        arb_mat_transpose(t, a);
        arb_mat_mul(m, t, a, OBS_PREC);
        arb_mat_clear(t);
        arb_mat_init(t, k, arb_mat_nrows(b));
        arb_mat_transpose(t, b);
        arb_mat_mul(n, t, b, OBS_PREC);
        arb_mat_clear(t);
        done = weigh(&s, m, n) && bound(loss, off, relative, &s);
    }
    arb_mat_clear(m);
    arb_mat_clear(n);
    gram_clear(&s);
    return done;
}
