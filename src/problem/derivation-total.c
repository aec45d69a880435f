/* problem/derivation-total.c -- what the total space gives to a derivation. */
#include <string.h>

#include "hj/jets.h"
#include "problem/derivation.h"

/* The submersion ------------------------------------------------------------ */

typedef struct
{
    cst_geom_submersion_t view;
    fmpq *levels, *point;
} submersion_t;

static void
submersion_init(submersion_t *s, const cst_derivation_struct *d)
{
    const cst_problem_struct *problem = d->problem;
    const cst_problem_total_t *total = problem->total;

    memset(s, 0, sizeof *s);
    s->levels = _fmpq_vec_init(total->generator_count);
    for (slong i = 0; i < total->generator_count; i++)
        fmpq_set(s->levels + i, cst_expr_rational_value(total->level));
    s->view.total = total->chart;
    s->view.base = d->chart;
    s->view.metric = total->metric;
    s->view.inverse = total->cometric;
    s->view.generators = total->generators;
    s->view.generator_count = total->generator_count;
    s->view.invariants = total->invariants;
    s->view.section = total->section;
    s->view.balanced = total->construction == CST_PROBLEM_BALANCED;
    s->view.level = s->levels;
    if (!problem->lower)
        return;
    s->point = _fmpq_vec_init(problem->dimension);
    for (slong i = 0; i < problem->dimension; i++)
    {
        fmpq_add(s->point + i, problem->lower + i, problem->upper + i);
        fmpq_div_2exp(s->point + i, s->point + i, 1);
    }
    s->view.point = s->point;
}

static void
submersion_clear(submersion_t *s, const cst_derivation_struct *d)
{
    _fmpq_vec_clear(s->levels, d->problem->total->generator_count);
    if (s->point)
        _fmpq_vec_clear(s->point, d->problem->dimension);
}

static void
note_checks(cst_derivation_t d, const cst_geom_submersion_t *view)
{
    for (int kind = 0; kind < CST_GEOM_CHECK_COUNT; kind++)
    {
        cst_geom_check_t result;

        cst_geom_submersion_check(&result, (cst_geom_check_kind_t) kind, view);
        if (result.applies)
            cst__derivation_note(d, cst_geom_check_words(result.kind), result.holds,
                                 cst_geom_check_is_needed(result.kind), result.generator, result.component[0],
                                 result.remainder);
    }
}

/* The co-metric of the problem is the one of the submersion, which is found in another way. */
static cst_status_t
check_cometric(cst_derivation_t d, const cst_geom_submersion_t *view, cst_error_t *error)
{
    slong n = d->chart.dimension;
    cst_geom_matrix_t g;
    cst_status_t status;

    cst_geom_matrix_init(g, d->chart.ctx, n, n);
    status = cst_geom_submersion_cometric(g, view, error);
    for (slong i = 0; i < n * n; i++)
        g->entries[i] = cst_expr_sub(d->chart.ctx, g->entries[i], d->cometric->entries[i]);
    if (status == CST_OK)
        cst__derivation_note_zero(d, "g^ij = <dI^i, dI^j> for the horizontal gradients", &d->chart,
                                  g->entries, n * n);
    cst_geom_matrix_clear(g);
    return status;
}

static cst_status_t
set_orbits(cst_derivation_t d, const cst_geom_submersion_t *view, cst_error_t *error)
{
    slong n = d->chart.dimension;
    cst_error_t own;

    cst_status_t status = cst_geom_projected_drift(d->drift, view, error);

    for (slong j = 0; j < n && status == CST_OK; j++)
        d->drift[j] = cst__jets_short(&d->chart, d->drift[j]);
    d->is_unimodular = cst_geom_is_unimodular(NULL, view);
    d->orbit_volume = NULL;
    if (cst_geom_orbit_volume(NULL, &d->orbit_volume, NULL, NULL, view, &own) == CST_OK)
        d->orbit_volume = cst__jets_short(&d->chart, d->orbit_volume);
    else
        d->orbit_volume = NULL;
    return status;
}

/* Cotangent reduction -------------------------------------------------------- */

/* Variables that no name of a file can be. */
static cst_expr_t *
new_momenta(const cst_lie_chart_t *chart)
{
    cst_expr_t *p = flint_malloc((size_t) (chart->dimension + 1) * sizeof *p);

    for (slong a = 0; a < chart->dimension; a++)
    {
        char name[32];

        snprintf(name, sizeof name, "p %ld", (long) a);
        p[a] = cst_expr_variable(chart->ctx, name);
    }
    return p;
}

/* {H, J} = dH/dx^a dJ/dp_a - dH/dp_a dJ/dx^a for J = p_a xi^a */
static cst_expr_t
bracket_with_momentum(const cst_lie_chart_t *chart, const cst_expr_t *p, cst_expr_t h,
                      const cst_expr_t *field)
{
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t j = cst_expr_integer(ctx, 0), sum = j;

    for (slong a = 0; a < chart->dimension; a++)
        j = cst__jets_add_product(ctx, j, p[a], field[a]);
    for (slong a = 0; a < chart->dimension; a++)
    {
        cst_expr_t minus = cst_expr_neg(ctx, cst_expr_derivative(ctx, j, chart->coordinates[a]));

        sum = cst__jets_add_product(ctx, sum, cst_expr_derivative(ctx, h, chart->coordinates[a]), field[a]);
        sum = cst__jets_add_product(ctx, sum, cst_expr_derivative(ctx, h, p[a]), minus);
    }
    return sum;
}

