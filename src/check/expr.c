/* Exact expressions. ex_make leaves an expression as it is written, so that each part is evaluated, where its
   domain is checked; ex_add, ex_mul and power fold what derivatives and substitutions make trivial. */
#include "check.h"

#include <string.h>

#define CHAINS (1 << 15)

static struct
{
    node_t *node;
    int length, room;
    ex *chain; /* hash table */
} dag;

void
ex_start(void)
{
    memset(&dag, 0, sizeof dag);
    dag.chain = grab(CHAINS, sizeof(ex));
    memset(dag.chain, -1, CHAINS * sizeof(ex));
}

const node_t *
ex_node(ex e)
{
    return &dag.node[e];
}

/* ---- Nodes ---- */

static ex *
chain(int kind, ex a, ex b, mpq_srcptr value)
{
    unsigned long h = ((unsigned long) kind * 1000003u + (unsigned long) a) * 1000003u + (unsigned long) b;

    if (value)
        h += mpz_fdiv_ui(mpq_numref(value), 4294967291u) * 31 + mpz_fdiv_ui(mpq_denref(value), 4294967279u);
    return &dag.chain[(h * 0x9e3779b97f4a7c15u >> 32) % CHAINS];
}

/* The node, with its arguments or its value; a new one if there is none. */
static ex
intern(int kind, ex a, ex b, mpq_srcptr value)
{
    ex *first = chain(kind, a, b, value);
    node_t *x;

    for (ex e = *first; e >= 0; e = x->next)
    {
        x = &dag.node[e];
        if (x->kind == kind && x->a == a && x->b == b && (!value || mpq_equal(x->value, value)))
            return e;
    }
    if (dag.length == MAX_NODES)
        reject("the expressions are too large");
    if (dag.length == dag.room)
        dag.node = enlarge(dag.node, &dag.room, sizeof(node_t));
    x = &dag.node[dag.length];
    *x = (node_t){kind, a, b, *first, 0, NULL};
    if (kind == E_VAR)
        x->uses = a >= DIFFERENTIALS ? DIFFERENTIAL
                  : a >= PARAMETERS  ? PARAMETER
                  : a >= STATE       ? OTHER
                  : a >= MOMENTA     ? MOMENTUM
                                     : COORDINATE;
    else
        x->uses = (a < 0 ? 0 : dag.node[a].uses) | (b < 0 ? 0 : dag.node[b].uses);
    if (value)
    {
        if (mpz_sizeinbase(mpq_numref(value), 2) + mpz_sizeinbase(mpq_denref(value), 2) > MAX_CONSTANT)
            reject("a constant is too large");
        mpq_init(x->value = grab(1, sizeof(mpq_t)));
        mpq_set(x->value, value);
    }
    return *first = dag.length++;
}

ex
ex_const(mpq_srcptr q)
{
    return intern(E_CONST, -1, -1, q);
}

ex
ex_ratio(long num, unsigned long den)
{
    mpq_t q;
    ex e;

    mpq_init(q);
    mpq_set_si(q, num, den);
    e = ex_const(q);
    mpq_clear(q);
    return e;
}

ex
ex_int(long v)
{
    return ex_ratio(v, 1);
}

ex
ex_var(int variable)
{
    return intern(E_VAR, variable, -1, NULL);
}

mpq_srcptr
ex_value(ex e)
{
    return dag.node[e].kind == E_CONST ? dag.node[e].value : NULL;
}

int
ex_is(ex e, long v)
{
    return ex_value(e) && mpq_cmp_si(ex_value(e), v, 1) == 0;
}

static int
is_integer(ex q)
{
    return mpz_cmp_ui(mpq_denref(ex_value(q)), 1) == 0;
}

/* ---- Operations ---- */

/* x^(n + f) = x^n x^f with |f| < 1, and x^-n = (1/x)^n by repeated squaring, as it is evaluated; x^0 keeps
   the domain of x */
