/* caustic/discovery.h -- symmetries found, not only checked: infinitesimal and discrete ones. */
#ifndef CAUSTIC_DISCOVERY_H
#define CAUSTIC_DISCOVERY_H

#include <caustic/lie.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fields that leave given functions (and a metric) alone: a basis, with what is proved of it.
   Every field listed is proved to be a symmetry. `complete` is CST_TRUE if it is proved that each symmetry
   of the kind sought, with real coefficients, is a linear combination of them; else CST_UNKNOWN. */
typedef struct
{
    slong dimension, count;
    cst_expr_t *components;    /* count * dimension */
    const cst_expr_t **fields; /* fields[i] = components + i * dimension */
    fmpz_mat_t coefficients;   /* a row each; what of, see below */
    cst_truth_t complete;
    slong bound; /* the space sought has at most this dimension; count if complete */
} cst_lie_symmetries_struct;
typedef cst_lie_symmetries_struct cst_lie_symmetries_t[1];

CST_API void cst_lie_symmetries_init(cst_lie_symmetries_t s);
CST_API void cst_lie_symmetries_clear(cst_lie_symmetries_t s);

/* All affine fields xi = A x + b with xi(f_i) = 0 for each of `length` functions and, if metric (dimension^2
   entries, by rows) is not NULL, L_xi g = 0. Column a*(D + 1) + c of the coefficients is A_ac, and b_a for
   c = D; the entries of a row are integers without common divisor.

   The conditions are linear in A and b. Their coefficients are compared monomial by monomial in normal
   form; where the functions have cases (relu, abs, sqrt(x^2)), around points of many cells. The kernel is
   exact. It is complete if the monomials are proved to be independent functions: rational functions, their
   real roots, exponentials, sines and logarithms of rational functions, with rational coefficients. Otherwise
   enclosures of the conditions at many points may still prove it, in small dimensions.

   CST_UNDECIDED (and no fields) if the normal forms are too large. */
CST_API cst_status_t cst_lie_affine_symmetries(cst_lie_symmetries_t s, const cst_lie_chart_t *chart,
                                               const cst_expr_t *functions, slong length,
                                               const cst_expr_t *metric, cst_error_t *error);

/* The same among the real combinations of `count` given fields, which need not be affine: coefficients
   of those. The fields must be linearly independent. */
CST_API cst_status_t cst_lie_symmetries_in_span(cst_lie_symmetries_t s, const cst_lie_chart_t *chart,
                                                const cst_expr_t *functions, slong length,
                                                const cst_expr_t *metric, const cst_expr_t *const *fields,
                                                slong count, cst_error_t *error);

/* Discrete symmetries ------------------------------------------------------ */

/* A group of signed permutations of the coordinates, by generators h_k(x)^a = sign[k*D + a] x^(image[k*D +
   a]): a strong generating set for the coordinates in their order. */
typedef struct
{
    slong dimension, count;
    slong *image;
    int *sign;
    fmpz_t order;         /* of the group generated, exactly */
    cst_truth_t complete; /* CST_TRUE: these are all; else CST_UNKNOWN */
} cst_lie_discrete_struct;
typedef cst_lie_discrete_struct cst_lie_discrete_t[1];

CST_API void cst_lie_discrete_init(cst_lie_discrete_t s);
CST_API void cst_lie_discrete_clear(cst_lie_discrete_t s);

/* All permutations of the coordinates, with sign changes if `signs` is 1, that leave each function alone and
   take each assumption of the chart to another one. Each generator is proved by the zero test; what is left
   out is excluded by enclosures at points, or by the coefficients of polynomials. complete is CST_UNKNOWN if
   a zero test was undecided, or the search took more than some 200000 steps. */
CST_API void cst_lie_discrete_symmetries(cst_lie_discrete_t s, const cst_lie_chart_t *chart,
                                         const cst_expr_t *functions, slong length, int signs);

