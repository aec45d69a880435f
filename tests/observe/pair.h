/* Speeds along and across an orbit, and drifts, by brute force. */
#ifndef TESTS_OBSERVE_PAIR_H
#define TESTS_OBSERVE_PAIR_H

#include "helper.h"

/* A pair of matrices with k columns, one after the other: a (n x k) and b (m x k), and its change. */
typedef struct
{
    slong n, m, k;
    double *x, *d;
} pair_t;

/* What acts on the columns: GL(k), a complex number on each pair of columns, or a factor on each column. */
enum
{
    MIXED,
    PAIRS,
    SCALED
};

pair_t pair_new(slong n, slong m, slong k);
void pair_clear(pair_t *p);

/* The pair's rows from at on are entries i * row + j * col of the tensor, i < rows. */
void pair_fill(pair_t *p, slong at, const weights_t *w, const char *name, slong start, slong rows, slong row,
               slong col);

/* Squared lengths of the change, and of its projection to all directions of the orbit (orthogonalized twice).
 */
double pair_raw(const pair_t *p);
double pair_vertical(const pair_t *p, int kind);

/* Squared norm of the change of a'a - b'b. */
double pair_drift(const pair_t *p, int kind);

#endif
