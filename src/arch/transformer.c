/* arch/transformer.c -- transformers: embeddings, blocks on a residual stream, unembedding. */
#include <string.h>

#include "arch/model.h"

/* Counts of generators then fit easily. */
#define MOST_HEADS 1024
#define MOST_SIZE 1000000

static cst_status_t
check_heads(cst_arch_t arch, cst_error_t *error)
{
    cst_arch_spec_struct *s = arch->spec;

    if (s->heads < 1 || s->width < 1)
        return cst__arch_fail(error, "attention needs a width and a number of heads");
    if (s->heads > MOST_HEADS || s->width > MOST_SIZE || s->key_width > MOST_SIZE ||
        s->value_width > MOST_SIZE || s->hidden > MOST_SIZE)
        return cst__arch_fail(error, "attention has at most %d heads and widths up to %d", MOST_HEADS,
                              MOST_SIZE);
    if (s->key_value_heads == 0)
        s->key_value_heads = s->heads;
    if (s->heads % s->key_value_heads != 0)
        return cst__arch_fail(error, "%ld heads cannot share %ld key-value heads equally", (long) s->heads,
                              (long) s->key_value_heads);
    if (s->key_width == 0)
    {
        if (s->width % s->heads != 0)
            return cst__arch_fail(error, "the width %ld is not a multiple of %ld heads; give the key width",
                                  (long) s->width, (long) s->heads);
        s->key_width = s->width / s->heads;
    }
    if (s->value_width == 0)
        s->value_width = s->key_width;
    if (s->position == CST_ARCH_POSITION_ROTARY && s->rotary_width == 0)
        s->rotary_width = s->key_width;
    if (s->position == CST_ARCH_POSITION_ROTARY &&
        (s->rotary_width % 2 != 0 || s->rotary_width > s->key_width))
        return cst__arch_fail(error, "%ld of %ld dimensions of a key cannot turn in pairs",
                              (long) s->rotary_width, (long) s->key_width);
    return CST_OK;
}

cst_status_t
cst__arch_attention(cst_arch_t arch, cst_error_t *error)
{
    arch->spec->norm = CST_ARCH_NORM_NONE;
    CST__TRY(check_heads(arch, error));
    if (arch->spec->position == CST_ARCH_POSITION_LEARNED)
        return cst__arch_fail(error, "learned positions belong to a transformer, not to one block");
    cst__arch_attention_block(arch, NULL, NULL, 1);
    return CST_OK;
}

static cst__read_t *
add_read(cst_arch_t arch, cst__stream_t *stream, const char *gain, const char *shift, slong number)
{
    const cst_arch_spec_struct *s = arch->spec;
    cst__read_t *read = stream->reads + stream->read_count++;
    int shifted = s->norm == CST_ARCH_NORM_LAYER && s->norm_bias;

    memset(read, 0, sizeof *read);
    read->number = number;
    read->after = stream->writer_count;
    read->gain = s->norm == CST_ARCH_NORM_NONE ? -1 : cst__arch_tensor(arch, s->width, 0, 0, 0, gain, number);
    read->shift = shifted ? cst__arch_tensor(arch, s->width, 0, 0, 0, shift, number) : -1;
    return read;
}

/* A second scale: the gate's, where its activation is homogeneous. */
static void
add_gate_scale(cst_arch_t arch, slong number, const slong gate[2], slong down)
{
    const cst_arch_spec_struct *s = arch->spec;
    int linear = s->activation == CST_ARCH_IDENTITY || s->activation == CST_ARCH_MONOMIAL;
    slong degree = s->activation == CST_ARCH_RELU || s->activation == CST_ARCH_MONOMIAL ? s->degree : 1;
    cst_arch_symmetry_t *symmetry;
    cst__arch_action_t *action;

    if (!linear && s->activation != CST_ARCH_RELU && s->activation != CST_ARCH_LEAKY_RELU)
        return;
    symmetry = cst__arch_symmetry(arch, CST__FACT_GATED_GATE, "layer", number);
    action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, s->hidden, 1);
    cst__arch_linear(action, gate[0], 0, 1);
    cst__arch_linear(action, gate[1], 0, 1);
    cst__arch_linear(action, down, 1, -degree);
    cst__arch_group(symmetry, linear ? "R*^%ld" : "R+^%ld", (long) s->hidden);
    if (linear)
        cst__arch_copies(symmetry, 2, s->hidden);
    if (s->activation == CST_ARCH_IDENTITY) /* and gate and up can be exchanged */
    {
        cst__arch_group(symmetry, "(R* x| S_2)^%ld", (long) s->hidden);
        cst__arch_copies(symmetry, 2, s->hidden);
    }
    cst__arch_conserve(symmetry, s->hidden);
}

