/* lie/equations.h -- the coefficients of conditions, monomial by monomial. */
#ifndef CST_LIE_EQUATIONS_H
#define CST_LIE_EQUATIONS_H

#include "lie/conditions.h"

/* Adds the equations that make all conditions vanish in normal form, with `here` in place of their
   expressions (condition by condition, no cases left) and with the signs that roots bring in as they are
   around the point: then *cases is set. *necessary is cleared unless the conditions imply the
   equations. 0 if the normal forms are too large. */
int cst__equations_add(cst__sparse_t m, int *cases, int *necessary, const cst__conditions_t c,
                       const cst_expr_t *here, slong count, const cst_expr_t *variables, arb_srcptr point,
                       slong variable_count);

#endif
