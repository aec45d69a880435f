#include "config.h"

#include <math.h>

#include <caustic/flow.h>

#include "cli/prove.h"

/* The search of coq/SurfaceTube.v, as it will be made there: it says what rectangle will do. Nothing rests on
 * it. */

#define N CST__PROVE_DIMENSION
#define UNIT ((double) (1L << CST__TUBE_BITS))
#define GRID 4096 /* the ends of the rectangle are multiples of 1/GRID */
#define STEPS 32
#define DEEPEST 8 /* 256 boxes */
#define SLACK 1.02
#define FAR 1e6 /* where the numbers of a state are too large to follow */

typedef struct
{
    const cst__claim_t *claim;
    const cst_expr_t *A;
    cst_tape_t field, slopes;
    cst_shape_t states, starts; /* of models in the four coordinates of a state, and in the two of a start */
    double duration;            /* of a step */
    cst__region_t reached;
} search_t;

typedef struct
{
    double mid, radius;
} range_t;

static void
set_fixed(fmpq_t q, double x)
{
    fmpq_set_si(q, (slong) floor(ldexp(x, 40)), 1);
    fmpq_div_2exp(q, q, 40);
}

/* Bounds of the outputs of a tape over a box; 0 if there are none */
static int
ranges(range_t *outputs, const cst_tape_t tape, const range_t *inputs, const cst_shape_t shape)
{
    cst_model_struct in[2 * N], out[2 * N];
    fmpq_t mid, radius;
    cst_status_t status;

    for (slong i = 0; i < tape->inputs; i++)
        if (!(fabs(inputs[i].mid) + inputs[i].radius < FAR))
            return 0;
    fmpq_init(mid);
    fmpq_init(radius);
    for (slong i = 0; i < 2 * N; i++)
    {
        cst_model_init(in + i, shape);
        cst_model_init(out + i, shape);
    }
    for (slong i = 0; i < tape->inputs; i++)
    {
        set_fixed(mid, inputs[i].mid);
        set_fixed(radius, inputs[i].radius);
        cst_model_set_parameter(in + i, i, mid, radius);
    }
    status = cst_model_run_tape(out, tape, in, shape);
    for (slong i = 0; status == CST_OK && i < tape->output_count; i++)
    {
        outputs[i].mid = fmpz_get_d(out[i].coeff) / UNIT;
        outputs[i].radius =
            (fmpz_get_d(out[i].norm) + fmpz_get_d(out[i].radius)) / UNIT - fabs(outputs[i].mid);
    }
    for (slong i = 0; i < 2 * N; i++)
    {
        cst_model_clear(in + i);
        cst_model_clear(out + i);
    }
    fmpq_clear(mid);
    fmpq_clear(radius);
    return status == CST_OK;
}

/* One trial of a step, from rates near by, which are replaced */
static int
try_step(search_t *search, range_t *wide, range_t *rate, const range_t *state)
{
    double h = search->duration;
    int fine = 1;

    for (int i = 0; i < 2 * N; i++)
    {
        wide[i].mid = state[i].mid + h * rate[i].mid / 2;
        wide[i].radius =
            state[i].radius + h * (fabs(rate[i].mid) * 9 / 16 + rate[i].radius * 3 / 2 + 1. / 64);
    }
    if (!ranges(rate, search->field, wide, search->states))
        return -1;
    for (int i = 0; i < 2 * N; i++)
    {
        double from = fabs(state[i].mid - wide[i].mid),
               to = fabs(state[i].mid + h * rate[i].mid - wide[i].mid);

        fine = fine && fmax(from, to) + state[i].radius + SLACK * h * rate[i].radius < wide[i].radius;
    }
    return fine;
}

/* A step of coq/SurfaceTube.v: trial and after */
static int
move(search_t *search, range_t *rate, range_t *state)
{
    double h = search->duration;
    range_t wide[2 * N];
    int fine = try_step(search, wide, rate, state);

    if (fine == 0)
        fine = try_step(search, wide, rate, state);
    for (int i = 0; i < N && fine > 0; i++)
    {
        search->reached.low[i] = fmin(search->reached.low[i], wide[i].mid - wide[i].radius);
        search->reached.high[i] = fmax(search->reached.high[i], wide[i].mid + wide[i].radius);
    }
    for (int i = 0; i < 2 * N; i++)
    {
        state[i].mid += h * rate[i].mid;
        state[i].radius += SLACK * h * rate[i].radius;
    }
    return fine > 0;
}

