/* lie/generated.c -- the Lie algebra that fields generate: its values at a generic point, its dimension.

   For the values at a generic point, let V be the span over the functions of some of the fields and brackets.
   If V holds the fields X_i, and [X_i, Y] is in V for a basis of Y's, then V is closed under all brackets
   with the X_i, since [X_i, f Y] = f [X_i, Y] + X_i(f) Y. So at most D fields Y have to be kept, and brackets
   of them with the X_i alone are to be formed. The fields may be multiplied by functions. */
#include <string.h>

#include "lie/coefficients.h"
#include "lie/conditions.h"
#include "lie/generated.h"

#define BUILD_EFFORT 1e10
#define BRACKET_EFFORT 2e9
#define TOTAL_BRACKETS 4000

static cst__normal_struct *
new_elements(slong count, cst__normal_ctx_t ctx)
{
    cst__normal_struct *x = flint_malloc((size_t) (count + 1) * sizeof *x);

    for (slong i = 0; i < count; i++)
        cst__normal_init(x + i, ctx);
    return x;
}

static void
free_elements(cst__normal_struct *x, slong count, cst__normal_ctx_t ctx)
{
    for (slong i = 0; i < count && x; i++)
        cst__normal_clear(x + i, ctx);
    flint_free(x);
}

static void
append(cst__fields_t *g, cst__normal_struct *field)
{
    if (g->length == g->alloc)
    {
        g->alloc = 2 * g->alloc + 16;
        g->fields = flint_realloc(g->fields, (size_t) g->alloc * sizeof *g->fields);
        g->jacobians = flint_realloc(g->jacobians, (size_t) g->alloc * sizeof *g->jacobians);
    }
    g->fields[g->length] = field;
    g->jacobians[g->length++] = NULL;
}

static int
is_polynomial(const cst__fields_t *g, slong k)
{
    for (slong a = 0; a < g->dimension; a++)
        if (!cst__normal_is_polynomial(g->fields[k] + a))
            return 0;
    return 1;
}

int
cst__fields_clear_denominator(cst__fields_t *g, slong k)
{
    const fmpz_mpoly_ctx_struct *ctx = cst__normal_mpoly(g->ctx);
    const cst__normal_struct **x = flint_malloc((size_t) (g->dimension + 1) * sizeof *x);
    fmpz_mpoly_struct *numerators = flint_malloc((size_t) (g->dimension + 1) * sizeof *numerators);
    int done;

    for (slong a = 0; a < g->dimension; a++)
    {
        fmpz_mpoly_init(numerators + a, ctx);
        x[a] = g->fields[k] + a;
    }
    done = cst__normal_numerators(numerators, x, g->dimension, g->ctx);
    for (slong a = 0; a < g->dimension; a++)
    {
        if (done)
        {
            cst__normal_zero(g->fields[k] + a, g->ctx);
            fmpz_mpoly_swap(&g->fields[k][a].num, numerators + a, ctx);
        }
        fmpz_mpoly_clear(numerators + a, ctx);
    }
    flint_free(numerators);
    flint_free(x);
    return done;
}

void
cst__fields_clear(cst__fields_t *g)
{
    for (slong k = 0; k < g->length; k++)
    {
        free_elements(g->fields[k], g->dimension, g->ctx);
        free_elements(g->jacobians[k], g->dimension * g->dimension, g->ctx);
    }
    flint_free(g->fields);
    flint_free(g->jacobians);
    cst__normal_ctx_free(g->ctx);
}

int
cst__fields_init(cst__fields_t *g, const cst_lie_chart_t *chart, const cst_expr_t *fields, slong count)
{
    slong d = chart->dimension, total = count * d, variable_count, found = -1;
    cst_expr_t *here = flint_malloc((size_t) (total + d + 1) * sizeof *here), *variables;
    arb_ptr point;
    flint_rand_t state;
    int good;

    variable_count = cst__lie_variables(&variables, chart, fields, total);
    point = _arb_vec_init(variable_count);
    flint_rand_init(state);
    for (int attempt = 0; attempt < 20 && found < 0; attempt++)
        if (cst__lie_sample(point, chart, variables, variable_count, state))
            found = cst__lie_on_cell(here, chart->ctx, fields, total, variables, point, variable_count);
    for (slong a = 0; a < d; a++)
        here[total + a] = chart->coordinates[a];
    memset(g, 0, sizeof *g);
    g->chart = chart;
    g->dimension = d;
    if (found >= 0)
        g->ctx = cst__normal_ctx_build(chart->ctx, here, total + d, chart->positive, chart->positive_length,
                                       BUILD_EFFORT);
    g->cases = found > 0;
    good = g->ctx != NULL;
    g->transcendental = good && cst__normal_is_transcendental(g->ctx);
    for (slong k = 0; k < count && good; k++)
    {
        append(g, new_elements(d, g->ctx));
        for (slong a = 0; a < d; a++)
        {
            cst__normal_set_expr(g->fields[k] + a, here[k * d + a], g->ctx);
            good &= cst__normal_is_valid(g->fields[k] + a);
        }
    }
    flint_rand_clear(state);
    _arb_vec_clear(point, variable_count);
    flint_free(variables);
    flint_free(here);
    return good;
}

