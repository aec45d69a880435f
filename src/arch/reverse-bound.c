/* arch/reverse-bound.c -- reverse-mode derivatives in pairs of doubles, with bounds of their errors.

   Partial derivatives come from balls; the sweep back carries sums of two doubles (Dekker, A floating-point
   technique for extending the available precision, 1971) and radii. Errors grow with the absolute values on
   all ways through the network, which is far more than the derivatives: one double would not do. */
#include <math.h>
#include <string.h>

#include "arch/reverse.h"

/* With u = 2^-53, a product of pairs errs by less than 20 u^2 of it, a sum by less than 8 u^2 of its terms
   and of it. The roundings of the bounds themselves are of u relatively and a few for each operation; INFLATE
   covers 2^40 of them. */
#define ROUND 0x1p-98
#define TINY 0x1p-1000 /* more than any underflow */
#define INFLATE (1 + 0x1p-12)

int
cst__bounded_set_arb(cst__bounded_t *b, const arb_t x)
{
    arf_t rest;
    mag_t radius;

    if (!arb_is_finite(x) || arf_cmpabs_2exp_si(arb_midref(x), 900) > 0)
        return 0;
    b->centre = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    b->rest = b->bound = 0;
    if (arb_is_exact(x) && arf_cmp_d(arb_midref(x), b->centre) == 0)
        return 1;
    arf_init(rest);
    mag_init(radius);
    arf_set_d(rest, b->centre);
    arf_sub(rest, arb_midref(x), rest, ARF_PREC_EXACT, ARF_RND_DOWN);
    b->rest = arf_get_d(rest, ARF_RND_NEAR);
    arf_get_mag(radius, rest);
    mag_mul_2exp_si(radius, radius, -53);
    mag_add(radius, radius, arb_radref(x));
    b->bound = mag_get_d(radius) + TINY;
    mag_clear(radius);
    arf_clear(rest);
    return isfinite(b->bound);
}

int
cst__reverse_bounded(cst__bounded_t *left, cst__bounded_t *right, const cst_tape_t tape, arb_srcptr inputs,
                     slong prec)
{
    arb_ptr values = _arb_vec_init(3 * tape->length);
    arb_srcptr da = values + tape->length, db = da + tape->length;
    int finite = 1;

    cst__reverse_arb(values, values + tape->length, values + 2 * tape->length, tape, inputs, prec);
    for (slong i = 0; i < tape->length && finite; i++)
        finite = cst__bounded_set_arb(left + i, da + i) && cst__bounded_set_arb(right + i, db + i);
    _arb_vec_clear(values, 3 * tape->length);
    return finite;
}

void
cst__bounded_addmul(cst__bounded_t *sum, const cst__bounded_t *a, const cst__bounded_t *d)
{
    double p = a->centre * d->centre, p1 = fma(a->centre, d->centre, -p), s, t, e;

    p1 += a->centre * d->rest + a->rest * d->centre;
    s = sum->centre + p;
    t = s - sum->centre;
    e = (sum->centre - (s - t)) + (p - t) + (sum->rest + p1);
    sum->bound += fabs(a->centre) * d->bound + a->bound * (fabs(d->centre) + d->bound) +
                  ROUND * (fabs(p) + fabs(sum->centre)) + TINY;
    sum->centre = s + e;
    sum->rest = e - (sum->centre - s);
}

void
cst__reverse_bounded_gradient(cst__bounded_t *gradient, cst__bounded_t *adjoint, const cst__bounded_t *left,
                              const cst__bounded_t *right, const cst_tape_t tape, const double *seeds)
{
    static const cst__bounded_t one = {1, 0, 0};

    memset(gradient, 0, (size_t) tape->inputs * sizeof *gradient);
    memset(adjoint, 0, (size_t) tape->length * sizeof *adjoint);
    for (slong k = 0; k < tape->output_count; k++)
        if (seeds[k] != 0)
            cst__bounded_addmul(adjoint + tape->outputs[k], &(cst__bounded_t){seeds[k], 0, 0}, &one);
    for (slong i = tape->length - 1; i >= 0; i--)
    {
        const cst_tape_op_t *op = tape->ops + i;

        if (adjoint[i].centre == 0 && adjoint[i].bound == 0)
            continue;
        if (op->code == CST_TAPE_INPUT)
            cst__bounded_addmul(gradient + op->a, adjoint + i, &one);
        else if (op->a >= 0 && (left[i].centre != 0 || left[i].bound != 0))
            cst__bounded_addmul(adjoint + op->a, adjoint + i, left + i);
        if (op->b >= 0 && (right[i].centre != 0 || right[i].bound != 0))
            cst__bounded_addmul(adjoint + op->b, adjoint + i, right + i);
    }
    for (slong p = 0; p < tape->inputs; p++)
        gradient[p].bound *= INFLATE;
}
