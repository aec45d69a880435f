/* arch/model.c -- a model: its tensors, its symmetries, their totals. */
#include <stdarg.h>
#include <string.h>

#include "arch/model.h"

/* Orders with more digits are given by their logarithm only. */
#define MOST_DIGITS 200000
#define ORDER_PREC 96

slong
cst__arch_tensor(cst_arch_t arch, slong a, slong b, slong c, slong d, const char *name, slong number)
{
    cst_arch_tensor_t *tensor;
    slong shape[4] = {a, b, c, d};

    if (arch->tensor_count == arch->tensor_room)
    {
        arch->tensor_room = 2 * arch->tensor_room + 16;
        arch->tensors = flint_realloc(arch->tensors, (size_t) arch->tensor_room * sizeof *arch->tensors);
    }
    tensor = arch->tensors + arch->tensor_count;
    memset(tensor, 0, sizeof *tensor);
    if (number >= 0)
        snprintf(tensor->name, sizeof tensor->name, "%s%ld", name, (long) number);
    else
        snprintf(tensor->name, sizeof tensor->name, "%s", name);
    tensor->size = 1;
    for (tensor->axes = 0; tensor->axes < 4 && shape[tensor->axes] > 0; tensor->axes++)
    {
        tensor->shape[tensor->axes] = shape[tensor->axes];
        /* Sizes that do not fit saturate; cst_arch_init refuses them. */
        tensor->size =
            tensor->size > WORD_MAX / shape[tensor->axes] ? WORD_MAX : tensor->size * shape[tensor->axes];
    }
    tensor->offset = arch->parameters;
    arch->parameters =
        arch->parameters > WORD_MAX - tensor->size ? WORD_MAX : arch->parameters + tensor->size;
    return arch->tensor_count++;
}

cst_arch_symmetry_t *
cst__arch_symmetry(cst_arch_t arch, cst__fact_t fact, const char *place, slong number)
{
    cst_arch_symmetry_t *symmetry;

    if (arch->symmetry_count == arch->symmetry_room)
    {
        arch->symmetry_room = 2 * arch->symmetry_room + 16;
        arch->symmetries =
            flint_realloc(arch->symmetries, (size_t) arch->symmetry_room * sizeof *arch->symmetries);
    }
    symmetry = arch->symmetries + arch->symmetry_count++;
    memset(symmetry, 0, sizeof *symmetry);
    symmetry->fact = cst__arch_facts + fact;
    if (number >= 0)
        snprintf(symmetry->place, sizeof symmetry->place, "%s %ld", place, (long) number);
    else
        snprintf(symmetry->place, sizeof symmetry->place, "%s", place);
    fmpz_init(symmetry->dimension);
    fmpz_init(symmetry->generators);
    fmpz_init(symmetry->conserved);
    fmpz_init_set_ui(symmetry->order, 1);
    arb_init(symmetry->log10_order);
    return symmetry;
}

void
cst__arch_group(cst_arch_symmetry_t *symmetry, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(symmetry->group, sizeof symmetry->group, format, arguments);
    va_end(arguments);
}

static slong
algebra_dimension(cst__algebra_t algebra, slong n)
{
    switch (algebra)
    {
    case CST__ALGEBRA_DIAGONAL:
    case CST__ALGEBRA_KERNEL:
    case CST__ALGEBRA_COMPLEX_DIAGONAL:
        return n;
    case CST__ALGEBRA_PAIRS:
        return n / 2;
    case CST__ALGEBRA_SCALAR:
        return 1;
    case CST__ALGEBRA_GENERAL:
        return n * n;
    case CST__ALGEBRA_SKEW:
    case CST__ALGEBRA_QUADRATIC:
        return n * (n - 1) / 2;
    case CST__ALGEBRA_SKEW_FIXING:
        return (n - 1) * (n - 2) / 2;
    case CST__ALGEBRA_COMPLEX_GENERAL:
        return n * n / 2;
    default: /* counted by their blocks */
        return 0;
    }
}

cst__arch_action_t *
cst__arch_act(cst_arch_symmetry_t *symmetry, cst__algebra_t algebra, slong n, slong copies)
{
    cst__arch_action_t *action;
    fmpz_t total;

    symmetry->actions =
        flint_realloc(symmetry->actions, (size_t) (symmetry->action_count + 1) * sizeof *symmetry->actions);
    action = symmetry->actions + symmetry->action_count++;
    memset(action, 0, sizeof *action);
    action->algebra = algebra;
    action->n = n;
    action->copies = copies;
    action->count = algebra_dimension(algebra, n);
    fmpz_init(total);
    fmpz_set_si(total, action->count);
    fmpz_mul_si(total, total, copies);
    fmpz_add(symmetry->generators, symmetry->generators, total);
    fmpz_add(symmetry->dimension, symmetry->dimension, total);
    fmpz_clear(total);
    return action;
}

