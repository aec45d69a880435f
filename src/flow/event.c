/* flow/event.c -- the first time at which a function of the state vanishes.

   A step is searched from its start. A part where g is not zero is passed; a part where g' is not zero is
   shrunk by Newton's method, whose limits meet every zero in it; other parts are halved. Parts that are left
   touch each other and hold at most one zero together, since g' keeps its sign; and it is there if g has
   different signs before and after. */
#include "flow/event.h"

#include <string.h>

#define DEPTH 60
#define NEWTON_STEPS 200

typedef cst__search_t search_t;

static void
rings_init(search_t *search, cst_flow_t flow, const cst_tape_t g)
{
    search->flow = flow;
    cst__flow_program_init(search->g, g);
    cst__arb_ring_init(&search->field, flow->program, flow->point, 2, flow->prec);
    cst__arb_ring_init(&search->value, search->g, flow->point, 2, flow->prec);
}

static void
rings_clear(search_t *search)
{
    cst__ring_clear(&search->field);
    cst__ring_clear(&search->value);
    cst__flow_program_clear(search->g);
}

void
cst__search_init(search_t *search, cst_flow_t flow, const cst_tape_t g)
{
    memset(search, 0, sizeof *search);
    rings_init(search, flow, g);
    arb_init(search->time);
    search->x = _arb_vec_init(flow->n);
    search->at = _arb_vec_init(flow->n);
}

void
cst__search_clear(search_t *search)
{
    rings_clear(search);
    arb_clear(search->time);
    _arb_vec_clear(search->x, search->flow->n);
    _arb_vec_clear(search->at, search->flow->n);
}

void
cst__search_move(search_t *search, cst_flow_t flow, const cst_tape_t g)
{
    rings_clear(search);
    rings_init(search, flow, g);
}

/* g and dg/ds over the times s; indeterminate where they are not defined. */
static void
evaluate(arb_t g, arb_t slope, search_t *search, const arb_t s)
{
    cst_flow_t flow = search->flow;

    cst__flow_state_at(search->at, flow, s);
    for (slong i = 0; i < flow->n; i++)
        arb_set(cst__arb_ring_at(&search->field, i, 0, 0), search->at + i);
    search->field.shift = flow->near.shift;
    search->field.negative = flow->near.negative;
    arb_indeterminate(g);
    arb_indeterminate(slope);
    if (!cst__ring_solve(&search->field, 1))
        return;
    for (slong i = 0; i < flow->n; i++)
        for (slong k = 0; k < 2; k++)
            arb_set(cst__arb_ring_at(&search->value, i, 0, k), cst__arb_ring_at(&search->field, i, 0, k));
    if (!cst__ring_follow(&search->value, 1))
        return;
    arb_set(g, cst__arb_ring_at(&search->value, search->g->outputs[0], 0, 0));
    arb_set(slope, cst__arb_ring_at(&search->value, search->g->outputs[0], 0, 1));
}

static int
sign_of(const arb_t x)
{
    return arb_is_positive(x) ? 1 : arb_is_negative(x) ? -1 : 0;
}

/* g has the sign `after` from here on: is there a zero in the open part? */
static void
close_part(search_t *search, int after)
{
    if (search->slope && search->before && search->before != after)
        search->found = 1;
    search->slope = 0;
    search->before = after;
}

/* The part s, where g' has the sign slope, cannot be told from a zero. */
static void
open_part(search_t *search, const arb_t s, int slope)
{
    cst_flow_t flow = search->flow;
    arb_t t, start;

    arb_init(t);
    arb_init(start);
    cst__flow_state_at(search->at, flow, s);
    arb_mul_2exp_si(t, s, flow->near.shift);
    if (flow->near.negative)
        arb_neg(t, t);
    arb_set_fmpq(start, flow->step.start, flow->prec + 64);
    arb_add(t, t, start, flow->prec + 64);
    search->failed = search->slope && search->slope != slope;
    if (search->slope)
    {
        arb_union(search->time, search->time, t, flow->prec);
        for (slong i = 0; i < flow->n; i++)
            arb_union(search->x + i, search->x + i, search->at + i, flow->prec);
    }
    else
    {
        arb_set(search->time, t);
        _arb_vec_set(search->x, search->at, flow->n);
    }
    search->slope = slope;
    arb_clear(t);
    arb_clear(start);
}

