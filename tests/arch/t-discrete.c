/* Discrete symmetries of transformers, element by element: the outputs stay, and without one of the steps
   they do not. */
#include "helper.h"

#include "arch/rank.h"

TestSuite(arch_discrete, .timeout = 120);

#define PREC 128

/* Weights k/32, not 0 and not small. */
static double *
draw_weights(const cst_arch_t arch)
{
    double *weights = flint_malloc((size_t) (arch->parameters + 1) * sizeof *weights);
    ulong state = 7;

    for (slong p = 0; p < arch->parameters; p++)
        weights[p] = (cst__arch_draw(&state, 2) ? 1 : -1) * (8 + (double) cst__arch_draw(&state, 40)) / 32;
    return weights;
}

static arb_ptr
outputs_of(slong *count, const cst_arch_t arch, const double *weights)
{
    slong in = cst_arch_input_size(arch);
    fmpq *tokens = _fmpq_vec_init(in);
    arb_ptr point = _arb_vec_init(arch->parameters), values;
    cst_tape_t tape;

    for (slong i = 0; i < in; i++)
        fmpq_set_si(tokens + i, (2 * i + 1) % arch->spec->vocabulary, 1);
    for (slong p = 0; p < arch->parameters; p++)
        arb_set_d(point + p, weights[p]);
    cr_assert_eq(cst_arch_compile(tape, arch, tokens, 1, NULL), CST_OK);
    *count = tape->output_count;
    values = _arb_vec_init(*count);
    cst_tape_eval_arb(values, tape, point, PREC);
    cst_tape_clear(tape);
    _arb_vec_clear(point, arch->parameters);
    _fmpq_vec_clear(tokens, in);
    return values;
}

/* Do both give the same outputs, within narrow balls? */
static int
agree(const cst_arch_t arch, const double *a, const double *b)
{
    slong count;
    arb_ptr x = outputs_of(&count, arch, a), y = outputs_of(&count, arch, b);
    int same = 1;

    for (slong i = 0; i < count; i++)
    {
        cr_assert_lt(mag_get_d(arb_radref(x + i)), 1e-25);
        same &= arb_overlaps(x + i, y + i);
    }
    _arb_vec_clear(x, count);
    _arb_vec_clear(y, count);
    return same;
}

/* Entry i along an axis becomes sign[to[i]] times entry to[i], from offset on; nothing if there is no such
   tensor. */
static void
move(double *weights, const cst_arch_t arch, const char *name, int axis, slong offset, slong n,
     const slong *to, const double *sign)
{
    slong t = cst_arch_find_tensor(arch, name), before = 1, after = 1, along;
    const cst_arch_tensor_t *tensor;
    double *old;

    if (t < 0)
        return;
    tensor = arch->tensors + t;
    along = tensor->shape[axis];
    for (int a = 0; a < axis; a++)
        before *= tensor->shape[a];
    for (int a = axis + 1; a < tensor->axes; a++)
        after *= tensor->shape[a];
    old = flint_malloc((size_t) tensor->size * sizeof *old);
    memcpy(old, weights + tensor->offset, (size_t) tensor->size * sizeof *old);
    for (slong p = 0; p < before; p++)
        for (slong i = 0; i < n; i++)
            for (slong q = 0; q < after; q++)
                weights[tensor->offset + (p * along + offset + i) * after + q] =
                    sign[to[i]] * old[(p * along + offset + to[i]) * after + q];
    flint_free(old);
}

