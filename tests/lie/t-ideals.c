/* Series, radicals, Levi subalgebras and refusals, by their definitions. */
#include <string.h>

#include "algebras.h"

TestSuite(lie_ideals, .timeout = 120);

static slong
rank_of_both(const fmpq_mat_t u, const fmpq_mat_t v)
{
    slong rank;
    fmpq_mat_t both;

    fmpq_mat_init(both, fmpq_mat_nrows(u) + fmpq_mat_nrows(v), fmpq_mat_ncols(u));
    fmpq_mat_concat_vertical(both, u, v);
    rank = fmpq_mat_rref(both, both);
    fmpq_mat_clear(both);
    return rank;
}

/* g = s + r, s closed and semisimple, r a solvable ideal: this is the definition. */
static void
assert_levi(const cst_algebra_t g)
{
    slong n = g->dimension, dimensions[64], count;
    fmpq_mat_t levi, radical, whole, product;
    cst_algebra_t s, r;
    cst_algebra_type_t type;

    fmpq_mat_init(levi, 0, 0);
    fmpq_mat_init(radical, 0, 0);
    fmpq_mat_init(product, 0, 0);
    fmpq_mat_init(whole, n, n);
    fmpq_mat_one(whole);
    cst_algebra_init(s);
    cst_algebra_init(r);
    cst_algebra_levi(levi, g);
    cst_algebra_radical(radical, g);
    cr_assert_eq(fmpq_mat_nrows(levi) + fmpq_mat_nrows(radical), n);
    cr_assert_eq(rank_of_both(levi, radical), n);
    cr_assert_eq(cst_algebra_subalgebra(s, g, levi, NULL), CST_OK, "a Levi subalgebra is closed");
    cst_algebra_type_init(type, s);
    cr_assert(type->semisimple && type->positive + type->negative == s->dimension);
    cst_algebra_type_clear(type);
    cst_algebra_product(product, g, whole, radical);
    cr_assert_eq(rank_of_both(radical, product), fmpq_mat_nrows(radical), "the radical is an ideal");
    cr_assert_eq(cst_algebra_subalgebra(r, g, radical, NULL), CST_OK);
    count = cst_algebra_derived_series(dimensions, r);
    cr_assert_eq(dimensions[count - 1], 0);
    cst_algebra_clear(s);
    cst_algebra_clear(r);
    fmpq_mat_clear(levi);
    fmpq_mat_clear(radical);
    fmpq_mat_clear(product);
    fmpq_mat_clear(whole);
}

/* The parabolic subalgebras of gl(4): block upper triangular. blocks[i] is the block of coordinate i. */
static void
set_parabolic(cst_algebra_t g, const char *blocks)
{
    slong n = (slong) strlen(blocks);
    matrices_t list = {.size = n};

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            if (blocks[i] <= blocks[j])
                add_to_entry(add_matrix(&list), i, j, 1);
    set_from(g, &list);
}

Test(lie_ideals, levi)
{
    static const struct
    {
        const char *blocks, *cartan;
        slong nilradical; /* with the centre */
    } parabolics[] = {{"0011", "A1 + A1", 5}, {"0111", "A2", 4}, {"0012", "A1", 6}, {"0123", "", 7}};
    flint_rand_t state;
    cst_algebra_t g;
    cst_algebra_type_t type;

    flint_rand_init(state);
    cst_algebra_init(g);
    set_family(g, "aff", 3, 0);
    random_conjugate(g, g, state);
    assert_levi(g);
    set_family(g, "e", 3, 1);
    random_conjugate(g, g, state);
    assert_levi(g);
    for (size_t i = 0; i < sizeof parabolics / sizeof *parabolics; i++)
    {
        set_parabolic(g, parabolics[i].blocks);
        random_conjugate(g, g, state);
        assert_levi(g);
        cst_algebra_type_init(type, g);
        cr_assert_str_eq(type->cartan, parabolics[i].cartan);
        cr_assert_eq(type->nilradical, parabolics[i].nilradical);
        cr_assert(!type->unimodular && !type->reductive && type->centre == 1);
        cst_algebra_type_clear(type);
    }
    cst_algebra_clear(g);
    flint_rand_clear(state);
    flint_cleanup();
}

/* A Levi subalgebra under a radical that is not abelian: sl(2) on the Heisenberg algebra, in sp(4). */
Test(lie_ideals, levi_over_heisenberg)
{
    slong dimensions[16];
    flint_rand_t state;
    matrices_t list = {.size = 4};
    cst_algebra_t g;
    cst_algebra_type_t type;

    flint_rand_init(state);
    cst_algebra_init(g);
    for (slong i = 0; i < 3; i++) /* sl(2) on coordinates 1, 2; p, q and their bracket */
        add_matrix(&list);
    add_to_entry(list.m, 1, 2, 1);
    add_to_entry(list.m + 1, 2, 1, 1);
    add_to_entry(list.m + 2, 1, 1, 1);
    add_to_entry(list.m + 2, 2, 2, -1);
    for (slong i = 0; i < 3; i++)
        add_matrix(&list);
    add_to_entry(list.m + 3, 0, 1, 1);
    add_to_entry(list.m + 3, 2, 3, 1);
    add_to_entry(list.m + 4, 0, 2, 1);
    add_to_entry(list.m + 4, 1, 3, -1);
    add_to_entry(list.m + 5, 0, 3, 1);
    set_from(g, &list);
    random_conjugate(g, g, state);
    assert_levi(g);
    cst_algebra_type_init(type, g);
    cr_assert_str_eq(type->name, "sl(2,R) x| heisenberg(3)", "%s", type->name);
    cr_assert(type->perfect && !type->semisimple && type->unimodular);
    cst_algebra_type_clear(type);
    cr_assert_eq(cst_algebra_derived_series(dimensions, g), 1);
    cr_assert_eq(dimensions[0], 6);
    cst_algebra_clear(g);
    flint_rand_clear(state);
    flint_cleanup();
}