/* down(s(gate x) * up x): up and down share a scale of any sign. */
static void
add_gated(cst_arch_t arch, slong number, const slong gate[2], const slong up[2], slong down)
{
    slong n = arch->spec->hidden;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_GATED_UP, "layer", number);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n, 1);

    cst__arch_linear(action, up[0], 0, 1);
    cst__arch_linear(action, up[1], 0, 1);
    cst__arch_linear(action, down, 1, -1);
    cst__arch_group(symmetry, "R*^%ld x| S_%ld", (long) n, (long) n);
    cst__arch_copies(symmetry, 2, n);
    cst__arch_permutations(symmetry, n, 1);
    cst__arch_conserve(symmetry, n);
    add_gate_scale(arch, number, gate, down);
}

static void
add_feed_forward(cst_arch_t arch, cst__stream_t *stream, slong l)
{
    const cst_arch_spec_struct *s = arch->spec;
    cst__read_t *read = add_read(arch, stream, "ga2_", "be2_", l);
    slong gate[2] = {-1, -1}, up[2], down[2];
    cst__reader_t reader = {.axis = 1, .renorm = -1};
    cst__hidden_t hidden = {.place = "layer", .number = l, .width = s->hidden, .activation = s->activation};

    if (s->gated)
    {
        gate[0] = cst__arch_tensor(arch, s->hidden, s->width, 0, 0, "wg", l);
        gate[1] = s->feed_bias ? cst__arch_tensor(arch, s->hidden, 0, 0, 0, "bg", l) : -1;
        cst__stream_consume(read, gate[0], gate[1]);
    }
    up[0] = cst__arch_tensor(arch, s->hidden, s->width, 0, 0, "wu", l);
    up[1] = s->feed_bias ? cst__arch_tensor(arch, s->hidden, 0, 0, 0, "bu", l) : -1;
    cst__stream_consume(read, up[0], up[1]);
    down[0] = cst__arch_tensor(arch, s->width, s->hidden, 0, 0, "wd", l);
    down[1] = s->feed_bias ? cst__arch_tensor(arch, s->width, 0, 0, 0, "bd", l) : -1;
    cst__stream_write(stream, down[0], 0);
    if (down[1] >= 0)
        cst__stream_write(stream, down[1], 0);
    reader.tensor = down[0];
    hidden.degree = s->degree;
    hidden.units[0] = up[0];
    hidden.units[1] = up[1];
    hidden.readers = &reader;
    hidden.reader_count = 1;
    hidden.next_bias = down[1] >= 0;
    if (s->gated)
        add_gated(arch, l, gate, up, down[0]);
    else
        cst__arch_hidden(arch, &hidden);
    if (!s->gated && (s->activation == CST_ARCH_IDENTITY || s->activation == CST_ARCH_MONOMIAL))
        cst__arch_doubt(arch, "a polynomial feed-forward block may have more symmetries");
}

static void
add_blocks(cst_arch_t arch, cst__stream_t *stream)
{
    const cst_arch_spec_struct *s = arch->spec;
    slong embedding, positions = -1, unembedding = -1;
    cst__read_t *read;

    embedding = cst__arch_tensor(arch, s->vocabulary, s->width, 0, 0, "we", -1);
    cst__stream_write(stream, embedding, 1);
    if (s->position == CST_ARCH_POSITION_LEARNED)
    {
        positions = cst__arch_tensor(arch, s->context, s->width, 0, 0, "wp", -1);
        cst__stream_write(stream, positions, 1);
    }
    for (slong l = 1; l <= s->layers; l++)
    {
        read = add_read(arch, stream, "ga1_", "be1_", l);
        cst__arch_attention_block(arch, stream, read, l);
        if (s->hidden > 0)
            add_feed_forward(arch, stream, l);
    }
    read = add_read(arch, stream, "ga", "be", -1);
    if (!s->tied)
    {
        unembedding = cst__arch_tensor(arch, s->output_vocabulary, s->width, 0, 0, "wun", -1);
        cst__stream_consume(read, unembedding, -1);
    }
    cst__arch_stream_close(arch, stream, embedding, positions, unembedding);
}

cst_status_t
cst__arch_transformer(cst_arch_t arch, cst_error_t *error)
{
    cst_arch_spec_struct *s = arch->spec;
    cst__stream_t stream = {0};

    if (s->norm != CST_ARCH_NORM_NONE && s->norm != CST_ARCH_NORM_LAYER && s->norm != CST_ARCH_NORM_RMS)
        return cst__arch_fail(error, "a transformer's norm can be none, layer or rms");
    if (s->output_vocabulary == 0)
        s->output_vocabulary = s->vocabulary;
    if (s->tied && s->output_vocabulary != s->vocabulary)
        return cst__arch_fail(error, "a tied unembedding has as many rows as the embedding");
    if (s->vocabulary < 2 || s->context < 1 || s->layers < 1 || s->width < 2)
        return cst__arch_fail(error, "a transformer needs a vocabulary, a context, layers and a width of at "
                                     "least 2");
    CST__TRY(check_heads(arch, error));
    s->softmax = 1;
    stream.reads = flint_calloc((size_t) (2 * s->layers + 1), sizeof *stream.reads);
    add_blocks(arch, &stream);
    flint_free(stream.reads);
    flint_free(stream.writers);
    flint_free(stream.axes);
    return CST_OK;
}
