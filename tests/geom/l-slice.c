/* The two-layer linear net W = U V as a balanced slice: the slow checks. */
#include "geom/example.h"

TestSuite(geom_slice_long, .timeout = 120);

/* Curvature from the slice by Gauss and from K by O'Neill; the volume of the orbits of K. */
Test(geom_slice_long, the_curvature_of_pairs)
{
    assert_checks(&example_pairs, CST_GEOM_CHECK_DRIFT + 1, CST_GEOM_CHECK_COUNT - 1);
}
