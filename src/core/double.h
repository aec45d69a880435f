/* core/double.h -- doubles near exact numbers: a guide, never evidence. */
#ifndef CST_CORE_DOUBLE_H
#define CST_CORE_DOUBLE_H

#include <caustic/flint.h>

/* The nearest double. */
double cst__fmpq_to_double(const fmpq_t x);

#endif
