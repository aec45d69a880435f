/* lie/equations.c -- the coefficients of conditions, monomial by monomial. */
#include <string.h>

#include "expr/normal.h"
#include "lie/equations.h"

#define BUDGET 1e10 /* word operations */
#define MAX_ENTRIES 20000000

/* Monomials in the generators, numbered as they come. */
typedef struct
{
    slong width, length, alloc;
    ulong *exponents;
    ulong *mixers; /* the hash is a linear form: a product of monomials has the sum of the hashes */
    ulong *hashes;
    slong *table; /* open addressing: number + 1, or 0 */
    slong size;
} monomials_t;

static void
monomials_init(monomials_t *set, slong width)
{
    flint_rand_t state;

    memset(set, 0, sizeof *set);
    set->width = width;
    set->mixers = flint_malloc((size_t) (width + 1) * sizeof *set->mixers);
    flint_rand_init(state);
    for (slong g = 0; g < width; g++)
        set->mixers[g] = n_randlimb(state) | 1;
    flint_rand_clear(state);
}

static void
monomials_clear(monomials_t *set)
{
    flint_free(set->exponents);
    flint_free(set->mixers);
    flint_free(set->hashes);
    flint_free(set->table);
}

static slong
monomials_slot(const monomials_t *set, const ulong *exponents, ulong hash)
{
    slong mask = set->size - 1, slot = (slong) ((hash >> 17) & (ulong) mask);

    while (set->table[slot])
    {
        slong k = set->table[slot] - 1;

        if (set->hashes[k] == hash &&
            !memcmp(set->exponents + k * set->width, exponents, (size_t) set->width * sizeof *exponents))
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void
monomials_grow(monomials_t *set)
{
    set->alloc = 2 * set->alloc + 64;
    set->exponents =
        flint_realloc(set->exponents, (size_t) (set->alloc * set->width + 1) * sizeof *set->exponents);
    set->hashes = flint_realloc(set->hashes, (size_t) set->alloc * sizeof *set->hashes);
    for (set->size = 64; set->size < 3 * set->alloc; set->size *= 2)
        ;
    flint_free(set->table);
    set->table = flint_calloc((size_t) set->size, sizeof *set->table);
    for (slong k = 0; k < set->length; k++)
        set->table[monomials_slot(set, set->exponents + k * set->width, set->hashes[k])] = k + 1;
}

static slong
monomials_number(monomials_t *set, const ulong *exponents, ulong hash)
{
    slong slot;

    if (set->length == set->alloc)
        monomials_grow(set);
    slot = monomials_slot(set, exponents, hash);
    if (!set->table[slot])
    {
        memcpy(set->exponents + set->length * set->width, exponents, (size_t) set->width * sizeof *exponents);
        set->hashes[set->length] = hash;
        set->table[slot] = ++set->length;
    }
    return set->table[slot] - 1;
}

static ulong
monomial_hash(const monomials_t *set, const ulong *exponents)
{
    ulong hash = 0;

    for (slong g = 0; g < set->width; g++)
        hash += set->mixers[g] * exponents[g];
    return hash;
}

/* The entries of one condition's equations, in the order found. */
typedef struct
{
    slong *row, *column;
    fmpz *value;
    slong length, alloc;
} entries_t;

static void
entries_push(entries_t *entries, slong row, slong column, const fmpz_t value, slong factor)
{
    if (entries->length == entries->alloc)
    {
        slong alloc = 2 * entries->alloc + 256;

        entries->row = flint_realloc(entries->row, (size_t) alloc * sizeof *entries->row);
        entries->column = flint_realloc(entries->column, (size_t) alloc * sizeof *entries->column);
        entries->value = flint_realloc(entries->value, (size_t) alloc * sizeof *entries->value);
        memset(entries->value + entries->alloc, 0,
               (size_t) (alloc - entries->alloc) * sizeof *entries->value);
        entries->alloc = alloc;
    }
    entries->row[entries->length] = row;
    entries->column[entries->length] = column;
    fmpz_mul_si(entries->value + entries->length++, value, factor);
}

static void
entries_clear(entries_t *entries)
{
    _fmpz_vec_clear(entries->value, entries->alloc);
    flint_free(entries->row);
    flint_free(entries->column);
}

/* Appends them, sorted by rows. */
static void
entries_flush(cst__sparse_t m, const entries_t *entries, slong rows)
{
    slong *start = flint_calloc((size_t) rows + 2, sizeof *start);
    slong *sorted = flint_malloc((size_t) (entries->length + 1) * sizeof *sorted);

    for (slong i = 0; i < entries->length; i++)
        start[entries->row[i] + 1]++;
    for (slong r = 0; r < rows; r++)
        start[r + 1] += start[r];
    for (slong i = 0; i < entries->length; i++)
        sorted[start[entries->row[i]]++] = i;
    for (slong i = 0; i < entries->length; i++)
    {
        cst__sparse_push(m, entries->column[sorted[i]], entries->value + sorted[i]);
        if (i + 1 == entries->length || entries->row[sorted[i + 1]] != entries->row[sorted[i]])
            cst__sparse_end_row(m);
    }
    flint_free(sorted);
    flint_free(start);
}

/* One condition: its numerators, unpacked. */
typedef struct
{
    const cst__conditions_struct *conditions;
    const cst__condition_t *condition;
    cst__normal_ctx_t normal;
    fmpz_mpoly_struct *numerators;
    ulong **exponents; /* of each numerator's terms */
    ulong **hashes;
    int **odd;           /* does a term change its sign with the signs fixed? */
    const slong *places; /* of the coordinates among the generators */
    const int *signs;
    monomials_t set;
} writer_t;

static void
unpack(writer_t *w, slong k)
{
    const fmpz_mpoly_ctx_struct *ctx = cst__normal_mpoly(w->normal);
    const fmpz_mpoly_struct *p = w->numerators + k;
    slong width = w->set.width;

    w->exponents[k] = flint_malloc((size_t) (p->length * width + 1) * sizeof **w->exponents);
    w->hashes[k] = flint_malloc((size_t) (p->length + 1) * sizeof **w->hashes);
    w->odd[k] = flint_calloc((size_t) (p->length + 1), sizeof **w->odd);
    for (slong i = 0; i < p->length; i++)
    {
        ulong *e = w->exponents[k] + i * width;

        fmpz_mpoly_get_term_exp_ui(e, p, i, ctx);
        for (slong g = 0; g < width; g++)
            if (w->signs[g])
            {
                w->odd[k][i] ^= w->signs[g] < 0 && e[g] % 2;
                e[g] = 0;
            }
        w->hashes[k][i] = monomial_hash(&w->set, e);
    }
}

static int
write_term(entries_t *entries, writer_t *w, const cst__term_t *term)
{
    const fmpz_mpoly_struct *p = w->numerators + term->expression;
    slong width = w->set.width, d = w->conditions->chart->dimension;
    const slong *monomial = w->conditions->monomials + term->monomial * d;
    ulong *shift = flint_calloc((size_t) width + 1, sizeof *shift), hash;
    ulong *e = flint_malloc((size_t) (width + 1) * sizeof *e);

    for (slong a = 0; a < d; a++)
        if (monomial[a])
            shift[w->places[a]] = (ulong) monomial[a];
    hash = monomial_hash(&w->set, shift);
    for (slong i = 0; i < p->length; i++)
    {
        const ulong *from = w->exponents[term->expression] + i * width;

        for (slong g = 0; g < width; g++)
            e[g] = from[g] + shift[g];
        entries_push(entries, monomials_number(&w->set, e, w->hashes[term->expression][i] + hash),
                     term->unknown, p->coeffs + i,
                     w->odd[term->expression][i] ? -term->factor : term->factor);
    }
    flint_free(e);
    flint_free(shift);
    return entries->length < MAX_ENTRIES;
}

static int
write_condition(cst__sparse_t m, writer_t *w)
{
    entries_t entries = {NULL, NULL, NULL, 0, 0};
    slong count = w->condition->count;
    int written = 1;

    monomials_init(&w->set, fmpz_mpoly_ctx_nvars(cst__normal_mpoly(w->normal)));
    w->exponents = flint_calloc((size_t) count + 1, sizeof *w->exponents);
    w->hashes = flint_calloc((size_t) count + 1, sizeof *w->hashes);
    w->odd = flint_calloc((size_t) count + 1, sizeof *w->odd);
    for (slong k = 0; k < count; k++)
        unpack(w, k);
    for (slong t = 0; t < w->condition->length && written; t++)
        written = write_term(&entries, w, w->condition->terms + t);
    if (written)
        entries_flush(m, &entries, w->set.length);
    for (slong k = 0; k < count; k++)
    {
        flint_free(w->exponents[k]);
        flint_free(w->hashes[k]);
        flint_free(w->odd[k]);
    }
    flint_free(w->exponents);
    flint_free(w->hashes);
    flint_free(w->odd);
    monomials_clear(&w->set);
    entries_clear(&entries);
    return written && m->entries < MAX_ENTRIES;
}

/* The elements of one condition's expressions, over a common denominator, and its equations. */
static int
convert_condition(cst__sparse_t m, writer_t *w, const cst_expr_t *here)
{
    slong count = w->condition->count;
    const fmpz_mpoly_ctx_struct *ctx = cst__normal_mpoly(w->normal);
    cst__normal_struct *x = flint_malloc((size_t) (count + 1) * sizeof *x);
    const cst__normal_struct **pointers = flint_malloc((size_t) (count + 1) * sizeof *pointers);
    int converted;

    w->numerators = flint_malloc((size_t) (count + 1) * sizeof *w->numerators);
    for (slong k = 0; k < count; k++)
    {
        cst__normal_init(x + k, w->normal);
        cst__normal_set_expr(x + k, here[k], w->normal);
        fmpz_mpoly_init(w->numerators + k, ctx);
        pointers[k] = x + k;
    }
    converted = cst__normal_numerators(w->numerators, pointers, count, w->normal) && write_condition(m, w);
    for (slong k = 0; k < count; k++)
    {
        fmpz_mpoly_clear(w->numerators + k, ctx);
        cst__normal_clear(x + k, w->normal);
    }
    flint_free(w->numerators);
    flint_free(pointers);
    flint_free(x);
    return converted;
}

/* A context that knows the coordinates, even those that occur nowhere. */
static cst__normal_ctx_t
new_context(const cst__conditions_t c, const cst_expr_t *here, slong count)
{
    const cst_lie_chart_t *chart = c->chart;
    cst_expr_t *all = flint_malloc((size_t) (count + chart->dimension + 1) * sizeof *all);
    cst__normal_ctx_t normal;

    for (slong i = 0; i < count; i++)
        all[i] = here[i];
    for (slong a = 0; a < chart->dimension; a++)
        all[count + a] = chart->coordinates[a];
    normal = cst__normal_ctx_build(chart->ctx, all, count + chart->dimension, chart->positive,
                                   chart->positive_length, BUDGET);
    flint_free(all);
    return normal;
}

int
cst__equations_add(cst__sparse_t m, int *cases, int *necessary, const cst__conditions_t c,
                   const cst_expr_t *here, slong count, const cst_expr_t *variables, arb_srcptr point,
                   slong variable_count)
{
    cst__normal_ctx_t normal = new_context(c, here, count);
    slong *places = flint_malloc((size_t) (c->chart->dimension + 1) * sizeof *places), k = 0, width;
    int *signs, added = 1;

    if (!normal)
    {
        flint_free(places);
        return 0;
    }
    width = fmpz_mpoly_ctx_nvars(cst__normal_mpoly(normal));
    signs = flint_calloc((size_t) width + 1, sizeof *signs);
    for (slong a = 0; a < c->chart->dimension; a++)
        places[a] = cst__normal_variable(c->chart->coordinates[a], normal);
    *necessary &= cst__normal_signs(signs, variables, point, variable_count, normal) &&
                  cst__normal_is_independent(normal);
    for (slong g = 0; g < width; g++)
        *cases |= signs[g] != 0;
    for (slong i = 0; i < c->length && added; i++)
    {
        writer_t w = {.conditions = c,
                      .condition = c->conditions + i,
                      .normal = normal,
                      .places = places,
                      .signs = signs};

        added = convert_condition(m, &w, here + k);
        k += c->conditions[i].count;
    }
    flint_free(signs);
    flint_free(places);
    cst__normal_ctx_free(normal);
    return added;
}
