/* Polynomial invariants and conservation laws: known counts. */
#include "network.h"

TestSuite(invariants, .timeout = 120);

/* kh - k(k - 1)/2 laws with k = min(n + m, h), and a Lie algebra of dimension (n + m)(n + m - 1)/2 */
Test(invariants, conservation_laws_of_linear_networks)
{
    static const struct
    {
        slong n, h, m, laws, algebra;
    } cases[] = {{2, 2, 2, 3, 6}, {3, 2, 3, 3, 15}, {2, 3, 2, 6, 6},  {2, 5, 2, 14, 6},
                 {1, 5, 1, 9, 1}, {1, 7, 2, 18, 3}, {3, 8, 3, 33, 15}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        slong widths[] = {cases[i].n, cases[i].h, cases[i].m}, length;
        world_t world;
        cst_expr_t functions[MOST_FUNCTIONS];
        cst_lie_invariants_t s;

        length = linear_network(&world, functions, widths, 3);
        cst_lie_invariants_init(s);
        cr_assert_eq(cst_lie_conservation_laws(s, &world.chart, functions, length, NULL, 2, 100, NULL),
                     CST_OK);
        cr_assert_eq(s->count, cases[i].laws, "%ld laws", (long) s->count);
        cr_assert_eq(s->algebra, cases[i].algebra, "dimension %ld", (long) s->algebra);
        cr_assert_eq(s->complete, CST_TRUE);
        cr_assert_eq(s->count + s->trace, world.chart.dimension);
        cst_lie_invariants_clear(s);
        world_clear(&world);
    }
}

/* The laws are the entries of W_(i+1)^T W_(i+1) - W_i W_i^T; that there are no others is proved by brackets.
 */
Test(invariants, conservation_laws_of_deep_linear_networks)
{
    static const struct
    {
        slong widths[5];
        int layers;
        slong laws;
    } cases[] = {
        {{2, 2, 2, 2}, 4, 6}, {{5, 4, 3, 2}, 4, 16}, {{2, 3, 4, 2}, 4, 16}, {{4, 4, 4, 4, 4}, 5, 30}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        world_t world;
        cst_expr_t functions[MOST_FUNCTIONS];
        cst_lie_invariants_t s;
        slong length = linear_network(&world, functions, cases[i].widths, cases[i].layers);

        cst_lie_invariants_init(s);
        cr_assert_eq(cst_lie_conservation_laws(s, &world.chart, functions, length, NULL, 2, 0, NULL), CST_OK);
        cr_assert_eq(s->count, cases[i].laws, "%ld laws", (long) s->count);
        cr_assert(s->complete == CST_TRUE && s->space == s->count);
        cst_lie_invariants_clear(s);
        world_clear(&world);
    }
}

/* A relu network at inputs; with a bias, the last input is 1 and each layer but the last has another unit, 1.
 */
static slong
relu_network(world_t *world, cst_expr_t *functions, const slong *widths, int layers, int bias, slong inputs)
{
    char names[16 * MOST] = "";
    slong dimension = 0, seed = 7;
    cst_expr_ctx_t ctx;

    for (int l = 1; l < layers; l++)
        for (slong i = 0; i < widths[l]; i++)
            for (slong j = 0; j < widths[l - 1] + bias; j++, dimension++)
                sprintf(names + strlen(names), "w%d_%ld%ld ", l, (long) i, (long) j);
    world_init(world, names, dimension, NULL);
    ctx = world->chart.ctx;
    for (slong n = 0; n < inputs; n++)
    {
        cst_expr_t unit[8], next[8], *w = world->variables;

        for (slong j = 0; j < widths[0]; j++)
            unit[j] = cst_expr_integer(ctx, (seed = seed * 5 % 23) - 11);
        for (int l = 1; l < layers; l++)
        {
            unit[widths[l - 1]] = cst_expr_integer(ctx, 1);
            for (slong i = 0; i < widths[l]; i++)
            {
                next[i] = cst_expr_integer(ctx, 0);
                for (slong j = 0; j < widths[l - 1] + bias; j++)
                    next[i] = cst_expr_add(ctx, next[i], cst_expr_mul(ctx, *w++, unit[j]));
                if (l + 1 < layers)
                    next[i] = cst_expr_function(ctx, CST_EXPR_RELU, next[i]);
            }
            memcpy(unit, next, sizeof unit);
        }
        functions[n] = unit[0];
    }
    return inputs;
}

