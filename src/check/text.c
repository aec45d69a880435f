/* The verdict; memory, all of which is released when a check ends; lines and tokens, read strictly. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- Memory: ours and GMP's, in one ring with one limit ---- */

typedef struct block
{
    struct block *before, *after;
    size_t size, unused; /* keeps what follows aligned */
} block_t;

static block_t ring = {&ring, &ring, 0, 0};
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

static void
unlink_block(block_t *b)
{
    in_use -= b->size;
    b->before->after = b->after;
    b->after->before = b->before;
}

static void *
resize(void *p, size_t size)
{
    block_t *b = p ? (block_t *) p - 1 : NULL;

    if (size > MAX_MEMORY || in_use + size > MAX_MEMORY)
        reject("the certificate needs more memory than the limit");
    if (b)
        unlink_block(b);
    b = realloc(b, sizeof *b + size);
    if (b == NULL)
        reject("out of memory");
    *b = (block_t){&ring, ring.after, size, 0};
    b->before->after = b->after->before = b;
    in_use += size;
    return b + 1;
}

void
drop(void *p)
{
    if (p == NULL)
        return;
    unlink_block((block_t *) p - 1);
    free((block_t *) p - 1);
}

void *
grab(size_t number, size_t size)
{
    if (number > MAX_MEMORY / size)
        reject("the certificate needs more memory than the limit");
    return memset(resize(NULL, number * size + 1), 0, number * size + 1);
}

void *
enlarge(void *p, int *room, size_t size)
{
    size_t old = (size_t) *room * size;

    *room = 2 * *room + 64;
    p = resize(p, (size_t) *room * size);
    memset((char *) p + old, 0, (size_t) *room * size - old);
    return p;
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
        static const unsigned long least[4] = {0x20, 0xa0, 0x800, 0x10000}; /* no overlong forms */
        int n = *s < 0x80 ? 0 : *s < 0xe0 ? 1 : *s < 0xf0 ? 2 : 3;
        unsigned long c = n == 0 ? *s : *s & (0x3fu >> n), first = least[n];

        if (n > 0 && (!any || *s < 0xc0 || *s > 0xf4))
            return 0;
        for (s++; n > 0 && (*s & 0xc0) == 0x80; n--)
            c = c << 6 | (*s++ & 0x3f);
        if (n > 0 || c < first || c == 0x7f || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
            return 0;
    }
    return 1;
}

/* Keeps the lines above the evidence, the first REPORTED characters of each. */
static void
remember_line(size_t length)
{
    int shown = REPORTED;

    text.told |= strcmp(text.line, "evidence") == 0;
    text.omitted |= text.used + REPORTED + 8 >= sizeof text.head;
    if (text.told || text.omitted)
        return;
    while (length > REPORTED && (text.line[shown] & 0xc0) == 0x80)
        shown--; /* not within a character */
    text.used += (size_t) sprintf(text.head + text.used, "%.*s%s\n", shown, text.line,
                                  length > REPORTED ? " ..." : "");
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
        text.line[n++] = (char) c;
    }
    if (c == EOF)
        reject(n ? "the last line does not end" : "the certificate ends too early");
    if (n == 0)
        reject("an empty line");
    text.line[n] = '\n';
    text.before = text.hash;
    sha256_add(&text.hash, text.line, n + 1);
    text.line[n] = 0;
    text.at = text.line;
    text.end = text.line + n;
    if (!printable((unsigned char *) text.line, strncmp(text.line, "title ", 6) == 0))
        reject("a character that is not allowed");
    remember_line(n);
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

    if (!is_number(s, strlen(s), "0123456789abcdef", 1))
        reject("'%.40s' is not an integer", s);
    mpz_set_str(z, s, 16);
}

void
rational(mpq_t q)
{
    const char *s = word(), *slash = strchr(s, '/');
    size_t n = slash ? (size_t) (slash - s) : strlen(s);
    int right = is_number(s, n, "0123456789", 1);
    mpz_t g;

    if (slash)
        right &= is_number(slash + 1, strlen(slash + 1), "0123456789", 0) &&
                 mpz_set_str(mpq_denref(q), slash + 1, 10) == 0 && mpz_cmp_ui(mpq_denref(q), 1) > 0;
    if (!right || mpq_set_str(q, s, 10) != 0)
        reject("'%.40s' is not a rational number", s);
    mpz_init(g);
    mpz_gcd(g, mpq_numref(q), mpq_denref(q));
    if (mpz_cmp_ui(g, 1) != 0)
        reject("'%.40s' is not in lowest terms", s);
    mpz_clear(g);
}

const char *
name(void)
{
    const char *s = word();

    if (strspn(s, NAME_LETTERS) != strlen(s) || strchr("_0123456789", *s) || strlen(s) > 60)
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

void
open_text(FILE *in)
{
    memset(&text, 0, sizeof text);
    text.in = in;
    text.line = resize(NULL, MAX_LINE + 1);
    sha256_start(&text.hash);
}

static void
read_certificate(FILE *in, FILE *report)
{
    open_text(in);
    advance();
    need("caustic-certificate");
    count(1, 1);
    read_problem();
    read_evidence();
    seal();
    if (report == NULL)
        return;
    fprintf(report, "%s%s", text.head, text.omitted ? "(lines left out)\n" : "");
    print_problem(report);
    print_evidence(report);
}

verdict_t
check_stream(FILE *in, const char *file, FILE *report, FILE *errors)
{
    void *(*old_grab)(size_t), *(*old_resize)(void *, size_t, size_t);
    void (*old_drop)(void *, size_t);
    volatile verdict_t verdict = REJECTED;

    mp_get_memory_functions(&old_grab, &old_resize, &old_drop);
    mp_set_memory_functions(gmp_grab, gmp_resize, gmp_drop);
    running = 1;
    text.number = 0;
    proof_path[0] = 0;
    if (setjmp(way_out) == 0)
    {
        read_certificate(in, report);
        verdict = ACCEPTED;
    }
    else
        fprintf(errors, "%s:%lu: %s%s%s\n", file, text.number, proof_path, *proof_path ? ": " : "", cause);
    running = 0;
    mp_set_memory_functions(old_grab, old_resize, old_drop);
    while (ring.after != &ring)
        drop(ring.after + 1);
    return verdict;
}
