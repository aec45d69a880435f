#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/linear.h"
#include "observe/state.h"

int
cst__is_dense(const cst__chain_t chain)
{
    for (slong e = 0; e < chain->links; e++)
        if (chain->taps[e] != 1)
            return 0;
    return 1;
}

/* Adds the biases of link e to the last column. */
static void
add_bias(cst__mat_t p, const cst__chain_t chain, slong e)
{
    double square = 0, blur = 0;

    for (slong i = 0; i < p->rows; i++)
    {
        double *x = p->x + (i + 1) * p->cols - 1;

        *x += chain->bias[e][i];
        square += *x * *x;
        blur += chain->blur[e][i];
    }
    p->error = cst__up(p->error + 2 * OBS_U * sqrt(square) + blur);
}

void
cst__linear_product(cst__mat_t p, const cst__chain_t chain, const cst__balance_t given, cst__biases_t biases)
{
    slong cols = chain->size[0] + (biases != OBS_NO_BIAS);
    cst__mat_t w, next;

    cst__balance_weight(w, 0, given, chain);
    cst__mat_init(p, chain->size[1], cols);
    for (slong i = 0; i < p->rows; i++)
        memcpy(p->x + i * cols, w->x + i * w->cols, (size_t) w->cols * sizeof *p->x);
    p->error = w->error;
    cst__mat_clear(w);
    for (slong e = 0; e < chain->links; e++)
    {
        if (e > 0)
        {
            cst__balance_weight(w, e, given, chain);
            cst__mat_mul(next, w, p);
            cst__mat_clear(w);
            cst__mat_clear(p);
            *p = *next;
        }
        if (biases == OBS_ALL_BIASES || (biases == OBS_INNER_BIASES && e + 1 < chain->links))
            add_bias(p, chain, e);
    }
    if (!chain->finite || isnan(p->error))
        p->error = (double) INFINITY;
}

double
cst__defect_of(const cst__mat_t q)
{
    cst__mat_t g;
    double defect;

    cst__mat_transpose_mul(g, q, q);
    for (slong i = 0; i < g->rows; i++)
        g->x[i * (g->cols + 1)] -= 1;
    g->error = cst__up(g->error + OBS_U * sqrt((double) g->rows));
    defect = cst__mat_norm(g);
    cst__mat_clear(g);
    return defect < 0.5 ? defect : (double) INFINITY;
}

int
cst__approximate(cst__mat_t u, double **s, cst__mat_t v, const cst__mat_t a, slong limit)
{
    slong n = a->rows, m = a->cols, p = n < m ? n : m, r = p < limit ? p : limit;
    double *x = flint_malloc((size_t) (n * m + 1) * sizeof *x),
           *left = flint_malloc((size_t) (n * p + 1) * sizeof *x),
           *right = flint_malloc((size_t) (p * m + 1) * sizeof *x);
    int done;

    *s = flint_calloc((size_t) p + 1, sizeof **s);
    cst__mat_init(u, n, r);
    cst__mat_init(v, m, r);
    memcpy(x, a->x, (size_t) (n * m) * sizeof *x);
    done = r > 0 && isfinite(a->error) &&
           LAPACKE_dgesdd(LAPACK_ROW_MAJOR, 'S', (int) n, (int) m, x, (int) m, *s, left, (int) p, right,
                          (int) m) == 0;
    for (slong j = 0; done && j < r; j++)
    {
        for (slong i = 0; i < n; i++)
            u->x[i * r + j] = left[i * p + j];
        for (slong i = 0; i < m; i++)
            v->x[i * r + j] = right[j * m + i];
        done = (*s)[j] >= 0 && (j == 0 || (*s)[j] <= (*s)[j - 1]);
    }
    flint_free(x);
    flint_free(left);
    flint_free(right);
    return done;
}

double
cst__residual_of(const cst__mat_t u, const double *s, const cst__mat_t v, const cst__mat_t a)
{
    cst__mat_t scaled, back;
    double residual;

    cst__mat_init(scaled, u->rows, u->cols);
    for (slong i = 0; i < u->rows; i++)
        for (slong j = 0; j < u->cols; j++)
            scaled->x[i * u->cols + j] = u->x[i * u->cols + j] * s[j];
    scaled->error = OBS_U * cst__norm_x(scaled->x, u->rows * u->cols);
    cst__mat_mul_transpose(back, scaled, v);
    cst__mat_subtract(back, a);
    residual = cst__mat_norm(back);
    cst__mat_clear(scaled);
    cst__mat_clear(back);
    return residual;
}

