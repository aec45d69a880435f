/* problem/defined.c -- formulas are to be defined and smooth as they are written, also where a part of them
   cancels or has no derivative: log(x) needs x > 0, though its derivative 1/x does not. */
#include <string.h>

#include "problem/draft.h"

#define PREC 128
#define DEEPEST 40
#define MOST_BOXES 20000

/* What formulas need ---------------------------------------------------------- */

static void
count_needs(cst__draft_t *draft, int which, const cst__expr_needs_t *needs, cst_io_node_t node)
{
    for (slong i = 0; i < needs->length; i++)
    {
        cst__expr_need_t need = needs->list[i];

        need.place = node;
        cst__expr_needs_add(draft->needs + which, &need);
    }
}

/* Also what the names in the text need, once each. */
static void
count_names(cst__draft_t *draft, int which, const char *text, cst_io_node_t node)
{
    const char *name;
    size_t length;

    while (draft->definition_length > 0 && (length = cst__draft_next_name(&name, &text)) > 0)
        for (slong i = 0; i < draft->definition_length; i++)
        {
            cst__definition_t *d = draft->definitions + i;

            if (d->used[which] || strncmp(d->name->text, name, length) != 0 || d->name->text[length] != '\0')
                continue;
            d->used[which] = 1;
            count_needs(draft, which, &d->needs, d->text);
            count_names(draft, which, d->text->text, node);
        }
}

void
cst__draft_part_of(cst__draft_t *draft, int which, cst_io_node_t node)
{
    count_needs(draft, which, draft->needs + CST__DRAFT_LAST, node);
    count_names(draft, which, node->text, node);
}

void
cst__draft_define(cst__draft_t *draft, cst_io_node_t name, cst_io_node_t text)
{
    cst__definition_t *d;

    if (!draft->has_needs)
        return;
    if (draft->definition_length == draft->definition_room)
    {
        draft->definition_room = 2 * draft->definition_room + 16;
        draft->definitions =
            flint_realloc(draft->definitions, (size_t) draft->definition_room * sizeof *draft->definitions);
    }
    d = draft->definitions + draft->definition_length++;
    memset(d, 0, sizeof *d);
    d->name = name;
    d->text = text;
    d->needs = draft->needs[CST__DRAFT_LAST]; /* which begins anew */
    memset(draft->needs + CST__DRAFT_LAST, 0, sizeof *draft->needs);
}

void
cst__draft_needs_clear(cst__draft_t *draft)
{
    for (slong i = 0; i < draft->definition_length; i++)
        flint_free(draft->definitions[i].needs.list);
    flint_free(draft->definitions);
    for (int which = 0; which < CST__DRAFT_NEEDS; which++)
        flint_free(draft->needs[which].list);
}

void
cst__draft_needs_on_section(cst__draft_t *draft, const cst_expr_t *section)
{
    for (int which = CST__DRAFT_HAMILTONIAN; which < CST__DRAFT_NEEDS && section; which++)
        for (slong i = 0; i < draft->needs[which].length; i++)
        {
            cst_expr_t *e = &draft->needs[which].list[i].e;

            *e = cst_expr_substitute(draft->ctx, *e, draft->parameters.values, section,
                                     draft->parameters.length);
        }
}

/* The Hamiltonian ------------------------------------------------------------- */

/* What is needed as a positive function: e where e is to be positive, or to have the sign it has at the
   point, else -e. Without a domain there is no such sign, and NULL is set. */
static cst_status_t
positive_function(cst_expr_t *e, cst__draft_t *draft, const cst__expr_need_t *need,
                  const cst_expr_t *variables, arb_srcptr point, const fmpq *centre)
{
    const cst_problem_struct *problem = draft->problem;
    cst_status_t status = CST_OK;
    arb_t value;

    arb_init(value);
    cst_expr_enclose(value, need->e, NULL, NULL, 0, PREC);
    *e = need->e;
    if (arb_is_positive(value) || (need->nonzero && arb_is_negative(value)))
        *e = NULL; /* a constant */
    else if (need->nonzero && !problem->lower)
        *e = NULL;
    else if (need->nonzero)
    {
        cst_expr_enclose(value, need->e, variables, point, 2 * problem->dimension, PREC);
        if (arb_is_negative(value))
            *e = cst_expr_neg(draft->ctx, need->e);
        else if (!arb_is_positive(value) && (problem->initial || arb_is_finite(value)))
        {
            char *where = cst__problem_place_words(problem, centre),
                 *text = cst_expr_print(draft->ctx, need->e);

            status =
                cst__draft_fail(draft, (cst_io_node_t) need->place, CST_REFUSED,
                                "%s %.300s must not be 0, and is at the centre of the domain, or cannot be "
                                "told there: %.200s",
                                need->what, text, where);
            flint_free(where);
            flint_free(text);
        }
        else if (!arb_is_positive(value))
            *e = NULL;
    }
    arb_clear(value);
    return status;
}

