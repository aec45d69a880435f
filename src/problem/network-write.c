/* problem/network-write.c -- a network and its loss, written out as a quotient problem. */
#include <stdlib.h>
#include <string.h>

#include "problem/network.h"

/* Text ------------------------------------------------------------------------- */

static void
put_quoted(cst__text_t *out, const char *text)
{
    cst__text_puts(out, "'");
    for (; *text; text++)
    {
        char c = *text == '\n' || *text == '\r' || *text == '\t' ? ' ' : *text;

        cst__text_add(out, &c, 1);
        if (c == '\'')
            cst__text_add(out, &c, 1);
    }
    cst__text_puts(out, "'");
}

static void
put_expression(cst__text_t *out, cst_expr_ctx_t ctx, cst_expr_t e)
{
    char *text = cst_expr_print(ctx, e);

    put_quoted(out, text ? text : "?"); /* longer than 16 MiB: more than a problem file may have */
    flint_free(text);
}

static void
put_rational(cst__text_t *out, const fmpq_t q)
{
    char *digits = fmpq_get_str(NULL, 10, q);

    cst__text_puts(out, digits);
    flint_free(digits);
}

static void
put_names(cst__text_t *out, const char *key, const char **names, slong count)
{
    cst__text_puts(out, key);
    for (slong i = 0; i < count; i++)
    {
        cst__text_puts(out, i ? ", " : "[");
        cst__text_puts(out, names[i]);
    }
    cst__text_puts(out, "]\n");
}

/* {name: 'value', ...}; zeros are left out of fields, and what stays of maps. */
static void
put_mapping(cst__text_t *out, cst_expr_ctx_t ctx, const char *const *names, const cst_expr_t *values,
            const cst_expr_t *left_out, slong count)
{
    int first = 1;

    cst__text_puts(out, "{");
    for (slong i = 0; i < count; i++)
    {
        if (left_out && (left_out[i] == values[i]))
            continue;
        cst__text_puts(out, first ? "" : ", ");
        cst__text_puts(out, names[i]);
        cst__text_puts(out, ": ");
        put_expression(out, ctx, values[i]);
        first = 0;
    }
    cst__text_puts(out, "}");
}

/* Symmetries ---------------------------------------------------------------------- */

static void
put_generators(cst__text_t *out, cst__network_t *net)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t *field = cst__draft_alloc(net->draft, (size_t) net->count, sizeof *field);
    cst_expr_t *zero = cst__draft_alloc(net->draft, (size_t) net->count, sizeof *zero);
    slong count = 0;

    cst__text_puts(out, "  generators: [");
    for (slong a = 0; a < net->count; a++)
        zero[a] = cst_expr_integer(ctx, 0);
    for (slong r = 0; r < net->rank; r++)
    {
        for (slong a = 0; a < net->count; a++)
        {
            field[a] = cst_expr_mul(ctx, cst_expr_rational(ctx, net->exponents + r * net->count + a),
                                    net->values[a]);
        }
        cst__text_puts(out, count++ ? ",\n    " : "");
        put_mapping(out, ctx, net->names, field, zero, net->count);
    }
    for (slong s = 0; s < net->shift_count; s++)
    {
        memcpy(field, zero, (size_t) net->count * sizeof *field);
        for (slong i = 0; i < net->shifts[s].length; i++)
            field[net->shifts[s].members[i]] = cst_expr_integer(ctx, 1);
        cst__text_puts(out, count++ ? ",\n    " : "");
        put_mapping(out, ctx, net->names, field, zero, net->count);
    }
    for (slong b = 0; b < net->block_count; b++)
        for (slong k = 0; k < cst__network_block_dimension(net->blocks + b); k++)
        {
            memcpy(field, zero, (size_t) net->count * sizeof *field);
            cst__network_block_field(field, net, net->blocks + b, k);
            cst__text_puts(out, count++ ? ",\n    " : "");
            put_mapping(out, ctx, net->names, field, zero, net->count);
        }
    cst__text_puts(out, "]\n");
}

/* The map of all parameters that exchanges units i and j of a hidden layer or, if they are the same, changes
   the sign of unit i; NULL if it does not keep what is fixed. */