/* Two factors of a of least norm, z = (u s^(1/2); v s^(1/2)), unique up to a rotation of the columns, up to
   the error. With H = (0, a; a', 0) they have z z' = H + |H| = 2 H_+, the projection to a convex cone: of
   another matrix, at distance e, z z' is at most 2 sqrt(2) e away. Then the distance of z after rotation is
   at most that over sqrt(2 (sqrt(2) - 1)) sigma_r(z), sigma_r^2 = 2 s_r (Tu, Boczar, Simchowitz,
   Soltanolkotabi, Recht, Low-rank solutions of linear matrix equations via Procrustes flow, Lemma 5.4), and
   its square at most the nuclear norm of the change of z z' (Powers and Stormer). */
static void
balanced(cst__mat_t z, const cst__mat_t a, slong hidden)
{
    cst__mat_t u, v;
    double *s, du, dv, e, by_gap, by_rank;
    slong r;
    int done = cst__approximate(u, &s, v, a, hidden);

    r = u->cols;
    cst__mat_init(z, u->rows + v->rows, r);
    if (!done)
        z->error = (double) INFINITY;
    else
    {
        du = cst__defect_of(u);
        dv = cst__defect_of(v);
        /* what has the nearest orthonormal columns for u and v */
        e = cst__up(cst__residual_of(u, s, v, a) + s[0] * (du * (1 + dv) + dv));
        for (slong i = 0; i < z->rows; i++)
            for (slong j = 0; j < r; j++)
                z->x[i * r + j] = (i < u->rows ? u->x[i * r + j] : v->x[(i - u->rows) * r + j]) * sqrt(s[j]);
        e = cst__up(2.8285 * e);
        by_gap = 1.0987 * e / sqrt(2 * s[r - 1]);
        by_rank = sqrt(sqrt(2 * (double) r) * e);
        z->error = cst__up((isnan(by_gap) || by_gap > by_rank ? by_rank : by_gap) * (1 + 1e-9) +
                           (du + dv) * sqrt(s[0]) * (1 + 1e-9) + 3 * OBS_U * cst__norm_x(z->x, z->rows * r));
        if (isnan(z->error))
            z->error = (double) INFINITY;
    }
    cst__mat_clear(u);
    cst__mat_clear(v);
    flint_free(s);
}

/* By how much ||c - b||^2 may exceed its minimum over rotations of c, nu(K) - tr K twice, K = c'b with nu its
   nuclear norm. Where K = R + E, R positive semidefinite: nu(K) - tr K <= nu(E) - tr E. And the antisymmetric
   part of K being N, the least eigenvalue of the symmetric part mu > 0, a rotation by angles t gains at most
   |N| (sum 2 (1 - cos t))^(1/2) - mu sum (1 - cos t) <= |N|^2 / (2 mu). R = v diag(s) v', s >= 0. */
static double
excess(const cst__mat_t c, const cst__mat_t b, const double *s, const cst__mat_t v)
{
    slong r = v->cols;
    double f, dv = cst__defect_of(v), mu, any;
    cst__mat_t k;

    cst__mat_transpose_mul(k, c, b);
    f = cst__residual_of(v, s, v, k);
    cst__mat_clear(k);
    mu = s[r - 1] * (1 - dv) * (1 - 1e-12) - f;
    any = 4 * sqrt((double) r) * f;
    return cst__up(mu > 0 && f * f / mu < any ? f * f / mu : any);
}

void
cst__procrustes(arb_t distance, cst__mat_t a, cst__mat_t b)
{
    cst__mat_t k, u, v, q, c, d;
    double *s, slack = a->error + b->error, lost;
    arb_t t;

    arb_indeterminate(distance);
    cst__mat_transpose_mul(k, a, b);
    if (cst__approximate(u, &s, v, k, k->cols))
    {
        arb_init(t);
        a->error = b->error = 0;
        cst__mat_mul_transpose(q, u, v);
        q->error = q->defect = 0; /* whatever it is */
        cst__mat_mul(c, a, q);
        slack = cst__up(slack + c->error + cst__defect_of(q) * cst__mat_norm(a));
        c->error = 0;
        cst__mat_init(d, c->rows, c->cols);
        cst__mat_set(d, c);
        cst__mat_subtract(d, b);
        cst__mat_frobenius(distance, d);
        lost = excess(c, b, s, v) / 2;
        arb_sqr(distance, distance, OBS_PREC);
        cst__ball(t, lost, lost);
        arb_sub(distance, distance, t, OBS_PREC);
        arb_nonnegative_part(distance, distance);
        arb_sqrt(distance, distance, OBS_PREC);
        cst__ball(t, 0, slack);
        arb_add(distance, distance, t, OBS_PREC);
        arb_nonnegative_part(distance, distance);
        arb_clear(t);
        cst__mat_clear(q);
        cst__mat_clear(c);
        cst__mat_clear(d);
    }
    cst__mat_clear(k);
    cst__mat_clear(u);
    cst__mat_clear(v);
    flint_free(s);
}

