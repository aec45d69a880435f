/* geom/curvature.c -- Christoffel symbols, Riemann, Ricci and scalar curvature in normal form. */
#include "geom/matrix.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

typedef struct
{
    const cst_lie_chart_t *chart;
    slong n;
    cst_geom_matrix_t g, inverse;
    cst_expr_t *dg;      /* [(k*n + i)*n + j] = d_k g_ij */
    cst_expr_t *gamma;   /* [(i*n + j)*n + k] = Gamma^i_jk */
    cst_expr_t *lowered; /* [(i*n + j)*n + k] = Gamma_ijk */
    cst_expr_t *riemann;
} work_t;

static cst_expr_t
normal(const work_t *w, cst_expr_t e)
{
    return cst_expr_simplify(w->chart->ctx, e, w->chart->positive, w->chart->positive_length);
}

static cst_expr_t
halved(const work_t *w, cst_expr_t e)
{
    return cst_expr_div(w->chart->ctx, e, cst_expr_integer(w->chart->ctx, 2));
}

static cst_expr_t
signed_sum(const work_t *w, cst_expr_t a, cst_expr_t b, cst_expr_t c, cst_expr_t d)
{
    cst_expr_ctx_t ctx = w->chart->ctx;

    return cst_expr_sub(ctx, cst_expr_add(ctx, a, b), cst_expr_add(ctx, c, d));
}

static void
connection(work_t *w)
{
    slong n = w->n;
    cst_expr_t zero = cst_expr_integer(w->chart->ctx, 0);

    for (slong k = 0; k < n; k++)
        for (slong i = 0; i < n * n; i++)
            w->dg[k * n * n + i] =
                cst_expr_derivative(w->chart->ctx, w->g->entries[i], w->chart->coordinates[k]);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++) /* 1/2 (d_j g_ik + d_k g_ij - d_i g_jk) */
                w->lowered[(i * n + j) * n + k] =
                    normal(w, halved(w, signed_sum(w, w->dg[(j * n + i) * n + k], w->dg[(k * n + i) * n + j],
                                                   w->dg[(i * n + j) * n + k], zero)));
    for (slong i = 0; i < n; i++)
        for (slong jk = 0; jk < n * n; jk++)
        {
            cst_expr_t sum = zero;

            for (slong l = 0; l < n; l++)
                sum = cst__geom_add_product(w->chart->ctx, sum, AT(w->inverse, i, l),
                                            w->lowered[l * n * n + jk]);
            w->gamma[i * n * n + jk] = normal(w, sum);
        }
}

static cst_expr_t
second_derivative(const work_t *w, slong i, slong j, slong k, slong l) /* d_k d_l g_ij */
{
    return cst_expr_derivative(w->chart->ctx, w->dg[(k * w->n + i) * w->n + j], w->chart->coordinates[l]);
}

/* R_ijkl = 1/2 (d_j d_k g_il + d_i d_l g_jk - d_i d_k g_jl - d_j d_l g_ik)
            + g_mn (Gamma^m_jk Gamma^n_il - Gamma^m_jl Gamma^n_ik) */
static cst_expr_t
riemann_entry(const work_t *w, slong i, slong j, slong k, slong l)
{
    cst_expr_ctx_t ctx = w->chart->ctx;
    slong n = w->n;
    cst_expr_t sum =
        halved(w, signed_sum(w, second_derivative(w, i, l, j, k), second_derivative(w, j, k, i, l),
                             second_derivative(w, j, l, i, k), second_derivative(w, i, k, j, l)));

    for (slong m = 0; m < n; m++)
    {
        const cst_expr_t *up = w->gamma + m * n * n, *low = w->lowered + m * n * n;

        sum = cst__geom_add_product(ctx, sum, up[j * n + k], low[i * n + l]);
        sum = cst__geom_add_product(ctx, sum, cst_expr_neg(ctx, up[j * n + l]), low[i * n + k]);
    }
    return normal(w, sum);
}

static void
set_riemann(work_t *w, slong i, slong j, slong k, slong l, cst_expr_t e)
{
    slong n = w->n;
    cst_expr_t minus = cst_expr_neg(w->chart->ctx, e);

    w->riemann[((i * n + j) * n + k) * n + l] = e;
    w->riemann[((j * n + i) * n + l) * n + k] = e;
    w->riemann[((j * n + i) * n + k) * n + l] = minus;
    w->riemann[((i * n + j) * n + l) * n + k] = minus;
}

