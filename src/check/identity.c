/* Exact identities. An expression is expanded into a polynomial with rational coefficients in atoms:
   variables, pi, and exp, log, sin ... of polynomials. Exponents may be negative. The relations among atoms
   are R^Q = P for a root, cos^2 = 1 - sin^2, step^2 = step, and I P = 1 for the inverse I of a polynomial P
   without inverses, which is cleared at the end. What has no terms left is zero wherever it is defined; of
   anything else nothing is said. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

enum
{
    MAX_ATOMS = 256,
    MAX_MONOMIALS = 1 << 16,
    CHAINS = 1 << 12,
    MAX_POWER = 10000,
    MAX_WORK = 1 << 21, /* terms that are made for one identity */
    MAX_ASSUMED = 100,
    A_INVERSE = 100, /* kinds of atoms besides those of nodes */
    A_ROOT
};

typedef struct
{
    int next;
    int16_t exponent[MAX_ATOMS];
} monomial_t;

typedef struct
{
    int monomial;
    mpq_t c;
} term_t;

typedef struct poly
{
    struct poly *before; /* in the list of all */
    int length;
    term_t *t; /* by increasing monomials, no zeros */
} poly_t;

typedef struct
{
    int kind, variable;
    const poly_t *arg, *square; /* square: 1 - sin^2 of a cosine */
    int sign;                   /* 1 or -1 if it is known where the atom is defined */
} atom_t;

static struct
{
    poly_t *all;
    atom_t atom[MAX_ATOMS];
    monomial_t *monomial;
    term_t *pile; /* of the sum at hand */
    int atoms, monomials, room, piled, pile_room, chain[CHAINS];
    long work;
    int failed;                         /* it is too large, or divides by zero */
    int split, whole;                   /* is sigmoid written with exp? is there one that is not? */
    unsigned long Q;                    /* every root is a power of a Q-th root */
    const poly_t *assumed[MAX_ASSUMED]; /* not negative */
    int assumptions;
} ring;

/* ---- Monomials; number 0 is 1 ---- */

static int
intern(const int16_t *exponent)
{
    uint64_t h = 0;
    int *chain;

    for (int i = 0; i < ring.atoms; i++)
        h += (uint64_t) exponent[i] * (uint64_t) (2 * i + 1) * 0x9e3779b97f4a7c15u;
    chain = &ring.chain[(h >> 40) % CHAINS];
    for (int k = *chain; k >= 0; k = ring.monomial[k].next)
        if (memcmp(ring.monomial[k].exponent, exponent, (size_t) ring.atoms * sizeof *exponent) == 0)
            return k;
    if (ring.monomials == MAX_MONOMIALS)
    {
        ring.failed = 1;
        return 0;
    }
    if (ring.monomials == ring.room)
        ring.monomial = enlarge(ring.monomial, &ring.room, sizeof(monomial_t));
    memcpy(ring.monomial[ring.monomials].exponent, exponent, sizeof ring.monomial->exponent);
    ring.monomial[ring.monomials].next = *chain;
    return *chain = ring.monomials++;
}

static int
times(int m, int f)
{
    int16_t sum[MAX_ATOMS] = {0};

    for (int i = 0; i < ring.atoms; i++)
    {
        int e = ring.monomial[m].exponent[i] + ring.monomial[f].exponent[i];

        ring.failed |= abs(e) > MAX_POWER;
        sum[i] = (int16_t) e;
    }
    return ring.failed ? 0 : intern(sum);
}

/* m times the k-th power of an atom */
static int
times_atom(int m, int atom, int k)
{
    int16_t sum[MAX_ATOMS];

    memcpy(sum, ring.monomial[m].exponent, sizeof sum);
    ring.failed |= abs(k) > MAX_POWER || abs(sum[atom] + k) > MAX_POWER;
    if (ring.failed)
        return 0;
    sum[atom] = (int16_t) (sum[atom] + k);
    return intern(sum);
}

/* ---- Sums of terms ---- */

static const poly_t *power(const poly_t *p, mpq_srcptr f);

static int
by_monomial(const void *a, const void *b)
{
    return ((const term_t *) a)->monomial - ((const term_t *) b)->monomial;
}

/* The sum of the piled terms from a place on, which are used up */
static const poly_t *
gather(int from)
{
    poly_t *p = grab(1, sizeof *p);

    *p = (poly_t){ring.all, 0, grab((size_t) (ring.piled - from), sizeof(term_t))};
    ring.all = p;
    if (ring.piled > from)
        qsort(ring.pile + from, (size_t) (ring.piled - from), sizeof(term_t), by_monomial);
    for (int i = from; i < ring.piled;)
    {
        term_t *sum = &p->t[p->length];

        *sum = ring.pile[i];
        for (i++; i < ring.piled && ring.pile[i].monomial == sum->monomial; i++)
        {
            mpq_add(sum->c, sum->c, ring.pile[i].c);
            mpq_clear(ring.pile[i].c);
        }
        if (mpq_sgn(sum->c) != 0)
            p->length++;
        else
            mpq_clear(sum->c);
    }
    ring.piled = from;
    return p;
}

