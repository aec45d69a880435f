#include "config.h"

#include <math.h>

#include <caustic/monitor.h>

/* ---- Change points ---------------------------------------------------------------------------- */

static void
find_half(cst_monitor_change_t *c, const cst_monitor_series_t *s, slong first, slong last)
{
    double level = c->before + (c->after - c->before) / 2;

    for (slong i = first; i < last && c->before != c->after; i++)
    {
        double a = s->value[i] - level, b = s->value[i + 1] - level;

        if ((a < 0) == (b < 0))
            continue;
        if (c->crossings++ > 0)
            continue;
        c->half = s->step[i] + (s->step[i + 1] - s->step[i]) * (a / (a - b));
        c->half_low = s->step[i];
        c->half_high = s->step[i + 1];
    }
}

static void
find_fastest(cst_monitor_change_t *c, const cst_monitor_series_t *s, slong first, slong last)
{
    double most = 0;

    for (slong i = first; i < last; i++)
    {
        double speed = fabs(s->value[i + 1] - s->value[i]) / (s->step[i + 1] - s->step[i]);

        if (speed <= most)
            continue;
        most = speed;
        c->fastest_low = s->step[i];
        c->fastest_high = s->step[i + 1];
        c->fastest = (s->step[i] + s->step[i + 1]) / 2;
    }
}

int
cst_monitor_change(cst_monitor_change_t *change, const cst_monitor_series_t *series, double from, double to,
                   double threshold)
{
    slong first = 0, last = series->length - 1, away = 0;
    double nan = (double) NAN;

    while (first < series->length && series->step[first] < from)
        first++;
    while (last >= 0 && series->step[last] > to)
        last--;
    if (last - first < 2)
        return 0;
    for (slong i = first; i <= last; i++)
        if (!isfinite(series->value[i]))
            return 0;
    *change = (cst_monitor_change_t){
        series->value[first], series->value[last], nan, nan, nan, 0, nan, nan, nan, nan};
    find_half(change, series, first, last);
    find_fastest(change, series, first, last);
    for (slong i = first; i <= last && isnan(change->alarm); i++)
    {
        away = fabs(series->value[i] - change->before) > threshold * fabs(change->before) ? away + 1 : 0;
        if (away == 2)
            change->alarm = series->step[i - 1];
    }
    return 1;
}

/* ---- The potential of a scalar ---------------------------------------------------------------- */

/* Slope of v over x by least squares, leaving out one number (-1: none); NaN if x does not move. */
static double
slope(const double *x, const double *v, slong length, slong without)
{
    double n = 0, mx = 0, mv = 0, xx = 0, xv = 0;

    for (slong i = 0; i < length; i++)
        if (i != without)
        {
            n++;
            mx += x[i];
            mv += v[i];
        }
    mx /= n;
    mv /= n;
    for (slong i = 0; i < length; i++)
        if (i != without)
        {
            xx += (x[i] - mx) * (x[i] - mx);
            xv += (x[i] - mx) * (v[i] - mv);
        }
    return xv / xx;
}

static double
jackknife(const double *x, const double *v, slong length)
{
    double mean = 0, sum = 0;

    for (slong i = 0; i < length; i++)
        mean += slope(x, v, length, i) / (double) length;
    for (slong i = 0; i < length; i++)
    {
        double d = slope(x, v, length, i) - mean;

        sum += d * d;
    }
    return sqrt(sum * (double) (length - 1) / (double) length);
}

static double
time_of(double curvature)
{
    return curvature < 0 ? -1 / curvature : (double) INFINITY;
}

int
cst_monitor_forecast(cst_monitor_forecast_t *forecast, const cst_monitor_series_t *series, slong last,
                     slong window)
{
    double *x, *v, low = (double) INFINITY, high = -low;
    slong first = last - window;

    if (window < 3 || first < 0 || last >= series->length)
        return 0;
    x = flint_malloc((size_t) (2 * window) * sizeof *x);
    v = x + window;
    for (slong i = 0; i < window; i++)
    {
        const double *t = series->step + first + i, *y = series->value + first + i;

        x[i] = (y[0] + y[1]) / 2;
        v[i] = (y[1] - y[0]) / (t[1] - t[0]);
        low = fmin(low, v[i]);
        high = fmax(high, v[i]);
    }
    forecast->curvature = -slope(x, v, window, -1);
    forecast->error = jackknife(x, v, window);
    forecast->tau = time_of(forecast->curvature);
    forecast->tau_low = time_of(forecast->curvature - 2 * forecast->error);
    forecast->tau_high = time_of(forecast->curvature + 2 * forecast->error);
    forecast->jump = high - low;
    flint_free(x);
    return isfinite(forecast->curvature) && isfinite(forecast->error);
}

double
cst_monitor_viscosity(double *until, double jump, double k, double bound)
{
    *until = 1 / k - 1 / bound;
    return jump * jump / (8 * bound);
}
