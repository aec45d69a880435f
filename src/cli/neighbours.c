/* Runs that began close to each other: the Jacobian of their velocities, and what it foretells. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/forecast.h"

typedef struct
{
    slong runs, steps;
    cst__run_list_t *list; /* of each run */
    long *step;            /* that all runs have, ascending */
    slong *at;             /* [step runs + run]: the path in its list */
    slong dimension;       /* weights; 0: not known yet */
} herd_t;

static void
herd_clear(herd_t *h)
{
    for (slong i = 0; i < h->runs; i++)
        cst__run_list_clear(h->list + i);
    flint_free(h->list);
    flint_free(h->step);
    flint_free(h->at);
}

static cst_status_t
steps_of(long **steps, const cst__run_list_t *list, cst_error_t *error)
{
    cst_status_t status = CST_OK;

    *steps = flint_malloc((size_t) (list->length + 1) * sizeof **steps);
    for (slong i = 0; i < list->length && status == CST_OK; i++)
    {
        cst_io_checkpoint_t c;

        status = cst_io_checkpoint_open(c, list->paths[i], error);
        if (status != CST_OK)
            break;
        (*steps)[i] = (long) c->step;
        cst_io_checkpoint_clear(c);
    }
    if (status != CST_OK)
        flint_free(*steps);
    return status;
}

/* The checkpoint of this step, or -1. */
static slong
find_step(const long *steps, slong length, long step)
{
    for (slong i = 0; i < length; i++)
        if (steps[i] == step)
            return i;
    return -1;
}

static cst_status_t
herd_find(herd_t *h, char *const *folders, slong count, cst_error_t *error)
{
    long **steps = flint_calloc((size_t) count, sizeof *steps);
    cst_status_t status = CST_OK;
    slong read = 0;

    memset(h, 0, sizeof *h);
    h->runs = count;
    h->list = flint_calloc((size_t) count, sizeof *h->list);
    for (slong r = 0; r < count && status == CST_OK; r++)
    {
        cst__run_list(h->list + r, (const char *const *) folders + r, 1);
        status = steps_of(steps + r, h->list + r, error);
        read += status == CST_OK;
    }
    for (slong i = 0; status == CST_OK && i < h->list[0].length; i++)
    {
        slong r = 0, *at;

        h->at = flint_realloc(h->at, (size_t) ((h->steps + 1) * count) * sizeof *h->at);
        h->step = flint_realloc(h->step, (size_t) (h->steps + 1) * sizeof *h->step);
        at = h->at + h->steps * count;
        for (; r < count; r++)
            if ((at[r] = find_step(steps[r], h->list[r].length, steps[0][i])) < 0)
                break;
        if (r == count && steps[0][i] >= 0)
            h->step[h->steps++] = steps[0][i];
    }
    for (slong r = 0; r < read; r++)
        flint_free(steps[r]);
    flint_free(steps);
    if (status == CST_OK && h->steps < 2)
        status = cst_error_set(error, CST_BAD_INPUT, "%s: no two steps that all runs have", folders[0]);
    return status;
}

static int
is_weight(cst_io_tensor_t t)
{
    return t->type <= CST_IO_BF16 && !strstr(t->name, "running_mean") && !strstr(t->name, "running_var");
}

/* All weights of one checkpoint, in the order of the first run's tensors. */
static cst_status_t
read_weights(double **x, slong *dimension, const cst_io_checkpoint_t c, const cst_io_checkpoint_t first,
             cst_error_t *error)
{
    slong n = 0;

    *x = NULL;
    for (slong i = 0; i < first->length; i++)
    {
        cst_io_tensor_t like = first->tensors + i, t = cst_io_checkpoint_find(c, like->name);

        if (!is_weight(like))
            continue;
        if (!t || t->count != like->count || !is_weight(t))
        {
            flint_free(*x);
            return cst_error_set(error, CST_BAD_INPUT, "%s: '%.80s' is not that of %s", c->name, like->name,
                                 first->name);
        }
        *x = flint_realloc(*x, (size_t) (n + t->count + 1) * sizeof **x);
        (void) cst_io_tensor_read(*x + n, t, 0, t->count);
        n += t->count;
    }
    for (slong k = 0; k < n; k++)
        if (!isfinite((*x)[k]))
        {
            flint_free(*x);
            return cst_error_set(error, CST_BAD_INPUT, "%s: a weight is not finite", c->name);
        }
    *dimension = n;
    return CST_OK;
}

/* Positions of all runs at step i, by rows; to be freed. */
static cst_status_t
herd_read(double **x, herd_t *h, slong i, cst_error_t *error)
{
    cst_io_checkpoint_t first, c;
    cst_status_t status = cst_io_checkpoint_open(first, h->list[0].paths[h->at[i * h->runs]], error);

    *x = NULL;
    if (status != CST_OK)
        return status;
    for (slong r = 0; r < h->runs && status == CST_OK; r++)
    {
        double *w;

        status = cst_io_checkpoint_open(c, h->list[r].paths[h->at[i * h->runs + r]], error);
        if (status != CST_OK)
            break;
        status = read_weights(&w, &h->dimension, c, first, error);
        if (status == CST_OK)
        {
            *x = flint_realloc(*x, (size_t) (h->runs * h->dimension + 1) * sizeof **x);
            memcpy(*x + r * h->dimension, w, (size_t) h->dimension * sizeof *w);
            flint_free(w);
        }
        cst_io_checkpoint_clear(c);
    }
    cst_io_checkpoint_clear(first);
    if (status != CST_OK)
        flint_free(*x);
    return status;
}

