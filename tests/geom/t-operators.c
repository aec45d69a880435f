/* Operators of the connection: known values, and identities between them. */
#include "space.h"

TestSuite(geom_operators, .timeout = 120);

static const struct
{
    const char *names;
    slong n;
    const char *form, *function, *laplacian;
} laplacians[] = {
    {"r t dr dt", 2, "dr^2 + r^2*dt^2", "r^3*cos(3*t)", "0"},
    {"r t dr dt", 2, "dr^2 + r^2*dt^2", "r^4", "16*r^2"},
    {"r t f dr dt df", 3, "dr^2 + r^2*(dt^2 + sin(t)^2*df^2)", "1/r", "0"},
    /* eigenfunctions of the unit sphere: -l(l + 1), l = 1, 2; in a stereographic chart l = 1 again */
    {"t f dt df", 2, "dt^2 + sin(t)^2*df^2", "cos(t)", "-2*cos(t)"},
    {"t f dt df", 2, "dt^2 + sin(t)^2*df^2", "sin(t)^2*cos(2*f)", "-6*sin(t)^2*cos(2*f)"},
    {"x y dx dy", 2, "4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2", "x/(1 + x^2 + y^2)", "-2*x/(1 + x^2 + y^2)"},
    /* y^s has the eigenvalue s(s - n) of hyperbolic space of dimension n + 1 */
    {"x y dx dy", 2, "(dx^2 + dy^2)/y^2", "y^(1/3)", "-2*y^(1/3)/9"},
    {"x z y dx dz dy", 3, "(dx^2 + dy^2 + dz^2)/y^2", "y^5", "15*y^5"},
    /* the wave operator */
    {"t x dt dx", 2, "2*dt*dx", "t^3*x^2", "12*t^2*x"},
};

/* Delta f by the table, and div grad f = tr Hess f = Delta f; Hess f = nabla df = 1/2 L_(grad f) g. */
Test(geom_operators, laplacians)
{
    for (size_t k = 0; k < sizeof laplacians / sizeof *laplacians; k++)
    {
        space_t s;
        const cst_lie_chart_t *chart = &s.world.chart;
        cst_geom_matrix_t hessian;
        cst_expr_t f, value, gradient[3], df[3], ddf[9], lie[9];
        slong n = laplacians[k].n;

        space_init(&s, laplacians[k].names, n);
        space_read(&s, laplacians[k].form);
        space_curvature(&s);
        cst_geom_matrix_init(hessian, chart->ctx, n, n);
        f = parse(&s.world, laplacians[k].function);
        value = cst_geom_laplacian(chart, s.cometric, s.gamma, f);
        assert_equal(&s.world, value, laplacians[k].laplacian);
        cst_geom_gradient(gradient, chart, s.cometric, f);
        assert_equal(&s.world, cst_geom_divergence(chart, s.gamma, gradient), laplacians[k].laplacian);
        cst_geom_hessian(hessian, chart, s.gamma, f);
        for (slong a = 0; a < n; a++)
            df[a] = cst_expr_derivative(chart->ctx, f, s.world.variables[a]);
        cst_geom_covariant_derivative(ddf, chart, s.gamma, df, 0, 1);
        cst_geom_lie_derivative(lie, chart, gradient, s.metric->entries, 0, 2);
        for (slong i = 0; i < n * n; i++)
        {
            assert_zero(&s, cst_expr_sub(chart->ctx, hessian->entries[i], ddf[i]), "nabla df");
            assert_zero(&s, plus_product(&s, lie[i], cst_expr_integer(chart->ctx, -2), ddf[i]), "L_grad g");
        }
        cst_geom_matrix_clear(hessian);
        space_clear(&s);
    }
}

