/* The rank of a network at given weights: certain, and complete where the symmetries are all. */
#include <math.h>

#include "helper.h"

#include "arch/eliminate.h"
#include "arch/rank.h"

TestSuite(arch_given, .timeout = 120);

/* Weights k/64, not 0. */
static double *
draw_weights(const cst_arch_t arch, ulong seed)
{
    double *weights = flint_malloc((size_t) (arch->parameters + 1) * sizeof *weights);

    for (slong p = 0; p < arch->parameters; p++)
    {
        double k = 1 + (double) cst__arch_draw(&seed, 128);

        weights[p] = (cst__arch_draw(&seed, 2) ? k : -k) / 64;
    }
    return weights;
}

static void
prove(cst_arch_proof_t *proof, const cst_arch_t arch, const double *weights)
{
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_arch_prove(proof, arch, weights, 1, NULL, &error), CST_OK, "%s", error.message);
}

typedef struct
{
    const char *text;
    slong redundancy;
    cst_arch_proof_method_t method;
} given_claim_t;

static void
assert_proved(const given_claim_t *claims, size_t count)
{
    for (size_t i = 0; i < count; i++)
    {
        cst_arch_t arch;
        cst_arch_proof_t proof = {.proved = CST_UNKNOWN};

        make_arch(arch, claims[i].text);
        for (ulong seed = 1; seed < 6 && proof.proved != CST_TRUE; seed++)
        {
            double *weights = draw_weights(arch, seed);

            prove(&proof, arch, weights);
            cr_assert_eq(proof.invariant, CST_TRUE, "%s: %d, rank %ld, independent %ld, prime %lu, rows %ld",
                         claims[i].text, (int) proof.invariant, (long) proof.rank, (long) proof.independent,
                         (unsigned long) proof.prime, (long) proof.rows);
            cr_assert_leq(proof.rank + proof.independent, arch->parameters);
            flint_free(weights);
        }
        cr_assert_eq(proof.proved, CST_TRUE, "%s: P = %ld, rank >= %ld, generators %ld", claims[i].text,
                     (long) arch->parameters, (long) proof.rank, (long) proof.independent);
        cr_assert_eq(proof.independent, claims[i].redundancy, "%s", claims[i].text);
        cr_assert_eq(proof.method, claims[i].method, "%s", claims[i].text);
        cr_assert_eq(proof.prime != 0, proof.method == CST_ARCH_PROOF_FIELD, "%s", claims[i].text);
        cst_arch_clear(arch);
    }
}

Test(arch_given, proved_in_a_field)
{
    static const given_claim_t claims[] = {
        {"{kind: mlp, widths: [3, 4, 5, 2], activation: leaky-relu, bias: true}", 9, CST_ARCH_PROOF_FIELD},
        {"{kind: mlp, widths: [2, 3, 3, 2], activation: relu, degree: 2, bias: true}", 6,
         CST_ARCH_PROOF_FIELD},
        {"{kind: mlp, widths: [3, 4, 2], activation: relu6, bias: true}", 0, CST_ARCH_PROOF_FIELD},
        {"{kind: mlp, widths: [3, 4, 2], output: softmax, bias: true}", 9, CST_ARCH_PROOF_FIELD},
        {"{kind: mlp, widths: [3, 4, 2], activation: tanh, bias: true}", 0, CST_ARCH_PROOF_FIELD},
        {"{kind: mlp, widths: [2, 3, 1], activation: silu, bias: true}", 0, CST_ARCH_PROOF_FIELD},
        {"{kind: mlp, widths: [3, 4, 2], activation: exp, bias: true}", 4, CST_ARCH_PROOF_FIELD},
        {"{kind: mlp, widths: [3, 3, 2], activation: monomial, degree: 3}", 3, CST_ARCH_PROOF_FIELD},
        {"{kind: mean-field, widths: [2, 40, 1], activation: tanh, bias: true}", 0, CST_ARCH_PROOF_FIELD},
        {"{kind: linear, widths: [2, 3, 4, 2], bias: true}", 29, CST_ARCH_PROOF_FIELD},
        {"{kind: cnn, input: [2, 5, 5], convolutions: [{channels: 3, kernel: 2, bias: true, pool: max}, "
         "{channels: 2, kernel: 2, activation: identity}]}",
         3, CST_ARCH_PROOF_FIELD},
        {"{kind: gate, width: 3, experts: 4, outputs: 2}", 3, CST_ARCH_PROOF_FIELD},
        {"{kind: state-space, width: 2, state: 3, outputs: 2, steps: 6}", 9, CST_ARCH_PROOF_FIELD},
        {"{kind: attention, context: 4, width: 4, heads: 2, key-width: 2, query-bias: true, output-bias: "
         "true}",
         24, CST_ARCH_PROOF_FIELD},
        {"{kind: transformer, norm: none, activation: relu, tied: false, query-bias: false, output-bias: "
         "false, "
         "vocabulary: 9, context: 3, width: 4, layers: 1, heads: 2, hidden: 5}",
         45, CST_ARCH_PROOF_FIELD},
    };

    assert_proved(claims, sizeof claims / sizeof *claims);
}

