/* geom/enclose.c -- balls that hold the values of expressions, or the curvature, over a whole box. */
#include <caustic/flow.h>

#include "geom/levi-civita.h"
#include "geom/program.h"

#define GUARD_BITS 32
#define MOST_BITS 100000 /* of a coordinate, as a fixed-point number */
#define MOST_MONOMIALS 130

/* Which coordinates vary, and over what. */
typedef struct
{
    cst_shape_t shape;
    slong n, varying;
    cst_model_struct *inputs;
} box_t;

/* The largest degree up to 6 for which a model has few enough terms. */
static slong
choose_degree(slong variables)
{
    for (slong degree = 6; degree > 2; degree--)
    {
        double terms = 1;

        for (slong i = 1; i <= degree; i++)
            terms *= (double) (variables + i) / (double) i;
        if (terms <= MOST_MONOMIALS)
            return degree;
    }
    return 2;
}

/* Is the number 0 or of a size that fixed point can hold? */
static int
is_moderate_size(const arf_t x)
{
    return arf_is_zero(x) || (arf_cmpabs_2exp_si(x, MOST_BITS) < 0 && arf_cmpabs_2exp_si(x, -MOST_BITS) > 0);
}

static int
is_moderate(const arb_t x)
{
    arf_t radius;
    int moderate;

    arf_init(radius);
    arf_set_mag(radius, arb_radref(x));
    moderate = arb_is_finite(x) && arb_bits(x) < MOST_BITS && is_moderate_size(arb_midref(x)) &&
               is_moderate_size(radius);
    arf_clear(radius);
    return moderate;
}

static void
box_init(box_t *box, arb_srcptr balls, slong n, slong bits)
{
    fmpq_t center, halfwidth;
    arf_t radius;
    slong i = 0;

    fmpq_init(center);
    fmpq_init(halfwidth);
    arf_init(radius);
    box->n = n;
    box->varying = 0;
    for (slong a = 0; a < n; a++)
        box->varying += !arb_is_exact(balls + a);
    cst_shape_init_timeless(box->shape, bits, box->varying, choose_degree(box->varying));
    box->inputs = flint_malloc((size_t) (n + 1) * sizeof *box->inputs);
    for (slong a = 0; a < n; a++)
    {
        cst_model_init(box->inputs + a, box->shape);
        arf_get_fmpq(center, arb_midref(balls + a));
        arf_set_mag(radius, arb_radref(balls + a));
        arf_get_fmpq(halfwidth, radius);
        if (arb_is_exact(balls + a))
            cst_model_set_fmpq(box->inputs + a, center);
        else
            cst_model_set_parameter(box->inputs + a, i++, center, halfwidth);
    }
    arf_clear(radius);
    fmpq_clear(center);
    fmpq_clear(halfwidth);
}

static void
box_clear(box_t *box)
{
    for (slong a = 0; a < box->n; a++)
        cst_model_clear(box->inputs + a);
    flint_free(box->inputs);
    cst_shape_clear(box->shape);
}

/* A ball around the range of a model. */
static void
range(arb_t ball, const cst_model_t x, slong prec)
{
    fmpz_t low, high;
    cst_model_t minus;
    fmpq_t q;
    arf_t a, b;

    fmpz_init(low);
    fmpz_init(high);
    fmpq_init(q);
    arf_init(a);
    arf_init(b);
    cst_model_init(minus, x->shape);
    fmpq_set_si(q, -1, 1);
    cst_model_scale_fmpq(minus, x, q);
    cst_model_infimum(low, x);
    cst_model_infimum(high, minus);
    fmpz_neg(high, high);
    arf_set_fmpz(a, low);
    arf_mul_2exp_si(a, a, -x->shape->bits);
    arf_set_fmpz(b, high);
    arf_mul_2exp_si(b, b, -x->shape->bits);
    arb_set_interval_arf(ball, a, b, prec);
    arf_clear(a);
    arf_clear(b);
    cst_model_clear(minus);
    fmpq_clear(q);
    fmpz_clear(low);
    fmpz_clear(high);
}

/* Intersects the values with the ranges of Taylor models. Where a model cannot be made, nothing is lost. */
static void
narrow(arb_ptr values, const cst_tape_t tape, arb_srcptr balls, slong prec)
{
    box_t box;
    cst_model_struct *outputs;
    arb_t ball;
    int moderate = 1, wide = 0;

    for (slong a = 0; a < tape->inputs; a++)
    {
        moderate &= is_moderate(balls + a);
        wide |= !arb_is_exact(balls + a);
    }
    if (!moderate || !wide)
        return;
    arb_init(ball);
    box_init(&box, balls, tape->inputs, prec + GUARD_BITS);
    outputs = flint_malloc((size_t) (tape->output_count + 1) * sizeof *outputs);
    for (slong i = 0; i < tape->output_count; i++)
        cst_model_init(outputs + i, box.shape);
    if (cst_model_run_tape(outputs, tape, box.inputs, box.shape) == CST_OK)
        for (slong i = 0; i < tape->output_count; i++)
        {
            range(ball, outputs + i, prec);
            if (!arb_is_finite(values + i) || !arb_intersection(values + i, values + i, ball, prec))
                arb_set(values + i, ball);
        }
    for (slong i = 0; i < tape->output_count; i++)
        cst_model_clear(outputs + i);
    flint_free(outputs);
    box_clear(&box);
    arb_clear(ball);
}

