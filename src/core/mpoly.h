/* core/mpoly.h -- fractions of multivariate polynomials; internal, since their header moved. */
#ifndef CST_CORE_MPOLY_H
#define CST_CORE_MPOLY_H

#include <caustic/flint.h>

#if __FLINT_RELEASE >= 30000
#    include <flint/fmpz_mpoly_q.h>
#else
#    include <calcium/fmpz_mpoly_q.h>
#endif

#endif
