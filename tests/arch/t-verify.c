/* Each block's redundancy is P less the rank of the Jacobian: certified from both sides. */
#include "verify.h"

#include "arch/model.h"

TestSuite(arch_verify, .timeout = 120);

Test(arch_verify, perceptrons)
{
    static const claim_t claims[] = {
        {"{kind: mlp, widths: [2, 1, 1], activation: relu, bias: false}", 1},
        {"{kind: mlp, widths: [3, 4, 5, 2], activation: leaky-relu, bias: true}", 9},
        {"{kind: mlp, widths: [2, 3, 3, 2], activation: relu, degree: 2, bias: true}", 6},
        {"{kind: mlp, widths: [3, 4, 2], activation: tanh, bias: true}", 0},
        {"{kind: mlp, widths: [2, 3, 1], activation: sin, bias: true}", 0},
        {"{kind: mlp, widths: [2, 3, 1], activation: sigmoid, bias: true}", 0},
        {"{kind: mlp, widths: [2, 3, 1], activation: gelu, bias: true}", 0},
        {"{kind: mlp, widths: [2, 3, 1], activation: silu, bias: true}", 0},
        {"{kind: mlp, widths: [2, 3, 1], activation: softplus, bias: true}", 0},
        {"{kind: mlp, widths: [3, 4, 2], activation: exp, bias: true}", 4},
        {"{kind: mlp, widths: [3, 4, 2], activation: exp}", 0},
        {"{kind: mlp, widths: [3, 4, 2], activation: relu6, bias: true}", 0},
        {"{kind: mlp, widths: [5, 4, 1], activation: monomial, degree: 2}", 10},
        {"{kind: mlp, widths: [2, 4, 1], activation: monomial, degree: 2}", 9},
        {"{kind: mlp, widths: [3, 3, 2], activation: monomial, degree: 2}", 3},
        {"{kind: mlp, widths: [3, 3, 2], activation: monomial, degree: 3}", 3},
        {"{kind: mlp, widths: [3, 4, 2], activation: relu, norm: weight, bias: true}", 8},
        {"{kind: mlp, widths: [2, 3, 3, 2], activation: leaky-relu, norm: weight, bias: true}", 12},
        {"{kind: mlp, widths: [3, 4, 2], output: softmax, bias: true}", 9},
        {"{kind: scale-invariant, widths: [3, 4, 2], activation: tanh}", 4},
        {"{kind: scale-invariant, widths: [3, 4, 3, 2], activation: relu, bias: true}", 7},
        {"{kind: mean-field, widths: [2, 6, 1], activation: tanh, bias: true}", 0},
        {"{kind: mean-field, widths: [2, 6, 1], activation: relu}", 6},
    };

    ASSERT_CLAIMS(claims);
}

Test(arch_verify, linear_chains)
{
    static const claim_t claims[] = {
        {"{kind: linear, widths: [3, 4, 2]}", 14},
        {"{kind: linear, widths: [3, 4, 2], bias: true}", 18},
        {"{kind: linear, widths: [3, 4, 6]}", 18},
        {"{kind: linear, widths: [3, 6, 4]}", 30},
        {"{kind: linear, widths: [2, 3, 4, 2], bias: true}", 29},
        {"{kind: linear, widths: [4, 2, 3, 5]}", 15},
        {"{kind: linear, widths: [2, 3, 4, 2], bias: true, output: softmax}", 32},
        {"{kind: linear, widths: [4, 2, 5], output: softmax}", 6},
        {"{kind: linear, widths: [6, 2, 5], frozen: true}", 4},
    };

    ASSERT_CLAIMS(claims);
}

#define CNN "{kind: cnn, input: [2, 5, 5], convolutions: ["
#define TAIL "{channels: 2, kernel: 2, activation: identity}]"
#define LAST TAIL "}"

