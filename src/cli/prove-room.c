#include "config.h"

#include <math.h>

#include "cli/prove.h"

#define CELLS 32      /* a side, for the metric */
#define FINE_CELLS 40 /* for the speed */
#define UNIT 1024

/* Bounds of e over a region, from those over its cells; infinite where none is found. Nothing rests on them:
   Coq checks what comes of them. */
static void
bounds(double *least, double *most, cst_expr_t e, const cst__claim_t *claim, const cst__region_t *region,
       int cells)
{
    arf_struct ends[2 * CST__PROVE_DIMENSION];
    arf_t lower, upper;

    for (int k = 0; k < 2 * CST__PROVE_DIMENSION; k++)
        arf_init(ends + k);
    arf_init(lower);
    arf_init(upper);
    *least = INFINITY;
    *most = -INFINITY;
    for (int cell = 0; cell < cells * cells; cell++)
    {
        int index[CST__PROVE_DIMENSION] = {cell / cells, cell % cells};

        for (int i = 0; i < CST__PROVE_DIMENSION; i++)
        {
            double width = (region->high[i] - region->low[i]) / cells;

            arf_set_d(ends + i, region->low[i] + index[i] * width);
            arf_set_d(ends + CST__PROVE_DIMENSION + i, region->low[i] + (index[i] + 1) * width);
        }
        cst_expr_range(lower, upper, e, claim->q, ends, ends + CST__PROVE_DIMENSION, claim->n, 64);
        *least = arf_is_nan(lower) ? -INFINITY : fmin(*least, arf_get_d(lower, ARF_RND_DOWN));
        *most = arf_is_nan(upper) ? INFINITY : fmax(*most, arf_get_d(upper, ARF_RND_UP));
    }
    for (int k = 0; k < 2 * CST__PROVE_DIMENSION; k++)
        arf_clear(ends + k);
    arf_clear(lower);
    arf_clear(upper);
}

double
cst__room_largest(const cst__claim_t *claim, const cst_expr_t *A, const cst__region_t *region)
{
    cst_expr_t det =
        cst_expr_sub(claim->ctx, cst_expr_mul(claim->ctx, A[0], A[2]), cst_expr_mul(claim->ctx, A[1], A[1]));
    double least[3], most[3];

    bounds(least, most, A[0], claim, region, CELLS);
    bounds(least + 1, most + 1, A[2], claim, region, CELLS);
    bounds(least + 2, most + 2, det, claim, region, CELLS);
    return least[0] > 0 && least[2] > 0 ? fmax(most[0], most[1]) : INFINITY;
}

/* A du0.du0 */
static cst_expr_t
speed(const cst__claim_t *claim, const cst_expr_t *A)
{
    cst_expr_ctx_struct *ctx = claim->ctx;
    cst_expr_t u = cst_expr_derivative(ctx, claim->initial, claim->q[0]);
    cst_expr_t v = cst_expr_derivative(ctx, claim->initial, claim->q[1]);
    cst_expr_t mixed =
        cst_expr_mul(ctx, cst_expr_integer(ctx, 2), cst_expr_mul(ctx, A[1], cst_expr_mul(ctx, u, v)));

    return cst_expr_add(ctx, cst_expr_add(ctx, cst_expr_mul(ctx, A[0], cst_expr_mul(ctx, u, u)), mixed),
                        cst_expr_mul(ctx, A[2], cst_expr_mul(ctx, v, v)));
}

/* x rounded up to a multiple of 1/unit */
static double
above(fmpq_t r, double x, slong unit)
{
    slong k = (slong) ceil(x * (double) unit);

    fmpq_set_si(r, k, (ulong) unit);
    return (double) k / (double) unit;
}

