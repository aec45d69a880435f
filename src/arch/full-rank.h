/* arch/full-rank.h -- columns that are certainly independent. */
#ifndef CST_ARCH_FULL_RANK_H
#define CST_ARCH_FULL_RANK_H

#include <caustic/flint.h>

/* A certain lower bound of the rank of a matrix at the Euclidean distance of at most error[i] from row i of x
   (rows one after another, at least as many as columns, each of length about 1). With the columns that
   factors in floating point tell to depend on others left out, the rest is certified, or nothing: then 0. */
slong cst__certified_columns(const double *x, const double *error, slong rows, slong columns);

#endif
