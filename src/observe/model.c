#include "config.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/arch.h>

#include "observe/model.h"

const char *
cst__setting(cst_io_node_t settings, const char *const *names)
{
    for (; *names; names++)
    {
        cst_io_node_t value = cst_io_yaml_get(settings, *names);

        if (value && value->kind == CST_IO_SCALAR)
            return value->text;
    }
    return NULL;
}

static const struct
{
    const char *word;
    cst__activation_t activation;
    int catalogued;
} activations[] = {{"identity", OBS_LINEAR, CST_ARCH_IDENTITY},
                   {"linear", OBS_LINEAR, CST_ARCH_IDENTITY},
                   {"none", OBS_LINEAR, CST_ARCH_IDENTITY},
                   {"relu", OBS_HOMOGENEOUS, CST_ARCH_RELU},
                   {"leaky_relu", OBS_HOMOGENEOUS, CST_ARCH_LEAKY_RELU},
                   {"tanh", OBS_ODD, CST_ARCH_TANH},
                   {"sin", OBS_ODD, CST_ARCH_SIN},
                   {"erf", OBS_ODD, -1},
                   {"softsign", OBS_ODD, -1},
                   {"arctan", OBS_ODD, -1},
                   {"sigmoid", OBS_PLAIN, CST_ARCH_SIGMOID},
                   {"logistic", OBS_PLAIN, CST_ARCH_SIGMOID},
                   {"gelu", OBS_PLAIN, CST_ARCH_GELU},
                   {"gelu_new", OBS_PLAIN, CST_ARCH_GELU},
                   {"gelu_fast", OBS_PLAIN, CST_ARCH_GELU},
                   {"gelu_pytorch_tanh", OBS_PLAIN, CST_ARCH_GELU},
                   {"silu", OBS_PLAIN, CST_ARCH_SILU},
                   {"swish", OBS_PLAIN, CST_ARCH_SILU},
                   {"softplus", OBS_PLAIN, CST_ARCH_SOFTPLUS},
                   {"exp", OBS_PLAIN, CST_ARCH_EXP},
                   {"relu6", OBS_PLAIN, CST_ARCH_RELU6}};

/* Is it this word, whatever its capitals, hyphens and underscores (LeakyReLU, leaky-relu)? */
static int
is_word(const char *word, const char *known)
{
    for (;; word++, known++)
    {
        word += strspn(word, "-_ ");
        known += strspn(known, "-_ ");
        if (tolower((unsigned char) *word) != tolower((unsigned char) *known))
            return 0;
        if (!*word)
            return 1;
    }
}

static void
read_activation(cst__model_t model, cst_io_node_t settings)
{
    static const char *const names[] = {"activation", "activation_function", "hidden_act", "act_fn", NULL};
    const char *word = cst__setting(settings, names);

    model->assumed = !word;
    model->catalogued = -1;
    model->activation = OBS_PLAIN; /* what is not known of a word is claimed of none: permutations remain */
    for (size_t i = 0; word && i < sizeof activations / sizeof *activations; i++)
        if (is_word(word, activations[i].word))
        {
            model->activation = activations[i].activation;
            model->catalogued = activations[i].catalogued;
        }
    if (!word && model->family == OBS_CHAIN) /* transformers use gelu or silu, all others relu as a rule */
        model->activation = OBS_HOMOGENEOUS;
}

static void
read_epsilon(cst__model_t model, cst_io_node_t settings)
{
    static const char *const names[] = {"eps", "epsilon", NULL}, *const flat[] = {"batch_norm_eps", NULL};
    const char *word = cst__setting(cst_io_yaml_get(settings, "batch_norm"), names);

    if (!word)
        word = cst__setting(settings, flat);
    model->epsilon = word ? strtod(word, NULL) : 1e-5; /* the default of PyTorch */
}

int
cst__is_weight(cst_io_tensor_t tensor)
{
    static const char *const others[] = {"running_mean", "running_var", ".attn.bias",
                                         ".masked_bias", "inv_freq",    ".attn.mask",
                                         ".attn.IGNORE", ".rotary_sin", ".rotary_cos"};
    size_t n = strlen(tensor->name);

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    {
        size_t k = strlen(others[i]);

        if (n >= k && strcmp(tensor->name + n - k, others[i]) == 0)
            return 0;
    }
    return tensor->type <= CST_IO_BF16 && tensor->rank > 0;
}

