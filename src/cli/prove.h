/* cli/prove.h -- the claim of a certificate, and its parts as Coq. */
#ifndef CST_CLI_PROVE_H
#define CST_CLI_PROVE_H

#include <caustic/certificate.h>

#include "cli/cli.h"

#define CST__PROVE_DIMENSION 2 /* what is exported so far */

#define CST__PROVE_PARAMETERS 16

/* The total space of a quotient problem: parameters, their metric, the generators, and the quotient map with
 * its section. */
typedef struct
{
    slong d, fields, assumed;
    cst_expr_t x[CST__PROVE_PARAMETERS], dx[CST__PROVE_PARAMETERS];
    cst_expr_t metric; /* in x and dx; NULL: Euclidean */
    cst_expr_t field[CST__PROVE_PARAMETERS][CST__PROVE_PARAMETERS];
    cst_expr_t positive[CST__PROVE_PARAMETERS]; /* what is assumed to be positive */
    cst_expr_t invariant[CST__PROVE_DIMENSION], section[CST__PROVE_PARAMETERS];
    cst_expr_t loss; /* in x, or NULL */
} cst__total_t;

typedef struct cst__claim
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
    cst_expr_t cometric[3]; /* its entries A11, A12, A22 as they are given, or NULL */
    cst_expr_t initial;
    cst__total_t *total; /* of a quotient problem, or NULL */
    slong bits;          /* the largest precision of a node */
} cst__claim_t;

/* Reads a certificate. What cannot be exported is refused by name, and nothing is left to clear. */
cst_status_t cst__claim_init(cst__claim_t *claim, const char *path, cst_error_t *error);
void cst__claim_clear(cst__claim_t *claim);

/* An error at the line at hand. */
cst_status_t cst__claim_fail(const cst__claim_t *claim, cst_status_t status, const char *cause);

/* Names and expressions while it is read: the word at hand, an expression, and a name with its value. */
const char *cst__claim_word(cst__claim_t *claim, const char **at);
cst_status_t cst__claim_expression(cst_expr_t *e, cst__claim_t *claim, const char *text);
void cst__claim_add_name(cst__claim_t *claim, const char *name, cst_expr_t value);

/* A line of a quotient problem: 1 if it is one, with its status. And at the end, its co-metric and u0. */
int cst__total_line(cst_status_t *status, cst__claim_t *claim, const char *keyword, const char *rest);
cst_status_t cst__total_reduce(cst__claim_t *claim);

/* Does Coq have another use for this word? */
int cst__coq_reserved(const char *name);

/* The names of an expression, and the domain where the arguments of relu are to have a sign, or NULL. */
typedef struct
{
    const cst_expr_t *names;
    slong n;
    const fmpq *low, *high;
    const cst__claim_t
        *section; /* NULL; or the names are the parameters of a quotient, on its section over the domain */
} cst__coq_scope_t;

/* A real number, a ratio of coq/Flat.v, and an expression as ordinary mathematics and as a term of
   coq/Expr.v, in which names[i] is the variable i. The last two evaluate to each other where each argument of
   a relu has the sign that it has on the domain. NULL, or the name of what is not exported. */
void cst__coq_real(FILE *out, const fmpq_t x);
void cst__coq_ratio(FILE *out, const fmpq_t x);
const char *cst__coq_expr(FILE *out, cst_expr_t e, const cst__coq_scope_t *scope, int as_term);

/* The arguments of relu in e, each once, inner ones first; at most `room`. */
slong cst__coq_kinks(cst_expr_t *kinks, slong room, cst_expr_t e);
/* 1 or -1, if e has that sign on all of the domain; 0 if that is not known. */
int cst__coq_sign(const cst__coq_scope_t *scope, cst_expr_t e);

/* Parts of the file. A coordinate that Coq has another use for gets the suffix "_"; each name comes with a
   space before it, the first one of a list only if asked for. */
