/* expr/print.c -- the input syntax, LaTeX, C and Sage, written from a stack of things still to print. */
#include "expr/dialect.h"
#include "expr/pool.h"

#define MAX_LENGTH ((size_t) 1 << 24)

/* How tightly the surroundings bind: an expression looser than its level goes in parentheses. */
typedef enum
{
    SUM,     /* anything may stand here */
    PRODUCT, /* a term of a sum, the first factor of a product */
    FACTOR,  /* a further factor */
    BASE     /* of a power */
} level_t;

/* What of a node to print. */
typedef enum
{
    VALUE,
    NEGATED,
    INVERSE,
    FURTHER,    /* the value, with " + " or " - " before it */
    EXPONENT,   /* of a power, with its ^ */
    NUMERATOR,  /* of a literal, without its sign */
    DENOMINATOR /* of a literal */
} part_t;

typedef struct
{
    const char *text; /* or, if NULL, a part of an expression: */
    cst_expr_t e;
    level_t level;
    part_t part;
} item_t;

typedef struct
{
    cst__text_t out;
    item_t *stack;
    slong length, alloc;
    item_t parts[32]; /* of the node at hand, in reading order */
    int count;
    int latex;
    const cst__expr_dialect_t *dialect; /* of a programming language; NULL: LaTeX or the input syntax */
    const cst_expr_t *named;            /* variables with a text of their own */
    const char *const *texts;
    slong named_length;
} printer_t;

static void
say(printer_t *p, const char *text)
{
    p->parts[p->count++] = (item_t){text, NULL, SUM, VALUE};
}

static void
tell(printer_t *p, cst_expr_t e, level_t level, part_t part)
{
    p->parts[p->count++] = (item_t){NULL, e, level, part};
}

static void
open_group(printer_t *p)
{
    say(p, p->latex ? "\\left(" : "(");
}

static void
close_group(printer_t *p)
{
    say(p, p->latex ? "\\right)" : ")");
}

static void
put_integer(printer_t *p, const fmpz_t x)
{
    char *s = fmpz_get_str(NULL, 10, x);

    cst__text_puts(&p->out, *s == '-' ? s + 1 : s);
    flint_free(s);
}

static void
put_literal(printer_t *p, const fmpz_t x)
{
    put_integer(p, x);
    cst__text_puts(&p->out, p->dialect ? p->dialect->decimal : "");
}

/* What follows the base of a power: |q|, and the closing of the power. */
static void
put_dialect_exponent(printer_t *p, const fmpq_t q)
{
    int whole = fmpz_is_one(fmpq_denref(q));

    cst__text_puts(&p->out, p->dialect->power);
    cst__text_puts(&p->out, whole ? "" : "(");
    put_literal(p, fmpq_numref(q));
    if (!whole)
    {
        cst__text_puts(&p->out, "/");
        put_literal(p, fmpq_denref(q));
    }
    cst__text_puts(&p->out, whole ? "" : ")");
    cst__text_puts(&p->out, p->dialect->power_close);
}

/* ^|q| */
static void
put_exponent(printer_t *p, const fmpq_t q)
{
    int whole = fmpz_is_one(fmpq_denref(q));

    if (p->dialect)
    {
        put_dialect_exponent(p, q);
        return;
    }

    cst__text_puts(&p->out, p->latex ? "^{" : whole ? "^" : "^(");
    put_integer(p, fmpq_numref(q));
    if (!whole)
    {
        cst__text_puts(&p->out, "/");
        put_integer(p, fmpq_denref(q));
    }
    cst__text_puts(&p->out, p->latex ? "}" : whole ? "" : ")");
}

static int
is_sqrt(const fmpq_t q)
{
    return fmpz_is_pm1(fmpq_numref(q)) && fmpz_equal_si(fmpq_denref(q), 2);
}

/* A product in three parts, each of which may be NULL. */
typedef struct
{
    cst_expr_t literal, numerator, reciprocals;
} product_t;

static product_t
take_apart(cst_expr_t e)
{
    product_t f = {NULL, NULL, NULL};

    if (e->kind == CST_EXPR_RATIONAL)
    {
        f.literal = e;
        return f;
    }
    if (e->kind == CST_EXPR_MUL && e->args[0]->kind == CST_EXPR_RATIONAL)
    {
        f.literal = e->args[0];
        e = e->args[1];
    }
    if (e->kind == CST_EXPR_MUL && e->args[1]->reciprocal && !e->args[0]->reciprocal)
    {
        f.numerator = e->args[0];
        f.reciprocals = e->args[1];
    }
    else if (e->reciprocal)
        f.reciprocals = e;
    else
        f.numerator = e;
    return f;
}

static int
is_negative(cst_expr_t e)
{
    if (e->kind == CST_EXPR_MUL)
        e = e->args[0];
    return e->kind == CST_EXPR_RATIONAL && fmpq_sgn(e->value) < 0;
}

static void
push_parts(printer_t *p)
{
    if (p->length + p->count > p->alloc)
    {
        p->alloc = 2 * (p->length + p->count);
        p->stack = flint_realloc(p->stack, (size_t) p->alloc * sizeof *p->stack);
    }
    while (p->count > 0)
        p->stack[p->length++] = p->parts[--p->count];
}

