/* lie/equations.c -- the coefficients of conditions, monomial by monomial. */
#include "expr/normal.h"
#include "lie/coefficients.h"
#include "lie/equations.h"

#define BUDGET 1e10 /* word operations */
#define MAX_ENTRIES 20000000

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
    cst__monomials_t set;
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
        w->hashes[k][i] = cst__monomial_hash(&w->set, e);
    }
}

static int
write_term(cst__entries_t *entries, writer_t *w, const cst__term_t *term)
{
    const fmpz_mpoly_struct *p = w->numerators + term->expression;
    slong width = w->set.width, d = w->conditions->chart->dimension;
    const slong *monomial = w->conditions->monomials + term->monomial * d;
    ulong *shift = flint_calloc((size_t) width + 1, sizeof *shift), hash;
    ulong *e = flint_malloc((size_t) (width + 1) * sizeof *e);

    for (slong a = 0; a < d; a++)
        if (monomial[a])
            shift[w->places[a]] = (ulong) monomial[a];
    hash = cst__monomial_hash(&w->set, shift);
    for (slong i = 0; i < p->length; i++)
    {
        const ulong *from = w->exponents[term->expression] + i * width;

        for (slong g = 0; g < width; g++)
            e[g] = from[g] + shift[g];
        cst__entries_push(entries, cst__monomials_number(&w->set, e, w->hashes[term->expression][i] + hash),
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
    cst__entries_t entries = {NULL, NULL, NULL, 0, 0};
    slong count = w->condition->count;
    int written = 1;

    cst__monomials_init(&w->set, fmpz_mpoly_ctx_nvars(cst__normal_mpoly(w->normal)));
    w->exponents = flint_calloc((size_t) count + 1, sizeof *w->exponents);
    w->hashes = flint_calloc((size_t) count + 1, sizeof *w->hashes);
    w->odd = flint_calloc((size_t) count + 1, sizeof *w->odd);
    for (slong k = 0; k < count; k++)
        unpack(w, k);
    for (slong t = 0; t < w->condition->length && written; t++)
        written = write_term(&entries, w, w->condition->terms + t);
    if (written)
        cst__entries_flush(m, &entries, w->set.length);
    for (slong k = 0; k < count; k++)
    {
        flint_free(w->exponents[k]);
        flint_free(w->hashes[k]);
        flint_free(w->odd[k]);
    }
    flint_free(w->exponents);
    flint_free(w->hashes);
    flint_free(w->odd);
    cst__monomials_clear(&w->set);
    cst__entries_clear(&entries);
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
