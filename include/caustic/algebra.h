/* caustic/algebra.h -- finite-dimensional Lie algebras over Q: ideals, Levi decomposition, type. */
#ifndef CAUSTIC_ALGEBRA_H
#define CAUSTIC_ALGEBRA_H

#include <caustic/flint.h>
#include <caustic/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A Lie algebra g with basis e_1 ... e_n and rational structure constants, [e_i, e_j] = c_ij^k e_k.
   table[i] is the n x n matrix whose row j holds the coordinates of [e_i, e_j] (i, j from 0). All answers
   are exact. Every constructor has checked antisymmetry and the Jacobi identity; the table is read only. */
typedef struct
{
    slong dimension;
    fmpq_mat_struct *table;
} cst_algebra_struct;
typedef cst_algebra_struct cst_algebra_t[1];

/* The algebra {0}. */
CST_API void cst_algebra_init(cst_algebra_t g);
CST_API void cst_algebra_clear(cst_algebra_t g);
CST_API void cst_algebra_swap(cst_algebra_t g, cst_algebra_t h);

/* constants[(i*n + j)*n + k] = c_ij^k. CST_BAD_INPUT, g as before, if they are not antisymmetric or break
   the Jacobi identity; the message names the basis elements, from 1. */
CST_API cst_status_t cst_algebra_set_constants(cst_algebra_t g, const fmpq *constants, slong dimension,
                                               cst_error_t *error);

/* The span of square matrices, with the commutator AB - BA. CST_BAD_INPUT unless they are of one size,
   linearly independent, and their span is closed. */
CST_API cst_status_t cst_algebra_set_matrices(cst_algebra_t g, const fmpq_mat_struct *matrices, slong count,
                                              cst_error_t *error);

/* a + b: the basis of a, then that of b. */
CST_API void cst_algebra_direct_sum(cst_algebra_t g, const cst_algebra_t a, const cst_algebra_t b);

/* a x| b, with [a_i, b_j] = action[i]_kj b_k: the matrix action[i] acts on columns. CST_BAD_INPUT unless the
   action is a homomorphism of a to the derivations of b. */
CST_API cst_status_t cst_algebra_semidirect(cst_algebra_t g, const cst_algebra_t a, const cst_algebra_t b,
                                            const fmpq_mat_struct *action, cst_error_t *error);

/* The subalgebra with the rows of basis as basis; of full rank, this is a change of basis. CST_BAD_INPUT if
   the rows are dependent or not closed. */
CST_API cst_status_t cst_algebra_subalgebra(cst_algebra_t h, const cst_algebra_t g, const fmpq_mat_t basis,
                                            cst_error_t *error);

/* g/ideal, on the first unit vectors that complete the ideal to a basis of g. CST_BAD_INPUT if it is no
 * ideal. */
CST_API cst_status_t cst_algebra_quotient(cst_algebra_t h, const cst_algebra_t g, const fmpq_mat_t ideal,
                                          cst_error_t *error);

/* z = [x, y], n coordinates each; z must not alias x or y. */
CST_API void cst_algebra_bracket(fmpq *z, const cst_algebra_t g, const fmpq *x, const fmpq *y);

/* The n x n matrix of ad x: y -> [x, y] on columns. */
CST_API void cst_algebra_ad(fmpq_mat_t ad, const cst_algebra_t g, const fmpq *x);

/* The Killing form tr(ad x ad y), n x n. */
CST_API void cst_algebra_killing(fmpq_mat_t form, const cst_algebra_t g);

/* The numbers of positive and of negative squares of a symmetric matrix, by Descartes' rule for its
   characteristic polynomial, all roots of which are real. */
CST_API void cst_algebra_signature(slong *positive, slong *negative, const fmpq_mat_t form);

/* A subspace is a matrix whose rows are a basis, in reduced row echelon form on output; any basis will
   do on input. An output is any initialized matrix, is given its size, and must not alias an input. */

