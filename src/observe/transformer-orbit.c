#include "config.h"

#include <math.h>

#include "observe/transformer-orbit.h"

/* ---- A normalized stream ------------------------------------------------------------------------ */

/* Biases of values, and shifts: they can be settled in another place, which costs more or less. */
static int
has_constants(const cst__model_struct *m)
{
    return m->blocks > 0 && (m->block->bv.tensor || m->block->shift1.tensor);
}

/* What is minimized over. */
static unsigned
respected(const cst__model_struct *m)
{
    return cst__of_units(m->norm == OBS_NO_NORM ? ALL : ALL & ~(unsigned) CST_OBSERVE_BASIS, m);
}

static void
emit(const cst__seen_t *v, const char *layer, const char *observable, const arb_t square, const arb_t raw,
     unsigned respects)
{
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    arb_nonnegative_part(x, square);
    arb_sqrt(x, x, OBS_PREC);
    arb_nonnegative_part(y, raw);
    arb_sqrt(y, y, OBS_PREC);
    cst__emit(v->sink, layer, observable, x, y, respects,
              has_constants(v->model) ? "with the constants settled beforehand" : NULL);
    arb_clear(x);
    arb_clear(y);
}

static void
add_raw(arb_t raw, cst__loader_t *l, cst__view_t view, slong heads, slong rows, slong cols)
{
    cst__mat_t w;

    cst__load_beside(w, l, view, heads, view.tensor ? rows : 0, cols);
    cst__add_square(raw, w);
    cst__mat_clear(w);
}

static void
raw_heads(arb_t raw, cst__loader_t *l, const cst__block_t *b)
{
    const cst__model_struct *m = l->model;

    add_raw(raw, l, b->gain1, 1, 1, m->width);
    add_raw(raw, l, b->shift1, 1, 1, m->width);
    add_raw(raw, l, b->q, m->heads, m->width, m->key);
    add_raw(raw, l, b->k, m->groups, m->width, m->key);
    add_raw(raw, l, b->v, m->groups, m->width, m->value);
    add_raw(raw, l, b->o, m->heads, m->value, m->width);
    add_raw(raw, l, b->bq, m->heads, 1, m->key);
    add_raw(raw, l, b->bk, m->groups, 1, m->key);
    add_raw(raw, l, b->bv, m->groups, 1, m->value);
}

static void
raw_units(arb_t raw, cst__loader_t *l, const cst__block_t *b)
{
    const cst__model_struct *m = l->model;

    add_raw(raw, l, b->gain2, 1, 1, m->width);
    add_raw(raw, l, b->shift2, 1, 1, m->width);
    add_raw(raw, l, b->in, 1, m->width, m->units);
    add_raw(raw, l, b->gate, 1, m->width, m->units);
    add_raw(raw, l, b->out, 1, m->units, m->width);
    add_raw(raw, l, b->b_in, 1, 1, m->units);
}

/* A gain writes what its readers read; without one nothing is moved. */
static void
begin_part(cst__part_t *b, cst__mat_t gain, cst__view_t view)
{
    cst__load_beside(gain, b->v->loader, view, 1, 1, b->model->width);
    b->readers = view.tensor != NULL;
    b->gain = view.tensor ? gain->x : NULL;
    b->writers = b->readers;
    if (b->readers)
        cst__part_put_writer(cst__part_loose(b, OBS_WRITES, 0, 1), b, 0, gain, 0);
    b->writers = 0;
}

/* Attention or units of a block: its row; its least square is added to the sum, with the constants. */
static void
normalized_part(arb_t sum, arb_t given, cst__seen_t *v, slong n, int units)
{
    const cst__block_t *block = v->model->block + n;
    cst__orbit_t orbit;
    cst__part_t b = {.v = v, .model = v->model, .orbit = orbit};
    cst__mat_t gain, constant;
    arb_t least, raw;
    char name[64];

    arb_init(least);
    arb_init(raw);
    cst__orbit_init(orbit, v->model->width, 0);
    begin_part(&b, gain, units ? block->gain2 : block->gain1);
    if (units)
    {
        cst__part_add_units(&b, block);
        raw_units(raw, v->loader, block);
        cst__load_beside(constant, v->loader, block->b_out, 1, 1, v->model->width);
    }
    else
    {
        cst__part_add_heads(&b, block, constant);
        raw_heads(raw, v->loader, block);
    }
    cst__orbit_least(least, orbit);
    snprintf(name, sizeof name, "blocks.%ld", (long) n);
    emit(v, name, units ? "mlp-orbit-norm" : "attention-orbit-norm", least, raw, respected(v->model));
    arb_add(sum, sum, least, OBS_PREC);
    cst__add_square(sum, constant);
    cst__orbit_add_square(given, orbit);
    cst__add_square(given, constant);
    cst__mat_clear(gain);
    cst__mat_clear(constant);
    cst__orbit_clear(orbit);
    arb_clear(least);
    arb_clear(raw);
}