Test(lie_ideals, series)
{
    slong d[16];
    cst_algebra_t g;

    cst_algebra_init(g);
    set_family(g, "strict", 4, 0);
    cr_assert_eq(cst_algebra_lower_central_series(d, g), 4);
    cr_assert(d[0] == 6 && d[1] == 3 && d[2] == 1 && d[3] == 0);
    cr_assert_eq(cst_algebra_derived_series(d, g), 3);
    cr_assert(d[0] == 6 && d[1] == 3 && d[2] == 0);
    set_family(g, "upper", 3, 0);
    cr_assert_eq(cst_algebra_lower_central_series(d, g), 2);
    cr_assert(d[0] == 6 && d[1] == 3, "it stays at the strictly upper triangular matrices");
    cr_assert_eq(cst_algebra_derived_series(d, g), 4);
    cr_assert(d[0] == 6 && d[1] == 3 && d[2] == 1 && d[3] == 0);
    cst_algebra_clear(g);
    flint_cleanup();
}

/* The Killing form of gl(n) is 2n tr(xy) - 2 tr(x) tr(y). */
Test(lie_ideals, killing_form_of_gl)
{
    slong n = 3;
    cst_algebra_t g;
    fmpq_mat_t form;

    cst_algebra_init(g);
    set_family(g, "gl", n, 0);
    fmpq_mat_init(form, n * n, n * n);
    cst_algebra_killing(form, g);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++)
                for (slong l = 0; l < n; l++)
                    cr_assert(fmpq_equal_si(fmpq_mat_entry(form, i * n + j, k * n + l),
                                            2 * n * (j == k && i == l) - 2 * (i == j && k == l)));
    fmpq_mat_clear(form);
    cst_algebra_clear(g);
    flint_cleanup();
}

/* ad is a homomorphism, and agrees with the bracket. */
Test(lie_ideals, ad_and_bracket)
{
    slong n = 8;
    fmpq *x = _fmpq_vec_init(n), *y = _fmpq_vec_init(n), *z = _fmpq_vec_init(n), *w = _fmpq_vec_init(n);
    cst_algebra_t g;
    fmpq_mat_t ad;

    cst_algebra_init(g);
    set_family(g, "su", 3, 0);
    for (slong i = 0; i < n; i++)
    {
        fmpq_set_si(x + i, i - 3, (ulong) i + 1);
        fmpq_set_si(y + i, 2 * i * i - 5, 3);
        fmpq_canonicalise(x + i);
        fmpq_canonicalise(y + i);
    }
    fmpq_mat_init(ad, n, n);
    cst_algebra_bracket(z, g, x, y);
    cst_algebra_ad(ad, g, x);
    fmpq_mat_mul_fmpq_vec(w, ad, y, n);
    for (slong i = 0; i < n; i++)
        cr_assert(fmpq_equal(z + i, w + i));
    cr_assert(!fmpq_is_zero(z));
    fmpq_mat_clear(ad);
    cst_algebra_clear(g);
    _fmpq_vec_clear(x, n);
    _fmpq_vec_clear(y, n);
    _fmpq_vec_clear(z, n);
    _fmpq_vec_clear(w, n);
    flint_cleanup();
}

/* A Cartan subalgebra h is nilpotent and its own normalizer: this is the definition. With r = dim h, the map
   x -> ([x, h_1], ..., [x, h_r]) from g to (g/h)^r has the kernel h. */
