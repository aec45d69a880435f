/* flow/dense-file.c -- dense output as text, written and read. */
#include <stdlib.h>
#include <string.h>

#include <caustic/dense.h>

#include "expr/pool.h"

#define MOST_TOKEN 100000 /* bytes of a number */
#define MOST_EXPONENT 10000000
#define MOST_DIMENSION 10000

void
cst_dense_init(cst_dense_t dense, slong dimension)
{
    memset(dense, 0, sizeof *dense);
    dense->dimension = dimension;
}

void
cst_dense_restart(cst_dense_t dense)
{
    for (slong i = 0; i < dense->length; i++)
    {
        cst_dense_step_t *step = dense->steps + i;

        for (slong k = 0; k < dense->dimension; k++)
        {
            arb_poly_clear(step->polynomials + k);
            arf_clear(step->radii + k);
        }
        flint_free(step->polynomials);
        flint_free(step->radii);
        fmpq_clear(step->start);
        fmpq_clear(step->end);
    }
    dense->length = 0;
}

void
cst_dense_clear(cst_dense_t dense)
{
    cst_dense_restart(dense);
    for (slong i = 0; i < dense->chart_count; i++)
        flint_free(dense->charts[i]);
    flint_free(dense->charts);
    flint_free(dense->steps);
}

/* The line becomes the chart's. */
static void
add_chart_line(cst_dense_t dense, char *line)
{
    dense->charts = flint_realloc(dense->charts, (size_t) (dense->chart_count + 1) * sizeof *dense->charts);
    dense->charts[dense->chart_count++] = line;
}

void
cst_dense_add_chart(cst_dense_t dense, const char *name, const char *const *variables)
{
    cst__text_t line;

    cst__text_init(&line);
    cst__text_puts(&line, name ? name : "-");
    for (slong i = 0; i < dense->dimension; i++)
    {
        cst__text_puts(&line, " ");
        cst__text_puts(&line, variables[i]);
    }
    add_chart_line(dense, line.text);
}

static cst_dense_step_t *
new_step(cst_dense_t dense)
{
    cst_dense_step_t *step;

    if (dense->length == dense->room)
    {
        dense->room = 2 * dense->room + 16;
        dense->steps = flint_realloc(dense->steps, (size_t) dense->room * sizeof *dense->steps);
    }
    step = dense->steps + dense->length++;
    fmpq_init(step->start);
    fmpq_init(step->end);
    step->polynomials = flint_malloc((size_t) dense->dimension * sizeof *step->polynomials);
    step->radii = flint_malloc((size_t) dense->dimension * sizeof *step->radii);
    for (slong k = 0; k < dense->dimension; k++)
    {
        arb_poly_init(step->polynomials + k);
        arf_init(step->radii + k);
    }
    return step;
}

void
cst_dense_append(cst_dense_t dense, slong chart, const cst_flow_t flow)
{
    cst_dense_step_t *step;
    fmpq_t start, end;
    mag_t radius;

    fmpq_init(start);
    fmpq_init(end);
    mag_init(radius);
    if (cst_flow_last_step(start, end, flow))
    {
        step = new_step(dense);
        step->chart = chart;
        fmpq_swap(step->start, start);
        fmpq_swap(step->end, end);
        for (slong k = 0; k < dense->dimension; k++)
        {
            arb_poly_struct *p = step->polynomials + k;

            cst_flow_polynomial(p, radius, flow, k);
            for (slong i = 0; i < p->length; i++) /* |s^i| <= 1 */
            {
                mag_add(radius, radius, arb_radref(p->coeffs + i));
                mag_zero(arb_radref(p->coeffs + i));
            }
            arf_set_mag(step->radii + k, radius);
        }
    }
    fmpq_clear(start);
    fmpq_clear(end);
    mag_clear(radius);
}

/* Writing ----------------------------------------------------------------- */

static void
put_rational(cst__text_t *text, const fmpq_t x)
{
    char *digits = fmpq_get_str(NULL, 10, x);

    cst__text_puts(text, " ");
    cst__text_puts(text, digits);
    flint_free(digits);
}

static void
put_dyadic(cst__text_t *text, const arf_t x)
{
    fmpz_t m, e;
    char *digits;

    fmpz_init(m);
    fmpz_init(e);
    arf_get_fmpz_2exp(m, e, x);
    digits = fmpz_get_str(NULL, 10, m);
    cst__text_puts(text, " ");
    cst__text_puts(text, digits);
    flint_free(digits);
    digits = fmpz_get_str(NULL, 10, e);
    cst__text_puts(text, "p");
    cst__text_puts(text, digits);
    flint_free(digits);
    fmpz_clear(m);
    fmpz_clear(e);
}

/* The variable's name, from the line of its chart: word `number`, from 0. */
static const char *
word_of(const char *line, slong number, size_t *length)
{
    while (number-- > 0)
    {
        line += strcspn(line, " ");
        line += *line == ' ';
    }
    *length = strcspn(line, " ");
    return line;
}

