/* certify/exact.h -- first focal times that are algebraic numbers. */
#ifndef CST_CERTIFY_EXACT_H
#define CST_CERTIFY_EXACT_H

#include <caustic/hj.h>

/* For H = a p^2/2 + b p + c on the line and a polynomial u0, all with rational coefficients: the minimal
   polynomial of t*, given that lower <= t* <= upper. Returns 0, poly undefined, where the problem is not of
   this kind or the bounds do not single out one root. */
int cst__exact_time(fmpz_poly_t poly, const cst_hj_t *hj, const fmpq *domain_lower, const fmpq *domain_upper,
                    const fmpq_t lower, const fmpq_t upper);

#endif