static void
pile_up(int m, mpq_srcptr c)
{
    if (ring.piled == ring.pile_room)
        ring.pile = enlarge(ring.pile, &ring.pile_room, sizeof(term_t));
    ring.pile[ring.piled].monomial = m;
    mpq_init(ring.pile[ring.piled].c);
    mpq_set(ring.pile[ring.piled++].c, c);
}

/* c m as it stands */
static const poly_t *
one_term(int m, mpq_srcptr c)
{
    int from = ring.piled;

    pile_up(m, c);
    return gather(from);
}

static const poly_t *
number(long num, unsigned long den)
{
    mpq_t q;
    const poly_t *p;

    mpq_init(q);
    mpq_set_si(q, num, den);
    p = one_term(0, q);
    mpq_clear(q);
    return p;
}

static const poly_t *
inverse(const poly_t *p)
{
    return power(p, ex_value(ex_int(-1)));
}

/* Does a relation apply to an atom of m? Then its k-th power, k in *exponent, is equal to the result. */
static const poly_t *
relation(int *atom, int *exponent, int m)
{
    int Q = (int) ring.Q;

    for (int i = 0; i < ring.atoms; i++)
    {
        const atom_t *a = &ring.atom[i];
        int e = ring.monomial[m].exponent[i];

        *atom = i;
        *exponent = a->kind == E_STEP   ? e - 1
                    : a->kind == E_COS  ? 2
                    : a->kind == A_ROOT ? (e < 0 ? -Q : Q)
                                        : -1;
        if (a->kind == E_STEP && e > 1)
            return number(1, 1);
        if (a->kind == E_COS && e > 1)
            return a->square;
        if ((a->kind == A_ROOT && e >= Q) || (a->kind == A_INVERSE && e < 0))
            return a->arg;
        if (a->kind == A_ROOT && e < 0)
            return inverse(a->arg);
    }
    return NULL;
}

static void push_multiple(int m, mpq_srcptr c, const poly_t *p);

/* Piles c m, reduced by the relations. */
static void
push(int m, mpq_srcptr c)
{
    const poly_t *factor;
    int atom, exponent;

    ring.work += 1 + (long) (mpz_size(mpq_numref(c)) + mpz_size(mpq_denref(c))) / 4;
    ring.failed |= ring.work > MAX_WORK;
    if (ring.failed)
        return;
    factor = relation(&atom, &exponent, m);
    if (factor)
        push_multiple(times_atom(m, atom, -exponent), c, factor);
    else
        pile_up(m, c);
}

static void
push_multiple(int m, mpq_srcptr c, const poly_t *p)
{
    mpq_t product;

    mpq_init(product);
    for (int i = 0; i < p->length && !ring.failed; i++)
    {
        mpq_mul(product, c, p->t[i].c);
        push(times(m, p->t[i].monomial), product);
    }
    mpq_clear(product);
}

static const poly_t *
product(const poly_t *p, const poly_t *q)
{
    int from = ring.piled;

    for (int i = 0; i < p->length && !ring.failed; i++)
        push_multiple(p->t[i].monomial, p->t[i].c, q);
    return gather(from);
}

/* a p + b q */
static const poly_t *
combine(long a, const poly_t *p, long b, const poly_t *q)
{
    int from = ring.piled;

    push_multiple(0, ex_value(ex_int(a)), p);
    push_multiple(0, ex_value(ex_int(b)), q);
    return gather(from);
}

static const poly_t *
integer_power(const poly_t *p, int k)
{
    const poly_t *o = number(1, 1);

    for (int i = 0; i < k && !ring.failed; i++)
        o = product(o, p);
    return o;
}

/* ---- Atoms and their signs ---- */

/* p = lambda q for a constant: its sign; otherwise 0 */
static int
proportional(const poly_t *p, const poly_t *q)
{
    mpq_t x, y;
    int same = p->length == q->length && p->length > 0;

    mpq_inits(x, y, NULL);
    for (int i = 0; i < p->length && same; i++)
    {
        mpq_mul(x, p->t[i].c, q->t[0].c);
        mpq_mul(y, q->t[i].c, p->t[0].c);
        same = p->t[i].monomial == q->t[i].monomial && mpq_equal(x, y);
    }
    mpq_clears(x, y, NULL);
    return same ? mpq_sgn(p->t[0].c) * mpq_sgn(q->t[0].c) : 0;
}

