/* The checker's expressions, derivatives and vector fields: against closed forms, and by two routes. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

TestSuite(problem, .timeout = 120);

static void
load(const char *text)
{
    FILE *in = tmpfile();

    harness_start();
    fprintf(in, "caustic-certificate 1\ntitle test\nclaim 1 none\n%s\nevidence\n", text);
    rewind(in);
    open_text(in);
    need("caustic-certificate");
    count(1, 1);
    read_problem();
    need("evidence");
    fclose(in);
}

/* The values of expressions at a point without z or t, which must be narrow; the inputs are the state, and
   then the time. */
static void
run(double *values, const list_t *list, int outputs, const double *inputs, int length)
{
    space_t *S = space_new(100, 0, 0, 1, 0, 0);
    machine_t M;
    model_t *x = models(problem.N + 1, S);

    machine_start(&M, S, list);
    for (int i = 0; i < length; i++)
    {
        mpq_t q;

        mpq_init(q);
        mpq_set_d(q, inputs[i]);
        model_constant(&x[i], q);
        mpq_clear(q);
    }
    machine_run(&M, x);
    for (int i = 0; i < outputs; i++)
    {
        model_t *o = machine_value(&M, i);

        values[i] = ldexp(mpz_get_d(o->c[0]), -100);
        cr_assert_lt(ldexp(mpz_get_d(o->rad), -100), 1e-20 * (1 + fabs(values[i])));
    }
    machine_end(&M);
    models_free(x, problem.N + 1);
    space_free(S);
}

/* ---- u0, its derivative and its second derivative ---- */

static double
zero(double x)
{
    return 0 * x;
}
static double
one(double x)
{
    return 1 + 0 * x;
}
static double
two(double x)
{
    return 2 + 0 * x;
}
static double
twice(double x)
{
    return 2 * x;
}
static double
minus_twice(double x)
{
    return -2 * x;
}
static double
minus_two(double x)
{
    return -2 + 0 * x;
}
static double
inverse(double x)
{
    return 1 / x;
}
static double
inverse1(double x)
{
    return -1 / (x * x);
}
static double
inverse2(double x)
{
    return 2 / (x * x * x);
}
static double
minus_sin(double x)
{
    return -sin(x);
}
static double
minus_cos(double x)
{
    return -cos(x);
}
static double
tan1(double x)
{
    return 1 + tan(x) * tan(x);
}
static double
tan2(double x)
{
    return 2 * tan(x) * tan1(x);
}
static double
asin1(double x)
{
    return 1 / sqrt(1 - x * x);
}
static double
asin2(double x)
{
    return x * pow(1 - x * x, -1.5);
}
static double
acos1(double x)
{
    return -asin1(x);
}
static double
acos2(double x)
{
    return -asin2(x);
}
static double
atan1(double x)
{
    return 1 / (1 + x * x);
}
static double
atan2nd(double x)
{
    return -2 * x * atan1(x) * atan1(x);
}
static double
tanh1(double x)
{
    return 1 - tanh(x) * tanh(x);
}
static double
tanh2(double x)
{
    return -2 * tanh(x) * tanh1(x);
}
static double
erf1(double x)
{
    return 2 / sqrt(M_PI) * exp(-x * x);
}
static double
erf2(double x)
{
    return -2 * x * erf1(x);
}
static double
sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}
static double
sigmoid1(double x)
{
    return sigmoid(x) * (1 - sigmoid(x));
}
static double
sigmoid2(double x)
{
    return sigmoid1(x) * (1 - 2 * sigmoid(x));
}
static double
sqrt1(double x)
{
    return .5 / sqrt(x);
}
static double
sqrt2(double x)
{
    return -.25 / (x * sqrt(x));
}
static double
power1(double x)
{
    return -1.5 * pow(x, -2.5);
}
static double
power2(double x)
{
    return 3.75 * pow(x, -3.5);
}
static double
seventh1(double x)
{
    return 7 * pow(x, 6);
}
static double
seventh2(double x)
{
    return 42 * pow(x, 5);
}

