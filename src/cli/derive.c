#include "config.h"

#include <getopt.h>
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
    enum
    {
        OPT_FORMAT = 256,
        OPT_JSON,
        OPT_TIME_LIMIT,
        OPT_QUIET,
        OPT_HELP,
        OPT_VERSION
    };
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},    {"format", required_argument, NULL, OPT_FORMAT},
        {"json", no_argument, NULL, OPT_JSON},       {"time-limit", required_argument, NULL, OPT_TIME_LIMIT},
        {"quiet", no_argument, NULL, OPT_QUIET},     {"help", no_argument, NULL, OPT_HELP},
        {"version", no_argument, NULL, OPT_VERSION}, {NULL, 0, NULL, 0}};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
        switch (option)
        {
        case 'o':
            request->output = optarg;
            break;
        case OPT_FORMAT:
            request->format = 0;
            while (request->format < 3 && strcmp(optarg, formats[request->format].name) != 0)
                request->format++;
            if (request->format == 3)
                return cst__report_usage("derive", "--format takes text, latex or json, not '%s'", optarg);
            break;
        case OPT_JSON:
            request->format = 2;
            break;
        case OPT_TIME_LIMIT:
            if (!cst__read_seconds(&request->time_limit, optarg))
                return cst__report_usage("derive", "--time-limit takes seconds, not '%s'", optarg);
            break;
        case OPT_QUIET:
            request->quiet = 1;
            break;
        case OPT_HELP:
            fputs(usage, stdout);
            return 0;
        case OPT_VERSION:
            puts(PACKAGE_STRING);
            return 0;
        default:
            return cst__report_usage("derive", "unknown option or missing value: '%s'", argv[optind - 1]);
        }
    if (optind + 1 != argc)
        return cst__report_usage("derive",
                                 optind == argc ? "which problem file?" : "one problem file at a time");
    request->problem = argv[optind];
    return -1;
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
