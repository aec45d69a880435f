/* problem/quotient.c -- a problem upstairs with a symmetry: read, verified, and projected. */
#include <string.h>

#include "problem/draft.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* What expressions in the parameters may use. */
static void
parameter_scope(cst__names_t *scope, cst__draft_t *draft)
{
    cst__names_add_all(draft, scope, &draft->parameters);
    cst__names_add_all(draft, scope, &draft->constants);
}

/* May the file lack a quotient? */
static int
may_be_total_only(const cst__draft_t *draft)
{
    return draft->purpose == CST_PROBLEM_SYMMETRIES && !cst_io_yaml_get(draft->yaml->root, "quotient");
}

/* The total space ----------------------------------------------------------- */

static void
say_line(cst__draft_t *draft, const char *word, slong number, const char *name, const char *text)
{
    cst__draft_say(draft, word);
    if (number > 0)
    {
        cst__draft_say(draft, " ");
        cst__draft_say_count(draft, number);
    }
    if (name)
    {
        cst__draft_say(draft, " ");
        cst__draft_say(draft, name);
    }
    cst__draft_say(draft, " ");
    cst__draft_say_text(draft, text);
    cst__draft_say(draft, "\n");
}

static cst_status_t
read_total_metric(cst__total_t *total, cst__draft_t *draft)
{
    cst__names_t scope = {NULL, NULL, 0};
    slong d = draft->parameters.length;
    cst_expr_t form;

    total->metric_node = cst_io_yaml_get(draft->yaml->root, "metric");
    if (!total->metric_node && may_be_total_only(draft))
        return CST_OK;
    CST__TRY(
        cst_io_yaml_require(&total->metric_node, draft->yaml, draft->yaml->root, "metric", draft->error));
    total->metric = cst__draft_matrix(draft, d, d);
    total->inverse = cst__draft_matrix(draft, d, d);
    CST__TRY(cst_io_yaml_expect(draft->yaml, total->metric_node, CST_IO_SCALAR, draft->error));
    CST__TRY(cst__draft_derived_names(&scope, draft, "d", &draft->parameters, total->metric_node));
    say_line(draft, "total-metric", 0, NULL, total->metric_node->text);
    total->euclidean = strcmp(total->metric_node->text, "euclidean") == 0;
    if (total->euclidean)
    {
        for (slong a = 0; a < d; a++)
            AT(total->metric, a, a) = AT(total->inverse, a, a) = cst_expr_integer(draft->ctx, 1);
        return CST_OK;
    }
    parameter_scope(&scope, draft);
    CST__TRY(cst__draft_expression(&form, draft, total->metric_node, &scope));
    cst__draft_part_of(draft, CST__DRAFT_HAMILTONIAN, total->metric_node);
    total->pivots = cst__draft_alloc(draft, (size_t) d, sizeof *total->pivots);
    if (cst_geom_metric_from_form(total->metric, draft->ctx, form, scope.values, draft->error) != CST_OK)
        return cst__draft_fail(draft, total->metric_node, CST_BAD_INPUT, "%s", draft->error->message);
    if (cst_geom_invert(total->pivots, total->inverse, &total->chart, total->metric, draft->error) != CST_OK)
        return cst__draft_fail(draft, total->metric_node, CST_REFUSED, "%s", draft->error->message);
    return CST_OK;
}

static cst_status_t
read_construction(cst__total_t *total, cst__draft_t *draft, cst_io_node_t symmetry)
{
    cst_io_node_t node = cst_io_yaml_get(symmetry, "construction");
    int balanced;

    total->level_node = cst_io_yaml_get(symmetry, "level");
    if (!node && !total->level_node && may_be_total_only(draft))
    {
        total->construction = total->metric ? CST_PROBLEM_INVARIANT_METRIC : CST_PROBLEM_NO_CONSTRUCTION;
        return CST_OK;
    }
    CST__TRY(cst_io_yaml_require(&node, draft->yaml, symmetry, "construction", draft->error));
    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    balanced = strcmp(node->text, "balanced") == 0;
    if (!balanced && strcmp(node->text, "invariant-metric") != 0)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected 'invariant-metric' or 'balanced'");
    total->construction = balanced ? CST_PROBLEM_BALANCED : CST_PROBLEM_INVARIANT_METRIC;
    if (!total->metric)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "the construction needs a metric");
    if (balanced && !total->euclidean)
        return cst__draft_fail(draft, total->metric_node, CST_BAD_INPUT,
                               "the balanced construction needs the metric 'euclidean'");
    if (!balanced && total->level_node)
        return cst__draft_fail(draft, total->level_node, CST_BAD_INPUT,
                               "only the balanced construction has a level");
    if (balanced && total->level_node)
        CST__TRY(cst__draft_rational(total->level, draft, total->level_node));
    cst__draft_say(draft, balanced ? "construction balanced " : "construction invariant-metric");
    if (balanced)
        cst__draft_say_rational(draft, total->level);
    cst__draft_say(draft, "\n");
    return CST_OK;
}

