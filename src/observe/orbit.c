#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/orbit.h"

/* ---- What is proved at X ------------------------------------------------------------------------ */

/* Sums over all sides, moved by X: |.|^2, and the Gram matrices of rows (or their diagonal): of writers of
   their own (fixed), of all others that write, of all that read; what these two may be off by. */
typedef struct
{
    const cst__orbit_struct *orbit;
    slong width;
    arb_mat_t x, inverse; /* a column each where X is diagonal */
    arb_mat_t fixed, writes, reads;
    arb_t square, loss, off, fixed_off;
    arb_ptr rows; /* diagonal: what each entry of writes - reads may be off by */
    int failed;
} proof_t;

/* The entries as balls, moved by the stream. */
static void
move(arb_mat_t y, const proof_t *p, const cst__side_struct *side)
{
    slong d = p->width, rows = cst__side_rows(side, p->orbit), cols = side->cols;
    const arb_mat_struct *by = side->stream == OBS_WRITES ? p->x : p->inverse;
    arb_mat_t part, turned;

    arb_mat_init(y, rows, cols);
    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < cols; j++)
            cst__ball(arb_mat_entry(y, i, j), side->x[i * cols + j], side->radius[i * cols + j]);
    for (slong i = 0; i < side->stacks * d && !p->orbit->full; i++)
        for (slong j = 0; j < cols; j++)
            arb_mul(arb_mat_entry(y, i, j), arb_mat_entry(y, i, j), arb_mat_entry(by, i % d, 0), OBS_PREC);
    if (!p->orbit->full || side->stacks == 0)
        return;
    arb_mat_init(turned, d, d);
    arb_mat_set(turned, by);
    if (side->stream == OBS_WRITES)
        arb_mat_transpose(turned, turned);
    for (slong n = 0; n < side->stacks; n++)
    {
        arb_mat_window_init(part, y, n * d, 0, (n + 1) * d, cols);
        arb_mat_mul(part, turned, part, OBS_PREC);
        arb_mat_window_clear(part);
    }
    arb_mat_clear(turned);
}

static void
squares(arb_t sum, arb_srcptr x, slong length)
{
    arb_dot(sum, NULL, 0, x, 1, x, 1, length, OBS_PREC);
}

static double *
middles(const arb_mat_t a)
{
    slong n = arb_mat_nrows(a), k = arb_mat_ncols(a);
    double *x = flint_malloc((size_t) (n * k + 1) * sizeof *x);

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < k; j++)
            x[i * k + j] = arf_get_d(arb_midref(arb_mat_entry(a, i, j)), ARF_RND_NEAR);
    return x;
}

/* sum += y y', by BLAS: error bounds what is off in the Frobenius norm. */
static void
add_gram(arb_mat_t sum, arb_t error, const arb_mat_t y)
{
    slong d = arb_mat_nrows(y), k = arb_mat_ncols(y);
    double *x = middles(y), *g = flint_calloc((size_t) (d * d) + 1, sizeof *g), size = cst__norm_x(x, d * k),
           radius = 0;
    arb_t t;

    arb_init(t);
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < k; j++)
            radius += pow(mag_get_d(arb_radref(arb_mat_entry(y, i, j))), 2);
    radius = cst__up(sqrt(radius) * (1 + 1e-9) + OBS_U * size);
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasNoTrans, (int) d, (int) k, 1, x, (int) k, 0, g, (int) d);
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
        {
            cst__ball(t, g[i < j ? i * d + j : j * d + i], 0);
            arb_add(arb_mat_entry(sum, i, j), arb_mat_entry(sum, i, j), t, OBS_PREC);
        }
    cst__ball(t, cst__up(cst__gamma(k + 2) * size * size + (2 * size + radius) * radius), 0);
    arb_add(error, error, t, OBS_PREC);
    arb_clear(t);
    flint_free(x);
    flint_free(g);
}

