/* problem/system-atlas.c -- several charts: their transition maps, and the proofs that all fits together. */
#include <string.h>

#include "problem/system.h"

typedef struct
{
    cst_io_node_t node;          /* NULL: not given */
    const cst_expr_t *map;       /* coordinates to coordinates */
    const cst_expr_t *state_map; /* states to states */
} transition_t;

/* Charts ------------------------------------------------------------------ */

/* "a < b" or "a > b": the margin is positive where it holds. */
static cst_status_t
read_inequality(cst_expr_t *margin, cst__draft_t *draft, cst_io_node_t node, const cst__names_t *scope)
{
    cst_expr_scope_t view = {scope->names, scope->values, scope->length};
    cst_expr_t side[2];
    const char *sign;
    char *copy;
    size_t split;

    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    sign = strpbrk(node->text, "<>");
    if (!sign || strpbrk(sign + 1, "<>=") || sign[1] == '=')
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected an inequality such as x^2 < 4");
    split = (size_t) (sign - node->text);
    copy = cst__draft_alloc(draft, strlen(node->text), 1);
    memcpy(copy, node->text, split);
    for (int k = 0; k < 2; k++)
        if (cst_expr_parse(side + k, draft->ctx, k ? sign + 1 : copy, &view, draft->error) != CST_OK)
        {
            cst_io_yaml_place(draft->error, draft->yaml, node,
                              draft->error->column + (k ? (int) split + 1 : 0));
            return CST_BAD_INPUT;
        }
    *margin = *sign == '<' ? cst_expr_sub(draft->ctx, side[1], side[0])
                           : cst_expr_sub(draft->ctx, side[0], side[1]);
    return CST_OK;
}

static cst_status_t
read_charts(cst__system_draft_t *s, cst_io_node_t atlas, const cst__names_t *constants)
{
    static const char *const keys[] = {"coordinates", "metric", "cometric",  "hamiltonian",
                                       "where",       "domain", "transition"};
    cst__draft_t *draft = s->draft;

    for (slong i = 0; i < atlas->length; i++)
    {
        cst__chart_t *chart = s->charts + i;

        chart->node = atlas->items[i];
        CST__TRY(cst__draft_declare(draft, atlas->keys[i]));
        CST__TRY(cst_io_yaml_expect(draft->yaml, chart->node, CST_IO_MAPPING, draft->error));
        CST__TRY(cst_io_yaml_known(draft->yaml, chart->node, keys, 7, draft->error));
        CST__TRY(cst__system_chart(s, chart, constants));
        if (chart->n != s->charts->n || !chart->metric != !s->charts->metric)
            return cst__draft_fail(draft, chart->node, CST_BAD_INPUT,
                                   "the charts do not have the same dimension and kind of geometry");
        chart->chart.name = atlas->keys[i]->text;
        if (cst_io_yaml_get(chart->node, "domain"))
            CST__TRY(read_inequality(&chart->chart.margin, draft, cst_io_yaml_get(chart->node, "domain"),
                                     &chart->scope));
    }
    return CST_OK;
}

/* Transitions ------------------------------------------------------------- */

static cst_status_t
read_map(transition_t *transition, cst__system_draft_t *s, const cst__chart_t *from, const cst__chart_t *to,
         cst_io_node_t node)
{
    cst__draft_t *draft = s->draft;
    cst_expr_t *map = cst__draft_alloc(draft, (size_t) to->n, sizeof *map);
    cst_io_node_t component;

    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_MAPPING, draft->error));
    CST__TRY(cst_io_yaml_known(draft->yaml, node, to->coordinates.names, to->n, draft->error));
    for (slong i = 0; i < to->n; i++)
    {
        CST__TRY(cst_io_yaml_require(&component, draft->yaml, node, to->coordinates.names[i], draft->error));
        CST__TRY(cst__draft_expression(map + i, draft, component, &from->scope));
        for (slong k = 0; k < from->n; k++)
            if (cst_expr_depends_on(draft->ctx, map[i], from->second.values[k]))
                return cst__draft_fail(draft, component, CST_BAD_INPUT,
                                       "a transition map is a function of the coordinates alone");
    }
    transition->node = node;
    transition->map = map;
    return CST_OK;
}

static cst_status_t
read_maps(transition_t *transitions, cst__system_draft_t *s, slong from, slong count)
{
    cst_io_node_t list = cst_io_yaml_get(s->charts[from].node, "transition");
    const char **names = cst__draft_alloc(s->draft, (size_t) count, sizeof *names);

    if (!list)
        return CST_OK;
    CST__TRY(cst_io_yaml_expect(s->draft->yaml, list, CST_IO_MAPPING, s->draft->error));
    for (slong i = 0; i < count; i++)
        names[i] = s->charts[i].chart.name;
    CST__TRY(cst_io_yaml_known(s->draft->yaml, list, names, count, s->draft->error));
    for (slong to = 0; to < count; to++)
    {
        cst_io_node_t node = cst_io_yaml_get(list, names[to]);

        if (node && to == from)
            return cst__draft_fail(s->draft, node, CST_BAD_INPUT, "a transition of a chart to itself");
        if (node)
            CST__TRY(read_map(transitions + from * count + to, s, s->charts + from, s->charts + to, node));
    }
    return CST_OK;
}

/* sum over j of d map_i/dx_j v_j */
static void
push(cst_expr_t *out, cst_expr_ctx_t ctx, const cst__chart_t *from, const cst_expr_t *map,
     const cst_expr_t *vector)
{
    for (slong i = 0; i < from->n; i++)
    {
        out[i] = cst_expr_integer(ctx, 0);
        for (slong j = 0; j < from->n; j++)
            out[i] = cst_expr_add(
                ctx, out[i],
                cst_expr_mul(ctx, cst_expr_derivative(ctx, map[i], from->coordinates.values[j]), vector[j]));
    }
}

