/* Reading: values of texts, and for each malformed text its column and its cause. */
#include "helper.h"

TestSuite(expr_parse, .timeout = 120);

static const struct
{
    const char *text, *value; /* the value as a decimal */
} values[] = {
    {"1 + 2*3 - 4/5", "6.2"},
    {"2^-3", "0.125"},
    {"-3^2", "-9"},
    {"2*-3", "-6"},
    {"(1 + 2)*(3 - 5)", "-6"},
    {"  1.5\t+\n.5 ", "2"},
    {"3.", "3"},
    {"1E3", "1000"},
    {"12.5e-1", "1.25"},
    {"pi", "3.14159265358979323846264338327950288"},
    {"e", "2.71828182845904523536028747135266250"},
    {"e^2 - exp(2)", "0"},
    {"sqrt(2)", "1.41421356237309504880168872420969808"},
    {"2^(1/3)", "1.25992104989487316476721060727822835"},
    {"log(2)", "0.69314718055994530941723212145817657"},
    {"sin(1)", "0.84147098480789650665250232163029900"},
    {"cos(1)", "0.54030230586813971740093660744297660"},
    {"tan(1)", "1.55740772465490223050697480745836017"},
    {"asin(1/2)", "0.52359877559829887307710723054658381"},
    {"acos(1/2)", "1.04719755119659774615421446109316763"},
    {"atan(1/2)", "0.46364760900080611621425623146121440"},
    {"sinh(1)", "1.17520119364380145688238185059560082"},
    {"cosh(1)", "1.54308063481524377847790562075706168"},
    {"tanh(1)", "0.76159415595576488811945828260479359"},
    {"erf(1)", "0.84270079294971486934122063508260926"},
    {"sigmoid(1)", "0.73105857863000487925115924182183627"},
    {"softplus(1)", "1.31326168751822283404899549496785565"},
    {"abs(-2) + relu(3) - relu(-3) + step(-1) + sign(-4)", "4"},
    {"min(3, 1, 2)", "1"},
    {"max(3, 1, 2)", "3"},
    {"max(pi, 3)", "3.14159265358979323846264338327950288"},
    {"+2 - +-3", "5"},
    {"8^(2/3)", "4"},
};

Test(expr_parse, texts_have_their_values)
{
    world_t t;
    arb_t value, expected;

    world_init(&t);
    arb_init(value);
    arb_init(expected);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    {
        cst_expr_enclose(value, parse(&t, values[i].text), NULL, NULL, 0, 120);
        arb_set_str(expected, values[i].value, 130);
        arb_add_error_2exp_si(expected, -110);
        cr_expect(arb_overlaps(value, expected), "%s", values[i].text);
        cr_expect_lt(arb_rel_accuracy_bits(value) > 0 ? mag_cmp_2exp_si(arb_radref(value), -100) : -1, 1,
                     "%s", values[i].text);
    }
    arb_clear(expected);
    arb_clear(value);
    world_clear(&t);
}

static const struct
{
    const char *text;
    int column;
    const char *cause; /* a part of the message */
} refused[] = {
    {"", 1, "end of the text"},
    {"   ", 4, "end of the text"},
    {"x +", 4, "expected an expression"},
    {"x + * y", 5, "expected an expression instead of '*'"},
    {"x y", 3, "expected an operator instead of 'y'"},
    {"2x", 2, "expected an operator instead of 'x'"},
    {"2e", 2, "expected an operator instead of 'e'"},
    {"1.2.3", 4, "expected an operator instead of '.'"},
    {".", 1, "a number needs a digit"},
    {"(x", 3, "expected ')' instead of 'the end of the text'"},
    {"x)", 2, "expected an operator instead of ')'"},
    {"sin(x", 6, "expected ')'"},
    {"sin()", 5, "expected an expression instead of ')'"},
    {"sin(x, y)", 6, "expected ')' instead of ','"},
    {"sin x", 5, "expected '(' after the function 'sin'"},
    {"foo(x)", 1, "unknown function 'foo'"},
    {"x + velocity*y", 5, "unknown name 'velocity'"},
    {"x^y", 3, "rational constant"},
    {"x^", 3, "expected an expression"},
    {"x^sqrt(2)", 3, "rational constant"},
    {"x^10000000", 3, "the exponent is too large"},
    {"x^(1/10000000)", 3, "the exponent is too large"},
    {"2^1000000000", 3, "the exponent is too large"},
    {"2^2^2^2^2^2^2", 5, "rational constant"},
    {"1e999999999", 1, "the number is too long"},
    {"1e-999999999", 1, "the number is too long"},
    {"1e99999999999999999999999999", 1, "the number is too long"},
    {"1/0", 3, "division by zero"},
    {"1/(1 - 1)", 3, "division by zero"},
    {"0^-1", 3, "division by zero"},
    {"(-1)^(1/2)", 6, "negative number"},
    {"x + sqrt(-2)", 5, "negative number"},
    {"log(0)", 1, "logarithm"},
    {"x @ y", 3, "'@'"},
    {"x + \xc3\xa9", 5, "ASCII"},
    {"x + \x01", 5, "ASCII"},
    {"x + y$", 6, "'$'"},
};

