/* problem/network-block.c -- products of matrices and rotary pairs: (X, Y) -> (g X, g^-T Y) with g in GL(n),
   or in C* on pairs of rows, (x, y) -> (a x, y/conj(a)). Of one of the two some columns become the identity.
 */
#include "problem/network.h"

#define LARGEST 4 /* n: determinants are written out */

static slong
entry(const cst__network_block_t *block, int side, slong row, slong column)
{
    return block->entry[side][row * block->columns[side] + column];
}

/* Reading ------------------------------------------------------------------------- */

static slong
own_index(const cst__network_t *net, slong parameter)
{
    slong a = 0;

    while (a < net->count && net->index[a] != parameter)
        a++;
    return a < net->count ? a : -1;
}

/* Coefficient = sign times a parameter: its number among the problem's, and the sign; or -1. */
static slong
signed_parameter(int *sign, const cst__network_t *net, cst_expr_t e)
{
    cst_expr_t minus = cst_expr_neg(net->draft->ctx, e);

    for (slong a = 0; a < net->count; a++)
        if (net->values[a] == e || net->values[a] == minus)
        {
            *sign = net->values[a] == e ? 1 : -1;
            return a;
        }
    return -1;
}

static slong
column_of(const cst__network_block_t *block, int side, slong a)
{
    slong c = 0;

    while (c < block->columns[side] && entry(block, side, 0, c) != a)
        c++;
    return c < block->columns[side] ? c : -1;
}

/* Row 0 from the generator E_00, row i from E_i0: x_i += x_0, y_0 -= y_i. */
static int
read_general(cst__network_block_t *block, const cst__network_t *net, slong symmetry, slong k,
             cst_arch_generator_t field)
{
    slong n = block->n, at[2] = {0, 0};
    int sign = 1;

    cst_arch_generator(field, net->draft->ctx, net->arch, symmetry, k);
    for (slong t = 0; t < field->length; t++)
    {
        if (signed_parameter(&sign, net, field->coefficients[t]) != own_index(net, field->parameters[t]))
            return 0;
        block->entry[sign < 0][at[sign < 0]++] = own_index(net, field->parameters[t]);
    }
    for (slong i = 1; i < n; i++)
    {
        cst_arch_generator(field, net->draft->ctx, net->arch, symmetry, k + i * n);
        for (slong t = 0; t < field->length; t++)
        {
            slong target = own_index(net, field->parameters[t]);
            slong source = signed_parameter(&sign, net, field->coefficients[t]);
            int side = sign < 0;
            slong column = source < 0 ? -1 : column_of(block, side, side ? target : source);

            if (column < 0)
                return 0;
            block->entry[side][i * block->columns[side] + column] = side ? source : target;
        }
    }
    return 1;
}

/* The first generator multiplies x and divides y by a real number; the second turns both: x_1 -= x_2, x_2 +=
 * x_1. */
static int
read_complex(cst__network_block_t *block, const cst__network_t *net, slong symmetry, slong k,
             cst_arch_generator_t field)
{
    int *sides = cst__draft_alloc(net->draft, (size_t) net->count, sizeof *sides), sign = 1;
    slong at[2] = {0, 0};

    cst_arch_generator(field, net->draft->ctx, net->arch, symmetry, k);
    for (slong t = 0; t < field->length; t++)
    {
        slong a = signed_parameter(&sign, net, field->coefficients[t]);

        if (a < 0 || a != own_index(net, field->parameters[t]))
            return 0;
        sides[a] = sign < 0;
    }
    cst_arch_generator(field, net->draft->ctx, net->arch, symmetry, k + 1);
    for (slong t = 0; t < field->length; t++)
    {
        slong first = own_index(net, field->parameters[t]);
        slong second = signed_parameter(&sign, net, field->coefficients[t]);
        int side;

        if (second < 0)
            return 0;
        side = sides[first];
        if (sign > 0)
            continue;
        if (at[side] == block->columns[side])
            return 0;
        block->entry[side][at[side]] = first;
        block->entry[side][block->columns[side] + at[side]++] = second;
    }
    return 1;
}

