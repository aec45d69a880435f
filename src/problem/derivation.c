/* problem/derivation.c -- metric, Hamiltonian, viscous Hamilton-Jacobi equation, Burgers equation, and their
 * tests. */
#include <string.h>

#include "hj/jets.h"
#include "problem/derivation.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* Notes ------------------------------------------------------------------- */

void
cst__derivation_note(cst_derivation_t d, const char *identity, cst_truth_t holds, int needed, slong generator,
                     slong component, cst_expr_t remainder)
{
    slong k = d->check_count++;

    if ((k & (k - 1)) == 0) /* the room is the next power of two */
        d->checks = flint_realloc(d->checks, (size_t) (2 * k + 1) * sizeof *d->checks);
    d->checks[k] = (cst_derivation_check_t){identity,  holds,     needed,
                                            generator, component, holds == CST_TRUE ? NULL : remainder};
}

void
cst__derivation_note_zero(cst_derivation_t d, const char *identity, const cst_lie_chart_t *chart,
                          const cst_expr_t *e, slong count)
{
    cst_truth_t truth = CST_TRUE;
    cst_expr_t remainder = NULL;
    slong k = 0;

    for (; k < count && truth == CST_TRUE; k++)
        truth = cst_lie_is_zero(&remainder, chart, e[k]);
    cst__derivation_note(d, identity, truth, 1, -1, count > 1 ? k - 1 : -1, remainder);
}

/* Metric ------------------------------------------------------------------ */

static void
shorten(cst_geom_matrix_t out, const cst_lie_chart_t *chart, const cst_geom_matrix_struct *in)
{
    for (slong i = 0; i < in->rows; i++)
        for (slong j = i; j < in->columns; j++)
            AT(out, i, j) = AT(out, j, i) = cst__jets_short(chart, AT(in, i, j));
}

/* g^ik g_kj = delta^i_j */
static void
check_inverse(cst_derivation_t d)
{
    cst_expr_ctx_t ctx = d->chart.ctx;
    slong n = d->chart.dimension;
    cst_expr_t *e = flint_malloc((size_t) (n * n + 1) * sizeof *e);

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            e[i * n + j] = cst_expr_integer(ctx, i == j ? -1 : 0);
            for (slong k = 0; k < n; k++)
                e[i * n + j] = cst_expr_add(ctx, e[i * n + j],
                                            cst_expr_mul(ctx, AT(d->cometric, i, k), AT(d->metric, k, j)));
        }
    cst__derivation_note_zero(d, "g^ik g_kj = delta^i_j", &d->chart, e, n * n);
    flint_free(e);
}

/* d_k g_ij = Gamma^l_ki g_lj + Gamma^l_kj g_il */
static void
check_connection(cst_derivation_t d)
{
    cst_expr_ctx_t ctx = d->chart.ctx;
    slong n = d->chart.dimension, count = 0;
    cst_expr_t *list = flint_malloc((size_t) (n * n * n + 1) * sizeof *list);

    for (slong k = 0; k < n; k++)
        for (slong i = 0; i < n; i++)
            for (slong j = i; j < n; j++)
            {
                cst_expr_t e = cst_expr_derivative(ctx, AT(d->metric, i, j), d->chart.coordinates[k]);

                for (slong l = 0; l < n; l++)
                {
                    cst_expr_t a =
                        cst_expr_mul(ctx, d->christoffel[(l * n + k) * n + i], AT(d->metric, l, j));
                    cst_expr_t b =
                        cst_expr_mul(ctx, d->christoffel[(l * n + k) * n + j], AT(d->metric, i, l));

                    e = cst_expr_sub(ctx, e, cst_expr_add(ctx, a, b));
                }
                list[count++] = e;
            }
    cst__derivation_note_zero(d, "nabla g = 0", &d->chart, list, count);
    flint_free(list);
}

/* The Laplacian of the metric is g^ij d_i d_j + (d_i g^ij + 1/2 g^ij d_i log det g) d_j. */
static void
set_laplacian(cst_derivation_t d)
{
    cst_expr_ctx_t ctx = d->chart.ctx;
    slong n = d->chart.dimension;
    cst_expr_t two_det = cst_expr_mul(ctx, cst_expr_integer(ctx, 2), d->determinant);

    for (slong j = 0; j < n; j++)
    {
        cst_expr_t sum = cst_expr_integer(ctx, 0);

        for (slong i = 0; i < n; i++)
        {
            cst_expr_t x = d->chart.coordinates[i], g = AT(d->cometric, i, j);
            cst_expr_t log_det = cst_expr_div(ctx, cst_expr_derivative(ctx, d->determinant, x), two_det);

            sum = cst_expr_add(ctx, sum, cst_expr_derivative(ctx, g, x));
            sum = cst_expr_add(ctx, sum, cst_expr_mul(ctx, g, log_det));
        }
        d->drift[j] = cst__jets_short(&d->chart, sum);
    }
}

