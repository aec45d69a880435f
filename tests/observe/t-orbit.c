#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "descent.h"

/* Least norms over all symmetries at once, against a search that knows of no balanced representative: the
   weights themselves are moved by one shear or scaling after the other, each to the exact minimum along it,
   until nothing gets smaller. */
TestSuite(orbit, .timeout = 120);

/* The best constant on rows of x, and against it on rows of y (n and m rows, width apart 1 and stride). */
static void
centre(double *x, slong n, double *y, slong m, slong width)
{
    for (slong j = 0; j < width; j++)
    {
        double c = 0;

        for (slong i = 0; i < n; i++)
            c += x[i * width + j];
        for (slong i = 0; i < m; i++)
            c -= y[i * width + j];
        c /= (double) (n + m);
        for (slong i = 0; i < n; i++)
            x[i * width + j] -= c;
        for (slong i = 0; i < m; i++)
            y[i * width + j] += c;
    }
}

static void
random_weights(weights_t *w, const char *const *names, const slong (*shapes)[3], int count, uint64_t *state)
{
    builder_t b;
    cst_io_checkpoint_t c;

    build_begin(&b);
    for (int i = 0; i < count; i++)
    {
        int rank = shapes[i][1] == 0 ? 1 : shapes[i][2] == 0 ? 2 : 3;
        slong n = 1;
        double *x = build_tensor(&b, names[i], rank, shapes[i]);

        for (int k = 0; k < rank; k++)
            n *= shapes[i][k];
        for (slong k = 0; k < n; k++)
            x[k] = normal(state);
    }
    build_end(&b, c);
    weights_read(w, c);
    cst_io_checkpoint_clear(c);
    build_clear(&b);
}

/* ---- A stream without normalization: GL of the stream, of heads, scales of units ------------------ */

enum
{
    D = 4, /* width */
    H = 2,
    E = 3, /* of a head */
    F = 5, /* units */
    V = 6, /* words */
    T = 2  /* positions */
};

static const char *const free_names[] = {
    "embed.W_E",         "pos_embed.W_pos",   "unembed.W_U",        "blocks.0.attn.W_Q", "blocks.0.attn.W_K",
    "blocks.0.attn.W_V", "blocks.0.attn.W_O", "blocks.0.attn.b_Q",  "blocks.0.attn.b_V", "blocks.0.attn.b_O",
    "blocks.0.mlp.W_in", "blocks.0.mlp.b_in", "blocks.0.mlp.W_out", "blocks.0.mlp.b_out"};
static const slong free_shapes[][3] = {{V, D}, {T, D}, {D, V}, {H, D, E}, {H, D, E}, {H, D, E}, {H, E, D},
                                       {H, E}, {H, E}, {D},    {D, F},    {F},       {F, D},    {D}};
#define FREE ((int) (sizeof free_names / sizeof *free_names))

/* Biases of values become biases of outputs; the best constants for words and logits. */
static void
settle_constants(weights_t *w)
{
    double *u = weights_find(w, "unembed.W_U"), *bv = weights_find(w, "blocks.0.attn.b_V"),
           *o = weights_find(w, "blocks.0.attn.W_O"), *bo = weights_find(w, "blocks.0.attn.b_O");

    for (slong i = 0; i < H * E; i++)
    {
        for (slong j = 0; j < D; j++)
            bo[j] += bv[i] * o[i * D + j];
        bv[i] = 0;
    }
    for (slong i = 0; i < D; i++)
    {
        double mean = 0;

        for (slong k = 0; k < V; k++)
            mean += u[i * V + k] / V;
        for (slong k = 0; k < V; k++)
            u[i * V + k] -= mean;
    }
    centre(weights_find(w, "embed.W_E"), V, weights_find(w, "pos_embed.W_pos"), T, D);
}

