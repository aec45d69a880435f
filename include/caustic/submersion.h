/* caustic/submersion.h -- Riemannian submersions: orbits, projected diffusion, O'Neill, reduction. */
#ifndef CAUSTIC_SUBMERSION_H
#define CAUSTIC_SUBMERSION_H

#include <caustic/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The projection pi: Theta -> Q to a space of orbits, in coordinates q^i = I^i(theta) with a section sigma,
   I(sigma(q)) = q. A plain view: it owns nothing, and all expressions are of one context.

   Two constructions. With an invariant metric (balanced = 0), the generators xi are Killing fields of the
   metric g of Theta, and Q = Theta/G carries the metric that makes pi a Riemannian submersion. On a balanced
   slice (balanced = 1) the metric is Euclidean and each generator is linear, xi = A theta, with A symmetric
   or antisymmetric; the slice S is the set <theta, A theta> = level for the symmetric A, K is the group of
   the combinations of the antisymmetric ones that keep the level, and Q = S/K (for a reductive group and
   level 0 that is the theorem of Kempf and Ness). "Orbits" are those of G in the first case and of K, in S,
   in the second; the horizontal space is the complement of their tangent space, in S. */
typedef struct
{
    cst_lie_chart_t total;                          /* Theta, of dimension D */
    cst_lie_chart_t base;                           /* Q, of dimension n; say there what is positive on it */
    const cst_geom_matrix_struct *metric, *inverse; /* of Theta, D x D */
    const cst_expr_t *const *generators;            /* arrays of D components */
    slong generator_count;
    const cst_expr_t *invariants; /* n expressions on Theta */
    const cst_expr_t *section;    /* D expressions on Q */
    int balanced;
    const fmpq *level; /* of each generator; those of antisymmetric ones are not read. NULL: all 0 */
    const fmpq *point; /* n coordinates of a point of Q where ranks are found. NULL: it is looked for */
    int unsimplified;  /* 1: results are left as their formulas, for problems too large for normal forms */
} cst_geom_submersion_t;

/* e(sigma(q)), in normal form on the base, for a function e on Theta. */
CST_API cst_expr_t cst_geom_restrict(const cst_geom_submersion_t *submersion, cst_expr_t e);

/* The co-metric of Q, n x n, in normal form: G^ij = <H^i, H^j> at the section, where H^i is the gradient of
   I^i, on a balanced slice the gradient in the slice. */
CST_API cst_status_t cst_geom_submersion_cometric(cst_geom_matrix_t cometric,
                                                  const cst_geom_submersion_t *submersion,
                                                  cst_error_t *error);

/* Orbits ------------------------------------------------------------------------------------------ */

/* The Gram matrix <xi_a, xi_b> of all generators on Theta, in normal form. */
CST_API void cst_geom_orbit_gram(cst_geom_matrix_t gram, const cst_geom_submersion_t *submersion);

/* k fields that span the tangent space of the orbits at a generic point of the section, k = D - n (less the
   codimension of the slice): sets fields to k*D components and *dimension to k. With an invariant metric
   they are generators, and number[i] (if number is not NULL) says which. fields has room for
   generator_count*D components. CST_REFUSED if enclosures show fewer independent directions. */
CST_API cst_status_t cst_geom_orbit_basis(cst_expr_t *fields, slong *number, slong *dimension,
                                          const cst_geom_submersion_t *submersion, cst_error_t *error);

/* The density of the orbit volume, V = sqrt(det <xi_a, xi_b>): *total on Theta, *volume = V(sigma(q)), the
   logarithm of it, and gradient[i] = G^ij d_j log V. If the generators are dependent, orbits being of
   dimension k, V^2 is the k-th elementary symmetric function of the eigenvalues of the Gram matrix where that
   function is invariant, and otherwise the determinant for the fields of cst_geom_orbit_basis; it is the
   density up to a factor only where CST_GEOM_CHECK_ORBIT_VOLUME holds. Any output may be NULL. */
CST_API cst_status_t cst_geom_orbit_volume(cst_expr_t *total, cst_expr_t *volume, cst_expr_t *log_volume,
                                           cst_expr_t *gradient, const cst_geom_submersion_t *submersion,
                                           cst_error_t *error);

/* The mean curvature vector of the orbits, the trace of their second fundamental form, projected to Q:
   curvature[j] = gamma^ab <nabla_(xi_a) xi_b, H^j>, n components. For a unimodular group it is
   -grad log V. */
CST_API cst_status_t cst_geom_mean_curvature(cst_expr_t *curvature, const cst_geom_submersion_t *submersion,
                                             cst_error_t *error);

/* The projected Laplacian L f = G^ij d_i d_j f + drift^j d_j f, with (L f)(I) = Delta_Theta (f(I)): sets
   drift[j] = Delta_Theta I^j at the section; on a balanced slice the Laplacian is that of the slice.
   Equal to Delta_Q f + <grad log V, grad f> for a unimodular group. */
