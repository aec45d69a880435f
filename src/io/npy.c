#include "config.h"

#include <string.h>

#include "io/npy.h"

/* NumPy Enhancement Proposal 1: magic, version, length, and a Python dictionary such as
   {'descr': '<f4', 'fortran_order': False, 'shape': (32, 64), }. */

typedef struct
{
    const char *at, *end;
} cursor_t;

static void
skip_blanks(cursor_t *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\n'))
        c->at++;
}

/* Takes a word that stands next. */
static int
take(cursor_t *c, const char *word)
{
    size_t length = strlen(word);

    skip_blanks(c);
    if ((size_t) (c->end - c->at) < length || memcmp(c->at, word, length) != 0)
        return 0;
    c->at += length;
    return 1;
}

static int
take_text(char *text, size_t room, cursor_t *c)
{
    size_t n = 0;

    if (!take(c, "'"))
        return 0;
    while (c->at < c->end && *c->at != '\'' && n + 1 < room)
        text[n++] = *c->at++;
    text[n] = '\0';
    return take(c, "'");
}

static int
take_size(slong *x, cursor_t *c)
{
    slong value = 0;
    int digits = 0;

    skip_blanks(c);
    for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, digits++)
    {
        if (value > (WORD_MAX - 9) / 10)
            return 0;
        value = 10 * value + (*c->at - '0');
    }
    *x = value;
    return digits > 0;
}

/* (), (3,) or (3, 4) */
static int
take_shape(cst_io_tensor_struct *tensor, cursor_t *c)
{
    if (!take(c, "("))
        return 0;
    tensor->rank = 0;
    while (!take(c, ")"))
    {
        if (tensor->rank == CST_IO_RANK_LIMIT || !take_size(tensor->shape + tensor->rank, c))
            return 0;
        tensor->rank++;
        if (!take(c, ","))
            return take(c, ")");
    }
    return 1;
}

static int
read_type(cst_io_tensor_struct *tensor, const char *descr)
{
    static const struct
    {
        const char *code;
        cst_io_type_t type;
    } types[] = {{"f8", CST_IO_F64}, {"f4", CST_IO_F32}, {"f2", CST_IO_F16}, {"i8", CST_IO_I64},
                 {"i4", CST_IO_I32}, {"i2", CST_IO_I16}, {"i1", CST_IO_I8},  {"u8", CST_IO_U64},
                 {"u4", CST_IO_U32}, {"u2", CST_IO_U16}, {"u1", CST_IO_U8},  {"b1", CST_IO_BOOL}};

    if (!strchr("<>|", *descr))
        return 0;
    for (size_t i = 0; *descr && i < sizeof types / sizeof *types; i++)
        if (strcmp(descr + 1, types[i].code) == 0)
        {
            tensor->type = types[i].type;
            tensor->big_endian = *descr == '>';
            return 1;
        }
    return 0;
}

static const char *
read_dictionary(cst_io_tensor_struct *tensor, cursor_t c)
{
    char key[16], descr[16] = "";
    int seen_order = 0, seen_shape = 0;

    if (!take(&c, "{"))
        return "the header is no dictionary";
    while (!take(&c, "}"))
    {
        int good = take_text(key, sizeof key, &c) && take(&c, ":");

        if (good && strcmp(key, "descr") == 0 && !*descr)
            good = take_text(descr, sizeof descr, &c);
        else if (good && strcmp(key, "fortran_order") == 0 && !seen_order++)
            good = (tensor->column_major = take(&c, "True")) || take(&c, "False");
        else if (good && strcmp(key, "shape") == 0 && !seen_shape++)
            good = take_shape(tensor, &c);
        else
            good = 0;
        if (!good || (!take(&c, ",") && (skip_blanks(&c), c.at == c.end || *c.at != '}')))
            return "the header is not understood";
    }
    if (!seen_order || !seen_shape || !read_type(tensor, descr))
        return "its type is not one that is read";
    return NULL;
}

const char *
cst__io_npy_parse(cst_io_tensor_struct *tensor, const unsigned char *bytes, size_t length)
{
    size_t prefix, head, size;
    const char *cause;

    memset(tensor, 0, sizeof *tensor);
    if (length < 12 || memcmp(bytes, "\223NUMPY", 6) != 0 || bytes[6] < 1 || bytes[6] > 3)
        return "it is not an array";
    prefix = bytes[6] > 1 ? 12 : 10;
    head = bytes[8] | (size_t) bytes[9] << 8;
    if (bytes[6] > 1)
        head |= (size_t) bytes[10] << 16 | (size_t) bytes[11] << 24;
    if (head > length - prefix)
        return "its header is cut off";
    cause = read_dictionary(tensor,
                            (cursor_t){(const char *) bytes + prefix, (const char *) bytes + prefix + head});
    if (cause)
        return cause;
    if (!cst__io_tensor_size(&size, tensor, length) || size != length - prefix - head)
        return "its data are not as long as its shape says";
    tensor->bytes = bytes + prefix + head;
    return NULL;
}
