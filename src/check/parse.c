/* The input syntax. Every function is reduced to a few kinds as it is read, and what must hold for an
   operation to be defined and smooth is noted as it is written, whatever becomes of it when it is folded. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

/* Name, kind, derivative; or name, 0 and definition */
static const struct
{
    const char *name;
    int kind;
    const char *text;
} functions[] = {
    {"exp", E_EXP, "exp(x)"},
    {"log", E_LOG, "1/x"},
    {"sin", E_SIN, "cos(x)"},
    {"cos", E_COS, "-sin(x)"},
    {"atan", E_ATAN, "1/(1 + x^2)"},
    {"erf", E_ERF, "2*exp(-x^2)/sqrt(pi)"},
    {"step", E_STEP, "0"},                                 /* 1 for x > 0, 0 for x < 0 */
    {"sigmoid", E_SIGMOID, "sigmoid(x)*(1 - sigmoid(x))"}, /* 1/(1 + exp(-x)) */
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

typedef struct entry
{
    struct entry *next;
    char *name;
    int group;
    ex value;
    conditions_t conditions;
} entry_t;

static entry_t *entries;
static int names;

void
parse_start(void)
{
    entries = NULL;
    names = 0;
}

void
declare(const char *prefix, const char *s, int group, ex value, const conditions_t *conditions)
{
    entry_t *entry = grab(1, sizeof *entry);

    if (++names > MAX_NAMES)
        reject("too many names");
    entry->name = strcat(strcpy(grab(strlen(prefix) + strlen(s) + 1, 1), prefix), s);
    for (entry_t *x = entries; x; x = x->next)
        if (strcmp(x->name, entry->name) == 0)
            reject("the name '%s' is declared twice", entry->name);
    for (int i = 0; i < FUNCTIONS; i++)
        if (strcmp(functions[i].name, entry->name) == 0)
            reject("'%s' is the name of a function", entry->name);
    if (strcmp(entry->name, "pi") == 0 || strcmp(entry->name, "e") == 0)
        reject("'%s' is the name of a constant", entry->name);
    entry->group = group;
    entry->value = value;
    if (conditions)
        entry->conditions = *conditions;
    entry->next = entries;
    entries = entry;
}

/* ---- Conditions ---- */

void
note(conditions_t *list, ex condition)
{
    if (condition < 0)
        return;
    for (int i = list->length - 1; i >= 0; i--)
        if (list->e[i] == condition)
            return;
    if (list->length == list->room)
        list->e = enlarge(list->e, &list->room, sizeof(ex));
    list->e[list->length++] = condition;
}

/* ---- Expressions ---- */

/* Where the parser is; x and y stand for the arguments where a definition is read. */
static struct place
{
    const char *here, *start;
    int allowed;
    ex x, y;
} at;
static conditions_t *noted;

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

/* The number behind `e`, or 0 if no exponent is there */
static long
decimal_exponent(void)
{
    long exponent = 0;
    int negative;

    if ((*at.here != 'e' && *at.here != 'E') ||
        !digit(at.here[at.here[1] == '-' || at.here[1] == '+' ? 2 : 1]))
        return 0;
    negative = *++at.here == '-';
    for (at.here += *at.here == '-' || *at.here == '+'; digit(*at.here); at.here++)
        if ((exponent = 10 * exponent + *at.here - '0') > MAX_DIGITS)
            syntax("the exponent of the number is too large");
    return negative ? -exponent : exponent;
}

/* 12, 0.5, .5, 1e-10, 2.5E3 */
static ex
parse_number(void)
{
    char *digits = grab(MAX_DIGITS + 1, 1);
    long scale = 0, n = 0;
    int point = 0;
    mpq_t q;
    mpz_t ten;
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
    scale += decimal_exponent();
    mpq_init(q);
    mpz_init(ten);
    mpz_set_str(mpq_numref(q), digits, 10);
    mpz_ui_pow_ui(ten, 10, (unsigned long) labs(scale));
    if (scale > 0)
        mpz_mul(mpq_numref(q), mpq_numref(q), ten);
    else
        mpz_set(mpq_denref(q), ten);
    mpq_canonicalize(q);
    e = ex_const(q);
    mpz_clear(ten);
    mpq_clear(q);
    drop(digits);
    return e;
}

static ex
definition(const char *text, ex x, ex y, int depth)
{
    struct place place = at;
    ex e;

    at = (struct place){text, text, 0, x, y};
    e = parse_sum(depth);
    at = place;
    return e;
}

static ex
parse_call(int f, int depth)
{
    ex x, y = -1;

    must_take('(', "'(' is missing after the function");
    x = parse_sum(depth + 1);
    if (strchr(functions[f].text, 'y'))
    {
        must_take(',', "',' is missing");
        y = parse_sum(depth + 1);
    }
    must_take(')', "')' is missing");
    if (functions[f].kind == 0)
        return definition(functions[f].text, x, y, depth);
    if (functions[f].kind == E_LOG || functions[f].kind == E_STEP)
        note(noted, ex_condition(functions[f].kind == E_LOG ? E_POSITIVE : E_NONZERO, x));
    return ex_make(functions[f].kind, x, -1);
}

static int
is_word(const char *s, size_t n, const char *word)
{
    return strlen(word) == n && memcmp(s, word, n) == 0;
}

static ex
parse_name(int depth)
{
    const char *s = at.here;
    size_t n = strspn(s, NAME_LETTERS);

    at.here += n;
    for (int f = 0; f < FUNCTIONS; f++)
        if (is_word(s, n, functions[f].name))
            return parse_call(f, depth);
    if (is_word(s, n, "pi"))
        return ex_make(E_PI, -1, -1);
    if (is_word(s, n, "e"))
        return ex_make(E_EXP, ex_int(1), -1);
    if (n == 1 && !at.allowed)
        return *s == 'x' ? at.x : at.y;
    for (entry_t *entry = entries; entry; entry = entry->next)
        if (is_word(s, n, entry->name) && (entry->group & at.allowed))
        {
            for (int i = 0; i < entry->conditions.length; i++)
                note(noted, entry->conditions.e[i]);
            return entry->value;
        }
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
    syntax(*at.here ? "a number, a name or '(' is missing" : "something is missing at the end");
}

static ex
power(ex base, mpq_srcptr q)
{
    if (mpz_cmp_ui(mpq_denref(q), 1) != 0)
        note(noted, ex_condition(E_POSITIVE, base));
    else if (mpq_sgn(q) < 0)
        note(noted, ex_condition(E_NONZERO, base));
    return ex_pow(base, q);
}

/* -x^2 is -(x^2); a^b^c needs parentheses. */
static ex
parse_factor(int depth)
{
    int negative = 0, inside;
    ex e, exponent;

    for (int minus; (minus = take('-')) || take('+');)
        negative ^= minus;
    e = parse_primary(depth);
    if (take('^'))
    {
        inside = take('-');
        exponent = parse_primary(depth);
        if (ex_value(exponent) == NULL)
            syntax("the exponent is not a rational number");
        e = power(e, ex_value(inside ? ex_neg(exponent) : exponent));
        if (take('^'))
            syntax("a^b^c needs parentheses");
    }
    return negative ? ex_neg(e) : e;
}

static ex
parse_product(int depth)
{
    ex product = parse_factor(depth), factor;

    for (int c; (c = take('*') ? '*' : take('/') ? '/' : 0);)
    {
        factor = parse_factor(depth);
        product = ex_mul(product, c == '*' ? factor : power(factor, ex_value(ex_int(-1))));
    }
    return product;
}

static ex
parse_sum(int depth)
{
    ex sum = parse_product(depth), product;

    for (int sign; (sign = take('+') ? '+' : take('-') ? '-' : 0);)
    {
        product = parse_product(depth);
        sum = sign == '+' ? ex_add(sum, product) : ex_sub(sum, product);
    }
    return sum;
}

/* The expression that a text stands for; the conditions on it are added to the list. */
ex
expression(const char *s, int groups, conditions_t *list)
{
    ex e;

    if (strlen(s) > MAX_EXPRESSION)
        reject("the expression is too long");
    at = (struct place){s, s, groups, -1, -1};
    noted = list;
    e = parse_sum(0);
    if (*at.here)
        syntax("unexpected character");
    return e;
}

ex
derivative_of_function(int kind, ex x)
{
    conditions_t none = {0};
    ex e = -1;

    noted = &none;
    for (int f = 0; f < FUNCTIONS; f++)
        if (functions[f].kind == kind)
            e = definition(functions[f].text, x, -1, 0);
    drop(none.e);
    return e;
}
