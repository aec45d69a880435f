/* arch/input.h -- random inputs of open tapes (forward.h: cst__arch_forward_open). */
#ifndef CST_ARCH_INPUT_H
#define CST_ARCH_INPUT_H

#include <caustic/arch.h>

typedef struct
{
    slong size;
    double *value; /* number i of the input; where tokens are read, word and place say what it is: */
    slong *word;   /* the sum of these two parameters (place: -1 for none); NULL for other networks */
    slong *place;
} cst__input_t;

void cst__input_init(cst__input_t *input, const cst_arch_t arch);
void cst__input_clear(cst__input_t *input);

/* Tokens, or numbers k/16 of one scale out of five. */
void cst__input_draw(cst__input_t *input, const cst_arch_t arch, ulong *state);

#endif