const char *cst__prove_suffix(const char *name);
void cst__prove_list(FILE *out, const cst__claim_t *claim, int spaced);
void cst__prove_names(FILE *out, const cst__claim_t *claim);
void cst__prove_comment(FILE *out, const char *text);
void cst__prove_domain(FILE *out, const cst__claim_t *claim);
void cst__prove_box(FILE *out, const char *name, const fmpq *low, const fmpq *high, slong n);
void cst__prove_ratio(FILE *out, const char *name, const fmpq_t x);
void cst__prove_time(FILE *out, const char *name, const fmpq_t x);

cst__coq_scope_t cst__prove_scope(const cst__claim_t *claim);

#define CST__PROVE_KINKS 1000

/* NAME_signs, the terms that are positive on the domain: the arguments of relu, with their signs. NULL, or
 * what is not exported. */
const char *cst__prove_signs(FILE *out, const cst__coq_scope_t *scope, const char *name,
                             const cst_expr_t *kinks, slong count);

/* The proof of NAME = ev NAME_term ... from List.Forall ... NAME_signs */
void cst__prove_kinks(FILE *out, const char *name);

/* A function of the coordinates by its formula, its term NAME_term, and the lemma NAME_value that they agree;
   if there are kinks, where the terms NAME_signs are positive. `where` is for the refusal. */
cst_status_t cst__prove_function(FILE *out, const cst__claim_t *claim, const char *name, cst_expr_t e,
                                 const char *where);

/* The theorem for a Hamiltonian A p.p/2 with the constant matrix A (row by row). */
cst_status_t cst__prove_flat(FILE *out, const cst__claim_t *claim, const fmpq_mat_t A);

/* The entries A11, A12, A22 of the inverse of the metric, by formulas, and its curvature, if that is
   constant; otherwise the claim is refused. */
cst_status_t cst__claim_surface(cst_expr_t *A, fmpq_t kappa, const cst__claim_t *claim);

/* The total space of a quotient: its metric, the generators, the invariants, the section and the loss, with
   their terms; after that, that the reduced problem is its quotient, as a theorem. */
cst_status_t cst__prove_total(FILE *out, const cst__claim_t *claim);
void cst__prove_reduced(FILE *out, const cst__claim_t *claim, const char *search);

#define CST__ROOM_STEPS 64
#define CST__TUBE_BITS 32
#define CST__TUBE_DEGREE 2

/* The characteristics from a box exist until the last time of the claim. For coq/SurfaceRoom.v, since s2 < sigma on it and
 * steps (d, m, h) reach that time; for coq/SurfaceTube.v, if `followed`, since they are found to stay inside a rectangle
 * when they are followed in so many steps. The box is the domain, or a small one about the witness. */
typedef struct
{
    int whole, followed;
    fmpq_t low[CST__PROVE_DIMENSION], high[CST__PROVE_DIMENSION], sigma;
    slong count;
    fmpq_t steps[CST__ROOM_STEPS][3];
    fmpq_t inside_low[CST__PROVE_DIMENSION], inside_high[CST__PROVE_DIMENSION];
} cst__room_t;

/* 0, if no such steps are found; what is found is for Coq to check. The metric has the inverse A11, A12, A22. */
int cst__room_init(cst__room_t *room, const cst__claim_t *claim, const cst_expr_t *A);
void cst__room_clear(cst__room_t *room);

typedef struct
{
    double low[CST__PROVE_DIMENSION], high[CST__PROVE_DIMENSION];
} cst__region_t;

/* The second of the two ways, for the box at hand; that box; and the larger of A11 and A22 over a region where A is
 * positive definite, otherwise infinity. */
int cst__room_follow(cst__room_t *room, const cst__claim_t *claim, const cst_expr_t *A);
cst__region_t cst__room_start(const cst__room_t *room);
double cst__room_largest(const cst__claim_t *claim, const cst_expr_t *A, const cst__region_t *region);

/* The metric by its formulas, if the problem gives it, and that A is its inverse, as a theorem. */
cst_status_t cst__prove_metric(FILE *out, const cst__claim_t *claim);

/* The theorem for a Hamiltonian A p.p/2 whose metric has the constant curvature kappa. */
cst_status_t cst__prove_surface(FILE *out, const cst__claim_t *claim, const cst_expr_t *A,
                                const fmpq_t kappa);

#endif
