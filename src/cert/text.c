#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <caustic/io.h>

#include "cert/text.h"

void
cst__cert_init(cst__cert_text_t *text)
{
    text->bytes = NULL;
    text->length = text->capacity = 0;
}

void
cst__cert_clear(cst__cert_text_t *text)
{
    flint_free(text->bytes);
    cst__cert_init(text);
}

static void
reserve(cst__cert_text_t *text, size_t more)
{
    if (text->length + more <= text->capacity)
        return;
    text->capacity = 2 * (text->length + more) + 256;
    text->bytes = flint_realloc(text->bytes, text->capacity);
}

void
cst__cert_append(cst__cert_text_t *text, const char *bytes, size_t length)
{
    if (length == 0)
        return;
    reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

void
cst__cert_printf(cst__cert_text_t *text, const char *format, ...)
{
    char line[512];
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n > 0)
        cst__cert_append(text, line, (size_t) n < sizeof line ? (size_t) n : sizeof line - 1);
}

void
cst__cert_fmpz(cst__cert_text_t *text, const fmpz_t x)
{
    char *digits;

    reserve(text, fmpz_sizeinbase(x, 16) + 2);
    digits = fmpz_get_str(text->bytes + text->length, 16, x);
    text->length += strlen(digits);
}

void
cst__cert_fmpq(cst__cert_text_t *text, const fmpq_t x)
{
    char *digits = fmpq_get_str(NULL, 10, x);

    cst__cert_append(text, digits, strlen(digits));
    flint_free(digits);
}

void
cst__cert_static(cst__cert_text_t *text, slong bits, slong degree)
{
    cst__cert_printf(text, "static %ld %ld\n", (long) bits, (long) degree);
}

/* "p radius coefficients", without the zeros at the end. */
static void
put_model(cst__cert_text_t *text, const cst_model_t x)
{
    slong last = x->shape->length;

    while (last > 0 && fmpz_is_zero(x->coeff + last - 1))
        last--;
    cst__cert_append(text, "p ", 2);
    cst__cert_fmpz(text, x->radius);
    for (slong i = 0; i < last; i++)
    {
        cst__cert_append(text, " ", 1);
        cst__cert_fmpz(text, x->coeff + i);
    }
    cst__cert_append(text, "\n", 1);
}

void
cst__cert_tube(cst__cert_text_t *text, const cst_tube_t tube, const fmpq *c, slong n)
{
    cst__cert_printf(text, "flow %ld %ld %ld %ld", (long) tube->shape->bits, (long) tube->shape->degree,
                     (long) tube->shape->weight, (long) tube->shape->top);
    for (slong i = 0; i < n; i++)
    {
        cst__cert_append(text, " ", 1);
        cst__cert_fmpq(text, c + i);
    }
    cst__cert_append(text, "\n", 1);
    for (slong s = 0; s < tube->length; s++)
    {
        cst__cert_append(text, "step ", 5);
        cst__cert_fmpz(text, tube->steps[s].duration);
        cst__cert_append(text, "\n", 1);
        for (slong i = 0; i < tube->dimension; i++)
            put_model(text, tube->steps[s].phi + i);
    }
    cst__cert_append(text, "arrive\n", 7);
}

void
cst__cert_head(cst__cert_text_t *text, const char *title, const fmpq_t lower, const fmpq *upper,
               const char *statement)
{
    cst__cert_append(text, "caustic-certificate 1\ntitle ", 28);
    cst__cert_append(text, title, strlen(title));
    cst__cert_append(text, "\nclaim ", 7);
    cst__cert_fmpq(text, lower);
    cst__cert_append(text, " ", 1);
    if (upper)
        cst__cert_fmpq(text, upper);
    else
        cst__cert_append(text, "none", 4);
    cst__cert_append(text, "\n", 1);
    cst__cert_append(text, statement, strlen(statement));
    cst__cert_append(text, "evidence\n", 9);
}

void
cst__cert_seal(cst__cert_text_t *text)
{
    cst_io_sha256_t hash;
    char hex[65];

    cst_io_sha256_init(hash);
    cst_io_sha256_update(hash, text->bytes, text->length);
    cst_io_sha256_hex(hex, hash);
    cst__cert_printf(text, "sha256 %s\n", hex);
}
