#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pair.h"

TestSuite(transformer_step, .timeout = 120);

/* sums: squares of the raw change, of its vertical part, and of the drift (negative: not asked) */
static void
assert_part(const cst_observe_table_t table, const char *layer, const char *horizontal, const char *drifting,
            const double *sums)
{
    const cst_observation_t *o = row_of(table, 10, layer, horizontal);

    assert_row(table, 10, layer, horizontal, sqrt(sums[0] - sums[1]) / 10, 1e-14, 1e-11);
    cr_assert_float_eq(o->raw, sqrt(sums[0]) / 10, 1e-14);
    if (sums[2] >= 0)
        assert_row(table, 10, layer, drifting, sqrt(sums[2]), 1e-12, 1e-11);
}

static void
tally(double *sums, pair_t *p, int kind)
{
    sums[0] += pair_raw(p);
    sums[1] += pair_vertical(p, kind);
    sums[2] += pair_drift(p, kind);
    pair_clear(p);
}

enum
{
    D = 7,
    V = 11,
    F = 5,
    H = 2,
    E = 3
};

static const struct
{
    const char *name;
    int rank;
    slong shape[3];
} tensors[] = {
    {"embed.W_E", 2, {V, D}},
    {"blocks.0.attn.W_Q", 3, {H, D, E}},
    {"blocks.0.attn.W_K", 3, {H, D, E}},
    {"blocks.0.attn.W_V", 3, {H, D, E}},
    {"blocks.0.attn.W_O", 3, {H, E, D}},
    {"blocks.0.attn.b_Q", 2, {H, E}},
    {"blocks.0.attn.b_V", 2, {H, E}},
    {"blocks.0.mlp.W_in", 2, {D, F}},
    {"blocks.0.mlp.b_in", 1, {F}},
    {"blocks.0.mlp.W_out", 2, {F, D}},
    {"blocks.0.mlp.b_out", 1, {D}},
    {"unembed.W_U", 2, {D, V}},
};

#define TENSORS (sizeof tensors / sizeof *tensors)

/* Random weights, and a random change of this size. */
static void
random_pair(weights_t *w, double size, uint64_t *state)
{
    builder_t b;
    cst_io_checkpoint_t a;

    build_begin(&b);
    for (size_t i = 0; i < TENSORS; i++)
    {
        slong count = 1;
        double *x = build_tensor(&b, tensors[i].name, tensors[i].rank, tensors[i].shape);

        for (int r = 0; r < tensors[i].rank; r++)
            count *= tensors[i].shape[r];
        while (count-- > 0)
            x[count] = normal(state);
    }
    build_end(&b, a);
    weights_read(w, a);
    weights_read(w + 1, a);
    for (slong t = 0; t < a->length; t++)
        for (slong i = 0; i < a->tensors[t].count; i++)
            w[1].x[t][i] += size * normal(state);
    cst_io_checkpoint_clear(a);
    build_clear(&b);
}

static void
sum_up(double sums[3][3], const weights_t *w)
{
    pair_t p;

    memset(sums, 0, 9 * sizeof(double));
    for (slong h = 0; h < H; h++)
    {
        p = pair_new(D + 1, D, E);
        pair_fill(&p, 0, w, "blocks.0.attn.W_Q", h * D * E, D, E, 1);
        pair_fill(&p, D, w, "blocks.0.attn.b_Q", h * E, 1, E, 1);
        pair_fill(&p, D + 1, w, "blocks.0.attn.W_K", h * D * E, D, E, 1);
        tally(sums[0], &p, MIXED);
        p = pair_new(D + 1, D, E);
        pair_fill(&p, 0, w, "blocks.0.attn.W_V", h * D * E, D, E, 1);
        pair_fill(&p, D, w, "blocks.0.attn.b_V", h * E, 1, E, 1);
        pair_fill(&p, D + 1, w, "blocks.0.attn.W_O", h * D * E, D, 1, D);
        tally(sums[1], &p, MIXED);
    }
    p = pair_new(D + 1, D, F);
    pair_fill(&p, 0, w, "blocks.0.mlp.W_in", 0, D, F, 1);
    pair_fill(&p, D, w, "blocks.0.mlp.b_in", 0, 1, F, 1);
    pair_fill(&p, D + 1, w, "blocks.0.mlp.W_out", 0, D, 1, D);
    tally(sums[2], &p, SCALED);
}

