#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/linear.h"

/* N factors of least norm of U diag(s) V': D V', D, ..., D, U D with D = diag(s)^(1/N), up to rotations Q_1,
   ..., Q_(N-1) of the hidden layers (Arora, Cohen, Hazan, On the optimization of deep networks, theorem 1).
   The distance of two such chains is the least, over all of these, of |Q_1 D V' - D1 V1'|^2 + sum |Q_l D
   Q_(l-1)' - D1|^2 + |U D Q_(N-1)' - U1 D1|^2. */
typedef struct
{
    cst__mat_t first, last; /* V D and U D, what is stored of them */
    double *d;              /* the diagonal of D */
    slong rank;
    double ends, middle; /* how far the true factors are, both ends together and each of the others, after
                            some rotation of all hidden layers at once */
    arb_ptr sigma;       /* enclosures of the singular values to the power 1/N */
    slong length;
} chain_t;

static double
power(double x, slong factors)
{
    return x > 0 ? pow(x, 1 / (double) factors) : 0;
}

/* Z = (U D; V D) has Z Z' = 2 H_+^(2/N), H = (0, a; a', 0). At distance e of a, H_+ is 2^(1/2) e away at
   most; where no eigenvalue lies between 0 and m, H_+^(2/N) at most m^(2/N - 1) times that; and where they
   do, in the nuclear norm at most the sum of |.|^(2/N) over 2r eigenvalues (Ando). What that does to Z: see
   linear.c. D = (Z'Z/2)^(1/2) changes by the change of Z'Z/2 over twice its least entry. */
static void
bound_factors(chain_t *c, const double *s, double e, slong factors)
{
    double n = (double) factors, least = s[c->rank - 1], m = least - e, by_rank, by_gap;

    by_rank = sqrt(2 * pow(2 * (double) c->rank, 1 - 1 / n) * pow(1.4143 * e, 2 / n));
    c->ends = by_rank;
    c->middle = (double) INFINITY;
    if (m > 0)
    {
        by_gap = 1.0987 * 2 * pow(m, 2 / n - 1) * e / power(least, factors);
        c->ends = fmin(by_rank, by_gap);
        c->middle = cst__up(c->ends * 0.7072 * power(s[0] + e, factors) / power(m, factors) * (1 + 1e-9));
    }
    c->ends = cst__up(c->ends * (1 + 1e-9));
}

/* 0: it failed. */
static int
chain_init(chain_t *c, const cst__mat_t a, slong narrow, slong factors)
{
    double *s, du, dv, e;
    int done = cst__approximate(c->last, &s, c->first, a, narrow);
    cst__mat_struct *const ends[] = {c->first, c->last};

    c->rank = c->last->cols;
    c->d = flint_calloc((size_t) c->rank + 1, sizeof *c->d);
    c->sigma = cst__mat_singular_values(&c->length, NULL, &e, a);
    for (slong i = 0; i < c->length; i++)
        if (arb_contains_zero(c->sigma + i)) /* [0, b] */
        {
            arb_t top;

            arb_init(top);
            arb_get_ubound_arf(arb_midref(top), c->sigma + i, OBS_PREC);
            arb_root_ui(c->sigma + i, top, (ulong) factors, OBS_PREC);
            arb_zero(top);
            arb_union(c->sigma + i, c->sigma + i, top, OBS_PREC);
            arb_clear(top);
        }
        else
            arb_root_ui(c->sigma + i, c->sigma + i, (ulong) factors, OBS_PREC);
    if (done)
    {
        du = cst__defect_of(c->last);
        dv = cst__defect_of(c->first);
        e = cst__up(cst__residual_of(c->last, s, c->first, a) + s[0] * (du * (1 + dv) + dv));
        bound_factors(c, s, e, factors);
        for (slong j = 0; j < c->rank; j++)
            c->d[j] = power(s[j], factors);
        for (int k = 0; k < 2; k++)
        {
            for (slong i = 0; i < ends[k]->rows; i++)
                for (slong j = 0; j < c->rank; j++)
                    ends[k]->x[i * c->rank + j] *= c->d[j];
            /* orthonormal columns nearest to those that were found, powers and products rounded */
            ends[k]->error = cst__up(((du + dv) + 4 * OBS_U) * (1 + 1e-9) * cst__norm_x(c->d, c->rank));
        }
        done = isfinite(c->ends) && isfinite(c->first->error);
    }
    flint_free(s);
    return done;
}

