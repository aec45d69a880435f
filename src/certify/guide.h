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
    cst_tape_t variation; /* q, p -> H_p, -H_q, H_pp, H_pq, H_qq */
} cst__tapes_t;

cst_status_t cst__tapes_init(cst__tapes_t *tapes, const cst_hj_t *hj, cst_error_t *error);
void cst__tapes_clear(cst__tapes_t *tapes);

/* The first focal time of the characteristic from q, or HUGE_VAL when there is none before horizon or it
   cannot be followed. accuracy is the error allowed a step. */
#define CST__GUIDE_FINE 1e-10
double cst__guide_focal_time(const cst__tapes_t *tapes, const double *q, double horizon, double accuracy);

/* A characteristic in doubles, from its start: the first time at which M, with C = diag(c), is singular. step
   is the first step to try. HUGE_VAL if there is none before horizon or it cannot be followed (follow.c). */
double cst__guide_follow(const cst__tapes_t *tapes, const double *q, const double *gradient,
                         const double *hessian, const double *c, double step, double horizon,
                         double accuracy);

/* The diagonal of C for the monotone matrix of characteristics near q up to a time. */
void cst__guide_shift(fmpq *c, const cst__tapes_t *tapes, const double *q, double time);

/* A search for small focal times over a box. */
typedef struct
{
    const cst__tapes_t *tapes;
    const double *lower, *upper;
    double horizon;
    double slack;            /* times that differ by less are as good as each other */
    int (*stop)(void *data); /* polled; the search then ends with what it has */
    void *data;
} cst__hunt_t;

/* Looks for the least focal time; writes the place found. */
double cst__guide_minimum(double *place, const cst__hunt_t *hunt);

/* Descends from place; returns the focal time there. */
double cst__guide_descend(double *place, const cst__hunt_t *hunt, double step);

#endif
