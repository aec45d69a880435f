/* arch/generator.c -- infinitesimal generators as vector fields, one at a time. */
#include <stdlib.h>
#include <string.h>

#include "arch/batchnorm.h"
#include "arch/kernel.h"

void
cst_arch_generator_init(cst_arch_generator_t generator)
{
    memset(generator, 0, sizeof *generator);
}

void
cst_arch_generator_clear(cst_arch_generator_t generator)
{
    flint_free(generator->parameters);
    flint_free(generator->coefficients);
}

void
cst__field_add(cst__field_t *field, slong tensor, slong index, cst_expr_t coefficient)
{
    cst_arch_generator_struct *g = field->terms;

    if (g->length == g->room)
    {
        g->room = 2 * g->room + 64;
        g->parameters = flint_realloc(g->parameters, (size_t) g->room * sizeof *g->parameters);
        g->coefficients = flint_realloc(g->coefficients, (size_t) g->room * sizeof *g->coefficients);
    }
    g->parameters[g->length] = field->arch->tensors[tensor].offset + index;
    g->coefficients[g->length++] = coefficient;
}

cst_expr_t
cst__field_entry(const cst__field_t *field, slong tensor, slong index)
{
    return cst_arch_parameter(field->ctx, field->arch, field->arch->tensors[tensor].offset + index);
}

/* A tensor seen as before x along x after, an index along the axis in the middle. */
typedef struct
{
    slong before, along, after;
} view_t;

static view_t
view_of(const cst_arch_tensor_t *tensor, int axis)
{
    view_t view = {1, tensor->shape[axis], 1};

    for (int a = 0; a < axis; a++)
        view.before *= tensor->shape[a];
    for (int a = axis + 1; a < tensor->axes; a++)
        view.after *= tensor->shape[a];
    return view;
}

/* An entry A_ij = value of a matrix of the algebra. */
typedef struct
{
    slong i, j, value;
} entry_t;

static cst_expr_t
times(cst__field_t *field, slong value, cst_expr_t e)
{
    return cst_expr_mul(field->ctx, cst_expr_integer(field->ctx, value), e);
}

static void
add_linear(cst__field_t *field, const cst__slot_t *slot, slong offset, entry_t a)
{
    const cst_arch_tensor_t *tensor = field->arch->tensors + slot->tensor;
    view_t view = view_of(tensor, slot->axis);
    slong i = offset + (slot->transposed ? a.j : a.i), j = offset + (slot->transposed ? a.i : a.j);
    cst_expr_t ratio = cst_expr_integer(field->ctx, a.value * slot->factor);

    if (slot->gain && i != j)
    {
        cst_expr_t gi = cst__field_entry(field, slot->gain - 1, i);
        cst_expr_t gj = cst__field_entry(field, slot->gain - 1, j);

        ratio = cst_expr_mul(field->ctx, ratio,
                             slot->over > 0 ? cst_expr_div(field->ctx, gj, gi)
                                            : cst_expr_div(field->ctx, gi, gj));
    }
    for (slong p = 0; p < view.before; p++)
        for (slong q = 0; q < view.after; q++)
        {
            slong base = p * view.along * view.after + q;
            cst_expr_t x = cst__field_entry(field, slot->tensor, base + j * view.after);

            cst__field_add(field, slot->tensor, base + i * view.after, cst_expr_mul(field->ctx, ratio, x));
        }
}

/* 1, or 1/gain of the last index of an entry of the tensor */
static cst_expr_t
over_gain(cst__field_t *field, const cst__slot_t *slot, slong index)
{
    const cst_arch_tensor_t *tensor = field->arch->tensors + slot->tensor;

    if (!slot->gain)
        return cst_expr_integer(field->ctx, 1);
    return cst_expr_power_si(
        field->ctx, cst__field_entry(field, slot->gain - 1, index % tensor->shape[tensor->axes - 1]), -1);
}

static void
add_ones(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    view_t view = view_of(field->arch->tensors + slot->tensor, slot->axis);

    for (slong p = 0; p < view.before; p++)
        for (slong q = 0; q < view.after; q++)
        {
            slong index = (p * view.along + i) * view.after + q;

            cst__field_add(field, slot->tensor, index,
                           times(field, value * slot->factor, over_gain(field, slot, index)));
        }
}

