/* cli/integrate-run.c -- runs with more and more bits, until the tolerance is met. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/integrate.h"

/* Results ----------------------------------------------------------------- */

void
cst__integrate_result_init(cst__integrate_result_t *r, slong n)
{
    memset(r, 0, sizeof *r);
    r->n = n;
    r->x = _arb_vec_init(n);
    fmpq_init(r->low);
    fmpq_init(r->high);
    arb_mat_init(r->tangent, n, n);
    arb_mat_init(r->second, n, n * n);
    arb_init(r->energy);
    arb_init(r->first_energy);
}

void
cst__integrate_result_clear(cst__integrate_result_t *r)
{
    _arb_vec_clear(r->x, r->n);
    fmpq_clear(r->low);
    fmpq_clear(r->high);
    arb_mat_clear(r->tangent);
    arb_mat_clear(r->second);
    arb_clear(r->energy);
    arb_clear(r->first_energy);
}

/* One run ----------------------------------------------------------------- */

volatile sig_atomic_t cst__integrate_interrupted;

static double
seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) (now.tv_sec - start->tv_sec) + 1e-9 * (double) (now.tv_nsec - start->tv_nsec);
}

static int
is_out_of_time(const cst__integrate_run_t *run)
{
    return cst__integrate_interrupted ||
           (run->request->time_limit > 0 && seconds_since(&run->start) > run->request->time_limit);
}

static int
on_step(void *data, const cst_atlas_t atlas)
{
    cst__integrate_run_t *run = data;
    double now = seconds_since(&run->start);
    fmpq_t t;

    if (run->dense)
        cst_dense_append(run->dense, cst_atlas_chart(atlas), cst_atlas_flow(atlas));
    if (!run->request->quiet && isatty(STDERR_FILENO) && now > run->shown + 0.2)
    {
        fmpq_init(t);
        cst_flow_time(t, cst_atlas_flow(atlas));
        fprintf(stderr, "\r\033[K%5.1f s  t = %.9g  %ld steps", now, fmpq_get_d(t),
                (long) cst_atlas_steps(atlas));
        fflush(stderr);
        fmpq_clear(t);
        run->shown = now;
    }
    return is_out_of_time(run);
}

static void
set_end(cst__integrate_result_t *r, const cst__integrate_run_t *run, slong prec)
{
    arb_t t;

    if (cst_expr_kind(run->end) == CST_EXPR_RATIONAL)
    {
        fmpq_set(r->low, cst_expr_rational_value(run->end));
        fmpq_set(r->high, r->low);
        return;
    }
    arb_init(t);
    cst_expr_enclose(t, run->end, NULL, NULL, 0, prec);
    cst_flow_time_range(r->low, r->high, t, run->system->start);
    arb_clear(t);
}

static int
on_search(void *data, const cst_atlas_t atlas)
{
    (void) atlas;
    return is_out_of_time(data);
}

/* The first zero of the event replaces the end in r, and place encloses the state there, in the chart
 * event_chart. */
static cst_truth_t
find_event(cst__integrate_result_t *r, arb_ptr place, arb_srcptr x, cst__integrate_run_t *run,
           const cst_flow_options_t *options)
{
    cst_flow_options_t o = *options;
    cst_atlas_t atlas;
    cst_truth_t truth;
    arb_t t;

    o.tangent = 0;
    atlas = cst_atlas_new(&run->charts, &o, NULL);
    if (!atlas)
        return CST_UNKNOWN;
    arb_init(t);
    cst_atlas_start(atlas, run->system->initial_chart, x, run->system->start);
    cst_atlas_watch(atlas, on_search, run);
    truth = cst_atlas_event(t, place, atlas, run->g, r->high);
    r->event_chart = cst_atlas_chart(atlas);
    if (truth == CST_TRUE)
        cst_flow_time_range(r->low, r->high, t, run->system->start);
    else if (truth == CST_UNKNOWN)
    {
        cst_flow_time(r->low, cst_atlas_flow(atlas));
        fmpq_set(r->high, r->low);
    }
    arb_clear(t);
    cst_atlas_free(atlas);
    return truth;
}

