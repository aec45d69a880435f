#include "config.h"

#include <math.h>
#include <stdio.h>

#include "observe/transformer.h"

/* Of the folded weights: a normalized stream has an orthogonal basis only, which moves no norm. */
unsigned
cst__of_weights(const cst__seen_t *v)
{
    return v->model->norm == OBS_NO_NORM ? ALL & ~(unsigned) CST_OBSERVE_BASIS : ALL;
}

unsigned
cst__of_units(unsigned respects, const cst__model_struct *m)
{
    if (m->activation == OBS_LINEAR || (m->gated && m->activation == OBS_HOMOGENEOUS))
        respects &= ~(unsigned) CST_OBSERVE_RESCALINGS;
    if (m->activation == OBS_LINEAR && !m->gated)
        respects &= ~(unsigned) CST_OBSERVE_LINEAR;
    return respects;
}

void
cst__add_square(arb_t sum, const cst__mat_t a)
{
    arb_t t;

    arb_init(t);
    cst__mat_frobenius(t, a);
    arb_addmul(sum, t, t, OBS_PREC);
    arb_clear(t);
}

void
cst__load_places(cst__mat_t more, const cst__seen_t *v, const cst__mat_t mean)
{
    const cst__model_struct *m = v->model;
    slong count = m->positions > 0 ? m->positions : 1, width = m->width;
    double factor = m->positions > 0 ? 1 : sqrt((double) m->words);

    cst__load_below(more, v->loader, m->position, 1, count, width);
    for (slong i = 0; i < count; i++)
        for (slong j = 0; j < width; j++)
            more->x[i * width + j] += factor * mean->x[j];
    more->error = cst__up(more->error + sqrt((double) count) * factor * mean->error +
                          3 * OBS_U *
                              (cst__norm_x(more->x, count * width) +
                               sqrt((double) count) * factor * cst__norm_x(mean->x, width)));
}

/* Rows that have the same products as the words: centred ones, and their mean times the root of their number;
   where positions are learned, the mean plus each position, which a constant moved between them leaves. */
static void
load_words(cst__seen_t *v, const cst__mat_t centred, const cst__mat_t mean)
{
    cst__mat_t more, both;

    cst__load_places(more, v, mean);
    cst__mat_stack(both, centred, more);
    cst__mat_compress_tall(v->words, both);
    cst__mat_clear(more);
    cst__mat_clear(both);
}

/* Normalization folded into the unembedding, from the right of its rows. */
void
cst__load_logits(cst__seen_t *v, const cst__mat_t centred)
{
    const cst__model_struct *m = v->model;
    cst__mat_t turned;

    cst__mat_init(turned, centred->cols, centred->rows);
    for (slong i = 0; i < turned->rows; i++)
        for (slong j = 0; j < turned->cols; j++)
            turned->x[i * turned->cols + j] = centred->x[j * turned->rows + i];
    turned->error = centred->error;
    /* gain and centring act on the side of the defect's complement: the factor keeps it */
    cst__fold_reader(turned, NULL, v->loader, m->gain, m->shift);
    cst__mat_init(v->logits, centred->rows, centred->cols);
    for (slong i = 0; i < turned->rows; i++)
        for (slong j = 0; j < turned->cols; j++)
            v->logits->x[j * turned->rows + i] = turned->x[i * turned->cols + j];
    v->logits->error = turned->error;
    if (m->norm != OBS_NO_NORM && m->gain.tensor && centred->error > 0)
    {
        double most = 0;
        cst__mat_t g;

        cst__load_beside(g, v->loader, m->gain, 1, 1, m->width);
        for (slong i = 0; i < g->cols; i++)
            most = fmax(most, fabs(g->x[i]));
        v->logits->error = cst__up(v->logits->error + most * centred->error);
        cst__mat_clear(g);
    }
    cst__mat_clear(turned);
    v->logits->defect = centred->defect;
    if (v->logits->defect > 0) /* what was rounded is seen through P */
        v->logits->error = cst__up(v->logits->error * sqrt(1 + v->logits->defect));
}

