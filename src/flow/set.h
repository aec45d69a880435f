/* flow/set.h -- the set x = c + C z + B y without its center: matrices and radii in doubles. */
#ifndef CST_FLOW_SET_H
#define CST_FLOW_SET_H

#include "flow/bound.h"

/* Radii and the columns of C are in units of 2^unit, chosen once for a whole integration, so that they stay
   in the range of doubles at any precision. */
typedef struct
{
    slong n, m; /* components; columns of C */
    slong unit;
    double *c;      /* n x m: the exact linear dependence on z in [-1,1]^m */
    double *b;      /* n x n */
    double *r;      /* |y_j| <= r_j */
    double *base;   /* radii of a part that is carried elsewhere (model-ring.c) and needs no A; else zero */
    double *radius; /* of the whole set, a component */
    double *work;
} cst__flow_set_t;

void cst__flow_set_init(cst__flow_set_t *set, slong n);
void cst__flow_set_clear(cst__flow_set_t *set);
void cst__flow_set_copy(cst__flow_set_t *set, const cst__flow_set_t *from);

/* The box of the given radii: those with free[i] as a column of C, the others in y. */
void cst__flow_set_box(cst__flow_set_t *set, const double *radius, const int *is_parameter);

/* What a second set of errors in the same frame B needs after a step to follow it (tangent.c). */
typedef struct
{
    double *turn;    /* n x n: bounds of |Q^-1 A B|, A the middle of the ball matrix */
    double *inverse; /* n x n: bounds of |Q^-1| */
    double *old;     /* n x n: B before the step */
} cst__flow_frame_t;

void cst__flow_frame_init(cst__flow_frame_t *frame, slong n);
void cst__flow_frame_clear(cst__flow_frame_t *frame);

/* x -> A x + e, the part in base -> its new radii `base` (NULL: there is none), for every matrix in the ball
 * matrix a (n x n) and every |e_i| <= error_i. */
void cst__flow_set_advance(cst__flow_set_t *set, const cst__ball_t *a, const double *error,
                           const double *base, cst__flow_frame_t *frame);

/* Is every radius finite? */
int cst__flow_set_is_finite(const cst__flow_set_t *set);

/* A radius as a double, whatever the unit. */
double cst__flow_set_real_radius(const cst__flow_set_t *set, slong i);

/* A frame q from the columns of x, the longest of |x_j| weight_j first; inverse bounds |q^-1|; returns a
   bound of
   |(q^T q)^-1 - I|. */
double cst__flow_orthonormal(double *q, double *inverse, const double *x, const double *weight, slong n);

#endif
