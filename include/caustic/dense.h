/* caustic/dense.h -- the dense output of an integration as a file: exact polynomials and radii, step by step.

   A text in lines (tokens separated by one space):

       caustic-dense 1
       chart NAME VARIABLE ...          one a chart; the name is - if it has none
       step CHART START END             charts from 0; exact times, rationals; END is the START of the next
   step VARIABLE RADIUS C0 C1 C2 ...     one a variable, in order end STEPS                        the last
   line

   With s = (t - START)/(END - START) in [0,1], each solution that was integrated stays within RADIUS of
   C0 + C1 s + C2 s^2 + ...; radii and coefficients are exact dyadic numbers MpE = M 2^E. */
#ifndef CAUSTIC_DENSE_H
#define CAUSTIC_DENSE_H

#include <caustic/atlas.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong chart;
    fmpq_t start, end;
    arb_poly_struct *polynomials; /* one a variable, exact */
    arf_struct *radii;
} cst_dense_step_t;

typedef struct
{
    slong dimension, chart_count, length, room;
    char **charts; /* the lines that name the charts, without the word `chart` */
    cst_dense_step_t *steps;
} cst_dense_struct;
typedef cst_dense_struct cst_dense_t[1];

/* No steps and no charts. */
CST_API void cst_dense_init(cst_dense_t dense, slong dimension);
CST_API void cst_dense_clear(cst_dense_t dense);

/* Adds a chart with the names of its variables; name may be NULL. Names have no white space. */
CST_API void cst_dense_add_chart(cst_dense_t dense, const char *name, const char *const *variables);

/* Forgets the steps. */
CST_API void cst_dense_restart(cst_dense_t dense);

/* Adds the last step of a flow; nothing if it took none. */
CST_API void cst_dense_append(cst_dense_t dense, slong chart, const cst_flow_t flow);

/* The text, which the caller frees with flint_free. */
CST_API char *cst_dense_print(const cst_dense_t dense, size_t *length);

/* Reads such a text; name stands for the file in messages. CST_BAD_INPUT with file, line and cause: nothing
   is left to clear then. */
CST_API cst_status_t cst_dense_parse(cst_dense_t dense, const char *name, const char *text, size_t length,
                                     cst_error_t *error);

/* Encloses the solutions at an exact time: x in the variables of the chart that is returned; -1, and nothing
   is set, outside all steps. */
CST_API slong cst_dense_state(arb_ptr x, const cst_dense_t dense, const fmpq_t time, slong prec);

#ifdef __cplusplus
}
#endif

#endif
