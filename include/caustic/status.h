/* caustic/status.h -- what a call can answer, and the place and cause of an error. */
#ifndef CAUSTIC_STATUS_H
#define CAUSTIC_STATUS_H

#if defined(__GNUC__)
#    define CST_API __attribute__((visibility("default")))
#else
#    define CST_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ENTRY(name, exit code of the command, words) */
#define CST_STATUS_LIST(ENTRY)                                                                 \
    ENTRY(CST_OK, 0, "done")                                                                   \
    ENTRY(CST_PARTIAL, 1, "partial result")                                                    \
    ENTRY(CST_UNDECIDED, 1, "enclosure too wide to decide")                                    \
    ENTRY(CST_USAGE, 2, "wrong usage")                                                         \
    ENTRY(CST_BAD_INPUT, 2, "input cannot be read")                                            \
    ENTRY(CST_REFUSED, 2, "problem refused")                                                   \
    ENTRY(CST_INTERNAL, 3, "internal failure")

typedef enum
{
#define CST_ENUM(name, code, words) name,
    CST_STATUS_LIST(CST_ENUM)
#undef CST_ENUM
        CST_STATUS_COUNT
} cst_status_t;

/* Words for a status, such as "done". The string is static. */
CST_API const char *cst_status_words(cst_status_t status);

/* The exit code with which the command reports a status: 0, 1, 2 or 3. */
CST_API int cst_status_exit_code(cst_status_t status);

/* The answer of a decision by exact or enclosing arithmetic. */
typedef enum
{
    CST_FALSE = 0,
    CST_TRUE = 1,
    CST_UNKNOWN = 2
} cst_truth_t;

/* Where and why an input was refused. A plain value: no init, no clear. */
typedef struct
{
    char file[256]; /* empty: not known */
    int line;       /* from 1; 0: not known */
    int column;     /* from 1; 0: not known */
    char message[1024];
} cst_error_t;

/* Fills in *error (if not NULL) with a printf-style message, leaves its place as it is,
   and returns status, so that `return cst_error_set(error, CST_REFUSED, "...")` reads well. */
CST_API cst_status_t cst_error_set(cst_error_t *error, cst_status_t status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Empties the message and the place. */
CST_API void cst_error_clear(cst_error_t *error);

#ifdef __cplusplus
}
#endif

#endif
