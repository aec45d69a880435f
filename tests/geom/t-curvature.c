/* Curvature against known values: spheres, hyperbolic space, cones, positive matrices, Kerr's black hole. */
#include "lie/chart.h"

#include <caustic/geom.h>

TestSuite(geom_curvature, .timeout = 120);

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

static const struct
{
    const char *names; /* coordinates, then differentials */
    slong n;
    const char *form, *scalar;
} values[] = {
    {"x y dx dy", 2, "dx^2 + x^2*dy^2", "0"},
    {"x y dx dy", 2, "dx^2 + sin(x)^2*dy^2", "2"},
    {"x y dx dy", 2, "4*(dx^2 + dy^2)/(1 - x^2 - y^2)^2", "-2"},
    {"x y z dx dy dz", 3, "4*(dx^2 + dy^2 + dz^2)/(1 + x^2 + y^2 + z^2)^2", "6"},
    {"x y z dx dy dz", 3, "(dx^2 + dy^2 + dz^2)/z^2", "-6"},
    {"x y z dx dy dz", 3, "dx^2 + x^2*(dy^2 + sin(y)^2*dz^2)/2", "2/x^2"},
    /* the upper half plane in polar coordinates, curvature -1 */
    {"r t dr dt", 2, "(dr^2 + r^2*dt^2)/(r*sin(t))^2", "-2"},
    /* Fisher's metric of the normal distribution */
    {"m s dm ds", 2, "(dm^2 + 2*ds^2)/s^2", "-1"},
    {"x y z u v dx dy dz du dv", 5,
     "4*(dx^2 + dy^2 + dz^2 + du^2 + dv^2)/(1 + x^2 + y^2 + z^2 + u^2 + v^2)^2", "20"},
    {"x y z u v dx dy dz du dv", 5, "(dx^2 + dy^2 + dz^2 + du^2 + dv^2)/v^2", "-20"},
    {"x y z dx dy dz", 3, "dx^2 + sin(x)^2*(dy^2 + sin(y)^2*dz^2)", "6"},
    {"a b c d da db dc dd", 4, "4*(da^2 + db^2 + dc^2 + dd^2)/(1 + a^2 + b^2 + c^2 + d^2)^2", "12"},
};

static void
read_metric(cst_geom_matrix_t g, world_t *world, const char *form)
{
    slong n = world->chart.dimension;

    cst_geom_matrix_init(g, world->chart.ctx, n, n);
    cr_assert_eq(
        cst_geom_metric_from_form(g, world->chart.ctx, parse(world, form), world->variables + n, NULL),
        CST_OK, "%s", form);
}

Test(geom_curvature, scalar_curvatures)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    {
        world_t world;
        cst_geom_matrix_t g;
        cst_expr_t scalar;

        world_init(&world, values[i].names, values[i].n, NULL);
        read_metric(g, &world, values[i].form);
        cr_assert_eq(cst_geom_curvature(NULL, NULL, NULL, &scalar, &world.chart, g, NULL), CST_OK);
        assert_equal(&world, scalar, values[i].scalar);
        cst_geom_matrix_clear(g);
        world_clear(&world);
    }
}

/* g^ij = delta^ij + z^i z^j/r^2: the cone of a ReLU neuron with d inputs. */
Test(geom_curvature, relu_cones)
{
    static const char *const names[] = {"", "", "x y", "x y z", "x y z w"};
    static const char *const scalar[] = {"", "", "0", "-2/(x^2 + y^2 + z^2)", "-6/(x^2 + y^2 + z^2 + w^2)"};
    static const char *const r2[] = {"", "", "x^2 + y^2", "x^2 + y^2 + z^2", "x^2 + y^2 + z^2 + w^2"};

    for (slong d = 2; d <= 4; d++)
    {
        world_t world;
        cst_geom_matrix_t g;
        cst_expr_t e, value, pivots[4];

        world_init(&world, names[d], d, NULL);
        cst_geom_matrix_init(g, world.chart.ctx, d, d);
        e = cst_expr_power_si(world.chart.ctx, parse(&world, r2[d]), -1);
        for (slong i = 0; i < d; i++)
            for (slong j = 0; j < d; j++)
                AT(g, i, j) = cst_expr_add(
                    world.chart.ctx, cst_expr_integer(world.chart.ctx, i == j),
                    cst_expr_mul(world.chart.ctx, e,
                                 cst_expr_mul(world.chart.ctx, world.variables[i], world.variables[j])));
        cr_assert_eq(cst_geom_invert(pivots, g, &world.chart, g, NULL), CST_OK);
        cr_assert_eq(cst_geom_curvature(NULL, NULL, NULL, &value, &world.chart, g, NULL), CST_OK);
        assert_equal(&world, value, scalar[d]);
        cst_geom_matrix_clear(g);
        world_clear(&world);
    }
}

