/* geom/horizontal.c -- projections and horizontal lifts. */
#include "geom/submersion.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* Sets a D x D matrix on Theta to F_i gamma^ij <F_j, .>, gamma being the inverse of the Gram matrix of the
   fields. */
static cst_status_t
set_projector(cst_geom_matrix_t projector, const cst_geom_submersion_t *s, const cst__fields_t *fields,
              cst_error_t *error)
{
    cst_expr_ctx_t ctx = s->total.ctx;
    slong d = s->total.dimension, m = fields->count;
    cst_geom_matrix_t gamma, raised, lowered; /* gamma^ij F_i, and <F_j, .> */
    cst_status_t status = CST_OK;

    cst_geom_matrix_init(gamma, ctx, m, m);
    cst_geom_matrix_init(raised, ctx, m, d);
    cst_geom_matrix_init(lowered, ctx, m, d);
    cst__fields_gram(gamma, s, fields, 0);
    if (m)
        status = cst__gram_inverse(gamma, s, gamma, 0, error);
    for (slong ia = 0; ia < m * d && status == CST_OK; ia++)
    {
        for (slong b = 0; b < d; b++)
            lowered->entries[ia] = cst__geom_add_product(ctx, lowered->entries[ia], AT(s->metric, ia % d, b),
                                                         cst__field(*fields, ia / d, d)[b]);
        for (slong j = 0; j < m; j++)
            raised->entries[ia] = cst__geom_add_product(ctx, raised->entries[ia], AT(gamma, ia / d, j),
                                                        cst__field(*fields, j, d)[ia % d]);
    }
    for (slong ab = 0; ab < d * d && status == CST_OK; ab++)
    {
        cst_expr_t sum = cst_expr_integer(ctx, 0);

        for (slong i = 0; i < m; i++)
            sum = cst__geom_add_product(ctx, sum, AT(raised, i, ab / d), AT(lowered, i, ab % d));
        projector->entries[ab] = cst__on_total(s, sum);
    }
    cst_geom_matrix_clear(gamma);
    cst_geom_matrix_clear(raised);
    cst_geom_matrix_clear(lowered);
    return status;
}

cst_status_t
cst_geom_projections(cst_geom_matrix_struct *vertical, cst_geom_matrix_struct *horizontal,
                     const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_geom_matrix_struct *projector[2] = {vertical, horizontal};
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 1, error);

    if (status != CST_OK)
        return status;
    for (int k = 0; k < 2 && status == CST_OK; k++)
        if (projector[k])
            status = set_projector(projector[k], s, k == 0 ? &f->orbit : &f->gradients, error);
    cst__frame_clear(f);
    return status;
}

cst_status_t
cst_geom_horizontal_lift(cst_geom_matrix_t lift, const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_geom_matrix_t metric;
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 0, error);

    if (status != CST_OK)
        return status;
    cst_geom_matrix_init(metric, f->ctx, f->n, f->n);
    cst__fields_gram(metric, s, &f->gradients, 0);
    status = cst__gram_inverse(metric, s, metric, 0, error);
    for (slong i = 0; i < f->n && status == CST_OK; i++)
        for (slong a = 0; a < f->d; a++)
        {
            cst_expr_t sum = cst_expr_integer(f->ctx, 0);

            for (slong j = 0; j < f->n; j++)
                sum = cst__geom_add_product(f->ctx, sum, AT(metric, i, j),
                                            cst__field(f->gradients, j, f->d)[a]);
            AT(lift, i, a) = cst__on_total(s, sum);
        }
    cst_geom_matrix_clear(metric);
    cst__frame_clear(f);
    return status;
}

cst_status_t
cst_geom_lift_field(cst_expr_t *lift, const cst_expr_t *field, const cst_geom_submersion_t *s,
                    cst_error_t *error)
{
    cst_expr_ctx_t ctx = s->total.ctx;
    slong n = s->base.dimension, d = s->total.dimension;
    cst_geom_matrix_t rows;
    cst_status_t status;

    cst_geom_matrix_init(rows, ctx, n, d);
    status = cst_geom_horizontal_lift(rows, s, error);
    for (slong a = 0; a < d && status == CST_OK; a++)
    {
        cst_expr_t sum = cst_expr_integer(ctx, 0);

        for (slong i = 0; i < n; i++)
            sum = cst__geom_add_product(
                ctx, sum, cst_expr_substitute(ctx, field[i], s->base.coordinates, s->invariants, n),
                AT(rows, i, a));
        lift[a] = cst__on_total(s, sum);
    }
    cst_geom_matrix_clear(rows);
    return status;
}
