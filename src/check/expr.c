/* Exact expressions: nodes that are stored once, derivatives, substitution, and the input syntax.
   Functions are reduced to a few kinds as they are read: tanh x = 1 - 2/(1 + exp(2x)), and so on. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

static struct
{
    node_t *node;
    int length, room;
    ex *chain; /* hash table */
    int chains, powers;
} dag;

typedef struct entry
{
    struct entry *next;
    char *name;
    int group;
    ex value;
} entry_t;

static entry_t *entries;
static int names;

void
ex_start(void)
{
    memset(&dag, 0, sizeof dag);
    entries = NULL;
    names = 0;
    dag.chains = 1 << 16;
    dag.chain = grab((size_t) dag.chains, sizeof(ex));
    for (int i = 0; i < dag.chains; i++)
        dag.chain[i] = -1;
}

const node_t *
ex_node(ex e)
{
    return &dag.node[e];
}

static ex
intern(int kind, ex a, ex b, mpq_srcptr value)
{
    uint64_t h = ((uint64_t) kind * 1000003u + (uint64_t) a) * 1000003u + (uint64_t) b;
    ex *chain;
    node_t *grown;

    if (value)
        for (int part = 0; part < 2; part++)
        {
            mpz_srcptr z = part ? mpq_denref(value) : mpq_numref(value);

            h = h * 1000003u + (uint64_t) mpz_sgn(z);
            for (size_t i = 0; i < mpz_size(z); i++)
                h = (h ^ mpz_getlimbn(z, (mp_size_t) i)) * 0x9e3779b97f4a7c15u;
        }
    chain = &dag.chain[(h * 0x9e3779b97f4a7c15u >> 32) % (uint64_t) dag.chains];
    for (ex e = *chain; e >= 0; e = dag.node[e].next)
        if (dag.node[e].kind == kind && dag.node[e].a == a && dag.node[e].b == b &&
            (!value || mpq_equal(dag.node[e].value, value)))
            return e;
    if (dag.length == MAX_NODES)
        reject("the expressions are too large");
    if (dag.length == dag.room)
    {
        dag.room = dag.room ? 2 * dag.room : 1024;
        grown = grab((size_t) dag.room, sizeof(node_t));
        if (dag.length)
            memcpy(grown, dag.node, (size_t) dag.length * sizeof(node_t));
        drop(dag.node);
        dag.node = grown;
    }
    dag.node[dag.length] = (node_t){kind, a, b, *chain, NULL};
    if (value)
    {
        if (mpz_sizeinbase(mpq_numref(value), 2) + mpz_sizeinbase(mpq_denref(value), 2) > MAX_CONSTANT)
            reject("a constant is too large");
        dag.node[dag.length].value = grab(1, sizeof(mpq_t));
        mpq_init(dag.node[dag.length].value);
        mpq_set(dag.node[dag.length].value, value);
    }
    return *chain = dag.length++;
}

ex
ex_make(int kind, ex a, ex b)
{
    return intern(kind, a, b, NULL);
}

ex
ex_const(mpq_srcptr q)
{
    return intern(E_CONST, -1, -1, q);
}

ex
ex_int(long v)
{
    mpq_t q;
    ex e;

    mpq_init(q);
    mpq_set_si(q, v, 1);
    e = ex_const(q);
    mpq_clear(q);
    return e;
}

ex
ex_var(int variable)
{
    return ex_make(E_VAR, variable, -1);
}

int
ex_is(ex e, long v)
{
    return dag.node[e].kind == E_CONST && mpq_cmp_si(dag.node[e].value, v, 1) == 0;
}

static int
is_const(ex e)
{
    return dag.node[e].kind == E_CONST;
}

static int
is_integer(ex e)
{
    return is_const(e) && mpz_cmp_ui(mpq_denref(dag.node[e].value), 1) == 0;
}

static ex
combine(void (*operation)(mpq_ptr, mpq_srcptr, mpq_srcptr), ex a, ex b)
{
    mpq_t q;
    ex e;

    mpq_init(q);
    operation(q, dag.node[a].value, dag.node[b].value);
    e = ex_const(q);
    mpq_clear(q);
    return e;
}

