/* arch/reverse-mod.c -- reverse-mode derivatives modulo a prime, functions taken as unknown. */
#include <string.h>

#include "arch/reverse.h"

/* A number below p that depends on the seed, the function and its argument as if at random (the mixing of
   SplitMix64, Steele, Lea, Flood 2014). */
static ulong
unknown(ulong seed, ulong function, ulong argument, nmod_t mod)
{
    ulong z = seed;

    for (int round = 0; round < 3; round++)
    {
        z += UWORD(0x9e3779b97f4a7c15) + (round == 0 ? argument : function);
        z = (z ^ (z >> 30)) * UWORD(0xbf58476d1ce4e5b9);
        z = (z ^ (z >> 27)) * UWORD(0x94d049bb133111eb);
        z ^= z >> 31;
    }
    return z % mod.n;
}

int
cst__rational_mod(ulong *value, const fmpq_t q, nmod_t mod)
{
    ulong n = fmpz_fdiv_ui(fmpq_numref(q), mod.n), d = fmpz_fdiv_ui(fmpq_denref(q), mod.n);

    if (d == 0)
        return 0;
    *value = nmod_div(n, d, mod);
    return 1;
}

/* Functions f with their derivatives; 0 if a divisor is 0. */
static int
function_op(ulong *v, ulong *da, const cst_tape_op_t *op, ulong a, nmod_t mod, ulong seed)
{
    ulong t;

    *v = unknown(seed, (ulong) op->code, a, mod);
    switch (op->code)
    {
    case CST_TAPE_INVERSE:
        if (a == 0)
            return 0;
        *v = nmod_inv(a, mod);
        *da = nmod_neg(nmod_mul(*v, *v, mod), mod);
        return 1;
    case CST_TAPE_POWER:
        if (a == 0 || !cst__rational_mod(&t, op->value, mod))
            return 0;
        *v = unknown(seed, t, a, mod);
        *da = nmod_mul(t, nmod_div(*v, a, mod), mod);
        return 1;
    case CST_TAPE_EXP:
        *da = *v;
        return 1;
    case CST_TAPE_LOG:
        if (a == 0)
            return 0;
        *da = nmod_inv(a, mod);
        return 1;
    case CST_TAPE_SIN:
        *da = unknown(seed, CST_TAPE_COS, a, mod);
        return 1;
    case CST_TAPE_COS:
        *da = nmod_neg(unknown(seed, CST_TAPE_SIN, a, mod), mod);
        return 1;
    case CST_TAPE_ATAN:
        t = nmod_add(nmod_mul(a, a, mod), 1, mod);
        if (t == 0)
            return 0;
        *da = nmod_inv(t, mod);
        return 1;
    case CST_TAPE_ERF:
        *da = unknown(seed, 1000, a, mod);
        return 1;
    default: /* step */
        *v &= 1;
        return 1;
    }
}

static int
mod_op(ulong *v, ulong *da, ulong *db, const cst_tape_op_t *op, ulong a, ulong b, const ulong *inputs,
       nmod_t mod, ulong seed)
{
    *da = *db = 0;
    switch (op->code)
    {
    case CST_TAPE_INPUT:
        *v = inputs[op->a];
        return 1;
    case CST_TAPE_RATIONAL:
        return cst__rational_mod(v, op->value, mod);
    case CST_TAPE_PI:
        *v = unknown(seed, 2000, 0, mod);
        return 1;
    case CST_TAPE_ADD:
        *da = *db = 1;
        *v = nmod_add(a, b, mod);
        return 1;
    case CST_TAPE_SUB:
        *da = 1;
        *db = mod.n - 1;
        *v = nmod_sub(a, b, mod);
        return 1;
    case CST_TAPE_MUL:
        *v = nmod_mul(a, b, mod);
        *da = b;
        *db = a;
        return 1;
    case CST_TAPE_SCALE:
        if (!cst__rational_mod(da, op->value, mod))
            return 0;
        *v = nmod_mul(a, *da, mod);
        return 1;
    default:
        return function_op(v, da, op, a, mod, seed);
    }
}

int
cst__reverse_mod(ulong *values, ulong *left, ulong *right, const cst_tape_t tape, const ulong *inputs,
                 nmod_t mod, ulong seed)
{
    for (slong i = 0; i < tape->length; i++)
    {
        const cst_tape_op_t *op = tape->ops + i;
        int leaf = op->code == CST_TAPE_INPUT || op->a < 0;

        if (!mod_op(values + i, left + i, right + i, op, leaf ? 0 : values[op->a],
                    op->b < 0 ? 0 : values[op->b], inputs, mod, seed))
            return 0;
    }
    return 1;
}

void
cst__reverse_mod_gradient(ulong *gradient, ulong *adjoint, const ulong *left, const ulong *right,
                          const cst_tape_t tape, slong output, nmod_t mod)
{
    slong last = tape->outputs[output];

    memset(gradient, 0, (size_t) tape->inputs * sizeof *gradient);
    memset(adjoint, 0, (size_t) (last + 1) * sizeof *adjoint);
    adjoint[last] = 1;
    for (slong i = last; i >= 0; i--)
    {
        const cst_tape_op_t *op = tape->ops + i;

        if (adjoint[i] == 0)
            continue;
        if (op->code == CST_TAPE_INPUT)
            gradient[op->a] = nmod_add(gradient[op->a], adjoint[i], mod);
        else if (op->a >= 0)
            adjoint[op->a] = nmod_addmul(adjoint[op->a], adjoint[i], left[i], mod);
        if (op->b >= 0)
            adjoint[op->b] = nmod_addmul(adjoint[op->b], adjoint[i], right[i], mod);
    }
}