static void
put_step(cst__text_t *text, const cst_dense_t dense, const cst_dense_step_t *step)
{
    char chart[40];

    snprintf(chart, sizeof chart, "step %ld", (long) step->chart);
    cst__text_puts(text, chart);
    put_rational(text, step->start);
    put_rational(text, step->end);
    cst__text_puts(text, "\n");
    for (slong k = 0; k < dense->dimension; k++)
    {
        size_t length;
        const char *name = word_of(dense->charts[step->chart], k + 1, &length);

        cst__text_add(text, name, length);
        put_dyadic(text, step->radii + k);
        for (slong i = 0; i < step->polynomials[k].length; i++)
            put_dyadic(text, arb_midref(step->polynomials[k].coeffs + i));
        cst__text_puts(text, "\n");
    }
}

char *
cst_dense_print(const cst_dense_t dense, size_t *length)
{
    cst__text_t text;
    char last[40];

    cst__text_init(&text);
    cst__text_puts(&text, "caustic-dense 1\n");
    for (slong i = 0; i < dense->chart_count; i++)
    {
        cst__text_puts(&text, "chart ");
        cst__text_puts(&text, dense->charts[i]);
        cst__text_puts(&text, "\n");
    }
    for (slong i = 0; i < dense->length; i++)
        put_step(&text, dense, dense->steps + i);
    snprintf(last, sizeof last, "end %ld\n", (long) dense->length);
    cst__text_puts(&text, last);
    if (length)
        *length = strlen(text.text);
    return text.text;
}

/* Reading ----------------------------------------------------------------- */

typedef struct
{
    const char *at, *end; /* of the line that is read, and of the text */
    const char *name;
    int line;
    cst_error_t *error;
} reader_t;

static cst_status_t
bad(const reader_t *reader, const char *cause)
{
    if (reader->error)
    {
        snprintf(reader->error->file, sizeof reader->error->file, "%s", reader->name);
        reader->error->line = reader->line;
        reader->error->column = 0;
    }
    return cst_error_set(reader->error, CST_BAD_INPUT, "%s", cause);
}

/* The next word of the line, up to a space; NULL at the end of the line. The caller frees it. */
static char *
next_word(reader_t *reader)
{
    const char *from = reader->at;
    char *word;

    if (from == reader->end || *from == '\n')
        return NULL;
    while (reader->at < reader->end && *reader->at != ' ' && *reader->at != '\n')
        reader->at++;
    word = flint_malloc((size_t) (reader->at - from) + 1);
    memcpy(word, from, (size_t) (reader->at - from));
    word[reader->at - from] = '\0';
    if (reader->at < reader->end && *reader->at == ' ')
        reader->at++;
    return word;
}

static int
next_is(reader_t *reader, const char *expected)
{
    char *word = next_word(reader);
    int same = word && strcmp(word, expected) == 0;

    flint_free(word);
    return same;
}

static int
end_line(reader_t *reader)
{
    if (reader->at == reader->end || *reader->at != '\n')
        return 0;
    reader->at++;
    reader->line++;
    return 1;
}

static int
is_integer(const char *text, size_t length)
{
    size_t sign = *text == '-';

    return length > sign && length < MOST_TOKEN && strspn(text + sign, "0123456789") >= length - sign;
}

static int
read_rational(fmpq_t x, reader_t *reader)
{
    char *word = next_word(reader), *slash = word ? strchr(word, '/') : NULL;
    int good = 0;

    if (word && slash)
        good = is_integer(word, (size_t) (slash - word)) && is_integer(slash + 1, strlen(slash + 1)) &&
               strspn(slash + 1, "0") < strlen(slash + 1) && slash[1] != '-';
    else if (word)
        good = is_integer(word, strlen(word));
    if (good)
    {
        if (slash)
            *slash = '\0';
        good = fmpz_set_str(fmpq_numref(x), word, 10) == 0;
        fmpz_one(fmpq_denref(x));
        good = good && (!slash || fmpz_set_str(fmpq_denref(x), slash + 1, 10) == 0);
        fmpq_canonicalise(x);
    }
    flint_free(word);
    return good;
}

/* -1: the line ends; 0: this is no number. */
static int
read_dyadic(arf_t x, reader_t *reader)
{
    char *word = next_word(reader), *p = word ? strchr(word, 'p') : NULL;
    int good = word ? 0 : -1;

    if (p && is_integer(word, (size_t) (p - word)) && is_integer(p + 1, strlen(p + 1)) && strlen(p + 1) < 10)
    {
        fmpz_t m;
        long e = strtol(p + 1, NULL, 10);

        *p = '\0';
        fmpz_init(m);
        good = labs(e) <= MOST_EXPONENT && fmpz_set_str(m, word, 10) == 0;
        arf_set_fmpz(x, m);
        arf_mul_2exp_si(x, x, e);
        fmpz_clear(m);
    }
    flint_free(word);
    return good;
}

