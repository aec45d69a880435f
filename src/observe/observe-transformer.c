#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "observe/fold.h"
#include "observe/state.h"

#define HEADS (CST_OBSERVE_PERMUTATIONS | CST_OBSERVE_LINEAR | CST_OBSERVE_SHIFTS)
#define ALL (HEADS | CST_OBSERVE_RESCALINGS | CST_OBSERVE_SIGNS | CST_OBSERVE_GAINS | CST_OBSERVE_BASIS)

typedef struct
{
    const cst__sink_t *sink;
    const cst__model_struct *model;
    cst__loader_t *loader;
    cst__mat_t words;  /* what the stream holds: centred words, and their mean plus each position */
    cst__mat_t logits; /* the centred unembedding, normalization folded */
    arb_t least;       /* squared norms, summed over what has been seen */
    arb_t raw;
    char name[64];
} view_t;

/* Of the folded weights: a normalized stream has an orthogonal basis only, which moves no norm. */
static unsigned
of_weights(const view_t *v)
{
    return v->model->norm == OBS_NO_NORM ? ALL & ~(unsigned) CST_OBSERVE_BASIS : ALL;
}

static void
add_square(arb_t sum, const cst__mat_t a)
{
    arb_t t;

    arb_init(t);
    cst__mat_frobenius(t, a);
    arb_addmul(sum, t, t, OBS_PREC);
    arb_clear(t);
}

/* Sums over heads of what does not depend on their order. */
typedef struct
{
    cst__spectrum_t sum; /* nuclear: sum; frobenius: sum of squares; largest: maximum; rank: sum */
    slong count;
} tally_t;

static void
tally_add(tally_t *t, const cst__spectrum_t s)
{
    arb_add(t->sum->nuclear, t->sum->nuclear, s->nuclear, OBS_PREC);
    arb_addmul(t->sum->frobenius, s->frobenius, s->frobenius, OBS_PREC);
    arb_max(t->sum->largest, t->sum->largest, s->largest, OBS_PREC);
    arb_add(t->sum->rank, t->sum->rank, s->rank, OBS_PREC);
    t->count++;
}

static void
tally_emit(tally_t *t, const view_t *v, const cst__spectrum_names_t *names, unsigned respects)
{
    arb_nonnegative_part(t->sum->frobenius, t->sum->frobenius);
    arb_sqrt(t->sum->frobenius, t->sum->frobenius, OBS_PREC);
    arb_div_si(t->sum->rank, t->sum->rank, t->count, OBS_PREC);
    cst__emit(v->sink, v->name, names->nuclear, t->sum->nuclear, NULL, respects, NULL);
    cst__emit(v->sink, v->name, names->frobenius, t->sum->frobenius, NULL, respects, NULL);
    cst__emit(v->sink, v->name, names->largest, t->sum->largest, NULL, respects, NULL);
    cst__emit(v->sink, v->name, names->rank, t->sum->rank, NULL, respects, NULL);
}

/* The spectrum of a b', both first compressed, and that of a (unless NULL). */
static void
product_spectrum(cst__spectrum_t s, cst__spectrum_struct *of_a, const cst__mat_t a, const cst__mat_t b)
{
    cst__mat_t p, q, c;

    cst__mat_compress_tall(p, a);
    cst__mat_compress_tall(q, b);
    cst__mat_mul_transpose(c, p, q);
    cst__spectrum_of(s, c);
    if (of_a)
        cst__spectrum_of(of_a, p);
    cst__mat_clear(p);
    cst__mat_clear(q);
    cst__mat_clear(c);
}

/* The heads' queries and keys as they act on the stream: width x (heads key); biases 1 x (heads key). */
typedef struct
{
    cst__mat_t q, k, v, o, bq, bk;
    int has_bq, has_bk;
} attention_t;

