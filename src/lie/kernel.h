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

/* Sets basis (not initialized before) to a basis of the kernel over Q, a row each, of primitive integer
   vectors, reduced: it is an echelon form, or shorter than that. The rank is proved from below by a prime,
   from above by the vectors, each of which is multiplied out. 0: no success within limits. */
int cst__sparse_kernel(fmpz_mat_t basis, const cst__sparse_t m);

/* Replaces a basis by an equivalent one that is simpler to read, by the measure above. */
void cst__kernel_simplify(fmpz_mat_t basis);

#endif
