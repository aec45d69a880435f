#include "config.h"

#include <math.h>

#include "observe/linear.h"
#include "observe/state.h"

#define FULL (CST_OBSERVE_PERMUTATIONS | CST_OBSERVE_RESCALINGS | CST_OBSERVE_SIGNS | CST_OBSERVE_LINEAR)
#define ISOMETRIC (CST_OBSERVE_PERMUTATIONS | CST_OBSERVE_SIGNS)

typedef struct
{
    const cst__sink_t *sink;
    const cst__model_struct *model;
    cst__chain_struct *chain;
    cst__balance_struct *least; /* of minimal norm over the rescalings, or as given if there are none */
    cst__balance_struct *given;
    const char *dead;
} view_t;

/* All symmetries where the rescalings are minimized over; GL needs the product. */
static unsigned
respected(const view_t *v)
{
    return v->model->activation == OBS_LINEAR ? ISOMETRIC | CST_OBSERVE_RESCALINGS : FULL;
}

/* The product of all links, with the biases of the first as one more input; 0: not of this kind. */
static int
product(cst__mat_t p, const view_t *v)
{
    const cst__chain_struct *chain = v->chain;
    int augmented = 0;

    if (!cst__is_dense(chain) || (chain->has_bias && chain->links != 2))
        return 0;
    if (chain->has_bias)
        for (slong i = 0; i < chain->size[1]; i++)
            augmented |= chain->bias[0][i] != 0;
    cst__linear_product(p, chain, v->given, augmented ? OBS_INNER_BIASES : OBS_NO_BIAS);
    return 1;
}

/* The least sum of squares of N factors of a matrix is N sum sigma^(2/N): for two, twice the nuclear norm. */
static void
linear_norm(arb_t norm, arb_srcptr sigma, slong length, slong factors)
{
    arb_t t, q;

    arb_init(t);
    arb_init(q);
    arb_set_si(q, 2);
    arb_div_si(q, q, factors, OBS_PREC);
    arb_zero(norm);
    for (slong i = 0; i < length; i++)
    {
        arb_pow(t, sigma + i, q, OBS_PREC);
        if (!arb_is_positive(sigma + i) && arb_is_finite(sigma + i))
        {
            arb_get_ubound_arf(arb_midref(t), sigma + i, OBS_PREC);
            mag_zero(arb_radref(t));
            arb_pow(t, t, q, OBS_PREC);
            arb_t zero;

            arb_init(zero);
            arb_union(t, t, zero, OBS_PREC);
            arb_clear(zero);
        }
        arb_add(norm, norm, t, OBS_PREC);
    }
    arb_mul_si(norm, norm, factors, OBS_PREC);
    arb_clear(t);
    arb_clear(q);
}

/* At the balanced point of two factors both Gram matrices have the singular values s of the product as
   eigenvalues: the density is prod (s_i + s_j)^(1/2) over all pairs. */
static void
linear_volume(arb_t volume, arb_srcptr sigma, slong length, slong hidden)
{
    arb_t t;

    arb_init(t);
    arb_zero(volume);
    for (slong i = 0; i < hidden; i++)
        for (slong j = 0; j < hidden; j++)
        {
            arb_zero(t);
            if (i < length)
                arb_add(t, t, sigma + i, OBS_PREC);
            if (j < length)
                arb_add(t, t, sigma + j, OBS_PREC);
            arb_log(t, t, OBS_PREC);
            arb_add(volume, volume, t, OBS_PREC);
        }
    arb_mul_2exp_si(volume, volume, -1);
    arb_clear(t);
}

/* With BatchNorm folded the weights as given are others than those that are minimized over. */
static void
emit_norm(const view_t *v, const arb_t least, const arb_t raw, unsigned respects)
{
    const char *note = v->dead ? v->dead : v->chain->folded ? "of the folded weights" : NULL;
    arb_t ratio;

    arb_init(ratio);
    cst__emit(v->sink, "network", "norm", least, raw, respects, note);
    arb_set(ratio, raw);
    if (v->chain->folded)
    {
        cst__balance_norm(ratio, v->given, v->chain);
        arb_sqrt(ratio, ratio, OBS_PREC);
    }
    arb_div(ratio, ratio, least, OBS_PREC);
    cst__emit(v->sink, "network", "distortion", ratio, NULL, ISOMETRIC, note);
    arb_clear(ratio);
}