/* The last gain g and the unembedding after it: 2 sum |g_i| |U_i|. One that is tied to the words is not free.
 */
static void
last_gain(arb_t sum, arb_t given, cst__seen_t *v)
{
    const cst__model_struct *m = v->model;
    cst__mat_t g, centred, mean;
    arb_t t, u;

    cst__load_beside(g, v->loader, m->gain, 1, 1, m->width);
    cst__add_square(given, g);
    if (m->unembed.tensor == m->embed.tensor)
        cst__add_square(sum, g);
    else
    {
        arb_init(t);
        arb_init(u);
        cst__load_centred(centred, mean, v->loader, m->unembed, m->outputs);
        cst__add_square(given, centred);
        if (!m->gain.tensor)
            cst__add_square(sum, centred);
        for (slong i = 0; i < m->width && m->gain.tensor; i++)
        {
            cst__sum_squares(t, centred->x + i, centred->rows, centred->cols);
            cst__ball(u, 1, centred->defect);
            arb_mul(t, t, u, OBS_PREC);
            arb_sqrtpos(t, t, OBS_PREC);
            cst__ball(u, 0, centred->error);
            arb_add(t, t, u, OBS_PREC);
            arb_nonnegative_part(t, t);
            arb_set_d(u, 2 * fabs(g->x[i]));
            arb_addmul(sum, t, u, OBS_PREC);
        }
        cst__mat_clear(centred);
        cst__mat_clear(mean);
        arb_clear(t);
        arb_clear(u);
    }
    cst__mat_clear(g);
}

/* ---- Words and positions ------------------------------------------------------------------------ */

static double
weight_of(const cst__model_struct *m)
{
    double words = (double) m->words, places = (double) m->positions;

    return sqrt(places > 0 ? words * places / (words + places) : words);
}

/* Rows with the norm of words and positions after the best constant between them (below). */
static void
load_fixed(cst__mat_t rows, const cst__seen_t *v)
{
    const cst__model_struct *m = v->model;
    slong d = m->width, places = m->positions, n;
    double weight = weight_of(m);
    cst__mat_t words, mean, p;

    cst__load_centred(words, mean, v->loader, m->embed, m->words);
    cst__load_below(p, v->loader, m->position, 1, places, d);
    n = words->rows;
    cst__mat_init(rows, n + places + 1, d);
    for (slong i = 0; i < n * d; i++)
        rows->x[i] = words->x[i];
    for (slong j = 0; j < d; j++)
    {
        double sum = 0;

        for (slong i = 0; i < places; i++)
            sum += p->x[i * d + j];
        sum /= places > 0 ? (double) places : 1;
        for (slong i = 0; i < places; i++)
            rows->x[(n + i) * d + j] = p->x[i * d + j] - sum;
        rows->x[(n + places) * d + j] = weight * (mean->x[j] + sum);
    }
    rows->error =
        cst__up(words->error + words->defect * cst__norm_x(words->x, n * d) + weight * mean->error +
                2 * cst__gamma(places + 8) * (cst__mat_norm(p) + cst__norm_x(rows->x + (n + places) * d, d)));
    cst__mat_clear(words);
    cst__mat_clear(mean);
    cst__mat_clear(p);
}

/* ---- A stream whose basis is free --------------------------------------------------------------- */

/* A column for each row of an embedding, less their mean, which is added to the sum with this weight. */
static void
add_centred(arb_ptr sum, double weight, const cst__part_t *b, cst__stream_t stream, cst__view_t view,
            slong count)
{
    slong d = b->model->width;
    cst__side_struct *side = cst__part_loose(b, stream, 0, count);
    cst__mat_t w;
    arb_t mean, t;

    arb_init(mean);
    arb_init(t);
    cst__load_below(w, b->v->loader, view, 1, count, d);
    for (slong i = 0; i < d; i++)
    {
        arb_zero(mean);
        for (slong n = 0; n < count; n++)
        {
            arb_set_d(t, w->x[n * d + i]);
            arb_add(mean, mean, t, OBS_PREC);
        }
        arb_div_si(mean, mean, count, OBS_PREC);
        for (slong n = 0; n < count; n++)
        {
            double x = w->x[n * d + i], centred, radius;

            arb_set_d(t, x);
            arb_sub(t, t, mean, OBS_PREC);
            centred = arf_get_d(arb_midref(t), ARF_RND_NEAR);
            radius = mag_get_d(arb_radref(t)) + OBS_U * (fabs(centred) + 2 * fabs(x));
            cst__part_put(side, i, n, centred, cst__up(w->error + radius));
        }
        arb_set_d(t, weight);
        arb_addmul(sum + i, mean, t, OBS_PREC);
    }
    cst__mat_clear(w);
    arb_clear(mean);
    arb_clear(t);
}

