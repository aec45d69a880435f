#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "helper.h"

/* Least norms over the gains of normalizations. */
TestSuite(gains, .timeout = 120);

enum
{
    D = 48,
    READERS = 3
};

/* Hugging Face LLaMA: rows of projections are outputs. */
static const struct
{
    const char *gain, *readers[READERS], *observable;
    slong rows[READERS];
} norms[] = {
    {"input_layernorm",
     {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"},
     "attention-gain-norm",
     {48, 24, 24}},
    {"post_attention_layernorm", {"mlp.gate_proj", "mlp.up_proj", NULL}, "mlp-gain-norm", {128, 128, 0}},
};

static double *
part(const weights_t *w, int layer, const char *name)
{
    char full[128];

    snprintf(full, sizeof full, "model.layers.%d.%s.weight", layer, name);
    return weights_find(w, full);
}

/* Squared norm of gain i times c, and of what it feeds over c. */
static double
square_at(const weights_t *w, int layer, int n, slong i, double c)
{
    double g = part(w, layer, norms[n].gain)[i], square = c * c * g * g;

    for (int k = 0; k < READERS && norms[n].readers[k]; k++)
    {
        const double *x = part(w, layer, norms[n].readers[k]);

        for (slong j = 0; j < norms[n].rows[k]; j++)
            square += x[j * D + i] * x[j * D + i] / (c * c);
    }
    return square;
}

/* Least over c, by golden sections: convex in log c. */
static double
least_square(const weights_t *w, int layer, int n, slong i)
{
    double a = -20, b = 20, ratio = (sqrt(5) - 1) / 2;

    while (b - a > 1e-6)
    {
        double x = b - ratio * (b - a), y = a + ratio * (b - a);

        if (square_at(w, layer, n, i, exp(x)) < square_at(w, layer, n, i, exp(y)))
            b = y;
        else
            a = x;
    }
    return square_at(w, layer, n, i, exp((a + b) / 2));
}

static void
move(weights_t *w, uint64_t *state)
{
    for (int layer = 0; layer < 2; layer++)
        for (int n = 0; n < 2; n++)
            for (slong i = 0; i < D; i++)
            {
                double c = pow(10, 4 * uniform(state) - 2);

                part(w, layer, norms[n].gain)[i] *= c;
                for (int k = 0; k < READERS && norms[n].readers[k]; k++)
                    for (slong j = 0; j < norms[n].rows[k]; j++)
                        part(w, layer, norms[n].readers[k])[j * D + i] /= c;
            }
}

/* Against a search for the minimum, and on a copy whose gains were moved. */
Test(gains, least_over_what_a_gain_feeds)
{
    uint64_t state = 91;
    weights_t w[2];
    cst_observe_table_t table;
    cst_io_checkpoint_t a;

    open_data(a, "llama-sharded");
    weights_read(w, a);
    weights_read(w + 1, a);
    cst_io_checkpoint_clear(a);
    move(w + 1, &state);
    observe_both(table, w, "{heads: 4, key_value_heads: 2}");
    for (int layer = 0; layer < 2; layer++)
        for (int n = 0; n < 2; n++)
        {
            const cst_observation_t *x, *y;
            char name[32];
            double square = 0, given = 0;

            snprintf(name, sizeof name, "blocks.%d", layer);
            x = row_of(table, 0, name, norms[n].observable);
            y = row_of(table, 10, name, norms[n].observable);
            for (slong i = 0; i < D; i++)
            {
                square += least_square(w, layer, n, i);
                given += square_at(w, layer, n, i, 1);
            }
            assert_row(table, 0, name, norms[n].observable, sqrt(square), 1e-9, 1e-13);
            cr_assert_float_eq(x->raw, sqrt(given), 1e-12 * x->raw);
            cr_assert_lt(x->value, x->raw);
            /* moving the gains rounds, each product by a few units */
            cr_assert_leq(fabs(x->value - y->value), x->error + y->error + 1e-15 * x->value);
            cr_assert_gt(fabs(y->raw / x->raw - 1), 0.5);
            cr_assert(x->respects & CST_OBSERVE_GAINS);
            cr_assert_not(x->respects & CST_OBSERVE_BASIS);
        }
    cst_observe_table_clear(table);
    for (int k = 0; k < 2; k++)
        weights_clear(w + k);
}
