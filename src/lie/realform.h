/* lie/realform.h -- names of simple real Lie algebras. */
#ifndef CST_LIE_REALFORM_H
#define CST_LIE_REALFORM_H

#include <caustic/algebra.h>

/* Writes the names of all real forms of a complex type whose maximal compact subalgebra has the dimension
   `compact`, joined by " or ". */
void cst__realform_name(char name[128], char series, slong rank, slong dimension, slong compact);
/* The complex algebra. */
void cst__realform_complex_name(char name[128], char series, slong rank, slong dimension);

#endif
