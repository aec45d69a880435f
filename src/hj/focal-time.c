/* hj/focal-time.c -- the first focal time along one characteristic, as the crossing of an eigenvalue.

   M = Q^^-1 Q C^-1 decreases strictly, so it is positive definite before the first focal time and never after
   it, also where several eigenvalues vanish together and det Q only touches zero. On the way the integrator
   encloses R and W, hence Q^ is invertible. */
#include <caustic/hj.h>
#include <caustic/lohner.h>

#define MOST_STEPS 100000
#define MOST_PARTS 256 /* of a step, to see that H is convex on it */

typedef struct
{
    slong n, prec;
    cst_flow_t flow;
    cst_tape_t convexity; /* H_pp and the positive functions, of coordinates and momenta */
    slong value_count;
    fmpq_t from, to;   /* the last step */
    arb_ptr x, values; /* room for a state, and for what the tape gives */
    arb_mat_t m;
} search_t;

/* Eliminates with the largest pivot first: 1 if the symmetric matrix is positive definite, -1 if it is
   not, whatever its entries are in their balls; 0 if that is not seen. */
static int
definite(arb_mat_t m, slong prec)
{
    slong n = arb_mat_nrows(m);
    int *done = flint_calloc((size_t) n, sizeof *done), answer = 1;
    arb_t factor;

    arb_init(factor);
    for (slong k = 0; k < n && answer == 1; k++)
    {
        slong p = -1;

        for (slong i = 0; i < n; i++)
        {
            if (done[i])
                continue;
            if (arb_is_negative(arb_mat_entry(m, i, i)))
                answer = -1;
            if (p < 0 || arf_cmp(arb_midref(arb_mat_entry(m, i, i)), arb_midref(arb_mat_entry(m, p, p))) > 0)
                p = i;
        }
        if (answer == 1 && !arb_is_positive(arb_mat_entry(m, p, p)))
            answer = 0;
        done[p] = 1;
        for (slong i = 0; i < n && answer == 1; i++)
        {
            if (done[i])
                continue;
            arb_div(factor, arb_mat_entry(m, i, p), arb_mat_entry(m, p, p), prec);
            for (slong j = 0; j < n; j++)
                if (!done[j])
                    arb_submul(arb_mat_entry(m, i, j), factor, arb_mat_entry(m, p, j), prec);
        }
    }
    arb_clear(factor);
    flint_free(done);
    return answer;
}

/* The place from + s (to - from) of the last step. */
static void
place(arb_t time, const search_t *search, const arb_t s)
{
    slong prec = search->prec + 64;
    arb_t from, length;
    fmpq_t difference;

    arb_init(from);
    arb_init(length);
    fmpq_init(difference);
    fmpq_sub(difference, search->to, search->from);
    arb_set_fmpq(from, search->from, prec);
    arb_set_fmpq(length, difference, prec);
    arb_mul(length, length, s, prec);
    arb_add(time, from, length, prec);
    arb_clear(from);
    arb_clear(length);
    fmpq_clear(difference);
}

static int
definite_at(search_t *search, const arb_t s)
{
    slong n = search->n, offset = cst_hj_monotone_offset(n);
    arb_t time;

    arb_init(time);
    place(time, search, s);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            cst_flow_component_at(arb_mat_entry(search->m, i, j), search->flow, offset + cst_hj_pair(n, i, j),
                                  time);
            arb_set(arb_mat_entry(search->m, j, i), arb_mat_entry(search->m, i, j));
        }
    arb_clear(time);
    return definite(search->m, search->prec + 32);
}

/* A place s where the answer is `wanted`: late, if that is 1, which it is at low; early, if it is -1, as it
   is at high. */
static void
bisect(arb_t found, search_t *search, const arb_t low, const arb_t high, int wanted)
{
    arb_t a, b, middle;

    arb_init(a);
    arb_init(b);
    arb_init(middle);
    arb_set(a, low);
    arb_set(b, high);
    for (slong i = 0; i < search->prec + 8; i++)
    {
        arb_add(middle, a, b, search->prec + 64);
        arb_mul_2exp_si(middle, middle, -1);
        mag_zero(arb_radref(middle)); /* any place will do */
        if ((definite_at(search, middle) == wanted) == (wanted == 1))
            arb_swap(a, middle);
        else
            arb_swap(b, middle);
    }
    arb_set(found, wanted == 1 ? a : b);
    arb_clear(a);
    arb_clear(b);
    arb_clear(middle);
}

/* H_pp is positive definite, and the functions are positive, at x. */
static int
is_convex_at(search_t *search)
{
    slong n = search->n;
    int good = 1;

    cst_tape_eval_arb(search->values, search->convexity, search->x, search->prec);
    for (slong i = n * (n + 1) / 2; i < search->value_count; i++)
        good = good && arb_is_positive(search->values + i);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            arb_set(arb_mat_entry(search->m, i, j), search->values + cst_hj_pair(n, i, j));
    return good && definite(search->m, search->prec) == 1;
}

/* The same on all of the last step. */
static int
is_convex(search_t *search)
{
    slong parts = 1, k = 0;
    arb_t s, time;

    arb_init(s);
    arb_init(time);
    while (k < parts && parts <= MOST_PARTS)
    {
        int good;

        arb_set_si(s, 2 * k + 1); /* [k, k + 1]/parts */
        mag_set_ui(arb_radref(s), 1);
        arb_div_si(s, s, 2 * parts, search->prec);
        place(time, search, s);
        cst_flow_state_at(search->x, search->flow, time);
        good = is_convex_at(search);
        k = good ? k + 1 : 2 * k;
        parts = good ? parts : 2 * parts;
    }
    arb_clear(s);
    arb_clear(time);
    return k == parts;
}

