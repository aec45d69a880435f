/* lie/profile.h -- a quick, exact test of a part of a permutation, for polynomials. */
#ifndef CST_LIE_PROFILE_H
#define CST_LIE_PROFILE_H

#include <caustic/lie.h>

/* A signed permutation takes distinct monomials to distinct monomials, up to sign. So if it leaves a
   polynomial alone, the permutation alone leaves the polynomial with the absolute values of the coefficients
   alone. */
typedef struct cst__profile cst__profile_t;

/* Of those functions that are polynomials with rational coefficients; without signs, the coefficients are
   taken as they are. */
cst__profile_t *cst__profile_new(const cst_lie_chart_t *chart, const cst_expr_t *functions, slong length,
                                 int signs);
/* Are all of them? */
int cst__profile_is_total(const cst__profile_t *profile);
void cst__profile_free(cst__profile_t *profile);

/* May a permutation with these images of the coordinates order[0] ... order[k] leave the functions alone? 0
   is proved. */
int cst__profile_agrees(cst__profile_t *profile, const slong *image, const slong *order, slong k);

/* The signs of coordinates `first` and beyond with which a permutation can leave the functions alone: the
   parities that its monomials demand are linear equations over two elements. 0: there are none, proved. */
int cst__profile_signs(int *sign, const cst__profile_t *profile, const slong *image, slong first);

#endif
