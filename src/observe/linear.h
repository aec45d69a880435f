/* observe/linear.h -- linear networks: their products, and distances between balanced factors. Internal. */
#ifndef CST_OBSERVE_LINEAR_H
#define CST_OBSERVE_LINEAR_H

#include "observe/chain.h"

/* The product of all links at the weights as given (C = 1), initialized here. With inner biases, those of
   hidden layers act on one more input, which is 1; with all biases those of the outputs too. */
typedef enum
{
    OBS_NO_BIAS,
    OBS_INNER_BIASES,
    OBS_ALL_BIASES
} cst__biases_t;

void cst__linear_product(cst__mat_t p, const cst__chain_t chain, const cst__balance_t given,
                         cst__biases_t biases);

/* Are there no windows? */
int cst__is_dense(const cst__chain_t chain);

/* The least Frobenius distance between factors of a and of b, `factors` > 2 each, all of least norm, with
   `narrow` units in the narrowest hidden layer: a ball from a lower to an upper bound. */
void cst__deep_distance(arb_t distance, const cst__mat_t a, const cst__mat_t b, slong narrow, slong factors);

/* Their parts. a = u diag(s) v' with the leading singular values, at most limit of them: what LAPACK
   returned, with nothing proved; 0: it failed. u, s and v are initialized here in any case. */
int cst__approximate(cst__mat_t u, double **s, cst__mat_t v, const cst__mat_t a, slong limit);

/* Bounds of ||u diag(s) v' - a||_F, and of ||q'q - 1||_F for what is in q (infinite unless it is small). */
double cst__residual_of(const cst__mat_t u, const double *s, const cst__mat_t v, const cst__mat_t a);
double cst__defect_of(const cst__mat_t q);

/* min over orthogonal Q of ||a Q - b||_F; their errors are set to 0. */
void cst__procrustes(arb_t distance, cst__mat_t a, cst__mat_t b);

/* Adds the squared distance between the biases of the outputs of two chains. */
void cst__add_output_biases(arb_t square, const cst__chain_struct *a, const cst__chain_struct *b);

#endif
