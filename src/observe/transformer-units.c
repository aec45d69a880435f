#include "config.h"

#include <math.h>

#include "observe/transformer.h"

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
effective_units(const cst__seen_t *v, const cst__mat_t seen, const cst__mat_t heard)
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
unit_flow(const cst__seen_t *v, const units_t *u)
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
unit_norms(cst__seen_t *v, const units_t *u, const arb_t raw)
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
        cst__add_square(least, in);
        cst__add_square(least, out);
    }
    cst__add_square(least, u->gate);
    arb_add(v->least, v->least, least, OBS_PREC);
    arb_nonnegative_part(least, least);
    arb_sqrt(least, least, OBS_PREC);
    arb_sqrt(x, raw, OBS_PREC);
    cst__emit(v->sink, v->name, "mlp-norm", least, x, cst__of_weights(v), NULL);
    cst__mat_clear(in);
    cst__mat_clear(out);
    arb_clear(least);
    arb_clear(imbalance);
    arb_clear(x);
    arb_clear(y);
}

void
cst__observe_units(cst__seen_t *v, const cst__block_t *b)
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
    cst__add_square(raw, u.in);
    cst__add_square(raw, u.out);
    cst__add_square(raw, u.bias);
    cst__add_square(raw, u.gate);
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
