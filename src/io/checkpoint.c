#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/storage.h"

cst_status_t
cst__io_checkpoint_fail(const cst_io_checkpoint_t checkpoint, cst_error_t *error, cst_status_t status,
                        const char *format, ...)
{
    char cause[sizeof error->message];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(cause, sizeof cause, format, arguments);
    va_end(arguments);
    if (error)
    {
        cst_error_clear(error);
        snprintf(error->file, sizeof error->file, "%s", checkpoint->name);
    }
    return cst_error_set(error, status, "%s", cause);
}

static char *
copy(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(flint_malloc(size), text, size);
}

/* Doubles the room when length is a power of two. */
static void *
grow(void *list, slong length, size_t size)
{
    return (length & (length - 1)) == 0 ? flint_realloc(list, (size_t) (length ? 2 * length : 1) * size)
                                        : list;
}

void
cst__io_checkpoint_add(cst_io_checkpoint_t checkpoint, const char *name, const cst_io_tensor_struct *tensor)
{
    checkpoint->tensors = grow(checkpoint->tensors, checkpoint->length, sizeof *checkpoint->tensors);
    checkpoint->tensors[checkpoint->length] = *tensor;
    checkpoint->tensors[checkpoint->length++].name = copy(name);
}

void
cst__io_checkpoint_keep(cst_io_checkpoint_t checkpoint, unsigned char *bytes, size_t length, int mapped)
{
    struct cst_io_storage storage = {bytes, length, mapped};

    checkpoint->storage = grow(checkpoint->storage, checkpoint->storages, sizeof *checkpoint->storage);
    checkpoint->storage[checkpoint->storages++] = storage;
}

static void
checkpoint_init(cst_io_checkpoint_t checkpoint, const char *name)
{
    memset(checkpoint, 0, sizeof *checkpoint);
    checkpoint->name = copy(name);
    checkpoint->step = -1;
}

void
cst_io_checkpoint_clear(cst_io_checkpoint_t checkpoint)
{
    for (slong i = 0; i < checkpoint->length; i++)
        flint_free(checkpoint->tensors[i].name);
    for (slong i = 0; i < checkpoint->storages; i++)
    {
        struct cst_io_storage *s = checkpoint->storage + i;

        if (s->mapped)
            munmap(s->bytes, s->length);
        else
            flint_free(s->bytes);
    }
    flint_free(checkpoint->tensors);
    flint_free(checkpoint->storage);
    flint_free(checkpoint->name);
    memset(checkpoint, 0, sizeof *checkpoint);
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(((const cst_io_tensor_struct *) a)->name, ((const cst_io_tensor_struct *) b)->name);
}

/* Sorts the tensors, and refuses a name that occurs twice. */
static cst_status_t
finish(cst_io_checkpoint_t checkpoint, cst_error_t *error)
{
    if (checkpoint->length == 0)
        return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "no tensors");
    qsort(checkpoint->tensors, (size_t) checkpoint->length, sizeof *checkpoint->tensors, compare_names);
    for (slong i = 1; i < checkpoint->length; i++)
        if (compare_names(checkpoint->tensors + i - 1, checkpoint->tensors + i) == 0)
            return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "tensor '%s' occurs twice",
                                           checkpoint->tensors[i].name);
    return CST_OK;
}

