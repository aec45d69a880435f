/* Parameters and redundancies of whole models: published sizes, and counts that certified ranks confirm. */
#include "helper.h"

TestSuite(arch_count, .timeout = 120);

static const struct
{
    const char *text;
    slong parameters, redundancy, conserved; /* -1: not compared */
} counts[] = {
    {"{kind: mlp, widths: [2, 1, 1], activation: relu, bias: false}", 3, 1, 1},
    {"{kind: mlp, widths: [3, 4, 5, 2], activation: leaky-relu, bias: true}", 53, 9, 9},
    {"{kind: mlp, widths: [3, 4, 2], activation: tanh, bias: true}", 26, 0, 0},
    {"{kind: mlp, widths: [3, 4, 2], activation: exp, bias: true}", 26, 4, 4},
    {"{kind: mlp, widths: [5, 4, 1], activation: monomial, degree: 2}", 24, 10, 4},
    {"{kind: mlp, widths: [3, 4, 2], activation: relu, norm: weight, bias: true}", 30, 8, 8},
    {"{kind: mlp, widths: [3, 4, 2], output: softmax, bias: true}", 26, 9, 9},
    {"{kind: linear, widths: [3, 4, 2]}", 20, 14, 10},
    {"{kind: linear, widths: [3, 4, 2], bias: true}", 26, 18, 10},
    {"{kind: linear, widths: [3, 4, 6]}", 36, 18, 10},
    {"{kind: linear, widths: [3, 6, 4]}", 42, 30, 21},
    {"{kind: linear, widths: [8, 2, 7], frozen: true}", 30, 4, 3},
    /* conserved quantities of linear networks, by rank in the literature */
    {"{kind: linear, widths: [2, 2, 2]}", 8, 4, 3},
    {"{kind: linear, widths: [3, 2, 3]}", 12, 4, 3},
    {"{kind: linear, widths: [2, 3, 2]}", 12, 8, 6},
    {"{kind: linear, widths: [2, 5, 2]}", 20, 16, 14},
    {"{kind: linear, widths: [1, 5, 1]}", 10, 9, 9},
    {"{kind: linear, widths: [1, 7, 2]}", 21, 19, 18},
    {"{kind: linear, widths: [3, 8, 3]}", 48, 39, 33},
    {"{kind: linear, widths: [2, 2, 2, 2]}", 12, 8, 6},
    {"{kind: linear, widths: [5, 4, 3, 2]}", 38, 28, 16},
    {"{kind: linear, widths: [2, 3, 4, 2]}", 26, 22, 16},
    {"{kind: linear, widths: [4, 4, 4, 4, 4]}", 64, 48, 30},
    {"{kind: mean-field, widths: [2, 6, 1], activation: tanh, bias: true}", 24, 0, 0},
    {"{kind: mean-field, widths: [2, 6, 1], activation: relu}", 18, 6, 6},
    {"{kind: scale-invariant, widths: [3, 4, 2], activation: tanh}", 20, 4, 4},
    {"{kind: gate, width: 3, experts: 4, outputs: 2}", 36, 3, 3},
    {"{kind: gate, width: 3, experts: 4, outputs: 2, gate: sigmoid}", 36, 0, 0},
    {"{kind: state-space, width: 2, state: 3, outputs: 2, steps: 6}", 21, 9, 6},
    {"{kind: state-space, width: 2, state: 3, outputs: 2, steps: 6, diagonal: true}", 15, 3, 3},
    {"{kind: cnn, input: [2, 5, 5], convolutions: [{channels: 4, kernel: 2, norm: batch, bias: true}, "
     "{channels: 2, kernel: 2}]}",
     76, 12, 12},
    {"{kind: cnn, input: [2, 5, 5], batchnorm: evaluation, convolutions: [{channels: 4, kernel: 2, norm: "
     "batch, "
     "bias: true}, {channels: 2, kernel: 2}]}",
     76, 12, 8},
    {"{kind: cnn, input: [2, 5, 5], batchnorm: evaluation, convolutions: [{channels: 4, kernel: 2, norm: "
     "batch}, {channels: 2, kernel: 2}]}",
     72, 8, 4},
    /* digits: 305 of 3842, and 3537 as for the same network with biases instead of BatchNorm */
    {"{kind: cnn, input: [1, 8, 8], batchnorm: evaluation, epsilon: 1e-5, convolutions: [{channels: 8, "
     "kernel: "
     "3, padding: 1, norm: batch}, {channels: 16, kernel: 3, padding: 1, stride: 2, norm: batch}], classes: "
     "10, "
     "bias: true, output: softmax}",
     3842, 2 * (8 + 16) + 256 + 1, 8 + 16 + 256 + 1},
    {"{kind: cnn, input: [2, 5, 5], convolutions: [{channels: 4, kernel: 2, norm: group, groups: 2, bias: "
     "true}, "
     "{channels: 2, kernel: 2}]}",
     76, 8, 8},
    {"{kind: cnn, input: [2, 5, 5], convolutions: [{channels: 4, kernel: 2, activation: relu6}, {channels: "
     "2, "
     "kernel: 2}]}",
     64, 0, 0},
    {"{kind: transformer, vocabulary: 9, context: 5, width: 6, layers: 1, heads: 2, hidden: 5}", 359, 120,
     -1},
    {"{kind: transformer, vocabulary: 9, context: 5, width: 6, layers: 2, heads: 2, hidden: 5}", 622, 228,
     -1},
    {"{kind: transformer, vocabulary: 50257, context: 1024, width: 768, layers: 12, heads: 12, hidden: 3072}",
     124439808, 1347353, -1},
    {"{kind: transformer, vocabulary: 50257, context: 1024, width: 1024, layers: 24, heads: 16, hidden: "
     "4096}",
     354823168, 3590193, -1},
    {"{kind: transformer, vocabulary: 50257, context: 1024, width: 1280, layers: 36, heads: 20, hidden: "
     "5120}",
     774030080, 6730057, -1},
    {"{kind: transformer, vocabulary: 50257, context: 1024, width: 1600, layers: 48, heads: 25, hidden: "
     "6400}",
     1557611200, 11215521, -1},
    /* the epsilon of a real model breaks the scale of the stream, and nothing else */
    {"{kind: transformer, vocabulary: 50257, context: 1024, width: 768, layers: 12, heads: 12, hidden: 3072, "
     "epsilon: 1e-5}",
     124439808, 1347352, -1},
    /* modular addition, as in studies of grokking: d^2 + 2 d + d_ff + 2 h d_k^2 */
    {"{kind: transformer, norm: none, vocabulary: 54, output-vocabulary: 53, context: 3, width: 48, layers: "
     "1, heads: "
     "4, hidden: 128, tied: false, activation: relu, query-bias: false, output-bias: false}",
     26960, 2304 + 96 + 128 + 2 * 4 * 144, -1},
#define LLAMA "{kind: transformer, style: llama, "
#define SMALL "vocabulary: 9, context: 5, width: 6, heads: 2, key-width: 4, hidden: 5, "
    {LLAMA SMALL "layers: 1}", 408, 85, -1},
    {LLAMA SMALL "layers: 2}", -1, 142, -1},
    {LLAMA SMALL "layers: 1, tied: true}", 354, 58, -1},
    {LLAMA SMALL "layers: 1, key-value-heads: 1}", 360, 65, -1},
    {LLAMA SMALL "layers: 1, qk-norm: true}", 416, 83, -1},
    {LLAMA "vocabulary: 32000, context: 4096, width: 4096, layers: 32, heads: 32, hidden: 11008}", 6738415616,
     25917441, -1},
    {LLAMA
     "vocabulary: 128256, context: 8192, width: 4096, layers: 32, heads: 32, key-value-heads: 8, hidden: "
     "14336}",
     8030261248, 13342721, -1},
    {LLAMA
     "vocabulary: 32000, context: 2048, width: 2048, layers: 22, heads: 32, key-value-heads: 4, hidden: "
     "5632}",
     1100048384, 2680321, -1},
};

