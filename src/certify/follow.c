/* One characteristic in doubles, with its variations, to its first focal time. */
#include <math.h>
#include <string.h>

#include "certify/guide.h"
#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION
#define STATE (4 * N * N + 2 * N)
#define MOST_STEPS 5000

/* Where a characteristic is. R = P^ Q^^-1 for the frame that starts with Q^ = 1, P^ = U + C; W = Q^^-T; and
   M = Q^^-1 Q C^-1, which decreases, is positive definite up to the first focal time (hj.h). */
typedef struct
{
    double q[N], p[N], r[N * N], w[N * N], m[N * N];
} point_t;

typedef struct
{
    const cst__tapes_t *tapes;
    int n;
    double accuracy;
    double *out, *work;
} integrator_t;

/* c += sign a b, or a^T b */
static void
multiply_add(double *c, const double *a, const double *b, int n, double sign, int transpose)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
        {
            double x = sign * (transpose ? a[k * n + i] : a[i * n + k]);

            for (int j = 0; j < n; j++)
                c[i * n + j] += x * b[k * n + j];
        }
}

/* y = q, p and two frames (X, Y): q' = H_p, p' = -H_q, X' = H_pq X + H_pp Y, Y' = -H_qq X - H_pq^T Y. */
static void
variation(double *dy, const integrator_t *in, const double *y)
{
    int n = in->n, nn = n * n;
    const double *pp = in->out + 2 * n, *pq = pp + nn, *qq = pq + nn;

    cst_tape_eval_double(in->out, in->tapes->variation, y, in->work);
    memcpy(dy, in->out, (size_t) (2 * n) * sizeof(double));
    memset(dy + 2 * n, 0, (size_t) (4 * nn) * sizeof(double));
    for (int frame = 0; frame < 2; frame++)
    {
        const double *x = y + 2 * n + 2 * nn * frame;
        double *dx = dy + 2 * n + 2 * nn * frame;

        multiply_add(dx, pq, x, n, 1, 0);
        multiply_add(dx, pp, x + nn, n, 1, 0);
        multiply_add(dx + nn, qq, x, n, -1, 0);
        multiply_add(dx + nn, pq, x + nn, n, -1, 1);
    }
}

/* One step of Dormand and Prince, order 5; returns the error estimate relative to the accuracy. */
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
    int length = 2 * in->n + 4 * in->n * in->n;
    double k[7][STATE], worst = 0;

    for (int s = 0; s < 7; s++)
    {
        memcpy(y, x, (size_t) length * sizeof(double));
        for (int r = 0; r < s; r++)
            for (int i = 0; i < length; i++)
                y[i] += h * a[s][r] * k[r][i];
        variation(k[s], in, y);
    }
    for (int i = 0; i < length; i++)
    {
        double error = 0;

        for (int s = 0; s < 7; s++)
            error += h * e[s] * k[s][i];
        error = fabs(error) / (in->accuracy * (1 + fabs(y[i])));
        if (!(error <= worst))
            worst = error; /* also when it is not a number */
    }
    return worst;
}

/* x = a^-1, by Gauss and Jordan with row exchanges; 0 unless the determinant is positive. */
static int
invert(double *x, const double *a, int n)
{
    double t[N * N];
    int sign = 1;

    memcpy(t, a, (size_t) (n * n) * sizeof(double));
    for (int i = 0; i < n * n; i++)
        x[i] = i % (n + 1) == 0;
    for (int k = 0; k < n; k++)
    {
        int best = k;
        double pivot;

        for (int i = k + 1; i < n; i++)
            if (fabs(t[i * n + k]) > fabs(t[best * n + k]))
                best = i;
        pivot = t[best * n + k];
        if (!(fabs(pivot) > 0))
            return 0;
        sign = (best != k) ^ (pivot < 0) ? -sign : sign;
        for (int j = 0; j < n; j++)
        {
            double u = t[best * n + j] / pivot, v = x[best * n + j] / pivot;

            t[best * n + j] = t[k * n + j];
            x[best * n + j] = x[k * n + j];
            t[k * n + j] = u;
            x[k * n + j] = v;
        }
        for (int i = 0; i < n; i++)
        {
            double f = i == k ? 0 : t[i * n + k];

            for (int j = 0; f != 0 && j < n; j++)
            {
                t[i * n + j] -= f * t[k * n + j];
                x[i * n + j] -= f * x[k * n + j];
            }
        }
    }
    return sign > 0;
}