CST_API cst_status_t cst_geom_projected_drift(cst_expr_t *drift, const cst_geom_submersion_t *submersion,
                                              cst_error_t *error);

/* Is trace(ad_X) = 0 for the span of the generators of the orbits? CST_UNKNOWN if they are not closed under
   brackets. Unless CST_TRUE, *generator (if not NULL) is one of non-zero trace, from 0, or -1. */
CST_API cst_truth_t cst_geom_is_unimodular(slong *generator, const cst_geom_submersion_t *submersion);

/* The horizontal space ----------------------------------------------------------------------------- */

/* The orthogonal projections to the tangent space of the orbits and to the horizontal space, as D x D
   matrices on Theta in normal form, column b being the image of d/dtheta^b. The first is made of the
   generators, the second of the gradients of the invariants; either may be NULL. On a balanced construction
   they are what they claim to be on the slice. */
CST_API cst_status_t cst_geom_projections(cst_geom_matrix_struct *vertical,
                                          cst_geom_matrix_struct *horizontal,
                                          const cst_geom_submersion_t *submersion, cst_error_t *error);

/* Row i of lift, n x D, is the horizontal field h_i on Theta that projects to d/dq^i: h_i = G_ij H^j. */
CST_API cst_status_t cst_geom_horizontal_lift(cst_geom_matrix_t lift, const cst_geom_submersion_t *submersion,
                                              cst_error_t *error);

/* The lift of a vector field on Q, n components: lift[a] = X^i(I) h_i^a, D components on Theta. */
CST_API cst_status_t cst_geom_lift_field(cst_expr_t *lift, const cst_expr_t *field,
                                         const cst_geom_submersion_t *submersion, cst_error_t *error);

/* O'Neill's tensors at the section, for k fields xi that span the orbits (as cst_geom_orbit_basis gives
   them): a[(i*n + j)*k + c] = <A_(h_i) h_j, xi_c> = 1/2 <[h_i, h_j], xi_c>, which is zero if and only if the
   horizontal spaces are integrable, and t[(b*k + c)*n + j] = <T_(xi_b) xi_c, H^j>, the second fundamental
   form of the orbits. *norm = |A|^2 = G^ip G^jq <A_(h_i) h_j, A_(h_p) h_q>. Any output may be NULL; room for
   n*n and n times the number (its square) of generators. */
CST_API cst_status_t cst_geom_oneill_tensors(cst_expr_t *a, cst_expr_t *t, cst_expr_t *norm, slong *k,
                                             const cst_geom_submersion_t *submersion, cst_error_t *error);

/* The curvature of Q from that of Theta (B. O'Neill, The fundamental equations of a submersion, 1966):
   R_ijkl = R(h_i, h_j, h_k, h_l) + 2 <A_ij, A_kl> + <A_ik, A_jl> - <A_il, A_jk>, n^4 entries on Q, indexed as
   in cst_geom_curvature; for a balanced slice R is the curvature of the slice, by the equation of Gauss. */
CST_API cst_status_t cst_geom_oneill_curvature(cst_expr_t *riemann, const cst_geom_submersion_t *submersion,
                                               cst_error_t *error);

/* Cotangent reduction ------------------------------------------------------------------------------ */

/* Is {H, J} = 0 for the momentum J = <p, xi> of a field: xi^a dH/dtheta^a - p_b (d_a xi^b) dH/dp_a = 0? Then
   H is invariant under the lift of the flow of xi to covectors. momenta: a variable for each coordinate. */
CST_API cst_truth_t cst_geom_is_cotangent_invariant(cst_expr_t *remainder, const cst_lie_chart_t *chart,
                                                    const cst_expr_t *momenta, const cst_expr_t *field,
                                                    cst_expr_t hamiltonian);

/* The reduction at J = 0: *reduced = H(sigma(q), p_i dI^i), in normal form, with p = base_momenta, n
   variables; covectors that vanish on the orbits are those. On a balanced slice dI^i is taken in the slice; H
   must then be such that its flow stays over the slice. */
CST_API cst_status_t cst_geom_reduced_hamiltonian(cst_expr_t *reduced, cst_expr_t hamiltonian,
                                                  const cst_expr_t *momenta, const cst_expr_t *base_momenta,
                                                  const cst_geom_submersion_t *submersion,
                                                  cst_error_t *error);

/* Is H(theta, p_i dI^i(theta)) constant along the orbits, so that another section gives the same reduced
   Hamiltonian? It is, if H is invariant under all generators. Unless CST_TRUE, *generator is one that fails.
 */
CST_API cst_truth_t cst_geom_is_reducible(slong *generator, cst_expr_t *remainder, cst_expr_t hamiltonian,
                                          const cst_expr_t *momenta, const cst_expr_t *base_momenta,
                                          const cst_geom_submersion_t *submersion);

