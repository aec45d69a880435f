/* caustic/expr.h -- exact expressions: a hash-consed DAG, its calculus and its zero test. */
#ifndef CAUSTIC_EXPR_H
#define CAUSTIC_EXPR_H

#include <caustic/flint.h>
#include <caustic/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An expression is an immutable node, owned by the context that built it. Two expressions
   built alike in one context are the same pointer. Every argument has a smaller serial number
   than the node that uses it. A context is used by one thread at a time. */
typedef const struct cst_expr_node *cst_expr_t;
typedef struct cst_expr_pool cst_expr_ctx_struct;
typedef cst_expr_ctx_struct *cst_expr_ctx_t;

typedef enum
{
    CST_EXPR_RATIONAL, /* exact literal, value in cst_expr_rational_value */
    CST_EXPR_PI,
    CST_EXPR_VARIABLE,
    CST_EXPR_ADD,   /* two arguments */
    CST_EXPR_MUL,   /* two arguments */
    CST_EXPR_POWER, /* one argument and an exact rational exponent */
    CST_EXPR_EXP,
    CST_EXPR_LOG,
    CST_EXPR_SIN,
    CST_EXPR_COS,
    CST_EXPR_TAN,
    CST_EXPR_ASIN,
    CST_EXPR_ACOS,
    CST_EXPR_ATAN,
    CST_EXPR_SINH,
    CST_EXPR_COSH,
    CST_EXPR_TANH,
    CST_EXPR_ERF,
    CST_EXPR_SIGMOID,  /* 1/(1 + exp(-x)) */
    CST_EXPR_SOFTPLUS, /* log(1 + exp(x)) */
    CST_EXPR_ABS,      /* abs, relu, step and sign are defined where the argument is not 0 */
    CST_EXPR_RELU,
    CST_EXPR_STEP, /* 1 for x > 0, 0 for x < 0: the derivative of relu */
    CST_EXPR_SIGN, /* the derivative of abs */
    CST_EXPR_KIND_COUNT
} cst_expr_kind_t;

CST_API cst_expr_ctx_t cst_expr_ctx_new(void);
CST_API void cst_expr_ctx_free(cst_expr_ctx_t ctx);

/* Builders. They fold rational constants, 0 and 1, order the arguments of sums and products,
   merge (x^a)^n for integer n, and distribute an integer power over a product (of up to 64 factors).
   Constants beyond some 8000 bits are left unfolded, so that no call asks for a huge number. */
CST_API cst_expr_t cst_expr_rational(cst_expr_ctx_t ctx, const fmpq_t value);
CST_API cst_expr_t cst_expr_integer(cst_expr_ctx_t ctx, slong value);
CST_API cst_expr_t cst_expr_pi(cst_expr_ctx_t ctx);
CST_API cst_expr_t cst_expr_variable(cst_expr_ctx_t ctx, const char *name);
CST_API cst_expr_t cst_expr_add(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b);
CST_API cst_expr_t cst_expr_sub(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b);
CST_API cst_expr_t cst_expr_neg(cst_expr_ctx_t ctx, cst_expr_t a);
CST_API cst_expr_t cst_expr_mul(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b);
CST_API cst_expr_t cst_expr_div(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b);
CST_API cst_expr_t cst_expr_power(cst_expr_ctx_t ctx, cst_expr_t a, const fmpq_t exponent);
CST_API cst_expr_t cst_expr_power_si(cst_expr_ctx_t ctx, cst_expr_t a, slong exponent);
CST_API cst_expr_t cst_expr_sqrt(cst_expr_ctx_t ctx, cst_expr_t a);
/* kind is one of CST_EXPR_EXP ... CST_EXPR_SIGN. */
CST_API cst_expr_t cst_expr_function(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t a);

/* Reading a node. */
CST_API cst_expr_kind_t cst_expr_kind(cst_expr_t e);
CST_API slong cst_expr_serial(cst_expr_t e); /* dense, from 0, in order of creation */
CST_API int cst_expr_arity(cst_expr_t e);
CST_API cst_expr_t cst_expr_argument(cst_expr_t e, int i);
CST_API const char *cst_expr_name(cst_expr_t e);                  /* of a variable */
CST_API const fmpq *cst_expr_rational_value(cst_expr_t e);        /* of a literal */
CST_API const fmpq *cst_expr_exponent(cst_expr_t e);              /* of a power */
CST_API int cst_expr_is_integer_value(cst_expr_t e, slong value); /* is e the literal value? */
CST_API int cst_expr_depends_on(cst_expr_ctx_t ctx, cst_expr_t e, cst_expr_t variable);

