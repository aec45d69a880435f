/* Problems given by an architecture: the same as written by hand, their losses, and what is refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include <caustic/problem.h>

TestSuite(problem_network, .timeout = 120);

#define START                                                                                                \
    "caustic: 1\narchitecture: {kind: mlp, widths: [2, 1, 1], activation: relu}\nloss: squared-error\n"
#define DATA "data: {inputs: [[1, 0], [0, 1], [1, 1]], targets: [[1], [0], [1/2]]}\n"
#define NAMES "coordinates: [z1, z2]"
#define DOMAIN "domain: {z1: [1/2, 3/2], z2: [1/4, 1/2]}\n"
#define QUADRATIC "loss: ((a*w1 - 1)^2 + (a*w2)^2 + (a*(w1 + w2) - 1/2)^2)/6\n"

static void
assert_read(cst_problem_t problem, cst_problem_purpose_t purpose, const char *text)
{
    cst_error_t error;

    cr_assert_eq(cst_problem_parse_for(problem, purpose, "t.yaml", text, strlen(text), &error), CST_OK,
                 "%d:%d: %s", error.line, error.column, error.message);
}

static void
assert_equal(const cst_problem_t a, cst_expr_t x, const cst_problem_t b, cst_expr_t y)
{
    char *text = cst_expr_print(b->ctx, y);
    const char *names[16];
    cst_expr_t values[16], e;
    cst_expr_scope_t scope = {names, values, 2 * a->dimension};

    for (slong i = 0; i < a->dimension; i++)
    {
        values[i] = a->coordinates[i];
        values[a->dimension + i] = a->momenta[i];
        names[i] = cst_expr_name(values[i]);
        names[a->dimension + i] = cst_expr_name(a->momenta[i]);
    }
    cr_assert_eq(cst_expr_parse(&e, a->ctx, text, &scope, NULL), CST_OK, "%s", text);
    cr_assert_eq(cst_expr_is_zero(a->ctx, cst_expr_sub(a->ctx, x, e), NULL, 0), CST_TRUE, "%s", text);
    flint_free(text);
}

static void
assert_same(const char *network, const char *written)
{
    cst_problem_t a, b;

    assert_read(a, CST_PROBLEM_CERTIFY, network);
    assert_read(b, CST_PROBLEM_CERTIFY, written);
    assert_equal(a, a->hamiltonian, b, b->hamiltonian);
    assert_equal(a, a->initial, b, b->initial);
    for (slong i = 0; i < a->dimension; i++)
        cr_assert(fmpq_equal(a->lower + i, b->lower + i) && fmpq_equal(a->upper + i, b->upper + i));
    cst_problem_clear(a);
    cst_problem_clear(b);
}

Test(problem_network, neuron_as_written_by_hand)
{
    static const char written[] =
        "caustic: 1\nparameters: [w1, w2, a]\nassume: [a > 0, w1^2 + w2^2 > 0]\n"
        "metric: a^2*(dw1^2 + dw2^2) + (w1^2 + w2^2)*da^2\nsymmetry: {construction: "
        "invariant-metric, generators: [{w1: w1, w2: w2, a: -a}]}\nquotient: "
        "{coordinates: {z1: a*w1, z2: a*w2}, section: {w1: z1, w2: z2, a: 1}}\n";
    static const char balanced[] =
        "caustic: 1\nparameters: [w1, w2, a]\nassume: [a > 0, w1^2 + w2^2 > 0]\nmetric: euclidean\nsymmetry: "
        "{construction: balanced, generators: [{w1: w1, w2: w2, a: -a}]}\nquotient: {coordinates: {z1: a*w1, "
        "z2: "
        "a*w2}, section: {w1: z1/sqrt(r), w2: z2/sqrt(r), a: sqrt(r)}, where: {r: sqrt(z1^2 + z2^2)}}\n";
    char text[2048];

    snprintf(text, sizeof text, "%s%s%s", written, QUADRATIC, DOMAIN);
    assert_same(START DATA DOMAIN "symmetry: {" NAMES "}\n", text);
    snprintf(text, sizeof text, "%s%s%s", balanced, QUADRATIC, DOMAIN);
    assert_same(START DATA DOMAIN "symmetry: {construction: balanced, " NAMES "}\n", text);
    /* the same box around a point of another orbit representative */
    snprintf(text, sizeof text, "%s%s%s", written, QUADRATIC, "domain: {z1: [3/4, 5/4], z2: [1/4, 3/4]}\n");
    assert_same(START DATA "domain: {around: {w1_1_1: 1/3, w1_1_2: 1/6, w2_1_1: 3}, radius: 1/4}\n"
                           "symmetry: {" NAMES "}\n",
                text);
}

