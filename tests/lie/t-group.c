/* Groups by name: facts from the books, membership, and counting finite groups one by one. */
#include <string.h>

#include <caustic/group.h>

#include "algebras.h"

TestSuite(lie_group, .timeout = 120);

static void
parse_group(cst_group_t g, const char *name)
{
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_group_parse(g, name, &error), CST_OK, "%s: column %d: %s", name, error.column,
                 error.message);
}

typedef struct
{
    const char *name;
    slong degree, dimension, components;
    int connected, compact, unimodular;
    const char *algebra;
} fact_t;

static const fact_t facts[] = {
    {"1", 1, 0, 1, 1, 1, 1, "0"},
    {"Z2", 1, 0, 2, 0, 1, 1, "0"},
    {"R+", 1, 1, 1, 1, 0, 1, "R"},
    {"R*", 1, 1, 2, 0, 0, 1, "R"},
    {"C*", 2, 2, 1, 1, 0, 1, "R^2"},
    {"T^3", 6, 3, 1, 1, 1, 1, "R^3"},
    {"R^3", 4, 3, 1, 1, 0, 1, "R^3"},
    {"GL(2)", 2, 4, 2, 0, 0, 1, "gl(2,R) = R + sl(2,R)"},
    {"SL(1)", 1, 0, 1, 1, 1, 1, "0"},
    {"SL(3)", 3, 8, 1, 1, 0, 1, "sl(3,R)"},
    {"O(1)", 1, 0, 2, 0, 1, 1, "0"},
    {"O(3)", 3, 3, 2, 0, 1, 1, "so(3)"},
    {"SO(4)", 4, 6, 1, 1, 1, 1, "so(4) = so(3) + so(3)"},
    {"O(2,1)", 3, 3, 4, 0, 0, 1, "sl(2,R)"},
    {"SO(1,1)", 2, 1, 2, 0, 0, 1, "R"},
    {"SO(3,1)", 4, 6, 2, 0, 0, 1, "so(3,1) = sl(2,C)"},
    {"Sp(4)", 4, 10, 1, 1, 0, 1, "so(3,2) = sp(4,R)"},
    {"Aff(1)", 2, 2, 2, 0, 0, 0, "aff(1)"},
    {"R+ x| R^1", 2, 2, 1, 1, 0, 0, "aff(1)"},
    {"Aff(2)", 3, 6, 2, 0, 0, 0, "aff(2)"},
    {"Aff(1) x| R^2", 3, 4, 2, 0, 0, 0, "R x| heisenberg(3)"},
    {"E(2)", 3, 3, 2, 0, 0, 1, "e(2)"},
    {"E(3)", 4, 6, 2, 0, 0, 1, "e(3)"},
    {"SL(2) x| R^2", 3, 5, 1, 1, 0, 1, "sl(2,R) x| R^2"},
    {"C* x| R^2", 3, 4, 1, 1, 0, 0, NULL},
    {"S_5", 5, 0, 120, 0, 1, 1, "0"},
    {"Z2^3", 3, 0, 8, 0, 1, 1, "0"},
    {"Z2 wr S_4", 4, 0, 384, 0, 1, 1, "0"},
    {"S_2 wr S_3", 6, 0, 48, 0, 1, 1, "0"},
    {"R+ wr S_3", 3, 3, 6, 0, 0, 1, "R^3"},
    {"R* wr S_2", 2, 2, 8, 0, 0, 1, "R^2"},
    {"(GL(2) x SO(3))^2 x S_3", 13, 14, 24, 0, 0, 1, "R^2 + sl(2,R) + sl(2,R) + so(3) + so(3)"},
    {"S_2 x| R^2", 3, 2, 2, 0, 0, 1, "R^2"},
};

