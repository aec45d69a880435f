/* arch/verify.c -- proof that a catalogue entry is right for a given network.

   Let R be the rank of the generators, J the Jacobian of the function at many inputs, P the number of
   parameters. If the generators annihilate the function, rank J <= P - R at generic points. So a point
   where rank J >= P - R, certified, proves that they are all. */
#include <string.h>

#include "arch/forward.h"
#include "arch/given.h"
#include "arch/rank.h"
#include "arch/reverse.h"

#define ROUNDS 3 /* samples at which generators are tested */

void
cst__arch_samples_clear(cst__samples_t *samples)
{
    for (slong i = 0; i < samples->count; i++)
        cst_tape_clear(samples->tapes + i);
    flint_free(samples->tapes);
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
        fmpq_set_si(input, (slong) cst__arch_draw(state, (ulong) arch->spec->vocabulary), 1);
    else
        fmpq_set_si(input, (slong) cst__arch_draw(state, 65) - 32, has_relu6(arch->spec) ? 2 : 16);
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

/* Differences under softmax, and the program. */
static cst_status_t
compile(cst_tape_t tape, cst_expr_ctx_t ctx, cst_expr_t *outputs, slong count, const cst_expr_t *inputs,
        slong input_count, const cst_arch_t arch, cst_error_t *error)
{
    slong size =
        arch->spec->kind == CST_ARCH_TRANSFORMER ? arch->spec->output_vocabulary : cst_arch_output_size(arch);

    if (arch->spec->softmax)
        count = take_differences(outputs, ctx, count, size);
    return cst_tape_compile(tape, ctx, outputs, count, inputs, input_count, error);
}

cst_status_t
cst_arch_compile(cst_tape_t tape, const cst_arch_t arch, const fmpq *inputs, slong batch, cst_error_t *error)
{
    slong count = batch * cst_arch_output_size(arch);
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t *outputs = flint_malloc((size_t) (count + 1) * sizeof *outputs);
    cst_expr_t *parameters = flint_malloc((size_t) (arch->parameters + 1) * sizeof *parameters);
    cst_status_t status = cst_arch_forward(outputs, ctx, arch, inputs, batch, error);

    for (slong p = 0; p < arch->parameters; p++)
        parameters[p] = cst_arch_parameter(ctx, arch, p);
    if (status == CST_OK)
        status = compile(tape, ctx, outputs, count, parameters, arch->parameters, arch, error);
    flint_free(parameters);
    flint_free(outputs);
    cst_expr_ctx_free(ctx);
    return status;
}

cst_status_t
cst__arch_compile_open(cst_tape_t tape, const cst_arch_t arch, cst_error_t *error)
{
    slong count = cst__arch_open_outputs(arch);
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t *outputs = flint_malloc((size_t) (count + 1) * sizeof *outputs), *inputs = NULL;
    cst_status_t status = cst__arch_forward_open(outputs, &inputs, ctx, arch, error);

    if (status == CST_OK)
        status = compile(tape, ctx, outputs, count, inputs, arch->parameters + cst__arch_open_size(arch),
                         arch, error);
    flint_free(inputs);
    flint_free(outputs);
    cst_expr_ctx_free(ctx);
    return status;
}

static cst_status_t
add_sample(cst__samples_t *samples, const cst_arch_t arch, ulong *state, cst_error_t *error)
{
    slong batch = cst__arch_is_batched(arch) ? 4 : 1, count = batch * cst_arch_input_size(arch);
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

/* ---- The generators, modulo a prime. */

int
cst__arch_each_generator(const cst_arch_t arch, cst__use_generator_t use, void *data)
{
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t *parameters = flint_malloc((size_t) (arch->parameters + 1) * sizeof *parameters);
    cst_arch_generator_t generator;
    cst_tape_t tape;
    int go_on = 1;

    for (slong p = 0; p < arch->parameters; p++)
        parameters[p] = cst_arch_parameter(ctx, arch, p);
    cst_arch_generator_init(generator);
    for (slong s = 0; s < arch->symmetry_count && go_on; s++)
        for (slong k = 0; k < fmpz_get_si(arch->symmetries[s].generators) && go_on; k++)
        {
            cst_arch_generator(generator, ctx, arch, s, k);
            cst_tape_compile(tape, ctx, generator->coefficients, generator->length, parameters,
                             arch->parameters, NULL);
            go_on = use(data, tape, generator);
            cst_tape_clear(tape);
        }
    cst_arch_generator_clear(generator);
    flint_free(parameters);
    cst_expr_ctx_free(ctx);
    return go_on;
}

typedef struct
{
    nmod_mat_struct *matrix;
    slong row;
    const ulong *point;
    nmod_t mod;
    ulong seed;
} rows_t;

/* The next row of the matrix is this generator at a point. */
static int
set_row(void *data, const cst_tape_t tape, const cst_arch_generator_t generator)
{
    rows_t *r = data;
    ulong *work = flint_malloc((size_t) (3 * tape->length + 1) * sizeof *work);
    int defined =
        cst__reverse_mod(work, work + tape->length, work + 2 * tape->length, tape, r->point, r->mod, r->seed);

    for (slong i = 0; i < generator->length && defined; i++)
        nmod_mat_entry(r->matrix, r->row, generator->parameters[i]) = work[tape->outputs[i]];
    r->row++;
    flint_free(work);
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

void
cst__arch_check_generators(cst_arch_check_t *check, const cst_arch_t arch, const cst__samples_t *samples,
                           ulong *state)
{
    slong count = 0;
    nmod_t mod;
    nmod_mat_t generators;
    rows_t rows;
    ulong *point = flint_malloc((size_t) (arch->parameters + 1) * sizeof *point),
          secret = cst__arch_draw(state, 0);

    nmod_init(&mod, n_nextprime(UWORD(1) << 61, 0));
    for (slong s = 0; s < arch->symmetry_count; s++)
        count += fmpz_get_si(arch->symmetries[s].generators);
    for (slong p = 0; p < arch->parameters; p++)
        point[p] = cst__arch_draw(state, mod.n);
    nmod_mat_init(generators, count, arch->parameters, mod.n);
    rows = (rows_t){generators, 0, point, mod, secret};
    check->invariant = CST_UNKNOWN;
    if (cst__arch_each_generator(arch, set_row, &rows))
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

#define FEW_PARAMETERS 300 /* balls everywhere */

cst_status_t
cst__arch_add_samples(cst__samples_t *samples, const cst_arch_t arch, ulong *state, cst_error_t *error)
{
    /* Tokens are few, and heads narrow: many outputs of a transformer tell the same. */
    slong surplus =
        arch->spec->kind == CST_ARCH_TRANSFORMER || arch->spec->kind == CST_ARCH_ATTENTION ? 4 : 2;
    cst_status_t status = CST_OK;

    while (status == CST_OK && samples->rows < surplus * arch->parameters + 16)
        status = add_sample(samples, arch, state, error);
    return status;
}

cst_status_t
cst_arch_verify(cst_arch_check_t *check, const cst_arch_t arch, ulong seed, cst_error_t *error)
{
    cst__samples_t samples = {0};
    cst_status_t status;

    memset(check, 0, sizeof *check);
    check->proved = CST_UNKNOWN;
    if (arch->parameters > FEW_PARAMETERS)
        return cst__verify_at_points(check, arch, seed, error);
    check->method = CST_ARCH_PROOF_BALLS;
    status = cst__arch_add_samples(&samples, arch, &seed, error);
    if (status == CST_OK)
    {
        cst__arch_check_generators(check, arch, &samples, &seed);
        check->rank = cst__arch_certified_rank(&samples, arch->parameters,
                                               arch->parameters - check->independent, &seed);
        if (check->invariant == CST_TRUE && check->rank + check->independent == arch->parameters)
            check->proved = fmpz_equal_si(arch->redundancy, check->independent) ? CST_TRUE : CST_FALSE;
    }
    cst__arch_samples_clear(&samples);
    return status;
}