/* Enclosures -------------------------------------------------------------------------------------- */

/* Encloses over a box of Q (a ball for each coordinate) what the functions above give as expressions:
   cometric, n*n balls; log_volume, one; drift and curvature (the mean curvature vector), n each; norm =
   |A|^2, one. Each may be NULL. The formulas are run as they stand, so that the problem may be too large for
   normal forms; ranks are determined at the midpoint of the box. CST_UNDECIDED if a ball is not finite: then
   the box is too wide, or meets a stratum of lower rank. See cst_geom_enclose. */
CST_API cst_status_t cst_geom_enclose_submersion(arb_ptr cometric, arb_ptr log_volume, arb_ptr drift,
                                                 arb_ptr curvature, arb_ptr norm,
                                                 const cst_geom_submersion_t *submersion, arb_srcptr box,
                                                 slong prec, cst_error_t *error);

/* Do the antisymmetric generators of a balanced slice all keep the level, so that K is the whole compact part
   of the group? CST_UNKNOWN if the generators are not closed under brackets. Reads the chart of Theta, the
   generators and the levels only. */
CST_API cst_truth_t cst_geom_level_is_kept(const cst_geom_submersion_t *submersion);

/* Checks ------------------------------------------------------------------------------------------ */

/* ENTRY(name, needed for a submersion, words) */
#define CST_GEOM_CHECK_LIST(ENTRY)                                                                           \
    ENTRY(CST_GEOM_CHECK_METRIC, 1, "the metric is invariant")                                               \
    ENTRY(CST_GEOM_CHECK_CLOSURE, 1, "the generators are closed under brackets")                             \
    ENTRY(CST_GEOM_CHECK_INVARIANTS, 1, "the coordinates are invariant")                                     \
    ENTRY(CST_GEOM_CHECK_SECTION, 1, "the section gives back the coordinates")                               \
    ENTRY(CST_GEOM_CHECK_LEVEL, 1, "the section lies in the balanced slice")                                 \
    ENTRY(CST_GEOM_CHECK_RANK, 1, "the coordinates separate the orbits")                                     \
    ENTRY(CST_GEOM_CHECK_COMETRIC, 1, "the co-metric does not depend on the section")                        \
    ENTRY(CST_GEOM_CHECK_DRIFT, 1, "the Laplacian of the coordinates does not depend on the section")        \
    ENTRY(CST_GEOM_CHECK_PROJECTIONS, 1, "vertical and horizontal projection add up to the identity")        \
    ENTRY(CST_GEOM_CHECK_MEAN_CURVATURE, 1,                                                                  \
          "projected Laplacian = Laplacian of Q - mean curvature of orbits")                                 \
    ENTRY(CST_GEOM_CHECK_UNIMODULAR, 0, "the group is unimodular")                                           \
    ENTRY(CST_GEOM_CHECK_ORBIT_VOLUME, 0, "projected Laplacian = Laplacian of Q + grad log orbit volume")    \
    ENTRY(CST_GEOM_CHECK_ONEILL, 1, "curvature of Q = horizontal curvature + 3 |A|^2 (O'Neill)")

typedef enum
{
#define CST_ENUM(name, needed, words) name,
    CST_GEOM_CHECK_LIST(CST_ENUM)
#undef CST_ENUM
        CST_GEOM_CHECK_COUNT
} cst_geom_check_kind_t;

/* What a check found. Numbers are from 0, and -1 where they mean nothing. */
typedef struct
{
    cst_geom_check_kind_t kind;
    int applies;          /* 0: the construction has no such identity; then holds = CST_TRUE */
    cst_truth_t holds;    /* CST_TRUE and CST_FALSE are proved */
    slong generator;      /* the one that fails */
    slong component[4];   /* the indices of the component that fails, as many as it has */
    cst_expr_t remainder; /* the value of it, which should be zero, in normal form, or NULL */
} cst_geom_check_t;

/* Words for a check, such as "the group is unimodular". The string is static. */
CST_API const char *cst_geom_check_words(cst_geom_check_kind_t kind);

/* Must it hold, or does it tell one group from another? */
CST_API int cst_geom_check_is_needed(cst_geom_check_kind_t kind);

/* Runs one check: zero tests of exact expressions, each component of the identity. */
CST_API cst_truth_t cst_geom_submersion_check(cst_geom_check_t *result, cst_geom_check_kind_t kind,
                                              const cst_geom_submersion_t *submersion);

/* Runs them in order: results has room for CST_GEOM_CHECK_COUNT. CST_TRUE if all needed ones hold, CST_FALSE
   if one is false. Only O'Neill's formula is left out, as a check that does not apply: it takes the curvature
   of Theta and of Q, and far longer than all others. */
CST_API cst_truth_t cst_geom_submersion_verify(cst_geom_check_t *results,
                                               const cst_geom_submersion_t *submersion);

#ifdef __cplusplus
}
#endif

#endif