/* Symmetric positive 2 x 2 matrices P = ((x, y), (y, z)) as a quotient of flat space by O(2): g^-1 is linear
 * in P. */
Test(geom_curvature, bures_wasserstein)
{
    static const char *const cometric[3][3] = {
        {"4*x", "2*y", "0"}, {"2*y", "x + z", "2*y"}, {"0", "2*y", "4*z"}};
    world_t world;
    cst_geom_matrix_t g;
    cst_expr_t scalar, pivots[3];

    world_init(&world, "x y z", 3, NULL);
    cst_geom_matrix_init(g, world.chart.ctx, 3, 3);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            AT(g, i, j) = parse(&world, cometric[i][j]);
    cr_assert_eq(cst_geom_invert(pivots, g, &world.chart, g, NULL), CST_OK);
    cr_assert_eq(cst_geom_curvature(NULL, NULL, NULL, &scalar, &world.chart, g, NULL), CST_OK);
    assert_equal(&world, scalar, "6/(x + z)");
    cst_geom_matrix_clear(g);
    world_clear(&world);
}

/* Kerr's metric in Boyer-Lindquist coordinates with c = cos(theta), mass 1 and spin 1/2, solves Ric = 0. */
Test(geom_curvature, kerr_is_ricci_flat)
{
    world_t world;
    cst_geom_matrix_t g, ricci;

    world_init(&world, "t r c f dt dr dc df", 4, NULL);
    read_metric(g, &world,
                "-(1 - 2*r/(r^2 + c^2/4))*dt^2 - 2*r*(1 - c^2)/(r^2 + c^2/4)*dt*df"
                "+ (r^2 + c^2/4)/(r^2 - 2*r + 1/4)*dr^2 + (r^2 + c^2/4)/(1 - c^2)*dc^2"
                "+ (r^2 + 1/4 + r*(1 - c^2)/(2*(r^2 + c^2/4)))*(1 - c^2)*df^2");
    cst_geom_matrix_init(ricci, world.chart.ctx, 4, 4);
    cr_assert_eq(cst_geom_curvature(NULL, NULL, ricci, NULL, &world.chart, g, NULL), CST_OK);
    for (int i = 0; i < 16; i++)
        cr_assert(cst_expr_is_integer_value(ricci->entries[i], 0), "entry %d", i);
    cst_geom_matrix_clear(g);
    cst_geom_matrix_clear(ricci);
    world_clear(&world);
}

/* A metric without symmetry: Bianchi's first identity, the pair symmetries, and both ways to the scalar. */
Test(geom_curvature, identities_of_a_generic_metric)
{
    world_t world;
    cst_geom_matrix_t g, ricci;
    cst_expr_t gamma[27], riemann[81], scalar;

    world_init(&world, "x y z dx dy dz", 3, NULL);
    read_metric(g, &world, "(1 + x^2)*dx^2 + (2 + y*z)*dy^2 + (1 + x*y^2)*dz^2 + x*dx*dy + z*dy*dz");
    cst_geom_matrix_init(ricci, world.chart.ctx, 3, 3);
    cr_assert_eq(cst_geom_curvature(gamma, riemann, ricci, &scalar, &world.chart, g, NULL), CST_OK);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 0; k < 3; k++)
            {
                cr_assert_eq(gamma[(i * 3 + j) * 3 + k], gamma[(i * 3 + k) * 3 + j], "no torsion");
                for (int l = 0; l < 3; l++)
                {
                    cst_expr_t sum = cst_expr_add(world.chart.ctx, riemann[((i * 3 + j) * 3 + k) * 3 + l],
                                                  riemann[((i * 3 + k) * 3 + l) * 3 + j]);

                    sum = cst_expr_add(world.chart.ctx, sum, riemann[((i * 3 + l) * 3 + j) * 3 + k]);
                    cr_assert_eq(cst_lie_is_zero(NULL, &world.chart, sum), CST_TRUE);
                    sum = cst_expr_sub(world.chart.ctx, riemann[((i * 3 + j) * 3 + k) * 3 + l],
                                       riemann[((k * 3 + l) * 3 + i) * 3 + j]);
                    cr_assert_eq(cst_lie_is_zero(NULL, &world.chart, sum), CST_TRUE);
                }
                cr_assert_eq(ricci->entries[i * 3 + j], ricci->entries[j * 3 + i]);
            }
    cr_assert_eq(cst_lie_is_zero(NULL, &world.chart, scalar), CST_FALSE);
    cst_geom_matrix_clear(g);
    cst_geom_matrix_clear(ricci);
    world_clear(&world);
}
