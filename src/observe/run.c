#include "config.h"

#include <string.h>

#include "observe/state.h"

cst_observe_run_t
cst_observe_run_new(cst_io_node_t settings)
{
    struct cst_observe_run *run = flint_calloc(1, sizeof *run);

    run->settings = settings;
    return run;
}

void
cst_observe_run_free(cst_observe_run_t run)
{
    if (!run)
        return;
    for (slong l = 1; l <= run->layers; l++)
    {
        cst__mat_clear(run->moment + l);
        cst__mat_clear(run->secant + l);
    }
    flint_free(run->moment);
    flint_free(run->secant);
    cst__observe_run_forget(run);
    cst__observe_transformer_forget(run);
    flint_free(run);
}

void
cst_observe_run_demand(cst_observe_run_t run, int all)
{
    run->all = all;
}

#define PIECE 65536

void
cst__weights_square(arb_t square, const cst_io_checkpoint_t checkpoint, const cst__model_t model)
{
    double *x = flint_malloc(PIECE * sizeof *x);
    arb_t part;

    arb_init(part);
    arb_zero(square);
    for (slong i = 0; i < checkpoint->length; i++)
    {
        cst_io_tensor_t t = checkpoint->tensors + i;

        for (slong k = 0; cst__is_weight(t) && t != model->copy && k < t->count; k += PIECE)
        {
            slong n = t->count - k < PIECE ? t->count - k : PIECE;

            (void) cst_io_tensor_read(x, t, k, n);
            cst__sum_squares(part, x, n, 1);
            arb_add(square, square, part, OBS_PREC);
            cst_io_tensor_forget(checkpoint, t, k, n);
        }
    }
    arb_clear(part);
    flint_free(x);
}

cst_status_t
cst_observe_next(cst_observe_table_t table, cst_observe_run_t run, const cst_io_checkpoint_t checkpoint,
                 slong step, cst_error_t *error)
{
    cst__model_t model;
    cst__sink_t sink = {table, step, 0, run->all};
    cst_status_t status = cst__model_init(model, checkpoint, run->settings, error);

    if (status != CST_OK)
        return status;
    sink.group = model->group;
    if (model->assumed && model->family == OBS_CHAIN)
        cst__note(table, "activation: relu is assumed; say `activation:` in --architecture if it is another");
    if (model->family == OBS_CHAIN)
        cst__observe_chain(&sink, run, checkpoint, model);
    else
    {
        cst__observe_transformer(&sink, checkpoint, model);
        cst__observe_transformer_step(&sink, run, checkpoint, model);
    }
    cst__model_clear(model);
    run->step = step;
    run->count++;
    return CST_OK;
}
