#include "config.h"

#include "cli/prove.h"

#define AT cst_geom_matrix_entry

static cst_lie_chart_t
chart_of(const cst__claim_t *claim)
{
    return (cst_lie_chart_t){claim->ctx, claim->n, claim->q, NULL, 0};
}

/* The inverse of a metric that is given by its form */
static cst_status_t
invert(cst_geom_matrix_t A, const cst__claim_t *claim)
{
    cst_lie_chart_t chart = chart_of(claim);
    cst_expr_t pivots[CST__PROVE_DIMENSION];
    cst_status_t status = cst_geom_metric_from_form(A, claim->ctx, claim->metric, claim->dq, claim->error);

    if (status == CST_OK)
        status = cst_geom_invert(pivots, A, &chart, A, claim->error);
    return status == CST_OK
               ? CST_OK
               : cst__claim_fail(claim, CST_BAD_INPUT, "the metric is degenerate, or no quadratic form");
}

/* H_pp, if H = H_pp p.p/2 */
static cst_status_t
second_derivatives(cst_geom_matrix_t A, const cst__claim_t *claim)
{
    cst_expr_t rest;

    for (slong i = 0; i < claim->n; i++)
        for (slong j = 0; j < claim->n; j++)
        {
            cst_expr_t d = cst_expr_derivative(claim->ctx, claim->hamiltonian, claim->p[i]);

            d = cst_expr_simplify(claim->ctx, cst_expr_derivative(claim->ctx, d, claim->p[j]), NULL, 0);
            for (slong k = 0; k < claim->n; k++)
                if (cst_expr_depends_on(claim->ctx, d, claim->p[k]))
                    return cst__claim_fail(
                        claim, CST_REFUSED,
                        "a Hamiltonian that is not quadratic in the momenta is not exported to Coq yet");
            AT(A, i, j) = d;
        }
    rest = cst_expr_sub(claim->ctx, claim->hamiltonian, cst_geom_hamiltonian(claim->ctx, A, claim->p));
    return cst_expr_is_zero(claim->ctx, rest, NULL, 0) == CST_TRUE
               ? CST_OK
               : cst__claim_fail(claim, CST_REFUSED,
                                 "a Hamiltonian with a potential is not exported to Coq yet");
}

static void
take(cst_geom_matrix_t A, const cst__claim_t *claim)
{
    AT(A, 0, 0) = claim->cometric[0];
    if (claim->cometric[1])
        AT(A, 0, 1) = AT(A, 1, 0) = claim->cometric[1];
    if (claim->cometric[2])
        AT(A, 1, 1) = claim->cometric[2];
}

cst_status_t
cst__claim_surface(cst_expr_t *entries, fmpq_t kappa, const cst__claim_t *claim)
{
    cst_lie_chart_t chart = chart_of(claim);
    cst_geom_matrix_t A;
    cst_expr_t scalar = NULL;
    cst_status_t status = CST_OK;

    if (claim->n != 2)
        return cst__claim_fail(claim, CST_REFUSED,
                               "in one coordinate, a metric that is not constant is not exported to Coq yet");
    cst_geom_matrix_init(A, claim->ctx, 2, 2);
    if (claim->cometric[0])
        take(A, claim);
    else
        status = claim->metric ? invert(A, claim) : second_derivatives(A, claim);
    entries[0] = AT(A, 0, 0);
    entries[1] = AT(A, 0, 1);
    entries[2] = AT(A, 1, 1);
    if (status == CST_OK &&
        (cst_geom_curvature_of_cometric(NULL, NULL, NULL, NULL, &scalar, &chart, A, claim->error) != CST_OK ||
         cst_expr_kind(scalar) != CST_EXPR_RATIONAL))
        status = cst__claim_fail(
            claim, CST_REFUSED,
            "a metric whose curvature is not found to be constant is not exported to Coq yet");
    if (status == CST_OK)
        fmpq_div_2exp(kappa, cst_expr_rational_value(scalar), 1); /* the scalar curvature is twice Gauss' */
    cst_geom_matrix_clear(A);
    return status;
}

cst_status_t
cst__prove_metric(FILE *out, const cst__claim_t *claim)
{
    static const char *const names[] = {"g11", "g12", "g22"};
    cst_geom_matrix_t G;
    cst_status_t status;

    if (!claim->metric)
        return CST_OK;
    cst_geom_matrix_init(G, claim->ctx, 2, 2);
    status = cst_geom_metric_from_form(G, claim->ctx, claim->metric, claim->dq, claim->error);
    fputs("\n(* The metric that the problem gives is the inverse of A. *)\n", out);
    for (int i = 0; i < 3 && status == CST_OK; i++)
        status = cst__prove_function(out, claim, names[i], AT(G, i / 2, (i + 1) / 2), "the metric");
    fputs("Theorem metric_inverse q1 q2 : chart q1 q2 ->\n"
          "  A11 q1 q2 * g11 q1 q2 + A12 q1 q2 * g12 q1 q2 = 1 /\\ A11 q1 q2 * g12 q1 q2 + A12 q1 q2 * g22 "
          "q1 q2 = 0 "
          "/\\\n"
          "  A12 q1 q2 * g11 q1 q2 + A22 q1 q2 * g12 q1 q2 = 0 /\\ A12 q1 q2 * g12 q1 q2 + A22 q1 q2 * g22 "
          "q1 q2 = 1.\n"
          "Proof.\n  intros (D & P & Q). unfold A11, A12, A22, g11, g12, g22. cbn in *.\n"
          "  repeat split; field; repeat split; try lra; try nonzero; try (apply Rgt_not_eq; nra); "
          "let E := fresh in intro E; nra.\nQed.\nPrint Assumptions metric_inverse.\n",
          out);
    cst_geom_matrix_clear(G);
    return status;
}
