/* Elementary functions of Taylor models. Each is a power series at the constant coefficient a of the
   model x = a + y, |y| <= rho: enclosed coefficients, a proved bound of the tail, Horner's rule. */
#include "check.h"

/* ---- Enclosed numbers: c +- r in units of 2^-P ---- */

typedef struct
{
    mpz_t c, r;
} ball_t;

static void
ball_start(ball_t *x)
{
    mpz_inits(x->c, x->r, NULL);
}

static void
ball_end(ball_t *x)
{
    mpz_clears(x->c, x->r, NULL);
}

static void
ball_int(ball_t *x, long v, unsigned long P)
{
    mpz_set_si(x->c, v);
    mpz_mul_2exp(x->c, x->c, P);
    mpz_set_ui(x->r, 0);
}

static void
ball_add(ball_t *o, const ball_t *a, const ball_t *b)
{
    mpz_add(o->c, a->c, b->c);
    mpz_add(o->r, a->r, b->r);
}

/* From units of 2^-P to units of 2^-Q */
static void
ball_units(ball_t *o, const ball_t *a, unsigned long P, unsigned long Q)
{
    if (Q >= P)
    {
        mpz_mul_2exp(o->c, a->c, Q - P);
        mpz_mul_2exp(o->r, a->r, Q - P);
        return;
    }
    mpz_fdiv_q_2exp(o->c, a->c, P - Q);
    mpz_cdiv_q_2exp(o->r, a->r, P - Q);
    mpz_add_ui(o->r, o->r, 1);
}

/* o = a num/den, exact integers */
static void
ball_scale(ball_t *o, const ball_t *a, const mpz_t num, const mpz_t den)
{
    mpz_mul(o->c, a->c, num);
    mpz_fdiv_q(o->c, o->c, den);
    mpz_mul(o->r, a->r, num);
    (mpz_sgn(num) == mpz_sgn(den) ? mpz_cdiv_q : mpz_fdiv_q)(o->r, o->r, den);
    mpz_abs(o->r, o->r);
    mpz_add_ui(o->r, o->r, 1);
}

static void
ball_scale_si(ball_t *o, const ball_t *a, long num, long den)
{
    mpz_t n, d;

    mpz_init_set_si(n, num);
    mpz_init_set_si(d, den);
    ball_scale(o, a, n, d);
    mpz_clears(n, d, NULL);
}

static void
ball_mul(ball_t *o, const ball_t *a, const ball_t *b, unsigned long P)
{
    mpz_t r, t;

    mpz_inits(r, t, NULL);
    mpz_mul(r, a->r, b->r);
    mpz_abs(t, a->c);
    mpz_addmul(r, t, b->r);
    mpz_abs(t, b->c);
    mpz_addmul(r, t, a->r);
    mpz_mul(o->c, a->c, b->c);
    mpz_fdiv_q_2exp(o->c, o->c, P);
    mpz_cdiv_q_2exp(o->r, r, P);
    mpz_add_ui(o->r, o->r, 1);
    mpz_clears(r, t, NULL);
}

/* |a/b - a0/b0| <= (|a0| rb + |b0| ra)/(|b0| (|b0| - rb)) */
static void
ball_div(ball_t *o, const ball_t *a, const ball_t *b, unsigned long P)
{
    mpz_t r, s, t;

    mpz_inits(r, s, t, NULL);
    mpz_abs(s, b->c);
    mpz_mul(r, s, a->r);
    mpz_sub(t, s, b->r);
    if (mpz_sgn(t) <= 0)
        reject("division by a number that may be zero");
    mpz_mul(s, s, t);
    mpz_abs(t, a->c);
    mpz_addmul(r, t, b->r);
    mpz_mul_2exp(r, r, P);
    mpz_mul_2exp(t, a->c, P);
    mpz_fdiv_q(o->c, t, b->c);
    mpz_cdiv_q(o->r, r, s);
    mpz_add_ui(o->r, o->r, 1);
    mpz_clears(r, s, t, NULL);
}

