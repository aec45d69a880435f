#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "helper.h"

/* What is taken for a weight, and which networks are refused rather than mistaken for others. */
TestSuite(model, .timeout = 120);

static cst_status_t
try_observe(cst_observe_table_t table, const cst_io_checkpoint_t a, const char *settings, cst_error_t *error)
{
    cst_io_yaml_t yaml;
    cst_observe_run_t run = cst_observe_run_new(settings_of(yaml, settings));
    cst_status_t status;

    cst_observe_table_init(table);
    status = cst_observe_next(table, run, a, 0, error);
    cst_observe_run_free(run);
    cst_io_yaml_clear(yaml);
    return status;
}

static void
observe(cst_observe_table_t table, const cst_io_checkpoint_t a, const char *settings)
{
    cst_error_t error;

    cr_assert_eq(try_observe(table, a, settings, &error), CST_OK, "%s", error.message);
}

/* A copy of the weights with one more tensor, filled with value or with a copy of another. */
static void
build_more(builder_t *b, cst_io_checkpoint_t a, const weights_t *w, const char *name, int rank,
           const slong *shape, double value, const char *copied)
{
    builder_t plain;
    cst_io_checkpoint_t c;
    double *x;
    slong count = 1;

    weights_build(&plain, w, c);
    build_begin(b);
    for (slong k = 0; k < w->length; k++)
    {
        cst_io_tensor_t t = cst_io_checkpoint_find(c, w->names[k]);

        memcpy(build_tensor(b, w->names[k], w->rank[k], w->shape[k]), w->x[k], (size_t) t->count * sizeof *x);
    }
    x = build_tensor(b, name, rank, shape);
    for (int i = 0; i < rank; i++)
        count *= shape[i];
    for (slong i = 0; i < count; i++)
        x[i] = copied ? weights_find(w, copied)[i] + value : value;
    build_end(b, a);
    cst_io_checkpoint_clear(c);
    build_clear(&plain);
}

static double
raw_norm(const cst_observe_table_t table)
{
    return row_of(table, 0, "network", "norm")->raw;
}

/* Masks of attention that older files hold, and an unembedding that is stored beside the words it is tied to,
   by its bytes or by the settings. */
Test(model, masks_and_copies_are_no_weights)
{
    static const slong mask[] = {1, 1, 4, 4};
    static const struct
    {
        const char *name;
        double value;
        const char *copied, *settings;
        int same;
    } cases[] = {{"h.0.attn.bias", 1, NULL, "{n_head: 2}", 1},
                 {"lm_head.weight", 0, "wte.weight", "{n_head: 2}", 1},
                 {"lm_head.weight", 0.5, "wte.weight", "{n_head: 2, tie_word_embeddings: true}", 1},
                 {"lm_head.weight", 0.5, "wte.weight", "{n_head: 2}", 0},
                 {"lm_head.weight", 0, "wte.weight", "{n_head: 2, tie_word_embeddings: false}", 0}};
    cst_io_checkpoint_t a, more;
    cst_observe_table_t table, other;
    weights_t w;

    open_data(a, "gpt2-tiny.safetensors");
    weights_read(&w, a);
    observe(table, a, "{n_head: 2}");
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        cst_io_tensor_t words = cst_io_checkpoint_find(a, "wte.weight");
        builder_t b;

        build_more(&b, more, &w, cases[k].name, cases[k].copied ? 2 : 4,
                   cases[k].copied ? words->shape : mask, cases[k].value, cases[k].copied);
        observe(other, more, cases[k].settings);
        cr_assert_eq(cases[k].same, raw_norm(other) == raw_norm(table), "%s: %.17g", cases[k].name,
                     raw_norm(other));
        for (slong i = 0; cases[k].same && i < table->length; i++)
        {
            const cst_observation_t *o = table->items + i;

            cr_assert_eq(row_of(other, 0, o->layer, o->observable)->value, o->value, "%s", o->observable);
        }
        cst_observe_table_clear(other);
        cst_io_checkpoint_clear(more);
        build_clear(&b);
    }
    cst_observe_table_clear(table);
    cst_io_checkpoint_clear(a);
    weights_clear(&w);
}

/* Layers of width one: each weight is its place in the list, 1, 2, ...; what is named with '|' is a BatchNorm
   of deviation 1 that doubles. */
static void
build_chain(builder_t *b, cst_io_checkpoint_t a, const char *const *names)
{
    static const slong one[] = {1, 1};
    char full[64];

    build_begin(b);
    for (int k = 0; names[k]; k++)
    {
        static const char *const parts[] = {"weight", "bias", "running_mean", "running_var"};
        static const double values[] = {2, 0.5, 0.25, 0.75};

        for (int i = 0; *names[k] == '|' && i < 4; i++)
        {
            snprintf(full, sizeof full, "%s.%s", names[k] + 1, parts[i]);
            *build_tensor(b, full, 1, one) = values[i];
        }
        snprintf(full, sizeof full, "%s.weight", names[k]);
        if (*names[k] != '|')
            *build_tensor(b, full, 2, one) = k + 1;
    }
    build_end(b, a);
}

/* A BatchNorm is folded into the layer that its name belongs to; one behind an activation, before all layers,
   or of which the names do not tell is refused. */
