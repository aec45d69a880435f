/* problem/system.c -- from a file or a text to a system: the vector field, the initial set, the time. */
#include <string.h>

#include "problem/system.h"

static const char *const root_keys[] = {"caustic",    "title",   "system",   "manifold",  "atlas",
                                        "where",      "initial", "velocity", "transport", "constants",
                                        "parameters", "start",   "time",     "event",     "integrate"};
#define LENGTH(array) ((slong) (sizeof(array) / sizeof *(array)))
#define CHECK_PRECISION 256

/* Constants --------------------------------------------------------------- */

static cst_status_t
read_constant(cst_expr_t *e, cst__draft_t *draft, cst_io_node_t node)
{
    arb_t value;
    int finite;

    CST__TRY(cst__draft_expression(e, draft, node, &draft->constants));
    arb_init(value);
    cst_expr_enclose(value, *e, NULL, NULL, 0, CHECK_PRECISION);
    finite = arb_is_finite(value);
    arb_clear(value);
    return finite ? CST_OK : cst__draft_fail(draft, node, CST_REFUSED, "this is no real number");
}

/* A number, or [lower, upper]. */
static cst_status_t
read_ball(cst_expr_t *lower, cst_expr_t *upper, cst__draft_t *draft, cst_io_node_t node)
{
    arb_t a, b;
    int reversed;

    if (node->kind != CST_IO_SEQUENCE)
    {
        CST__TRY(read_constant(lower, draft, node));
        *upper = *lower;
        return CST_OK;
    }
    if (node->length != 2)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected a number or [lower, upper]");
    CST__TRY(read_constant(lower, draft, node->items[0]));
    CST__TRY(read_constant(upper, draft, node->items[1]));
    arb_init(a);
    arb_init(b);
    cst_expr_enclose(a, *lower, NULL, NULL, 0, CHECK_PRECISION);
    cst_expr_enclose(b, *upper, NULL, NULL, 0, CHECK_PRECISION);
    reversed = arb_gt(a, b);
    arb_clear(a);
    arb_clear(b);
    return reversed ? cst__draft_fail(draft, node, CST_BAD_INPUT,
                                      "the lower end must not be greater than the upper end")
                    : CST_OK;
}

/* Values for all of the names, into lower and upper at `at`. */
static cst_status_t
read_balls(cst__system_draft_t *s, cst_io_node_t mapping, const cst__names_t *names, slong at)
{
    cst__draft_t *draft = s->draft;
    cst_expr_t *lower = (cst_expr_t *) s->system->lower, *upper = (cst_expr_t *) s->system->upper;
    cst_io_node_t node;

    CST__TRY(cst_io_yaml_expect(draft->yaml, mapping, CST_IO_MAPPING, draft->error));
    CST__TRY(cst_io_yaml_known(draft->yaml, mapping, names->names, names->length, draft->error));
    for (slong i = 0; i < names->length; i++)
    {
        CST__TRY(cst_io_yaml_require(&node, draft->yaml, mapping, names->names[i], draft->error));
        CST__TRY(read_ball(lower + at + i, upper + at + i, draft, node));
    }
    return CST_OK;
}

/* The field --------------------------------------------------------------- */

static cst_status_t
read_names(cst__system_draft_t *s, cst__names_t *names, cst_io_node_t mapping)
{
    cst__draft_t *draft = s->draft;

    CST__TRY(cst_io_yaml_expect(draft->yaml, mapping, CST_IO_MAPPING, draft->error));
    if (mapping->length < 1 || mapping->length > CST__PROBLEM_MAX_PARAMETERS)
        return cst__draft_fail(draft, mapping, CST_BAD_INPUT, "expected between 1 and %d names",
                               CST__PROBLEM_MAX_PARAMETERS);
    for (slong i = 0; i < mapping->length; i++)
    {
        CST__TRY(cst__draft_declare(draft, mapping->keys[i]));
        cst__names_add(draft, names, mapping->keys[i]->text,
                       cst_expr_variable(draft->ctx, mapping->keys[i]->text));
    }
    return CST_OK;
}

