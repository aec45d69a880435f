/* cli/integrate.h -- what the verb integrate finds, and how it is shown. */
#ifndef CST_CLI_INTEGRATE_H
#define CST_CLI_INTEGRATE_H

#include <signal.h>
#include <time.h>

#include "cli/cli.h"

typedef struct
{
    const char *problem, *output, *dense, *event, *time;
    int json, quiet, tangent, second;
    long precision; /* 0: chosen */
    double time_limit;
    fmpq_t tolerance; /* 0: none */
} cst__integrate_request_t;

typedef struct
{
    cst_status_t status; /* OK, or PARTIAL with a reason */
    char reason[300];
    int wants_event, has_event; /* the time is that of the event */
    slong n, chart, event_chart, steps, precision;
    fmpq_t low, high; /* the time */
    arb_ptr x;
    arb_mat_t tangent, second;  /* second: row i, column j n + k */
    arb_t energy, first_energy; /* where the chart has one */
    double seconds;
} cst__integrate_result_t;

/* All that the runs of one integration share. */
typedef struct
{
    const cst__integrate_request_t *request;
    cst_system_struct *system;
    cst_expr_t end, event; /* event: or NULL */
    double tolerance;
    cst_atlas_charts_t charts;
    cst_tape_struct *g; /* the event, one tape a chart; NULL if there is none */
    struct timespec start;
    double shown;
    cst_dense_struct *dense; /* NULL: not wanted */
} cst__integrate_run_t;

/* A second run is not begun, and a run ends, when this is set. */
extern volatile sig_atomic_t cst__integrate_interrupted;

void cst__integrate_result_init(cst__integrate_result_t *r, slong n);
void cst__integrate_result_clear(cst__integrate_result_t *r);

/* CST_OK with what was reached in *r, or an error. */
cst_status_t cst__integrate_solve(cst__integrate_result_t *r, cst__integrate_run_t *run, cst_error_t *error);

/* Both write to a stream. */
void cst__integrate_text(FILE *out, const cst__integrate_request_t *request, const cst_system_t system,
                         const cst__integrate_result_t *result);
void cst__integrate_json(FILE *out, const cst__integrate_request_t *request, const cst_system_t system,
                         const cst__integrate_result_t *result);

#endif
