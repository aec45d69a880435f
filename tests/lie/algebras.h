/* tests/lie/algebras.h -- the classical Lie algebras as rational matrices. */
#ifndef LIE_TEST_ALGEBRAS_H
#define LIE_TEST_ALGEBRAS_H

#include <criterion/criterion.h>
#include <string.h>

#include <caustic/algebra.h>

#define MOST_MATRICES 64

typedef struct
{
    slong size, count;
    fmpq_mat_struct m[MOST_MATRICES];
} matrices_t;

static inline fmpq_mat_struct *
add_matrix(matrices_t *list)
{
    cr_assert(list->count < MOST_MATRICES);
    fmpq_mat_init(list->m + list->count, list->size, list->size);
    return list->m + list->count++;
}

static inline void
add_to_entry(fmpq_mat_struct *m, slong i, slong j, slong value)
{
    fmpq_add_si(fmpq_mat_entry(m, i, j), fmpq_mat_entry(m, i, j), value);
}

static inline void
clear_matrices(matrices_t *list)
{
    for (slong i = 0; i < list->count; i++)
        fmpq_mat_clear(list->m + i);
}

/* gl(n) or sl(n) in the upper left corner. */
static inline void
add_linear(matrices_t *list, slong n, int special)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            if (i != j || !special || i + 1 < n)
            {
                fmpq_mat_struct *m = add_matrix(list);

                add_to_entry(m, i, j, 1);
                if (i == j && special)
                    add_to_entry(m, i + 1, i + 1, -1);
            }
}

/* (E_ij - E_ji) eta, eta = diag(form): so(eta). */
static inline void
add_orthogonal(matrices_t *list, slong n, const slong *form)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < i; j++)
        {
            fmpq_mat_struct *m = add_matrix(list);

            add_to_entry(m, i, j, form[j]);
            add_to_entry(m, j, i, -form[i]);
        }
}

/* (E_ij + E_ji) omega: sp(2n). */
static inline void
add_symplectic(matrices_t *list, slong n)
{
    for (slong i = 0; i < 2 * n; i++)
        for (slong j = 0; j <= i; j++)
        {
            fmpq_mat_struct *m = add_matrix(list);

            add_to_entry(m, i, (j + n) % (2 * n), j < n ? 1 : -1);
            add_to_entry(m, j, (i + n) % (2 * n), i < n ? 1 : -1);
        }
}

/* The entry (re + sqrt(d) im) E_ij as a 2 x 2 block. */
static inline void
add_block(fmpq_mat_struct *m, slong i, slong j, slong d, slong re, slong im)
{
    add_to_entry(m, 2 * i, 2 * j, re);
    add_to_entry(m, 2 * i + 1, 2 * j + 1, re);
    add_to_entry(m, 2 * i, 2 * j + 1, d * im);
    add_to_entry(m, 2 * i + 1, 2 * j, im);
}

/* su(eta) in real 2n x 2n matrices. */
static inline void
add_unitary(matrices_t *list, slong n, const slong *form)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < i; j++)
        {
            fmpq_mat_struct *m = add_matrix(list);

            add_block(m, i, j, -1, form[j], 0);
            add_block(m, j, i, -1, -form[i], 0);
            m = add_matrix(list);
            add_block(m, i, j, -1, 0, form[j]);
            add_block(m, j, i, -1, 0, form[i]);
        }
    for (slong i = 0; i + 1 < n; i++)
    {
        fmpq_mat_struct *m = add_matrix(list);

        add_block(m, i, i, -1, 0, 1);
        add_block(m, i + 1, i + 1, -1, 0, -1);
    }
}

/* sl(n) over Q(sqrt(d)), as an algebra over Q. */
static inline void
add_linear_over(matrices_t *list, slong n, slong d)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong part = 0; part < 2 && (i != j || i + 1 < n); part++)
            {
                fmpq_mat_struct *m = add_matrix(list);

                add_block(m, i, j, d, 1 - part, part);
                if (i == j)
                    add_block(m, i + 1, i + 1, d, part - 1, -part);
            }
}

/* The translations of R^n in (n + 1) x (n + 1) matrices. */
static inline void
add_translations(matrices_t *list, slong n)
{
    for (slong i = 0; i < n; i++)
        add_to_entry(add_matrix(list), i, n, 1);
}

static inline void
set_from(cst_algebra_t g, matrices_t *list)
{
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_algebra_set_matrices(g, list->m, list->count, &error), CST_OK, "%s", error.message);
    clear_matrices(list);
}

/* Algebras by family: "gl", "sl" p; "so", "su" p q; "sp" 2p; "e" p q; "aff" p; "slc": sl(p) over Q(i); "sl2":
   sl(p) over Q(sqrt(2)); "upper": upper triangular p x p; "strict": strictly. */
static inline void
set_family(cst_algebra_t g, const char *family, slong p, slong q)
{
    slong form[16];
    int affine = strcmp(family, "e") == 0 || strcmp(family, "aff") == 0;
    int pairs = strcmp(family, "su") == 0 || strcmp(family, "slc") == 0 || strcmp(family, "sl2") == 0;
    matrices_t list = {.size = (p + q) * (1 + pairs) + affine};

    if (strcmp(family, "sp") == 0)
        list.size = 2 * p;
    for (slong i = 0; i < p + q; i++)
        form[i] = i < p ? 1 : -1;
    if (strcmp(family, "gl") == 0 || strcmp(family, "aff") == 0 || strcmp(family, "sl") == 0)
        add_linear(&list, p, family[0] == 's');
    else if (strcmp(family, "so") == 0 || strcmp(family, "e") == 0)
        add_orthogonal(&list, p + q, form);
    else if (strcmp(family, "su") == 0)
        add_unitary(&list, p + q, form);
    else if (strcmp(family, "sp") == 0)
        add_symplectic(&list, p);
    else if (strcmp(family, "slc") == 0 || strcmp(family, "sl2") == 0)
        add_linear_over(&list, p, family[2] == 'c' ? -1 : 2);
    else
        for (slong i = 0; i < p; i++)
            for (slong j = i + (family[0] == 's'); j < p; j++)
                add_to_entry(add_matrix(&list), i, j, 1);
    if (affine)
        add_translations(&list, p + q);
    set_from(g, &list);
}

/* A product of random elementary matrices, of determinant +-1. */
static inline void
random_basis(fmpq_mat_t p, slong n, flint_rand_t state, slong steps)
{
    fmpq_mat_one(p);
    for (slong s = 0; s < steps * n; s++)
    {
        slong i = (slong) n_randint(state, (ulong) n), j = (slong) n_randint(state, (ulong) n);
        int minus = (int) n_randint(state, 2);

        for (slong k = 0; k < n && i != j; k++)
            if (minus)
                fmpq_sub(fmpq_mat_entry(p, i, k), fmpq_mat_entry(p, i, k), fmpq_mat_entry(p, j, k));
            else
                fmpq_add(fmpq_mat_entry(p, i, k), fmpq_mat_entry(p, i, k), fmpq_mat_entry(p, j, k));
    }
}

/* h: g in a random basis; they may be one. */
static inline void
random_conjugate(cst_algebra_t h, const cst_algebra_t g, flint_rand_t state)
{
    fmpq_mat_t p;

    fmpq_mat_init(p, g->dimension, g->dimension);
    random_basis(p, g->dimension, state, 3);
    cr_assert_eq(cst_algebra_subalgebra(h, g, p, NULL), CST_OK);
    fmpq_mat_clear(p);
}

#endif
