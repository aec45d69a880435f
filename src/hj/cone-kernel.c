/* hj/cone-kernel.c -- the heat kernel of a cone on a box: Taylor polynomials, and their remainders. */
#include <math.h>

#include "hj/cone-kernel.h"

#define DEGREE 11 /* of the polynomials */
#define SIDE (DEGREE + 3)

void
cst__cone_kernel_init(cst__cone_kernel_t *w, const fmpq_t mu_squared, const fmpq_t rho, slong prec)
{
    w->prec = prec;
    w->order = -1;
    w->turns = 0;
    w->terms = NULL;
    w->q = w->c = NULL;
    arb_init(w->mu);
    arb_init(w->rho);
    arb_init(w->depth);
    fmpq_init(w->middle);
    fmpq_init(w->half);
    arb_set_fmpq(w->mu, mu_squared, prec);
    arb_sqrt(w->mu, w->mu, prec);
    arb_set_fmpq(w->rho, rho, prec);
    arb_log(w->depth, w->rho, prec);
}

void
cst__cone_kernel_clear(cst__cone_kernel_t *w)
{
    for (slong k = 0; k < w->turns; k++)
    {
        _arb_vec_clear(w->q[k], w->terms[k]);
        _arb_vec_clear(w->c[k], w->terms[k]);
    }
    flint_free(w->terms);
    flint_free(w->q);
    flint_free(w->c);
    arb_clear(w->mu);
    arb_clear(w->rho);
    arb_clear(w->depth);
    fmpq_clear(w->middle);
    fmpq_clear(w->half);
}

/* The tables of q and c. A term too many does no harm. */
void
cst__cone_kernel_choose_order(cst__cone_kernel_t *w, slong order)
{
    double mu = arf_get_d(arb_midref(w->mu), ARF_RND_NEAR);
    arb_t t;

    arb_init(t);
    w->order = order;
    w->turns = (slong) ((double) order / mu + 1e-6) + 1;
    w->terms = flint_malloc((size_t) w->turns * sizeof *w->terms);
    w->q = flint_malloc((size_t) w->turns * sizeof *w->q);
    w->c = flint_malloc((size_t) w->turns * sizeof *w->c);
    for (slong k = 0; k < w->turns; k++)
    {
        w->terms[k] = (slong) (fmax(0, (double) order - (double) k * mu) / 2 + 1e-6) + 1;
        w->q[k] = _arb_vec_init(w->terms[k]);
        w->c[k] = _arb_vec_init(w->terms[k]);
        for (slong m = 0; m < w->terms[k]; m++)
        {
            arb_mul_si(w->c[k] + m, w->mu, k, w->prec);
            arb_add_si(t, w->c[k] + m, m + 1, w->prec);
            arb_add_si(w->c[k] + m, w->c[k] + m, 2 * m, w->prec);
            arb_rgamma(w->q[k] + m, t, w->prec);
            arb_fac_ui(t, (ulong) m, w->prec);
            arb_div(w->q[k] + m, w->q[k] + m, t, w->prec);
            arb_mul_2exp_si(w->q[k] + m, w->q[k] + m, k > 0);
        }
    }
    arb_clear(t);
}

/* ---- On a box ---- */

typedef struct
{
    arb_t x, psi;               /* the middle of the box */
    mag_t extent_x, extent_psi; /* half its sides */
    arb_ptr *size;              /* q (rho e^x)^c in the middle */
} box_t;

static void
box_init(box_t *b, const cst__cone_kernel_t *w, const fmpq *middle, const fmpq *half)
{
    arb_t t, y;
    fmpq_t q;

    arb_init(b->x);
    arb_init(b->psi);
    mag_init(b->extent_x);
    mag_init(b->extent_psi);
    arb_init(t);
    arb_init(y);
    fmpq_init(q);
    fmpq_mul(q, w->half, middle);
    fmpq_add(q, q, w->middle);
    arb_set_fmpq(b->x, q, w->prec);
    fmpq_mul(q, w->half, half);
    arb_set_fmpq(t, q, 60);
    arb_get_mag(b->extent_x, t);
    arb_const_pi(b->psi, w->prec);
    arb_set_fmpq(t, half + 1, 60);
    arb_mul(t, t, b->psi, 60);
    arb_get_mag(b->extent_psi, t);
    arb_mul_fmpz(b->psi, b->psi, fmpq_numref(middle + 1), w->prec);
    arb_div_fmpz(b->psi, b->psi, fmpq_denref(middle + 1), w->prec);
    b->size = flint_malloc((size_t) w->turns * sizeof *b->size);
    arb_add(y, b->x, w->depth, w->prec);
    for (slong k = 0; k < w->turns; k++)
    {
        b->size[k] = _arb_vec_init(w->terms[k]);
        arb_mul(t, y, w->c[k], w->prec);
        arb_exp(t, t, w->prec);
        arb_set(b->size[k], t);
    }
    arb_mul_2exp_si(y, y, 1);
    arb_exp(y, y, w->prec);
    for (slong k = 0; k < w->turns; k++)
    {
        for (slong m = 1; m < w->terms[k]; m++)
            arb_mul(b->size[k] + m, b->size[k] + m - 1, y, w->prec);
        for (slong m = 0; m < w->terms[k]; m++)
            arb_mul(b->size[k] + m, b->size[k] + m, w->q[k] + m, w->prec);
    }
    arb_clear(t);
    arb_clear(y);
    fmpq_clear(q);
}

