/* caustic/flow.h -- Taylor models in fixed point and verified integration of a tape.

   A Taylor model is a polynomial in a time t in [0,1] and parameters z in [-1,1]^m with integer
   coefficients in units of 2^-bits, and a radius: it stands for every function that is
   nowhere farther than the radius from the polynomial. Sums are exact; products and functions round and
   truncate into the radius. (Makino and Berz, Taylor models and other validated functional
   inclusion methods, 2003.) */
#ifndef CAUSTIC_FLOW_H
#define CAUSTIC_FLOW_H

#include <caustic/tape.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The monomials t^k z^alpha with k + weight |alpha| <= degree and |alpha| <= top; or, without time, the
   z^alpha with |alpha| <= degree. They are ordered by |alpha|, then by alpha in descending lexicographic
   order, then by k. Immutable once made; models refer to it. */
typedef struct
{
    slong bits;
    slong variables; /* m, the number of z */
    slong degree;
    slong weight;
    slong top;
    int timeless;
    slong blocks;    /* how many alpha */
    slong length;    /* how many monomials */
    slong *exponent; /* blocks x m */
    slong *order;    /* |alpha| of a block */
    slong *offset;   /* first coefficient of a block; offset[blocks] = length */
    slong pairs;
    slong *pair;     /* triples (i, j, o): z^alpha_i z^alpha_j = z^alpha_o, sorted by o */
    slong *pair_end; /* the triples with output at most o end here */
} cst_shape_struct;
typedef cst_shape_struct cst_shape_t[1];

CST_API void cst_shape_init(cst_shape_t shape, slong bits, slong variables, slong degree, slong weight,
                            slong top);
CST_API void cst_shape_init_timeless(cst_shape_t shape, slong bits, slong variables, slong degree);
CST_API void cst_shape_clear(cst_shape_t shape);

/* A Taylor model. The fields below radius are caches of the coefficients. */
typedef struct
{
    const cst_shape_struct *shape;
    fmpz *coeff;
    fmpz_t radius;
    fmpz_t norm;    /* sum of |coefficient| */
    fmpz *graded;   /* the same by weighted degree k + weight |alpha| */
    fmpz *by_order; /* the same by |alpha| */
    slong *used;    /* per block: coefficients from here on are zero */
    int small;      /* the norm, so every coefficient, fits in one word */
} cst_model_struct;
typedef cst_model_struct cst_model_t[1];

CST_API void cst_model_init(cst_model_t x, const cst_shape_t shape);
CST_API void cst_model_clear(cst_model_t x);
CST_API void cst_model_set(cst_model_t x, const cst_model_t y);
CST_API void cst_model_set_fmpq(cst_model_t x, const fmpq_t value);
CST_API void cst_model_set_arb(cst_model_t x, const arb_t value);

/* center + halfwidth z_i, i from 0. */
CST_API void cst_model_set_parameter(cst_model_t x, slong i, const fmpq_t center, const fmpq_t halfwidth);

/* All operands of one call have the same shape; the result may be one of the operands. */
CST_API void cst_model_add(cst_model_t x, const cst_model_t a, const cst_model_t b);
CST_API void cst_model_sub(cst_model_t x, const cst_model_t a, const cst_model_t b);
CST_API void cst_model_mul(cst_model_t x, const cst_model_t a, const cst_model_t b);
CST_API void cst_model_scale_fmpq(cst_model_t x, const cst_model_t a, const fmpq_t factor);

/* An elementary function of a model: code is CST_TAPE_INVERSE, POWER (exponent strictly between
   0 and 1), EXP, LOG, SIN, COS, ATAN, ERF or STEP. Returns CST_UNDECIDED, x undefined, where the
   range of a is not inside the domain or not inside the disc where the expansion converges. */
CST_API cst_status_t cst_model_function(cst_model_t x, cst_tape_code_t code, const cst_model_t a,
                                        const fmpq_t exponent);

/* Bounds over all t and z, in units: a lower bound that completes squares, and an upper bound of |x|. */
CST_API void cst_model_infimum(fmpz_t bound, const cst_model_t x);
CST_API void cst_model_magnitude(fmpz_t bound, const cst_model_t x);

/* Encloses the value at z = point (rationals in [-1,1]), t = time in [0,1]. */
CST_API void cst_model_evaluate(arb_t value, const cst_model_t x, const fmpq_t time, const fmpq *point,
                                slong prec);

/* Restricts z_i to its lower (side = 0) or upper (side = 1) half, again on [-1,1]. */
CST_API void cst_model_halve(cst_model_t x, const cst_model_t a, slong i, int side);

/* Runs a tape on models. Returns CST_UNDECIDED where a function is not defined on the whole set. */
CST_API cst_status_t cst_model_run_tape(cst_model_struct *outputs, const cst_tape_t tape,
                                        const cst_model_struct *inputs, const cst_shape_t shape);

/* A verified solution of x' = f(x) from a set of initial values x(0) = S(z): in each
   step, with time scaled to [0,1], the solution stays strictly within radius_i of a polynomial. */
typedef struct
{
    fmpz_t duration;       /* in units of 2^-bits */
    cst_model_struct *phi; /* one model a component: polynomial and radius */
} cst_tube_step_struct;

typedef struct
{
    cst_shape_t shape;     /* of the polynomials of the steps */
    cst_shape_t end_shape; /* without time, of degree top */
    slong dimension;
    slong length;
    slong capacity;
    cst_tube_step_struct *steps;
    cst_model_struct *state; /* the set reached, one timeless model a component */
    fmpz_t time;             /* reached, in units */
    int (*stop)(void *data); /* polled several times a step; NULL after init */
    void *stop_data;
} cst_tube_struct;
typedef cst_tube_struct cst_tube_t[1];

/* bits, degree, weight and top as above (weight * top <= degree), parameters = number of z; the tube starts
   empty at time 0 with state zero: set tube->state before integrating. */
CST_API void cst_tube_init(cst_tube_t tube, slong dimension, slong bits, slong parameters, slong degree,
                           slong weight, slong top);
CST_API void cst_tube_clear(cst_tube_t tube);

/* Integrates the tape f from tube->time to exactly the time end (in units of 2^-bits). The first
   `dimension` outputs of f are the derivatives; the outputs after them must be positive all along. Each step
   is proved by strict inclusion. error_target (a guide) is the truncation error allowed a step, relative
   to 1. Returns CST_UNDECIDED when no step can be proved and CST_PARTIAL when tube->stop says so: the tube
   then ends at tube->time. */
CST_API cst_status_t cst_tube_integrate(cst_tube_t tube, const cst_tape_t f, const fmpz_t end,
                                        double error_target);

#ifdef __cplusplus
}
#endif

#endif
