#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include <caustic/status.h>

static const struct
{
    int exit_code;
    const char *words;
} table[CST_STATUS_COUNT] = {
#define CST_ROW(name, code, words) [name] = {code, words},
    CST_STATUS_LIST(CST_ROW)
#undef CST_ROW
};

static int
known(cst_status_t status)
{
    return (unsigned) status < CST_STATUS_COUNT;
}

const char *
cst_status_words(cst_status_t status)
{
    return known(status) ? table[status].words : "unknown status";
}

int
cst_status_exit_code(cst_status_t status)
{
    return known(status) ? table[status].exit_code : table[CST_INTERNAL].exit_code;
}

cst_status_t
cst_error_set(cst_error_t *error, cst_status_t status, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return status;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

void
cst_error_clear(cst_error_t *error)
{
    error->file[0] = '\0';
    error->line = 0;
    error->column = 0;
    error->message[0] = '\0';
}