static cst_status_t
read_field(cst__system_draft_t *s, cst_io_node_t node, const cst__names_t *constants)
{
    cst__draft_t *draft = s->draft;
    cst__chart_t *chart = cst__draft_alloc(draft, 1, sizeof *chart);
    cst_io_node_t where = cst_io_yaml_get(draft->yaml->root, "where");
    slong n, m = s->parameters.length;
    cst_expr_t *field, *variables;

    CST__TRY(read_names(s, &chart->coordinates, node));
    n = chart->coordinates.length;
    cst__names_add_all(draft, &chart->scope, constants);
    cst__names_add_all(draft, &chart->scope, &s->parameters);
    cst__names_add_all(draft, &chart->scope, &chart->coordinates);
    if (where)
        CST__TRY(cst__draft_definitions(&draft->where, draft, where, &chart->scope));
    field = cst__draft_alloc(draft, (size_t) (n + m), sizeof *field);
    variables = cst__draft_alloc(draft, (size_t) (n + m), sizeof *variables);
    for (slong i = 0; i < n; i++)
    {
        variables[i] = chart->coordinates.values[i];
        CST__TRY(cst__draft_expression(field + i, draft, node->items[i], &chart->scope));
    }
    for (slong i = 0; i < m; i++)
    {
        variables[n + i] = s->parameters.values[i];
        field[n + i] = cst_expr_integer(draft->ctx, 0);
    }
    chart->n = n;
    chart->chart.variables = variables;
    chart->chart.field = field;
    s->charts = chart;
    s->system->chart_count = 1;
    s->system->dimension = n + m;
    return CST_OK;
}

static cst_status_t
read_manifold(cst__system_draft_t *s, cst_io_node_t node, const cst__names_t *constants)
{
    static const char *const keys[] = {"coordinates", "metric", "cometric", "hamiltonian", "where"};

    CST__TRY(cst_io_yaml_known(s->draft->yaml, node, keys, 5, s->draft->error));
    s->charts = cst__draft_alloc(s->draft, 1, sizeof *s->charts);
    s->charts->node = node;
    s->system->chart_count = 1;
    return cst__system_chart(s, s->charts, constants);
}

static cst_status_t
read_equations(cst__system_draft_t *s, const cst__names_t *constants)
{
    static const char *const kinds[] = {"system", "manifold", "atlas"}, *const not_in_fields[] = {
                                                                            "velocity", "transport"};
    cst__draft_t *draft = s->draft;
    cst_io_node_t root = draft->yaml->root, node = NULL, where = cst_io_yaml_get(root, "where");
    int found = -1;

    for (int k = 0; k < 3; k++)
        if (cst_io_yaml_get(root, kinds[k]))
        {
            if (found >= 0)
                return cst__draft_fail(draft, root, CST_BAD_INPUT, "both '%s' and '%s' are given",
                                       kinds[found], kinds[k]);
            found = k;
        }
    if (found < 0)
        return cst__draft_fail(draft, root, CST_BAD_INPUT, "missing key 'system' (or 'manifold' or 'atlas')");
    node = cst_io_yaml_get(root, kinds[found]);
    for (int k = 0; found == 0 && k < 2; k++)
        if (cst_io_yaml_get(root, not_in_fields[k]))
            return cst__draft_fail(draft, cst_io_yaml_get(root, not_in_fields[k]), CST_BAD_INPUT,
                                   "'%s' needs a manifold", not_in_fields[k]);
    if (found > 0 && where)
        return cst__draft_fail(draft, where, CST_BAD_INPUT, "'where' belongs into '%s' here", kinds[found]);
    if (found == 0)
        return read_field(s, node, constants);
    s->system->kind = s->has_velocity ? CST_SYSTEM_GEODESIC : CST_SYSTEM_HAMILTONIAN;
    return found == 1 ? read_manifold(s, node, constants) : cst__system_atlas(s, node, constants);
}

/* The initial set --------------------------------------------------------- */

/* The chart that has the name of the first key; the first if none has. */
static slong
chart_of(const cst__system_draft_t *s, cst_io_node_t initial)
{
    for (slong c = 0; initial->kind == CST_IO_MAPPING && initial->length > 0 && c < s->system->chart_count;
         c++)
        if (cst__names_find(&s->charts[c].coordinates, initial->keys[0]->text,
                            strlen(initial->keys[0]->text)) >= 0 ||
            cst__names_find(&s->charts[c].second, initial->keys[0]->text, strlen(initial->keys[0]->text)) >=
                0)
            return c;
    return 0;
}

static cst_status_t
read_initial(cst__system_draft_t *s)
{
    cst__draft_t *draft = s->draft;
    cst_io_node_t root = draft->yaml->root, node;
    cst__names_t names = {NULL, NULL, 0};
    size_t dimension = (size_t) s->system->dimension;
    const cst__chart_t *chart;
    slong at;

    s->system->lower = cst__draft_alloc(draft, dimension, sizeof(cst_expr_t));
    s->system->upper = cst__draft_alloc(draft, dimension, sizeof(cst_expr_t));
    CST__TRY(cst_io_yaml_require(&node, draft->yaml, root, "initial", draft->error));
    s->system->initial_chart = chart_of(s, node);
    chart = s->charts + s->system->initial_chart;
    cst__names_add_all(draft, &names, &chart->coordinates);
    if (!s->has_velocity)
        cst__names_add_all(draft, &names, &chart->second);
    CST__TRY(read_balls(s, node, &names, 0));
    at = names.length;
    if (s->has_velocity)
    {
        CST__TRY(read_balls(s, cst_io_yaml_get(root, "velocity"), &chart->coordinates, at));
        at += chart->n;
    }
    if (s->has_transport)
    {
        CST__TRY(read_balls(s, cst_io_yaml_get(root, "transport"), &chart->coordinates, at));
        at += chart->n;
    }
    return s->parameters.length ? read_balls(s, cst_io_yaml_get(root, "parameters"), &s->parameters, at)
                                : CST_OK;
}

