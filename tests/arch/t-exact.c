/* Tiny networks as expressions: their functions, their symmetries as identities, what gradient flow
 * conserves. */
#include "helper.h"

#include <caustic/lie.h>

TestSuite(arch_exact, .timeout = 120);

/* Inputs 1, -1/2, 2, 1/3, ... or tokens 0, 1, 2, 0, ... */
static fmpq *
some_inputs(const cst_arch_t arch, slong batch)
{
    static const slong values[][2] = {{1, 1}, {-1, 2}, {2, 1}, {1, 3}, {-3, 4}, {5, 2}, {-2, 3}};
    slong count = batch * cst_arch_input_size(arch);
    fmpq *inputs = _fmpq_vec_init(count);

    for (slong i = 0; i < count; i++)
        if (arch->spec->kind == CST_ARCH_TRANSFORMER)
            fmpq_set_si(inputs + i, i % arch->spec->vocabulary, 1);
        else
            fmpq_set_si(inputs + i, values[i % 7][0], (ulong) values[i % 7][1]);
    return inputs;
}

static const struct
{
    const char *text, *first; /* the first output; the inputs are those above */
} functions[] = {
    {"{kind: mlp, widths: [2, 1, 1]}", "w2_1_1*relu(w1_1_1 - w1_1_2/2)"},
    {"{kind: mlp, widths: [2, 1, 1], bias: true, activation: tanh}",
     "b2_1 + w2_1_1*tanh(b1_1 + w1_1_1 - w1_1_2/2)"},
    {"{kind: mlp, widths: [1, 1, 1], activation: leaky-relu, leak: 1/4}",
     "w2_1_1*(w1_1_1/4 + 3/4*relu(w1_1_1))"},
    {"{kind: mlp, widths: [1, 1, 1], activation: relu, degree: 3}", "w2_1_1*relu(w1_1_1)^3"},
    {"{kind: mlp, widths: [1, 1, 1], activation: gelu}", "w2_1_1*w1_1_1/2*(1 + erf(w1_1_1/sqrt(2)))"},
    {"{kind: mlp, widths: [1, 1, 1], activation: silu}", "w2_1_1*w1_1_1/(1 + exp(-w1_1_1))"},
    {"{kind: mlp, widths: [1, 1, 1], activation: relu6}", "w2_1_1*min(relu(w1_1_1), 6)"},
    {"{kind: mlp, widths: [2, 1, 1], norm: weight}",
     "w2_1_1*relu(g1_1*(v1_1_1 - v1_1_2/2)/sqrt(v1_1_1^2 + v1_1_2^2))"},
    {"{kind: mean-field, widths: [1, 2, 1], activation: sin}", "(w2_1_1*sin(w1_1_1) + w2_1_2*sin(w1_2_1))/2"},
    {"{kind: linear, widths: [1, 2, 1], bias: true}",
     "b2_1 + w2_1_1*(b1_1 + w1_1_1) + w2_1_2*(b1_2 + w1_2_1)"},
    {"{kind: cnn, input: [1, 2, 2], convolutions: [{channels: 1, kernel: 2, bias: true, activation: "
     "identity}]}",
     "d1_1 + c1_1_1_1_1 - c1_1_1_1_2/2 + 2*c1_1_1_2_1 + c1_1_1_2_2/3"},
    {"{kind: cnn, input: [1, 2, 2], convolutions: [{channels: 1, kernel: 1, activation: identity, pool: "
     "average}], "
     "classes: 1}",
     "w_1_1_1*c1_1_1_1_1*17/24"},
    /* two positions see themselves and what is before them */
    {"{kind: attention, context: 2, width: 1, heads: 1}", "wo1_1_1*wv1_1_1"},
    {"{kind: attention, context: 2, width: 1, heads: 1, causal: false}",
     "wo1_1_1*wv1_1_1*(exp(wq1_1_1*wk1_1_1) - exp(-wq1_1_1*wk1_1_1/2)/2)/(exp(wq1_1_1*wk1_1_1) + "
     "exp(-wq1_1_1*wk1_1_1/2))"},
    {"{kind: gate, width: 1, experts: 2, outputs: 1}",
     "(exp(wg_1_1)*v_1_1_1 + exp(wg_2_1)*v_2_1_1)/(exp(wg_1_1) + exp(wg_2_1))"},
    {"{kind: state-space, width: 1, state: 1, outputs: 1, steps: 2}", "c_1_1*b_1_1"},
};