static void
attention_load(attention_t *a, const view_t *v, const cst__block_t *b)
{
    const cst__model_struct *m = v->model;
    cst__loader_t *l = v->loader;

    cst__load_beside(a->q, l, b->q, m->heads, m->width, m->key);
    cst__load_beside(a->k, l, b->k, m->groups, m->width, m->key);
    cst__load_beside(a->v, l, b->v, m->groups, m->width, m->value);
    cst__load_below(a->o, l, b->o, m->heads, m->value, m->width);
    cst__load_beside(a->bq, l, b->bq, m->heads, 1, m->key);
    cst__load_beside(a->bk, l, b->bk, m->groups, 1, m->key);
    a->has_bq = b->bq.tensor || (m->norm == OBS_LAYER_NORM && b->shift1.tensor);
    a->has_bk = m->rotary && (b->bk.tensor || (m->norm == OBS_LAYER_NORM && b->shift1.tensor));
}

static void
attention_fold(attention_t *a, const view_t *v, const cst__block_t *b)
{
    cst__fold_reader(a->q, a->bq, v->loader, b->gain1, b->shift1);
    cst__fold_reader(a->k, a->bk, v->loader, b->gain1, b->shift1);
    cst__fold_reader(a->v, NULL, v->loader, b->gain1, b->shift1);
    cst__fold_writer(a->o, v->model);
}

static void
attention_clear(attention_t *a)
{
    cst__mat_clear(a->q);
    cst__mat_clear(a->k);
    cst__mat_clear(a->v);
    cst__mat_clear(a->o);
    cst__mat_clear(a->bq);
    cst__mat_clear(a->bk);
}

/* Columns of head h, seen through x (NULL: as they are), with its bias as one more row. */
static void
head_columns(cst__mat_t part, const cst__mat_struct *x, const cst__mat_t w, const cst__mat_t bias,
             int has_bias, slong h, slong size)
{
    cst__mat_t cols, seen, row;

    cst__mat_cols(cols, w, h * size, size);
    if (x)
    {
        cst__mat_mul(seen, x, cols);
        cst__mat_clear(cols);
        *cols = *seen;
    }
    if (has_bias)
    {
        cst__mat_cols(row, bias, h * size, size);
        cst__mat_stack(part, cols, row);
        cst__mat_clear(cols);
        cst__mat_clear(row);
    }
    else
        *part = *cols;
}

/* Queries and keys without rotation: scores of all pairs of what the stream can hold. */
static void
scores(const view_t *v, const attention_t *a)
{
    static const cst__spectrum_names_t names = {"qk-nuclear-norm", "qk-frobenius-norm",
                                                "qk-largest-singular-value", "qk-effective-rank"};
    const cst__model_struct *m = v->model;
    tally_t tally;
    cst__spectrum_t s;
    cst__mat_t q, k;

    tally.count = 0;
    cst__spectrum_init(tally.sum);
    cst__spectrum_init(s);
    for (slong h = 0; h < m->heads; h++)
    {
        head_columns(q, v->words, a->q, a->bq, a->has_bq, h, m->key);
        head_columns(k, v->words, a->k, a->bk, 0, h / (m->heads / m->groups), m->key);
        product_spectrum(s, NULL, q, k);
        tally_add(&tally, s);
        cst__mat_clear(q);
        cst__mat_clear(k);
    }
    tally_emit(&tally, v, &names, ALL);
    cst__spectrum_clear(s);
    cst__spectrum_clear(tally.sum);
}

/* What a head writes, from words to centred logits. */
static void
writes(const view_t *v, const attention_t *a)
{
    static const cst__spectrum_names_t names = {"ov-nuclear-norm", "ov-frobenius-norm",
                                                "ov-largest-singular-value", "ov-effective-rank"};
    const cst__model_struct *m = v->model;
    tally_t tally;
    cst__spectrum_t s;
    cst__mat_t x, o, y;

    tally.count = 0;
    cst__spectrum_init(tally.sum);
    cst__spectrum_init(s);
    for (slong h = 0; h < m->heads; h++)
    {
        head_columns(x, v->words, a->v, a->bk, 0, h / (m->heads / m->groups), m->value);
        cst__mat_rows(o, a->o, h * m->value, m->value);
        cst__mat_mul_transpose(y, v->logits, o);
        product_spectrum(s, NULL, x, y);
        tally_add(&tally, s);
        cst__mat_clear(x);
        cst__mat_clear(o);
        cst__mat_clear(y);
    }
    tally_emit(&tally, v, &names, ALL);
    cst__spectrum_clear(s);
    cst__spectrum_clear(tally.sum);
}