/* 1 if p >= 0, or -1 if p <= 0, wherever it is defined and the assumptions hold; 0 if that is not known */
static int
sign_of(const poly_t *p)
{
    int sign = 0;

    for (int i = 0; i < p->length; i++)
    {
        int s = mpq_sgn(p->t[i].c);

        for (int k = 0; k < ring.atoms; k++)
            if (ring.monomial[p->t[i].monomial].exponent[k] % 2)
                s *= ring.atom[k].sign;
        if (s == 0 || s == -sign)
        {
            sign = 0;
            break;
        }
        sign = s;
    }
    for (int i = 0; i < ring.assumptions && sign == 0; i++)
        sign = proportional(p, ring.assumed[i]);
    return sign;
}

static int
equal(const poly_t *p, const poly_t *q)
{
    return p == q || (p && q && proportional(p, q) > 0 && mpq_equal(p->t[0].c, q->t[0].c));
}

/* The k-th power of an atom */
static const poly_t *
atom(int kind, int variable, const poly_t *arg, int k)
{
    const poly_t *square = NULL;
    int i = 0, from = ring.piled, sign;

    if (kind == E_COS)
        square = combine(1, number(1, 1), -1, atom(E_SIN, 0, arg, 2));
    while (i < ring.atoms &&
           !(ring.atom[i].kind == kind && ring.atom[i].variable == variable && equal(ring.atom[i].arg, arg)))
        i++;
    if (i == MAX_ATOMS)
        ring.failed = 1;
    if (ring.failed)
        return number(0, 1);
    if (i == ring.atoms)
    {
        sign = kind == E_PI || kind == E_EXP || kind == E_STEP || kind == E_SIGMOID || kind == A_ROOT;
        if (kind == A_INVERSE)
            sign = sign_of(arg);
        ring.atom[ring.atoms++] = (atom_t){kind, variable, arg, square, sign};
    }
    push(times_atom(0, i, k), ex_value(ex_int(1)));
    return gather(from);
}

/* ---- Powers ---- */

/* p = N times the product of I^k[I] over the inverses; N, without inverses, is the result. */
static const poly_t *
clear_inverses(const poly_t *p, int *k)
{
    memset(k, 0, MAX_ATOMS * sizeof *k);
    for (int i = ring.atoms - 1; i >= 0 && !ring.failed; i--)
    {
        int most = 0, from = ring.piled;

        for (int j = 0; j < p->length && ring.atom[i].kind == A_INVERSE; j++)
            most = ring.monomial[p->t[j].monomial].exponent[i] > most
                       ? ring.monomial[p->t[j].monomial].exponent[i]
                       : most;
        if (most == 0)
            continue;
        k[i] += most;
        for (int j = 0; j < p->length && !ring.failed; j++)
        {
            int e = ring.monomial[p->t[j].monomial].exponent[i];

            push_multiple(times_atom(p->t[j].monomial, i, -e), p->t[j].c,
                          integer_power(ring.atom[i].arg, most - e));
        }
        p = gather(from);
        i = ring.atoms; /* a relation may have brought back an inverse */
    }
    return p;
}

/* The exponents of the monomial that all terms share */
static void
content(int *e, const poly_t *p)
{
    for (int i = 0; i < MAX_ATOMS; i++)
        for (int j = 0; j < p->length; j++)
        {
            int f = ring.monomial[p->t[j].monomial].exponent[i];

            e[i] = j == 0 || f < e[i] ? f : e[i];
        }
}

/* p times the monomial with these exponents, or divided by it */
static const poly_t *
shifted(const poly_t *p, const int *e, int sign)
{
    int m = 0, from = ring.piled;

    for (int i = 0; i < ring.atoms; i++)
        m = e[i] ? times_atom(m, i, sign * e[i]) : m;
    push_multiple(m, ex_value(ex_int(1)), p);
    return gather(from);
}

static const poly_t *
scaled(const poly_t *p, mpq_srcptr c)
{
    int from = ring.piled;

    push_multiple(0, c, p);
    return gather(from);
}

