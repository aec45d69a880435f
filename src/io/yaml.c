#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include <caustic/io.h>

#include "io/utf8.h"

#define SIZE_LIMIT ((size_t) 16 << 20)
#define DEPTH_LIMIT 64
#define NODE_LIMIT 1000000

typedef struct
{
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    const char *name;
    cst_error_t *error;
    slong nodes;
    /* The source, and a cursor that follows the events: libyaml counts in characters. */
    const char *text, *end, *cursor;
    size_t index;
} reader_t;

static cst_status_t
refuse_at(reader_t *r, size_t line, size_t column, const char *cause)
{
    if (r->error)
    {
        snprintf(r->error->file, sizeof r->error->file, "%s", r->name);
        r->error->line = (int) line;
        r->error->column = (int) column;
    }
    return cst_error_set(r->error, CST_BAD_INPUT, "%s", cause);
}

static cst_status_t
refuse(reader_t *r, const char *cause)
{
    return refuse_at(r, r->event.start_mark.line + 1, r->event.start_mark.column + 1, cause);
}

/* Moves to the next event, with the causes that no event outlives. */
static cst_status_t
next(reader_t *r)
{
    yaml_parser_t *p = &r->parser;
    char cause[512];

    yaml_event_delete(&r->event);
    if (yaml_parser_parse(p, &r->event))
        return r->event.type == YAML_ALIAS_EVENT ? refuse(r, "anchors and aliases are not allowed") : CST_OK;
    if (p->error == YAML_MEMORY_ERROR)
        flint_abort();
    snprintf(cause, sizeof cause, "%s%s%s", p->context ? p->context : "", p->context ? ": " : "",
             p->problem ? p->problem : "not YAML");
    return refuse_at(r, p->problem_mark.line + 1, p->problem_mark.column + 1, cause);
}

static cst_status_t
advance(reader_t *r, int events)
{
    cst_status_t status = CST_OK;

    while (status == CST_OK && events-- > 0)
        status = next(r);
    return status;
}

static struct cst_io_node *
node_new(reader_t *r, cst_io_kind_t kind)
{
    struct cst_io_node *node = flint_calloc(1, sizeof *node);

    node->kind = kind;
    node->line = (int) r->event.start_mark.line + 1;
    node->column = (int) r->event.start_mark.column + 1;
    node->inset = -1;
    return node;
}

static void
node_free(cst_io_node_t node)
{
    if (!node)
        return;
    for (slong i = 0; node->kind != CST_IO_SCALAR && i < node->length; i++)
    {
        if (node->keys)
            node_free(node->keys[i]);
        node_free(node->items[i]);
    }
    flint_free(node->keys);
    flint_free(node->items);
    flint_free(node->text);
    flint_free((void *) node);
}

/* Where a mark stands in the source. */
static const char *
source_at(reader_t *r, const yaml_mark_t *mark)
{
    for (; r->index < mark->index && r->cursor < r->end; r->index++)
        do
            r->cursor++;
        while (r->cursor < r->end && !cst__io_utf8_is_first(*r->cursor));
    return r->cursor;
}

static cst_status_t
read_scalar(reader_t *r, struct cst_io_node *node)
{
    const char *source = source_at(r, &r->event.start_mark);
    const char *value = (const char *) r->event.data.scalar.value;
    size_t length = r->event.data.scalar.length;

    if (memchr(value, 0, length))
        return refuse(r, "a text must not contain NUL");
    node->text = flint_malloc(length + 1);
    memcpy(node->text, value, length);
    node->text[length] = '\0';
    node->length = (slong) length;
    if (!memchr(value, '\n', length))
        for (size_t inset = 0; inset < 2; inset++)
            if (length + inset <= (size_t) (r->end - source) && memcmp(source + inset, value, length) == 0)
            {
                node->inset = (int) inset;
                break;
            }
    return CST_OK;
}

static int
compare_keys(const void *a, const void *b)
{
    cst_io_node_t x = *(const cst_io_node_t *) a, y = *(const cst_io_node_t *) b;
    int order = strcmp(x->text, y->text);

    if (order == 0)
        order = x->line != y->line ? (x->line > y->line) - (x->line < y->line)
                                   : (x->column > y->column) - (x->column < y->column);
    return order;
}

/* Refuses the first key of the file that stands there before. */
static cst_status_t
check_keys(reader_t *r, const struct cst_io_node *mapping)
{
    size_t size = (size_t) mapping->length * sizeof *mapping->keys;
    cst_io_node_t *sorted, twice = NULL;

    if (mapping->length < 2)
        return CST_OK;
    sorted = memcpy(flint_malloc(size), mapping->keys, size);
    qsort(sorted, (size_t) mapping->length, sizeof *sorted, compare_keys);
    for (slong i = 1; i < mapping->length; i++)
        if (strcmp(sorted[i - 1]->text, sorted[i]->text) == 0 &&
            (!twice || sorted[i]->line < twice->line ||
             (sorted[i]->line == twice->line && sorted[i]->column < twice->column)))
            twice = sorted[i];
    flint_free(sorted);
    if (!twice)
        return CST_OK;
    refuse_at(r, (size_t) twice->line, (size_t) twice->column, "");
    return cst_error_set(r->error, CST_BAD_INPUT, "key '%s' occurs twice", twice->text);
}

/* Doubles the room when length is a power of two. */
static void
push(cst_io_node_t **list, slong length, cst_io_node_t node)
{
    if ((length & (length - 1)) == 0)
        *list = flint_realloc(*list, (size_t) (length ? 2 * length : 1) * sizeof **list);
    (*list)[length] = node;
}

static cst_status_t read_node(cst_io_node_t *result, reader_t *r, int depth);