static const struct
{
    const char *text;
    double (*first)(double), (*second)(double);
} functions[] = {
    {"exp(x)", exp, exp},
    {"log(x)", inverse, inverse1},
    {"1/x", inverse1, inverse2},
    {"x^-1", inverse1, inverse2},
    {"x^(-1)", inverse1, inverse2},
    {"sin(x)", cos, minus_sin},
    {"cos(x)", minus_sin, minus_cos},
    {"tan(x)", tan1, tan2},
    {"asin(x)", asin1, asin2},
    {"acos(x)", acos1, acos2},
    {"atan(x)", atan1, atan2nd},
    {"sinh(x)", cosh, sinh},
    {"cosh(x)", sinh, cosh},
    {"tanh(x)", tanh1, tanh2},
    {"erf(x)", erf1, erf2},
    {"sigmoid(x)", sigmoid1, sigmoid2},
    {"softplus(x)", sigmoid, sigmoid1},
    {"sqrt(x)", sqrt1, sqrt2},
    {"x^(1/2)", sqrt1, sqrt2},
    {"x^0.5", sqrt1, sqrt2},
    {"x^(-3/2)", power1, power2},
    {"1/(x*sqrt(x))", power1, power2},
    {"x^7", seventh1, seventh2},
    {"x*x*x^5", seventh1, seventh2},
    {"x^2", twice, two},
    {"-x^2", minus_twice, minus_two},
    {"(-x)^2", twice, two},
    {"--x^2", twice, two},
    {"2*-x^2/2", minus_twice, minus_two},
    {"1 - -x^2", twice, two},
    {"+x^2", twice, two},
    {"abs(x)", one, zero},
    {"abs(-x)", one, zero},
    {"relu(x)", one, zero},
    {"relu(-x)", zero, zero},
    {"sign(x)*x^2", twice, two},
    {"step(-x) + x^2", twice, two},
    {"max(x^2, -x)", twice, two},
    {"max(-x, x^2)", twice, two},
    {"min(x^2, 5)", twice, two},
    {"min(5, x^2)", twice, two},
    {"max(1/100, x)", one, zero},
    {"3/4/3*4*x^2", twice, two},
    {"6/2/3*x^2", twice, two},
    {"1 - 2 - 3 + x^2", twice, two},
    {"100*1e-2*x^2", twice, two},
    {"10*.1*x^2", twice, two},
    {"2.50E-1*4*x^2", twice, two},
    {"sqrt(2)^2/2*x^2", twice, two},
    {"sin(pi/2)*x^2", twice, two},
    {"log(e)*x^2", twice, two},
    {"e^2*exp(-2)*x^2", twice, two},
    {"( x ) ^ ( 2 )", twice, two},
    {"a*x^2", twice, two},
    {"sin(x)^2 + cos(x)^2 + x", one, zero},
    {"log(exp(x^2))", twice, two},
    {"(x^(1/3))^6", twice, two},
    {"((x^2)^(1/2))^2", twice, two},
};

Test(problem, derivatives_are_those_of_closed_forms)
{
    static const double points[] = {.3, .71, .046875, .9375};
    char text[500];
    double v[2], x;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    {
        snprintf(text, sizeof text,
                 "problem manifold\ncoordinates x\nlet a 1\nmetric dx^2\ninitial %s\ndomain x 0 1",
                 functions[i].text);
        load(text);
        for (size_t k = 0; k < sizeof points / sizeof *points; k++)
        {
            x = points[k];
            run(v, &problem.initial, 2, &x, 1);
            cr_assert_float_eq(v[0], functions[i].first(x), 1e-12 * (1 + fabs(v[0])), "%s at %g: %.17g",
                               functions[i].text, x, v[0]);
            cr_assert_float_eq(v[1], functions[i].second(x), 1e-11 * (1 + fabs(v[1])), "%s at %g: %.17g",
                               functions[i].text, x, v[1]);
        }
    }
}

