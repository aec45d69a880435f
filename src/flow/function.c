/* Elementary functions of a Taylor model x = a + d with a its constant coefficient:
   f(x) = sum_k<N f_k d^k + remainder, f_k = f^(k)(a)/k! enclosed by Arb, |d| <= rho. */
#include "flow/model.h"

typedef struct
{
    cst_tape_code_t code;
    const fmpq *exponent;
    arb_t a;   /* the constant coefficient, exact */
    arb_t rho; /* a bound of |d| */
    slong terms;
    slong prec;
} expansion_t;

/* r^N/(1 - r), or infinity. */
static void
geometric_tail(arb_t tail, const arb_t r, slong terms, slong prec)
{
    arb_t s;

    arb_init(s);
    arb_sub_ui(s, r, 1, prec);
    arb_neg(s, s);
    arb_pow_ui(tail, r, (ulong) terms, prec);
    if (arb_is_positive(s))
        arb_div(tail, tail, s, prec);
    else
        arb_indeterminate(tail);
    arb_clear(s);
}

/* 1/(a + d): f_k = (-1)^k/a^(k+1), |remainder| = |d/a|^N/|a + d|. */
static void
expand_inverse(arb_ptr f, arb_t remainder, const expansion_t *e)
{
    arb_t r;

    arb_init(r);
    arb_inv(f, e->a, e->prec);
    for (slong k = 1; k < e->terms; k++)
    {
        arb_mul(f + k, f + k - 1, f, e->prec);
        arb_neg(f + k, f + k);
    }
    arb_div(r, e->rho, e->a, e->prec);
    arb_abs(r, r);
    geometric_tail(remainder, r, e->terms, e->prec);
    arb_abs(r, f);
    arb_mul(remainder, remainder, r, e->prec);
    arb_clear(r);
}

/* (a + d)^q, 0 < q < 1: f_k = binomial(q, k) a^(q-k); |binomial(q, k)| decreases in k. */
static void
expand_power(arb_ptr f, arb_t remainder, const expansion_t *e)
{
    arb_t r, q, c;

    arb_init(r);
    arb_init(q);
    arb_init(c);
    if (!arb_is_positive(e->a))
        arb_indeterminate(remainder);
    else
    {
        arb_set_fmpq(q, e->exponent, e->prec);
        arb_root_ui(f, e->a, fmpz_get_ui(fmpq_denref(e->exponent)), e->prec);
        arb_pow_fmpz(f, f, fmpq_numref(e->exponent), e->prec);
        for (slong k = 1; k <= e->terms; k++)
        {
            arb_sub_si(c, q, k - 1, e->prec);
            arb_div_si(c, c, k, e->prec);
            arb_div(c, c, e->a, e->prec);
            arb_mul(k < e->terms ? f + k : r, f + k - 1, c, e->prec);
        }
        arb_pow_ui(c, e->a, (ulong) e->terms, e->prec); /* r a^N = binomial(q, N) a^q */
        arb_mul(c, c, r, e->prec);
        arb_abs(c, c);
        arb_div(r, e->rho, e->a, e->prec);
        geometric_tail(remainder, r, e->terms, e->prec);
        arb_mul(remainder, remainder, c, e->prec);
    }
    arb_clear(r);
    arb_clear(q);
    arb_clear(c);
}

/* rho^N/N!, times exp(a + rho) for exp. */
static void
expand_exp_sin_cos(arb_ptr f, arb_t remainder, const expansion_t *e)
{
    arb_t t;

    arb_init(t);
    if (e->code == CST_TAPE_EXP)
        arb_exp(f, e->a, e->prec);
    else if (e->code == CST_TAPE_SIN)
        arb_sin_cos(f, f + 1, e->a, e->prec);
    else
    {
        arb_sin_cos(f + 1, f, e->a, e->prec);
        arb_neg(f + 1, f + 1);
    }
    for (slong k = e->code == CST_TAPE_EXP ? 1 : 2; k < e->terms; k++)
    {
        if (e->code == CST_TAPE_EXP)
            arb_div_si(f + k, f + k - 1, k, e->prec);
        else
        {
            arb_div_si(f + k, f + k - 2, -k * (k - 1), e->prec);
        }
    }
    arb_pow_ui(remainder, e->rho, (ulong) e->terms, e->prec);
    arb_fac_ui(t, (ulong) e->terms, e->prec);
    arb_div(remainder, remainder, t, e->prec);
    if (e->code == CST_TAPE_EXP)
    {
        arb_add(t, e->a, e->rho, e->prec);
        arb_exp(t, t, e->prec);
        arb_mul(remainder, remainder, t, e->prec);
    }
    arb_clear(t);
}

