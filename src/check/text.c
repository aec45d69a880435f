/* The verdict; memory, all of which is released when a check ends; lines and tokens, read strictly. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- Memory: ours and GMP's, in one list with one limit ---- */

typedef struct block
{
    struct block *before, *after;
    size_t size, unused;
} block_t;

static block_t *blocks;
static size_t in_use;
static int running;
static jmp_buf way_out;
static char cause[400];

void
reject(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(cause, sizeof cause, format, list);
    va_end(list);
    if (running)
        longjmp(way_out, 1);
    fprintf(stderr, "%s\n", cause); /* outside of a check: a test program */
    abort();
}

static void *
resize(void *p, size_t size)
{
    block_t *b = p ? (block_t *) p - 1 : NULL;

    if (size > MAX_MEMORY || in_use + size > MAX_MEMORY)
        reject("the certificate needs more memory than the limit");
    if (b)
    {
        in_use -= b->size;
        *(b->before ? &b->before->after : &blocks) = b->after;
        if (b->after)
            b->after->before = b->before;
    }
    p = realloc(b, sizeof *b + size);
    if (p == NULL)
        reject("out of memory"); /* b is lost, and the check is over */
    b = p;
    *b = (block_t){NULL, blocks, size, 0};
    if (blocks)
        blocks->before = b;
    blocks = b;
    in_use += size;
    return b + 1;
}

void
drop(void *p)
{
    block_t *b;

    if (p == NULL)
        return;
    b = (block_t *) p - 1;
    in_use -= b->size;
    *(b->before ? &b->before->after : &blocks) = b->after;
    if (b->after)
        b->after->before = b->before;
    free(b);
}

void *
grab(size_t number, size_t size)
{
    void *p;

    if (number > MAX_MEMORY / size)
        reject("the certificate needs more memory than the limit");
    p = resize(NULL, number * size + 1);
    return memset(p, 0, number * size + 1);
}

char *
copy_text(const char *s)
{
    return strcpy(grab(strlen(s) + 1, 1), s);
}

static void *
gmp_grab(size_t size)
{
    return resize(NULL, size);
}

static void *
gmp_resize(void *p, size_t old, size_t size)
{
    (void) old;
    return resize(p, size);
}

static void
gmp_drop(void *p, size_t size)
{
    (void) size;
    drop(p);
}

/* ---- Lines ---- */

static struct
{
    FILE *in;
    unsigned long number;
    char *line, *end, *at;
    size_t room;
    const char *keyword;
    char head[1 << 16]; /* the lines above the evidence, for the report */
    size_t used;
    int told, omitted;
    sha256_t hash, before; /* of all lines; of all but the last */
} text;

/* Printable ASCII; in a title also well-formed UTF-8 that is not a control character. */
static int
printable(const unsigned char *s, int any)
{
    while (*s)
    {
        int n = *s < 0x80 ? 0 : *s >= 0xc2 && *s < 0xe0 ? 1 : *s >= 0xe0 && *s < 0xf0 ? 2 : 3;

        if (*s < 0x20 || *s == 0x7f || (*s >= 0x80 && (!any || *s < 0xc2 || *s > 0xf4)))
            return 0;
        if ((*s == 0xc2 && s[1] < 0xa0) || (*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) ||
            (*s == 0xf0 && s[1] < 0x90) || (*s == 0xf4 && s[1] > 0x8f))
            return 0;
        for (s++; n > 0; n--)
            if ((*s++ & 0xc0) != 0x80)
                return 0;
    }
    return 1;
}

static void
read_line(void)
{
    size_t n = 0;
    int c;

    text.number++;
    while ((c = getc_unlocked(text.in)) != EOF && c != '\n')
    {
        if (n == MAX_LINE)
            reject("the line is too long");
        if (c == 0)
            reject("a zero byte");
        if (n + 2 > text.room)
        {
            text.room = text.room ? 2 * text.room : 4096;
            text.line = resize(text.line, text.room);
        }
        text.line[n++] = (char) c;
    }
    if (c == EOF)
        reject(n ? "the last line does not end" : "the certificate ends too early");
    if (n == 0)
        reject("an empty line");
    text.line[n] = 0;
    text.before = text.hash;
    sha256_add(&text.hash, text.line, n);
    sha256_add(&text.hash, "\n", 1);
    text.at = text.line;
    text.end = text.line + n;
    if (!printable((unsigned char *) text.line, strncmp(text.line, "title ", 6) == 0))
        reject("a character that is not allowed");
    if (strcmp(text.line, "evidence") == 0)
        text.told = 1;
    for (c = REPORTED; n > REPORTED && (text.line[c] & 0xc0) == 0x80; c--)
        ; /* not within a character */
    text.omitted |= !text.told && text.used + REPORTED + 8 >= sizeof text.head;
    if (!text.told && !text.omitted)
        text.used += (size_t) sprintf(text.head + text.used, "%.*s%s\n", c, text.line,
                                      n > REPORTED ? " ..." : "");
}

