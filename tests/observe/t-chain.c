#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "helper.h"

TestSuite(chain, .timeout = 120);

static void
observe(cst_observe_table_t table, const cst_io_checkpoint_t a, const char *settings)
{
    cst_io_yaml_t yaml;
    cst_observe_run_t run = cst_observe_run_new(settings_of(yaml, settings));
    cst_error_t error;

    cst_observe_table_init(table);
    cr_assert_eq(cst_observe_next(table, run, a, 0, &error), CST_OK, "%s", error.message);
    cst_observe_run_free(run);
    cst_io_yaml_clear(yaml);
}

/* One hidden layer: each unit by itself has the least squared norm 2 |(w, b)| |v|. */
Test(chain, two_layers_have_closed_forms)
{
    const slong n = 3, h = 5, m = 2, shapes[3][2] = {{h, n}, {h}, {m, h}};
    uint64_t state = 17;
    double *w, *b, *v, least = 0, raw = 0, volume = 0, given = 0, imbalance = 0, path1 = 0, path2 = 0, s[5],
                       total = 0, entropy = 0;
    builder_t builder;
    cst_io_checkpoint_t a;
    cst_observe_table_t table;

    build_begin(&builder);
    w = build_tensor(&builder, "fc1.weight", 2, shapes[0]);
    for (slong i = 0; i < h * n; i++)
        w[i] = normal(&state);
    b = build_tensor(&builder, "fc1.bias", 1, shapes[1]);
    for (slong i = 0; i < h; i++)
        b[i] = normal(&state);
    v = build_tensor(&builder, "fc2.weight", 2, shapes[2]);
    for (slong i = 0; i < m * h; i++)
        v[i] = normal(&state);
    w = builder.data;
    b = w + h * n;
    for (slong i = 0; i < h; i++)
    {
        double in = b[i] * b[i], in1 = fabs(b[i]), out = 0, out1 = 0;

        for (slong j = 0; j < n; j++)
        {
            in += w[i * n + j] * w[i * n + j];
            in1 += fabs(w[i * n + j]);
        }
        for (slong k = 0; k < m; k++)
        {
            out += v[k * h + i] * v[k * h + i];
            out1 += fabs(v[k * h + i]);
        }
        least += 2 * sqrt(in * out);
        raw += in + out;
        volume += 0.5 * log(2 * sqrt(in * out));
        given += 0.5 * log(in + out);
        imbalance += (in - out) * (in - out);
        path1 += in1 * out1;
        path2 += in * out;
        s[i] = in * out;
        total += s[i];
    }
    for (slong i = 0; i < h; i++)
        entropy -= s[i] / total * log(s[i] / total);
    build_end(&builder, a);
    observe(table, a, "activation: relu");
    assert_row(table, 0, "network", "norm", sqrt(least), 1e-14, 1e-12);
    cr_assert_float_eq(row_of(table, 0, "network", "norm")->raw, sqrt(raw), 1e-13);
    assert_row(table, 0, "network", "distortion", sqrt(raw / least), 1e-14, 1e-12);
    assert_row(table, 0, "network", "log-orbit-volume", volume, 1e-14, 1e-10);
    cr_assert_float_eq(row_of(table, 0, "network", "log-orbit-volume")->raw, given, 1e-12);
    assert_row(table, 0, "network", "path-norm-1", path1, 1e-13, 1e-12);
    assert_row(table, 0, "network", "path-norm-2", sqrt(path2), 1e-14, 1e-12);
    assert_row(table, 0, "fc1", "imbalance", sqrt(imbalance), 1e-13, 1e-12);
    assert_row(table, 0, "fc1", "effective-units", exp(entropy), 1e-13, 1e-10);
    cst_observe_table_clear(table);
    /* an odd activation leaves signs only */
    observe(table, a, "activation: tanh");
    assert_row(table, 0, "network", "norm", sqrt(raw), 1e-14, 1e-12);
    assert_row(table, 0, "network", "distortion", 1, 1e-14, 1e-12);
    cst_observe_table_clear(table);
    cst_io_checkpoint_clear(a);
    build_clear(&builder);
}

/* 3 x, then BatchNorm with deviation 1: 2 (3 x - 1/2) + 3/2 = 6 x + 1/2, read by 1/2. What is compared with
   the least norm is the norm of that, not of the weights in the file. */