static const char *
times(const printer_t *p, cst_expr_t next)
{
    return !p->latex ? "*" : next->kind == CST_EXPR_RATIONAL ? " \\cdot " : " ";
}

/* The chain a * b, or what it divides by. */
static void
print_factors(printer_t *p, const item_t *item)
{
    cst_expr_t b = item->e->args[1];
    part_t part = item->part == INVERSE ? INVERSE : VALUE;

    if (item->level > PRODUCT)
        open_group(p);
    tell(p, item->e->args[0], PRODUCT, part);
    say(p, times(p, b));
    tell(p, b, FACTOR, part);
    if (item->level > PRODUCT)
        close_group(p);
}

static void
print_power(printer_t *p, const item_t *item)
{
    cst_expr_t base = item->e->args[0];
    int grouped = item->level == BASE;

    if (is_sqrt(item->e->value))
    {
        say(p, p->latex ? "\\sqrt{" : "sqrt(");
        tell(p, base, SUM, VALUE);
        say(p, p->latex ? "}" : ")");
        return;
    }
    if (fmpz_is_pm1(fmpq_numref(item->e->value)) && fmpz_is_one(fmpq_denref(item->e->value)))
    {
        tell(p, base, item->level, VALUE); /* the inverse of 1/x */
        return;
    }
    if (grouped)
        open_group(p);
    if (p->dialect)
        say(p, p->dialect->power_open);
    tell(p, base, p->dialect && *p->dialect->power_open ? SUM : BASE, VALUE);
    tell(p, item->e, BASE, EXPONENT);
    if (grouped)
        close_group(p);
}

/* Does the sum a + b read better as b + a, without a leading minus? */
static int
is_better_reversed(cst_expr_t a, cst_expr_t b)
{
    if (is_negative(b) || (a->kind == CST_EXPR_ADD && b->kind != CST_EXPR_RATIONAL))
        return 0;
    while (a->kind == CST_EXPR_ADD)
        a = a->args[0];
    return is_negative(a);
}

/* A further term, or a sum of such, with its sign before it. */
static void
print_further(printer_t *p, cst_expr_t e)
{
    if (e->kind == CST_EXPR_ADD)
    {
        tell(p, e->args[0], SUM, FURTHER);
        e = e->args[1];
    }
    say(p, is_negative(e) ? " - " : " + ");
    tell(p, e, PRODUCT, is_negative(e) ? NEGATED : VALUE);
}

static void
print_sum(printer_t *p, const item_t *item)
{
    cst_expr_t a = item->e->args[0], b = item->e->args[1];
    int grouped = item->level > SUM;

    if (grouped)
        open_group(p);
    if (is_better_reversed(a, b))
    {
        tell(p, b, PRODUCT, VALUE);
        print_further(p, a);
    }
    else
    {
        tell(p, a, SUM, VALUE);
        say(p, is_negative(b) ? " - " : " + ");
        tell(p, b, PRODUCT, is_negative(b) ? NEGATED : VALUE);
    }
    if (grouped)
        close_group(p);
}

static void
print_function(printer_t *p, const item_t *item)
{
    cst_expr_t a = item->e->args[0];
    cst_expr_kind_t kind = item->e->kind;

    if (p->dialect)
    {
        const char *const *pieces = p->dialect->functions[kind];

        for (int k = 0; k < 3 && pieces[k]; k++)
        {
            if (k > 0)
                tell(p, a, SUM, VALUE);
            say(p, pieces[k]);
        }
    }
    else if (p->latex && kind == CST_EXPR_EXP)
    {
        say(p, item->level == BASE ? "\\left(e^{" : "e^{");
        tell(p, a, SUM, VALUE);
        say(p, item->level == BASE ? "}\\right)" : "}");
    }
    else if (p->latex && kind == CST_EXPR_ABS)
    {
        say(p, "\\left|");
        tell(p, a, SUM, VALUE);
        say(p, "\\right|");
    }
    else
    {
        say(p, p->latex ? cst__expr_kind_latex(kind) : cst__expr_kind_word(kind));
        open_group(p);
        tell(p, a, SUM, VALUE);
        close_group(p);
    }
}

static void
print_numerator(printer_t *p, const product_t *f, level_t level)
{
    int shown = !f->numerator || (f->literal && !fmpz_is_pm1(fmpq_numref(f->literal->value)));

    if (shown && f->literal)
        tell(p, f->literal, level, NUMERATOR);
    else if (shown)
        say(p, p->dialect ? p->dialect->one : "1");
    if (shown && f->numerator)
        say(p, times(p, f->numerator));
    if (f->numerator)
        tell(p, f->numerator, shown ? (f->numerator->kind == CST_EXPR_MUL ? PRODUCT : FACTOR) : level, VALUE);
}

