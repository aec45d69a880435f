/* cli/derive-json.c -- a derivation for scripts. */
#include "cli/derive.h"

static void
put(cst_io_json_t json, const char *key, const cst_derivation_t d, cst_expr_t e)
{
    cst_io_json_key(json, key);
    cst__json_expression(json, d->chart.ctx, e);
}

static void
put_list(cst_io_json_t json, const char *key, const cst_derivation_t d, const cst_expr_t *e, slong length)
{
    cst_io_json_key(json, key);
    cst__json_expressions(json, d->chart.ctx, e, length);
}

/* Rows of a matrix, or null. */
static void
put_matrix(cst_io_json_t json, const char *key, const cst_derivation_t d, const cst_expr_t *entries)
{
    slong n = d->chart.dimension;

    if (key)
        cst_io_json_key(json, key);
    if (!d->has_metric)
    {
        cst_io_json_null(json);
        return;
    }
    cst_io_json_begin_array(json);
    for (slong i = 0; i < n; i++)
        cst__json_expressions(json, d->chart.ctx, entries + i * n, n);
    cst_io_json_end_array(json);
}

static void
put_christoffel(cst_io_json_t json, const cst_derivation_t d)
{
    slong n = d->chart.dimension;

    cst_io_json_key(json, "christoffel");
    if (!d->christoffel)
    {
        cst_io_json_null(json);
        return;
    }
    cst_io_json_begin_array(json);
    for (slong i = 0; i < n; i++)
        put_matrix(json, NULL, d, d->christoffel + i * n * n);
    cst_io_json_end_array(json);
}

static void
put_checks(cst_io_json_t json, const cst_derivation_t d)
{
    cst_io_json_key(json, "verified");
    cst_io_json_begin_array(json);
    for (slong k = 0; k < d->check_count; k++)
    {
        cst_io_json_begin_object(json);
        cst_io_json_key(json, "identity");
        cst_io_json_string(json, d->checks[k].identity);
        cst_io_json_key(json, "holds");
        cst__json_truth(json, d->checks[k].holds);
        cst_io_json_end_object(json);
    }
    cst_io_json_end_array(json);
}

void
cst__derive_json(FILE *out, const cst_derivation_t d)
{
    slong n = d->chart.dimension;
    cst_io_json_t json;

    cst_io_json_init(json);
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "title");
    cst_io_json_string(json, d->problem->title);
    cst_io_json_key(json, "dimension");
    cst_io_json_integer(json, n);
    put_list(json, "coordinates", d, d->chart.coordinates, n);
    put_matrix(json, "cometric", d, d->cometric->entries);
    put_matrix(json, "metric", d, d->metric->entries);
    put(json, "det", d, d->determinant);
    put_christoffel(json, d);
    put(json, "scalar_curvature", d, d->scalar_curvature);
    put(json, "orbit_volume", d, d->orbit_volume);
    cst_io_json_key(json, "drift");
    if (d->drift)
        cst__json_expressions(json, d->chart.ctx, d->drift, n);
    else
        cst_io_json_null(json);
    put(json, "hamiltonian", d, d->hamiltonian);
    put(json, "viscosity", d, d->jets->viscosity);
    put(json, "viscous_hj", d, d->viscous_hj);
    put_list(json, "burgers", d, d->burgers, n);
    put_list(json, "conserved", d, d->conserved, d->conserved_count);
    put_checks(json, d);
    cst_io_json_end_object(json);
    fwrite(json->text, 1, json->length, out);
    fputc('\n', out);
    cst_io_json_clear(json);
}
