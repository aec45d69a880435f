/* caustic/entropy.h -- local entropy: the coarse-grained loss, enclosed by verified cubature.

   On R^n, for nu, t > 0 and a loss L,

       u(t,x) = -2 nu log  int (4 pi nu t)^(-n/2) exp(-L(y)/(2 nu) - |x-y|^2/(4 nu t)) dy

   solves u_t + |du|^2/2 = nu Lap u with u(0,.) = L (Cole-Hopf). With the mean m and the covariance C of y
   under the normalized integrand,

       du = (x - m)/t,     Hess u = I/t - C/(2 nu t^2)   <=   I/t.

   On a flat quotient with a constant co-metric G in the coordinates, |.|, Lap and the measure are those of
   G^-1, du = G^-1 (x - m)/t and Hess u = G^-1/t - G^-1 C G^-1/(2 nu t^2).

   (Chaudhari et al., Deep relaxation, 2018; the second formula is the derivative of the first.) */
#ifndef CAUSTIC_ENTROPY_H
#define CAUSTIC_ENTROPY_H

#include <caustic/expr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The cubature is made for n = 1, 2, 3. */
#define CST_ENTROPY_MAX_DIMENSION 3

/* Borrowed, not owned. */
typedef struct
{
    cst_expr_ctx_t ctx;
    slong dimension;
    const cst_expr_t *coordinates;
    cst_expr_t loss;
    const fmpq *nu;       /* > 0 */
    const fmpq *time;     /* > 0 */
    const fmpq *cometric; /* constant, n x n by rows; NULL: Euclidean */
} cst_entropy_problem_t;

typedef struct
{
    double tolerance; /* of the moments, relative to the integral: a guide; 0: 1e-9 */
    slong max_boxes;  /* 0: 100000 */
    double seconds;   /* 0: no limit */
} cst_entropy_options_t;

typedef struct
{
    slong dimension;
    arb_t value;       /* u */
    arb_ptr gradient;  /* n */
    arb_mat_t hessian; /* n x n */
    arb_t least;       /* the least eigenvalue of the Hessian, relative to the metric */
    slong boxes;       /* of the cubature */
    double reached;    /* the relative error reached, as a guide */
} cst_entropy_struct;
typedef cst_entropy_struct cst_entropy_t[1];

CST_API void cst_entropy_init(cst_entropy_t entropy, slong dimension);
CST_API void cst_entropy_clear(cst_entropy_t entropy);

/* Encloses u, du, Hess u and its least eigenvalue at a point x. The integral over a box is computed by
   Taylor models, box by box; what lies outside is bounded by a Gaussian tail, for which a quadratic
   minorant of L on all of R^n is proved from its expression.
     CST_REFUSED     no such minorant was found, or the integral need not converge at this time
     CST_PARTIAL     the boxes or the seconds ran out: the enclosures hold, but are wide
     CST_UNDECIDED   the integral was not even bounded away from zero
   options may be NULL. */
CST_API cst_status_t cst_entropy_enclose(cst_entropy_t entropy, const cst_entropy_problem_t *problem,
                                         const fmpq *point, const cst_entropy_options_t *options,
                                         cst_error_t *error);

/* The same with the heat semigroup of the unit circle or sphere S^n, n = 1, 2, in place of the Gaussian, for
   a loss that is invariant under positive scalings of problem->dimension = n + 1 ambient coordinates, such as
   that of a batch-normalized unit with the metric |dw|^2/|w|^2: u solves u_t + |du|^2/2 = nu Lap u on S^n.
   The point is any on its ray. gradient and Hessian are covariant, in an orthonormal frame: e_1 lies
   in the plane of the first two coordinates, e_2 = x cross e_1. The entropy has dimension n.
   CST_REFUSED if the invariance is not proved; CST_UNDECIDED also if nu t is too small for the series. */
CST_API cst_status_t cst_entropy_enclose_on_sphere(cst_entropy_t entropy,
                                                   const cst_entropy_problem_t *problem, const fmpq *point,
                                                   const cst_entropy_options_t *options, cst_error_t *error);

/* The same with the heat semigroup of a flat cone over a circle, such as the quotient of a ReLU neuron with two
   inputs (a = 2, b = 1): the plane of the two coordinates with the co-metric a p_r^2 + b p_phi^2/r^2 in polar
   coordinates, whose full angle is 2 pi sqrt(a/b); the kernel is that of the Laplacian's Friedrichs
   extension. gradient and Hessian are covariant, in the orthonormal frame e_1 = sqrt(a) d/dr,
   e_2 = sqrt(b)/r d/dphi. The entropy has dimension 2.
     CST_REFUSED     at the tip, or if no lower bound of the loss on the whole plane is found
     CST_UNDECIDED   also if nu t is too small for the series
   (H. S. Carslaw 1910; J. Cheeger and M. Taylor 1982.) */
CST_API cst_status_t cst_entropy_enclose_on_cone(cst_entropy_t entropy, const cst_entropy_problem_t *problem,
                                                 const fmpq_t radial, const fmpq_t angular,
                                                 const fmpq *point, const cst_entropy_options_t *options,
                                                 cst_error_t *error);

/* Encloses the least eigenvalue of a symmetric matrix (the upper triangle is read), n <= 12: above by a
   Rayleigh quotient, below by a proof that matrix - lower I is positive definite. */
CST_API void cst_entropy_least_eigenvalue(arb_t least, const arb_mat_t matrix, slong prec);

#ifdef __cplusplus
}
#endif

#endif