static cst_status_t
set_determinant(cst_derivation_t d, cst_error_t *error)
{
    slong n = d->chart.dimension;
    cst_expr_t *pivots = flint_malloc((size_t) (n + 1) * sizeof *pivots),
               product = cst_expr_integer(d->chart.ctx, 1);
    cst_status_t status = cst_geom_invert(pivots, NULL, &d->chart, d->metric, error);

    for (slong k = 0; k < n && status == CST_OK; k++)
        product = cst_expr_mul(d->chart.ctx, product, pivots[k]);
    d->determinant = cst__jets_short(&d->chart, product);
    flint_free(pivots);
    return status;
}

static cst_status_t
set_geometry(cst_derivation_t d, cst_error_t *error)
{
    const cst_problem_struct *problem = d->problem;
    slong n = d->chart.dimension;
    cst_expr_t scalar = NULL;
    cst_status_t status;

    d->christoffel = flint_malloc((size_t) (n * n * n + 1) * sizeof *d->christoffel);
    d->drift = flint_malloc((size_t) (n + 1) * sizeof *d->drift);
    shorten(d->cometric, &d->chart, problem->cometric);
    shorten(d->metric, &d->chart, problem->metric);
    check_inverse(d);
    d->orbit_volume = cst_expr_integer(d->chart.ctx, 1);
    status = set_determinant(d, error);
    if (status != CST_OK)
        return status;
    set_laplacian(d);
    status = problem->total
                 ? cst_geom_curvature_of_cometric(NULL, d->christoffel, NULL, d->ricci, &scalar, &d->chart,
                                                  d->cometric, error)
                 : cst_geom_curvature(d->christoffel, NULL, d->ricci, &scalar, &d->chart, d->metric, error);
    if (status == CST_UNDECIDED) /* too large: go on without */
    {
        cst__derivation_note(d, "the curvature has a normal form of a size that can be written", CST_UNKNOWN,
                             1, -1, -1, NULL);
        flint_free(d->christoffel);
        d->christoffel = NULL;
        return CST_OK;
    }
    if (status != CST_OK)
        return status;
    d->scalar_curvature = scalar;
    for (slong i = 0; i < n * n * n; i++)
        d->christoffel[i] = cst__jets_short(&d->chart, d->christoffel[i]);
    check_connection(d);
    return CST_OK;
}

/* Equations --------------------------------------------------------------- */

static void
check_equations(cst_derivation_t d, const cst_hj_viscous_t *hj)
{
    cst_hj_connection_t connection = {d->christoffel, d->ricci};
    cst_expr_t remainder = NULL;
    slong k = -1;
    cst_truth_t truth;

    if (d->has_metric)
    {
        truth = cst_hj_check_cole_hopf(&remainder, hj, d->jets);
        cst__derivation_note(d, "psi = exp(-u/(2 nu)) solves the heat equation psi_t = nu L psi (Cole-Hopf)",
                             truth, 1, -1, -1, remainder);
    }
    truth = cst_hj_check_burgers(&k, &remainder, hj, d->jets, d->burgers);
    cst__derivation_note(d, "Burgers = d (Hamilton-Jacobi)", truth, 1, -1, k, remainder);
    if (!d->christoffel)
        return;
    truth = cst_hj_check_convection(&k, &remainder, hj, d->jets, &connection);
    cst__derivation_note(d, "d (1/2 |v|^2) = nabla_v v", truth, 1, -1, k, remainder);
    truth = cst_hj_check_bochner(&k, &remainder, hj, d->jets, &connection);
    cst__derivation_note(
        d,
        d->problem->total && d->is_unimodular != CST_TRUE
            ? "d (L u) = Delta_B v + nabla_X v - Ric(v) + (nabla X)^T v (Bochner)"
            : "d (L u) = Delta_B v + nabla_(grad phi) v - Ric(v) + Hess phi (v), phi = log V "
              "(Bochner)",
        truth, 1, -1, k, remainder);
}

