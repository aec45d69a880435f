/* caustic/system.h -- a problem file for verified integration: a vector field in one or several charts, a set
   of initial points, and a time.

   The field is given as it is (`system`), or by a Hamiltonian, a metric or a co-metric: Hamilton's equations
   in coordinates x and momenta p_x, or the equation of geodesics in coordinates x and velocities v_x. Vectors
   that are transported along, and parameters that are balls, are components of the state too. */
#ifndef CAUSTIC_SYSTEM_H
#define CAUSTIC_SYSTEM_H

#include <caustic/dense.h>
#include <caustic/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    CST_SYSTEM_FIELD,
    CST_SYSTEM_HAMILTONIAN, /* the state starts with the coordinates and then the momenta */
    CST_SYSTEM_GEODESIC     /* the state starts with the coordinates and then the velocities */
} cst_system_kind_t;

typedef struct
{
    const char *name;            /* NULL: the only one */
    const cst_expr_t *variables; /* the state */
    const cst_expr_t *field;     /* its derivative */
    cst_expr_t margin;           /* positive where the chart is meant to be used; NULL: everywhere */
    cst_expr_t energy;           /* conserved: H, or half the square of the velocity; NULL: none is known */
} cst_system_chart_t;

/* Every expression belongs to ctx, and every array to the system. */
typedef struct
{
    char *title;
    cst_expr_ctx_t ctx;
    cst_system_kind_t kind;
    slong dimension;        /* of the state */
    slong coordinate_count; /* it starts with so many coordinates; 0 for CST_SYSTEM_FIELD */
    slong chart_count;
    const cst_system_chart_t *charts;
    const cst_expr_t *const *transitions; /* [from * chart_count + to]: the new state, or NULL */
    slong initial_chart;
    const cst_expr_t *lower,
        *upper;               /* the ends of the initial values: constants, the same if it is a point */
    fmpq_t start;             /* the time of the initial values */
    cst_expr_t time;          /* to go to, a constant; NULL: not given */
    cst_expr_t event;         /* a function of the state in the chart of the start; NULL: not given */
    fmpq_t tolerance;         /* 0: not given */
    const char *const *names; /* what an expression may use, in the chart of the start */
    const cst_expr_t *values;
    slong name_count;
    void *memory;
} cst_system_struct;
typedef cst_system_struct cst_system_t[1];

/* Reads a file, or a text in memory that messages call name. A malformed one gives CST_BAD_INPUT; one whose
   charts do not fit together CST_REFUSED: transition maps that are not inverse to each other, or no
   isometries (proved by an exact test). error has file, line, column and the cause. On failure nothing is
   left to clear. */
CST_API cst_status_t cst_system_read(cst_system_t system, const char *path, cst_error_t *error);
CST_API cst_status_t cst_system_parse(cst_system_t system, const char *name, const char *text, size_t length,
                                      cst_error_t *error);
CST_API void cst_system_clear(cst_system_t system);

/* An expression of the state in the chart of the start, as cst_expr_parse. */
CST_API cst_status_t cst_system_expression(cst_expr_t *e, const cst_system_t system, const char *text,
                                           cst_error_t *error);

/* Encloses the initial set. */
CST_API void cst_system_initial(arb_ptr x, const cst_system_t system, slong prec);

/* The tapes of the charts, which belong to the caller. */
CST_API cst_status_t cst_system_charts(cst_atlas_charts_t *charts, const cst_system_t system,
                                       cst_error_t *error);
CST_API void cst_system_charts_clear(cst_atlas_charts_t *charts);

#ifdef __cplusplus
}
#endif

#endif
