#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/transformer.h"

/* Distances between two checkpoints on the quotient: of what heads do to words, before the softmax, and from
   words to centred logits. Words of both are compressed together, so that rows of both mean the same. */

#define JOINT_LIMIT 1e10 /* words times the square of the width: of more only on request */

static void
side_by_side(cst__mat_t c, const cst__mat_t a, double sign, const cst__mat_t b)
{
    cst__mat_init(c, a->rows, a->cols + b->cols);
    for (slong i = 0; i < a->rows; i++)
    {
        memcpy(c->x + i * c->cols, a->x + i * a->cols, (size_t) a->cols * sizeof *c->x);
        for (slong j = 0; j < b->cols; j++)
            c->x[i * c->cols + a->cols + j] = sign * b->x[i * b->cols + j];
    }
    c->error = cst__up(a->error + b->error);
    c->defect = fmax(a->defect, b->defect);
}

/* r = c of both, one beside the other, after compression */
static void
split(cst__mat_struct *parts, const cst__mat_t r)
{
    slong width = r->cols / 2;

    cst__mat_cols(parts, r, 0, width);
    cst__mat_cols(parts + 1, r, width, width);
}

/* ||a b' - c d'||^2 */
static void
product_distance(arb_t square, const cst__pairing_struct *now, const cst__pairing_struct *before)
{
    cst__mat_t left, right, p, q, c;

    side_by_side(left, now->a, 1, before->a);
    side_by_side(right, now->b, -1, before->b);
    cst__mat_compress_tall(p, left);
    cst__mat_compress_tall(q, right);
    cst__mat_mul_transpose(c, p, q);
    arb_zero(square);
    cst__add_square(square, c);
    cst__mat_clear(left);
    cst__mat_clear(right);
    cst__mat_clear(p);
    cst__mat_clear(q);
    cst__mat_clear(c);
}

/* <a b', c d'> = sum of (a'c) (b'd), entry by entry; a guide for the matching. */
static double
inner(const cst__pairing_struct *x, const cst__pairing_struct *y)
{
    cst__mat_t s, t;
    double sum;

    cst__mat_transpose_mul(s, x->a, y->a);
    cst__mat_transpose_mul(t, x->b, y->b);
    sum = cblas_ddot((int) (s->rows * s->cols), s->x, 1, t->x, 1);
    cst__mat_clear(s);
    cst__mat_clear(t);
    return isfinite(sum) ? sum : 0;
}

static double
inner_of_parts(const cst__pairing_struct *x, const cst__pairing_struct *y, slong parts)
{
    double sum = 0;

    for (slong j = 0; j < parts; j++)
        sum += inner(x + j, y + j);
    return sum;
}

/* A head has this many pairings. */
static void
match_heads(slong *match, const cst__pairing_struct *now, const cst__pairing_struct *before, slong count,
            slong parts)
{
    double *cost = flint_malloc((size_t) (count * count + 2 * count) * sizeof *cost),
           *x = cost + count * count, *y = x + count;

    for (slong i = 0; i < count; i++)
    {
        x[i] = inner_of_parts(now + i * parts, now + i * parts, parts);
        y[i] = inner_of_parts(before + i * parts, before + i * parts, parts);
    }
    for (slong i = 0; i < count; i++)
        for (slong j = 0; j < count; j++)
            cost[i * count + j] =
                fmax(0, x[i] + y[j] - 2 * inner_of_parts(now + i * parts, before + j * parts, parts));
    (void) cst__assign(match, cost, count, 0);
    flint_free(cost);
}

static void
emit_distance(const cst__sink_t *sink, const char *layer, const char *name, const cst__model_struct *m,
              const cst__pairing_struct *now, const cst__pairing_struct *before, slong parts)
{
    slong *match = flint_malloc((size_t) m->groups * sizeof *match);
    /* heads that share keys are not matched among themselves */
    unsigned respects = m->groups == m->heads ? ALL : ALL & ~(unsigned) CST_OBSERVE_PERMUTATIONS;
    arb_t square, part;

    arb_init(square);
    arb_init(part);
    match_heads(match, now, before, m->groups, parts);
    for (slong g = 0; g < m->groups; g++)
        for (slong j = 0; j < parts; j++)
        {
            product_distance(part, now + g * parts + j, before + match[g] * parts + j);
            arb_add(square, square, part, OBS_PREC);
        }
    cst__emit_speed(sink, layer, name, square, NULL, 1, respects,
                    m->groups > 1 ? "after matching the heads: an upper bound" : NULL);
    arb_clear(square);
    arb_clear(part);
    flint_free(match);
}

/* A complex column x + iy as a real matrix (x, -y; y, x), by 2^(-1/4) so that the square of a product's norm
   is that of the complex one. */
static void
complex_column(cst__mat_t c, const cst__mat_t a, slong x, slong y)
{
    double root = sqrt(sqrt(0.5));
    slong n = a->rows;

    cst__mat_init(c, 2 * n, 2);
    for (slong i = 0; i < n; i++)
    {
        double re = root * a->x[i * a->cols + x], im = root * a->x[i * a->cols + y];

        c->x[2 * i] = re;
        c->x[2 * i + 1] = -im;
        c->x[2 * (n + i)] = im;
        c->x[2 * (n + i) + 1] = re;
    }
    c->error = cst__up(1.2 * a->error + 4 * OBS_U * cst__norm_x(c->x, 4 * n));
    c->defect = a->defect;
}

