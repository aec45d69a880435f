/* io/storage.h -- what the readers of checkpoints share. Internal. */
#ifndef CST_IO_STORAGE_H
#define CST_IO_STORAGE_H

#include <caustic/checkpoint.h>

/* Bytes that tensors point into. */
struct cst_io_storage
{
    unsigned char *bytes;
    size_t length;
    int mapped; /* munmap, else flint_free */
};

/* Adds a tensor with a copy of its name. The shape's product must be known not to overflow. */
void cst__io_checkpoint_add(cst_io_checkpoint_t checkpoint, const char *name,
                            const cst_io_tensor_struct *tensor);

/* Hands a buffer (from flint_malloc) or a map over to the checkpoint. */
void cst__io_checkpoint_keep(cst_io_checkpoint_t checkpoint, unsigned char *bytes, size_t length, int mapped);

/* Sets *size to count * bytes of an entry, where count is the product of the shape. 0 if it exceeds limit. */
int cst__io_tensor_size(size_t *size, cst_io_tensor_struct *tensor, size_t limit);

/* "FILE: cause", with the status; a place in the file makes no sense for binary data. */
cst_status_t cst__io_checkpoint_fail(const cst_io_checkpoint_t checkpoint, cst_error_t *error,
                                     cst_status_t status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 4, 5)))
#endif
    ;

/* Each adds the tensors of one file. bytes outlive the checkpoint. */
cst_status_t cst__io_safetensors_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes,
                                       size_t length, cst_error_t *error);
cst_status_t cst__io_npz_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                               cst_error_t *error);

/* path: of the model, beside which its external data lie; NULL: it came from memory, and they are refused. */
cst_status_t cst__io_onnx_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                                const char *path, cst_error_t *error);

/* Maps a regular file; the map belongs to the checkpoint. */
cst_status_t cst__io_checkpoint_map(unsigned char **bytes, size_t *length, cst_io_checkpoint_t checkpoint,
                                    const char *path, cst_error_t *error);

/* Is it the name of a file in the same folder? And its path, for flint_free. */
int cst__io_is_beside(const char *name);
char *cst__io_beside(const char *path, const char *name);

#endif
