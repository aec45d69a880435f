#include "config.h"

#include <string.h>

#include "io/storage.h"
#include "observe/transformer.h"

#define COPY_LIMIT                                                                                           \
    ((size_t) 1 << 28) /* bytes of a checkpoint that is copied, to be compared with the next                 \
                        */

#define ORBIT "the orbit of the maps of heads and the scales of units"

/* Do both hold the same tensors? */
static int
is_like(const cst_io_checkpoint_struct *a, const cst_io_checkpoint_struct *b)
{
    if (a->length != b->length)
        return 0;
    for (slong i = 0; i < a->length; i++)
    {
        cst_io_tensor_t s = a->tensors + i, t = b->tensors + i;

        if (strcmp(s->name, t->name) != 0 || s->rank != t->rank ||
            memcmp(s->shape, t->shape, (size_t) s->rank * sizeof *s->shape) != 0 ||
            cst__is_weight(s) != cst__is_weight(t))
            return 0;
    }
    return 1;
}

/* A mapped file that is too large to be copied is opened once more. NULL: it is not mapped, or is another by
 * now. */
static cst_io_checkpoint_struct *
open_again(const cst_io_checkpoint_t checkpoint)
{
    cst_io_checkpoint_struct *again;

    if (checkpoint->storages == 0 || !checkpoint->storage->mapped)
        return NULL;
    again = flint_calloc(1, sizeof *again);
    if (cst_io_checkpoint_open(again, checkpoint->name, NULL) == CST_OK)
    {
        if (is_like(again, checkpoint))
            return again;
        cst_io_checkpoint_clear(again);
    }
    flint_free(again);
    return NULL;
}

/* A copy with bytes of its own, or one that maps the same file. NULL: there is none. */
static cst_io_checkpoint_struct *
copy_of(const cst_io_checkpoint_t checkpoint)
{
    cst_io_checkpoint_struct *copy;
    size_t total = 0;

    for (slong i = 0; i < checkpoint->length; i++)
        total += (size_t) checkpoint->tensors[i].count * cst_io_type_size(checkpoint->tensors[i].type);
    if (total > COPY_LIMIT)
        return open_again(checkpoint);
    copy = flint_calloc(1, sizeof *copy);
    copy->name = strcpy(flint_malloc(strlen(checkpoint->name) + 1), checkpoint->name);
    copy->step = checkpoint->step;
    copy->length = checkpoint->length;
    copy->tensors = flint_malloc((size_t) (copy->length + 1) * sizeof *copy->tensors);
    for (slong i = 0; i < copy->length; i++)
    {
        cst_io_tensor_struct *t = copy->tensors + i;
        size_t size;

        *t = checkpoint->tensors[i];
        size = (size_t) t->count * cst_io_type_size(t->type);
        t->name = strcpy(flint_malloc(strlen(t->name) + 1), t->name);
        t->bytes = memcpy(flint_malloc(size + 1), t->bytes, size);
        cst_io_tensor_forget(checkpoint, checkpoint->tensors + i, 0, t->count);
    }
    return copy;
}

static void
copy_free(cst_io_checkpoint_struct *copy)
{
    if (copy && copy->storages > 0)
    {
        cst_io_checkpoint_clear(copy);
        flint_free(copy);
        return;
    }
    for (slong i = 0; copy && i < copy->length; i++)
    {
        flint_free(copy->tensors[i].name);
        flint_free((unsigned char *) copy->tensors[i].bytes);
    }
    if (copy)
    {
        flint_free(copy->tensors);
        flint_free(copy->name);
    }
    flint_free(copy);
}

static void
forget_first(struct cst_observe_run *run)
{
    for (slong i = 0; i < run->firsts; i++)
        cst__mat_clear(run->first + i);
    flint_free(run->first);
    run->first = NULL;
    run->firsts = 0;
}

void
cst__observe_transformer_forget(struct cst_observe_run *run)
{
    copy_free(run->before);
    run->before = NULL;
    forget_first(run);
}

/* Squared distance between all weights; a difference is rounded once, and sums of their squares alike. */
static void
change_of(arb_t square, const cst_io_checkpoint_t now, const cst__model_t model,
          const cst_io_checkpoint_t before)
{
    enum
    {
        PIECE = 65536
    };
    double *x = flint_malloc(2 * PIECE * sizeof *x), *y = x + PIECE;
    arb_t part;

    arb_init(part);
    arb_zero(square);
    for (slong i = 0; i < now->length; i++)
    {
        cst_io_tensor_t t = now->tensors + i, old = before->tensors + i;

        for (slong k = 0; cst__is_weight(t) && t != model->copy && k < t->count; k += PIECE)
        {
            slong n = t->count - k < PIECE ? t->count - k : PIECE;

            (void) cst_io_tensor_read(x, t, k, n);
            (void) cst_io_tensor_read(y, old, k, n);
            for (slong j = 0; j < n; j++)
                x[j] -= y[j];
            cst__sum_squares(part, x, n, 1);
            arb_add(square, square, part, OBS_PREC);
            cst_io_tensor_forget(now, t, k, n);
            cst_io_tensor_forget(before, old, k, n);
        }
    }
    cst__ball(part, 1, 4 * OBS_U);
    arb_mul(square, square, part, OBS_PREC);
    arb_clear(part);
    flint_free(x);
}

