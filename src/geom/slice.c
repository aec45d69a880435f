/* geom/slice.c -- the algebra of a balanced slice: which generators are symmetric, and what keeps the level.

   For xi = A theta with A symmetric the moment is mu_A = <theta, A theta>. An antisymmetric B moves it by
   B mu_A = 2 <B theta, A theta> = mu_[A,B], which is linear in the moments if the generators are closed. So a
   combination x^B of the antisymmetric generators keeps the level set mu = lambda if and only if
   x^B c_(B A)^(A') lambda_(A') = 0 for every A, c being the structure constants. */
#include "geom/submersion.h"

static int
parity_of(const cst_geom_submersion_t *s, const cst_expr_t *matrix)
{
    slong d = s->total.dimension;

    for (int sign = 1; sign >= -1; sign -= 2)
    {
        cst_truth_t truth = CST_TRUE;

        for (slong a = 0; a < d && truth == CST_TRUE; a++)
            for (slong b = a; b < d && truth == CST_TRUE; b++)
            {
                cst_expr_t x = matrix[a * d + b], y = matrix[b * d + a];

                truth = cst_lie_is_zero(NULL, &s->total,
                                        sign > 0 ? cst_expr_sub(s->total.ctx, x, y)
                                                 : cst_expr_add(s->total.ctx, x, y));
            }
        if (truth == CST_TRUE)
            return sign;
    }
    return 0;
}

static void
find_parities(cst__slice_t slice, const cst_geom_submersion_t *s)
{
    slong d = s->total.dimension;
    cst_expr_t *matrix = flint_malloc((size_t) (d * d + 1) * sizeof *matrix);

    for (slong i = 0; i < slice->count; i++)
        slice->parity[i] =
            cst_lie_linear_part(matrix, &s->total, s->generators[i]) == CST_TRUE ? parity_of(s, matrix) : 0;
    flint_free(matrix);
}

/* Row A, column B: sum over A' of c_(B A)^(A') lambda_(A'). */
static void
level_equations(fmpq_mat_t m, const cst__slice_t slice, const fmpq *constants, const fmpq *level)
{
    slong count = slice->count;

    for (slong a = 0; a < count; a++)
        for (slong b = 0; b < count; b++)
        {
            if (slice->parity[a] != 1 || slice->parity[b] != -1)
                continue;
            for (slong k = 0; k < count; k++)
                if (slice->parity[k] == 1)
                    fmpq_addmul(fmpq_mat_entry(m, a, b), constants + (b * count + a) * count + k, level + k);
        }
}

/* The null space of the reduced equations among the antisymmetric generators, one row a free column. */
static void
read_keepers(cst__slice_t slice, const fmpq_mat_t m, slong rank)
{
    slong count = slice->count, *pivot = flint_malloc((size_t) (rank + 1) * sizeof *pivot), row = 0;

    for (slong b = 0; b < count; b++)
    {
        if (row < rank && !fmpq_is_zero(fmpq_mat_entry(m, row, b)))
        {
            pivot[row++] = b;
            continue;
        }
        if (slice->parity[b] != -1)
            continue;
        fmpq_set_si(fmpq_mat_entry(slice->keepers, slice->keeping, b), 1, 1);
        for (slong i = 0; i < row; i++)
            fmpq_neg(fmpq_mat_entry(slice->keepers, slice->keeping, pivot[i]), fmpq_mat_entry(m, i, b));
        slice->keeping++;
    }
    flint_free(pivot);
}

void
cst__slice_init(cst__slice_t slice, const cst_geom_submersion_t *s)
{
    slong count = s->generator_count, pair[2];
    fmpq *constants = _fmpq_vec_init(count * count * count);
    fmpq_mat_t equations;

    slice->count = count;
    slice->keeping = 0;
    slice->parity = flint_calloc((size_t) (count + 1), sizeof *slice->parity);
    slice->closed = CST_TRUE;
    fmpq_mat_init(slice->keepers, count, count);
    fmpq_mat_init(equations, count, count);
    find_parities(slice, s);
    if (count > 1)
        slice->closed = cst_lie_structure_constants(constants, pair, NULL, &s->total, s->generators, count);
    if (s->level && slice->closed == CST_TRUE)
        level_equations(equations, slice, constants, s->level);
    read_keepers(slice, equations, fmpq_mat_rref(equations, equations));
    fmpq_mat_clear(equations);
    _fmpq_vec_clear(constants, count * count * count);
}

void
cst__slice_clear(cst__slice_t slice)
{
    flint_free(slice->parity);
    fmpq_mat_clear(slice->keepers);
}

cst_truth_t
cst_geom_level_is_kept(const cst_geom_submersion_t *s)
{
    cst__slice_t slice;
    slong antisymmetric = 0;
    cst_truth_t truth;

    cst__slice_init(slice, s);
    for (slong i = 0; i < slice->count; i++)
        antisymmetric += slice->parity[i] == -1;
    truth = slice->keeping == antisymmetric ? CST_TRUE : CST_FALSE;
    if (slice->closed != CST_TRUE)
        truth = CST_UNKNOWN;
    cst__slice_clear(slice);
    return truth;
}
