/* observe/matrix.h -- matrices of doubles with proved bounds. Internal.

   BLAS and LAPACK compute, and a bound is proved for what they computed: for products the a-priori bound of
   any order of summation, with or without fused operations (Higham, Accuracy and Stability, 3.1), for
   factorizations the residual and the defects from orthogonality, bounded after the fact (Rump, Verified
   bounds for singular values). Only IEEE arithmetic in round-to-nearest and conventional (not Strassen-like)
   products are assumed of BLAS, nothing of LAPACK. */
#ifndef CST_OBSERVE_MATRIX_H
#define CST_OBSERVE_MATRIX_H

#include <caustic/flint.h>

#define OBS_PREC 64
#define OBS_U 0x1p-53

/* Rows one after the other. The true matrix is P x Q' + E, where ||E||_F <= error, and P and Q nearly have
   orthonormal columns: multiplying by them changes the square of no singular value by more than the factors
   1 - defect, 1 + defect. Both may be infinite: nothing is known. */
typedef struct
{
    slong rows, cols;
    double *x;
    double error, defect;
} cst__mat_struct;
typedef cst__mat_struct cst__mat_t[1];

void cst__mat_init(cst__mat_t a, slong rows, slong cols); /* zeros */
void cst__mat_clear(cst__mat_t a);
void cst__mat_set(cst__mat_t a, const cst__mat_t b); /* of the same shape */

/* Upper bound of a non-negative number after at most 2^10 roundings. */
double cst__up(double x);

/* Upper bound of gamma_n = n u / (1 - n u). */
double cst__gamma(slong n);

/* The ball of this centre and radius; indeterminate if they are not finite. */
void cst__ball(arb_t ball, double centre, double radius);

/* sum of x[i * stride]^2 */
void cst__sum_squares(arb_t sum, const double *x, slong length, slong stride);

/* An upper bound of the Frobenius norm of x alone, and of the true matrix. */
double cst__norm_x(const double *x, slong length);
double cst__mat_norm(const cst__mat_t a);

/* Frobenius norm of the true matrix. */
void cst__mat_frobenius(arb_t norm, const cst__mat_t a);

/* a -= b, of the same shape; neither has a defect. */
void cst__mat_subtract(cst__mat_t a, const cst__mat_t b);

/* c = a b, a b', a' b; c is initialized here. b must have no defect in mul, a none in mul_left. */
void cst__mat_mul(cst__mat_t c, const cst__mat_t a, const cst__mat_t b);
void cst__mat_mul_transpose(cst__mat_t c, const cst__mat_t a, const cst__mat_t b);
void cst__mat_transpose_mul(cst__mat_t c, const cst__mat_t a, const cst__mat_t b);

/* r has the singular values and products on the right of a, and at most as many rows as columns (QR).
   r is initialized here. */
void cst__mat_compress(cst__mat_t r, const cst__mat_t a);

/* Appends the rows of b below those of r, and compresses. r may have 0 rows at first. */
void cst__mat_compress_rows(cst__mat_t r, const cst__mat_t b);

/* The same, by way of a'a where that is well conditioned. */
void cst__mat_compress_tall(cst__mat_t r, const cst__mat_t a);

/* r upper triangular with r'r = g (n x n) up to an error of g of this norm: what has the Gram matrix g is P
   r, P'P - 1 bounded by the defect. 0: the defect is not below limit, and r is not initialized. g is
   destroyed. */
int cst__factor_gram(cst__mat_t r, double *g, slong n, double error, double limit);

/* Enclosures of the min(rows, cols) singular values in descending order; those beyond are 0. sigma is a new
   vector for _arb_vec_clear. *centres (unless NULL) are doubles for flint_free whose distance from the
   singular values, in the Euclidean norm, is at most *joint. */
arb_ptr cst__mat_singular_values(slong *length, double **centres, double *joint, const cst__mat_t a);

#endif
