/* arch/verify.c -- proof that a catalogue entry is right for a given network.

   Let R be the rank of the generators, J the Jacobian of the function at many inputs, P the number of
   parameters. If the generators annihilate the function, rank J <= P - R at generic points. So a point
   where rank J >= P - R, certified, proves that they are all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arch/model.h"
#include "arch/reverse.h"

#define PREC 128
#define ROUNDS 3          /* samples at which generators are tested */
#define ATTEMPTS 50       /* points tried */
#define PIVOT_LIMIT 1e-11 /* relative; below it the guide stops */

/* The function at one batch of inputs, as a program in the parameters. */
typedef struct
{
    slong count, room;
    cst_tape_struct *tapes;
    slong rows; /* outputs of all of them */
} samples_t;

static void
samples_clear(samples_t *samples)
{
    for (slong i = 0; i < samples->count; i++)
        cst_tape_clear(samples->tapes + i);
    flint_free(samples->tapes);
}

static int
is_batched(const cst_arch_t arch)
{
    for (slong l = 0; arch->spec->kind == CST_ARCH_CNN && l < arch->spec->convolutions; l++)
        if (arch->spec->convolution[l].norm == CST_ARCH_NORM_BATCH)
            return 1;
    return 0;
}

/* The next number of SplitMix64, below n if that is not 0. */
static ulong
draw(ulong *state, ulong n)
{
    ulong z = *state += UWORD(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UWORD(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UWORD(0x94d049bb133111eb);
    z ^= z >> 31;
    return n ? z % n : z;
}

/* Does an activation bend at 6 as well? */
static int
has_relu6(const cst_arch_spec_struct *spec)
{
    for (slong l = 0; spec->kind == CST_ARCH_CNN && l < spec->convolutions; l++)
        if (spec->convolution[l].activation == CST_ARCH_RELU6)
            return 1;
    return spec->kind != CST_ARCH_CNN && spec->activation == CST_ARCH_RELU6;
}

/* Tokens, or rationals k/16 up to 2, for relu6 k/2 up to 16. */
static void
random_input(fmpq *input, const cst_arch_t arch, ulong *state)
{
    if (arch->spec->kind == CST_ARCH_TRANSFORMER)
        fmpq_set_si(input, (slong) draw(state, (ulong) arch->spec->vocabulary), 1);
    else
        fmpq_set_si(input, (slong) draw(state, 65) - 32, has_relu6(arch->spec) ? 2 : 16);
}

/* Under softmax only differences of outputs are seen: each run of `size` outputs loses its last. */
static slong
take_differences(cst_expr_t *outputs, cst_expr_ctx_t ctx, slong count, slong size)
{
    slong kept = 0;

    for (slong first = 0; first < count; first += size)
        for (slong i = first; i < first + size - 1; i++)
            outputs[kept++] = cst_expr_sub(ctx, outputs[i], outputs[first + size - 1]);
    return kept;
}

cst_status_t
cst_arch_compile(cst_tape_t tape, const cst_arch_t arch, const fmpq *inputs, slong batch, cst_error_t *error)
{
    slong count = batch * cst_arch_output_size(arch), size;
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t *outputs = flint_malloc((size_t) (count + 1) * sizeof *outputs);
    cst_expr_t *parameters = flint_malloc((size_t) (arch->parameters + 1) * sizeof *parameters);
    cst_status_t status = cst_arch_forward(outputs, ctx, arch, inputs, batch, error);

    size = arch->spec->kind == CST_ARCH_TRANSFORMER ? arch->spec->vocabulary : cst_arch_output_size(arch);
    if (status == CST_OK)
    {
        if (arch->spec->softmax)
            count = take_differences(outputs, ctx, count, size);
        for (slong p = 0; p < arch->parameters; p++)
            parameters[p] = cst_arch_parameter(ctx, arch, p);
        status = cst_tape_compile(tape, ctx, outputs, count, parameters, arch->parameters, error);
    }
    flint_free(parameters);
    flint_free(outputs);
    cst_expr_ctx_free(ctx);
    return status;
}

static cst_status_t
add_sample(samples_t *samples, const cst_arch_t arch, ulong *state, cst_error_t *error)
{
    slong batch = is_batched(arch) ? 4 : 1, count = batch * cst_arch_input_size(arch);
    fmpq *inputs = _fmpq_vec_init(count);
    cst_status_t status;

    for (slong i = 0; i < count; i++)
        random_input(inputs + i, arch, state);
    if (samples->count == samples->room)
    {
        samples->room = 2 * samples->room + 8;
        samples->tapes = flint_realloc(samples->tapes, (size_t) samples->room * sizeof *samples->tapes);
    }
    status = cst_arch_compile(samples->tapes + samples->count, arch, inputs, batch, error);
    if (status == CST_OK)
        samples->rows += samples->tapes[samples->count++].output_count;
    _fmpq_vec_clear(inputs, count);
    return status;
}

/* ---- The rank of the Jacobian: a floating-point elimination chooses a square part, balls certify it. */

static void
double_jacobian(double *jacobian, const samples_t *samples, const double *point)
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
ball_part(arb_mat_t part, const samples_t *samples, arb_srcptr point, const slong *place_of_row,
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
        slong k = 1 + (slong) draw(state, 1024);

        arb_set_si(point + p, draw(state, 2) ? k : -k);
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
is_piecewise(const samples_t *samples)
{
    for (slong i = 0; i < samples->tapes->length; i++)
        if (samples->tapes->ops[i].code == CST_TAPE_STEP)
            return 1;
    return 0;
}

/* At some points units are dead or always active: of a few, takes one with `most` pivots, or the best. */
static void
choose_point(choice_t *best, const samples_t *samples, slong parameters, slong most, ulong *state)
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

/* A certified lower bound of the rank at some point, at most `most`. */
static slong
certified_rank(const samples_t *samples, slong parameters, slong most, ulong *state)
{
    choice_t choice = {0};
    slong *places = flint_malloc((size_t) (samples->rows + 1) * sizeof *places);
    arb_mat_t part;

    choice.rows = flint_malloc((size_t) (samples->rows + 1) * sizeof(slong));
    choice.columns = flint_malloc((size_t) (parameters + 1) * sizeof(slong));
    choice.point = _arb_vec_init(parameters);
    choose_point(&choice, samples, parameters, most, state);
    for (slong i = 0; i < samples->rows; i++)
        places[i] = -1;
    for (slong i = 0; i < choice.rank; i++)
        places[choice.rows[i]] = i;
    arb_mat_init(part, choice.rank, choice.rank);
    ball_part(part, samples, choice.point, places, choice.columns);
    if (!is_invertible(part))
        choice.rank = 0;
    arb_mat_clear(part);
    _arb_vec_clear(choice.point, parameters);
    flint_free(choice.columns);
    flint_free(choice.rows);
    flint_free(places);
    return choice.rank;
}

/* ---- The generators, modulo a prime. */

/* Sets row r of the matrix to generator r of all symmetries at a point; symmetry[r], number[r] say which it
 * is. */
static int
generators_mod(nmod_mat_t matrix, const cst_arch_t arch, const ulong *point, nmod_t mod, ulong seed)
{
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t *parameters = flint_malloc((size_t) (arch->parameters + 1) * sizeof *parameters);
    cst_arch_generator_t generator;
    int defined = 1;

    for (slong p = 0; p < arch->parameters; p++)
        parameters[p] = cst_arch_parameter(ctx, arch, p);
    cst_arch_generator_init(generator);
    for (slong s = 0, row = 0; s < arch->symmetry_count && defined; s++)
        for (slong k = 0; k < fmpz_get_si(arch->symmetries[s].generators) && defined; k++, row++)
        {
            cst_tape_t tape;
            ulong *work;

            cst_arch_generator(generator, ctx, arch, s, k);
            cst_tape_compile(tape, ctx, generator->coefficients, generator->length, parameters,
                             arch->parameters, NULL);
            work = flint_malloc((size_t) (3 * tape->length + 1) * sizeof *work);
            defined =
                cst__reverse_mod(work, work + tape->length, work + 2 * tape->length, tape, point, mod, seed);
            for (slong i = 0; i < generator->length && defined; i++)
                nmod_mat_entry(matrix, row, generator->parameters[i]) = work[tape->outputs[i]];
            flint_free(work);
            cst_tape_clear(tape);
        }
    cst_arch_generator_clear(generator);
    flint_free(parameters);
    cst_expr_ctx_free(ctx);
    return defined;
}

static int
jacobian_mod(nmod_mat_t matrix, const cst_tape_t tape, const ulong *point, nmod_t mod, ulong seed)
{
    ulong *work = flint_malloc((size_t) (4 * tape->length + 1) * sizeof *work);
    ulong *left = work + tape->length, *right = left + tape->length, *adjoint = right + tape->length;
    int defined = cst__reverse_mod(work, left, right, tape, point, mod, seed);

    for (slong k = 0; k < tape->output_count && defined; k++)
        cst__reverse_mod_gradient(&nmod_mat_entry(matrix, k, 0), adjoint, left, right, tape, k, mod);
    flint_free(work);
    return defined;
}

/* Does each generator annihilate the function at this sample? Notes the first that does not. */
static int
annihilates(cst_arch_check_t *check, const cst_arch_t arch, const nmod_mat_t generators,
            const cst_tape_t tape, const ulong *point, nmod_t mod, ulong seed)
{
    nmod_mat_t jacobian, transpose, product;
    int good;

    nmod_mat_init(jacobian, tape->output_count, arch->parameters, mod.n);
    nmod_mat_init(transpose, arch->parameters, generators->r, mod.n);
    nmod_mat_init(product, tape->output_count, generators->r, mod.n);
    good = jacobian_mod(jacobian, tape, point, mod, seed);
    nmod_mat_transpose(transpose, generators);
    nmod_mat_mul(product, jacobian, transpose);
    for (slong g = 0; g < generators->r && good; g++)
        for (slong k = 0; k < tape->output_count && good; k++)
            if (nmod_mat_entry(product, k, g) != 0)
            {
                good = 0;
                check->failed_symmetry = 0;
                for (check->failed_generator = g;
                     check->failed_generator >=
                     fmpz_get_si(arch->symmetries[check->failed_symmetry].generators);
                     check->failed_symmetry++)
                    check->failed_generator -=
                        fmpz_get_si(arch->symmetries[check->failed_symmetry].generators);
            }
    nmod_mat_clear(product);
    nmod_mat_clear(transpose);
    nmod_mat_clear(jacobian);
    return good;
}

static void
check_generators(cst_arch_check_t *check, const cst_arch_t arch, const samples_t *samples, ulong *state)
{
    slong count = 0;
    nmod_t mod;
    nmod_mat_t generators;
    ulong *point = flint_malloc((size_t) (arch->parameters + 1) * sizeof *point), secret = draw(state, 0);

    nmod_init(&mod, n_nextprime(UWORD(1) << 61, 0));
    for (slong s = 0; s < arch->symmetry_count; s++)
        count += fmpz_get_si(arch->symmetries[s].generators);
    for (slong p = 0; p < arch->parameters; p++)
        point[p] = draw(state, mod.n);
    nmod_mat_init(generators, count, arch->parameters, mod.n);
    check->invariant = CST_UNKNOWN;
    if (generators_mod(generators, arch, point, mod, secret))
    {
        check->invariant = CST_TRUE;
        for (slong s = 0; s < samples->count && s < ROUNDS && check->invariant == CST_TRUE; s++)
            if (!annihilates(check, arch, generators, samples->tapes + s, point, mod, secret))
                check->invariant = CST_UNKNOWN;
        check->independent = nmod_mat_rank(generators);
    }
    nmod_mat_clear(generators);
    flint_free(point);
}

#define MOST_PARAMETERS 5000
#define MOST_GENERATORS 20000

cst_status_t
cst_arch_verify(cst_arch_check_t *check, const cst_arch_t arch, ulong seed, cst_error_t *error)
{
    samples_t samples = {0};
    /* Tokens are few, and heads narrow: many outputs of a transformer tell the same. */
    slong surplus =
        arch->spec->kind == CST_ARCH_TRANSFORMER || arch->spec->kind == CST_ARCH_ATTENTION ? 4 : 2;
    cst_status_t status = CST_OK;

    memset(check, 0, sizeof *check);
    check->proved = CST_UNKNOWN;
    if (arch->parameters > MOST_PARAMETERS || fmpz_cmp_si(arch->redundancy, MOST_GENERATORS) > 0)
        return cst_error_set(error, CST_REFUSED,
                             "a network of %ld parameters is too large for a certified rank",
                             (long) arch->parameters);
    while (status == CST_OK && samples.rows < surplus * arch->parameters + 16)
        status = add_sample(&samples, arch, &seed, error);
    if (status == CST_OK)
    {
        check_generators(check, arch, &samples, &seed);
        check->rank =
            certified_rank(&samples, arch->parameters, arch->parameters - check->independent, &seed);
        if (check->invariant == CST_TRUE && check->rank + check->independent == arch->parameters)
            check->proved = fmpz_equal_si(arch->redundancy, check->independent) ? CST_TRUE : CST_FALSE;
    }
    samples_clear(&samples);
    return status;
}
