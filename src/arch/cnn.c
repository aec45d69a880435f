/* arch/cnn.c -- convolutional networks: symmetries of channels and of their normalizations. */
#include "arch/batchnorm.h"

/* The tensors of a convolution: weights c, bias d, gain g, shift s; or -1. */
typedef struct
{
    slong weight, bias, gain, shift;
    slong in, out;
    int depthwise;
} stage_t;

static stage_t
add_stage(cst_arch_t arch, slong l, slong in)
{
    const cst_arch_convolution_t *conv = arch->spec->convolution + l;
    int depthwise = conv->channels == 0, normed = conv->norm != CST_ARCH_NORM_NONE;
    int weight_norm = conv->norm == CST_ARCH_NORM_WEIGHT;
    slong out = depthwise ? in : conv->channels, k = conv->kernel;
    stage_t stage = {.in = in, .out = out, .depthwise = depthwise};

    stage.weight = cst__arch_tensor(arch, out, depthwise ? 1 : in, k, k, "c", l + 1);
    stage.bias = conv->bias ? cst__arch_tensor(arch, out, 0, 0, 0, "d", l + 1) : -1;
    stage.gain = normed ? cst__arch_tensor(arch, out, 0, 0, 0, "g", l + 1) : -1;
    stage.shift = normed && !weight_norm ? cst__arch_tensor(arch, out, 0, 0, 0, "s", l + 1) : -1;
    return stage;
}

/* groups of n/groups channels: the length of their weights, and a constant added before the norm. */
static void
add_norm(cst_arch_t arch, slong l, const stage_t *stage)
{
    const cst_arch_convolution_t *conv = arch->spec->convolution + l;
    int group = conv->norm == CST_ARCH_NORM_GROUP, weight = conv->norm == CST_ARCH_NORM_WEIGHT;
    slong copies = group ? conv->groups : stage->out, size = stage->out / copies;
    cst_arch_symmetry_t *symmetry;
    cst__arch_action_t *action;

    if (conv->norm == CST_ARCH_NORM_NONE)
        return;
    if (conv->norm == CST_ARCH_NORM_BATCH && arch->spec->running)
    {
        cst__arch_running(arch, &(cst__normed_t){.convolution = l,
                                                 .channels = stage->out,
                                                 .weight = stage->weight,
                                                 .bias = stage->bias,
                                                 .gain = stage->gain,
                                                 .shift = stage->shift});
        return;
    }
    if (weight || fmpq_is_zero(arch->spec->epsilon))
    {
        cst__fact_t fact = weight  ? CST__FACT_WEIGHT_NORM
                           : group ? CST__FACT_GROUP_SCALE
                                   : CST__FACT_BATCH_SCALE;

        symmetry = cst__arch_symmetry(arch, fact, "layer", l + 1);
        action = cst__arch_act(symmetry, CST__ALGEBRA_SCALAR, size, copies);
        cst__arch_linear(action, stage->weight, 0, 1);
        cst__arch_linear(action, weight ? -1 : stage->bias, 0, 1);
        cst__arch_group(symmetry, "R+^%ld", (long) copies);
        cst__arch_conserve(symmetry, copies);
    }
    cst__arch_add_signs(arch, l + 1, copies);
    if (stage->bias < 0 || weight)
        return;
    symmetry = cst__arch_symmetry(arch, CST__FACT_PRENORM_BIAS, "layer", l + 1);
    action = cst__arch_act(symmetry, CST__ALGEBRA_SCALAR, size, copies);
    cst__arch_slot(
        action, (cst__slot_t){.mode = CST__SLOT_CONSTANT, .tensor = stage->bias, .factor = 1, .step = size});
    cst__arch_group(symmetry, "R^%ld", (long) copies);
    cst__arch_conserve(symmetry, copies);
}

