/* expr/jet.c -- a tape in jets: Taylor coefficients in several variables, in balls.

   A jet is a vector of coefficients, one a monomial, by degree; f(x + h) = sum_m c_m h^m up to the order. A
   function of a jet with constant term a is its series at a, composed with the rest by Horner's rule. */
#include <string.h>

#include <caustic/tape.h>

#include "expr/ball.h"

typedef struct
{
    slong inputs, order, length, prec;
    slong *exponents; /* length * inputs */
    slong *degrees;
    arb_ptr scratch; /* two jets */
} space_t;

slong
cst_tape_jet_length(slong inputs, slong order)
{
    slong length = 1;

    for (slong k = 1; k <= order; k++)
        length = length * (inputs + k) / k;
    return length;
}

/* Sets m to the next monomial of the same degree, x_0^d first and the last variable's power last; 0: none. */
static int
next_monomial(slong *m, slong n)
{
    slong k = n - 2, tail;

    if (n < 2)
        return 0;
    while (k >= 0 && m[k] == 0)
        k--;
    if (k < 0)
        return 0;
    tail = m[n - 1];
    m[n - 1] = 0;
    m[k]--;
    m[k + 1] = tail + 1;
    return 1;
}

void
cst_tape_jet_exponents(slong *exponents, slong inputs, slong order)
{
    slong place = 0;

    for (slong degree = 0; degree <= order && inputs > 0; degree++)
    {
        slong *m = exponents + place * inputs;

        memset(m, 0, (size_t) inputs * sizeof *m);
        m[0] = degree;
        for (place++;; place++)
        {
            slong *next = exponents + place * inputs;

            if (place >= cst_tape_jet_length(inputs, order))
                break;
            memcpy(next, next - inputs, (size_t) inputs * sizeof *next);
            if (!next_monomial(next, inputs))
                break;
        }
    }
}

static void
space_init(space_t *s, slong inputs, slong order, slong prec)
{
    s->inputs = inputs;
    s->order = order;
    s->prec = prec;
    s->length = inputs > 0 ? cst_tape_jet_length(inputs, order) : 1;
    s->exponents = flint_malloc((size_t) (s->length * inputs + 1) * sizeof *s->exponents);
    s->degrees = flint_malloc((size_t) s->length * sizeof *s->degrees);
    s->scratch = _arb_vec_init(2 * s->length);
    cst_tape_jet_exponents(s->exponents, inputs, order);
    for (slong p = 0; p < s->length; p++)
    {
        s->degrees[p] = 0;
        for (slong i = 0; i < inputs; i++)
            s->degrees[p] += s->exponents[p * inputs + i];
    }
}

static void
space_clear(space_t *s)
{
    _arb_vec_clear(s->scratch, 2 * s->length);
    flint_free(s->exponents);
    flint_free(s->degrees);
}

/* The place of a monomial: those of lower degree, and those of its degree before it, counted variable by
 * variable. */
static slong
place_of(const space_t *s, const slong *a, const slong *b)
{
    slong left = 0, place, n = s->inputs;

    for (slong i = 0; i < n; i++)
        left += a[i] + b[i];
    place = left > 0 ? cst_tape_jet_length(n, left - 1) : 0;
    for (slong i = 0; i + 1 < n; i++)
    {
        left -= a[i] + b[i];
        if (left > 0) /* monomials with a higher power of variable i: those of degree < left in the rest */
            place += cst_tape_jet_length(n - i - 1, left - 1);
    }
    return place;
}

/* r = a b, truncated; r is none of them. */
static void
multiply(arb_ptr r, arb_srcptr a, arb_srcptr b, const space_t *s)
{
    _arb_vec_zero(r, s->length);
    for (slong p = 0; p < s->length; p++)
        for (slong q = 0; q < s->length && s->degrees[p] + s->degrees[q] <= s->order; q++)
            if (!arb_is_zero(a + p) && !arb_is_zero(b + q))
                arb_addmul(r + place_of(s, s->exponents + p * s->inputs, s->exponents + q * s->inputs), a + p,
                           b + q, s->prec);
    if (a == b) /* squares of balls around zero stay above it */
    {
        fmpq_t two;

        fmpq_init(two);
        fmpq_set_si(two, 2, 1);
        cst__ball_power(r, a, two, s->prec);
        fmpq_clear(two);
    }
}