/* The common step nearest to tau after step i; i if it lies beyond the run. */
static slong
step_after(const herd_t *h, slong i, double tau)
{
    double target = (double) h->step[i] + tau;
    slong j = i;

    if (!isfinite(tau) || (double) h->step[h->steps - 1] < target)
        return i;
    while (j + 1 < h->steps && fabs((double) h->step[j + 1] - target) <= fabs((double) h->step[j] - target))
        j++;
    return j;
}

static void
put_row(FILE *out, cst_io_json_struct *json, long step, const cst_monitor_neighbours_t *c, double left,
        long at)
{
    if (!json)
    {
        fprintf(out, " %8ld %4ld", step, (long) c->rank);
        cst__print_time(out, c->tau, c->tau_low, c->tau_high,
                        c->asymmetry > CST__MOST_ASYMMETRY || !isfinite(c->least));
        cst__print_real(out, " %10.3g", c->least);
        fprintf(out, " %9.2f %9.2g ", c->asymmetry, c->outside);
        if (isfinite(left))
            fprintf(out, "%6.2f %8ld\n", left, at);
        else
            fprintf(out, "%6s %8s\n", "-", "-");
        return;
    }
    cst_io_json_begin_object(json);
    cst__put_number(json, "step", (double) step);
    cst__put_number(json, "rank", (double) c->rank);
    cst__put_number(json, "tau", cst__known_time(c->tau));
    cst__put_number(json, "tau_low", cst__known_time(c->tau_low));
    cst__put_number(json, "tau_high", cst__known_time(c->tau_high));
    cst__put_number(json, "least", c->least);
    cst__put_number(json, "asymmetry", c->asymmetry);
    cst__put_number(json, "outside", c->outside);
    cst__put_number(json, "deformation", left);
    cst__put_number(json, "deformation_step", isfinite(left) ? (double) at : (double) NAN);
    cst_io_json_end_object(json);
}

/* One step: from the positions there and at the next one. */
static cst_status_t
judge(FILE *out, cst_io_json_struct *json, slong *rows, herd_t *h, slong i, cst_error_t *error)
{
    cst_monitor_neighbours_t c;
    double *x, *y, *z, left = (double) NAN;
    slong j;
    cst_status_t status = herd_read(&x, h, i, error);

    if (status != CST_OK)
        return status;
    status = herd_read(&y, h, i + 1, error);
    if (status == CST_OK)
    {
        if (cst_monitor_neighbours(&c, x, y, (double) (h->step[i + 1] - h->step[i]), h->runs, h->dimension))
        {
            j = step_after(h, i, c.tau);
            if (j > i)
            {
                status = herd_read(&z, h, j, error);
                if (status == CST_OK)
                {
                    left = cst_monitor_neighbours_deformation(x, z, h->runs, h->dimension);
                    flint_free(z);
                }
            }
            if (status == CST_OK)
                put_row(out, json, h->step[i], &c, left, h->step[j]);
            (*rows)++;
        }
        flint_free(y);
    }
    flint_free(x);
    return status;
}

cst_status_t
cst__neighbours(FILE *out, char *const *folders, slong count, int as_json, cst_error_t *error)
{
    cst_io_json_t json;
    herd_t h;
    slong rows = 0;
    cst_status_t status = herd_find(&h, folders, count, error);

    cst_io_json_init(json);
    if (as_json)
        cst_io_json_begin_array(json);
    else if (status == CST_OK)
        fprintf(
            out,
            "%ld neighbouring runs, %ld steps in common\ntau = -1/min eigenvalue of the Jacobian of their "
            "velocities, in the span of their differences (of this rank)\nassumed: one smooth gradient "
            "field, "
            "linear over their distances; no run is an image of another\n[]: two standard errors of the "
            "jackknife over runs; outside: share of the later differences that left the span\nleft: least "
            "singular value of the deformation that was really seen after tau (0: a shock)\n?: no gradient "
            "field at this resolution, or (-) faster than the checkpoints follow one another\n %8s %4s %10s "
            "%-22s %10s %9s %9s %6s %8s\n",
            (long) count, (long) h.steps, "step", "rank", "tau", "[low, high]", "least", "asymmetry",
            "outside", "left", "at");
    for (slong i = 0; i + 1 < h.steps && status == CST_OK; i++)
        if (h.step[i + 1] > h.step[i])
            status = judge(out, as_json ? json : NULL, &rows, &h, i, error);
    if (status == CST_OK && rows == 0)
        status = cst_error_set(error, CST_BAD_INPUT, "%s: the runs are alike, at all steps", folders[0]);
    if (as_json && status == CST_OK)
    {
        cst_io_json_end_array(json);
        fprintf(out, "%s\n", json->text);
    }
    cst_io_json_clear(json);
    herd_clear(&h);
    return status;
}
