/* arch/given-bounded.c -- the rank of a network at given weights, in doubles with bounds.

   Let the rows of G be generators, at most `independent` of them or as many random sums. If the rows of J and
   G together have rank P, then rank J >= P - independent. Jacobians of networks are well enough conditioned
   for double precision, once the generators are below them and the columns are scaled. */
#include <math.h>
#include <string.h>

#include "arch/forward.h"
#include "arch/full-rank.h"
#include "arch/given.h"
#include "arch/input.h"
#include "arch/rank.h"
#include "arch/reverse.h"

#define PREC 128
#define MOST_EDGES 1000
#define MOST_COLUMNS 16000 /* 7 GB */
#define SURPLUS 1.3        /* rows for each dimension of the rank, */
#define MORE 200           /* and for small networks, of whose inputs many tell the same */
#define PROBES 200         /* rows that tell the scales of the columns */
#define SLACK (1 + 0x1p-20)

typedef struct
{
    const cst_arch_struct *arch;
    const double *weights;
    const cst_tape_struct *tape;
    cst_arch_proof_t *proof;
    const cst_arch_watch_t *watch;
    ulong state;
    arb_ptr point; /* parameters, then the input */
    cst__input_t input;
    cst__bounded_t *left, *right, *adjoint, *gradient;
    double *seeds;
    int *exponents; /* column p counts times 2^exponents[p] */
    slong rows;
    double *x, *error;
    char *seen;
} bounded_t;

slong
cst__given_bounded_most(void)
{
    return MOST_COLUMNS;
}

static void
bounded_init(bounded_t *b, const cst_arch_t arch, const cst_tape_t tape, const double *weights, ulong seed)
{
    slong count = arch->parameters;
    size_t n = (size_t) tape->length, all = (size_t) tape->inputs;

    memset(b, 0, sizeof *b);
    b->arch = arch;
    b->weights = weights;
    b->tape = tape;
    b->state = seed;
    b->point = _arb_vec_init(tape->inputs);
    for (slong p = 0; p < count; p++)
        arb_set_d(b->point + p, weights[p]);
    cst__input_init(&b->input, arch);
    b->left = flint_malloc((3 * n + all + 1) * sizeof *b->left);
    b->right = b->left + n;
    b->adjoint = b->right + n;
    b->gradient = b->adjoint + n;
    b->seeds = flint_calloc((size_t) tape->output_count + 1, sizeof *b->seeds);
    b->exponents = flint_calloc((size_t) count + 1, sizeof *b->exponents);
    b->seen = flint_calloc((size_t) count + 1, 1);
}

static void
bounded_clear(bounded_t *b)
{
    _arb_vec_clear(b->point, b->tape->inputs);
    cst__input_clear(&b->input);
    flint_free(b->left);
    flint_free(b->seeds);
    flint_free(b->exponents);
    flint_free(b->seen);
    flint_free(b->x);
    flint_free(b->error);
}

/* ---- Rows of the Jacobian ------------------------------------------------------------------------ */

/* Partial derivatives at a new input. */
static int
new_input(bounded_t *b)
{
    slong count = b->arch->parameters;

    for (int edges = 0; edges < MOST_EDGES; edges++)
    {
        cst__input_draw(&b->input, b->arch, &b->state);
        for (slong i = 0; i < b->input.size; i++)
            if (!b->input.word)
                arb_set_d(b->point + count + i, b->input.value[i]);
            else if (b->input.place[i] < 0)
                arb_set(b->point + count + i, b->point + b->input.word[i]);
            else
                arb_add(b->point + count + i, b->point + b->input.word[i], b->point + b->input.place[i],
                        ARF_PREC_EXACT);
        if (cst__reverse_bounded(b->left, b->right, b->tape, b->point, PREC))
            return 1;
    }
    return 0;
}

/* The gradient of output k, or of a random sum of them. */
static void
new_gradient(bounded_t *b, slong k, int sum)
{
    static const cst__bounded_t one = {1, 0, 0};
    slong count = b->arch->parameters;

    for (slong i = 0; i < b->tape->output_count; i++)
        b->seeds[i] = sum ? (cst__arch_draw(&b->state, 2) ? 1 : -1) : i == k;
    cst__reverse_bounded_gradient(b->gradient, b->adjoint, b->left, b->right, b->tape, b->seeds);
    for (slong i = 0; b->input.word && i < b->input.size; i++)
    {
        cst__bounded_addmul(b->gradient + b->input.word[i], b->gradient + count + i, &one);
        if (b->input.place[i] >= 0)
            cst__bounded_addmul(b->gradient + b->input.place[i], b->gradient + count + i, &one);
    }
}

