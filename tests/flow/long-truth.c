/* Thousands of random problems, a hundred at high precision, and the widest box. */
#include "truth.h"

TestSuite(long_truth, .timeout = 1200);

Test(long_truth, thousands_of_linear_systems)
{
    for (unsigned seed = 1000; seed < 4000; seed++)
        check_linear(seed);
}

Test(long_truth, a_hundred_nonlinear_systems)
{
    for (unsigned seed = 1000; seed < 1100; seed++)
        check_nonlinear(seed);
}

Test(long_truth, thousands_of_boxes)
{
    for (unsigned seed = 1000; seed < 4000; seed++)
        check_box(seed);
}

/* ARCH's Laub-Loomis system with W = 0.1 reaches T = 20. */
Test(long_truth, the_widest_laub_loomis_box_reaches_time_twenty)
{
    static const char *const fields[] = {"7/5*c - 9/10*a", "5/2*e - 3/2*b", "3/5*g - 4/5*b*c",
                                         "2 - 13/10*c*d",  "7/10*a - d*e",  "3/10*a - 31/10*f",
                                         "9/5*f - 3/2*b*g"};
    static const double center[] = {1.2, 1.05, 1.5, 2.4, 1, 0.1, 0.45};
    cst_flow_options_t o = {0};
    arb_ptr x = _arb_vec_init(7), y = _arb_vec_init(7);

    for (slong i = 0; i < 7; i++)
    {
        arb_set_d(x + i, center[i]);
        mag_set_d(arb_radref(x + i), 0.1);
    }
    cr_assert_eq(flow_to(x, NULL, fields, 7, "20", &o), CST_OK);
    cr_assert_lt(largest_radius(x, 7), 0.05);
    for (int p = 0; p < 128; p++)
    {
        for (slong i = 0; i < 7; i++)
            arb_set_d(y + i, center[i] + (p >> i & 1 ? 0.0999999 : -0.0999999));
        cr_assert_eq(flow_to(y, NULL, fields, 7, "20", &o), CST_OK);
        for (slong i = 0; i < 7; i++)
            cr_assert(arb_contains(x + i, y + i), "corner %d, component %ld", p, (long) i);
    }
    _arb_vec_clear(x, 7);
    _arb_vec_clear(y, 7);
}