Test(arch_count, whole_models)
{
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    {
        cst_arch_t arch;
        fmpz_t effective;

        make_arch(arch, counts[i].text);
        if (counts[i].parameters >= 0)
            cr_expect_eq(arch->parameters, counts[i].parameters, "%s: P = %ld", counts[i].text,
                         (long) arch->parameters);
        cr_expect(fmpz_equal_si(arch->redundancy, counts[i].redundancy), "%s: redundancy %ld", counts[i].text,
                  (long) fmpz_get_si(arch->redundancy));
        if (counts[i].conserved >= 0)
            cr_expect(fmpz_equal_si(arch->conserved, counts[i].conserved), "%s: conserved %ld",
                      counts[i].text, (long) fmpz_get_si(arch->conserved));
        fmpz_init(effective);
        cst_arch_effective(effective, arch);
        cr_expect(fmpz_equal_si(effective, arch->parameters - counts[i].redundancy));
        fmpz_clear(effective);
        cst_arch_clear(arch);
    }
}

/* 3 log10(512!) = 3499.62; small orders exactly. */
Test(arch_count, discrete_orders)
{
    static const struct
    {
        const char *text;
        ulong order; /* 0: not compared */
        double log10;
    } orders[] = {
        {"{kind: mlp, widths: [2, 512, 512, 512, 2]}", 0, 3499.62},
        {"{kind: mlp, widths: [2, 4, 1], activation: tanh}", 384, 2.58433},
        {"{kind: mlp, widths: [2, 4, 1], activation: sigmoid}", 24, 1.38021},
        {"{kind: mlp, widths: [2, 4, 1], activation: sigmoid, bias: true}", 384, 2.58433},
        {"{kind: mlp, widths: [2, 5, 1], activation: gelu}", 120, 2.07918},
        {"{kind: mean-field, widths: [1, 6, 1], activation: gelu}", 720, 2.85733},
        {"{kind: attention, context: 4, width: 8, heads: 6, key-value-heads: 2, key-width: 2}", 72 * 16,
         3.06145},
        {"{kind: attention, context: 4, width: 8, heads: 6, key-width: 2, positions: alibi}", 4096, 3.61236},
        {"{kind: cnn, input: [1, 4, 4], convolutions: [{channels: 6, kernel: 2, norm: group, groups: 3}, "
         "{channels: "
         "1, kernel: 1}]}",
         48 * 8, 2.58433},
        /* (w, b, gamma) and -(w, b, gamma) are one channel: two classes of 2^2 signs and 2! places */
        {"{kind: cnn, input: [1, 2, 2], convolutions: [{channels: 2, kernel: 2, norm: batch}], classes: 1}",
         8, 0.90309},
        {"{kind: cnn, input: [1, 2, 2], batchnorm: evaluation, convolutions: [{channels: 2, kernel: 2, norm: "
         "batch}], classes: 1}",
         8, 0.90309},
        {"{kind: mlp, widths: [2, 3, 1], norm: weight}", 48, 1.68124},
    };

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
    {
        cst_arch_t arch;

        make_arch(arch, orders[i].text);
        if (orders[i].order)
            cr_expect(fmpz_equal_ui(arch->order, orders[i].order), "%s: %ld", orders[i].text,
                      (long) fmpz_get_si(arch->order));
        cr_expect_float_eq(arf_get_d(arb_midref(arch->log10_order), ARF_RND_NEAR), orders[i].log10, 5e-3,
                           "%s", orders[i].text);
        cst_arch_clear(arch);
    }
}

Test(arch_count, orders_too_long_to_write)
{
    cst_arch_t arch;

    make_arch(arch, "{kind: mlp, widths: [2, 1000000000, 2]}");
    cr_assert(fmpz_is_zero(arch->order));
    /* Stirling: log10(n!) = 8565705522.99... */
    cr_assert_float_eq(arf_get_d(arb_midref(arch->log10_order), ARF_RND_NEAR), 8565705522.9958, 1e-3);
    cst_arch_clear(arch);
}

Test(arch_count, where_the_count_is_only_a_bound)
{
    static const char *const texts[] = {
        "{kind: mlp, widths: [2, 4, 2], activation: identity}",
        "{kind: mlp, widths: [2, 9, 1], activation: monomial, degree: 3}",
        "{kind: attention, context: 4, width: 3, heads: 1, key-width: 4}",
        "{kind: attention, context: 2, width: 3, heads: 1, key-width: 2}",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        cst_arch_t arch;

        make_arch(arch, texts[i]);
        cr_expect_eq(arch->basis, CST_ARCH_LOWER_BOUND, "%s", texts[i]);
        cr_expect_not_null(arch->reason);
        cst_arch_clear(arch);
    }
}
