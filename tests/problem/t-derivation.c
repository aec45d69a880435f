/* Derivations against closed forms: cone, slice, spheres, Bures-Wasserstein, a group that is not unimodular.
 */
#include <criterion/criterion.h>
#include <string.h>

#include <caustic/derivation.h>

TestSuite(problem_derivation, .timeout = 120);

typedef struct
{
    cst_problem_t problem;
    cst_derivation_t d;
} case_t;

static void
derive(case_t *c, const char *text, cst_status_t expected)
{
    cst_error_t error;

    cr_assert_eq(cst_problem_parse_for(c->problem, CST_PROBLEM_DERIVE, "t.yaml", text, strlen(text), &error),
                 CST_OK, "%d:%d: %s", error.line, error.column, error.message);
    cr_assert_eq(cst_derivation_init(c->d, c->problem, &error), expected, "%s", error.message);
}

static void
clear(case_t *c)
{
    cst_derivation_clear(c->d);
    cst_problem_clear(c->problem);
    flint_cleanup();
}

static void
assert_equal(const case_t *c, cst_expr_t e, const char *text)
{
    const char *names[12];
    cst_expr_t values[12], f = NULL;
    cst_expr_scope_t scope = {names, values, c->d->chart.dimension};
    cst_error_t error;

    for (slong i = 0; i < scope.length; i++)
    {
        values[i] = c->d->chart.coordinates[i];
        names[i] = cst_expr_name(values[i]);
    }
    cr_assert_eq(cst_expr_parse(&f, c->problem->ctx, text, &scope, &error), CST_OK, "%s: %s", text,
                 error.message);
    cr_assert_eq(cst_lie_is_zero(NULL, &c->d->chart, cst_expr_sub(c->problem->ctx, e, f)), CST_TRUE, "not %s",
                 text);
}

/* Does the check with these words have this answer? */
static void
assert_check(const case_t *c, const char *words, cst_truth_t holds)
{
    for (slong k = 0; k < c->d->check_count; k++)
        if (strstr(c->d->checks[k].identity, words))
        {
            cr_assert_eq(c->d->checks[k].holds, holds, "%s", words);
            return;
        }
    cr_assert_fail("no check '%s'", words);
}

static void
assert_proved(const case_t *c, int unimodular)
{
    for (slong k = 0; k < c->d->check_count; k++)
        cr_assert(c->d->checks[k].holds == CST_TRUE || (!unimodular && !c->d->checks[k].needed), "%s",
                  c->d->checks[k].identity);
    assert_check(c, "Cole-Hopf", CST_TRUE);
    assert_check(c, "Bochner", CST_TRUE);
    assert_check(c, "Burgers = d", CST_TRUE);
}

#define NEURON                                                                                               \
    "caustic: 1\nparameters: [u, v, w, a]\nassume: [a > 0, u^2 + v^2 + w^2 > 0]\n"                           \
    "quotient:\n  coordinates: {x: a*u, y: a*v, z: a*w}\n"                                                   \
    "  section: {u: x/sqrt(r), v: y/sqrt(r), w: z/sqrt(r), a: sqrt(r)}\n  where: {r: sqrt(x^2 + y^2 + "      \
    "z^2)}\n"

/* g = 1/2 dr^2 + r^2 dOmega^2 in three dimensions: R = -2/r^2; orbits of length |w|^2 a^2 + ... */
Test(problem_derivation, the_cone_of_a_neuron_with_three_inputs)
{
    case_t c;

    derive(&c,
           NEURON "metric: a^2*(du^2 + dv^2 + dw^2) + (u^2 + v^2 + w^2)*da^2\n"
                  "symmetry: {construction: invariant-metric, generators: [{u: u, v: v, w: w, a: -a}]}\n",
           CST_OK);
    assert_equal(&c, c.d->cometric->entries[1], "x*y/(x^2 + y^2 + z^2)");
    assert_equal(&c, c.d->cometric->entries[0], "1 + x^2/(x^2 + y^2 + z^2)");
    assert_equal(&c, c.d->scalar_curvature, "-2/(x^2 + y^2 + z^2)");
    assert_equal(&c, c.d->determinant, "1/2");
    assert_equal(&c, c.d->orbit_volume, "sqrt(2*(x^2 + y^2 + z^2))");
    /* d_r is radial: L = 2 d_r^2 + (4 + 2) / r d_r + ..., so the drift is 2 x/r^2 of g and 2 x/r^2 of log V
     */
    assert_equal(&c, c.d->drift[0], "4*x/(x^2 + y^2 + z^2)");
    assert_proved(&c, 1);
    clear(&c);
}

