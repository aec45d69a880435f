/* Identities that hold for every metric, and two formulas for one curvature. */
#include "space.h"

#include "geom/levi-civita.h"
#include "matrices.h"

TestSuite(geom_identities, .timeout = 120);

/* nabla_m R_ijkl + nabla_k R_ijlm + nabla_l R_ijmk = 0, nabla g = 0, g^jk nabla_k Ric_ij = 1/2 d_i scalar,
   and Ricci's identity nabla_i nabla_j w_k - nabla_j nabla_i w_k = R_ijkl w^l. */
static void
check_bianchi(space_t *s, const char *covector)
{
    const cst_lie_chart_t *chart = &s->world.chart;
    cst_expr_ctx_t ctx = chart->ctx;
    slong n = s->n;
    cst_expr_t *d = flint_malloc((size_t) (n * n * n * n * n) * sizeof *d), w[4], dw[16], ddw[64], sum;

    cst_geom_covariant_derivative(d, chart, s->gamma, s->riemann, 0, 4);
    for (slong i = 0; i < n * n; i++)
        for (slong k = 0; k < n; k++)
            for (slong l = 0; l < n; l++)
                for (slong m = 0; m < n; m++)
                {
                    sum =
                        cst_expr_add(ctx, d[((i * n + k) * n + l) * n + m], d[((i * n + l) * n + m) * n + k]);
                    sum = cst_expr_add(ctx, sum, d[((i * n + m) * n + k) * n + l]);
                    assert_zero(s, sum, "second Bianchi");
                }
    cst_geom_covariant_derivative(d, chart, s->gamma, s->metric->entries, 0, 2);
    for (slong i = 0; i < n * n * n; i++)
        cr_assert(cst_expr_is_integer_value(d[i], 0), "nabla g");
    cst_geom_covariant_derivative(d, chart, s->gamma, s->ricci->entries, 0, 2);
    for (slong i = 0; i < n; i++)
    {
        sum = cst_expr_div(ctx, cst_expr_derivative(ctx, s->scalar, s->world.variables[i]),
                           cst_expr_integer(ctx, -2));
        for (slong jk = 0; jk < n * n; jk++)
            sum = plus_product(s, sum, s->cometric->entries[jk], d[i * n * n + jk]);
        assert_zero(s, sum, "contracted Bianchi");
    }
    parse_field(w, &s->world, covector);
    cst_geom_covariant_derivative(dw, chart, s->gamma, w, 0, 1);
    cst_geom_covariant_derivative(ddw, chart, s->gamma, dw, 0, 2);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++) /* ddw[k, j, i] = nabla_i nabla_j w_k */
            {
                sum = cst_expr_sub(ctx, ddw[(k * n + i) * n + j], ddw[(k * n + j) * n + i]);
                for (slong l = 0; l < n; l++)
                    for (slong m = 0; m < n; m++)
                        sum = plus_product(s, sum, riemann_at(s, i, j, k, l),
                                           cst_expr_mul(ctx, AT(s->cometric, l, m), w[m]));
                assert_zero(s, sum, "Ricci's identity");
            }
    flint_free(d);
}

static const struct
{
    const char *names;
    slong n;
    const char *form, *covector;
} metrics[] = {
    {"x y dx dy", 2, "(1 + x^2)*dx^2 + x*y*dx*dy + (2 + y^2)*dy^2", "x*y; 1 + x"},
    {"x y z dx dy dz", 3, "(1 + x*y)*dx^2 + z*dx*dy + dy^2 + dz^2", "y; z; x^2"},
    {"x y z dx dy dz", 3, "dx^2 + sin(x)^2*dy^2 + exp(2*x)*dz^2", "y; z; x"},
    {"x y z t dx dy dz dt", 4, "dx^2 + (1 + x*t)*dy^2 + 2*dz^2 + y*dz*dt + dt^2", "y; z; t; x"},
};

Test(geom_identities, differential)
{
    for (size_t k = 0; k < sizeof metrics / sizeof *metrics; k++)
    {
        space_t s;

        space_init(&s, metrics[k].names, metrics[k].n);
        space_read(&s, metrics[k].form);
        space_curvature(&s);
        check_bianchi(&s, metrics[k].covector);
        space_clear(&s);
    }
}

/* R_ijkl = -R_jikl = -R_ijlk = R_klij and Bianchi's first identity, of entries computed by the formula. */
Test(geom_identities, algebraic)
{
    for (size_t k = 0; k < sizeof metrics / sizeof *metrics; k++)
    {
        space_t s;
        cst_expr_ctx_t ctx;

        space_init(&s, metrics[k].names, metrics[k].n);
        ctx = s.world.chart.ctx;
        space_read(&s, metrics[k].form);
        space_curvature(&s);
        for (slong p = 0; p < s.n * s.n * s.n * s.n; p++)
        {
            slong i = p / (s.n * s.n * s.n), j = p / (s.n * s.n) % s.n, c = p / s.n % s.n, l = p % s.n;
            cst_expr_t e = riemann_at(&s, i, j, c, l);

            assert_zero(&s, cst_expr_add(ctx, e, riemann_at(&s, j, i, c, l)), "first pair");
            assert_zero(&s, cst_expr_add(ctx, e, riemann_at(&s, i, j, l, c)), "second pair");
            assert_zero(&s, cst_expr_sub(ctx, e, riemann_at(&s, c, l, i, j)), "exchange of pairs");
            e = cst_expr_add(ctx, e, riemann_at(&s, i, c, l, j));
            assert_zero(&s, cst_expr_add(ctx, e, riemann_at(&s, i, l, j, c)), "first Bianchi");
        }
        space_clear(&s);
    }
}

