#include "config.h"

#include <math.h>

#include "observe/transformer.h"

/* sum |g_i| |W_i|, W_i all that reads coordinate i: the rows i of the readers */
static void
sum_products(arb_t sum, const cst__mat_t gain, const cst__mat_struct *const *readers, int count)
{
    arb_t square, part;

    arb_init(square);
    arb_init(part);
    arb_zero(sum);
    for (slong i = 0; i < gain->cols; i++)
    {
        arb_zero(square);
        for (int k = 0; k < count; k++)
        {
            cst__sum_squares(part, readers[k]->x + i * readers[k]->cols, readers[k]->cols, 1);
            arb_add(square, square, part, OBS_PREC);
        }
        arb_nonnegative_part(square, square);
        arb_sqrt(square, square, OBS_PREC);
        arb_set_d(part, fabs(gain->x[i]));
        arb_addmul(sum, square, part, OBS_PREC);
    }
    arb_clear(square);
    arb_clear(part);
}

/* Gain g_i may be multiplied by c where the rows it feeds are divided by it: c^2 g_i^2 + |W_i|^2 / c^2 is at
   least 2 |g_i| |W_i|, by the means. */
void
cst__observe_gain(const cst__seen_t *v, const char *observable, cst__view_t gain,
                  const cst__mat_struct *const *readers, int count, unsigned respects)
{
    cst__mat_t g;
    arb_t least, raw;

    if (v->model->norm == OBS_NO_NORM || !gain.tensor)
        return;
    arb_init(least);
    arb_init(raw);
    cst__load_beside(g, v->loader, gain, 1, 1, v->model->width);
    cst__add_square(raw, g);
    for (int k = 0; k < count; k++)
        cst__add_square(raw, readers[k]);
    sum_products(least, g, readers, count);
    arb_mul_2exp_si(least, least, 1);
    arb_nonnegative_part(least, least);
    arb_sqrt(least, least, OBS_PREC);
    arb_nonnegative_part(raw, raw);
    arb_sqrt(raw, raw, OBS_PREC);
    cst__emit(v->sink, v->name, observable, least, raw, respects,
              "least over the gain and what it feeds, nothing folded");
    cst__mat_clear(g);
    arb_clear(least);
    arb_clear(raw);
}