Test(chain, batchnorm_is_folded)
{
    static const slong one[] = {1, 1};
    static const struct
    {
        const char *name;
        int rank;
        double value;
    } tensors[] = {{"fc1.weight", 2, 3},         {"bn1.weight", 1, 2},         {"bn1.bias", 1, 1.5},
                   {"bn1.running_mean", 1, 0.5}, {"bn1.running_var", 1, 0.75}, {"fc2.weight", 2, 0.5}};
    double in = sqrt(6 * 6 + 0.5 * 0.5), least = 2 * in * 0.5;
    builder_t builder;
    cst_io_checkpoint_t a;
    cst_observe_table_t table;

    build_begin(&builder);
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
        *build_tensor(&builder, tensors[i].name, tensors[i].rank, one) = tensors[i].value;
    build_end(&builder, a);
    observe(table, a, "{activation: relu, batch_norm: {eps: 0.25}}");
    assert_row(table, 0, "network", "norm", sqrt(least), 1e-14, 1e-12);
    assert_row(table, 0, "network", "distortion", sqrt((in * in + 0.25) / least), 1e-14, 1e-12);
    cr_assert_float_eq(row_of(table, 0, "network", "norm")->raw, sqrt(9 + 4 + 2.25 + 0.25), 1e-13);
    cr_assert(strstr(table->notes, "running statistics"));
    cst_observe_table_clear(table);
    cst_io_checkpoint_clear(a);
    build_clear(&builder);
}

/* x_1 ... x_D: the least sum of squares is D |product|^(2/D), at equal |x_i|; det G = D (product)^(2(D-1)/D).
 */
Test(chain, products_of_scalars)
{
    static const slong one[] = {1, 1};
    uint64_t state = 23;

    for (int links = 2; links <= 9; links++)
    {
        double product = 1, power;
        builder_t builder;
        cst_io_checkpoint_t a;
        cst_observe_table_t table;

        build_begin(&builder);
        for (int e = 0; e < links; e++)
        {
            char name[32];
            double x = exp(6 * normal(&state));

            snprintf(name, sizeof name, "%d.weight", 2 * e);
            *build_tensor(&builder, name, 2, one) = e % 2 ? x : -x;
            product *= x;
        }
        build_end(&builder, a);
        observe(table, a, "activation: relu");
        power = pow(product, 2.0 / links);
        assert_row(table, 0, "network", "norm", sqrt(links * power), 1e-12 * sqrt(power), 1e-12);
        assert_row(table, 0, "network", "path-norm-1", product, 1e-13 * product, 1e-12);
        assert_row(table, 0, "network", "log-orbit-volume", 0.5 * (log(links) + (links - 1) * log(power)),
                   1e-11, 1e-6);
        cst_observe_table_clear(table);
        cst_io_checkpoint_clear(a);
        build_clear(&builder);
    }
}

/* A unit that nothing enters, and what only it leads to, cost nothing in the limit: said aloud. */
Test(chain, dead_units)
{
    static const slong shape[] = {2, 2};
    static const double w[3][4] = {{3, 4, 0, 0}, {1, 7, 0, 5}, {2, 0, 0, 11}};
    builder_t builder;
    cst_io_checkpoint_t a;
    cst_observe_table_t table;

    build_begin(&builder);
    for (int e = 0; e < 3; e++)
        memcpy(build_tensor(&builder,
                            e == 0   ? "a1.weight"
                            : e == 1 ? "a2.weight"
                                     : "a3.weight",
                            2, shape),
               w[e], sizeof w[e]);
    build_end(&builder, a);
    observe(table, a, "activation: relu");
    /* what is left is 5 * 1 * 2 */
    assert_row(table, 0, "network", "norm", sqrt(3 * pow(10, 2.0 / 3)), 1e-13, 1e-12);
    cr_assert(strstr(row_of(table, 0, "network", "norm")->note, "not attained"));
    cr_assert(isnan(row_of(table, 0, "network", "log-orbit-volume")->value));
    cst_observe_table_clear(table);
    cst_io_checkpoint_clear(a);
    build_clear(&builder);
}