cst_status_t
cst__problem_defined_hamiltonian(cst__draft_t *draft)
{
    const cst_problem_struct *problem = draft->problem;
    const cst__expr_needs_t *needs = draft->needs + CST__DRAFT_HAMILTONIAN;
    slong n = problem->dimension;
    cst_expr_t *variables = cst__draft_alloc(draft, 2 * (size_t) n, sizeof *variables), e;
    arb_ptr point = _arb_vec_init(2 * n);
    fmpq *centre = _fmpq_vec_init(n);
    cst_status_t status = CST_OK;

    if (problem->lower)
        cst__problem_centre(point, variables, centre, problem, PREC);
    for (slong i = 0; i < needs->length && status == CST_OK && problem->hamiltonian; i++)
    {
        const cst__expr_need_t *need = needs->list + i;

        status = positive_function(&e, draft, need, variables, point, centre);
        if (status == CST_OK && e)
            status = cst__draft_positive(draft, e, (cst_io_node_t) need->place, need->what);
    }
    _arb_vec_clear(point, 2 * n);
    _fmpq_vec_clear(centre, n);
    return status;
}

/* The initial function -------------------------------------------------------- */

int
cst__problem_sign(fmpq *place, cst_expr_t e, const cst_expr_t *variables, slong n, const fmpq *lower,
                  const fmpq *upper, int depth, slong *budget)
{
    slong widest = 0;
    arf_struct *ends = flint_malloc(2 * (size_t) n * sizeof *ends);
    fmpq *box = _fmpq_vec_init(2 * n), *width = _fmpq_vec_init(2);
    arf_t below, above;
    int sign;

    arf_init(below);
    arf_init(above);
    for (slong i = 0; i < n; i++)
    {
        arf_init(ends + i);
        arf_init(ends + n + i);
        arf_set_fmpq(ends + i, lower + i, PREC, ARF_RND_FLOOR);
        arf_set_fmpq(ends + n + i, upper + i, PREC, ARF_RND_CEIL);
        fmpq_sub(width, upper + i, lower + i);
        if (fmpq_cmp(width, width + 1) > 0)
        {
            fmpq_set(width + 1, width);
            widest = i;
        }
        fmpq_set(box + i, lower + i);
        fmpq_set(box + n + i, upper + i);
    }
    cst_expr_range(below, above, e, variables, ends, ends + n, n, PREC);
    sign = arf_is_nan(below) || arf_is_nan(above) ? 0 : arf_sgn(below) > 0 ? 1 : arf_sgn(above) < 0 ? -1 : 0;
    if (sign == 0 && depth > 0 && --*budget > 0 && !(arf_sgn(below) == 0 && arf_sgn(above) == 0))
    {
        fmpq *cut = box + n + widest;

        fmpq_add(cut, lower + widest, upper + widest);
        fmpq_div_2exp(cut, cut, 1);
        sign = cst__problem_sign(place, e, variables, n, box, box + n, depth - 1, budget);
        if (sign != 0)
        {
            fmpq_set(box + widest, cut);
            fmpq_set(cut, upper + widest);
            if (cst__problem_sign(place, e, variables, n, box, box + n, depth - 1, budget) != sign)
                sign = 0;
        }
    }
    else if (sign == 0)
        for (slong i = 0; i < n; i++)
        {
            fmpq_add(place + i, lower + i, upper + i);
            fmpq_div_2exp(place + i, place + i, 1);
        }
    for (slong i = 0; i < 2 * n; i++)
        arf_clear(ends + i);
    flint_free(ends);
    _fmpq_vec_clear(box, 2 * n);
    _fmpq_vec_clear(width, 2);
    arf_clear(below);
    arf_clear(above);
    return sign;
}

static cst_status_t
refuse_initial(cst__draft_t *draft, const cst__expr_need_t *need, const fmpq *place)
{
    char *where = cst__problem_place_words(draft->problem, place),
         *text = cst_expr_print(draft->ctx, need->e);
    cst_status_t status =
        cst__draft_fail(draft, (cst_io_node_t) need->place, CST_REFUSED,
                        "%s, %.300s, must %s on all of the domain: look at %.300s", need->what, text,
                        need->nonzero ? "not be 0" : "be positive", where);

    flint_free(where);
    flint_free(text);
    return status;
}

/* Does it fail in the middle of the domain? The search below could only find a place that looks worse. */
static int
fails_at_centre(fmpq *place, const cst_problem_struct *problem, const cst__expr_need_t *need)
{
    slong n = problem->dimension;
    arb_ptr point = _arb_vec_init(n);
    arb_t value;
    int fails;

    arb_init(value);
    cst__problem_place(place, problem, 0);
    for (slong i = 0; i < n; i++)
        arb_set_fmpq(point + i, place + i, PREC);
    cst_expr_enclose(value, need->e, problem->coordinates, point, n, PREC);
    fails = need->nonzero ? arb_is_zero(value) : arb_is_nonpositive(value);
    arb_clear(value);
    _arb_vec_clear(point, n);
    return fails;
}

cst_status_t
cst__problem_defined_initial(cst__draft_t *draft)
{
    const cst_problem_struct *problem = draft->problem;
    const cst__expr_needs_t *needs = draft->needs + CST__DRAFT_INITIAL;
    slong n = problem->dimension;
    fmpq *place;
    cst_status_t status = CST_OK;

    if (!problem->lower || !problem->initial)
        return CST_OK;
    place = _fmpq_vec_init(n);
    for (slong i = 0; i < needs->length && status == CST_OK; i++)
    {
        const cst__expr_need_t *need = needs->list + i;
        slong budget = MOST_BOXES;
        int sign = fails_at_centre(place, problem, need)
                       ? 0
                       : cst__problem_sign(place, need->e, problem->coordinates, n, problem->lower,
                                           problem->upper, DEEPEST, &budget);

        if (sign == 0 || (sign < 0 && !need->nonzero))
            status = refuse_initial(draft, need, place);
    }
    _fmpq_vec_clear(place, n);
    return status;
}
