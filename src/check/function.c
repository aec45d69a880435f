/* Elementary functions of Taylor models x = a + y: f(a + y) = sum of c_k u^k, with u = y/a for powers and the
   logarithm and u = y otherwise. The c_k come from the differential equation of f, and a majorant
   |c_k u^k| <= T_k with T_(k+1) = q_k theta T_k bounds the tail. Numbers are models without t and z. */
#include "check.h"

#include <stdlib.h>

static space_t *
numbers(unsigned long P)
{
    return space_new(P, 0, 0, 1, 0, 0);
}

static void
add_integer(model_t *o, long v)
{
    mpz_set_si(o->S->s, v);
    mpz_mul_2exp(o->S->s, o->S->s, o->S->B);
    mpz_add(o->c[0], o->c[0], o->S->s);
    model_settle(o);
}

static void
set_integer(model_t *o, long v)
{
    model_zero(o);
    add_integer(o, v);
}

/* o = a, in units of its own space */
static void
convert(model_t *o, const model_t *a)
{
    model_zero(o);
    model_shift(o, a);
}

static void
widen(model_t *o, const model_t *by)
{
    mpz_add(o->rad, o->rad, by->norm);
    mpz_add(o->rad, o->rad, by->rad);
}

static void
power(model_t *o, const model_t *x, long num, unsigned long den)
{
    mpq_t q;

    mpq_init(q);
    mpq_set_si(q, num, den);
    model_function(o, x, E_POW, q);
    mpq_clear(q);
}

/* ---- Numbers ---- */

/* |x|, rounded up */
static long
whole(const model_t *x)
{
    mpz_ptr z = x->S->s;

    mpz_abs(z, x->c[0]);
    mpz_cdiv_q_2exp(z, z, x->S->B);
    if (mpz_cmp_ui(z, 8192) > 0)
        reject("the argument of an elementary function is too large");
    return mpz_get_si(z);
}

/* even = sum of sign^k x^2k/(2k)! and odd = sum of sign^k x^(2k+1)/(2k+1)!, from x/2^r by the formulas for
   the double argument: cosh and sinh, or cos and sin if sign = -1 */
static void
circle(model_t *even, model_t *odd, const model_t *x, int sign)
{
    long size = whole(x), r = 4;
    space_t *S;
    model_t *t, *sum[2], *y, *term;

    while (size >> (r - 4))
        r++;
    S = numbers(x->S->B + 3 * (unsigned long) (sign > 0 ? size + r : r) + 32);
    t = models(5, S);
    sum[0] = &t[0], sum[1] = &t[1], y = &t[2], term = &t[3];
    convert(term, x);
    model_ratio(y, term, 1, 1l << r);
    set_integer(sum[0], 1);
    model_copy(sum[1], y);
    model_copy(term, y);
    for (long k = 2; mpz_cmp_ui(term->norm, 1) > 0; k++)
    {
        model_mul(&t[4], term, y);
        model_ratio(term, &t[4], k % 2 ? 1 : sign, k);
        model_add(sum[k % 2], sum[k % 2], term, 1);
    }
    widen(sum[0], term); /* the terms fall by more than half */
    widen(sum[1], term);
    for (; r > 0; r--)
    {
        model_mul(term, sum[1], sum[0]);
        model_ratio(sum[1], term, 2, 1);
        model_mul(term, sum[0], sum[0]);
        model_ratio(sum[0], term, 2, 1);
        add_integer(sum[0], -1);
    }
    convert(even, sum[0]);
    convert(odd, sum[1]);
    models_free(t, 5);
    space_free(S);
}

static void
exponential(model_t *o, const model_t *x)
{
    model_t *odd = models(1, o->S);

    circle(o, odd, x, 1);
    model_add(o, o, odd, 1);
    models_free(odd, 1);
}

/* log x or atan x by Newton's method: log x = y + log(1 + d) with 1 + d = x exp(-y), and atan x = y + atan d
   with d = (x cos y - sin y)/(cos y + x sin y). Both are y + d up to d^2 if |d| < 1/2. */