/* The map h_k as expressions, for cst_lie_is_invariant_under_map and the like. */
CST_API void cst_lie_discrete_map(cst_expr_t *map, const cst_lie_discrete_t s, slong k,
                                  const cst_lie_chart_t *chart);

/* Invariants --------------------------------------------------------------- */

/* Functions that are constant along given fields X_1 ... X_m, hence along all of the Lie algebra they
   generate: X_k(I^i) = 0, proved, and with independent gradients at a generic point, proved too. */
typedef struct
{
    slong count;
    cst_expr_t *functions;
    slong space; /* polynomials of the degree asked for, without constants, that are constant along the
                    fields: the dimension of this vector space over R, at least; the functions come from a
                    basis of it */
    slong trace; /* the values of the Lie algebra at a generic point have at least this dimension: so there
                    are at most D - trace independent invariants of any kind */
    cst_truth_t complete; /* CST_TRUE if count = D - trace: every invariant is locally a function of these;
                             else CST_UNKNOWN */
    slong algebra;        /* the dimension of the Lie algebra, proved; -1 if it is not known */
} cst_lie_invariants_struct;
typedef cst_lie_invariants_struct cst_lie_invariants_t[1];

CST_API void cst_lie_invariants_init(cst_lie_invariants_t s);
CST_API void cst_lie_invariants_clear(cst_lie_invariants_t s);

/* Polynomial invariants of degree at most `degree` >= 1 in the coordinates, by the exact kernel of
   X_k(sum c_m x^m) = 0; then as many of them as are functionally independent, low degrees and few terms
   first. algebra_limit: the Lie algebra is closed under brackets if its dimension is at most this (0: not
   tried). CST_UNDECIDED if the conditions are too large. */
CST_API cst_status_t cst_lie_polynomial_invariants(cst_lie_invariants_t s, const cst_lie_chart_t *chart,
                                                   const cst_expr_t *const *fields, slong count, slong degree,
                                                   slong algebra_limit, cst_error_t *error);

/* Conservation laws: what the gradient flow of l(f_1, ..., f_m) conserves whatever the loss l is. These are
   the invariants of the fields grad f_k = g^ab d_b f_k. cometric: dimension^2 entries by rows, or NULL for
   the Euclidean one. D - trace bounds the number of independent laws of any kind.
   Where the functions have cases, the laws hold on the whole chart, and the bound is that of one
   cell. (Marcotte, Gribonval, Peyre: Abide by the law and follow the flow, 2023.) */
CST_API cst_status_t cst_lie_conservation_laws(cst_lie_invariants_t s, const cst_lie_chart_t *chart,
                                               const cst_expr_t *functions, slong length,
                                               const cst_expr_t *cometric, slong degree, slong algebra_limit,
                                               cst_error_t *error);

/* Laurent monomials that are constant along diagonal fields xi = sum_a w_a x^a d_a with rational weights:
   a basis of the lattice of their exponents, so that each such monomial is a product of integer powers of
   them. Always complete. CST_REFUSED if a field is not recognized as diagonal. */
CST_API cst_status_t cst_lie_monomial_invariants(cst_lie_invariants_t s, const cst_lie_chart_t *chart,
                                                 const cst_expr_t *const *fields, slong count,
                                                 cst_error_t *error);

/* The classical groups, acting on vectors v_i and covectors c_j with r coordinates each (x -> g x, c -> c
 * g^-1). */
typedef enum
{
    CST_LIE_GL, /* the pairings c_j v_i */
    CST_LIE_SL, /* and the determinants of r vectors, and of r covectors */
    CST_LIE_O,  /* the products v_i eta v_j, i <= j, with eta = diag(1 ... 1, -1 ... -1) */
    CST_LIE_SO, /* and the determinants */
    CST_LIE_SP  /* the skew products of v_i and v_j, i < j: sum over k of x_k y_(k + r/2) - x_(k + r/2) y_k */
} cst_lie_classical_t;