/* log(a + d): |remainder| <= r^N/(N (1 - r)), r = rho/a. */
static void
expand_log(arb_ptr f, arb_t remainder, const expansion_t *e)
{
    arb_t r, p;

    arb_init(r);
    arb_init(p);
    if (!arb_is_positive(e->a))
        arb_indeterminate(remainder);
    else
    {
        arb_log(f, e->a, e->prec);
        arb_inv(r, e->a, e->prec);
        arb_set(p, r);
        for (slong k = 1; k < e->terms; k++)
        {
            arb_div_si(f + k, p, k % 2 ? k : -k, e->prec);
            arb_mul(p, p, r, e->prec);
        }
        arb_mul(r, r, e->rho, e->prec);
        geometric_tail(remainder, r, e->terms, e->prec);
        arb_div_si(remainder, remainder, e->terms, e->prec);
    }
    arb_clear(r);
    arb_clear(p);
}

/* atan: f_k = Im(...)/k with |f_k| <= (1 + a^2)^(-k/2)/k; (1 + a^2) f'_k recurrence. */
static void
expand_atan(arb_ptr f, arb_t remainder, const expansion_t *e)
{
    arb_t v, r;

    arb_init(v);
    arb_init(r);
    arb_atan(f, e->a, e->prec);
    arb_mul(v, e->a, e->a, e->prec);
    arb_add_ui(v, v, 1, e->prec);
    /* g = atan': (1 + a^2) g_k + 2 a g_(k-1) + g_(k-2) = [k = 0], f_(k+1) = g_k/(k+1) */
    for (slong k = 0; k + 1 < e->terms; k++)
    {
        arb_zero(r);
        if (k == 0)
            arb_one(r);
        if (k >= 1)
        {
            arb_mul(r, f + k, e->a, e->prec);
            arb_mul_si(r, r, -2 * k, e->prec);
        }
        if (k >= 2)
            arb_submul_si(r, f + k - 1, k - 1, e->prec);
        arb_div(r, r, v, e->prec);
        arb_div_si(f + k + 1, r, k + 1, e->prec);
    }
    arb_sqrt(v, v, e->prec);
    arb_div(r, e->rho, v, e->prec);
    geometric_tail(remainder, r, e->terms, e->prec);
    arb_div_si(remainder, remainder, e->terms, e->prec);
    arb_clear(v);
    arb_clear(r);
}

/* erf^(N)(x) = (-1)^(N-1) 2/sqrt(pi) He(x) exp(-x^2) with Cramer's bound
   |H_m(x)| exp(-x^2/2) <= 1.0865 2^(m/2) sqrt(m!). */
static void
expand_erf(arb_ptr f, arb_t remainder, const expansion_t *e)
{
    arb_t h, h1, g, t;
    slong n = e->terms;

    arb_init(h);
    arb_init(h1);
    arb_init(g);
    arb_init(t);
    arb_hypgeom_erf(f, e->a, e->prec);
    arb_mul(g, e->a, e->a, e->prec);
    arb_neg(g, g);
    arb_exp(g, g, e->prec);
    arb_const_sqrt_pi(t, e->prec);
    arb_div(g, g, t, e->prec);
    arb_mul_2exp_si(g, g, 1); /* 2/sqrt(pi) exp(-a^2) */
    arb_one(h);               /* H_0; f_k = (-1)^(k-1) H_(k-1)(a) g/k! */
    for (slong k = 1; k < n; k++)
    {
        arb_mul(t, h, g, e->prec);
        if (k % 2 == 0)
            arb_neg(t, t);
        arb_fac_ui(f + k, (ulong) k, e->prec);
        arb_div(f + k, t, f + k, e->prec);
        arb_mul(t, h, e->a, e->prec); /* H_(j+1) = 2 a H_j - 2 j H_(j-1), j = k - 1 */
        arb_mul_2exp_si(t, t, 1);
        arb_submul_si(t, h1, 2 * (k - 1), e->prec);
        arb_swap(h1, h);
        arb_swap(h, t);
    }
    arb_fac_ui(t, (ulong) (n - 1), e->prec); /* 1.2260 = 1.0865 * 2/sqrt(pi), rounded up */
    arb_mul_2exp_si(t, t, n - 1);
    arb_sqrt(t, t, e->prec);
    arb_mul_ui(t, t, 1227, e->prec);
    arb_div_ui(t, t, 1000, e->prec);
    arb_fac_ui(remainder, (ulong) n, e->prec);
    arb_div(t, t, remainder, e->prec);
    arb_pow_ui(remainder, e->rho, (ulong) n, e->prec);
    arb_mul(remainder, remainder, t, e->prec);
    arb_clear(h);
    arb_clear(h1);
    arb_clear(g);
    arb_clear(t);
}

static void
expand(arb_ptr f, arb_t remainder, const expansion_t *e)
{
    switch (e->code)
    {
    case CST_TAPE_INVERSE:
        expand_inverse(f, remainder, e);
        return;
    case CST_TAPE_POWER:
        expand_power(f, remainder, e);
        return;
    case CST_TAPE_EXP:
    case CST_TAPE_SIN:
    case CST_TAPE_COS:
        expand_exp_sin_cos(f, remainder, e);
        return;
    case CST_TAPE_LOG:
        expand_log(f, remainder, e);
        return;
    case CST_TAPE_ATAN:
        expand_atan(f, remainder, e);
        return;
    case CST_TAPE_ERF:
        expand_erf(f, remainder, e);
        return;
    default:
        arb_indeterminate(remainder);
    }
}