/* Tied words hold the last gain: coordinates of the stream are exchanged, with signs. */
Test(arch_discrete, coordinates_of_a_tied_stream)
{
    static const struct
    {
        const char *text;
        double sign[4];
        double log10; /* of the order of the symmetry: 2^4 4!, or 2 4! */
    } cases[] = {
        {"{kind: transformer, style: llama, vocabulary: 7, context: 3, width: 4, layers: 1, heads: 2, "
         "hidden: 3, "
         "tied: true}",
         {1, -1, -1, 1},
         2.58433},
        {"{kind: transformer, vocabulary: 7, context: 3, width: 4, layers: 1, heads: 2, hidden: 3}",
         {-1, -1, -1, -1},
         1.68124},
    };
    static const char *const writers[] = {"wo1", "bo1", "wd1", "bd1"},
                             *const readers[] = {"wq1", "wk1", "wv1", "wu1", "wg1"},
                             *const gains[] = {"ga1_1", "ga2_1", "ga"},
                             *const shifts[] = {"be1_1", "be2_1", "be"};
    static const slong to[] = {2, 0, 3, 1};
    static const double plus[] = {1, 1, 1, 1};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    {
        const double *sign = cases[c].sign;
        double *weights, *moved;
        cst_arch_t arch;
        slong s = 0;

        make_arch(arch, cases[c].text);
        weights = draw_weights(arch);
        moved = flint_malloc((size_t) arch->parameters * sizeof *moved);
        memcpy(moved, weights, (size_t) arch->parameters * sizeof *moved);
        move(moved, arch, "we", 1, 0, 4, to, sign);
        move(moved, arch, "wp", 1, 0, 4, to, sign);
        for (int k = 0; k < 4; k++)
            move(moved, arch, writers[k], 0, 0, 4, to, sign);
        cr_expect(!agree(arch, weights, moved), "writers alone");
        for (int k = 0; k < 5; k++)
            move(moved, arch, readers[k], 1, 0, 4, to, sign);
        for (int k = 0; k < 3; k++)
            move(moved, arch, gains[k], 0, 0, 4, to, plus);
        /* W (gamma n + beta) with -n: the shift turns its sign */
        for (int k = 0; k < 3; k++)
            move(moved, arch, shifts[k], 0, 0, 4, to, sign);
        cr_expect(agree(arch, weights, moved), "%s", cases[c].text);
        while (s < arch->symmetry_count &&
               strcmp(arch->symmetries[s].fact->name, "exchange of the stream's coordinates") != 0)
            s++;
        cr_assert_lt(s, arch->symmetry_count);
        cr_expect_float_eq(arf_get_d(arb_midref(arch->symmetries[s].log10_order), ARF_RND_NEAR),
                           cases[c].log10, 1e-5);
        flint_free(moved);
        flint_free(weights);
        cst_arch_clear(arch);
    }
}

#define QK                                                                                                   \
    "{kind: transformer, style: llama, vocabulary: 7, context: 3, width: 4, layers: 1, heads: 4, hidden: "   \
    "0, "                                                                                                    \
    "key-value-heads: 2, key-width: 4, qk-norm: true, query-bias: true, "

static double
qk_order(const cst_arch_t arch)
{
    for (slong s = 0; s < arch->symmetry_count; s++)
        if (strcmp(arch->symmetries[s].fact->name, "signs and exchanges under QK-norm") == 0)
            return fmpz_get_d(arch->symmetries[s].order);
    return 0;
}

/* Two groups of two heads. Coordinates that do not turn: those of all heads are exchanged; signs of those of
   one group; those of all heads of queries against their gain. */