/* Steps of the width d until the time T */
static int
walk(cst__room_t *room, const cst__claim_t *claim, const cst_expr_t *A, cst__region_t region, double sigma,
     double width, double slack, double T)
{
    for (room->count = 0; room->count < CST__ROOM_STEPS && T > 0; room->count++)
    {
        fmpq_t *step = room->steps[room->count];
        double d = above(step[0], width, UNIT), m, h;

        for (int i = 0; i < CST__PROVE_DIMENSION; i++)
        {
            region.low[i] -= d;
            region.high[i] += d;
        }
        m = cst__room_largest(claim, A, &region);
        if (!(m * sigma < 1e9))
            return 0;
        m = above(step[1], slack * sqrt(m * sigma) + 1. / UNIT, UNIT);
        h = floor(d / m * (1 - 1e-4) * UNIT * UNIT) / UNIT / UNIT;
        above(step[2], h, UNIT * UNIT);
        T -= h;
    }
    for (int i = 0; i < CST__PROVE_DIMENSION; i++)
    {
        region.low[i] -= 2. / UNIT; /* the margin of SurfaceRoom.v, and more */
        region.high[i] += 2. / UNIT;
    }
    return T < 0 && isfinite(cst__room_largest(claim, A, &region));
}

cst__region_t
cst__room_start(const cst__room_t *room)
{
    cst__region_t region;

    for (int i = 0; i < CST__PROVE_DIMENSION; i++)
    {
        region.low[i] = fmpq_get_d(room->low[i]);
        region.high[i] = fmpq_get_d(room->high[i]);
    }
    return region;
}

static int
search(cst__room_t *room, const cst__claim_t *claim, const cst_expr_t *A, cst_expr_t s2)
{
    const cst_certificate_struct *c = claim->certificate;
    double T = fmpq_get_d(c->has_upper ? c->upper : c->lower), sigma, least;
    cst__region_t region = cst__room_start(room);

    bounds(&least, &sigma, s2, claim, &region, FINE_CELLS);
    if (!(sigma < 1e9 && cst__room_largest(claim, A, &region) < 1e9))
        return 0;
    for (int tight = 0; tight < 2; tight++)
    {
        double slack = tight ? 1.02 : 1.1,
               reach = above(room->sigma, slack * slack * sigma + 1. / UNIT, UNIT);

        for (int parts = 2; parts <= 16; parts *= 2)
            if (walk(room, claim, A, region, reach,
                     slack * T * sqrt(cst__room_largest(claim, A, &region) * reach) / parts, slack, T))
                return 1;
    }
    return 0;
}

/* The box of width 2^-9 about the witness, in the domain */
static void
about_witness(cst__room_t *room, const cst_certificate_struct *c)
{
    fmpq_t e;

    fmpq_init(e);
    fmpq_set_si(e, 1, UNIT);
    for (int i = 0; i < CST__PROVE_DIMENSION; i++)
    {
        fmpq_sub(room->low[i], c->point + i, e);
        fmpq_add(room->high[i], c->point + i, e);
        if (fmpq_cmp(room->low[i], c->low + i) < 0)
            fmpq_set(room->low[i], c->low + i);
        if (fmpq_cmp(room->high[i], c->high + i) > 0)
            fmpq_set(room->high[i], c->high + i);
    }
    fmpq_clear(e);
}

int
cst__room_init(cst__room_t *room, const cst__claim_t *claim, const cst_expr_t *A)
{
    const cst_certificate_struct *c = claim->certificate;
    cst_expr_t s2 = speed(claim, A);

    fmpq_init(room->sigma);
    for (int k = 0; k < 3 * CST__ROOM_STEPS; k++)
        fmpq_init(room->steps[k / 3][k % 3]);
    for (int i = 0; i < CST__PROVE_DIMENSION; i++)
    {
        fmpq_init(room->low[i]);
        fmpq_init(room->high[i]);
        fmpq_init(room->inside_low[i]);
        fmpq_init(room->inside_high[i]);
        fmpq_set(room->low[i], c->low + i);
        fmpq_set(room->high[i], c->high + i);
    }
    room->followed = 0;
    room->whole = search(room, claim, A, s2) || cst__room_follow(room, claim, A);
    if (room->whole || !c->has_upper)
        return room->whole;
    about_witness(room, c);
    return search(room, claim, A, s2) || cst__room_follow(room, claim, A);
}

void
cst__room_clear(cst__room_t *room)
{
    fmpq_clear(room->sigma);
    for (int i = 0; i < CST__PROVE_DIMENSION; i++)
    {
        fmpq_clear(room->low[i]);
        fmpq_clear(room->high[i]);
        fmpq_clear(room->inside_low[i]);
        fmpq_clear(room->inside_high[i]);
    }
    for (int k = 0; k < 3 * CST__ROOM_STEPS; k++)
        fmpq_clear(room->steps[k / 3][k % 3]);
}
