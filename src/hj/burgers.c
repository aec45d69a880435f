/* hj/burgers.c -- the viscous Hamilton-Jacobi equation, the Burgers equation, and the Cole-Hopf transform. */
#include <string.h>

#include "hj/jets.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* The normal form, if it is written shorter. */
static cst_expr_t
shorter(const cst_lie_chart_t *chart, cst_expr_t e)
{
    cst_expr_t normal = cst_expr_simplify(chart->ctx, e, chart->positive, chart->positive_length);
    char *a = cst_expr_print(chart->ctx, e), *b = cst_expr_print(chart->ctx, normal);

    if (!a || (b && strlen(b) <= strlen(a)))
        e = normal;
    flint_free(a);
    flint_free(b);
    return e;
}

/* d/dq^k or, for k = -1, the identity, of the coefficient of a derivative. */
static cst_expr_t
coefficient(const cst_hj_viscous_t *hj, cst_expr_t e, slong k)
{
    return shorter(&hj->chart, k < 0 ? e : cst_expr_derivative(hj->chart.ctx, e, hj->chart.coordinates[k]));
}

static cst_expr_t
drift_of(const cst_hj_viscous_t *hj, slong j)
{
    return hj->drift ? hj->drift[j] : cst_expr_integer(hj->chart.ctx, 0);
}

/* sum + (d_k g^ij) u_ij(l) + (d_k drift^j) u_j(l), with a further derivative by q^l unless l = -1. */
static cst_expr_t
add_generator(cst_expr_t sum, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets, slong k, slong l)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    int more = l >= 0;

    for (slong i = 0; i < jets->dimension; i++)
        for (slong j = i; j < jets->dimension; j++)
        {
            slong index[3] = {i, j, l};
            cst_expr_t u = cst__jets_u(jets, 0, index, 2 + more);

            if (j > i)
                u = cst_expr_mul(ctx, cst_expr_integer(ctx, 2), u);
            sum = cst__jets_add_product(ctx, sum, coefficient(hj, AT(hj->cometric, i, j), k), u);
        }
    for (slong j = 0; j < jets->dimension; j++)
    {
        slong index[2] = {j, l};

        sum = cst__jets_add_product(ctx, sum, coefficient(hj, drift_of(hj, j), k),
                                    cst__jets_u(jets, 0, index, 1 + more));
    }
    return sum;
}

cst_expr_t
cst_hj_generator(const cst_hj_viscous_t *hj, const cst_hj_jets_t jets, cst_expr_t e)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);

    for (slong i = 0; i < jets->dimension; i++)
    {
        cst_expr_t first = cst_hj_total_derivative(jets, e, i);

        sum = cst__jets_add_product(ctx, sum, drift_of(hj, i), first);
        for (slong j = 0; j < jets->dimension; j++)
            sum = cst__jets_add_product(ctx, sum, AT(hj->cometric, i, j),
                                        cst_hj_total_derivative(jets, first, j));
    }
    return sum;
}

/* An expression in coordinates and momenta at p = du. */
static cst_expr_t
at_gradient(const cst_hj_viscous_t *hj, const cst_hj_jets_t jets, cst_expr_t e)
{
    cst_expr_t *du = flint_malloc((size_t) (jets->dimension + 1) * sizeof *du);

    for (slong i = 0; i < jets->dimension; i++)
        du[i] = cst__jets_u(jets, 0, &i, 1);
    e = cst_expr_substitute(hj->chart.ctx, e, hj->momenta, du, jets->dimension);
    flint_free(du);
    return e;
}

static cst_expr_t
minus_viscous(cst_expr_t e, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets, cst_expr_t generator)
{
    return cst_expr_sub(hj->chart.ctx, e, cst_expr_mul(hj->chart.ctx, jets->viscosity, generator));
}

cst_expr_t
cst_hj_equation(const cst_hj_viscous_t *hj, const cst_hj_jets_t jets)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    cst_expr_t e = cst_expr_add(ctx, cst__jets_u(jets, 1, NULL, 0), at_gradient(hj, jets, hj->hamiltonian));

    if (!hj->cometric)
        return e;
    return minus_viscous(e, hj, jets, add_generator(cst_expr_integer(ctx, 0), hj, jets, -1, -1));
}

void
cst_hj_burgers(cst_expr_t *equations, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    slong n = jets->dimension;

    for (slong k = 0; k < n; k++)
    {
        cst_expr_t h = cst_expr_derivative(ctx, hj->hamiltonian, hj->chart.coordinates[k]);
        cst_expr_t e =
            cst_expr_add(ctx, cst__jets_u(jets, 1, &k, 1), at_gradient(hj, jets, shorter(&hj->chart, h)));

        for (slong j = 0; j < n; j++)
        {
            slong index[2] = {j, k};

            h = shorter(&hj->chart, cst_expr_derivative(ctx, hj->hamiltonian, hj->momenta[j]));
            e = cst__jets_add_product(ctx, e, at_gradient(hj, jets, h), cst__jets_u(jets, 0, index, 2));
        }
        if (hj->cometric)
        {
            cst_expr_t l = add_generator(cst_expr_integer(ctx, 0), hj, jets, k, -1);

            e = minus_viscous(e, hj, jets, add_generator(l, hj, jets, -1, k));
        }
        equations[k] = cst_hj_in_gradient(jets, e);
    }
}

/* Identities -------------------------------------------------------------- */

cst_truth_t
cst_hj_check_cole_hopf(cst_expr_t *remainder, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    cst_expr_t half = cst_expr_div(ctx, cst_expr_integer(ctx, -1),
                                   cst_expr_mul(ctx, cst_expr_integer(ctx, 2), jets->viscosity));
    cst_expr_t u = cst__jets_u(jets, 0, NULL, 0);
    cst_expr_t psi = cst_expr_function(ctx, CST_EXPR_EXP, cst_expr_mul(ctx, half, u));
    cst_expr_t psi_t = cst_expr_mul(ctx, cst_expr_derivative(ctx, psi, u), cst__jets_u(jets, 1, NULL, 0));
    cst_expr_t heat = minus_viscous(psi_t, hj, jets, cst_hj_generator(hj, jets, psi));
    cst_expr_t equation = cst_expr_mul(ctx, cst_expr_mul(ctx, psi, half), cst_hj_equation(hj, jets));

    return cst_lie_is_zero(remainder, &hj->chart, cst_expr_sub(ctx, heat, equation));
}

cst_truth_t
cst_hj_check_burgers(slong *component, cst_expr_t *remainder, const cst_hj_viscous_t *hj,
                     const cst_hj_jets_t jets, const cst_expr_t *equations)
{
    cst_expr_t equation = cst_hj_equation(hj, jets);

    for (slong k = 0; k < jets->dimension; k++)
    {
        cst_expr_t d = cst_hj_in_gradient(jets, cst_hj_total_derivative(jets, equation, k));
        cst_truth_t truth =
            cst_lie_is_zero(remainder, &hj->chart, cst_expr_sub(hj->chart.ctx, d, equations[k]));

        *component = k;
        if (truth != CST_TRUE)
            return truth;
    }
    return CST_TRUE;
}