static void
set_equations(cst_derivation_t d)
{
    cst_hj_viscous_t hj = {d->chart, d->problem->momenta, d->problem->hamiltonian, NULL, d->drift};

    if (d->has_metric)
    {
        cst_expr_t difference;

        hj.cometric = d->cometric;
        hj.hamiltonian = cst_geom_hamiltonian(d->chart.ctx, d->cometric, d->problem->momenta);
        difference = cst_expr_sub(d->chart.ctx, hj.hamiltonian, d->problem->hamiltonian);
        cst__derivation_note_zero(d, "H = 1/2 g^ij p_i p_j", &d->chart, &difference, 1);
    }
    else
        hj.hamiltonian = cst__jets_short(&d->chart, hj.hamiltonian);
    d->hamiltonian = hj.hamiltonian;
    d->viscous_hj = cst_hj_equation(&hj, d->jets);
    cst_hj_burgers(d->burgers, &hj, d->jets);
    check_equations(d, &hj);
}

/* The verdict ------------------------------------------------------------- */

static cst_status_t
refuse(const cst_derivation_struct *d, const cst_derivation_check_t *check, cst_error_t *error)
{
    char *printed = check->remainder ? cst_expr_print(d->chart.ctx, check->remainder) : NULL, place[80] = "";

    if (check->generator >= 0)
        snprintf(place, sizeof place, ", generator %ld", (long) check->generator + 1);
    if (check->component >= 0)
        snprintf(place + strlen(place), sizeof place - strlen(place), ", component %ld",
                 (long) check->component + 1);
    cst_error_set(error, CST_REFUSED, "it is false that %s%s: remainder %.500s%s", check->identity, place,
                  printed ? printed : "not printed", printed && strlen(printed) > 500 ? "..." : "");
    flint_free(printed);
    return CST_REFUSED;
}

static cst_status_t
verdict(const cst_derivation_struct *d, cst_error_t *error)
{
    cst_status_t status = CST_OK;

    for (slong k = 0; k < d->check_count; k++)
    {
        const cst_derivation_check_t *check = d->checks + k;

        if (check->needed && check->holds == CST_FALSE)
            return refuse(d, check, error);
        if (check->holds == CST_UNKNOWN)
            status = cst_error_set(error, CST_UNDECIDED, "could not be decided: %s", check->identity);
    }
    return status;
}

/* What must be positive wherever H is used may be assumed, as far as it is a function of the coordinates. */
static void
set_chart(cst_derivation_t d)
{
    const cst_problem_struct *problem = d->problem;
    cst_expr_t *positive = flint_malloc((size_t) (problem->positive_length + 1) * sizeof *positive);
    slong count = 0;

    for (slong k = 0; k < problem->positive_length; k++)
    {
        int of_momenta = 0;

        for (slong i = 0; i < problem->dimension && !of_momenta; i++)
            of_momenta = cst_expr_depends_on(problem->ctx, problem->positive[k], problem->momenta[i]);
        if (!of_momenta)
            positive[count++] = problem->positive[k];
    }
    d->chart = (cst_lie_chart_t){problem->ctx, problem->dimension, problem->coordinates, positive, count};
}

cst_status_t
cst_derivation_init(cst_derivation_t d, const cst_problem_t problem, cst_error_t *error)
{
    slong n = problem->dimension;
    cst_status_t status = CST_OK;

    if (!problem->hamiltonian)
        return cst_error_set(error, CST_REFUSED, "there is no quotient to derive equations on");
    memset(d, 0, sizeof *d);
    d->problem = problem;
    d->has_metric = problem->metric != NULL;
    set_chart(d);
    cst_geom_matrix_init(d->metric, problem->ctx, d->has_metric ? n : 0, d->has_metric ? n : 0);
    cst_geom_matrix_init(d->cometric, problem->ctx, d->metric->rows, d->metric->rows);
    cst_geom_matrix_init(d->ricci, problem->ctx, d->metric->rows, d->metric->rows);
    cst_hj_jets_init(d->jets, problem->ctx, problem->coordinates, n);
    d->burgers = flint_malloc((size_t) (n + 1) * sizeof *d->burgers);
    if (d->has_metric)
        status = set_geometry(d, error);
    if (status == CST_OK && problem->total)
        status = cst__derivation_total(d, error);
    if (status == CST_OK)
    {
        set_equations(d);
        status = verdict(d, error);
    }
    else if (status == CST_UNDECIDED) /* nothing came of it */
        status = CST_REFUSED;
    if (status != CST_OK && status != CST_UNDECIDED)
        cst_derivation_clear(d);
    return status;
}

void
cst_derivation_clear(cst_derivation_t d)
{
    cst_geom_matrix_clear(d->metric);
    cst_geom_matrix_clear(d->cometric);
    cst_geom_matrix_clear(d->ricci);
    cst_hj_jets_clear(d->jets);
    flint_free((void *) d->chart.positive);
    flint_free(d->christoffel);
    flint_free(d->drift);
    flint_free(d->burgers);
    flint_free(d->conserved);
    flint_free(d->checks);
}
