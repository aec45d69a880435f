#include "check.h"
int
vanishes(ex e)
{
    return ex_is(e, 0);
}
void
prove_quotient(quotient_t *Q)
{
    (void) Q;
}