/* A list of mappings from parameters to expressions; a parameter left out gets 0, or itself. */
static cst_status_t
read_components(const cst_expr_t ***fields, slong *count, cst__draft_t *draft, cst_io_node_t list,
                const char *word)
{
    cst__names_t scope = {NULL, NULL, 0};
    slong d = draft->parameters.length;

    *count = 0;
    if (!list)
        return CST_OK;
    CST__TRY(cst_io_yaml_expect(draft->yaml, list, CST_IO_SEQUENCE, draft->error));
    if (list->length > CST__PROBLEM_MAX_SYMMETRIES)
        return cst__draft_fail(draft, list, CST_BAD_INPUT, "more than %d entries",
                               CST__PROBLEM_MAX_SYMMETRIES);
    *count = list->length;
    *fields = cst__draft_alloc(draft, (size_t) list->length, sizeof **fields);
    parameter_scope(&scope, draft);
    for (slong i = 0; i < list->length; i++)
    {
        cst_expr_t *field = cst__draft_alloc(draft, (size_t) d, sizeof *field);

        CST__TRY(cst_io_yaml_known(draft->yaml, list->items[i], draft->parameters.names, d, draft->error));
        for (slong a = 0; a < d; a++)
        {
            const char *name = draft->parameters.names[a];
            cst_io_node_t node = cst_io_yaml_get(list->items[i], name);

            field[a] = *word == 'd' ? draft->parameters.values[a] : cst_expr_integer(draft->ctx, 0);
            if (!node)
                continue;
            CST__TRY(cst__draft_expression(&field[a], draft, node, &scope));
            say_line(draft, word, i + 1, name, node->text);
        }
        (*fields)[i] = field;
    }
    return CST_OK;
}

static cst_status_t
read_symmetry(cst__total_t *total, cst__draft_t *draft)
{
    static const char *const keys[] = {"construction", "level", "generators", "discrete"};
    cst_io_node_t symmetry = cst_io_yaml_get(draft->yaml->root, "symmetry");

    if (!symmetry && may_be_total_only(draft))
        return read_construction(total, draft, NULL);
    CST__TRY(cst_io_yaml_require(&symmetry, draft->yaml, draft->yaml->root, "symmetry", draft->error));
    CST__TRY(cst_io_yaml_known(draft->yaml, symmetry, keys, 4, draft->error));
    CST__TRY(read_construction(total, draft, symmetry));
    total->generator_list = cst_io_yaml_get(symmetry, "generators");
    total->discrete_list = cst_io_yaml_get(symmetry, "discrete");
    CST__TRY(read_components(&total->generators, &total->generator_count, draft, total->generator_list,
                             "generator"));
    return read_components(&total->discrete, &total->discrete_count, draft, total->discrete_list, "discrete");
}

/* The quotient -------------------------------------------------------------- */

static cst_status_t
declare_coordinates(cst__total_t *total, cst__draft_t *draft, cst_io_node_t quotient)
{
    cst_io_node_t map;

    CST__TRY(cst_io_yaml_require(&map, draft->yaml, quotient, "coordinates", draft->error));
    CST__TRY(cst_io_yaml_expect(draft->yaml, map, CST_IO_MAPPING, draft->error));
    if (map->length == 0 || map->length > CST__PROBLEM_MAX_DIMENSION)
        return cst__draft_fail(draft, map, CST_BAD_INPUT, "expected between 1 and %d coordinates",
                               CST__PROBLEM_MAX_DIMENSION);
    for (slong i = 0; i < map->length; i++)
    {
        CST__TRY(cst__draft_declare(draft, map->keys[i]));
        cst__names_add(draft, &draft->coordinates, map->keys[i]->text,
                       cst_expr_variable(draft->ctx, map->keys[i]->text));
    }
    total->coordinate_map = map;
    return CST_OK;
}

