/* The zero test on identities, on what only looks like one, and on random combinations of both. */
#include "helper.h"

TestSuite(expr_zero, .timeout = 120);

/* Each text is identically zero where it is defined, given that the variables in the second are positive. */
static const char *const identities[][2] = {
    /* polynomials and fractions */
    {"(x + y)^2 - x^2 - 2*x*y - y^2", ""},
    {"1/(x + y) + 1/(x - y) - 2*x/(x^2 - y^2)", ""},
    {"(x^3 - y^3)/(x - y) - x^2 - x*y - y^2", ""},
    {"1/(1 + 1/(1 + 1/x)) - (1 + x)/(1 + 2*x)", ""},
    {"(1.5*x)^2 - 9/4*x^2", ""},
    {"(x + 1)^100 - (x + 1)^99*(x + 1)", ""},
    /* roots */
    {"sqrt(x)*sqrt(y) - sqrt(x*y)", ""},
    {"sqrt(x^2) - abs(x)", ""},
    {"sqrt(x^2) - x", "x"},
    {"sqrt(x^2*y) - x*sqrt(y)", "x"},
    {"sqrt(x^4) - x^2", ""},
    {"sqrt(x*y)*sqrt(y*z)*sqrt(x*z) - abs(x*y*z)", ""},
    {"sqrt(x^3) - x*sqrt(x)", ""},
    {"x^(1/3)*x^(1/6) - sqrt(x)", ""},
    {"x^(2/3)*x^(4/3) - x^2", ""},
    {"(x^6)^(1/3) - x^2", ""},
    {"sqrt(x + 1) - sqrt(x) - 1/(sqrt(x + 1) + sqrt(x))", ""},
    {"(x - y)/(sqrt(x) + sqrt(y)) - sqrt(x) + sqrt(y)", ""},
    {"1/(1 + sqrt(x) + sqrt(y)) - (1 + sqrt(x) - sqrt(y))/((1 + sqrt(x))^2 - y)", ""},
    {"sqrt(x + sqrt(x^2 - 1)) - sqrt((x + 1)/2) - sqrt((x - 1)/2)", ""},
    {"sqrt(x/y) - sqrt(x*y)/y", "y"},
    {"sqrt(x/y)*sqrt(x*y) - abs(x)", ""},
    {"sqrt(x^2 + 2*x*y + y^2) - abs(x + y)", ""},
    {"sqrt(x^2 + 2*x*y + y^2) - x - y", "xy"},
    /* constants */
    {"sqrt(2)*sqrt(3) - sqrt(6)", ""},
    {"sqrt(8) - 2*sqrt(2)", ""},
    {"sqrt(1/2) - sqrt(2)/2", ""},
    {"2^(1/3)*4^(1/3) - 2", ""},
    {"sqrt(5 + 2*sqrt(6)) - sqrt(2) - sqrt(3)", ""},
    {"sqrt(3 + 2*sqrt(2)) - 1 - sqrt(2)", ""},
    {"sqrt(3 - 2*sqrt(2)) + 1 - sqrt(2)", ""},
    {"sqrt(1 + sqrt(2))*sqrt(sqrt(2) - 1) - 1", ""},
    {"abs(1 - sqrt(2)) - sqrt(2) + 1", ""},
    {"(1 + 2^(1/3) + 4^(1/3))*(2^(1/3) - 1) - 1", ""},
    {"1/(1 + 2^(1/3) + 3^(1/3)) - 1/(3^(1/3) + 2^(1/3) + 1)", ""},
    {"sqrt(sqrt(x^2 + y^2))^2 - sqrt(x^2 + y^2)", ""},
    {"(x/sqrt(sqrt(x^2 + y^2)))^2 + (y/sqrt(sqrt(x^2 + y^2)))^2 - sqrt(x^2 + y^2)", ""},
    /* exp and log */
    {"exp(x)*exp(y) - exp(x + y)", ""},
    {"exp(x + y) - exp(x)*exp(y)", ""},
    {"exp(x/2)^2 - exp(x)", ""},
    {"exp(x/3)*exp(x/6) - sqrt(exp(x))", ""},
    {"exp(-x)*exp(x) - 1", ""},
    {"exp(2) - e^2", ""},
    {"exp(x + 1) - e*exp(x)", ""},
    {"exp(x^2 - y^2)*exp(y^2) - exp(x^2)", ""},
    {"exp(1/x)*exp(1/y) - exp((x + y)/(x*y))", ""},
    {"exp(log(x)) - x", ""},
    {"exp(log(x)/2) - sqrt(x)", ""},
    {"exp(2*log(x) + y) - x^2*exp(y)", ""},
    {"log(exp(x)) - x", ""},
    {"log(x*y) - log(x) - log(y)", ""},
    {"log(x^2) - 2*log(abs(x))", ""},
    {"log(1/x) + log(x)", ""},
    {"log(sqrt(x)) - log(x)/2", ""},
    {"log(12) - 2*log(2) - log(3)", ""},
    {"log(x^2 - y^2) - log(abs(x + y)) - log(abs(x - y))", ""},
    /* hyperbolic and sigmoid */
    {"cosh(x)^2 - sinh(x)^2 - 1", ""},
    {"tanh(x) - sinh(x)/cosh(x)", ""},
    {"sinh(x + y) - sinh(x)*cosh(y) - cosh(x)*sinh(y)", ""},
    {"tanh(2*x) - 2*tanh(x)/(1 + tanh(x)^2)", ""},
    {"sigmoid(x) + sigmoid(-x) - 1", ""},
    {"2*sigmoid(2*x) - 1 - tanh(x)", ""},
    {"softplus(x) - softplus(-x) - x", ""},
    {"softplus(x) - log(1 + exp(x))", ""},
    /* trigonometry */
    {"sin(x)^2 + cos(x)^2 - 1", ""},
    {"tan(x) - sin(x)/cos(x)", ""},
    {"1/cos(x)^2 - 1 - tan(x)^2", ""},
    {"sin(x + y) - sin(x)*cos(y) - cos(x)*sin(y)", ""},
    {"sin(2*x) - 2*sin(x)*cos(x)", ""},
    {"sin(x) - 2*sin(x/2)*cos(x/2)", ""},
    {"cos(3*x) - 4*cos(x)^3 + 3*cos(x)", ""},
    {"sin(x)*cos(x/3 + pi/6) - sin(4/3*x + pi/6)/2 - sin(2/3*x - pi/6)/2", ""},
    {"sin(-x) + sin(x)", ""},
    {"cos(pi - x) + cos(x)", ""},
    {"sin(x + pi/2) - cos(x)", ""},
    {"sin(pi/4) - sqrt(2)/2", ""},
    {"cos(pi/12) - (sqrt(6) + sqrt(2))/4", ""},
    {"tan(pi/3) - sqrt(3)", ""},
    {"sqrt(1 - sin(x)^2) - abs(cos(x))", ""},
    {"sin(asin(x)) - x", ""},
    {"cos(asin(x)) - sqrt(1 - x^2)", ""},
    {"sin(acos(x)) - sqrt(1 - x^2)", ""},
    {"tan(atan(x)) - x", ""},
    {"cos(atan(x)) - 1/sqrt(1 + x^2)", ""},
    {"sin(2*atan(x)) - 2*x/(1 + x^2)", ""},
    {"asin(x) + acos(x) - pi/2", ""},
    {"asin(1) - pi/2", ""},
    {"4*atan(1) - pi", ""},
    {"atan(sqrt(3)) - pi/3", ""},
    {"atan(x) + atan(-x)", ""},
    {"atan(x) + atan(1/x) - pi/2", "x"},
    {"atan(x) + atan(1/x) - pi/2*sign(x)", ""},
    {"erf(x) + erf(-x)", ""},
    /* piecewise */
    {"relu(x) - relu(-x) - x", ""},
    {"relu(x) + relu(-x) - abs(x)", ""},
    {"relu(x) - x*step(x)", ""},
    {"abs(x) - x*sign(x)", ""},
    {"abs(x*y) - abs(x)*abs(y)", ""},
    {"abs(-x) - abs(x)", ""},
    {"step(x)^2 - step(x)", ""},
    {"sign(x)^2 - 1", ""},
    {"relu(2*x) - 2*relu(x)", ""},
    {"relu(y*x) - y*relu(x)", "y"},
    {"max(x, y) + min(x, y) - x - y", ""},
    {"max(x, y) - min(x, y) - abs(x - y)", ""},
    {"relu(x^2 + 1) - x^2 - 1", ""},
    {"relu(exp(x)) - exp(x)", ""},
    {"abs(x*y + z^2) - x*y - z^2", "xy"},
};

