#include "config.h"

#include <math.h>

#include "observe/state.h"

/* The Hungarian method with potentials u, v, a row at a time (Kuhn; Jonker and Volgenant). Rows and columns
   count from 1 here; p[j] is the row of column j. */
typedef struct
{
    slong n;
    const double *cost;
    double *u, *v, *slack;
    slong *p, *way;
    char *used;
} hungary_t;

static slong
grow(hungary_t *h, slong column)
{
    slong row = h->p[column], next = 0;
    double least = (double) INFINITY;

    h->used[column] = 1;
    for (slong j = 1; j <= h->n; j++)
    {
        double reduced;

        if (h->used[j])
            continue;
        reduced = h->cost[(row - 1) * h->n + j - 1] - h->u[row] - h->v[j];
        if (reduced < h->slack[j])
        {
            h->slack[j] = reduced;
            h->way[j] = column;
        }
        if (h->slack[j] < least || next == 0)
        {
            least = h->slack[j];
            next = j;
        }
    }
    for (slong j = 0; j <= h->n; j++)
        if (h->used[j])
        {
            h->u[h->p[j]] += least;
            h->v[j] -= least;
        }
        else
            h->slack[j] -= least;
    return next;
}

static void
add_row(hungary_t *h, slong row)
{
    slong column = 0;

    h->p[0] = row;
    for (slong j = 0; j <= h->n; j++)
    {
        h->slack[j] = (double) INFINITY;
        h->used[j] = 0;
    }
    do
        column = grow(h, column);
    while (h->p[column] != 0);
    for (; column != 0; column = h->way[column])
        h->p[column] = h->p[h->way[column]];
}

/* Any potentials bound the least sum from below once the worst violation of u_i + v_j <= cost_ij is taken
 * off. */
static double
lower_bound(const hungary_t *h, double relative)
{
    double sum = 0, size = 0, worst = 0;

    for (slong i = 1; i <= h->n; i++)
    {
        sum += h->u[i] + h->v[i];
        size += fabs(h->u[i]) + fabs(h->v[i]);
        for (slong j = 1; j <= h->n; j++)
        {
            double c = h->cost[(i - 1) * h->n + j - 1], excess = h->u[i] + h->v[j] - c * (1 - relative);

            worst = fmax(worst, excess + 4 * OBS_U * (fabs(h->u[i]) + fabs(h->v[j]) + c));
        }
    }
    return sum - cst__up(size * cst__gamma(2 * h->n + 2) + (double) h->n * worst);
}

double
cst__assign(slong *match, const double *cost, slong n, double relative)
{
    hungary_t h;
    double bound;

    h.n = n;
    h.cost = cost;
    h.u = flint_calloc((size_t) (3 * (n + 1)), sizeof *h.u);
    h.v = h.u + n + 1;
    h.slack = h.v + n + 1;
    h.p = flint_calloc((size_t) (2 * (n + 1)), sizeof *h.p);
    h.way = h.p + n + 1;
    h.used = flint_calloc((size_t) (n + 1), 1);
    for (slong i = 1; i <= n; i++)
        add_row(&h, i);
    for (slong j = 1; j <= n; j++)
        match[h.p[j] - 1] = j - 1;
    bound = lower_bound(&h, relative);
    flint_free(h.u);
    flint_free(h.p);
    flint_free(h.used);
    return bound;
}
