/* geom/cotangent.c -- symplectic reduction of Hamiltonians at momentum zero. */
#include "geom/submersion.h"

cst_truth_t
cst_geom_is_cotangent_invariant(cst_expr_t *remainder, const cst_lie_chart_t *chart,
                                const cst_expr_t *momenta, const cst_expr_t *field, cst_expr_t hamiltonian)
{
    cst_expr_ctx_t ctx = chart->ctx;
    cst_expr_t sum = cst_lie_derivative(chart, field, hamiltonian);

    for (slong a = 0; a < chart->dimension; a++)
        for (slong b = 0; b < chart->dimension; b++)
        {
            cst_expr_t slope = cst_expr_derivative(ctx, field[b], chart->coordinates[a]);

            if (!cst_expr_is_integer_value(slope, 0))
                sum = cst_expr_sub(ctx, sum,
                                   cst_expr_mul(ctx, cst_expr_mul(ctx, slope, momenta[b]),
                                                cst_expr_derivative(ctx, hamiltonian, momenta[a])));
        }
    return cst_lie_is_zero(remainder, chart, sum);
}

/* H(theta, p_i <H^i, .>) on Theta; without a slice <H^i, .> = dI^i. */
static cst_expr_t
pulled_back(const cst__frame_t f, cst_expr_t hamiltonian, const cst_expr_t *momenta,
            const cst_expr_t *base_momenta)
{
    const cst_geom_submersion_t *s = f->s;
    cst_expr_t *covector = flint_malloc((size_t) (f->d + 1) * sizeof *covector);

    for (slong a = 0; a < f->d; a++)
    {
        covector[a] = cst_expr_integer(f->ctx, 0);
        for (slong i = 0; i < f->n; i++)
            covector[a] = cst__geom_add_product(
                f->ctx, covector[a], base_momenta[i],
                s->balanced ? cst__field(f->gradients, i, f->d)[a]
                            : cst_expr_derivative(f->ctx, s->invariants[i], s->total.coordinates[a]));
    }
    hamiltonian = cst_expr_substitute(f->ctx, hamiltonian, momenta, covector, f->d);
    flint_free(covector);
    return hamiltonian;
}

cst_status_t
cst_geom_reduced_hamiltonian(cst_expr_t *reduced, cst_expr_t hamiltonian, const cst_expr_t *momenta,
                             const cst_expr_t *base_momenta, const cst_geom_submersion_t *s,
                             cst_error_t *error)
{
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 0, error);

    if (status != CST_OK)
        return status;
    *reduced = cst_geom_restrict(s, pulled_back(f, hamiltonian, momenta, base_momenta));
    cst__frame_clear(f);
    return status;
}

cst_truth_t
cst_geom_is_reducible(slong *generator, cst_expr_t *remainder, cst_expr_t hamiltonian,
                      const cst_expr_t *momenta, const cst_expr_t *base_momenta,
                      const cst_geom_submersion_t *s)
{
    cst_truth_t truth = CST_TRUE;
    cst__frame_t f;
    cst_expr_t e;

    *generator = -1;
    if (cst__frame_init(f, s, 0, NULL) != CST_OK)
        return CST_UNKNOWN;
    e = pulled_back(f, hamiltonian, momenta, base_momenta);
    for (slong k = 0; k < f->orbit.count && truth == CST_TRUE; k++)
    {
        truth = cst_lie_is_invariant(remainder, &s->total, cst__field(f->orbit, k, f->d), e);
        *generator = truth == CST_TRUE ? -1 : s->balanced ? k : f->number[k];
    }
    cst__frame_clear(f);
    return truth;
}
