/* The checks of submersions, true ones and broken ones; orbit volumes; the projected Laplacian. */
#include "geom/example.h"

TestSuite(geom_submersion, .timeout = 120);

static void
assert_all_checks(const text_t *const *texts, size_t count)
{
    for (size_t k = 0; k < count; k++)
    {
        submersion_t x;
        cst_geom_check_t results[CST_GEOM_CHECK_COUNT];

        submersion_init(&x, texts[k]);
        cr_expect_eq(cst_geom_submersion_verify(results, &x.s), CST_TRUE, "%s", texts[k]->name);
        cr_expect_eq(results[CST_GEOM_CHECK_ONEILL].applies, 0);
        cst_geom_submersion_check(results + CST_GEOM_CHECK_ONEILL, CST_GEOM_CHECK_ONEILL, &x.s);
        for (int i = 0; i < CST_GEOM_CHECK_COUNT; i++)
            cr_expect_eq(results[i].holds, CST_TRUE, "%s: not (%s): generator %ld, component %ld %ld",
                         texts[k]->name, cst_geom_check_words(results[i].kind), (long) results[i].generator,
                         (long) results[i].component[0], (long) results[i].component[1]);
        submersion_clear(&x);
    }
}

Test(geom_submersion, all_checks_hold)
{
    static const text_t *const texts[] = {
        &example_neuron, &example_sphere, &example_turning, &example_rotations, &example_diagonal_rotations,
        &example_bures,  &example_shift,  &example_hopf,    &example_signs};

    assert_all_checks(texts, sizeof texts / sizeof *texts);
}

Test(geom_submersion, all_checks_hold_in_higher_dimension)
{
    static const text_t *const texts[] = {&example_projective, &example_projective_plane, &example_neuron_3};

    assert_all_checks(texts, sizeof texts / sizeof *texts);
}

Test(geom_submersion, all_checks_hold_for_the_linear_group)
{
    static const text_t *const texts[] = {&example_linear_group};

    assert_all_checks(texts, 1);
}

Test(geom_submersion, all_checks_hold_on_slices)
{
    static const text_t *const texts[] = {&example_balanced_neuron, &example_balanced_neuron_3,
                                          &example_product, &example_unequal_pair, &example_hyperbola};

    assert_all_checks(texts, sizeof texts / sizeof *texts);
}

/* What is known of each: the co-metric by rows, the orbit volume, grad log of it, Delta_Theta I. */
static const struct
{
    const text_t *text;
    const char *cometric, *volume, *gradient, *drift;
} known[] = {
    {&example_neuron, "1 + x^2/(x^2 + y^2);x*y/(x^2 + y^2);x*y/(x^2 + y^2);1 + y^2/(x^2 + y^2)",
     "sqrt(2*(x^2 + y^2))", "2*x/(x^2 + y^2);2*y/(x^2 + y^2)", "3*x/(x^2 + y^2);3*y/(x^2 + y^2)"},
    {&example_balanced_neuron,
     "(2*x^2 + y^2)/sqrt(x^2 + y^2);x*y/sqrt(x^2 + y^2);x*y/sqrt(x^2 + y^2);(x^2 + 2*y^2)/sqrt(x^2 + y^2)",
     "1", "0;0", NULL},
    {&example_sphere,
     "(1 + x^2 + y^2)*(1 + x^2);(1 + x^2 + y^2)*x*y;(1 + x^2 + y^2)*x*y;(1 + x^2 + y^2)*(1 + y^2)", "1",
     "0;0", "2*x*(1 + x^2 + y^2);2*y*(1 + x^2 + y^2)"},
    {&example_turning, "1;0;0;1", "r", "1/r;0", "1/r;0"},
    {&example_rotations, "1", "r^2", "2/r", "2/r"},
    {&example_diagonal_rotations, "1", "r^2", "2/r", "2/r"},
    {&example_bures, "4*p;2*q;0;2*q;p + r;2*q;0;2*q;4*r", "sqrt(p + r)",
     "2*p/(p + r);2*q/(p + r);2*r/(p + r)", "4;0;4"},
    {&example_shift, "2;1;1;2", "sqrt(3)", "0;0", "0;0"},
};

