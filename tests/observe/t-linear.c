#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "helper.h"

/* Distances between linear networks, against closed forms and along symmetries. */
TestSuite(linear, .timeout = 120);

/* Moves hidden layer l, of n units between inputs and outputs, by a random matrix, step by step, and its
   origin where there are biases. */
static void
mix(weights_t *w, int l, slong inputs, slong n, slong outputs, int biased, uint64_t *state)
{
    char name[32];
    double *in, *out, *bias = NULL, *next = NULL;

    snprintf(name, sizeof name, "fc%d.weight", l);
    in = weights_find(w, name);
    snprintf(name, sizeof name, "fc%d.weight", l + 1);
    out = weights_find(w, name);
    if (biased)
    {
        snprintf(name, sizeof name, "fc%d.bias", l);
        bias = weights_find(w, name);
        snprintf(name, sizeof name, "fc%d.bias", l + 1);
        next = weights_find(w, name);
    }
    for (slong a = 0; a < n; a++)
    {
        slong b = (a + 1) % n;
        double c = normal(state), s = pow(2, floor(6 * uniform(state)) - 3), moved = normal(state);

        if (b == a)
            c = 0;
        for (slong j = 0; j < inputs; j++)
            in[a * inputs + j] = s * (in[a * inputs + j] + c * in[b * inputs + j]);
        if (biased)
            bias[a] = s * (bias[a] + c * bias[b]) + moved;
        for (slong i = 0; i < outputs; i++)
        {
            out[i * n + b] -= c * out[i * n + a];
            out[i * n + a] /= s;
            if (biased)
                next[i] -= moved * out[i * n + a];
        }
    }
}

/* Orthonormal columns. */
static void
orthonormal(long double *u, slong n, slong r, uint64_t *state)
{
    for (slong j = 0; j < r; j++)
    {
        long double norm = 0;

        for (slong i = 0; i < n; i++)
            u[i * r + j] = normal(state);
        for (int twice = 0; twice < 2; twice++)
            for (slong k = 0; k < j; k++)
            {
                long double dot = 0;

                for (slong i = 0; i < n; i++)
                    dot += u[i * r + j] * u[i * r + k];
                for (slong i = 0; i < n; i++)
                    u[i * r + j] -= dot * u[i * r + k];
            }
        for (slong i = 0; i < n; i++)
            norm += u[i * r + j] * u[i * r + j];
        for (slong i = 0; i < n; i++)
            u[i * r + j] /= sqrtl(norm);
    }
}

enum
{
    IN = 5,
    OUT = 6,
    RANK = 2 /* nuclear norms in closed form: |K|^2 + 2 |det K| is the square */
};

/* Two networks OUT-hidden-IN of balanced factors z = (u s^(1/2); v s^(1/2)); the rest of hidden is 0. */
static void
balanced_pair(weights_t *w, long double z[2][(IN + OUT) * RANK], slong hidden, double near, uint64_t *state)
{
    for (int k = 0; k < 2; k++)
    {
        long double u[OUT * RANK], v[IN * RANK], s[RANK] = {3 + uniform(state), 0.2L + uniform(state)};
        const slong first[2] = {hidden, IN}, second[2] = {OUT, hidden};
        builder_t b;
        cst_io_checkpoint_t a;
        double *x;

        orthonormal(u, OUT, RANK, state);
        orthonormal(v, IN, RANK, state);
        for (slong i = 0; i < IN + OUT; i++)
            for (slong j = 0; j < RANK; j++)
                z[k][i * RANK + j] = (i < OUT ? u[i * RANK + j] : v[(i - OUT) * RANK + j]) * sqrtl(s[j]);
        if (k == 1 && near > 0) /* the same singular vectors, and values nearby */
            for (slong i = 0; i < IN + OUT; i++)
                for (slong j = 0; j < RANK; j++)
                    z[1][i * RANK + j] = z[0][i * RANK + j] * (1 + (j + 1) * (long double) near);
        build_begin(&b);
        x = build_tensor(&b, "fc1.weight", 2, first);
        for (slong i = 0; i < hidden; i++)
            for (slong j = 0; j < IN; j++)
                x[i * IN + j] = i < RANK ? (double) z[k][(OUT + j) * RANK + i] : 0;
        x = build_tensor(&b, "fc2.weight", 2, second);
        for (slong i = 0; i < OUT; i++)
            for (slong j = 0; j < hidden; j++)
                x[i * hidden + j] = j < RANK ? (double) z[k][i * RANK + j] : 0;
        build_end(&b, a);
        weights_read(w + k, a);
        cst_io_checkpoint_clear(a);
        build_clear(&b);
    }
}

