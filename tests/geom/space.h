/* tests/geom/space.h -- a chart with a metric and all of its curvature. */
#ifndef GEOM_TEST_SPACE_H
#define GEOM_TEST_SPACE_H

#include "lie/chart.h"

#include <caustic/geom.h>

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

typedef struct
{
    world_t world;
    slong n;
    cst_geom_matrix_t metric, cometric, ricci;
    cst_expr_t *gamma, *riemann, scalar;
} space_t;

/* names: coordinates, then (if a form will be read) differentials, then parameters. */
static inline void
space_init(space_t *s, const char *names, slong n)
{
    world_init(&s->world, names, n, NULL);
    s->n = n;
    cst_geom_matrix_init(s->metric, s->world.chart.ctx, n, n);
    cst_geom_matrix_init(s->cometric, s->world.chart.ctx, n, n);
    cst_geom_matrix_init(s->ricci, s->world.chart.ctx, n, n);
    s->gamma = flint_malloc((size_t) (n * n * n) * sizeof *s->gamma);
    s->riemann = flint_malloc((size_t) (n * n * n * n) * sizeof *s->riemann);
}

static inline void
space_clear(space_t *s)
{
    cst_geom_matrix_clear(s->metric);
    cst_geom_matrix_clear(s->cometric);
    cst_geom_matrix_clear(s->ricci);
    flint_free(s->gamma);
    flint_free(s->riemann);
    world_clear(&s->world);
}

static inline void
space_read(space_t *s, const char *form)
{
    cr_assert_eq(cst_geom_metric_from_form(s->metric, s->world.chart.ctx, parse(&s->world, form),
                                           s->world.variables + s->n, NULL),
                 CST_OK, "%s", form);
}

/* From the metric: everything else. */
static inline void
space_curvature(space_t *s)
{
    const cst_lie_chart_t *chart = &s->world.chart;

    cr_assert_eq(cst_geom_inverse(s->cometric, chart, s->metric, NULL), CST_OK);
    cr_assert_eq(cst_geom_curvature(s->gamma, s->riemann, s->ricci, &s->scalar, chart, s->metric, NULL),
                 CST_OK);
}

static inline cst_expr_t
riemann_at(const space_t *s, slong i, slong j, slong k, slong l)
{
    return s->riemann[((i * s->n + j) * s->n + k) * s->n + l];
}

static inline cst_expr_t
plus_product(const space_t *s, cst_expr_t sum, cst_expr_t a, cst_expr_t b)
{
    return cst_expr_add(s->world.chart.ctx, sum, cst_expr_mul(s->world.chart.ctx, a, b));
}

static inline void
assert_zero(const space_t *s, cst_expr_t e, const char *what)
{
    cr_assert_eq(cst_lie_is_zero(NULL, &s->world.chart, e), CST_TRUE, "%s", what);
}

#endif
