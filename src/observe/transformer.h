/* observe/transformer.h -- what the observers of a transformer's parts share. Internal. */
#ifndef CST_OBSERVE_TRANSFORMER_H
#define CST_OBSERVE_TRANSFORMER_H

#include "observe/fold.h"
#include "observe/state.h"

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

/* Adds the squared Frobenius norm. */
void cst__add_square(arb_t sum, const cst__mat_t a);

/* The rows of a block's attention, and of its units; their least squared norms are added to v->least. */
void cst__observe_heads(cst__seen_t *v, const cst__block_t *b);
void cst__observe_units(cst__seen_t *v, const cst__block_t *b);

#endif
