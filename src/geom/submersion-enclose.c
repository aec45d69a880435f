/* geom/submersion-enclose.c -- the formulas of a submersion, unsimplified, in balls and Taylor models. */
#include "geom/submersion.h"

/* A list of expressions, and where the balls of each go. */
typedef struct
{
    slong length;
    cst_expr_t *expressions;
    arb_ptr *targets;
} wanted_t;

static void
add(wanted_t *wanted, arb_ptr target, const cst_expr_t *expressions, slong count)
{
    for (slong i = 0; i < count; i++)
    {
        wanted->expressions[wanted->length] = expressions[i];
        wanted->targets[wanted->length++] = target + i;
    }
}

static cst_status_t
collect(wanted_t *wanted, arb_ptr cometric, arb_ptr log_volume, arb_ptr drift, arb_ptr curvature,
        arb_ptr norm, const cst_geom_submersion_t *s, cst_error_t *error)
{
    slong n = s->base.dimension;
    cst_expr_t *list = flint_malloc((size_t) (n * n + 1) * sizeof *list), one;
    cst_geom_matrix_t gram;
    cst_status_t status = CST_OK;

    cst_geom_matrix_init(gram, s->base.ctx, n, n);
    if (cometric && (status = cst_geom_submersion_cometric(gram, s, error)) == CST_OK)
        add(wanted, cometric, gram->entries, n * n);
    if (status == CST_OK && log_volume &&
        (status = cst_geom_orbit_volume(NULL, NULL, &one, NULL, s, error)) == CST_OK)
        add(wanted, log_volume, &one, 1);
    if (status == CST_OK && drift && (status = cst_geom_projected_drift(list, s, error)) == CST_OK)
        add(wanted, drift, list, n);
    if (status == CST_OK && curvature && (status = cst_geom_mean_curvature(list, s, error)) == CST_OK)
        add(wanted, curvature, list, n);
    if (status == CST_OK && norm &&
        (status = cst_geom_oneill_tensors(NULL, NULL, &one, NULL, s, error)) == CST_OK)
        add(wanted, norm, &one, 1);
    cst_geom_matrix_clear(gram);
    flint_free(list);
    return status;
}

static void
set_midpoint(fmpq *point, arb_srcptr box, slong n)
{
    for (slong i = 0; i < n; i++)
        arf_get_fmpq(point + i, arb_midref(box + i));
}

cst_status_t
cst_geom_enclose_submersion(arb_ptr cometric, arb_ptr log_volume, arb_ptr drift, arb_ptr curvature,
                            arb_ptr norm, const cst_geom_submersion_t *submersion, arb_srcptr box, slong prec,
                            cst_error_t *error)
{
    cst_geom_submersion_t s = *submersion;
    slong n = s.base.dimension, most = n * n + 2 * n + 2;
    fmpq *point = _fmpq_vec_init(n);
    arb_ptr values = _arb_vec_init(most);
    wanted_t wanted = {0, flint_malloc((size_t) most * sizeof(cst_expr_t)),
                       flint_malloc((size_t) most * sizeof(arb_ptr))};
    cst_status_t status = CST_OK;

    s.unsimplified = 1;
    s.point = point;
    for (slong i = 0; i < n && status == CST_OK; i++)
        if (!arb_is_finite(box + i))
            status = cst_error_set(error, CST_BAD_INPUT, "ball %ld of the box is not finite", (long) i + 1);
    if (status == CST_OK)
    {
        set_midpoint(point, box, n);
        status = collect(&wanted, cometric, log_volume, drift, curvature, norm, &s, error);
    }
    if (status == CST_OK)
        status = cst_geom_enclose(values, &s.base, wanted.expressions, wanted.length, box, prec, error);
    for (slong i = 0; i < wanted.length && status == CST_OK; i++)
        arb_swap(wanted.targets[i], values + i);
    flint_free(wanted.expressions);
    flint_free(wanted.targets);
    _arb_vec_clear(values, most);
    _fmpq_vec_clear(point, n);
    return status;
}