static void
newton(model_t *o, const model_t *x, int f)
{
    long P = (long) x->S->B, n = f == E_LOG ? (long) mpz_sizeinbase(x->c[0], 2) - P : 0;
    space_t *S = numbers((unsigned long) (P + 2 * labs(n) + 32)); /* d is not known better than 2^(n - B) */
    model_t *t = models(6, S), *a = &t[0], *y = &t[1], *d = &t[2];
    int large = mpz_sizeinbase(x->c[0], 2) > x->S->B, steps = 0;

    convert(a, x);
    set_integer(y, f == E_LOG ? n * 45426 : large * mpz_sgn(x->c[0]) * 65536);
    model_ratio(y, y, 1, 65536); /* log 2^n, or 1 for x >= 1 */
    do
    {
        mpz_set_ui(y->rad, 0);
        if (steps++ > 64)
            reject("Newton's method fails");
        if (f == E_LOG)
        {
            model_ratio(&t[3], y, -1, 1);
            exponential(&t[4], &t[3]);
            model_mul(d, a, &t[4]);
            add_integer(d, -1);
        }
        else
        {
            circle(&t[3], &t[4], y, -1);
            model_mul(&t[5], a, &t[4]);
            model_add(&t[5], &t[5], &t[3], 1);
            if (model_sign(&t[5]) <= 0) /* y is not within pi/2 of atan x */
                reject("Newton's method fails");
            model_mul(d, a, &t[3]);
            model_add(&t[3], d, &t[4], -1);
            power(&t[4], &t[5], -1, 1);
            model_mul(d, &t[3], &t[4]);
        }
        model_add(y, y, d, 1);
    } while (mpz_sizeinbase(d->norm, 2) > S->B / 2);
    model_mul(&t[3], d, d);
    widen(y, &t[3]);
    convert(o, y);
    models_free(t, 6);
    space_free(S);
}

/* slope = 2/sqrt(pi) exp(-x^2), and erf x = slope times the sum of 2^k x^(2k+1)/(1 3 5 ... (2k+1)) */
static void
error_function(model_t *value, model_t *slope, const model_t *x)
{
    long size = whole(x), k = 1;
    space_t *S;
    model_t *t, *y, *square, *term, *sum;

    if (size > 1 && (size - 1) * (size - 1) > (long) x->S->B) /* 1 - |erf x| < exp(-x^2) */
    {
        set_integer(value, mpz_sgn(x->c[0]));
        model_zero(slope);
        mpz_set_ui(value->rad, 1);
        mpz_set_ui(slope->rad, 2);
        return;
    }
    S = numbers(x->S->B + 32 + 4 * (unsigned long) (size * size));
    t = models(5, S);
    y = &t[0], square = &t[1], term = &t[2], sum = &t[3];
    convert(y, x);
    model_mul(square, y, y);
    model_copy(term, y);
    model_copy(sum, y);
    for (; mpz_cmp_ui(term->norm, 1) > 0 || 2 * k + 1 < 4 * size * size;
         k++) /* until the terms fall by half */
    {
        model_mul(&t[4], term, square);
        model_ratio(term, &t[4], 2, 2 * k + 1);
        model_add(sum, sum, term, 1);
    }
    widen(sum, term);
    model_ratio(square, square, -1, 1);
    exponential(term, square);
    model_function(y, NULL, E_PI, NULL);
    power(square, y, -1, 2);
    model_mul(y, term, square);
    model_ratio(y, y, 2, 1);
    convert(slope, y);
    model_mul(term, y, sum);
    convert(value, term);
    models_free(t, 5);
    space_free(S);
}

/* a^(p/q): the q-th root of a^p, and its inverse if p < 0 */
static void
root(model_t *o, const model_t *a, mpq_srcptr f)
{
    unsigned long p = mpz_get_ui(mpq_numref(f)), q = mpz_get_ui(mpq_denref(f)), B = o->S->B;
    model_t *t = models(1, o->S);

    mpz_pow_ui(t->c[0], a->c[0], p);
    mpz_mul_2exp(t->c[0], t->c[0], B * (q - p));
    if (q > 1)
        mpz_set_ui(t->rad, mpz_root(t->c[0], t->c[0], q) == 0);
    model_settle(t);
    model_zero(o);
    mpz_set_si(o->S->big[0], mpz_sgn(a->c[0]));
    if (mpq_sgn(f) > 0)
        model_copy(o, t);
    else if (q > 1)
        power(o, t, -1, 1);
    else
        model_put(o, 0, o->S->big[0], a->norm, 2 * B);
    models_free(t, 1);
}

/* ---- Series ---- */

typedef struct
{
    int f;
    mpq_srcptr q; /* the exponent of a power */
    space_t *S;   /* of the numbers */
    model_t *a, **c;
    long k;               /* c_0 ... c_k are known */
    mpz_t theta, T, tail; /* T_k; in units of S */
} series_t;