static void
ball_sqrt(ball_t *o, const ball_t *a, unsigned long P)
{
    mpz_t lo, hi;

    mpz_inits(lo, hi, NULL);
    mpz_sub(lo, a->c, a->r);
    mpz_add(hi, a->c, a->r);
    if (mpz_sgn(lo) < 0)
        reject("the square root of a number that may be negative");
    mpz_mul_2exp(lo, lo, P);
    mpz_mul_2exp(hi, hi, P);
    mpz_sqrt(o->c, lo);
    mpz_sqrt(hi, hi);
    mpz_sub(o->r, hi, o->c);
    mpz_add_ui(o->r, o->r, 1);
    mpz_clears(lo, hi, NULL);
}

/* ---- Elementary functions of numbers ---- */

/* part[i] = sum of x^k/k! over k = i mod 4, for |x| <= 1/2 */
static void
exponential_series(ball_t part[4], const ball_t *x, unsigned long P)
{
    ball_t term;

    ball_start(&term);
    ball_int(&term, 1, P);
    for (int i = 0; i < 4; i++)
        ball_int(&part[i], 0, P);
    for (long k = 0; k < 4 || mpz_cmpabs_ui(term.c, 1) > 0; k++)
    {
        ball_add(&part[k % 4], &part[k % 4], &term);
        ball_mul(&term, &term, x, P);
        ball_scale_si(&term, &term, 1, k + 1);
    }
    mpz_add_ui(term.r, term.r, 2); /* the tail is at most twice |term| */
    mpz_mul_2exp(term.r, term.r, 1);
    for (int i = 0; i < 4; i++)
        mpz_add(part[i].r, part[i].r, term.r);
    ball_end(&term);
}

/* sum of (sign x^2)^k x/(2k + 1), for |x| <= 1/2: atan x or artanh x */
static void
arctangent_series(ball_t *o, const ball_t *x, int sign, unsigned long P)
{
    ball_t power, square, term;

    ball_start(&power);
    ball_start(&square);
    ball_start(&term);
    ball_mul(&square, x, x, P);
    ball_scale_si(&square, &square, sign, 1);
    ball_int(&power, 0, P);
    ball_add(&power, &power, x);
    ball_int(o, 0, P);
    for (long k = 0; k < 4 || mpz_cmpabs_ui(power.c, 1) > 0; k++)
    {
        ball_scale_si(&term, &power, 1, 2 * k + 1);
        ball_add(o, o, &term);
        ball_mul(&power, &power, &square, P);
    }
    mpz_add(o->r, o->r, power.r); /* the tail is at most 4/3 |power| */
    mpz_add(o->r, o->r, power.r);
    mpz_add_ui(o->r, o->r, 2);
    ball_end(&term);
    ball_end(&square);
    ball_end(&power);
}

static unsigned long
size(const mpz_t z)
{
    return (unsigned long) mpz_sizeinbase(z, 2);
}

/* exp x, or sin x and cos x: x is halved j times, and the doubling formulas undo it. */
static void
exp_or_sincos(ball_t *e, ball_t *s, ball_t *c, const ball_t *x, unsigned long P)
{
    unsigned long j = size(x->c) > P - 8 ? size(x->c) - (P - 8) : 0, Q = P + 2 * j + 32;
    ball_t y, part[4];
    mpz_t one, two;

    if (size(x->c) > P + (e ? 12 : 64) || size(x->r) > P)
        reject("the argument of an elementary function is too large");
    if (e && j > 0 && mpz_sgn(x->c) > 0)
        Q += 2ul << (j > 8 ? j - 8 : 0);
    ball_start(&y);
    mpz_init_set_ui(one, 1);
    mpz_init_set_ui(two, 1);
    mpz_mul_2exp(two, two, j);
    for (int i = 0; i < 4; i++)
        ball_start(&part[i]);
    ball_units(&y, x, P, Q);
    ball_scale(&y, &y, one, two);
    exponential_series(part, &y, Q);
    ball_scale_si(&y, &part[2], e ? 1 : -1, 1);
    ball_add(&part[0], &part[0], &y);
    ball_scale_si(&y, &part[3], e ? 1 : -1, 1);
    ball_add(&part[1], &part[1], &y);
    if (e)
        ball_add(&part[0], &part[0], &part[1]);
    for (; j > 0; j--)
    {
        if (!e) /* sin 2y = 2 sin y cos y, cos 2y = 1 - 2 sin^2 y */
        {
            ball_mul(&y, &part[0], &part[1], Q);
            ball_mul(&part[0], &part[1], &part[1], Q);
            ball_scale_si(&part[1], &y, 2, 1);
            ball_scale_si(&part[0], &part[0], -2, 1);
            ball_int(&y, 1, Q);
            ball_add(&part[0], &part[0], &y);
        }
        else
            ball_mul(&part[0], &part[0], &part[0], Q);
    }
    ball_units(e ? e : c, &part[0], Q, P);
    if (!e)
        ball_units(s, &part[1], Q, P);
    for (int i = 0; i < 4; i++)
        ball_end(&part[i]);
    mpz_clears(one, two, NULL);
    ball_end(&y);
}

