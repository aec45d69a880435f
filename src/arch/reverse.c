/* arch/reverse.c -- reverse-mode derivatives in floating point and in balls. */
#include <math.h>
#include <string.h>

#include "arch/reverse.h"
#include "expr/ball.h"

static void
double_op(double *v, double *da, double *db, const cst_tape_op_t *op, double a, double b,
          const double *inputs)
{
    *da = *db = 0;
    switch (op->code)
    {
    case CST_TAPE_INPUT:
        *v = inputs[op->a];
        break;
    case CST_TAPE_RATIONAL:
        *v = op->nearest;
        break;
    case CST_TAPE_PI:
        *v = acos(-1.0);
        break;
    case CST_TAPE_ADD:
    case CST_TAPE_SUB:
        *da = 1;
        *db = op->code == CST_TAPE_ADD ? 1 : -1;
        *v = a + *db * b;
        break;
    case CST_TAPE_MUL:
        *v = a * b;
        *da = b;
        *db = a;
        break;
    case CST_TAPE_SCALE:
        *v = op->nearest * a;
        *da = op->nearest;
        break;
    case CST_TAPE_INVERSE:
        *v = 1 / a;
        *da = -*v * *v;
        break;
    case CST_TAPE_POWER:
        *v = pow(a, op->nearest);
        *da = op->nearest * *v / a;
        break;
    case CST_TAPE_EXP:
        *v = *da = exp(a);
        break;
    case CST_TAPE_LOG:
        *v = log(a);
        *da = 1 / a;
        break;
    case CST_TAPE_SIN:
        *v = sin(a);
        *da = cos(a);
        break;
    case CST_TAPE_COS:
        *v = cos(a);
        *da = -sin(a);
        break;
    case CST_TAPE_ATAN:
        *v = atan(a);
        *da = 1 / (1 + a * a);
        break;
    case CST_TAPE_ERF:
        *v = erf(a);
        *da = 2 / sqrt(acos(-1.0)) * exp(-a * a);
        break;
    case CST_TAPE_STEP:
        *v = a > 0;
        break;
    }
}

void
cst__reverse_double(double *values, double *left, double *right, const cst_tape_t tape, const double *inputs)
{
    for (slong i = 0; i < tape->length; i++)
    {
        const cst_tape_op_t *op = tape->ops + i;
        int leaf = op->code == CST_TAPE_INPUT || op->a < 0;

        double_op(values + i, left + i, right + i, op, leaf ? 0 : values[op->a],
                  op->b < 0 ? 0 : values[op->b], inputs);
    }
}

void
cst__reverse_double_gradient(double *gradient, double *adjoint, const double *left, const double *right,
                             const cst_tape_t tape, slong output)
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
            gradient[op->a] += adjoint[i];
        else if (op->a >= 0)
            adjoint[op->a] += adjoint[i] * left[i];
        if (op->b >= 0)
            adjoint[op->b] += adjoint[i] * right[i];
    }
}

/* Twice exp(-a^2)/sqrt(pi), the derivative of erf. */
static void
arb_erf_derivative(arb_t result, const arb_t a, slong prec)
{
    arb_t t;

    arb_init(t);
    arb_mul(t, a, a, prec);
    arb_neg(t, t);
    arb_exp(result, t, prec);
    arb_const_pi(t, prec);
    arb_rsqrt(t, t, prec);
    arb_mul(result, result, t, prec);
    arb_mul_2exp_si(result, result, 1);
    arb_clear(t);
}

static void
arb_function_op(arb_t v, arb_t da, const cst_tape_op_t *op, const arb_t a, slong prec)
{
    switch (op->code)
    {
    case CST_TAPE_INVERSE:
        arb_inv(v, a, prec);
        arb_mul(da, v, v, prec);
        arb_neg(da, da);
        break;
    case CST_TAPE_POWER:
        cst__ball_power(v, a, op->value, prec);
        arb_div(da, v, a, prec);
        arb_mul_fmpz(da, da, fmpq_numref(op->value), prec);
        arb_div_fmpz(da, da, fmpq_denref(op->value), prec);
        break;
    case CST_TAPE_EXP:
        arb_exp(v, a, prec);
        arb_set(da, v);
        break;
    case CST_TAPE_LOG:
        arb_log(v, a, prec);
        arb_inv(da, a, prec);
        break;
    case CST_TAPE_SIN:
        arb_sin_cos(v, da, a, prec);
        break;
    case CST_TAPE_COS:
        arb_sin_cos(da, v, a, prec);
        arb_neg(da, da);
        break;
    case CST_TAPE_ATAN:
        arb_atan(v, a, prec);
        arb_mul(da, a, a, prec);
        arb_add_ui(da, da, 1, prec);
        arb_inv(da, da, prec);
        break;
    case CST_TAPE_ERF:
        arb_hypgeom_erf(v, a, prec);
        arb_erf_derivative(da, a, prec);
        break;
    default: /* step: its derivative is 0 where its value is certain */
        cst__ball_step(v, a);
        if (!arb_is_finite(v))
            arb_indeterminate(da);
    }
}