static cst_expr_t
parse(cst_expr_ctx_t ctx, const cst_arch_t arch, const char *text)
{
    slong p = arch->parameters;
    char(*names)[64] = flint_malloc((size_t) p * 64);
    const char **pointers = flint_malloc((size_t) p * sizeof *pointers);
    cst_expr_t *values = flint_malloc((size_t) p * sizeof *values), e = NULL;
    cst_expr_scope_t scope = {pointers, values, p};
    cst_error_t error;

    for (slong i = 0; i < p; i++)
    {
        cst_arch_parameter_name(names[i], arch, i);
        pointers[i] = names[i];
        values[i] = cst_arch_parameter(ctx, arch, i);
    }
    cr_assert_eq(cst_expr_parse(&e, ctx, text, &scope, &error), CST_OK, "%s: %s", text, error.message);
    flint_free(values);
    flint_free(pointers);
    flint_free(names);
    return e;
}

Test(arch_exact, functions)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    {
        cst_arch_t arch;
        cst_expr_ctx_t ctx = cst_expr_ctx_new();
        cst_expr_t outputs[16], difference;
        fmpq *inputs;

        make_arch(arch, functions[i].text);
        inputs = some_inputs(arch, 1);
        cr_assert_eq(cst_arch_forward(outputs, ctx, arch, inputs, 1, NULL), CST_OK);
        difference = cst_expr_sub(ctx, outputs[0], parse(ctx, arch, functions[i].first));
        if (strcmp(functions[i].text, "{kind: mlp, widths: [1, 1, 1], activation: relu6}") == 0)
        {
            /* min is written with another sign function: compared at points of the three pieces */
            cst_expr_t variables[2] = {cst_arch_parameter(ctx, arch, 0), cst_arch_parameter(ctx, arch, 1)};

            for (slong w = -1; w < 9; w += 4)
            {
                cst_expr_t values[2] = {cst_expr_integer(ctx, w), cst_expr_integer(ctx, 2)}, at;

                at = cst_expr_substitute(ctx, difference, variables, values, 2);
                cr_expect_eq(cst_expr_is_zero(ctx, at, NULL, 0), CST_TRUE);
            }
        }
        else
            cr_expect_eq(cst_expr_is_zero(ctx, difference, NULL, 0), CST_TRUE, "%s: %s", functions[i].text,
                         cst_expr_print(ctx, outputs[0]));
        _fmpq_vec_clear(inputs, cst_arch_input_size(arch));
        cst_arch_clear(arch);
        cst_expr_ctx_free(ctx);
    }
}

static const char *const tiny[] = {
    "{kind: mlp, widths: [2, 2, 1], activation: relu, bias: true}",
    "{kind: mlp, widths: [1, 2, 2, 1], activation: leaky-relu}",
    "{kind: mlp, widths: [2, 1, 1], activation: monomial, degree: 3}",
    "{kind: mlp, widths: [2, 2, 1], activation: monomial, degree: 2}",
    "{kind: mlp, widths: [1, 2, 1], activation: exp, bias: true}",
    "{kind: mlp, widths: [1, 1, 2], output: softmax, bias: true}",
    "{kind: mlp, widths: [2, 1, 1], norm: weight, bias: true}",
    "{kind: scale-invariant, widths: [2, 1, 1], activation: tanh}",
    "{kind: mean-field, widths: [1, 3, 1], activation: relu}",
    "{kind: linear, widths: [2, 2, 1]}",
    "{kind: linear, widths: [1, 2, 1], bias: true}",
    "{kind: linear, widths: [1, 2, 2, 1]}",
    "{kind: cnn, input: [1, 2, 2], convolutions: [{channels: 2, kernel: 2}, {channels: 1, kernel: 1}]}",
    "{kind: cnn, input: [1, 1, 2], convolutions: [{channels: 1, kernel: 1, norm: batch, bias: true}, "
    "{channels: 1, "
    "kernel: 1, activation: identity}]}",
    "{kind: attention, context: 2, width: 2, heads: 1, key-width: 1, query-bias: true, output-bias: true}",
    "{kind: attention, context: 2, width: 1, heads: 1, key-width: 2, value-width: 1, positions: rotary}",
    "{kind: gate, width: 1, experts: 2, outputs: 1}",
    "{kind: state-space, width: 1, state: 2, outputs: 1, steps: 3}",
};

