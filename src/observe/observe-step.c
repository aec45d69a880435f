#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "observe/linear.h"
#include "observe/state.h"

#define ISOMETRIC (CST_OBSERVE_PERMUTATIONS | CST_OBSERVE_SIGNS)
#define FULL (ISOMETRIC | CST_OBSERVE_RESCALINGS)
#define MATCH_LIMIT 2048 /* units that are matched: cubic time */

/* Incoming weights and bias of the units of layer l, as rows; outgoing ones as columns. */
static void
incoming(cst__mat_t w, const cst__chain_t chain, slong l)
{
    slong row = chain->size[l - 1] * chain->taps[l - 1];

    cst__mat_init(w, chain->size[l], row + 1);
    for (slong i = 0; i < w->rows; i++)
    {
        memcpy(w->x + i * (row + 1), chain->weight[l - 1] + i * row, (size_t) row * sizeof *w->x);
        w->x[i * (row + 1) + row] = chain->bias[l - 1][i];
    }
}

/* With a tap as one more row: size[l+1] taps x size[l]. */
static void
outgoing(cst__mat_t w, const cst__chain_t chain, slong l)
{
    slong n = chain->size[l], taps = chain->taps[l];

    cst__mat_init(w, chain->size[l + 1] * taps, n);
    for (slong k = 0; k < chain->size[l + 1]; k++)
        for (slong i = 0; i < n; i++)
            for (slong t = 0; t < taps; t++)
                w->x[(k * taps + t) * n + i] = chain->weight[l][(k * n + i) * taps + t];
}

/* a += b / divisor for matrices of one shape, with the bounds of what is rounded. */
static void
add_part(cst__mat_t a, const cst__mat_t b, double divisor)
{
    slong n = a->rows * a->cols;

    for (slong i = 0; i < n; i++)
        a->x[i] += b->x[i] / divisor;
    a->error = cst__up(a->error + b->error / divisor +
                       2 * OBS_U * (cst__norm_x(a->x, n) + cst__norm_x(b->x, n) / divisor));
}

/* The moment map of layer l: W W' + b b' - V' V where all of GL acts, its diagonal for rescalings. */
static void
moment_map(cst__mat_t d, const cst__mat_t in, const cst__mat_t out, int linear)
{
    cst__mat_t g;
    slong n = in->rows;

    if (linear)
    {
        cst__mat_mul_transpose(d, in, in);
        cst__mat_transpose_mul(g, out, out);
        cst__mat_subtract(d, g);
        cst__mat_clear(g);
        return;
    }
    cst__mat_init(d, 1, n);
    for (slong i = 0; i < n; i++)
    {
        double x = 0, y = 0;

        for (slong j = 0; j < in->cols; j++)
            x += in->x[i * in->cols + j] * in->x[i * in->cols + j];
        for (slong j = 0; j < out->rows; j++)
            y += out->x[j * n + i] * out->x[j * n + i];
        d->x[i] = x - y;
        d->error += cst__gamma(in->cols + out->rows + 3) * (x + y);
    }
    d->error = cst__up(d->error) + 2 * (in->error * cst__norm_x(in->x, n * in->cols) +
                                        out->error * cst__norm_x(out->x, n * out->rows));
    if (isnan(d->error))
        d->error = (double) INFINITY;
}

static void
emit_norm_of(const cst__sink_t *sink, const char *layer, const char *observable, const cst__mat_t d,
             unsigned respects, const char *note)
{
    arb_t norm;

    arb_init(norm);
    cst__mat_frobenius(norm, d);
    cst__emit(sink, layer, observable, norm, NULL, respects, note);
    arb_clear(norm);
}

/* A step of gradient descent moves the moment map of W by that of the step (the mixed terms cancel), hence an
   interval of n steps by about the moment map of its secant over n. */
