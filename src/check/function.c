/* Elementary functions of Taylor models x = a + y, |y| <= rho: f(a + y) = sum of c_k u^k, with u = y/a for
   powers and the logarithm and u = y otherwise. The c_k come from the differential equation of f, and a
   majorant |c_k u^k| <= T_k with T_(k+1) = q_k theta T_k bounds the tail. Numbers are models without t and z.
 */
#include "check.h"

static void
start(model_t *x, int n, space_t *S)
{
    for (int i = 0; i < n; i++)
        model_start(&x[i], S);
}

static void
end(model_t *x, int n)
{
    for (int i = 0; i < n; i++)
        model_end(&x[i]);
}

static void
scale(model_t *o, const model_t *a, long num, long den)
{
    mpz_t n, d;

    mpz_init_set_si(n, num);
    mpz_init_set_si(d, den);
    model_scale(o, a, n, d);
    mpz_clears(n, d, NULL);
}

static void
set_ratio(model_t *o, long num, unsigned long den)
{
    mpq_t q;

    mpq_init(q);
    mpq_set_si(q, num, den);
    model_constant(o, q);
    mpq_clear(q);
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

static space_t *
numbers(unsigned long P)
{
    return space_new(P, 0, 0, 1, 0, 0);
}

/* ---- Numbers ---- */

static void
power(model_t *o, const model_t *x, long num, unsigned long den)
{
    mpq_t f;

    mpq_init(f);
    mpq_set_si(f, num, den);
    model_function(o, x, E_POW, f);
    mpq_clear(f);
}

/* z + sign z^3/3 + z^5/5 + ..., |z| <= 1/3: artanh, or the arctangent if sign = -1. The tail after a term is
   at most z^2/(1 - z^2) <= 1/8 of it. */
static void
arc(model_t *o, model_t *z, int sign)
{
    model_t t[3], *square = &t[0], *odd = &t[1], *term = &t[2];

    start(t, 3, z->S);
    model_mul(term, z, z);
    scale(square, term, sign, 1);
    model_copy(odd, z);
    model_copy(o, z);
    for (long k = 3; mpz_cmp_ui(odd->norm, 1) > 0; k += 2)
    {
        model_mul(term, odd, square);
        model_copy(odd, term);
        scale(term, odd, 1, k);
        model_add(o, o, term, 1);
    }
    widen(o, odd);
    end(t, 3);
}

/* pi = 16 atan(1/5) - 4 atan(1/239) */
static void
set_pi(model_t *o)
{
    model_t t[2];

    start(t, 2, o->S);
    set_ratio(&t[0], 1, 5);
    arc(&t[1], &t[0], -1);
    scale(o, &t[1], 16, 1);
    set_ratio(&t[0], 1, 239);
    arc(&t[1], &t[0], -1);
    scale(&t[1], &t[1], 4, 1);
    model_add(o, o, &t[1], -1);
    end(t, 2);
}

/* log x = n log 2 + log y, with y = x/2^n in [2/3, 4/3]; log y = 2 artanh((y - 1)/(y + 1)) */
static void
logarithm(model_t *o, const model_t *x)
{
    long n = (long) mpz_sizeinbase(x->c[0], 2);
    mpz_t num, den, one;
    model_t t[2];

    mpz_inits(num, den, one, NULL);
    start(t, 2, o->S);
    mpz_mul_ui(num, x->c[0], 3);
    n -= (long) mpz_sizeinbase(num, 2) == n + 1; /* x < 2/3 2^n units */
    mpz_setbit(one, (mp_bitcnt_t) n);
    mpz_sub(num, x->c[0], one);
    mpz_mul_2exp(num, num, o->S->B);
    mpz_add(den, x->c[0], one);
    model_zero(&t[0]);
    model_put(&t[0], 0, num, den);
    arc(o, &t[0], 1);
    set_ratio(&t[0], 1, 3);
    arc(&t[1], &t[0], 1);
    scale(&t[1], &t[1], n - (long) x->S->B, 1);
    model_add(o, o, &t[1], 1);
    scale(o, o, 2, 1);
    end(t, 2);
    mpz_clears(num, den, one, NULL);
}

/* atan x = 2 atan(x/(1 + sqrt(1 + x^2))), three times */
static void
arctangent(model_t *o, const model_t *x)
{
    model_t t[4], *one = &t[0], *y = &t[1];

    start(t, 4, o->S);
    set_ratio(one, 1, 1);
    model_copy(y, x);
    for (int i = 0; i < 3; i++)
    {
        model_mul(&t[2], y, y);
        model_add(&t[2], &t[2], one, 1);
        power(&t[3], &t[2], 1, 2);
        model_add(&t[3], &t[3], one, 1);
        power(&t[2], &t[3], -1, 1);
        model_mul(y, y, &t[2]);
    }
    arc(o, y, -1);
    scale(o, o, 8, 1);
    end(t, 4);
}

static long
whole(const model_t *x)
{
    long v;
    mpz_t z;

    mpz_init(z);
    mpz_abs(z, x->c[0]);
    mpz_cdiv_q_2exp(z, z, x->S->B);
    if (mpz_cmp_ui(z, 8192) > 0)
        reject("the argument of an elementary function is too large");
    v = mpz_get_si(z);
    mpz_clear(z);
    return v;
}

/* even = sum of sign^k x^2k/(2k)! and odd = sum of sign^k x^(2k+1)/(2k+1)!, from x/2^r by the formulas for
   the double argument: cosh and sinh, or cos and sin if sign = -1 */
static void
circle(model_t *even, model_t *odd, const model_t *x, int sign)
{
    long size = whole(x), r = 4;
    space_t *S;
    model_t t[6], *C = &t[0], *D = &t[1], *y = &t[2], *term = &t[3], *one = &t[4];

    while (size >> (r - 4))
        r++;
    S = numbers(x->S->B + 3 * (unsigned long) (sign > 0 ? size + r : r) + 32);
    start(t, 6, S);
    convert(y, x);
    scale(y, y, 1, 1l << r);
    set_ratio(one, 1, 1);
    model_copy(C, one);
    model_copy(D, y);
    model_copy(term, y);
    for (long k = 2; mpz_cmp_ui(term->norm, 1) > 0; k++)
    {
        model_mul(&t[5], term, y);
        scale(term, &t[5], k % 2 ? 1 : sign, k);
        model_add(k % 2 ? D : C, k % 2 ? D : C, term, 1);
    }
    widen(C, term); /* the terms fall by more than half */
    widen(D, term);
    for (long k = 0; k < r; k++)
    {
        model_mul(term, D, C);
        scale(D, term, 2, 1);
        model_mul(term, C, C);
        scale(C, term, 2, 1);
        model_add(C, C, one, -1);
    }
    convert(even, C);
    convert(odd, D);
    end(t, 6);
    space_free(S);
}

static void
exponential(model_t *o, const model_t *x)
{
    model_t odd;

    model_start(&odd, o->S);
    circle(o, &odd, x, 1);
    model_add(o, o, &odd, 1);
    model_end(&odd);
}

/* slope = 2/sqrt(pi) exp(-x^2), and erf x = slope times the sum of 2^k x^(2k+1)/(1 3 5 ... (2k+1)) */
static void
error_function(model_t *value, model_t *slope, const model_t *x)
{
    unsigned long P = x->S->B;
    long size = whole(x), k = 1;
    space_t *S;
    model_t t[5], *y = &t[0], *square = &t[1], *term = &t[2], *sum = &t[3];

    if (size > 1 && (size - 1) * (size - 1) > (long) P) /* 1 - |erf x| < exp(-x^2) */
    {
        set_ratio(value, mpz_sgn(x->c[0]), 1);
        model_zero(slope);
        mpz_add_ui(value->rad, value->rad, 1);
        mpz_add_ui(slope->rad, slope->rad, 2);
        return;
    }
    S = numbers(P + 32 + 4 * (unsigned long) (size * size));
    start(t, 5, S);
    convert(y, x);
    model_mul(square, y, y);
    model_copy(term, y);
    model_copy(sum, y);
    for (; mpz_cmp_ui(term->norm, 1) > 0 || 2 * k + 1 < 4 * size * size;
         k++) /* until the terms fall by half */
    {
        model_mul(&t[4], term, square);
        scale(term, &t[4], 2, 2 * k + 1);
        model_add(sum, sum, term, 1);
    }
    widen(sum, term);
    scale(square, square, -1, 1);
    exponential(term, square);
    set_pi(y);
    power(square, y, 1, 2);
    power(y, square, -1, 1);
    model_mul(square, term, y);
    scale(square, square, 2, 1);
    convert(slope, square);
    model_mul(term, square, sum);
    convert(value, term);
    end(t, 5);
    space_free(S);
}

/* a^(p/q): the q-th root of a^p, and its inverse if p < 0 */
static void
root(model_t *o, const model_t *a, mpq_srcptr f)
{
    unsigned long p = mpz_get_ui(mpq_numref(f)), q = mpz_get_ui(mpq_denref(f));
    model_t t;

    if (q > MAX_ROOT)
        reject("the denominator of an exponent is too large");
    model_start(&t, o->S);
    mpz_pow_ui(t.c[0], a->c[0], p);
    mpz_mul_2exp(t.c[0], t.c[0], o->S->B * (q - p));
    if (q > 1)
        mpz_set_ui(t.rad, mpz_root(t.c[0], t.c[0], q) == 0);
    model_settle(&t);
    if (mpq_sgn(f) > 0)
        model_copy(o, &t);
    else if (q > 1)
        power(o, &t, -1, 1);
    else
    {
        mpz_set_si(t.c[0], mpz_sgn(a->c[0]));
        mpz_mul_2exp(t.c[0], t.c[0], 2 * o->S->B);
        model_zero(o);
        model_put(o, 0, t.c[0], a->norm);
    }
    model_end(&t);
}

/* ---- Series ---- */

typedef struct
{
    int op;
    mpq_srcptr f;
    space_t *S;    /* of the numbers */
    model_t a, *c; /* c_0, c_1, ..., c_k */
    long k;
    mpz_t theta, T; /* of k, in units of S */
} series_t;

/* c_0, and c_1 where the recurrence does not give it */
static void
first(series_t *s)
{
    model_t *c = s->c, t, one;

    start(c, 2, s->S);
    model_start(&t, s->S);
    model_start(&one, s->S);
    set_ratio(&one, 1, 1);
    set_ratio(&c[1], 1, 1);
    switch (s->op)
    {
    case E_EXP:
        exponential(&c[0], &s->a);
        break;
    case E_SIN:
        circle(&c[1], &c[0], &s->a, -1);
        break;
    case E_COS:
        circle(&c[0], &c[1], &s->a, -1);
        scale(&c[1], &c[1], -1, 1);
        break;
    case E_LOG:
        logarithm(&c[0], &s->a);
        break;
    case E_ATAN:
        arctangent(&c[0], &s->a);
        model_mul(&t, &s->a, &s->a);
        model_add(&t, &t, &one, 1);
        power(&c[1], &t, -1, 1);
        break;
    case E_ERF:
        error_function(&c[0], &c[1], &s->a);
        break;
    default:
        root(&c[0], &s->a, s->f);
    }
    model_end(&one);
    model_end(&t);
}

/* c_(k+1) from c_k and c_(k-1) */
static void
recur(series_t *s)
{
    long k = s->k, p, q;
    model_t *c = s->c, t;

    if (k > 0)
        model_start(&c[k + 1], s->S);
    switch (s->op)
    {
    case E_EXP: /* f' = f */
        scale(&c[k + 1], &c[k], 1, k + 1);
        break;
    case E_POW: /* binomial series */
        p = mpz_get_si(mpq_numref(s->f));
        q = mpz_get_si(mpq_denref(s->f));
        scale(&c[k + 1], &c[k], p - k * q, q * (k + 1));
        break;
    case E_LOG: /* c_k = -(-1)^k/k */
        if (k > 0)
            scale(&c[k + 1], &c[k], -k, k + 1);
        break;
    case E_SIN:
    case E_COS: /* f'' = -f */
        if (k > 0)
            scale(&c[k + 1], &c[k - 1], -1, k * (k + 1));
        break;
    default: /* (1 + x^2) f' = 1 for atan, f'' = -2 x f' for erf */
        if (k == 0)
            break;
        model_start(&t, s->S);
        model_mul(&t, &s->a, &c[k]);
        scale(&t, &t, -2 * k, 1);
        scale(&c[k + 1], &c[k - 1], s->op == E_ERF ? 2 - 2 * k : 1 - k, 1);
        model_add(&t, &t, &c[k + 1], 1);
        if (s->op == E_ATAN)
            model_mul(&c[k + 1], &t, &c[1]);
        scale(&c[k + 1], s->op == E_ERF ? &t : &c[k + 1], 1, s->op == E_ERF ? k * (k + 1) : k + 1);
        model_end(&t);
    }
}

/* q_k = num/den, as a bound of all q_j, j >= k, if `all`. For erf it is that of Cramer's bound of the Hermite
   polynomials, 5/4 sqrt(2^(k-1) (k-1)!)/k!. */
static void
ratio(mpz_t num, mpz_t den, const series_t *s, int all)
{
    long k = s->k;

    mpz_set_si(den, k + 1);
    mpz_set_ui(num, 1);
    if (s->op == E_POW || s->op == E_LOG || s->op == E_ATAN)
    {
        mpz_set_si(num, k > 0 ? k : 1); /* |c_k| <= theta^k/k */
        if (s->op == E_POW)
        {
            mpz_mul_si(num, mpq_denref(s->f), k);
            mpz_sub(num, num, mpq_numref(s->f));
            mpz_abs(num, num);
            mpz_mul(den, den, mpq_denref(s->f));
        }
        if (all)
            mpz_set(num, den);
    }
    else if (s->op == E_ERF && k == 0)
    {
        mpz_set_ui(num, 5);
        mpz_set_ui(den, 4);
    }
    else if (s->op == E_ERF)
    {
        mpz_set_si(num, 2 * k);
        mpz_mul_2exp(num, num, 40);
        mpz_sqrt(num, num);
        mpz_add_ui(num, num, 1);
        mpz_mul_2exp(den, den, 20);
    }
}

static void
next(series_t *s)
{
    mpz_t num, den;

    mpz_inits(num, den, NULL);
    recur(s);
    ratio(num, den, s, 0);
    mpz_mul(s->T, s->T, s->theta);
    mpz_mul(s->T, s->T, num);
    mpz_mul_2exp(den, den, s->S->B);
    mpz_cdiv_q(s->T, s->T, den);
    s->k++;
    mpz_clears(num, den, NULL);
}

/* T_k/(1 - theta q) in units of 2^-B, at least the sum of all terms from k on; 0 if nothing is known */
static int
tail(mpz_t bound, const series_t *s, unsigned long B)
{
    mpz_t num, den;
    int known;

    mpz_inits(num, den, NULL);
    ratio(num, den, s, 1);
    mpz_mul(num, num, s->theta);
    mpz_mul_2exp(den, den, s->S->B);
    mpz_sub(num, den, num);
    known = s->k > 0 && mpz_sgn(num) > 0;
    if (known)
    {
        mpz_mul(bound, s->T, den);
        mpz_mul_2exp(num, num, s->S->B - B);
        mpz_cdiv_q(bound, bound, num);
    }
    mpz_clears(num, den, NULL);
    return known;
}

/* Horner's rule, with K + 3 terms at most where that is enough for a tail: more of them make the tail smaller
   than what the polynomials drop. */
static void
compose(model_t *o, model_t *y, series_t *s)
{
    int enough = o->S->K + 3, known = 0;
    mpz_t bound;

    mpz_init(bound);
    do
    {
        if (s->k == enough + 60)
            reject("the argument of an elementary function is too wide");
        next(s);
        known = tail(bound, s, o->S->B);
    } while (!known || (s->k < enough && mpz_cmp_ui(bound, 1) > 0));
    model_zero(o);
    for (long k = s->k - 1; k >= 0; k--)
    {
        if (k < s->k - 1)
            model_mul(o, o, y);
        model_shift(o, &s->c[k]);
    }
    mpz_add(o->rad, o->rad, bound);
    mpz_clear(bound);
}

/* y = x - a, or (x - a)/a; theta and T_0 */
static void
prepare(series_t *s, model_t *y, const model_t *x)
{
    unsigned long P = s->S->B;
    mpz_t size, rho;

    mpz_init(size);
    mpz_init(rho);
    model_copy(y, x);
    mpz_abs(size, x->c[0]);
    mpz_set_ui(y->c[0], 0);
    model_settle(y);
    mpz_add(rho, y->norm, y->rad);
    mpz_mul_2exp(s->theta, rho, P - x->S->B);
    mpz_setbit(s->T, P);
    if (s->op == E_EXP || s->op == E_POW)
        mpz_add(s->T, s->c[0].norm, s->c[0].rad);
    if (s->op == E_POW || s->op == E_LOG)
    {
        mpz_mul_2exp(rho, rho, P);
        mpz_cdiv_q(s->theta, rho, size);
        mpz_set_si(rho, mpz_sgn(x->c[0]));
        mpz_mul_2exp(rho, rho, x->S->B);
        model_scale(y, y, rho, size);
    }
    if (s->op == E_ATAN) /* |c_k| <= (1 + a^2)^(-k/2)/k */
    {
        mpz_mul(rho, s->a.c[0], s->a.c[0]);
        mpz_set_ui(size, 0);
        mpz_setbit(size, 2 * P);
        mpz_add(rho, rho, size);
        mpz_sqrt(rho, rho);
        mpz_mul_2exp(s->theta, s->theta, P);
        mpz_cdiv_q(s->theta, s->theta, rho);
    }
    mpz_clears(size, rho, NULL);
}

static void
series(model_t *o, const model_t *x, int op, mpq_srcptr f)
{
    space_t *S = numbers(o->S->B + 64);
    series_t s = {.op = op, .f = f, .S = S, .c = grab((size_t) o->S->K + 70, sizeof(model_t))};
    model_t y;

    mpz_inits(s.theta, s.T, NULL);
    model_start(&s.a, S);
    model_start(&y, x->S);
    mpz_mul_2exp(s.a.c[0], x->c[0], 64);
    model_settle(&s.a);
    first(&s);
    prepare(&s, &y, x);
    compose(o, &y, &s);
    model_end(&y);
    model_end(&s.a);
    end(s.c, (int) s.k + 1);
    mpz_clears(s.theta, s.T, NULL);
    drop(s.c);
    space_free(S);
}

/* 1/(1 + exp(-x)) */
static void
sigmoid(model_t *o, const model_t *x)
{
    model_t t[2];

    start(t, 2, o->S);
    scale(&t[0], x, -1, 1);
    model_function(o, &t[0], E_EXP, NULL);
    set_ratio(&t[1], 1, 1);
    model_add(&t[1], &t[1], o, 1);
    power(o, &t[1], -1, 1);
    end(t, 2);
}

void
model_function(model_t *o, const model_t *x, int op, mpq_srcptr f)
{
    space_t *S;
    model_t t;

    if (op == E_PI)
    {
        S = numbers(o->S->B + 64);
        model_start(&t, S);
        set_pi(&t);
        convert(o, &t);
        model_end(&t);
        space_free(S);
    }
    else if (op == E_STEP)
    {
        if (model_sign(x) == 0)
            reject("a branch of a piecewise function is not certain");
        set_ratio(o, model_sign(x) > 0, 1);
    }
    else if (op == E_SIGMOID)
        sigmoid(o, x);
    else if (op == E_POW && mpz_cmp_ui(mpq_denref(f), 1) == 0 && model_sign(x) == 0)
        reject("a denominator may be zero");
    else if ((op == E_LOG || (op == E_POW && mpz_cmp_ui(mpq_denref(f), 1) > 0)) && model_sign(x) <= 0)
        reject("the argument of a root or logarithm may not be positive");
    else
        series(o, x, op, f);
}