/* c_0; and c_1, which is 1 for log, where the recurrence does not give it */
static void
start(series_t *s)
{
    model_t **c = s->c, *t = models(1, s->S);

    set_integer(c[1], 1);
    switch (s->f)
    {
    case E_EXP:
        exponential(c[0], s->a);
        break;
    case E_SIN:
        circle(c[1], c[0], s->a, -1);
        break;
    case E_COS:
        circle(c[0], t, s->a, -1);
        model_ratio(c[1], t, -1, 1);
        break;
    case E_LOG:
    case E_ATAN:
        newton(c[0], s->a, s->f);
        model_mul(t, s->a, s->a);
        add_integer(t, 1);
        if (s->f == E_ATAN)
            power(c[1], t, -1, 1);
        break;
    case E_ERF:
        error_function(c[0], c[1], s->a);
        break;
    default:
        root(c[0], s->a, s->q);
    }
    models_free(t, 1);
}

/* c_(k+1) = (own c_k + slope a c_k + before c_(k-1))/below, times c_1 = 1/(1 + a^2) for atan; q_k = up/down
 */
typedef struct
{
    long own, slope, before, below, up, down;
} rule_t;

static rule_t
rule(const series_t *s)
{
    long k = s->k, p, q;

    switch (s->f)
    {
    case E_EXP: /* f' = f */
        return (rule_t){1, 0, 0, k + 1, 1, k + 1};
    case E_POW: /* x f' = p/q f */
        p = mpz_get_si(mpq_numref(s->q));
        q = mpz_get_si(mpq_denref(s->q));
        return (rule_t){p - k * q, 0, 0, q * (k + 1), labs(p - k * q), q * (k + 1)};
    case E_LOG: /* x f' = 1 */
        return (rule_t){-k, 0, 0, k + 1, k, k + 1};
    case E_ATAN: /* (1 + x^2) f' = 1 */
        return (rule_t){0, -2 * k, 1 - k, k + 1, k, k + 1};
    case E_ERF: /* f'' = -2 x f'; Cramer: |c_k| <= 5/4 sqrt(2^(k-1) (k-1)!)/k! */
        mpz_set_si(s->S->s, 2 * k);
        mpz_mul_2exp(s->S->s, s->S->s, 40);
        mpz_sqrt(s->S->s, s->S->s);
        return (rule_t){0, -2 * k, 2 - 2 * k, k * (k + 1), mpz_get_si(s->S->s) + 1, (k + 1) << 20};
    default: /* f'' = -f */
        return (rule_t){0, 0, -1, k * (k + 1), 1, k + 1};
    }
}

/* The next coefficient; tail = T/(1 - q theta) is at least the sum of all T from there on, if it is known. */
static int
next(series_t *s)
{
    rule_t r = rule(s);
    model_t *t = models(2, s->S), *o = &t[1], **c = s->c + s->k++;
    mpz_t up, down;
    int known;

    model_ratio(o, c[0], r.own, r.below);
    if (r.slope)
    {
        model_mul(t, c[0], s->a);
        model_ratio(t, t, r.slope, r.below);
        model_add(o, o, t, 1);
    }
    if (r.before)
    {
        model_ratio(t, c[-1], r.before, r.below);
        model_add(o, o, t, 1);
    }
    if (c[1] == NULL)
        c[1] = models(1, s->S);
    if (s->f == E_ATAN)
        model_mul(c[1], o, s->c[1]);
    else
        model_copy(c[1], o);
    models_free(t, 2);
    mpz_init_set_si(up, r.up);
    mpz_init_set_si(down, r.down);
    mpz_mul(up, up, s->theta);
    mpz_mul_2exp(down, down, s->S->B);
    mpz_mul(s->T, s->T, up);
    mpz_cdiv_q(s->T, s->T, down);
    if (s->f == E_POW || s->f == E_LOG || s->f == E_ATAN) /* the later q_k are up to 1, the others decrease */
        mpz_mul_si(up, s->theta, r.down);
    mpz_sub(up, down, up);
    mpz_mul(down, down, s->T);
    known = mpz_sgn(up) > 0;
    if (known)
        mpz_cdiv_q(s->tail, down, up);
    mpz_clears(up, down, NULL);
    return known;
}

