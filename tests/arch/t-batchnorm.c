/* BatchNorm in evaluation mode: its function, its generators and laws as identities, and proofs at given
   weights. */
#include "helper.h"

#include <math.h>

#include <caustic/lie.h>

#include "arch/rank.h"

TestSuite(arch_batchnorm, .timeout = 120);

static void
set_statistics(cst_arch_t arch, slong convolution, const double *mean, const double *variance)
{
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_arch_set_statistics(arch, convolution, mean, variance, &error), CST_OK, "%s",
                 error.message);
}

static fmpq *
rationals(const slong *numerators, ulong denominator, slong count)
{
    fmpq *x = _fmpq_vec_init(count);

    for (slong i = 0; i < count; i++)
        fmpq_set_si(x + i, numerators[i], denominator);
    return x;
}

static void
outputs_at(arb_ptr values, const cst_arch_t arch, const fmpq *inputs, slong batch, const double *weights)
{
    cst_tape_t tape;
    arb_ptr point = _arb_vec_init(arch->parameters);

    for (slong p = 0; p < arch->parameters; p++)
        arb_set_d(point + p, weights[p]);
    cr_assert_eq(cst_arch_compile(tape, arch, inputs, batch, NULL), CST_OK);
    cst_tape_eval_arb(values, tape, point, 200);
    cst_tape_clear(tape);
    _arb_vec_clear(point, arch->parameters);
}

/* gamma (w x + b - m)/sqrt(v + epsilon) + beta, with the definition written down. */
Test(arch_batchnorm, function)
{
    const double mean[] = {0.75}, variance[] = {0.1},
                 weights[] = {1.5, -0.25, 2, 0.5}; /* w, b, gamma, beta */
    const slong images[] = {3, -2, 7};
    fmpq *inputs = rationals(images, 4, 3);
    arb_ptr values = _arb_vec_init(3);
    cst_arch_t arch;

    make_arch(arch,
              "{kind: cnn, input: [1, 1, 3], batchnorm: evaluation, epsilon: 1/8, convolutions: [{channels: "
              "1, kernel: 1, norm: batch, bias: true, activation: identity}]}");
    set_statistics(arch, 0, mean, variance);
    outputs_at(values, arch, inputs, 1, weights);
    for (slong i = 0; i < 3; i++)
    {
        arb_t expected, root;

        arb_init(expected);
        arb_init(root);
        arb_set_d(root, variance[0]);
        arb_set_d(expected, 0.125);
        arb_add(root, root, expected, 200);
        arb_rsqrt(root, root, 200);
        arb_mul_2exp_si(root, root, 1);
        arb_set_d(expected, 1.5 * (double) images[i] / 4 - 0.25 - 0.75);
        arb_mul(expected, expected, root, 200);
        arb_set_d(root, 0.5);
        arb_add(expected, expected, root, 200);
        cr_expect(arb_overlaps(expected, values + i));
        cr_expect_lt(mag_get_d(arb_radref(values + i)), 1e-50);
        arb_clear(root);
        arb_clear(expected);
    }
    _arb_vec_clear(values, 3);
    _fmpq_vec_clear(inputs, 3);
    cst_arch_clear(arch);
}

/* Running statistics that are those of a batch: the function of training mode at that batch. */
Test(arch_batchnorm, agrees_with_training_mode_at_a_batch)
{
#define PAIR                                                                                                 \
    "input: [1, 1, 2], epsilon: 1/16, convolutions: [{channels: 2, kernel: 1, norm: batch}], classes: 2}"
    const double weights[] = {1, -2, 1.5, 0.5, 0.25, 2, 1, 2, -1, 3, 0.5, 1, -2, 1};
    const slong images[] = {1, 3, 5, 7}; /* mean 4, variance 5 */
    const double mean[] = {4, -8}, variance[] = {5, 20};
    fmpq *inputs = rationals(images, 1, 4);
    arb_ptr trained = _arb_vec_init(4), evaluated = _arb_vec_init(4);
    cst_arch_t training, evaluation;

    make_arch(training, "{kind: cnn, " PAIR);
    make_arch(evaluation, "{kind: cnn, batchnorm: evaluation, " PAIR);
    cr_assert_eq(training->parameters, 14);
    set_statistics(evaluation, 0, mean, variance);
    outputs_at(trained, training, inputs, 2, weights);
    outputs_at(evaluated, evaluation, inputs, 2, weights);
    for (slong i = 0; i < 4; i++)
    {
        cr_expect(arb_overlaps(trained + i, evaluated + i));
        cr_expect_lt(mag_get_d(arb_radref(evaluated + i)), 1e-50);
        cr_expect(!arb_contains_zero(evaluated + i));
    }
    _arb_vec_clear(trained, 4);
    _arb_vec_clear(evaluated, 4);
    _fmpq_vec_clear(inputs, 4);
    cst_arch_clear(training);
    cst_arch_clear(evaluation);
}