/* g^ij = r delta^ij + z^i z^j/r; |w|^2 - a^2 is conserved. */
Test(problem_derivation, the_balanced_slice_of_a_neuron)
{
    case_t c;

    derive(&c,
           NEURON "metric: euclidean\n"
                  "symmetry: {construction: balanced, generators: [{u: u, v: v, w: w, a: -a}]}\n",
           CST_OK);
    assert_equal(&c, c.d->cometric->entries[4], "sqrt(x^2 + y^2 + z^2) + y^2/sqrt(x^2 + y^2 + z^2)");
    assert_equal(&c, c.d->cometric->entries[2], "x*z/sqrt(x^2 + y^2 + z^2)");
    cr_assert_eq(c.d->conserved_count, 1);
    assert_proved(&c, 1);
    clear(&c);
}

/* Weights modulo scaling: the round unit sphere, R = 2 (D = 3) and 6 (D = 4). */
Test(problem_derivation, scale_invariant_weights)
{
    case_t c;

    derive(&c,
           "caustic: 1\nparameters: [a, b, c, d]\nassume: [d > 0]\n"
           "metric: (da^2 + db^2 + dc^2 + dd^2)/(a^2 + b^2 + c^2 + d^2)\n"
           "symmetry: {construction: invariant-metric, generators: [{a: a, b: b, c: c, d: d}]}\n"
           "quotient: {coordinates: {x: a/d, y: b/d, z: c/d}, section: {a: x, b: y, c: z, d: 1}}\n",
           CST_OK);
    assert_equal(&c, c.d->scalar_curvature, "6");
    assert_equal(&c, c.d->orbit_volume, "1");
    assert_proved(&c, 1);
    clear(&c);
}

/* The affine group of the line on hyperbolic half planes: not unimodular, V = z^2, and the generator is the
   projected Laplacian all the same: Delta of f(z) upstairs is f'' + 2/z f'. */
Test(problem_derivation, a_group_that_is_not_unimodular)
{
    case_t c;

    derive(&c,
           "caustic: 1\nparameters: [p, q, w]\nassume: [q > 0, w > 0]\n"
           "metric: (dp^2 + dq^2)/q^2*w^2 + dw^2\n"
           "symmetry: {construction: invariant-metric, generators: [{p: 1}, {p: p, q: q}]}\n"
           "quotient: {coordinates: {z: w}, section: {p: 0, q: 1, w: z}}\n",
           CST_OK);
    cr_assert_eq(c.d->is_unimodular, CST_FALSE);
    assert_check(&c, "the group is unimodular", CST_FALSE);
    assert_equal(&c, c.d->drift[0], "2/z");
    assert_proved(&c, 0);
    clear(&c);
}

Test(problem_derivation, a_hamiltonian_alone)
{
    case_t c;
    char *text;

    derive(&c, "caustic: 1\nmanifold: {coordinates: [x, y], hamiltonian: p_x^4/4 + p_y^2/2 + x*p_y}\n",
           CST_OK);
    cr_assert_not(c.d->has_metric);
    cr_assert_null(c.d->scalar_curvature);
    text = cst_expr_print(c.problem->ctx, c.d->burgers[1]);
    cr_assert_str_eq(text, "v_y_t + v_x_y*v_x^3 + v_y_y*(x + v_y)");
    flint_free(text);
    assert_check(&c, "Burgers = d", CST_TRUE);
    cr_assert_eq(c.d->check_count, 1);
    clear(&c);
}

Test(problem_derivation, nothing_without_a_quotient)
{
    static const char text[] = "caustic: 1\nparameters: [x]\nloss: x^2\n";
    cst_problem_t problem;
    cst_derivation_t d;
    cst_error_t error;

    cr_assert_eq(cst_problem_parse_for(problem, CST_PROBLEM_SYMMETRIES, "t.yaml", text, strlen(text), &error),
                 CST_OK);
    cr_assert_eq(cst_derivation_init(d, problem, &error), CST_REFUSED);
    cr_assert_not_null(strstr(error.message, "no quotient"));
    cst_problem_clear(problem);
    flint_cleanup();
}