static void
add_all(cst__field_t *field, const cst__slot_t *slot, slong value)
{
    for (slong index = 0; index < field->arch->tensors[slot->tensor].size; index++)
        cst__field_add(field, slot->tensor, index, cst_expr_integer(field->ctx, value * slot->factor));
}

static void
add_rows(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    const cst_arch_tensor_t *tensor = field->arch->tensors + slot->tensor;

    for (slong r = 0; r < tensor->shape[0]; r++)
        cst__field_add(field, slot->tensor, r * (tensor->size / tensor->shape[0]) + i,
                       cst_expr_integer(field->ctx, value * slot->factor));
}

static void
add_column(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    const cst_arch_tensor_t *source = field->arch->tensors + slot->source - 1;

    for (slong r = 0; r < source->shape[0]; r++)
        cst__field_add(field, slot->tensor, r,
                       times(field, value * slot->factor,
                             cst__field_entry(field, slot->source - 1, r * source->shape[1] + i)));
}

static void
add_ratio(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    cst_expr_t sum = cst_expr_integer(field->ctx, 0);

    for (slong j = 0; j < field->arch->tensors[slot->source - 1].size; j++)
        sum = cst_expr_add(field->ctx, sum,
                           cst_expr_div(field->ctx, cst__field_entry(field, slot->source - 1, j),
                                        cst__field_entry(field, slot->gain - 1, j)));
    cst__field_add(field, slot->tensor, i, times(field, value * slot->factor, sum));
}

static void
add_outer(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    const cst_arch_tensor_t *tensor = field->arch->tensors + slot->tensor;

    for (slong r = 0; r < tensor->shape[0]; r++)
        for (slong j = 0; j < tensor->shape[1]; j++)
        {
            slong row = r * tensor->shape[1];
            cst_expr_t e = cst_expr_mul(field->ctx, cst__field_entry(field, slot->tensor, row + i),
                                        over_gain(field, slot, row + j));

            cst__field_add(field, slot->tensor, row + j, times(field, value * slot->factor, e));
        }
}

/* sum of squares of the entries (r, i, ...), or of the whole row for i < 0 */
static cst_expr_t
square_sum(cst__field_t *field, slong t, slong r, slong i)
{
    view_t view = view_of(field->arch->tensors + t, 1);
    cst_expr_t sum = cst_expr_integer(field->ctx, 0);

    for (slong j = 0; j < view.along; j++)
        for (slong q = 0; q < view.after && (i < 0 || i == j); q++)
        {
            cst_expr_t x = cst__field_entry(field, t, (r * view.along + j) * view.after + q);

            sum = cst_expr_add(field->ctx, sum, cst_expr_mul(field->ctx, x, x));
        }
    return sum;
}

static void
add_renorm(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    for (slong r = 0; r < field->arch->tensors[slot->tensor].size; r++)
    {
        cst_expr_t part = cst_expr_div(field->ctx, square_sum(field, slot->source - 1, r, i),
                                       square_sum(field, slot->source - 1, r, -1));

        part = cst_expr_mul(field->ctx, part, cst__field_entry(field, slot->tensor, r));
        cst__field_add(field, slot->tensor, r, times(field, value * slot->factor, part));
    }
}

static void
add_mean(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    cst__field_add(
        field, slot->tensor, i,
        times(field, value * slot->factor, cst__running_mean(field->ctx, field->arch, slot->convolution, i)));
}

static void
add_fold(cst__field_t *field, const cst__slot_t *slot, slong i, slong value)
{
    cst_expr_t e = cst_expr_mul(field->ctx, cst__field_entry(field, slot->source - 1, i),
                                cst__running_factor(field->ctx, field->arch, slot->convolution, i));

    if (slot->over)
        e = cst_expr_mul(field->ctx, e, cst__running_mean(field->ctx, field->arch, slot->convolution, i));
    cst__field_add(field, slot->tensor, i, times(field, value * slot->factor, e));
}

