/* arch/batchnorm.c -- BatchNorm with its running statistics: evaluation mode.

   With a mean m and a deviation s = sqrt(variance + epsilon) that no longer depend on the batch, it is an
   affine map of each channel, gamma (w x + b - m)/s + beta. The function sees gamma w/s and
   beta + gamma (b - m)/s: of the parameters of a channel two more than it needs where the convolution has a
   bias, one more where it has none. */
#include <math.h>
#include <string.h>

#include "arch/batchnorm.h"

/* ---- The statistics ------------------------------------------------------------------------------ */

static slong
channels_of(const cst_arch_struct *arch, slong convolution)
{
    char name[24];

    snprintf(name, sizeof name, "c%ld", (long) convolution + 1);
    return arch->tensors[cst_arch_find_tensor(arch, name)].shape[0];
}

/* Of the first channel of a convolution among all. */
static slong
first_channel(const cst_arch_struct *arch, slong convolution)
{
    slong first = 0;

    for (slong l = 0; l < convolution; l++)
        first += channels_of(arch, l);
    return first;
}

static void
new_statistics(cst_arch_struct *arch)
{
    slong count = first_channel(arch, arch->spec->convolutions);

    arch->running_mean = flint_calloc((size_t) count + 1, sizeof(double));
    arch->running_variance = flint_malloc((size_t) (count + 1) * sizeof(double));
    for (slong i = 0; i < count; i++)
        arch->running_variance[i] = 1;
}

cst_status_t
cst_arch_set_statistics(cst_arch_t arch, slong convolution, const double *mean, const double *variance,
                        cst_error_t *error)
{
    slong count, first;

    if (arch->spec->kind != CST_ARCH_CNN || convolution < 0 || convolution >= arch->spec->convolutions ||
        arch->spec->convolution[convolution].norm != CST_ARCH_NORM_BATCH)
        return cst__arch_fail(error, "convolution %ld has no BatchNorm", (long) convolution + 1);
    count = channels_of(arch, convolution);
    for (slong i = 0; i < count; i++)
        if (!isfinite(mean[i]) || !isfinite(variance[i]) || variance[i] < 0 ||
            (variance[i] == 0 && fmpq_is_zero(arch->spec->epsilon)))
            return cst__arch_fail(error, "channel %ld of convolution %ld: no mean and variance", (long) i + 1,
                                  (long) convolution + 1);
    if (!arch->running_mean)
        new_statistics(arch);
    first = first_channel(arch, convolution);
    memcpy(arch->running_mean + first, mean, (size_t) count * sizeof *mean);
    memcpy(arch->running_variance + first, variance, (size_t) count * sizeof *variance);
    return CST_OK;
}

static void
rational_of(fmpq_t q, double x)
{
    arf_t exact;

    arf_init(exact);
    arf_set_d(exact, x);
    arf_get_fmpq(q, exact);
    arf_clear(exact);
}

cst_expr_t
cst__running_mean(cst_expr_ctx_t ctx, const cst_arch_struct *arch, slong convolution, slong channel)
{
    fmpq_t mean;
    cst_expr_t e;

    fmpq_init(mean);
    if (arch->running_mean)
        rational_of(mean, arch->running_mean[first_channel(arch, convolution) + channel]);
    e = cst_expr_rational(ctx, mean);
    fmpq_clear(mean);
    return e;
}

cst_expr_t
cst__running_factor(cst_expr_ctx_t ctx, const cst_arch_struct *arch, slong convolution, slong channel)
{
    fmpq_t q;
    cst_expr_t e;

    fmpq_init(q);
    fmpq_one(q);
    if (arch->running_mean)
        rational_of(q, arch->running_variance[first_channel(arch, convolution) + channel]);
    fmpq_add(q, q, arch->spec->epsilon);
    e = cst_expr_rational(ctx, q);
    fmpq_set_si(q, -1, 2);
    e = cst_expr_power(ctx, e, q);
    fmpq_clear(q);
    return e;
}

/* ---- The symmetries ------------------------------------------------------------------------------ */

/* (w, b - m) -> c (w, b - m), gamma -> gamma/c; without b, beta -> beta - gamma (m/s) (1 - 1/c) instead. */
static void
add_scale(cst_arch_t arch, const cst__normed_t *n)
{
    int biased = n->bias >= 0;
    cst_arch_symmetry_t *symmetry =
        cst__arch_symmetry(arch, biased ? CST__FACT_RUNNING_SCALE : CST__FACT_RUNNING_SCALE_UNBIASED, "layer",
                           n->convolution + 1);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n->channels, 1);

    cst__arch_linear(action, n->weight, 0, 1);
    cst__arch_linear(action, n->bias, 0, 1);
    cst__arch_linear(action, n->gain, 0, -1);
    cst__arch_slot(action, (cst__slot_t){.mode = biased ? CST__SLOT_MEAN : CST__SLOT_FOLD,
                                         .tensor = biased ? n->bias : n->shift,
                                         .source = 1 + n->gain,
                                         .convolution = n->convolution,
                                         .over = 1,
                                         .factor = -1});
    cst__arch_group(symmetry, "R*^%ld", (long) n->channels);
    cst__arch_copies(symmetry, 2, n->channels);
    if (biased)
        cst__arch_conserve(symmetry, n->channels);
}

/* b -> b + t, beta -> beta - gamma t/s */
static void
add_bias(cst_arch_t arch, const cst__normed_t *n)
{
    cst_arch_symmetry_t *symmetry =
        cst__arch_symmetry(arch, CST__FACT_RUNNING_BIAS, "layer", n->convolution + 1);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n->channels, 1);

    cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_CONSTANT, .tensor = n->bias, .factor = 1});
    cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_FOLD,
                                         .tensor = n->shift,
                                         .source = 1 + n->gain,
                                         .convolution = n->convolution,
                                         .factor = -1});
    cst__arch_group(symmetry, "R^%ld", (long) n->channels);
}

void
cst__arch_running(cst_arch_t arch, const cst__normed_t *normed)
{
    add_scale(arch, normed);
    if (normed->bias >= 0)
        add_bias(arch, normed);
}
