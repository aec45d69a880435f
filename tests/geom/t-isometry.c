/* Killing fields and discrete isometries, and what is shown when they are not. */
#include "lie/chart.h"

#include <caustic/geom.h>

TestSuite(geom_isometry, .timeout = 120);

static void
read_metric(cst_geom_matrix_t g, world_t *world, const char *form)
{
    slong n = world->chart.dimension;

    cst_geom_matrix_init(g, world->chart.ctx, n, n);
    cr_assert_eq(
        cst_geom_metric_from_form(g, world->chart.ctx, parse(world, form), world->variables + n, NULL),
        CST_OK, "%s", form);
}

static const struct
{
    const char *form, *field;
    slong a, b; /* the first component that fails, if remainder is not NULL */
    const char *remainder;
} killing[] = {
    {"dx^2 + dy^2 + dz^2", "-y; x; 0", 0, 0, NULL},
    {"dx^2 + dy^2 + dz^2", "1; 2; 3", 0, 0, NULL},
    {"dx^2 + dy^2 + dz^2", "x; y; -z", 0, 0, "2"},
    {"dx^2 + dy^2 + dz^2", "y^2; 0; 0", 0, 1, "2*y"},
    {"z^2*(dx^2 + dy^2) + (x^2 + y^2)*dz^2", "x; y; -z", 0, 0, NULL},
    {"z^2*(dx^2 + dy^2) + (x^2 + y^2)*dz^2", "x; y; z", 0, 0, "4*z^2"},
    {"(dx^2 + dy^2 + dz^2)/(x^2 + y^2 + z^2)", "x; y; z", 0, 0, NULL},
    {"(dx^2 + dy^2 + dz^2)/z^2", "x; y; z", 0, 0, NULL},
    {"(dx^2 + dy^2 + dz^2)/z^2", "x^2 - y^2 - z^2; 2*x*y; 2*x*z", 0, 0, NULL},
    {"4*(dx^2 + dy^2 + dz^2)/(1 + x^2 + y^2 + z^2)^2", "1 + x^2 - y^2 - z^2; 2*x*y; 2*x*z", 0, 0, NULL},
    {"4*(dx^2 + dy^2 + dz^2)/(1 + x^2 + y^2 + z^2)^2", "1 - x^2 + y^2 + z^2; -2*x*y; -2*x*z", 0, 0,
     "-32*x/(1 + x^2 + y^2 + z^2)^3"},
};

Test(geom_isometry, killing_fields)
{
    for (size_t i = 0; i < sizeof killing / sizeof *killing; i++)
    {
        world_t world;
        cst_geom_matrix_t g;
        cst_expr_t field[3], remainder = NULL;
        slong component[2];
        cst_truth_t truth;

        world_init(&world, "x y z dx dy dz", 3, NULL);
        read_metric(g, &world, killing[i].form);
        parse_field(field, &world, killing[i].field);
        truth = cst_geom_is_killing(component, &remainder, &world.chart, g, field);
        cr_assert_eq(truth, killing[i].remainder ? CST_FALSE : CST_TRUE, "%s of %s", killing[i].field,
                     killing[i].form);
        if (killing[i].remainder)
        {
            cr_assert(component[0] == killing[i].a && component[1] == killing[i].b);
            assert_equal(&world, remainder, killing[i].remainder);
        }
        cst_geom_matrix_clear(g);
        world_clear(&world);
    }
}

Test(geom_isometry, maps)
{
    static const struct
    {
        const char *form, *map;
        cst_truth_t truth;
    } cases[] = {
        {"dx^2 + dy^2 + dz^2", "y; -x; z", CST_TRUE},
        {"dx^2 + 2*dy^2 + dz^2", "y; x; z", CST_FALSE},
        {"(dx^2 + dy^2 + dz^2)/(x^2 + y^2 + z^2)", "3*x; 3*y; -3*z", CST_TRUE},
        {"(dx^2 + dy^2 + dz^2)/z^2", "x/(x^2 + y^2 + z^2); y/(x^2 + y^2 + z^2); z/(x^2 + y^2 + z^2)",
         CST_TRUE},
        {"(dx^2 + dy^2 + dz^2)/(1 + z^2)", "x/(x^2 + y^2 + z^2); y/(x^2 + y^2 + z^2); z/(x^2 + y^2 + z^2)",
         CST_FALSE},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        world_t world;
        cst_geom_matrix_t g;
        cst_expr_t map[3], remainder = NULL;
        slong component[2];

        world_init(&world, "x y z dx dy dz", 3, NULL);
        read_metric(g, &world, cases[i].form);
        parse_field(map, &world, cases[i].map);
        cr_assert_eq(cst_geom_is_isometry(component, &remainder, &world.chart, g, map), cases[i].truth, "%s",
                     cases[i].map);
        cst_geom_matrix_clear(g);
        world_clear(&world);
    }
}
