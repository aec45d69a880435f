#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <caustic/checkpoint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Read as what its first bytes say, and as ONNX, which has no mark. */
static void
read_as(const char *name, const uint8_t *data, size_t size)
{
    cst_io_checkpoint_t checkpoint;
    cst_error_t error;

    if (cst_io_checkpoint_parse(checkpoint, name, data, size, &error) != CST_OK)
    {
        if (!*error.message)
            abort();
        return;
    }
    for (slong i = 0; i < checkpoint->length; i++)
    {
        cst_io_tensor_t t = checkpoint->tensors + i;
        double x;

        for (slong k = 0; k < t->count; k++)
            (void) cst_io_tensor_read(&x, t, k, 1);
    }
    cst_io_checkpoint_clear(checkpoint);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as("fuzz", data, size);
    read_as("fuzz.onnx", data, size);
    return 0;
}
