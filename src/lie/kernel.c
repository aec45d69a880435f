/* lie/kernel.c -- kernels of sparse integer matrices: elimination modulo primes, proved over Z. */
#include <stdlib.h>
#include <string.h>

#include "lie/kernel.h"

#define MAX_PRIMES 24
#define MAX_ROWS 400 /* of a basis that is simplified */
#define MAX_LLL_ROWS 40

/* Rows --------------------------------------------------------------------- */

void
cst__sparse_init(cst__sparse_t m, slong columns)
{
    memset(m, 0, sizeof *m);
    m->columns = columns;
    m->row_alloc = 16;
    m->start = flint_calloc((size_t) m->row_alloc + 1, sizeof *m->start);
}

void
cst__sparse_clear(cst__sparse_t m)
{
    _fmpz_vec_clear(m->value, m->entry_alloc);
    flint_free(m->column);
    flint_free(m->start);
}

void
cst__sparse_push(cst__sparse_t m, slong column, const fmpz_t value)
{
    for (slong i = m->start[m->rows]; i < m->entries && m->entries < m->start[m->rows] + 8; i++)
        if (m->column[i] == column)
        {
            fmpz_add(m->value + i, m->value + i, value);
            return;
        }
    if (m->entries == m->entry_alloc)
    {
        slong alloc = 2 * m->entry_alloc + 64;

        m->column = flint_realloc(m->column, (size_t) alloc * sizeof *m->column);
        m->value = flint_realloc(m->value, (size_t) alloc * sizeof *m->value);
        memset(m->value + m->entry_alloc, 0, (size_t) (alloc - m->entry_alloc) * sizeof *m->value);
        m->entry_alloc = alloc;
    }
    m->column[m->entries] = column;
    fmpz_set(m->value + m->entries++, value);
}

void
cst__sparse_end_row(cst__sparse_t m)
{
    if (m->entries == m->start[m->rows])
        return;
    if (++m->rows >= m->row_alloc)
    {
        m->row_alloc *= 2;
        m->start = flint_realloc(m->start, ((size_t) m->row_alloc + 1) * sizeof *m->start);
    }
    m->start[m->rows] = m->entries;
}

/* Elimination modulo a prime ------------------------------------------------ */

void
cst__echelon_init(cst__echelon_t *e, slong columns, ulong prime)
{
    e->columns = columns;
    e->rank = 0;
    nmod_init(&e->mod, prime);
    e->pivots = flint_malloc((size_t) (columns + 1) * sizeof *e->pivots);
    for (slong i = 0; i < columns; i++)
        e->pivots[i] = (cst__pivot_t){-1, NULL, NULL};
    e->work = flint_calloc((size_t) columns + 1, sizeof *e->work);
}

void
cst__echelon_clear(cst__echelon_t *e)
{
    for (slong i = 0; i < e->columns; i++)
    {
        flint_free(e->pivots[i].column);
        flint_free(e->pivots[i].value);
    }
    flint_free(e->pivots);
    flint_free(e->work);
}

/* Makes what is left in the work row, from column `first` on, a pivot row. */
static void
new_pivot(cst__echelon_t *e, slong first)
{
    ulong inverse = n_invmod(e->work[first], e->mod.n);
    cst__pivot_t *pivot = e->pivots + first;
    slong length = 0;

    for (slong c = first + 1; c < e->columns; c++)
        length += e->work[c] != 0;
    pivot->column = flint_malloc((size_t) (length + 1) * sizeof *pivot->column);
    pivot->value = flint_malloc((size_t) (length + 1) * sizeof *pivot->value);
    pivot->length = 0;
    e->work[first] = 0;
    for (slong c = first + 1; c < e->columns; c++)
        if (e->work[c])
        {
            pivot->column[pivot->length] = c;
            pivot->value[pivot->length++] = nmod_mul(e->work[c], inverse, e->mod);
            e->work[c] = 0;
        }
    e->rank++;
}

void
cst__echelon_grow(cst__echelon_t *e, slong columns)
{
    if (columns <= e->columns)
        return;
    e->pivots = flint_realloc(e->pivots, (size_t) (columns + 1) * sizeof *e->pivots);
    e->work = flint_realloc(e->work, (size_t) (columns + 1) * sizeof *e->work);
    for (slong i = e->columns; i < columns; i++)
        e->pivots[i] = (cst__pivot_t){-1, NULL, NULL};
    memset(e->work + e->columns, 0, (size_t) (columns + 1 - e->columns) * sizeof *e->work);
    e->columns = columns;
}

int
cst__echelon_reduce(cst__echelon_t *e, slong first)
{
    slong lead = -1;

    for (slong c = first; c < e->columns; c++)
    {
        cst__pivot_t *pivot = e->pivots + c;
        ulong factor = e->work[c];

        if (!factor)
            continue;
        if (pivot->length < 0)
        {
            lead = lead < 0 ? c : lead;
            continue;
        }
        factor = nmod_neg(factor, e->mod);
        e->work[c] = 0;
        for (slong i = 0; i < pivot->length; i++)
            e->work[pivot->column[i]] =
                nmod_addmul(e->work[pivot->column[i]], pivot->value[i], factor, e->mod);
    }
    if (lead >= 0)
        new_pivot(e, lead);
    return lead >= 0;
}

