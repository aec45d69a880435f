/* lie/groupname.c -- groups from names and names from groups. */
#include <stdio.h>
#include <string.h>

#include "expr/pool.h"
#include "lie/group.h"

#define MOST_DEGREE (1 << 20)
#define MOST_NESTING 64

/* Reading ------------------------------------------------------------------------------ */

typedef struct
{
    const char *text, *at;
    int nesting;
    cst_error_t *error;
} reader_t;

static cst_status_t
refuse(const reader_t *reader, const char *why)
{
    if (reader->error)
        reader->error->column = (int) (reader->at - reader->text) + 1;
    return cst_error_set(reader->error, CST_BAD_INPUT, "%s", why);
}

static int
accept_word(reader_t *reader, const char *word)
{
    size_t length = strlen(word);

    reader->at += strspn(reader->at, " \t");
    if (strncmp(reader->at, word, length) != 0)
        return 0;
    reader->at += length;
    return 1;
}

static cst_status_t
read_number(slong *n, reader_t *reader)
{
    const char *from;

    reader->at += strspn(reader->at, " \t");
    from = reader->at;
    *n = 0;
    while (*reader->at >= '0' && *reader->at <= '9' && *n <= MOST_DEGREE)
        *n = 10 * *n + (*reader->at++ - '0');
    if (reader->at == from || *n < 1 || *n > MOST_DEGREE)
    {
        reader->at = from;
        return refuse(reader, "a number from 1 to 1048576 is expected");
    }
    return CST_OK;
}

/* "(p)" or, if two, "(p,q)" */
static cst_status_t
read_arguments(cst_group_t g, reader_t *reader, int two)
{
    cst_status_t status;

    if (!accept_word(reader, "("))
        return refuse(reader, "'(' is expected");
    status = read_number(&g->p, reader);
    if (status == CST_OK && two && accept_word(reader, ","))
        status = read_number(&g->q, reader);
    if (status == CST_OK && !accept_word(reader, ")"))
        status = refuse(reader, "')' is expected");
    return status;
}

/* g := g wrapped, if the degree stays in bounds. */
static cst_status_t
wrap_checked(cst_group_t g, reader_t *reader, cst_group_kind_t kind, slong p)
{
    slong degree = cst_group_degree(g);

    if (kind == CST_GROUP_AFFINE ? degree + 1 > MOST_DEGREE : degree > MOST_DEGREE / p)
        return refuse(reader, "the degree would be above 1048576");
    cst__group_wrap(g, kind, p, g);
    return CST_OK;
}

typedef enum
{
    NO_ARGUMENT,
    ONE_ARGUMENT,
    TWO_ARGUMENTS
} arguments_t;

static const struct
{
    const char *word;
    cst_group_kind_t kind;
    arguments_t arguments;
} atoms[] = {{"1", CST_GROUP_TRIVIAL, NO_ARGUMENT},   {"Z2", CST_GROUP_SIGNS, NO_ARGUMENT},
             {"R+", CST_GROUP_POSITIVE, NO_ARGUMENT}, {"R*", CST_GROUP_NONZERO, NO_ARGUMENT},
             {"C*", CST_GROUP_COMPLEX, NO_ARGUMENT},  {"T", CST_GROUP_CIRCLE, NO_ARGUMENT},
             {"GL", CST_GROUP_GL, ONE_ARGUMENT},      {"SL", CST_GROUP_SL, ONE_ARGUMENT},
             {"SO", CST_GROUP_SO, TWO_ARGUMENTS},     {"Sp", CST_GROUP_SP, ONE_ARGUMENT},
             {"O", CST_GROUP_O, TWO_ARGUMENTS}};

static cst_status_t
read_atom(cst_group_t g, reader_t *reader)
{
    for (size_t i = 0; i < sizeof atoms / sizeof *atoms; i++)
    {
        cst_status_t status = CST_OK;

        if (!accept_word(reader, atoms[i].word))
            continue;
        g->kind = atoms[i].kind;
        if (atoms[i].arguments != NO_ARGUMENT)
            status = read_arguments(g, reader, atoms[i].arguments == TWO_ARGUMENTS);
        if (status == CST_OK && g->kind == CST_GROUP_SP)
        {
            if (g->p % 2)
                return refuse(reader, "the size of Sp is even");
            g->p /= 2;
        }
        return status;
    }
    return refuse(reader, "a group is expected");
}

/* Aff(n), E(n), S_n, R^n: short names of composed groups. */
static cst_status_t
read_short_name(cst_group_t g, reader_t *reader, int *found)
{
    cst_status_t status;
    slong n;

    *found = 1;
    if (accept_word(reader, "Aff"))
        g->kind = CST_GROUP_GL;
    else if (accept_word(reader, "E"))
        g->kind = CST_GROUP_O;
    else
    {
        int permutations = accept_word(reader, "S_");

        if (!permutations && !accept_word(reader, "R^"))
        {
            *found = 0;
            return CST_OK;
        }
        status = read_number(&n, reader);
        if (status != CST_OK)
            return status;
        if (permutations)
            return wrap_checked(g, reader, CST_GROUP_WREATH, n);
        g->p = n;
        return wrap_checked(g, reader, CST_GROUP_AFFINE, 0);
    }
    status = read_arguments(g, reader, 0);
    return status == CST_OK ? wrap_checked(g, reader, CST_GROUP_AFFINE, 0) : status;
}

static cst_status_t read_product(cst_group_t g, reader_t *reader);

