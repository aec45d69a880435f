/* problem/network-symmetry.c -- the symmetries of a network that are divided by: scalings, shifts and blocks.
 */
#include "problem/network.h"

typedef enum
{
    MOVES_FIXED,
    SCALING,
    SHIFT,
    OTHER
} kind_t;

static int
is_fixed(const cst__network_t *net, slong parameter)
{
    return cst_expr_kind(net->everything[parameter]) == CST_EXPR_RATIONAL;
}

/* sum c theta_a d/dtheta_a, of all parameters of the network? */
static int
is_diagonal(const cst__network_t *net, const cst_arch_generator_t field)
{
    cst_expr_ctx_t ctx = net->draft->ctx;

    for (slong k = 0; k < field->length; k++)
    {
        cst_expr_t x = net->all[field->parameters[k]],
                   c = cst_expr_derivative(ctx, field->coefficients[k], x);

        if (cst_expr_kind(c) != CST_EXPR_RATIONAL || cst_expr_mul(ctx, c, x) != field->coefficients[k])
            return 0;
    }
    return 1;
}

static kind_t
kind_of(const cst__network_t *net, const cst_arch_generator_t field)
{
    int shift = field->length > 0;

    for (slong k = 0; k < field->length; k++)
    {
        cst_expr_t value = cst_expr_substitute(net->draft->ctx, field->coefficients[k], net->all,
                                               net->everything, net->arch->parameters);

        if (is_fixed(net, field->parameters[k]) && !cst_expr_is_integer_value(value, 0))
            return MOVES_FIXED;
        shift = shift && cst_expr_is_integer_value(field->coefficients[k], 1);
    }
    return is_diagonal(net, field) ? SCALING : shift ? SHIFT : OTHER;
}

static void
add_scaling(cst__network_t *net, const cst_arch_generator_t field)
{
    fmpq *weights = net->weights + net->rank * net->count;

    for (slong k = 0; k < field->length; k++)
        for (slong a = 0; a < net->count; a++)
            if (net->index[a] == field->parameters[k])
                fmpq_set(weights + a, cst_expr_rational_value(cst_expr_derivative(
                                          net->draft->ctx, field->coefficients[k], net->values[a])));
    net->rank += field->length > 0;
}

/* Is no member moved by another shift? */
static int
add_shift(cst__network_t *net, const cst_arch_generator_t field)
{
    cst__network_shift_t *shift = net->shifts + net->shift_count++;

    shift->members = cst__draft_alloc(net->draft, (size_t) field->length, sizeof *shift->members);
    for (slong a = 0; a < net->count; a++)
        for (slong k = 0; k < field->length; k++)
            if (net->index[a] == field->parameters[k])
            {
                if (net->in_shift[a])
                    return 0;
                net->in_shift[a] = net->shift_count;
                shift->members[shift->length++] = a;
            }
    net->pinned[shift->members[shift->length - 1]] = CST__PINNED_ZERO;
    return 1;
}

/* How many generators belong to one matrix: GL(n) lists E_11, E_12, ..., E_nn, so that those on the diagonal
   are n + 1 apart; complex numbers list 1 and i. */
static slong
block_length(const int *diagonal, slong count, slong k)
{
    slong next = k + 1, n;

    while (next < count && !diagonal[next])
        next++;
    n = next - k - 1;
    if (n < 2)
        return n + 1;
    return n * n <= count - k ? n * n : count - k;
}

static cst_status_t
refuse_symmetry(cst__network_t *net, slong symmetry)
{
    const cst_arch_symmetry_t *s = net->arch->symmetries + symmetry;

    return cst__draft_fail(
        net->draft, cst_io_yaml_get(net->draft->yaml->root, "architecture"), CST_REFUSED,
        "'%s' (%s, %s) is no scaling of parameters, shift or product of matrices that can be written "
        "out: write this quotient out, or fix parameters that it moves",
        s->fact->name, s->group, s->place);
}

/* Generators k ... k + length - 1 of a symmetry: one matrix, or what is left of it when parameters are fixed.
 */
