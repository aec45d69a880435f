/* problem/network-loss.c -- the loss of a network on its data, without branches. */
#include <string.h>

#include "problem/network.h"

/* Branches ----------------------------------------------------------------------- */

#define DEEPEST 10

static cst_status_t
refuse_branch(cst__network_t *net, cst_io_node_t node, cst_expr_t e, const fmpq *place)
{
    char *text = cst_expr_print(net->draft->ctx, e);
    cst__text_t where;
    cst_status_t status;

    cst__text_init(&where);
    for (slong i = 0; i < net->dimension; i++)
    {
        char *digits = fmpq_get_str(NULL, 10, place + i);

        cst__text_puts(&where, i ? ", " : "");
        cst__text_puts(&where, net->coordinates[i]);
        cst__text_puts(&where, " = ");
        cst__text_puts(&where, digits);
        flint_free(digits);
    }
    status = cst__draft_fail(net->draft, node, CST_REFUSED,
                             "the sign of %.300s is not the same, and never 0, on all of the domain: look at "
                             "%.300s",
                             text ? text : "an activation", where.text);
    flint_free(where.text);
    flint_free(text);
    return status;
}

static int
is_branch(cst_expr_kind_t kind)
{
    return kind == CST_EXPR_RELU || kind == CST_EXPR_ABS || kind == CST_EXPR_STEP || kind == CST_EXPR_SIGN;
}

/* What relu, abs, step or sign of a is where a has this sign. */
static cst_expr_t
branch(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t a, int sign)
{
    if (kind == CST_EXPR_RELU)
        return sign > 0 ? a : cst_expr_integer(ctx, 0);
    if (kind == CST_EXPR_ABS)
        return sign > 0 ? a : cst_expr_neg(ctx, a);
    return cst_expr_integer(ctx, kind == CST_EXPR_SIGN ? sign : sign > 0);
}

/* e is a branch of argument. */
static cst_status_t
decide(cst_expr_t *result, cst__network_t *net, cst_expr_kind_t kind, cst_expr_t argument, cst_io_node_t node)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t e = cst_expr_substitute(ctx, argument, net->values, net->gauge, net->count);
    fmpq *place = cst__network_rationals(net, net->dimension);
    slong budget = 1 << DEEPEST;
    int sign;

    if (cst_expr_kind(e) == CST_EXPR_RATIONAL)
    {
        *result = cst_expr_function(ctx, kind, argument);
        return CST_OK;
    }
    sign = cst__problem_sign(place, e, net->coordinate_values, net->dimension, net->lower, net->upper,
                             DEEPEST, &budget);
    if (sign == 0)
        return refuse_branch(net, node, e, place);
    *result = branch(ctx, kind, argument, sign);
    return CST_OK;
}

/* Replaces every relu, abs, step and sign in the outputs by what it is on all of the domain, or refuses. */
static cst_status_t
resolve_branches(cst_expr_t *outputs, cst__network_t *net, slong count, cst_io_node_t node)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst__expr_order_t order;
    cst_expr_t *rebuilt;
    cst_status_t status = CST_OK;

    cst__expr_order_init(&order, outputs, count);
    rebuilt = cst__draft_alloc(net->draft, (size_t) order.length, sizeof *rebuilt);
    for (slong k = 0; k < order.length && status == CST_OK; k++)
    {
        cst_expr_t e = order.nodes[k], args[2] = {NULL, NULL};

        for (int i = 0; i < cst_expr_arity(e); i++)
            args[i] = rebuilt[cst__expr_order_find(&order, cst_expr_argument(e, i))];
        if (is_branch(cst_expr_kind(e)))
            status = decide(&rebuilt[k], net, cst_expr_kind(e), args[0], node);
        else
            rebuilt[k] = cst_expr_arity(e) ? cst__expr_rebuild(ctx, e, args[0], args[1]) : e;
    }
    for (slong i = 0; i < count && status == CST_OK; i++)
        outputs[i] = rebuilt[cst__expr_order_find(&order, outputs[i])];
    cst__expr_order_clear(&order);
    return status;
}

