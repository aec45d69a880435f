/* The architecture of a checkpoint in the terms of the catalogue. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/monitor.h>

#include "observe/model.h"

typedef struct
{
    cst_arch_spec_struct *spec;
    const cst__model_struct *model;
    const cst_io_checkpoint_struct *checkpoint;
    cst_io_node_t settings;
    const char *note;
    cst_error_t *error;
} census_t;

static cst_status_t
refuse(const census_t *c, const char *cause)
{
    return cst__io_checkpoint_fail(c->checkpoint, c->error, CST_REFUSED, "%s", cause);
}

/* ---- Words ------------------------------------------------------------------------------------- */

static cst_status_t
set_activation(census_t *c)
{
    if (c->model->assumed)
    {
        c->spec->activation = c->model->family == OBS_CHAIN ? CST_ARCH_RELU
                              : c->model->gated             ? CST_ARCH_SILU
                                                            : CST_ARCH_GELU;
        c->note = c->model->family == OBS_CHAIN ? NULL /* see note_of */
                  : c->model->gated             ? "the activation is not known: silu is assumed"
                                                : "the activation is not known: gelu is assumed";
        return CST_OK;
    }
    if (c->model->catalogued < 0)
        return refuse(c, "the catalogue of architectures does not have its activation");
    c->spec->activation = (cst_arch_activation_t) c->model->catalogued;
    return CST_OK;
}

/* 1e-05 as it is meant, to twelve decimals. */
static void
set_epsilon(census_t *c, double epsilon)
{
    fmpz_t count, scale;

    fmpz_init(count);
    fmpz_init(scale);
    fmpz_set_d(count, rint(epsilon * 1e12));
    fmpz_ui_pow_ui(scale, 10, 12);
    fmpq_set_fmpz_frac(&c->spec->epsilon[0], count, scale);
    fmpz_clear(count);
    fmpz_clear(scale);
}

static const char *
loss_of(const census_t *c)
{
    static const char *const names[] = {"loss", NULL};

    return cst__setting(c->settings, names);
}

/* The outputs count up to a common constant. */
static int
is_softmax(const census_t *c)
{
    const char *word = loss_of(c);

    return word && (strncmp(word, "cross-entropy", 13) == 0 || strncmp(word, "cross_entropy", 13) == 0);
}

#define UNKNOWN_RELU "the activation is not known: relu is assumed"
#define SQUARE "square images and zeros around them are assumed, which moves no symmetry"
#define UNKNOWN_LOSS                                                                                         \
    "the loss is not known: under a softmax (loss: cross-entropy) there would be one more for each input "   \
    "of "                                                                                                    \
    "the last layer, and one for a bias"

/* What was assumed of a chain. has_loss: no word on it would make a difference. */
static const char *
note_of(int has_activation, int images, int has_loss)
{
    static const char *const notes[] = {
        UNKNOWN_RELU "; " UNKNOWN_LOSS, UNKNOWN_RELU, UNKNOWN_RELU "; " SQUARE "; " UNKNOWN_LOSS,
        UNKNOWN_RELU "; " SQUARE,       UNKNOWN_LOSS, NULL,
        SQUARE "; " UNKNOWN_LOSS,       SQUARE};

    return notes[4 * has_activation + 2 * images + has_loss];
}

/* ---- Chains ------------------------------------------------------------------------------------ */

/* Biases of all layers, of none, or of all but the last. */
typedef enum
{
    BIASED_NONE,
    BIASED_ALL,
    BIASED_HIDDEN,
    BIASED_ODDLY
} biased_t;

static biased_t
biases(const cst__model_struct *m)
{
    slong count = 0;

    for (slong l = 0; l < m->links; l++)
        count += m->link[l].bias != NULL;
    return count == 0                                             ? BIASED_NONE
           : count == m->links                                    ? BIASED_ALL
           : count == m->links - 1 && !m->link[m->links - 1].bias ? BIASED_HIDDEN
                                                                  : BIASED_ODDLY;
}

static cst_status_t
set_perceptron(census_t *c)
{
    const cst__model_struct *m = c->model;
    cst_arch_spec_struct *s = c->spec;
    biased_t biased = biases(m);

    if (m->links > CST_ARCH_MOST_LAYERS)
        return refuse(c, "it has too many layers");
    if (biased == BIASED_HIDDEN && m->links == 2)
    {
        s->kind = CST_ARCH_MEAN_FIELD;
        if (!c->model->assumed)
            c->note = "a hidden layer with biases and outputs without: as a mean-field network, whose factor "
                      "1/N moves no symmetry";
    }
    else if (biased == BIASED_HIDDEN || biased == BIASED_ODDLY)
        return refuse(c, "some of its layers have biases and others not: the catalogue has no such networks");
    if (m->activation == OBS_LINEAR)
        s->kind = CST_ARCH_LINEAR;
    s->bias = biased != BIASED_NONE;
    s->softmax = s->kind != CST_ARCH_MEAN_FIELD && is_softmax(c);
    if (!c->note)
        c->note = note_of(!m->assumed, 0, s->kind == CST_ARCH_MEAN_FIELD || loss_of(c));
    s->depth = m->links;
    s->widths[0] = m->link[0].in * m->link[0].taps;
    for (slong l = 0; l < m->links; l++)
        s->widths[l + 1] = m->link[l].out;
    return CST_OK;
}

