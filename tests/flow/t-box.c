/* Wide initial boxes: solutions from their points stay inside, and the enclosure is nearly the true range. */
#include "lohner.h"

TestSuite(box, .timeout = 120);

static const char *const van_der_pol[] = {"b", "(1 - a^2)*b - a"};
static const double van_der_pol_center[] = {1.4, 2.3};

static const char *const laub_loomis[] = {"7/5*c - 9/10*a", "5/2*e - 3/2*b", "3/5*g - 4/5*b*c",
                                          "2 - 13/10*c*d",  "7/10*a - d*e",  "3/10*a - 31/10*f",
                                          "9/5*f - 3/2*b*g"};
static const double laub_loomis_center[] = {1.2, 1.05, 1.5, 2.4, 1, 0.1, 0.45};

static void
set_box(arb_ptr x, const double *center, slong n, double width)
{
    for (slong i = 0; i < n; i++)
    {
        arb_set_d(x + i, center[i]);
        mag_set_d(arb_radref(x + i), width);
    }
}

/* Corners and inner points of the box, followed as points: all inside, and how far they spread. */
static double
check_points(arb_srcptr enclosure, const char *const *fields, slong n, const double *center, double width,
             const char *end, int points)
{
    cst_flow_options_t o = {0};
    arb_ptr y = _arb_vec_init(n);
    double low[MOST], high[MOST], spread = 0;
    unsigned state = 12345;

    for (int p = 0; p < points; p++)
    {
        for (slong i = 0; i < n; i++)
        {
            double z;

            state = state * 1103515245u + 12345u;
            z = p < 1 << n ? (p >> i & 1 ? 1 : -1) : (double) (state >> 16 & 0x7fff) / 16384 - 1;
            arb_set_d(y + i, center[i] + 0.9999999 * width * z);
        }
        cr_assert_eq(flow_to(y, NULL, fields, n, end, &o), CST_OK);
        for (slong i = 0; i < n; i++)
        {
            double v = arf_get_d(arb_midref(y + i), ARF_RND_NEAR);

            cr_assert(arb_contains(enclosure + i, y + i), "point %d, component %ld", p, (long) i);
            low[i] = p ? fmin(low[i], v) : v;
            high[i] = p ? fmax(high[i], v) : v;
        }
    }
    for (slong i = 0; i < n; i++)
        spread = fmax(spread, 0.5 * (high[i] - low[i]));
    _arb_vec_clear(y, n);
    return spread;
}

/* DESIGN of the method: within one percent of the true radius 2.426e-3. */
Test(box, the_van_der_pol_box_is_enclosed_within_one_percent)
{
    for (slong degree = 1; degree <= 4; degree++)
    {
        cst_flow_options_t o = {.degree = degree};
        arb_ptr x = _arb_vec_init(2);
        double spread;

        set_box(x, van_der_pol_center, 2, 1e-3);
        cr_assert_eq(flow_to(x, NULL, van_der_pol, 2, "7", &o), CST_OK);
        spread = check_points(x, van_der_pol, 2, van_der_pol_center, 1e-3, "7", 12);
        cr_assert_lt(largest_radius(x, 2), degree > 1 ? 2.45e-3 : 3e-3, "degree %ld: %g", (long) degree,
                     largest_radius(x, 2));
        cr_assert_gt(spread, 2.3e-3);
        _arb_vec_clear(x, 2);
    }
}

Test(box, wide_van_der_pol_boxes_stay_within_a_few_percent_of_their_range)
{
    static const double widths[] = {1e-5, 1e-2, 3e-2, 6e-2};

    for (int w = 0; w < 4; w++)
    {
        cst_flow_options_t o = {0};
        arb_ptr x = _arb_vec_init(2);
        double spread;

        set_box(x, van_der_pol_center, 2, widths[w]);
        cr_assert_eq(flow_to(x, NULL, van_der_pol, 2, "7", &o), CST_OK);
        spread = check_points(x, van_der_pol, 2, van_der_pol_center, widths[w], "7", 12);
        cr_assert_lt(largest_radius(x, 2), 1.2 * spread, "width %g: %g, %g", widths[w], largest_radius(x, 2),
                     spread);
        _arb_vec_clear(x, 2);
    }
}

/* The wide-box benchmark of the friendly competition ARCH, W = 0.01 and 0.05; 0.1 is a long test. */
Test(box, laub_loomis_boxes_reach_time_twenty)
{
    static const double widths[] = {0.01, 0.05}, most[] = {0.006, 0.05};

    for (int w = 0; w < 2; w++)
    {
        cst_flow_options_t o = {.degree = 3};
        arb_ptr x = _arb_vec_init(7);

        set_box(x, laub_loomis_center, 7, widths[w]);
        cr_assert_eq(flow_to(x, NULL, laub_loomis, 7, "20", &o), CST_OK);
        check_points(x, laub_loomis, 7, laub_loomis_center, widths[w], "20", 6);
        cr_assert_lt(largest_radius(x, 7), most[w], "%g", largest_radius(x, 7));
        _arb_vec_clear(x, 7);
    }
}

/* A nonlinear field with every function, from a box in one component only. */
Test(box, functions_of_models_enclose)
{
    static const char *const fields[][3] = {
        {"sin(b) + cos(a)/3", "exp(-a)*log(2 + b)", "atan(a*b)"},
        {"1/(1 + a^2 + b^2)", "sqrt(3 + a) - b", "erf(a) - (2 + b)^(-3/2)"},
    };
    static const double center[] = {0.3, 0.7, -0.2};

    for (int f = 0; f < 2; f++)
        for (slong degree = 1; degree <= 4; degree += 3)
        {
            cst_flow_options_t o = {.degree = degree};
            arb_ptr x = _arb_vec_init(3);
            double spread;

            set_box(x, center, 3, 0.02);
            cr_assert_eq(flow_to(x, NULL, fields[f], 3, "3", &o), CST_OK);
            spread = check_points(x, fields[f], 3, center, 0.02, "3", 16);
            cr_assert_lt(largest_radius(x, 3), (degree > 1 ? 1.1 : 1.4) * spread, "%d: %g %g", f,
                         largest_radius(x, 3), spread);
            _arb_vec_clear(x, 3);
        }
}

/* Linear systems keep a box's image exactly: the rotation by one radian of a square. */
Test(box, linear_images_are_exact)
{
    static const char *const rotation[] = {"b", "-a"};
    static const double center[] = {1, 2};

    for (slong degree = 1; degree <= 3; degree++)
    {
        cst_flow_options_t o = {.degree = degree};
        arb_ptr x = _arb_vec_init(2);

        set_box(x, center, 2, 0.25);
        cr_assert_eq(flow_to(x, NULL, rotation, 2, "41", &o), CST_OK);
        cr_assert_lt(radius_of(x), 0.25 * (fabs(cos(41)) + fabs(sin(41))) * (1 + 1e-5));
        cr_assert_gt(radius_of(x), 0.25 * (fabs(cos(41)) + fabs(sin(41))) * (1 - 1e-9));
        _arb_vec_clear(x, 2);
    }
}
