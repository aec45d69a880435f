/* arch/given.h -- the ways to prove a census at given weights. */
#ifndef CST_ARCH_GIVEN_H
#define CST_ARCH_GIVEN_H

#include <caustic/arch.h>

/* Tells the caller how far it is; 0 if that is enough. */
int cst__given_go_on(cst_arch_proof_t *proof, const cst_arch_watch_t *watch,
                     const cst_arch_progress_t *progress);

/* Parameters of the largest network that is small enough for this. */
slong cst__given_bounded_most(void);

/* given-bounded.c: the rank in doubles with bounds, for networks of any functions. Expects proof->independent
   and sets rank, rows, idle and invariant. tape: of the parameters, then the input. */
void cst__given_bounded(cst_arch_proof_t *proof, const cst_arch_t arch, const cst_tape_t tape,
                        const double *weights, ulong seed, const cst_arch_watch_t *watch);

/* A certain lower bound of the rank of the generators at these weights, also where their entries are no
   rational numbers. */
slong cst__given_independent(const cst_arch_t arch, const double *weights);

/* given-test.c: do random sums of the generators annihilate random sums of the outputs at a random point
   modulo a prime near 2^61? Right but for a chance of about degree/2^61. */
cst_truth_t cst__given_annihilates(const cst_arch_t arch, const cst_tape_t tape, ulong seed);

/* verify-point.c: cst_arch_verify by cst_arch_prove at random weights. */
cst_status_t cst__verify_at_points(cst_arch_check_t *check, const cst_arch_t arch, ulong seed,
                                   cst_error_t *error);

#endif
