/* cli/cli.h -- what the verbs share. */
#ifndef CST_CLI_H
#define CST_CLI_H

#include <stdio.h>

#include <caustic.h>

typedef struct
{
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is the verb; returns the exit code */
    const char *summary;
} cst__verb_t;

int cst__verb_certify(int argc, char **argv);
int cst__verb_observe(int argc, char **argv);
int cst__verb_derive(int argc, char **argv);
int cst__verb_symmetries(int argc, char **argv);
int cst__verb_prove(int argc, char **argv);
int cst__verb_report(int argc, char **argv);
int cst__verb_entropy(int argc, char **argv);
int cst__verb_integrate(int argc, char **argv);

/* `FILE:LINE:COLUMN: cause` on stderr; returns the exit code of status. */
int cst__report_error(cst_status_t status, const cst_error_t *error);

/* "caustic VERB: cause" and a hint on stderr; returns the exit code of CST_USAGE. */
int cst__report_usage(const char *verb, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* An option with its place to store: an int, a const char *, an fmpq, a double, or a long from least to most.
   --help and --version need no entry, and -o is short for --output. */
typedef struct
{
    const char *name;
    enum
    {
        CST__OPTION_FLAG,
        CST__OPTION_TEXT,
        CST__OPTION_POSITIVE, /* an exact positive number */
        CST__OPTION_SECONDS,
        CST__OPTION_REAL, /* a double above least */
        CST__OPTION_COUNT
    } kind;
    void *target;
    long least, most;
} cst__option_t;

/* -1: go on, with the operands from argv[optind]; otherwise the exit code, everything said. */
int cst__read_options(const cst__option_t *options, int count, const char *verb, const char *usage, int argc,
                      char **argv);

/* The only operand: -1, or the exit code. */
int cst__read_problem_name(const char **problem, const char *verb, int argc, char **argv);

/* Text on stdout, or the whole of it in a file that appears complete or not at all. */
cst_status_t cst__write(const char *path, const char *text, size_t length, cst_error_t *error);

/* Can a file be written there? Asked before work that takes long; nothing is left. */
cst_status_t cst__try_output(const char *path, cst_error_t *error);

/* cst__write by a stream in memory. */
typedef struct
{
    FILE *stream;
    char *text;
    size_t length;
} cst__memory_t;

void cst__memory_open(cst__memory_t *memory);
cst_status_t cst__memory_write(cst__memory_t *memory, const char *path, cst_error_t *error);

/* The exit code for a status. What is wrong, or (unless quiet) not proved, goes to stderr, at the place of
   the error or else that of the problem file. */
int cst__report_proofs(cst_status_t status, cst_error_t *error, const char *problem, int quiet);

/* A vector field as "x d/dx - y d/dy", a map as "x -> -x", without the components that say nothing. */
void cst__print_field(FILE *out, const cst_lie_chart_t *chart, const cst_expr_t *field);
void cst__print_map(FILE *out, const cst_lie_chart_t *chart, const cst_expr_t *map);

/* The same as objects {"x": "-y", ...}. */
void cst__json_components(cst_io_json_t json, const cst_lie_chart_t *chart, const cst_expr_t *field,
                          int is_map);

/* Checkpoints in the order of training. */
typedef struct
{
    slong length;
    char **paths;
} cst__run_list_t;

/* The checkpoints of each folder in the order of their steps (the folder itself if it is one model), and each
   file. The list is empty at first. */
void cst__run_list(cst__run_list_t *list, const char *const *paths, slong length);
void cst__run_list_clear(cst__run_list_t *list);

/* Sets *there to whether the path exists. CST_BAD_INPUT: it is no regular file. Nobody has named it, and
   reading a pipe could wait forever. */
cst_status_t cst__run_file(int *there, const char *path, cst_error_t *error);

/* The file architecture, or if that is NULL run.json or config.json beside the first checkpoint. yaml->root
   is NULL if there is none. */
cst_status_t cst__run_settings(cst_io_yaml_t yaml, const char *architecture, const cst__run_list_t *list,
                               cst_error_t *error);

/* Is this a checkpoint or a folder, by its name? */
int cst__is_checkpoint(const char *path);

/* FOLDER/NAME, for flint_free. */
char *cst__path_join(const char *folder, const char *name);

/* The symmetries of a checkpoint's network: `caustic symmetries CHECKPOINT`. */
typedef struct
{
    const char *path, *output, *architecture;
    const char *batchnorm; /* "training", "evaluation", or NULL: as the architecture says */
    int json, quiet, prove, every;
    double time_limit; /* of a proof at given weights, which then says how far it is; 0: none */
} cst__census_request_t;
int cst__census(const cst__census_request_t *request);
/* The same for a problem file with an architecture and no data; returns 0 if it is none. */
int cst__census_of_problem(int *code, const cst__census_request_t *request);

/* An expression as a string in the input syntax; NULL as null. */
void cst__json_expression(cst_io_json_t json, cst_expr_ctx_t ctx, cst_expr_t e);
/* An array of them. */
void cst__json_expressions(cst_io_json_t json, cst_expr_ctx_t ctx, const cst_expr_t *e, slong length);
/* true, false, or null for what is not known. */
void cst__json_truth(cst_io_json_t json, cst_truth_t truth);

/* "label = expression", broken between terms. */
void cst__print_formula(FILE *out, const char *label, cst_expr_ctx_t ctx, cst_expr_t e, const char *after);

/* Reads an exact positive number such as 1e-10 or 3/7; 0 on failure. */
int cst__read_positive(fmpq_t x, const char *text);

/* 0 on failure or outside [least, most]. */
int cst__read_count(long *x, const char *text, long least, long most);

/* Ends the program with the exit code of CST_UNDECIDED, and a word about it unless quiet, when so many
   seconds have passed; 0: never. For verbs that print what they know at the end. */
void cst__limit_time(double seconds, int quiet);
int cst__read_seconds(double *seconds, const char *text); /* 0 on failure */

/* Text of other people in LaTeX; what pdflatex cannot print becomes '?'. */
void cst__print_latex_text(FILE *out, const char *text);

#endif
