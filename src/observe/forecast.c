#include "config.h"

#include <math.h>

#include "observe/rates.h"

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

/* Middles, secants and lengths of the intervals between checkpoints. */
typedef struct
{
    slong length;
    double *x, *v, *h;
} secants_t;

/* Where dx/dt = rate (x - c) the secant over h at the middle is tanh(rate h/2)/(rate h/2) of the velocity
   there. */
static double
stretched(const secants_t *s, double rate, slong i)
{
    double y = rate * s->h[i] / 2;

    return s->v[i] * (fabs(y) < 1e-8 ? 1 : y / tanh(y));
}

/* Slope over x of v, stretched to velocities as if it were rate. Leaves out one (-1: none). */
static double
slope(const secants_t *s, double rate, slong without)
{
    double n = 0, mx = 0, mv = 0, xx = 0, xv = 0;

    for (int pass = 0; pass < 2; pass++)
        for (slong i = 0; i < s->length; i++)
        {
            double v = stretched(s, rate, i);

            if (i == without)
                continue;
            if (pass == 0)
            {
                n++;
                mx += s->x[i];
                mv += v;
                continue;
            }
            xx += (s->x[i] - mx / n) * (s->x[i] - mx / n);
            xv += (s->x[i] - mx / n) * (v - mv / n);
        }
    return xv / xx;
}

#define ROUNDS 200

/* The rate that agrees with itself; NaN if the checkpoints are too far apart to tell. */
static double
find_rate(const secants_t *s, slong without)
{
    double rate = 0, next = slope(s, 0, without);

    for (int k = 0; k < ROUNDS && isfinite(next); k++)
    {
        if (fabs(next - rate) <= 1e-12 * fabs(next))
            return next;
        rate = next;
        next = slope(s, rate, without);
    }
    return (double) NAN;
}

static double
jackknife(const secants_t *s)
{
    double mean = 0, sum = 0, *rate = flint_malloc((size_t) s->length * sizeof *rate);

    for (slong i = 0; i < s->length; i++)
    {
        rate[i] = find_rate(s, i);
        mean += rate[i] / (double) s->length;
    }
    for (slong i = 0; i < s->length; i++)
        sum += (rate[i] - mean) * (rate[i] - mean);
    flint_free(rate);
    return sqrt(sum * (double) (s->length - 1) / (double) s->length);
}

/* Half the variance of x a step that is left over: a secant over h has 2 nu/h of it. */
static double
noise(const secants_t *s, double rate)
{
    double n = (double) s->length, mx = 0, mv = 0, sum = 0;

    for (slong i = 0; i < s->length; i++)
    {
        mx += s->x[i] / n;
        mv += stretched(s, rate, i) / n;
    }
    for (slong i = 0; i < s->length; i++)
        sum += pow(stretched(s, rate, i) - mv - rate * (s->x[i] - mx), 2) * s->h[i];
    return sum / (2 * (n - 2));
}

int
cst_monitor_forecast(cst_monitor_forecast_t *forecast, const cst_monitor_series_t *series, slong last,
                     slong window)
{
    secants_t s;
    double low = (double) INFINITY, high = -low;
    slong first = last - window;

    if (window < 3 || first < 0 || last >= series->length)
        return 0;
    s.length = window;
    s.x = flint_malloc((size_t) (3 * window) * sizeof *s.x);
    s.v = s.x + window;
    s.h = s.v + window;
    for (slong i = 0; i < window; i++)
    {
        const double *t = series->step + first + i, *y = series->value + first + i;

        s.x[i] = y[0] + (y[1] - y[0]) / 2;
        s.h[i] = t[1] - t[0];
        s.v[i] = (y[1] - y[0]) / s.h[i];
        low = fmin(low, s.v[i]);
        high = fmax(high, s.v[i]);
    }
    forecast->curvature = -find_rate(&s, -1);
    forecast->error = jackknife(&s);
    forecast->tau = cst__time_of(forecast->curvature);
    forecast->tau_low = cst__time_of(forecast->curvature - 2 * forecast->error);
    forecast->tau_high = cst__time_of(forecast->curvature + 2 * forecast->error);
    forecast->jump = high - low;
    forecast->noise = noise(&s, -forecast->curvature);
    flint_free(s.x);
    return isfinite(forecast->curvature) && isfinite(forecast->error);
}

double
cst_monitor_viscosity(double *until, double jump, double k, double bound)
{
    *until = 1 / k - 1 / bound;
    return jump * jump / (8 * bound);
}
