/* flow/event.h -- the search for a zero, step by step, also through several charts. */
#ifndef CST_FLOW_EVENT_H
#define CST_FLOW_EVENT_H

#include "flow/integrator.h"

typedef struct
{
    cst_flow_t flow;
    cst__flow_program_t g;
    cst__ring_t field, value; /* two orders of each: x, x' and g, g' */
    int before;               /* the sign of g before the open part; 0: not known, at the start */
    int slope;                /* of g in the open part; 0: no part is open */
    int found, failed;
    arb_t time; /* all of the open part */
    arb_ptr x, at;
} cst__search_t;

void cst__search_init(cst__search_t *search, cst_flow_t flow, const cst_tape_t g);
void cst__search_clear(cst__search_t *search);

/* Searches the last step of the flow. */
void cst__search_step(cst__search_t *search);

/* Goes on with another flow, in whose coordinates g is the same function; no part may be open. */
void cst__search_move(cst__search_t *search, cst_flow_t flow, const cst_tape_t g);

#endif
