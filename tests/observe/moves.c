/* What symmetries do to the matrices of a network. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"
#include "moves.h"

void
move_rows(double *x, slong r, slong c, const slong *order, const double *factor)
{
    double *y = malloc((size_t) (r * c) * sizeof *y);

    for (slong i = 0; i < r; i++)
        for (slong j = 0; j < c; j++)
            y[i * c + j] = x[order[i] * c + j] * factor[order[i]];
    memcpy(x, y, (size_t) (r * c) * sizeof *y);
    free(y);
}

void
move_cols(double *x, slong r, slong c, const slong *order, const double *factor)
{
    double *y = malloc((size_t) (r * c) * sizeof *y);

    for (slong i = 0; i < r; i++)
        for (slong j = 0; j < c; j++)
            y[i * c + j] = x[i * c + order[j]] / factor[order[j]];
    memcpy(x, y, (size_t) (r * c) * sizeof *y);
    free(y);
}

void
scales(double *factor, slong n, double spread, uint64_t *state)
{
    for (slong i = 0; i < n; i++)
        factor[i] = pow(10, spread * (2 * uniform(state) - 1));
}

void
invertible(double *a, double *inverse, slong n, uint64_t *state)
{
    double *u = malloc((size_t) (2 * n) * sizeof *u), *w = u + n, uu = 0, ww = 0;

    for (slong i = 0; i < n; i++)
    {
        u[i] = normal(state);
        w[i] = normal(state);
        uu += u[i] * u[i];
        ww += w[i] * w[i];
    }
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            a[i * n + j] = inverse[i * n + j] = 0;
    for (slong k = 0; k < n; k++)
    {
        double s = pow(10, uniform(state) - 0.5);

        for (slong i = 0; i < n; i++)
            for (slong j = 0; j < n; j++)
            {
                a[i * n + j] += ((i == k) - 2 * u[i] * u[k] / uu) * s * ((j == k) - 2 * w[j] * w[k] / ww);
                inverse[i * n + j] +=
                    ((i == k) - 2 * w[i] * w[k] / ww) / s * ((j == k) - 2 * u[j] * u[k] / uu);
            }
    }
    free(u);
}

void
times(double *x, const double *a, slong r, slong n)
{
    double *y = calloc((size_t) (r * n), sizeof *y);

    for (slong i = 0; i < r; i++)
        for (slong k = 0; k < n; k++)
            for (slong j = 0; j < n; j++)
                y[i * n + j] += x[i * n + k] * a[k * n + j];
    memcpy(x, y, (size_t) (r * n) * sizeof *y);
    free(y);
}

void
times_left(double *x, const double *a, slong n, slong c, int transposed)
{
    double *y = calloc((size_t) (n * c), sizeof *y);

    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < n; k++)
            for (slong j = 0; j < c; j++)
                y[i * c + j] += (transposed ? a[k * n + i] : a[i * n + k]) * x[k * c + j];
    memcpy(x, y, (size_t) (n * c) * sizeof *y);
    free(y);
}
