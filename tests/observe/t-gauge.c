#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "helper.h"
#include "moves.h"

/* Weights moved by a random symmetry: every row that claims to be invariant agrees within its bounds and
   those of the other, which are small; and the raw weights do not. */
TestSuite(gauge, .timeout = 120);

static void
compare(const weights_t *before, const weights_t *after, const char *settings, slong least_rows,
        double relative)
{
    builder_t builder[2];
    cst_observe_table_t table[2];
    slong rows = 0;

    for (int k = 0; k < 2; k++)
    {
        cst_io_checkpoint_t a;
        cst_io_yaml_t yaml;
        cst_observe_run_t run = cst_observe_run_new(settings_of(yaml, settings));
        cst_error_t error;

        weights_build(builder + k, k ? after : before, a);
        cst_observe_table_init(table[k]);
        cr_assert_eq(cst_observe_next(table[k], run, a, 0, &error), CST_OK, "%s", error.message);
        cst_observe_run_free(run);
        cst_io_yaml_clear(yaml);
        cst_io_checkpoint_clear(a);
        build_clear(builder + k);
    }
    cr_assert_eq(table[0]->length, table[1]->length);
    for (slong i = 0; i < table[0]->length; i++)
    {
        const cst_observation_t *x = table[0]->items + i, *y = table[1]->items + i;

        cr_assert_str_eq(x->observable, y->observable);
        if (!x->invariant)
            continue;
        rows++;
        cr_assert_leq(fabs(x->value - y->value), x->error + y->error, "%s of %s: %.17g +- %g, %.17g +- %g",
                      x->observable, x->layer, x->value, x->error, y->value, y->error);
        cr_assert_leq(x->error, relative * fabs(x->value), "%s of %s: %g +- %g", x->observable, x->layer,
                      x->value, x->error);
    }
    cr_assert_geq(rows, least_rows);
    cr_assert_gt(
        fabs(row_of(table[1], 0, "network", "norm")->raw / row_of(table[0], 0, "network", "norm")->raw - 1),
        0.05);
    cst_observe_table_clear(table[0]);
    cst_observe_table_clear(table[1]);
}

Test(gauge, units_of_a_perceptron)
{
    static const slong hidden[] = {32, 16}, inputs[] = {64, 32}, outputs[] = {16, 10};
    uint64_t state = 41;

    for (int k = 0; k < 4; k++)
    {
        cst_io_checkpoint_t a;
        weights_t before, after;

        open_data(a, "mlp-f32.safetensors");
        weights_read(&before, a);
        weights_read(&after, a);
        cst_io_checkpoint_clear(a);
        for (int l = 0; l < 2; l++)
        {
            slong order[32], n = hidden[l];
            double factor[32];
            char name[32];

            permutation(order, n, &state);
            scales(factor, n, 4, &state);
            snprintf(name, sizeof name, "fc%d.weight", l + 1);
            move_rows(weights_find(&after, name), n, inputs[l], order, factor);
            snprintf(name, sizeof name, "fc%d.bias", l + 1);
            move_rows(weights_find(&after, name), n, 1, order, factor);
            snprintf(name, sizeof name, "fc%d.weight", l + 2);
            move_cols(weights_find(&after, name), outputs[l], n, order, factor);
        }
        compare(&before, &after, "activation: relu", 15, 1e-9);
        weights_clear(&before);
        weights_clear(&after);
    }
}

/* Hugging Face LLaMA: rows of projections are outputs. Rotations and scales of rotary pairs, GL of values,
   units, gains, and the two groups of heads exchanged. */