/* Brackets ------------------------------------------------------------------ */

static const cst__normal_struct *
jacobian(cst__fields_t *g, slong k)
{
    slong d = g->dimension;

    if (!g->jacobians[k])
    {
        g->jacobians[k] = new_elements(d * d, g->ctx);
        for (slong a = 0; a < d; a++)
            for (slong b = 0; b < d && !cst__normal_is_zero(g->fields[k] + a, g->ctx); b++)
                cst__normal_derivative(g->jacobians[k] + a * d + b, g->fields[k] + a,
                                       g->chart->coordinates[b], g->ctx);
    }
    return g->jacobians[k];
}

/* [X, Y]^a = X^b d_b Y^a - Y^b d_b X^a; NULL if it is too large. */
static cst__normal_struct *
bracket(cst__fields_t *g, slong i, slong j)
{
    slong d = g->dimension;
    cst__normal_struct *r = new_elements(d, g->ctx);
    const cst__normal_struct **x = flint_malloc((size_t) (2 * d + 1) * sizeof *x);
    const cst__normal_struct **y = flint_malloc((size_t) (2 * d + 1) * sizeof *y);
    int *signs = flint_malloc((size_t) (2 * d + 1) * sizeof *signs), valid = 1;
    const cst__normal_struct *dx, *dy;

    cst__normal_refill(BRACKET_EFFORT, g->ctx);
    dx = jacobian(g, i);
    dy = jacobian(g, j);
    for (slong a = 0; a < d && valid; a++)
    {
        for (slong b = 0; b < d; b++)
        {
            x[b] = g->fields[i] + b;
            y[b] = dy + a * d + b;
            x[d + b] = g->fields[j] + b;
            y[d + b] = dx + a * d + b;
            signs[b] = 1;
            signs[d + b] = -1;
        }
        cst__normal_dot(r + a, x, y, signs, 2 * d, g->ctx);
        valid = cst__normal_is_valid(r + a);
    }
    flint_free(signs);
    flint_free(y);
    flint_free(x);
    if (valid)
        return r;
    free_elements(r, d, g->ctx);
    return NULL;
}

/* Values at a point ---------------------------------------------------------- */

int
cst__fields_add_value(cst__echelon_t *e, const cst__fields_t *g, const cst__normal_struct *field,
                      const ulong *point)
{
    for (slong a = 0; a < g->dimension; a++)
        if (!cst__normal_residue(e->work + a, field + a, point, e->mod, g->ctx))
        {
            memset(e->work, 0, (size_t) g->dimension * sizeof *e->work);
            return 0;
        }
    return cst__echelon_reduce(e, 0);
}

static slong
trace(cst__fields_t *g, slong count, slong target)
{
    slong width = fmpz_mpoly_ctx_nvars(cst__normal_mpoly(g->ctx)), total = 0;
    ulong *point = flint_malloc((size_t) (width + 1) * sizeof *point);
    flint_rand_t state;
    cst__echelon_t e;
    slong rank;

    flint_rand_init(state);
    cst__echelon_init(&e, g->dimension, CST__LIE_PRIME);
    for (slong k = 0; k < width; k++)
        point[k] = n_randint(state, e.mod.n);
    for (slong k = 0; k < count; k++)
        cst__fields_add_value(&e, g, g->fields[k], point);
    for (slong j = 0; j < g->length && e.rank < target; j++)
        for (slong i = 0; i < FLINT_MIN(count, j < count ? j : count) && e.rank < target; i++)
        {
            cst__normal_struct *r = total++ < TOTAL_BRACKETS ? bracket(g, i, j) : NULL;

            if (r && cst__fields_add_value(&e, g, r, point))
                append(g, r);
            else
                free_elements(r, g->dimension, g->ctx);
        }
    rank = e.rank;
    cst__echelon_clear(&e);
    flint_rand_clear(state);
    flint_free(point);
    return rank;
}

/* Points at which the rank is sought: piecewise functions have it on some of their pieces only. */
#define RANK_POINTS 32

/* Without brackets, by enclosures. */
static slong
rank_of_fields(const cst_lie_chart_t *chart, const cst_expr_t *fields, slong count, slong target)
{
    const cst_expr_t **rows = flint_malloc((size_t) (count + 1) * sizeof *rows);
    slong best = 0, length;
    cst_expr_t *variables;
    arb_ptr point;
    flint_rand_t state;

    length = cst__lie_variables(&variables, chart, fields, count * chart->dimension);
    point = _arb_vec_init(length);
    flint_rand_init(state);
    for (slong k = 0; k < count; k++)
        rows[k] = fields + k * chart->dimension;
    for (int i = 0; i < RANK_POINTS && best < target && length == chart->dimension; i++)
        if (cst__lie_sample(point, chart, variables, length, state))
            best = FLINT_MAX(best, cst_lie_rank(chart, rows, count, point, 192));
    flint_rand_clear(state);
    _arb_vec_clear(point, length);
    flint_free(variables);
    flint_free(rows);
    return best;
}