static cst_status_t
read_invariants(cst__total_t *total, cst__draft_t *draft)
{
    cst_io_node_t map = total->coordinate_map;
    cst__names_t scope = {NULL, NULL, 0};

    parameter_scope(&scope, draft);
    total->invariants = cst__draft_alloc(draft, (size_t) map->length, sizeof *total->invariants);
    for (slong i = 0; i < map->length; i++)
    {
        CST__TRY(cst__draft_expression(&total->invariants[i], draft, map->items[i], &scope));
        cst__draft_part_of(draft, CST__DRAFT_HAMILTONIAN, map->items[i]);
        say_line(draft, "invariant", 0, map->keys[i]->text, map->items[i]->text);
    }
    return CST_OK;
}

/* What expressions in the coordinates may use: constants, coordinates and `where`. */
static void
coordinate_scope(cst__names_t *scope, cst__draft_t *draft)
{
    cst__names_add_all(draft, scope, &draft->coordinates);
    cst__names_add_all(draft, scope, &draft->constants);
    cst__names_add_all(draft, scope, &draft->where);
}

static cst_status_t
read_section(cst__total_t *total, cst__draft_t *draft, cst_io_node_t quotient)
{
    cst__names_t scope = {NULL, NULL, 0};
    slong d = draft->parameters.length;
    cst_io_node_t node;

    CST__TRY(cst_io_yaml_require(&total->section_map, draft->yaml, quotient, "section", draft->error));
    CST__TRY(cst_io_yaml_known(draft->yaml, total->section_map, draft->parameters.names, d, draft->error));
    coordinate_scope(&scope, draft);
    total->section = cst__draft_alloc(draft, (size_t) d, sizeof *total->section);
    for (slong a = 0; a < d; a++)
    {
        const char *name = draft->parameters.names[a];

        CST__TRY(cst_io_yaml_require(&node, draft->yaml, total->section_map, name, draft->error));
        CST__TRY(cst__draft_expression(&total->section[a], draft, node, &scope));
        cst__draft_part_of(draft, CST__DRAFT_HAMILTONIAN, node);
        say_line(draft, "section", 0, name, node->text);
    }
    return CST_OK;
}

/* "a > b" or "a < b" becomes the positive expression; its text goes to the statement. */
static cst_status_t
read_assumption(cst_expr_t *e, cst__draft_t *draft, cst_io_node_t node, const cst__names_t *scope)
{
    size_t at, length;
    char *side[2], *text;
    int less;

    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    length = strlen(node->text);
    at = strcspn(node->text, "<>");
    if (at == length || node->text[at + 1 + strcspn(node->text + at + 1, "<>=")])
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected one strict inequality, such as 'a > 0'");
    less = node->text[at] == '<';
    side[less] = cst__draft_alloc(draft, length, 1);
    side[!less] = cst__draft_alloc(draft, length, 1);
    memcpy(side[less], node->text, at);
    memcpy(side[!less], node->text + at + 1, length - at - 1);
    text = cst__draft_alloc(draft, length + 16, 1);
    if (strspn(side[1], " \t\n0") == strlen(side[1]) && strchr(side[1], '0') && !strstr(side[1], "00"))
        snprintf(text, length + 16, "%s", side[0]);
    else
        snprintf(text, length + 16, "(%s) - (%s)", side[0], side[1]);
    for (int k = 0; k < 2; k++)
    {
        cst_io_node_struct part = *node;
        size_t offset = (k == less) ? 0 : at + 1;

        part.text = side[k];
        part.column += part.inset >= 0 ? (int) offset : 0;
        CST__TRY(cst__draft_expression(e, draft, &part, scope));
        cst__draft_part_of(draft, CST__DRAFT_HAMILTONIAN, node);
    }
    cst__draft_say(draft, "assume ");
    cst__draft_say_text(draft, text);
    cst__draft_say(draft, "\n");
    return cst_expr_parse(e, draft->ctx, text,
                          &(cst_expr_scope_t){scope->names, scope->values, scope->length}, draft->error);
}