/* Generators of the algebra of polynomial invariants of a classical group (the first fundamental theorems;
   H. Weyl, The Classical Groups). vectors: vector_count * r expressions, and so on; `negative` is the
   number of -1 in eta. For O, SO and SP there are no covectors: lower their index first. Returns the
   number of generators and sets *functions to an array of them, to be freed with flint_free. */
CST_API slong cst_lie_classical_invariants(cst_expr_t **functions, cst_expr_ctx_t ctx,
                                           cst_lie_classical_t group, slong r, slong negative,
                                           const cst_expr_t *vectors, slong vector_count,
                                           const cst_expr_t *covectors, slong covector_count);

/* Chooses functions with independent gradients at a generic point, the first possible ones: sets chosen[i] to
   1 or 0, and returns how many there are, a proved lower bound for the rank of the gradients. */
CST_API slong cst_lie_independent_functions(int *chosen, const cst_lie_chart_t *chart,
                                            const cst_expr_t *functions, slong count);

/* What is known of functions I^i that are claimed to be invariants of fields X_k; -1 and NULL mean nothing.
 */
typedef struct
{
    cst_truth_t invariant;   /* is X_k(I^i) = 0 for all k and i? */
    slong field, function;   /* unless CST_TRUE: a pair that fails, ... */
    cst_expr_t remainder;    /* ... and what should be zero, in normal form */
    cst_truth_t independent; /* are the gradients independent at a generic point? */
    cst_truth_t complete; /* are they invariant, and is every invariant of the fields, near a generic point, a
                             function of them? CST_FALSE needs fields that are closed under brackets */
    slong rank, orbits;   /* the ranks of the gradients and of the fields, at least */
} cst_lie_invariance_t;

/* Verifies them: CST_TRUE if all three answers are, CST_FALSE if one is, else CST_UNKNOWN; a claim of
   certainty rests on zero tests and on ranks that are proved at a point. Where fields or functions have
   cases, "generic" is: on an open set. */
CST_API cst_truth_t cst_lie_verify_invariants(cst_lie_invariance_t *result, const cst_lie_chart_t *chart,
                                              const cst_expr_t *const *fields, slong count,
                                              const cst_expr_t *functions, slong length);

/* Orbits ------------------------------------------------------------------- */

/* The rank of fields at a generic point, and where it is smaller. For the fields of a group action this is
   the dimension of the orbits. */
typedef struct
{
    slong rank;         /* at a generic point (of one cell, if the fields have cases): at least this */
    cst_truth_t proved; /* CST_TRUE: it is exactly this; else CST_UNKNOWN */
    /* The rank is smaller than that where all equations of at least one of `strata` lists vanish, and (where
       the fields are defined) nowhere else, if strata_proved is CST_TRUE. List i is
       equations[start[i]] ... equations[start[i + 1] - 1], irreducible each. CST_UNKNOWN: nothing is listed,
       since there are too many minors or the fields have roots or cases. */
    slong strata;
    slong *start;
    cst_expr_t *equations;
    cst_truth_t strata_proved;
} cst_lie_orbits_struct;
typedef cst_lie_orbits_struct cst_lie_orbits_t[1];

CST_API void cst_lie_orbits_init(cst_lie_orbits_t orbits);
CST_API void cst_lie_orbits_clear(cst_lie_orbits_t orbits);
CST_API void cst_lie_generic_orbits(cst_lie_orbits_t orbits, const cst_lie_chart_t *chart,
                                    const cst_expr_t *const *fields, slong count);

/* The combinations of fields that vanish at a rational point: sets basis (not initialized before) to integer
   coefficients, a row each. CST_UNKNOWN (and no basis) unless the fields have rational values there. */
CST_API cst_truth_t cst_lie_isotropy(fmpz_mat_t basis, const cst_lie_chart_t *chart,
                                     const cst_expr_t *const *fields, slong count, const fmpq *point);

#ifdef __cplusplus
}
#endif

#endif
