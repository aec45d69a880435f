/* observe/transformer.h -- what the observers of a transformer's parts share. Internal. */
#ifndef CST_OBSERVE_TRANSFORMER_H
#define CST_OBSERVE_TRANSFORMER_H

#include "observe/fold.h"
#include "observe/state.h"
#include "observe/vertical.h"

#define HEADS (CST_OBSERVE_PERMUTATIONS | CST_OBSERVE_LINEAR | CST_OBSERVE_SHIFTS)
#define ALL (HEADS | CST_OBSERVE_RESCALINGS | CST_OBSERVE_SIGNS | CST_OBSERVE_GAINS | CST_OBSERVE_BASIS)

typedef struct
{
    const cst__sink_t *sink;
    const cst__model_struct *model;
    cst__loader_t *loader;
    cst__mat_t words;  /* what the stream holds: centred words, and their mean plus each position */
    cst__mat_t logits; /* the centred unembedding, normalization folded */
    arb_t least;       /* squared norms, summed over what has been seen */
    arb_t raw;
    char name[64];
} cst__seen_t;

/* What norms and spectra of folded weights respect. */
unsigned cst__of_weights(const cst__seen_t *v);

/* respects, less what activations leave units besides permutations and one scale: a second scale behind a
   homogeneous gate, any mixing of linear units. */
unsigned cst__of_units(unsigned respects, const cst__model_struct *m);

/* Adds the squared Frobenius norm. */
void cst__add_square(arb_t sum, const cst__mat_t a);

/* Rows that stand for the places of words: their mean plus each learned position, or the mean times the root
   of the number of words. */
void cst__load_places(cst__mat_t more, const cst__seen_t *v, const cst__mat_t mean);

/* v->logits from the centred unembedding: its normalization folded. */
void cst__load_logits(cst__seen_t *v, const cst__mat_t centred);

/* Queries and keys of each group of heads, seen by the words, without rotation (qk), and what they write,
   from words to logits (vo); arrays of as many pairs as groups, initialized here. */
void cst__seen_pairs(cst__pairing_struct *qk, cst__pairing_struct *vo, const cst__seen_t *v,
                     const cst__block_t *b);

/* Distances on the quotient between two checkpoints of one network. */
void cst__observe_transformer_distance(const cst__sink_t *sink, const cst_io_checkpoint_t now,
                                       const cst__model_struct *model, const cst_io_checkpoint_t before,
                                       const cst__model_struct *model_before);

/* The least norm over all continuous symmetries at once; where that takes long, only if the sink says so. */
void cst__observe_transformer_orbit(cst__seen_t *v, const cst_io_checkpoint_t checkpoint);

/* The rows of a block's attention, and of its units; their least squared norms are added to v->least. */
void cst__observe_heads(cst__seen_t *v, const cst__block_t *b);
void cst__observe_units(cst__seen_t *v, const cst__block_t *b);

/* The least norm of a gain and its readers, as they are given (count matrices, width x any), over rescalings
   of the gain; nothing where there is none. */
void cst__observe_gain(const cst__seen_t *v, const char *observable, cst__view_t gain,
                       const cst__mat_struct *const *readers, int count, unsigned respects);

#endif
