/* flow/dense.c -- the solution on the last step: the center's polynomial, and how far the set reaches from
 * it. */
#include "flow/integrator.h"

int
cst_flow_last_step(fmpq_t start, fmpq_t end, const cst_flow_t flow)
{
    if (!flow->step.taken)
        return 0;
    fmpq_add(end, flow->step.start, flow->step.length);
    fmpq_set(start, flow->step.start);
    return 1;
}

/* |T(x, t) + remainder - T(c, t)| on the step, x in the set: the derivative's range times the radii. */
static void
deviation(mag_t bound, const cst_flow_t flow, slong i)
{
    const cst__flow_step_t *step = &flow->step;
    double sum = step->remainder[i] + step->rest[i];

    for (slong j = 0; j < flow->n; j++)
        sum += cst__ball_magnitude(
                   cst__strand_range(cst__strand(&flow->near, i, j + 1), step->time, step->jets)) *
               step->radius[j];
    mag_set_d(bound, cst__up(sum));
    mag_mul_2exp_si(bound, bound, flow->set.unit);
}

int
cst_flow_polynomial(arb_poly_t polynomial, mag_t radius, const cst_flow_t flow, slong i)
{
    slong top = flow->order + 1;

    if (!flow->step.taken)
        return 0;
    cst__flow_fill_center(flow);
    arb_poly_fit_length(polynomial, top + 1);
    for (slong k = 0; k <= top; k++)
        arb_mul(polynomial->coeffs + k, cst__arb_ring_at(&flow->center, i, 0, k), flow->step.powers + k,
                flow->prec);
    _arb_poly_set_length(polynomial, top + 1);
    _arb_poly_normalise(polynomial);
    deviation(radius, flow, i);
    return 1;
}

/* y = p(s) by the mean value form where s is a wide ball: p(m) + p'(s) (s - m), met with p(s). */
static void
evaluate(arb_t y, arb_srcptr p, slong length, const arb_t s, slong prec)
{
    arb_t m, d, z;

    _arb_poly_evaluate(y, p, length, s, prec);
    if (arb_is_exact(s))
        return;
    arb_init(m);
    arb_init(d);
    arb_init(z);
    arb_get_mid_arb(m, s);
    _arb_poly_evaluate2(z, d, p, length, s, prec);
    _arb_poly_evaluate(z, p, length, m, prec);
    arb_sub(m, s, m, prec);
    arb_addmul(z, d, m, prec);
    if (!arb_intersection(y, y, z, prec))
        arb_set(y, z);
    arb_clear(m);
    arb_clear(d);
    arb_clear(z);
}

static void
component_at(arb_t x, const cst_flow_t flow, slong i, const arb_t s)
{
    mag_t r;

    mag_init(r);
    cst__flow_fill_center(flow);
    evaluate(x, cst__arb_ring_at(&flow->center, i, 0, 0), flow->order + 2, s, flow->prec);
    deviation(r, flow, i);
    mag_add(arb_radref(x), arb_radref(x), r);
    mag_clear(r);
}

void
cst__flow_state_at(arb_ptr x, const cst_flow_t flow, const arb_t s)
{
    for (slong i = 0; i < flow->n; i++)
        component_at(x + i, flow, i, s);
}

/* s = (time - start)/(+-2^shift), met with the step: a ball around what is in both. */
static int
step_time(arb_t s, const cst_flow_t flow, const arb_t time)
{
    arb_t whole;
    int met;

    if (!flow->step.taken)
        return 0;
    arb_init(whole);
    arb_set_fmpq(whole, flow->step.start, flow->prec + 64);
    arb_sub(s, time, whole, flow->prec + 64);
    arb_mul_2exp_si(s, s, -flow->near.shift);
    if (flow->near.negative)
        arb_neg(s, s);
    arb_zero(whole);
    arb_union(whole, whole, flow->step.powers + 1, 64);
    met = arb_intersection(s, s, whole, flow->prec + 64);
    arb_clear(whole);
    return met;
}

void
cst_flow_state_at(arb_ptr x, const cst_flow_t flow, const arb_t time)
{
    arb_t s;

    arb_init(s);
    if (step_time(s, flow, time))
        cst__flow_state_at(x, flow, s);
    else
        _arb_vec_indeterminate(x, flow->n);
    arb_clear(s);
}

