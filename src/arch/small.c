/* arch/small.c -- a mixture's gate, and a linear state-space layer. */
#include "arch/model.h"

cst_status_t
cst__arch_gate(cst_arch_t arch, cst_error_t *error)
{
    const cst_arch_spec_struct *s = arch->spec;
    slong gate;
    cst_arch_symmetry_t *symmetry;

    if (s->experts < 1 || s->width < 1 || s->value_width < 1)
        return cst__arch_fail(error, "a gate needs experts, a width and an output width");
    gate = cst__arch_tensor(arch, s->experts, s->width, 0, 0, "wg", -1);
    cst__arch_tensor(arch, s->experts, s->value_width, s->width, 0, "v", -1);
    symmetry = cst__arch_symmetry(arch, CST__FACT_GATE, "gate", -1);
    cst__arch_permutations(symmetry, s->experts, 1);
    if (s->sigmoid)
    {
        cst__arch_group(symmetry, "S_%ld", (long) s->experts);
        return CST_OK;
    }
    cst__arch_slot(cst__arch_act(symmetry, CST__ALGEBRA_DIAGONAL, s->width, 1),
                   (cst__slot_t){.mode = CST__SLOT_ONES, .tensor = gate, .axis = 1, .factor = 1});
    cst__arch_group(symmetry, "R^%ld x S_%ld", (long) s->width, (long) s->experts);
    cst__arch_conserve(symmetry, s->width);
    return CST_OK;
}

cst_status_t
cst__arch_state_space(cst_arch_t arch, cst_error_t *error)
{
    const cst_arch_spec_struct *s = arch->spec;
    slong n = s->state, a, b, c;
    cst_arch_symmetry_t *symmetry;
    cst__arch_action_t *action;

    if (n > 1000000)
        return cst__arch_fail(error, "a state has at most a million dimensions");
    if (n < 1 || s->width < 1 || s->value_width < 1)
        return cst__arch_fail(error, "a state-space layer needs a state, a width and an output width");
    a = cst__arch_tensor(arch, n, s->diagonal ? 0 : n, 0, 0, "a", -1);
    b = cst__arch_tensor(arch, n, s->width, 0, 0, "b", -1);
    c = cst__arch_tensor(arch, s->value_width, n, 0, 0, "c", -1);
    symmetry =
        cst__arch_symmetry(arch, s->diagonal ? CST__FACT_STATE_DIAGONAL : CST__FACT_STATE, "state", -1);
    action = cst__arch_act(symmetry, s->diagonal ? CST__ALGEBRA_DIAGONAL : CST__ALGEBRA_GENERAL, n, 1);
    if (!s->diagonal)
    {
        cst__arch_linear(action, a, 0, 1);
        cst__arch_linear(action, a, 1, -1);
    }
    cst__arch_linear(action, b, 0, 1);
    cst__arch_linear(action, c, 1, -1);
    if (s->diagonal)
    {
        cst__arch_group(symmetry, "R*^%ld x| S_%ld", (long) n, (long) n);
        cst__arch_copies(symmetry, 2, n);
        cst__arch_permutations(symmetry, n, 1);
        cst__arch_conserve(symmetry, n);
    }
    else
    {
        cst__arch_group(symmetry, "GL(%ld)", (long) n);
        cst__arch_copies(symmetry, 2, 1);
        cst__arch_conserve(symmetry, n * (n + 1) / 2);
    }
    if (s->context < 2 * n)
        cst__arch_doubt(arch, "fewer than 2 n steps do not tell all of a state of n dimensions");
    return CST_OK;
}
