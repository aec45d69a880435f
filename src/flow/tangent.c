/* flow/tangent.c -- the derivatives of the flow, first and perhaps second: a column for each coefficient of
   x(z) = c + sum of v_alpha z^alpha, |alpha| >= 1, at every point of the set. V = V_c + B E with |E_kd| <=
   spread_kd: its own errors, in the frame of the set. The derivative of a step is a ball matrix J: its Taylor
   polynomials over the set plus their remainders. */
#include "flow/integrator.h"

#include <string.h>

/* Its Taylor coefficients in the point over the set, in doubles where the center has no more bits, else in
 * Arb. */
static void
step_derivative(arb_mat_t j, cst_flow_t flow)
{
    slong top = flow->order + 1;
    arb_t last;

    arb_init(last);
    for (slong i = 0; i < flow->n; i++)
        for (slong d = 0; d < flow->columns; d++)
        {
            arb_ptr e = arb_mat_entry(j, i, d);

            if (flow->step.fine_fixed)
                cst__fixed_ring_sum(e, &flow->fine_fixed, i, d + 1, flow->order);
            else if (flow->has_fine)
                arb_dot(e, NULL, 0, cst__arb_ring_at(&flow->fine, i, d + 1, 0), 1, flow->step.powers, 1, top,
                        flow->prec);
            else
                cst__ball_to_arb(
                    e, cst__strand_value(cst__strand(&flow->near, i, d + 1), flow->step.real, flow->order));
            cst__ball_to_arb(last, cst__strand_get(cst__strand(&flow->around, i, d + 1), top));
            arb_addmul(e, last, flow->step.powers + top, flow->prec);
        }
    arb_clear(last);
}

/* The two variables of a monomial of degree 2. */
static void
variables_of(slong *d, slong *e, const cst_flow_t flow, slong column)
{
    const slong *alpha = flow->jet->exponent + (column + 1) * flow->n;

    *d = 0;
    while (alpha[*d] == 0)
        ++*d;
    *e = *d + (alpha[*d] == 1);
    while (alpha[*e] == 0)
        ++*e;
}

/* The coefficient of z_d z_e in (v z)_a (v z)_b. */
static void
product_term(arb_t x, const arb_mat_t v, slong a, slong b, slong d, slong e, slong prec)
{
    arb_mul(x, arb_mat_entry(v, a, d), arb_mat_entry(v, b, e), prec);
    if (d != e)
        arb_addmul(x, arb_mat_entry(v, a, e), arb_mat_entry(v, b, d), prec);
}

void
cst__flow_add_second(arb_mat_t w, const arb_mat_t step, const arb_mat_t v, const cst_flow_t flow)
{
    slong n = flow->n, a, b, d, e;
    arb_t x;

    arb_init(x);
    for (slong to = n; to < flow->columns; to++)
        for (slong from = n; from < flow->columns; from++)
        {
            variables_of(&d, &e, flow, to);
            variables_of(&a, &b, flow, from);
            product_term(x, v, a, b, d, e, flow->prec);
            for (slong i = 0; i < n; i++)
                arb_addmul(arb_mat_entry(w, i, to), arb_mat_entry(step, i, from), x, flow->prec);
        }
    arb_clear(x);
}

void
cst__flow_second_derivatives(arb_mat_t second, const arb_mat_t coefficients, const cst_flow_t flow)
{
    slong n = flow->n, d, e;

    for (slong column = n; column < flow->columns; column++)
    {
        variables_of(&d, &e, flow, column);
        for (slong i = 0; i < n; i++)
        {
            arb_ptr x = arb_mat_entry(second, i, d * n + e);

            arb_mul_2exp_si(x, arb_mat_entry(coefficients, i, column), d == e);
            arb_set(arb_mat_entry(second, i, e * n + d), x);
        }
    }
}

/* J, the first columns. */
static void
linear_part(arb_mat_t j, const arb_mat_t step)
{
    for (slong i = 0; i < arb_mat_nrows(j); i++)
        for (slong d = 0; d < arb_mat_ncols(j); d++)
            arb_set(arb_mat_entry(j, i, d), arb_mat_entry(step, i, d));
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
        for (slong d = 0; d < flow->columns; d++)
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
        for (slong d = 0; d < flow->columns; d++)
            arb_set_si(cst__arb_ring_at(ring, i, d + 1, 0), i == d);
    }
    return cst__ring_solve(ring, flow->order);
}

