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

static void *
resize(void *p, size_t old, size_t size)
{
    block_t *b = p ? (block_t *) p - 1 : NULL;

    old = b ? b->size : 0;
    if (size > MAX_MEMORY || in_use + size > MAX_MEMORY)
        reject("the certificate needs more memory than the limit");
    b = realloc(b, sizeof *b + size);
    if (b == NULL)
        reject("out of memory");
    if (p == NULL)
        *b = (block_t){.before = &ring, .after = ring.after};
    b->before->after = b->after->before = b;
    b->size = size;
    in_use += size - old;
    return b + 1;
}

static void *
take(size_t size)
{
    return resize(NULL, 0, size);
}

static void
give(void *p, size_t size)
{
    block_t *b = (block_t *) p - 1;

    (void) size;
    in_use -= b->size;
    b->before->after = b->after;
    b->after->before = b->before;
    free(b);
}

void
drop(void *p)
{
    if (p)
        give(p, 0);
}

void *
grab(size_t number, size_t size)
{
    size_t bytes = number > MAX_MEMORY / size ? MAX_MEMORY + 1 : number * size + 1;

    return memset(take(bytes), 0, bytes);
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

static struct
{
    FILE *in;
    unsigned long number;
    char *line, *end, *at;
    sha256_t hash, before; /* of all lines; of all but the last */
} text;

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
        if (c < ' ' || c == 127 || (c > 127 && text.number != 2)) /* the title is not looked at */
            reject("a character that is not allowed");
        text.line[n++] = (char) c;
    }
    if (c == EOF || n == 0)
        reject(c != EOF ? "an empty line"
               : n      ? "the last line does not end"
                        : "the certificate ends too early");
    text.line[n] = '\n';
    text.before = text.hash;
    sha256_add(&text.hash, text.line, n + 1);
    text.line[n] = 0;
    text.at = text.line;
    text.end = text.line + n;
}

int
more(void)
{
    return text.at < text.end;
}

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
}

/* ---- Tokens ---- */

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

/* ---- The verdict ---- */

void
open_text(FILE *in)
{
    memset(&text, 0, sizeof text);
    text.in = in;
    text.line = take(MAX_LINE + 1);
    sha256_start(&text.hash);
}

/* 20 decimals, rounded down or up; q > 0 */
static void
print_bound(FILE *report, const char *what, mpq_srcptr q, int up)
{
    mpz_t power, whole, part;

    mpz_inits(power, whole, part, NULL);
    mpz_ui_pow_ui(power, 10, 20);
    mpz_mul(part, power, mpq_numref(q));
    (up ? mpz_cdiv_q : mpz_fdiv_q)(part, part, mpq_denref(q));
    mpz_fdiv_qr(whole, part, part, power);
    gmp_fprintf(report, "%s%Zd.%020Zd (%Qd)\n", what, whole, part, q);
    mpz_clears(power, whole, part, NULL);
}

static void
read_certificate(FILE *in, FILE *report)
{
    char hex[65];

    open_text(in);
    advance();
    need("caustic-certificate");
    count(1, 1);
    read_problem();
    read_evidence();
    need("sha256");
    sha256_hex(hex, &text.before);
    if (!is(hex))
        reject("the seal is not that of the text above it");
    word();
    if (more() || getc(in) != EOF || ferror(in))
        reject("something follows the seal");
    if (report == NULL)
        return;
    print_bound(report, "No focal time up to       ", problem.lower, 0);
    if (problem.has_upper)
        print_bound(report, "A focal time somewhere by ", problem.upper, 1);
}

verdict_t
check_stream(FILE *in, const char *file, FILE *report, FILE *errors)
{
    void *(*old_grab)(size_t), *(*old_resize)(void *, size_t, size_t);
    void (*old_drop)(void *, size_t);
    volatile verdict_t verdict = REJECTED;

    mp_get_memory_functions(&old_grab, &old_resize, &old_drop);
    mp_set_memory_functions(take, resize, give);
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
