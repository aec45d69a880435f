#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <caustic/checkpoint.h>

TestSuite(checkpoint, .timeout = 120);

/* 0: this build does not read the format. */
static int
open_data(cst_io_checkpoint_t checkpoint, const char *name)
{
    char path[1024];
    cst_error_t error;
    cst_status_t status;

    snprintf(path, sizeof path, "%s/tests/data/checkpoints/%s", getenv("top_srcdir"), name);
    status = cst_io_checkpoint_open(checkpoint, path, &error);
    if (status == CST_REFUSED && strstr(error.message, "this build of Caustic reads no"))
        return 0;
    cr_assert_eq(status, CST_OK, "%s: %s", name, error.message);
    return 1;
}

/* Entries of the same tensor in two checkpoints. */
static slong
read_both(double **x, double **y, const cst_io_checkpoint_t a, const cst_io_checkpoint_t b, slong i)
{
    cst_io_tensor_t s = a->tensors + i, t = cst_io_checkpoint_find(b, s->name);

    cr_assert_not_null(t, "%s", s->name);
    cr_assert_eq(s->rank, t->rank);
    for (int k = 0; k < s->rank; k++)
        cr_assert_eq(s->shape[k], t->shape[k]);
    *x = flint_malloc((size_t) s->count * sizeof **x);
    *y = flint_malloc((size_t) t->count * sizeof **y);
    cr_assert_eq(cst_io_tensor_read(*x, s, 0, s->count), CST_TRUE);
    cr_assert_eq(cst_io_tensor_read(*y, t, 0, t->count), CST_TRUE);
    return s->count;
}

/* The same weights in every format: equal, or nearest in the narrower type. */
Test(checkpoint, every_format_holds_the_same_weights)
{
    static const struct
    {
        const char *name;
        double relative, least;
    } files[] = {{"mlp-f64.safetensors", 0, 0},
                 {"mlp-f16.safetensors", 0x1p-11, 0x1p-25},
                 {"mlp-bf16.safetensors", 0x1p-8, 0},
                 {"mlp.npz", 0, 0},
                 {"mlp.onnx", 0, 0}};
    cst_io_checkpoint_t a, b;

    open_data(a, "mlp-f32.safetensors");
    cr_assert_eq(a->length, 6);
    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
    {
        double *x, *y, different = 0;

        if (!open_data(b, files[f].name))
            continue;
        cr_assert_eq(b->length, a->length, "%s", files[f].name);
        for (slong i = 0; i < a->length; i++)
        {
            slong n = read_both(&x, &y, a, b, i);

            for (slong k = 0; k < n; k++)
            {
                cr_assert_leq(fabs(x[k] - y[k]), files[f].relative * fabs(x[k]) + files[f].least);
                different += x[k] != y[k];
            }
            flint_free(x);
            flint_free(y);
        }
        cr_assert_eq(different > 0, files[f].relative > 0);
        cst_io_checkpoint_clear(b);
    }
    cst_io_checkpoint_clear(a);
}

Test(checkpoint, shards_join)
{
    cst_io_checkpoint_t a, b;
    slong parameters = 0;

    open_data(a, "llama-sharded/model.safetensors.index.json");
    open_data(b, "llama-sharded"); /* the folder finds its index */
    cr_assert_eq(a->length, 21);
    cr_assert_eq(b->length, 21);
    for (slong i = 0; i < a->length; i++)
        parameters += a->tensors[i].count;
    cr_assert_eq(parameters, 117408 / 2);
    cr_assert_null(cst_io_checkpoint_find(a, "model.norm"));
    cr_assert_eq(cst_io_checkpoint_find(a, "model.norm.weight")->shape[0], 48);
    cst_io_checkpoint_clear(a);
    cst_io_checkpoint_clear(b);
}

Test(checkpoint, a_convolution_of_a_model_with_constants)
{
    cst_io_checkpoint_t a;
    cst_io_tensor_t t;

    if (!open_data(a, "cnn.onnx"))
        return;
    t = cst_io_checkpoint_find(a, "conv2.weight");
    cr_assert_not_null(t);
    cr_assert_eq(t->rank, 4);
    cr_assert_eq(t->count, 16 * 8 * 3 * 3);
    cst_io_checkpoint_clear(a);
}

