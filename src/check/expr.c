/* Exact expressions: nodes that are stored once; sums, products and powers are folded. A fold may make a part
   disappear, but not the condition that it is defined: the parser notes that before. */
#include "check.h"

#include <string.h>

static struct
{
    node_t *node;
    int length, room, nested;
    ex *chain; /* hash table */
} dag;
enum
{
    CHAINS = 1 << 15
};

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

static uint64_t
hash(int kind, ex a, ex b, mpq_srcptr value)
{
    uint64_t h = ((uint64_t) kind * 1000003u + (uint64_t) a) * 1000003u + (uint64_t) b;

    for (int part = 0; value && part < 2; part++)
    {
        mpz_srcptr z = part ? mpq_denref(value) : mpq_numref(value);

        h = h * 1000003u + (uint64_t) mpz_sgn(z);
        for (size_t i = 0; i < mpz_size(z); i++)
            h = (h ^ mpz_getlimbn(z, (mp_size_t) i)) * 0x9e3779b97f4a7c15u;
    }
    return h * 0x9e3779b97f4a7c15u >> 32;
}

static mpq_ptr
copy_constant(mpq_srcptr value)
{
    mpq_ptr copy = grab(1, sizeof(mpq_t));

    if (mpz_sizeinbase(mpq_numref(value), 2) + mpz_sizeinbase(mpq_denref(value), 2) > MAX_CONSTANT)
        reject("a constant is too large");
    mpq_init(copy);
    mpq_set(copy, value);
    return copy;
}