/* A block's weights as they are trained: biases are one more row of what reads, and move with it. */
typedef struct
{
    cst__mat_t q, k, v, o, in, out;
} part_t;

static void
load_reader(cst__mat_t w, cst__loader_t *l, cst__view_t view, cst__view_t bias, slong heads, slong cols)
{
    cst__mat_t rows, row;

    cst__load_beside(rows, l, view, heads, l->model->width, cols);
    cst__load_beside(row, l, bias, heads, 1, cols);
    cst__mat_stack(w, rows, row);
    cst__mat_clear(rows);
    cst__mat_clear(row);
}

static void
part_load(part_t *p, cst__loader_t *l, const cst__block_t *b)
{
    const cst__model_struct *m = l->model;

    load_reader(p->q, l, b->q, b->bq, m->heads, m->key);
    load_reader(p->k, l, b->k, b->bk, m->groups, m->key);
    load_reader(p->v, l, b->v, b->bv, m->groups, m->value);
    cst__load_below(p->o, l, b->o, m->heads, m->value, m->width);
    load_reader(p->in, l, b->in, b->b_in, 1, m->units);
    cst__load_below(p->out, l, b->out, 1, m->units, m->width);
}

static void
part_clear(part_t *p)
{
    cst__mat_clear(p->q);
    cst__mat_clear(p->k);
    cst__mat_clear(p->v);
    cst__mat_clear(p->o);
    cst__mat_clear(p->in);
    cst__mat_clear(p->out);
}

/* The columns of count heads of this size from one on, one head below the other. */
static void
columns(cst__mat_t all, const cst__mat_t w, slong from, slong count, slong size)
{
    cst__mat_init(all, count * w->rows, size);
    for (slong h = 0; h < count; h++)
        for (slong i = 0; i < w->rows; i++)
            memcpy(all->x + (h * w->rows + i) * size, w->x + i * w->cols + (from + h) * size,
                   (size_t) size * sizeof *w->x);
    all->error = w->error;
}

/* The rows of such heads, turned into columns. */
static void
turned(cst__mat_t all, const cst__mat_t w, slong from, slong count, slong size)
{
    cst__mat_init(all, count * w->cols, size);
    for (slong h = 0; h < count; h++)
        for (slong i = 0; i < size; i++)
            for (slong j = 0; j < w->cols; j++)
                all->x[(h * w->cols + j) * size + i] = w->x[((from + h) * size + i) * w->cols + j];
    all->error = w->error;
}

enum
{
    QK,
    VO,
    UNITS,
    KINDS
};

static void
pairing_of(cst__pairing_t pair, const part_t *p, const cst__model_struct *m, int kind, slong g)
{
    slong each = m->heads / m->groups;

    if (kind == QK)
    {
        columns(pair->a, p->q, g * each, each, m->key);
        columns(pair->b, p->k, g, 1, m->key);
    }
    else if (kind == VO)
    {
        columns(pair->a, p->v, g, 1, m->value);
        turned(pair->b, p->o, g * each, each, m->value);
    }
    else
    {
        columns(pair->a, p->in, 0, 1, m->units);
        turned(pair->b, p->out, 0, 1, m->units);
    }
}

static cst__mixing_t
mixing_of(const cst__model_struct *m, int kind)
{
    if (kind == QK && m->rotary)
        return m->rotary == 1 ? OBS_PAIRS_HALVED : OBS_PAIRS_NEXT;
    if (kind != UNITS)
        return OBS_ALL_MIXED;
    return m->gated || m->activation == OBS_HOMOGENEOUS ? OBS_SCALED : OBS_FIXED;
}

/* What is on its way through the blocks of two checkpoints. */
typedef struct
{
    const cst__sink_t *sink;
    struct cst_observe_run *run;
    slong at;       /* of the moment maps */
    int begins;     /* they are those of the first checkpoint */
    slong steps;    /* 0: there is none to compare with */
    arb_t vertical; /* squares, of all blocks */
} course_t;

/* Adds the squared change of the moment map since the first checkpoint, or keeps it. */
static void
add_drift(arb_t drift, course_t *c, const cst__pairing_t now, cst__mixing_t mixing)
{
    struct cst_observe_run *run = c->run;
    cst__mat_t moment;

    cst__pairing_moment(moment, now, mixing);
    if (c->begins)
    {
        run->first = flint_realloc(run->first, (size_t) (run->firsts + 1) * sizeof *run->first);
        run->first[run->firsts++] = *moment;
        return;
    }
    cst__mat_subtract(moment, run->first + c->at++);
    cst__add_square(drift, moment);
    cst__mat_clear(moment);
}

