/* Enclosures of the formulas of submersions: they hold the exact values, and are narrow. */
#include "geom/example.h"

TestSuite(geom_submersion_enclose, .timeout = 120);

typedef struct
{
    slong n;
    arb_ptr all, cometric, log_volume, drift, curvature, norm;
} balls_t;

static slong
count_of(const balls_t *b)
{
    return b->n * b->n + 2 * b->n + 2;
}

static void
balls_init(balls_t *b, slong n)
{
    b->n = n;
    b->all = _arb_vec_init(count_of(b));
    b->cometric = b->all;
    b->log_volume = b->cometric + n * n;
    b->drift = b->log_volume + 1;
    b->curvature = b->drift + n;
    b->norm = b->curvature + n;
}

static cst_status_t
enclose(balls_t *b, const submersion_t *x, arb_srcptr box, slong prec)
{
    return cst_geom_enclose_submersion(b->cometric, b->log_volume, b->drift, b->curvature, b->norm, &x->s,
                                       box, prec, NULL);
}

/* The same quantities, simplified, in the order of balls_t. */
static void
exact_values(cst_expr_t *values, const balls_t *b, const submersion_t *x)
{
    slong n = b->n;
    cst_geom_matrix_t cometric;

    cst_geom_matrix_init(cometric, x->world.chart.ctx, n, n);
    cr_assert_eq(cst_geom_submersion_cometric(cometric, &x->s, NULL), CST_OK);
    for (slong i = 0; i < n * n; i++)
        values[i] = cometric->entries[i];
    cst_geom_matrix_clear(cometric);
    cr_assert_eq(cst_geom_orbit_volume(NULL, NULL, values + n * n, NULL, &x->s, NULL), CST_OK);
    cr_assert_eq(cst_geom_projected_drift(values + n * n + 1, &x->s, NULL), CST_OK);
    cr_assert_eq(cst_geom_mean_curvature(values + n * n + 1 + n, &x->s, NULL), CST_OK);
    cr_assert_eq(cst_geom_oneill_tensors(NULL, NULL, values + n * n + 1 + 2 * n, NULL, &x->s, NULL), CST_OK);
}

static const struct
{
    const text_t *text;
    const char *point;
} cases[] = {
    {&example_neuron, "3/4;-1/2"},   {&example_balanced_neuron, "1/2;5/8"}, {&example_sphere, "1/3;2"},
    {&example_turning, "3/2;-1"},    {&example_rotations, "7/4"},           {&example_bures, "3/2;1/2;5/4"},
    {&example_hopf, "3/4;1/2"},      {&example_projective, "-1/2;1/3"},     {&example_product, "2/3"},
    {&example_neuron_3, "1;2;-1/2"},
};

/* At a point, with 256 bits: the value of the simplified expression, and a radius below 2^-200. Over a box of
   radius 2^-bits: the values at its corners, and at most twice their spread, and 2^-5 of the box. */
static void
assert_box(const submersion_t *x, const cst_expr_t *exact, arb_srcptr centre, slong bits, const char *name)
{
    slong n = x->s.base.dimension, prec = 256;
    arb_ptr box = _arb_vec_init(n), corner = _arb_vec_init(n);
    balls_t b;
    arb_t value, spread;

    balls_init(&b, n);
    arb_init(value);
    arb_init(spread);
    for (slong i = 0; i < n; i++)
    {
        arb_set(box + i, centre + i);
        if (bits)
            arb_add_error_2exp_si(box + i, -bits);
    }
    cr_assert_eq(enclose(&b, x, box, prec), CST_OK, "%s", name);
    for (slong v = 0; v < count_of(&b); v++)
    {
        arb_zero(spread);
        for (slong c = 0; c < WORD(1) << n; c++)
        {
            for (slong i = 0; i < n; i++)
            {
                arb_set(corner + i, centre + i);
                mag_zero(arb_radref(corner + i));
                arb_one(value);
                arb_mul_2exp_si(value, value, -bits);
                if (bits && (c >> i) % 2)
                    arb_add(corner + i, corner + i, value, prec);
                else if (bits)
                    arb_sub(corner + i, corner + i, value, prec);
            }
            cst_expr_enclose(value, exact[v], x->s.base.coordinates, corner, n, prec);
            cr_assert(arb_overlaps(b.all + v, value), "%s: value %ld", name, (long) v);
            cr_assert(!bits || arb_contains(b.all + v, value) || arb_is_exact(b.all + v), "%s: value %ld",
                      name, (long) v);
            if (c == 0)
                arb_set(spread, value);
            else
                arb_union(spread, spread, value, prec);
        }
        mag_mul_2exp_si(arb_radref(spread), arb_radref(spread), 1);
        cr_assert(mag_cmp_2exp_si(arb_radref(b.all + v), bits ? -bits - 5 : -200) < 0 ||
                      mag_cmp(arb_radref(b.all + v), arb_radref(spread)) <= 0,
                  "%s: value %ld has radius %g", name, (long) v, mag_get_d(arb_radref(b.all + v)));
        if (!bits)
            cr_assert(mag_cmp_2exp_si(arb_radref(b.all + v), -200) < 0, "%s: value %ld", name, (long) v);
    }
    arb_clear(value);
    arb_clear(spread);
    _arb_vec_clear(b.all, count_of(&b));
    _arb_vec_clear(box, n);
    _arb_vec_clear(corner, n);
}

