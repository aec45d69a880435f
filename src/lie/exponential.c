/* lie/exponential.c -- exp, Ad and the Baker-Campbell-Hausdorff series. */
#include "lie/group.h"
#include "lie/space.h"

void
cst_group_exp(arb_mat_t result, const fmpq_mat_t x, slong prec)
{
    arb_mat_t balls;

    arb_mat_init(balls, fmpq_mat_nrows(x), fmpq_mat_ncols(x));
    arb_mat_set_fmpq_mat(balls, x, prec + 20);
    arb_mat_exp(result, balls, prec);
    arb_mat_clear(balls);
}

/* The matrix p with p vec(x) = coordinates of x for all x in the span: (B^T B)^-1 B^T, exactly. */
static void
coordinate_matrix(fmpq_mat_t p, const fmpq_mat_t rows)
{
    fmpq_mat_t columns, gram;

    fmpq_mat_init(columns, fmpq_mat_ncols(rows), fmpq_mat_nrows(rows));
    fmpq_mat_init(gram, fmpq_mat_nrows(rows), fmpq_mat_nrows(rows));
    fmpq_mat_transpose(columns, rows);
    fmpq_mat_mul(gram, rows, columns);
    fmpq_mat_inv(gram, gram);
    fmpq_mat_mul(p, gram, rows);
    fmpq_mat_clear(columns);
    fmpq_mat_clear(gram);
}

/* images: column j holds the entries of g x_j g^-1, by rows. */
static void
conjugate_basis(arb_mat_t images, const arb_mat_t g, const arb_mat_t inverse, const fmpq_mat_struct *basis,
                slong count, slong prec)
{
    slong n = arb_mat_nrows(g);
    arb_mat_t x;

    arb_mat_init(x, n, n);
    for (slong j = 0; j < count; j++)
    {
        arb_mat_set_fmpq_mat(x, basis + j, prec);
        arb_mat_mul(x, g, x, prec);
        arb_mat_mul(x, x, inverse, prec);
        for (slong i = 0; i < n * n; i++)
            arb_set(arb_mat_entry(images, i, j), arb_mat_entry(x, i / n, i % n));
    }
    arb_mat_clear(x);
}

void
cst_group_adjoint(arb_mat_t result, const arb_mat_t g, const fmpq_mat_struct *basis, slong count, slong prec)
{
    slong n = arb_mat_nrows(g);
    fmpq_mat_t rows, p;
    arb_mat_t inverse, images, coordinates;

    if (count == 0)
        return;
    fmpq_mat_init(rows, count, n * n);
    fmpq_mat_init(p, count, n * n);
    arb_mat_init(inverse, n, n);
    arb_mat_init(images, n * n, count);
    arb_mat_init(coordinates, count, n * n);
    for (slong j = 0; j < count; j++)
        cst__space_flatten(rows, j, basis + j);
    coordinate_matrix(p, rows);
    if (!arb_mat_inv(inverse, g, prec))
        arb_mat_indeterminate(inverse);
    conjugate_basis(images, g, inverse, basis, count, prec);
    arb_mat_set_fmpq_mat(coordinates, p, prec);
    arb_mat_mul(result, coordinates, images, prec);
    fmpq_mat_clear(rows);
    fmpq_mat_clear(p);
    arb_mat_clear(inverse);
    arb_mat_clear(images);
    arb_mat_clear(coordinates);
}

/* The terms z_1 = x + y, z_2, ... by
     (k + 1) z_(k+1) = [x - y, z_k]/2 + sum_(p >= 1) B_2p/(2p)! t(2p, k),
   t(j, k) the sum of [z_(k_1), ... [z_(k_j), x + y] ...] over all k_1 + ... + k_j = k:
   t(j, k) = sum_i [z_i, t(j - 1, k - i)], t(0, 0) = x + y. */
typedef struct
{
    const cst_algebra_struct *g;
    slong order;
    fmpq *z; /* term k at z + k*n */
    fmpq *t; /* t(j, k) at t + (j*order + k)*n */
    fmpq *bracket;
} series_t;

static void
add_bracket(fmpq *sum, const series_t *s, const fmpq *x, const fmpq *y, const fmpq_t factor)
{
    cst_algebra_bracket(s->bracket, s->g, x, y);
    for (slong a = 0; a < s->g->dimension; a++)
        fmpq_addmul(sum + a, factor, s->bracket + a);
}

/* t(1, k) ... t(k, k) from z_1 ... z_k */
static void
extend_table(series_t *s, slong k)
{
    slong n = s->g->dimension;
    fmpq_t one;

    fmpq_init(one);
    fmpq_one(one);
    for (slong j = 1; j <= k; j++)
        for (slong i = 1; i <= k - (j - 1); i++)
            add_bracket(s->t + (j * s->order + k) * n, s, s->z + i * n,
                        s->t + ((j - 1) * s->order + k - i) * n, one);
    fmpq_clear(one);
}

static void
next_term(series_t *s, const fmpq *difference, slong k)
{
    slong n = s->g->dimension;
    fmpq *next = s->z + (k + 1) * n;
    fmpq_t c;
    fmpz_t factorial;

    fmpq_init(c);
    fmpz_init(factorial);
    fmpq_set_si(c, 1, 2);
    add_bracket(next, s, difference, s->z + k * n, c);
    for (slong p = 1; 2 * p <= k; p++)
    {
        bernoulli_fmpq_ui(c, 2 * (ulong) p);
        fmpz_fac_ui(factorial, 2 * (ulong) p);
        fmpq_div_fmpz(c, c, factorial);
        for (slong a = 0; a < n; a++)
            fmpq_addmul(next + a, c, s->t + (2 * p * s->order + k) * n + a);
    }
    fmpz_set_si(factorial, k + 1);
    for (slong a = 0; a < n; a++)
        fmpq_div_fmpz(next + a, next + a, factorial);
    fmpq_clear(c);
    fmpz_clear(factorial);
}

void
cst_group_bch(fmpq *z, const cst_algebra_t g, const fmpq *x, const fmpq *y, slong order)
{
    slong n = g->dimension;
    fmpq *difference = _fmpq_vec_init(n);
    series_t s = {.g = g, .order = order};

    s.z = _fmpq_vec_init((order + 1) * n);
    s.t = _fmpq_vec_init(order * order * n);
    s.bracket = _fmpq_vec_init(n);
    for (slong a = 0; a < n; a++)
    {
        fmpq_zero(z + a);
        fmpq_sub(difference + a, x + a, y + a);
        if (order < 1)
            continue;
        fmpq_add(s.z + n + a, x + a, y + a);
        fmpq_set(s.t + a, s.z + n + a);
    }
    for (slong k = 1; k < order; k++)
    {
        extend_table(&s, k);
        next_term(&s, difference, k);
    }
    for (slong k = 1; k <= order; k++)
        for (slong a = 0; a < n; a++)
            fmpq_add(z + a, z + a, s.z + k * n + a);
    _fmpq_vec_clear(difference, n);
    _fmpq_vec_clear(s.z, (order + 1) * n);
    _fmpq_vec_clear(s.t, order * order * n);
    _fmpq_vec_clear(s.bracket, n);
}