static void
free_actions(action_t *stream, action_t (*heads)[2], action_t *units, const weights_t *w)
{
    double *q = weights_find(w, "blocks.0.attn.W_Q"), *k = weights_find(w, "blocks.0.attn.W_K"),
           *v = weights_find(w, "blocks.0.attn.W_V"), *o = weights_find(w, "blocks.0.attn.W_O"),
           *bq = weights_find(w, "blocks.0.attn.b_Q"), *in = weights_find(w, "blocks.0.mlp.W_in"),
           *out = weights_find(w, "blocks.0.mlp.W_out");

    stream->size = D;
    for (slong i = 0; i < V; i++)
    {
        go_with(stream, weights_find(w, "embed.W_E") + i * D, 1);
        go_against(stream, weights_find(w, "unembed.W_U") + i, V);
    }
    for (slong i = 0; i < T; i++)
        go_with(stream, weights_find(w, "pos_embed.W_pos") + i * D, 1);
    go_with(stream, weights_find(w, "blocks.0.attn.b_O"), 1);
    go_with(stream, weights_find(w, "blocks.0.mlp.b_out"), 1);
    for (slong h = 0; h < H; h++)
    {
        heads[h][0].size = heads[h][1].size = E;
        for (slong j = 0; j < E; j++)
        {
            go_against(stream, q + h * D * E + j, E);
            go_against(stream, k + h * D * E + j, E);
            go_against(stream, v + h * D * E + j, E);
            go_with(stream, o + (h * E + j) * D, 1);
        }
        for (slong i = 0; i < D; i++)
        {
            go_with(&heads[h][0], q + (h * D + i) * E, 1);
            go_against(&heads[h][0], k + (h * D + i) * E, 1);
            go_with(&heads[h][1], v + (h * D + i) * E, 1);
            go_against(&heads[h][1], o + h * E * D + i, D);
        }
        go_with(&heads[h][0], bq + h * E, 1);
    }
    units->size = F;
    go_with(units, weights_find(w, "blocks.0.mlp.b_in"), 1);
    for (slong i = 0; i < D; i++)
    {
        go_with(units, in + i * F, 1);
        go_against(units, out + i, D);
    }
    for (slong j = 0; j < F; j++)
    {
        go_against(stream, in + j, F);
        go_with(stream, out + j * D, 1);
    }
}

static double
norm_of(const weights_t *w)
{
    double sum = 0;

    for (slong t = 0; t < w->length; t++)
    {
        slong count = 1;

        for (int k = 0; k < w->rank[t]; k++)
            count *= w->shape[t][k];
        sum += square(w->x[t], count);
    }
    return sqrt(sum);
}

static double
least_of_free(weights_t *w)
{
    action_t *a = calloc(6, sizeof *a), (*heads)[2] = (action_t(*)[2])(a + 1);
    double sum, moved = 1;

    settle_constants(w);
    free_actions(a, heads, a + 5, w);
    for (int round = 0; round < 20000 && moved > 1e-10; round++)
    {
        moved = sweep(a, 1);
        for (slong h = 0; h < H; h++)
            for (int k = 0; k < 2; k++)
                moved = fmax(moved, sweep(&heads[h][k], 1));
        moved = fmax(moved, sweep(a + 5, 0));
    }
    cr_assert_leq(moved, 1e-10);
    sum = norm_of(w);
    free(a);
    return sum * sum;
}

Test(orbit, a_stream_whose_basis_is_free)
{
    uint64_t state = 2024;

    for (int round = 0; round < 3; round++)
    {
        weights_t w;
        cst_observe_table_t table;
        const cst_observation_t *row;
        double given;

        random_weights(&w, free_names, free_shapes, FREE, &state);
        observe_one(table, &w, "activation: relu");
        row = row_of(table, 0, "network", "orbit-norm");
        cr_assert(row->invariant);
        settle_constants(&w);
        given = norm_of(&w);
        assert_row(table, 0, "network", "orbit-distortion", given / row->value, 1e-12, 1e-12);
        cr_assert_gt(given, 1.02 * row->value);
        assert_row(table, 0, "network", "orbit-norm", sqrt(least_of_free(&w)), 1e-9, 1e-12);
        cst_observe_table_clear(table);
        weights_clear(&w);
    }
}

/* ---- Layer normalization with shifts, biases, units that may not be scaled ------------------------ */

static const char *const gpt2_names[] = {"wte.weight",
                                         "wpe.weight",
                                         "h.0.ln_1.weight",
                                         "h.0.ln_1.bias",
                                         "h.0.attn.c_attn.weight",
                                         "h.0.attn.c_attn.bias",
                                         "h.0.attn.c_proj.weight",
                                         "h.0.attn.c_proj.bias",
                                         "h.0.ln_2.weight",
                                         "h.0.ln_2.bias",
                                         "h.0.mlp.c_fc.weight",
                                         "h.0.mlp.c_fc.bias",
                                         "h.0.mlp.c_proj.weight",
                                         "h.0.mlp.c_proj.bias",
                                         "ln_f.weight",
                                         "ln_f.bias"};
static const slong gpt2_shapes[][3] = {{V, 6}, {T, 6}, {6},    {6}, {6, 18}, {18}, {6, 6}, {6},
                                       {6},    {6},    {6, F}, {F}, {F, 6},  {6},  {6},    {6}};