/* The columns of all heads of group g, one below the other (the group's linear maps act on all of them
 * alike). */
static void
group_columns(cst__mat_t all, const view_t *v, const cst__mat_t w, const cst__mat_t bias, int has_bias,
              slong g, slong size)
{
    slong each = v->model->heads / v->model->groups;
    cst__mat_t part, next;

    head_columns(all, NULL, w, bias, has_bias, g * each, size);
    for (slong h = g * each + 1; h < (g + 1) * each; h++)
    {
        head_columns(part, NULL, w, bias, has_bias, h, size);
        cst__mat_stack(next, all, part);
        cst__mat_clear(all);
        cst__mat_clear(part);
        *all = *next;
    }
}

/* Rows of group g's heads, turned into columns and stacked: (heads width) x value. */
static void
group_rows(cst__mat_t all, const view_t *v, const cst__mat_t o, slong g)
{
    const cst__model_struct *m = v->model;
    slong each = m->heads / m->groups;

    cst__mat_init(all, each * m->width, m->value);
    for (slong h = 0; h < each; h++)
        for (slong i = 0; i < m->value; i++)
            for (slong j = 0; j < m->width; j++)
                all->x[(h * m->width + j) * m->value + i] =
                    o->x[((g * each + h) * m->value + i) * m->width + j];
    all->error = o->error;
}

static const char *const observables[][3] = {
    {"qk-norm", "qk-weights-effective-rank", "qk-imbalance"},
    {"vo-norm", "vo-weights-effective-rank", "vo-imbalance"},
};

/* A pair a (n x k), b (m x k) of which GL(k) moves a b' not: least squared norm 2 |a b'|_*, moment map
   a'a - b'b. */
typedef struct
{
    arb_t least, raw, imbalance, rank, raw_rank;
} pairing_t;

static void
pairing_add(pairing_t *p, const cst__mat_t a, const cst__mat_t b)
{
    cst__spectrum_t s, of_a;
    cst__mat_t c, d;

    cst__spectrum_init(s);
    cst__spectrum_init(of_a);
    product_spectrum(s, of_a, a, b);
    arb_addmul_ui(p->least, s->nuclear, 2, OBS_PREC);
    arb_add(p->rank, p->rank, s->rank, OBS_PREC);
    add_square(p->raw, a);
    add_square(p->raw, b);
    arb_add(p->raw_rank, p->raw_rank, of_a->rank, OBS_PREC);
    cst__mat_transpose_mul(c, a, a);
    cst__mat_transpose_mul(d, b, b);
    for (slong i = 0; i < c->rows * c->cols; i++)
        c->x[i] -= d->x[i];
    c->error = cst__up(c->error + d->error + OBS_U * cst__norm_x(c->x, c->rows * c->cols));
    add_square(p->imbalance, c);
    cst__mat_clear(c);
    cst__mat_clear(d);
    cst__spectrum_clear(s);
    cst__spectrum_clear(of_a);
}

static void
pairing_emit(pairing_t *p, view_t *v, const char *const *names, slong count, const arb_t raw)
{
    arb_t t;

    arb_init(t);
    arb_add(v->least, v->least, p->least, OBS_PREC);
    arb_nonnegative_part(p->least, p->least);
    arb_sqrt(p->least, p->least, OBS_PREC);
    arb_sqrt(t, raw, OBS_PREC);
    cst__emit(v->sink, v->name, names[0], p->least, t, of_weights(v), NULL);
    arb_div_si(p->rank, p->rank, count, OBS_PREC);
    arb_div_si(p->raw_rank, p->raw_rank, count, OBS_PREC);
    cst__emit(v->sink, v->name, names[1], p->rank, p->raw_rank, of_weights(v), NULL);
    arb_sqrt(t, p->imbalance, OBS_PREC);
    cst__emit(v->sink, v->name, names[2], t, NULL, CST_OBSERVE_PERMUTATIONS, NULL);
    arb_clear(t);
}

