/* expr/tape.c -- evaluates a tape in double precision and in balls. */
#include <math.h>

#include <caustic/tape.h>

#include "expr/ball.h"

static double
power_double(double x, const fmpq_t q, double nearest)
{
    if (fmpz_equal_si(fmpq_denref(q), 2) && fmpz_is_pm1(fmpq_numref(q)))
        return fmpz_is_one(fmpq_numref(q)) ? sqrt(x) : 1 / sqrt(x);
    return pow(x, nearest);
}

static double
op_double(const cst_tape_op_t *op, const double *work, const double *inputs)
{
    double a = op->a >= 0 && op->code != CST_TAPE_INPUT ? work[op->a] : 0, b = op->b >= 0 ? work[op->b] : 0;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        return inputs[op->a];
    case CST_TAPE_RATIONAL:
        return op->nearest;
    case CST_TAPE_PI:
        return 3.14159265358979323846;
    case CST_TAPE_ADD:
        return a + b;
    case CST_TAPE_SUB:
        return a - b;
    case CST_TAPE_MUL:
        return a * b;
    case CST_TAPE_SCALE:
        return op->nearest * a;
    case CST_TAPE_INVERSE:
        return 1 / a;
    case CST_TAPE_POWER:
        return power_double(a, op->value, op->nearest);
    case CST_TAPE_EXP:
        return exp(a);
    case CST_TAPE_LOG:
        return log(a);
    case CST_TAPE_SIN:
        return sin(a);
    case CST_TAPE_COS:
        return cos(a);
    case CST_TAPE_ATAN:
        return atan(a);
    case CST_TAPE_ERF:
        return erf(a);
    case CST_TAPE_STEP:
        return a > 0 ? 1 : a < 0 ? 0 : a == 0 ? 0.5 : a;
    }
    return 0;
}

void
cst_tape_eval_double(double *outputs, const cst_tape_t tape, const double *inputs, double *work)
{
    for (slong i = 0; i < tape->length; i++)
        work[i] = op_double(tape->ops + i, work, inputs);
    for (slong i = 0; i < tape->output_count; i++)
        outputs[i] = work[tape->outputs[i]];
}

/* Squares of balls around zero stay above zero. */
static void
product(arb_t r, arb_srcptr a, arb_srcptr b, slong prec)
{
    fmpq_t two;

    if (a != b)
    {
        arb_mul(r, a, b, prec);
        return;
    }
    fmpq_init(two);
    fmpq_set_si(two, 2, 1);
    cst__ball_power(r, a, two, prec);
    fmpq_clear(two);
}

static void
scale(arb_t r, const arb_t a, const fmpq_t q, slong prec)
{
    if (fmpz_is_one(fmpq_denref(q)))
        arb_mul_fmpz(r, a, fmpq_numref(q), prec);
    else
    {
        arb_mul_fmpz(r, a, fmpq_numref(q), prec + 8);
        arb_div_fmpz(r, r, fmpq_denref(q), prec);
    }
}

/* A function of a ball that may be infinite or indeterminate. */
static void
apply(void (*f)(arb_t, const arb_t, slong), arb_t r, const arb_t a, slong prec)
{
    if (arb_is_finite(a))
        f(r, a, prec);
    else
        arb_indeterminate(r);
}

static void
op_arb(arb_t r, const cst_tape_op_t *op, arb_srcptr work, arb_srcptr inputs, slong prec)
{
    arb_srcptr a = op->code != CST_TAPE_INPUT && op->a >= 0 ? work + op->a : NULL;
    arb_srcptr b = op->b >= 0 ? work + op->b : NULL;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        arb_set(r, inputs + op->a);
        break;
    case CST_TAPE_RATIONAL:
        arb_set_fmpq(r, op->value, prec);
        break;
    case CST_TAPE_PI:
        arb_const_pi(r, prec);
        break;
    case CST_TAPE_ADD:
        arb_add(r, a, b, prec);
        break;
    case CST_TAPE_SUB:
        arb_sub(r, a, b, prec);
        break;
    case CST_TAPE_MUL:
        product(r, a, b, prec);
        break;
    case CST_TAPE_SCALE:
        scale(r, a, op->value, prec);
        break;
    case CST_TAPE_INVERSE:
        arb_inv(r, a, prec);
        break;
    case CST_TAPE_POWER:
        cst__ball_power(r, a, op->value, prec);
        break;
    case CST_TAPE_EXP:
        apply(arb_exp, r, a, prec);
        break;
    case CST_TAPE_LOG:
        apply(arb_log, r, a, prec);
        break;
    case CST_TAPE_SIN:
        apply(arb_sin, r, a, prec);
        break;
    case CST_TAPE_COS:
        apply(arb_cos, r, a, prec);
        break;
    case CST_TAPE_ATAN:
        apply(arb_atan, r, a, prec);
        break;
    case CST_TAPE_ERF:
        apply(arb_hypgeom_erf, r, a, prec);
        break;
    case CST_TAPE_STEP:
        cst__ball_step(r, a);
        break;
    }
}

void
cst_tape_eval_arb(arb_ptr outputs, const cst_tape_t tape, arb_srcptr inputs, slong prec)
{
    arb_ptr work = _arb_vec_init(tape->length);

    for (slong i = 0; i < tape->length; i++)
        op_arb(work + i, tape->ops + i, work, inputs, prec);
    for (slong i = 0; i < tape->output_count; i++)
        arb_set(outputs + i, work + tape->outputs[i]);
    _arb_vec_clear(work, tape->length);
}