/* Functions of functions, for which there is no theorem: numbers of SYMMETRIES.md, in doubles. */
Test(arch_given, proved_in_doubles)
{
    static const given_claim_t claims[] = {
        {"{kind: mlp, widths: [2, 3, 1], activation: gelu, bias: true}", 0, CST_ARCH_PROOF_DOUBLES},
        {"{kind: mlp, widths: [2, 3, 2, 1], activation: tanh, bias: true}", 0, CST_ARCH_PROOF_DOUBLES},
        {"{kind: mlp, widths: [3, 4, 2], activation: relu, norm: weight, bias: true}", 8,
         CST_ARCH_PROOF_DOUBLES},
        {"{kind: cnn, input: [1, 4, 4], classes: 3, output: softmax, epsilon: 1/1000, bias: true, "
         "convolutions: [{channels: 2, kernel: 3, norm: batch}]}",
         2 + 2 * 2 * 2 + 1, CST_ARCH_PROOF_DOUBLES},
        {"{kind: cnn, input: [3, 1, 1], classes: 2, epsilon: 1/1000, convolutions: [{channels: 4, kernel: 1, "
         "norm: "
         "batch, bias: true}]}",
         4 + 4, CST_ARCH_PROOF_DOUBLES},
        {"{kind: transformer, vocabulary: 7, context: 4, width: 4, layers: 1, heads: 2, hidden: 3}", 73,
         CST_ARCH_PROOF_DOUBLES},
        {"{kind: transformer, norm: rms, epsilon: 1/100000, activation: silu, gated: true, tied: false, "
         "positions: rotary, "
         "query-bias: false, output-bias: false, feed-bias: false, norm-bias: false, vocabulary: 7, context: "
         "3, "
         "width: 4, layers: 2, heads: 2, key-value-heads: 1, key-width: 2, hidden: 3}",
         2 * 2 + 2 * 4 + 2 * 3 + 5 * 4 + 6 + 4, CST_ARCH_PROOF_DOUBLES},
    };

    assert_proved(claims, sizeof claims / sizeof *claims);
}

/* A dead unit moves nothing; of two units that agree only the sum is seen; of a unit that is 0 no orbit is
   left. Each time the rank tells, and nothing is claimed to be complete. */
Test(arch_given, degenerate_weights_are_not_proved)
{
    static const char text[] = "{kind: mlp, widths: [3, 4, 2], bias: true}";
    cst_arch_proof_t proof;
    cst_arch_t arch;
    double *weights;
    slong w, b, v;

    make_arch(arch, text);
    w = arch->tensors[cst_arch_find_tensor(arch, "w1")].offset;
    b = arch->tensors[cst_arch_find_tensor(arch, "b1")].offset;
    v = arch->tensors[cst_arch_find_tensor(arch, "w2")].offset;

    weights = draw_weights(arch, 1);
    weights[w] = weights[w + 1] = weights[w + 2] = 0;
    weights[b] = -1; /* never active: 6 parameters do nothing, one direction of them is its scale */
    prove(&proof, arch, weights);
    cr_assert_eq(proof.proved, CST_UNKNOWN);
    cr_assert_eq(proof.idle, 6);
    cr_assert_eq(proof.rank, arch->parameters - 3 - 6, "rank %ld", (long) proof.rank);
    flint_free(weights);

    weights = draw_weights(arch, 1);
    for (slong j = 0; j < 3; j++)
        weights[w + 3 + j] = weights[w + j];
    weights[b + 1] = weights[b]; /* 2 dimensions more: exchange of outgoing weights */
    prove(&proof, arch, weights);
    cr_assert_eq(proof.proved, CST_UNKNOWN);
    cr_assert_lt(proof.rank, arch->parameters - 4);
    cr_assert_eq(proof.independent, 4);
    flint_free(weights);

    weights = draw_weights(arch, 1);
    weights[w] = weights[w + 1] = weights[w + 2] = weights[b] = weights[v] = weights[v + 4] = 0;
    prove(&proof, arch, weights);
    cr_assert_neq(proof.proved, CST_TRUE);
    cr_assert_eq(proof.independent, 3);
    flint_free(weights);
    cst_arch_clear(arch);
}