Test(geom_submersion, known_values)
{
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
    {
        submersion_t x;
        cst_geom_matrix_t cometric;
        cst_expr_t total, volume, logarithm, gradient[4], drift[4], curvature[4], expected[16];
        const char *name = known[k].text->name;
        slong n;

        submersion_init(&x, known[k].text);
        n = x.s.base.dimension;
        cst_geom_matrix_init(cometric, x.world.chart.ctx, n, n);
        cr_assert_eq(cst_geom_submersion_cometric(cometric, &x.s, NULL), CST_OK);
        cr_assert_eq(parse_list(expected, &x.world, known[k].cometric, ';'), n * n);
        for (slong i = 0; i < n * n; i++)
            assert_same_on_base(&x, cometric->entries[i], expected[i], name);
        cr_assert_eq(cst_geom_orbit_volume(&total, &volume, &logarithm, gradient, &x.s, NULL), CST_OK);
        assert_same_on_base(&x, volume, parse(&x.world, known[k].volume), name);
        assert_same_on_base(&x, cst_geom_restrict(&x.s, total), volume, name);
        assert_same_on_base(&x, cst_expr_function(x.world.chart.ctx, CST_EXPR_EXP, logarithm), volume, name);
        cr_assert_eq(parse_list(expected, &x.world, known[k].gradient, ';'), n);
        cr_assert_eq(cst_geom_mean_curvature(curvature, &x.s, NULL), CST_OK);
        for (slong i = 0; i < n; i++)
        {
            assert_same_on_base(&x, gradient[i], expected[i], name);
            assert_same_on_base(&x, cst_expr_neg(x.world.chart.ctx, curvature[i]), expected[i], name);
        }
        cr_assert_eq(cst_geom_projected_drift(drift, &x.s, NULL), CST_OK);
        for (slong i = parse_list(expected, &x.world, known[k].drift, ';'); i-- > 0;)
            assert_same_on_base(&x, drift[i], expected[i], name);
        cst_geom_matrix_clear(cometric);
        submersion_clear(&x);
    }
}

/* At U = 1, V = P: the co-metric is |alpha P^T|^2 + |P^T alpha|^2, and A -> A + S^-1 A S with S = P P^T has
   the determinant prod (1 + s_j/s_i) = 4 (tr S)^2/det S, times 4 for this basis of gl(2). */
Test(geom_submersion, invariant_metric_of_pairs)
{
    static const char *const p[4] = {"x", "y", "z", "w"};
    submersion_t x;
    cst_geom_matrix_t cometric;
    cst_expr_t volume;

    submersion_init(&x, &example_linear_group);
    cst_geom_matrix_init(cometric, x.world.chart.ctx, 4, 4);
    cr_assert_eq(cst_geom_submersion_cometric(cometric, &x.s, NULL), CST_OK);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
        { /* delta_ac (P^T P)_bd + (P P^T)_ac delta_bd for the entries ab and cd */
            char text[64] = "0", *end;
            int a = i / 2, b = i % 2, c = j / 2, d = j % 2;

            if (a == c)
                sprintf(text, "%s*%s + %s*%s", p[b], p[d], p[2 + b], p[2 + d]);
            end = text + strlen(text);
            if (b == d)
                sprintf(end, " + %s*%s + %s*%s", p[2 * a], p[2 * c], p[2 * a + 1], p[2 * c + 1]);
            assert_same_on_base(&x, cst_geom_matrix_entry(cometric, i, j), parse(&x.world, text), text);
        }
    cr_assert_eq(cst_geom_orbit_volume(NULL, &volume, NULL, NULL, &x.s, NULL), CST_OK);
    assert_same_on_base(&x, volume, parse(&x.world, "4*(x^2 + y^2 + z^2 + w^2)/(x*w - y*z)"), "volume");
    cst_geom_matrix_clear(cometric);
    submersion_clear(&x);
}

