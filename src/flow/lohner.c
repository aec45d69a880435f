/* flow/lohner.c -- verified integration: making, starting and driving a flow. */
#include "flow/integrator.h"

#include <string.h>

#define LEAST_PRECISION 64
#define LEAST_ORDER 4
#define MOST_ORDER 10000
#define MOST_DEGREE 8
#define MOST_STEPS 100000
#define LEAST_BITS 24
#define SPARE_BITS 24  /* of the tolerance beyond the width of a box */
#define CURVED 0x1p-20 /* relative width from which a set has curved sides */
#define LEAST_PART 40  /* a step below 2^-40 of the way announces a singularity */

/* Products of coefficients cost order^2 a step, and the steps are as many as order makes the tolerance's root
   large: order = bits log(2)/2 is best where sums cost, less where calls do. */
static slong
natural_order(slong prec)
{
    return prec <= 128 ? 20 + prec / 8 : prec / 3;
}

/* Bits for the roundings of a step, where they cost nothing: up to the next word. */
static slong
with_guard(slong prec)
{
    slong word = (prec + 63) / 64 * 64;

    return FLINT_MIN(prec + 12, word);
}

static void
rings_init(cst_flow_t flow)
{
    slong orders = flow->most_order + 3;
    const cst_shape_struct *around = flow->options.tangent ? flow->jet : flow->point;

    cst__ball_ring_init(&flow->near, flow->program, flow->jet, orders);
    cst__ball_ring_init(&flow->around, flow->program, around, orders);
    cst__arb_ring_init(&flow->center, flow->program, flow->point, orders, flow->prec);
    flow->has_fine = flow->options.tangent && flow->prec > 64;
    if (flow->has_fine)
        cst__arb_ring_init(&flow->fine, flow->program, flow->jet, orders, flow->prec);
    flow->fixed_bits = cst__fixed_ring_bits(flow->asked, orders, 0);
    if (flow->fixed_bits)
        cst__fixed_ring_init(&flow->fixed, flow->program, flow->point, orders, flow->fixed_bits);
    if (flow->has_fine && cst__fixed_ring_bits(flow->asked, orders, flow->options.tangent))
        cst__fixed_ring_init(&flow->fine_fixed, flow->program, flow->jet, orders, flow->fixed_bits);
}

static void
step_init(cst_flow_t flow)
{
    cst__flow_step_t *step = &flow->step;
    size_t n = (size_t) flow->n;

    step->taken = 0;
    fmpq_init(step->start);
    fmpq_init(step->length);
    step->powers = _arb_vec_init(flow->most_order + 2);
    step->real = flint_calloc((size_t) flow->most_order + 2, sizeof *step->real);
    step->radius = flint_calloc(n, sizeof(double));
    step->rest = flint_calloc(n, sizeof(double));
    step->error = flint_calloc(n, sizeof(double));
    step->remainder = flint_calloc(n, sizeof(double));
}

static void
step_clear(cst_flow_t flow)
{
    cst__flow_step_t *step = &flow->step;

    fmpq_clear(step->start);
    fmpq_clear(step->length);
    _arb_vec_clear(step->powers, flow->most_order + 2);
    flint_free(step->real);
    flint_free(step->radius);
    flint_free(step->rest);
    flint_free(step->error);
    flint_free(step->remainder);
}

/* Is an option 0, which stands for a choice of the program, or in its range? */
static int
is_good(const char *name, slong value, slong least, slong most, cst_error_t *error)
{
    if (value && (value < least || value > most))
        cst_error_set(error, CST_BAD_INPUT, "%s is %ld, not from %ld to %ld", name, (long) value,
                      (long) least, (long) most);
    return !value || (least <= value && value <= most);
}

static int
options_are_good(const cst_flow_options_t *o, cst_error_t *error)
{
    return is_good("precision", o->precision, LEAST_PRECISION, CST_FLOW_MOST_PRECISION, error) &&
           is_good("order", o->order, LEAST_ORDER, MOST_ORDER, error) &&
           is_good("degree", o->degree, 1, MOST_DEGREE, error) &&
           is_good("tangent", o->tangent, 0, 2, error) &&
           is_good("max_steps", o->max_steps, 1, WORD_MAX, error);
}

