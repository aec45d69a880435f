/* expr/parse.c -- the input syntax, by recursive descent.

     sum     = product { ("+" | "-") product }
     product = unary { ("*" | "/") unary }
     unary   = ("+" | "-") unary | power
     power   = atom [ "^" unary ]              the exponent is a rational constant
     atom    = number | name | function "(" sum { "," sum } ")" | "(" sum ")"
*/
#include <string.h>

#include "expr/pool.h"

#define MAX_DEPTH 200
#define MAX_TEXT (1 << 20)
#define MAX_DIGITS 5000
#define MAX_NAME 64

typedef struct
{
    cst_expr_ctx_t ctx;
    const cst_expr_scope_t *scope;
    const char *text, *at;
    int depth;
    cst_error_t *error;
    cst__expr_needs_t *needs; /* or NULL */
} parser_t;

static cst_expr_t parse_sum(parser_t *p);
static cst_expr_t parse_unary(parser_t *p);

/* Records the first cause, at a place in the text. */
static cst_expr_t
fail(parser_t *p, const char *place, const char *cause, const char *name, int length)
{
    if (p->error)
    {
        p->error->column = (int) (place - p->text) + 1;
        if (name)
            cst_error_set(p->error, CST_BAD_INPUT, "%s '%.*s'", cause, length, name);
        else
            cst_error_set(p->error, CST_BAD_INPUT, "%s", cause);
    }
    return NULL;
}

void
cst__expr_needs_add(cst__expr_needs_t *needs, const cst__expr_need_t *need)
{
    slong recent = needs->length > 16 ? needs->length - 16 : 0;

    for (slong i = recent; i < needs->length; i++)
        if (needs->list[i].e == need->e && needs->list[i].nonzero == need->nonzero)
            return;
    if (needs->length == needs->room)
    {
        needs->room = 2 * needs->room + 16;
        needs->list = flint_realloc(needs->list, (size_t) needs->room * sizeof *needs->list);
    }
    needs->list[needs->length++] = *need;
}

static void
note(parser_t *p, cst_expr_t e, int nonzero, const char *what)
{
    cst__expr_need_t need = {e, nonzero, what, NULL};

    if (p->needs)
        cst__expr_needs_add(p->needs, &need);
}

static void
skip_space(parser_t *p)
{
    while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
        p->at++;
}

static int
peek(parser_t *p)
{
    skip_space(p);
    return (unsigned char) *p->at;
}

static int
accept(parser_t *p, int c)
{
    if (peek(p) != c)
        return 0;
    p->at++;
    return 1;
}

