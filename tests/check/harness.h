/* Checks in a test program: many in one process. */
#ifndef CHECK_HARNESS_H
#define CHECK_HARNESS_H

#include "check.h"

/* Is the certificate accepted? Writes the cause of a rejection to errors, and releases all memory of the
 * check. */
int check_stream(FILE *in, FILE *errors);

/* Releases all memory of the checker, which has been GMP's too since the last time: before a problem is read
   that replaces another. */
void harness_start(void);

#endif