static void
observe_linear(const view_t *v, const arb_t raw)
{
    slong length, factors = v->chain->links;
    cst__spectrum_t s;
    cst__mat_t p;
    double joint;
    arb_ptr sigma;
    arb_t value;

    if (!product(p, v))
    {
        cst__emit_nothing(v->sink, "network", "norm", raw, FULL,
                          "no closed form for linear networks with these biases or windows");
        return;
    }
    arb_init(value);
    cst__spectrum_init(s);
    sigma = cst__mat_singular_values(&length, NULL, &joint, p);
    linear_norm(value, sigma, length, factors);
    arb_nonnegative_part(value, value);
    arb_sqrt(value, value, OBS_PREC);
    emit_norm(v, value, raw, FULL);
    cst__spectrum_of(s, p);
    cst__emit(v->sink, "network", "product-nuclear-norm", s->nuclear, NULL, FULL, NULL);
    cst__emit(v->sink, "network", "product-largest-singular-value", s->largest, NULL, FULL, NULL);
    cst__emit(v->sink, "network", "product-effective-rank", s->rank, NULL, FULL, NULL);
    if (factors == 2)
    {
        linear_volume(value, sigma, length, v->chain->size[1]);
        cst__emit(v->sink, "network", "log-orbit-volume", value, NULL, FULL,
                  arb_is_finite(value) ? NULL
                                       : "the product has less than full rank: no balanced representative");
    }
    _arb_vec_clear(sigma, length > 0 ? length : 1);
    cst__spectrum_clear(s);
    cst__mat_clear(p);
    arb_clear(value);
}

/* sums[unit] of the paths from the inputs, by p-th powers (p = 1: absolute values, 2: squares), one layer on
 */
static double *
paths_forward(const cst__chain_t chain, slong e, const double *from, int p)
{
    slong in = chain->size[e], taps = chain->taps[e];
    double *to = flint_malloc((size_t) (chain->size[e + 1] + 1) * sizeof *to);

    for (slong i = 0; i < chain->size[e + 1]; i++)
    {
        to[i] = p == 2 ? chain->biased[e][i] : fabs(chain->bias[e][i]);
        for (slong j = 0; j < in; j++)
        {
            double s = 0;

            if (p == 2)
                s = chain->square[e][i * in + j];
            else
                for (slong k = 0; k < taps; k++)
                    s += fabs(chain->weight[e][(i * in + j) * taps + k]);
            to[i] += s * from[j];
        }
    }
    return to;
}

static double *
ones(slong n)
{
    double *x = flint_malloc((size_t) (n + 1) * sizeof *x);

    for (slong i = 0; i < n; i++)
        x[i] = 1;
    return x;
}

/* The p-norm of the vector of all products of weights along paths from inputs and biases to outputs. */
static void
path_norm(arb_t norm, const cst__chain_t chain, int p)
{
    double *at = ones(chain->size[0]), sum = 0;

    for (slong e = 0; e < chain->links; e++)
    {
        double *next = paths_forward(chain, e, at, p);

        flint_free(at);
        at = next;
    }
    for (slong i = 0; i < chain->size[chain->links]; i++)
        sum += at[i];
    cst__ball(norm, sum,
              chain->finite ? cst__up(1.01 * sum * (double) (chain->links + 1) * cst__chain_relative(chain))
                            : (double) INFINITY);
    if (p == 2)
    {
        arb_nonnegative_part(norm, norm);
        arb_sqrt(norm, norm, OBS_PREC);
    }
    flint_free(at);
}

/* Effective numbers of the units of each hidden layer, where s_i is the 2-norm of the paths through unit i.
 */
static void
effective_units(const view_t *v)
{
    cst__chain_struct *chain = v->chain;
    double **to = flint_malloc((size_t) (chain->links + 1) * sizeof *to),
           *from = ones(chain->size[chain->links]), *next;
    double relative = cst__up(1.01 * (double) (chain->links + 2) * cst__chain_relative(chain));
    arb_ptr numbers = _arb_vec_init(chain->links);

    to[0] = ones(chain->size[0]);
    for (slong e = 0; e + 1 < chain->links; e++)
        to[e + 1] = paths_forward(chain, e, to[e], 2);
    for (slong l = chain->links - 1; l >= 1; l--)
    {
        slong n = chain->size[l];
        arb_ptr s = _arb_vec_init(n > 0 ? n : 1);

        next = flint_calloc((size_t) n + 1, sizeof *next);
        for (slong k = 0; k < chain->size[l + 1]; k++)
            for (slong i = 0; i < n; i++)
                next[i] += chain->square[l][k * n + i] * from[k];
        flint_free(from);
        from = next;
        for (slong i = 0; i < n; i++)
            cst__ball(s + i, to[l][i] * from[i],
                      chain->finite ? cst__up(to[l][i] * from[i] * relative) : (double) INFINITY);
        cst__effective_number(numbers + l, s, n);
        _arb_vec_clear(s, n > 0 ? n : 1);
    }
    for (slong l = 1; l < chain->links; l++)
        cst__emit(v->sink, v->model->link[l - 1].name, "effective-units", numbers + l, NULL, respected(v),
                  NULL);
    for (slong l = 0; l < chain->links; l++)
        flint_free(to[l]);
    flint_free(to);
    flint_free(from);
    _arb_vec_clear(numbers, chain->links);
}

