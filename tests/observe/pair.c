/* Speeds along and across an orbit, and drifts, by brute force. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

pair_t
pair_new(slong n, slong m, slong k)
{
    pair_t p = {n, m, k, calloc((size_t) ((n + m) * k), sizeof(double)),
                calloc((size_t) ((n + m) * k), sizeof(double))};

    return p;
}

void
pair_fill(pair_t *p, slong at, const weights_t *w, const char *name, slong start, slong rows, slong row,
          slong col)
{
    const double *x = weights_find(w, name) + start, *y = weights_find(w + 1, name) + start;

    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < p->k; j++)
        {
            p->x[(at + i) * p->k + j] = x[i * row + j * col];
            p->d[(at + i) * p->k + j] = y[i * row + j * col] - x[i * row + j * col];
        }
}

/* Column to of t -= or += column from of the pair, above (a) or below (b). */
static void
shift(double *t, const pair_t *p, int below, slong to, slong from, double factor)
{
    slong first = below ? p->n : 0, last = below ? p->n + p->m : p->n;

    for (slong r = first; r < last; r++)
        t[r * p->k + to] += factor * p->x[r * p->k + from];
}

/* Direction number i of the orbit: 0 after the last. */
static int
direction(double *t, const pair_t *p, int kind, slong i)
{
    slong k = p->k, j = i / 2;

    memset(t, 0, (size_t) ((p->n + p->m) * k) * sizeof *t);
    if (i >= (kind == MIXED ? k * k : k))
        return 0;
    if (kind == MIXED)
    {
        shift(t, p, 0, i % k, i / k, 1);
        shift(t, p, 1, i / k, i % k, -1);
    }
    else if (kind == SCALED)
        for (int below = 0; below < 2; below++)
            shift(t, p, below, i, i, below ? -1 : 1);
    else
        for (int below = 0; below < 2; below++)
        {
            double sign = below && i % 2 == 0 ? -1 : 1;

            /* times 1 or -1, and times the imaginary unit on either side */
            shift(t, p, below, j, i % 2 ? j + k / 2 : j, i % 2 ? -sign : sign);
            shift(t, p, below, j + k / 2, i % 2 ? j : j + k / 2, sign);
        }
    return 1;
}

double
pair_vertical(const pair_t *p, int kind)
{
    slong n = (p->n + p->m) * p->k, count = 0;
    double *t = malloc((size_t) n * sizeof *t), square = 0;
    long double *basis = malloc((size_t) (n * p->k * (kind == MIXED ? p->k : 1)) * sizeof *basis);

    for (slong i = 0; direction(t, p, kind, i); i++)
    {
        long double *v = basis + n * count, norm = 0, part = 0;

        for (slong r = 0; r < n; r++)
            v[r] = t[r];
        for (slong c = 0; c < 2 * count; c++)
        {
            const long double *u = basis + n * (c % count);
            long double s = 0;

            for (slong r = 0; r < n; r++)
                s += u[r] * v[r];
            for (slong r = 0; r < n; r++)
                v[r] -= s * u[r];
        }
        for (slong r = 0; r < n; r++)
            norm += v[r] * v[r];
        cr_assert(norm > 1e-6L);
        for (slong r = 0; r < n; r++)
        {
            v[r] /= sqrtl(norm);
            part += v[r] * p->d[r];
        }
        square += (double) (part * part);
        count++;
    }
    free(t);
    free(basis);
    return square;
}

double
pair_raw(const pair_t *p)
{
    double s = 0;

    for (slong r = 0; r < (p->n + p->m) * p->k; r++)
        s += p->d[r] * p->d[r];
    return s;
}

double
pair_drift(const pair_t *p, int kind)
{
    double square = 0;

    for (slong i = 0; i < p->k; i++)
        for (slong j = 0; j < p->k; j++)
        {
            double s = 0;

            for (slong r = 0; r < p->n + p->m; r++)
            {
                double x = p->x[r * p->k + i], y = p->x[r * p->k + j];

                s += (r < p->n ? 1 : -1) * ((x + p->d[r * p->k + i]) * (y + p->d[r * p->k + j]) - x * y);
            }
            square += kind == MIXED || i == j ? s * s : 0;
        }
    return square;
}

void
pair_clear(pair_t *p)
{
    free(p->x);
    free(p->d);
}
