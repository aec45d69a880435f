#include "core/double.h"

double
cst__fmpq_to_double(const fmpq_t x)
{
    arf_t a;
    double d;

    arf_init(a);
    arf_set_fmpq(a, x, 53, ARF_RND_NEAR);
    d = arf_get_d(a, ARF_RND_NEAR);
    arf_clear(a);
    return d;
}