static void
drift(const cst__sink_t *sink, struct cst_observe_run *run, const cst__model_t model, slong l,
      const cst__mat_t now, const cst__mat_t in, const cst__mat_t out)
{
    const char *name = model->link[l - 1].name;
    cst__mat_t change, d_in, d_out, moved;

    cst__mat_init(change, now->rows, now->cols);
    cst__mat_set(change, now);
    cst__mat_subtract(change, run->moment + l);
    emit_norm_of(sink, name, "imbalance-drift", change, 0, NULL);
    cst__mat_clear(change);
    incoming(d_in, run->chain, l);
    outgoing(d_out, run->chain, l);
    cst__mat_subtract(d_in, in);
    cst__mat_subtract(d_out, out);
    moment_map(moved, d_in, d_out, model->activation == OBS_LINEAR);
    if (sink->step > run->step)
        add_part(run->secant + l, moved, (double) (sink->step - run->step));
    emit_norm_of(sink, name, "imbalance-drift-predicted", run->secant + l, 0,
                 "of plain gradient descent, from the secants between the checkpoints");
    cst__mat_clear(d_in);
    cst__mat_clear(d_out);
    cst__mat_clear(moved);
}

static void
imbalance(const cst__sink_t *sink, struct cst_observe_run *run, const cst__model_t model,
          const cst__chain_struct *chain)
{
    int first = run->count == 0;

    if (first)
    {
        run->layers = chain->links - 1;
        run->moment = flint_calloc((size_t) chain->links + 1, sizeof *run->moment);
        run->secant = flint_calloc((size_t) chain->links + 1, sizeof *run->secant);
    }
    for (slong l = 1; l < chain->links; l++)
    {
        cst__mat_t in, out, now;

        incoming(in, chain, l);
        outgoing(out, chain, l);
        if (!chain->finite)
            in->error = (double) INFINITY;
        moment_map(now, in, out, model->activation == OBS_LINEAR);
        emit_norm_of(sink, model->link[l - 1].name, "imbalance", now, ISOMETRIC, NULL);
        if (first)
        {
            run->moment[l] = *now;
            cst__mat_init(run->secant + l, now->rows, now->cols);
        }
        else
        {
            drift(sink, run, model, l, now, in, out);
            cst__mat_clear(now);
        }
        cst__mat_clear(in);
        cst__mat_clear(out);
    }
}

/* Squared distance between the weights and biases of two chains as they are; adds <xi_i, change> to push. */
static void
change_of(arb_t square, double *push, double *push_error, const cst__chain_struct *a,
          const cst__chain_struct *b)
{
    arb_t part;
    slong at = 0;

    arb_init(part);
    arb_zero(square);
    *push_error = 0;
    for (slong l = 1; l <= a->links; l++)
    {
        cst__mat_t in, change, out, out_change;

        incoming(in, a, l);
        incoming(change, b, l);
        cst__mat_subtract(change, in);
        if (a->folded)
            change->error += 8 * OBS_U * (cst__norm_x(in->x, in->rows * in->cols) + cst__mat_norm(change));
        cst__mat_frobenius(part, change);
        arb_addmul(square, part, part, OBS_PREC);
        if (l < a->links)
        {
            outgoing(out, a, l);
            outgoing(out_change, b, l);
            cst__mat_subtract(out_change, out);
            for (slong i = 0; i < in->rows; i++)
            {
                double s = 0, size = 0;

                for (slong j = 0; j < in->cols; j++)
                {
                    s += in->x[i * in->cols + j] * change->x[i * in->cols + j];
                    size += fabs(in->x[i * in->cols + j] * change->x[i * in->cols + j]);
                }
                for (slong j = 0; j < out->rows; j++)
                {
                    s -= out->x[j * in->rows + i] * out_change->x[j * in->rows + i];
                    size += fabs(out->x[j * in->rows + i] * out_change->x[j * in->rows + i]);
                }
                push[at + i] = s;
                push_error[at + i] = cst__up(cst__gamma(in->cols + out->rows + 4) * size);
            }
            cst__mat_clear(out);
            cst__mat_clear(out_change);
            at += in->rows;
        }
        cst__mat_clear(in);
        cst__mat_clear(change);
    }
    arb_clear(part);
}

