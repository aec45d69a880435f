/* What may be missing from a file that is read to derive from it, or for its symmetries; what is given is
 * verified. */
#include <criterion/criterion.h>
#include <string.h>

#include <caustic/problem.h>

TestSuite(problem_purpose, .timeout = 120);

static cst_status_t
read_text(cst_problem_t problem, cst_problem_purpose_t purpose, const char *text, cst_error_t *error)
{
    return cst_problem_parse_for(problem, purpose, "t.yaml", text, strlen(text), error);
}

static void
assert_read(cst_problem_t problem, cst_problem_purpose_t purpose, const char *text)
{
    cst_error_t error;

    cr_assert_eq(read_text(problem, purpose, text, &error), CST_OK, "%d:%d: %s", error.line, error.column,
                 error.message);
}

static void
assert_refused(cst_problem_purpose_t purpose, const char *text, const char *message)
{
    cst_problem_t problem;
    cst_error_t error;

    cr_assert_geq(cst_status_exit_code(read_text(problem, purpose, text, &error)), 2, "read: %s", text);
    cr_assert_not_null(strstr(error.message, message), "%s", error.message);
}

#define NEURON "caustic: 1\nparameters: [w, a]\nassume: [a > 0, w > 0]\n"
#define METRIC "metric: a^2*dw^2 + w^2*da^2\n"
#define SCALING "symmetry: {construction: invariant-metric, generators: [{w: w, a: -a}]}\n"
#define QUOTIENT "quotient: {coordinates: {z: a*w}, section: {w: z, a: 1}}\n"
#define LOSS "loss: (a*w - 1)^2\n"

Test(problem_purpose, a_quotient_without_domain_and_loss)
{
    static const char text[] = NEURON METRIC SCALING QUOTIENT;
    cst_problem_t problem;
    cst_expr_t e;

    assert_refused(CST_PROBLEM_CERTIFY, text, "missing key 'loss' (or 'initial')");
    assert_read(problem, CST_PROBLEM_DERIVE, text);
    cr_assert_null(problem->lower);
    cr_assert_null(problem->initial);
    cr_assert_null(problem->statement);
    cr_assert_eq(problem->dimension, 1);
    /* the co-metric a^2/a^2 + w^2/w^2 */
    e = cst_expr_sub(problem->ctx, problem->cometric->entries[0], cst_expr_integer(problem->ctx, 2));
    cr_assert_eq(cst_expr_is_zero(problem->ctx, e, NULL, 0), CST_TRUE);
    e = cst_expr_mul(problem->ctx, problem->cometric->entries[0], problem->metric->entries[0]);
    e = cst_expr_sub(problem->ctx, e, cst_expr_integer(problem->ctx, 1));
    cr_assert_eq(cst_expr_is_zero(problem->ctx, e, NULL, 0), CST_TRUE);
    cr_assert_eq(problem->total->chart.dimension, 2);
    cr_assert_eq(problem->total->chart.positive_length, 2);
    cr_assert_eq(problem->total->generator_count, 1);
    cr_assert_eq(problem->total->construction, CST_PROBLEM_INVARIANT_METRIC);
    cr_assert_eq(problem->total->invariant_count, 1);
    cst_problem_clear(problem);
    flint_cleanup();
}

Test(problem_purpose, parameters_and_a_loss_alone)
{
    cst_problem_t problem;

    assert_refused(CST_PROBLEM_DERIVE, NEURON LOSS, "missing key 'quotient'");
    assert_read(problem, CST_PROBLEM_SYMMETRIES, NEURON LOSS);
    cr_assert_eq(problem->dimension, 0);
    cr_assert_null(problem->hamiltonian);
    cr_assert_null(problem->total->metric);
    cr_assert_null(problem->total->section);
    cr_assert_not_null(problem->total->loss);
    cr_assert_eq(problem->total->generator_count, 0);
    cst_problem_clear(problem);
    assert_read(problem, CST_PROBLEM_SYMMETRIES, NEURON LOSS "symmetry: {generators: [{w: w, a: -a}]}\n");
    cr_assert_eq(problem->total->generator_count, 1);
    cr_assert_eq(problem->total->construction, CST_PROBLEM_NO_CONSTRUCTION);
    cst_problem_clear(problem);
    flint_cleanup();
}

Test(problem_purpose, what_is_given_is_verified)
{
    assert_refused(CST_PROBLEM_SYMMETRIES, NEURON LOSS "symmetry: {generators: [{w: w, a: a}]}\n",
                   "the loss is not invariant under generator 1: remainder");
    assert_refused(CST_PROBLEM_SYMMETRIES,
                   NEURON LOSS "metric: dw^2 + da^2\nsymmetry: {generators: [{w: w, a: -a}]}\n",
                   "the metric is not invariant under generator 1: component (w, w)");
    assert_refused(CST_PROBLEM_SYMMETRIES, NEURON LOSS SCALING, "the construction needs a metric");
    assert_refused(CST_PROBLEM_SYMMETRIES, NEURON METRIC SCALING, "missing key 'loss'");
    assert_refused(CST_PROBLEM_DERIVE, NEURON METRIC QUOTIENT, "missing key 'symmetry'");
    assert_refused(CST_PROBLEM_DERIVE,
                   NEURON METRIC SCALING "quotient: {coordinates: {z: a*w^2}, section: {w: 1, a: z}}\n",
                   "'z' is not invariant under generator 1");
    assert_refused(CST_PROBLEM_DERIVE,
                   NEURON METRIC "symmetry: {construction: invariant-metric, generators: []}\n" QUOTIENT,
                   "the orbits through the section have dimension 0");
    flint_cleanup();
}

Test(problem_purpose, a_manifold_without_domain_and_initial_function)
{
    static const char text[] = "caustic: 1\nmanifold: {coordinates: [x, y], hamiltonian: p_x^4 + p_y^2}\n";
    cst_problem_t problem;

    assert_refused(CST_PROBLEM_CERTIFY, text, "missing key 'initial'");
    assert_read(problem, CST_PROBLEM_DERIVE, text);
    cr_assert_null(problem->metric);
    cr_assert_null(problem->total);
    cr_assert_eq(problem->positive_length, 1); /* 12 p_x^2; the other pivot is 2 */
    cst_problem_clear(problem);
    flint_cleanup();
}
