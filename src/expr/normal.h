/* expr/normal.h -- elements in normal form: fractions over generators, with exact arithmetic.

   An element is  N / (den * prod f_k^e_k):  N a polynomial with integer coefficients in the generators of
   its context, den > 0, the f_k irreducible polynomials from a table of the context. A generator is
     - free: a variable, pi, exp(u), log|p|, sin(u), atan(u), erf(u), or an expression without theory, or
     - algebraic, with the relation that its degree-th power is a polynomial in earlier generators:
       |p|^(1/n), cos(u) with cos^2 = 1 - sin^2, sign(p) with sign^2 = 1.
   N is reduced by the relations, and the f_k hold free generators only (denominators are rationalized).
   So elements form a free module over fractions in the free generators: an element is zero in this algebra
   if and only if N = 0. Every relation holds wherever the expressions are defined; hence N = 0 proves that
   the element vanishes, while N != 0 proves something only if the free generators are variables.

   No gcd is computed: a new denominator is factored once, on inversion; afterwards trial divisions by the
   f_k suffice, and only where a numerator can have become divisible. */
#ifndef CST_EXPR_NORMAL_H
#define CST_EXPR_NORMAL_H

#include <caustic/expr.h>

typedef struct
{
    fmpz_mpoly_struct num;
    fmpz den;
    slong *exponents; /* of the f_k in the denominator; those beyond `length` are 0 */
    slong length, alloc;
    int valid; /* 0: undefined, or too large to hold; catches on in every operation */
} cst__normal_struct;
typedef cst__normal_struct cst__normal_t[1];

typedef struct cst__normal_ctx cst__normal_ctx_struct;
typedef cst__normal_ctx_struct *cst__normal_ctx_t;

/* A context whose generators serve the given expressions, and their derivatives by any variable, with
   positive[i] > 0 assumed. All variables that later elements use must occur among the expressions. */
cst__normal_ctx_t cst__normal_ctx_new(cst_expr_ctx_t pool, const cst_expr_t *expressions, slong length,
                                      const cst_expr_t *positive, slong positive_length);
/* The same within a budget of word operations, for all that is done in the context: what would exceed it is
   taken for an expression without theory. */
#define CST__NORMAL_BUDGET 2e8 /* about a second */
cst__normal_ctx_t cst__normal_ctx_build(cst_expr_ctx_t pool, const cst_expr_t *expressions, slong length,
                                        const cst_expr_t *positive, slong positive_length, double budget);
void cst__normal_ctx_free(cst__normal_ctx_t ctx);

void cst__normal_init(cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_clear(cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_set(cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx);
void cst__normal_swap(cst__normal_t x, cst__normal_t y);
void cst__normal_zero(cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_set_fmpq(cst__normal_t x, const fmpq_t q, cst__normal_ctx_t ctx);
void cst__normal_set_si(cst__normal_t x, slong n, cst__normal_ctx_t ctx);

/* The element of an expression: one of those the context was made for, or a combination of them. */
void cst__normal_set_expr(cst__normal_t x, cst_expr_t e, cst__normal_ctx_t ctx);

/* An expression equal to x; NULL if x is not valid. */
cst_expr_t cst__normal_expr(const cst__normal_t x, cst__normal_ctx_t ctx);

int cst__normal_is_valid(const cst__normal_t x);
/* Valid, and with N = 0. */
int cst__normal_is_zero(const cst__normal_t x, cst__normal_ctx_t ctx);
/* Terms of N: a measure of size, to choose pivots by. */
slong cst__normal_terms(const cst__normal_t x, cst__normal_ctx_t ctx);
/* Are all elements rational functions of the variables, so that N != 0 proves that one is not zero? */
int cst__normal_is_rational(cst__normal_ctx_t ctx);

void cst__normal_neg(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_add(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx);
void cst__normal_sub(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx);
void cst__normal_mul(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx);
void cst__normal_mul_fmpq(cst__normal_t r, const cst__normal_t x, const fmpq_t q, cst__normal_ctx_t ctx);
void cst__normal_mul_si(cst__normal_t r, const cst__normal_t x, slong p, ulong q, cst__normal_ctx_t ctx);
void cst__normal_pow(cst__normal_t r, const cst__normal_t x, const fmpz_t n, cst__normal_ctx_t ctx);
/* Not valid if x is zero or a zero divisor. */
void cst__normal_inv(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_div(cst__normal_t r, const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx);

/* r = sum of signs[i] x[i] y[i] (signs NULL: all +1), with one reduction at the end. */
void cst__normal_dot(cst__normal_t r, const cst__normal_struct *const *x, const cst__normal_struct *const *y,
                     const int *signs, slong length, cst__normal_ctx_t ctx);

void cst__normal_derivative(cst__normal_t r, const cst__normal_t x, cst_expr_t variable,
                            cst__normal_ctx_t ctx);

/* For linear algebra over Q: the numerators N are polynomials of this context, ... */
const fmpz_mpoly_ctx_struct *cst__normal_mpoly(cst__normal_ctx_t ctx);
/* ... in which a variable has this place (-1: it occurs nowhere). */
slong cst__normal_variable(cst_expr_t variable, cst__normal_ctx_t ctx);
/* The numerators (initialized) of the elements over one common denominator. 0 if that is too large. */
int cst__normal_numerators(fmpz_mpoly_struct *numerators, const cst__normal_struct *const *x, slong length,
                           cst__normal_ctx_t ctx);
/* signs[g] = the value, +1 or -1, of each generator that is a sign, at a point and so around it; 0 for the
   others. Returns 0 if one is not certain. */
int cst__normal_signs(int *signs, const cst_expr_t *variables, arb_srcptr point, slong length,
                      cst__normal_ctx_t ctx);
/* With signs fixed, are the monomials in the generators (reduced by the relations) proved to be linearly
   independent functions over R? Used: exponentials, sines and logarithms of independent rational functions
   are algebraically independent of them (Kolchin-Ostrowski); roots of distinct irreducible polynomials
   generate an extension of full degree (Kummer, and Mordell for real radicals). No constant generator
   may occur. */
int cst__normal_is_independent(cst__normal_ctx_t ctx);
/* Independent, and without roots, cosines and signs: then the generators may take any values, ... */
int cst__normal_is_transcendental(cst__normal_ctx_t ctx);
/* ... for instance residues modulo a prime, point[g] each. 0 if a denominator vanishes there. */
int cst__normal_residue(ulong *value, const cst__normal_t x, const ulong *point, nmod_t mod,
                        cst__normal_ctx_t ctx);
/* A denominator of 1, or an integer? */
int cst__normal_is_polynomial(const cst__normal_t x);
/* Grants further operations some effort, in word operations. */
void cst__normal_refill(double effort, cst__normal_ctx_t ctx);

#endif