/* The squared vertical part of a change with pushes b = <xi, change> is q = c' S^{-1} c, c = D^{-1/2} b. For
   any x, with r = c - S x: q = x'c + x'r + r' S^{-1} r. Entries of S beside the diagonal are not positive, so
   that |S| |x| = 2 |x| - S |x| bounds what is lost in S x. */
static void
vertical(arb_t square, const double *push, const double *push_error, const cst__balance_struct *given,
         const cst__chain_struct *chain)
{
    slong n = cst__chain_units(chain);
    double *d = flint_malloc((size_t) (6 * n + 1) * sizeof *d), *c = d + n, *x = c + n, *y = x + n,
           *size = y + n, *z = size + n, least, sum = 0, loss = 0, r2 = 0,
           relative = cst__chain_relative(chain) + 16 * OBS_U;

    cst__gram_diagonal(d, given, chain);
    least = cst__gram_least(d, given, chain);
    for (slong i = 0; i < n; i++)
        c[i] = d[i] > 0 ? push[i] / sqrt(d[i]) : 0;
    cst__gram_solve(x, c, d, given, chain);
    cst__gram_apply(y, x, d, given, chain);
    for (slong i = 0; i < n; i++)
        size[i] = fabs(x[i]);
    cst__gram_apply(z, size, d, given, chain);
    for (slong i = 0; i < n; i++)
    {
        double blur = (d[i] > 0 ? push_error[i] / sqrt(d[i]) : 0) + relative * fabs(c[i]),
               r = fabs(c[i] - y[i]) + blur + 2.1 * relative * (2 * size[i] + fabs(z[i]));

        sum += x[i] * c[i];
        loss += size[i] * (r + blur + OBS_U * 4 * fabs(c[i])) + cst__gamma(n + 2) * size[i] * fabs(c[i]);
        r2 += r * r;
    }
    cst__ball(square, sum, least > 0 ? cst__up(loss + r2 / least) : (double) INFINITY);
    flint_free(d);
}

static void
speeds(const cst__sink_t *sink, struct cst_observe_run *run, const cst__model_t model,
       const cst__chain_struct *chain)
{
    slong n = cst__chain_units(chain), steps = sink->step - run->step;
    double *push = flint_malloc((size_t) (2 * n + 2) * sizeof *push);
    cst__balance_t given;
    arb_t raw, part;

    arb_init(raw);
    arb_init(part);
    change_of(raw, push, push + n, run->chain, chain);
    cst__emit_speed(sink, "network", "speed", raw, NULL, steps, 0, NULL);
    if (model->activation == OBS_HOMOGENEOUS && n > 0 && run->balance->dead == 0 && !chain->folded)
    {
        cst__balance_init(given, run->chain);
        vertical(part, push, push + n, given, run->chain);
        cst__emit_speed(sink, "network", "vertical-speed", part, NULL, steps, 0, NULL);
        arb_sub(part, raw, part, OBS_PREC);
        cst__emit_speed(sink, "network", "horizontal-speed", part, NULL, steps, 0, NULL);
        cst__balance_clear(given);
    }
    arb_clear(raw);
    arb_clear(part);
    flint_free(push);
}

/* Units of layer l as rows: incoming weights (whose units are already matched) and bias, and if they are all
   that is left, outgoing weights. Balanced, and with the bound of their errors. */
