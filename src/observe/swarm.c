/* Neurons as particles with velocities. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/monitor.h>

#include "observe/chain.h"
#include "observe/lapack.h"
#include "observe/rates.h"

#define BOOTSTRAPS 40

cst_status_t
cst_monitor_particles(double **particles, slong *count, slong *dimension, int *odd,
                      const cst_io_checkpoint_t checkpoint, cst_io_node_t settings, cst_error_t *error)
{
    cst__model_t model;
    cst__chain_t chain;
    cst_status_t status = cst__model_init(model, checkpoint, settings, error);
    slong in, out, d;

    if (status != CST_OK)
        return status;
    if (model->family != OBS_CHAIN || model->links != 2 || model->link[0].variance)
    {
        cst__model_clear(model);
        return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                       "neurons are particles in networks with one hidden layer");
    }
    cst__chain_init(chain, model);
    in = chain->size[0] * chain->taps[0];
    out = chain->size[2] * chain->taps[1];
    d = in + (model->link[0].bias != NULL) + out;
    *count = chain->size[1];
    *dimension = d;
    *odd = model->activation == OBS_ODD;
    *particles = flint_malloc((size_t) (*count * d + 1) * sizeof **particles);
    for (slong i = 0; i < *count; i++)
    {
        double *x = *particles + i * d;

        memcpy(x, chain->weight[0] + i * in, (size_t) in * sizeof *x);
        if (model->link[0].bias)
            x[in] = chain->bias[0][i];
        for (slong k = 0; k < chain->size[2]; k++)
            for (slong t = 0; t < chain->taps[1]; t++)
                x[d - out + k * chain->taps[1] + t] = chain->weight[1][(k * *count + i) * chain->taps[1] + t];
    }
    cst__chain_clear(chain);
    cst__model_clear(model);
    return CST_OK;
}

/* ---- Local linear maps ------------------------------------------------------------------------- */

/* Particles 0 ... total - 1; those from count on are the mirror images of an odd network. */
typedef struct
{
    const double *x, *y;
    slong count, total, d, neighbours;
    double *distance;
    slong *order;
    double *a, *b; /* neighbours x (d + 1), and max(neighbours, d + 1) x d: work */
} field_t;

static double
mirrored(const double *x, const field_t *f, slong i, slong k)
{
    return i < f->count ? x[i * f->d + k] : -x[(i - f->count) * f->d + k];
}

static int
field_init(field_t *f, const double *x, const double *y, slong count, slong d, int odd, slong neighbours)
{
    slong rows;

    f->x = x;
    f->y = y;
    f->count = count;
    f->d = d;
    f->total = odd ? 2 * count : count;
    f->neighbours = neighbours > 0 ? neighbours : 3 * (d + 1);
    if (f->neighbours < d + 2 || f->neighbours > f->total)
        return 0;
    rows = f->neighbours;
    f->distance = flint_malloc((size_t) f->total * sizeof(double));
    f->order = flint_malloc((size_t) f->total * sizeof(slong));
    f->a = flint_malloc((size_t) (rows * (2 * d + 1)) * sizeof(double));
    f->b = f->a + rows * (d + 1);
    return 1;
}

static void
field_clear(field_t *f)
{
    flint_free(f->distance);
    flint_free(f->order);
    flint_free(f->a);
}

/* The nearest particles to particle i come first in order: a selection, as few are needed. */
static void
find_neighbours(field_t *f, slong i)
{
    for (slong j = 0; j < f->total; j++)
    {
        f->order[j] = j;
        f->distance[j] = 0;
        for (slong k = 0; k < f->d; k++)
        {
            double z = mirrored(f->x, f, j, k) - f->x[i * f->d + k];

            f->distance[j] += z * z;
        }
    }
    for (slong n = 0; n < f->neighbours; n++)
    {
        slong best = n, t = f->order[n];

        for (slong j = n + 1; j < f->total; j++)
            if (f->distance[f->order[j]] < f->distance[f->order[best]])
                best = j;
        f->order[n] = f->order[best];
        f->order[best] = t;
    }
}

/* y = c + A (x - x_i) over the neighbours pick[0 ...] (NULL: each once), A by rows: d y_k/d x_j at k d + j.
   Sets the share of the variance that is left over (unless NULL). 0 if the neighbours do not span. */
static int
fit(double *jacobian, double *left, field_t *f, slong i, const slong *pick)
{
    slong d = f->d, n = f->neighbours;
    double total = 0, rest = 0;
    lapack_int rank;
    double *singular = flint_malloc((size_t) (d + 1) * sizeof *singular);

    for (slong r = 0; r < n; r++)
    {
        slong j = f->order[pick ? pick[r] : r];

        f->a[r * (d + 1)] = 1;
        for (slong k = 0; k < d; k++)
        {
            f->a[r * (d + 1) + 1 + k] = mirrored(f->x, f, j, k) - f->x[i * d + k];
            f->b[r * d + k] = mirrored(f->y, f, j, k);
        }
    }
    for (slong k = 0; k < d && left; k++)
    {
        double mean = 0;

        for (slong r = 0; r < n; r++)
            mean += f->b[r * d + k] / (double) n;
        for (slong r = 0; r < n; r++)
            total += (f->b[r * d + k] - mean) * (f->b[r * d + k] - mean);
    }
    if (LAPACKE_dgelss(LAPACK_ROW_MAJOR, (lapack_int) n, (lapack_int) (d + 1), (lapack_int) d, f->a,
                       (lapack_int) (d + 1), f->b, (lapack_int) d, singular, 1e-10, &rank) != 0)
        rank = 0;
    flint_free(singular);
    for (slong k = 0; k < d; k++)
        for (slong j = 0; j < d; j++)
            jacobian[k * d + j] = f->b[(1 + j) * d + k];
    if (left && rank == d + 1)
    {
        for (slong r = 0; r < n; r++)
            for (slong k = 0; k < d; k++)
            {
                slong p = f->order[pick ? pick[r] : r];
                double z = mirrored(f->y, f, p, k) - f->b[k];

                for (slong j = 0; j < d; j++)
                    z -= jacobian[k * d + j] * (mirrored(f->x, f, p, j) - f->x[i * d + j]);
                rest += z * z;
            }
        *left = total > 0 ? rest / total : 0;
    }
    return rank == d + 1;
}

