/* geom/tensor.c -- derivatives of tensor fields: along a connection and along a vector field; Weyl's tensor.
 */
#include <string.h>

#include "expr/normal.h"
#include "geom/matrix.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

void
cst__geom_simplify(const cst_lie_chart_t *chart, cst_expr_t *e, slong length)
{
    cst__normal_ctx_t ctx =
        cst__normal_ctx_new(chart->ctx, e, length, chart->positive, chart->positive_length);
    cst__normal_t x;

    if (!ctx)
        return;
    cst__normal_init(x, ctx);
    for (slong i = 0; i < length; i++)
    {
        cst_expr_t simple;

        cst__normal_set_expr(x, e[i], ctx);
        simple = cst__normal_expr(x, ctx);
        if (simple)
            e[i] = simple;
    }
    cst__normal_clear(x, ctx);
    cst__normal_ctx_free(ctx);
}

static slong
count_entries(slong n, slong indices)
{
    slong count = 1;

    for (slong i = 0; i < indices; i++)
        count *= n;
    return count;
}

/* An index of a tensor: entries that differ in it only lie `stride` apart. */
typedef struct
{
    slong n, stride;
} index_t;

static slong
index_value(index_t t, slong place)
{
    return place / t.stride % t.n;
}

static slong
with_index(index_t t, slong place, slong value)
{
    return place + (value - index_value(t, place)) * t.stride;
}

/* d_k T + Gamma^a_kc T^{..c..} - Gamma^c_kb T_{..c..}, a or b in the place of each index of T */
static cst_expr_t
covariant_entry(const cst_lie_chart_t *chart, const cst_expr_t *christoffel, const cst_expr_t *tensor,
                slong up, slong down, slong place, slong k)
{
    slong n = chart->dimension;
    cst_expr_t sum = cst_expr_derivative(chart->ctx, tensor[place], chart->coordinates[k]);
    index_t t = {n, count_entries(n, up + down)};

    for (slong q = 0; q < up + down; q++)
    {
        slong a;

        t.stride /= n;
        a = index_value(t, place);
        for (slong c = 0; c < n; c++)
        {
            cst_expr_t other = tensor[with_index(t, place, c)];

            if (q < up)
                sum = cst__geom_add_product(chart->ctx, sum, christoffel[(a * n + k) * n + c], other);
            else
                sum = cst__geom_add_product(chart->ctx, sum, christoffel[(c * n + k) * n + a],
                                            cst_expr_neg(chart->ctx, other));
        }
    }
    return sum;
}

void
cst_geom_covariant_derivative(cst_expr_t *derivative, const cst_lie_chart_t *chart,
                              const cst_expr_t *christoffel, const cst_expr_t *tensor, slong up, slong down)
{
    slong n = chart->dimension, length = count_entries(n, up + down);

    for (slong place = 0; place < length; place++)
        for (slong k = 0; k < n; k++)
            derivative[place * n + k] = covariant_entry(chart, christoffel, tensor, up, down, place, k);
    cst__geom_simplify(chart, derivative, length * n);
}

/* xi^c d_c T, of which the first term is given, - d_c xi^a T^{..c..} + d_b xi^c T_{..c..} */
static cst_expr_t
lie_entry(const cst_lie_chart_t *chart, cst_expr_t sum, const cst_expr_t *jacobian, const cst_expr_t *tensor,
          slong up, slong down, slong place)
{
    slong n = chart->dimension;
    index_t t = {n, count_entries(n, up + down)};

    for (slong q = 0; q < up + down; q++)
    {
        slong a;

        t.stride /= n;
        a = index_value(t, place);
        for (slong c = 0; c < n; c++)
        {
            cst_expr_t other = tensor[with_index(t, place, c)];
            cst_expr_t factor = q < up ? jacobian[a * n + c] : jacobian[c * n + a];

            if (!cst_expr_is_integer_value(factor, 0))
                sum = cst__geom_add_product(chart->ctx, sum, factor,
                                            q < up ? cst_expr_neg(chart->ctx, other) : other);
        }
    }
    return sum;
}

/* Derivatives along a field of expressions that repeat: the entries of a metric often do. */
typedef struct
{
    const cst_lie_chart_t *chart;
    const cst_expr_t *field;
    cst_expr_t *known, *derivative;
    slong length;
} memory_t;

static void
memory_init(memory_t *m, const cst_lie_chart_t *chart, const cst_expr_t *field, slong most)
{
    m->chart = chart;
    m->field = field;
    m->known = flint_malloc((size_t) (most + 1) * sizeof *m->known);
    m->derivative = flint_malloc((size_t) (most + 1) * sizeof *m->derivative);
    m->length = 0;
}

