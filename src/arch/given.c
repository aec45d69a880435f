/* arch/given.c -- proof that the symmetries of a network are all, at given weights.

   The kernel of the Jacobian J holds the generators, so that rank J + independent <= P for generators that
   annihilate the function; equality proves that they span the kernel. Both numbers are certain lower bounds:
   ranks of images in a finite field (image.h), or of matrices in doubles with bounds (given-bounded.c) or in
   balls. */
#include <math.h>
#include <string.h>

#include "arch/eliminate.h"
#include "arch/forward.h"
#include "arch/given.h"
#include "arch/image.h"
#include "arch/input.h"
#include "arch/rank.h"

#define TANGENTS 4            /* random sums of generators that are tested on each row */
#define IDLE_BATCHES 4        /* without a new pivot, then the search ends */
#define MOST_EDGES 1000       /* inputs given up */
#define MOST_PRIMES 40        /* tried */
#define MOST_COMBINATIONS 64  /* rows of one input */
#define MOST_PARAMETERS 32768 /* some 2 GB are kept of the elimination */
#define MOST_GENERATORS 20000
#define MOST_IN_BALLS 1000

typedef struct
{
    const cst_arch_struct *arch;
    const double *weights;
    ulong state;
    cst__image_t image;
    const cst_tape_struct *tape; /* of the parameters, then the input */
    cst__point_t point;
    cst__input_t input;
    ulong *values, *left, *right, *adjoint, *gradient, *seeds;
    ulong *tangents; /* TANGENTS x P */
    char *seen;      /* parameters that an output depends on */
    double *batch;   /* rows on their way to the elimination */
    slong batched;
    cst_arch_proof_t *proof;
    const cst_arch_watch_t *watch;
} given_t;

int
cst__given_go_on(cst_arch_proof_t *proof, const cst_arch_watch_t *watch, const cst_arch_progress_t *progress)
{
    if (watch && watch->progress(watch->data, progress))
        proof->stopped = 1;
    return !proof->stopped;
}

static void
given_init(given_t *g, cst_arch_proof_t *proof, const cst_arch_t arch, const cst_tape_struct *tape,
           const double *weights, ulong seed)
{
    slong count = arch->parameters, size = count + cst__arch_open_size(arch);

    memset(g, 0, sizeof *g);
    g->arch = arch;
    g->weights = weights;
    g->state = seed;
    g->tape = tape;
    g->proof = proof;
    cst__image_init(g->image, &g->state);
    cst__point_init(&g->point, size);
    cst__input_init(&g->input, arch);
    g->values = flint_malloc((size_t) (4 * tape->length + tape->output_count + 1) * sizeof(ulong));
    g->left = g->values + tape->length;
    g->right = g->left + tape->length;
    g->adjoint = g->right + tape->length;
    g->seeds = g->adjoint + tape->length;
    g->gradient = flint_malloc((size_t) (size + 1) * sizeof(ulong));
    g->tangents = flint_calloc((size_t) (TANGENTS * count + 1), sizeof(ulong));
    g->seen = flint_calloc((size_t) count + 1, 1);
    g->batch = flint_malloc((size_t) (CST__ELIMINATION_BLOCK * count + 1) * sizeof(double));
    for (slong p = 0; p < count; p++)
        cst__point_set(&g->point, p, weights[p], g->image);
}

static void
given_clear(given_t *g)
{
    cst__image_clear(g->image);
    cst__point_clear(&g->point);
    cst__input_clear(&g->input);
    flint_free(g->values);
    flint_free(g->gradient);
    flint_free(g->tangents);
    flint_free(g->seen);
    flint_free(g->batch);
}

/* Hands the rows over. */
static slong
flush(given_t *g, cst__elimination_t e)
{
    slong found = g->batched > 0 ? cst__elimination_add(e, g->batch, g->batched) : 0;

    g->batched = 0;
    return found;
}

/* ---- The generators ----------------------------------------------------------------------------- */

