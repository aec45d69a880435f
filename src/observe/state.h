/* observe/state.h -- what a run remembers of the checkpoint before. Internal. */
#ifndef CST_OBSERVE_STATE_H
#define CST_OBSERVE_STATE_H

#include "observe/chain.h"
#include "observe/table.h"

struct cst_observe_run
{
    cst_io_node_t settings;
    slong count; /* of checkpoints so far */
    slong step;  /* of the last */
    int all;     /* what takes long, too */
    /* of a chain, or NULL */
    cst__chain_struct *chain;
    cst__balance_struct *balance;
    slong layers;            /* hidden ones */
    cst__mat_struct *moment; /* of the first checkpoint: the moment map at each hidden layer */
    cst__mat_struct *secant; /* what the steps so far should have moved it by */
    /* of a transformer */
    cst_io_checkpoint_struct *before; /* a copy, or NULL: there is none, or it was too large */
    slong firsts;
    cst__mat_struct *first; /* moment maps of the first checkpoint: of each pairing, of the units */
};

/* Squared norm of all weights; an unembedding tied to the embedding is the same one. */
void cst__weights_square(arb_t square, const cst_io_checkpoint_t checkpoint, const cst__model_t model);

/* The observables of one checkpoint. */
void cst__observe_chain(const cst__sink_t *sink, struct cst_observe_run *run,
                        const cst_io_checkpoint_t checkpoint, const cst__model_t model);
void cst__observe_transformer(const cst__sink_t *sink, const cst_io_checkpoint_t checkpoint,
                              const cst__model_t model);

/* What compares a chain with the one before; the run keeps both arguments. */
void cst__observe_chain_step(const cst__sink_t *sink, struct cst_observe_run *run, const cst__model_t model,
                             cst__chain_struct *chain, cst__balance_struct *least);
void cst__observe_run_forget(struct cst_observe_run *run);

/* The same of linear networks: of their products, and of two factors. */
void cst__observe_linear_distance(const cst__sink_t *sink, const struct cst_observe_run *run,
                                  const cst__chain_struct *chain);

/* The same of a transformer; the run keeps a copy of the checkpoint. */
void cst__observe_transformer_step(const cst__sink_t *sink, struct cst_observe_run *run,
                                   const cst_io_checkpoint_t checkpoint, const cst__model_t model);
void cst__observe_transformer_forget(struct cst_observe_run *run);

/* The least sum of cost[i n + j] over assignments i -> j; sets match[i] = j, and a lower bound for the least
   sum of costs that are exact up to the factor 1 +- relative. */
double cst__assign(slong *match, const double *cost, slong n, double relative);

#endif
