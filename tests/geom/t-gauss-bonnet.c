/* Gauss and Bonnet on a coordinate rectangle, by rigorous quadrature with enclosures: the integral of K, the
   geodesic curvature of the sides and the angles at the corners add up to 2 pi. */
#include "space.h"

TestSuite(geom_gauss_bonnet, .timeout = 120);

#define CELLS 8
#define PREC 64

/* The integral of f over the box [x0, x1] x [y0, y1] (a segment if y0 = y1), in CELLS strips a side: on a
   cell of sides h, k it is h k (f(m) + f_xx h^2/24 + f_yy k^2/24 + f_xy e), with values of the derivatives
   somewhere in the cell and |e| <= h k/16. */
static void
integrate(arb_t sum, const space_t *s, cst_expr_t f, const double x[2], const double y[2])
{
    cst_expr_ctx_t ctx = s->world.chart.ctx;
    cst_expr_t fx = cst_expr_derivative(ctx, f, s->world.variables[0]),
               fy = cst_expr_derivative(ctx, f, s->world.variables[1]), second[3];
    int columns = x[0] == x[1] ? 1 : CELLS, rows = y[0] == y[1] ? 1 : CELLS;
    double h = (x[1] - x[0]) / columns, k = (y[1] - y[0]) / rows;
    arb_ptr box = _arb_vec_init(2), point = _arb_vec_init(2), d = _arb_vec_init(3);
    arb_t value, t;

    arb_init(value);
    arb_init(t);
    arb_zero(sum);
    second[0] = cst_expr_derivative(ctx, fx, s->world.variables[0]);
    second[1] = cst_expr_derivative(ctx, fy, s->world.variables[1]);
    second[2] = cst_expr_derivative(ctx, fx, s->world.variables[1]);
    for (int i = 0; i < columns; i++)
        for (int j = 0; j < rows; j++)
        {
            arb_set_d(point, x[0] + h * (i + 0.5)); /* dyadic, hence exact */
            arb_set_d(point + 1, y[0] + k * (j + 0.5));
            arb_set(box, point);
            arb_set(box + 1, point + 1);
            mag_set_d(arb_radref(box), h / 2);
            mag_set_d(arb_radref(box + 1), k / 2);
            cr_assert_eq(cst_geom_enclose(value, &s->world.chart, &f, 1, point, PREC, NULL), CST_OK);
            cr_assert_eq(cst_geom_enclose(d, &s->world.chart, second, 3, box, PREC, NULL), CST_OK);
            arb_set_d(t, h * h);
            arb_div_ui(t, t, 24, PREC);
            arb_addmul(value, d, t, PREC);
            arb_set_d(t, k * k);
            arb_div_ui(t, t, 24, PREC);
            arb_addmul(value, d + 1, t, PREC);
            arb_zero(t);
            mag_set_d(arb_radref(t), h * k / 16);
            arb_addmul(value, d + 2, t, PREC);
            arb_set_d(t, (h > 0 ? h : 1) * (k > 0 ? k : 1));
            arb_addmul(sum, value, t, PREC);
        }
    arb_clear(value);
    arb_clear(t);
    _arb_vec_clear(box, 2);
    _arb_vec_clear(point, 2);
    _arb_vec_clear(d, 3);
}

/* K sqrt(det g); sqrt(det g) Gamma^y_xx / g_xx, the geodesic curvature of lines along x for each dx; minus
   sqrt(det g) Gamma^x_yy / g_yy; and the angle between the lines. */
static void
integrands(cst_expr_t out[4], const space_t *s)
{
    cst_expr_ctx_t ctx = s->world.chart.ctx;
    cst_expr_t E = AT(s->metric, 0, 0), F = AT(s->metric, 0, 1), G = AT(s->metric, 1, 1), area;

    area = cst_expr_sqrt(ctx, cst_expr_sub(ctx, cst_expr_mul(ctx, E, G), cst_expr_power_si(ctx, F, 2)));
    out[0] = cst_expr_div(ctx, cst_expr_mul(ctx, area, s->scalar), cst_expr_integer(ctx, 2));
    out[1] = cst_expr_div(ctx, cst_expr_mul(ctx, area, s->gamma[4]), E);
    out[2] = cst_expr_neg(ctx, cst_expr_div(ctx, cst_expr_mul(ctx, area, s->gamma[3]), G));
    out[3] = cst_expr_function(ctx, CST_EXPR_ACOS,
                               cst_expr_div(ctx, F, cst_expr_sqrt(ctx, cst_expr_mul(ctx, E, G))));
}

static void
check(const char *form, const double x[2], const double y[2])
{
    space_t s;
    cst_expr_t f[4];
    arb_ptr corner = _arb_vec_init(2);
    arb_t sum, t, pi;

    arb_init(sum);
    arb_init(t);
    arb_init(pi);
    space_init(&s, "x y dx dy", 2);
    space_read(&s, form);
    space_curvature(&s);
    integrands(f, &s);
    integrate(sum, &s, f[0], x, y);
    for (int side = 0; side < 2; side++) /* bottom and right as they run, top and left backwards */
    {
        const double level_y[2] = {y[side], y[side]}, level_x[2] = {x[1 - side], x[1 - side]};

        integrate(t, &s, f[1], x, level_y);
        (side ? arb_sub : arb_add)(sum, sum, t, PREC);
        integrate(t, &s, f[2], level_x, y);
        (side ? arb_sub : arb_add)(sum, sum, t, PREC);
    }
    arb_const_pi(pi, PREC);
    for (int i = 0; i < 4;
         i++) /* one turns by the angle at two corners, by pi minus the angle at the others */
    {
        arb_set_d(corner, x[i % 2]);
        arb_set_d(corner + 1, y[i / 2]);
        cst_expr_enclose(t, f[3], s.world.variables, corner, 2, PREC);
        if (i == 0 || i == 3)
            arb_sub(t, pi, t, PREC);
        arb_add(sum, sum, t, PREC);
    }
    arb_submul_ui(sum, pi, 2, PREC);
    cr_assert(arb_contains_zero(sum), "%s", form);
    cr_assert_leq(mag_get_d(arb_radref(sum)), 2e-3, "%s: %g", form, mag_get_d(arb_radref(sum)));
    arb_clear(sum);
    arb_clear(t);
    arb_clear(pi);
    _arb_vec_clear(corner, 2);
    space_clear(&s);
}

Test(geom_gauss_bonnet, rectangles)
{
    const double unit[2] = {0, 1}, high[2] = {1, 2}, small[2] = {0.25, 0.75};

    check("dx^2 + sin(x)^2*dy^2", small, unit);
    check("(dx^2 + dy^2)/y^2", unit, high);
    check("(1 + x^2)*dx^2 + x*y*dx*dy + (2 + y)*dy^2", unit, unit);
}
