/* lie/discovery.c -- infinitesimal symmetries as solutions of linear conditions. */
#include <caustic/discovery.h>

#include "lie/conditions.h"

#define AT(m, n, i, j) ((m)[(i) * (n) + (j)])

void
cst_lie_symmetries_init(cst_lie_symmetries_t s)
{
    s->dimension = s->count = s->bound = 0;
    s->components = NULL;
    s->fields = NULL;
    s->complete = CST_UNKNOWN;
    fmpz_mat_init(s->coefficients, 0, 0);
}

void
cst_lie_symmetries_clear(cst_lie_symmetries_t s)
{
    flint_free(s->components);
    flint_free(s->fields);
    fmpz_mat_clear(s->coefficients);
}

/* What is sought: combinations of fields, or (fields NULL) all affine ones. */
typedef struct
{
    const cst_lie_chart_t *chart;
    const cst_expr_t *functions;
    slong length;
    const cst_expr_t *metric;
    const cst_expr_t *const *fields;
    slong count; /* unknowns */
} search_t;

/* Conditions ---------------------------------------------------------------- */

/* sum_a (A_ac x^c + b_a) d_a f = 0 */
static void
affine_function(cst__conditions_t c, const search_t *search, cst_expr_t f)
{
    slong d = search->chart->dimension;
    cst_expr_t *gradient = flint_malloc((size_t) (d + 1) * sizeof *gradient);

    for (slong a = 0; a < d; a++)
        gradient[a] = cst_expr_derivative(search->chart->ctx, f, search->chart->coordinates[a]);
    cst__conditions_begin(c, gradient, d);
    for (slong a = 0; a < d; a++)
        for (slong e = 0; e <= d; e++)
            cst__conditions_add(c, a * (d + 1) + e, 1, e < d ? 1 + e : 0, a);
    flint_free(gradient);
}

/* (A_ce x^e + b_c) d_c g_ab + g_cb A_ca + g_ac A_cb = 0 */
static void
affine_metric(cst__conditions_t c, const search_t *search, slong a, slong b)
{
    const cst_lie_chart_t *chart = search->chart;
    slong d = chart->dimension;
    cst_expr_t *e = flint_malloc((size_t) (3 * d + 1) * sizeof *e);

    for (slong k = 0; k < d; k++)
    {
        e[k] = cst_expr_derivative(chart->ctx, AT(search->metric, d, a, b), chart->coordinates[k]);
        e[d + k] = AT(search->metric, d, k, b);
        e[2 * d + k] = AT(search->metric, d, a, k);
    }
    cst__conditions_begin(c, e, 3 * d);
    for (slong k = 0; k < d; k++)
    {
        for (slong j = 0; j <= d; j++)
            cst__conditions_add(c, k * (d + 1) + j, 1, j < d ? 1 + j : 0, k);
        cst__conditions_add(c, k * (d + 1) + a, 1, 0, d + k);
        cst__conditions_add(c, k * (d + 1) + b, 1, 0, 2 * d + k);
    }
    flint_free(e);
}

/* (L_xi g)_ab */
static cst_expr_t
metric_derivative(const search_t *search, const cst_expr_t *field, slong a, slong b)
{
    const cst_lie_chart_t *chart = search->chart;
    slong d = chart->dimension;
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t sum = cst_lie_derivative(chart, field, AT(search->metric, d, a, b));

    for (slong k = 0; k < d; k++)
    {
        sum = cst_expr_add(ctx, sum,
                           cst_expr_mul(ctx, AT(search->metric, d, k, b),
                                        cst_expr_derivative(ctx, field[k], chart->coordinates[a])));
        sum = cst_expr_add(ctx, sum,
                           cst_expr_mul(ctx, AT(search->metric, d, a, k),
                                        cst_expr_derivative(ctx, field[k], chart->coordinates[b])));
    }
    return sum;
}

/* sum_k c_k e_k = 0 with e_k = xi_k(f), or (L_xi_k g)_ab if f is NULL */
static void
span_condition(cst__conditions_t c, const search_t *search, cst_expr_t f, slong a, slong b)
{
    cst_expr_t *e = flint_malloc((size_t) (search->count + 1) * sizeof *e);

    for (slong k = 0; k < search->count; k++)
        e[k] = f ? cst_lie_derivative(search->chart, search->fields[k], f)
                 : metric_derivative(search, search->fields[k], a, b);
    cst__conditions_begin(c, e, search->count);
    for (slong k = 0; k < search->count; k++)
        cst__conditions_add(c, k, 1, 0, k);
    flint_free(e);
}

