#include "config.h"

#include <stdlib.h>
#include <string.h>

#include <caustic/io.h>

#include "cli/prove.h"

#define MOST_BYTES ((size_t) 1 << 30)

cst_status_t
cst__claim_fail(const cst__claim_t *claim, cst_status_t status, const char *cause)
{
    cst_error_clear(claim->error);
    snprintf(claim->error->file, sizeof claim->error->file, "%s", claim->path);
    claim->error->line = (int) claim->line;
    return cst_error_set(claim->error, status, "%s", cause);
}

void
cst__claim_add_name(cst__claim_t *claim, const char *name, cst_expr_t value)
{
    if (claim->scope == claim->room)
    {
        claim->room = 2 * claim->room + 16;
        claim->names = flint_realloc(claim->names, claim->room * sizeof *claim->names);
        claim->values = flint_realloc(claim->values, claim->room * sizeof *claim->values);
    }
    claim->names[claim->scope] = name;
    claim->values[claim->scope++] = value;
}

cst_status_t
cst__claim_expression(cst_expr_t *e, cst__claim_t *claim, const char *text)
{
    cst_expr_scope_t scope = {claim->names, claim->values, claim->scope};
    cst_status_t status = cst_expr_parse(e, claim->ctx, text, &scope, claim->error);

    if (status != CST_OK)
    {
        snprintf(claim->error->file, sizeof claim->error->file, "%s", claim->path);
        claim->error->line = (int) claim->line;
        claim->error->column = 0;
    }
    return status;
}

/* The word at hand, as a name that lives as long as the context; *at goes to the next. NULL if it is too
 * long. */
const char *
cst__claim_word(cst__claim_t *claim, const char **at)
{
    size_t n = strcspn(*at, " ");
    char name[64];

    if (n == 0 || n > 60)
        return NULL;
    memcpy(name, *at, n);
    name[n] = 0;
    *at += n + ((*at)[n] == ' ');
    return cst_expr_name(cst_expr_variable(claim->ctx, name));
}

/* Coordinates x with their differentials dx and momenta p_x. */
static cst_status_t
coordinates(cst__claim_t *claim, const char *at)
{
    for (claim->n = 0; *at; claim->n++)
    {
        const char *x;
        cst_expr_t *kinds[] = {claim->q, claim->dq, claim->p};

        if (claim->n == CST__PROVE_DIMENSION)
            return cst__claim_fail(claim, CST_REFUSED,
                                   "problems in more than two coordinates are not exported to Coq yet");
        if (!(x = cst__claim_word(claim, &at)))
            return cst__claim_fail(claim, CST_BAD_INPUT, "a name is missing or too long");
        for (int k = 0; k < 3; k++)
        {
            char name[64];

            snprintf(name, sizeof name, "%s%s", k == 0 ? "" : k == 1 ? "d" : "p_", x);
            kinds[k][claim->n] = cst_expr_variable(claim->ctx, name);
            cst__claim_add_name(claim, cst_expr_name(kinds[k][claim->n]), kinds[k][claim->n]);
        }
    }
    return CST_OK;
}

/* `cometric i j E` is a term of the Hamiltonian */
static cst_status_t
cometric(cst__claim_t *claim, const char *at)
{
    char *end;
    slong a = strtol(at, &end, 10) - 1, b = strtol(end, &end, 10) - 1;
    cst_expr_t e, term;
    cst_status_t status;

    if (a < 0 || b < a || b >= claim->n)
        return cst__claim_fail(claim, CST_BAD_INPUT, "an index out of range");
    status = cst__claim_expression(&e, claim, end);
    if (status != CST_OK)
        return status;
    if (claim->n == 2)
        claim->cometric[a + b] = e;
    term = cst_expr_mul(claim->ctx, e, cst_expr_mul(claim->ctx, claim->p[a], claim->p[b]));
    if (a == b)
        term = cst_expr_div(claim->ctx, term, cst_expr_integer(claim->ctx, 2));
    claim->hamiltonian = claim->hamiltonian ? cst_expr_add(claim->ctx, claim->hamiltonian, term) : term;
    return CST_OK;
}

static cst_status_t
read_line(cst__claim_t *claim, const cst_certificate_line_t *line)
{
    const char *keyword = line->keyword, *rest = line->text, *name;
    cst_status_t status;
    cst_expr_t e;

    if (strcmp(keyword, "problem") == 0)
    {
        if (strcmp(rest, "quotient") == 0)
            claim->total = flint_calloc(1, sizeof *claim->total);
        return claim->total || strcmp(rest, "manifold") == 0
                   ? CST_OK
                   : cst__claim_fail(claim, CST_BAD_INPUT, "an unknown kind of problem");
    }
    if (claim->total && cst__total_line(&status, claim, keyword, rest))
        return status;
    if (strcmp(keyword, "coordinates") == 0)
        return coordinates(claim, rest);
    if (strcmp(keyword, "cometric") == 0)
        return cometric(claim, rest);
    if (strcmp(keyword, "metric") == 0)
        return cst__claim_expression(&claim->metric, claim, rest);
    if (strcmp(keyword, "hamiltonian") == 0)
        return cst__claim_expression(&claim->hamiltonian, claim, rest);
    if (strcmp(keyword, "initial") == 0)
        return cst__claim_expression(&claim->initial, claim, rest);
    if (strcmp(keyword, "domain") == 0)
        return CST_OK;
    if (strcmp(keyword, "let") != 0 || !(name = cst__claim_word(claim, &rest)))
        return cst__claim_fail(claim, CST_BAD_INPUT, "an unknown line");
    status = cst__claim_expression(&e, claim, rest);
    if (status == CST_OK)
        cst__claim_add_name(claim, name, e);
    return status;
}

static cst_status_t
read_statement(cst__claim_t *claim)
{
    const cst_certificate_struct *c = claim->certificate;
    cst_status_t status = CST_OK;

    for (slong i = 0; i < c->line_count && status == CST_OK; i++)
    {
        claim->line = c->lines[i].number;
        status = read_line(claim, c->lines + i);
    }
    if (status != CST_OK)
        return status;
    claim->line = 0;
    if (claim->total && (status = cst__total_reduce(claim)) != CST_OK)
        return status;
    if (fmpq_sgn(c->lower) <= 0)
        return cst__claim_fail(claim, CST_BAD_INPUT, "the claim has no lower bound above zero");
    if (c->dimension != claim->n || !claim->initial || !(claim->metric || claim->hamiltonian))
        return cst__claim_fail(claim, CST_BAD_INPUT, "the certificate says too little about its problem");
    for (slong i = 0; i < c->node_count; i++)
        claim->bits = FLINT_MAX(claim->bits, FLINT_MIN(c->nodes[i].bits, 4096));
    return CST_OK;
}

cst_status_t
cst__claim_init(cst__claim_t *claim, const char *path, cst_error_t *error)
{
    char *text;
    size_t length;
    cst_status_t status = cst_io_file_read(&text, &length, path, MOST_BYTES, error);

    if (status != CST_OK)
        return status;
    *claim = (cst__claim_t){.path = path, .error = error};
    status = cst_certificate_read(claim->certificate, path, text, length, error);
    flint_free(text);
    if (status != CST_OK)
        return status;
    claim->ctx = cst_expr_ctx_new();
    status = read_statement(claim);
    if (status != CST_OK)
        cst__claim_clear(claim);
    return status;
}

void
cst__claim_clear(cst__claim_t *claim)
{
    cst_certificate_clear(claim->certificate);
    flint_free(claim->total);
    flint_free(claim->names);
    flint_free(claim->values);
    cst_expr_ctx_free(claim->ctx);
}
