/* flow/atlas.c -- a solution that goes from chart to chart. */
#include "flow/atlas.h"

#define LEAST_PART 40 /* a step below 2^-40 of the way announces a singularity */

struct cst_atlas
{
    cst_atlas_charts_t charts;
    cst_flow_options_t options;
    cst_flow_t *flows; /* one a chart */
    slong n, chart, steps, most_steps;
    arb_mat_t before; /* the derivative of the state at the last change of the chart */
    cst_atlas_watch_t watch;
    void *data;
    /* For a wide set, the solution from its middle, in the same charts; the set lies in the mean value form
       around it, whatever the changes of charts have lost. NULL: there is none. */
    cst_atlas_t middle;
    arb_ptr apart; /* the initial set without its middle */
};

static const cst_tape_struct *
transition(const cst_atlas_t atlas, slong to)
{
    const cst_tape_struct *tape = atlas->charts.transitions;

    if (!tape || to == atlas->chart)
        return NULL;
    tape += atlas->chart * atlas->charts.count + to;
    return tape->output_count > 0 ? tape : NULL;
}

static int
shapes_are_bad(const cst_atlas_charts_t *charts)
{
    slong count = charts->count, n = count > 0 ? charts->fields->inputs : 0;

    if (count < 1 || n < 1)
        return 1;
    for (slong i = 0; i < count; i++)
    {
        const cst_tape_struct *margin = charts->margins ? charts->margins + i : NULL;

        if (charts->fields[i].inputs != n || charts->fields[i].output_count != n ||
            (margin && (margin->inputs != n || margin->output_count != 1)))
            return 1;
        for (slong j = 0; charts->transitions && j < count; j++)
        {
            const cst_tape_struct *map = charts->transitions + i * count + j;

            if (map->output_count > 0 && (map->inputs != n || map->output_count != n + n * n))
                return 1;
        }
    }
    return 0;
}

/* Returns 0 if an option is bad. */
static int
make_flows(cst_atlas_t atlas, cst_error_t *error)
{
    for (slong i = 0; i < atlas->charts.count; i++)
    {
        cst_flow_free(atlas->flows[i]);
        atlas->flows[i] = cst_flow_new(atlas->charts.fields + i, &atlas->options, error);
        if (!atlas->flows[i])
            return 0;
    }
    return 1;
}

cst_atlas_t
cst_atlas_new(const cst_atlas_charts_t *charts, const cst_flow_options_t *options, cst_error_t *error)
{
    cst_atlas_t atlas;

    if (shapes_are_bad(charts))
    {
        cst_error_set(error, CST_BAD_INPUT, "the tapes of the charts do not fit together");
        return NULL;
    }
    atlas = flint_calloc(1, sizeof *atlas);
    atlas->charts = *charts;
    if (options)
        atlas->options = *options;
    atlas->n = charts->fields->inputs;
    atlas->most_steps = atlas->options.max_steps ? atlas->options.max_steps : 100000;
    atlas->flows = flint_calloc((size_t) charts->count, sizeof *atlas->flows);
    arb_mat_init(atlas->before, atlas->n, atlas->n);
    atlas->apart = _arb_vec_init(atlas->n);
    if (make_flows(atlas, error))
        return atlas;
    cst_atlas_free(atlas);
    return NULL;
}

void
cst_atlas_free(cst_atlas_t atlas)
{
    if (!atlas)
        return;
    for (slong i = 0; i < atlas->charts.count; i++)
        cst_flow_free(atlas->flows[i]);
    flint_free(atlas->flows);
    arb_mat_clear(atlas->before);
    _arb_vec_clear(atlas->apart, atlas->n);
    cst_atlas_free(atlas->middle);
    flint_free(atlas);
}

static int
is_wide(arb_srcptr x, slong n, slong prec)
{
    int wide = 0;

    for (slong i = 0; i < n; i++)
        wide = wide || (!arb_is_exact(x + i) && arb_rel_accuracy_bits(x + i) < prec - 8);
    return wide;
}