/* None of these is. */
static const char *const others[][2] = {
    {"x", ""},
    {"x*y - y*z", ""},
    {"(x + y)^2 - x^2 - y^2", ""},
    {"sqrt(x^2) - x", ""},
    {"sqrt(x^2) - x", "y"},
    {"sqrt(x^2 + 2*x*y + y^2) - x - y", ""},
    {"sqrt(x) + sqrt(y) - sqrt(x + y)", ""},
    {"sqrt(2) + sqrt(3) - sqrt(10)", ""},
    {"sqrt(2) + sqrt(3) - 3.14626436994197234232913506571557044551247712918732870", ""},
    {"sqrt(3 - 2*sqrt(2)) - 1 + sqrt(2)*1.0000000000000000000000001", ""},
    {"exp(x)*exp(y) - exp(x*y)", ""},
    {"exp(pi*sqrt(163)) - 262537412640768744", ""},
    {"log(x*y) - log(x)*log(y)", ""},
    {"log(x^2) - 2*log(x) - 10^-40", ""},
    {"sin(x)^2 - cos(x)^2", ""},
    {"sin(x) - x + x^3/6", ""},
    {"tanh(x) - x/(1 + x^2/3)", ""},
    {"relu(x) - x", ""},
    {"relu(y*x) - y*relu(x)", ""},
    {"atan(x) + atan(1/x) - pi/2", ""},
    {"abs(x + y) - abs(x) - abs(y)", ""},
    {"step(x) + step(y) - 1", ""},
    {"erf(x) - tanh(x*2/sqrt(pi))", ""},
    {"pi - 355/113", ""},
    {"(x^1000000 - 1)*(y + 1)", ""},
    {"(x + y + z + w)^500 - 1", ""},
    {"10^-300*x", ""},
};

