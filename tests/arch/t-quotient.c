/* Coordinates of quotients: invariant under the generators, and undone by the section. */
#include "helper.h"

#include <caustic/lie.h>

TestSuite(arch_quotient, .timeout = 120);

static const struct
{
    const char *text;
    slong dimension, level; /* level in eighths */
} quotients[] = {
    {"{kind: mlp, widths: [2, 1, 1]}", 2, 0},
    {"{kind: mlp, widths: [2, 1, 1]}", 2, 5},
    {"{kind: mlp, widths: [2, 1, 1]}", 2, -5},
    {"{kind: mlp, widths: [1, 2, 2], bias: true}", 8, 0},
    {"{kind: mlp, widths: [2, 1, 3], activation: leaky-relu}", 4, 3},
    {"{kind: mlp, widths: [2, 1, 1], activation: relu, degree: 2}", 2, 0},
    {"{kind: mlp, widths: [1, 2, 2], activation: exp, bias: true}", 8, 0},
    {"{kind: linear, widths: [2, 1, 2]}", 3, 0},
    {"{kind: mean-field, widths: [1, 3, 1]}", 3, 0},
    {"{kind: mlp, widths: [1, 2, 1], activation: tanh}", 4, 0},
};

static void
assert_zero(cst_expr_ctx_t ctx, cst_expr_t e, const cst_arch_quotient_t q, const char *text)
{
    cr_expect_eq(cst_expr_is_zero(ctx, e, q->positive_below, q->positive_count), CST_TRUE, "%s: %s", text,
                 cst_expr_print(ctx, e));
}

/* xi(invariant) = 0 for all generators */
static void
assert_invariant(cst_expr_ctx_t ctx, const cst_arch_t arch, const cst_arch_quotient_t q, const char *text)
{
    cst_lie_chart_t chart = {ctx, q->parameter_count, q->parameters, q->positive, q->positive_count};
    cst_arch_generator_t generator;

    cst_arch_generator_init(generator);
    for (slong s = 0; s < arch->symmetry_count; s++)
        for (slong k = 0; k < fmpz_get_si(arch->symmetries[s].generators); k++)
        {
            cst_expr_t field[32];

            cst_arch_generator(generator, ctx, arch, s, k);
            for (slong i = 0; i < q->parameter_count; i++)
                field[i] = cst_expr_integer(ctx, 0);
            for (slong i = 0; i < generator->length; i++)
                field[generator->parameters[i]] = generator->coefficients[i];
            for (slong c = 0; c < q->dimension; c++)
                cr_expect_eq(cst_lie_is_invariant(NULL, &chart, field, q->invariants[c]), CST_TRUE, "%s: %s",
                             text, cst_expr_print(ctx, q->invariants[c]));
        }
    cst_arch_generator_clear(generator);
}

/* Each conserved quantity of the scales is the level (halved, as a potential is) on the section. */
static void
assert_level(cst_expr_ctx_t ctx, const cst_arch_t arch, const cst_arch_quotient_t q, const fmpq_t level,
             const char *text)
{
    for (slong s = 0; s < arch->symmetry_count && arch->spec->activation != CST_ARCH_EXP; s++)
        for (slong k = 0; k < cst_arch_law_count(arch, s); k++)
        {
            cst_expr_t law = cst_arch_law(ctx, arch, s, k);

            law = cst_expr_substitute(ctx, law, q->parameters, q->section, q->parameter_count);
            law = cst_expr_sub(ctx, cst_expr_mul(ctx, cst_expr_integer(ctx, 2), law),
                               cst_expr_rational(ctx, level));
            assert_zero(ctx, law, q, text);
        }
}

