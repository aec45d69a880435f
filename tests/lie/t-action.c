/* The actions of layers: the fields and maps leave the layer's function alone, and close to the right
 * algebra. */
#include <caustic/algebra.h>
#include <caustic/group.h>

#include "chart.h"

TestSuite(lie_action, .timeout = 120);

static void
assert_leaves(const cst_group_action_t action, world_t *world, const char *function)
{
    slong culprit = -1;

    cr_assert_eq(cst_group_action_leaves(&culprit, action, parse(world, function)), CST_TRUE,
                 "generator %ld moves %s", (long) culprit, function);
}

static void
assert_moves(const cst_group_action_t action, world_t *world, const char *function, slong expected)
{
    slong culprit = -1;

    cr_assert_eq(cst_group_action_leaves(&culprit, action, parse(world, function)), CST_FALSE);
    cr_assert_eq(culprit, expected);
}

/* The name of the algebra that the fields span. */
static void
assert_algebra(const cst_group_action_t action, const char *name)
{
    slong count = action->field_count, pair[2];
    fmpq *c = _fmpq_vec_init(count * count * count);
    cst_algebra_t g;
    cst_algebra_type_t type;

    cst_algebra_init(g);
    cr_assert_eq(cst_lie_structure_constants(c, pair, NULL, action->chart,
                                             (const cst_expr_t *const *) action->fields, count),
                 CST_TRUE);
    cr_assert_eq(cst_algebra_set_constants(g, c, count, NULL), CST_OK);
    cst_algebra_type_init(type, g);
    cr_assert_str_eq(type->name, name, "%s", type->name);
    cst_algebra_type_clear(type);
    cst_algebra_clear(g);
    _fmpq_vec_clear(c, count * count * count);
}

Test(lie_action, relu_units)
{
    static const char *const names[] = {"w1", "b1", "v1", "w2", "b2", "v2"};
    static const slong weights[] = {1, 1, -1};
    world_t world;
    cst_group_action_t action;

    world_init(&world, "w1 b1 v1 w2 b2 v2", 6, NULL);
    cst_group_action_init(action, &world.chart);
    cr_assert_eq(cst_group_action_scaling(action, names, weights, 3, NULL), CST_OK);
    cr_assert_eq(cst_group_action_scaling(action, names + 3, weights, 3, NULL), CST_OK);
    cr_assert_eq(cst_group_action_permutation(action, names, 2, 3, NULL), CST_OK);
    cr_assert(action->field_count == 2 && action->map_count == 1);
    assert_leaves(action, &world, "v1*relu(2*w1 + b1) + v2*relu(2*w2 + b2)");
    assert_leaves(action, &world, "(v1*relu(b1 - 3*w1) + v2*relu(b2 - 3*w2) - 1)^2");
    assert_moves(action, &world, "v1*w1 + 2*v2*w2", 2);
    assert_moves(action, &world, "v1*w1 + v2*w2 + w2^2", 1);
    assert_algebra(action, "R^2");
    cst_group_action_clear(action);
    world_clear(&world);
}

Test(lie_action, linear_factors)
{
    static const char *const u[] = {"a", "b", "c", "d"}, *const v[] = {"p", "q", "r", "s"};
    world_t world;
    cst_group_action_t action;

    world_init(&world, "a b c d p q r s", 8, NULL);
    cst_group_action_init(action, &world.chart);
    cr_assert_eq(cst_group_action_factors(action, u, 2, v, 2, 2, NULL), CST_OK);
    cr_assert(action->field_count == 4 && action->map_count == 1);
    assert_leaves(action, &world, "(a*p + b*r)^3 + (a*q + b*s)*(c*p + d*r)"); /* entries of UV */
    assert_moves(action, &world, "a*p", 1);
    assert_algebra(action, "gl(2,R) = R + sl(2,R)");
    cst_group_action_clear(action);
    world_clear(&world);
}

/* Not square: U 1 x 3, V 3 x 2. */
Test(lie_action, wide_factors)
{
    static const char *const u[] = {"a", "b", "c"}, *const v[] = {"p", "q", "r", "s", "t", "w"};
    world_t world;
    cst_group_action_t action;

    world_init(&world, "a b c p q r s t w", 9, NULL);
    cst_group_action_init(action, &world.chart);
    cr_assert_eq(cst_group_action_factors(action, u, 1, v, 2, 3, NULL), CST_OK);
    assert_leaves(action, &world, "(a*p + b*r + c*t)^2 - (a*q + b*s + c*w)");
    assert_algebra(action, "gl(3,R) = R + sl(3,R)");
    cst_group_action_clear(action);
    world_clear(&world);
}