static void
set_conditions(cst__conditions_t c, const search_t *search)
{
    slong d = search->chart->dimension;

    for (slong i = 0; i < search->length; i++)
        if (search->fields)
            span_condition(c, search, search->functions[i], 0, 0);
        else
            affine_function(c, search, search->functions[i]);
    for (slong a = 0; a < d && search->metric; a++)
        for (slong b = a; b < d; b++)
            if (search->fields)
                span_condition(c, search, NULL, a, b);
            else
                affine_metric(c, search, a, b);
}

/* Results ------------------------------------------------------------------- */

static cst_expr_t
component(const search_t *search, const fmpz *row, slong a)
{
    const cst_lie_chart_t *chart = search->chart;
    cst_expr_t sum = cst_expr_integer(chart->ctx, 0), e;
    slong d = chart->dimension;
    fmpq_t q;

    fmpq_init(q);
    for (slong k = 0; k < (search->fields ? search->count : d + 1); k++)
    {
        const fmpz *c = search->fields ? row + k : row + a * (d + 1) + k;

        if (fmpz_is_zero(c))
            continue;
        fmpz_set(fmpq_numref(q), c);
        e = search->fields ? search->fields[k][a]
            : k < d        ? chart->coordinates[k]
                           : cst_expr_integer(chart->ctx, 1);
        sum = cst_expr_add(chart->ctx, sum, cst_expr_mul(chart->ctx, cst_expr_rational(chart->ctx, q), e));
    }
    fmpq_clear(q);
    return sum;
}

/* Is the field with these components a symmetry? */
static int
is_proved(const search_t *search, const cst__conditions_t c, const fmpz *row, const cst_expr_t *field)
{
    int proved = 1;

    for (slong i = 0; i < search->length && proved; i++)
        proved = cst_lie_is_invariant(NULL, search->chart, field, search->functions[i]) == CST_TRUE;
    for (slong k = search->length; k < c->length && proved; k++)
        proved = cst_lie_is_zero(NULL, search->chart, cst__conditions_apply(c, k, row)) == CST_TRUE;
    return proved;
}

/* Keeps the candidates that are symmetries for sure. */
static void
set_result(cst_lie_symmetries_t s, const search_t *search, const cst__conditions_t c,
           const cst__solution_t *solution)
{
    slong d = search->chart->dimension, candidates = solution->basis->r;

    s->dimension = d;
    s->count = 0;
    s->components = flint_realloc(s->components, (size_t) (candidates * d + 1) * sizeof *s->components);
    s->fields = flint_realloc(s->fields, (size_t) (candidates + 1) * sizeof *s->fields);
    fmpz_mat_clear(s->coefficients);
    fmpz_mat_init(s->coefficients, candidates, search->count);
    for (slong i = 0; i < candidates; i++)
    {
        const fmpz *row = fmpz_mat_entry(solution->basis, i, 0);
        cst_expr_t *field = s->components + s->count * d;

        for (slong a = 0; a < d; a++)
            field[a] = component(search, row, a);
        if (!solution->sufficient && !is_proved(search, c, row, field))
            continue;
        for (slong k = 0; k < search->count; k++)
            fmpz_set(fmpz_mat_entry(s->coefficients, s->count, k), row + k);
        s->fields[s->count++] = field;
    }
    s->bound = solution->necessary ? candidates : search->count;
    if (s->count == candidates && !solution->necessary && cst__conditions_bound(c, solution->basis))
        s->bound = s->count;
    s->complete = s->bound == s->count ? CST_TRUE : CST_UNKNOWN;
}

static cst_status_t
find(cst_lie_symmetries_t s, const search_t *search, cst_error_t *error)
{
    cst_status_t status = CST_OK;
    cst__conditions_t c;
    cst__solution_t solution;

    cst__conditions_init(c, search->chart, search->count);
    set_conditions(c, search);
    if (cst__conditions_solve(&solution, c))
    {
        set_result(s, search, c, &solution);
        fmpz_mat_clear(solution.basis);
    }
    else
    {
        s->count = 0;
        s->dimension = search->chart->dimension;
        s->bound = search->count;
        s->complete = CST_UNKNOWN;
        status = cst_error_set(error, CST_UNDECIDED,
                               "the conditions for a symmetry are too large to be written out");
    }
    cst__conditions_clear(c);
    return status;
}

cst_status_t
cst_lie_affine_symmetries(cst_lie_symmetries_t s, const cst_lie_chart_t *chart, const cst_expr_t *functions,
                          slong length, const cst_expr_t *metric, cst_error_t *error)
{
    search_t search = {chart, functions, length, metric, NULL, chart->dimension * (chart->dimension + 1)};

    return find(s, &search, error);
}

cst_status_t
cst_lie_symmetries_in_span(cst_lie_symmetries_t s, const cst_lie_chart_t *chart, const cst_expr_t *functions,
                           slong length, const cst_expr_t *metric, const cst_expr_t *const *fields,
                           slong count, cst_error_t *error)
{
    search_t search = {chart, functions, length, metric, fields, count};

    return find(s, &search, error);
}