static void
print_head(FILE *report)
{
    fprintf(report, "%s%s", text.head, text.omitted ? "(lines left out)\n" : "");
}

int
more(void)
{
    return text.at < text.end;
}

const char *
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
next_is(const char *token)
{
    size_t n = strlen(token);

    return strncmp(text.at, token, n) == 0 && (text.at[n] == 0 || text.at[n] == ' ');
}

void
need_word(const char *token)
{
    if (!next_is(token))
        reject("expected '%s', found '%.40s'", token, text.at);
    word();
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

void
advance(void)
{
    if (text.number && more())
        reject("unexpected '%.40s'", text.at);
    read_line();
    text.keyword = word();
}

int
line_is(const char *keyword)
{
    return strcmp(text.keyword, keyword) == 0;
}

void
need(const char *keyword)
{
    if (!line_is(keyword))
        reject("expected '%s', found '%.40s'", keyword, text.keyword);
}

/* ---- Tokens ---- */

/* An optional sign and digits without leading zeros; no minus zero. */
static int
is_number(const char *s, size_t n, const char *digits, int sign)
{
    if (sign && n > 1 && *s == '-' && s[1] != '0')
        s++, n--;
    return n > 0 && n <= MAX_DIGITS && (*s != '0' || n == 1) && strspn(s, digits) >= n;
}

long
count(long least, long most)
{
    const char *s = word();
    long v;

    if (strlen(s) > 9 || !is_number(s, strlen(s), "0123456789", 0))
        reject("'%.40s' is not a count", s);
    v = strtol(s, NULL, 10);
    if (v < least || v > most)
        reject("%ld is not between %ld and %ld", v, least, most);
    return v;
}

void
integer(mpz_t z)
{
    const char *s = word();
    size_t n = strlen(s);
    unsigned long v = 0;

    if (!is_number(s, n, "0123456789abcdef", 1))
        reject("'%.40s' is not an integer", s);
    if (n > 16 || sizeof v < 8)
    {
        mpz_set_str(z, s, 16);
        return;
    }
    for (const char *p = s + (*s == '-'); *p; p++)
        v = v << 4 | (unsigned long) (*p <= '9' ? *p - '0' : *p - 'a' + 10);
    mpz_set_ui(z, v);
    if (*s == '-')
        mpz_neg(z, z);
}

void
rational(mpq_t q)
{
    const char *s = word(), *slash = strchr(s, '/');
    size_t n = slash ? (size_t) (slash - s) : strlen(s);
    mpz_t g;

    if (!is_number(s, n, "0123456789", 1) ||
        (slash && (!is_number(slash + 1, strlen(slash + 1), "0123456789", 0) || strlen(slash) < 2)))
        reject("'%.40s' is not a rational number", s);
    mpz_init(g);
    if (mpq_set_str(q, s, 10) != 0 || mpz_sgn(mpq_denref(q)) <= 0)
        reject("'%.40s' is not a rational number", s);
    mpz_gcd(g, mpq_numref(q), mpq_denref(q));
    if (mpz_cmp_ui(g, 1) != 0 || (slash && mpz_cmp_ui(mpq_denref(q), 2) < 0))
        reject("'%.40s' is not in lowest terms", s);
    mpz_clear(g);
}

const char *
name(void)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    const char *s = word();

    if (strspn(s, letters) != strlen(s) || strchr("_0123456789", *s) || strlen(s) > 60)
        reject("'%.40s' is not a name", s);
    return s;
}

void
seal(void)
{
    char hex[65];

    need("sha256");
    sha256_hex(hex, &text.before);
    if (strcmp(word(), hex) != 0)
        reject("the seal is not that of the text above it");
    if (more() || getc(text.in) != EOF)
        reject("something follows the seal");
    if (ferror(text.in))
        reject("the certificate cannot be read");
}

/* ---- The verdict ---- */

static void
read_certificate(FILE *report)
{
    advance();
    need("caustic-certificate");
    count(1, 1);
    read_problem();
    read_evidence();
    seal();
    if (report)
    {
        print_head(report);
        print_problem(report);
        print_evidence(report);
    }
}

void
open_text(FILE *in)
{
    memset(&text, 0, sizeof text);
    text.in = in;
    sha256_start(&text.hash);
}

verdict_t
check_stream(FILE *in, const char *file, FILE *report, FILE *errors)
{
    void *(*old_grab)(size_t), *(*old_resize)(void *, size_t, size_t);
    void (*old_drop)(void *, size_t);
    volatile verdict_t verdict = REJECTED;

    open_text(in);
    mp_get_memory_functions(&old_grab, &old_resize, &old_drop);
    mp_set_memory_functions(gmp_grab, gmp_resize, gmp_drop);
    running = 1;
    if (setjmp(way_out) == 0)
    {
        read_certificate(report);
        verdict = ACCEPTED;
    }
    else
        fprintf(errors, "%s:%lu: %s\n", file, text.number, cause);
    running = 0;
    mp_set_memory_functions(old_grab, old_resize, old_drop);
    while (blocks)
        drop(blocks + 1);
    return verdict;
}