static void
add_row(cst__echelon_t *e, const cst__sparse_t m, slong row)
{
    slong first = e->columns;

    for (slong i = m->start[row]; i < m->start[row + 1]; i++)
    {
        slong c = m->column[i];

        if (e->pivots[c].length == 0)
            continue;
        e->work[c] = nmod_add(e->work[c], fmpz_fdiv_ui(m->value + i, e->mod.n), e->mod);
        first = FLINT_MIN(first, c);
    }
    cst__echelon_reduce(e, first);
}

typedef struct
{
    slong length, row;
} order_t;

static int
by_length(const void *a, const void *b)
{
    const order_t *x = a, *y = b;

    return x->length != y->length ? (x->length > y->length) - (x->length < y->length)
                                  : (x->row > y->row) - (x->row < y->row);
}

/* Short rows first: rows with one entry empty a column. */
static void
eliminate(cst__echelon_t *e, const cst__sparse_t m)
{
    order_t *order = flint_malloc((size_t) (m->rows + 1) * sizeof *order);

    for (slong i = 0; i < m->rows; i++)
        order[i] = (order_t){m->start[i + 1] - m->start[i], i};
    qsort(order, (size_t) m->rows, sizeof *order, by_length);
    for (slong i = 0; i < m->rows && e->rank < e->columns; i++)
        add_row(e, m, order[i].row);
    flint_free(order);
}

/* The kernel vector that is 1 at one column without a pivot and 0 at the others. */
static void
back_substitute(ulong *vector, const cst__echelon_t *e, slong free_column)
{
    memset(vector, 0, (size_t) e->columns * sizeof *vector);
    vector[free_column] = 1;
    for (slong c = free_column - 1; c >= 0; c--)
    {
        const cst__pivot_t *pivot = e->pivots + c;
        ulong sum = 0;

        for (slong i = 0; i < pivot->length; i++)
            sum = nmod_addmul(sum, pivot->value[i], vector[pivot->column[i]], e->mod);
        if (pivot->length > 0)
            vector[c] = nmod_neg(sum, e->mod);
    }
}

/* Simpler bases ------------------------------------------------------------- */

/* Divides each row by its content, and makes its first entry positive. */
static void
make_primitive(fmpz_mat_t basis)
{
    fmpz_t content;

    fmpz_init(content);
    for (slong i = 0; i < basis->r; i++)
    {
        fmpz *row = fmpz_mat_entry(basis, i, 0);
        slong c = 0;

        _fmpz_vec_content(content, row, basis->c);
        if (fmpz_is_zero(content))
            continue;
        while (fmpz_is_zero(row + c))
            c++;
        if (fmpz_sgn(row + c) < 0)
            fmpz_neg(content, content);
        _fmpz_vec_scalar_divexact_fmpz(row, row, basis->c, content);
    }
    fmpz_clear(content);
}

/* Bits of the entries: what there is to read. */
static slong
measure(const fmpz_mat_t basis)
{
    slong sum = 0;

    for (slong i = 0; i < basis->r; i++)
        for (slong j = 0; j < basis->c; j++)
            sum += (slong) fmpz_bits(fmpz_mat_entry(basis, i, j));
    return sum;
}

static void
swap_if_simpler(fmpz_mat_t basis, fmpz_mat_t other)
{
    make_primitive(other);
    if (measure(other) < measure(basis))
        fmpz_mat_swap(basis, other);
}

static slong
first_column(const fmpz_mat_t basis, slong row)
{
    slong c = 0;

    while (c < basis->c && fmpz_is_zero(fmpz_mat_entry(basis, row, c)))
        c++;
    return c;
}

/* By the first entry. */
static void
sort_rows(fmpz_mat_t basis)
{
    for (slong i = 1; i < basis->r; i++)
        for (slong j = i; j > 0 && first_column(basis, j) < first_column(basis, j - 1); j--)
            fmpz_mat_swap_rows(basis, NULL, j, j - 1);
}

/* Replaces a basis by an equivalent one that is simpler to read. */
static void
simplify(fmpz_mat_t basis)
{
    fmpz_mat_t other;
    fmpz_t den;

    make_primitive(basis);
    if (basis->r == 0 || basis->r > MAX_ROWS)
        return;
    fmpz_init(den);
    fmpz_mat_init(other, basis->r, basis->c);
    fmpz_mat_rref(other, den, basis);
    swap_if_simpler(basis, other);
    if (basis->r > 1 && basis->r <= MAX_LLL_ROWS && measure(basis) > basis->r)
    {
        fmpz_lll_t fl;

        fmpz_lll_context_init_default(fl);
        fmpz_mat_set(other, basis);
        fmpz_lll(other, NULL, fl);
        swap_if_simpler(basis, other);
    }
    sort_rows(basis);
    fmpz_mat_clear(other);
    fmpz_clear(den);
}

/* From residues to integers ------------------------------------------------- */

