/* arch/read.c -- descriptions of networks, read from a mapping. */
#include <stddef.h>
#include <string.h>

#include "arch/model.h"

static const char *const kinds[CST_ARCH_KIND_COUNT] = {"mlp",        "linear", "scale-invariant",
                                                       "mean-field", "cnn",    "transformer",
                                                       "attention",  "gate",   "state-space"};
static const char *const activations[] = {"relu",    "leaky-relu", "monomial", "tanh",     "sin",
                                          "sigmoid", "gelu",       "silu",     "softplus", "exp",
                                          "relu6",   "identity",   NULL};
static const char *const norms[] = {"none", "layer", "rms", "batch", "group", "weight", NULL};
static const char *const positions[] = {"none", "learned", "rotary", "alibi", NULL};
static const char *const pools[] = {"none", "max", "average", NULL};
static const char *const outputs[] = {"linear", "softmax", NULL};
static const char *const modes[] = {"training", "evaluation", NULL};
static const char *const gates[] = {"softmax", "sigmoid", NULL};

const char *
cst_arch_kind_word(cst_arch_kind_t kind)
{
    return kinds[kind];
}

const char *
cst_arch_activation_word(cst_arch_activation_t activation)
{
    return activations[activation];
}

typedef enum
{
    TYPE_SIZE,    /* slong, from 1 */
    TYPE_COUNT,   /* slong, from 0 */
    TYPE_TRUTH,   /* int */
    TYPE_WORD,    /* an enumeration */
    TYPE_RATIONAL /* fmpq, from 0 */
} type_t;

/* A key, the kinds that know it, and where its value goes. */
typedef struct
{
    const char *key;
    unsigned kinds;
    type_t type;
    size_t offset;
    const char *const *words;
} option_t;

#define AT(field) offsetof(cst_arch_spec_struct, field)
#define K(kind) (1u << CST_ARCH_##kind)
#define NEURONS (K(MLP) | K(SCALE_INVARIANT) | K(MEAN_FIELD))
#define HEADS (K(TRANSFORMER) | K(ATTENTION))

static const option_t options[] = {
    {"activation", NEURONS | K(TRANSFORMER), TYPE_WORD, AT(activation), activations},
    {"degree", NEURONS | K(TRANSFORMER), TYPE_SIZE, AT(degree), NULL},
    {"leak", NEURONS | K(CNN) | K(TRANSFORMER), TYPE_RATIONAL, AT(leak), NULL},
    {"bias", NEURONS | K(LINEAR) | K(CNN), TYPE_TRUTH, AT(bias), NULL},
    {"output", K(MLP) | K(SCALE_INVARIANT) | K(LINEAR) | K(CNN), TYPE_WORD, AT(softmax), outputs},
    {"epsilon", K(CNN) | HEADS, TYPE_RATIONAL, AT(epsilon), NULL},
    {"norm", K(MLP) | K(TRANSFORMER), TYPE_WORD, AT(norm), norms},
    {"frozen", K(LINEAR), TYPE_TRUTH, AT(frozen), NULL},
    {"classes", K(CNN), TYPE_COUNT, AT(classes), NULL},
    {"batchnorm", K(CNN), TYPE_WORD, AT(running), modes},
    {"vocabulary", K(TRANSFORMER), TYPE_SIZE, AT(vocabulary), NULL},
    {"output-vocabulary", K(TRANSFORMER), TYPE_SIZE, AT(output_vocabulary), NULL},
    {"context", HEADS, TYPE_SIZE, AT(context), NULL},
    {"width", HEADS | K(GATE) | K(STATE_SPACE), TYPE_SIZE, AT(width), NULL},
    {"layers", K(TRANSFORMER), TYPE_SIZE, AT(layers), NULL},
    {"heads", HEADS, TYPE_SIZE, AT(heads), NULL},
    {"key-value-heads", HEADS, TYPE_SIZE, AT(key_value_heads), NULL},
    {"key-width", HEADS, TYPE_SIZE, AT(key_width), NULL},
    {"value-width", HEADS, TYPE_SIZE, AT(value_width), NULL},
    {"positions", HEADS, TYPE_WORD, AT(position), positions},
    {"rotary-width", HEADS, TYPE_SIZE, AT(rotary_width), NULL},
    {"rotary-base", HEADS, TYPE_SIZE, AT(rotary_base), NULL},
    {"interleaved", HEADS, TYPE_TRUTH, AT(interleaved), NULL},
    {"qk-norm", HEADS, TYPE_TRUTH, AT(qk_norm), NULL},
    {"query-bias", HEADS, TYPE_TRUTH, AT(query_bias), NULL},
    {"output-bias", HEADS, TYPE_TRUTH, AT(output_bias), NULL},
    {"causal", HEADS, TYPE_TRUTH, AT(causal), NULL},
    {"hidden", K(TRANSFORMER), TYPE_COUNT, AT(hidden), NULL},
    {"gated", K(TRANSFORMER), TYPE_TRUTH, AT(gated), NULL},
    {"feed-bias", K(TRANSFORMER), TYPE_TRUTH, AT(feed_bias), NULL},
    {"norm-bias", K(TRANSFORMER), TYPE_TRUTH, AT(norm_bias), NULL},
    {"tied", K(TRANSFORMER), TYPE_TRUTH, AT(tied), NULL},
    {"experts", K(GATE), TYPE_SIZE, AT(experts), NULL},
    {"outputs", K(GATE) | K(STATE_SPACE), TYPE_SIZE, AT(value_width), NULL},
    {"gate", K(GATE), TYPE_WORD, AT(sigmoid), gates},
    {"state", K(STATE_SPACE), TYPE_SIZE, AT(state), NULL},
    {"steps", K(STATE_SPACE), TYPE_SIZE, AT(context), NULL},
    {"diagonal", K(STATE_SPACE), TYPE_TRUTH, AT(diagonal), NULL},
};
#define OPTIONS ((slong) (sizeof options / sizeof *options))

