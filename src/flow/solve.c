/* flow/solve.c -- one call from an initial set to an enclosure as narrow as asked for. */
#include "flow/integrator.h"

#define PRECISION_TRIALS 12
#define UNDECIDED_TRIALS 2 /* a run that cannot go on may go on with more bits */

/* The state, and the tangent if it is carried, at all the times in [low, high], the flow at low. */
static cst_status_t
sweep(arb_ptr x, arb_mat_struct *tangent, cst_flow_t flow, const fmpq_t high)
{
    slong n = flow->n, limit = cst__flow_step_limit(flow);
    cst_status_t status = CST_OK;
    arb_ptr y = _arb_vec_init(n);
    arb_mat_t v;
    fmpq_t from, to;
    arb_t times, t;

    arb_mat_init(v, n, n);
    fmpq_init(from);
    fmpq_init(to);
    arb_init(times);
    arb_init(t);
    cst_flow_state(x, flow);
    if (tangent)
        cst_flow_tangent(tangent, flow);
    for (slong i = 0; status == CST_OK && !fmpq_equal(flow->time, high); i++)
    {
        status = i < limit ? cst_flow_step(flow, high) : CST_UNDECIDED;
        if (status != CST_OK || !cst_flow_last_step(from, to, flow))
            continue;
        arb_set_fmpq(times, from, flow->prec);
        arb_set_fmpq(t, to, flow->prec);
        arb_union(times, times, t, flow->prec);
        cst_flow_state_at(y, flow, times);
        for (slong k = 0; k < n; k++)
            arb_union(x + k, x + k, y + k, flow->prec);
        if (!tangent)
            continue;
        cst_flow_tangent_at(v, flow, times);
        for (slong k = 0; k < n * n; k++)
            arb_union(arb_mat_entry(tangent, k / n, k % n), arb_mat_entry(tangent, k / n, k % n),
                      arb_mat_entry(v, k / n, k % n), flow->prec);
    }
    _arb_vec_clear(y, n);
    arb_mat_clear(v);
    fmpq_clear(from);
    fmpq_clear(to);
    arb_clear(times);
    arb_clear(t);
    return status;
}

void
cst_flow_time_range(fmpq_t low, fmpq_t high, const arb_t end, const fmpq_t start)
{
    arf_t a;

    arf_init(a);
    arb_get_lbound_arf(a, end, ARF_PREC_EXACT);
    arf_get_fmpq(low, a);
    arb_get_ubound_arf(a, end, ARF_PREC_EXACT);
    arf_get_fmpq(high, a);
    if (fmpq_cmp(high, start) < 0)
        fmpq_swap(low, high);
    else if (fmpq_cmp(low, start) < 0)
        fmpq_set(low, start);
    arf_clear(a);
}

static void
largest_radius(mag_t r, arb_srcptr x, slong n)
{
    mag_zero(r);
    for (slong i = 0; i < n; i++)
        mag_max(r, r, arb_radref(x + i));
}

static void
measure(mag_t r, arb_srcptr x, const arb_mat_struct *tangent, slong n)
{
    mag_t s;

    mag_init(s);
    largest_radius(r, x, n);
    for (slong i = 0; tangent && i < n; i++)
    {
        largest_radius(s, arb_mat_entry(tangent, i, 0), n);
        mag_max(r, r, s);
    }
    mag_clear(s);
}

/* How many more bits would bring the radius to the tolerance, were rounding all. */
static slong
missing_bits(const mag_t radius, double tolerance)
{
    double bits = mag_get_d_log2_approx(radius) - log2(tolerance);

    return isfinite(bits) && bits < 1e6 ? (slong) bits + 8 : 64;
}

static cst_status_t
solve_once(arb_ptr x_end, arb_mat_struct *tangent, cst_flow_report_t *report, const cst_tape_t field,
           arb_srcptr x, const fmpq_t start, const fmpq_t low, const fmpq_t high,
           const cst_flow_options_t *options)
{
    cst_flow_t flow = cst_flow_new(field, options, NULL);
    cst_status_t status = flow ? CST_OK : CST_BAD_INPUT;

    if (!flow)
        return status;
    cst_flow_start(flow, x, start);
    status = cst_flow_to(flow, low);
    if (status == CST_OK)
        status = sweep(x_end, tangent, flow, high);
    if (status != CST_OK)
    {
        _arb_vec_indeterminate(x_end, flow->n);
        if (tangent)
            arb_mat_indeterminate(tangent);
    }
    if (report)
        *report = (cst_flow_report_t){cst_flow_steps(flow), flow->asked, fmpq_get_d(flow->time)};
    cst_flow_free(flow);
    return status;
}

/* Runs with more and more bits. More bits that gain less than one have met the width of the data. */
static cst_status_t
refine(arb_ptr y, arb_mat_struct *tangent, cst_flow_report_t *report, const cst_tape_t field, arb_srcptr x,
       const fmpq_t start, const fmpq_t low, const fmpq_t high, double tolerance, cst_flow_options_t *o)
{
    cst_status_t status = CST_UNDECIDED;
    double radius, last = INFINITY;
    mag_t r;

    mag_init(r);
    for (int i = 0; i < PRECISION_TRIALS; i++)
    {
        status = solve_once(y, tangent, report, field, x, start, low, high, o);
        if (status == CST_BAD_INPUT || !(tolerance > 0))
            break;
        if (status == CST_OK)
        {
            measure(r, y, tangent, field->inputs);
            radius = mag_get_d(r);
            if (radius <= tolerance)
                break;
            status = CST_PARTIAL;
            if (radius > 0.5 * last || o->precision == CST_FLOW_MOST_PRECISION)
                break;
            last = radius;
            o->precision += missing_bits(r, tolerance);
        }
        else if (i < UNDECIDED_TRIALS && o->precision < CST_FLOW_MOST_PRECISION)
            o->precision *= 2;
        else
            break;
        o->precision = FLINT_MIN(o->precision, CST_FLOW_MOST_PRECISION);
    }
    mag_clear(r);
    return status;
}

cst_status_t
cst_flow_solve(arb_ptr x_end, arb_mat_struct *tangent, cst_flow_report_t *report, const cst_tape_t field,
               arb_srcptr x, const fmpq_t start, const arb_t end, double tolerance,
               const cst_flow_options_t *options)
{
    slong n = field->inputs;
    cst_flow_options_t o = options ? *options : (cst_flow_options_t){0};
    cst_status_t status = CST_BAD_INPUT;
    arb_ptr y = _arb_vec_init(n);
    fmpq_t low, high;

    fmpq_init(low);
    fmpq_init(high);
    o.tangent = tangent != NULL;
    o.precision = o.precision ? o.precision : 64;
    _arb_vec_indeterminate(y, n);
    if (arb_is_finite(end))
    {
        cst_flow_time_range(low, high, end, start);
        status = refine(y, tangent, report, field, x, start, low, high, tolerance, &o);
    }
    _arb_vec_swap(x_end, y, n);
    _arb_vec_clear(y, n);
    fmpq_clear(low);
    fmpq_clear(high);
    return status;
}