/* Against an orthogonal basis of the orbit's directions in other arithmetic. */
Test(transformer_step, speeds_along_and_across_the_orbit)
{
    uint64_t state = 71;

    for (int round = 0; round < 3; round++)
    {
        weights_t w[2];
        cst_observe_table_t table;
        double sums[3][3], all = 0, along;

        random_pair(w, pow(10, -round), &state);
        observe_both(table, w, "activation: relu");
        sum_up(sums, w);
        along = sums[0][1] + sums[1][1] + sums[2][1];
        for (slong t = 0; t < w->length; t++)
        {
            slong count = 1;

            for (int r = 0; r < w->rank[t]; r++)
                count *= w->shape[t][r];
            for (slong i = 0; i < count; i++)
                all += pow(w[1].x[t][i] - w[0].x[t][i], 2);
        }
        assert_part(table, "blocks.0", "qk-horizontal-speed", "qk-imbalance-drift", sums[0]);
        assert_part(table, "blocks.0", "vo-horizontal-speed", "vo-imbalance-drift", sums[1]);
        assert_part(table, "blocks.0", "mlp-horizontal-speed", "mlp-imbalance-drift", sums[2]);
        assert_row(table, 10, "network", "speed", sqrt(all) / 10, 1e-14, 1e-12);
        assert_row(table, 10, "network", "vertical-speed", sqrt(along) / 10, 1e-14, 1e-11);
        assert_row(table, 10, "network", "horizontal-speed", sqrt(all - along) / 10, 1e-14, 1e-11);
        cst_observe_table_clear(table);
        weights_clear(w);
        weights_clear(w + 1);
    }
}

enum
{
    ROWS = V
};

/* The words (no place is learned); rows of the centred unembedding. */
static void
eyes(double words[ROWS][D], double logits[V][D], const weights_t *w)
{
    const double *e = weights_find(w, "embed.W_E"), *u = weights_find(w, "unembed.W_U");

    for (slong j = 0; j < D; j++)
    {
        double shift = 0;

        for (slong i = 0; i < V; i++)
            shift += u[j * V + i] / V;
        for (slong i = 0; i < V; i++)
        {
            words[i][j] = e[i * D + j];
            logits[i][j] = u[j * V + i] - shift;
        }
    }
}

/* Scores of head h for all pairs, the last row that of the bias of the queries; and what it writes. */
static void
maps(double scores[ROWS + 1][ROWS], double writes[ROWS][V], const weights_t *w, slong h)
{
    static double words[ROWS][D], logits[V][D], q[ROWS + 1][E], k[ROWS][E], v[ROWS][E], o[V][E];
    const double *wq = weights_find(w, "blocks.0.attn.W_Q") + h * D * E,
                 *wk = weights_find(w, "blocks.0.attn.W_K") + h * D * E,
                 *wv = weights_find(w, "blocks.0.attn.W_V") + h * D * E,
                 *wo = weights_find(w, "blocks.0.attn.W_O") + h * D * E;

    eyes(words, logits, w);
    memset(q, 0, sizeof q);
    memset(k, 0, sizeof k);
    memset(v, 0, sizeof v);
    memset(o, 0, sizeof o);
    for (slong l = 0; l < E; l++)
    {
        for (slong j = 0; j < D; j++)
        {
            for (slong i = 0; i < ROWS; i++)
            {
                q[i][l] += words[i][j] * wq[j * E + l];
                k[i][l] += words[i][j] * wk[j * E + l];
                v[i][l] += words[i][j] * wv[j * E + l];
            }
            for (slong i = 0; i < V; i++)
                o[i][l] += logits[i][j] * wo[l * D + j];
        }
        q[ROWS][l] = weights_find(w, "blocks.0.attn.b_Q")[h * E + l];
    }
    memset(scores, 0, (ROWS + 1) * sizeof *scores);
    memset(writes, 0, ROWS * sizeof *writes);
    for (slong l = 0; l < E; l++)
    {
        for (slong i = 0; i <= ROWS; i++)
            for (slong j = 0; j < ROWS; j++)
                scores[i][j] += q[i][l] * k[j][l];
        for (slong i = 0; i < ROWS; i++)
            for (slong j = 0; j < V; j++)
                writes[i][j] += v[i][l] * o[j][l];
    }
}