static cst_expr_t *
unit_map(cst__network_t *net, slong layer, slong i, slong j)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    const cst_arch_struct *arch = net->arch;
    cst_expr_t *map = cst__draft_alloc(net->draft, (size_t) arch->parameters, sizeof *map), *own;

    memcpy(map, net->everything, (size_t) arch->parameters * sizeof *map);
    for (slong t = 0; t < arch->tensor_count; t++)
    {
        const cst_arch_tensor_t *tensor = arch->tensors + t;
        slong number = strtol(tensor->name + 1, NULL, 10), columns = tensor->size / tensor->shape[0];
        int reads = *tensor->name == 'w' && number == layer + 1;

        if (!reads && number != layer)
            continue;
        for (slong k = 0; k < tensor->size; k++)
        {
            slong unit = reads ? k % columns : k / columns, step = reads ? 1 : columns;
            slong other = unit == i ? k + (j - i) * step : unit == j ? k + (i - j) * step : k;

            map[tensor->offset + k] = net->everything[tensor->offset + other];
            if (i == j && unit == i)
                map[tensor->offset + k] = cst_expr_neg(ctx, map[tensor->offset + k]);
        }
    }
    for (slong p = 0; p < arch->parameters; p++)
        if (cst_expr_kind(net->everything[p]) == CST_EXPR_RATIONAL && map[p] != net->everything[p])
            return NULL;
    own = cst__draft_alloc(net->draft, (size_t) net->count, sizeof *own);
    for (slong a = 0; a < net->count; a++)
        own[a] = map[net->index[a]];
    return own;
}

/* Exchanges of neighbours and changes of sign generate the discrete part of a perceptron's group. A loss
   whose activations are fixed by the domain has only those that keep the domain: none are named. */
static void
put_discrete(cst__text_t *out, cst__network_t *net)
{
    const cst_arch_spec_struct *spec = net->arch->spec;
    int odd = spec->activation == CST_ARCH_TANH || spec->activation == CST_ARCH_SIN;
    int branched = spec->activation == CST_ARCH_RELU || spec->activation == CST_ARCH_LEAKY_RELU ||
                   spec->activation == CST_ARCH_RELU6;
    slong count = 0;

    if ((spec->kind != CST_ARCH_MLP && spec->kind != CST_ARCH_MEAN_FIELD) || branched ||
        spec->norm != CST_ARCH_NORM_NONE)
        return;
    cst__text_puts(out, "  discrete: [");
    for (slong l = 1; l < spec->depth; l++)
        for (slong i = 0; i < spec->widths[l]; i++)
            for (slong j = i; j < FLINT_MIN(i + 2, spec->widths[l]); j++)
            {
                cst_expr_t *map = j == i && !odd ? NULL : unit_map(net, l, i, j);

                if (!map || count == CST__PROBLEM_MAX_SYMMETRIES)
                    continue;
                cst__text_puts(out, count++ ? ",\n    " : "");
                put_mapping(out, net->draft->ctx, net->names, map, net->values, net->count);
            }
    cst__text_puts(out, "]\n");
}

/* The file -------------------------------------------------------------------------- */

static cst_status_t
read_construction(int *balanced, cst__network_t *net)
{
    static const char *const keys[] = {"construction", "gauge", "coordinates"};
    cst__draft_t *draft = net->draft;
    cst_io_node_t symmetry = cst_io_yaml_get(draft->yaml->root, "symmetry"), node;
    cst_io_node_t given = cst_io_yaml_get(draft->yaml->root, "metric");

    *balanced = 0;
    if (!symmetry)
        return CST_OK;
    CST__TRY(cst_io_yaml_known(draft->yaml, symmetry, keys, 3, draft->error));
    node = cst_io_yaml_get(symmetry, "construction");
    if (!node)
        return CST_OK;
    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    *balanced = strcmp(node->text, "balanced") == 0;
    if (!*balanced && strcmp(node->text, "invariant-metric") != 0)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected 'invariant-metric' or 'balanced'");
    if (*balanced && given)
        return cst__draft_fail(draft, given, CST_BAD_INPUT,
                               "the balanced construction has the Euclidean metric");
    if (*balanced && (net->block_count || net->shift_count))
        return cst__draft_fail(
            draft, node, CST_REFUSED,
            "only scalings have a balanced section in closed form: take 'invariant-metric'");
    if (*balanced && net->arch->spec->kind == CST_ARCH_MEAN_FIELD)
        return cst__draft_fail(draft, node, CST_REFUSED,
                               "the metric of a mean-field network is 1/N times the Euclidean one: take "
                               "'invariant-metric'");
    return CST_OK;
}

static void
put_assumption(cst__text_t *out, const cst__network_t *net, cst_expr_t e, int sign, int *first)
{
    char *text = cst_expr_print(net->draft->ctx, e);

    cst__text_puts(out, *first ? "'" : ", '");
    cst__text_puts(out, text);
    cst__text_puts(out, sign < 0 ? " < 0'" : " > 0'");
    flint_free(text);
    *first = 0;
}

