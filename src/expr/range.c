/* expr/range.c -- bounds of an expression over a box whose sides may be infinite. */
#include "expr/pool.h"

/* [lower, upper] with lower <= upper, infinite ends allowed; both NaN: undefined somewhere. */
typedef struct
{
    arf_t lower, upper;
} range_t;

typedef void (*ball_function_t)(arb_t, const arb_t, slong);

static void
set_undefined(range_t *r)
{
    arf_nan(r->lower);
    arf_nan(r->upper);
}

static void
set_si(range_t *r, slong lower, slong upper)
{
    arf_set_si(r->lower, lower);
    arf_set_si(r->upper, upper);
}

static int
is_undefined(const range_t *r)
{
    return arf_is_nan(r->lower) || arf_is_nan(r->upper);
}

static void
set_ball(range_t *r, const arb_t x, slong prec)
{
    if (!arb_is_finite(x))
    {
        set_undefined(r);
        return;
    }
    arb_get_lbound_arf(r->lower, x, prec);
    arb_get_ubound_arf(r->upper, x, prec);
}

/* The bounds of f at the finite point x, outwards; at an infinite one the limit: at -inf or +inf. */
static void
end_value(arf_t bound, int upper, ball_function_t f, const arf_t x, const arf_t at_minus, const arf_t at_plus,
          slong prec)
{
    arb_t b;

    if (arf_is_inf(x))
    {
        arf_set(bound, arf_sgn(x) < 0 ? at_minus : at_plus);
        return;
    }
    arb_init(b);
    arb_set_arf(b, x);
    f(b, b, prec);
    if (upper)
        arb_get_ubound_arf(bound, b, prec);
    else
        arb_get_lbound_arf(bound, b, prec);
    arb_clear(b);
}

static void
ball_sigmoid(arb_t y, const arb_t x, slong prec)
{
    arb_neg(y, x);
    arb_exp(y, y, prec);
    arb_add_ui(y, y, 1, prec);
    arb_inv(y, y, prec);
}

static void
ball_softplus(arb_t y, const arb_t x, slong prec)
{
    arb_exp(y, x, prec);
    arb_log1p(y, y, prec);
}

/* An increasing function with its limits, outwards; 9 stands for infinity. */
static void
increasing(range_t *r, const range_t *x, ball_function_t f, int at_minus, int at_plus, slong prec)
{
    arf_t low, high;

    arf_init(low);
    arf_init(high);
    if (at_minus == -9)
        arf_neg_inf(low);
    else
        arf_set_si(low, at_minus);
    if (at_plus == 9)
        arf_pos_inf(high);
    else
        arf_set_si(high, at_plus);
    end_value(r->lower, 0, f, x->lower, low, high, prec);
    end_value(r->upper, 1, f, x->upper, low, high, prec);
    arf_clear(low);
    arf_clear(high);
}

/* sin or cos: the value over a finite range, and never outside [-1,1]. */
static void
oscillating(range_t *r, const range_t *x, ball_function_t f, slong prec)
{
    arb_t b;

    if (!arf_is_finite(x->lower) || !arf_is_finite(x->upper))
    {
        set_si(r, -1, 1);
        return;
    }
    arb_init(b);
    arb_set_interval_arf(b, x->lower, x->upper, prec);
    f(b, b, prec);
    set_ball(r, b, prec);
    arb_clear(b);
    if (arf_cmp_si(r->lower, -1) < 0)
        arf_set_si(r->lower, -1);
    if (arf_cmp_si(r->upper, 1) > 0)
        arf_set_si(r->upper, 1);
}

/* Functions without a rule for infinite arguments. */
static void
by_ball(range_t *r, const range_t *x, ball_function_t f, slong prec)
{
    arb_t b;

    if (!arf_is_finite(x->lower) || !arf_is_finite(x->upper))
    {
        set_undefined(r);
        return;
    }
    arb_init(b);
    arb_set_interval_arf(b, x->lower, x->upper, prec);
    f(b, b, prec);
    set_ball(r, b, prec);
    arb_clear(b);
}

static void
absolute(range_t *r, const range_t *x)
{
    arf_t other;

    arf_init(other);
    if (arf_sgn(x->lower) >= 0)
    {
        arf_set(r->lower, x->lower);
        arf_set(r->upper, x->upper);
    }
    else
    {
        int negative = arf_sgn(x->upper) <= 0;

        arf_neg(other, x->lower);
        arf_max(other, other, x->upper); /* of -lower and upper, when upper > 0; else -lower is the greater */
        if (negative)
            arf_neg(r->lower, x->upper);
        else
            arf_zero(r->lower);
        arf_swap(r->upper, other);
    }
    arf_clear(other);
}

