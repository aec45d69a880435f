/* flow/program.h -- a tape as recurrences for Taylor coefficients in the time.

   Every function on a tape solves w' = c v u' with a row v known one order earlier, so that four
   products in all (plain, square, inverse, and this one) give every coefficient. (Moore, Methods and
   Applications of Interval Analysis, section 3.4; Griewank and Walther, chapter 13.) */
#ifndef CST_FLOW_PROGRAM_H
#define CST_FLOW_PROGRAM_H

#include <caustic/flow.h>

typedef enum
{
    CST__ROW_STATE,    /* a: index of the component */
    CST__ROW_RATIONAL, /* value */
    CST__ROW_PI,
    CST__ROW_ADD,
    CST__ROW_SUB,
    CST__ROW_SCALE, /* row a times the constant row b */
    CST__ROW_MUL,
    CST__ROW_SQUARE,
    CST__ROW_INVERSE, /* 1/a; b and c are rows for partial sums and the square */
    CST__ROW_WEIGHT,  /* k a_k */
    CST__ROW_PRIME,   /* w' = +-c v u': a is the weighted u, b is v, c a constant row or -1 */
    CST__ROW_WORK     /* holds partial sums of another row */
} cst__flow_row_code_t;

typedef struct
{
    cst__flow_row_code_t code;
    slong a, b, c;
    int negative;
    int constant;             /* depends on no component */
    int flat;                 /* only the coefficient of order 0 is not zero */
    int jets;                 /* its derivative reaches an output: see mark_jets */
    cst_tape_code_t function; /* of ROW_INVERSE and ROW_PRIME at order 0, and of constant rows */
    slong argument;           /* its argument */
    fmpq_t value;             /* of ROW_RATIONAL; the exponent of a power */
} cst__flow_row_t;

typedef struct
{
    cst__flow_row_t *rows;
    slong length, capacity;
    slong inputs;
    slong *outputs;
    slong output_count;
} cst__flow_program_struct;
typedef cst__flow_program_struct cst__flow_program_t[1];

void cst__flow_program_init(cst__flow_program_t program, const cst_tape_t tape);
void cst__flow_program_clear(cst__flow_program_t program);

/* f_i = the i-th Taylor coefficient of the function of a row at x, i < length. Returns 0 where it is not
   defined on all of x. */
int cst__flow_row_function(arb_ptr f, const cst__flow_row_t *row, const arb_t x, slong length, slong prec);

#endif