static int
is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int
starts_name(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* What stands at a place where something else should. */
static cst_expr_t
fail_here(parser_t *p, const char *expected)
{
    int c = peek(p);

    if (c == 0)
        return fail(p, p->at, expected, "the end of the text", 19);
    if (c < 32 || c > 126)
        return fail(p, p->at, "unexpected character: only ASCII is read", NULL, 0);
    return fail(p, p->at, expected, p->at, 1);
}

/* Numbers ----------------------------------------------------------------- */

/* The exponent of a literal, after "e"; limited so that the power of ten is small. */
static int
scan_exponent(parser_t *p, slong *exponent)
{
    const char *s = p->at + 1;
    int negative = *s == '-';

    *exponent = 0;
    s += *s == '-' || *s == '+';
    if (!is_digit(*s))
        return 1; /* the letter does not belong to the number */
    for (; is_digit(*s); s++)
        if ((*exponent = 10 * *exponent + (*s - '0')) > MAX_DIGITS)
            return 0;
    *exponent = negative ? -*exponent : *exponent;
    p->at = s;
    return 1;
}

/* digits * 10^exponent, exactly */
static cst_expr_t
make_number(parser_t *p, const char *start, const char *digits, slong exponent)
{
    cst_expr_t e;
    fmpq_t q;
    fmpz_t power;

    fmpq_init(q);
    fmpz_init(power);
    fmpz_set_str(fmpq_numref(q), digits, 10);
    fmpz_ui_pow_ui(power, 10, (ulong) FLINT_ABS(exponent));
    if (exponent < 0)
        fmpq_div_fmpz(q, q, power);
    else
        fmpq_mul_fmpz(q, q, power);
    e = cst__expr_bits(q) <= CST__EXPR_MAX_BITS ? cst_expr_rational(p->ctx, q) : NULL;
    fmpz_clear(power);
    fmpq_clear(q);
    return e ? e : fail(p, start, "the number is too long", NULL, 0);
}

/* After the digits: the exponent, and nothing that looks like more of a number. */
static cst_expr_t
finish_number(parser_t *p, const char *start, slong length, slong decimals)
{
    slong exponent = 0, kept = 0;
    char *digits;
    cst_expr_t e;

    if ((*p->at == 'e' || *p->at == 'E') && !scan_exponent(p, &exponent))
        return fail(p, start, "the number is too long", NULL, 0);
    if (starts_name(*p->at) || *p->at == '.')
        return fail(p, p->at, "expected an operator instead of", p->at, 1);
    digits = flint_malloc((size_t) length + 1);
    for (slong i = 0; i < length; i++)
        if (start[i] != '.')
            digits[kept++] = start[i];
    digits[kept] = '\0';
    e = make_number(p, start, digits, exponent - decimals);
    flint_free(digits);
    return e;
}

static cst_expr_t
parse_number(parser_t *p)
{
    const char *start = p->at, *point = NULL;
    slong decimals;

    for (; is_digit(*p->at) || (*p->at == '.' && !point); p->at++)
        if (*p->at == '.')
            point = p->at;
    if (p->at - start - (point != NULL) > MAX_DIGITS)
        return fail(p, start, "the number is too long", NULL, 0);
    if (p->at - start == (point != NULL))
        return fail(p, start, "a number needs a digit", NULL, 0);
    decimals = point ? p->at - point - 1 : 0;
    return finish_number(p, start, p->at - start, decimals);
}

/* Names ------------------------------------------------------------------- */

static int
scan_name(parser_t *p, const char **name)
{
    *name = p->at;
    while (starts_name(*p->at) || is_digit(*p->at))
        p->at++;
    return (int) (p->at - *name);
}

static cst_expr_t
scope_value(const parser_t *p, const char *name, int length)
{
    for (slong i = 0; p->scope && i < p->scope->length; i++)
        if (strncmp(p->scope->names[i], name, (size_t) length) == 0 && p->scope->names[i][length] == '\0')
            return p->scope->values[i];
    return NULL;
}

static int
is_word(const char *word, const char *name, int length)
{
    return strncmp(word, name, (size_t) length) == 0 && word[length] == '\0';
}

typedef enum
{
    SQRT = CST_EXPR_KIND_COUNT,
    MIN,
    MAX,
    UNKNOWN
} other_function_t;

static int
function_named(const char *name, int length)
{
    for (int k = CST_EXPR_EXP; k < CST_EXPR_KIND_COUNT; k++)
        if (is_word(cst__expr_kind_word((cst_expr_kind_t) k), name, length))
            return k;
    return is_word("sqrt", name, length)  ? SQRT
           : is_word("min", name, length) ? MIN
           : is_word("max", name, length) ? MAX
                                          : UNKNOWN;
}

static cst_expr_t
apply_power(parser_t *p, const char *place, cst_expr_t base, const fmpq_t exponent)
{
    if (base->kind == CST_EXPR_RATIONAL && fmpq_sgn(base->value) <= 0)
    {
        if (fmpq_is_zero(base->value) && fmpq_sgn(exponent) < 0)
            return fail(p, place, "division by zero", NULL, 0);
        if (fmpq_sgn(base->value) < 0 && !fmpz_is_one(fmpq_denref(exponent)))
            return fail(p, place, "a negative number has no such real power", NULL, 0);
    }
    if (!fmpz_is_one(fmpq_denref(exponent)))
        note(p, base, 0, "the base of a root");
    else if (fmpq_sgn(exponent) < 0)
        note(p, base, 1, "a denominator");
    return cst_expr_power(p->ctx, base, exponent);
}

static cst_expr_t
apply_sqrt(parser_t *p, const char *place, cst_expr_t a)
{
    cst_expr_t e;
    fmpq_t half;

    fmpq_init(half);
    fmpq_set_si(half, 1, 2);
    e = apply_power(p, place, a, half);
    fmpq_clear(half);
    return e;
}

/* min(a,b) = b - relu(b - a), max(a,b) = b + relu(a - b) */
static cst_expr_t
apply_extremum(parser_t *p, int function, cst_expr_t a, cst_expr_t b)
{
    cst_expr_ctx_t ctx = p->ctx;
    cst_expr_t gap = function == MIN ? cst_expr_sub(ctx, b, a) : cst_expr_sub(ctx, a, b);

    note(p, gap, 1, "the difference of the arguments of min or max");
    gap = cst_expr_function(ctx, CST_EXPR_RELU, gap);
    return function == MIN ? cst_expr_sub(ctx, b, gap) : cst_expr_add(ctx, b, gap);
}

/* Where the function of a is defined and smooth. */
static void
note_domain(parser_t *p, cst_expr_kind_t kind, cst_expr_t a)
{
    cst_expr_t one = cst_expr_integer(p->ctx, 1);

    if (kind == CST_EXPR_LOG)
        note(p, a, 0, "the argument of a logarithm");
    else if (kind == CST_EXPR_TAN)
        note(p, cst_expr_function(p->ctx, CST_EXPR_COS, a), 1, "the cosine in a tangent");
    else if (kind == CST_EXPR_ABS || kind == CST_EXPR_RELU || kind == CST_EXPR_STEP || kind == CST_EXPR_SIGN)
        note(p, a, 1, "the argument of abs, relu, step or sign");
    else if (kind == CST_EXPR_ASIN || kind == CST_EXPR_ACOS)
    {
        note(p, cst_expr_sub(p->ctx, one, a), 0, "1 less the argument of asin or acos");
        note(p, cst_expr_add(p->ctx, one, a), 0, "1 plus the argument of asin or acos");
    }
}

static cst_expr_t
parse_call(parser_t *p, const char *name, int length)
{
    int function = function_named(name, length);
    cst_expr_t a, b;

    if (function == UNKNOWN)
        return fail(p, name, "unknown function", name, length);
    p->at++; /* the parenthesis */
    a = parse_sum(p);
    if (!a)
        return NULL;
    while (function == MIN || function == MAX)
    {
        if (!accept(p, ','))
            break;
        b = parse_sum(p);
        if (!b)
            return NULL;
        a = apply_extremum(p, function, a, b);
    }
    if (!accept(p, ')'))
        return fail_here(p, "expected ')' instead of");
    if (function == SQRT)
        return apply_sqrt(p, name, a);
    if (function == MIN || function == MAX)
        return a;
    if (function == CST_EXPR_LOG && a->kind == CST_EXPR_RATIONAL && fmpq_sgn(a->value) <= 0)
        return fail(p, name, "the logarithm needs a positive number", NULL, 0);
    if (p->needs)
        note_domain(p, (cst_expr_kind_t) function, a);
    return cst_expr_function(p->ctx, (cst_expr_kind_t) function, a);
}

static cst_expr_t
parse_name(parser_t *p)
{
    const char *name;
    int length = scan_name(p, &name);
    cst_expr_t e;

    if (length > MAX_NAME)
        return fail(p, name, "the name is too long", NULL, 0);
    if (peek(p) == '(')
        return parse_call(p, name, length);
    e = scope_value(p, name, length);
    if (e)
        return e;
    if (is_word("pi", name, length))
        return cst_expr_pi(p->ctx);
    if (is_word("e", name, length))
        return cst_expr_function(p->ctx, CST_EXPR_EXP, cst_expr_integer(p->ctx, 1));
    if (function_named(name, length) != UNKNOWN)
        return fail(p, p->at, "expected '(' after the function", name, length);
    return fail(p, name, "unknown name", name, length);
}

/* Operators --------------------------------------------------------------- */

static cst_expr_t
parse_atom(parser_t *p)
{
    int c = peek(p);
    cst_expr_t e;

    if (is_digit(c) || c == '.')
        return parse_number(p);
    if (starts_name(c))
        return parse_name(p);
    if (c != '(')
        return fail_here(p, "expected an expression instead of");
    p->at++;
    e = parse_sum(p);
    if (e && !accept(p, ')'))
        return fail_here(p, "expected ')' instead of");
    return e;
}

static cst_expr_t
parse_power(parser_t *p)
{
    cst_expr_t base = parse_atom(p), exponent;
    const char *place;

    if (!base || peek(p) != '^')
        return base;
    p->at++;
    skip_space(p);
    place = p->at;
    exponent = parse_unary(p);
    if (!exponent)
        return NULL;
    if (exponent->kind != CST_EXPR_RATIONAL)
        return fail(p, place, "an exponent must be a rational constant (write exp(x) for e^x)", NULL, 0);
    if (!cst__expr_small_exponent(exponent->value))
        return fail(p, place, "the exponent is too large", NULL, 0);
    return apply_power(p, place, base, exponent->value);
}

static cst_expr_t
parse_unary(parser_t *p)
{
    cst_expr_t e;
    int sign = peek(p);

    if (++p->depth > MAX_DEPTH)
        return fail(p, p->at, "nested too deeply", NULL, 0);
    if (sign == '+' || sign == '-')
    {
        p->at++;
        e = parse_unary(p);
        if (e && sign == '-')
            e = cst_expr_neg(p->ctx, e);
    }
    else
        e = parse_power(p);
    p->depth--;
    return e;
}

static cst_expr_t
parse_product(parser_t *p)
{
    cst_expr_t e = parse_unary(p), f;

    while (e && (peek(p) == '*' || *p->at == '/'))
    {
        int operator= * p->at++;
        const char *place;

        skip_space(p);
        place = p->at;
        f = parse_unary(p);
        if (!f)
            return NULL;
        if (operator== '/' && cst_expr_is_integer_value(f, 0))
            return fail(p, place, "division by zero", NULL, 0);
        if (operator== '/' && f->kind != CST_EXPR_RATIONAL)
            note(p, f, 1, "a denominator");
        e = operator== '*' ? cst_expr_mul(p->ctx, e, f) : cst_expr_div(p->ctx, e, f);
    }
    return e;
}

static cst_expr_t
parse_sum(parser_t *p)
{
    cst_expr_t e = parse_product(p), f;

    while (e && (peek(p) == '+' || *p->at == '-'))
    {
        int operator= * p->at++;

        f = parse_product(p);
        if (!f)
            return NULL;
        e = operator== '+' ? cst_expr_add(p->ctx, e, f) : cst_expr_sub(p->ctx, e, f);
    }
    return e;
}

cst_status_t
cst__expr_parse_needs(cst_expr_t *result, cst__expr_needs_t *needs, cst_expr_ctx_t ctx, const char *text,
                      const cst_expr_scope_t *scope, cst_error_t *error)
{
    parser_t p = {ctx, scope, text, text, 0, error, needs};

    *result = NULL;
    if (strlen(text) > MAX_TEXT)
        fail(&p, text, "the expression is longer than 1 MiB", NULL, 0);
    else if ((*result = parse_sum(&p)) != NULL && peek(&p) != '\0')
    {
        *result = NULL;
        fail_here(&p, "expected an operator instead of");
    }
    return *result ? CST_OK : CST_BAD_INPUT;
}

cst_status_t
cst_expr_parse(cst_expr_t *result, cst_expr_ctx_t ctx, const char *text, const cst_expr_scope_t *scope,
               cst_error_t *error)
{
    return cst__expr_parse_needs(result, NULL, ctx, text, scope, error);
}
