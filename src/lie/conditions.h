/* lie/conditions.h -- linear conditions on unknown rational numbers, given by expressions.

   A condition says that  sum_t factor_t c_(u_t) m_t(x) e_t(x)  vanishes identically on the chart, with
   unknowns c, monomials m in the coordinates and expressions e. Infinitesimal symmetries, polynomial
   invariants and conservation laws are the solutions of such conditions. */
#ifndef CST_LIE_CONDITIONS_H
#define CST_LIE_CONDITIONS_H

#include "lie/kernel.h"

typedef struct
{
    slong unknown, factor, monomial, expression;
} cst__term_t;

typedef struct
{
    cst_expr_t *expressions;
    slong count;
    cst__term_t *terms;
    slong length, alloc;
} cst__condition_t;

typedef struct
{
    const cst_lie_chart_t *chart;
    slong unknowns;
    slong *monomials; /* exponents of the coordinates; monomial 0 is 1, monomial 1 + a is x^a */
    slong monomial_count, monomial_alloc;
    cst__condition_t *conditions;
    slong length, alloc;
} cst__conditions_struct;
typedef cst__conditions_struct cst__conditions_t[1];

void cst__conditions_init(cst__conditions_t c, const cst_lie_chart_t *chart, slong unknowns);
void cst__conditions_clear(cst__conditions_t c);
/* A new monomial; returns its number. */
slong cst__conditions_monomial(cst__conditions_t c, const slong *exponents);
/* Opens a new condition with these expressions (NULL or 0: absent) ... */
void cst__conditions_begin(cst__conditions_t c, const cst_expr_t *expressions, slong count);
/* ... to which this adds a term; one with an absent expression is dropped. */
void cst__conditions_add(cst__conditions_t c, slong unknown, slong factor, slong monomial, slong expression);

/* What is known of a space of solutions. */
typedef struct
{
    fmpz_mat_t basis; /* rows: candidates */
    int sufficient;   /* each of them is proved to be a solution */
    int necessary;    /* each rational solution, hence each real one, is a combination of them */
} cst__solution_t;

/* 0 (and no basis) if the conditions are too large to be written out. */
int cst__conditions_solve(cst__solution_t *solution, const cst__conditions_t c);

/* The left side of a condition for given unknowns. */
cst_expr_t cst__conditions_apply(const cst__conditions_t c, slong condition, const fmpz *unknowns);

/* Is it proved, by enclosures at points, that the space of real solutions has at most `dimension`
   dimensions? basis: as many solutions. */
int cst__conditions_bound(const cst__conditions_t c, const fmpz_mat_t basis);

/* Points ------------------------------------------------------------------- */

/* The variables below some expressions, and below what a chart assumes; the coordinates come first. */
slong cst__lie_variables(cst_expr_t **variables, const cst_lie_chart_t *chart, const cst_expr_t *expressions,
                         slong count);

/* A point with dyadic values of the variables at which all that is assumed positive certainly is; 0 if none
   was found. */
int cst__lie_sample(arb_ptr point, const cst_lie_chart_t *chart, const cst_expr_t *variables, slong count,
                    flint_rand_t state);

/* Replaces relu, abs, step and sign by what they are around a point. Returns how many there were, or -1 if
   a sign is not certain. */
slong cst__lie_on_cell(cst_expr_t *results, cst_expr_ctx_t ctx, const cst_expr_t *expressions, slong count,
                       const cst_expr_t *variables, arb_srcptr point, slong variable_count);

#endif
