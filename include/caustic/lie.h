/* caustic/lie.h -- vector fields as infinitesimal symmetries: invariance, brackets, rank. */
#ifndef CAUSTIC_LIE_H
#define CAUSTIC_LIE_H

#include <caustic/expr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open set of R^dimension. A plain view: it owns nothing. The functions of `positive` are
   given to be positive there; the zero tests may use them. */
typedef struct
{
    cst_expr_ctx_t ctx;
    slong dimension;
    const cst_expr_t *coordinates;
    const cst_expr_t *positive;
    slong positive_length;
} cst_lie_chart_t;

/* A vector field xi is an array of `dimension` components, xi = field[a] d/dx^a; `count` fields
   are an array of arrays. A map h of the chart to itself is given in the same way: h(x)^a = map[a].

   A test answers CST_TRUE or CST_FALSE, proved, or CST_UNKNOWN. Unless the answer is CST_TRUE, it
   sets *remainder (if not NULL) to the expression, in normal form, that should be zero. */

/* xi(f) = xi^a d_a f */
CST_API cst_expr_t cst_lie_derivative(const cst_lie_chart_t *chart, const cst_expr_t *field, cst_expr_t f);

/* Is e identically zero on the chart? The test that all others end in. */
CST_API cst_truth_t cst_lie_is_zero(cst_expr_t *remainder, const cst_lie_chart_t *chart, cst_expr_t e);

/* Is xi(f) = 0? */
CST_API cst_truth_t cst_lie_is_invariant(cst_expr_t *remainder, const cst_lie_chart_t *chart,
                                         const cst_expr_t *field, cst_expr_t f);

/* Is f(h(x)) = f(x)? */
CST_API cst_truth_t cst_lie_is_invariant_under_map(cst_expr_t *remainder, const cst_lie_chart_t *chart,
                                                   const cst_expr_t *map, cst_expr_t f);

/* bracket = [xi, eta], components xi^b d_b eta^a - eta^b d_b xi^a. bracket must not alias them. */
CST_API void cst_lie_bracket(cst_expr_t *bracket, const cst_lie_chart_t *chart, const cst_expr_t *xi,
                             const cst_expr_t *eta);

/* Are there rational c with [xi_i, xi_j] = c_ij^k xi_k? If so, sets constants[(i*count + j)*count + k]
   (an array of count^3 initialized fmpq). The constants are found by exact linear algebra at
   rational points where the fields are rational, and by enclosures elsewhere; then each bracket
   is zero-tested. Unless CST_TRUE, pair[0] < pair[1] are the two fields whose bracket leaves the span, and
   *remainder a component of the difference that is not zero (NULL if no combination fits). */
CST_API cst_truth_t cst_lie_structure_constants(fmpq *constants, slong pair[2], cst_expr_t *remainder,
                                                const cst_lie_chart_t *chart, const cst_expr_t *const *fields,
                                                slong count);

/* A proved lower bound for the rank of the fields at a point, by elimination with enclosures: the
   number of pivots that are certainly not zero. At a generic point and with enough precision it
   is the rank. */
CST_API slong cst_lie_rank(const cst_lie_chart_t *chart, const cst_expr_t *const *fields, slong count,
                           arb_srcptr point, slong prec);

/* Is xi linear, xi = A x with a constant A? If so, sets matrix to the dimension^2 entries of A, by
   rows. CST_FALSE here means: not recognized as linear. */
CST_API cst_truth_t cst_lie_linear_part(cst_expr_t *matrix, const cst_lie_chart_t *chart,
                                        const cst_expr_t *field);

/* The quadratic form <x, A x>. For a symmetric A that generates a symmetry of a loss it is conserved
   by the Euclidean gradient flow of the loss: its derivative is -2 <A x, grad L> = 0. */
CST_API cst_expr_t cst_lie_moment(const cst_lie_chart_t *chart, const cst_expr_t *matrix);

#ifdef __cplusplus
}
#endif

#endif