/* All zeros in s are in s met with m - g(m)/g'(s). Returns 0 if that leaves none. */
static int
newton(arb_t s, search_t *search, const arb_t whole_slope)
{
    slong prec = search->flow->prec + 32;
    arb_t m, g, slope, next, d;
    int some = 1;

    arb_init(m);
    arb_init(g);
    arb_init(slope);
    arb_init(next);
    arb_init(d);
    arb_set(d, whole_slope);
    for (int i = 0; some && i < NEWTON_STEPS; i++)
    {
        arb_get_mid_arb(m, s);
        evaluate(g, slope, search, m);
        arb_div(next, g, d, prec);
        arb_sub(next, m, next, prec);
        some = arb_intersection(next, next, s, prec);
        if (!some)
            break;
        /* stop where a quarter is no longer gained */
        mag_mul_2exp_si(arb_radref(m), arb_radref(s), -2);
        mag_sub(arb_radref(m), arb_radref(s), arb_radref(m));
        if (mag_cmp(arb_radref(next), arb_radref(m)) >= 0)
            i = NEWTON_STEPS;
        arb_set(s, next);
        evaluate(g, d, search, s);
        if (!sign_of(d))
            arb_set(d, whole_slope);
    }
    arb_clear(m);
    arb_clear(g);
    arb_clear(slope);
    arb_clear(next);
    arb_clear(d);
    return some;
}

/* The end of the step may be a rational, and `high` beyond it by a rounding. */
static void
set_edge(arb_t edge, const search_t *search, const arf_t at)
{
    arb_set_arf(edge, at);
    if (arb_overlaps(edge, search->flow->step.powers + 1))
        arb_set(edge, search->flow->step.powers + 1);
}

/* The times from low to high (in units of 2^shift from the start of the step), g' of one sign there. */
static void
shrink(search_t *search, const arf_t low, const arf_t high, const arb_t whole, const arb_t slope)
{
    arb_t s, g, d, edge;
    int sign = sign_of(slope), last;

    arb_init(s);
    arb_init(g);
    arb_init(d);
    arb_init(edge);
    arb_set(s, whole);
    if (newton(s, search, slope))
    {
        set_edge(edge, search, low);
        evaluate(g, d, search, edge);
        if (sign_of(g)) /* what was open ended before this part */
            close_part(search, sign_of(g));
        if (!search->found)
        {
            open_part(search, s, sign);
            set_edge(edge, search, high);
            evaluate(g, d, search, edge);
            last = sign_of(g);
            if (last && !search->failed)
                close_part(search, last);
        }
    }
    else
    {
        arb_get_mid_arb(edge, whole);
        evaluate(g, d, search, edge);
        if (sign_of(g))
            close_part(search, sign_of(g));
        else
            search->failed = 1;
    }
    arb_clear(s);
    arb_clear(g);
    arb_clear(d);
    arb_clear(edge);
}

static void
search_part(search_t *search, const arf_t low, const arf_t high, int depth)
{
    arb_t s, g, slope;
    arf_t middle;

    if (search->found || search->failed)
        return;
    arb_init(s);
    arb_init(g);
    arb_init(slope);
    arf_init(middle);
    arb_set_interval_arf(s, low, high, search->flow->prec + 32);
    evaluate(g, slope, search, s);
    if (sign_of(g))
        close_part(search, sign_of(g));
    else if (sign_of(slope))
        shrink(search, low, high, s, slope);
    else if (depth == 0)
        search->failed = 1;
    else
    {
        arf_sub(middle, high, low, 30, ARF_RND_DOWN);
        arf_mul_ui(middle, middle, 31, 30, ARF_RND_DOWN);
        arf_mul_2exp_si(middle, middle, -6);
        arf_add(middle, middle, low, 64, ARF_RND_DOWN);
        search_part(search, low, middle, depth - 1);
        search_part(search, middle, high, depth - 1);
    }
    arb_clear(s);
    arb_clear(g);
    arb_clear(slope);
    arf_clear(middle);
}

void
cst__search_step(search_t *search)
{
    arf_t low, high;

    arf_init(low);
    arf_init(high);
    arb_get_ubound_arf(high, search->flow->step.powers + 1, search->flow->prec + 64);
    search_part(search, low, high, DEPTH);
    arf_clear(low);
    arf_clear(high);
}

cst_truth_t
cst_flow_event(arb_t time, arb_ptr x, cst_flow_t flow, const cst_tape_t g, const fmpq_t end)
{
    search_t search;
    fmpq_t now;
    slong limit = cst__flow_step_limit(flow);
    cst_truth_t answer = CST_UNKNOWN;

    if (g->inputs != flow->n || g->output_count != 1 || flow->lost)
        return CST_UNKNOWN;
    cst__search_init(&search, flow, g);
    fmpq_init(now);
    fmpq_set(now, flow->time);
    for (slong i = 0; i < limit && !search.found && !search.failed && !fmpq_equal(now, end); i++)
    {
        if (cst_flow_step(flow, end) != CST_OK)
            search.failed = 1;
        else
            cst__search_step(&search);
        fmpq_set(now, flow->time);
    }
    if (search.found)
        answer = CST_TRUE;
    else if (!search.failed && fmpq_equal(now, end) && !search.slope)
        answer = CST_FALSE;
    if (search.found && time)
        arb_set(time, search.time);
    if (search.found && x)
        _arb_vec_set(x, search.x, flow->n);
    fmpq_clear(now);
    cst__search_clear(&search);
    return answer;
}
