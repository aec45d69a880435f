#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/forecast.h"

static char *
copy(const char *text)
{
    return strcpy(flint_malloc(strlen(text) + 1), text);
}

static cst__scalar_t *
push(cst__scalars_t *scalars, const char *layer, const char *name, slong room)
{
    cst__scalar_t *s;
    double *numbers = flint_malloc((size_t) (2 * room + 2) * sizeof *numbers);

    if ((scalars->length & (scalars->length - 1)) == 0)
        scalars->items = flint_realloc(scalars->items, (size_t) (scalars->length ? 2 * scalars->length : 1) *
                                                           sizeof *scalars->items);
    s = scalars->items + scalars->length++;
    memset(s, 0, sizeof *s);
    s->layer = copy(layer);
    s->name = copy(name);
    s->of.step = numbers;
    s->of.value = numbers + room;
    return s;
}

static void
drop_last(cst__scalars_t *scalars)
{
    cst__scalar_t *s = scalars->items + --scalars->length;

    flint_free(s->layer);
    flint_free(s->name);
    flint_free((double *) s->of.step);
}

void
cst__scalars_clear(cst__scalars_t *scalars)
{
    while (scalars->length > 0)
        drop_last(scalars);
    flint_free(scalars->items);
}

static int
is_first(const cst_observe_table_t table, slong i)
{
    const cst_observation_t *o = table->items + i;

    for (slong j = 0; j < i; j++)
        if (strcmp(table->items[j].observable, o->observable) == 0 &&
            strcmp(table->items[j].layer, o->layer) == 0)
            return 0;
    return 1;
}

/* Row i and all later ones of its kind; nothing if a value is missing. */
static void
add_rows(cst__scalars_t *scalars, const cst_observe_table_t table, slong i, int raw)
{
    const cst_observation_t *first = table->items + i;
    cst__scalar_t *s = push(scalars, first->layer, first->observable, table->length);
    double *step = (double *) s->of.step, *value = (double *) s->of.value, last = -1;

    s->raw = raw;
    s->invariant = first->invariant && !raw;
    for (slong j = i; j < table->length; j++)
    {
        const cst_observation_t *o = table->items + j;

        if (strcmp(o->observable, first->observable) != 0 || strcmp(o->layer, first->layer) != 0)
            continue;
        step[s->of.length] = (double) o->step;
        value[s->of.length++] = raw ? o->raw : o->value;
        if (!isfinite(raw ? o->raw : o->value) || (double) o->step <= last)
        {
            drop_last(scalars);
            return;
        }
        last = (double) o->step;
    }
    if (s->of.length < 3)
        drop_last(scalars);
}

/* ---- log.csv ----------------------------------------------------------------------------------- */

static cst_status_t
refuse(cst_error_t *error, const char *path, int line, const char *cause)
{
    cst_error_clear(error);
    snprintf(error->file, sizeof error->file, "%s", path);
    error->line = line;
    return cst_error_set(error, CST_BAD_INPUT, "%s", cause);
}

/* A field up to the next comma or the end of the line, which is cut off. */
static char *
field(char **at)
{
    char *start = *at, *end = start + strcspn(start, ",\r\n");

    *at = *end == ',' ? end + 1 : end + strlen(end);
    *end = '\0';
    return start;
}

#define MOST_COLUMNS 64

static cst_status_t
read_rows(cst__scalars_t *scalars, slong first, slong columns, char *text, const char *path,
          cst_error_t *error)
{
    double last = -1;
    int number = 1;

    for (char *next; text && *text; text = next)
    {
        double step;
        char *end;

        number++;
        next = strchr(text, '\n');
        if (next)
            *next++ = '\0';
        if (!*text || *text == '\r')
            continue;
        step = strtod(field(&text), &end);
        if (*end || !isfinite(step) || step <= last)
            return refuse(error, path, number, "expected a step after those before it");
        last = step;
        for (slong c = 0; c < columns; c++)
        {
            cst_monitor_series_t *s = &scalars->items[first + c].of;
            char *word = field(&text);

            ((double *) s->step)[s->length] = step;
            ((double *) s->value)[s->length++] = strtod(word, &end);
            if (end == word || *end)
                return refuse(error, path, number, "expected a number in each column");
        }
    }
    return CST_OK;
}

static int
is_finite(const cst_monitor_series_t *s)
{
    for (slong i = 0; i < s->length; i++)
        if (!isfinite(s->value[i]))
            return 0;
    return s->length >= 3;
}

static cst_status_t
read_log(cst__scalars_t *scalars, const char *path, cst_error_t *error)
{
    char *text, *line, *head;
    size_t length;
    slong first = scalars->length, columns = 0, lines = 0, kept = first;
    cst_status_t status = cst_io_file_read(&text, &length, path, (size_t) 1 << 26, error);

    if (status != CST_OK)
        return status;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    head = text;
    line = strchr(text, '\n');
    if (line)
        *line++ = '\0';
    if (strcmp(field(&head), "step") != 0)
        status = refuse(error, path, 1, "expected a first line that begins with 'step'");
    while (status == CST_OK && *head && columns++ < MOST_COLUMNS)
        push(scalars, "log", field(&head), lines + 2)->logged = 1;
    if (status == CST_OK)
        status = read_rows(scalars, first, columns, line, path, error);
    for (slong i = first; i < scalars->length; i++)
    {
        cst__scalar_t s = scalars->items[i];

        scalars->items[i] = scalars->items[kept];
        scalars->items[kept] = s;
        kept += is_finite(&s.of);
    }
    while (scalars->length > kept)
        drop_last(scalars);
    flint_free(text);
    return status;
}

cst_status_t
cst__scalars(cst__scalars_t *scalars, const cst_observe_table_t table, const char *folder, cst_error_t *error)
{
    char *path = cst__path_join(folder, "log.csv");
    int there;
    cst_status_t status = cst__run_file(&there, path, error);

    scalars->length = 0;
    scalars->items = NULL;
    if (there && status == CST_OK)
        status = read_log(scalars, path, error);
    flint_free(path);
    for (slong i = 0; i < table->length && status == CST_OK; i++)
        if (is_first(table, i))
        {
            add_rows(scalars, table, i, 0);
            add_rows(scalars, table, i, 1);
        }
    if (status != CST_OK)
        cst__scalars_clear(scalars);
    return status;
}
