/* Curvature of spaces of matrices, and of left-invariant metrics, against known values. */
#include "space.h"

#include "matrices.h"

TestSuite(geom_families, .timeout = 120);

/* Positive 2 x 2 and 3 x 3 matrices P with the affine-invariant metric: SL(n)/SO(n) times a line. */
Test(geom_families, affine_invariant)
{
    static const char *const names[] = {"a b c", "a b c d e f"}, *const scalar[] = {"-1", "-15/4"};

    for (slong n = 2; n <= 3; n++)
    {
        space_t s;

        space_init(&s, names[n - 2], n * (n + 1) / 2);
        affine_invariant_metric(s.metric, &s.world.chart, n);
        space_curvature(&s);
        assert_equal(&s.world, s.scalar, scalar[n - 2]);
        space_clear(&s);
    }
}

/* The same from the co-metric: 6/tr P, and (6 e1^2 + 12 e2)/(e1 e2 - e3) with the elementary symmetric
   functions of the eigenvalues; the metric comes out as the inverse. */
Test(geom_families, bures_wasserstein)
{
    space_t s;
    cst_geom_matrix_t inverse;

    space_init(&s, "x y z", 3);
    bures_wasserstein_cometric(s.cometric, &s.world.chart, 2);
    cr_assert_eq(cst_geom_curvature_of_cometric(s.metric, s.gamma, s.riemann, s.ricci, &s.scalar,
                                                &s.world.chart, s.cometric, NULL),
                 CST_OK);
    assert_equal(&s.world, s.scalar, "6/(x + z)");
    cst_geom_matrix_init(inverse, s.world.chart.ctx, 3, 3);
    cr_assert_eq(cst_geom_inverse(inverse, &s.world.chart, s.metric, NULL), CST_OK);
    for (int i = 0; i < 9; i++)
        assert_zero(&s, cst_expr_sub(s.world.chart.ctx, inverse->entries[i], s.cometric->entries[i]),
                    "inverse");
    cst_geom_matrix_clear(inverse);
    space_clear(&s);
    space_init(&s, "a b c d e f", 6); /* ((a, b, c), (b, d, e), (c, e, f)) */
    bures_wasserstein_cometric(s.cometric, &s.world.chart, 3);
    cr_assert_eq(
        cst_geom_curvature_of_cometric(NULL, NULL, NULL, NULL, &s.scalar, &s.world.chart, s.cometric, NULL),
        CST_OK);
    assert_equal(&s.world, s.scalar,
                 "(6*(a + d + f)^2 + 12*(a*d + a*f + d*f - b^2 - c^2 - e^2))"
                 "/((a + d + f)*(a*d + a*f + d*f - b^2 - c^2 - e^2)"
                 "- (a*d*f + 2*b*c*e - a*e^2 - d*c^2 - f*b^2))");
    space_clear(&s);
}

/* Planes in R^4 as graphs of 2 x 2 matrices X: tr((1 + X^T X)^-1 dX^T (1 + X X^T)^-1 dX) has Ric = 2 g, and
   lines in R^3 are the projective plane, Ric = g. */