/* error_id += |J B E| without the part that turns with the frame: the distance of J from the middle of a, and
   the rounding of that middle times B. */
static void
add_loose_errors(double *error, const cst_flow_t flow, const cst__ball_t *a)
{
    slong n = flow->n, columns = flow->columns, top = flow->order + 1;
    double gamma = (double) (n + 2) * CST__UNIT * CST__GROW,
           power = cst__power_bound(flow->step.time, top, 0);

    for (slong k = 0; k < n; k++)
        for (slong d = 0; d < columns; d++)
        {
            double size = 0;

            for (slong j = 0; j < n; j++)
                size += fabs(flow->frame.old[k * n + j]) * flow->spread[j * columns + d];
            for (slong i = 0; i < n; i++)
            {
                double beyond = cst__strand_size(cst__strand(&flow->around, i, k + 1), top) * power;

                error[i * columns + d] += (a[i * n + k].r + beyond + gamma * fabs(a[i * n + k].m)) * size;
            }
        }
}

static void
advance_spread(cst_flow_t flow, double *error)
{
    slong n = flow->n, columns = flow->columns;
    double *next = flint_malloc((size_t) (n * columns) * sizeof *next);

    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < columns; d++)
        {
            double s = 0;

            for (slong j = 0; j < n; j++)
                s += flow->frame.turn[i * n + j] * flow->spread[j * columns + d] +
                     flow->frame.inverse[i * n + j] * cst__up(error[j * columns + d]);
            next[i * columns + d] = cst__up(s);
        }
    memcpy(flow->spread, next, (size_t) (n * columns) * sizeof *next);
    flint_free(next);
}

/* tangent = J tangent + the terms of second order, whose errors are those of the whole tangent before. */
static void
multiply(cst_flow_t flow, const arb_mat_t step)
{
    slong n = flow->n;
    arb_mat_t j, v;

    arb_mat_init(j, n, n);
    arb_mat_init(v, n, n);
    linear_part(j, step);
    if (flow->columns > n)
        cst__flow_tangent_hull(v, flow->last.tangent, &flow->last.set, flow->last.spread, flow->columns);
    arb_mat_mul(flow->tangent, j, flow->tangent, flow->prec);
    cst__flow_add_second(flow->tangent, step, v, flow);
    arb_mat_clear(j);
    arb_mat_clear(v);
}

void
cst__flow_advance_tangent(cst_flow_t flow, const cst__ball_t *a)
{
    slong n = flow->n, columns = flow->columns;
    double *error = flint_calloc((size_t) (n * columns), sizeof *error);
    arb_mat_t step;
    mag_t r;

    mag_init(r);
    arb_mat_init(step, n, columns);
    flow->step.fine_fixed = flow->has_fine && solve_fixed(flow);
    if (flow->has_fine && !flow->step.fine_fixed && !solve_fine(flow))
        arb_mat_indeterminate(step);
    else
        step_derivative(step, flow);
    multiply(flow, step);
    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < columns; d++)
        {
            arb_ptr e = arb_mat_entry(flow->tangent, i, d);

            mag_mul_2exp_si(r, arb_radref(e), -flow->set.unit);
            error[i * columns + d] = arb_is_finite(e) ? mag_get_d(r) : INFINITY;
            mag_zero(arb_radref(e));
        }
    add_loose_errors(error, flow, a);
    advance_spread(flow, error);
    arb_mat_clear(step);
    mag_clear(r);
    flint_free(error);
}

void
cst__flow_tangent_hull(arb_mat_t hull, const arb_mat_t tangent, const cst__flow_set_t *set,
                       const double *spread, slong columns)
{
    slong n = set->n;

    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < arb_mat_ncols(hull); d++)
        {
            double s = 0;

            for (slong j = 0; j < n; j++)
                s += fabs(set->b[i * n + j]) * spread[j * columns + d];
            arb_set(arb_mat_entry(hull, i, d), arb_mat_entry(tangent, i, d));
            cst__flow_add_radius(arb_mat_entry(hull, i, d), cst__up(s), set->unit);
        }
}