static cst_status_t
read_children(reader_t *r, struct cst_io_node *node, yaml_event_type_t last, int depth)
{
    cst_io_node_t child;
    cst_status_t status;

    for (;;)
    {
        if ((status = next(r)) != CST_OK || r->event.type == last)
            return status;
        if (node->kind == CST_IO_MAPPING)
        {
            if (r->event.type != YAML_SCALAR_EVENT)
                return refuse(r, "a key must be a plain text");
            if ((status = read_node(&child, r, depth)) != CST_OK)
                return status;
            push(&node->keys, node->length, child);
            push(&node->items, node->length++, NULL);
            if ((status = next(r)) != CST_OK || (status = read_node(&child, r, depth)) != CST_OK)
                return status;
            node->items[node->length - 1] = child;
        }
        else
        {
            if ((status = read_node(&child, r, depth)) != CST_OK)
                return status;
            push(&node->items, node->length++, child);
        }
    }
}

/* Has the current event, which begins a node, a property that is refused? */
static const char *
refused_property(const yaml_event_t *event)
{
    const yaml_char_t *anchor, *tag;

    switch (event->type)
    {
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        break;
    default:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
    }
    return anchor ? "anchors and aliases are not allowed" : tag ? "tags are not allowed" : NULL;
}

/* Reads the node that the current event begins. */
static cst_status_t
read_node(cst_io_node_t *result, reader_t *r, int depth)
{
    const char *cause = refused_property(&r->event);
    struct cst_io_node *node;
    cst_status_t status;

    if (!cause && depth > DEPTH_LIMIT)
        cause = "nested too deeply";
    if (!cause && ++r->nodes > NODE_LIMIT)
        cause = "too many entries";
    if (cause)
        return refuse(r, cause);
    if (r->event.type == YAML_SCALAR_EVENT)
    {
        node = node_new(r, CST_IO_SCALAR);
        status = read_scalar(r, node);
    }
    else if (r->event.type == YAML_SEQUENCE_START_EVENT)
    {
        node = node_new(r, CST_IO_SEQUENCE);
        status = read_children(r, node, YAML_SEQUENCE_END_EVENT, depth + 1);
    }
    else
    {
        node = node_new(r, CST_IO_MAPPING);
        status = read_children(r, node, YAML_MAPPING_END_EVENT, depth + 1);
        if (status == CST_OK)
            status = check_keys(r, node);
    }
    if (status != CST_OK)
        node_free(node);
    *result = status == CST_OK ? node : NULL;
    return status;
}

static cst_status_t
read_document(cst_io_node_t *root, reader_t *r)
{
    cst_status_t status;

    if ((status = advance(r, 2)) != CST_OK)
        return status;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return refuse_at(r, 1, 1, "the file is empty");
    if (r->event.data.document_start.tag_directives.start != r->event.data.document_start.tag_directives.end)
        return refuse(r, "tags are not allowed");
    if ((status = next(r)) != CST_OK || (status = read_node(root, r, 1)) != CST_OK)
        return status;
    if ((status = advance(r, 2)) == CST_OK && r->event.type != YAML_STREAM_END_EVENT)
        status = refuse(r, "a second document is not allowed");
    if (status != CST_OK)
    {
        node_free(*root);
        *root = NULL;
    }
    return status;
}

/* libyaml would also read UTF-16, and its messages on bytes give no line. */
static cst_status_t
check_bytes(reader_t *r)
{
    size_t line = 1, column = 1, bytes;

    if ((size_t) (r->end - r->text) > SIZE_LIMIT)
        return refuse_at(r, 0, 0, "the file is larger than 16 MiB");
    for (const char *s = r->text; s < r->end; s += bytes)
    {
        unsigned char byte = (unsigned char) *s;

        bytes = cst__io_utf8_character(s, (size_t) (r->end - s));
        if (bytes == 0)
            return refuse_at(r, line, column, "not UTF-8");
        if (byte == 0x7f || (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t'))
            return refuse_at(r, line, column, "a control character is not allowed");
        column++;
        if (byte == '\n')
        {
            line++;
            column = 1;
        }
    }
    return CST_OK;
}

cst_status_t
cst_io_yaml_parse(cst_io_yaml_t yaml, const char *name, const char *text, size_t length, cst_error_t *error)
{
    cst_io_node_t root = NULL;
    cst_status_t status;
    reader_t r;

    memset(&r, 0, sizeof r);
    r.name = name;
    r.error = error;
    r.text = text;
    r.end = text + length;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) /* a byte order mark */
        r.text += 3;
    r.cursor = r.text;
    if (error)
        cst_error_clear(error);
    status = check_bytes(&r);
    if (status != CST_OK)
        return status;
    if (!yaml_parser_initialize(&r.parser))
        flint_abort();
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *) r.text, (size_t) (r.end - r.text));
    status = read_document(&root, &r);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (status != CST_OK)
        return status;
    yaml->root = root;
    yaml->name = memcpy(flint_malloc(strlen(name) + 1), name, strlen(name) + 1);
    return CST_OK;
}

cst_status_t
cst_io_yaml_read(cst_io_yaml_t yaml, const char *path, cst_error_t *error)
{
    char *text;
    size_t length;
    cst_status_t status = cst_io_file_read(&text, &length, path, SIZE_LIMIT, error);

    if (status != CST_OK)
        return status;
    status = cst_io_yaml_parse(yaml, path, text, length, error);
    flint_free(text);
    return status;
}

void
cst_io_yaml_clear(cst_io_yaml_t yaml)
{
    node_free(yaml->root);
    flint_free(yaml->name);
    yaml->root = NULL;
    yaml->name = NULL;
}
