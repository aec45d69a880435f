#include <math.h>
#include <string.h>

#include "certify/guide.h"
#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION
#define STATE (2 * N * N + 3 * N)
#define FIRST_STEP 32 /* parts of a time guess */
#define MOST_STEPS 5000
#define TOLERANCE 1e-10

cst_status_t
cst__tapes_init(cst__tapes_t *tapes, const cst_hj_t *hj, cst_error_t *error)
{
    cst_status_t status;

    tapes->dimension = hj->dimension;
    tapes->is_static = cst_hj_is_static(hj);
    status = cst_hj_initial_tape(tapes->initial, hj, error);
    if (status != CST_OK)
        return status;
    status = cst_hj_convexity_tape(tapes->convexity, hj, error);
    if (status != CST_OK)
    {
        cst_tape_clear(tapes->initial);
        return status;
    }
    status = cst_hj_monotone_field(tapes->field, hj, error);
    if (status != CST_OK)
    {
        cst_tape_clear(tapes->initial);
        cst_tape_clear(tapes->convexity);
    }
    return status;
}

void
cst__tapes_clear(cst__tapes_t *tapes)
{
    cst_tape_clear(tapes->initial);
    cst_tape_clear(tapes->convexity);
    cst_tape_clear(tapes->field);
}

double
cst__fmpq_to_double(const fmpq_t x)
{
    arf_t a;
    double d;

    arf_init(a);
    arf_set_fmpq(a, x, 53, ARF_RND_NEAR);
    d = arf_get_d(a, ARF_RND_NEAR);
    arf_clear(a);
    return d;
}

static void
unpack(double *matrix, const double *triangle, int n)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            matrix[i * n + j] = triangle[cst_hj_pair(n, i, j)];
}

/* Least eigenvalue of A U relative to A^-1: of L^T U L with A = L L^T. */
static double
least_relative_eigenvalue(const double *a, const double *u, int n)
{
    double l[N * N] = {0}, t[N * N], values[N];

    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++)
        {
            double s = a[i * n + j];

            for (int k = 0; k < j; k++)
                s -= l[i * n + k] * l[j * n + k];
            if (i == j && !(s > 0))
                return HUGE_VAL;
            l[i * n + j] = i == j ? sqrt(s) : s / l[j * n + j];
        }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
        {
            t[i * n + j] = 0;
            for (int p = 0; p < n; p++)
                for (int q = 0; q < n; q++)
                    t[i * n + j] += l[p * n + i] * u[p * n + q] * l[q * n + j];
        }
    return cst__symmetric_eigen(values, NULL, t, n) ? values[0] : HUGE_VAL;
}

/* du0, Hess u0 and H_pp at the start of the characteristic from q. */
static void
start_data(double *gradient, double *hessian, double *convexity, const cst__tapes_t *tapes, const double *q,
           double *work)
{
    int n = (int) tapes->dimension;
    double out[N + N * N], in[2 * N],
        *a = flint_malloc((size_t) tapes->convexity->output_count * sizeof(double));

    cst_tape_eval_double(out, tapes->initial, q, work);
    memcpy(gradient, out, (size_t) n * sizeof(double));
    unpack(hessian, out + n, n);
    memcpy(in, q, (size_t) n * sizeof(double));
    memcpy(in + n, gradient, (size_t) n * sizeof(double));
    cst_tape_eval_double(a, tapes->convexity, in, work);
    unpack(convexity, a, n);
    flint_free(a);
}

static double *
new_work(const cst__tapes_t *tapes)
{
    slong room = FLINT_MAX(tapes->initial->length, FLINT_MAX(tapes->convexity->length, tapes->field->length));

    return flint_malloc((size_t) room * sizeof(double));
}

/* The diagonal of -U, so that R starts near 0 and grows slowly, but at least 1/(2 time) that of A^-1 = sum v
 * v^T/lambda. */
static void
shift(double *c, const double *hessian, const double *convexity, int n, double time)
{
    double values[N], vectors[N * N];
    int definite = cst__symmetric_eigen(values, vectors, convexity, n) && values[0] > 0;

    for (int i = 0; i < n; i++)
    {
        double inverse = definite ? 0 : 1;

        for (int k = 0; definite && k < n; k++)
            inverse += vectors[i * n + k] * vectors[i * n + k] / values[k];
        c[i] = fmax(-hessian[i * n + i], inverse / (2 * time));
    }
}