Test(geom_submersion_enclose, points_and_boxes)
{
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        submersion_t x;
        cst_expr_t exact[32], point[4];
        arb_ptr centre;
        balls_t b;
        slong n;

        submersion_init(&x, cases[k].text);
        n = x.s.base.dimension;
        centre = _arb_vec_init(n);
        cr_assert_eq(parse_list(point, &x.world, cases[k].point, ';'), n);
        for (slong i = 0; i < n; i++)
        {
            arb_set_fmpq(centre + i, cst_expr_rational_value(point[i]), 64);
            mag_zero(arb_radref(centre + i));
        }
        balls_init(&b, n);
        exact_values(exact, &b, &x);
        assert_box(&x, exact, centre, 0, cases[k].text->name);
        assert_box(&x, exact, centre, 12, cases[k].text->name);
        _arb_vec_clear(b.all, count_of(&b));
        _arb_vec_clear(centre, n);
        submersion_clear(&x);
    }
}

/* U U^T with 3 x 3 matrices: from above, 3 |A|^2 is the scalar curvature of Bures and Wasserstein,
   (6 e1^2 + 12 e2)/(e1 e2 - e3): 29/5 at diag(1, 2, 3); det Gram = (l1 + l2)(l1 + l3)(l2 + l3). */
static const text_t bures_3 = {
    "U U^T, 3 x 3",
    "a b c d e f g h i",
    "p q r s t u",
    NULL,
    "-b;a;0;-e;d;0;-h;g;0|-c;0;a;-f;0;d;-i;0;g|0;-c;b;0;-f;e;0;-i;h",
    "a^2 + b^2 + c^2;a*d + b*e + c*f;d^2 + e^2 + f^2;a*g + b*h + c*i;d*g + e*h + f*i;g^2 + h^2 + i^2",
    "sqrt(p);0;0;q/sqrt(p);sqrt(r - q^2/p);0;s/sqrt(p);(t - q*s/p)/sqrt(r - q^2/p);"
    "sqrt(u - s^2/p - (t - q*s/p)^2/(r - q^2/p))",
    NULL,
    NULL,
    0,
    NULL};

Test(geom_submersion_enclose, a_problem_too_large_for_normal_forms)
{
    static const slong diagonal[] = {1, 0, 2, 0, 0, 3};
    submersion_t x;
    arb_ptr box = _arb_vec_init(6), curvature = _arb_vec_init(6), drift = _arb_vec_init(6);
    arb_t norm, volume, expected;

    submersion_init(&x, &bures_3);
    arb_init(norm);
    arb_init(volume);
    arb_init(expected);
    for (int i = 0; i < 6; i++)
        arb_set_si(box + i, diagonal[i]);
    cr_assert_eq(cst_geom_enclose_submersion(NULL, volume, drift, curvature, norm, &x.s, box, 128, NULL),
                 CST_OK);
    arb_mul_ui(norm, norm, 15, 128);
    cr_assert(arb_contains_si(norm, 29) && mag_cmp_2exp_si(arb_radref(norm), -80) < 0);
    arb_log_ui(expected, 60, 128);
    arb_mul_2exp_si(expected, expected, -1);
    cr_assert(arb_overlaps(volume, expected) && mag_cmp_2exp_si(arb_radref(volume), -80) < 0);
    for (int i = 0; i < 6; i++) /* Delta (U U^T) = 2 r */
        cr_assert(arb_contains_si(drift + i, i == 0 || i == 2 || i == 5 ? 6 : 0) &&
                  mag_cmp_2exp_si(arb_radref(drift + i), -80) < 0);
    /* at diag(l): minus the gradient of log V, -4 l_i d_i log V, that is -2 l_i sum of 1/(l_i + l_j) */
    arb_mul_si(curvature, curvature, 6, 128);
    cr_assert(arb_contains_si(curvature, -7) && mag_cmp_2exp_si(arb_radref(curvature), -80) < 0);
    arb_clear(norm);
    arb_clear(volume);
    arb_clear(expected);
    _arb_vec_clear(box, 6);
    _arb_vec_clear(curvature, 6);
    _arb_vec_clear(drift, 6);
    submersion_clear(&x);
}

/* Across the axis of R^3/SO(2) the section is a point of rank 0; an infinite box says nothing. */
Test(geom_submersion_enclose, boxes_that_cannot_work)
{
    submersion_t x;
    arb_ptr box = _arb_vec_init(2), drift = _arb_vec_init(2);
    cst_error_t error;

    submersion_init(&x, &example_turning);
    arb_set_d(box, 0.25);
    arb_add_error_2exp_si(box, -1);
    cr_assert_eq(cst_geom_enclose_submersion(NULL, NULL, drift, NULL, NULL, &x.s, box, 64, &error),
                 CST_UNDECIDED);
    arb_indeterminate(box + 1);
    cr_assert_eq(cst_geom_enclose_submersion(NULL, NULL, drift, NULL, NULL, &x.s, box, 64, &error),
                 CST_BAD_INPUT);
    _arb_vec_clear(box, 2);
    _arb_vec_clear(drift, 2);
    submersion_clear(&x);
}
