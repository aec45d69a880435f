/* expr/normal-ctx.h -- what a context of normal forms holds; for src/expr/normal-*.c only. */
#ifndef CST_EXPR_NORMAL_CTX_H
#define CST_EXPR_NORMAL_CTX_H

#include "expr/normal.h"

/* Beyond these sizes an operation gives up (its result is not valid). */
#define CST__NORMAL_MAX_TERMS 2000000
#define CST__NORMAL_MAX_FACTOR_TERMS 10000
#define CST__NORMAL_MAX_FACTOR_DEGREE 5000
#define CST__NORMAL_MAX_DEGREE 1e15

typedef enum
{
    CST__ATOM_PRIME,     /* a positive integer: a prime, as far as factoring went */
    CST__ATOM_FACTOR,    /* an irreducible polynomial in free generators */
    CST__ATOM_ALGEBRAIC, /* a polynomial with algebraic generators, not split further */
} cst__atom_kind_t;

/* What products split into. Its leading coefficient is positive. */
typedef struct
{
    cst__atom_kind_t kind;
    fmpz_mpoly_struct poly;
    fmpz_mpoly_struct *powers; /* powers[i] = poly^i */
    slong power_count;
    int sign;      /* where it is not 0: +1, -1, or 0 if that is not known */
    int sign_bit;  /* its place among the unknown signs, or -1 */
    int constant;  /* holds no variable */
    slong sine;    /* of 1 - s and 1 + s: the generator s; else -1 */
    int sine_side; /* -1 or +1 */
    slong log_generator;
    int root_tried; /* of an algebraic atom: was a square root sought? */
    cst__normal_t root;
    cst_expr_t expr; /* once it was asked for */
} cst__atom_t;

typedef enum
{
    CST__GENERATOR_VARIABLE,
    CST__GENERATOR_PI,
    CST__GENERATOR_EXP,
    CST__GENERATOR_LOG, /* of |atom| */
    CST__GENERATOR_SIN,
    CST__GENERATOR_ATAN,
    CST__GENERATOR_ERF,
    CST__GENERATOR_OPAQUE, /* an expression without theory */
    CST__GENERATOR_ROOT,   /* |atom|^(1/root) */
    CST__GENERATOR_COS,
    CST__GENERATOR_SIGN /* of an atom */
} cst__generator_kind_t;

typedef struct
{
    cst__generator_kind_t kind;
    ulong degree;               /* of the relation; 0 for a free generator */
    fmpz_mpoly_struct relation; /* generator^degree */
    slong atom;                 /* of a root, log or sign */
    ulong prime, root;          /* of a root: root is a power of the prime degree */
    slong partner;              /* the sine of a cosine, and back */
    cst__normal_t argument;     /* of exp, sin, cos, atan, erf */
    cst_expr_t expr;            /* of a variable, pi, or without theory */
    cst_expr_t argument_expr;   /* once it was asked for */
    int constant;
} cst__generator_t;

/* sign(atoms) as known: (-1)^negative * the product of the signs in mask. */
typedef struct
{
    slong atom;
    slong generator; /* -1 until one is needed */
    ulong mask;
    int negative;
} cst__sign_t;

/* An angle of which sine and cosine are known; all angles are integer combinations of these. */
typedef struct
{
    cst__normal_t angle, sine, cosine;
} cst__angle_t;

#define CST__NORMAL_MAX_ANGLES 16

/* What a second attempt must know. */
typedef struct
{
    slong capacity;                         /* generators */
    ulong divisors[CST__NORMAL_MAX_ANGLES]; /* of the angles, in order of discovery */
} cst__normal_plan_t;

struct cst__normal_ctx
{
    cst_expr_ctx_t pool;
    fmpz_mpoly_ctx_t mpoly;
    cst__normal_plan_t plan;
    int again;                  /* the plan was found too small: start again with the new one */
    int trouble;                /* an operation gave up */
    double budget, node_budget; /* effort left, in all and for the node at hand */
    double node_share;          /* with which each node starts */
    cst__generator_t *generators;
    slong generator_count;
    int algebraic; /* some generator is */
    cst__atom_t **atoms;
    slong atom_count, atom_alloc;
    cst__sign_t signs[FLINT_BITS];
    int sign_count;
    ulong facts;        /* how many signs were learned */
    slong *exponential; /* generators exp(u) with rationally independent u */
    slong exponential_count;
    cst__angle_t angles[CST__NORMAL_MAX_ANGLES];
    slong angle_count;
    cst_expr_t *memo_keys; /* elements of expressions, and where to find them by serial */
    cst__normal_struct **memo;
    slong memo_length, memo_alloc;
    slong *memo_table; /* open addressing: place + 1, or 0 */
    slong memo_size;
    int depth; /* of roots within roots */
};

