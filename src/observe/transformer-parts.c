#include "config.h"

#include <math.h>

#include "observe/transformer-orbit.h"

void
cst__part_put(cst__side_struct *side, slong row, slong col, double x, double radius)
{
    if (x == 0 && radius == 0)
        return;
    side->x[row * side->cols + col] = x;
    side->radius[row * side->cols + col] = cst__up(radius + OBS_U * fabs(x)); /* weights are rounded, too */
}

static void
begin(cst__side_struct *side, const cst__part_t *b, cst__stream_t stream, slong stacks, slong extra,
      slong cols)
{
    int moves = stream == OBS_READS ? b->readers : stream == OBS_WRITES ? b->writers : 0;
    slong width = b->model->width;

    cst__side_init(side, b->orbit, moves ? stream : OBS_STILL, moves ? stacks : 0,
                   extra + (moves ? 0 : stacks * width), cols);
}

/* A side of its own: nothing but the stream moves it. */
cst__side_struct *
cst__part_loose(const cst__part_t *b, cst__stream_t stream, slong extra, slong cols)
{
    int moves = stream == OBS_READS ? b->readers : stream == OBS_WRITES ? b->writers : 0;
    slong width = stream == OBS_STILL ? 0 : b->model->width;

    return cst__orbit_side(b->orbit, moves ? stream : OBS_STILL, moves, extra + (moves ? 0 : width), cols);
}

/* Stack n: columns from, from + step, ... of what reads. */
static void
put_reader(cst__side_struct *side, const cst__part_t *b, slong n, const cst__mat_t w, slong from, slong step)
{
    slong d = b->model->width;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < side->cols; j++)
            if (!b->gain || b->gain[i] != 0)
                cst__part_put(side, n * d + i, j, w->x[i * w->cols + from + step * j], w->error);
}

/* Stack n: rows from, from + 1, ... of what writes, turned. */
void
cst__part_put_writer(cst__side_struct *side, const cst__part_t *b, slong n, const cst__mat_t w, slong from)
{
    slong d = b->model->width;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < side->cols; j++)
            cst__part_put(side, n * d + i, j, w->x[(from + j) * w->cols + i], w->error);
}

/* An extra row of biases; those of weights with shifts carry their own errors. */
static void
put_bias(cst__side_struct *side, slong row, const cst__mat_t bias, slong from, slong step)
{
    for (slong j = 0; j < side->cols; j++)
        cst__part_put(side, row, j, bias->x[from + step * j], bias->error);
}

/* The biases of a reader, with what the shift before it makes of its weights. */
static void
load_bias(cst__mat_t bias, const cst__part_t *b, cst__view_t view, slong heads, slong size, cst__view_t shift,
          const cst__mat_t w)
{
    cst__load_beside(bias, b->v->loader, view, heads, 1, size);
    if (b->model->norm == OBS_LAYER_NORM && shift.tensor)
        cst__fold_bias(bias, w, b->v->loader, shift);
}

/* ---- Attention ---------------------------------------------------------------------------------- */

typedef struct
{
    cst__mat_t q, k, v, o, bq, bk, bv;
} heads_t;

static void
heads_load(heads_t *a, const cst__part_t *b, const cst__block_t *block)
{
    const cst__model_struct *m = b->model;
    cst__loader_t *l = b->v->loader;

    cst__load_beside(a->q, l, block->q, m->heads, m->width, m->key);
    cst__load_beside(a->k, l, block->k, m->groups, m->width, m->key);
    cst__load_beside(a->v, l, block->v, m->groups, m->width, m->value);
    cst__load_below(a->o, l, block->o, m->heads, m->value, m->width);
    load_bias(a->bq, b, block->bq, m->heads, m->key, block->shift1, a->q);
    load_bias(a->bk, b, block->bk, m->groups, m->key, block->shift1, a->k);
    load_bias(a->bv, b, block->bv, m->groups, m->value, block->shift1, a->v);
}

static void
heads_clear(heads_t *a)
{
    cst__mat_struct *const all[] = {a->q, a->k, a->v, a->o, a->bq, a->bk, a->bv};

    for (int i = 0; i < 7; i++)
        cst__mat_clear(all[i]);
}

/* Queries of the heads of group g, and its keys. */
static void
add_scores(const cst__part_t *b, const heads_t *a, slong g)
{
    const cst__model_struct *m = b->model;
    slong each = m->heads / m->groups, key = m->key, d = m->width;
    cst__couple_struct *c = cst__orbit_couple(b->orbit, 1);

    begin(&c->a, b, OBS_READS, each, each, key);
    begin(&c->b, b, OBS_READS, 1, 0, key);
    put_reader(&c->b, b, 0, a->k, g * key, 1);
    for (slong h = 0; h < each; h++)
    {
        put_reader(&c->a, b, h, a->q, (g * each + h) * key, 1);
        put_bias(&c->a, each * d + h, a->bq, (g * each + h) * key, 1);
    }
}

