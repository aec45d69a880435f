/* Polynomials with rational coefficients in atoms: variables, pi, and exp, log, sin ... of polynomials.
   Exponents may be negative. The relations among atoms are R^Q = P for a root, cos^2 = 1 - sin^2, step^2 =
   step, and I P = 1 for the inverse I of a polynomial P without inverses, which is cleared in the end. */
#include "polynomial.h"

#include <stdlib.h>
#include <string.h>

ring_t ring;

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
const poly_t *
one_term(int m, mpq_srcptr c)
{
    int from = ring.piled;

    pile_up(m, c);
    return gather(from);
}

const poly_t *
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

const poly_t *
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

const poly_t *
product(const poly_t *p, const poly_t *q)
{
    int from = ring.piled;

    for (int i = 0; i < p->length && !ring.failed; i++)
        push_multiple(p->t[i].monomial, p->t[i].c, q);
    return gather(from);
}

/* a p + b q */
const poly_t *
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
int
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
const poly_t *
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
const poly_t *
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
void
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
const poly_t *
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
const poly_t *
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

/* ---- The ring ---- */

void
start_ring(void)
{
    static const int16_t none[MAX_ATOMS];

    memset(&ring, 0, sizeof ring);
    memset(ring.chain, -1, sizeof ring.chain);
    ring.Q = 1;
    intern(none);
}

void
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
