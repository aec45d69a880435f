/* Forecasts from a run: when scalars change, when their potentials say that they will, and what neurons say.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/forecast.h"

typedef struct
{
    const cst__forecast_request_t *request;
    double from, to;
    const cst__scalar_t *reference; /* or NULL */
    double reference_half;          /* NaN: none */
    FILE *out;
    cst_io_json_struct *json; /* NULL: text */
} forecast_t;

/* ---- Numbers ------------------------------------------------------------------------------------- */

void
cst__put_number(cst_io_json_t json, const char *key, double x)
{
    char text[40];

    cst_io_json_key(json, key);
    snprintf(text, sizeof text, "%.12g", x);
    cst_io_json_number(json, isfinite(x) ? text : NULL);
}

static void
print_step(FILE *out, double step)
{
    if (isfinite(step))
        fprintf(out, " %8.0f", step);
    else
        fprintf(out, " %8s", "-");
}

static void
put_scalar(cst_io_json_t json, const cst__scalar_t *s)
{
    cst_io_json_key(json, "layer");
    cst_io_json_string(json, s->layer);
    cst_io_json_key(json, "observable");
    cst_io_json_string(json, s->name);
    cst_io_json_key(json, "raw");
    cst_io_json_boolean(json, s->raw);
    cst_io_json_key(json, "invariant");
    cst_io_json_boolean(json, s->invariant);
}

static void
print_scalar(FILE *out, const cst__scalar_t *s)
{
    fprintf(out, "%c%-12.12s %-38s", s->logged ? ' ' : s->invariant ? '*' : ' ', s->layer, s->name);
    fprintf(out, " %-3s", s->raw ? "raw" : "");
}

static void
begin(const forecast_t *f, const char *key)
{
    if (!f->json)
        return;
    cst_io_json_key(f->json, key);
    cst_io_json_begin_array(f->json);
}

static void
end(const forecast_t *f)
{
    if (f->json)
        cst_io_json_end_array(f->json);
}

/* ---- Change points ------------------------------------------------------------------------------- */

static void
put_change(cst_io_json_t json, const cst__scalar_t *s, const cst_monitor_change_t *c)
{
    cst_io_json_begin_object(json);
    put_scalar(json, s);
    cst__put_number(json, "before", c->before);
    cst__put_number(json, "after", c->after);
    cst__put_number(json, "half", c->half);
    cst__put_number(json, "half_low", c->half_low);
    cst__put_number(json, "half_high", c->half_high);
    cst_io_json_key(json, "crossings");
    cst_io_json_integer(json, c->crossings);
    cst__put_number(json, "fastest_low", c->fastest_low);
    cst__put_number(json, "fastest_high", c->fastest_high);
    cst__put_number(json, "alarm", c->alarm);
    cst_io_json_end_object(json);
}

static void
print_change(const forecast_t *f, const cst__scalar_t *s, const cst_monitor_change_t *c)
{
    /* half of next to nothing would look like a signal */
    int moved = fabs(c->after - c->before) > f->request->threshold * fabs(c->before);
    double none = (double) NAN;

    print_scalar(f->out, s);
    fprintf(f->out, " %11.5g %11.5g", c->before, c->after);
    print_step(f->out, moved ? c->half : none);
    print_step(f->out, moved ? c->half_low : none);
    print_step(f->out, moved ? c->half_high : none);
    fprintf(f->out, " %3ld", moved ? (long) c->crossings : 0);
    print_step(f->out, c->fastest_low);
    print_step(f->out, c->fastest_high);
    print_step(f->out, c->alarm);
    print_step(f->out, moved ? f->reference_half - c->half : none);
    print_step(f->out, f->reference_half - c->alarm);
    fputc('\n', f->out);
}

