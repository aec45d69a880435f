/* geom/program.h -- the curvature as a straight-line program: expressions with shared parts, never expanded.
 */
#ifndef CST_GEOM_PROGRAM_H
#define CST_GEOM_PROGRAM_H

#include "geom/matrix.h"

/* Entries as in levi-civita.h: by unordered pairs, S = n(n+1)/2, and by pairs i < j. */
typedef struct
{
    const cst_lie_chart_t *chart;
    slong n, size;
    cst_expr_t *metric, *cometric;         /* [symmetric(i, j)] */
    cst_expr_t *dmetric, *lowered, *gamma; /* [k*S + symmetric(i, j)] */
    cst_expr_t *ddmetric;                  /* [symmetric(k, l)*S + symmetric(i, j)] */
    cst_expr_t *riemann;                   /* [symmetric(pair ij, pair kl)] */
    cst_expr_t *ricci;
    cst_expr_t scalar;
} cst__program_t;

/* The rows are exchanged as the values at the point suggest; CST_UNDECIDED if the matrix may be singular
   there. In every case the program is to be cleared. */
cst_status_t cst__program_init(cst__program_t *program, const cst_lie_chart_t *chart,
                               const cst_geom_matrix_t matrix, int is_cometric, int with_riemann,
                               arb_srcptr point, cst_error_t *error);
void cst__program_clear(cst__program_t *program);

#endif