/* Twice by the tree, and once from structure constants. */
Test(lie_group, facts)
{
    fmpz_t count;
    cst_group_t g, again;
    cst_algebra_t algebra;
    cst_algebra_type_t type;

    fmpz_init(count);
    cst_group_init(g);
    cst_group_init(again);
    cst_algebra_init(algebra);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
    {
        const fact_t *f = facts + i;
        char *name, *second;

        parse_group(g, f->name);
        cst_group_components(count, g);
        cr_assert_eq(cst_group_degree(g), f->degree, "%s", f->name);
        cr_assert_eq(cst_group_dimension(g), f->dimension, "%s", f->name);
        cr_assert(fmpz_equal_si(count, f->components), "%s", f->name);
        cr_assert_eq(cst_group_is_connected(g), f->connected, "%s", f->name);
        cr_assert_eq(cst_group_is_compact(g), f->compact, "%s", f->name);
        cr_assert_eq(cst_group_is_unimodular(g), f->unimodular, "%s", f->name);
        cr_assert_eq(cst_group_algebra(algebra, g, NULL), CST_OK);
        cst_algebra_type_init(type, algebra);
        cr_assert_eq(type->dimension, f->dimension);
        cr_assert_eq(type->unimodular, f->unimodular);
        cr_assert(!f->algebra || strcmp(type->name, f->algebra) == 0, "%s: %s", f->name, type->name);
        cst_algebra_type_clear(type);
        name = cst_group_name(g);
        parse_group(again, name);
        second = cst_group_name(again);
        cr_assert_str_eq(name, second);
        flint_free(name);
        flint_free(second);
    }
    fmpz_clear(count);
    cst_group_clear(g);
    cst_group_clear(again);
    cst_algebra_clear(algebra);
    flint_cleanup();
}

Test(lie_group, names)
{
    static const char *const same[] = {"R+ wr S_4",     "S_3 wr S_2 x Z2^4", "GL(2) x O(3,1) x Sp(4)",
                                       "R^3 x T^2",     "GL(1) x (R* x C*)", "(R+ x R+)^3 wr S_2",
                                       "SO(2,2) x| R^4"};
    cst_group_t g;
    char *name;

    cst_group_init(g);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    {
        parse_group(g, same[i]);
        name = cst_group_name(g);
        cr_assert_str_eq(name, same[i]);
        flint_free(name);
    }
    cst_group_clear(g);
    flint_cleanup();
}

Test(lie_group, bad_names)
{
    static const struct
    {
        const char *text;
        int column;
        const char *message;
    } bad[] = {{"", 1, "a group is expected"},
               {"GL(2) x ", 9, "a group is expected"},
               {"GL(0)", 4, "a number from 1 to 1048576 is expected"},
               {"GL 2", 4, "'(' is expected"},
               {"GL(2", 5, "')' is expected"},
               {"(R+ x R*", 9, "')' is expected"},
               {"Sp(3)", 6, "the size of Sp is even"},
               {"SO(3) x| R^2", 13, "G x| R^n needs n equal to the degree of G"},
               {"R+ R+", 4, "this is not part of the name of a group"},
               {"S_1024 wr S_1025", 17, "the degree would be above 1048576"},
               {"GL(1048576) x R+", 17, "the degree would be above 1048576"},
               {"S_99999999999999999999", 3, "a number from 1 to 1048576 is expected"}};
    char deep[200];
    cst_group_t g;
    cst_error_t error;

    cst_group_init(g);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    {
        cst_error_clear(&error);
        cr_assert_eq(cst_group_parse(g, bad[i].text, &error), CST_BAD_INPUT, "%s", bad[i].text);
        cr_assert_str_eq(error.message, bad[i].message, "%s: %s", bad[i].text, error.message);
        cr_assert_eq(error.column, bad[i].column, "%s: %d", bad[i].text, error.column);
    }
    memset(deep, '(', 199);
    deep[199] = '\0';
    cr_assert_eq(cst_group_parse(g, deep, &error), CST_BAD_INPUT);
    for (int i = 0; i < 198; i += 2)
        memcpy(deep + i, i ? "^1" : "Z2", 2);
    deep[198] = '\0';
    cr_assert_eq(cst_group_parse(g, deep, &error), CST_BAD_INPUT);
    cr_assert_eq(cst_group_degree(g), 1);
    parse_group(g, "GL(1000)");
    cr_assert_eq(cst_group_algebra((cst_algebra_t){{0, NULL}}, g, &error), CST_REFUSED);
    cst_group_clear(g);
    flint_cleanup();
}