/* c^r for c > 0 */
static const poly_t *
constant_power(mpq_srcptr c, mpq_srcptr r)
{
    unsigned long k = mpz_get_ui(mpq_numref(r)), q = mpz_get_ui(mpq_denref(r));
    const poly_t *p;
    mpq_t x;

    mpq_init(x);
    ring.failed |= k > MAX_POWER ||
                   k * (mpz_sizeinbase(mpq_numref(c), 2) + mpz_sizeinbase(mpq_denref(c), 2)) > MAX_CONSTANT;
    mpz_pow_ui(mpq_numref(x), mpq_numref(c), ring.failed ? 0 : k);
    mpz_pow_ui(mpq_denref(x), mpq_denref(c), ring.failed ? 0 : k);
    if (mpq_sgn(r) < 0)
        mpq_inv(x, x);
    if (mpz_root(mpq_numref(x), mpq_numref(x), q) && mpz_root(mpq_denref(x), mpq_denref(x), q))
        p = one_term(0, x);
    else
        p = atom(A_ROOT, 0, one_term(0, c), (int) (mpz_get_si(mpq_numref(r)) * (long) (ring.Q / q)));
    mpq_clear(x);
    return p;
}

/* P^r for a sum P without a common monomial; if r is a fraction, P >= 0, and P may be a power of a known
 * denominator. */
static const poly_t *
sum_power(const poly_t *P, mpq_srcptr r)
{
    int k = (int) mpz_get_si(mpq_numref(r)), q = (int) mpz_get_ui(mpq_denref(r)), atoms = ring.atoms;
    const poly_t *p = NULL, *known;
    mpq_t c;

    ring.failed |= mpz_cmpabs_ui(mpq_numref(r), MAX_POWER) > 0 || ring.Q % (unsigned) q != 0;
    if (ring.failed || (q == 1 && k >= 0))
        return integer_power(P, ring.failed ? 0 : k);
    mpq_init(c);
    mpq_set(c, P->t[0].c);
    if (q > 1)
        mpq_abs(c, c);
    for (int i = 0; i < atoms && q > 1 && !p; i++)
        for (int n = 2; n <= 4 && !p && ring.atom[i].kind == A_INVERSE && ring.atom[i].sign; n++)
        {
            known = scaled(ring.atom[i].arg, ex_value(ex_int(ring.atom[i].sign)));
            if (proportional(P, integer_power(known, n)) <= 0)
                continue;
            mpq_div(c, c, integer_power(known, n)->t[0].c);
            mpq_abs(c, c);
            p = sum_power(known, ex_value(ex_mul(ex_int(n), ex_const(r))));
        }
    if (p)
        p = product(constant_power(c, r), p);
    else if (q == 1) /* normalized, so that it is found again */
    {
        mpq_inv(c, c);
        p = product(integer_power(one_term(0, c), -k), atom(A_INVERSE, 0, scaled(P, c), -k));
    }
    else
    {
        p = constant_power(c, r);
        mpq_inv(c, c);
        P = scaled(P, c);
        if (P->length > 1 || P->t[0].monomial)
            p = product(p, atom(A_ROOT, 0, P, k * (int) ring.Q / q));
    }
    mpq_clear(c);
    return p;
}

/* (s a)^(x f) for an atom a, where s a is not negative if x f is a fraction */
static const poly_t *
atom_power(int i, int s, int x, mpq_srcptr f)
{
    const poly_t *p;
    int from = ring.piled, k;
    mpq_t e;

    mpq_init(e);
    mpq_set_si(e, x, 1);
    mpq_mul(e, e, f);
    if (ring.atom[i].kind == A_INVERSE)
    {
        mpq_neg(e, e);
        p = sum_power(scaled(ring.atom[i].arg, ex_value(ex_int(s))), e);
    }
    else if (mpz_cmp_ui(mpq_denref(e), 1) == 0)
    {
        ring.failed |= mpz_cmpabs_ui(mpq_numref(e), MAX_POWER) > 0;
        k = ring.failed ? 0 : (int) mpz_get_si(mpq_numref(e));
        push(times_atom(0, i, k), ex_value(ex_int(s < 0 && k % 2 ? -1 : 1)));
        p = gather(from);
    }
    else
        p = sum_power(one_term(times_atom(0, i, 1), ex_value(ex_int(s))), e);
    mpq_clear(e);
    return p;
}

/* p^f. The factors of known sign are taken out of a root. */
static const poly_t *
power(const poly_t *p, mpq_srcptr f)
{
    int inverses[MAX_ATOMS], e[MAX_ATOMS], atoms = ring.atoms, flip = 1, m = 0, s;
    int whole = mpz_cmp_ui(mpq_denref(f), 1) == 0;
    const poly_t *result = number(1, 1), *N;

    N = clear_inverses(p, inverses);
    ring.failed |= N->length == 0;
    if (ring.failed)
        return number(0, 1);
    content(e, N);
    N = shifted(N, e, -1);
    for (int i = 0; i < atoms; i++)
    {
        int x = ring.atom[i].kind == A_INVERSE ? inverses[i] : e[i];

        if (x && (whole || ring.atom[i].sign))
        {
            s = whole ? 1 : ring.atom[i].sign;
            result = product(result, atom_power(i, s, x, f));
            flip = s < 0 && x % 2 ? -flip : flip;
        }
        else if (x)
            m = times_atom(m, i, x);
    }
    N = product(N, one_term(m, ex_value(ex_int(flip))));
    ring.failed |=
        N->length == 0 || (!whole && N->length == 1 && N->t[0].monomial == 0 && mpq_sgn(N->t[0].c) < 0);
    return ring.failed ? number(0, 1) : product(result, sum_power(N, f));
}

