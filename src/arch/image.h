/* arch/image.h -- values and derivatives of a network at given numbers, in a finite field.

   Let the weights be dyadic numbers and every argument z of exp an algebraic number. By the theorem of
   Lindemann and Weierstrass exp takes different algebraic numbers to numbers that are linearly independent
   over the algebraic ones: what is computed with +, -, * lies in the group ring of the exponents, which is
   the ring of the numbers themselves. So numbers go to residues modulo p, exponents to residues modulo a
   prime m that divides p - 1, and exp(z) to g^z, g of order m: a homomorphism of rings. The rank of an image
   is at most that of the matrix, with certainty. One square root (of the width of the keys, say) is adjoined.
 */
#ifndef CST_ARCH_IMAGE_H
#define CST_ARCH_IMAGE_H

#include <caustic/tape.h>

typedef struct
{
    nmod_t p, m;
    ulong g;
    int has_root;
    fmpq_t radicand;
    ulong root_p, root_m;
} cst__image_struct;
typedef cst__image_struct cst__image_t[1];

typedef enum
{
    CST__IMAGE_DEFINED,
    CST__IMAGE_UNDEFINED, /* a divisor goes to 0, or the root is none: another prime may do */
    CST__IMAGE_EDGE,      /* a unit has no sign at this input */
    CST__IMAGE_BEYOND     /* other functions, or exp of exp: there is no such theorem */
} cst__image_status_t;

/* A random prime 2 m + 1 below the limit of eliminate.h, and g. */
void cst__image_init(cst__image_t image, ulong *state);
void cst__image_clear(cst__image_t image);

/* Numbers in all the ways that they are seen. */
typedef struct
{
    slong length;
    ulong *p, *m;
    cst_tape_interval_t *interval;
    arb_ptr ball;
} cst__point_t;

void cst__point_init(cst__point_t *point, slong length);
void cst__point_clear(cst__point_t *point);

/* Number i is x, or the sum of numbers j and k. */
void cst__point_set(cst__point_t *point, slong i, double x, const cst__image_t image);
void cst__point_add(cst__point_t *point, slong i, slong j, slong k, const cst__image_t image);

/* Values and the partial derivatives to both arguments, one for each operation of the tape. */
cst__image_status_t cst__image_reverse(ulong *values, ulong *left, ulong *right, const cst_tape_t tape,
                                       const cst__point_t *point, cst__image_t image);

/* The gradient of sum of seeds[k] times output k. adjoint has room for the tape. */
void cst__image_gradient(ulong *gradient, ulong *adjoint, const ulong *left, const ulong *right,
                         const cst_tape_t tape, const ulong *seeds, const cst__image_t image);

#endif
