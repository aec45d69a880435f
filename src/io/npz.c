#include "config.h"

#include <string.h>

#include "io/npy.h"
#include "io/storage.h"

/* An npz file is a zip archive of .npy members. libzip reads it: it knows Zip64 and checks the sums. */

#ifdef HAVE_LIBZIP
#    include <zip.h>

#    define DEFLATE_RATIO 1032 /* no deflated byte makes more */

/* Can a member of this many bytes come from a file of length bytes of which *used are spoken for? */
static int
is_plausible(const zip_stat_t *about, size_t length, size_t *used)
{
    size_t packed = (size_t) about->comp_size;

    if (!(about->valid & ZIP_STAT_SIZE) || !(about->valid & ZIP_STAT_COMP_SIZE) || packed > length - *used)
        return 0;
    *used += packed;
    return about->size <= (zip_uint64_t) packed * DEFLATE_RATIO;
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
add_member(cst_io_checkpoint_t checkpoint, zip_t *archive, zip_uint64_t index, size_t length, size_t *used,
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
    if (!is_plausible(&about, length, used))
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT,
                                       "member '%s' cannot be as large as it says", name);
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
    size_t used = 0;
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
        status = add_member(checkpoint, archive, (zip_uint64_t) i, length, &used, error);
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