/* Words and positions after the best constant c between them, words + c and positions - c: both centred, and
   a row of their means, |sum|^2 V P/(V + P). */
static void
add_embeddings(const cst__part_t *b)
{
    const cst__model_struct *m = b->model;
    slong d = m->width;
    arb_ptr sum = _arb_vec_init(d);
    cst__side_struct *side;

    add_centred(sum, weight_of(m), b, OBS_WRITES, m->embed, m->words);
    if (m->positions > 0)
        add_centred(sum, weight_of(m), b, OBS_WRITES, m->position, m->positions);
    side = cst__part_loose(b, OBS_WRITES, 0, 1);
    for (slong i = 0; i < d; i++)
    {
        double x = arf_get_d(arb_midref(sum + i), ARF_RND_NEAR);

        cst__part_put(side, i, 0, x, cst__up(mag_get_d(arb_radref(sum + i)) + 8 * OBS_U * fabs(x)));
    }
    add_centred(sum, 0, b, OBS_READS, m->unembed, m->outputs);
    _arb_vec_clear(sum, d);
}

/* What a block writes in any case: a column of its own for the stream. */
static void
add_constant(const cst__part_t *b, const cst__mat_t bias)
{
    cst__side_struct *side = cst__part_loose(b, OBS_WRITES, 0, 1);

    cst__part_put_writer(side, b, 0, bias, 0);
}

static void
least_of_free(arb_t least, arb_t given, cst__seen_t *v)
{
    const cst__model_struct *m = v->model;
    cst__orbit_t orbit;
    cst__part_t b = {v, m, orbit, 1, 1, NULL};
    cst__mat_t bias;

    cst__orbit_init(orbit, m->width, 1);
    add_embeddings(&b);
    for (slong n = 0; n < m->blocks; n++)
    {
        cst__part_add_heads(&b, m->block + n, bias);
        add_constant(&b, bias);
        cst__mat_clear(bias);
        cst__part_add_units(&b, m->block + n);
        cst__load_beside(bias, v->loader, m->block[n].b_out, 1, 1, m->width);
        add_constant(&b, bias);
        cst__mat_clear(bias);
    }
    cst__orbit_least(least, orbit);
    cst__orbit_add_square(given, orbit);
    cst__orbit_clear(orbit);
}

static void
least_of_normalized(arb_t least, arb_t given, cst__seen_t *v)
{
    cst__mat_t fixed;

    arb_zero(least);
    for (slong n = 0; n < v->model->blocks; n++)
    {
        normalized_part(least, given, v, n, 0);
        normalized_part(least, given, v, n, 1);
    }
    load_fixed(fixed, v);
    cst__add_square(least, fixed);
    cst__add_square(given, fixed);
    cst__mat_clear(fixed);
    last_gain(least, given, v);
}

/* Products of balls that it takes, about; beyond the limit only on request. */
#define ORBIT_LIMIT 3e7

static double
cost(const cst__model_struct *m)
{
    double d = (double) m->width, heads = (double) (m->heads * m->key + m->heads * m->value) * 2,
           units = (double) m->units * (m->gated ? 3 : 2);

    if (m->norm == OBS_NO_NORM)
        return 3 * d * d * ((double) (m->blocks) * (heads + units) + 2 * d);
    return (double) m->blocks * d * (heads * 2 * (double) m->key + units);
}

void
cst__observe_transformer_orbit(cst__seen_t *v, const cst_io_checkpoint_t checkpoint)
{
    const cst__model_struct *m = v->model;
    /* a tied unembedding is no reader of its own: with a free basis it would be moved both ways */
    int tied = m->unembed.tensor == m->embed.tensor, normalized = m->norm != OBS_NO_NORM;
    arb_t least, raw, given, ratio;

    if (tied && !normalized)
        return;
    if (!v->sink->all && cost(m) > ORBIT_LIMIT)
    {
        cst__note(v->sink->table, "norms over all symmetries at once are taken with --all");
        return;
    }
    arb_init(least);
    arb_init(raw);
    arb_init(given);
    arb_init(ratio);
    cst__weights_square(raw, checkpoint, v->model);
    if (arb_is_finite(raw))
        (normalized ? least_of_normalized : least_of_free)(least, given, v);
    else
        arb_indeterminate(least);
    emit(v, "network", "orbit-norm", least, raw, respected(m));
    arb_div(ratio, given, least, OBS_PREC);
    arb_sqrt(ratio, ratio, OBS_PREC);
    cst__emit(v->sink, "network", "orbit-distortion", ratio, NULL, CST_OBSERVE_PERMUTATIONS, NULL);
    arb_clear(least);
    arb_clear(raw);
    arb_clear(given);
    arb_clear(ratio);
}
