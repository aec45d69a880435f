/* Enclosures of curvature: they hold the exact values, and are narrow. */
#include "space.h"

#include <math.h>

TestSuite(geom_enclose, .timeout = 120);

static const struct
{
    const char *names;
    slong n;
    const char *form;
} metrics[] = {
    {"x y dx dy", 2, "4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2"},
    {"x y dx dy", 2, "(2 + sin(x))*dx^2 + x*y*dx*dy/2 + exp(y)*dy^2"},
    {"x y z dx dy dz", 3, "(3 + x^2)*dx^2 + (2 + y*z)*dy^2 + (3 + x*y^2)*dz^2 + x*dx*dy + z*dy*dz"},
    /* no pivot on the diagonal */
    {"x y dx dy", 2, "2*(1 + x^2*y)*dx*dy"},
};
#define METRICS (sizeof metrics / sizeof *metrics)

/* Coordinates m/64, |m| <= 40, with the given radius. */
static void
random_box(arb_ptr box, slong n, double radius, flint_rand_t state)
{
    for (slong a = 0; a < n; a++)
    {
        arb_set_si(box + a, (slong) n_randint(state, 81) - 40);
        arb_mul_2exp_si(box + a, box + a, -6);
        mag_set_d(arb_radref(box + a), radius);
    }
}

typedef struct
{
    arb_ptr gamma, riemann, ricci, scalar;
    slong n;
} balls_t;

static void
balls_init(balls_t *b, slong n)
{
    b->n = n;
    b->gamma = _arb_vec_init(n * n * n);
    b->riemann = _arb_vec_init(n * n * n * n);
    b->ricci = _arb_vec_init(n * n);
    b->scalar = _arb_vec_init(1);
}

static void
balls_clear(balls_t *b)
{
    _arb_vec_clear(b->gamma, b->n * b->n * b->n);
    _arb_vec_clear(b->riemann, b->n * b->n * b->n * b->n);
    _arb_vec_clear(b->ricci, b->n * b->n);
    _arb_vec_clear(b->scalar, 1);
}

static void
assert_holds(const space_t *s, arb_srcptr balls, const cst_expr_t *e, slong length, arb_srcptr point,
             double width)
{
    arb_t value;

    arb_init(value);
    for (slong i = 0; i < length; i++)
    {
        cst_expr_enclose(value, e[i], s->world.variables, point, s->n, 128);
        cr_assert(arb_overlaps(balls + i, value), "entry %ld", (long) i);
        cr_assert(arb_contains(balls + i, value) || width < 1e-20);
        cr_assert_leq(mag_get_d(arb_radref(balls + i)), width, "entry %ld", (long) i);
    }
    arb_clear(value);
}

/* At points: the formulas run on values, against the exact expressions; both routes. */
Test(geom_enclose, points)
{
    flint_rand_t state;

    flint_randinit(state);
    for (size_t k = 0; k < METRICS; k++)
    {
        space_t s;
        balls_t b;
        arb_ptr point;

        space_init(&s, metrics[k].names, metrics[k].n);
        space_read(&s, metrics[k].form);
        space_curvature(&s);
        balls_init(&b, s.n);
        point = _arb_vec_init(s.n);
        for (int i = 0; i < 20; i++)
        {
            random_box(point, s.n, 0, state);
            for (int co = 0; co < 2; co++)
            {
                cr_assert_eq((co ? cst_geom_enclose_curvature_of_cometric : cst_geom_enclose_curvature)(
                                 b.gamma, b.riemann, b.ricci, b.scalar, &s.world.chart,
                                 co ? s.cometric : s.metric, point, 128, NULL),
                             CST_OK);
                assert_holds(&s, b.gamma, s.gamma, s.n * s.n * s.n, point, 1e-30);
                assert_holds(&s, b.riemann, s.riemann, s.n * s.n * s.n * s.n, point, 1e-30);
                assert_holds(&s, b.ricci, s.ricci->entries, s.n * s.n, point, 1e-30);
                assert_holds(&s, b.scalar, &s.scalar, 1, point, 1e-30);
            }
        }
        _arb_vec_clear(point, s.n);
        balls_clear(&b);
        space_clear(&s);
    }
    flint_randclear(state);
}

/* The least ball around the values at the corners of a grid in the box. */
static void
sampled_range(arb_t hull, const space_t *s, cst_expr_t e, arb_srcptr box)
{
    slong per_side = 5, count = 1;
    arb_ptr point = _arb_vec_init(s->n);
    arb_t value;

    arb_init(value);
    for (slong a = 0; a < s->n; a++)
        count *= per_side;
    for (slong i = 0; i < count; i++)
    {
        for (slong a = 0, rest = i; a < s->n; a++, rest /= per_side)
        {
            arb_set_d(point + a, mag_get_d(arb_radref(box + a)) * 0.999 *
                                     (double) (2 * (rest % per_side) - per_side + 1) /
                                     (double) (per_side - 1));
            arb_add(point + a, point + a, box + a, 64);
            arb_get_mid_arb(point + a, point + a);
        }
        cst_expr_enclose(value, e, s->world.variables, point, s->n, 64);
        if (i == 0)
            arb_set(hull, value);
        else
            arb_union(hull, hull, value, 64);
    }
    arb_clear(value);
    _arb_vec_clear(point, s->n);
}

/* Over boxes: every sample lies inside, and the enclosure is at most 1.3 times as wide as the samples reach,
   where plain ball arithmetic with the simplified expression can be more than five times as wide. */
