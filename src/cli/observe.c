#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/forecast.h"

static const char usage[] =
    "Usage: caustic observe [OPTION]... CHECKPOINT... | RUNFOLDER\n"
    "Observables of checkpoints that the symmetries of the network do not move, with proved error bounds.\n\n"
    "  -o, --output FILE         write to FILE\n"
    "      --json                a JSON array: an object per checkpoint, layer and observable\n"
    "      --csv                 comma-separated values\n"
    "      --architecture FILE   what the names of the tensors do not say (default: run.json or config.json\n"
    "                            beside the checkpoint)\n"
    "      --invariant           only what respects all symmetries\n"
    "      --all                 of large networks also what takes minutes\n"
    "      --forecast            of a run: change points, forecasts of shocks, drift of conserved "
    "quantities\n"
    "      --neighbours          of three or more runs that began close to each other: the Jacobian of "
    "their\n"
    "                            velocities, and when it would have them meet\n"
    "      --from STEP, --to STEP  window of the forecasts (default: from a training accuracy of 0.99)\n"
    "      --reference COLUMN    of log.csv, which the forecasts are compared with (default: test_acc)\n"
    "      --threshold X         of the alarm, relative (0.1)\n"
    "      --window N            velocities that a potential is fitted to (5)\n"
    "      --steepness X         how much steeper than at a forecast it may become (2)\n"
    "      --watch               follow a training run as its checkpoints appear in the folder\n"
    "      --interval SECONDS    between looks (2)\n"
    "      --idle SECONDS        leave when nothing has appeared for so long (default: never)\n"
    "      --quiet               no progress\n"
    "      --help, --version\n\n"
    "Exit status: 0 done, 1 some values are not defined, 2 bad input or a network that is not understood,\n"
    "3 an internal failure.\n";

typedef struct
{
    char **paths;
    slong length;
    const char *output, *architecture;
    int json, csv, quiet, invariant, forecast, neighbours, all;
    cst__forecast_request_t ahead;
    int watch;
    double interval, idle;
} request_t;

static int
read_options(request_t *request, int argc, char **argv)
{
    const cst__option_t options[] = {
        {"output", CST__OPTION_TEXT, &request->output, 0, 0},
        {"json", CST__OPTION_FLAG, &request->json, 0, 0},
        {"csv", CST__OPTION_FLAG, &request->csv, 0, 0},
        {"architecture", CST__OPTION_TEXT, &request->architecture, 0, 0},
        {"invariant", CST__OPTION_FLAG, &request->invariant, 0, 0},
        {"all", CST__OPTION_FLAG, &request->all, 0, 0},
        {"forecast", CST__OPTION_FLAG, &request->forecast, 0, 0},
        {"neighbours", CST__OPTION_FLAG, &request->neighbours, 0, 0},
        {"from", CST__OPTION_REAL, &request->ahead.from, -1, 0},
        {"to", CST__OPTION_REAL, &request->ahead.to, 0, 0},
        {"reference", CST__OPTION_TEXT, &request->ahead.reference, 0, 0},
        {"threshold", CST__OPTION_REAL, &request->ahead.threshold, 0, 0},
        {"window", CST__OPTION_COUNT, &request->ahead.window, 3, 1000},
        {"steepness", CST__OPTION_REAL, &request->ahead.steepness, 1, 0},
        {"watch", CST__OPTION_FLAG, &request->watch, 0, 0},
        {"interval", CST__OPTION_REAL, &request->interval, 0, 0},
        {"idle", CST__OPTION_REAL, &request->idle, 0, 0},
        {"quiet", CST__OPTION_FLAG, &request->quiet, 0, 0},
    };
    int code = cst__read_options(options, sizeof options / sizeof *options, "observe", usage, argc, argv);

    if (code >= 0)
        return code;
    if (optind == argc)
        return cst__report_usage("observe", "which checkpoint, or which folder of a run?");
    if (request->json && request->csv)
        return cst__report_usage("observe", "--json or --csv, not both");
    if (request->forecast && (request->csv || request->watch))
        return cst__report_usage("observe", "--forecast with --csv or --watch");
    if (request->neighbours && (request->csv || request->watch || request->forecast))
        return cst__report_usage("observe", "--neighbours with --csv, --watch or --forecast");
    if (request->neighbours && argc - optind < 3)
        return cst__report_usage("observe", "--neighbours: three runs at least");
    if (request->watch && optind + 1 != argc)
        return cst__report_usage("observe", "--watch: one folder at a time");
    request->paths = argv + optind;
    request->length = argc - optind;
    return -1;
}