static void
pairing_init(pairing_t *p)
{
    arb_init(p->least);
    arb_init(p->raw);
    arb_init(p->imbalance);
    arb_init(p->rank);
    arb_init(p->raw_rank);
}

static void
pairing_clear(pairing_t *p)
{
    arb_clear(p->least);
    arb_clear(p->raw);
    arb_clear(p->imbalance);
    arb_clear(p->rank);
    arb_clear(p->raw_rank);
}

/* Squared norms of the columns j and j' of a pair of rotary heads, through x. */
static void
pair_square(arb_t square, const cst__mat_t a, slong j, slong partner)
{
    arb_t t;

    arb_init(t);
    cst__sum_squares(square, a->x + j, a->rows, a->cols);
    cst__sum_squares(t, a->x + partner, a->rows, a->cols);
    arb_add(square, square, t, OBS_PREC);
    cst__ball(t, 1, a->defect);
    arb_mul(square, square, t, OBS_PREC);
    arb_nonnegative_part(square, square);
    arb_sqrt(square, square, OBS_PREC);
    cst__ball(t, 0, a->error);
    arb_add(square, square, t, OBS_PREC);
    arb_nonnegative_part(square, square);
    arb_sqr(square, square, OBS_PREC);
    arb_clear(t);
}

/* Rotations leave of GL the complex factors of each pair: what remains of a pair is the complex matrix q* k
   of rank one, with the norm |q||k|. The least norm over the factors of a group is 2 |q||k|, |q| over all its
   heads. */
static void
rotary_pairs(const view_t *v, const attention_t *a, const cst__mat_struct *x, arb_t least, arb_ptr s)
{
    const cst__model_struct *m = v->model;
    slong each = m->heads / m->groups, pairs = m->key / 2;
    cst__mat_t q, k;
    arb_t kk, qq, t;

    arb_init(kk);
    arb_init(qq);
    arb_init(t);
    arb_zero(least);
    for (slong g = 0; g < m->groups; g++)
    {
        arb_ptr sum = _arb_vec_init(pairs);

        head_columns(k, x, a->k, a->bk, a->has_bk, g, m->key);
        for (slong h = g * each; h < (g + 1) * each; h++)
        {
            head_columns(q, x, a->q, a->bq, a->has_bq, h, m->key);
            for (slong j = 0; j < pairs; j++)
            {
                slong first = m->rotary == 1 ? j : 2 * j, partner = m->rotary == 1 ? j + pairs : 2 * j + 1;

                pair_square(qq, q, first, partner);
                pair_square(kk, k, first, partner);
                arb_add(sum + j, sum + j, qq, OBS_PREC);
                arb_mul(s + h * pairs + j, qq, kk, OBS_PREC);
                arb_sqrt(s + h * pairs + j, s + h * pairs + j, OBS_PREC);
            }
            cst__mat_clear(q);
        }
        for (slong j = 0; j < pairs; j++)
        {
            pair_square(kk, k, m->rotary == 1 ? j : 2 * j, m->rotary == 1 ? j + pairs : 2 * j + 1);
            arb_mul(t, sum + j, kk, OBS_PREC);
            arb_nonnegative_part(t, t);
            arb_sqrt(t, t, OBS_PREC);
            arb_addmul_ui(least, t, 2, OBS_PREC);
        }
        cst__mat_clear(k);
        _arb_vec_clear(sum, pairs);
    }
    arb_clear(kk);
    arb_clear(qq);
    arb_clear(t);
}

