#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <caustic/checkpoint.h>

TestSuite(hostile, .timeout = 120);

/* The cause of refusing a safetensors file with this header, and length bytes of data. */
static void
assert_refused(const char *header, size_t length, const char *cause)
{
    size_t head = strlen(header), size = 8 + head + length;
    unsigned char *file = flint_calloc(size, 1);
    cst_io_checkpoint_t a;
    cst_error_t error;
    cst_status_t status;

    file[0] = (unsigned char) head;
    file[1] = (unsigned char) (head >> 8);
    memcpy(file + 8, header, head);
    status = cst_io_checkpoint_parse(a, "x.safetensors", file, size, &error);
    cr_assert_eq(status, CST_BAD_INPUT, "%s", header);
    cr_assert(strstr(error.message, cause), "%s: %s", header, error.message);
    cr_assert_str_eq(error.file, "x.safetensors");
    flint_free(file);
}

#define ENTRY(type, shape, from, to)                                                                         \
    "{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":[" from "," to "]}"

Test(hostile, headers_that_lie)
{
    assert_refused("{}", 0, "no tensors");
    assert_refused("[1]", 0, "does not begin with '{'");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "8") "}", 4, "do not lie in the file");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "8", "0") "}", 8, "do not lie in the file");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "4") "}", 4, "not as long as its shape says");
    assert_refused("{\"a\":" ENTRY("F32", "[4294967296,4294967296,4294967296]", "0", "8") "}", 8,
                   "not as long as its shape says");
    assert_refused("{\"a\":" ENTRY("F64", "[2305843009213693952]", "0", "0") "}", 0,
                   "not as long as its shape says");
    assert_refused("{\"a\":" ENTRY("F32", "[-2]", "0", "8") "}", 8, "not made of whole numbers");
    assert_refused("{\"a\":" ENTRY("F32", "[2.0]", "0", "8") "}", 8, "not made of whole numbers");
    assert_refused("{\"a\":" ENTRY("F32", "[99999999999999999999]", "0", "8") "}", 8,
                   "not made of whole numbers");
    assert_refused("{\"a\":" ENTRY("F32", "[1,1,1,1,1,1,1,1,2]", "0", "8") "}", 8, "more than 8 dimensions");
    assert_refused("{\"a\":" ENTRY("F31", "[2]", "0", "8") "}", 8, "no type that is known");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "18446744073709551624") "}", 8, "no data_offsets");
    assert_refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "no data_offsets");
    assert_refused("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "has no shape");
    assert_refused("{\"a\":7}", 0, "no type that is known");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "8") ",\"a\":" ENTRY("F32", "[2]", "8", "16") "}", 16,
                   "'a' occurs twice");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "8") ",\"b\":" ENTRY("F32", "[2]", "4", "12") "}", 12,
                   "overlap");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "8") ",\"b\":" ENTRY("F32", "[2]", "12", "20") "}", 20,
                   "a hole lies before");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "8") "}", 9, "follow the data");
    assert_refused("{\"a\":" ENTRY("F32", "[2]", "0", "8") "", 8, "");
}

Test(hostile, lengths_of_headers_that_lie)
{
    static const uint64_t lengths[] = {
        0, 1, 9, 11, 0xffffff, 0x80000000, UINT64_MAX, UINT64_MAX - 7, (uint64_t) 1 << 63};

    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
    {
        unsigned char file[18] = "        {        }";
        cst_io_checkpoint_t a;
        cst_error_t error;

        memcpy(file, &lengths[i], 8);
        for (size_t n = 0; n <= sizeof file; n++)
        {
            cr_assert_eq(cst_io_checkpoint_parse(a, "x.safetensors", file, n, &error), CST_BAD_INPUT);
            cr_assert_neq(*error.message, 0);
        }
    }
}

/* Every prefix, and every file with one byte changed, is read or refused with a cause. */
static void
assert_robust(const char *name)
{
    char path[1024], *text;
    unsigned char *file;
    size_t length;
    cst_io_checkpoint_t a;
    cst_error_t error;

    snprintf(path, sizeof path, "%s/fuzz/corpus/checkpoint/%s", getenv("top_srcdir"), name);
    cr_assert_eq(cst_io_file_read(&text, &length, path, 1 << 20, &error), CST_OK, "%s", error.message);
    if (cst_io_checkpoint_parse(a, path, text, length, &error) == CST_REFUSED)
    {
        cr_assert(strstr(error.message, "this build of Caustic reads no"), "%s", error.message);
        flint_free(text);
        return;
    }
    cst_io_checkpoint_clear(a);
    for (size_t n = 0; n < 2 * length; n++)
    {
        size_t size = n < length ? n : length;

        file = flint_malloc(size + 1); /* for valgrind and the sanitizers: the true end */
        memcpy(file, text, size);
        if (n >= length)
            file[n - length] ^= (unsigned char) (1 + n % 255);
        if (cst_io_checkpoint_parse(a, path, file, size, &error) == CST_OK)
            cst_io_checkpoint_clear(a);
        else
            cr_assert_neq(*error.message, 0);
        flint_free(file);
    }
    flint_free(text);
}

