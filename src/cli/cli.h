/* cli/cli.h -- what the verbs share. */
#ifndef CST_CLI_H
#define CST_CLI_H

#include <caustic.h>

typedef struct
{
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb; returns the exit code */
    const char *summary;
} cst__verb_t;

int cst__verb_certify(int argc, char **argv);
int cst__verb_observe(int argc, char **argv);

/* `FILE:LINE:COLUMN: cause` on stderr; returns the exit code of status. */
int cst__report_error(cst_status_t status, const cst_error_t *error);

/* "caustic VERB: cause" and a hint on stderr; returns the exit code of CST_USAGE. */
int cst__report_usage(const char *verb, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Reads an exact positive number such as 1e-10 or 3/7; 0 on failure. */
int cst__read_positive(fmpq_t x, const char *text);

/* 0 on failure or outside [least, most]. */
int cst__read_count(long *x, const char *text, long least, long most);

#endif
