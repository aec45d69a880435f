/* caustic/coarse.h -- the coarse-grained loss of a problem file: local entropy by the semigroup that fits it.
 */
#ifndef CAUSTIC_COARSE_H
#define CAUSTIC_COARSE_H

#include <caustic/entropy.h>
#include <caustic/problem.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Local entropy descends to the quotient only if the heat semigroup commutes with the group: for an isometric
   one. Which semigroup is used, and in which variables points are given: */
typedef enum
{
    CST_COARSE_FLAT,   /* a constant metric on the manifold or quotient: its Gaussian, in its coordinates */
    CST_COARSE_ABOVE,  /* Euclidean parameters, isometric group: the Gaussian upstairs, in the parameters */
    CST_COARSE_SPHERE, /* |dx|^2/|x|^2 modulo scalings: the heat semigroup of the sphere, in the parameters */
    CST_COARSE_CONE    /* a flat cone over a circle, such as a ReLU neuron's quotient: its heat semigroup */
} cst_coarse_kind_t;

/* Refers to the problem. */
typedef struct
{
    cst_coarse_kind_t kind;
    slong dimension; /* of gradient and Hessian */
    slong variables; /* of a point */
    const cst_expr_t *coordinates;
    cst_expr_t loss;
    fmpq *cometric; /* constant; of a cone: its radial and its angular part, a and b of
                       cst_entropy_enclose_on_cone */
    const cst_problem_struct *problem;
} cst_coarse_struct;
typedef cst_coarse_struct cst_coarse_t[1];

/* CST_REFUSED, with the reason, where no semigroup fits: then nothing is left to clear. */
CST_API cst_status_t cst_coarse_init(cst_coarse_t coarse, const cst_problem_t problem, cst_error_t *error);
CST_API void cst_coarse_clear(cst_coarse_t coarse);

/* In words, such as "the heat semigroup of the unit sphere". The string is static. */
CST_API const char *cst_coarse_words(const cst_coarse_t coarse);

/* As cst_entropy_enclose, cst_entropy_enclose_on_sphere and cst_entropy_enclose_on_cone; the entropy has
   coarse->dimension, the point coarse->variables. */
CST_API cst_status_t cst_coarse_enclose(cst_entropy_t entropy, const cst_coarse_t coarse, const fmpq_t nu,
                                        const fmpq_t time, const fmpq *point,
                                        const cst_entropy_options_t *options, cst_error_t *error);

#ifdef __cplusplus
}
#endif

#endif
