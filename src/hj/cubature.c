/* hj/cubature.c -- the worst of a heap of boxes is split until the errors of all are small. */
#include <math.h>
#include <string.h>
#include <time.h>

#include "hj/cubature-box.h"

#define MAX_LEVEL 60

typedef struct
{
    cst__cubature_rule_t rule;
    cst__cubature_box_t *heap; /* the greatest error first */
    slong length, room;
    double total_error, total;
} work_t;

static void
evaluate(work_t *w, cst__cubature_box_t *box)
{
    cst__cubature_box_integrate(box, &w->rule,
                                1e-3 * w->rule.problem->tolerance * w->total / (double) (w->length + 100));
}

static void
push(work_t *w, const cst__cubature_box_t *box)
{
    slong i = w->length++;

    if (w->length > w->room)
    {
        w->room = 2 * w->room + 64;
        w->heap = flint_realloc(w->heap, (size_t) w->room * sizeof *w->heap);
    }
    for (; i > 0 && w->heap[(i - 1) / 2].error < box->error; i = (i - 1) / 2)
        w->heap[i] = w->heap[(i - 1) / 2];
    w->heap[i] = *box;
}

static void
pop(cst__cubature_box_t *box, work_t *w)
{
    cst__cubature_box_t last = w->heap[--w->length];
    slong i = 0;

    *box = w->heap[0];
    for (slong c = 1; c < w->length; c = 2 * i + 1)
    {
        c += c + 1 < w->length && w->heap[c + 1].error > w->heap[c].error;
        if (w->heap[c].error <= last.error)
            break;
        w->heap[i] = w->heap[c];
        i = c;
    }
    w->heap[i] = last;
}

static void
count_in(work_t *w, const cst__cubature_box_t *box, int sign)
{
    w->total_error += sign * box->error;
    w->total += sign * arf_get_d(arb_midref(box->integrals), ARF_RND_NEAR);
}

/* Halves the box along its longest side; among equals the first. Returns 0 at the finest level. */
static int
split(work_t *w, const cst__cubature_box_t *box)
{
    slong i = 0;

    for (slong v = 1; v < w->rule.n; v++)
        if (box->level[v] < box->level[i])
            i = v;
    if (box->level[i] >= MAX_LEVEL)
        return 0;
    for (int half = 0; half < 2; half++)
    {
        cst__cubature_box_t child;

        memcpy(child.place, box->place, sizeof child.place);
        memcpy(child.level, box->level, sizeof child.level);
        child.place[i] = 2 * child.place[i] + half;
        child.level[i]++;
        evaluate(w, &child);
        push(w, &child);
        count_in(w, &child, 1);
    }
    return 1;
}

/* The sums, a guide, formed anew: so rounding and infinite errors leave no trace. */
static void
refresh_totals(work_t *w)
{
    w->total_error = 0;
    w->total = 0;
    for (slong i = 0; i < w->length; i++)
        count_in(w, w->heap + i, 1);
}

static int
is_reached(const work_t *w)
{
    return isfinite(w->total_error) && w->total_error <= w->rule.problem->tolerance * w->total;
}

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static cst_status_t
refine(work_t *w, const cst__cubature_t *p)
{
    double start = now();
    slong next = 0;
    cst__cubature_box_t box;

    memset(&box, 0, sizeof box);
    evaluate(w, &box);
    push(w, &box);
    for (;;)
    {
        if (w->length >= next || is_reached(w))
        {
            refresh_totals(w);
            next = w->length + w->length / 8 + 1;
            if (is_reached(w))
                return CST_OK;
        }
        if (w->length >= p->max_boxes || (p->seconds > 0 && now() - start > p->seconds))
            return CST_PARTIAL;
        pop(&box, w);
        count_in(w, &box, -1);
        if (!split(w, &box))
        {
            push(w, &box);
            return CST_PARTIAL;
        }
        cst__cubature_box_clear(&box, &w->rule);
    }
}

cst_status_t
cst__cubature_integrate(arb_ptr integrals, cst__cubature_report_t *report, const cst__cubature_t *problem,
                        slong prec, cst_error_t *error)
{
    work_t w = {.length = 0};
    cst_status_t status = cst__cubature_rule_init(&w.rule, problem, prec, error);

    if (status != CST_OK)
        return status;
    status = refine(&w, problem);
    refresh_totals(&w);
    report->boxes = w.length;
    report->relative = w.total > 0 ? w.total_error / w.total : HUGE_VAL;
    for (slong k = 0; k < problem->count; k++)
    {
        arb_zero(integrals + k);
        for (slong i = 0; i < w.length; i++)
            arb_add(integrals + k, integrals + k, w.heap[i].integrals + k, prec);
    }
    for (slong i = 0; i < w.length; i++)
        cst__cubature_box_clear(w.heap + i, &w.rule);
    flint_free(w.heap);
    cst__cubature_rule_clear(&w.rule);
    return status;
}
