/* lie/invariants.c -- polynomial invariants of fields, and conservation laws. */
#include <stdlib.h>

#include <caustic/discovery.h>

#include "lie/conditions.h"
#include "lie/generated.h"

#define MAX_UNKNOWNS 20000

void
cst_lie_invariants_init(cst_lie_invariants_t s)
{
    s->count = s->space = s->trace = 0;
    s->functions = NULL;
    s->complete = CST_UNKNOWN;
    s->algebra = -1;
}

void
cst_lie_invariants_clear(cst_lie_invariants_t s)
{
    flint_free(s->functions);
}

/* Polynomials with unknown coefficients -------------------------------------- */

/* The monomials of degrees 1 to `degree`, by degree; the numbers of those in the conditions. */
typedef struct
{
    slong dimension, count;
    slong *exponents; /* count * dimension */
} ansatz_t;

/* The number of monomials, or -1 if they are too many. */
static slong
ansatz_size(slong dimension, slong degree)
{
    double size = 1;

    for (slong k = 1; k <= degree; k++)
        size *= (double) (dimension + k) / (double) k;
    return size <= MAX_UNKNOWNS ? (slong) (size + 0.5) - 1 : -1;
}

/* All exponents of one degree, in lexicographic order, the first coordinates first. */
static void
add_degree(ansatz_t *ansatz, slong *e, slong a, slong rest)
{
    if (a == ansatz->dimension - 1)
    {
        e[a] = rest;
        for (slong b = 0; b < ansatz->dimension; b++)
            ansatz->exponents[ansatz->count * ansatz->dimension + b] = e[b];
        ansatz->count++;
        return;
    }
    for (e[a] = rest; e[a] >= 0; e[a]--)
        add_degree(ansatz, e, a + 1, rest - e[a]);
}

static void
ansatz_init(ansatz_t *ansatz, slong dimension, slong degree, slong size)
{
    slong *e = flint_calloc((size_t) dimension + 1, sizeof *e);

    ansatz->dimension = dimension;
    ansatz->count = 0;
    ansatz->exponents = flint_malloc((size_t) (size * dimension + 1) * sizeof *ansatz->exponents);
    for (slong k = 1; k <= degree && dimension > 0; k++)
        add_degree(ansatz, e, 0, k);
    flint_free(e);
}

/* X(sum c_m x^m) = sum_m c_m sum_a m_a x^(m - e_a) X^a = 0 for each field */
static void
set_conditions(cst__conditions_t c, const ansatz_t *ansatz, const cst_expr_t *fields, slong count)
{
    slong d = ansatz->dimension;
    slong *lowered = flint_malloc((size_t) (ansatz->count * d + 1) * sizeof *lowered);
    slong *e = flint_malloc((size_t) (d + 1) * sizeof *e);

    for (slong u = 0; u < ansatz->count; u++)
        for (slong a = 0; a < d; a++)
        {
            const slong *m = ansatz->exponents + u * d;

            if (m[a] == 0)
                continue;
            for (slong b = 0; b < d; b++)
                e[b] = m[b] - (a == b);
            lowered[u * d + a] = cst__conditions_monomial(c, e);
        }
    for (slong k = 0; k < count; k++)
    {
        cst__conditions_begin(c, fields + k * d, d);
        for (slong u = 0; u < ansatz->count; u++)
            for (slong a = 0; a < d; a++)
                if (ansatz->exponents[u * d + a])
                    cst__conditions_add(c, u, ansatz->exponents[u * d + a], lowered[u * d + a], a);
    }
    flint_free(e);
    flint_free(lowered);
}

/* Independent ones ----------------------------------------------------------- */

static ulong
monomial_residue(const slong *exponents, slong dimension, const ulong *point, nmod_t mod)
{
    ulong r = 1;

    for (slong a = 0; a < dimension; a++)
        if (exponents[a])
            r = nmod_mul(r, nmod_pow_ui(point[a], (ulong) exponents[a], mod), mod);
    return r;
}

