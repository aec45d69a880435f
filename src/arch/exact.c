/* arch/exact.c -- invariance of tiny networks as an identity of expressions. */
#include <caustic/lie.h>

#include "arch/model.h"

static cst_truth_t
all_invariant(cst_expr_t *remainder, const cst_lie_chart_t *chart, const cst_expr_t *field,
              const cst_expr_t *outputs, slong count, int differences)
{
    for (slong i = 0; i < count - differences; i++)
    {
        cst_expr_t f = differences ? cst_expr_sub(chart->ctx, outputs[i], outputs[i + 1]) : outputs[i];
        cst_truth_t truth = cst_lie_is_invariant(remainder, chart, field, f);

        if (truth != CST_TRUE)
            return truth;
    }
    return CST_TRUE;
}

cst_truth_t
cst_arch_is_invariant(cst_expr_t *remainder, cst_expr_ctx_t ctx, const cst_arch_t arch, const fmpq *inputs,
                      slong batch, slong symmetry, slong k)
{
    slong p = arch->parameters, count = batch * cst_arch_output_size(arch);
    slong run =
        arch->spec->kind == CST_ARCH_TRANSFORMER ? arch->spec->output_vocabulary : cst_arch_output_size(arch);
    cst_expr_t *outputs = flint_malloc((size_t) (count + 1) * sizeof *outputs), *parameters, *field;
    cst_lie_chart_t chart = {ctx, p, NULL, NULL, 0};
    cst_arch_generator_t generator;
    cst_truth_t truth = CST_UNKNOWN;

    if (cst_arch_forward(outputs, ctx, arch, inputs, batch, NULL) == CST_OK)
    {
        parameters = flint_malloc((size_t) (2 * p + 1) * sizeof *parameters);
        field = parameters + p;
        for (slong i = 0; i < p; i++)
        {
            parameters[i] = cst_arch_parameter(ctx, arch, i);
            field[i] = cst_expr_integer(ctx, 0);
        }
        chart.coordinates = parameters;
        cst_arch_generator_init(generator);
        cst_arch_generator(generator, ctx, arch, symmetry, k);
        for (slong i = 0; i < generator->length; i++)
            field[generator->parameters[i]] = generator->coefficients[i];
        truth = CST_TRUE;
        for (slong first = 0; first < count && truth == CST_TRUE; first += run)
            truth = all_invariant(remainder, &chart, field, outputs + first, run, arch->spec->softmax);
        cst_arch_generator_clear(generator);
        flint_free(parameters);
    }
    else if (remainder)
        *remainder = NULL;
    flint_free(outputs);
    return truth;
}
