/* Curvature of larger spaces of matrices, in full: seconds. */
#include "space.h"

#include "matrices.h"

TestSuite(geom_families_long, .timeout = 600);

/* Positive 4 x 4 matrices: ten coordinates. */
Test(geom_families_long, affine_invariant)
{
    space_t s;

    space_init(&s, "a b c d e f g h i j", 10);
    affine_invariant_metric(s.metric, &s.world.chart, 4);
    space_curvature(&s);
    assert_equal(&s.world, s.scalar, "-9");
    space_clear(&s);
}

/* All of Riemann from the metric and from the co-metric; its trace is the known scalar curvature. */
Test(geom_families_long, bures_wasserstein)
{
    space_t s;
    cst_expr_t *riemann = flint_malloc(1296 * sizeof *riemann), scalar;

    space_init(&s, "a b c d e f", 6);
    bures_wasserstein_cometric(s.cometric, &s.world.chart, 3);
    cr_assert_eq(cst_geom_curvature_of_cometric(s.metric, NULL, riemann, NULL, &scalar, &s.world.chart,
                                                s.cometric, NULL),
                 CST_OK);
    space_curvature(&s);
    for (int i = 0; i < 1296; i++)
        cr_assert_eq(riemann[i], s.riemann[i]);
    cr_assert_eq(scalar, s.scalar);
    assert_equal(&s.world, s.scalar,
                 "(6*(a + d + f)^2 + 12*(a*d + a*f + d*f - b^2 - c^2 - e^2))"
                 "/((a + d + f)*(a*d + a*f + d*f - b^2 - c^2 - e^2)"
                 "- (a*d*f + 2*b*c*e - a*e^2 - d*c^2 - f*b^2))");
    flint_free(riemann);
    space_clear(&s);
}
