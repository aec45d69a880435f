#include "config.h"

#include <math.h>

#include "observe/lapack.h"

#include "observe/vertical.h"

void
cst__pairing_clear(cst__pairing_t p)
{
    cst__mat_clear(p->a);
    cst__mat_clear(p->b);
}

void
cst__pairing_subtract(cst__pairing_t now, const cst__pairing_t before)
{
    cst__mat_subtract(now->a, before->a);
    cst__mat_subtract(now->b, before->b);
}

void
cst__pairing_square(arb_t square, const cst__pairing_t p)
{
    arb_t t;

    arb_init(t);
    cst__mat_frobenius(t, p->a);
    arb_sqr(square, t, OBS_PREC);
    cst__mat_frobenius(t, p->b);
    arb_addmul(square, t, t, OBS_PREC);
    arb_clear(t);
}

/* x = U ((U' c V) / (p_i + r_j)) V', with p = U diag V' of eigenvalues p_i, r likewise: solves p x + x r = c
   in floating point. p and r are destroyed. 0: LAPACK failed. */
static int
sylvester(double *x, double *p, double *r, const double *c, slong n)
{
    int k = (int) n, failed;
    double *t = flint_malloc((size_t) (n * n + 2 * n + 1) * sizeof *t), *up = t + n * n, *ur = up + n;

    failed = LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', k, p, k, up) != 0 ||
             LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', k, r, k, ur) != 0;
    if (!failed)
    {
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, k, k, k, 1, p, k, c, k, 0, t, k);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, k, k, k, 1, t, k, r, k, 0, x, k);
        for (slong i = 0; i < n; i++)
            for (slong j = 0; j < n; j++)
                x[i * n + j] = up[i] + ur[j] > 0 ? x[i * n + j] / (up[i] + ur[j]) : 0;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, k, k, k, 1, p, k, x, k, 0, t, k);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, k, k, k, 1, t, k, r, k, 0, x, k);
    }
    flint_free(t);
    return !failed;
}

/* A lower bound of the least eigenvalue of a Gram matrix, 0 at worst. */
static double
least_eigenvalue(const cst__mat_t gram)
{
    double *centres, joint, least = 0;
    slong n;
    arb_ptr sigma = cst__mat_singular_values(&n, &centres, &joint, gram);
    arf_t low;

    arf_init(low);
    if (n > 0 && arb_is_positive(sigma + n - 1))
    {
        arb_get_lbound_arf(low, sigma + n - 1, OBS_PREC);
        least = arf_get_d(low, ARF_RND_DOWN);
    }
    arf_clear(low);
    _arb_vec_clear(sigma, n > 0 ? n : 1);
    flint_free(centres);
    return least;
}

/* The projection (a X, -b X') of a change (f, g) solves L(X) = a'a X + X b'b = C = a'f - g'b, and has the
   squared norm <C, L^{-1} C>. For any X, with R = C - L(X), that is <X, C> + <X, R> + <R, L^{-1} R>, and L is
   at least the sum of the least eigenvalues of a'a and b'b. */
static void
mixed_vertical(arb_t square, const cst__pairing_t p, const cst__pairing_t change)
{
    slong k = p->a->cols, n = k * k;
    double least, sum = 0, size, rest, error = (double) INFINITY;
    cst__mat_t aa, bb, c, t, x, u, w;

    cst__mat_transpose_mul(aa, p->a, p->a);
    cst__mat_transpose_mul(bb, p->b, p->b);
    cst__mat_transpose_mul(c, p->a, change->a);
    cst__mat_transpose_mul(t, change->b, p->b);
    cst__mat_subtract(c, t);
    least = least_eigenvalue(aa) + least_eigenvalue(bb);
    cst__mat_init(x, k, k);
    cst__mat_init(u, k, k);
    cst__mat_init(w, k, k);
    cst__mat_set(u, aa);
    cst__mat_set(w, bb);
    if (isfinite(aa->error + bb->error + c->error) && least > 0 && sylvester(x->x, u->x, w->x, c->x, k))
    {
        cst__mat_clear(u);
        cst__mat_clear(w);
        cst__mat_mul(u, aa, x);
        cst__mat_mul(w, x, bb);
        for (slong i = 0; i < n; i++)
            sum += x->x[i] * c->x[i];
        size = cst__norm_x(x->x, n);
        error = cst__gamma(n + 2) * size * cst__norm_x(c->x, n) + size * c->error;
        cst__mat_subtract(c, u);
        cst__mat_subtract(c, w);
        rest = cst__mat_norm(c);
        error = cst__up(error + size * rest + rest * rest / (0.999 * least));
    }
    cst__ball(square, sum, error);
    arb_nonnegative_part(square, square);
    cst__mat_clear(aa);
    cst__mat_clear(bb);
    cst__mat_clear(c);
    cst__mat_clear(t);
    cst__mat_clear(x);
    cst__mat_clear(u);
    cst__mat_clear(w);
}

/* sum += sign <column i of a, column j of b>, where each entry of either may be rounded once. */
static void
add_inner(arb_t sum, int sign, const cst__mat_t a, slong i, const cst__mat_t b, slong j)
{
    double s = 0, size = 0;
    arb_t t;

    for (slong r = 0; r < a->rows; r++)
    {
        double x = a->x[r * a->cols + i] * b->x[r * b->cols + j];

        s += x;
        size += fabs(x);
    }
    arb_init(t);
    cst__ball(t, s, cst__up(cst__gamma(a->rows + 4) * size + (double) a->rows * 0x1p-1022));
    if (sign < 0)
        arb_sub(sum, sum, t, OBS_PREC);
    else
        arb_add(sum, sum, t, OBS_PREC);
    arb_clear(t);
}