/* The losses ---------------------------------------------------------------------- */

typedef struct
{
    const char *name;
    /* Does a row of targets fit? */
    const char *(*wrong)(const cst__network_t *net, const fmpq *targets, slong outputs);
    cst_expr_t (*row)(const cst__network_t *net, const cst_expr_t *outputs, const fmpq *targets, slong count);
} loss_t;

static const char *
wrong_squares(const cst__network_t *net, const fmpq *targets, slong outputs)
{
    (void) targets;
    return net->target_size == outputs ? NULL : "a target is needed for each output";
}

/* |f - y|^2/2 */
static cst_expr_t
squares(const cst__network_t *net, const cst_expr_t *outputs, const fmpq *targets, slong count)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);

    for (slong i = 0; i < count; i++)
        sum = cst_expr_add(
            ctx, sum,
            cst_expr_power_si(ctx, cst_expr_sub(ctx, outputs[i], cst_expr_rational(ctx, targets + i)), 2));
    return cst_expr_div(ctx, sum, cst_expr_integer(ctx, 2));
}

static const char *
wrong_label(const cst__network_t *net, const fmpq *targets, slong outputs)
{
    if (outputs != 1 || net->target_size != 1)
        return "the logistic loss needs one output and one target";
    return fmpq_is_zero(targets) || fmpq_is_one(targets) || fmpq_cmp_si(targets, -1) == 0
               ? NULL
               : "a target of the logistic loss is 1, or 0 or -1";
}

/* log(1 + exp(-+f)) */
static cst_expr_t
logistic(const cst__network_t *net, const cst_expr_t *outputs, const fmpq *targets, slong count)
{
    cst_expr_ctx_t ctx = net->draft->ctx;

    (void) count;
    return cst_expr_function(ctx, CST_EXPR_SOFTPLUS,
                             fmpq_is_one(targets) ? cst_expr_neg(ctx, *outputs) : *outputs);
}

static const char *
wrong_class(const cst__network_t *net, const fmpq *targets, slong outputs)
{
    fmpq_t sum;
    const char *words = NULL;

    if (outputs < 2)
        return "cross-entropy needs at least two outputs: for one, take 'logistic'";
    if (net->target_size == 1)
        return fmpz_is_one(fmpq_denref(targets)) && fmpq_sgn(targets) >= 0 &&
                       fmpq_cmp_si(targets, outputs) < 0
                   ? NULL
                   : "a class is a number from 0 to the number of outputs less 1";
    if (net->target_size != outputs)
        return "targets are a class, or a probability for each output";
    fmpq_init(sum);
    for (slong i = 0; i < outputs; i++)
    {
        fmpq_add(sum, sum, targets + i);
        if (fmpq_sgn(targets + i) < 0)
            words = "a probability is negative";
    }
    if (!words && !fmpq_is_one(sum))
        words = "the probabilities do not add up to 1";
    fmpq_clear(sum);
    return words;
}

/* log sum_i exp f_i - sum_i y_i f_i */
static cst_expr_t
cross_entropy(const cst__network_t *net, const cst_expr_t *outputs, const fmpq *targets, slong count)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0), chosen = sum;

    for (slong i = 0; i < count; i++)
    {
        sum = cst_expr_add(ctx, sum, cst_expr_function(ctx, CST_EXPR_EXP, outputs[i]));
        if (net->target_size > 1)
            chosen =
                cst_expr_add(ctx, chosen, cst_expr_mul(ctx, cst_expr_rational(ctx, targets + i), outputs[i]));
        else if (fmpq_cmp_si(targets, i) == 0)
            chosen = outputs[i];
    }
    return cst_expr_sub(ctx, cst_expr_function(ctx, CST_EXPR_LOG, sum), chosen);
}

static const loss_t losses[] = {{"squared-error", wrong_squares, squares},
                                {"logistic", wrong_label, logistic},
                                {"cross-entropy", wrong_class, cross_entropy}};