static void
changes(const forecast_t *f, const cst__scalars_t *scalars)
{
    if (!f->json)
    {
        fprintf(f->out, "change points, steps %.0f to %.0f", f->from, f->to);
        if (f->reference)
            fprintf(f->out, "; half of the change of %s at %.0f", f->reference->name, f->reference_half);
        fprintf(
            f->out,
            "\nhalf: half of the change is reached, between two checkpoints (x: how often); alarm: moved by "
            "more "
            "than %g of itself,\ntwo checkpoints long; -: no such change from the first to the last; lead: "
            "steps before half of the change of the reference\n %-55s %11s %11s %8s %17s %3s %17s %8s %8s "
            "%8s\n",
            f->request->threshold, "scalar", "before", "after", "half", "between", "x", "fastest", "alarm",
            "lead", "of alarm");
    }
    begin(f, "changes");
    for (slong i = 0; i < scalars->length; i++)
    {
        const cst__scalar_t *s = scalars->items + i;
        cst_monitor_change_t c;

        if (!cst_monitor_change(&c, &s->of, f->from, f->to, f->request->threshold))
            continue;
        if (f->json)
            put_change(f->json, s, &c);
        else
            print_change(f, s, &c);
    }
    end(f);
}

/* ---- Potentials ---------------------------------------------------------------------------------- */

/* All forecasts of one scalar in the window: made where U'' < 0 by two errors; right if its fastest change
   lies ahead and within the bounds. */
typedef struct
{
    slong possible, made, right; /* possible: with enough checkpoints before them */
    double first_step;           /* of the first that was made */
    cst_monitor_forecast_t first;
    double nu, until; /* against it */
} record_t;

static void
judge(record_t *r, const forecast_t *f, const cst__scalar_t *s, const cst_monitor_change_t *c)
{
    memset(r, 0, sizeof *r);
    for (slong i = 0; i < s->of.length; i++)
    {
        double t = s->of.step[i];
        cst_monitor_forecast_t one;

        if (i < f->request->window || s->of.step[i - f->request->window] < f->from || t > f->to ||
            !cst_monitor_forecast(&one, &s->of, i, f->request->window))
            continue;
        r->possible++;
        if (!isfinite(one.tau_high))
            continue;
        if (r->made++ == 0)
        {
            r->first_step = t;
            r->first = one;
            r->nu = cst_monitor_viscosity(&r->until, one.jump, -one.curvature,
                                          -one.curvature * f->request->steepness);
        }
        r->right +=
            t <= c->fastest_low && t + one.tau_low <= c->fastest_high && t + one.tau_high >= c->fastest_low;
    }
}

static void
put_record(cst_io_json_t json, const cst__scalar_t *s, const record_t *r)
{
    cst_io_json_begin_object(json);
    put_scalar(json, s);
    cst_io_json_key(json, "possible");
    cst_io_json_integer(json, r->possible);
    cst_io_json_key(json, "made");
    cst_io_json_integer(json, r->made);
    cst_io_json_key(json, "right");
    cst_io_json_integer(json, r->right);
    if (r->made > 0)
    {
        cst__put_number(json, "step", r->first_step);
        cst__put_number(json, "curvature", r->first.curvature);
        cst__put_number(json, "error", r->first.error);
        cst__put_number(json, "tau", r->first.tau);
        cst__put_number(json, "tau_low", r->first.tau_low);
        cst__put_number(json, "tau_high", r->first.tau_high);
        cst__put_number(json, "viscosity", r->nu);
        cst__put_number(json, "viscosity_needed_after", r->until);
        cst__put_number(json, "viscosity_now", r->first.noise);
    }
    cst_io_json_end_object(json);
}

static void
print_record(const forecast_t *f, const cst__scalar_t *s, const cst_monitor_change_t *c, const record_t *r)
{
    print_scalar(f->out, s);
    fprintf(f->out, " %4ld %4ld %4ld", (long) r->possible, (long) r->made, (long) r->right);
    print_step(f->out, r->made ? r->first_step : (double) NAN);
    if (r->made > 0)
        fprintf(f->out, " %8.3g [%8.3g, %8.3g] %8.0f", r->first.tau, r->first.tau_low, r->first.tau_high,
                r->first_step + r->first.tau);
    else
        fprintf(f->out, " %8s %20s %8s", "-", "", "-");
    print_step(f->out, c->fastest);
    if (r->made > 0)
        fprintf(f->out, " %9.3g %8.0f %9.3g %9.3g", r->nu, r->first_step + r->until, r->first.noise,
                r->nu / r->first.noise);
    fputc('\n', f->out);
}

