/* Is an expression zero wherever it is defined and the assumptions hold? It is if it expands to a polynomial
   without terms, whose atoms are variables, pi, and sums and functions of polynomials. Exponents are
   rational, in units of 1/Q, and may be negative. An atom obeys one relation atom^d = P, P in earlier atoms,
   or none: a sum is what it is (d = 1), cos^2 = 1 - sin^2, step^2 = step. Of what does not become zero
   nothing is said. */
#include "check.h"

#include <limits.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum
{
    MAX_ATOMS = 256,
    MAX_POWER = 30000, /* in units of 1/Q */
    MAX_Q = 1000,
    MAX_WORK = 1 << 21,
    A_SUM = 100 /* an atom that is no function */
};

typedef struct
{
    ex c; /* a constant */
    int16_t e[MAX_ATOMS];
} term_t;

typedef struct poly
{
    struct poly *before; /* in the list of all */
    int length;
    term_t t[]; /* sorted, no zeros */
} poly_t;
typedef const poly_t *poly;

typedef struct
{
    int kind, variable;
    poly argument, relation; /* P, or NULL */
    int sign;                /* 1: not negative, -1: not positive, where the atom is defined */
} atom_t;

static struct
{
    int Q, wanted_Q;  /* a larger one, if one is wanted */
    int split, whole; /* is sigmoid written with exp? is there one that is not? */
    int atoms, piled, room, assumptions;
    atom_t atom[MAX_ATOMS];
    term_t *pile; /* of the sum at hand */
    poly_t *all;
    poly *assumed; /* not negative */
    jmp_buf way_out;
} ring;
static long work; /* terms that were made for the identity at hand */

/* What is at hand is too large, or divides by zero. */
static _Noreturn void
give_up(void)
{
    longjmp(ring.way_out, 1);
}

/* ---- Sums of terms, which are piled up, reduced by the relations and sorted ---- */

static void
pile_product(const term_t *x, const term_t *y)
{
    term_t o = {.c = ex_mul(x->c, y->c)};
    mpq_srcptr c = ex_value(o.c);

    for (int a = 0; a < ring.atoms; a++)
    {
        if (abs(x->e[a] + y->e[a]) > MAX_POWER)
            give_up();
        o.e[a] = (int16_t) (x->e[a] + y->e[a]);
    }
    work += 1 + (long) (mpz_size(mpq_numref(c)) + mpz_size(mpq_denref(c))) / 4;
    if (work > MAX_WORK)
        give_up();
    if (ring.piled == ring.room)
        ring.pile = enlarge(ring.pile, &ring.room, sizeof(term_t));
    ring.pile[ring.piled++] = o;
}

/* Replaces a piled term by several if a relation applies to it. */
static void
reduce(int i)
{
    for (int a = ring.atoms - 1; a >= 0; a--)
    {
        poly P = ring.atom[a].relation;
        int d = ring.atom[a].kind == A_SUM ? ring.Q : 2 * ring.Q;
        term_t rest;

        if (P == NULL || ring.pile[i].e[a] < d)
            continue;
        rest = ring.pile[i];
        rest.e[a] = (int16_t) (rest.e[a] - d);
        ring.pile[i].c = ex_int(0);
        for (int j = 0; j < P->length; j++)
            pile_product(&rest, &P->t[j]);
        return;
    }
}

static int
by_monomial(const void *x, const void *y)
{
    return memcmp(((const term_t *) x)->e, ((const term_t *) y)->e, sizeof((const term_t *) x)->e);
}

/* The sum of the piled terms from a place on, which are used up */
static poly
gather(int from)
{
    int n = 0;
    term_t *t;
    poly_t *p;

    for (int i = from; i < ring.piled; i++)
        reduce(i);
    t = ring.pile + from;
    if (ring.piled > from)
        qsort(t, (size_t) (ring.piled - from), sizeof *t, by_monomial);
    for (int i = 0; i < ring.piled - from; i++)
        if (n && by_monomial(&t[n - 1], &t[i]) == 0)
            t[n - 1].c = ex_add(t[n - 1].c, t[i].c);
        else
            t[n++] = t[i];
    ring.piled = from;
    p = grab(1, sizeof *p + (size_t) n * sizeof *t);
    p->before = ring.all;
    ring.all = p;
    for (int i = 0; i < n; i++)
        if (!ex_is(t[i].c, 0))
            p->t[p->length++] = t[i];
    return p;
}