/* log x = k log 2 + 2 artanh((y - 1)/(y + 1)), y = x/2^k in [1/2, 1); log 2 = 2 artanh(1/3) */
static void
log_ball(ball_t *o, const mpz_t x, unsigned long P)
{
    unsigned long n = size(x), Q = P + 16;
    ball_t one, u, v;

    ball_start(&one);
    ball_start(&u);
    ball_start(&v);
    ball_int(&one, 1, Q);
    mpz_set(u.c, x);
    ball_units(&u, &u, n, Q);
    mpz_add(v.c, u.c, one.c);
    mpz_set(v.r, u.r);
    mpz_sub(u.c, u.c, one.c);
    ball_div(&u, &u, &v, Q);
    arctangent_series(&v, &u, 1, Q);
    ball_scale_si(&u, &one, 1, 3);
    arctangent_series(&one, &u, 1, Q);
    ball_scale_si(&one, &one, (long) n - (long) P, 1);
    ball_add(&v, &v, &one);
    ball_scale_si(&v, &v, 2, 1);
    ball_units(o, &v, Q, P);
    ball_end(&v);
    ball_end(&u);
    ball_end(&one);
}

/* atan x = 2 atan(x/(1 + sqrt(1 + x^2))), three times */
static void
atan_ball(ball_t *o, const ball_t *x, unsigned long P)
{
    ball_t one, s, t;

    ball_start(&one);
    ball_start(&s);
    ball_start(&t);
    ball_int(&one, 1, P);
    mpz_set(t.c, x->c);
    mpz_set(t.r, x->r);
    for (int i = 0; i < 3; i++)
    {
        ball_mul(&s, &t, &t, P);
        if (mpz_cmp(s.r, s.c) > 0)
        {
            mpz_add(s.r, s.r, s.c); /* a square is not negative */
            mpz_fdiv_q_2exp(s.c, s.r, 1);
            mpz_add_ui(s.c, s.c, 1);
            mpz_set(s.r, s.c);
        }
        ball_add(&s, &s, &one);
        ball_sqrt(&s, &s, P);
        ball_add(&s, &s, &one);
        ball_div(&t, &t, &s, P);
    }
    arctangent_series(&s, &t, -1, P);
    ball_scale_si(o, &s, 8, 1);
    ball_end(&t);
    ball_end(&s);
    ball_end(&one);
}

static void
pi_ball(ball_t *o, unsigned long P)
{
    ball_t one;

    ball_start(&one);
    ball_int(&one, 1, P);
    atan_ball(o, &one, P);
    ball_scale_si(o, o, 4, 1);
    ball_end(&one);
}

/* exp(-x^2) 2/sqrt(pi) */
static void
erf_slope(ball_t *o, const ball_t *x, unsigned long P)
{
    ball_t t;

    ball_start(&t);
    pi_ball(&t, P);
    ball_sqrt(&t, &t, P);
    ball_int(o, 2, P);
    ball_div(o, o, &t, P);
    ball_mul(&t, x, x, P);
    if (size(t.c) > P + 12) /* exp(-x^2) < 2^-4096 */
    {
        mpz_set_ui(o->c, 0);
        mpz_set_ui(o->r, 1);
        mpz_mul_2exp(o->r, o->r, P > 4096 ? P - 4096 : 0);
    }
    else
    {
        ball_t e;

        ball_start(&e);
        ball_scale_si(&t, &t, -1, 1);
        exp_or_sincos(&e, NULL, NULL, &t, P);
        ball_mul(o, o, &e, P);
        ball_end(&e);
    }
    ball_end(&t);
}

