/* The small exact models of GPT-2 and LLaMA, from which the counts of the large ones are extrapolated. */
#include "verify.h"

TestSuite(arch_long, .timeout = 600);

#define GPT2 "{kind: transformer, vocabulary: 9, context: 5, width: 6, heads: 2, hidden: 5, "
#define LLAMA                                                                                                \
    "{kind: transformer, style: llama, vocabulary: 9, context: 5, width: 6, heads: 2, key-width: 4, "        \
    "hidden: 5, "

Test(arch_long, gpt2)
{
    static const claim_t claims[] = {{GPT2 "layers: 1}", 120}, {GPT2 "layers: 2}", 228}};

    ASSERT_CLAIMS(claims);
}

/* Biases of queries, keys and values add h d_v = 8 with an output bias (93), which takes b_V up. Without one
   only h d_v - d = 2 directions of b_V are unseen (87). */
Test(arch_long, llama)
{
    static const claim_t claims[] = {
        {LLAMA "layers: 1}", 85},
        {LLAMA "layers: 1, tied: true}", 58},
        {LLAMA "layers: 1, key-value-heads: 1}", 65},
        {LLAMA "layers: 1, query-bias: true, output-bias: true}", 93},
        {LLAMA "layers: 1, query-bias: true}", 87},
        {LLAMA "layers: 1, qk-norm: true}", 83},
    };

    ASSERT_CLAIMS(claims);
}

Test(arch_long, llama_of_two_layers)
{
    static const claim_t claims[] = {{LLAMA "layers: 2}", 142}};

    ASSERT_CLAIMS(claims);
}