/* ---- Folding. What a fold makes disappear was noted among the conditions before (problem.c). ---- */

/* e = factor * base */
static ex
split_factor(ex e, ex *base)
{
    int scaled = dag.node[e].kind == E_MUL && is_const(dag.node[e].a);

    *base = scaled ? dag.node[e].b : e;
    return scaled ? dag.node[e].a : ex_int(1);
}

ex
ex_add(ex a, ex b)
{
    ex x, y, f, g;

    if (is_const(a) && is_const(b))
        return combine(mpq_add, a, b);
    if (ex_is(a, 0) || ex_is(b, 0))
        return ex_is(a, 0) ? b : a;
    f = split_factor(a, &x);
    g = split_factor(b, &y);
    if (x == y)
        return ex_mul(ex_add(f, g), x);
    return a < b ? ex_make(E_ADD, a, b) : ex_make(E_ADD, b, a);
}

ex
ex_sub(ex a, ex b)
{
    return ex_add(a, ex_mul(ex_int(-1), b));
}

/* e = base^exponent */
static ex
split_exponent(ex e, ex *base)
{
    int power = dag.node[e].kind == E_POW;

    *base = power ? dag.node[e].a : e;
    return power ? dag.node[e].b : ex_int(1);
}

/* A constant factor stands in front. */
ex
ex_mul(ex a, ex b)
{
    ex x, y, f, g;

    if (is_const(a) && is_const(b))
        return combine(mpq_mul, a, b);
    if (ex_is(a, 0) || ex_is(b, 0))
        return ex_int(0);
    f = is_const(a) ? (x = ex_int(1), a) : split_factor(a, &x);
    g = is_const(b) ? (y = ex_int(1), b) : split_factor(b, &y);
    f = combine(mpq_mul, f, g);
    if (ex_is(x, 1) || ex_is(y, 1))
        a = ex_is(x, 1) ? y : x;
    else
    {
        ex p = split_exponent(x, &a), q = split_exponent(y, &b);

        if (a == b)
            a = ex_pow(a, combine(mpq_add, p, q));
        else
            a = x < y ? ex_make(E_MUL, x, y) : ex_make(E_MUL, y, x);
    }
    if (is_const(a))
        return combine(mpq_mul, f, a);
    f = combine(mpq_mul, f, split_factor(a, &x));
    return ex_is(f, 1) ? x : ex_make(E_MUL, f, x);
}

/* The exponent is distributed over so many products at most. */
static ex
power(ex a, ex exponent, int *products)
{
    node_t x = dag.node[a];
    mpq_srcptr q = dag.node[exponent].value;
    mpq_t v;
    unsigned long n;

    if (mpz_cmpabs_ui(mpq_numref(q), MAX_EXPONENT) > 0 || mpz_cmp_ui(mpq_denref(q), MAX_EXPONENT) > 0)
        reject("an exponent is too large");
    if (mpq_sgn(q) == 0)
        return ex_int(1);
    if (ex_is(exponent, 1) || ex_is(a, 1))
        return a;
    if (x.kind == E_CONST && is_integer(exponent))
    {
        if (mpq_sgn(x.value) == 0 && mpq_sgn(q) < 0)
            reject("division by zero");
        n = mpz_get_ui(mpq_numref(q));
        if ((mpz_sizeinbase(mpq_numref(x.value), 2) + mpz_sizeinbase(mpq_denref(x.value), 2)) * n >
            2 * MAX_CONSTANT)
            reject("a constant is too large");
        mpq_init(v);
        mpz_pow_ui(mpq_numref(v), mpq_numref(x.value), n);
        mpz_pow_ui(mpq_denref(v), mpq_denref(x.value), n);
        if (mpq_sgn(q) < 0)
            mpq_inv(v, v);
        a = ex_const(v);
        mpq_clear(v);
        return a;
    }
    if (x.kind == E_POW && (is_integer(exponent) || !is_integer(x.b)))
        return power(x.a, combine(mpq_mul, x.b, exponent), products);
    if (x.kind == E_MUL && is_integer(exponent) && --*products >= 0)
    {
        a = power(x.a, exponent, products);
        return ex_mul(a, power(x.b, exponent, products));
    }
    return ex_make(E_POW, a, exponent);
}