/* A negative output weight keeps its sign; inactive points leave. */
Test(problem_network, signs_and_patterns)
{
    cst_problem_t a;
    cst_expr_t at[2];
    cst_expr_t value;

    assert_read(a, CST_PROBLEM_CERTIFY,
                START DATA "domain: {around: {w1_1_1: 1, w1_1_2: -2, w2_1_1: -1/2}, radius: 1/8}\n");
    /* z = (1/2, -1), output -relu(z x): only (1, 0) is active; (z1 + 1)^2 + 0 + 1/4 over 6 */
    at[0] = cst_expr_rational(a->ctx, a->lower);
    at[1] = cst_expr_rational(a->ctx, a->lower + 1);
    value = cst_expr_substitute(a->ctx, a->initial, a->coordinates, at, 2);
    cr_assert_eq(cst_expr_kind(value), CST_EXPR_RATIONAL);
    cr_assert_eq(fmpz_equal_si(fmpq_numref(cst_expr_rational_value(value)), 137), 1); /* (11/8)^2 + 1/4 */
    cr_assert_eq(fmpz_equal_si(fmpq_denref(cst_expr_rational_value(value)), 384), 1);
    cst_problem_clear(a);
}

static void
assert_value(const char *text, double expected)
{
    cst_problem_t a;
    arb_ptr q;
    arb_t value;

    assert_read(a, CST_PROBLEM_CERTIFY, text);
    q = _arb_vec_init(a->dimension);
    arb_init(value);
    for (slong i = 0; i < a->dimension; i++)
        arb_set_fmpq(q + i, a->lower + i, 64);
    cst_expr_enclose(value, a->initial, a->coordinates, q, a->dimension, 64);
    cr_assert_float_eq(arf_get_d(arb_midref(value), ARF_RND_NEAR), expected, 1e-12);
    arb_clear(value);
    _arb_vec_clear(q, a->dimension);
    cst_problem_clear(a);
}

/* At w = 1/2, v = 2, known sums */
Test(problem_network, losses)
{
    double y = 2 * tanh(0.5), z = 2 * tanh(-1);

    assert_value(
        "caustic: 1\narchitecture: {kind: mlp, widths: [1, 1, 1], activation: tanh}\nloss: logistic\n"
        "data: {inputs: [2, -4], targets: [1, 0], divide: 2}\n"
        "domain: {z_w1_1_1: [1/2, 1], z_w2_1_1: [2, 3]}\n",
        (log1p(exp(-y)) + log1p(exp(z))) / 2);
    assert_value(
        "caustic: 1\narchitecture: {kind: mlp, widths: [1, 1, 2], activation: tanh}\nfixed: {w2_2_1: 1}\n"
        "loss: cross-entropy\ndata: {inputs: [1, -2], targets: [1, 0]}\n"
        "domain: {z_w1_1_1: [1/2, 1], z_w2_1_1: [2, 3]}\n",
        (log(exp(y) + exp(y / 2)) - y / 2 + log(exp(z) + exp(z / 2)) - z) / 2);
    assert_value("caustic: 1\narchitecture: {kind: mean-field, widths: [1, 2, 1], activation: tanh}\n"
                 "fixed: {w2_1_1: 1, w2_1_2: 1}\nloss: squared-error\ndata: {inputs: [1], targets: [1]}\n"
                 "domain: {z_w1_1_1: [1/2, 1], z_w1_2_1: [-1, 0]}\n",
                 pow((tanh(0.5) + tanh(-1)) / 2 - 1, 2) / 2);
}