/* 3 log10(512!) = 3499.62 */
Test(lie_group, large_orders)
{
    cst_group_t g;
    fmpz_t order;
    arb_t log10, exact;

    cst_group_init(g);
    fmpz_init(order);
    arb_init(log10);
    arb_init(exact);
    parse_group(g, "S_512^3");
    cst_group_log10_components(log10, g, 64);
    cr_assert(arb_rel_accuracy_bits(log10) > 55);
    cr_assert_float_eq(arf_get_d(arb_midref(log10), ARF_RND_NEAR), 3499.62, 0.005);
    cst_group_components(order, g);
    cr_assert_eq(fmpz_sizeinbase(order, 10), 3500);
    arb_log_fmpz(exact, order, 80);
    arb_const_log10(log10, 80);
    arb_div(exact, exact, log10, 80);
    cst_group_log10_components(log10, g, 64);
    cr_assert(arb_overlaps(exact, log10));
    parse_group(g, "Z2 wr S_1000000"); /* 2^n n! */
    cst_group_log10_components(log10, g, 64);
    cr_assert_float_eq(arf_get_d(arb_midref(log10), ARF_RND_NEAR), 5866738.91285, 0.0001);
    cst_group_clear(g);
    fmpz_clear(order);
    arb_clear(log10);
    arb_clear(exact);
    flint_cleanup();
}

/* Membership --------------------------------------------------------------------------------- */

/* The elements with entries -1, 0, 1. */
static slong
count_small(const char *name)
{
    slong count = 0, total = 1, n;
    cst_group_t g;
    fmpq_mat_t m;

    cst_group_init(g);
    parse_group(g, name);
    n = cst_group_degree(g);
    fmpq_mat_init(m, n, n);
    for (slong i = 0; i < n * n; i++)
        total *= 3;
    for (slong code = 0; code < total; code++)
    {
        slong rest = code;

        for (slong i = 0; i < n * n; i++, rest /= 3)
            fmpq_set_si(fmpq_mat_entry(m, i / n, i % n), rest % 3 - 1, 1);
        count += cst_group_contains_rational(g, m) == CST_TRUE;
    }
    fmpq_mat_clear(m);
    cst_group_clear(g);
    return count;
}

/* Each finite group has as many elements as its order says. The orthogonal matrices of integers are the
   signed permutations; SL(2) has 20 such matrices, GL(2) 48 (81 less 33 singular ones). */
Test(lie_group, elements_counted)
{
    cr_assert_eq(count_small("S_3"), 6);
    cr_assert_eq(count_small("Z2^3"), 8);
    cr_assert_eq(count_small("Z2 wr S_3"), 48);
    cr_assert_eq(count_small("S_2 x Z2"), 4);
    cr_assert_eq(count_small("1^3"), 1);
    cr_assert_eq(count_small("O(3)"), 48);
    cr_assert_eq(count_small("SO(3)"), 24);
    cr_assert_eq(count_small("SO(2)"), 4);
    cr_assert_eq(count_small("T"), 4);
    cr_assert_eq(count_small("SL(2)"), 20);
    cr_assert_eq(count_small("Sp(2)"), 20);
    cr_assert_eq(count_small("GL(2)"), 48);
    cr_assert_eq(count_small("C*"), 8);
    cr_assert_eq(count_small("R^2"), 9);
    cr_assert_eq(count_small("Aff(1)"), 6);
    cr_assert_eq(count_small("R+ wr S_2"), 2);
    flint_cleanup();
}

/* entries: by rows over a common denominator. */
static void
assert_contains(const char *name, const slong *entries, ulong denominator, cst_truth_t expected)
{
    cst_group_t g;
    fmpq_mat_t m;
    arb_mat_t balls;
    slong n;

    cst_group_init(g);
    parse_group(g, name);
    n = cst_group_degree(g);
    fmpq_mat_init(m, n, n);
    arb_mat_init(balls, n, n);
    for (slong i = 0; i < n * n; i++)
    {
        fmpq_set_si(fmpq_mat_entry(m, i / n, i % n), entries[i], denominator);
        fmpq_canonicalise(fmpq_mat_entry(m, i / n, i % n));
    }
    arb_mat_set_fmpq_mat(balls, m, 64);
    cr_assert_eq(cst_group_contains_rational(g, m), expected, "%s", name);
    if (expected == CST_TRUE) /* balls may leave it open, but not contradict */
        cr_assert_neq(cst_group_contains(g, balls, 64), CST_FALSE, "%s", name);
    else
        cr_assert_eq(cst_group_contains(g, balls, 64), CST_FALSE, "%s", name);
    fmpq_mat_clear(m);
    arb_mat_clear(balls);
    cst_group_clear(g);
}

