/* The input syntax. Every function is reduced to a few kinds as it is read. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* Name and kind; or name, 0 and definition */
static const struct
{
    const char *name;
    int kind;
    const char *text;
} functions[] = {
    {"exp", E_EXP, ""},
    {"log", E_LOG, ""},
    {"sin", E_SIN, ""},
    {"cos", E_COS, ""},
    {"atan", E_ATAN, ""},
    {"erf", E_ERF, ""},
    {"step", E_STEP, ""},
    {"sigmoid", E_SIGMOID, ""},
    {"sqrt", 0, "x^(1/2)"},
    {"tan", 0, "sin(x)/cos(x)"},
    {"asin", 0, "atan(x/sqrt(1 - x^2))"},
    {"acos", 0, "pi/2 - asin(x)"},
    {"softplus", 0, "log(1 + exp(x))"},
    {"sinh", 0, "(exp(x) - exp(-x))/2"},
    {"cosh", 0, "(exp(x) + exp(-x))/2"},
    {"tanh", 0, "2*sigmoid(2*x) - 1"},
    {"sign", 0, "2*step(x) - 1"},
    {"abs", 0, "sign(x)*x"},
    {"relu", 0, "step(x)*x"},
    {"min", 0, "y - relu(y - x)"},
    {"max", 0, "y + relu(x - y)"},
};
enum
{
    FUNCTIONS = sizeof functions / sizeof *functions
};

/* ---- Names ---- */

static struct
{
    char *name;
    int group;
    ex value;
} entries[MAX_NAMES];
static int names;

/* Where the parser is; x and y stand for the arguments where a definition is read. */
static struct place
{
    const char *here, *start;
    int groups;
    ex x, y;
} at;

void
parse_start(void)
{
    names = 0;
}

void
declare(const char *prefix, const char *s, int group, ex value)
{
    char *full = strcat(strcpy(grab(strlen(prefix) + strlen(s) + 1, 1), prefix), s);
    int taken = strcmp(full, "pi") == 0 || strcmp(full, "e") == 0;

    if (names == MAX_NAMES)
        reject("too many names");
    for (int i = 0; i < names; i++)
        taken |= strcmp(entries[i].name, full) == 0;
    for (int i = 0; i < FUNCTIONS; i++)
        taken |= strcmp(functions[i].name, full) == 0;
    if (taken)
        reject("the name '%s' has a meaning already", full);
    entries[names].name = full;
    entries[names].group = group;
    entries[names++].value = value;
}

/* ---- Expressions ---- */

static ex parse_sum(int depth);

static _Noreturn void
syntax(const char *what)
{
    reject("column %ld of the expression: %s", (long) (at.here - at.start) + 1, what);
}

static int
take(char c)
{
    while (*at.here == ' ')
        at.here++;
    if (*at.here != c)
        return 0;
    at.here++;
    return 1;
}

static void
must_take(char c, const char *what)
{
    if (!take(c))
        syntax(what);
}

static int
digit(char c)
{
    return c >= '0' && c <= '9';
}

/* 12, 0.5, .5, 1e-10, 2.5E3 */
static ex
parse_number(void)
{
    char *digits = grab(MAX_DIGITS + 1, 1);
    long scale = 0, exponent = 0, n = 0;
    int point = 0;
    mpq_t q, ten;
    ex e;

    for (; digit(*at.here) || (*at.here == '.' && !point); at.here++)
        if (*at.here == '.')
            point = 1;
        else if (n == MAX_DIGITS)
            syntax("the number is too long");
        else
            digits[n++] = *at.here, scale -= point;
    if (n == 0)
        syntax("a digit is missing");
    if ((*at.here == 'e' || *at.here == 'E') &&
        digit(at.here[at.here[1] == '-' || at.here[1] == '+' ? 2 : 1]))
        exponent = strtol(at.here + 1, (char **) &at.here, 10);
    if (exponent > MAX_DIGITS || exponent < -MAX_DIGITS)
        syntax("the exponent of the number is too large");
    scale += exponent;
    mpq_inits(q, ten, NULL);
    mpz_set_str(mpq_numref(q), digits, 10);
    mpz_ui_pow_ui(mpq_numref(ten), 10, (unsigned long) labs(scale));
    (scale > 0 ? mpq_mul : mpq_div)(q, q, ten);
    e = ex_const(q);
    mpq_clears(q, ten, NULL);
    drop(digits);
    return e;
}

