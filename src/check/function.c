/* Elementary functions of Taylor models x = a + y, |y| <= rho: a power series at the constant a, with
   enclosed coefficients from a recurrence and a proved bound of its tail, composed by Horner's rule. */
#include "check.h"

/* ---- Enclosed numbers: c +- r in units of 2^-P ---- */

typedef struct
{
    mpz_t c, r;
} ball_t;

static void
start(ball_t *x, int n)
{
    for (int i = 0; i < n; i++)
        mpz_inits(x[i].c, x[i].r, NULL);
}

static void
end(ball_t *x, int n)
{
    for (int i = 0; i < n; i++)
        mpz_clears(x[i].c, x[i].r, NULL);
}

static void
set_int(ball_t *x, long v, unsigned long P)
{
    mpz_set_si(x->c, v);
    mpz_mul_2exp(x->c, x->c, P);
    mpz_set_ui(x->r, 0);
}

/* From units of 2^-P to units of 2^-Q */
static void
set_units(ball_t *o, const ball_t *a, unsigned long P, unsigned long Q)
{
    mpz_mul_2exp(o->c, a->c, Q);
    mpz_mul_2exp(o->r, a->r, Q);
    mpz_fdiv_q_2exp(o->c, o->c, P);
    mpz_cdiv_q_2exp(o->r, o->r, P);
    if (Q < P)
        mpz_add_ui(o->r, o->r, 1);
}

/* o = (alpha a + beta b)/gamma, exact integers, gamma > 0 */
static void
combine(ball_t *o, const mpz_t alpha, const ball_t *a, const mpz_t beta, const ball_t *b, const mpz_t gamma)
{
    mpz_t c, r, t;

    mpz_inits(c, r, t, NULL);
    mpz_mul(c, alpha, a->c);
    mpz_addmul(c, beta, b->c);
    mpz_abs(t, alpha);
    mpz_mul(r, t, a->r);
    mpz_abs(t, beta);
    mpz_addmul(r, t, b->r);
    mpz_fdiv_q(o->c, c, gamma);
    mpz_cdiv_q(o->r, r, gamma);
    mpz_add_ui(o->r, o->r, 1);
    mpz_clears(c, r, t, NULL);
}

static void
scale(ball_t *o, const ball_t *a, long num, long den)
{
    mpz_t n, d, zero;

    mpz_init_set_si(n, num);
    mpz_init_set_si(d, den);
    mpz_init(zero);
    combine(o, n, a, zero, a, d);
    mpz_clears(n, d, zero, NULL);
}

static void
add(ball_t *o, const ball_t *a, const ball_t *b)
{
    mpz_add(o->c, a->c, b->c);
    mpz_add(o->r, a->r, b->r);
}

