/* Printing: pleasant forms, and texts that read back as the same node. */
#include "helper.h"

TestSuite(expr_print, .timeout = 120);

static const struct
{
    const char *text, *printed, *latex;
} forms[] = {
    {"x^2", "x^2", "x^{2}"},
    {"x*x*1", "x^2", "x^{2}"},
    {"x/y", "x/y", "\\frac{x}{y}"},
    {"-x", "-x", "-x"},
    {"sqrt(x)", "sqrt(x)", "\\sqrt{x}"},
    {"x^(1/2)/y^(1/2)", "sqrt(x)/sqrt(y)", "\\frac{\\sqrt{x}}{\\sqrt{y}}"},
    {"1/x", "1/x", "\\frac{1}{x}"},
    {"x^-3", "1/x^3", "\\frac{1}{x^{3}}"},
    {"x^(2/3)", "x^(2/3)", "x^{2/3}"},
    {"-3*x/(4*y*z)", "-3*x/(4*y*z)", "-\\frac{3 x}{4 y z}"},
    {"1 - x", "1 - x", "1 - x"},
    {"x - 1", "x - 1", "x - 1"},
    {"1 - x^2 - y^2", "1 - x^2 - y^2", "1 - x^{2} - y^{2}"},
    {"x - (y - z)", "x - (y - z)", "x - \\left(y - z\\right)"},
    {"2*(x + y)", "2*(x + y)", "2 \\left(x + y\\right)"},
    {"(x + y)/2", "(x + y)/2", "\\frac{x + y}{2}"},
    {"(x + y)^2", "(x + y)^2", "\\left(x + y\\right)^{2}"},
    {"1/(x + y)", "1/(x + y)", "\\frac{1}{x + y}"},
    {"4*(x^2+y^2)/(1+x^2+y^2)^2", "4*(x^2 + y^2)/(x^2 + y^2 + 1)^2",
     "\\frac{4 \\left(x^{2} + y^{2}\\right)}{\\left(x^{2} + y^{2} + 1\\right)^{2}}"},
    {"exp(-x^2/2)", "exp(-x^2/2)", "e^{-\\frac{x^{2}}{2}}"},
    {"sin(x)^2", "sin(x)^2", "\\sin\\left(x\\right)^{2}"},
    {"abs(x) + relu(y)", "abs(x) + relu(y)", "\\left|x\\right| + \\operatorname{relu}\\left(y\\right)"},
    {"2*pi", "2*pi", "2 \\pi"},
    {"-1/2", "-1/2", "-\\frac{1}{2}"},
    {"(1/2)^(1/3)", "(1/2)^(1/3)", "\\left(\\frac{1}{2}\\right)^{1/3}"},
    {"x*(-1/2)", "-x/2", "-\\frac{x}{2}"},
};

Test(expr_print, forms)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    {
        cst_expr_t e = parse(&t, forms[i].text);
        char *printed = cst_expr_print(t.ctx, e), *latex = cst_expr_print_latex(t.ctx, e);

        cr_expect_str_eq(printed, forms[i].printed);
        cr_expect_str_eq(latex, forms[i].latex);
        flint_free(latex);
        flint_free(printed);
    }
    world_clear(&t);
}

Test(expr_print, names_in_latex)
{
    static const char *const names[][2] = {{"z1", "z_{1}"},
                                           {"x_12", "x_{12}"},
                                           {"alpha", "\\alpha"},
                                           {"theta2", "\\theta_{2}"},
                                           {"rate", "\\mathrm{rate}"},
                                           {"p_x", "p_{x}"},
                                           {"a_b_c", "a_{b,c}"},
                                           {"_1", "\\_1"}};
    cst_expr_ctx_t ctx = cst_expr_ctx_new();

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    {
        char *latex = cst_expr_print_latex(ctx, cst_expr_variable(ctx, names[i][0]));

        cr_expect_str_eq(latex, names[i][1]);
        flint_free(latex);
    }
    cst_expr_ctx_free(ctx);
}

Test(expr_print, random_expressions_read_back_as_the_same_node)
{
    world_t t;
    flint_rand_t state;

    world_init(&t);
    flint_rand_init(state);
    for (int i = 0; i < 3000; i++)
    {
        cst_expr_t e = random_expr(&t, state, 1 + i % 6, 0);
        char *text = cst_expr_print(t.ctx, e), *latex = cst_expr_print_latex(t.ctx, e);
        cst_error_t error;
        cst_expr_t back;

        cst_error_clear(&error);
        /* 1/0 and its like cannot be read */
        if (cst_expr_parse(&back, t.ctx, text, &t.scope, &error) == CST_OK)
            cr_assert_eq(back, e, "%s", text);
        else
            cr_assert(strstr(error.message, "zero") || strstr(error.message, "logarithm") ||
                          strstr(error.message, "negative"),
                      "%s: %s", text, error.message);
        cr_assert(strlen(latex) > 0);
        flint_free(latex);
        flint_free(text);
    }
    flint_rand_clear(state);
    world_clear(&t);
}

/* A text that would not fit in memory is not begun: sharing can make trees of 2^60 leaves. */
Test(expr_print, a_huge_tree_is_refused)
{
    world_t t;
    cst_expr_t e;

    world_init(&t);
    e = t.v[0];
    for (int i = 0; i < 60; i++)
        e = cst_expr_add(t.ctx, cst_expr_function(t.ctx, CST_EXPR_SIN, e),
                         cst_expr_function(t.ctx, CST_EXPR_COS, e));
    cr_assert_null(cst_expr_print(t.ctx, e));
    cr_assert_not_null(cst_expr_derivative(t.ctx, e, t.v[0]));
    world_clear(&t);
}