static void
layer_spectra(const view_t *v)
{
    cst__spectrum_t s, raw;
    cst__mat_t w, x;
    unsigned respects = v->model->activation == OBS_LINEAR ? ISOMETRIC : FULL;

    cst__spectrum_init(s);
    cst__spectrum_init(raw);
    for (slong e = 0; e < v->chain->links; e++)
    {
        const char *name = v->model->link[e].name;

        cst__balance_weight(w, e, v->least, v->chain);
        cst__balance_weight(x, e, v->given, v->chain);
        cst__spectrum_of(s, w);
        cst__spectrum_of(raw, x);
        cst__mat_frobenius(s->frobenius, w);
        cst__mat_frobenius(raw->frobenius, x);
        cst__emit(v->sink, name, "layer-norm", s->frobenius, raw->frobenius, respects, v->dead);
        cst__emit(v->sink, name, "nuclear-norm", s->nuclear, raw->nuclear, respects, v->dead);
        cst__emit(v->sink, name, "largest-singular-value", s->largest, raw->largest, respects, v->dead);
        cst__emit(v->sink, name, "effective-rank", s->rank, raw->rank, respects, v->dead);
        cst__mat_clear(w);
        cst__mat_clear(x);
    }
    cst__spectrum_clear(s);
    cst__spectrum_clear(raw);
}

static void
observe_rest(const view_t *v, const arb_t raw)
{
    arb_t value, at_given;

    arb_init(value);
    arb_init(at_given);
    if (v->model->activation == OBS_LINEAR)
        observe_linear(v, raw);
    else
    {
        arb_sqrt(value, v->least->square, OBS_PREC);
        emit_norm(v, value, raw, respected(v));
    }
    for (int p = 1; p <= 2; p++)
    {
        path_norm(value, v->chain, p);
        cst__emit(v->sink, "network", p == 1 ? "path-norm-1" : "path-norm-2", value, NULL, respected(v),
                  NULL);
    }
    if (v->least->minimized && v->model->activation != OBS_LINEAR && v->chain->links > 1)
    {
        cst__gram_log_volume(value, v->least, v->chain);
        cst__gram_log_volume(at_given, v->given, v->chain);
        cst__emit(v->sink, "network", "log-orbit-volume", value, at_given, FULL, v->dead);
    }
    effective_units(v);
    layer_spectra(v);
    arb_clear(value);
    arb_clear(at_given);
}

void
cst__observe_chain(const cst__sink_t *sink, struct cst_observe_run *run, const cst_io_checkpoint_t checkpoint,
                   const cst__model_t model)
{
    cst__chain_struct *chain = flint_malloc(sizeof *chain);
    cst__balance_struct *least = flint_malloc(sizeof *least);
    cst__balance_t given;
    view_t v = {sink, model, chain, least, given, NULL};
    arb_t raw;

    arb_init(raw);
    cst__weights_square(raw, checkpoint, model);
    arb_sqrt(raw, raw, OBS_PREC);
    cst__chain_init(chain, model);
    cst__balance_init(given, chain);
    cst__balance_init(least, chain);
    if (model->activation == OBS_HOMOGENEOUS)
        cst__balance_minimize(least, chain);
    else
        cst__balance_norm(least->square, least, chain);
    if (chain->folded)
        cst__note(sink->table, "BatchNorm is folded into the layer before it with its running statistics "
                               "(evaluation mode), also of raw weights but for the norm");
    if (least->dead > 0)
        v.dead = "units without input or output: an infimum that is not attained";
    observe_rest(&v, raw);
    cst__observe_chain_step(sink, run, model, chain, least);
    cst__balance_clear(given);
    arb_clear(raw);
}