void
cst__guide_shift(fmpq *c, const cst__tapes_t *tapes, const double *q, double time)
{
    int n = (int) tapes->dimension;
    double gradient[N], hessian[N * N], convexity[N * N], d[N], *work = new_work(tapes);

    start_data(gradient, hessian, convexity, tapes, q, work);
    shift(d, hessian, convexity, n, time);
    for (int i = 0; i < n; i++)
    { /* four significant bits */
        int exponent = (int) fmin(60, fmax(-60, floor(log2(d[i])))) - 3;

        fmpq_set_si(c + i, (slong) fmin(16, fmax(8, ldexp(d[i], -exponent))), 1);
        if (exponent >= 0)
            fmpq_mul_2exp(c + i, c + i, (ulong) exponent);
        else
            fmpq_div_2exp(c + i, c + i, (ulong) -exponent);
    }
    flint_free(work);
}

static double
least_monotone_eigenvalue(const double *x, int n)
{
    double m[N * N], values[N];

    unpack(m, x + cst_hj_monotone_offset(n), n);
    return cst__symmetric_eigen(values, NULL, m, n) ? values[0] : NAN;
}

typedef struct
{
    const cst__tapes_t *tapes;
    int length;
    double *out, *work;
} integrator_t;

/* One step of Dormand and Prince, order 5; returns the error estimate relative to TOLERANCE. */
static double
runge_kutta(double *y, const integrator_t *in, const double *x, double h)
{
    static const double a[7][6] = {{0},
                                   {1. / 5},
                                   {3. / 40, 9. / 40},
                                   {44. / 45, -56. / 15, 32. / 9},
                                   {19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
                                   {9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
                                   {35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}};
    static const double e[7] = {71. / 57600,      0,         -71. / 16695, 71. / 1920,
                                -17253. / 339200, 22. / 525, -1. / 40};
    double k[7][STATE], worst = 0;

    for (int s = 0; s < 7; s++)
    {
        memcpy(y, x, (size_t) in->length * sizeof(double));
        for (int r = 0; r < s; r++)
            for (int i = 0; i < in->length; i++)
                y[i] += h * a[s][r] * k[r][i];
        cst_tape_eval_double(in->out, in->tapes->field, y, in->work);
        memcpy(k[s], in->out, (size_t) in->length * sizeof(double));
    }
    for (int i = 0; i < in->length; i++)
    {
        double error = 0;

        for (int s = 0; s < 7; s++)
            error += h * e[s] * k[s][i];
        error = fabs(error) / (TOLERANCE * (1 + fabs(y[i])));
        if (!(error <= worst))
            worst = error; /* also when it is not a number */
    }
    return worst;
}

/* From x at time t, the least eigenvalue of M is positive at t and not at t + h: when does it vanish? */
static double
refine_crossing(const integrator_t *in, const double *x, double t, double h, int n)
{
    double y[STATE], a = 0, b = h, fa = least_monotone_eigenvalue(x, n), fb;

    runge_kutta(y, in, x, h);
    fb = least_monotone_eigenvalue(y, n);
    for (int trial = 0; trial < 40 && b - a > 1e-15 * (t + h); trial++)
    {
        double m = trial % 3 == 2 ? (a + b) / 2 : a + (b - a) * fa / (fa - fb), f;

        if (!(m > a && m < b))
            m = (a + b) / 2;
        runge_kutta(y, in, x, m);
        f = least_monotone_eigenvalue(y, n);
        if (f > 0)
        {
            a = m;
            fa = f;
        }
        else
        {
            b = m;
            fb = f;
        }
    }
    return t + b;
}

/* Follows one characteristic with a given C; *outlived says that Q^ itself became singular first. */
static double
follow(const integrator_t *in, const double *q, const double *gradient, const double *hessian,
       const double *c, double step, double horizon, int *outlived)
{
    int n = (int) in->tapes->dimension;
    double x[STATE] = {0}, y[STATE], t = 0;

    *outlived = 0;
    for (int i = 0; i < n; i++)
    {
        x[i] = q[i];
        x[n + i] = gradient[i];
        for (int j = i; j < n; j++)
            x[cst_hj_riccati_offset(n) + cst_hj_pair(n, i, j)] = hessian[i * n + j] + (i == j ? c[i] : 0);
        x[cst_hj_inverse_offset(n) + i * n + i] = 1;
        x[cst_hj_monotone_offset(n) + cst_hj_pair(n, i, i)] = 1 / c[i];
    }
    for (int trial = 0; t < horizon && trial < MOST_STEPS; trial++)
    {
        double error = runge_kutta(y, in, x, step), lambda = least_monotone_eigenvalue(y, n);
        double factor = isfinite(error) ? fmin(4, 0.9 * pow(fmax(error, 1e-9), -0.2)) : 0.1;

        if (!(error <= 1))
        {
            step *= fmax(factor, 0.1);
            continue;
        }
        for (int i = 0; i < in->length; i++)
            if (!(fabs(y[i]) < 1e8))
                *outlived = 1;
        if (*outlived)
            return HUGE_VAL;
        if (!(lambda > 0))
            return refine_crossing(in, x, t, step, n);
        memcpy(x, y, sizeof x);
        t += step;
        step *= factor;
    }
    *outlived = t < horizon;
    return HUGE_VAL;
}

double
cst__guide_focal_time(const cst__tapes_t *tapes, const double *q, double horizon)
{
    int n = (int) tapes->dimension, outlived = 1;
    double gradient[N], hessian[N * N], convexity[N * N], c[N], lambda, best, *work = new_work(tapes);
    integrator_t in;

    start_data(gradient, hessian, convexity, tapes, q, work);
    lambda = least_relative_eigenvalue(convexity, hessian, n);
    best = lambda < 0 ? -1 / lambda : HUGE_VAL;
    if (!tapes->is_static)
    {
        double scale = best < horizon ? best : horizon;

        in.tapes = tapes;
        in.length = (int) cst_hj_state_length(n);
        in.out = flint_malloc((size_t) tapes->field->output_count * sizeof(double));
        in.work = work;
        for (int trial = 0; trial < 4 && outlived; trial++, scale /= 2)
        {
            shift(c, hessian, convexity, n, scale);
            best = follow(&in, q, gradient, hessian, c, scale / FIRST_STEP, horizon, &outlived);
        }
        flint_free(in.out);
    }
    flint_free(work);
    return best < horizon ? best : HUGE_VAL;
}

double
cst__guide_descend(double *place, const cst__tapes_t *tapes, const double *lower, const double *upper,
                   double horizon, double step)
{
    int n = (int) tapes->dimension;
    double best = cst__guide_focal_time(tapes, place, horizon), trial[N];

    while (step > 1e-8)
    {
        int better = 0;

        for (int i = 0; i < 2 * n; i++)
        {
            int k = i / 2;
            double value;

            memcpy(trial, place, (size_t) n * sizeof(double));
            trial[k] += (i % 2 ? -1 : 1) * step * (upper[k] - lower[k]);
            trial[k] = fmin(fmax(trial[k], lower[k]), upper[k]);
            if (trial[k] == place[k])
                continue;
            value = cst__guide_focal_time(tapes, trial, horizon);
            if (value < best)
            {
                best = value;
                memcpy(place, trial, (size_t) n * sizeof(double));
                better = 1;
            }
        }
        if (!better)
            step /= 2;
    }
    return best;
}

/* The focal times on a grid; the best few places are then improved. */
double
cst__guide_minimum(double *place, const cst__tapes_t *tapes, const double *lower, const double *upper,
                   double horizon)
{
    enum
    {
        KEEP = 3
    };
    static const int grid[N + 1] = {1, 97, 17, 7, 5, 3, 3, 2, 2, 2, 2, 2, 2};
    int n = (int) tapes->dimension, points = 1, side = grid[n];
    double starts[KEEP][N], values[KEEP], best = HUGE_VAL, q[N];

    for (int k = 0; k < KEEP; k++)
        values[k] = HUGE_VAL;
    for (int i = 0; i < n; i++)
        points *= side;
    for (int point = 0; point < points; point++)
    {
        double value;
        int rest = point, k;

        for (int i = 0; i < n; i++, rest /= side)
            q[i] = lower[i] + (upper[i] - lower[i]) * (rest % side) / (side - 1);
        value = cst__guide_focal_time(tapes, q, horizon);
        for (k = KEEP; k > 0 && value < values[k - 1]; k--)
            if (k < KEEP)
            {
                values[k] = values[k - 1];
                memcpy(starts[k], starts[k - 1], sizeof q);
            }
        if (k < KEEP)
        {
            values[k] = value;
            memcpy(starts[k], q, sizeof q);
        }
    }
    for (int k = 0; k < KEEP && values[k] < HUGE_VAL; k++)
    {
        double value = cst__guide_descend(starts[k], tapes, lower, upper, horizon, 0.5 / (side - 1));

        if (value < best)
        {
            best = value;
            memcpy(place, starts[k], (size_t) n * sizeof(double));
        }
    }
    return best;
}