/* Normalized weights: the sphere by its central projection, of curvature 1 */
Test(problem_network, normalized_weights_give_the_sphere)
{
    cst_problem_t a;

    assert_read(a, CST_PROBLEM_DERIVE,
                "caustic: 1\narchitecture: {kind: scale-invariant, widths: [3, 1, 1], activation: tanh}\n"
                "fixed: {w2_1_1: 1}\nsymmetry: {coordinates: [x, y]}\n");
    cr_assert_eq(a->dimension, 2);
    {
        cst_expr_t x = a->coordinates[0], y = a->coordinates[1], one = cst_expr_integer(a->ctx, 1);
        cst_expr_t s = cst_expr_add(a->ctx, cst_expr_power_si(a->ctx, x, 2), cst_expr_power_si(a->ctx, y, 2));
        cst_expr_t e = cst_expr_mul(a->ctx, cst_expr_add(a->ctx, one, s), cst_expr_mul(a->ctx, x, y));

        /* g^ij = (1 + s)(delta^ij + x^i x^j) */
        cr_assert_eq(cst_expr_is_zero(
                         a->ctx, cst_expr_sub(a->ctx, cst_geom_matrix_entry(a->cometric, 0, 1), e), NULL, 0),
                     CST_TRUE);
    }
    cst_problem_clear(a);
}

#define GL_DATA "data: {inputs: [[1, 0], [0, 1]], targets: [[2, 0], [0, 1]]}\n"

static void
assert_metric(const cst_problem_t a, slong i, slong j, const char *text)
{
    const char *names[16];
    cst_expr_scope_t scope = {names, a->coordinates, a->dimension};
    cst_expr_t e;

    for (slong k = 0; k < a->dimension; k++)
        names[k] = cst_expr_name(a->coordinates[k]);
    cr_assert_eq(cst_expr_parse(&e, a->ctx, text, &scope, NULL), CST_OK, "%s", text);
    e = cst_expr_sub(a->ctx, cst_geom_matrix_entry(a->cometric, i, j), e);
    cr_assert_eq(cst_expr_is_zero(a->ctx, e, NULL, 0), CST_TRUE, "%ld %ld: %s", (long) i, (long) j, text);
}

/* Products W = V U of square matrices, by GL(2): P is carried to P U^T and V^T P, with (U U^T)^-1 and (V^T
   V)^-1 |P|^2 + |P|^2. Of matrices of rank two with three columns, the projection on the row space counts
   once. */
Test(problem_network, products_of_rank_two)
{
    cst_problem_t a;

    assert_read(a, CST_PROBLEM_DERIVE,
                "caustic: 1\narchitecture: {kind: linear, widths: [2, 2, 2]}\n"
                "symmetry: {coordinates: [a, b, c, d]}\n");
    cr_assert_eq(a->dimension, 4);
    for (slong i = 0; i < 4; i++)
        for (slong j = 0; j < 4; j++)
            assert_metric(a, i, j, i == j ? "2" : "0");
    cst_problem_clear(a);

    assert_read(a, CST_PROBLEM_DERIVE,
                "caustic: 1\narchitecture: {kind: linear, widths: [2, 2, 3]}\n"
                "symmetry: {gauge: {w1_1_1: 1, w1_2_2: 1}, coordinates: [a, b, c, d, g, h]}\n");
    cr_assert_eq(a->dimension, 6);
    /* coordinates are the entries of W = V, rows (a, b), (c, d), (g, h): G = 1 + V (V^T V)^-1 V^T on columns
     */
    assert_metric(a, 0, 1, "0");
    assert_metric(a, 0, 0,
                  "1 + (a^2*(b^2 + d^2 + h^2) - 2*a*b*(a*b + c*d + g*h) + b^2*(a^2 + c^2 + g^2))/"
                  "((a^2 + c^2 + g^2)*(b^2 + d^2 + h^2) - (a*b + c*d + g*h)^2)");
    assert_metric(a, 1, 3,
                  "(a*c*(b^2 + d^2 + h^2) - (a*d + b*c)*(a*b + c*d + g*h) + b*d*(a^2 + c^2 + g^2))/"
                  "((a^2 + c^2 + g^2)*(b^2 + d^2 + h^2) - (a*b + c*d + g*h)^2)");
    cst_problem_clear(a);
}

