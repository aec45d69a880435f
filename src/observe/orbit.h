/* observe/orbit.h -- the least norm on an orbit of several groups at once. Internal.

   What is minimized is |g theta|^2 over a group that acts linearly: X on a stream (any invertible matrix, or
   diagonal), whose readers W become X^{-1} W and whose writers W X, and on each couple (A, B), of which only
   A B' is seen, any invertible matrix of its own, or a factor for each column. Along geodesics that is convex
   (Kempf and Ness), so that the gradient at one point bounds it from below. */
#ifndef CST_OBSERVE_ORBIT_H
#define CST_OBSERVE_ORBIT_H

#include "observe/matrix.h"

typedef enum
{
    OBS_STILL,
    OBS_READS,
    OBS_WRITES
} cst__stream_t;

/* Columns; rows are stacks of `width` which the stream moves (writers are turned: X' W'), and extra ones
   below. Unless OBS_STILL there is at least one stack; OBS_STILL counts all rows as extra. */
typedef struct
{
    cst__stream_t stream;
    slong stacks, extra, cols;
    double *x, *radius; /* of the entries */
} cst__side_struct;

typedef struct
{
    cst__side_struct a, b;
    int mixed; /* any matrix acts; else a factor for each column */
} cst__couple_struct;

typedef struct
{
    slong width;
    int full; /* X is any matrix; else diagonal */
    slong sides, couples;
    cst__side_struct *side;
    cst__couple_struct *couple;
} cst__orbit_struct;
typedef cst__orbit_struct cst__orbit_t[1];

void cst__orbit_init(cst__orbit_t orbit, slong width, int full);
void cst__orbit_clear(cst__orbit_t orbit);

slong cst__side_rows(const cst__side_struct *side, const cst__orbit_t orbit);

/* New ones, zeros, to be filled at once. */
cst__side_struct *cst__orbit_side(cst__orbit_t orbit, cst__stream_t stream, slong stacks, slong extra,
                                  slong cols);
void cst__orbit_take(cst__orbit_t orbit, const cst__side_struct *side); /* which it owns from then on */
cst__couple_struct *cst__orbit_couple(cst__orbit_t orbit, int mixed);
void cst__side_init(cst__side_struct *side, const cst__orbit_t orbit, cst__stream_t stream, slong stacks,
                    slong extra, slong cols);

/* Adds the squared norm of all entries as they are. */
void cst__orbit_add_square(arb_t square, const cst__orbit_t orbit);

/* The infimum; indeterminate if it was not found. */
void cst__orbit_least(arb_t square, const cst__orbit_t orbit);

/* ---- Its parts ---------------------------------------------------------------------------------- */

/* X, by rows or its diagonal, near the minimum; nothing is proved. To be freed. */
double *cst__orbit_search(const cst__orbit_t orbit);

/* x (r x r) for which a x and b x^{-T} (n and m rows of r) have nearly the same Gram matrix, nearly diagonal.
   careful: also where singular values of the product are tiny. 0: there is none. */
int cst__couple_search(double *x, const double *a, slong n, const double *b, slong m, slong r, int careful);

/* What is proved of a couple at a x, b x^{-T}: these, and how far the balanced ones are: their squared norm
   is less by at most loss, and Gram matrices of their rows (a a') differ by at most `off` in the Frobenius
   norm; the square of each row by a factor within 1 +- relative. 0: nothing. a and b become the moved ones.
 */
int cst__couple_prove(arb_t loss, arb_t off, arb_t relative, arb_mat_t a, arb_mat_t b, const double *x);

#endif
