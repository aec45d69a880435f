/* flow/step.c -- one step of Lohner's method. */
#include "flow/integrator.h"

#include <string.h>

/* What may be left to the orders without a derivative: parts of the set, and of the tolerance. */
#define LITTLE_REST 0x1p-24
#define LITTLE_ERROR 0x1p-6

/* The set as the initial values of the jets in doubles: a box around the center, and the identity. */
static void
load_near(cst_flow_t flow)
{
    cst__ring_t *ring = &flow->near;

    for (slong i = 0; i < flow->n; i++)
    {
        cst__ball_t c = cst__ball_from_arb(flow->x + i);

        flow->step.radius[i] = flow->set.radius[i];
        cst__strand_set(cst__strand(ring, i, 0), 0, c.m, c.r + cst__flow_set_real_radius(&flow->set, i));
        for (slong b = 1; b < ring->shape->blocks; b++)
            cst__strand_set(cst__strand(ring, i, b), 0, b == i + 1, 0);
    }
}

/* rest / 2^shift in [0, most], most an upper bound. */
static double
most_time(const fmpq_t rest, slong shift)
{
    arb_t r;
    double most;

    arb_init(r);
    arb_set_fmpq(r, rest, 53);
    arb_abs(r, r);
    arb_mul_2exp_si(r, r, -shift);
    most = cst__ball_magnitude(cst__ball_from_arb(r));
    arb_clear(r);
    return most;
}

/* The step's length from its double, or all the rest. */
static void
fix_length(cst_flow_t flow, double time, double most, const fmpq_t rest)
{
    cst__flow_step_t *step = &flow->step;
    slong top = flow->order + 1, shift = flow->near.shift;
    fmpq_t length;
    arb_t s;
    arf_t exact;

    fmpq_init(length);
    arb_init(s);
    arf_init(exact);
    step->time = time;
    if (time < most)
    {
        arf_set_d(exact, time);
        arf_get_fmpq(length, exact);
        if (shift >= 0)
            fmpq_mul_2exp(length, length, (ulong) shift);
        else
            fmpq_div_2exp(length, length, (ulong) -shift);
        if (fmpq_sgn(rest) < 0)
            fmpq_neg(length, length);
        arb_set_arf(s, exact);
    }
    else
    {
        fmpq_set(length, rest);
        arb_set_fmpq(s, rest, flow->prec + 32);
        arb_abs(s, s);
        arb_mul_2exp_si(s, s, -shift);
    }
    fmpq_set(step->length, length);
    arb_one(step->powers);
    for (slong k = 1; k <= top; k++)
        arb_mul(step->powers + k, step->powers + k - 1, s, flow->prec + 16);
    for (slong k = 0; k <= top; k++)
        step->real[k] = cst__ball_from_arb(step->powers + k);
    fmpq_clear(length);
    arb_clear(s);
    arf_clear(exact);
}

/* Where coefficient k at the time s is smaller than the largest of its row by so many bits in every row, it
   needs so many bits fewer. */
static void
set_precisions(cst_flow_t flow, cst__ring_t *ring)
{
    slong top = flow->order, blocks = flow->has_fine ? flow->jet->blocks : 1;
    double *weight = flint_calloc((size_t) top + 1, sizeof(double)), tail = 0;

    for (slong strand = 0; strand < flow->program->length * blocks; strand++)
    {
        cst__strand_t s = cst__strand(&flow->near, strand / blocks, strand % blocks);
        double most = 0x1p-800;

        for (slong k = 0; k < top; k++)
            most = fmax(most, cst__strand_size(s, k) * flow->step.real[k].m);
        for (slong k = 0; k < top; k++)
            weight[k] = fmax(weight[k], cst__strand_size(s, k) * flow->step.real[k].m / most);
    }
    ring->precs[top + 1] = flow->prec;
    for (slong k = top; k >= 0; k--)
    {
        slong p;

        tail = fmax(tail, weight[k]);
        p = flow->prec + 12 + (slong) log2(tail + 0x1p-900);
        ring->precs[k] = k == top ? 32 : FLINT_MAX(FLINT_MIN(p, flow->prec), 32);
    }
    ring->precs[top] = ring->precs[top - 1];
    flint_free(weight);
}

/* The radius of a ball in units, rounded up; the ball becomes its middle. */
static double
take_radius(arb_t x, slong unit)
{
    mag_t r;
    double value;

    mag_init(r);
    mag_mul_2exp_si(r, arb_radref(x), -unit);
    value = mag_get_d(r);
    mag_zero(arb_radref(x));
    mag_clear(r);
    return value;
}

