#include "config.h"

#include <math.h>
#include <string.h>

#include "observe/lapack.h"

#include "observe/fold.h"

void
cst__loader_clear(cst__loader_t *loader)
{
    flint_free(loader->x);
    loader->x = NULL;
    loader->tensor = NULL;
}

/* Decodes a tensor, and keeps it for the next views of it. */
static const double *
decode(cst__loader_t *loader, cst_io_tensor_t tensor)
{
    if (loader->tensor == tensor)
        return loader->x;
    flint_free(loader->x);
    loader->tensor = tensor;
    loader->x = flint_malloc((size_t) (tensor->count + 1) * sizeof *loader->x);
    (void) cst_io_tensor_read(loader->x, tensor, 0, tensor->count);
    cst_io_tensor_forget((const cst_io_checkpoint_struct *) loader->checkpoint, tensor, 0, tensor->count);
    return loader->x;
}

static void
flag_infinite(cst__mat_t a)
{
    double sum = 0;

    for (slong i = 0; i < a->rows * a->cols; i++)
        sum += 0 * a->x[i];
    if (isnan(sum))
        a->error = (double) INFINITY;
}

static void
load(cst__mat_t a, cst__loader_t *loader, cst__view_t view, slong heads, slong rows, slong cols, int below)
{
    const double *x;
    slong down = below ? rows * cols : cols, stride = below ? cols : heads * cols;

    cst__mat_init(a, below ? heads * rows : rows, below ? cols : heads * cols);
    if (!view.tensor)
        return;
    x = decode(loader, view.tensor) + view.start;
    for (slong h = 0; h < heads; h++)
        for (slong i = 0; i < rows; i++)
            for (slong j = 0; j < cols; j++)
                a->x[h * down + i * stride + j] = x[h * view.head + i * view.row + j * view.col];
    flag_infinite(a);
}

void
cst__load_beside(cst__mat_t a, cst__loader_t *loader, cst__view_t view, slong heads, slong rows, slong cols)
{
    load(a, loader, view, heads, rows, cols, 0);
}

void
cst__load_below(cst__mat_t a, cst__loader_t *loader, cst__view_t view, slong heads, slong rows, slong cols)
{
    load(a, loader, view, heads, rows, cols, 1);
}

void
cst__fold_bias(cst__mat_t bias, const cst__mat_t w, cst__loader_t *loader, cst__view_t shift)
{
    cst__mat_t s, moved;

    cst__load_beside(s, loader, shift, 1, 1, w->rows);
    cst__mat_mul(moved, s, w);
    for (slong j = 0; j < bias->cols; j++)
        bias->x[j] += moved->x[j];
    bias->error = cst__up(bias->error + moved->error + OBS_U * cst__norm_x(bias->x, bias->cols));
    cst__mat_clear(s);
    cst__mat_clear(moved);
}

/* Takes the mean off each column: its computed mean is off by gamma of the mean absolute value. */
static void
centre_columns(cst__mat_t w)
{
    double before = cst__norm_x(w->x, w->rows * w->cols), *mean;

    mean = flint_calloc((size_t) w->cols + 1, sizeof *mean);
    for (slong i = 0; i < w->rows; i++)
        for (slong j = 0; j < w->cols; j++)
            mean[j] += w->x[i * w->cols + j];
    for (slong j = 0; j < w->cols; j++)
        mean[j] /= (double) w->rows;
    for (slong i = 0; i < w->rows; i++)
        for (slong j = 0; j < w->cols; j++)
            w->x[i * w->cols + j] -= mean[j];
    flint_free(mean);
    w->error = cst__up(w->error + 2 * cst__gamma(w->rows + 3) * before);
}

void
cst__fold_reader(cst__mat_t w, cst__mat_struct *bias, cst__loader_t *loader, cst__view_t gain,
                 cst__view_t shift)
{
    cst__mat_t g;

    if (loader->model->norm == OBS_NO_NORM)
        return;
    if (bias && shift.tensor)
        cst__fold_bias(bias, w, loader, shift);
    if (gain.tensor)
    {
        cst__load_beside(g, loader, gain, 1, 1, w->rows);
        for (slong i = 0; i < w->rows; i++)
            for (slong j = 0; j < w->cols; j++)
                w->x[i * w->cols + j] *= g->x[i];
        w->error = cst__up(w->error + g->error + OBS_U * cst__norm_x(w->x, w->rows * w->cols));
        cst__mat_clear(g);
    }
    if (loader->model->norm == OBS_LAYER_NORM)
        centre_columns(w);
    flag_infinite(w);
}