/* erf x = slope(x) sum_k 2^k x^(2k+1)/(1 3 5 ... (2k+1)); for x^2 > P it is +-1 within exp(-x^2) */
static void
erf_ball(ball_t *o, const ball_t *x, unsigned long P)
{
    unsigned long Q = P + 32;
    ball_t y, square, term;

    ball_start(&y);
    ball_start(&square);
    ball_start(&term);
    ball_units(&y, x, P, Q);
    ball_mul(&square, &y, &y, Q);
    mpz_fdiv_q_2exp(square.c, square.c, Q);
    if (mpz_cmp_ui(square.c, P + 1) > 0)
    {
        ball_int(o, mpz_sgn(x->c), P);
        mpz_set_ui(o->r, 1);
    }
    else
    {
        long whole = mpz_get_si(square.c) + 2, k = 0;
        unsigned long R = Q + 2 * (unsigned long) whole; /* the sum may be as large as exp(x^2) */

        ball_units(&y, x, P, R);
        ball_mul(&square, &y, &y, R);
        ball_int(&term, 0, R);
        ball_add(&term, &term, &y);
        ball_int(o, 0, R);
        do
        {
            ball_add(o, o, &term);
            k++;
            ball_mul(&term, &term, &square, R);
            ball_scale_si(&term, &term, 2, 2 * k + 1);
        } while (mpz_cmpabs_ui(term.c, 1) > 0 || k < 2 * whole); /* then the terms fall by 1/2 at least */
        mpz_add(o->r, o->r, term.r);
        mpz_add(o->r, o->r, term.r);
        mpz_add_ui(o->r, o->r, 4);
        erf_slope(&y, &y, R);
        ball_mul(o, o, &y, R);
        ball_units(o, o, R, P);
    }
    ball_end(&term);
    ball_end(&square);
    ball_end(&y);
}

/* a^f for the integer a > 0 in units of 2^-B and 0 < f < 1 */
static void
power_ball(ball_t *o, const mpz_t a, mpq_srcptr f, unsigned long B, unsigned long P)
{
    unsigned long p = mpz_get_ui(mpq_numref(f)), q = mpz_get_ui(mpq_denref(f));

    if (q <= 16)
    {
        mpz_pow_ui(o->c, a, p);
        mpz_mul_2exp(o->c, o->c, q * P - p * B);
        mpz_root(o->c, o->c, q);
        mpz_set_ui(o->r, 1);
    }
    else
    {
        ball_t t;

        ball_start(&t);
        mpz_mul_2exp(o->c, a, P - B);
        log_ball(&t, o->c, P);
        ball_scale(&t, &t, mpq_numref(f), mpq_denref(f));
        exp_or_sincos(o, NULL, NULL, &t, P);
        ball_end(&t);
    }
}

/* ---- Series of models ---- */

static void
set_coefficient(space_t *S, long k, const ball_t *x, unsigned long P)
{
    ball_t t;

    ball_start(&t);
    ball_units(&t, x, P, S->B);
    mpz_set(S->coefficient[k], t.c);
    mpz_set(S->slack[k], t.r);
    ball_end(&t);
}

/* o = sum of coefficient[k] u^k, k < m. Since u has no constant term, what is multiplied by u another k
   times needs no degrees above K - k. */
static void
compose(model_t *o, model_t *u, long m)
{
    space_t *S = o->S;

    model_open(o);
    model_settle(o);
    for (long k = m - 1; k >= 0; k--)
    {
        if (k < m - 1)
            model_mul(o, o, u, k < S->K ? S->K - (int) k : 0);
        model_add_ball(o, S->coefficient[k], S->slack[k]);
    }
}

static void
widen_by(model_t *o, const mpz_t r)
{
    mpz_t zero;

    mpz_init(zero);
    model_add_ball(o, zero, r);
    mpz_clear(zero);
}

