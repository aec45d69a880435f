/* problem/read.c -- from a file or a text to a verified problem. */
#include <string.h>

#include "problem/network.h"

static const char *const manifold_keys[] = {"caustic", "title",   "manifold", "initial",
                                            "domain",  "certify", "constants"};
static const char *const quotient_keys[] = {"caustic", "title",    "parameters", "assume",
                                            "metric",  "symmetry", "quotient",   "loss",
                                            "initial", "domain",   "certify",    "constants"};
#define LENGTH(array) ((slong) (sizeof(array) / sizeof *(array)))

static char *
copy_line(const char *text)
{
    size_t length = strlen(text);
    char *copy = flint_malloc(length + 1);

    for (size_t i = 0; i <= length; i++)
        copy[i] = text[i] == '\n' || text[i] == '\r' || text[i] == '\t' ? ' ' : text[i];
    return copy;
}

cst_status_t
cst__draft_heading(char **title, cst__draft_t *draft)
{
    cst_io_node_t root = draft->yaml->root, node;

    CST__TRY(cst_io_yaml_require(&node, draft->yaml, root, "caustic", draft->error));
    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    if (strcmp(node->text, "1") != 0)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected version 1 of the problem format");
    node = cst_io_yaml_get(root, "title");
    if (node)
        CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    *title = copy_line(node ? node->text : "");
    return CST_OK;
}

static cst_status_t
refuse_other_kinds(cst__draft_t *draft)
{
    cst_io_node_t root = draft->yaml->root;

    for (slong i = 0; i < root->length; i++)
    {
        if (strcmp(root->keys[i]->text, "system") == 0 || strcmp(root->keys[i]->text, "atlas") == 0)
            return cst__draft_fail(draft, root->keys[i], CST_REFUSED,
                                   "%s is no Hamilton-Jacobi problem: `caustic integrate` is for it",
                                   *root->keys[i]->text == 's' ? "a plain vector field" : "an atlas");
    }
    return CST_OK;
}

static cst_status_t
read_problem(cst__draft_t *draft)
{
    cst_io_node_t root = draft->yaml->root;

    CST__TRY(cst_io_yaml_expect(draft->yaml, root, CST_IO_MAPPING, draft->error));
    CST__TRY(cst__draft_heading(&draft->problem->title, draft));
    CST__TRY(refuse_other_kinds(draft));
    if (cst_io_yaml_get(root, "manifold"))
    {
        CST__TRY(cst_io_yaml_known(draft->yaml, root, manifold_keys, LENGTH(manifold_keys), draft->error));
        CST__TRY(cst__problem_manifold(draft));
    }
    else if (cst_io_yaml_get(root, "parameters") || cst_io_yaml_get(root, "quotient"))
    {
        CST__TRY(cst_io_yaml_known(draft->yaml, root, quotient_keys, LENGTH(quotient_keys), draft->error));
        CST__TRY(cst__problem_quotient(draft));
    }
    else
        return cst__draft_fail(draft, root, CST_BAD_INPUT,
                               draft->purpose == CST_PROBLEM_SYMMETRIES
                                   ? "missing key 'parameters' (or 'manifold')"
                                   : "missing key 'manifold' (or 'parameters' and 'quotient')");
    CST__TRY(cst__problem_positive(draft));
    return cst__problem_defined_initial(draft);
}

/* A problem given by its architecture is the quotient problem that it stands for. An error of the latter has
   no place in the file but the architecture. */
static cst_status_t
parse_network(cst_problem_t problem, cst_problem_purpose_t purpose, cst_io_yaml_struct *yaml,
              cst_error_t *error)
{
    cst__text_t text;
    cst_status_t status;

    cst__text_init(&text);
    status = cst__network_expand(&text, yaml, purpose, error);
    if (status == CST_OK)
    {
        status = cst_problem_parse_for(problem, purpose, yaml->name, text.text, text.length, error);
        if (status != CST_OK)
            cst_io_yaml_place(error, yaml, cst_io_yaml_get(yaml->root, "architecture"), 0);
    }
    flint_free(text.text);
    return status;
}

cst_status_t
cst_problem_parse_for(cst_problem_t problem, cst_problem_purpose_t purpose, const char *name,
                      const char *text, size_t length, cst_error_t *error)
{
    cst_io_yaml_t yaml;
    cst_error_t own;
    cst__draft_t draft = {
        .yaml = yaml, .problem = problem, .purpose = purpose, .has_needs = 1, .error = error ? error : &own};
    cst_status_t status;

    cst_error_clear(draft.error);
    CST__TRY(cst_io_yaml_parse(yaml, name, text, length, draft.error));
    if (cst_io_yaml_get(yaml->root, "architecture"))
    {
        status = parse_network(problem, purpose, yaml, draft.error);
        cst_io_yaml_clear(yaml);
        return status;
    }
    memset(problem, 0, sizeof *problem);
    fmpq_init(problem->tolerance);
    fmpq_init(problem->horizon);
    problem->ctx = draft.ctx = cst_expr_ctx_new();
    cst__text_init(&draft.statement);
    status = read_problem(&draft);
    problem->memory = draft.blocks;
    cst__draft_needs_clear(&draft);
    if (problem->lower && problem->initial)
        problem->statement = draft.statement.text;
    else
        flint_free(draft.statement.text);
    if (status != CST_OK)
        cst_problem_clear(problem);
    cst_io_yaml_clear(yaml);
    return status;
}

cst_status_t
cst_problem_parse(cst_problem_t problem, const char *name, const char *text, size_t length,
                  cst_error_t *error)
{
    return cst_problem_parse_for(problem, CST_PROBLEM_CERTIFY, name, text, length, error);
}

cst_status_t
cst_problem_read_for(cst_problem_t problem, cst_problem_purpose_t purpose, const char *path,
                     cst_error_t *error)
{
    char *text;
    size_t length;
    cst_status_t status;

    CST__TRY(cst_io_file_read(&text, &length, path, CST__PROBLEM_FILE_LIMIT, error));
    status = cst_problem_parse_for(problem, purpose, path, text, length, error);
    flint_free(text);
    return status;
}

cst_status_t
cst_problem_read(cst_problem_t problem, const char *path, cst_error_t *error)
{
    return cst_problem_read_for(problem, CST_PROBLEM_CERTIFY, path, error);
}

void
cst_problem_clear(cst_problem_t problem)
{
    for (slong i = 0; i < problem->dimension; i++)
    {
        if (problem->lower)
            fmpq_clear(problem->lower + i);
        if (problem->upper)
            fmpq_clear(problem->upper + i);
    }
    flint_free(problem->lower);
    flint_free(problem->upper);
    flint_free(problem->coordinates);
    flint_free(problem->momenta);
    flint_free(problem->positive);
    flint_free(problem->title);
    flint_free(problem->statement);
    cst__draft_free(problem->memory);
    fmpq_clear(problem->tolerance);
    fmpq_clear(problem->horizon);
    if (problem->ctx)
        cst_expr_ctx_free(problem->ctx);
}