static slong
positive_variables(cst_expr_t *positive, const world_t *t, const char *names)
{
    slong n = 0;

    for (; *names; names++)
        for (int i = 0; i < VARIABLES; i++)
            if (world_names[i][0] == *names)
                positive[n++] = t->v[i];
    return n;
}

static cst_truth_t
zero(world_t *t, const char *text, const char *names)
{
    cst_expr_t positive[VARIABLES];
    slong n = positive_variables(positive, t, names);

    return cst_expr_is_zero(t->ctx, parse(t, text), positive, n);
}

Test(expr_zero, identities_are_accepted)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
        cr_expect_eq(zero(&t, identities[i][0], identities[i][1]), CST_TRUE, "%s", identities[i][0]);
    world_clear(&t);
}

Test(expr_zero, near_misses_are_rejected)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        cr_expect_eq(zero(&t, others[i][0], others[i][1]), CST_FALSE, "%s", others[i][0]);
    world_clear(&t);
}

/* An identity with one constant in it changed by 1/1000 is no identity any more. */
Test(expr_zero, disturbed_identities_are_rejected)
{
    world_t t;
    cst_expr_t positive[VARIABLES];

    world_init(&t);
    for (size_t i = 0; i < sizeof identities / sizeof *identities; i++)
    {
        slong n = positive_variables(positive, &t, identities[i][1]);
        cst_expr_t e = cst_expr_add(t.ctx, parse(&t, identities[i][0]),
                                    cst_expr_div(t.ctx, t.v[3], cst_expr_integer(t.ctx, 1000)));

        cr_expect_eq(cst_expr_is_zero(t.ctx, e, positive, n), CST_FALSE, "%s", identities[i][0]);
    }
    world_clear(&t);
}

