/* hj/cubature-box.c -- integrals over one box.

   On a box z = m + h zeta, |zeta_i| <= 1, the integrand is a Taylor model, a polynomial and a radius, which
   is integrated term by term. Where no model is found (a branch of relu not decided, a pole of a series), and
   where the integrand is negligible, its bounds do. */
#include <math.h>

#include "hj/cubature-box.h"

#define D CST__CUBATURE_MAX_DIMENSION
#define WEIGHTS CST__CUBATURE_MAX_WEIGHTS

/* Middle and half side along direction i, exactly. */
static void
side(fmpq_t middle, fmpq_t half, const cst__cubature_rule_t *w, const cst__cubature_box_t *box, slong i)
{
    fmpz_t scale;

    fmpz_init(scale);
    fmpq_set_si(half, w->problem->radius, 1);
    fmpz_one(scale);
    fmpz_mul_2exp(scale, scale, (ulong) box->level[i]);
    fmpq_div_fmpz(half, half, scale);
    fmpz_set_si(scale, 2 * box->place[i] + 1);
    fmpq_mul_fmpz(middle, half, scale);
    fmpz_set_si(scale, w->problem->radius);
    fmpz_submul_si(fmpq_numref(middle), fmpq_denref(middle), w->problem->radius);
    fmpq_canonicalise(middle);
    fmpz_clear(scale);
}

/* The integral of the model over |zeta| <= 1, times a factor. */
static void
integrate_model(arb_t integral, const cst__cubature_rule_t *w, const cst_model_struct *f, const arb_t factor)
{
    const cst_shape_struct *shape = f->shape;
    arb_t term;
    fmpz_t divisor;

    arb_init(term);
    fmpz_init(divisor);
    arb_zero(integral);
    for (slong b = 0; b < shape->blocks; b++)
    {
        int even = f->used[b] > 0;

        fmpz_one(divisor);
        for (slong v = 0; even && v < w->n; v++)
        {
            slong e = shape->exponent[b * w->n + v];

            even = e % 2 == 0;
            fmpz_mul_si(divisor, divisor, e + 1);
        }
        if (!even)
            continue;
        arb_set_fmpz(term, f->coeff + shape->offset[b]);
        arb_div_fmpz(term, term, divisor, w->prec);
        arb_add(integral, integral, term, w->prec);
    }
    arb_set_fmpz(term, f->radius);
    arb_add_error(integral, term);
    arb_mul_2exp_si(integral, integral, w->n - shape->bits);
    arb_mul(integral, integral, factor, w->prec);
    arb_clear(term);
    fmpz_clear(divisor);
}

/* prod h_i */
static void
scaling(arb_t factor, const cst__cubature_rule_t *w, const cst__cubature_box_t *box)
{
    fmpq_t middle, half;
    arb_t h;

    fmpq_init(middle);
    fmpq_init(half);
    arb_init(h);
    arb_one(factor);
    for (slong i = 0; i < w->n; i++)
    {
        side(middle, half, w, box, i);
        arb_set_fmpq(h, half, w->prec);
        arb_mul(factor, factor, h, w->prec);
    }
    fmpq_clear(middle);
    fmpq_clear(half);
    arb_clear(h);
}

static void
box_ends(arf_struct *ends, const cst__cubature_rule_t *w, const cst__cubature_box_t *box)
{
    fmpq_t middle, half;

    fmpq_init(middle);
    fmpq_init(half);
    for (slong i = 0; i < w->n; i++)
    {
        side(middle, half, w, box, i);
        fmpq_sub(middle, middle, half);
        arf_set_fmpq(ends + i, middle, w->prec, ARF_RND_FLOOR);
        fmpq_add(middle, middle, half);
        fmpq_add(middle, middle, half);
        arf_set_fmpq(ends + D + i, middle, w->prec, ARF_RND_CEIL);
    }
    fmpq_clear(middle);
    fmpq_clear(half);
}

