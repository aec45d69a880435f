/* caustic/derivation.h -- from a problem to its equations: group, quotient, metric, Hamiltonian, viscous
   Hamilton-Jacobi and Burgers equation, with every step tested. */
#ifndef CAUSTIC_DERIVATION_H
#define CAUSTIC_DERIVATION_H

#include <caustic/burgers.h>
#include <caustic/problem.h>
#include <caustic/submersion.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An identity on the way. Numbers are from 0, and -1 where they mean nothing. */
typedef struct
{
    const char *identity; /* in words; static */
    cst_truth_t holds;    /* CST_TRUE and CST_FALSE are proved */
    int needed;           /* 0: it tells one problem from another */
    slong generator, component;
    cst_expr_t remainder; /* what should be zero, or NULL */
} cst_derivation_check_t;

/* Everything is in coordinates and momenta of the problem, which it borrows; n = problem->dimension. Without
   a metric (a problem given by its Hamiltonian) only the jets, the Hamiltonian, the inviscid equations and
   their check are there; other pointers are NULL then. Entries are in normal form where that is shorter. */
typedef struct
{
    const cst_problem_struct *problem;
    cst_lie_chart_t chart;
    int has_metric;
    cst_geom_matrix_t metric, cometric, ricci; /* 0 x 0 without a metric */
    cst_expr_t determinant;                    /* of the metric */
    cst_expr_t *christoffel;                   /* Gamma^i_jk at (i*n + j)*n + k; NULL: too large */
    cst_expr_t scalar_curvature;               /* NULL: too large */
    cst_expr_t orbit_volume;                   /* V; 1 on a manifold; NULL: not found */
    cst_truth_t is_unimodular;                 /* then the drift is that of the Laplacian, plus grad log V */
    cst_expr_t *drift;                         /* of the generator L u = g^ij u_ij + drift^j u_j */
    cst_expr_t hamiltonian;
    cst_hj_jets_t jets;
    cst_expr_t viscous_hj; /* to be zero */
    cst_expr_t *burgers;   /* n expressions to be zero */
    cst_expr_t *conserved; /* in the parameters: by gradient flow of the loss upstairs */
    slong conserved_count;
    cst_derivation_check_t *checks;
    slong check_count;
} cst_derivation_struct;
typedef cst_derivation_struct cst_derivation_t[1];

/* Derives and tests. CST_OK: every identity that is needed holds. CST_UNDECIDED: the equations are there, but
   some identity (holds = CST_UNKNOWN) could not be decided. CST_REFUSED: one is false; the message shows it,
   and nothing is left to clear, as with any other status. */
CST_API cst_status_t cst_derivation_init(cst_derivation_t derivation, const cst_problem_t problem,
                                         cst_error_t *error);
CST_API void cst_derivation_clear(cst_derivation_t derivation);

#ifdef __cplusplus
}
#endif

#endif
