#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/storage.h"

/* The weights of an ONNX model: initializers, and the tensors of Constant nodes under the name of the output.
 */

#ifdef HAVE_PROTOBUF_C
#    include "io/onnx.pb-c.h"

typedef struct
{
    cst_io_checkpoint_struct *checkpoint;
    cst_error_t *error;
    const char *path; /* of the model, or NULL */
    /* files of external data, mapped */
    slong files;
    struct
    {
        const char *name; /* of the message */
        const unsigned char *bytes;
        size_t length;
    } * file;
} reader_t;

static cst_status_t
refuse(const reader_t *r, const char *name, const char *cause)
{
    return cst__io_checkpoint_fail(r->checkpoint, r->error, CST_BAD_INPUT, "tensor '%.200s': %s", name,
                                   cause);
}

/* TensorProto.DataType */
static int
read_type(cst_io_type_t *type, int32_t code)
{
    static const struct
    {
        int32_t code;
        cst_io_type_t type;
    } types[] = {{1, CST_IO_F32},  {2, CST_IO_U8},   {3, CST_IO_I8},   {4, CST_IO_U16},  {5, CST_IO_I16},
                 {6, CST_IO_I32},  {7, CST_IO_I64},  {9, CST_IO_BOOL}, {10, CST_IO_F16}, {11, CST_IO_F64},
                 {12, CST_IO_U32}, {13, CST_IO_U64}, {16, CST_IO_BF16}};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].code == code)
        {
            *type = types[i].type;
            return 1;
        }
    return 0;
}

static void
store(unsigned char *bytes, uint64_t bits, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char) (bits >> (8 * i));
}

/* Entries of float_data, int32_data (which also holds the narrower types), int64_data or double_data,
   as raw_data would have them. 0: there are not as many as the shape says. */
static int
gather(unsigned char *bytes, const cst_io_tensor_struct *tensor, const CstOnnx__Tensor *t)
{
    size_t size = cst_io_type_size(tensor->type), count = (size_t) tensor->count;
    uint64_t bits;

    if (tensor->type == CST_IO_F32                                 ? t->n_float_data != count
        : tensor->type == CST_IO_F64                               ? t->n_double_data != count
        : tensor->type == CST_IO_I64                               ? t->n_int64_data != count
        : tensor->type == CST_IO_U32 || tensor->type == CST_IO_U64 ? 1
                                                                   : t->n_int32_data != count)
        return 0;
    for (size_t i = 0; i < count; i++)
    {
        uint32_t half;

        if (tensor->type == CST_IO_F32)
        {
            memcpy(&half, t->float_data + i, sizeof half);
            bits = half;
        }
        else if (tensor->type == CST_IO_F64)
            memcpy(&bits, t->double_data + i, sizeof bits);
        else
            bits = tensor->type == CST_IO_I64 ? (uint64_t) t->int64_data[i] : (uint64_t) t->int32_data[i];
        store(bytes + i * size, bits, size);
    }
    return 1;
}

/* The value of a key of the external data, or NULL. */
static const char *
external(const CstOnnx__Tensor *t, const char *key)
{
    for (size_t i = 0; i < t->n_external_data; i++)
        if (t->external_data[i]->key && strcmp(t->external_data[i]->key, key) == 0)
            return t->external_data[i]->value;
    return NULL;
}

/* A number of bytes in decimal digits; 0 if it is not one. */
static int
read_bytes(size_t *bytes, const char *text)
{
    char *end;
    unsigned long long value;

    if (*text < '0' || *text > '9')
        return 0;
    errno = 0;
    value = strtoull(text, &end, 10);
    *bytes = (size_t) value;
    return !*end && errno == 0 && value <= SIZE_MAX;
}

/* Maps a file of external data, once: the place in the list, or -1. */
static slong
find_file(reader_t *r, const char *name, cst_status_t *status)
{
    unsigned char *bytes;
    size_t length;
    char *path;

    for (slong i = 0; i < r->files; i++)
        if (strcmp(r->file[i].name, name) == 0)
            return i;
    path = cst__io_beside(r->path, name);
    *status = cst__io_checkpoint_map(&bytes, &length, r->checkpoint, path, r->error);
    flint_free(path);
    if (*status != CST_OK)
        return -1;
    r->file = flint_realloc(r->file, (size_t) (r->files + 1) * sizeof *r->file);
    r->file[r->files].name = name;
    r->file[r->files].bytes = bytes;
    r->file[r->files].length = length;
    return r->files++;
}