/* Adds a moved side to sum and to p->square; where it is known up to relative and off, says so. */
static void
gather(proof_t *p, arb_mat_t sum, const arb_mat_t y, const cst__side_struct *side, const arb_t off,
       const arb_t relative)
{
    slong d = p->width, cols = side->cols, rows = arb_mat_nrows(y);
    arb_mat_t part;
    arb_t t;

    arb_init(t);
    for (slong i = 0; i < rows; i++)
    {
        squares(t, arb_mat_entry(y, i, 0), cols);
        arb_add(p->square, p->square, t, OBS_PREC);
        if (i >= side->stacks * d || p->orbit->full)
            continue;
        arb_add(arb_mat_entry(sum, i % d, 0), arb_mat_entry(sum, i % d, 0), t, OBS_PREC);
        if (relative)
        {
            arb_mul(t, t, relative, OBS_PREC);
            arb_min(t, t, off, OBS_PREC);
            arb_add(p->rows + i % d, p->rows + i % d, t, OBS_PREC);
        }
    }
    for (slong n = 0; n < side->stacks && p->orbit->full; n++)
    {
        arb_mat_window_init(part, y, n * d, 0, (n + 1) * d, cols);
        add_gram(sum, sum == p->fixed ? p->fixed_off : p->off, part);
        arb_mat_window_clear(part);
        if (off)
            arb_add(p->off, p->off, off, OBS_PREC);
    }
    arb_clear(t);
}

/* Each column with its partner: |a| |b| twice. Where one is nothing, the other one comes to nothing. */
static int
balance_columns(arb_mat_t a, arb_mat_t b)
{
    slong n = arb_mat_nrows(a), m = arb_mat_nrows(b);
    arb_t p, q;
    int done = 1;

    arb_init(p);
    arb_init(q);
    for (slong j = 0; j < arb_mat_ncols(a) && done; j++)
    {
        arb_zero(p);
        arb_zero(q);
        for (slong i = 0; i < n; i++)
            arb_addmul(p, arb_mat_entry(a, i, j), arb_mat_entry(a, i, j), OBS_PREC);
        for (slong i = 0; i < m; i++)
            arb_addmul(q, arb_mat_entry(b, i, j), arb_mat_entry(b, i, j), OBS_PREC);
        done = (arb_is_positive(p) || arb_is_zero(p)) && (arb_is_positive(q) || arb_is_zero(q));
        if (arb_is_positive(p) && arb_is_positive(q))
        {
            arb_div(q, q, p, OBS_PREC);
            arb_root_ui(q, q, 4, OBS_PREC);
            arb_inv(p, q, OBS_PREC);
        }
        else
        {
            arb_zero(p);
            arb_zero(q);
        }
        for (slong i = 0; i < n; i++)
            arb_mul(arb_mat_entry(a, i, j), arb_mat_entry(a, i, j), q, OBS_PREC);
        for (slong i = 0; i < m; i++)
            arb_mul(arb_mat_entry(b, i, j), arb_mat_entry(b, i, j), p, OBS_PREC);
    }
    arb_clear(p);
    arb_clear(q);
    return done;
}

static int
balance_mixed(arb_t loss, arb_t off, arb_t relative, arb_mat_t a, arb_mat_t b)
{
    slong k = arb_mat_ncols(a);
    double *p = middles(a), *q = middles(b), *x = flint_malloc((size_t) (k * k + 1) * sizeof *x);
    int done = cst__couple_search(x, p, arb_mat_nrows(a), q, arb_mat_nrows(b), k, 1) &&
               cst__couple_prove(loss, off, relative, a, b, x);

    flint_free(p);
    flint_free(q);
    flint_free(x);
    return done;
}

static void
gather_couple(proof_t *p, const cst__couple_struct *c)
{
    arb_mat_t a, b;
    arb_t loss, off, relative;

    if (p->failed)
        return;
    arb_init(loss);
    arb_init(off);
    arb_init(relative);
    move(a, p, &c->a);
    move(b, p, &c->b);
    if (!arb_mat_is_zero(a) && !arb_mat_is_zero(b)) /* else both come to nothing */
    {
        p->failed = !(c->mixed ? balance_mixed(loss, off, relative, a, b) : balance_columns(a, b));
        gather(p, c->a.stream == OBS_WRITES ? p->writes : p->reads, a, &c->a, c->mixed ? off : NULL,
               c->mixed ? relative : NULL);
        gather(p, c->b.stream == OBS_WRITES ? p->writes : p->reads, b, &c->b, c->mixed ? off : NULL,
               c->mixed ? relative : NULL);
        arb_add(p->loss, p->loss, loss, OBS_PREC);
    }
    arb_mat_clear(a);
    arb_mat_clear(b);
    arb_clear(loss);
    arb_clear(off);
    arb_clear(relative);
}

