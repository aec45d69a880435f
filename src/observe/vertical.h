/* observe/vertical.h -- the part of a change that lies along the orbit of a group, and moment maps. Internal.

   Columns are what the group mixes, rows are data. For a pair a (n x k), b (m x k) of which only a b' is
   seen, the orbit's directions are (a X, -b X'). */
#ifndef CST_OBSERVE_VERTICAL_H
#define CST_OBSERVE_VERTICAL_H

#include "observe/matrix.h"

typedef enum
{
    OBS_ALL_MIXED,    /* X any matrix */
    OBS_PAIRS_HALVED, /* complex factors of columns j and j + k/2 */
    OBS_PAIRS_NEXT,   /* complex factors of columns 2j and 2j + 1 */
    OBS_SCALED,       /* real factors: X diagonal */
    OBS_FIXED         /* none */
} cst__mixing_t;

typedef struct
{
    cst__mat_t a, b;
} cst__pairing_struct;
typedef cst__pairing_struct cst__pairing_t[1];

void cst__pairing_clear(cst__pairing_t p);

/* now - before, entry by entry: each difference is rounded once. */
void cst__pairing_subtract(cst__pairing_t now, const cst__pairing_t before);

/* Squared norm of the change, and of its part along the orbit through p. The entries of p are exact. */
void cst__pairing_square(arb_t square, const cst__pairing_t p);
void cst__pairing_vertical(arb_t square, const cst__pairing_t p, const cst__pairing_t change,
                           cst__mixing_t mixing);

/* What gradient flow conserves: a'a - b'b, or its parts that belong to factors; initialized here. */
void cst__pairing_moment(cst__mat_t moment, const cst__pairing_t p, cst__mixing_t mixing);

#endif
