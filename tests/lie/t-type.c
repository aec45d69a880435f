/* The type of known algebras, in the usual basis and in a random one. */
#include <string.h>

#include "algebras.h"

TestSuite(lie_type, .timeout = 120);

typedef struct
{
    const char *family;
    slong p, q;
    slong dimension, derived, centre, nilradical, radical, positive, negative;
    const char *cartan, *name;
} known_t;

/* Dimensions and Killing signatures (noncompact, compact) are from the books. */
static const known_t known[] = {
    {"gl", 1, 0, 1, 0, 1, 1, 1, 0, 0, "", "R"},
    {"gl", 2, 0, 4, 3, 1, 1, 1, 2, 1, "A1", "gl(2,R) = R + sl(2,R)"},
    {"gl", 3, 0, 9, 8, 1, 1, 1, 5, 3, "A2", "gl(3,R) = R + sl(3,R)"},
    {"gl", 4, 0, 16, 15, 1, 1, 1, 9, 6, "A3", "gl(4,R) = R + sl(4,R)"},
    {"sl", 2, 0, 3, 3, 0, 0, 0, 2, 1, "A1", "sl(2,R)"},
    {"sl", 3, 0, 8, 8, 0, 0, 0, 5, 3, "A2", "sl(3,R)"},
    {"so", 2, 0, 1, 0, 1, 1, 1, 0, 0, "", "R"},
    {"so", 3, 0, 3, 3, 0, 0, 0, 0, 3, "A1", "so(3)"},
    {"so", 2, 1, 3, 3, 0, 0, 0, 2, 1, "A1", "sl(2,R)"},
    {"so", 4, 0, 6, 6, 0, 0, 0, 0, 6, "A1 + A1", "so(4) = so(3) + so(3)"},
    {"so", 3, 1, 6, 6, 0, 0, 0, 3, 3, "A1 + A1", "so(3,1) = sl(2,C)"},
    {"so", 2, 2, 6, 6, 0, 0, 0, 4, 2, "A1 + A1", "so(2,2) = sl(2,R) + sl(2,R)"},
    {"so", 5, 0, 10, 10, 0, 0, 0, 0, 10, "B2", "so(5)"},
    {"so", 4, 1, 10, 10, 0, 0, 0, 4, 6, "B2", "so(4,1)"},
    {"so", 3, 2, 10, 10, 0, 0, 0, 6, 4, "B2", "so(3,2) = sp(4,R)"},
    {"sp", 2, 0, 10, 10, 0, 0, 0, 6, 4, "B2", "so(3,2) = sp(4,R)"},
    {"so", 4, 2, 15, 15, 0, 0, 0, 8, 7, "A3", "so(4,2) = su(2,2)"},
    {"so", 5, 1, 15, 15, 0, 0, 0, 5, 10, "A3", "so(5,1) = sl(2,H)"},
    {"su", 3, 0, 8, 8, 0, 0, 0, 0, 8, "A2", "su(3)"},
    {"su", 2, 1, 8, 8, 0, 0, 0, 4, 4, "A2", "su(2,1)"},
    {"su", 1, 1, 3, 3, 0, 0, 0, 2, 1, "A1", "sl(2,R)"},
    {"slc", 2, 0, 6, 6, 0, 0, 0, 3, 3, "A1 + A1", "so(3,1) = sl(2,C)"},
    {"sl2", 2, 0, 6, 6, 0, 0, 0, 4, 2, "A1 + A1", "so(2,2) = sl(2,R) + sl(2,R)"},
    {"e", 2, 0, 3, 2, 0, 2, 3, 0, 1, "", "e(2)"},
    {"e", 1, 1, 3, 2, 0, 2, 3, 1, 0, "", "e(1,1)"},
    {"e", 3, 0, 6, 6, 0, 3, 3, 0, 3, "A1", "e(3)"},
    {"e", 3, 1, 10, 10, 0, 4, 4, 3, 3, "A1 + A1", "e(3,1)"},
    {"aff", 1, 0, 2, 1, 0, 1, 2, 1, 0, "", "aff(1)"},
    {"aff", 2, 0, 6, 5, 0, 2, 3, 3, 1, "A1", "aff(2)"},
    {"strict", 3, 0, 3, 1, 1, 3, 3, 0, 0, "", "heisenberg(3)"},
    {"strict", 4, 0, 6, 3, 1, 6, 6, 0, 0, "", "nilpotent(6)"},
    {"upper", 2, 0, 3, 1, 1, 2, 3, 1, 0, "", "R + aff(1)"},
    {"upper", 3, 0, 6, 3, 1, 4, 6, 2, 0, "", "R + (solvable(5) with nilradical heisenberg(3))"},
};