static void
assert_cartan(const cst_algebra_t g, slong rank)
{
    slong n = g->dimension;
    fmpq_mat_t h, power, next, maps, zero;
    fmpq *x = _fmpq_vec_init(n);

    fmpq_mat_init(h, 0, 0);
    fmpq_mat_init(power, 0, 0);
    fmpq_mat_init(next, 0, 0);
    cst_algebra_cartan(h, g);
    cr_assert_eq(fmpq_mat_nrows(h), rank);
    cst_algebra_product(power, g, h, h);
    cr_assert_eq(rank_of_both(h, power), rank, "not a subalgebra");
    for (slong k = 0; k < rank && fmpq_mat_nrows(power) > 0; k++)
    {
        cst_algebra_product(next, g, h, power);
        fmpq_mat_swap(power, next);
    }
    cr_assert_eq(fmpq_mat_nrows(power), 0, "not nilpotent");
    fmpq_mat_init(maps, n, rank * n);
    fmpq_mat_init(zero, rank * rank, rank * n); /* what is 0 in (g/h)^r */
    for (slong i = 0; i < rank; i++)
    {
        for (slong k = 0; k < n; k++)
        {
            fmpq_one(x + k);
            cst_algebra_bracket(fmpq_mat_entry(maps, k, i * n), g, x, fmpq_mat_entry(h, i, 0));
            fmpq_zero(x + k);
        }
        for (slong j = 0; j < rank; j++)
            for (slong c = 0; c < n; c++)
                fmpq_set(fmpq_mat_entry(zero, i * rank + j, i * n + c), fmpq_mat_entry(h, j, c));
    }
    cr_assert_eq(n - (rank_of_both(zero, maps) - rank * rank), rank, "not its own normalizer");
    fmpq_mat_clear(h);
    fmpq_mat_clear(power);
    fmpq_mat_clear(next);
    fmpq_mat_clear(maps);
    fmpq_mat_clear(zero);
    _fmpq_vec_clear(x, n);
}

/* The ranks of the classical algebras, and g/radical. */
Test(lie_ideals, cartan_and_quotient)
{
    cst_algebra_t g, h;
    cst_algebra_type_t type;
    fmpq_mat_t w;

    cst_algebra_init(g);
    cst_algebra_init(h);
    fmpq_mat_init(w, 0, 0);
    set_family(g, "gl", 4, 0);
    assert_cartan(g, 4);
    set_family(g, "so", 5, 0);
    assert_cartan(g, 2);
    set_family(g, "strict", 4, 0);
    assert_cartan(g, 6); /* a nilpotent algebra is its own Cartan subalgebra */
    set_family(g, "aff", 3, 0);
    cst_algebra_radical(w, g);
    cr_assert_eq(cst_algebra_quotient(h, g, w, NULL), CST_OK);
    cst_algebra_type_init(type, h);
    cr_assert_str_eq(type->name, "sl(3,R)");
    cst_algebra_type_clear(type);
    cst_algebra_clear(g);
    cst_algebra_clear(h);
    fmpq_mat_clear(w);
    flint_cleanup();
}

static void
assert_constants_refused(fmpq *c, slong n, const char *message)
{
    cst_algebra_t g;
    cst_error_t error;

    cst_error_clear(&error);
    cst_algebra_init(g);
    cr_assert_eq(cst_algebra_set_constants(g, c, n, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, message);
    cr_assert_eq(g->dimension, 0);
    cst_algebra_clear(g);
}

Test(lie_ideals, refusals)
{
    fmpq *c = _fmpq_vec_init(27);
    matrices_t list = {.size = 2};
    cst_algebra_t g, h;
    cst_error_t error;
    fmpq_mat_t line;
    cst_algebra_simple_t simple;

    fmpq_one(c + (0 * 3 + 1) * 3 + 2);
    assert_constants_refused(c, 3, "the bracket is not antisymmetric: [e1, e2] + [e2, e1] is not 0");
    fmpq_set_si(c + (1 * 3 + 0) * 3 + 2, -1, 1);
    fmpq_one(c + (1 * 3 + 2) * 3 + 2); /* [e1,e2] = e3, [e2,e3] = e3: [e1,[e2,e3]] = 0 = [[e1,e2],e3] + ... */
    fmpq_set_si(c + (2 * 3 + 1) * 3 + 2, -1, 1);
    fmpq_one(c + (0 * 3 + 2) * 3 + 1); /* [e1,e3] = e2 breaks it */
    fmpq_set_si(c + (2 * 3 + 0) * 3 + 1, -1, 1);
    assert_constants_refused(c, 3, "the Jacobi identity fails for e1 and e2");
    cst_algebra_init(g);
    cst_algebra_init(h);
    cst_error_clear(&error);
    add_to_entry(add_matrix(&list), 0, 1, 1);
    add_to_entry(add_matrix(&list), 1, 0, 1);
    cr_assert_eq(cst_algebra_set_matrices(g, list.m, 2, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "the span is not closed under the commutator");
    add_to_entry(add_matrix(&list), 1, 0, 3);
    cr_assert_eq(cst_algebra_set_matrices(g, list.m, 3, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "3 elements span only 2 dimensions");
    clear_matrices(&list);
    set_family(g, "so", 3, 0);
    fmpq_mat_init(line, 1, 3);
    fmpq_one(fmpq_mat_entry(line, 0, 0));
    cr_assert_eq(cst_algebra_quotient(h, g, line, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "the subspace is no ideal");
    set_family(g, "so", 4, 0);
    cr_assert_eq(cst_algebra_simple_init(simple, g, &error), CST_REFUSED);
    cr_assert_str_eq(error.message, "the algebra is a sum of 2 simple ideals");
    set_family(g, "e", 3, 0);
    cr_assert_eq(cst_algebra_simple_init(simple, g, &error), CST_REFUSED);
    fmpq_mat_clear(line);
    cst_algebra_clear(g);
    cst_algebra_clear(h);
    _fmpq_vec_clear(c, 27);
    flint_cleanup();
}