#undef AT
#define AT(field) offsetof(cst_arch_convolution_t, field)

static const option_t convolution_options[] = {
    {"channels", 0, TYPE_SIZE, AT(channels), NULL}, {"kernel", 0, TYPE_SIZE, AT(kernel), NULL},
    {"stride", 0, TYPE_SIZE, AT(stride), NULL},     {"padding", 0, TYPE_COUNT, AT(padding), NULL},
    {"bias", 0, TYPE_TRUTH, AT(bias), NULL},        {"norm", 0, TYPE_WORD, AT(norm), norms},
    {"groups", 0, TYPE_SIZE, AT(groups), NULL},     {"activation", 0, TYPE_WORD, AT(activation), activations},
    {"pool", 0, TYPE_WORD, AT(pool), pools},        {"pool-size", 0, TYPE_SIZE, AT(pool_size), NULL},
};
#define CONVOLUTION_OPTIONS ((slong) (sizeof convolution_options / sizeof *convolution_options))

typedef struct
{
    cst_io_yaml_struct *yaml;
    cst_error_t *error;
} reader_t;

static cst_status_t
refuse(const reader_t *reader, cst_io_node_t node, const char *what, const char *found)
{
    cst_io_yaml_place(reader->error, reader->yaml, node, 0);
    return cst_error_set(reader->error, CST_BAD_INPUT, "expected %s, found '%.100s'", what, found);
}

/* A whole number of at most CST_ARCH_MOST_WIDTH. */
static cst_status_t
read_size(slong *value, const reader_t *reader, cst_io_node_t node, slong least)
{
    size_t length;

    CST__TRY(cst_io_yaml_expect(reader->yaml, node, CST_IO_SCALAR, reader->error));
    length = strspn(node->text, "0123456789");
    *value = 0;
    for (size_t i = 0; i < length && *value <= CST_ARCH_MOST_WIDTH; i++)
        *value = 10 * *value + (node->text[i] - '0');
    if (length == 0 || node->text[length] || *value < least || *value > CST_ARCH_MOST_WIDTH)
        return refuse(reader, node, least ? "a whole number from 1 to 10^9" : "a whole number up to 10^9",
                      node->text);
    return CST_OK;
}

static cst_status_t
read_word(int *value, const reader_t *reader, cst_io_node_t node, const char *const *words)
{
    slong count = 0;
    const char *nearest;
    char what[160];

    CST__TRY(cst_io_yaml_expect(reader->yaml, node, CST_IO_SCALAR, reader->error));
    while (words[count])
        count++;
    for (slong i = 0; i < count; i++)
        if (strcmp(node->text, words[i]) == 0)
        {
            *value = (int) i;
            return CST_OK;
        }
    nearest = cst_io_nearest(node->text, words, count);
    snprintf(what, sizeof what, "a word such as '%s'", nearest ? nearest : words[count - 1]);
    return refuse(reader, node, what, node->text);
}