/* Setting up -------------------------------------------------------------- */

/* q, du0, Hess u0 + C, I, C^-1 for C = 2^e I of the size of the Hessian. */
static cst_status_t
initial_state(arb_ptr x, const cst_hj_t *hj, arb_srcptr point, slong prec)
{
    slong n = hj->dimension, pairs = n * (n + 1) / 2, e = 0;
    arb_ptr out = _arb_vec_init(n + pairs);
    cst_tape_t tape;
    cst_status_t status = cst_hj_initial_tape(tape, hj, NULL);

    if (status == CST_OK)
    {
        cst_tape_eval_arb(out, tape, point, prec);
        cst_tape_clear(tape);
        for (slong i = 0; i < n + pairs; i++)
            if (!arb_is_finite(out + i))
                status = CST_UNDECIDED;
    }
    for (slong i = n; status == CST_OK && i < n + pairs; i++)
        if (arf_cmpabs_2exp_si(arb_midref(out + i), e) > 0)
            e = arf_abs_bound_lt_2exp_si(arb_midref(out + i));
    _arb_vec_zero(x, cst_hj_state_length(n));
    _arb_vec_set(x, point, n);
    _arb_vec_set(x + n, out, n);
    _arb_vec_set(x + cst_hj_riccati_offset(n), out + n, pairs);
    for (slong i = 0; i < n; i++)
    {
        arb_ptr r = x + cst_hj_riccati_offset(n) + cst_hj_pair(n, i, i),
                m = x + cst_hj_monotone_offset(n) + cst_hj_pair(n, i, i);

        arb_one(m);
        arb_mul_2exp_si(m, m, e);
        arb_add(r, r, m, prec);
        arb_one(m);
        arb_mul_2exp_si(m, m, -e);
        arb_one(x + cst_hj_inverse_offset(n) + i * n + i);
    }
    _arb_vec_clear(out, n + pairs);
    return status;
}

static cst_status_t
search_init(search_t *search, const cst_hj_t *hj, slong prec)
{
    slong n = hj->dimension;
    cst_flow_options_t options = {.precision = prec < 64 ? 64 : prec};
    cst_hj_t plain = *hj; /* the flow has as many outputs as inputs */
    cst_tape_t field;
    cst_status_t status;

    plain.positive_length = 0;
    *search =
        (search_t){.n = n, .prec = options.precision, .value_count = n * (n + 1) / 2 + hj->positive_length};
    status = cst_hj_convexity_tape(search->convexity, hj, NULL);
    if (status != CST_OK)
        return status;
    status = cst_hj_monotone_field(field, &plain, NULL);
    if (status == CST_OK)
    {
        search->flow = cst_flow_new(field, &options, NULL);
        cst_tape_clear(field);
    }
    if (!search->flow)
    {
        cst_tape_clear(search->convexity);
        return CST_BAD_INPUT;
    }
    fmpq_init(search->from);
    fmpq_init(search->to);
    search->x = _arb_vec_init(cst_hj_state_length(n));
    search->values = _arb_vec_init(search->value_count);
    arb_mat_init(search->m, n, n);
    return CST_OK;
}

static void
search_clear(search_t *search)
{
    cst_flow_free(search->flow);
    cst_tape_clear(search->convexity);
    fmpq_clear(search->from);
    fmpq_clear(search->to);
    _arb_vec_clear(search->x, cst_hj_state_length(search->n));
    _arb_vec_clear(search->values, search->value_count);
    arb_mat_clear(search->m);
}

/* Steps ------------------------------------------------------------------- */

/* Along the way M is positive definite, then (in an open part, narrow as the enclosures are) it is not known,
   then it is not. */
static cst_truth_t
walk(arb_t time, search_t *search, const fmpq_t horizon)
{
    cst_truth_t answer = CST_UNKNOWN;
    int is_open = 0, last = 1;
    arb_t zero, one, low, high;

    arb_init(zero);
    arb_init(one);
    arb_init(low);
    arb_init(high);
    arb_one(one);
    for (slong i = 0; i < MOST_STEPS && answer != CST_TRUE; i++)
    {
        if (cst_flow_step(search->flow, horizon) != CST_OK ||
            !cst_flow_last_step(search->from, search->to, search->flow) || !is_convex(search))
            break;
        last = definite_at(search, one);
        if (last != 1 && !is_open)
        {
            bisect(low, search, zero, one, 1);
            place(low, search, low);
            is_open = 1;
        }
        if (last == -1)
        {
            bisect(high, search, zero, one, -1);
            place(high, search, high);
            arb_union(time, low, high, search->prec + 32);
            answer = CST_TRUE;
        }
        else if (fmpq_equal(search->to, horizon))
        {
            answer = last == 1 ? CST_FALSE : CST_UNKNOWN;
            break;
        }
    }
    arb_clear(zero);
    arb_clear(one);
    arb_clear(low);
    arb_clear(high);
    return answer;
}

cst_truth_t
cst_hj_first_focal_time(arb_t time, const cst_hj_t *hj, arb_srcptr point, const fmpq_t horizon, slong prec)
{
    search_t search;
    cst_truth_t answer = CST_UNKNOWN;
    fmpq_t zero;
    arb_t result;

    if (fmpq_sgn(horizon) <= 0 || search_init(&search, hj, prec) != CST_OK)
        return CST_UNKNOWN;
    fmpq_init(zero);
    arb_init(result);
    if (initial_state(search.x, hj, point, search.prec + 32) == CST_OK)
    {
        cst_flow_start(search.flow, search.x, zero);
        answer = walk(result, &search, horizon);
    }
    if (answer == CST_TRUE)
        arb_swap(time, result);
    search_clear(&search);
    fmpq_clear(zero);
    arb_clear(result);
    return answer;
}
