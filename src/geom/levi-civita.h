/* geom/levi-civita.h -- the connection and the curvature of a metric in normal form, stage by stage. */
#ifndef CST_GEOM_LEVI_CIVITA_H
#define CST_GEOM_LEVI_CIVITA_H

#include <caustic/geom.h>

#include "expr/normal.h"

/* The place of the unordered pair (i, j), i = j allowed. */
static inline slong
cst__symmetric(slong i, slong j)
{
    return i <= j ? j * (j + 1) / 2 + i : i * (i + 1) / 2 + j;
}

/* The place of the pair i < j among all of them. */
static inline slong
cst__pair_index(slong i, slong j)
{
    return j * (j - 1) / 2 + i;
}

cst__normal_struct *cst__normal_vec_init(slong length, cst__normal_ctx_t ctx);
void cst__normal_vec_clear(cst__normal_struct *x, slong length, cst__normal_ctx_t ctx);

/* A sum of products that is being collected. It refers to the factors. */
typedef struct
{
    const cst__normal_struct **x, **y;
    int *signs;
    slong length, alloc;
} cst__terms_t;

void cst__terms_add(cst__terms_t *terms, const cst__normal_struct *x, const cst__normal_struct *y, int sign,
                    cst__normal_ctx_t ctx);
/* r = the sum, reduced once; the list is empty afterwards. */
void cst__terms_sum(cst__normal_struct *r, cst__terms_t *terms, cst__normal_ctx_t ctx);
void cst__terms_clear(cst__terms_t *terms);

/* inverse = matrix^-1, both n x n by unordered pairs, and the n pivots, whose product is +-det; 0 if the
   matrix is identically degenerate. */
int cst__normal_invert_symmetric(cst__normal_struct *inverse, cst__normal_struct *pivots,
                                 const cst__normal_struct *matrix, slong n, cst__normal_ctx_t ctx);

/* Each stage is NULL until it was asked for. S = n(n+1)/2; a pair is one of i < j. */
typedef struct
{
    const cst_lie_chart_t *chart;
    slong n, size; /* size = S */
    cst__normal_ctx_t ctx;
    int is_raised;                         /* which formula is used, that of raised.c? */
    cst__normal_struct *metric, *cometric; /* [symmetric(i, j)] */
    cst__normal_struct *dmetric;           /* [k*S + symmetric(i, j)] = d_k g_ij */
    cst__normal_struct *lowered, *gamma;   /* [i*S + symmetric(j, k)] = Gamma_ijk, Gamma^i_jk */
    cst__normal_struct *riemann;           /* [symmetric(pair ij, pair kl)] = R_ijkl */
    cst__normal_struct *raised;            /* the same of R^{ijkl} */
    cst__normal_struct *ricci;
    cst__normal_struct *scalar;
    cst__terms_t terms;
    cst__normal_struct *half;
} cst__levi_civita_t;

/* From the metric, or from the co-metric. CST_REFUSED if it is degenerate, CST_UNDECIDED if that cannot be
   excluded; in every case the space is to be cleared. With `jets` the context serves the second
   derivatives of the entries as expressions too, which is needed where they have no theory. */
cst_status_t cst__levi_civita_init(cst__levi_civita_t *space, const cst_lie_chart_t *chart,
                                   const cst_geom_matrix_t matrix, int is_cometric, int jets,
                                   cst_error_t *error);
void cst__levi_civita_clear(cst__levi_civita_t *space);

/* Chooses the formula for the curvature; before that it is the one with lowered indices. */
void cst__levi_civita_choose(cst__levi_civita_t *space, int wants_riemann);

void cst__levi_civita_connection(cst__levi_civita_t *space);
/* Curvature with raised indices, from the co-metric; and R_ijkl from it. */
void cst__levi_civita_raised(cst__levi_civita_t *space);
void cst__levi_civita_lower(cst__levi_civita_t *space);
/* For i < j < k < l: R_ikjl = R_ijkl + R_iljk. */
void cst__bianchi(cst__normal_struct *riemann, cst__levi_civita_t *space);
void cst__levi_civita_riemann(cst__levi_civita_t *space);
void cst__levi_civita_ricci(cst__levi_civita_t *space);
void cst__levi_civita_scalar(cst__levi_civita_t *space);

/* The place of the entry of the class of R_ijkl, and the sign it has there; -1 where R_ijkl = 0 by symmetry.
 */
slong cst__riemann_place(int *sign, slong i, slong j, slong k, slong l);

#endif
