/* hj/cubature.h -- verified integrals of exp(E(z)) w_k(z) over a cube. */
#ifndef CST_HJ_CUBATURE_H
#define CST_HJ_CUBATURE_H

#include <caustic/flow.h>

#define CST__CUBATURE_MAX_DIMENSION 3
#define CST__CUBATURE_MAX_WEIGHTS 10

typedef struct
{
    cst_expr_ctx_t ctx;
    slong dimension;
    const cst_expr_t *variables; /* z */
    cst_expr_t exponent;         /* E, finite on the cube */
    const cst_expr_t *weights;   /* w_k; the first is a measure of size: not negative */
    slong count;
    /* Weights that are no expressions: balls of their values on the box z = middle + half zeta, |zeta_i| <=
       1; and the integrals over zeta of f w_k. Otherwise NULL. */
    void (*bound_weights)(arb_ptr bounds, void *data, const fmpq *middle, const fmpq *half);
    void (*integrate_weights)(arb_ptr integrals, void *data, const cst_model_struct *f, const fmpq *middle,
                              const fmpq *half);
    void *data;
    slong radius; /* the cube is |z_i| <= radius */
    double tolerance;
    slong bits; /* of the fixed-point numbers of the models */
    slong max_boxes;
    double seconds; /* 0: no limit */
} cst__cubature_t;

typedef struct
{
    slong boxes;
    double relative; /* the sum of all radii over the first integral: a guide */
} cst__cubature_report_t;

/* integrals[k] encloses the integral of exp(E) w_k. Splits the worst box until the error is below tolerance
   times the first integral: CST_OK; CST_PARTIAL when boxes or seconds ran out. The enclosures hold in
   either case. CST_BAD_INPUT: an expression uses other variables. */
cst_status_t cst__cubature_integrate(arb_ptr integrals, cst__cubature_report_t *report,
                                     const cst__cubature_t *problem, slong prec, cst_error_t *error);

#endif