/* ---- One geometry, four descriptions ---- */

static const char *const spheres[] = {
    "problem manifold\ncoordinates x y\nmetric 4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2\n",
    "problem manifold\ncoordinates x y\nlet f (1 + x^2 + y^2)/2\nmetric (dx/f)^2 + dy*dy/f/f\n",
    "problem manifold\ncoordinates x y\ncometric 1 1 (1 + x^2 + y^2)^2/4\ncometric 1 2 0\n"
    "cometric 2 2 (1 + x^2 + y^2)^2/4\n",
    "problem manifold\ncoordinates x y\nhamiltonian (p_x^2 + p_y^2)*(1 + x^2 + y^2)^2/8\n",
    "problem quotient\nparameters a b c\ncoordinates x y\nlet s 1 + x^2 + y^2\nlet k 1\n"
    "total-metric (da^2 + db^2 + dc^2)/(a^2 + b^2 + c^2)\nconstruction invariant-metric\n"
    "generator 1 a a\ngenerator 1 b b\ngenerator 1 c c\n"
    "invariant x a/(k*sqrt(a^2 + b^2 + c^2) + c)\ninvariant y b/(k*sqrt(a^2 + b^2 + c^2) + c)\n"
    "section a 3*2*x/s\nsection b 3*2*y/s\nsection c 3*(1 - x^2 - y^2)/s\nassume a^2 + b^2 + c^2\n",
};
/* The same in other coordinates, so that the metric has an off-diagonal part: x = u, y = v - u/2 */
static const char *const sheared[] = {
    "problem manifold\ncoordinates u v\nlet y v - u/2\n"
    "metric 4*(du^2 + (dv - du/2)^2)/(1 + u^2 + y^2)^2\n",
    "problem manifold\ncoordinates u v\nlet y v - u/2\nlet f (1 + u^2 + y^2)^2/4\ncometric 1 1 f\n"
    "cometric 1 2 f/2\ncometric 2 2 5*f/4\n",
    "problem quotient\nparameters a b\ncoordinates u v\n"
    "total-metric 4*(da^2 + db^2)/(1 + a^2 + b^2)^2\nconstruction invariant-metric\ninvariant u a\n"
    "invariant v b + a/2\nsection a u\nsection b v - u/2\n",
};

static void
compare(const char *const *texts, size_t length, const char *names)
{
    double first[14], v[14], x[14];
    char text[2000];

    for (size_t k = 0; k < length; k++)
        for (int point = 0; point < 3; point++)
        {
            snprintf(text, sizeof text, "%sinitial %c^2 + %c\ndomain %c 0 1\ndomain %c 0 1", texts[0],
                     names[0], names[1], names[0], names[1]);
            load(text);
            for (int i = 0; i < 14; i++)
                x[i] = sin(3 * i + point) / 2;
            run(first, &problem.field, 14, x, 14);
            snprintf(text, sizeof text, "%sinitial %c^2 + %c\ndomain %c 0 1\ndomain %c 0 1", texts[k],
                     names[0], names[1], names[0], names[1]);
            load(text);
            run(v, &problem.field, 14, x, 14);
            for (int i = 0; i < 14; i++)
                cr_assert_float_eq(v[i], first[i], 1e-12, "description %zu, component %d: %g, %g", k, i, v[i],
                                   first[i]);
        }
}

Test(problem, descriptions_of_one_geometry_agree)
{
    compare(spheres, sizeof spheres / sizeof *spheres, "xy");
    compare(sheared, sizeof sheared / sizeof *sheared, "uv");
}

