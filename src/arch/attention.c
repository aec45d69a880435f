/* arch/attention.c -- an attention block: query-key and value-output products, positions, biases, heads. */
#include "arch/model.h"

/* Tensors wq: (heads key_width) x width, wk, wv by key-value head, wo: width x (heads value_width). */
typedef struct
{
    const cst_arch_spec_struct *spec;
    slong number;
    slong wq, wk, wv, wo, bq, bk, bv, bo, gq, gk;
    slong share;   /* query heads of one key-value head */
    slong turning; /* rotary dimensions */
} block_t;

static void
add_tensors(cst_arch_t arch, block_t *b)
{
    const cst_arch_spec_struct *s = b->spec;
    slong q = s->heads * s->key_width, k = s->key_value_heads * s->key_width;
    slong v = s->key_value_heads * s->value_width, o = s->heads * s->value_width, l = b->number;

    b->wq = cst__arch_tensor(arch, q, s->width, 0, 0, "wq", l);
    b->wk = cst__arch_tensor(arch, k, s->width, 0, 0, "wk", l);
    b->wv = cst__arch_tensor(arch, v, s->width, 0, 0, "wv", l);
    b->wo = cst__arch_tensor(arch, s->width, o, 0, 0, "wo", l);
    b->bq = s->query_bias ? cst__arch_tensor(arch, q, 0, 0, 0, "bq", l) : -1;
    b->bk = s->query_bias ? cst__arch_tensor(arch, k, 0, 0, 0, "bk", l) : -1;
    b->bv = s->query_bias ? cst__arch_tensor(arch, v, 0, 0, 0, "bv", l) : -1;
    b->bo = s->output_bias ? cst__arch_tensor(arch, s->width, 0, 0, 0, "bo", l) : -1;
    b->gq = s->qk_norm ? cst__arch_tensor(arch, s->key_width, 0, 0, 0, "gq", l) : -1;
    b->gk = s->qk_norm ? cst__arch_tensor(arch, s->key_width, 0, 0, 0, "gk", l) : -1;
}

static void
slot(cst__arch_action_t *action, slong tensor, int axis, slong factor, slong offset, slong step)
{
    cst__slot_t slot = {.mode = CST__SLOT_LINEAR,
                        .tensor = tensor,
                        .axis = axis,
                        .factor = factor,
                        .offset = offset,
                        .step = step,
                        .transposed = factor < 0};

    if (tensor >= 0)
        cst__arch_slot(action, slot);
}

/* q -> A q, k -> A^-T k on the dimensions first ... first + n - 1 of the heads. */
static void
act_on_keys(const block_t *b, cst_arch_symmetry_t *symmetry, cst__algebra_t algebra, slong first, slong n)
{
    const cst_arch_spec_struct *s = b->spec;
    slong dk = s->key_width;
    cst__arch_action_t *action = cst__arch_act(symmetry, algebra, n, s->key_value_heads);

    action->interleaved = s->interleaved;
    for (slong j = 0; j < b->share; j++)
    {
        slot(action, b->wq, 0, 1, j * dk + first, b->share * dk);
        slot(action, b->bq, 0, 1, j * dk + first, b->share * dk);
    }
    slot(action, b->wk, 0, -1, first, dk);
    slot(action, b->bk, 0, -1, first, dk);
}

static void
add_general(cst_arch_t arch, const block_t *b)
{
    const cst_arch_spec_struct *s = b->spec;
    slong n = s->key_width - b->turning, g = s->key_value_heads;
    cst_arch_symmetry_t *symmetry;

    if (n < 1)
        return;
    symmetry = cst__arch_symmetry(arch, CST__FACT_QK, "layer", b->number);
    act_on_keys(b, symmetry, CST__ALGEBRA_GENERAL, b->turning, n);
    cst__arch_group(symmetry, "GL(%ld)^%ld", (long) n, (long) g);
    cst__arch_copies(symmetry, 2, g);
    cst__arch_conserve(symmetry, g * (n * (n + 1) / 2));
}

/* What commutes with the turning: a complex number for each pair; if all pairs turn alike, a matrix of them.
 */
static void
add_turning(cst_arch_t arch, const block_t *b)
{
    slong n = b->turning, m = n / 2, g = b->spec->key_value_heads;
    int equal = b->spec->rotary_base == 1 && m > 1;
    cst_arch_symmetry_t *symmetry;

    if (n < 1)
        return;
    symmetry =
        cst__arch_symmetry(arch, equal ? CST__FACT_ROTARY_EQUAL : CST__FACT_ROTARY, "layer", b->number);
    act_on_keys(b, symmetry, equal ? CST__ALGEBRA_COMPLEX_GENERAL : CST__ALGEBRA_COMPLEX_DIAGONAL, 0, n);
    if (equal)
        cst__arch_group(symmetry, "GL(%ld,C)^%ld", (long) m, (long) g);
    else
        cst__arch_group(symmetry, "(C*)^%ld", (long) (m * g));
    cst__arch_conserve(symmetry, g * (equal ? m * m : m)); /* Hermitian matrices */
}