void
cst__fold_writer(cst__mat_t w, const cst__model_struct *model)
{
    double before = cst__norm_x(w->x, w->rows * w->cols);

    if (model->norm != OBS_LAYER_NORM)
        return;
    for (slong i = 0; i < w->rows; i++)
    {
        double *row = w->x + i * w->cols, mean = 0;

        for (slong j = 0; j < w->cols; j++)
            mean += row[j];
        mean /= (double) w->cols;
        for (slong j = 0; j < w->cols; j++)
            row[j] -= mean;
    }
    w->error = cst__up(w->error + 2 * cst__gamma(w->cols + 3) * before);
}

#define PIECE 1024 /* rows at a time */

/* Rows [from, from + rows) of an embedding, less the mean if it is not NULL. */
static void
load_rows(cst__mat_t a, cst__loader_t *loader, cst__view_t view, slong from, slong rows, const double *mean)
{
    slong width = loader->model->width;
    const double *x;

    cst__mat_init(a, rows, width);
    if (view.col == 1 && view.row == width)
    {
        (void) cst_io_tensor_read(a->x, view.tensor, view.start + from * width, rows * width);
        cst_io_tensor_forget((const cst_io_checkpoint_struct *) loader->checkpoint, view.tensor,
                             view.start + from * width, rows * width);
    }
    else
    {
        x = decode(loader, view.tensor) + view.start;
        for (slong i = 0; i < rows; i++)
            for (slong j = 0; j < width; j++)
                a->x[i * width + j] = x[(from + i) * view.row + j * view.col];
    }
    for (slong i = 0; mean && i < rows; i++)
        for (slong j = 0; j < width; j++)
            a->x[i * width + j] -= mean[j];
    if (mean)
        a->error = cst__up(OBS_U * cst__norm_x(a->x, rows * width));
    flag_infinite(a);
}

static slong
piece_of(slong from, slong count)
{
    return count - from < PIECE ? count - from : PIECE;
}

/* sum += the rows of a, by columns */
static void
add_rows(double *sum, const cst__mat_t a)
{
    double *part = flint_calloc((size_t) a->cols + 1, sizeof *part);

    for (slong i = 0; i < a->rows; i++)
        for (slong j = 0; j < a->cols; j++)
            part[j] += a->x[i * a->cols + j];
    for (slong j = 0; j < a->cols; j++)
        sum[j] += part[j];
    flint_free(part);
}

static void
column_means(cst__mat_t mean, cst__loader_t *loader, cst__view_t view, slong count)
{
    slong width = loader->model->width;
    double size = 0;
    cst__mat_t a;

    cst__mat_init(mean, 1, width);
    for (slong from = 0; from < count; from += PIECE)
    {
        slong rows = piece_of(from, count);
        double norm;

        load_rows(a, loader, view, from, rows, NULL);
        add_rows(mean->x, a);
        norm = cst__norm_x(a->x, rows * width);
        size += norm * norm;
        cst__mat_clear(a);
    }
    for (slong j = 0; j < width; j++)
        mean->x[j] /= (double) count;
    /* the norm of the means of absolute values is at most that of the matrix over sqrt(count) */
    mean->error = cst__up(cst__gamma(PIECE + count / PIECE + 4) * sqrt(size / (double) count));
    flag_infinite(mean);
    if (isnan(mean->error))
        mean->error = (double) INFINITY;
}

/* What is summed up over the rows x_i - c, c any vector near their mean. */
typedef struct
{
    double *gram, *sum; /* width x width, the upper part; width */
    double size, each;  /* squared norm; error of the Gram matrix by that of the rows */
    double errors;      /* squared norm of the errors of the rows */
} moments_t;

static void
take_moments(moments_t *t, cst__loader_t *loader, cst__view_t view, const double *centre, slong count)
{
    slong n = loader->model->width;
    cst__mat_t a;

    for (slong from = 0; from < count; from += PIECE)
    {
        double norm;

        load_rows(a, loader, view, from, piece_of(from, count), centre);
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int) n, (int) a->rows, 1, a->x, (int) n, 1,
                    t->gram, (int) n);
        add_rows(t->sum, a);
        norm = cst__norm_x(a->x, a->rows * n);
        t->size = cst__up(t->size + norm * norm);
        t->each = cst__up(t->each + 2 * a->error * norm + a->error * a->error);
        t->errors = cst__up(t->errors + a->error * a->error);
        cst__mat_clear(a);
    }
}

