/* Elements in normal form: the laws of a field, two routes to sums of products, derivatives against those
   of expressions, and curvature as a user of all. */
#include "expr/normal.h"
#include "helper.h"

TestSuite(expr_normal, .timeout = 120);

/* A supply of expressions over one context of elements. */
static const char *const supply[] = {
    "x",
    "1 - x*y",
    "x^2 + y^2",
    "1/(1 + x^2)",
    "3/4",
    "(x - y)/(x + y)^2",
    "sqrt(x^2 + y^2)",
    "(x^2 + y^2)^(1/4)",
    "sqrt(1 + sqrt(1 + x^2))",
    "sin(x)",
    "cos(x + y)",
    "exp(x*y)",
    "log(1 + x^2)",
    "tanh(y)",
    "atan(x*y)",
    "erf(x)",
    "sqrt(2)",
    "relu(x - y)",
};
#define SUPPLY ((slong) (sizeof supply / sizeof *supply))

typedef struct
{
    world_t t;
    cst_expr_t e[SUPPLY];
    cst__normal_ctx_t ctx;
    flint_rand_t state;
} field_t;

static void
field_init(field_t *f)
{
    world_init(&f->t);
    for (slong i = 0; i < SUPPLY; i++)
        f->e[i] = parse(&f->t, supply[i]);
    f->ctx = cst__normal_ctx_new(f->t.ctx, f->e, SUPPLY, NULL, 0);
    cr_assert_not_null(f->ctx);
    flint_rand_init(f->state);
}

static void
field_clear(field_t *f)
{
    flint_rand_clear(f->state);
    cst__normal_ctx_free(f->ctx);
    world_clear(&f->t);
}

static cst_expr_t
pick(field_t *f)
{
    return f->e[n_randint(f->state, (ulong) SUPPLY)];
}

static void
random_element(cst__normal_t x, field_t *f)
{
    cst_expr_t e = pick(f);

    if (n_randint(f->state, 2))
        e = cst_expr_add(f->t.ctx, e, pick(f));
    if (n_randint(f->state, 2))
        e = cst_expr_mul(f->t.ctx, e, pick(f));
    cst__normal_set_expr(x, e, f->ctx);
    cr_assert(cst__normal_is_valid(x), "%s", cst_expr_print(f->t.ctx, e));
}

static int
equal(const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx)
{
    cst__normal_t d;
    int zero;

    cst__normal_init(d, ctx);
    cst__normal_sub(d, x, y, ctx);
    zero = cst__normal_is_zero(d, ctx);
    cst__normal_clear(d, ctx);
    return zero;
}

Test(expr_normal, laws_of_a_field)
{
    field_t f;
    cst__normal_t x, y, z, a, b;

    field_init(&f);
    cst__normal_init(x, f.ctx);
    cst__normal_init(y, f.ctx);
    cst__normal_init(z, f.ctx);
    cst__normal_init(a, f.ctx);
    cst__normal_init(b, f.ctx);
    for (int i = 0; i < 60; i++)
    {
        random_element(x, &f);
        random_element(y, &f);
        random_element(z, &f);
        /* (x + y) z = z x + y z, with results over operands */
        cst__normal_add(a, x, y, f.ctx);
        cst__normal_mul(a, a, z, f.ctx);
        cst__normal_mul(b, z, x, f.ctx);
        cst__normal_mul(y, y, z, f.ctx);
        cst__normal_add(b, b, y, f.ctx);
        cr_expect(equal(a, b, f.ctx));
        cst__normal_sub(a, x, x, f.ctx);
        cr_expect(cst__normal_is_zero(a, f.ctx));
    }
    cst__normal_clear(b, f.ctx);
    cst__normal_clear(a, f.ctx);
    cst__normal_clear(z, f.ctx);
    cst__normal_clear(y, f.ctx);
    cst__normal_clear(x, f.ctx);
    field_clear(&f);
}