Test(hostile, files_that_are_damaged)
{
    assert_robust("two.safetensors");
    assert_robust("two.npz");
    assert_robust("deflated.npz");
    assert_robust("two.onnx");
}

Test(hostile, a_shard_must_lie_beside_its_index)
{
    static const char *const texts[] = {"{\"weight_map\":{\"a\":\"../x.safetensors\"}}",
                                        "{\"weight_map\":{\"a\":\"/etc/passwd\"}}",
                                        "{\"weight_map\":{\"a\":\"..\"}}",
                                        "{\"weight_map\":{\"a\":\"\"}}",
                                        "{\"weight_map\":{\"a\":[\"b\"]}}",
                                        "{\"weight_map\":{}}",
                                        "{\"weight_map\":7}",
                                        "{}",
                                        "[]"};
    char folder[] = "/tmp/caustic-index-XXXXXX", path[64];

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/index.json", folder);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    {
        FILE *f = fopen(path, "w");
        cst_io_checkpoint_t a;
        cst_error_t error;

        fputs(texts[i], f);
        fclose(f);
        cr_assert_eq(cst_io_checkpoint_open(a, path, &error), CST_BAD_INPUT, "%s", texts[i]);
        cr_assert_neq(*error.message, 0);
    }
    unlink(path);
    rmdir(folder);
}

/* Nobody writes to these pipes: opening one as a file would wait forever. */
Test(hostile, pipes_are_not_waited_for)
{
    static const char *const names[] = {"model.safetensors.index.json", "model.safetensors"};
    char folder[] = "/tmp/caustic-pipe-XXXXXX", path[64];

    cr_assert_not_null(mkdtemp(folder));
    for (int k = 0; k < 4; k++)
    {
        cst_io_checkpoint_t a;
        cst_error_t error;

        snprintf(path, sizeof path, "%s/%s", folder, names[k / 2]);
        if (k % 2 == 0)
            cr_assert_eq(mkfifo(path, 0600), 0);
        cr_assert_eq(cst_io_checkpoint_open(a, k % 2 ? path : folder, &error), CST_BAD_INPUT);
        cr_assert(strstr(error.message, "not a"), "%s", error.message);
        if (k % 2)
            unlink(path);
    }
    rmdir(folder);
}

static void
put(unsigned char *bytes, uint64_t x, int size)
{
    for (int i = 0; i < size; i++)
        bytes[i] = (unsigned char) (x >> (8 * i));
}

/* A zip archive that says of its only member that packed bytes unpack to size. */
static unsigned char *
build_archive(size_t *length, size_t packed, size_t size)
{
    enum
    {
        LOCAL = 30,
        CENTRAL = 46,
        END = 22,
        NAME = 5
    };
    size_t at = LOCAL + NAME + packed;
    unsigned char *file = flint_calloc(at + CENTRAL + NAME + END, 1), *c = file + at, *e = c + CENTRAL + NAME;

    for (int k = 0; k < 2; k++)
    {
        unsigned char *head = k ? c : file, *fields = head + (k ? 8 : 6);

        put(head, k ? 0x02014b50 : 0x04034b50, 4);
        put(fields + 2, 8, 2); /* deflated */
        put(fields + 12, packed, 4);
        put(fields + 16, size, 4);
        put(fields + 20, NAME, 2);
        memcpy(head + (k ? CENTRAL : LOCAL), "a.npy", NAME);
    }
    put(e, 0x06054b50, 4);
    put(e + 8, 1, 2);
    put(e + 10, 1, 2);
    put(e + 12, CENTRAL + NAME, 4);
    put(e + 16, at, 4);
    *length = at + CENTRAL + NAME + END;
    return file;
}

/* Neither is unpacked: more than deflation can make, or more than weights ever shrink. */
Test(hostile, archives_that_would_burst)
{
    static const struct
    {
        size_t packed, size;
        const char *cause;
    } cases[] = {{1000, 1100000, "cannot be as large as it says"},
                 {2000000, 1500000000, "unpacks to more than 1 GiB and 32 times the archive"},
                 {1000, 1000000, "cannot be unpacked"}};

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        cst_io_checkpoint_t a;
        cst_error_t error;
        size_t length;
        unsigned char *file = build_archive(&length, cases[k].packed, cases[k].size);
        cst_status_t status = cst_io_checkpoint_parse(a, "x.npz", file, length, &error);

        cr_assert_neq(status, CST_OK);
        if (status == CST_BAD_INPUT) /* else built without libzip */
            cr_assert(strstr(error.message, cases[k].cause), "%s", error.message);
        flint_free(file);
    }
}

