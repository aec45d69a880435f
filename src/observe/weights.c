/* The weights of a checkpoint in the order of the catalogue. */
#include "config.h"

#include <stdio.h>

#include <caustic/monitor.h>

#include "arch/model.h"
#include "observe/model.h"

typedef struct
{
    double *weights;
    const cst_arch_struct *arch;
    cst_io_tensor_t tensor; /* the one that is decoded */
    double *x;
    slong placed;
} placer_t;

/* Where the tensor of this name begins, or NULL if the network has none of this size. */
static double *
place_of(placer_t *p, const char *name, slong number, slong size)
{
    slong t = cst__arch_find_numbered(p->arch, name, number);

    if (t < 0 || p->arch->tensors[t].size != size)
        return NULL;
    p->placed += size;
    return p->weights + p->arch->tensors[t].offset;
}

/* A tensor as it stands. */
static void
place(placer_t *p, const char *name, slong number, cst_io_tensor_t tensor)
{
    double *to = tensor ? place_of(p, name, number, tensor->count) : NULL;

    if (to)
        (void) cst_io_tensor_read(to, tensor, 0, tensor->count);
}

static const double *
decoded(placer_t *p, cst_io_tensor_t tensor)
{
    if (p->tensor != tensor)
    {
        flint_free(p->x);
        p->tensor = tensor;
        p->x = flint_malloc((size_t) (tensor->count + 1) * sizeof *p->x);
        (void) cst_io_tensor_read(p->x, tensor, 0, tensor->count);
    }
    return p->x;
}

/* A view of heads x rows x cols, acting on rows. The catalogue's matrices act on columns: a reader has rows
   (head, col) and columns row, a writer rows col and columns (head, row). */
typedef enum
{
    AS_IT_IS,
    READER,
    WRITER
} place_as_t;

static void
place_view(placer_t *p, const char *name, slong number, cst__view_t view, slong heads, slong rows, slong cols,
           place_as_t as)
{
    double *to = view.tensor ? place_of(p, name, number, heads * rows * cols) : NULL;
    const double *x;

    if (!to)
        return;
    x = decoded(p, view.tensor) + view.start;
    for (slong h = 0; h < heads; h++)
        for (slong i = 0; i < rows; i++)
            for (slong j = 0; j < cols; j++)
            {
                double value = x[h * view.head + i * view.row + j * view.col];

                if (as == READER)
                    to[(h * cols + j) * rows + i] = value;
                else if (as == WRITER)
                    to[j * heads * rows + h * rows + i] = value;
                else
                    to[(h * rows + i) * cols + j] = value;
            }
}

static void
place_chain(placer_t *p, const cst__model_struct *m)
{
    int image = p->arch->spec->kind == CST_ARCH_CNN;

    for (slong l = 0; l < m->links; l++)
    {
        const cst__link_t *link = m->link + l;
        int convolution = image && l < p->arch->spec->convolutions;
        slong number = image && !convolution ? -1 : l + 1;

        place(p, convolution ? "c" : "w", number, link->weight);
        place(p, convolution ? "d" : "b", number, link->bias);
        place(p, "g", l + 1, link->gain);
        place(p, "s", l + 1, link->shift);
    }
}

static void
place_block(placer_t *p, const cst__model_struct *m, slong l)
{
    const cst__block_t *b = m->block + l - 1;
    slong d = m->width;

    place_view(p, "ga1_", l, b->gain1, 1, 1, d, AS_IT_IS);
    place_view(p, "be1_", l, b->shift1, 1, 1, d, AS_IT_IS);
    place_view(p, "ga2_", l, b->gain2, 1, 1, d, AS_IT_IS);
    place_view(p, "be2_", l, b->shift2, 1, 1, d, AS_IT_IS);
    place_view(p, "wq", l, b->q, m->heads, d, m->key, READER);
    place_view(p, "wk", l, b->k, m->groups, d, m->key, READER);
    place_view(p, "wv", l, b->v, m->groups, d, m->value, READER);
    place_view(p, "wo", l, b->o, m->heads, m->value, d, WRITER);
    place_view(p, "bq", l, b->bq, m->heads, 1, m->key, AS_IT_IS);
    place_view(p, "bk", l, b->bk, m->groups, 1, m->key, AS_IT_IS);
    place_view(p, "bv", l, b->bv, m->groups, 1, m->value, AS_IT_IS);
    place_view(p, "bo", l, b->bo, 1, 1, d, AS_IT_IS);
    place_view(p, "wu", l, b->in, 1, d, m->units, READER);
    place_view(p, "wg", l, b->gate, 1, d, m->units, READER);
    place_view(p, "wd", l, b->out, 1, m->units, d, WRITER);
    place_view(p, "bu", l, b->b_in, 1, 1, m->units, AS_IT_IS);
    place_view(p, "bd", l, b->b_out, 1, 1, d, AS_IT_IS);
}

static void
place_transformer(placer_t *p, const cst__model_struct *m)
{
    slong d = m->width;

    place_view(p, "we", -1, m->embed, 1, m->words, d, AS_IT_IS);
    place_view(p, "wp", -1, m->position, 1, m->positions, d, AS_IT_IS);
    for (slong l = 1; l <= m->blocks; l++)
        place_block(p, m, l);
    place_view(p, "ga", -1, m->gain, 1, 1, d, AS_IT_IS);
    place_view(p, "be", -1, m->shift, 1, 1, d, AS_IT_IS);
    if (!p->arch->spec->tied)
        place_view(p, "wun", -1, m->unembed, 1, m->outputs, d, AS_IT_IS);
}

static cst_status_t
set_statistics(cst_arch_t arch, slong convolution, const cst__link_t *link, cst_error_t *error)
{
    double *mean = flint_malloc((size_t) (2 * link->out + 1) * sizeof *mean), *variance = mean + link->out;
    cst_status_t status;

    (void) cst_io_tensor_read(mean, link->mean, 0, link->out);
    (void) cst_io_tensor_read(variance, link->variance, 0, link->out);
    status = cst_arch_set_statistics(arch, convolution, mean, variance, error);
    flint_free(mean);
    return status;
}

cst_status_t
cst_monitor_statistics(cst_arch_t arch, const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                       cst_error_t *error)
{
    cst__model_t model;
    cst_status_t status = cst__model_init(model, checkpoint, settings, error);

    if (status != CST_OK)
        return status;
    for (slong l = 0; l < model->links && status == CST_OK; l++)
        if (model->link[l].gain)
            status = set_statistics(arch, l, model->link + l, error);
    cst__model_clear(model);
    return status == CST_OK ? CST_OK
                            : cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED, "%s", error->message);
}

cst_status_t
cst_monitor_weights(double *weights, const cst_arch_t arch, const cst_io_checkpoint_t checkpoint,
                    cst_io_node_t settings, cst_error_t *error)
{
    placer_t p = {weights, arch, NULL, NULL, 0};
    cst__model_t model;
    cst_status_t status = cst__model_init(model, checkpoint, settings, error);

    if (status != CST_OK)
        return status;
    if (model->family == OBS_TRANSFORMER)
        place_transformer(&p, model);
    else
        place_chain(&p, model);
    flint_free(p.x);
    cst__model_clear(model);
    return p.placed == arch->parameters ? CST_OK
                                        : cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                                                  "its tensors give %ld of %ld parameters",
                                                                  (long) p.placed, (long) arch->parameters);
}
