/* geom/curvature.c -- Christoffel symbols, Riemann, Ricci and scalar curvature as expressions. */
#include "geom/levi-civita.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* Where the results go; NULL for what is not wanted. */
typedef struct
{
    cst_geom_matrix_struct *inverse;
    cst_expr_t *christoffel, *riemann;
    cst_geom_matrix_struct *ricci;
    cst_expr_t *scalar;
} outputs_t;

/* *e = x; 0 if x was too large to hold. */
static int
set_expr(cst_expr_t *e, const cst__normal_struct *x, cst__levi_civita_t *s)
{
    *e = cst__normal_expr(x, s->ctx);
    return *e != NULL;
}

static int
set_matrix(cst_geom_matrix_struct *m, const cst__normal_struct *x, cst__levi_civita_t *s)
{
    int good = 1;

    for (slong j = 0; j < s->n && good; j++)
        for (slong i = 0; i <= j && good; i++)
        {
            cst_expr_t e;

            good = set_expr(&e, x + cst__symmetric(i, j), s);
            AT(m, i, j) = AT(m, j, i) = e;
        }
    return good;
}

static int
set_christoffel(cst_expr_t *christoffel, cst__levi_civita_t *s)
{
    slong n = s->n;
    int good = 1;

    cst__levi_civita_connection(s);
    for (slong i = 0; i < n && good; i++)
        for (slong k = 0; k < n && good; k++)
            for (slong j = 0; j <= k && good; j++)
            {
                good = set_expr(christoffel + (i * n + j) * n + k,
                                s->gamma + i * s->size + cst__symmetric(j, k), s);
                christoffel[(i * n + k) * n + j] = christoffel[(i * n + j) * n + k];
            }
    return good;
}

/* All entries from those with i < j and k < l. */
static int
set_riemann(cst_expr_t *riemann, cst__levi_civita_t *s)
{
    slong n = s->n;
    cst_expr_t zero = cst_expr_integer(s->chart->ctx, 0);
    int good = 1, sign;

    cst__levi_civita_riemann(s);
    for (slong i = 0; i < n * n * n * n; i++)
        riemann[i] = zero;
    for (slong i = 0; i < n; i++)
        for (slong j = i + 1; j < n; j++)
            for (slong k = 0; k < n && good; k++)
                for (slong l = k + 1; l < n && good; l++)
                {
                    cst_expr_t e, minus;

                    if (k < i || (k == i && l < j))
                        e = riemann[((k * n + l) * n + i) * n + j];
                    else
                        good = set_expr(&e, s->riemann + cst__riemann_place(&sign, i, j, k, l), s);
                    if (!good)
                        break;
                    minus = cst_expr_neg(s->chart->ctx, e);
                    riemann[((i * n + j) * n + k) * n + l] = riemann[((j * n + i) * n + l) * n + k] = e;
                    riemann[((j * n + i) * n + k) * n + l] = riemann[((i * n + j) * n + l) * n + k] = minus;
                }
    return good;
}

static int
set_outputs(const outputs_t *out, cst__levi_civita_t *s, int is_cometric)
{
    int good = 1;

    cst__levi_civita_choose(s, out->riemann != NULL);
    if (out->inverse)
        good &= set_matrix(out->inverse, is_cometric ? s->metric : s->cometric, s);
    if (out->christoffel && good)
        good &= set_christoffel(out->christoffel, s);
    if (out->riemann && good)
        good &= set_riemann(out->riemann, s);
    if (out->ricci && good)
    {
        cst__levi_civita_ricci(s);
        good &= set_matrix(out->ricci, s->ricci, s);
    }
    if (out->scalar && good)
    {
        cst__levi_civita_scalar(s);
        good &= set_expr(out->scalar, s->scalar, s);
    }
    return good;
}

/* A second attempt, with more generators, is for functions without theory. */
static cst_status_t
curvature(const outputs_t *out, const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix, int is_cometric,
          cst_error_t *error)
{
    cst_status_t status = CST_UNDECIDED;

    for (int jets = 0; jets <= 1 && status == CST_UNDECIDED; jets++)
    {
        cst__levi_civita_t space;

        status = cst__levi_civita_init(&space, chart, matrix, is_cometric, jets, error);
        if (status == CST_OK && !set_outputs(out, &space, is_cometric))
            status = cst_error_set(error, CST_UNDECIDED, "the curvature is too large to be simplified");
        cst__levi_civita_clear(&space);
    }
    return status;
}

cst_status_t
cst_geom_inverse(cst_geom_matrix_t inverse, const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix,
                 cst_error_t *error)
{
    outputs_t out = {inverse, NULL, NULL, NULL, NULL};

    return curvature(&out, chart, matrix, 0, error);
}

cst_status_t
cst_geom_curvature(cst_expr_t *christoffel, cst_expr_t *riemann, cst_geom_matrix_struct *ricci,
                   cst_expr_t *scalar, const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
                   cst_error_t *error)
{
    outputs_t out = {NULL, christoffel, riemann, ricci, scalar};

    return curvature(&out, chart, metric, 0, error);
}

cst_status_t
cst_geom_curvature_of_cometric(cst_geom_matrix_struct *metric, cst_expr_t *christoffel, cst_expr_t *riemann,
                               cst_geom_matrix_struct *ricci, cst_expr_t *scalar,
                               const cst_lie_chart_t *chart, const cst_geom_matrix_t cometric,
                               cst_error_t *error)
{
    outputs_t out = {metric, christoffel, riemann, ricci, scalar};

    return curvature(&out, chart, cometric, 1, error);
}