/* ---- Expressions ---- */

static const poly_t *
negated(const poly_t *p)
{
    return combine(-1, p, 0, p);
}

/* exp of a sum is the product of powers of exp(m/d) over its terms c/d m */
static const poly_t *
exponential(const poly_t *p)
{
    const poly_t *o = number(1, 1);
    mpq_t c;

    mpq_init(c);
    for (int i = 0; i < p->length && !ring.failed; i++)
    {
        mpq_set_ui(c, 1, 1);
        mpz_set(mpq_denref(c), mpq_denref(p->t[i].c));
        ring.failed |= mpz_cmpabs_ui(mpq_numref(p->t[i].c), MAX_POWER) > 0;
        o = product(o,
                    atom(E_EXP, 0, one_term(p->t[i].monomial, c), (int) mpz_get_si(mpq_numref(p->t[i].c))));
    }
    mpq_clear(c);
    return o;
}

/* The argument of an even or odd function is made to begin with a positive coefficient. */
static const poly_t *
function(int kind, const poly_t *p)
{
    int negative = p->length > 0 && mpq_sgn(p->t[0].c) < 0, sign = kind == E_STEP ? sign_of(p) : 0;
    const poly_t *o, *one = number(1, 1), *zero = number(0, 1);

    if (kind == E_EXP)
        return exponential(p);
    if (kind == E_SIGMOID && ring.split)
        return inverse(combine(1, one, 1, exponential(negated(p))));
    if (p->length == 0)
    {
        ring.failed |= kind == E_LOG || kind == E_STEP;
        return kind == E_COS ? one : kind == E_SIGMOID ? number(1, 2) : zero;
    }
    if (sign) /* not zero, where a step is defined */
        return sign > 0 ? one : zero;
    ring.whole |= kind == E_SIGMOID;
    o = atom(kind, 0, negative && kind != E_LOG ? negated(p) : p, 1);
    if (!negative || kind == E_LOG || kind == E_COS)
        return o;
    return kind == E_STEP || kind == E_SIGMOID ? combine(1, one, -1, o) : negated(o);
}

static const poly_t *
expand(ex root)
{
    ex last;
    char *mark = ex_reach(&root, 1, &last);
    const poly_t **p = grab((size_t) last + 1, sizeof *p), *result;

    for (ex e = 0; e <= last; e++)
        if (mark[e] && !ring.failed)
        {
            node_t x = *ex_node(e);

            if (x.kind == E_CONST)
                p[e] = one_term(0, x.value);
            else if (x.kind == E_PI || x.kind == E_VAR)
                p[e] = atom(x.kind, x.kind == E_VAR ? x.a : 0, NULL, 1);
            else if (x.kind == E_ADD)
                p[e] = combine(1, p[x.a], 1, p[x.b]);
            else if (x.kind == E_MUL)
                p[e] = product(p[x.a], p[x.b]);
            else if (x.kind == E_POW)
                p[e] = power(p[x.a], ex_value(x.b));
            else
                p[e] = function(x.kind, p[x.a]);
        }
    result = ring.failed ? number(0, 1) : p[root];
    drop(p);
    drop(mark);
    return result;
}

/* ---- Proofs ---- */

/* Every root of the expressions is a power of a Q-th root. */
static void
find_order(const ex *root, int length)
{
    ex last;
    char *mark = ex_reach(root, length, &last);

    ring.Q = 1;
    for (ex e = 0; e <= last; e++)
        if (mark[e] && ex_node(e)->kind == E_POW && ring.Q <= MAX_ROOT)
        {
            unsigned long q = mpz_get_ui(mpq_denref(ex_value(ex_node(e)->b))), Q = ring.Q;

            while (ring.Q % q)
                ring.Q += Q;
        }
    ring.failed = ring.Q > MAX_ROOT;
    drop(mark);
}