Test(arch_verify, convolutions)
{
    static const claim_t claims[] = {
        {CNN "{channels: 4, kernel: 2, norm: batch, bias: true}, " LAST, 12},
        {CNN "{channels: 4, kernel: 2, norm: group, groups: 2, bias: true}, " LAST, 8},
        {CNN "{channels: 4, kernel: 2, bias: true}, " LAST, 4},
        {CNN "{channels: 4, kernel: 2, activation: relu6, bias: true}, " LAST, 0},
        {CNN "{channels: 3, kernel: 2, bias: true, pool: max}, " LAST, 3},
        {CNN "{channels: 3, kernel: 2, activation: gelu, pool: max}, " LAST, 0},
        {CNN "{channels: 3, kernel: 2, norm: weight, bias: true}, {channels: 2, kernel: 2, norm: weight, "
             "activation: identity}]}",
         8},
        {CNN "{channels: 3, kernel: 2, padding: 1, bias: true}, {depthwise: true, kernel: 2, bias: true}, "
             "{channels: "
             "2, kernel: 1, pool: average}], classes: 3, bias: true}",
         8},
        {CNN "{channels: 3, kernel: 2, norm: weight, bias: true}, {depthwise: true, kernel: 2, norm: weight, "
             "bias: "
             "true}, " LAST,
         12},
        {CNN "{channels: 3, kernel: 2, bias: true}, {channels: 2, kernel: 2, stride: 2}], classes: 3, bias: "
             "true, "
             "output: softmax}",
         5 + 2 * 4 + 1},
        {CNN "{channels: 3, kernel: 2, activation: identity}, {depthwise: true, kernel: 2}, {channels: 2, "
             "kernel: 1, "
             "stride: 2}], classes: 3}",
         8},
        {CNN "{channels: 3, kernel: 2, norm: batch, bias: true}, {channels: 2, kernel: 2, norm: batch}], "
             "classes: 3, "
             "epsilon: 1/10}",
         8},
    };

    ASSERT_CLAIMS(claims);
}

/* With fixed statistics a convolution with its bias, and the gain and shift behind it, have two parameters a
   channel too many, without a bias one; relu takes one more of each. */
Test(arch_verify, batchnorm_in_evaluation_mode)
{
    static const claim_t claims[] = {
        {CNN "{channels: 4, kernel: 2, norm: batch, bias: true}, " TAIL ", batchnorm: evaluation}", 4 * 3},
        {CNN "{channels: 4, kernel: 2, norm: batch}, " TAIL ", batchnorm: evaluation, epsilon: 1/10}", 4 * 2},
        {CNN "{channels: 3, kernel: 2, norm: batch, activation: gelu, bias: true}, " TAIL
             ", batchnorm: evaluation}",
         3 * 2},
        {CNN "{channels: 3, kernel: 2, norm: batch, bias: true}, {channels: 2, kernel: 2, norm: batch}], "
             "classes: 3, epsilon: 1/10, batchnorm: evaluation}",
         3 * 3 + 2 * 2},
        {CNN "{channels: 3, kernel: 2, norm: batch}, {depthwise: true, kernel: 2, norm: batch}, " TAIL
             ", batchnorm: evaluation}",
         3 * 2 + 3 * 2},
    };

    ASSERT_CLAIMS(claims);
}

Test(arch_verify, small_kinds)
{
    static const claim_t claims[] = {
        {"{kind: gate, width: 3, experts: 4, outputs: 2}", 3},
        {"{kind: gate, width: 3, experts: 4, outputs: 2, gate: sigmoid}", 0},
        {"{kind: state-space, width: 2, state: 3, outputs: 2, steps: 6}", 9},
        {"{kind: state-space, width: 2, state: 3, outputs: 2, steps: 6, diagonal: true}", 3},
    };

    ASSERT_CLAIMS(claims);
}

#define ATTENTION "{kind: attention, context: 4, "