/* [u, v] */
CST_API void cst_algebra_product(fmpq_mat_t w, const cst_algebra_t g, const fmpq_mat_t u, const fmpq_mat_t v);
/* {x : [x, v] = 0} */
CST_API void cst_algebra_centralizer(fmpq_mat_t w, const cst_algebra_t g, const fmpq_mat_t v);
CST_API void cst_algebra_centre(fmpq_mat_t w, const cst_algebra_t g);
CST_API void cst_algebra_derived(fmpq_mat_t w, const cst_algebra_t g);
/* The largest solvable ideal: the complement of [g, g] in the Killing form (Cartan). */
CST_API void cst_algebra_radical(fmpq_mat_t w, const cst_algebra_t g);
/* The largest nilpotent ideal: where all weights of the radical on g vanish (Lie). */
CST_API void cst_algebra_nilradical(fmpq_mat_t w, const cst_algebra_t g);
/* A semisimple subalgebra s with g = s + radical, lifted along the derived series of the radical
   (de Graaf, Lie Algebras: Theory and Algorithms, 4.13). */
CST_API void cst_algebra_levi(fmpq_mat_t w, const cst_algebra_t g);
/* A Cartan subalgebra: the null component of ad x, x a scattered element, found to be nilpotent. */
CST_API void cst_algebra_cartan(fmpq_mat_t w, const cst_algebra_t g);

/* The dimensions of g, g' = [g, g], g'', ... and of g, [g, g], [g, [g, g]], ... down to the first that
   repeats or is 0, which is the last. Returns how many (up to n + 1, the room needed). */
CST_API slong cst_algebra_derived_series(slong *dimensions, const cst_algebra_t g);
CST_API slong cst_algebra_lower_central_series(slong *dimensions, const cst_algebra_t g);

/* g as a direct sum of ideals that are indecomposable over Q, from the idempotents of the centroid; all
   abelian ones make one ideal, which is the first (of 0 rows if there is none). Those of a semisimple
   algebra are its simple ideals over Q. */
typedef struct
{
    slong length;
    fmpq_mat_struct *ideal;
} cst_algebra_ideals_struct;
typedef cst_algebra_ideals_struct cst_algebra_ideals_t[1];

CST_API void cst_algebra_ideals_init(cst_algebra_ideals_t ideals, const cst_algebra_t g);
CST_API void cst_algebra_ideals_clear(cst_algebra_ideals_t ideals);

/* What a simple algebra over Q becomes over C, `copies` simple ideals of one type, and over R: an ideal for
   each real place of its centroid, with its maximal compact subalgebra's dimension (the negative squares of
   its Killing form), and a complex ideal, seen as a real one, for each of the (copies - real_places)/2
   others. */
typedef struct
{
    char series; /* 'A' ... 'G'; '?' where B and C (or E) could not be told apart */
    slong rank, dimension, copies;
    slong real_places;
    slong *compact;
} cst_algebra_simple_struct;
typedef cst_algebra_simple_struct cst_algebra_simple_t[1];

/* CST_REFUSED if s is not simple over Q. Clear it if and only if this returned CST_OK. */
CST_API cst_status_t cst_algebra_simple_init(cst_algebra_simple_t simple, const cst_algebra_t s,
                                             cst_error_t *error);
CST_API void cst_algebra_simple_clear(cst_algebra_simple_t simple);

/* All at once. The names hold over R and do not depend on the basis:
     cartan  the complex type of a Levi subalgebra, such as "A1 + A1"; empty if g is solvable
     name    such as "gl(2,R) = R + sl(2,R)", "so(4) = so(3) + so(3)", "aff(1)", "heisenberg(3)", "e(3)";
             "s x| r" is a semidirect sum with the ideal r, of which only the two parts are named, and
             "solvable(n)" or "nilpotent(n)" says no more than that. Where the real form cannot be decided the
             candidates are joined by "or". */
typedef struct
{
    slong dimension, derived, centre, nilradical, radical;
    slong positive, negative; /* squares of the Killing form */
    int abelian, nilpotent, solvable, semisimple, reductive, perfect, unimodular;
    char *cartan, *name;
} cst_algebra_type_struct;
typedef cst_algebra_type_struct cst_algebra_type_t[1];

CST_API void cst_algebra_type_init(cst_algebra_type_t type, const cst_algebra_t g);
CST_API void cst_algebra_type_clear(cst_algebra_type_t type);

#ifdef __cplusplus
}
#endif

#endif
