#include <math.h>
#include <string.h>

#include "certify/guide.h"
#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION
#define FIRST_STEP 32 /* parts of a time guess */
#define ROUGH 1e-6

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
    if (status == CST_OK)
    {
        status = cst_hj_variation_tape(tapes->variation, hj, error);
        if (status != CST_OK)
            cst_tape_clear(tapes->field);
    }
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
    cst_tape_clear(tapes->variation);
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
    slong room = FLINT_MAX(tapes->initial->length, tapes->convexity->length);

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

double
cst__guide_focal_time(const cst__tapes_t *tapes, const double *q, double horizon, double accuracy)
{
    int n = (int) tapes->dimension;
    double gradient[N], hessian[N * N], convexity[N * N], c[N], lambda, best, scale, *work = new_work(tapes);

    start_data(gradient, hessian, convexity, tapes, q, work);
    flint_free(work);
    lambda = least_relative_eigenvalue(convexity, hessian, n);
    best = lambda < 0 ? -1 / lambda : HUGE_VAL;
    if (!tapes->is_static)
    {
        scale = fmin(best, horizon);
        shift(c, hessian, convexity, n, scale);
        best = cst__guide_follow(tapes, q, gradient, hessian, c, scale / FIRST_STEP, horizon, accuracy);
    }
    return best < horizon ? best : HUGE_VAL;
}

/* Errors of the integration that do not matter beside the slack. */
static double
accuracy(const cst__hunt_t *hunt, double time)
{
    return fmax(CST__GUIDE_FINE, fmin(ROUGH, hunt->slack / time / 1000));
}

static int
stopped(const cst__hunt_t *hunt)
{
    return hunt->stop && hunt->stop(hunt->data);
}

/* Pattern search; it ends where all neighbours are alike up to the slack. */
double
cst__guide_descend(double *place, const cst__hunt_t *hunt, double step)
{
    const double *lower = hunt->lower, *upper = hunt->upper;
    int n = (int) hunt->tapes->dimension;
    double best = cst__guide_focal_time(hunt->tapes, place, hunt->horizon, CST__GUIDE_FINE), trial[N];

    while (step > 1e-8 && best < HUGE_VAL)
    {
        double spread = 0;
        int better = 0;

        for (int i = 0; i < 2 * n && !stopped(hunt); i++)
        {
            int k = i / 2;
            double value;

            memcpy(trial, place, (size_t) n * sizeof(double));
            trial[k] += (i % 2 ? -1 : 1) * step * (upper[k] - lower[k]);
            trial[k] = fmin(fmax(trial[k], lower[k]), upper[k]);
            if (trial[k] == place[k])
                continue;
            value = cst__guide_focal_time(hunt->tapes, trial, fmin(hunt->horizon, 2 * best),
                                          accuracy(hunt, best));
            spread = fmax(spread, fabs(value - best));
            if (value < best)
            {
                best = value;
                memcpy(place, trial, (size_t) n * sizeof(double));
                better = 1;
            }
        }
        if (stopped(hunt) || spread < hunt->slack / 8)
            break;
        if (!better)
            step /= 2;
    }
    return cst__guide_focal_time(hunt->tapes, place, hunt->horizon, CST__GUIDE_FINE);
}

/* The focal times on a grid; the best few places are then improved. */
double
cst__guide_minimum(double *place, const cst__hunt_t *hunt)
{
    enum
    {
        KEEP = 3
    };
    static const int grid[N + 1] = {1, 97, 17, 7, 5, 3, 3, 2, 2, 2, 2, 2, 2};
    int n = (int) hunt->tapes->dimension, points = 1, side = grid[n];
    double starts[KEEP][N], values[KEEP], best = HUGE_VAL, q[N];

    for (int k = 0; k < KEEP; k++)
        values[k] = HUGE_VAL;
    for (int i = 0; i < n; i++)
        points *= side;
    for (int point = 0; point < points && !stopped(hunt); point++)
    {
        double value;
        int rest = point, k;

        for (int i = 0; i < n; i++, rest /= side)
            q[i] = hunt->lower[i] + (hunt->upper[i] - hunt->lower[i]) * (rest % side) / (side - 1);
        value = cst__guide_focal_time(hunt->tapes, q, fmin(hunt->horizon, values[KEEP - 1]), ROUGH);
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
        double value = cst__guide_descend(starts[k], hunt, 0.5 / (side - 1));

        if (value < best)
        {
            best = value;
            memcpy(place, starts[k], (size_t) n * sizeof(double));
        }
    }
    return best;
}