/* H = p^2 (1 + q^2)/2 + q p: every component of the field, by hand */
Test(problem, field_of_a_known_hamiltonian)
{
    double x[5] = {.5, -.75, .25, 1.5, 2}, v[5], q = x[0], p = x[1], R = x[2], W = x[3];
    double A = 1 + q * q, B = 2 * p * q + 1, C = p * p;

    load("problem manifold\ncoordinates q\nhamiltonian p_q^2*(1 + q^2)/2 + q*p_q\ninitial q^3\ndomain q 0 1");
    run(v, &problem.field, 5, x, 5);
    cr_assert_float_eq(v[0], p * A + q, 1e-14);
    cr_assert_float_eq(v[1], -(p * p * q + p), 1e-14);
    cr_assert_float_eq(v[2], -C - 2 * B * R - A * R * R, 1e-14);
    cr_assert_float_eq(v[3], -(B + A * R) * W, 1e-14);
    cr_assert_float_eq(v[4], -W * A * W, 1e-14);
    cr_assert(!problem.flat);
}

Test(problem, static_matrix)
{
    double x[15] = {.5, .25}, v[3];

    load("problem manifold\ncoordinates x y\nmetric 2*dx^2 + 2*dx*dy + dy^2\ninitial x^2*y\ndomain x 0 1\n"
         "domain y 0 1");
    cr_assert(problem.flat);
    x[problem.N] = 3; /* the time */
    run(v, &problem.still, 3, x, problem.N + 1);
    /* A = [1 -1; -1 2], U = [2y 2x; 2x 0] = [.5 1; 1 0], A U A = [-1.5 2.5; 2.5 -3.5] */
    cr_assert_float_eq(v[0], 1 + 3 * -1.5, 1e-14);
    cr_assert_float_eq(v[1], -1 + 3 * 2.5, 1e-14);
    cr_assert_float_eq(v[2], 2 + 3 * -3.5, 1e-14);
}

/* ---- Identities ---- */

static const char *const zeros[] = {
    "x - x",
    "(x + y)^2 - x^2 - 2*x*y - y^2",
    "1/(x + y) + 1/(x - y) - 2*x/(x^2 - y^2)",
    "x/(1 + x/(1 + x)) - x*(1 + x)/(1 + 2*x)",
    "1/(1/x + 1/y) - x*y/(x + y)",
    "sqrt(x)^2 - x",
    "sqrt(x*y^2) - y*sqrt(x)",
    "sqrt(x^2 + 2) - sqrt(2*x^2 + 4)/sqrt(2)",
    "x/sqrt(x^2 + y^2) - sqrt(x^2 + y^2)*x/(x^2 + y^2)",
    "sqrt(sqrt(x)) - x^(1/4)",
    "x^(2/3)*x^(1/3) - x",
    "sqrt(x*y) - sqrt(x)*sqrt(y)",
    "1/(1 + x^2)*(1 + x^2)^2 - 1 - x^2",
    "sqrt((1 + x^2)^2*y^2/(1 + x^2)^2) - y",
    "sin(x)^2 + cos(x)^2 - 1",
    "tan(x)^2 + 1 - 1/cos(x)^2",
    "sin(-x) + sin(x)",
    "cos(y - x) - cos(x - y)",
    "exp(x)*exp(y) - exp(x + y)",
    "exp(2*x)/(exp(2*x) + exp(x)) - exp(x)/(exp(x) + 1)",
    "cosh(x)^2 - sinh(x)^2 - 1",
    "tanh(x) + tanh(-x)",
    "tanh(x)*(1 + exp(-2*x)) - 1 + exp(-2*x)",
    "sigmoid(x) + sigmoid(-x) - 1",
    "relu(y - 3) - relu(3 - y) - y + 3",
    "abs(y - 3)^2 - (y - 3)^2",
    "max(x, 5*y) + min(x, 5*y) - x - 5*y",
    "sign(y - 3)^2 - 1",
    "abs(x) - x",
    "log(x + y) - log(y + x)",
    "atan(x - y) + atan(y - x)",
    "erf(-x) + erf(x)",
    "pi^2/pi - pi",
    "asin(x/9) + acos(x/9) - pi/2",
    "sqrt(z^2) + z",
    "sqrt(x^2*z^2) + x*z",
    "((x - y)^20 - (y - x)^20)/(x + y)",
    "sqrt(4*x) - 2*sqrt(x)",
    "8^(2/3) - 4",
    "4^(1/4) - sqrt(2)",
    "(1/9)^(-1/2) - 3",
    "sqrt(y*z^2) + z*sqrt(y)",
    "(x*y)^(2/3)/x^(2/3) - y^(2/3)",
    "((x - y)^2)^(3/2)*(x^2 - 2*x*y + y^2)^(-1/2) - (x - y)^2",
};
static const char *const nonzeros[] = {
    "x",
    "x - y",
    "1/(x + y) - 1/x - 1/y",
    "sqrt(w^2) - w",
    "sqrt(x) - x",
    "sqrt(x + y) - sqrt(x) - sqrt(y)",
    "sin(x)^2 - cos(x)^2",
    "exp(x*y) - exp(x)*exp(y)",
    "tanh(x) - x",
    "relu(y - 3) - y + 3",
    "abs(w) - w",
    "log(x*y) - log(x) - log(y) + 1",
    "erf(x) - erf(y)",
    "1e-30*x",
    "x^100 - x^99",
    "sqrt(2) - 1414213562373/1000000000000",
    "pi - 355/113",
    "step(w) - 1",
    "(x + y)^2000 - 1",
    "sqrt(z^2) - z",
    "sqrt(x^2*w^2) - x*w",
    "sqrt((x - y)^2) - x + y",
    "((x - y)^4)^(1/4) - x + y",
    "sqrt(w^2*x)/sqrt(x) + w",
    "sqrt(4*x) - sqrt(x)",
    "sqrt(8) - 3",
    "(1/4)^(1/2) - 1/4",
    "x^(1/7)*x^(1/11) - x^(2/77)",
    "x^900*x^900/x^900 - 1",
    "cos(x)^3 - cos(x)",
    "sin(x)^3 + sin(x)*cos(x)^2 + sin(x)",
    "step(w) - step(-w)",
    "1/(x - y) + 1/(x + y)",
    "sigmoid(x) - sigmoid(-x)",
};

