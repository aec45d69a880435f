/* certify/prove.h -- the proofs of which a certificate is made. Each writes its evidence as it succeeds. */
#ifndef CST_CERTIFY_PROVE_H
#define CST_CERTIFY_PROVE_H

#include <caustic/hj.h>

#include "cert/text.h"
#include "certify/guide.h"
#include "flow/model.h"

/* A box of initial points: centers and half-widths, exact. */
typedef struct
{
    slong dimension;
    fmpq *center;
    fmpq *halfwidth;
} cst__box_t;

/* Chosen by the search for one proof. */
typedef struct
{
    slong bits;
    slong degree; /* of the polynomials in t and z of a step */
    slong weight;
    slong top; /* degree in z */
    double error_target;
    double shift_time;       /* the time for which C is chosen */
    slong halvings;          /* how many boxes the proof of positivity may use */
    int (*stop)(void *data); /* polled; the proof then ends with CST_PARTIAL */
    void *stop_data;
} cst__effort_t;

/* The matrix F of the certificate at time end (a multiple of 2^-bits) over a box: for a static problem A +
   end A U A, otherwise M(end). F has n(n+1)/2 timeless models of shape *shape, which the caller clears with
   cst__models_free and cst_shape_clear after CST_OK. The evidence ("static", or "flow" to "arrive") is
   appended to text. */
cst_status_t cst__focal_matrix(cst_model_struct **f, cst_shape_t shape, cst__cert_text_t *text,
                               const cst__tapes_t *tapes, const cst__box_t *box, const fmpq_t end,
                               const cst__effort_t *effort);

/* Is F positive definite for all z? On CST_OK the evidence ("halve", "positive") is appended. */
cst_status_t cst__prove_positive(cst__cert_text_t *text, const cst_model_struct *f, slong n, slong halvings);

/* F in the middle of its set, as doubles. */
void cst__focal_matrix_middle(double *middle, const cst_model_struct *f, slong n);

/* A focal time before some end close to the focal time of the given place: sets end, direction (n integers)
   and appends the "witness" evidence. end lies on the grid 2^-grid. CST_UNDECIDED: more bits are needed; but
   with `any`, a time that is proved will do, however late. */
cst_status_t cst__prove_witness(fmpq_t end, fmpz *direction, cst__cert_text_t *text,
                                const cst__tapes_t *tapes, const fmpq *point, double focal_time, double slack,
                                slong grid, slong bits, int any, int (*stop)(void *data), void *stop_data);

#endif