static void
direct_path(const cst__seen_t *v)
{
    cst__spectrum_t s;
    cst__mat_t map;

    cst__spectrum_init(s);
    cst__mat_mul_transpose(map, v->words, v->logits);
    cst__spectrum_of(s, map);
    cst__emit(v->sink, "network", "words-to-logits-nuclear-norm", s->nuclear, NULL, ALL, NULL);
    cst__emit(v->sink, "network", "words-to-logits-largest-singular-value", s->largest, NULL, ALL, NULL);
    cst__emit(v->sink, "network", "words-to-logits-effective-rank", s->rank, NULL, ALL, NULL);
    cst__spectrum_of(s, v->words);
    cst__emit(v->sink, "network", "words-effective-rank", s->rank, NULL, cst__of_weights(v), NULL);
    cst__mat_clear(map);
    cst__spectrum_clear(s);
}

/* Squared norms of what no block holds: words, folded unembedding (if it is another), positions, output
 * biases. */
static void
add_rest(cst__seen_t *v, const cst__mat_t centred, const cst__mat_t mean)
{
    const cst__model_struct *m = v->model;
    cst__mat_t p;
    arb_t t;

    arb_init(t);
    if (m->unembed.tensor != m->embed.tensor)
        cst__add_square(v->least, v->logits);
    cst__add_square(v->least, centred);
    cst__add_square(t, mean);
    arb_addmul_si(v->least, t, m->words, OBS_PREC);
    cst__load_below(p, v->loader, m->position, 1, m->positions, m->width);
    cst__add_square(v->least, p);
    cst__mat_clear(p);
    for (slong n = 0; n < m->blocks; n++)
    {
        cst__load_beside(p, v->loader, m->block[n].b_out, 1, 1, m->width);
        cst__add_square(v->least, p);
        cst__mat_clear(p);
    }
    arb_clear(t);
}

static void
emit_total(cst__seen_t *v, const cst_io_checkpoint_t checkpoint)
{
    unsigned respects = cst__of_units(cst__of_weights(v), v->model);
    arb_t ratio;

    /* a constant between words and positions, or of all that is written, is not minimized over */
    if (v->model->positions > 0 || v->model->norm == OBS_LAYER_NORM)
        respects &= ~(unsigned) CST_OBSERVE_SHIFTS;
    arb_init(ratio);
    cst__weights_square(v->raw, checkpoint, v->model);
    arb_sqrt(v->raw, v->raw, OBS_PREC);
    arb_nonnegative_part(v->least, v->least);
    arb_sqrt(v->least, v->least, OBS_PREC);
    cst__emit(v->sink, "network", "norm", v->least, v->raw, respects,
              v->model->norm == OBS_NO_NORM ? "least over heads and units"
                                            : "of the folded weights, least over heads and units");
    arb_div(ratio, v->raw, v->least, OBS_PREC);
    cst__emit(v->sink, "network", "distortion", ratio, NULL, CST_OBSERVE_PERMUTATIONS,
              v->model->norm == OBS_NO_NORM
                  ? NULL
                  : "of the weights as given to the folded ones; orbit-distortion folds nothing");
    arb_clear(ratio);
}

void
cst__observe_transformer(const cst__sink_t *sink, const cst_io_checkpoint_t checkpoint,
                         const cst__model_t model)
{
    cst__loader_t loader = {model, checkpoint, NULL, NULL};
    cst__seen_t v = {.sink = sink, .model = model, .loader = &loader};
    cst__mat_t words, mean, logits, shift;

    arb_init(v.least);
    arb_init(v.raw);
    cst__load_centred(words, mean, &loader, model->embed, model->words);
    load_words(&v, words, mean);
    if (model->unembed.tensor == model->embed.tensor)
        cst__load_logits(&v, words);
    else
    {
        cst__load_centred(logits, shift, &loader, model->unembed, model->outputs);
        cst__load_logits(&v, logits);
        cst__mat_clear(logits);
        cst__mat_clear(shift);
    }
    direct_path(&v);
    for (slong n = 0; n < model->blocks; n++)
    {
        snprintf(v.name, sizeof v.name, "blocks.%ld", (long) n);
        cst__observe_heads(&v, model->block + n);
        cst__observe_units(&v, model->block + n);
    }
    add_rest(&v, words, mean);
    emit_total(&v, checkpoint);
    cst__observe_transformer_orbit(&v, checkpoint);
    cst__mat_clear(words);
    cst__mat_clear(mean);
    cst__mat_clear(v.words);
    cst__mat_clear(v.logits);
    cst__loader_clear(&loader);
    arb_clear(v.least);
    arb_clear(v.raw);
}
