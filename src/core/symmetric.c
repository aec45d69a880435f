#include <math.h>

#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION

/* One Jacobi rotation that annihilates a[p][q]. */
static void
rotate(double a[N][N], double v[N][N], int n, int p, int q)
{
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), s = t * c;

    for (int k = 0; k < n; k++)
    {
        double x = a[k][p], y = a[k][q];

        a[k][p] = c * x - s * y;
        a[k][q] = s * x + c * y;
    }
    for (int k = 0; k < n; k++)
    {
        double x = a[p][k], y = a[q][k], z = v[k][p], w = v[k][q];

        a[p][k] = c * x - s * y;
        a[q][k] = s * x + c * y;
        v[k][p] = c * z - s * w;
        v[k][q] = s * z + c * w;
    }
}

int
cst__symmetric_eigen(double *values, double *vectors, const double *matrix, int n)
{
    double a[N][N], v[N][N], scale = 0;
    int order[N];

    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
        {
            a[i][j] = (matrix[i * n + j] + matrix[j * n + i]) / 2;
            v[i][j] = i == j;
            scale = fmax(scale, fabs(a[i][j]));
            if (!isfinite(a[i][j]))
                return 0;
        }
    for (int sweep = 0; sweep < 40; sweep++)
    {
        double off = 0;

        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++)
                if (fabs(a[p][q]) > 1e-17 * scale)
                {
                    off = fmax(off, fabs(a[p][q]));
                    rotate(a, v, n, p, q);
                }
        if (off == 0)
            break;
    }
    for (int i = 0; i < n; i++)
    {
        int k = i;

        for (; k > 0 && a[order[k - 1]][order[k - 1]] > a[i][i]; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    for (int i = 0; i < n; i++)
    {
        values[i] = a[order[i]][order[i]];
        for (int k = 0; vectors && k < n; k++)
            vectors[k * n + i] = v[k][order[i]];
    }
    return 1;
}
