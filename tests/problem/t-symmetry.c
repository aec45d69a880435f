/* Quotients that are accepted, with their co-metrics in closed form; and what is said of those that are not.
 */
#include <criterion/criterion.h>
#include <string.h>

#include <caustic/problem.h>

TestSuite(problem_symmetry, .timeout = 120);

static const struct
{
    const char *text, *hamiltonian, *initial;
} accepted[] = {
    /* the balanced section of a ReLU neuron, with an invariant metric: the cone */
    {"caustic: 1\n"
     "parameters: [w1, w2, a]\n"
     "assume: [a > 0, w1^2 + w2^2 > 0]\n"
     "metric: a^2*(dw1^2 + dw2^2) + (w1^2 + w2^2)*da^2\n"
     "symmetry: {construction: invariant-metric, generators: [{w1: w1, w2: w2, a: -a}], discrete: []}\n"
     "quotient:\n"
     "  coordinates: {z1: a*w1, z2: a*w2}\n"
     "  section: {w1: z1/sqrt(r), w2: z2/sqrt(r), a: sqrt(r)}\n"
     "  where: {r: sqrt(z1^2 + z2^2)}\n"
     "loss: (z1 - 1)^2/2 + (z1 + 2*z2)^2/2 - z1*z2\n"
     "domain: {z1: [1/2, 3/2], z2: [-1/2, 1/2]}\n",
     "(p_z1^2 + p_z2^2 + (z1*p_z1 + z2*p_z2)^2/(z1^2 + z2^2))/2", "z1^2 - z1 + 1/2 + 2*z2^2 + z1*z2"},
    /* the same on the balanced slice */
    {"caustic: 1\n"
     "parameters: [w1, w2, a]\n"
     "assume: [a > 0, w1^2 + w2^2 > 0]\n"
     "metric: euclidean\n"
     "symmetry: {construction: balanced, generators: [{w1: w1, w2: w2, a: -a}]}\n"
     "quotient:\n"
     "  coordinates: {z1: a*w1, z2: a*w2}\n"
     "  section: {w1: z1/sqrt(r), w2: z2/sqrt(r), a: sqrt(r)}\n"
     "  where: {r: sqrt(z1^2 + z2^2)}\n"
     "loss: (a*relu(w1 + 2*w2) - 1)^2\n"
     "domain: {z1: [1/2, 3/2], z2: [-1/8, 1/8]}\n",
     "(sqrt(z1^2 + z2^2)*(p_z1^2 + p_z2^2) + (z1*p_z1 + z2*p_z2)^2/sqrt(z1^2 + z2^2))/2", NULL},
    /* L(ab) on the level a^2 - b^2 = 1: the metric depends on the level */
    {"caustic: 1\n"
     "parameters: [a, b]\n"
     "assume: [a > 0]\n"
     "metric: euclidean\n"
     "symmetry: {construction: balanced, level: 1, generators: [{a: a, b: -b}]}\n"
     "quotient:\n"
     "  coordinates: {x: a*b}\n"
     "  where: {r: sqrt(1 + 4*x^2)}\n"
     "  section: {a: sqrt((1 + r)/2), b: x/sqrt((1 + r)/2)}\n"
     "loss: cos(a*b)\n"
     "domain: {x: [-1, 1]}\n",
     "sqrt(1 + 4*x^2)*p_x^2/2", "cos(x)"},
    /* two vectors up to rotations and the rescaling that balances them, at level 1: not abelian */
    {"caustic: 1\n"
     "parameters: [a, b, c, d, f, g]\n"
     "metric: euclidean\n"
     "symmetry:\n"
     "  construction: balanced\n"
     "  level: 1\n"
     "  generators: [{a: a, b: b, c: c, d: -d, f: -f, g: -g}, {b: -c, c: b, f: -g, g: f},\n"
     "               {a: c, c: -a, d: g, g: -d}, {a: -b, b: a, d: -f, f: d}]\n"
     "quotient:\n"
     "  coordinates: {x: a*d + b*f + c*g, h: (a^2 + b^2 + c^2)*(d^2 + f^2 + g^2)}\n"
     "  where: {s: sqrt((1 + sqrt(1 + 4*h))/2)}\n"
     "  section: {a: s, b: 0, c: 0, d: x/s, f: sqrt(h - x^2)/s, g: 0}\n"
     "loss: cos(a*d + b*f + c*g)\n"
     "domain: {x: [-1, 1], h: [2, 3]}\n",
     "sqrt(1 + 4*h)*(p_x^2/2 + 2*x*p_x*p_h + 2*h*p_h^2)", "cos(x)"},
    /* the shift of a softmax */
    {"caustic: 1\n"
     "parameters: [a, b, c]\n"
     "metric: euclidean\n"
     "symmetry:\n"
     "  construction: invariant-metric\n"
     "  generators: [{a: 1, b: 1, c: 1}]\n"
     "  discrete: [{a: b, b: a}]\n"
     "quotient: {coordinates: {u: a - c, v: b - c}, section: {a: u, b: v, c: 0}}\n"
     "loss: -log(exp(c)/(exp(a) + exp(b) + exp(c)))\n"
     "domain: {u: [-1, 1], v: [-1, 1]}\n",
     "p_u^2 + p_u*p_v + p_v^2", "log(exp(u) + exp(v) + 1)"},
    /* two vectors up to rotation, in terms of their Gram matrix: Bures and Wasserstein */
    {"caustic: 1\n"
     "parameters: [a1, a2, b1, b2]\n"
     "assume: [a1*b2 - a2*b1 > 0]\n"
     "metric: euclidean\n"
     "symmetry: {construction: invariant-metric, generators: [{a1: -a2, a2: a1, b1: -b2, b2: b1}]}\n"
     "quotient:\n"
     "  coordinates: {x: a1^2 + a2^2, y: a1*b1 + a2*b2, z: b1^2 + b2^2}\n"
     "  section: {a1: sqrt(x), a2: 0, b1: y/sqrt(x), b2: sqrt(z - y^2/x)}\n"
     "loss: (a1*b1 + a2*b2 - 1)^2\n"
     "domain: {x: [1, 2], y: [0, 1/2], z: [1, 2]}\n",
     "2*x*p_x^2 + 2*z*p_z^2 + (x + z)*p_y^2/2 + 2*y*p_y*(p_x + p_z)", "(y - 1)^2"},
    /* all rotations of space: three generators, orbits of dimension two */
    {"caustic: 1\n"
     "parameters: [x, y, z]\n"
     "assume: [x^2 + y^2 + z^2 > 0, z > 0]\n"
     "metric: euclidean\n"
     "symmetry:\n"
     "  construction: invariant-metric\n"
     "  generators: [{y: -z, z: y}, {z: -x, x: z}, {x: -y, y: x}]\n"
     "quotient: {coordinates: {r: sqrt(x^2 + y^2 + z^2)}, section: {x: 0, y: 0, z: r}}\n"
     "loss: 1/(1 + x^2 + y^2 + z^2)\n"
     "domain: {r: [1, 2]}\n",
     "p_r^2/2", "1/(1 + r^2)"},
    /* no continuous symmetry: a change of coordinates */
    {"caustic: 1\n"
     "parameters: [x, y]\n"
     "metric: euclidean\n"
     "symmetry: {construction: invariant-metric, discrete: [{x: y, y: x}, {x: -x}]}\n"
     "quotient: {coordinates: {u: x + y, v: x - y}, section: {x: (u + v)/2, y: (u - v)/2}}\n"
     "initial: x^2 + y^2\n"
     "domain: {u: [1, 2], v: [0, 1]}\n",
     "p_u^2 + p_v^2", "(u^2 + v^2)/2"},
};