/* work = the gradient at a point */
static void
set_gradient(cst__echelon_t *e, const ansatz_t *ansatz, const fmpz *row, const ulong *point)
{
    slong d = ansatz->dimension;
    slong *lowered = flint_malloc((size_t) (d + 1) * sizeof *lowered);

    for (slong u = 0; u < ansatz->count; u++)
    {
        const slong *m = ansatz->exponents + u * d;

        for (slong a = 0; a < d && !fmpz_is_zero(row + u); a++)
        {
            ulong t;

            if (m[a] == 0)
                continue;
            for (slong b = 0; b < d; b++)
                lowered[b] = m[b] - (a == b);
            t = nmod_mul(fmpz_fdiv_ui(row + u, e->mod.n), (ulong) m[a], e->mod);
            e->work[a] = nmod_addmul(e->work[a], t, monomial_residue(lowered, d, point, e->mod), e->mod);
        }
    }
    flint_free(lowered);
}

typedef struct
{
    slong row, degree, terms;
} candidate_t;

static int
by_simplicity(const void *a, const void *b)
{
    const candidate_t *x = a, *y = b;

    if (x->degree != y->degree)
        return (x->degree > y->degree) - (x->degree < y->degree);
    if (x->terms != y->terms)
        return (x->terms > y->terms) - (x->terms < y->terms);
    return (x->row > y->row) - (x->row < y->row);
}

static candidate_t *
sort_candidates(const ansatz_t *ansatz, const fmpz_mat_t basis)
{
    candidate_t *order = flint_malloc((size_t) (basis->r + 1) * sizeof *order);

    for (slong i = 0; i < basis->r; i++)
    {
        order[i] = (candidate_t){i, 0, 0};
        for (slong u = 0; u < ansatz->count; u++)
            if (!fmpz_is_zero(fmpz_mat_entry(basis, i, u)))
            {
                slong degree = 0;

                for (slong a = 0; a < ansatz->dimension; a++)
                    degree += ansatz->exponents[u * ansatz->dimension + a];
                order[i].degree = FLINT_MAX(order[i].degree, degree);
                order[i].terms++;
            }
    }
    qsort(order, (size_t) basis->r, sizeof *order, by_simplicity);
    return order;
}

static cst_expr_t
polynomial(const cst_lie_chart_t *chart, const ansatz_t *ansatz, const fmpz *row)
{
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);
    fmpq_t q;

    fmpq_init(q);
    for (slong u = 0; u < ansatz->count; u++)
    {
        const slong *m = ansatz->exponents + u * ansatz->dimension;
        cst_expr_t term;

        if (fmpz_is_zero(row + u))
            continue;
        fmpz_set(fmpq_numref(q), row + u);
        term = cst_expr_rational(ctx, q);
        for (slong a = 0; a < ansatz->dimension; a++)
            if (m[a])
                term = cst_expr_mul(ctx, term, cst_expr_power_si(ctx, chart->coordinates[a], m[a]));
        sum = cst_expr_add(ctx, sum, term);
    }
    fmpq_clear(q);
    return sum;
}

static int
is_invariant(const cst_lie_chart_t *chart, const cst_expr_t *fields, slong count, cst_expr_t f)
{
    for (slong k = 0; k < count; k++)
        if (cst_lie_is_invariant(NULL, chart, fields + k * chart->dimension, f) != CST_TRUE)
            return 0;
    return 1;
}

/* Takes those whose gradients at a point are independent of the ones before. */
static void
choose(cst_lie_invariants_t s, const cst_lie_chart_t *chart, const ansatz_t *ansatz,
       const cst__solution_t *solution, const cst_expr_t *fields, slong count)
{
    slong d = chart->dimension;
    candidate_t *order = sort_candidates(ansatz, solution->basis);
    ulong *point = flint_malloc((size_t) (d + 1) * sizeof *point);
    flint_rand_t state;
    cst__echelon_t e;

    s->functions = flint_realloc(s->functions, (size_t) (d + 1) * sizeof *s->functions);
    cst__echelon_init(&e, d, CST__LIE_PRIME);
    flint_rand_init(state);
    for (slong a = 0; a < d; a++)
        point[a] = n_randint(state, e.mod.n);
    for (slong i = 0; i < solution->basis->r; i++)
    {
        const fmpz *row = fmpz_mat_entry(solution->basis, order[i].row, 0);
        cst_expr_t f;

        if (!solution->sufficient)
        {
            f = polynomial(chart, ansatz, row);
            if (!is_invariant(chart, fields, count, f))
                continue;
        }
        s->space++;
        set_gradient(&e, ansatz, row, point);
        if (cst__echelon_reduce(&e, 0))
            s->functions[s->count++] = polynomial(chart, ansatz, row);
    }
    flint_rand_clear(state);
    cst__echelon_clear(&e);
    flint_free(point);
    flint_free(order);
}