/* L_xi of a function, of a vector field, of a form, and of a product. */
Test(geom_operators, lie_derivatives)
{
    world_t world;
    const cst_lie_chart_t *chart = &world.chart;
    cst_expr_t xi[2], eta[2], bracket[2], lie[2], f, form[2], product[4], tensor[4], lie_eta[2], lie_form[2];

    world_init(&world, "x y", 2, NULL);
    parse_field(xi, &world, "x*y; sin(x)");
    parse_field(eta, &world, "y^2; exp(x)*y");
    parse_field(form, &world, "x + y; x^3");
    f = parse(&world, "x^2*y");
    cst_geom_lie_derivative(lie, chart, xi, &f, 0, 0);
    assert_equal(&world, lie[0], "2*x^2*y^2 + x^2*sin(x)");
    cst_lie_bracket(bracket, chart, xi, eta);
    cst_geom_lie_derivative(lie_eta, chart, xi, eta, 1, 0);
    /* Cartan: L_xi = i_xi d + d i_xi, written out */
    cst_geom_lie_derivative(lie_form, chart, xi, form, 0, 1);
    assert_equal(&world, lie_form[0], "x*y + sin(x) + (x + y)*y + x^3*cos(x)");
    assert_equal(&world, lie_form[1], "3*x^2*x*y + (x + y)*x");
    for (int i = 0; i < 4; i++)
        tensor[i] = cst_expr_mul(chart->ctx, eta[i / 2], form[i % 2]);
    cst_geom_lie_derivative(product, chart, xi, tensor, 1, 1);
    for (int i = 0; i < 4; i++)
    {
        cst_expr_t e = cst_expr_add(chart->ctx, cst_expr_mul(chart->ctx, lie_eta[i / 2], form[i % 2]),
                                    cst_expr_mul(chart->ctx, eta[i / 2], lie_form[i % 2]));

        cr_assert_eq(cst_lie_is_zero(NULL, chart, cst_expr_sub(chart->ctx, lie_eta[i / 2], bracket[i / 2])),
                     CST_TRUE);
        cr_assert_eq(cst_lie_is_zero(NULL, chart, cst_expr_sub(chart->ctx, e, product[i])), CST_TRUE);
    }
    world_clear(&world);
}

static const struct
{
    const char *names;
    slong n;
    const char *form, *u, *v, *sectional; /* NULL: no plane */
} planes[] = {
    {"x y z dx dy dz", 3, "(dx^2 + dy^2 + dz^2)/z^2", "1; y; 0", "z; 2; x", "-1"},
    {"x y z dx dy dz", 3, "4*(dx^2 + dy^2 + dz^2)/(1 + x^2 + y^2 + z^2)^2", "1; y; 0", "0; 2; x", "1"},
    {"x y z dx dy dz", 3, "dx^2 + sin(x)^2*dy^2 + dz^2", "1; 0; 0", "0; 1; 0", "1"}, /* S^2 x R */
    {"x y z dx dy dz", 3, "dx^2 + sin(x)^2*dy^2 + dz^2", "1; 0; 0", "0; 0; 1", "0"},
    {"x y z dx dy dz", 3, "dx^2 + sin(x)^2*dy^2 + dz^2", "1; 0; 0", "0; 1/sin(x); 1", "1/2"},
    /* Heisenberg: 1/4 on planes that hold the center, -3/4 across */
    {"x y z dx dy dz", 3, "dx^2 + dy^2 + (dz - x*dy)^2", "1; 0; 0", "0; 1; x", "-3/4"},
    {"x y z dx dy dz", 3, "dx^2 + dy^2 + (dz - x*dy)^2", "1; 0; 0", "0; 0; 1", "1/4"},
    {"x y z dx dy dz", 3, "dx^2 + dy^2 + dz^2", "1; x; 0", "2; 2*x; 0", NULL},
};

Test(geom_operators, sectional_curvature)
{
    for (size_t k = 0; k < sizeof planes / sizeof *planes; k++)
    {
        space_t s;
        cst_expr_t u[3], v[3], value = NULL;
        cst_status_t status;

        space_init(&s, planes[k].names, planes[k].n);
        space_read(&s, planes[k].form);
        space_curvature(&s);
        parse_field(u, &s.world, planes[k].u);
        parse_field(v, &s.world, planes[k].v);
        status = cst_geom_sectional(&value, &s.world.chart, s.metric, s.riemann, u, v, NULL);
        cr_assert_eq(status, planes[k].sectional ? CST_OK : CST_REFUSED);
        if (planes[k].sectional)
            assert_equal(&s.world, value, planes[k].sectional);
        space_clear(&s);
    }
}

