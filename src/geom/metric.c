/* geom/metric.c -- a metric from its quadratic form; Hamiltonians; the co-metric of a quotient. */
#include "expr/pool.h"
#include "geom/matrix.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)
#define NOT_HOMOGENEOUS (-1)

static int
is_square(cst_expr_t power)
{
    const fmpq *exponent = cst_expr_exponent(power);

    return fmpz_is_one(fmpq_denref(exponent)) && fmpz_equal_si(fmpq_numref(exponent), 2);
}

/* The degree of a node from those of its arguments, as the expression is written. */
static slong
node_degree(cst_expr_t e, slong a, slong b)
{
    if (a == NOT_HOMOGENEOUS || b == NOT_HOMOGENEOUS)
        return NOT_HOMOGENEOUS;
    switch (cst_expr_kind(e))
    {
    case CST_EXPR_ADD:
        return a == b ? a : NOT_HOMOGENEOUS;
    case CST_EXPR_MUL:
        return a + b <= 2 ? a + b : NOT_HOMOGENEOUS;
    case CST_EXPR_POWER:
        return a == 0 ? 0 : a == 1 && is_square(e) ? 2 : NOT_HOMOGENEOUS;
    default:
        return a == 0 ? 0 : NOT_HOMOGENEOUS;
    }
}

/* The degree in the variables: 0, 1, 2, or NOT_HOMOGENEOUS. */
static slong
degree(cst_expr_t e, const cst_expr_t *variables, slong n)
{
    cst__expr_order_t order;
    slong *degrees, result;

    cst__expr_order_init(&order, &e, 1);
    degrees = flint_malloc((size_t) order.length * sizeof *degrees);
    for (slong i = 0; i < order.length; i++)
    {
        cst_expr_t f = order.nodes[i];
        slong of[2] = {0, 0};

        for (int k = 0; k < cst_expr_arity(f); k++)
            of[k] = degrees[cst__expr_order_find(&order, cst_expr_argument(f, k))];
        degrees[i] = node_degree(f, of[0], of[1]);
        for (slong j = 0; j < n; j++)
            if (f == variables[j])
                degrees[i] = 1;
    }
    result = degrees[order.length - 1];
    flint_free(degrees);
    cst__expr_order_clear(&order);
    return result;
}

cst_status_t
cst_geom_metric_from_form(cst_geom_matrix_t metric, cst_expr_ctx_t ctx, cst_expr_t form,
                          const cst_expr_t *differentials, cst_error_t *error)
{
    slong n = metric->rows;
    fmpq_t half;

    if (degree(form, differentials, n) != 2)
        return cst_error_set(error, CST_BAD_INPUT,
                             "the metric is not written as a quadratic form in the differentials");
    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    for (slong i = 0; i < n; i++)
    {
        cst_expr_t first = cst_expr_derivative(ctx, form, differentials[i]);

        for (slong j = i; j < n; j++)
            AT(metric, i, j) = AT(metric, j, i) = cst_expr_mul(
                ctx, cst_expr_rational(ctx, half), cst_expr_derivative(ctx, first, differentials[j]));
    }
    fmpq_clear(half);
    return CST_OK;
}

cst_expr_t
cst_geom_hamiltonian(cst_expr_ctx_t ctx, const cst_geom_matrix_t cometric, const cst_expr_t *momenta)
{
    cst_expr_t sum = cst_expr_integer(ctx, 0), half;
    slong n = cometric->rows;

    half = cst_expr_div(ctx, cst_expr_integer(ctx, 1), cst_expr_integer(ctx, 2));
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            cst_expr_t pp = cst_expr_mul(ctx, momenta[i], momenta[j]);

            sum = cst__geom_add_product(ctx, sum, i == j ? cst_expr_mul(ctx, half, pp) : pp,
                                        AT(cometric, i, j));
        }
    return sum;
}

/* g^ab v_a w_b */
static cst_expr_t
inner_product(cst_expr_ctx_t ctx, const cst_geom_matrix_t inverse_metric, const cst_expr_t *v,
              const cst_expr_t *w)
{
    cst_expr_t sum = cst_expr_integer(ctx, 0);

    for (slong a = 0; a < inverse_metric->rows; a++)
        for (slong b = 0; b < inverse_metric->rows; b++)
            if (!cst_expr_is_integer_value(AT(inverse_metric, a, b), 0))
                sum =
                    cst__geom_add_product(ctx, sum, AT(inverse_metric, a, b), cst_expr_mul(ctx, v[a], w[b]));
    return sum;
}

void
cst_geom_quotient_cometric(cst_geom_matrix_t gram, const cst_lie_chart_t *chart,
                           const cst_geom_matrix_t inverse_metric, const cst_expr_t *invariants, slong n,
                           const cst_expr_t *section)
{
    slong d = chart->dimension;
    cst_geom_matrix_t jacobian;

    cst_geom_matrix_init(jacobian, chart->ctx, n, d);
    for (slong i = 0; i < n; i++)
        for (slong a = 0; a < d; a++)
            AT(jacobian, i, a) = cst_expr_derivative(chart->ctx, invariants[i], chart->coordinates[a]);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            cst_expr_t e =
                inner_product(chart->ctx, inverse_metric, &AT(jacobian, i, 0), &AT(jacobian, j, 0));

            AT(gram, i, j) = AT(gram, j, i) =
                cst_expr_substitute(chart->ctx, e, chart->coordinates, section, d);
        }
    cst_geom_matrix_clear(jacobian);
}
