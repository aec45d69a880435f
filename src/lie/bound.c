/* lie/bound.c -- how many solutions conditions can have: a proof by enclosures at points. */
#include <caustic/tape.h>

#include "lie/conditions.h"

#define MOST_COLUMNS 260
#define MOST_POINTS 3 /* attempts for each */

/* Columns that may be solved for by the basis: those of a maximal minor modulo a prime. */
static void
mark_leading(char *leading, const fmpz_mat_t basis)
{
    nmod_mat_t m;
    slong rank, c = 0;

    nmod_mat_init(m, basis->r, basis->c, CST__LIE_PRIME);
    fmpz_mat_get_nmod_mat(m, basis);
    rank = nmod_mat_rref(m);
    for (slong i = 0; i < basis->c; i++)
        leading[i] = 0;
    for (slong i = 0; i < rank; i++, c++)
    {
        while (nmod_mat_entry(m, i, c) == 0)
            c++;
        leading[c] = 1;
    }
    nmod_mat_clear(m);
}

/* row = a random combination of the conditions at a point, in the columns not leading */
static void
set_row(arb_mat_t m, slong row, const cst__conditions_t c, arb_srcptr values, arb_srcptr monomials,
        const slong *place, flint_rand_t state, slong prec)
{
    arb_t t;

    arb_init(t);
    for (slong k = 0; k < c->length; k++)
    {
        const cst__condition_t *condition = c->conditions + k;
        slong weight = (slong) n_randint(state, 64) + 1;

        for (slong i = 0; i < condition->length; i++)
        {
            const cst__term_t *term = condition->terms + i;

            if (place[term->unknown] < 0)
                continue;
            arb_mul_si(t, values + term->expression, weight * term->factor, prec);
            arb_addmul(arb_mat_entry(m, row, place[term->unknown]), t, monomials + term->monomial, prec);
        }
        values += condition->count;
    }
    arb_clear(t);
}

static void
set_monomials(arb_ptr monomials, const cst__conditions_t c, arb_srcptr point, slong prec)
{
    slong d = c->chart->dimension;
    arb_t t;

    arb_init(t);
    for (slong k = 0; k < c->monomial_count; k++)
    {
        arb_one(monomials + k);
        for (slong a = 0; a < d; a++)
        {
            arb_pow_ui(t, point + a, (ulong) c->monomials[k * d + a], prec);
            arb_mul(monomials + k, monomials + k, t, prec);
        }
    }
    arb_clear(t);
}

static int
vector_is_finite(arb_srcptr v, slong length)
{
    for (slong i = 0; i < length; i++)
        if (!arb_is_finite(v + i))
            return 0;
    return 1;
}

typedef struct
{
    const cst__conditions_struct *conditions;
    cst_tape_t tape;
    cst_expr_t *variables;
    slong variable_count;
    slong *place;
    flint_rand_t state;
} sampler_t;

/* Fills a square matrix, a point a row. */
static int
set_matrix(arb_mat_t m, sampler_t *s, slong prec)
{
    const cst__conditions_struct *c = s->conditions;
    arb_ptr point = _arb_vec_init(s->variable_count);
    arb_ptr values = _arb_vec_init(s->tape->output_count), monomials = _arb_vec_init(c->monomial_count);
    slong row = 0, attempts = MOST_POINTS * arb_mat_nrows(m) + 10;

    arb_mat_zero(m);
    for (; row < arb_mat_nrows(m) && attempts > 0; attempts--)
    {
        if (!cst__lie_sample(point, c->chart, s->variables, s->variable_count, s->state))
            break;
        cst_tape_eval_arb(values, s->tape, point, prec);
        if (!vector_is_finite(values, s->tape->output_count))
            continue;
        set_monomials(monomials, c, point, prec);
        set_row(m, row++, c, values, monomials, s->place, s->state, prec);
    }
    _arb_vec_clear(monomials, c->monomial_count);
    _arb_vec_clear(values, s->tape->output_count);
    _arb_vec_clear(point, s->variable_count);
    return row == arb_mat_nrows(m);
}

/* Is a matrix of samples certainly invertible? Then no solution but 0 is 0 in the leading columns. */
static int
is_invertible(sampler_t *s, slong size, slong prec)
{
    arb_mat_t m, x, b;
    int proved;

    arb_mat_init(m, size, size);
    arb_mat_init(x, size, 1);
    arb_mat_init(b, size, 1);
    proved = set_matrix(m, s, prec) && (size == 0 || arb_mat_solve(x, m, b, prec));
    arb_mat_clear(b);
    arb_mat_clear(x);
    arb_mat_clear(m);
    return proved;
}

static int
compile_all(sampler_t *s, const cst__conditions_t c)
{
    slong count = 0, k = 0;
    cst_expr_t *all;
    int compiled;

    for (slong i = 0; i < c->length; i++)
        count += c->conditions[i].count;
    all = flint_malloc((size_t) (count + 1) * sizeof *all);
    for (slong i = 0; i < c->length; i++)
        for (slong j = 0; j < c->conditions[i].count; j++)
            all[k++] = c->conditions[i].expressions[j];
    s->conditions = c;
    s->variable_count = cst__lie_variables(&s->variables, c->chart, all, count);
    compiled =
        cst_tape_compile(s->tape, c->chart->ctx, all, count, s->variables, s->variable_count, NULL) == CST_OK;
    flint_free(all);
    return compiled;
}

int
cst__conditions_bound(const cst__conditions_t c, const fmpz_mat_t basis)
{
    slong size = 0;
    char *leading;
    sampler_t s;
    int proved = 0;

    if (c->unknowns - basis->r > MOST_COLUMNS)
        return 0;
    leading = flint_malloc((size_t) c->unknowns + 1);
    mark_leading(leading, basis);
    s.place = flint_malloc((size_t) (c->unknowns + 1) * sizeof *s.place);
    for (slong i = 0; i < c->unknowns; i++)
        s.place[i] = leading[i] ? -1 : size++;
    if (compile_all(&s, c))
    {
        flint_rand_init(s.state);
        for (slong prec = 256; prec <= 1024 && !proved; prec *= 2)
            proved = is_invertible(&s, size, prec);
        flint_rand_clear(s.state);
        cst_tape_clear(s.tape);
    }
    flint_free(s.variables);
    flint_free(s.place);
    flint_free(leading);
    return proved;
}
