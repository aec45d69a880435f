/* problem/derivation.h -- what the steps of a derivation share. */
#ifndef CST_PROBLEM_DERIVATION_H
#define CST_PROBLEM_DERIVATION_H

#include <caustic/derivation.h>

void cst__derivation_note(cst_derivation_t d, const char *identity, cst_truth_t holds, int needed,
                          slong generator, slong component, cst_expr_t remainder);

/* Is e = 0, for every one of count expressions? Notes the identity. */
void cst__derivation_note_zero(cst_derivation_t d, const char *identity, const cst_lie_chart_t *chart,
                               const cst_expr_t *e, slong count);

/* What the total space says: its identities, the orbit volume, the drift, what gradient flow conserves. */
cst_status_t cst__derivation_total(cst_derivation_t d, cst_error_t *error);

#endif
