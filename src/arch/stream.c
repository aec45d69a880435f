/* arch/stream.c -- a residual stream that blocks write to, and read through normalizations.

   A normalization gives gain * u + shift, u the stream divided by its length (RMSNorm), or centred and then
   divided (LayerNorm). A reader W (gain u + shift) + b thus shows W diag(gain) (for LayerNorm: on the
   vectors that sum to 0) and W shift + b; the writers show themselves (for LayerNorm: up to constants). */
#include "arch/model.h"

void
cst__stream_write(cst__stream_t *stream, slong tensor, int axis)
{
    if (stream->writer_count == stream->writer_room)
    {
        stream->writer_room = 2 * stream->writer_room + 16;
        stream->writers = flint_realloc(stream->writers, (size_t) stream->writer_room * sizeof(slong));
        stream->axes = flint_realloc(stream->axes, (size_t) stream->writer_room * sizeof(int));
    }
    stream->axes[stream->writer_count] = axis;
    stream->writers[stream->writer_count++] = tensor;
}

void
cst__stream_consume(cst__read_t *read, slong weight, slong bias)
{
    read->weights[read->count] = weight;
    read->biases[read->count++] = bias;
}

static cst_arch_symmetry_t *
read_symmetry(cst_arch_t arch, cst__fact_t fact, const cst__read_t *read)
{
    return cst__arch_symmetry(arch, fact, read->number < 0 ? "output" : "layer", read->number);
}

static int
all_biased(const cst__read_t *read)
{
    for (slong c = 0; c < read->count; c++)
        if (read->biases[c] < 0)
            return 0;
    return 1;
}

/* gain, shift -> c gain, c shift; W -> W/c, by columns */
static void
add_gain(cst_arch_t arch, const cst__read_t *read)
{
    slong d = arch->spec->width;
    cst_arch_symmetry_t *symmetry = read_symmetry(arch, CST__FACT_GAIN, read);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, d, 1);

    cst__arch_linear(action, read->gain, 0, 1);
    cst__arch_linear(action, read->shift, 0, 1);
    for (slong c = 0; c < read->count; c++)
        cst__arch_linear(action, read->weights[c], 1, -1);
    cst__arch_group(symmetry, "R*^%ld", (long) d);
    cst__arch_copies(symmetry, 2, d);
    cst__arch_conserve(symmetry, d);
}

/* shift -> shift + delta, b -> b - W delta */
static void
add_shift(cst_arch_t arch, const cst__read_t *read)
{
    slong d = arch->spec->width;
    cst_arch_symmetry_t *symmetry = read_symmetry(arch, CST__FACT_SHIFT, read);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, d, 1);

    cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_CONSTANT, .tensor = read->shift, .factor = 1});
    for (slong c = 0; c < read->count; c++)
        cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_COLUMN,
                                             .tensor = read->biases[c],
                                             .source = 1 + read->weights[c],
                                             .factor = -1});
    cst__arch_group(symmetry, "R^%ld", (long) d);
}

/* Without biases, W shift has to stay. W - (W delta) (1/gain)^T is the same on vectors that sum to 0, and
   moves W shift by -(sum shift/gain) W delta, which shift + (sum shift/gain) delta puts back. */
static void
add_unbiased_shift(cst_arch_t arch, const cst__read_t *read)
{
    slong d = arch->spec->width;
    cst_arch_symmetry_t *symmetry = read_symmetry(arch, CST__FACT_SHIFT_UNBIASED, read);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, d, 1);

    cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_RATIO,
                                         .tensor = read->shift,
                                         .source = 1 + read->shift,
                                         .gain = 1 + read->gain,
                                         .factor = 1});
    for (slong c = 0; c < read->count; c++)
        cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_OUTER,
                                             .tensor = read->weights[c],
                                             .gain = 1 + read->gain,
                                             .factor = -1});
    cst__arch_group(symmetry, "R^%ld", (long) d);
}

/* W + c (1/gain)^T, b - c sum shift/gain */
static void
add_readers(cst_arch_t arch, const cst__read_t *read)
{
    cst_arch_symmetry_t *symmetry = read_symmetry(arch, CST__FACT_READERS, read);

    for (slong c = 0; c < read->count; c++)
    {
        slong rows = arch->tensors[read->weights[c]].shape[0];
        cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, rows, 1);

        cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_ONES,
                                             .tensor = read->weights[c],
                                             .axis = 0,
                                             .gain = 1 + read->gain,
                                             .over = 1,
                                             .factor = 1});
        if (read->shift >= 0)
            cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_RATIO,
                                                 .tensor = read->biases[c],
                                                 .source = 1 + read->shift,
                                                 .gain = 1 + read->gain,
                                                 .factor = -1});
    }
    cst__arch_group(symmetry, "R^%ld", (long) fmpz_get_si(symmetry->dimension));
}

/* Without normalizations the stream is linear: any matrix acts on it, and its transposed inverse on the
   readers; a tied embedding writes and reads, so that the matrix has to be orthogonal. */
