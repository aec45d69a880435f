/* Horizontal lifts, O'Neill's tensors, and the curvature of a quotient from above. */
#include "geom/example.h"

TestSuite(geom_oneill, .timeout = 120);

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

static const text_t *const all[] = {
    &example_neuron,     &example_balanced_neuron, &example_sphere, &example_turning,
    &example_rotations,  &example_bures,           &example_shift,  &example_hopf,
    &example_projective, &example_neuron_3,        &example_product};

static cst_expr_t
inner(const submersion_t *x, const cst_expr_t *v, const cst_expr_t *w)
{
    cst_expr_ctx_t ctx = x->world.chart.ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);
    slong d = x->s.total.dimension;

    for (slong a = 0; a < d; a++)
        for (slong b = 0; b < d; b++)
            sum =
                cst_expr_add(ctx, sum, cst_expr_mul(ctx, AT(x->metric, a, b), cst_expr_mul(ctx, v[a], w[b])));
    return sum;
}

/* dI^j(h_i) = delta_ij, and h_i is normal to the orbits. */
Test(geom_oneill, lifts_project_and_are_horizontal)
{
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    {
        submersion_t x;
        cst_geom_matrix_t lift;
        slong n, d;

        submersion_init(&x, all[k]);
        n = x.s.base.dimension;
        d = x.s.total.dimension;
        cst_geom_matrix_init(lift, x.world.chart.ctx, n, d);
        cr_assert_eq(cst_geom_horizontal_lift(lift, &x.s, NULL), CST_OK);
        for (slong i = 0; i < n; i++)
        {
            for (slong j = 0; j < n; j++)
                assert_equal(&x.world, cst_lie_derivative(&x.s.total, &AT(lift, i, 0), x.invariants[j]),
                             i == j ? "1" : "0");
            for (slong g = 0; g < x.s.generator_count; g++)
                assert_equal(&x.world, inner(&x, &AT(lift, i, 0), x.generators[g]), "0");
        }
        cst_geom_matrix_clear(lift);
        submersion_clear(&x);
    }
}

/* V + H = 1, V V = V, V H = 0, V xi = xi. */
Test(geom_oneill, projections)
{
    submersion_t x;
    cst_geom_matrix_t p[2];
    slong d;

    submersion_init(&x, &example_bures);
    d = x.s.total.dimension;
    for (int k = 0; k < 2; k++)
        cst_geom_matrix_init(p[k], x.world.chart.ctx, d, d);
    cr_assert_eq(cst_geom_projections(p[0], p[1], &x.s, NULL), CST_OK);
    for (slong a = 0; a < d; a++)
    {
        cst_expr_t image = cst_expr_integer(x.world.chart.ctx, 0);

        for (slong b = 0; b < d; b++)
        {
            cst_expr_t square[2] = {cst_expr_integer(x.world.chart.ctx, 0),
                                    cst_expr_integer(x.world.chart.ctx, 0)};

            for (slong c = 0; c < d; c++)
                for (int k = 0; k < 2; k++)
                    square[k] = cst_expr_add(x.world.chart.ctx, square[k],
                                             cst_expr_mul(x.world.chart.ctx, AT(p[0], a, c), AT(p[k], c, b)));
            assert_equal(&x.world, cst_expr_sub(x.world.chart.ctx, square[0], AT(p[0], a, b)), "0");
            assert_equal(&x.world, square[1], "0");
            assert_equal(&x.world, cst_expr_add(x.world.chart.ctx, AT(p[0], a, b), AT(p[1], a, b)),
                         a == b ? "1" : "0");
            image = cst_expr_add(x.world.chart.ctx, image,
                                 cst_expr_mul(x.world.chart.ctx, AT(p[0], a, b), x.generators[0][b]));
        }
        assert_equal(&x.world, cst_expr_sub(x.world.chart.ctx, image, x.generators[0][a]), "0");
    }
    for (int k = 0; k < 2; k++)
        cst_geom_matrix_clear(p[k]);
    submersion_clear(&x);
}

/* The lift of r d/dr + h d/dh on R^3/SO(2) is the Euler field, whatever r and h are made of. */
Test(geom_oneill, lift_of_a_field)
{
    submersion_t x;
    cst_expr_t lift[3];

    submersion_init(&x, &example_turning);
    cr_assert_eq(cst_geom_lift_field(lift, x.s.base.coordinates, &x.s, NULL), CST_OK);
    assert_equal(&x.world, lift[0], "u");
    assert_equal(&x.world, lift[1], "v");
    assert_equal(&x.world, lift[2], "z");
    submersion_clear(&x);
}

