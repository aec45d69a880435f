/* caustic/lohner.h -- verified integration of x' = f(x): enclosures of solutions and of their derivatives.

   A flow carries a set x = c + C z + B y, |z_i| <= 1, |y_i| <= r_i, along the vector field of a tape. The
   center c has as many bits as asked for; the matrices and the error box y are doubles with proved bounds
   (Lohner, Einschliessung der Loesung gewoehnlicher Anfangs- und Randwertaufgaben, 1988; Nedialkov, Jackson
   and Corliss, Validated solutions of initial value problems for ODEs, 1999). Each step is proved: a Taylor
   polynomial, its derivative in the initial point over the whole set, and its remainder over an a-priori
   enclosure (Corliss and Rihm, 1996). For a wide initial box the set is a polynomial in z (Makino and Berz,
   2003).

   Every ball that comes out encloses the exact value. A step that cannot be proved is not taken. */
#ifndef CAUSTIC_LOHNER_H
#define CAUSTIC_LOHNER_H

#include <caustic/flow.h>

#ifdef __cplusplus
extern "C" {
#endif

/* All zero means: chosen by the program. */
typedef struct
{
    slong precision; /* bits of the center; at least 64 (the default) */
    slong order;     /* of the Taylor polynomials in the time; chosen from the precision */
    slong degree;    /* of the set in the initial box: 1 (the default) */
    int tangent;     /* also carry the derivative of the flow with respect to the initial point */
    slong max_steps; /* 100000 */
} cst_flow_options_t;

typedef struct cst_flow cst_flow_struct;
typedef cst_flow_struct *cst_flow_t;

/* A flow of the vector field on the tape: inputs = outputs = the components. It keeps what it needs of the
   tape. NULL, with CST_BAD_INPUT in *error's message, if the shapes differ or an option is out of range. */
CST_API cst_flow_t cst_flow_new(const cst_tape_t field, const cst_flow_options_t *options,
                                cst_error_t *error);
CST_API void cst_flow_free(cst_flow_t flow);

/* Starts at the exact time from the set of points x: a ball of radius zero is a point, any other a box. The
   tangent flow starts as the identity. */
CST_API void cst_flow_start(cst_flow_t flow, arb_srcptr x, const fmpq_t time);

/* One proved step towards the time end, before or after the time of the flow, and never beyond end.
   CST_UNDECIDED when none can be proved: the flow then stays where it is. */
CST_API cst_status_t cst_flow_step(cst_flow_t flow, const fmpq_t end);

/* Steps to exactly the time end. CST_UNDECIDED when it cannot get there: the flow then stays at the time
   reached and goes on to enclose the solution there. */
CST_API cst_status_t cst_flow_to(cst_flow_t flow, const fmpq_t end);

/* What the flow holds now. The vector has one ball a component; the matrix is square. */
CST_API slong cst_flow_dimension(const cst_flow_t flow);
CST_API slong cst_flow_steps(const cst_flow_t flow);
CST_API slong cst_flow_precision(const cst_flow_t flow);
CST_API void cst_flow_time(fmpq_t time, const cst_flow_t flow);
CST_API void cst_flow_state(arb_ptr x, const cst_flow_t flow);
/* Column d: the derivative with respect to component d of the initial point, over the whole initial set.
   Indeterminate if the flow does not carry it. */
CST_API void cst_flow_tangent(arb_mat_t tangent, const cst_flow_t flow);

#ifdef __cplusplus
}
#endif

#endif