static cst_status_t
read_assumptions(cst__total_t *total, cst__draft_t *draft)
{
    cst_io_node_t list = cst_io_yaml_get(draft->yaml->root, "assume");
    cst__names_t scope = {NULL, NULL, 0};

    if (!list)
        return CST_OK;
    CST__TRY(cst_io_yaml_expect(draft->yaml, list, CST_IO_SEQUENCE, draft->error));
    parameter_scope(&scope, draft);
    total->assumed = cst__draft_alloc(draft, (size_t) list->length, sizeof *total->assumed);
    for (slong i = 0; i < list->length; i++)
        CST__TRY(read_assumption(&total->assumed[i], draft, list->items[i], &scope));
    total->assumed_count = list->length;
    total->chart.positive = total->assumed;
    total->chart.positive_length = list->length;
    return CST_OK;
}

/* `loss` and `initial` are one thing: a text that uses a parameter is a function of the parameters. */
static cst_status_t
read_loss(cst__total_t *total, cst__draft_t *draft)
{
    cst_io_node_t root = draft->yaml->root, node = cst_io_yaml_get(root, "loss");
    cst__names_t scope = {NULL, NULL, 0};

    if (node && cst_io_yaml_get(root, "initial"))
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "both 'loss' and 'initial' are given");
    if (!node)
        node = cst_io_yaml_get(root, "initial");
    if (!node && draft->purpose != CST_PROBLEM_CERTIFY && total->coordinate_map)
        return CST_OK;
    if (!node)
        return cst__draft_fail(draft, root, CST_BAD_INPUT, "missing key 'loss' (or 'initial')");
    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    total->loss_node = node;
    if (!total->section || cst__draft_text_uses(node->text, &draft->parameters))
    {
        parameter_scope(&scope, draft);
        CST__TRY(cst__draft_expression(&total->loss, draft, node, &scope));
        cst__draft_part_of(draft, CST__DRAFT_INITIAL, node);
        if (total->section)
            draft->problem->initial = cst_expr_substitute(draft->ctx, total->loss, draft->parameters.values,
                                                          total->section, draft->parameters.length);
    }
    else
    {
        coordinate_scope(&scope, draft);
        CST__TRY(cst__draft_expression(&draft->problem->initial, draft, node, &scope));
        cst__draft_part_of(draft, CST__DRAFT_INITIAL, node);
    }
    say_line(draft, total->loss ? "loss" : "initial", 0, NULL, node->text);
    return CST_OK;
}

/* H = 1/2 G^ij p_i p_j, and all that must be positive for it. */
static cst_status_t
project(cst__total_t *total, cst__draft_t *draft)
{
    cst_lie_chart_t chart = {draft->ctx, draft->coordinates.length, draft->coordinates.values, NULL, 0};
    slong n = chart.dimension, d = draft->parameters.length;
    cst_expr_t *pivots = cst__draft_alloc(draft, (size_t) n, sizeof *pivots), e;
    cst_geom_matrix_struct *gram = cst__draft_matrix(draft, n, n), *metric = cst__draft_matrix(draft, n, n);
    cst_status_t status;

    cst_geom_quotient_cometric(gram, &total->chart, total->inverse, total->invariants, n, total->section);
    status = cst_geom_invert(pivots, metric, &chart, gram, draft->error);
    draft->problem->hamiltonian = cst_geom_hamiltonian(draft->ctx, gram, draft->problem->momenta);
    draft->problem->metric = metric;
    draft->problem->cometric = gram;
    if (status != CST_OK)
        return cst__draft_fail(draft, total->coordinate_map, CST_REFUSED,
                               "the co-metric of the quotient is degenerate: the coordinates are dependent");
    for (slong a = 0; a < d && total->pivots; a++)
    {
        e = cst_expr_substitute(draft->ctx, total->pivots[a], draft->parameters.values, total->section, d);
        CST__TRY(
            cst__draft_positive(draft, e, total->metric_node, "the metric is not positive definite: pivot"));
    }
    for (slong i = 0; i < n; i++)
        CST__TRY(cst__draft_positive(draft, pivots[i], total->coordinate_map,
                                     "the co-metric of the quotient is not positive definite: pivot"));
    for (slong i = 0; i < total->assumed_count; i++)
    {
        e = cst_expr_substitute(draft->ctx, total->assumed[i], draft->parameters.values, total->section, d);
        CST__TRY(cst__draft_positive(draft, e, cst_io_yaml_get(draft->yaml->root, "assume")->items[i],
                                     "the assumption does not hold on the section:"));
    }
    return CST_OK;
}

