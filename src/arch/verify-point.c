/* arch/verify-point.c -- the catalogue at random weights, for networks that are not tiny. */
#include <math.h>

#include "arch/given.h"
#include "arch/rank.h"

/* Points tried: units may be dead or always active at one, which doubles need not fear as much. */
#define POINTS 5
#define POINTS_IN_DOUBLES 2

/* Weights k/1024, not 0; those of matrices divided by about the root of what they sum over, so that all
   layers are alive. */
static void
draw_weights(double *weights, const cst_arch_t arch, ulong *state)
{
    for (slong t = 0; t < arch->tensor_count; t++)
    {
        const cst_arch_tensor_t *tensor = arch->tensors + t;
        slong inputs = tensor->axes > 1 ? tensor->size / tensor->shape[0] : 1;
        int exponent = (int) (FLINT_BIT_COUNT((ulong) inputs) / 2);

        for (slong i = 0; i < tensor->size; i++)
        {
            double k = 1 + (double) cst__arch_draw(state, 1024);

            weights[tensor->offset + i] = ldexp(cst__arch_draw(state, 2) ? k : -k, -10 - exponent);
        }
    }
}

cst_status_t
cst__verify_at_points(cst_arch_check_t *check, const cst_arch_t arch, ulong seed, cst_error_t *error)
{
    double *weights;
    cst_arch_proof_t proof;
    cst_tape_t tape;
    cst_truth_t invariant;
    cst_status_t status = cst__arch_compile_open(tape, arch, error);

    if (status != CST_OK)
        return status;
    invariant = cst__given_annihilates(arch, tape, cst__arch_draw(&seed, 0));
    cst_tape_clear(tape);
    weights = flint_malloc((size_t) (arch->parameters + 1) * sizeof *weights);
    check->rank = -1;
    check->failed_symmetry = check->failed_generator = -1;
    for (int k = 0; k < (check->method == CST_ARCH_PROOF_FIELD ? POINTS : POINTS_IN_DOUBLES) &&
                    status == CST_OK && check->proved == CST_UNKNOWN;
         k++)
    {
        draw_weights(weights, arch, &seed);
        status = cst_arch_prove(&proof, arch, weights, cst__arch_draw(&seed, 0), NULL, error);
        if (status != CST_OK || proof.rank <= check->rank)
            continue;
        check->rank = proof.rank;
        check->independent = proof.independent;
        check->method = proof.method;
        check->prime = proof.prime;
        check->invariant = proof.invariant == CST_TRUE ? invariant : CST_UNKNOWN;
        if (proof.proved == CST_TRUE && invariant == CST_TRUE)
            check->proved = fmpz_equal_si(arch->redundancy, proof.independent) ? CST_TRUE : CST_FALSE;
    }
    flint_free(weights);
    return status;
}
