#include "config.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define MOST_OPTIONS 32

static int
read_real(double *x, const char *text, long above)
{
    char *end;

    *x = strtod(text, &end);
    return end != text && *end == 0 && isfinite(*x) && *x > (double) above;
}

/* -1: good; otherwise the exit code of wrong usage. */
static int
take(const cst__option_t *option, const char *verb, const char *value)
{
    switch (option->kind)
    {
    case CST__OPTION_FLAG:
        *(int *) option->target = 1;
        return -1;
    case CST__OPTION_TEXT:
        *(const char **) option->target = value;
        return -1;
    case CST__OPTION_POSITIVE:
        if (cst__read_positive(option->target, value))
            return -1;
        return cst__report_usage(verb, "--%s takes a positive number, not '%s'", option->name, value);
    case CST__OPTION_SECONDS:
        if (cst__read_seconds(option->target, value))
            return -1;
        return cst__report_usage(verb, "--%s takes seconds, not '%s'", option->name, value);
    case CST__OPTION_REAL:
        if (read_real(option->target, value, option->least))
            return -1;
        return cst__report_usage(verb, "--%s takes a number above %ld, not '%s'", option->name, option->least,
                                 value);
    case CST__OPTION_COUNT:
        if (cst__read_count(option->target, value, option->least, option->most))
            return -1;
        return cst__report_usage(verb, "--%s takes a number from %ld to %ld, not '%s'", option->name,
                                 option->least, option->most, value);
    }
    return -1;
}

int
cst__read_options(const cst__option_t *options, int count, const char *verb, const char *usage, int argc,
                  char **argv)
{
    struct option table[MOST_OPTIONS + 3] = {{0}};
    int code;

    for (int i = 0; i < count; i++)
        table[i] = (struct option){options[i].name,
                                   options[i].kind == CST__OPTION_FLAG ? no_argument : required_argument,
                                   NULL, i + 1};
    table[count] = (struct option){"help", no_argument, NULL, count + 1};
    table[count + 1] = (struct option){"version", no_argument, NULL, count + 2};
    opterr = 0;
    while ((code = getopt_long(argc, argv, "o:", table, NULL)) != -1)
    {
        if (code == count + 1)
            return fputs(usage, stdout), 0;
        if (code == count + 2)
            return puts(PACKAGE_STRING), 0;
        if (code == 'o') /* the short form of --output */
            for (int i = 0; i < count; i++)
                if (options[i].kind == CST__OPTION_TEXT && strcmp(options[i].name, "output") == 0)
                    code = i + 1;
        if (code < 1 || code > count)
            return cst__report_usage(verb, "unknown option or missing value: '%s'", argv[optind - 1]);
        code = take(options + code - 1, verb, optarg);
        if (code >= 0)
            return code;
    }
    return -1;
}

int
cst__read_problem_name(const char **problem, const char *verb, int argc, char **argv)
{
    if (optind + 1 != argc)
        return cst__report_usage(verb, optind == argc ? "which problem file?" : "one problem file at a time");
    *problem = argv[optind];
    return -1;
}