/* Of transformers, whose positions tell less than they have outputs, random sums. */
static slong
rows_of_input(const bounded_t *b)
{
    const cst_arch_spec_struct *s = b->arch->spec;
    slong outputs = b->tape->output_count, positions;

    if (s->kind != CST_ARCH_TRANSFORMER)
        return outputs;
    positions = b->input.size / s->width;
    return FLINT_MIN(outputs, positions * FLINT_MIN(outputs / positions, s->width) / 2 + 1);
}

/* Hands `rows` gradients at random inputs to use; 0 if inputs have no signs, or if the caller stops it. */
static int
for_gradients(bounded_t *b, slong rows, void (*use)(bounded_t *b))
{
    slong each = rows_of_input(b);

    for (slong r = 0; r < rows; r++)
    {
        cst_arch_progress_t progress = {r, b->proof->rows, 0, b->arch->parameters - b->proof->independent};

        if (r % each == 0 && (!cst__given_go_on(b->proof, b->watch, &progress) || !new_input(b)))
            return 0;
        new_gradient(b, r % each, each < b->tape->output_count);
        use(b);
    }
    return 1;
}

static int
exponent_of(double x)
{
    return x > 0 && isfinite(x) ? ilogb(x) : 0;
}

/* Largest entries so far go to error, relative to the largest of their row; what may be 0 tells no scale. */
static void
probe(bounded_t *b)
{
    double most = 0;

    for (slong p = 0; p < b->arch->parameters; p++)
        most = fmax(most, fabs(b->gradient[p].centre));
    for (slong p = 0; p < b->arch->parameters && most > 0; p++)
        if (fabs(b->gradient[p].centre) > 0x1p20 * b->gradient[p].bound)
            b->error[p] = fmax(b->error[p], fabs(b->gradient[p].centre) / most);
}

/* Row number `rows` from centres and a bound for its distance; scaled to a length of about 1. */
static void
finish_row(bounded_t *b, double bound)
{
    slong count = b->arch->parameters;
    double *row = b->x + b->rows * count, sum = 0;
    int e;

    for (slong p = 0; p < count; p++)
        sum += row[p] * row[p];
    e = exponent_of(sqrt(sum));
    for (slong p = 0; p < count; p++)
        row[p] = ldexp(row[p], -e);
    b->error[b->rows++] = ldexp(SLACK * bound, -e);
}

static void
keep_gradient(bounded_t *b)
{
    slong count = b->arch->parameters;
    double *row = b->x + b->rows * count, sum = 0, bound;

    for (slong p = 0; p < count; p++)
    {
        row[p] = ldexp(b->gradient[p].centre, b->exponents[p]);
        bound = ldexp(SLACK * (b->gradient[p].bound + fabs(b->gradient[p].rest)), b->exponents[p]);
        sum += bound * bound;
        b->seen[p] |= b->gradient[p].centre != 0 || b->gradient[p].bound != 0;
    }
    finish_row(b, SLACK * sqrt(sum));
}

/* ---- Rows of generators -------------------------------------------------------------------------- */

/* Their place in the matrix. */
typedef struct
{
    bounded_t *b;
    slong total, independent, done;
    double *below, *bounds; /* rows, and bounds of their distances */
    cst__bounded_t *entries;
} below_t;

/* The entries of a generator at a point, times 2^exponents of their parameters (NULL: 1) and scaled to a
   length of about 1; 0 if one is not finite. */
static int
set_entries(cst__bounded_t *entries, arb_srcptr point, const int *exponents, const cst_tape_t tape,
            const cst_arch_generator_t generator)
{
    arb_ptr values = _arb_vec_init(generator->length + 1);
    double sum = 0;
    int finite = 1, e;

    cst_tape_eval_arb(values, tape, point, PREC);
    for (slong i = 0; i < generator->length && finite; i++)
    {
        finite = cst__bounded_set_arb(entries + i, values + i);
        e = exponents ? exponents[generator->parameters[i]] : 0;
        entries[i].centre = ldexp(entries[i].centre, e);
        entries[i].bound = ldexp(SLACK * (entries[i].bound + fabs(entries[i].rest)), e);
        sum += entries[i].centre * entries[i].centre;
    }
    e = exponent_of(sqrt(sum));
    for (slong i = 0; i < generator->length; i++)
    {
        entries[i].centre = ldexp(entries[i].centre, -e);
        entries[i].bound = ldexp(entries[i].bound, -e);
    }
    _arb_vec_clear(values, generator->length + 1);
    return finite;
}

/* Adds it to one row, or with random signs to all. */
static int
add_generator(void *data, const cst_tape_t tape, const cst_arch_generator_t generator)
{
    below_t *below = data;
    int all = below->total != below->independent;

    if (!set_entries(below->entries, below->b->point, below->b->exponents, tape, generator))
        return 0;
    for (slong r = all ? 0 : below->done; r < (all ? below->independent : below->done + 1); r++)
    {
        double *row = below->below + r * below->b->arch->parameters;
        double sign = all && cst__arch_draw(&below->b->state, 2) ? -1 : 1;

        for (slong i = 0; i < generator->length; i++)
        {
            double *x = row + generator->parameters[i];

            *x += sign * below->entries[i].centre;
            below->bounds[r] += below->entries[i].bound + 0x1p-52 * fabs(*x);
        }
    }
    below->done++;
    return 1;
}

