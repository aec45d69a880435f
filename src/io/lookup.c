#include "config.h"

#include <string.h>

#include <caustic/io.h>

cst_io_node_t
cst_io_yaml_get(cst_io_node_t mapping, const char *key)
{
    if (!mapping || mapping->kind != CST_IO_MAPPING)
        return NULL;
    for (slong i = 0; i < mapping->length; i++)
        if (strcmp(mapping->keys[i]->text, key) == 0)
            return mapping->items[i];
    return NULL;
}

void
cst_io_yaml_place(cst_error_t *error, const cst_io_yaml_t yaml, cst_io_node_t node, int column)
{
    if (!error)
        return;
    snprintf(error->file, sizeof error->file, "%s", yaml->name);
    error->line = node->line;
    error->column = node->column;
    if (column > 0 && node->inset >= 0)
        error->column += node->inset + column - 1;
}

cst_status_t
cst_io_yaml_expect(const cst_io_yaml_t yaml, cst_io_node_t node, cst_io_kind_t kind, cst_error_t *error)
{
    static const char *const words[] = {"a value", "a list", "a mapping"};

    if (node->kind == kind)
        return CST_OK;
    cst_io_yaml_place(error, yaml, node, 0);
    return cst_error_set(error, CST_BAD_INPUT, "expected %s, found %s", words[kind], words[node->kind]);
}

cst_status_t
cst_io_yaml_require(cst_io_node_t *value, const cst_io_yaml_t yaml, cst_io_node_t mapping, const char *key,
                    cst_error_t *error)
{
    cst_status_t status = cst_io_yaml_expect(yaml, mapping, CST_IO_MAPPING, error);

    *value = cst_io_yaml_get(mapping, key);
    if (status != CST_OK || *value)
        return status;
    cst_io_yaml_place(error, yaml, mapping, 0);
    return cst_error_set(error, CST_BAD_INPUT, "missing key '%s'", key);
}

cst_status_t
cst_io_yaml_known(const cst_io_yaml_t yaml, cst_io_node_t mapping, const char *const *known, slong length,
                  cst_error_t *error)
{
    cst_status_t status = cst_io_yaml_expect(yaml, mapping, CST_IO_MAPPING, error);

    for (slong i = 0; status == CST_OK && i < mapping->length; i++)
    {
        const char *key = mapping->keys[i]->text, *nearest;
        slong k = 0;

        while (k < length && strcmp(key, known[k]) != 0)
            k++;
        if (k < length)
            continue;
        cst_io_yaml_place(error, yaml, mapping->keys[i], 0);
        nearest = cst_io_nearest(key, known, length);
        if (nearest)
            return cst_error_set(error, CST_BAD_INPUT, "unknown key '%.200s' (did you mean '%s'?)", key,
                                 nearest);
        return cst_error_set(error, CST_BAD_INPUT, "unknown key '%.200s'", key);
    }
    return status;
}

#define WORD_LIMIT 64

/* The optimal string alignment distance of two words of at most WORD_LIMIT bytes, by rows. */
static int
distance(const char *a, const char *b)
{
    int rows[3][WORD_LIMIT + 1], n = (int) strlen(b);
    int *before = rows[0], *last = rows[1], *now = rows[2], *spare;

    for (int j = 0; j <= n; j++)
        last[j] = j;
    for (int i = 1; a[i - 1]; i++)
    {
        now[0] = i;
        for (int j = 1; j <= n; j++)
        {
            int best = last[j - 1] + (a[i - 1] != b[j - 1]);
            if (best > last[j] + 1)
                best = last[j] + 1;
            if (best > now[j - 1] + 1)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && best > before[j - 2] + 1)
                best = before[j - 2] + 1;
            now[j] = best;
        }
        spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[n];
}

const char *
cst_io_nearest(const char *word, const char *const *known, slong length)
{
    const char *nearest = NULL;
    size_t size = strlen(word);
    int best = size > WORD_LIMIT ? 0 : 1 + (int) (size + 1) / 3; /* a third of the letters may differ */

    for (slong i = 0; i < length; i++)
    {
        int d = size > WORD_LIMIT || strlen(known[i]) > WORD_LIMIT ? best : distance(word, known[i]);
        if (d < best)
        {
            best = d;
            nearest = known[i];
        }
    }
    return nearest;
}