static void
rotary(view_t *v, const attention_t *a, const arb_t raw)
{
    slong n = v->model->heads * (v->model->key / 2);
    arb_ptr s = _arb_vec_init(n);
    cst__spectrum_t all;
    arb_t least, t;

    arb_init(least);
    arb_init(t);
    cst__spectrum_init(all);
    rotary_pairs(v, a, v->words, least, s);
    cst__spectrum_set(all, s, n);
    cst__emit(v->sink, v->name, "qk-pairs-nuclear-norm", all->nuclear, NULL, ALL, NULL);
    cst__emit(v->sink, v->name, "qk-pairs-frobenius-norm", all->frobenius, NULL, ALL, NULL);
    cst__emit(v->sink, v->name, "qk-effective-pairs", all->rank, NULL, ALL, NULL);
    rotary_pairs(v, a, NULL, least, s);
    cst__spectrum_set(all, s, n);
    arb_add(v->least, v->least, least, OBS_PREC);
    arb_nonnegative_part(least, least);
    arb_sqrt(least, least, OBS_PREC);
    arb_sqrt(t, raw, OBS_PREC);
    cst__emit(v->sink, v->name, "qk-norm", least, t, of_weights(v), NULL);
    cst__emit(v->sink, v->name, "qk-weights-effective-pairs", all->rank, NULL, of_weights(v), NULL);
    cst__spectrum_clear(all);
    _arb_vec_clear(s, n);
    arb_clear(least);
    arb_clear(t);
}

static void
attention(view_t *v, const cst__block_t *b)
{
    const cst__model_struct *m = v->model;
    attention_t a;
    pairing_t qk, vo;
    cst__mat_t x, y;
    arb_t raw_qk, raw_vo;

    arb_init(raw_qk);
    arb_init(raw_vo);
    pairing_init(&qk);
    pairing_init(&vo);
    attention_load(&a, v, b);
    add_square(raw_qk, a.q);
    add_square(raw_qk, a.bq);
    add_square(raw_qk, a.k);
    if (m->rotary)
        add_square(raw_qk, a.bk);
    add_square(raw_vo, a.v);
    add_square(raw_vo, a.o);
    attention_fold(&a, v, b);
    if (m->rotary)
        rotary(v, &a, raw_qk);
    else
        scores(v, &a);
    writes(v, &a);
    for (slong g = 0; g < m->groups; g++)
    {
        if (!m->rotary)
        {
            group_columns(x, v, a.q, a.bq, a.has_bq, g, m->key);
            head_columns(y, NULL, a.k, a.bk, 0, g, m->key);
            pairing_add(&qk, x, y);
            cst__mat_clear(x);
            cst__mat_clear(y);
        }
        head_columns(x, NULL, a.v, a.bk, 0, g, m->value);
        group_rows(y, v, a.o, g);
        pairing_add(&vo, x, y);
        cst__mat_clear(x);
        cst__mat_clear(y);
    }
    if (!m->rotary)
        pairing_emit(&qk, v, observables[0], m->groups, raw_qk);
    pairing_emit(&vo, v, observables[1], m->groups, raw_vo);
    attention_clear(&a);
    pairing_clear(&qk);
    pairing_clear(&vo);
    arb_clear(raw_qk);
    arb_clear(raw_vo);
}

/* The norm of column i (stride cols) or row i, as a ball. */
static void
column_norm(arb_t norm, const cst__mat_t a, slong i)
{
    arb_t t;

    arb_init(t);
    cst__sum_squares(norm, a->x + i, a->rows, a->cols);
    cst__ball(t, 1, a->defect);
    arb_mul(norm, norm, t, OBS_PREC);
    arb_nonnegative_part(norm, norm);
    arb_sqrt(norm, norm, OBS_PREC);
    cst__ball(t, 0, a->error);
    arb_add(norm, norm, t, OBS_PREC);
    arb_nonnegative_part(norm, norm);
    arb_clear(t);
}

/* Units are first brought to comparable sizes by powers of two, where the activation allows: that is exact,
   and keeps bounds for whole matrices tight for each unit. */
