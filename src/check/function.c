/* Elementary functions of Taylor models x = a + y. With s = y for exp, sin, cos and erf, y/a for powers and
   log and y/(1 + a^2) for atan, f(x) is a sum of terms T_k = c_k s^k. Its differential equation gives T_(k+1)
   = (A u T_k + B w T_(k-1))/C with u and w made of s. The numbers c_0 and c_1 are models without t and z:
   formulas for halves lead to small arguments, and there to the same sum. */
#include "check.h"

static void
add_integer(model_t *o, long v)
{
    mpz_mul_si(o->S->s, o->S->unit, v);
    mpz_add(o->c[0], o->c[0], o->S->s);
    model_settle(o);
}

/* of another precision */
static void
add_number(model_t *o, const model_t *number)
{
    mpz_ptr s = o->S->s, t = o->S->t;

    mpz_mul(s, number->c[0], o->S->unit);
    mpz_fdiv_q(s, s, number->S->unit);
    mpz_add(o->c[0], o->c[0], s);
    mpz_mul(t, number->rad, o->S->unit);
    mpz_cdiv_q(t, t, number->S->unit);
    mpz_add(o->rad, o->rad, t);
    mpz_add_ui(o->rad, o->rad, o->S->B != number->S->B);
    model_settle(o);
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

/* ---- Sums ---- */

typedef struct
{
    long A, B, C;
} rule_t;

static rule_t
rule(int f, mpq_srcptr q, long k)
{
    long den;

    switch (f)
    {
    case E_POW: /* x f' = q f */
        den = mpz_get_si(mpq_denref(q));
        return (rule_t){k ? mpz_get_si(mpq_numref(q)) - k * den : 0, 0, den * (k + 1)};
    case E_LOG: /* x f' = 1 */
        return (rule_t){-k, 0, k + 1};
    case E_ATAN: /* (1 + x^2) f' = 1 */
        return (rule_t){k, k - 1, k + 1};
    case E_ERF: /* f'' = -2 x f' */
        return (rule_t){k, k - 1, k * (k + 1)};
    case E_EXP: /* f' = f */
        return (rule_t){k ? 1 : 0, 0, k + 1};
    default: /* f'' = -f */
        return (rule_t){0, 1, k * (k + 1)};
    }
}

/* f(a + y) from the numbers c[0] = T_0 and c[1] = T_1/s */
typedef struct
{
    int f;
    mpq_srcptr q; /* the exponent of a power */
    const model_t *c;
    model_t *s, *u, *w;
    long enough; /* terms */
} series_t;

static void
set_size(mpz_t size, const model_t *a)
{
    mpz_add(size, a->norm, a->rad);
}

/* The number of the last term, and a bound of the others: for k >= 1 is |A|, |B| <= C h with h = 1 or 1/(k +
   1), falling, so that |T_(k+1)| + ... =: rest <= h |u| (|T_k| + rest) + h |w| (|T_(k-1)| + |T_k| + rest). It
   ends when that is a unit; or when it is known and there are enough terms. */
static long
last_term(mpz_t rest, const series_t *S)
{
    int disc = S->f == E_POW || S->f == E_LOG || S->f == E_ATAN;
    mpz_srcptr unit = S->s->S->unit;
    mpz_t T, before, u, w, t;
    long k = 1;

    mpz_inits(T, before, u, w, t, NULL);
    set_size(before, &S->c[0]);
    set_size(u, &S->c[1]);
    set_size(w, S->s);
    mpz_mul(t, u, w);
    mpz_cdiv_q(T, t, S->c->S->unit);
    mpz_mul(before, before, unit);
    mpz_cdiv_q(before, before, S->c->S->unit);
    set_size(u, S->u);
    set_size(w, S->w);
    for (;; k++)
    {
        rule_t r = rule(S->f, S->q, k);

        mpz_mul_si(t, unit, disc ? 1 : k + 1);
        mpz_sub(t, t, u);
        mpz_sub(t, t, w);
        mpz_add(rest, T, before);
        mpz_mul(rest, rest, w);
        mpz_addmul(rest, T, u);
        if (mpz_sgn(t) > 0)
        {
            mpz_cdiv_q(rest, rest, t);
            if (k >= S->enough || mpz_cmp_ui(rest, 1) <= 0)
                break;
        }
        if (k > S->enough + 60)
            reject("the argument of an elementary function is too wide");
        mpz_mul(before, before, w);
        mpz_mul_si(before, before, r.B);
        mpz_mul(t, T, u);
        mpz_mul_si(t, t, r.A < 0 ? -r.A : r.A);
        mpz_add(before, before, t);
        mpz_swap(before, T);
        mpz_mul_si(t, unit, r.C);
        mpz_cdiv_q(T, T, t);
    }
    mpz_clears(T, before, u, w, t, NULL);
    return k;
}

/* o = b_0 + s b_1 with b_k = c + (A_k/C_k) u b_(k+1) + (B_(k+1)/C_(k+1)) w b_(k+2), where c = c_1, but c_0 if
   k = 0, and for every even k if there are no A */
static void
sum(model_t *o, const series_t *S)
{
    model_t *t = models(4, o->S), *b1 = &t[0], *b2 = &t[1], *b = &t[2], *product = &t[3], *old;
    mpz_t rest;

    mpz_init(rest);
    for (long k = last_term(rest, S); k >= 0; k--)
    {
        rule_t r = rule(S->f, S->q, k), above = rule(S->f, S->q, k + 1);

        model_zero(b);
        if (above.B)
        {
            model_mul(product, S->w, b2);
            model_ratio(b, product, above.B, above.C);
        }
        if (r.A)
        {
            model_mul(product, S->u, b1);
            model_ratio(product, product, r.A, r.C);
            model_add(b, b, product, 1);
        }
        add_number(b, &S->c[r.A != 0 || k % 2]);
        old = b2, b2 = b1, b1 = b, b = old;
    }
    model_mul(product, S->s, b2);
    model_add(o, b1, product, 1);
    mpz_add(o->rad, o->rad, rest);
    models_free(t, 4);
    mpz_clear(rest);
}

/* o = f(a + y) */
static void
expand(model_t *o, int f, mpq_srcptr q, const model_t *c, const mpz_t a, model_t *y, long enough)
{
    model_t *t = models(3, o->S);
    series_t S = {.f = f, .q = q, .c = c, .s = &t[0], .u = &t[1], .w = &t[2], .enough = enough};
    mpz_t up, down;

    mpz_init_set(up, o->S->unit);
    mpz_init_set(down, o->S->unit);
    if (f == E_POW || f == E_LOG)
    {
        mpz_mul_si(up, up, mpz_sgn(a));
        mpz_abs(down, a);
    }
    else if (f == E_ATAN)
    {
        mpz_mul(up, up, up);
        mpz_set(down, up);
        mpz_addmul(down, a, a);
    }
    model_scale(S.s, y, up, down);
    mpz_mul_si(up, a, -2);
    if (f <= E_LOG)
        model_copy(S.u, S.s);
    else
    {
        model_mul(S.w, y, S.s);
        model_ratio(S.w, S.w, f == E_ERF ? -2 : -1, 1);
    }
    if (f == E_ATAN || f == E_ERF)
        model_scale(S.u, S.s, up, o->S->unit);
    sum(o, &S);
    mpz_clears(up, down, NULL);
    models_free(t, 3);
}

/* ---- Numbers ---- */

/* o = f(y) for a small y, or f(1 + y) for log, with c_0 and c_1 there */
static void
at_zero(model_t *o, int f, model_t *y, long c0, long c1)
{
    model_t *c = models(3, o->S);

    add_integer(&c[0], c0);
    add_integer(&c[1], c1);
    add_integer(&c[2], f == E_LOG);
    expand(o, f, NULL, c, c[2].c[0], y, 1 << 20);
    models_free(c, 3);
}

/* even = exp a; or even = cos a, odd = sin a by the formulas for the double argument */
static void
wave(model_t *even, model_t *odd, int f, const model_t *a)
{
    model_t *y = models(1, a->S);
    long r = 0, factor = f == E_EXP ? 1 : 2;

    model_copy(y, a);
    for (; mpz_sizeinbase(y->norm, 2) + 8 > a->S->B; r++)
        model_ratio(y, y, 1, 2);
    at_zero(even, f, y, 1, f == E_EXP);
    if (f != E_EXP)
        at_zero(odd, f, y, 0, 1);
    for (; r > 0; r--)
    {
        model_mul(y, odd, even);
        model_ratio(odd, y, 2, 1);
        model_mul(y, even, even);
        model_ratio(even, y, factor, 1);
        add_integer(even, 1 - factor);
    }
    models_free(y, 1);
}

/* o = log a or atan a, from log(1 + y) = 2 log(1 + h) with h = y/(1 + sqrt(1 + y)), and atan y = 2 atan h
   with h = y/(1 + sqrt(1 + y^2)) */
static void
inverse(model_t *o, int f, const model_t *a)
{
    model_t *t = models(3, a->S), *y = &t[0];
    long r = 0;

    model_copy(y, a);
    add_integer(y, f == E_LOG ? -1 : 0);
    for (; mpz_sizeinbase(y->norm, 2) + 8 > a->S->B; r++)
    {
        model_mul(&t[1], y, y);
        if (f == E_LOG)
            model_copy(&t[1], y);
        add_integer(&t[1], 1);
        power(&t[2], &t[1], 1, 2);
        add_integer(&t[2], 1);
        power(&t[1], &t[2], -1, 1);
        model_mul(&t[2], y, &t[1]);
        model_copy(y, &t[2]);
    }
    at_zero(o, f, y, 0, 1);
    model_ratio(o, o, 1l << r, 1);
    models_free(t, 3);
}

/* c_0 = erf a and c_1 = 2/sqrt(pi) exp(-a^2) */
static void
error_function(model_t *c, const model_t *a)
{
    model_t *t = models(4, a->S), *y = &t[0], *factor = &t[1];

    model_function(y, NULL, E_PI, NULL);
    power(&t[2], y, -1, 2);
    model_ratio(factor, &t[2], 2, 1);
    model_copy(y, a);
    at_zero(&t[2], E_ERF, y, 0, 1);
    model_mul(&c[0], factor, &t[2]);
    model_mul(&t[2], y, y);
    model_ratio(&t[2], &t[2], -1, 1);
    model_function(&t[3], &t[2], E_EXP, NULL);
    model_mul(&c[1], factor, &t[3]);
    models_free(t, 4);
}

/* o = a^(p/q), rounded down: the q-th root of a^p, or of 1/a^-p */
static void
root(model_t *o, const model_t *a, mpq_srcptr f)
{
    unsigned long p = mpz_get_ui(mpq_numref(f)), q = mpz_get_ui(mpq_denref(f)), B = o->S->B;
    mpz_ptr c = o->c[0], s = o->S->s;

    mpz_pow_ui(s, a->c[0], p);
    if (mpq_sgn(f) > 0)
        mpz_mul_2exp(c, s, B * (q - p));
    else
    {
        mpz_setbit(c, B * (q + p));
        mpz_fdiv_q(c, c, s);
    }
    if (q > 1)
        mpz_root(c, c, q);
    mpz_set_ui(o->rad, 1);
    model_settle(o);
}

/* T_0 and T_1/s at a */
static void
values(model_t *c, int f, mpq_srcptr q, const model_t *a)
{
    switch (f)
    {
    case E_EXP:
        wave(&c[0], &c[1], f, a);
        model_copy(&c[1], &c[0]);
        break;
    case E_SIN:
        wave(&c[1], &c[0], f, a);
        break;
    case E_COS:
        wave(&c[0], &c[1], f, a);
        model_ratio(&c[1], &c[1], -1, 1);
        break;
    case E_ERF:
        error_function(c, a);
        break;
    case E_POW:
        root(&c[0], a, q);
        model_scale(&c[1], &c[0], mpq_numref(q), mpq_denref(q));
        break;
    default:
        inverse(&c[0], f, a);
        add_integer(&c[1], 1);
    }
}

/* ---- Functions ---- */

/* Bits that are enough for the numbers: for the growth of exp(2 |a|), of the terms of erf, for quotients by a
 */
static unsigned long
precision(const model_t *x, int f)
{
    unsigned long B = x->S->B, size;

    if (f == E_POW || f == E_LOG || f == E_ATAN)
        return B + (f == E_POW ? 64 : 128 + mpz_sizeinbase(x->c[0], 2) + B);
    if (mpz_sizeinbase(x->c[0], 2) > B + 13)
        reject("the argument of an elementary function is too large");
    mpz_cdiv_q(x->S->s, x->c[0], x->S->unit);
    size = mpz_get_ui(x->S->s) + 1;
    if (f == E_ERF && size * size > B + 256)
        reject("the argument of an elementary function is too wide");
    return B + 128 + (f == E_ERF ? 4 * size * size : 4 * size);
}

/* With K + 3 terms the rest is smaller than what the polynomials drop. */
static void
series(model_t *o, const model_t *x, int f, mpq_srcptr q)
{
    space_t *S = space_new(precision(x, f), 0, 0, 1, 0, 0);
    model_t *c = models(3, S), *a = &c[2], *y = models(1, o->S);

    mpz_mul_2exp(a->c[0], x->c[0], S->B - x->S->B);
    model_settle(a);
    values(c, f, q, a);
    model_copy(y, x);
    mpz_set_ui(y->c[0], 0);
    model_settle(y);
    expand(o, f, q, c, x->c[0], y, o->S->K + 3);
    models_free(y, 1);
    models_free(c, 3);
    space_free(S);
}

/* 4 atan 1 */
static void
set_pi(model_t *o)
{
    space_t *S = space_new(o->S->B + 64, 0, 0, 1, 0, 0);
    model_t *t = models(2, S);

    add_integer(&t[0], 1);
    inverse(&t[1], E_ATAN, &t[0]);
    model_ratio(&t[1], &t[1], 4, 1);
    model_zero(o);
    add_number(o, &t[1]);
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

/* Is |x| >= l on the whole set with l^2 >= B, so that 1 - |erf x| < exp(-l^2) is below a unit? */
static int
is_far(const model_t *x)
{
    mpz_ptr t = x->S->t;

    mpz_mul_2exp(t, x->c[0], 1);
    mpz_abs(t, t);
    mpz_sub(t, t, x->norm);
    mpz_sub(t, t, x->rad);
    mpz_fdiv_q(t, t, x->S->unit);
    return mpz_sgn(t) > 0 && (mpz_mul(t, t, t), mpz_cmp_ui(t, x->S->B) >= 0);
}

void
model_function(model_t *o, const model_t *x, int f, mpq_srcptr q)
{
    int sign = f == E_PI ? 0 : model_sign(x), whole = f == E_POW && mpz_cmp_ui(mpq_denref(q), 1) == 0;

    if (f == E_PI)
        set_pi(o);
    else if (f == E_SIGMOID)
        sigmoid(o, x);
    else if (sign == 0 && (f == E_STEP || whole))
        reject("a quantity may be zero: a denominator, or where a piecewise function changes");
    else if (sign <= 0 && !whole && (f == E_LOG || f == E_POW))
        reject("the argument of a root or logarithm may not be positive");
    else if (f == E_STEP || (f == E_ERF && is_far(x)))
    {
        model_zero(o);
        add_integer(o, f == E_STEP ? sign > 0 : sign);
        mpz_set_ui(o->rad, f == E_ERF);
    }
    else
        series(o, x, f, q);
}