Test(geom_enclose, boxes)
{
    flint_rand_t state;
    double naive_excess = 1;

    flint_randinit(state);
    for (size_t k = 0; k < METRICS; k++)
    {
        space_t s;
        balls_t b;
        arb_ptr box;
        arb_t hull, naive;

        space_init(&s, metrics[k].names, metrics[k].n);
        space_read(&s, metrics[k].form);
        space_curvature(&s);
        balls_init(&b, s.n);
        box = _arb_vec_init(s.n);
        arb_init(hull);
        arb_init(naive);
        for (int i = 0; i < 3; i++)
        {
            random_box(box, s.n, 0x1p-4, state);
            if (i == 2)
                mag_zero(arb_radref(box)); /* the first coordinate is fixed */
            cr_assert_eq(cst_geom_enclose_curvature(b.gamma, b.riemann, b.ricci, b.scalar, &s.world.chart,
                                                    s.metric, box, 64, NULL),
                         CST_OK);
            for (slong j = 0; j <= s.n * s.n; j++)
            {
                cst_expr_t e = j ? s.ricci->entries[j - 1] : s.scalar;
                arb_srcptr ball = j ? b.ricci + j - 1 : b.scalar;

                sampled_range(hull, &s, e, box);
                cr_assert(arb_contains(ball, hull));
                cr_assert_leq(mag_get_d(arb_radref(ball)), 1.3 * mag_get_d(arb_radref(hull)) + 1e-3, "%s %g",
                              metrics[k].form, mag_get_d(arb_radref(ball)));
                cst_expr_enclose(naive, e, s.world.variables, box, s.n, 64);
                if (mag_cmp_2exp_si(arb_radref(hull), -10) > 0)
                    naive_excess =
                        fmax(naive_excess, mag_get_d(arb_radref(naive)) / mag_get_d(arb_radref(ball)));
            }
        }
        arb_clear(hull);
        arb_clear(naive);
        _arb_vec_clear(box, s.n);
        balls_clear(&b);
        space_clear(&s);
    }
    cr_assert_geq(naive_excess, 5, "%g", naive_excess);
    flint_randclear(state);
}

/* 6/tr P of 2 x 2 Bures-Wasserstein, over a box of P; the co-metric alone is given. */
Test(geom_enclose, box_of_a_cometric)
{
    static const char *const cometric[3][3] = {
        {"4*x", "2*y", "0"}, {"2*y", "x + z", "2*y"}, {"0", "2*y", "4*z"}};
    space_t s;
    arb_ptr box = _arb_vec_init(3);
    arb_t scalar, truth;

    arb_init(scalar);
    arb_init(truth);
    space_init(&s, "x y z", 3);
    for (int i = 0; i < 9; i++)
        s.cometric->entries[i] = parse(&s.world, cometric[i / 3][i % 3]);
    arb_set_si(box, 2);
    arb_set_d(box + 1, 0.5);
    arb_set_si(box + 2, 1);
    for (int i = 0; i < 3; i++)
        mag_set_d(arb_radref(box + i), 0x1p-5);
    cr_assert_eq(cst_geom_enclose_curvature_of_cometric(NULL, NULL, NULL, scalar, &s.world.chart, s.cometric,
                                                        box, 64, NULL),
                 CST_OK);
    cst_expr_enclose(truth, parse(&s.world, "6/(x + z)"), s.world.variables, box, 3, 64);
    cr_assert(arb_contains(scalar, truth) || mag_cmp(arb_radref(scalar), arb_radref(truth)) <= 0);
    cr_assert(arb_overlaps(scalar, truth));
    cr_assert_leq(mag_get_d(arb_radref(scalar)), 1.1 * mag_get_d(arb_radref(truth)));
    arb_clear(scalar);
    arb_clear(truth);
    _arb_vec_clear(box, 3);
    space_clear(&s);
}

/* A box that holds a singular metric, or a variable that is no coordinate, gives no finite ball. */
Test(geom_enclose, refusals)
{
    space_t s;
    arb_ptr box = _arb_vec_init(2);
    arb_t value;
    cst_expr_t e;

    arb_init(value);
    space_init(&s, "x y dx dy t", 2);
    space_read(&s, "x*dx^2 + (2 + x*y^2)*dy^2");
    mag_set_d(arb_radref(box), 0.5);
    cr_assert_eq(cst_geom_enclose_curvature(NULL, NULL, NULL, value, &s.world.chart, s.metric, box, 64, NULL),
                 CST_UNDECIDED);
    cr_assert(!arb_is_finite(value));
    arb_set_d(box, 0.25);
    mag_set_d(arb_radref(box), 0.5);
    cr_assert_eq(cst_geom_enclose_curvature(NULL, NULL, NULL, value, &s.world.chart, s.metric, box, 64, NULL),
                 CST_UNDECIDED);
    cr_assert(!arb_is_finite(value));
    e = parse(&s.world, "x + t");
    cr_assert_eq(cst_geom_enclose(value, &s.world.chart, &e, 1, box, 64, NULL), CST_BAD_INPUT);
    cr_assert(!arb_is_finite(value));
    /* absurd coordinates are left to ball arithmetic */
    e = parse(&s.world, "x");
    arb_one(box);
    arb_mul_2exp_si(box, box, WORD_MAX / 4);
    mag_one(arb_radref(box));
    cr_assert_eq(cst_geom_enclose(value, &s.world.chart, &e, 1, box, 64, NULL), CST_OK);
    cr_assert(arb_contains(value, box));
    arb_clear(value);
    _arb_vec_clear(box, 2);
    space_clear(&s);
}
