/* caustic/geom.h -- metrics of expressions: inverse, isometries, quotients, curvature. */
#ifndef CAUSTIC_GEOM_H
#define CAUSTIC_GEOM_H

#include <caustic/lie.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A matrix of expressions of one context, by rows. */
typedef struct
{
    slong rows, columns;
    cst_expr_t *entries;
} cst_geom_matrix_struct;
typedef cst_geom_matrix_struct cst_geom_matrix_t[1];

/* The entry in row i and column j, from 0: a variable to read or set. */
#define cst_geom_matrix_entry(m, i, j) ((m)->entries[(i) * (m)->columns + (j)])

/* A matrix of zeros. */
CST_API void cst_geom_matrix_init(cst_geom_matrix_t m, cst_expr_ctx_t ctx, slong rows, slong columns);
CST_API void cst_geom_matrix_clear(cst_geom_matrix_t m);

/* Sets metric (dimension x dimension, initialized) to half the second derivatives of a quadratic form in
   the differentials: g_ij = 1/2 d^2 form / d dx_i d dx_j. CST_BAD_INPUT unless the form is written as a
   homogeneous polynomial of degree two in them. */
CST_API cst_status_t cst_geom_metric_from_form(cst_geom_matrix_t metric, cst_expr_ctx_t ctx, cst_expr_t form,
                                               const cst_expr_t *differentials, cst_error_t *error);

/* The factorization L D L^T of a symmetric matrix, without row exchanges, of which only the upper
   triangle is read: the pivots D_k, and the inverse (if not NULL; it may alias the matrix). The matrix
   is positive definite exactly where all pivots are positive. CST_REFUSED if a pivot is identically
   zero. Nothing is simplified beyond the folding of the builders. */
CST_API cst_status_t cst_geom_invert(cst_expr_t *pivots, cst_geom_matrix_struct *inverse,
                                     const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix,
                                     cst_error_t *error);

/* H = 1/2 g^ij p_i p_j */
CST_API cst_expr_t cst_geom_hamiltonian(cst_expr_ctx_t ctx, const cst_geom_matrix_t cometric,
                                        const cst_expr_t *momenta);

/* Is xi a Killing field, xi^c d_c g_ab + g_cb d_a xi^c + g_ac d_b xi^c = 0? Unless CST_TRUE, sets
   component[0] <= component[1] to the a and b (from 0) that fail, and *remainder. */
CST_API cst_truth_t cst_geom_is_killing(slong component[2], cst_expr_t *remainder,
                                        const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
                                        const cst_expr_t *field);

/* Is a map h of the chart an isometry, g_cd(h(x)) d_a h^c d_b h^d = g_ab(x)? */
CST_API cst_truth_t cst_geom_is_isometry(slong component[2], cst_expr_t *remainder,
                                         const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
                                         const cst_expr_t *map);

/* The co-metric of a quotient with coordinates q^i = I^i(x): the Gram matrix
   G^ij(q) = (g^ab d_a I^i d_b I^j)(sigma(q)), n x n, by this formula, not simplified. */
CST_API void cst_geom_quotient_cometric(cst_geom_matrix_t gram, const cst_lie_chart_t *chart,
                                        const cst_geom_matrix_t inverse_metric, const cst_expr_t *invariants,
                                        slong n, const cst_expr_t *section);

/* The inverse of a symmetric matrix, each entry in normal form; unlike cst_geom_invert it exchanges rows,
   so a zero on the diagonal does no harm. CST_REFUSED if the matrix is degenerate, CST_UNDECIDED if that
   cannot be decided. inverse may alias the matrix. */
CST_API cst_status_t cst_geom_inverse(cst_geom_matrix_t inverse, const cst_lie_chart_t *chart,
                                      const cst_geom_matrix_t matrix, cst_error_t *error);

/* The Levi-Civita connection and the curvature of a metric, each entry in normal form. Index order:
   christoffel [(i*n + j)*n + k] = Gamma^i_jk, riemann [((i*n + j)*n + k)*n + l] = R_ijkl with
   R_ijij > 0 on a sphere, ricci = g^kl R_kilj. Any output may be NULL, and only what the others need is
   computed; the others are arrays of n^3 and n^4 entries and an initialized n x n matrix. scalar =
   g^ij Ric_ij. CST_REFUSED if the metric is degenerate; CST_UNDECIDED if that cannot be decided or if a
   result is too large to be simplified: the outputs are then undefined. */
CST_API cst_status_t cst_geom_curvature(cst_expr_t *christoffel, cst_expr_t *riemann,
                                        cst_geom_matrix_struct *ricci, cst_expr_t *scalar,
                                        const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
                                        cst_error_t *error);

/* The same from the co-metric g^ij; *metric, if not NULL, is set to g_ij in normal form. */
CST_API cst_status_t cst_geom_curvature_of_cometric(cst_geom_matrix_struct *metric, cst_expr_t *christoffel,
                                                    cst_expr_t *riemann, cst_geom_matrix_struct *ricci,
                                                    cst_expr_t *scalar, const cst_lie_chart_t *chart,
                                                    const cst_geom_matrix_t cometric, cst_error_t *error);

