#include "config.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "io/storage.h"

const char *
cst_io_type_word(cst_io_type_t type)
{
    static const char *const words[] = {
#define CST_WORD(name, word, bytes) word,
        CST_IO_TYPE_LIST(CST_WORD)
#undef CST_WORD
    };

    return words[type];
}

size_t
cst_io_type_size(cst_io_type_t type)
{
    static const unsigned char sizes[] = {
#define CST_SIZE(name, word, bytes) bytes,
        CST_IO_TYPE_LIST(CST_SIZE)
#undef CST_SIZE
    };

    return sizes[type];
}

int
cst__io_tensor_size(size_t *size, cst_io_tensor_struct *tensor, size_t limit)
{
    size_t entry = cst_io_type_size(tensor->type), count = 1;
    int empty = 0;

    for (int i = 0; i < tensor->rank; i++)
        empty |= tensor->shape[i] == 0;
    for (int i = 0; i < tensor->rank && !empty; i++)
    {
        if (tensor->shape[i] < 0 || (size_t) tensor->shape[i] > limit / entry / count)
            return 0;
        count *= (size_t) tensor->shape[i];
    }
    tensor->count = empty ? 0 : (slong) count;
    *size = empty ? 0 : count * entry;
    return *size <= limit;
}

/* An entry's bits; the loop compiles to a load. */
static uint64_t
load(const unsigned char *bytes, size_t size, int big_endian)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < size; i++)
        bits |= (uint64_t) bytes[big_endian ? size - 1 - i : i] << (8 * i);
    return bits;
}

static double
from_double(uint64_t bits)
{
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

static double
from_float(uint64_t bits)
{
    uint32_t half = (uint32_t) bits;
    float x;

    memcpy(&x, &half, sizeof x);
    return (double) x;
}

/* IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
static double
from_half(uint64_t bits)
{
    int exponent = (int) (bits >> 10 & 31), fraction = (int) (bits & 1023);
    double x = exponent == 31  ? (fraction ? (double) NAN : (double) INFINITY)
               : exponent == 0 ? ldexp(fraction, -24)
                               : ldexp(1024 + fraction, exponent - 25);

    return bits >> 15 & 1 ? -x : x;
}

/* Sign extension of an integer of this many bytes. */
static int64_t
from_signed(uint64_t bits, size_t size)
{
    uint64_t sign = (uint64_t) 1 << (8 * size - 1);

    return (int64_t) ((bits ^ sign) - sign);
}

static double
decode(cst_io_type_t type, uint64_t bits)
{
    switch (type)
    {
    case CST_IO_F64:
        return from_double(bits);
    case CST_IO_F32:
        return from_float(bits);
    case CST_IO_F16:
        return from_half(bits);
    case CST_IO_BF16:
        return from_float(bits << 16);
    case CST_IO_I64:
    case CST_IO_I32:
    case CST_IO_I16:
    case CST_IO_I8:
        return (double) from_signed(bits, cst_io_type_size(type));
    case CST_IO_BOOL:
        return bits != 0;
    default:
        return (double) bits;
    }
}

/* Where the entry of this row-major index stands among the entries of the file. */
static slong
position(cst_io_tensor_t tensor, slong index)
{
    slong stride = tensor->count, at = 0;

    if (!tensor->column_major)
        return index;
    for (int i = tensor->rank - 1; i >= 0; i--)
    {
        stride /= tensor->shape[i];
        at += index % tensor->shape[i] * stride;
        index /= tensor->shape[i];
    }
    return at;
}

/* The usual case, in a loop that the compiler vectorizes. */
static void
read_floats(double *out, const unsigned char *bytes, slong count)
{
    float x;

    for (slong i = 0; i < count; i++)
    {
        memcpy(&x, bytes + 4 * i, sizeof x);
        out[i] = (double) x;
    }
}

static int
is_little_endian(void)
{
    const uint16_t one = 1;

    return *(const unsigned char *) &one == 1;
}

static void
read_entries(double *out, cst_io_tensor_t tensor, slong start, slong count)
{
    size_t size = cst_io_type_size(tensor->type);

    if (tensor->type == CST_IO_F32 && !tensor->big_endian && !tensor->column_major && is_little_endian())
        read_floats(out, tensor->bytes + 4 * start, count);
    else
        for (slong i = 0; i < count; i++)
            out[i] = decode(tensor->type, load(tensor->bytes + (size_t) position(tensor, start + i) * size,
                                               size, tensor->big_endian));
}

cst_truth_t
cst_io_tensor_read(double *out, cst_io_tensor_t tensor, slong start, slong count)
{
    double sum = 0;
    cst_truth_t answer = CST_TRUE;

    read_entries(out, tensor, start, count);
    for (slong i = 0; i < count; i++)
        sum += 0 * out[i]; /* NaN as soon as one entry is not finite */
    if (isnan(sum))
        return CST_FALSE;
    if (tensor->type == CST_IO_I64 || tensor->type == CST_IO_U64)
        for (slong i = 0; i < count; i++)
            if (fabs(out[i]) >= 9007199254740992.0)
                answer = CST_UNKNOWN;
    return answer;
}

void
cst_io_tensor_forget(const cst_io_checkpoint_t checkpoint, cst_io_tensor_t tensor, slong start, slong count)
{
    size_t size = cst_io_type_size(tensor->type), page = (size_t) sysconf(_SC_PAGESIZE);
    const unsigned char *from = tensor->bytes + (size_t) start * size, *to = from + (size_t) count * size;

    if (tensor->column_major)
        return;
    for (slong i = 0; i < checkpoint->storages; i++)
    {
        const struct cst_io_storage *s = checkpoint->storage + i;
        size_t first, last;

        if (!s->mapped || from < s->bytes || to > s->bytes + s->length)
            continue;
        first = (size_t) (from - s->bytes) / page * page; /* the map begins with a page */
        last = (size_t) (to - s->bytes) / page * page;
        if (last > first)
            (void) madvise(s->bytes + first, last - first, MADV_DONTNEED);
    }
}
