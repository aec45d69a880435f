/* caustic/observe.h -- observables of checkpoints that the symmetries of the network do not move.

   A network does not see all of its parameters: units can be permuted and rescaled, attention heads change
   their bases, and so on. Raw norms and spectra see them; what is observed here are functions on the
   quotient, each with a proved error bound: weights are exact binary numbers, and every rounding of what is
   computed from them is bounded.

   Conventions: a layer acts as y = W x + b in a chain, on row vectors in a transformer; sigma_i are singular
   values; the effective rank is exp of the entropy of sigma_i^2 / sum sigma^2, an effective number exp of the
   entropy of s_i^2 / sum s^2. */
#ifndef CAUSTIC_OBSERVE_H
#define CAUSTIC_OBSERVE_H

#include <caustic/checkpoint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The symmetries that a model has, or that a value respects. */
enum
{
    CST_OBSERVE_PERMUTATIONS = 1, /* of units, channels, heads */
    CST_OBSERVE_RESCALINGS = 2,   /* of units, and of weights before a batch normalization */
    CST_OBSERVE_SIGNS = 4,        /* of units with an odd activation */
    CST_OBSERVE_LINEAR = 8,  /* GL of linear hidden layers and of heads; what rotary positions leave of it */
    CST_OBSERVE_GAINS = 16,  /* gains of normalizations, moved into the next matrix */
    CST_OBSERVE_SHIFTS = 32, /* constants: of logits, of keys, between words and positions */
    CST_OBSERVE_BASIS = 64   /* of the residual stream: GL, or O where it is normalized */
};

typedef struct
{
    slong step;             /* -1: not known */
    char *layer;            /* as the tensors call it, or "network" */
    const char *observable; /* static */
    double value, error;    /* the true value lies within error of value; both NaN: not defined (see note) */
    double raw, raw_error;  /* the same of the given weights, where that differs; NaN: there is none */
    unsigned respects;      /* CST_OBSERVE_... */
    int invariant;          /* does it respect all symmetries of the model that are known? */
    const char *note;       /* static, or NULL */
} cst_observation_t;

typedef struct
{
    slong length;
    cst_observation_t *items;
    char *notes; /* what was assumed, a line each; NULL: nothing */
} cst_observe_table_struct;
typedef cst_observe_table_struct cst_observe_table_t[1];

CST_API void cst_observe_table_init(cst_observe_table_t table);
CST_API void cst_observe_table_clear(cst_observe_table_t table);

/* A sequence of checkpoints of one network, in the order of training. */
typedef struct cst_observe_run cst_observe_run_struct;
typedef cst_observe_run_struct *cst_observe_run_t;

/* settings: a mapping with what names and shapes do not say (activation, heads, learning rate, ...; see the
   manual), or NULL. It must outlive the run. */
CST_API cst_observe_run_t cst_observe_run_new(cst_io_node_t settings);
CST_API void cst_observe_run_free(cst_observe_run_t run);

/* all: also what takes much longer than reading the file where networks are large (0 at first). */
CST_API void cst_observe_run_demand(cst_observe_run_t run, int all);

/* Appends the observables of the next checkpoint to the table, and those that compare it with the one before:
   speeds, distances, drift of what gradient flow conserves. CST_REFUSED if the network is not understood. */
CST_API cst_status_t cst_observe_next(cst_observe_table_t table, cst_observe_run_t run,
                                      const cst_io_checkpoint_t checkpoint, slong step, cst_error_t *error);

/* "permutations, rescalings", or "none"; text has room for 128 bytes. */
CST_API void cst_observe_words(char *text, unsigned symmetries);

#ifdef __cplusplus
}
#endif

#endif
