/* geom/levi-civita.c -- connection, Riemann, Ricci and scalar curvature over fractions in normal form. */
#include "geom/levi-civita.h"

#include <string.h>

#define LARGE_METRIC 64 /* terms */

typedef cst__normal_struct element_t;

static const element_t *
dmetric(const cst__levi_civita_t *s, slong k, slong i, slong j)
{
    return s->dmetric + k * s->size + cst__symmetric(i, j);
}

/* Gamma_ijk = 1/2 (d_j g_ik + d_k g_ij - d_i g_jk), Gamma^i_jk = g^il Gamma_ljk */
void
cst__levi_civita_connection(cst__levi_civita_t *s)
{
    slong n = s->n, length = n * s->size;

    if (s->gamma)
        return;
    s->dmetric = cst__normal_vec_init(length, s->ctx);
    s->lowered = cst__normal_vec_init(length, s->ctx);
    s->gamma = cst__normal_vec_init(length, s->ctx);
    for (slong k = 0; k < n; k++)
        for (slong ij = 0; ij < s->size; ij++)
            cst__normal_derivative(s->dmetric + k * s->size + ij, s->metric + ij, s->chart->coordinates[k],
                                   s->ctx);
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < n; k++)
            for (slong j = 0; j <= k; j++)
            {
                cst__terms_add(&s->terms, dmetric(s, j, i, k), s->half, 1, s->ctx);
                cst__terms_add(&s->terms, dmetric(s, k, i, j), s->half, 1, s->ctx);
                cst__terms_add(&s->terms, dmetric(s, i, j, k), s->half, -1, s->ctx);
                cst__terms_sum(s->lowered + i * s->size + cst__symmetric(j, k), &s->terms, s->ctx);
            }
    for (slong i = 0; i < n; i++)
        for (slong jk = 0; jk < s->size; jk++)
        {
            for (slong l = 0; l < n; l++)
                cst__terms_add(&s->terms, s->cometric + cst__symmetric(i, l), s->lowered + l * s->size + jk,
                               1, s->ctx);
            cst__terms_sum(s->gamma + i * s->size + jk, &s->terms, s->ctx);
        }
}

/* R_ijkl = 1/2 (d_j d_k g_il + d_i d_l g_jk - d_i d_k g_jl - d_j d_l g_ik)
            + Gamma_mjk Gamma^m_il - Gamma_mjl Gamma^m_ik, in one sum */
static void
riemann_entry(element_t *r, cst__levi_civita_t *s, slong i, slong j, slong k, slong l)
{
    const slong second[4][4] = {{j, k, i, l}, {i, l, j, k}, {i, k, j, l}, {j, l, i, k}};
    element_t *d = cst__normal_vec_init(4, s->ctx);
    slong S = s->size;

    for (int t = 0; t < 4; t++)
    {
        const slong *q = second[t];

        cst__normal_derivative(d + t, dmetric(s, q[0], q[2], q[3]), s->chart->coordinates[q[1]], s->ctx);
        cst__terms_add(&s->terms, d + t, s->half, t < 2 ? 1 : -1, s->ctx);
    }
    for (slong m = 0; m < s->n; m++)
    {
        const element_t *low = s->lowered + m * S, *up = s->gamma + m * S;

        cst__terms_add(&s->terms, low + cst__symmetric(j, k), up + cst__symmetric(i, l), 1, s->ctx);
        cst__terms_add(&s->terms, low + cst__symmetric(j, l), up + cst__symmetric(i, k), -1, s->ctx);
    }
    cst__terms_sum(r, &s->terms, s->ctx);
    cst__normal_vec_clear(d, 4, s->ctx);
}

void
cst__bianchi(element_t *riemann, cst__levi_civita_t *s)
{
    for (slong l = 3; l < s->n; l++)
        for (slong k = 2; k < l; k++)
            for (slong j = 1; j < k; j++)
                for (slong i = 0; i < j; i++)
                    cst__normal_add(riemann + cst__symmetric(cst__pair_index(i, k), cst__pair_index(j, l)),
                                    riemann + cst__symmetric(cst__pair_index(i, j), cst__pair_index(k, l)),
                                    riemann + cst__symmetric(cst__pair_index(i, l), cst__pair_index(j, k)),
                                    s->ctx);
}

/* One entry of each class of R_ijkl = -R_jikl = -R_ijlk = R_klij; for i < j < k < l the one with pairs
   (i, k), (j, l) is left to Bianchi's first identity: R_ikjl = R_ijkl + R_iljk. */