typedef struct
{
    given_t *g;
    cst__elimination_t e;
    cst__image_status_t status;
} generators_t;

/* One more row: a generator at the weights; adds random multiples of it to the tangents. */
static int
generator_row(void *data, const cst_tape_t tape, const cst_arch_generator_t generator)
{
    generators_t *all = data;
    given_t *g = all->g;
    slong count = g->arch->parameters;
    double *row = g->batch + g->batched * count;
    ulong *work = flint_malloc((size_t) (3 * tape->length + 1) * sizeof *work), factor;

    all->status =
        cst__image_reverse(work, work + tape->length, work + 2 * tape->length, tape, &g->point, g->image);
    memset(row, 0, (size_t) count * sizeof *row);
    for (slong i = 0; i < generator->length && all->status == CST__IMAGE_DEFINED; i++)
        row[generator->parameters[i]] = (double) work[tape->outputs[i]];
    for (slong t = 0; t < TANGENTS && all->status == CST__IMAGE_DEFINED; t++)
    {
        factor = cst__arch_draw(&g->state, g->image->p.n);
        for (slong i = 0; i < generator->length; i++)
        {
            ulong *entry = g->tangents + t * count + generator->parameters[i];

            *entry = nmod_addmul(*entry, factor, work[tape->outputs[i]], g->image->p);
        }
    }
    flint_free(work);
    if (++g->batched == CST__ELIMINATION_BLOCK)
        flush(g, all->e);
    return all->status == CST__IMAGE_DEFINED &&
           cst__given_go_on(g->proof, g->watch, &(cst_arch_progress_t){0, count, 0, count});
}

/* Their rank (-1 where they have no image), and the tangents. */
static cst__image_status_t
take_generators(given_t *g)
{
    generators_t all = {.g = g, .status = CST__IMAGE_DEFINED};

    cst__elimination_init(all.e, g->arch->parameters, g->image->p.n);
    if (cst__arch_each_generator(g->arch, generator_row, &all))
        flush(g, all.e);
    g->batched = 0;
    g->proof->independent = all.status == CST__IMAGE_DEFINED ? all.e->rank : -1;
    cst__elimination_clear(all.e);
    return all.status;
}

/* ---- The function ------------------------------------------------------------------------------- */

static void
random_input(given_t *g)
{
    slong count = g->arch->parameters;
    const cst__input_t *in = &g->input;

    cst__input_draw(&g->input, g->arch, &g->state);
    for (slong i = 0; i < in->size; i++)
        if (!in->word)
            cst__point_set(&g->point, count + i, in->value[i], g->image);
        else if (in->place[i] < 0)
            cst__point_set(&g->point, count + i, g->weights[in->word[i]], g->image);
        else
            cst__point_add(&g->point, count + i, in->word[i], in->place[i], g->image);
}

/* What the stream holds is a word and a position. */
static void
fold_gradient(const given_t *g)
{
    const cst__input_t *in = &g->input;

    for (slong i = 0; in->word && i < in->size; i++)
    {
        ulong *to = g->gradient + in->word[i], moved = g->gradient[g->arch->parameters + i];

        *to = nmod_add(*to, moved, g->image->p);
        if (in->place[i] < 0)
            continue;
        to = g->gradient + in->place[i];
        *to = nmod_add(*to, moved, g->image->p);
    }
}

/* Is the gradient orthogonal to the tangents? */
static int
is_invariant(const given_t *g)
{
    slong count = g->arch->parameters;

    for (slong t = 0; t < TANGENTS; t++)
    {
        ulong sum = 0;

        for (slong p = 0; p < count; p++)
            if (g->gradient[p] != 0)
                sum = nmod_addmul(sum, g->gradient[p], g->tangents[t * count + p], g->image->p);
        if (sum != 0)
            return 0;
    }
    return 1;
}