Test(arch_discrete, normalized_queries_and_keys)
{
    static const slong to[] = {1, 3, 0, 2}, stay[] = {0, 1, 2, 3};
    static const double plus[] = {1, 1, 1, 1}, one[] = {1, 1, -1, 1};
    static const char *const queries[] = {"wq1", "bq1"}, *const keys[] = {"wk1", "bk1"};
    cst_arch_t arch;
    double *weights, *moved;

    make_arch(arch, QK "positions: none}");
    cr_expect_eq(qk_order(arch), 24.0 * (1 << 4 * 3));
    weights = draw_weights(arch);
    moved = flint_malloc((size_t) arch->parameters * sizeof *moved);
    memcpy(moved, weights, (size_t) arch->parameters * sizeof *moved);
    for (int k = 0; k < 2; k++)
    {
        for (slong h = 0; h < 4; h++)
            move(moved, arch, queries[k], 0, 4 * h, 4, to, plus);
        for (slong h = 0; h < 2; h++)
            move(moved, arch, keys[k], 0, 4 * h, 4, to, plus);
    }
    cr_expect(!agree(arch, weights, moved), "gains stay behind");
    move(moved, arch, "gq1", 0, 0, 4, to, plus);
    move(moved, arch, "gk1", 0, 0, 4, to, plus);
    cr_expect(agree(arch, weights, moved), "exchange");
    for (int k = 0; k < 2; k++)
        for (slong h = 2; h < 4; h++)
            move(moved, arch, queries[k], 0, 4 * h, 4, stay, one);
    cr_expect(!agree(arch, weights, moved), "queries of a group without its keys");
    for (int k = 0; k < 2; k++)
        move(moved, arch, keys[k], 0, 4, 4, stay, one);
    cr_expect(agree(arch, weights, moved), "signs of a group");
    for (int k = 0; k < 2; k++)
        for (slong h = 0; h < 4; h++)
            move(moved, arch, queries[k], 0, 4 * h, 4, stay, one);
    move(moved, arch, "gq1", 0, 0, 4, stay, one);
    cr_expect(agree(arch, weights, moved), "signs of queries and their gain");
    flint_free(moved);
    flint_free(weights);
    cst_arch_clear(arch);
}

/* Pairs (1, 3) and (2, 4) turn: one of them by a quarter in all heads, (x, y) -> (-y, x), its gains
   exchanged; both coordinates of the pairs of one group change signs, or one coordinate and its gain. */
Test(arch_discrete, normalized_rotary_pairs)
{
    static const slong quarter[] = {2, 1, 0, 3}, stay[] = {0, 1, 2, 3};
    static const double plus[] = {1, 1, 1, 1}, turn[] = {1, 1, -1, 1}, pair[] = {1, -1, 1, -1};
    static const char *const queries[] = {"wq1", "bq1"}, *const keys[] = {"wk1", "bk1"};
    cst_arch_t arch;
    double *weights, *moved;

    make_arch(arch, QK "positions: rotary}");
    cr_expect_eq(qk_order(arch), 1 << 2 * 6);
    weights = draw_weights(arch);
    moved = flint_malloc((size_t) arch->parameters * sizeof *moved);
    memcpy(moved, weights, (size_t) arch->parameters * sizeof *moved);
    for (int k = 0; k < 2; k++)
    {
        for (slong h = 0; h < 4; h++)
            move(moved, arch, queries[k], 0, 4 * h, 4, quarter, turn);
        for (slong h = 0; h < 2; h++)
            move(moved, arch, keys[k], 0, 4 * h, 4, quarter, turn);
    }
    cr_expect(!agree(arch, weights, moved), "gains stay behind");
    move(moved, arch, "gq1", 0, 0, 4, quarter, plus);
    move(moved, arch, "gk1", 0, 0, 4, quarter, plus);
    cr_expect(agree(arch, weights, moved), "a quarter of a turn");
    for (int k = 0; k < 2; k++)
        for (slong h = 0; h < 2; h++)
            move(moved, arch, queries[k], 0, 4 * h, 4, stay, pair);
    for (int k = 0; k < 2; k++)
        move(moved, arch, keys[k], 0, 0, 4, stay, pair);
    cr_expect(agree(arch, weights, moved), "signs of pairs of a group");
    for (int k = 0; k < 2; k++)
        for (slong h = 0; h < 4; h++)
            move(moved, arch, queries[k], 0, 4 * h, 4, stay, turn);
    cr_expect(!agree(arch, weights, moved), "one coordinate of a pair");
    move(moved, arch, "gq1", 0, 0, 4, stay, turn);
    cr_expect(agree(arch, weights, moved), "one coordinate and its gain");
    flint_free(moved);
    flint_free(weights);
    cst_arch_clear(arch);
}