/* old: NULL if there is none. */
static void
compare_kind(course_t *c, const char *layer, const cst__model_struct *m, int kind, const part_t *now,
             const part_t *old)
{
    static const char *const horizontal[] = {"qk-horizontal-speed", "vo-horizontal-speed",
                                             "mlp-horizontal-speed"},
                             *const drifts[] = {"qk-imbalance-drift", "vo-imbalance-drift",
                                                "mlp-imbalance-drift"};
    cst__mixing_t mixing = mixing_of(m, kind);
    arb_t raw, vertical, drift, part;
    cst__pairing_t x, y;

    if (mixing == OBS_FIXED)
        return;
    arb_init(raw);
    arb_init(vertical);
    arb_init(drift);
    arb_init(part);
    for (slong g = 0; g < (kind == UNITS ? 1 : m->groups); g++)
    {
        pairing_of(x, now, m, kind, g);
        add_drift(drift, c, x, mixing);
        if (old)
        {
            pairing_of(y, old, m, kind, g);
            cst__pairing_subtract(x, y);
            cst__pairing_square(part, x);
            arb_add(raw, raw, part, OBS_PREC);
            cst__pairing_vertical(part, y, x, mixing);
            arb_add(vertical, vertical, part, OBS_PREC);
            cst__pairing_clear(y);
        }
        cst__pairing_clear(x);
    }
    if (!c->begins)
        cst__emit_speed(c->sink, layer, drifts[kind], drift, NULL, 1, 0, NULL);
    if (old)
    {
        arb_add(c->vertical, c->vertical, vertical, OBS_PREC);
        arb_sub(vertical, raw, vertical, OBS_PREC);
        cst__emit_speed(c->sink, layer, horizontal[kind], vertical, raw, c->steps, 0, NULL);
    }
    arb_clear(raw);
    arb_clear(vertical);
    arb_clear(drift);
    arb_clear(part);
}

/* before: NULL if there is none. */
static void
compare_blocks(course_t *c, const cst_io_checkpoint_t checkpoint, const cst__model_t model,
               const cst__model_struct *before)
{
    cst__loader_t loader = {model, checkpoint, NULL, NULL}, past = {before, c->run->before, NULL, NULL};

    for (slong n = 0; n < model->blocks; n++)
    {
        char layer[64];
        part_t now, old;

        snprintf(layer, sizeof layer, "blocks.%ld", (long) n);
        part_load(&now, &loader, model->block + n);
        if (before)
            part_load(&old, &past, before->block + n);
        for (int kind = QK; kind < KINDS; kind++)
            compare_kind(c, layer, model, kind, &now, before ? &old : NULL);
        part_clear(&now);
        if (before)
            part_clear(&old);
    }
    cst__loader_clear(&loader);
    cst__loader_clear(&past);
}

static void
compare(course_t *c, const cst_io_checkpoint_t checkpoint, const cst__model_t model)
{
    cst__model_t before;
    arb_t raw;

    if (cst__model_init(before, c->run->before, c->run->settings, NULL) != CST_OK)
        return;
    arb_init(raw);
    change_of(raw, checkpoint, model, c->run->before);
    cst__emit_speed(c->sink, "network", "speed", raw, NULL, c->steps, 0, NULL);
    compare_blocks(c, checkpoint, model, before);
    cst__emit_speed(c->sink, "network", "vertical-speed", c->vertical, NULL, c->steps, 0, ORBIT);
    arb_sub(raw, raw, c->vertical, OBS_PREC);
    cst__emit_speed(c->sink, "network", "horizontal-speed", raw, NULL, c->steps, 0, ORBIT);
    cst__observe_transformer_distance(c->sink, checkpoint, model, c->run->before, before);
    arb_clear(raw);
    cst__model_clear(before);
}

/* The moment maps of the first checkpoint, once there is a second. */
static void
take_first(struct cst_observe_run *run, const cst__sink_t *sink)
{
    course_t c = {.sink = sink, .run = run, .begins = 1};
    cst__model_t model;

    if (cst__model_init(model, run->before, run->settings, NULL) != CST_OK)
        return;
    compare_blocks(&c, run->before, model, NULL);
    cst__model_clear(model);
}

/* Maps of heads and scales of units move parameters of their own, so that the vertical parts of all of them
   are at right angles to each other. */
void
cst__observe_transformer_step(const cst__sink_t *sink, struct cst_observe_run *run,
                              const cst_io_checkpoint_t checkpoint, const cst__model_t model)
{
    course_t c = {.sink = sink, .run = run, .steps = sink->step - run->step};
    cst_io_checkpoint_struct *copy = copy_of(checkpoint);

    if (run->before && !is_like(run->before, checkpoint))
    {
        cst__note(sink->table, "a checkpoint has other tensors than the one before: they are not compared");
        cst__observe_transformer_forget(run);
    }
    if (!copy)
    {
        if (run->count > 0)
            cst__note(sink->table, "these checkpoints are too large to be kept: they are not compared");
        cst__observe_transformer_forget(run);
        return;
    }
    if (run->before && c.steps > 0)
    {
        if (run->firsts == 0)
            take_first(run, sink);
        arb_init(c.vertical);
        compare(&c, checkpoint, model);
        arb_clear(c.vertical);
    }
    copy_free(run->before);
    run->before = copy;
}