static void
box_clear(box_t *b, const cst__cone_kernel_t *w)
{
    arb_clear(b->x);
    arb_clear(b->psi);
    mag_clear(b->extent_x);
    mag_clear(b->extent_psi);
    for (slong k = 0; k < w->turns; k++)
        _arb_vec_clear(b->size[k], w->terms[k]);
    flint_free(b->size);
}

/* What a weight makes of the modulus of a term: 1, c + 2 rho, (c + 2 rho)^2 + 4 rho, k, k^2, k (c + 2 rho),
   at most. */
static void
add_to_all(mag_ptr sums, const mag_t term, const mag_t shifted, const mag_t rho, slong k)
{
    mag_t t;

    mag_init(t);
    mag_add(sums + CST__CONE_MASS, sums + CST__CONE_MASS, term);
    mag_addmul(sums + CST__CONE_DILATED, term, shifted);
    mag_mul(t, shifted, shifted);
    mag_addmul(sums + CST__CONE_DILATED_TWICE, term, t);
    mag_mul_2exp_si(t, rho, 2);
    mag_addmul(sums + CST__CONE_DILATED_TWICE, term, t);
    mag_mul_ui(t, term, (ulong) k);
    mag_add(sums + CST__CONE_TURNED, sums + CST__CONE_TURNED, t);
    mag_addmul(sums + CST__CONE_DILATED_TURNED, t, shifted);
    mag_mul_ui(t, t, (ulong) k);
    mag_add(sums + CST__CONE_TURNED_TWICE, sums + CST__CONE_TURNED_TWICE, t);
    mag_clear(t);
}

/* Over the box a term is at most e^(c h) times its modulus in the middle; Re exp(u), u = c Delta x + i k
   Delta psi, without its Taylor polynomial of degree d is at most |u|^(d+1)/(d+1)! e^(c h), |u| <= c h + k g.
 */
static void
bound_terms(mag_ptr bounds, mag_ptr remainders, const cst__cone_kernel_t *w, const box_t *b)
{
    mag_t c, rho, term, u, t;

    mag_init(c);
    mag_init(rho);
    mag_init(term);
    mag_init(u);
    mag_init(t);
    arb_get_mag(rho, w->rho);
    for (slong i = 0; i < CST__CONE_WEIGHTS; i++)
    {
        mag_zero(bounds + i);
        if (remainders)
            mag_zero(remainders + i);
    }
    for (slong k = 0; k < w->turns; k++)
        for (slong m = 0; m < w->terms[k]; m++)
        {
            arb_get_mag(c, w->c[k] + m);
            mag_mul(u, c, b->extent_x);
            mag_exp(t, u);
            arb_get_mag(term, b->size[k] + m);
            mag_mul(term, term, t);
            mag_mul_ui(t, b->extent_psi, (ulong) k);
            mag_add(u, u, t);
            mag_mul_2exp_si(t, rho, 1);
            mag_add(c, c, t);
            add_to_all(bounds, term, c, rho, k);
            if (!remainders)
                continue;
            mag_pow_ui(u, u, DEGREE + 1);
            mag_mul(term, term, u);
            mag_rfac_ui(t, DEGREE + 1);
            mag_mul(term, term, t);
            add_to_all(remainders, term, c, rho, k);
        }
    mag_clear(c);
    mag_clear(rho);
    mag_clear(term);
    mag_clear(u);
    mag_clear(t);
}

