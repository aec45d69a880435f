/* geom/submersion.h -- the fields that all formulas of a submersion are made of. */
#ifndef CST_GEOM_SUBMERSION_H
#define CST_GEOM_SUBMERSION_H

#include <caustic/submersion.h>

#include "geom/matrix.h"

/* Vector fields on Theta: component a of field i is entries[i*D + a]. */
typedef struct
{
    slong count;
    cst_expr_t *entries;
} cst__fields_t;

typedef struct
{
    const cst_geom_submersion_t *s;
    cst_expr_ctx_t ctx;
    slong d, n;
    cst__fields_t gradients; /* H^i, n of them */
    cst__fields_t orbit;     /* a basis of the tangent space of the orbits, at a generic point */
    cst__fields_t normal;    /* a basis of the normal space of the slice: gradients of moments, halved */
    slong *number;           /* of the generators in the basis, with an invariant metric */
    slong orbit_given;       /* generators of the orbits, before a basis was chosen */
} cst__frame_struct;
typedef cst__frame_struct cst__frame_t[1];

/* CST_REFUSED if the construction does not fit (then nothing is to be cleared). With need_basis, also if the
   ranks do not add up to D; otherwise the bases may be too small. */
cst_status_t cst__frame_init(cst__frame_t f, const cst_geom_submersion_t *s, int need_basis,
                             cst_error_t *error);
void cst__frame_clear(cst__frame_t f);

#define cst__field(fields, i, d) ((fields).entries + (i) * (d))

/* Normal forms on Theta and on Q, unless the submersion is to be left unsimplified. */
cst_expr_t cst__on_total(const cst_geom_submersion_t *s, cst_expr_t e);
cst_expr_t cst__on_base(const cst_geom_submersion_t *s, cst_expr_t e);

/* <v, w> in the metric of Theta, not simplified. */
cst_expr_t cst__total_inner(const cst_geom_submersion_t *s, const cst_expr_t *v, const cst_expr_t *w);

/* <nabla_x y, z> with the connection of Theta, by Koszul's formula for the derivatives of the metric. */
cst_expr_t cst__total_connection(const cst_geom_submersion_t *s, const cst_expr_t *x, const cst_expr_t *y,
                                 const cst_expr_t *z);

/* Gram matrices <fields_i, fields_j> on Theta or, restricted, on Q; in normal form. gram is initialized. */
void cst__fields_gram(cst_geom_matrix_t gram, const cst_geom_submersion_t *s, const cst__fields_t *fields,
                      int restricted);

/* The inverse of a Gram matrix on Theta or, restricted, on Q; it may alias. */
cst_status_t cst__gram_inverse(cst_geom_matrix_t inverse, const cst_geom_submersion_t *s,
                               const cst_geom_matrix_t gram, int restricted, cst_error_t *error);

/* t[(b*k + c)*n + j] = <nabla_(xi_b) xi_c, H^j> at the section, for the k fields of the orbit basis. */
void cst__second_fundamental_form(cst_expr_t *t, const cst__frame_struct *f);

/* Delta I^j on Theta, or in the slice; not simplified. nu is the inverse Gram matrix of f->normal on Theta.
 */
cst_expr_t cst__total_drift(const cst__frame_struct *f, const cst_geom_matrix_t nu, slong j);

/* The symmetric generators, the antisymmetric ones, and those combinations of them that keep the level. */
typedef struct
{
    slong count;        /* of generators */
    int *parity;        /* 1, -1; 0: neither, or not linear */
    slong keeping;      /* combinations of generators that keep the level: */
    fmpq_mat_t keepers; /* a row each, over all generators */
    cst_truth_t closed;
} cst__slice_struct;
typedef cst__slice_struct cst__slice_t[1];

void cst__slice_init(cst__slice_t slice, const cst_geom_submersion_t *s);
void cst__slice_clear(cst__slice_t slice);

#endif
