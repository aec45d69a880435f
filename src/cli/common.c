#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli/cli.h"

int
cst__report_error(cst_status_t status, const cst_error_t *error)
{
    if (error->file[0])
        fprintf(stderr, "%s:", error->file);
    if (error->line > 0)
        fprintf(stderr, "%d:", error->line);
    if (error->line > 0 && error->column > 0)
        fprintf(stderr, "%d:", error->column);
    fprintf(stderr, "%s%s\n", error->file[0] ? " " : "caustic: ",
            error->message[0] ? error->message : cst_status_words(status));
    return cst_status_exit_code(status);
}

int
cst__report_usage(const char *verb, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "caustic %s: ", verb);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nTry `caustic %s --help`.\n", verb);
    return cst_status_exit_code(CST_USAGE);
}

cst_status_t
cst__write(const char *path, const char *text, size_t length, cst_error_t *error)
{
    cst_io_output_t output;
    cst_status_t status;

    if (!path)
        return fwrite(text, 1, length, stdout) == length && fflush(stdout) == 0
                   ? CST_OK
                   : cst_error_set(error, CST_INTERNAL, "the output could not be written");
    status = cst_io_output_begin(output, path, error);
    if (status != CST_OK)
        return status;
    fwrite(text, 1, length, output->stream);
    return cst_io_output_commit(output, error);
}

cst_status_t
cst__try_output(const char *path, cst_error_t *error)
{
    cst_io_output_t output;
    cst_status_t status = cst_io_output_begin(output, path, error);

    if (status == CST_OK)
        cst_io_output_abort(output);
    return status;
}

void
cst__memory_open(cst__memory_t *memory)
{
    memory->text = NULL;
    memory->stream = open_memstream(&memory->text, &memory->length);
    if (!memory->stream)
        flint_throw(FLINT_ERROR, "out of memory\n");
}

cst_status_t
cst__memory_write(cst__memory_t *memory, const char *path, cst_error_t *error)
{
    cst_status_t status;

    cst__limit_time(0, 1); /* what is known is written whole */
    if (fclose(memory->stream) != 0)
        flint_throw(FLINT_ERROR, "out of memory\n");
    status = cst__write(path, memory->text, memory->length, error);
    free(memory->text);
    return status;
}

int
cst__report_proofs(cst_status_t status, cst_error_t *error, const char *problem, int quiet)
{
    if (status == CST_OK || (status == CST_UNDECIDED && quiet))
        return cst_status_exit_code(status);
    if (!error->file[0])
        snprintf(error->file, sizeof error->file, "%s", problem);
    return cst__report_error(status, error);
}

int
cst__read_positive(fmpq_t x, const char *text)
{
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_scope_t none = {NULL, NULL, 0};
    cst_expr_t e;
    int good = cst_expr_parse(&e, ctx, text, &none, NULL) == CST_OK &&
               cst_expr_kind(e) == CST_EXPR_RATIONAL && fmpq_sgn(cst_expr_rational_value(e)) > 0;

    if (good)
        fmpq_set(x, cst_expr_rational_value(e));
    cst_expr_ctx_free(ctx);
    return good;
}

int
cst__read_count(long *x, const char *text, long least, long most)
{
    char *end;

    errno = 0;
    *x = strtol(text, &end, 10);
    return errno == 0 && end != text && *end == 0 && *x >= least && *x <= most;
}

/* Limits of time ------------------------------------------------------------- */

static volatile sig_atomic_t silent;

static void
out_of_time(int signal)
{
    static const char words[] = "caustic: the time limit is reached, and nothing is printed\n";

    (void) signal;
    if (!silent && write(STDERR_FILENO, words, sizeof words - 1) < 0)
        _exit(cst_status_exit_code(CST_INTERNAL));
    _exit(cst_status_exit_code(CST_UNDECIDED));
}

void
cst__limit_time(double seconds, int quiet)
{
    struct itimerval limit = {{0, 0}, {(time_t) seconds, 0}};

    limit.it_value.tv_usec = (suseconds_t) ((seconds - (double) limit.it_value.tv_sec) * 1e6);
    if (seconds > 0 && limit.it_value.tv_sec == 0 && limit.it_value.tv_usec == 0)
        limit.it_value.tv_usec = 1;
    silent = quiet;
    signal(SIGALRM, out_of_time);
    setitimer(ITIMER_REAL, &limit, NULL);
}

int
cst__read_seconds(double *seconds, const char *text)
{
    char *end;

    *seconds = strtod(text, &end);
    return end != text && !*end && *seconds > 0 && *seconds <= 1e9;
}

/* What pdflatex cannot print becomes '?'. */
void
cst__print_latex_text(FILE *out, const char *text)
{
    static const char special[] = "#$%&_{}", math[] = "<>|";

    for (const unsigned char *t = (const unsigned char *) text; *t; t++)
        if (strchr(special, *t))
            fprintf(out, "\\%c", *t);
        else if (strchr(math, *t))
            fprintf(out, "$%c$", *t);
        else if (*t == '\\' || *t == '^' || *t == '~')
            fputs(*t == '\\'  ? "\\textbackslash{}"
                  : *t == '^' ? "\\textasciicircum{}"
                              : "\\textasciitilde{}",
                  out);
        else if (*t < 0x80)
            fputc(*t, out);
        else if (*t == 0xC3 && t[1] >= 0x80 && t[1] != 0x90 && t[1] != 0x9E && t[1] != 0xB0 && t[1] != 0xBE)
        {
            fputc(*t++, out);
            fputc(*t, out);
        }
        else if (*t >= 0xC0)
            fputc('?', out);
}