static poly
constant(ex c)
{
    pile_product(&(term_t){.c = c}, &(term_t){.c = ex_int(1)});
    return gather(ring.piled - 1);
}

static poly
number(long n)
{
    return constant(ex_int(n));
}

static poly
product(poly p, poly q)
{
    int from = ring.piled;

    for (int i = 0; i < p->length; i++)
        for (int j = 0; j < q->length; j++)
            pile_product(&p->t[i], &q->t[j]);
    return gather(from);
}

/* p + c q */
static poly
sum(poly p, long c, poly q)
{
    int from = ring.piled;

    for (int i = 0; i < p->length; i++)
        pile_product(&p->t[i], &(term_t){.c = ex_int(1)});
    for (int i = 0; i < q->length; i++)
        pile_product(&q->t[i], &(term_t){.c = ex_int(c)});
    return gather(from);
}

/* p a^(k/Q) for an atom a */
static poly
shifted(poly p, int a, int k)
{
    int from = ring.piled;
    term_t factor = {.c = ex_int(1)};

    factor.e[a] = (int16_t) k;
    for (int i = 0; i < p->length; i++)
        pile_product(&p->t[i], &factor);
    return gather(from);
}

/* p = N times all a^(e_a/Q); the result N has no negative exponents and, for every a, a term without it. */
static poly
primitive(poly p, int *e)
{
    memset(e, 0, MAX_ATOMS * sizeof *e);
    for (int a = ring.atoms - 1; a >= 0 && p->length; a--)
    {
        e[a] = INT_MAX;
        for (int i = 0; i < p->length; i++)
            e[a] = p->t[i].e[a] < e[a] ? p->t[i].e[a] : e[a];
        if (e[a])
            p = shifted(p, a, -e[a]);
    }
    return p;
}

/* ---- Atoms and signs ---- */

/* The constant c with p = c q, or -1 */
static ex
ratio(poly p, poly q)
{
    int same = p->length == q->length && p->length > 0;
    ex c = same ? ex_mul(p->t->c, ex_inverse(q->t->c)) : -1;

    for (int i = 0; i < p->length && same; i++)
        same = by_monomial(&p->t[i], &q->t[i]) == 0 && p->t[i].c == ex_mul(c, q->t[i].c);
    return same ? c : -1;
}

static int
sign(ex c)
{
    return c < 0 ? 0 : mpq_sgn(ex_value(c));
}

/* 1 if p >= 0, or -1 if p <= 0, wherever it is defined; 0 if that is not known. Even powers and fractional
   ones are not negative. */
static int
sign_of(poly p)
{
    int common = 0;

    for (int i = 0; i < p->length && (i == 0 || common); i++)
    {
        int s = sign(p->t[i].c);

        for (int a = 0; a < ring.atoms; a++)
            if (abs(p->t[i].e[a]) % (2 * ring.Q) == ring.Q)
                s *= ring.atom[a].sign;
        common = i == 0 || s == common ? s : 0;
    }
    for (int i = 0; i < ring.assumptions && common == 0; i++)
        common = sign(ratio(p, ring.assumed[i]));
    return common;
}

/* a^(k/Q) for an atom, which is made if it is new */
static poly
atom(int kind, int variable, poly argument, int k)
{
    poly one = number(1), square;
    int a = 0;
    atom_t *x = ring.atom;

    for (; a < ring.atoms; a++, x++)
        if (x->kind == kind && x->variable == variable &&
            (!argument || ratio(x->argument, argument) == one->t->c))
            return shifted(one, a, k);
    square = kind == E_COS ? atom(E_SIN, 0, argument, 2 * ring.Q) : NULL;
    a = ring.atoms++;
    if (a == MAX_ATOMS)
        give_up();
    x = &ring.atom[a];
    *x = (atom_t){kind, variable, argument, NULL, 0};
    x->relation = kind == A_SUM    ? argument
                  : kind == E_COS  ? sum(one, -1, square)
                  : kind == E_STEP ? shifted(one, a, ring.Q)
                                   : NULL;
    if (kind == A_SUM || kind == E_VAR)
        x->sign = sign_of(kind == A_SUM ? argument : shifted(one, a, ring.Q));
    else
        x->sign = kind == E_PI || kind == E_EXP || kind == E_STEP || kind == E_SIGMOID;
    return shifted(one, a, k);
}