static void
set_energy(arb_t energy, const cst_system_chart_t *chart, arb_srcptr x, slong n, slong prec)
{
    if (chart->energy)
        cst_expr_enclose(energy, chart->energy, chart->variables, x, n, prec);
}

/* In the only chart, what has the derivative 0 stays what it was. */
static void
keep_constants(cst__integrate_result_t *r, arb_srcptr x, const cst_system_struct *system)
{
    for (slong i = 0; system->chart_count == 1 && i < r->n; i++)
        if (cst_expr_is_integer_value(system->charts->field[i], 0))
        {
            arb_set(r->x + i, x + i);
            for (slong j = 0; j < r->n; j++)
                arb_set_si(arb_mat_entry(r->tangent, i, j), i == j);
            for (slong j = 0; j < r->n * r->n; j++)
                arb_zero(arb_mat_entry(r->second, i, j));
        }
}

/* At the end of the flow, or at all the times of the result where they are its last step. */
static void
set_second(cst__integrate_result_t *r, cst_flow_t flow)
{
    fmpq_t start, end;
    arb_t t, high;

    if (fmpq_equal(r->low, r->high))
    {
        cst_flow_second(r->second, flow);
        return;
    }
    fmpq_init(start);
    fmpq_init(end);
    arb_init(t);
    arb_init(high);
    arb_mat_indeterminate(r->second);
    if (cst_flow_last_step(start, end, flow) && fmpq_equal(start, r->low) && fmpq_equal(end, r->high))
    {
        arb_set_fmpq(t, start, r->precision + 64);
        arb_set_fmpq(high, end, r->precision + 64);
        arb_union(t, t, high, r->precision + 64);
        cst_flow_second_at(r->second, flow, t);
    }
    fmpq_clear(start);
    fmpq_clear(end);
    arb_clear(t);
    arb_clear(high);
}

static void
explain(cst__integrate_result_t *r, const char *why, const fmpq_t time)
{
    char *t = cst_io_decimal(time, 15, -1);

    r->status = CST_PARTIAL;
    snprintf(r->reason, sizeof r->reason, "%s t = %.40s", why, t);
    flint_free(t);
}

/* With so many bits. CST_BAD_INPUT if no flow can be made. */
static cst_status_t
attempt(cst__integrate_result_t *r, cst__integrate_run_t *run, slong prec, cst_error_t *error)
{
    cst_flow_options_t options = {.precision = prec,
                                  .tangent = run->request->second ? 2 : run->request->tangent};
    const cst_system_struct *system = run->system;
    cst_atlas_t atlas = cst_atlas_new(&run->charts, &options, error);
    arb_ptr x = _arb_vec_init(r->n), place = _arb_vec_init(r->n);
    cst_truth_t truth = CST_FALSE;
    cst_status_t status;

    if (!atlas)
    {
        _arb_vec_clear(x, r->n);
        _arb_vec_clear(place, r->n);
        return CST_BAD_INPUT;
    }
    if (run->dense)
        cst_dense_restart(run->dense);
    r->wants_event = run->event != NULL;
    r->precision = prec;
    r->status = CST_OK;
    r->reason[0] = '\0';
    cst_system_initial(x, system, prec + 32);
    set_energy(r->first_energy, system->charts + system->initial_chart, x, r->n, prec);
    cst_atlas_start(atlas, system->initial_chart, x, system->start);
    cst_atlas_watch(atlas, on_step, run);
    set_end(r, run, prec + 32);
    if (run->event)
        truth = find_event(r, place, x, run, &options);
    r->has_event = truth == CST_TRUE;
    status = cst_atlas_reach(r->x, run->request->tangent ? r->tangent : NULL, atlas, r->low, r->high,
                             r->has_event ? r->event_chart : system->initial_chart);
    for (slong i = 0;
         r->has_event && cst_atlas_chart(atlas) == r->event_chart && status == CST_OK && i < r->n; i++)
        arb_intersection(r->x + i, r->x + i, place + i, prec);
    if (status != CST_OK)
    {
        cst_flow_time(r->low, cst_atlas_flow(atlas));
        fmpq_set(r->high, r->low);
        explain(r, status == CST_PARTIAL ? "no more time at" : "no step could be proved beyond", r->low);
    }
    else if (truth == CST_UNKNOWN)
        explain(r, "whether the event happens could not be decided beyond", r->low);
    if (run->request->second)
        set_second(r, cst_atlas_flow(atlas));
    keep_constants(r, x, system);
    r->chart = cst_atlas_chart(atlas);
    r->steps = cst_atlas_steps(atlas);
    set_energy(r->energy, system->charts + r->chart, r->x, r->n, prec);
    cst_atlas_free(atlas);
    _arb_vec_clear(x, r->n);
    _arb_vec_clear(place, r->n);
    return CST_OK;
}

