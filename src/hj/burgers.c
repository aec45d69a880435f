/* hj/burgers.c -- the viscous Hamilton-Jacobi equation, the Burgers equation, and the Cole-Hopf transform. */
#include "hj/jets.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

static cst_expr_t
drift_of(const cst_hj_viscous_t *hj, slong j)
{
    return hj->drift ? hj->drift[j] : cst_expr_integer(hj->chart.ctx, 0);
}

/* Adds c u_J for J = index, and also d_k c u_J + c u_Jk if k >= 0, to the coefficients of the jets. */
static void
collect(cst_expr_t *coefficients, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets, cst_expr_t c,
        slong index[3], int order, slong k)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    slong place = cst_hj_jet_find(jets, 0, index, order);
    cst_expr_t d = k < 0 ? c : cst_expr_derivative(ctx, c, hj->chart.coordinates[k]);

    coefficients[place] = cst_expr_add(ctx, coefficients[place], d);
    if (k < 0)
        return;
    index[order] = k;
    place = cst_hj_jet_find(jets, 0, index, order + 1);
    coefficients[place] = cst_expr_add(ctx, coefficients[place], c);
}

/* L u or, for k >= 0, d_k (L u), by jets. */
static cst_expr_t
generator_in_jets(const cst_hj_viscous_t *hj, const cst_hj_jets_t jets, slong k)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    cst_expr_t *c = flint_malloc((size_t) jets->length * sizeof *c), sum = cst_expr_integer(ctx, 0);

    for (slong p = 0; p < jets->length; p++)
        c[p] = sum;
    for (slong i = 0; i < jets->dimension; i++)
    {
        slong first[3] = {i, 0, 0};

        for (slong j = 0; j < jets->dimension; j++)
        {
            slong second[3] = {i, j, 0};

            collect(c, hj, jets, AT(hj->cometric, i, j), second, 2, k);
        }
        collect(c, hj, jets, drift_of(hj, i), first, 1, k);
    }
    for (slong p = 0; p < jets->length; p++)
        sum = cst__jets_add_product(ctx, sum, cst__jets_short(&hj->chart, c[p]), jets->jets[p].of_u);
    flint_free(c);
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
    return minus_viscous(e, hj, jets, generator_in_jets(hj, jets, -1));
}

void
cst_hj_burgers(cst_expr_t *equations, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets)
{
    cst_expr_ctx_t ctx = hj->chart.ctx;
    slong n = jets->dimension;

    for (slong k = 0; k < n; k++)
    {
        cst_expr_t h = cst_expr_derivative(ctx, hj->hamiltonian, hj->chart.coordinates[k]);
        cst_expr_t e = cst_expr_add(ctx, cst__jets_u(jets, 1, &k, 1),
                                    at_gradient(hj, jets, cst__jets_short(&hj->chart, h)));

        for (slong j = 0; j < n; j++)
        {
            slong index[2] = {j, k};

            h = cst__jets_short(&hj->chart, cst_expr_derivative(ctx, hj->hamiltonian, hj->momenta[j]));
            e = cst__jets_add_product(ctx, e, at_gradient(hj, jets, h), cst__jets_u(jets, 0, index, 2));
        }
        if (hj->cometric)
            e = minus_viscous(e, hj, jets, generator_in_jets(hj, jets, k));
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
