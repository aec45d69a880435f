/* Least norms by moving weights along one shear or scaling after the other. */
#ifndef TESTS_OBSERVE_DESCENT_H
#define TESTS_OBSERVE_DESCENT_H

#include "helper.h"

/* Entries x[i * stride], one for each dimension that a group mixes. */
typedef struct
{
    double *x;
    slong stride;
} line_t;

/* A group on `size` dimensions: lines that go with it (w X), and against it (X^{-1} r). */
typedef struct
{
    slong size, with, against;
    line_t w[400], r[400];
} action_t;

void go_with(action_t *a, double *x, slong stride);
void go_against(action_t *a, double *x, slong stride);

/* Once through all shears (mixed) and scalings, each to the exact minimum along it. Returns how far they
 * went. */
double sweep(action_t *a, int mixed);

double square(const double *x, slong count);

/* The rows of one checkpoint. */
void observe_one(cst_observe_table_t table, const weights_t *w, const char *settings);

#endif
