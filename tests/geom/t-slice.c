/* Balanced slices: the co-metric at any level, and what of the compact group keeps a level. */
#include "geom/example.h"

TestSuite(geom_slice, .timeout = 120);

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

static void
assert_cometric(const text_t *text, const char *expected)
{
    submersion_t x;
    cst_geom_matrix_t cometric;
    cst_expr_t entries[16];
    slong n;

    submersion_init(&x, text);
    n = x.s.base.dimension;
    cst_geom_matrix_init(cometric, x.world.chart.ctx, n, n);
    cr_assert_eq(cst_geom_submersion_cometric(cometric, &x.s, NULL), CST_OK, "%s", text->name);
    cr_assert_eq(parse_list(entries, &x.world, expected, ';'), n * n);
    for (slong i = 0; i < n * n; i++)
        assert_same_on_base(&x, cometric->entries[i], entries[i], text->name);
    cst_geom_matrix_clear(cometric);
    submersion_clear(&x);
}

/* L(ab) on a^2 - b^2 = c: x' = -sqrt(c^2 + 4 x^2) L'(x). */
Test(geom_slice, product_at_levels)
{
    static const char *const levels[] = {"0", "3/2", "-2", "1/7"};

    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++)
    {
        char section[256], expected[64];
        text_t text = {"product", "a b", "x", NULL, "a;-b", "a*b", section, "a", "x", 1, levels[k]};

        snprintf(section, sizeof section,
                 "sqrt((%s)/2 + sqrt((%s)^2/4 + x^2));x/sqrt((%s)/2 + sqrt((%s)^2/4 + x^2))", levels[k],
                 levels[k], levels[k], levels[k]);
        snprintf(expected, sizeof expected, "sqrt((%s)^2 + 4*x^2)", levels[k]);
        assert_cometric(&text, expected);
    }
}

/* |w|^2 - a^2 = c: a^2 delta + z z/a^2 with a^2 = -c/2 + sqrt(c^2/4 + |z|^2); at c = 0, r delta + z z/r. */
Test(geom_slice, neuron_at_levels)
{
    text_t text = {"neuron",
                   "w v a",
                   "x y",
                   NULL,
                   "w;v;-a",
                   "a*w;a*v",
                   "x/sqrt(1/2 + sqrt(1/4 + x^2 + y^2));y/sqrt(1/2 + sqrt(1/4 + x^2 + y^2));"
                   "sqrt(1/2 + sqrt(1/4 + x^2 + y^2))",
                   "a",
                   NULL,
                   1,
                   "-1"};

    assert_cometric(&text, "1/2 + sqrt(1/4 + x^2 + y^2) + x^2/(1/2 + sqrt(1/4 + x^2 + y^2));"
                           "x*y/(1/2 + sqrt(1/4 + x^2 + y^2));x*y/(1/2 + sqrt(1/4 + x^2 + y^2));"
                           "1/2 + sqrt(1/4 + x^2 + y^2) + y^2/(1/2 + sqrt(1/4 + x^2 + y^2))");
    assert_cometric(
        &example_balanced_neuron_3,
        "(2*x^2 + y^2 + z^2)/sqrt(x^2 + y^2 + z^2);x*y/sqrt(x^2 + y^2 + z^2);x*z/sqrt(x^2 + y^2 + z^2);"
        "x*y/sqrt(x^2 + y^2 + z^2);(x^2 + 2*y^2 + z^2)/sqrt(x^2 + y^2 + z^2);y*z/sqrt(x^2 + y^2 + z^2);"
        "x*z/sqrt(x^2 + y^2 + z^2);y*z/sqrt(x^2 + y^2 + z^2);(x^2 + y^2 + 2*z^2)/sqrt(x^2 + y^2 + z^2)");
}

/* U = R diag(u), V = diag(v) R', with rotations R and R': V V^T - U^T U = diag(v_i^2 - u_i^2). */
#define TURNED(U1, V1, U2, V2)                                                                               \
    "cos(m)*" U1 ";-sin(m)*" U2 ";sin(m)*" U1 ";cos(m)*" U2 ";" V1 "*cos(n);" V1 "*sin(n);-" V2              \
    "*sin(n);" V2 "*cos(n)"

/* At the section, for the Gram matrix of dP: <dP_ij, dP_kl> = X_ik delta_jl + delta_ik Y_jl with X = U U^T,
   Y = V^T V, where X^2 + level X = P P^T and Y^2 - level Y = P^T P: the co-metric P -> X P + P Y. */