/* From the frames (1, R) and (0, 1) of one step to new R, W and M: R = P^ Q^^-1, W = Q^^-T W, and
   M -= W^T (Q^^-1 S) W, S that of the second frame, as (Q^^-1 S)' = Q^^-1 H_pp Q^^-T. */
static int
take_over(point_t *next, const point_t *from, const double *y, int n)
{
    int nn = n * n;
    const double *q = y + 2 * n, *p = q + nn, *s = p + nn;
    double inverse[N * N], a[N * N] = {0}, b[N * N] = {0}, c[N * N] = {0};

    if (!invert(inverse, q, n))
        return 0;
    memset(next->r, 0, sizeof next->r);
    memset(next->w, 0, sizeof next->w);
    memcpy(next->q, y, (size_t) n * sizeof(double));
    memcpy(next->p, y + n, (size_t) n * sizeof(double));
    multiply_add(next->r, p, inverse, n, 1, 0);
    multiply_add(next->w, inverse, from->w, n, 1, 1);
    multiply_add(a, inverse, s, n, 1, 0);
    multiply_add(b, a, from->w, n, 1, 0);
    multiply_add(c, from->w, b, n, 1, 1);
    for (int i = 0; i < nn; i++)
        next->m[i] = from->m[i] - (c[i] + c[i % n * n + i / n]) / 2;
    return 1;
}

static double
step_to(point_t *next, const integrator_t *in, const point_t *from, double h)
{
    int n = in->n, nn = n * n;
    double x[STATE] = {0}, y[STATE], error;

    memcpy(x, from->q, (size_t) n * sizeof(double));
    memcpy(x + n, from->p, (size_t) n * sizeof(double));
    for (int i = 0; i < n; i++)
        x[2 * n + i * n + i] = x[2 * n + 3 * nn + i * n + i] = 1;
    memcpy(x + 2 * n + nn, from->r, (size_t) nn * sizeof(double));
    error = runge_kutta(y, in, x, h);
    return isfinite(error) && take_over(next, from, y, n) ? error : NAN;
}

static double
least_eigenvalue(const point_t *x, int n)
{
    double values[N];

    return cst__symmetric_eigen(values, NULL, x->m, n) ? values[0] : NAN;
}

/* From x at time t, the least eigenvalue of M is positive at t and not at t + h: when does it vanish? */
static double
refine_crossing(const integrator_t *in, const point_t *x, double t, double h)
{
    point_t y;
    double a = 0, b = h, fa = least_eigenvalue(x, in->n), fb;

    step_to(&y, in, x, h);
    fb = least_eigenvalue(&y, in->n);
    for (int trial = 0; trial < 40 && b - a > 1e-15 * (t + h); trial++)
    {
        double m = trial % 3 == 2 ? (a + b) / 2 : a + (b - a) * fa / (fa - fb), f;

        if (!(m > a && m < b))
            m = (a + b) / 2;
        step_to(&y, in, x, m);
        f = least_eigenvalue(&y, in->n);
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

static double
follow(const integrator_t *in, point_t *x, double step, double horizon)
{
    double t = 0;
    point_t y;

    for (int trial = 0; t < horizon && trial < MOST_STEPS; trial++)
    {
        double error = step_to(&y, in, x, step);
        double factor = isfinite(error) ? fmin(4, 0.9 * pow(fmax(error, 1e-9), -0.2)) : 0.25;

        if (!(error <= 1))
        {
            step *= fmax(factor, 0.1);
            continue;
        }
        if (!(least_eigenvalue(&y, in->n) > 0))
            return refine_crossing(in, x, t, step);
        *x = y;
        t += step;
        step *= factor;
    }
    return HUGE_VAL;
}

double
cst__guide_follow(const cst__tapes_t *tapes, const double *q, const double *gradient, const double *hessian,
                  const double *c, double step, double horizon, double accuracy)
{
    int n = (int) tapes->dimension;
    const cst_tape_struct *tape = tapes->variation;
    integrator_t in = {tapes, n, accuracy, flint_malloc((size_t) tape->output_count * sizeof(double)),
                       flint_malloc((size_t) tape->length * sizeof(double))};
    point_t x = {0};
    double time;

    memcpy(x.q, q, (size_t) n * sizeof(double));
    memcpy(x.p, gradient, (size_t) n * sizeof(double));
    memcpy(x.r, hessian, (size_t) (n * n) * sizeof(double));
    for (int i = 0; i < n; i++)
    {
        x.r[i * n + i] += c[i];
        x.w[i * n + i] = 1;
        x.m[i * n + i] = 1 / c[i];
    }
    time = follow(&in, &x, step, horizon);
    flint_free(in.out);
    flint_free(in.work);
    return time;
}