static void
assert_equal(const cst_problem_t problem, cst_expr_t e, const char *text)
{
    const char *names[8];
    cst_expr_t values[8], expected = NULL;
    cst_expr_scope_t scope = {names, values, 2 * problem->dimension};
    cst_error_t error;

    for (slong i = 0; i < problem->dimension; i++)
    {
        values[2 * i] = problem->coordinates[i];
        values[2 * i + 1] = problem->momenta[i];
    }
    for (slong i = 0; i < scope.length; i++)
        names[i] = cst_expr_name(values[i]);
    cr_assert_eq(cst_expr_parse(&expected, problem->ctx, text, &scope, &error), CST_OK, "%s: %s", text,
                 error.message);
    e = cst_expr_sub(problem->ctx, e, expected);
    cr_assert_eq(cst_expr_is_zero(problem->ctx, e, problem->positive, problem->positive_length), CST_TRUE,
                 "not %s", text);
}

Test(problem_symmetry, quotients_in_closed_form)
{
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++)
    {
        cst_problem_t problem;
        cst_error_t error;

        cr_assert_eq(cst_problem_parse(problem, "t.yaml", accepted[i].text, strlen(accepted[i].text), &error),
                     CST_OK, "%d, %d:%d: %s", (int) i, error.line, error.column, error.message);
        assert_equal(problem, problem->hamiltonian, accepted[i].hamiltonian);
        if (accepted[i].initial)
            assert_equal(problem, problem->initial, accepted[i].initial);
        cst_problem_clear(problem);
    }
    flint_cleanup();
}
