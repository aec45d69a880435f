/* Quotients of bundles made at random: the metric is h(q) + k_ab(q) (theta^a + A^a)(theta^b + A^b) with a
   left-invariant coframe theta of a group and a connection A, in coordinates mixed linearly. So the quotient
   is the metric h, whatever k and A are. The drift d_a (sqrt(det g) g^aj)/sqrt(det g) and det <xi_a, xi_b> at
   the section were worked out by another computer algebra system in the coordinates that are not mixed. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include <caustic/derivation.h>

TestSuite(problem_bundle, .timeout = 120);

typedef struct
{
    const char *file;
    slong n;
    const char *cometric[4], *drift[2], *volume_squared;
    cst_truth_t unimodular;
} bundle_t;

static const bundle_t bundles[] = {
    {"scaling",
     2,
     {"1/(q1^2 + q2^2 + 1)", "0", "0", "1/(q1^2 + 1)"},
     {"q1*(2*q1^2 + 3*q2^2 + 2)/((q1^2 + 1)*(q1^2 + q2^2 + 1)^2)", "q2/((q1^2 + 1)*(q1^2 + q2^2 + 1))"},
     "(q1^2 + 1)^2",
     CST_TRUE},
    {"affine",
     2,
     {"1", "0", "0", "1/(q1^2 + q2^2 + 1)"},
     {"-(q1^2 - q1 + q2^2 + 1)/(q1^2 + q2^2 + 1)",
      "-(3*q1^3 + 3*q1*q2^2 + 3*q1 + 2*q2)/(2*(q1^2 + q2^2 + 1)^2)"},
     "(q1^2 + 1)^(-2)",
     CST_FALSE},
    {"heisenberg", 1, {"1/(q1^2 + 1)"}, {"3*q1/(q1^2 + 1)^2"}, "(q1^2 + 1)^4", CST_TRUE}};

static void
assert_equal(const cst_derivation_t d, cst_expr_t e, const char *text, const char *what)
{
    const char *names[2];
    cst_expr_scope_t scope = {names, d->chart.coordinates, d->chart.dimension};
    cst_error_t error;
    cst_expr_t f = NULL;

    for (slong i = 0; i < scope.length; i++)
        names[i] = cst_expr_name(scope.values[i]);
    cr_assert_eq(cst_expr_parse(&f, d->chart.ctx, text, &scope, &error), CST_OK, "%s", error.message);
    cr_expect_eq(cst_lie_is_zero(NULL, &d->chart, cst_expr_sub(d->chart.ctx, e, f)), CST_TRUE, "%s: not %s",
                 what, text);
}

static void
check_bundle(const bundle_t *bundle)
{
    const char *top = getenv("top_srcdir");
    char path[500];
    cst_problem_t problem;
    cst_derivation_t d;
    cst_error_t error;

    snprintf(path, sizeof path, "%s/tests/data/bundles/%s.yaml", top ? top : "..", bundle->file);
    cr_assert_eq(cst_problem_read_for(problem, CST_PROBLEM_DERIVE, path, &error), CST_OK, "%s",
                 error.message);
    cr_assert_eq(cst_derivation_init(d, problem, &error), CST_OK, "%s: %s", bundle->file, error.message);
    cr_assert_eq(d->chart.dimension, bundle->n);
    cr_expect_eq(d->is_unimodular, bundle->unimodular, "%s", bundle->file);
    for (slong k = 0; k < bundle->n * bundle->n; k++)
        assert_equal(d, d->cometric->entries[k], bundle->cometric[k], bundle->file);
    for (slong k = 0; k < bundle->n; k++)
        assert_equal(d, d->drift[k], bundle->drift[k], bundle->file);
    assert_equal(d, cst_expr_mul(d->chart.ctx, d->orbit_volume, d->orbit_volume), bundle->volume_squared,
                 bundle->file);
    for (slong k = 0; k < d->check_count; k++)
        cr_expect(d->checks[k].holds == CST_TRUE || (!d->checks[k].needed && !bundle->unimodular), "%s: %s",
                  bundle->file, d->checks[k].identity);
    cst_derivation_clear(d);
    cst_problem_clear(problem);
    flint_cleanup();
}

Test(problem_bundle, the_base_is_found)
{
    for (size_t k = 0; k < sizeof bundles / sizeof *bundles; k++)
        check_bundle(bundles + k);
}