/* |x| = prod |atom|^exponent, sign(x) = (-1)^negative prod of the signs in mask. */
typedef struct
{
    slong *atoms;
    fmpq *exponents;
    slong length, alloc;
    ulong mask;
    int negative;
    int valid;
} cst__split_t;

/* normal-element.c */
slong cst__normal_exponent(const cst__normal_t x, slong k);
void cst__normal_set_exponent(cst__normal_t x, slong k, slong value);
void cst__normal_invalidate(cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_finish(cst__normal_t x, const int *may, cst__normal_ctx_t ctx);
void cst__normal_one(cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_set_generator(cst__normal_t x, slong generator, cst__normal_ctx_t ctx);
void cst__normal_common(fmpz_t den, slong *exponents, const cst__normal_struct *const *x, slong length,
                        cst__normal_ctx_t ctx);
void cst__normal_lift(fmpz_mpoly_t r, const cst__normal_t x, const fmpz_t den, const slong *exponents,
                      cst__normal_ctx_t ctx);
int cst__normal_equal(const cst__normal_t x, const cst__normal_t y, cst__normal_ctx_t ctx);

/* normal-reduce.c */
int cst__poly_can_factor(const fmpz_mpoly_t p, cst__normal_ctx_t ctx);
void cst__poly_mul(fmpz_mpoly_t r, const fmpz_mpoly_t a, const fmpz_mpoly_t b, cst__normal_ctx_t ctx);
int cst__normal_reduce(fmpz_mpoly_t p, cst__normal_ctx_t ctx);
slong cst__normal_top(const fmpz_mpoly_t p, cst__normal_ctx_t ctx);
void cst__normal_free_content(fmpz_mpoly_t content, const fmpz_mpoly_t p, cst__normal_ctx_t ctx);
int cst__normal_poly_is_constant(const fmpz_mpoly_t p, cst__normal_ctx_t ctx);
int cst__normal_is_constant(const cst__normal_t x, cst__normal_ctx_t ctx);
int cst__normal_power_fits(const fmpz_mpoly_t p, const fmpz_t n, cst__normal_ctx_t ctx);

/* normal-invert.c */
void cst__normal_inv_poly(cst__normal_t r, const fmpz_mpoly_t p, cst__normal_ctx_t ctx);
void cst__normal_constant_part(cst__normal_t r, const cst__normal_t x, slong g, cst__normal_ctx_t ctx);
void cst__normal_factor(cst__split_t *s, fmpz_t constant, const fmpz_mpoly_t p, cst__normal_ctx_t ctx);

/* normal-atom.c */
slong cst__atom_find(const fmpz_mpoly_t p, cst__atom_kind_t kind, cst__normal_ctx_t ctx);
void cst__atom_multiply(fmpz_mpoly_t p, slong atom, slong n, cst__normal_ctx_t ctx);
void cst__split_init(cst__split_t *s);
void cst__split_clear(cst__split_t *s);
void cst__split_multiply(cst__split_t *s, slong atom, slong n, ulong d);
void cst__split(cst__split_t *s, const cst__normal_t x, cst__normal_ctx_t ctx);

/* normal-sign.c */
int cst__atom_sign(ulong *mask, slong atom, cst__normal_ctx_t ctx);
void cst__sign_learn(int negative, ulong mask, cst__normal_ctx_t ctx);
void cst__sign_refresh(cst__normal_ctx_t ctx);
void cst__sign_poly(fmpz_mpoly_t p, int negative, ulong mask, cst__normal_ctx_t ctx);

/* normal-root.c */
void cst__atom_abs_power(cst__normal_t r, slong atom, const fmpq_t q, cst__normal_ctx_t ctx);
void cst__normal_real_power(cst__normal_t r, const cst__normal_t x, const fmpq_t q, cst__normal_ctx_t ctx);
void cst__normal_sign(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx);
void cst__generator_set_root_relation(slong g, cst__normal_ctx_t ctx);

/* normal-function.c */
slong cst__generator_new(cst__generator_kind_t kind, cst__normal_ctx_t ctx);
void cst__normal_exp(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_log(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_sin_cos(cst__normal_t s, cst__normal_t c, const cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_atan(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx);
void cst__normal_erf(cst__normal_t r, const cst__normal_t x, cst__normal_ctx_t ctx);
int cst__normal_relation(fmpq *q, const cst__normal_struct *const *basis, slong length, const cst__normal_t x,
                         cst__normal_ctx_t ctx);

/* normal-convert.c */
void cst__memo_clear(cst__normal_ctx_t ctx);
void cst__normal_assume_positive(cst_expr_t e, cst__normal_ctx_t ctx);

/* normal-expr.c */
int cst__normal_constant_sign(const fmpz_mpoly_t p, cst__normal_ctx_t ctx);

#endif