/* In one pass, with c the mean of the first rows; then mean = c + d, and the centred Gram matrix that of the
   rows less count d d'. */
static int
centred_by_gram(cst__mat_t r, cst__mat_t mean, cst__loader_t *loader, cst__view_t view, slong count)
{
    slong n = loader->model->width, first = piece_of(0, count);
    moments_t t = {flint_calloc((size_t) (n * n) + 1, sizeof(double)),
                   flint_calloc((size_t) n + 1, sizeof(double)), 0, 0, 0};
    double *centre = flint_calloc((size_t) n + 1, sizeof *centre), off, length, error;
    cst__mat_t a;
    int done;

    load_rows(a, loader, view, 0, first, NULL);
    add_rows(centre, a);
    cst__mat_clear(a);
    for (slong j = 0; j < n; j++)
        centre[j] /= (double) first;
    take_moments(&t, loader, view, centre, count);
    for (slong j = 0; j < n; j++)
        t.sum[j] /= (double) count;
    off = cst__up(cst__gamma(PIECE + count / PIECE + 4) * sqrt(t.size / (double) count) +
                  sqrt(t.errors / (double) count));
    length = cst__norm_x(t.sum, n);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j <= i; j++)
        {
            t.gram[j * n + i] -= (double) count * t.sum[i] * t.sum[j];
            t.gram[i * n + j] = t.gram[j * n + i];
        }
    error = t.each + (double) count * (2 * length * off + off * off) +
            cst__gamma(4) * (cst__norm_x(t.gram, n * n) + 2 * (double) count * length * length);
    error = cst__up(error + cst__gamma(PIECE + count / PIECE + 4) * t.size);
    done = isfinite(error) && cst__factor_gram(r, t.gram, n, error, 1e-6);
    if (done)
    {
        cst__mat_init(mean, 1, n);
        for (slong j = 0; j < n; j++)
            mean->x[j] = centre[j] + t.sum[j];
        mean->error = cst__up(off + OBS_U * cst__norm_x(mean->x, n));
    }
    flint_free(t.gram);
    flint_free(t.sum);
    flint_free(centre);
    return done;
}

void
cst__load_centred(cst__mat_t r, cst__mat_t mean, cst__loader_t *loader, cst__view_t view, slong count)
{
    cst__mat_t a;

    if (count > 4 * loader->model->width && centred_by_gram(r, mean, loader, view, count))
        return;
    column_means(mean, loader, view, count);
    cst__mat_init(r, 0, loader->model->width);
    for (slong from = 0; from < count; from += PIECE)
    {
        load_rows(a, loader, view, from, piece_of(from, count), mean->x);
        cst__mat_compress_rows(r, a);
        cst__mat_clear(a);
    }
    r->error = cst__up(r->error + sqrt((double) count) * mean->error);
}

/* Rows of both, one beside the other, less their means: (now, before). */
static void
load_rows_both(cst__mat_t both, cst__loader_t *const *loaders, const cst__view_t *views,
               const cst__mat_struct *means, slong from, slong rows)
{
    slong width = loaders[0]->model->width;
    cst__mat_t a;

    cst__mat_init(both, rows, 2 * width);
    for (int k = 0; k < 2; k++)
    {
        load_rows(a, loaders[k], views[k], from, rows, means[k].x);
        for (slong i = 0; i < rows; i++)
            memcpy(both->x + (2 * i + k) * width, a->x + i * width, (size_t) width * sizeof *a->x);
        both->error = cst__up(both->error + a->error);
        cst__mat_clear(a);
    }
}

/* (now, before) becomes (scale (now - before), before). Returns a bound for the rounding. */
static double
differ(cst__mat_t both, double scale)
{
    slong width = both->cols / 2;
    double size = 0;

    for (slong i = 0; i < both->rows; i++)
    {
        double *now = both->x + 2 * i * width;

        for (slong j = 0; j < width; j++)
        {
            now[j] = scale * (now[j] - now[width + j]);
            size += now[j] * now[j];
        }
    }
    return cst__up(2 * OBS_U * sqrt(size));
}

