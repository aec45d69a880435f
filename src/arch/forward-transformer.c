/* arch/forward-transformer.c -- attention blocks and transformers, written out. */
#include <string.h>

#include "arch/forward.h"

static cst_expr_t
root_power(const cst__net_t *net, slong base, slong n, ulong d)
{
    fmpq_t q;
    cst_expr_t e;

    fmpq_init(q);
    fmpq_set_si(q, n, d);
    e = cst_expr_power(net->ctx, cst_expr_integer(net->ctx, base), q);
    fmpq_clear(q);
    return e;
}

/* Turns pair p of a query or key at position t by the angle t base^(-2p/r). */
static void
turn(const cst__net_t *net, cst_expr_t *x, slong p, slong t)
{
    const cst_arch_spec_struct *s = net->spec;
    slong r = s->rotary_width, i = s->interleaved ? 2 * p : p, j = s->interleaved ? 2 * p + 1 : p + r / 2;
    cst_expr_t angle = cst_expr_mul(net->ctx, cst_expr_integer(net->ctx, t),
                                    root_power(net, s->rotary_base, -2 * p, (ulong) r));
    cst_expr_t c = cst_expr_function(net->ctx, CST_EXPR_COS, angle);
    cst_expr_t sine = cst_expr_function(net->ctx, CST_EXPR_SIN, angle), a = x[i], b = x[j];

    if (t == 0)
        return;
    x[i] = cst_expr_sub(net->ctx, cst_expr_mul(net->ctx, c, a), cst_expr_mul(net->ctx, sine, b));
    x[j] = cst__net_addmul(net, cst_expr_mul(net->ctx, c, b), sine, a);
}

/* RMS normalization with the gain shared by the heads, then the turning. */
static void
prepare(const cst__net_t *net, cst_expr_t *x, const cst_arch_tensor_t *gain, slong t)
{
    const cst_arch_spec_struct *s = net->spec;

    if (gain)
    {
        cst_expr_t factor = cst__net_reciprocal_norm(net, x, s->key_width);

        for (slong i = 0; i < s->key_width; i++)
            x[i] = cst_expr_mul(net->ctx, cst__net_entry(net, gain, i), cst_expr_mul(net->ctx, factor, x[i]));
    }
    for (slong p = 0; s->position == CST_ARCH_POSITION_ROTARY && p < s->rotary_width / 2; p++)
        turn(net, x, p, t);
}

/* Queries, keys or values of all positions: rows of W x_t + b, heads one after another. */
static cst_expr_t *
project(const cst__net_t *net, const char *weight, const char *bias, const char *gain, slong number,
        const cst_expr_t *x)
{
    const cst_arch_spec_struct *s = net->spec;
    const cst_arch_tensor_t *w = cst__net_tensor(net, weight, number);
    slong rows = w->shape[0];
    cst_expr_t *y = cst__net_new(s->context * rows);

    for (slong t = 0; t < s->context; t++)
    {
        cst__net_linear(y + t * rows, net, w, cst__net_tensor(net, bias, number), x + t * s->width, 0, rows);
        for (slong first = 0; gain && first < rows; first += s->key_width)
            prepare(net, y + t * rows + first, cst__net_tensor(net, gain, number), t);
    }
    return y;
}

/* The scores of position t for the positions it sees, under softmax. */
static void
attend(cst_expr_t *scores, const cst__net_t *net, const cst_expr_t *query, const cst_expr_t *keys,
       slong stride, slong head, slong t, slong seen)
{
    const cst_arch_spec_struct *s = net->spec;
    cst_expr_t scale = root_power(net, s->key_width, -1, 2);

    for (slong u = 0; u < seen; u++)
    {
        scores[u] = cst__net_zero(net);
        for (slong i = 0; i < s->key_width; i++)
            scores[u] = cst__net_addmul(net, scores[u], query[i], keys[u * stride + i]);
        scores[u] = cst_expr_mul(net->ctx, scale, scores[u]);
        if (s->position == CST_ARCH_POSITION_ALIBI) /* slopes 2^(-8 h/H) */
            scores[u] = cst_expr_sub(net->ctx, scores[u],
                                     cst_expr_mul(net->ctx, cst_expr_integer(net->ctx, t > u ? t - u : u - t),
                                                  root_power(net, 2, -8 * (head + 1), (ulong) s->heads)));
    }
    cst__net_softmax(net, scores, seen);
}

/* out_t = b_O + W_O (heads' mixed values); all of width context * width */
static void
attention(cst_expr_t *out, const cst__net_t *net, slong number, const cst_expr_t *x)
{
    const cst_arch_spec_struct *s = net->spec;
    slong dk = s->key_width, dv = s->value_width, g = s->key_value_heads, h = s->heads, T = s->context;
    cst_expr_t *q = project(net, "wq", "bq", "gq", number, x), *k = project(net, "wk", "bk", "gk", number, x);
    cst_expr_t *v = project(net, "wv", "bv", NULL, number, x);
    cst_expr_t *mixed = cst__net_new(h * dv), *scores = cst__net_new(T);

    for (slong t = 0; t < T; t++)
    {
        slong seen = s->causal ? t + 1 : T;

        for (slong head = 0; head < h; head++)
        {
            slong group = head / (h / g);

            attend(scores, net, q + (t * h + head) * dk, k + group * dk, g * dk, head, t, seen);
            for (slong i = 0; i < dv; i++)
            {
                cst_expr_t sum = cst__net_zero(net);

                for (slong u = 0; u < seen; u++)
                    sum = cst__net_addmul(net, sum, scores[u], v[(u * g + group) * dv + i]);
                mixed[head * dv + i] = sum;
            }
        }
        cst__net_linear(out + t * s->width, net, cst__net_tensor(net, "wo", number),
                        cst__net_tensor(net, "bo", number), mixed, 0, s->width);
    }
    flint_free(scores);
    flint_free(mixed);
    flint_free(v);
    flint_free(k);
    flint_free(q);
}