static void
multiply(ball_t *o, const ball_t *a, const ball_t *b, unsigned long P)
{
    mpz_t r, t;

    mpz_inits(r, t, NULL);
    mpz_abs(t, a->c);
    mpz_add(t, t, a->r);
    mpz_mul(r, t, b->r);
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
divide(ball_t *o, const ball_t *a, const ball_t *b, unsigned long P)
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

/* The square root of what is not negative in a */
static void
root(ball_t *o, const ball_t *a, unsigned long P)
{
    mpz_t lo, hi;

    mpz_inits(lo, hi, NULL);
    mpz_sub(lo, a->c, a->r);
    mpz_add(hi, a->c, a->r);
    if (mpz_sgn(lo) < 0)
        mpz_set_ui(lo, 0);
    if (mpz_sgn(hi) < 0)
        reject("the square root of a negative number");
    mpz_mul_2exp(lo, lo, P);
    mpz_mul_2exp(hi, hi, P);
    mpz_sqrt(o->c, lo);
    mpz_sqrt(hi, hi);
    mpz_sub(o->r, hi, o->c);
    mpz_add_ui(o->r, o->r, 1);
    mpz_clears(lo, hi, NULL);
}

/* ---- Series ---- */

/* f(a + y) = sum c_k w^k, |w| <= theta, where w = y/a for powers and the logarithm, and w = y otherwise.
   Everything is in units of 2^-P. After k times next(), c is c_k and T belongs to the tail from k on. */
typedef struct
{
    int op;
    mpq_srcptr f;
    unsigned long P;
    long k;
    mpz_t a, theta, T, most; /* exp a <= most */
    mpz_srcptr h;             /* if not NULL: c_k h^k takes the place of c_k */
    ball_t c[2], one;         /* c_k and c_(k-1); the first c_1 */
} series_t;

static void
series_start(series_t *s, int op, mpq_srcptr f, unsigned long P)
{
    *s = (series_t){.op = op, .f = f, .P = P};
    mpz_inits(s->a, s->theta, s->T, s->most, NULL);
    start(s->c, 2);
    start(&s->one, 1);
}

static void
series_end(series_t *s)
{
    mpz_clears(s->a, s->theta, s->T, s->most, NULL);
    end(s->c, 2);
    end(&s->one, 1);
}

/* c_(k+1) = (alpha c_k + beta c_(k-1))/gamma */
static void
recur(series_t *s)
{
    long k = s->k;
    mpz_t alpha, beta, gamma;
    ball_t t;

    mpz_inits(alpha, beta, gamma, NULL);
    start(&t, 1);
    mpz_set_si(gamma, k + 1);
    switch (s->op)
    {
    case E_EXP: /* f' = f */
        mpz_set_ui(alpha, 1);
        break;
    case E_POW: /* C(f, k) a^f */
        mpz_mul_si(alpha, mpq_denref(s->f), -k);
        mpz_add(alpha, alpha, mpq_numref(s->f));
        mpz_mul(gamma, gamma, mpq_denref(s->f));
        break;
    case E_LOG: /* c_k = -(-1)^k/k */
        mpz_set_si(alpha, -k);
        break;
    case E_SIN:
    case E_COS: /* f'' = -f */
        mpz_set_si(beta, -1);
        mpz_mul_si(gamma, gamma, k);
        break;
    case E_ATAN: /* (1 + x^2) f' = 1 */
        mpz_mul_si(alpha, s->a, -2 * k);
        mpz_mul_2exp(alpha, alpha, s->P);
        mpz_set_si(beta, 1 - k);
        mpz_mul_2exp(beta, beta, 2 * s->P);
        mpz_mul(t.c, s->a, s->a);
        mpz_setbit(t.r, 2 * s->P);
        mpz_add(t.c, t.c, t.r);
        mpz_mul(gamma, gamma, t.c);
        break;
    default: /* E_ERF: f'' = -2 x f' */
        mpz_mul_si(alpha, s->a, -2 * k);
        mpz_set_si(beta, 2 - 2 * k);
        mpz_mul_2exp(beta, beta, s->P);
        mpz_mul_si(gamma, gamma, k);
        mpz_mul_2exp(gamma, gamma, s->P);
    }
    if (s->h)
    {
        mpz_mul(alpha, alpha, s->h);
        mpz_mul(beta, beta, s->h);
        mpz_mul(beta, beta, s->h);
        mpz_mul_2exp(alpha, alpha, s->P);
        mpz_mul_2exp(gamma, gamma, 2 * s->P);
    }
    if (k == 0 && s->op != E_EXP && s->op != E_POW)
    {
        mpz_set_ui(gamma, 1);
        if (s->h)
            mpz_mul_2exp(gamma, gamma, s->P);
        mpz_set_ui(beta, 0);
        combine(&t, s->h ? s->h : gamma, &s->one, beta, &t, gamma);
    }
    else
        combine(&t, alpha, &s->c[0], beta, &s->c[1], gamma);
    mpz_swap(s->c[1].c, s->c[0].c);
    mpz_swap(s->c[1].r, s->c[0].r);
    mpz_swap(s->c[0].c, t.c);
    mpz_swap(s->c[0].r, t.r);
    end(&t, 1);
    mpz_clears(alpha, beta, gamma, NULL);
}

/* T_k: theta^k/k! for exp, sin and cos; for erf 5/4 sqrt(2^(k-1) (k-1)!)/k! theta^k,
   Cramer's bound of the Hermite polynomials; theta^k otherwise. */
static void
next(series_t *s)
{
    mpz_t t;

    recur(s);
    mpz_init(t);
    if (s->op != E_LOG || !s->h)
    {
        mpz_mul(s->T, s->T, s->theta);
        mpz_cdiv_q_2exp(s->T, s->T, s->P);
    }
    if (s->op == E_EXP || s->op == E_SIN || s->op == E_COS)
        mpz_cdiv_q_ui(s->T, s->T, (unsigned long) s->k + 1);
    if (s->op == E_ERF && s->k == 0)
    {
        mpz_mul_ui(s->T, s->T, 5);
        mpz_cdiv_q_ui(s->T, s->T, 4);
    }
    else if (s->op == E_ERF)
    {
        mpz_set_ui(t, 2ul * (unsigned long) s->k);
        mpz_mul_2exp(t, t, 64);
        mpz_sqrt(t, t);
        mpz_add_ui(t, t, 1);
        mpz_mul(s->T, s->T, t); /* sqrt(2 k) 2^32 */
        mpz_cdiv_q_2exp(s->T, s->T, 32);
        mpz_cdiv_q_ui(s->T, s->T, (unsigned long) s->k + 1);
    }
    s->k++;
    mpz_clear(t);
}

/* A bound of |sum of c_j w^j, j >= k|, where the terms fall by theta, or theta/(k + 1) for exp; 0 if there
   is none. For sin, cos and erf it is Lagrange's remainder. */
static int
tail(mpz_t bound, const series_t *s)
{
    int lagrange = s->op == E_SIN || s->op == E_COS || s->op == E_ERF, known = s->k > 0;
    mpz_t whole, gap;

    mpz_inits(whole, gap, NULL);
    mpz_set_si(whole, s->op == E_EXP ? s->k + 1 : 1);
    mpz_mul_2exp(whole, whole, s->P);
    mpz_sub(gap, whole, s->theta);
    mpz_set(bound, s->T);
    if (s->op == E_EXP)
        known &= mpz_cmp(gap, s->theta) >= 0; /* theta <= (k + 1)/2 */
    if (!lagrange)
        known &= mpz_sgn(gap) > 0;
    if (known && !lagrange)
    {
        mpz_mul(bound, bound, whole);
        mpz_cdiv_q(bound, bound, gap);
        if (s->op == E_ATAN)
            mpz_cdiv_q_ui(bound, bound, (unsigned long) s->k);
        else
        {
            mpz_abs(gap, s->c[0].c);
            mpz_add(gap, gap, s->c[0].r);
            mpz_mul(bound, bound, s->op == E_EXP ? s->most : gap);
            mpz_cdiv_q_2exp(bound, bound, s->P);
        }
    }
    mpz_clears(whole, gap, NULL);
    return known;
}

/* ---- Numbers ---- */

/* The series at 0 (or 1, for the logarithm and w = x - 1), summed until its tail is a few units. The
   derivative is at most 3 there, or 3 exp x for exp. */
static void
sum(ball_t *o, int op, long c0, const ball_t *c1, const ball_t *w, unsigned long P)
{
    series_t s;
    mpz_t bound;

    series_start(&s, op, NULL, P);
    mpz_init(bound);
    set_int(&s.c[0], c0, P);
    add(&s.one, &s.one, c1);
    mpz_setbit(s.T, P);
    mpz_setbit(s.most, P);
    mpz_abs(s.theta, w->c);
    s.h = w->c;
    set_int(o, 0, P);
    while (!tail(bound, &s) || mpz_cmp_ui(bound, 64) > 0) /* roundings keep it above 1 */
    {
        add(o, o, &s.c[0]);
        next(&s);
    }
    mpz_add(o->r, o->r, bound);
    mpz_mul_ui(bound, w->r, 3);
    if (op == E_EXP)
    {
        mpz_abs(s.T, o->c);
        mpz_add(s.T, s.T, o->r);
        mpz_mul(bound, bound, s.T);
        mpz_cdiv_q_2exp(bound, bound, P);
    }
    mpz_add(o->r, o->r, bound);
    mpz_clear(bound);
    series_end(&s);
}

static unsigned long
size(const mpz_t z)
{
    return (unsigned long) mpz_sizeinbase(z, 2);
}

/* atan x = 2 atan(x/(1 + sqrt(1 + x^2))), three times */
static void
arctangent(ball_t *o, const ball_t *x, unsigned long P)
{
    ball_t t[3];

    start(t, 3);
    set_int(&t[0], 1, P);
    add(&t[1], &t[1], x);
    for (int i = 0; i < 3; i++)
    {
        multiply(&t[2], &t[1], &t[1], P);
        add(&t[2], &t[2], &t[0]);
        root(&t[2], &t[2], P);
        add(&t[2], &t[2], &t[0]);
        divide(&t[1], &t[1], &t[2], P);
    }
    sum(o, E_ATAN, 0, &t[0], &t[1], P);
    scale(o, o, 8, 1);
    end(t, 3);
}

static void
pi(ball_t *o, unsigned long P)
{
    set_int(o, 1, P);
    arctangent(o, o, P);
    scale(o, o, 4, 1);
}

/* log x = n log 2 + log y with y = x/2^n in [2/3, 4/3], and log 2 = -log(1/2) */
static void
logarithm(ball_t *o, const mpz_t x, unsigned long P)
{
    unsigned long n = size(x), Q = P + 16;
    ball_t t[3];

    start(t, 3);
    mpz_mul_ui(t[0].c, x, 3);
    n -= size(t[0].c) == n + 1; /* x < 2/3 2^n */
    mpz_set(t[0].c, x);
    set_units(&t[0], &t[0], n, Q);
    set_int(&t[1], 1, Q);
    mpz_sub(t[0].c, t[0].c, t[1].c);
    sum(o, E_LOG, 0, &t[1], &t[0], Q);
    scale(&t[0], &t[1], -1, 2);
    sum(&t[2], E_LOG, 0, &t[1], &t[0], Q);
    scale(&t[2], &t[2], (long) P - (long) n, 1);
    add(o, o, &t[2]);
    set_units(o, o, Q, P);
    end(t, 3);
}

/* exp, sin, cos or erf of x, by the series at 0, whose terms may be as large as exp(|x|) or exp(x^2) */
static void
entire(ball_t *o, int op, const ball_t *x, unsigned long P)
{
    unsigned long Q;
    ball_t y, one;
    long c0 = op == E_EXP || op == E_COS, c1 = op == E_EXP || op == E_SIN, whole;

    if (size(x->c) > P + 12 || size(x->r) >= P)
        reject("the argument of an elementary function is too large");
    start(&y, 1);
    start(&one, 1);
    mpz_abs(y.c, x->c);
    mpz_cdiv_q_2exp(y.c, y.c, P);
    whole = mpz_get_si(y.c);
    if (op == E_ERF && whole > 0 && (whole - 1) * (whole - 1) > (long) P) /* 1 - |erf x| < exp(-x^2) */
    {
        set_int(o, mpz_sgn(x->c), P);
        mpz_set_ui(o->r, 1);
    }
    else
    {
        Q = P + 32 + 3 * (unsigned long) (op == E_ERF ? whole * whole : whole);
        set_units(&y, x, P, Q);
        set_int(&one, c1, Q);
        if (op == E_ERF) /* 2/sqrt(pi) */
        {
            pi(&one, Q);
            root(&one, &one, Q);
            set_int(o, 2, Q);
            divide(&one, o, &one, Q);
        }
        sum(o, op, c0, &one, &y, Q);
        set_units(o, o, Q, P);
    }
    end(&y, 1);
    end(&one, 1);
}

/* exp(-x^2) 2/sqrt(pi) */
static void
error_slope(ball_t *o, const ball_t *x, unsigned long P)
{
    ball_t t;

    start(&t, 1);
    multiply(&t, x, x, P);
    scale(&t, &t, -1, 1);
    if (size(t.c) > P + 12) /* exp(-4096) < 2^-4096 */
    {
        set_int(o, 0, P);
        mpz_setbit(o->r, P > 4096 ? P - 4096 : 0);
    }
    else
        entire(o, E_EXP, &t, P);
    pi(&t, P);
    root(&t, &t, P);
    scale(o, o, 2, 1);
    divide(o, o, &t, P);
    end(&t, 1);
}

/* The value and the derivative of a series at a */
static void
values(series_t *s)
{
    unsigned long P = s->P, q;
    ball_t a;

    start(&a, 1);
    mpz_set(a.c, s->a);
    set_int(&s->one, 1, P);
    if (s->op == E_EXP)
    {
        entire(&s->c[0], E_EXP, &a, P);
        mpz_add(s->most, s->c[0].c, s->c[0].r);
    }
    else if (s->op == E_SIN || s->op == E_COS)
    {
        entire(&s->c[0], s->op, &a, P);
        entire(&s->one, E_SIN + E_COS - s->op, &a, P);
        scale(&s->one, &s->one, s->op == E_SIN ? 1 : -1, 1);
    }
    else if (s->op == E_LOG)
        logarithm(&s->c[0], s->a, P);
    else if (s->op == E_ATAN)
    {
        arctangent(&s->c[0], &a, P);
        multiply(&a, &a, &a, P);
        add(&a, &a, &s->one);
        divide(&s->one, &s->one, &a, P);
    }
    else if (s->op == E_ERF)
    {
        entire(&s->c[0], E_ERF, &a, P);
        error_slope(&s->one, &a, P);
    }
    else if (mpq_sgn(s->f) < 0)
        divide(&s->c[0], &s->one, &a, P);
    else /* (a^p)^(1/q) */
    {
        q = mpz_get_ui(mpq_denref(s->f));
        if (q > 100)
            reject("the denominator of an exponent is too large");
        mpz_pow_ui(s->c[0].c, s->a, mpz_get_ui(mpq_numref(s->f)));
        mpz_mul_2exp(s->c[0].c, s->c[0].c, P * (q - mpz_get_ui(mpq_numref(s->f))));
        mpz_root(s->c[0].c, s->c[0].c, q);
        mpz_set_ui(s->c[0].r, 1);
    }
    end(&a, 1);
}

/* ---- Models ---- */

static void
model_of_ball(model_t *o, const ball_t *x, unsigned long P)
{
    ball_t t;

    start(&t, 1);
    set_units(&t, x, P, o->S->B);
    model_zero(o);
    model_add_ball(o, t.c, t.r);
    end(&t, 1);
}

/* Horner's rule, with K + 3 terms at most: more of them make the tail smaller than what the polynomials drop. */
static void
compose(model_t *o, model_t *y, series_t *s)
{
    space_t *S = o->S;
    long m = 0, enough = S->K + 3, most = S->K + 64;
    mpz_t bound;
    ball_t t;

    mpz_init(bound);
    start(&t, 1);
    mpz_setbit(s->T, s->P);
    do
    {
        set_units(&t, &s->c[0], s->P, S->B);
        mpz_set(S->coefficient[m], t.c);
        mpz_set(S->slack[m++], t.r);
        next(s);
        if (!tail(bound, s))
            continue;
        mpz_cdiv_q_2exp(bound, bound, s->P - S->B);
        most = enough;
    } while (m < most && (most > enough || mpz_cmp_ui(bound, 1) > 0));
    if (most > enough)
        reject("the argument of an elementary function is too wide");
    model_zero(o);
    for (long k = m - 1; k >= 0; k--)
    {
        if (k < m - 1)
            model_mul(o, o, y);
        model_add_ball(o, S->coefficient[k], S->slack[k]);
    }
    mpz_set_ui(t.c, 0);
    model_add_ball(o, t.c, bound);
    end(&t, 1);
    mpz_clear(bound);
}

void
model_function(model_t *o, model_t *x, int op, mpq_srcptr f)
{
    space_t *S = o->S;
    model_t *y = &S->spare;
    unsigned long P = S->B + 64;
    series_t s;
    mpz_t t, rho;

    mpz_inits(t, rho, NULL);
    series_start(&s, op, f, P);
    if (op == E_PI || op == E_STEP)
    {
        if (op == E_STEP && model_sign(x) == 0)
            reject("a branch of a piecewise function is not certain");
        if (op == E_PI)
            pi(&s.one, P);
        else
            set_int(&s.one, model_sign(x) > 0, P);
        model_of_ball(o, &s.one, P);
    }
    else
    {
        mpz_mul_2exp(s.a, x->c[0], P - S->B);
        mpz_abs(t, x->c[0]);
        mpz_sub(rho, x->norm, t);
        mpz_add(rho, rho, x->rad);
        mpz_mul_2exp(s.theta, rho, P - S->B);
        model_copy(y, x);
        mpz_set_ui(y->c[0], 0);
        model_settle(y);
        if (op == E_POW || op == E_LOG)
        {
            if (mpz_cmp(t, rho) <= 0 || (mpz_sgn(s.a) < 0 && (op == E_LOG || mpq_sgn(f) > 0)))
                reject(op == E_LOG || mpq_sgn(f) > 0 ? "the argument of a root or logarithm may not be positive"
                                                     : "a denominator may be zero");
            mpz_mul_2exp(rho, rho, P);
            mpz_cdiv_q(s.theta, rho, t);
            mpz_set_ui(rho, 0);
            mpz_setbit(rho, S->B);
            if (mpz_sgn(s.a) < 0)
                mpz_neg(rho, rho);
            model_scale(y, y, rho, t);
        }
        else if (op == E_ATAN) /* |c_k| <= (1 + a^2)^(-k/2)/k */
        {
            mpz_set_ui(t, 0);
            mpz_setbit(t, 2 * P);
            mpz_addmul(t, s.a, s.a);
            mpz_sqrt(t, t);
            mpz_mul_2exp(s.theta, s.theta, P);
            mpz_cdiv_q(s.theta, s.theta, t);
        }
        values(&s);
        compose(o, y, &s);
    }
    series_end(&s);
    mpz_clears(t, rho, NULL);
}