/* The middle follows, and the set carries its tangent. */
static void
start_middle(cst_atlas_t atlas, slong chart, arb_srcptr x, const fmpq_t time)
{
    slong n = atlas->n;
    cst_flow_options_t plain = atlas->options;
    arb_ptr point = _arb_vec_init(n);

    if (!atlas->options.tangent)
    {
        atlas->options.tangent = 1;
        make_flows(atlas, NULL);
    }
    plain.tangent = 0;
    atlas->middle = cst_atlas_new(&atlas->charts, &plain, NULL);
    for (slong i = 0; i < n; i++)
    {
        arb_get_mid_arb(point + i, x + i);
        arb_zero(atlas->apart + i);
        mag_set(arb_radref(atlas->apart + i), arb_radref(x + i));
    }
    cst_atlas_start(atlas->middle, chart, point, time);
    _arb_vec_clear(point, n);
}

void
cst_atlas_start(cst_atlas_t atlas, slong chart, arb_srcptr x, const fmpq_t time)
{
    cst_atlas_free(atlas->middle);
    atlas->middle = NULL;
    if (atlas->charts.count > 1 && is_wide(x, atlas->n, cst_flow_precision(atlas->flows[chart])))
        start_middle(atlas, chart, x, time);
    atlas->chart = chart;
    atlas->steps = 0;
    arb_mat_one(atlas->before);
    cst_flow_start(atlas->flows[chart], x, time);
}

void
cst_atlas_watch(cst_atlas_t atlas, cst_atlas_watch_t watch, void *data)
{
    atlas->watch = watch;
    atlas->data = data;
}

slong
cst_atlas_chart(const cst_atlas_t atlas)
{
    return atlas->chart;
}

slong
cst_atlas_steps(const cst_atlas_t atlas)
{
    return atlas->steps;
}

cst_flow_t
cst_atlas_flow(const cst_atlas_t atlas)
{
    return atlas->flows[atlas->chart];
}

void
cst_atlas_tangent(arb_mat_t tangent, const cst_atlas_t atlas)
{
    cst_flow_tangent(tangent, cst_atlas_flow(atlas));
    arb_mat_mul(tangent, tangent, atlas->before, cst_flow_precision(cst_atlas_flow(atlas)));
}

void
cst_atlas_tangent_at(arb_mat_t tangent, const cst_atlas_t atlas, const arb_t time)
{
    cst_flow_tangent_at(tangent, cst_atlas_flow(atlas), time);
    arb_mat_mul(tangent, tangent, atlas->before, cst_flow_precision(cst_atlas_flow(atlas)));
}

/* Charts ------------------------------------------------------------------ */

/* y = tau(x) and its derivative over x. */
static void
map_set(arb_ptr y, arb_mat_t derivative, const cst_tape_t tape, arb_srcptr x, slong prec)
{
    slong n = arb_mat_nrows(derivative);
    arb_ptr out = _arb_vec_init(n + n * n), middle = _arb_vec_init(n), apart = _arb_vec_init(n);
    arb_t whole;

    arb_init(whole);
    for (slong i = 0; i < n; i++)
    {
        arb_get_mid_arb(middle + i, x + i);
        arb_sub(apart + i, x + i, middle + i, prec);
    }
    cst_tape_eval_arb(out, tape, middle, prec);
    _arb_vec_set(y, out, n);
    cst_tape_eval_arb(out, tape, x, prec);
    for (slong i = 0; i < n; i++)
    {
        for (slong j = 0; j < n; j++)
            arb_set(arb_mat_entry(derivative, i, j), out + n + i * n + j);
        arb_dot(y + i, y + i, 0, out + n + i * n, 1, apart, 1, n, prec);
        arb_set(whole, out + i);
        if (!arb_is_finite(whole))
            arb_indeterminate(y + i); /* not defined on all of the set */
        else if (!arb_intersection(y + i, y + i, whole, prec))
            arb_set(y + i, whole);
    }
    arb_clear(whole);
    _arb_vec_clear(out, n + n * n);
    _arb_vec_clear(middle, n);
    _arb_vec_clear(apart, n);
}

/* x meets c + V (initial set - middle), for c the middle's state now and V the derivative over the whole set.
 */
static void
narrow(arb_ptr x, arb_srcptr c, const arb_mat_t tangent, const cst_atlas_t atlas, slong prec)
{
    slong n = atlas->n;
    arb_ptr y = _arb_vec_init(n);

    for (slong i = 0; i < n; i++)
    {
        arb_dot(y + i, c + i, 0, arb_mat_entry(tangent, i, 0), 1, atlas->apart, 1, n, prec);
        if (arb_is_finite(y + i) && !arb_intersection(x + i, x + i, y + i, prec))
            arb_set(x + i, y + i);
    }
    _arb_vec_clear(y, n);
}

