/* problem/verify.c -- the identities of a quotient problem, proved before anything is made of it.

   Together they say that H is the Hamiltonian of the quotient. With an invariant metric: the generators
   are Killing fields, dI(xi) = 0 and rank xi + rank dI = D, so that q = I is a chart of the space of orbits
   and the Gram matrix of dI does not depend on the section. On a balanced slice: the metric is Euclidean,
   each generator is xi = A x with A symmetric (then <x, A x> is conserved, and its level set is the slice) or
   antisymmetric (then it is an isometry); the gradients of I span the complement of the orbits of the
   whole algebra, which is the horizontal space of slice/K, if the algebra is closed and the slice is kept by
   its antisymmetric part: at level 0 by closure, at another level as the structure constants say. */
#include "problem/draft.h"

#include <caustic/submersion.h>

static cst_io_node_t
generator_node(const cst__total_t *total, slong i)
{
    return total->generator_list->items[i];
}

static cst_status_t
verify_killing(cst__draft_t *draft, const cst__total_t *total)
{
    for (slong i = 0; i < total->generator_count; i++)
    {
        slong component[2];
        cst_expr_t remainder = NULL;
        cst_truth_t truth =
            cst_geom_is_killing(component, &remainder, &total->chart, total->metric, total->generators[i]);

        if (truth != CST_TRUE)
            return cst__draft_refuse(
                draft, generator_node(total, i), truth, remainder,
                "the metric is not invariant under generator %ld: component (%s, %s) of the "
                "Killing equation",
                (long) i + 1, draft->parameters.names[component[0]], draft->parameters.names[component[1]]);
    }
    return CST_OK;
}

static cst_status_t
verify_loss(cst__draft_t *draft, const cst__total_t *total)
{
    cst_expr_t remainder = NULL;
    cst_truth_t truth;

    for (slong i = 0; i < total->generator_count && total->loss; i++)
    {
        truth = cst_lie_is_invariant(&remainder, &total->chart, total->generators[i], total->loss);
        if (truth != CST_TRUE)
            return cst__draft_refuse(draft, total->loss_node, truth, remainder,
                                     "the loss is not invariant under generator %ld", (long) i + 1);
    }
    for (slong i = 0; i < total->discrete_count && total->loss; i++)
    {
        truth = cst_lie_is_invariant_under_map(&remainder, &total->chart, total->discrete[i], total->loss);
        if (truth != CST_TRUE)
            return cst__draft_refuse(draft, total->loss_node, truth, remainder,
                                     "the loss is not invariant under discrete symmetry %ld", (long) i + 1);
    }
    return CST_OK;
}

static cst_status_t
verify_discrete(cst__draft_t *draft, const cst__total_t *total)
{
    for (slong i = 0; i < total->discrete_count; i++)
    {
        slong component[2];
        cst_expr_t remainder = NULL;
        cst_truth_t truth =
            cst_geom_is_isometry(component, &remainder, &total->chart, total->metric, total->discrete[i]);

        if (truth != CST_TRUE)
            return cst__draft_refuse(
                draft, total->discrete_list->items[i], truth, remainder,
                "the metric is not invariant under discrete symmetry %ld: component (%s, %s)", (long) i + 1,
                draft->parameters.names[component[0]], draft->parameters.names[component[1]]);
    }
    return CST_OK;
}

static cst_status_t
verify_invariants(cst__draft_t *draft, const cst__total_t *total)
{
    for (slong k = 0; k < draft->coordinates.length; k++)
        for (slong i = 0; i < total->generator_count; i++)
        {
            cst_expr_t remainder = NULL;
            cst_truth_t truth =
                cst_lie_is_invariant(&remainder, &total->chart, total->generators[i], total->invariants[k]);

            if (truth != CST_TRUE)
                return cst__draft_refuse(draft, total->coordinate_map->items[k], truth, remainder,
                                         "'%s' is not invariant under generator %ld",
                                         draft->coordinates.names[k], (long) i + 1);
        }
    return CST_OK;
}

static cst_expr_t
on_section(cst__draft_t *draft, const cst__total_t *total, cst_expr_t e)
{
    return cst_expr_substitute(draft->ctx, e, draft->parameters.values, total->section,
                               draft->parameters.length);
}

/* The chart of the coordinates, with the assumptions at sigma(q). */
static cst_lie_chart_t
coordinate_chart(cst__draft_t *draft, const cst__total_t *total)
{
    cst_expr_t *positive = cst__draft_alloc(draft, (size_t) total->assumed_count, sizeof *positive);
    cst_lie_chart_t chart = {draft->ctx, draft->coordinates.length, draft->coordinates.values, positive,
                             total->assumed_count};

    for (slong i = 0; i < total->assumed_count; i++)
        positive[i] = on_section(draft, total, total->assumed[i]);
    return chart;
}