static void
add_entry(cst__field_t *field, const cst__slot_t *slot, slong copy, entry_t a)
{
    slong offset = slot->offset + copy * slot->step;

    switch (slot->mode)
    {
    case CST__SLOT_LINEAR:
        add_linear(field, slot, offset, a);
        break;
    case CST__SLOT_CONSTANT:
        cst__field_add(field, slot->tensor, offset + a.i,
                       cst_expr_integer(field->ctx, a.value * slot->factor));
        break;
    case CST__SLOT_ONES:
        add_ones(field, slot, offset + a.i, a.value);
        break;
    case CST__SLOT_ALL:
        add_all(field, slot, a.value);
        break;
    case CST__SLOT_ROWS:
        add_rows(field, slot, offset + a.i, a.value);
        break;
    case CST__SLOT_COLUMN:
        add_column(field, slot, offset + a.i, a.value);
        break;
    case CST__SLOT_RATIO:
        add_ratio(field, slot, offset + a.i, a.value);
        break;
    case CST__SLOT_OUTER:
        add_outer(field, slot, offset + a.i, a.value);
        break;
    case CST__SLOT_MEAN:
        add_mean(field, slot, offset + a.i, a.value);
        break;
    case CST__SLOT_FOLD:
        add_fold(field, slot, offset + a.i, a.value);
        break;
    case CST__SLOT_RENORM:
        add_renorm(field, slot, offset + a.i, a.value);
        break;
    }
}

/* Pair k of 0 <= i < j < n, in the order (0,1), (0,2), (1,2), (0,3), ... */
static void
pair(slong *i, slong *j, slong k)
{
    for (*j = 1; k >= *j; (*j)++)
        k -= *j;
    *i = k;
}

static void
coordinates_of_pair(slong *x, slong *y, const cst__arch_action_t *action, slong p)
{
    *x = action->interleaved ? 2 * p : p;
    *y = action->interleaved ? 2 * p + 1 : p + action->n / 2;
}

/* The complex number 1 (part 0) or i (part 1) at place (p, q) of a matrix of them. */
static slong
complex_entries(entry_t *a, const cst__arch_action_t *action, slong p, slong q, slong part)
{
    slong px, py, qx, qy;

    coordinates_of_pair(&px, &py, action, p);
    coordinates_of_pair(&qx, &qy, action, q);
    a[0] = part ? (entry_t){px, qy, -1} : (entry_t){px, qx, 1};
    a[1] = part ? (entry_t){py, qx, 1} : (entry_t){py, qy, 1};
    return 2;
}

/* The entries of matrix k of the basis, at most 6 or, for multiples of 1, n. Returns how many. */
static slong
matrix(entry_t *a, const cst__arch_action_t *action, slong k)
{
    slong n = action->n, i, j;

    switch (action->algebra)
    {
    case CST__ALGEBRA_SCALAR:
        for (i = 0; i < n; i++)
            a[i] = (entry_t){i, i, 1};
        return n;
    case CST__ALGEBRA_GENERAL:
        a[0] = (entry_t){k / n, k % n, 1};
        return 1;
    case CST__ALGEBRA_SKEW:
    case CST__ALGEBRA_SKEW_FIXING:
        pair(&i, &j, k);
        a[0] = (entry_t){i, j, 1};
        a[1] = (entry_t){j, i, -1};
        if (action->algebra == CST__ALGEBRA_SKEW)
            return 2;
        a[2] = (entry_t){j, n - 1, 1};
        a[3] = (entry_t){n - 1, j, -1};
        a[4] = (entry_t){n - 1, i, 1};
        a[5] = (entry_t){i, n - 1, -1};
        return 6;
    case CST__ALGEBRA_PAIRS:
        return complex_entries(a, action, k, k, 0);
    case CST__ALGEBRA_COMPLEX_DIAGONAL:
        return complex_entries(a, action, k / 2, k / 2, k % 2);
    case CST__ALGEBRA_COMPLEX_GENERAL:
        return complex_entries(a, action, k / 2 / (n / 2), k / 2 % (n / 2), k % 2);
    default:
        a[0] = (entry_t){k, k, 1};
        return 1;
    }
}

/* w_i += v_j w_j, w_j -= v_i w_i: then sum v_i w_i^2 stays. */
static void
quadratic(cst__field_t *field, const cst__arch_action_t *action, slong k)
{
    const cst__slot_t *slot = action->slots;
    slong n = field->arch->tensors[slot->tensor].shape[1], i, j;

    pair(&i, &j, k);
    for (slong c = 0; c < n; c++)
    {
        cst_expr_t wi = cst__field_entry(field, slot->tensor, i * n + c);
        cst_expr_t wj = cst__field_entry(field, slot->tensor, j * n + c);

        cst__field_add(field, slot->tensor, i * n + c,
                       cst_expr_mul(field->ctx, cst__field_entry(field, slot->source - 1, j), wj));
        cst__field_add(
            field, slot->tensor, j * n + c,
            times(field, -1, cst_expr_mul(field->ctx, cst__field_entry(field, slot->source - 1, i), wi)));
    }
}