/* ---- How it is printed ---------------------------------------------------------------------------- */

/* Printing the value with 17 digits may move it by 2^-53 of itself, the error with 3 by one part in 200. */
static double
printed_error(double value, double error)
{
    return error == 0 && value == rint(value) && fabs(value) < 1e15 ? 0
                                                                    : 1.01 * (error + 0x1p-52 * fabs(value));
}

static void
json_real(cst_io_json_t json, const char *key, double x, const char *format)
{
    char text[64];

    cst_io_json_key(json, key);
    snprintf(text, sizeof text, format, x);
    cst_io_json_number(json, isfinite(x) ? text : NULL);
}

static void
json_row(cst_io_json_t json, const cst_observation_t *o)
{
    char words[128];

    cst_io_json_begin_object(json);
    cst_io_json_key(json, "step");
    if (o->step >= 0)
        cst_io_json_integer(json, o->step);
    else
        cst_io_json_null(json);
    cst_io_json_key(json, "layer");
    cst_io_json_string(json, o->layer);
    cst_io_json_key(json, "observable");
    cst_io_json_string(json, o->observable);
    json_real(json, "value", o->value, "%.17g");
    json_real(json, "error", printed_error(o->value, o->error), "%.3g");
    json_real(json, "raw", o->raw, "%.17g");
    json_real(json, "raw_error", printed_error(o->raw, o->raw_error), "%.3g");
    cst_io_json_key(json, "invariant");
    cst_io_json_boolean(json, o->invariant);
    cst_io_json_key(json, "respects");
    cst_observe_words(words, o->respects);
    cst_io_json_string(json, words);
    cst_io_json_key(json, "note");
    cst_io_json_string(json, o->note);
    cst_io_json_end_object(json);
}

static void
print_json(FILE *out, const cst_observe_table_t table, const request_t *request)
{
    cst_io_json_t json;

    fputc('[', out);
    for (slong i = 0, rows = 0; i < table->length; i++)
    {
        if (request->invariant && !table->items[i].invariant)
            continue;
        cst_io_json_init(json);
        json_row(json, table->items + i);
        fprintf(out, "%s%s", rows++ ? ",\n" : "\n", json->text);
        cst_io_json_clear(json);
    }
    fputs("\n]\n", out);
}

static void
csv_real(FILE *out, double x, const char *format)
{
    fputc(',', out);
    if (isfinite(x))
        fprintf(out, format, x);
}

static void
print_csv(FILE *out, const cst_observe_table_t table, const request_t *request, int head)
{
    char words[128];

    if (head)
        fputs("step,layer,observable,value,error,raw,raw_error,invariant,respects\n", out);
    for (slong i = 0; i < table->length; i++)
    {
        const cst_observation_t *o = table->items + i;

        if (request->invariant && !o->invariant)
            continue;
        if (o->step >= 0)
            fprintf(out, "%ld", (long) o->step);
        fputs(",\"", out);
        for (const char *s = o->layer; *s; s++)
            fprintf(out, *s == '"' ? "\"\"" : "%c", *s);
        fprintf(out, "\",%s", o->observable);
        csv_real(out, o->value, "%.17g");
        csv_real(out, printed_error(o->value, o->error), "%.3g");
        csv_real(out, o->raw, "%.17g");
        csv_real(out, printed_error(o->raw, o->raw_error), "%.3g");
        cst_observe_words(words, o->respects);
        fprintf(out, ",%d,\"%s\"\n", o->invariant, words);
    }
}

