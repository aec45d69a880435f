/* polynomial.c for identity.c: polynomials in atoms. All of them live until end_ring. */
#ifndef CAUSTIC_CHECK_POLYNOMIAL_H
#define CAUSTIC_CHECK_POLYNOMIAL_H

#include "check.h"

enum
{
    MAX_ATOMS = 256,
    MAX_MONOMIALS = 1 << 16,
    CHAINS = 1 << 12,
    MAX_POWER = 10000,
    MAX_WORK = 1 << 21, /* terms that are made for one identity */
    MAX_ASSUMED = 100,
    A_INVERSE = 100, /* kinds of atoms besides those of nodes */
    A_ROOT
};

typedef struct
{
    int next;
    int16_t exponent[MAX_ATOMS];
} monomial_t;

typedef struct
{
    int monomial;
    mpq_t c;
} term_t;

typedef struct poly
{
    struct poly *before; /* in the list of all */
    int length;
    term_t *t; /* by increasing monomials, no zeros */
} poly_t;

typedef struct
{
    int kind, variable;
    const poly_t *arg, *square; /* square: 1 - sin^2 of a cosine */
    int sign;                   /* 1 or -1 if it is known where the atom is defined */
} atom_t;

typedef struct
{
    poly_t *all;
    atom_t atom[MAX_ATOMS];
    monomial_t *monomial;
    term_t *pile; /* of the sum at hand */
    int atoms, monomials, room, piled, pile_room, chain[CHAINS];
    long work;
    int failed;                         /* it is too large, or divides by zero */
    int split, whole;                   /* is sigmoid written with exp? is there one that is not? */
    unsigned long Q;                    /* every root is a power of a Q-th root */
    const poly_t *assumed[MAX_ASSUMED]; /* not negative */
    int assumptions;
} ring_t;

extern ring_t ring;
void start_ring(void);
void end_ring(void);
const poly_t *one_term(int m, mpq_srcptr c); /* c times a monomial; 0 is the monomial 1 */
const poly_t *number(long num, unsigned long den);
const poly_t *combine(long a, const poly_t *p, long b, const poly_t *q); /* a p + b q */
const poly_t *product(const poly_t *p, const poly_t *q);
const poly_t *inverse(const poly_t *p);
const poly_t *power(const poly_t *p, mpq_srcptr f);
const poly_t *atom(int kind, int variable, const poly_t *arg, int k); /* the k-th power of an atom */
int sign_of(const poly_t *p);
const poly_t *clear_inverses(const poly_t *p, int *k);
void content(int *e, const poly_t *p);
const poly_t *shifted(const poly_t *p, const int *e, int sign);

#endif