static void
grassmannian(const char *names, slong p, slong q, const char *constant)
{
    space_t s;
    cst_geom_matrix_t left, right;
    cst_expr_ctx_t ctx;

    space_init(&s, names, p * q);
    ctx = s.world.chart.ctx;
    cst_geom_matrix_init(left, ctx, p, p);
    cst_geom_matrix_init(right, ctx, q, q);
    for (slong i = 0; i < p * p; i++)
    {
        left->entries[i] = cst_expr_integer(ctx, i / p == i % p);
        for (slong a = 0; a < q; a++)
            left->entries[i] = plus_product(&s, left->entries[i], s.world.variables[i / p * q + a],
                                            s.world.variables[i % p * q + a]);
    }
    for (slong a = 0; a < q * q; a++)
    {
        right->entries[a] = cst_expr_integer(ctx, a / q == a % q);
        for (slong i = 0; i < p; i++)
            right->entries[a] = plus_product(&s, right->entries[a], s.world.variables[i * q + a / q],
                                             s.world.variables[i * q + a % q]);
    }
    cr_assert_eq(cst_geom_inverse(left, &s.world.chart, left, NULL), CST_OK);
    cr_assert_eq(cst_geom_inverse(right, &s.world.chart, right, NULL), CST_OK);
    for (slong i = 0; i < p * q; i++)
        for (slong j = 0; j < p * q; j++)
            AT(s.metric, i, j) = cst_expr_mul(ctx, AT(left, i / q, j / q), AT(right, i % q, j % q));
    space_curvature(&s);
    for (slong i = 0; i < s.n * s.n; i++)
        assert_zero(&s,
                    cst_expr_sub(ctx, s.ricci->entries[i],
                                 cst_expr_mul(ctx, parse(&s.world, constant), s.metric->entries[i])),
                    names);
    cst_geom_matrix_clear(left);
    cst_geom_matrix_clear(right);
    space_clear(&s);
}

Test(geom_families, grassmannians)
{
    grassmannian("x y", 1, 2, "1");
    grassmannian("x y z w", 2, 2, "2");
}

/* Orthonormal pairs in R^3 are SO(3): columns of the rotation by the quaternion (1, x, y, z). The canonical
   metric is bi-invariant, of constant curvature 1/4; that of R^6 counts the rotation within the plane twice,
   with scalar curvature 1 by Milnor's formula. */
Test(geom_families, stiefel_manifold)
{
    static const char *const frame[6] = {"1 + x^2 - y^2 - z^2", "2*(x*y + z)",         "2*(x*z - y)",
                                         "2*(x*y - z)",         "1 - x^2 + y^2 - z^2", "2*(y*z + x)"};

    for (int canonical = 0; canonical < 2; canonical++)
    {
        space_t s;
        cst_expr_ctx_t ctx;
        cst_expr_t u[6], d[6][3];

        space_init(&s, "x y z", 3);
        ctx = s.world.chart.ctx;
        for (int i = 0; i < 6; i++)
        {
            u[i] = cst_expr_div(ctx, parse(&s.world, frame[i]), parse(&s.world, "1 + x^2 + y^2 + z^2"));
            for (int a = 0; a < 3; a++)
                d[i][a] = cst_expr_derivative(ctx, u[i], s.world.variables[a]);
        }
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < 3; b++)
            {
                cst_expr_t sum = cst_expr_integer(ctx, 0), half = parse(&s.world, "-1/2");

                for (int i = 0; i < 6; i++)
                    sum = plus_product(&s, sum, d[i][a], d[i][b]);
                /* - 1/2 tr((U^T d_a U)^T (U^T d_b U)) */
                for (int i = 0; i < 4 && canonical; i++)
                {
                    cst_expr_t va = cst_expr_integer(ctx, 0), vb = va;

                    for (int k = 0; k < 3; k++)
                    {
                        va = plus_product(&s, va, u[i / 2 * 3 + k], d[i % 2 * 3 + k][a]);
                        vb = plus_product(&s, vb, u[i / 2 * 3 + k], d[i % 2 * 3 + k][b]);
                    }
                    sum = plus_product(&s, sum, half, cst_expr_mul(ctx, va, vb));
                }
                AT(s.metric, a, b) = sum;
            }
        space_curvature(&s);
        assert_equal(&s.world, s.scalar, canonical ? "3/2" : "1");
        for (int i = 0; i < 9 && canonical; i++)
            assert_zero(&s,
                        cst_expr_sub(ctx, s.ricci->entries[i],
                                     cst_expr_div(ctx, s.metric->entries[i], cst_expr_integer(ctx, 2))),
                        "Einstein");
        space_clear(&s);
    }
}

/* Left-invariant metrics on unimodular groups with an orthonormal frame [e2, e3] = lambda_1 e1, and so on in
   turn. */
