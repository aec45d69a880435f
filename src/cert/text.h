/* cert/text.h -- the lines of a certificate, written into memory. See doc/certificate.rst. */
#ifndef CST_CERT_TEXT_H
#define CST_CERT_TEXT_H

#include <stddef.h>

#include <caustic/flow.h>

typedef struct
{
    char *bytes; /* not terminated */
    size_t length;
    size_t capacity;
} cst__cert_text_t;

void cst__cert_init(cst__cert_text_t *text);
void cst__cert_clear(cst__cert_text_t *text);
void cst__cert_append(cst__cert_text_t *text, const char *bytes, size_t length);
void cst__cert_printf(cst__cert_text_t *text, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* A rational as `a` or `a/b`, an integer in hexadecimal; no space around. */
void cst__cert_fmpq(cst__cert_text_t *text, const fmpq_t x);
void cst__cert_fmpz(cst__cert_text_t *text, const fmpz_t x);

/* "flow B K s D c...", the steps and "arrive". */
void cst__cert_tube(cst__cert_text_t *text, const cst_tube_t tube, const fmpq *c, slong n);

/* "static B D". */
void cst__cert_static(cst__cert_text_t *text, slong bits, slong degree);

/* The head, up to the line "evidence"; upper may be NULL. */
void cst__cert_head(cst__cert_text_t *text, const char *title, const fmpq_t lower, const fmpq *upper,
                    const char *statement);

/* The last line: the SHA-256 of everything before it. */
void cst__cert_seal(cst__cert_text_t *text);

#endif
