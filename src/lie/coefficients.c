/* lie/coefficients.c -- numbering monomials, and matrices of coefficients written entry by entry. */
#include <string.h>

#include "lie/coefficients.h"

void
cst__monomials_init(cst__monomials_t *set, slong width)
{
    flint_rand_t state;

    memset(set, 0, sizeof *set);
    set->width = width;
    set->mixers = flint_malloc((size_t) (width + 1) * sizeof *set->mixers);
    flint_rand_init(state);
    for (slong g = 0; g < width; g++)
        set->mixers[g] = n_randlimb(state) | 1;
    flint_rand_clear(state);
}

void
cst__monomials_clear(cst__monomials_t *set)
{
    flint_free(set->exponents);
    flint_free(set->mixers);
    flint_free(set->hashes);
    flint_free(set->table);
}

static slong
monomials_slot(const cst__monomials_t *set, const ulong *exponents, ulong hash)
{
    slong mask = set->size - 1, slot = (slong) ((hash >> 17) & (ulong) mask);

    while (set->table[slot])
    {
        slong k = set->table[slot] - 1;

        if (set->hashes[k] == hash &&
            !memcmp(set->exponents + k * set->width, exponents, (size_t) set->width * sizeof *exponents))
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void
monomials_grow(cst__monomials_t *set)
{
    set->alloc = 2 * set->alloc + 64;
    set->exponents =
        flint_realloc(set->exponents, (size_t) (set->alloc * set->width + 1) * sizeof *set->exponents);
    set->hashes = flint_realloc(set->hashes, (size_t) set->alloc * sizeof *set->hashes);
    for (set->size = 64; set->size < 3 * set->alloc; set->size *= 2)
        ;
    flint_free(set->table);
    set->table = flint_calloc((size_t) set->size, sizeof *set->table);
    for (slong k = 0; k < set->length; k++)
        set->table[monomials_slot(set, set->exponents + k * set->width, set->hashes[k])] = k + 1;
}

slong
cst__monomials_number(cst__monomials_t *set, const ulong *exponents, ulong hash)
{
    slong slot;

    if (set->length == set->alloc)
        monomials_grow(set);
    slot = monomials_slot(set, exponents, hash);
    if (!set->table[slot])
    {
        memcpy(set->exponents + set->length * set->width, exponents, (size_t) set->width * sizeof *exponents);
        set->hashes[set->length] = hash;
        set->table[slot] = ++set->length;
    }
    return set->table[slot] - 1;
}

ulong
cst__monomial_hash(const cst__monomials_t *set, const ulong *exponents)
{
    ulong hash = 0;

    for (slong g = 0; g < set->width; g++)
        hash += set->mixers[g] * exponents[g];
    return hash;
}

void
cst__entries_push(cst__entries_t *entries, slong row, slong column, const fmpz_t value, slong factor)
{
    if (entries->length == entries->alloc)
    {
        slong alloc = 2 * entries->alloc + 256;

        entries->row = flint_realloc(entries->row, (size_t) alloc * sizeof *entries->row);
        entries->column = flint_realloc(entries->column, (size_t) alloc * sizeof *entries->column);
        entries->value = flint_realloc(entries->value, (size_t) alloc * sizeof *entries->value);
        memset(entries->value + entries->alloc, 0,
               (size_t) (alloc - entries->alloc) * sizeof *entries->value);
        entries->alloc = alloc;
    }
    entries->row[entries->length] = row;
    entries->column[entries->length] = column;
    fmpz_mul_si(entries->value + entries->length++, value, factor);
}

void
cst__entries_clear(cst__entries_t *entries)
{
    _fmpz_vec_clear(entries->value, entries->alloc);
    flint_free(entries->row);
    flint_free(entries->column);
}

/* Appends them, sorted by rows. */
void
cst__entries_flush(cst__sparse_t m, const cst__entries_t *entries, slong rows)
{
    slong *start = flint_calloc((size_t) rows + 2, sizeof *start);
    slong *sorted = flint_malloc((size_t) (entries->length + 1) * sizeof *sorted);

    for (slong i = 0; i < entries->length; i++)
        start[entries->row[i] + 1]++;
    for (slong r = 0; r < rows; r++)
        start[r + 1] += start[r];
    for (slong i = 0; i < entries->length; i++)
        sorted[start[entries->row[i]]++] = i;
    for (slong i = 0; i < entries->length; i++)
    {
        cst__sparse_push(m, entries->column[sorted[i]], entries->value + sorted[i]);
        if (i + 1 == entries->length || entries->row[sorted[i + 1]] != entries->row[sorted[i]])
            cst__sparse_end_row(m);
    }
    flint_free(sorted);
    flint_free(start);
}
