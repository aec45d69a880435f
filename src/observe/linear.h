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

/* The least Frobenius distance between factors of a and of b, two each over this many hidden units, both of
   least norm. */
void cst__balanced_distance(arb_t distance, const cst__mat_t a, const cst__mat_t b, slong hidden);

/* Adds the squared distance between the biases of the outputs of two chains. */
void cst__add_output_biases(arb_t square, const cst__chain_struct *a, const cst__chain_struct *b);

#endif
