/* Metrics from forms, inverses, Hamiltonians, co-metrics of quotients. */
#include "lie/chart.h"

#include <caustic/geom.h>

TestSuite(geom_metric, .timeout = 120);

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

Test(geom_metric, a_form_gives_its_matrix)
{
    world_t world;
    cst_geom_matrix_t g;

    world_init(&world, "x y dx dy", 2, NULL);
    cst_geom_matrix_init(g, world.chart.ctx, 2, 2);
    cr_assert_eq(cst_geom_metric_from_form(g, world.chart.ctx,
                                           parse(&world, "(x*dx + dy)^2 + 3*dx*dy/(1 + y^2)"),
                                           world.variables + 2, NULL),
                 CST_OK);
    assert_equal(&world, AT(g, 0, 0), "x^2");
    assert_equal(&world, AT(g, 0, 1), "x + 3/(2*(1 + y^2))");
    assert_equal(&world, AT(g, 1, 0), "x + 3/(2*(1 + y^2))");
    assert_equal(&world, AT(g, 1, 1), "1");
    cst_geom_matrix_clear(g);
    world_clear(&world);
}

Test(geom_metric, what_is_not_a_quadratic_form_is_refused)
{
    static const char *const texts[] = {
        "dx",       "dx^2 + dy", "dx^2 + 1", "dx^4/dy^2",  "sqrt(dx^4)",     "dx^3/dx^2",   "sin(dx)*dy",
        "dx*dy*dx", "x^2",       "0",        "abs(dx)*dy", "dx^2 + dx^2*dy", "exp(dx)*dx^2"};
    world_t world;
    cst_geom_matrix_t g;
    cst_error_t error;

    world_init(&world, "x y dx dy", 2, NULL);
    cst_geom_matrix_init(g, world.chart.ctx, 2, 2);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_assert_eq(cst_geom_metric_from_form(g, world.chart.ctx, parse(&world, texts[i]),
                                               world.variables + 2, &error),
                     CST_BAD_INPUT, "%s", texts[i]);
    cst_geom_matrix_clear(g);
    world_clear(&world);
}

/* g g^-1 = 1 exactly, and the pivots are quotients of leading minors. */
Test(geom_metric, inverse_and_pivots)
{
    static const char *const entries[3][3] = {
        {"1 + x^2", "x*y", "z"}, {"x*y", "2 + exp(y)", "0"}, {"z", "0", "3 + sqrt(1 + x^2)"}};
    world_t world;
    cst_geom_matrix_t g, inverse;
    cst_expr_t pivots[3];

    world_init(&world, "x y z", 3, NULL);
    cst_geom_matrix_init(g, world.chart.ctx, 3, 3);
    cst_geom_matrix_init(inverse, world.chart.ctx, 3, 3);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            AT(g, i, j) = parse(&world, entries[i][j]);
    cr_assert_eq(cst_geom_invert(pivots, inverse, &world.chart, g, NULL), CST_OK);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
        {
            cst_expr_t sum = cst_expr_integer(world.chart.ctx, 0);

            for (int k = 0; k < 3; k++)
                sum = cst_expr_add(world.chart.ctx, sum,
                                   cst_expr_mul(world.chart.ctx, AT(g, i, k), AT(inverse, k, j)));
            assert_equal(&world, sum, i == j ? "1" : "0");
        }
    assert_equal(&world, cst_expr_mul(world.chart.ctx, pivots[0], pivots[1]),
                 "(1 + x^2)*(2 + exp(y)) - x^2*y^2");
    cr_assert_eq(cst_geom_invert(pivots, g, &world.chart, g, NULL), CST_OK, "in place");
    for (int i = 0; i < 9; i++)
        cr_assert_eq(g->entries[i], inverse->entries[i]);
    cst_geom_matrix_clear(g);
    cst_geom_matrix_clear(inverse);
    world_clear(&world);
}

Test(geom_metric, a_degenerate_metric_is_refused)
{
    world_t world;
    cst_geom_matrix_t g;
    cst_expr_t pivots[2];
    cst_error_t error;

    world_init(&world, "x y dx dy", 2, NULL);
    cst_geom_matrix_init(g, world.chart.ctx, 2, 2);
    cr_assert_eq(cst_geom_metric_from_form(g, world.chart.ctx, parse(&world, "(sin(x)*dx + y*dy)^2"),
                                           world.variables + 2, &error),
                 CST_OK);
    cr_assert_eq(cst_geom_invert(pivots, NULL, &world.chart, g, &error), CST_REFUSED);
    cst_geom_matrix_clear(g);
    world_clear(&world);
}

static const struct
{
    const char *names; /* parameters, coordinates */
    slong parameters, coordinates;
    const char *inverse_diagonal, *invariants, *section, *hamiltonian; /* p, q are the momenta */
} quotients[] = {
    /* one ReLU neuron with an invariant metric: a cone */
    {"w v a x y p q", 3, 2, "1/a^2; 1/a^2; 1/(w^2 + v^2)", "a*w; a*v; 0", "x; y; 1",
     "(p^2 + q^2 + (x*p + y*q)^2/(x^2 + y^2))/2"},
    /* the same from another section: an isometric action does not mind */
    {"w v a x y p q", 3, 2, "1/a^2; 1/a^2; 1/(w^2 + v^2)", "a*w; a*v; 0",
     "x/sqrt(sqrt(x^2 + y^2)); y/sqrt(sqrt(x^2 + y^2)); sqrt(sqrt(x^2 + y^2))",
     "(p^2 + q^2 + (x*p + y*q)^2/(x^2 + y^2))/2"},
    /* the same neuron on the balanced slice |w| = a: r delta + z z/r */
    {"w v a x y p q", 3, 2, "1; 1; 1", "a*w; a*v; 0",
     "x/sqrt(sqrt(x^2 + y^2)); y/sqrt(sqrt(x^2 + y^2)); sqrt(sqrt(x^2 + y^2))",
     "(sqrt(x^2 + y^2)*(p^2 + q^2) + (x*p + y*q)^2/sqrt(x^2 + y^2))/2"},
    /* scale-invariant weights: the sphere in a gnomonic chart */
    {"u v w x y p q", 3, 2, "u^2 + v^2 + w^2; u^2 + v^2 + w^2; u^2 + v^2 + w^2", "u/w; v/w; 0", "x; y; 1",
     "(1 + x^2 + y^2)*(p^2 + q^2 + (x*p + y*q)^2)/2"},
};

Test(geom_metric, quotients)
{
    for (size_t k = 0; k < sizeof quotients / sizeof *quotients; k++)
    {
        slong d = quotients[k].parameters, n = quotients[k].coordinates;
        world_t world;
        cst_expr_t diagonal[3], invariants[3], section[3];
        cst_geom_matrix_t inverse, gram;

        world_init(&world, quotients[k].names, d, NULL);
        parse_field(diagonal, &world, quotients[k].inverse_diagonal);
        parse_field(invariants, &world, quotients[k].invariants);
        parse_field(section, &world, quotients[k].section);
        cst_geom_matrix_init(inverse, world.chart.ctx, d, d);
        cst_geom_matrix_init(gram, world.chart.ctx, n, n);
        for (slong a = 0; a < d; a++)
            AT(inverse, a, a) = diagonal[a];
        cst_geom_quotient_cometric(gram, &world.chart, inverse, invariants, n, section);
        assert_equal(&world, cst_geom_hamiltonian(world.chart.ctx, gram, world.variables + d + n),
                     quotients[k].hamiltonian);
        cst_geom_matrix_clear(inverse);
        cst_geom_matrix_clear(gram);
        world_clear(&world);
    }
}