/* With rotary positions each pair of dimensions turns by itself, and what is seen of it is q k*, complex. */
static cst__pairing_struct *
rotary_parts(const cst__pairing_struct *qk, const cst__model_struct *m)
{
    slong pairs = m->key / 2;
    cst__pairing_struct *parts = flint_malloc((size_t) (m->groups * pairs + 1) * sizeof *parts);

    for (slong g = 0; g < m->groups; g++)
        for (slong j = 0; j < pairs; j++)
        {
            slong x = m->rotary == 1 ? j : 2 * j, y = m->rotary == 1 ? j + pairs : 2 * j + 1;

            complex_column(parts[g * pairs + j].a, qk[g].a, x, y);
            complex_column(parts[g * pairs + j].b, qk[g].b, x, y);
        }
    return parts;
}

static void
parts_free(cst__pairing_struct *parts, slong count)
{
    for (slong i = 0; i < count; i++)
        cst__pairing_clear(parts + i);
    flint_free(parts);
}

/* Words and logits of both, seen with the same eyes. */
static void
load_both(cst__seen_t *v)
{
    const cst__model_struct *m = v->model;
    cst__loader_t *loaders[2] = {v[0].loader, v[1].loader};
    const cst__view_t words[2] = {m->embed, v[1].model->embed}, logits[2] = {m->unembed, v[1].model->unembed};
    cst__mat_t r, more, both, stacked;
    cst__mat_struct mean[2], parts[2];

    cst__load_centred_both(r, mean, loaders, words, m->words);
    for (int k = 0; k < 2; k++)
        cst__load_places(parts + k, v + k, mean + k);
    side_by_side(more, parts, 1, parts + 1);
    cst__mat_stack(both, r, more);
    cst__mat_compress(stacked, both);
    for (int k = 0; k < 2; k++)
    {
        cst__mat_clear(parts + k);
        cst__mat_clear(mean + k);
    }
    split(parts, stacked);
    *v[0].words = parts[0];
    *v[1].words = parts[1];
    if (m->unembed.tensor != m->embed.tensor)
    {
        cst__mat_clear(r);
        cst__load_centred_both(r, mean, loaders, logits, m->outputs);
        cst__mat_clear(mean);
        cst__mat_clear(mean + 1);
    }
    split(parts, r);
    for (int k = 0; k < 2; k++)
    {
        cst__load_logits(v + k, parts + k);
        cst__mat_clear(parts + k);
    }
    cst__mat_clear(r);
    cst__mat_clear(more);
    cst__mat_clear(both);
    cst__mat_clear(stacked);
}

static void
compare_heads(cst__seen_t *v, slong block)
{
    const cst__model_struct *m = v->model;
    cst__pairing_struct *pairs_of = flint_malloc((size_t) (4 * m->groups) * sizeof *pairs_of);

    snprintf(v->name, sizeof v->name, "blocks.%ld", (long) block);
    for (int k = 0; k < 2; k++)
        cst__seen_pairs(pairs_of + 2 * k * m->groups, pairs_of + (2 * k + 1) * m->groups, v + k,
                        v[k].model->block + block);
    if (m->rotary)
    {
        slong pairs = m->key / 2;
        cst__pairing_struct *now = rotary_parts(pairs_of, m),
                            *before = rotary_parts(pairs_of + 2 * m->groups, m);

        emit_distance(v->sink, v->name, "qk-quotient-distance", m, now, before, pairs);
        parts_free(now, m->groups * pairs);
        parts_free(before, m->groups * pairs);
    }
    else
        emit_distance(v->sink, v->name, "qk-quotient-distance", m, pairs_of, pairs_of + 2 * m->groups, 1);
    emit_distance(v->sink, v->name, "ov-quotient-distance", m, pairs_of + m->groups, pairs_of + 3 * m->groups,
                  1);
    parts_free(pairs_of, 4 * m->groups);
}

void
cst__observe_transformer_distance(const cst__sink_t *sink, const cst_io_checkpoint_t now,
                                  const cst__model_struct *model, const cst_io_checkpoint_t before,
                                  const cst__model_struct *model_before)
{
    cst__loader_t loaders[2] = {{model, now, NULL, NULL}, {model_before, before, NULL, NULL}};
    cst__seen_t v[2] = {{.sink = sink, .model = model, .loader = loaders},
                        {.sink = sink, .model = model_before, .loader = loaders + 1}};
    double width = (double) model->width;

    if (!sink->all && (double) FLINT_MAX(model->words, model->outputs) * width * width > JOINT_LIMIT)
    {
        cst__note(sink->table, "of so many words distances on the quotient are taken with --all");
        return;
    }
    load_both(v);
    for (slong n = 0; n < model->blocks; n++)
        compare_heads(v, n);
    for (int k = 0; k < 2; k++)
    {
        cst__mat_clear(v[k].words);
        cst__mat_clear(v[k].logits);
        cst__loader_clear(loaders + k);
    }
}