static void
level_units(cst__mat_t in, cst__mat_t bias, cst__mat_t out)
{
    for (slong i = 0; i < in->cols; i++)
    {
        double x = bias->x[i] * bias->x[i], y = 0, factor;
        int exponent;

        for (slong j = 0; j < in->rows; j++)
            x += in->x[j * in->cols + i] * in->x[j * in->cols + i];
        for (slong j = 0; j < out->cols; j++)
            y += out->x[i * out->cols + j] * out->x[i * out->cols + j];
        if (!(x > 0) || !(y > 0) || !isfinite(x / y))
            continue;
        (void) frexp(sqrt(y / x), &exponent);
        factor = ldexp(1, exponent / 2);
        for (slong j = 0; j < in->rows; j++)
            in->x[j * in->cols + i] *= factor;
        for (slong j = 0; j < out->cols; j++)
            out->x[i * out->cols + j] /= factor;
        bias->x[i] *= factor;
    }
}

typedef struct
{
    cst__mat_t in, gate, out, bias;
    int scaled; /* may units be rescaled? */
} units_t;

/* The rows of out, each times the norm of its column of seen: where that is P x + E, the norm is that of x up
   to what a near isometry changes, and up to |E_i|, whose squares sum to the square of the error. */
static void
weigh(cst__mat_t weighted, const cst__mat_t out, const cst__mat_t seen)
{
    slong cols = out->cols;
    double most = 0, heaviest = 0;
    arb_t x;

    arb_init(x);
    cst__mat_init(weighted, out->rows, cols);
    for (slong i = 0; i < out->rows; i++)
    {
        double weight;

        cst__sum_squares(x, seen->x + i, seen->rows, seen->cols);
        weight = sqrt(arf_get_d(arb_midref(x), ARF_RND_NEAR));
        for (slong j = 0; j < cols; j++)
            weighted->x[i * cols + j] = weight * out->x[i * cols + j];
        most = fmax(most, cst__norm_x(out->x + i * cols, cols));
        heaviest = fmax(heaviest, weight);
    }
    weighted->defect = seen->defect;
    weighted->error =
        cst__up(most * seen->error + (cst__up(heaviest) * sqrt(1 + seen->defect) + seen->error) * out->error +
                cst__gamma(128) * cst__norm_x(weighted->x, out->rows * cols));
    if (isnan(weighted->error))
        weighted->error = (double) INFINITY;
    arb_clear(x);
}

/* Effective number of units, s_i the norm of what reaches it times the norm of what it writes to the logits.
 */
static void
effective_units(const view_t *v, const cst__mat_t seen, const cst__mat_t heard)
{
    slong n = seen->cols;
    arb_ptr s = _arb_vec_init(n > 0 ? n : 1);
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    for (slong i = 0; i < n; i++)
    {
        column_norm(x, seen, i);
        column_norm(y, heard, i);
        arb_mul(s + i, x, y, OBS_PREC);
        arb_sqr(s + i, s + i, OBS_PREC);
        arb_nonnegative_part(s + i, s + i);
    }
    cst__effective_number(x, s, n);
    cst__emit(v->sink, v->name, "effective-units", x, NULL, ALL, NULL);
    _arb_vec_clear(s, n > 0 ? n : 1);
    arb_clear(x);
    arb_clear(y);
}

/* And the rank of what they write, each unit weighted with what reaches it. */
static void
unit_flow(const view_t *v, const units_t *u)
{
    cst__mat_t words, seen, heard, weighted, small, map;
    cst__spectrum_t s;

    cst__spectrum_init(s);
    cst__mat_mul(words, v->words, u->in);
    cst__mat_stack(seen, words, u->bias);
    cst__mat_mul_transpose(heard, v->logits, u->out);
    effective_units(v, seen, heard);
    weigh(weighted, u->out, seen);
    cst__mat_compress_tall(small, weighted);
    cst__mat_mul_transpose(map, v->logits, small);
    cst__spectrum_of(s, map);
    cst__emit(v->sink, v->name, "units-to-logits-nuclear-norm", s->nuclear, NULL, ALL, NULL);
    cst__emit(v->sink, v->name, "units-to-logits-effective-rank", s->rank, NULL, ALL, NULL);
    cst__spectrum_clear(s);
    cst__mat_clear(words);
    cst__mat_clear(seen);
    cst__mat_clear(heard);
    cst__mat_clear(weighted);
    cst__mat_clear(small);
    cst__mat_clear(map);
}