/* o = o x for a number x */
static void
times_ball(model_t *o, const ball_t *x, unsigned long P)
{
    space_t *S = o->S;
    ball_t t;
    mpz_t one, extra;

    ball_start(&t);
    mpz_init_set_ui(one, 1);
    mpz_init(extra);
    ball_units(&t, x, P, S->B);
    model_wide(o);
    mpz_add(extra, o->big_norm, o->big_rad);
    mpz_mul(extra, extra, t.r);
    mpz_cdiv_q_2exp(extra, extra, S->B);
    mpz_mul_2exp(one, one, S->B);
    model_scale(o, o, t.c, one);
    widen_by(o, extra);
    mpz_clears(one, extra, NULL);
    ball_end(&t);
}

typedef struct
{
    space_t *S;
    unsigned long P;
    mpz_t a, rho, tail; /* in units of 2^-B */
    ball_t at, f;       /* a, and the value of the function, in units of 2^-P */
} series_t;

/* 1/x, x^f, log x: in u = y/a, |u| <= rho/|a| < 1, with coefficients that fall in absolute value */
static void
binomial_or_log(model_t *o, model_t *y, series_t *s, int op, mpq_srcptr f)
{
    space_t *S = s->S;
    long m = 0;
    mpz_t size_a, gap, unit, num, den;
    ball_t b;

    mpz_inits(size_a, gap, unit, num, den, NULL);
    ball_start(&b);
    mpz_abs(size_a, s->a);
    mpz_sub(gap, size_a, s->rho);
    if (mpz_sgn(gap) <= 0 || (mpz_sgn(s->a) < 0 && (op == E_LOG || mpq_sgn(f) > 0)))
        reject("%s is not certain", op == E_LOG || mpq_sgn(f) > 0 ? "the domain of a logarithm or a root"
                                                                   : "a non-zero denominator");
    mpz_setbit(unit, S->B);
    mpz_set(s->tail, unit);
    ball_int(&b, op != E_LOG, s->P);
    do
    {
        set_coefficient(S, m, &b, s->P);
        if (op == E_LOG)
        {
            ball_int(&b, m % 2 ? -1 : 1, s->P);
            ball_scale_si(&b, &b, 1, m + 1);
        }
        else
        {
            mpz_mul_si(num, mpq_denref(f), m);
            mpz_sub(num, mpq_numref(f), num);
            mpz_mul_si(den, mpq_denref(f), m + 1);
            ball_scale(&b, &b, num, den);
        }
        mpz_mul(s->tail, s->tail, s->rho);
        mpz_cdiv_q(s->tail, s->tail, size_a);
        m++;
        mpz_mul(num, s->tail, size_a);
        mpz_cdiv_q(num, num, gap);
    } while (m <= S->K && mpz_cmp_ui(num, 1) > 0);
    mpz_abs(b.c, b.c);
    mpz_add(b.c, b.c, b.r);
    mpz_mul(s->tail, num, b.c);
    mpz_cdiv_q_2exp(s->tail, s->tail, s->P);
    mpz_set(num, unit);
    if (mpz_sgn(s->a) < 0)
        mpz_neg(num, num);
    model_scale(y, y, num, size_a);
    if (op == E_LOG)
    {
        log_ball(&s->f, s->at.c, s->P);
        set_coefficient(S, 0, &s->f, s->P);
    }
    compose(o, y, m);
    widen_by(o, s->tail);
    if (op == E_POW && mpq_sgn(f) < 0)
        model_scale(o, o, num, size_a);
    else if (op == E_POW)
    {
        power_ball(&s->f, s->a, f, S->B, s->P);
        times_ball(o, &s->f, s->P);
    }
    ball_end(&b);
    mpz_clears(size_a, gap, unit, num, den, NULL);
}

