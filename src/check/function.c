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

/* o = a number of higher precision */
static void
round_number(model_t *o, const model_t *number)
{
    unsigned long bits = number->S->B - o->S->B;

    model_zero(o);
    mpz_fdiv_q_2exp(o->c[0], number->c[0], bits);
    mpz_cdiv_q_2exp(o->rad, number->rad, bits);
    mpz_add_ui(o->rad, o->rad, 1);
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

/* A = 0 for k = 0, where c_1 is given. */
static rule_t
rule(int f, mpq_srcptr q, long k)
{
    long den;

    switch (f)
    {
    case E_POW: /* x f' = q f */
        den = mpz_get_si(mpq_denref(q));
        return (rule_t){k ? mpz_get_si(mpq_numref(q)) - k * den : 0, 0, den * (k + 1)};
    case E_EXP: /* f' = f */
        return (rule_t){k > 0, 0, k + 1};
    case E_LOG: /* x f' = 1 */
        return (rule_t){-k, 0, k + 1};
    case E_ATAN: /* (1 + x^2) f' = 1 */
        return (rule_t){k, k - 1, k + 1};
    case E_ERF: /* f'' = -2 x f' */
        return (rule_t){k, k - 1, k * (k + 1)};
    default: /* f'' = -f */
        return (rule_t){0, 1, k * (k + 1)};
    }
}

static int
is_entire(int f)
{
    return f != E_POW && f != E_LOG && f != E_ATAN;
}

typedef struct
{
    int f;
    mpq_srcptr q; /* the exponent of a power */
    const model_t *c, *s, *u, *w;
    long enough; /* terms */
} series_t;

/* The number of the last term, and a bound of the others: for k >= 1 is |A|, |B| <= C h with h = 1 or 1/(k +
   1), falling, so that |T_(k+1)| + ... =: rest <= h |u| (|T_k| + rest) + h |w| (|T_(k-1)| + |T_k| + rest). It
   ends when that is a unit; or when it is known and there are enough terms. */
static long
last_term(mpz_t rest, const series_t *S)
{
    mpz_srcptr unit = S->s->S->unit;
    mpz_t T, before, u, w, t;
    long k = 0;

    mpz_inits(T, before, u, w, t, NULL);
    model_size(u, &S->c[1]);
    model_size(w, S->s);
    mpz_mul(t, u, w); /* T_1 */
    model_size(T, S->c);
    model_size(u, S->u);
    model_size(w, S->w);
    for (;;)
    {
        rule_t r;

        mpz_swap(before, T);
        mpz_cdiv_q(T, t, unit);
        k++;
        mpz_add(rest, T, before);
        mpz_mul(rest, rest, w);
        mpz_addmul(rest, T, u);
        mpz_mul_si(t, unit, is_entire(S->f) ? k + 1 : 1);
        mpz_sub(t, t, u);
        mpz_sub(t, t, w);
        if (mpz_sgn(t) > 0)
        {
            mpz_cdiv_q(rest, rest, t);
            if (k >= S->enough || mpz_cmp_ui(rest, 1) <= 0)
                break;
        }
        if (k > S->enough + 60)
            reject("the argument of an elementary function is too wide");
        r = rule(S->f, S->q, k);
        mpz_mul(t, T, u);
        mpz_mul_si(t, t, r.A < 0 ? -r.A : r.A);
        mpz_mul(before, before, w);
        mpz_addmul_ui(t, before, (unsigned long) r.B);
        mpz_cdiv_q_ui(t, t, (unsigned long) r.C);
    }
    mpz_clears(T, before, u, w, t, NULL);
    return k;
}

/* o += x y num/den */
static void
add_product(model_t *o, const model_t *x, const model_t *y, long num, long den, model_t *scratch)
{
    if (num == 0)
        return;
    model_mul(scratch, x, y);
    model_ratio(scratch, scratch, num, den);
    model_add(o, o, scratch, 1);
}

/* o = b_0 + s b_1 with b_k = c + (A_k/C_k) u b_(k+1) + (B_(k+1)/C_(k+1)) w b_(k+2), where c = c_1, but c_0 if
   k = 0, and for every even k if there are no A */
static void
sum(model_t *o, const series_t *S)
{
    model_t *t = models(4, o->S);
    mpz_t rest;

    mpz_init(rest);
    for (long k = last_term(rest, S); k >= 0; k--)
    {
        rule_t r = rule(S->f, S->q, k), above = rule(S->f, S->q, k + 1);
        model_t *b = &t[k % 3];

        model_copy(b, &S->c[r.A != 0 || k % 2]);
        add_product(b, S->u, &t[(k + 1) % 3], r.A, r.C, &t[3]);
        add_product(b, S->w, &t[(k + 2) % 3], above.B, above.C, &t[3]);
    }
    model_copy(o, &t[0]);
    add_product(o, S->s, &t[1], 1, 1, &t[3]);
    mpz_add(o->rad, o->rad, rest);
    models_free(t, 4);
    mpz_clear(rest);
}

/* o = f(a + y) from c[0] = f(a) and c[1] = T_1/s */
static void
expand(model_t *o, int f, mpq_srcptr q, const model_t *c, const mpz_t a, const model_t *y, long enough)
{
    model_t *t = models(3, o->S), *s = &t[0], *u = f <= E_LOG ? s : &t[1], *w = &t[2];
    series_t S = {f, q, c, s, u, w, enough};
    mpz_srcptr unit = o->S->unit;
    mpz_t up, down;

    mpz_inits(up, down, NULL);
    mpz_mul(up, unit, f == E_POW || f == E_LOG ? a : unit);
    mpz_mul(down, a, a);
    if (f == E_ATAN)
        mpz_add(down, down, up);
    else if (is_entire(f))
        mpz_set(down, up);
    model_scale(s, y, up, down);
    if (f > E_LOG)
        add_product(w, y, s, f == E_ERF ? -2 : -1, 1, o);
    if (f == E_ATAN || f == E_ERF)
    {
        mpz_mul_si(up, a, -2);
        model_scale(u, s, up, unit);
    }
    sum(o, &S);
    mpz_clears(up, down, NULL);
    models_free(t, 3);
}

/* ---- Numbers ---- */

/* o = f(y) for a small y, or f(1 + y) for log, with c_0 and c_1 there */
static void
at_zero(model_t *o, int f, const model_t *y, long c0, long c1)
{
    model_t *c = models(3, o->S);

    add_integer(&c[0], c0);
    add_integer(&c[1], c1);
    add_integer(&c[2], f == E_LOG);
    expand(o, f, NULL, c, c[2].c[0], y, 64 * (long) o->S->B);
    models_free(c, 3);
}

static int
is_small(const model_t *y)
{
    return mpz_sizeinbase(y->norm, 2) + 8 <= y->S->B;
}

/* f and f' for exp, sin and cos, by the formulas for the double argument */
static void
wave(model_t *c, int f, const model_t *a)
{
    model_t *y = models(1, a->S), *even = &c[f == E_SIN], *odd = &c[f != E_SIN];
    long r = 0, factor = f == E_EXP ? 1 : 2;

    model_copy(y, a);
    for (; !is_small(y); r++)
        model_ratio(y, y, 1, 2);
    at_zero(even, f == E_EXP ? E_EXP : E_COS, y, 1, f == E_EXP);
    at_zero(odd, E_SIN, y, 0, 1);
    for (; r > 0; r--)
    {
        model_mul(odd, odd, even);
        model_ratio(odd, odd, 2, 1);
        model_mul(even, even, even);
        model_ratio(even, even, factor, 1);
        add_integer(even, 1 - factor);
    }
    if (f == E_EXP)
        model_copy(odd, even);
    if (f == E_COS)
        model_ratio(odd, odd, -1, 1);
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
    for (; !is_small(y); r++)
    {
        if (f == E_LOG)
            model_copy(&t[1], y);
        else
            model_mul(&t[1], y, y);
        add_integer(&t[1], 1);
        power(&t[2], &t[1], 1, 2);
        add_integer(&t[2], 1);
        power(&t[1], &t[2], -1, 1);
        model_mul(y, y, &t[1]);
    }
    at_zero(o, f, y, 0, 1);
    model_ratio(o, o, 1l << r, 1);
    models_free(t, 3);
}

/* c_0 = erf a and c_1 = 2/sqrt(pi) exp(-a^2) */
static void
error_function(model_t *c, const model_t *a)
{
    model_t *t = models(3, a->S), *factor = &t[0];

    model_function(&t[1], NULL, E_PI, NULL);
    power(factor, &t[1], -1, 2);
    model_ratio(factor, factor, 2, 1);
    at_zero(&t[1], E_ERF, a, 0, 1);
    model_mul(&c[0], factor, &t[1]);
    model_mul(&t[1], a, a);
    model_ratio(&t[1], &t[1], -1, 1);
    model_function(&t[2], &t[1], E_EXP, NULL);
    model_mul(&c[1], factor, &t[2]);
    models_free(t, 3);
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

/* c[0] = f(a) and c[1] = T_1/s */
static void
values(model_t *c, int f, mpq_srcptr q, const model_t *a)
{
    if (f == E_POW)
    {
        root(&c[0], a, q);
        model_scale(&c[1], &c[0], mpq_numref(q), mpq_denref(q));
    }
    else if (f == E_ERF)
        error_function(c, a);
    else if (f == E_LOG || f == E_ATAN)
    {
        inverse(&c[0], f, a);
        add_integer(&c[1], 1);
    }
    else
        wave(c, f, a);
}

/* ---- Functions ---- */

/* The numbers are found with more and more bits until their radii are below a unit. With K + 3 terms the rest
   is smaller than what the polynomials drop. */
static void
series(model_t *o, const model_t *x, int f, mpq_srcptr q)
{
    model_t *t = models(3, o->S), *y = &t[2];
    unsigned long P = o->S->B + 64 + (f == E_LOG || f == E_ATAN ? mpz_sizeinbase(x->c[0], 2) : 0);

    mpz_tdiv_q(o->S->s, x->c[0], o->S->unit);
    if (is_entire(f) && mpz_cmpabs_ui(o->S->s, f == E_ERF ? 16 + o->S->B / 64 : 8192) > 0)
        reject("the argument of an elementary function is too large");
    for (int done = 0; !done; P *= 2)
    {
        space_t *S = space_new(P, 0, 0, 1, 0, 0);
        model_t *c = models(3, S), *a = &c[2];

        mpz_mul_2exp(a->c[0], x->c[0], P - o->S->B);
        model_settle(a);
        if (P > MAX_CONSTANT / 2)
            reject("an elementary function is not found precisely enough");
        values(c, f, q, a);
        done = mpz_sizeinbase(c[0].rad, 2) + o->S->B < P && mpz_sizeinbase(c[1].rad, 2) + o->S->B < P;
        round_number(&t[0], &c[0]);
        round_number(&t[1], &c[1]);
        models_free(c, 3);
        space_free(S);
    }
    model_copy(y, x);
    mpz_set_ui(y->c[0], 0);
    model_settle(y);
    expand(o, f, q, t, x->c[0], y, o->S->K + 3);
    models_free(t, 3);
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
    round_number(o, &t[1]);
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

/* 1 - |erf x| < exp(-x^2) is below a unit if x^2 >= B. */
static int
is_far(const model_t *x)
{
    mpz_ptr s = x->S->s;

    model_least(s, x);
    mpz_fdiv_q(s, s, x->S->unit);
    if (mpz_sgn(s) <= 0)
        return 0;
    mpz_mul(s, s, s);
    return mpz_cmp_ui(s, x->S->B) >= 0;
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