int
cst__flow_begin_fixed(cst_flow_t flow, cst__ring_t *ring)
{
    arb_t length;
    int good;

    if (!ring->length)
        return 0;
    arb_init(length);
    arb_mul_2exp_si(length, flow->step.powers + 1, flow->near.shift);
    if (flow->near.negative)
        arb_neg(length, length);
    good = cst__fixed_ring_begin(ring, &flow->near, length, flow->step.real, flow->order, flow->fixed_bits);
    arb_clear(length);
    return good;
}

/* The polynomial at the center in fixed point. Returns 0, with the center as it was, where that cannot be
 * done. */
static int
solve_fixed(cst_flow_t flow)
{
    cst__ring_t *ring = &flow->fixed;

    if (!cst__flow_begin_fixed(flow, ring))
        return 0;
    for (slong i = 0; i < flow->n; i++)
        cst__fixed_ring_load(ring, i, 0, flow->x + i);
    if (ring->failed || !cst__ring_solve(ring, flow->order) || ring->failed)
        return 0;
    for (slong i = 0; i < flow->n; i++)
        cst__fixed_ring_sum(flow->x + i, ring, i, 0, flow->order);
    return 1;
}

static int
solve_center(cst_flow_t flow)
{
    cst__ring_t *ring = &flow->center;

    for (slong i = 0; i < flow->n; i++)
        arb_set(cst__arb_ring_at(ring, i, 0, 0), flow->x + i);
    set_precisions(flow, ring);
    if (!cst__ring_solve(ring, flow->order))
        return 0;
    for (slong i = 0; i < flow->n; i++)
        arb_dot(flow->x + i, NULL, 0, cst__arb_ring_at(ring, i, 0, 0), 1, flow->step.powers, 1,
                flow->order + 1, flow->prec);
    return 1;
}

/* The polynomial at the center with the middle of the remainder: the new center, and its errors. */
static int
advance_center(cst_flow_t flow)
{
    slong top = flow->order + 1;
    cst__flow_step_t *step = &flow->step;
    double power = cst__power_bound(step->time, top, flow->set.unit);
    arb_t middle;

    step->fixed = solve_fixed(flow);
    if (!step->fixed && !solve_center(flow))
        return 0;
    arb_init(middle);
    for (slong i = 0; i < flow->n; i++)
    {
        cst__ball_t last = cst__strand_get(cst__strand(&flow->around, i, 0), top);

        arb_set_d(middle, last.m);
        arb_set(cst__arb_ring_at(&flow->center, i, 0, top), middle);
        arb_mul(middle, middle, step->powers + top, flow->prec);
        arb_add(flow->x + i, flow->x + i, middle, step->fixed ? flow->fixed_bits : flow->prec);
        step->error[i] = cst__up(take_radius(flow->x + i, flow->set.unit) + last.r * power);
        step->remainder[i] = cst__up(last.r * power);
    }
    arb_clear(middle);
    return 1;
}

/* A step counts in fixed point, so that coefficient k is that in units of 2^shift times power k. */
static void
fill(const cst_flow_t flow, cst__ring_t *to, const cst__ring_t *from)
{
    arb_t inverse, power;

    arb_init(inverse);
    arb_init(power);
    arb_inv(inverse, flow->step.powers + 1, flow->prec + 32);
    for (slong i = 0; i < flow->n; i++)
        for (slong b = 0; b < from->shape->blocks; b++)
        {
            arb_one(power);
            for (slong k = 0; k <= flow->order; k++)
            {
                arb_ptr x = cst__arb_ring_at(to, i, b, k);

                cst__fixed_ring_get(x, from, i, b, k);
                arb_mul(x, x, power, flow->fixed_bits);
                arb_mul(power, power, inverse, flow->prec + 32);
            }
        }
    arb_clear(inverse);
    arb_clear(power);
}

void
cst__flow_fill_center(const cst_flow_t flow)
{
    if (flow->step.fixed)
        fill(flow, &flow->center, &flow->fixed);
    flow->step.fixed = 0;
}

void
cst__flow_fill_fine(const cst_flow_t flow)
{
    if (flow->step.fine_fixed)
        fill(flow, &flow->fine, &flow->fine_fixed);
    flow->step.fine_fixed = 0;
}

static int
tangent_is_finite(const cst_flow_t flow)
{
    int good = 1;

    for (slong i = 0; flow->options.tangent && i < flow->n * flow->columns; i++)
        good = good && isfinite(flow->spread[i]);
    return good;
}