/* The middle comes to the same time and chart; if it cannot, it stays behind for good. */
static int
bring_middle(arb_ptr c, cst_atlas_t atlas, const fmpq_t time, slong chart)
{
    cst_atlas_t middle = atlas->middle;

    if (middle && cst_flow_to(cst_atlas_flow(middle), time) == CST_OK &&
        cst_atlas_change(middle, chart) == CST_OK)
    {
        cst_flow_state(c, cst_atlas_flow(middle));
        return 1;
    }
    cst_atlas_free(middle);
    atlas->middle = NULL;
    return 0;
}

/* Is the margin of a chart positive on x? 1 if there is none. */
static int
is_inside(const cst_atlas_t atlas, slong chart, arb_srcptr x, slong prec)
{
    arb_t margin;
    int inside;

    if (!atlas->charts.margins)
        return 1;
    arb_init(margin);
    cst_tape_eval_arb(margin, atlas->charts.margins + chart, x, prec);
    inside = arb_is_positive(margin);
    arb_clear(margin);
    return inside;
}

/* With `inside`, only if the margin of the other chart is positive. */
static cst_status_t
change(cst_atlas_t atlas, slong chart, int inside)
{
    cst_flow_t flow = cst_atlas_flow(atlas);
    const cst_tape_struct *tape = transition(atlas, chart);
    slong n = atlas->n, prec = cst_flow_precision(flow) + 32;
    cst_status_t status = CST_UNDECIDED;
    arb_ptr x, y;
    arb_mat_t derivative, tangent;
    fmpq_t time;

    if (chart == atlas->chart || !tape)
        return chart == atlas->chart ? CST_OK : CST_UNDECIDED;
    x = _arb_vec_init(n);
    y = _arb_vec_init(n);
    arb_mat_init(derivative, n, n);
    arb_mat_init(tangent, n, n);
    fmpq_init(time);
    cst_flow_state(x, flow);
    cst_flow_time(time, flow);
    if (atlas->options.tangent)
        cst_atlas_tangent(tangent, atlas);
    if (bring_middle(y, atlas, time, atlas->chart))
        narrow(x, y, tangent, atlas, prec);
    map_set(y, derivative, tape, x, prec);
    if (_arb_vec_is_finite(y, n) && (!inside || is_inside(atlas, chart, y, prec)))
    {
        status = CST_OK;
        if (atlas->options.tangent)
            arb_mat_mul(atlas->before, derivative, tangent, prec);
        if (bring_middle(x, atlas, time, chart))
            narrow(y, x, atlas->before, atlas, prec);
        atlas->chart = chart;
        cst_flow_start(cst_atlas_flow(atlas), y, time);
    }
    _arb_vec_clear(x, n);
    _arb_vec_clear(y, n);
    arb_mat_clear(derivative);
    arb_mat_clear(tangent);
    fmpq_clear(time);
    return status;
}

cst_status_t
cst_atlas_change(cst_atlas_t atlas, slong chart)
{
    return change(atlas, chart, 0);
}

static int
has_left(const cst_atlas_t atlas)
{
    cst_flow_t flow = cst_atlas_flow(atlas);
    arb_ptr x;
    int inside;

    if (atlas->charts.count == 1)
        return 0;
    x = _arb_vec_init(atlas->n);
    cst_flow_state(x, flow);
    inside = is_inside(atlas, atlas->chart, x, cst_flow_precision(flow));
    _arb_vec_clear(x, atlas->n);
    return !inside;
}

/* Steps ------------------------------------------------------------------- */

cst_status_t
cst__atlas_advance(cst_atlas_t atlas, const fmpq_t end)
{
    cst_flow_t flow = cst_atlas_flow(atlas);
    slong steps = cst_flow_steps(flow);

    if (atlas->steps >= atlas->most_steps)
        return CST_UNDECIDED;
    if (cst_flow_step(flow, end) != CST_OK)
        return CST_UNDECIDED;
    if (cst_flow_steps(flow) == steps)
        return CST_OK;
    atlas->steps++;
    return atlas->watch && atlas->watch(atlas->data, atlas) ? CST_PARTIAL : CST_OK;
}

void
cst__atlas_leave(cst_atlas_t atlas)
{
    if (has_left(atlas))
        for (slong i = 0; i < atlas->charts.count; i++)
            if (i != atlas->chart && change(atlas, i, 1) == CST_OK)
                break;
}