Test(arch_exact, generators_are_symmetries)
{
    for (size_t i = 0; i < sizeof tiny / sizeof *tiny; i++)
    {
        cst_arch_t arch;
        fmpq *inputs;
        slong batch = 2;

        make_arch(arch, tiny[i]);
        inputs = some_inputs(arch, batch);
        for (slong s = 0; s < arch->symmetry_count; s++)
            for (slong k = 0; k < fmpz_get_si(arch->symmetries[s].generators); k++)
            {
                cst_expr_ctx_t ctx = cst_expr_ctx_new();
                cst_expr_t remainder = NULL;

                cr_expect_eq(cst_arch_is_invariant(&remainder, ctx, arch, inputs, batch, s, k), CST_TRUE,
                             "%s: %s, generator %ld: %s", tiny[i], arch->symmetries[s].fact->name, (long) k,
                             remainder ? cst_expr_print(ctx, remainder) : "");
                cst_expr_ctx_free(ctx);
            }
        _fmpq_vec_clear(inputs, batch * cst_arch_input_size(arch));
        cst_arch_clear(arch);
    }
}

Test(arch_exact, what_is_no_symmetry)
{
    cst_arch_t arch, other;
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t remainder = NULL;
    fmpq *inputs;

    make_arch(arch, "{kind: mlp, widths: [1, 1, 1], activation: relu, bias: true}");
    make_arch(other, "{kind: mlp, widths: [1, 1, 1], activation: softplus, bias: true}");
    inputs = some_inputs(arch, 1);
    other->symmetries[0].actions = arch->symmetries[0].actions; /* softplus is not homogeneous */
    other->symmetries[0].action_count = 1;
    cr_assert_eq(cst_arch_is_invariant(&remainder, ctx, other, inputs, 1, 0, 0), CST_FALSE);
    cr_assert_not_null(remainder);
    other->symmetries[0].actions = NULL;
    other->symmetries[0].action_count = 0;
    _fmpq_vec_clear(inputs, 1);
    cst_arch_clear(other);
    cst_arch_clear(arch);
    cst_expr_ctx_free(ctx);
}

/* The signs of normalized weights and their gains, all at once, change no output. */
Test(arch_exact, signs_of_normalized_weights)
{
    static const char *const texts[] = {
        "{kind: mlp, widths: [2, 2, 1], norm: weight}",
        "{kind: cnn, input: [1, 1, 2], epsilon: 1/8, convolutions: [{channels: 2, kernel: 1, norm: batch, "
        "bias: "
        "true}]}",
        "{kind: cnn, input: [1, 1, 2], convolutions: [{channels: 2, kernel: 1, norm: group, groups: 1}]}",
        "{kind: cnn, input: [1, 1, 2], convolutions: [{channels: 2, kernel: 2, padding: 1, norm: weight, "
        "bias: "
        "true}]}",
    };
    static const char *const flipped[] = {"v1", "g1", "c1", "d1"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        cst_expr_ctx_t ctx = cst_expr_ctx_new();
        cst_expr_t outputs[32], old[32], new[32];
        cst_arch_t arch;
        fmpq *inputs;
        slong moved = 0, batch = 2, weight_norm;

        make_arch(arch, texts[i]);
        weight_norm =
            arch->spec->kind == CST_ARCH_MLP || arch->spec->convolution[0].norm == CST_ARCH_NORM_WEIGHT;
        for (size_t f = 0; f < sizeof flipped / sizeof *flipped; f++)
        {
            slong t = cst_arch_find_tensor(arch, flipped[f]);

            /* the bias of WeightNorm is added behind the gain */
            for (slong k = 0; t >= 0 && !(weight_norm && f == 3) && k < arch->tensors[t].size; k++, moved++)
            {
                old[moved] = cst_arch_parameter(ctx, arch, arch->tensors[t].offset + k);
                new[moved] = cst_expr_neg(ctx, old[moved]);
            }
        }
        inputs = some_inputs(arch, batch);
        cr_assert_eq(cst_arch_forward(outputs, ctx, arch, inputs, batch, NULL), CST_OK);
        for (slong k = 0; k < batch * cst_arch_output_size(arch); k++)
        {
            cst_expr_t other = cst_expr_substitute(ctx, outputs[k], old, new, moved);

            cr_expect_eq(cst_expr_is_zero(ctx, cst_expr_sub(ctx, outputs[k], other), NULL, 0), CST_TRUE,
                         "%s: %s", texts[i], cst_expr_print(ctx, other));
        }
        _fmpq_vec_clear(inputs, batch * cst_arch_input_size(arch));
        cst_arch_clear(arch);
        cst_expr_ctx_free(ctx);
    }
}

