/* caustic-check CERTIFICATE: exit status 0 and the last line ACCEPTED, or 1 and REJECTED. */
#include "check.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#ifndef PACKAGE_VERSION
#    define PACKAGE_VERSION "0.1.0"
#endif

static const char usage[] =
    "Usage: caustic-check [--quiet] CERTIFICATE\n"
    "Verifies a certificate of caustic with integer arithmetic of its own. - is the standard input.\n"
    "\n"
    "  --quiet    print the verdict alone\n"
    "  --help     print this text\n"
    "  --version  print the version\n"
    "\n"
    "Exit status: 0 accepted, 1 rejected, 2 the certificate cannot be read or wrong usage.\n";

static const char *file;
static size_t in_use;

/* ---- What ends a check, and memory; test programs have their own ---- */

static _Noreturn void
end(int status, const char *verdict)
{
    exit(puts(verdict) < 0 || fflush(stdout) != 0 ? 2 : status);
}

void
reject(const char *format, ...)
{
    va_list list;

    fprintf(stderr, "%s:%lu: %s%s", file, line_number, proof_path, *proof_path ? ": " : "");
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    end(1, "REJECTED");
}

/* Each block stands behind its size, for the limit. */
void *
resize(void *p, size_t old, size_t size)
{
    size_t *block = p ? (size_t *) p - 2 : NULL;

    old = block ? *block : 0;
    in_use += size - old;
    block = size > MAX_MEMORY || in_use > MAX_MEMORY ? NULL : realloc(block, size + 2 * sizeof *block);
    if (block == NULL)
        reject("the certificate needs more memory than there is, or than the limit");
    *block = size;
    return block + 2;
}

void
drop(void *p)
{
    size_t *block = p ? (size_t *) p - 2 : NULL;

    in_use -= block ? *block : 0;
    free(block);
}

static void *
take(size_t size)
{
    return resize(NULL, 0, size);
}

static void
give(void *p, size_t size)
{
    (void) size;
    drop(p);
}

/* ---- The verdict ---- */

/* 20 decimals, rounded down or up; q > 0 */
static void
print_bound(const char *what, mpq_srcptr q, int up)
{
    mpz_t power, whole, part;

    mpz_inits(power, whole, part, NULL);
    mpz_ui_pow_ui(power, 10, 20);
    mpz_mul(part, power, mpq_numref(q));
    (up ? mpz_cdiv_q : mpz_fdiv_q)(part, part, mpq_denref(q));
    mpz_fdiv_qr(whole, part, part, power);
    gmp_printf("%s%Zd.%020Zd (%Qd)\n", what, whole, part, q);
    mpz_clears(power, whole, part, NULL);
}

int
main(int argc, char **argv)
{
    int quiet = argc > 1 && strcmp(argv[1], "--quiet") == 0;
    FILE *in;

    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0;
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts("caustic-check " PACKAGE_VERSION) < 0;
    file = argc == 2 + quiet ? argv[1 + quiet] : "-?";
    if (file[0] == '-' && file[1])
    {
        fputs(usage, stderr);
        return 2;
    }
    in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    if (in == NULL || (ungetc(getc(in), in) == EOF && ferror(in)))
    {
        perror(file);
        return 2;
    }
    mp_set_memory_functions(take, resize, give);
    read_certificate(in);
    if (!quiet)
    {
        print_bound("No focal time up to       ", problem.lower, 0);
        if (problem.has_upper)
            print_bound("A focal time somewhere by ", problem.upper, 1);
    }
    end(0, "ACCEPTED");
}