static cst_status_t
put_geometry(cst__text_t *out, cst__network_t *net, int balanced, const cst__network_balance_t *balances)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_io_node_t given = cst_io_yaml_get(net->draft->yaml->root, "metric");
    int plain =
        balanced || (net->rank == 0 && net->block_count == 0 && net->arch->spec->kind != CST_ARCH_MEAN_FIELD);
    int first = 1;

    if (given)
        CST__TRY(cst_io_yaml_expect(net->draft->yaml, given, CST_IO_SCALAR, net->draft->error));
    cst__text_puts(out, "assume: [");
    for (slong r = 0; r < net->rank; r++)
    {
        slong p = net->pivots[r];

        put_assumption(out, net, cst__network_reduced(net, p), net->signs[r], &first);
        for (int side = 0; side < 2 && !given; side++)
        {
            if (!cst_expr_is_integer_value(balances[r].sums[side], 0))
                put_assumption(out, net, balances[r].sums[side], 1, &first);
        }
    }
    for (slong b = 0; b < net->block_count; b++)
        put_assumption(out, net, cst__network_block_volume(net, net->blocks + b), 1, &first);
    cst__text_puts(out, "]\nmetric: ");
    if (given)
        put_quoted(out, given->text);
    else if (plain)
        cst__text_puts(out, "euclidean");
    else
        put_expression(out, ctx, cst__network_metric(net, balances));
    cst__text_puts(out, balanced ? "\nsymmetry:\n  construction: balanced\n"
                                 : "\nsymmetry:\n  construction: invariant-metric\n");
    put_generators(out, net);
    put_discrete(out, net);
    return CST_OK;
}

static cst_status_t
put_quotient(cst__text_t *out, cst__network_t *net, int balanced, const cst__network_balance_t *balances)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t *section = cst__draft_alloc(net->draft, (size_t) net->count, sizeof *section);
    cst_expr_t *names = cst__draft_alloc(net->draft, (size_t) net->rank, sizeof *names);
    cst_expr_t *scales = cst__draft_alloc(net->draft, (size_t) net->rank, sizeof *scales);

    if (balanced)
        CST__TRY(cst__network_balanced_section(section, names, scales, net, balances));
    cst__text_puts(out, "quotient:\n  coordinates: ");
    put_mapping(out, ctx, net->coordinates, net->invariants, NULL, net->dimension);
    cst__text_puts(out, "\n  section: ");
    put_mapping(out, ctx, net->names, balanced ? section : net->gauge, NULL, net->count);
    for (slong r = 0; balanced && r < net->rank; r++)
    {
        cst__text_puts(out, r ? ", " : "\n  where: {");
        cst__text_puts(out, cst_expr_name(names[r]));
        cst__text_puts(out, ": ");
        put_expression(out, ctx, scales[r]);
    }
    cst__text_puts(out, balanced && net->rank ? "}\n" : "\n");
    return CST_OK;
}

static void
put_domain(cst__text_t *out, cst__network_t *net)
{
    cst__text_puts(out, "domain: {");
    for (slong i = 0; i < net->dimension; i++)
    {
        cst__text_puts(out, i ? ", " : "");
        cst__text_puts(out, net->coordinates[i]);
        cst__text_puts(out, ": [");
        put_rational(out, net->lower + i);
        cst__text_puts(out, ", ");
        put_rational(out, net->upper + i);
        cst__text_puts(out, "]");
    }
    cst__text_puts(out, "}\n");
}

/* `certify` as it is */
static cst_status_t
put_settings(cst__text_t *out, cst__draft_t *draft)
{
    static const char *const keys[] = {"tolerance", "horizon", "complete"};
    cst_io_node_t node = cst_io_yaml_get(draft->yaml->root, "certify");

    if (!node)
        return CST_OK;
    CST__TRY(cst_io_yaml_known(draft->yaml, node, keys, 3, draft->error));
    cst__text_puts(out, "certify: {");
    for (slong i = 0; i < node->length; i++)
    {
        CST__TRY(cst_io_yaml_expect(draft->yaml, node->items[i], CST_IO_SCALAR, draft->error));
        cst__text_puts(out, i ? ", " : "");
        cst__text_puts(out, node->keys[i]->text);
        cst__text_puts(out, ": ");
        put_quoted(out, node->items[i]->text);
    }
    cst__text_puts(out, "}\n");
    return CST_OK;
}

cst_status_t
cst__network_write(cst__text_t *out, cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t root = draft->yaml->root, title = cst_io_yaml_get(root, "title");
    cst__network_balance_t *balances = cst__draft_alloc(draft, (size_t) net->rank, sizeof *balances);
    int balanced;

    CST__TRY(read_construction(&balanced, net));
    for (slong r = 0; r < net->rank && !cst_io_yaml_get(root, "metric"); r++)
        CST__TRY(cst__network_balance(balances + r, net, r));
    cst__text_puts(out, "caustic: 1\ntitle: ");
    put_quoted(out, title ? title->text : "");
    put_names(out, "\nparameters: ", net->names, net->count);
    CST__TRY(put_geometry(out, net, balanced, balances));
    CST__TRY(put_quotient(out, net, balanced, balances));
    if (net->loss)
    {
        cst__text_puts(out, "loss: ");
        put_expression(out, draft->ctx, net->loss);
        cst__text_puts(out, "\n");
    }
    if (net->lower)
        put_domain(out, net);
    return put_settings(out, draft);
}
