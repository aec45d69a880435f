/* flow/ring.h -- the coefficient rings in which the recurrences run: one story for all of them.

   A coefficient of order k in the time is a polynomial of low degree in some directions z (jets). In Arb
   (arb-ring.c) and in doubles (ball-ring.c) and in fixed point (fixed-ring.c) each coefficient of that
   polynomial is a ball; in model-ring.c it is a number, and one radius bounds all errors and all dropped
   terms for z in [-1,1]^m. Coefficients are scaled by (sign 2^shift)^k. */
#ifndef CST_FLOW_RING_H
#define CST_FLOW_RING_H

#include <stdint.h>

#include "flow/program.h"

typedef struct cst__ring cst__ring_t;

typedef struct
{
    /* order 0 of the constant with this value, or of pi */
    void (*constant)(cst__ring_t *ring, slong w, const cst__flow_row_t *row);
    /* w_0 = f(u_0); returns 0 where it is not defined */
    int (*function)(cst__ring_t *ring, slong w, const cst__flow_row_t *row);
    void (*zero)(cst__ring_t *ring, slong k, slong w);
    void (*copy)(cst__ring_t *ring, slong k, slong w, slong u, int negative);
    void (*add)(cst__ring_t *ring, slong k, slong w, slong u, slong v, int negative);
    /* w_k = c_0 u_k for a constant row c */
    void (*scale)(cst__ring_t *ring, slong k, slong w, slong u, slong c);
    /* w_k = factor u_k / divisor for small integers */
    void (*ratio)(cst__ring_t *ring, slong k, slong w, slong u, slong factor, slong divisor);
    /* w_k = sum over l < length of u_{i + l} v_{j - l} */
    void (*dot)(cst__ring_t *ring, slong k, slong w, slong u, slong i, slong v, slong j, slong length);
    /* w_k = sum over l <= k of u_l u_{k - l} */
    void (*square)(cst__ring_t *ring, slong k, slong w, slong u);
    /* the jets of w_k beyond the value from those of f(u): f' = +-c g, so dw_k = +-c sum over l <= k of g_l
     * du_{k - l} */
    void (*chain)(cst__ring_t *ring, slong k, slong w, slong g, slong u, slong c, int negative);
    /* u_{k+1} = sign 2^shift/(k + 1) w_k */
    void (*next)(cst__ring_t *ring, slong k, slong u, slong w);
} cst__ring_ops_t;

struct cst__ring
{
    const cst__ring_ops_t *ops;
    const cst__flow_program_struct *program;
    const cst_shape_struct *shape; /* of the polynomials in z */
    slong orders;                  /* room: coefficients of order below this */
    slong shift;
    int negative;
    slong first, last; /* the monomials that the operations work on: first to last - 1 */
    int constants_done;
    slong prec; /* for functions and constants */

    arb_ptr arb;     /* Arb: orders x monomials a row */
    slong *precs;    /* by order */
    double *real;    /* doubles: see ball-ring.c and model-ring.c */
    const int *late; /* models: which monomials have a late variable, or NULL (late.c) */
    slong stride;    /* doubles a strand */
    slong strands;   /* a row */

    /* fixed point: see fixed-ring.c */
    int64_t *digits; /* `length` digits a coefficient */
    int *reach;
    slong length;
    slong *grid; /* by strand */
    double tail; /* 2^(-58 length) */
    int failed;  /* a number did not fit its digits */
};

/* Room for all rows of program with `orders` coefficients. program and shape outlive the ring. */
void cst__arb_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                        const cst_shape_struct *shape, slong orders, slong prec);
void cst__ball_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                         const cst_shape_struct *shape, slong orders);
void cst__model_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                          const cst_shape_struct *shape, slong orders);
void cst__fixed_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                          const cst_shape_struct *shape, slong orders, slong bits);
/* The first pair of the shape that adds to the monomial `first`. */
slong cst__ring_first_pair(const cst__ring_t *ring);

/* Sorts the pairs of a shape by the monomial they add to, and notes where those of each end. */
void cst__shape_sort_pairs(cst_shape_t shape);
/* The monomials of degree at most `degree` in `early` variables and those with one of `late` more variables;
   is_late (a new array) says which. Cleared by cst_shape_clear. */
void cst__late_shape_init(cst_shape_t shape, int **is_late, slong early, slong late, slong degree);

void cst__ring_clear(cst__ring_t *ring);

/* Order 0 of a row of models is the polynomial (one coefficient a monomial), exactly. */
void cst__model_ring_start(cst__ring_t *ring, slong row, const double *polynomial);

/* The coefficient of z^block at order k of a row. */
arb_ptr cst__arb_ring_at(const cst__ring_t *ring, slong row, slong block, slong k);

/* Given order 0 of the components, fills in orders 1 to top of the components and orders below top of the
   other rows. Returns 0 where the field is not defined. */
int cst__ring_solve(cst__ring_t *ring, slong top);

/* The same in two parts, of which the second does nothing where the first does all: the values come first, as
   the derivative of a sine needs the cosine of the same order. The jets may go to a lower order. */
int cst__ring_solve_values(cst__ring_t *ring, slong top);
void cst__ring_solve_jets(cst__ring_t *ring, slong top);

/* The polynomial w = f(u) in z for the function f of a row: f(u_0) + f'(u_0) d + f''(u_0)/2 d^2 with d = u -
   u_0, of degree at most 2. Returns 0 where it is not defined. */
int cst__ring_compose(arb_ptr w, const cst__flow_row_t *row, arb_srcptr u, const cst_shape_struct *shape,
                      slong prec);

/* Given orders up to top of the components, fills in the other rows to the same order. */
int cst__ring_follow(cst__ring_t *ring, slong top);

#endif