/* Widths of the columns of names: at least those of most tables, so that tables of a run agree. */
typedef struct
{
    int layer, observable;
} widths_t;

static widths_t
widths_of(const cst_observe_table_t table)
{
    widths_t w = {28, 30};

    for (slong i = 0; i < table->length; i++)
    {
        w.layer = FLINT_MAX(w.layer, (int) strlen(table->items[i].layer));
        w.observable = FLINT_MAX(w.observable, (int) strlen(table->items[i].observable));
    }
    return w;
}

static void
print_line(FILE *out, const cst_observation_t *o, widths_t w)
{
    fprintf(out, "  %-*s %-*s ", w.layer, o->layer, w.observable, o->observable);
    if (isfinite(o->value))
        fprintf(out, "%16.10g +- %-9.2g", o->value, printed_error(o->value, o->error));
    else
        fprintf(out, "%16s    %-9s", "-", "");
    if (isfinite(o->raw))
        fprintf(out, " %16.10g", o->raw);
    else
        fprintf(out, " %16s", "");
    fprintf(out, " %s%s%s\n", o->invariant ? "*" : " ", o->note ? " " : "", o->note ? o->note : "");
}

static void
print_table(FILE *out, const cst_observe_table_t table, const request_t *request)
{
    widths_t w = widths_of(table);

    for (slong i = 0; i < table->length; i++)
    {
        const cst_observation_t *o = table->items + i;

        if (i == 0 || o->step != table->items[i - 1].step)
        {
            if (o->step >= 0)
                fprintf(out, "%sstep %ld\n", i ? "\n" : "", (long) o->step);
            fprintf(out, "  %-*s %-*s %16s    %-9s %16s\n", w.layer, "layer", w.observable, "observable",
                    "value", "error", "of raw weights");
        }
        if (!request->invariant || o->invariant)
            print_line(out, o, w);
    }
    fputs("\n* respects all symmetries of the network that are known; +- bounds that are proved; speeds: a "
          "step\n",
          out);
    if (table->notes)
        fputs(table->notes, out);
}

static void
print_all(FILE *out, const cst_observe_table_t table, const request_t *request)
{
    if (request->json)
        print_json(out, table, request);
    else if (request->csv)
        print_csv(out, table, request, 1);
    else
        print_table(out, table, request);
}

static cst_status_t
print_to(const char *path, const cst_observe_table_t table, const request_t *request, cst_error_t *error)
{
    cst_io_output_t output;
    cst_status_t status;

    if (!path)
    {
        print_all(stdout, table, request);
        return CST_OK;
    }
    status = cst_io_output_begin(output, path, error);
    if (status != CST_OK)
        return status;
    print_all(output->stream, table, request);
    return cst_io_output_commit(output, error);
}

