#include "io/utf8.h"

size_t
cst__io_utf8_character(const char *text, size_t length)
{
    const unsigned char *s = (const unsigned char *) text;
    unsigned char low = 0x80, high = 0xbf; /* what the second byte may be */
    size_t bytes;

    if (length == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    bytes = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] == 0xe0)
        low = 0xa0; /* else a longer form than needed */
    if (s[0] == 0xed)
        high = 0x9f; /* else a surrogate */
    if (s[0] == 0xf0)
        low = 0x90;
    if (s[0] == 0xf4)
        high = 0x8f; /* else beyond U+10FFFF */
    if (length < bytes || s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < bytes; i++)
        if (cst__io_utf8_is_first(text[i]))
            return 0;
    return bytes;
}

int
cst__io_utf8_is_first(char byte)
{
    return ((unsigned char) byte & 0xc0) != 0x80;
}
