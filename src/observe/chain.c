#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/chain.h"

static double *
read_all(cst_io_tensor_t tensor, int *finite)
{
    double *x = flint_malloc((size_t) (tensor->count + 1) * sizeof *x);

    if (cst_io_tensor_read(x, tensor, 0, tensor->count) != CST_TRUE)
        *finite = 0;
    return x;
}

/* y = (x - mean) gain / sqrt(variance + epsilon) + shift. Each entry of the weight takes part in 5 roundings.
 */
static void
fold(cst__chain_t chain, slong e, const cst__link_t *link, double epsilon)
{
    double *gain = read_all(link->gain, &chain->finite), *mean = read_all(link->mean, &chain->finite),
           *variance = read_all(link->variance, &chain->finite),
           *shift = link->shift ? read_all(link->shift, &chain->finite) : NULL;
    slong row = chain->size[e] * chain->taps[e];

    for (slong i = 0; i < link->out; i++)
    {
        double factor = gain[i] / sqrt(variance[i] + epsilon), moved = (chain->bias[e][i] - mean[i]) * factor;

        for (slong j = 0; j < row; j++)
            chain->weight[e][i * row + j] *= factor;
        chain->blur[e][i] = cst__up(
            8 * OBS_U *
            ((fabs(chain->bias[e][i]) + fabs(mean[i])) * fabs(factor) + (shift ? fabs(shift[i]) : 0)));
        chain->bias[e][i] = moved + (shift ? shift[i] : 0);
        if (!(variance[i] + epsilon > 0))
            chain->finite = 0;
    }
    chain->relative = 6 * OBS_U;
    chain->folded = 1;
    chain->has_bias = 1;
    flint_free(gain);
    flint_free(mean);
    flint_free(variance);
    flint_free(shift);
}

static void
add_squares(cst__chain_t chain, slong e)
{
    slong in = chain->size[e], taps = chain->taps[e];

    for (slong i = 0; i < chain->size[e + 1] * in; i++)
    {
        double s = 0;

        for (slong k = 0; k < taps; k++)
            s += chain->weight[e][i * taps + k] * chain->weight[e][i * taps + k];
        chain->square[e][i] = s;
        if (!isfinite(s))
            chain->finite = 0;
    }
    for (slong i = 0; i < chain->size[e + 1]; i++)
    {
        double b = fabs(chain->bias[e][i]), d = chain->blur[e][i];

        chain->biased[e][i] = b * b;
        if (d > 0) /* of the square */
            chain->relative_bias = fmax(chain->relative_bias, (2 * b + d) * d / (b * b));
    }
}

void
cst__chain_init(cst__chain_t chain, const cst__model_t model)
{
    slong n = model->links;

    memset(chain, 0, sizeof *chain);
    chain->links = n;
    chain->finite = 1;
    chain->size = flint_malloc((size_t) (n + 1) * sizeof *chain->size);
    chain->taps = flint_malloc((size_t) n * sizeof *chain->taps);
    chain->weight = flint_calloc((size_t) n, sizeof *chain->weight);
    chain->bias = flint_calloc((size_t) n, sizeof *chain->bias);
    chain->blur = flint_calloc((size_t) n, sizeof *chain->blur);
    chain->square = flint_calloc((size_t) n, sizeof *chain->square);
    chain->biased = flint_calloc((size_t) n, sizeof *chain->biased);
    chain->size[0] = model->link[0].in;
    for (slong e = 0; e < n; e++)
    {
        const cst__link_t *link = model->link + e;

        chain->size[e + 1] = link->out;
        chain->taps[e] = link->taps;
        chain->weight[e] = read_all(link->weight, &chain->finite);
        chain->bias[e] = link->bias ? read_all(link->bias, &chain->finite)
                                    : flint_calloc((size_t) link->out + 1, sizeof **chain->bias);
        chain->has_bias |= link->bias != NULL;
        chain->blur[e] = flint_calloc((size_t) link->out + 1, sizeof **chain->blur);
        chain->square[e] = flint_malloc((size_t) (link->out * link->in + 1) * sizeof **chain->square);
        chain->biased[e] = flint_malloc((size_t) (link->out + 1) * sizeof **chain->biased);
        if (link->variance)
            fold(chain, e, link, model->epsilon);
        add_squares(chain, e);
    }
}

void
cst__chain_clear(cst__chain_t chain)
{
    for (slong e = 0; e < chain->links; e++)
    {
        flint_free(chain->weight[e]);
        flint_free(chain->bias[e]);
        flint_free(chain->blur[e]);
        flint_free(chain->square[e]);
        flint_free(chain->biased[e]);
    }
    flint_free(chain->weight);
    flint_free(chain->bias);
    flint_free(chain->blur);
    flint_free(chain->square);
    flint_free(chain->biased);
    flint_free(chain->size);
    flint_free(chain->taps);
}