static void
chain_clear(chain_t *c)
{
    cst__mat_clear(c->first);
    cst__mat_clear(c->last);
    flint_free(c->d);
    _arb_vec_clear(c->sigma, c->length > 0 ? c->length : 1);
}

/* Each layer by itself: rotations at both ends (Procrustes), singular values between (von Neumann). */
static void
lower_bound(arb_t square, const chain_t *x, const chain_t *y, slong factors)
{
    arb_t t;

    arb_init(t);
    arb_zero(square);
    for (slong i = 0; i < x->rank; i++)
    {
        arb_sub(t, x->sigma + i, y->sigma + i, OBS_PREC);
        arb_addmul(square, t, t, OBS_PREC);
    }
    arb_mul_si(square, square, factors - 2, OBS_PREC);
    for (int k = 0; k < 2; k++)
    {
        const cst__mat_struct *p = k ? x->last : x->first, *q = k ? y->last : y->first;
        cst__mat_t a, b;

        cst__mat_init(a, p->rows, p->cols);
        cst__mat_init(b, q->rows, q->cols);
        cst__mat_set(a, p);
        cst__mat_set(b, q);
        a->error = cst__up(p->error + x->ends);
        b->error = cst__up(q->error + y->ends);
        cst__procrustes(t, a, b);
        arb_addmul(square, t, t, OBS_PREC);
        cst__mat_clear(a);
        cst__mat_clear(b);
    }
    arb_nonnegative_part(square, square);
    arb_clear(t);
}

/* The orthogonal matrix with the greatest inner product with m; m is destroyed. 0: it failed. */
static int
polar(double *q, double *m, slong r)
{
    double *u = flint_malloc((size_t) (2 * r * r + r + 1) * sizeof *u), *v = u + r * r, *s = v + r * r;
    int done =
        LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'A', (int) r, (int) r, m, (int) r, s, u, (int) r, v, (int) r) == 0;

    if (done)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int) r, (int) r, (int) r, 1, u, (int) r, v,
                    (int) r, 0, q, (int) r);
    flint_free(u);
    return done;
}

/* m += diag(y) q diag(x) */
static void
add_scaled(double *m, const double *y, const double *q, const double *x, slong r)
{
    for (slong i = 0; i < r; i++)
        for (slong j = 0; j < r; j++)
            m[i * r + j] += y[i] * q[i * r + j] * x[j];
}

/* Rotations one after the other, each the best for those beside it. */
static int
search(double *q, const chain_t *x, const chain_t *y, slong factors)
{
    slong r = x->rank, hidden = factors - 1, rounds = r > 64 ? 3 : 40;
    double *m = flint_malloc((size_t) (r * r + 1) * sizeof *m);
    int done = 1;

    for (slong round = 0; round < rounds && done; round++)
        for (slong l = 0; l < hidden && done; l++)
        {
            memset(m, 0, (size_t) (r * r) * sizeof *m);
            for (int k = 0; k < 2; k++)
                if (round == 0 || l == (k ? hidden - 1 : 0)) /* at first, both ends alike for all */
                {
                    const cst__mat_struct *a = k ? x->last : x->first, *b = k ? y->last : y->first;

                    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (int) r, (int) r, (int) a->rows, 1,
                                b->x, (int) r, a->x, (int) r, 1, m, (int) r);
                }
            if (round > 0 && l > 0)
                add_scaled(m, y->d, q + (l - 1) * r * r, x->d, r);
            if (round > 0 && l + 1 < hidden)
                add_scaled(m, y->d, q + (l + 1) * r * r, x->d, r);
            done = polar(q + l * r * r, m, r);
        }
    flint_free(m);
    return done;
}