/* Empty tensors, two bytes each in the file and a hundred in memory. */
Test(hostile, messages_that_swell)
{
    size_t count = 200000, length = 4 + 2 * count;
    unsigned char *file = flint_calloc(length, 1);
    cst_io_checkpoint_t a;
    cst_error_t error;
    cst_status_t status;

    file[0] = 0x3a; /* the graph, and its length */
    file[1] = (unsigned char) (0x80 | (2 * count & 0x7f));
    file[2] = (unsigned char) (0x80 | (2 * count >> 7 & 0x7f));
    file[3] = (unsigned char) (2 * count >> 14);
    for (size_t i = 0; i < count; i++)
        file[4 + 2 * i] = 0x2a;
    status = cst_io_checkpoint_parse(a, "x.onnx", file, length, &error);
    cr_assert_neq(status, CST_OK);
    if (status == CST_BAD_INPUT) /* else built without protobuf-c */
        cr_assert(strstr(error.message, "not an ONNX model"), "%s", error.message);
    flint_free(file);
}

Test(hostile, what_is_no_checkpoint_is_refused)
{
    static const char *const paths[] = {"/dev/zero", "/dev/null", "/no/such/file", "/etc/passwd", "/"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
    {
        cst_io_checkpoint_t a;
        cst_error_t error;

        cr_assert_eq(cst_io_checkpoint_open(a, paths[i], &error), CST_BAD_INPUT, "%s", paths[i]);
        cr_assert_neq(*error.message, 0);
    }
}

/* An ONNX model of one tensor a [2, 3] of floats, whose data lie elsewhere: text is key, value, key, value,
 * ... */
static void
write_external(const char *path, const char *const *text)
{
    unsigned char tensor[512] = {0x08, 2, 0x08, 3, 0x10, 1, 0x42, 1, 'a', 0x70, 1}, head[8];
    size_t length = 11;
    FILE *file = fopen(path, "wb");

    for (; *text; text += 2)
    {
        size_t key = strlen(text[0]), value = strlen(text[1]);

        tensor[length++] = 0x6a;
        tensor[length++] = (unsigned char) (key + value + 4);
        for (int k = 0; k < 2; k++)
        {
            tensor[length++] = k ? 0x12 : 0x0a;
            tensor[length++] = (unsigned char) (k ? value : key);
            memcpy(tensor + length, text[k], k ? value : key);
            length += k ? value : key;
        }
    }
    cr_assert_lt(length, 120);
    head[0] = 0x3a;
    head[1] = (unsigned char) (length + 2);
    head[2] = 0x2a;
    head[3] = (unsigned char) length;
    cr_assert_not_null(file);
    fwrite(head, 1, 4, file);
    fwrite(tensor, 1, length, file);
    fclose(file);
}

Test(hostile, external_data_lie_beside_the_model)
{
    static const struct
    {
        cst_status_t status;
        const char *text[8];
    } cases[] = {{CST_OK, {"location", "a.bin"}},
                 {CST_OK, {"location", "a.bin", "offset", "8", "length", "24"}},
                 {CST_OK, {"location", "a.bin", "offset", "8", "checksum", "no matter"}},
                 {CST_BAD_INPUT, {"location", "a.bin", "offset", "9"}},
                 {CST_BAD_INPUT, {"location", "a.bin", "offset", "18446744073709551608"}},
                 {CST_BAD_INPUT, {"location", "a.bin", "offset", "99999999999999999999"}},
                 {CST_BAD_INPUT, {"location", "a.bin", "offset", "-8"}},
                 {CST_BAD_INPUT, {"location", "a.bin", "length", "23"}},
                 {CST_BAD_INPUT, {"location", "b.bin"}},
                 {CST_BAD_INPUT, {"location", "../a.bin"}},
                 {CST_BAD_INPUT, {"location", "/etc/passwd"}},
                 {CST_BAD_INPUT, {"location", "."}},
                 {CST_BAD_INPUT, {"location", ""}},
                 {CST_BAD_INPUT, {"offset", "0"}}};
    char folder[] = "/tmp/caustic-onnx-XXXXXX", path[64], data[64];
    const float x[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    FILE *file;

    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.onnx", folder);
    snprintf(data, sizeof data, "%s/a.bin", folder);
    file = fopen(data, "wb");
    cr_assert_not_null(file);
    fwrite(x, sizeof x, 1, file);
    fclose(file);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        cst_io_checkpoint_t a;
        cst_error_t error;
        cst_status_t status;
        double y[6];

        write_external(path, cases[i].text);
        status = cst_io_checkpoint_open(a, path, &error);
        if (status == CST_REFUSED)
            break; /* built without protobuf-c */
        cr_assert_eq(status, cases[i].status, "case %zu: %s", i, error.message);
        if (status != CST_OK)
            continue;
        cr_assert_eq(cst_io_tensor_read(y, cst_io_checkpoint_find(a, "a"), 0, 6), CST_TRUE);
        cr_assert_eq(y[5], i == 0 ? 6 : 8);
        cst_io_checkpoint_clear(a);
    }
    remove(path);
    remove(data);
    rmdir(folder);
}