void
cst__arch_slot(cst__arch_action_t *action, cst__slot_t slot)
{
    action->slots = flint_realloc(action->slots, (size_t) (action->slot_count + 1) * sizeof *action->slots);
    action->slots[action->slot_count++] = slot;
}

void
cst__arch_linear(cst__arch_action_t *action, slong tensor, int axis, slong factor)
{
    cst__slot_t slot = {.mode = CST__SLOT_LINEAR, .tensor = tensor, .axis = axis, .factor = factor};

    if (tensor < 0)
        return;
    slot.step = action->n;
    slot.transposed = factor < 0 && action->algebra != CST__ALGEBRA_DIAGONAL;
    cst__arch_slot(action, slot);
}

/* factor^power is what the order grows by, log10 its logarithm. */
static void
grow_order(cst_arch_symmetry_t *symmetry, const fmpz_t factor, slong power, const arb_t log10)
{
    fmpz_t t;

    arb_addmul_si(symmetry->log10_order, log10, power, ORDER_PREC);
    if (arf_cmp_si(arb_midref(symmetry->log10_order), MOST_DIGITS) > 0)
        fmpz_zero(symmetry->order);
    if (fmpz_is_zero(symmetry->order))
        return;
    fmpz_init(t);
    fmpz_pow_ui(t, factor, (ulong) power);
    fmpz_mul(symmetry->order, symmetry->order, t);
    fmpz_clear(t);
}

void
cst__arch_permutations(cst_arch_symmetry_t *symmetry, slong n, slong power)
{
    arb_t log10, base;
    fmpz_t factorial;

    arb_init(log10);
    arb_init(base);
    fmpz_init(factorial);
    arb_set_si(log10, n);
    arb_add_ui(log10, log10, 1, ORDER_PREC);
    arb_lgamma(log10, log10, ORDER_PREC);
    arb_const_log10(base, ORDER_PREC);
    arb_div(log10, log10, base, ORDER_PREC);
    if (n < 2)
        arb_zero(log10);
    if (n < MOST_DIGITS)
        fmpz_fac_ui(factorial, (ulong) n);
    else
        fmpz_zero(symmetry->order);
    grow_order(symmetry, factorial, power, log10);
    fmpz_clear(factorial);
    arb_clear(base);
    arb_clear(log10);
}

void
cst__arch_copies(cst_arch_symmetry_t *symmetry, ulong base, slong power)
{
    arb_t log10, ten;
    fmpz_t factor;

    arb_init(log10);
    arb_init(ten);
    fmpz_init_set_ui(factor, base);
    arb_log_ui(log10, base, ORDER_PREC);
    arb_const_log10(ten, ORDER_PREC);
    arb_div(log10, log10, ten, ORDER_PREC);
    grow_order(symmetry, factor, power, log10);
    fmpz_clear(factor);
    arb_clear(ten);
    arb_clear(log10);
}

void
cst__arch_conserve(cst_arch_symmetry_t *symmetry, slong count)
{
    fmpz_add_si(symmetry->conserved, symmetry->conserved, count);
}

void
cst__arch_doubt(cst_arch_t arch, const char *reason)
{
    arch->basis = CST_ARCH_LOWER_BOUND;
    if (!arch->reason)
        arch->reason = reason;
}

