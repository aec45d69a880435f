/* problem/names.c -- the names of a problem file: declared once, defined in an order that works. */
#include <string.h>

#include "problem/draft.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

static const char *const reserved[] = {"pi",   "e",    "sqrt", "exp",     "log",      "sin",  "cos", "tan",
                                       "asin", "acos", "atan", "sinh",    "cosh",     "tanh", "erf", "abs",
                                       "min",  "max",  "relu", "sigmoid", "softplus", "step", "sign"};

void
cst__names_add(cst__draft_t *draft, cst__names_t *names, const char *name, cst_expr_t value)
{
    slong n = names->length;

    if ((n & (n - 1)) == 0) /* the room is the next power of two */
    {
        const char **more_names = cst__draft_alloc(draft, 2 * (size_t) n + 1, sizeof *more_names);
        cst_expr_t *more_values = cst__draft_alloc(draft, 2 * (size_t) n + 1, sizeof *more_values);

        for (slong i = 0; i < n; i++)
        {
            more_names[i] = names->names[i];
            more_values[i] = names->values[i];
        }
        names->names = more_names;
        names->values = more_values;
    }
    names->names[n] = name;
    names->values[n] = value;
    names->length++;
}

void
cst__names_add_all(cst__draft_t *draft, cst__names_t *names, const cst__names_t *more)
{
    for (slong i = 0; i < more->length; i++)
        cst__names_add(draft, names, more->names[i], more->values[i]);
}

slong
cst__names_find(const cst__names_t *names, const char *name, size_t length)
{
    for (slong i = 0; i < names->length; i++)
        if (strncmp(names->names[i], name, length) == 0 && names->names[i][length] == '\0')
            return i;
    return -1;
}

cst_status_t
cst__draft_declare(cst__draft_t *draft, cst_io_node_t name)
{
    CST__TRY(cst_io_yaml_expect(draft->yaml, name, CST_IO_SCALAR, draft->error));
    if (!*name->text || !strchr(letters, *name->text) || name->text[strspn(name->text, name_bytes)])
        return cst__draft_fail(draft, name, CST_BAD_INPUT,
                               "'%.100s' is not a name: a letter, then letters, digits and '_'", name->text);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name->text, reserved[i]) == 0)
            return cst__draft_fail(draft, name, CST_BAD_INPUT, "'%s' has a meaning of its own", name->text);
    if (cst__names_find(&draft->taken, name->text, strlen(name->text)) >= 0)
        return cst__draft_fail(draft, name, CST_BAD_INPUT, "'%.100s' is already a name here", name->text);
    if (draft->taken.length >= CST__PROBLEM_MAX_NAMES)
        return cst__draft_fail(draft, name, CST_BAD_INPUT, "more than %d names", CST__PROBLEM_MAX_NAMES);
    cst__names_add(draft, &draft->taken, name->text, NULL);
    return CST_OK;
}

cst_status_t
cst__draft_derived_names(cst__names_t *derived, cst__draft_t *draft, const char *prefix,
                         const cst__names_t *names, cst_io_node_t node)
{
    for (slong i = 0; i < names->length; i++)
    {
        size_t size = strlen(prefix) + strlen(names->names[i]) + 1;
        char *name = cst__draft_alloc(draft, size, 1);

        snprintf(name, size, "%s%s", prefix, names->names[i]);
        if (cst__names_find(&draft->taken, name, size - 1) >= 0)
            return cst__draft_fail(draft, node, CST_BAD_INPUT, "the name '%.100s' is needed for '%.100s'",
                                   name, names->names[i]);
        cst__names_add(draft, derived, name, cst_expr_variable(draft->ctx, name));
    }
    return CST_OK;
}

/* The letter in 1e5 belongs to a number. */
size_t
cst__draft_next_name(const char **name, const char **text)
{
    const char *t = *text;
    size_t length;

    while (*t && !strchr(letters, *t))
        t += strchr("0123456789.", *t) ? 1 + strspn(t + 1, "0123456789.eE") : 1;
    length = strspn(t, name_bytes);
    *name = t;
    *text = t + length;
    return length;
}

int
cst__draft_text_uses(const char *text, const cst__names_t *names)
{
    const char *name;
    size_t length;

    while ((length = cst__draft_next_name(&name, &text)) > 0)
        if (cst__names_find(names, name, length) >= 0)
            return 1;
    return 0;
}

cst_status_t
cst__draft_variables(cst__names_t *names, cst__draft_t *draft, cst_io_node_t list, slong limit)
{
    CST__TRY(cst_io_yaml_expect(draft->yaml, list, CST_IO_SEQUENCE, draft->error));
    if (list->length == 0 || list->length > limit)
        return cst__draft_fail(draft, list, CST_BAD_INPUT, "expected between 1 and %ld names", (long) limit);
    for (slong i = 0; i < list->length; i++)
    {
        CST__TRY(cst__draft_declare(draft, list->items[i]));
        cst__names_add(draft, names, list->items[i]->text,
                       cst_expr_variable(draft->ctx, list->items[i]->text));
    }
    return CST_OK;
}

/* The first definition that is not settled and uses settled names only, or -1. */
static slong
next_definition(const cst__names_t *waiting, const int *settled, cst_io_node_t mapping)
{
    for (slong i = 0; i < mapping->length; i++)
    {
        const char *text = mapping->items[i]->text, *name;
        size_t length;
        int ready = !settled[i];

        while (ready && (length = cst__draft_next_name(&name, &text)) > 0)
        {
            slong k = cst__names_find(waiting, name, length);

            ready = k < 0 || settled[k];
        }
        if (ready)
            return i;
    }
    return -1;
}

cst_status_t
cst__draft_definitions(cst__names_t *names, cst__draft_t *draft, cst_io_node_t mapping, cst__names_t *scope)
{
    cst__names_t waiting = {NULL, NULL, 0};
    slong i = 0;
    int *settled;

    CST__TRY(cst_io_yaml_expect(draft->yaml, mapping, CST_IO_MAPPING, draft->error));
    settled = cst__draft_alloc(draft, (size_t) mapping->length, sizeof *settled);
    for (i = 0; i < mapping->length; i++)
    {
        CST__TRY(cst__draft_declare(draft, mapping->keys[i]));
        CST__TRY(cst_io_yaml_expect(draft->yaml, mapping->items[i], CST_IO_SCALAR, draft->error));
        cst__names_add(draft, &waiting, mapping->keys[i]->text, NULL);
    }
    for (slong done = 0; done < mapping->length; done++)
    {
        cst_expr_t e;

        i = next_definition(&waiting, settled, mapping);
        if (i < 0)
        {
            for (i = 0; settled[i]; i++)
                ;
            return cst__draft_fail(draft, mapping->keys[i], CST_BAD_INPUT, "'%s' is defined through itself",
                                   mapping->keys[i]->text);
        }
        CST__TRY(cst__draft_expression(&e, draft, mapping->items[i], scope));
        cst__draft_define(draft, mapping->keys[i], mapping->items[i]);
        settled[i] = 1;
        cst__names_add(draft, names, mapping->keys[i]->text, e);
        cst__names_add(draft, scope, mapping->keys[i]->text, e);
        cst__draft_say(draft, "let ");
        cst__draft_say(draft, mapping->keys[i]->text);
        cst__draft_say(draft, " ");
        cst__draft_say_text(draft, mapping->items[i]->text);
        cst__draft_say(draft, "\n");
    }
    return CST_OK;
}