/* A kernel known modulo some number. */
typedef struct
{
    slong columns, rank, count; /* count vectors, columns - rank */
    slong *free_columns;
    fmpz_mat_t residues;
    fmpz_t modulus;
} lift_t;

static void
lift_clear(lift_t *lift)
{
    flint_free(lift->free_columns);
    fmpz_mat_clear(lift->residues);
    fmpz_clear(lift->modulus);
}

static void
lift_start(lift_t *lift, const cst__echelon_t *e)
{
    slong k = 0;

    lift->columns = e->columns;
    lift->rank = e->rank;
    lift->count = e->columns - e->rank;
    lift->free_columns = flint_malloc((size_t) (lift->count + 1) * sizeof *lift->free_columns);
    for (slong c = 0; c < e->columns; c++)
        if (e->pivots[c].length < 0)
            lift->free_columns[k++] = c;
    fmpz_mat_init(lift->residues, lift->count, lift->columns);
    fmpz_init_set_ui(lift->modulus, 1);
}

static int
same_columns(const lift_t *lift, const cst__echelon_t *e)
{
    for (slong k = 0; k < lift->count; k++)
        if (e->pivots[lift->free_columns[k]].length >= 0)
            return 0;
    return lift->rank == e->rank;
}

static void
lift_prime(lift_t *lift, const cst__echelon_t *e)
{
    ulong *vector = flint_malloc((size_t) (lift->columns + 1) * sizeof *vector);

    for (slong k = 0; k < lift->count; k++)
    {
        back_substitute(vector, e, lift->free_columns[k]);
        for (slong c = 0; c < lift->columns; c++)
        {
            fmpz *r = fmpz_mat_entry(lift->residues, k, c);

            if (vector[c] || !fmpz_is_zero(r))
                fmpz_CRT_ui(r, r, lift->modulus, vector[c], e->mod.n, 0);
        }
    }
    fmpz_mul_ui(lift->modulus, lift->modulus, e->mod.n);
    flint_free(vector);
}

/* The integer vector without common divisor that is a multiple of a rational one with these residues. */
static int
reconstruct(fmpz *vector, const fmpz *residues, slong columns, const fmpz_t modulus)
{
    fmpq *rational = _fmpq_vec_init(columns);
    int found = 1;
    fmpz_t den;

    fmpz_init_set_ui(den, 1);
    for (slong c = 0; c < columns && found; c++)
        if (!fmpz_is_zero(residues + c))
        {
            found = fmpq_reconstruct_fmpz(rational + c, residues + c, modulus);
            fmpz_lcm(den, den, fmpq_denref(rational + c));
        }
    for (slong c = 0; c < columns && found; c++)
    {
        fmpz_divexact(vector + c, den, fmpq_denref(rational + c));
        fmpz_mul(vector + c, vector + c, fmpq_numref(rational + c));
    }
    fmpz_clear(den);
    _fmpq_vec_clear(rational, columns);
    return found;
}

static int
annihilates(const cst__sparse_t m, const fmpz *vector)
{
    int zero = 1;
    fmpz_t sum;

    fmpz_init(sum);
    for (slong row = 0; row < m->rows && zero; row++)
    {
        fmpz_zero(sum);
        for (slong i = m->start[row]; i < m->start[row + 1]; i++)
            if (!fmpz_is_zero(vector + m->column[i]))
                fmpz_addmul(sum, m->value + i, vector + m->column[i]);
        zero = fmpz_is_zero(sum);
    }
    fmpz_clear(sum);
    return zero;
}

static int
lift_finish(fmpz_mat_t basis, const lift_t *lift, const cst__sparse_t m)
{
    int proved = 1;

    for (slong k = 0; k < lift->count && proved; k++)
        proved = reconstruct(fmpz_mat_entry(basis, k, 0), fmpz_mat_entry(lift->residues, k, 0), lift->columns,
                             lift->modulus) &&
                 annihilates(m, fmpz_mat_entry(basis, k, 0));
    return proved;
}

int
cst__sparse_kernel(fmpz_mat_t basis, const cst__sparse_t m)
{
    ulong prime = UWORD(1) << (FLINT_BITS - 2);
    int proved = 0, started = 0;
    lift_t lift;

    for (int i = 0; i < MAX_PRIMES && !proved; i++)
    {
        cst__echelon_t e;

        prime = n_nextprime(prime, 0);
        cst__echelon_init(&e, m->columns, prime);
        eliminate(&e, m);
        if (started && (e.rank > lift.rank || (e.rank == lift.rank && !same_columns(&lift, &e))))
        {
            lift_clear(&lift); /* an unlucky prime spoilt what there is */
            fmpz_mat_clear(basis);
            started = 0;
        }
        if (!started)
        {
            lift_start(&lift, &e);
            fmpz_mat_init(basis, lift.count, m->columns);
            started = 1;
        }
        if (same_columns(&lift, &e))
        {
            lift_prime(&lift, &e);
            proved = lift_finish(basis, &lift, m);
        }
        cst__echelon_clear(&e);
    }
    lift_clear(&lift);
    if (proved)
        simplify(basis);
    else
        fmpz_mat_clear(basis);
    return proved;
}
