/* observe/model.h -- what a checkpoint's tensors are to its network. Internal. */
#ifndef CST_OBSERVE_MODEL_H
#define CST_OBSERVE_MODEL_H

#include <caustic/observe.h>

#include "io/storage.h"

typedef enum
{
    OBS_CHAIN,      /* layers one after the other: multi-layer perceptrons, plain convolutional networks */
    OBS_TRANSFORMER /* blocks that write to a residual stream */
} cst__family_t;

/* What an activation leaves of the rescalings of a unit. */
typedef enum
{
    OBS_LINEAR,      /* all of GL(h) */
    OBS_HOMOGENEOUS, /* positive factors: relu, leaky relu */
    OBS_ODD,         /* signs: tanh, sin */
    OBS_PLAIN        /* none: permutations only */
} cst__activation_t;

typedef enum
{
    OBS_NO_NORM,
    OBS_LAYER_NORM,
    OBS_RMS_NORM
} cst__norm_t;

/* A layer y = weight x + bias of a chain. The weight is [out, in, taps]: a convolution's window, or the
   places of a channel that was flattened. Batch normalization follows where variance is not NULL. */
typedef struct
{
    char *name;
    slong out, in, taps;
    cst_io_tensor_t weight, bias, gain, shift, mean, variance;
} cst__link_t;

/* Entry (i, j) of head h stands at start + h head + i row + j col of the tensor. */
typedef struct
{
    cst_io_tensor_t tensor; /* NULL: there is none */
    slong start, head, row, col;
} cst__view_t;

/* Matrices act on row vectors: x W + b. */
typedef struct
{
    cst__view_t q, k, v, o;     /* per head: width x key, width x key, width x value, value x width */
    cst__view_t bq, bk, bv, bo; /* per head: 1 x key, ...; bo: 1 x width */
    cst__view_t in, gate, out;  /* width x units, width x units, units x width */
    cst__view_t b_in, b_out;
    cst__view_t gain1, shift1, gain2,
        shift2; /* of the normalizations before attention and units: 1 x width */
} cst__block_t;

typedef struct
{
    cst__family_t family;
    cst__activation_t activation;
    int catalogued; /* the activation as cst_arch_activation_t; -1: it is none of those, or assumed */
    int assumed;    /* the activation is not written anywhere */
    unsigned group; /* OBS_RESPECTS_... of all symmetries of the family that are known */
    double epsilon; /* of batch normalization */
    /* a chain */
    slong links;
    cst__link_t *link;
    /* a transformer */
    slong blocks, width, heads, groups, key, value, units, words, outputs, positions;
    cst__norm_t norm;
    int rotary; /* 0: none, 1: pairs (j, j + key/2), 2: pairs (2j, 2j + 1) */
    int gated;
    cst__block_t *block;
    cst__view_t embed, position, unembed; /* words x width, positions x width, outputs x width */
    cst__view_t gain, shift;              /* of the last normalization */
    cst_io_tensor_t copy; /* an unembedding that repeats the embedding it is tied to, or NULL */
} cst__model_struct;
typedef cst__model_struct cst__model_t[1];

/* Recognizes the family from the names and shapes; what those do not say comes from settings (NULL, or a
   mapping). CST_REFUSED with the reason if the network is not understood, as where it has a weight that is no
   part of the family; nothing is left to clear. */
cst_status_t cst__model_init(cst__model_t model, const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                             cst_error_t *error);
void cst__model_clear(cst__model_t model);

/* Parts of it. */
cst_status_t cst__model_chain(cst__model_t model, const cst_io_checkpoint_t checkpoint,
                              cst_io_node_t settings, cst_error_t *error);
cst_status_t cst__model_transformer(cst__model_t model, const cst_io_checkpoint_t checkpoint,
                                    cst_io_node_t settings, cst_error_t *error);

/* Floating-point numbers that are trained, by type and name: neither counters nor single constants,
   running statistics, masks and tables of angles. */
int cst__is_weight(cst_io_tensor_t tensor);

/* Is one of the tensors named so that it must be a transformer? */
int cst__model_is_transformer(const cst_io_checkpoint_t checkpoint);

/* A setting under any of its names (ended by NULL), or NULL. */
const char *cst__setting(cst_io_node_t settings, const char *const *names);

#endif
