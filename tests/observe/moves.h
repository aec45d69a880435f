/* What symmetries do to the matrices of a network. */
#ifndef TESTS_OBSERVE_MOVES_H
#define TESTS_OBSERVE_MOVES_H

#include <caustic/observe.h>

/* In a new order: rows of an r x c matrix times their factors, or columns over theirs. */
void move_rows(double *x, slong r, slong c, const slong *order, const double *factor);
void move_cols(double *x, slong r, slong c, const slong *order, const double *factor);
/* Factors 10^(-spread ... spread). */
void scales(double *factor, slong n, double spread, uint64_t *state);

/* A well-conditioned random matrix and its inverse: a product of reflections and factors. */
void invertible(double *a, double *inverse, slong n, uint64_t *state);
/* x (r x n) times a; a or its transpose times x (n x c). */
void times(double *x, const double *a, slong r, slong n);
void times_left(double *x, const double *a, slong n, slong c, int transposed);

#endif