/* The least Frobenius distance between factors of a and of b, two each over this many hidden units, both of
   least norm. */
static void
balanced_distance(arb_t distance, const cst__mat_t a, const cst__mat_t b, slong hidden)
{
    cst__mat_t x, y;

    balanced(x, a, hidden);
    balanced(y, b, hidden);
    cst__procrustes(distance, x, y);
    cst__mat_clear(x);
    cst__mat_clear(y);
}

void
cst__add_output_biases(arb_t square, const cst__chain_struct *a, const cst__chain_struct *b)
{
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    for (slong e = a->links - 1, i = 0; i < a->size[a->links]; i++)
    {
        cst__ball(x, a->bias[e][i], a->blur[e][i]);
        cst__ball(y, b->bias[e][i], b->blur[e][i]);
        arb_sub(x, x, y, OBS_PREC);
        arb_addmul(square, x, x, OBS_PREC);
    }
    arb_nonnegative_part(square, square);
    arb_clear(x);
    arb_clear(y);
}

#define FULL (CST_OBSERVE_PERMUTATIONS | CST_OBSERVE_SIGNS | CST_OBSERVE_RESCALINGS | CST_OBSERVE_LINEAR)

/* Of the maps themselves (all biases), or of two factors, inner biases being weights of one more input. */
static void
distance(arb_t least, const struct cst_observe_run *run, const cst__chain_struct *chain,
         const cst__balance_t given, cst__biases_t biases)
{
    int biased = chain->has_bias || run->chain->has_bias;
    cst__mat_t p, before;

    cst__linear_product(p, chain, given, biased ? biases : OBS_NO_BIAS);
    cst__linear_product(before, run->chain, run->balance, biased ? biases : OBS_NO_BIAS);
    if (biases == OBS_INNER_BIASES)
        balanced_distance(least, p, before, chain->size[1]);
    else
    {
        cst__mat_subtract(p, before);
        cst__mat_frobenius(least, p);
    }
    cst__mat_clear(p);
    cst__mat_clear(before);
}

/* Of more than two factors: between two bounds. */
static void
deep_distance(const cst__sink_t *sink, const struct cst_observe_run *run, const cst__chain_struct *chain,
              const cst__balance_t given)
{
    static const char note[] = "between a lower and an upper bound";
    slong narrow = chain->size[1];
    cst__mat_t p, before;
    arb_t value;

    arb_init(value);
    for (slong l = 2; l < chain->links; l++)
        narrow = FLINT_MIN(narrow, chain->size[l]);
    cst__linear_product(p, chain, given, OBS_NO_BIAS);
    cst__linear_product(before, run->chain, run->balance, OBS_NO_BIAS);
    cst__deep_distance(value, p, before, narrow, chain->links);
    arb_sqr(value, value, OBS_PREC);
    cst__emit_speed(sink, "network", "quotient-distance", value, NULL, 1, FULL, note);
    cst__emit_speed(sink, "network", "quotient-speed", value, NULL, sink->step - run->step, FULL, note);
    cst__mat_clear(p);
    cst__mat_clear(before);
    arb_clear(value);
}

void
cst__observe_linear_distance(const cst__sink_t *sink, const struct cst_observe_run *run,
                             const cst__chain_struct *chain)
{
    slong steps = sink->step - run->step;
    cst__balance_t given;
    arb_t value;

    if (!cst__is_dense(chain))
        return;
    arb_init(value);
    cst__balance_init(given, chain);
    distance(value, run, chain, given, OBS_ALL_BIASES);
    cst__emit(sink, "network", "product-quotient-distance", value, NULL, FULL | CST_OBSERVE_SHIFTS, NULL);
    if (chain->links > 2 && !chain->has_bias && !run->chain->has_bias)
        deep_distance(sink, run, chain, given);
    if (chain->links == 2)
    {
        distance(value, run, chain, given, OBS_INNER_BIASES);
        arb_sqr(value, value, OBS_PREC);
        cst__add_output_biases(value, chain, run->chain);
        cst__emit_speed(sink, "network", "quotient-distance", value, NULL, 1, FULL, NULL);
        cst__emit_speed(sink, "network", "quotient-speed", value, NULL, steps, FULL, NULL);
    }
    cst__balance_clear(given);
    arb_clear(value);
}