/* grad h annihilates the function: along the flow of -grad L, h' = -<grad h, grad L> = 0. */
static void
assert_conserved(const cst_arch_t arch, slong s, slong k, const char *text)
{
    slong p = arch->parameters, batch = 2, count = batch * cst_arch_output_size(arch);
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t parameters[64], field[64], outputs[16], law = cst_arch_law(ctx, arch, s, k);
    cst_lie_chart_t chart = {ctx, p, parameters, NULL, 0};
    fmpq *inputs = some_inputs(arch, batch);
    int zero = 1;

    cr_assert(p <= 64 && count <= 16);
    cr_assert_eq(cst_arch_forward(outputs, ctx, arch, inputs, batch, NULL), CST_OK);
    for (slong i = 0; i < p; i++)
    {
        parameters[i] = cst_arch_parameter(ctx, arch, i);
        field[i] = cst_expr_derivative(ctx, law, parameters[i]);
        zero &= cst_expr_is_integer_value(field[i], 0);
    }
    cr_expect(!zero, "%s: law %ld is constant", text, (long) k);
    for (slong i = 0; i < count; i++)
    {
        cst_expr_t f = outputs[i];

        if (arch->spec->softmax)
            f = cst_expr_sub(ctx, outputs[i], outputs[i / 2 * 2]);
        cr_expect_eq(cst_lie_is_invariant(NULL, &chart, field, f), CST_TRUE, "%s: %s is not conserved", text,
                     cst_expr_print(ctx, law));
    }
    _fmpq_vec_clear(inputs, batch * cst_arch_input_size(arch));
    cst_expr_ctx_free(ctx);
}

Test(arch_exact, conserved_quantities)
{
    for (size_t i = 0; i < sizeof tiny / sizeof *tiny; i++)
    {
        cst_arch_t arch;

        make_arch(arch, tiny[i]);
        for (slong s = 0; s < arch->symmetry_count; s++)
        {
            slong count = cst_arch_law_count(arch, s);

            if (arch->spec->kind == CST_ARCH_LINEAR)
                cr_expect_geq(count, fmpz_get_si(arch->symmetries[s].conserved), "%s", tiny[i]);
            else
                cr_expect_eq(count, fmpz_get_si(arch->symmetries[s].conserved), "%s: %s", tiny[i],
                             arch->symmetries[s].fact->name);
            for (slong k = 0; k < count; k++)
                assert_conserved(arch, s, k, tiny[i]);
        }
        cst_arch_clear(arch);
    }
}

/* As many laws as the catalogue counts, for every symmetry of larger networks. */
Test(arch_exact, numbers_of_laws)
{
    static const char *const texts[] = {
        "{kind: transformer, vocabulary: 7, context: 4, width: 4, layers: 2, heads: 2, hidden: 3}",
        "{kind: transformer, vocabulary: 7, context: 4, width: 4, layers: 1, heads: 2, hidden: 3, tied: "
        "false}",
        "{kind: transformer, style: llama, vocabulary: 7, context: 4, width: 4, layers: 1, heads: 2, hidden: "
        "3}",
        "{kind: transformer, style: llama, vocabulary: 7, context: 4, width: 4, layers: 1, heads: 2, hidden: "
        "3, "
        "qk-norm: true, activation: relu}",
        "{kind: attention, context: 4, width: 9, heads: 2, key-width: 4, positions: rotary, rotary-base: 1}",
        "{kind: mlp, widths: [3, 4, 4, 2], norm: weight, bias: true}",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        cst_arch_t arch;
        cst_expr_ctx_t ctx = cst_expr_ctx_new();

        make_arch(arch, texts[i]);
        for (slong s = 0; s < arch->symmetry_count; s++)
        {
            slong count = cst_arch_law_count(arch, s);

            cr_expect_eq(count, fmpz_get_si(arch->symmetries[s].conserved), "%s: %s: %ld", texts[i],
                         arch->symmetries[s].fact->name, (long) count);
            for (slong k = 0; k < count; k++)
                cr_expect_not_null(cst_arch_law(ctx, arch, s, k));
        }
        cst_arch_clear(arch);
        cst_expr_ctx_free(ctx);
    }
}
