/* caustic-check CERTIFICATE: exit status 0 and the last line ACCEPTED, or 1 and REJECTED. */
#include "check.h"

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

int
main(int argc, char **argv)
{
    static const char *const verdicts[] = {"ACCEPTED", "REJECTED", NULL};
    const char *file = NULL;
    int quiet = 0, wrong = 0;
    verdict_t verdict;
    FILE *in;

    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0)
            return fputs(usage, stdout) < 0;
        else if (strcmp(argv[i], "--version") == 0)
            return puts("caustic-check " PACKAGE_VERSION) < 0;
        else if (strcmp(argv[i], "--quiet") == 0)
            quiet = 1;
        else if ((argv[i][0] == '-' && argv[i][1]) || file)
            wrong = 1;
        else
            file = argv[i];
    if (wrong || file == NULL)
    {
        fputs(usage, stderr);
        return UNUSABLE;
    }
    in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    if (in == NULL)
    {
        perror(file);
        return UNUSABLE;
    }
    verdict = check_stream(in, file, quiet ? NULL : stdout, stderr);
    fclose(in);
    if (puts(verdicts[verdict]) < 0 || fflush(stdout) != 0)
        return UNUSABLE;
    return verdict;
}