/* Random sums of the outputs at a random input, as rows of the batch. */
static cst__image_status_t
add_input(given_t *g, cst__elimination_t e, slong combinations, slong *found)
{
    slong count = g->arch->parameters;
    cst__image_status_t status;

    random_input(g);
    status = cst__image_reverse(g->values, g->left, g->right, g->tape, &g->point, g->image);
    for (slong c = 0; c < combinations && status == CST__IMAGE_DEFINED; c++)
    {
        double *row = g->batch + g->batched * count;

        for (slong k = 0; k < g->tape->output_count; k++)
            g->seeds[k] = cst__arch_draw(&g->state, g->image->p.n);
        cst__image_gradient(g->gradient, g->adjoint, g->left, g->right, g->tape, g->seeds, g->image);
        fold_gradient(g);
        if (!is_invariant(g))
            g->proof->invariant = CST_FALSE;
        g->proof->rows++;
        for (slong p = 0; p < count; p++)
        {
            row[p] = (double) g->gradient[p];
            g->seen[p] |= g->gradient[p] != 0;
        }
        if (++g->batched == CST__ELIMINATION_BLOCK)
            *found += flush(g, e);
    }
    return status;
}

/* The rank of the function, until it cannot grow or does not any more. */
static cst__image_status_t
take_function(given_t *g)
{
    slong most = g->arch->parameters - g->proof->independent, edges = 0, idle = 0, found = 0, batches = 0;
    slong outputs = g->tape->output_count;
    slong combinations =
        g->arch->spec->kind == CST_ARCH_TRANSFORMER ? g->arch->spec->output_vocabulary / 2 + 1 : outputs;
    cst__image_status_t status = CST__IMAGE_DEFINED;
    cst__elimination_t e;

    combinations = FLINT_MIN(combinations, FLINT_MIN(outputs, MOST_COMBINATIONS));
    cst__elimination_init(e, g->arch->parameters, g->image->p.n);
    while (e->rank < most && idle < IDLE_BATCHES && edges < MOST_EDGES && g->proof->invariant == CST_TRUE &&
           cst__given_go_on(g->proof, g->watch, &(cst_arch_progress_t){g->proof->rows, most, e->rank, most}))
    {
        slong before = g->proof->rows / CST__ELIMINATION_BLOCK;

        status = add_input(g, e, combinations, &found);
        if (status == CST__IMAGE_EDGE)
            edges++;
        else if (status != CST__IMAGE_DEFINED)
            break;
        batches = g->proof->rows / CST__ELIMINATION_BLOCK;
        if (batches > before || g->batched >= most - e->rank)
        {
            found += flush(g, e);
            idle = found > 0 ? 0 : idle + (batches > before);
            found = 0;
        }
    }
    g->proof->rank = e->rank;
    cst__elimination_clear(e);
    return edges < MOST_EDGES && status == CST__IMAGE_EDGE ? CST__IMAGE_DEFINED : status;
}

/* One attempt, modulo one prime. */
static cst__image_status_t
attempt(cst_arch_proof_t *proof, const cst_arch_t arch, const cst_tape_t tape, const double *weights,
        ulong seed, const cst_arch_watch_t *watch)
{
    cst__image_status_t status;
    given_t g;

    given_init(&g, proof, arch, tape, weights, seed);
    g.watch = watch;
    proof->invariant = CST_TRUE;
    proof->rows = 0;
    proof->method = CST_ARCH_PROOF_FIELD;
    proof->prime = g.image->p.n;
    proof->tangents = TANGENTS;
    status = take_generators(&g);
    if (status == CST__IMAGE_DEFINED)
        status = take_function(&g);
    proof->idle = 0;
    for (slong p = 0; p < arch->parameters; p++)
        proof->idle += !g.seen[p];
    given_clear(&g);
    return status;
}

