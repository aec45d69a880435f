/* caustic/certificate.h -- a certificate as a graph of proofs, for those who print or translate it.

   The graph is a tree: the claim rests on the witness and on the root of the cover, a merge on its two
   children, a box settled by integration on its steps. What is read here is not checked: caustic-check
   does that. */
#ifndef CAUSTIC_CERTIFICATE_H
#define CAUSTIC_CERTIFICATE_H

#include <stddef.h>

#include <caustic/flint.h>
#include <caustic/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    CST_CERTIFICATE_WITNESS,  /* a starting point with a focal time before the upper bound */
    CST_CERTIFICATE_MERGE,    /* a box of the cover from its two halves across an axis: "split" */
    CST_CERTIFICATE_STATIC,   /* a box settled by curvature: the Hessians alone bound its focal times */
    CST_CERTIFICATE_FLOW,     /* a box settled by integration of the monotone matrix */
    CST_CERTIFICATE_PARTS,    /* a matrix over a part of a box from its two halves across an axis: "halve" */
    CST_CERTIFICATE_POSITIVE, /* a matrix that is positive definite over its part */
} cst_certificate_kind_t;

typedef struct
{
    cst_certificate_kind_t kind;
    slong parent;                      /* node, or -1 */
    int side;                          /* 0: of the lower half of its parent, 1: of the upper */
    slong depth;                       /* how many nodes are above it */
    slong axis;                        /* of a merge or of parts: the coordinate, from 0 */
    slong line;                        /* in the text, from 1 */
    slong bits, degree, weight, order; /* of its Taylor models; weight and order are 0 where no flow is */
    slong steps;
} cst_certificate_node_t;

/* A line above the evidence. */
typedef struct
{
    char *keyword, *text;
    slong number; /* of the line, from 1 */
} cst_certificate_line_t;

typedef struct
{
    char *title;
    fmpq_t lower, upper;
    int has_upper;
    cst_certificate_line_t *lines; /* the statement: from "problem" to the last "domain" */
    slong line_count;
    slong dimension;
    char **names;     /* of the coordinates */
    fmpq *low, *high; /* the domain */
    fmpq *point;      /* of the witness; has_upper */
    fmpz *direction;
    cst_certificate_node_t
        *nodes; /* parents before children, the lower half first; the witness, if any, is 0 */
    slong node_count, node_room;
    int sealed;      /* does the seal match the text? */
    char sha256[65]; /* of the text above the seal */
} cst_certificate_struct;
typedef cst_certificate_struct cst_certificate_t[1];

/* Reads a certificate from memory; `path` is for messages. CST_BAD_INPUT, with the line, if it is not of the
   form of doc/certificate.rst; then nothing is left to clear. */
CST_API cst_status_t cst_certificate_read(cst_certificate_t certificate, const char *path, const char *text,
                                          size_t length, cst_error_t *error);
CST_API void cst_certificate_clear(cst_certificate_t certificate);

/* The box of a node, exactly: `dimension` numbers each; the witness has its point. */
CST_API void cst_certificate_box(fmpq *low, fmpq *high, const cst_certificate_t certificate, slong node);

/* Its name, as caustic-check prints it: "witness", or "box 1" followed by .1 or .2 for the lower or upper
   half of each merge above it, then by - or + for that of each halving of parts, as in "box 1.2.1-+". The
   caller frees it by flint_free. */
CST_API char *cst_certificate_name(const cst_certificate_t certificate, slong node);

/* The kind in words, such as "box settled by integration". */
CST_API const char *cst_certificate_kind_words(cst_certificate_kind_t kind);

#ifdef __cplusplus
}
#endif

#endif
