/* flow/series.h -- the Taylor polynomial of a solution, order by order in t. A guess: what makes it a
   theorem is the strict inclusion in step.c. */
#ifndef CST_FLOW_SERIES_H
#define CST_FLOW_SERIES_H

#include "flow/model.h"

/* Fills phi[i] (with radius 0) with the Taylor polynomial in t, time scaled so that the step lasts 1, of the
   solution that starts in state (polynomials in z). Returns CST_UNDECIDED where the field is not defined at
   the start. */
cst_status_t cst__series_solution(cst_model_struct *phi, const cst_tape_t f, const cst_model_struct *state,
                                  slong dimension, const fmpz_t duration, const cst_shape_struct *end_shape);

#endif
