/* observe/lapack.h -- CBLAS and LAPACKE, without the macro I of <complex.h>, which FLINT's headers cannot
 * bear. */
#ifndef CST_OBSERVE_LAPACK_H
#define CST_OBSERVE_LAPACK_H

#include <cblas.h>
#include <lapacke.h>

#undef I

#endif
