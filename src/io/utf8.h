/* io/utf8.h -- well-formed UTF-8 (Unicode 15, table 3-7). Internal. */
#ifndef CST_IO_UTF8_H
#define CST_IO_UTF8_H

#include <stddef.h>

/* Bytes of the character at the start of text[0..length), or 0 if none is well-formed. */
size_t cst__io_utf8_character(const char *text, size_t length);

/* Is this byte the first of a character (and not a continuation)? */
int cst__io_utf8_is_first(char byte);

#endif
