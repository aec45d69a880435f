/* Certificates under a right seal: what is read is sealed anew, so that a change is not found by its hash. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text up to its seal, if it has one, and a right one */
static char *
sealed(const uint8_t *data, size_t size, size_t *length)
{
    static const char word[] = "\nsha256 ";
    size_t text = size;
    char *o = malloc(size + 100), hex[65];
    sha256_t s;

    if (o == NULL)
        abort();
    memcpy(o, data, size);
    for (size_t i = 0; i + sizeof word - 1 <= size && text == size; i++)
        if (memcmp(data + i, word, sizeof word - 1) == 0)
            text = i + 1;
    if (text > 0 && o[text - 1] != '\n')
        o[text++] = '\n';
    sha256_start(&s);
    sha256_add(&s, o, text);
    sha256_hex(hex, &s);
    *length = text + (size_t) sprintf(o + text, "sha256 %s\n", hex);
    return o;
}

/* A rejection has a cause; an acceptance has none. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t length;
    char *text = sealed(data, size, &length);
    FILE *in = fmemopen(text, length, "r"), *errors = fopen("/dev/null", "w");
    int accepted;

    if (in == NULL || errors == NULL)
        abort();
    accepted = check_stream(in, errors);
    if (accepted == (ftell(errors) > 0))
        abort();
    fclose(in);
    fclose(errors);
    free(text);
    return 0;
}