/* Follows the characteristics from a box, halved `depth` times across its widest side. */
static int
follow(search_t *search, cst__region_t box, int depth)
{
    range_t state[2 * N], rate[2 * N];
    int side = box.high[1] - box.low[1] > box.high[0] - box.low[0];

    if (depth > 0)
    {
        cst__region_t half[2] = {box, box};

        half[0].high[side] = half[1].low[side] = (box.low[side] + box.high[side]) / 2;
        return follow(search, half[0], depth - 1) && follow(search, half[1], depth - 1);
    }
    for (int i = 0; i < N; i++)
    {
        state[i].mid = (box.low[i] + box.high[i]) / 2;
        state[i].radius = (box.high[i] - box.low[i]) / 2;
    }
    if (!ranges(state + N, search->slopes, state, search->starts) ||
        !ranges(rate, search->field, state, search->states))
        return 0;
    for (slong k = 0; k < STEPS; k++)
        if (!move(search, rate, state))
            return 0;
    return 1;
}

static cst__region_t
widened(const cst__region_t *region, double part)
{
    cst__region_t wide;

    for (int i = 0; i < N; i++)
    {
        double more = part * (region->high[i] - region->low[i]);

        wide.low[i] = floor((region->low[i] - more) * GRID) / GRID;
        wide.high[i] = ceil((region->high[i] + more) * GRID) / GRID;
    }
    return wide;
}

/* A is positive definite on the rectangle that was reached, and a little beyond: the wider, the fewer boxes.
 */
static int
enclose(cst__room_t *room, search_t *search)
{
    static const double parts[] = {1. / 4, 1. / 16, 1. / 64};

    for (int k = 0; k < 3; k++)
    {
        cst__region_t region = widened(&search->reached, parts[k]);

        if (!isfinite(cst__room_largest(search->claim, search->A, &region)))
            continue;
        for (int i = 0; i < N; i++)
        {
            fmpq_set_si(room->inside_low[i], (slong) (region.low[i] * GRID), 1);
            fmpq_set_si(room->inside_high[i], (slong) (region.high[i] * GRID), 1);
            fmpq_div_2exp(room->inside_low[i], room->inside_low[i], 12);
            fmpq_div_2exp(room->inside_high[i], room->inside_high[i], 12);
        }
        return 1;
    }
    return 0;
}

/* Boxes, as few as will do */
static int
search_boxes(cst__room_t *room, search_t *search)
{
    const cst_certificate_struct *c = search->claim->certificate;
    cst__region_t box = cst__room_start(room);

    room->count = STEPS;
    search->duration = fmpq_get_d(c->has_upper ? c->upper : c->lower) / STEPS;
    for (int depth = 0; depth <= DEEPEST; depth++)
    {
        search->reached = box;
        if (follow(search, box, depth) && enclose(room, search))
            return 1;
    }
    return 0;
}

/* Hamilton's equations and du0 as tapes */
static int
compile(search_t *search)
{
    const cst__claim_t *claim = search->claim;
    cst_expr_ctx_struct *ctx = claim->ctx;
    const cst_expr_t *A = search->A;
    cst_expr_t rate[2 * N], slope[N], state[2 * N];
    cst_error_t ignored;

    for (int i = 0; i < N; i++)
    {
        state[i] = claim->q[i];
        state[N + i] = claim->p[i];
        slope[i] = cst_expr_derivative(ctx, claim->initial, claim->q[i]);
    }
    for (int i = 0; i < N; i++)
        rate[i] =
            cst_expr_add(ctx, cst_expr_mul(ctx, A[i], claim->p[0]), cst_expr_mul(ctx, A[i + 1], claim->p[1]));
    for (int i = 0; i < N; i++)
    {
        cst_expr_t twice = cst_expr_integer(ctx, 0);

        for (int k = 0; k < N; k++)
            twice = cst_expr_add(
                ctx, twice, cst_expr_mul(ctx, claim->p[k], cst_expr_derivative(ctx, rate[k], claim->q[i])));
        rate[N + i] = cst_expr_div(ctx, twice, cst_expr_integer(ctx, -2));
    }
    if (cst_tape_compile(search->field, ctx, rate, 2 * N, state, 2 * N, &ignored) != CST_OK)
        return 0;
    if (cst_tape_compile(search->slopes, ctx, slope, N, state, N, &ignored) == CST_OK)
        return 1;
    cst_tape_clear(search->field);
    return 0;
}

int
cst__room_follow(cst__room_t *room, const cst__claim_t *claim, const cst_expr_t *A)
{
    search_t search = {.claim = claim, .A = A};

    if (!compile(&search))
        return 0;
    cst_shape_init_timeless(search.states, CST__TUBE_BITS, 2 * N, CST__TUBE_DEGREE);
    cst_shape_init_timeless(search.starts, CST__TUBE_BITS, N, CST__TUBE_DEGREE);
    room->followed = search_boxes(room, &search);
    cst_shape_clear(search.states);
    cst_shape_clear(search.starts);
    cst_tape_clear(search.field);
    cst_tape_clear(search.slopes);
    return room->followed;
}
