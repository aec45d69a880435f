/* caustic/symmetries.h -- the symmetries of a problem: given and verified, or found; and what follows from
 * them. */
#ifndef CAUSTIC_SYMMETRIES_H
#define CAUSTIC_SYMMETRIES_H

#include <caustic/algebra.h>
#include <caustic/discovery.h>
#include <caustic/problem.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything is on the parameters of the problem, or on its coordinates if it is one on a manifold; the loss
   is the loss or initial function there. Borrowed from the problem, or in its context. */
typedef struct
{
    const cst_problem_struct *problem;
    cst_lie_chart_t chart;
    const cst_geom_matrix_struct *metric, *cometric; /* NULL: not given, or not to be preserved */
    cst_expr_t loss;                                 /* NULL: not given */

    /* Generators: given with the problem, which has verified them; or all affine fields that preserve the
       loss (or, without a loss, the given invariants) and the metric. */
    int discovered;
    const cst_expr_t *const *generators;
    slong generator_count;
    cst_lie_symmetries_t found; /* if discovered */
    cst_truth_t complete;       /* are these all affine ones? CST_UNKNOWN if given */

    /* Their algebra: [xi_i, xi_j] = c_ij^k xi_k, constants[(i*count + j)*count + k]. */
    fmpq *constants;
    int has_type; /* 0: there are no generators, or they are linearly dependent */
    cst_algebra_type_t type;
    cst_lie_orbits_t orbits;

    /* Discrete symmetries: given and verified; or, if generators are discovered and a loss is given,
       generators of the group of all signed permutations of the parameters that preserve loss, assumptions
       and metric. */
    const cst_expr_t *const *discrete;
    slong discrete_count;
    int discrete_found;
    cst_lie_discrete_t
        found_discrete; /* those of the loss; its order is that of the group if there is no metric */
    cst_truth_t discrete_complete;

    /* Invariants: the coordinates of the quotient, verified; or found, polynomial or monomial. */
    int invariants_given;
    const cst_expr_t *invariants;
    slong invariant_count;
    cst_lie_invariants_t found_invariants; /* unless given */
    cst_truth_t invariants_complete;       /* does every invariant depend on these, locally? */

    /* What the gradient flow of every loss that is a function of the invariants conserves: polynomials of
       degree at most 2, in the metric given or the Euclidean one. complete: there is no further independent
       law. */
    int has_laws; /* 0: there are no invariants, or the conditions are too large */
    cst_lie_invariants_t laws;
} cst_symmetries_struct;
typedef cst_symmetries_struct cst_symmetries_t[1];

/* discover: look for generators even if some are given. CST_OK; CST_UNDECIDED if there is an answer, but it
   is not proved to be complete (the message says what is missing); else nothing is left to clear. */
CST_API cst_status_t cst_symmetries_init(cst_symmetries_t s, const cst_problem_t problem, int discover,
                                         cst_error_t *error);
CST_API void cst_symmetries_clear(cst_symmetries_t s);

#ifdef __cplusplus
}
#endif

#endif
