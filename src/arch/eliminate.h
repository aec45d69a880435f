/* arch/eliminate.h -- the rank of a stream of rows modulo a prime; what is kept is one triangle. */
#ifndef CST_ARCH_ELIMINATE_H
#define CST_ARCH_ELIMINATE_H

#include <caustic/flint.h>

/* Rows in blocks are integers of absolute value at most p/2 + 1, so that a sum of BLOCK products of two of
   them is exact in a double: p < 2^22, BLOCK 2^9. */
#define CST__ELIMINATION_PRIME_LIMIT (UWORD(1) << 22)
#define CST__ELIMINATION_BLOCK 512

/* Pivots of one block, in the order of its rows. */
typedef struct
{
    slong rows, first; /* the pivots are at columns first ... first + rows - 1, where it is the identity */
    slong *swaps;      /* column first + i was exchanged with swaps[i], one after the other */
    float *rest;       /* rows x (columns - first - rows) */
} cst__pivots_t;

typedef struct
{
    double prime, inverse; /* of the prime, rounded */
    slong columns, rank;
    slong count, room;
    cst__pivots_t *blocks;
} cst__elimination_struct;
typedef cst__elimination_struct cst__elimination_t[1];

void cst__elimination_init(cst__elimination_t e, slong columns, ulong prime);
void cst__elimination_clear(cst__elimination_t e);

/* Adds at most CST__ELIMINATION_BLOCK rows of integers from 0 to p - 1, one after the other, which are
   overwritten. Returns by how much they raise the rank. */
slong cst__elimination_add(cst__elimination_t e, double *rows, slong count);

#endif