/* A tensor in a file beside the model, of which the type and the shape are known: its bytes stay there. */
static cst_status_t
add_external(reader_t *r, const CstOnnx__Tensor *t, const char *name, cst_io_tensor_struct *tensor)
{
    const char *location = external(t, "location"), *offset = external(t, "offset"),
               *length = external(t, "length");
    size_t from = 0, given = 0, size;
    cst_status_t status = CST_OK;
    slong file;

    if (!r->path)
        return cst__io_checkpoint_fail(r->checkpoint, r->error, CST_REFUSED,
                                       "tensor '%.200s' lies in another file, which is not read", name);
    if (!location || !cst__io_is_beside(location))
        return refuse(r, name, "its external data are not in a file beside the model");
    if ((offset && !read_bytes(&from, offset)) || (length && !read_bytes(&given, length)))
        return refuse(r, name, "offset or length of its external data is no number");
    file = find_file(r, location, &status);
    if (file < 0)
        return status;
    if (!cst__io_tensor_size(&size, tensor, r->file[file].length) || from > r->file[file].length - size ||
        (length && given != size))
        return refuse(r, name, "its external data are not as long as its shape says");
    tensor->bytes = r->file[file].bytes + from;
    cst__io_checkpoint_add(r->checkpoint, name, tensor);
    return CST_OK;
}

static cst_status_t
add_tensor(reader_t *r, const CstOnnx__Tensor *t, const char *name, size_t limit)
{
    cst_io_tensor_struct tensor;
    unsigned char *bytes;
    size_t size;

    memset(&tensor, 0, sizeof tensor);
    if (!read_type(&tensor.type, t->data_type))
        return CST_OK; /* text, or a number of an exotic type: no weight */
    if (t->n_dims > CST_IO_RANK_LIMIT)
        return refuse(r, name, "more than 8 dimensions");
    tensor.rank = (int) t->n_dims;
    for (int i = 0; i < tensor.rank; i++)
        tensor.shape[i] = (slong) t->dims[i];
    if (t->data_location != 0 || t->n_external_data > 0)
        return add_external(r, t, name, &tensor);
    if (!cst__io_tensor_size(&size, &tensor, limit) || (t->has_raw_data && t->raw_data.len != size))
        return refuse(r, name, "its data are not as long as its shape says");
    bytes = flint_malloc(size + 1);
    if (t->has_raw_data)
        memcpy(bytes, t->raw_data.data, size);
    else if (!gather(bytes, &tensor, t))
    {
        flint_free(bytes);
        return refuse(r, name, "its data are not as long as its shape says");
    }
    tensor.bytes = bytes;
    cst__io_checkpoint_keep(r->checkpoint, bytes, size, 0);
    cst__io_checkpoint_add(r->checkpoint, name, &tensor);
    return CST_OK;
}

static cst_status_t
add_constant(reader_t *r, const CstOnnx__Node *node, size_t limit)
{
    if (!node->op_type || strcmp(node->op_type, "Constant") != 0 || node->n_output != 1)
        return CST_OK;
    for (size_t i = 0; i < node->n_attribute; i++)
        if (node->attribute[i]->t)
            return add_tensor(r, node->attribute[i]->t, node->output[0], limit);
    return CST_OK;
}

/* Messages of two bytes take a hundred in memory. What is unpacked may take this many times the file, and
   something for small ones; real models take 1.3 times theirs. */
#    define UNPACKED_RATIO 16
#    define UNPACKED_LEAST ((size_t) 1 << 20)

static void *
allocate(void *left, size_t size)
{
    size_t *room = left;

    if (size > *room)
        return NULL;
    *room -= size;
    return malloc(size);
}

static void
release(void *left, void *pointer)
{
    (void) left;
    free(pointer);
}

cst_status_t
cst__io_onnx_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                   const char *path, cst_error_t *error)
{
    reader_t r = {checkpoint, error, path, 0, NULL};
    size_t room = UNPACKED_LEAST + UNPACKED_RATIO * length;
    ProtobufCAllocator allocator = {allocate, release, &room};
    CstOnnx__Model *model = cst_onnx__model__unpack(&allocator, length, bytes);
    cst_status_t status = CST_OK;

    if (!model || !model->graph)
        status = cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "not an ONNX model");
    /* Packed varints take up to eight bytes a piece in memory; the file bounds them all. */
    for (size_t i = 0; status == CST_OK && i < model->graph->n_initializer; i++)
    {
        const CstOnnx__Tensor *t = model->graph->initializer[i];

        status = add_tensor(&r, t, t->name ? t->name : "", 8 * length);
    }
    for (size_t i = 0; status == CST_OK && i < model->graph->n_node; i++)
        status = add_constant(&r, model->graph->node[i], 8 * length);
    flint_free(r.file);
    if (model)
        cst_onnx__model__free_unpacked(model, &allocator);
    return status;
}

#else

cst_status_t
cst__io_onnx_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                   const char *path, cst_error_t *error)
{
    (void) bytes;
    (void) length;
    (void) path;
    return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                   "this build of Caustic reads no ONNX models (protobuf-c was not found)");
}

#endif