Test(arch_verify, attention)
{
    static const claim_t claims[] = {
        {ATTENTION "width: 4, heads: 2, key-width: 2}", 16},
        {ATTENTION "width: 4, heads: 2, key-width: 2, causal: false}", 16},
        {ATTENTION "width: 4, heads: 2, key-width: 2, query-bias: true, output-bias: true}", 24},
        {ATTENTION
         "width: 4, heads: 2, key-width: 2, key-value-heads: 1, query-bias: true, output-bias: true, "
         "value-width: 3}",
         18},
        {ATTENTION "width: 5, heads: 2, key-width: 4, value-width: 1, positions: rotary}", 10},
        {ATTENTION "width: 5, heads: 1, key-width: 4, value-width: 1, positions: rotary, rotary-base: 1}", 9},
        {ATTENTION "width: 5, heads: 1, key-width: 4, value-width: 1, positions: rotary, rotary-width: 2, "
                   "interleaved: true, query-bias: true, output-bias: true}",
         10},
        {ATTENTION "width: 5, heads: 2, key-width: 3, value-width: 1, qk-norm: true}", 9},
        {ATTENTION
         "width: 5, heads: 2, key-width: 4, value-width: 1, qk-norm: true, query-bias: true, positions: "
         "rotary}",
         8},
        {ATTENTION "width: 3, heads: 2, key-width: 2, query-bias: true, positions: rotary}", 13},
        {ATTENTION "width: 5, heads: 2, key-width: 2, positions: alibi, query-bias: true, output-bias: true}",
         24},
    };

    ASSERT_CLAIMS(claims);
}

#define GPT2 "{kind: transformer, vocabulary: 7, context: 4, width: 4, layers: 1, heads: 2, hidden: 3"
#define LLAMA "{kind: transformer, style: llama, vocabulary: 7, context: 4, width: 4, layers: 1, heads: 2"

Test(arch_verify, gpt2)
{
    static const claim_t claims[] = {
        {GPT2 "}", 73},
        {GPT2 ", epsilon: 1/4}", 72},
        {GPT2 ", tied: false}", 94},
        {GPT2 ", positions: none}", 66},
        {GPT2 ", activation: relu}", 76},
    };

    ASSERT_CLAIMS(claims);
}

Test(arch_verify, gpt2_variants)
{
    static const claim_t claims[] = {
        {GPT2 ", qk-norm: true}", 67},
        {GPT2 ", tied: false, norm-bias: false}", 88},
        {GPT2 ", tied: false, positions: rotary}", 79},
        {GPT2 ", tied: false, norm-bias: false, query-bias: false, output-bias: false, feed-bias: false}",
         78},
        {GPT2 ", output-bias: false, value-width: 3}", 85},
    };

    ASSERT_CLAIMS(claims);
}

Test(arch_verify, llama)
{
    static const claim_t claims[] = {
        {LLAMA ", hidden: 3}", 38},
        {LLAMA ", hidden: 3, activation: gelu, tied: true}", 24},
        {LLAMA ", hidden: 3, activation: relu}", 41},
        {LLAMA ", hidden: 3, activation: identity}", 41},
        {LLAMA ", hidden: 3, gated: false}", 35},
    };

    ASSERT_CLAIMS(claims);
}

Test(arch_verify, llama_variants)
{
    static const claim_t claims[] = {
        {LLAMA ", hidden: 3, positions: learned}", 46},
        {LLAMA ", hidden: 3, positions: none, key-value-heads: 1, query-bias: true}", 36},
        {LLAMA ", hidden: 0}", 31},
        {LLAMA ", hidden: 3, qk-norm: true, epsilon: 1/8, key-value-heads: 1}", 30},
    };

    ASSERT_CLAIMS(claims);
}

#define LINEAR "{kind: transformer, norm: none, vocabulary: 7, "

Test(arch_verify, transformers_without_normalization)
{
    static const claim_t claims[] = {
        {LINEAR
         "context: 4, width: 4, layers: 1, heads: 2, hidden: 3, tied: false, activation: relu, query-bias: "
         "false, output-bias: false}",
         43},
        {LINEAR "context: 4, width: 4, layers: 1, heads: 2, hidden: 3, tied: false}", 56},
        {LINEAR "context: 4, width: 4, layers: 1, heads: 2, hidden: 3}", 42},
        {LINEAR "context: 3, width: 3, layers: 2, heads: 1, hidden: 2, tied: false}", 75},
        {LINEAR "context: 4, width: 4, layers: 1, heads: 2, hidden: 3, style: llama, output-vocabulary: 6}",
         35},
    };

    ASSERT_CLAIMS(claims);
}