static cst_status_t
read_part(cst__network_t *net, slong s, slong k, slong length, const kind_t *kinds)
{
    cst_arch_generator_t field;
    slong fixed = 0, others = 0;
    int good = 1;

    for (slong i = 0; i < length; i++)
    {
        fixed += kinds[i] == MOVES_FIXED;
        others += kinds[i] == OTHER;
    }
    if (others)
        return fixed == 0 && cst__network_read_block(net, s, k, length) ? CST_OK : refuse_symmetry(net, s);
    cst_arch_generator_init(field);
    for (slong i = 0; i < length && good; i++)
    {
        if (kinds[i] == MOVES_FIXED)
            continue;
        good = net->rank + net->shift_count < CST__PROBLEM_MAX_SYMMETRIES;
        cst_arch_generator(field, net->draft->ctx, net->arch, s, k + i);
        if (good && kinds[i] == SCALING)
            add_scaling(net, field);
        else if (good)
            good = add_shift(net, field);
    }
    cst_arch_generator_clear(field);
    return good ? CST_OK : refuse_symmetry(net, s);
}

static cst_status_t
read_parts(cst__network_t *net, slong s, slong count)
{
    kind_t *kinds = cst__draft_alloc(net->draft, (size_t) count, sizeof *kinds);
    int *diagonal = cst__draft_alloc(net->draft, (size_t) count, sizeof *diagonal);
    cst_arch_generator_t field;

    cst_arch_generator_init(field);
    for (slong k = 0; k < count; k++)
    {
        cst_arch_generator(field, net->draft->ctx, net->arch, s, k);
        kinds[k] = kind_of(net, field);
        diagonal[k] = is_diagonal(net, field) || kinds[k] == SHIFT;
    }
    cst_arch_generator_clear(field);
    for (slong k = 0; k < count;)
    {
        slong length = block_length(diagonal, count, k);

        CST__TRY(read_part(net, s, k, length, kinds + k));
        k += length;
    }
    return CST_OK;
}

/* Every scaling must keep the blocks, and scale all members of a shift alike. */
static cst_status_t
check_scalings(cst__network_t *net)
{
    for (slong r = 0; r < net->rank; r++)
        for (slong a = 0; a < net->count; a++)
        {
            const fmpq *weight = net->weights + r * net->count + a;
            slong shift = net->in_shift[a] - 1;

            if ((net->in_block[a] && (!fmpq_is_zero(weight) || shift >= 0)) ||
                (shift >= 0 &&
                 !fmpq_equal(weight, net->weights + r * net->count + net->shifts[shift].members[0])))
                return cst__draft_fail(
                    net->draft, cst_io_yaml_get(net->draft->yaml->root, "architecture"), CST_REFUSED,
                    "'%s' is moved by symmetries that do not go together: fix it", net->names[a]);
        }
    return CST_OK;
}

cst_status_t
cst__network_symmetries(cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    size_t count = (size_t) net->count;

    net->weights = cst__network_rationals(net, CST__PROBLEM_MAX_SYMMETRIES * net->count);
    net->shifts = cst__draft_alloc(draft, CST__PROBLEM_MAX_SYMMETRIES, sizeof *net->shifts);
    net->in_block = cst__draft_alloc(draft, count, sizeof *net->in_block);
    net->in_shift = cst__draft_alloc(draft, count, sizeof *net->in_shift);
    net->pinned = cst__draft_alloc(draft, count, sizeof *net->pinned);
    for (slong s = 0; s < net->arch->symmetry_count; s++)
    {
        const fmpz *generators = net->arch->symmetries[s].generators;

        if (fmpz_cmp_si(generators, 100000) > 0)
            return cst__draft_fail(draft, cst_io_yaml_get(draft->yaml->root, "architecture"), CST_REFUSED,
                                   "too many symmetries to look through");
        CST__TRY(read_parts(net, s, fmpz_get_si(generators)));
    }
    return check_scalings(net);
}

/* The given point, moved along its orbit to where the pivots of shifts are 0. */
void
cst__network_shift_around(cst__network_t *net)
{
    for (slong s = 0; s < net->shift_count && net->around; s++)
    {
        const cst__network_shift_t *shift = net->shifts + s;

        for (slong i = 0; i < shift->length; i++)
            fmpq_sub(net->around + shift->members[i], net->around + shift->members[i],
                     net->around + shift->members[shift->length - 1]);
    }
}

cst_expr_t
cst__network_reduced(const cst__network_t *net, slong a)
{
    const cst__network_shift_t *shift = net->shifts + net->in_shift[a] - 1;

    if (!net->in_shift[a])
        return net->values[a];
    return cst_expr_sub(net->draft->ctx, net->values[a], net->values[shift->members[shift->length - 1]]);
}