/* Where the theory ends, the answer is "unknown": these are zero, or nowhere defined. */
Test(expr_zero, no_guess_is_made)
{
    static const char *const texts[] = {"x/relu(x) - 1", "acos(x) - 2*atan(sqrt((1 - x)/(1 + x)))",
                                        "sqrt(-1 - x^2)", "log(-x^2) - 1"};
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_neq(zero(&t, texts[i], ""), CST_FALSE, "%s", texts[i]);
    cr_expect_eq(zero(&t, "sqrt(-1 - x^2)", ""), CST_UNKNOWN);
    cr_expect_eq(zero(&t, texts[1], ""), CST_UNKNOWN);
    world_clear(&t);
}

/* Positivity may be given of expressions. */
Test(expr_zero, assumptions_on_expressions)
{
    world_t t;
    cst_expr_t positive, e;

    world_init(&t);
    positive = parse(&t, "x - y");
    e = parse(&t, "abs(2*y - 2*x) - 2*x + 2*y");
    cr_expect_eq(cst_expr_is_zero(t.ctx, e, NULL, 0), CST_FALSE);
    cr_expect_eq(cst_expr_is_zero(t.ctx, e, &positive, 1), CST_TRUE);
    positive = parse(&t, "-x*y");
    cr_expect_eq(cst_expr_is_zero(t.ctx, parse(&t, "sign(x) + sign(y)"), &positive, 1), CST_TRUE);
    cr_expect_eq(cst_expr_is_zero(t.ctx, parse(&t, "abs(x*y) + x*y"), &positive, 1), CST_TRUE);
    world_clear(&t);
}

/* Simplified expressions: equal to the given ones at random points, and the same for equal ones. */
Test(expr_zero, random_expressions_agree_with_their_normal_forms)
{
    world_t t;
    flint_rand_t state;
    arb_ptr point = _arb_vec_init(VARIABLES);
    arb_t a, b;
    int compared = 0, same = 0;

    world_init(&t);
    flint_rand_init(state);
    arb_init(a);
    arb_init(b);
    for (int i = 0; i < 1500; i++)
    {
        cst_expr_t e = random_expr(&t, state, 1 + i % 5, 0), s = cst_expr_simplify(t.ctx, e, NULL, 0);
        cst_expr_t square = cst_expr_add(t.ctx, cst_expr_power_si(t.ctx, e, 2), e),
                   product = cst_expr_mul(t.ctx, e, cst_expr_add(t.ctx, e, cst_expr_integer(t.ctx, 1)));

        same += i % 7 == 0 &&
                cst_expr_simplify(t.ctx, square, NULL, 0) == cst_expr_simplify(t.ctx, product, NULL, 0);
        for (int k = 0; k < 4; k++)
        {
            for (int j = 0; j < VARIABLES; j++)
            {
                arb_set_si(point + j, (slong) n_randint(state, 4000) - 2000);
                arb_mul_2exp_si(point + j, point + j, -10);
            }
            cst_expr_enclose(a, e, t.v, point, VARIABLES, 500);
            cst_expr_enclose(b, s, t.v, point, VARIABLES, 500);
            if (arb_rel_accuracy_bits(a) < 100 || arb_rel_accuracy_bits(b) < 100)
                continue;
            cr_expect(arb_overlaps(a, b), "%s = %s", cst_expr_print(t.ctx, e), cst_expr_print(t.ctx, s));
            compared++;
        }
    }
    cr_expect_gt(compared, 3000, "%d", compared);
    cr_expect_gt(same, 210, "%d", same); /* of 215: the others are too large */
    arb_clear(b);
    arb_clear(a);
    flint_rand_clear(state);
    world_clear(&t);
    _arb_vec_clear(point, VARIABLES);
}