/* The functions below take the Christoffel symbols as cst_geom_curvature gives them, and give their
   results in normal form, except for what would be too large.

   A tensor field with `up` contravariant and then `down` covariant indices is an array of n^(up + down)
   components, the last index running fastest: a vector field has up = 1, down = 0; df has 0, 1; a metric's
   entries and R_ijkl as above have 0, 2 and 0, 4. A result must not alias an argument. */

/* nabla_k T, with k as the last (covariant) index: n^(up + down + 1) components. */
CST_API void cst_geom_covariant_derivative(cst_expr_t *derivative, const cst_lie_chart_t *chart,
                                           const cst_expr_t *christoffel, const cst_expr_t *tensor, slong up,
                                           slong down);

/* L_xi T, of the same shape as T. */
CST_API void cst_geom_lie_derivative(cst_expr_t *derivative, const cst_lie_chart_t *chart,
                                     const cst_expr_t *field, const cst_expr_t *tensor, slong up, slong down);

/* gradient^i = g^ij d_j f */
CST_API void cst_geom_gradient(cst_expr_t *gradient, const cst_lie_chart_t *chart,
                               const cst_geom_matrix_t cometric, cst_expr_t f);

/* hessian_ij = d_i d_j f - Gamma^k_ij d_k f, into an initialized n x n matrix */
CST_API void cst_geom_hessian(cst_geom_matrix_t hessian, const cst_lie_chart_t *chart,
                              const cst_expr_t *christoffel, cst_expr_t f);

/* div xi = d_i xi^i + Gamma^i_ij xi^j */
CST_API cst_expr_t cst_geom_divergence(const cst_lie_chart_t *chart, const cst_expr_t *christoffel,
                                       const cst_expr_t *field);

/* Laplace-Beltrami: g^ij (d_i d_j f - Gamma^k_ij d_k f) */
CST_API cst_expr_t cst_geom_laplacian(const cst_lie_chart_t *chart, const cst_geom_matrix_t cometric,
                                      const cst_expr_t *christoffel, cst_expr_t f);

/* The sectional curvature of the planes that two vector fields span,
   R_ijkl u^i v^j u^k v^l / (g(u,u) g(v,v) - g(u,v)^2): 1 on the unit sphere. CST_REFUSED if the
   denominator is identically zero. */
CST_API cst_status_t cst_geom_sectional(cst_expr_t *sectional, const cst_lie_chart_t *chart,
                                        const cst_geom_matrix_t metric, const cst_expr_t *riemann,
                                        const cst_expr_t *u, const cst_expr_t *v, cst_error_t *error);

/* Weyl's conformal tensor W_ijkl, n^4 entries; zero in dimension 2 and 3. */
CST_API void cst_geom_weyl(cst_expr_t *weyl, const cst_lie_chart_t *chart, const cst_geom_matrix_t metric,
                           const cst_expr_t *riemann, const cst_geom_matrix_t ricci, cst_expr_t scalar);

/* dw^i/dt = -Gamma^i_jk v^j w^k: the parallel transport of w along a curve with velocity v. */
CST_API void cst_geom_parallel_transport(cst_expr_t *rate, const cst_lie_chart_t *chart,
                                         const cst_expr_t *christoffel, const cst_expr_t *velocity,
                                         const cst_expr_t *vector);

/* dv^i/dt = -Gamma^i_jk v^j v^k: with dx/dt = v the equation of geodesics. */
CST_API void cst_geom_geodesic(cst_expr_t *acceleration, const cst_lie_chart_t *chart,
                               const cst_expr_t *christoffel, const cst_expr_t *velocity);

/* Rigorous enclosures. The box is a ball for each coordinate; a point is a box of exact balls. The values
   hold wherever the coordinates lie in the box. Over a box of positive size each enclosure is the
   intersection of ball arithmetic and of the range of a Taylor model in the coordinates that vary. */

/* Encloses expressions of the coordinates, such as the results of the functions above. CST_UNDECIDED if one
   of the balls is not finite; CST_BAD_INPUT if an expression holds a variable that is no coordinate. */
CST_API cst_status_t cst_geom_enclose(arb_ptr values, const cst_lie_chart_t *chart,
                                      const cst_expr_t *expressions, slong length, arb_srcptr box, slong prec,
                                      cst_error_t *error);

/* Encloses the connection and the curvature, with the indices of cst_geom_curvature: arrays of n^3, n^4, n^2
   balls, and one; each may be NULL. Nothing is simplified or expanded: the formulas are run on the values of
   the derivatives of the metric up to the second. So the metric may be too large for exact simplification.
   CST_UNDECIDED also if the metric may be singular in the box. */
CST_API cst_status_t cst_geom_enclose_curvature(arb_ptr christoffel, arb_ptr riemann, arb_ptr ricci,
                                                arb_ptr scalar, const cst_lie_chart_t *chart,
                                                const cst_geom_matrix_t metric, arb_srcptr box, slong prec,
                                                cst_error_t *error);
CST_API cst_status_t cst_geom_enclose_curvature_of_cometric(arb_ptr christoffel, arb_ptr riemann,
                                                            arb_ptr ricci, arb_ptr scalar,
                                                            const cst_lie_chart_t *chart,
                                                            const cst_geom_matrix_t cometric, arb_srcptr box,
                                                            slong prec, cst_error_t *error);

#ifdef __cplusplus
}
#endif

#endif
