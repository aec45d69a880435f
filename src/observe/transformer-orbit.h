/* observe/transformer-orbit.h -- a transformer's parts as groups move them. Internal. */
#ifndef CST_OBSERVE_TRANSFORMER_ORBIT_H
#define CST_OBSERVE_TRANSFORMER_ORBIT_H

#include "observe/orbit.h"
#include "observe/transformer.h"

/* The least norm of a transformer over all its continuous symmetries at once. Where the stream is normalized,
   each gain belongs to what reads after it: a block's attention and its units are two problems of their own.
   Where it is not, its basis is free, and moves all blocks. What constants can do is done before: shifts of
   normalizations count as biases of what reads after them, biases of values as biases of outputs, those of
   keys (not rotary) are taken off, words, positions and logits have the best constants. */
typedef struct
{
    cst__seen_t *v;
    const cst__model_struct *model;
    cst__orbit_struct *orbit;
    int readers; /* does the stream move what reads? */
    int writers;
    const double *gain; /* or NULL; rows that a gain of 0 hides count as 0 */
} cst__part_t;

/* An entry, known up to the radius and a rounding of its own. */
void cst__part_put(cst__side_struct *side, slong row, slong col, double x, double radius);

/* A side of its own: nothing but the stream moves it. */
cst__side_struct *cst__part_loose(const cst__part_t *b, cst__stream_t stream, slong extra, slong cols);

/* Stack n: rows from, from + 1, ... of what writes, turned. */
void cst__part_put_writer(cst__side_struct *side, const cst__part_t *b, slong n, const cst__mat_t w,
                          slong from);

/* A block's attention, and what it writes in any case (1 x width, initialized here): biases of outputs, with
   what those of values come to. Its units. */
void cst__part_add_heads(const cst__part_t *b, const cst__block_t *block, cst__mat_t constant);
void cst__part_add_units(const cst__part_t *b, const cst__block_t *block);

#endif
