/* certify/grid.h -- exact numbers of few bits, for claims and places. */
#ifndef CST_CERTIFY_GRID_H
#define CST_CERTIFY_GRID_H

#include <caustic/flint.h>

/* q (a double) as a point of an interval with `fine` bits of its width; an end of it when q is close to it.
 */
void cst__grid_point(fmpq_t x, double q, const fmpq_t lower, const fmpq_t upper, double width, int fine);

/* The multiple of 2^-grid at or above x. */
void cst__grid_above(fmpq_t y, const fmpq_t x, slong grid);

#endif