/* By balls, for small networks of any functions. */
static cst_status_t
in_balls(cst_arch_proof_t *proof, const cst_arch_t arch, const double *weights, ulong seed,
         cst_error_t *error)
{
    cst__samples_t samples = {0};
    cst_arch_check_t check = {0};
    cst_status_t status = cst__arch_add_samples(&samples, arch, &seed, error);
    slong rank;

    if (status == CST_OK)
    {
        cst__arch_check_generators(&check, arch, &samples, &seed);
        rank = cst__arch_certified_rank_at(&samples, weights, arch->parameters,
                                           arch->parameters - proof->independent);
        if (rank > proof->rank)
        {
            proof->method = CST_ARCH_PROOF_BALLS;
            proof->invariant = check.invariant;
            proof->rows = samples.rows;
            proof->rank = rank;
        }
    }
    cst__arch_samples_clear(&samples);
    return status;
}

static int
is_complete(const cst_arch_proof_t *proof, const cst_arch_t arch)
{
    return proof->invariant == CST_TRUE && proof->rank + proof->independent == arch->parameters;
}

/* Where there is no image: in doubles with bounds or, if they tell nothing, in balls. */
static cst_status_t
numerically(cst_arch_proof_t *proof, const cst_arch_t arch, const cst_tape_t tape, const double *weights,
            ulong seed, const cst_arch_watch_t *watch, cst_error_t *error)
{
    proof->prime = 0;
    proof->tangents = 1;
    proof->method = CST_ARCH_PROOF_DOUBLES;
    if (arch->parameters > cst__given_bounded_most())
        return cst_error_set(
            error, CST_REFUSED,
            "a network of %ld parameters with normalizations or functions of exponentials is too "
            "large for a certified rank (up to %ld); a smaller one of the same make can be",
            (long) arch->parameters, (long) cst__given_bounded_most());
    if (proof->independent < 0)
        proof->independent = cst__given_independent(arch, weights);
    cst__given_bounded(proof, arch, tape, weights, cst__arch_draw(&seed, 0), watch);
    if (proof->stopped || proof->rank > 0 || arch->parameters > MOST_IN_BALLS)
        return CST_OK;
    return in_balls(proof, arch, weights, seed, error);
}

static cst_status_t
check_given(const cst_arch_t arch, const double *weights, cst_error_t *error)
{
    if (arch->parameters > MOST_PARAMETERS || fmpz_cmp_si(arch->redundancy, MOST_GENERATORS) > 0)
        return cst_error_set(error, CST_REFUSED,
                             "a network of %ld parameters with %ld generators is too large for a proved rank "
                             "(up to %d and %d); a smaller one of the same make can be",
                             (long) arch->parameters, fmpz_get_si(arch->redundancy), MOST_PARAMETERS,
                             MOST_GENERATORS);
    for (slong p = 0; p < arch->parameters; p++)
        if (!isfinite(weights[p]))
            return cst_error_set(error, CST_REFUSED, "parameter %ld is not finite", (long) p + 1);
    return CST_OK;
}

cst_status_t
cst_arch_prove(cst_arch_proof_t *proof, const cst_arch_t arch, const double *weights, ulong seed,
               const cst_arch_watch_t *watch, cst_error_t *error)
{
    cst__image_status_t found = CST__IMAGE_UNDEFINED;
    cst_tape_t tape;
    cst_status_t status;

    memset(proof, 0, sizeof *proof);
    proof->proved = proof->invariant = CST_UNKNOWN;
    CST__TRY(check_given(arch, weights, error));
    CST__TRY(cst__arch_compile_open(tape, arch, error));
    for (int k = 0; k < MOST_PRIMES && found == CST__IMAGE_UNDEFINED; k++)
        found = attempt(proof, arch, tape, weights, cst__arch_draw(&seed, 0), watch);
    status =
        found == CST__IMAGE_DEFINED ? CST_OK : numerically(proof, arch, tape, weights, seed, watch, error);
    cst_tape_clear(tape);
    if (status == CST_OK && is_complete(proof, arch))
        proof->proved = CST_TRUE;
    return status;
}
