#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "io/storage.h"

/* The header is JSON, hence YAML: the reader of problem files gives places, refuses a key that occurs twice,
   bounds depth and size, and keeps every number as text. Writers of safetensors use none of the few things
   (surrogate pairs, keys beyond 1024 bytes) in which JSON is not YAML 1.1. */

#define HEADER_LIMIT ((uint64_t) 16 << 20)

typedef struct
{
    cst_io_checkpoint_struct *checkpoint;
    const cst_io_yaml_struct *header;
    const unsigned char *data; /* after the header */
    size_t length;
    cst_error_t *error;
} reader_t;

typedef struct
{
    size_t from, to;
    cst_io_node_t name;
} extent_t;

static cst_status_t
refuse(const reader_t *r, cst_io_node_t at, const char *cause, const char *name)
{
    cst_error_set(r->error, CST_BAD_INPUT, cause, name);
    cst_io_yaml_place(r->error, r->header, at, 0);
    return CST_BAD_INPUT;
}

/* A number without sign, as it stands in JSON. */
static int
read_size(size_t *x, cst_io_node_t node)
{
    unsigned long long value;
    char *end;

    if (node->kind != CST_IO_SCALAR || *node->text < '0' || *node->text > '9')
        return 0;
    errno = 0;
    value = strtoull(node->text, &end, 10);
    *x = (size_t) value;
    return errno == 0 && *end == '\0' && value <= (unsigned long long) WORD_MAX;
}

static int
read_type(cst_io_type_t *type, cst_io_node_t node)
{
    for (int i = 0; node && node->kind == CST_IO_SCALAR && i < CST_IO_TYPE_COUNT; i++)
        if (strcmp(node->text, cst_io_type_word((cst_io_type_t) i)) == 0)
        {
            *type = (cst_io_type_t) i;
            return 1;
        }
    return 0;
}

static cst_status_t
read_shape(cst_io_tensor_struct *tensor, const reader_t *r, cst_io_node_t name, cst_io_node_t shape)
{
    size_t x;

    if (!shape || shape->kind != CST_IO_SEQUENCE)
        return refuse(r, name, "tensor '%s' has no shape", name->text);
    if (shape->length > CST_IO_RANK_LIMIT)
        return refuse(r, shape, "tensor '%s' has more than 8 dimensions", name->text);
    tensor->rank = (int) shape->length;
    for (slong i = 0; i < shape->length; i++)
    {
        if (!read_size(&x, shape->items[i]))
            return refuse(r, shape->items[i], "the shape of tensor '%s' is not made of whole numbers",
                          name->text);
        tensor->shape[i] = (slong) x;
    }
    return CST_OK;
}

static cst_status_t
read_tensor(extent_t *extent, const reader_t *r, cst_io_node_t name, cst_io_node_t entry)
{
    cst_io_tensor_struct tensor;
    cst_io_node_t offsets = cst_io_yaml_get(entry, "data_offsets");
    size_t size;
    cst_status_t status;

    memset(&tensor, 0, sizeof tensor);
    if (!read_type(&tensor.type, cst_io_yaml_get(entry, "dtype")))
        return refuse(r, name, "tensor '%s' has no type that is known", name->text);
    status = read_shape(&tensor, r, name, cst_io_yaml_get(entry, "shape"));
    if (status != CST_OK)
        return status;
    if (!offsets || offsets->kind != CST_IO_SEQUENCE || offsets->length != 2 ||
        !read_size(&extent->from, offsets->items[0]) || !read_size(&extent->to, offsets->items[1]))
        return refuse(r, name, "tensor '%s' has no data_offsets", name->text);
    if (extent->from > extent->to || extent->to > r->length)
        return refuse(r, offsets, "the data of tensor '%s' do not lie in the file", name->text);
    if (!cst__io_tensor_size(&size, &tensor, r->length) || size != extent->to - extent->from)
        return refuse(r, offsets, "the data of tensor '%s' are not as long as its shape says", name->text);
    extent->name = name;
    tensor.bytes = r->data + extent->from;
    cst__io_checkpoint_add(r->checkpoint, name->text, &tensor);
    return CST_OK;
}

static int
compare_extents(const void *a, const void *b)
{
    const extent_t *x = a, *y = b;

    return x->from != y->from ? (x->from > y->from) - (x->from < y->from) : (x->to > y->to) - (x->to < y->to);
}

/* The format allows neither overlaps nor holes. */
static cst_status_t
check_extents(extent_t *extents, slong length, const reader_t *r)
{
    size_t covered = 0;

    qsort(extents, (size_t) length, sizeof *extents, compare_extents);
    for (slong i = 0; i < length; i++)
    {
        if (extents[i].from < covered)
            return refuse(r, extents[i].name, "the data of tensor '%s' overlap those of another",
                          extents[i].name->text);
        if (extents[i].from > covered)
            return refuse(r, extents[i].name, "a hole lies before the data of tensor '%s'",
                          extents[i].name->text);
        covered = extents[i].to;
    }
    return covered == r->length
               ? CST_OK
               : refuse(r, r->header->root, "bytes %s", "follow the data of the last tensor");
}

static void
read_step(cst_io_checkpoint_t checkpoint, cst_io_node_t metadata)
{
    cst_io_node_t node = cst_io_yaml_get(metadata, "step");
    size_t step;

    if (node && read_size(&step, node))
        checkpoint->step = (slong) step;
}

static cst_status_t
read_header(const reader_t *r)
{
    cst_io_node_t root = r->header->root;
    extent_t *extents = flint_malloc((size_t) (root->length + 1) * sizeof *extents);
    slong length = 0;
    cst_status_t status = CST_OK;

    for (slong i = 0; status == CST_OK && i < root->length; i++)
        if (strcmp(root->keys[i]->text, "__metadata__") == 0)
            read_step(r->checkpoint, root->items[i]);
        else
            status = read_tensor(extents + length++, r, root->keys[i], root->items[i]);
    if (status == CST_OK)
        status = check_extents(extents, length, r);
    flint_free(extents);
    return status;
}

cst_status_t
cst__io_safetensors_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                          cst_error_t *error)
{
    uint64_t header = 0;
    cst_io_yaml_t yaml;
    cst_status_t status;

    if (error)
        cst_error_clear(error);
    if (length < 10)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "too short for a safetensors file");
    for (int i = 0; i < 8; i++)
        header |= (uint64_t) bytes[i] << (8 * i);
    if (header > length - 8)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT,
                                       "the header should have %llu bytes, but the file has %llu",
                                       (unsigned long long) header, (unsigned long long) length);
    if (header > HEADER_LIMIT)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "the header is larger than 16 MiB");
    if (header == 0 || bytes[8] != '{')
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT,
                                       "the header does not begin with '{'");
    status = cst_io_yaml_parse(yaml, checkpoint->name, (const char *) bytes + 8, (size_t) header, error);
    if (status != CST_OK)
        return status;
    if (error)
        snprintf(error->file, sizeof error->file, "%s", checkpoint->name);
    reader_t r = {checkpoint, yaml, bytes + 8 + header, length - 8 - (size_t) header, error};
    status = read_header(&r);
    cst_io_yaml_clear(yaml);
    return status;
}