void
cst__forward_attention(cst_expr_t *outputs, const cst__net_t *net, const cst_expr_t *inputs)
{
    attention(outputs, net, 1, inputs);
}

/* The stream at each position, normalized, with gain and shift. */
static void
normalize(cst_expr_t *out, const cst__net_t *net, const char *gain, const char *shift, slong number,
          const cst_expr_t *stream)
{
    const cst_arch_spec_struct *s = net->spec;
    const cst_arch_tensor_t *g = cst__net_tensor(net, gain, number), *b = cst__net_tensor(net, shift, number);

    for (slong t = 0; t < s->context; t++)
    {
        cst_expr_t *y = out + t * s->width, mean, factor;

        memcpy(y, stream + t * s->width, (size_t) s->width * sizeof *y);
        if (s->norm == CST_ARCH_NORM_NONE)
            continue;
        if (s->norm == CST_ARCH_NORM_LAYER)
        {
            mean = cst__net_mean(net, y, s->width);
            for (slong i = 0; i < s->width; i++)
                y[i] = cst_expr_sub(net->ctx, y[i], mean);
        }
        factor = cst__net_reciprocal_norm(net, y, s->width);
        for (slong i = 0; i < s->width; i++)
        {
            y[i] = cst_expr_mul(net->ctx, cst__net_entry(net, g, i), cst_expr_mul(net->ctx, factor, y[i]));
            if (b)
                y[i] = cst_expr_add(net->ctx, y[i], cst__net_entry(net, b, i));
        }
    }
}

static void
feed_forward(cst_expr_t *out, const cst__net_t *net, slong number, const cst_expr_t *x)
{
    const cst_arch_spec_struct *s = net->spec;
    cst_expr_t *up = cst__net_new(s->hidden), *gate = cst__net_new(s->hidden);

    for (slong t = 0; t < s->context; t++)
    {
        cst__net_linear(up, net, cst__net_tensor(net, "wu", number), cst__net_tensor(net, "bu", number),
                        x + t * s->width, 0, s->hidden);
        if (s->gated)
            cst__net_linear(gate, net, cst__net_tensor(net, "wg", number), cst__net_tensor(net, "bg", number),
                            x + t * s->width, 0, s->hidden);
        for (slong i = 0; i < s->hidden; i++)
            up[i] = s->gated ? cst_expr_mul(net->ctx, up[i],
                                            cst__net_activation(net, s->activation, s->degree, gate[i]))
                             : cst__net_activation(net, s->activation, s->degree, up[i]);
        cst__net_linear(out + t * s->width, net, cst__net_tensor(net, "wd", number),
                        cst__net_tensor(net, "bd", number), up, 0, s->width);
    }
    flint_free(gate);
    flint_free(up);
}

static void
embed(cst_expr_t *stream, const cst__net_t *net, const fmpq *tokens)
{
    const cst_arch_spec_struct *s = net->spec;
    const cst_arch_tensor_t *embedding = cst__net_tensor(net, "we", -1),
                            *positions = cst__net_tensor(net, "wp", -1);

    for (slong t = 0; t < s->context; t++)
        for (slong i = 0; i < s->width; i++)
        {
            slong token = fmpz_get_si(fmpq_numref(tokens + t));

            stream[t * s->width + i] = cst__net_entry(net, embedding, token * s->width + i);
            if (positions)
                stream[t * s->width + i] = cst_expr_add(net->ctx, stream[t * s->width + i],
                                                        cst__net_entry(net, positions, t * s->width + i));
        }
}

void
cst__forward_stream(cst_expr_t *outputs, const cst__net_t *net, cst_expr_t *stream)
{
    const cst_arch_spec_struct *s = net->spec;
    slong size = s->context * s->width;
    cst_expr_t *in = cst__net_new(size), *out = cst__net_new(size);

    for (slong l = 1; l <= s->layers; l++)
        for (int block = 0; block < (s->hidden > 0 ? 2 : 1); block++)
        {
            normalize(in, net, block ? "ga2_" : "ga1_", block ? "be2_" : "be1_", l, stream);
            if (block)
                feed_forward(out, net, l, in);
            else
                attention(out, net, l, in);
            for (slong i = 0; i < size; i++)
                stream[i] = cst_expr_add(net->ctx, stream[i], out[i]);
        }
    normalize(in, net, "ga", "be", -1, stream);
    for (slong t = 0; t < s->context; t++)
        cst__net_linear(outputs + t * s->output_vocabulary, net,
                        cst__net_tensor(net, s->tied ? "we" : "wun", -1), NULL, in + t * s->width, 0,
                        s->output_vocabulary);
    flint_free(out);
    flint_free(in);
}

void
cst__forward_transformer(cst_expr_t *outputs, const cst__net_t *net, const fmpq *tokens)
{
    cst_expr_t *stream = cst__net_new(net->spec->context * net->spec->width);

    embed(stream, net, tokens);
    cst__forward_stream(outputs, net, stream);
    flint_free(stream);
}