/* Only one of the entries that the symmetries R_ijkl = -R_jikl = -R_ijlk = R_klij relate is computed. */
static void
curvature(work_t *w)
{
    slong n = w->n;
    cst_expr_t zero = cst_expr_integer(w->chart->ctx, 0);

    for (slong i = 0; i < n * n * n * n; i++)
        w->riemann[i] = zero;
    for (slong i = 0; i < n; i++)
        for (slong j = i + 1; j < n; j++)
            for (slong k = i; k < n; k++)
                for (slong l = k + 1; l < n; l++)
                    if (k > i || l >= j)
                    {
                        cst_expr_t e = riemann_entry(w, i, j, k, l);

                        set_riemann(w, i, j, k, l, e);
                        set_riemann(w, k, l, i, j, e);
                    }
}

/* Ric_ij = g^kl R_kilj */
static cst_expr_t
ricci_entry(const work_t *w, slong i, slong j)
{
    slong n = w->n;
    cst_expr_t sum = cst_expr_integer(w->chart->ctx, 0);

    for (slong k = 0; k < n; k++)
        for (slong l = 0; l < n; l++)
            sum = cst__geom_add_product(w->chart->ctx, sum, AT(w->inverse, k, l),
                                        w->riemann[((k * n + i) * n + l) * n + j]);
    return normal(w, sum);
}

static cst_status_t
work_init(work_t *w, const cst_lie_chart_t *chart, const cst_geom_matrix_t metric, cst_error_t *error)
{
    slong n = chart->dimension;
    cst_expr_t *pivots = flint_malloc((size_t) (n + 1) * sizeof *pivots);
    cst_status_t status;

    w->chart = chart;
    w->n = n;
    cst_geom_matrix_init(w->g, chart->ctx, n, n);
    cst_geom_matrix_init(w->inverse, chart->ctx, n, n);
    for (slong i = 0; i < n * n; i++)
        w->g->entries[i] = normal(w, metric->entries[i]);
    status = cst_geom_invert(pivots, w->inverse, chart, w->g, error);
    for (slong i = 0; i < n * n && status == CST_OK; i++)
        w->inverse->entries[i] = normal(w, w->inverse->entries[i]);
    flint_free(pivots);
    w->dg = flint_malloc((size_t) (n * n * n + 1) * sizeof *w->dg);
    w->gamma = flint_malloc((size_t) (n * n * n + 1) * sizeof *w->gamma);
    w->lowered = flint_malloc((size_t) (n * n * n + 1) * sizeof *w->lowered);
    w->riemann = flint_malloc((size_t) (n * n * n * n + 1) * sizeof *w->riemann);
    return status;
}

static void
work_clear(work_t *w)
{
    cst_geom_matrix_clear(w->g);
    cst_geom_matrix_clear(w->inverse);
    flint_free(w->dg);
    flint_free(w->gamma);
    flint_free(w->lowered);
    flint_free(w->riemann);
}

cst_status_t
cst_geom_curvature(cst_expr_t *christoffel, cst_expr_t *riemann, cst_geom_matrix_struct *ricci,
                   cst_expr_t *scalar, const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
                   cst_error_t *error)
{
    slong n = chart->dimension;
    work_t w;
    cst_status_t status = work_init(&w, chart, metric, error);

    if (status == CST_OK)
    {
        cst_expr_t sum = cst_expr_integer(chart->ctx, 0);

        connection(&w);
        if (riemann || ricci || scalar)
            curvature(&w);
        for (slong i = 0; i < n * n * n && christoffel; i++)
            christoffel[i] = w.gamma[i];
        for (slong i = 0; i < n * n * n * n && riemann; i++)
            riemann[i] = w.riemann[i];
        for (slong i = 0; i < n && (ricci || scalar); i++)
            for (slong j = 0; j < n; j++)
            {
                cst_expr_t e = ricci_entry(&w, i, j);

                if (ricci)
                    AT(ricci, i, j) = e;
                sum = cst__geom_add_product(chart->ctx, sum, AT(w.inverse, i, j), e);
            }
        if (scalar)
            *scalar = normal(&w, sum);
    }
    work_clear(&w);
    return status;
}
