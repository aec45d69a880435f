/* problem/network.h -- a problem given by an architecture and its data, on the way to a quotient problem. */
#ifndef CST_PROBLEM_NETWORK_H
#define CST_PROBLEM_NETWORK_H

#include <caustic/arch.h>

#include "problem/draft.h"

#define CST__NETWORK_MAX_BLOCKS 16

/* Matrices X and Y of n rows, by their entries (parameters, by rows), with (X, Y) -> (g X, g^-T Y) for g in
   GL(n); or pairs of rows x and y with (x, y) -> (a x, y/conj(a)), a complex. */
typedef struct
{
    int complex;
    slong n, columns[2];
    slong *entry[2];
    int side;        /* X or Y, of which ... */
    slong chosen[4]; /* ... column chosen[i] becomes column i of the identity; of a pair, (1, 0) */
} cst__network_block_t;

/* theta_a -> theta_a + t for all members: their differences to the last one, the pivot, stay. */
typedef struct
{
    slong *members, length;
} cst__network_shift_t;

enum
{
    CST__PINNED_ONE = 1,
    CST__PINNED_ZERO
};

/* Of the parameters of the network some may be fixed; the others are the parameters of the problem.
   Its symmetries are blocks, shifts and scalings, theta_a -> exp(t_r E_ra) theta_a in generator r, with E in
   reduced echelon form: the pivots of E are parameters of which each generator moves one. Every orbit on
   which no pivot vanishes has one point where all pivots are +-1; the other parameters at that point are the
   coordinates of the quotient. */
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

    cst__network_block_t blocks[CST__NETWORK_MAX_BLOCKS];
    slong block_count;
    cst__network_shift_t *shifts;
    slong shift_count;
    int *in_block;   /* by parameter */
    slong *in_shift; /* by parameter: 1 + a shift, or 0 */
    int *pinned;     /* by parameter: set to 1 or 0 by a block or a shift, or 0 */

    slong dimension; /* n: the parameters that are neither pivots nor pinned */
    slong *free;     /* those parameters */
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

/* The data; its scalings, the coordinates and the domain; its loss. */
cst_status_t cst__network_data(cst__network_t *net);
cst_status_t cst__network_gauge(cst__network_t *net);
cst_status_t cst__network_domain(cst__network_t *net);
cst_status_t cst__network_loss(cst__network_t *net);

/* network-symmetry.c: the scalings, shifts and blocks; moves the given point to where the pivots of shifts
 * are 0. */
cst_status_t cst__network_symmetries(cst__network_t *net);
void cst__network_shift_around(cst__network_t *net);

/* network-block.c: a block from `length` generators of a symmetry, from k on (0: they are no block); its
   gauge; the coordinate that stands for a parameter, or NULL; what its gauge needs positive; its metric and
   generators. */
int cst__network_read_block(cst__network_t *net, slong symmetry, slong k, slong length);
cst_status_t cst__network_choose_blocks(cst__network_t *net, const int *named, cst_io_node_t gauge);
cst_expr_t cst__network_block_coordinate(const cst__network_t *net, slong a);
cst_expr_t cst__network_block_volume(const cst__network_t *net, const cst__network_block_t *block);
cst_expr_t cst__network_block_metric(cst__network_t *net, const cst__network_block_t *block);
slong cst__network_block_dimension(const cst__network_block_t *block);
void cst__network_block_field(cst_expr_t *field, const cst__network_t *net, const cst__network_block_t *block,
                              slong k);

/* A parameter less the pivot of its shift; the differential of a parameter. */
cst_expr_t cst__network_reduced(const cst__network_t *net, slong a);
cst_expr_t cst__network_differential(cst__network_t *net, slong a);

/* A generator E_r scales one group of parameters by a power alpha > 0, the other by -beta < 0; groups of
   different generators have nothing in common. */
typedef struct
{
    fmpq *rate;         /* alpha, beta; 0: an empty group */
    cst_expr_t sums[2]; /* of the squares of the parameters of each group */
    cst_expr_t here[2]; /* the same where the pivots are +-1 */
} cst__network_balance_t;

/* network-metric.c: the groups of generator r. CST_REFUSED where they are not as said. */
cst_status_t cst__network_balance(cst__network_balance_t *balance, cst__network_t *net, slong r);
/* sum_a f_a dtheta_a^2, invariant; over N for a mean-field network */
cst_expr_t cst__network_metric(cst__network_t *net, const cst__network_balance_t *balances);
/* Where <theta, E_r theta> = 0 on the orbit of a point of the gauge: theta_a = gauge_a prod_r lambda_r^E_ra
   with lambda_r = (beta N/(alpha P))^(1/(2 (alpha + beta))). In the section, names[r] stands for scales[r],
   the square root of beta N/(alpha P). */
cst_status_t cst__network_balanced_section(cst_expr_t *section, cst_expr_t *names, cst_expr_t *scales,
                                           cst__network_t *net, const cst__network_balance_t *balances);

/* The text of the quotient problem. */
cst_status_t cst__network_write(cst__text_t *text, cst__network_t *net);

/* The problem of a tree with `architecture`, written out as a quotient problem: a text that the caller frees.
 */
cst_status_t cst__network_expand(cst__text_t *text, cst_io_yaml_struct *yaml, cst_problem_purpose_t purpose,
                                 cst_error_t *error);

#endif