/* L (f(I)) from the form on Q is the Laplacian of f(I) on Theta, for Euclidean metrics: sum of d_a^2. */
Test(geom_submersion, the_projected_laplacian_is_the_laplacian)
{
    static const struct
    {
        const text_t *text;
        const char *function;
    } cases[] = {{&example_turning, "r^3*exp(h) + sin(r*h)"},
                 {&example_rotations, "exp(-r^2/2) + r"},
                 {&example_bures, "p^2*r + q*sin(p)"}};

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        submersion_t x;
        cst_geom_matrix_t cometric;
        cst_expr_t f, pulled, drift[4], sum, left;
        cst_expr_ctx_t ctx;
        slong n, d;

        submersion_init(&x, cases[k].text);
        ctx = x.world.chart.ctx;
        n = x.s.base.dimension;
        d = x.s.total.dimension;
        f = parse(&x.world, cases[k].function);
        cst_geom_matrix_init(cometric, ctx, n, n);
        cr_assert_eq(cst_geom_submersion_cometric(cometric, &x.s, NULL), CST_OK);
        cr_assert_eq(cst_geom_projected_drift(drift, &x.s, NULL), CST_OK);
        sum = left = cst_expr_integer(ctx, 0);
        for (slong i = 0; i < n; i++)
        {
            cst_expr_t fi = cst_expr_derivative(ctx, f, x.s.base.coordinates[i]);

            sum = cst_expr_add(ctx, sum, cst_expr_mul(ctx, drift[i], fi));
            for (slong j = 0; j < n; j++)
                sum = cst_expr_add(ctx, sum,
                                   cst_expr_mul(ctx, cst_geom_matrix_entry(cometric, i, j),
                                                cst_expr_derivative(ctx, fi, x.s.base.coordinates[j])));
        }
        pulled = cst_expr_substitute(ctx, f, x.s.base.coordinates, x.s.invariants, n);
        for (slong a = 0; a < d; a++)
            left = cst_expr_add(
                ctx, left,
                cst_expr_derivative(ctx, cst_expr_derivative(ctx, pulled, x.s.total.coordinates[a]),
                                    x.s.total.coordinates[a]));
        assert_same_on_base(&x, sum, cst_expr_substitute(ctx, left, x.s.total.coordinates, x.s.section, d),
                            cases[k].text->name);
        cst_geom_matrix_clear(cometric);
        submersion_clear(&x);
    }
}

/* Orbit maps of symmetries that are no isometries have a volume too:
   1/2 sum log(|w|^2 + k^2 |v|^2), and 1/2 sum log(s_i + t_j) with the eigenvalues of U^T U and V V^T. */
Test(geom_submersion, orbit_volume_of_rescalings_and_of_pairs)
{
    static const struct
    {
        text_t text;
        const char *square;
    } cases[] = {
        {{"two units, degree 3", "a b v c w", "q", NULL, "a;b;-3*v;0;0|0;0;0;c;-3*w", "a", "1;1;1;1;1", NULL,
          NULL, 0, NULL},
         "(a^2 + b^2 + 9*v^2)*(c^2 + 9*w^2)"},
        /* U = (a b; c d), V = (e f; g h): (U A, -A V) for the four unit matrices A */
        {{"pairs", "a b c d e f g h", "q", NULL,
          "a;0;c;0;-e;-f;0;0|0;a;0;c;-g;-h;0;0|b;0;d;0;0;0;-e;-f|0;b;0;d;0;0;-g;-h", "a", "1;1;1;1;1;1;1;1",
          NULL, NULL, 0, NULL},
         /* prod (s_i + t_j) = det(S (x) 1 + 1 (x) T) = resultant of x^2 - tr S x + det S and x^2 + tr T x +
            det T */
         "((a*d - b*c)^2 - (e*h - f*g)^2)^2"
         "+ (a^2 + b^2 + c^2 + d^2 + e^2 + f^2 + g^2 + h^2)"
         "*((a^2 + b^2 + c^2 + d^2)*(e*h - f*g)^2 + (e^2 + f^2 + g^2 + h^2)*(a*d - b*c)^2)"},
    };

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        submersion_t x;
        cst_geom_matrix_t gram;
        cst_expr_t pivots[MOST_GENERATORS], det;
        slong m;

        submersion_init(&x, &cases[k].text);
        m = x.s.generator_count;
        cst_geom_matrix_init(gram, x.world.chart.ctx, m, m);
        cst_geom_orbit_gram(gram, &x.s);
        cr_assert_eq(cst_geom_invert(pivots, NULL, &x.s.total, gram, NULL), CST_OK);
        det = cst_expr_integer(x.world.chart.ctx, 1);
        for (slong i = 0; i < m; i++)
            det = cst_expr_mul(x.world.chart.ctx, det, pivots[i]);
        assert_equal(&x.world, det, cases[k].square);
        cst_geom_matrix_clear(gram);
        submersion_clear(&x);
    }
}

