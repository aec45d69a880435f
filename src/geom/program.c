/* geom/program.c -- the curvature as expressions with shared parts, for evaluation in balls or models. */
#include "geom/program.h"

#include <math.h>
#include <string.h>

#include "geom/levi-civita.h"

#define GUIDE_PREC 128

static cst_expr_t *
list(slong length)
{
    return flint_calloc((size_t) length + 1, sizeof(cst_expr_t));
}

/* sum - a b */
static cst_expr_t
minus_product(cst_expr_ctx_t ctx, cst_expr_t sum, cst_expr_t a, cst_expr_t b)
{
    return cst__geom_add_product(ctx, sum, cst_expr_neg(ctx, a), b);
}

/* Gauss and Jordan on (matrix | 1), in expressions and, as a guide, in balls. */
typedef struct
{
    cst_expr_ctx_t ctx;
    slong n;
    cst_expr_t *e; /* n x 2n */
    arb_mat_t guide;
} elimination_t;

static slong
guided_pivot(const elimination_t *m, slong c)
{
    slong best = -1;
    double most = 0;

    for (slong i = c; i < m->n; i++)
    {
        double size = fabs(arf_get_d(arb_midref(arb_mat_entry(m->guide, i, c)), ARF_RND_NEAR));

        if (!arb_contains_zero(arb_mat_entry(m->guide, i, c)) && size > most)
        {
            best = i;
            most = size;
        }
    }
    return best;
}

static void
exchange_rows(elimination_t *m, slong a, slong b)
{
    for (slong j = 0; j < 2 * m->n && a != b; j++)
    {
        cst_expr_t t = m->e[a * 2 * m->n + j];

        m->e[a * 2 * m->n + j] = m->e[b * 2 * m->n + j];
        m->e[b * 2 * m->n + j] = t;
        arb_swap(arb_mat_entry(m->guide, a, j), arb_mat_entry(m->guide, b, j));
    }
}

static void
eliminate(elimination_t *m, slong c)
{
    slong w = 2 * m->n;
    cst_expr_t inverse = cst_expr_power_si(m->ctx, m->e[c * w + c], -1), one = cst_expr_integer(m->ctx, 1);
    arb_t t;

    arb_init(t);
    arb_set(t, arb_mat_entry(m->guide, c, c));
    for (slong j = c; j < w; j++)
    {
        m->e[c * w + j] = j == c ? one : cst_expr_mul(m->ctx, m->e[c * w + j], inverse);
        arb_div(arb_mat_entry(m->guide, c, j), arb_mat_entry(m->guide, c, j), t, GUIDE_PREC);
    }
    for (slong i = 0; i < m->n; i++)
    {
        cst_expr_t factor = m->e[i * w + c];

        if (i == c || cst_expr_is_integer_value(factor, 0))
            continue;
        arb_set(t, arb_mat_entry(m->guide, i, c));
        for (slong j = c; j < w; j++)
        {
            m->e[i * w + j] = j == c ? cst_expr_integer(m->ctx, 0)
                                     : minus_product(m->ctx, m->e[i * w + j], factor, m->e[c * w + j]);
            arb_submul(arb_mat_entry(m->guide, i, j), t, arb_mat_entry(m->guide, c, j), GUIDE_PREC);
        }
    }
    arb_clear(t);
}

/* inverse = matrix^-1; 0 if no pivot is certainly not zero at the point. */
static int
invert(cst_expr_t *inverse, const cst_expr_t *matrix, const cst_lie_chart_t *chart, slong n, arb_srcptr point)
{
    elimination_t m = {chart->ctx, n, list(2 * n * n), {{0}}};
    slong c;

    arb_mat_init(m.guide, n, 2 * n);
    arb_mat_one(m.guide);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            m.e[i * 2 * n + j] = matrix[cst__symmetric(i, j)];
            m.e[i * 2 * n + n + j] = cst_expr_integer(chart->ctx, i == j);
            arb_set_si(arb_mat_entry(m.guide, i, n + j), i == j);
            cst_expr_enclose(arb_mat_entry(m.guide, i, j), matrix[cst__symmetric(i, j)], chart->coordinates,
                             point, chart->dimension, GUIDE_PREC);
        }
    for (c = 0; c < n; c++)
    {
        slong p = guided_pivot(&m, c);

        if (p < 0)
            break;
        exchange_rows(&m, p, c);
        eliminate(&m, c);
    }
    for (slong j = 0; j < n && c == n; j++)
        for (slong i = 0; i <= j; i++)
            inverse[cst__symmetric(i, j)] = m.e[i * 2 * n + n + j];
    arb_mat_clear(m.guide);
    flint_free(m.e);
    return c == n;
}