double
cst__least_rate(double *a, double *asymmetry, slong d, double h)
{
    double odd = 0, even = 0, least, *w = flint_malloc((size_t) d * sizeof *w);

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j <= i; j++)
        {
            double minus = a[i * d + j] - a[j * d + i], plus = a[i * d + j] + a[j * d + i];

            odd += (i == j ? 1 : 2) * minus * minus;
            even += (i == j ? 1 : 2) * plus * plus;
            a[i * d + j] = a[j * d + i] = plus / 2;
        }
    *asymmetry = even > 0 ? sqrt(odd / even) : 0;
    least = LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'N', 'L', (lapack_int) d, a, (lapack_int) d, w) == 0
                ? w[0]
                : (double) NAN;
    flint_free(w);
    if (h > 0)
        least = least * h > -1 ? log1p(least * h) / h : -(double) INFINITY;
    return least;
}

/* ---- The forecast -------------------------------------------------------------------------------- */

static int
compare(const void *a, const void *b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static double
quantile(double *x, slong length, double q)
{
    if (length == 0)
        return (double) NAN;
    qsort(x, (size_t) length, sizeof *x, compare);
    return x[(slong) floor(q * (double) (length - 1) + 0.5)];
}

double
cst__time_of(double eigenvalue)
{
    return eigenvalue < 0 ? -1 / eigenvalue : (double) INFINITY;
}

/* The next number of a linear congruential generator (Knuth's MMIX), below n. */
static slong
draw(ulong *state, slong n)
{
    *state = *state * UWORD(6364136223846793005) + UWORD(1442695040888963407);
    return (slong) ((*state >> 33) % (ulong) n);
}

/* Lowers infimum[b] to the least eigenvalue of the field fitted to resampled neighbours. */
static void
bootstrap(double *infimum, double *work, slong *pick, field_t *f, slong i, double interval, ulong *state)
{
    for (slong b = 0; b < BOOTSTRAPS; b++)
    {
        double least, unused;

        for (slong r = 0; r < f->neighbours; r++)
            pick[r] = draw(state, f->neighbours);
        if (!fit(work, NULL, f, i, pick))
            continue;
        least = cst__least_rate(work, &unused, f->d, interval);
        infimum[b] = fmin(infimum[b], least);
    }
}

int
cst_monitor_swarm(cst_monitor_swarm_t *swarm, const double *x, const double *v, double interval, slong count,
                  slong dimension, int odd, slong neighbours, ulong seed)
{
    field_t f;
    double *least, *asymmetry, *left, *work, infimum[BOOTSTRAPS];
    slong *pick, n = 0;

    memset(swarm, 0, sizeof *swarm);
    if (!field_init(&f, x, v, count, dimension, odd, neighbours))
        return 0;
    least = flint_malloc((size_t) (3 * count + dimension * dimension) * sizeof *least);
    asymmetry = least + count;
    left = asymmetry + count;
    work = left + count;
    pick = flint_malloc((size_t) f.neighbours * sizeof *pick);
    for (slong b = 0; b < BOOTSTRAPS; b++)
        infimum[b] = (double) INFINITY;
    swarm->least = (double) INFINITY;
    for (slong i = 0; i < count; i++)
    {
        find_neighbours(&f, i);
        if (!fit(work, left + n, &f, i, NULL))
            continue;
        least[n] = cst__least_rate(work, asymmetry + n, dimension, interval);
        if (least[n] < swarm->least)
        {
            swarm->least = least[n];
            swarm->worst = i;
        }
        n++;
        bootstrap(infimum, work, pick, &f, i, interval, &seed);
    }
    swarm->particles = n;
    swarm->median = quantile(least, n, 0.5);
    swarm->asymmetry = quantile(asymmetry, n, 0.5);
    swarm->unexplained = quantile(left, n, 0.5);
    swarm->least_low = quantile(infimum, BOOTSTRAPS, 0.05);
    swarm->least_high = quantile(infimum, BOOTSTRAPS, 0.95);
    swarm->tau = cst__time_of(swarm->least);
    swarm->tau_low = cst__time_of(swarm->least_low);
    swarm->tau_high = cst__time_of(swarm->least_high);
    flint_free(pick);
    flint_free(least);
    field_clear(&f);
    return n > 0;
}

double
cst_monitor_deformation(const double *x, const double *y, slong count, slong dimension, int odd,
                        slong neighbours, slong particle)
{
    field_t f;
    slong d = dimension;
    double *a, *s, *super, least = (double) NAN;

    if (!field_init(&f, x, y, count, dimension, odd, neighbours))
        return least;
    a = flint_malloc((size_t) (d * d + 2 * d) * sizeof *a);
    s = a + d * d;
    super = s + d;
    find_neighbours(&f, particle);
    if (fit(a, NULL, &f, particle, NULL) &&
        LAPACKE_dgesvd(LAPACK_ROW_MAJOR, 'N', 'N', (lapack_int) d, (lapack_int) d, a, (lapack_int) d, s, NULL,
                       1, NULL, 1, super) == 0)
        least = s[d - 1];
    flint_free(a);
    field_clear(&f);
    return least;
}
