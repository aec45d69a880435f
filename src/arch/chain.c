/* arch/chain.c -- products of matrices W_L ... W_1: deep linear networks and low-rank adapters.

   The affine maps from R^n to R^m with a linear part of rank r have dimension r (n + m - r) + m; with widths
   n_0 ... n_L the products of matrices give all of them, r = min n_i, so the fibres have the rest of the
   parameters as dimension. GL(n_i) moves along the fibres, and spans them if no inner width is the largest.
 */
#include "arch/model.h"

/* of the maps that the chain represents; softmax takes one output away */
static slong
image(const cst_arch_spec_struct *spec)
{
    slong n = spec->widths[0], m = spec->widths[spec->depth] - (spec->softmax ? 1 : 0), r = n < m ? n : m;

    for (slong l = 1; l < spec->depth; l++)
        if (spec->widths[l] < r)
            r = spec->widths[l];
    return r * (n + m - r) + (spec->bias ? m : 0);
}

/* Gradient flow keeps W_{i+1}^T W_{i+1} - W_i W_i^T - b_i b_i^T, a form of rank at most n_{i-1} + n_{i+1} (+
   1): k h - k (k - 1)/2 independent functions. */
static slong
conserved(const cst_arch_spec_struct *spec, slong l)
{
    slong h = spec->widths[l], k = spec->widths[l - 1] + spec->widths[l + 1] + (spec->bias ? 1 : 0);

    if (k > h)
        k = h;
    return k * h - k * (k - 1) / 2;
}

/* Generators, in this order: GL(n_l) and (with biases) translations of each inner layer; for each layer, rows
   of W_l in the left kernel of W_{l-1} ... W_1; columns of (W_l, b_l) in the right kernel of W_L ... W_{l+1}.
 */

slong
cst__arch_chain_left(const cst_arch_spec_struct *spec, slong l)
{
    slong rank = spec->widths[0];

    for (slong i = 1; i < l; i++)
        rank = FLINT_MIN(rank, spec->widths[i]);
    return spec->widths[l - 1] - rank;
}

slong
cst__arch_chain_right(const cst_arch_spec_struct *spec, slong l)
{
    slong rank = spec->widths[spec->depth] - (spec->softmax ? 1 : 0);

    for (slong i = l; i < spec->depth; i++)
        rank = FLINT_MIN(rank, spec->widths[i]);
    return spec->widths[l] - rank;
}

slong
cst__arch_chain_part(const cst_arch_spec_struct *spec, slong l, int part)
{
    const slong *n = spec->widths;

    switch (part)
    {
    case CST__CHAIN_GENERAL:
        return l < spec->depth ? n[l] * n[l] : 0;
    case CST__CHAIN_TRANSLATE:
        return l < spec->depth && spec->bias ? n[l] : 0;
    case CST__CHAIN_LEFT:
        return cst__arch_chain_left(spec, l) * n[l];
    default:
        return cst__arch_chain_right(spec, l) * (n[l - 1] + (spec->bias ? 1 : 0));
    }
}

static void
count_generators(cst_arch_symmetry_t *symmetry, const cst_arch_spec_struct *spec)
{
    for (slong l = 1; l <= spec->depth; l++)
        for (int part = 0; part < CST__CHAIN_PARTS; part++)
            fmpz_add_si(symmetry->generators, symmetry->generators, cst__arch_chain_part(spec, l, part));
}

cst_status_t
cst__arch_chain(cst_arch_t arch, cst_error_t *error)
{
    const cst_arch_spec_struct *spec = arch->spec;
    cst_arch_symmetry_t *symmetry;

    if (spec->depth < 1)
        return cst__arch_fail(error, "a network needs at least two widths");
    if (spec->frozen && spec->depth != 2)
        return cst__arch_fail(error, "a low-rank adapter has three widths: inputs, rank, outputs");
    for (slong l = 1; l <= spec->depth; l++)
    {
        cst__arch_tensor(arch, spec->widths[l], spec->widths[l - 1], 0, 0, "w", l);
        if (spec->bias)
            cst__arch_tensor(arch, spec->widths[l], 0, 0, 0, "b", l);
        if (spec->widths[l] > 1000000 || spec->widths[l - 1] > 1000000)
            return cst__arch_fail(error, "a linear network has widths up to a million");
    }
    symmetry = cst__arch_symmetry(arch, CST__FACT_CHAIN, "chain", -1);
    cst__arch_act(symmetry, CST__ALGEBRA_CHAIN, 0, 1);
    count_generators(symmetry, spec);
    fmpz_set_si(symmetry->dimension, arch->parameters - image(spec));
    cst__arch_copies(symmetry, 2, spec->depth - 1);
    for (slong l = 1; l < spec->depth; l++)
        cst__arch_conserve(symmetry, conserved(spec, l));
    if (spec->depth == 2)
        cst__arch_group(symmetry, "GL(%ld)", (long) spec->widths[1]);
    else
        cst__arch_group(symmetry, "GL of %ld layers", (long) (spec->depth - 1));
    arch->basis = CST_ARCH_THEOREM;
    return CST_OK;
}