/* Each spoils one thing, and the check that looks at it says so. */
static const struct
{
    text_t text;
    cst_geom_check_kind_t kind;
    cst_truth_t holds;
    slong generator, i, j;
    const char *remainder;
} broken[] = {
    {{"no isometry", "w v a", "x y", NULL, "w;v;-a", "a*w;a*v", "x;y;1", "a", NULL, 0, NULL},
     CST_GEOM_CHECK_METRIC,
     CST_FALSE,
     0,
     0,
     0,
     "2"},
    {{"no isometry: the co-metric", "w v a", "x y", NULL, "w;v;-a", "a*w;a*v", "x;y;1", "a", NULL, 0, NULL},
     CST_GEOM_CHECK_COMETRIC,
     CST_FALSE,
     0,
     0,
     0,
     "2*w^2 - 2*a^2"},
    {{"not invariant", "u v z", "r h", NULL, "-v;u;0", "sqrt(u^2 + v^2);z + u", "r;0;h - r", "u", "r", 0,
      NULL},
     CST_GEOM_CHECK_INVARIANTS,
     CST_FALSE,
     0,
     1,
     -1,
     "-v"},
    {{"no section", "u v z", "r h", NULL, "-v;u;0", "sqrt(u^2 + v^2);z", "r;r;h", "u", "r", 0, NULL},
     CST_GEOM_CHECK_SECTION,
     CST_FALSE,
     -1,
     0,
     -1,
     "(sqrt(2) - 1)*r"},
    {{"not closed", "u v w", "r", NULL, "0;-w;v|w;0;-u", "sqrt(u^2 + v^2 + w^2)", "r;0;0", "u", "r", 0, NULL},
     CST_GEOM_CHECK_CLOSURE,
     CST_FALSE,
     0,
     0,
     1,
     NULL},
    {{"too few coordinates", "u v z", "r", NULL, "-v;u;0", "sqrt(u^2 + v^2)", "r;0;0", "u", "r", 0, NULL},
     CST_GEOM_CHECK_RANK,
     CST_FALSE,
     -1,
     1,
     -1,
     NULL},
    {{"off the slice", "w v a", "x y", NULL, "w;v;-a", "a*w;a*v", "x;y;1", "a", NULL, 1, NULL},
     CST_GEOM_CHECK_LEVEL,
     CST_FALSE,
     0,
     -1,
     -1,
     "x^2 + y^2 - 1"},
    {{"a slice needs a Euclidean metric", "w a", "x", "2*dw^2 + da^2", "w;-a", "a*w", "sqrt(x);sqrt(x)", "a",
      "x", 1, NULL},
     CST_GEOM_CHECK_METRIC,
     CST_FALSE,
     -1,
     0,
     0,
     "1"},
    /* aff(1), not unimodular, on the half-plane times a line. The volume 1/y is no invariant: its
       gradient depends on the section and is not the mean curvature, which is zero. */
    {{"aff(1)", "x y z", "q", "(dx^2 + dy^2)/y^2 + dz^2", "x;y;0|1;0;0", "z", "0;exp(q);q", "y", NULL, 0,
      NULL},
     CST_GEOM_CHECK_UNIMODULAR,
     CST_FALSE,
     0,
     -1,
     -1,
     NULL},
    {{"aff(1)", "x y z", "q", "(dx^2 + dy^2)/y^2 + dz^2", "x;y;0|1;0;0", "z", "0;exp(q);q", "y", NULL, 0,
      NULL},
     CST_GEOM_CHECK_ORBIT_VOLUME,
     CST_FALSE,
     -1,
     0,
     -1,
     "1"},
    {{"aff(1)", "x y z", "q", "(dx^2 + dy^2)/y^2 + dz^2", "x;y;0|1;0;0", "z", "0;exp(q);q", "y", NULL, 0,
      NULL},
     CST_GEOM_CHECK_MEAN_CURVATURE,
     CST_TRUE,
     -1,
     -1,
     -1,
     NULL},
};

