/* Which semigroup fits a problem, in which variables, and that it is that one's entropy: against closed
 * forms. */
#include <criterion/criterion.h>
#include <string.h>

#include <caustic/coarse.h>

TestSuite(problem_coarse, .timeout = 120);

static void
assert_near(const arb_t x, const char *expected, double radius)
{
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_scope_t none = {NULL, NULL, 0};
    cst_expr_t e;
    arb_t y;

    arb_init(y);
    cr_assert_eq(cst_expr_parse(&e, ctx, expected, &none, NULL), CST_OK, "%s", expected);
    cst_expr_enclose(y, e, NULL, NULL, 0, 128);
    cr_expect(arb_overlaps(x, y), "%s", expected);
    cr_expect_lt(mag_get_d(arb_radref(x)), radius, "%s", expected);
    arb_clear(y);
    cst_expr_ctx_free(ctx);
}

#define HEAD "caustic: 1\n"
#define PLANE                                                                                                \
    HEAD "parameters: [x, y]\nassume: [x^2 + y^2 > 0]\nmetric: euclidean\nsymmetry: {construction: "         \
         "invariant-metric, generators: [{x: -y, y: x}]}\nquotient: {coordinates: {s: x^2 + y^2}, section: " \
         "{x: sqrt(s), y: 0}}\n"
#define RAYS                                                                                                 \
    HEAD                                                                                                     \
        "parameters: [x, y, z]\nassume: [z > 0]\nmetric: (dx^2 + dy^2 + dz^2)/(x^2 + y^2 + z^2)\nsymmetry: " \
        "{construction: invariant-metric, generators: [{x: x, y: y, z: z}]}\nquotient: {coordinates: "       \
        "{p: x/z, q: y/z}, section: {x: p, y: q, z: 1}}\n"

static const struct
{
    const char *text;
    cst_coarse_kind_t kind;
    slong dimension, variables;
    const char *words;
    const char *value, *slope; /* of the entropy at (1/3, 1/4), nu = 1/5, t = 2; NULL: not asked for */
} fitting[] = {
    /* y = 2 x is the distance, so u0 = y^2/8 */
    {HEAD "manifold: {coordinates: [x], metric: 4*dx^2}\ninitial: x^2/2\n", CST_COARSE_FLAT, 1, 1,
     "constant metric", "(4/9)/8/(3/2) + log(3/2)/5", "2*(2/3)/4/(3/2)"},
    {PLANE "loss: (x^2 + y^2)/2\n", CST_COARSE_ABOVE, 2, 2, "parameters", "(1/9 + 1/16)/2/3 + 2*log(3)/5",
     "1/9"},
    {RAYS "loss: (x*y)/(x^2 + y^2 + z^2)\n", CST_COARSE_SPHERE, 2, 3, "unit sphere", NULL, NULL},
    {HEAD "manifold: {coordinates: [x, y], where: {r2: x^2 + y^2}, cometric: [[1 + x^2/r2, x*y/r2], [x*y/r2, "
          "1 + y^2/r2]]}\ninitial: x*y\ndomain: {x: [1, 2], y: [1, 2]}\n",
     CST_COARSE_CONE, 2, 2, "flat cone", NULL, NULL},
};

Test(problem_coarse, the_semigroup_fits)
{
    cst_entropy_options_t options = {.tolerance = 1e-5};
    fmpq *point = _fmpq_vec_init(2);
    fmpq_t nu, time;

    fmpq_init(nu);
    fmpq_init(time);
    fmpq_set_si(nu, 1, 5);
    fmpq_set_si(time, 2, 1);
    fmpq_set_si(point, 1, 3);
    fmpq_set_si(point + 1, 1, 4);
    for (size_t i = 0; i < sizeof fitting / sizeof *fitting; i++)
    {
        cst_problem_t problem;
        cst_coarse_t coarse;
        cst_entropy_t e;
        cst_error_t error;

        cst_error_clear(&error);
        cr_assert_eq(cst_problem_parse_for(problem, CST_PROBLEM_DERIVE, "t.yaml", fitting[i].text,
                                           strlen(fitting[i].text), &error),
                     CST_OK, "%d:%d: %s", error.line, error.column, error.message);
        cr_assert_eq(cst_coarse_init(coarse, problem, &error), CST_OK, "%s", error.message);
        cr_expect(coarse->kind == fitting[i].kind && coarse->dimension == fitting[i].dimension &&
                      coarse->variables == fitting[i].variables,
                  "%s", fitting[i].words);
        cr_expect(strstr(cst_coarse_words(coarse), fitting[i].words), "%s", cst_coarse_words(coarse));
        if (fitting[i].value)
        {
            cst_entropy_init(e, coarse->dimension);
            cr_assert_eq(cst_coarse_enclose(e, coarse, nu, time, point, &options, &error), CST_OK, "%s",
                         error.message);
            assert_near(e->value, fitting[i].value, 1e-4);
            assert_near(e->gradient, fitting[i].slope, 1e-3);
            cst_entropy_clear(e);
        }
        cst_coarse_clear(coarse);
        cst_problem_clear(problem);
    }
    fmpq_clear(nu);
    fmpq_clear(time);
    _fmpq_vec_clear(point, 2);
}

Test(problem_coarse, none_fits)
{
    static const char *const texts[][2] = {
        {HEAD "manifold: {coordinates: [x, y], metric: (dx^2 + dy^2)/y^2}\ninitial: x\ndomain: {x: [0, 1], "
              "y: [1, 2]}\n",
         "the heat semigroup of this metric"},
        {HEAD "manifold: {coordinates: [x], metric: dx^2}\n", "no loss"},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        cst_problem_t problem;
        cst_coarse_t coarse;
        cst_error_t error;

        cst_error_clear(&error);
        cr_assert_eq(cst_problem_parse_for(problem, CST_PROBLEM_DERIVE, "t.yaml", texts[i][0],
                                           strlen(texts[i][0]), &error),
                     CST_OK, "%d:%d: %s", error.line, error.column, error.message);
        cr_expect_eq(cst_coarse_init(coarse, problem, &error), CST_REFUSED);
        cr_expect(strstr(error.message, texts[i][1]), "%s", error.message);
        cst_problem_clear(problem);
    }
}
