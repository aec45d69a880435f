/* Symmetries of problems, given and found, with known algebras, invariants and conservation laws. */
#include <criterion/criterion.h>
#include <string.h>

#include <caustic/symmetries.h>

TestSuite(problem_symmetries, .timeout = 120);

static const struct
{
    const char *text;
    int discover;
    slong generators, orbits, invariants, laws; /* laws: -1 if not all are polynomials of degree 2 */
    const char *type, *order; /* of the group of signed permutations, if they are looked for */
} cases[] = {
    /* a sphere, and one axis left alone */
    {"parameters: [x, y, z]\nloss: (x^2 + y^2 + z^2 - 1)^2\n", 0, 3, 2, 1, -1, "so(3)", "48"},
    {"parameters: [x, y, z]\nloss: (x^2 + y^2 - 1)^2*z\n", 0, 1, 1, 2, -1, "R", "8"},
    /* a product of two: a b = const, the hyperbola */
    {"parameters: [a, b]\nloss: (a*b - 1)^2\n", 0, 1, 1, 1, 1, "R", "4"},
    /* three factors: two rescalings */
    {"parameters: [a, b, c]\nloss: (a*b*c - 1)^2\n", 0, 2, 2, 1, 2, "R^2", "24"},
    /* u.v with two units: what preserves a form of signature (2,2) */
    {"parameters: [a, b, c, d]\nloss: (a*c + b*d - 1)^2\n", 0, 6, 3, 1, 3, "so(2,2) = sl(2,R) + sl(2,R)",
     "32"},
    /* the metric excludes all but the rotation, and keeps the permutations */
    {"parameters: [x, y]\nmetric: dx^2 + dy^2\nloss: (x^2 + y^2)^2\n", 0, 1, 1, 1, -1, "R", "8"},
    /* given, a shift of three logits; D - n = 1 */
    {"parameters: [a, b, c]\nmetric: euclidean\n"
     "symmetry: {construction: invariant-metric, generators: [{a: 1, b: 1, c: 1}]}\n"
     "quotient: {coordinates: {x: a - c, y: b - c}, section: {a: x, b: y, c: 0}}\n",
     0, 1, 1, 2, 1, "R", NULL},
};

static void
check(size_t i)
{
    char text[1000];
    cst_problem_t problem;
    cst_symmetries_t s;
    cst_error_t error;

    snprintf(text, sizeof text, "caustic: 1\n%s", cases[i].text);
    cr_assert_eq(cst_problem_parse_for(problem, CST_PROBLEM_SYMMETRIES, "t.yaml", text, strlen(text), &error),
                 CST_OK, "%s: %s", text, error.message);
    cr_assert_eq(cst_symmetries_init(s, problem, cases[i].discover, &error), CST_OK, "%s: %s", text,
                 error.message);
    cr_assert_eq(s->generator_count, cases[i].generators, "%s: %ld", text, (long) s->generator_count);
    cr_assert_eq(s->orbits->rank, cases[i].orbits, "%s", text);
    cr_assert_eq(s->invariant_count, cases[i].invariants, "%s", text);
    cr_assert_eq(s->invariants_complete, CST_TRUE, "%s", text);
    cr_assert(s->has_type);
    cr_assert_str_eq(s->type->name, cases[i].type, "%s: %s", text, s->type->name);
    cr_assert(s->has_laws);
    cr_assert_eq(s->laws->complete == CST_TRUE, cases[i].laws >= 0, "%s", text);
    if (cases[i].laws >= 0)
        cr_assert_eq(s->laws->count, cases[i].laws, "%s: %ld", text, (long) s->laws->count);
    cr_assert_eq(s->discovered && s->complete == CST_TRUE, cases[i].order != NULL);
    if (cases[i].order)
    {
        char *order = fmpz_get_str(NULL, 10, s->found_discrete->order);

        cr_assert_eq(s->discrete_complete, CST_TRUE);
        cr_assert_str_eq(order, cases[i].order, "%s: %s", text, order);
        flint_free(order);
    }
    cst_symmetries_clear(s);
    cst_problem_clear(problem);
}

Test(problem_symmetries, known_ones)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(i);
    flint_cleanup();
}

/* Every generator that is found is one: a test of its own, on the loss. */
Test(problem_symmetries, what_is_found_annihilates_the_loss)
{
    static const char text[] =
        "caustic: 1\nparameters: [a, b, c, x, y, z]\nloss: tanh(a*x + b*y + c*z)^2 + a*x + b*y + c*z\n";
    cst_problem_t problem;
    cst_symmetries_t s;
    cst_error_t error;

    cr_assert_eq(
        cst_problem_parse_for(problem, CST_PROBLEM_SYMMETRIES, "t.yaml", text, sizeof text - 1, &error),
        CST_OK);
    cr_assert_eq(cst_symmetries_init(s, problem, 0, &error), CST_OK, "%s", error.message);
    cr_assert_eq(s->generator_count, 15); /* so(3,3) */
    for (slong i = 0; i < s->generator_count; i++)
        cr_assert_eq(cst_lie_is_invariant(NULL, &s->chart, s->generators[i], s->loss), CST_TRUE);
    cst_symmetries_clear(s);
    cst_problem_clear(problem);
    flint_cleanup();
}