/* A rotary pair has the quotient of complex numbers by C*: with one column each, the product conj(q) k in the
 * plane. */
Test(problem_network, rotary_pairs)
{
    cst_problem_t a;

    assert_read(a, CST_PROBLEM_DERIVE,
                "caustic: 1\narchitecture: {kind: attention, context: 2, width: 2, heads: 1, key-width: 2, "
                "value-width: 1, positions: rotary, rotary-width: 2}\n"
                "fixed: {wv1_1_1: 1, wv1_1_2: 1, wo1_1_1: 1, wo1_2_1: 0}\n"
                "symmetry: {gauge: {wk1_1_1: 1}, coordinates: [a, b, c, d, g, h]}\n");
    cr_assert_eq(a->dimension, 6);
    /* in the gauge k_1 = 1, with q_1 = a + ic: what q_1 itself moves, over |k|^2, and what k_1 moves, over
     * |q|^2 */
    assert_metric(a, 0, 0, "1/(1 + g^2 + h^2) + (a^2 + c^2)/(a^2 + b^2 + c^2 + d^2)");
    cst_problem_clear(a);
}

/* Outputs under a softmax are known up to a constant: differences to the last one, in a flat metric; with a
   relu, the metric must not see the constant. */
Test(problem_network, softmax_shift)
{
    static const char written[] =
        "caustic: 1\nparameters: [w, a, b, c]\nmetric: euclidean\nsymmetry: {construction: invariant-metric, "
        "generators: [{a: 1, b: 1, c: 1}]}\nquotient: {coordinates: {x: w, y: a - c, z: b - c}, section: {w: "
        "x, a: "
        "y, b: z, c: 0}}\nloss: log(exp(a*tanh(w)) + exp(b*tanh(w)) + exp(c*tanh(w))) - b*tanh(w)\n"
        "domain: {x: [7/16, 9/16], y: [15/16, 17/16], z: [-5/16, -3/16]}\n";
    static const char relu[] =
        "caustic: 1\narchitecture: {kind: mlp, widths: [1, 1, 2], activation: relu, output: softmax}\n"
        "symmetry: {coordinates: [z]}\n";
    cst_problem_t a;

    assert_same(
        "caustic: 1\narchitecture: {kind: mlp, widths: [1, 1, 3], activation: tanh, output: softmax}\n"
        "data: {inputs: [1], targets: [1]}\nloss: cross-entropy\n"
        "domain: {around: {w1_1_1: 1/2, w2_1_1: 3, w2_2_1: 7/4, w2_3_1: 2}, radius: 1/16}\n"
        "symmetry: {coordinates: [x, y, z]}\n",
        written);
    /* z = w (v_1 - v_2) with |v|^2 less its mean part, (v_1 - v_2)^2/2: G = w^2 2/w^2 + (v_1 - v_2)^2/((v_1 -
       v_2)^2/2) */
    assert_read(a, CST_PROBLEM_DERIVE, relu);
    cr_assert_eq(a->dimension, 1);
    assert_metric(a, 0, 0, "4");
    cst_problem_clear(a);
}