static int
is_polynomial(cst_expr_t e)
{
    cst__expr_order_t order;
    int polynomial = 1;

    cst__expr_order_init(&order, &e, 1);
    for (slong k = 0; k < order.length && polynomial; k++)
    {
        cst_expr_kind_t kind = cst_expr_kind(order.nodes[k]);

        polynomial = kind == CST_EXPR_RATIONAL || kind == CST_EXPR_VARIABLE || kind == CST_EXPR_ADD ||
                     kind == CST_EXPR_MUL || kind == CST_EXPR_POWER;
    }
    cst__expr_order_clear(&order);
    return polynomial;
}

/* Sums over data collapse: what is polynomial has far fewer terms than data. */
static cst_expr_t
shorter(const cst__network_t *net, cst_expr_t e)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t simple = is_polynomial(e) ? cst_expr_simplify(ctx, e, NULL, 0) : e;
    char *before = cst_expr_print(ctx, e), *after = cst_expr_print(ctx, simple);
    int better = after && (!before || strlen(after) < strlen(before));

    flint_free(before);
    flint_free(after);
    return better ? simple : e;
}

static cst_status_t
find_loss(const loss_t **loss, cst__draft_t *draft, cst_io_node_t node)
{
    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    for (size_t k = 0; k < sizeof losses / sizeof *losses; k++)
        if (strcmp(node->text, losses[k].name) == 0)
        {
            *loss = losses + k;
            return CST_OK;
        }
    return cst__draft_fail(draft, node, CST_BAD_INPUT,
                           "expected 'squared-error', 'logistic' or 'cross-entropy'");
}

static cst_status_t
write_outputs(cst_expr_t **outputs, slong *size, cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t root = draft->yaml->root, node = cst_io_yaml_get(root, "architecture");
    cst_status_t status;
    slong total;

    *size = cst_arch_output_size(net->arch);
    total = *size * net->rows;
    *outputs = cst__draft_alloc(draft, (size_t) total, sizeof **outputs);
    status = cst_arch_forward(*outputs, draft->ctx, net->arch, net->inputs, net->rows, draft->error);
    if (status != CST_OK)
        return cst__draft_fail(draft, node, status, "%s", draft->error->message);
    for (slong i = 0; i < total; i++)
        (*outputs)[i] =
            cst_expr_substitute(draft->ctx, (*outputs)[i], net->all, net->everything, net->arch->parameters);
    if (net->lower)
        CST__TRY(resolve_branches(*outputs, net, total, cst_io_yaml_get(root, "domain")));
    for (slong i = 0; i < total; i++)
        (*outputs)[i] = shorter(net, (*outputs)[i]);
    return CST_OK;
}

cst_status_t
cst__network_loss(cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t root = draft->yaml->root, node = cst_io_yaml_get(root, "loss");
    const loss_t *loss = NULL;
    cst_expr_t *outputs, sum = cst_expr_integer(draft->ctx, 0);
    slong size;

    if (!node && draft->purpose != CST_PROBLEM_CERTIFY)
        return CST_OK;
    CST__TRY(cst_io_yaml_require(&node, draft->yaml, root, "loss", draft->error));
    CST__TRY(find_loss(&loss, draft, node));
    if (net->rows == 0)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "a loss needs data");
    CST__TRY(write_outputs(&outputs, &size, net));
    for (slong i = 0; i < net->rows; i++)
    {
        const fmpq *targets = net->targets + i * net->target_size;
        const char *wrong = loss->wrong(net, targets, size);

        if (wrong)
            return cst__draft_fail(draft, cst_io_yaml_get(root, "data"), CST_BAD_INPUT, "row %ld: %s",
                                   (long) i + 1, wrong);
        sum = cst_expr_add(draft->ctx, sum, loss->row(net, outputs + i * size, targets, size));
    }
    sum = cst_expr_div(draft->ctx, sum, cst_expr_integer(draft->ctx, net->rows));
    net->loss = shorter(net, sum);
    return CST_OK;
}
