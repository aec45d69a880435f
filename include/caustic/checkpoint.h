/* caustic/checkpoint.h -- tensors of safetensors, npz and ONNX files.

   All weights are binary numbers and reach the caller exactly: the tensors keep the bytes of the file, and
   cst_io_tensor_read makes doubles of them. A file is untrusted: every length, offset and shape is checked
   against the bytes there are before anything is allocated or read, so that a hostile file gives an error. */
#ifndef CAUSTIC_CHECKPOINT_H
#define CAUSTIC_CHECKPOINT_H

#include <caustic/io.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ENTRY(name, word of safetensors, bytes) */
#define CST_IO_TYPE_LIST(ENTRY)                                                                              \
    ENTRY(CST_IO_F64, "F64", 8)                                                                              \
    ENTRY(CST_IO_F32, "F32", 4)                                                                              \
    ENTRY(CST_IO_F16, "F16", 2)                                                                              \
    ENTRY(CST_IO_BF16, "BF16", 2)                                                                            \
    ENTRY(CST_IO_I64, "I64", 8)                                                                              \
    ENTRY(CST_IO_I32, "I32", 4)                                                                              \
    ENTRY(CST_IO_I16, "I16", 2)                                                                              \
    ENTRY(CST_IO_I8, "I8", 1)                                                                                \
    ENTRY(CST_IO_U64, "U64", 8)                                                                              \
    ENTRY(CST_IO_U32, "U32", 4)                                                                              \
    ENTRY(CST_IO_U16, "U16", 2)                                                                              \
    ENTRY(CST_IO_U8, "U8", 1)                                                                                \
    ENTRY(CST_IO_BOOL, "BOOL", 1)

typedef enum
{
#define CST_ENUM(name, word, bytes) name,
    CST_IO_TYPE_LIST(CST_ENUM)
#undef CST_ENUM
        CST_IO_TYPE_COUNT
} cst_io_type_t;

#define CST_IO_RANK_LIMIT 8

typedef struct
{
    char *name;
    cst_io_type_t type;
    int rank;
    slong shape[CST_IO_RANK_LIMIT];
    slong count;                /* of entries */
    const unsigned char *bytes; /* entries one after the other, of any alignment */
    int big_endian;
    int column_major; /* the first index runs fastest; else the last */
} cst_io_tensor_struct;
typedef const cst_io_tensor_struct *cst_io_tensor_t;

/* The tensors are sorted by name (as by strcmp); no name occurs twice. */
typedef struct
{
    char *name; /* the file, as messages should call it */
    slong step; /* of the training run, from the file's metadata or its name; -1: not known */
    slong length;
    cst_io_tensor_struct *tensors;
    slong storages;
    struct cst_io_storage *storage; /* maps and buffers that hold the bytes */
} cst_io_checkpoint_struct;
typedef cst_io_checkpoint_struct cst_io_checkpoint_t[1];

/* Opens a checkpoint:
   - a safetensors file, mapped into memory, or the index (.json) of a sharded one, or a folder that holds
     model.safetensors.index.json or model.safetensors;
   - npz (stored or deflated members, read into memory), where libzip was found when Caustic was built;
   - ONNX (initializers and Constant nodes, read into memory; external data in files beside it, mapped), where
     protobuf-c was found.
   On failure CST_BAD_INPUT, or CST_REFUSED for a format that is not read (said so); nothing is left to clear.
   The file must not change while it is open. */
CST_API cst_status_t cst_io_checkpoint_open(cst_io_checkpoint_t checkpoint, const char *path,
                                            cst_error_t *error);

/* The same for one file in memory, which messages call name; bytes must outlive the checkpoint. */
CST_API cst_status_t cst_io_checkpoint_parse(cst_io_checkpoint_t checkpoint, const char *name,
                                             const void *bytes, size_t length, cst_error_t *error);
CST_API void cst_io_checkpoint_clear(cst_io_checkpoint_t checkpoint);

/* The tensor of this name, or NULL. */
CST_API cst_io_tensor_t cst_io_checkpoint_find(const cst_io_checkpoint_t checkpoint, const char *name);

/* The word for a type, as "BF16". The string is static. */
CST_API const char *cst_io_type_word(cst_io_type_t type);

/* Bytes of an entry. */
CST_API size_t cst_io_type_size(cst_io_type_t type);

/* Sets out[0..count) to the entries from start on, in row-major order (the last index runs fastest).
   CST_TRUE: all are finite and exact; CST_FALSE: some are NaN or infinite, and out holds them as such;
   CST_UNKNOWN: all are finite, but a 64-bit integer of 2^53 or more may have been rounded. */
CST_API cst_truth_t cst_io_tensor_read(double *out, cst_io_tensor_t tensor, slong start, slong count);

/* Says that entries from start on are not needed soon: their pages of a mapped file are given back.
   They can be read again. */
CST_API void cst_io_tensor_forget(const cst_io_checkpoint_t checkpoint, cst_io_tensor_t tensor, slong start,
                                  slong count);

#ifdef __cplusplus
}
#endif

#endif