/* grad h annihilates the outputs, and is not 0. */
static void
assert_law(cst_expr_ctx_t ctx, const cst_arch_t arch, const fmpq *inputs, slong batch, slong s, slong k)
{
    cst_expr_t parameters[32], field[32], outputs[16], law = cst_arch_law(ctx, arch, s, k);
    cst_lie_chart_t chart = {ctx, arch->parameters, parameters, NULL, 0};
    int zero = 1;

    cr_assert_eq(cst_arch_forward(outputs, ctx, arch, inputs, batch, NULL), CST_OK);
    for (slong i = 0; i < arch->parameters; i++)
    {
        parameters[i] = cst_arch_parameter(ctx, arch, i);
        field[i] = cst_expr_derivative(ctx, law, parameters[i]);
        zero &= cst_expr_is_integer_value(field[i], 0);
    }
    cr_expect(!zero);
    for (slong i = 0; i < batch * cst_arch_output_size(arch); i++)
        cr_expect_eq(cst_lie_is_invariant(NULL, &chart, field, outputs[i]), CST_TRUE, "%s",
                     cst_expr_print(ctx, law));
}

/* With statistics that are not 0 and 1, as identities. */
Test(arch_batchnorm, generators_and_laws)
{
    static const char *const texts[] = {
        "{kind: cnn, input: [1, 1, 2], batchnorm: evaluation, epsilon: 1/10, convolutions: [{channels: 2, "
        "kernel: "
        "1, norm: batch, bias: true}, {channels: 1, kernel: 1, activation: identity}]}",
        "{kind: cnn, input: [1, 1, 2], batchnorm: evaluation, convolutions: [{channels: 2, kernel: 1, norm: "
        "batch}, {channels: 1, kernel: 1, activation: identity}]}",
    };
    static const slong redundancies[] = {6, 4}, laws[] = {4, 2};
    const double mean[] = {0.5, -3}, variance[] = {2, 0.75};
    const slong images[] = {1, -2, 5, 3};
    fmpq *inputs = rationals(images, 2, 4);

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        cst_arch_t arch;
        slong generators = 0, found = 0;

        make_arch(arch, texts[i]);
        set_statistics(arch, 0, mean, variance);
        for (slong s = 0; s < arch->symmetry_count; s++)
        {
            cst_expr_ctx_t ctx = cst_expr_ctx_new();

            for (slong k = 0; k < fmpz_get_si(arch->symmetries[s].generators); k++, generators++)
                cr_expect_eq(cst_arch_is_invariant(NULL, ctx, arch, inputs, 2, s, k), CST_TRUE, "%s, %ld",
                             arch->symmetries[s].fact->name, (long) k);
            cr_expect_eq(cst_arch_law_count(arch, s), fmpz_get_si(arch->symmetries[s].conserved));
            for (slong k = 0; k < cst_arch_law_count(arch, s); k++, found++)
                assert_law(ctx, arch, inputs, 2, s, k);
            cst_expr_ctx_free(ctx);
        }
        cr_expect_eq(generators, redundancies[i]);
        cr_expect_eq(found, laws[i]);
        cst_arch_clear(arch);
    }
    _fmpq_vec_clear(inputs, 4);
}

/* At given weights: deviations that are no rational numbers, all different (in doubles), or rational ones (in
   a field). The count by hand: 3 + 2 channels with one gain each too many and one scale each, a shift under
   softmax for each of 2 * 2 * 2 inputs and for the bias; where the first convolution has a bias 3 more. */
