/* expr/interval.c -- a tape in double intervals, rounded outwards without touching the rounding mode.

   For a result c of +, -, *, / or sqrt rounded to nearest (IEEE 754, no contraction), the exact value lies
   between c - e and c + e, computed in the same arithmetic with e = phi |c| + eta, phi = u (1 + 2u), u =
   2^-53, and eta the least positive number: these are at most the predecessor and at least the successor of c
   (Rump, Zimmermann, Boldo, Melquiond: Computing predecessor and successor in rounding to nearest, BIT 2009).
   Other functions are those of Arb. */
#include <float.h>
#include <math.h>

#include <caustic/tape.h>

#include "expr/ball.h"

#define PHI (0x1p-53 * (1 + 0x1p-52))
#define ETA 0x1p-1074

typedef cst_tape_interval_t interval_t;

static const interval_t whole = {-INFINITY, INFINITY};

static double
below(double c)
{
    return c == INFINITY ? DBL_MAX : c - (PHI * fabs(c) + ETA);
}

static double
above(double c)
{
    return c == -INFINITY ? -DBL_MAX : c + (PHI * fabs(c) + ETA);
}

/* From bounds rounded to nearest; where one is no number, nothing is known. */
static interval_t
outwards(double lower, double upper)
{
    interval_t r = {below(lower), above(upper)};

    return isnan(lower) || isnan(upper) ? whole : r;
}

static interval_t
product(interval_t a, interval_t b)
{
    double p = a.lower * b.lower, q = a.lower * b.upper, r = a.upper * b.lower, s = a.upper * b.upper;

    if (isnan(p) || isnan(q) || isnan(r) || isnan(s))
        return whole;
    return outwards(fmin(fmin(p, q), fmin(r, s)), fmax(fmax(p, q), fmax(r, s)));
}

/* a a does not go below zero. */
static interval_t
square(interval_t a)
{
    double low = a.lower > 0 ? a.lower : a.upper < 0 ? -a.upper : 0, high = fmax(-a.lower, a.upper);
    interval_t r = outwards(low * low, high * high);

    r.lower = fmax(r.lower, 0);
    return r;
}

static interval_t
inverse(interval_t a)
{
    return a.lower > 0 || a.upper < 0 ? outwards(1 / a.upper, 1 / a.lower) : whole;
}

/* Balls ------------------------------------------------------------------- */

static interval_t
of_ball(const arb_t x)
{
    interval_t r = whole;
    arf_t bound;

    if (!arb_is_finite(x))
        return whole;
    arf_init(bound);
    arb_get_lbound_arf(bound, x, 64);
    r.lower = arf_get_d(bound, ARF_RND_FLOOR);
    arb_get_ubound_arf(bound, x, 64);
    r.upper = arf_get_d(bound, ARF_RND_CEIL);
    arf_clear(bound);
    return r;
}

/* q is less than one unit in the last place from `nearest`. */
static interval_t
rational(const fmpq_t q, double nearest)
{
    interval_t exact = {nearest, nearest};

    return fmpz_is_one(fmpq_denref(q)) && fabs(nearest) < 0x1p53 ? exact : outwards(nearest, nearest);
}

/* The value of a function at one number. */
static interval_t
value_at(double x, const cst_tape_op_t *op)
{
    interval_t r;
    arb_t b;

    arb_init(b);
    arb_set_d(b, x);
    switch (op->code)
    {
    case CST_TAPE_POWER:
        cst__ball_power(b, b, op->value, 64);
        break;
    case CST_TAPE_EXP:
        arb_exp(b, b, 64);
        break;
    case CST_TAPE_LOG:
        arb_log(b, b, 64);
        break;
    case CST_TAPE_SIN:
        arb_sin(b, b, 64);
        break;
    case CST_TAPE_COS:
        arb_cos(b, b, 64);
        break;
    case CST_TAPE_ATAN:
        arb_atan(b, b, 64);
        break;
    default:
        arb_hypgeom_erf(b, b, 64);
        break;
    }
    r = of_ball(b);
    arb_clear(b);
    return r;
}

