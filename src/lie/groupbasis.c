/* lie/groupbasis.c -- the Lie algebras of matrix groups, as matrices. */
#include "lie/group.h"

#define MOST_ENTRIES (1 << 24)

/* The next matrix of a basis, and where its block begins. */
typedef struct
{
    fmpq_mat_struct *next;
    slong corner;
} place_t;

static void
put(const place_t *place, slong i, slong j, slong value)
{
    fmpq_set_si(fmpq_mat_entry(place->next, place->corner + i, place->corner + j), value, 1);
}

static void
put_linear(place_t *place, slong n, int special)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            if (special && i == j && i + 1 == n)
                continue;
            put(place, i, j, 1);
            if (special && i == j)
                put(place, i + 1, i + 1, -1);
            place->next++;
        }
}

/* (E_ij - E_ji) eta for i > j */
static void
put_orthogonal(place_t *place, slong p, slong q)
{
    for (slong i = 0; i < p + q; i++)
        for (slong j = 0; j < i; j++)
        {
            put(place, i, j, j < p ? 1 : -1);
            put(place, j, i, i < p ? -1 : 1);
            place->next++;
        }
}

/* (E_ij + E_ji) omega for i >= j */
static void
put_symplectic(place_t *place, slong n)
{
    for (slong i = 0; i < 2 * n; i++)
        for (slong j = 0; j <= i; j++)
        {
            put(place, i, (j + n) % (2 * n), j < n ? 1 : -1);
            put(place, j, (i + n) % (2 * n), i < n ? 1 : -1);
            place->next++;
        }
}

static void
put_rotation(place_t *place)
{
    put(place, 0, 1, -1);
    put(place, 1, 0, 1);
    place->next++;
}

static void put_basis(place_t *place, const cst_group_t g);

static void
put_blocks(place_t *place, const cst_group_t part, slong count)
{
    slong corner = place->corner, degree = cst_group_degree(part);

    if (cst_group_dimension(part) > 0)
        for (slong i = 0; i < count; i++, place->corner += degree)
            put_basis(place, part);
    place->corner = corner;
}

static void
put_basis(place_t *place, const cst_group_t g)
{
    switch (g->kind)
    {
    case CST_GROUP_TRIVIAL:
    case CST_GROUP_SIGNS:
        break;
    case CST_GROUP_POSITIVE:
    case CST_GROUP_NONZERO:
        put_linear(place, 1, 0);
        break;
    case CST_GROUP_COMPLEX:
        put(place, 0, 0, 1);
        put(place, 1, 1, 1);
        place->next++;
        put_rotation(place);
        break;
    case CST_GROUP_CIRCLE:
        put_rotation(place);
        break;
    case CST_GROUP_GL:
    case CST_GROUP_SL:
        put_linear(place, g->p, g->kind == CST_GROUP_SL);
        break;
    case CST_GROUP_O:
    case CST_GROUP_SO:
        put_orthogonal(place, g->p, g->q);
        break;
    case CST_GROUP_SP:
        put_symplectic(place, g->p);
        break;
    case CST_GROUP_PRODUCT:
        put_basis(place, g->part);
        place->corner += cst_group_degree(g->part);
        put_basis(place, g->part + 1);
        place->corner -= cst_group_degree(g->part);
        break;
    case CST_GROUP_POWER:
    case CST_GROUP_WREATH:
        put_blocks(place, g->part, g->p);
        break;
    case CST_GROUP_AFFINE:
        put_basis(place, g->part);
        for (slong i = 0, n = cst_group_degree(g->part); i < n; i++, place->next++)
            put(place, i, n, 1);
    }
}

static cst_status_t
check_size(const cst_group_t g, slong entries_each, cst_error_t *error)
{
    slong dimension = cst_group_dimension(g);

    if (dimension > 0 && (entries_each > MOST_ENTRIES || dimension > MOST_ENTRIES / entries_each))
        return cst_error_set(error, CST_REFUSED,
                             "the Lie algebra, of dimension %ld, is too large to write down",
                             (long) dimension);
    return CST_OK;
}

cst_status_t
cst_group_basis(fmpq_mat_struct *basis, const cst_group_t g, cst_error_t *error)
{
    slong degree = cst_group_degree(g);
    cst_status_t status = check_size(g, degree * degree, error);
    place_t place = {basis, 0};

    for (slong i = 0; i < cst_group_dimension(g) && status == CST_OK; i++)
        fmpq_mat_zero(basis + i);
    if (status == CST_OK)
        put_basis(&place, g);
    return status;
}

cst_status_t
cst_group_algebra(cst_algebra_t algebra, const cst_group_t g, cst_error_t *error)
{
    slong degree = cst_group_degree(g), dimension = cst_group_dimension(g);
    cst_status_t status = check_size(g, degree * degree, error);
    fmpq_mat_struct *basis;

    if (status == CST_OK) /* with the coordinates of all brackets */
        status = check_size(g, dimension * (degree * degree + dimension), error);
    if (status != CST_OK)
        return status;
    basis = flint_malloc((size_t) (dimension + 1) * sizeof *basis);
    for (slong i = 0; i < dimension; i++)
        fmpq_mat_init(basis + i, degree, degree);
    cst_group_basis(basis, g, NULL);
    status = cst_algebra_set_matrices(algebra, basis, dimension, error);
    for (slong i = 0; i < dimension; i++)
        fmpq_mat_clear(basis + i);
    flint_free(basis);
    return status;
}