/* f[a SIDE + b] is the coefficient of Delta x^a Delta psi^b in F, a + b < SIDE. */
static void
expand(arb_ptr f, const cst__cone_kernel_t *w, const box_t *b)
{
    slong prec = w->prec;
    arb_ptr radial = _arb_vec_init(SIDE), turn = _arb_vec_init(SIDE);
    arb_t s, c, t;

    arb_init(s);
    arb_init(c);
    arb_init(t);
    _arb_vec_zero(f, SIDE * SIDE);
    for (slong k = 0; k < w->turns; k++)
    {
        _arb_vec_zero(radial, SIDE);
        for (slong m = 0; m < w->terms[k]; m++)
        {
            arb_set(t, b->size[k] + m);
            for (slong a = 0; a < SIDE; a++)
            {
                arb_add(radial + a, radial + a, t, prec);
                arb_mul(t, t, w->c[k] + m, prec);
            }
        }
        for (slong a = 2; a < SIDE; a++)
        {
            arb_fac_ui(t, (ulong) a, prec);
            arb_div(radial + a, radial + a, t, prec);
        }
        arb_mul_si(t, b->psi, k, prec);
        arb_sin_cos(s, c, t, prec);
        arb_one(t);
        for (slong i = 0; i < SIDE; i++) /* k^i/i! times cos, -sin, -cos, sin */
        {
            arb_mul(turn + i, t, i % 2 ? s : c, prec);
            if (i % 4 == 1 || i % 4 == 2)
                arb_neg(turn + i, turn + i);
            arb_mul_si(t, t, k, prec);
            arb_div_si(t, t, i + 1, prec);
        }
        for (slong a = 0; a < SIDE; a++)
            for (slong i = 0; a + i < SIDE; i++)
                arb_addmul(f + a * SIDE + i, radial + a, turn + i, prec);
    }
    _arb_vec_clear(radial, SIDE);
    _arb_vec_clear(turn, SIDE);
    arb_clear(s);
    arb_clear(c);
    arb_clear(t);
}

/* The coefficient (a, b) of d^i/dx^i d^j/dpsi^j F: (a+i)!/a! (b+j)!/b! f_(a+i, b+j) */
static void
differentiated(arb_t v, arb_srcptr f, slong a, slong b, slong i, slong j, slong prec)
{
    slong factor = 1;

    for (slong l = 1; l <= i; l++)
        factor *= a + l;
    for (slong l = 1; l <= j; l++)
        factor *= b + l;
    arb_mul_si(v, f + (a + i) * SIDE + b + j, factor, prec);
}

/* (d/dx - 2 rho) d^j/dpsi^j F, or ((d/dx - 2 rho)^2 - 4 rho) F */
static void
dilated(arb_t v, const cst__cone_kernel_t *w, arb_srcptr f, slong a, slong b, int twice, slong j)
{
    arb_t t, r;

    arb_init(t);
    arb_init(r);
    arb_mul_2exp_si(r, w->rho, 1 + twice);
    differentiated(v, f, a, b, 1 + twice, j, w->prec);
    differentiated(t, f, a, b, twice, j, w->prec);
    arb_submul(v, r, t, w->prec);
    if (twice) /* 4 rho^2 - 4 rho */
    {
        arb_sub_ui(t, w->rho, 1, w->prec);
        arb_mul(t, t, r, w->prec);
        arb_addmul(v, t, f + a * SIDE + b, w->prec);
    }
    arb_clear(t);
    arb_clear(r);
}

static void
weight_coefficient(arb_t v, const cst__cone_kernel_t *w, arb_srcptr f, int weight, slong a, slong b)
{
    switch (weight)
    {
    case CST__CONE_MASS:
        arb_set(v, f + a * SIDE + b);
        return;
    case CST__CONE_DILATED:
    case CST__CONE_DILATED_TWICE:
        dilated(v, w, f, a, b, weight == CST__CONE_DILATED_TWICE, 0);
        return;
    case CST__CONE_TURNED:
        differentiated(v, f, a, b, 0, 1, w->prec);
        break;
    case CST__CONE_TURNED_TWICE:
        differentiated(v, f, a, b, 0, 2, w->prec);
        return;
    default:
        dilated(v, w, f, a, b, 0, 1);
    }
    arb_neg(v, v); /* d/dphi = -d/dpsi */
}

/* h[c SIDE + d] is the integral of f zeta_1^c zeta_2^d over |zeta| <= 1, in units of 2^-bits, without f's
 * radius. */