static void
features(cst__mat_t f, slong l, const cst__balance_struct *b, const cst__chain_struct *chain,
         const slong *before, const double *signs, int both)
{
    slong taps = chain->taps[l - 1], prior = chain->size[l - 1], row = prior * taps,
          next = both ? chain->size[l + 1] : 0, step = both ? chain->taps[l] : 0, n = chain->size[l];
    cst__mat_t in, out;

    cst__balance_weight(in, l - 1, b, chain);
    cst__mat_init(f, n, row + 1 + next * step);
    f->error = in->error;
    for (slong i = 0; i < n; i++)
    {
        double *to = f->x + i * f->cols;

        for (slong j = 0; j < prior; j++)
            for (slong t = 0; t < taps; t++)
                to[j * taps + t] = signs[j] * in->x[(i * prior + before[j]) * taps + t];
        to[row] = chain->bias[l - 1][i] * sqrt(b->c[l][i]);
        f->error += fabs(to[row]) * (expm1(b->far[l]) + 4 * OBS_U) + chain->blur[l - 1][i] * sqrt(b->c[l][i]);
    }
    cst__mat_clear(in);
    if (both)
    {
        cst__balance_weight(out, l, b, chain);
        for (slong k = 0; k < next; k++)
            for (slong i = 0; i < n; i++)
                memcpy(f->x + i * f->cols + row + 1 + k * step, out->x + (k * n + i) * step,
                       (size_t) step * sizeof *f->x);
        f->error += out->error;
        cst__mat_clear(out);
    }
    f->error = cst__up(f->error);
    if (!b->minimized && !chain->folded)
        f->error = 0;
}

/* cost[i n + j] = |a_i - b_j|^2, or the lesser of |a_i -+ b_j|^2 */
static double *
costs(const cst__mat_t a, const cst__mat_t b, int odd)
{
    slong n = a->rows, m = a->cols;
    double *cost = flint_malloc((size_t) (n * n + 1) * sizeof *cost);

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            double minus = 0, plus = 0;

            for (slong k = 0; k < m; k++)
            {
                double x = a->x[i * m + k], y = b->x[j * m + k];

                minus += (x - y) * (x - y);
                plus += (x + y) * (x + y);
            }
            cost[i * n + j] = odd ? fmin(minus, plus) : minus;
        }
    return cost;
}

/* Matches the units of layer l, and adds what they contribute to the squared distance: *square, with its
   error, and *lower, a bound for the least over all matchings. */
static void
match_layer(slong *match, double *sign, arb_t distance, double *lower, slong l,
            const struct cst_observe_run *run, const cst__chain_struct *chain,
            const cst__balance_struct *least, const slong *before, const double *before_sign, int odd)
{
    slong n = chain->size[l], *identity = flint_malloc((size_t) (chain->size[l - 1] + 1) * sizeof *identity);
    double *one = flint_malloc((size_t) (chain->size[l - 1] + 1) * sizeof *one), *cost, sum = 0, relative,
           root;
    cst__mat_t a, b;
    arb_t part;

    for (slong j = 0; j < chain->size[l - 1]; j++)
    {
        identity[j] = j;
        one[j] = 1;
    }
    features(a, l, run->balance, run->chain, identity, one, l + 1 == chain->links);
    features(b, l, least, chain, before, before_sign, l + 1 == chain->links);
    cost = costs(a, b, odd);
    relative = cst__gamma(a->cols + 4);
    *lower = cst__assign(match, cost, n, relative);
    for (slong i = 0; i < n; i++)
    {
        double dot = 0;

        for (slong k = 0; k < a->cols; k++)
            dot += a->x[i * a->cols + k] * b->x[match[i] * a->cols + k];
        sign[i] = odd && dot < 0 ? -1 : 1;
        sum += cost[i * n + match[i]];
    }
    /* distances of what is in a and b, then their errors */
    arb_init(part);
    cst__ball(part, sum, cst__up(sum * (relative + cst__gamma(n)) + DBL_MIN));
    arb_nonnegative_part(part, part);
    arb_sqrt(part, part, OBS_PREC);
    root = sqrt(fmax(*lower, 0) * (1 - 1e-15));
    *lower = root - a->error - b->error;
    cst__ball(distance, 0, cst__up(a->error + b->error));
    arb_add(distance, distance, part, OBS_PREC);
    arb_clear(part);
    cst__mat_clear(a);
    cst__mat_clear(b);
    flint_free(identity);
    flint_free(one);
    flint_free(cost);
}

