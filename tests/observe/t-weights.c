#include <string.h>

#include <criterion/criterion.h>

#include <caustic/monitor.h>

#include "helper.h"

/* Weights of a checkpoint in the order of the catalogue, layout by layout as their makers define them. */
TestSuite(weights, .timeout = 60);

typedef struct
{
    cst_io_checkpoint_t checkpoint;
    cst_io_yaml_t yaml;
    cst_arch_t arch;
    double *weights;
} placed_t;

static void
place(placed_t *p, const char *name, const char *settings)
{
    cst_io_node_t node = settings_of(p->yaml, settings);
    cst_arch_spec_t spec;
    cst_error_t error;
    const char *note;

    open_data(p->checkpoint, name);
    cst_error_clear(&error);
    cr_assert_eq(cst_monitor_architecture(spec, &note, p->checkpoint, node, &error), CST_OK, "%s",
                 error.message);
    cr_assert_eq(cst_arch_init(p->arch, spec, &error), CST_OK, "%s", error.message);
    cst_arch_spec_clear(spec);
    p->weights = flint_malloc((size_t) p->arch->parameters * sizeof *p->weights);
    cr_assert_eq(cst_monitor_weights(p->weights, p->arch, p->checkpoint, node, &error), CST_OK, "%s",
                 error.message);
}

static void
done(placed_t *p)
{
    flint_free(p->weights);
    cst_arch_clear(p->arch);
    cst_io_checkpoint_clear(p->checkpoint);
    cst_io_yaml_clear(p->yaml);
}

/* Entry (i, j) of the tensor `ours` is entry (a, b) of the matrix `theirs`, with `columns` columns. */
static void
same(const placed_t *p, const char *ours, slong i, slong j, const char *theirs, slong a, slong b)
{
    slong t = cst_arch_find_tensor(p->arch, ours);
    cst_io_tensor_t u = cst_io_checkpoint_find(p->checkpoint, theirs);
    const cst_arch_tensor_t *x;
    double value;

    cr_assert_geq(t, 0, "%s", ours);
    cr_assert_not_null(u, "%s", theirs);
    x = p->arch->tensors + t;
    (void) cst_io_tensor_read(&value, u, u->rank == 1 ? b : a * u->shape[1] + b, 1);
    cr_assert_neq(value, 0);
    cr_assert_eq(p->weights[x->offset + (x->axes == 1 ? i : i * x->shape[1] + j)], value, "%s", ours);
}

/* torch.nn.Linear: y = W x + b */
Test(weights, perceptron)
{
    placed_t p;

    place(&p, "mlp-f32.safetensors", "{activation: relu}");
    same(&p, "w1", 1, 2, "fc1.weight", 1, 2);
    same(&p, "w2", 3, 0, "fc2.weight", 3, 0);
    same(&p, "w3", 9, 15, "fc3.weight", 9, 15);
    same(&p, "b2", 7, 0, "fc2.bias", 0, 7);
    done(&p);
}

/* Conv1D: rows are inputs; queries, keys and values side by side, heads of key_width. */
Test(weights, gpt2)
{
    placed_t p;
    slong d, r;

    place(&p, "gpt2-tiny.safetensors", "{n_head: 2, activation_function: gelu}");
    d = p.arch->spec->width;
    r = p.arch->spec->key_width;
    same(&p, "wq1", r + 1, 2, "h.0.attn.c_attn.weight", 2, r + 1);
    same(&p, "wk1", r, 1, "h.0.attn.c_attn.weight", 1, d + r);
    same(&p, "wv1", 1, 3, "h.0.attn.c_attn.weight", 3, 2 * d + 1);
    same(&p, "bk1", r + 1, 0, "h.0.attn.c_attn.bias", 0, d + r + 1);
    same(&p, "wo1", 1, r + 1, "h.0.attn.c_proj.weight", r + 1, 1);
    same(&p, "wu1", 3, 1, "h.0.mlp.c_fc.weight", 1, 3);
    same(&p, "wd1", 1, 3, "h.0.mlp.c_proj.weight", 3, 1);
    same(&p, "we", 2, 1, "wte.weight", 2, 1);
    same(&p, "wp", 1, 2, "wpe.weight", 1, 2);
    same(&p, "ga2_1", 1, 0, "h.0.ln_2.weight", 0, 1);
    same(&p, "be", 1, 0, "ln_f.bias", 0, 1);
    done(&p);
}