/* square += push^2 / weight, which is 0 where there is nothing to scale. */
static void
add_quotient(arb_t square, const arb_t push, const arb_t weight, int nothing)
{
    arb_t t;

    if (nothing)
        return;
    arb_init(t);
    arb_sqr(t, push, OBS_PREC);
    arb_div(t, t, weight, OBS_PREC);
    arb_add(square, square, t, OBS_PREC);
    arb_clear(t);
}

static int
is_zero_column(const cst__mat_t a, slong j)
{
    for (slong r = 0; r < a->rows; r++)
        if (a->x[r * a->cols + j] != 0)
            return 0;
    return 1;
}

static void
scaled_vertical(arb_t square, const cst__pairing_t p, const cst__pairing_t change)
{
    arb_t push, weight;

    arb_init(push);
    arb_init(weight);
    arb_zero(square);
    for (slong j = 0; j < p->a->cols; j++)
    {
        arb_zero(push);
        arb_zero(weight);
        add_inner(push, 1, p->a, j, change->a, j);
        add_inner(push, -1, p->b, j, change->b, j);
        add_inner(weight, 1, p->a, j, p->a, j);
        add_inner(weight, 1, p->b, j, p->b, j);
        add_quotient(square, push, weight, is_zero_column(p->a, j) && is_zero_column(p->b, j));
    }
    arb_clear(push);
    arb_clear(weight);
}

/* Columns of pair j. */
static void
partners(slong *first, slong *second, slong j, slong k, cst__mixing_t mixing)
{
    *first = mixing == OBS_PAIRS_HALVED ? j : 2 * j;
    *second = mixing == OBS_PAIRS_HALVED ? j + k / 2 : 2 * j + 1;
}

/* With complex columns q, k and a factor z the direction is (q z, -k conj z), of squared norm
   |z|^2 (|q|^2 + |k|^2); a change has |<q, dq> - conj <k, dk>| along it at most. */
static void
pairs_vertical(arb_t square, const cst__pairing_t p, const cst__pairing_t change, cst__mixing_t mixing)
{
    slong i, j, width = p->a->cols;
    arb_t push, turn, weight;

    arb_init(push);
    arb_init(turn);
    arb_init(weight);
    arb_zero(square);
    for (slong n = 0; n < width / 2; n++)
    {
        int nothing;

        partners(&i, &j, n, width, mixing);
        arb_zero(push);
        arb_zero(turn);
        arb_zero(weight);
        add_inner(push, 1, p->a, i, change->a, i);
        add_inner(push, 1, p->a, j, change->a, j);
        add_inner(push, -1, p->b, i, change->b, i);
        add_inner(push, -1, p->b, j, change->b, j);
        add_inner(turn, 1, p->a, i, change->a, j);
        add_inner(turn, -1, p->a, j, change->a, i);
        add_inner(turn, 1, p->b, i, change->b, j);
        add_inner(turn, -1, p->b, j, change->b, i);
        for (int k = 0; k < 2; k++)
        {
            add_inner(weight, 1, p->a, k ? j : i, p->a, k ? j : i);
            add_inner(weight, 1, p->b, k ? j : i, p->b, k ? j : i);
        }
        nothing = is_zero_column(p->a, i) && is_zero_column(p->a, j) && is_zero_column(p->b, i) &&
                  is_zero_column(p->b, j);
        add_quotient(square, push, weight, nothing);
        add_quotient(square, turn, weight, nothing);
    }
    arb_clear(push);
    arb_clear(turn);
    arb_clear(weight);
}

void
cst__pairing_vertical(arb_t square, const cst__pairing_t p, const cst__pairing_t change, cst__mixing_t mixing)
{
    arb_zero(square);
    if (mixing == OBS_ALL_MIXED)
        mixed_vertical(square, p, change);
    else if (mixing == OBS_SCALED)
        scaled_vertical(square, p, change);
    else if (mixing != OBS_FIXED)
        pairs_vertical(square, p, change, mixing);
}

/* The trace of the moment map over columns i and j, with the bound of its sums. */
static double
factor_moment(double *error, const cst__pairing_t p, slong i, slong j)
{
    double sum[2] = {0, 0};

    for (int side = 0; side < 2; side++)
    {
        const cst__mat_struct *m = side ? p->b : p->a;

        for (slong r = 0; r < m->rows; r++)
        {
            const double *row = m->x + r * m->cols;

            sum[side] += row[i] * row[i] + (i != j ? row[j] * row[j] : 0);
        }
    }
    *error += cst__gamma(p->a->rows + p->b->rows + 4) * (sum[0] + sum[1]) +
              (double) (p->a->rows + p->b->rows) * 0x1p-1021;
    return sum[0] - sum[1];
}

void
cst__pairing_moment(cst__mat_t moment, const cst__pairing_t p, cst__mixing_t mixing)
{
    slong i, j, width = p->a->cols;
    cst__mat_t t;

    if (mixing == OBS_ALL_MIXED)
    {
        cst__mat_transpose_mul(moment, p->a, p->a);
        cst__mat_transpose_mul(t, p->b, p->b);
        cst__mat_subtract(moment, t);
        cst__mat_clear(t);
        return;
    }
    cst__mat_init(moment, 1, mixing == OBS_SCALED ? width : mixing == OBS_FIXED ? 0 : width / 2);
    for (slong n = 0; n < moment->cols; n++)
    {
        i = j = n;
        if (mixing != OBS_SCALED)
            partners(&i, &j, n, width, mixing);
        moment->x[n] = factor_moment(&moment->error, p, i, j);
    }
    moment->error = isnan(moment->error) ? (double) INFINITY : cst__up(moment->error);
}
