/* lie/space.h -- subspaces of Q^n and the linear algebra of this room. */
#ifndef CST_LIE_SPACE_H
#define CST_LIE_SPACE_H

#include <caustic/algebra.h>

/* A subspace is a matrix whose rows are a basis, in reduced row echelon form where a function made it. An
   output must be initialized and is given its size. */

void cst__space_resize(fmpq_mat_t m, slong rows, slong columns);
void cst__space_set(fmpq_mat_t w, const fmpq_mat_t v);
void cst__space_whole(fmpq_mat_t w, slong n);
/* The span of the rows, in place. */
void cst__space_reduce(fmpq_mat_t w);
/* The rows of u above those of v. No aliasing. */
void cst__space_stack(fmpq_mat_t w, const fmpq_mat_t u, const fmpq_mat_t v);
/* w + span of the rows of v, in place. */
void cst__space_add(fmpq_mat_t w, const fmpq_mat_t v);
/* {x : x m = 0}, rows x. No aliasing. */
void cst__space_left_kernel(fmpq_mat_t w, const fmpq_mat_t m);
void cst__space_intersection(fmpq_mat_t w, const fmpq_mat_t u, const fmpq_mat_t v);
/* Those rows of u that complete the independent rows of v to a basis of u + v. */
void cst__space_complement(fmpq_mat_t w, const fmpq_mat_t u, const fmpq_mat_t v);
/* Solves x basis = rows, x with as many columns as basis has rows; 0 if there is no solution. Where there are
   several, the free unknowns are 0. */
int cst__space_coordinates(fmpq_mat_t x, const fmpq_mat_t basis, const fmpq_mat_t rows);
/* Does the span of u contain the rows of v? */
int cst__space_contains(const fmpq_mat_t u, const fmpq_mat_t v);

/* The matrix with y m = [x, y] for rows y. m is n x n. */
void cst__algebra_right(fmpq_mat_t m, const cst_algebra_t g, const fmpq *x);
/* An n-vector of scattered small integers, larger with every call. */
void cst__algebra_scatter(fmpq *x, slong n, ulong *seed);
/* A Cartan subalgebra and its regular element. */
void cst__algebra_cartan(fmpq_mat_t w, fmpq *x, const cst_algebra_t g);
/* m to the row vector of its entries in row `row` of flat. */
void cst__space_flatten(fmpq_mat_t flat, slong row, const fmpq_mat_t m);
void cst__space_trace(fmpq_t t, const fmpq_mat_t a, const fmpq_mat_t b); /* tr(a b) */

/* The linear maps x -> x c that commute with all ad y, for an algebra without abelian direct summand. */
typedef struct
{
    slong length;
    fmpq_mat_struct *map;
} cst__centroid_t;

void cst__centroid_init(cst__centroid_t *centroid, const cst_algebra_t g);
void cst__centroid_clear(cst__centroid_t *centroid);
/* A combination that tells all blocks apart, and its minimal polynomial. */
void cst__centroid_generic(fmpq_mat_t c, fmpz_poly_t minimal, const cst__centroid_t *centroid);

#endif
