#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/report.h"

#define MOST_DIMENSION 12
#define MOST_DEPTH 1001
#define MOST_PICTURED 200000 /* boxes */

typedef struct
{
    double low[MOST_DIMENSION], high[MOST_DIMENSION];
} box_t;

typedef struct
{
    FILE *out;
    const char *path;
    cst_error_t *error;
    int line;
    slong n;
    char names[MOST_DIMENSION][64];
    char claim_low[2048], claim_high[2048];
    box_t domain, *stack;
    slong depth;
    slong statics, flows, parts;
    double point[MOST_DIMENSION];
    int has_point;
    cst__plot_t plot;
} reader_t;

static cst_status_t
refuse(const reader_t *r, const char *cause)
{
    cst_error_clear(r->error);
    snprintf(r->error->file, sizeof r->error->file, "%s", r->path);
    r->error->line = r->line;
    return cst_error_set(r->error, CST_BAD_INPUT, "%s", cause);
}

/* The next line, which loses its line feed, or NULL. */
static char *
next_line(reader_t *r, char **at)
{
    char *line = *at, *end = line ? strchr(line, '\n') : NULL;

    if (!end)
        return NULL;
    *end = '\0';
    *at = end + 1;
    r->line++;
    return line;
}

/* The rest of a line that begins with this word and a space, or is this word; else NULL. */
static char *
after(char *line, const char *word)
{
    size_t n = strlen(word);

    return strncmp(line, word, n) != 0 ? NULL : line[n] == ' ' ? line + n + 1 : line[n] ? NULL : line + n;
}

/* a or a/b, to the nearest double or so. */
static double
read_rational(char **at)
{
    double a = strtod(*at, at);

    if (**at == '/')
    {
        ++*at;
        a /= strtod(*at, at);
    }
    return a;
}

/* ---- What is claimed ------------------------------------------------------------------------------ */

static void
print_row(const reader_t *r, const char *key, const char *value)
{
    fprintf(r->out, "<tr><th>%s</th><td><code>", key);
    cst__print_escaped(r->out, value);
    fputs("</code></td></tr>\n", r->out);
}

static cst_status_t
read_domain(reader_t *r, char *rest)
{
    char *space = strchr(rest, ' ');

    if (!space || r->n == MOST_DIMENSION || space - rest >= 64)
        return refuse(r, "a domain that is not understood");
    memcpy(r->names[r->n], rest, (size_t) (space - rest));
    r->names[r->n][space - rest] = '\0';
    space++;
    r->domain.low[r->n] = read_rational(&space);
    r->domain.high[r->n] = read_rational(&space);
    if (*space || !(r->domain.low[r->n] < r->domain.high[r->n]))
        return refuse(r, "a domain that is not understood");
    r->n++;
    return CST_OK;
}

static void
print_claim(reader_t *r, char *rest)
{
    char *space = strchr(rest, ' '), *a = rest, *b = space ? space + 1 : rest;
    double low, high;

    if (space)
        *space = '\0';
    snprintf(r->claim_low, sizeof r->claim_low, "%s", a);
    snprintf(r->claim_high, sizeof r->claim_high, "%s", b);
    low = read_rational(&a);
    fprintf(r->out, "<p class=\"claim\">%.17g \xe2\x89\xa4 t*", low);
    if (strcmp(r->claim_high, "none") == 0)
        fputs(" (no shock until then)", r->out);
    else
    {
        high = read_rational(&b);
        fprintf(r->out, " \xe2\x89\xa4 %.17g", high);
    }
    fputs("</p>\n<p>These decimals are rounded; the claim is exact:</p>\n<table>\n", r->out);
    print_row(r, "lower bound", r->claim_low);
    print_row(r, "upper bound", r->claim_high);
}

/* Everything before the evidence. */
static cst_status_t
read_problem(reader_t *r, char **at)
{
    char *line = next_line(r, at), *rest;
    cst_status_t status = CST_OK;

    if (!line || !after(line, "caustic-certificate"))
        return refuse(r, "neither a certificate nor observations");
    if (!(line = next_line(r, at)) || !(rest = after(line, "title")))
        return refuse(r, "expected the title");
    fputs("<h1>", r->out);
    cst__print_escaped(r->out, rest);
    fputs("</h1>\n", r->out);
    if (!(line = next_line(r, at)) || !(rest = after(line, "claim")))
        return refuse(r, "expected the claim");
    print_claim(r, rest);
    while ((line = next_line(r, at)) && strcmp(line, "evidence") != 0)
    {
        char *value = strchr(line, ' ');

        if ((rest = after(line, "domain")))
            status = read_domain(r, rest);
        if (status != CST_OK)
            return status;
        if (!value)
            return refuse(r, "a line that is not understood");
        *value = '\0';
        print_row(r, line, value + 1);
    }
    fputs("</table>\n", r->out);
    return line && r->n > 0 ? CST_OK : refuse(r, "the certificate ends before its evidence");
}

/* ---- The cover -------------------------------------------------------------------------------------- */

static void
draw_box(reader_t *r, const box_t *b, const char *class)
{
    double y0 = r->n == 2 ? b->low[1] : 0, y1 = r->n == 2 ? b->high[1] : 1, x, y;

    if (r->n > 2 || r->statics + r->flows + r->parts > MOST_PICTURED)
        return;
    x = cst__plot_x(&r->plot, b->low[0]);
    y = cst__plot_y(&r->plot, y1);
    fprintf(r->out, "<rect class=\"%s\" x=\"%.3f\" y=\"%.3f\" width=\"%.3f\" height=\"%.3f\"/>\n", class, x,
            y, cst__plot_x(&r->plot, b->high[0]) - x, cst__plot_y(&r->plot, y0) - y);
}

