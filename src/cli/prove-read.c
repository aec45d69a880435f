#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "cli/prove.h"

void
cst__claim_init(cst__claim_t *claim, const char *path, cst_error_t *error)
{
    *claim = (cst__claim_t){.path = path, .error = error, .title = "", .ctx = cst_expr_ctx_new()};
    for (int i = 0; i < CST__PROVE_DIMENSION; i++)
    {
        fmpq_init(claim->low + i);
        fmpq_init(claim->high + i);
        fmpq_init(claim->point + i);
        fmpz_init(claim->direction + i);
    }
    fmpq_init(claim->lower);
    fmpq_init(claim->upper);
}

void
cst__claim_clear(cst__claim_t *claim)
{
    for (int i = 0; i < CST__PROVE_DIMENSION; i++)
    {
        fmpq_clear(claim->low + i);
        fmpq_clear(claim->high + i);
        fmpq_clear(claim->point + i);
        fmpz_clear(claim->direction + i);
    }
    fmpq_clear(claim->lower);
    fmpq_clear(claim->upper);
    flint_free(claim->names);
    flint_free(claim->values);
    cst_expr_ctx_free(claim->ctx);
}

cst_status_t
cst__claim_fail(const cst__claim_t *claim, cst_status_t status, const char *cause)
{
    cst_error_clear(claim->error);
    snprintf(claim->error->file, sizeof claim->error->file, "%s", claim->path);
    claim->error->line = claim->line;
    return cst_error_set(claim->error, status, "%s", cause);
}

static cst_status_t
bad(const cst__claim_t *claim, const char *cause)
{
    return cst__claim_fail(claim, CST_BAD_INPUT, cause);
}

static cst_status_t
refuse(const cst__claim_t *claim, const char *cause)
{
    return cst__claim_fail(claim, CST_REFUSED, cause);
}

/* The next line, which loses its line feed, or NULL. */
static char *
next_line(cst__claim_t *claim, char **at)
{
    char *line = *at, *end = line ? strchr(line, '\n') : NULL;

    if (!end)
        return NULL;
    *end = '\0';
    *at = end + 1;
    claim->line++;
    return line;
}

/* The rest of a line that begins with this word, or NULL. */
static char *
after(char *line, const char *word)
{
    size_t n = strlen(word);

    return strncmp(line, word, n) != 0 ? NULL : line[n] == ' ' ? line + n + 1 : line[n] ? NULL : line + n;
}

/* The word at hand, ended by a zero; *at goes to the next. */
static char *
word(char **at)
{
    char *w = *at, *space = strchr(w, ' ');

    *at = space ? space + 1 : w + strlen(w);
    if (space)
        *space = '\0';
    return w;
}

static int
rational(fmpq_t x, char **at)
{
    const char *w = word(at);

    return strlen(w) <= 40000 && fmpq_set_str(x, w, 10) == 0 && !fmpz_is_zero(fmpq_denref(x)) &&
           (fmpq_canonicalise(x), 1);
}

static void
add_name(cst__claim_t *claim, const char *name, cst_expr_t value)
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

static cst_status_t
expression(cst_expr_t *e, cst__claim_t *claim, const char *text)
{
    cst_expr_scope_t scope = {claim->names, claim->values, claim->scope};
    cst_status_t status = cst_expr_parse(e, claim->ctx, text, &scope, claim->error);

    if (status != CST_OK)
    {
        snprintf(claim->error->file, sizeof claim->error->file, "%s", claim->path);
        claim->error->line = claim->line;
        claim->error->column = 0;
    }
    return status;
}

/* Coordinates x with their differentials dx and momenta p_x. */
static cst_status_t
coordinates(cst__claim_t *claim, char *at)
{
    while (*at)
    {
        char *x = word(&at), *name;
        size_t length = strlen(x);

        if (claim->n == CST__PROVE_DIMENSION)
            return refuse(claim, "problems in more than two coordinates are not exported to Coq yet");
        if (length > 60)
            return bad(claim, "a name is too long");
        claim->q[claim->n] = cst_expr_variable(claim->ctx, x);
        add_name(claim, x, claim->q[claim->n]);
        for (int momentum = 0; momentum < 2; momentum++)
        {
            char longer[64];
            cst_expr_t v;

            snprintf(longer, sizeof longer, momentum ? "p_%s" : "d%s", x);
            v = cst_expr_variable(claim->ctx, longer);
            name = (char *) cst_expr_name(v);
            (momentum ? claim->p : claim->dq)[claim->n] = v;
            add_name(claim, name, v);
        }
        claim->n++;
    }
    return claim->n ? CST_OK : bad(claim, "no coordinates");
}