static void
potentials(const forecast_t *f, const cst__scalars_t *scalars)
{
    static const char *const kinds[] = {"all invariants (*)", "all other observables", "all of the log"};
    record_t sum[3];

    memset(sum, 0, sizeof sum);
    if (!f->json)
        fprintf(
            f->out,
            "\nforecasts by an effective potential of each scalar, fitted to %ld velocities\nassumed: the "
            "scalar moves by itself down a potential that is quadratic over these checkpoints\nmade: where "
            "U'' < 0 by two standard errors; right: the fastest change is ahead and within [low, high]\nnu: "
            "keeps Hess u above %g times the U'' of the first forecast, needed after the step beside it; "
            "now: that of the noise around "
            "the fit\ntimes: nu over now, the factor for the learning rate at equal training time, or for "
            "1/batch "
            "(nu goes with both)\n %-55s %4s %4s %4s %8s %8s %-20s %8s %8s %9s %8s %9s %9s\n",
            f->request->window, f->request->steepness, "scalar", "of", "made", "rght", "first at", "tau*",
            "[low, high]", "shock at", "fastest", "nu", "after", "now", "times");
    begin(f, "forecasts");
    for (slong i = 0; i < scalars->length; i++)
    {
        const cst__scalar_t *s = scalars->items + i;
        cst_monitor_change_t c;
        record_t r;
        int kind = s->logged ? 2 : !s->invariant;

        if (!cst_monitor_change(&c, &s->of, f->from, f->to, f->request->threshold))
            continue;
        judge(&r, f, s, &c);
        sum[kind].possible += r.possible;
        sum[kind].made += r.made;
        sum[kind].right += r.right;
        if (f->json)
            put_record(f->json, s, &r);
        else
            print_record(f, s, &c, &r);
    }
    end(f);
    for (int kind = 0; kind < 3 && !f->json; kind++)
        fprintf(f->out, " %s: %ld forecasts at %ld checkpoints, %ld right\n", kinds[kind],
                (long) sum[kind].made, (long) sum[kind].possible, (long) sum[kind].right);
}

/* ---- Conservation laws --------------------------------------------------------------------------- */

static const cst__scalar_t *
find(const cst__scalars_t *scalars, const char *layer, const char *name)
{
    for (slong i = 0; i < scalars->length; i++)
        if (strcmp(scalars->items[i].name, name) == 0 && !scalars->items[i].raw &&
            strcmp(scalars->items[i].layer, layer) == 0)
            return scalars->items + i;
    return NULL;
}

static void
conservation(const forecast_t *f, const cst__scalars_t *scalars)
{
    int any = 0;

    begin(f, "conservation");
    for (slong i = 0; i < scalars->length; i++)
    {
        const cst__scalar_t *s = scalars->items + i, *p = NULL, *d = NULL;
        double drift, predicted, size;

        if (strcmp(s->name, "imbalance-drift") == 0 && !s->raw)
        {
            p = find(scalars, s->layer, "imbalance-drift-predicted");
            d = find(scalars, s->layer, "imbalance");
        }
        if (!p || !d)
            continue;
        drift = s->of.value[s->of.length - 1];
        predicted = p->of.value[p->of.length - 1];
        size = d->of.value[0];
        if (f->json)
        {
            cst_io_json_begin_object(f->json);
            cst_io_json_key(f->json, "layer");
            cst_io_json_string(f->json, s->layer);
            cst__put_number(f->json, "conserved", size);
            cst__put_number(f->json, "drift", drift);
            cst__put_number(f->json, "predicted", predicted);
            cst_io_json_end_object(f->json);
            continue;
        }
        if (!any++)
            fprintf(f->out,
                    "\nwhat gradient flow conserves, and what gradient descent should have moved it by (no "
                    "momentum, noise or decay)\n %-16s %12s %12s %12s %8s\n",
                    "layer", "at the start", "moved by", "predicted", "ratio");
        fprintf(f->out, " %-16s %12.6g %12.4g %12.4g %8.3f\n", s->layer, size, drift, predicted,
                drift / predicted);
    }
    end(f);
}