/* Rescaling a unit: least squared norm 2 |(w, b)| |v|, moment map |(w, b)|^2 - |v|^2. */
static void
unit_norms(view_t *v, const units_t *u, const arb_t raw)
{
    cst__mat_t in, out;
    arb_t least, imbalance, x, y;

    arb_init(least);
    arb_init(imbalance);
    arb_init(x);
    arb_init(y);
    cst__mat_stack(in, u->in, u->bias);
    cst__mat_init(out, u->out->cols, u->out->rows);
    for (slong i = 0; i < out->rows; i++)
        for (slong j = 0; j < out->cols; j++)
            out->x[i * out->cols + j] = u->out->x[j * out->rows + i];
    out->error = u->out->error;
    for (slong i = 0; u->scaled && i < in->cols; i++)
    {
        column_norm(x, in, i);
        column_norm(y, out, i);
        arb_mul(x, x, y, OBS_PREC);
        arb_addmul_ui(least, x, 2, OBS_PREC);
    }
    if (!u->scaled)
    {
        add_square(least, in);
        add_square(least, out);
    }
    add_square(least, u->gate);
    arb_add(v->least, v->least, least, OBS_PREC);
    arb_nonnegative_part(least, least);
    arb_sqrt(least, least, OBS_PREC);
    arb_sqrt(x, raw, OBS_PREC);
    cst__emit(v->sink, v->name, "mlp-norm", least, x, of_weights(v), NULL);
    cst__mat_clear(in);
    cst__mat_clear(out);
    arb_clear(least);
    arb_clear(imbalance);
    arb_clear(x);
    arb_clear(y);
}

static void
units(view_t *v, const cst__block_t *b)
{
    const cst__model_struct *m = v->model;
    cst__loader_t *l = v->loader;
    units_t u;
    arb_t raw;

    arb_init(raw);
    cst__load_beside(u.in, l, b->in, 1, m->width, m->units);
    cst__load_beside(u.out, l, b->out, 1, m->units, m->width);
    cst__load_beside(u.bias, l, b->b_in, 1, 1, m->units);
    cst__load_beside(u.gate, l, b->gate, 1, b->gate.tensor ? m->width : 0, b->gate.tensor ? m->units : 0);
    add_square(raw, u.in);
    add_square(raw, u.out);
    add_square(raw, u.bias);
    add_square(raw, u.gate);
    u.scaled = m->gated || m->activation == OBS_HOMOGENEOUS;
    if (u.scaled)
        level_units(u.in, u.bias, u.out);
    cst__fold_reader(u.in, u.bias, l, b->gain2, b->shift2);
    cst__fold_writer(u.out, m);
    if (m->gated)
        cst__fold_reader(u.gate, NULL, l, b->gain2, b->shift2);
    unit_norms(v, &u, raw);
    unit_flow(v, &u);
    cst__mat_clear(u.in);
    cst__mat_clear(u.out);
    cst__mat_clear(u.bias);
    cst__mat_clear(u.gate);
    arb_clear(raw);
}

/* Rows that have the same products as the words: centred ones, and their mean times the root of their number;
   where positions are learned, the mean plus each position, which a constant moved between them leaves. */
static void
load_words(view_t *v, cst__mat_t centred, cst__mat_t mean)
{
    const cst__model_struct *m = v->model;
    slong count = m->positions > 0 ? m->positions : 1, width = m->width;
    double factor = m->positions > 0 ? 1 : sqrt((double) m->words);
    cst__mat_t more, both;

    cst__load_below(more, v->loader, m->position, 1, count, width);
    for (slong i = 0; i < count; i++)
        for (slong j = 0; j < width; j++)
            more->x[i * width + j] += factor * mean->x[j];
    more->error = cst__up(more->error + sqrt((double) count) * factor * mean->error +
                          3 * OBS_U *
                              (cst__norm_x(more->x, count * width) +
                               sqrt((double) count) * factor * cst__norm_x(mean->x, width)));
    cst__mat_stack(both, centred, more);
    cst__mat_compress(v->words, both);
    cst__mat_clear(more);
    cst__mat_clear(both);
}

