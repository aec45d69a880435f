/* flow/atlas.h -- the two halves of a step of an atlas. */
#ifndef CST_FLOW_ATLAS_H
#define CST_FLOW_ATLAS_H

#include <caustic/atlas.h>

/* One proved step in the present chart. CST_PARTIAL if the watch says to stop. */
cst_status_t cst__atlas_advance(cst_atlas_t atlas, const fmpq_t end);

/* A change of the chart, where the margin of the present one is not certainly positive and that of another
 * is. */
void cst__atlas_leave(cst_atlas_t atlas);

#endif
