#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A rejection has a cause; an acceptance has none. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *in = fmemopen((void *) (uintptr_t) data, size, "r"), *errors = fopen("/dev/null", "w");
    verdict_t verdict;

    if (in == NULL || errors == NULL)
        return 0; /* fmemopen refuses an empty buffer */
    verdict = check_stream(in, "fuzz", NULL, errors);
    if ((verdict == REJECTED) != (ftell(errors) > 0) || verdict == UNUSABLE)
        abort();
    fclose(in);
    fclose(errors);
    return 0;
}