Test(expr_normal, inverses)
{
    field_t f;
    cst__normal_t x, y, one;

    field_init(&f);
    cst__normal_init(x, f.ctx);
    cst__normal_init(y, f.ctx);
    cst__normal_init(one, f.ctx);
    cst__normal_set_si(one, 1, f.ctx);
    for (slong i = 0; i < SUPPLY - 1; i++) /* the last is a zero divisor */
        for (slong j = 0; j < i; j += 3)
        {
            cst__normal_set_expr(x, cst_expr_add(f.t.ctx, f.e[i], f.e[j]), f.ctx);
            cst__normal_inv(y, x, f.ctx);
            cr_assert(cst__normal_is_valid(y), "1/(%s + %s)", supply[i], supply[j]);
            cst__normal_mul(y, y, x, f.ctx);
            cr_expect(equal(y, one, f.ctx), "1/(%s + %s)", supply[i], supply[j]);
        }
    cst__normal_sub(x, x, x, f.ctx);
    cst__normal_inv(x, x, f.ctx);
    cr_expect_not(cst__normal_is_valid(x));
    cst__normal_add(y, x, one, f.ctx);
    cr_expect_not(cst__normal_is_valid(y), "what is not valid spreads");
    cr_expect_not(cst__normal_is_zero(y, f.ctx));
    cr_expect_null(cst__normal_expr(y, f.ctx));
    cst__normal_clear(one, f.ctx);
    cst__normal_clear(y, f.ctx);
    cst__normal_clear(x, f.ctx);
    field_clear(&f);
}

Test(expr_normal, sums_of_products)
{
    enum
    {
        N = 6
    };
    field_t f;
    cst__normal_t x[N], y[N], sum, dot, t;
    const cst__normal_struct *px[N], *py[N];
    int signs[N];

    field_init(&f);
    cst__normal_init(sum, f.ctx);
    cst__normal_init(dot, f.ctx);
    cst__normal_init(t, f.ctx);
    for (int j = 0; j < N; j++)
    {
        cst__normal_init(x[j], f.ctx);
        cst__normal_init(y[j], f.ctx);
        px[j] = x[j];
        py[j] = y[j];
    }
    for (int i = 0; i < 20; i++)
    {
        cst__normal_zero(sum, f.ctx);
        for (int j = 0; j < N; j++)
        {
            random_element(x[j], &f);
            random_element(y[j], &f);
            signs[j] = n_randint(f.state, 2) ? 1 : -1;
            cst__normal_mul(t, x[j], y[j], f.ctx);
            cst__normal_mul_si(t, t, signs[j], 1, f.ctx);
            cst__normal_add(sum, sum, t, f.ctx);
        }
        cst__normal_dot(dot, px, py, signs, N, f.ctx);
        cr_expect(equal(sum, dot, f.ctx));
    }
    for (int j = 0; j < N; j++)
    {
        cst__normal_clear(x[j], f.ctx);
        cst__normal_clear(y[j], f.ctx);
    }
    cst__normal_clear(t, f.ctx);
    cst__normal_clear(dot, f.ctx);
    cst__normal_clear(sum, f.ctx);
    field_clear(&f);
}

/* The derivative of the element is the element of the derivative. */
Test(expr_normal, derivatives_commute)
{
    field_t f;
    cst__normal_t x, y;

    field_init(&f);
    cst__normal_init(x, f.ctx);
    cst__normal_init(y, f.ctx);
    for (slong i = 0; i < SUPPLY; i++)
        for (int k = 0; k < 2; k++)
        {
            cst_expr_t e = cst_expr_mul(f.t.ctx, f.e[i], f.e[(i * 5 + 2) % SUPPLY]), de;

            de = cst_expr_derivative(f.t.ctx, e, f.t.v[k]);
            cst__normal_set_expr(x, e, f.ctx);
            cst__normal_derivative(x, x, f.t.v[k], f.ctx);
            cst__normal_set_expr(y, de, f.ctx);
            cr_expect(cst__normal_is_valid(x), "%s", supply[i]);
            cr_expect(equal(x, y, f.ctx), "%s", cst_expr_print(f.t.ctx, e));
        }
    cst__normal_clear(y, f.ctx);
    cst__normal_clear(x, f.ctx);
    field_clear(&f);
}

/* Round trip: the element of the expression of an element. */
Test(expr_normal, expressions_of_elements)
{
    field_t f;
    cst__normal_t x, y;

    field_init(&f);
    cst__normal_init(x, f.ctx);
    cst__normal_init(y, f.ctx);
    for (int i = 0; i < 60; i++)
    {
        random_element(x, &f);
        cst__normal_set_expr(y, cst__normal_expr(x, f.ctx), f.ctx);
        cr_expect(equal(x, y, f.ctx), "%s", cst_expr_print(f.t.ctx, cst__normal_expr(x, f.ctx)));
    }
    cst__normal_clear(y, f.ctx);
    cst__normal_clear(x, f.ctx);
    field_clear(&f);
}

/* The Gaussian curvature of a surface E du^2 + G dv^2:
   K = -1/(2 sqrt(E G)) (d_u (d_u G/sqrt(E G)) + d_v (d_v E/sqrt(E G))) (Brioschi). */