static cst_status_t
read_base(cst_group_t g, reader_t *reader)
{
    cst_status_t status;
    int found;

    if (accept_word(reader, "("))
    {
        if (++reader->nesting > MOST_NESTING)
            return refuse(reader, "more than 64 levels of nesting");
        status = read_product(g, reader);
        reader->nesting--;
        if (status == CST_OK && !accept_word(reader, ")"))
            status = refuse(reader, "')' is expected");
        return status;
    }
    status = read_short_name(g, reader, &found);
    return found ? status : read_atom(g, reader);
}

/* A base, then any number of ^n, wr S_n and x| R^n. Each adds a level to the tree, so they count as nesting.
 */
static cst_status_t
read_factor(cst_group_t g, reader_t *reader)
{
    cst_status_t status = read_base(g, reader);
    int nesting = reader->nesting;
    slong n;

    while (status == CST_OK)
    {
        cst_group_kind_t kind = accept_word(reader, "^")       ? CST_GROUP_POWER
                                : accept_word(reader, "wr S_") ? CST_GROUP_WREATH
                                : accept_word(reader, "x| R^") ? CST_GROUP_AFFINE
                                                               : CST_GROUP_TRIVIAL;

        if (kind == CST_GROUP_TRIVIAL)
            break;
        if (++reader->nesting > MOST_NESTING)
            return refuse(reader, "more than 64 levels of nesting");
        status = read_number(&n, reader);
        if (status == CST_OK && kind == CST_GROUP_AFFINE && n != cst_group_degree(g))
            status = refuse(reader, "G x| R^n needs n equal to the degree of G");
        if (status == CST_OK)
            status = wrap_checked(g, reader, kind, kind == CST_GROUP_AFFINE ? 0 : n);
    }
    reader->nesting = nesting;
    return status;
}

static cst_status_t
read_product(cst_group_t g, reader_t *reader)
{
    int nesting = reader->nesting;
    cst_status_t status = read_factor(g, reader);
    cst_group_t other;

    while (status == CST_OK && accept_word(reader, "x "))
    {
        cst_group_init(other);
        status = ++reader->nesting > MOST_NESTING ? refuse(reader, "more than 64 levels of nesting")
                                                  : read_factor(other, reader);
        if (status == CST_OK && cst_group_degree(g) + cst_group_degree(other) > MOST_DEGREE)
            status = refuse(reader, "the degree would be above 1048576");
        if (status == CST_OK)
            cst__group_join(g, g, other);
        cst_group_clear(other);
    }
    reader->nesting = nesting;
    return status;
}

cst_status_t
cst_group_parse(cst_group_t g, const char *text, cst_error_t *error)
{
    reader_t reader = {text, text, 0, error};
    cst_group_t result;
    cst_status_t status;

    cst_group_init(result);
    status = read_product(result, &reader);
    reader.at += strspn(reader.at, " \t");
    if (status == CST_OK && *reader.at)
        status = refuse(&reader, "this is not part of the name of a group");
    if (status == CST_OK)
        cst_group_swap(g, result);
    cst_group_clear(result);
    return status;
}

/* Printing ------------------------------------------------------------------------------- */

static void
add_number(cst__text_t *text, const char *format, slong n)
{
    char word[48];

    snprintf(word, sizeof word, format, (long) n);
    cst__text_puts(text, word);
}

static void
print_atom(cst__text_t *text, const cst_group_t g)
{
    size_t i = 0;

    while (atoms[i].kind != g->kind)
        i++;
    if (g->kind == CST_GROUP_TRIVIAL && g->p > 1)
        add_number(text, "1^%ld", g->p);
    else
        cst__text_puts(text, atoms[i].word);
    if (atoms[i].arguments == NO_ARGUMENT)
        return;
    add_number(text, "(%ld", g->kind == CST_GROUP_SP ? 2 * g->p : g->p);
    if (g->q)
        add_number(text, ",%ld", g->q);
    cst__text_puts(text, ")");
}

static void
print(cst__text_t *text, const cst_group_t g)
{
    const cst_group_struct *part = g->part;
    int plain = g->length && part->kind == CST_GROUP_TRIVIAL,
        wrap = g->length && part->kind == CST_GROUP_PRODUCT;

    if (g->length == 0)
        print_atom(text, g);
    else if (g->kind == CST_GROUP_PRODUCT)
    {
        print(text, part);
        cst__text_puts(text, " x ");
        wrap = part[1].kind == CST_GROUP_PRODUCT;
        cst__text_puts(text, wrap ? "(" : "");
        print(text, part + 1);
        cst__text_puts(text, wrap ? ")" : "");
    }
    else if (plain && g->kind == CST_GROUP_WREATH && part->p == 1)
        add_number(text, "S_%ld", g->p);
    else if (plain && g->kind == CST_GROUP_AFFINE)
        add_number(text, "R^%ld", part->p);
    else
    {
        cst__text_puts(text, wrap ? "(" : "");
        print(text, part);
        cst__text_puts(text, wrap ? ")" : "");
        add_number(text,
                   g->kind == CST_GROUP_POWER    ? "^%ld"
                   : g->kind == CST_GROUP_WREATH ? " wr S_%ld"
                                                 : " x| R^%ld",
                   g->kind == CST_GROUP_AFFINE ? cst_group_degree(part) : g->p);
    }
}

char *
cst_group_name(const cst_group_t g)
{
    cst__text_t text;

    cst__text_init(&text);
    print(&text, g);
    return text.text;
}
