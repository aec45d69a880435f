/* The examples: their Hamiltonians, initial functions and statements against independently written ones. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/problem.h>

TestSuite(problem_example, .timeout = 120);

static const char *
example(const char *name)
{
    static char path[4096];
    const char *top = getenv("top_srcdir");

    snprintf(path, sizeof path, "%s/examples/%s.yaml", top ? top : ".", name);
    return path;
}

static void
read_example(cst_problem_t problem, const char *name)
{
    cst_error_t error;

    cr_assert_eq(cst_problem_read(problem, example(name), &error), CST_OK, "%s:%d:%d: %s", error.file,
                 error.line, error.column, error.message);
}

static cst_expr_t
parse(const cst_problem_t problem, const char *text)
{
    const char *names[24];
    cst_expr_t values[24], e = NULL;
    cst_expr_scope_t scope = {names, values, 2 * problem->dimension};
    cst_error_t error;

    for (slong i = 0; i < problem->dimension; i++)
    {
        values[2 * i] = problem->coordinates[i];
        values[2 * i + 1] = problem->momenta[i];
    }
    for (slong i = 0; i < scope.length; i++)
        names[i] = cst_expr_name(values[i]);
    cr_assert_eq(cst_expr_parse(&e, problem->ctx, text, &scope, &error), CST_OK, "%s: %s", text,
                 error.message);
    return e;
}

static void
assert_equal(const cst_problem_t problem, cst_expr_t e, const char *text)
{
    e = cst_expr_sub(problem->ctx, e, parse(problem, text));
    cr_assert_eq(cst_expr_is_zero(problem->ctx, e, NULL, 0), CST_TRUE, "%s: not %s", problem->title, text);
}

static const struct
{
    const char *name;
    slong dimension;
    const char *hamiltonian, *initial;
} examples[] = {
    {"cosine", 1, "p_x^2/2", "cos(x)"},
    {"gaussian", 1, "p_x^2/2", "-exp(-x^2/2)"},
    {"egg-box", 2, "(p_x^2 + p_y^2)/2", "(cos(x + y) + cos(x - y))/2"},
    {"sphere-height", 2, "(p_x^2 + p_y^2)*(1 + x^2 + y^2)^2/8", "2/(1 + x^2 + y^2) - 1"},
    {"hyperbolic", 2, "(p_x^2 + p_y^2)*(1 - x^2 - y^2)^2/8", "1 - 2/(1 - x^2 - y^2)"},
    {"sphere-product", 2, "(p_x^2 + p_y^2)*(1 + x^2 + y^2)^2/8", "(2*x)*(2*y)/(1 + x^2 + y^2)^2"},
    {"relu-cone", 2, "(p_z1^2 + p_z2^2 + (z1*p_z1 + z2*p_z2)^2/(z1^2 + z2^2))/2",
     "cos(2*z1 - 2)*cos(z2) + z1*z2/2"},
    {"quintic", 1, "p_x^2/2", "x^3*(3*x^2 - 20)/60"},
    {"freidlin-wentzell", 1, "p_x*(p_x - 2*x)/2", "-3*x^2/2"},
    {"relu-neuron", 2, "(p_z1^2 + p_z2^2 + (z1*p_z1 + z2*p_z2)^2/(z1^2 + z2^2))/2", NULL},
    {"batchnorm-sphere", 2, "(1 + q1^2 + q2^2)*(p_q1^2 + p_q2^2 + (q1*p_q1 + q2*p_q2)^2)/2",
     "1 + (-3*q1 + 3*q2 + 57)/sqrt(2301*q1^2 + 785*q2^2 + 4209 + 1910*q1*q2 + 2174*q1 + 1750*q2)"},
    {"tanh-network", 4, "(p_w1^2 + p_a1^2 + p_w2^2 + p_a2^2)/2", NULL},
    {"rotation-quotient", 2, "2*s*p_s^2 + p_h^2/2", "cos(h)*s*(4 - s)/4 + (s - 2)^2/2 + h*s/5"},
    {"rotation-space", 3, "(p_x^2 + p_y^2 + p_z^2)/2", NULL},
};

Test(problem_example, hamiltonians_and_initial_functions)
{
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
    {
        cst_problem_t problem;

        read_example(problem, examples[i].name);
        cr_assert_eq(problem->dimension, examples[i].dimension, "%s", examples[i].name);
        assert_equal(problem, problem->hamiltonian, examples[i].hamiltonian);
        if (examples[i].initial)
            assert_equal(problem, problem->initial, examples[i].initial);
        cr_assert(fmpq_sgn(problem->tolerance) > 0);
        cr_assert(fmpq_is_zero(problem->horizon));
        for (slong k = 0; k < problem->dimension; k++)
            cr_assert(fmpq_cmp(problem->lower + k, problem->upper + k) < 0);
        cst_problem_clear(problem);
    }
    flint_cleanup();
}

/* The loss upstairs, pulled back to the quotient, against the network run on its ten flowers. */
Test(problem_example, the_relu_loss_is_the_mean_squared_error)
{
    static const double flower[10][3] = {{4.7, 1.4, 1}, {4.5, 1.5, 1}, {4.9, 1.5, 1}, {4.0, 1.3, 1},
                                         {4.6, 1.5, 1}, {1.4, 0.2, 0}, {1.4, 0.2, 0}, {1.3, 0.2, 0},
                                         {1.5, 0.2, 0}, {1.4, 0.2, 0}};
    cst_problem_t problem;
    arb_ptr z = _arb_vec_init(2);
    double sum = 0, value;
    arb_t u;

    read_example(problem, "relu-neuron");
    arb_init(u);
    arb_set_d(z, -0.625);
    arb_set_d(z + 1, -0.1875);
    cst_expr_enclose(u, problem->initial, problem->coordinates, z, 2, 64);
    value = arf_get_d(arb_midref(u), ARF_RND_NEAR);
    for (int i = 0; i < 10; i++)
    {
        double input = -0.625 * (flower[i][0] - 3) - 0.1875 * (flower[i][1] - 0.8);
        double error = tanh(input > 0 ? input : 0) - flower[i][2];

        sum += error * error / 20;
    }
    cr_assert_float_eq(value, sum, 1e-14);
    arb_clear(u);
    _arb_vec_clear(z, 2);
    cst_problem_clear(problem);
    flint_cleanup();
}