void
cst__levi_civita_riemann(cst__levi_civita_t *s)
{
    slong n = s->n, pairs = n * (n - 1) / 2;

    if (s->riemann)
        return;
    if (s->is_raised)
    {
        cst__levi_civita_lower(s);
        return;
    }
    cst__levi_civita_connection(s);
    s->riemann = cst__normal_vec_init(pairs * (pairs + 1) / 2, s->ctx);
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i < j; i++)
            for (slong l = 0; l <= j; l++)
                for (slong k = 0; k < l; k++)
                    if (cst__pair_index(k, l) <= cst__pair_index(i, j) && !(k < i && i < l && l < j))
                        riemann_entry(s->riemann +
                                          cst__symmetric(cst__pair_index(k, l), cst__pair_index(i, j)),
                                      s, k, l, i, j);
    cst__bianchi(s->riemann, s);
}

slong
cst__riemann_place(int *sign, slong i, slong j, slong k, slong l)
{
    *sign = (i < j) == (k < l) ? 1 : -1;
    if (i == j || k == l)
        return -1;
    return cst__symmetric(cst__pair_index(FLINT_MIN(i, j), FLINT_MAX(i, j)),
                          cst__pair_index(FLINT_MIN(k, l), FLINT_MAX(k, l)));
}

/* r_ij = m^kl R_kilj: the Ricci tensor, or with raised indices its raised copy */
static void
contract(element_t *r, const element_t *m, const element_t *riemann, cst__levi_civita_t *s)
{
    slong n = s->n;

    for (slong j = 0; j < n; j++)
        for (slong i = 0; i <= j; i++)
        {
            for (slong k = 0; k < n; k++)
                for (slong l = 0; l < n; l++)
                {
                    int sign;
                    slong place = cst__riemann_place(&sign, k, i, l, j);

                    if (place >= 0)
                        cst__terms_add(&s->terms, m + cst__symmetric(k, l), riemann + place, sign, s->ctx);
                }
            cst__terms_sum(r + cst__symmetric(i, j), &s->terms, s->ctx);
        }
}

/* Ric^{ij} = g_kl R^{kilj}, then Ric_ij = g_ia Ric^{ab} g_bj */
static void
ricci_from_raised(cst__levi_civita_t *s)
{
    slong n = s->n;
    element_t *up = cst__normal_vec_init(s->size, s->ctx), *mixed = cst__normal_vec_init(n * n, s->ctx);

    cst__levi_civita_raised(s);
    contract(up, s->metric, s->raised, s);
    for (slong i = 0; i < n; i++)
        for (slong b = 0; b < n; b++)
        {
            for (slong a = 0; a < n; a++)
                cst__terms_add(&s->terms, s->metric + cst__symmetric(i, a), up + cst__symmetric(a, b), 1,
                               s->ctx);
            cst__terms_sum(mixed + i * n + b, &s->terms, s->ctx);
        }
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i <= j; i++)
        {
            for (slong b = 0; b < n; b++)
                cst__terms_add(&s->terms, mixed + i * n + b, s->metric + cst__symmetric(b, j), 1, s->ctx);
            cst__terms_sum(s->ricci + cst__symmetric(i, j), &s->terms, s->ctx);
        }
    cst__normal_vec_clear(up, s->size, s->ctx);
    cst__normal_vec_clear(mixed, n * n, s->ctx);
}

void
cst__levi_civita_ricci(cst__levi_civita_t *s)
{
    if (s->ricci)
        return;
    s->ricci = cst__normal_vec_init(s->size, s->ctx);
    if (s->is_raised)
        ricci_from_raised(s);
    else
    {
        cst__levi_civita_riemann(s);
        contract(s->ricci, s->cometric, s->riemann, s);
    }
}

void
cst__levi_civita_scalar(cst__levi_civita_t *s)
{
    if (s->scalar)
        return;
    cst__levi_civita_ricci(s);
    s->scalar = cst__normal_vec_init(1, s->ctx);
    for (slong i = 0; i < s->n; i++)
        for (slong j = 0; j < s->n; j++)
            cst__terms_add(&s->terms, s->cometric + cst__symmetric(i, j), s->ricci + cst__symmetric(i, j), 1,
                           s->ctx);
    cst__terms_sum(s->scalar, &s->terms, s->ctx);
}

/* A pivot N/D that is not zero as an element may vanish where the generators are dependent. */
static cst_status_t
require_regular(const cst__levi_civita_t *s, const element_t *pivots, cst_error_t *error)
{
    for (slong i = 0; i < s->n && !cst__normal_is_rational(s->ctx); i++)
    {
        cst_expr_t e = cst__normal_expr(pivots + i, s->ctx);

        if (!e || cst_lie_is_zero(NULL, s->chart, e) != CST_FALSE)
            return cst_error_set(error, CST_UNDECIDED, "cannot decide whether the metric is degenerate");
    }
    return CST_OK;
}