int
cst__network_read_block(cst__network_t *net, slong symmetry, slong k, slong length)
{
    cst__network_block_t block = {.complex = length == 2, .n = 2};
    cst_arch_generator_t field;
    int good = 1, sign = 1;

    while (!block.complex && block.n * block.n < length)
        block.n++;
    if (block.n > LARGEST || net->block_count == CST__NETWORK_MAX_BLOCKS)
        return 0;
    cst_arch_generator_init(field);
    cst_arch_generator(field, net->draft->ctx, net->arch, symmetry, k);
    for (slong t = 0; t < field->length && good; t++)
    {
        good = signed_parameter(&sign, net, field->coefficients[t]) >= 0;
        if (good)
            block.columns[sign < 0]++;
    }
    for (int side = 0; side < 2; side++)
    {
        slong size;

        block.columns[side] /= block.complex ? 2 : 1;
        size = block.n * block.columns[side];
        block.entry[side] = cst__draft_alloc(net->draft, (size_t) size + 1, sizeof(slong));
        for (slong i = 0; i < size; i++)
            block.entry[side][i] = -1;
    }
    good = good && (block.complex ? read_complex : read_general)(&block, net, symmetry, k, field);
    cst_arch_generator_clear(field);
    for (int side = 0; side < 2 && good; side++)
        for (slong i = 0; i < block.n * block.columns[side] && good; i++)
        {
            good = block.entry[side][i] >= 0 && !net->in_block[block.entry[side][i]];
            if (good)
                net->in_block[block.entry[side][i]] = 1;
        }
    if (good)
        net->blocks[net->block_count++] = block;
    return good;
}

/* The gauge ----------------------------------------------------------------------- */

/* Are the columns independent at the given point, if there is one? */
static int
independent(const cst__network_t *net, const cst__network_block_t *block, int side, const slong *columns,
            slong count)
{
    fmpq_mat_t m;
    slong rank;

    if (!net->around)
        return 1;
    fmpq_mat_init(m, block->n, count);
    for (slong i = 0; i < block->n; i++)
        for (slong c = 0; c < count; c++)
            fmpq_set(fmpq_mat_entry(m, i, c), net->around + entry(block, side, i, columns[c]));
    rank = fmpq_mat_rref(m, m);
    fmpq_mat_clear(m);
    return rank == count;
}

/* Takes the named columns and then the last ones, as far as they are independent. */
static int
choose_columns(cst__network_block_t *block, const cst__network_t *net, int side, const int *named)
{
    slong need = block->complex ? 1 : block->n, count = 0, last = block->columns[side], taken[LARGEST] = {0};

    for (slong i = 0; i < need; i++)
        block->chosen[i] = -1;
    for (slong i = 0; i < need; i++)
        for (slong c = 0; c < block->columns[side]; c++)
            if (named[entry(block, side, i, c)] && block->chosen[i] < 0)
                taken[count++] = block->chosen[i] = c;
    for (slong c = last - 1; c >= 0 && count < need; c--)
    {
        int known = 0;

        for (slong i = 0; i < count; i++)
            known |= taken[i] == c;
        taken[count] = c;
        count += !known && independent(net, block, side, taken, count + 1);
    }
    if (count < need || !independent(net, block, side, taken, need))
        return 0;
    for (slong i = 0; i < need; i++) /* places that are left, in the order of the columns */
        for (slong c = 0; c < last && block->chosen[i] < 0; c++)
        {
            int is_taken = 0, used = 0;

            for (slong j = 0; j < need; j++)
            {
                is_taken |= taken[j] == c;
                used |= block->chosen[j] == c;
            }
            if (is_taken && !used)
                block->chosen[i] = c;
        }
    block->side = side;
    return 1;
}