/* `cometric i j E` is a term of the Hamiltonian */
static cst_status_t
cometric(cst__claim_t *claim, char *at)
{
    char *i = word(&at), *j = word(&at);
    slong a = atol(i) - 1, b = atol(j) - 1;
    cst_expr_t e, term;
    cst_status_t status;

    if (a < 0 || b < a || b >= claim->n)
        return bad(claim, "an index out of range");
    status = expression(&e, claim, at);
    if (status != CST_OK)
        return status;
    term = cst_expr_mul(claim->ctx, e, cst_expr_mul(claim->ctx, claim->p[a], claim->p[b]));
    if (a == b)
        term = cst_expr_div(claim->ctx, term, cst_expr_integer(claim->ctx, 2));
    claim->hamiltonian = claim->hamiltonian ? cst_expr_add(claim->ctx, claim->hamiltonian, term) : term;
    return CST_OK;
}

static cst_status_t
problem_line(cst__claim_t *claim, char *line, slong *domains)
{
    char *rest;
    cst_expr_t e = NULL;
    cst_status_t status = CST_OK;

    if ((rest = after(line, "title")))
        claim->title = rest;
    else if ((rest = after(line, "claim")))
    {
        if (!rational(claim->lower, &rest) || fmpq_sgn(claim->lower) <= 0)
            return bad(claim, "the claim has no lower bound above zero");
        claim->has_upper = strcmp(rest, "none") != 0;
        if (claim->has_upper && (!rational(claim->upper, &rest) || fmpq_sgn(claim->upper) <= 0))
            return bad(claim, "the upper bound of the claim cannot be read");
    }
    else if ((rest = after(line, "problem")))
    {
        if (strcmp(rest, "quotient") == 0)
            return refuse(claim, "quotient problems are not exported to Coq yet");
        if (strcmp(rest, "manifold") != 0)
            return bad(claim, "an unknown kind of problem");
    }
    else if ((rest = after(line, "coordinates")))
        return coordinates(claim, rest);
    else if ((rest = after(line, "cometric")))
        return cometric(claim, rest);
    else if ((rest = after(line, "domain")))
    {
        word(&rest);
        if (*domains >= claim->n || !rational(claim->low + *domains, &rest) ||
            !rational(claim->high + *domains, &rest) ||
            fmpq_cmp(claim->low + *domains, claim->high + *domains) >= 0)
            return bad(claim, "the domain cannot be read");
        ++*domains;
    }
    else if ((rest = after(line, "let")))
    {
        char *name = word(&rest);

        status = expression(&e, claim, rest);
        if (status == CST_OK)
            add_name(claim, name, e);
    }
    else if ((rest = after(line, "metric")))
        return expression(&claim->metric, claim, rest);
    else if ((rest = after(line, "hamiltonian")))
        return expression(&claim->hamiltonian, claim, rest);
    else if ((rest = after(line, "initial")))
        return expression(&claim->initial, claim, rest);
    else
        return bad(claim, "an unknown line");
    return status;
}

static cst_status_t
evidence_line(cst__claim_t *claim, char *line)
{
    char *rest;

    if ((rest = after(line, "point")))
    {
        claim->has_point = 1;
        for (slong i = 0; i < claim->n; i++)
            if (!rational(claim->point + i, &rest))
                return bad(claim, "the point of the witness cannot be read");
    }
    if ((rest = after(line, "direction")))
    {
        claim->has_direction = 1;
        for (slong i = 0; i < claim->n; i++)
            if (fmpz_set_str(claim->direction + i, word(&rest), 16))
                return bad(claim, "the direction of the witness cannot be read");
    }
    if ((rest = after(line, "flow")))
        claim->flows++;
    if (rest || (rest = after(line, "static")))
    {
        slong bits = atol(rest);

        claim->bits = FLINT_MAX(claim->bits, FLINT_MIN(bits, 4096));
    }
    return CST_OK;
}

cst_status_t
cst__claim_read(cst__claim_t *claim, char *text)
{
    slong domains = 0;
    int head = 1, end = 0;
    cst_status_t status = CST_OK;
    char *line = next_line(claim, &text);

    if (!line || strcmp(line, "caustic-certificate 1") != 0)
        return bad(claim, "this is not a certificate of version 1");
    while (status == CST_OK && (line = next_line(claim, &text)))
    {
        if (head && strcmp(line, "evidence") == 0)
            head = 0;
        else
            status = head ? problem_line(claim, line, &domains) : evidence_line(claim, line);
        end |= strcmp(line, "end") == 0;
    }
    if (status != CST_OK)
        return status;
    if (!end)
        return bad(claim, "the certificate ends too early");
    if (claim->has_upper && !(claim->has_point && claim->has_direction))
        return bad(claim, "the claim has an upper bound, but there is no witness");
    if (domains < claim->n || claim->n == 0 || !claim->initial || !(claim->metric || claim->hamiltonian) ||
        fmpq_is_zero(claim->lower))
        return bad(claim, "the certificate says too little about its problem");
    return CST_OK;
}