/* exp(E) over a box as a ball, from bounds of E. */
static void
exponential_bounds(arb_t value, const cst__cubature_rule_t *w, const arf_struct *ends)
{
    arf_t low, high;
    arb_t a;

    arf_init(low);
    arf_init(high);
    arb_init(a);
    cst_expr_range(low, high, w->problem->exponent, w->problem->variables, ends, ends + D, w->n, w->prec);
    if (arf_is_nan(low) || arf_is_pos_inf(high))
        arb_indeterminate(value);
    else
    {
        arb_set_arf(a, high);
        arb_exp(a, a, w->prec);
        arb_get_ubound_arf(high, a, w->prec);
        arb_zero(a);
        if (arf_is_finite(low))
        {
            arb_set_arf(a, low);
            arb_exp(a, a, w->prec);
        }
        arb_get_lbound_arf(low, a, w->prec);
        if (arf_sgn(low) < 0)
            arf_zero(low);
        arb_set_interval_arf(value, low, high, w->prec);
    }
    arf_clear(low);
    arf_clear(high);
    arb_clear(a);
}

static void
sides(fmpq *middle, fmpq *half, const cst__cubature_rule_t *w, const cst__cubature_box_t *box)
{
    for (slong i = 0; i < w->n; i++)
    {
        fmpq_init(middle + i);
        fmpq_init(half + i);
        side(middle + i, half + i, w, box, i);
    }
}

static void
clear_sides(fmpq *middle, fmpq *half, const cst__cubature_rule_t *w)
{
    for (slong i = 0; i < w->n; i++)
    {
        fmpq_clear(middle + i);
        fmpq_clear(half + i);
    }
}

static void
bound_weights(cst__cubature_box_t *box, const cst__cubature_rule_t *w, const arb_t f)
{
    fmpq middle[D], half[D];

    sides(middle, half, w, box);
    w->problem->bound_weights(box->integrals, w->problem->data, middle, half);
    for (slong k = 0; k < w->count; k++)
        arb_mul(box->integrals + k, box->integrals + k, f, w->prec);
    clear_sides(middle, half, w);
}

/* The integrals over a box from bounds of E and of the weights. */
static void
integrate_bounds(cst__cubature_box_t *box, const cst__cubature_rule_t *w, const arb_t factor)
{
    arf_struct ends[2 * D];
    arf_t low, high;
    arb_t f, g;

    arf_init(low);
    arf_init(high);
    arb_init(f);
    arb_init(g);
    for (slong i = 0; i < 2 * D; i++)
        arf_init(ends + i);
    box_ends(ends, w, box);
    exponential_bounds(f, w, ends);
    arb_mul(f, f, factor, w->prec);
    arb_mul_2exp_si(f, f, w->n);
    if (w->problem->bound_weights)
        bound_weights(box, w, f);
    for (slong k = 0; !w->problem->bound_weights && k < w->count; k++)
    {
        cst_expr_range(low, high, w->problem->weights[k], w->problem->variables, ends, ends + D, w->n,
                       w->prec);
        if (arf_is_finite(low) && arf_is_finite(high))
            arb_set_interval_arf(g, low, high, w->prec);
        else
            arb_indeterminate(g);
        arb_mul(box->integrals + k, f, g, w->prec);
    }
    for (slong i = 0; i < 2 * D; i++)
        arf_clear(ends + i);
    arf_clear(low);
    arf_clear(high);
    arb_clear(f);
    arb_clear(g);
}

static int
run_models(cst__cubature_rule_t *w, const cst__cubature_box_t *box)
{
    fmpq_t middle, half;
    int ok;

    fmpq_init(middle);
    fmpq_init(half);
    for (slong i = 0; i < w->n; i++)
    {
        side(middle, half, w, box, i);
        cst_model_set_parameter(w->inputs + i, i, middle, half);
    }
    ok = cst_model_run_tape(w->outputs, w->tape, w->inputs, w->shape) == CST_OK &&
         cst_model_function(w->outputs, CST_TAPE_EXP, w->outputs, NULL) == CST_OK;
    fmpq_clear(middle);
    fmpq_clear(half);
    return ok;
}

static double
radius_sum(arb_srcptr x, slong count)
{
    double sum = 0;

    for (slong k = 0; k < count; k++)
        sum += mag_get_d(arb_radref(x + k));
    return sum;
}

static void
take_narrower(arb_t x, arb_t other)
{
    if (!(mag_cmp(arb_radref(x), arb_radref(other)) < 0))
        arb_swap(x, other);
}