static double
least_distance(long double z[2][(IN + OUT) * RANK])
{
    long double k[4] = {0}, square = 0;

    for (slong i = 0; i < IN + OUT; i++)
        for (slong a = 0; a < RANK; a++)
        {
            for (slong b = 0; b < RANK; b++)
                k[2 * a + b] += z[0][i * RANK + a] * z[1][i * RANK + b];
            square += z[0][i * RANK + a] * z[0][i * RANK + a] + z[1][i * RANK + a] * z[1][i * RANK + a];
        }
    square -= 2 * sqrtl(k[0] * k[0] + k[1] * k[1] + k[2] * k[2] + k[3] * k[3] +
                        2 * fabsl(k[0] * k[3] - k[1] * k[2]));
    return (double) sqrtl(square);
}

static double
distance_of_products(long double z[2][(IN + OUT) * RANK])
{
    long double square = 0;

    for (slong i = 0; i < OUT; i++)
        for (slong j = 0; j < IN; j++)
        {
            long double d = 0;

            for (slong a = 0; a < RANK; a++)
                d += z[0][i * RANK + a] * z[0][(OUT + j) * RANK + a] -
                     z[1][i * RANK + a] * z[1][(OUT + j) * RANK + a];
            square += d * d;
        }
    return (double) sqrtl(square);
}

/* Factors of rank two, moved at random: against the closed form of the nuclear norm. */
Test(linear, distances_of_two_factors)
{
    uint64_t state = 81;

    for (int round = 0; round < 12; round++)
    {
        double near = round % 2 ? pow(10, -1 - round / 2) : 0;
        long double z[2][(IN + OUT) * RANK];
        weights_t w[2];
        cst_observe_table_t table;

        balanced_pair(w, z, RANK, near, &state);
        if (round >= 2)
            for (int k = 0; k < 2; k++)
                mix(w + k, 1, IN, RANK, OUT, 0, &state);
        observe_both(table, w, "activation: identity");
        assert_row(table, 10, "network", "product-quotient-distance", distance_of_products(z), 1e-12, 1e-5);
        assert_row(table, 10, "network", "quotient-distance", least_distance(z), 1e-11, 1e-5);
        assert_row(table, 10, "network", "quotient-speed", least_distance(z) / 10, 1e-11, 1e-5);
        cr_assert(row_of(table, 10, "network", "quotient-distance")->invariant);
        if (round >= 2)
            cr_assert_gt(row_of(table, 10, "network", "speed")->value * 10, least_distance(z) * 1.1);
        cst_observe_table_clear(table);
        weights_clear(w);
        weights_clear(w + 1);
    }
}

/* More hidden units than the rank, or than the product has columns: bounds are wider, and still hold. */
Test(linear, factors_of_less_than_full_rank)
{
    static const slong hidden[] = {4, 7};
    uint64_t state = 82;

    for (int round = 0; round < 2; round++)
    {
        long double z[2][(IN + OUT) * RANK];
        weights_t w[2];
        cst_observe_table_t table;
        const cst_observation_t *row;

        balanced_pair(w, z, hidden[round], 0, &state);
        observe_both(table, w, "activation: identity");
        row = row_of(table, 10, "network", "quotient-distance");
        cr_assert_leq(fabs(row->value - least_distance(z)), row->error);
        cr_assert(row->error < 1e-5 && row->error > 0, "%g", row->error);
        cst_observe_table_clear(table);
        weights_clear(w);
        weights_clear(w + 1);
    }
}