cst_flow_t
cst_flow_new(const cst_tape_t field, const cst_flow_options_t *options, cst_error_t *error)
{
    cst_flow_t flow;
    size_t n = (size_t) field->inputs;

    if (field->inputs < 1 || field->inputs != field->output_count)
    {
        cst_error_set(error, CST_BAD_INPUT, "a vector field with %ld inputs has %ld components",
                      (long) field->inputs, (long) field->output_count);
        return NULL;
    }
    if (options && !options_are_good(options, error))
        return NULL;
    flow = flint_calloc(1, sizeof *flow);
    if (options)
        flow->options = *options;
    flow->n = field->inputs;
    flow->asked = flow->options.precision ? flow->options.precision : LEAST_PRECISION;
    flow->prec = with_guard(flow->asked);
    flow->most_order = flow->options.order ? flow->options.order : natural_order(flow->asked);
    flow->order = flow->most_order;
    cst__flow_program_init(flow->program, field);
    cst_shape_init_timeless(flow->point, 0, 0, 0);
    cst_shape_init_timeless(flow->jet, 0, flow->n, flow->options.tangent == 2 ? 2 : 1);
    flow->columns = flow->jet->blocks - 1;
    rings_init(flow);
    fmpq_init(flow->time);
    flow->x = _arb_vec_init(flow->n);
    cst__flow_set_init(&flow->set, flow->n);
    cst__flow_frame_init(&flow->frame, flow->n);
    step_init(flow);
    arb_mat_init(flow->tangent, flow->n, flow->columns);
    flow->spread = flint_calloc(n * (size_t) flow->columns, sizeof(double));
    flow->last.x = _arb_vec_init(flow->n);
    cst__flow_set_init(&flow->last.set, flow->n);
    arb_mat_init(flow->last.tangent, flow->n, flow->columns);
    flow->last.spread = flint_calloc(n * (size_t) flow->columns, sizeof(double));
    flow->gap = flint_calloc(n * (size_t) flow->jet->blocks, sizeof(double));
    return flow;
}

void
cst_flow_free(cst_flow_t flow)
{
    if (!flow)
        return;
    cst__ring_clear(&flow->near);
    cst__ring_clear(&flow->around);
    cst__ring_clear(&flow->center);
    if (flow->has_fine)
        cst__ring_clear(&flow->fine);
    cst__ring_clear(&flow->fixed);
    cst__ring_clear(&flow->fine_fixed);
    cst_shape_clear(flow->point);
    cst_shape_clear(flow->jet);
    cst__flow_program_clear(flow->program);
    fmpq_clear(flow->time);
    _arb_vec_clear(flow->x, flow->n);
    cst__flow_set_clear(&flow->set);
    cst__flow_frame_clear(&flow->frame);
    step_clear(flow);
    arb_mat_clear(flow->tangent);
    flint_free(flow->spread);
    _arb_vec_clear(flow->last.x, flow->n);
    cst__flow_set_clear(&flow->last.set);
    arb_mat_clear(flow->last.tangent);
    flint_free(flow->last.spread);
    flint_free(flow->gap);
    cst__flow_clear_models(flow);
    flint_free(flow);
}

/* Radii down to the rounding of the center go to the error box; the others are worth a column. */
static int
is_wide(const arb_t x, slong prec)
{
    return arb_rel_accuracy_bits(x) < prec - 8 && !mag_is_zero(arb_radref(x));
}

static slong
unit_for(arb_srcptr x, slong n, slong prec)
{
    slong unit = -prec;

    for (slong i = 0; i < n; i++)
        if (is_wide(x + i, prec))
        {
            slong e = (slong) floor(mag_get_d_log2_approx(arb_radref(x + i))) - 500;

            unit = FLINT_MAX(unit, e);
        }
    return unit;
}

/* How wide the box is, relative to the point. */
static double
relative_width(arb_srcptr x, const int *wide, slong n)
{
    double width = 0, size = 0;

    for (slong i = 0; i < n; i++)
    {
        size = fmax(size, fabs(arf_get_d(arb_midref(x + i), ARF_RND_NEAR)));
        width = wide[i] ? fmax(width, mag_get_d(arb_radref(x + i))) : width;
    }
    return size > width ? width / size : width > 0 ? 1 : 0;
}

/* A box need not be carried more exactly than it is wide, and a wide one bends. */
static void
choose_methods(cst_flow_t flow, double width)
{
    slong degree = flow->options.degree, bits = FLINT_MIN(flow->asked + 3, flow->prec);

    if (width > 0)
        bits = FLINT_MIN(bits, SPARE_BITS - ilogb(width));
    flow->bits = FLINT_MAX(bits, LEAST_BITS);
    flow->order = flow->most_order;
    if (!flow->options.order)
        flow->order = FLINT_MIN(flow->order, natural_order(flow->bits));
    if (!degree)
        degree = width < CURVED ? 1 : width < (flow->n <= 4 ? 0x1p-7 : 0x1p-5) || flow->n > 8 ? 3 : 5;
    flow->degree = width == 0 ? 1 : degree;
}

