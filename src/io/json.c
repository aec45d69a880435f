#include "config.h"

#include <string.h>

#include <caustic/io.h>

#include "io/utf8.h"

static void
append(cst_io_json_t json, const char *bytes, size_t length)
{
    if (json->room - json->length <= length)
    {
        json->room = 2 * (json->length + length) + 64;
        json->text = flint_realloc(json->text, json->room);
    }
    memcpy(json->text + json->length, bytes, length);
    json->length += length;
    json->text[json->length] = '\0';
}

/* A comma is due before a value or key unless it opens something or follows its key. */
static void
separate(cst_io_json_t json)
{
    if (json->length > 0 && !strchr("{[:", json->text[json->length - 1]))
        append(json, ",", 1);
}

static void
put(cst_io_json_t json, const char *token)
{
    separate(json);
    append(json, token, strlen(token));
}

static void
append_character(cst_io_json_t json, const char *text, size_t bytes)
{
    static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";
    char escape[8];

    if (bytes == 0)
        append(json, "\xef\xbf\xbd", 3);
    else if ((unsigned char) *text >= 0x20 && *text != '"' && *text != '\\')
        append(json, text, bytes);
    else
    {
        snprintf(escape, sizeof escape, "\\u%04x", (unsigned) *text);
        for (const char *n = names; *n; n += 2)
            if (*n == *text)
                snprintf(escape, sizeof escape, "\\%c", n[1]);
        append(json, escape, strlen(escape));
    }
}

void
cst_io_json_init(cst_io_json_t json)
{
    json->text = NULL;
    json->length = 0;
    json->room = 0;
    append(json, "", 0);
}

void
cst_io_json_clear(cst_io_json_t json)
{
    flint_free(json->text);
}

void
cst_io_json_begin_object(cst_io_json_t json)
{
    put(json, "{");
}

void
cst_io_json_end_object(cst_io_json_t json)
{
    append(json, "}", 1);
}

void
cst_io_json_begin_array(cst_io_json_t json)
{
    put(json, "[");
}

void
cst_io_json_end_array(cst_io_json_t json)
{
    append(json, "]", 1);
}

void
cst_io_json_key(cst_io_json_t json, const char *key)
{
    cst_io_json_string(json, key);
    append(json, ":", 1);
}

void
cst_io_json_string(cst_io_json_t json, const char *text)
{
    if (!text)
    {
        cst_io_json_null(json);
        return;
    }
    put(json, "\"");
    for (size_t left = strlen(text); left > 0;)
    {
        size_t bytes = cst__io_utf8_character(text, left);
        append_character(json, text, bytes);
        text += bytes ? bytes : 1;
        left -= bytes ? bytes : 1;
    }
    append(json, "\"", 1);
}

static const char *
skip_digits(const char *s)
{
    while (*s >= '0' && *s <= '9')
        s++;
    return s;
}

/* RFC 8259, 6: [-] int [frac] [exp] */
static int
is_number(const char *s)
{
    const char *t;

    s += *s == '-';
    t = skip_digits(s);
    if (t == s || (*s == '0' && t > s + 1))
        return 0;
    if (*t == '.')
    {
        s = t + 1;
        t = skip_digits(s);
        if (t == s)
            return 0;
    }
    if (*t == 'e' || *t == 'E')
    {
        s = t + 1;
        s += *s == '+' || *s == '-';
        t = skip_digits(s);
        if (t == s)
            return 0;
    }
    return *t == '\0';
}

void
cst_io_json_number(cst_io_json_t json, const char *text)
{
    if (text && is_number(text))
        put(json, text);
    else
        cst_io_json_string(json, text);
}

void
cst_io_json_integer(cst_io_json_t json, slong value)
{
    char text[32];

    snprintf(text, sizeof text, "%lld", (long long) value);
    put(json, text);
}

void
cst_io_json_boolean(cst_io_json_t json, int value)
{
    put(json, value ? "true" : "false");
}

void
cst_io_json_null(cst_io_json_t json)
{
    put(json, "null");
}
