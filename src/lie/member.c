/* lie/member.c -- is a matrix in a group? Once, for exact matrices and for balls. */
#include "lie/group.h"

/* A rational matrix (exact) or one of balls. */
typedef struct
{
    int exact;
    fmpq_mat_t q;
    arb_mat_t b;
    slong prec;
} matrix_t;

static void
matrix_init(matrix_t *m, slong rows, slong columns, const matrix_t *like)
{
    m->exact = like->exact;
    m->prec = like->prec;
    fmpq_mat_init(m->q, m->exact ? rows : 0, m->exact ? columns : 0);
    arb_mat_init(m->b, m->exact ? 0 : rows, m->exact ? 0 : columns);
}

static void
matrix_clear(matrix_t *m)
{
    fmpq_mat_clear(m->q);
    arb_mat_clear(m->b);
}

/* The block of n x n entries at (row, column). */
static void
block_init(matrix_t *block, const matrix_t *m, slong row, slong column, slong n)
{
    matrix_init(block, n, n, m);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            if (m->exact)
                fmpq_set(fmpq_mat_entry(block->q, i, j), fmpq_mat_entry(m->q, row + i, column + j));
            else
                arb_set(arb_mat_entry(block->b, i, j), arb_mat_entry(m->b, row + i, column + j));
}

static void
multiply(matrix_t *product, const matrix_t *a, const matrix_t *b)
{
    if (a->exact)
        fmpq_mat_mul(product->q, a->q, b->q);
    else
        arb_mat_mul(product->b, a->b, b->b, a->prec);
}

/* Three-valued logic. */
static cst_truth_t
both(cst_truth_t a, cst_truth_t b)
{
    return a == CST_FALSE || b == CST_FALSE ? CST_FALSE
           : a == CST_TRUE && b == CST_TRUE ? CST_TRUE
                                            : CST_UNKNOWN;
}

static cst_truth_t
negated(cst_truth_t a)
{
    return a == CST_UNKNOWN ? CST_UNKNOWN : a == CST_TRUE ? CST_FALSE : CST_TRUE;
}

static cst_truth_t
ball_equals(const arb_t x, slong value)
{
    return arb_equal_si(x, value) ? CST_TRUE : arb_contains_si(x, value) ? CST_UNKNOWN : CST_FALSE;
}

static cst_truth_t
entry_equals(const matrix_t *m, slong i, slong j, slong value)
{
    if (m->exact)
        return fmpq_equal_si(fmpq_mat_entry(m->q, i, j), value) ? CST_TRUE : CST_FALSE;
    return ball_equals(arb_mat_entry(m->b, i, j), value);
}

/* m_ij = sign m_kl */
static cst_truth_t
entries_agree(const matrix_t *m, slong i, slong j, slong k, slong l, int sign)
{
    matrix_t t;
    cst_truth_t truth;

    matrix_init(&t, 1, 1, m);
    if (m->exact && sign > 0)
        fmpq_sub(fmpq_mat_entry(t.q, 0, 0), fmpq_mat_entry(m->q, i, j), fmpq_mat_entry(m->q, k, l));
    else if (m->exact)
        fmpq_add(fmpq_mat_entry(t.q, 0, 0), fmpq_mat_entry(m->q, i, j), fmpq_mat_entry(m->q, k, l));
    else if (sign > 0)
        arb_sub(arb_mat_entry(t.b, 0, 0), arb_mat_entry(m->b, i, j), arb_mat_entry(m->b, k, l), m->prec);
    else
        arb_add(arb_mat_entry(t.b, 0, 0), arb_mat_entry(m->b, i, j), arb_mat_entry(m->b, k, l), m->prec);
    truth = entry_equals(&t, 0, 0, 0);
    matrix_clear(&t);
    return truth;
}

typedef enum
{
    IS_POSITIVE,
    IS_NONZERO,
    IS_ONE
} condition_t;

