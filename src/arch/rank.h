/* arch/rank.h -- a certified rank of the Jacobian of a network at many inputs. */
#ifndef CST_ARCH_RANK_H
#define CST_ARCH_RANK_H

#include <caustic/tape.h>

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

#endif