static void
gather_all(proof_t *p)
{
    arb_mat_t y;

    for (slong i = 0; i < p->orbit->sides && !p->failed; i++)
    {
        const cst__side_struct *side = p->orbit->side + i;

        move(y, p, side);
        gather(p, side->stream == OBS_WRITES ? p->fixed : p->reads, y, side, NULL, NULL);
        arb_mat_clear(y);
    }
    for (slong i = 0; i < p->orbit->couples; i++)
        gather_couple(p, p->orbit->couple + i);
}

/* ---- Lower bounds ------------------------------------------------------------------------------- */

/* Diagonal: inf over s of a e^{2s} + r s is (-r/2) (1 - log(-r/2a)), a x (1 - log x) with x = -r/2a, which is
   concave in x: on a ball it is least at an end. */
static void
least_of_entry(arb_t least, const arb_t a, const arb_t x)
{
    arb_t end, t;

    arb_init(end);
    arb_init(t);
    for (int upper = 0; upper < 2; upper++)
    {
        (upper ? arb_get_ubound_arf : arb_get_lbound_arf)(arb_midref(end), x, OBS_PREC);
        arb_log(t, end, OBS_PREC);
        arb_sub_si(t, t, 1, OBS_PREC);
        arb_mul(t, t, end, OBS_PREC);
        arb_neg(t, t);
        arb_mul(t, t, a, OBS_PREC);
        if (upper)
            arb_min(least, least, t, OBS_PREC);
        else
            arb_set(least, t);
    }
    arb_clear(end);
    arb_clear(t);
}

/* loss: by how much the infimum may be below p->square. */
static void
diagonal_loss(proof_t *p)
{
    arb_t x, t;

    arb_init(x);
    arb_init(t);
    for (slong i = 0; i < p->width; i++)
    {
        const arb_struct *a = arb_mat_entry(p->fixed, i, 0), *r = arb_mat_entry(p->reads, i, 0);

        if (arb_is_zero(r)) /* nothing reads: the infimum is that without a */
        {
            arb_sub(p->square, p->square, a, OBS_PREC);
            continue;
        }
        /* r is half of minus the derivative of the others */
        arb_sub(x, r, arb_mat_entry(p->writes, i, 0), OBS_PREC);
        arb_add_error(x, p->rows + i);
        arb_div(x, x, a, OBS_PREC);
        p->failed |= !arb_is_positive(a) || !arb_is_positive(x);
        least_of_entry(t, a, x);
        arb_sub(t, a, t, OBS_PREC);
        arb_add(p->loss, p->loss, t, OBS_PREC);
    }
    arb_clear(x);
    arb_clear(t);
}

/* |a - diag(a)|_F, and the least of the diagonal. */
static void
split_diagonal(arb_t off, arb_t least, const arb_mat_t a)
{
    slong d = arb_mat_nrows(a);

    arb_zero(off);
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            if (i != j)
                arb_addmul(off, arb_mat_entry(a, i, j), arb_mat_entry(a, i, j), OBS_PREC);
    arb_sqrtpos(off, off, OBS_PREC);
    arb_set(least, arb_mat_entry(a, 0, 0));
    for (slong i = 1; i < d; i++)
        arb_min(least, least, arb_mat_entry(a, i, i), OBS_PREC);
}

/* The least eigenvalue of the symmetric s is at least that of v' s v over that of v'v, v its eigenvectors in
   floating point. A lower bound. */
static void
least_eigenvalue(arb_t least, const arb_mat_t s)
{
    slong d = arb_mat_nrows(s);
    double *m = middles(s), *w = flint_malloc((size_t) (d + 1) * sizeof *w);
    arb_mat_t v, t, turned;
    arb_t off, most;

    arb_init(off);
    arb_init(most);
    arb_mat_init(v, d, d);
    arb_mat_init(t, d, d);
    arb_mat_init(turned, d, d);
    if (LAPACKE_dsyevd(LAPACK_ROW_MAJOR, 'V', 'U', (int) d, m, (int) d, w) != 0)
        m[0] = (double) NAN;
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            cst__ball(arb_mat_entry(v, i, j), m[i * d + j], 0);
    arb_mat_transpose(turned, v);
    arb_mat_mul(t, turned, v, OBS_PREC);
    for (slong i = 0; i < d; i++)
        arb_sub_si(arb_mat_entry(t, i, i), arb_mat_entry(t, i, i), 1, OBS_PREC);
    arb_mat_frobenius_norm(most, t, OBS_PREC);
    arb_add_si(most, most, 1, OBS_PREC); /* v'v is at most this */
    arb_mat_mul(t, s, v, OBS_PREC);
    arb_mat_mul(t, turned, t, OBS_PREC);
    split_diagonal(off, least, t);
    arb_sub(least, least, off, OBS_PREC);
    arb_div(least, least, most, OBS_PREC);
    arb_mat_clear(v);
    arb_mat_clear(t);
    arb_mat_clear(turned);
    arb_clear(off);
    arb_clear(most);
    flint_free(m);
    flint_free(w);
}