static ex
ex_folded(const char *text)
{
    ex none[VARIABLES];

    memset(none, -1, sizeof none);
    return ex_substitute(expression(text, COORDINATE), none);
}

Test(problem, identities)
{
    char text[300];
    list_t assumed = {0};

    load("problem manifold\ncoordinates x y z w\nmetric dx^2 + dy^2 + dz^2 + dw^2\ninitial 0\n"
         "domain x 1 2\ndomain y 1 2\ndomain z 1 2\ndomain w 1 2");
    append(&assumed, ex_var(0));
    append(&assumed, ex_var(1));
    append(&assumed, ex_neg(ex_var(2)));
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
    {
        cr_expect(vanishes(ex_folded(zeros[i]), &assumed, NULL), "%s", zeros[i]);
        snprintf(text, sizeof text, "%s + 1e-20*x", zeros[i]);
        cr_expect(!vanishes(ex_folded(text), &assumed, NULL), "%s", text);
    }
    for (size_t i = 0; i < sizeof nonzeros / sizeof *nonzeros; i++)
        cr_expect(!vanishes(ex_folded(nonzeros[i]), &assumed, NULL), "%s", nonzeros[i]);
}

/* ---- The seal ---- */

Test(problem, sha256_of_the_standard)
{
    static const struct
    {
        const char *text;
        int times;
        const char *hex;
    } vectors[] = {
        {"", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"a", 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };
    char hex[65];
    sha256_t s;

    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
    {
        sha256_start(&s);
        for (int k = 0; k < vectors[i].times; k++)
            sha256_add(&s, vectors[i].text, strlen(vectors[i].text));
        sha256_hex(hex, &s);
        cr_assert_str_eq(hex, vectors[i].hex);
    }
}