/* A number of entry l of `convolutions:` in the settings. */
static slong
convolution_setting(const census_t *c, slong l, const char *key, slong otherwise)
{
    cst_io_node_t list = cst_io_yaml_get(c->settings, "convolutions"), value;

    if (!list || list->kind != CST_IO_SEQUENCE || l >= list->length)
        return otherwise;
    value = cst_io_yaml_get(list->items[l], key);
    return value && value->kind == CST_IO_SCALAR ? (slong) strtol(value->text, NULL, 10) : otherwise;
}

/* Side of the images after the convolutions. */
static slong
side_after(const cst_arch_spec_struct *s, slong side)
{
    for (slong l = 0; l < s->convolutions && side > 0; l++)
    {
        const cst_arch_convolution_t *v = s->convolution + l;
        slong span = side + 2 * v->padding - v->kernel;

        side = span < 0 ? 0 : span / v->stride + 1;
    }
    return side;
}

#define MOST_SIDE 4096

/* The least side of square images that leaves as many positions as the dense layer has inputs a channel. */
static cst_status_t
find_input(census_t *c, slong positions)
{
    for (slong side = 1; side <= MOST_SIDE; side++)
    {
        slong left = side_after(c->spec, side);

        if (left > 0 && (positions == 0 || left * left == positions))
        {
            c->spec->input[1] = c->spec->input[2] = side;
            return CST_OK;
        }
    }
    return refuse(c, "no size of square images fits its layers: say strides and paddings in `convolutions:`");
}

/* One convolution from a layer; a linear layer is one of 1 x 1 images. */
static cst_status_t
set_convolution(census_t *c, slong l)
{
    const cst__link_t *link = c->model->link + l;
    cst_arch_convolution_t *v = c->spec->convolution + l;
    int image = link->weight->rank == 4;

    if (link->weight->rank != 4 && link->weight->rank != 2)
        return refuse(c, "a convolution that the catalogue does not have");
    if ((image && link->weight->shape[2] != link->weight->shape[3]) || (link->gain && !link->shift))
        return refuse(c, "a convolution that the catalogue does not have");
    memset(v, 0, sizeof *v);
    v->channels = link->out;
    v->kernel = image ? link->weight->shape[2] : 1;
    v->stride = image ? convolution_setting(c, l, "stride", 1) : 1;
    v->padding = image ? convolution_setting(c, l, "padding", (v->kernel - 1) / 2) : 0;
    v->bias = link->bias != NULL;
    v->norm = link->gain ? CST_ARCH_NORM_BATCH : CST_ARCH_NORM_NONE;
    v->activation = c->spec->activation;
    v->pool_size = 1;
    if (v->stride < 1 || v->stride > MOST_SIDE || v->padding < 0 || v->padding > MOST_SIDE)
        return refuse(c, "a stride or padding out of range");
    if (link->gain)
        set_epsilon(c, c->model->epsilon);
    return CST_OK;
}

/* Convolutions with a linear layer behind them; or linear layers with BatchNorm, the last one without it. */
static cst_status_t
set_convolutions(census_t *c)
{
    const cst__model_struct *m = c->model;
    cst_arch_spec_struct *s = c->spec;
    slong n = 0;
    int images;

    while (n < m->links && m->link[n].weight->rank == 4)
        n++;
    images = n > 0;
    if (!images && !m->link[m->links - 1].gain)
        n = m->links - 1;
    if (n == 0 || m->links > n + 1 || n > CST_ARCH_MOST_LAYERS)
        return refuse(c,
                      "the catalogue has convolutions with at most one dense layer behind them, and linear "
                      "layers with BatchNorm but for the last");
    s->kind = CST_ARCH_CNN;
    s->convolutions = n;
    s->input[0] = m->link[0].in;
    for (slong l = 0; l < n; l++)
        if (set_convolution(c, l) != CST_OK)
            return CST_REFUSED;
    s->classes = m->links > n ? m->link[n].out : 0;
    s->bias = m->links > n && m->link[n].bias;
    s->softmax = s->classes > 0 && is_softmax(c);
    c->note = note_of(!m->assumed, images, s->classes == 0 || loss_of(c));
    return find_input(c, m->links > n ? m->link[n].taps : 0);
}

/* ---- Transformers ------------------------------------------------------------------------------- */