/* ---- Powers ---- */

/* k num/den, which must be an integer: otherwise 1/Q is too large a unit. */
static int
units(long k, long num, long den)
{
    if (k * num % den && ring.Q * den <= MAX_Q)
        ring.wanted_Q = ring.Q * (int) den;
    if (k * num % den || labs(k * num / den) > MAX_POWER)
        give_up();
    return (int) (k * num / den);
}

static poly
integer_power(poly p, long k)
{
    poly o = number(1);

    while (k-- > 0)
        o = product(o, p);
    return o;
}

/* c^(num/den), with a rational root, or with c as an atom */
static poly
constant_power(ex c, long num, long den)
{
    poly p;
    mpq_t root;

    if (den > 1 && sign(c) < 0)
        give_up();
    mpq_init(root);
    if (mpz_root(mpq_numref(root), mpq_numref(ex_value(c)), (unsigned long) den) &&
        mpz_root(mpq_denref(root), mpq_denref(ex_value(c)), (unsigned long) den))
    {
        if (num < 0)
            mpq_inv(root, root);
        p = integer_power(constant(ex_const(root)), labs(num));
    }
    else
        p = atom(A_SUM, 0, constant(c), units(ring.Q, num, den));
    mpq_clear(root);
    return p;
}

/* P^(num/den) for P without a common monomial, P > 0 if den > 1. It is c^(num/den) B^(n num/den) if P = c B^n
   for a sum B at hand. */
static poly
sum_power(poly P, long num, long den)
{
    ex c = ratio(P, number(1));

    if (den == 1 && num >= 0)
        return integer_power(P, num);
    if (c >= 0)
        return constant_power(c, num, den);
    for (int a = 0; a < ring.atoms; a++)
    {
        const atom_t *B = &ring.atom[a];
        poly power = B->argument;

        for (int n = 1; n <= 4 && B->kind == A_SUM && power->length <= P->length; n++)
        {
            c = ratio(P, power);
            if (c >= 0 && (den == 1 || (sign(c) > 0 && (n % 2 || B->sign > 0))))
                return shifted(constant_power(c, num, den), a, units(ring.Q, n * num, den));
            power = product(power, B->argument);
        }
    }
    return atom(A_SUM, 0, P, units(ring.Q, num, den));
}

/* p^(num/den). Where that is defined and den > 1, p > 0; factors of known sign are taken out of the root. */
static poly
power(poly p, long num, long den)
{
    int e[MAX_ATOMS];
    poly inside = primitive(p, e), outside = number(1);

    if (inside->length == 0)
        give_up();
    for (int a = 0, atoms = ring.atoms; a < atoms; a++)
    {
        int s = den == 1 || e[a] % ring.Q ? 1 : ring.atom[a].sign, f = 0;

        if (s > 0 || (s < 0 && e[a] % (2 * ring.Q) == 0 && e[a] * num % (ring.Q * den) == 0))
            f = units(e[a], num, den);
        else
            inside = shifted(inside, a, e[a]);
        outside = shifted(outside, a, f); /* f = 0 where the power stays inside */
        if (s < 0 && f / ring.Q % 2)      /* it is a power of -a */
            outside = product(number(-1), outside);
    }
    return product(outside, sum_power(inside, num, den));
}

/* ---- Expressions ---- */