static void
assert_type(const cst_algebra_t g, const known_t *k)
{
    cst_algebra_type_t t;

    cst_algebra_type_init(t, g);
    cr_assert_str_eq(t->name, k->name, "%s(%ld,%ld): %s", k->family, (long) k->p, (long) k->q, t->name);
    cr_assert_str_eq(t->cartan, k->cartan, "%s: %s", k->name, t->cartan);
    cr_assert(t->dimension == k->dimension && t->derived == k->derived && t->centre == k->centre, "%s",
              k->name);
    cr_assert(t->nilradical == k->nilradical && t->radical == k->radical, "%s", k->name);
    cr_assert(t->positive == k->positive && t->negative == k->negative, "%s: Killing form (%ld, %ld)",
              k->name, (long) t->positive, (long) t->negative);
    cr_assert_eq(t->abelian, k->derived == 0);
    cr_assert_eq(t->nilpotent, k->nilradical == k->dimension);
    cr_assert_eq(t->solvable, k->radical == k->dimension);
    cr_assert_eq(t->semisimple, k->radical == 0);
    cr_assert_eq(t->reductive, k->radical == k->centre);
    cr_assert_eq(t->perfect, k->derived == k->dimension);
    cr_assert_eq(t->unimodular, strncmp(k->family, "aff", 3) != 0 && strcmp(k->family, "upper") != 0);
    cst_algebra_type_clear(t);
}

Test(lie_type, known_algebras_in_any_basis)
{
    flint_rand_t state;
    cst_algebra_t g, h;

    flint_rand_init(state);
    cst_algebra_init(g);
    cst_algebra_init(h);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    {
        set_family(g, known[i].family, known[i].p, known[i].q);
        assert_type(g, known + i);
        random_conjugate(h, g, state);
        assert_type(h, known + i);
    }
    cst_algebra_clear(g);
    cst_algebra_clear(h);
    flint_rand_clear(state);
    flint_cleanup();
}

static void
assert_name(const cst_algebra_t g, const char *name, const char *cartan)
{
    cst_algebra_type_t t;

    cst_algebra_type_init(t, g);
    cr_assert_str_eq(t->name, name, "%s, not %s", t->name, name);
    cr_assert_str_eq(t->cartan, cartan, "%s: %s", t->name, t->cartan);
    cst_algebra_type_clear(t);
}

/* One dimension and rank, and for the split forms one signature: B_3 and C_3 differ in their roots only. */
Test(lie_type, b3_and_c3)
{
    cst_algebra_t g;

    cst_algebra_init(g);
    set_family(g, "so", 7, 0);
    assert_name(g, "so(7)", "B3");
    set_family(g, "so", 4, 3);
    assert_name(g, "so(4,3)", "B3");
    set_family(g, "sp", 3, 0);
    assert_name(g, "sp(6,R)", "C3");
    cst_algebra_clear(g);
    flint_cleanup();
}

/* The direct sum in a mixed basis is taken apart again. */
Test(lie_type, direct_sums)
{
    static const struct
    {
        const char *family[3];
        slong p[3];
        const char *name, *cartan;
    } sums[] = {{{"aff", "aff", "gl"}, {1, 1, 1}, "R + aff(1) + aff(1)", ""},
                {{"so", "sl", "e"}, {3, 2, 2}, "e(2) + sl(2,R) + so(3)", "A1 + A1"},
                {{"gl", "strict", "gl"}, {2, 3, 1}, "R^2 + heisenberg(3) + sl(2,R)", "A1"},
                {{"so", "gl", "gl"}, {3, 1, 1}, "R^2 + so(3)", "A1"},
                {{"su", "gl", "strict"}, {2, 1, 2}, "R^2 + so(3)", "A1"},
                {{"su", "gl", "gl"}, {3, 1, 1}, "R^2 + su(3)", "A2"},
                {{"e", "aff", "slc"}, {3, 1, 2}, "aff(1) + e(3) + sl(2,C)", "A1 + A1 + A1"}};
    flint_rand_t state;
    cst_algebra_t g, h;

    flint_rand_init(state);
    cst_algebra_init(g);
    cst_algebra_init(h);
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
    {
        set_family(g, sums[i].family[0], sums[i].p[0], 0);
        for (int k = 1; k < 3; k++)
        {
            set_family(h, sums[i].family[k], sums[i].p[k], 0);
            cst_algebra_direct_sum(g, g, h);
        }
        random_conjugate(h, g, state);
        assert_name(h, sums[i].name, sums[i].cartan);
    }
    cst_algebra_clear(g);
    cst_algebra_clear(h);
    flint_rand_clear(state);
    flint_cleanup();
}

