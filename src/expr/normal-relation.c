/* expr/normal-relation.c -- rational linear relations between elements. */
#include "expr/normal-ctx.h"

/* A row of an elimination: poly = sum of combination[i] * input[i]. */
typedef struct
{
    fmpz_mpoly_t poly;
    fmpz *combination;
} row_t;

/* Removes the leading monomial of a pivot row from another. */
static void
eliminate(row_t *row, const row_t *pivot, slong length, cst__normal_ctx_t ctx)
{
    fmpz_mpoly_t lead, t;
    fmpz_t c;

    fmpz_mpoly_init(lead, ctx->mpoly);
    fmpz_mpoly_init(t, ctx->mpoly);
    fmpz_init(c);
    fmpz_mpoly_get_term_monomial(lead, pivot->poly, 0, ctx->mpoly);
    fmpz_mpoly_get_coeff_fmpz_monomial(c, row->poly, lead, ctx->mpoly);
    if (!fmpz_is_zero(c))
    {
        fmpz_mpoly_scalar_mul_fmpz(row->poly, row->poly, pivot->poly->coeffs, ctx->mpoly);
        _fmpz_vec_scalar_mul_fmpz(row->combination, row->combination, length, pivot->poly->coeffs);
        fmpz_mpoly_scalar_mul_fmpz(t, pivot->poly, c, ctx->mpoly);
        fmpz_mpoly_sub(row->poly, row->poly, t, ctx->mpoly);
        _fmpz_vec_scalar_submul_fmpz(row->combination, pivot->combination, length, c);
    }
    fmpz_clear(c);
    fmpz_mpoly_clear(t, ctx->mpoly);
    fmpz_mpoly_clear(lead, ctx->mpoly);
}

/* Finds rational q with x = sum q[i] basis[i], for linearly independent elements; returns 0 if there is
   none. Elements are compared as vectors of monomials over a common denominator. */
int
cst__normal_relation(fmpq *q, const cst__normal_struct *const *basis, slong length, const cst__normal_t x,
                     cst__normal_ctx_t ctx)
{
    const cst__normal_struct **all = flint_malloc((size_t) (length + 1) * sizeof *all);
    slong *exponents = flint_malloc((size_t) (ctx->atom_count + 1) * sizeof *exponents);
    row_t *rows = flint_malloc((size_t) (length + 1) * sizeof *rows);
    fmpz_t den;
    int found;

    fmpz_init(den);
    for (slong i = 0; i <= length; i++)
        all[i] = i < length ? basis[i] : x;
    cst__normal_common(den, exponents, all, length + 1, ctx);
    for (slong i = 0; i <= length; i++)
    {
        fmpz_mpoly_init(rows[i].poly, ctx->mpoly);
        rows[i].combination = _fmpz_vec_init(length + 1);
        fmpz_one(rows[i].combination + i);
        cst__normal_lift(rows[i].poly, all[i], den, exponents, ctx);
        for (slong j = 0; j < i; j++)
            if (!fmpz_mpoly_is_zero(rows[j].poly, ctx->mpoly))
                eliminate(rows + i, rows + j, length + 1, ctx);
    }
    found = !ctx->trouble && fmpz_mpoly_is_zero(rows[length].poly, ctx->mpoly);
    for (slong i = 0; i < length && found; i++)
    {
        fmpq_set_fmpz_frac(q + i, rows[length].combination + i, rows[length].combination + length);
        fmpq_neg(q + i, q + i);
    }
    for (slong i = 0; i <= length; i++)
    {
        fmpz_mpoly_clear(rows[i].poly, ctx->mpoly);
        _fmpz_vec_clear(rows[i].combination, length + 1);
    }
    fmpz_clear(den);
    flint_free(rows);
    flint_free(exponents);
    flint_free(all);
    return found;
}