cst_io_tensor_t
cst_io_checkpoint_find(const cst_io_checkpoint_t checkpoint, const char *name)
{
    slong low = 0, high = checkpoint->length;

    while (low < high)
    {
        slong middle = low + (high - low) / 2;
        int order = strcmp(name, checkpoint->tensors[middle].name);

        if (order == 0)
            return checkpoint->tensors + middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* The formats tell themselves by their first bytes: a zip archive, the '{' of a header; ONNX has no mark. */
static cst_status_t
parse_any(cst_io_checkpoint_t checkpoint, const unsigned char *bytes, size_t length, const char *path,
          cst_error_t *error)
{
    const char *end = strrchr(checkpoint->name, '.');

    if (length >= 4 && memcmp(bytes, "PK\003\004", 4) == 0)
        return cst__io_npz_parse(checkpoint, bytes, length, error);
    if (end && strcmp(end, ".onnx") == 0)
        return cst__io_onnx_parse(checkpoint, bytes, length, path, error);
    if ((length > 8 && bytes[8] == '{') || (end && strcmp(end, ".safetensors") == 0))
        return cst__io_safetensors_parse(checkpoint, bytes, length, error);
    return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT,
                                   "not a safetensors file, an npz archive or an .onnx model");
}

cst_status_t
cst_io_checkpoint_parse(cst_io_checkpoint_t checkpoint, const char *name, const void *bytes, size_t length,
                        cst_error_t *error)
{
    cst_status_t status;

    checkpoint_init(checkpoint, name);
    status = parse_any(checkpoint, bytes, length, NULL, error);
    if (status == CST_OK)
        status = finish(checkpoint, error);
    if (status != CST_OK)
        cst_io_checkpoint_clear(checkpoint);
    return status;
}

/* A file of the checkpoint is named where it is not the checkpoint itself. */
static cst_status_t
fail_to_map(const cst_io_checkpoint_t checkpoint, cst_error_t *error, const char *path, const char *cause)
{
    int same = strcmp(path, checkpoint->name) == 0;

    return cst__io_checkpoint_fail(checkpoint, error, CST_BAD_INPUT, "%s%s%s", same ? "" : path,
                                   same ? "" : ": ", cause);
}

cst_status_t
cst__io_checkpoint_map(unsigned char **bytes, size_t *length, cst_io_checkpoint_t checkpoint,
                       const char *path, cst_error_t *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), cause;
    struct stat about;

    if (fd < 0)
        return fail_to_map(checkpoint, error, path, strerror(errno));
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size <= 0)
    {
        close(fd);
        return fail_to_map(checkpoint, error, path, "not a file with contents");
    }
    *length = (size_t) about.st_size;
    *bytes = mmap(NULL, *length, PROT_READ, MAP_PRIVATE, fd, 0);
    cause = errno;
    close(fd);
    if (*bytes == MAP_FAILED)
        return fail_to_map(checkpoint, error, path, strerror(cause));
    cst__io_checkpoint_keep(checkpoint, *bytes, *length, 1);
    return CST_OK;
}