/* so(x^2 + y^2 - sqrt(2) z^2) over Q(sqrt(2)): at one real place it is so(2,1), at the other so(3). In the
   basis l_1, l_2, l_3, s l_1, s l_2, s l_3: [l_1, l_2] = l_3, [l_2, l_3] = -s l_1, [l_3, l_1] = -s l_2. */
Test(lie_type, different_real_places)
{
    fmpq *c = _fmpq_vec_init(216);
    cst_algebra_t g;
    cst_algebra_simple_t simple;

    for (slong i = 0; i < 3; i++)
        for (slong a = 0; a < 2; a++)
            for (slong b = 0; b < 2; b++)
            {
                slong j = (i + 1) % 3, k = (i + 2) % 3, power = a + b + (i != 0);
                slong value = (i != 0 ? -1 : 1) * (power > 1 ? 2 : 1);
                slong x = i + 3 * a, y = j + 3 * b, z = k + 3 * (power % 2);

                fmpq_set_si(c + (x * 6 + y) * 6 + z, value, 1);
                fmpq_set_si(c + (y * 6 + x) * 6 + z, -value, 1);
            }
    cst_algebra_init(g);
    cr_assert_eq(cst_algebra_set_constants(g, c, 6, NULL), CST_OK);
    cr_assert_eq(cst_algebra_simple_init(simple, g, NULL), CST_OK);
    cr_assert(simple->series == 'A' && simple->rank == 1 && simple->copies == 2 && simple->real_places == 2);
    cr_assert_eq(simple->compact[0] + simple->compact[1], 4);
    cst_algebra_simple_clear(simple);
    assert_name(g, "so*(4) = sl(2,R) + so(3)", "A1 + A1");
    cst_algebra_clear(g);
    _fmpq_vec_clear(c, 216);
    flint_cleanup();
}

Test(lie_type, semidirect_and_parabolic)
{
    matrices_t list = {.size = 3}, action = {.size = 2};
    cst_algebra_t sl2, plane, g;

    cst_algebra_init(sl2);
    cst_algebra_init(plane);
    cst_algebra_init(g);
    set_family(sl2, "sl", 2, 0);
    set_family(plane, "gl", 1, 0);
    cst_algebra_direct_sum(plane, plane, plane);
    add_linear(&action, 2, 1);
    cr_assert_eq(cst_algebra_semidirect(g, sl2, plane, action.m, NULL), CST_OK);
    assert_name(g, "sl(2,R) x| R^2", "A1");
    fmpq_mat_scalar_mul_fmpz(action.m, action.m, (fmpz[]){2});
    cr_assert_eq(cst_algebra_semidirect(g, sl2, plane, action.m, NULL), CST_BAD_INPUT, "no homomorphism");
    clear_matrices(&action);
    for (slong i = 0; i < 3; i++) /* the stabilizer of a line in gl(3): 1 + 2 blocks */
        for (slong j = 0; j < 3; j++)
            if (i == 0 || j > 0)
                add_to_entry(add_matrix(&list), i, j, 1);
    set_from(g, &list);
    assert_name(g, "R + aff(2)", "A1");
    cst_algebra_clear(sl2);
    cst_algebra_clear(plane);
    cst_algebra_clear(g);
    flint_cleanup();
}

Test(lie_type, nothing)
{
    cst_algebra_t g;

    cst_algebra_init(g);
    assert_name(g, "0", "");
    cst_algebra_clear(g);
    flint_cleanup();
}
