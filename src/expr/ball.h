/* expr/ball.h -- balls of the functions that Arb has not, or not as narrow. */
#ifndef CST_EXPR_BALL_H
#define CST_EXPR_BALL_H

#include <caustic/flint.h>

/* x^q with the conventions of expressions: q not an integer needs x >= 0. An even power of a
   ball around zero does not reach below zero. */
void cst__ball_power(arb_t result, const arb_t x, const fmpq_t q, slong prec);

/* 1 for x > 0, 0 for x < 0, else indeterminate. */
void cst__ball_step(arb_t result, const arb_t x);

#endif
