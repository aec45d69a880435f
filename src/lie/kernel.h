/* lie/kernel.h -- the exact kernel of a sparse integer matrix, and the linear conditions that make one. */
#ifndef CST_LIE_KERNEL_H
#define CST_LIE_KERNEL_H

#include <caustic/lie.h>

/* Rows of a sparse integer matrix, added one by one. */
typedef struct
{
    slong columns, rows, entries;
    slong *start;  /* of each row; start[rows] = entries */
    slong *column; /* of each entry */
    fmpz *value;
    slong row_alloc, entry_alloc;
} cst__sparse_struct;
typedef cst__sparse_struct cst__sparse_t[1];

void cst__sparse_init(cst__sparse_t m, slong columns);
void cst__sparse_clear(cst__sparse_t m);
/* Adds an entry to the row being written; the columns of a row may come in any order and repeat. */
void cst__sparse_push(cst__sparse_t m, slong column, const fmpz_t value);
/* Ends that row; one without entries is dropped. */
void cst__sparse_end_row(cst__sparse_t m);

/* Echelon forms modulo a prime ---------------------------------------------- */

/* The pivot row of a column: 1 there, and further entries to the right. */
typedef struct
{
    slong length; /* -1: no pivot in this column */
    slong *column;
    ulong *value;
} cst__pivot_t;

typedef struct
{
    slong columns, rank;
    nmod_t mod;
    cst__pivot_t *pivots;
    ulong *work;
} cst__echelon_t;

void cst__echelon_init(cst__echelon_t *e, slong columns, ulong prime);
void cst__echelon_clear(cst__echelon_t *e);
void cst__echelon_grow(cst__echelon_t *e, slong columns);
/* Reduces the row that was written into `work`, zero before column `first`, and adds what is left of it.
   Was it independent of the rows before? Leaves zeros in `work`. */
int cst__echelon_reduce(cst__echelon_t *e, slong first);

/* A prime below the word size, for ranks: a rank modulo a prime is a lower bound. */
#define CST__LIE_PRIME n_nextprime(UWORD(1) << (FLINT_BITS - 2), 0)

/* Kernels ------------------------------------------------------------------- */

/* Sets basis (not initialized before) to a basis of the kernel over Q, a row each, of primitive integer
   vectors, reduced: it is an echelon form, or shorter than that. The rank is proved from below by a prime,
   from above by the vectors, each of which is multiplied out. 0: no success within limits. */
int cst__sparse_kernel(fmpz_mat_t basis, const cst__sparse_t m);

#endif
