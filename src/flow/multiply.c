#include <string.h>

#include "flow/model.h"

void
cst__fmpz_set_wide(fmpz_t x, cst__wide_t value)
{
    cst__uwide_t v = (cst__uwide_t) value;

    fmpz_set_signed_uiui(x, (ulong) (v >> 64), (ulong) v);
}

/* Monomials of degree above the shape's: their coefficients sum to at most
   sum over i + j > degree of |a|_i |b|_j, in square units. */
static void
dropped_norm(fmpz_t sum, const cst_model_t a, const cst_model_t b)
{
    slong degree = a->shape->degree;
    fmpz_t suffix;

    fmpz_init(suffix);
    fmpz_zero(sum);
    if (!(a->shape->timeless && a->shape->variables == 0))
        for (slong i = 1; i <= degree; i++)
        {
            fmpz_add(suffix, suffix, b->graded + degree + 1 - i);
            fmpz_addmul(sum, suffix, a->graded + i);
        }
    fmpz_clear(suffix);
}

static void
multiply_small(cst_model_t x, const cst_model_t a, const cst_model_t b, fmpz_t rounded)
{
    const cst_shape_struct *shape = x->shape;
    cst__wide_t *sum = flint_calloc((size_t) shape->length, sizeof *sum);
    cst__wide_t mask = (((cst__wide_t) 1) << shape->bits) - 1;
    ulong inexact = 0;

    for (slong p = 0; p < shape->pairs; p++)
    {
        const slong *pair = shape->pair + 3 * p;
        slong la = a->used[pair[0]], lb = b->used[pair[1]];
        slong room = cst__shape_block_length(shape, pair[2]);
        const slong *ca = (const slong *) a->coeff + shape->offset[pair[0]];
        const slong *cb = (const slong *) b->coeff + shape->offset[pair[1]];
        cst__wide_t *out = sum + shape->offset[pair[2]];

        if (lb == 0)
            continue;
        for (slong i = 0; i < la && i < room; i++)
        {
            slong top = lb < room - i ? lb : room - i;

            if (ca[i] == 0)
                continue;
            for (slong j = 0; j < top; j++)
                out[i + j] += (cst__wide_t) ca[i] * cb[j];
        }
    }
    for (slong i = 0; i < shape->length; i++)
    {
        inexact += (sum[i] & mask) != 0;
        cst__fmpz_set_wide(x->coeff + i, sum[i] >> shape->bits);
    }
    fmpz_set_ui(rounded, inexact);
    flint_free(sum);
}

static void
multiply_large(cst_model_t x, const cst_model_t a, const cst_model_t b, fmpz_t rounded)
{
    const cst_shape_struct *shape = x->shape;
    fmpz *sum = _fmpz_vec_init(shape->length);
    ulong inexact = 0;

    for (slong p = 0; p < shape->pairs; p++)
    {
        const slong *pair = shape->pair + 3 * p;
        slong la = a->used[pair[0]], lb = b->used[pair[1]];
        slong room = cst__shape_block_length(shape, pair[2]);

        for (slong i = 0; i < la && i < room; i++)
            for (slong j = 0; j < lb && i + j < room; j++)
                fmpz_addmul(sum + shape->offset[pair[2]] + i + j, a->coeff + shape->offset[pair[0]] + i,
                            b->coeff + shape->offset[pair[1]] + j);
    }
    for (slong i = 0; i < shape->length; i++)
    {
        inexact += !fmpz_is_zero(sum + i);
        fmpz_fdiv_q_2exp(x->coeff + i, sum + i, (ulong) shape->bits);
    }
    fmpz_set_ui(rounded, inexact);
    _fmpz_vec_clear(sum, shape->length);
}

/* |ab - polynomial| <= e_a |b| + e_b |a| + e_a e_b + dropped + one unit a rounded coefficient. */
void
cst_model_mul(cst_model_t x, const cst_model_t a, const cst_model_t b)
{
    fmpz_t rounded, radius;

    fmpz_init(rounded);
    fmpz_init(radius);
    dropped_norm(radius, a, b);
    fmpz_addmul(radius, a->radius, b->norm);
    fmpz_addmul(radius, b->radius, a->norm);
    fmpz_addmul(radius, a->radius, b->radius);
    fmpz_cdiv_q_2exp(radius, radius, (ulong) x->shape->bits);
    if (a->small && b->small && x->shape->bits < 100 &&
        fmpz_bits(a->norm) + fmpz_bits(b->norm) <= CST__WIDE_BITS)
        multiply_small(x, a, b, rounded);
    else
        multiply_large(x, a, b, rounded);
    fmpz_add(x->radius, radius, rounded);
    cst__model_refresh(x);
    fmpz_clear(rounded);
    fmpz_clear(radius);
}
