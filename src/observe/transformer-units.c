#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "observe/transformer.h"

#define ROWS 64

/* Squares of the norms of the columns, each with at most ROWS + rows/ROWS + 2 roundings. */
static double *
column_squares(const cst__mat_t a)
{
    double *squares = flint_calloc((size_t) (2 * a->cols) + 1, sizeof *squares), *part = squares + a->cols;

    for (slong from = 0; from < a->rows; from += ROWS)
    {
        memset(part, 0, (size_t) a->cols * sizeof *part);
        for (slong i = from; i < from + ROWS && i < a->rows; i++)
            for (slong j = 0; j < a->cols; j++)
                part[j] += a->x[i * a->cols + j] * a->x[i * a->cols + j];
        for (slong j = 0; j < a->cols; j++)
            squares[j] += part[j];
    }
    return squares;
}

/* The norm of a column of a, or of a row, of this square. */
static void
norm_of(arb_t norm, double square, const cst__mat_t a)
{
    slong terms = a->rows > a->cols ? a->rows : a->cols;
    arb_t t;

    arb_init(t);
    cst__ball(norm, square, cst__up(square * cst__gamma(ROWS + terms / ROWS + 4) + (double) terms * DBL_MIN));
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

/* The rows of out, each times the norm of its column of seen (squares): where that is P x + E, the norm is
   that of x up to what a near isometry changes, and up to |E_i|, whose squares sum to the square of the
   error. */
static void
weigh(cst__mat_t weighted, const cst__mat_t out, const cst__mat_t seen, const double *squares)
{
    slong cols = out->cols;
    double most = 0, heaviest = 0;

    cst__mat_init(weighted, out->rows, cols);
    for (slong i = 0; i < out->rows; i++)
    {
        double weight = sqrt(squares[i]);

        for (slong j = 0; j < cols; j++)
            weighted->x[i * cols + j] = weight * out->x[i * cols + j];
        most = fmax(most, cst__norm_x(out->x + i * cols, cols));
        heaviest = fmax(heaviest, weight);
    }
    weighted->defect = seen->defect;
    weighted->error =
        cst__up(most * seen->error + (cst__up(heaviest) * sqrt(1 + seen->defect) + seen->error) * out->error +
                cst__gamma(ROWS + seen->rows / ROWS + 8) * cst__norm_x(weighted->x, out->rows * cols));
    if (isnan(weighted->error))
        weighted->error = (double) INFINITY;
}

/* Effective number of units, s_i the norm of what reaches it times the norm of what it writes to the logits.
 */
static void
effective_units(const cst__seen_t *v, const cst__mat_t seen, const double *squares, const cst__mat_t heard)
{
    slong n = seen->cols;
    arb_ptr s = _arb_vec_init(n > 0 ? n : 1);
    double *written = column_squares(heard);
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    for (slong i = 0; i < n; i++)
    {
        norm_of(x, squares[i], seen);
        norm_of(y, written[i], heard);
        arb_mul(s + i, x, y, OBS_PREC);
        arb_sqr(s + i, s + i, OBS_PREC);
        arb_nonnegative_part(s + i, s + i);
    }
    cst__effective_number(x, s, n);
    cst__emit(v->sink, v->name, "effective-units", x, NULL, cst__of_units(ALL, v->model), NULL);
    _arb_vec_clear(s, n > 0 ? n : 1);
    flint_free(written);
    arb_clear(x);
    arb_clear(y);
}

/* Layer normalization hears nothing of what all places of the stream have in common: its centred rows have
   that direction as a kernel. A row along it, as long as the others together, makes their Gram matrix
   invertible, and what is heard of it (next to nothing) is added to the error of the map. */
static void
fill_kernel(cst__mat_t weighted, double *heard, const cst__seen_t *v)
{
    const cst__mat_struct *l = v->logits;
    slong n = weighted->rows, cols = weighted->cols;
    double size = cst__norm_x(weighted->x, n * cols) / sqrt((double) cols), sum, square = 0;

    weighted->x = flint_realloc(weighted->x, (size_t) ((n + 1) * cols + 1) * sizeof *weighted->x);
    weighted->rows = n + 1;
    for (slong j = 0; j < cols; j++)
        weighted->x[n * cols + j] = size / sqrt((double) cols);
    for (slong i = 0; i < l->rows; i++)
    {
        sum = 0;
        for (slong j = 0; j < cols; j++)
            sum += l->x[i * cols + j];
        square += sum * sum;
    }
    /* the sums are off by gamma of the sums of absolute values, at most sqrt(cols) times the lengths of rows
     */
    *heard =
        cst__up(size * (sqrt(1 + l->defect) * (sqrt(square / (double) cols) +
                                               cst__gamma(cols + 4) * cst__norm_x(l->x, l->rows * cols)) +
                        l->error));
}

/* Squares of the norms of (w, b), b being one more row of a matrix; its error becomes one of the matrix. */
static double *
with_bias(cst__mat_t w, const cst__mat_t bias)
{
    double *squares = column_squares(w);

    for (slong j = 0; j < w->cols; j++)
        squares[j] += bias->x[j] * bias->x[j];
    w->error = cst__up(w->error + bias->error);
    return squares;
}

/* And the rank of what they write, each unit weighted with what reaches it. */
static void
unit_flow(const cst__seen_t *v, const units_t *u)
{
    cst__mat_t seen, heard, weighted, small, map;
    cst__spectrum_t s;
    unsigned respects = cst__of_units(ALL, v->model);
    double extra = 0, *squares;

    cst__spectrum_init(s);
    cst__mat_mul(seen, v->words, u->in);
    squares = with_bias(seen, u->bias);
    cst__mat_mul_transpose(heard, v->logits, u->out);
    effective_units(v, seen, squares, heard);
    weigh(weighted, u->out, seen, squares);
    if (v->model->norm == OBS_LAYER_NORM && isfinite(weighted->error))
        fill_kernel(weighted, &extra, v);
    cst__mat_compress_tall(small, weighted);
    cst__mat_mul_transpose(map, v->logits, small);
    map->error = cst__up(map->error + sqrt(1 + small->defect) * extra);
    cst__spectrum_of(s, map);
    cst__emit(v->sink, v->name, "units-to-logits-nuclear-norm", s->nuclear, NULL, respects, NULL);
    cst__emit(v->sink, v->name, "units-to-logits-effective-rank", s->rank, NULL, respects, NULL);
    cst__spectrum_clear(s);
    flint_free(squares);
    cst__mat_clear(seen);
    cst__mat_clear(heard);
    cst__mat_clear(weighted);
    cst__mat_clear(small);
    cst__mat_clear(map);
}

/* Rescaling a unit: least squared norm 2 |(w, b)| |v|. */
static void
unit_norms(cst__seen_t *v, const units_t *u, const arb_t raw)
{
    cst__mat_struct in = *u->in; /* with the bias */
    double *squares = with_bias(&in, u->bias);
    slong width = u->out->cols;
    arb_t least, x, y;

    arb_init(least);
    arb_init(x);
    arb_init(y);
    for (slong i = 0; u->scaled && i < in.cols; i++)
    {
        cst__sum_squares(y, u->out->x + i * width, width, 1);
        norm_of(x, squares[i], &in);
        norm_of(y, arf_get_d(arb_midref(y), ARF_RND_NEAR), u->out);
        arb_mul(x, x, y, OBS_PREC);
        arb_addmul_ui(least, x, 2, OBS_PREC);
    }
    if (!u->scaled)
    {
        cst__add_square(least, u->in);
        cst__add_square(least, u->bias);
        cst__add_square(least, u->out);
    }
    cst__add_square(least, u->gate);
    arb_add(v->least, v->least, least, OBS_PREC);
    arb_nonnegative_part(least, least);
    arb_sqrt(least, least, OBS_PREC);
    arb_sqrt(x, raw, OBS_PREC);
    cst__emit(v->sink, v->name, "mlp-norm", least, x, cst__of_units(cst__of_weights(v), v->model), NULL);
    flint_free(squares);
    arb_clear(least);
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
    cst__observe_gain(v, "mlp-gain-norm", b->gain2, (const cst__mat_struct *const[]){u.in, u.gate},
                      m->gated ? 2 : 1,
                      ALL & ~(unsigned) (CST_OBSERVE_BASIS | (u.scaled ? CST_OBSERVE_RESCALINGS : 0)));
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