static ex
lower_power(ex x, mpq_srcptr q)
{
    ex square = x, product = -1;
    unsigned long n;
    mpq_t f;

    mpq_init(f);
    mpz_tdiv_qr(mpq_denref(f), mpq_numref(f), mpq_numref(q), mpq_denref(q));
    n = mpz_get_ui(mpq_denref(f));
    mpz_set(mpq_denref(f), mpq_denref(q));
    if (n > 0 && mpq_sgn(q) < 0)
        square = ex_make(E_POW, x, ex_int(-1));
    if (mpq_sgn(f) != 0)
        product = ex_make(E_POW, x, ex_const(f));
    for (; n > 0; n /= 2)
    {
        if (n % 2)
            product = product < 0 ? square : ex_make(E_MUL, product, square);
        if (n > 1)
            square = ex_make(E_MUL, square, square);
    }
    mpq_clear(f);
    return product < 0 ? ex_make(E_ADD, ex_int(1), ex_make(E_MUL, ex_int(0), x)) : product;
}

ex
ex_make(int kind, ex a, ex b)
{
    mpq_srcptr x = a < 0 ? NULL : ex_value(a), y = b < 0 ? NULL : ex_value(b);
    mpq_t q;
    ex e;

    if (kind == E_POW &&
        (mpz_cmpabs_ui(mpq_numref(y), MAX_EXPONENT) > 0 || mpz_cmp_ui(mpq_denref(y), MAX_ROOT) > 0))
        reject("an exponent is too large");
    if (kind == E_POW && x && mpq_sgn(x) == 0 && mpq_sgn(y) < 0)
        reject("division by zero");
    if (kind == E_POW && x && is_integer(b) && !ex_is(b, -1))
        return lower_power(a, y);
    if (x == NULL || y == NULL || (kind == E_POW && !ex_is(b, -1)))
        return intern(kind, a, b, NULL);
    mpq_init(q);
    if (kind == E_POW)
        mpq_inv(q, x);
    else
        (kind == E_ADD ? mpq_add : mpq_mul)(q, x, y);
    e = ex_const(q);
    mpq_clear(q);
    return e;
}

/* e = factor * base, or base^factor for E_POW, where the factor is a constant */
static ex
split(int kind, ex e, ex *base)
{
    node_t x = dag.node[e];

    *base = kind == E_MUL && x.kind == E_CONST ? ex_int(1) : e;
    if (*base != e)
        return e;
    if (x.kind != kind || (kind == E_MUL && !ex_value(x.a)))
        return ex_int(1);
    *base = kind == E_MUL ? x.b : x.a;
    return kind == E_MUL ? x.a : x.b;
}

ex
ex_add(ex a, ex b)
{
    ex x, y, f = split(E_MUL, a, &x), g = split(E_MUL, b, &y);

    if (x == y)
        return ex_mul(ex_make(E_ADD, f, g), x);
    if (ex_is(f, 0) || ex_is(g, 0))
        return ex_is(f, 0) ? b : a;
    return a < b ? ex_make(E_ADD, a, b) : ex_make(E_ADD, b, a);
}

/* (x^p)^q = x^(pq) if q is an integer, or if x^p > 0 says that x > 0. An integer power of a product is that
   of its factors, so many levels down. */
static ex
power(ex a, ex q, int levels)
{
    node_t x = dag.node[a];

    if (ex_is(q, 0) || ex_is(q, 1))
        return ex_is(q, 0) ? ex_int(1) : a;
    if (x.kind == E_POW && (is_integer(q) || mpz_odd_p(mpq_numref(ex_value(x.b))) || !is_integer(x.b)))
        return power(x.a, ex_make(E_MUL, x.b, q), levels);
    if (x.kind == E_MUL && is_integer(q) && levels > 0)
        return ex_mul(power(x.a, q, levels - 1), power(x.b, q, levels - 1));
    return ex_make(E_POW, a, q);
}

ex
ex_mul(ex a, ex b)
{
    ex x, y, base, same, f = ex_make(E_MUL, split(E_MUL, a, &x), split(E_MUL, b, &y));
    ex exponent = ex_make(E_ADD, split(E_POW, x, &base), split(E_POW, y, &same));

    if (ex_is(f, 0))
        return f;
    if (ex_is(x, 1) || ex_is(y, 1))
        x = ex_is(x, 1) ? y : x;
    else if (base == same)
        x = power(base, exponent, 0);
    else
        x = x < y ? ex_make(E_MUL, x, y) : ex_make(E_MUL, y, x);
    return ex_is(f, 1) ? x : ex_is(x, 1) ? f : ex_make(E_MUL, f, x);
}

