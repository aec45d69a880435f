/* arch/mlp.c -- multilayer perceptrons, mean-field and scale-invariant networks. */
#include "arch/model.h"

/* Weights of layer l are w (or v and g, for w = g v/|v|), its bias is b. */
typedef struct
{
    slong weight, gain, bias;
} layer_t;

static layer_t
add_layer(cst_arch_t arch, slong l)
{
    const cst_arch_spec_struct *spec = arch->spec;
    int last = l == spec->depth, normed = spec->norm == CST_ARCH_NORM_WEIGHT && !last;
    slong out = spec->widths[l], in = spec->widths[l - 1];
    int biased = spec->bias && !(last && spec->kind == CST_ARCH_MEAN_FIELD);
    layer_t layer;

    layer.weight = cst__arch_tensor(arch, out, in, 0, 0, normed ? "v" : "w", l);
    layer.gain = normed ? cst__arch_tensor(arch, out, 0, 0, 0, "g", l) : -1;
    layer.bias = biased ? cst__arch_tensor(arch, out, 0, 0, 0, "b", l) : -1;
    return layer;
}

/* Rows of a weight matrix whose lengths are not seen. */
static void
add_lengths(cst_arch_t arch, cst__fact_t fact, slong l, slong weight)
{
    slong n = arch->spec->widths[l];
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, fact, "layer", l);

    cst__arch_linear(cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n, 1), weight, 0, 1);
    cst__arch_group(symmetry, "R+^%ld", (long) n);
    cst__arch_conserve(symmetry, n);
}

static void
add_exchange(cst_arch_t arch, cst__hidden_t *hidden)
{
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_NEURONS, "neurons", -1);

    cst__arch_group(symmetry, "S_%ld", (long) hidden->width);
    cst__arch_permutations(symmetry, hidden->width, 1);
    hidden->place = "neurons";
    hidden->number = -1;
    hidden->unordered = 1;
}

static void
add_hidden(cst_arch_t arch, slong l, layer_t own, layer_t next)
{
    const cst_arch_spec_struct *spec = arch->spec;
    cst__reader_t reader = {next.weight, 1, next.gain};
    cst__hidden_t hidden = {.place = "layer",
                            .number = l,
                            .width = spec->widths[l],
                            .activation = spec->activation,
                            .degree = spec->degree,
                            .units = {own.gain >= 0 ? own.gain : own.weight, own.bias},
                            .readers = &reader,
                            .reader_count = 1,
                            .next_bias = next.bias >= 0};

    hidden.fixed = spec->kind == CST_ARCH_SCALE_INVARIANT;
    if (spec->kind == CST_ARCH_MEAN_FIELD)
        add_exchange(arch, &hidden);
    if (hidden.fixed)
        add_lengths(arch, CST__FACT_UNIT, l, own.weight);
    if (own.gain >= 0)
    {
        add_lengths(arch, CST__FACT_WEIGHT_NORM, l, own.weight);
        cst__arch_add_signs(arch, l, spec->widths[l]);
    }
    cst__arch_hidden(arch, &hidden);
}

/* sum_j v_j (w_j x)^2 is the form W^T D W of rank min(h, n): what keeps it is O(D) beyond the scales. */
static void
add_quadratic(cst_arch_t arch, slong weight, slong reader)
{
    slong n = arch->spec->widths[0], h = arch->spec->widths[1], k = h < n ? h : n;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_QUADRATIC, "layer", 1);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_QUADRATIC, h, 1);

    cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_LINEAR, .tensor = weight, .source = 1 + reader});
    cst__arch_group(symmetry, "O(D), D = diag v");
    /* P - dim of the forms of rank k, less the h scales */
    fmpz_set_si(symmetry->dimension, h * n - (k * n - k * (k - 1) / 2));
    arch->basis = CST_ARCH_THEOREM;
}

void
cst__arch_add_softmax(cst_arch_t arch, slong weight, slong bias)
{
    slong n = arch->tensors[weight].size / arch->tensors[weight].shape[0];
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_SOFTMAX, "output", -1);
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, n, 1);

    cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_ROWS, .tensor = weight, .factor = 1});
    if (bias >= 0)
    {
        action = cst__arch_act(symmetry, CST__ALGEBRA_SCALAR, 1, 1);
        cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_ALL, .tensor = bias, .factor = 1});
    }
    cst__arch_group(symmetry, "R^%ld", (long) (n + (bias >= 0)));
    cst__arch_conserve(symmetry, n + (bias >= 0));
}

/* Where the number of symmetries is not known by a theorem or by certified ranks of models alike. */
static void
judge(cst_arch_t arch)
{
    const cst_arch_spec_struct *spec = arch->spec;
    int monomial = spec->activation == CST_ARCH_MONOMIAL;

    if (arch->basis == CST_ARCH_THEOREM || spec->depth < 2)
        return;
    if (spec->activation == CST_ARCH_IDENTITY || (monomial && spec->degree == 1))
        cst__arch_doubt(arch, "without an activation the layers compose: describe it as linear");
    if (monomial && spec->bias)
        cst__arch_doubt(arch, "powers of affine functions may have relations");
    /* Powers of independent linear forms have none. */
    if (monomial && spec->widths[1] > spec->widths[0])
        cst__arch_doubt(arch, "so many powers of linear forms may have relations");
    if ((monomial || spec->activation == CST_ARCH_EXP) && spec->depth > 2)
        cst__arch_doubt(arch, "compositions of powers or exponentials may have more symmetries");
}

cst_status_t
cst__arch_mlp(cst_arch_t arch, cst_error_t *error)
{
    const cst_arch_spec_struct *spec = arch->spec;
    layer_t own, next;

    if (spec->depth < 1)
        return cst__arch_fail(error, "a network needs at least two widths");
    if (spec->kind == CST_ARCH_MEAN_FIELD && spec->depth != 2)
        return cst__arch_fail(error, "a mean-field network has three widths: inputs, neurons, outputs");
    own = add_layer(arch, 1);
    for (slong l = 2; l <= spec->depth; l++, own = next)
    {
        next = add_layer(arch, l);
        add_hidden(arch, l - 1, own, next);
        if (l == 2 && spec->depth == 2 && spec->activation == CST_ARCH_MONOMIAL && spec->degree == 2 &&
            spec->widths[2] == 1 && !spec->bias && spec->kind == CST_ARCH_MLP)
            add_quadratic(arch, own.weight, next.weight);
    }
    if (spec->softmax)
        cst__arch_add_softmax(arch, own.weight, own.bias);
    judge(arch);
    return CST_OK;
}
