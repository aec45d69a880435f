/* lie/coefficients.h -- numbering monomials, and matrices of coefficients written entry by entry. */
#ifndef CST_LIE_COEFFICIENTS_H
#define CST_LIE_COEFFICIENTS_H

#include "lie/kernel.h"

/* Monomials in `width` generators, numbered as they come. The hash is a linear form in the exponents, so a
   product of monomials has the sum of their hashes. */
typedef struct
{
    slong width, length, alloc;
    ulong *exponents;
    ulong *mixers;
    ulong *hashes;
    slong *table; /* open addressing: number + 1, or 0 */
    slong size;
} cst__monomials_t;

void cst__monomials_init(cst__monomials_t *set, slong width);
void cst__monomials_clear(cst__monomials_t *set);
ulong cst__monomial_hash(const cst__monomials_t *set, const ulong *exponents);
slong cst__monomials_number(cst__monomials_t *set, const ulong *exponents, ulong hash);

/* Entries of a matrix, in any order. All zero at first. */
typedef struct
{
    slong *row, *column;
    fmpz *value;
    slong length, alloc;
} cst__entries_t;

void cst__entries_push(cst__entries_t *entries, slong row, slong column, const fmpz_t value, slong factor);
void cst__entries_clear(cst__entries_t *entries);
/* Appends them as rows, sorted. */
void cst__entries_flush(cst__sparse_t m, const cst__entries_t *entries, slong rows);

#endif
