#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "helper.h"

/* Distances between heads of two checkpoints, against sums over words. */
TestSuite(distance, .timeout = 120);

/* ---- Rotary heads: complex numbers, word by word -------------------------------------------------- */

enum
{
    WIDTH = 48,
    KEY = 12,
    WORDS = 81,
    HEADS = 4,
    GROUPS = 2
};

static double *
part(const weights_t *w, int layer, const char *name)
{
    char full[128];

    snprintf(full, sizeof full, "model.layers.%d.%s.weight", layer, name);
    return weights_find(w, full);
}

/* What row `row` of a projection makes of each word. */
static void
seen(double *x, const weights_t *w, int layer, const char *name, slong row)
{
    const double *e = weights_find(w, "model.embed_tokens.weight"), *g = part(w, layer, "input_layernorm"),
                 *p = part(w, layer, name) + row * WIDTH;

    for (slong n = 0; n < WORDS; n++)
    {
        x[n] = 0;
        for (slong i = 0; i < WIDTH; i++)
            x[n] += e[n * WIDTH + i] * g[i] * p[i];
    }
}

/* Sum of |q_m conj(k_n) - q'_m conj(k'_n)|^2 over words m, n, heads and pairs. */
static double
rotary_distance(const weights_t *w, int layer)
{
    double sum = 0, x[2][4][WORDS];

    for (slong h = 0; h < HEADS; h++)
        for (slong j = 0; j < KEY / 2; j++)
        {
            for (int c = 0; c < 2; c++)
                for (slong half = 0; half < 2; half++)
                {
                    slong at = j + half * KEY / 2;

                    seen(x[c][half], w + c, layer, "self_attn.q_proj", h * KEY + at);
                    seen(x[c][2 + half], w + c, layer, "self_attn.k_proj", h / (HEADS / GROUPS) * KEY + at);
                }
            for (slong m = 0; m < WORDS; m++)
                for (slong n = 0; n < WORDS; n++)
                {
                    double re = 0, im = 0;

                    for (int c = 0; c < 2; c++)
                    {
                        double sign = c ? -1 : 1;

                        re += sign * (x[c][0][m] * x[c][2][n] + x[c][1][m] * x[c][3][n]);
                        im += sign * (x[c][1][m] * x[c][2][n] - x[c][0][m] * x[c][3][n]);
                    }
                    sum += re * re + im * im;
                }
        }
    return sqrt(sum);
}

static void
multiply(double *rows, slong first, slong partner, double re, double im)
{
    for (slong i = 0; i < WIDTH; i++)
    {
        double x = rows[first * WIDTH + i], y = rows[partner * WIDTH + i];

        rows[first * WIDTH + i] = re * x - im * y;
        rows[partner * WIDTH + i] = re * y + im * x;
    }
}