int
cst__io_is_beside(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

char *
cst__io_beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    size_t head = slash ? (size_t) (slash - path) + 1 : 0;
    char *result = flint_malloc(head + strlen(name) + 1);

    memcpy(result, path, head);
    strcpy(result + head, name);
    return result;
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The different files of a weight map; each is a plain name in the same folder. */
static cst_status_t
list_shards(const char ***names, slong *length, const cst_io_yaml_t yaml, cst_io_node_t map,
            cst_error_t *error)
{
    slong kept = 0;

    *names = flint_malloc((size_t) (map->length + 1) * sizeof **names);
    for (slong i = 0; i < map->length; i++)
    {
        cst_status_t status = cst_io_yaml_expect(yaml, map->items[i], CST_IO_SCALAR, error);

        if (status != CST_OK)
            return status;
        (*names)[i] = map->items[i]->text;
        if (!cst__io_is_beside((*names)[i]))
        {
            cst_error_set(error, CST_BAD_INPUT, "'%s' is not the name of a shard beside the index",
                          (*names)[i]);
            cst_io_yaml_place(error, yaml, map->items[i], 0);
            return CST_BAD_INPUT;
        }
    }
    qsort(*names, (size_t) map->length, sizeof **names, compare_texts);
    for (slong i = 0; i < map->length; i++)
        if (kept == 0 || strcmp((*names)[kept - 1], (*names)[i]) != 0)
            (*names)[kept++] = (*names)[i];
    *length = kept;
    return CST_OK;
}

static cst_status_t
check_index(const cst_io_checkpoint_t checkpoint, const cst_io_yaml_t yaml, cst_io_node_t map,
            cst_error_t *error)
{
    for (slong i = 0; i < map->length; i++)
        if (!cst_io_checkpoint_find(checkpoint, map->keys[i]->text))
        {
            cst_error_set(error, CST_BAD_INPUT, "no shard holds tensor '%s'", map->keys[i]->text);
            cst_io_yaml_place(error, yaml, map->keys[i], 0);
            return CST_BAD_INPUT;
        }
    return CST_OK;
}

static cst_status_t
read_index(cst_io_checkpoint_t checkpoint, const cst_io_yaml_t yaml, const char *path, cst_error_t *error)
{
    cst_io_node_t map;
    const char **names = NULL;
    slong length = 0;
    cst_status_t status = cst_io_yaml_require(&map, yaml, yaml->root, "weight_map", error);

    if (status == CST_OK)
        status = cst_io_yaml_expect(yaml, map, CST_IO_MAPPING, error);
    if (status == CST_OK)
        status = list_shards(&names, &length, yaml, map, error);
    for (slong i = 0; status == CST_OK && i < length; i++)
    {
        char *shard = cst__io_beside(path, names[i]);
        unsigned char *bytes;
        size_t size;

        status = cst__io_checkpoint_map(&bytes, &size, checkpoint, shard, error);
        if (status == CST_OK)
            status = cst__io_safetensors_parse(checkpoint, bytes, size, error);
        flint_free(shard);
    }
    if (status == CST_OK)
        status = finish(checkpoint, error);
    if (status == CST_OK)
        status = check_index(checkpoint, yaml, map, error);
    flint_free(names);
    return status;
}

static cst_status_t
open_index(cst_io_checkpoint_t checkpoint, const char *path, cst_error_t *error)
{
    cst_io_yaml_t yaml;
    struct stat about;
    cst_status_t status;

    if (stat(path, &about) == 0 && !S_ISREG(about.st_mode)) /* reading a pipe could wait forever */
        return fail_to_map(checkpoint, error, path, "not a regular file");
    status = cst_io_yaml_read(yaml, path, error);
    if (status != CST_OK)
        return status;
    status = cst_io_yaml_expect(yaml, yaml->root, CST_IO_MAPPING, error);
    if (status == CST_OK)
        status = read_index(checkpoint, yaml, path, error);
    cst_io_yaml_clear(yaml);
    return status;
}

/* The step in a name such as step0000622.safetensors. */
static slong
step_of_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *s = slash ? slash + 1 : path;
    long step;
    char *end;

    if (strncmp(s, "step", 4) != 0)
        return -1;
    s += 4 + (s[4] == '-' || s[4] == '_');
    errno = 0;
    step = *s >= '0' && *s <= '9' ? strtol(s, &end, 10) : -1;
    return step >= 0 && errno == 0 && (*end == '.' || !*end) ? (slong) step : -1;
}

static cst_status_t
open_file(cst_io_checkpoint_t checkpoint, const char *path, cst_error_t *error)
{
    const char *end = strrchr(path, '.');
    unsigned char *bytes;
    size_t length;
    cst_status_t status;

    if (end && strcmp(end, ".json") == 0)
        return open_index(checkpoint, path, error);
    status = cst__io_checkpoint_map(&bytes, &length, checkpoint, path, error);
    if (status == CST_OK)
        status = parse_any(checkpoint, bytes, length, path, error);
    return status == CST_OK ? finish(checkpoint, error) : status;
}

static cst_status_t
open_folder(cst_io_checkpoint_t checkpoint, const char *path, cst_error_t *error)
{
    static const char *const names[] = {"model.safetensors.index.json", "model.safetensors"};
    char full[PATH_MAX];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((size_t) snprintf(full, sizeof full, "%s/%s", path, names[i]) < sizeof full &&
            access(full, F_OK) == 0)
            return open_file(checkpoint, full, error);
    return cst__io_checkpoint_fail(
        checkpoint, error, CST_BAD_INPUT,
        "the folder holds no model.safetensors and no model.safetensors.index.json");
}

cst_status_t
cst_io_checkpoint_open(cst_io_checkpoint_t checkpoint, const char *path, cst_error_t *error)
{
    struct stat about;
    cst_status_t status;

    checkpoint_init(checkpoint, path);
    status = stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? open_folder(checkpoint, path, error)
                                                               : open_file(checkpoint, path, error);
    if (status != CST_OK)
        cst_io_checkpoint_clear(checkpoint);
    else if (checkpoint->step < 0)
        checkpoint->step = step_of_name(path);
    return status;
}