Test(arch_quotient, coordinates_and_section)
{
    for (size_t i = 0; i < sizeof quotients / sizeof *quotients; i++)
    {
        const char *text = quotients[i].text;
        cst_arch_t arch;
        cst_arch_quotient_t q;
        cst_expr_ctx_t ctx = cst_expr_ctx_new();
        cst_error_t error;
        fmpq_t level;

        fmpq_init(level);
        fmpq_set_si(level, quotients[i].level, 8);
        make_arch(arch, text);
        cr_assert_eq(cst_arch_quotient_init(q, ctx, arch, NULL, level, &error), CST_OK, "%s: %s", text,
                     error.message);
        cr_expect_eq(q->dimension, quotients[i].dimension, "%s: %ld", text, (long) q->dimension);
        cr_expect_eq(q->dimension, arch->parameters - fmpz_get_si(arch->redundancy));
        assert_invariant(ctx, arch, q, text);
        for (slong c = 0; c < q->dimension; c++)
        {
            cst_expr_t e =
                cst_expr_substitute(ctx, q->invariants[c], q->parameters, q->section, q->parameter_count);

            assert_zero(ctx, cst_expr_sub(ctx, e, q->coordinates[c]), q, text);
        }
        assert_level(ctx, arch, q, level, text);
        cst_arch_quotient_clear(q);
        cst_arch_clear(arch);
        cst_expr_ctx_free(ctx);
        fmpq_clear(level);
    }
}

/* The quotient of one ReLU neuron with a positive and a negative reader. */
Test(arch_quotient, signs)
{
    for (int sign = -1; sign < 2; sign += 2)
    {
        cst_arch_t arch;
        cst_arch_quotient_t q;
        cst_expr_ctx_t ctx = cst_expr_ctx_new();
        cst_expr_t expected, z[2];

        make_arch(arch, "{kind: mlp, widths: [2, 1, 1]}");
        cr_assert_eq(cst_arch_quotient_init(q, ctx, arch, &sign, NULL, NULL), CST_OK);
        z[0] = cst_expr_variable(ctx, "z1_1");
        z[1] = cst_expr_variable(ctx, "z1_2");
        expected = cst_expr_add(ctx, cst_expr_mul(ctx, z[0], z[0]), cst_expr_mul(ctx, z[1], z[1]));
        expected =
            cst_expr_mul(ctx, cst_expr_integer(ctx, sign), cst_expr_sqrt(ctx, cst_expr_sqrt(ctx, expected)));
        assert_zero(ctx, cst_expr_sub(ctx, q->section[2], expected), q, "v = sign |z|^(1/2)");
        cst_arch_quotient_clear(q);
        cst_arch_clear(arch);
        cst_expr_ctx_free(ctx);
    }
}

Test(arch_quotient, refusals)
{
    static const struct
    {
        const char *text, *message;
        slong level;
    } refusals[] = {
        {"{kind: mlp, widths: [2, 2, 2, 1]}", "several hidden layers", 0},
        {"{kind: linear, widths: [2, 2, 2]}", "this kind of network", 0},
        {"{kind: mlp, widths: [2, 2, 2], output: softmax}", "softmax", 0},
        {"{kind: mlp, widths: [2, 2, 1], activation: monomial, degree: 2}", "mixings of squares", 0},
        {"{kind: mlp, widths: [2, 2, 1], activation: relu, degree: 2}", "level", 1},
        {"{kind: attention, context: 3, width: 2, heads: 1}", "this kind of network", 0},
    };

    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
    {
        cst_arch_t arch;
        cst_arch_quotient_t q;
        cst_expr_ctx_t ctx = cst_expr_ctx_new();
        cst_error_t error;
        fmpq_t level;

        fmpq_init(level);
        fmpq_set_si(level, refusals[i].level, 1);
        make_arch(arch, refusals[i].text);
        cr_expect_eq(cst_arch_quotient_init(q, ctx, arch, NULL, level, &error), CST_REFUSED, "%s",
                     refusals[i].text);
        cr_expect_not_null(strstr(error.message, refusals[i].message), "%s: %s", refusals[i].text,
                           error.message);
        fmpq_clear(level);
        cst_arch_clear(arch);
        cst_expr_ctx_free(ctx);
    }
}