static void
add_channels(cst_arch_t arch, slong l, const stage_t *stage, cst__reader_t reader, int next_bias)
{
    const cst_arch_convolution_t *conv = arch->spec->convolution + l;
    int weight_norm = conv->norm == CST_ARCH_NORM_WEIGHT;
    cst__hidden_t hidden = {.place = "layer",
                            .number = l + 1,
                            .width = stage->out,
                            .activation = conv->activation,
                            .degree = 1,
                            .units = {stage->gain >= 0 ? stage->gain : stage->weight,
                                      stage->gain >= 0 && !weight_norm ? stage->shift : stage->bias},
                            .readers = &reader,
                            .reader_count = 1,
                            .next_bias = next_bias,
                            .channels = 1,
                            /* a depthwise reader carries the order on to the next convolution */
                            .unordered = reader.axis == 0,
                            .groups = conv->norm == CST_ARCH_NORM_GROUP ? conv->groups : 1};

    cst__arch_hidden(arch, &hidden);
    if (conv->activation == CST_ARCH_IDENTITY && reader.axis == 1)
        cst__arch_doubt(arch, "convolutions without an activation between them compose");
}

static cst_status_t
next_size(slong size[2], const cst_arch_convolution_t *conv, slong l, cst_error_t *error)
{
    for (int i = 0; i < 2; i++)
    {
        slong span = size[i] + 2 * conv->padding - conv->kernel;

        if (span < 0)
            return cst__arch_fail(error, "convolution %ld: the kernel is larger than its input",
                                  (long) l + 1);
        size[i] = span / conv->stride + 1;
        if (conv->pool != CST_ARCH_POOL_NONE)
            size[i] /= conv->pool_size;
        if (size[i] < 1)
            return cst__arch_fail(error, "convolution %ld: nothing is left of its output", (long) l + 1);
    }
    return CST_OK;
}

static cst_status_t
check_stage(const cst_arch_convolution_t *conv, slong l, slong out, cst_error_t *error)
{
    if (conv->norm == CST_ARCH_NORM_LAYER || conv->norm == CST_ARCH_NORM_RMS)
        return cst__arch_fail(error, "convolution %ld: its norm can be batch, group or weight", (long) l + 1);
    if (conv->norm == CST_ARCH_NORM_GROUP && (conv->groups < 1 || out % conv->groups != 0))
        return cst__arch_fail(error, "convolution %ld: %ld channels are not %ld equal groups", (long) l + 1,
                              (long) out, (long) conv->groups);
    return CST_OK;
}

cst_status_t
cst__arch_cnn(cst_arch_t arch, cst_error_t *error)
{
    const cst_arch_spec_struct *spec = arch->spec;
    slong size[2] = {spec->input[1], spec->input[2]}, count = spec->convolutions, in = spec->input[0];
    stage_t *stages;
    slong dense = -1, bias = -1;
    cst_status_t status = CST_OK;

    if (count < 1)
        return cst__arch_fail(error, "a convolutional network needs a convolution");
    if (spec->softmax && spec->classes == 0)
        return cst__arch_fail(error, "a softmax needs classes");
    stages = flint_malloc((size_t) count * sizeof *stages);
    for (slong l = 0; l < count && status == CST_OK; l++, in = stages[l - 1].out)
    {
        stages[l] = add_stage(arch, l, in);
        status = check_stage(spec->convolution + l, l, stages[l].out, error);
        if (status == CST_OK)
            status = next_size(size, spec->convolution + l, l, error);
    }
    if (status == CST_OK && spec->classes > 0)
    {
        dense = cst__arch_tensor(arch, spec->classes, in, size[0] * size[1], 0, "w", -1);
        if (spec->bias)
            bias = cst__arch_tensor(arch, spec->classes, 0, 0, 0, "b", -1);
    }
    for (slong l = 0; l < count && status == CST_OK; l++)
    {
        int last = l == count - 1;
        cst__reader_t reader = {last ? dense : stages[l + 1].weight, !last && stages[l + 1].depthwise ? 0 : 1,
                                -1};

        if (!last && spec->convolution[l + 1].norm == CST_ARCH_NORM_WEIGHT)
        {
            /* The one row that a depthwise filter reads has its length in the gain. */
            if (reader.axis == 0)
                reader.tensor = stages[l + 1].gain;
            else
                reader.renorm = stages[l + 1].gain;
        }
        add_norm(arch, l, stages + l);
        if (reader.tensor >= 0)
            add_channels(arch, l, stages + l, reader, last ? spec->bias : stages[l + 1].bias >= 0);
    }
    if (status == CST_OK && spec->softmax)
        cst__arch_add_softmax(arch, dense, bias);
    flint_free(stages);
    return status;
}
