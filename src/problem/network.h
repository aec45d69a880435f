/* problem/network.h -- a problem given by an architecture and its data, on the way to a quotient problem. */
#ifndef CST_PROBLEM_NETWORK_H
#define CST_PROBLEM_NETWORK_H

#include <caustic/arch.h>

#include "problem/draft.h"

/* Of the parameters of the network some may be fixed; the others are the parameters of the problem.
   Its symmetries are scalings, theta_a -> exp(t_r E_ra) theta_a in generator r, with E in reduced echelon
   form: the pivots of E are parameters of which each generator moves one. Every orbit on which no pivot
   vanishes has one point where all pivots are +-1; the other parameters at that point are the coordinates of
   the quotient. */
typedef struct
{
    cst__draft_t *draft; /* memory, context, errors */
    cst_arch_struct *arch;
    cst_expr_t *everything; /* every parameter of the network: a variable, or the number it is fixed at */
    cst_expr_t *all;        /* the same, all variables */

    slong count;  /* D */
    slong *index; /* in the network */
    const char **names;
    cst_expr_t *values;

    slong rows, input_size, target_size;
    fmpq *inputs, *targets;

    fmpq *around; /* the given point, or NULL */
    slong rank;
    fmpq *weights;   /* rank x D: the generators as the architecture lists them */
    fmpq *exponents; /* rank x D: E */
    slong *pivots;   /* by generator */
    int *signs;      /* of the pivots */
    int *is_pivot;   /* by parameter: 1 + its generator, or 0 */

    slong dimension; /* n = D - rank */
    slong *free;     /* the parameters that are no pivots */
    const char **coordinates;
    cst_expr_t *coordinate_values;
    cst_expr_t *invariants; /* n: in the parameters */
    cst_expr_t *gauge;      /* D: in the coordinates */
    fmpq *lower, *upper;    /* the domain, or NULL */

    cst_expr_t loss;                     /* in the parameters, or NULL */
    struct cst__network_vector *vectors; /* of rationals, to be cleared */
} cst__network_t;

fmpq *cst__network_rationals(cst__network_t *net, slong length);
/* A rational number at a node. */
cst_status_t cst__network_rational(fmpq_t value, cst__network_t *net, cst_io_node_t node);

/* The network and what is fixed of it; its data; its scalings, the coordinates and the domain; its loss. */
cst_status_t cst__network_parameters(cst__network_t *net);
cst_status_t cst__network_data(cst__network_t *net);
cst_status_t cst__network_gauge(cst__network_t *net);
cst_status_t cst__network_domain(cst__network_t *net);
cst_status_t cst__network_loss(cst__network_t *net);
/* Replaces every relu, abs, step and sign in the outputs by what it is on all of the domain, or refuses. */
cst_status_t cst__network_branches(cst_expr_t *outputs, cst__network_t *net, slong count, cst_io_node_t node);

/* The text of the quotient problem. */
cst_status_t cst__network_write(cst__text_t *text, cst__network_t *net);

/* The problem of a tree with `architecture`, written out as a quotient problem: a text that the caller frees.
 */
cst_status_t cst__network_expand(cst__text_t *text, cst_io_yaml_struct *yaml, cst_problem_purpose_t purpose,
                                 cst_error_t *error);

#endif