static void
derivatives_of(cst_expr_t *r, const cst_expr_t *e, slong length, const cst_lie_chart_t *chart)
{
    for (slong k = 0; k < chart->dimension; k++)
        for (slong i = 0; i < length; i++)
            r[k * length + i] = cst_expr_derivative(chart->ctx, e[i], chart->coordinates[k]);
}

/* d_k d_l of the entries of a symmetric matrix, from their first derivatives */
static void
second_derivatives(cst_expr_t *r, const cst_expr_t *first, const cst__program_t *s)
{
    for (slong k = 0; k < s->n; k++)
        for (slong l = k; l < s->n; l++)
            for (slong ij = 0; ij < s->size; ij++)
                r[cst__symmetric(k, l) * s->size + ij] =
                    cst_expr_derivative(s->chart->ctx, first[k * s->size + ij], s->chart->coordinates[l]);
}

/* r = a b for n x n matrices, a symmetric by unordered pairs, b by rows */
static void
multiply(cst_expr_t *r, const cst_expr_t *a, const cst_expr_t *b, const cst__program_t *s)
{
    for (slong i = 0; i < s->n; i++)
        for (slong j = 0; j < s->n; j++)
        {
            cst_expr_t sum = cst_expr_integer(s->chart->ctx, 0);

            for (slong k = 0; k < s->n; k++)
                sum = cst__geom_add_product(s->chart->ctx, sum, a[cst__symmetric(i, k)], b[k * s->n + j]);
            r[i * s->n + j] = sum;
        }
}

/* From the co-metric G, with W_k = (d_k G) g: d_k g = -g W_k and
   d_k d_l g = -g (d_k d_l G) g - (d_k g) W_l - (d_l g) W_k. */
static void
jets_of_inverse(cst__program_t *s, int with_second)
{
    slong n = s->n, S = s->size;
    cst_expr_t *first = list(n * S), *second = list(S * S), *w = list(n * n * n), *g = list(n * n);
    cst_expr_t *t = list(n * n), *u = list(n * n);

    derivatives_of(first, s->cometric, S, s->chart);
    for (slong i = 0; i < n * n; i++)
        g[i] = s->metric[cst__symmetric(i / n, i % n)];
    for (slong k = 0; k < n; k++)
    {
        multiply(w + k * n * n, first + k * S, g, s);
        multiply(t, s->metric, w + k * n * n, s);
        for (slong i = 0; i < n * n; i++)
            s->dmetric[k * S + cst__symmetric(i / n, i % n)] = cst_expr_neg(s->chart->ctx, t[i]);
    }
    if (with_second)
        second_derivatives(second, first, s);
    for (slong l = 0; l < n && with_second; l++)
        for (slong k = 0; k <= l; k++)
        {
            slong kl = cst__symmetric(k, l) * S;

            multiply(t, second + kl, g, s);
            multiply(u, s->metric, t, s);
            for (slong j = 0; j < n; j++)
                for (slong i = 0; i <= j; i++)
                {
                    cst_expr_t sum = cst_expr_neg(s->chart->ctx, u[i * n + j]);

                    for (slong p = 0; p < n; p++)
                    {
                        sum = minus_product(s->chart->ctx, sum, s->dmetric[k * S + cst__symmetric(i, p)],
                                            w[l * n * n + p * n + j]);
                        sum = minus_product(s->chart->ctx, sum, s->dmetric[l * S + cst__symmetric(i, p)],
                                            w[k * n * n + p * n + j]);
                    }
                    s->ddmetric[kl + cst__symmetric(i, j)] = sum;
                }
        }
    flint_free(first);
    flint_free(second);
    flint_free(w);
    flint_free(g);
    flint_free(t);
    flint_free(u);
}

/* 1/2 (a + b - c - d) */
static cst_expr_t
half_difference(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b, cst_expr_t c, cst_expr_t d)
{
    return cst_expr_div(ctx, cst_expr_sub(ctx, cst_expr_add(ctx, a, b), cst_expr_add(ctx, c, d)),
                        cst_expr_integer(ctx, 2));
}

static void
connection(cst__program_t *s)
{
    slong n = s->n, S = s->size;
    cst_expr_t zero = cst_expr_integer(s->chart->ctx, 0);

    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < n; k++)
            for (slong j = 0; j <= k; j++)
                s->lowered[i * S + cst__symmetric(j, k)] = half_difference(
                    s->chart->ctx, s->dmetric[j * S + cst__symmetric(i, k)],
                    s->dmetric[k * S + cst__symmetric(i, j)], s->dmetric[i * S + cst__symmetric(j, k)], zero);
    for (slong i = 0; i < n; i++)
        for (slong jk = 0; jk < S; jk++)
        {
            cst_expr_t sum = zero;

            for (slong l = 0; l < n; l++)
                sum = cst__geom_add_product(s->chart->ctx, sum, s->cometric[cst__symmetric(i, l)],
                                            s->lowered[l * S + jk]);
            s->gamma[i * S + jk] = sum;
        }
}