/* exp x = exp a exp y; sin x and cos x by their derivatives at a */
static void
exp_sin_cos(model_t *o, model_t *y, series_t *s, int op)
{
    space_t *S = s->S;
    long m = 0;
    mpz_t num, den;
    ball_t b, sine, cosine;

    mpz_inits(num, den, NULL);
    ball_start(&b);
    ball_start(&sine);
    ball_start(&cosine);
    exp_or_sincos(op == E_EXP ? &s->f : NULL, &sine, &cosine, &s->at, s->P);
    mpz_setbit(s->tail, S->B);
    ball_int(&b, 1, s->P); /* 1/m! */
    do
    {
        ball_t c;
        int turn = (int) ((m + (op == E_COS)) % 4);

        ball_start(&c);
        if (op == E_EXP)
            ball_add(&c, &c, &b);
        else
            ball_mul(&c, &b, turn % 2 ? &cosine : &sine, s->P);
        if (op != E_EXP && turn >= 2)
            mpz_neg(c.c, c.c);
        set_coefficient(S, m, &c, s->P);
        ball_end(&c);
        m++;
        ball_scale_si(&b, &b, 1, m);
        mpz_set_si(den, m);
        mpz_mul_2exp(den, den, S->B);
        mpz_mul(s->tail, s->tail, s->rho);
        mpz_cdiv_q(s->tail, s->tail, den);
        mpz_set_si(den, m + 1);
        mpz_mul_2exp(den, den, S->B);
        mpz_submul_ui(den, s->rho, 2);
    } while (m < S->K + 64 && (mpz_sgn(den) < 0 || (m <= S->K && mpz_cmp_ui(s->tail, 1) > 0)));
    mpz_add(den, den, s->rho); /* (m + 1) 2^B - rho */
    if (op == E_EXP)
    {
        if (mpz_sgn(den) <= 0)
            reject("the argument of exp is too wide");
        mpz_add(num, den, s->rho);
        mpz_mul(num, num, s->tail);
        mpz_cdiv_q(s->tail, num, den);
    }
    compose(o, y, m);
    widen_by(o, s->tail);
    if (op == E_EXP)
        times_ball(o, &s->f, s->P);
    ball_end(&cosine);
    ball_end(&sine);
    ball_end(&b);
    mpz_clears(num, den, NULL);
}

/* With w = 1/(a - i): atan^(k)(a)/k! = (-1)^(k-1) Im w^k / k, and |w| <= (1 + d^2)^(-1/2) on the set,
   d = max(0, |a| - rho). */
static void
arctangent(model_t *o, model_t *y, series_t *s)
{
    space_t *S = s->S;
    unsigned long P = s->P;
    long m = 1;
    ball_t re, im, wr, wi, t;
    mpz_t d;

    mpz_init(d);
    ball_start(&re);
    ball_start(&im);
    ball_start(&wr);
    ball_start(&wi);
    ball_start(&t);
    atan_ball(&t, &s->at, P);
    set_coefficient(S, 0, &t, P);
    ball_int(&re, 1, P);
    ball_mul(&t, &s->at, &s->at, P);
    ball_add(&t, &t, &re);
    ball_div(&wi, &re, &t, P);
    ball_mul(&wr, &wi, &s->at, P);
    mpz_abs(d, s->a);
    mpz_sub(d, d, s->rho);
    if (mpz_sgn(d) < 0)
        mpz_set_ui(d, 0);
    mpz_mul(d, d, d);
    mpz_fdiv_q_2exp(d, d, S->B);
    mpz_setbit(s->tail, S->B);
    mpz_add(d, d, s->tail);
    mpz_set(s->tail, s->rho);
    for (; m <= S->K && mpz_cmp_ui(s->tail, 1) > 0; m++)
    {
        ball_t x;

        ball_start(&x);
        ball_mul(&x, &re, &wi, P);
        ball_mul(&t, &im, &wr, P);
        ball_mul(&re, &re, &wr, P);
        ball_mul(&im, &im, &wi, P);
        mpz_sub(re.c, re.c, im.c);
        mpz_add(re.r, re.r, im.r);
        ball_scale_si(&im, &x, 1, 1);
        ball_add(&im, &im, &t);
        ball_scale_si(&t, &im, m % 2 ? 1 : -1, m);
        set_coefficient(S, m, &t, P);
        ball_end(&x);
        mpz_mul(s->tail, s->tail, s->rho);
        if (m % 2) /* m + 1 is even */
            mpz_cdiv_q(s->tail, s->tail, d);
        else
            mpz_cdiv_q_2exp(s->tail, s->tail, S->B);
    }
    mpz_cdiv_q_ui(s->tail, s->tail, (unsigned long) m);
    compose(o, y, m);
    widen_by(o, s->tail);
    ball_end(&t);
    ball_end(&wi);
    ball_end(&wr);
    ball_end(&im);
    ball_end(&re);
    mpz_clear(d);
}

