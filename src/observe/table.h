/* observe/table.h -- rows as they are found. Internal. */
#ifndef CST_OBSERVE_TABLE_H
#define CST_OBSERVE_TABLE_H

#include <caustic/observe.h>

#include "observe/matrix.h"

typedef struct
{
    cst_observe_table_struct *table;
    slong step;
    unsigned group; /* of the model */
    int all;        /* what takes long, too */
} cst__sink_t;

/* Adds a row; raw and note may be NULL. An indeterminate ball is a value that is not defined. */
void cst__emit(const cst__sink_t *sink, const char *layer, const char *observable, const arb_t value,
               const arb_t raw, unsigned respects, const char *note);

/* A row of the root of square over steps, and that of raw (or NULL); both are balls of squares. */
void cst__emit_speed(const cst__sink_t *sink, const char *layer, const char *observable, const arb_t square,
                     const arb_t raw, slong steps, unsigned respects, const char *note);

/* A row whose value cannot be given, for the reason in note. */
void cst__emit_nothing(const cst__sink_t *sink, const char *layer, const char *observable, const arb_t raw,
                       unsigned respects, const char *note);

void cst__note(cst_observe_table_struct *table, const char *text);

/* exp of the entropy of w_i / sum w; indeterminate if all may be 0. */
void cst__effective_number(arb_t number, arb_srcptr w, slong length);

/* nuclear norm, Frobenius norm, largest singular value and effective rank of what has these singular values,
   as observables PREFIX-nuclear-norm, ...; names has the four of them. raw may be NULL: four values. */
typedef struct
{
    const char *nuclear, *frobenius, *largest, *rank;
} cst__spectrum_names_t;
typedef struct
{
    arb_t nuclear, frobenius, largest, rank;
} cst__spectrum_struct;
typedef cst__spectrum_struct cst__spectrum_t[1];

void cst__spectrum_init(cst__spectrum_t s);
void cst__spectrum_clear(cst__spectrum_t s);
void cst__spectrum_set(cst__spectrum_t s, arb_srcptr sigma, slong length);

/* The spectrum of a matrix. */
void cst__spectrum_of(cst__spectrum_t s, const cst__mat_t a);

#endif
