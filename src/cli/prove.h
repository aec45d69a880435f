/* cli/prove.h -- the claim of a certificate, and its parts as Coq. */
#ifndef CST_CLI_PROVE_H
#define CST_CLI_PROVE_H

#include <caustic/certificate.h>

#include "cli/cli.h"

#define CST__PROVE_DIMENSION 2 /* what is exported so far */

typedef struct
{
    const char *path;
    cst_error_t *error;
    slong line; /* at hand; 0: none */
    cst_certificate_t certificate;

    cst_expr_ctx_t ctx;
    const char **names; /* coordinates, differentials, momenta and lets */
    cst_expr_t *values;
    slong scope, room;

    slong n;
    cst_expr_t q[CST__PROVE_DIMENSION], dq[CST__PROVE_DIMENSION], p[CST__PROVE_DIMENSION];
    cst_expr_t hamiltonian; /* in q and p, or NULL */
    cst_expr_t metric;      /* in q and dq, or NULL */
    cst_expr_t initial;
    slong bits; /* the largest precision of a node */
} cst__claim_t;

/* Reads a certificate. What cannot be exported is refused by name, and nothing is left to clear. */
cst_status_t cst__claim_init(cst__claim_t *claim, const char *path, cst_error_t *error);
void cst__claim_clear(cst__claim_t *claim);

/* An error at the line at hand. */
cst_status_t cst__claim_fail(const cst__claim_t *claim, cst_status_t status, const char *cause);

/* Does Coq have another use for this word? */
int cst__coq_reserved(const char *name);

/* A real number, a ratio of coq/Flat.v, and an expression as ordinary mathematics and as a term of
   coq/Expr.v. The last two evaluate to each other; coordinates[i] is the variable i. NULL, or the name of
   what is not exported. */
void cst__coq_real(FILE *out, const fmpq_t x);
void cst__coq_ratio(FILE *out, const fmpq_t x);
const char *cst__coq_expr(FILE *out, cst_expr_t e, const cst_expr_t *coordinates, slong n, int as_term);

/* The theorem for a Hamiltonian A p.p/2 with the constant matrix A (row by row). */
cst_status_t cst__prove_flat(FILE *out, const cst__claim_t *claim, const fmpq_mat_t A);

#endif
