/* problem/manifold.c -- a problem on a manifold: metric, co-metric or Hamiltonian. */
#include "problem/draft.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

static cst_lie_chart_t
chart_of(const cst__draft_t *draft)
{
    cst_lie_chart_t chart = {draft->ctx, draft->coordinates.length, draft->coordinates.values, NULL, 0};

    return chart;
}

/* The pivots of a matrix are to be positive; its inverse is set, if that is not NULL. */
static cst_status_t
require_definite(cst__draft_t *draft, cst_geom_matrix_struct *inverse, const cst_geom_matrix_t matrix,
                 cst_io_node_t node, const char *what)
{
    cst_lie_chart_t chart = chart_of(draft);
    slong n = matrix->rows;
    cst_expr_t *pivots = cst__draft_alloc(draft, (size_t) n, sizeof *pivots);

    if (cst_geom_invert(pivots, inverse, &chart, matrix, draft->error) != CST_OK)
        return cst__draft_fail(draft, node, CST_REFUSED, "%s", draft->error->message);
    for (slong k = 0; k < n; k++)
        CST__TRY(cst__draft_positive(draft, pivots[k], node, what));
    return CST_OK;
}

/* Each of the three readers gets matrix, n x n and zero, for what is given: g, its inverse, or H_pp. */

static cst_status_t
read_metric(cst__draft_t *draft, cst_geom_matrix_t matrix, cst_io_node_t node, const cst__names_t *scope)
{
    cst__names_t differentials = {NULL, NULL, 0};
    cst_geom_matrix_struct *inverse = cst__draft_matrix(draft, matrix->rows, matrix->columns);
    cst_expr_t form;

    CST__TRY(cst__draft_derived_names(&differentials, draft, "d", &draft->coordinates, node));
    cst__names_add_all(draft, &differentials, scope);
    CST__TRY(cst__draft_expression(&form, draft, node, &differentials));
    cst__draft_part_of(draft, CST__DRAFT_HAMILTONIAN, node);
    if (cst_geom_metric_from_form(matrix, draft->ctx, form, differentials.values, draft->error) != CST_OK)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "%s", draft->error->message);
    CST__TRY(require_definite(draft, inverse, matrix, node, "the metric is not positive definite: pivot"));
    draft->problem->metric = matrix;
    draft->problem->cometric = inverse;
    draft->problem->hamiltonian = cst_geom_hamiltonian(draft->ctx, inverse, draft->problem->momenta);
    cst__draft_say(draft, "metric ");
    cst__draft_say_text(draft, node->text);
    cst__draft_say(draft, "\n");
    return CST_OK;
}

static cst_status_t
read_cometric_row(cst__draft_t *draft, cst_geom_matrix_t matrix, cst_io_node_t row, slong i,
                  const cst__names_t *scope)
{
    CST__TRY(cst_io_yaml_expect(draft->yaml, row, CST_IO_SEQUENCE, draft->error));
    if (row->length != matrix->columns)
        return cst__draft_fail(draft, row, CST_BAD_INPUT, "expected %ld entries", (long) matrix->columns);
    for (slong j = 0; j < row->length; j++)
    {
        CST__TRY(cst__draft_expression(&AT(matrix, i, j), draft, row->items[j], scope));
        if (j < i)
            continue;
        cst__draft_part_of(draft, CST__DRAFT_HAMILTONIAN, row->items[j]);
        cst__draft_say(draft, "cometric ");
        cst__draft_say_count(draft, i + 1);
        cst__draft_say(draft, " ");
        cst__draft_say_count(draft, j + 1);
        cst__draft_say(draft, " ");
        cst__draft_say_text(draft, row->items[j]->text);
        cst__draft_say(draft, "\n");
    }
    return CST_OK;
}

static cst_status_t
read_cometric(cst__draft_t *draft, cst_geom_matrix_t matrix, cst_io_node_t node, const cst__names_t *scope)
{
    cst_lie_chart_t chart = chart_of(draft);
    slong n = matrix->rows;
    cst_geom_matrix_struct *inverse = cst__draft_matrix(draft, n, n);
    cst_expr_t remainder = NULL;

    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SEQUENCE, draft->error));
    if (node->length != n)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected %ld rows", (long) n);
    for (slong i = 0; i < n; i++)
        CST__TRY(read_cometric_row(draft, matrix, node->items[i], i, scope));
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < i; j++)
        {
            cst_expr_t e = cst_expr_sub(draft->ctx, AT(matrix, i, j), AT(matrix, j, i));
            cst_truth_t truth = cst_lie_is_zero(&remainder, &chart, e);

            if (truth != CST_TRUE)
                return cst__draft_refuse(draft, node->items[i]->items[j], truth, remainder,
                                         "the co-metric is not symmetric in (%s, %s)",
                                         draft->coordinates.names[i], draft->coordinates.names[j]);
        }
    CST__TRY(require_definite(draft, inverse, matrix, node, "the co-metric is not positive definite: pivot"));
    draft->problem->metric = inverse;
    draft->problem->cometric = matrix;
    draft->problem->hamiltonian = cst_geom_hamiltonian(draft->ctx, matrix, draft->problem->momenta);
    return CST_OK;
}

