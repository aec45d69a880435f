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
    x->by_order = _fmpz_vec_init(shape->top + 1);
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
    _fmpz_vec_clear(x->by_order, x->shape->top + 1);
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

static void
add_magnitude(fmpz_t sum, const fmpz_t c)
{
    if (fmpz_sgn(c) < 0)
        fmpz_sub(sum, sum, c);
    else
        fmpz_add(sum, sum, c);
}

/* The norms of a block whose coefficients all fit a word, as long as the sums do; 0 otherwise. */
static int
small_block_norms(cst_model_t x, slong block, slong used, cst__uwide_t *norm)
{
    const cst_shape_struct *shape = x->shape;
    const slong *c = (const slong *) x->coeff + shape->offset[block];
    slong *graded = (slong *) x->graded + shape->weight * shape->order[block];
    slong *by_order = (slong *) x->by_order + shape->order[block];

    for (slong k = 0; k < used; k++)
    {
        if (COEFF_IS_MPZ(c[k]))
            return 0;
        *norm += (ulong) FLINT_ABS(c[k]);
        if (*norm > (ulong) COEFF_MAX)
            return 0;
        graded[k] += FLINT_ABS(c[k]);
        *by_order += FLINT_ABS(c[k]);
    }
    return 1;
}

static void
large_norms(cst_model_t x)
{
    const cst_shape_struct *shape = x->shape;

    _fmpz_vec_zero(x->graded, shape->degree + 1);
    _fmpz_vec_zero(x->by_order, shape->top + 1);
    fmpz_zero(x->norm);
    for (slong b = 0; b < shape->blocks; b++)
        for (slong k = 0; k < x->used[b]; k++)
        {
            const fmpz *c = x->coeff + shape->offset[b] + k;

            add_magnitude(x->graded + shape->weight * shape->order[b] + k, c);
            add_magnitude(x->by_order + shape->order[b], c);
            add_magnitude(x->norm, c);
        }
}

void
cst__model_refresh(cst_model_t x)
{
    const cst_shape_struct *shape = x->shape;
    cst__uwide_t norm = 0;

    _fmpz_vec_zero(x->graded, shape->degree + 1);
    _fmpz_vec_zero(x->by_order, shape->top + 1);
    x->small = 1;
    for (slong b = 0; b < shape->blocks; b++)
    {
        const fmpz *c = x->coeff + shape->offset[b];
        slong used = cst__shape_block_length(shape, b);

        while (used > 0 && fmpz_is_zero(c + used - 1))
            used--;
        x->used[b] = used;
        x->small = x->small && small_block_norms(x, b, used, &norm);
    }
    if (x->small)
        fmpz_set_ui(x->norm, (ulong) norm);
    else
        large_norms(x);
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
    _fmpz_vec_set(x->by_order, y->by_order, y->shape->top + 1);
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
    if (shape->top >= 1)
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

/* x = a + sign b, entry by entry. A small model's norm is below 2^62, so the sum of two fits a word. */
static void
combine(cst_model_t x, const cst_model_t a, const cst_model_t b, int sign)
{
    slong length = x->shape->length;

    if (a->small && b->small && x->small && fmpz_bits(a->norm) < 61 && fmpz_bits(b->norm) < 61)
    {
        const slong *p = (const slong *) a->coeff, *q = (const slong *) b->coeff;
        slong *out = (slong *) x->coeff;

        for (slong i = 0; i < length; i++)
            out[i] = p[i] + sign * q[i];
    }
    else if (sign > 0)
        _fmpz_vec_add(x->coeff, a->coeff, b->coeff, length);
    else
        _fmpz_vec_sub(x->coeff, a->coeff, b->coeff, length);
    fmpz_add(x->radius, a->radius, b->radius);
    cst__model_refresh(x);
}

void
cst_model_add(cst_model_t x, const cst_model_t a, const cst_model_t b)
{
    combine(x, a, b, 1);
}

void
cst_model_sub(cst_model_t x, const cst_model_t a, const cst_model_t b)
{
    combine(x, a, b, -1);
}

/* num c/2^shift for a small model and a numerator of a word, by shifts. */
static void
scale_small(cst_model_t x, const cst_model_t a, slong numerator, flint_bitcnt_t shift)
{
    cst__wide_t mask = (((cst__wide_t) 1) << shift) - 1;
    ulong inexact = 0;

    for (slong i = 0; i < x->shape->length; i++)
    {
        cst__wide_t c = (cst__wide_t) a->coeff[i] * numerator;

        inexact += (c & mask) != 0;
        c >>= shift;
        if (x->small && c <= COEFF_MAX && c >= COEFF_MIN)
            x->coeff[i] = (slong) c;
        else
            cst__fmpz_set_wide(x->coeff + i, c);
    }
    fmpz_add_ui(x->radius, x->radius, inexact);
}

static void
scale_large(cst_model_t x, const cst_model_t a, const fmpq_t factor)
{
    fmpz_t r;

    fmpz_init(r);
    for (slong i = 0; i < x->shape->length; i++)
    {
        fmpz_mul(r, a->coeff + i, fmpq_numref(factor));
        fmpz_fdiv_qr(x->coeff + i, r, r, fmpq_denref(factor));
        if (!fmpz_is_zero(r))
            fmpz_add_ui(x->radius, x->radius, 1);
    }
    fmpz_clear(r);
}

void
cst_model_scale_fmpq(cst_model_t x, const cst_model_t a, const fmpq_t factor)
{
    flint_bitcnt_t shift = fmpz_bits(fmpq_denref(factor)) - 1;
    fmpz_t magnitude;

    fmpz_init(magnitude);
    fmpz_abs(magnitude, fmpq_numref(factor));
    fmpz_mul(magnitude, a->radius, magnitude);
    fmpz_cdiv_q(x->radius, magnitude, fmpq_denref(factor));
    if (a->small && !COEFF_IS_MPZ(*fmpq_numref(factor)) && shift < 64 &&
        fmpz_val2(fmpq_denref(factor)) == shift)
        scale_small(x, a, *fmpq_numref(factor), shift);
    else
        scale_large(x, a, factor);
    cst__model_refresh(x);
    fmpz_clear(magnitude);
}