static cst_truth_t
determinant_is(const matrix_t *m, condition_t condition)
{
    matrix_t t;
    cst_truth_t truth;
    const arb_struct *d;

    matrix_init(&t, 1, 1, m);
    if (m->exact)
        fmpq_mat_det(fmpq_mat_entry(t.q, 0, 0), m->q);
    else
        arb_mat_det(arb_mat_entry(t.b, 0, 0), m->b, m->prec);
    if (condition == IS_ONE)
        truth = entry_equals(&t, 0, 0, 1);
    else if (condition == IS_NONZERO)
        truth = negated(entry_equals(&t, 0, 0, 0));
    else if (m->exact)
        truth = fmpq_sgn(fmpq_mat_entry(t.q, 0, 0)) > 0 ? CST_TRUE : CST_FALSE;
    else
    {
        d = arb_mat_entry(t.b, 0, 0);
        truth = arb_is_positive(d) ? CST_TRUE : arb_is_nonpositive(d) ? CST_FALSE : CST_UNKNOWN;
    }
    matrix_clear(&t);
    return truth;
}

/* Forms ----------------------------------------------------------------------------------- */

/* The entry (i, j) of the form that a group preserves. */
static slong
form_entry(const cst_group_t g, slong i, slong j)
{
    if (g->kind == CST_GROUP_SP)
        return j == i + g->p ? 1 : i == j + g->p ? -1 : 0;
    return i != j ? 0 : i < g->p || g->kind == CST_GROUP_CIRCLE ? 1 : -1;
}

/* A^T form A = form */
static cst_truth_t
preserves_form(const matrix_t *m, const cst_group_t g)
{
    slong n = cst_group_degree(g);
    matrix_t form, product, transposed;
    cst_truth_t truth = CST_TRUE;

    matrix_init(&form, n, n, m);
    matrix_init(&product, n, n, m);
    matrix_init(&transposed, n, n, m);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            if (m->exact)
                fmpq_set_si(fmpq_mat_entry(form.q, i, j), form_entry(g, i, j), 1);
            else
                arb_set_si(arb_mat_entry(form.b, i, j), form_entry(g, i, j));
    if (m->exact)
        fmpq_mat_transpose(transposed.q, m->q);
    else
        arb_mat_transpose(transposed.b, m->b);
    multiply(&product, &form, m);
    multiply(&form, &transposed, &product);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n && truth != CST_FALSE; j++)
            truth = both(truth, entry_equals(&form, i, j, form_entry(g, i, j)));
    matrix_clear(&form);
    matrix_clear(&product);
    matrix_clear(&transposed);
    return truth;
}

/* Blocks ------------------------------------------------------------------------------------ */

static cst_truth_t contains(const cst_group_t g, const matrix_t *m);

static cst_truth_t
block_is_in(const cst_group_t g, const matrix_t *m, slong row, slong column)
{
    matrix_t block;
    cst_truth_t truth;

    block_init(&block, m, row, column, cst_group_degree(g));
    truth = contains(g, &block);
    matrix_clear(&block);
    return truth;
}

/* Is the block of these rows and columns zero? */
static cst_truth_t
is_zero(const matrix_t *m, slong row, slong rows, slong column, slong columns)
{
    cst_truth_t truth = CST_TRUE;

    for (slong i = row; i < row + rows; i++)
        for (slong j = column; j < column + columns && truth != CST_FALSE; j++)
            truth = both(truth, entry_equals(m, i, j, 0));
    return truth;
}

static cst_truth_t
is_product(const matrix_t *m, const cst_group_t a, const cst_group_t b)
{
    slong p = cst_group_degree(a), q = cst_group_degree(b);
    cst_truth_t truth = both(is_zero(m, 0, p, p, q), is_zero(m, p, q, 0, p));

    truth = truth == CST_FALSE ? truth : both(truth, block_is_in(a, m, 0, 0));
    return truth == CST_FALSE ? truth : both(truth, block_is_in(b, m, p, p));
}

static cst_truth_t
is_power(const matrix_t *m, const cst_group_t part, slong count)
{
    slong n = cst_group_degree(part);
    cst_truth_t truth = CST_TRUE;

    for (slong i = 0; i < count; i++)
        for (slong j = 0; j < count && truth != CST_FALSE; j++)
            truth = both(truth, i == j ? block_is_in(part, m, i * n, i * n) : is_zero(m, i * n, n, j * n, n));
    return truth;
}

