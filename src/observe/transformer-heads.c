#include "config.h"

#include "observe/transformer.h"

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
tally_emit(tally_t *t, const cst__seen_t *v, const cst__spectrum_names_t *names, unsigned respects)
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
attention_load(attention_t *a, const cst__seen_t *v, const cst__block_t *b)
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
attention_fold(attention_t *a, const cst__seen_t *v, const cst__block_t *b)
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
scores(const cst__seen_t *v, const attention_t *a)
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
writes(const cst__seen_t *v, const attention_t *a)
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
group_columns(cst__mat_t all, const cst__seen_t *v, const cst__mat_t w, const cst__mat_t bias, int has_bias,
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
group_rows(cst__mat_t all, const cst__seen_t *v, const cst__mat_t o, slong g)
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
    cst__add_square(p->raw, a);
    cst__add_square(p->raw, b);
    arb_add(p->raw_rank, p->raw_rank, of_a->rank, OBS_PREC);
    cst__mat_transpose_mul(c, a, a);
    cst__mat_transpose_mul(d, b, b);
    for (slong i = 0; i < c->rows * c->cols; i++)
        c->x[i] -= d->x[i];
    c->error = cst__up(c->error + d->error + OBS_U * cst__norm_x(c->x, c->rows * c->cols));
    cst__add_square(p->imbalance, c);
    cst__mat_clear(c);
    cst__mat_clear(d);
    cst__spectrum_clear(s);
    cst__spectrum_clear(of_a);
}

static void
pairing_emit(pairing_t *p, cst__seen_t *v, const char *const *names, slong count, const arb_t raw)
{
    arb_t t;

    arb_init(t);
    arb_add(v->least, v->least, p->least, OBS_PREC);
    arb_nonnegative_part(p->least, p->least);
    arb_sqrt(p->least, p->least, OBS_PREC);
    arb_sqrt(t, raw, OBS_PREC);
    cst__emit(v->sink, v->name, names[0], p->least, t, cst__of_weights(v), NULL);
    arb_div_si(p->rank, p->rank, count, OBS_PREC);
    arb_div_si(p->raw_rank, p->raw_rank, count, OBS_PREC);
    cst__emit(v->sink, v->name, names[1], p->rank, p->raw_rank, cst__of_weights(v), NULL);
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
rotary_pairs(const cst__seen_t *v, const attention_t *a, const cst__mat_struct *x, arb_t least, arb_ptr s)
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
rotary(cst__seen_t *v, const attention_t *a, const arb_t raw)
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
    cst__emit(v->sink, v->name, "qk-norm", least, t, cst__of_weights(v), NULL);
    cst__emit(v->sink, v->name, "qk-weights-effective-pairs", all->rank, NULL, cst__of_weights(v), NULL);
    cst__spectrum_clear(all);
    _arb_vec_clear(s, n);
    arb_clear(least);
    arb_clear(t);
}

void
cst__observe_heads(cst__seen_t *v, const cst__block_t *b)
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
    cst__add_square(raw_qk, a.q);
    cst__add_square(raw_qk, a.bq);
    cst__add_square(raw_qk, a.k);
    if (m->rotary)
        cst__add_square(raw_qk, a.bk);
    cst__add_square(raw_vo, a.v);
    cst__add_square(raw_vo, a.o);
    cst__observe_gain(v, "attention-gain-norm", b->gain1, (const cst__mat_struct *const[]){a.q, a.k, a.v}, 3,
                      ALL & ~(unsigned) (CST_OBSERVE_LINEAR | CST_OBSERVE_BASIS));
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

/* a with b below it, in the place of a; b is cleared. */
static void
append_rows(cst__mat_t a, cst__mat_t b)
{
    cst__mat_t next;

    cst__mat_stack(next, a, b);
    cst__mat_clear(a);
    cst__mat_clear(b);
    *a = *next;
}

void
cst__seen_pairs(cst__pairing_struct *qk, cst__pairing_struct *vo, const cst__seen_t *v, const cst__block_t *b)
{
    const cst__model_struct *m = v->model;
    slong each = m->heads / m->groups;
    attention_t a;

    attention_load(&a, v, b);
    attention_fold(&a, v, b);
    for (slong g = 0; g < m->groups; g++)
    {
        head_columns(qk[g].b, v->words, a.k, a.bk, a.has_bk, g, m->key);
        head_columns(vo[g].a, v->words, a.v, a.bk, 0, g, m->value);
        for (slong h = g * each; h < (g + 1) * each; h++)
        {
            cst__mat_t q, o, y;

            head_columns(q, v->words, a.q, a.bq, a.has_bq, h, m->key);
            cst__mat_rows(o, a.o, h * m->value, m->value);
            cst__mat_mul_transpose(y, v->logits, o);
            cst__mat_clear(o);
            if (h == g * each)
            {
                *qk[g].a = *q;
                *vo[g].b = *y;
                continue;
            }
            append_rows(qk[g].a, q);
            append_rows(vo[g].b, y);
        }
    }
    attention_clear(&a);
}