/* With rotary positions a pair of columns has one complex factor, whose size alone counts: a column of the
   two, one below the other. */
static void
add_pairs(const cst__part_t *b, const heads_t *a, slong g)
{
    const cst__model_struct *m = b->model;
    slong each = m->heads / m->groups, key = m->key, pairs = key / 2, d = m->width,
          step = m->rotary == 1 ? 1 : 2, partner = m->rotary == 1 ? pairs : 1;
    cst__couple_struct *c = cst__orbit_couple(b->orbit, 0);

    begin(&c->a, b, OBS_READS, 2 * each, 2 * each, pairs);
    begin(&c->b, b, OBS_READS, 2, 2, pairs);
    for (slong h = 0; h < 2 * each; h++)
    {
        slong from = (g * each + h / 2) * key + h % 2 * partner;

        put_reader(&c->a, b, h, a->q, from, step);
        put_bias(&c->a, 2 * each * d + h, a->bq, from, step);
    }
    for (slong h = 0; h < 2; h++)
    {
        put_reader(&c->b, b, h, a->k, g * key + h * partner, step);
        put_bias(&c->b, 2 * d + h, a->bk, g * key + h * partner, step);
    }
}

static void
add_values(const cst__part_t *b, const heads_t *a, slong g)
{
    const cst__model_struct *m = b->model;
    slong each = m->heads / m->groups;
    cst__couple_struct *c = cst__orbit_couple(b->orbit, 1);

    begin(&c->a, b, OBS_READS, 1, 0, m->value);
    begin(&c->b, b, OBS_WRITES, each, 0, m->value);
    put_reader(&c->a, b, 0, a->v, g * m->value, 1);
    for (slong h = 0; h < each; h++)
        cst__part_put_writer(&c->b, b, h, a->o, (g * each + h) * m->value);
}

/* Biases of outputs, with what those of values come to. */
static void
constant_of_heads(cst__mat_t bias, const cst__part_t *b, const heads_t *a, const cst__block_t *block)
{
    const cst__model_struct *m = b->model;
    slong each = m->heads / m->groups;
    cst__mat_t spread, made;

    cst__load_beside(bias, b->v->loader, block->bo, 1, 1, m->width);
    cst__mat_init(spread, 1, m->heads * m->value);
    for (slong h = 0; h < m->heads; h++)
        for (slong j = 0; j < m->value; j++)
            spread->x[h * m->value + j] = a->bv->x[h / each * m->value + j];
    spread->error = cst__up(sqrt((double) each) * a->bv->error);
    cst__mat_mul(made, spread, a->o);
    for (slong j = 0; j < bias->cols; j++)
        bias->x[j] += made->x[j];
    bias->error = cst__up(bias->error + made->error + OBS_U * cst__norm_x(bias->x, bias->cols));
    cst__mat_clear(spread);
    cst__mat_clear(made);
}

void
cst__part_add_heads(const cst__part_t *b, const cst__block_t *block, cst__mat_t constant)
{
    heads_t a;

    heads_load(&a, b, block);
    for (slong g = 0; g < b->model->groups; g++)
    {
        (b->model->rotary ? add_pairs : add_scores)(b, &a, g);
        add_values(b, &a, g);
    }
    constant_of_heads(constant, b, &a, block);
    heads_clear(&a);
}

/* ---- Units -------------------------------------------------------------------------------------- */

void
cst__part_add_units(const cst__part_t *b, const cst__block_t *block)
{
    const cst__model_struct *m = b->model;
    cst__loader_t *l = b->v->loader;
    cst__side_struct in, out;
    cst__couple_struct *c;
    cst__mat_t w, bias;

    cst__load_beside(w, l, block->in, 1, m->width, m->units);
    load_bias(bias, b, block->b_in, 1, m->units, block->shift2, w);
    begin(&in, b, OBS_READS, 1, 1, m->units);
    put_reader(&in, b, 0, w, 0, 1);
    put_bias(&in, m->width, bias, 0, 1);
    cst__mat_clear(w);
    cst__mat_clear(bias);
    cst__load_beside(w, l, block->out, 1, m->units, m->width);
    begin(&out, b, OBS_WRITES, 1, 0, m->units);
    cst__part_put_writer(&out, b, 0, w, 0);
    cst__mat_clear(w);
    if (m->gated || m->activation == OBS_HOMOGENEOUS)
    {
        c = cst__orbit_couple(b->orbit, 0);
        c->a = in;
        c->b = out;
    }
    else
    {
        cst__orbit_take(b->orbit, &in);
        cst__orbit_take(b->orbit, &out);
    }
    if (!block->gate.tensor)
        return;
    cst__load_beside(w, l, block->gate, 1, m->width, m->units);
    put_reader(cst__part_loose(b, OBS_READS, 0, m->units), b, 0, w, 0, 1);
    cst__mat_clear(w);
}
