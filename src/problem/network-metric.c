/* problem/network-metric.c -- a metric that the scalings of a network leave invariant, and the points of
   their orbits where the parameters that grow and those that shrink balance. */
#include <stdio.h>
#include <string.h>

#include "problem/network.h"

static cst_status_t
refuse_groups(cst__network_t *net, const char *words)
{
    cst__draft_t *draft = net->draft;

    return cst__draft_fail(draft, cst_io_yaml_get(draft->yaml->root, "architecture"), CST_REFUSED, "%s",
                           words);
}

/* (sum of the members)^2 over their number: what a sum of squares must lose to stay when they are shifted */
static cst_expr_t
shift_square(cst__network_t *net, const cst__network_shift_t *shift)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);

    for (slong i = 0; i < shift->length; i++)
        sum = cst_expr_add(ctx, sum, net->values[shift->members[i]]);
    return cst_expr_div(ctx, cst_expr_power_si(ctx, sum, 2), cst_expr_integer(ctx, shift->length));
}

cst_status_t
cst__network_balance(cst__network_balance_t *balance, cst__network_t *net, slong r)
{
    cst_expr_ctx_t ctx = net->draft->ctx;

    balance->rate = cst__network_rationals(net, 3);
    for (int side = 0; side < 2; side++)
        balance->sums[side] = balance->here[side] = cst_expr_integer(ctx, 0);
    for (slong a = 0; a < net->count; a++)
    {
        const fmpq *weight = net->exponents + r * net->count + a;
        int side = fmpq_sgn(weight) < 0;

        if (fmpq_is_zero(weight))
            continue;
        for (slong s = 0; s < net->rank; s++)
            if (s != r && !fmpq_is_zero(net->exponents + s * net->count + a))
                return refuse_groups(net, "a parameter is scaled by two symmetries: give a 'metric', and the "
                                          "construction 'invariant-metric'");
        fmpq_abs(balance->rate + 2, weight);
        if (!fmpq_is_zero(balance->rate + side) && !fmpq_equal(balance->rate + side, balance->rate + 2))
            return refuse_groups(net,
                                 "a symmetry scales parameters by different powers: give a 'metric', and "
                                 "the construction 'invariant-metric'");
        fmpq_set(balance->rate + side, balance->rate + 2);
        balance->sums[side] =
            cst_expr_add(ctx, balance->sums[side], cst_expr_power_si(ctx, net->values[a], 2));
        balance->here[side] =
            cst_expr_add(ctx, balance->here[side], cst_expr_power_si(ctx, net->gauge[a], 2));
    }
    for (slong s = 0; s < net->shift_count; s++)
    {
        int side = fmpq_sgn(net->exponents + r * net->count + net->shifts[s].members[0]);

        if (side)
            balance->sums[side < 0] =
                cst_expr_sub(ctx, balance->sums[side < 0], shift_square(net, net->shifts + s));
    }
    return CST_OK;
}

/* What makes the differentials of the parameters on one side invariant: a power of the sum of squares of the
   other side, or 1/sum of squares if there is no other side. */
static cst_expr_t
factor(cst__network_t *net, const cst__network_balance_t *balance, int side)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    fmpq_t power;
    cst_expr_t e;

    if (fmpq_is_zero(balance->rate + !side))
        return cst_expr_power_si(ctx, balance->sums[side], -1);
    fmpq_init(power);
    fmpq_div(power, balance->rate + side, balance->rate + !side);
    e = cst_expr_power(ctx, balance->sums[!side], power);
    fmpq_clear(power);
    return e;
}

cst_expr_t
cst__network_differential(cst__network_t *net, slong a)
{
    char *name = cst__draft_alloc(net->draft, strlen(net->names[a]) + 2, 1);

    sprintf(name, "d%s", net->names[a]);
    return cst_expr_variable(net->draft->ctx, name);
}

cst_expr_t
cst__network_metric(cst__network_t *net, const cst__network_balance_t *balances)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    const cst_arch_spec_struct *spec = net->arch->spec;
    cst_expr_t form = cst_expr_integer(ctx, 0);

    for (slong r = -1; r < net->rank; r++) /* -1: what no generator moves */
        for (int side = 0; side < 2; side++)
        {
            cst_expr_t part = cst_expr_integer(ctx, 0);

            for (slong a = 0; a < net->count; a++)
            {
                int moved = net->in_block[a];

                for (slong s = 0; s < net->rank; s++)
                    moved |= !fmpq_is_zero(net->exponents + s * net->count + a);
                if (r < 0 ? moved || side : fmpq_sgn(net->exponents + r * net->count + a) != (side ? -1 : 1))
                    continue;
                part = cst_expr_add(ctx, part, cst_expr_power_si(ctx, cst__network_differential(net, a), 2));
            }
            if (cst_expr_is_integer_value(part, 0))
                continue;
            form = cst_expr_add(ctx, form,
                                r < 0 ? part : cst_expr_mul(ctx, factor(net, balances + r, side), part));
        }
    for (slong b = 0; b < net->block_count; b++)
        form = cst_expr_add(ctx, form, cst__network_block_metric(net, net->blocks + b));
    if (spec->kind == CST_ARCH_MEAN_FIELD)
        form = cst_expr_div(ctx, form, cst_expr_integer(ctx, spec->widths[1]));
    return form;
}

cst_status_t
cst__network_balanced_section(cst_expr_t *section, cst_expr_t *names, cst_expr_t *scales, cst__network_t *net,
                              const cst__network_balance_t *balances)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    fmpq *q = cst__network_rationals(net, 2);

    for (slong a = 0; a < net->count; a++)
        section[a] = net->gauge[a];
    for (slong r = 0; r < net->rank; r++)
    {
        const cst__network_balance_t *b = balances + r;
        cst_expr_t ratio;
        char word[32];

        if (fmpq_is_zero(b->rate) || fmpq_is_zero(b->rate + 1))
            return refuse_groups(net,
                                 "a symmetry only lengthens parameters: no point of its orbits is balanced; "
                                 "take the construction 'invariant-metric'");
        ratio = cst_expr_div(ctx, b->here[1], b->here[0]);
        fmpq_div(q, b->rate + 1, b->rate);
        ratio = cst_expr_mul(ctx, cst_expr_rational(ctx, q), ratio);
        scales[r] = cst_expr_sqrt(ctx, ratio);
        snprintf(word, sizeof word, "scale_%ld", (long) r + 1);
        names[r] = cst_expr_variable(ctx, word);
        fmpq_add(q, b->rate, b->rate + 1);
        for (slong a = 0; a < net->count; a++)
        {
            fmpq_div(q + 1, net->exponents + r * net->count + a, q);
            section[a] = cst_expr_mul(ctx, section[a], cst_expr_power(ctx, names[r], q + 1));
        }
    }
    return CST_OK;
}
