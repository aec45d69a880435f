/* Structure constants and ranks of known algebras. */
#include "chart.h"

TestSuite(lie_algebra, .timeout = 120);

#define MOST_FIELDS 6

typedef struct
{
    world_t world;
    cst_expr_t components[MOST_FIELDS][MOST];
    const cst_expr_t *fields[MOST_FIELDS];
    fmpq constants[MOST_FIELDS * MOST_FIELDS * MOST_FIELDS];
    slong pair[2];
    cst_expr_t remainder;
} algebra_t;

static cst_truth_t
close_algebra(algebra_t *algebra, const char *names, slong dimension, const char *const *texts, slong count)
{
    world_init(&algebra->world, names, dimension, NULL);
    for (slong i = 0; i < count; i++)
    {
        parse_field(algebra->components[i], &algebra->world, texts[i]);
        algebra->fields[i] = algebra->components[i];
    }
    for (slong i = 0; i < count * count * count; i++)
        fmpq_init(algebra->constants + i);
    return cst_lie_structure_constants(algebra->constants, algebra->pair, &algebra->remainder,
                                       &algebra->world.chart, algebra->fields, count);
}

static void
clear_algebra(algebra_t *algebra, slong count)
{
    for (slong i = 0; i < count * count * count; i++)
        fmpq_clear(algebra->constants + i);
    world_clear(&algebra->world);
}

static void
assert_constant(const algebra_t *algebra, slong count, slong i, slong j, slong k, slong value)
{
    cr_assert(fmpq_equal_si((fmpq *) algebra->constants + (i * count + j) * count + k, value), "c_%ld%ld^%ld",
              (long) i, (long) j, (long) k);
    cr_assert(fmpq_equal_si((fmpq *) algebra->constants + (j * count + i) * count + k, -value));
}

Test(lie_algebra, rotations)
{
    static const char *const texts[] = {"0; -z; y", "z; 0; -x", "-y; x; 0"};
    algebra_t a;

    cr_assert_eq(close_algebra(&a, "x y z", 3, texts, 3), CST_TRUE);
    for (slong i = 0; i < 3; i++) /* [L_1, L_2] = -L_3 for these fields, and cyclically */
        for (slong k = 0; k < 3; k++)
            assert_constant(&a, 3, i, (i + 1) % 3, k, k == (i + 2) % 3 ? -1 : 0);
    clear_algebra(&a, 3);
}

/* Moebius transformations of the line: fields that are not linear. */
Test(lie_algebra, quadratic_fields)
{
    static const char *const texts[] = {"1", "x", "x^2"};
    algebra_t a;

    cr_assert_eq(close_algebra(&a, "x", 1, texts, 3), CST_TRUE);
    assert_constant(&a, 3, 0, 1, 0, 1);
    assert_constant(&a, 3, 0, 2, 1, 2);
    assert_constant(&a, 3, 1, 2, 2, 1);
    assert_constant(&a, 3, 1, 2, 0, 0);
    clear_algebra(&a, 3);
}

/* exp is not rational at rational points: the constants are guessed from enclosures, then proved. */
Test(lie_algebra, transcendental_fields)
{
    static const char *const texts[] = {"exp(x); 0", "1; y", "0; exp(3*x/2)*y"};
    algebra_t a;

    cr_assert_eq(close_algebra(&a, "x y", 2, texts, 2), CST_TRUE);
    assert_constant(&a, 2, 0, 1, 0, -1);
    clear_algebra(&a, 2);
    cr_assert_eq(close_algebra(&a, "x y", 2, texts + 1, 2), CST_TRUE);
    cr_assert(fmpz_equal_si(fmpq_numref(a.constants + 3), 3) &&
              fmpz_equal_si(fmpq_denref(a.constants + 3), 2));
    clear_algebra(&a, 2);
    cr_assert_neq(close_algebra(&a, "x y", 2, texts, 3), CST_TRUE, "[1, 3] = 3/2 exp(5x/2) y d/dy");
    clear_algebra(&a, 3);
}

Test(lie_algebra, not_closed)
{
    static const char *const texts[] = {"x; 0", "1; 0", "0; x"};
    algebra_t a;

    cr_assert_eq(close_algebra(&a, "x y", 2, texts, 2), CST_TRUE);
    clear_algebra(&a, 2);
    cr_assert_eq(close_algebra(&a, "x y", 2, texts, 3), CST_FALSE); /* [d_x, x d_y] = d_y is missing */
    cr_assert(a.pair[0] == 1 && a.pair[1] == 2);
    clear_algebra(&a, 3);
}

Test(lie_algebra, dependent_generators_are_closed)
{
    static const char *const texts[] = {"-y; x", "y; -x", "x; y"};
    algebra_t a;

    cr_assert_eq(close_algebra(&a, "x y", 2, texts, 3), CST_TRUE);
    clear_algebra(&a, 3);
}

static slong
rank_at(const char *names, slong dimension, const char *const *texts, slong count, const slong *point)
{
    algebra_t a;
    arb_ptr x = _arb_vec_init(dimension);
    slong rank;

    close_algebra(&a, names, dimension, texts, count);
    for (slong i = 0; i < dimension; i++)
        arb_set_si(x + i, point[i]);
    rank = cst_lie_rank(&a.world.chart, a.fields, count, x, 128);
    _arb_vec_clear(x, dimension);
    clear_algebra(&a, count);
    return rank;
}

Test(lie_algebra, ranks)
{
    static const char *const rotations[] = {"0; -z; y", "z; 0; -x", "-y; x; 0"};
    static const char *const scalings[] = {"x; 0; -z", "0; y; -z"};

    cr_assert_eq(rank_at("x y z", 3, rotations, 3, (slong[]){1, 2, 3}), 2);
    cr_assert_eq(rank_at("x y z", 3, rotations, 3, (slong[]){0, 0, 0}), 0);
    cr_assert_eq(rank_at("x y z", 3, rotations, 1, (slong[]){1, 0, 0}), 0);
    cr_assert_eq(rank_at("x y z", 3, scalings, 2, (slong[]){1, 2, 3}), 2);
    cr_assert_eq(rank_at("x y z", 3, scalings, 2, (slong[]){0, 0, 3}), 1, "a dead unit: the rank drops");
}