cst_status_t
cst_atlas_step(cst_atlas_t atlas, const fmpq_t end)
{
    cst_status_t status = cst__atlas_advance(atlas, end);

    if (status == CST_OK)
        cst__atlas_leave(atlas);
    return status;
}

static cst_status_t
go_to(cst_atlas_t atlas, const fmpq_t end)
{
    cst_status_t status = CST_OK;
    fmpq_t now, length, least;

    fmpq_init(now);
    fmpq_init(length);
    fmpq_init(least);
    cst_flow_time(now, cst_atlas_flow(atlas));
    fmpq_sub(least, end, now);
    fmpq_abs(least, least);
    fmpq_div_2exp(least, least, LEAST_PART);
    while (status == CST_OK && !fmpq_equal(now, end))
    {
        fmpq_set(length, now);
        status = cst_atlas_step(atlas, end);
        cst_flow_time(now, cst_atlas_flow(atlas));
        fmpq_sub(length, now, length);
        fmpq_abs(length, length);
        if (status == CST_OK && fmpq_cmp(length, least) < 0 && !fmpq_equal(now, end))
            status = CST_UNDECIDED;
    }
    fmpq_clear(now);
    fmpq_clear(length);
    fmpq_clear(least);
    return status;
}

static void
join(arb_ptr x, arb_mat_struct *tangent, const cst_atlas_t atlas, const arb_t times)
{
    slong n = atlas->n, prec = cst_flow_precision(cst_atlas_flow(atlas));
    arb_ptr y = _arb_vec_init(n);
    arb_mat_t v;

    arb_mat_init(v, n, n);
    cst_flow_state_at(y, cst_atlas_flow(atlas), times);
    for (slong i = 0; i < n; i++)
        arb_union(x + i, x + i, y + i, prec);
    if (tangent)
        cst_atlas_tangent_at(v, atlas, times);
    for (slong i = 0; tangent && i < n * n; i++)
        arb_union(arb_mat_entry(tangent, i / n, i % n), arb_mat_entry(tangent, i / n, i % n),
                  arb_mat_entry(v, i / n, i % n), prec);
    _arb_vec_clear(y, n);
    arb_mat_clear(v);
}

/* From low, where x and tangent are known, to high, in the present chart. */
static cst_status_t
sweep(arb_ptr x, arb_mat_struct *tangent, cst_atlas_t atlas, const fmpq_t high)
{
    cst_flow_t flow = cst_atlas_flow(atlas);
    slong prec = cst_flow_precision(flow);
    cst_status_t status = CST_OK;
    fmpq_t from, to;
    arb_t times, t;

    fmpq_init(from);
    fmpq_init(to);
    arb_init(times);
    arb_init(t);
    while (status == CST_OK && (cst_flow_time(to, flow), !fmpq_equal(to, high)))
    {
        status = cst__atlas_advance(atlas, high);
        if (status == CST_UNDECIDED || !cst_flow_last_step(from, to, flow))
            continue;
        arb_set_fmpq(times, from, prec + 32);
        arb_set_fmpq(t, to, prec + 32);
        arb_union(times, times, t, prec + 32);
        join(x, atlas->options.tangent ? tangent : NULL, atlas, times);
    }
    fmpq_clear(from);
    fmpq_clear(to);
    arb_clear(times);
    arb_clear(t);
    return status;
}

cst_status_t
cst_atlas_reach(arb_ptr x, arb_mat_struct *tangent, cst_atlas_t atlas, const fmpq_t low, const fmpq_t high,
                slong chart)
{
    slong n = atlas->n;
    cst_status_t status = go_to(atlas, low);
    arb_ptr c = _arb_vec_init(n);
    arb_mat_t v;

    arb_mat_init(v, n, n);
    if (status == CST_OK && chart >= 0)
        change(atlas, chart, 1); /* if it can */
    cst_flow_state(x, cst_atlas_flow(atlas));
    cst_atlas_tangent(v, atlas);
    if (status == CST_OK)
    {
        int follows = bring_middle(c, atlas, low, atlas->chart);

        status = sweep(x, v, atlas, high);
        if (follows && status == CST_OK && sweep(c, NULL, atlas->middle, high) == CST_OK)
            narrow(x, c, v, atlas, cst_flow_precision(cst_atlas_flow(atlas)) + 32);
    }
    if (tangent)
        arb_mat_set(tangent, v);
    _arb_vec_clear(c, n);
    arb_mat_clear(v);
    return status;
}