/* I(sigma(q)) = q */
static cst_status_t
verify_section(cst__draft_t *draft, const cst__total_t *total)
{
    cst_lie_chart_t chart = coordinate_chart(draft, total);

    for (slong k = 0; k < chart.dimension; k++)
    {
        cst_expr_t remainder = NULL;
        cst_expr_t e =
            cst_expr_sub(draft->ctx, on_section(draft, total, total->invariants[k]), chart.coordinates[k]);
        cst_truth_t truth = cst_lie_is_zero(&remainder, &chart, e);

        if (truth != CST_TRUE)
            return cst__draft_refuse(draft, total->section_map, truth, remainder,
                                     "the section does not give back '%s': its value there minus '%s'",
                                     draft->coordinates.names[k], draft->coordinates.names[k]);
    }
    return CST_OK;
}

/* A component of the bracket of two generators that is not zero. */
static slong
component_of_bracket(cst_expr_t *value, const cst__total_t *total, const slong pair[2])
{
    slong d = total->chart.dimension, a = -1;
    cst_expr_t *bracket = flint_malloc((size_t) d * sizeof *bracket);

    cst_lie_bracket(bracket, &total->chart, total->generators[pair[0]], total->generators[pair[1]]);
    while (++a < d - 1 && cst_lie_is_zero(value, &total->chart, bracket[a]) == CST_TRUE)
        ;
    cst_lie_is_zero(value, &total->chart, bracket[a]);
    flint_free(bracket);
    return a;
}

static cst_status_t
verify_closure(cst__draft_t *draft, const cst__total_t *total)
{
    slong count = total->generator_count, pair[2], size = count * count * count;
    fmpq *constants = _fmpq_vec_init(size);
    cst_expr_t remainder = NULL;
    cst_truth_t truth = cst_lie_structure_constants(constants, pair, &remainder, &total->chart,
                                                    (const cst_expr_t *const *) total->generators, count);

    _fmpq_vec_clear(constants, size);
    if (truth == CST_TRUE)
        return CST_OK;
    if (!remainder && truth == CST_FALSE)
    {
        slong a = component_of_bracket(&remainder, total, pair);

        return cst__draft_refuse(
            draft, generator_node(total, pair[0]), truth, remainder,
            "the bracket of generators %ld and %ld is not in the span of the generators: "
            "component %s of it",
            (long) pair[0] + 1, (long) pair[1] + 1, draft->parameters.names[a]);
    }
    return cst__draft_refuse(draft, generator_node(total, pair[0]), truth, remainder,
                             "the bracket of generators %ld and %ld is not in the span of the generators",
                             (long) pair[0] + 1, (long) pair[1] + 1);
}

static slong
rank_on_section(cst__draft_t *draft, const cst__total_t *total, const fmpq *place)
{
    slong n = draft->coordinates.length, d = draft->parameters.length, rank;
    arb_ptr q = _arb_vec_init(n), point = _arb_vec_init(d);

    for (slong i = 0; i < n; i++)
        arb_set_fmpq(q + i, place + i, 512);
    for (slong a = 0; a < d; a++)
        cst_expr_enclose(point + a, total->section[a], draft->coordinates.values, q, n, 512);
    rank = total->generator_count ? cst_lie_rank(&total->chart, (const cst_expr_t *const *) total->generators,
                                                 total->generator_count, point, 512)
                                  : 0;
    _arb_vec_clear(q, n);
    _arb_vec_clear(point, d);
    return rank;
}

/* rank xi + rank dI = D. The rank of dI is n, since I o sigma = id; the rank of xi is at most D - n, since
   dI(xi) = 0. So it is enough that enclosures prove rank xi >= D - n somewhere on the section. */
static cst_status_t
verify_dimension(cst__draft_t *draft, const cst__total_t *total)
{
    slong n = draft->coordinates.length, d = draft->parameters.length, most = 0, rank;
    fmpq *place = _fmpq_vec_init(2 * n), *best = place + n;
    cst_status_t status = CST_OK;

    for (slong k = 0; cst__problem_place(place, draft->problem, k) && (k == 0 || most < d - n); k++)
    {
        rank = rank_on_section(draft, total, place);
        if (rank > most || k == 0)
            for (slong i = 0; i < n; i++)
                fmpq_set(best + i, place + i);
        most = FLINT_MAX(most, rank);
    }
    if (most < d - n)
    {
        char *where = cst__problem_place_words(draft->problem, best);

        status = cst__draft_fail(
            draft, total->coordinate_map, CST_REFUSED,
            "the orbits through the section have dimension %ld at %.200s: %ld parameters need %ld "
            "coordinates, not %ld",
            (long) most, where, (long) d, (long) (d - most), (long) n);
        flint_free(where);
    }
    _fmpq_vec_clear(place, 2 * n);
    return status;
}

