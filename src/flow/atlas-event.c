/* flow/atlas-event.c -- events on the way through several charts. */
#include "flow/atlas.h"
#include "flow/event.h"

static int
is_function(const cst_tape_struct *g, const cst_atlas_t atlas)
{
    return g[cst_atlas_chart(atlas)].inputs == cst_flow_dimension(cst_atlas_flow(atlas)) &&
           g[cst_atlas_chart(atlas)].output_count == 1;
}

/* The chart is not left while a zero is being closed in, so that it ends in the coordinates it began in. */
static void
change(cst__search_t *search, cst_atlas_t atlas, const cst_tape_struct *g)
{
    slong chart = cst_atlas_chart(atlas);

    if (search->found || search->failed || search->slope)
        return;
    cst__atlas_leave(atlas);
    if (cst_atlas_chart(atlas) == chart)
        return;
    if (is_function(g, atlas))
        cst__search_move(search, cst_atlas_flow(atlas), g + cst_atlas_chart(atlas));
    else
        search->failed = 1;
}

cst_truth_t
cst_atlas_event(arb_t time, arb_ptr x, cst_atlas_t atlas, const cst_tape_struct *g, const fmpq_t end)
{
    cst__search_t search;
    cst_truth_t answer = CST_UNKNOWN;
    fmpq_t now;

    if (!is_function(g, atlas))
        return CST_UNKNOWN;
    cst__search_init(&search, cst_atlas_flow(atlas), g + cst_atlas_chart(atlas));
    fmpq_init(now);
    cst_flow_time(now, cst_atlas_flow(atlas));
    while (!search.found && !search.failed && !fmpq_equal(now, end))
    {
        if (cst__atlas_advance(atlas, end) != CST_OK)
            search.failed = 1;
        else
            cst__search_step(&search);
        change(&search, atlas, g);
        cst_flow_time(now, cst_atlas_flow(atlas));
    }
    if (search.found)
        answer = CST_TRUE;
    else if (!search.failed && !search.slope)
        answer = CST_FALSE;
    if (search.found && time)
        arb_set(time, search.time);
    if (search.found && x)
        _arb_vec_set(x, search.x, cst_flow_dimension(cst_atlas_flow(atlas)));
    fmpq_clear(now);
    cst__search_clear(&search);
    return answer;
}