/* The tensor A from brackets of lifts on Theta is the one from differentials of the orbit fields. */
Test(geom_oneill, a_is_half_the_bracket)
{
    static const text_t *const cases[] = {&example_hopf, &example_bures, &example_projective,
                                          &example_neuron_3};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    {
        submersion_t x;
        cst_geom_matrix_t lift;
        cst_expr_t a[64], bracket[MOST_DIMENSION], two;
        slong n, d, k;

        submersion_init(&x, cases[c]);
        n = x.s.base.dimension;
        d = x.s.total.dimension;
        two = cst_expr_integer(x.world.chart.ctx, 2);
        cst_geom_matrix_init(lift, x.world.chart.ctx, n, d);
        cr_assert_eq(cst_geom_horizontal_lift(lift, &x.s, NULL), CST_OK);
        cr_assert_eq(cst_geom_oneill_tensors(a, NULL, NULL, &k, &x.s, NULL), CST_OK);
        cr_assert_eq(k, x.s.generator_count);
        for (slong i = 0; i < n; i++)
            for (slong j = i; j < n; j++)
            {
                cst_lie_bracket(bracket, &x.s.total, &AT(lift, i, 0), &AT(lift, j, 0));
                for (slong g = 0; g < k; g++)
                    assert_same_on_base(&x, cst_expr_mul(x.world.chart.ctx, two, a[(i * n + j) * k + g]),
                                        cst_geom_restrict(&x.s, inner(&x, bracket, x.generators[g])),
                                        cases[c]->name);
            }
        cst_geom_matrix_clear(lift);
        submersion_clear(&x);
    }
}

/* R_0101 of surfaces, and |A|^2 = 2 |A_XY|^2 for an orthonormal pair. */
Test(geom_oneill, known_curvatures)
{
    static const struct
    {
        const text_t *text;
        const char *r_0101, *norm;
    } cases[] = {
        /* S^2(1/2), K = 4: det g = sin^2 cos^2; upstairs K = 1, so 3 |A_XY|^2 = 3 */
        {&example_hopf, "4*sin(h)^2*cos(h)^2", "2"},
        /* Fubini and Study: K = 4. R^4 - 0 with this metric is a line times S^3. */
        {&example_projective, "4/(1 + x^2 + y^2)^4", "2"},
        {&example_sphere, "1/(1 + x^2 + y^2)^3", "0"},
        {&example_neuron, "0", "0"},
        {&example_turning, "0", "0"},
        {&example_shift, "0", "0"},
        /* dr^2/(2r) + r dphi^2: with s = sqrt(2 r), ds^2 + s^2/2 dphi^2, a flat cone */
        {&example_balanced_neuron, "0", "0"},
    };

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    {
        submersion_t x;
        cst_expr_t riemann[16], norm;

        submersion_init(&x, cases[c].text);
        cr_assert_eq(cst_geom_oneill_curvature(riemann, &x.s, NULL), CST_OK);
        assert_same_on_base(&x, riemann[5], parse(&x.world, cases[c].r_0101), cases[c].text->name);
        assert_same_on_base(&x, cst_expr_neg(x.world.chart.ctx, riemann[6]), riemann[5], cases[c].text->name);
        cr_assert_eq(cst_geom_oneill_tensors(NULL, NULL, &norm, NULL, &x.s, NULL), CST_OK);
        assert_same_on_base(&x, norm, parse(&x.world, cases[c].norm), cases[c].text->name);
        submersion_clear(&x);
    }
}

/* Scalar curvatures from above. */
static const struct
{
    const text_t *text;
    const char *scalar, *norm;
} scalars[] = {
    /* Bures and Wasserstein: all of it is 3 |A|^2, Theta being flat */
    {&example_bures, "6/(p + r)", "2/(p + r)"},
    /* the cone dr^2/2 + r^2 dOmega^2, with d = 3: -(d - 1)(d - 2)/r^2 */
    {&example_neuron_3, "-2/(x^2 + y^2 + z^2)", "0"},
    /* dr^2/(2 r) + r dOmega^2: with s = sqrt(2 r) the same cone, ds^2 + s^2/2 dOmega^2: 2/s^2 = 1/r */
    {&example_balanced_neuron_3, "1/sqrt(x^2 + y^2 + z^2)", "0"},
    /* Fubini and Study on the projective plane, with sectional curvatures from 1 to 4: 12 from S^5, and 3
       |A|^2 */
    {&example_projective_plane, "24", "4"},
};

