/* certify/resume.h -- what an earlier certificate of the same problem tells a new search. */
#ifndef CST_CERTIFY_RESUME_H
#define CST_CERTIFY_RESUME_H

#include "certify/cover.h"

/* Reads the witness's point (if there is one: *has_point) and the splits of the cover. Nothing in the file is
   believed: every box is proved again. The file is a certificate, or what cst__resume_write wrote.
   CST_BAD_INPUT if it is neither, or one of another problem. */
cst_status_t cst__resume_read(fmpq *point, int *has_point, cst__node_t *root, const char *path,
                              const char *statement, slong dimension, cst_error_t *error);

/* The place of the witness (or NULL) and the splits so far, for a search that was stopped. */
void cst__resume_write(cst__cert_text_t *text, const char *statement, const fmpq *point, slong dimension,
                       const cst__node_t *root);

#endif