Test(lie_group, membership)
{
    assert_contains("SO(2)", (slong[]){3, -4, 4, 3}, 5, CST_TRUE);
    assert_contains("SO(2)", (slong[]){3, 4, 4, -3}, 5, CST_FALSE);
    assert_contains("O(2)", (slong[]){3, 4, 4, -3}, 5, CST_TRUE);
    assert_contains("O(2)", (slong[]){3, 4, 4, -3}, 6, CST_FALSE);
    assert_contains("SO(1,1)", (slong[]){5, 4, 4, 5}, 3, CST_TRUE);
    assert_contains("SO(1,1)", (slong[]){3, -4, 4, 3}, 5, CST_FALSE);
    assert_contains("Sp(4)", (slong[]){1, 0, 2, 7, 0, 1, 7, 5, 0, 0, 1, 0, 0, 0, 0, 1}, 1, CST_TRUE);
    assert_contains("Sp(4)", (slong[]){1, 0, 2, 7, 0, 1, 6, 5, 0, 0, 1, 0, 0, 0, 0, 1}, 1, CST_FALSE);
    assert_contains("C*", (slong[]){2, -7, 7, 2}, 3, CST_TRUE);
    assert_contains("C*", (slong[]){2, 7, 7, 2}, 3, CST_FALSE);
    assert_contains("R+", (slong[]){-1}, 3, CST_FALSE);
    assert_contains("R*", (slong[]){-1}, 3, CST_TRUE);
    assert_contains("R+ wr S_2", (slong[]){0, 2, 1, 0}, 3, CST_TRUE);
    assert_contains("R+ wr S_2", (slong[]){0, 2, -1, 0}, 3, CST_FALSE);
    assert_contains("R* wr S_2", (slong[]){1, 2, 0, 3}, 3, CST_FALSE);
    assert_contains("R* wr S_2", (slong[]){1, 0, 3, 0}, 3, CST_FALSE);
    assert_contains("E(2)", (slong[]){3, -4, 7, 4, 3, 1, 0, 0, 5}, 5, CST_TRUE);
    assert_contains("E(2)", (slong[]){3, -4, 7, 4, 3, 1, 1, 0, 5}, 5, CST_FALSE);
    assert_contains("SL(2)", (slong[]){5, 2, 2, 1}, 1, CST_TRUE);
    assert_contains("SL(2)", (slong[]){5, 2, 2, 1}, 2, CST_FALSE);
    assert_contains("GL(2)", (slong[]){4, 2, 2, 1}, 1, CST_FALSE);
    flint_cleanup();
}

/* Wide balls: open conditions can be proved, equations cannot, and what is far away is refuted. */
Test(lie_group, membership_of_balls)
{
    cst_group_t g;
    arb_mat_t m;

    cst_group_init(g);
    arb_mat_init(m, 2, 2);
    for (int i = 0; i < 2; i++)
        arb_set_si(arb_mat_entry(m, i, i), 1);
    parse_group(g, "SO(2)");
    cr_assert_eq(cst_group_contains(g, m, 64), CST_TRUE, "exact balls decide equations");
    for (int i = 0; i < 4; i++)
        mag_set_d(arb_radref(arb_mat_entry(m, i / 2, i % 2)), 0.125);
    cr_assert_eq(cst_group_contains(g, m, 64), CST_UNKNOWN);
    parse_group(g, "GL(2)");
    cr_assert_eq(cst_group_contains(g, m, 64), CST_TRUE);
    parse_group(g, "S_2");
    cr_assert_eq(cst_group_contains(g, m, 64), CST_UNKNOWN);
    arb_set_d(arb_mat_entry(m, 0, 0), 1.5);
    cr_assert_eq(cst_group_contains(g, m, 64), CST_FALSE, "neither entry of the first row can be 1 alone");
    parse_group(g, "SO(2)");
    cr_assert_eq(cst_group_contains(g, m, 64), CST_FALSE);
    parse_group(g, "SO(3)");
    cr_assert_eq(cst_group_contains(g, m, 64), CST_FALSE, "of another size");
    arb_mat_indeterminate(m);
    parse_group(g, "GL(2)");
    cr_assert_eq(cst_group_contains(g, m, 64), CST_UNKNOWN);
    arb_mat_clear(m);
    cst_group_clear(g);
    flint_cleanup();
}
