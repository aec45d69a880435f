/* hj/jets.h -- what the files on jets share. */
#ifndef CST_HJ_JETS_H
#define CST_HJ_JETS_H

#include <caustic/burgers.h>

/* a + b c, without the terms that are zero. */
cst_expr_t cst__jets_add_product(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b, cst_expr_t c);

/* The normal form, if it is written shorter. */
cst_expr_t cst__jets_short(const cst_lie_chart_t *chart, cst_expr_t e);

/* The variable u_(ij...) of a jet that exists. */
cst_expr_t cst__jets_u(const cst_hj_jets_t jets, int time, const slong *index, int order);

#endif