/* The middle goes to the center, the radii in units to radius. */
static void
read_start(cst_flow_t flow, double *radius, int *wide, arb_srcptr x)
{
    mag_t r;

    mag_init(r);
    flow->lost = 0;
    for (slong i = 0; i < flow->n; i++)
    {
        flow->lost = flow->lost || !arb_is_finite(x + i);
        mag_mul_2exp_si(r, arb_radref(x + i), -flow->set.unit);
        radius[i] = mag_get_d(r);
        wide[i] = is_wide(x + i, flow->prec);
        arb_get_mid_arb(flow->x + i, x + i);
    }
    mag_clear(r);
}

void
cst_flow_start(cst_flow_t flow, arb_srcptr x, const fmpq_t time)
{
    slong n = flow->n;
    double *radius = flint_malloc((size_t) n * sizeof *radius);
    int *wide = flint_malloc((size_t) n * sizeof *wide);

    cst__flow_clear_models(flow);
    flow->set.unit = unit_for(x, n, flow->prec);
    read_start(flow, radius, wide, x);
    cst__flow_set_box(&flow->set, radius, wide);
    choose_methods(flow, flow->lost ? 0 : relative_width(x, wide, n));
    if (flow->degree > 1)
        cst__flow_start_models(flow, wide, radius);
    fmpq_set(flow->time, time);
    flow->steps = 0;
    flow->step.taken = 0;
    flow->guess = 0;
    flow->confidence = 0.7;
    arb_mat_one(flow->tangent);
    memset(flow->spread, 0, (size_t) (n * flow->columns) * sizeof(double));
    flint_free(radius);
    flint_free(wide);
}

cst_status_t
cst_flow_step(cst_flow_t flow, const fmpq_t end)
{
    if (flow->lost)
        return CST_UNDECIDED;
    if (fmpq_equal(flow->time, end))
        return CST_OK;
    return cst__flow_attempt(flow, end) ? CST_OK : CST_UNDECIDED;
}

slong
cst__flow_step_limit(const cst_flow_t flow)
{
    return flow->options.max_steps ? flow->options.max_steps : MOST_STEPS;
}

cst_status_t
cst_flow_to(cst_flow_t flow, const fmpq_t end)
{
    slong limit = cst__flow_step_limit(flow);
    fmpq_t least, length;
    cst_status_t status = flow->lost ? CST_UNDECIDED : CST_OK;

    fmpq_init(least);
    fmpq_init(length);
    fmpq_sub(least, end, flow->time);
    fmpq_abs(least, least);
    fmpq_div_2exp(least, least, LEAST_PART);
    for (slong i = 0; status == CST_OK && !fmpq_equal(flow->time, end); i++)
    {
        status = i < limit ? cst_flow_step(flow, end) : CST_UNDECIDED;
        fmpq_abs(length, flow->step.length);
        if (status == CST_OK && fmpq_cmp(length, least) < 0 && !fmpq_equal(flow->time, end))
            status = CST_UNDECIDED;
    }
    fmpq_clear(least);
    fmpq_clear(length);
    return status;
}

slong
cst_flow_dimension(const cst_flow_t flow)
{
    return flow->n;
}

slong
cst_flow_steps(const cst_flow_t flow)
{
    return flow->steps;
}

slong
cst_flow_precision(const cst_flow_t flow)
{
    return flow->asked;
}

void
cst_flow_time(fmpq_t time, const cst_flow_t flow)
{
    fmpq_set(time, flow->time);
}

void
cst__flow_add_radius(arb_t x, double radius, slong unit)
{
    mag_t r;

    if (!(radius < INFINITY))
    {
        arb_indeterminate(x);
        return;
    }
    mag_init(r);
    mag_set_d(r, radius);
    mag_mul_2exp_si(r, r, unit);
    mag_add(arb_radref(x), arb_radref(x), r);
    mag_clear(r);
}

void
cst_flow_state(arb_ptr x, const cst_flow_t flow)
{
    for (slong i = 0; i < flow->n; i++)
    {
        arb_set(x + i, flow->x + i);
        cst__flow_add_radius(x + i, flow->lost ? INFINITY : flow->set.radius[i], flow->set.unit);
    }
}

void
cst_flow_tangent(arb_mat_t tangent, const cst_flow_t flow)
{
    if (flow->lost || !flow->options.tangent)
        arb_mat_indeterminate(tangent);
    else
        cst__flow_tangent_hull(tangent, flow->tangent, &flow->set, flow->spread, flow->columns);
}

void
cst_flow_second(arb_mat_t second, const cst_flow_t flow)
{
    arb_mat_t all;

    arb_mat_init(all, flow->n, flow->columns);
    if (flow->lost || flow->options.tangent < 2)
        arb_mat_indeterminate(second);
    else
    {
        cst__flow_tangent_hull(all, flow->tangent, &flow->set, flow->spread, flow->columns);
        cst__flow_second_derivatives(second, all, flow);
    }
    arb_mat_clear(all);
}