/* exp of a sum is the product of the k-th powers of exp(m/d) over its terms k/d m. */
static poly
exponential(poly p)
{
    poly o = number(1);

    for (int i = 0; i < p->length; i++)
    {
        mpz_srcptr num = mpq_numref(ex_value(p->t[i].c));
        long k = mpz_cmpabs_ui(num, MAX_POWER) > 0 ? MAX_POWER + 1 : mpz_get_si(num);

        pile_product(&p->t[i], &(term_t){.c = ex_inverse(ex_int(k))});
        o = product(o, atom(E_EXP, 0, gather(ring.piled - 1), units(k, ring.Q, 1)));
    }
    return o;
}

/* The argument of an even or odd function is made to begin with a positive coefficient. */
static poly
function(int kind, poly p)
{
    int negative = p->length > 0 && sign(p->t->c) < 0, s = sign_of(p);
    poly o;

    if (kind == E_EXP)
        return exponential(p);
    if (kind == E_SIGMOID && ring.split)
        return power(sum(number(1), 1, exponential(product(number(-1), p))), -1, 1);
    if (kind == E_STEP && s) /* the argument is not zero where a step is defined */
        return number(s > 0);
    if (kind == E_LOG)
        return atom(kind, 0, p, ring.Q);
    if (p->length == 0)
        return constant(kind == E_SIGMOID ? ex_ratio(1, 2) : ex_int(kind == E_COS));
    ring.whole |= kind == E_SIGMOID;
    o = atom(kind, 0, negative ? product(number(-1), p) : p, ring.Q);
    if (!negative || kind == E_COS)
        return o;
    return sum(number(kind == E_STEP || kind == E_SIGMOID), -1, o);
}

static poly
expand(ex top)
{
    ex last;
    char *mark = ex_reach(&top, 1, &last);
    poly *p = grab((size_t) last + 1, sizeof *p), result;

    for (ex e = 0; e <= last; e++)
        if (mark[e])
        {
            node_t x = *ex_node(e);
            mpq_srcptr q = x.kind == E_POW ? ex_value(x.b) : NULL;

            if (x.kind == E_CONST)
                p[e] = constant(e);
            else if (x.kind == E_PI || x.kind == E_VAR)
                p[e] = atom(x.kind, x.a, NULL, ring.Q);
            else if (x.kind == E_ADD)
                p[e] = sum(p[x.a], 1, p[x.b]);
            else if (x.kind == E_MUL)
                p[e] = product(p[x.a], p[x.b]);
            else if (x.kind == E_POW)
                p[e] = power(p[x.a], mpz_get_si(mpq_numref(q)), mpz_get_si(mpq_denref(q)));
            else
                p[e] = function(x.kind, p[x.a]);
        }
    result = p[top];
    drop(p);
    drop(mark);
    return result;
}

/* What is assumed is positive; with a map it is about the images of the variables. */
static void
assume(const list_t *list, const ex *map)
{
    ring.assumed = grab((size_t) list->length, sizeof(poly));
    for (int i = 0; i < list->length; i++)
        ring.assumed[i] = expand(map ? ex_substitute(list->e[i], map) : list->e[i]);
    ring.assumptions = list->length;
    for (int a = 0; a < ring.atoms; a++)
        if (ring.atom[a].kind == E_VAR)
            ring.atom[a].sign = sign_of(shifted(number(1), a, ring.Q));
}

static void
forget(void)
{
    for (poly_t *p = ring.all, *before; p; p = before)
    {
        before = p->before;
        drop(p);
    }
    drop(ring.pile);
    drop(ring.assumed);
}

int
vanishes(ex top, const list_t *assumed, const ex *map)
{
    volatile int Q = 1, split = 0, zero = 0;
    int e[MAX_ATOMS];

    work = 0;
    for (;;)
    {
        memset(&ring, 0, sizeof ring);
        ring.Q = Q;
        ring.split = split;
        if (setjmp(ring.way_out) == 0)
        {
            if (assumed)
                assume(assumed, map);
            zero = primitive(expand(top), e)->length == 0;
        }
        forget();
        if (zero || (!ring.wanted_Q && (split || !ring.whole)))
            return zero;
        Q = ring.wanted_Q ? ring.wanted_Q : Q;
        split |= !ring.wanted_Q;
    }
}