/* The series at a + x of the function of an operation. */
static void
series_at(arb_poly_t f, const arb_t a, const cst_tape_op_t *op, slong length, slong prec)
{
    const fmpq *exponent = op->value;
    arb_t q;

    arb_poly_zero(f);
    arb_poly_set_coeff_arb(f, 0, a);
    arb_poly_set_coeff_si(f, 1, 1);
    switch (op->code)
    {
    case CST_TAPE_INVERSE:
        arb_poly_inv_series(f, f, length, prec);
        break;
    case CST_TAPE_POWER:
        arb_init(q);
        arb_set_fmpq(q, exponent, prec);
        arb_poly_pow_arb_series(f, f, q, length, prec);
        cst__ball_power(q, a, exponent, prec);
        arb_poly_set_coeff_arb(f, 0, q); /* exact roots stay exact */
        arb_clear(q);
        break;
    case CST_TAPE_EXP:
        arb_poly_exp_series(f, f, length, prec);
        break;
    case CST_TAPE_LOG:
        arb_poly_log_series(f, f, length, prec);
        break;
    case CST_TAPE_SIN:
        arb_poly_sin_series(f, f, length, prec);
        break;
    case CST_TAPE_COS:
        arb_poly_cos_series(f, f, length, prec);
        break;
    case CST_TAPE_ATAN:
        arb_poly_atan_series(f, f, length, prec);
        break;
    default:
        arb_hypgeom_erf_series(f, f, length, prec);
        break;
    }
}

/* Is a in the domain of the function? */
static int
is_inside(const arb_t a, cst_tape_code_t code)
{
    return arb_is_finite(a) && (code != CST_TAPE_INVERSE || !arb_contains_zero(a)) &&
           ((code != CST_TAPE_LOG && code != CST_TAPE_POWER) || arb_is_positive(a));
}

static void
indeterminate(arb_ptr r, const space_t *s)
{
    for (slong p = 0; p < s->length; p++)
        arb_indeterminate(r + p);
}

static void
compose(arb_ptr r, const cst_tape_op_t *op, arb_srcptr a, const space_t *s)
{
    arb_ptr h = s->scratch, t = s->scratch + s->length;
    arb_poly_t f;
    arb_t c;

    if (!is_inside(a, op->code))
    {
        indeterminate(r, s);
        return;
    }
    arb_poly_init(f);
    arb_init(c);
    series_at(f, a, op, s->order + 1, s->prec);
    _arb_vec_set(h, a, s->length);
    arb_zero(h);
    _arb_vec_zero(r, s->length);
    for (slong k = s->order; k >= 0; k--)
    {
        multiply(t, r, h, s);
        _arb_vec_set(r, t, s->length);
        arb_poly_get_coeff_arb(c, f, k);
        arb_add(r, r, c, s->prec);
    }
    arb_clear(c);
    arb_poly_clear(f);
}

/* 1 or 0 near a point where the sign is certain. */
static void
step(arb_ptr r, arb_srcptr a, const space_t *s)
{
    if (!arb_is_positive(a) && !arb_is_negative(a))
    {
        indeterminate(r, s);
        return;
    }
    _arb_vec_zero(r, s->length);
    cst__ball_step(r, a);
}

static void
apply(arb_ptr r, const cst_tape_op_t *op, arb_srcptr work, arb_srcptr inputs, const space_t *s)
{
    arb_srcptr a = op->code != CST_TAPE_INPUT && op->a >= 0 ? work + op->a * s->length : NULL;
    arb_srcptr b = op->b >= 0 ? work + op->b * s->length : NULL;
    arb_t c;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        arb_set(r, inputs + op->a);
        if (s->order > 0)
            arb_one(r + 1 + op->a);
        break;
    case CST_TAPE_RATIONAL:
        arb_set_fmpq(r, op->value, s->prec);
        break;
    case CST_TAPE_PI:
        arb_const_pi(r, s->prec);
        break;
    case CST_TAPE_ADD:
        _arb_vec_add(r, a, b, s->length, s->prec);
        break;
    case CST_TAPE_SUB:
        _arb_vec_sub(r, a, b, s->length, s->prec);
        break;
    case CST_TAPE_MUL:
        multiply(r, a, b, s);
        break;
    case CST_TAPE_SCALE:
        arb_init(c);
        arb_set_fmpq(c, op->value, s->prec + 8);
        _arb_vec_scalar_mul(r, a, s->length, c, s->prec);
        arb_clear(c);
        break;
    case CST_TAPE_STEP:
        step(r, a, s);
        break;
    default:
        compose(r, op, a, s);
    }
}

void
cst_tape_eval_jet(arb_ptr outputs, const cst_tape_t tape, arb_srcptr inputs, slong order, slong prec)
{
    arb_ptr work;
    space_t s;

    space_init(&s, tape->inputs, order, prec);
    work = _arb_vec_init(tape->length * s.length);
    for (slong i = 0; i < tape->length; i++)
        apply(work + i * s.length, tape->ops + i, work, inputs, &s);
    for (slong i = 0; i < tape->output_count; i++)
        _arb_vec_set(outputs + i * s.length, work + tape->outputs[i] * s.length, s.length);
    _arb_vec_clear(work, tape->length * s.length);
    space_clear(&s);
}
