/* flow/integrator.h -- what a flow holds. */
#ifndef CST_FLOW_INTEGRATOR_H
#define CST_FLOW_INTEGRATOR_H

#include <caustic/lohner.h>

#include "flow/fixed-ring.h"
#include "flow/set.h"

/* The last step: where it began, how long it lasts, and what its polynomials are in. */
typedef struct
{
    int taken;
    int fixed;            /* the center's coefficients are in fixed point: see cst__flow_fill_center */
    int fine_fixed;       /* so are those of the tangent */
    fmpq_t start, length; /* of the time, length with its sign */
    double time;          /* an upper bound of |length| / 2^shift */
    arb_ptr powers;       /* (length / (sign 2^shift))^k, k <= order + 1 */
    cst__ball_t *real;    /* the same in doubles */
    double *radius;       /* of the set at the start */
    slong jets;           /* the derivative of the step goes to this order */
    double *rest;         /* what the orders beyond may contribute, in units */
    double *error;        /* of the center, in units: rounding and remainder */
    double *remainder;    /* bounds of the remainder on the whole step */
} cst__flow_step_t;

struct cst_flow
{
    cst__flow_program_t program;
    cst_flow_options_t options;
    slong n, asked, prec;    /* bits asked for; bits of the center, which has some to guard */
    slong order, most_order; /* in use, and what there is room for */
    slong bits;              /* the tolerance of a step is 2^-bits relative to the state */
    cst_shape_t point, jet; /* shapes: no direction; n directions, of degree 1, or 2 for second derivatives */
    cst__ring_t near;       /* jets in doubles over the set */
    cst__ring_t around;     /* the same, or values only, over the a-priori enclosure */
    cst__ring_t center;     /* in Arb, at the center */
    cst__ring_t fine;       /* jets in Arb over the set, for tangents beyond doubles */
    int has_fine;
    cst__ring_t fixed, fine_fixed; /* the same two in fixed point, tried first */
    slong fixed_bits;              /* 0: not used */

    cst_shape_t initial; /* of the polynomials in z of a wide set */
    cst__ring_t models;  /* there, if degree > 1 */
    slong early;         /* variables of the initial box; later ones stand for errors */
    int *late;           /* monomials that have one of these */
    slong degree;        /* of the set: 1 if it has no polynomials */
    double *polynomial;  /* n x monomials; the constant term is that of the center */

    fmpq_t time;
    slong steps;
    int lost; /* started from what is no finite set */
    arb_ptr x;
    cst__flow_set_t set;
    cst__flow_frame_t frame;
    cst__flow_step_t step;

    slong columns; /* of the tangent: the coefficients of z^alpha, |alpha| >= 1, in the order of the shape jet
                    */
    arb_mat_t tangent; /* its middle */
    double *spread;    /* n x columns: the errors, in the frame of the set */

    struct
    {
        arb_ptr x;
        cst__flow_set_t set;
        arb_mat_t tangent;
        double *spread;
        double *polynomial;
    } last; /* the same before the step, for a step that is taken back */

    double *gap;       /* n x (directions + 1): room left for the remainder in the a-priori enclosure */
    double guess;      /* of the length of the next step */
    double confidence; /* how much of the predicted length holds */
};

/* step.c: after a proved step the set is advanced, and 1 is returned. */
int cst__flow_attempt(cst_flow_t flow, const fmpq_t end);

/* unit.c: sets the unit of time of all rings for the next step, rest being all the time to go. */
void cst__flow_choose_unit(cst_flow_t flow, const fmpq_t rest);

/* enclosure.c: a length s of the step (in units of 2^shift, at most `most`) for which the remainder is proved
   to be small on [0, s]; coefficient order + 1 of ring `around` then encloses it. Returns 0 if there is none.
 */
int cst__flow_enclose(cst_flow_t flow, double *time, double most);

slong cst__flow_step_limit(const cst_flow_t flow);

/* The ball matrix of tangent + B E: as many columns as `hull` has. */
void cst__flow_tangent_hull(arb_mat_t hull, const arb_mat_t tangent, const cst__flow_set_t *set,
                            const double *spread, slong columns);

/* Partial derivatives, n x n^2, from coefficients of monomials. */
void cst__flow_second_derivatives(arb_mat_t second, const arb_mat_t coefficients, const cst_flow_t flow);

/* x + [-radius, radius] 2^unit */
void cst__flow_add_radius(arb_t x, double radius, slong unit);

/* dense.c: the set on the last step at the times start +-2^shift s. */
void cst__flow_state_at(arb_ptr x, const cst_flow_t flow, const arb_t s);

/* Prepares a ring in fixed point for the step; returns 0 where it cannot be used. */
int cst__flow_begin_fixed(cst_flow_t flow, cst__ring_t *ring);

/* The coefficients of the center, and of the tangent beyond doubles, in Arb and in units of 2^shift, whatever
   the last step was done in. */
void cst__flow_fill_center(const cst_flow_t flow);
void cst__flow_fill_fine(const cst_flow_t flow);

/* An upper bound of s^k / 2^unit, s >= 0. */
double cst__power_bound(double s, slong k, slong unit);

/* curved.c: polynomials for a box with the radii (in units) of its wide components; one step of them, which
   adds to the errors of the center and fills in their radii; and the error box taken into them when it has
   grown. */
void cst__flow_start_models(cst_flow_t flow, const int *wide, double *radius);
int cst__flow_advance_models(cst_flow_t flow, double *base);
void cst__flow_absorb(cst_flow_t flow);
void cst__flow_clear_models(cst_flow_t flow);

/* tangent.c: one step; and the terms of second order in w(z) = (the polynomials of the step)(v z + ...),
   which are added to the columns of w beyond the first n. */
void cst__flow_add_second(arb_mat_t w, const arb_mat_t step, const arb_mat_t v, const cst_flow_t flow);
void cst__flow_advance_tangent(cst_flow_t flow, const cst__ball_t *a);

#endif