/* d(f g) = df g + f dg and the chain rule, for random f and g: identities by another route. */
Test(expr_zero, rules_of_the_derivative)
{
    world_t t;
    flint_rand_t state;
    int proved = 0;

    world_init(&t);
    flint_rand_init(state);
    for (int i = 0; i < 100; i++)
    {
        cst_expr_t f = random_expr(&t, state, 2, 1), g = random_expr(&t, state, 1, 1);
        cst_expr_t df = cst_expr_derivative(t.ctx, f, t.v[0]), dg = cst_expr_derivative(t.ctx, g, t.v[0]);
        cst_expr_t fg = cst_expr_simplify(t.ctx, cst_expr_mul(t.ctx, f, g), NULL, 0), d;
        cst_truth_t truth;

        d = cst_expr_derivative(t.ctx, fg, t.v[0]);
        d = cst_expr_sub(t.ctx, d,
                         cst_expr_add(t.ctx, cst_expr_mul(t.ctx, df, g), cst_expr_mul(t.ctx, f, dg)));
        truth = cst_expr_is_zero(t.ctx, d, NULL, 0);
        cr_expect_neq(truth, CST_FALSE, "%s, %s", cst_expr_print(t.ctx, f), cst_expr_print(t.ctx, g));
        proved += truth == CST_TRUE;
    }
    cr_expect_gt(proved, 85);
    flint_rand_clear(state);
    world_clear(&t);
}

/* The cone of a ReLU neuron: g = a^2 |dw|^2 + |w|^2 da^2, z = a w, on the section a = sqrt(r),
   w = z/sqrt(r), r = |z|: g^ij = sum_ab (dz_i/dy_a) g^aa (dz_j/dy_a) = delta_ij + z_i z_j/r^2. */
Test(expr_zero, cone_of_a_relu_neuron)
{
    world_t t;
    cst_expr_t r, section[3], y[3], z[2], inverse[3];

    world_init(&t);
    r = parse(&t, "sqrt(x^2 + y^2)");
    section[0] = cst_expr_div(t.ctx, t.v[0], cst_expr_sqrt(t.ctx, r));
    section[1] = cst_expr_div(t.ctx, t.v[1], cst_expr_sqrt(t.ctx, r));
    section[2] = cst_expr_sqrt(t.ctx, r);
    y[0] = cst_expr_variable(t.ctx, "w1");
    y[1] = cst_expr_variable(t.ctx, "w2");
    y[2] = cst_expr_variable(t.ctx, "a");
    z[0] = cst_expr_mul(t.ctx, y[2], y[0]);
    z[1] = cst_expr_mul(t.ctx, y[2], y[1]);
    inverse[0] = inverse[1] = cst_expr_power_si(t.ctx, y[2], -2);
    inverse[2] = cst_expr_power_si(
        t.ctx, cst_expr_add(t.ctx, cst_expr_power_si(t.ctx, y[0], 2), cst_expr_power_si(t.ctx, y[1], 2)), -1);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
        {
            cst_expr_t g = cst_expr_integer(t.ctx, 0), expected;

            for (int a = 0; a < 3; a++)
                g = cst_expr_add(t.ctx, g,
                                 cst_expr_mul(t.ctx, inverse[a],
                                              cst_expr_mul(t.ctx, cst_expr_derivative(t.ctx, z[i], y[a]),
                                                           cst_expr_derivative(t.ctx, z[j], y[a]))));
            g = cst_expr_substitute(t.ctx, g, y, section, 3);
            expected =
                cst_expr_div(t.ctx, cst_expr_mul(t.ctx, t.v[i], t.v[j]), cst_expr_power_si(t.ctx, r, 2));
            expected = cst_expr_add(t.ctx, expected, cst_expr_integer(t.ctx, i == j));
            cr_expect_eq(cst_expr_is_zero(t.ctx, cst_expr_sub(t.ctx, g, expected), NULL, 0), CST_TRUE);
            cr_expect_eq(cst_expr_is_zero(t.ctx, cst_expr_sub(t.ctx, g, r), NULL, 0), CST_FALSE);
        }
    world_clear(&t);
}
