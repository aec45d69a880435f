/* arch/hidden.c -- a layer of hidden units between linear maps: what its activation does not see. */
#include "arch/model.h"

static void
scale_units(cst_arch_symmetry_t *symmetry, const cst__hidden_t *hidden, slong degree)
{
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, hidden->width, 1);
    int gradient = 1; /* is each generator the gradient of a function? */

    for (int u = 0; u < 2; u++)
        cst__arch_linear(action, hidden->units[u], 0, 1);
    for (slong r = 0; r < hidden->reader_count; r++)
    {
        const cst__reader_t *reader = hidden->readers + r;

        gradient &= reader->renorm < 0;
        cst__arch_linear(action, reader->tensor, reader->axis, -degree);
        if (reader->renorm >= 0)
            cst__arch_slot(action, (cst__slot_t){.mode = CST__SLOT_RENORM,
                                                 .tensor = reader->renorm,
                                                 .source = 1 + reader->tensor,
                                                 .factor = -degree});
    }
    if (gradient)
        cst__arch_conserve(symmetry, hidden->width);
}

/* exp(b + t) = e^t exp(b) */
static void
shift_exponents(cst_arch_symmetry_t *symmetry, const cst__hidden_t *hidden)
{
    cst__arch_action_t *action = cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, hidden->width, 1);

    cst__arch_slot(action,
                   (cst__slot_t){.mode = CST__SLOT_CONSTANT, .tensor = hidden->units[1], .factor = 1});
    for (slong r = 0; r < hidden->reader_count; r++)
        cst__arch_linear(action, hidden->readers[r].tensor, hidden->readers[r].axis, -1);
    cst__arch_conserve(symmetry, hidden->width);
}

/* The group in words, its discrete part: 2^h signs if there are, h! permutations if they count here. */
static void
add_discrete(cst_arch_symmetry_t *symmetry, const cst__hidden_t *hidden, const char *group, int signs)
{
    long h = hidden->width, groups = hidden->groups > 1 ? hidden->groups : 1;
    char order[64];

    if (groups > 1)
        snprintf(order, sizeof order, "(S_%ld wr S_%ld)", h / groups, groups);
    else
        snprintf(order, sizeof order, "S_%ld", h);
    if (signs)
        cst__arch_copies(symmetry, 2, h);
    if (!hidden->unordered)
    {
        cst__arch_permutations(symmetry, h / groups, groups);
        cst__arch_permutations(symmetry, groups, 1);
    }
    if (!*group)
        cst__arch_group(symmetry, "%s", order);
    else if (hidden->unordered)
        cst__arch_group(symmetry, "%s^%ld", group, h);
    else
        cst__arch_group(symmetry, "%s^%ld x| %s", group, h, order);
}

static void
add_scale(cst_arch_t arch, const cst__hidden_t *hidden, int signs)
{
    cst__fact_t fact = hidden->channels ? CST__FACT_CHANNEL : signs ? CST__FACT_MONOMIAL : CST__FACT_SCALE;
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, fact, hidden->place, hidden->number);
    int power = hidden->activation == CST_ARCH_RELU || hidden->activation == CST_ARCH_MONOMIAL;

    scale_units(symmetry, hidden, power ? hidden->degree : 1);
    add_discrete(symmetry, hidden, signs ? "R*" : "R+", signs);
}

/* Permutations, and signs if the activation is odd, or odd about 1/2 and the next layer has a bias. */
static void
add_finite(cst_arch_t arch, const cst__hidden_t *hidden)
{
    cst_arch_activation_t s = hidden->activation;
    int odd = s == CST_ARCH_TANH || s == CST_ARCH_SIN || s == CST_ARCH_IDENTITY ||
              (s == CST_ARCH_MONOMIAL && hidden->degree % 2);
    int half = s == CST_ARCH_SIGMOID && hidden->next_bias;
    cst__fact_t fact = odd ? CST__FACT_FLIP : half ? CST__FACT_SIGMOID_FLIP : CST__FACT_PERMUTE;

    if (odd || half || !hidden->unordered)
        add_discrete(cst__arch_symmetry(arch, fact, hidden->place, hidden->number), hidden,
                     odd || half ? "{+-1}" : "", odd || half);
}

static void
add_exponential(cst_arch_t arch, const cst__hidden_t *hidden)
{
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_EXP, hidden->place, hidden->number);

    shift_exponents(symmetry, hidden);
    add_discrete(symmetry, hidden, "R", 0);
}

void
cst__arch_add_signs(cst_arch_t arch, slong layer, slong count)
{
    cst_arch_symmetry_t *symmetry = cst__arch_symmetry(arch, CST__FACT_NORM_SIGN, "layer", layer);

    cst__arch_group(symmetry, "{+-1}^%ld", (long) count);
    cst__arch_copies(symmetry, 2, count);
}

void
cst__arch_hidden(cst_arch_t arch, const cst__hidden_t *hidden)
{
    switch (hidden->fixed ? CST_ARCH_ACTIVATION_COUNT : hidden->activation)
    {
    case CST_ARCH_RELU:
    case CST_ARCH_LEAKY_RELU:
        add_scale(arch, hidden, 0);
        break;
    case CST_ARCH_MONOMIAL:
    case CST_ARCH_IDENTITY:
        add_scale(arch, hidden, 1);
        break;
    case CST_ARCH_EXP:
        if (hidden->units[1] >= 0)
        {
            add_exponential(arch, hidden);
            break;
        }
        /* fall through */
    default:
        add_finite(arch, hidden);
    }
}