static void
print_denominator(printer_t *p, const product_t *f)
{
    int shown = f->literal && !fmpz_is_one(fmpq_denref(f->literal->value)), many, grouped;

    many = f->reciprocals && (shown || f->reciprocals->kind == CST_EXPR_MUL);
    grouped = many && !p->latex;
    if (grouped)
        open_group(p);
    if (shown)
        tell(p, f->literal, PRODUCT, DENOMINATOR);
    if (shown && f->reciprocals)
        say(p, times(p, f->reciprocals));
    if (f->reciprocals)
        tell(p, f->reciprocals, many ? PRODUCT : p->latex ? SUM : FACTOR, INVERSE);
    if (grouped)
        close_group(p);
}

/* A literal, or a product with a sign, a literal or a denominator. */
static void
print_product(printer_t *p, const item_t *item)
{
    product_t f = take_apart(item->e);
    int negative = is_negative(item->e) != (item->part == NEGATED);
    int fraction = f.reciprocals || (f.literal && !fmpz_is_one(fmpq_denref(f.literal->value)));
    int single = (!f.numerator && !fraction) || (fraction && p->latex);
    int grouped = item->level > (negative ? SUM : single ? FACTOR : PRODUCT);

    if (!f.numerator && !fraction && !negative)
        grouped = 0;
    if (grouped)
        open_group(p);
    if (negative)
        say(p, "-");
    if (fraction && p->latex)
        say(p, "\\frac{");
    print_numerator(p, &f, fraction && p->latex ? SUM : PRODUCT);
    if (fraction)
    {
        say(p, p->latex ? "}{" : "/");
        print_denominator(p, &f);
        if (p->latex)
            say(p, "}");
    }
    if (grouped)
        close_group(p);
}

static void
print_variable(printer_t *p, cst_expr_t e)
{
    for (slong i = 0; i < p->named_length; i++)
        if (p->named[i] == e)
        {
            cst__text_puts(&p->out, p->texts[i]);
            return;
        }
    if (p->latex)
        cst__text_latex_name(&p->out, e->name);
    else
        cst__text_puts(&p->out, e->name);
    if (p->dialect && cst__expr_is_keyword(p->dialect, e->name))
        cst__text_puts(&p->out, "_");
}

static void
print_item(printer_t *p, const item_t *item)
{
    cst_expr_t e = item->e;

    if (item->text)
        cst__text_puts(&p->out, item->text);
    else if (item->part == EXPONENT)
        put_exponent(p, e->value);
    else if (item->part == NUMERATOR)
        put_literal(p, fmpq_numref(e->value));
    else if (item->part == DENOMINATOR)
        put_literal(p, fmpq_denref(e->value));
    else if (item->part == FURTHER)
        print_further(p, e);
    else if (item->part == INVERSE && e->kind == CST_EXPR_MUL)
        print_factors(p, item);
    else if (e->kind == CST_EXPR_POWER && (item->part == INVERSE || !e->reciprocal))
        print_power(p, item);
    else if (e->kind == CST_EXPR_RATIONAL || e->reciprocal)
        print_product(p, item);
    else if (e->kind == CST_EXPR_MUL)
    {
        if (e->args[0]->kind == CST_EXPR_RATIONAL || e->args[1]->reciprocal)
            print_product(p, item);
        else
            print_factors(p, item);
    }
    else if (e->kind == CST_EXPR_ADD)
        print_sum(p, item);
    else if (e->kind == CST_EXPR_PI)
        cst__text_puts(&p->out, p->dialect ? p->dialect->pi : p->latex ? "\\pi" : "pi");
    else if (e->kind == CST_EXPR_VARIABLE)
        print_variable(p, e);
    else
        print_function(p, item);
    push_parts(p);
}

static char *
print(printer_t *p, cst_expr_t e)
{
    cst__text_init(&p->out);
    tell(p, e, SUM, VALUE);
    push_parts(p);
    while (p->length > 0 && p->out.length <= MAX_LENGTH)
    {
        item_t item = p->stack[--p->length];

        print_item(p, &item);
    }
    flint_free(p->stack);
    if (p->out.length <= MAX_LENGTH)
        return p->out.text;
    flint_free(p->out.text);
    return NULL;
}

char *
cst_expr_print(cst_expr_ctx_t ctx, cst_expr_t e)
{
    printer_t p = {.latex = 0};

    (void) ctx;
    return print(&p, e);
}

static char *
print_dialect(cst_expr_t e, const cst__expr_dialect_t *dialect)
{
    printer_t p = {.dialect = dialect};

    return print(&p, e);
}

char *
cst_expr_print_c(cst_expr_ctx_t ctx, cst_expr_t e)
{
    (void) ctx;
    return print_dialect(e, &cst__expr_dialect_c);
}

char *
cst_expr_print_sage(cst_expr_ctx_t ctx, cst_expr_t e)
{
    (void) ctx;
    return print_dialect(e, &cst__expr_dialect_sage);
}

char *
cst_expr_print_latex(cst_expr_ctx_t ctx, cst_expr_t e)
{
    return cst_expr_print_latex_named(ctx, e, NULL, NULL, 0);
}

char *
cst_expr_print_latex_named(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *variables,
                           const char *const *texts, slong length)
{
    printer_t p = {.latex = 1, .named = variables, .texts = texts, .named_length = length};

    (void) ctx;
    return print(&p, e);
}