static cst_status_t
read_rational(fmpq_t value, const reader_t *reader, cst_io_node_t node)
{
    cst_expr_ctx_t ctx;
    cst_expr_scope_t scope = {NULL, NULL, 0};
    cst_expr_t e;
    cst_status_t status;

    CST__TRY(cst_io_yaml_expect(reader->yaml, node, CST_IO_SCALAR, reader->error));
    ctx = cst_expr_ctx_new();
    status = cst_expr_parse(&e, ctx, node->text, &scope, NULL);
    if (status != CST_OK || cst_expr_kind(e) != CST_EXPR_RATIONAL || fmpq_sgn(cst_expr_rational_value(e)) < 0)
        status = refuse(reader, node, "a rational number that is not negative", node->text);
    else
        fmpq_set(value, cst_expr_rational_value(e));
    cst_expr_ctx_free(ctx);
    return status;
}

static cst_status_t
read_option(void *target, const reader_t *reader, const option_t *option, cst_io_node_t node)
{
    static const char *const truths[] = {"false", "true", NULL};
    char *place = (char *) target + option->offset;

    switch (option->type)
    {
    case TYPE_SIZE:
    case TYPE_COUNT:
        return read_size((slong *) (void *) place, reader, node, option->type == TYPE_SIZE);
    case TYPE_RATIONAL:
        return read_rational((fmpq *) (void *) place, reader, node);
    default:
        return read_word((int *) (void *) place, reader, node,
                         option->type == TYPE_TRUTH ? truths : option->words);
    }
}

static cst_status_t
read_widths(cst_arch_spec_t spec, const reader_t *reader, cst_io_node_t mapping)
{
    cst_io_node_t list;

    CST__TRY(cst_io_yaml_require(&list, reader->yaml, mapping, "widths", reader->error));
    CST__TRY(cst_io_yaml_expect(reader->yaml, list, CST_IO_SEQUENCE, reader->error));
    if (list->length < 2 || list->length > CST_ARCH_MOST_LAYERS + 1)
        return refuse(reader, list, "from 2 to 1025 widths", "another number of them");
    for (slong i = 0; i < list->length; i++)
        CST__TRY(read_size(spec->widths + i, reader, list->items[i], 1));
    spec->depth = list->length - 1;
    return CST_OK;
}

static cst_status_t
read_convolution(cst_arch_convolution_t *conv, const reader_t *reader, cst_io_node_t mapping)
{
    const char *known[CONVOLUTION_OPTIONS + 1];
    cst_io_node_t node;
    int depthwise = 0;

    for (slong i = 0; i < CONVOLUTION_OPTIONS; i++)
        known[i] = convolution_options[i].key;
    known[CONVOLUTION_OPTIONS] = "depthwise";
    CST__TRY(cst_io_yaml_known(reader->yaml, mapping, known, CONVOLUTION_OPTIONS + 1, reader->error));
    *conv = (cst_arch_convolution_t){.kernel = 1, .stride = 1, .groups = 1, .pool_size = 2};
    for (slong i = 0; i < CONVOLUTION_OPTIONS; i++)
    {
        node = cst_io_yaml_get(mapping, convolution_options[i].key);
        if (node)
            CST__TRY(read_option(conv, reader, convolution_options + i, node));
    }
    CST__TRY(cst_io_yaml_require(&node, reader->yaml, mapping, "kernel", reader->error));
    if (cst_io_yaml_get(mapping, "depthwise"))
    {
        const option_t option = {"depthwise", 0, TYPE_TRUTH, 0, NULL};

        CST__TRY(read_option(&depthwise, reader, &option, cst_io_yaml_get(mapping, "depthwise")));
    }
    if (depthwise && conv->channels > 0)
        return refuse(reader, mapping, "either 'channels' or 'depthwise'", "both");
    if (!depthwise)
        CST__TRY(cst_io_yaml_require(&node, reader->yaml, mapping, "channels", reader->error));
    return CST_OK;
}

static cst_status_t
read_convolutions(cst_arch_spec_t spec, const reader_t *reader, cst_io_node_t mapping)
{
    cst_io_node_t list;

    CST__TRY(cst_io_yaml_require(&list, reader->yaml, mapping, "input", reader->error));
    CST__TRY(cst_io_yaml_expect(reader->yaml, list, CST_IO_SEQUENCE, reader->error));
    if (list->length != 3)
        return refuse(reader, list, "channels, height and width", "another number of sizes");
    for (slong i = 0; i < 3; i++)
        CST__TRY(read_size(spec->input + i, reader, list->items[i], 1));
    CST__TRY(cst_io_yaml_require(&list, reader->yaml, mapping, "convolutions", reader->error));
    CST__TRY(cst_io_yaml_expect(reader->yaml, list, CST_IO_SEQUENCE, reader->error));
    if (list->length < 1 || list->length > CST_ARCH_MOST_LAYERS)
        return refuse(reader, list, "from 1 to 1024 convolutions", "another number of them");
    for (slong i = 0; i < list->length; i++)
        CST__TRY(read_convolution(spec->convolution + i, reader, list->items[i]));
    spec->convolutions = list->length;
    return CST_OK;
}