slong
cst__chain_units(const cst__chain_t chain)
{
    slong n = 0;

    for (slong l = 1; l < chain->links; l++)
        n += chain->size[l];
    return n;
}

/* Non-negative terms: every rounding, and the errors of the entries, once. */
double
cst__chain_relative(const cst__chain_t chain)
{
    slong most = 0;

    for (slong e = 0; e < chain->links; e++)
    {
        slong terms = chain->size[e] + chain->size[e + 1] + chain->taps[e];

        most = terms > most ? terms : most;
    }
    return cst__up(cst__gamma(most + 16) + fmax(2.01 * chain->relative, 1.01 * chain->relative_bias));
}

void
cst__balance_init(cst__balance_t balance, const cst__chain_t chain)
{
    balance->layers = chain->links;
    balance->c = flint_malloc((size_t) (chain->links + 1) * sizeof *balance->c);
    balance->far = flint_calloc((size_t) (chain->links + 1), sizeof *balance->far);
    balance->dead = 0;
    balance->minimized = 0;
    for (slong l = 0; l <= chain->links; l++)
    {
        balance->c[l] = flint_malloc((size_t) (chain->size[l] + 1) * sizeof **balance->c);
        for (slong i = 0; i < chain->size[l]; i++)
            balance->c[l][i] = 1;
    }
    arb_init(balance->square);
}

void
cst__balance_clear(cst__balance_t balance)
{
    for (slong l = 0; l <= balance->layers; l++)
        flint_free(balance->c[l]);
    flint_free(balance->c);
    flint_free(balance->far);
    arb_clear(balance->square);
}

/* Sums of the squares that enter (before the factor C) and leave (before 1/C) each unit of a hidden layer. */
static void
flows(double *in, double *out, slong l, const cst__balance_t b, const cst__chain_t chain)
{
    slong n = chain->size[l], before = chain->size[l - 1], after = chain->size[l + 1];
    const double *a = chain->square[l - 1], *z = chain->square[l];

    for (slong i = 0; i < n; i++)
    {
        double s = chain->biased[l - 1][i];

        for (slong j = 0; j < before; j++)
            s += a[i * before + j] / b->c[l - 1][j];
        in[i] = s;
        out[i] = 0;
    }
    for (slong k = 0; k < after; k++)
        for (slong i = 0; i < n; i++)
            out[i] += b->c[l + 1][k] * z[k * n + i];
}

#define SWEEPS 4000
#define DEAD (-1.0)

/* One exact minimization over each hidden layer in turn; the largest relative imbalance before it. */
static double
sweep(double *in, double *out, const cst__balance_t b, const cst__chain_t chain)
{
    double worst = 0;

    for (slong l = 1; l < chain->links; l++)
    {
        flows(in, out, l, b, chain);
        for (slong i = 0; i < chain->size[l]; i++)
        {
            double x = b->c[l][i] * in[i], y = out[i] / b->c[l][i];

            if (!(x > 0) || !(y > 0) || !isfinite(x + y))
                continue;
            worst = fmax(worst, fabs(x - y) / (x + y));
            b->c[l][i] = sqrt(out[i] / in[i]);
        }
    }
    return worst;
}

/* A unit without input or output costs nothing in the limit, nor do its weights: it is cut off, and maybe
   others with it. */
static void
cut_dead(cst__balance_t b, cst__chain_t chain, double *in, double *out)
{
    slong before;

    do
    {
        before = b->dead;
        for (slong l = 1; l < chain->links; l++)
        {
            flows(in, out, l, b, chain);
            for (slong i = 0; i < chain->size[l]; i++)
            {
                if ((in[i] > 0 && out[i] > 0) || b->c[l][i] == DEAD)
                    continue;
                for (slong j = 0; j < chain->size[l - 1]; j++)
                    chain->square[l - 1][i * chain->size[l - 1] + j] = 0;
                chain->biased[l - 1][i] = 0;
                for (slong k = 0; k < chain->size[l + 1]; k++)
                    chain->square[l][k * chain->size[l] + i] = 0;
                b->c[l][i] = DEAD;
                b->dead++;
            }
        }
    } while (b->dead > before);
    for (slong l = 1; l < chain->links; l++)
        for (slong i = 0; i < chain->size[l]; i++)
            if (b->c[l][i] == DEAD)
                b->c[l][i] = 1;
}