/* One block in each row, in the group, all others 0. What is in the group is not 0. */
static cst_truth_t
is_monomial(const matrix_t *m, const cst_group_t part, slong count)
{
    slong n = cst_group_degree(part);
    slong *taken = flint_calloc((size_t) count, sizeof *taken);
    cst_truth_t truth = CST_TRUE;

    for (slong i = 0; i < count && truth != CST_FALSE; i++)
    {
        slong possible = 0, certain = 0, last = 0; /* blocks that are not zero */

        for (slong j = 0; j < count; j++)
        {
            cst_truth_t empty = is_zero(m, i * n, n, j * n, n);

            if (empty == CST_FALSE || (empty == CST_UNKNOWN && !certain))
                last = j;
            possible += empty != CST_TRUE;
            certain += empty == CST_FALSE;
        }
        if (possible == 0 || certain > 1 || (certain && taken[last]++))
            truth = CST_FALSE;
        else if (possible > 1)
            truth = CST_UNKNOWN;
        if (truth != CST_FALSE && (certain || possible == 1))
            truth = both(truth, block_is_in(part, m, i * n, last * n));
    }
    flint_free(taken);
    return truth;
}

/* (A, b; 0, 1) */
static cst_truth_t
is_affine(const matrix_t *m, const cst_group_t part)
{
    slong n = cst_group_degree(part);
    cst_truth_t truth = both(is_zero(m, n, 1, 0, n), entry_equals(m, n, n, 1));

    return truth == CST_FALSE ? truth : both(truth, block_is_in(part, m, 0, 0));
}

static cst_truth_t
is_identity(const matrix_t *m, slong n)
{
    cst_truth_t truth = CST_TRUE;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n && truth != CST_FALSE; j++)
            truth = both(truth, entry_equals(m, i, j, i == j));
    return truth;
}

static cst_truth_t
is_sign(const matrix_t *m)
{
    return negated(both(negated(entry_equals(m, 0, 0, 1)), negated(entry_equals(m, 0, 0, -1))));
}

static cst_truth_t
contains(const cst_group_t g, const matrix_t *m)
{
    cst_truth_t truth;

    switch (g->kind)
    {
    case CST_GROUP_TRIVIAL:
        return is_identity(m, g->p);
    case CST_GROUP_SIGNS:
        return is_sign(m);
    case CST_GROUP_POSITIVE:
        return determinant_is(m, IS_POSITIVE);
    case CST_GROUP_NONZERO:
    case CST_GROUP_GL:
        return determinant_is(m, IS_NONZERO);
    case CST_GROUP_SL:
        return determinant_is(m, IS_ONE);
    case CST_GROUP_COMPLEX:
        truth = both(entries_agree(m, 0, 0, 1, 1, 1), entries_agree(m, 0, 1, 1, 0, -1));
        return both(truth, determinant_is(m, IS_NONZERO));
    case CST_GROUP_O:
    case CST_GROUP_SP:
        return preserves_form(m, g);
    case CST_GROUP_SO:
    case CST_GROUP_CIRCLE:
        return both(preserves_form(m, g), determinant_is(m, IS_POSITIVE));
    case CST_GROUP_PRODUCT:
        return is_product(m, g->part, g->part + 1);
    case CST_GROUP_POWER:
        return is_power(m, g->part, g->p);
    case CST_GROUP_WREATH:
        return is_monomial(m, g->part, g->p);
    case CST_GROUP_AFFINE:
        return is_affine(m, g->part);
    }
    return CST_UNKNOWN;
}

cst_truth_t
cst_group_contains_rational(const cst_group_t g, const fmpq_mat_t m)
{
    slong n = cst_group_degree(g);
    matrix_t copy;
    cst_truth_t truth;

    if (fmpq_mat_nrows(m) != n || fmpq_mat_ncols(m) != n)
        return CST_FALSE;
    matrix_init(&copy, n, n, &(matrix_t){.exact = 1});
    fmpq_mat_set(copy.q, m);
    truth = contains(g, &copy);
    matrix_clear(&copy);
    return truth;
}

cst_truth_t
cst_group_contains(const cst_group_t g, const arb_mat_t m, slong prec)
{
    slong n = cst_group_degree(g);
    matrix_t copy;
    cst_truth_t truth;

    if (arb_mat_nrows(m) != n || arb_mat_ncols(m) != n)
        return CST_FALSE;
    matrix_init(&copy, n, n, &(matrix_t){.prec = prec});
    arb_mat_set(copy.b, m);
    truth = contains(g, &copy);
    matrix_clear(&copy);
    return truth;
}
