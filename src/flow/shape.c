#include <stdlib.h>
#include <string.h>

#include "flow/ring.h"

static void
list_exponents(cst_shape_t shape)
{
    slong m = shape->variables;

    cst_tape_jet_exponents(shape->exponent, m, shape->top);
    for (slong b = 0; b < shape->blocks; b++)
    {
        for (slong v = 0; v < m; v++)
            shape->order[b] += shape->exponent[b * m + v];
        shape->offset[b + 1] = shape->offset[b] + 1;
        if (!shape->timeless)
            shape->offset[b + 1] += shape->degree - shape->weight * shape->order[b];
    }
}

static slong
block_of(const cst_shape_t shape, const slong *alpha, slong order)
{
    slong m = shape->variables, lo = order ? cst_tape_jet_length(m, order - 1) : 0;

    while (memcmp(shape->exponent + lo * m, alpha, (size_t) m * sizeof *alpha) != 0)
        lo++;
    return lo;
}

static int
by_output(const void *p, const void *q)
{
    const slong *a = p, *b = q;

    for (int k = 2; k >= 0; k--)
        if (a[k] != b[k])
            return a[k] < b[k] ? -1 : 1;
    return 0;
}

void
cst__shape_sort_pairs(cst_shape_t shape)
{
    slong n = shape->pairs;

    qsort(shape->pair, (size_t) n, 3 * sizeof(slong), by_output);
    for (slong b = 0, p = 0; b < shape->blocks; b++)
    {
        while (p < n && shape->pair[3 * p + 2] <= b)
            p++;
        shape->pair_end[b] = p;
    }
}

static void
list_pairs(cst_shape_t shape)
{
    slong m = shape->variables, top = shape->top, n = 0,
          *sum = flint_calloc((size_t) (m ? m : 1), sizeof(slong));

    shape->pairs = 0;
    for (slong i = 0; i < shape->blocks; i++)
        for (slong j = 0; j < shape->blocks; j++)
            shape->pairs += shape->order[i] + shape->order[j] <= top;
    shape->pair = flint_malloc((size_t) (3 * shape->pairs) * sizeof(slong));
    for (slong i = 0; i < shape->blocks; i++)
        for (slong j = 0; j < shape->blocks; j++)
            if (shape->order[i] + shape->order[j] <= top)
            {
                for (slong v = 0; v < m; v++)
                    sum[v] = shape->exponent[i * m + v] + shape->exponent[j * m + v];
                shape->pair[3 * n] = i;
                shape->pair[3 * n + 1] = j;
                shape->pair[3 * n + 2] = block_of(shape, sum, shape->order[i] + shape->order[j]);
                n++;
            }
    cst__shape_sort_pairs(shape);
    flint_free(sum);
}

static void
shape_init(cst_shape_t shape, slong bits, slong variables, slong degree, slong weight, slong top,
           int timeless)
{
    shape->bits = bits;
    shape->variables = variables;
    shape->degree = degree;
    shape->weight = weight;
    shape->top = variables ? top : 0;
    shape->timeless = timeless;
    shape->blocks = variables ? cst_tape_jet_length(variables, top) : 1;
    shape->exponent = flint_calloc((size_t) (shape->blocks * (variables ? variables : 1)), sizeof(slong));
    shape->order = flint_calloc((size_t) shape->blocks, sizeof(slong));
    shape->offset = flint_calloc((size_t) shape->blocks + 1, sizeof(slong));
    shape->pair_end = flint_calloc((size_t) shape->blocks, sizeof(slong));
    list_exponents(shape);
    shape->length = shape->offset[shape->blocks];
    list_pairs(shape);
}

void
cst_shape_init(cst_shape_t shape, slong bits, slong variables, slong degree, slong weight, slong top)
{
    shape_init(shape, bits, variables, degree, weight, top, 0);
}

void
cst_shape_init_timeless(cst_shape_t shape, slong bits, slong variables, slong degree)
{
    shape_init(shape, bits, variables, degree, 1, degree, 1);
}

void
cst_shape_clear(cst_shape_t shape)
{
    flint_free(shape->exponent);
    flint_free(shape->order);
    flint_free(shape->offset);
    flint_free(shape->pair);
    flint_free(shape->pair_end);
}
