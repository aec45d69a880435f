/* lie/levi.c -- a Levi subalgebra. */
#include "lie/space.h"

/* The last term of the derived series: it is perfect and contains every Levi subalgebra. */
static void
perfect_core(fmpq_mat_t w, const cst_algebra_t g)
{
    slong before;
    fmpq_mat_t next;

    fmpq_mat_init(next, 0, 0);
    cst__space_whole(w, g->dimension);
    do
    {
        before = fmpq_mat_nrows(w);
        cst_algebra_product(next, g, w, w);
        fmpq_mat_swap(w, next);
    } while (fmpq_mat_nrows(w) < before);
    fmpq_mat_clear(next);
}

/* One step of the lifting. With [x_i, x_j] = c_ij^l x_l modulo r, and v a basis of r modulo [r, r],
   x_i + a_i^p v_p satisfies it modulo [r, r] if
     a_j^p [x_i, v_p] - a_i^p [x_j, v_p] - c_ij^l a_l^p v_p = c_ij^l x_l - [x_i, x_j]  modulo [r, r].
   By Whitehead's lemma there is a solution. */
typedef struct
{
    slong s, d;                /* rows of x and of v */
    const fmpq_mat_struct *ad; /* ad[i]: row p holds the coordinates of [x_i, v_p] in v, rows d x d */
    const cst_algebra_struct *c;
    const fmpq_mat_struct *rest; /* row i*s + j: those of c_ij^l x_l - [x_i, x_j] */
} step_t;

/* Unknown a_i^p is number i*d + p, an equation for each i < j and each of the d coordinates: systems are
   kept transposed, unknown by equation. */
static void
solve_step(fmpq_mat_t a, const step_t *step)
{
    slong s = step->s, d = step->d, column = 0;
    fmpq_mat_t system, right;

    fmpq_mat_init(system, s * d, s * (s - 1) / 2 * d);
    fmpq_mat_init(right, 1, s * (s - 1) / 2 * d);
    for (slong i = 0; i < s; i++)
        for (slong j = i + 1; j < s; j++)
            for (slong k = 0; k < d; k++, column++)
            {
                fmpq_set(fmpq_mat_entry(right, 0, column), fmpq_mat_entry(step->rest, i * s + j, k));
                for (slong p = 0; p < d; p++)
                {
                    fmpq *at_i = fmpq_mat_entry(system, i * d + p, column);
                    fmpq *at_j = fmpq_mat_entry(system, j * d + p, column);

                    fmpq_add(at_j, at_j, fmpq_mat_entry(step->ad + i, p, k));
                    fmpq_sub(at_i, at_i, fmpq_mat_entry(step->ad + j, p, k));
                }
                for (slong l = 0; l < s; l++)
                {
                    fmpq *at = fmpq_mat_entry(system, l * d + k, column);

                    fmpq_sub(at, at, fmpq_mat_entry(step->c->table + i, j, l));
                }
            }
    cst__space_coordinates(a, system, right);
    fmpq_mat_clear(system);
    fmpq_mat_clear(right);
}

/* The first d coordinates in the rows of basis. */
static void
leading_coordinates(fmpq_mat_t w, const fmpq_mat_t basis, const fmpq_mat_t rows, slong d)
{
    fmpq_mat_t x;

    fmpq_mat_init(x, 0, 0);
    cst__space_coordinates(x, basis, rows);
    cst__space_resize(w, fmpq_mat_nrows(rows), d);
    for (slong i = 0; i < fmpq_mat_nrows(rows); i++)
        for (slong j = 0; j < d; j++)
            fmpq_set(fmpq_mat_entry(w, i, j), fmpq_mat_entry(x, i, j));
    fmpq_mat_clear(x);
}