ex
ex_neg(ex a)
{
    return ex_mul(ex_int(-1), a);
}

ex
ex_sub(ex a, ex b)
{
    return ex_add(a, ex_neg(b));
}

ex
ex_inverse(ex a)
{
    return power(a, ex_int(-1), 6);
}

/* ---- Passes over all nodes that expressions use, arguments first ---- */

char *
ex_reach(const ex *roots, int length, ex *last)
{
    char *mark;

    *last = -1;
    for (int i = 0; i < length; i++)
        *last = roots[i] > *last ? roots[i] : *last;
    mark = grab((size_t) *last + 1, 1);
    for (int i = 0; i < length; i++)
        mark[roots[i]] = 1;
    for (ex e = *last; e >= 0; e--)
        if (mark[e] && dag.node[e].kind >= E_ADD)
        {
            mark[dag.node[e].a] = 1;
            if (dag.node[e].b >= 0)
                mark[dag.node[e].b] = 1;
        }
    return mark;
}

ex
ex_rebuild(ex root, const ex *map, int fold)
{
    ex last, *image = grab((size_t) root + 1, sizeof(ex));
    char *mark = ex_reach(&root, 1, &last);

    for (ex e = 0; e <= last; e++)
    {
        node_t x = dag.node[e];

        if (!mark[e] || x.kind <= E_VAR)
            image[e] = x.kind == E_VAR && map[x.a] >= 0 ? map[x.a] : e;
        else if (x.kind == E_POW)
            image[e] = fold ? power(image[x.a], x.b, 6) : lower_power(image[x.a], ex_value(x.b));
        else if (x.kind <= E_MUL && fold)
            image[e] = (x.kind == E_ADD ? ex_add : ex_mul)(image[x.a], image[x.b]);
        else
            image[e] = ex_make(x.kind, image[x.a], x.b < 0 ? -1 : image[x.b]);
    }
    root = image[root];
    drop(image);
    drop(mark);
    return root;
}

ex
ex_substitute(ex e, const ex *map)
{
    return ex_rebuild(e, map, 1);
}

/* f'(a) of e = f(a) */
static ex
slope(ex e)
{
    node_t x = dag.node[e];
    ex a = x.a;

    switch (x.kind)
    {
    case E_POW:
        return ex_mul(x.b, power(a, ex_make(E_ADD, x.b, ex_int(-1)), 6));
    case E_EXP:
        return e;
    case E_LOG:
        return ex_inverse(a);
    case E_SIN:
        return ex_make(E_COS, a, -1);
    case E_COS:
        return ex_neg(ex_make(E_SIN, a, -1));
    case E_ATAN:
        return ex_inverse(ex_add(ex_int(1), ex_mul(a, a)));
    case E_ERF: /* 2/sqrt(pi) exp(-a^2) */
        e = ex_make(E_EXP, ex_neg(ex_mul(a, a)), -1);
        return ex_mul(ex_int(2), ex_mul(power(ex_make(E_PI, -1, -1), ex_ratio(-1, 2), 0), e));
    case E_SIGMOID:
        return ex_mul(e, ex_sub(ex_int(1), e));
    default: /* a step */
        return ex_int(0);
    }
}

ex
ex_partial(ex root, int variable)
{
    ex last, *d = grab((size_t) root + 1, sizeof(ex));
    char *mark = ex_reach(&root, 1, &last);

    for (ex e = 0; e <= last; e++)
    {
        node_t x = dag.node[e];

        if (!mark[e] || x.kind <= E_VAR)
            d[e] = ex_int(x.kind == E_VAR && x.a == variable);
        else if (x.kind == E_ADD)
            d[e] = ex_add(d[x.a], d[x.b]);
        else if (x.kind == E_MUL)
            d[e] = ex_add(ex_mul(d[x.a], x.b), ex_mul(x.a, d[x.b]));
        else
            d[e] = ex_is(d[x.a], 0) ? d[x.a] : ex_mul(slope(e), d[x.a]);
    }
    root = d[root];
    drop(d);
    drop(mark);
    return root;
}