/* sum over j of p_j d back_j/du_i at u = map(x) */
static void
pull(cst_expr_t *out, cst_expr_ctx_t ctx, const cst__chart_t *from, const cst__chart_t *to,
     const cst_expr_t *map, const cst_expr_t *back)
{
    for (slong i = 0; i < from->n; i++)
    {
        out[i] = cst_expr_integer(ctx, 0);
        for (slong j = 0; j < from->n; j++)
        {
            cst_expr_t d = cst_expr_derivative(ctx, back[j], to->coordinates.values[i]);

            d = cst_expr_substitute(ctx, d, to->coordinates.values, map, to->n);
            out[i] = cst_expr_add(ctx, out[i], cst_expr_mul(ctx, from->second.values[j], d));
        }
    }
}

static void
make_state_map(transition_t *transition, const transition_t *back, cst__system_draft_t *s,
               const cst__chart_t *from, const cst__chart_t *to)
{
    cst_expr_ctx_t ctx = s->draft->ctx;
    slong n = from->n, at = 2 * n;
    cst_expr_t *out = cst__draft_alloc(s->draft, (size_t) s->system->dimension, sizeof *out);

    memcpy(out, transition->map, (size_t) n * sizeof *out);
    if (s->has_velocity)
        push(out + n, ctx, from, transition->map, from->second.values);
    else
        pull(out + n, ctx, from, to, transition->map, back->map);
    if (s->has_transport)
    {
        push(out + at, ctx, from, transition->map, from->carried.values);
        at += n;
    }
    for (slong i = 0; i < s->parameters.length; i++)
        out[at + i] = s->parameters.values[i];
    transition->state_map = out;
}

/* back(map(x)) = x, and the energy there is the energy here: for metrics this says that the map is an
   isometry, and in each case that it takes solutions to solutions. */
static cst_status_t
prove_transition(const transition_t *transition, const transition_t *back, cst__system_draft_t *s,
                 const cst__chart_t *from, const cst__chart_t *to)
{
    cst__draft_t *draft = s->draft;
    cst_lie_chart_t chart = {draft->ctx, s->system->dimension, from->chart.variables, NULL, 0};
    cst_expr_t remainder = NULL, e;
    cst_truth_t truth;

    for (slong i = 0; i < from->n; i++)
    {
        e = cst_expr_substitute(draft->ctx, back->map[i], to->coordinates.values, transition->map, to->n);
        e = cst_expr_sub(draft->ctx, e, from->coordinates.values[i]);
        truth = cst_lie_is_zero(&remainder, &chart, e);
        if (truth != CST_TRUE)
            return cst__draft_refuse(draft, transition->node, truth, remainder,
                                     "there and back again from '%s' to '%s', %s is not itself",
                                     from->chart.name, to->chart.name, from->coordinates.names[i]);
    }
    e = cst_expr_substitute(draft->ctx, to->chart.energy, to->chart.variables, transition->state_map,
                            s->system->dimension);
    e = cst_expr_sub(draft->ctx, e, from->chart.energy);
    truth = cst_lie_is_zero(&remainder, &chart, e);
    if (truth != CST_TRUE)
        return cst__draft_refuse(draft, transition->node, truth, remainder,
                                 "the map from '%s' to '%s' does not preserve the %s", from->chart.name,
                                 to->chart.name, from->metric ? "metric" : "Hamiltonian");
    return CST_OK;
}

static cst_status_t
join_charts(transition_t *transitions, cst__system_draft_t *s, slong count)
{
    const cst_expr_t **maps = cst__draft_alloc(s->draft, (size_t) (count * count), sizeof *maps);

    for (slong i = 0; i < count; i++)
        CST__TRY(read_maps(transitions, s, i, count));
    for (slong k = 0; k < count * count; k++)
    {
        slong i = k / count, j = k % count;
        const transition_t *back = transitions + j * count + i;

        if (!transitions[k].node)
            continue;
        if (!back->node)
            return cst__draft_fail(s->draft, transitions[k].node, CST_BAD_INPUT,
                                   "the map back from '%s' to '%s' is missing", s->charts[j].chart.name,
                                   s->charts[i].chart.name);
        make_state_map(transitions + k, back, s, s->charts + i, s->charts + j);
        CST__TRY(prove_transition(transitions + k, back, s, s->charts + i, s->charts + j));
        maps[k] = transitions[k].state_map;
    }
    s->system->transitions = maps;
    return CST_OK;
}

#define MOST_CHARTS 32

cst_status_t
cst__system_atlas(cst__system_draft_t *s, cst_io_node_t atlas, const cst__names_t *constants)
{
    cst__draft_t *draft = s->draft;
    slong count = atlas->length;
    transition_t *transitions;

    CST__TRY(cst_io_yaml_expect(draft->yaml, atlas, CST_IO_MAPPING, draft->error));
    if (count < 1 || count > MOST_CHARTS)
        return cst__draft_fail(draft, atlas, CST_BAD_INPUT, "expected between 1 and %d charts", MOST_CHARTS);
    s->charts = cst__draft_alloc(draft, (size_t) count, sizeof *s->charts);
    transitions = cst__draft_alloc(draft, (size_t) (count * count), sizeof *transitions);
    CST__TRY(read_charts(s, atlas, constants));
    s->system->chart_count = count;
    return join_charts(transitions, s, count);
}
