/* flow/late.c -- shapes of polynomials in early variables that are at most linear in some late ones.

   Early variables span the initial box, late ones the errors made since: these are small, so that their
   products are bounded, not carried. */
#include "flow/ring.h"

#include <stdlib.h>
#include <string.h>

typedef struct
{
    slong order, index; /* index of its exponents */
    const slong *exponent;
    slong variables;
} monomial_t;

/* By order, then descending lexicographic. */
static int
compare(const void *p, const void *q)
{
    const monomial_t *a = p, *b = q;

    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    for (slong v = 0; v < a->variables; v++)
        if (a->exponent[v] != b->exponent[v])
            return a->exponent[v] > b->exponent[v] ? -1 : 1;
    return 0;
}

static void
list_pairs(cst_shape_t shape, const monomial_t *list, const int *late)
{
    slong m = shape->variables, n = 0, room = 0, *sum = flint_malloc((size_t) (m + 1) * sizeof *sum);
    monomial_t key = {.exponent = sum, .variables = m};

    for (slong i = 0; i < shape->blocks; i++)
        for (slong j = 0; j < shape->blocks; j++)
            room += shape->order[i] + shape->order[j] <= shape->degree && late[i] + late[j] < 2;
    shape->pair = flint_malloc((size_t) (3 * room) * sizeof(slong));
    for (slong i = 0; i < shape->blocks; i++)
        for (slong j = 0; j < shape->blocks; j++)
        {
            const monomial_t *found;

            if (shape->order[i] + shape->order[j] > shape->degree || late[i] + late[j] > 1)
                continue;
            for (slong v = 0; v < m; v++)
                sum[v] = shape->exponent[i * m + v] + shape->exponent[j * m + v];
            key.order = shape->order[i] + shape->order[j];
            found = bsearch(&key, list, (size_t) shape->blocks, sizeof *list, compare);
            shape->pair[3 * n] = i;
            shape->pair[3 * n + 1] = j;
            shape->pair[3 * n + 2] = found - list;
            n++;
        }
    shape->pairs = n;
    cst__shape_sort_pairs(shape);
    flint_free(sum);
}

void
cst__late_shape_init(cst_shape_t shape, int **is_late, slong early, slong late, slong degree)
{
    cst_shape_t plain;
    slong m = early + late, count = 0;
    slong *exponent;
    monomial_t *list;

    cst_shape_init_timeless(plain, 0, early, degree);
    exponent = flint_calloc((size_t) (plain->blocks * (late + 1) * (m + 1)), sizeof *exponent);
    list = flint_malloc((size_t) (plain->blocks * (late + 1)) * sizeof *list);
    for (slong b = 0; b < plain->blocks; b++)
        for (slong l = -1; l < late && plain->order[b] + (l >= 0) <= degree; l++)
        {
            slong *e = exponent + count * m;

            memcpy(e, plain->exponent + b * early, (size_t) early * sizeof *e);
            if (l >= 0)
                e[early + l] = 1;
            list[count] = (monomial_t){plain->order[b] + (l >= 0), count, e, m};
            count++;
        }
    qsort(list, (size_t) count, sizeof *list, compare);
    memset(shape, 0, sizeof(cst_shape_t));
    shape->variables = m;
    shape->degree = shape->top = degree;
    shape->timeless = 1;
    shape->blocks = shape->length = count;
    shape->exponent = flint_malloc((size_t) (count * m + 1) * sizeof(slong));
    shape->order = flint_malloc((size_t) count * sizeof(slong));
    shape->offset = flint_malloc((size_t) (count + 1) * sizeof(slong));
    shape->pair_end = flint_malloc((size_t) count * sizeof(slong));
    *is_late = flint_calloc((size_t) count, sizeof(int));
    for (slong b = 0; b < count; b++)
    {
        memcpy(shape->exponent + b * m, list[b].exponent, (size_t) m * sizeof(slong));
        shape->order[b] = list[b].order;
        shape->offset[b] = b;
        for (slong v = early; v < m; v++)
            (*is_late)[b] |= list[b].exponent[v] > 0;
    }
    shape->offset[count] = count;
    list_pairs(shape, list, *is_late);
    cst_shape_clear(plain);
    flint_free(exponent);
    flint_free(list);
}