static slong
setting_number(const census_t *c, const char *const *names)
{
    const char *word = cst__setting(c->settings, names);

    return word ? (slong) strtod(word, NULL) : 0;
}

static void
set_norm(census_t *c)
{
    static const char *const names[] = {
        "layer_norm_epsilon", "layer_norm_eps", "rms_norm_eps", "eps", "epsilon", NULL};
    const cst__model_struct *m = c->model;
    const char *word = cst__setting(c->settings, names);

    c->spec->norm = m->norm == OBS_LAYER_NORM ? CST_ARCH_NORM_LAYER
                    : m->norm == OBS_RMS_NORM ? CST_ARCH_NORM_RMS
                                              : CST_ARCH_NORM_NONE;
    if (word && m->norm != OBS_NO_NORM)
        set_epsilon(c, strtod(word, NULL));
    else if (m->norm != OBS_NO_NORM)
        c->note =
            "epsilon of the normalizations is not known and taken as 0: a positive one takes the scale of "
            "the stream, one dimension, away";
}

static cst_status_t
set_transformer(census_t *c)
{
    static const char *const context[] = {"n_ctx", "n_positions", "max_position_embeddings", "context", NULL},
                             *const base[] = {"rope_theta", "rotary_base", NULL};
    const cst__model_struct *m = c->model;
    const cst__block_t *b = m->block;
    cst_arch_spec_struct *s = c->spec;

    s->kind = CST_ARCH_TRANSFORMER;
    s->vocabulary = m->words;
    s->width = m->width;
    s->layers = m->blocks;
    s->heads = m->heads;
    s->key_value_heads = m->groups;
    s->key_width = m->key;
    s->value_width = m->value;
    s->hidden = m->units;
    s->gated = m->gated;
    s->query_bias = b->bq.tensor != NULL;
    s->output_bias = b->bo.tensor != NULL;
    s->feed_bias = b->b_in.tensor != NULL;
    s->norm_bias = m->norm == OBS_LAYER_NORM && m->shift.tensor;
    s->tied = m->unembed.tensor == m->embed.tensor;
    s->position = m->position.tensor ? CST_ARCH_POSITION_LEARNED
                  : m->rotary        ? CST_ARCH_POSITION_ROTARY
                                     : CST_ARCH_POSITION_NONE;
    s->interleaved = m->rotary == 2;
    s->context = m->position.tensor ? m->positions : setting_number(c, context);
    if (s->context < 1)
        s->context = 2; /* counts for learned positions only */
    if (setting_number(c, base) > 1)
        s->rotary_base = setting_number(c, base);
    set_norm(c);
    s->output_vocabulary = m->outputs;
    return CST_OK;
}

/* ---- All of it ---------------------------------------------------------------------------------- */

static cst_status_t
check_size(const census_t *c)
{
    cst_arch_t arch;
    slong count = 0, there;
    cst_status_t status = cst_arch_init(arch, c->spec, c->error);

    if (status != CST_OK)
        return refuse(c, c->error && c->error->message[0] ? c->error->message
                                                          : "the catalogue has no such network");
    for (slong i = 0; i < c->checkpoint->length; i++)
    {
        cst_io_tensor_t t = c->checkpoint->tensors + i;

        if (cst__is_weight(t) && t != c->model->copy)
            count += t->count;
    }
    there = arch->parameters;
    cst_arch_clear(arch);
    return there == count ? CST_OK
                          : cst__io_checkpoint_fail(
                                c->checkpoint, c->error, CST_REFUSED,
                                "the %s that was recognized has %ld parameters, but the checkpoint %ld",
                                cst_arch_kind_word(c->spec->kind), (long) there, (long) count);
}

cst_status_t
cst_monitor_architecture(cst_arch_spec_t spec, const char **note, const cst_io_checkpoint_t checkpoint,
                         cst_io_node_t settings, cst_error_t *error)
{
    cst__model_t model;
    census_t c = {spec, model, checkpoint, settings, NULL, error};
    cst_status_t status = cst__model_init(model, checkpoint, settings, error);
    int dense = 1;

    if (status != CST_OK)
        return status;
    for (slong l = 0; l < model->links; l++)
        dense &= model->link[l].weight->rank == 2 && !model->link[l].gain;
    cst_arch_spec_init(spec, model->family == OBS_CHAIN ? CST_ARCH_MLP : CST_ARCH_TRANSFORMER);
    status = set_activation(&c);
    if (status == CST_OK)
        status = model->family == OBS_TRANSFORMER ? set_transformer(&c)
                 : dense                          ? set_perceptron(&c)
                                                  : set_convolutions(&c);
    if (status == CST_OK)
        status = check_size(&c);
    cst__model_clear(model);
    if (status != CST_OK)
        cst_arch_spec_clear(spec);
    else if (note)
        *note = c.note;
    return status;
}
