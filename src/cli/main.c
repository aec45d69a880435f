#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const cst__verb_t verbs[] = {
    {"certify", cst__verb_certify, "enclose the first shock time and write a certificate"},
    {"symmetries", cst__verb_symmetries,
     "verify or find symmetries, their algebra, invariants, conserved quantities"},
    {"derive", cst__verb_derive, "derive the quotient, its metric, and the equations on it"},
    {"integrate", cst__verb_integrate, "integrate a vector field, a Hamiltonian flow or geodesics, verified"},
    {"entropy", cst__verb_entropy, "enclose the coarse-grained loss, its gradient and Hessian"},
    {"observe", cst__verb_observe, "observables of checkpoints that symmetries do not move"},
    {"prove", cst__verb_prove, "export a certificate as a theorem that Coq accepts"},
    {"report", cst__verb_report, "a page with pictures of a certificate or of observations"},
};
#define VERBS (sizeof verbs / sizeof *verbs)

static void
help(FILE *out)
{
    fputs("Usage: caustic VERB [OPTION]... FILE\n\nVerbs:\n", out);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(out, "  %-10s %s\n", verbs[i].name, verbs[i].summary);
    fputs("\n`caustic VERB --help` describes a verb; caustic(1) has the whole manual.\n", out);
}

int
main(int argc, char **argv)
{
    const char *names[VERBS], *nearest;

    if (argc >= 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
    {
        help(stdout);
        return 0;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
    {
        puts(PACKAGE_STRING);
        return 0;
    }
    for (size_t i = 0; argc >= 2 && i < VERBS; i++)
    {
        names[i] = verbs[i].name;
        if (strcmp(argv[1], verbs[i].name) == 0)
        {
            int code = verbs[i].run(argc - 1, argv + 1);

            flint_cleanup_master();
            return code;
        }
    }
    if (argc < 2)
    {
        help(stderr);
        return cst_status_exit_code(CST_USAGE);
    }
    nearest = cst_io_nearest(argv[1], names, VERBS);
    fprintf(stderr, "caustic: no verb '%s'", argv[1]);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fputc('\n', stderr);
    return cst_status_exit_code(CST_USAGE);
}