ex
ex_pow(ex a, ex exponent)
{
    int products = dag.powers++ ? 0 : 100; /* bounds the work where products share factors */

    a = power(a, exponent, &products);
    dag.powers--;
    return a;
}

ex
ex_inverse(ex a)
{
    return ex_pow(a, ex_int(-1));
}

/* ---- Passes over all nodes that an expression uses, arguments first ---- */

char *
ex_reach(const ex *roots, int length, ex *last)
{
    char *mark;

    *last = -1;
    for (int i = 0; i < length; i++)
        if (roots[i] > *last)
            *last = roots[i];
    mark = grab((size_t) *last + 1, 1);
    for (int i = 0; i < length; i++)
        mark[roots[i]] = 1;
    for (ex e = *last; e >= 0; e--)
        if (mark[e] && dag.node[e].kind >= E_ADD)
        {
            mark[dag.node[e].a] = 1;
            if (dag.node[e].kind <= E_POW)
                mark[dag.node[e].b] = 1;
        }
    return mark;
}

int
ex_contains(ex root, int from, int to)
{
    ex last;
    char *mark = ex_reach(&root, 1, &last);
    int found = 0;

    for (ex e = 0; e <= last; e++)
        found |= mark[e] && dag.node[e].kind == E_VAR && dag.node[e].a >= from && dag.node[e].a < to;
    drop(mark);
    return found;
}

ex *
ex_images(ex root, const ex *map, int length)
{
    ex last, *image;
    char *mark = ex_reach(&root, 1, &last);

    image = grab((size_t) last + 1, sizeof(ex));
    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = dag.node[e];

            if (x.kind <= E_PI)
                image[e] = e;
            else if (x.kind == E_VAR)
                image[e] = x.a < length && map[x.a] >= 0 ? map[x.a] : e;
            else if (x.kind == E_ADD)
                image[e] = ex_add(image[x.a], image[x.b]);
            else if (x.kind == E_MUL)
                image[e] = ex_mul(image[x.a], image[x.b]);
            else if (x.kind == E_POW)
                image[e] = ex_pow(image[x.a], x.b);
            else
                image[e] = ex_make(x.kind, image[x.a], -1);
        }
    drop(mark);
    return image;
}

ex
ex_substitute(ex root, const ex *map, int length)
{
    ex *image = ex_images(root, map, length);

    root = image[root];
    drop(image);
    return root;
}

static ex
derivative_of_function(ex e, node_t x)
{
    ex square = ex_pow(x.a, ex_int(2));

    switch (x.kind)
    {
    case E_EXP:
        return e;
    case E_LOG:
        return ex_inverse(x.a);
    case E_SIN:
        return ex_make(E_COS, x.a, -1);
    case E_COS:
        return ex_mul(ex_int(-1), ex_make(E_SIN, x.a, -1));
    case E_ATAN:
        return ex_inverse(ex_add(ex_int(1), square));
    case E_ERF: /* 2 exp(-x^2)/sqrt(pi) */
        e = ex_mul(ex_int(4), ex_inverse(ex_make(E_PI, -1, -1)));
        e = ex_pow(e, combine(mpq_div, ex_int(1), ex_int(2)));
        return ex_mul(e, ex_make(E_EXP, ex_mul(ex_int(-1), square), -1));
    case E_ASIN:
        e = ex_add(ex_int(1), ex_mul(ex_int(-1), square));
        return ex_pow(e, combine(mpq_div, ex_int(-1), ex_int(2)));
    case E_SIGMOID: /* s (1 - s) */
        return ex_mul(e, ex_add(ex_int(1), ex_mul(ex_int(-1), e)));
    case E_SOFTPLUS:
        return ex_make(E_SIGMOID, x.a, -1);
    default: /* E_STEP */
        return ex_int(0);
    }
}