/* ---- All of it ----------------------------------------------------------------------------------- */

static const cst__scalar_t *
find_logged(const cst__scalars_t *scalars, const char *name)
{
    for (slong i = 0; i < scalars->length; i++)
        if (scalars->items[i].logged && strcmp(scalars->items[i].name, name) == 0)
            return scalars->items + i;
    return NULL;
}

static cst_status_t
find_window(forecast_t *f, const cst__scalars_t *scalars, cst_error_t *error)
{
    const cst__scalar_t *train = find_logged(scalars, "train_acc");
    const char *name = f->request->reference;
    cst_monitor_change_t c;

    f->from = fmax(f->request->from, 0);
    f->to = 0;
    for (slong i = 0; i < scalars->length; i++)
        f->to = fmax(f->to, scalars->items[i].of.step[scalars->items[i].of.length - 1]);
    f->to = fmin(f->to, f->request->to);
    for (slong i = 0; train && f->request->from < 0 && i < train->of.length; i++)
        if (train->of.value[i] >= 0.99)
        {
            f->from = train->of.step[i];
            break;
        }
    f->reference = find_logged(scalars, name ? name : "test_acc");
    if (name && !f->reference)
        return cst_error_set(error, CST_BAD_INPUT, "log.csv beside the run has no column '%.80s' of numbers",
                             name);
    if (!name && !f->reference)
        f->reference = find_logged(scalars, "test_loss");
    f->reference_half = (double) NAN;
    if (f->reference && cst_monitor_change(&c, &f->reference->of, f->from, f->to, f->request->threshold))
        f->reference_half = c.half;
    for (slong i = 0; i < scalars->length; i++)
        if (cst_monitor_change(&c, &scalars->items[i].of, f->from, f->to, f->request->threshold))
            return CST_OK;
    return cst_error_set(error, CST_BAD_INPUT,
                         "fewer than three checkpoints lie in the window from step %.0f to %.0f", f->from,
                         f->to);
}

cst_status_t
cst__forecast(FILE *out, const cst__forecast_request_t *request, const cst_observe_table_t table,
              const cst__run_list_t *list, cst_io_node_t settings, cst_error_t *error)
{
    char *folder = strcpy(flint_malloc(strlen(list->paths[0]) + 2), list->paths[0]),
         *slash = strrchr(folder, '/');
    cst_io_json_t json;
    forecast_t f = {request, 0, 0, NULL, (double) NAN, out, request->json ? json : NULL};
    cst__scalars_t scalars;
    cst__swarm_t swarm;
    cst_status_t status;

    strcpy(slash ? slash : folder, slash ? "" : ".");
    status = cst__scalars(&scalars, table, *folder ? folder : "/", error);
    flint_free(folder);
    if (status != CST_OK)
        return status;
    status = find_window(&f, &scalars, error);
    if (status == CST_OK)
    {
        status = cst__swarm_read(&swarm, list, f.from, f.to, settings, error);
        if (status == CST_OK)
        {
            cst_io_json_init(json);
            if (request->json)
            {
                cst_io_json_begin_object(json);
                cst__put_number(json, "from", f.from);
                cst__put_number(json, "to", f.to);
                cst__put_number(json, "reference_half", f.reference_half);
            }
            changes(&f, &scalars);
            potentials(&f, &scalars);
            conservation(&f, &scalars);
            cst__swarm_forecast(out, f.json, &swarm);
            if (request->json)
            {
                cst_io_json_end_object(json);
                fprintf(out, "%s\n", json->text);
            }
            cst_io_json_clear(json);
        }
        cst__swarm_clear(&swarm);
    }
    cst__scalars_clear(&scalars);
    return status;
}