static cst_status_t
read_hamiltonian(cst__draft_t *draft, cst_geom_matrix_t matrix, cst_io_node_t node, const cst__names_t *scope)
{
    cst_problem_struct *problem = draft->problem;
    cst__names_t names = {NULL, NULL, 0};

    cst__names_add_all(draft, &names, scope);
    for (slong i = 0; i < problem->dimension; i++)
        cst__names_add(draft, &names, cst_expr_name(problem->momenta[i]), problem->momenta[i]);
    CST__TRY(cst__draft_expression(&problem->hamiltonian, draft, node, &names));
    cst__draft_part_of(draft, CST__DRAFT_HAMILTONIAN, node);
    for (slong i = 0; i < problem->dimension; i++)
        for (slong j = 0; j < problem->dimension; j++)
            AT(matrix, i, j) = cst_expr_derivative(
                draft->ctx, cst_expr_derivative(draft->ctx, problem->hamiltonian, problem->momenta[i]),
                problem->momenta[j]);
    CST__TRY(
        require_definite(draft, NULL, matrix, node, "the Hamiltonian is not convex in the momenta: pivot"));
    cst__draft_say(draft, "hamiltonian ");
    cst__draft_say_text(draft, node->text);
    cst__draft_say(draft, "\n");
    return CST_OK;
}

static const struct
{
    const char *key;
    cst_status_t (*read)(cst__draft_t *, cst_geom_matrix_t, cst_io_node_t, const cst__names_t *);
} geometries[] = {{"metric", read_metric}, {"cometric", read_cometric}, {"hamiltonian", read_hamiltonian}};

static cst_status_t
read_geometry(cst__draft_t *draft, cst_io_node_t manifold, const cst__names_t *scope)
{
    int found = -1;
    slong n = draft->problem->dimension;

    for (int k = 0; k < 3; k++)
        if (cst_io_yaml_get(manifold, geometries[k].key))
        {
            if (found >= 0)
                return cst__draft_fail(draft, manifold, CST_BAD_INPUT, "both '%s' and '%s' are given",
                                       geometries[found].key, geometries[k].key);
            found = k;
        }
    if (found < 0)
        return cst__draft_fail(draft, manifold, CST_BAD_INPUT,
                               "missing key 'metric' (or 'cometric' or 'hamiltonian')");
    return geometries[found].read(draft, cst__draft_matrix(draft, n, n),
                                  cst_io_yaml_get(manifold, geometries[found].key), scope);
}

cst_status_t
cst__problem_manifold(cst__draft_t *draft)
{
    static const char *const keys[] = {"coordinates", "metric", "cometric", "hamiltonian", "where"};
    cst_io_node_t root = draft->yaml->root, manifold = cst_io_yaml_get(root, "manifold"), node;
    cst__names_t scope = {NULL, NULL, 0};

    CST__TRY(cst_io_yaml_known(draft->yaml, manifold, keys, 5, draft->error));
    CST__TRY(cst_io_yaml_require(&node, draft->yaml, manifold, "coordinates", draft->error));
    CST__TRY(cst__draft_variables(&draft->coordinates, draft, node, CST__PROBLEM_MAX_DIMENSION));
    cst__draft_say(draft, "problem manifold\n");
    cst__draft_say_names(draft, "coordinates", &draft->coordinates);
    node = cst_io_yaml_get(root, "constants");
    if (node)
        CST__TRY(cst__draft_definitions(&draft->constants, draft, node, &scope));
    cst__names_add_all(draft, &scope, &draft->coordinates);
    node = cst_io_yaml_get(manifold, "where");
    if (node)
        CST__TRY(cst__draft_definitions(&draft->where, draft, node, &scope));
    CST__TRY(cst__problem_coordinates(draft, cst_io_yaml_get(manifold, "coordinates")));
    CST__TRY(read_geometry(draft, manifold, &scope));
    node = cst_io_yaml_get(root, "initial");
    if (!node && draft->purpose != CST_PROBLEM_CERTIFY)
        return cst__problem_domain(draft);
    CST__TRY(cst_io_yaml_require(&node, draft->yaml, root, "initial", draft->error));
    CST__TRY(cst__draft_expression(&draft->problem->initial, draft, node, &scope));
    cst__draft_part_of(draft, CST__DRAFT_INITIAL, node);
    cst__draft_say(draft, "initial ");
    cst__draft_say_text(draft, node->text);
    cst__draft_say(draft, "\n");
    return cst__problem_domain(draft);
}