/* Marks where the tensors of the model stand among those of the checkpoint. */
static void
mark(char *read, const cst_io_checkpoint_t checkpoint, cst_io_tensor_t tensor)
{
    if (tensor)
        read[tensor - checkpoint->tensors] = 1;
}

static void
mark_all(char *read, const cst_io_checkpoint_t checkpoint, const cst__model_t model)
{
    for (slong l = 0; l < model->links; l++)
    {
        const cst__link_t *k = model->link + l;
        const cst_io_tensor_t all[] = {k->weight, k->bias, k->gain, k->shift, k->mean, k->variance};

        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            mark(read, checkpoint, all[i]);
    }
    for (slong n = 0; n < model->blocks; n++)
    {
        const cst__block_t *b = model->block + n;
        const cst__view_t *const all[] = {&b->q,     &b->k,     &b->v,      &b->o,     &b->bq,    &b->bk,
                                          &b->bv,    &b->bo,    &b->in,     &b->gate,  &b->out,   &b->b_in,
                                          &b->b_out, &b->gain1, &b->shift1, &b->gain2, &b->shift2};

        for (size_t i = 0; i < sizeof all / sizeof *all; i++)
            mark(read, checkpoint, all[i]->tensor);
    }
    mark(read, checkpoint, model->embed.tensor);
    mark(read, checkpoint, model->position.tensor);
    mark(read, checkpoint, model->unembed.tensor);
    mark(read, checkpoint, model->gain.tensor);
    mark(read, checkpoint, model->shift.tensor);
    mark(read, checkpoint, model->copy);
}

/* A weight that is not read belongs to another network, with other symmetries: a normalization of queries,
   layers besides the chain. Single numbers (constants of ONNX) and masks are not. */
static cst_status_t
check_tensors(const cst__model_t model, const cst_io_checkpoint_t checkpoint, cst_error_t *error)
{
    char *read = flint_calloc((size_t) checkpoint->length + 1, 1);
    cst_status_t status = CST_OK;

    mark_all(read, checkpoint, model);
    for (slong i = 0; i < checkpoint->length && status == CST_OK; i++)
    {
        cst_io_tensor_t t = checkpoint->tensors + i;
        int statistics = strstr(t->name, "running_mean") || strstr(t->name, "running_var");

        if (read[i] && t->type > CST_IO_BF16)
            status = cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                             "tensor '%.200s' holds %s, which are no weights", t->name,
                                             cst_io_type_word(t->type));
        else if (!read[i] && (cst__is_weight(t) || statistics))
            status = cst__io_checkpoint_fail(
                checkpoint, error, CST_REFUSED,
                "tensor '%.200s' is no part of the %s that was recognized: the symmetries "
                "of the whole are not known",
                t->name,
                model->family == OBS_CHAIN ? "chain of linear layers, convolutions and BatchNorm"
                                           : "transformer");
    }
    flint_free(read);
    return status;
}

cst_status_t
cst__model_init(cst__model_t model, const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                cst_error_t *error)
{
    cst_status_t status;

    memset(model, 0, sizeof *model);
    model->family = cst__model_is_transformer(checkpoint) ? OBS_TRANSFORMER : OBS_CHAIN;
    read_activation(model, settings);
    read_epsilon(model, settings);
    status = model->family == OBS_CHAIN ? cst__model_chain(model, checkpoint, settings, error)
                                        : cst__model_transformer(model, checkpoint, settings, error);
    if (status == CST_OK)
        status = check_tensors(model, checkpoint, error);
    if (status != CST_OK)
        cst__model_clear(model);
    return status;
}

void
cst__model_clear(cst__model_t model)
{
    for (slong i = 0; i < model->links; i++)
        flint_free(model->link[i].name);
    flint_free(model->link);
    flint_free(model->block);
    memset(model, 0, sizeof *model);
}
