/* The neurons of one hidden layer as particles: when those that keep their velocities would meet. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "cli/forecast.h"

void
cst__swarm_clear(cst__swarm_t *w)
{
    for (slong i = 0; i < w->length; i++)
        flint_free(w->x[i]);
    flint_free(w->x);
    flint_free(w->step);
}

cst_status_t
cst__swarm_read(cst__swarm_t *w, const cst__run_list_t *list, double from, double to, cst_io_node_t settings,
                cst_error_t *error)
{
    cst_status_t status = CST_OK;

    memset(w, 0, sizeof *w);
    w->x = flint_malloc((size_t) (list->length + 1) * sizeof *w->x);
    w->step = flint_malloc((size_t) (list->length + 1) * sizeof *w->step);
    for (slong i = 0; i < list->length && status == CST_OK; i++)
    {
        cst_io_checkpoint_t checkpoint;
        slong count = w->count, dimension = w->dimension;

        status = cst_io_checkpoint_open(checkpoint, list->paths[i], error);
        if (status != CST_OK)
            break;
        w->step[w->length] = (double) checkpoint->step;
        if ((double) checkpoint->step >= from && (double) checkpoint->step <= to)
        {
            status = cst_monitor_particles(w->x + w->length, &count, &dimension, &w->odd, checkpoint,
                                           settings, error);
            w->length += status == CST_OK;
        }
        cst_io_checkpoint_clear(checkpoint);
        if (status == CST_OK && w->length > 1 && (count != w->count || dimension != w->dimension))
            status = cst_error_set(error, CST_BAD_INPUT,
                                   "%s: its neurons are not those of the checkpoint before", list->paths[i]);
        w->count = count;
        w->dimension = dimension;
    }
    if (status == CST_REFUSED)
    {
        cst_error_clear(error);
        status = CST_OK;
    }
    return status;
}

/* What is left, at the checkpoint nearest to tau after checkpoint i, of the deformation that is to vanish. */
static double
what_is_left(double *at, const cst__swarm_t *w, slong i, const cst_monitor_swarm_t *s)
{
    slong j = i;

    *at = (double) NAN;
    if (!isfinite(s->tau) || w->step[w->length - 1] < w->step[i] + s->tau)
        return (double) NAN;
    while (j + 1 < w->length &&
           fabs(w->step[j + 1] - w->step[i] - s->tau) <= fabs(w->step[j] - w->step[i] - s->tau))
        j++;
    if (j == i)
        return (double) NAN;
    *at = w->step[j];
    return cst_monitor_deformation(w->x[i], w->x[j], w->count, w->dimension, w->odd, 0, s->worst);
}

double
cst__known_time(double tau)
{
    return tau > 0 ? tau : (double) NAN;
}

void
cst__print_real(FILE *out, const char *format, double x)
{
    char text[40];

    snprintf(text, sizeof text, format, x);
    fprintf(out, "%*s", (int) strlen(text), x > -(double) INFINITY ? text : "-");
}

void
cst__print_time(FILE *out, double tau, double low, double high, int doubtful)
{
    cst__print_real(out, " %10.4g", cst__known_time(tau));
    fputs(doubtful || !(low > 0) ? "?[" : " [", out);
    cst__print_real(out, "%9.4g", cst__known_time(low));
    fputs(", ", out);
    cst__print_real(out, "%9.4g", cst__known_time(high));
    fputs("]", out);
}

static void
print_swarm(FILE *out, double step, const cst_monitor_swarm_t *s)
{
    fprintf(out, " %8.0f", step);
    cst__print_time(out, s->tau, s->tau_low, s->tau_high,
                    s->asymmetry > CST__MOST_ASYMMETRY || !isfinite(s->least));
    cst__print_real(out, " %10.3g", s->least);
    cst__print_real(out, " %10.3g", s->median);
    fprintf(out, " %9.2f %9.2g ", s->asymmetry, s->unexplained);
}

void
cst__swarm_forecast(FILE *out, cst_io_json_struct *json, const cst__swarm_t *w)
{
    double *v = flint_malloc((size_t) (w->count * w->dimension + 1) * sizeof *v);
    int any = 0;

    if (json)
    {
        cst_io_json_key(json, "neurons");
        cst_io_json_begin_array(json);
    }
    for (slong i = 0; i + 1 < w->length; i++)
    {
        cst_monitor_swarm_t s;
        double steps = w->step[i + 1] - w->step[i], left, at;

        for (slong k = 0; k < w->count * w->dimension; k++)
            v[k] = (w->x[i + 1][k] - w->x[i][k]) / steps;
        if (!(steps > 0) || !cst_monitor_swarm(&s, w->x[i], v, steps, w->count, w->dimension, w->odd, 0, 1))
            continue;
        left = what_is_left(&at, w, i, &s);
        if (json)
        {
            cst_io_json_begin_object(json);
            cst__put_number(json, "step", w->step[i]);
            cst__put_number(json, "tau", cst__known_time(s.tau));
            cst__put_number(json, "tau_low", cst__known_time(s.tau_low));
            cst__put_number(json, "tau_high", cst__known_time(s.tau_high));
            cst__put_number(json, "least", s.least);
            cst__put_number(json, "median", s.median);
            cst__put_number(json, "asymmetry", s.asymmetry);
            cst__put_number(json, "unexplained", s.unexplained);
            cst__put_number(json, "deformation", left);
            cst__put_number(json, "deformation_step", at);
            cst_io_json_end_object(json);
            continue;
        }
        if (!any++)
            fprintf(
                out,
                "\nneurons as particles: tau = -1/min eigenvalue of the Jacobian of their velocities, by "
                "local "
                "linear regression\nassumed: velocities are a smooth gradient field; a shock is where they "
                "would meet if they kept them\nleft: least singular value of the deformation that was really "
                "seen after tau (0: a shock); bootstraps take the worst of neurons anew, so that theirs is "
                "earlier "
                "on the whole\n?: no gradient field at this resolution, or (-) faster than the checkpoints "
                "follow one "
                "another\n %8s %10s %-22s %10s %10s %9s %9s %6s %8s\n",
                "step", "tau", "90 % of bootstraps", "least", "median", "asymmetry", "unexpl.", "left", "at");
        print_swarm(out, w->step[i], &s);
        if (isfinite(left))
            fprintf(out, "%6.2f %8.0f\n", left, at);
        else
            fprintf(out, "%6s %8s\n", "-", "-");
    }
    if (json)
        cst_io_json_end_array(json);
    flint_free(v);
}