/* What is assumed is positive; with a map it is about the images of the variables. */
static void
start_ring(ex e, const conditions_t *assumed, const ex *map, int split)
{
    static const int16_t none[MAX_ATOMS];
    int n = assumed ? assumed->length : 0;
    ex *root = grab((size_t) n + 1, sizeof(ex));

    memset(&ring, 0, sizeof ring);
    memset(ring.chain, -1, sizeof ring.chain);
    intern(none);
    ring.split = split;
    for (int i = 0; i < n; i++)
    {
        root[i] = ex_node(assumed->e[i])->a;
        root[i] = map ? ex_substitute(root[i], map, MAX_VARIABLES) : root[i];
    }
    root[n] = e;
    find_order(root, n + 1);
    for (int i = 0; i < n && i < MAX_ASSUMED; i++)
        ring.assumed[ring.assumptions++] = expand(root[i]);
    for (int i = 0; i < ring.atoms; i++)
        if (ring.atom[i].kind == E_VAR)
            ring.atom[i].sign = sign_of(atom(E_VAR, ring.atom[i].variable, NULL, 1));
    drop(root);
}

static void
end_ring(void)
{
    for (poly_t *p = ring.all, *before; p; p = before)
    {
        for (int i = 0; i < p->length; i++)
            mpq_clear(p->t[i].c);
        before = p->before;
        drop(p->t);
        drop(p);
    }
    for (int i = 0; i < ring.piled; i++)
        mpq_clear(ring.pile[i].c);
    drop(ring.pile);
    drop(ring.monomial);
}

static int
expands_to_zero(ex e, const conditions_t *assumed, const ex *map, int split)
{
    int k[MAX_ATOMS], zero;
    const poly_t *p;

    start_ring(e, assumed, map, split);
    p = clear_inverses(expand(e), k);
    content(k, p);
    zero = p->length == 0 || shifted(p, k, -1)->length == 0;
    zero &= !ring.failed;
    end_ring();
    return zero;
}

int
vanishes(ex e, const conditions_t *assumed, const ex *map)
{
    if (ex_value(e))
        return ex_is(e, 0);
    return expands_to_zero(e, assumed, map, 0) || (ring.whole && expands_to_zero(e, assumed, map, 1));
}

/* ---- The identities of a quotient ---- */

static const quotient_t *Q;
static const ex *place; /* the section, once identities on it are at hand */

static void
require(ex e, const char *what, int k)
{
    if (!vanishes(e, &Q->assumed, place))
        reject("an identity is not proved: %s %d", what, k + 1);
}

static ex
along(ex e, const ex *field)
{
    ex direction[MAX_VARIABLES];

    for (int v = 0; v < Q->first + Q->D; v++)
        direction[v] = v < Q->first ? -1 : field[v - Q->first];
    return ex_derivative(e, direction, Q->first + Q->D);
}

static ex
metric(int a, int b)
{
    return a < b ? Q->metric[a][b] : Q->metric[b][a];
}

/* xi^c d_c g_ab + g_cb d_a xi^c + g_ac d_b xi^c = 0 */
static void
prove_killing(int k)
{
    int D = Q->D;
    ex(*d)[MAX_PARAMETERS] = grab((size_t) D, sizeof *d), sum; /* d_a xi^c */

    for (int a = 0; a < D; a++)
        for (int c = 0; c < D; c++)
            d[a][c] = ex_partial(Q->field[k][c], Q->first + a);
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
        {
            sum = along(metric(a, b), Q->field[k]);
            for (int c = 0; c < D; c++)
                sum = ex_add(sum, ex_add(ex_mul(metric(c, b), d[a][c]), ex_mul(metric(a, c), d[b][c])));
            require(sum, "the metric is invariant under generator", k);
        }
    drop(d);
}

/* The metric and the loss are invariant under the map x -> y: g_cd(y) d_a y^c d_b y^d = g_ab */
static void
prove_discrete(int k)
{
    int D = Q->D;
    ex map[MAX_VARIABLES], sum, (*d)[MAX_PARAMETERS] = grab((size_t) D, sizeof *d);

    memset(map, -1, sizeof map);
    memcpy(map + Q->first, Q->map[k], (size_t) D * sizeof(ex));
    if (Q->loss >= 0)
        require(ex_sub(ex_substitute(Q->loss, map, MAX_VARIABLES), Q->loss),
                "the loss is invariant under discrete symmetry", k);
    for (int a = 0; a < D; a++)
        for (int c = 0; c < D; c++)
            d[a][c] = ex_partial(Q->map[k][c], Q->first + a);
    for (int a = 0; a < D; a++)
        for (int b = a; b < D; b++)
        {
            sum = ex_neg(metric(a, b));
            for (int c = 0; c < D; c++)
                for (int e = 0; e < D; e++)
                    if (!ex_is(d[a][c], 0) && !ex_is(d[b][e], 0))
                        sum = ex_add(sum, ex_mul(ex_substitute(metric(c, e), map, MAX_VARIABLES),
                                                 ex_mul(d[a][c], d[b][e])));
            require(sum, "the metric is invariant under discrete symmetry", k);
        }
    drop(d);
}