/* A run moved along its symmetry, each checkpoint by another matrix. */
Test(linear, moved_siblings_of_a_run)
{
    static const int steps[] = {0, 364, 6061, 12000};
    uint64_t state = 83;

    for (int i = 0; i < 3; i++)
    {
        weights_t w[4];
        cst_observe_table_t table[3];
        const cst_observation_t *x, *y;

        for (int k = 0; k < 4; k++)
        {
            char name[64];
            cst_io_checkpoint_t a;

            snprintf(name, sizeof name, "../deep-linear-unbalanced/step%07d.safetensors", steps[i + k % 2]);
            open_data(a, name);
            weights_read(w + k, a);
            cst_io_checkpoint_clear(a);
            if (k >= 2)
                mix(w + k, 1, 8, 4, 8, 0, &state);
        }
        observe_both(table[0], w, "activation: identity");
        observe_both(table[1], w + 2, "activation: identity");
        for (int j = 0; j < 2; j++)
        {
            const char *name = j ? "quotient-distance" : "product-quotient-distance";

            x = row_of(table[0], 10, "network", name);
            y = row_of(table[1], 10, "network", name);
            cr_assert_leq(fabs(x->value - y->value), x->error + y->error, "%s", name);
            cr_assert_leq(x->error + y->error, 1e-9 * x->value, "%s: %g and %g", name, x->error, y->error);
        }
        x = row_of(table[0], 10, "network", "speed");
        y = row_of(table[1], 10, "network", "speed");
        cr_assert_gt(fabs(y->value / x->value - 1), 0.5);
        /* the same network twice: nothing has moved */
        weights_clear(w + 1);
        w[1] = w[2];
        observe_both(table[2], w, "activation: identity");
        cr_assert_lt(row_of(table[2], 10, "network", "product-quotient-distance")->value, 1e-11);
        x = row_of(table[2], 10, "network", "quotient-distance");
        cr_assert(x->value <= x->error && x->error < 1e-9, "%g +- %g", x->value, x->error);
        cr_assert_gt(row_of(table[2], 10, "network", "speed")->value, 0.1);
        for (int k = 0; k < 3; k++)
            cst_observe_table_clear(table[k]);
        weights_clear(w);
        weights_clear(w + 2);
        weights_clear(w + 3);
    }
}

/* y = W3 (W2 (W1 x + b1) + b2) + b3, entry by entry: columns of the matrix, then the image of 0. */
static void
affine(long double *map, const weights_t *w)
{
    static const slong size[] = {3, 4, 2, 5};
    long double x[5], y[5];

    for (slong j = 0; j <= 3; j++)
    {
        for (slong i = 0; i < 3; i++)
            x[i] = i == j;
        for (int l = 0; l < 3; l++)
        {
            char name[32];
            const double *m, *b;

            snprintf(name, sizeof name, "fc%d.weight", l + 1);
            m = weights_find(w, name);
            snprintf(name, sizeof name, "fc%d.bias", l + 1);
            b = weights_find(w, name);
            for (slong i = 0; i < size[l + 1]; i++)
            {
                y[i] = j == 3 ? b[i] : 0;
                for (slong k = 0; k < size[l]; k++)
                    y[i] += m[i * size[l] + k] * x[k];
            }
            memcpy(x, y, sizeof x);
        }
        for (slong i = 0; i < 5; i++)
            map[5 * j + i] = x[i];
    }
}

/* Three layers with biases: the affine map, before and after both hidden layers are moved, origins included.
 */
Test(linear, a_distance_of_affine_maps)
{
    static const slong shape[][2] = {{4, 3}, {4}, {2, 4}, {2}, {5, 2}, {5}};
    static const char *const names[] = {"fc1.weight", "fc1.bias",   "fc2.weight",
                                        "fc2.bias",   "fc3.weight", "fc3.bias"};
    uint64_t state = 84;
    weights_t w[2];
    long double map[2][20], truth = 0;

    for (int k = 0; k < 2; k++)
    {
        builder_t b;
        cst_io_checkpoint_t a;

        build_begin(&b);
        for (int t = 0; t < 6; t++)
        {
            double *x = build_tensor(&b, names[t], 2 - t % 2, shape[t]);

            for (slong i = 0; i < shape[t][0] * (t % 2 ? 1 : shape[t][1]); i++)
                x[i] = normal(&state);
        }
        build_end(&b, a);
        weights_read(w + k, a);
        cst_io_checkpoint_clear(a);
        build_clear(&b);
        affine(map[k], w + k);
    }
    for (int i = 0; i < 20; i++)
        truth += (map[0][i] - map[1][i]) * (map[0][i] - map[1][i]);
    for (int moved = 0; moved < 2; moved++)
    {
        cst_observe_table_t table;

        observe_both(table, w, "activation: identity");
        assert_row(table, 10, "network", "product-quotient-distance", (double) sqrtl(truth), 1e-11, 1e-9);
        for (slong i = 0; i < table->length; i++)
            cr_assert_str_neq(table->items[i].observable, "quotient-distance");
        cst_observe_table_clear(table);
        for (int k = 0; k < 2; k++)
        {
            mix(w + k, 1, 3, 4, 2, 1, &state);
            mix(w + k, 2, 4, 2, 5, 1, &state);
        }
    }
    weights_clear(w);
    weights_clear(w + 1);
}