Test(gauge, heads_units_and_gains_of_a_llama)
{
    enum
    {
        D = 48,
        H = 4,
        G = 2,
        E = 12,
        F = 128
    };
    uint64_t state = 43;
    cst_io_checkpoint_t a;
    weights_t before, after;

    open_data(a, "llama-sharded");
    weights_read(&before, a);
    weights_read(&after, a);
    cst_io_checkpoint_clear(a);
    for (int l = 0; l < 2; l++)
    {
        char name[128];
        double *x[9], factor[F], inverse[E * E], gl[E * E];
        slong order[F];
        static const char *const names[] = {
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
            "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
            "mlp.down_proj",    "input_layernorm",  "post_attention_layernorm"};

        for (int i = 0; i < 9; i++)
        {
            snprintf(name, sizeof name, "model.layers.%d.%s.weight", l, names[i]);
            x[i] = weights_find(&after, name);
        }
        for (int g = 0; g < G; g++)
        {
            for (int j = 0; j < E / 2; j++)
            {
                double angle = 7 * uniform(&state), s = pow(10, 2 * uniform(&state) - 1), c = cos(angle),
                       t = sin(angle);

                for (int h = 0; h < H / G; h++)
                    for (int i = 0; i < D; i++)
                    {
                        double *p = x[0] + ((g * H / G + h) * E + j) * D + i, *q = p + E / 2 * D, u = *p,
                               v = *q;

                        *p = s * (c * u - t * v);
                        *q = s * (t * u + c * v);
                    }
                for (int i = 0; i < D; i++)
                {
                    double *p = x[1] + (g * E + j) * D + i, *q = p + E / 2 * D, u = *p, v = *q;

                    *p = (c * u - t * v) / s;
                    *q = (t * u + c * v) / s;
                }
            }
            invertible(gl, inverse, E, &state);
            times_left(x[2] + g * E * D, gl, E, D, 0);
            for (int h = 0; h < H / G; h++)
                for (int i = 0; i < D; i++)
                    times(x[3] + i * H * E + (g * H / G + h) * E, inverse, 1, E);
        }
        /* exchange the groups */
        for (slong i = 0; i < H * E; i++)
        {
            order[i] = (i + H * E / 2) % (H * E);
            factor[i] = 1;
        }
        move_rows(x[0], H * E, D, order, factor);
        move_cols(x[3], D, H * E, order, factor);
        for (slong i = 0; i < G * E; i++)
            order[i] = (i + E) % (G * E);
        move_rows(x[1], G * E, D, order, factor);
        move_rows(x[2], G * E, D, order, factor);
        /* units */
        permutation(order, F, &state);
        scales(factor, F, 3, &state);
        move_rows(x[5], F, D, order, factor);
        move_cols(x[6], D, F, order, factor);
        for (slong i = 0; i < F; i++)
            factor[i] = 1;
        move_rows(x[4], F, D, order, factor);
        /* gains */
        for (int n = 0; n < 2; n++)
        {
            scales(factor, D, 1, &state);
            for (slong i = 0; i < D; i++)
                order[i] = i;
            move_rows(x[7 + n], D, 1, order, factor);
            for (int m = n ? 4 : 0; m < (n ? 6 : 3); m++)
                move_cols(x[m], m == 0 ? H * E : m < 3 ? G * E : F, D, order, factor);
        }
    }
    compare(&before, &after, "{heads: 4, key_value_heads: 2}", 30, 1e-6);
    weights_clear(&before);
    weights_clear(&after);
}

static double *
random_tensor(builder_t *b, const char *format, int layer, int rank, slong r, slong c, slong d, double centre,
              uint64_t *state)
{
    slong shape[3] = {r, c, d};
    char name[64];
    double *x;
    slong count = r * (rank > 1 ? c : 1) * (rank > 2 ? d : 1);

    snprintf(name, sizeof name, format, layer);
    x = build_tensor(b, name, rank, shape);
    for (slong i = 0; i < count; i++)
        x[i] = centre + 0.3 * normal(state);
    return x;
}