/* Normalization folded into the unembedding, from the right of its rows. */
static void
load_logits(view_t *v, const cst__mat_t centred)
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
direct_path(const view_t *v)
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
    cst__emit(v->sink, "network", "words-effective-rank", s->rank, NULL, of_weights(v), NULL);
    cst__mat_clear(map);
    cst__spectrum_clear(s);
}

/* Squared norms of what no block holds: words, folded unembedding (if it is another), positions, output
 * biases. */
static void
add_rest(view_t *v, const cst__mat_t centred, const cst__mat_t mean)
{
    const cst__model_struct *m = v->model;
    cst__mat_t p;
    arb_t t;

    arb_init(t);
    if (m->unembed.tensor != m->embed.tensor)
        add_square(v->least, v->logits);
    add_square(v->least, centred);
    add_square(t, mean);
    arb_addmul_si(v->least, t, m->words, OBS_PREC);
    cst__load_below(p, v->loader, m->position, 1, m->positions, m->width);
    add_square(v->least, p);
    cst__mat_clear(p);
    for (slong n = 0; n < m->blocks; n++)
    {
        cst__load_beside(p, v->loader, m->block[n].b_out, 1, 1, m->width);
        add_square(v->least, p);
        cst__mat_clear(p);
    }
    arb_clear(t);
}

static void
emit_total(view_t *v, const cst_io_checkpoint_t checkpoint)
{
    unsigned respects = of_weights(v);
    arb_t ratio;

    /* a constant between words and positions, or of all that is written, is not minimized over */
    if (v->model->positions > 0 || v->model->norm == OBS_LAYER_NORM)
        respects &= ~(unsigned) CST_OBSERVE_SHIFTS;
    arb_init(ratio);
    cst__weights_square(v->raw, checkpoint);
    arb_sqrt(v->raw, v->raw, OBS_PREC);
    arb_nonnegative_part(v->least, v->least);
    arb_sqrt(v->least, v->least, OBS_PREC);
    cst__emit(v->sink, "network", "norm", v->least, v->raw, respects,
              v->model->norm == OBS_NO_NORM ? "least over heads and units"
                                            : "of the folded weights, least over heads and units");
    arb_div(ratio, v->raw, v->least, OBS_PREC);
    cst__emit(v->sink, "network", "distortion", ratio, NULL, CST_OBSERVE_PERMUTATIONS, NULL);
    arb_clear(ratio);
}

void
cst__observe_transformer(const cst__sink_t *sink, const cst_io_checkpoint_t checkpoint,
                         const cst__model_t model)
{
    cst__loader_t loader = {model, checkpoint, NULL, NULL};
    view_t v = {.sink = sink, .model = model, .loader = &loader};
    cst__mat_t words, mean, logits, shift;

    arb_init(v.least);
    arb_init(v.raw);
    cst__load_centred(words, mean, &loader, model->embed, model->words);
    load_words(&v, words, mean);
    if (model->unembed.tensor == model->embed.tensor)
        load_logits(&v, words);
    else
    {
        cst__load_centred(logits, shift, &loader, model->unembed, model->outputs);
        load_logits(&v, logits);
        cst__mat_clear(logits);
        cst__mat_clear(shift);
    }
    direct_path(&v);
    for (slong n = 0; n < model->blocks; n++)
    {
        snprintf(v.name, sizeof v.name, "blocks.%ld", (long) n);
        attention(&v, model->block + n);
        units(&v, model->block + n);
    }
    add_rest(&v, words, mean);
    emit_total(&v, checkpoint);
    cst__mat_clear(words);
    cst__mat_clear(mean);
    cst__mat_clear(v.words);
    cst__mat_clear(v.logits);
    cst__loader_clear(&loader);
    arb_clear(v.least);
    arb_clear(v.raw);
}