/* ---- The balanced slice: Euclidean metric, generators A x with A symmetric or antisymmetric ---- */

static mpq_srcptr
entry(int k, int a, int b)
{
    mpq_srcptr q = ex_value(ex_partial(Q->field[k][a], Q->first + b));

    if (q == NULL)
        reject("an identity is not proved: generator %d is linear", k + 1);
    return q;
}

static int
has_parity(int k, int sign)
{
    int right = 1;

    for (int a = 0; a < Q->D; a++)
        for (int b = 0; b < Q->D; b++)
            right &=
                ex_is(ex_sub(ex_const(entry(k, a, b)), ex_mul(ex_int(sign), ex_const(entry(k, b, a)))), 0);
    return right;
}

/* <x, xi> */
static ex
moment(int k)
{
    ex sum = ex_int(0);

    for (int a = 0; a < Q->D; a++)
        sum = ex_add(sum, ex_mul(ex_var(Q->first + a), Q->field[k][a]));
    return sum;
}

/* v minus the multiples of rows that clear its entries at their pivots */
static void
eliminate(mpq_t *v, mpq_t **row, const int *pivot, int rows, int length)
{
    mpq_t c, t;

    mpq_inits(c, t, NULL);
    for (int r = 0; r < rows; r++)
    {
        mpq_div(c, v[pivot[r]], row[r][pivot[r]]);
        for (int i = 0; i < length && mpq_sgn(c) != 0; i++)
        {
            mpq_mul(t, c, row[r][i]);
            mpq_sub(v[i], v[i], t);
        }
    }
    mpq_clears(c, t, NULL);
}

/* The commutator of A and B, or A itself with its level if B < 0, as a vector */
static mpq_t *
matrix_vector(int A, int B)
{
    int D = Q->D;
    mpq_t *v = grab((size_t) (D * D + 1), sizeof *v), t;

    mpq_init(t);
    for (int i = 0; i <= D * D; i++)
        mpq_init(v[i]);
    for (int a = 0; a < D; a++)
        for (int b = 0; b < D; b++)
            for (int c = 0; c < D && B >= 0; c++)
            {
                mpq_mul(t, entry(A, a, c), entry(B, c, b));
                mpq_add(v[a * D + b], v[a * D + b], t);
                mpq_mul(t, entry(B, a, c), entry(A, c, b));
                mpq_sub(v[a * D + b], v[a * D + b], t);
            }
    for (int i = 0; i < D * D && B < 0; i++)
        mpq_set(v[i], entry(A, i / D, i % D));
    if (B < 0)
        mpq_set(v[D * D], Q->level);
    mpq_clear(t);
    return v;
}

/* The antisymmetric generators keep the slice: the commutator of one of them with a symmetric one is a
   combination of the symmetric ones, and so is its level, which is 0. */
static void
prove_slice_is_kept(const char *symmetric)
{
    int length = Q->D * Q->D + 1, rows = 0, p, *pivot = grab((size_t) Q->fields, sizeof(int));
    mpq_t **row = grab((size_t) Q->fields, sizeof *row), *v;

    for (int k = 0; k < Q->fields; k++)
        if (symmetric[k])
        {
            v = matrix_vector(k, -1);
            eliminate(v, row, pivot, rows, length);
            for (p = 0; p < length - 1 && mpq_sgn(v[p]) == 0; p++)
                ;
            row[rows] = v;
            pivot[rows] = p;
            rows += mpq_sgn(v[p]) != 0;
        }
    for (int k = 0; k < Q->fields; k++)
        for (int l = 0; l < Q->fields; l++)
            if (symmetric[k] && !symmetric[l])
            {
                v = matrix_vector(k, l);
                eliminate(v, row, pivot, rows, length);
                for (int i = 0; i < length; i++)
                    if (mpq_sgn(v[i]) != 0)
                        reject("an identity is not proved: generator %d keeps the balanced slice", l + 1);
            }
}

static void
prove_balanced(void)
{
    ex on_section, origin[MAX_VARIABLES];
    char *symmetric = grab((size_t) Q->fields, 1);

    for (int v = 0; v < MAX_VARIABLES; v++)
        origin[v] = ex_int(0);
    for (int a = 0; a < Q->D; a++)
        for (int b = a; b < Q->D; b++)
            if (!ex_is(Q->metric[a][b], a == b))
                reject("an identity is not proved: the metric of a balanced slice is Euclidean");
    for (int k = 0; k < Q->fields; k++)
    {
        for (int a = 0; a < Q->D; a++)
            require(ex_substitute(Q->field[k][a], origin, MAX_VARIABLES), "zero at the origin is generator",
                    k);
        if (has_parity(k, -1))
            continue;
        symmetric[k] = 1;
        if (!has_parity(k, 1))
            reject("generator %d is neither symmetric nor antisymmetric", k + 1);
        on_section = ex_substitute(moment(k), Q->section, MAX_VARIABLES);
        require(ex_sub(on_section, ex_const(Q->level)), "the section has the level of generator", k);
    }
    prove_slice_is_kept(symmetric);
}

