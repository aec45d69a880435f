/* Is an expression zero wherever it is defined and the assumptions hold? It is if it expands to a polynomial
   without terms, whose atoms are variables, pi, and sums and functions of polynomials. Exponents may be
   negative or fractional; a fractional one says that its atom is positive. An atom obeys one relation
   atom^d = P, P in earlier atoms, or none: a sum is what it is (d = 1), cos^2 = 1 - sin^2, step^2 = step.
   Of what does not become zero nothing is said. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

enum
{
    UNIT = 32 * 9 * 25 * 7 * 11, /* exponents are in units of 1/UNIT */
    MAX_POWER = 1 << 29,
    MAX_ATOMS = 256,
    MAX_WORK = 1 << 19,
    A_SUM = 100, /* kinds of atoms that are no functions */
    A_VARIABLE
};

typedef struct
{
    ex c; /* a constant */
    int e[MAX_ATOMS];
} term_t;

typedef struct
{
    int first, length; /* its terms in ring.term, sorted, no zeros */
} poly;

typedef struct
{
    int kind;
    poly argument, relation; /* P */
    int d;                   /* MAX_POWER + 1: there is no relation */
    int sign;                /* 1: not negative, -1: not positive, where the atom is defined */
} atom_t;

static struct
{
    int atoms, length, room, work, split; /* split: is sigmoid written with exp? */
    int failed; /* too large or not defined: all sums are 0 from now on, and nothing is said */
    atom_t atom[MAX_ATOMS];
    term_t *term; /* 1, and those of all polynomials; then those of the sum at hand */
} ring;

static const poly zero = {0, 0}, one = {0, 1};

/* ---- Sums of terms, which are piled up, reduced by the relations and sorted ---- */

static void
pile(poly p, term_t factor)
{
    for (int i = 0; i < p.length && !ring.failed; i++)
    {
        term_t x = ring.term[p.first + i];
        mpq_srcptr c;

        x.c = ex_mul(x.c, factor.c);
        c = ex_value(x.c);
        ring.work += (int) (mpz_size(mpq_numref(c)) + mpz_size(mpq_denref(c)));
        ring.failed |= ring.work > MAX_WORK;
        for (int a = 0; a < MAX_ATOMS; a++)
        {
            x.e[a] += factor.e[a];
            ring.failed |= abs(x.e[a]) > MAX_POWER;
        }
        if (ring.length == ring.room)
            ring.term = enlarge(ring.term, &ring.room, sizeof(term_t));
        ring.term[ring.length++] = x;
    }
}

static int
by_monomial(const void *x, const void *y)
{
    return memcmp(((const term_t *) x)->e, ((const term_t *) y)->e, sizeof((const term_t *) x)->e);
}

/* p q + r */
static poly
combine(poly p, poly q, poly r)
{
    int first = ring.length, n = first;

    for (int i = 0; i < q.length; i++)
        pile(p, ring.term[q.first + i]);
    pile(r, ring.term[0]);
    for (int i = first; i < ring.length; i++)
        for (int a = ring.atoms - 1; a >= 0; a--)
            if (ring.term[i].e[a] >= ring.atom[a].d)
            {
                term_t rest = ring.term[i];

                rest.e[a] -= ring.atom[a].d;
                ring.term[i] = (term_t){.c = ex_int(0)};
                pile(ring.atom[a].relation, rest);
            }
    qsort(ring.term + first, (size_t) (ring.length - first), sizeof(term_t), by_monomial);
    for (int i = first; i < ring.length; i++)
    {
        term_t x = ring.term[i];

        if (n > first && by_monomial(&ring.term[n - 1], &x) == 0)
            x.c = ex_add(ring.term[--n].c, x.c);
        if (!ex_is(x.c, 0))
            ring.term[n++] = x;
    }
    ring.length = n;
    return ring.failed ? zero : (poly){first, n - first};
}

/* p c a^(k/UNIT) for the atom of number a */
static poly
times(poly p, ex c, int a, int k)
{
    term_t x = {.c = c};

    x.e[a] = k;
    pile(one, x);
    return combine(p, (poly){ring.length - 1, 1}, zero);
}

static poly
constant(ex c)
{
    return times(one, c, 0, 0);
}

/* p = N times all a^e[a]; the result N has no negative exponents and, for every a, a term without it. */
static poly
primitive(poly p, int *e)
{
    memset(e, 0, MAX_ATOMS * sizeof *e);
    for (int a = ring.atoms - 1; a >= 0 && p.length > 0; a--)
    {
        e[a] = MAX_POWER;
        for (int i = 0; i < p.length; i++)
            if (ring.term[p.first + i].e[a] < e[a])
                e[a] = ring.term[p.first + i].e[a];
        p = times(p, ex_int(1), a, -e[a]);
    }
    return p;
}