static void
moments(arb_ptr h, const cst_model_struct *f, slong prec)
{
    const cst_shape_struct *shape = f->shape;
    arb_t t;

    arb_init(t);
    _arb_vec_zero(h, SIDE * SIDE);
    for (slong block = 0; block < shape->blocks; block++)
        for (slong c = 0; f->used[block] > 0 && c <= DEGREE; c++)
            for (slong d = 0; c + d <= DEGREE; d++)
            {
                slong a = shape->exponent[2 * block] + c, b = shape->exponent[2 * block + 1] + d;

                if (a % 2 == 0 && b % 2 == 0)
                {
                    arb_set_fmpz(t, f->coeff + shape->offset[block]);
                    arb_mul_2exp_si(t, t, 2);
                    arb_div_si(t, t, (a + 1) * (b + 1), prec);
                    arb_add(h + c * SIDE + d, h + c * SIDE + d, t, prec);
                }
            }
    arb_clear(t);
}

/* Two scaled powers: of the half sides of the box in x and psi. */
static void
scale_moments(arb_ptr h, const cst__cone_kernel_t *w, const fmpq *half)
{
    arb_t x, y, s, t;

    arb_init(x);
    arb_init(y);
    arb_init(s);
    arb_init(t);
    arb_set_fmpq(x, w->half, w->prec);
    arb_mul_fmpz(x, x, fmpq_numref(half), w->prec);
    arb_div_fmpz(x, x, fmpq_denref(half), w->prec);
    arb_const_pi(y, w->prec);
    arb_mul_fmpz(y, y, fmpq_numref(half + 1), w->prec);
    arb_div_fmpz(y, y, fmpq_denref(half + 1), w->prec);
    arb_one(s);
    for (slong c = 0; c <= DEGREE; c++)
    {
        arb_set(t, s);
        for (slong d = 0; c + d <= DEGREE; d++)
        {
            arb_mul(h + c * SIDE + d, h + c * SIDE + d, t, w->prec);
            arb_mul(t, t, y, w->prec);
        }
        arb_mul(s, s, x, w->prec);
    }
    arb_clear(x);
    arb_clear(y);
    arb_clear(s);
    arb_clear(t);
}

void
cst__cone_kernel_bound(arb_ptr bounds, void *data, const fmpq *middle, const fmpq *half)
{
    const cst__cone_kernel_t *w = data;
    mag_ptr bound = _mag_vec_init(CST__CONE_WEIGHTS);
    box_t box;

    box_init(&box, w, middle, half);
    bound_terms(bound, NULL, w, &box);
    for (slong i = 0; i < CST__CONE_WEIGHTS; i++)
    {
        arb_zero(bounds + i);
        mag_set(arb_radref(bounds + i), bound + i);
    }
    box_clear(&box, w);
    _mag_vec_clear(bound, CST__CONE_WEIGHTS);
}

/* The product of two polynomials, and rad(f) sup|w| + rad(w) |f| for the rest, on an area of 4. */
void
cst__cone_kernel_integrate(arb_ptr integrals, void *data, const cst_model_struct *f, const fmpq *middle,
                           const fmpq *half)
{
    const cst__cone_kernel_t *w = data;
    mag_ptr bound = _mag_vec_init(CST__CONE_WEIGHTS), remainder = _mag_vec_init(CST__CONE_WEIGHTS);
    arb_ptr series = _arb_vec_init(SIDE * SIDE), h = _arb_vec_init(SIDE * SIDE);
    arb_t v;
    mag_t norm, radius, rest;
    box_t box;

    arb_init(v);
    mag_init(norm);
    mag_init(radius);
    mag_init(rest);
    box_init(&box, w, middle, half);
    bound_terms(bound, remainder, w, &box);
    expand(series, w, &box);
    moments(h, f, w->prec);
    scale_moments(h, w, half);
    mag_set_fmpz(norm, f->norm);
    mag_set_fmpz(radius, f->radius);
    for (int i = 0; i < CST__CONE_WEIGHTS; i++)
    {
        arb_zero(integrals + i);
        for (slong a = 0; a <= DEGREE; a++)
            for (slong b = 0; a + b <= DEGREE; b++)
            {
                weight_coefficient(v, w, series, i, a, b);
                arb_addmul(integrals + i, v, h + a * SIDE + b, w->prec);
            }
        mag_mul(rest, radius, bound + i);
        mag_addmul(rest, norm, remainder + i);
        mag_mul_2exp_si(rest, rest, 2);
        arb_add_error_mag(integrals + i, rest);
        arb_mul_2exp_si(integrals + i, integrals + i, -f->shape->bits);
    }
    box_clear(&box, w);
    arb_clear(v);
    mag_clear(norm);
    mag_clear(radius);
    mag_clear(rest);
    _mag_vec_clear(bound, CST__CONE_WEIGHTS);
    _mag_vec_clear(remainder, CST__CONE_WEIGHTS);
    _arb_vec_clear(series, SIDE * SIDE);
    _arb_vec_clear(h, SIDE * SIDE);
}