cst_status_t
cst__network_choose_blocks(cst__network_t *net, const int *named, cst_io_node_t gauge)
{
    cst__draft_t *draft = net->draft;

    for (slong b = 0; b < net->block_count; b++)
    {
        cst__network_block_t *block = net->blocks + b;
        slong need = block->complex ? 1 : block->n, names[2] = {0, 0};
        int first;

        for (int side = 0; side < 2; side++)
        {
            if (block->columns[side] < need)
                return cst__draft_fail(
                    draft, cst_io_yaml_get(draft->yaml->root, "architecture"), CST_REFUSED,
                    "a factor of rank less than its inner width: no invariant metric is known");
            for (slong i = 0; i < block->n * block->columns[side]; i++)
            {
                names[side] += named[block->entry[side][i]] != 0;
                if (named[block->entry[side][i]] < 0)
                    return cst__draft_fail(draft, gauge, CST_BAD_INPUT,
                                           "expected 1 for '%s': a part of its matrix becomes the identity",
                                           net->names[block->entry[side][i]]);
            }
        }
        first = names[0] == 0;
        if (!choose_columns(block, net, first, named) &&
            (names[first] || !choose_columns(block, net, !first, named)))
            return cst__draft_fail(
                draft, cst_io_yaml_get(draft->yaml->root, "domain"), CST_REFUSED,
                "at the given point the columns of the gauge are dependent: there the group "
                "does not act freely, or its chart needs other columns");
        for (slong j = 0; j < need; j++)
            for (slong i = 0; i < block->n; i++)
                net->pinned[entry(block, block->side, i, block->chosen[j])] =
                    i == j ? CST__PINNED_ONE : CST__PINNED_ZERO;
    }
    return CST_OK;
}

/* Coordinates ----------------------------------------------------------------------- */

static cst_expr_t
value(const cst__network_t *net, const cst__network_block_t *block, int side, slong row, slong column)
{
    return net->values[entry(block, side, row, column)];
}

/* The determinant of the chosen columns without row i and column j (-1: with all), along the first row. */
static cst_expr_t
minor_of(const cst__network_t *net, const cst__network_block_t *block, slong rows, slong columns)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, rows ? 0 : 1);
    slong row = 0;
    int sign = 1;

    while (rows && !(rows >> row & 1))
        row++;
    for (slong j = 0; j < block->n && rows; j++)
    {
        cst_expr_t term;

        if (!(columns >> j & 1))
            continue;
        term = minor_of(net, block, rows & ~(1L << row), columns & ~(1L << j));
        term = cst_expr_mul(ctx, value(net, block, block->side, row, block->chosen[j]), term);
        sum = sign > 0 ? cst_expr_add(ctx, sum, term) : cst_expr_sub(ctx, sum, term);
        sign = -sign;
    }
    return sum;
}

/* The determinant of the chosen columns, or the square of the chosen pair. */
cst_expr_t
cst__network_block_volume(const cst__network_t *net, const cst__network_block_t *block)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    slong all = (1L << block->n) - 1;

    if (!block->complex)
        return minor_of(net, block, all, all);
    return cst_expr_add(ctx, cst_expr_power_si(ctx, value(net, block, block->side, 0, block->chosen[0]), 2),
                        cst_expr_power_si(ctx, value(net, block, block->side, 1, block->chosen[0]), 2));
}

/* conj(v) x, its part `row`, v the chosen pair */
static cst_expr_t
turned(const cst__network_t *net, const cst__network_block_t *block, int side, slong row, slong column)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t re = value(net, block, block->side, 0, block->chosen[0]);
    cst_expr_t im = value(net, block, block->side, 1, block->chosen[0]);
    cst_expr_t same = cst_expr_mul(ctx, re, value(net, block, side, row, column));
    cst_expr_t other = cst_expr_mul(ctx, im, value(net, block, side, 1 - row, column));

    return row == 0 ? cst_expr_add(ctx, same, other) : cst_expr_sub(ctx, same, other);
}