/* ---- Atoms and signs ---- */

/* The constant c with p = c q, or 0 */
static ex
ratio(poly p, poly q)
{
    const term_t *x = ring.term + p.first, *y = ring.term + q.first;
    int same = p.length == q.length;
    ex c = same && p.length > 0 ? ex_mul(x->c, ex_inverse(y->c)) : ex_int(1);

    for (int i = 0; i < p.length && same; i++)
        same = by_monomial(&x[i], &y[i]) == 0 && x[i].c == ex_mul(c, y[i].c);
    return same ? c : ex_int(0);
}

static int
sign(ex c)
{
    return mpq_sgn(ex_value(c));
}

/* 1 if p >= 0, or -1 if p <= 0, wherever it is defined; 0 if that is not known. All terms have one sign,
   where even powers and fractional ones are not negative; or p is a multiple of a sum of known sign. */
static int
sign_of(poly p)
{
    int common = 0;

    for (int i = 0; i < p.length && (i == 0 || common); i++)
    {
        int s = sign(ring.term[p.first + i].c);

        for (int a = 0; a < ring.atoms; a++)
            if (abs(ring.term[p.first + i].e[a]) % (2 * UNIT) == UNIT)
                s *= ring.atom[a].sign;
        common = i == 0 || s == common ? s : 0;
    }
    for (int a = 0; a < ring.atoms && common == 0; a++)
        if (ring.atom[a].kind == A_SUM)
            common = ring.atom[a].sign * sign(ratio(p, ring.atom[a].argument));
    return common;
}

/* The number of an atom, which is made if it is new, and after the atoms of its relation */
static int
atom(int kind, poly argument)
{
    atom_t x = {kind, argument, argument, 2 * UNIT, 0};

    for (int a = 0; a < ring.atoms; a++)
        if (ring.atom[a].kind == kind && ex_is(ratio(ring.atom[a].argument, argument), 1))
            return a;
    if (kind == E_COS)
        x.relation = combine(times(one, ex_int(-1), atom(E_SIN, argument), 2 * UNIT), one, one);
    else if (kind == E_STEP)
        x.relation = times(one, ex_int(1), ring.atoms, UNIT);
    else
        x.d = kind == A_SUM ? UNIT : MAX_POWER + 1;
    if (kind == A_SUM)
        x.sign = sign_of(argument);
    else
        x.sign = kind == E_PI || kind == E_EXP || kind == E_STEP || kind == E_SIGMOID;
    ring.failed |= ring.atoms == MAX_ATOMS - 1;
    ring.atom[ring.atoms] = x;
    return ring.failed ? 0 : ring.atoms++;
}

/* ---- Powers ---- */

/* c^(r/UNIT) = b^(n r/UNIT) if c = b^n */
static poly
constant_root(ex c, int r)
{
    unsigned long n = MAX_ROOT;
    mpq_srcptr value = ex_value(c);
    mpq_t b;

    ring.failed |= r != -UNIT && sign(c) < 0;
    if (r == -UNIT || ex_is(c, 1) || ring.failed)
        return constant(ex_inverse(c));
    mpq_init(b);
    while (!mpz_root(mpq_numref(b), mpq_numref(value), n) || !mpz_root(mpq_denref(b), mpq_denref(value), n))
        n--;
    c = ex_const(b);
    mpq_clear(b);
    return times(one, ex_int(1), atom(A_SUM, constant(c)), (int) n * r);
}

/* P^(r/UNIT) for P without a common monomial; c^(r/UNIT) B^(n r/UNIT) if P = c B^n for a sum B at hand */
static poly
sum_root(poly P, int r)
{
    ex c = ratio(P, one);

    if (!ex_is(c, 0))
        return constant_root(c, r);
    for (int a = 0; a < ring.atoms; a++)
    {
        atom_t B = ring.atom[a];
        poly Bn = B.argument;

        for (int n = 1; n <= 4 && B.kind == A_SUM && Bn.length <= P.length; n++)
        {
            c = ratio(P, Bn);
            if (sign(c) != 0 && (r == -UNIT || (sign(c) > 0 && (n % 2 || B.sign > 0))))
                return times(constant_root(c, r), ex_int(1), a, n * r);
            Bn = combine(Bn, B.argument, zero);
        }
    }
    return times(one, ex_int(1), atom(A_SUM, P), r);
}