static int
advance(cst_flow_t flow)
{
    slong n = flow->n;
    cst__ball_t *a = flint_malloc((size_t) (n * n) * sizeof *a);
    double *base = flint_malloc((size_t) n * sizeof *base);
    int good = 1, curved = flow->degree > 1;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            a[i * n + j] =
                cst__strand_value(cst__strand(&flow->near, i, j + 1), flow->step.real, flow->step.jets);
    good = advance_center(flow) && (!curved || cst__flow_advance_models(flow, base));
    for (slong i = 0; i < n; i++)
        flow->step.error[i] = cst__up(flow->step.error[i] + flow->step.rest[i]);
    if (good)
    {
        cst__flow_set_advance(&flow->set, a, flow->step.error, curved ? base : NULL, &flow->frame);
        if (flow->options.tangent)
            cst__flow_advance_tangent(flow, a);
        good = cst__flow_set_is_finite(&flow->set) && tangent_is_finite(flow);
        if (good && curved)
            cst__flow_absorb(flow);
    }
    flint_free(a);
    flint_free(base);
    return good;
}

/* Beyond order M, |x_k(y) - x_k(c)| <= 2 r_k for the ball m_k +- r_k that contains x_k of the whole set:
   where that adds little to the set, it replaces the derivatives, whose cost grows with the square of M. */
static void
choose_jets(cst_flow_t flow)
{
    cst__flow_step_t *step = &flow->step;
    slong n = flow->n;
    double widest = 0, scale = 0x1p-600, limit;

    step->jets = flow->order;
    for (slong i = 0; i < n; i++)
    {
        step->rest[i] = 0;
        scale = fmax(scale, cst__strand_size(cst__strand(&flow->near, i, 0), 0));
        widest = fmax(widest, flow->set.radius[i]);
    }
    if (flow->options.tangent || flow->degree > 1)
        return;
    limit = LITTLE_REST * widest +
            LITTLE_ERROR * scale * ldexp(1, (int) FLINT_MAX(-flow->bits - flow->set.unit, -900));
    for (slong k = flow->order; k > 1; k--)
    {
        double power = 2 * cst__power_bound(step->time, k, flow->set.unit), most = 0;

        for (slong i = 0; i < n; i++)
            most = fmax(most, step->rest[i] + cst__strand_get(cst__strand(&flow->near, i, 0), k).r * power);
        if (!(most < limit))
            return;
        for (slong i = 0; i < n; i++)
            step->rest[i] =
                cst__up(step->rest[i] + cst__strand_get(cst__strand(&flow->near, i, 0), k).r * power);
        step->jets = k - 1;
    }
}

static size_t
polynomial_size(const cst_flow_t flow)
{
    return (size_t) (flow->n * flow->initial->blocks) * sizeof(double);
}

static void
save(cst_flow_t flow)
{
    size_t n = (size_t) flow->n;

    _arb_vec_set(flow->last.x, flow->x, flow->n);
    cst__flow_set_copy(&flow->last.set, &flow->set);
    if (flow->degree > 1)
        memcpy(flow->last.polynomial, flow->polynomial, polynomial_size(flow));
    if (!flow->options.tangent)
        return;
    arb_mat_set(flow->last.tangent, flow->tangent);
    memcpy(flow->last.spread, flow->spread, n * (size_t) flow->columns * sizeof(double));
}

static void
take_back(cst_flow_t flow)
{
    size_t n = (size_t) flow->n;

    _arb_vec_set(flow->x, flow->last.x, flow->n);
    cst__flow_set_copy(&flow->set, &flow->last.set);
    if (flow->degree > 1)
        memcpy(flow->polynomial, flow->last.polynomial, polynomial_size(flow));
    if (!flow->options.tangent)
        return;
    arb_mat_set(flow->tangent, flow->last.tangent);
    memcpy(flow->spread, flow->last.spread, n * (size_t) flow->columns * sizeof(double));
}

int
cst__flow_attempt(cst_flow_t flow, const fmpq_t end)
{
    fmpq_t rest;
    double time, most;
    int good;

    fmpq_init(rest);
    fmpq_sub(rest, end, flow->time);
    load_near(flow);
    cst__flow_choose_unit(flow, rest);
    good = cst__ring_solve_values(&flow->near, flow->order);
    if (good && flow->options.tangent)
        cst__ring_solve_jets(&flow->near, flow->order);
    most = most_time(rest, flow->near.shift);
    good = good && cst__flow_enclose(flow, &time, most);
    if (good)
    {
        fix_length(flow, time, most, rest);
        save(flow);
        choose_jets(flow);
        if (!flow->options.tangent)
            cst__ring_solve_jets(&flow->near, flow->step.jets);
        good = advance(flow);
        if (!good)
            take_back(flow);
    }
    flow->step.taken = good;
    if (good)
    {
        fmpq_set(flow->step.start, flow->time);
        fmpq_add(flow->time, flow->time, flow->step.length);
        flow->steps++;
        if (time < most)
            flow->guess = ldexp(time, (int) flow->near.shift);
    }
    fmpq_clear(rest);
    return good;
}
