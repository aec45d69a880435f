/* problem/symmetries.c -- generators given or found, their algebra, orbits, invariants and conservation laws.
 */
#include <string.h>

#include <caustic/symmetries.h>

/* What must be preserved ------------------------------------------------------- */

/* u0(I(x)), for a loss that is given in the coordinates of the quotient. */
static cst_expr_t
lifted_loss(const cst_problem_struct *problem)
{
    const cst_problem_total_t *total = problem->total;

    if (total->loss || !problem->initial || !total->invariants)
        return total->loss;
    return cst_expr_substitute(problem->ctx, problem->initial, problem->coordinates, total->invariants,
                               problem->dimension);
}

static void
set_space(cst_symmetries_t s, const cst_problem_struct *problem)
{
    const cst_problem_total_t *total = problem->total;

    s->problem = problem;
    if (!total)
    {
        s->chart = (cst_lie_chart_t){problem->ctx, problem->dimension, problem->coordinates, NULL, 0};
        s->metric = problem->metric;
        s->cometric = problem->cometric;
        s->loss = problem->initial;
        return;
    }
    s->chart = total->chart;
    s->loss = lifted_loss(problem);
    s->cometric = total->cometric;
    s->metric = total->construction == CST_PROBLEM_BALANCED ? NULL : total->metric;
    s->generators = total->generators;
    s->generator_count = total->generator_count;
    s->discrete = total->discrete;
    s->discrete_count = total->discrete_count;
    s->invariants_given = total->invariant_count > 0;
    s->invariants = total->invariants;
    s->invariant_count = total->invariant_count;
}

static cst_status_t
discover(cst_symmetries_t s, cst_error_t *error)
{
    const cst_expr_t *functions = s->loss ? &s->loss : s->invariants;
    slong length = s->loss ? 1 : s->invariant_count;
    cst_status_t status;

    if (length == 0 && !s->metric)
        return cst_error_set(error, CST_REFUSED,
                             "there is neither a loss nor a metric to look for symmetries of");
    s->discovered = 1;
    status = cst_lie_affine_symmetries(s->found, &s->chart, functions, length,
                                       s->metric ? s->metric->entries : NULL, error);
    s->generators = (const cst_expr_t *const *) s->found->fields;
    s->generator_count = s->found->count;
    s->complete = status == CST_OK ? s->found->complete : CST_UNKNOWN;
    return status == CST_UNDECIDED ? CST_OK : status;
}

/* Signed permutations of the parameters. One that is no isometry of the metric is left out, and then nothing
   is known of the group of the others. */
static void
discover_discrete(cst_symmetries_t s)
{
    slong d = s->chart.dimension, n;
    cst_expr_t **maps;

    cst_lie_discrete_symmetries(s->found_discrete, &s->chart, &s->loss, 1, 1);
    n = s->found_discrete->count;
    maps = flint_malloc((size_t) (n + 1) * sizeof *maps);
    s->discrete_found = 1;
    s->discrete_complete = s->found_discrete->complete;
    s->discrete_count = 0;
    for (slong k = 0; k < n; k++)
    {
        slong component[2];
        cst_expr_t *map = flint_malloc((size_t) (d + 1) * sizeof *map);

        cst_lie_discrete_map(map, s->found_discrete, k, &s->chart);
        if (s->metric && cst_geom_is_isometry(component, NULL, &s->chart, s->metric, map) != CST_TRUE)
        {
            s->discrete_complete = CST_UNKNOWN;
            flint_free(map);
        }
        else
            maps[s->discrete_count++] = map;
    }
    s->discrete = (const cst_expr_t *const *) maps;
}

/* What follows ------------------------------------------------------------------ */

/* Are given generators linearly independent over R? Proved if their values at a few points together have full
   rank: that is the rank at one point of the fields (xi, ..., xi) on a power of the space. */
static int
are_independent(const cst_symmetries_struct *s)
{
    slong d = s->chart.dimension, n = s->generator_count, copies = FLINT_MIN(n, d + 1), rank;
    cst_expr_t *variables = flint_malloc((size_t) (copies * d + 1) * sizeof *variables);
    cst_expr_t *components = flint_malloc((size_t) (n * copies * d + 1) * sizeof *components);
    const cst_expr_t **fields = flint_malloc((size_t) (n + 1) * sizeof *fields);
    cst_lie_chart_t power = {s->chart.ctx, copies * d, variables, NULL, 0};
    arb_ptr point = _arb_vec_init(copies * d);

    for (slong k = 0; k < copies * d; k++)
    {
        char name[48];

        snprintf(name, sizeof name, "x %ld", (long) k); /* no name of a file */
        variables[k] = cst_expr_variable(s->chart.ctx, name);
        arb_set_si(point + k, 1 + (37 * k * k + 11 * k + 5) % 101);
        arb_div_si(point + k, point + k, 16 + k % 7, 256);
    }
    for (slong i = 0; i < n; i++)
    {
        fields[i] = components + i * copies * d;
        for (slong k = 0; k < copies * d; k++)
            components[i * copies * d + k] = cst_expr_substitute(
                s->chart.ctx, s->generators[i][k % d], s->chart.coordinates, variables + k / d * d, d);
    }
    rank = cst_lie_rank(&power, fields, n, point, 256);
    _arb_vec_clear(point, copies * d);
    flint_free(variables);
    flint_free(components);
    flint_free(fields);
    return rank == n;
}