Test(model, batchnorm_follows_its_layer)
{
    static const struct
    {
        const char *names[6], *layer;
        double doubled;
    } cases[] = {{{"fc1", "fc2", "|bn2", "fc3"}, "fc2", 4},
                 {{"fc1", "|bn1", "fc2"}, "fc1", 2},
                 {{"conv1", "conv2", "|n1", "|n2", "fc"}, "conv2", 4},
                 {{"layers.0", "layers.1", "|norms.1", "layers.2"}, "layers.1", 4},
                 {{"net.0", "|net.1", "net.3", "|net.4", "net.6"}, "net.3", 6},
                 {{"0", "2", "|3", "5"}, "2", 4},
                 {{"net.0", "|net.2", "net.3"}, NULL, 0},
                 {{"|0", "1", "3"}, NULL, 0},
                 {{"a", "b", "|norm", "c"}, NULL, 0}};

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        builder_t b;
        cst_io_checkpoint_t a;
        cst_observe_table_t table;
        cst_error_t error;

        build_chain(&b, a, cases[k].names);
        if (cases[k].layer)
        {
            observe(table, a, "{activation: relu, batch_norm: {eps: 0.25}}");
            cr_assert_float_eq(row_of(table, 0, cases[k].layer, "layer-norm")->raw, cases[k].doubled, 1e-12,
                               "%s", cases[k].layer);
        }
        else
        {
            cr_assert_eq(try_observe(table, a, "{activation: relu}", &error), CST_REFUSED, "%zu", k);
            cr_assert(strstr(error.message, "do not tell which layer batch normalization"), "%s",
                      error.message);
        }
        cst_observe_table_clear(table);
        cst_io_checkpoint_clear(a);
        build_clear(&b);
    }
}

/* A weight that no part of the network reads is that of another network, with other symmetries. */
Test(model, weights_that_are_not_read)
{
    static const slong shape[] = {1, 1};
    static const char *const chain[] = {"0", "3", NULL};
    static const struct
    {
        const char *name;
        int rank, refused;
    } cases[] = {{"1.weight", 1, 1},   {"1.bias", 1, 1},        {"1.running_var", 1, 1},
                 {"0.weight_g", 2, 1}, {"rnn.weight_hh", 2, 1}, {"temperature", 0, 0},
                 {"0.bias", 1, 0}};

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        builder_t b, c;
        cst_io_checkpoint_t a, more;
        cst_observe_table_t table;
        cst_error_t error;
        weights_t w;

        build_chain(&b, a, chain);
        weights_read(&w, a);
        build_more(&c, more, &w, cases[k].name, cases[k].rank, shape, 1, NULL);
        cr_assert_eq(try_observe(table, more, "{activation: relu}", &error),
                     cases[k].refused ? CST_REFUSED : CST_OK, "%s", cases[k].name);
        if (cases[k].refused)
            cr_assert(strstr(error.message, cases[k].name) &&
                          strstr(error.message, "is no part of the chain"),
                      "%s", error.message);
        cst_observe_table_clear(table);
        cst_io_checkpoint_clear(more);
        cst_io_checkpoint_clear(a);
        build_clear(&b);
        build_clear(&c);
        weights_clear(&w);
    }
}

/* Names of PyTorch's modules are words, too. Of sigmoid and exp, and linear units with biases, constants move
   between layers: norms see them. */
Test(model, activations_of_chains)
{
    static const struct
    {
        const char *settings;
        int biased, minimized, invariant;
    } cases[] = {{"{activation: ReLU}", 1, 1, 1},       {"{activation: LeakyReLU}", 1, 1, 1},
                 {"{activation: leaky-relu}", 1, 1, 1}, {"{activation: Tanh}", 1, 0, 1},
                 {"{activation: gelu}", 1, 0, 1},       {"{activation: Sigmoid}", 1, 0, 0},
                 {"{activation: exp}", 1, 0, 0},        {"{activation: identity}", 0, 1, 1},
                 {"{activation: identity}", 1, 1, 0}};
    static const slong one[] = {1, 1};

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        builder_t b;
        cst_io_checkpoint_t a;
        cst_observe_table_t table;
        const cst_observation_t *o;

        build_begin(&b);
        *build_tensor(&b, "a.weight", 2, one) = 3;
        *build_tensor(&b, "b.weight", 2, one) = 12;
        if (cases[k].biased)
            *build_tensor(&b, "a.bias", 1, one) = 4;
        build_end(&b, a);
        observe(table, a, cases[k].settings);
        o = row_of(table, 0, "network", "norm");
        cr_assert_float_eq(o->value * o->value,
                           cases[k].minimized ? 2 * (cases[k].biased ? 5. : 3.) * 12 : 9 + 16 + 144, 1e-9,
                           "%s", cases[k].settings);
        cr_assert_eq(o->invariant, cases[k].invariant, "%s", cases[k].settings);
        cst_observe_table_clear(table);
        cst_io_checkpoint_clear(a);
        build_clear(&b);
    }
}

/* A gate of relu has a scale of its own, which no observable of units takes off; those of attention are as
   they were. */
Test(model, a_homogeneous_gate)
{
    static const char *const settings[] = {"{heads: 4, key_value_heads: 2, hidden_act: silu}",
                                           "{heads: 4, key_value_heads: 2, hidden_act: relu}"};
    static const char *const of_units[] = {"mlp-norm", "effective-units", "units-to-logits-nuclear-norm",
                                           "units-to-logits-effective-rank"};
    cst_io_checkpoint_t a;
    cst_observe_table_t table;

    open_data(a, "llama-sharded");
    for (int k = 0; k < 2; k++)
    {
        observe(table, a, settings[k]);
        for (size_t i = 0; i < sizeof of_units / sizeof *of_units; i++)
            cr_assert_eq(row_of(table, 0, "blocks.0", of_units[i])->invariant, k == 0, "%s", of_units[i]);
        cr_assert_eq(row_of(table, 0, "network", "norm")->invariant, k == 0);
        cr_assert(row_of(table, 0, "blocks.0", "vo-norm")->invariant);
        cst_observe_table_clear(table);
    }
    cst_io_checkpoint_clear(a);
}
