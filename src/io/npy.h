/* io/npy.h -- one array of NumPy's .npy format. Internal. */
#ifndef CST_IO_NPY_H
#define CST_IO_NPY_H

#include "io/storage.h"

/* Reads the header of bytes[0..length): all of tensor but its name. NULL, or the cause of a refusal. */
const char *cst__io_npy_parse(cst_io_tensor_struct *tensor, const unsigned char *bytes, size_t length);

#endif