Test(expr_parse, malformed_texts_are_refused_with_place_and_cause)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    {
        cst_error_t error;
        cst_expr_t e;

        cst_error_clear(&error);
        cr_expect_eq(cst_expr_parse(&e, t.ctx, refused[i].text, &t.scope, &error), CST_BAD_INPUT, "%s",
                     refused[i].text);
        cr_expect_null(e);
        cr_expect_eq(error.column, refused[i].column, "%s: column %d: %s", refused[i].text, error.column,
                     error.message);
        cr_expect(strstr(error.message, refused[i].cause), "%s: %s", refused[i].text, error.message);
        cr_expect_eq(cst_expr_parse(&e, t.ctx, refused[i].text, &t.scope, NULL), CST_BAD_INPUT);
    }
    world_clear(&t);
}

/* text = head^n middle tail^n */
static char *
repeat(const char *head, const char *middle, const char *tail, int n)
{
    char *text = flint_malloc((strlen(head) + strlen(tail)) * (size_t) n + strlen(middle) + 1), *end = text;

    for (int i = 0; i < n; i++)
        end = stpcpy(end, head);
    end = stpcpy(end, middle);
    for (int i = 0; i < n; i++)
        end = stpcpy(end, tail);
    *end = '\0';
    return text;
}

Test(expr_parse, nesting_is_limited)
{
    static const char *const nests[][2] = {{"(", ")"}, {"sin(", ")"}, {"-", ""}, {"1^", ""}, {"max(x,", ")"}};
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof nests / sizeof *nests; i++)
        for (int n = 50; n <= 800000 / (int) strlen(nests[i][0]); n *= 40)
        {
            char *text = repeat(nests[i][0], "1", nests[i][1], n);
            cst_error_t error;
            cst_expr_t e;

            cst_error_clear(&error);
            cr_expect_eq(cst_expr_parse(&e, t.ctx, text, &t.scope, &error), n > 200 ? CST_BAD_INPUT : CST_OK,
                         "%.20s, %d: %s", text, n, error.message);
            cr_expect(n <= 200 || strstr(error.message, "nested too deeply"), "%s", error.message);
            flint_free(text);
        }
    world_clear(&t);
}

Test(expr_parse, length_is_limited_but_long_texts_are_read)
{
    world_t t;
    cst_error_t error;
    cst_expr_t e;
    char *text;

    world_init(&t);
    text = repeat("x+", "x", "", 500000);
    cr_expect_eq(cst_expr_parse(&e, t.ctx, text, &t.scope, &error), CST_OK);
    cr_expect_eq(e, parse(&t, "500001*x"));
    flint_free(text);
    text = repeat("x+", "x", "", 530000);
    cr_expect_eq(cst_expr_parse(&e, t.ctx, text, &t.scope, &error), CST_BAD_INPUT);
    flint_free(text);
    text = repeat("3^4999*5^3333/", "7^2000", "", 20000);
    cr_expect_eq(cst_expr_parse(&e, t.ctx, text, &t.scope, &error), CST_OK);
    flint_free(text);
    text = repeat("9", "", "", 6000);
    cr_expect_eq(cst_expr_parse(&e, t.ctx, text, &t.scope, &error), CST_BAD_INPUT);
    cr_expect(strstr(error.message, "too long"));
    flint_free(text);
    world_clear(&t);
}

Test(expr_parse, the_scope_comes_first)
{
    const char *const names[] = {"e", "pi", "sin", "rate"};
    cst_expr_scope_t scope;
    cst_expr_t values_of[4], e;
    world_t t;

    world_init(&t);
    for (int i = 0; i < 4; i++)
        values_of[i] = cst_expr_integer(t.ctx, i + 2);
    scope = (cst_expr_scope_t){names, values_of, 4};
    cr_expect_eq(cst_expr_parse(&e, t.ctx, "e + 10*pi + 100*sin + 1000*rate", &scope, NULL), CST_OK);
    cr_expect(cst_expr_is_integer_value(e, 2 + 30 + 400 + 5000));
    cr_expect_eq(cst_expr_parse(&e, t.ctx, "2^rate + sin(0)", &scope, NULL), CST_OK);
    cr_expect(cst_expr_is_integer_value(e, 32));
    cr_expect_eq(cst_expr_parse(&e, t.ctx, "rates", &scope, NULL), CST_BAD_INPUT);
    cr_expect_eq(cst_expr_parse(&e, t.ctx, "rat", &scope, NULL), CST_BAD_INPUT);
    cr_expect_eq(cst_expr_parse(&e, t.ctx, "x", NULL, NULL), CST_BAD_INPUT);
    world_clear(&t);
}

/* Any bytes at all: an answer, and on refusal a place within the text. */
Test(expr_parse, random_bytes_are_survived)
{
    static const char alphabet[] = "xyzw0123456789.eE+-*/^() ,sqrtinmaxlogcoshpi_\xff\x01";
    world_t t;
    flint_rand_t state;
    char text[40];

    world_init(&t);
    flint_rand_init(state);
    for (int i = 0; i < 20000; i++)
    {
        ulong length = n_randint(state, sizeof text - 1);
        cst_error_t error;
        cst_expr_t e;

        for (ulong j = 0; j < length; j++)
            text[j] = alphabet[n_randint(state, sizeof alphabet - 1)];
        text[length] = '\0';
        cst_error_clear(&error);
        if (cst_expr_parse(&e, t.ctx, text, &t.scope, &error) == CST_OK)
            cr_assert_not_null(e);
        else
            cr_assert(error.column >= 1 && error.column <= (int) length + 1 && error.message[0], "%s", text);
    }
    flint_rand_clear(state);
    world_clear(&t);
}
