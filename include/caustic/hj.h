/* caustic/hj.h -- Hamilton-Jacobi equations u_t + H(q, du) = 0: characteristics, their linearization
   and the monotone matrix, as tapes.

   Along a characteristic q' = H_p, p' = -H_q let (Q,P) and (Q^,P^) solve the linearization
   Q' = H_pq Q + H_pp P, P' = -H_qq Q - H_qp P from (I, U) and (I, U + C), U = Hess u0(q0), C positive
   definite. While Q^ is invertible, R = P^ Q^^-1 is symmetric, W = Q^^-T, and the monotone matrix M = Q^^-1 Q
   C^-1 obeys M' = -W^T H_pp W; there is no focal time in [0,T] if and only if M(T) is positive definite.
   (Q^^T P - P^^T Q = -C is constant.) */
#ifndef CAUSTIC_HJ_H
#define CAUSTIC_HJ_H

#include <caustic/tape.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A Hamiltonian in coordinates and momenta (n variables each), initial data u0(coordinates), and
   functions that must be positive wherever H is used. Borrowed, not owned. */
typedef struct
{
    cst_expr_ctx_t ctx;
    slong dimension;
    const cst_expr_t *coordinates;
    const cst_expr_t *momenta;
    cst_expr_t hamiltonian;
    cst_expr_t initial;
    const cst_expr_t *positive;
    slong positive_length;
} cst_hj_t;

/* Position of entry (i,j) of a symmetric n x n matrix stored by rows of its upper triangle. */
CST_API slong cst_hj_pair(slong n, slong i, slong j);

/* Components of the monotone system: q, p, R (upper triangle), W (rows), M (upper triangle). */
CST_API slong cst_hj_state_length(slong n);    /* 2n^2 + 3n */
CST_API slong cst_hj_riccati_offset(slong n);  /* where R starts */
CST_API slong cst_hj_inverse_offset(slong n);  /* where W starts */
CST_API slong cst_hj_monotone_offset(slong n); /* where M starts */

/* The monotone system as a tape: inputs the state; outputs its derivative, then the positive functions. */
CST_API cst_status_t cst_hj_monotone_field(cst_tape_t field, const cst_hj_t *hj, cst_error_t *error);

/* Inputs the coordinates; outputs du0 (n numbers), then Hess u0 (upper triangle). */
CST_API cst_status_t cst_hj_initial_tape(cst_tape_t tape, const cst_hj_t *hj, cst_error_t *error);

/* Do neither H nor the positive functions contain the coordinates? Then momenta are constant and Q = I + t
 * H_pp(p) U. */
CST_API int cst_hj_is_static(const cst_hj_t *hj);

/* Inputs coordinates and momenta; outputs H_p, -H_q (n each), H_pp, H_pq and H_qq (n x n each), where
   (H_pq)_ij = d^2H/dp_i dq_j. */
CST_API cst_status_t cst_hj_variation_tape(cst_tape_t tape, const cst_hj_t *hj, cst_error_t *error);

/* Inputs coordinates and momenta; outputs H_pp (upper triangle), then the positive functions. */
CST_API cst_status_t cst_hj_convexity_tape(cst_tape_t tape, const cst_hj_t *hj, cst_error_t *error);

/* The first focal time in (0, horizon] along the characteristic from a point, or along each one from a box.
   CST_TRUE: the ball time encloses it (with a radius that prec, at least 64, makes small; over a box it is
   a multiple of the width of the box). CST_FALSE: there is none. CST_UNKNOWN: neither was proved, the
   characteristic leaves where H is convex and the functions are positive, or horizon <= 0; time is not set.
   What is enclosed is the time at which the least eigenvalue of M crosses zero; it does so once, also where
   det Q only touches zero. */
CST_API cst_truth_t cst_hj_first_focal_time(arb_t time, const cst_hj_t *hj, arb_srcptr point,
                                            const fmpq_t horizon, slong prec);

#ifdef __cplusplus
}
#endif

#endif
