/* lie/orbits.c -- the generic rank of fields, the strata where it drops, independent functions, isotropy. */
#include <string.h>

#include <caustic/discovery.h>

#include "lie/conditions.h"
#include "lie/generated.h"
#include "lie/strata.h"

#define ELIMINATION_EFFORT 5e9

void
cst_lie_orbits_init(cst_lie_orbits_t orbits)
{
    memset(orbits, 0, sizeof *orbits);
    orbits->proved = orbits->strata_proved = CST_UNKNOWN;
}

void
cst_lie_orbits_clear(cst_lie_orbits_t orbits)
{
    flint_free(orbits->start);
    flint_free(orbits->equations);
}

/* Independent fields at a point ----------------------------------------------- */

/* Modulo a prime, at a random point of the generators. */
static slong
choose_by_residues(int *chosen, const cst__fields_t *g, slong count)
{
    slong width = fmpz_mpoly_ctx_nvars(cst__normal_mpoly(g->ctx)), rank;
    ulong *point = flint_malloc((size_t) (width + 1) * sizeof *point);
    flint_rand_t state;
    cst__echelon_t e;

    flint_rand_init(state);
    cst__echelon_init(&e, g->dimension, CST__LIE_PRIME);
    for (slong k = 0; k < width; k++)
        point[k] = n_randint(state, e.mod.n);
    for (slong k = 0; k < count; k++)
        chosen[k] = cst__fields_add_value(&e, g, g->fields[k], point);
    rank = e.rank;
    cst__echelon_clear(&e);
    flint_rand_clear(state);
    flint_free(point);
    return rank;
}

/* By enclosures, at a sample point. */
static slong
choose_by_enclosures(int *chosen, const cst_lie_chart_t *chart, const cst_expr_t *fields, slong count)
{
    const cst_expr_t **rows = flint_malloc((size_t) (count + 1) * sizeof *rows);
    slong rank = 0, length;
    cst_expr_t *variables;
    arb_ptr point;
    flint_rand_t state;

    length = cst__lie_variables(&variables, chart, fields, count * chart->dimension);
    point = _arb_vec_init(length);
    flint_rand_init(state);
    memset(chosen, 0, (size_t) count * sizeof *chosen);
    for (int attempt = 0; attempt < 4 && rank == 0 && length == chart->dimension; attempt++)
        if (cst__lie_sample(point, chart, variables, length, state))
            for (slong k = 0; k < count; k++)
            {
                rows[rank] = fields + k * chart->dimension;
                chosen[k] = cst_lie_rank(chart, rows, rank + 1, point, 192) > rank;
                rank += chosen[k];
            }
    flint_rand_clear(state);
    _arb_vec_clear(point, length);
    flint_free(variables);
    flint_free(rows);
    return rank;
}

static slong
choose(int *chosen, const cst__fields_t *g, int loaded, const cst_lie_chart_t *chart,
       const cst_expr_t *fields, slong count)
{
    return loaded && g->transcendental ? choose_by_residues(chosen, g, count)
                                       : choose_by_enclosures(chosen, chart, fields, count);
}

slong
cst_lie_independent_functions(int *chosen, const cst_lie_chart_t *chart, const cst_expr_t *functions,
                              slong count)
{
    slong d = chart->dimension, rank;
    cst_expr_t *gradients = flint_malloc((size_t) (count * d + 1) * sizeof *gradients);
    cst__fields_t g;
    int loaded;

    for (slong k = 0; k < count; k++)
        for (slong a = 0; a < d; a++)
            gradients[k * d + a] = cst_expr_derivative(chart->ctx, functions[k], chart->coordinates[a]);
    loaded = cst__fields_init(&g, chart, gradients, count);
    rank = choose(chosen, &g, loaded, chart, gradients, count);
    cst__fields_clear(&g);
    flint_free(gradients);
    return rank;
}

/* The rank as functions -------------------------------------------------------- */

/* The entry with the fewest terms that is not zero in normal form. */
static int
find_pivot(slong *row, slong *column, cst__normal_struct *const *m, const char *done, slong rows,
           slong columns, cst__normal_ctx_t ctx)
{
    slong best = -1;

    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < columns && !done[i]; j++)
            if (!cst__normal_is_zero(m[i] + j, ctx) && (best < 0 || cst__normal_terms(m[i] + j, ctx) < best))
            {
                best = cst__normal_terms(m[i] + j, ctx);
                *row = i;
                *column = j;
            }
    return best >= 0;
}