static const struct
{
    const char *E, *G, *K;
} surfaces[] = {
    {"1", "sin(x)^2", "1"},                              /* sphere */
    {"1", "sinh(x)^2", "-1"},                            /* hyperbolic plane */
    {"1/y^2", "1/y^2", "-1"},                            /* upper half plane */
    {"4/(1 + x^2 + y^2)^2", "4/(1 + x^2 + y^2)^2", "1"}, /* stereographic sphere */
    {"1", "x^2", "0"},                                   /* plane */
    {"exp(2*x)", "exp(2*x)", "0"},                       /* plane in logarithmic radius */
    {"1", "(2 + cos(x))^2", "cos(x)/(2 + cos(x))"},      /* torus */
    {"cosh(x)^2", "cosh(x)^2", "-1/cosh(x)^4"},          /* catenoid */
    {"1 + x^2", "x^2", "1/(1 + x^2)^2"},                 /* paraboloid */
    {"(x^2 + y^2)^(1/2)", "(x^2 + y^2)^(1/2)", "0"},     /* a cone */
};

Test(expr_normal, curvature_of_surfaces)
{
    for (size_t i = 0; i < sizeof surfaces / sizeof *surfaces; i++)
    {
        world_t t;
        cst_expr_t all[4];
        cst__normal_ctx_t ctx;
        cst__normal_t e, g, root, a, b, k;

        world_init(&t);
        all[0] = parse(&t, surfaces[i].E);
        all[1] = parse(&t, surfaces[i].G);
        all[2] = parse(&t, surfaces[i].K);
        all[3] = cst_expr_sqrt(t.ctx, cst_expr_mul(t.ctx, all[0], all[1]));
        ctx = cst__normal_ctx_new(t.ctx, all, 4, NULL, 0);
        cst__normal_init(e, ctx);
        cst__normal_init(g, ctx);
        cst__normal_init(root, ctx);
        cst__normal_init(a, ctx);
        cst__normal_init(b, ctx);
        cst__normal_init(k, ctx);
        cst__normal_set_expr(e, all[0], ctx);
        cst__normal_set_expr(g, all[1], ctx);
        cst__normal_set_expr(k, all[2], ctx);
        cst__normal_set_expr(root, all[3], ctx);
        cst__normal_inv(root, root, ctx);
        cst__normal_derivative(a, g, t.v[0], ctx);
        cst__normal_mul(a, a, root, ctx);
        cst__normal_derivative(a, a, t.v[0], ctx);
        cst__normal_derivative(b, e, t.v[1], ctx);
        cst__normal_mul(b, b, root, ctx);
        cst__normal_derivative(b, b, t.v[1], ctx);
        cst__normal_add(a, a, b, ctx);
        cst__normal_mul(a, a, root, ctx);
        cst__normal_mul_si(a, a, -1, 2, ctx);
        cr_expect(equal(a, k, ctx), "E = %s, G = %s: %s", surfaces[i].E, surfaces[i].G,
                  cst_expr_print(t.ctx, cst__normal_expr(a, ctx)));
        cst__normal_clear(k, ctx);
        cst__normal_clear(b, ctx);
        cst__normal_clear(a, ctx);
        cst__normal_clear(root, ctx);
        cst__normal_clear(g, ctx);
        cst__normal_clear(e, ctx);
        cst__normal_ctx_free(ctx);
        world_clear(&t);
    }
}

static const char *const simple[][2] = {
    {"(x^2 - 1)/(x - 1)", "x + 1"},
    {"1/(1 - x) + 1/(1 + x)", "-2/((x + 1)*(x - 1))"},
    {"x/2 + y/2", "(x + y)/2"},
    {"sqrt(x^2)", "abs(x)"},
    {"sqrt(12)", "2*sqrt(3)"},
    {"1/sqrt(2)", "sqrt(2)/2"},
    {"exp(x)*exp(-x)", "1"},
    {"exp(x)/exp(y)", "exp(x)*exp(-y)"},
    {"log(x^3)", "3*log(x)"},
    {"sin(x)^2 + cos(x)^2", "1"},
    {"sqrt(x)*sqrt(x)*sqrt(y)", "x*sqrt(y)"},
    {"x^(1/4)*x^(1/2)", "x^(3/4)"},
};

Test(expr_normal, simplified_forms)
{
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++)
    {
        cst_expr_t e = cst_expr_simplify(t.ctx, parse(&t, simple[i][0]), NULL, 0);

        cr_expect_eq(e, parse(&t, simple[i][1]), "%s: %s", simple[i][0], cst_expr_print(t.ctx, e));
    }
    world_clear(&t);
}
