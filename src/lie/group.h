/* lie/group.h -- what the files on groups share. */
#ifndef CST_LIE_GROUP_H
#define CST_LIE_GROUP_H

#include <caustic/group.h>

/* g = a group with one part, which is moved into it and left trivial. */
void cst__group_wrap(cst_group_t g, cst_group_kind_t kind, slong p, cst_group_t part);
/* g = a x b; both are moved into it and left trivial. */
void cst__group_join(cst_group_t g, cst_group_t a, cst_group_t b);

#endif