/* Keys without which a kind makes no sense. */
static const struct
{
    unsigned kinds;
    const char *key;
} required[] = {
    {K(TRANSFORMER), "vocabulary"},
    {K(TRANSFORMER), "layers"},
    {HEADS, "context"},
    {HEADS, "heads"},
    {HEADS | K(GATE) | K(STATE_SPACE), "width"},
    {K(GATE), "experts"},
    {K(GATE) | K(STATE_SPACE), "outputs"},
    {K(STATE_SPACE), "state"},
    {K(STATE_SPACE), "steps"},
};

static cst_status_t
read_style(cst_arch_spec_t spec, const reader_t *reader, cst_io_node_t mapping)
{
    static const char *const styles[] = {"gpt2", "llama", NULL};
    cst_io_node_t node = cst_io_yaml_get(mapping, "style");
    int style = 0;

    if (node)
        CST__TRY(read_word(&style, reader, node, styles));
    if (style == 1)
        cst_arch_spec_llama(spec);
    return CST_OK;
}

static cst_status_t
check_keys(const reader_t *reader, cst_io_node_t mapping, cst_arch_kind_t kind)
{
    const char *known[OPTIONS + 4];
    slong count = 0;

    known[count++] = "kind";
    for (slong i = 0; i < OPTIONS; i++)
        if (options[i].kinds & (1u << kind))
            known[count++] = options[i].key;
    if (kind == CST_ARCH_TRANSFORMER)
        known[count++] = "style";
    if (kind == CST_ARCH_CNN)
    {
        known[count++] = "input";
        known[count++] = "convolutions";
    }
    if ((1u << kind) & (NEURONS | K(LINEAR)))
        known[count++] = "widths";
    return cst_io_yaml_known(reader->yaml, mapping, known, count, reader->error);
}

static cst_status_t
read_all(cst_arch_spec_t spec, const reader_t *reader, cst_io_node_t mapping)
{
    unsigned bit = 1u << spec->kind;
    cst_io_node_t node;

    CST__TRY(check_keys(reader, mapping, spec->kind));
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        if (required[i].kinds & bit)
            CST__TRY(cst_io_yaml_require(&node, reader->yaml, mapping, required[i].key, reader->error));
    if (spec->kind == CST_ARCH_TRANSFORMER)
        CST__TRY(read_style(spec, reader, mapping));
    for (slong i = 0; i < OPTIONS; i++)
    {
        node = options[i].kinds & bit ? cst_io_yaml_get(mapping, options[i].key) : NULL;
        if (node)
            CST__TRY(read_option(spec, reader, options + i, node));
    }
    if (spec->kind == CST_ARCH_MLP && spec->norm != CST_ARCH_NORM_NONE && spec->norm != CST_ARCH_NORM_WEIGHT)
        return refuse(reader, cst_io_yaml_get(mapping, "norm"), "'none' or 'weight'", norms[spec->norm]);
    if (bit & (NEURONS | K(LINEAR)))
        return read_widths(spec, reader, mapping);
    return spec->kind == CST_ARCH_CNN ? read_convolutions(spec, reader, mapping) : CST_OK;
}

cst_status_t
cst_arch_spec_read(cst_arch_spec_t spec, const cst_io_yaml_t yaml, cst_io_node_t node, cst_error_t *error)
{
    reader_t reader = {(cst_io_yaml_struct *) yaml, error};
    cst_io_node_t kind_node;
    const char *words[CST_ARCH_KIND_COUNT + 1] = {NULL};
    int kind = 0;
    cst_status_t status;

    memcpy(words, kinds, sizeof kinds);
    CST__TRY(cst_io_yaml_require(&kind_node, yaml, node, "kind", error));
    CST__TRY(read_word(&kind, &reader, kind_node, words));
    cst_arch_spec_init(spec, (cst_arch_kind_t) kind);
    status = read_all(spec, &reader, node);
    if (status != CST_OK)
        cst_arch_spec_clear(spec);
    return status;
}
