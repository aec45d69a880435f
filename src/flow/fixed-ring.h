/* flow/fixed-ring.h -- jets in fixed point, for the center and the tangents beyond doubles. */
#ifndef CST_FLOW_FIXED_RING_H
#define CST_FLOW_FIXED_RING_H

#include "flow/ball-ring.h"

/* How many bits of the largest coefficient of a strand to carry for so many bits of the result, for jets of
   the degree; 0 where that is more than there is room for. */
slong cst__fixed_ring_bits(slong bits, slong orders, slong degree);

/* Tells the ring how long the step is (with its sign), which becomes the unit of time, and how large the
   coefficients of the rows will be: as large as those of `near`, of order up to top for the components.
   Returns 0 where they are not finite. */
int cst__fixed_ring_begin(cst__ring_t *ring, const cst__ring_t *near, const arb_t length,
                          const cst__ball_t *powers, slong top, slong bits);

/* Order 0 of a strand. */
void cst__fixed_ring_load(cst__ring_t *ring, slong row, slong block, const arb_t x);

/* Coefficient k of a strand; the sum of those up to order top, which is the value at the end of the step. */
void cst__fixed_ring_get(arb_t x, const cst__ring_t *ring, slong row, slong block, slong k);
void cst__fixed_ring_sum(arb_t x, const cst__ring_t *ring, slong row, slong block, slong top);

#endif