void
cst__balance_norm(arb_t square, const cst__balance_t b, const cst__chain_t chain)
{
    double f = 0;

    for (slong e = 0; e < chain->links; e++)
    {
        slong n = chain->size[e];
        double part = 0;

        for (slong i = 0; i < chain->size[e + 1]; i++)
        {
            double s = chain->biased[e][i];

            for (slong j = 0; j < n; j++)
                s += chain->square[e][i * n + j] / b->c[e][j];
            part += s * b->c[e + 1][i];
        }
        f += part;
    }
    cst__ball(square, f, cst__up(f * (cst__chain_relative(chain) + cst__gamma(chain->links + 4))));
}

/* The norm is convex in t = log C / 2 with gradient 2 (C in - out / C), Hessian 4 G. In the variables
   D^(1/2) t the gradient is g = 2 (C in - out / C) / sqrt(C in + out / C), the Hessian 4 S, and where t moves
   by r at most in each entry it shrinks by exp(-4r) at most. So with m = 2 lambda_min(S) <= 4 exp(-4r)
   lambda_min(S): the minimum lies within |g| / m, and f exceeds it by |g|^2 / 2m at most. */
static void
bound_minimum(cst__balance_t b, const cst__chain_t chain, double *in, double *out)
{
    slong units = cst__chain_units(chain), at = 0;
    double *d = flint_malloc((size_t) (units + 1) * sizeof *d), relative = cst__chain_relative(chain), g2 = 0,
           m, g, least_d = (double) INFINITY, gap;
    arb_t slack;

    cst__gram_diagonal(d, b, chain);
    for (slong l = 1; l < chain->links; l++)
    {
        flows(in, out, l, b, chain);
        for (slong i = 0; i < chain->size[l]; i++, at++)
        {
            double x = b->c[l][i] * in[i], y = out[i] / b->c[l][i];

            if (!(x + y > 0))
                continue;
            g = 2 * (fabs(x - y) + (relative + 4 * OBS_U) * (x + y)) / sqrt(x + y);
            g2 += g * g;
            least_d = fmin(least_d, x + y);
        }
    }
    m = 2 * cst__gram_least(d, b, chain) * (1 - 1e-6);
    g = cst__up(sqrt(g2)) * (1 + 1e-6);
    cst__balance_norm(b->square, b, chain);
    if (isfinite(least_d) && !(m > 0 && 2.1 * g / m <= 0.17 * sqrt(least_d)))
    {
        /* A minimum there is, but nothing is known of it beyond f >= 0. */
        for (slong l = 1; l < chain->links; l++)
            b->far[l] = (double) INFINITY;
        gap = (double) INFINITY;
    }
    else
    {
        for (slong l = 1; l < chain->links; l++)
            b->far[l] = isfinite(least_d) ? cst__up(g / m / sqrt(least_d)) : 0;
        gap = isfinite(least_d) ? cst__up(g * g / (2 * m)) : 0;
    }
    arb_init(slack);
    cst__ball(slack, 0, gap);
    arb_add(b->square, b->square, slack, OBS_PREC);
    arb_clear(slack);
    flint_free(d);
}

void
cst__balance_minimize(cst__balance_t b, cst__chain_t chain)
{
    slong most = 1;
    double *in, *out;

    for (slong l = 0; l <= chain->links; l++)
        most = chain->size[l] > most ? chain->size[l] : most;
    in = flint_malloc((size_t) most * sizeof *in);
    out = flint_malloc((size_t) most * sizeof *out);
    b->minimized = 1;
    if (chain->finite)
    {
        cut_dead(b, chain, in, out);
        for (int k = 0; k < SWEEPS && sweep(in, out, b, chain) > 4 * OBS_U; k++)
            ;
        bound_minimum(b, chain, in, out);
    }
    else
    {
        arb_indeterminate(b->square);
        for (slong l = 1; l < chain->links; l++)
            b->far[l] = (double) INFINITY;
    }
    flint_free(in);
    flint_free(out);
}

void
cst__balance_weight(cst__mat_t w, slong e, const cst__balance_t b, const cst__chain_t chain)
{
    slong n = chain->size[e], taps = chain->taps[e];
    double far = b->far[e] + b->far[e + 1];

    cst__mat_init(w, chain->size[e + 1], n * taps);
    for (slong i = 0; i < w->rows; i++)
        for (slong j = 0; j < n; j++)
        {
            double factor = sqrt(b->c[e + 1][i]) / sqrt(b->c[e][j]);

            for (slong k = 0; k < taps; k++)
                w->x[(i * n + j) * taps + k] = chain->weight[e][(i * n + j) * taps + k] * factor;
        }
    if (far > 0 || chain->relative > 0 || b->minimized)
        w->error = cst__up((expm1(far) * (1 + 0x1p-40) + chain->relative + 6 * OBS_U) *
                           cst__norm_x(w->x, w->rows * w->cols));
    if (!chain->finite || isnan(w->error))
        w->error = (double) INFINITY;
}