/* {H, J_xi} = 0, and H(sigma(q), dI(sigma(q))^T p) = 1/2 g^ij p_i p_j, for H = 1/2 |p|^2 upstairs. */
static void
check_reduction(cst_derivation_t d)
{
    const cst_problem_total_t *total = d->problem->total;
    cst_expr_ctx_t ctx = d->chart.ctx;
    slong n = d->chart.dimension, dim = total->chart.dimension;
    cst_expr_t *p = new_momenta(&total->chart), *pull = flint_malloc((size_t) (dim + 1) * sizeof *pull);
    cst_expr_t *list = flint_malloc((size_t) (total->generator_count + 1) * sizeof *list);
    cst_expr_t h = cst_geom_hamiltonian(ctx, total->cometric, p);

    if (total->construction == CST_PROBLEM_INVARIANT_METRIC)
    {
        for (slong i = 0; i < total->generator_count; i++)
            list[i] = bracket_with_momentum(&total->chart, p, h, total->generators[i]);
        cst__derivation_note_zero(d, "{H, J} = 0 for the momentum J of each generator", &total->chart, list,
                                  total->generator_count);
    }
    for (slong a = 0; a < dim; a++)
    {
        pull[a] = cst_expr_integer(ctx, 0);
        for (slong i = 0; i < n; i++)
            pull[a] = cst__jets_add_product(
                ctx, pull[a], d->problem->momenta[i],
                cst_expr_derivative(ctx, total->invariants[i], total->chart.coordinates[a]));
        pull[a] = cst_expr_substitute(ctx, pull[a], total->chart.coordinates, total->section, dim);
    }
    h = cst_expr_substitute(ctx, h, total->chart.coordinates, total->section, dim);
    h = cst_expr_substitute(ctx, h, p, pull, dim);
    list[0] = cst_expr_sub(ctx, h, cst_geom_hamiltonian(ctx, d->cometric, d->problem->momenta));
    cst__derivation_note_zero(d, "cotangent reduction: H(sigma(q), p dI) = 1/2 g^ij p_i p_j", &d->chart, list,
                              1);
    flint_free(p);
    flint_free(pull);
    flint_free(list);
}

/* The loss ------------------------------------------------------------------- */

static void
check_loss(cst_derivation_t d)
{
    const cst_problem_total_t *total = d->problem->total;
    cst_truth_t truth = CST_TRUE;
    cst_expr_t remainder = NULL;
    slong i = 0;

    if (!total->loss)
        return;
    for (; i < total->generator_count && truth == CST_TRUE; i++)
        truth = cst_lie_is_invariant(&remainder, &total->chart, total->generators[i], total->loss);
    cst__derivation_note(d, "the loss is invariant: dL(xi) = 0", truth, 1, i - 1, -1, remainder);
    truth = CST_TRUE;
    for (i = 0; i < total->discrete_count && truth == CST_TRUE; i++)
        truth = cst_lie_is_invariant_under_map(&remainder, &total->chart, total->discrete[i], total->loss);
    if (total->discrete_count)
        cst__derivation_note(d, "the loss is invariant under the discrete symmetries", truth, 1, i - 1, -1,
                             remainder);
}

/* <x, A x> for the generators xi = A x with a symmetric matrix, of Euclidean gradient flow. */
static void
set_conserved(cst_derivation_t d)
{
    const cst_problem_total_t *total = d->problem->total;
    slong dim = total->chart.dimension;
    cst_expr_t *matrix = flint_malloc((size_t) (dim * dim + 1) * sizeof *matrix);

    d->conserved = flint_malloc((size_t) (total->generator_count + 1) * sizeof *d->conserved);
    for (slong i = 0; i < total->generator_count && total->euclidean; i++)
    {
        int symmetric = cst_lie_linear_part(matrix, &total->chart, total->generators[i]) == CST_TRUE;

        for (slong a = 0; a < dim && symmetric; a++)
            for (slong b = 0; b < a && symmetric; b++)
                symmetric = cst_lie_is_zero(NULL, &total->chart,
                                            cst_expr_sub(d->chart.ctx, matrix[a * dim + b],
                                                         matrix[b * dim + a])) == CST_TRUE;
        if (symmetric)
            d->conserved[d->conserved_count++] =
                cst__jets_short(&total->chart, cst_lie_moment(&total->chart, matrix));
    }
    flint_free(matrix);
}

cst_status_t
cst__derivation_total(cst_derivation_t d, cst_error_t *error)
{
    submersion_t s;
    cst_status_t status;

    submersion_init(&s, d);
    check_loss(d);
    note_checks(d, &s.view);
    check_reduction(d);
    status = check_cometric(d, &s.view, error);
    if (status == CST_OK)
        status = set_orbits(d, &s.view, error);
    submersion_clear(&s, d);
    set_conserved(d);
    return status;
}
