#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "descent.h"

/* Least norms over gains together with what heads, units and gates leave, against a search (descent.h). */
TestSuite(orbit_gains, .timeout = 120);

/* ---- Gains, rotary pairs, values, and a gate ------------------------------------------------------ */

enum
{
    WIDTH = 48,
    KEY = 12,
    UNITS = 128,
    WORDS = 81
};

static double *
part(const weights_t *w, int layer, const char *name)
{
    char full[128];

    snprintf(full, sizeof full, "model.layers.%d.%s.weight", layer, name);
    return weights_find(w, full);
}

/* Two query heads to each of two key heads; a pair (j, j + 6) of dimensions has one factor. */
static double
least_attention(const weights_t *w, int layer)
{
    action_t *gain = calloc(15, sizeof *gain), *values = gain + 1, *pairs = gain + 3;
    double *q = part(w, layer, "self_attn.q_proj"), *k = part(w, layer, "self_attn.k_proj"),
           *v = part(w, layer, "self_attn.v_proj"), *o = part(w, layer, "self_attn.o_proj"),
           *g = part(w, layer, "input_layernorm"), moved = 1, sum;

    gain->size = WIDTH;
    go_with(gain, g, 1);
    for (slong i = 0; i < 4 * KEY; i++)
        go_against(gain, q + i * WIDTH, 1);
    for (slong i = 0; i < 2 * KEY; i++)
    {
        go_against(gain, k + i * WIDTH, 1);
        go_against(gain, v + i * WIDTH, 1);
    }
    for (slong n = 0; n < 2; n++)
    {
        values[n].size = KEY;
        for (slong i = 0; i < WIDTH; i++)
        {
            go_with(values + n, v + n * KEY * WIDTH + i, WIDTH);
            for (slong h = 2 * n; h < 2 * n + 2; h++)
                go_against(values + n, o + i * 4 * KEY + h * KEY, 1);
        }
        for (slong j = 0; j < KEY / 2; j++)
        {
            action_t *p = pairs + n * KEY / 2 + j;

            p->size = 1;
            for (slong i = 0; i < 2 * WIDTH; i++)
            {
                slong row = j + (i < WIDTH ? 0 : KEY / 2), col = i % WIDTH;

                go_against(p, k + (n * KEY + row) * WIDTH + col, 1);
                for (slong h = 2 * n; h < 2 * n + 2; h++)
                    go_with(p, q + (h * KEY + row) * WIDTH + col, 1);
            }
        }
    }
    for (int round = 0; round < 3000 && moved > 1e-10; round++)
    {
        moved = sweep(gain, 0);
        for (slong n = 0; n < 2; n++)
            moved = fmax(moved, sweep(values + n, 1));
        for (slong n = 0; n < KEY; n++)
            moved = fmax(moved, sweep(pairs + n, 0));
    }
    cr_assert_leq(moved, 1e-10);
    sum = square(g, WIDTH) + square(q, 4 * KEY * WIDTH) + square(k, 2 * KEY * WIDTH) +
          square(v, 2 * KEY * WIDTH) + square(o, 4 * KEY * WIDTH);
    free(gain);
    return sum;
}

static double
least_units(const weights_t *w, int layer)
{
    action_t *gain = calloc(2, sizeof *gain), *units = gain + 1;
    double *up = part(w, layer, "mlp.up_proj"), *gate = part(w, layer, "mlp.gate_proj"),
           *down = part(w, layer, "mlp.down_proj"), *g = part(w, layer, "post_attention_layernorm"),
           moved = 1, sum;

    gain->size = WIDTH;
    units->size = UNITS;
    go_with(gain, g, 1);
    for (slong j = 0; j < UNITS; j++)
    {
        go_against(gain, up + j * WIDTH, 1);
        go_against(gain, gate + j * WIDTH, 1);
    }
    for (slong i = 0; i < WIDTH; i++)
    {
        go_with(units, up + i, WIDTH);
        go_against(units, down + i * UNITS, 1);
    }
    for (int round = 0; round < 3000 && moved > 1e-10; round++)
        moved = fmax(sweep(gain, 0), sweep(units, 0));
    cr_assert_leq(moved, 1e-10);
    sum = square(g, WIDTH) + square(up, UNITS * WIDTH) + square(gate, UNITS * WIDTH) +
          square(down, UNITS * WIDTH);
    free(gain);
    return sum;
}

/* Words, and the last gain with the centred unembedding after it. */
static double
least_rest(const weights_t *w)
{
    const double *g = weights_find(w, "model.norm.weight"), *u = weights_find(w, "lm_head.weight");
    double sum = square(weights_find(w, "model.embed_tokens.weight"), WORDS * WIDTH);

    for (slong i = 0; i < WIDTH; i++)
    {
        double mean = 0, norm = 0;

        for (slong n = 0; n < WORDS; n++)
            mean += u[n * WIDTH + i] / WORDS;
        for (slong n = 0; n < WORDS; n++)
            norm += pow(u[n * WIDTH + i] - mean, 2);
        sum += 2 * fabs(g[i]) * sqrt(norm);
    }
    return sum;
}

Test(orbit_gains, gains_with_rotary_heads_and_a_gate)
{
    cst_observe_table_t table;
    cst_io_checkpoint_t c;
    weights_t w;
    double total, last = 0;

    open_data(c, "llama-sharded");
    weights_read(&w, c);
    cst_io_checkpoint_clear(c);
    part(&w, 1, "input_layernorm")[7] = 0; /* hides what it feeds, which then costs nothing */
    observe_one(table, &w, "{heads: 4, key_value_heads: 2}");
    for (slong i = 0; i < WIDTH; i++)
    {
        static const char *const readers[] = {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"};

        for (int k = 0; k < 3 && i < (k ? 2 : 4) * KEY; k++)
            part(&w, 1, readers[k])[i * WIDTH + 7] = 0;
    }
    total = 0;
    for (int layer = 0; layer < 2; layer++)
    {
        char name[32];
        double x, y;

        snprintf(name, sizeof name, "blocks.%d", layer);
        if (layer == 1) /* 0/0 in the search */
            part(&w, 1, "input_layernorm")[7] = part(&w, 1, "self_attn.q_proj")[7] = 1e-30;
        x = least_attention(&w, layer);
        y = least_units(&w, layer);
        assert_row(table, 0, name, "attention-orbit-norm", sqrt(x), 1e-10, 1e-13);
        assert_row(table, 0, name, "mlp-orbit-norm", sqrt(y), 1e-10, 1e-13);
        cr_assert_lt(sqrt(x), row_of(table, 0, name, "attention-orbit-norm")->raw);
        total += x + y;
    }
    cst_observe_table_clear(table);
    last = least_rest(&w);
    part(&w, 1, "input_layernorm")[7] = part(&w, 1, "self_attn.q_proj")[7] = 0;
    observe_one(table, &w, "{heads: 4, key_value_heads: 2}");
    assert_row(table, 0, "network", "orbit-norm", sqrt(total + last), 1e-10, 1e-12);
    cst_observe_table_clear(table);
    weights_clear(&w);
}
