/* hj/cone-kernel.h -- the heat kernel of a flat cone over a circle, and its derivatives by the first point.

   In polar coordinates (R, phi) the metric is dR^2 + R^2 dphi^2/mu^2. By separation of variables (Carslaw
   1910, Cheeger and Taylor 1982), with tau = 4 nu t, the heat kernel times the area of the primed point is

       N R' dR' dphi'/(pi tau),  N = exp(-(R^2 + R'^2)/tau) F,  F = sum_(k in Z) I_(|k| mu)(2RR'/tau) cos k
   psi,

   psi = phi' - phi. With rho = R^2/tau and R' = R e^x, F is the sum of the

       q_km (rho e^x)^c cos(k psi),   q_km = (2 - delta_k0)/(m! Gamma(m + k mu + 1)),   c = k mu + 2m.

   R d/dR turns F into (d/dx - 2 rho) F and, taken twice, into ((d/dx - 2 rho)^2 - 4 rho) F; d/dphi is
   -d/dpsi. */
#ifndef CST_HJ_CONE_KERNEL_H
#define CST_HJ_CONE_KERNEL_H

#include "hj/cubature.h"

/* The factors of exp(-(R^2 + R'^2)/tau) in N and its derivatives */
enum
{
    CST__CONE_MASS,
    CST__CONE_DILATED, /* by R d/dR */
    CST__CONE_DILATED_TWICE,
    CST__CONE_TURNED, /* by d/dphi */
    CST__CONE_TURNED_TWICE,
    CST__CONE_DILATED_TURNED,
    CST__CONE_WEIGHTS
};

typedef struct
{
    slong prec;
    arb_t mu, rho, depth; /* depth = log rho */
    slong order;          /* the terms with c <= order are summed */
    slong turns;          /* k < turns */
    slong *terms;         /* m < terms[k] */
    arb_ptr *q, *c;
    fmpq_t middle, half; /* for the cubature: x = middle + half z_1, psi = pi z_2 */
} cst__cone_kernel_t;

void cst__cone_kernel_init(cst__cone_kernel_t *kernel, const fmpq_t mu_squared, const fmpq_t rho, slong prec);
void cst__cone_kernel_clear(cst__cone_kernel_t *kernel);
void cst__cone_kernel_choose_order(cst__cone_kernel_t *kernel, slong order);

/* Bounds, for every weight, of the integral of the modulus of exp(-rho (1 + v^2)) w v dv dpsi, v = R'/R,
   over v < V < 1 and over v > V > 1; and of what the orders above the given one add to it over v < V. */
void cst__cone_kernel_bound_inside(arb_t bound, const cst__cone_kernel_t *kernel, const arb_t v);
void cst__cone_kernel_bound_outside(arb_t bound, const cst__cone_kernel_t *kernel, const arb_t v);
void cst__cone_kernel_bound_orders(arb_t bound, const cst__cone_kernel_t *kernel, slong order, const arb_t v);

/* The weights for a cubature; data is the kernel. */
void cst__cone_kernel_bound(arb_ptr bounds, void *data, const fmpq *middle, const fmpq *half);
void cst__cone_kernel_integrate(arb_ptr integrals, void *data, const cst_model_struct *f, const fmpq *middle,
                                const fmpq *half);

#endif