/* 0 * inf counts as 0: the factor is exactly zero there. */
static void
end_product(arf_t p, const arf_t a, const arf_t b, slong prec, arf_rnd_t rounding)
{
    if (arf_is_zero(a) || arf_is_zero(b))
        arf_zero(p);
    else
        arf_mul(p, a, b, prec, rounding);
}

static void
multiply(range_t *r, const range_t *x, const range_t *y, slong prec)
{
    const arf_struct *xs[2] = {x->lower, x->upper}, *ys[2] = {y->lower, y->upper};
    arf_t p, low, high;

    arf_init(p);
    arf_init(low);
    arf_init(high);
    arf_pos_inf(low);
    arf_neg_inf(high);
    for (int k = 0; k < 4; k++)
    {
        end_product(p, xs[k / 2], ys[k % 2], prec, ARF_RND_FLOOR);
        arf_min(low, low, p);
        end_product(p, xs[k / 2], ys[k % 2], prec, ARF_RND_CEIL);
        arf_max(high, high, p);
    }
    arf_swap(r->lower, low);
    arf_swap(r->upper, high);
    arf_clear(p);
    arf_clear(low);
    arf_clear(high);
}

/* x >= 0 to the power q > 0, increasing. */
static void
end_power(arf_t bound, int upper, const arf_t x, const fmpq_t q, slong prec)
{
    arb_t b;

    if (arf_is_special(x))
    { /* 0 or infinity */
        arf_set(bound, x);
        return;
    }
    arb_init(b);
    arb_set_arf(b, x);
    arb_pow_fmpq(b, b, q, prec);
    if (upper)
        arb_get_ubound_arf(bound, b, prec);
    else
        arb_get_lbound_arf(bound, b, prec);
    arb_clear(b);
}

/* 1/x; where x may reach 0 from one side only, an infinite end. */
static void
invert(range_t *r, const range_t *x, slong prec)
{
    arf_t one, low;

    if (arf_sgn(x->lower) * arf_sgn(x->upper) < 0 || (arf_is_zero(x->lower) && arf_is_zero(x->upper)))
    {
        set_undefined(r);
        return;
    }
    arf_init(one);
    arf_init(low);
    arf_one(one);
    if (arf_is_zero(x->upper)) /* x < 0 */
        arf_neg_inf(low);
    else
        arf_div(low, one, x->upper, prec, ARF_RND_FLOOR);
    if (arf_is_zero(x->lower)) /* x > 0 */
        arf_pos_inf(r->upper);
    else
        arf_div(r->upper, one, x->lower, prec, ARF_RND_CEIL);
    arf_swap(r->lower, low);
    arf_clear(one);
    arf_clear(low);
}

static void
power(range_t *r, const range_t *x, const fmpq_t exponent, slong prec)
{
    int whole = fmpz_is_one(fmpq_denref(exponent)), even = fmpz_is_even(fmpq_numref(exponent));
    int flip = whole && !even && arf_sgn(x->upper) <= 0;
    fmpq_t q;
    range_t a;

    fmpq_init(q);
    arf_init(a.lower);
    arf_init(a.upper);
    fmpq_abs(q, exponent);
    if (whole && (even || flip))
        absolute(&a, x);
    else
    {
        arf_set(a.lower, x->lower);
        arf_set(a.upper, x->upper);
    }
    if (arf_sgn(a.lower) >= 0)
    {
        end_power(r->lower, 0, a.lower, q, prec);
        end_power(r->upper, 1, a.upper, q, prec);
    }
    else if (whole)
    { /* an odd power of a range around 0 */
        arf_neg(a.lower, a.lower);
        end_power(r->lower, 1, a.lower, q, prec);
        arf_neg(r->lower, r->lower);
        end_power(r->upper, 1, a.upper, q, prec);
    }
    else
        set_undefined(r);
    if (flip)
    {
        arf_swap(r->lower, r->upper);
        arf_neg(r->lower, r->lower);
        arf_neg(r->upper, r->upper);
    }
    if (fmpq_sgn(exponent) < 0 && !is_undefined(r))
        invert(r, r, prec);
    fmpq_clear(q);
    arf_clear(a.lower);
    arf_clear(a.upper);
}

static void
by_sign(range_t *r, const range_t *x, slong below, slong above)
{
    if (arf_sgn(x->lower) >= 0)
        set_si(r, above, above);
    else if (arf_sgn(x->upper) <= 0)
        set_si(r, below, below);
    else
        set_si(r, below, above);
}