/* q times a, k over conj(a), for each group and pair; and the groups change places. */
static void
move_pairs(weights_t *w, int layer, uint64_t *state)
{
    double *q = part(w, layer, "self_attn.q_proj"), *k = part(w, layer, "self_attn.k_proj");

    for (slong g = 0; g < GROUPS; g++)
        for (slong j = 0; j < KEY / 2; j++)
        {
            double re = normal(state), im = normal(state), size = re * re + im * im;

            for (slong h = 2 * g; h < 2 * g + 2; h++)
                multiply(q, h * KEY + j, h * KEY + j + KEY / 2, re, im);
            multiply(k, g * KEY + j, g * KEY + j + KEY / 2, re / size, im / size);
        }
    for (int n = 0; n < 4; n++)
    {
        static const char *const names[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"};
        slong half = (n == 0 ? HEADS : GROUPS) / 2 * KEY * WIDTH;
        double *x = n < 3 ? part(w, layer, names[n]) : part(w, layer, "self_attn.o_proj"), t;

        for (slong i = 0; n < 3 && i < half; i++)
        {
            t = x[i];
            x[i] = x[half + i];
            x[half + i] = t;
        }
        for (slong i = 0; n == 3 && i < WIDTH; i++)
            for (slong j = 0; j < HEADS * KEY / 2; j++)
            {
                double *y = x + i * HEADS * KEY + j;

                t = y[0];
                y[0] = y[HEADS * KEY / 2];
                y[HEADS * KEY / 2] = t;
            }
    }
}

Test(distance, rotary_heads)
{
    uint64_t state = 11;
    cst_io_checkpoint_t c;
    cst_observe_table_t table;
    weights_t w[2];

    open_data(c, "llama-sharded");
    weights_read(w, c);
    weights_read(w + 1, c);
    for (int layer = 0; layer < 2; layer++)
        for (slong i = 0; i < HEADS * KEY * WIDTH; i++)
            part(w + 1, layer, "self_attn.q_proj")[i] += 0.01 * normal(&state);
    cst_io_checkpoint_clear(c);
    for (int moved = 0; moved < 2; moved++)
    {
        double truth[2] = {rotary_distance(w, 0), rotary_distance(w, 1)};

        for (int layer = 0; layer < 2 && moved; layer++)
            move_pairs(w + 1, layer, &state);
        observe_both(table, w, "{heads: 4, key_value_heads: 2}");
        for (int layer = 0; layer < 2; layer++)
        {
            char name[32];

            snprintf(name, sizeof name, "blocks.%d", layer);
            assert_row(table, 10, name, "qk-quotient-distance", truth[layer], 1e-11, 1e-7);
        }
        cst_observe_table_clear(table);
    }
    weights_clear(w);
    weights_clear(w + 1);
}

/* ---- Many words: by way of their Gram matrix ------------------------------------------------------ */

enum
{
    MANY = 4200,
    D = 5,
    E = 3,
    OUT = 7
};

static void
build_many(weights_t *w, uint64_t *state)
{
    static const char *const names[] = {"embed.W_E",         "unembed.W_U",       "blocks.0.attn.W_Q",
                                        "blocks.0.attn.W_K", "blocks.0.attn.W_V", "blocks.0.attn.W_O",
                                        "blocks.0.mlp.W_in", "blocks.0.mlp.W_out"};
    static const slong shapes[][3] = {{MANY, D}, {D, OUT},  {1, D, E}, {1, D, E},
                                      {1, D, E}, {1, E, D}, {D, 4},    {4, D}};
    builder_t b;
    cst_io_checkpoint_t c;

    build_begin(&b);
    for (int i = 0; i < 8; i++)
    {
        int rank = shapes[i][2] ? 3 : 2;
        slong count = shapes[i][0] * shapes[i][1] * (rank == 3 ? shapes[i][2] : 1);
        double *x = build_tensor(&b, names[i], rank, shapes[i]);

        for (slong k = 0; k < count; k++)
            x[k] = normal(state) + 0.3;
    }
    build_end(&b, c);
    weights_read(w, c);
    weights_read(w + 1, c);
    cst_io_checkpoint_clear(c);
    build_clear(&b);
}

/* g = (E X)'(E' X') */
static void
gram(long double g[E][E], const weights_t *w, const char *x, const weights_t *v, const char *y)
{
    const double *a = weights_find(w, "embed.W_E"), *b = weights_find(v, "embed.W_E"),
                 *p = weights_find(w, x), *q = weights_find(v, y);

    memset(g, 0, E * sizeof *g);
    for (slong n = 0; n < MANY; n++)
    {
        long double r[E] = {0}, s[E] = {0};

        for (slong i = 0; i < D; i++)
            for (slong j = 0; j < E; j++)
            {
                r[j] += (long double) a[n * D + i] * p[i * E + j];
                s[j] += (long double) b[n * D + i] * q[i * E + j];
            }
        for (slong i = 0; i < E; i++)
            for (slong j = 0; j < E; j++)
                g[i][j] += r[i] * s[j];
    }
}

/* <A B', C D'> = sum (A'C) (B'D) */
static long double
inner(const weights_t *w, const weights_t *v)
{
    long double g[E][E], h[E][E], sum = 0;

    gram(g, w, "blocks.0.attn.W_Q", v, "blocks.0.attn.W_Q");
    gram(h, w, "blocks.0.attn.W_K", v, "blocks.0.attn.W_K");
    for (slong i = 0; i < E; i++)
        for (slong j = 0; j < E; j++)
            sum += g[i][j] * h[i][j];
    return sum;
}

Test(distance, many_words)
{
    uint64_t state = 12;

    for (int round = 0; round < 3; round++)
    {
        weights_t w[2];
        cst_observe_table_t table;
        double size = pow(10, -round), truth, *e, *q;

        build_many(w, &state);
        e = weights_find(w + 1, "embed.W_E");
        q = weights_find(w + 1, "blocks.0.attn.W_Q");
        for (slong i = 0; i < MANY * D; i++)
            e[i] += size * normal(&state);
        for (slong i = 0; i < D * E; i++)
            q[i] += size * normal(&state);
        truth = (double) sqrtl(inner(w, w) + inner(w + 1, w + 1) - 2 * inner(w, w + 1));
        observe_both(table, w, "activation: relu");
        assert_row(table, 10, "blocks.0", "qk-quotient-distance", truth, 1e-11, 1e-7);
        cst_observe_table_clear(table);
        weights_clear(w);
        weights_clear(w + 1);
    }
}
