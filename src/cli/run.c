#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

char *
cst__path_join(const char *folder, const char *name)
{
    char *path = flint_malloc(strlen(folder) + strlen(name) + 2);

    sprintf(path, "%s/%s", folder, name);
    return path;
}

static void
push(cst__run_list_t *list, char *path)
{
    if ((list->length & (list->length - 1)) == 0)
        list->paths =
            flint_realloc(list->paths, (size_t) (list->length ? 2 * list->length : 1) * sizeof *list->paths);
    list->paths[list->length++] = path;
}

void
cst__run_list_clear(cst__run_list_t *list)
{
    for (slong i = 0; i < list->length; i++)
        flint_free(list->paths[i]);
    flint_free(list->paths);
}

/* The number in stepNUMBER.EXTENSION or step_NUMBER, step-NUMBER, checkpoint-NUMBER; -1: another name. */
static long
step_of(const char *name)
{
    const char *s = strncmp(name, "step", 4) == 0          ? name + 4
                    : strncmp(name, "checkpoint", 10) == 0 ? name + 10
                                                           : NULL;
    char *end;
    long step;

    if (!s)
        return -1;
    s += *s == '-' || *s == '_';
    if (*s < '0' || *s > '9')
        return -1;
    errno = 0;
    step = strtol(s, &end, 10);
    return errno == 0 && (strcmp(end, ".safetensors") == 0 || strcmp(end, ".npz") == 0 ||
                          strcmp(end, ".onnx") == 0 || !*end)
               ? step
               : -1;
}

static int
compare_steps(const void *a, const void *b)
{
    const char *p = strrchr(*(char *const *) a, '/') + 1, *q = strrchr(*(char *const *) b, '/') + 1;
    long x = step_of(p), y = step_of(q);

    return x != y ? (x > y) - (x < y) : strcmp(p, q);
}

/* The checkpoints of a run in the order of their steps, or the folder itself if it is one model. */
static void
add_folder(cst__run_list_t *list, const char *folder)
{
    DIR *directory = opendir(folder);
    slong before = list->length;

    for (struct dirent *e; directory && (e = readdir(directory));)
        if (step_of(e->d_name) >= 0)
            push(list, cst__path_join(folder, e->d_name));
    if (directory)
        closedir(directory);
    if (list->length == before)
        push(list, strcpy(flint_malloc(strlen(folder) + 1), folder));
    else
        qsort(list->paths + before, (size_t) (list->length - before), sizeof *list->paths, compare_steps);
}

void
cst__run_list(cst__run_list_t *list, const char *const *paths, slong length)
{
    struct stat about;

    for (slong i = 0; i < length; i++)
    {
        const char *path = paths[i];

        if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
            add_folder(list, path);
        else
            push(list, strcpy(flint_malloc(strlen(path) + 1), path));
    }
}

cst_status_t
cst__run_file(int *there, const char *path, cst_error_t *error)
{
    struct stat about;

    *there = stat(path, &about) == 0;
    if (!*there || S_ISREG(about.st_mode))
        return CST_OK;
    cst_error_clear(error);
    snprintf(error->file, sizeof error->file, "%s", path);
    return cst_error_set(error, CST_BAD_INPUT, "not a regular file");
}

cst_status_t
cst__run_settings(cst_io_yaml_t yaml, const char *architecture, const cst__run_list_t *list,
                  cst_error_t *error)
{
    static const char *const names[] = {"run.json", "config.json"};
    struct stat about;
    char *folder, *slash;
    cst_status_t status = CST_OK;

    yaml->root = NULL;
    if (architecture)
        status = cst_io_yaml_read(yaml, architecture, error);
    else
    {
        folder = strcpy(flint_malloc(strlen(list->paths[0]) + 2), list->paths[0]);
        slash = strrchr(folder, '/');
        if (!(stat(folder, &about) == 0 && S_ISDIR(about.st_mode)))
            strcpy(slash ? slash : folder, slash ? "" : ".");
        for (size_t i = 0; i < 2 && !yaml->root && status == CST_OK; i++)
        {
            char *path = cst__path_join(*folder ? folder : "/", names[i]);
            int there;

            status = cst__run_file(&there, path, error);
            if (there && status == CST_OK)
                status = cst_io_yaml_read(yaml, path, error);
            flint_free(path);
        }
        flint_free(folder);
    }
    if (status == CST_OK && yaml->root)
    {
        status = cst_io_yaml_expect(yaml, yaml->root, CST_IO_MAPPING, error);
        if (status != CST_OK)
            cst_io_yaml_clear(yaml);
    }
    return status;
}

int
cst__is_checkpoint(const char *path)
{
    /* those of PyTorch are refused, with advice */
    static const char *const ends[] = {".safetensors", ".npz", ".onnx", ".index.json", ".pt", ".pth", ".bin"};
    struct stat about;
    size_t n = strlen(path);

    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return 1;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (n > strlen(ends[i]) && strcmp(path + n - strlen(ends[i]), ends[i]) == 0)
            return 1;
    return 0;
}