/* W = 0 for conformally flat metrics; W(h g) = h W(g); all traces vanish; W = R where Ric = 0. */
Test(geom_operators, weyl_tensor)
{
    static const char *const conformal = "4*(dx^2 + dy^2 + dz^2 + dt^2)/(1 + x^2 + y^2 + z^2 + t^2)^2",
                             *const product = "dx^2 + (1 + x^2)*dy^2 + dz^2 + y^2*dt^2",
                             *const factor = "1 + x*t";
    space_t s;
    cst_expr_ctx_t ctx;
    cst_expr_t a[256], b[256], h;
    int nonzero = 0;

    space_init(&s, "x y z t dx dy dz dt", 4);
    space_read(&s, conformal);
    space_curvature(&s);
    cst_geom_weyl(a, &s.world.chart, s.metric, s.riemann, s.ricci, s.scalar);
    for (int i = 0; i < 256; i++)
        cr_assert(cst_expr_is_integer_value(a[i], 0));
    space_clear(&s);

    space_init(&s, "x y z t dx dy dz dt", 4);
    ctx = s.world.chart.ctx;
    space_read(&s, product);
    space_curvature(&s);
    cst_geom_weyl(a, &s.world.chart, s.metric, s.riemann, s.ricci, s.scalar);
    for (int jl = 0; jl < 16; jl++)
    {
        cst_expr_t sum = cst_expr_integer(ctx, 0);

        for (int ik = 0; ik < 16; ik++)
            sum = plus_product(&s, sum, s.cometric->entries[ik],
                               a[((ik / 4 * 4 + jl / 4) * 4 + ik % 4) * 4 + jl % 4]);
        assert_zero(&s, sum, "trace");
    }
    h = parse(&s.world, factor);
    for (int i = 0; i < 16; i++)
        s.metric->entries[i] = cst_expr_mul(ctx, h, s.metric->entries[i]);
    space_curvature(&s);
    cst_geom_weyl(b, &s.world.chart, s.metric, s.riemann, s.ricci, s.scalar);
    for (int i = 0; i < 256; i++)
    {
        nonzero += cst_lie_is_zero(NULL, &s.world.chart, a[i]) == CST_FALSE;
        assert_zero(&s, cst_expr_sub(ctx, b[i], cst_expr_mul(ctx, h, a[i])), "W(h g)");
    }
    cr_assert(nonzero > 0);
    space_clear(&s);

    /* Schwarzschild */
    space_init(&s, "t r h f dt dr dh df", 4);
    space_read(&s, "-(1 - 2/r)*dt^2 + dr^2/(1 - 2/r) + r^2*(dh^2 + sin(h)^2*df^2)");
    space_curvature(&s);
    cst_geom_weyl(a, &s.world.chart, s.metric, s.riemann, s.ricci, s.scalar);
    for (int i = 0; i < 256; i++)
        assert_zero(&s, cst_expr_sub(s.world.chart.ctx, a[i], s.riemann[i]), "W = R");
    space_clear(&s);
}

/* Along geodesics g(v, v) is constant, and so is xi_i v^i for a Killing field xi; parallel transport keeps
 * g(w, w'). */
Test(geom_operators, geodesics_and_transport)
{
    space_t s;
    cst_expr_ctx_t ctx;
    cst_expr_t a[2], b[2], c[2], sum;
    cst_expr_t *v, *w;

    space_init(&s, "x y dx dy w0 w1", 2);
    ctx = s.world.chart.ctx;
    space_read(&s, "dx^2/(1 + x^2) + 2*x^2*dx*dy + (3 + x^4)*dy^2"); /* d/dy is a Killing field */
    space_curvature(&s);
    v = s.world.variables + 2;
    w = s.world.variables + 4;
    cst_geom_geodesic(a, &s.world.chart, s.gamma, v);
    cst_geom_parallel_transport(b, &s.world.chart, s.gamma, v, w);
    cst_geom_parallel_transport(c, &s.world.chart, s.gamma, v, v);
    cr_assert(a[0] == c[0] && a[1] == c[1]);
    for (int which = 0; which < 3; which++) /* g(v, v), g(v, d/dy), g(v, w) */
    {
        sum = cst_expr_integer(ctx, 0);
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 2; j++)
            {
                cst_expr_t g = AT(s.metric, i, j), one = cst_expr_integer(ctx, j == 1),
                           zero = cst_expr_integer(ctx, 0),
                           other = which == 0   ? v[j]
                                   : which == 1 ? one
                                                : w[j],
                           rate = which == 0   ? a[j]
                                  : which == 1 ? zero
                                               : b[j];

                for (int k = 0; k < 2; k++)
                    sum = plus_product(
                        &s, sum, cst_expr_mul(ctx, cst_expr_derivative(ctx, g, s.world.variables[k]), v[k]),
                        cst_expr_mul(ctx, v[i], other));
                sum = plus_product(&s, sum, g, cst_expr_mul(ctx, a[i], other));
                sum = plus_product(&s, sum, g, cst_expr_mul(ctx, v[i], rate));
            }
        assert_zero(&s, sum, "conserved");
    }
    space_clear(&s);
}