/* The brackets of generators that were given are known to be in their span; those of all affine symmetries
   are affine symmetries. */
static void
set_algebra(cst_symmetries_t s)
{
    slong n = s->generator_count, pair[2];
    cst_algebra_t algebra;

    s->constants = _fmpq_vec_init(n * n * n);
    if (n == 0 || (!s->discovered && !are_independent(s)) ||
        cst_lie_structure_constants(s->constants, pair, NULL, &s->chart, s->generators, n) != CST_TRUE)
        return;
    cst_algebra_init(algebra);
    if (cst_algebra_set_constants(algebra, s->constants, n, NULL) == CST_OK)
    {
        cst_algebra_type_init(s->type, algebra);
        s->has_type = 1;
    }
    cst_algebra_clear(algebra);
}

static int
is_diagonal(const cst_symmetries_struct *s)
{
    for (slong i = 0; i < s->generator_count; i++)
        for (slong a = 0; a < s->chart.dimension; a++)
            for (slong b = 0; b < s->chart.dimension; b++)
                if (b != a && cst_expr_depends_on(s->chart.ctx, s->generators[i][a], s->chart.coordinates[b]))
                    return 0;
    return 1;
}

static void
set_invariants(cst_symmetries_t s)
{
    cst_status_t status;

    s->invariants_complete = CST_UNKNOWN;
    if (s->invariants_given)
    {
        slong n = s->invariant_count;

        if (s->orbits->rank == s->chart.dimension - n) /* it is at most that: dI(xi) = 0 and rank dI = n */
            s->invariants_complete = s->orbits->proved = CST_TRUE;
        return;
    }
    if (s->generator_count == 0)
        return;
    status = is_diagonal(s) ? cst_lie_monomial_invariants(s->found_invariants, &s->chart, s->generators,
                                                          s->generator_count, NULL)
                            : CST_REFUSED;
    if (status != CST_OK)
        status = cst_lie_polynomial_invariants(s->found_invariants, &s->chart, s->generators,
                                               s->generator_count, 2, s->generator_count, NULL);
    if (status != CST_OK)
        return;
    s->invariants = s->found_invariants->functions;
    s->invariant_count = s->found_invariants->count;
    s->invariants_complete = s->found_invariants->complete;
}

static void
set_laws(cst_symmetries_t s)
{
    if (s->invariant_count > 0)
        s->has_laws =
            cst_lie_conservation_laws(s->laws, &s->chart, s->invariants, s->invariant_count,
                                      s->cometric ? s->cometric->entries : NULL, 2, 0, NULL) == CST_OK;
}

static cst_status_t
verdict(const cst_symmetries_struct *s, cst_error_t *error)
{
    if (s->discovered && s->complete != CST_TRUE)
        return cst_error_set(error, CST_UNDECIDED,
                             "it is not proved that these are all affine symmetries: there are at most %ld",
                             (long) s->found->bound);
    if (s->generator_count > 0 && !s->has_type)
        return cst_error_set(error, CST_UNDECIDED,
                             "the generators are linearly dependent, or their algebra was not found");
    return CST_OK;
}

cst_status_t
cst_symmetries_init(cst_symmetries_t s, const cst_problem_t problem, int wanted, cst_error_t *error)
{
    cst_status_t status = CST_OK;

    memset(s, 0, sizeof *s);
    set_space(s, problem);
    cst_lie_symmetries_init(s->found);
    cst_lie_discrete_init(s->found_discrete);
    cst_lie_orbits_init(s->orbits);
    cst_lie_invariants_init(s->found_invariants);
    cst_lie_invariants_init(s->laws);
    s->complete = CST_UNKNOWN;
    if (wanted || s->generator_count == 0)
    {
        status = discover(s, error);
        if (status == CST_OK && s->loss && (wanted || s->discrete_count == 0))
            discover_discrete(s);
    }
    if (status == CST_OK)
    {
        set_algebra(s);
        cst_lie_generic_orbits(s->orbits, &s->chart, s->generators, s->generator_count);
        set_invariants(s);
        set_laws(s);
        return verdict(s, error);
    }
    cst_symmetries_clear(s);
    return status;
}

void
cst_symmetries_clear(cst_symmetries_t s)
{
    slong n = s->generator_count;

    if (s->constants)
        _fmpq_vec_clear(s->constants, n * n * n);
    if (s->has_type)
        cst_algebra_type_clear(s->type);
    cst_lie_symmetries_clear(s->found);
    cst_lie_discrete_clear(s->found_discrete);
    for (slong k = 0; k < s->discrete_count && s->discrete_found; k++)
        flint_free((void *) s->discrete[k]);
    if (s->discrete_found)
        flint_free((void *) s->discrete);
    cst_lie_orbits_clear(s->orbits);
    cst_lie_invariants_clear(s->found_invariants);
    cst_lie_invariants_clear(s->laws);
}
