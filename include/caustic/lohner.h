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

/* Beyond so many bits, the doubles that guide and bound the steps would be too small. */
#define CST_FLOW_MOST_PRECISION 640

/* All zero means: chosen by the program. */
typedef struct
{
    slong precision; /* bits of the center, but for a few to guard it: 64 (the default) to 640 */
    slong order;     /* of the Taylor polynomials in the time, 4 to 10000; chosen from the precision */
    slong degree;    /* of the set in the initial box, 1 to 8; 1 for narrow boxes, else 3 or 5 */
    int tangent; /* also carry derivatives of the flow in the initial point: 1 the first, 2 also the second */
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

/* Row i, column d n + e (n x n^2): the derivative of component i with respect to components d and e of the
   initial point, over the whole initial set. Indeterminate unless options.tangent was 2. */
CST_API void cst_flow_second(arb_mat_t second, const cst_flow_t flow);

/* Dense output: the solution on the last step, from `start` to `end` in the direction of the integration.
   Returns 0, and sets nothing, before the first step and after a step that could not be proved. */
CST_API int cst_flow_last_step(fmpq_t start, fmpq_t end, const cst_flow_t flow);

/* On the last step, with s = (t - start)/(end - start) in [0,1], component i of every solution from the set
   stays within radius of the polynomial in s. Returns 0 where there is no step. */
CST_API int cst_flow_polynomial(arb_poly_t polynomial, mag_t radius, const cst_flow_t flow, slong i);

/* Enclose the solution, and the derivatives in the initial point, at all the times in the ball that belong to
   the last step; indeterminate if there are none. */
CST_API void cst_flow_state_at(arb_ptr x, const cst_flow_t flow, const arb_t time);
/* One component of the solution alone. */
CST_API void cst_flow_component_at(arb_t x, const cst_flow_t flow, slong i, const arb_t time);
CST_API void cst_flow_tangent_at(arb_mat_t tangent, const cst_flow_t flow, const arb_t time);
CST_API void cst_flow_second_at(arb_mat_t second, const cst_flow_t flow, const arb_t time);

/* The first zero of g(x(t)) after the time of the flow and up to end, g a tape with one output and the
   components as inputs. CST_TRUE: every solution from the set has its first zero in the ball time, where x
   encloses it, and g changes sign there with a derivative that is not zero. CST_FALSE: no solution has a
   zero. CST_UNKNOWN: this could not be proved; cst_flow_time tells how far it got. A zero at the very start
   does not count if g is monotone there. The flow has then gone to the end of the step with the zero, or to
   end. time and x may be NULL. */
CST_API cst_truth_t cst_flow_event(arb_t time, arb_ptr x, cst_flow_t flow, const cst_tape_t g,
                                   const fmpq_t end);

/* The matrix V^T J V - J of a Hamiltonian flow, J = (0, I; -I, 0): it contains 0, and its radius says how
   well the tangent is known. The dimension is even: positions first, then momenta. */
CST_API void cst_flow_symplectic_defect(arb_mat_t defect, const cst_flow_t flow);

/* The ends of a ball of times, the one nearer to start as low; low = start if start is inside. */
CST_API void cst_flow_time_range(fmpq_t low, fmpq_t high, const arb_t end, const fmpq_t start);

/* What cst_flow_solve did. */
typedef struct
{
    slong steps;
    slong precision; /* the last one tried */
    double time;     /* reached, rounded */
} cst_flow_report_t;

/* From the set x at the time start to all the times in the ball end: x_end (which may be x) and, if not NULL,
   the tangent. If tolerance > 0, the precision is raised, from that of the options on, until every radius is
   at most that; CST_PARTIAL, with the narrowest enclosure found, where the initial set or the time is too
   wide for it, or it takes more than CST_FLOW_MOST_PRECISION bits. CST_BAD_INPUT, with indeterminate results,
   as cst_flow_new, and for a ball end that is not finite. CST_UNDECIDED where end cannot be reached: the
   results are then indeterminate and the report has the time reached. tangent, report and options may be
   NULL. */
CST_API cst_status_t cst_flow_solve(arb_ptr x_end, arb_mat_struct *tangent, cst_flow_report_t *report,
                                    const cst_tape_t field, arb_srcptr x, const fmpq_t start, const arb_t end,
                                    double tolerance, const cst_flow_options_t *options);

#ifdef __cplusplus
}
#endif

#endif
