/* flow/tangent.c -- the derivative of the flow, V = V_c + B E with |E_kd| <= spread_kd: its own errors, in
   the frame of the set. The derivative of a step is a ball matrix J: its Taylor polynomials over the set plus
   their remainders. */
#include "flow/integrator.h"

#include <string.h>

/* J over the set, in doubles where the center has no more bits, else in Arb. */
static void
step_derivative(arb_mat_t j, cst_flow_t flow, const cst__ball_t *a)
{
    slong n = flow->n, top = flow->order + 1;
    arb_t last;

    arb_init(last);
    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < n; d++)
        {
            arb_ptr e = arb_mat_entry(j, i, d);

            if (flow->step.fine_fixed)
                cst__fixed_ring_sum(e, &flow->fine_fixed, i, d + 1, flow->order);
            else if (flow->has_fine)
                arb_dot(e, NULL, 0, cst__arb_ring_at(&flow->fine, i, d + 1, 0), 1, flow->step.powers, 1, top,
                        flow->prec);
            else
                cst__ball_to_arb(e, a[i * n + d]);
            cst__ball_to_arb(last, cst__strand_get(cst__strand(&flow->around, i, d + 1), top));
            arb_addmul(e, last, flow->step.powers + top, flow->prec);
        }
    arb_clear(last);
}

/* Component i of the set before the step. */
static void
start_set(arb_t x, const cst_flow_t flow, slong i)
{
    mag_t r;

    mag_init(r);
    arb_set(x, flow->last.x + i);
    mag_set_d(r, flow->step.radius[i]);
    mag_mul_2exp_si(r, r, flow->set.unit);
    mag_add(arb_radref(x), arb_radref(x), r);
    mag_clear(r);
}

/* The set as initial values of jets in fixed point. */
static int
solve_fixed(cst_flow_t flow)
{
    cst__ring_t *ring = &flow->fine_fixed;
    arb_t x;

    if (!cst__flow_begin_fixed(flow, ring))
        return 0;
    arb_init(x);
    for (slong i = 0; i < flow->n; i++)
    {
        start_set(x, flow, i);
        cst__fixed_ring_load(ring, i, 0, x);
        for (slong d = 0; d < flow->n; d++)
        {
            arb_set_si(x, i == d);
            cst__fixed_ring_load(ring, i, d + 1, x);
        }
    }
    arb_clear(x);
    return !ring->failed && cst__ring_solve(ring, flow->order) && !ring->failed;
}

/* The same in Arb. */
static int
solve_fine(cst_flow_t flow)
{
    cst__ring_t *ring = &flow->fine;

    for (slong k = 0; k < ring->orders; k++)
        ring->precs[k] = flow->prec;
    for (slong i = 0; i < flow->n; i++)
    {
        start_set(cst__arb_ring_at(ring, i, 0, 0), flow, i);
        for (slong d = 0; d < flow->n; d++)
            arb_set_si(cst__arb_ring_at(ring, i, d + 1, 0), i == d);
    }
    return cst__ring_solve(ring, flow->order);
}

/* error_id += |J B E| without the part that turns with the frame: the distance of J from the middle of a, and
   the rounding of that middle times B. */
static void
add_loose_errors(double *error, const cst_flow_t flow, const cst__ball_t *a)
{
    slong n = flow->n, top = flow->order + 1;
    double gamma = (double) (n + 2) * CST__UNIT * CST__GROW,
           power = cst__power_bound(flow->step.time, top, 0);

    for (slong k = 0; k < n; k++)
        for (slong d = 0; d < n; d++)
        {
            double size = 0;

            for (slong j = 0; j < n; j++)
                size += fabs(flow->frame.old[k * n + j]) * flow->spread[j * n + d];
            for (slong i = 0; i < n; i++)
            {
                double beyond = cst__strand_size(cst__strand(&flow->around, i, k + 1), top) * power;

                error[i * n + d] += (a[i * n + k].r + beyond + gamma * fabs(a[i * n + k].m)) * size;
            }
        }
}

static void
advance_spread(cst_flow_t flow, double *error)
{
    slong n = flow->n;
    double *next = flint_malloc((size_t) (n * n) * sizeof *next);

    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < n; d++)
        {
            double s = 0;

            for (slong j = 0; j < n; j++)
                s += flow->frame.turn[i * n + j] * flow->spread[j * n + d] +
                     flow->frame.inverse[i * n + j] * cst__up(error[j * n + d]);
            next[i * n + d] = cst__up(s);
        }
    memcpy(flow->spread, next, (size_t) (n * n) * sizeof *next);
    flint_free(next);
}

void
cst__flow_advance_tangent(cst_flow_t flow, const cst__ball_t *a)
{
    slong n = flow->n;
    double *error = flint_calloc((size_t) (n * n), sizeof *error);
    arb_mat_t j;
    mag_t r;

    mag_init(r);
    arb_mat_init(j, n, n);
    flow->step.fine_fixed = flow->has_fine && solve_fixed(flow);
    if (flow->has_fine && !flow->step.fine_fixed && !solve_fine(flow))
        arb_mat_indeterminate(j);
    else
        step_derivative(j, flow, a);
    arb_mat_mul(flow->tangent, j, flow->tangent, flow->prec);
    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < n; d++)
        {
            arb_ptr e = arb_mat_entry(flow->tangent, i, d);

            mag_mul_2exp_si(r, arb_radref(e), -flow->set.unit);
            error[i * n + d] = arb_is_finite(e) ? mag_get_d(r) : INFINITY;
            mag_zero(arb_radref(e));
        }
    add_loose_errors(error, flow, a);
    advance_spread(flow, error);
    arb_mat_clear(j);
    mag_clear(r);
    flint_free(error);
}

void
cst__flow_tangent_hull(arb_mat_t hull, const arb_mat_t tangent, const cst__flow_set_t *set,
                       const double *spread)
{
    slong n = set->n;

    arb_mat_set(hull, tangent);
    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < n; d++)
        {
            double s = 0;

            for (slong j = 0; j < n; j++)
                s += fabs(set->b[i * n + j]) * spread[j * n + d];
            cst__flow_add_radius(arb_mat_entry(hull, i, d), cst__up(s), set->unit);
        }
}
