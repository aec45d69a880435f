/* arch/reverse.h -- values and derivatives of tapes in four arithmetics, by sweeping back from an output. */
#ifndef CST_ARCH_REVERSE_H
#define CST_ARCH_REVERSE_H

#include <caustic/tape.h>

/* In each of them: `values` and the partial derivatives to both arguments, one for each operation; then the
   gradient of one output to all inputs. */

/* Floating point: guides, proves nothing. */
void cst__reverse_double(double *values, double *left, double *right, const cst_tape_t tape,
                         const double *inputs);
void cst__reverse_double_gradient(double *gradient, double *adjoint, const double *left, const double *right,
                                  const cst_tape_t tape, slong output);

/* Balls. */
void cst__reverse_arb(arb_ptr values, arb_ptr left, arb_ptr right, const cst_tape_t tape, arb_srcptr inputs,
                      slong prec);
void cst__reverse_arb_gradient(arb_ptr gradient, arb_ptr adjoint, arb_srcptr left, arb_srcptr right,
                               const cst_tape_t tape, slong output, slong prec);

/* Numbers centre + rest, within a bound of the true one. What returns int returns 0 if a ball is not finite;
   the gradient is that of the sum of seeds[k] times output k. */
typedef struct
{
    double centre, rest, bound; /* centre is centre + rest rounded to nearest */
} cst__bounded_t;

int cst__bounded_set_arb(cst__bounded_t *b, const arb_t x);
/* sum += a d. The bound is to be increased by 2^-12 of it in the end, after at most 2^40 operations. */
void cst__bounded_addmul(cst__bounded_t *sum, const cst__bounded_t *a, const cst__bounded_t *d);
int cst__reverse_bounded(cst__bounded_t *left, cst__bounded_t *right, const cst_tape_t tape,
                         arb_srcptr inputs, slong prec);
void cst__reverse_bounded_gradient(cst__bounded_t *gradient, cst__bounded_t *adjoint,
                                   const cst__bounded_t *left, const cst__bounded_t *right,
                                   const cst_tape_t tape, const double *seeds);

/* A rational number modulo a prime; 0 if that divides its denominator. */
int cst__rational_mod(ulong *value, const fmpq_t q, nmod_t mod);

/* Integers modulo a prime. A function that is not rational is taken as unknown: its value at each argument is
   a number that the seed and the argument determine, and only its differential equation holds (exp' = exp,
   log' = 1/x, x (x^q)' = q x^q, sin' = cos, cos' = -sin, ...). What is zero in this sense is zero for the
   true functions, but for a chance of about degree/p. Returns 0 if a divisor was 0: try another point. */
int cst__reverse_mod(ulong *values, ulong *left, ulong *right, const cst_tape_t tape, const ulong *inputs,
                     nmod_t mod, ulong seed);
void cst__reverse_mod_gradient(ulong *gradient, ulong *adjoint, const ulong *left, const ulong *right,
                               const cst_tape_t tape, slong output, nmod_t mod);

#endif