static const struct
{
    const char *form;
    int lambda[3], denominator;
} groups[] = {
    /* SU(2): s1^2 + s2^2 + s3^2 is the unit sphere, [s_i, s_j] = 2 s_k; Berger's spheres; three axes */
    {"(dx^2 + sin(x)^2*dy^2)/4 + (dz + cos(x)*dy)^2/4", {2, 2, 2}, 1},
    {"(dx^2 + sin(x)^2*dy^2)/4 + (dz + cos(x)*dy)^2/16", {4, 4, 1}, 1},
    {"(dx^2 + sin(x)^2*dy^2)/4 + (dz + cos(x)*dy)^2", {1, 1, 4}, 1},
    {"(cos(z)*dx + sin(z)*sin(x)*dy)^2/4 + (cos(z)*sin(x)*dy - sin(z)*dx)^2 + 9*(dz + cos(x)*dy)^2/4",
     {1, 4, 9},
     3},
    {"dx^2 + dy^2 + (dz - x*dy)^2", {0, 0, 1}, 1},                                    /* Heisenberg */
    {"dx^2 + 4*dy^2 + 9*(dz - x*dy)^2", {0, 0, 3}, 2},                                /* Heisenberg */
    {"exp(2*z)*dx^2 + exp(-2*z)*dy^2 + dz^2", {1, -1, 0}, 1},                         /* Sol */
    {"(dx^2 + dy^2)/y^2 + (dz + dx/y)^2", {-1, -1, 1}, 1},                            /* SL(2, R) */
    {"4*(cos(z)*dx + sin(z)*dy)^2 + (cos(z)*dy - sin(z)*dx)^2 + dz^2", {4, 1, 0}, 2}, /* E(2) */
};

/* Milnor, Curvatures of left invariant metrics on Lie groups, 1976, section 4: with
   mu_i = (lambda_1 + lambda_2 + lambda_3)/2 - lambda_i, Ric = diag(2 mu_2 mu_3, 2 mu_3 mu_1, 2 mu_1 mu_2). */
static void
milnor(fmpq_t scalar, fmpq_t square, const int lambda[3], int denominator)
{
    int sum = lambda[0] + lambda[1] + lambda[2];
    fmpq_t r;

    fmpq_init(r);
    fmpq_zero(scalar);
    fmpq_zero(square);
    for (int i = 0; i < 3; i++)
    {
        int j = (i + 1) % 3, k = (i + 2) % 3;

        fmpq_set_si(r, (sum - 2 * lambda[j]) * (sum - 2 * lambda[k]),
                    2 * (ulong) (denominator * denominator));
        fmpq_add(scalar, scalar, r);
        fmpq_addmul(square, r, r);
    }
    fmpq_clear(r);
}

Test(geom_families, left_invariant_metrics)
{
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++)
    {
        space_t s;
        cst_expr_ctx_t ctx;
        cst_expr_t norm;
        fmpq_t scalar, square;

        fmpq_init(scalar);
        fmpq_init(square);
        space_init(&s, "x y z dx dy dz", 3);
        ctx = s.world.chart.ctx;
        space_read(&s, groups[k].form);
        space_curvature(&s);
        milnor(scalar, square, groups[k].lambda, groups[k].denominator);
        cr_assert_eq(s.scalar, cst_expr_rational(ctx, scalar), "%s", groups[k].form);
        norm = cst_expr_integer(ctx, 0); /* Ric_ij Ric_kl g^ik g^jl */
        for (int i = 0; i < 81; i++)
            norm = plus_product(
                &s, norm, cst_expr_mul(ctx, AT(s.ricci, i / 27, i / 9 % 3), AT(s.ricci, i / 3 % 3, i % 3)),
                cst_expr_mul(ctx, AT(s.cometric, i / 27, i / 3 % 3), AT(s.cometric, i / 9 % 3, i % 3)));
        assert_zero(&s, cst_expr_sub(ctx, norm, cst_expr_rational(ctx, square)), groups[k].form);
        fmpq_clear(scalar);
        fmpq_clear(square);
        space_clear(&s);
    }
}