/* rest: row i*s + j gets c_ij^l x_l - [x_i, x_j]; ad as in step_t; both in the basis (v, [r, r]). */
static void
set_step(fmpq_mat_struct *ad, fmpq_mat_t rest, const cst_algebra_t g, const cst_algebra_t c,
         const fmpq_mat_t x, const fmpq_mat_t v, const fmpq_mat_t basis)
{
    slong n = g->dimension, s = fmpq_mat_nrows(x), d = fmpq_mat_nrows(v);
    fmpq_mat_t right, moved, bracket, wanted, all;

    fmpq_mat_init(right, n, n);
    fmpq_mat_init(moved, d, n);
    fmpq_mat_init(bracket, s, n);
    fmpq_mat_init(wanted, s, n);
    fmpq_mat_init(all, s * s, n);
    for (slong i = 0; i < s; i++)
    {
        cst__algebra_right(right, g, fmpq_mat_entry(x, i, 0));
        fmpq_mat_mul(moved, v, right);
        leading_coordinates(ad + i, basis, moved, d);
        fmpq_mat_mul(bracket, x, right);
        fmpq_mat_mul(wanted, c->table + i, x);
        fmpq_mat_sub(wanted, wanted, bracket);
        for (slong j = 0; j < s; j++)
            for (slong k = 0; k < n; k++)
                fmpq_swap(fmpq_mat_entry(all, i * s + j, k), fmpq_mat_entry(wanted, j, k));
    }
    leading_coordinates(rest, basis, all, d);
    fmpq_mat_clear(right);
    fmpq_mat_clear(moved);
    fmpq_mat_clear(bracket);
    fmpq_mat_clear(wanted);
    fmpq_mat_clear(all);
}

/* x := x + a v, closed modulo derived = [r, r]. */
static void
lift(fmpq_mat_t x, const cst_algebra_t g, const cst_algebra_t c, const fmpq_mat_t r, const fmpq_mat_t derived)
{
    slong s = fmpq_mat_nrows(x), d;
    fmpq_mat_struct *ad = flint_malloc((size_t) (s + 1) * sizeof *ad);
    fmpq_mat_t v, basis, rest, solution, a, shift;

    fmpq_mat_init(v, 0, 0);
    fmpq_mat_init(basis, 0, 0);
    fmpq_mat_init(rest, 0, 0);
    fmpq_mat_init(solution, 0, 0);
    cst__space_complement(v, r, derived);
    cst__space_stack(basis, v, derived);
    d = fmpq_mat_nrows(v);
    for (slong i = 0; i < s; i++)
        fmpq_mat_init(ad + i, d, d);
    set_step(ad, rest, g, c, x, v, basis);
    solve_step(solution, &(step_t){s, d, ad, c, rest});
    fmpq_mat_init(a, s, d);
    for (slong i = 0; i < s; i++)
        for (slong p = 0; p < d; p++)
            fmpq_set(fmpq_mat_entry(a, i, p), fmpq_mat_entry(solution, 0, i * d + p));
    fmpq_mat_init(shift, s, g->dimension);
    fmpq_mat_mul(shift, a, v);
    fmpq_mat_add(x, x, shift);
    for (slong i = 0; i < s; i++)
        fmpq_mat_clear(ad + i);
    flint_free(ad);
    fmpq_mat_clear(v);
    fmpq_mat_clear(basis);
    fmpq_mat_clear(rest);
    fmpq_mat_clear(solution);
    fmpq_mat_clear(a);
    fmpq_mat_clear(shift);
}

/* A Levi subalgebra of a perfect algebra. */
static void
lift_all(fmpq_mat_t x, const cst_algebra_t g)
{
    cst_algebra_t c;
    fmpq_mat_t r, derived, whole;

    fmpq_mat_init(r, 0, 0);
    fmpq_mat_init(derived, 0, 0);
    fmpq_mat_init(whole, 0, 0);
    cst_algebra_init(c);
    cst_algebra_radical(r, g);
    cst__space_whole(whole, g->dimension);
    cst_algebra_quotient(c, g, r, NULL); /* on the rows of x */
    cst__space_complement(x, whole, r);
    while (fmpq_mat_nrows(r) > 0)
    {
        cst_algebra_product(derived, g, r, r);
        lift(x, g, c, r, derived);
        fmpq_mat_swap(r, derived);
    }
    cst_algebra_clear(c);
    fmpq_mat_clear(r);
    fmpq_mat_clear(derived);
    fmpq_mat_clear(whole);
}

void
cst_algebra_levi(fmpq_mat_t w, const cst_algebra_t g)
{
    cst_algebra_t perfect;
    fmpq_mat_t core, x;

    fmpq_mat_init(core, 0, 0);
    fmpq_mat_init(x, 0, 0);
    cst_algebra_init(perfect);
    perfect_core(core, g);
    cst_algebra_subalgebra(perfect, g, core, NULL);
    lift_all(x, perfect);
    cst__space_resize(w, fmpq_mat_nrows(x), g->dimension);
    fmpq_mat_mul(w, x, core);
    cst__space_reduce(w);
    fmpq_mat_clear(core);
    fmpq_mat_clear(x);
    cst_algebra_clear(perfect);
}