/* conj(q_i) k_j is invariant; q_i k_j is not. */
Test(lie_action, rotary_pair)
{
    static const char *const q[] = {"x1", "y1", "x2", "y2"}, *const k[] = {"u1", "v1", "u2", "v2"};
    world_t world;
    cst_group_action_t action;

    world_init(&world, "x1 y1 x2 y2 u1 v1 u2 v2", 8, NULL);
    cst_group_action_init(action, &world.chart);
    cr_assert_eq(cst_group_action_complex(action, q, k, 2, NULL), CST_OK);
    assert_leaves(action, &world, "exp(x1*u1 + y1*v1) + (x1*v2 - y1*u2)^2");
    assert_moves(action, &world, "x1*u1 - y1*v1", 1);
    assert_moves(action, &world, "x1*x2 + y1*y2", 0);
    assert_algebra(action, "R^2");
    cst_group_action_clear(action);
    world_clear(&world);
}

Test(lie_action, translations_and_flips)
{
    static const char *const logits[] = {"x", "y", "z"}, *const unit[] = {"w", "v"};
    world_t world;
    cst_group_action_t action;

    world_init(&world, "x y z w v", 5, NULL);
    cst_group_action_init(action, &world.chart);
    cr_assert_eq(cst_group_action_translation(action, logits, 3, NULL), CST_OK);
    cr_assert_eq(cst_group_action_flip(action, unit, 2, NULL), CST_OK);
    assert_leaves(action, &world, "log(exp(x) + exp(y) + exp(z)) - x + v*tanh(2*w)");
    assert_moves(action, &world, "x + y - z", 0);
    assert_moves(action, &world, "v*exp(w)", 1);
    cst_group_action_clear(action);
    world_clear(&world);
}

/* Matrices to fields reverses the bracket: the constants of the fields are those of the matrices, negated. */
Test(lie_action, linear_representation)
{
    slong pair[2];
    fmpq *c = _fmpq_vec_init(27);
    fmpq_mat_struct basis[3];
    fmpq_mat_t rotation;
    world_t world;
    cst_group_t g;
    cst_group_action_t action;
    cst_algebra_t algebra;
    cst_error_t error;

    world_init(&world, "x y z", 3, NULL);
    cst_group_init(g);
    cst_algebra_init(algebra);
    cst_group_action_init(action, &world.chart);
    cr_assert_eq(cst_group_parse(g, "SO(2,1)", NULL), CST_OK);
    for (int i = 0; i < 3; i++)
        fmpq_mat_init(basis + i, 3, 3);
    cr_assert_eq(cst_group_basis(basis, g, NULL), CST_OK);
    cr_assert_eq(cst_group_algebra(algebra, g, NULL), CST_OK);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(cst_group_action_add_field(action, basis + i, NULL), CST_OK);
    fmpq_mat_init(rotation, 3, 3);
    fmpq_set_si(fmpq_mat_entry(rotation, 0, 0), 3, 5);
    fmpq_set_si(fmpq_mat_entry(rotation, 0, 1), -4, 5);
    fmpq_set_si(fmpq_mat_entry(rotation, 1, 0), 4, 5);
    fmpq_set_si(fmpq_mat_entry(rotation, 1, 1), 3, 5);
    fmpq_set_si(fmpq_mat_entry(rotation, 2, 2), -1, 1);
    cr_assert_eq(cst_group_action_add_map(action, rotation, NULL), CST_OK);
    assert_leaves(action, &world, "x^2 + y^2 - z^2");
    assert_moves(action, &world, "x^2 + y^2", 1);
    cr_assert_eq(cst_lie_structure_constants(c, pair, NULL, &world.chart,
                                             (const cst_expr_t *const *) action->fields, 3),
                 CST_TRUE);
    for (slong i = 0; i < 27; i++)
    {
        fmpq_neg(c + i, c + i);
        cr_assert(fmpq_equal(c + i, fmpq_mat_entry(algebra->table + i / 9, i / 3 % 3, i % 3)));
    }
    fmpq_mat_clear(rotation);
    fmpq_mat_init(rotation, 2, 2);
    cr_assert_eq(cst_group_action_add_map(action, rotation, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "the matrix is 2 x 2, not 3 x 3");
    for (int i = 0; i < 3; i++)
        fmpq_mat_clear(basis + i);
    fmpq_mat_clear(rotation);
    cst_algebra_clear(algebra);
    cst_group_clear(g);
    cst_group_action_clear(action);
    _fmpq_vec_clear(c, 27);
    world_clear(&world);
}

Test(lie_action, bad_names)
{
    static const char *const twice[] = {"x", "y", "x", "z"}, *const missing[] = {"x", "q"};
    world_t world;
    cst_group_action_t action;
    cst_error_t error;

    world_init(&world, "x y z", 3, NULL);
    cst_group_action_init(action, &world.chart);
    cr_assert_eq(cst_group_action_flip(action, missing, 2, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "'q' is no coordinate");
    cr_assert_eq(cst_group_action_translation(action, twice, 3, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "'x' stands twice");
    cr_assert_eq(cst_group_action_complex(action, twice, twice + 2, 1, &error), CST_BAD_INPUT);
    cr_assert_str_eq(error.message, "'x' stands twice");
    cr_assert(action->field_count == 0 && action->map_count == 0);
    cst_group_action_clear(action);
    world_clear(&world);
}
