/* Signed permutations: groups of known order, by enumeration, and against all maps in small dimensions. */
#include "network.h"

TestSuite(discrete, .timeout = 120);

static const struct
{
    const char *names;
    slong dimension;
    const char *positive, *function;
    slong permutations, signed_permutations; /* the orders */
} cases[] = {
    {"x y z", 3, NULL, "x^2 + y^2 + z^2", 6, 48},
    {"x y z", 3, NULL, "x*y*z", 6, 24},
    {"x y z", 3, NULL, "x + y + z", 6, 6},
    {"x y z t", 4, NULL, "x*y + z*t", 8, 32},
    {"x y z", 3, NULL, "x^2*y + y^2*z + z^2*x", 3, 3},
    {"x y z", 3, NULL, "x^2*y - y^2*x + z^2", 1, 4},
    {"x y", 2, NULL, "sin(x)*y", 1, 2},
    {"x y", 2, NULL, "tanh(x)*tanh(y)", 2, 4},
    {"x y z t", 4, NULL, "x*relu(y) + z*relu(t)", 2, 2},
    {"x y z t", 4, NULL, "x*tanh(y) + z*tanh(t)", 2, 8},
    {"x y z", 3, NULL, "1/(x*y) + z", 2, 4},
    {"x y z", 3, "x", "x^2 + y^2 + z^2", 2, 8},
    {"x y c", 2, NULL, "c*x^2 + y^2", 1, 4},
    {"x y c", 2, NULL, "c*(x + y)", 2, 2},
    {"x y z t u v w s", 8, NULL, "x*y*z*t*u*v*w*s", 40320, 5160960},
    {"x y z t u v", 6, NULL, "(x - y)^2 + (y - z)^2 + (z - t)^2 + (t - u)^2 + (u - v)^2 + (v - x)^2", 12, 24},
};

static void
assert_maps(const world_t *world, const cst_lie_discrete_t s, const cst_expr_t *functions, slong length)
{
    cst_expr_t map[MOST];

    for (slong k = 0; k < s->count; k++)
    {
        cst_lie_discrete_map(map, s, k, &world->chart);
        for (slong i = 0; i < length; i++)
            cr_assert_eq(cst_lie_is_invariant_under_map(NULL, &world->chart, map, functions[i]), CST_TRUE);
    }
}

Test(discrete, known_groups)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int signs = 0; signs < 2; signs++)
        {
            world_t world;
            cst_expr_t f;
            cst_lie_discrete_t s;

            world_init(&world, cases[i].names, cases[i].dimension, cases[i].positive);
            f = parse(&world, cases[i].function);
            cst_lie_discrete_init(s);
            cst_lie_discrete_symmetries(s, &world.chart, &f, 1, signs);
            cr_assert_eq(s->complete, CST_TRUE, "%s", cases[i].function);
            cr_assert(fmpz_equal_si(s->order, signs ? cases[i].signed_permutations : cases[i].permutations),
                      "%s: %ld", cases[i].function, (long) fmpz_get_si(s->order));
            assert_maps(&world, s, &f, 1);
            cst_lie_discrete_clear(s);
            world_clear(&world);
        }
}

/* The hidden units of a network may be permuted, and with linear units their signs changed: 2^h h!. */
Test(discrete, hidden_units)
{
    world_t world;
    cst_expr_t functions[MOST_FUNCTIONS];
    cst_lie_discrete_t s;
    slong length = linear_network(&world, functions, (slong[]){3, 5, 2}, 3);

    cst_lie_discrete_init(s);
    cst_lie_discrete_symmetries(s, &world.chart, functions, length, 1);
    cr_assert(s->complete == CST_TRUE && fmpz_equal_si(s->order, 32 * 120), "%d %ld", s->complete,
              (long) fmpz_get_si(s->order));
    assert_maps(&world, s, functions, length);
    cst_lie_discrete_symmetries(s, &world.chart, functions, length, 0);
    cr_assert(s->complete == CST_TRUE && fmpz_equal_si(s->order, 120));
    cst_lie_discrete_clear(s);
    world_clear(&world);
}

/* Units with an odd activation, at three inputs: 2^4 4!. */
Test(discrete, odd_units)
{
    world_t world;
    cst_expr_t functions[3];
    cst_lie_discrete_t s;

    world_init(&world, "u1 v1 w1 u2 v2 w2 u3 v3 w3 u4 v4 w4", 12, NULL);
    for (int n = 0; n < 3; n++)
    {
        cst_expr_ctx_t ctx = world.chart.ctx;

        functions[n] = cst_expr_integer(ctx, 0);
        for (int k = 0; k < 4; k++)
        {
            cst_expr_t *x = world.variables + 3 * k;
            cst_expr_t u = cst_expr_add(ctx, cst_expr_mul(ctx, x[0], cst_expr_integer(ctx, n + 1)),
                                        cst_expr_mul(ctx, x[1], cst_expr_integer(ctx, n * n - 2)));

            functions[n] = cst_expr_add(ctx, functions[n],
                                        cst_expr_mul(ctx, x[2], cst_expr_function(ctx, CST_EXPR_TANH, u)));
        }
    }
    cst_lie_discrete_init(s);
    cst_lie_discrete_symmetries(s, &world.chart, functions, 3, 1);
    cr_assert(s->complete == CST_TRUE && fmpz_equal_si(s->order, 16 * 24));
    assert_maps(&world, s, functions, 3);
    cst_lie_discrete_clear(s);
    world_clear(&world);
}

/* Random small polynomials: the order is the number of all signed permutations that pass the zero test. */
Test(discrete, against_enumeration)
{
    ulong seed = 5;
    slong more = 0;

    for (int round = 0; round < 12; round++)
    {
        char text[256] = "0";
        world_t world;
        cst_expr_t f, map[3];
        cst_lie_discrete_t s;
        slong count = 0;

        for (int t = 0; t < 3; t++)
        {
            slong e[4];

            for (int a = 0; a < 4; a++)
            {
                seed = (seed * 1103515245u + 12345u) & 0x7fffffffu;
                e[a] = (slong) (seed >> 16) % 3;
            }
            sprintf(text + strlen(text), " + (%ld)*x^%ld*y^%ld*z^%ld", (long) e[3] - 1, (long) e[0],
                    (long) e[1], (long) e[2]);
        }
        world_init(&world, "x y z", 3, NULL);
        f = parse(&world, text);
        for (int p = 0; p < 27 * 8; p++)
        {
            int image[3] = {p % 3, p / 3 % 3, p / 9 % 3};

            if (image[0] == image[1] || image[1] == image[2] || image[0] == image[2])
                continue;
            for (int a = 0; a < 3; a++)
                map[a] = p / 27 >> a & 1 ? cst_expr_neg(world.chart.ctx, world.variables[image[a]])
                                         : world.variables[image[a]];
            count += cst_lie_is_invariant_under_map(NULL, &world.chart, map, f) == CST_TRUE;
        }
        cst_lie_discrete_init(s);
        cst_lie_discrete_symmetries(s, &world.chart, &f, 1, 1);
        cr_assert(s->complete == CST_TRUE && fmpz_equal_si(s->order, count), "%s", text);
        more += count > 1 && count < 48;
        cst_lie_discrete_clear(s);
        world_clear(&world);
    }
    cr_assert(more > 3, "%ld", (long) more);
}
