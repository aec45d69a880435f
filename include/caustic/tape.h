/* caustic/tape.h -- straight-line programs: what the evaluation kernels run. */
#ifndef CAUSTIC_TAPE_H
#define CAUSTIC_TAPE_H

#include <caustic/expr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One operation each; every function of an expression is lowered to these. */
typedef enum
{
    CST_TAPE_INPUT, /* a: index of the input */
    CST_TAPE_RATIONAL,
    CST_TAPE_PI,
    CST_TAPE_ADD,
    CST_TAPE_SUB,
    CST_TAPE_MUL,
    CST_TAPE_SCALE,   /* a times the rational value */
    CST_TAPE_INVERSE, /* 1/a */
    CST_TAPE_POWER,   /* a to the rational value, for a > 0 */
    CST_TAPE_EXP,
    CST_TAPE_LOG,
    CST_TAPE_SIN,
    CST_TAPE_COS,
    CST_TAPE_ATAN,
    CST_TAPE_ERF,
    CST_TAPE_STEP /* 1 for a > 0, 0 for a < 0 */
} cst_tape_code_t;

typedef struct
{
    cst_tape_code_t code;
    slong a, b; /* positions of the arguments on the tape, or -1 */
    fmpq_t value;
    double nearest; /* to value, for the floating-point kernel */
} cst_tape_op_t;

typedef struct
{
    cst_tape_op_t *ops;
    slong length;
    slong inputs;
    slong *outputs; /* positions on the tape */
    slong output_count;
} cst_tape_struct;
typedef cst_tape_struct cst_tape_t[1];

/* Compiles expressions into one program with common subexpressions merged. Returns
   CST_BAD_INPUT if an expression uses a variable that is not among the inputs. The tape does not
   refer to ctx afterwards; it is immutable and may be shared by threads. */
CST_API cst_status_t cst_tape_compile(cst_tape_t tape, cst_expr_ctx_t ctx, const cst_expr_t *outputs,
                                      slong output_count, const cst_expr_t *inputs, slong input_count,
                                      cst_error_t *error);
CST_API void cst_tape_clear(cst_tape_t tape);

/* Plain floating-point evaluation: a guide for searches, never evidence. work has room for
   tape->length numbers. */
CST_API void cst_tape_eval_double(double *outputs, const cst_tape_t tape, const double *inputs, double *work);

/* Rigorous enclosure. A domain violation gives indeterminate balls. */
CST_API void cst_tape_eval_arb(arb_ptr outputs, const cst_tape_t tape, arb_srcptr inputs, slong prec);

/* A closed interval of real numbers; from -infinity to infinity where nothing is known. */
typedef struct
{
    double lower, upper;
} cst_tape_interval_t;

/* Rigorous enclosure in double intervals, rounded outwards in any state of the rounding mode "to nearest":
   what +, -,
   *, / and sqrt take is a few operations of the processor. An input with lower > upper counts as unknown.
   work has room for tape->length intervals. */
CST_API void cst_tape_eval_interval(cst_tape_interval_t *outputs, const cst_tape_t tape,
                                    const cst_tape_interval_t *inputs, cst_tape_interval_t *work);

/* Jets: the coefficients c_m in f(x + h) = sum_m c_m h^m + O(|h|^(order + 1)), so c_m = d^m f(x)/m!, for the
   monomials h^m of degree at most `order` in all inputs; by degree, then from the highest power of the first
   input down. There are cst_tape_jet_length of them, and cst_tape_jet_exponents lists their exponents, a row
   (of `inputs` numbers) each. */
CST_API slong cst_tape_jet_length(slong inputs, slong order);
CST_API void cst_tape_jet_exponents(slong *exponents, slong inputs, slong order);

/* Rigorous enclosures of all coefficients at all points of the balls `inputs`: a jet for each output, one
   after the other. */
CST_API void cst_tape_eval_jet(arb_ptr outputs, const cst_tape_t tape, arb_srcptr inputs, slong order,
                               slong prec);

#ifdef __cplusplus
}
#endif

#endif