/* A safetensors file from a header and data. */
static size_t
compose(unsigned char *file, const char *header, const void *data, size_t length)
{
    size_t head = strlen(header);

    for (int i = 0; i < 8; i++)
        file[i] = (unsigned char) (head >> (8 * i));
    memcpy(file + 8, header, head);
    memcpy(file + 8 + head, data, length);
    return 8 + head + length;
}

/* Bit patterns and their values, by the definitions of the types. */
Test(checkpoint, types_are_decoded_exactly)
{
    static const struct
    {
        const char *type;
        size_t size;
        uint64_t bits;
        double value;
    } cases[] = {{"F16", 2, 0x3c00, 1},
                 {"F16", 2, 0x0001, 0x1p-24},
                 {"F16", 2, 0x83ff, -1023 * 0x1p-24},
                 {"F16", 2, 0x0400, 0x1p-14},
                 {"F16", 2, 0x7bff, 65504},
                 {"F16", 2, 0x7c00, INFINITY},
                 {"F16", 2, 0xfc00, -INFINITY},
                 {"BF16", 2, 0x3f80, 1},
                 {"BF16", 2, 0x0001, 0x1p-133},
                 {"BF16", 2, 0xff80, -INFINITY},
                 {"F32", 4, 0x00000001, 0x1p-149},
                 {"F32", 4, 0xc0490fdb, -0x1.921fb6p1},
                 {"F64", 8, 0x0000000000000001, 0x1p-1074},
                 {"F64", 8, 0xbff8000000000000, -1.5},
                 {"I8", 1, 0x80, -128},
                 {"U8", 1, 0x80, 128},
                 {"I16", 2, 0xffff, -1},
                 {"U16", 2, 0xffff, 65535},
                 {"I32", 4, 0x80000000, -2147483648.0},
                 {"U32", 4, 0x80000000, 2147483648.0},
                 {"I64", 8, 0xffffffffffffff00, -256},
                 {"U64", 8, 0x100000000, 4294967296.0},
                 {"BOOL", 1, 2, 1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        char header[256];
        unsigned char file[512];
        cst_io_checkpoint_t a;
        cst_error_t error;
        double x;

        snprintf(header, sizeof header, "{\"x\":{\"dtype\":\"%s\",\"shape\":[],\"data_offsets\":[0,%zu]}}",
                 cases[i].type, cases[i].size);
        cr_assert_eq(cst_io_checkpoint_parse(a, "x", file,
                                             compose(file, header, &cases[i].bits, cases[i].size), &error),
                     CST_OK, "%s", error.message);
        cr_assert_eq(cst_io_tensor_read(&x, a->tensors, 0, 1), isinf(cases[i].value) ? CST_FALSE : CST_TRUE);
        cr_assert_eq(x, cases[i].value, "%s %lx: %a", cases[i].type, cases[i].bits, x);
        cst_io_checkpoint_clear(a);
    }
}

Test(checkpoint, what_is_not_finite_or_not_exact_is_flagged)
{
    unsigned char file[512];
    uint64_t bits[] = {0x7ff8000000000000, 0x3ff0000000000000, 0x0020000000000001};
    cst_io_checkpoint_t a;
    double x[2];

    cr_assert_eq(
        cst_io_checkpoint_parse(a, "x", file,
                                compose(file,
                                        "{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}, "
                                        "\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]},"
                                        "\"__metadata__\":{\"step\":\"622\"}}",
                                        bits, sizeof bits),
                                NULL),
        CST_OK);
    cr_assert_eq(a->step, 622);
    cr_assert_eq(cst_io_tensor_read(x, a->tensors, 0, 2), CST_FALSE);
    cr_assert(isnan(x[0]) && x[1] == 1);
    cr_assert_eq(cst_io_tensor_read(x, a->tensors, 1, 1), CST_TRUE);
    cr_assert_eq(cst_io_tensor_read(x, a->tensors + 1, 0, 1), CST_UNKNOWN);
    cst_io_checkpoint_clear(a);
}