static cst_status_t
read_charts(cst_dense_t dense, reader_t *reader)
{
    while (reader->end - reader->at > 6 && memcmp(reader->at, "chart ", 6) == 0)
    {
        const char *from = reader->at + 6, *end = memchr(from, '\n', (size_t) (reader->end - from));
        size_t length = end ? (size_t) (end - from) : 0;
        slong words = 1;
        char *line;

        if (!end || memchr(from, '\0', length))
            return bad(reader, "the line does not end");
        for (size_t i = 0; i < length; i++)
            words += from[i] == ' ';
        if (words < 2 || words > MOST_DIMENSION || (dense->chart_count && words - 1 != dense->dimension))
            return bad(reader, "expected the name of a chart, and as many variables in each");
        dense->dimension = words - 1;
        line = flint_malloc(length + 1);
        memcpy(line, from, length);
        line[length] = '\0';
        add_chart_line(dense, line);
        reader->at = end;
        end_line(reader);
    }
    return dense->chart_count ? CST_OK : bad(reader, "expected a chart");
}

static cst_status_t
read_variable(arb_poly_t p, arf_t radius, reader_t *reader, const char *line, slong k)
{
    size_t length;
    const char *name = word_of(line, k + 1, &length);
    char *word = next_word(reader);
    int good = word && strlen(word) == length && strncmp(word, name, length) == 0;
    arb_t c;

    flint_free(word);
    if (!good)
        return bad(reader, "expected the next variable of the chart");
    if (read_dyadic(radius, reader) != 1 || arf_sgn(radius) < 0)
        return bad(reader, "expected a radius");
    arb_init(c);
    for (slong i = 0; (good = read_dyadic(arb_midref(c), reader)) == 1; i++)
        arb_poly_set_coeff_arb(p, i, c);
    arb_clear(c);
    if (!good)
        return bad(reader, "expected a coefficient such as -3p-5");
    return end_line(reader) ? CST_OK : bad(reader, "the line does not end");
}

static cst_status_t
read_step(cst_dense_t dense, reader_t *reader)
{
    char *word = next_word(reader);
    slong chart = word && is_integer(word, strlen(word)) && strlen(word) < 10 ? strtol(word, NULL, 10) : -1;
    cst_dense_step_t *step, *last = dense->length ? dense->steps + dense->length - 1 : NULL;
    cst_status_t status = CST_OK;

    flint_free(word);
    if (chart < 0 || chart >= dense->chart_count)
        return bad(reader, "expected the number of a chart");
    step = new_step(dense);
    if (last)
        last = step - 1; /* the steps may have moved */
    step->chart = chart;
    if (!read_rational(step->start, reader) || !read_rational(step->end, reader) || !end_line(reader))
        return bad(reader, "expected two times");
    if (fmpq_equal(step->start, step->end) || (last && !fmpq_equal(last->end, step->start)) ||
        (last && (fmpq_cmp(last->start, last->end) < 0) != (fmpq_cmp(step->start, step->end) < 0)))
        return bad(reader, "the step does not go on where the last one ends");
    for (slong k = 0; status == CST_OK && k < dense->dimension; k++)
        status = read_variable(step->polynomials + k, step->radii + k, reader, dense->charts[chart], k);
    return status;
}

static cst_status_t
read_all(cst_dense_t dense, reader_t *reader)
{
    char count[40];
    cst_status_t status;

    if (!next_is(reader, "caustic-dense") || !next_is(reader, "1") || !end_line(reader))
        return bad(reader, "expected `caustic-dense 1`");
    status = read_charts(dense, reader);
    while (status == CST_OK && reader->end - reader->at > 5 && memcmp(reader->at, "step ", 5) == 0)
    {
        reader->at += 5;
        status = read_step(dense, reader);
    }
    snprintf(count, sizeof count, "%ld", (long) dense->length);
    if (status == CST_OK && (!next_is(reader, "end") || !next_is(reader, count) || !end_line(reader) ||
                             reader->at != reader->end))
        status = bad(reader, "expected a step, or `end` with the number of steps");
    return status;
}

cst_status_t
cst_dense_parse(cst_dense_t dense, const char *name, const char *text, size_t length, cst_error_t *error)
{
    reader_t reader = {text, text + length, name, 1, error};
    cst_status_t status;

    cst_dense_init(dense, 0);
    status = read_all(dense, &reader);
    if (status != CST_OK)
        cst_dense_clear(dense);
    return status;
}

/* Values ------------------------------------------------------------------ */

slong
cst_dense_state(arb_ptr x, const cst_dense_t dense, const fmpq_t time, slong prec)
{
    const cst_dense_step_t *step = NULL;
    fmpq_t s, length;
    arb_t at;

    for (slong i = 0; i < dense->length && !step; i++)
        if (fmpq_cmp(time, dense->steps[i].start) * fmpq_cmp(time, dense->steps[i].end) <= 0)
            step = dense->steps + i;
    if (!step)
        return -1;
    fmpq_init(s);
    fmpq_init(length);
    arb_init(at);
    fmpq_sub(s, time, step->start);
    fmpq_sub(length, step->end, step->start);
    fmpq_div(s, s, length);
    arb_set_fmpq(at, s, prec + 32);
    for (slong k = 0; k < dense->dimension; k++)
    {
        arb_poly_evaluate(x + k, step->polynomials + k, at, prec + 32);
        arb_add_error_arf(x + k, step->radii + k);
    }
    fmpq_clear(s);
    fmpq_clear(length);
    arb_clear(at);
    return step->chart;
}