ex
ex_derivative(ex root, int variable)
{
    ex last, *d, t;
    char *mark = ex_reach(&root, 1, &last);

    d = grab((size_t) last + 1, sizeof(ex));
    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = dag.node[e];

            if (x.kind <= E_VAR)
                d[e] = ex_int(x.kind == E_VAR && x.a == variable);
            else if (x.kind == E_ADD)
                d[e] = ex_add(d[x.a], d[x.b]);
            else if (x.kind == E_MUL)
            {
                t = ex_mul(d[x.a], x.b);
                d[e] = ex_add(t, ex_mul(x.a, d[x.b]));
            }
            else if (ex_is(d[x.a], 0))
                d[e] = d[x.a];
            else if (x.kind == E_POW)
            {
                t = ex_pow(x.a, combine(mpq_sub, x.b, ex_int(1)));
                d[e] = ex_mul(ex_mul(x.b, t), d[x.a]);
            }
            else
                d[e] = ex_mul(derivative_of_function(e, x), d[x.a]);
        }
    root = d[root];
    drop(d);
    drop(mark);
    return root;
}

/* ---- The input syntax ---- */

/* The first are the kinds E_EXP ... E_SOFTPLUS; the others are read as their definitions. */
static const char *const functions[][2] = {
    {"exp", ""},
    {"log", ""},
    {"sin", ""},
    {"cos", ""},
    {"atan", ""},
    {"erf", ""},
    {"step", ""},
    {"asin", ""},
    {"sigmoid", ""},
    {"softplus", ""},
    {"sqrt", "x^(1/2)"},
    {"tan", "sin(x)/cos(x)"},
    {"acos", "pi/2 - asin(x)"},
    {"sinh", "(exp(x) - exp(-x))/2"},
    {"cosh", "(exp(x) + exp(-x))/2"},
    {"tanh", "2*sigmoid(2*x) - 1"},
    {"sign", "2*step(x) - 1"},
    {"abs", "sign(x)*x"},
    {"relu", "step(x)*x"},
    {"min", "y - relu(y - x)"},
    {"max", "y + relu(x - y)"},
};
enum
{
    FUNCTIONS = sizeof functions / sizeof *functions
};

void
declare(const char *prefix, const char *s, int group, ex value)
{
    entry_t *entry = grab(1, sizeof *entry);

    if (++names > MAX_NAMES)
        reject("too many names");
    entry->name = strcat(strcpy(grab(strlen(prefix) + strlen(s) + 1, 1), prefix), s);
    s = entry->name;
    for (entry_t *x = entries; x; x = x->next)
        if (strcmp(x->name, s) == 0)
            reject("the name '%s' is declared twice", s);
    for (int i = 0; i < FUNCTIONS; i++)
        if (strcmp(functions[i][0], s) == 0)
            reject("'%s' is the name of a function", s);
    if (strcmp(s, "pi") == 0 || strcmp(s, "e") == 0)
        reject("'%s' is the name of a constant", s);
    *entry = (entry_t){entries, entry->name, group, value};
    entries = entry;
}

/* Where the parser is; x and y stand for the arguments where a definition is read. */
typedef struct
{
    const char *here, *start;
    int allowed;
    ex x, y;
} place_t;

