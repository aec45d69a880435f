#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/forecast.h"

typedef struct
{
    const cst__watch_t *watch;
    cst_observe_table_struct *table;
    cst_io_yaml_t settings;
    int settled; /* the settings are read */
    cst_observe_run_t run;
    char *last;          /* the path observed last, or NULL */
    cst_error_t waiting; /* why the next checkpoint cannot be read yet */
    cst_status_t why;
    struct stat broken; /* as it was at the last look */
} state_t;

static void
pause_for(double seconds)
{
    struct timespec time;

    time.tv_sec = (time_t) seconds;
    time.tv_nsec = (long) ((seconds - (double) time.tv_sec) * 1e9);
    nanosleep(&time, NULL);
}

/* A checkpoint that is being written is not readable yet, or a part of it is not there: it is tried again. */
static int
observe(state_t *s, const char *path, cst_status_t *status, cst_error_t *error)
{
    cst_io_checkpoint_t checkpoint;
    slong first = s->table->length;

    s->why = cst_io_checkpoint_open(checkpoint, path, &s->waiting);
    if (s->why != CST_OK)
        return 0;
    *status = cst_observe_next(s->table, s->run, checkpoint, checkpoint->step, error);
    if (*status == CST_OK)
        *status = s->watch->print(s->watch->closure, s->table, first, error);
    flint_free(s->last);
    s->last = strcpy(flint_malloc(strlen(path) + 1), path);
    cst_io_checkpoint_clear(checkpoint);
    return 1;
}

/* Reads the settings. Those beside the run may be half-written, too; a file that was named must be there. */
static int
settle(state_t *s, const cst__run_list_t *list, cst_status_t *status, cst_error_t *error)
{
    s->why = cst__run_settings(s->settings, s->watch->architecture, list, &s->waiting);
    s->settled = s->why == CST_OK;
    if (s->settled)
        s->run = cst_observe_run_new(s->settings->root);
    else if (s->watch->architecture)
    {
        *status = s->why;
        *error = s->waiting;
    }
    return s->settled;
}

/* Is the file of a checkpoint that cannot be read as it was at the last look? */
static int
stands_still(state_t *s, const char *path)
{
    struct stat before = s->broken;

    return stat(path, &s->broken) == 0 && before.st_ino == s->broken.st_ino &&
           before.st_size == s->broken.st_size && before.st_mtime == s->broken.st_mtime;
}

/* Observes the first checkpoint from place next on; where that is broken and stands still, as a run that was
   killed leaves it, the first one behind it that is complete. Returns the place after it, or next. */
static slong
advance(state_t *s, const cst__run_list_t *list, slong next, cst_status_t *status, cst_error_t *error)
{
    cst_error_t cause;
    cst_status_t why;

    if (observe(s, list->paths[next], status, error))
        return next + 1;
    cause = s->waiting;
    why = s->why;
    for (slong i = next + 1; stands_still(s, list->paths[next]) && i < list->length; i++)
        if (observe(s, list->paths[i], status, error))
        {
            (void) cst__report_error(why, &cause);
            fprintf(stderr, "%s: passed over, as a later one is complete\n", list->paths[next]);
            return i + 1;
        }
    s->waiting = cause;
    s->why = why;
    return next;
}

/* Observes what is new; returns how many checkpoints that is. */
static slong
look(state_t *s, cst_status_t *status, cst_error_t *error)
{
    cst__run_list_t list = {0, NULL};
    const char *folder = s->watch->folder;
    slong seen = 0, next = 0, after;

    cst__run_list(&list, &folder, 1);
    if (list.length == 1 && strcmp(list.paths[0], folder) == 0)
    {
        s->why = cst_error_set(&s->waiting, CST_BAD_INPUT, "%s: no checkpoint has appeared", folder);
        cst__run_list_clear(&list);
        return 0;
    }
    if (!s->settled && !settle(s, &list, status, error))
    {
        cst__run_list_clear(&list);
        return 0;
    }
    for (slong i = 0; s->last && i < list.length; i++)
        if (strcmp(list.paths[i], s->last) == 0)
            next = i + 1;
    while (next < list.length && *status == CST_OK && (after = advance(s, &list, next, status, error)) > next)
    {
        next = after;
        seen++;
    }
    cst__run_list_clear(&list);
    return seen;
}

cst_status_t
cst__watch(const cst__watch_t *watch, cst_observe_table_t table, cst_error_t *error)
{
    state_t s;
    cst_status_t status = CST_OK;
    double idle = 0;

    memset(&s, 0, sizeof s);
    s.watch = watch;
    s.table = table;
    cst_error_clear(&s.waiting);
    while (status == CST_OK)
    {
        idle = look(&s, &status, error) > 0 ? 0 : idle + watch->interval;
        if (status != CST_OK || idle > watch->idle)
            break;
        pause_for(watch->interval);
    }
    if (status == CST_OK && s.why != CST_OK)
    {
        *error = s.waiting;
        status = s.why;
    }
    flint_free(s.last);
    cst_observe_run_free(s.run);
    if (s.settled && s.settings->root)
        cst_io_yaml_clear(s.settings);
    return status;
}
