/* caustic/problem.h -- a problem file, read, verified and turned into a Hamilton-Jacobi problem. */
#ifndef CAUSTIC_PROBLEM_H
#define CAUSTIC_PROBLEM_H

#include <caustic/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a problem is read for: what its file must have, and what may be missing. */
typedef enum
{
    CST_PROBLEM_CERTIFY,   /* everything */
    CST_PROBLEM_DERIVE,    /* not `domain`, `loss` and `initial` */
    CST_PROBLEM_SYMMETRIES /* nor `quotient` and `symmetry`; nor `metric` then */
} cst_problem_purpose_t;

typedef enum
{
    CST_PROBLEM_NO_CONSTRUCTION,
    CST_PROBLEM_INVARIANT_METRIC,
    CST_PROBLEM_BALANCED
} cst_problem_construction_t;

/* The symmetric problem upstairs, with parameters x = chart.coordinates. What the file does not have is NULL
   or 0. A field has one component a parameter; so has a map and the section. */
typedef struct
{
    cst_lie_chart_t chart;                  /* positive: the assumptions */
    const cst_geom_matrix_struct *metric;   /* NULL: none is given */
    const cst_geom_matrix_struct *cometric; /* its inverse */
    int euclidean;
    cst_problem_construction_t construction;
    cst_expr_t level; /* of the balanced slice, a rational */
    const cst_expr_t *const *generators;
    slong generator_count;
    const cst_expr_t *const *discrete;
    slong discrete_count;
    slong invariant_count;        /* the coordinates of the quotient: 0 or problem->dimension */
    const cst_expr_t *invariants; /* in the parameters */
    const cst_expr_t *section;    /* in the coordinates */
    cst_expr_t loss;              /* in the parameters */
} cst_problem_total_t;

/* u_t + H(q, du) = 0, u(0, q) = u0(q), with q0 in a box. Every expression belongs to ctx. */
typedef struct
{
    char *title;
    cst_expr_ctx_t ctx;
    slong dimension; /* 0: there is no quotient */
    cst_expr_t *coordinates;
    cst_expr_t *momenta;    /* variables p_<coordinate> */
    cst_expr_t hamiltonian; /* NULL: there is no quotient */
    cst_expr_t initial;     /* NULL: not given */
    /* Functions of the coordinates and momenta that must be positive wherever the
       Hamiltonian is used: pivots of the metric or of H_pp, and the assumptions. */
    cst_expr_t *positive;
    slong positive_length;
    fmpq *lower; /* the domain: lower[i] < upper[i]; NULL: not given */
    fmpq *upper;
    fmpq_t tolerance; /* 0: not given */
    fmpq_t horizon;   /* 0: not given */
    char *statement;  /* the lines from "problem" to the last "domain" of a certificate; NULL: incomplete */
    /* What the Hamiltonian is made of; NULL for a problem given by its Hamiltonian, or without quotient. One
       of the two is as in the file, the other its inverse. */
    const cst_geom_matrix_struct *metric;
    const cst_geom_matrix_struct *cometric;
    const cst_problem_total_t *total; /* NULL: on a manifold */
    void *memory;                     /* what the arrays above live in */
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

/* The same for another purpose. What is given is verified as above. */
CST_API cst_status_t cst_problem_read_for(cst_problem_t problem, cst_problem_purpose_t purpose,
                                          const char *path, cst_error_t *error);
CST_API cst_status_t cst_problem_parse_for(cst_problem_t problem, cst_problem_purpose_t purpose,
                                           const char *name, const char *text, size_t length,
                                           cst_error_t *error);

CST_API void cst_problem_clear(cst_problem_t problem);

#ifdef __cplusplus
}
#endif

#endif