static void
function(range_t *r, cst_expr_kind_t kind, const range_t *x, slong prec)
{
    range_t a;

    switch (kind)
    {
    case CST_EXPR_EXP:
        increasing(r, x, arb_exp, 0, 9, prec);
        break;
    case CST_EXPR_LOG:
        if (arf_sgn(x->lower) < 0 || arf_sgn(x->upper) <= 0)
            set_undefined(r);
        else
        {
            int zero = arf_is_zero(x->lower);

            increasing(r, x, arb_log, -9, 9, prec);
            if (zero)
                arf_neg_inf(r->lower);
        }
        break;
    case CST_EXPR_SINH:
        increasing(r, x, arb_sinh, -9, 9, prec);
        break;
    case CST_EXPR_TANH:
        increasing(r, x, arb_tanh, -1, 1, prec);
        break;
    case CST_EXPR_ERF:
        increasing(r, x, arb_hypgeom_erf, -1, 1, prec);
        break;
    case CST_EXPR_ATAN:
        increasing(r, x, arb_atan, -2, 2, prec);
        break;
    case CST_EXPR_SIGMOID:
        increasing(r, x, ball_sigmoid, 0, 1, prec);
        break;
    case CST_EXPR_SOFTPLUS:
        increasing(r, x, ball_softplus, 0, 9, prec);
        break;
    case CST_EXPR_COSH:
        arf_init(a.lower);
        arf_init(a.upper);
        absolute(&a, x);
        increasing(r, &a, arb_cosh, 1, 9, prec);
        arf_clear(a.lower);
        arf_clear(a.upper);
        break;
    case CST_EXPR_SIN:
        oscillating(r, x, arb_sin, prec);
        break;
    case CST_EXPR_COS:
        oscillating(r, x, arb_cos, prec);
        break;
    case CST_EXPR_TAN:
        by_ball(r, x, arb_tan, prec);
        break;
    case CST_EXPR_ASIN:
        by_ball(r, x, arb_asin, prec);
        break;
    case CST_EXPR_ACOS:
        by_ball(r, x, arb_acos, prec);
        break;
    case CST_EXPR_ABS:
        absolute(r, x);
        break;
    case CST_EXPR_RELU:
        arf_set(r->lower, x->lower);
        arf_set(r->upper, x->upper);
        if (arf_sgn(r->lower) < 0)
            arf_zero(r->lower);
        if (arf_sgn(r->upper) < 0)
            arf_zero(r->upper);
        break;
    case CST_EXPR_STEP:
        by_sign(r, x, 0, 1);
        break;
    case CST_EXPR_SIGN:
        by_sign(r, x, -1, 1);
        break;
    default:
        set_undefined(r);
    }
}

static void
constant(range_t *r, cst_expr_t e, slong prec)
{
    arb_t b;

    arb_init(b);
    if (e->kind == CST_EXPR_PI)
        arb_const_pi(b, prec);
    else
        arb_set_fmpq(b, e->value, prec);
    set_ball(r, b, prec);
    arb_clear(b);
}

static void
evaluate(range_t *r, cst_expr_t e, const range_t *x, const range_t *y, const cst_expr_t *variables,
         const arf_struct *lower, const arf_struct *upper, slong length, slong prec)
{
    if (e->kind == CST_EXPR_VARIABLE)
    {
        set_undefined(r);
        for (slong i = 0; i < length; i++)
            if (variables[i] == e)
            {
                arf_set(r->lower, lower + i);
                arf_set(r->upper, upper + i);
            }
    }
    else if (e->arity == 0)
        constant(r, e, prec);
    else if (is_undefined(x) || (y && is_undefined(y)))
        set_undefined(r);
    else if (e->kind == CST_EXPR_ADD)
    {
        arf_add(r->lower, x->lower, y->lower, prec, ARF_RND_FLOOR);
        arf_add(r->upper, x->upper, y->upper, prec, ARF_RND_CEIL);
    }
    else if (e->kind == CST_EXPR_MUL)
        multiply(r, x, y, prec);
    else if (e->kind == CST_EXPR_POWER)
        power(r, x, e->value, prec);
    else
        function(r, e->kind, x, prec);
}

void
cst_expr_range(arf_t lower, arf_t upper, cst_expr_t e, const cst_expr_t *variables,
               const arf_struct *variable_lower, const arf_struct *variable_upper, slong length, slong prec)
{
    cst__expr_order_t order;
    range_t *v;

    cst__expr_order_init(&order, &e, 1);
    v = flint_malloc((size_t) order.length * sizeof *v);
    for (slong i = 0; i < order.length; i++)
    {
        cst_expr_t f = order.nodes[i];
        range_t *x = f->arity > 0 ? v + cst__expr_order_find(&order, f->args[0]) : NULL;
        range_t *y = f->arity > 1 ? v + cst__expr_order_find(&order, f->args[1]) : NULL;

        arf_init(v[i].lower);
        arf_init(v[i].upper);
        evaluate(v + i, f, x, y, variables, variable_lower, variable_upper, length, prec);
    }
    arf_set(lower, v[order.length - 1].lower);
    arf_set(upper, v[order.length - 1].upper);
    for (slong i = 0; i < order.length; i++)
    {
        arf_clear(v[i].lower);
        arf_clear(v[i].upper);
    }
    flint_free(v);
    cst__expr_order_clear(&order);
}
