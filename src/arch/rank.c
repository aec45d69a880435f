/* arch/rank.c -- certified ranks: floating point chooses, balls prove. */
#include <math.h>
#include <string.h>

#include "arch/rank.h"
#include "arch/reverse.h"

#define PREC 128
#define ATTEMPTS 50       /* points tried */
#define PIVOT_LIMIT 1e-11 /* relative; below it the guide stops */

ulong
cst__arch_draw(ulong *state, ulong n)
{
    ulong z = *state += UWORD(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UWORD(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UWORD(0x94d049bb133111eb);
    z ^= z >> 31;
    return n ? z % n : z;
}

static void
double_jacobian(double *jacobian, const cst__samples_t *samples, const double *point)
{
    for (slong s = 0, row = 0; s < samples->count; s++)
    {
        const cst_tape_struct *tape = samples->tapes + s;
        double *work = flint_malloc((size_t) (4 * tape->length + 4) * sizeof *work);
        double *left = work + tape->length, *right = left + tape->length, *adjoint = right + tape->length;

        cst__reverse_double(work, left, right, tape, point);
        for (slong k = 0; k < tape->output_count; k++, row++)
            cst__reverse_double_gradient(jacobian + row * tape->inputs, adjoint, left, right, tape, k);
        flint_free(work);
    }
}

static void
swap_rows(double *m, slong columns, slong i, slong j, slong *names)
{
    slong t = names[i];

    names[i] = names[j];
    names[j] = t;
    for (slong c = 0; c < columns; c++)
    {
        double x = m[i * columns + c];

        m[i * columns + c] = m[j * columns + c];
        m[j * columns + c] = x;
    }
}

static void
swap_columns(double *m, slong rows, slong columns, slong i, slong j, slong *names)
{
    slong t = names[i];

    names[i] = names[j];
    names[j] = t;
    for (slong r = 0; r < rows; r++)
    {
        double x = m[r * columns + i];

        m[r * columns + i] = m[r * columns + j];
        m[r * columns + j] = x;
    }
}

static void
find_pivot(slong *row, slong *column, const double *m, slong rows, slong columns, slong k)
{
    double best = -1;

    for (slong i = k; i < rows; i++)
        for (slong j = k; j < columns; j++)
            if (fabs(m[i * columns + j]) > best)
            {
                best = fabs(m[i * columns + j]);
                *row = i;
                *column = j;
            }
}

/* Elimination with complete pivoting, up to `most` pivots. The chosen rows and columns are the first of
   row_names and column_names; returns their number. m is overwritten. */
static slong
choose(double *m, slong rows, slong columns, slong most, slong *row_names, slong *column_names)
{
    double first = 0;

    for (slong i = 0; i < rows; i++)
        row_names[i] = i;
    for (slong j = 0; j < columns; j++)
        column_names[j] = j;
    for (slong k = 0; k < most; k++)
    {
        slong row = k, column = k;
        double pivot;

        if (k == rows)
            return k;
        find_pivot(&row, &column, m, rows, columns, k);
        swap_rows(m, columns, k, row, row_names);
        swap_columns(m, rows, columns, k, column, column_names);
        pivot = m[k * columns + k];
        first = k == 0 ? fabs(pivot) : first;
        if (!(fabs(pivot) > PIVOT_LIMIT * first))
            return k;
        for (slong i = k + 1; i < rows; i++)
        {
            double factor = m[i * columns + k] / pivot;

            for (slong j = k + 1; j < columns && factor != 0; j++)
                m[i * columns + j] -= factor * m[k * columns + j];
        }
    }
    return most;
}

/* The chosen part of the Jacobian in balls. rank_of_row[row] is its row there, or -1. */
static void
ball_part(arb_mat_t part, const cst__samples_t *samples, arb_srcptr point, const slong *place_of_row,
          const slong *columns)
{
    slong rank = arb_mat_nrows(part), row = 0;

    for (slong s = 0; s < samples->count; s++)
    {
        const cst_tape_struct *tape = samples->tapes + s;
        arb_ptr values = _arb_vec_init(4 * tape->length + tape->inputs);
        arb_ptr left = values + tape->length, right = left + tape->length, adjoint = right + tape->length;
        arb_ptr gradient = adjoint + tape->length;

        cst__reverse_arb(values, left, right, tape, point, PREC);
        for (slong k = 0; k < tape->output_count; k++, row++)
        {
            if (place_of_row[row] < 0)
                continue;
            cst__reverse_arb_gradient(gradient, adjoint, left, right, tape, k, PREC);
            for (slong j = 0; j < rank; j++)
                arb_set(arb_mat_entry(part, place_of_row[row], j), gradient + columns[j]);
        }
        _arb_vec_clear(values, 4 * tape->length + tape->inputs);
    }
}

/* Is the matrix certainly invertible? If |1 - A X| < 1 for some X, it is; X is an approximate inverse. */
static int
is_invertible(const arb_mat_t a)
{
    slong n = arb_mat_nrows(a);
    arb_mat_t x, product;
    mag_t bound;
    int certain = 0;

    arb_mat_init(x, n, n);
    arb_mat_init(product, n, n);
    mag_init(bound);
    if (arb_mat_approx_inv(x, a, PREC))
    {
        arb_mat_mul(product, a, x, PREC);
        for (slong i = 0; i < n; i++)
            arb_sub_ui(arb_mat_entry(product, i, i), arb_mat_entry(product, i, i), 1, PREC);
        arb_mat_bound_inf_norm(bound, product);
        certain = mag_cmp_2exp_si(bound, 0) < 0;
    }
    mag_clear(bound);
    arb_mat_clear(product);
    arb_mat_clear(x);
    return certain;
}

/* Parameters k/1024, not 0. */
static void
random_point(arb_ptr point, double *values, slong parameters, ulong *state)
{
    for (slong p = 0; p < parameters; p++)
    {
        slong k = 1 + (slong) cst__arch_draw(state, 1024);

        arb_set_si(point + p, cst__arch_draw(state, 2) ? k : -k);
        arb_mul_2exp_si(point + p, point + p, -10);
        values[p] = arf_get_d(arb_midref(point + p), ARF_RND_NEAR);
    }
}

/* Rows and columns of the Jacobian at the chosen point, rank of each. */
typedef struct
{
    slong rank;
    slong *rows, *columns;
    arb_ptr point;
} choice_t;

static int
is_piecewise(const cst__samples_t *samples)
{
    for (slong i = 0; i < samples->tapes->length; i++)
        if (samples->tapes->ops[i].code == CST_TAPE_STEP)
            return 1;
    return 0;
}

/* At some points units are dead or always active: of a few, takes one with `most` pivots, or the best. */
static void
choose_point(choice_t *best, const cst__samples_t *samples, slong parameters, slong most, ulong *state)
{
    double *jacobian = flint_malloc((size_t) (samples->rows * parameters + 1) * sizeof *jacobian);
    double *values = flint_malloc((size_t) (parameters + 1) * sizeof *values);
    slong *rows = flint_malloc((size_t) (samples->rows + 1) * sizeof *rows), rank;
    slong *columns = flint_malloc((size_t) (parameters + 1) * sizeof *columns);
    arb_ptr point = _arb_vec_init(parameters);
    int attempts = is_piecewise(samples) ? ATTEMPTS : 1;

    best->rank = -1;
    for (int attempt = 0; attempt < attempts && best->rank < most; attempt++)
    {
        random_point(point, values, parameters, state);
        double_jacobian(jacobian, samples, values);
        rank = choose(jacobian, samples->rows, parameters, most, rows, columns);
        if (rank <= best->rank)
            continue;
        best->rank = rank;
        memcpy(best->rows, rows, (size_t) samples->rows * sizeof *rows);
        memcpy(best->columns, columns, (size_t) parameters * sizeof *columns);
        _arb_vec_set(best->point, point, parameters);
    }
    _arb_vec_clear(point, parameters);
    flint_free(columns);
    flint_free(rows);
    flint_free(values);
    flint_free(jacobian);
}

/* How many of the chosen pivots the balls certify: all, or none. */
static slong
certify(const choice_t *choice, const cst__samples_t *samples)
{
    slong *places = flint_malloc((size_t) (samples->rows + 1) * sizeof *places), rank = choice->rank;
    arb_mat_t part;

    for (slong i = 0; i < samples->rows; i++)
        places[i] = -1;
    for (slong i = 0; i < rank; i++)
        places[choice->rows[i]] = i;
    arb_mat_init(part, rank, rank);
    ball_part(part, samples, choice->point, places, choice->columns);
    if (!is_invertible(part))
        rank = 0;
    arb_mat_clear(part);
    flint_free(places);
    return rank;
}

static void
choice_init(choice_t *choice, const cst__samples_t *samples, slong parameters)
{
    choice->rows = flint_malloc((size_t) (samples->rows + 1) * sizeof *choice->rows);
    choice->columns = flint_malloc((size_t) (parameters + 1) * sizeof *choice->columns);
    choice->point = _arb_vec_init(parameters);
}

static void
choice_clear(choice_t *choice, slong parameters)
{
    _arb_vec_clear(choice->point, parameters);
    flint_free(choice->columns);
    flint_free(choice->rows);
}

slong
cst__arch_certified_rank(const cst__samples_t *samples, slong parameters, slong most, ulong *state)
{
    choice_t choice = {0};
    slong rank;

    choice_init(&choice, samples, parameters);
    choose_point(&choice, samples, parameters, most, state);
    rank = certify(&choice, samples);
    choice_clear(&choice, parameters);
    return rank;
}

slong
cst__arch_certified_rank_at(const cst__samples_t *samples, const double *weights, slong parameters,
                            slong most)
{
    double *jacobian = flint_malloc((size_t) (samples->rows * parameters + 1) * sizeof *jacobian);
    choice_t choice = {0};
    slong rank;

    choice_init(&choice, samples, parameters);
    for (slong p = 0; p < parameters; p++)
        arb_set_d(choice.point + p, weights[p]);
    double_jacobian(jacobian, samples, weights);
    choice.rank = choose(jacobian, samples->rows, parameters, most, choice.rows, choice.columns);
    flint_free(jacobian);
    rank = certify(&choice, samples);
    choice_clear(&choice, parameters);
    return rank;
}