/* b_V += a vector that W_O, its heads of a group added, takes to 0 (over: to a multiple of (1, ..., 1)). */
static void
kernel(cst__field_t *field, const cst__arch_action_t *action, slong k)
{
    const cst__slot_t *slot = action->slots;
    const cst_arch_spec_struct *spec = field->arch->spec;
    slong dv = spec->value_width, share = spec->heads / spec->key_value_heads,
          rows = spec->width - slot->over;
    slong columns = dv * spec->key_value_heads, all = dv * spec->heads;
    cst__expr_matrix_t m = cst__expr_matrix(rows, columns);
    cst_expr_t *x;

    for (slong r = 0; r < rows; r++)
        for (slong c = 0; c < columns; c++)
        {
            cst_expr_t sum = cst_expr_integer(field->ctx, 0);

            for (slong j = 0; j < share; j++)
            {
                slong column = (c / dv * share + j) * dv + c % dv;

                sum = cst_expr_add(field->ctx, sum,
                                   cst__field_entry(field, slot->source - 1, r * all + column));
                if (slot->over)
                    sum = cst_expr_sub(field->ctx, sum,
                                       cst__field_entry(field, slot->source - 1, rows * all + column));
            }
            m.entries[r * columns + c] = sum;
        }
    x = cst__kernel_vector(field->ctx, m, rows, k);
    for (slong c = 0; c < columns; c++)
        cst__field_add(field, slot->tensor, c, x[c]);
    flint_free(x);
    flint_free(m.entries);
}

static void
act(cst__field_t *field, const cst__arch_action_t *action, slong k)
{
    slong copy = k / action->count, room = action->algebra == CST__ALGEBRA_SCALAR ? action->n : 6, length;
    entry_t *a;

    if (action->algebra == CST__ALGEBRA_QUADRATIC || action->algebra == CST__ALGEBRA_KERNEL)
    {
        (action->algebra == CST__ALGEBRA_QUADRATIC ? quadratic : kernel)(field, action, k);
        return;
    }
    a = flint_malloc((size_t) room * sizeof *a);
    length = matrix(a, action, k % action->count);
    for (slong s = 0; s < action->slot_count; s++)
        for (slong e = 0; e < length; e++)
            add_entry(field, action->slots + s, copy, a[e]);
    flint_free(a);
}

typedef struct
{
    slong parameter;
    cst_expr_t coefficient;
} term_t;

static int
compare(const void *x, const void *y)
{
    const term_t *a = x, *b = y;

    return a->parameter < b->parameter ? -1 : a->parameter > b->parameter;
}

/* Sorts the terms, adds those of one parameter, and leaves out zeros. */
static void
collect(cst__field_t *field)
{
    cst_arch_generator_struct *g = field->terms;
    term_t *terms = flint_malloc((size_t) (g->length + 1) * sizeof *terms);
    slong length = g->length;

    for (slong i = 0; i < length; i++)
        terms[i] = (term_t){g->parameters[i], g->coefficients[i]};
    qsort(terms, (size_t) length, sizeof *terms, compare);
    g->length = 0;
    for (slong i = 0, j; i < length; i = j)
    {
        cst_expr_t sum = terms[i].coefficient;

        for (j = i + 1; j < length && terms[j].parameter == terms[i].parameter; j++)
            sum = cst_expr_add(field->ctx, sum, terms[j].coefficient);
        if (cst_expr_is_integer_value(sum, 0))
            continue;
        g->parameters[g->length] = terms[i].parameter;
        g->coefficients[g->length++] = sum;
    }
    flint_free(terms);
}

void
cst_arch_generator(cst_arch_generator_t generator, cst_expr_ctx_t ctx, const cst_arch_t arch, slong symmetry,
                   slong k)
{
    const cst_arch_symmetry_t *s = arch->symmetries + symmetry;
    cst__field_t field = {ctx, arch, generator};
    slong a = 0;

    generator->length = 0;
    if (s->actions[0].algebra == CST__ALGEBRA_CHAIN)
        cst__arch_chain_field(&field, k);
    else
    {
        while (k >= s->actions[a].count * s->actions[a].copies)
            k -= s->actions[a].count * s->actions[a].copies, a++;
        act(&field, s->actions + a, k);
    }
    collect(&field);
}