/* A power of two that brings the change of an embedding to its size. */
static double
scale_of(cst__loader_t *const *loaders, const cst__view_t *views, const cst__mat_struct *means, slong rows)
{
    slong width = loaders[0]->model->width;
    cst__mat_t both, change;
    double ratio;
    int exponent;

    load_rows_both(both, loaders, views, means, 0, rows);
    (void) differ(both, 1);
    cst__mat_cols(change, both, 0, width);
    ratio = cst__norm_x(both->x, rows * 2 * width) / cst__norm_x(change->x, rows * width);
    cst__mat_clear(both);
    cst__mat_clear(change);
    (void) frexp(ratio, &exponent);
    return ratio < 1e12 ? ldexp(1, exponent - 1) : 1;
}

/* By way of the Gram matrix: two checkpoints may be close, but not their difference to one of them. 0: it is
   not well conditioned, and r not initialized. */
static int
both_by_gram(cst__mat_t r, cst__loader_t *const *loaders, const cst__view_t *views,
             const cst__mat_struct *means, slong count)
{
    slong width = loaders[0]->model->width, n = 2 * width;
    double *gram = flint_calloc((size_t) (n * n) + 1, sizeof *gram), size = 0, errors = 0,
           scale = scale_of(loaders, views, means, piece_of(0, count));
    cst__mat_t both;
    int done;

    for (slong from = 0; from < count; from += PIECE)
    {
        slong rows = piece_of(from, count);
        double norm;

        load_rows_both(both, loaders, views, means, from, rows);
        errors += both->error + differ(both, scale) / scale;
        norm = cst__norm_x(both->x, rows * n);
        size += norm * norm;
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, (int) n, (int) rows, 1, both->x, (int) n, 1, gram,
                    (int) n);
        cst__mat_clear(both);
    }
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < i; j++)
            gram[i * n + j] = gram[j * n + i];
    done = isfinite(size + errors) &&
           cst__factor_gram(r, gram, n, cst__up(cst__gamma(PIECE + count / PIECE + 4) * size), 1e-6);
    flint_free(gram);
    if (!done)
        return 0;
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < width; j++)
            r->x[i * n + j] = r->x[i * n + j] / scale + r->x[i * n + width + j];
    r->error = cst__up(2 * errors + 2 * OBS_U * cst__norm_x(r->x, n * n) * sqrt(1 + r->defect));
    return 1;
}

#define BOTH_BY_GRAM 4096 /* rows at least */

void
cst__load_centred_both(cst__mat_t r, cst__mat_struct *means, cst__loader_t *const *loaders,
                       const cst__view_t *views, slong count)
{
    slong width = loaders[0]->model->width;
    cst__mat_t both;

    for (int k = 0; k < 2; k++)
        column_means(means + k, loaders[k], views[k], count);
    if (count < BOTH_BY_GRAM || count < 8 * width || !both_by_gram(r, loaders, views, means, count))
    {
        cst__mat_init(r, 0, 2 * width);
        for (slong from = 0; from < count; from += PIECE)
        {
            load_rows_both(both, loaders, views, means, from, piece_of(from, count));
            cst__mat_compress_rows(r, both);
            cst__mat_clear(both);
        }
    }
    r->error = cst__up(r->error + sqrt((double) count) * (means[0].error + means[1].error));
}

void
cst__mat_cols(cst__mat_t part, const cst__mat_t a, slong from, slong cols)
{
    cst__mat_init(part, a->rows, cols);
    for (slong i = 0; i < a->rows; i++)
        memcpy(part->x + i * cols, a->x + i * a->cols + from, (size_t) cols * sizeof *a->x);
    part->error = a->error;
    part->defect = a->defect;
}

void
cst__mat_rows(cst__mat_t part, const cst__mat_t a, slong from, slong rows)
{
    cst__mat_init(part, rows, a->cols);
    memcpy(part->x, a->x + from * a->cols, (size_t) (rows * a->cols) * sizeof *a->x);
    part->error = a->error;
}

void
cst__mat_stack(cst__mat_t c, const cst__mat_t a, const cst__mat_t b)
{
    cst__mat_init(c, a->rows + b->rows, a->cols);
    memcpy(c->x, a->x, (size_t) (a->rows * a->cols) * sizeof *a->x);
    memcpy(c->x + a->rows * a->cols, b->x, (size_t) (b->rows * b->cols) * sizeof *b->x);
    c->error = cst__up(a->error + b->error);
    c->defect = fmax(a->defect, b->defect);
}