static void
arb_op(arb_t v, arb_t da, arb_t db, const cst_tape_op_t *op, const arb_t a, const arb_t b, arb_srcptr inputs,
       slong prec)
{
    arb_zero(da);
    arb_zero(db);
    switch (op->code)
    {
    case CST_TAPE_INPUT:
        arb_set(v, inputs + op->a);
        break;
    case CST_TAPE_RATIONAL:
        arb_set_fmpq(v, op->value, prec);
        break;
    case CST_TAPE_PI:
        arb_const_pi(v, prec);
        break;
    case CST_TAPE_ADD:
        arb_one(da);
        arb_one(db);
        arb_add(v, a, b, prec);
        break;
    case CST_TAPE_SUB:
        arb_one(da);
        arb_set_si(db, -1);
        arb_sub(v, a, b, prec);
        break;
    case CST_TAPE_MUL:
        arb_mul(v, a, b, prec);
        arb_set(da, b);
        arb_set(db, a);
        break;
    case CST_TAPE_SCALE:
        arb_set_fmpq(da, op->value, prec);
        arb_mul(v, a, da, prec);
        break;
    default:
        arb_function_op(v, da, op, a, prec);
    }
}

/* Is the operation zero near the point, not only at it? A unit that is off is, and so is what comes of units
   that are all off: relu is then certain, though its argument has no sign. */
static int
vanishes(const cst_tape_op_t *op, const char *zero, const arb_t value)
{
    switch (op->code)
    {
    case CST_TAPE_ADD:
    case CST_TAPE_SUB:
        return zero[op->a] && zero[op->b];
    case CST_TAPE_MUL:
        return zero[op->a] || zero[op->b];
    case CST_TAPE_SCALE:
        return zero[op->a];
    case CST_TAPE_STEP: /* x step(x) is 0 if x is, whatever step says */
        return zero[op->a] || arb_is_zero(value);
    case CST_TAPE_RATIONAL:
        return arb_is_zero(value);
    default:
        return 0;
    }
}

void
cst__reverse_arb(arb_ptr values, arb_ptr left, arb_ptr right, const cst_tape_t tape, arb_srcptr inputs,
                 slong prec)
{
    char *zero = flint_calloc((size_t) tape->length + 1, 1);

    for (slong i = 0; i < tape->length; i++)
    {
        const cst_tape_op_t *op = tape->ops + i;
        int leaf = op->code == CST_TAPE_INPUT || op->a < 0;

        arb_op(values + i, left + i, right + i, op, leaf ? NULL : values + op->a,
               op->b < 0 ? NULL : values + op->b, inputs, prec);
        zero[i] = (char) vanishes(op, zero, values + i);
        if (!zero[i])
            continue;
        arb_zero(values + i);
        arb_zero(left + i);
        arb_zero(right + i);
    }
    flint_free(zero);
}

void
cst__reverse_arb_gradient(arb_ptr gradient, arb_ptr adjoint, arb_srcptr left, arb_srcptr right,
                          const cst_tape_t tape, slong output, slong prec)
{
    slong last = tape->outputs[output];

    _arb_vec_zero(gradient, tape->inputs);
    _arb_vec_zero(adjoint, last + 1);
    arb_one(adjoint + last);
    for (slong i = last; i >= 0; i--)
    {
        const cst_tape_op_t *op = tape->ops + i;

        if (arb_is_zero(adjoint + i))
            continue;
        if (op->code == CST_TAPE_INPUT)
            arb_add(gradient + op->a, gradient + op->a, adjoint + i, prec);
        else if (op->a >= 0)
            arb_addmul(adjoint + op->a, adjoint + i, left + i, prec);
        if (op->b >= 0)
            arb_addmul(adjoint + op->b, adjoint + i, right + i, prec);
    }
}