static cst_status_t
observe(cst_observe_table_t table, const request_t *request, const cst__run_list_t *list,
        cst_io_node_t settings, cst_error_t *error)
{
    cst_observe_run_t run = cst_observe_run_new(settings);
    cst_status_t status = CST_OK;

    cst_observe_run_demand(run, request->all);
    for (slong i = 0; status == CST_OK && i < list->length; i++)
    {
        cst_io_checkpoint_t checkpoint;

        if (!request->quiet && isatty(STDERR_FILENO))
            fprintf(stderr, "\r\033[K%ld of %ld checkpoints", (long) i, (long) list->length);
        status = cst_io_checkpoint_open(checkpoint, list->paths[i], error);
        if (status != CST_OK)
            break;
        status = cst_observe_next(table, run, checkpoint, checkpoint->step, error);
        cst_io_checkpoint_clear(checkpoint);
    }
    if (!request->quiet && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    cst_observe_run_free(run);
    return status;
}

/* New rows of a run that is watched: to a stream as they come, a file as a whole. */
static cst_status_t
print_new(void *closure, const cst_observe_table_t table, slong first, cst_error_t *error)
{
    const request_t *request = closure;
    cst_observe_table_t part;

    if (request->output)
        return print_to(request->output, table, request, error);
    *part = *table;
    part->items += first;
    part->length -= first;
    part->notes = first == 0 ? table->notes : NULL;
    for (slong i = 0; request->json && i < part->length; i++)
        if (!request->invariant || part->items[i].invariant)
        {
            cst_io_json_t json;

            cst_io_json_init(json);
            json_row(json, part->items + i);
            puts(json->text);
            cst_io_json_clear(json);
        }
    if (request->csv)
        print_csv(stdout, part, request, first == 0);
    else if (!request->json)
        print_table(stdout, part, request);
    fflush(stdout);
    return CST_OK;
}

static cst_status_t
print_forecast(const cst_observe_table_t table, const request_t *request, const cst__run_list_t *list,
               cst_io_node_t settings, cst_error_t *error)
{
    cst__forecast_request_t ahead = request->ahead;
    cst__memory_t memory;
    cst_status_t status;

    ahead.json = request->json;
    cst__memory_open(&memory);
    status = request->neighbours
                 ? cst__neighbours(memory.stream, request->paths, request->length, request->json, error)
                 : cst__forecast(memory.stream, &ahead, table, list, settings, error);
    if (status == CST_OK)
        return cst__memory_write(&memory, request->output, error);
    fclose(memory.stream);
    free(memory.text);
    return status;
}

/* A value that is not defined, and not for a reason that is stated. */
static int
is_partial(const cst_observe_table_t table)
{
    for (slong i = 0; i < table->length; i++)
        if (isnan(table->items[i].value))
            return 1;
    return 0;
}

int
cst__verb_observe(int argc, char **argv)
{
    request_t request;
    cst__run_list_t list = {0, NULL};
    cst_io_yaml_t settings;
    cst_observe_table_t table;
    cst_error_t error;
    cst_status_t status;
    int code;

    memset(&request, 0, sizeof request);
    request.ahead = (cst__forecast_request_t){-1, 1e300, 0.1, 2, NULL, 5, 0};
    request.interval = 2;
    request.idle = (double) INFINITY;
    code = read_options(&request, argc, argv);
    if (code >= 0)
        return code;
    cst_error_clear(&error);
    cst_observe_table_init(table);
    if (request.watch)
    {
        cst__watch_t watch = {
            request.paths[0], request.architecture, request.interval, request.idle, print_new, &request};

        status = cst__watch(&watch, table, &error);
        cst_observe_table_clear(table);
        return status == CST_OK ? 0 : cst__report_error(status, &error);
    }
    if (request.neighbours)
    {
        status = print_forecast(table, &request, &list, NULL, &error);
        cst_observe_table_clear(table);
        return status == CST_OK ? 0 : cst__report_error(status, &error);
    }
    cst__run_list(&list, (const char *const *) request.paths, request.length);
    status = cst__run_settings(settings, request.architecture, &list, &error);
    if (status == CST_OK)
    {
        status = observe(table, &request, &list, settings->root, &error);
        if (status == CST_OK)
            status = request.forecast ? print_forecast(table, &request, &list, settings->root, &error)
                                      : print_to(request.output, table, &request, &error);
        if (status == CST_OK && !request.forecast && is_partial(table))
            status = CST_PARTIAL;
        if (settings->root)
            cst_io_yaml_clear(settings);
    }
    cst__run_list_clear(&list);
    cst_observe_table_clear(table);
    return status == CST_OK || status == CST_PARTIAL ? cst_status_exit_code(status)
                                                     : cst__report_error(status, &error);
}
