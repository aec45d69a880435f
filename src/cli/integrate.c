#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/integrate.h"

static const char usage[] =
    "Usage: caustic integrate [OPTION]... PROBLEM\n"
    "Encloses what becomes of a point or a box under a vector field, a Hamiltonian flow or the geodesics of "
    "a\n"
    "metric.\n\n"
    "      --time T            where to go to (a number such as 20 or 2*pi; default: the problem's)\n"
    "      --tolerance E       the largest radius allowed (an exact number; default: the problem's, or "
    "none)\n"
    "      --precision BITS    of the center to begin with (default: 64); raised where that helps\n"
    "      --tangent           also the derivatives by the initial values\n"
    "      --second            also the second derivatives by the initial values (in one chart)\n"
    "      --event EXPR        stop where this function of the state vanishes first\n"
    "      --dense FILE        write the solution between as polynomials with radii\n"
    "      --json              print one JSON object\n"
    "  -o, --output FILE       write there\n"
    "      --time-limit S      stop after S seconds\n"
    "      --quiet             no progress\n"
    "      --help, --version\n\n"
    "Exit status: 0 the time was reached, within the tolerance, 1 a partial result, 2 bad input or a "
    "refused\n"
    "problem, 3 an internal failure.\n";

/* -1: go on; otherwise the exit code. */
static int
read_options(cst__integrate_request_t *request, int argc, char **argv)
{
    const cst__option_t options[] = {
        {"output", CST__OPTION_TEXT, &request->output, 0, 0},
        {"json", CST__OPTION_FLAG, &request->json, 0, 0},
        {"time", CST__OPTION_TEXT, &request->time, 0, 0},
        {"tolerance", CST__OPTION_POSITIVE, request->tolerance, 0, 0},
        {"precision", CST__OPTION_COUNT, &request->precision, 64, CST_FLOW_MOST_PRECISION},
        {"tangent", CST__OPTION_FLAG, &request->tangent, 0, 0},
        {"second", CST__OPTION_FLAG, &request->second, 0, 0},
        {"event", CST__OPTION_TEXT, &request->event, 0, 0},
        {"dense", CST__OPTION_TEXT, &request->dense, 0, 0},
        {"time-limit", CST__OPTION_SECONDS, &request->time_limit, 0, 0},
        {"quiet", CST__OPTION_FLAG, &request->quiet, 0, 0},
    };
    int code = cst__read_options(options, sizeof options / sizeof *options, "integrate", usage, argc, argv);

    return code >= 0 ? code : cst__read_problem_name(&request->problem, "integrate", argc, argv);
}

static void
on_interrupt(int signal_number)
{
    (void) signal_number;
    cst__integrate_interrupted = 1;
}

/* The verb ---------------------------------------------------------------- */

/* An expression of the command line, in the names of the file. */
static cst_status_t
parse_option(cst_expr_t *e, const cst__integrate_run_t *run, const char *option, const char *text,
             cst_error_t *error)
{
    cst_error_t cause;

    cst_error_clear(&cause);
    if (cst_system_expression(e, run->system, text, &cause) == CST_OK)
        return CST_OK;
    return cst_error_set(error, CST_BAD_INPUT, "%s: %.200s: character %d: %.500s", option, text, cause.column,
                         cause.message);
}

/* The request's own end and event, or those of the file. */
static cst_status_t
set_goal(cst__integrate_run_t *run, cst_error_t *error)
{
    const cst__integrate_request_t *request = run->request;
    cst_status_t status = CST_OK;
    arb_t t;

    run->end = run->system->time;
    run->event = run->system->event;
    if (request->time)
        status = parse_option(&run->end, run, "--time", request->time, error);
    if (request->time && status == CST_OK)
    {
        arb_init(t);
        cst_expr_enclose(t, run->end, NULL, NULL, 0, 256);
        if (!arb_is_finite(t))
            status = cst_error_set(error, CST_BAD_INPUT, "--time: '%.200s' is no number", request->time);
        arb_clear(t);
    }
    if (status == CST_OK && !run->end)
        status = cst_error_set(error, CST_BAD_INPUT, "missing key 'time' (or give --time)");
    if (status == CST_OK && request->second && run->system->chart_count > 1)
        return cst_error_set(error, CST_REFUSED,
                             "--second: second derivatives of a system with several charts");
    if (status != CST_OK || !request->event)
        return status;
    return parse_option(&run->event, run, "--event", request->event, error);
}

static void
name_charts(cst_dense_t dense, const cst_system_t system)
{
    const char **names = flint_malloc((size_t) system->dimension * sizeof *names);

    for (slong c = 0; c < system->chart_count; c++)
    {
        for (slong i = 0; i < system->dimension; i++)
            names[i] = cst_expr_name(system->charts[c].variables[i]);
        cst_dense_add_chart(dense, system->charts[c].name, names);
    }
    flint_free(names);
}

