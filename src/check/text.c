/* Lines and tokens, read strictly; the whole certificate. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdlib.h>
#include <string.h>

static struct
{
    FILE *in;
    char *line, *end, *at;
    sha256_t hash, before; /* of all lines; of all but the last */
} text;
unsigned long line_number;

void *
grab(size_t count, size_t size)
{
    size_t bytes = count > MAX_MEMORY / size ? MAX_MEMORY + 1 : count * size + 1;

    return memset(resize(NULL, 0, bytes), 0, bytes);
}

void *
enlarge(void *p, int *room, size_t size)
{
    size_t old = (size_t) *room * size;

    *room = 2 * *room + 64;
    p = resize(p, old, (size_t) *room * size);
    memset((char *) p + old, 0, (size_t) *room * size - old);
    return p;
}

/* ---- Lines ---- */

static void
read_line(void)
{
    size_t n = 0;
    int c;

    line_number++;
    while ((c = getc_unlocked(text.in)) != EOF && c != '\n')
    {
        if (n == MAX_LINE)
            reject("the line is too long");
        if (c < ' ' || c == 127 || (c > 127 && line_number != 2)) /* the title is not looked at */
            reject("a character that is not allowed");
        text.line[n++] = (char) c;
    }
    if (c == EOF || n == 0)
        reject(c == EOF ? "the certificate ends too early" : "an empty line");
    text.line[n] = '\n';
    text.before = text.hash;
    sha256_add(&text.hash, text.line, n + 1);
    text.line[n] = 0;
    text.at = text.line;
    text.end = text.line + n;
}

void
open_text(FILE *in)
{
    text.in = in;
    text.line = text.at = text.end = resize(NULL, 0, MAX_LINE + 1);
    line_number = 0;
    sha256_start(&text.hash);
    read_line();
}

void
advance(void)
{
    if (more())
        reject("unexpected '%.40s'", text.at);
    read_line();
}

int
more(void)
{
    return text.at < text.end;
}

const char *
rest(void)
{
    const char *s = text.at;

    if (!more() || *s == ' ' || text.end[-1] == ' ')
        reject("an empty text, or a space too many");
    text.at = text.end;
    return s;
}

/* ---- Tokens ---- */

static char *
word(void)
{
    char *s = text.at, *space;

    if (!more())
        reject("the line ends too early");
    space = memchr(s, ' ', (size_t) (text.end - s));
    text.at = space ? space + 1 : text.end;
    if (space)
        *space = 0;
    if (*s == 0 || text.at == (space ? text.end : NULL))
        reject("a space too many");
    return s;
}

int
is(const char *token)
{
    size_t n = strlen(token);

    return strncmp(text.at, token, n) == 0 && (text.at[n] == 0 || text.at[n] == ' ');
}

int
accept(const char *token)
{
    int found = is(token);

    if (found)
        word();
    return found;
}

void
need(const char *token)
{
    if (!accept(token))
        reject("expected '%s', found '%.40s'", token, text.at);
}

/* An optional sign and digits without leading zeros; no minus zero. */
static int
is_number(const char *s, const char *digits)
{
    s += s[0] == '-' && s[1] != '0';
    return *s && (*s != '0' || s[1] == 0) && s[strspn(s, digits)] == 0 && strlen(s) <= MAX_DIGITS;
}

long
count(long least, long most)
{
    const char *s = word();
    long v = strlen(s) > 9 || *s == '-' || !is_number(s, "0123456789") ? -1 : strtol(s, NULL, 10);

    if (v < least || v > most)
        reject("'%.40s' is not a count between %ld and %ld", s, least, most);
    return v;
}

void
integer(mpz_t z)
{
    const char *s = word();

    if (!is_number(s, "0123456789abcdef"))
        reject("'%.40s' is not an integer", s);
    mpz_set_str(z, s, 16);
}

/* In lowest terms: it is written as GMP writes it. */
void
rational(mpq_t q)
{
    const char *s = word();
    char *canonical = grab(strlen(s) + 8, 1);

    if (strlen(s) <= 2 * MAX_DIGITS && mpq_set_str(q, s, 10) == 0 && mpz_sgn(mpq_denref(q)) != 0)
    {
        mpq_canonicalize(q);
        mpq_get_str(canonical, 10, q);
    }
    if (strcmp(s, canonical) != 0)
        reject("'%.40s' is not a rational number in lowest terms", s);
    drop(canonical);
}

char *
name(void)
{
    const char *s = word();

    if (strspn(s, NAME_LETTERS) != strlen(s) || strchr("_0123456789", *s) || strlen(s) > 60)
        reject("'%.40s' is not a name", s);
    return strcpy(grab(strlen(s) + 1, 1), s);
}

/* ---- The certificate ---- */

void
read_certificate(FILE *in)
{
    char hex[65];

    open_text(in);
    need("caustic-certificate");
    count(1, 1);
    read_problem();
    read_evidence();
    need("sha256");
    sha256_hex(hex, &text.before);
    need(hex);
    if (more() || getc(in) != EOF || ferror(in))
        reject("something follows the seal");
}
