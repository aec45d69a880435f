/* hj/cone-bounds.c -- how large the heat kernel of a cone and its derivatives are.

   With A = 1 + 1/mu and B = A + 2 rho + 2, every weight is at most (A s + B)^2 times the modulus of its
   term if k mu + 2m < s + 1. Let j = floor(k mu): each j has at most A values of k, Gamma(m + k mu + 1) >=
   0.885 (m + j)!, and sum_(j + 2m = s) 1/(m! (m + j)!) <= 2^s/s!. So the terms of the sum with k mu + 2m > T
   add up to at most

       C(z) sum_(s >= T) (A s + B)^2 z^s/s!,   C(z) = 2 A (1 + z/2)/0.885 . */
#include "hj/cone-kernel.h"

static void
constants(arb_t a, arb_t b, const cst__cone_kernel_t *w)
{
    arb_inv(a, w->mu, w->prec);
    arb_add_ui(a, a, 1, w->prec);
    arb_mul_2exp_si(b, w->rho, 1);
    arb_add(b, b, a, w->prec);
    arb_add_ui(b, b, 2, w->prec);
}

static void
front(arb_t c, const arb_t z, const arb_t a, slong prec)
{
    arb_mul_2exp_si(c, z, -1);
    arb_add_ui(c, c, 1, prec);
    arb_mul(c, c, a, prec);
    arb_mul_ui(c, c, 2000, prec);
    arb_div_ui(c, c, 885, prec);
}

/* All weights at R' = v R: N's are at most C(z) ((A z + B)^2 + A^2 z) exp(-rho (v - 1)^2), z = 2 rho v. */
static void
weight_bound(arb_t bound, const cst__cone_kernel_t *w, const arb_t v)
{
    slong prec = w->prec;
    arb_t a, b, z, t;

    arb_init(a);
    arb_init(b);
    arb_init(z);
    arb_init(t);
    constants(a, b, w);
    arb_mul(z, w->rho, v, prec);
    arb_mul_2exp_si(z, z, 1);
    front(bound, z, a, prec);
    arb_addmul(b, a, z, prec);
    arb_mul(b, b, b, prec);
    arb_mul(a, a, a, prec);
    arb_addmul(b, a, z, prec);
    arb_mul(bound, bound, b, prec);
    arb_sub_ui(t, v, 1, prec);
    arb_mul(t, t, t, prec);
    arb_mul(t, t, w->rho, prec);
    arb_neg(t, t);
    arb_exp(t, t, prec);
    arb_mul(bound, bound, t, prec);
    arb_clear(a);
    arb_clear(b);
    arb_clear(z);
    arb_clear(t);
}

/* The disc v < V < 1, where the bound without its factor v increases: pi V^2 times it (in units of R^2). */
void
cst__cone_kernel_bound_inside(arb_t bound, const cst__cone_kernel_t *w, const arb_t v)
{
    arb_t t;

    arb_init(t);
    weight_bound(bound, w, v);
    arb_const_pi(t, w->prec);
    arb_mul(bound, bound, t, w->prec);
    arb_mul(bound, bound, v, w->prec);
    arb_mul(bound, bound, v, w->prec);
    arb_clear(t);
}

/* v > V: with a polynomial of degree 4 in v and (v/V)^4 <= exp(4 (v - V)/V), at most
   2 pi V weight_bound(V)/(2 rho (V - 1) - 4/V). */
void
cst__cone_kernel_bound_outside(arb_t bound, const cst__cone_kernel_t *w, const arb_t v)
{
    slong prec = w->prec;
    arb_t rate, t;

    arb_init(rate);
    arb_init(t);
    weight_bound(bound, w, v);
    arb_const_pi(t, prec);
    arb_mul(bound, bound, t, prec);
    arb_mul_2exp_si(bound, bound, 1);
    arb_mul(bound, bound, v, prec);
    arb_sub_ui(rate, v, 1, prec);
    arb_mul(rate, rate, w->rho, prec);
    arb_mul_2exp_si(rate, rate, 1);
    arb_ui_div(t, 4, v, prec);
    arb_sub(rate, rate, t, prec);
    if (arb_is_positive(rate))
        arb_div(bound, bound, rate, prec);
    else
        arb_pos_inf(bound);
    arb_clear(rate);
    arb_clear(t);
}

/* The orders above T, s >= T: z^s exp(-rho - z^2/(4 rho)) <= (2 rho s/e)^(s/2) e^-rho, and the ratio of
   one of these terms over s! to that before is at most ((s+2)/(s+1))^2 sqrt(2 rho/(s+1)), which decreases;
   where it is <= 1/2 the sum is at most twice its first term. Times the area pi V^2. */
void
cst__cone_kernel_bound_orders(arb_t bound, const cst__cone_kernel_t *w, slong order, const arb_t v)
{
    slong prec = w->prec;
    arb_t a, b, z, t, ratio;

    arb_init(a);
    arb_init(b);
    arb_init(z);
    arb_init(t);
    arb_init(ratio);
    arb_mul_2exp_si(t, w->rho, 1);
    arb_div_si(ratio, t, order + 1, prec);
    arb_sqrt(ratio, ratio, prec);
    arb_mul_si(ratio, ratio, (order + 2) * (order + 2), prec);
    arb_div_si(ratio, ratio, (order + 1) * (order + 1), prec);
    arb_mul_2exp_si(ratio, ratio, 1);
    arb_sub_ui(ratio, ratio, 1, prec);
    if (arb_is_nonpositive(ratio))
    {
        constants(a, b, w);
        arb_mul(z, t, v, prec);
        front(bound, z, a, prec);
        arb_addmul_si(b, a, order, prec);
        arb_mul(b, b, b, prec);
        arb_mul(bound, bound, b, prec);
        arb_mul_si(t, t, order, prec);
        arb_log(t, t, prec);
        arb_sub_ui(t, t, 1, prec);
        arb_mul_si(t, t, order, prec);
        arb_mul_2exp_si(t, t, -1);
        arb_sub(t, t, w->rho, prec);
        arb_exp(t, t, prec);
        arb_mul(bound, bound, t, prec);
        arb_fac_ui(t, (ulong) order, prec);
        arb_div(bound, bound, t, prec);
        arb_const_pi(t, prec);
        arb_mul(bound, bound, t, prec);
        arb_mul(bound, bound, v, prec);
        arb_mul(bound, bound, v, prec);
        arb_mul_2exp_si(bound, bound, 1);
    }
    else
        arb_pos_inf(bound);
    arb_clear(a);
    arb_clear(b);
    arb_clear(z);
    arb_clear(t);
    arb_clear(ratio);
}