Test(geom_oneill, scalar_curvatures_from_above)
{
    for (size_t k = 0; k < sizeof scalars / sizeof *scalars; k++)
    {
        submersion_t x;
        cst_geom_matrix_t cometric;
        cst_expr_t riemann[256], norm, sum;
        cst_expr_ctx_t ctx;
        slong n;

        submersion_init(&x, scalars[k].text);
        ctx = x.world.chart.ctx;
        n = x.s.base.dimension;
        cst_geom_matrix_init(cometric, ctx, n, n);
        cr_assert_eq(cst_geom_submersion_cometric(cometric, &x.s, NULL), CST_OK);
        cr_assert_eq(cst_geom_oneill_curvature(riemann, &x.s, NULL), CST_OK);
        cr_assert_eq(cst_geom_oneill_tensors(NULL, NULL, &norm, NULL, &x.s, NULL), CST_OK);
        sum = cst_expr_integer(ctx, 0);
        for (slong i = 0; i < n * n * n * n; i++)
            sum = cst_expr_add(ctx, sum,
                               cst_expr_mul(ctx, riemann[i],
                                            cst_expr_mul(ctx, AT(cometric, i / (n * n * n), i / n % n),
                                                         AT(cometric, i / (n * n) % n, i % n))));
        assert_same_on_base(&x, sum, parse(&x.world, scalars[k].scalar), scalars[k].text->name);
        assert_same_on_base(&x, norm, parse(&x.world, scalars[k].norm), scalars[k].text->name);
        cst_geom_matrix_clear(cometric);
        submersion_clear(&x);
    }
}

/* Spheres in R^3: T(xi_b, xi_c) = -<xi_b, xi_c>/r d/dr. */
Test(geom_oneill, second_fundamental_form_of_spheres)
{
    submersion_t x;
    cst_geom_matrix_t gram;
    cst_expr_t t[9];
    slong k, number[3], dimension;
    cst_expr_t fields[9];

    submersion_init(&x, &example_diagonal_rotations);
    cst_geom_matrix_init(gram, x.world.chart.ctx, 3, 3);
    cst_geom_orbit_gram(gram, &x.s);
    cr_assert_eq(cst_geom_orbit_basis(fields, number, &dimension, &x.s, NULL), CST_OK);
    cr_assert_eq(cst_geom_oneill_tensors(NULL, t, NULL, &k, &x.s, NULL), CST_OK);
    cr_assert(k == 2 && dimension == 2 && number[0] == 0 && number[1] == 1);
    for (slong b = 0; b < k; b++)
        for (slong a = 0; a < 3; a++)
            cr_assert_eq(fields[b * 3 + a], x.generators[number[b]][a]);
    for (slong b = 0; b < k; b++)
        for (slong c = 0; c < k; c++)
            assert_same_on_base(
                &x, cst_expr_mul(x.world.chart.ctx, t[b * k + c], x.s.base.coordinates[0]),
                cst_expr_neg(x.world.chart.ctx, cst_geom_restrict(&x.s, AT(gram, number[b], number[c]))),
                "T");
    cst_geom_matrix_clear(gram);
    submersion_clear(&x);
}

/* The check fails where it must: upstairs is no submersion, since the flat metric is not invariant. */
Test(geom_oneill, a_false_submersion_is_found)
{
    static const text_t text = {
        "not a submersion", "w v a", "x y", NULL, "w;v;-a", "a*w;a*v", "x;y;1", "a", NULL, 0, NULL};
    submersion_t x;
    cst_geom_check_t result;

    submersion_init(&x, &text);
    cr_assert_eq(cst_geom_submersion_check(&result, CST_GEOM_CHECK_ONEILL, &x.s), CST_FALSE);
    cr_assert(result.component[0] == 0 && result.component[1] == 1 && result.component[2] == 0 &&
              result.component[3] == 1 && result.remainder);
    submersion_clear(&x);
}
