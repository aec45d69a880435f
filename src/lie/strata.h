/* lie/strata.h -- where the rank of fields is smaller than at a generic point. */
#ifndef CST_LIE_STRATA_H
#define CST_LIE_STRATA_H

#include <caustic/discovery.h>

#include "lie/generated.h"

/* Sets the strata of orbits, whose rank is set, if there are not too many minors. */
void cst__lie_strata(cst_lie_orbits_t orbits, cst__fields_t *g, slong count);

#endif
