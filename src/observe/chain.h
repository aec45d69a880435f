/* observe/chain.h -- a chain of layers in doubles, and its rescalings. Internal.

   Units of a hidden layer may be rescaled: incoming weights and bias times c, outgoing ones divided by c.
   With C = c^2, the squared norm along the orbit is f(C) = sum over weights w^2 C_head / C_tail, convex in
   log C (inputs and outputs have C = 1). */
#ifndef CST_OBSERVE_CHAIN_H
#define CST_OBSERVE_CHAIN_H

#include "observe/matrix.h"
#include "observe/model.h"

/* Batch normalization is folded: the weights of a layer with it are those of evaluation mode. Link e leads
   from layer e to layer e + 1; layer 0 are the inputs. */
typedef struct
{
    slong links;
    slong *size;          /* of the layers 0, ..., links */
    slong *taps;          /* of the links */
    double **weight;      /* [e]: size[e+1] x size[e] x taps[e] */
    double **bias;        /* [e]: size[e+1], zeros if there is none */
    double **square;      /* [e]: size[e+1] x size[e], squares summed over the taps */
    double **biased;      /* [e]: squares of the biases */
    double **blur;        /* [e]: bounds for the absolute errors of the biases */
    double relative;      /* bound for the relative error of each entry of weight */
    double relative_bias; /* the same for the squares of the biases */
    int folded, has_bias, finite;
} cst__chain_struct;
typedef cst__chain_struct cst__chain_t[1];

void cst__chain_init(cst__chain_t chain, const cst__model_t model);
void cst__chain_clear(cst__chain_t chain);

/* Relative error of the sums over the entries at a unit, of all that enter or leave a layer. */
double cst__chain_relative(const cst__chain_t chain);

/* A representative of minimal norm, up to proved bounds. */
typedef struct
{
    slong layers;  /* hidden ones are 1, ..., layers - 1 */
    double **c;    /* [layer]: C of its units; 1 for inputs and outputs */
    double *far;   /* [layer]: bound of |log C - log C*| / 2; infinite if not known */
    arb_t square;  /* the least squared norm */
    int minimized; /* else C = 1, exactly */
    slong dead;    /* units without input or output: the infimum is not attained */
} cst__balance_struct;
typedef cst__balance_struct cst__balance_t[1];

void cst__balance_init(cst__balance_t balance, const cst__chain_t chain); /* C = 1 */
void cst__balance_clear(cst__balance_t balance);

/* Finds the minimum over all rescalings. Units without input or output are cut off: their squares become 0.
 */
void cst__balance_minimize(cst__balance_t balance, cst__chain_t chain);

/* The weights of link e at C, as a matrix size[e+1] x (size[e] taps[e]). */
void cst__balance_weight(cst__mat_t w, slong e, const cst__balance_t balance, const cst__chain_t chain);

/* The squared norm at C. */
void cst__balance_norm(arb_t square, const cst__balance_t balance, const cst__chain_t chain);

/* The Gram matrix G of the orbit map at C as D^(1/2) S D^(1/2), S with unit diagonal: d[layer][unit], and
   y = S x for vectors over the hidden units, layer after layer. */
void cst__gram_diagonal(double *d, const cst__balance_t balance, const cst__chain_t chain);
void cst__gram_apply(double *y, const double *x, const double *d, const cst__balance_t balance,
                     const cst__chain_t chain);

/* A lower bound > 0 for the least eigenvalue of S, or 0 if none was found. */
double cst__gram_least(const double *d, const cst__balance_t balance, const cst__chain_t chain);

/* x with S x = b up to a residual of this Euclidean norm at most (conjugate gradients). */
void cst__gram_solve(double *x, const double *b, const double *d, const cst__balance_t balance,
                     const cst__chain_t chain);

/* log of the density of the orbit's volume, 1/2 log det G, at C. */
void cst__gram_log_volume(arb_t volume, const cst__balance_t balance, const cst__chain_t chain);

/* Hidden units in all. */
slong cst__chain_units(const cst__chain_t chain);

#endif