/* Below 2^10000: what is larger is of no use, and must not exhaust the memory. */
static int
is_moderate(const arb_t x)
{
    return arb_is_finite(x) && arf_cmpabs_2exp_si(arb_midref(x), 10000) < 0 &&
           mag_cmp_2exp_si(arb_radref(x), 10000) < 0;
}

/* Horner's rule in d. */
static cst_status_t
assemble(cst_model_t x, const cst_model_t d, arb_srcptr f, const arb_t remainder, slong terms)
{
    cst_model_t c, sum;
    cst_status_t status = CST_OK;

    for (slong k = 0; k < terms; k++)
        if (!is_moderate(f + k))
            status = CST_UNDECIDED;
    if (!is_moderate(remainder))
        status = CST_UNDECIDED;
    if (status != CST_OK)
        return status;
    cst_model_init(c, d->shape);
    cst_model_init(sum, d->shape);
    cst_model_set_arb(sum, f + terms - 1);
    for (slong k = terms - 2; k >= 0; k--)
    {
        cst_model_set_arb(c, f + k);
        cst_model_mul(sum, sum, d);
        cst_model_add(sum, sum, c);
    }
    cst_model_set_arb(c, remainder);
    fmpz_add(sum->radius, sum->radius, c->radius);
    fmpz_add(sum->radius, sum->radius, c->norm);
    cst_model_set(x, sum);
    cst_model_clear(c);
    cst_model_clear(sum);
    return CST_OK;
}

static cst_status_t
step_function(cst_model_t x, const cst_model_t a)
{
    fmpz_t bound, rest;
    fmpq_t value;
    cst_status_t status = CST_OK;

    fmpz_init(bound);
    fmpz_init(rest);
    fmpq_init(value);
    fmpz_abs(bound, a->coeff);
    fmpz_mul_2exp(bound, bound, 1);
    fmpz_add(rest, a->norm, a->radius);
    if (fmpz_cmp(bound, rest) <= 0) /* |a_0| <= norm - |a_0| + radius */
        status = CST_UNDECIDED;
    else
    {
        fmpq_set_si(value, fmpz_sgn(a->coeff) > 0, 1);
        cst_model_set_fmpq(x, value);
    }
    fmpz_clear(bound);
    fmpz_clear(rest);
    fmpq_clear(value);
    return status;
}

/* d and its coefficients in other units, so that |d| is about 1: in fixed point, the tiny f_k of a wide d
   would drown in rounding, and the huge ones of a narrow d would multiply it. */
static void
normalize(cst_model_t d, arb_ptr f, slong terms)
{
    fmpq_t unit;
    fmpz_t size;
    slong shift;

    fmpz_init(size);
    fmpq_init(unit);
    fmpz_add(size, d->norm, d->radius);
    if (!fmpz_is_zero(size))
    {
        shift = (slong) fmpz_bits(size) - d->shape->bits;
        fmpq_one(unit);
        if (shift > 0)
            fmpq_div_2exp(unit, unit, (ulong) shift);
        else
            fmpq_mul_2exp(unit, unit, (ulong) -shift);
        cst_model_scale_fmpq(d, d, unit);
        for (slong k = 1; k < terms; k++)
            arb_mul_2exp_si(f + k, f + k, k * shift);
    }
    fmpz_clear(size);
    fmpq_clear(unit);
}

cst_status_t
cst_model_function(cst_model_t x, cst_tape_code_t code, const cst_model_t a, const fmpq_t exponent)
{
    const cst_shape_struct *shape = a->shape;
    expansion_t e;
    arb_ptr f;
    arb_t remainder;
    cst_model_t d;
    cst_status_t status;

    if (code == CST_TAPE_STEP)
        return step_function(x, a);
    e.code = code;
    e.exponent = exponent;
    e.terms = (shape->timeless && shape->variables == 0 ? 0 : shape->degree) + 3;
    e.prec = shape->bits + 20;
    arb_init(e.a);
    arb_init(e.rho);
    arb_init(remainder);
    f = _arb_vec_init(e.terms);
    cst_model_init(d, shape);
    cst_model_set(d, a);
    arb_set_fmpz(e.a, a->coeff);
    arb_mul_2exp_si(e.a, e.a, -shape->bits);
    fmpz_zero(d->coeff);
    cst__model_refresh(d);
    arb_set_fmpz(e.rho, d->norm);
    arb_add_fmpz(e.rho, e.rho, d->radius, ARF_PREC_EXACT);
    arb_mul_2exp_si(e.rho, e.rho, -shape->bits);
    expand(f, remainder, &e);
    normalize(d, f, e.terms);
    status = assemble(x, d, f, remainder, e.terms);
    arb_clear(e.a);
    arb_clear(e.rho);
    arb_clear(remainder);
    _arb_vec_clear(f, e.terms);
    cst_model_clear(d);
    return status;
}