/* Squared distances between head g of one and head h of the other. */
static void
head_distances(double *qk, double *ov, const weights_t *w, slong g, slong h)
{
    static double s[2][ROWS + 1][ROWS], t[2][ROWS][V];

    maps(s[0], t[0], w, g);
    maps(s[1], t[1], w + 1, h);
    *qk = *ov = 0;
    for (slong i = 0; i <= ROWS; i++)
        for (slong j = 0; j < ROWS; j++)
            *qk += pow(s[0][i][j] - s[1][i][j], 2);
    for (slong i = 0; i < ROWS; i++)
        for (slong j = 0; j < V; j++)
            *ov += pow(t[0][i][j] - t[1][i][j], 2);
}

/* Against the maps themselves, entry by entry, with heads exchanged and not. */
Test(transformer_step, distances_on_the_quotient)
{
    uint64_t state = 73;

    for (int round = 0; round < 3; round++)
    {
        static const char *const heads[] = {"blocks.0.attn.W_Q", "blocks.0.attn.W_K", "blocks.0.attn.W_V",
                                            "blocks.0.attn.W_O"};
        weights_t w[2];
        cst_observe_table_t table;
        double qk = 0, ov = 0, x, y;

        random_pair(w, pow(10, -2 * round), &state);
        for (slong h = 0; h < H; h++)
        {
            head_distances(&x, &y, w, h, h);
            qk += x;
            ov += y;
        }
        if (round > 0) /* the order of heads is another, and their bases */
        {
            for (size_t k = 0; k < 4; k++)
            {
                double *m = weights_find(w + 1, heads[k]);

                for (slong i = 0; i < D * E; i++)
                {
                    x = m[i];
                    m[i] = (k % 2 ? 0.125 : 8) * m[(H - 1) * D * E + i];
                    m[(H - 1) * D * E + i] = x;
                }
            }
            for (slong l = 0; l < E; l++)
            {
                double *b = weights_find(w + 1, "blocks.0.attn.b_Q");

                x = b[l];
                b[l] = 8 * b[(H - 1) * E + l];
                b[(H - 1) * E + l] = x;
            }
        }
        observe_both(table, w, "activation: relu");
        if (round > 0) /* far less than between different heads, so that these are matched */
        {
            assert_row(table, 10, "blocks.0", "qk-quotient-distance", sqrt(qk), 1e-10, 1e-5);
            assert_row(table, 10, "blocks.0", "ov-quotient-distance", sqrt(ov), 1e-10, 1e-5);
            cr_assert(row_of(table, 10, "blocks.0", "qk-quotient-distance")->invariant);
        }
        else
        {
            const cst_observation_t *row = row_of(table, 10, "blocks.0", "qk-quotient-distance");

            cr_assert_leq(row->value, sqrt(qk) + row->error); /* the least over all orders */
            cr_assert_gt(row->value, 0);
        }
        cst_observe_table_clear(table);
        weights_clear(w);
        weights_clear(w + 1);
    }
}

/* A small step along the orbit: (1 + e X) on queries, its inverse transposed on keys, has a horizontal part
   of second order only. */