slong
cst__lie_trace(const cst_lie_chart_t *chart, const cst_expr_t *fields, slong count, slong target)
{
    cst__fields_t g;
    slong rank = 0;
    int exact = cst__fields_init(&g, chart, fields, count) && g.transcendental;

    target = FLINT_MIN(target, chart->dimension);
    for (slong k = 0; k < count && exact; k++)
        exact = cst__fields_clear_denominator(&g, k);
    if (exact)
        rank = trace(&g, count, target);
    if (rank < target && (!exact || g.cases))
        rank = FLINT_MAX(rank, rank_of_fields(chart, fields, count, FLINT_MIN(target, count)));
    cst__fields_clear(&g);
    return rank;
}

/* The dimension -------------------------------------------------------------- */

/* The coefficients of all fields seen, as columns of a matrix and as rows of an echelon form. */
typedef struct
{
    cst__monomials_t monomials; /* the last exponent is the component */
    cst__entries_t entries;
    cst__echelon_t echelon;
    slong columns;
} table_t;

static int
add_column(table_t *t, const cst__fields_t *g, const cst__normal_struct *field)
{
    const fmpz_mpoly_ctx_struct *ctx = cst__normal_mpoly(g->ctx);
    slong width = t->monomials.width, from = t->entries.length, first;
    ulong *e = flint_malloc((size_t) (width + 1) * sizeof *e);
    fmpz_t den, c;

    fmpz_init_set_ui(den, 1);
    fmpz_init(c);
    for (slong a = 0; a < g->dimension; a++)
        fmpz_lcm(den, den, &field[a].den);
    for (slong a = 0; a < g->dimension; a++)
        for (slong i = 0; i < field[a].num.length; i++)
        {
            fmpz_mpoly_get_term_exp_ui(e, &field[a].num, i, ctx);
            e[width - 1] = (ulong) a;
            fmpz_divexact(c, den, &field[a].den);
            fmpz_mul(c, c, field[a].num.coeffs + i);
            cst__entries_push(&t->entries,
                              cst__monomials_number(&t->monomials, e, cst__monomial_hash(&t->monomials, e)),
                              t->columns, c, 1);
        }
    t->columns++;
    cst__echelon_grow(&t->echelon, t->monomials.length);
    first = t->monomials.length;
    for (slong i = from; i < t->entries.length; i++)
    {
        t->echelon.work[t->entries.row[i]] = fmpz_fdiv_ui(t->entries.value + i, t->echelon.mod.n);
        first = FLINT_MIN(first, t->entries.row[i]);
    }
    fmpz_clear(c);
    fmpz_clear(den);
    flint_free(e);
    return cst__echelon_reduce(&t->echelon, first);
}

/* Is the rank of all columns over Q what it is modulo the prime? */
static int
rank_is_proved(const table_t *t)
{
    cst__sparse_t m;
    fmpz_mat_t kernel;
    int proved;

    cst__sparse_init(m, t->columns);
    cst__entries_flush(m, &t->entries, t->monomials.length);
    proved = cst__sparse_kernel(kernel, m);
    if (proved)
    {
        proved = t->columns - kernel->r == t->echelon.rank;
        fmpz_mat_clear(kernel);
    }
    cst__sparse_clear(m);
    return proved;
}

static slong
closure(cst__fields_t *g, slong count, slong limit)
{
    table_t t = {.columns = 0};
    int polynomial = 1;
    slong dimension;

    cst__monomials_init(&t.monomials, fmpz_mpoly_ctx_nvars(cst__normal_mpoly(g->ctx)) + 1);
    cst__echelon_init(&t.echelon, 0, CST__LIE_PRIME);
    for (slong k = 0; k < count && polynomial; k++)
    {
        polynomial = is_polynomial(g, k);
        if (polynomial)
            add_column(&t, g, g->fields[k]);
    }
    for (slong j = 0; j < g->length && polynomial && t.echelon.rank <= limit; j++)
        for (slong i = 0; i < FLINT_MIN(count, j < count ? j : count) && polynomial; i++)
        {
            cst__normal_struct *r = bracket(g, i, j);

            polynomial = r != NULL;
            if (r && add_column(&t, g, r))
                append(g, r);
            else
                free_elements(r, g->dimension, g->ctx);
        }
    dimension = polynomial && t.echelon.rank <= limit && rank_is_proved(&t) ? t.echelon.rank : -1;
    cst__echelon_clear(&t.echelon);
    cst__entries_clear(&t.entries);
    cst__monomials_clear(&t.monomials);
    return dimension;
}

slong
cst__lie_span(const cst_lie_chart_t *chart, const cst_expr_t *fields, slong count, slong limit)
{
    cst__fields_t g;
    slong dimension = -1;

    if (cst__fields_init(&g, chart, fields, count) && g.transcendental && !g.cases)
        dimension = closure(&g, count, limit);
    cst__fields_clear(&g);
    return dimension;
}