/* Settings ---------------------------------------------------------------- */

static cst_status_t
read_settings(cst__system_draft_t *s)
{
    static const char *const keys[] = {"tolerance"};
    cst__draft_t *draft = s->draft;
    cst_io_node_t root = draft->yaml->root, start = cst_io_yaml_get(root, "start"),
                  time = cst_io_yaml_get(root, "time"), event = cst_io_yaml_get(root, "event"),
                  settings = cst_io_yaml_get(root, "integrate"), tolerance;

    if (start)
        CST__TRY(cst__draft_rational(s->system->start, draft, start));
    if (time)
        CST__TRY(read_constant(&s->system->time, draft, time));
    if (event)
        CST__TRY(cst__draft_expression(&s->system->event, draft, event, &s->charts->scope));
    if (!settings)
        return CST_OK;
    CST__TRY(cst_io_yaml_expect(draft->yaml, settings, CST_IO_MAPPING, draft->error));
    CST__TRY(cst_io_yaml_known(draft->yaml, settings, keys, 1, draft->error));
    tolerance = cst_io_yaml_get(settings, "tolerance");
    if (tolerance)
        CST__TRY(cst__draft_rational(s->system->tolerance, draft, tolerance));
    return tolerance && fmpq_sgn(s->system->tolerance) <= 0
               ? cst__draft_fail(draft, tolerance, CST_BAD_INPUT, "expected a positive number")
               : CST_OK;
}

/* The whole --------------------------------------------------------------- */

static void
finish(cst__system_draft_t *s)
{
    cst_system_struct *system = s->system;
    cst_system_chart_t *charts = cst__draft_alloc(s->draft, (size_t) system->chart_count, sizeof *charts);
    const cst__names_t *scope = &s->charts[system->initial_chart].scope;

    for (slong i = 0; i < system->chart_count; i++)
        charts[i] = s->charts[i].chart;
    system->charts = charts;
    system->names = scope->names;
    system->values = scope->values;
    system->name_count = scope->length;
}

static cst_status_t
read_system(cst__system_draft_t *s)
{
    cst__draft_t *draft = s->draft;
    cst_io_node_t root = draft->yaml->root, node;
    cst__names_t scope = {NULL, NULL, 0};

    CST__TRY(cst_io_yaml_expect(draft->yaml, root, CST_IO_MAPPING, draft->error));
    CST__TRY(cst__draft_heading(&s->system->title, draft));
    CST__TRY(cst_io_yaml_known(draft->yaml, root, root_keys, LENGTH(root_keys), draft->error));
    s->has_velocity = cst_io_yaml_get(root, "velocity") != NULL;
    s->has_transport = cst_io_yaml_get(root, "transport") != NULL;
    node = cst_io_yaml_get(root, "constants");
    if (node)
        CST__TRY(cst__draft_definitions(&draft->constants, draft, node, &scope));
    node = cst_io_yaml_get(root, "parameters");
    if (node)
        CST__TRY(read_names(s, &s->parameters, node));
    CST__TRY(read_equations(s, &scope));
    CST__TRY(read_initial(s));
    CST__TRY(read_settings(s));
    finish(s);
    return CST_OK;
}

cst_status_t
cst_system_parse(cst_system_t system, const char *name, const char *text, size_t length, cst_error_t *error)
{
    cst_io_yaml_t yaml;
    cst_error_t own;
    cst__draft_t draft = {.yaml = yaml, .purpose = CST_PROBLEM_DERIVE, .error = error ? error : &own};
    cst__system_draft_t s = {.draft = &draft, .system = system};
    cst_status_t status;

    cst_error_clear(draft.error);
    CST__TRY(cst_io_yaml_parse(yaml, name, text, length, draft.error));
    memset(system, 0, sizeof *system);
    fmpq_init(system->start);
    fmpq_init(system->tolerance);
    system->ctx = draft.ctx = cst_expr_ctx_new();
    cst__text_init(&draft.statement);
    status = read_system(&s);
    flint_free(draft.statement.text);
    system->memory = draft.blocks;
    if (status == CST_OK)
    { /* names live in the tree */
        const char **names = flint_malloc((size_t) (system->name_count + 1) * sizeof *names);

        for (slong i = 0; i < system->name_count; i++)
            names[i] = strcpy(cst__draft_alloc(&draft, strlen(system->names[i]), 1), system->names[i]);
        for (slong i = 0; i < system->chart_count; i++)
        {
            cst_system_chart_t *chart = (cst_system_chart_t *) system->charts + i;

            if (chart->name)
                chart->name = strcpy(cst__draft_alloc(&draft, strlen(chart->name), 1), chart->name);
        }
        memcpy((const char **) system->names, names, (size_t) system->name_count * sizeof *names);
        flint_free(names);
        system->memory = draft.blocks;
    }
    else
        cst_system_clear(system);
    cst_io_yaml_clear(yaml);
    return status;
}

