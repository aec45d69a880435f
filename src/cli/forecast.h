/* cli/forecast.h -- forecasts from a run that was observed. */
#ifndef CST_CLI_FORECAST_H
#define CST_CLI_FORECAST_H

#include "cli/cli.h"

/* Of a Jacobian: beyond it is none of a gradient field. */
#define CST__MOST_ASYMMETRY 0.3

/* A scalar along the run. */
typedef struct
{
    char *layer, *name;
    int raw;                 /* of the weights as given */
    int invariant;           /* respects all symmetries that are known */
    int logged;              /* a column of log.csv */
    cst_monitor_series_t of; /* its arrays belong to the scalar */
} cst__scalar_t;

typedef struct
{
    slong length;
    cst__scalar_t *items;
} cst__scalars_t;

/* All scalars of a table that have a value at every checkpoint, and the columns of log.csv in the folder, if
   it is there. CST_BAD_INPUT, with the place, for a log that is not understood. */
cst_status_t cst__scalars(cst__scalars_t *scalars, const cst_observe_table_t table, const char *folder,
                          cst_error_t *error);
void cst__scalars_clear(cst__scalars_t *scalars);

typedef struct
{
    double from, to;       /* steps; from < 0: where the training accuracy reaches 0.99, or the start */
    double threshold;      /* of the alarm */
    double steepness;      /* how much steeper than at the forecast it may become */
    const char *reference; /* a column of the log, or NULL */
    long window;           /* velocities that a potential is fitted to */
    int json;
} cst__forecast_request_t;

/* Writes change points, forecasts, conservation laws, and (for networks with one hidden layer) the forecast
   of neurons as particles. */
cst_status_t cst__forecast(FILE *out, const cst__forecast_request_t *request, const cst_observe_table_t table,
                           const cst__run_list_t *list, cst_io_node_t settings, cst_error_t *error);

/* "key": x, or null where it is not finite. */
void cst__put_number(cst_io_json_t json, const char *key, double x);

/* A time of a forecast; NaN for 0, what rates that are faster than the checkpoints give. */
double cst__known_time(double tau);
/* " tau [low, high]", with ? where it is doubtful or a bound is 0, and - for NaN and -infinity. */
void cst__print_time(FILE *out, double tau, double low, double high, int doubtful);
void cst__print_real(FILE *out, const char *format, double x);

/* The neurons of one hidden layer at each checkpoint from one step to another; empty for other networks. */
typedef struct
{
    slong length, count, dimension;
    int odd;
    double *step, **x; /* at each checkpoint */
} cst__swarm_t;

/* To be cleared whatever the status. */
cst_status_t cst__swarm_read(cst__swarm_t *swarm, const cst__run_list_t *list, double from, double to,
                             cst_io_node_t settings, cst_error_t *error);
void cst__swarm_clear(cst__swarm_t *swarm);
/* As text, or (json not NULL) as the array "neurons". */
void cst__swarm_forecast(FILE *out, cst_io_json_struct *json, const cst__swarm_t *swarm);

/* Writes what neighbouring runs say of the Jacobian of their velocities: folders, with steps in common. */
cst_status_t cst__neighbours(FILE *out, char *const *folders, slong count, int json, cst_error_t *error);

/* Follows a run: observes each checkpoint of the folder once it is complete, in the order of steps, and hands
   the table with the number of its first new row to print. Ends after `idle` seconds without a new one, with
   the error of a checkpoint that stays broken. */
typedef struct
{
    char *folder;
    const char *architecture;
    double interval, idle;
    cst_status_t (*print)(void *closure, const cst_observe_table_t table, slong first, cst_error_t *error);
    void *closure;
} cst__watch_t;

cst_status_t cst__watch(const cst__watch_t *watch, cst_observe_table_t table, cst_error_t *error);

#endif
