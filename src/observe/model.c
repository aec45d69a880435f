#include "config.h"

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
                   {"leaky-relu", OBS_HOMOGENEOUS, CST_ARCH_LEAKY_RELU},
                   {"leakyrelu", OBS_HOMOGENEOUS, CST_ARCH_LEAKY_RELU},
                   {"tanh", OBS_ODD, CST_ARCH_TANH},
                   {"sin", OBS_ODD, CST_ARCH_SIN},
                   {"erf", OBS_ODD, -1},
                   {"softsign", OBS_ODD, -1},
                   {"arctan", OBS_ODD, -1},
                   {"sigmoid", OBS_PLAIN, CST_ARCH_SIGMOID},
                   {"gelu", OBS_PLAIN, CST_ARCH_GELU},
                   {"gelu_new", OBS_PLAIN, CST_ARCH_GELU},
                   {"gelu_fast", OBS_PLAIN, CST_ARCH_GELU},
                   {"gelu_pytorch_tanh", OBS_PLAIN, CST_ARCH_GELU},
                   {"silu", OBS_PLAIN, CST_ARCH_SILU},
                   {"swish", OBS_PLAIN, CST_ARCH_SILU},
                   {"softplus", OBS_PLAIN, CST_ARCH_SOFTPLUS},
                   {"exp", OBS_PLAIN, CST_ARCH_EXP},
                   {"relu6", OBS_PLAIN, CST_ARCH_RELU6}};

static void
read_activation(cst__model_t model, cst_io_node_t settings)
{
    static const char *const names[] = {"activation", "activation_function", "hidden_act", "act_fn", NULL};
    const char *word = cst__setting(settings, names);

    model->assumed = !word;
    model->catalogued = -1;
    model->activation = OBS_PLAIN; /* what is not known of a word is claimed of none: permutations remain */
    for (size_t i = 0; word && i < sizeof activations / sizeof *activations; i++)
        if (strcmp(word, activations[i].word) == 0)
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