/* Below the other rows: `independent` generators or, if they are more, random sums of them. */
static int
add_generators(bounded_t *b, slong independent)
{
    slong count = b->arch->parameters;
    below_t below = {.b = b, .independent = independent, .below = b->x + b->rows * count};
    int finite;

    for (slong s = 0; s < b->arch->symmetry_count; s++)
        below.total += fmpz_get_si(b->arch->symmetries[s].generators);
    below.bounds = flint_calloc((size_t) independent + 1, sizeof *below.bounds);
    below.entries = flint_malloc((size_t) (count + 1) * sizeof *below.entries);
    memset(below.below, 0, (size_t) (independent * count) * sizeof *below.below);
    finite = cst__arch_each_generator(b->arch, add_generator, &below);
    for (slong r = 0; r < independent; r++)
        finish_row(b, below.bounds[r]);
    flint_free(below.entries);
    flint_free(below.bounds);
    return finite;
}

/* ---- Generators alone --------------------------------------------------------------------------- */

typedef struct
{
    arb_ptr point;
    slong total, done;
    double *x, *error; /* a parameter a row, a generator a column; bounds of the rows' distances */
    cst__bounded_t *entries;
} columns_t;

static int
add_column(void *data, const cst_tape_t tape, const cst_arch_generator_t generator)
{
    columns_t *c = data;

    if (!set_entries(c->entries, c->point, NULL, tape, generator))
        return 0;
    for (slong i = 0; i < generator->length; i++)
    {
        slong row = generator->parameters[i];

        c->x[row * c->total + c->done] = c->entries[i].centre;
        c->error[row] += SLACK * c->entries[i].bound;
    }
    c->done++;
    return 1;
}

slong
cst__given_independent(const cst_arch_t arch, const double *weights)
{
    slong count = arch->parameters, rank = 0;
    columns_t c = {.point = _arb_vec_init(count)};

    for (slong s = 0; s < arch->symmetry_count; s++)
        c.total += fmpz_get_si(arch->symmetries[s].generators);
    for (slong p = 0; p < count; p++)
        arb_set_d(c.point + p, weights[p]);
    c.x = flint_calloc((size_t) (count * c.total + 1), sizeof *c.x);
    c.error = flint_calloc((size_t) count + 1, sizeof *c.error);
    c.entries = flint_malloc((size_t) (count + 1) * sizeof *c.entries);
    if (c.total <= count && cst__arch_each_generator(arch, add_column, &c))
        rank = cst__certified_columns(c.x, c.error, count, c.total);
    flint_free(c.entries);
    flint_free(c.error);
    flint_free(c.x);
    _arb_vec_clear(c.point, count);
    return rank;
}

/* ---- The rank ------------------------------------------------------------------------------------ */

static int
set_scales(bounded_t *b)
{
    slong count = b->arch->parameters;
    int good;

    b->error = flint_calloc((size_t) count + 1, sizeof *b->error);
    good = for_gradients(b, PROBES, probe);
    for (slong p = 0; p < count; p++)
        b->exponents[p] = -exponent_of(b->error[p]);
    flint_free(b->error);
    b->error = NULL;
    return good;
}

void
cst__given_bounded(cst_arch_proof_t *proof, const cst_arch_t arch, const cst_tape_t tape,
                   const double *weights, ulong seed, const cst_arch_watch_t *watch)
{
    slong count = arch->parameters, independent = proof->independent, all;
    bounded_t b;

    bounded_init(&b, arch, tape, weights, seed);
    b.proof = proof;
    b.watch = watch;
    proof->invariant = cst__given_annihilates(arch, tape, cst__arch_draw(&b.state, 0));
    proof->rows = (slong) (SURPLUS * (double) (count - independent)) + MORE;
    proof->rank = 0;
    if (set_scales(&b))
    {
        b.x = flint_malloc((size_t) ((proof->rows + independent) * count + 1) * sizeof *b.x);
        b.error = flint_malloc((size_t) (proof->rows + independent + 1) * sizeof *b.error);
        if (for_gradients(&b, proof->rows, keep_gradient) && add_generators(&b, independent))
        {
            all = cst__certified_columns(b.x, b.error, b.rows, count);
            proof->rank = FLINT_MAX(all - independent, 0);
        }
    }
    if (proof->stopped)
        proof->rows = b.rows;
    proof->idle = 0;
    for (slong p = 0; p < count; p++)
        proof->idle += !b.seen[p];
    bounded_clear(&b);
}
