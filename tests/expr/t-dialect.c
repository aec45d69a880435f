/* C and Sage: what is printed compiles, or is read by Python, and has the value of the expression. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "helper.h"

TestSuite(expr_dialect, .timeout = 120);

static const struct
{
    const char *text, *c, *sage;
} forms[] = {
    {"x^2 - 1/2", "pow(x, 2.0) - 1.0/2.0", "x**2 - 1/2"},
    {"1/x^3", "1.0/pow(x, 3.0)", "1/x**3"},
    {"(x + y)^(2/3)", "pow(x + y, (2.0/3.0))", "(x + y)**(2/3)"},
    {"-3*x/(4*y)", "-3.0*x/(4.0*y)", "-3*x/(4*y)"},
    {"sqrt(x)/sqrt(y)", "sqrt(x)/sqrt(y)", "sqrt(x)/sqrt(y)"},
    {"relu(x - y)", "fmax(x - y, 0.0)", "((x - y + abs(x - y))/2)"},
    {"abs(x)*sigmoid(y)", "fabs(x)*(1.0/(1.0 + exp(-(y))))", "abs(x)*(1/(1 + exp(-(y))))"},
    {"softplus(x)", "(fmax(x, 0.0) + log1p(exp(-fabs(x))))", "log(1 + exp(x))"},
    {"2*pi", "2.0*3.14159265358979323846", "2*pi"},
};

Test(expr_dialect, forms)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    {
        cst_expr_t e = parse(&t, forms[i].text);
        char *c = cst_expr_print_c(t.ctx, e), *sage = cst_expr_print_sage(t.ctx, e);

        cr_expect_str_eq(c, forms[i].c);
        cr_expect_str_eq(sage, forms[i].sage);
        flint_free(c);
        flint_free(sage);
    }
    world_clear(&t);
}

Test(expr_dialect, names_that_are_taken)
{
    world_t t;
    char *c, *sage;
    cst_expr_t e;

    world_init(&t);
    e = cst_expr_add(t.ctx, cst_expr_variable(t.ctx, "int"), cst_expr_variable(t.ctx, "lambda"));
    c = cst_expr_print_c(t.ctx, e);
    sage = cst_expr_print_sage(t.ctx, e);
    cr_expect_str_eq(c, "lambda + int_");
    cr_expect_str_eq(sage, "lambda_ + int");
    flint_free(c);
    flint_free(sage);
    world_clear(&t);
}

#define COUNT 150

static const double at[VARIABLES] = {0.625, 1.375, 0.8125, 2.1875};

/* The values of random expressions, and a program that prints them, one a line. */
static void
write_program(FILE *out, double *values, world_t *t, int python)
{
    arb_ptr point = _arb_vec_init(VARIABLES);
    flint_rand_t state;
    arb_t value;

    flint_rand_init(state);
    arb_init(value);
    fputs(python ? "from math import *\nx, y, z, w = 0.625, 1.375, 0.8125, 2.1875\nfor t in '''\\\n"
                 : "#include <math.h>\n#include <stdio.h>\nint main(void)\n{\n"
                   "double x = 0.625, y = 1.375, z = 0.8125, w = 2.1875;\n(void) x, (void) y, (void) z, "
                   "(void) w;\n",
          out);
    for (int k = 0; k < VARIABLES; k++)
        arb_set_d(point + k, at[k]);
    for (int i = 0; i < COUNT; i++)
    {
        cst_expr_t e = random_expr(t, state, 4, i % 2);
        char *text = python ? cst_expr_print_sage(t->ctx, e) : cst_expr_print_c(t->ctx, e);

        cst_expr_enclose(value, e, t->v, point, VARIABLES, 128);
        values[i] = arb_is_finite(value) ? arf_get_d(arb_midref(value), ARF_RND_NEAR) : NAN;
        fprintf(out, python ? "%s\n" : "printf(\"%%.17g\\n\", (double) (%s));\n", text);
        flint_free(text);
    }
    fputs(python
              ? "'''.splitlines():\n    try:\n        print(float(eval(t)))\n    except Exception:\n        "
                "print('nan')\n"
              : "return 0;\n}\n",
          out);
    arb_clear(value);
    _arb_vec_clear(point, VARIABLES);
    flint_rand_clear(state);
}

/* Lines of the program's output against the values. */
static void
compare(const char *command, const double *values)
{
    FILE *in = popen(command, "r");
    char line[200];
    int compared = 0;

    cr_assert_not_null(in);
    for (int i = 0; i < COUNT; i++)
    {
        double got;

        cr_assert_not_null(fgets(line, sizeof line, in), "line %d", i);
        got = strtod(line, NULL);
        if (!isfinite(values[i]) || !isfinite(got)) /* outside the domain, or overflow on the way */
            continue;
        compared++;
        cr_assert(fabs(got - values[i]) <= 1e-8 * (1 + fabs(values[i])), "line %d: %.17g is not %.17g", i,
                  got, values[i]);
    }
    cr_assert_eq(pclose(in), 0);
    cr_assert_geq(compared, COUNT / 3);
}

static void
run(int python)
{
    char folder[] = "/tmp/caustic-XXXXXX", path[100], command[400];
    double values[COUNT];
    FILE *out;
    world_t t;

    if (system(python ? "command -v python3 >/dev/null" : "command -v cc >/dev/null") != 0)
        cr_skip_test("no compiler or interpreter");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/program.%s", folder, python ? "py" : "c");
    out = fopen(path, "w");
    cr_assert_not_null(out);
    world_init(&t);
    write_program(out, values, &t, python);
    cr_assert_eq(fclose(out), 0);
    snprintf(command, sizeof command, python ? "python3 %s" : "cc -std=c11 -w -o %s.out %s -lm && %s.out",
             path, path, path);
    compare(command, values);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
    world_clear(&t);
}

Test(expr_dialect, c_compiles_and_evaluates_equal)
{
    run(0);
}

Test(expr_dialect, python_evaluates_equal)
{
    run(1);
}
