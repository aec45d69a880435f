/* certify/cover.h -- a binary tree of boxes, each with the evidence of its leaves; worked on by several
 * threads. */
#ifndef CST_CERTIFY_COVER_H
#define CST_CERTIFY_COVER_H

#include "certify/prove.h"

#define CST__COVER_DEEPEST 900 /* splits; the checker allows 1,000 */

typedef struct cst__node
{
    struct cst__node *child[2]; /* both or none */
    slong axis;                 /* of the split */
    fmpq_t proved;              /* a leaf: no focal time up to here; 0: nothing proved */
    cst__cert_text_t evidence;
} cst__node_t;

/* One attempt to settle all boxes up to time `lower`. */
typedef struct
{
    const cst__tapes_t *tapes;
    const fmpq *domain_lower, *domain_upper;
    fmpq_t lower; /* the claim */
    fmpq_t ample; /* a little above the upper bound: boxes with room to spare are proved up to here, so that
                     they serve all claims */
    double upper; /* the witness's time; HUGE_VAL if none */
    slong bits;
    slong box_limit;
    int threads;
    int (*stop)(void *data, double done, slong boxes); /* polled; may be NULL */
    void *data;
} cst__cover_task_t;

typedef enum
{
    CST__COVER_DONE,
    CST__COVER_STOPPED,  /* by the callback */
    CST__COVER_BEATEN,   /* a place with an earlier focal time was found */
    CST__COVER_EXHAUSTED /* too many or too small boxes */
} cst__cover_answer_t;

cst__node_t *cst__cover_new(void);
void cst__cover_free(cst__node_t *root);

/* Refines the tree until every leaf is proved up to task->lower. On CST__COVER_BEATEN or EXHAUSTED, place is
   a point (doubles) where it went wrong. */
cst__cover_answer_t cst__cover_settle(cst__node_t *root, const cst__cover_task_t *task, double *place);

/* The nodes in certificate form. Returns the number of leaves. */
slong cst__cover_print(cst__cert_text_t *text, const cst__node_t *root);

/* The splits alone, for a search that goes on later: "split i" and "leaf" lines. */
void cst__cover_print_splits(cst__cert_text_t *text, const cst__node_t *root);

#endif