/* p^(r/UNIT), where r = -UNIT or |r| < UNIT. A root says that p > 0; factors of known sign are taken out. */
static poly
root(poly p, int r)
{
    int e[MAX_ATOMS], atoms = ring.atoms;
    poly inside = primitive(p, e), outside = one;

    ring.failed |= inside.length == 0;
    for (int a = 0; a < atoms; a++)
    {
        int s = r == -UNIT || e[a] % UNIT ? 1 : ring.atom[a].sign, base = a;

        if (s < 0 && e[a] % (2 * UNIT) == 0) /* an even power of -a */
            base = atom(A_SUM, times(one, ex_int(-1), a, UNIT));
        if (s > 0 || base != a)
        {
            ring.failed |= (long) e[a] * r % UNIT != 0;
            outside = times(outside, ex_int(1), base, (int) ((long) e[a] * r / UNIT));
        }
        else
            inside = times(inside, ex_int(1), a, e[a]);
    }
    return combine(outside, sum_root(inside, r), zero);
}

static poly
power(poly p, mpq_srcptr q)
{
    long num = mpz_get_si(mpq_numref(q)), den = mpz_get_si(mpq_denref(q));
    poly o = one, factor = num < 0 ? root(p, -UNIT) : p;

    ring.failed |= UNIT % den != 0;
    for (; labs(num) >= den; num -= num < 0 ? -den : den)
        o = combine(o, factor, zero);
    return num == 0 ? o : combine(o, root(p, (int) (num * (UNIT / den))), zero);
}

/* ---- Expressions ---- */

/* exp of a sum is the product of the k-th powers of exp(m/d) over its terms k/d m. */
static poly
exponential(poly p)
{
    poly o = one;

    for (int i = 0; i < p.length; i++)
    {
        poly m = {p.first + i, 1};
        mpz_srcptr num = mpq_numref(ex_value(ring.term[m.first].c));
        int k = mpz_cmpabs_ui(num, MAX_POWER / UNIT) > 0 ? MAX_POWER / UNIT + 1 : (int) mpz_get_si(num);

        m = times(m, ex_inverse(ex_int(k)), 0, 0);
        o = times(o, ex_int(1), atom(E_EXP, m), k * UNIT);
    }
    return o;
}

/* The argument of an even or odd function is made to begin with a positive coefficient. */
static poly
function(int kind, poly p)
{
    int turned = p.length > 0 && sign(ring.term[p.first].c) < 0 && kind != E_LOG, s = sign_of(p);
    poly minus = times(p, ex_int(-1), 0, 0);

    if (kind == E_EXP)
        return exponential(p);
    if (kind == E_SIGMOID && ring.split)
        return root(combine(exponential(minus), one, one), -UNIT);
    if (kind == E_STEP && s) /* the argument is not zero where a step is defined */
        return constant(ex_int(s > 0));
    if (p.length == 0 && kind != E_LOG)
        return constant(kind == E_SIGMOID ? ex_ratio(1, 2) : ex_int(kind == E_COS));
    p = times(one, ex_int(turned && kind != E_COS ? -1 : 1), atom(kind, turned ? minus : p), UNIT);
    return turned && (kind == E_STEP || kind == E_SIGMOID) ? combine(p, one, one) : p;
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

            if (x.kind == E_CONST)
                p[e] = constant(e);
            else if (x.kind <= E_VAR)
                p[e] = times(one, ex_int(1), atom(x.kind == E_PI ? E_PI : A_VARIABLE + x.a, zero), UNIT);
            else if (x.kind == E_ADD)
                p[e] = combine(p[x.a], one, p[x.b]);
            else if (x.kind == E_MUL)
                p[e] = combine(p[x.a], p[x.b], zero);
            else if (x.kind == E_POW)
                p[e] = power(p[x.a], ex_value(x.b));
            else
                p[e] = function(x.kind, p[x.a]);
        }
    result = p[top];
    drop(p);
    drop(mark);
    return result;
}

/* What is assumed is a sum of known sign, which may give that of a variable. With a map, it is about the
   images of the variables. */
int
vanishes(ex top, const list_t *assumed, const ex *map)
{
    int vanished = 0, e[MAX_ATOMS];

    ring.work = ring.room = 0;
    ring.term = enlarge(NULL, &ring.room, sizeof(term_t));
    ring.term[0] = (term_t){.c = ex_int(1)};
    for (ring.split = 0; ring.split <= 1 && !vanished; ring.split++)
    {
        ring.length = 1;
        ring.atoms = ring.failed = 0;
        for (int i = 0; assumed && i < assumed->length; i++)
        {
            int known = atom(A_SUM, expand(map ? ex_substitute(assumed->e[i], map) : assumed->e[i]));

            ring.atom[known].sign = 1;
            for (int a = 0; a < ring.atoms; a++)
                if (ring.atom[a].kind >= A_VARIABLE)
                    ring.atom[a].sign = sign_of(times(one, ex_int(1), a, UNIT));
        }
        vanished = primitive(expand(top), e).length == 0 && !ring.failed;
    }
    drop(ring.term);
    return vanished;
}
