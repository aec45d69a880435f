/* certify/guide.h -- focal times in double: where to look, never evidence. */
#ifndef CST_CERTIFY_GUIDE_H
#define CST_CERTIFY_GUIDE_H

#include <caustic/hj.h>

/* What every search needs of a problem; immutable and shared by threads once made. */
typedef struct
{
    slong dimension;
    int is_static;
    cst_tape_t initial;   /* q -> du0, Hess u0 */
    cst_tape_t convexity; /* q, p -> H_pp, positive functions */
    cst_tape_t field;     /* the monotone system */
} cst__tapes_t;

cst_status_t cst__tapes_init(cst__tapes_t *tapes, const cst_hj_t *hj, cst_error_t *error);
void cst__tapes_clear(cst__tapes_t *tapes);

/* The nearest double. */
double cst__fmpq_to_double(const fmpq_t x);

/* The first focal time of the characteristic from q, or HUGE_VAL when there is none before horizon or it
   cannot be followed. */
double cst__guide_focal_time(const cst__tapes_t *tapes, const double *q, double horizon);

/* The diagonal of C for the monotone matrix of characteristics near q up to a time. */
void cst__guide_shift(fmpq *c, const cst__tapes_t *tapes, const double *q, double time);

/* Looks for the least focal time over a box; writes the place found. */
double cst__guide_minimum(double *place, const cst__tapes_t *tapes, const double *lower, const double *upper,
                          double horizon);

/* Descends from place inside the box; returns the focal time there. */
double cst__guide_descend(double *place, const cst__tapes_t *tapes, const double *lower, const double *upper,
                          double horizon, double step);

#endif