static void
add_basis(cst_arch_t arch, const cst__stream_t *stream, int tied)
{
    slong d = arch->spec->width;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_LINEAR, "stream", -1);
    cst__arch_action_t *action =
        cst__arch_act(symmetry, tied ? CST__ALGEBRA_SKEW : CST__ALGEBRA_GENERAL, d, 1);

    for (slong w = 0; w < stream->writer_count; w++)
        cst__arch_linear(action, stream->writers[w], stream->axes[w], 1);
    for (slong r = 0; r < stream->read_count; r++)
        for (slong c = 0; c < stream->reads[r].count; c++)
            cst__arch_linear(action, stream->reads[r].weights[c], 1, -1);
    cst__arch_group(symmetry, tied ? "O(%ld)" : "GL(%ld)", (long) d);
    cst__arch_copies(symmetry, 2, 1);
    if (!tied)
        cst__arch_conserve(symmetry, d * (d + 1) / 2);
}

/* Writer `from` and the constant writer `to` change by t and -t, where all that read between have biases. */
static void
add_translation(cst_arch_t arch, const cst__stream_t *stream, slong from, slong to)
{
    slong d = arch->spec->width, tensor = stream->writers[from];
    cst__slot_t first = {.mode = CST__SLOT_CONSTANT, .tensor = tensor, .factor = 1};
    cst__slot_t last = {.mode = CST__SLOT_CONSTANT, .tensor = stream->writers[to], .factor = -1};
    cst_arch_symmetry_t *symmetry;
    cst__arch_action_t *action;

    for (slong r = 0; r < stream->read_count; r++)
        if (stream->reads[r].after > from && stream->reads[r].after <= to && !all_biased(stream->reads + r))
            return;
    symmetry = cst__arch_symmetry(arch, CST__FACT_TRANSLATE, "stream", -1);
    action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, d, 1);
    if (arch->tensors[tensor].axes > 1) /* an embedding: all its rows */
        first = (cst__slot_t){.mode = CST__SLOT_ONES, .tensor = tensor, .axis = 1, .factor = 1};
    cst__arch_slot(action, first);
    cst__arch_slot(action, last);
    for (slong r = 0; r < stream->read_count; r++)
        for (slong c = 0;
             stream->reads[r].after > from && stream->reads[r].after <= to && c < stream->reads[r].count; c++)
            cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_COLUMN,
                                                 .tensor = stream->reads[r].biases[c],
                                                 .source = 1 + stream->reads[r].weights[c],
                                                 .factor = -1});
    cst__arch_group(symmetry, "R^%ld", (long) d);
}

static void
close_linear(cst_arch_t arch, const cst__stream_t *stream, int tied, slong positions)
{
    slong from = positions >= 0 ? 1 : 0; /* the last embedding */

    add_basis(arch, stream, tied);
    for (slong to = from + 1; to < stream->writer_count; to++)
        if (arch->tensors[stream->writers[to]].axes == 1)
        {
            add_translation(arch, stream, from, to);
            from = to;
        }
}

static void
close_read(cst_arch_t arch, const cst__read_t *read)
{
    int centred = arch->spec->norm == CST_ARCH_NORM_LAYER;

    add_gain(arch, read);
    if (read->shift >= 0 && all_biased(read))
        add_shift(arch, read);
    else if (read->shift >= 0)
        add_unbiased_shift(arch, read);
    if (centred && (read->shift < 0 || all_biased(read)))
        add_readers(arch, read);
}

/* Adding a multiple of (1, ..., 1) to what a writer writes. A tied embedding is also read: it can only be
   moved as a whole, which the softmax does not see; learned positions are given that direction below. */
static void
add_writers(cst_arch_t arch, const cst__stream_t *stream, slong tied, slong positions)
{
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_WRITERS, "stream", -1);

    for (slong w = 0; w < stream->writer_count; w++)
    {
        const cst_arch_tensor_t *tensor = arch->tensors + stream->writers[w];
        cst__slot_t slot = {.mode = CST__SLOT_ONES, .tensor = stream->writers[w], .factor = 1};
        slong columns = 1;

        slot.axis = 1 - stream->axes[w];
        if (tensor->axes > 1)
            columns = tensor->shape[slot.axis];
        if (tensor->axes == 1 || slot.tensor == tied)
        {
            slot.mode = CST__SLOT_ALL;
            columns = 1;
        }
        if (slot.tensor == tied && positions >= 0)
            continue;
        cst__arch_slot(cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, columns, 1), slot);
        cst__arch_conserve(symmetry, columns);
    }
    cst__arch_group(symmetry, "R^%ld", (long) fmpz_get_si(symmetry->dimension));
}

/* An orthogonal matrix turns what is written, and back what is read; with LayerNorm one that fixes
   (1, ..., 1). The gain, diagonal, stays: W becomes W diag(gain) R^T diag(gain)^-1. */