/* ---- The dimension of the orbits ---- */

/* The rank of a matrix of enclosed numbers is at least this: elimination with pivots that are certainly not 0
 */
static int
certain_rank(model_t *M, int rows, int columns)
{
    int rank = 0;
    model_t inverse, t;

    model_start(&inverse, M->S);
    model_start(&t, M->S);
    for (int j = 0; j < columns && rank < rows; j++)
    {
        int best = rank;

        for (int i = rank; i < rows; i++)
            if (mpz_cmpabs(M[i * columns + j].c[0], M[best * columns + j].c[0]) > 0)
                best = i;
        if (model_sign(&M[best * columns + j]) == 0)
            continue;
        for (int l = 0; l < columns; l++)
        {
            model_copy(&t, &M[best * columns + l]);
            model_copy(&M[best * columns + l], &M[rank * columns + l]);
            model_copy(&M[rank * columns + l], &t);
        }
        model_function(&inverse, &M[rank * columns + j], E_POW, ex_value(ex_int(-1)));
        for (int i = rank + 1; i < rows; i++)
            for (int l = columns - 1; l >= j; l--)
            {
                model_mul(&t, &M[i * columns + j], &inverse);
                model_mul(&t, &t, &M[rank * columns + l]);
                model_add(&M[i * columns + l], &M[i * columns + l], &t, -1);
            }
        rank++;
    }
    model_end(&t);
    model_end(&inverse);
    return rank;
}

/* The rank of the generators at sigma(q), where q_i = lo_i + (hi_i - lo_i) (k + i + 1)/(k + n + 1) */
static int
rank_at(int k)
{
    int n = problem.n, D = Q->D, size = Q->fields * D, rank;
    ex *value = grab((size_t) size, sizeof(ex)), place_of[MAX_N];
    model_t *M;
    tape_t tape = {0};
    machine_t machine;
    space_t *S = space_new(256, 0, 0, 1, 0, 0);
    conditions_t none = {0};

    for (int i = 0; i < n; i++)
        place_of[i] =
            ex_add(ex_const(problem.lo[i]), ex_mul(ex_sub(ex_const(problem.hi[i]), ex_const(problem.lo[i])),
                                                   ex_ratio(k + i + 1, (unsigned long) (k + n + 1))));
    for (int i = 0; i < size; i++)
        value[i] =
            ex_substitute(ex_substitute(Q->field[i / D][i % D], Q->section, MAX_VARIABLES), place_of, n);
    compile(&tape, value, size, &none);
    machine_start(&machine, &tape, S);
    machine_run(&machine);
    M = grab((size_t) size, sizeof *M);
    for (int i = 0; i < size; i++)
    {
        model_start(&M[i], S);
        model_copy(&M[i], machine.reg[tape.output[i]]);
    }
    rank = certain_rank(M, Q->fields, D);
    for (int i = 0; i < size; i++)
        model_end(&M[i]);
    drop(M);
    machine_end(&machine);
    drop(value);
    space_free(S);
    return rank;
}

static void
prove_dimension(void)
{
    int most = Q->D - problem.n;

    for (int k = 0; k < 4 && most > 0 && Q->fields > 0; k++)
        if (rank_at(k) >= most)
            return;
    if (most > 0)
        reject("it is not proved that the orbits have dimension %d", most);
}

void
prove_quotient(const quotient_t *quotient)
{
    ex e;

    Q = quotient;
    place = NULL;
    for (int k = 0; k < Q->fields; k++)
    {
        if (!Q->balanced)
            prove_killing(k);
        if (Q->loss >= 0)
            require(along(Q->loss, Q->field[k]), "the loss is invariant under generator", k);
        for (int i = 0; i < problem.n; i++)
            require(along(Q->invariant[i], Q->field[k]), "the invariants are invariant under generator", k);
    }
    for (int k = 0; k < Q->maps; k++)
        prove_discrete(k);
    place = Q->section;
    if (Q->balanced)
        prove_balanced();
    for (int i = 0; i < problem.n; i++)
    {
        e = ex_substitute(Q->invariant[i], Q->section, MAX_VARIABLES);
        require(ex_sub(e, ex_var(i)), "the section gives back coordinate", i);
    }
    prove_dimension();
}