/* y = x - a, or (x - a)/a; theta and the first T */
static void
prepare(series_t *s, model_t *y, const model_t *x)
{
    int relative = s->f == E_POW || s->f == E_LOG;
    mpz_ptr size = s->S->s, unit = s->S->t;

    model_copy(y, x);
    mpz_set_ui(y->c[0], 0);
    model_settle(y);
    mpz_add(s->theta, y->norm, y->rad);
    mpz_mul_2exp(s->theta, s->theta, s->S->B - x->S->B);
    mpz_set_ui(unit, 0);
    mpz_setbit(unit, s->S->B);
    mpz_abs(size, s->a->c[0]);
    if (s->f == E_ATAN) /* |c_k| <= (1 + a^2)^(-k/2)/k */
    {
        mpz_mul(size, size, size);
        mpz_addmul(size, unit, unit);
        mpz_sqrt(size, size);
    }
    if (relative || s->f == E_ATAN)
    {
        mpz_mul(s->theta, s->theta, unit);
        mpz_cdiv_q(s->theta, s->theta, size);
    }
    mpz_mul_si(unit, unit, mpz_sgn(s->a->c[0]));
    if (relative)
        model_scale(y, y, unit, size);
    s->k = s->f != E_EXP && s->f != E_POW;
    mpz_set(s->T, s->theta);
    if (s->k == 0)
        mpz_add(s->T, s->c[0]->norm, s->c[0]->rad);
    else if (s->f == E_ERF) /* 5/4 theta */
    {
        mpz_mul_ui(s->T, s->T, 5);
        mpz_cdiv_q_2exp(s->T, s->T, 2);
    }
}

/* Horner's rule, with K + 3 terms at most where that is enough for a tail: more of them make the tail smaller
   than what the polynomials drop. */
static void
series(model_t *o, const model_t *x, int f, mpq_srcptr q)
{
    long enough = o->S->K + 3;
    space_t *S = numbers(o->S->B + 64);
    series_t s = {
        .f = f, .q = q, .S = S, .a = models(1, S), .c = grab((size_t) enough + 70, sizeof(model_t *))};
    model_t *y = models(1, x->S);

    mpz_inits(s.theta, s.T, s.tail, NULL);
    s.c[0] = models(1, S);
    s.c[1] = models(1, S);
    mpz_mul_2exp(s.a->c[0], x->c[0], 64);
    model_settle(s.a);
    start(&s);
    prepare(&s, y, x);
    while (!next(&s) || (s.k < enough && mpz_sizeinbase(s.tail, 2) > 64))
        if (s.k == enough + 60)
            reject("the argument of an elementary function is too wide");
    mpz_cdiv_q_2exp(s.tail, s.tail, 64); /* in units of o */
    model_zero(o);
    for (long k = s.k - 1; k >= 0; k--)
    {
        if (k < s.k - 1)
            model_mul(o, o, y);
        model_shift(o, s.c[k]);
    }
    mpz_add(o->rad, o->rad, s.tail);
    for (long k = s.k; k >= 0; k--)
        models_free(s.c[k], 1);
    drop(s.c);
    models_free(s.a, 1);
    models_free(y, 1);
    mpz_clears(s.theta, s.T, s.tail, NULL);
    space_free(S);
}

/* ---- Functions ---- */

/* 4 atan 1 */
static void
set_pi(model_t *o)
{
    space_t *S = numbers(o->S->B + 64);
    model_t *t = models(2, S);

    set_integer(&t[0], 1);
    newton(&t[1], &t[0], E_ATAN);
    model_ratio(&t[0], &t[1], 4, 1);
    convert(o, &t[0]);
    models_free(t, 2);
    space_free(S);
}

/* 1/(1 + exp(-x)) */
static void
sigmoid(model_t *o, const model_t *x)
{
    model_t *t = models(2, o->S);

    model_ratio(&t[0], x, -1, 1);
    model_function(&t[1], &t[0], E_EXP, NULL);
    add_integer(&t[1], 1);
    power(o, &t[1], -1, 1);
    models_free(t, 2);
}

void
model_function(model_t *o, const model_t *x, int f, mpq_srcptr q)
{
    int sign = f == E_PI ? 0 : model_sign(x), inverse = f == E_POW && mpz_cmp_ui(mpq_denref(q), 1) == 0;

    if (f == E_PI)
        set_pi(o);
    else if (f == E_SIGMOID)
        sigmoid(o, x);
    else if (sign == 0 && (f == E_STEP || inverse))
        reject("a quantity may be zero: a denominator, or where a piecewise function changes");
    else if (sign <= 0 && !inverse && (f == E_LOG || f == E_POW))
        reject("the argument of a root or logarithm may not be positive");
    else if (f == E_STEP)
        set_integer(o, sign > 0);
    else
        series(o, x, f, q);
}
