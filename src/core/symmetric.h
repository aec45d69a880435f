/* core/symmetric.h -- eigenvalues of small symmetric matrices in double: a guide, never evidence. */
#ifndef CST_CORE_SYMMETRIC_H
#define CST_CORE_SYMMETRIC_H

#define CST__LARGEST_DIMENSION 12

/* Ascending eigenvalues; eigenvectors in the columns of vectors (n x n by rows), which may be NULL.
   Returns 0 if an entry is not finite. */
int cst__symmetric_eigen(double *values, double *vectors, const double *matrix, int n);

#endif
