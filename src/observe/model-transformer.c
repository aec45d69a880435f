#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "observe/model.h"

/* The layouts, by the names of their tensors:
   TransformerLens: blocks.N.attn.W_Q [head, width, key], ...; matrices act on row vectors.
   Hugging Face GPT-2: h.N.attn.c_attn.weight [width, 3 width], Conv1D, so acting on row vectors.
   Hugging Face LLaMA: model.layers.N.self_attn.q_proj.weight [heads key, width], acting on column vectors;
   rotary pairs are (j, j + key/2). */

typedef struct
{
    cst__model_struct *model;
    const cst_io_checkpoint_struct *checkpoint;
    cst_io_node_t settings;
    cst_error_t *error;
    const char *prefix;
    char missing[256];
} reader_t;

static cst_io_tensor_t
find(const reader_t *r, slong block, const char *name)
{
    char full[512];

    if (block < 0)
        snprintf(full, sizeof full, "%s%s", r->prefix, name);
    else
        snprintf(full, sizeof full, name, r->prefix, (long) block);
    return cst_io_checkpoint_find((const cst_io_checkpoint_struct *) r->checkpoint, full);
}

#define LENS_Q "%sblocks.%ld.attn.W_Q"
#define GPT2_QKV "%sh.%ld.attn.c_attn.weight"
#define LLAMA_Q "%smodel.layers.%ld.self_attn.q_proj.weight"