/* torch.nn.Linear again; keys and values by groups. */
Test(weights, llama)
{
    static const char *const names[] = {"q_proj", "k_proj", "v_proj", "o_proj"}, *const ours[] = {
                                                                                     "wq1", "wk1", "wv1",
                                                                                     "wo1"};
    placed_t p;

    place(&p, "llama-sharded", "{num_attention_heads: 4, num_key_value_heads: 2, hidden_act: silu}");
    for (int k = 0; k < 4; k++)
    {
        char name[64];

        snprintf(name, sizeof name, "model.layers.0.self_attn.%s.weight", names[k]);
        same(&p, ours[k], 3, 1, name, 3, 1);
        same(&p, ours[k], 0, 2, name, 0, 2);
    }
    same(&p, "wu1", 3, 1, "model.layers.0.mlp.up_proj.weight", 3, 1);
    same(&p, "wg1", 3, 1, "model.layers.0.mlp.gate_proj.weight", 3, 1);
    same(&p, "wd1", 1, 3, "model.layers.0.mlp.down_proj.weight", 1, 3);
    same(&p, "ga1_1", 2, 0, "model.layers.0.input_layernorm.weight", 0, 2);
    same(&p, "wun", 5, 1, "lm_head.weight", 5, 1);
    done(&p);
}

/* The same word says what an activation leaves of rescalings and which one of the catalogue it is. */
Test(weights, activations)
{
    static const struct
    {
        const char *settings;
        cst_arch_activation_t activation;
    } words[] = {{"activation: leaky_relu", CST_ARCH_LEAKY_RELU},
                 {"activation: leakyrelu", CST_ARCH_LEAKY_RELU},
                 {"hidden_act: tanh", CST_ARCH_TANH},
                 {"act_fn: swish", CST_ARCH_SILU},
                 {"{name: mlp}", CST_ARCH_RELU} /* assumed */};
    cst_arch_spec_t spec;
    cst_error_t error;
    const char *note;
    placed_t p;

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    {
        place(&p, "mlp-f32.safetensors", words[i].settings);
        cr_expect_eq(p.arch->spec->activation, words[i].activation, "%s", words[i].settings);
        done(&p);
    }
    open_data(p.checkpoint, "mlp-f32.safetensors");
    cr_expect_eq(cst_monitor_architecture(spec, &note, p.checkpoint,
                                          settings_of(p.yaml, "activation: softsign"), &error),
                 CST_REFUSED);
    cr_expect(strstr(error.message, "activation"), "%s", error.message);
    cst_io_checkpoint_clear(p.checkpoint);
    cst_io_yaml_clear(p.yaml);
}

/* A neuron is its weights, its bias and what it gives to each output. */
Test(weights, particles)
{
    static const slong shapes[][2] = {{3, 2}, {3, 0}, {2, 3}};
    static const char *const names[] = {"fc1.weight", "fc1.bias", "fc2.weight"};
    static const char *const settings[] = {"activation: tanh", "activation: relu"};
    static builder_t b;
    cst_io_checkpoint_t checkpoint;
    cst_io_yaml_t yaml;
    cst_error_t error;
    double *x;
    slong count, dimension;
    int odd;

    build_begin(&b);
    for (int t = 0; t < 3; t++)
    {
        int rank = shapes[t][1] ? 2 : 1;
        double *y = build_tensor(&b, names[t], rank, shapes[t]);

        for (slong i = 0; i < shapes[t][0] * (rank == 2 ? shapes[t][1] : 1); i++)
            y[i] = 100 * (t + 1) + (double) i;
    }
    build_end(&b, checkpoint);
    for (int k = 0; k < 2; k++)
    {
        cr_assert_eq(cst_monitor_particles(&x, &count, &dimension, &odd, checkpoint,
                                           settings_of(yaml, settings[k]), &error),
                     CST_OK, "%s", error.message);
        cr_assert(count == 3 && dimension == 5 && odd == (k == 0));
        for (int i = 0; i < 3; i++)
        {
            const double wanted[] = {100 + 2 * i, 101 + 2 * i, 200 + i, 300 + i, 303 + i};

            for (int j = 0; j < 5; j++)
                cr_expect_eq(x[5 * i + j], wanted[j], "neuron %d, %d: %g", i, j, x[5 * i + j]);
        }
        flint_free(x);
        cst_io_yaml_clear(yaml);
    }
    cst_io_checkpoint_clear(checkpoint);
    build_clear(&b);
    open_data(checkpoint, "mlp-f32.safetensors"); /* two hidden layers */
    cr_expect_eq(cst_monitor_particles(&x, &count, &dimension, &odd, checkpoint, NULL, &error), CST_REFUSED);
    cst_io_checkpoint_clear(checkpoint);
}