Test(transformer_step, what_moves_along_the_orbit_stands_still)
{
    static const double x[E][E] = {{0, 1, 0}, {0, 0, 1}, {0, 0, 0}}, e = 1e-6;
    uint64_t state = 72;
    weights_t w[2];
    cst_observe_table_t table;
    double *q, *k, size;

    random_pair(w, 0, &state);
    q = weights_find(w + 1, "blocks.0.attn.W_Q");
    k = weights_find(w + 1, "blocks.0.attn.W_K");
    for (slong i = 0; i < D; i++)
    {
        double a[E], b[E], *bias = weights_find(w + 1, "blocks.0.attn.b_Q");

        for (slong j = 0; j < E; j++)
        {
            a[j] = q[i * E + j];
            b[j] = k[i * E + j];
            for (slong l = 0; l < E; l++)
            {
                a[j] += e * q[i * E + l] * x[l][j];
                b[j] -= e * k[i * E + l] * x[j][l];
            }
        }
        if (i == 0) /* the superdiagonal, from the right */
            for (slong j = E - 1; j > 0; j--)
                bias[j] += e * bias[j - 1];
        memcpy(q + i * E, a, sizeof a);
        memcpy(k + i * E, b, sizeof b);
    }
    observe_both(table, w, "activation: relu");
    size = row_of(table, 10, "network", "speed")->value;
    cr_assert_gt(size, 1e-7);
    cr_assert_float_eq(row_of(table, 10, "network", "vertical-speed")->value, size, 1e-12 * size);
    cr_assert_lt(row_of(table, 10, "network", "horizontal-speed")->value, 1e-6 * size);
    cr_assert_lt(row_of(table, 10, "blocks.0", "mlp-horizontal-speed")->value, 1e-100);
    cst_observe_table_clear(table);
    weights_clear(w);
    weights_clear(w + 1);
}

/* Rotary pairs, two heads to a group of keys and values, a gate. */
Test(transformer_step, speeds_of_a_llama)
{
    enum
    {
        WIDTH = 48,
        KEY = 12,
        UNITS = 128
    };
    uint64_t state = 73;
    weights_t w[2];
    cst_io_checkpoint_t a;
    cst_observe_table_t table;
    double sums[3][3] = {{0}};
    pair_t p;

    open_data(a, "llama-sharded");
    weights_read(w, a);
    weights_read(w + 1, a);
    for (slong t = 0, k = 0; t < a->length; t++, k++)
        for (slong i = 0; i < a->tensors[t].count; i++)
            w[1].x[k][i] += 0.02 * normal(&state);
    cst_io_checkpoint_clear(a);
    observe_both(table, w, "{heads: 4, key_value_heads: 2}");
    for (slong g = 0; g < 2; g++)
    {
        p = pair_new(2 * WIDTH, WIDTH, KEY);
        for (slong h = 0; h < 2; h++)
            pair_fill(&p, h * WIDTH, w, "model.layers.0.self_attn.q_proj.weight", (2 * g + h) * KEY * WIDTH,
                      WIDTH, 1, WIDTH);
        pair_fill(&p, 2 * WIDTH, w, "model.layers.0.self_attn.k_proj.weight", g * KEY * WIDTH, WIDTH, 1,
                  WIDTH);
        tally(sums[0], &p, PAIRS);
        p = pair_new(WIDTH, 2 * WIDTH, KEY);
        pair_fill(&p, 0, w, "model.layers.0.self_attn.v_proj.weight", g * KEY * WIDTH, WIDTH, 1, WIDTH);
        for (slong h = 0; h < 2; h++)
            pair_fill(&p, (1 + h) * WIDTH, w, "model.layers.0.self_attn.o_proj.weight", (2 * g + h) * KEY,
                      WIDTH, 4 * KEY, 1);
        tally(sums[1], &p, MIXED);
    }
    p = pair_new(WIDTH, WIDTH, UNITS);
    pair_fill(&p, 0, w, "model.layers.0.mlp.up_proj.weight", 0, WIDTH, 1, WIDTH);
    pair_fill(&p, WIDTH, w, "model.layers.0.mlp.down_proj.weight", 0, WIDTH, UNITS, 1);
    tally(sums[2], &p, SCALED);
    sums[0][2] = -1;
    assert_part(table, "blocks.0", "qk-horizontal-speed", NULL, sums[0]);
    assert_part(table, "blocks.0", "vo-horizontal-speed", "vo-imbalance-drift", sums[1]);
    assert_part(table, "blocks.0", "mlp-horizontal-speed", "mlp-imbalance-drift", sums[2]);
    cst_observe_table_clear(table);
    weights_clear(w);
    weights_clear(w + 1);
}