static void
memory_clear(memory_t *m)
{
    flint_free(m->known);
    flint_free(m->derivative);
}

static cst_expr_t
derivative_along(memory_t *m, cst_expr_t e)
{
    for (slong i = 0; i < m->length; i++)
        if (m->known[i] == e)
            return m->derivative[i];
    m->known[m->length] = e;
    m->derivative[m->length] = cst_lie_derivative(m->chart, m->field, e);
    return m->derivative[m->length++];
}

static cst_expr_t *
jacobian_of(const cst_lie_chart_t *chart, const cst_expr_t *field)
{
    slong n = chart->dimension;
    cst_expr_t *jacobian = flint_malloc((size_t) (n * n + 1) * sizeof *jacobian);

    for (slong a = 0; a < n * n; a++)
        jacobian[a] = cst_expr_is_integer_value(field[a / n], 0)
                          ? field[a / n]
                          : cst_expr_derivative(chart->ctx, field[a / n], chart->coordinates[a % n]);
    return jacobian;
}

void
cst__geom_lie_derivative_of_metric(cst_expr_t *derivative, const cst_lie_chart_t *chart,
                                   const cst_expr_t *field, const cst_expr_t *metric)
{
    slong n = chart->dimension;
    cst_expr_t *jacobian = jacobian_of(chart, field);
    memory_t memory;

    memory_init(&memory, chart, field, n * n);
    for (slong a = 0; a < n; a++)
        for (slong b = a; b < n; b++)
            derivative[a * n + b] = derivative[b * n + a] = lie_entry(
                chart, derivative_along(&memory, metric[a * n + b]), jacobian, metric, 0, 2, a * n + b);
    memory_clear(&memory);
    flint_free(jacobian);
}

void
cst_geom_lie_derivative(cst_expr_t *derivative, const cst_lie_chart_t *chart, const cst_expr_t *field,
                        const cst_expr_t *tensor, slong up, slong down)
{
    slong length = count_entries(chart->dimension, up + down);
    cst_expr_t *jacobian = jacobian_of(chart, field);

    for (slong place = 0; place < length; place++)
        derivative[place] = lie_entry(chart, cst_lie_derivative(chart, field, tensor[place]), jacobian,
                                      tensor, up, down, place);
    cst__geom_simplify(chart, derivative, length);
    flint_free(jacobian);
}

/* W_ijkl = R_ijkl - (g_ik P_jl + P_ik g_jl - g_il P_jk - P_il g_jk) with Schouten's
   P = (Ric - scalar/(2(n - 1)) g)/(n - 2) */
void
cst_geom_weyl(cst_expr_t *weyl, const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
              const cst_expr_t *riemann, const cst_geom_matrix_t ricci, cst_expr_t scalar)
{
    cst_expr_ctx_t ctx = chart->ctx;
    slong n = chart->dimension, length = count_entries(n, 4);
    cst_geom_matrix_t schouten;
    cst_expr_t factor;

    if (n <= 2)
    {
        for (slong i = 0; i < length; i++)
            weyl[i] = cst_expr_integer(ctx, 0);
        return;
    }
    cst_geom_matrix_init(schouten, ctx, n, n);
    factor = cst_expr_div(ctx, scalar, cst_expr_integer(ctx, 2 - 2 * n));
    for (slong i = 0; i < n * n; i++)
        schouten->entries[i] =
            cst_expr_div(ctx, cst__geom_add_product(ctx, ricci->entries[i], factor, metric->entries[i]),
                         cst_expr_integer(ctx, n - 2));
    for (slong p = 0; p < length; p++)
    {
        slong i = p / (n * n * n), j = p / (n * n) % n, k = p / n % n, l = p % n;
        cst_expr_t sum = cst_expr_neg(ctx, riemann[p]);

        if (i == j || k == l)
        {
            weyl[p] = cst_expr_integer(ctx, 0);
            continue;
        }
        sum = cst__geom_add_product(ctx, sum, AT(metric, i, k), AT(schouten, j, l));
        sum = cst__geom_add_product(ctx, sum, AT(schouten, i, k), AT(metric, j, l));
        sum = cst_expr_neg(ctx, sum);
        sum = cst__geom_add_product(ctx, sum, AT(metric, i, l), AT(schouten, j, k));
        weyl[p] = cst__geom_add_product(ctx, sum, AT(schouten, i, l), AT(metric, j, k));
    }
    cst__geom_simplify(chart, weyl, length);
    cst_geom_matrix_clear(schouten);
}