/* Does elimination over the fractions leave nothing after `rank` pivots? Overwrites the fields. */
static int
rank_is_at_most(cst__fields_t *g, slong count, slong rank)
{
    slong d = g->dimension, row = 0, column = 0, steps;
    char *done = flint_calloc((size_t) count + 1, 1);
    cst__normal_t factor, t;
    int valid = 1, left;

    cst__normal_init(factor, g->ctx);
    cst__normal_init(t, g->ctx);
    cst__normal_refill(ELIMINATION_EFFORT, g->ctx);
    for (steps = 0; (left = find_pivot(&row, &column, g->fields, done, count, d, g->ctx)) && steps < rank;
         steps++)
    {
        done[row] = 1;
        for (slong i = 0; i < count; i++)
        {
            if (done[i] || cst__normal_is_zero(g->fields[i] + column, g->ctx))
                continue;
            cst__normal_div(factor, g->fields[i] + column, g->fields[row] + column, g->ctx);
            for (slong j = 0; j < d; j++)
            {
                cst__normal_mul(t, factor, g->fields[row] + j, g->ctx);
                cst__normal_sub(g->fields[i] + j, g->fields[i] + j, t, g->ctx);
                valid &= cst__normal_is_valid(g->fields[i] + j);
            }
        }
        if (!valid)
            break;
    }
    cst__normal_clear(t, g->ctx);
    cst__normal_clear(factor, g->ctx);
    flint_free(done);
    return valid && !left;
}

void
cst_lie_generic_orbits(cst_lie_orbits_t orbits, const cst_lie_chart_t *chart, const cst_expr_t *const *fields,
                       slong count)
{
    slong d = chart->dimension;
    cst_expr_t *all = flint_malloc((size_t) (count * d + 1) * sizeof *all);
    int *chosen = flint_malloc((size_t) (count + 1) * sizeof *chosen), loaded, known;
    cst__fields_t g;

    cst_lie_orbits_clear(orbits);
    cst_lie_orbits_init(orbits);
    for (slong k = 0; k < count; k++)
        for (slong a = 0; a < d; a++)
            all[k * d + a] = fields[k][a];
    loaded = cst__fields_init(&g, chart, all, count);
    orbits->rank = choose(chosen, &g, loaded, chart, all, count);
    known = loaded && g.transcendental && !g.cases;
    if (known)
        cst__lie_strata(orbits, &g, count);
    if (orbits->rank == FLINT_MIN(count, d) || (known && rank_is_at_most(&g, count, orbits->rank)))
        orbits->proved = CST_TRUE;
    cst__fields_clear(&g);
    flint_free(chosen);
    flint_free(all);
}

/* Isotropy ---------------------------------------------------------------------- */

cst_truth_t
cst_lie_isotropy(fmpz_mat_t basis, const cst_lie_chart_t *chart, const cst_expr_t *const *fields, slong count,
                 const fmpq *point)
{
    slong d = chart->dimension;
    cst_expr_t *values = flint_malloc((size_t) (d + 1) * sizeof *values);
    cst_truth_t truth = CST_TRUE;
    cst__sparse_t m;
    fmpq *row = _fmpq_vec_init(count);
    fmpz *integers = _fmpz_vec_init(count);
    fmpz_t den;

    fmpz_init(den);
    cst__sparse_init(m, count);
    for (slong a = 0; a < d; a++)
        values[a] = cst_expr_rational(chart->ctx, point + a);
    for (slong a = 0; a < d && truth == CST_TRUE; a++)
    {
        for (slong k = 0; k < count && truth == CST_TRUE; k++)
        {
            cst_expr_t e = cst_expr_substitute(chart->ctx, fields[k][a], chart->coordinates, values, d);

            if (cst_expr_kind(e) == CST_EXPR_RATIONAL)
                fmpq_set(row + k, cst_expr_rational_value(e));
            else
                truth = CST_UNKNOWN;
        }
        _fmpq_vec_get_fmpz_vec_fmpz(integers, den, row, count);
        for (slong k = 0; k < count; k++)
            if (!fmpz_is_zero(integers + k))
                cst__sparse_push(m, k, integers + k);
        cst__sparse_end_row(m);
    }
    if (truth == CST_TRUE && !cst__sparse_kernel(basis, m))
        truth = CST_UNKNOWN;
    cst__sparse_clear(m);
    fmpz_clear(den);
    _fmpz_vec_clear(integers, count);
    _fmpq_vec_clear(row, count);
    flint_free(values);
    return truth;
}
