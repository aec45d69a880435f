/* tests/geom/matrices.h -- metrics on spaces of matrices, for the tests and the benchmarks. */
#ifndef GEOM_TEST_MATRICES_H
#define GEOM_TEST_MATRICES_H

#include <caustic/geom.h>

/* The coordinate in row i, column j of a symmetric n x n matrix P, whose upper triangle is listed by rows. */
static inline slong
symmetric_place(slong n, slong i, slong j)
{
    slong a = FLINT_MIN(i, j), b = FLINT_MAX(i, j);

    return a * n - a * (a - 1) / 2 + b - a;
}

/* g(A, B) = tr(P^-1 A P^-1 B) on positive matrices P, in normal form */
static inline void
affine_invariant_metric(cst_geom_matrix_t metric, const cst_lie_chart_t *chart, slong n)
{
    cst_expr_ctx_t ctx = chart->ctx;
    cst_geom_matrix_t p;

    cst_geom_matrix_init(p, ctx, n, n);
    for (slong i = 0; i < n * n; i++)
        p->entries[i] = chart->coordinates[symmetric_place(n, i / n, i % n)];
    cst_geom_inverse(p, chart, p, NULL);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
            for (slong k = 0; k < n; k++)
                for (slong l = k; l < n; l++)
                {
                    cst_expr_t e = cst_expr_integer(ctx, 0);

                    /* A = E_ij + E_ji, B = E_kl + E_lk; only one of the two where they are equal */
                    for (int a = 0; a <= (i != j); a++)
                        for (int b = 0; b <= (k != l); b++)
                            e = cst_expr_add(ctx, e,
                                             cst_expr_mul(ctx, cst_geom_matrix_entry(p, b ? k : l, a ? j : i),
                                                          cst_geom_matrix_entry(p, a ? i : j, b ? l : k)));
                    cst_geom_matrix_entry(metric, symmetric_place(n, i, j), symmetric_place(n, k, l)) =
                        cst_expr_simplify(ctx, e, NULL, 0);
                }
    cst_geom_matrix_clear(p);
}

/* g^-1(a, b) = 4 tr(a P b) on symmetric a, b paired with dP by tr(a dP): Bures and Wasserstein */
static inline void
bures_wasserstein_cometric(cst_geom_matrix_t cometric, const cst_lie_chart_t *chart, slong n)
{
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
            for (slong k = 0; k < n; k++)
                for (slong l = k; l < n; l++)
                {
                    const slong a[2][2] = {{i, j}, {j, i}}, b[2][2] = {{k, l}, {l, k}};
                    cst_expr_t e = cst_expr_integer(chart->ctx, 0);

                    /* dP_ij is tr(a dP) for a = (E_ij + E_ji)/2; tr(a P b) = a_st P_tu b_us */
                    for (int s = 0; s < 2; s++)
                        for (int t = 0; t < 2; t++)
                            if (a[s][0] == b[t][1])
                                e = cst_expr_add(chart->ctx, e,
                                                 chart->coordinates[symmetric_place(n, a[s][1], b[t][0])]);
                    cst_geom_matrix_entry(cometric, symmetric_place(n, i, j), symmetric_place(n, k, l)) = e;
                }
}

#endif