/* Queries and keys are normalized: their lengths are free, and gains move between them. */
static void
add_qk_norm(cst_arch_t arch, const block_t *b)
{
    const cst_arch_spec_struct *s = b->spec;
    slong dk = s->key_width, pairs = b->turning / 2, gains = dk - pairs;
    cst_arch_symmetry_t *symmetry;
    cst__arch_action_t *action;

    if (fmpq_is_zero(s->epsilon))
    {
        symmetry = cst__arch_symmetry(arch, CST__FACT_QK_NORM, "layer", b->number);
        action = cst__arch_act(symmetry, CST__ALGEBRA_SCALAR, dk, s->heads);
        slot(action, b->wq, 0, 1, 0, dk);
        slot(action, b->bq, 0, 1, 0, dk);
        action = cst__arch_act(symmetry, CST__ALGEBRA_SCALAR, dk, s->key_value_heads);
        slot(action, b->wk, 0, 1, 0, dk);
        slot(action, b->bk, 0, 1, 0, dk);
        cst__arch_group(symmetry, "R+^%ld", (long) (s->heads + s->key_value_heads));
        cst__arch_conserve(symmetry, s->heads + s->key_value_heads);
    }
    symmetry = cst__arch_symmetry(arch, CST__FACT_QK_GAIN, "layer", b->number);
    if (pairs > 0)
    {
        action = cst__arch_act(symmetry, CST__ALGEBRA_PAIRS, b->turning, 1);
        action->interleaved = s->interleaved;
        slot(action, b->gq, 0, 1, 0, 0);
        slot(action, b->gk, 0, -1, 0, 0);
    }
    if (dk > b->turning)
    {
        action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, dk - b->turning, 1);
        slot(action, b->gq, 0, 1, b->turning, 0);
        slot(action, b->gk, 0, -1, b->turning, 0);
    }
    cst__arch_group(symmetry, "R*^%ld", (long) gains);
    cst__arch_copies(symmetry, 2, gains);
    cst__arch_conserve(symmetry, gains);
}

/* Signs s of rows of each W_Q, t of each W_K, and of g_Q, g_K, such that s t times both is 1 for each
   coordinate: two and n_kv of them are free, one is that of the gains above. The two coordinates of a pair
   have their own signs of gains, but then s of one and of the other agree, and t. Normalized queries and keys
   may change places of coordinates if their gains do: all alike in a pair, turned by a quarter of a turn. */
static void
add_qk_signs(cst_arch_t arch, const block_t *b)
{
    slong pairs = b->turning / 2, rest = b->spec->key_width - b->turning, g = b->spec->key_value_heads;
    slong power = pairs * (g + 4) + rest * (g + 1);
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_QK_SIGN, "layer", b->number);

    cst__arch_copies(symmetry, 2, power);
    if (rest > 1)
    {
        cst__arch_permutations(symmetry, rest, 1);
        cst__arch_group(symmetry, "order 2^%ld x| S_%ld", (long) power, (long) rest);
    }
    else
        cst__arch_group(symmetry, "order 2^%ld", (long) power);
}

/* The softmax does not see what b_K adds to all scores alike: where keys do not turn and are not normalized.
 */
static void
add_key_bias(cst_arch_t arch, const block_t *b)
{
    const cst_arch_spec_struct *s = b->spec;
    slong n = s->key_width - b->turning, g = s->key_value_heads;
    cst_arch_symmetry_t *symmetry;

    if (b->bk < 0 || n < 1 || s->qk_norm)
        return;
    symmetry = cst__arch_symmetry(arch, CST__FACT_KEY_BIAS, "layer", b->number);
    cst__arch_slot(cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n, g),
                   (cst__slot_t){.mode = CST__SLOT_CONSTANT,
                                 .tensor = b->bk,
                                 .factor = 1,
                                 .offset = b->turning,
                                 .step = s->key_width});
    cst__arch_group(symmetry, "R^%ld", (long) (n * g));
    cst__arch_conserve(symmetry, n * g);
}

static void
add_values(cst_arch_t arch, const block_t *b)
{
    const cst_arch_spec_struct *s = b->spec;
    slong n = s->value_width, g = s->key_value_heads;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_VO, "layer", b->number);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_GENERAL, n, g);

    slot(action, b->wv, 0, 1, 0, n);
    slot(action, b->bv, 0, 1, 0, n);
    for (slong j = 0; j < b->share; j++)
        slot(action, b->wo, 1, -1, j * n, b->share * n);
    cst__arch_group(symmetry, "GL(%ld)^%ld", (long) n, (long) g);
    cst__arch_copies(symmetry, 2, g);
    cst__arch_conserve(symmetry, g * (n * (n + 1) / 2));
}

