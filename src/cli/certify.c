#include "config.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static const char usage[] =
    "Usage: caustic certify [OPTION]... PROBLEM\n"
    "Encloses the first shock time of a problem file from both sides.\n\n"
    "  -o, --output CERT       write the certificate to CERT\n"
    "      --json              print one JSON object instead of the summary\n"
    "      --tolerance T       width of the enclosure (an exact number; default: the problem's, or 1e-6)\n"
    "      --precision BITS    of the fixed-point numbers (default: chosen from the tolerance)\n"
    "      --threads N         default: all cores\n"
    "      --time-limit S      stop after S seconds with the enclosure reached\n"
    "      --resume FILE       go on from CERT.resume of a stopped run, or from a certificate\n"
    "      --quiet             no progress\n"
    "      --help, --version\n\n"
    "Exit status: 0 certified to the tolerance, 1 a partial result, 2 bad input or a refused problem,\n"
    "3 an internal failure.\n";

typedef struct
{
    const char *problem, *output;
    int json, quiet;
    cst_certify_options_t search;
} request_t;

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signal_number)
{
    (void) signal_number;
    interrupted = 1;
}

/* One line on a terminal, rewritten in place. */
static int
show_progress(void *data, const cst_certify_progress_t *p)
{
    const request_t *request = data;

    if (!request->quiet && isatty(STDERR_FILENO))
    {
        fprintf(stderr, "\r\033[K%5.1f s  t* in [%.9g, ", p->seconds, p->lower);
        if (isfinite(p->upper))
            fprintf(stderr, "%.9g]", p->upper);
        else
            fputs("?]", stderr);
        fprintf(stderr, "  proving %.9g: %.1f %%, %ld boxes", p->target, 100 * p->done, (long) p->boxes);
        fflush(stderr);
    }
    return interrupted;
}

/* -1: go on; otherwise the exit code. */
static int
read_options(request_t *request, int argc, char **argv)
{
    long bits = request->search.bits, threads = request->search.threads;
    const cst__option_t options[] = {
        {"output", CST__OPTION_TEXT, &request->output, 0, 0},
        {"json", CST__OPTION_FLAG, &request->json, 0, 0},
        {"tolerance", CST__OPTION_POSITIVE, request->search.tolerance, 0, 0},
        {"precision", CST__OPTION_COUNT, &bits, 30, 4096},
        {"threads", CST__OPTION_COUNT, &threads, 1, 1024},
        {"time-limit", CST__OPTION_SECONDS, &request->search.time_limit, 0, 0},
        {"resume", CST__OPTION_TEXT, &request->search.resume, 0, 0},
        {"quiet", CST__OPTION_FLAG, &request->quiet, 0, 0},
    };
    int code = cst__read_options(options, sizeof options / sizeof *options, "certify", usage, argc, argv);

    request->search.bits = bits;
    request->search.threads = (int) threads;
    return code >= 0 ? code : cst__read_problem_name(&request->problem, "certify", argc, argv);
}

/* Digits that show the width of the enclosure and two more. */
static int
digits_of(const cst_certify_result_t r)
{
    double lower = fmpq_get_d(r->lower), width;
    fmpq_t w;

    if (!r->has_upper || fmpq_is_zero(r->lower))
        return 12;
    fmpq_init(w);
    fmpq_sub(w, r->upper, r->lower);
    width = fmpq_get_d(w);
    fmpq_clear(w);
    return (int) fmin(1000, fmax(6, ceil(log10(lower / width)) + 3));
}

static const char *
word_of(cst_certify_verdict_t verdict)
{
    return verdict == CST_CERTIFY_CERTIFIED ? "certified"
           : verdict == CST_CERTIFY_PARTIAL ? "partial"
                                            : "no-shock";
}

/* The seal: the last word of the certificate. */
static void
seal_of(char hex[65], const cst_certify_result_t r)
{
    memcpy(hex, r->certificate + r->certificate_length - 65, 64);
    hex[64] = 0;
}

static void
json_bound(cst_io_json_t json, const char *key, const fmpq_t x, int known, int digits, int direction)
{
    char *text = known ? cst_io_decimal(x, digits, direction) : NULL;

    cst_io_json_key(json, key);
    cst_io_json_string(json, text);
    flint_free(text);
}