/* The integrals of the model of exp(E) times the weights. */
static void
integrate_models(cst__cubature_box_t *box, cst__cubature_rule_t *w, const arb_t factor)
{
    arb_ptr integral = _arb_vec_init(w->count);
    fmpq middle[D], half[D];

    sides(middle, half, w, box);
    if (w->problem->integrate_weights)
        w->problem->integrate_weights(integral, w->problem->data, w->outputs, middle, half);
    for (slong k = 0; k < w->count; k++)
    {
        if (w->problem->integrate_weights)
            arb_mul(integral + k, integral + k, factor, w->prec);
        else
        {
            cst_model_mul(w->product, w->outputs, w->outputs + 1 + k);
            integrate_model(integral + k, w, w->product, factor);
        }
        take_narrower(box->integrals + k, integral + k);
    }
    clear_sides(middle, half, w);
    _arb_vec_clear(integral, w->count);
}

/* exp(E) between its bounds, as a model; good weights need no better. */
static int
bounds_as_model(cst__cubature_rule_t *w, const cst__cubature_box_t *box)
{
    arf_struct ends[2 * D];
    arb_t f;
    int ok;

    arb_init(f);
    for (slong i = 0; i < 2 * D; i++)
        arf_init(ends + i);
    box_ends(ends, w, box);
    exponential_bounds(f, w, ends);
    ok = arb_is_finite(f) && mag_cmp_2exp_si(arb_radref(f), w->problem->bits) < 0;
    if (ok)
        cst_model_set_arb(w->outputs, f);
    for (slong i = 0; i < 2 * D; i++)
        arf_clear(ends + i);
    arb_clear(f);
    return ok;
}

/* By bounds if these are good enough, else by models; of the two the narrower. */
void
cst__cubature_box_integrate(cst__cubature_box_t *box, cst__cubature_rule_t *w, double negligible)
{
    arb_t factor;
    double crude;

    arb_init(factor);
    for (slong k = 0; k < w->count; k++)
        arb_init(box->integrals + k);
    scaling(factor, w, box);
    integrate_bounds(box, w, factor);
    crude = radius_sum(box->integrals, w->count);
    if (!(crude < negligible) &&
        (run_models(w, box) || (w->problem->integrate_weights && bounds_as_model(w, box))))
        integrate_models(box, w, factor);
    box->error = radius_sum(box->integrals, w->count);
    if (isnan(box->error))
        box->error = HUGE_VAL;
    arb_clear(factor);
}

void
cst__cubature_box_clear(cst__cubature_box_t *box, const cst__cubature_rule_t *w)
{
    for (slong k = 0; k < w->count; k++)
        arb_clear(box->integrals + k);
}

static cst_status_t
compile(cst__cubature_rule_t *w, cst_error_t *error)
{
    cst_expr_t outputs[WEIGHTS + 1];

    outputs[0] = w->problem->exponent;
    for (slong k = 0; k < w->count && w->problem->weights; k++)
        outputs[k + 1] = w->problem->weights[k];
    return cst_tape_compile(w->tape, w->problem->ctx, outputs, w->problem->weights ? w->count + 1 : 1,
                            w->problem->variables, w->n, error);
}

cst_status_t
cst__cubature_rule_init(cst__cubature_rule_t *w, const cst__cubature_t *problem, slong prec,
                        cst_error_t *error)
{
    static const slong degrees[] = {0, 16, 11, 8};
    cst_status_t status;

    w->problem = problem;
    w->n = problem->dimension;
    w->count = problem->count;
    w->prec = prec;
    status = compile(w, error);
    if (status != CST_OK)
        return status;
    cst_shape_init_timeless(w->shape, problem->bits, w->n, degrees[w->n]);
    w->models = w->n + w->count + 2;
    w->inputs = flint_malloc((size_t) w->models * sizeof *w->inputs);
    w->outputs = w->inputs + w->n;
    w->product = w->outputs + w->count + 1;
    for (slong i = 0; i < w->models; i++)
        cst_model_init(w->inputs + i, w->shape);
    return CST_OK;
}

void
cst__cubature_rule_clear(cst__cubature_rule_t *w)
{
    for (slong i = 0; i < w->models; i++)
        cst_model_clear(w->inputs + i);
    flint_free(w->inputs);
    cst_shape_clear(w->shape);
    cst_tape_clear(w->tape);
}