/* Precision --------------------------------------------------------------- */

#define PRECISION_TRIALS 12
#define UNDECIDED_TRIALS 2 /* a run that cannot go on may go on with more bits */

static double
largest_radius(const cst__integrate_result_t *r, int with_tangent, int with_second)
{
    double most = 0;
    fmpq_t width;

    fmpq_init(width);
    fmpq_sub(width, r->high, r->low);
    if (r->has_event) /* rounded to nearest: a bound with the factor below */
        most = fabs(fmpq_get_d(width)) * 0.5000001;
    fmpq_clear(width);
    for (slong i = 0; i < r->n; i++)
        most = fmax(most, mag_get_d(arb_radref(r->x + i)));
    for (slong i = 0; with_tangent && i < r->n * r->n; i++)
        most = fmax(most, mag_get_d(arb_radref(arb_mat_entry(r->tangent, i / r->n, i % r->n))));
    for (slong i = 0; with_second && i < r->n * r->n * r->n; i++)
        most =
            fmax(most, mag_get_d(arb_radref(arb_mat_entry(r->second, i / (r->n * r->n), i % (r->n * r->n)))));
    return most;
}

static slong
missing_bits(double radius, double tolerance)
{
    double bits = log2(radius) - log2(tolerance);

    return isfinite(bits) && bits < 1e6 ? (slong) bits + 8 : 64;
}

/* Is the next trial worth while, and with how many bits? */
static int
next_precision(slong *prec, double *last, cst__integrate_result_t *r, const cst__integrate_run_t *run,
               int trial)
{
    int limit = *prec == CST_FLOW_MOST_PRECISION;
    double radius;

    if (is_out_of_time(run) || trial + 1 == PRECISION_TRIALS)
        return 0;
    if (r->status != CST_OK)
    {
        *prec = FLINT_MIN(2 * *prec, CST_FLOW_MOST_PRECISION);
        return trial + 1 < UNDECIDED_TRIALS && !limit;
    }
    if (!(run->tolerance > 0))
        return 0;
    radius = largest_radius(r, run->request->tangent, run->request->second);
    if (radius <= run->tolerance)
        return 0;
    r->status = CST_PARTIAL;
    snprintf(r->reason, sizeof r->reason, "the radius is %.3g, not the %.3g asked for%s", radius,
             run->tolerance,
             radius > 0.5 * *last ? ": more bits do not help"
             : limit              ? ", with the most bits there are"
                                  : "");
    if (radius > 0.5 * *last || limit)
        return 0;
    *last = radius;
    *prec = FLINT_MIN(*prec + missing_bits(radius, run->tolerance), CST_FLOW_MOST_PRECISION);
    return 1;
}

cst_status_t
cst__integrate_solve(cst__integrate_result_t *r, cst__integrate_run_t *run, cst_error_t *error)
{
    slong prec = run->request->precision ? run->request->precision : 64;
    double last = INFINITY;
    cst_status_t status = CST_OK;
    int more = 1;

    for (int i = 0; status == CST_OK && more; i++)
    {
        status = attempt(r, run, prec, error);
        more = status == CST_OK && next_precision(&prec, &last, r, run, i);
    }
    r->seconds = seconds_since(&run->start);
    return status;
}