/* One law for each hidden unit, and one symmetry. */
Test(invariants, relu_networks)
{
    static const struct
    {
        slong widths[5];
        int layers, bias;
        slong inputs, laws;
    } cases[] = {{{2, 2, 1}, 3, 0, 6, 2}, {{1, 3, 1}, 3, 1, 12, 3}, {{2, 2, 2, 1}, 4, 0, 12, 4}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        world_t world;
        cst_expr_t functions[MOST_FUNCTIONS];
        cst_lie_invariants_t s;
        cst_lie_symmetries_t t;
        slong length =
            relu_network(&world, functions, cases[i].widths, cases[i].layers, cases[i].bias, cases[i].inputs);

        cst_lie_invariants_init(s);
        cst_lie_symmetries_init(t);
        cr_assert_eq(cst_lie_conservation_laws(s, &world.chart, functions, length, NULL, 2, 0, NULL), CST_OK);
        cr_assert_eq(s->count, cases[i].laws);
        cr_assert_eq(s->complete, CST_TRUE);
        cr_assert_eq(cst_lie_affine_symmetries(t, &world.chart, functions, length, NULL, NULL), CST_OK);
        cr_assert(t->count == cases[i].laws && t->complete == CST_TRUE);
        cst_lie_symmetries_clear(t);
        cst_lie_invariants_clear(s);
        world_clear(&world);
    }
}

static const struct
{
    const char *names;
    slong dimension;
    const char *fields[10];
    slong degree, trace, algebra;
    cst_truth_t complete;
    const char *invariants[10];
} groups[] = {
    {"x y z u v w",
     6,
     {"0; -z; y; 0; -w; v", "z; 0; -x; w; 0; -u", NULL},
     2,
     3,
     3,
     CST_TRUE,
     {"x^2 + y^2 + z^2", "u^2 + v^2 + w^2", "u*x + v*y + w*z", NULL}}, /* two rotations generate the third */
    {"a b c d e f",
     6,
     {"b; 0; d; 0; f; 0", "0; a; 0; c; 0; e", NULL},
     2,
     3,
     3,
     CST_TRUE,
     {"a*d - b*c", "a*f - b*e", "c*f - d*e", NULL}}, /* SL(2) */
    {"x y z", 3, {"1; 1; 1", NULL}, 1, 1, 1, CST_TRUE, {"x - y", "x - z", NULL}},
    {"x y z", 3, {"x; y; -2*z", NULL}, 3, 1, 1, CST_TRUE, {"x^2*z", "x*y*z", NULL}},
    {"x y", 2, {"x; y", NULL}, 3, 1, 1, CST_UNKNOWN, {NULL}},              /* x/y is not a polynomial */
    {"x y", 2, {"1; y", NULL}, 3, 1, 1, CST_UNKNOWN, {NULL}},              /* nor y exp(-x) */
    {"x y z", 3, {"1; 0; y", "0; 1; 0", NULL}, 3, 3, 3, CST_TRUE, {NULL}}, /* Heisenberg: no invariant */
    {"x y z", 3, {"exp(x); exp(x); 0", "0; 0; 1/(1 + z^2)", NULL}, 1, 2, -1, CST_TRUE, {"x - y", NULL}},
    {"x y", 2, {"relu(x); 0", "x; 0", NULL}, 2, 1, -1, CST_TRUE, {"y", NULL}},
    {"x y", 2, {"sqrt(x^2); 0", NULL}, 2, 1, -1, CST_TRUE, {"y", NULL}},
};

Test(invariants, of_known_groups)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    {
        world_t world;
        cst_expr_t components[10][MOST];
        const cst_expr_t *fields[10];
        cst_lie_invariants_t s;
        slong count = 0, expected = 0;

        world_init(&world, groups[i].names, groups[i].dimension, NULL);
        for (; groups[i].fields[count]; count++)
        {
            parse_field(components[count], &world, groups[i].fields[count]);
            fields[count] = components[count];
        }
        cst_lie_invariants_init(s);
        cr_assert_eq(
            cst_lie_polynomial_invariants(s, &world.chart, fields, count, groups[i].degree, 20, NULL),
            CST_OK);
        for (; groups[i].invariants[expected]; expected++)
            ;
        cr_assert_eq(s->count, expected, "%s: %ld", groups[i].fields[0], (long) s->count);
        cr_assert(s->trace == groups[i].trace && s->complete == groups[i].complete);
        cr_assert_eq(s->algebra, groups[i].algebra, "%s: %ld", groups[i].fields[0], (long) s->algebra);
        for (slong k = 0; k < s->count; k++)
        {
            int found = 0;

            for (slong j = 0; j < expected; j++)
                found |= cst_lie_is_zero(NULL, &world.chart,
                                         cst_expr_sub(world.chart.ctx, s->functions[k],
                                                      parse(&world, groups[i].invariants[j]))) == CST_TRUE;
            cr_assert(found, "%s: invariant %ld", groups[i].fields[0], (long) k);
        }
        cst_lie_invariants_clear(s);
        world_clear(&world);
    }
}