/* The box on top is replaced by its two halves, the lower one on top. */
static cst_status_t
split(reader_t *r, const char *word)
{
    slong i = (slong) strtol(word, NULL, 10) - 1;
    box_t lower, upper;
    double middle;

    if (i < 0 || i >= r->n || r->depth >= MOST_DEPTH)
        return refuse(r, "a split that is not understood");
    lower = upper = r->stack[--r->depth];
    middle = (lower.low[i] + lower.high[i]) / 2;
    lower.high[i] = upper.low[i] = middle;
    r->stack[r->depth++] = upper;
    r->stack[r->depth++] = lower;
    return CST_OK;
}

static cst_status_t
read_cover(reader_t *r, char **at)
{
    char *line, *rest;

    r->stack[r->depth++] = r->domain;
    while (r->depth > 0)
    {
        if (!(line = next_line(r, at)))
            return refuse(r, "the certificate ends inside its cover");
        if ((rest = after(line, "split")) || (rest = after(line, "halve")))
        {
            cst_status_t status = split(r, rest);

            if (status != CST_OK)
                return status;
        }
        else if (after(line, "static") || after(line, "flow"))
        {
            int flow = *line == 'f';

            *(flow ? &r->flows : &r->statics) += 1;
            draw_box(r, r->stack + r->depth - 1, flow ? "b" : "a");
        }
        else if (after(line, "positive"))
        {
            r->parts++;
            draw_box(r, r->stack + --r->depth, "p");
        }
        else if (!after(line, "step") && !after(line, "p") && !after(line, "arrive"))
            return refuse(r, "a line that is not understood");
    }
    return CST_OK;
}

static cst_status_t
read_evidence(reader_t *r, char **at)
{
    char *line, *rest;
    cst_status_t status;

    while ((line = next_line(r, at)) && strcmp(line, "cover") != 0)
        if ((rest = after(line, "point")))
        {
            for (slong i = 0; i < r->n; i++)
                r->point[i] = read_rational(&rest);
            r->has_point = 1;
        }
    if (!line)
        return refuse(r, "the certificate ends before its cover");
    r->plot = (cst__plot_t){r->out, r->domain.low[0], r->domain.high[0], 0, 1, 0};
    if (r->n == 2)
    {
        r->plot.y0 = r->domain.low[1];
        r->plot.y1 = r->domain.high[1];
    }
    fputs("<h2>The cover</h2>\n", r->out);
    if (r->n <= 2)
        cst__plot_begin(&r->plot);
    status = read_cover(r, at);
    if (status != CST_OK)
        return status;
    if (r->n <= 2 && r->has_point)
        fprintf(r->out, "<circle class=\"w\" cx=\"%.3f\" cy=\"%.3f\" r=\"4\"/>\n",
                cst__plot_x(&r->plot, r->point[0]), cst__plot_y(&r->plot, r->n == 2 ? r->point[1] : 0.5));
    if (r->n <= 2)
        cst__plot_end(&r->plot);
    fprintf(r->out,
            "<p>%ld boxes with constant momenta, %ld with a verified flow, in %ld parts, each proved free of "
            "focal "
            "points up to the lower bound.",
            (long) r->statics, (long) r->flows, (long) r->parts);
    if (r->n > 2)
        fputs(" They are pictured in one and two dimensions only.", r->out);
    if (r->has_point)
    {
        fputs(" The circle: the first shock begins before the upper bound at ", r->out);
        for (slong i = 0; i < r->n; i++)
            fprintf(r->out, "%s%s = %.10g", i ? ", " : "", r->names[i], r->point[i]);
        fputc('.', r->out);
    }
    fputs("</p>\n", r->out);
    return CST_OK;
}

/* ---- The seal ----------------------------------------------------------------------------------------- */

/* The last line; text is whole. */
static const char *
judge_seal(char hex[65], const char *text, size_t length)
{
    const char *seal = length > 72 ? text + length - 72 : text; /* "sha256 ", 64 digits, a line feed */
    cst_io_sha256_t hash;

    cst_io_sha256_init(hash);
    cst_io_sha256_update(hash, text, (size_t) (seal - text));
    cst_io_sha256_hex(hex, hash);
    return strncmp(seal, "sha256 ", 7) == 0 && strncmp(seal + 7, hex, 64) == 0 ? "matches" : "does not match";
}

cst_status_t
cst__report_certificate(FILE *out, const char *path, char *text, size_t length, cst_error_t *error)
{
    reader_t *r = flint_calloc(1, sizeof *r);
    char hex[65];
    const char *seal = judge_seal(hex, text, length);
    cst_status_t status;

    r->out = out;
    r->path = path;
    r->error = error;
    r->stack = flint_malloc((MOST_DEPTH + 2) * sizeof *r->stack);
    status = read_problem(r, &text);
    if (status == CST_OK)
        status = read_evidence(r, &text);
    if (status == CST_OK)
        fprintf(
            out,
            "<p>The seal %s the text (sha256 <code>%s</code>). This page shows what the certificate says and "
            "proves nothing: <code>caustic-check</code> does.</p>\n",
            seal, hex);
    flint_free(r->stack);
    flint_free(r);
    return status;
}
