/* Is an expression zero wherever it is defined and the assumptions hold? It is if it expands to a polynomial
   without terms, whose atoms are variables, pi, and sums and functions of polynomials. Exponents may be
   negative or fractional; a fractional one says that its atom is positive. An atom obeys one relation
   atom^d = P, P in earlier atoms, or none: a sum is what it is (d = 1), cos^2 = 1 - sin^2, step^2 = step.
   Of what does not become zero nothing is said. */
#include "check.h"

#include <setjmp.h>
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
    int atoms, length, room, work;
    atom_t atom[MAX_ATOMS];
    term_t *term; /* 1, and those of all polynomials; then those of the sum at hand */
    int split;    /* is sigmoid written with exp? */
    jmp_buf way_out;
} ring;

static const poly one = {0, 1};

/* What is at hand is too large, or not defined. */
static _Noreturn void
give_up(void)
{
    longjmp(ring.way_out, 1);
}

/* ---- Sums of terms, which are piled up, reduced by the relations and sorted ---- */

static void
pile(poly p, term_t factor)
{
    for (int i = 0; i < p.length; i++)
    {
        term_t o = ring.term[p.first + i];

        o.c = ex_mul(o.c, factor.c);
        ring.work += (int) (mpz_size(mpq_numref(ex_value(o.c))) + mpz_size(mpq_denref(ex_value(o.c))));
        if (ring.work > MAX_WORK)
            give_up();
        for (int a = 0; a < ring.atoms; a++)
        {
            o.e[a] += factor.e[a];
            if (abs(o.e[a]) > MAX_POWER)
                give_up();
        }
        if (ring.length == ring.room)
            ring.term = enlarge(ring.term, &ring.room, sizeof(term_t));
        ring.term[ring.length++] = o;
    }
}

static int
by_monomial(const void *x, const void *y)
{
    return memcmp(((const term_t *) x)->e, ((const term_t *) y)->e, sizeof((const term_t *) x)->e);
}

/* The sum of what was piled up from a place on */
static poly
gather(int first)
{
    int n = first;

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
    return (poly){first, n - first};
}

static poly
sum(poly p, poly q)
{
    int first = ring.length;

    pile(p, ring.term[0]);
    pile(q, ring.term[0]);
    return gather(first);
}

static poly
product(poly p, poly q)
{
    int first = ring.length;

    for (int i = 0; i < q.length; i++)
        pile(p, ring.term[q.first + i]);
    return gather(first);
}

