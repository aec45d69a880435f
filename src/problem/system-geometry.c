/* problem/system-geometry.c -- one chart of a manifold, and the equations of motion in it. */
#include "problem/system.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

static cst_lie_chart_t
view(const cst__draft_t *draft, const cst__chart_t *chart)
{
    return (cst_lie_chart_t){draft->ctx, chart->n, chart->coordinates.values, NULL, 0};
}

/* The geometry ------------------------------------------------------------ */

/* Not necessarily positive definite. */
static cst_status_t
invert(cst__draft_t *draft, const cst__chart_t *chart, cst_geom_matrix_struct *inverse,
       const cst_geom_matrix_struct *matrix, cst_io_node_t node)
{
    cst_lie_chart_t lie = view(draft, chart);
    cst_expr_t *pivots = cst__draft_alloc(draft, (size_t) chart->n, sizeof *pivots);
    cst_status_t status = cst_geom_inverse(inverse, &lie, matrix, draft->error);

    if (status == CST_UNDECIDED) /* no normal form */
        status = cst_geom_invert(pivots, inverse, &lie, matrix, draft->error);
    return status == CST_OK ? CST_OK : cst__draft_fail(draft, node, CST_REFUSED, "%s", draft->error->message);
}

static cst_status_t
read_metric(cst__draft_t *draft, cst__chart_t *chart, cst_io_node_t node)
{
    cst__names_t names = {NULL, NULL, 0};
    cst_expr_t form;

    CST__TRY(cst__draft_derived_names(&names, draft, "d", &chart->coordinates, node));
    cst__names_add_all(draft, &names, &chart->scope);
    CST__TRY(cst__draft_expression(&form, draft, node, &names));
    if (cst_geom_metric_from_form(chart->metric, draft->ctx, form, names.values, draft->error) != CST_OK)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "%s", draft->error->message);
    return invert(draft, chart, chart->cometric, chart->metric, node);
}

static cst_status_t
read_cometric(cst__draft_t *draft, cst__chart_t *chart, cst_io_node_t node)
{
    cst_lie_chart_t lie = view(draft, chart);
    cst_expr_t remainder = NULL;

    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SEQUENCE, draft->error));
    if (node->length != chart->n)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected %ld rows", (long) chart->n);
    for (slong i = 0; i < chart->n; i++)
    {
        CST__TRY(cst_io_yaml_expect(draft->yaml, node->items[i], CST_IO_SEQUENCE, draft->error));
        if (node->items[i]->length != chart->n)
            return cst__draft_fail(draft, node->items[i], CST_BAD_INPUT, "expected %ld entries",
                                   (long) chart->n);
        for (slong j = 0; j < chart->n; j++)
            CST__TRY(cst__draft_expression(&AT(chart->cometric, i, j), draft, node->items[i]->items[j],
                                           &chart->scope));
    }
    for (slong i = 0; i < chart->n; i++)
        for (slong j = 0; j < i; j++)
        {
            cst_truth_t truth = cst_lie_is_zero(
                &remainder, &lie,
                cst_expr_sub(draft->ctx, AT(chart->cometric, i, j), AT(chart->cometric, j, i)));

            if (truth != CST_TRUE)
                return cst__draft_refuse(draft, node->items[i]->items[j], truth, remainder,
                                         "the co-metric is not symmetric in (%s, %s)",
                                         chart->coordinates.names[i], chart->coordinates.names[j]);
        }
    return invert(draft, chart, chart->metric, chart->cometric, node);
}

static cst_status_t
read_hamiltonian(cst__system_draft_t *s, cst__chart_t *chart, cst_io_node_t node)
{
    cst__names_t names = {NULL, NULL, 0};

    chart->metric = chart->cometric = NULL;
    if (s->has_velocity || s->has_transport)
        return cst__draft_fail(s->draft, node, CST_BAD_INPUT,
                               "'%s' needs a metric or a co-metric, not a Hamiltonian",
                               s->has_velocity ? "velocity" : "transport");
    cst__names_add_all(s->draft, &names, &chart->scope);
    cst__names_add_all(s->draft, &names, &chart->second);
    return cst__draft_expression(&chart->hamiltonian, s->draft, node, &names);
}

static cst_status_t
read_geometry(cst__system_draft_t *s, cst__chart_t *chart)
{
    static const char *const keys[] = {"metric", "cometric", "hamiltonian"};
    cst__draft_t *draft = s->draft;
    int found = -1;

    for (int k = 0; k < 3; k++)
        if (cst_io_yaml_get(chart->node, keys[k]))
        {
            if (found >= 0)
                return cst__draft_fail(draft, chart->node, CST_BAD_INPUT, "both '%s' and '%s' are given",
                                       keys[found], keys[k]);
            found = k;
        }
    if (found < 0)
        return cst__draft_fail(draft, chart->node, CST_BAD_INPUT,
                               "missing key 'metric' (or 'cometric' or 'hamiltonian')");
    chart->geometry = cst_io_yaml_get(chart->node, keys[found]);
    chart->metric = cst__draft_matrix(draft, chart->n, chart->n);
    chart->cometric = cst__draft_matrix(draft, chart->n, chart->n);
    if (found == 0)
        return read_metric(draft, chart, chart->geometry);
    return found == 1 ? read_cometric(draft, chart, chart->geometry)
                      : read_hamiltonian(s, chart, chart->geometry);
}

