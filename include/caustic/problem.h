/* caustic/problem.h -- a problem file, read, verified and turned into a Hamilton-Jacobi problem. */
#ifndef CAUSTIC_PROBLEM_H
#define CAUSTIC_PROBLEM_H

#include <caustic/expr.h>

#ifdef __cplusplus
extern "C" {
#endif

/* u_t + H(q, du) = 0, u(0, q) = u0(q), with q0 in a box. Every expression belongs to ctx. */
typedef struct
{
    char *title;
    cst_expr_ctx_t ctx;
    slong dimension;
    cst_expr_t *coordinates;
    cst_expr_t *momenta; /* variables p_<coordinate> */
    cst_expr_t hamiltonian;
    cst_expr_t initial;
    /* Functions of the coordinates and momenta that must be positive wherever the
       Hamiltonian is used: pivots of the metric or of H_pp, and the assumptions. */
    cst_expr_t *positive;
    slong positive_length;
    fmpq *lower; /* the domain: lower[i] < upper[i] */
    fmpq *upper;
    fmpq_t tolerance; /* 0: not given */
    fmpq_t horizon;   /* 0: not given */
    char *statement;  /* the lines from "problem" to the last "domain" of a certificate */
} cst_problem_struct;
typedef cst_problem_struct cst_problem_t[1];

/* Reads and verifies a problem file. A malformed file gives CST_BAD_INPUT, a problem that fails
   one of its identities CST_REFUSED; error then has file, line, column and the cause (for an
   identity: the generator, the component and the non-zero remainder). On failure nothing is
   left to clear. */
CST_API cst_status_t cst_problem_read(cst_problem_t problem, const char *path, cst_error_t *error);

/* The same for a text in memory; name stands for the file in messages. */
CST_API cst_status_t cst_problem_parse(cst_problem_t problem, const char *name, const char *text,
                                       size_t length, cst_error_t *error);

CST_API void cst_problem_clear(cst_problem_t problem);

#ifdef __cplusplus
}
#endif

#endif