/* The same function with units of very different sizes, and weights of all 53 bits. */
Test(arch_given, sizes_do_not_matter)
{
    cst_arch_proof_t proof;
    cst_arch_t arch;
    double *weights;
    slong v;

    make_arch(arch, "{kind: mlp, widths: [4, 6, 5, 3], bias: true}");
    v = arch->tensors[cst_arch_find_tensor(arch, "w2")].offset;
    weights = draw_weights(arch, 3);
    for (slong p = 0; p < arch->parameters; p++)
        weights[p] *= 1 + 0x1p-30 / (double) (p + 3);
    for (slong i = 0; i < 6; i++)
    {
        int k = (int) (12 * i - 30);

        for (slong j = 0; j < 4; j++)
            weights[4 * i + j] = ldexp(weights[4 * i + j], k);
        weights[24 + i] = ldexp(weights[24 + i], k);
        for (slong r = 0; r < 5; r++)
            weights[v + 6 * r + i] = ldexp(weights[v + 6 * r + i], -k);
    }
    prove(&proof, arch, weights);
    cr_assert_eq(proof.proved, CST_TRUE, "rank %ld", (long) proof.rank);
    cr_assert_eq(proof.independent, 11);
    flint_free(weights);
    cst_arch_clear(arch);
}

Test(arch_given, refusals)
{
    cst_arch_proof_t proof;
    cst_arch_t arch;
    cst_error_t error;
    double *weights;

    make_arch(arch, "{kind: mlp, widths: [3, 4, 2]}");
    weights = draw_weights(arch, 1);
    weights[5] = NAN;
    cr_assert_eq(cst_arch_prove(&proof, arch, weights, 1, NULL, &error), CST_REFUSED);
    cr_assert_str_eq(error.message, "parameter 6 is not finite");
    flint_free(weights);
    cst_arch_clear(arch);

    make_arch(arch, "{kind: mlp, widths: [200, 200, 2]}");
    weights = draw_weights(arch, 1);
    cr_assert_eq(cst_arch_prove(&proof, arch, weights, 1, NULL, &error), CST_REFUSED);
    cr_assert_str_eq(error.message,
                     "a network of 40400 parameters with 200 generators is too large for a proved "
                     "rank (up to 32768 and 20000); a smaller one of the same make can be");
    flint_free(weights);
    cst_arch_clear(arch);

    make_arch(arch, "{kind: mlp, widths: [100, 100, 60, 10], activation: tanh}");
    weights = draw_weights(arch, 1);
    cr_assert_eq(cst_arch_prove(&proof, arch, weights, 1, NULL, &error), CST_REFUSED);
    flint_free(weights);
    cst_arch_clear(arch);
}

/* The rank of random products, in batches of all sizes, against FLINT's. */
Test(arch_given, elimination)
{
    static const struct
    {
        slong rows, columns, rank, batch;
    } cases[] = {{5, 3, 2, 5},         {40, 60, 33, 7}, {700, 300, 211, 512},
                 {600, 650, 600, 100}, {1, 1, 1, 1},    {30, 20, 0, 9}};
    ulong state = 7;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        slong n = cases[i].rows, m = cases[i].columns, found = 0;
        nmod_mat_t a, b, c;
        cst__elimination_t e;
        double *rows = flint_malloc((size_t) (n * m) * sizeof *rows);
        ulong p = n_nextprime(CST__ELIMINATION_PRIME_LIMIT - 1000, 1);

        nmod_mat_init(a, n, cases[i].rank, p);
        nmod_mat_init(b, cases[i].rank, m, p);
        nmod_mat_init(c, n, m, p);
        for (slong k = 0; k < n * cases[i].rank; k++)
            nmod_mat_entry(a, k / cases[i].rank, k % cases[i].rank) = cst__arch_draw(&state, p);
        for (slong k = 0; k < cases[i].rank * m; k++) /* sparse at first */
            nmod_mat_entry(b, k / m, k % m) = k % m % 3 == 0 ? 0 : cst__arch_draw(&state, p);
        nmod_mat_mul(c, a, b);
        for (slong k = 0; k < n * m; k++)
            rows[k] = (double) nmod_mat_entry(c, k / m, k % m);
        cst__elimination_init(e, m, p);
        for (slong k = 0; k < n; k += cases[i].batch)
            found += cst__elimination_add(e, rows + k * m, FLINT_MIN(cases[i].batch, n - k));
        cr_assert_eq(e->rank, found);
        cr_assert_eq(e->rank, nmod_mat_rank(c), "case %zu: %ld", i, (long) e->rank);
        cst__elimination_clear(e);
        nmod_mat_clear(a);
        nmod_mat_clear(b);
        nmod_mat_clear(c);
        flint_free(rows);
    }
}
