/* lie/conditions.c -- linear conditions: how they are kept, and solved. */
#include <string.h>

#include "lie/conditions.h"
#include "lie/equations.h"

#define CELLS_AT_ONCE 3 /* without a new equation: then the candidates are tested */
#define MOST_CELLS 40

void
cst__conditions_init(cst__conditions_t c, const cst_lie_chart_t *chart, slong unknowns)
{
    slong d = chart->dimension;

    memset(c, 0, sizeof *c);
    c->chart = chart;
    c->unknowns = unknowns;
    c->monomial_alloc = d + 1;
    c->monomial_count = d + 1;
    c->monomials = flint_calloc((size_t) ((d + 1) * d + 1), sizeof *c->monomials);
    for (slong a = 0; a < d; a++)
        c->monomials[(1 + a) * d + a] = 1;
}

void
cst__conditions_clear(cst__conditions_t c)
{
    for (slong i = 0; i < c->length; i++)
    {
        flint_free(c->conditions[i].expressions);
        flint_free(c->conditions[i].terms);
    }
    flint_free(c->conditions);
    flint_free(c->monomials);
}

slong
cst__conditions_monomial(cst__conditions_t c, const slong *exponents)
{
    slong d = c->chart->dimension;

    if (c->monomial_count == c->monomial_alloc)
    {
        c->monomial_alloc *= 2;
        c->monomials =
            flint_realloc(c->monomials, (size_t) (c->monomial_alloc * d + 1) * sizeof *c->monomials);
    }
    for (slong a = 0; a < d; a++)
        c->monomials[c->monomial_count * d + a] = exponents[a];
    return c->monomial_count++;
}

void
cst__conditions_begin(cst__conditions_t c, const cst_expr_t *expressions, slong count)
{
    cst__condition_t *condition;

    if (c->length == c->alloc)
    {
        c->alloc = 2 * c->alloc + 8;
        c->conditions = flint_realloc(c->conditions, (size_t) c->alloc * sizeof *c->conditions);
    }
    condition = c->conditions + c->length++;
    memset(condition, 0, sizeof *condition);
    condition->count = count;
    condition->expressions = flint_malloc((size_t) (count + 1) * sizeof *condition->expressions);
    for (slong i = 0; i < count; i++)
        condition->expressions[i] = expressions[i] ? expressions[i] : cst_expr_integer(c->chart->ctx, 0);
}

void
cst__conditions_add(cst__conditions_t c, slong unknown, slong factor, slong monomial, slong expression)
{
    cst__condition_t *condition = c->conditions + c->length - 1;

    if (factor == 0 || cst_expr_is_integer_value(condition->expressions[expression], 0))
        return;
    if (condition->length == condition->alloc)
    {
        condition->alloc = 2 * condition->alloc + 16;
        condition->terms =
            flint_realloc(condition->terms, (size_t) condition->alloc * sizeof *condition->terms);
    }
    condition->terms[condition->length++] = (cst__term_t){unknown, factor, monomial, expression};
}

static cst_expr_t
monomial_expr(const cst__conditions_t c, slong monomial)
{
    const slong *exponents = c->monomials + monomial * c->chart->dimension;
    cst_expr_t e = cst_expr_integer(c->chart->ctx, 1);

    for (slong a = 0; a < c->chart->dimension; a++)
        if (exponents[a])
            e = cst_expr_mul(c->chart->ctx, e,
                             cst_expr_power_si(c->chart->ctx, c->chart->coordinates[a], exponents[a]));
    return e;
}

cst_expr_t
cst__conditions_apply(const cst__conditions_t c, slong condition, const fmpz *unknowns)
{
    const cst__condition_t *k = c->conditions + condition;
    cst_expr_ctx_t ctx = c->chart->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0), factor;
    fmpq_t q;

    fmpq_init(q);
    for (slong t = 0; t < k->length; t++)
        if (!fmpz_is_zero(unknowns + k->terms[t].unknown))
        {
            fmpz_mul_si(fmpq_numref(q), unknowns + k->terms[t].unknown, k->terms[t].factor);
            factor = cst_expr_mul(ctx, cst_expr_rational(ctx, q), monomial_expr(c, k->terms[t].monomial));
            sum = cst_expr_add(ctx, sum, cst_expr_mul(ctx, factor, k->expressions[k->terms[t].expression]));
        }
    fmpq_clear(q);
    return sum;
}

