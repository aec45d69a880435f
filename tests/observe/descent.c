#include <criterion/criterion.h>
#include <math.h>

#include "descent.h"

void
go_with(action_t *a, double *x, slong stride)
{
    cr_assert_lt(a->with, 400);
    a->w[a->with++] = (line_t){x, stride};
}

void
go_against(action_t *a, double *x, slong stride)
{
    cr_assert_lt(a->against, 400);
    a->r[a->against++] = (line_t){x, stride};
}

/* X = 1 + t E_ij, or (i = j) exp(t) in dimension i. Returns how far it went. */
static double
turn(action_t *a, slong i, slong j)
{
    double p = 0, q = 0, cross = 0, t;

    for (slong n = 0; n < a->with; n++)
    {
        double x = a->w[n].x[i * a->w[n].stride], y = a->w[n].x[j * a->w[n].stride];

        p += x * x;
        cross += x * y;
    }
    for (slong n = 0; n < a->against; n++)
    {
        double x = a->r[n].x[i * a->r[n].stride], y = a->r[n].x[j * a->r[n].stride];

        q += y * y;
        cross -= i == j ? 0 : x * y;
    }
    t = i == j ? pow(q / p, 0.25) : -cross / (p + q);
    for (slong n = 0; n < a->with; n++)
        a->w[n].x[j * a->w[n].stride] =
            i == j ? t * a->w[n].x[j * a->w[n].stride]
                   : a->w[n].x[j * a->w[n].stride] + t * a->w[n].x[i * a->w[n].stride];
    for (slong n = 0; n < a->against; n++)
        a->r[n].x[i * a->r[n].stride] =
            i == j ? a->r[n].x[i * a->r[n].stride] / t
                   : a->r[n].x[i * a->r[n].stride] - t * a->r[n].x[j * a->r[n].stride];
    return i == j ? fabs(t - 1) : fabs(t) * sqrt((p + q) / (p + q + 1));
}

double
sweep(action_t *a, int mixed)
{
    double most = 0;

    for (slong i = 0; i < a->size; i++)
        for (slong j = 0; j < a->size; j++)
            if (mixed || i == j)
                most = fmax(most, turn(a, i, j));
    return most;
}

double
square(const double *x, slong count)
{
    double sum = 0;

    for (slong i = 0; i < count; i++)
        sum += x[i] * x[i];
    return sum;
}

void
observe_one(cst_observe_table_t table, const weights_t *w, const char *settings)
{
    cst_io_yaml_t yaml;
    cst_io_node_t root = settings_of(yaml, settings);
    cst_observe_run_t run = cst_observe_run_new(root);
    cst_io_checkpoint_t c;
    cst_error_t error;
    builder_t b;

    cst_observe_table_init(table);
    weights_build(&b, w, c);
    cr_assert_eq(cst_observe_next(table, run, c, 0, &error), CST_OK, "%s", error.message);
    cst_io_checkpoint_clear(c);
    build_clear(&b);
    cst_observe_run_free(run);
    cst_io_yaml_clear(yaml);
}