/* p c a^(k/UNIT) for the atom of number a */
static poly
times(poly p, ex c, int a, int k)
{
    int first = ring.length;
    term_t factor = {.c = c};

    factor.e[a] = k;
    pile(p, factor);
    return gather(first);
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

/* The constant c with p = c q, or -1 */
static ex
ratio(poly p, poly q)
{
    const term_t *x = ring.term + p.first, *y = ring.term + q.first;
    ex c = p.length != q.length ? -1 : p.length == 0 ? ex_int(1) : ex_mul(x->c, ex_inverse(y->c));

    for (int i = 0; i < p.length && c >= 0; i++)
        if (by_monomial(&x[i], &y[i]) != 0 || x[i].c != ex_mul(c, y[i].c))
            c = -1;
    return c;
}

static int
sign(ex c)
{
    return c < 0 ? 0 : mpq_sgn(ex_value(c));
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

/* The number of an atom, which is made if it is new; the sine comes before the cosine. */
static int
atom(int kind, poly argument)
{
    int a, sine = kind == E_COS ? atom(E_SIN, argument) : 0;
    atom_t *x = ring.atom;

    for (a = 0; a < ring.atoms; a++, x++)
        if (x->kind == kind && ratio(x->argument, argument) == ex_int(1))
            return a;
    if (ring.atoms++ == MAX_ATOMS)
        give_up();
    *x = (atom_t){kind, argument, argument, MAX_POWER + 1, 0};
    if (kind == A_SUM)
    {
        x->d = UNIT;
        x->sign = sign_of(argument);
    }
    else if (kind == E_COS || kind == E_STEP)
    {
        x->d = 2 * UNIT;
        x->relation = kind == E_STEP ? times(one, ex_int(1), a, UNIT)
                                     : sum(one, times(one, ex_int(-1), sine, 2 * UNIT));
    }
    if (kind == E_PI || kind == E_EXP || kind == E_STEP || kind == E_SIGMOID)
        x->sign = 1;
    return a;
}

/* ---- Powers ---- */

/* c^(r/UNIT) = b^(n r/UNIT) if c = b^n; one of b and 1/b is an atom. */
static poly
constant_power(ex c, int r)
{
    unsigned long n = MAX_ROOT;
    mpq_srcptr value = ex_value(c);
    poly o = one;
    mpq_t b;

    if (r == -UNIT || ex_is(c, 1))
        return constant(ex_inverse(c));
    if (sign(c) < 0)
        give_up();
    mpq_init(b);
    while (!mpz_root(mpq_numref(b), mpq_numref(value), n) || !mpz_root(mpq_denref(b), mpq_denref(value), n))
        n--;
    r *= (int) n;
    if (mpq_cmp_ui(b, 1, 1) < 0)
        mpq_inv(b, b);
    if (mpq_cmp_ui(value, 1, 1) < 0)
        r = -r;
    c = ex_const(b);
    mpq_clear(b);
    for (; r < 0; r += UNIT)
        o = times(o, ex_inverse(c), 0, 0);
    return times(o, ex_int(1), atom(A_SUM, constant(c)), r);
}

/* P^(r/UNIT) for P without a common monomial. It is c^(r/UNIT) B^(n r/UNIT) if P = c B^n for a sum B at hand.
 */
static poly
sum_power(poly P, int r)
{
    ex c = ratio(P, one);

    if (c >= 0)
        return constant_power(c, r);
    for (int a = 0; a < ring.atoms; a++)
    {
        atom_t B = ring.atom[a];
        poly power = B.argument;

        for (int n = 1; n <= 4 && B.kind == A_SUM && power.length <= P.length; n++)
        {
            c = ratio(P, power);
            if (c >= 0 && (r == -UNIT || (sign(c) > 0 && (n % 2 || B.sign > 0))))
                return times(constant_power(c, r), ex_int(1), a, n * r);
            power = product(power, B.argument);
        }
    }
    return times(one, ex_int(1), atom(A_SUM, P), r);
}

/* p^(r/UNIT). A root says that p > 0; factors of known sign are taken out of it. */
static poly
power(poly p, int r)
{
    int e[MAX_ATOMS], atoms = ring.atoms;
    poly inside = primitive(p, e), outside = one;

    if (inside.length == 0)
        give_up();
    for (int a = 0; a < atoms; a++)
    {
        int s = r == -UNIT || e[a] % UNIT ? 1 : ring.atom[a].sign, base = a;

        if (s < 0 && e[a] % (2 * UNIT) == 0) /* an even power of -a */
            base = atom(A_SUM, times(one, ex_int(-1), a, UNIT));
        if (s <= 0 && base == a)
            inside = times(inside, ex_int(1), a, e[a]);
        else if ((long) e[a] * r % UNIT == 0)
            outside = times(outside, ex_int(1), base, (int) ((long) e[a] * r / UNIT));
        else
            give_up();
    }
    return product(outside, sum_power(inside, r));
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
        mpz_srcptr k = mpq_numref(ex_value(ring.term[m.first].c));

        if (mpz_cmpabs_ui(k, MAX_POWER / UNIT) > 0)
            give_up();
        m = times(m, ex_inverse(ex_int(mpz_get_si(k))), 0, 0);
        o = times(o, ex_int(1), atom(E_EXP, m), (int) mpz_get_si(k) * UNIT);
    }
    return o;
}

/* The argument of an even or odd function is made to begin with a positive coefficient. */
static poly
function(int kind, poly p)
{
    poly minus = times(p, ex_int(-1), 0, 0);
    int turned = p.length > 0 && sign(ring.term[p.first].c) < 0 && kind != E_LOG, s = sign_of(p);

    if (kind == E_EXP)
        return exponential(p);
    if (kind == E_SIGMOID && ring.split)
        return power(sum(one, exponential(minus)), -UNIT);
    if (kind == E_STEP && s) /* the argument is not zero where a step is defined */
        return constant(ex_int(s > 0));
    if (p.length == 0 && kind != E_LOG)
        return constant(kind == E_SIGMOID ? ex_ratio(1, 2) : ex_int(kind == E_COS));
    p = times(one, ex_int(turned && kind != E_COS ? -1 : 1), atom(kind, turned ? minus : p), UNIT);
    return turned && (kind == E_STEP || kind == E_SIGMOID) ? sum(one, p) : p;
}

/* p^(num/den) */
static poly
any_power(poly p, long num, long den)
{
    poly o = one;

    if (UNIT % den != 0)
        give_up();
    for (; labs(num) >= den; num -= num < 0 ? -den : den)
        o = product(o, num < 0 ? power(p, -UNIT) : p);
    return num == 0 ? o : product(o, power(p, (int) (num * (UNIT / den))));
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
            else if (x.kind <= E_VAR)
                p[e] = times(one, ex_int(1), atom(x.kind == E_VAR ? A_VARIABLE + x.a : E_PI, (poly){0, 0}),
                             UNIT);
            else if (x.kind == E_ADD)
                p[e] = sum(p[x.a], p[x.b]);
            else if (x.kind == E_MUL)
                p[e] = product(p[x.a], p[x.b]);
            else if (x.kind == E_POW)
                p[e] = any_power(p[x.a], mpz_get_si(mpq_numref(q)), mpz_get_si(mpq_denref(q)));
            else
                p[e] = function(x.kind, p[x.a]);
        }
    result = p[top];
    drop(p);
    drop(mark);
    return result;
}

/* What is assumed is a sum of known sign; it may give the signs of variables. */
static void
assume(ex e)
{
    int known = atom(A_SUM, expand(e));

    ring.atom[known].sign = 1;
    for (int a = 0; a < ring.atoms; a++)
        if (ring.atom[a].kind >= A_VARIABLE)
            ring.atom[a].sign = sign_of(times(one, ex_int(1), a, UNIT));
}

/* What is assumed is about the images of the variables if there is a map. */
int
vanishes(ex e, const list_t *assumed, const ex *map)
{
    static int zero; /* it keeps its value when what is at hand is given up */
    int powers[MAX_ATOMS];

    zero = ring.work = ring.room = 0;
    ring.term = enlarge(NULL, &ring.room, sizeof(term_t));
    ring.term[0].c = ex_int(1);
    for (ring.split = 0; ring.split <= 1 && !zero; ring.split++)
    {
        ring.atoms = 0;
        ring.length = 1;
        if (setjmp(ring.way_out) != 0)
            continue;
        for (int i = 0; assumed && i < assumed->length; i++)
            assume(map ? ex_substitute(assumed->e[i], map) : assumed->e[i]);
        zero = primitive(expand(e), powers).length == 0;
    }
    drop(ring.term);
    return zero;
}