static ex
parse_call(int f, int depth)
{
    struct place place;
    ex x, y = -1;

    must_take('(', "'(' is missing after the function");
    x = parse_sum(depth + 1);
    if (strchr(functions[f].text, 'y'))
    {
        must_take(',', "',' is missing");
        y = parse_sum(depth + 1);
    }
    must_take(')', "')' is missing");
    if (functions[f].kind)
        return ex_make(functions[f].kind, x, -1);
    place = at;
    at = (struct place){functions[f].text, functions[f].text, -1, x, y};
    x = parse_sum(depth);
    at = place;
    return x;
}

static ex
parse_name(int depth)
{
    const char *s = at.here;
    size_t n = strspn(s, NAME_LETTERS);
    char word[80] = "";

    if (n >= sizeof word)
        syntax("unknown name");
    memcpy(word, s, n);
    at.here += n;
    for (int f = 0; f < FUNCTIONS; f++)
        if (strcmp(word, functions[f].name) == 0)
            return parse_call(f, depth);
    if (strcmp(word, "pi") == 0)
        return ex_make(E_PI, -1, -1);
    if (strcmp(word, "e") == 0)
        return ex_make(E_EXP, ex_int(1), -1);
    if (at.groups < 0)
        return *s == 'x' ? at.x : at.y;
    for (int i = 0; i < names; i++)
        if (strcmp(word, entries[i].name) == 0 && (entries[i].group & at.groups) == entries[i].group)
            return entries[i].value;
    at.here = s;
    syntax("unknown name");
}

static ex
parse_primary(int depth)
{
    ex e;

    if (depth > MAX_NESTING)
        syntax("too many parentheses");
    if (take('('))
    {
        e = parse_sum(depth + 1);
        must_take(')', "')' is missing");
        return e;
    }
    if (digit(*at.here) || *at.here == '.')
        return parse_number();
    if (strchr(NAME_LETTERS, *at.here) && *at.here && *at.here != '_')
        return parse_name(depth);
    syntax("a number, a name or '(' is missing");
}

static ex
negative(ex e)
{
    return ex_make(E_MUL, ex_int(-1), e);
}

/* -x^2 is -(x^2); a^b^c needs parentheses. */
static ex
parse_factor(int depth)
{
    int minus = 0, inside;
    ex e, exponent;

    for (int sign; (sign = take('-')) || take('+');)
        minus ^= sign;
    e = parse_primary(depth);
    if (take('^'))
    {
        inside = take('-');
        exponent = parse_primary(depth);
        if (ex_value(exponent) == NULL)
            syntax("the exponent is not a rational number");
        e = ex_make(E_POW, e, inside ? negative(exponent) : exponent);
        if (take('^'))
            syntax("a^b^c needs parentheses");
    }
    return minus ? negative(e) : e;
}

static ex
parse_product(int depth)
{
    ex product = parse_factor(depth);

    for (int c; (c = take('*') ? '*' : take('/') ? '/' : 0);)
    {
        ex factor = parse_factor(depth);

        product = ex_make(E_MUL, product, c == '*' ? factor : ex_inverse(factor));
    }
    return product;
}

static ex
parse_sum(int depth)
{
    ex sum = parse_product(depth);

    for (int sign; (sign = take('+') ? '+' : take('-') ? '-' : 0);)
    {
        ex product = parse_product(depth);

        sum = ex_make(E_ADD, sum, sign == '+' ? product : negative(product));
    }
    return sum;
}

ex
expression(const char *s, int groups)
{
    ex e;

    if (strlen(s) > MAX_EXPRESSION)
        reject("the expression is too long");
    at = (struct place){s, s, groups, -1, -1};
    e = parse_sum(0);
    if (*at.here)
        syntax("unexpected character");
    return e;
}