/* GPT-2's layout with all its parts. */
static void
random_gpt2(weights_t *w, uint64_t *state)
{
    enum
    {
        D = 12,
        V = 29,
        T = 5,
        F = 20
    };
    builder_t b;
    cst_io_checkpoint_t a;

    build_begin(&b);
    random_tensor(&b, "wte.weight", 0, 2, V, D, 0, 0, state);
    random_tensor(&b, "wpe.weight", 0, 2, T, D, 0, 0, state);
    for (int l = 0; l < 2; l++)
    {
        random_tensor(&b, "h.%d.ln_1.weight", l, 1, D, 0, 0, 1, state);
        random_tensor(&b, "h.%d.ln_1.bias", l, 1, D, 0, 0, 0, state);
        random_tensor(&b, "h.%d.attn.c_attn.weight", l, 2, D, 3 * D, 0, 0, state);
        random_tensor(&b, "h.%d.attn.c_attn.bias", l, 1, 3 * D, 0, 0, 0, state);
        random_tensor(&b, "h.%d.attn.c_proj.weight", l, 2, D, D, 0, 0, state);
        random_tensor(&b, "h.%d.attn.c_proj.bias", l, 1, D, 0, 0, 0, state);
        random_tensor(&b, "h.%d.ln_2.weight", l, 1, D, 0, 0, 1, state);
        random_tensor(&b, "h.%d.ln_2.bias", l, 1, D, 0, 0, 0, state);
        random_tensor(&b, "h.%d.mlp.c_fc.weight", l, 2, D, F, 0, 0, state);
        random_tensor(&b, "h.%d.mlp.c_fc.bias", l, 1, F, 0, 0, 0, state);
        random_tensor(&b, "h.%d.mlp.c_proj.weight", l, 2, F, D, 0, 0, state);
        random_tensor(&b, "h.%d.mlp.c_proj.bias", l, 1, D, 0, 0, 0, state);
    }
    random_tensor(&b, "ln_f.weight", 0, 1, D, 0, 0, 1, state);
    random_tensor(&b, "ln_f.bias", 0, 1, D, 0, 0, 0, state);
    build_end(&b, a);
    weights_read(w, a);
    cst_io_checkpoint_clear(a);
    build_clear(&b);
}

/* Gains and shifts of both normalizations into what follows, keys' biases, GL of heads, what layer
   normalization does not see of what is written, a constant between words and positions. */
Test(gauge, a_gpt2_with_all_its_parts)
{
    enum
    {
        D = 12,
        V = 29,
        T = 5,
        F = 20,
        H = 3,
        E = 4
    };
    uint64_t state = 47;
    weights_t before, after;
    double *words, *positions;

    random_gpt2(&before, &state);
    state = 47;
    random_gpt2(&after, &state);
    words = weights_find(&after, "wte.weight");
    positions = weights_find(&after, "wpe.weight");
    for (slong j = 0; j < D; j++)
    {
        double c = normal(&state);

        for (slong i = 0; i < V; i++)
            words[i * D + j] += c;
        for (slong i = 0; i < T; i++)
            positions[i * D + j] -= c;
    }
    for (int l = 0; l < 2; l++)
    {
        static const char *const names[] = {"ln_1.weight",      "ln_1.bias",     "attn.c_attn.weight",
                                            "attn.c_attn.bias", "ln_2.weight",   "ln_2.bias",
                                            "mlp.c_fc.weight",  "mlp.c_fc.bias", "attn.c_proj.weight",
                                            "mlp.c_proj.weight"};
        double *x[10], gl[E * E], inverse[E * E], factor[F];
        slong order[F];
        char name[64];

        for (int i = 0; i < 10; i++)
        {
            snprintf(name, sizeof name, "h.%d.%s", l, names[i]);
            x[i] = weights_find(&after, name);
        }
        for (int n = 0; n < 2; n++) /* shift, then gain */
        {
            double *gain = x[4 * n], *shift = x[4 * n + 1], *w = x[4 * n + 2], *bias = x[4 * n + 3];
            slong cols = n ? F : 3 * D;

            for (slong i = 0; i < D; i++)
            {
                double moved = 0.5 * normal(&state), c = pow(10, 2 * uniform(&state) - 1);

                for (slong j = 0; j < cols; j++)
                {
                    bias[j] += moved * w[i * cols + j];
                    w[i * cols + j] /= c;
                }
                shift[i] = (shift[i] - moved) * c;
                gain[i] *= c;
            }
        }
        for (slong j = D; j < 2 * D; j++)
            x[3][j] += normal(&state); /* keys' biases */
        for (slong h = 0; h < H; h++)
        {
            invertible(gl, inverse, E, &state);
            for (slong i = 0; i <= D; i++)
            {
                double *row = i < D ? x[2] + i * 3 * D : x[3];

                times(row + h * E, gl, 1, E);
                /* k' = k inverse' */
                double moved[E];

                for (slong j = 0; j < E; j++)
                {
                    moved[j] = 0;
                    for (slong k = 0; k < E; k++)
                        moved[j] += row[D + h * E + k] * inverse[j * E + k];
                }
                memcpy(row + D + h * E, moved, sizeof moved);
                times(row + 2 * D + h * E, gl, 1, E);
            }
            times_left(x[8] + h * E * D, inverse, E, D, 0);
        }
        permutation(order, F, &state);
        for (slong i = 0; i < F; i++)
            factor[i] = 1;
        move_cols(x[6], D, F, order, factor);
        move_cols(x[7], 1, F, order, factor);
        move_rows(x[9], F, D, order, factor);
        for (slong i = 0; i < D + F; i++) /* constants that are written */
        {
            double c = normal(&state);

            for (slong j = 0; j < D; j++)
                (i < D ? x[8] + i * D : x[9] + (i - D) * D)[j] += c;
        }
    }
    compare(&before, &after, "{heads: 3, activation_function: gelu_new}", 20, 1e-8);
    weights_clear(&before);
    weights_clear(&after);
}