Test(chain, weights_that_are_not_finite_give_no_values)
{
    static const slong one[] = {1, 1};
    builder_t builder;
    cst_io_checkpoint_t a;
    cst_observe_table_t table;

    for (int k = 0; k < 2; k++)
    {
        build_begin(&builder);
        *build_tensor(&builder, "a.weight", 2, one) = k ? (double) NAN : (double) INFINITY;
        *build_tensor(&builder, "b.weight", 2, one) = 1;
        build_end(&builder, a);
        observe(table, a, "activation: relu");
        cr_assert_gt(table->length, 5);
        for (slong i = 0; i < table->length; i++)
            if (strcmp(table->items[i].layer, "b") != 0) /* which is finite */
            {
                cr_assert(isnan(table->items[i].value), "%s", table->items[i].observable);
                cr_assert_not_null(table->items[i].note);
            }
        cst_observe_table_clear(table);
        cst_io_checkpoint_clear(a);
        build_clear(&builder);
    }
}

/* One unit: the orbit's direction is (w, -v). The distance between balanced representatives is known too. */
Test(chain, speeds_and_distances_of_one_unit)
{
    static const slong one[] = {1, 1};
    static const double w[] = {3, 3.5}, v[] = {-0.5, -0.25};
    builder_t builder[2];
    cst_io_checkpoint_t a[2];
    cst_observe_table_t table;
    cst_io_yaml_t yaml;
    cst_observe_run_t run = cst_observe_run_new(settings_of(yaml, "activation: relu"));
    double along = (w[0] * (w[1] - w[0]) - v[0] * (v[1] - v[0])) / hypot(w[0], v[0]),
           change = hypot(w[1] - w[0], v[1] - v[0]);

    cst_observe_table_init(table);
    for (int k = 0; k < 2; k++)
    {
        build_begin(builder + k);
        *build_tensor(builder + k, "1.weight", 2, one) = w[k];
        *build_tensor(builder + k, "2.weight", 2, one) = v[k];
        build_end(builder + k, a[k]);
        cr_assert_eq(cst_observe_next(table, run, a[k], 10 * k, NULL), CST_OK);
    }
    assert_row(table, 10, "network", "speed", change / 10, 1e-16, 1e-13);
    assert_row(table, 10, "network", "vertical-speed", fabs(along) / 10, 1e-16, 1e-10);
    assert_row(table, 10, "network", "horizontal-speed", sqrt(change * change - along * along) / 10, 1e-16,
               1e-10);
    assert_row(table, 10, "network", "quotient-distance", sqrt(2) * (sqrt(1.5) - sqrt(0.875)), 1e-15, 1e-10);
    assert_row(table, 10, "1", "imbalance-drift", fabs(w[1] * w[1] - v[1] * v[1] - w[0] * w[0] + v[0] * v[0]),
               1e-15, 1e-12);
    for (int k = 0; k < 2; k++)
    {
        cst_io_checkpoint_clear(a[k]);
        build_clear(builder + k);
    }
    cst_observe_table_clear(table);
    cst_observe_run_free(run);
    cst_io_yaml_clear(yaml);
}

/* What is no chain, and what fits no layer, is refused with the reason. */
Test(chain, what_is_not_understood_is_refused)
{
    static const slong shapes[][2] = {{3, 2}, {2, 2}, {5}};
    static const char *const names[][2] = {{"a.weight", "b.weight"}, {"a.weight", "a.bias"}, {"x", "y"}};
    static const char *const causes[] = {"not a chain of layers", "the bias of layer 'a' has another length",
                                         "no layers were recognized"};

    for (int k = 0; k < 3; k++)
    {
        builder_t builder;
        cst_io_checkpoint_t a;
        cst_observe_table_t table;
        cst_observe_run_t run = cst_observe_run_new(NULL);
        cst_error_t error;

        build_begin(&builder);
        memset(build_tensor(&builder, names[k][0], 2, shapes[0]), 0, 48);
        memset(build_tensor(&builder, names[k][1], k == 1 ? 1 : 2, shapes[k == 1 ? 2 : 1]), 0,
               k == 1 ? 40 : 32);
        build_end(&builder, a);
        cst_observe_table_init(table);
        cr_assert_eq(cst_observe_next(table, run, a, 0, &error), CST_REFUSED);
        cr_assert(strstr(error.message, causes[k]), "%s", error.message);
        cst_observe_table_clear(table);
        cst_observe_run_free(run);
        cst_io_checkpoint_clear(a);
        build_clear(&builder);
    }
}