/* Names that a text may use: a name stands for an expression. A name not in the scope is an
   error that names it. */
typedef struct
{
    const char *const *names;
    const cst_expr_t *values;
    slong length;
} cst_expr_scope_t;

/* Parses the input syntax: + - * / ^, parentheses, decimal and fraction literals (exact),
   pi, e, and the functions of the list above with sqrt, min and max. An exponent is an exact
   rational constant. On error returns CST_BAD_INPUT and sets error->column to the place in
   text, from 1, and the message. Nesting is limited to 200 levels and text to 1 MiB. */
CST_API cst_status_t cst_expr_parse(cst_expr_t *result, cst_expr_ctx_t ctx, const char *text,
                                    const cst_expr_scope_t *scope, cst_error_t *error);

/* Prints in the input syntax (parses back to an equal expression: the same node, if all its
   constants could be folded), or as LaTeX. The caller frees the string with flint_free. NULL if it
   would be longer than 16 MiB: shared nodes print once a use. */
CST_API char *cst_expr_print(cst_expr_ctx_t ctx, cst_expr_t e);
CST_API char *cst_expr_print_latex(cst_expr_ctx_t ctx, cst_expr_t e);

/* The same, with texts of LaTeX for some variables; a text is one symbol, or stands in braces. */
CST_API char *cst_expr_print_latex_named(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *variables,
                                         const char *const *texts, slong length);

/* Prints as C (of doubles, with <math.h>) or for Sage, which Python and SymPy read too. A name that the language has
   taken, such as `for` or `lambda`, gets an underscore behind it. */
CST_API char *cst_expr_print_c(cst_expr_ctx_t ctx, cst_expr_t e);
CST_API char *cst_expr_print_sage(cst_expr_ctx_t ctx, cst_expr_t e);

CST_API cst_expr_t cst_expr_derivative(cst_expr_ctx_t ctx, cst_expr_t e, cst_expr_t variable);

/* Replaces variables[i] by values[i], all at once. */
CST_API cst_expr_t cst_expr_substitute(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *variables,
                                       const cst_expr_t *values, slong length);

/* Is e identically zero, where it is defined? CST_TRUE and CST_FALSE are proved; otherwise
   CST_UNKNOWN. With assumptions: positive[i] > 0 is given (so that sqrt(x^2) = x for x > 0).
   CST_FALSE: an enclosure at a point of the domain excludes zero. CST_TRUE: the normal form is 0;
   this holds at each point where all roots are taken of positive numbers, hence on the closure of
   the set of these points, but not at isolated points of the domain, such as 0 for sqrt(x^3 - x^2). */
CST_API cst_truth_t cst_expr_is_zero(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *positive,
                                     slong length);

/* An equal expression in normal form N/D over its generators, equal in the sense above, or e itself
   where the theory gives no normal form. Its domain may be larger: x^2/x becomes x. */
CST_API cst_expr_t cst_expr_simplify(cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *positive,
                                     slong length);

/* Encloses e where variables[i] lies in values[i]. An argument outside a function's domain, or a
   relu, abs, step or sign whose sign is not certain, gives an indeterminate ball. */
CST_API void cst_expr_enclose(arb_t result, cst_expr_t e, const cst_expr_t *variables, arb_srcptr values,
                              slong length, slong prec);

/* Bounds of e where variables[i] lies in [variable_lower[i], variable_upper[i]], ends that may be infinite:
   e >= lower and e <= upper wherever e is defined on the box. Branches of relu, abs, step and sign need not
   be decided (step counts as [0,1], sign as [-1,1]). NaN if no bound was found, or e may be undefined. */
CST_API void cst_expr_range(arf_t lower, arf_t upper, cst_expr_t e, const cst_expr_t *variables,
                            const arf_struct *variable_lower, const arf_struct *variable_upper, slong length,
                            slong prec);

#ifdef __cplusplus
}
#endif

#endif