static place_t at;

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
    int point = 0, negative;
    mpq_t q;
    mpz_t ten;
    ex e;

    for (; digit(*at.here) || (*at.here == '.' && !point); at.here++)
    {
        if (*at.here == '.')
            point = 1;
        else if (n == MAX_DIGITS)
            syntax("the number is too long");
        else
            digits[n++] = *at.here, scale += point;
    }
    if (n == 0)
        syntax("a digit is missing");
    if ((*at.here == 'e' || *at.here == 'E') && digit(at.here[at.here[1] == '-' || at.here[1] == '+' ? 2 : 1]))
    {
        negative = *++at.here == '-';
        for (at.here += *at.here == '-' || *at.here == '+'; digit(*at.here); at.here++)
            if ((exponent = 10 * exponent + *at.here - '0') > MAX_DIGITS)
                syntax("the exponent of the number is too large");
        scale += negative ? exponent : -exponent;
    }
    mpq_init(q);
    mpz_init(ten);
    mpz_set_str(mpq_numref(q), digits, 10);
    mpz_ui_pow_ui(ten, 10, (unsigned long) labs(scale));
    if (scale < 0)
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
parse_call(int f, int depth)
{
    ex x, y = -1, e;
    place_t place;

    if (!take('('))
        syntax("'(' is missing after the function");
    x = parse_sum(depth + 1);
    if (strchr(functions[f][1], 'y') && !take(','))
        syntax("',' is missing");
    if (strchr(functions[f][1], 'y'))
        y = parse_sum(depth + 1);
    if (!take(')'))
        syntax("')' is missing");
    if (f <= E_SOFTPLUS - E_EXP)
        return ex_make(E_EXP + f, x, -1);
    place = at;
    at = (place_t){functions[f][1], functions[f][1], 0, x, y};
    e = parse_sum(depth);
    at = place;
    return e;
}

static ex
parse_name(int depth)
{
    const char *s = at.here;
    size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

    at.here += n;
    for (int f = 0; f < FUNCTIONS; f++)
        if (strlen(functions[f][0]) == n && memcmp(s, functions[f][0], n) == 0)
            return parse_call(f, depth);
    if (n == 2 && memcmp(s, "pi", 2) == 0)
        return ex_make(E_PI, -1, -1);
    if (n == 1 && *s == 'e')
        return ex_make(E_EXP, ex_int(1), -1);
    if (n == 1 && !at.allowed)
        return *s == 'x' ? at.x : at.y;
    for (entry_t *entry = entries; entry; entry = entry->next)
        if (strlen(entry->name) == n && memcmp(s, entry->name, n) == 0 && (entry->group & at.allowed))
            return entry->value;
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
        if (!take(')'))
            syntax("')' is missing");
        return e;
    }
    if (digit(*at.here) || *at.here == '.')
        return parse_number();
    if ((*at.here >= 'a' && *at.here <= 'z') || (*at.here >= 'A' && *at.here <= 'Z'))
        return parse_name(depth);
    syntax(*at.here ? "a number, a name or '(' is missing" : "something is missing at the end");
}

static ex
negation(ex a)
{
    return ex_make(E_MUL, ex_int(-1), a);
}

/* -x^2 is -(x^2); a^b^c needs parentheses. */
static ex
parse_factor(int depth)
{
    int negative = 0, inside = 0;
    ex e, exponent;

    for (;;)
        if (take('-'))
            negative = !negative;
        else if (!take('+'))
            break;
    e = parse_primary(depth);
    if (take('^'))
    {
        inside = take('-');
        exponent = parse_primary(depth);
        if (inside)
            exponent = negation(exponent);
        exponent = ex_substitute(exponent, NULL, 0);
        if (!is_const(exponent))
            syntax("the exponent is not a rational number");
        if (take('^'))
            syntax("a^b^c needs parentheses");
        e = ex_make(E_POW, e, exponent);
    }
    return negative ? negation(e) : e;
}

static ex
parse_sum(int depth)
{
    ex sum = -1, product;

    for (int sign = '+'; sign; sign = take('+') ? '+' : take('-') ? '-' : 0)
    {
        product = parse_factor(depth);
        for (int c; (c = take('*') ? '*' : take('/') ? '/' : 0);)
        {
            ex factor = parse_factor(depth);

            factor = c == '*' ? factor : ex_make(E_POW, factor, ex_int(-1));
            product = ex_make(E_MUL, product, factor);
        }
        product = sign == '-' ? negation(product) : product;
        sum = sum < 0 ? product : ex_make(E_ADD, sum, product);
    }
    return sum;
}

ex
expression(const char *s, int groups)
{
    ex e;

    if (strlen(s) > MAX_EXPRESSION)
        reject("the expression is too long");
    at.here = at.start = s;
    at.allowed = groups;
    e = parse_sum(0);
    if (*at.here)
        syntax("unexpected character");
    return e;
}