/* TransformerLens without normalization: all of GL on the stream. */
Test(gauge, a_stream_without_normalization)
{
    enum
    {
        D = 7,
        V = 11,
        U = 10,
        T = 3,
        F = 9,
        H = 2,
        E = 3
    };
    uint64_t state = 53;
    weights_t both[2];

    for (int k = 0; k < 2; k++)
    {
        builder_t b;
        cst_io_checkpoint_t a;

        state = 53;
        build_begin(&b);
        random_tensor(&b, "embed.W_E", 0, 2, V, D, 0, 0, &state);
        random_tensor(&b, "pos_embed.W_pos", 0, 2, T, D, 0, 0, &state);
        random_tensor(&b, "blocks.%d.attn.W_Q", 0, 3, H, D, E, 0, &state);
        random_tensor(&b, "blocks.%d.attn.W_K", 0, 3, H, D, E, 0, &state);
        random_tensor(&b, "blocks.%d.attn.W_V", 0, 3, H, D, E, 0, &state);
        random_tensor(&b, "blocks.%d.attn.W_O", 0, 3, H, E, D, 0, &state);
        random_tensor(&b, "blocks.%d.mlp.W_in", 0, 2, D, F, 0, 0, &state);
        random_tensor(&b, "blocks.%d.mlp.b_in", 0, 1, F, 0, 0, 0, &state);
        random_tensor(&b, "blocks.%d.mlp.W_out", 0, 2, F, D, 0, 0, &state);
        random_tensor(&b, "blocks.%d.mlp.b_out", 0, 1, D, 0, 0, 0, &state);
        random_tensor(&b, "unembed.W_U", 0, 2, D, U, 0, 0, &state);
        build_end(&b, a);
        weights_read(both + k, a);
        cst_io_checkpoint_clear(a);
        build_clear(&b);
    }
    {
        const weights_t *w = both + 1;
        double gl[D * D], inverse[D * D], factor[F], *u = weights_find(w, "unembed.W_U");
        slong order[F];

        invertible(gl, inverse, D, &state);
        times(weights_find(w, "embed.W_E"), gl, V, D);
        times(weights_find(w, "pos_embed.W_pos"), gl, T, D);
        times(weights_find(w, "blocks.0.attn.W_O"), gl, H * E, D);
        times(weights_find(w, "blocks.0.mlp.W_out"), gl, F, D);
        times(weights_find(w, "blocks.0.mlp.b_out"), gl, 1, D);
        for (slong h = 0; h < H; h++)
        {
            times_left(weights_find(w, "blocks.0.attn.W_Q") + h * D * E, inverse, D, E, 0);
            times_left(weights_find(w, "blocks.0.attn.W_K") + h * D * E, inverse, D, E, 0);
            times_left(weights_find(w, "blocks.0.attn.W_V") + h * D * E, inverse, D, E, 0);
        }
        times_left(weights_find(w, "blocks.0.mlp.W_in"), inverse, D, F, 0);
        times_left(u, inverse, D, U, 0);
        for (slong i = 0; i < D; i++) /* a constant to all logits */
        {
            double c = normal(&state);

            for (slong j = 0; j < U; j++)
                u[i * U + j] += c;
        }
        permutation(order, F, &state);
        scales(factor, F, 2, &state);
        for (slong i = 0; i < F; i++)
            factor[i] = 1 / factor[i];
        move_cols(weights_find(w, "blocks.0.mlp.W_in"), D, F, order, factor);
        move_cols(weights_find(w, "blocks.0.mlp.b_in"), 1, F, order, factor);
        move_rows(weights_find(w, "blocks.0.mlp.W_out"), F, D, order, factor);
    }
    compare(both, both + 1, "activation: relu", 14, 1e-8);
    weights_clear(both);
    weights_clear(both + 1);
}