/* Solving ------------------------------------------------------------------ */

/* Around a point, the conditions hold no cases and the signs that roots bring in are fixed. */
typedef struct
{
    const cst__conditions_struct *conditions;
    cst_expr_t *all, *variables; /* all expressions, condition by condition */
    slong count, variable_count;
    arb_ptr point;
    flint_rand_t state;
} around_t;

static void
around_init(around_t *around, const cst__conditions_t c)
{
    slong k = 0;

    around->conditions = c;
    around->count = 0;
    for (slong i = 0; i < c->length; i++)
        around->count += c->conditions[i].count;
    around->all = flint_malloc((size_t) (around->count + 1) * sizeof *around->all);
    for (slong i = 0; i < c->length; i++)
        for (slong j = 0; j < c->conditions[i].count; j++)
            around->all[k++] = c->conditions[i].expressions[j];
    around->variable_count = cst__lie_variables(&around->variables, c->chart, around->all, around->count);
    around->point = _arb_vec_init(around->variable_count);
    flint_rand_init(around->state);
}

static void
around_clear(around_t *around)
{
    flint_rand_clear(around->state);
    _arb_vec_clear(around->point, around->variable_count);
    flint_free(around->variables);
    flint_free(around->all);
}

/* Adds the equations that hold around a new point. Returns 0 on failure; *cases: was there any choice? */
static int
add_cell(cst__sparse_t m, int *cases, int *necessary, around_t *around)
{
    const cst_lie_chart_t *chart = around->conditions->chart;
    cst_expr_t *here = flint_malloc((size_t) (around->count + 1) * sizeof *here);
    slong replaced = -1;
    int added = 0;

    for (int attempt = 0; attempt < 20 && replaced < 0; attempt++)
        if (cst__lie_sample(around->point, chart, around->variables, around->variable_count, around->state))
            replaced = cst__lie_on_cell(here, chart->ctx, around->all, around->count, around->variables,
                                        around->point, around->variable_count);
    *cases = replaced > 0;
    if (replaced >= 0)
        added = cst__equations_add(m, cases, necessary, around->conditions, here, around->count,
                                   around->variables, around->point, around->variable_count);
    flint_free(here);
    return added;
}

/* Do the candidates solve the conditions everywhere? */
static int
all_proved(const fmpz_mat_t basis, const cst__conditions_t c)
{
    for (slong i = 0; i < basis->r; i++)
        for (slong k = 0; k < c->length; k++)
            if (cst_lie_is_zero(NULL, c->chart, cst__conditions_apply(c, k, fmpz_mat_entry(basis, i, 0))) !=
                CST_TRUE)
                return 0;
    return 1;
}

int
cst__conditions_solve(cst__solution_t *solution, const cst__conditions_t c)
{
    int cases = 1, solved = 0, stationary = 0;
    around_t around;
    cst__sparse_t m;

    around_init(&around, c);
    cst__sparse_init(m, c->unknowns);
    solution->sufficient = 0;
    solution->necessary = 1;
    for (int cell = 0; cell < MOST_CELLS && cases && !solution->sufficient; cell++)
    {
        slong before = solved ? solution->basis->r : c->unknowns + 1;

        if (solved)
            fmpz_mat_clear(solution->basis);
        solved = add_cell(m, &cases, &solution->necessary, &around) && cst__sparse_kernel(solution->basis, m);
        if (!solved)
            break;
        stationary = solution->basis->r == before ? stationary + 1 : 0;
        solution->sufficient = !cases || solution->basis->r == 0;
        if (cases && stationary == CELLS_AT_ONCE)
        {
            solution->sufficient = all_proved(solution->basis, c);
            stationary = 0;
        }
    }
    cst__sparse_clear(m);
    around_clear(&around);
    return solved;
}