/* Without an output bias: directions of b_V that W_O takes to 0 (with LayerNorm, to constants). */
static void
add_value_kernel(cst_arch_t arch, const block_t *b)
{
    const cst_arch_spec_struct *s = b->spec;
    int centred = s->norm == CST_ARCH_NORM_LAYER;
    slong n = s->value_width * s->key_value_heads - s->width + centred;
    cst_arch_symmetry_t *symmetry;

    if (n < 1)
        return;
    symmetry = cst__arch_symmetry(arch, CST__FACT_VALUE_KERNEL, "layer", b->number);
    cst__arch_slot(cst__arch_act(symmetry, CST__ALGEBRA_KERNEL, n, 1),
                   (cst__slot_t){.tensor = b->bv, .source = 1 + b->wo, .over = centred});
    cst__arch_group(symmetry, "R^%ld", (long) n);
}

/* The weights of the values add to 1: b_V reaches the output as W_O b_V. */
static void
add_value_bias(cst_arch_t arch, const block_t *b)
{
    const cst_arch_spec_struct *s = b->spec;
    slong n = s->value_width, g = s->key_value_heads;
    cst_arch_symmetry_t *symmetry;
    cst__arch_action_t *action;

    if (b->bv < 0)
        return;
    if (b->bo < 0)
    {
        add_value_kernel(arch, b);
        if (s->kind == CST_ARCH_TRANSFORMER && s->norm == CST_ARCH_NORM_NONE)
            cst__arch_doubt(arch, "value biases on a linear stream may stand in for an output bias");
        return;
    }
    symmetry = cst__arch_symmetry(arch, CST__FACT_VALUE_BIAS, "layer", b->number);
    action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n, g);
    cst__arch_slot(action,
                   (cst__slot_t){.mode = CST__SLOT_CONSTANT, .tensor = b->bv, .factor = 1, .step = n});
    for (slong j = 0; j < b->share; j++)
        cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_COLUMN,
                                             .tensor = b->bo,
                                             .source = 1 + b->wo,
                                             .factor = -1,
                                             .offset = j * n,
                                             .step = b->share * n});
    cst__arch_group(symmetry, "R^%ld", (long) (n * g));
}

static void
add_heads(cst_arch_t arch, const block_t *b)
{
    slong g = b->spec->key_value_heads;
    cst_arch_symmetry_t *symmetry;

    if (b->spec->position == CST_ARCH_POSITION_ALIBI) /* each head has its own slope */
        return;
    symmetry = cst__arch_symmetry(arch, CST__FACT_HEADS, "layer", b->number);
    cst__arch_permutations(symmetry, b->share, g);
    cst__arch_permutations(symmetry, g, 1);
    if (b->share > 1)
        cst__arch_group(symmetry, "S_%ld wr S_%ld", (long) b->share, (long) g);
    else
        cst__arch_group(symmetry, "S_%ld", (long) g);
}

static void
judge(cst_arch_t arch, const cst_arch_spec_struct *s)
{
    slong seen = s->width - (s->norm == CST_ARCH_NORM_LAYER ? 1 : 0);

    if (s->key_width > seen || s->value_width > seen)
        cst__arch_doubt(arch, "heads wider than the vectors they read: the products have more fibres");
    if (s->norm == CST_ARCH_NORM_LAYER && s->norm_bias && !s->query_bias)
        cst__arch_doubt(
            arch, "what a shift before an unbiased attention block adds to keys and values is unseen in "
                  "part");
    if (s->context < 3)
        cst__arch_doubt(arch, "so few positions do not tell all of the attention");
    if (s->position == CST_ARCH_POSITION_ROTARY && s->rotary_base < 2 && s->rotary_base != 1)
        cst__arch_doubt(arch, "the frequencies of the rotary pairs may coincide");
}

void
cst__arch_attention_block(cst_arch_t arch, cst__stream_t *stream, cst__read_t *read, slong number)
{
    const cst_arch_spec_struct *s = arch->spec;
    block_t b = {.spec = s, .number = number, .share = s->heads / s->key_value_heads};

    if (s->position == CST_ARCH_POSITION_ROTARY)
        b.turning = s->rotary_width;
    add_tensors(arch, &b);
    if (s->qk_norm)
    {
        add_qk_norm(arch, &b);
        add_qk_signs(arch, &b);
    }
    else
    {
        add_turning(arch, &b);
        add_general(arch, &b);
    }
    add_key_bias(arch, &b);
    add_values(arch, &b);
    add_value_bias(arch, &b);
    add_heads(arch, &b);
    judge(arch, s);
    if (!stream)
        return;
    cst__stream_consume(read, b.wq, b.bq);
    cst__stream_consume(read, b.wk, b.bk);
    cst__stream_consume(read, b.wv, b.bv);
    cst__stream_write(stream, b.wo, 0);
    if (b.bo >= 0)
        cst__stream_write(stream, b.bo, 0);
}
