#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "helper.h"

/* Distances between linear networks of three layers of two units: a search over both rotations. */
TestSuite(linear_deep, .timeout = 120);

typedef double two_t[2][2];

static void
times(two_t c, const two_t a, const two_t b)
{
    two_t t;

    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            t[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j];
    memcpy(c, t, sizeof t);
}

static void
rotation(two_t q, double angle, int mirrored)
{
    q[0][0] = cos(angle);
    q[1][0] = sin(angle);
    q[0][1] = mirrored ? sin(angle) : -sin(angle);
    q[1][1] = mirrored ? -cos(angle) : cos(angle);
}

static void
turned(two_t t, const two_t a)
{
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            t[i][j] = a[j][i];
}

/* p = u diag(s) v', from the eigenvectors of p'p; balanced factors of least norm. */
static void
balanced(two_t *factor, const two_t p)
{
    two_t g, v, u, t;
    double angle, s[2];

    turned(t, p);
    times(g, t, p);
    angle = 0.5 * atan2(2 * g[0][1], g[0][0] - g[1][1]);
    rotation(v, angle, 0);
    times(u, p, v);
    for (int j = 0; j < 2; j++)
    {
        s[j] = hypot(u[0][j], u[1][j]);
        for (int i = 0; i < 2; i++)
            u[i][j] /= s[j];
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
        {
            factor[0][i][j] = cbrt(s[i]) * v[j][i];
            factor[1][i][j] = i == j ? cbrt(s[i]) : 0;
            factor[2][i][j] = u[i][j] * cbrt(s[j]);
        }
}

static double
apart(const two_t *a, const two_t *b, const double *angle, int mirrors)
{
    two_t q[2], t, moved[3];
    double sum = 0;

    for (int k = 0; k < 2; k++)
        rotation(q[k], angle[k], mirrors >> k & 1);
    times(moved[0], q[0], a[0]);
    turned(t, q[0]);
    times(moved[1], a[1], t);
    times(moved[1], q[1], moved[1]);
    turned(t, q[1]);
    times(moved[2], a[2], t);
    for (int l = 0; l < 3; l++)
        for (int i = 0; i < 4; i++)
            sum += pow(moved[l][i / 2][i % 2] - b[l][i / 2][i % 2], 2);
    return sqrt(sum);
}

/* The least over a grid, then ever closer around it. */
static double
search(const two_t *a, const two_t *b)
{
    double best = (double) INFINITY, pi = acos(-1);

    for (int mirrors = 0; mirrors < 4; mirrors++)
    {
        double at[2] = {0, 0}, least = (double) INFINITY, width = pi;

        for (int round = 0; round < 25; round++, width /= 4)
        {
            double centre[2] = {at[0], at[1]};
            int cells = round ? 4 : 60;

            for (int i = -cells; i <= cells; i++)
                for (int j = -cells; j <= cells; j++)
                {
                    double angle[2] = {centre[0] + width * i / cells, centre[1] + width * j / cells},
                           d = apart(a, b, angle, mirrors);

                    if (d < least)
                    {
                        least = d;
                        at[0] = angle[0];
                        at[1] = angle[1];
                    }
                }
            if (round == 0)
                width = pi / 15;
        }
        best = fmin(best, least);
    }
    return best;
}

static void
product(two_t p, const weights_t *w)
{
    two_t m[3];

    for (int l = 0; l < 3; l++)
    {
        char name[32];

        snprintf(name, sizeof name, "fc%d.weight", l + 1);
        memcpy(m[l], weights_find(w, name), sizeof m[l]);
    }
    times(p, m[2], m[1]);
    times(p, p, m[0]);
}

static void
random_chain(weights_t *w, uint64_t *state)
{
    builder_t b;
    cst_io_checkpoint_t c;

    build_begin(&b);
    for (int l = 0; l < 3; l++)
    {
        char name[32];
        double *x;

        snprintf(name, sizeof name, "fc%d.weight", l + 1);
        x = build_tensor(&b, name, 2, (slong[]){2, 2});
        for (int i = 0; i < 4; i++)
            x[i] = normal(state);
    }
    build_end(&b, c);
    weights_read(w, c);
    cst_io_checkpoint_clear(c);
    build_clear(&b);
}

Test(linear_deep, between_two_bounds)
{
    uint64_t state = 33;
    double narrow = 0;

    for (int round = 0; round < 12; round++)
    {
        weights_t w[2];
        cst_observe_table_t table;
        const cst_observation_t *row;
        two_t p[2], a[3], b[3];
        double truth;

        random_chain(w, &state);
        random_chain(w + 1, &state);
        for (slong t = 0; t < 3 && round % 2; t++)
            for (int i = 0; i < 4; i++)
                w[1].x[t][i] = w[0].x[t][i] + 0.05 * normal(&state);
        for (int k = 0; k < 2; k++)
            product(p[k], w + k);
        balanced(a, p[0]);
        balanced(b, p[1]);
        truth = search(a, b);
        observe_both(table, w, "activation: identity");
        row = row_of(table, 10, "network", "quotient-distance");
        cr_assert_leq(fabs(row->value - truth), row->error + 1e-9, "%.9g is not within %.3g of %.9g", truth,
                      row->error, row->value);
        /* the upper bound is the truth up to rounding, if the search was as lucky */
        cr_assert_leq(row->value + row->error, 1.05 * truth + 1e-9);
        if (round % 2) /* they are close */
            narrow += row->error / row->value / 6;
        cr_assert(row->invariant);
        cst_observe_table_clear(table);
        weights_clear(w);
        weights_clear(w + 1);
    }
    cr_assert_lt(narrow, 0.06);
}

/* The same singular vectors: 3 sum (s^(1/3) - s'^(1/3))^2, and both bounds are that. */
Test(linear_deep, singular_values_alone)
{
    uint64_t state = 34;
    weights_t w[2];
    cst_observe_table_t table;
    two_t p, f[3];
    double truth = 0;

    for (int k = 0; k < 2; k++)
    {
        random_chain(w + k, &state);
        if (k == 0)
        {
            product(p, w);
            balanced(f, p);
        }
        for (int l = 0; l < 3; l++)
        {
            char name[32];

            snprintf(name, sizeof name, "fc%d.weight", l + 1);
            memcpy(weights_find(w + k, name), f[l], sizeof f[l]);
        }
    }
    for (int i = 0; i < 2; i++)
    {
        double s = f[1][i][i], t = s * (i ? 1.2 : 1.1);

        weights_find(w + 1, "fc2.weight")[3 * i] *= pow(t / s, 3);
        truth += 3 * (s - t) * (s - t);
    }
    observe_both(table, w, "activation: identity");
    assert_row(table, 10, "network", "quotient-distance", sqrt(truth), 1e-11, 1e-7);
    assert_row(table, 10, "network", "quotient-speed", sqrt(truth) / 10, 1e-11, 1e-7);
    cst_observe_table_clear(table);
    weights_clear(w);
    weights_clear(w + 1);
}
