/* arch/chain-field.c -- vector fields along the fibres of a product of matrices. */
#include "arch/kernel.h"

typedef cst__expr_matrix_t matrix_t;

#define AT(m, i, j) ((m).entries[(i) * (m).columns + (j)])
#define new_matrix cst__expr_matrix

static slong
weight(const cst__field_t *field, slong l)
{
    return (l - 1) * (field->arch->spec->bias ? 2 : 1);
}

static slong
bias(const cst__field_t *field, slong l)
{
    return weight(field, l) + 1;
}

/* W_l; with softmax the last layer shows differences of its rows to the last one. */
static matrix_t
layer(const cst__field_t *field, slong l, int differences)
{
    const cst_arch_spec_struct *spec = field->arch->spec;
    slong rows = spec->widths[l] - (differences ? 1 : 0), columns = spec->widths[l - 1];
    matrix_t m = new_matrix(rows, columns);

    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < columns; j++)
        {
            AT(m, i, j) = cst__field_entry(field, weight(field, l), i * columns + j);
            if (differences)
                AT(m, i, j) = cst_expr_sub(field->ctx, AT(m, i, j),
                                           cst__field_entry(field, weight(field, l), rows * columns + j));
        }
    return m;
}

/* Replaces b by a b; clears a. */
static void
multiply(cst__field_t *field, matrix_t *b, matrix_t a)
{
    matrix_t c = new_matrix(a.rows, b->columns);

    for (slong i = 0; i < a.rows; i++)
        for (slong j = 0; j < b->columns; j++)
        {
            AT(c, i, j) = cst_expr_integer(field->ctx, 0);
            for (slong k = 0; k < a.columns; k++)
                AT(c, i, j) = cst_expr_add(field->ctx, AT(c, i, j),
                                           cst_expr_mul(field->ctx, AT(a, i, k), AT(*b, k, j)));
        }
    flint_free(a.entries);
    flint_free(b->entries);
    *b = c;
}

static void
add_general(cst__field_t *field, slong l, slong k)
{
    const slong *n = field->arch->spec->widths;
    slong i = k / n[l], j = k % n[l];

    /* W_l, b_l: row i += row j; W_{l+1}: column j -= column i */
    for (slong c = 0; c < n[l - 1]; c++)
        cst__field_add(field, weight(field, l), i * n[l - 1] + c,
                       cst__field_entry(field, weight(field, l), j * n[l - 1] + c));
    if (field->arch->spec->bias)
        cst__field_add(field, bias(field, l), i, cst__field_entry(field, bias(field, l), j));
    for (slong r = 0; r < n[l + 1]; r++)
        cst__field_add(field, weight(field, l + 1), r * n[l] + j,
                       cst_expr_neg(field->ctx, cst__field_entry(field, weight(field, l + 1), r * n[l] + i)));
}

static void
add_translation(cst__field_t *field, slong l, slong k)
{
    const slong *n = field->arch->spec->widths;

    cst__field_add(field, bias(field, l), k, cst_expr_integer(field->ctx, 1));
    for (slong r = 0; r < n[l + 1]; r++)
        cst__field_add(field, bias(field, l + 1), r,
                       cst_expr_neg(field->ctx, cst__field_entry(field, weight(field, l + 1), r * n[l] + k)));
}

/* What the layers before l add to a zero input. */
static matrix_t
constant(cst__field_t *field, slong l)
{
    const slong *n = field->arch->spec->widths;
    matrix_t c = new_matrix(n[1], 1);

    for (slong i = 0; i < n[1]; i++)
        AT(c, i, 0) = cst__field_entry(field, bias(field, 1), i);
    for (slong i = 2; i < l; i++)
    {
        multiply(field, &c, layer(field, i, 0));
        for (slong r = 0; r < n[i]; r++)
            AT(c, r, 0) = cst_expr_add(field->ctx, AT(c, r, 0), cst__field_entry(field, bias(field, i), r));
    }
    return c;
}

/* Row `row` of W_l += nu with nu W_{l-1} ... W_1 = 0, and b_l -= nu times the constant that comes in. */
static void
add_left(cst__field_t *field, slong l, slong k)
{
    const cst_arch_spec_struct *spec = field->arch->spec;
    slong dimension = cst__arch_chain_left(spec, l), n = spec->widths[l - 1], row = k / dimension;
    matrix_t product = layer(field, 1, 0), transpose;
    cst_expr_t *nu, sum = cst_expr_integer(field->ctx, 0);

    for (slong i = 2; i < l; i++)
        multiply(field, &product, layer(field, i, 0));
    transpose = new_matrix(product.columns, product.rows);
    for (slong i = 0; i < product.rows; i++)
        for (slong j = 0; j < product.columns; j++)
            AT(transpose, j, i) = AT(product, i, j);
    nu = cst__kernel_vector(field->ctx, transpose, n - dimension, k % dimension);
    for (slong j = 0; j < n; j++)
        cst__field_add(field, weight(field, l), row * n + j, nu[j]);
    if (spec->bias)
    {
        matrix_t c = constant(field, l);

        for (slong j = 0; j < n; j++)
            sum = cst_expr_add(field->ctx, sum, cst_expr_mul(field->ctx, nu[j], AT(c, j, 0)));
        cst__field_add(field, bias(field, l), row, cst_expr_neg(field->ctx, sum));
        flint_free(c.entries);
    }
    flint_free(nu);
    flint_free(transpose.entries);
    flint_free(product.entries);
}

/* A column of (W_l, b_l) += kappa with W_L ... W_{l+1} kappa = 0 (with softmax: the same in all outputs). */
static void
add_right(cst__field_t *field, slong l, slong k)
{
    const cst_arch_spec_struct *spec = field->arch->spec;
    slong dimension = cst__arch_chain_right(spec, l), n = spec->widths[l], columns = spec->widths[l - 1];
    slong column = k / dimension;
    cst_expr_t *kappa;

    if (l == spec->depth)
    {
        kappa = flint_malloc((size_t) n * sizeof *kappa);
        for (slong i = 0; i < n; i++)
            kappa[i] = cst_expr_integer(field->ctx, 1);
    }
    else
    {
        matrix_t product = layer(field, l + 1, spec->softmax && l + 1 == spec->depth);

        for (slong i = l + 2; i <= spec->depth; i++)
            multiply(field, &product, layer(field, i, spec->softmax && i == spec->depth));
        kappa = cst__kernel_vector(field->ctx, product, n - dimension, k % dimension);
        flint_free(product.entries);
    }
    for (slong i = 0; i < n; i++)
        if (column == columns)
            cst__field_add(field, bias(field, l), i, kappa[i]);
        else
            cst__field_add(field, weight(field, l), i * columns + column, kappa[i]);
    flint_free(kappa);
}

void
cst__arch_chain_field(cst__field_t *field, slong k)
{
    static void (*const add[CST__CHAIN_PARTS])(cst__field_t *, slong, slong) = {add_general, add_translation,
                                                                                add_left, add_right};

    for (slong l = 1; l <= field->arch->spec->depth; l++)
        for (int part = 0; part < CST__CHAIN_PARTS; part++)
        {
            slong count = cst__arch_chain_part(field->arch->spec, l, part);

            if (k < count)
            {
                add[part](field, l, k);
                return;
            }
            k -= count;
        }
}