void
cst_flow_component_at(arb_t x, const cst_flow_t flow, slong i, const arb_t time)
{
    arb_t s;

    arb_init(s);
    if (step_time(s, flow, time))
        component_at(x, flow, i, s);
    else
        arb_indeterminate(x);
    arb_clear(s);
}

/* The Taylor coefficients in the point of the polynomials of the step, with their remainders: as many columns
   as j has. */
static void
step_derivative_at(arb_mat_t j, const cst_flow_t flow, const arb_t s)
{
    slong n = flow->n, top = flow->order + 1;
    arb_ptr p = _arb_vec_init(top + 1);

    cst__flow_fill_fine(flow);
    for (slong i = 0; i < n; i++)
        for (slong d = 0; d < arb_mat_ncols(j); d++)
        {
            cst__strand_t around = cst__strand(&flow->around, i, d + 1),
                          near = cst__strand(&flow->near, i, d + 1);

            for (slong k = 0; k < top; k++)
                if (flow->has_fine)
                    arb_set(p + k, cst__arb_ring_at(&flow->fine, i, d + 1, k));
                else
                    cst__ball_to_arb(p + k, cst__strand_get(near, k));
            cst__ball_to_arb(p + top, cst__strand_get(around, top));
            evaluate(arb_mat_entry(j, i, d), p, top + 1, s, flow->prec);
        }
    _arb_vec_clear(p, top + 1);
}

/* The first columns of the derivative at the time s of the step. */
static void
tangent_at(arb_mat_t w, const cst_flow_t flow, const arb_t s)
{
    slong n = flow->n, columns = arb_mat_ncols(w);
    arb_mat_t step, j, v;

    arb_mat_init(step, n, columns);
    arb_mat_init(j, n, n);
    arb_mat_init(v, n, columns);
    step_derivative_at(step, flow, s);
    for (slong i = 0; i < n * n; i++)
        arb_set(arb_mat_entry(j, i / n, i % n), arb_mat_entry(step, i / n, i % n));
    cst__flow_tangent_hull(v, flow->last.tangent, &flow->last.set, flow->last.spread, flow->columns);
    arb_mat_mul(w, j, v, flow->prec);
    if (columns > n)
        cst__flow_add_second(w, step, v, flow);
    arb_mat_clear(step);
    arb_mat_clear(j);
    arb_mat_clear(v);
}

void
cst_flow_tangent_at(arb_mat_t tangent, const cst_flow_t flow, const arb_t time)
{
    arb_t s;

    arb_init(s);
    if (flow->options.tangent && step_time(s, flow, time))
        tangent_at(tangent, flow, s);
    else
        arb_mat_indeterminate(tangent);
    arb_clear(s);
}

void
cst_flow_second_at(arb_mat_t second, const cst_flow_t flow, const arb_t time)
{
    arb_mat_t all;
    arb_t s;

    arb_init(s);
    arb_mat_init(all, flow->n, flow->columns);
    if (flow->options.tangent == 2 && step_time(s, flow, time))
    {
        tangent_at(all, flow, s);
        cst__flow_second_derivatives(second, all, flow);
    }
    else
        arb_mat_indeterminate(second);
    arb_clear(s);
    arb_mat_clear(all);
}

void
cst_flow_symplectic_defect(arb_mat_t defect, const cst_flow_t flow)
{
    slong n = flow->n;
    arb_mat_t v, w, form;

    arb_mat_init(v, n, n);
    arb_mat_init(w, n, n);
    arb_mat_init(form, n, n);
    for (slong i = 0; i + n / 2 < n && n % 2 == 0; i++)
    {
        arb_one(arb_mat_entry(form, i, i + n / 2));
        arb_set_si(arb_mat_entry(form, i + n / 2, i), -1);
    }
    cst_flow_tangent(v, flow);
    arb_mat_transpose(w, v);
    arb_mat_mul(w, w, form, flow->prec);
    arb_mat_mul(w, w, v, flow->prec);
    arb_mat_sub(defect, w, form, flow->prec);
    if (n % 2)
        arb_mat_indeterminate(defect);
    arb_mat_clear(v);
    arb_mat_clear(w);
    arb_mat_clear(form);
}