/* The distance between two balanced representatives, units matched layer by layer from the inputs. */
static void
distance(const cst__sink_t *sink, struct cst_observe_run *run, const cst__model_t model,
         const cst__chain_struct *chain, const cst__balance_struct *least)
{
    slong *before = flint_malloc((size_t) (chain->size[0] + 1) * sizeof *before), *match;
    double *sign = flint_malloc((size_t) (chain->size[0] + 1) * sizeof *sign), *next, lower = 0;
    int odd = model->activation == OBS_ODD;
    arb_t square, part, raw;

    arb_init(square);
    arb_init(part);
    arb_init(raw);
    for (slong j = 0; j < chain->size[0]; j++)
    {
        before[j] = j;
        sign[j] = 1;
    }
    for (slong l = 1; l < chain->links; l++)
    {
        match = flint_malloc((size_t) (chain->size[l] + 1) * sizeof *match);
        next = flint_malloc((size_t) (chain->size[l] + 1) * sizeof *next);
        match_layer(match, next, part, &lower, l, run, chain, least, before, sign, odd);
        arb_addmul(square, part, part, OBS_PREC);
        flint_free(before);
        flint_free(sign);
        before = match;
        sign = next;
    }
    if (chain->links == 2)
    {
        /* all is in one matching, which is known to be best up to its lower bound */
        arb_sqrt(part, square, OBS_PREC);
        cst__ball(raw, fmax(lower, 0), 0);
        arb_union(part, part, raw, OBS_PREC);
        arb_sqr(square, part, OBS_PREC);
    }
    cst__add_output_biases(square, chain, run->chain); /* they stay where they are */
    cst__emit_speed(sink, "network", "quotient-distance", square, NULL, 1, FULL,
                    chain->links == 2 ? NULL : "after matching the units layer by layer: an upper bound");
    cst__emit_speed(sink, "network", "quotient-speed", square, NULL, sink->step - run->step, FULL,
                    chain->links == 2 ? NULL : "after matching the units layer by layer: an upper bound");
    arb_clear(square);
    arb_clear(part);
    arb_clear(raw);
    flint_free(before);
    flint_free(sign);
}

static int
same_shape(const cst__chain_struct *a, const cst__chain_struct *b)
{
    if (a->links != b->links)
        return 0;
    for (slong l = 0; l <= a->links; l++)
        if (a->size[l] != b->size[l] || (l < a->links && a->taps[l] != b->taps[l]))
            return 0;
    return 1;
}

static int
is_matchable(const cst__chain_struct *chain)
{
    for (slong l = 1; l < chain->links; l++)
        if (chain->size[l] > MATCH_LIMIT)
            return 0;
    return chain->links > 1;
}

void
cst__observe_run_forget(struct cst_observe_run *run)
{
    if (run->chain)
    {
        cst__balance_clear(run->balance);
        cst__chain_clear(run->chain);
        flint_free(run->chain);
        flint_free(run->balance);
    }
    run->chain = NULL;
    run->balance = NULL;
}

void
cst__observe_chain_step(const cst__sink_t *sink, struct cst_observe_run *run, const cst__model_t model,
                        cst__chain_struct *chain, cst__balance_struct *least)
{
    if (run->chain && !same_shape(run->chain, chain))
    {
        cst__note(sink->table, "a checkpoint has other shapes than the one before: they are not compared");
        for (slong l = 1; l <= run->layers; l++)
        {
            cst__mat_clear(run->moment + l);
            cst__mat_clear(run->secant + l);
        }
        flint_free(run->moment);
        flint_free(run->secant);
        run->layers = run->count = 0;
        cst__observe_run_forget(run);
    }
    if ((model->activation == OBS_HOMOGENEOUS || model->activation == OBS_LINEAR) && !chain->folded)
        imbalance(sink, run, model, chain);
    if (run->chain && sink->step > run->step && chain->finite && run->chain->finite)
    {
        speeds(sink, run, model, chain);
        if (model->activation == OBS_LINEAR)
            cst__observe_linear_distance(sink, run, chain);
        else if (is_matchable(chain))
            distance(sink, run, model, chain, least);
    }
    cst__observe_run_forget(run);
    run->chain = chain;
    run->balance = least;
}