Test(problem_example, statements)
{
    static const char sphere[] = "problem manifold\n"
                                 "coordinates x y\n"
                                 "metric 4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2\n"
                                 "initial (1 - x^2 - y^2)/(1 + x^2 + y^2)\n"
                                 "domain x -1/2 1/2\n"
                                 "domain y -1/2 1/2\n";
    static const char rotation[] =
        "problem quotient\n"
        "parameters x y z\n"
        "coordinates s h\n"
        "total-metric euclidean\n"
        "construction invariant-metric\n"
        "generator 1 x -y\n"
        "generator 1 y x\n"
        "discrete 1 x -x\n"
        "invariant s x^2 + y^2\n"
        "invariant h z\n"
        "section x sqrt(s)\n"
        "section y 0\n"
        "section z h\n"
        "assume x^2 + y^2\n"
        "loss cos(z)*((x^2 + y^2) - (x^2 + y^2)^2/4) + (x^2 + y^2 - 2)^2/2 + z*(x^2 + y^2)/5\n"
        "domain s 3/2 5/2\n"
        "domain h -1/2 1/2\n";
    cst_problem_t problem;

    read_example(problem, "sphere-height");
    cr_assert_str_eq(problem->statement, sphere);
    cr_assert_str_eq(problem->title, "Height function on the round sphere");
    cst_problem_clear(problem);
    read_example(problem, "rotation-quotient");
    cr_assert_str_eq(problem->statement, rotation);
    cst_problem_clear(problem);
    flint_cleanup();
}

/* Names are defined before they are used, whatever the order of the file, and texts stand on one line. */
Test(problem_example, definitions_come_in_an_order_that_works)
{
    static const char text[] = "caustic: 1\n"
                               "constants: {c: 2*b - 0.5e-1, b: 3}\n"
                               "manifold:\n"
                               "  coordinates: [x]\n"
                               "  where: {s: q + c, q: b*x^2}\n"
                               "  cometric: [['1 +\n    s^2']]\n"
                               "initial: |\n"
                               "  sin(x)\n"
                               "    * s\n"
                               "domain: {x: [0.25, b]}\n"
                               "certify: {tolerance: 1e-7, horizon: 3/2, complete: false}\n";
    cst_problem_t problem;
    cst_error_t error;

    cr_assert_eq(cst_problem_parse(problem, "t.yaml", text, strlen(text), &error), CST_OK, "%d:%d: %s",
                 error.line, error.column, error.message);
    cr_assert_str_eq(problem->statement, "problem manifold\n"
                                         "coordinates x\n"
                                         "let b 3\n"
                                         "let c 2*b - 0.5e-1\n"
                                         "let q b*x^2\n"
                                         "let s q + c\n"
                                         "cometric 1 1 1 + s^2\n"
                                         "initial sin(x) * s\n"
                                         "domain x 1/4 3\n");
    assert_equal(problem, problem->hamiltonian, "(1 + (3*x^2 + 119/20)^2)*p_x^2/2");
    cr_assert_eq(fmpz_get_si(fmpq_denref(problem->tolerance)), 10000000);
    cr_assert_eq(fmpz_get_si(fmpq_numref(problem->horizon)), 3);
    cst_problem_clear(problem);
    flint_cleanup();
}