static void
assert_linear_net(const text_t *text)
{
    submersion_t x;
    cst_expr_ctx_t ctx;
    cst_geom_matrix_t cometric;
    cst_expr_t p[4], u[4], v[4], left[4], right[4], zero;
    cst_geom_check_t result;

    submersion_init(&x, text);
    ctx = x.world.chart.ctx;
    zero = cst_expr_integer(ctx, 0);
    cr_assert_eq(cst_geom_submersion_check(&result, CST_GEOM_CHECK_LEVEL, &x.s), CST_TRUE, "%s", text->name);
    cr_assert_eq(cst_geom_submersion_check(&result, CST_GEOM_CHECK_RANK, &x.s), CST_TRUE, "%s", text->name);
    cst_geom_matrix_init(cometric, ctx, 4, 4);
    cr_assert_eq(cst_geom_submersion_cometric(cometric, &x.s, NULL), CST_OK, "%s", text->name);
    for (int i = 0; i < 4; i++)
    {
        u[i] = x.section[i];
        v[i] = x.section[4 + i];
        p[i] = cst_geom_restrict(&x.s, x.invariants[i]);
    }
#define TIMES(m, i, j, n, k, l) cst_expr_mul(ctx, m[2 * (i) + (j)], n[2 * (k) + (l)])
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
        {
            left[2 * i + j] = cst_expr_add(ctx, TIMES(u, i, 0, u, j, 0), TIMES(u, i, 1, u, j, 1));
            right[2 * i + j] = cst_expr_add(ctx, TIMES(v, 0, i, v, 0, j), TIMES(v, 1, i, v, 1, j));
        }
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            assert_same_on_base(&x, AT(cometric, i, k),
                                cst_expr_add(ctx, i % 2 == k % 2 ? left[i / 2 * 2 + k / 2] : zero,
                                             i / 2 == k / 2 ? right[i % 2 * 2 + k % 2] : zero),
                                text->name);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
        {
            cst_expr_t level = cst_expr_rational(ctx, x.level), square, gram;

            square = cst_expr_add(ctx, TIMES(left, i, 0, left, 0, j), TIMES(left, i, 1, left, 1, j));
            gram = cst_expr_add(ctx, TIMES(p, i, 0, p, j, 0), TIMES(p, i, 1, p, j, 1));
            assert_same_on_base(&x, cst_expr_add(ctx, square, cst_expr_mul(ctx, level, left[2 * i + j])),
                                gram, "X");
            square = cst_expr_add(ctx, TIMES(right, i, 0, right, 0, j), TIMES(right, i, 1, right, 1, j));
            gram = cst_expr_add(ctx, TIMES(p, 0, i, p, 0, j), TIMES(p, 1, i, p, 1, j));
            assert_same_on_base(&x, cst_expr_sub(ctx, square, cst_expr_mul(ctx, level, right[2 * i + j])),
                                gram, "Y");
        }
#undef TIMES
    cst_geom_matrix_clear(cometric);
    submersion_clear(&x);
}

Test(geom_slice, two_layer_linear_net)
{
    static const text_t balanced = {"balanced", "a b c d e f g h",          "s t m n", NULL,  PAIR,
                                    PRODUCT,    TURNED("s", "s", "t", "t"), NULL,      "s;t", 1,
                                    NULL};
    static const text_t level = {"level 5/3",
                                 "a b c d e f g h",
                                 "s t m n",
                                 NULL,
                                 PAIR,
                                 PRODUCT,
                                 TURNED("s", "sqrt(s^2 + 5/3)", "t", "sqrt(t^2 + 5/3)"),
                                 NULL,
                                 "s;t",
                                 1,
                                 "5/3;5/3;0;0"};

    assert_linear_net(&balanced);
    assert_linear_net(&level);
}

/* At a level diag(1, 2) no rotation is left: the slice modulo K has one dimension more than Theta/G. */
Test(geom_slice, a_level_that_is_no_multiple_of_the_identity)
{
    static const text_t text = {"level diag(1, 2)",
                                "a b c d e f g h",
                                "s t m n",
                                NULL,
                                PAIR,
                                PRODUCT,
                                TURNED("s", "sqrt(s^2 + 1)", "t", "sqrt(t^2 + 2)"),
                                NULL,
                                "s;t",
                                1,
                                "1;2;0;0"};
    submersion_t x;
    cst_geom_check_t result;
    cst_expr_t fields[MOST_GENERATORS * MOST_DIMENSION];
    cst_error_t error;
    slong k;

    submersion_init(&x, &text);
    cr_assert_eq(cst_geom_submersion_check(&result, CST_GEOM_CHECK_LEVEL, &x.s), CST_TRUE);
    cr_assert_neq(cst_geom_submersion_check(&result, CST_GEOM_CHECK_RANK, &x.s), CST_TRUE);
    cr_assert_eq(result.component[0], 1);
    cr_assert_eq(cst_geom_orbit_basis(fields, NULL, &k, &x.s, &error), CST_REFUSED);
    submersion_clear(&x);
}

Test(geom_slice, the_quotient_of_pairs)
{
    assert_checks(&example_pairs, 0, CST_GEOM_CHECK_MEAN_CURVATURE);
}

/* The curve (x, r, r, x), r = sqrt(1 + x^2), has speed^2 2 (1 + x^2/r^2): gradients are taken in the slice.
 */
Test(geom_slice, a_coordinate_of_the_slice_only)
{
    assert_cometric(&example_hyperbola, "(1 + x^2)/(2*(1 + 2*x^2))");
}