/* A monotone function at both ends. */
static interval_t
monotone(interval_t a, const cst_tape_op_t *op)
{
    interval_t low, high, r;

    if (!isfinite(a.lower) || !isfinite(a.upper))
        return whole;
    low = value_at(a.lower, op);
    high = value_at(a.upper, op);
    r.lower = fmin(low.lower, high.lower);
    r.upper = fmax(low.upper, high.upper);
    return r;
}

/* x^q for q > 0 or q < 0, monotone on x >= 0 and x > 0. */
static interval_t
power(interval_t a, const cst_tape_op_t *op)
{
    if (!(a.lower > 0))
        return whole;
    if (fmpz_equal_si(fmpq_denref(op->value), 2) && fmpz_is_one(fmpq_numref(op->value)))
        return outwards(sqrt(a.lower), sqrt(a.upper));
    return monotone(a, op);
}

static const interval_t pi = {0x1.921fb54442d18p+1, 0x1.921fb54442d19p+1};

/* May x/(2 pi) - shift be an integer for some x in a? shift is dyadic. */
static int
may_meet(interval_t a, double shift)
{
    interval_t turn = inverse(product((interval_t){2, 2}, pi)), t = product(a, turn);

    t = outwards(t.lower - shift, t.upper - shift);
    return floor(t.upper) >= ceil(t.lower);
}

/* sin or cos: 1 at x/(2 pi) = top + k, -1 at top + 1/2 + k, monotone in between. */
static interval_t
periodic(interval_t a, const cst_tape_op_t *op)
{
    double top = op->code == CST_TAPE_COS ? 0 : 0.25;
    interval_t r;

    if (!isfinite(a.lower) || !isfinite(a.upper))
        return (interval_t){-1, 1};
    r = monotone(a, op);
    r.lower = may_meet(a, top + 0.5) ? -1 : fmax(r.lower, -1);
    r.upper = may_meet(a, top) ? 1 : fmin(r.upper, 1);
    return r;
}

/* The kernel -------------------------------------------------------------- */

static interval_t
apply(const cst_tape_op_t *op, const interval_t *work, const interval_t *inputs)
{
    interval_t a = op->a >= 0 && op->code != CST_TAPE_INPUT ? work[op->a] : whole;
    interval_t b = op->b >= 0 ? work[op->b] : whole;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        a = inputs[op->a];
        return a.lower <= a.upper ? a : whole;
    case CST_TAPE_RATIONAL:
        return rational(op->value, op->nearest);
    case CST_TAPE_PI:
        return pi;
    case CST_TAPE_ADD:
        return outwards(a.lower + b.lower, a.upper + b.upper);
    case CST_TAPE_SUB:
        return outwards(a.lower - b.upper, a.upper - b.lower);
    case CST_TAPE_MUL:
        return op->a == op->b ? square(a) : product(a, b);
    case CST_TAPE_SCALE:
        return product(a, rational(op->value, op->nearest));
    case CST_TAPE_INVERSE:
        return inverse(a);
    case CST_TAPE_POWER:
        return power(a, op);
    case CST_TAPE_LOG:
        return a.lower > 0 ? monotone(a, op) : whole;
    case CST_TAPE_EXP:
    case CST_TAPE_ATAN:
    case CST_TAPE_ERF:
        return monotone(a, op);
    case CST_TAPE_SIN:
    case CST_TAPE_COS:
        return periodic(a, op);
    case CST_TAPE_STEP:
        return a.lower > 0 ? (interval_t){1, 1} : a.upper < 0 ? (interval_t){0, 0} : whole;
    }
    return whole;
}

void
cst_tape_eval_interval(cst_tape_interval_t *outputs, const cst_tape_t tape, const cst_tape_interval_t *inputs,
                       cst_tape_interval_t *work)
{
    for (slong i = 0; i < tape->length; i++)
        work[i] = apply(tape->ops + i, work, inputs);
    for (slong i = 0; i < tape->output_count; i++)
        outputs[i] = work[tape->outputs[i]];
}