Test(problem_network, refused)
{
    static const struct
    {
        const char *text, *message;
    } cases[] = {
        {START DATA "domain: {z_w1_1_1: [-1, 1], z_w1_1_2: [1, 2]}\n",
         "the sign of z_w1_1_1 is not the same"},
        {START DATA "domain: {z_w1_1_1: [0, 1], z_w1_1_2: [1, 2]}\n", "never 0"},
        {START DATA "domain: {z1: [0, 1], z_w1_1_2: [1, 2]}\n", "unknown key 'z1'"},
        {START DATA "domain: {around: {w1_1_1: 1, w1_1_2: 1, w2_1_1: 0}, radius: 1}\n", "too few"},
        {START "data: {inputs: [[1, 0]], targets: [[1], [2]]}\n" DOMAIN, "2 targets for 1 inputs"},
        {START "data: {inputs: [[1, 0, 2]], targets: [1]}\n" DOMAIN, "the network has 2 inputs, the data 3"},
        {START "data: {inputs: [[1, 0], [1]], targets: [1, 1]}\n" DOMAIN, "expected 2 numbers"},
        {START "data: {inputs: [[1, pi]], targets: [1]}\n" DOMAIN, "expected a rational number"},
        {START "data: {csv: none.csv, inputs: [x, y], targets: [z]}\n" DOMAIN, "none.csv"},
        {START DATA DOMAIN "fixed: {w3_1_1: 1}\n", "unknown key 'w3_1_1'"},
        {START DATA DOMAIN "symmetry: {gauge: {w2_1_1: 2}}\n", "expected 1 or -1"},
        {START DATA DOMAIN "symmetry: {gauge: {w2_1_1: 1, w1_1_1: 1}}\n",
         "no symmetry is left that could set"},
        {START DATA DOMAIN "symmetry: {coordinates: [x]}\n", "expected 2 names"},
        {START DATA DOMAIN "quotient: {}\n", "unknown key 'quotient'"},
        {START DATA DOMAIN "symmetry: {" NAMES "}\nmetric: euclidean\n", "the metric is not invariant"},
        {"caustic: 1\narchitecture: {kind: linear, widths: [2, 2, 1]}\n" DATA "loss: squared-error\n" DOMAIN,
         "is no scaling of parameters, shift or product"},
        {"caustic: 1\narchitecture: {kind: linear, widths: [2, 2, 2]}\n" DATA
         "fixed: {w1_1_1: 1}\nloss: squared-error\n" DOMAIN,
         "is no scaling of parameters, shift or product"},
        {"caustic: 1\narchitecture: {kind: linear, widths: [2, 2, 2]}\nloss: squared-error\n" GL_DATA
         "domain: {around: {w1_1_1: 1, w1_1_2: 0, w1_2_1: 0, w1_2_2: 0, w2_1_1: 1, w2_1_2: 2, w2_2_1: 1, "
         "w2_2_2: 2}, "
         "radius: 1}\n",
         "the columns of the gauge are dependent"},
        {"caustic: 1\narchitecture: {kind: linear, widths: [2, 2, 2]}\nloss: squared-error\n" GL_DATA DOMAIN
         "symmetry: {gauge: {w2_1_1: -1}}\n",
         "expected 1 for 'w2_1_1'"},
        {"caustic: 1\narchitecture: {kind: linear, widths: [2, 2, 2]}\nloss: squared-error\n" GL_DATA
         "domain: {around: {w1_1_1: 1, w1_1_2: 0, w1_2_1: 0, w1_2_2: 0, w2_1_1: 1, w2_1_2: 2, w2_2_1: 1, "
         "w2_2_2: 3}, radius: 1}\n"
         "symmetry: {construction: balanced}\n",
         "only scalings have a balanced section"},
        {"caustic: 1\narchitecture: {kind: mlp, widths: [9, 9, 9], activation: tanh}\nloss: logistic\n",
         "162 parameters are not fixed"},
    };

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        cst_problem_t problem;
        cst_error_t error;
        cst_status_t status =
            cst_problem_parse(problem, "t.yaml", cases[k].text, strlen(cases[k].text), &error);

        cr_assert(status == CST_BAD_INPUT || status == CST_REFUSED, "case %zu was read", k);
        if (strcmp(cases[k].message, "too few") == 0) /* another pivot is taken, and its chart has no v = 0 */
            cr_assert_neq(error.message[0], '\0');
        else
            cr_assert_not_null(strstr(error.message, cases[k].message), "case %zu: %s", k, error.message);
        cr_assert_gt(error.line, 0, "case %zu: %s", k, error.message);
    }
}