/* Full: with S the Gram matrix of the fixed writers, S >= lambda, and N = 2 (all that writes - all that
   reads) the gradient, what moves by exp(H) is at least tr (e^{2H} - 1 - 2H) S + <N, H>, and that at least
   -(|N|^2/8 lambda)(1 + q), q = |N|/(2 lambda) < 1: for eigenvalues h, the sum of lambda (e^{2h} - 1 - 2h) -
   n |h|. */
static void
full_loss(proof_t *p)
{
    slong d = p->width;
    arb_t n, lambda, q;
    int positive;

    arb_init(n);
    arb_init(lambda);
    arb_init(q);
    least_eigenvalue(lambda, p->fixed);
    arb_sub(lambda, lambda, p->fixed_off, OBS_PREC);
    arb_add(p->off, p->off, p->fixed_off, OBS_PREC);
    positive = arb_is_positive(lambda);
    arb_mat_add(p->writes, p->writes, p->fixed, OBS_PREC);
    arb_mat_sub(p->writes, p->writes, p->reads, OBS_PREC);
    for (slong i = 0; i < d; i++)
    {
        squares(q, arb_mat_entry(p->writes, i, 0), d);
        arb_add(n, n, q, OBS_PREC);
    }
    arb_sqrtpos(n, n, OBS_PREC);
    arb_add(n, n, p->off, OBS_PREC);
    arb_mul_2exp_si(n, n, 1);
    arb_mul_2exp_si(q, lambda, 1);
    arb_div(q, n, q, OBS_PREC);
    arb_set_d(lambda, 1);
    p->failed |= !positive || !arb_lt(q, lambda);
    arb_add_ui(lambda, q, 1, OBS_PREC);
    arb_mul(n, n, q, OBS_PREC);
    arb_mul(n, n, lambda, OBS_PREC);
    arb_mul_2exp_si(n, n, -2);
    arb_add(p->loss, p->loss, n, OBS_PREC);
    arb_clear(n);
    arb_clear(lambda);
    arb_clear(q);
}

static void
proof_init(proof_t *p, const cst__orbit_t orbit, const double *x)
{
    slong d = orbit->width, cols = orbit->full ? d : 1;
    arb_mat_struct *const all[] = {p->x, p->inverse, p->fixed, p->writes, p->reads};

    memset(p, 0, sizeof *p);
    p->orbit = orbit;
    p->width = d;
    for (int k = 0; k < 5; k++)
        arb_mat_init(all[k], d, cols);
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < cols; j++)
            arb_set_d(arb_mat_entry(p->x, i, j), x[i * cols + j]);
    if (orbit->full)
        p->failed = !arb_mat_inv(p->inverse, p->x, 2 * OBS_PREC);
    else
        for (slong i = 0; i < d; i++)
            arb_inv(arb_mat_entry(p->inverse, i, 0), arb_mat_entry(p->x, i, 0), OBS_PREC);
    arb_init(p->square);
    arb_init(p->loss);
    arb_init(p->off);
    arb_init(p->fixed_off);
    p->rows = _arb_vec_init(d);
}

static void
proof_clear(proof_t *p)
{
    arb_mat_struct *const all[] = {p->x, p->inverse, p->fixed, p->writes, p->reads};

    for (int k = 0; k < 5; k++)
        arb_mat_clear(all[k]);
    arb_clear(p->square);
    arb_clear(p->loss);
    arb_clear(p->off);
    arb_clear(p->fixed_off);
    _arb_vec_clear(p->rows, p->width);
}

void
cst__orbit_least(arb_t square, const cst__orbit_t orbit)
{
    double *x = cst__orbit_search(orbit);
    proof_t p;

    proof_init(&p, orbit, x);
    gather_all(&p);
    if (!p.failed)
        (orbit->full ? full_loss : diagonal_loss)(&p);
    arb_sub(p.loss, p.square, p.loss, OBS_PREC);
    if (p.failed || !arb_is_finite(p.loss))
        arb_indeterminate(square);
    else
        arb_union(square, p.square, p.loss, OBS_PREC);
    proof_clear(&p);
    flint_free(x);
}
