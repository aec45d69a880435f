/* problem/network.c -- from an architecture to its parameters, and to the text of a quotient problem. */
#include <string.h>

#include "problem/network.h"

/* Networks with more parameters are not looked at, whatever is fixed of them. */
#define MOST_NETWORK 4096

/* Memory ------------------------------------------------------------------------- */

struct cst__network_vector
{
    struct cst__network_vector *next;
    fmpq *entries;
    slong length;
};

fmpq *
cst__network_rationals(cst__network_t *net, slong length)
{
    struct cst__network_vector *vector = cst__draft_alloc(net->draft, 1, sizeof *vector);

    vector->next = net->vectors;
    vector->entries = _fmpq_vec_init(length);
    vector->length = length;
    net->vectors = vector;
    return vector->entries;
}

static void
clear(cst__network_t *net)
{
    for (struct cst__network_vector *v = net->vectors; v; v = v->next)
        _fmpq_vec_clear(v->entries, v->length);
    cst__draft_free(net->draft->blocks);
    cst_expr_ctx_free(net->draft->ctx);
}

cst_status_t
cst__network_rational(fmpq_t value, cst__network_t *net, cst_io_node_t node)
{
    cst__draft_t *draft = net->draft;
    cst_expr_t e;

    CST__TRY(cst__draft_expression(&e, draft, node, &draft->constants));
    if (cst_expr_kind(e) != CST_EXPR_RATIONAL)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected a rational number");
    fmpq_set(value, cst_expr_rational_value(e));
    return CST_OK;
}

/* Parameters ---------------------------------------------------------------------- */

static cst_status_t
read_fixed(cst__network_t *net, const char **names)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t fixed = cst_io_yaml_get(draft->yaml->root, "fixed");
    fmpq *value = cst__network_rationals(net, 1);

    if (!fixed)
        return CST_OK;
    CST__TRY(cst_io_yaml_known(draft->yaml, fixed, names, net->arch->parameters, draft->error));
    for (slong i = 0; i < fixed->length; i++)
    {
        slong p = 0;

        while (strcmp(names[p], fixed->keys[i]->text) != 0)
            p++;
        CST__TRY(cst__network_rational(value, net, fixed->items[i]));
        net->everything[p] = cst_expr_rational(draft->ctx, value);
    }
    return CST_OK;
}

/* The network and what is fixed of it. */
static cst_status_t
read_parameters(cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    slong total = net->arch->parameters;
    cst_io_node_t node = cst_io_yaml_get(draft->yaml->root, "architecture");
    const char **names;

    if (total > MOST_NETWORK)
        return cst__draft_fail(draft, node, CST_REFUSED,
                               "a network of %ld parameters cannot be written out: at most %d, of which %d "
                               "are not fixed",
                               (long) total, MOST_NETWORK, CST__PROBLEM_MAX_PARAMETERS);
    names = cst__draft_alloc(draft, (size_t) total, sizeof *names);
    net->all = cst__draft_alloc(draft, (size_t) total, sizeof *net->all);
    net->everything = cst__draft_alloc(draft, (size_t) total, sizeof *net->everything);
    for (slong p = 0; p < total; p++)
    {
        char *name = cst__draft_alloc(draft, 64, 1);

        cst_arch_parameter_name(name, net->arch, p);
        names[p] = name;
        net->all[p] = net->everything[p] = cst_arch_parameter(draft->ctx, net->arch, p);
    }
    CST__TRY(read_fixed(net, names));
    net->index = cst__draft_alloc(draft, (size_t) total, sizeof *net->index);
    net->names = cst__draft_alloc(draft, (size_t) total, sizeof *net->names);
    net->values = cst__draft_alloc(draft, (size_t) total, sizeof *net->values);
    for (slong p = 0; p < total; p++)
        if (net->everything[p] == net->all[p])
        {
            net->index[net->count] = p;
            net->names[net->count] = names[p];
            net->values[net->count++] = net->all[p];
        }
    if (net->count < 1 || net->count > CST__PROBLEM_MAX_PARAMETERS)
        return cst__draft_fail(draft, node, CST_REFUSED, "%ld parameters are not fixed: expected 1 to %d",
                               (long) net->count, CST__PROBLEM_MAX_PARAMETERS);
    return CST_OK;
}

/* The whole -------------------------------------------------------------------------- */

static cst_status_t
expand(cst__text_t *text, cst__network_t *net)
{
    static const char *const keys[] = {"caustic", "title",  "architecture", "fixed",  "data",
                                       "loss",    "metric", "symmetry",     "domain", "certify"};
    cst__draft_t *draft = net->draft;

    CST__TRY(
        cst_io_yaml_known(draft->yaml, draft->yaml->root, keys, sizeof keys / sizeof *keys, draft->error));
    CST__TRY(read_parameters(net));
    CST__TRY(cst__network_data(net));
    CST__TRY(cst__network_gauge(net));
    CST__TRY(cst__network_domain(net));
    CST__TRY(cst__network_loss(net));
    return cst__network_write(text, net);
}

cst_status_t
cst__network_expand(cst__text_t *text, cst_io_yaml_struct *yaml, cst_problem_purpose_t purpose,
                    cst_error_t *error)
{
    cst__draft_t draft = {.yaml = yaml, .purpose = purpose, .error = error};
    cst__network_t net = {.draft = &draft};
    cst_io_node_t node = cst_io_yaml_get(yaml->root, "architecture");
    cst_arch_spec_t spec;
    cst_arch_t arch;
    cst_status_t status;

    CST__TRY(cst_arch_spec_read(spec, yaml, node, error));
    status = cst_arch_init(arch, spec, error);
    cst_arch_spec_clear(spec);
    if (status != CST_OK)
    {
        cst_io_yaml_place(error, yaml, node, 0);
        return status;
    }
    draft.ctx = cst_expr_ctx_new();
    net.arch = arch;
    status = expand(text, &net);
    clear(&net);
    cst_arch_clear(arch);
    return status;
}