/* The event in the coordinates of each chart, by the map to the chart of the start; no output where there is
   none. Simplified, since a singularity there may be one of the map alone. */
static cst_status_t
compile_event(cst__integrate_run_t *run, cst_error_t *error)
{
    const cst_system_struct *system = run->system;
    slong count = system->chart_count, start = system->initial_chart;
    cst_status_t status = CST_OK;

    run->g = flint_calloc((size_t) count, sizeof *run->g);
    for (slong c = 0; status == CST_OK && c < count; c++)
    {
        const cst_expr_t *map = c == start ? NULL : system->transitions[c * count + start];
        cst_expr_t e = run->event;

        if (c != start && !map)
            continue;
        if (map)
            e = cst_expr_simplify(
                system->ctx,
                cst_expr_substitute(system->ctx, e, system->charts[start].variables, map, system->dimension),
                NULL, 0);
        status = cst_tape_compile(run->g + c, system->ctx, &e, 1, system->charts[c].variables,
                                  system->dimension, error);
    }
    return status;
}

static void
clear_event(cst__integrate_run_t *run)
{
    for (slong c = 0; run->g && c < run->system->chart_count; c++)
        if (run->g[c].output_count)
            cst_tape_clear(run->g + c);
    flint_free(run->g);
    run->g = NULL;
}

static cst_status_t
write_results(const cst__integrate_run_t *run, const cst__integrate_result_t *r, cst_error_t *error)
{
    const cst__integrate_request_t *request = run->request;
    cst_status_t status = CST_OK;
    cst__memory_t memory;

    if (run->dense)
    {
        size_t length;
        char *text = cst_dense_print(run->dense, &length);

        status = cst__write(request->dense, text, length, error);
        flint_free(text);
    }
    if (status != CST_OK)
        return status;
    cst__memory_open(&memory);
    if (request->json)
        cst__integrate_json(memory.stream, request, run->system, r);
    else
        cst__integrate_text(memory.stream, request, run->system, r);
    return cst__memory_write(&memory, request->output, error);
}

static cst_status_t
answer(cst__integrate_run_t *run, cst_error_t *error)
{
    cst_system_struct *system = run->system;
    cst__integrate_result_t result;
    cst_dense_t dense;
    cst_status_t status = set_goal(run, error);

    if (status == CST_OK)
        status = cst_system_charts(&run->charts, system, error);
    if (status != CST_OK)
        return status;
    if (run->event)
        status = compile_event(run, error);
    if (status == CST_OK)
    {
        cst__integrate_result_init(&result, system->dimension);
        cst_dense_init(dense, system->dimension);
        name_charts(dense, system);
        run->dense = run->request->dense ? dense : NULL;
        status = cst__integrate_solve(&result, run, error);
        if (!run->request->quiet && isatty(STDERR_FILENO))
            fputs("\r\033[K", stderr);
        if (status == CST_OK)
            status = write_results(run, &result, error);
        status = status == CST_OK ? result.status : status;
        cst__integrate_result_clear(&result);
        cst_dense_clear(dense);
    }
    clear_event(run);
    cst_system_charts_clear(&run->charts);
    return status;
}

static cst_status_t
integrate(const cst__integrate_request_t *request, cst_error_t *error)
{
    cst__integrate_run_t run;
    cst_system_t system;
    cst_status_t status;

    memset(&run, 0, sizeof run);
    run.request = request;
    run.system = system;
    clock_gettime(CLOCK_MONOTONIC, &run.start);
    status = cst_system_read(system, request->problem, error);
    if (status != CST_OK)
        return status;
    run.tolerance = fmpq_get_d(fmpq_sgn(request->tolerance) > 0 ? request->tolerance : system->tolerance);
    status = answer(&run, error);
    cst_system_clear(system);
    return status;
}

int
cst__verb_integrate(int argc, char **argv)
{
    cst__integrate_request_t request;
    cst_error_t error;
    int code;

    memset(&request, 0, sizeof request);
    fmpq_init(request.tolerance);
    code = read_options(&request, argc, argv);
    if (code < 0)
    {
        struct sigaction action;
        cst_status_t status;

        memset(&action, 0, sizeof action);
        action.sa_handler = on_interrupt;
        action.sa_flags = (int) SA_RESETHAND; /* a second Ctrl-C ends the program at once */
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        cst_error_clear(&error);
        status = integrate(&request, &error);
        if (status != CST_OK && status != CST_PARTIAL && !error.file[0])
            snprintf(error.file, sizeof error.file, "%s", request.problem);
        code = status == CST_OK || status == CST_PARTIAL ? cst_status_exit_code(status)
                                                         : cst__report_error(status, &error);
    }
    fmpq_clear(request.tolerance);
    return code;
}
