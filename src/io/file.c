#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <caustic/io.h>

static cst_status_t
fail(cst_error_t *error, cst_status_t status, const char *path, const char *cause)
{
    if (error)
    {
        cst_error_clear(error);
        snprintf(error->file, sizeof error->file, "%s", path);
    }
    return cst_error_set(error, status, "%s", cause);
}

cst_status_t
cst_io_file_read(char **text, size_t *length, const char *path, size_t limit, cst_error_t *error)
{
    FILE *stream = fopen(path, "rb");
    size_t room = 1 << 16, n = 0, got = 0;
    int cause;

    if (!stream)
        return fail(error, CST_BAD_INPUT, path, strerror(errno));
    *text = flint_malloc(room);
    /* One byte beyond the limit is asked for, to see whether there is one; one is kept for NUL. */
    do
    {
        n += got;
        if (n + 1 == room)
            *text = flint_realloc(*text, room *= 2);
        got = n > limit ? 0 : fread(*text + n, 1, room - n - 1, stream);
    } while (got > 0);
    cause = ferror(stream) ? errno : 0;
    fclose(stream);
    if (!cause && n <= limit)
    {
        (*text)[n] = '\0';
        *length = n;
        return CST_OK;
    }
    flint_free(*text);
    *text = NULL;
    if (cause)
        return fail(error, CST_BAD_INPUT, path, strerror(cause));
    fail(error, CST_BAD_INPUT, path, "");
    return cst_error_set(error, CST_BAD_INPUT, "the file is larger than %llu bytes",
                         (unsigned long long) limit);
}

static char *
copy(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(flint_malloc(size), text, size);
}

/* The file itself, so that a symbolic link keeps pointing to what it names. */
static char *
resolve(const char *path)
{
    char *real = realpath(path, NULL), *result = copy(real ? real : path);

    free(real);
    return result;
}

/* Creates path.PID-K.tmp for the first free K. */
static int
create_beside(char **name, const char *path)
{
    size_t size = strlen(path) + 64;
    int fd = -1;

    *name = flint_malloc(size);
    for (int k = 0; k < 1000; k++)
    {
        snprintf(*name, size, "%s.%ld-%d.tmp", path, (long) getpid(), k);
        fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    return fd;
}

cst_status_t
cst_io_output_begin(cst_io_output_t output, const char *path, cst_error_t *error)
{
    struct stat about;
    int exists = stat(path, &about) == 0, fd, cause;

    output->path = resolve(path);
    output->temporary = NULL;
    if (exists && !S_ISREG(about.st_mode))
        fd = open(path, O_WRONLY | O_CLOEXEC);
    else
    {
        fd = create_beside(&output->temporary, output->path);
        if (fd >= 0 && exists)
            (void) !fchmod(fd, about.st_mode & 07777);
    }
    output->stream = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (output->stream)
        return CST_OK;
    cause = errno;
    if (fd >= 0)
    {
        close(fd);
        if (output->temporary)
            unlink(output->temporary);
    }
    flint_free(output->temporary);
    flint_free(output->path);
    return fail(error, CST_BAD_INPUT, path, strerror(cause));
}

static void
release(cst_io_output_t output)
{
    flint_free(output->temporary);
    flint_free(output->path);
    output->temporary = NULL;
    output->path = NULL;
    output->stream = NULL;
}

/* The name is durable only once its directory is. A file system that cannot do this is no failure. */
static void
sync_directory(const char *path)
{
    char *directory = copy(path), *slash = strrchr(directory, '/');
    int fd;

    if (slash)
        slash[slash == directory] = '\0';
    fd = open(slash ? directory : ".", O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
    {
        (void) fsync(fd);
        close(fd);
    }
    flint_free(directory);
}

cst_status_t
cst_io_output_commit(cst_io_output_t output, cst_error_t *error)
{
    int failed, cause;

    errno = EIO; /* for a write that failed earlier */
    failed = fflush(output->stream) != 0 || ferror(output->stream);
    cause = errno;
    if (!failed && output->temporary)
    {
        failed = fsync(fileno(output->stream)) != 0;
        cause = errno;
    }
    if (fclose(output->stream) != 0 && !failed)
    {
        failed = 1;
        cause = errno;
    }
    if (!failed && output->temporary)
    {
        failed = rename(output->temporary, output->path) != 0;
        cause = errno;
    }
    if (failed)
    {
        fail(error, CST_INTERNAL, output->path, strerror(cause));
        if (output->temporary)
            unlink(output->temporary);
    }
    else if (output->temporary)
        sync_directory(output->path);
    release(output);
    return failed ? CST_INTERNAL : CST_OK;
}

void
cst_io_output_abort(cst_io_output_t output)
{
    fclose(output->stream);
    if (output->temporary)
        unlink(output->temporary);
    release(output);
}