static void
json_exact(cst_io_json_t json, const fmpq_t x)
{
    char *text = fmpq_get_str(NULL, 10, x);

    cst_io_json_string(json, text);
    flint_free(text);
}

static void
json_witness(cst_io_json_t json, const cst_certify_result_t r)
{
    cst_io_json_key(json, "witness");
    if (!r->has_upper)
    {
        cst_io_json_null(json);
        return;
    }
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "point");
    cst_io_json_begin_array(json);
    for (slong i = 0; i < r->dimension; i++)
        json_exact(json, r->point + i);
    cst_io_json_end_array(json);
    cst_io_json_key(json, "direction");
    cst_io_json_begin_array(json);
    for (slong i = 0; i < r->dimension; i++)
    {
        char *text = fmpz_get_str(NULL, 10, r->direction + i);

        cst_io_json_string(json, text);
        flint_free(text);
    }
    cst_io_json_end_array(json);
    cst_io_json_end_object(json);
}

static void
json_domain(cst_io_json_t json, const cst_problem_t problem)
{
    cst_io_json_key(json, "domain");
    cst_io_json_begin_object(json);
    for (slong i = 0; i < problem->dimension; i++)
    {
        cst_io_json_key(json, cst_expr_name(problem->coordinates[i]));
        cst_io_json_begin_array(json);
        json_exact(json, problem->lower + i);
        json_exact(json, problem->upper + i);
        cst_io_json_end_array(json);
    }
    cst_io_json_end_object(json);
}

/* The minimal polynomial of t*, or null. */
static void
json_polynomial(cst_io_json_t json, const cst_certify_result_t r)
{
    char *poly = r->has_exact ? fmpz_poly_get_str_pretty(r->exact, "t") : NULL;

    cst_io_json_string(json, poly);
    flint_free(poly);
}

static const char *
theorem_of(const cst_certify_result_t r)
{
    if (r->has_upper)
        return "lower <= t*(D) <= upper, where t*(D) is the infimum of the first focal times of the "
               "characteristics that "
               "start in D; the classical solution ends there";
    return "no characteristic that starts in D has a focal time in [0, lower]";
}

static void
print_json(const request_t *request, const cst_problem_t problem, const cst_certify_result_t r)
{
    cst_io_json_t json;
    char text[65];
    int digits = digits_of(r);

    cst_io_json_init(json);
    cst_io_json_begin_object(json);
    cst_io_json_key(json, "title");
    cst_io_json_string(json, problem->title);
    cst_io_json_key(json, "t_star");
    cst_io_json_begin_object(json);
    json_bound(json, "lower", r->lower, !fmpq_is_zero(r->lower), digits, -1);
    json_bound(json, "upper", r->upper, r->has_upper, digits, 1);
    cst_io_json_end_object(json);
    cst_io_json_key(json, "exact");
    json_polynomial(json, r);
    cst_io_json_key(json, "status");
    cst_io_json_string(json, word_of(r->verdict));
    cst_io_json_key(json, "reason");
    cst_io_json_string(json, r->reason[0] ? r->reason : NULL);
    cst_io_json_key(json, "theorem");
    cst_io_json_string(json, theorem_of(r));
    json_witness(json, r);
    json_domain(json, problem);
    cst_io_json_key(json, "boxes");
    cst_io_json_integer(json, r->boxes);
    cst_io_json_key(json, "seconds");
    snprintf(text, sizeof text, "%.3f", r->seconds);
    cst_io_json_number(json, text);
    cst_io_json_key(json, "precision_bits");
    cst_io_json_integer(json, r->bits);
    cst_io_json_key(json, "certificate");
    if (request->output && r->certificate)
    {
        cst_io_json_begin_object(json);
        cst_io_json_key(json, "file");
        cst_io_json_string(json, request->output);
        cst_io_json_key(json, "sha256");
        seal_of(text, r);
        cst_io_json_string(json, text);
        cst_io_json_end_object(json);
    }
    else
        cst_io_json_null(json);
    cst_io_json_end_object(json);
    fwrite(json->text, 1, json->length, stdout);
    fputc('\n', stdout);
    cst_io_json_clear(json);
}

