/* arch/rank.h -- a certified rank of the Jacobian of a network at many inputs. */
#ifndef CST_ARCH_RANK_H
#define CST_ARCH_RANK_H

#include <caustic/arch.h>

/* The function at one batch of inputs, as a program in the parameters. */
typedef struct
{
    slong count, room;
    cst_tape_struct *tapes;
    slong rows; /* outputs of all of them */
} cst__samples_t;

/* The next number of SplitMix64, below n if that is not 0. */
ulong cst__arch_draw(ulong *state, ulong n);

/* A certified lower bound of the rank at some point, at most `most`. A floating-point elimination chooses a
   square part, balls certify that it is invertible. */
slong cst__arch_certified_rank(const cst__samples_t *samples, slong parameters, slong most, ulong *state);

/* The same at given parameters. */
slong cst__arch_certified_rank_at(const cst__samples_t *samples, const double *weights, slong parameters,
                                  slong most);

/* verify.c: another random input, or a batch of them; until there are enough for these parameters. */
cst_status_t cst__arch_add_samples(cst__samples_t *samples, const cst_arch_t arch, ulong *state,
                                   cst_error_t *error);
void cst__arch_samples_clear(cst__samples_t *samples);

/* The program of the parameters and the input (forward.h: cst__arch_forward_open), differences under softmax.
 */
cst_status_t cst__arch_compile_open(cst_tape_t tape, const cst_arch_t arch, cst_error_t *error);

/* Hands every generator to use, with the program of its coefficients from the parameters, until that returns
 * 0. */
typedef int (*cst__use_generator_t)(void *data, const cst_tape_t tape, const cst_arch_generator_t generator);
int cst__arch_each_generator(const cst_arch_t arch, cst__use_generator_t use, void *data);

/* Sets check->independent, check->invariant and what failed. */
void cst__arch_check_generators(cst_arch_check_t *check, const cst_arch_t arch, const cst__samples_t *samples,
                                ulong *state);

#endif
