#include <string.h>

#include "flow/model.h"

void
cst_model_init(cst_model_t x, const cst_shape_t shape)
{
    x->shape = shape;
    x->coeff = _fmpz_vec_init(shape->length);
    fmpz_init(x->radius);
    fmpz_init(x->norm);
    x->graded = _fmpz_vec_init(shape->degree + 1);
    x->used = flint_calloc((size_t) shape->blocks, sizeof(slong));
    x->small = 1;
}

void
cst_model_clear(cst_model_t x)
{
    _fmpz_vec_clear(x->coeff, x->shape->length);
    fmpz_clear(x->radius);
    fmpz_clear(x->norm);
    _fmpz_vec_clear(x->graded, x->shape->degree + 1);
    flint_free(x->used);
}

cst_model_struct *
cst__models_new(slong count, const cst_shape_struct *shape)
{
    cst_model_struct *models = flint_malloc((size_t) (count ? count : 1) * sizeof *models);

    for (slong i = 0; i < count; i++)
        cst_model_init(models + i, shape);
    return models;
}

void
cst__models_free(cst_model_struct *models, slong count)
{
    for (slong i = 0; i < count; i++)
        cst_model_clear(models + i);
    flint_free(models);
}

slong
cst__shape_block_length(const cst_shape_struct *shape, slong block)
{
    return shape->offset[block + 1] - shape->offset[block];
}

void
cst__model_refresh(cst_model_t x)
{
    const cst_shape_struct *shape = x->shape;

    _fmpz_vec_zero(x->graded, shape->degree + 1);
    fmpz_zero(x->norm);
    x->small = 1;
    for (slong b = 0; b < shape->blocks; b++)
    {
        const fmpz *c = x->coeff + shape->offset[b];
        fmpz *graded = x->graded + shape->weight * shape->order[b];
        slong used = cst__shape_block_length(shape, b);

        while (used > 0 && fmpz_is_zero(c + used - 1))
            used--;
        x->used[b] = used;
        for (slong k = 0; k < used; k++)
        {
            if (COEFF_IS_MPZ(c[k]))
                x->small = 0;
            if (fmpz_sgn(c + k) < 0)
                fmpz_sub(graded + k, graded + k, c + k);
            else
                fmpz_add(graded + k, graded + k, c + k);
        }
    }
    for (slong d = 0; d <= shape->degree; d++)
        fmpz_add(x->norm, x->norm, x->graded + d);
}

void
cst_model_set(cst_model_t x, const cst_model_t y)
{
    if (x == y)
        return;
    _fmpz_vec_set(x->coeff, y->coeff, y->shape->length);
    fmpz_set(x->radius, y->radius);
    fmpz_set(x->norm, y->norm);
    _fmpz_vec_set(x->graded, y->graded, y->shape->degree + 1);
    memcpy(x->used, y->used, (size_t) y->shape->blocks * sizeof(slong));
    x->small = y->small;
}

static void
model_zero(cst_model_t x)
{
    _fmpz_vec_zero(x->coeff, x->shape->length);
    fmpz_zero(x->radius);
}

/* coeff = floor(value 2^bits); the radius grows by one unit if that is not exact. */
static void
set_fixed(fmpz_t coeff, fmpz_t radius, const fmpq_t value, slong bits)
{
    fmpz_t n, r;

    fmpz_init(n);
    fmpz_init(r);
    fmpz_mul_2exp(n, fmpq_numref(value), (ulong) bits);
    fmpz_fdiv_qr(coeff, r, n, fmpq_denref(value));
    if (!fmpz_is_zero(r))
        fmpz_add_ui(radius, radius, 1);
    fmpz_clear(n);
    fmpz_clear(r);
}

void
cst_model_set_fmpq(cst_model_t x, const fmpq_t value)
{
    model_zero(x);
    set_fixed(x->coeff, x->radius, value, x->shape->bits);
    cst__model_refresh(x);
}

void
cst_model_set_arb(cst_model_t x, const arb_t value)
{
    arb_t scaled;
    arf_t bound;

    model_zero(x);
    arb_init(scaled);
    arf_init(bound);
    arb_mul_2exp_si(scaled, value, x->shape->bits);
    arf_get_fmpz(x->coeff, arb_midref(scaled), ARF_RND_NEAR);
    arb_sub_fmpz(scaled, scaled, x->coeff, ARF_PREC_EXACT);
    arb_get_abs_ubound_arf(bound, scaled, 30);
    arf_get_fmpz(x->radius, bound, ARF_RND_CEIL);
    cst__model_refresh(x);
    arf_clear(bound);
    arb_clear(scaled);
}

void
cst_model_set_parameter(cst_model_t x, slong i, const fmpq_t center, const fmpq_t halfwidth)
{
    const cst_shape_struct *shape = x->shape;

    model_zero(x);
    set_fixed(x->coeff, x->radius, center, shape->bits);
    if (shape->degree >= shape->weight)
        set_fixed(x->coeff + shape->offset[1 + i], x->radius, halfwidth, shape->bits);
    else
    { /* no linear term in this shape: the variation goes into the radius */
        fmpz_t w;

        fmpz_init(w);
        set_fixed(w, x->radius, halfwidth, shape->bits);
        fmpz_abs(w, w);
        fmpz_add(x->radius, x->radius, w);
        fmpz_clear(w);
    }
    cst__model_refresh(x);
}

void
cst_model_add(cst_model_t x, const cst_model_t a, const cst_model_t b)
{
    _fmpz_vec_add(x->coeff, a->coeff, b->coeff, x->shape->length);
    fmpz_add(x->radius, a->radius, b->radius);
    cst__model_refresh(x);
}

void
cst_model_sub(cst_model_t x, const cst_model_t a, const cst_model_t b)
{
    _fmpz_vec_sub(x->coeff, a->coeff, b->coeff, x->shape->length);
    fmpz_add(x->radius, a->radius, b->radius);
    cst__model_refresh(x);
}

void
cst_model_scale_fmpq(cst_model_t x, const cst_model_t a, const fmpq_t factor)
{
    fmpz_t r, magnitude;

    fmpz_init(r);
    fmpz_init(magnitude);
    fmpz_abs(magnitude, fmpq_numref(factor));
    fmpz_mul(r, a->radius, magnitude);
    fmpz_cdiv_q(x->radius, r, fmpq_denref(factor));
    for (slong i = 0; i < x->shape->length; i++)
    {
        if (fmpz_is_zero(a->coeff + i))
        {
            fmpz_zero(x->coeff + i);
            continue;
        }
        fmpz_mul(r, a->coeff + i, fmpq_numref(factor));
        if (fmpz_is_one(fmpq_denref(factor)))
            fmpz_swap(x->coeff + i, r);
        else
        {
            fmpz_fdiv_qr(x->coeff + i, r, r, fmpq_denref(factor));
            if (!fmpz_is_zero(r))
                fmpz_add_ui(x->radius, x->radius, 1);
        }
    }
    cst__model_refresh(x);
    fmpz_clear(r);
    fmpz_clear(magnitude);
}
