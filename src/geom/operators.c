/* geom/operators.c -- gradient, Hessian, divergence, Laplacian, sectional curvature, geodesics. */
#include "geom/matrix.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* sum + m_ij u^i v^j */
static cst_expr_t
add_form(cst_expr_ctx_t ctx, cst_expr_t sum, const cst_geom_matrix_t m, const cst_expr_t *u,
         const cst_expr_t *v)
{
    for (slong i = 0; i < m->rows; i++)
        for (slong j = 0; j < m->columns; j++)
            if (!cst_expr_is_integer_value(AT(m, i, j), 0))
                sum = cst__geom_add_product(ctx, sum, AT(m, i, j), cst_expr_mul(ctx, u[i], v[j]));
    return sum;
}

static cst_expr_t
partial(const cst_lie_chart_t *chart, cst_expr_t f, slong i)
{
    return cst_expr_derivative(chart->ctx, f, chart->coordinates[i]);
}

void
cst_geom_gradient(cst_expr_t *gradient, const cst_lie_chart_t *chart, const cst_geom_matrix_t cometric,
                  cst_expr_t f)
{
    for (slong i = 0; i < chart->dimension; i++)
    {
        gradient[i] = cst_expr_integer(chart->ctx, 0);
        for (slong j = 0; j < chart->dimension; j++)
            gradient[i] =
                cst__geom_add_product(chart->ctx, gradient[i], AT(cometric, i, j), partial(chart, f, j));
    }
    cst__geom_simplify(chart, gradient, chart->dimension);
}

/* d_i d_j f - Gamma^k_ij d_k f, not simplified */
static cst_expr_t
hessian_entry(const cst_lie_chart_t *chart, const cst_expr_t *christoffel, cst_expr_t f, slong i, slong j)
{
    slong n = chart->dimension;
    cst_expr_t sum = partial(chart, partial(chart, f, i), j);

    for (slong k = 0; k < n; k++)
        sum = cst__geom_add_product(chart->ctx, sum, christoffel[(k * n + i) * n + j],
                                    cst_expr_neg(chart->ctx, partial(chart, f, k)));
    return sum;
}

void
cst_geom_hessian(cst_geom_matrix_t hessian, const cst_lie_chart_t *chart, const cst_expr_t *christoffel,
                 cst_expr_t f)
{
    slong n = chart->dimension;

    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
            AT(hessian, i, j) = AT(hessian, j, i) = hessian_entry(chart, christoffel, f, i, j);
    cst__geom_simplify(chart, hessian->entries, n * n);
}

cst_expr_t
cst_geom_divergence(const cst_lie_chart_t *chart, const cst_expr_t *christoffel, const cst_expr_t *field)
{
    slong n = chart->dimension;
    cst_expr_t sum = cst_expr_integer(chart->ctx, 0);

    for (slong i = 0; i < n; i++)
    {
        sum = cst_expr_add(chart->ctx, sum, partial(chart, field[i], i));
        for (slong j = 0; j < n; j++)
            sum = cst__geom_add_product(chart->ctx, sum, christoffel[(i * n + i) * n + j], field[j]);
    }
    cst__geom_simplify(chart, &sum, 1);
    return sum;
}

cst_expr_t
cst_geom_laplacian(const cst_lie_chart_t *chart, const cst_geom_matrix_t cometric,
                   const cst_expr_t *christoffel, cst_expr_t f)
{
    cst_expr_t sum = cst_expr_integer(chart->ctx, 0);

    for (slong i = 0; i < chart->dimension; i++)
        for (slong j = 0; j < chart->dimension; j++)
            if (!cst_expr_is_integer_value(AT(cometric, i, j), 0))
                sum = cst__geom_add_product(chart->ctx, sum, AT(cometric, i, j),
                                            hessian_entry(chart, christoffel, f, i, j));
    cst__geom_simplify(chart, &sum, 1);
    return sum;
}

/* R_ijkl u^i v^j u^k v^l = sum over pairs i < j, k < l of R_ijkl (u^i v^j - u^j v^i)(u^k v^l - u^l v^k) */
static cst_expr_t
curvature_form(const cst_lie_chart_t *chart, const cst_expr_t *riemann, const cst_expr_t *u,
               const cst_expr_t *v)
{
    cst_expr_ctx_t ctx = chart->ctx;
    slong n = chart->dimension;
    cst_expr_t sum = cst_expr_integer(ctx, 0);
    cst_geom_matrix_t area;

    cst_geom_matrix_init(area, ctx, n, n);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            AT(area, i, j) = cst_expr_sub(ctx, cst_expr_mul(ctx, u[i], v[j]), cst_expr_mul(ctx, u[j], v[i]));
    for (slong i = 0; i < n; i++)
        for (slong j = i + 1; j < n; j++)
            for (slong k = 0; k < n; k++)
                for (slong l = k + 1; l < n; l++)
                    sum = cst__geom_add_product(ctx, sum, riemann[((i * n + j) * n + k) * n + l],
                                                cst_expr_mul(ctx, AT(area, i, j), AT(area, k, l)));
    cst_geom_matrix_clear(area);
    return sum;
}

cst_status_t
cst_geom_sectional(cst_expr_t *sectional, const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
                   const cst_expr_t *riemann, const cst_expr_t *u, const cst_expr_t *v, cst_error_t *error)
{
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t zero = cst_expr_integer(ctx, 0), uv = add_form(ctx, zero, metric, u, v), area;

    area = cst_expr_mul(ctx, add_form(ctx, zero, metric, u, u), add_form(ctx, zero, metric, v, v));
    area = cst_expr_sub(ctx, area, cst_expr_power_si(ctx, uv, 2));
    cst__geom_simplify(chart, &area, 1);
    if (cst_expr_is_integer_value(area, 0))
        return cst_error_set(error, CST_REFUSED, "the two vectors span no plane of non-zero area");
    *sectional = cst_expr_div(ctx, curvature_form(chart, riemann, u, v), area);
    cst__geom_simplify(chart, sectional, 1);
    return CST_OK;
}

void
cst_geom_parallel_transport(cst_expr_t *rate, const cst_lie_chart_t *chart, const cst_expr_t *christoffel,
                            const cst_expr_t *velocity, const cst_expr_t *vector)
{
    slong n = chart->dimension;

    for (slong i = 0; i < n; i++)
    {
        cst_expr_t sum = cst_expr_integer(chart->ctx, 0);

        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++)
                sum = cst__geom_add_product(chart->ctx, sum, christoffel[(i * n + j) * n + k],
                                            cst_expr_mul(chart->ctx, velocity[j], vector[k]));
        rate[i] = cst_expr_neg(chart->ctx, sum);
    }
    cst__geom_simplify(chart, rate, n);
}

void
cst_geom_geodesic(cst_expr_t *acceleration, const cst_lie_chart_t *chart, const cst_expr_t *christoffel,
                  const cst_expr_t *velocity)
{
    cst_geom_parallel_transport(acceleration, chart, christoffel, velocity, velocity);
}