Test(geom_submersion, what_is_broken_is_found)
{
    for (size_t k = 0; k < sizeof broken / sizeof *broken; k++)
    {
        submersion_t x;
        cst_geom_check_t result;
        const char *name = broken[k].text.name;

        submersion_init(&x, &broken[k].text);
        cr_assert_eq(cst_geom_submersion_check(&result, broken[k].kind, &x.s), broken[k].holds, "%s", name);
        cr_assert_eq(result.holds, broken[k].holds);
        cr_assert_eq(result.generator, broken[k].generator, "%s: %ld", name, (long) result.generator);
        cr_assert_eq(result.component[0], broken[k].i, "%s: %ld", name, (long) result.component[0]);
        cr_assert_eq(result.component[1], broken[k].j, "%s: %ld", name, (long) result.component[1]);
        if (broken[k].remainder)
            assert_equal(&x.world, result.remainder, broken[k].remainder);
        if (broken[k].holds == CST_FALSE)
        {
            cst_geom_check_t all[CST_GEOM_CHECK_COUNT];

            cr_assert_eq(cst_geom_submersion_verify(all, &x.s) == CST_TRUE,
                         !cst_geom_check_is_needed(broken[k].kind), "%s", name);
        }
        submersion_clear(&x);
    }
}

/* What no construction fits is refused, with the cause. */
Test(geom_submersion, refusals)
{
    static const struct
    {
        text_t text;
        const char *word;
    } cases[] = {
        {{"too few orbits", "u v z", "r", NULL, "-v;u;0", "sqrt(u^2 + v^2)", "r;0;0", "u", "r", 0, NULL},
         "dimension 1, not the 2"},
        {{"neither parity", "u v", "r", NULL, "v;0", "v", "1;r", NULL, NULL, 1, NULL}, "neither symmetric"},
        {{"not linear", "u v", "r", NULL, "u^2;0", "v", "1;r", NULL, NULL, 1, NULL}, "generator 1"},
        {{"not closed", "u v w", "r", NULL, "0;-w;v|w;0;-u", "u^2", "r;0;0", NULL, NULL, 1, NULL},
         "not closed"},
        {{"no section anywhere", "u v", "r", NULL, "-v;u", "sqrt(u^2 + v^2)", "sqrt(-1 - r^2);0", NULL, NULL,
          0, NULL},
         "no point"},
    };

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        submersion_t x;
        cst_error_t error;
        cst_expr_t volume;

        submersion_init(&x, &cases[k].text);
        cst_error_clear(&error);
        cr_assert_eq(cst_geom_orbit_volume(NULL, &volume, NULL, NULL, &x.s, &error), CST_REFUSED, "%s",
                     cases[k].text.name);
        cr_assert(strstr(error.message, cases[k].word), "%s: %s", cases[k].text.name, error.message);
        submersion_clear(&x);
    }
}
