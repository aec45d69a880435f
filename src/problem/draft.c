/* problem/draft.c -- errors with places, scalars, positive functions, the text of the statement. */
#include <stdarg.h>
#include <string.h>

#include "problem/draft.h"

struct cst__draft_block
{
    cst__draft_block_t *next;
    max_align_t bytes[];
};

void *
cst__draft_alloc(cst__draft_t *draft, size_t count, size_t size)
{
    cst__draft_block_t *block = flint_malloc(sizeof *block + (count + 1) * size);

    block->next = draft->blocks;
    draft->blocks = block;
    return memset(block->bytes, 0, (count + 1) * size);
}

cst_geom_matrix_struct *
cst__draft_matrix(cst__draft_t *draft, slong rows, slong columns)
{
    cst_geom_matrix_struct *m = cst__draft_alloc(draft, 1, sizeof *m);

    m->rows = rows;
    m->columns = columns;
    m->entries = cst__draft_alloc(draft, (size_t) (rows * columns), sizeof *m->entries);
    for (slong i = 0; i < rows * columns; i++)
        m->entries[i] = cst_expr_integer(draft->ctx, 0);
    return m;
}

void
cst__draft_free(void *blocks)
{
    cst__draft_block_t *block = blocks;

    while (block)
    {
        cst__draft_block_t *next = block->next;

        flint_free(block);
        block = next;
    }
}

/* Errors ------------------------------------------------------------------ */

cst_status_t
cst__draft_fail(cst__draft_t *draft, cst_io_node_t node, cst_status_t status, const char *format, ...)
{
    char words[sizeof draft->error->message];
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    cst_io_yaml_place(draft->error, draft->yaml, node, 0);
    return cst_error_set(draft->error, status, "%s", words);
}

cst_status_t
cst__draft_refuse(cst__draft_t *draft, cst_io_node_t node, cst_truth_t truth, cst_expr_t remainder,
                  const char *format, ...)
{
    char words[400], *printed = remainder ? cst_expr_print(draft->ctx, remainder) : NULL;
    const char *dots = printed && strlen(printed) > 500 ? "..." : "";
    va_list args;

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    cst_io_yaml_place(draft->error, draft->yaml, node, 0);
    if (!printed)
        cst_error_set(draft->error, CST_REFUSED, "%s%s", words,
                      truth == CST_UNKNOWN ? ": could not be decided" : "");
    else if (truth == CST_UNKNOWN)
        cst_error_set(draft->error, CST_REFUSED, "%s: could not be decided whether %.500s%s is 0", words,
                      printed, dots);
    else
        cst_error_set(draft->error, CST_REFUSED, "%s: remainder %.500s%s", words, printed, dots);
    flint_free(printed);
    return CST_REFUSED;
}

/* Values ------------------------------------------------------------------ */

cst_status_t
cst__draft_expression(cst_expr_t *e, cst__draft_t *draft, cst_io_node_t node, const cst__names_t *scope)
{
    cst_expr_scope_t view = {scope->names, scope->values, scope->length};
    cst_status_t status;

    CST__TRY(cst_io_yaml_expect(draft->yaml, node, CST_IO_SCALAR, draft->error));
    draft->needs[CST__DRAFT_LAST].length = 0;
    status = cst__expr_parse_needs(e, draft->has_needs ? draft->needs + CST__DRAFT_LAST : NULL, draft->ctx,
                                   node->text, &view, draft->error);
    if (status != CST_OK)
        cst_io_yaml_place(draft->error, draft->yaml, node, draft->error->column);
    return status;
}

cst_status_t
cst__draft_rational(fmpq_t value, cst__draft_t *draft, cst_io_node_t node)
{
    cst_expr_t e;

    CST__TRY(cst__draft_expression(&e, draft, node, &draft->constants));
    if (cst_expr_kind(e) != CST_EXPR_RATIONAL)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected a rational number");
    fmpq_set(value, cst_expr_rational_value(e));
    return CST_OK;
}

cst_status_t
cst__draft_positive(cst__draft_t *draft, cst_expr_t e, cst_io_node_t node, const char *what)
{
    if (cst_expr_kind(e) == CST_EXPR_RATIONAL)
    {
        char *digits = fmpq_sgn(cst_expr_rational_value(e)) > 0 ? NULL : cst_expr_print(draft->ctx, e);

        if (digits)
            cst__draft_fail(draft, node, CST_REFUSED, "%s %.100s is not > 0", what, digits);
        flint_free(digits);
        return digits ? CST_REFUSED : CST_OK;
    }
    for (slong i = 0; i < draft->positive_length; i++)
        if (draft->positive[i] == e)
            return CST_OK;
    if (draft->positive_length == draft->positive_room)
    {
        slong room = 2 * draft->positive_room + 16;
        cst_expr_t *functions = cst__draft_alloc(draft, (size_t) room, sizeof *functions);
        cst_io_node_t *nodes = cst__draft_alloc(draft, (size_t) room, sizeof *nodes);
        const char **whats = cst__draft_alloc(draft, (size_t) room, sizeof *whats);

        for (slong i = 0; i < draft->positive_length; i++)
        {
            whats[i] = draft->positive_whats[i];
            functions[i] = draft->positive[i];
            nodes[i] = draft->positive_nodes[i];
        }
        draft->positive = functions;
        draft->positive_nodes = nodes;
        draft->positive_whats = whats;
        draft->positive_room = room;
    }
    draft->positive[draft->positive_length] = e;
    draft->positive_nodes[draft->positive_length] = node;
    draft->positive_whats[draft->positive_length++] = what;
    return CST_OK;
}

/* The statement ----------------------------------------------------------- */

void
cst__draft_say(cst__draft_t *draft, const char *words)
{
    cst__text_puts(&draft->statement, words);
}

void
cst__draft_say_text(cst__draft_t *draft, const char *text)
{
    static const char space[] = " \t\r\n";

    text += strspn(text, space);
    while (*text)
    {
        size_t word = strcspn(text, space);

        cst__text_add(&draft->statement, text, word);
        text += word;
        text += strspn(text, space);
        if (*text)
            cst__text_puts(&draft->statement, " ");
    }
}

void
cst__draft_say_count(cst__draft_t *draft, slong count)
{
    char digits[32];

    snprintf(digits, sizeof digits, "%ld", (long) count);
    cst__draft_say(draft, digits);
}

void
cst__draft_say_rational(cst__draft_t *draft, const fmpq_t value)
{
    char *digits = fmpq_get_str(NULL, 10, value);

    cst__draft_say(draft, digits);
    flint_free(digits);
}

void
cst__draft_say_names(cst__draft_t *draft, const char *word, const cst__names_t *names)
{
    cst__draft_say(draft, word);
    for (slong i = 0; i < names->length; i++)
    {
        cst__draft_say(draft, " ");
        cst__draft_say(draft, names->names[i]);
    }
    cst__draft_say(draft, "\n");
}