cst_status_t
cst_geom_enclose(arb_ptr values, const cst_lie_chart_t *chart, const cst_expr_t *expressions, slong length,
                 arb_srcptr box, slong prec, cst_error_t *error)
{
    cst_tape_t tape;
    cst_status_t status =
        cst_tape_compile(tape, chart->ctx, expressions, length, chart->coordinates, chart->dimension, error);

    for (slong i = 0; i < length && status != CST_OK; i++)
        arb_indeterminate(values + i);
    if (status != CST_OK)
        return status;
    cst_tape_eval_arb(values, tape, box, prec);
    narrow(values, tape, box, prec);
    cst_tape_clear(tape);
    for (slong i = 0; i < length; i++)
        if (!arb_is_finite(values + i))
            status = cst_error_set(error, CST_UNDECIDED, "no finite enclosure over the box: divide it");
    return status;
}

/* Where the balls go; NULL for what is not wanted. */
typedef struct
{
    arb_ptr christoffel, riemann, ricci, scalar;
} outputs_t;

static cst_expr_t *
list_outputs(slong *length, const outputs_t *out, const cst__program_t *s)
{
    slong pairs = s->n * (s->n - 1) / 2, classes = pairs * (pairs + 1) / 2;
    cst_expr_t *list = flint_malloc((size_t) (s->n * s->size + classes + s->size + 2) * sizeof *list);

    *length = 0;
    for (slong i = 0; i < s->n * s->size && out->christoffel; i++)
        list[(*length)++] = s->gamma[i];
    for (slong i = 0; i < classes && out->riemann; i++)
        list[(*length)++] = s->riemann[i];
    for (slong i = 0; i < s->size && out->ricci; i++)
        list[(*length)++] = s->ricci[i];
    if (out->scalar)
        list[(*length)++] = s->scalar;
    return list;
}

static void
set_riemann(arb_ptr riemann, arb_srcptr classes, slong n)
{
    for (slong i = 0; i < n * n * n * n; i++)
    {
        int sign;
        slong place = cst__riemann_place(&sign, i / (n * n * n), i / (n * n) % n, i / n % n, i % n);

        if (place < 0)
            arb_zero(riemann + i);
        else
            arb_set(riemann + i, classes + place);
        if (place >= 0 && sign < 0)
            arb_neg(riemann + i, riemann + i);
    }
}

/* The values, in the order of list_outputs, to their places. */
static void
distribute(const outputs_t *out, arb_srcptr values, slong n)
{
    slong S = n * (n + 1) / 2, pairs = n * (n - 1) / 2;

    for (slong i = 0; i < n * n * n && out->christoffel; i++)
        arb_set(out->christoffel + i, values + i / (n * n) * S + cst__symmetric(i / n % n, i % n));
    values += out->christoffel ? n * S : 0;
    if (out->riemann)
        set_riemann(out->riemann, values, n);
    values += out->riemann ? pairs * (pairs + 1) / 2 : 0;
    for (slong i = 0; i < n * n && out->ricci; i++)
        arb_set(out->ricci + i, values + cst__symmetric(i / n, i % n));
    values += out->ricci ? S : 0;
    if (out->scalar)
        arb_set(out->scalar, values);
}

static void
set_indeterminate(arb_ptr x, slong length)
{
    for (slong i = 0; i < length && x; i++)
        arb_indeterminate(x + i);
}

static cst_status_t
enclose_curvature(const outputs_t *out, const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix,
                  int is_cometric, arb_srcptr box, slong prec, cst_error_t *error)
{
    slong n = chart->dimension, length;
    arb_ptr center = _arb_vec_init(n), values;
    cst__program_t program;
    cst_expr_t *list;
    cst_status_t status;

    for (slong a = 0; a < n; a++)
        arb_get_mid_arb(center + a, box + a);
    status = cst__program_init(&program, chart, matrix, is_cometric,
                               out->riemann || out->ricci || out->scalar, center, error);
    if (status == CST_OK)
    {
        list = list_outputs(&length, out, &program);
        values = _arb_vec_init(length);
        status = cst_geom_enclose(values, chart, list, length, box, prec, error);
        distribute(out, values, n);
        _arb_vec_clear(values, length);
        flint_free(list);
    }
    else
    {
        set_indeterminate(out->christoffel, n * n * n);
        set_indeterminate(out->riemann, n * n * n * n);
        set_indeterminate(out->ricci, n * n);
        set_indeterminate(out->scalar, 1);
    }
    cst__program_clear(&program);
    _arb_vec_clear(center, n);
    return status;
}

cst_status_t
cst_geom_enclose_curvature(arb_ptr christoffel, arb_ptr riemann, arb_ptr ricci, arb_ptr scalar,
                           const cst_lie_chart_t *chart, const cst_geom_matrix_t metric, arb_srcptr box,
                           slong prec, cst_error_t *error)
{
    outputs_t out = {christoffel, riemann, ricci, scalar};

    return enclose_curvature(&out, chart, metric, 0, box, prec, error);
}

cst_status_t
cst_geom_enclose_curvature_of_cometric(arb_ptr christoffel, arb_ptr riemann, arb_ptr ricci, arb_ptr scalar,
                                       const cst_lie_chart_t *chart, const cst_geom_matrix_t cometric,
                                       arb_srcptr box, slong prec, cst_error_t *error)
{
    outputs_t out = {christoffel, riemann, ricci, scalar};

    return enclose_curvature(&out, chart, cometric, 1, box, prec, error);
}
