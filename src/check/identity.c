/* Exact identities: what expands into a polynomial without terms is zero wherever it is defined; of anything
   else nothing is said. */
#include "polynomial.h"

#include <string.h>

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
assume(ex e, const list_t *assumed, const ex *map, int split)
{
    int n = assumed ? assumed->length : 0;
    ex *root = grab((size_t) n + 1, sizeof(ex));

    start_ring();
    ring.split = split;
    for (int i = 0; i < n; i++)
    {
        root[i] = assumed->e[i];
        root[i] = map ? ex_substitute(root[i], map) : root[i];
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

static int
expands_to_zero(ex e, const list_t *assumed, const ex *map, int split)
{
    int k[MAX_ATOMS], zero;
    const poly_t *p;

    assume(e, assumed, map, split);
    p = clear_inverses(expand(e), k);
    content(k, p);
    zero = p->length == 0 || shifted(p, k, -1)->length == 0;
    zero &= !ring.failed;
    end_ring();
    return zero;
}

int
vanishes(ex e, const list_t *assumed, const ex *map)
{
    if (ex_value(e))
        return ex_is(e, 0);
    return expands_to_zero(e, assumed, map, 0) || (ring.whole && expands_to_zero(e, assumed, map, 1));
}