cst_status_t
cst__arch_fail(cst_error_t *error, const char *format, ...)
{
    char message[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return cst_error_set(error, CST_BAD_INPUT, "%s", message);
}

static cst_status_t
compose(cst_arch_t arch, cst_error_t *error)
{
    switch (arch->spec->kind)
    {
    case CST_ARCH_LINEAR:
        return cst__arch_chain(arch, error);
    case CST_ARCH_CNN:
        return cst__arch_cnn(arch, error);
    case CST_ARCH_TRANSFORMER:
        return cst__arch_transformer(arch, error);
    case CST_ARCH_ATTENTION:
        return cst__arch_attention(arch, error);
    case CST_ARCH_GATE:
        return cst__arch_gate(arch, error);
    case CST_ARCH_STATE_SPACE:
        return cst__arch_state_space(arch, error);
    default:
        return cst__arch_mlp(arch, error);
    }
}

static void
total(cst_arch_t arch)
{
    for (slong s = 0; s < arch->symmetry_count; s++)
    {
        const cst_arch_symmetry_t *symmetry = arch->symmetries + s;

        fmpz_add(arch->redundancy, arch->redundancy, symmetry->dimension);
        fmpz_add(arch->conserved, arch->conserved, symmetry->conserved);
        arb_add(arch->log10_order, arch->log10_order, symmetry->log10_order, ORDER_PREC);
        if (arf_cmp_si(arb_midref(arch->log10_order), MOST_DIGITS) > 0)
            fmpz_zero(arch->order);
        fmpz_mul(arch->order, arch->order, symmetry->order);
    }
}

cst_status_t
cst_arch_init(cst_arch_t arch, const cst_arch_spec_t spec, cst_error_t *error)
{
    cst_status_t status;

    memset(arch, 0, sizeof *arch);
    arch->basis = CST_ARCH_VERIFIED;
    cst_arch_spec_set(arch->spec, spec);
    fmpz_init(arch->redundancy);
    fmpz_init(arch->conserved);
    fmpz_init_set_ui(arch->order, 1);
    arb_init(arch->log10_order);
    status = compose(arch, error);
    if (status == CST_OK && arch->parameters == WORD_MAX)
        status = cst__arch_fail(error, "the network has too many parameters");
    if (status == CST_OK)
        total(arch);
    else
        cst_arch_clear(arch);
    return status;
}

void
cst_arch_clear(cst_arch_t arch)
{
    for (slong s = 0; s < arch->symmetry_count; s++)
    {
        cst_arch_symmetry_t *symmetry = arch->symmetries + s;

        for (slong a = 0; a < symmetry->action_count; a++)
            flint_free(symmetry->actions[a].slots);
        flint_free(symmetry->actions);
        fmpz_clear(symmetry->dimension);
        fmpz_clear(symmetry->generators);
        fmpz_clear(symmetry->conserved);
        fmpz_clear(symmetry->order);
        arb_clear(symmetry->log10_order);
    }
    flint_free(arch->symmetries);
    flint_free(arch->tensors);
    flint_free(arch->running_mean);
    flint_free(arch->running_variance);
    fmpz_clear(arch->redundancy);
    fmpz_clear(arch->conserved);
    fmpz_clear(arch->order);
    arb_clear(arch->log10_order);
    cst_arch_spec_clear(arch->spec);
}

void
cst_arch_effective(fmpz_t effective, const cst_arch_t arch)
{
    fmpz_sub_si(effective, arch->redundancy, arch->parameters);
    fmpz_neg(effective, effective);
}

slong
cst_arch_find_tensor(const cst_arch_t arch, const char *name)
{
    for (slong t = 0; t < arch->tensor_count; t++)
        if (strcmp(arch->tensors[t].name, name) == 0)
            return t;
    return -1;
}

slong
cst__arch_find_numbered(const cst_arch_t arch, const char *name, slong number)
{
    char full[32];

    if (number < 0)
        return cst_arch_find_tensor(arch, name);
    snprintf(full, sizeof full, "%s%ld", name, (long) number);
    return cst_arch_find_tensor(arch, full);
}

/* The tensor that holds a parameter: the last whose offset is not beyond it. */
static const cst_arch_tensor_t *
holder(const cst_arch_t arch, slong parameter)
{
    slong low = 0, high = arch->tensor_count;

    while (high - low > 1)
    {
        slong middle = low + (high - low) / 2;

        if (arch->tensors[middle].offset <= parameter)
            low = middle;
        else
            high = middle;
    }
    return arch->tensors + low;
}

void
cst_arch_parameter_name(char *name, const cst_arch_t arch, slong parameter)
{
    const cst_arch_tensor_t *tensor = holder(arch, parameter);
    slong rest = parameter - tensor->offset, size = tensor->size;
    int length = snprintf(name, 64, "%s", tensor->name);

    for (int axis = 0; axis < tensor->axes; axis++)
    {
        size /= tensor->shape[axis];
        length += snprintf(name + length, 64 - (size_t) length, "_%ld", (long) (rest / size + 1));
        rest %= size;
    }
}

cst_expr_t
cst_arch_parameter(cst_expr_ctx_t ctx, const cst_arch_t arch, slong parameter)
{
    char name[64];

    cst_arch_parameter_name(name, arch, parameter);
    return cst_expr_variable(ctx, name);
}
