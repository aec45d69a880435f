/* Affine symmetries found: known algebras, known dimensions, and silence where nothing is proved. */
#include "network.h"

TestSuite(discovery, .timeout = 120);

/* Functions apart by semicolons. */
static slong
parse_functions(cst_expr_t *functions, world_t *world, const char *texts)
{
    char copy[4096];
    slong length = 0;

    cr_assert(strlen(texts) < sizeof copy);
    strcpy(copy, texts);
    for (char *text = strtok(copy, ";"); text; text = strtok(NULL, ";"))
        functions[length++] = parse(world, text);
    return length;
}

static void
assert_fields(world_t *world, const cst_lie_symmetries_t s, const char *const *fields, slong count)
{
    cr_assert_eq(s->count, count, "%ld fields, not %ld", (long) s->count, (long) count);
    for (slong i = 0; i < count; i++)
    {
        cst_expr_t expected[MOST];

        parse_field(expected, world, fields[i]);
        for (slong a = 0; a < s->dimension; a++)
            cr_assert_eq(s->fields[i][a], expected[a], "field %ld, component %ld", (long) i, (long) a);
    }
}

/* Each field is tested again, by differentiation. */
static void
assert_symmetries(const world_t *world, const cst_lie_symmetries_t s, const cst_expr_t *functions,
                  slong length)
{
    for (slong i = 0; i < s->count; i++)
        for (slong j = 0; j < length; j++)
            cr_assert_eq(cst_lie_is_invariant(NULL, &world->chart, s->fields[i], functions[j]), CST_TRUE);
}

static const struct
{
    const char *names;
    slong dimension;
    const char *positive, *functions;
    cst_truth_t complete;
    slong count;
    const char *fields[8]; /* none: only counted */
} cases[] = {
    {"w1 w2 a", 3, NULL, "a*w1; a*w2", CST_TRUE, 1, {"w1; w2; -a"}},
    {"w1 w2 a",
     3,
     NULL,
     "a*relu(w1 + 2*w2); a*relu(w1 - w2); a*relu(w2 - 3*w1)",
     CST_TRUE,
     1,
     {"w1; w2; -a"}},
    {"w1 w2 b a",
     4,
     NULL,
     "a*relu(w1 + b)^2; a*relu(w2 - w1 + b)^2; a*relu(b)^2",
     CST_TRUE,
     1,
     {"w1; w2; b; -2*a"}},
    {"x y z", 3, NULL, "x*y*z", CST_TRUE, 2, {"x; -y; 0", "x; 0; -z"}},
    {"x y z",
     3,
     NULL,
     "exp(x)/(exp(x) + exp(y) + exp(z)); exp(y)/(exp(x) + exp(y) + exp(z))",
     CST_TRUE,
     4,
     {"x; x; x", "y; y; y", "z; z; z", "1; 1; 1"}},
    {"w b v", 3, NULL, "v*exp(w + b); v*exp(2*w + b)", CST_TRUE, 1, {"0; 1; -v"}},
    {"x y z", 3, NULL, "x^2 + y^2 + z^2", CST_TRUE, 3, {"y; -x; 0", "z; 0; -x", "0; z; -y"}},
    {"x y", 2, NULL, "x^2 - y^2", CST_TRUE, 1, {"y; x"}},
    {"x y", 2, NULL, "3*x^2 + 2*y^2", CST_TRUE, 1, {"2*y; -3*x"}},
    {"x y", 2, NULL, "(x - 3)^2 + (y + 1/2)^2", CST_TRUE, 1, {"2*y + 1; 6 - 2*x"}},
    {"x y z", 3, NULL, "(x + 2*y)/sqrt(x^2 + y^2 + z^2)", CST_TRUE, 2, {NULL}},
    {"x y", 2, NULL, "sqrt(x^2)*y", CST_TRUE, 1, {"x; -y"}},
    {"x y", 2, "x", "log(x) + log(y^2)", CST_TRUE, 1, {"2*x; -y"}},
    {"x y z", 3, NULL, "sin(x - y)*cos(z)", CST_TRUE, 4, {"x; x; 0", "y; y; 0", "z; z; 0", "1; 1; 0"}},
    {"x y z", 3, NULL, "tanh(x*y) + z", CST_TRUE, 1, {"x; -y; 0"}},
    {"x y z", 3, NULL, "y*erf(x + z)*exp(z)", CST_TRUE, 1, {"1; y; -1"}},
    {"x y z", 3, NULL, "atan(x*y) + atan(z) + log(2)*z", CST_TRUE, 1, {"x; -y; 0"}},
    {"x y", 2, NULL, "x^2 + pi*y^2", CST_UNKNOWN, 0, {NULL}}, /* a rotation, but with pi */
    {"x y", 2, NULL, "x^2 + y^2 + x^3", CST_TRUE, 0, {NULL}},
    {"x y c", 2, NULL, "c*x + c^2*y", CST_TRUE, 0, {NULL}}, /* -c d_x + d_y, but no field that serves every c
                                                             */
};

Test(discovery, known_symmetries)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        world_t world;
        cst_expr_t functions[MOST_FUNCTIONS];
        cst_lie_symmetries_t s;
        slong length;

        world_init(&world, cases[i].names, cases[i].dimension, cases[i].positive);
        length = parse_functions(functions, &world, cases[i].functions);
        cst_lie_symmetries_init(s);
        cr_assert_eq(cst_lie_affine_symmetries(s, &world.chart, functions, length, NULL, NULL), CST_OK);
        cr_assert_eq(s->complete, cases[i].complete, "%s", cases[i].functions);
        cr_assert(s->complete == CST_TRUE ? s->bound == s->count : s->bound > s->count);
        if (cases[i].fields[0])
            assert_fields(&world, s, cases[i].fields, cases[i].count);
        cr_assert_eq(s->count, cases[i].count, "%s: %ld", cases[i].functions, (long) s->count);
        assert_symmetries(&world, s, functions, length);
        cst_lie_symmetries_clear(s);
        world_clear(&world);
    }
}

