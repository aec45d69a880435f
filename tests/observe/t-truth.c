#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "helper.h"

TestSuite(truth, .timeout = 120);

static const int steps[] = {
    0,     121,   242,   364,   485,   606,   727,   848,   970,   1091,  1212,  1333,  1455,  1576,  1697,
    1818,  1939,  2061,  2182,  2303,  2424,  2545,  2667,  2788,  2909,  3030,  3152,  3273,  3394,  3515,
    3636,  3758,  3879,  4000,  4121,  4242,  4364,  4485,  4606,  4727,  4848,  4970,  5091,  5212,  5333,
    5455,  5576,  5697,  5818,  5939,  6061,  6182,  6303,  6424,  6545,  6667,  6788,  6909,  7030,  7152,
    7273,  7394,  7515,  7636,  7758,  7879,  8000,  8121,  8242,  8364,  8485,  8606,  8727,  8848,  8970,
    9091,  9212,  9333,  9455,  9576,  9697,  9818,  9939,  10061, 10182, 10303, 10424, 10545, 10667, 10788,
    10909, 11030, 11152, 11273, 11394, 11515, 11636, 11758, 11879, 12000};

/* A linear network 8-4-8 under gradient descent with step 1e-3 from an unbalanced start. Whoever trained it,
   in float64 with another program, measured |W1 W1' - W2' W2| = 12.593241115463382 at the start
   and 12.59073743181465 at the end, and its change 0.006839109204999879 at most over all steps. */
Test(truth, a_conservation_law_of_a_run)
{
    cst_observe_table_t table;
    cst_io_yaml_t yaml;
    cst_observe_run_t run = cst_observe_run_new(settings_of(yaml, "activation: identity"));
    double largest = 0;

    cst_observe_table_init(table);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
    {
        char name[64];
        cst_io_checkpoint_t a;

        snprintf(name, sizeof name, "../deep-linear-unbalanced/step%07d.safetensors", steps[i]);
        open_data(a, name);
        cr_assert_eq(a->step, steps[i]);
        cr_assert_eq(cst_observe_next(table, run, a, a->step, NULL), CST_OK);
        cst_io_checkpoint_clear(a);
        if (i > 0)
        {
            const cst_observation_t *drift = row_of(table, steps[i], "fc1", "imbalance-drift"),
                                    *predicted = row_of(table, steps[i], "fc1", "imbalance-drift-predicted");

            largest = fmax(largest, drift->value);
            /* secants miss what a fast start bends: never more than an eighth here */
            cr_assert_leq(fabs(drift->value - predicted->value), 0.125 * drift->value,
                          "step %d: %g, predicted %g", steps[i], drift->value, predicted->value);
        }
    }
    assert_row(table, 0, "fc1", "imbalance", 12.593241115463382, 1e-13, 1e-12);
    assert_row(table, 12000, "fc1", "imbalance", 12.59073743181465, 1e-13, 1e-12);
    cr_assert(largest > 0.0067 && largest <= 0.006839109205, "%g", largest);
    /* raw norm 4.71 to 5.16; least over GL(4) 3.29 to 4.01 */
    cr_assert_float_eq(row_of(table, 0, "network", "norm")->raw, 4.71, 0.005);
    cr_assert_float_eq(row_of(table, 12000, "network", "norm")->raw, 5.16, 0.005);
    assert_row(table, 0, "network", "norm", 3.29, 0.005, 1e-10);
    assert_row(table, 12000, "network", "norm", 4.01, 0.005, 1e-10);
    /* it learns the four largest singular values of its teacher: 4, 2.2, 1.2, 0.65 */
    assert_row(table, 12000, "network", "product-largest-singular-value", 4, 1e-3, 1e-10);
    assert_row(table, 12000, "network", "product-nuclear-norm", 4 + 2.2 + 1.2 + 0.65, 3e-2, 1e-10);
    cst_observe_table_clear(table);
    cst_observe_run_free(run);
    cst_io_yaml_clear(yaml);
}