/* With P the chosen columns: P^-1 X on their side, P^T Y on the other. */
static cst_expr_t
block_invariant(const cst__network_t *net, const cst__network_block_t *block, int side, slong row,
                slong column)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);
    slong all = (1L << block->n) - 1;

    if (block->complex)
        sum = turned(net, block, side, row, column);
    for (slong k = 0; k < block->n && !block->complex; k++)
    {
        cst_expr_t factor = side == block->side ? minor_of(net, block, all & ~(1L << k), all & ~(1L << row))
                                                : value(net, block, block->side, k, block->chosen[row]);

        if (side == block->side && (k + row) % 2)
            factor = cst_expr_neg(ctx, factor);
        sum = cst_expr_add(ctx, sum, cst_expr_mul(ctx, factor, value(net, block, side, k, column)));
    }
    return side == block->side ? cst_expr_div(ctx, sum, cst__network_block_volume(net, block)) : sum;
}

cst_expr_t
cst__network_block_coordinate(const cst__network_t *net, slong a)
{
    for (slong b = 0; b < net->block_count; b++)
        for (int side = 0; side < 2; side++)
            for (slong i = 0; i < net->blocks[b].n * net->blocks[b].columns[side]; i++)
                if (net->blocks[b].entry[side][i] == a)
                    return block_invariant(net, net->blocks + b, side, i / net->blocks[b].columns[side],
                                           i % net->blocks[b].columns[side]);
    return NULL;
}

/* The metric and the generators ------------------------------------------------------- */

/* sum over the columns x of X of dx^T Y Y^T dx, and the same with X and Y exchanged; of a rotary pair |y|^2
   |dx|^2 + |x|^2 |dy|^2 */
cst_expr_t
cst__network_block_metric(cst__network_t *net, const cst__network_block_t *block)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t form = cst_expr_integer(ctx, 0);

    for (int side = 0; side < 2; side++)
        for (slong i = 0; i < block->n; i++)
            for (slong j = 0; j < block->n; j++)
            {
                cst_expr_t gram = cst_expr_integer(ctx, 0), part = gram;

                if (block->complex && i != j)
                    continue;
                for (slong c = 0; c < block->columns[!side]; c++)
                    for (slong k = block->complex ? 0 : i; k < (block->complex ? block->n : i + 1); k++)
                        gram =
                            cst_expr_add(ctx, gram,
                                         cst_expr_mul(ctx, value(net, block, !side, k, c),
                                                      value(net, block, !side, block->complex ? k : j, c)));
                for (slong c = 0; c < block->columns[side]; c++)
                    part = cst_expr_add(
                        ctx, part,
                        cst_expr_mul(ctx, cst__network_differential(net, entry(block, side, i, c)),
                                     cst__network_differential(net, entry(block, side, j, c))));
                form = cst_expr_add(ctx, form, cst_expr_mul(ctx, gram, part));
            }
    return form;
}

slong
cst__network_block_dimension(const cst__network_block_t *block)
{
    return block->complex ? 2 : block->n * block->n;
}

/* Generator k: E_ij with x_i += x_j, y_j -= y_i; or 1, and i. */
void
cst__network_block_field(cst_expr_t *field, const cst__network_t *net, const cst__network_block_t *block,
                         slong k)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    slong i = k / block->n, j = k % block->n;

    for (int side = 0; side < 2; side++)
        for (slong c = 0; c < block->columns[side]; c++)
        {
            if (!block->complex)
            {
                cst_expr_t x = value(net, block, side, side ? i : j, c);

                field[entry(block, side, side ? j : i, c)] = side ? cst_expr_neg(ctx, x) : x;
                continue;
            }
            for (slong row = 0; row < 2; row++)
            {
                cst_expr_t x = value(net, block, side, k ? 1 - row : row, c);
                int minus = k ? row == 0 : side;

                field[entry(block, side, row, c)] = minus ? cst_expr_neg(ctx, x) : x;
            }
        }
}