/* Adds |a q' - b|^2, with the rotation nearest to q. */
static void
add_layer(arb_t square, const cst__mat_t a, const cst__mat_t q, const cst__mat_t b)
{
    cst__mat_t c;
    arb_t t;

    arb_init(t);
    cst__mat_mul_transpose(c, a, q);
    c->error = cst__up(c->error + cst__defect_of(q) * cst__mat_norm(a));
    cst__mat_subtract(c, b);
    cst__mat_frobenius(t, c);
    arb_addmul(square, t, t, OBS_PREC);
    cst__mat_clear(c);
    arb_clear(t);
}

/* q_l diag(x) q_(l-1)' against diag(y) */
static void
add_middle(arb_t square, const double *x, const cst__mat_t q, const cst__mat_t before, const double *y)
{
    slong r = q->rows;
    cst__mat_t a, b;

    cst__mat_init(a, r, r);
    cst__mat_init(b, r, r);
    for (slong i = 0; i < r; i++)
    {
        for (slong j = 0; j < r; j++)
            a->x[i * r + j] = q->x[i * r + j] * x[j];
        b->x[i * (r + 1)] = y[i];
    }
    /* q is a rotation up to its defect; powers and products are rounded */
    a->error = cst__up((cst__defect_of(q) + 4 * OBS_U) * 2 * cst__norm_x(x, r));
    b->error = cst__up(4 * OBS_U * cst__norm_x(y, r));
    add_layer(square, a, before, b);
    cst__mat_clear(a);
    cst__mat_clear(b);
}

static void
upper_bound(arb_t distance, const chain_t *x, const chain_t *y, slong factors)
{
    slong r = x->rank, hidden = factors - 1;
    cst__mat_struct *q = flint_malloc((size_t) hidden * sizeof *q);
    double *all = flint_calloc((size_t) (hidden * r * r) + 1, sizeof *all), n = (double) factors - 2;
    arb_t t;

    arb_init(t);
    arb_zero(distance);
    if (!search(all, x, y, factors))
        arb_indeterminate(distance);
    for (slong l = 0; l < hidden; l++)
    {
        cst__mat_init(q + l, r, r);
        memcpy(q[l].x, all + l * r * r, (size_t) (r * r) * sizeof *all);
    }
    add_layer(distance, x->first, q, y->first);
    add_layer(distance, x->last, q + hidden - 1, y->last);
    for (slong l = 1; l < hidden; l++)
        add_middle(distance, x->d, q + l, q + l - 1, y->d);
    arb_sqrtpos(distance, distance, OBS_PREC);
    /* what is stored is that far from the true ones, as chains */
    for (int k = 0; k < 2; k++)
    {
        const chain_t *c = k ? y : x;

        cst__ball(t, 0, cst__up(sqrt(c->ends * c->ends + n * c->middle * c->middle)));
        arb_add(distance, distance, t, OBS_PREC);
    }
    for (slong l = 0; l < hidden; l++)
        cst__mat_clear(q + l);
    flint_free(q);
    flint_free(all);
    arb_clear(t);
}

void
cst__deep_distance(arb_t distance, const cst__mat_t a, const cst__mat_t b, slong narrow, slong factors)
{
    chain_t x, y;
    arb_t lower;
    int done;

    arb_init(lower);
    done = chain_init(&x, a, narrow, factors);
    done = chain_init(&y, b, narrow, factors) && done;
    arb_indeterminate(distance);
    if (done)
    {
        upper_bound(distance, &x, &y, factors);
        lower_bound(lower, &x, &y, factors);
        arb_sqrt(lower, lower, OBS_PREC);
        if (arb_is_finite(distance) && arb_is_finite(lower))
        {
            arb_get_ubound_arf(arb_midref(distance), distance, OBS_PREC);
            mag_zero(arb_radref(distance));
            arb_get_lbound_arf(arb_midref(lower), lower, OBS_PREC);
            mag_zero(arb_radref(lower));
            if (arf_sgn(arb_midref(lower)) < 0)
                arb_zero(lower);
            arb_union(distance, distance, lower, OBS_PREC);
        }
    }
    chain_clear(&x);
    chain_clear(&y);
    arb_clear(lower);
}