Test(arch_batchnorm, proved_at_given_weights)
{
    static const char *const texts[] = {
        "{kind: cnn, input: [1, 4, 4], batchnorm: evaluation, epsilon: 1/100000, convolutions: [{channels: "
        "3, "
        "kernel: 2, norm: batch}, {channels: 2, kernel: 2, norm: batch}], classes: 3, bias: true, output: "
        "softmax}",
        "{kind: cnn, input: [1, 4, 4], batchnorm: evaluation, convolutions: [{channels: 3, kernel: 2, norm: "
        "batch, bias: true}, {channels: 2, kernel: 2, norm: batch}], classes: 3, bias: true, output: "
        "softmax}",
    };
    static const slong redundancies[] = {2 * (3 + 2) + 8 + 1, 2 * (3 + 2) + 3 + 8 + 1};
    static const double variances[2][3] = {{0.3, 2, 5.5}, {0.25, 4, 1.5625}};
    const double mean[] = {0.125, -0.5, 0.75};

    for (int i = 0; i < 2; i++)
    {
        cst_arch_symmetry_t last;
        cst_arch_proof_t proof = {.proved = CST_UNKNOWN};
        cst_error_t error;
        cst_arch_t arch;
        double *weights;

        make_arch(arch, texts[i]);
        set_statistics(arch, 0, mean, variances[i]);
        set_statistics(arch, 1, mean + 1, variances[i] + 1);
        weights = flint_malloc((size_t) arch->parameters * sizeof *weights);
        for (ulong seed = 1, state = 1; seed < 6 && proof.proved != CST_TRUE; seed++)
        {
            for (slong p = 0; p < arch->parameters; p++)
                weights[p] = ((double) cst__arch_draw(&state, 255) - 127.5) / 64;
            cr_assert_eq(cst_arch_prove(&proof, arch, weights, seed, NULL, &error), CST_OK, "%s",
                         error.message);
            cr_assert_eq(proof.invariant, CST_TRUE);
            cr_assert_leq(proof.rank, arch->parameters - redundancies[i]);
        }
        cr_expect_eq(proof.proved, CST_TRUE, "rank %ld", (long) proof.rank);
        cr_expect_eq(proof.independent, redundancies[i]);
        cr_expect_eq(proof.method, i == 0 ? CST_ARCH_PROOF_DOUBLES : CST_ARCH_PROOF_FIELD);

        /* the symmetries of training mode are too few here: never proved to be all */
        last = arch->symmetries[--arch->symmetry_count];
        arch->symmetries[arch->symmetry_count] = arch->symmetries[0];
        arch->symmetries[0] = last;
        cr_assert_eq(cst_arch_prove(&proof, arch, weights, 1, NULL, &error), CST_OK, "%s", error.message);
        cr_expect_neq(proof.proved, CST_TRUE);
        arch->symmetry_count++;
        flint_free(weights);
        cst_arch_clear(arch);
    }
}

Test(arch_batchnorm, statistics_that_are_none)
{
    const double good[] = {1, 1}, bad[] = {1, NAN}, zero[] = {0, 1}, negative[] = {1, -0.5};
    cst_error_t error;
    cst_arch_t arch;

    make_arch(arch,
              "{kind: cnn, input: [1, 2, 2], batchnorm: evaluation, convolutions: [{channels: 2, kernel: 1}, "
              "{channels: 2, kernel: 2, norm: batch}]}");
    cr_expect_eq(cst_arch_set_statistics(arch, 0, good, good, &error), CST_BAD_INPUT);
    cr_expect_eq(cst_arch_set_statistics(arch, 2, good, good, &error), CST_BAD_INPUT);
    cr_expect_eq(cst_arch_set_statistics(arch, 1, bad, good, &error), CST_BAD_INPUT);
    cr_expect_eq(cst_arch_set_statistics(arch, 1, good, bad, &error), CST_BAD_INPUT);
    cr_expect_eq(cst_arch_set_statistics(arch, 1, good, negative, &error), CST_BAD_INPUT);
    cr_expect_eq(cst_arch_set_statistics(arch, 1, good, zero, &error), CST_BAD_INPUT);
    cr_expect_str_eq(error.message, "channel 1 of convolution 2: no mean and variance");
    cr_expect_eq(cst_arch_set_statistics(arch, 1, zero, good, &error), CST_OK);
    cr_expect_eq(arch->running_variance[0], 1, "of the convolution before");
    cst_arch_clear(arch);
    make_arch(arch,
              "{kind: cnn, input: [1, 2, 2], epsilon: 1/8, convolutions: [{channels: 2, kernel: 2, norm: "
              "batch}]}");
    cr_expect_eq(cst_arch_set_statistics(arch, 0, good, zero, &error), CST_OK, "a dead channel");
    cst_arch_clear(arch);
}
