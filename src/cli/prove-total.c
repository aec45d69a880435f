#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/prove.h"

#define AT cst_geom_matrix_entry

/* "parameters NAME...", with their differentials */
static cst_status_t
parameters(cst__claim_t *claim, const char *at)
{
    cst__total_t *X = claim->total;

    for (X->d = 0; *at; X->d++)
    {
        const char *x;
        char name[64];

        if (X->d == CST__PROVE_PARAMETERS)
            return cst__claim_fail(claim, CST_REFUSED, "more than 16 parameters are not exported to Coq yet");
        if (!(x = cst__claim_word(claim, &at)))
            return cst__claim_fail(claim, CST_BAD_INPUT, "a name is missing or too long");
        snprintf(name, sizeof name, "d%s", x);
        X->x[X->d] = cst_expr_variable(claim->ctx, x);
        X->dx[X->d] = cst_expr_variable(claim->ctx, name);
        cst__claim_add_name(claim, x, X->x[X->d]);
        cst__claim_add_name(claim, cst_expr_name(X->dx[X->d]), X->dx[X->d]);
        X->section[X->d] = NULL;
    }
    for (slong k = 0; k < X->d; k++)
        for (slong a = 0; a < X->d; a++)
            X->field[k][a] = cst_expr_integer(claim->ctx, 0);
    return CST_OK;
}

/* Sets the entry of an array that the name at hand stands for. */
static cst_status_t
entry(cst__claim_t *claim, cst_expr_t *values, const cst_expr_t *names, slong n, const char *at)
{
    const char *name = cst__claim_word(claim, &at);

    for (slong i = 0; name && i < n; i++)
        if (strcmp(name, cst_expr_name(names[i])) == 0)
            return cst__claim_expression(values + i, claim, at);
    return cst__claim_fail(claim, CST_BAD_INPUT, "an unknown name");
}

/* "generator COUNT NAME EXPRESSION" */
static cst_status_t
generator(cst__claim_t *claim, const char *at)
{
    cst__total_t *X = claim->total;
    char *end;
    slong k = strtol(at, &end, 10);

    if (k < 1 || k > X->d || *end != ' ')
        return cst__claim_fail(claim, CST_BAD_INPUT, "an index out of range");
    X->fields = FLINT_MAX(X->fields, k);
    return entry(claim, X->field[k - 1], X->x, X->d, end + 1);
}

static cst_status_t
assume(cst__claim_t *claim, const char *at)
{
    cst__total_t *X = claim->total;

    return X->assumed == CST__PROVE_PARAMETERS
               ? cst__claim_fail(claim, CST_REFUSED, "more than 16 assumptions are not exported to Coq yet")
               : cst__claim_expression(X->positive + X->assumed++, claim, at);
}

int
cst__total_line(cst_status_t *status, cst__claim_t *claim, const char *keyword, const char *rest)
{
    cst__total_t *X = claim->total;

    *status = CST_OK;
    if (strcmp(keyword, "parameters") == 0)
        *status = parameters(claim, rest);
    else if (strcmp(keyword, "total-metric") == 0)
        *status = strcmp(rest, "euclidean") == 0 ? CST_OK : cst__claim_expression(&X->metric, claim, rest);
    else if (strcmp(keyword, "construction") == 0)
    {
        if (strcmp(rest, "invariant-metric") != 0)
            *status = cst__claim_fail(claim, CST_REFUSED, "balanced quotients are not exported to Coq yet");
    }
    else if (strcmp(keyword, "generator") == 0)
        *status = generator(claim, rest);
    else if (strcmp(keyword, "invariant") == 0)
        *status = entry(claim, X->invariant, claim->q, claim->n, rest);
    else if (strcmp(keyword, "section") == 0)
        *status = entry(claim, X->section, X->x, X->d, rest);
    else if (strcmp(keyword, "assume") == 0)
        *status = assume(claim, rest);
    else if (strcmp(keyword, "loss") == 0)
        *status = cst__claim_expression(&X->loss, claim, rest);
    else
        return strcmp(keyword, "discrete") == 0; /* a finite group changes nothing near the section */
    return 1;
}

/* The co-metric by G^ab d_a I^i d_b I^j on the section, and u0 = L there */
cst_status_t
cst__total_reduce(cst__claim_t *claim)
{
    cst__total_t *X = claim->total;
    cst_lie_chart_t chart = {claim->ctx, X->d, X->x, X->positive, X->assumed};
    cst_geom_matrix_t G, gram;
    cst_status_t status = CST_OK;

    for (slong i = 0; i < claim->n; i++)
        if (!X->invariant[i])
            return cst__claim_fail(claim, CST_BAD_INPUT, "the certificate says too little about its problem");
    for (slong a = 0; a < X->d; a++)
        if (!X->section[a])
            return cst__claim_fail(claim, CST_BAD_INPUT, "the certificate says too little about its problem");
    if (X->d == 0 || claim->n != 2)
        return cst__claim_fail(claim, CST_REFUSED, "quotients in one coordinate are not exported to Coq yet");
    cst_geom_matrix_init(G, claim->ctx, X->d, X->d);
    cst_geom_matrix_init(gram, claim->ctx, claim->n, claim->n);
    for (slong a = 0; a < X->d; a++)
        AT(G, a, a) = cst_expr_integer(claim->ctx, 1);
    if (X->metric)
    {
        cst_expr_t pivots[CST__PROVE_PARAMETERS];

        status = cst_geom_metric_from_form(G, claim->ctx, X->metric, X->dx, claim->error);
        if (status == CST_OK)
            status = cst_geom_invert(pivots, G, &chart, G, claim->error);
        if (status != CST_OK)
            status = cst__claim_fail(claim, CST_BAD_INPUT, "the metric is degenerate, or no quadratic form");
    }
    if (status == CST_OK)
    {
        cst_geom_quotient_cometric(gram, &chart, G, X->invariant, claim->n, X->section);
        claim->cometric[0] = AT(gram, 0, 0);
        claim->cometric[1] = AT(gram, 0, 1);
        claim->cometric[2] = AT(gram, 1, 1);
        claim->hamiltonian = cst_geom_hamiltonian(claim->ctx, gram, claim->p);
        if (X->loss)
            claim->initial = cst_expr_substitute(claim->ctx, X->loss, X->x, X->section, X->d);
    }
    cst_geom_matrix_clear(G);
    cst_geom_matrix_clear(gram);
    return status;
}
