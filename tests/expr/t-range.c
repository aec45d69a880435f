/* Bounds over boxes with infinite sides: every value at sampled points is inside, and known ranges are met.
 */
#include <math.h>

#include "helper.h"

TestSuite(range, .timeout = 120);

static void
bound(double *lower, double *upper, const char *text, double a, double b)
{
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t x = cst_expr_variable(ctx, "x"), e;
    const char *const names[] = {"x"};
    cst_expr_scope_t scope = {names, &x, 1};
    cst_error_t error;
    arf_t low, high, from, to;

    arf_init(low);
    arf_init(high);
    arf_init(from);
    arf_init(to);
    arf_set_d(from, a);
    arf_set_d(to, b);
    cr_assert_eq(cst_expr_parse(&e, ctx, text, &scope, &error), CST_OK, "%s", error.message);
    cst_expr_range(low, high, e, &x, from, to, 1, 53);
    *lower = arf_get_d(low, ARF_RND_NEAR);
    *upper = arf_get_d(high, ARF_RND_NEAR);
    arf_clear(low);
    arf_clear(high);
    arf_clear(from);
    arf_clear(to);
    cst_expr_ctx_free(ctx);
}

Test(range, known_ranges)
{
    static const struct
    {
        const char *text;
        double a, b, lower, upper;
    } table[] = {
        {"-exp(-x^2/2)", -INFINITY, INFINITY, -1, 0},
        {"cos(x)", -INFINITY, INFINITY, -1, 1},
        {"x^2", -INFINITY, INFINITY, 0, INFINITY},
        {"x^2", -3, 2, 0, 9},
        {"x^3", -2, 3, -8, 27},
        {"x^3", -3, -2, -27, -8},
        {"x^3", -INFINITY, -2, -INFINITY, -8},
        {"1/x", 2, INFINITY, 0, 0.5},
        {"1/x", -INFINITY, -2, -0.5, 0},
        {"1/x^2", 0, 2, 0.25, INFINITY},
        {"1/x^3", -2, -1, -1, -0.125},
        {"sqrt(x)", 4, INFINITY, 2, INFINITY},
        {"log(x)", 0, 1, -INFINITY, 0},
        {"tanh(x)", -INFINITY, INFINITY, -1, 1},
        {"sigmoid(x)", -INFINITY, 0, 0, 0.5},
        {"softplus(x)", -INFINITY, INFINITY, 0, INFINITY},
        {"erf(x)", 0, INFINITY, 0, 1},
        {"cosh(x)", -INFINITY, INFINITY, 1, INFINITY},
        {"abs(x)", -3, 1, 0, 3},
        {"abs(x)", -3, -1, 1, 3},
        {"relu(x)", -3, 2, 0, 2},
        {"(relu(x) - 1)^2", -INFINITY, INFINITY, 0, INFINITY},
        {"2 - 3*x", 0, 1, -1, 2},
        {"exp(x)", -INFINITY, INFINITY, 0, INFINITY},
        {"log(1 + exp(-3*x))", 0, INFINITY, 0, 0.6931471805599453},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    {
        double lower, upper;

        bound(&lower, &upper, table[i].text, table[i].a, table[i].b);
        cr_assert(lower <= table[i].lower && upper >= table[i].upper, "%s: [%g, %g]", table[i].text, lower,
                  upper);
        cr_assert(lower == table[i].lower || table[i].lower - lower < 1e-14 * (1 + fabs(lower)),
                  "%s: lower %.17g", table[i].text, lower);
        cr_assert(upper == table[i].upper || upper - table[i].upper < 1e-14 * (1 + fabs(upper)),
                  "%s: upper %.17g", table[i].text, upper);
    }
}

Test(range, no_bound_is_said)
{
    static const char *const texts[] = {"1/x", "log(x)", "sqrt(x)", "asin(2*x)", "x^(1/3)", "tan(x)"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        double lower, upper;

        bound(&lower, &upper, texts[i], -1, 2);
        cr_assert(isnan(lower) && isnan(upper), "%s: [%g, %g]", texts[i], lower, upper);
    }
}

Test(range, values_are_inside)
{
    static const char *const texts[] = {
        "x^4/4 - x^2/2",   "sin(x)*cos(3*x) + x",     "exp(-x^2)*(1 + x^3)", "tanh(x)^3 - relu(x - 1)",
        "abs(x - 1/3)^3",  "log(1 + x^2)/(2 + x^2)",  "(1 + x^2)^(-3/2)",    "cosh(x) - 3*sinh(x)",
        "step(x)*x + 1/2", "sign(x - 1/7) * (x^2+1)", "atan(x)^5",           "softplus(-x)*sigmoid(x)",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int k = -12; k < 12; k++)
        {
            double a = k / 4.0, b = a + 0.25 + 0.125 * (k & 3), lower, upper, point[2];

            bound(&lower, &upper, texts[i], a, b);
            for (int s = 0; s <= 8; s++)
            {
                double x =
                    a + (b - a) * s / 8 + 1e-9 * (s < 4 ? 1 : -1); /* off the points where step jumps */

                bound(point, point + 1, texts[i], x, x);
                cr_assert(lower <= point[1] && upper >= point[0], "%s at %g: [%g, %g] not in [%g, %g]",
                          texts[i], x, point[0], point[1], lower, upper);
            }
        }
}
