/* flow/unit.c -- the unit of time of a step, 2^shift.

   Coefficients of all orders are doubles, which they leave if they grow or shrink fast: so the unit is about
   the length of the last step. Before the first one it is 1; but where the first few coefficients tell that
   the last ones would not fit, it is the time in which they neither grow nor shrink. */
#include "flow/integrator.h"

#define FEW 12
#define LEAST_SHIFT (-300)
#define TRIALS 8
#define ROOM 600 /* bits by which coefficients may grow or shrink */

static void
set_shift(cst_flow_t flow, slong e, int negative)
{
    cst__ring_t *rings[] = {&flow->near, &flow->around, &flow->center, &flow->fine, &flow->models};

    e = FLINT_MAX(LEAST_SHIFT, FLINT_MIN(e, -LEAST_SHIFT));
    for (int i = 0; i < 5; i++)
    {
        rings[i]->shift = e;
        rings[i]->negative = negative;
    }
}

/* The bits by which coefficients grow with the order, from the first few; infinite where those do not fit. */
static double
growth(const cst_flow_t flow, slong few)
{
    double scale = 0, bits = -INFINITY;

    for (slong i = 0; i < flow->n; i++)
        for (slong k = 0; k < 2; k++)
            scale = fmax(scale, cst__strand_size(cst__strand(&flow->near, i, 0), k));
    for (slong i = 0; i < flow->n; i++)
        for (slong k = few - 1; k <= few; k++)
        {
            double size = cst__strand_size(cst__strand(&flow->near, i, 0), k);

            bits = fmax(bits, isfinite(size) ? log2(size / scale) / (double) k : INFINITY);
        }
    return bits;
}

void
cst__flow_choose_unit(cst_flow_t flow, const fmpq_t rest)
{
    slong few = FLINT_MIN(flow->order, FEW),
          whole = 1 + (slong) fmpz_bits(fmpq_numref(rest)) - (slong) fmpz_bits(fmpq_denref(rest));
    int negative = fmpq_sgn(rest) < 0, started = isfinite(flow->guess) && flow->guess > 0;
    slong e = started ? ilogb(flow->guess) : 0;

    set_shift(flow, e, negative);
    for (int i = 0; !started && i < TRIALS && cst__ring_solve_values(&flow->near, few); i++)
    {
        double bits = growth(flow, few);

        if (isfinite(bits) && fabs(bits) * (double) flow->order <= ROOM)
            return;
        e -= isfinite(bits) ? lround(bits) : 64;
        e = FLINT_MIN(e, FLINT_MAX(whole, 0));
        set_shift(flow, e, negative);
    }
}