static ex
intern(int kind, ex a, ex b, mpq_srcptr value)
{
    ex *chain = &dag.chain[hash(kind, a, b, value) % CHAINS];

    for (ex e = *chain; e >= 0; e = dag.node[e].next)
        if (dag.node[e].kind == kind && dag.node[e].a == a && dag.node[e].b == b &&
            (!value || mpq_equal(dag.node[e].value, value)))
            return e;
    if (dag.length == MAX_NODES)
        reject("the expressions are too large");
    if (dag.length == dag.room)
        dag.node = enlarge(dag.node, &dag.room, sizeof(node_t));
    dag.node[dag.length] = (node_t){kind, a, b, *chain, value ? copy_constant(value) : NULL};
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
    return ex_make(E_VAR, variable, -1);
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

/* ---- Folding ---- */

static ex
combine(void (*operation)(mpq_ptr, mpq_srcptr, mpq_srcptr), ex a, ex b)
{
    mpq_t q;
    ex e;

    mpq_init(q);
    operation(q, ex_value(a), ex_value(b));
    e = ex_const(q);
    mpq_clear(q);
    return e;
}

/* e = factor * base; a constant factor stands in front */
static ex
split_factor(ex e, ex *base)
{
    int scaled = dag.node[e].kind == E_MUL && ex_value(dag.node[e].a);

    *base = scaled ? dag.node[e].b : e;
    return scaled ? dag.node[e].a : ex_int(1);
}

ex
ex_add(ex a, ex b)
{
    ex x, y, f, g;

    if (ex_value(a) && ex_value(b))
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
ex_neg(ex a)
{
    return ex_mul(ex_int(-1), a);
}

ex
ex_sub(ex a, ex b)
{
    return ex_add(a, ex_neg(b));
}

/* e = base^exponent */
static ex
split_power(ex e, ex *base)
{
    int power = dag.node[e].kind == E_POW;

    *base = power ? dag.node[e].a : e;
    return power ? dag.node[e].b : ex_int(1);
}

ex
ex_mul(ex a, ex b)
{
    ex x, y, p, q, f, product;

    if (ex_value(a) && ex_value(b))
        return combine(mpq_mul, a, b);
    if (ex_is(a, 0) || ex_is(b, 0))
        return ex_int(0);
    if (ex_value(a) || ex_value(b))
    {
        f = combine(mpq_mul, ex_value(a) ? a : b, split_factor(ex_value(a) ? b : a, &x));
        return ex_is(f, 1) ? x : ex_make(E_MUL, f, x);
    }
    f = combine(mpq_mul, split_factor(a, &x), split_factor(b, &y));
    p = split_power(x, &a);
    q = split_power(y, &b);
    if (a == b)
        product = ex_pow(a, ex_value(combine(mpq_add, p, q)));
    else
        product = x < y ? ex_make(E_MUL, x, y) : ex_make(E_MUL, y, x);
    return ex_is(f, 1) ? product : ex_mul(f, product);
}

static int
is_integer(mpq_srcptr q)
{
    return mpz_cmp_ui(mpq_denref(q), 1) == 0;
}

static ex
constant_power(mpq_srcptr c, mpq_srcptr q)
{
    unsigned long n = mpz_get_ui(mpq_numref(q));
    mpq_t v;
    ex e;

    if (mpq_sgn(c) == 0 && mpq_sgn(q) < 0)
        reject("division by zero");
    if ((mpz_sizeinbase(mpq_numref(c), 2) + mpz_sizeinbase(mpq_denref(c), 2)) * n > 2 * MAX_CONSTANT)
        reject("a constant is too large");
    mpq_init(v);
    mpz_pow_ui(mpq_numref(v), mpq_numref(c), n);
    mpz_pow_ui(mpq_denref(v), mpq_denref(c), n);
    if (mpq_sgn(q) < 0)
        mpq_inv(v, v);
    e = ex_const(v);
    mpq_clear(v);
    return e;
}

/* A power of a product is that of its factors if the exponent is an integer, up to so many times. (x^p)^q =
   x^(pq) if q is an integer, or if x^p > 0 says that x > 0. */
static ex
power(ex a, ex exponent, int *products)
{
    node_t x = dag.node[a];
    mpq_srcptr q = dag.node[exponent].value;

    if (mpz_cmpabs_ui(mpq_numref(q), MAX_EXPONENT) > 0 || mpz_cmp_ui(mpq_denref(q), MAX_EXPONENT) > 0)
        reject("an exponent is too large");
    if (mpq_sgn(q) == 0 || ex_is(a, 1))
        return ex_int(1);
    if (ex_is(exponent, 1))
        return a;
    if (x.kind == E_CONST && is_integer(q))
        return constant_power(x.value, q);
    if (x.kind == E_POW &&
        (is_integer(q) || mpz_odd_p(mpq_numref(ex_value(x.b))) || !is_integer(ex_value(x.b))))
        return power(x.a, combine(mpq_mul, x.b, exponent), products);
    if (x.kind == E_MUL && is_integer(q) && --*products >= 0)
    {
        a = power(x.a, exponent, products);
        return ex_mul(a, power(x.b, exponent, products));
    }
    return ex_make(E_POW, a, exponent);
}

ex
ex_pow(ex a, mpq_srcptr q)
{
    int products = dag.nested++ ? 0 : 100; /* bounds the work where products share factors */

    a = power(a, ex_const(q), &products);
    dag.nested--;
    return a;
}

ex
ex_inverse(ex a)
{
    return ex_pow(a, ex_value(ex_int(-1)));
}

/* The condition that e is positive, or not zero: the same of a simpler expression where there is one, or -1
   if it holds. */
ex
ex_condition(int kind, ex e)
{
    for (;;)
    {
        const node_t *x = &dag.node[e];
        int factor = x->kind == E_MUL && ex_value(x->a) ? mpq_sgn(ex_value(x->a)) : 0;

        if (x->kind == E_CONST && (kind == E_POSITIVE ? mpq_sgn(x->value) <= 0 : mpq_sgn(x->value) == 0))
            reject("the problem is not defined: a constant is not %s",
                   kind == E_POSITIVE ? "positive" : "other than zero");
        if (x->kind == E_CONST || x->kind == E_PI || x->kind == E_EXP)
            return -1;
        if (factor > 0 || (factor < 0 && kind == E_NONZERO))
            e = x->b;
        else if (x->kind == E_POW)
        {
            mpq_srcptr q = ex_value(x->b);

            if (!is_integer(q))
                kind = E_POSITIVE;
            else if (mpz_even_p(mpq_numref(q)))
                kind = E_NONZERO;
            e = x->a;
        }
        else
            return ex_make(kind, e, -1);
    }
}

/* ---- Passes over all nodes that an expression uses, arguments first ---- */

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

/* map[v] takes the place of variable v, unless v >= length or map[v] < 0. */
ex
ex_substitute(ex root, const ex *map, int length)
{
    ex last, *image;
    char *mark = ex_reach(&root, 1, &last);

    image = grab((size_t) last + 1, sizeof(ex));
    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = dag.node[e];

            if (x.kind == E_VAR && x.a < length && map[x.a] >= 0)
                image[e] = map[x.a];
            else if (x.kind <= E_VAR)
                image[e] = e;
            else if (x.kind == E_ADD)
                image[e] = ex_add(image[x.a], image[x.b]);
            else if (x.kind == E_MUL)
                image[e] = ex_mul(image[x.a], image[x.b]);
            else if (x.kind == E_POW)
                image[e] = ex_pow(image[x.a], ex_value(x.b));
            else
                image[e] = ex_make(x.kind, image[x.a], -1);
        }
    root = image[root];
    drop(image);
    drop(mark);
    return root;
}

/* (a^q)' = q a^(q-1) a' */
static ex
derivative_of_power(ex a, mpq_srcptr q)
{
    ex e;
    mpq_t lower;

    mpq_init(lower);
    mpq_set_si(lower, -1, 1);
    mpq_add(lower, lower, q);
    e = ex_mul(ex_const(q), ex_pow(a, lower));
    mpq_clear(lower);
    return e;
}

/* The derivative in a direction: that of variable v is direction[v], or 0 if v >= length or direction[v] < 0.
 */
ex
ex_derivative(ex root, const ex *direction, int length)
{
    ex last, *d;
    char *mark = ex_reach(&root, 1, &last);

    d = grab((size_t) last + 1, sizeof(ex));
    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = dag.node[e];

            if (x.kind <= E_VAR)
                d[e] = x.kind == E_VAR && x.a < length && direction[x.a] >= 0 ? direction[x.a] : ex_int(0);
            else if (x.kind == E_ADD)
                d[e] = ex_add(d[x.a], d[x.b]);
            else if (x.kind == E_MUL)
                d[e] = ex_add(ex_mul(d[x.a], x.b), ex_mul(x.a, d[x.b]));
            else if (ex_is(d[x.a], 0))
                d[e] = d[x.a];
            else
                d[e] = ex_mul(x.kind == E_POW ? derivative_of_power(x.a, ex_value(x.b))
                                              : derivative_of_function(x.kind, x.a),
                              d[x.a]);
        }
    root = d[root];
    drop(d);
    drop(mark);
    return root;
}

ex
ex_partial(ex root, int variable)
{
    ex direction[MAX_VARIABLES];

    for (int v = 0; v <= variable; v++)
        direction[v] = v == variable ? ex_int(1) : -1;
    return ex_derivative(root, direction, variable + 1);
}