/* Shifts become biases; those of keys and values are none of the block's. */
static double
least_gpt2_attention(weights_t *w)
{
    action_t *a = calloc(5, sizeof *a);
    double *g = weights_find(w, "h.0.ln_1.weight"), *s = weights_find(w, "h.0.ln_1.bias"),
           *c = weights_find(w, "h.0.attn.c_attn.weight"), *b = weights_find(w, "h.0.attn.c_attn.bias"),
           *o = weights_find(w, "h.0.attn.c_proj.weight"), moved = 1, sum;

    for (slong j = 0; j < 6; j++)
        for (slong i = 0; i < 6; i++)
            b[j] += s[i] * c[i * 18 + j];
    a->size = 6;
    go_with(a, g, 1);
    for (slong j = 0; j < 18; j++)
        go_against(a, c + j, 18);
    for (slong h = 0; h < H; h++)
    {
        a[1 + h].size = a[3 + h].size = E;
        for (slong i = 0; i < 6; i++)
        {
            go_with(a + 1 + h, c + i * 18 + h * E, 1);
            go_against(a + 1 + h, c + i * 18 + 6 + h * E, 1);
            go_with(a + 3 + h, c + i * 18 + 12 + h * E, 1);
            go_against(a + 3 + h, o + h * E * 6 + i, 6);
        }
        go_with(a + 1 + h, b + h * E, 1);
    }
    for (int round = 0; round < 20000 && moved > 1e-10; round++)
    {
        moved = sweep(a, 0);
        for (slong h = 1; h < 5; h++)
            moved = fmax(moved, sweep(a + h, 1));
    }
    cr_assert_leq(moved, 1e-10);
    sum = square(g, 6) + square(c, 6 * 18) + square(b, 6) + square(o, 36);
    free(a);
    return sum;
}

static double
least_gpt2_units(weights_t *w)
{
    const double *g = weights_find(w, "h.0.ln_2.weight"), *s = weights_find(w, "h.0.ln_2.bias"),
                 *in = weights_find(w, "h.0.mlp.c_fc.weight"), *b = weights_find(w, "h.0.mlp.c_fc.bias");
    double sum = square(weights_find(w, "h.0.mlp.c_proj.weight"), F * 6);

    for (slong j = 0; j < F; j++)
    {
        double bias = b[j];

        for (slong i = 0; i < 6; i++)
            bias += s[i] * in[i * F + j];
        sum += bias * bias;
    }
    for (slong i = 0; i < 6; i++)
        sum += 2 * fabs(g[i]) * sqrt(square(in + i * F, F));
    return sum;
}

Test(orbit, gains_with_shifts_and_biases)
{
    uint64_t state = 4;

    for (int round = 0; round < 3; round++)
    {
        weights_t w;
        cst_observe_table_t table;

        random_weights(&w, gpt2_names, gpt2_shapes, 16, &state);
        observe_one(table, &w, "{heads: 2, activation: gelu}");
        assert_row(table, 0, "blocks.0", "mlp-orbit-norm", sqrt(least_gpt2_units(&w)), 1e-12, 1e-12);
        assert_row(table, 0, "blocks.0", "attention-orbit-norm", sqrt(least_gpt2_attention(&w)), 1e-9, 1e-12);
        cr_assert_not(row_of(table, 0, "blocks.0", "attention-orbit-norm")->respects & CST_OBSERVE_BASIS);
        cst_observe_table_clear(table);
        weights_clear(&w);
    }
}

/* Of heads that write nothing the values come to nothing; what is not finite has no norm. */
Test(orbit, nothing_and_not_a_number)
{
    uint64_t state = 7;
    weights_t w;
    cst_observe_table_t table[3];

    random_weights(&w, free_names, free_shapes, FREE, &state);
    memset(weights_find(&w, "blocks.0.attn.W_O"), 0, H * E * D * sizeof(double));
    observe_one(table[0], &w, "activation: relu");
    memset(weights_find(&w, "blocks.0.attn.W_V"), 0, H * E * D * sizeof(double));
    observe_one(table[1], &w, "activation: relu");
    weights_find(&w, "embed.W_E")[3] = (double) NAN;
    observe_one(table[2], &w, "activation: relu");
    assert_row(table[0], 0, "network", "orbit-norm", row_of(table[1], 0, "network", "orbit-norm")->value,
               1e-12, 1e-12);
    cr_assert_lt(row_of(table[1], 0, "network", "orbit-norm")->value,
                 row_of(table[1], 0, "network", "norm")->value);
    cr_assert(isnan(row_of(table[2], 0, "network", "orbit-norm")->value));
    cr_assert(row_of(table[2], 0, "network", "orbit-norm")->note);
    for (int k = 0; k < 3; k++)
        cst_observe_table_clear(table[k]);
    weights_clear(&w);
}
