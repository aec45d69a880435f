/* lie/verify.c -- functions that are claimed to be a complete set of independent invariants. */
#include <caustic/discovery.h>

static void
check_invariance(cst_lie_invariance_t *result, const cst_lie_chart_t *chart, const cst_expr_t *const *fields,
                 slong count, const cst_expr_t *functions, slong length)
{
    result->invariant = CST_TRUE;
    result->field = result->function = -1;
    result->remainder = NULL;
    for (slong k = 0; k < count && result->invariant != CST_FALSE; k++)
        for (slong i = 0; i < length && result->invariant != CST_FALSE; i++)
        {
            cst_expr_t remainder = NULL;
            cst_truth_t truth = cst_lie_is_invariant(&remainder, chart, fields[k], functions[i]);

            if (truth == CST_FALSE || (truth == CST_UNKNOWN && result->invariant == CST_TRUE))
                *result = (cst_lie_invariance_t){
                    .invariant = truth, .field = k, .function = i, .remainder = remainder};
        }
}

/* *rank: at least this. Is it that, wherever it is defined? */
static cst_truth_t
rank_of(slong *rank, const cst_lie_chart_t *chart, const cst_expr_t *const *fields, slong count)
{
    cst_lie_orbits_t orbits;
    cst_truth_t proved;

    cst_lie_orbits_init(orbits);
    cst_lie_generic_orbits(orbits, chart, fields, count);
    *rank = orbits->rank;
    proved = orbits->proved;
    cst_lie_orbits_clear(orbits);
    return proved;
}

/* By Frobenius' theorem fields that are closed under brackets have D - rank independent invariants. */
static int
are_closed(const cst_lie_chart_t *chart, const cst_expr_t *const *fields, slong count)
{
    slong pair[2], size = count * count * count;
    fmpq *constants = _fmpq_vec_init(size);
    cst_truth_t closed = cst_lie_structure_constants(constants, pair, NULL, chart, fields, count);

    _fmpq_vec_clear(constants, size);
    return closed == CST_TRUE;
}

/* Invariance says that gradients and fields, as rows, are orthogonal: so at each point the ranks add up. */
static void
check_rank(cst_lie_invariance_t *result, const cst_lie_chart_t *chart, const cst_expr_t *const *rows,
           slong length, slong count)
{
    slong d = chart->dimension, both;
    cst_truth_t rank_known = rank_of(&result->rank, chart, rows, length);
    cst_truth_t orbits_known = rank_of(&result->orbits, chart, rows + length, count);

    result->independent = result->rank == length                                         ? CST_TRUE
                          : length > d || rank_known == CST_TRUE                         ? CST_FALSE
                          : result->invariant == CST_TRUE && length > d - result->orbits ? CST_FALSE
                                                                                         : CST_UNKNOWN;
    result->complete = result->invariant == CST_FALSE ? CST_FALSE : CST_UNKNOWN;
    if (result->invariant != CST_TRUE)
        return;
    rank_of(&both, chart, rows, length + count);
    if (both == d)
        result->complete = CST_TRUE;
    else if (rank_known == CST_TRUE && orbits_known == CST_TRUE && result->rank + result->orbits < d &&
             are_closed(chart, rows + length, count))
        result->complete = CST_FALSE;
}

cst_truth_t
cst_lie_verify_invariants(cst_lie_invariance_t *result, const cst_lie_chart_t *chart,
                          const cst_expr_t *const *fields, slong count, const cst_expr_t *functions,
                          slong length)
{
    slong d = chart->dimension;
    cst_expr_t *gradients = flint_malloc((size_t) (length * d + 1) * sizeof *gradients);
    const cst_expr_t **rows = flint_malloc((size_t) (length + count + 1) * sizeof *rows);

    for (slong i = 0; i < length; i++)
        for (slong a = 0; a < d; a++)
            gradients[i * d + a] = cst_expr_derivative(chart->ctx, functions[i], chart->coordinates[a]);
    for (slong i = 0; i < length + count; i++)
        rows[i] = i < length ? gradients + i * d : fields[i - length];
    check_invariance(result, chart, fields, count, functions, length);
    check_rank(result, chart, rows, length, count);
    flint_free(gradients);
    flint_free(rows);
    if (result->invariant == CST_FALSE || result->independent == CST_FALSE || result->complete == CST_FALSE)
        return CST_FALSE;
    return result->complete == CST_TRUE ? result->independent : CST_UNKNOWN;
}