static void
add_rotation(cst_arch_t arch, const cst__stream_t *stream)
{
    slong d = arch->spec->width;
    int centred = arch->spec->norm == CST_ARCH_NORM_LAYER;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_ROTATE, "stream", -1);
    cst__arch_action_t *action =
        cst__arch_act(symmetry, centred ? CST__ALGEBRA_SKEW_FIXING : CST__ALGEBRA_SKEW, d, 1);

    for (slong w = 0; w < stream->writer_count; w++)
        cst__arch_linear(action, stream->writers[w], stream->axes[w], 1);
    for (slong r = 0; r < stream->read_count; r++)
    {
        const cst__read_t *read = stream->reads + r;
        cst__slot_t slot = {
            .mode = CST__SLOT_LINEAR, .axis = 1, .factor = 1, .gain = 1 + read->gain, .over = 1};

        for (slong c = 0; c < read->count; c++)
        {
            slot.tensor = read->weights[c];
            cst__arch_slot(action, slot);
        }
        if (read->shift < 0)
            continue;
        slot.tensor = read->shift;
        slot.axis = 0;
        slot.over = -1;
        cst__arch_slot(action, slot);
    }
    cst__arch_group(symmetry, "O(%ld)", (long) (centred ? d - 1 : d));
    cst__arch_copies(symmetry, d > centred ? 2 : 1, 1);
}

/* What is left of the rotations where the last gain is held by the tied embedding: permutations with signs;
   LayerNorm takes the mean away, so that only one sign for all is left. */
static void
add_permutations(cst_arch_t arch, int centred)
{
    slong d = arch->spec->width;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_STREAM_PERMUTE, "stream", -1);

    cst__arch_permutations(symmetry, d, 1);
    cst__arch_copies(symmetry, 2, centred ? 1 : d);
    if (centred)
        cst__arch_group(symmetry, "{+-1} x S_%ld", (long) d);
    else
        cst__arch_group(symmetry, "{+-1}^%ld x| S_%ld", (long) d, (long) d);
}

static void
add_scale(cst_arch_t arch, const cst__stream_t *stream, int tied)
{
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_STREAM_SCALE, "stream", -1);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_SCALAR, arch->spec->width, 1);
    const cst__read_t *last = stream->reads + stream->read_count - 1;

    for (slong w = 0; w < stream->writer_count; w++)
        cst__arch_linear(action, stream->writers[w], stream->axes[w], 1);
    if (tied)
    {
        cst__arch_linear(action, last->gain, 0, -1);
        cst__arch_linear(action, last->shift, 0, -1);
    }
    cst__arch_group(symmetry, "R+");
    cst__arch_conserve(symmetry, 1);
}

/* W_E + 1 w^T, W_P - 1 w^T; tied, the softmax does not see it at the other end. */
static void
add_positions(cst_arch_t arch, slong embedding, slong positions, int skip)
{
    slong n = arch->spec->width - skip;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_POSITIONS, "stream", -1);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n, 1);

    cst__arch_slot(action,
                   (cst__slot_t){.mode = CST__SLOT_ONES, .tensor = embedding, .axis = 1, .factor = 1});
    cst__arch_slot(action,
                   (cst__slot_t){.mode = CST__SLOT_ONES, .tensor = positions, .axis = 1, .factor = -1});
    cst__arch_group(symmetry, "R^%ld", (long) n);
    cst__arch_conserve(symmetry, n);
}

static void
add_softmax(cst_arch_t arch, slong unembedding, int skip)
{
    slong n = arch->spec->width - skip;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_SOFTMAX, "output", -1);

    cst__arch_slot(cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n, 1),
                   (cst__slot_t){.mode = CST__SLOT_ONES, .tensor = unembedding, .axis = 1, .factor = 1});
    cst__arch_group(symmetry, "R^%ld", (long) n);
    cst__arch_conserve(symmetry, n);
}

void
cst__arch_stream_close(cst_arch_t arch, cst__stream_t *stream, slong embedding, slong positions,
                       slong unembedding)
{
    const cst_arch_spec_struct *spec = arch->spec;
    int tied = unembedding < 0, centred = spec->norm == CST_ARCH_NORM_LAYER;
    const cst__read_t *last = stream->reads + stream->read_count - 1;

    if (spec->norm == CST_ARCH_NORM_NONE)
        close_linear(arch, stream, tied, positions);
    for (slong r = 0; r < stream->read_count - tied && spec->norm != CST_ARCH_NORM_NONE; r++)
        close_read(arch, stream->reads + r);
    if (centred)
        add_writers(arch, stream, tied ? embedding : -1, positions);
    if (!tied && spec->norm != CST_ARCH_NORM_NONE)
        add_rotation(arch, stream);
    if (tied && spec->norm != CST_ARCH_NORM_NONE)
        add_permutations(arch, centred);
    if (fmpq_is_zero(spec->epsilon) && spec->norm != CST_ARCH_NORM_NONE)
        add_scale(arch, stream, tied);
    /* Constants that are counted above are left out here: W_E + 1 (1, ..., 1) with its like in W_P, and the
       shift of all rows of W_U by 1/gain. */
    if (positions >= 0)
        add_positions(arch, embedding, positions, centred && !tied);
    if (!tied)
        add_softmax(arch, unembedding, centred && last->shift < 0);
    if (FLINT_MIN(spec->vocabulary, spec->output_vocabulary) < spec->width + 2)
        cst__arch_doubt(arch, "a vocabulary smaller than the width leaves directions unseen");
}
