#include "config.h"

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

static cst_status_t
add_tensor(const reader_t *r, const CstOnnx__Tensor *t, const char *name, size_t limit)
{
    cst_io_tensor_struct tensor;
    unsigned char *bytes;
    size_t size;

    memset(&tensor, 0, sizeof tensor);
    if (!read_type(&tensor.type, t->data_type))
        return CST_OK; /* text, or a number of an exotic type: no weight */
    if (t->data_location != 0 || t->n_external_data > 0)
        return cst__io_checkpoint_fail(r->checkpoint, r->error, CST_REFUSED,
                                       "tensor '%.200s' lies in another file, which is not read", name);
    if (t->n_dims > CST_IO_RANK_LIMIT)
        return refuse(r, name, "more than 8 dimensions");
    tensor.rank = (int) t->n_dims;
    for (int i = 0; i < tensor.rank; i++)
        tensor.shape[i] = (slong) t->dims[i];
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
add_constant(const reader_t *r, const CstOnnx__Node *node, size_t limit)
{
    if (!node->op_type || strcmp(node->op_type, "Constant") != 0 || node->n_output != 1)
        return CST_OK;
    for (size_t i = 0; i < node->n_attribute; i++)
        if (node->attribute[i]->t)
            return add_tensor(r, node->attribute[i]->t, node->output[0], limit);
    return CST_OK;
}

cst_status_t
cst__io_onnx_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                   cst_error_t *error)
{
    reader_t r = {checkpoint, error};
    CstOnnx__Model *model = cst_onnx__model__unpack(NULL, length, bytes);
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
    if (model)
        cst_onnx__model__free_unpacked(model, NULL);
    return status;
}

#else

cst_status_t
cst__io_onnx_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                   cst_error_t *error)
{
    (void) bytes;
    (void) length;
    return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                   "this build of Caustic reads no ONNX models (protobuf-c was not found)");
}

#endif
