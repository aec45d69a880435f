#include "config.h"

#include <string.h>

#include "io/npy.h"
#include "io/storage.h"

/* An npz file is a zip archive of .npy members. libzip reads it: it knows Zip64 and checks the sums. */

#ifdef HAVE_LIBZIP
#    include <zip.h>

#    define DEFLATE_RATIO 1032 /* no deflated byte makes more */

/* Weights hardly shrink. An archive may unpack to this many bytes, or else to this many times its own: zeros
   of small networks, but no bombs. */
#    define UNPACKED_LIMIT ((zip_uint64_t) 1 << 30)
#    define UNPACKED_RATIO 32

/* What the members before have taken of an archive of length bytes. */
typedef struct
{
    size_t length, packed;
    zip_uint64_t unpacked;
} budget_t;

/* NULL, or why a member cannot be unpacked. */
static const char *
excess(budget_t *budget, const zip_stat_t *about)
{
    zip_uint64_t packed = about->comp_size;

    if (!(about->valid & ZIP_STAT_SIZE) || !(about->valid & ZIP_STAT_COMP_SIZE) ||
        packed > budget->length - budget->packed || about->size > packed * DEFLATE_RATIO)
        return "cannot be as large as it says";
    budget->packed += (size_t) packed;
    budget->unpacked += about->size;
    return budget->unpacked > UNPACKED_LIMIT && budget->unpacked / UNPACKED_RATIO > budget->length
               ? "unpacks to more than 1 GiB and 32 times the archive"
               : NULL;
}

/* Reads a member whole; its bytes belong to the checkpoint. */
static unsigned char *
read_member(cst_io_checkpoint_t checkpoint, zip_t *archive, zip_uint64_t index, size_t size)
{
    zip_file_t *file = zip_fopen_index(archive, index, 0);
    unsigned char *bytes;
    size_t n = 0;
    zip_int64_t got = 1;

    if (!file)
        return NULL;
    bytes = flint_malloc(size + 1);
    while (n < size && (got = zip_fread(file, bytes + n, size - n)) > 0)
        n += (size_t) got;
    /* The sum is checked where the end is reached. */
    if (n == size)
        got = zip_fread(file, bytes + size, 1);
    zip_fclose(file);
    if (n < size || got != 0)
    {
        flint_free(bytes);
        return NULL;
    }
    cst__io_checkpoint_keep(checkpoint, bytes, size, 0);
    return bytes;
}

static cst_status_t
add_member(cst_io_checkpoint_t checkpoint, zip_t *archive, zip_uint64_t index, budget_t *budget,
           cst_error_t *error)
{
    zip_stat_t about;
    cst_io_tensor_struct tensor;
    unsigned char *bytes;
    size_t letters;
    const char *cause;
    char name[512];

    if (zip_stat_index(archive, index, 0, &about) != 0 || !about.name)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT,
                                       "a member of the archive has no name");
    letters = strlen(about.name);
    if (letters < 5 || letters >= sizeof name || strcmp(about.name + letters - 4, ".npy") != 0)
        return cst__io_checkpoint_fail(
            checkpoint, error, CST_REFUSED,
            "member '%.200s' of the archive is no .npy array (pickles of PyTorch are not "
            "read: save the tensors as safetensors)",
            about.name);
    snprintf(name, sizeof name, "%.*s", (int) letters - 4, about.name);
    cause = excess(budget, &about);
    if (cause)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "member '%s' %s", name, cause);
    bytes = read_member(checkpoint, archive, index, (size_t) about.size);
    if (!bytes)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "member '%s' cannot be unpacked",
                                       name);
    cause = cst__io_npy_parse(&tensor, bytes, (size_t) about.size);
    if (cause)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "member '%s': %s", name, cause);
    cst__io_checkpoint_add(checkpoint, name, &tensor);
    return CST_OK;
}

cst_status_t
cst__io_npz_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                  cst_error_t *error)
{
    zip_error_t why;
    zip_source_t *source;
    zip_t *archive;
    budget_t budget = {length, 0, 0};
    cst_status_t status = CST_OK;

    zip_error_init(&why);
    source = zip_source_buffer_create(bytes, length, 0, &why);
    archive = source ? zip_open_from_source(source, ZIP_RDONLY, &why) : NULL;
    if (!archive)
    {
        zip_source_free(source);
        status = cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "not a zip archive: %s",
                                         zip_error_strerror(&why));
        zip_error_fini(&why);
        return status;
    }
    for (zip_int64_t i = 0; status == CST_OK && i < zip_get_num_entries(archive, 0); i++)
        status = add_member(checkpoint, archive, (zip_uint64_t) i, &budget, error);
    zip_discard(archive);
    zip_error_fini(&why);
    return status;
}

#else

cst_status_t
cst__io_npz_parse(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length,
                  cst_error_t *error)
{
    (void) bytes;
    (void) length;
    return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                   "this build of Caustic reads no npz archives (libzip was not found)");
}

#endif
