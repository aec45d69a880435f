/* lie/profile.c -- a quick, exact test of a part of a permutation, for polynomials. */
#include "lie/profile.h"

#include "expr/normal.h"
#include "lie/kernel.h"

#define EFFORT 2e8
#define MOST_TERMS 20000 /* in all */

/* Polynomials modulo a prime: a coefficient and `dimension` exponents a term. */
struct cst__profile
{
    slong dimension, count;
    int signs, total;
    slong *terms;     /* of each polynomial */
    ulong *residues;  /* of the absolute values of all coefficients, or, without signs, of them as they are */
    ulong *plain;     /* of all coefficients as they are */
    ulong *exponents; /* of all terms */
    ulong *values;    /* what goes with each coordinate, and last what goes with those without image */
    ulong *from, *to;
    nmod_t mod;
};

static void
add_polynomial(cst__profile_t *p, slong *alloc, const cst__normal_t x, const slong *places,
               cst__normal_ctx_t ctx)
{
    const fmpz_mpoly_ctx_struct *mpoly = cst__normal_mpoly(ctx);
    slong d = p->dimension, old = 0, width = fmpz_mpoly_ctx_nvars(mpoly);
    ulong *e = flint_malloc((size_t) (width + 1) * sizeof *e);
    fmpz_t c;

    fmpz_init(c);
    for (slong i = 0; i < p->count; i++)
        old += p->terms[i];
    if (old + x->num.length > *alloc)
    {
        *alloc = 2 * (old + x->num.length);
        p->residues = flint_realloc(p->residues, (size_t) (*alloc + 1) * sizeof *p->residues);
        p->plain = flint_realloc(p->plain, (size_t) (*alloc + 1) * sizeof *p->plain);
        p->exponents = flint_realloc(p->exponents, (size_t) (*alloc * d + 1) * sizeof *p->exponents);
    }
    for (slong i = 0; i < x->num.length; i++)
    {
        fmpz_abs(c, x->num.coeffs + i);
        p->plain[old + i] = fmpz_fdiv_ui(x->num.coeffs + i, p->mod.n);
        p->residues[old + i] = p->signs ? fmpz_fdiv_ui(c, p->mod.n) : p->plain[old + i];
        fmpz_mpoly_get_term_exp_ui(e, &x->num, i, mpoly);
        for (slong a = 0; a < d; a++)
            p->exponents[(old + i) * d + a] = e[places[a]];
    }
    p->terms[p->count++] = x->num.length;
    fmpz_clear(c);
    flint_free(e);
}

/* Are the coordinates all that the context holds? Other variables would have to stay apart. */
static int
set_places(slong *places, const cst_lie_chart_t *chart, cst__normal_ctx_t ctx)
{
    for (slong a = 0; a < chart->dimension; a++)
        places[a] = cst__normal_variable(chart->coordinates[a], ctx);
    return cst__normal_is_rational(ctx) && fmpz_mpoly_ctx_nvars(cst__normal_mpoly(ctx)) == chart->dimension;
}

static void
add_function(cst__profile_t *p, slong *alloc, const cst_lie_chart_t *chart, cst_expr_t f)
{
    slong d = chart->dimension, total = 0;
    cst_expr_t *all = flint_malloc((size_t) (d + 1) * sizeof *all);
    slong *places = flint_malloc((size_t) (d + 1) * sizeof *places);
    cst__normal_ctx_t ctx;
    cst__normal_t x;

    all[0] = f;
    for (slong a = 0; a < d; a++)
        all[1 + a] = chart->coordinates[a];
    ctx = cst__normal_ctx_build(chart->ctx, all, d + 1, NULL, 0, EFFORT);
    if (ctx && set_places(places, chart, ctx))
    {
        cst__normal_init(x, ctx);
        cst__normal_set_expr(x, f, ctx);
        for (slong i = 0; i < p->count; i++)
            total += p->terms[i];
        if (cst__normal_is_polynomial(x) && total + x->num.length <= MOST_TERMS)
            add_polynomial(p, alloc, x, places, ctx);
        cst__normal_clear(x, ctx);
    }
    cst__normal_ctx_free(ctx);
    flint_free(places);
    flint_free(all);
}

cst__profile_t *
cst__profile_new(const cst_lie_chart_t *chart, const cst_expr_t *functions, slong length, int signs)
{
    cst__profile_t *p = flint_calloc(1, sizeof *p);
    slong d = chart->dimension, alloc = 0;
    flint_rand_t state;

    p->dimension = d;
    p->signs = signs;
    nmod_init(&p->mod, CST__LIE_PRIME);
    p->terms = flint_malloc((size_t) (length + 1) * sizeof *p->terms);
    p->values = flint_malloc((size_t) (d + 1) * sizeof *p->values);
    p->from = flint_malloc((size_t) (d + 1) * sizeof *p->from);
    p->to = flint_malloc((size_t) (d + 1) * sizeof *p->to);
    flint_rand_init(state);
    for (slong a = 0; a <= d; a++)
        p->values[a] = n_randint(state, p->mod.n);
    flint_rand_clear(state);
    for (slong i = 0; i < length; i++)
        add_function(p, &alloc, chart, functions[i]);
    p->total = p->count == length;
    return p;
}