/* The formula of levi-civita.c. */
static cst_expr_t
riemann_entry(const cst__program_t *s, slong i, slong j, slong k, slong l)
{
    slong S = s->size;
    const cst_expr_t *dd = s->ddmetric;
    cst_expr_t sum = half_difference(s->chart->ctx, dd[cst__symmetric(j, k) * S + cst__symmetric(i, l)],
                                     dd[cst__symmetric(i, l) * S + cst__symmetric(j, k)],
                                     dd[cst__symmetric(i, k) * S + cst__symmetric(j, l)],
                                     dd[cst__symmetric(j, l) * S + cst__symmetric(i, k)]);

    for (slong m = 0; m < s->n; m++)
    {
        const cst_expr_t *low = s->lowered + m * S, *up = s->gamma + m * S;

        sum = cst__geom_add_product(s->chart->ctx, sum, low[cst__symmetric(j, k)], up[cst__symmetric(i, l)]);
        sum = minus_product(s->chart->ctx, sum, low[cst__symmetric(j, l)], up[cst__symmetric(i, k)]);
    }
    return sum;
}

static void
riemann(cst__program_t *s)
{
    slong n = s->n;

    for (slong j = 0; j < n; j++)
        for (slong i = 0; i < j; i++)
            for (slong l = 0; l <= j; l++)
                for (slong k = 0; k < l; k++)
                    if (cst__pair_index(k, l) <= cst__pair_index(i, j))
                        s->riemann[cst__symmetric(cst__pair_index(k, l), cst__pair_index(i, j))] =
                            riemann_entry(s, k, l, i, j);
}

static void
ricci(cst__program_t *s)
{
    cst_expr_ctx_t ctx = s->chart->ctx;
    slong n = s->n;

    s->scalar = cst_expr_integer(ctx, 0);
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i <= j; i++)
        {
            cst_expr_t sum = cst_expr_integer(ctx, 0), inverse = s->cometric[cst__symmetric(i, j)];

            for (slong k = 0; k < n; k++)
                for (slong l = 0; l < n; l++)
                {
                    int sign;
                    slong place = cst__riemann_place(&sign, k, i, l, j);
                    cst_expr_t g = s->cometric[cst__symmetric(k, l)];

                    if (place >= 0)
                        sum = cst__geom_add_product(ctx, sum, sign > 0 ? g : cst_expr_neg(ctx, g),
                                                    s->riemann[place]);
                }
            s->ricci[cst__symmetric(i, j)] = sum;
            if (i < j)
                inverse = cst_expr_mul(ctx, cst_expr_integer(ctx, 2), inverse);
            s->scalar = cst__geom_add_product(ctx, s->scalar, inverse, sum);
        }
}

cst_status_t
cst__program_init(cst__program_t *s, const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix,
                  int is_cometric, int with_riemann, arb_srcptr point, cst_error_t *error)
{
    slong n = chart->dimension, S = n * (n + 1) / 2, pairs = n * (n - 1) / 2;
    cst_expr_t *given;

    memset(s, 0, sizeof *s);
    s->chart = chart;
    s->n = n;
    s->size = S;
    s->metric = list(S);
    s->cometric = list(S);
    s->dmetric = list(n * S);
    s->ddmetric = list(S * S);
    s->lowered = list(n * S);
    s->gamma = list(n * S);
    s->riemann = list(pairs * (pairs + 1) / 2);
    s->ricci = list(S);
    given = is_cometric ? s->cometric : s->metric;
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i <= j; i++)
            given[cst__symmetric(i, j)] = cst_geom_matrix_entry(matrix, i, j);
    if (!invert(is_cometric ? s->metric : s->cometric, given, chart, n, point))
        return cst_error_set(error, CST_UNDECIDED, "the metric may be singular at the center of the box");
    if (is_cometric)
        jets_of_inverse(s, with_riemann);
    else
    {
        derivatives_of(s->dmetric, s->metric, S, chart);
        if (with_riemann)
            second_derivatives(s->ddmetric, s->dmetric, s);
    }
    connection(s);
    if (with_riemann)
    {
        riemann(s);
        ricci(s);
    }
    return CST_OK;
}

void
cst__program_clear(cst__program_t *s)
{
    flint_free(s->metric);
    flint_free(s->cometric);
    flint_free(s->dmetric);
    flint_free(s->ddmetric);
    flint_free(s->lowered);
    flint_free(s->gamma);
    flint_free(s->riemann);
    flint_free(s->ricci);
}
