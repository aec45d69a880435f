#include "config.h"

#include <stdlib.h>
#include <string.h>

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

static int
is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return 1;
    return 0;
}

/* What is not known of a word is claimed of none: permutations remain. */
static cst__activation_t
activation_of(const char *word)
{
    static const char *const linear[] = {"identity", "linear", "none", NULL},
                             *const homogeneous[] = {"relu", "leaky_relu", "leaky-relu", "leakyrelu", NULL},
                             *const odd[] = {"tanh", "sin", "erf", "softsign", "arctan", NULL};

    return is_one_of(word, linear)        ? OBS_LINEAR
           : is_one_of(word, homogeneous) ? OBS_HOMOGENEOUS
           : is_one_of(word, odd)         ? OBS_ODD
                                          : OBS_PLAIN;
}

static void
read_activation(cst__model_t model, cst_io_node_t settings)
{
    static const char *const names[] = {"activation", "activation_function", "hidden_act", "act_fn", NULL};
    const char *word = cst__setting(settings, names);

    model->assumed = !word;
    if (word)
        model->activation = activation_of(word);
    else /* of the layouts that are read, transformers use gelu or silu, all others relu as a rule */
        model->activation = model->family == OBS_CHAIN ? OBS_HOMOGENEOUS : OBS_PLAIN;
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
