/* caustic/atlas.h -- verified integration on a manifold: one vector field in several charts.

   A solution is carried in one chart until it leaves what the chart is used for, and then goes on in another:
   the set is mapped by the mean value form, tau(m) + D tau(X) (X - m), and the tangent by the enclosure of
   D tau over the set. A wide set is then a box again; so the solution Phi from the middle m of the initial
   set S comes along, and the set is met with Phi(m) + D Phi(S) (S - m). */
#ifndef CAUSTIC_ATLAS_H
#define CAUSTIC_ATLAS_H

#include <caustic/lohner.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The tapes are borrowed and outlive the atlas. All fields have the same dimension n. */
typedef struct
{
    slong count;                   /* charts */
    const cst_tape_struct *fields; /* one a chart: inputs = outputs = the components */
    /* One a chart, with one output: positive where the chart is meant to be used. NULL: everywhere. No proof
       depends on it. */
    const cst_tape_struct *margins;
    /* [from * count + to]: the coordinates in chart `to` as functions of those in chart `from`, and then
       their derivative by rows: n + n^2 outputs. A tape without outputs, or NULL for all: no such map is
       known. */
    const cst_tape_struct *transitions;
} cst_atlas_charts_t;

typedef struct cst_atlas cst_atlas_struct;
typedef cst_atlas_struct *cst_atlas_t;

/* NULL, with CST_BAD_INPUT in *error's message, if the shapes differ or an option is out of range. */
CST_API cst_atlas_t cst_atlas_new(const cst_atlas_charts_t *charts, const cst_flow_options_t *options,
                                  cst_error_t *error);
CST_API void cst_atlas_free(cst_atlas_t atlas);

/* As cst_flow_start, with x in the coordinates of a chart. */
CST_API void cst_atlas_start(cst_atlas_t atlas, slong chart, arb_srcptr x, const fmpq_t time);

/* Goes on in another chart, if the set lies where the map to it is defined: otherwise CST_UNDECIDED, and
   nothing is changed. */
CST_API cst_status_t cst_atlas_change(cst_atlas_t atlas, slong chart);

/* One proved step, as cst_flow_step; then a change of the chart, where the margin of the present one is not
   certainly positive and that of another one is. */
CST_API cst_status_t cst_atlas_step(cst_atlas_t atlas, const fmpq_t end);

/* Steps to all the times from low to high, where low is the one nearer to the present: x, and the tangent
   unless it is NULL, enclose what the flow is at all of these times. They are in one chart: in `chart`, if it
   is not negative and its margin is positive on the set at the time low, else in the one that is reached.
   CST_UNDECIDED when a step cannot be proved, CST_PARTIAL when the watch said to stop: x and tangent are then
   what holds at the time reached. */
CST_API cst_status_t cst_atlas_reach(arb_ptr x, arb_mat_struct *tangent, cst_atlas_t atlas, const fmpq_t low,
                                     const fmpq_t high, slong chart);

/* The first zero after the present time and up to end of a function of the state, given by one tape a chart (with
   one output). As cst_flow_event; x is in the coordinates of the chart that the atlas is in afterwards.
   CST_UNKNOWN also where the watch said to stop. time and x may be NULL. */
CST_API cst_truth_t cst_atlas_event(arb_t time, arb_ptr x, cst_atlas_t atlas, const cst_tape_struct *g,
                                    const fmpq_t end);

/* Is called after every step, before a change of the chart, with the flow that took it; stops cst_atlas_reach
   if it returns non-zero. */
typedef int (*cst_atlas_watch_t)(void *data, const cst_atlas_t atlas);
CST_API void cst_atlas_watch(cst_atlas_t atlas, cst_atlas_watch_t watch, void *data);

/* Where the solution is now. The flow is that of the present chart since the last change; it belongs to the
   atlas. The tangent is with respect to the initial point in the chart of the start. */
CST_API slong cst_atlas_chart(const cst_atlas_t atlas);
CST_API slong cst_atlas_steps(const cst_atlas_t atlas);
CST_API cst_flow_t cst_atlas_flow(const cst_atlas_t atlas);
CST_API void cst_atlas_tangent(arb_mat_t tangent, const cst_atlas_t atlas);
CST_API void cst_atlas_tangent_at(arb_mat_t tangent, const cst_atlas_t atlas, const arb_t time);

#ifdef __cplusplus
}
#endif

#endif