static void
assert_same(const cst__normal_struct *x, const cst__normal_struct *y, slong length, cst__levi_civita_t *s,
            cst__levi_civita_t *t, const char *what)
{
    for (slong i = 0; i < length; i++)
        cr_assert_eq(cst_lie_is_zero(NULL, s->chart,
                                     cst_expr_sub(s->chart->ctx, cst__normal_expr(x + i, s->ctx),
                                                  cst__normal_expr(y + i, t->ctx))),
                     CST_TRUE, "%s, entry %ld", what, (long) i);
}

/* From second derivatives of g_ij, and from those of g^ij with raised indices. */
static void
check_routes(const cst_lie_chart_t *chart, const cst_geom_matrix_t metric, const cst_geom_matrix_t cometric,
             const char *what)
{
    slong n = chart->dimension, pairs = n * (n - 1) / 2;
    cst__levi_civita_t s, t;

    cr_assert_eq(cst__levi_civita_init(&s, chart, metric, 0, 0, NULL), CST_OK);
    cr_assert_eq(cst__levi_civita_init(&t, chart, cometric, 1, 0, NULL), CST_OK);
    t.is_raised = 1;
    cst__levi_civita_scalar(&s);
    cst__levi_civita_scalar(&t);
    cr_assert(t.riemann == NULL, "not needed for the scalar");
    cst__levi_civita_riemann(&t);
    cst__levi_civita_connection(&t);
    assert_same(s.gamma, t.gamma, n * n * (n + 1) / 2, &s, &t, what);
    assert_same(s.riemann, t.riemann, pairs * (pairs + 1) / 2, &s, &t, what);
    assert_same(s.ricci, t.ricci, n * (n + 1) / 2, &s, &t, what);
    assert_same(s.scalar, t.scalar, 1, &s, &t, what);
    cst__levi_civita_clear(&s);
    cst__levi_civita_clear(&t);
}

Test(geom_identities, two_routes)
{
    space_t s;

    for (size_t k = 0; k < sizeof metrics / sizeof *metrics; k++)
    {
        space_init(&s, metrics[k].names, metrics[k].n);
        space_read(&s, metrics[k].form);
        cr_assert_eq(cst_geom_inverse(s.cometric, &s.world.chart, s.metric, NULL), CST_OK);
        check_routes(&s.world.chart, s.metric, s.cometric, metrics[k].form);
        space_clear(&s);
    }
    space_init(&s, "a b c", 3);
    affine_invariant_metric(s.metric, &s.world.chart, 2);
    cr_assert_eq(cst_geom_inverse(s.cometric, &s.world.chart, s.metric, NULL), CST_OK);
    check_routes(&s.world.chart, s.metric, s.cometric, "SPD(2)");
    space_clear(&s);
}

/* What is not a metric is refused; what cannot be decided is not guessed. */
Test(geom_identities, degenerate)
{
    space_t s;

    space_init(&s, "x y dx dy", 2);
    space_read(&s, "dx^2 + 2*dx*dy + dy^2");
    cr_assert_eq(cst_geom_curvature(NULL, NULL, NULL, &s.scalar, &s.world.chart, s.metric, NULL),
                 CST_REFUSED);
    cr_assert_eq(cst_geom_inverse(s.cometric, &s.world.chart, s.metric, NULL), CST_REFUSED);
    space_read(&s, "sin(x)^2*dx^2 + (1 - cos(x)^2)*2*dx*dy + sin(x)^2*dy^2");
    cr_assert_eq(cst_geom_inverse(s.cometric, &s.world.chart, s.metric, NULL), CST_REFUSED);
    space_read(&s, "x*dx*dy"); /* flat, with zeros on the diagonal */
    cr_assert_eq(cst_geom_curvature(NULL, NULL, NULL, &s.scalar, &s.world.chart, s.metric, NULL), CST_OK);
    cr_assert(cst_expr_is_integer_value(s.scalar, 0));
    space_read(&s, "dx^2 + erf(x)^2*dy^2"); /* K = -f''/f */
    cr_assert_eq(cst_geom_curvature(NULL, NULL, NULL, &s.scalar, &s.world.chart, s.metric, NULL), CST_OK);
    assert_equal(&s.world, s.scalar, "8*x*exp(-x^2)/(sqrt(pi)*erf(x))");
    space_clear(&s);
}