/* The equations ----------------------------------------------------------- */

static void
put(cst_expr_t *variables, cst_expr_t *field, slong *at, cst_expr_t variable, cst_expr_t rate)
{
    variables[*at] = variable;
    field[(*at)++] = rate;
}

/* q' = H_p, p' = -H_q */
static void
hamiltonian_field(cst__draft_t *draft, cst__chart_t *chart, cst_expr_t *velocity, cst_expr_t *force)
{
    cst_expr_ctx_t ctx = draft->ctx;

    if (!chart->hamiltonian)
        chart->hamiltonian = cst_geom_hamiltonian(ctx, chart->cometric, chart->second.values);
    for (slong i = 0; i < chart->n; i++)
    {
        velocity[i] = cst_expr_derivative(ctx, chart->hamiltonian, chart->second.values[i]);
        force[i] =
            cst_expr_neg(ctx, cst_expr_derivative(ctx, chart->hamiltonian, chart->coordinates.values[i]));
    }
    chart->chart.energy = chart->hamiltonian;
}

static void
velocity_energy(cst__draft_t *draft, cst__chart_t *chart)
{
    chart->chart.energy = cst_geom_hamiltonian(draft->ctx, chart->metric, chart->second.values);
}

static cst_status_t
equations(cst__system_draft_t *s, cst__chart_t *chart)
{
    cst__draft_t *draft = s->draft;
    cst_lie_chart_t lie = view(draft, chart);
    slong n = chart->n, at = 0, length = (s->has_transport ? 3 : 2) * n + s->parameters.length;
    cst_expr_t *variables = cst__draft_alloc(draft, (size_t) length, sizeof *variables);
    cst_expr_t *field = cst__draft_alloc(draft, (size_t) length, sizeof *field);
    cst_expr_t *velocity = cst__draft_alloc(draft, (size_t) n, sizeof *velocity);
    cst_expr_t *force = cst__draft_alloc(draft, (size_t) n, sizeof *force);
    cst_expr_t *carried = cst__draft_alloc(draft, (size_t) n, sizeof *carried);
    cst_expr_t *christoffel = cst__draft_alloc(draft, (size_t) (n * n * n), sizeof *christoffel);

    if ((s->has_velocity || s->has_transport) &&
        cst_geom_curvature(christoffel, NULL, NULL, NULL, &lie, chart->metric, draft->error) != CST_OK)
        return cst__draft_fail(draft, chart->geometry, CST_REFUSED, "%s", draft->error->message);
    if (s->has_velocity)
    {
        for (slong i = 0; i < n; i++)
            velocity[i] = chart->second.values[i];
        cst_geom_geodesic(force, &lie, christoffel, velocity);
        velocity_energy(draft, chart);
    }
    else
        hamiltonian_field(draft, chart, velocity, force);
    if (s->has_transport)
        cst_geom_parallel_transport(carried, &lie, christoffel, velocity, chart->carried.values);
    for (slong i = 0; i < n; i++)
        put(variables, field, &at, chart->coordinates.values[i], velocity[i]);
    for (slong i = 0; i < n; i++)
        put(variables, field, &at, chart->second.values[i], force[i]);
    for (slong i = 0; s->has_transport && i < n; i++)
        put(variables, field, &at, chart->carried.values[i], carried[i]);
    for (slong i = 0; i < s->parameters.length; i++)
        put(variables, field, &at, s->parameters.values[i], cst_expr_integer(draft->ctx, 0));
    s->system->dimension = length;
    s->system->coordinate_count = n;
    chart->chart.variables = variables;
    chart->chart.field = field;
    return CST_OK;
}

cst_status_t
cst__system_chart(cst__system_draft_t *s, cst__chart_t *chart, const cst__names_t *constants)
{
    cst__draft_t *draft = s->draft;
    cst_io_node_t list, where = cst_io_yaml_get(chart->node, "where");

    CST__TRY(cst_io_yaml_require(&list, draft->yaml, chart->node, "coordinates", draft->error));
    CST__TRY(cst__draft_variables(&chart->coordinates, draft, list, CST__PROBLEM_MAX_DIMENSION));
    chart->n = chart->coordinates.length;
    cst__names_add_all(draft, &chart->scope, constants);
    cst__names_add_all(draft, &chart->scope, &s->parameters);
    cst__names_add_all(draft, &chart->scope, &chart->coordinates);
    if (where)
        CST__TRY(cst__draft_definitions(&draft->where, draft, where, &chart->scope));
    CST__TRY(cst__draft_derived_names(&chart->second, draft, s->has_velocity ? "v_" : "p_",
                                      &chart->coordinates, list));
    if (s->has_transport)
        CST__TRY(cst__draft_derived_names(&chart->carried, draft, "w_", &chart->coordinates, list));
    CST__TRY(read_geometry(s, chart));
    CST__TRY(equations(s, chart));
    cst__names_add_all(draft, &chart->scope, &chart->second);
    cst__names_add_all(draft, &chart->scope, &chart->carried);
    return CST_OK;
}
