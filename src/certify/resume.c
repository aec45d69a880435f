#include <stdlib.h>
#include <string.h>

#include <caustic/io.h>

#include "certify/resume.h"

#define LARGEST_FILE ((size_t) 1 << 32)
#define RESUME_HEAD "caustic-resume 1\n"

/* The lines of a text, one at a time. */
typedef struct
{
    const char *at, *end;
} lines_t;

static int
next_line(lines_t *lines, const char **line, size_t *length)
{
    const char *stop;

    if (lines->at >= lines->end)
        return 0;
    stop = memchr(lines->at, '\n', (size_t) (lines->end - lines->at));
    if (!stop)
        stop = lines->end;
    *line = lines->at;
    *length = (size_t) (stop - lines->at);
    lines->at = stop < lines->end ? stop + 1 : stop;
    return 1;
}

static int
starts_with(const char *line, size_t length, const char *word)
{
    return length >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

static int
read_point(fmpq *point, const char *line, size_t length, slong dimension)
{
    char *copy = flint_malloc(length + 1), *save = NULL, *word;
    slong i = 0;

    memcpy(copy, line, length);
    copy[length] = 0;
    word = strtok_r(copy, " ", &save);
    while (i < dimension && (word = strtok_r(NULL, " ", &save)) != NULL &&
           fmpq_set_str(point + i, word, 10) == 0 && !fmpz_is_zero(fmpq_denref(point + i)))
        i++;
    flint_free(copy);
    return i == dimension;
}

/* The nodes in depth-first order: splits make children, a leaf is a "static" or "flow" line; all else is
 * passed over. */
static int
read_node(cst__node_t *node, lines_t *lines, slong dimension, int depth)
{
    const char *line;
    size_t length;

    while (next_line(lines, &line, &length))
    {
        if (starts_with(line, length, "leaf") || starts_with(line, length, "static ") ||
            starts_with(line, length, "flow "))
            return 1;
        if (starts_with(line, length, "split "))
        {
            slong axis = 0;

            for (size_t i = 6; i < length && line[i] >= '0' && line[i] <= '9' && axis < 100; i++)
                axis = 10 * axis + (line[i] - '0');
            if (axis < 1 || axis > dimension || depth > CST__COVER_DEEPEST)
                return 0;
            node->axis = axis - 1;
            node->child[0] = cst__cover_new();
            node->child[1] = cst__cover_new();
            return read_node(node->child[0], lines, dimension, depth + 1) &&
                   read_node(node->child[1], lines, dimension, depth + 1);
        }
    }
    return 0;
}

cst_status_t
cst__resume_read(fmpq *point, int *has_point, cst__node_t *root, const char *path, const char *statement,
                 slong dimension, cst_error_t *error)
{
    char *text, *found;
    const char *line;
    size_t length, size;
    lines_t lines;
    cst_status_t status = cst_io_file_read(&text, &size, path, LARGEST_FILE, error);
    int in_cover = 0, whole = 0;

    if (status != CST_OK)
        return status;
    *has_point = 0;
    found = strstr(text, statement);
    if (!(starts_with(text, size, "caustic-certificate 1\n") || starts_with(text, size, RESUME_HEAD)) ||
        !found)
    {
        flint_free(text);
        return cst_error_set(error, CST_BAD_INPUT, "%s",
                             found ? "not a certificate" : "a certificate of another problem");
    }
    lines.at = found + strlen(statement);
    lines.end = text + size;
    while (!in_cover && next_line(&lines, &line, &length))
    {
        if (starts_with(line, length, "point "))
            *has_point = read_point(point, line, length, dimension);
        in_cover = starts_with(line, length, "cover");
    }
    if (in_cover)
        whole = read_node(root, &lines, dimension, 0);
    flint_free(text);
    return whole ? CST_OK : cst_error_set(error, CST_BAD_INPUT, "the certificate's cover is incomplete");
}

void
cst__resume_write(cst__cert_text_t *text, const char *statement, const fmpq *point, slong dimension,
                  const cst__node_t *root)
{
    cst__cert_append(text, RESUME_HEAD, strlen(RESUME_HEAD));
    cst__cert_append(text, statement, strlen(statement));
    if (point)
    {
        cst__cert_append(text, "point", 5);
        for (slong i = 0; i < dimension; i++)
        {
            cst__cert_append(text, " ", 1);
            cst__cert_fmpq(text, point + i);
        }
        cst__cert_append(text, "\n", 1);
    }
    cst__cert_append(text, "cover\n", 6);
    cst__cover_print_splits(text, root);
}