/* Reading, in the order of the statement ------------------------------------- */

static cst_status_t
read_names(cst__total_t *total, cst__draft_t *draft, cst_io_node_t quotient)
{
    cst_io_node_t root = draft->yaml->root, node;
    cst__names_t scope = {NULL, NULL, 0};

    CST__TRY(cst_io_yaml_require(&node, draft->yaml, root, "parameters", draft->error));
    CST__TRY(cst__draft_variables(&draft->parameters, draft, node, CST__PROBLEM_MAX_PARAMETERS));
    if (quotient)
        CST__TRY(declare_coordinates(total, draft, quotient));
    cst__draft_say(draft, "problem quotient\n");
    cst__draft_say_names(draft, "parameters", &draft->parameters);
    cst__draft_say_names(draft, "coordinates", &draft->coordinates);
    node = cst_io_yaml_get(root, "constants");
    if (node)
        CST__TRY(cst__draft_definitions(&draft->constants, draft, node, &scope));
    cst__names_add_all(draft, &scope, &draft->coordinates);
    node = cst_io_yaml_get(quotient, "where");
    if (node)
        CST__TRY(cst__draft_definitions(&draft->where, draft, node, &scope));
    if (quotient)
        CST__TRY(cst__problem_coordinates(draft, total->coordinate_map));
    total->chart.ctx = draft->ctx;
    total->chart.dimension = draft->parameters.length;
    total->chart.coordinates = draft->parameters.values;
    return CST_OK;
}

static cst_status_t
read_total(cst__total_t *total, cst__draft_t *draft)
{
    static const char *const keys[] = {"coordinates", "section", "where"};
    cst_io_node_t quotient = NULL;

    if (!may_be_total_only(draft))
    {
        CST__TRY(cst_io_yaml_require(&quotient, draft->yaml, draft->yaml->root, "quotient", draft->error));
        CST__TRY(cst_io_yaml_known(draft->yaml, quotient, keys, 3, draft->error));
    }
    CST__TRY(read_names(total, draft, quotient));
    CST__TRY(read_total_metric(total, draft));
    CST__TRY(read_symmetry(total, draft));
    if (quotient)
    {
        CST__TRY(read_invariants(total, draft));
        CST__TRY(read_section(total, draft, quotient));
    }
    CST__TRY(read_assumptions(total, draft));
    CST__TRY(read_loss(total, draft));
    CST__TRY(cst__problem_domain(draft));
    cst__draft_needs_on_section(draft, total->section);
    CST__TRY(cst__problem_verify(draft, total));
    return quotient ? project(total, draft) : CST_OK;
}

/* What the problem tells of the total space. */
static void
publish(cst__draft_t *draft, const cst__total_t *total)
{
    cst_problem_total_t *open = cst__draft_alloc(draft, 1, sizeof *open);

    open->chart = total->chart;
    open->metric = total->metric;
    open->cometric = total->inverse;
    open->euclidean = total->euclidean;
    open->construction = total->construction;
    open->level = cst_expr_rational(draft->ctx, total->level);
    open->generators = (const cst_expr_t *const *) total->generators;
    open->generator_count = total->generator_count;
    open->discrete = (const cst_expr_t *const *) total->discrete;
    open->discrete_count = total->discrete_count;
    open->invariant_count = draft->coordinates.length;
    open->invariants = total->invariants;
    open->section = total->section;
    open->loss = total->loss;
    draft->problem->total = open;
}

cst_status_t
cst__problem_quotient(cst__draft_t *draft)
{
    cst__total_t total;
    cst_status_t status;

    memset(&total, 0, sizeof total);
    fmpq_init(total.level);
    status = read_total(&total, draft);
    if (status == CST_OK)
        publish(draft, &total);
    fmpq_clear(total.level);
    return status;
}
