#include "config.h"

#include <string.h>

#include "cli/derive.h"

static const char usage[] = "Usage: caustic derive [OPTION]... PROBLEM\n"
                            "Derives quotient, metric, Hamiltonian, viscous Hamilton-Jacobi and Burgers "
                            "equation, and proves every step.\n\n"
                            "      --format FORMAT     text (the default), latex (an article) or json\n"
                            "      --json              --format json\n"
                            "  -o, --output FILE       write there\n"
                            "      --time-limit S      stop after S seconds, with nothing printed\n"
                            "      --quiet             nothing on standard error but errors\n"
                            "      --help, --version\n\n"
                            "Exit status: 0 every identity is proved, 1 some could not be decided, 2 bad "
                            "input or a refused problem,\n"
                            "3 an internal failure.\n";

static const struct
{
    const char *name;
    void (*print)(FILE *, const cst_derivation_t);
} formats[] = {{"text", cst__derive_text}, {"latex", cst__derive_latex}, {"json", cst__derive_json}};

typedef struct
{
    const char *problem, *output;
    int format, quiet;
    double time_limit; /* 0: none */
} request_t;

/* -1: go on; otherwise the exit code. */
static int
read_options(request_t *request, int argc, char **argv)
{
    const char *format = NULL;
    int json = 0;
    const cst__option_t options[] = {
        {"output", CST__OPTION_TEXT, &request->output, 0, 0},
        {"format", CST__OPTION_TEXT, &format, 0, 0},
        {"json", CST__OPTION_FLAG, &json, 0, 0},
        {"time-limit", CST__OPTION_SECONDS, &request->time_limit, 0, 0},
        {"quiet", CST__OPTION_FLAG, &request->quiet, 0, 0},
    };
    int code = cst__read_options(options, sizeof options / sizeof *options, "derive", usage, argc, argv);

    if (code >= 0)
        return code;
    if (json)
        format = "json";
    for (request->format = 0; format && strcmp(format, formats[request->format].name) != 0;)
        if (++request->format == 3)
            return cst__report_usage("derive", "--format takes text, latex or json, not '%s'", format);
    return cst__read_problem_name(&request->problem, "derive", argc, argv);
}

cst__sides_t
cst__derive_sides(const cst_derivation_t d, slong k)
{
    cst_expr_ctx_t ctx = d->chart.ctx;
    cst_expr_t e = k < 0 ? d->viscous_hj : d->burgers[k], zero[2] = {cst_expr_integer(ctx, 0), NULL}, of[2];
    slong place = cst_hj_jet_find(d->jets, 1, &k, k < 0 ? 0 : 1);
    cst__sides_t sides;

    zero[1] = zero[0];
    of[0] = sides.time = k < 0 ? d->jets->jets[place].of_u : d->jets->jets[place].of_v;
    of[1] = d->jets->viscosity;
    sides.transport = cst_expr_substitute(ctx, e, of, zero, 2);
    sides.viscous = cst_expr_neg(ctx, cst_expr_derivative(ctx, e, d->jets->viscosity));
    return sides;
}

static cst_status_t
answer(const request_t *request, const cst_problem_t problem, cst_error_t *error)
{
    cst_derivation_t d;
    cst_status_t status = cst_derivation_init(d, problem, error), written;
    cst__memory_t out;

    if (status != CST_OK && status != CST_UNDECIDED)
        return status;
    cst__memory_open(&out);
    formats[request->format].print(out.stream, d);
    cst_derivation_clear(d);
    written = cst__memory_write(&out, request->output, error);
    return written == CST_OK ? status : written;
}

int
cst__verb_derive(int argc, char **argv)
{
    request_t request;
    cst_problem_t problem;
    cst_error_t error;
    cst_status_t status;
    int code;

    memset(&request, 0, sizeof request);
    code = read_options(&request, argc, argv);
    if (code >= 0)
        return code;
    cst_error_clear(&error);
    cst__limit_time(request.time_limit, request.quiet);
    status = cst_problem_read_for(problem, CST_PROBLEM_DERIVE, request.problem, &error);
    if (status == CST_OK)
    {
        status = answer(&request, problem, &error);
        cst_problem_clear(problem);
    }
    return cst__report_proofs(status, &error, request.problem, request.quiet);
}