/* Measured: where g^ij is polynomial, so that the raised curvature is small, raising pays if g_ij is large;
   lowering all of it again pays only if g_ij has several factors in its denominators. */
void
cst__levi_civita_choose(cst__levi_civita_t *s, int wants_riemann)
{
    slong terms = 0, factors = 0, longest = 0;

    s->is_raised = 0;
    for (slong i = 0; i < s->size; i++)
    {
        for (slong k = 0; k < s->cometric[i].length; k++)
            if (s->cometric[i].exponents[k])
                return;
        terms += cst__normal_terms(s->metric + i, s->ctx);
        longest = FLINT_MAX(longest, s->metric[i].length);
    }
    for (slong k = 0; k < longest; k++)
        for (slong i = 0; i < s->size; i++)
            if (k < s->metric[i].length && s->metric[i].exponents[k])
            {
                factors++;
                break;
            }
    s->is_raised = terms >= LARGE_METRIC && (!wants_riemann || factors > 1);
}

/* The entries by unordered pairs, then, for jets, their derivatives up to the second. */
static cst_expr_t *
list_entries(slong *length, const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix, int jets)
{
    slong n = matrix->rows, d = chart->dimension, size = n * (n + 1) / 2;
    slong all = jets ? size * (1 + d + d * d) : size;
    cst_expr_t *list = flint_malloc((size_t) (all + 1) * sizeof *list);

    *length = size;
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i <= j; i++)
            list[cst__symmetric(i, j)] = cst_geom_matrix_entry(matrix, i, j);
    for (slong done = 0; *length < all; done++)
        for (slong k = 0; k < d && *length < all; k++)
            list[(*length)++] = cst_expr_derivative(chart->ctx, list[done], chart->coordinates[k]);
    return list;
}

cst_status_t
cst__levi_civita_init(cst__levi_civita_t *s, const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix,
                      int is_cometric, int jets, cst_error_t *error)
{
    slong n = matrix->rows, size = n * (n + 1) / 2, length;
    cst_expr_t *list = list_entries(&length, chart, matrix, jets);
    element_t *given, *pivots;
    cst_status_t status;

    memset(s, 0, sizeof *s);
    s->chart = chart;
    s->n = n;
    s->size = size;
    s->ctx = cst__normal_ctx_new(chart->ctx, list, length, chart->positive, chart->positive_length);
    if (!s->ctx)
    {
        flint_free(list);
        return cst_error_set(error, CST_UNDECIDED, "the metric needs too many functions");
    }
    s->metric = cst__normal_vec_init(size, s->ctx);
    s->cometric = cst__normal_vec_init(size, s->ctx);
    s->half = cst__normal_vec_init(1, s->ctx);
    pivots = cst__normal_vec_init(n, s->ctx);
    cst__normal_set_si(s->half, 1, s->ctx);
    cst__normal_mul_si(s->half, s->half, 1, 2, s->ctx);
    given = is_cometric ? s->cometric : s->metric;
    for (slong i = 0; i < size; i++)
        cst__normal_set_expr(given + i, list[i], s->ctx);
    status = cst__normal_invert_symmetric(is_cometric ? s->metric : s->cometric, pivots, given, n, s->ctx)
                 ? require_regular(s, pivots, error)
                 : cst_error_set(error, CST_REFUSED, "the metric is degenerate");
    cst__normal_vec_clear(pivots, n, s->ctx);
    flint_free(list);
    return status;
}

void
cst__levi_civita_clear(cst__levi_civita_t *s)
{
    slong n = s->n, pairs = n * (n - 1) / 2;

    if (!s->ctx)
        return;
    cst__normal_vec_clear(s->metric, s->size, s->ctx);
    cst__normal_vec_clear(s->cometric, s->size, s->ctx);
    cst__normal_vec_clear(s->dmetric, n * s->size, s->ctx);
    cst__normal_vec_clear(s->lowered, n * s->size, s->ctx);
    cst__normal_vec_clear(s->gamma, n * s->size, s->ctx);
    cst__normal_vec_clear(s->riemann, pairs * (pairs + 1) / 2, s->ctx);
    cst__normal_vec_clear(s->raised, pairs * (pairs + 1) / 2, s->ctx);
    cst__normal_vec_clear(s->ricci, s->size, s->ctx);
    cst__normal_vec_clear(s->scalar, 1, s->ctx);
    cst__normal_vec_clear(s->half, 1, s->ctx);
    cst__terms_clear(&s->terms);
    cst__normal_ctx_free(s->ctx);
}
