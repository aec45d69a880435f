#include "config.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"

static const char usage[] =
    "Usage: caustic report CERTIFICATE | OBSERVATIONS [-o FILE]\n"
    "A self-contained HTML page of a certificate (its claim, and the boxes of its cover in one or two\n"
    "dimensions) or of what `caustic observe --json` wrote (all observables along the run).\n\n"
    "      --latex               an article for pdflatex instead: the theorem that a certificate proves, "
    "and\n"
    "                            the nodes of its proof\n"
    "  -o, --output FILE         write there (default: standard output)\n"
    "      --help, --version\n\n"
    "Exit status: 0 done, 2 bad input, 3 an internal failure.\n";

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>Caustic</title>\n<style>\n"
    "body{font:15px sans-serif;margin:2em;max-width:1400px}table{border-collapse:collapse}\n"
    "th{text-align:left;padding-right:1em;vertical-align:top}code{word-break:break-all}\n"
    ".claim{font-size:1.6em}.m{display:flex;flex-wrap:wrap}figure{margin:.5em}\n"
    "svg "
    "text{font-size:11px;fill:#444}.g{stroke:#ddd}.f{fill:none;stroke:#444}.s{font-size:11px;color:#666;"
    "margin:0}\n"
    ".v{fill:none;stroke:#04c;stroke-width:1.5}.r{fill:none;stroke:#c40;stroke-dasharray:4 3}\n"
    ".a{fill:#cde;stroke:#357;stroke-width:.5}.b{fill:#edc;stroke:#753;stroke-width:.5}\n"
    ".p{fill:none;stroke:#888;stroke-width:.2}.w{fill:none;stroke:#c00;stroke-width:2}\n"
    "</style></head><body>\n";

#define MOST_BYTES ((size_t) 1 << 30)

typedef struct
{
    const char *input, *output;
    int latex;
} request_t;

/* -1: go on; otherwise the exit code. */
static int
read_options(request_t *request, int argc, char **argv)
{
    const cst__option_t options[] = {{"output", CST__OPTION_TEXT, &request->output, 0, 0},
                                     {"latex", CST__OPTION_FLAG, &request->latex, 0, 0}};
    int code = cst__read_options(options, 2, "report", usage, argc, argv);

    if (code >= 0)
        return code;
    if (optind + 1 != argc)
        return cst__report_usage("report", optind == argc ? "which certificate, or which observations?"
                                                          : "one at a time");
    request->input = argv[optind];
    return -1;
}

static cst_status_t
write_certificate(FILE *out, const request_t *request, const char *text, size_t length, cst_error_t *error)
{
    cst_certificate_t certificate;
    cst_status_t status = cst_certificate_read(certificate, request->input, text, length, error);

    if (status != CST_OK)
        return status;
    if (request->latex)
        cst__report_latex(out, certificate);
    else
    {
        fputs(head, out);
        cst__report_certificate(out, certificate);
        fputs("</body></html>\n", out);
    }
    cst_certificate_clear(certificate);
    return CST_OK;
}

static cst_status_t
write_report(FILE *out, const request_t *request, cst_error_t *error)
{
    char *text;
    size_t length;
    cst_status_t status = cst_io_file_read(&text, &length, request->input, MOST_BYTES, error);

    if (status != CST_OK)
        return status;
    if (length == 0 || text[strspn(text, " \t\r\n")] != '[')
        status = write_certificate(out, request, text, length, error);
    else if (request->latex)
        status = cst_error_set(error, CST_USAGE, "--latex is for certificates");
    else
    {
        fputs(head, out);
        status = cst__report_observations(out, request->input, error);
        fputs("</body></html>\n", out);
    }
    flint_free(text);
    return status;
}

int
cst__verb_report(int argc, char **argv)
{
    request_t request = {0};
    cst__memory_t memory;
    cst_error_t error;
    cst_status_t status;
    int code = read_options(&request, argc, argv);

    if (code >= 0)
        return code;
    cst_error_clear(&error);
    cst__memory_open(&memory);
    status = write_report(memory.stream, &request, &error);
    if (status == CST_OK)
        status = cst__memory_write(&memory, request.output, &error);
    else
    {
        fclose(memory.stream);
        free(memory.text);
    }
    return status == CST_OK ? 0 : cst__report_error(status, &error);
}