/* The balanced slice -------------------------------------------------------- */

/* Is A = sign A^T for a constant matrix? */
static cst_truth_t
has_parity(const cst__total_t *total, const cst_expr_t *matrix, int sign)
{
    slong d = total->chart.dimension;
    cst_truth_t truth = CST_TRUE;

    for (slong a = 0; a < d && truth == CST_TRUE; a++)
        for (slong b = a; b < d && truth == CST_TRUE; b++)
        {
            cst_expr_t x = matrix[a * d + b], y = matrix[b * d + a];

            truth = cst_lie_is_zero(NULL, &total->chart,
                                    sign > 0 ? cst_expr_sub(total->chart.ctx, x, y)
                                             : cst_expr_add(total->chart.ctx, x, y));
        }
    return truth;
}

static cst_status_t
verify_moment(cst__draft_t *draft, const cst__total_t *total, slong i, const cst_expr_t *matrix)
{
    cst_lie_chart_t chart = coordinate_chart(draft, total);
    cst_expr_t moment = on_section(draft, total, cst_lie_moment(&total->chart, matrix)), remainder = NULL;
    cst_truth_t truth = cst_lie_is_zero(
        &remainder, &chart, cst_expr_sub(draft->ctx, moment, cst_expr_rational(draft->ctx, total->level)));

    if (truth == CST_TRUE)
        return CST_OK;
    return cst__draft_refuse(
        draft, total->section_map, truth, remainder,
        "the section is not in the balanced slice: the moment of generator %ld minus the level",
        (long) i + 1);
}

/* Every symmetric generator has the same level. */
static cst_truth_t
level_is_kept(const cst__total_t *total)
{
    fmpq *levels = _fmpq_vec_init(total->generator_count);
    cst_geom_submersion_t view = {.total = total->chart,
                                  .generators = (const cst_expr_t *const *) total->generators,
                                  .generator_count = total->generator_count,
                                  .balanced = 1,
                                  .level = levels};
    cst_truth_t truth;

    for (slong i = 0; i < total->generator_count; i++)
        fmpq_set(levels + i, total->level);
    truth = cst_geom_level_is_kept(&view);
    _fmpq_vec_clear(levels, total->generator_count);
    return truth;
}

static cst_status_t
verify_balance(cst__draft_t *draft, const cst__total_t *total)
{
    slong d = draft->parameters.length;
    cst_expr_t *matrix = cst__draft_alloc(draft, (size_t) (d * d), sizeof *matrix);

    for (slong i = 0; i < total->generator_count; i++)
    {
        cst_io_node_t node = generator_node(total, i);
        cst_truth_t symmetric;

        if (cst_lie_linear_part(matrix, &total->chart, total->generators[i]) != CST_TRUE)
            return cst__draft_fail(draft, node, CST_REFUSED,
                                   "the balanced construction needs linear generators; generator %ld is not",
                                   (long) i + 1);
        symmetric = has_parity(total, matrix, 1);
        if (symmetric == CST_TRUE && total->section)
            CST__TRY(verify_moment(draft, total, i, matrix));
        else if (symmetric != CST_TRUE && has_parity(total, matrix, -1) != CST_TRUE)
            return cst__draft_fail(
                draft, node, CST_REFUSED,
                "the matrix of generator %ld is neither symmetric nor antisymmetric: give a basis of "
                "such generators",
                (long) i + 1);
    }
    if (!fmpq_is_zero(total->level) && level_is_kept(total) != CST_TRUE)
        return cst__draft_fail(
            draft, total->level_node, CST_REFUSED,
            "an antisymmetric generator does not keep the level: the slice is not invariant");
    return CST_OK;
}

cst_status_t
cst__problem_verify(cst__draft_t *draft, const cst__total_t *total)
{
    if (total->construction == CST_PROBLEM_INVARIANT_METRIC)
        CST__TRY(verify_killing(draft, total));
    if (total->metric)
        CST__TRY(verify_discrete(draft, total));
    CST__TRY(verify_loss(draft, total));
    if (total->section)
    {
        CST__TRY(verify_invariants(draft, total));
        CST__TRY(verify_section(draft, total));
    }
    if (total->generator_count > 1)
        CST__TRY(verify_closure(draft, total));
    if (total->construction == CST_PROBLEM_BALANCED)
        CST__TRY(verify_balance(draft, total));
    return total->section ? verify_dimension(draft, total) : CST_OK;
}