/* grad(x1 ... xD) conserves the differences of squares; with another metric, of their multiples. */
Test(invariants, conservation_laws_in_a_metric)
{
    world_t world;
    cst_expr_t f, cometric[4];
    cst_lie_invariants_t s;

    world_init(&world, "x y z u v w", 6, NULL);
    f = parse(&world, "x*y*z*u*v*w");
    cst_lie_invariants_init(s);
    cr_assert_eq(cst_lie_conservation_laws(s, &world.chart, &f, 1, NULL, 2, 5, NULL), CST_OK);
    cr_assert(s->count == 5 && s->complete == CST_TRUE && s->algebra == 1);
    for (slong k = 0; k < 5; k++)
        cr_assert_eq(cst_expr_kind(s->functions[k]), CST_EXPR_ADD, "a difference of two squares");
    world_clear(&world);
    world_init(&world, "x y", 2, NULL);
    f = parse(&world, "x*y");
    for (int k = 0; k < 4; k++)
        cometric[k] = parse(&world, k == 0 ? "1" : k == 3 ? "1/4" : "0");
    cr_assert_eq(cst_lie_conservation_laws(s, &world.chart, &f, 1, cometric, 2, 5, NULL), CST_OK);
    cr_assert(s->count == 1 && s->complete == CST_TRUE);
    assert_equal(&world, s->functions[0], "x^2 - 4*y^2");
    cst_lie_invariants_clear(s);
    world_clear(&world);
}

/* Claims about invariants, true and false ones, each with what is wrong with it. */
Test(invariants, claims_are_verified)
{
    static const struct
    {
        slong fields, functions;
        const char *field[2], *function[3];
        cst_truth_t invariant, independent, complete, all;
    } cases[] = {
        /* a rotation about the z axis */
        {1, 2, {"-y; x; 0"}, {"x^2 + y^2", "z"}, CST_TRUE, CST_TRUE, CST_TRUE, CST_TRUE},
        {1, 1, {"-y; x; 0"}, {"x^2 + y^2"}, CST_TRUE, CST_TRUE, CST_FALSE, CST_FALSE},
        {1, 3, {"-y; x; 0"}, {"x^2 + y^2", "z", "z*(x^2 + y^2)"}, CST_TRUE, CST_FALSE, CST_TRUE, CST_FALSE},
        {1, 2, {"-y; x; 0"}, {"x^2 - y^2", "z"}, CST_FALSE, CST_TRUE, CST_FALSE, CST_FALSE},
        {1, 0, {"-y; x; 0"}, {NULL}, CST_TRUE, CST_TRUE, CST_FALSE, CST_FALSE},
        /* a constant has no gradient */
        {1, 2, {"-y; x; 0"}, {"3", "z"}, CST_TRUE, CST_FALSE, CST_FALSE, CST_FALSE},
        /* two rotations: their bracket is a third one, not in the span, and only the distance is left */
        {2, 1, {"-y; x; 0", "-z; 0; x"}, {"x^2 + y^2 + z^2"}, CST_TRUE, CST_TRUE, CST_TRUE, CST_TRUE},
        /* a contact structure leaves nothing, but its two fields do not say so */
        {2, 0, {"1; 0; -y/2", "0; 1; x/2"}, {NULL}, CST_TRUE, CST_TRUE, CST_UNKNOWN, CST_UNKNOWN},
        /* no fields: coordinates; and functions with a root and with cases */
        {0, 3, {NULL}, {"x", "y", "z"}, CST_TRUE, CST_TRUE, CST_TRUE, CST_TRUE},
        {1, 2, {"x; -y; 0"}, {"sqrt(x^2*y^2 + 1)", "exp(z)"}, CST_TRUE, CST_TRUE, CST_TRUE, CST_TRUE},
        {1, 2, {"relu(x); 0; 0"}, {"y", "z"}, CST_TRUE, CST_TRUE, CST_TRUE, CST_TRUE},
    };

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    {
        world_t world;
        cst_expr_t components[6], functions[3];
        const cst_expr_t *fields[2] = {components, components + 3};
        cst_lie_invariance_t result;

        world_init(&world, "x y z", 3, NULL);
        for (slong k = 0; k < cases[c].fields; k++)
            parse_field(components + 3 * k, &world, cases[c].field[k]);
        for (slong i = 0; i < cases[c].functions; i++)
            functions[i] = parse(&world, cases[c].function[i]);
        cr_expect_eq(cst_lie_verify_invariants(&result, &world.chart, fields, cases[c].fields, functions,
                                               cases[c].functions),
                     cases[c].all, "case %zu", c);
        cr_expect_eq(result.invariant, cases[c].invariant, "case %zu: invariant", c);
        cr_expect_eq(result.independent, cases[c].independent, "case %zu: independent", c);
        cr_expect_eq(result.complete, cases[c].complete, "case %zu: complete", c);
        if (result.invariant == CST_FALSE)
        {
            cr_expect(result.field == 0 && result.function == 0);
            assert_equal(&world, result.remainder, "-4*x*y");
        }
        world_clear(&world);
    }
}