/* A wrong claim is not proved: with an added generator that is no symmetry, or a symmetry left out. */
Test(arch_verify, wrong_claims_are_seen)
{
    cst_arch_t arch;
    cst_arch_check_t check;

    make_arch(arch, "{kind: mlp, widths: [2, 3, 1], activation: relu, bias: true}");
    arch->symmetries[0].actions->slots[0].factor = 2; /* not the scale of the other tensors */
    cst_arch_verify(&check, arch, 1, NULL);
    cr_assert_neq(check.invariant, CST_TRUE);
    cr_assert_eq(check.proved, CST_UNKNOWN);
    cr_assert_eq(check.failed_symmetry, 0);
    cst_arch_clear(arch);

    make_arch(arch, "{kind: mlp, widths: [2, 3, 1], activation: relu, bias: true}");
    fmpz_set_ui(arch->redundancy, 2);
    for (ulong seed = 1; seed < 6; seed++)
    {
        cst_arch_verify(&check, arch, seed, NULL);
        cr_assert_neq(check.proved, CST_TRUE);
    }
    cr_assert_eq(check.proved, CST_FALSE, "the rank shows that it is 3");
    cst_arch_clear(arch);
}

/* Where the catalogue says that there may be more symmetries, there are. */
Test(arch_verify, bounds_that_are_not_reached)
{
    static const struct
    {
        const char *text;
        slong more;
    } bounds[] = {
        {"{kind: mlp, widths: [2, 3, 2], activation: identity}", 5},
        {"{kind: mlp, widths: [2, 4, 1], activation: monomial, degree: 3}", 4},
        {GPT2 ", query-bias: false, output-bias: false}", 5},
    };

    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
    {
        cst_arch_t arch;
        cst_arch_check_t check;

        make_arch(arch, bounds[i].text);
        cr_assert_eq(arch->basis, CST_ARCH_LOWER_BOUND, "%s", bounds[i].text);
        cst_arch_verify(&check, arch, 1, NULL);
        cr_expect_eq(check.invariant, CST_TRUE);
        cr_expect_eq(arch->parameters - check.rank, check.independent + bounds[i].more, "%s: %ld",
                     bounds[i].text, (long) (arch->parameters - check.rank - check.independent));
        cst_arch_clear(arch);
    }
}

/* More than a few hundred parameters: at random weights, in doubles or, of relu, in a field; a symmetry that
   is left out is missed, and one that is none is not taken for one. */
Test(arch_verify, larger_networks)
{
    static const struct
    {
        const char *text;
        slong redundancy;
        cst_arch_proof_method_t method;
    } claims[] = {
        {"{kind: transformer, style: llama, vocabulary: 9, context: 3, width: 6, heads: 2, key-width: 4, "
         "hidden: 5, "
         "layers: 1}",
         85, CST_ARCH_PROOF_DOUBLES},
        {"{kind: mlp, widths: [12, 16, 8, 4], bias: true, output: softmax}", 16 + 8 + 9,
         CST_ARCH_PROOF_FIELD},
    };

    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
    {
        cst_arch_check_t check;
        cst_arch_t arch;
        cst_error_t error;

        make_arch(arch, claims[i].text);
        cr_assert_eq(cst_arch_verify(&check, arch, 1, &error), CST_OK);
        cr_assert_eq(check.proved, CST_TRUE, "%s: rank %ld, generators %ld", claims[i].text,
                     (long) check.rank, (long) check.independent);
        cr_assert_eq(check.independent, claims[i].redundancy);
        cr_assert_eq(check.method, claims[i].method);

        if (check.method == CST_ARCH_PROOF_DOUBLES)
        {
            arch->symmetry_count--;
            cr_assert_eq(cst_arch_verify(&check, arch, 1, &error), CST_OK);
            cr_assert_neq(check.proved, CST_TRUE);
            cr_assert_leq(check.rank, arch->parameters - claims[i].redundancy);
            arch->symmetry_count++;
        }
        cst_arch_clear(arch);
    }
}
