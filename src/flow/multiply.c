
#include "flow/model.h"

void
cst__fmpz_set_wide(fmpz_t x, cst__wide_t value)
{
    cst__uwide_t v = (cst__uwide_t) value;

    fmpz_set_signed_uiui(x, (ulong) (v >> 64), (ulong) v);
}

/* sum += sum over i + j > degree of a_i b_j. */
static void
add_products_above(fmpz_t sum, const fmpz *a, const fmpz *b, slong degree)
{
    fmpz_t suffix;

    fmpz_init(suffix);
    for (slong i = 1; i <= degree; i++)
    {
        fmpz_add(suffix, suffix, b + degree + 1 - i);
        fmpz_addmul(sum, suffix, a + i);
    }
    fmpz_clear(suffix);
}

static cst__uwide_t
small_products_above(const fmpz *a, const fmpz *b, slong degree)
{
    cst__uwide_t sum = 0, suffix = 0;

    for (slong i = 1; i <= degree; i++)
    {
        suffix += (ulong) b[degree + 1 - i];
        sum += suffix * (ulong) a[i];
    }
    return sum;
}

/* The monomials that the shape does not have, by their weighted degree or their order: a bound of the
   sum of their coefficients, in square units. */
static void
dropped_norm(fmpz_t sum, const cst_model_t a, const cst_model_t b, int small)
{
    fmpz_zero(sum);
    if (small)
    {
        cst__uwide_t wide = small_products_above(a->graded, b->graded, a->shape->degree);

        if (!a->shape->timeless) /* each part is at most |a| |b| < 2^125 */
            wide += small_products_above(a->by_order, b->by_order, a->shape->top);
        cst__fmpz_set_wide(sum, (cst__wide_t) wide);
        return;
    }
    add_products_above(sum, a->graded, b->graded, a->shape->degree);
    if (!a->shape->timeless)
        add_products_above(sum, a->by_order, b->by_order, a->shape->top);
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
        sum[i] >>= shape->bits;
        if (x->small && sum[i] <= COEFF_MAX && sum[i] >= COEFF_MIN)
            x->coeff[i] = (slong) sum[i];
        else
            cst__fmpz_set_wide(x->coeff + i, sum[i]);
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

    int small = a->small && b->small && x->shape->bits < 100 &&
                fmpz_bits(a->norm) + fmpz_bits(b->norm) <= CST__WIDE_BITS;

    fmpz_init(rounded);
    fmpz_init(radius);
    dropped_norm(radius, a, b, small);
    fmpz_addmul(radius, a->radius, b->norm);
    fmpz_addmul(radius, b->radius, a->norm);
    fmpz_addmul(radius, a->radius, b->radius);
    fmpz_cdiv_q_2exp(radius, radius, (ulong) x->shape->bits);
    if (small)
        multiply_small(x, a, b, rounded);
    else
        multiply_large(x, a, b, rounded);
    fmpz_add(x->radius, radius, rounded);
    cst__model_refresh(x);
    fmpz_clear(rounded);
    fmpz_clear(radius);
}