void
cst__profile_free(cst__profile_t *p)
{
    flint_free(p->terms);
    flint_free(p->residues);
    flint_free(p->plain);
    flint_free(p->exponents);
    flint_free(p->values);
    flint_free(p->from);
    flint_free(p->to);
    flint_free(p);
}

static ulong
value(const cst__profile_t *p, slong first, slong terms, const ulong *point)
{
    ulong sum = 0;

    for (slong i = first; i < first + terms; i++)
    {
        const ulong *e = p->exponents + i * p->dimension;
        ulong t = p->residues[i];

        for (slong a = 0; a < p->dimension; a++)
            if (e[a])
                t = nmod_mul(t, e[a] == 1 ? point[a] : nmod_pow_ui(point[a], e[a], p->mod), p->mod);
        sum = nmod_add(sum, t, p->mod);
    }
    return sum;
}

int
cst__profile_agrees(cst__profile_t *p, const slong *image, const slong *order, slong k)
{
    slong first = 0;

    for (slong a = 0; a < p->dimension; a++)
        p->from[a] = p->to[a] = p->values[p->dimension];
    for (slong i = 0; i <= k; i++)
    {
        p->to[order[i]] = p->values[order[i]];
        p->from[image[order[i]]] = p->values[order[i]];
    }
    for (slong i = 0; i < p->count; first += p->terms[i++])
        if (value(p, first, p->terms[i], p->from) != value(p, first, p->terms[i], p->to))
            return 0;
    return 1;
}

int
cst__profile_is_total(const cst__profile_t *p)
{
    return p->total;
}

/* Signs --------------------------------------------------------------------- */

/* The term of a polynomial, terms first ... first + count - 1, with the exponents m'(image a) = m(a); or -1.
 */
static slong
image_term(const cst__profile_t *p, slong first, slong count, slong term, const slong *image)
{
    const ulong *m = p->exponents + term * p->dimension;

    for (slong i = 0; i < count; i++)
    {
        const ulong *e = p->exponents + (first + i) * p->dimension;
        slong a = 0;

        while (a < p->dimension && e[image[a]] == m[a])
            a++;
        if (a == p->dimension)
            return first + i;
    }
    return -1;
}

/* Adds an equation over two elements, columns 0 ... d - 1 and the right side d, to those in echelon form. Is
   it consistent with them? */
static int
add_parity(char *rows, char *row, slong d)
{
    for (slong a = 0; a < d; a++)
    {
        char *pivot = rows + a * (d + 1);

        if (!row[a])
            continue;
        if (!pivot[a])
        {
            for (slong b = 0; b <= d; b++)
                pivot[b] = row[b];
            return 1;
        }
        for (slong b = a; b <= d; b++)
            row[b] ^= pivot[b];
    }
    return !row[d];
}

/* The parity of the signs that takes a term to its image. 0: not possible. */
static int
set_parity(char *row, const int *sign, const cst__profile_t *p, slong term, slong other, slong first)
{
    const ulong *m = p->exponents + term * p->dimension;

    if (other < 0 || p->residues[other] != p->residues[term])
        return 0;
    row[p->dimension] = p->plain[other] != p->plain[term];
    for (slong a = 0; a < p->dimension; a++)
    {
        row[a] = a >= first && m[a] % 2;
        if (a < first && sign[a] < 0)
            row[p->dimension] ^= m[a] % 2;
    }
    return 1;
}

int
cst__profile_signs(int *sign, const cst__profile_t *p, const slong *image, slong first)
{
    slong d = p->dimension, from = 0;
    char *rows = flint_calloc((size_t) ((d + 1) * (d + 1)), 1), *row = rows + d * (d + 1);
    int consistent = 1;

    for (slong k = 0; k < p->count; from += p->terms[k++])
        for (slong i = from; i < from + p->terms[k] && consistent; i++)
            consistent = set_parity(row, sign, p, i, image_term(p, from, p->terms[k], i, image), first) &&
                         add_parity(rows, row, d);
    for (slong a = d - 1; a >= first && consistent; a--) /* free ones: + */
    {
        const char *pivot = rows + a * (d + 1);
        int parity = pivot[d];

        for (slong b = a + 1; b < d; b++)
            parity ^= pivot[b] && sign[b] < 0;
        sign[a] = pivot[a] && parity ? -1 : 1;
    }
    flint_free(rows);
    return consistent;
}