/* ---------------------------------------------------------------------------- */

/* fields: count * dimension components */
static cst_status_t
find(cst_lie_invariants_t s, const cst_lie_chart_t *chart, const cst_expr_t *fields, slong count,
     slong degree, slong algebra_limit, cst_error_t *error)
{
    slong d = chart->dimension, size = ansatz_size(d, degree);
    cst_status_t status = CST_OK;
    cst__conditions_t c;
    cst__solution_t solution;
    ansatz_t ansatz;

    s->count = s->space = s->trace = 0;
    s->complete = CST_UNKNOWN;
    s->algebra = -1;
    if (degree < 1 || size < 0)
        return cst_error_set(error, CST_UNDECIDED, "there are too many monomials of degree %ld",
                             (long) degree);
    ansatz_init(&ansatz, d, degree, size);
    cst__conditions_init(c, chart, ansatz.count);
    set_conditions(c, &ansatz, fields, count);
    if (cst__conditions_solve(&solution, c))
    {
        choose(s, chart, &ansatz, &solution, fields, count);
        fmpz_mat_clear(solution.basis);
    }
    else
        status = cst_error_set(error, CST_UNDECIDED,
                               "the conditions for an invariant are too large to be written out");
    s->trace = cst__lie_trace(chart, fields, count, d - s->count);
    s->complete = s->count == d - s->trace ? CST_TRUE : CST_UNKNOWN;
    if (algebra_limit > 0)
        s->algebra = cst__lie_span(chart, fields, count, algebra_limit);
    cst__conditions_clear(c);
    flint_free(ansatz.exponents);
    return status;
}

cst_status_t
cst_lie_polynomial_invariants(cst_lie_invariants_t s, const cst_lie_chart_t *chart,
                              const cst_expr_t *const *fields, slong count, slong degree, slong algebra_limit,
                              cst_error_t *error)
{
    slong d = chart->dimension;
    cst_expr_t *all = flint_malloc((size_t) (count * d + 1) * sizeof *all);
    cst_status_t status;

    for (slong k = 0; k < count; k++)
        for (slong a = 0; a < d; a++)
            all[k * d + a] = fields[k][a];
    status = find(s, chart, all, count, degree, algebra_limit, error);
    flint_free(all);
    return status;
}

cst_status_t
cst_lie_conservation_laws(cst_lie_invariants_t s, const cst_lie_chart_t *chart, const cst_expr_t *functions,
                          slong length, const cst_expr_t *cometric, slong degree, slong algebra_limit,
                          cst_error_t *error)
{
    slong d = chart->dimension;
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t *all = flint_malloc((size_t) (length * d + 1) * sizeof *all);
    cst_status_t status;

    for (slong k = 0; k < length; k++)
        for (slong a = 0; a < d; a++)
        {
            cst_expr_t sum = cst_expr_derivative(ctx, functions[k], chart->coordinates[a]);

            if (cometric)
                sum = cst_expr_integer(ctx, 0);
            for (slong b = 0; b < d && cometric; b++)
                if (!cst_expr_is_integer_value(cometric[a * d + b], 0))
                    sum = cst_expr_add(
                        ctx, sum,
                        cst_expr_mul(ctx, cometric[a * d + b],
                                     cst_expr_derivative(ctx, functions[k], chart->coordinates[b])));
            all[k * d + a] = sum;
        }
    status = find(s, chart, all, length, degree, algebra_limit, error);
    flint_free(all);
    return status;
}