/* GL(h) acts on u v, by u -> u g^-1 and v -> g v; every affine symmetry is of this kind. */
Test(discovery, linear_networks)
{
    /* n, h, m and the dimension: h^2, but u v for n = m = 1 is a quadratic form: so(h, h) */
    static const slong shapes[][4] = {{2, 2, 2, 4},  {3, 2, 3, 4},  {2, 3, 2, 9},
                                      {1, 3, 1, 15}, {1, 5, 1, 45}, {5, 5, 7, 25}};

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    {
        slong length;
        world_t world;
        cst_expr_t functions[MOST_FUNCTIONS];
        cst_lie_symmetries_t s;

        length = linear_network(&world, functions, shapes[i], 3);
        cst_lie_symmetries_init(s);
        cst_lie_affine_symmetries(s, &world.chart, functions, length, NULL, NULL);
        cr_assert_eq(s->complete, CST_TRUE);
        cr_assert_eq(s->count, shapes[i][3], "%ld", (long) s->count);
        assert_symmetries(&world, s, functions, i < 4 ? length : 1);
        cst_lie_symmetries_clear(s);
        world_clear(&world);
    }
}

static const struct
{
    const char *names;
    slong dimension;
    const char *metric; /* by rows, or NULL */
    const char *functions;
    slong count;
    const char *fields[8];
} isometries[] = {
    {"x y z", 3, "1; 0; 0; 0; 1; 0; 0; 0; 1", "", 6, {NULL}},
    {"x y z", 3, "1; 0; 0; 0; 1; 0; 0; 0; -1", "", 6, {NULL}}, /* Minkowski */
    {"x y", 2, "1/y^2; 0; 0; 1/y^2", "", 2, {"x; y", "1; 0"}}, /* of the half plane's three; one is quadratic
                                                                */
    {"x y", 2, "1/(x^2 + y^2); 0; 0; 1/(x^2 + y^2)", "", 2, {"x; y", "y; -x"}},
    {"w1 w2 a", 3, "a^2; 0; 0; 0; a^2; 0; 0; 0; w1^2 + w2^2", "", 2, {"w1; w2; -a", "w2; -w1; 0"}},
    {"w1 w2 a", 3, "a^2; 0; 0; 0; a^2; 0; 0; 0; w1^2 + w2^2", "a*w1", 1, {"w1; w2; -a"}},
    {"w1 w2 a", 3, "1; 0; 0; 0; 1; 0; 0; 0; 1", "a*w1", 1, {"0; 1; 0"}},
    {"x y z", 3, "1; 0; 0; 0; 1; 0; 0; 0; 1", "relu(x + y + 2*z)", 3, {NULL}},
};

Test(discovery, symmetries_that_preserve_a_metric)
{
    for (size_t i = 0; i < sizeof isometries / sizeof *isometries; i++)
    {
        world_t world;
        cst_expr_t functions[MOST_FUNCTIONS], metric[MOST_FUNCTIONS];
        cst_lie_symmetries_t s;
        slong length;

        world_init(&world, isometries[i].names, isometries[i].dimension, NULL);
        length = parse_functions(functions, &world, isometries[i].functions);
        parse_functions(metric, &world, isometries[i].metric);
        cst_lie_symmetries_init(s);
        cr_assert_eq(cst_lie_affine_symmetries(s, &world.chart, functions, length, metric, NULL), CST_OK);
        cr_assert_eq(s->complete, CST_TRUE);
        cr_assert_eq(s->count, isometries[i].count, "metric %s: %ld", isometries[i].metric, (long) s->count);
        if (isometries[i].fields[0])
            assert_fields(&world, s, isometries[i].fields, s->count);
        assert_symmetries(&world, s, functions, length);
        cst_lie_symmetries_clear(s);
        world_clear(&world);
    }
}

/* Among the Moebius fields of the half plane, three are Killing; and for f = y only a translation is left. */
Test(discovery, symmetries_in_a_span)
{
    static const char *const texts[] = {"1; 0", "x; y", "x^2 - y^2; 2*x*y", "0; 1", "exp(x)*y; x"};
    world_t world;
    cst_expr_t components[5][2], metric[4], function;
    const cst_expr_t *fields[5];
    cst_lie_symmetries_t s;

    world_init(&world, "x y", 2, "y");
    for (int k = 0; k < 5; k++)
    {
        parse_field(components[k], &world, texts[k]);
        fields[k] = components[k];
    }
    parse_functions(metric, &world, "1/y^2; 0; 0; 1/y^2");
    function = parse(&world, "y");
    cst_lie_symmetries_init(s);
    cr_assert_eq(cst_lie_symmetries_in_span(s, &world.chart, NULL, 0, metric, fields, 5, NULL), CST_OK);
    cr_assert(s->complete == CST_TRUE && s->count == 3);
    for (slong i = 0; i < 3; i++)
        for (slong k = 0; k < 5; k++)
            cr_assert_eq(fmpz_get_si(fmpz_mat_entry(s->coefficients, i, k)), i == k);
    cr_assert_eq(cst_lie_symmetries_in_span(s, &world.chart, &function, 1, metric, fields, 5, NULL), CST_OK);
    cr_assert(s->complete == CST_TRUE && s->count == 1 && s->fields[0][0] == parse(&world, "1"));
    cst_lie_symmetries_clear(s);
    world_clear(&world);
}