cst_status_t
cst_system_read(cst_system_t system, const char *path, cst_error_t *error)
{
    char *text;
    size_t length;
    cst_status_t status;

    CST__TRY(cst_io_file_read(&text, &length, path, CST__PROBLEM_FILE_LIMIT, error));
    status = cst_system_parse(system, path, text, length, error);
    flint_free(text);
    return status;
}

void
cst_system_clear(cst_system_t system)
{
    flint_free(system->title);
    cst__draft_free(system->memory);
    fmpq_clear(system->start);
    fmpq_clear(system->tolerance);
    cst_expr_ctx_free(system->ctx);
}

cst_status_t
cst_system_expression(cst_expr_t *e, const cst_system_t system, const char *text, cst_error_t *error)
{
    cst_expr_scope_t scope = {system->names, system->values, system->name_count};

    return cst_expr_parse(e, system->ctx, text, &scope, error);
}

void
cst_system_initial(arb_ptr x, const cst_system_t system, slong prec)
{
    arb_t upper;

    arb_init(upper);
    for (slong i = 0; i < system->dimension; i++)
    {
        cst_expr_enclose(x + i, system->lower[i], NULL, NULL, 0, prec);
        if (system->upper[i] == system->lower[i])
            continue;
        cst_expr_enclose(upper, system->upper[i], NULL, NULL, 0, prec);
        arb_union(x + i, x + i, upper, prec);
    }
    arb_clear(upper);
}

/* Tapes ------------------------------------------------------------------- */

/* The map and its derivative by rows. */
static cst_status_t
compile_transition(cst_tape_struct *tape, const cst_system_t system, const cst_expr_t *map,
                   const cst_expr_t *variables, cst_error_t *error)
{
    slong n = system->dimension;
    cst_expr_t *out = flint_malloc((size_t) (n + n * n) * sizeof *out);
    cst_status_t status;

    for (slong i = 0; i < n; i++)
    {
        out[i] = map[i];
        for (slong j = 0; j < n; j++)
            out[n + i * n + j] = cst_expr_derivative(system->ctx, map[i], variables[j]);
    }
    status = cst_tape_compile(tape, system->ctx, out, n + n * n, variables, n, error);
    flint_free(out);
    return status;
}

cst_status_t
cst_system_charts(cst_atlas_charts_t *charts, const cst_system_t system, cst_error_t *error)
{
    slong n = system->dimension, count = system->chart_count;
    cst_tape_struct *fields = flint_calloc((size_t) count, sizeof *fields);
    cst_tape_struct *margins = flint_calloc((size_t) count, sizeof *margins);
    cst_tape_struct *transitions = flint_calloc((size_t) (count * count), sizeof *transitions);
    cst_status_t status = CST_OK;

    *charts = (cst_atlas_charts_t){count, fields, margins, transitions};
    for (slong i = 0; status == CST_OK && i < count; i++)
    {
        const cst_system_chart_t *chart = system->charts + i;
        cst_expr_t margin = chart->margin ? chart->margin : cst_expr_integer(system->ctx, 1);

        status = cst_tape_compile(fields + i, system->ctx, chart->field, n, chart->variables, n, error);
        if (status == CST_OK)
            status = cst_tape_compile(margins + i, system->ctx, &margin, 1, chart->variables, n, error);
        for (slong j = 0; system->transitions && status == CST_OK && j < count; j++)
            if (system->transitions[i * count + j])
                status = compile_transition(transitions + i * count + j, system,
                                            system->transitions[i * count + j], chart->variables, error);
    }
    if (status != CST_OK)
        cst_system_charts_clear(charts);
    return status;
}

/* What was never compiled is all zero. */
static void
clear_tapes(const cst_tape_struct *tapes, slong length)
{
    cst_tape_struct *own = (cst_tape_struct *) tapes;

    for (slong i = 0; i < length; i++)
        if (own[i].output_count > 0)
            cst_tape_clear(own + i);
    flint_free(own);
}

void
cst_system_charts_clear(cst_atlas_charts_t *charts)
{
    clear_tapes(charts->fields, charts->count);
    clear_tapes(charts->margins, charts->count);
    clear_tapes(charts->transitions, charts->count * charts->count);
}