int
cst__model_is_transformer(const cst_io_checkpoint_t checkpoint)
{
    static const char *const marks[] = {"blocks.0.attn.W_Q", "h.0.attn.c_attn.weight",
                                        "transformer.h.0.attn.c_attn.weight",
                                        "model.layers.0.self_attn.q_proj.weight"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (cst_io_checkpoint_find(checkpoint, marks[i]))
            return 1;
    return 0;
}

/* A matrix or vector of this shape, or a view of nothing and a note of what is missing. */
static cst__view_t
matrix(reader_t *r, slong block, const char *name, slong rows, slong cols)
{
    cst__view_t view = {find(r, block, name), 0, 0, cols, 1};
    cst_io_tensor_t t = view.tensor;

    if (t && ((t->rank == 2 && t->shape[0] == rows && t->shape[1] == cols) ||
              (t->rank == 1 && rows == 1 && t->shape[0] == cols)))
        return view;
    if (!*r->missing)
    {
        char full[256];

        snprintf(full, sizeof full, name, r->prefix, (long) block);
        snprintf(r->missing, sizeof r->missing, "%s '%.160s' [%ld, %ld]",
                 t ? "another shape was expected of" : "there is no", block < 0 ? name : full, (long) rows,
                 (long) cols);
    }
    view.tensor = NULL;
    return view;
}

/* The same, but it may be absent. */
static cst__view_t
optional(reader_t *r, slong block, const char *name, slong rows, slong cols)
{
    static const cst__view_t none;

    return find(r, block, name) ? matrix(r, block, name, rows, cols) : none;
}

/* The transpose of a view. */
static cst__view_t
turned(cst__view_t view)
{
    slong row = view.row;

    view.row = view.col;
    view.col = row;
    return view;
}

/* Heads side by side: of a view rows x (heads size), or of its rows (heads size) x cols. */
static cst__view_t
by_cols(cst__view_t view, slong size)
{
    view.head = size * view.col;
    return view;
}

static cst__view_t
by_rows(cst__view_t view, slong size)
{
    view.head = size * view.row;
    return view;
}

static cst__view_t
shifted(cst__view_t view, slong start)
{
    view.start += start;
    return view;
}

/* A whole number of the settings, or 0. */
static slong
count_of(cst_io_node_t settings, const char *const *names)
{
    const char *word = cst__setting(settings, names);
    long x = word ? strtol(word, NULL, 10) : 0;

    return x > 0 && x < 1 << 20 ? (slong) x : 0;
}

static slong
count_blocks(const reader_t *r, const char *name)
{
    slong n = 0;

    while (find(r, n, name))
        n++;
    return n;
}

static const char *const head_names[] = {"num_attention_heads", "n_head", "n_heads", "heads", NULL};
static const char *const group_names[] = {"num_key_value_heads", "n_kv_heads", "key_value_heads", NULL};

/* Three dimensions [heads, rows, cols], as one view. */
static cst__view_t
stack(reader_t *r, slong block, const char *name, slong heads, slong rows, slong cols)
{
    cst__view_t view = {find(r, block, name), 0, rows * cols, cols, 1};
    cst_io_tensor_t t = view.tensor;

    if (!t || t->rank != 3 || t->shape[0] != heads || t->shape[1] != rows || t->shape[2] != cols)
    {
        if (!*r->missing)
            snprintf(r->missing, sizeof r->missing, "block %ld lacks a tensor like '%.100s' [%ld, %ld, %ld]",
                     (long) block, name + 2, (long) heads, (long) rows, (long) cols);
        view.tensor = NULL;
    }
    return view;
}

static cst__view_t
head_bias(reader_t *r, slong block, const char *name, slong heads, slong size)
{
    return by_cols(optional(r, block, name, heads, size), 0).tensor
               ? (cst__view_t){find(r, block, name), 0, size, size, 1}
               : (cst__view_t){NULL, 0, 0, 0, 0};
}

static void
read_lens_block(reader_t *r, slong n)
{
    cst__model_struct *m = r->model;
    cst__block_t *b = m->block + n;

    b->q = stack(r, n, LENS_Q, m->heads, m->width, m->key);
    b->k = stack(r, n, "%sblocks.%ld.attn.W_K", m->groups, m->width, m->key);
    b->v = stack(r, n, "%sblocks.%ld.attn.W_V", m->groups, m->width, m->value);
    b->o = stack(r, n, "%sblocks.%ld.attn.W_O", m->heads, m->value, m->width);
    b->bq = head_bias(r, n, "%sblocks.%ld.attn.b_Q", m->heads, m->key);
    b->bk = head_bias(r, n, "%sblocks.%ld.attn.b_K", m->groups, m->key);
    b->bv = head_bias(r, n, "%sblocks.%ld.attn.b_V", m->groups, m->value);
    b->bo = optional(r, n, "%sblocks.%ld.attn.b_O", 1, m->width);
    b->in = matrix(r, n, "%sblocks.%ld.mlp.W_in", m->width, m->units);
    b->gate = optional(r, n, "%sblocks.%ld.mlp.W_gate", m->width, m->units);
    b->out = matrix(r, n, "%sblocks.%ld.mlp.W_out", m->units, m->width);
    b->b_in = optional(r, n, "%sblocks.%ld.mlp.b_in", 1, m->units);
    b->b_out = optional(r, n, "%sblocks.%ld.mlp.b_out", 1, m->width);
    b->gain1 = optional(r, n, "%sblocks.%ld.ln1.w", 1, m->width);
    b->shift1 = optional(r, n, "%sblocks.%ld.ln1.b", 1, m->width);
    b->gain2 = optional(r, n, "%sblocks.%ld.ln2.w", 1, m->width);
    b->shift2 = optional(r, n, "%sblocks.%ld.ln2.b", 1, m->width);
}

static int
read_lens(reader_t *r)
{
    cst__model_struct *m = r->model;
    cst_io_tensor_t q = find(r, 0, LENS_Q), k = find(r, 0, "%sblocks.%ld.attn.W_K"),
                    v = find(r, 0, "%sblocks.%ld.attn.W_V"), in = find(r, 0, "%sblocks.%ld.mlp.W_in"),
                    e = find(r, -1, "embed.W_E"), p = find(r, -1, "pos_embed.W_pos"),
                    u = find(r, -1, "unembed.W_U");

    if (!q)
        return 0;
    if (q->rank != 3 || !k || k->rank != 3 || !v || v->rank != 3 || !in || in->rank != 2 || !e ||
        e->rank != 2 || !u || u->rank != 2 || (p && p->rank != 2))
    {
        snprintf(r->missing, sizeof r->missing, "the tensors of a TransformerLens model are not all there");
        return 1;
    }
    m->blocks = count_blocks(r, LENS_Q);
    m->heads = q->shape[0];
    m->width = q->shape[1];
    m->key = q->shape[2];
    m->groups = k->shape[0];
    m->value = v->shape[2];
    m->units = in->shape[1];
    m->words = e->shape[0];
    m->outputs = u->shape[1];
    m->positions = p ? p->shape[0] : 0;
    m->block = flint_calloc((size_t) m->blocks, sizeof *m->block);
    for (slong n = 0; n < m->blocks; n++)
        read_lens_block(r, n);
    m->embed = matrix(r, -1, "embed.W_E", m->words, m->width);
    m->position = optional(r, -1, "pos_embed.W_pos", m->positions, m->width);
    m->unembed = turned(matrix(r, -1, "unembed.W_U", m->width, m->outputs));
    m->gain = optional(r, -1, "ln_final.w", 1, m->width);
    m->shift = optional(r, -1, "ln_final.b", 1, m->width);
    m->gated = m->block[0].gate.tensor != NULL;
    m->norm = m->shift.tensor ? OBS_LAYER_NORM : m->gain.tensor ? OBS_RMS_NORM : OBS_NO_NORM;
    return 1;
}

static void
read_gpt2_block(reader_t *r, slong n)
{
    cst__model_struct *m = r->model;
    cst__block_t *b = m->block + n;
    cst__view_t qkv = by_cols(matrix(r, n, GPT2_QKV, m->width, 3 * m->width), m->key);
    cst__view_t bias = by_cols(optional(r, n, "%sh.%ld.attn.c_attn.bias", 1, 3 * m->width), m->key);

    b->q = qkv;
    b->k = shifted(qkv, m->width);
    b->v = shifted(qkv, 2 * m->width);
    b->bq = bias;
    b->bk = shifted(bias, m->width);
    b->bv = shifted(bias, 2 * m->width);
    b->o = by_rows(matrix(r, n, "%sh.%ld.attn.c_proj.weight", m->width, m->width), m->value);
    b->bo = optional(r, n, "%sh.%ld.attn.c_proj.bias", 1, m->width);
    b->in = matrix(r, n, "%sh.%ld.mlp.c_fc.weight", m->width, m->units);
    b->b_in = optional(r, n, "%sh.%ld.mlp.c_fc.bias", 1, m->units);
    b->out = matrix(r, n, "%sh.%ld.mlp.c_proj.weight", m->units, m->width);
    b->b_out = optional(r, n, "%sh.%ld.mlp.c_proj.bias", 1, m->width);
    b->gain1 = matrix(r, n, "%sh.%ld.ln_1.weight", 1, m->width);
    b->shift1 = matrix(r, n, "%sh.%ld.ln_1.bias", 1, m->width);
    b->gain2 = matrix(r, n, "%sh.%ld.ln_2.weight", 1, m->width);
    b->shift2 = matrix(r, n, "%sh.%ld.ln_2.bias", 1, m->width);
}

static int
is_same(const cst_io_checkpoint_t checkpoint, cst_io_tensor_t a, cst_io_tensor_t b)
{
    enum
    {
        PIECE = 1 << 20
    };
    size_t size = cst_io_type_size(a->type);
    int same = a->type == b->type && a->count == b->count && a->big_endian == b->big_endian &&
               a->column_major == b->column_major;

    for (slong k = 0; same && k < a->count; k += PIECE)
    {
        slong n = FLINT_MIN(a->count - k, PIECE);

        same = memcmp(a->bytes + (size_t) k * size, b->bytes + (size_t) k * size, (size_t) n * size) == 0;
        cst_io_tensor_forget(checkpoint, a, k, n);
        cst_io_tensor_forget(checkpoint, b, k, n);
    }
    return same;
}

/* What the head of Hugging Face's layouts reads by. A tied one may stand in the file all the same: as the
   library does, it is not read where the settings say so; it is told by its bytes where they do not say. */
static void
read_head(reader_t *r)
{
    static const char *const tie[] = {"tie_word_embeddings", NULL};
    cst__model_struct *m = r->model;
    const char *tied = cst__setting(r->settings, tie);

    m->unembed = optional(r, -1, "lm_head.weight", m->words, m->width);
    if (!m->unembed.tensor || !m->embed.tensor)
        m->unembed = m->embed;
    else if (tied ? strcmp(tied, "true") == 0
                  : is_same((const cst_io_checkpoint_struct *) r->checkpoint, m->unembed.tensor,
                            m->embed.tensor))
    {
        m->copy = m->unembed.tensor;
        m->unembed = m->embed;
    }
}

static int
read_gpt2(reader_t *r)
{
    cst__model_struct *m = r->model;
    cst_io_tensor_t e, p, in;

    r->prefix = find(r, 0, GPT2_QKV) ? "" : "transformer.";
    if (!find(r, 0, GPT2_QKV))
        return 0;
    e = find(r, -1, "wte.weight");
    p = find(r, -1, "wpe.weight");
    in = find(r, 0, "%sh.%ld.mlp.c_fc.weight");
    if (!e || e->rank != 2 || !p || p->rank != 2 || !in || in->rank != 2)
    {
        snprintf(r->missing, sizeof r->missing, "the tensors of a GPT-2 model are not all there");
        return 1;
    }
    m->words = m->outputs = e->shape[0];
    m->width = e->shape[1];
    m->positions = p->shape[0];
    m->units = in->shape[1];
    m->heads = count_of(r->settings, head_names);
    if (m->heads == 0 && m->width % 64 == 0)
        m->heads = m->width / 64; /* as in every published GPT-2 */
    if (m->heads == 0 || m->width % m->heads != 0)
    {
        snprintf(r->missing, sizeof r->missing,
                 "the number of heads is not known: say `heads:` in --architecture");
        return 1;
    }
    m->groups = m->heads;
    m->key = m->value = m->width / m->heads;
    m->norm = OBS_LAYER_NORM;
    m->blocks = count_blocks(r, GPT2_QKV);
    m->block = flint_calloc((size_t) m->blocks, sizeof *m->block);
    for (slong n = 0; n < m->blocks; n++)
        read_gpt2_block(r, n);
    m->embed = matrix(r, -1, "wte.weight", m->words, m->width);
    m->position = matrix(r, -1, "wpe.weight", m->positions, m->width);
    m->gain = matrix(r, -1, "ln_f.weight", 1, m->width);
    m->shift = matrix(r, -1, "ln_f.bias", 1, m->width);
    r->prefix = "";
    read_head(r);
    return 1;
}

static void
read_llama_block(reader_t *r, slong n)
{
    cst__model_struct *m = r->model;
    cst__block_t *b = m->block + n;
    slong q = m->heads * m->key, k = m->groups * m->key;

    b->q = by_cols(turned(matrix(r, n, LLAMA_Q, q, m->width)), m->key);
    b->k = by_cols(turned(matrix(r, n, "%smodel.layers.%ld.self_attn.k_proj.weight", k, m->width)), m->key);
    b->v = by_cols(turned(matrix(r, n, "%smodel.layers.%ld.self_attn.v_proj.weight", k, m->width)), m->key);
    b->o = by_rows(turned(matrix(r, n, "%smodel.layers.%ld.self_attn.o_proj.weight", m->width, q)), m->key);
    b->bq = by_cols(optional(r, n, "%smodel.layers.%ld.self_attn.q_proj.bias", 1, q), m->key);
    b->bk = by_cols(optional(r, n, "%smodel.layers.%ld.self_attn.k_proj.bias", 1, k), m->key);
    b->bv = by_cols(optional(r, n, "%smodel.layers.%ld.self_attn.v_proj.bias", 1, k), m->key);
    b->in = turned(matrix(r, n, "%smodel.layers.%ld.mlp.up_proj.weight", m->units, m->width));
    b->gate = turned(matrix(r, n, "%smodel.layers.%ld.mlp.gate_proj.weight", m->units, m->width));
    b->out = turned(matrix(r, n, "%smodel.layers.%ld.mlp.down_proj.weight", m->width, m->units));
    b->gain1 = matrix(r, n, "%smodel.layers.%ld.input_layernorm.weight", 1, m->width);
    b->gain2 = matrix(r, n, "%smodel.layers.%ld.post_attention_layernorm.weight", 1, m->width);
}

static int
read_llama(reader_t *r)
{
    cst__model_struct *m = r->model;
    cst_io_tensor_t q = find(r, 0, LLAMA_Q), k = find(r, 0, "%smodel.layers.%ld.self_attn.k_proj.weight"),
                    up = find(r, 0, "%smodel.layers.%ld.mlp.up_proj.weight"), e;

    if (!q)
        return 0;
    e = find(r, -1, "model.embed_tokens.weight");
    if (q->rank != 2 || !k || k->rank != 2 || !up || up->rank != 2 || !e || e->rank != 2)
    {
        snprintf(r->missing, sizeof r->missing, "the tensors of a LLaMA model are not all there");
        return 1;
    }
    m->heads = count_of(r->settings, head_names);
    m->groups = count_of(r->settings, group_names);
    m->groups = m->groups ? m->groups : m->heads;
    m->words = m->outputs = e->shape[0];
    m->width = e->shape[1];
    m->units = up->shape[0];
    if (m->heads == 0)
    {
        snprintf(
            r->missing, sizeof r->missing,
            "the number of heads is not known: put config.json beside it, or say `heads:` in --architecture");
        return 1;
    }
    if (q->shape[0] % m->heads != 0 || q->shape[0] / m->heads * m->groups != k->shape[0] ||
        m->heads % m->groups != 0)
    {
        snprintf(r->missing, sizeof r->missing, "%ld heads in %ld groups do not fit the shapes",
                 (long) m->heads, (long) m->groups);
        return 1;
    }
    m->key = m->value = q->shape[0] / m->heads;
    m->norm = OBS_RMS_NORM;
    m->rotary = 1;
    m->gated = 1;
    m->blocks = count_blocks(r, LLAMA_Q);
    m->block = flint_calloc((size_t) m->blocks, sizeof *m->block);
    for (slong n = 0; n < m->blocks; n++)
        read_llama_block(r, n);
    m->embed = matrix(r, -1, "model.embed_tokens.weight", m->words, m->width);
    m->gain = matrix(r, -1, "model.norm.weight", 1, m->width);
    read_head(r);
    return 1;
}

static void
set_group(cst__model_struct *m)
{
    m->group = CST_OBSERVE_PERMUTATIONS | CST_OBSERVE_LINEAR | CST_OBSERVE_SHIFTS | CST_OBSERVE_BASIS;
    if (m->activation == OBS_HOMOGENEOUS || m->gated)
        m->group |= CST_OBSERVE_RESCALINGS;
    if (m->norm != OBS_NO_NORM)
        m->group |= CST_OBSERVE_GAINS;
}

cst_status_t
cst__model_transformer(cst__model_t model, const cst_io_checkpoint_t checkpoint, cst_io_node_t settings,
                       cst_error_t *error)
{
    static const char *const rotary[] = {"rotary", NULL};
    reader_t r = {model, checkpoint, settings, error, "", ""};
    const char *word = cst__setting(settings, rotary);

    if (!read_lens(&r) && !read_gpt2(&r))
    {
        r.prefix = "";
        read_llama(&r);
    }
    if (*r.missing)
        return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED, "%s", r.missing);
    if (word)
        model->rotary = strcmp(word, "half") == 0 ? 1 : strcmp(word, "interleaved") == 0 ? 2 : 0;
    if (model->rotary && model->key % 2 != 0)
        return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED, "rotary heads of odd size %ld",
                                       (long) model->key);
    if (model->heads % model->groups != 0)
        return cst__io_checkpoint_fail(checkpoint, error, CST_REFUSED,
                                       "%ld heads do not fall into %ld groups", (long) model->heads,
                                       (long) model->groups);
    set_group(model);
    return CST_OK;
}