static void
print_witness(const cst_problem_t problem, const cst_certify_result_t r)
{
    printf("  the characteristic from ");
    for (slong i = 0; i < r->dimension; i++)
    {
        char *below = cst_io_decimal(r->point + i, 10, -1), *above = cst_io_decimal(r->point + i, 10, 1);

        printf("%s%s %s %s", i ? ", " : "", cst_expr_name(problem->coordinates[i]),
               strcmp(below, above) == 0 ? "=" : "about", below);
        flint_free(below);
        flint_free(above);
    }
    printf(" has a focal time before the upper bound\n");
}

static void
print_summary(const request_t *request, const cst_problem_t problem, const cst_certify_result_t r)
{
    int digits = digits_of(r);
    char *lower = cst_io_decimal(r->lower, digits, -1),
         *upper = r->has_upper ? cst_io_decimal(r->upper, digits, 1) : NULL;
    char hex[65];

    printf("%s\n", problem->title);
    if (r->verdict == CST_CERTIFY_NO_SHOCK)
        printf("no shock up to t = %s (%s)\n", lower, word_of(r->verdict));
    else if (!r->has_upper)
        printf("no bound was reached (%s)\n", word_of(r->verdict));
    else if (fmpq_is_zero(r->lower))
        printf("t* <= %s (%s: no lower bound was reached)\n", upper, word_of(r->verdict));
    else
        printf("t* in [%s, %s] (%s)\n", lower, upper, word_of(r->verdict));
    if (r->has_exact)
    {
        char *poly = fmpz_poly_get_str_pretty(r->exact, "t");

        printf("  exactly the root of %s there\n", poly);
        flint_free(poly);
    }
    if (r->has_upper)
        print_witness(problem, r);
    if (!fmpq_is_zero(r->lower))
        printf("  no characteristic from the domain has one up to the lower bound: %ld box%s\n",
               (long) r->boxes, r->boxes == 1 ? "" : "es");
    printf("  %.2f s, %ld bits\n", r->seconds, (long) r->bits);
    if (r->reason[0])
        printf("stopped: %s\n", r->reason);
    if (request->output && r->certificate)
    {
        seal_of(hex, r);
        printf("certificate %s, %zu bytes, sha256 %s\n", request->output, r->certificate_length, hex);
    }
    if (request->output && r->state)
        printf("go on with --resume %s.resume\n", request->output);
    flint_free(lower);
    flint_free(upper);
}

/* Where a search that was stopped leaves what --resume takes up. */
static char *
state_path(const char *output)
{
    char *path = flint_malloc(strlen(output) + sizeof ".resume");

    return strcat(strcpy(path, output), ".resume");
}

static cst_status_t
answer(request_t *request, const cst_problem_t problem, cst_error_t *error)
{
    cst_certify_result_t result;
    cst_status_t status = cst_certify(result, problem, &request->search, error), written = CST_OK;

    if (!request->quiet && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (status != CST_OK && status != CST_PARTIAL)
        return status;
    if (request->output && result->certificate)
        written = cst__write(request->output, result->certificate, result->certificate_length, error);
    if (written == CST_OK && request->output && result->state)
    {
        char *path = state_path(request->output);

        written = cst__write(path, result->state, result->state_length, error);
        flint_free(path);
    }
    if (written == CST_OK && request->json)
        print_json(request, problem, result);
    else if (written == CST_OK)
        print_summary(request, problem, result);
    cst_certify_result_clear(result);
    return written == CST_OK ? status : written;
}

int
cst__verb_certify(int argc, char **argv)
{
    request_t request;
    cst_problem_t problem;
    cst_error_t error;
    cst_status_t status;
    int code;

    memset(&request, 0, sizeof request);
    fmpq_init(request.search.tolerance);
    code = read_options(&request, argc, argv);
    if (code < 0)
    {
        struct sigaction action;

        memset(&action, 0, sizeof action);
        action.sa_handler = on_interrupt;
        action.sa_flags = (int) SA_RESETHAND; /* a second Ctrl-C ends the program at once */
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, &action, NULL);
        request.search.progress = show_progress;
        request.search.data = &request;
        cst_error_clear(&error);
        status = cst_problem_read(problem, request.problem, &error);
        if (status == CST_OK)
        {
            if (request.output)
                status = cst__try_output(request.output, &error);
            if (status == CST_OK)
                status = answer(&request, problem, &error);
            cst_problem_clear(problem);
        }
        code = status == CST_OK || status == CST_PARTIAL ? cst_status_exit_code(status)
                                                         : cst__report_error(status, &error);
    }
    fmpq_clear(request.search.tolerance);
    return code;
}