/* The derivative g satisfies g' = -2 x g. |erf^(m)| <= 5/4 sqrt(2^(m-1) (m-1)!) by Cramer's inequality for
   the Hermite polynomials. */
static void
error_function(model_t *o, model_t *y, series_t *s)
{
    space_t *S = s->S;
    unsigned long P = s->P;
    long m = 1;
    ball_t g, before, t;
    mpz_t root;

    mpz_init(root);
    ball_start(&g);
    ball_start(&before);
    ball_start(&t);
    erf_ball(&t, &s->at, P);
    set_coefficient(S, 0, &t, P);
    erf_slope(&g, &s->at, P);
    mpz_mul_ui(s->tail, s->rho, 5);
    mpz_cdiv_q_2exp(s->tail, s->tail, 2);
    for (; m <= S->K && mpz_cmp_ui(s->tail, 1) > 0; m++)
    {
        ball_scale_si(&t, &g, 1, m);
        set_coefficient(S, m, &t, P);
        ball_mul(&t, &g, &s->at, P);
        ball_add(&t, &t, &before);
        ball_scale_si(&before, &g, 1, 1);
        ball_scale_si(&g, &t, -2, m);
        mpz_set_ui(root, 2ul * (unsigned long) m);
        mpz_mul_2exp(root, root, 64);
        mpz_sqrt(root, root);
        mpz_add_ui(root, root, 1); /* sqrt(2 m) 2^32 */
        mpz_mul(s->tail, s->tail, s->rho);
        mpz_mul(s->tail, s->tail, root);
        mpz_cdiv_q_ui(s->tail, s->tail, (unsigned long) m + 1);
        mpz_cdiv_q_2exp(s->tail, s->tail, S->B + 32);
    }
    compose(o, y, m);
    widen_by(o, s->tail);
    ball_end(&t);
    ball_end(&before);
    ball_end(&g);
    mpz_clear(root);
}

void
model_function(model_t *o, model_t *x, int op, mpq_srcptr f)
{
    space_t *S = o->S;
    model_t *y = &S->spare[0];
    series_t s = {.S = S, .P = S->B + 64};
    int sign;

    mpz_inits(s.a, s.rho, s.tail, NULL);
    ball_start(&s.at);
    ball_start(&s.f);
    if (op == E_PI || op == E_STEP)
    {
        pi_ball(&s.f, s.P);
        sign = op == E_STEP ? model_sign(x) : 0;
        if (op == E_STEP && sign == 0)
            reject("a branch of a piecewise function is not certain");
        if (op == E_STEP)
            ball_int(&s.f, sign > 0, s.P);
        set_coefficient(S, 0, &s.f, s.P);
        model_open(o);
        model_settle(o);
        model_add_ball(o, S->coefficient[0], S->slack[0]);
    }
    else
    {
        model_wide(x);
        mpz_set(s.a, x->c[0]);
        mpz_abs(s.rho, s.a);
        mpz_sub(s.rho, x->big_norm, s.rho);
        mpz_add(s.rho, s.rho, x->big_rad);
        mpz_mul_2exp(s.at.c, s.a, s.P - S->B);
        model_copy(y, x);
        mpz_neg(s.a, s.a);
        model_add_ball(y, s.a, s.tail);
        mpz_neg(s.a, s.a);
        if (op == E_POW || op == E_LOG)
            binomial_or_log(o, y, &s, op, f);
        else if (op == E_ATAN)
            arctangent(o, y, &s);
        else if (op == E_ERF)
            error_function(o, y, &s);
        else
            exp_sin_cos(o, y, &s, op);
    }
    ball_end(&s.f);
    ball_end(&s.at);
    mpz_clears(s.a, s.rho, s.tail, NULL);
}
