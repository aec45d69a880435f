/* hj/cubature.c -- the worst of a heap of boxes is split until the errors of all are small.

   On a box z = m + h zeta, |zeta_i| <= 1, the integrand exp(E) is a Taylor model, a polynomial and a radius,
   which is integrated term by term. Where no model is found (a branch of relu not decided, a pole of a
   series), and where the integrand is negligible, the bounds of E do: exp(lower) <= exp(E) <= exp(upper). */
#include <math.h>
#include <string.h>
#include <time.h>

#include <caustic/flow.h>

#include "hj/cubature.h"

#define D CST__CUBATURE_MAX_DIMENSION
#define MOMENTS CST__CUBATURE_MAX_MOMENTS
/* Boxes are dyadic: their sides are 2 radius / 2^level, with a level for each direction. */
#define MAX_LEVEL 60

typedef struct
{
    slong place[D]; /* the box's number along each direction, from 0 */
    int level[D];
    double error;
    arb_struct moments[MOMENTS];
} box_t;

typedef struct
{
    const cst__cubature_t *problem;
    slong n, count, prec, bits;
    cst_tape_t tape;
    cst_shape_t shape;
    cst_model_struct *inputs, *exponent, *value;
    box_t *heap; /* the greatest error first */
    slong length, room;
    double total_error, total;
} work_t;

slong
cst__moment_count(slong n)
{
    return 1 + n + n * (n + 1) / 2;
}

void
cst__moments_init(cst__moments_t *moments, slong dimension)
{
    moments->dimension = dimension;
    moments->count = cst__moment_count(dimension);
    for (slong k = 0; k < moments->count; k++)
        arb_init(moments->values + k);
    moments->boxes = 0;
    moments->relative = HUGE_VAL;
}

void
cst__moments_clear(cst__moments_t *moments)
{
    for (slong k = 0; k < moments->count; k++)
        arb_clear(moments->values + k);
}

/* Middle and half side along direction i, exactly. */
static void
side(fmpq_t middle, fmpq_t half, const work_t *w, const box_t *box, slong i)
{
    fmpz_t scale;

    fmpz_init(scale);
    fmpq_set_si(half, w->problem->radius, 1);
    fmpz_one(scale);
    fmpz_mul_2exp(scale, scale, (ulong) box->level[i]);
    fmpq_div_fmpz(half, half, scale);
    fmpz_set_si(scale, 2 * box->place[i] + 1);
    fmpq_mul_fmpz(middle, half, scale);
    fmpz_set_si(scale, w->problem->radius);
    fmpz_submul_si(fmpq_numref(middle), fmpq_denref(middle), w->problem->radius);
    fmpq_canonicalise(middle);
    fmpz_clear(scale);
}

/* The exponents of the k-th moment: 1, z_i, z_i z_j. */
static void
moment_exponents(slong *beta, slong n, slong k)
{
    slong place = n + 1;

    memset(beta, 0, (size_t) n * sizeof *beta);
    if (k >= 1 && k <= n)
        beta[k - 1] = 1;
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++, place++)
            if (place == k)
            {
                beta[i]++;
                beta[j]++;
            }
}

/* The integrals over |zeta| <= 1 of the model times 1, zeta_i, zeta_i zeta_j. */
static void
integrate_model(arb_ptr out, const work_t *w, const cst_model_struct *f)
{
    const cst_shape_struct *shape = f->shape;
    slong n = w->n;
    arb_t term;
    fmpz_t divisor;

    arb_init(term);
    fmpz_init(divisor);
    for (slong k = 0; k < w->count; k++)
    {
        slong beta[D];

        moment_exponents(beta, n, k);
        arb_zero(out + k);
        for (slong b = 0; b < shape->blocks; b++)
        {
            int even = f->used[b] > 0;

            fmpz_one(divisor);
            for (slong v = 0; even && v < n; v++)
            {
                slong e = shape->exponent[b * n + v] + beta[v];

                even = e % 2 == 0;
                fmpz_mul_si(divisor, divisor, e + 1);
            }
            if (!even)
                continue;
            arb_set_fmpz(term, f->coeff + shape->offset[b]);
            arb_div_fmpz(term, term, divisor, w->prec);
            arb_add(out + k, out + k, term, w->prec);
        }
        arb_set_fmpz(term, f->radius);
        arb_add_error(out + k, term);
        arb_mul_2exp_si(out + k, out + k, n - shape->bits);
    }
    arb_clear(term);
    fmpz_clear(divisor);
}

/* From moments in zeta to moments in z = m + h zeta, times the volume factor prod h_i. */
static void
shift_moments(work_t *w, box_t *box, arb_srcptr in)
{
    slong n = w->n, k = 1 + n;
    arb_struct m[D], h[D];
    arb_t volume, t;
    fmpq_t middle, half;

    fmpq_init(middle);
    fmpq_init(half);
    arb_init(volume);
    arb_init(t);
    arb_one(volume);
    for (slong i = 0; i < n; i++)
    {
        arb_init(m + i);
        arb_init(h + i);
        side(middle, half, w, box, i);
        arb_set_fmpq(m + i, middle, w->prec);
        arb_set_fmpq(h + i, half, w->prec);
        arb_mul(volume, volume, h + i, w->prec);
    }
    arb_set(box->moments, in);
    for (slong i = 0; i < n; i++)
    {
        arb_mul(box->moments + 1 + i, m + i, in, w->prec);
        arb_addmul(box->moments + 1 + i, h + i, in + 1 + i, w->prec);
    }
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++, k++)
        { /* m_i m_j I + m_i h_j I_j + m_j h_i I_i + h_i h_j I_ij */
            arb_ptr out = box->moments + k;

            arb_mul(out, m + i, box->moments + 1 + j, w->prec);
            arb_mul(t, m + j, h + i, w->prec);
            arb_addmul(out, t, in + 1 + i, w->prec);
            arb_mul(t, h + i, h + j, w->prec);
            arb_addmul(out, t, in + k, w->prec);
        }
    for (k = 0; k < w->count; k++)
        arb_mul(box->moments + k, box->moments + k, volume, w->prec);
    for (slong i = 0; i < n; i++)
    {
        arb_clear(m + i);
        arb_clear(h + i);
    }
    arb_clear(volume);
    arb_clear(t);
    fmpq_clear(middle);
    fmpq_clear(half);
}

/* exp(E) over the box as a ball, from bounds of E. */
static void
bounds(arb_t value, const work_t *w, const box_t *box)
{
    arf_struct ends[2 * D];
    arf_t low, high;
    arb_t a;
    fmpq_t middle, half;

    arf_init(low);
    arf_init(high);
    arb_init(a);
    fmpq_init(middle);
    fmpq_init(half);
    for (slong i = 0; i < w->n; i++)
    {
        arf_init(ends + i);
        arf_init(ends + D + i);
        side(middle, half, w, box, i);
        fmpq_sub(middle, middle, half);
        arf_set_fmpq(ends + i, middle, w->prec, ARF_RND_FLOOR);
        fmpq_add(middle, middle, half);
        fmpq_add(middle, middle, half);
        arf_set_fmpq(ends + D + i, middle, w->prec, ARF_RND_CEIL);
    }
    cst_expr_range(low, high, w->problem->exponent, w->problem->variables, ends, ends + D, w->n, w->prec);
    if (arf_is_nan(low) || arf_is_pos_inf(high))
        arb_indeterminate(value);
    else
    {
        arb_set_arf(a, high);
        arb_exp(a, a, w->prec);
        arb_get_ubound_arf(high, a, w->prec);
        arb_zero(a);
        if (arf_is_finite(low))
        {
            arb_set_arf(a, low);
            arb_exp(a, a, w->prec);
        }
        arb_get_lbound_arf(low, a, w->prec);
        if (arf_sgn(low) < 0)
            arf_zero(low);
        arb_set_interval_arf(value, low, high, w->prec);
    }
    for (slong i = 0; i < w->n; i++)
    {
        arf_clear(ends + i);
        arf_clear(ends + D + i);
    }
    arf_clear(low);
    arf_clear(high);
    arb_clear(a);
    fmpq_clear(middle);
    fmpq_clear(half);
}

/* Moments in zeta of a function known only to lie in a ball: f ([-1,1] where the monomial changes sign). */
static void
integrate_bounds(arb_ptr out, const work_t *w, const arb_t f)
{
    arb_t unit;

    arb_init(unit);
    arb_zero(unit);
    arb_add_error_2exp_si(unit, 0);
    for (slong k = 0; k < w->count; k++)
    {
        if (k == 0)
            arb_set(out, f);
        else
            arb_mul(out + k, f, unit, w->prec);
        arb_mul_2exp_si(out + k, out + k, w->n);
    }
    arb_clear(unit);
}

static int
has_model(work_t *w, const box_t *box)
{
    fmpq_t middle, half;
    int ok;

    fmpq_init(middle);
    fmpq_init(half);
    for (slong i = 0; i < w->n; i++)
    {
        side(middle, half, w, box, i);
        cst_model_set_parameter(w->inputs + i, i, middle, half);
    }
    ok = cst_model_run_tape(w->exponent, w->tape, w->inputs, w->shape) == CST_OK &&
         cst_model_function(w->value, CST_TAPE_EXP, w->exponent, NULL) == CST_OK;
    fmpq_clear(middle);
    fmpq_clear(half);
    return ok;
}

static double
radius_sum(arb_srcptr x, slong count)
{
    double sum = 0;

    for (slong k = 0; k < count; k++)
        sum += mag_get_d(arb_radref(x + k));
    return sum;
}

/* The moments of one box: by bounds if these are good enough, else by a model. */
static void
evaluate(work_t *w, box_t *box)
{
    arb_struct zeta[MOMENTS], by_model[MOMENTS];
    double crude;
    arb_t f;

    arb_init(f);
    for (slong k = 0; k < w->count; k++)
    {
        arb_init(zeta + k);
        arb_init(by_model + k);
        arb_init(box->moments + k);
    }
    bounds(f, w, box);
    integrate_bounds(zeta, w, f);
    shift_moments(w, box, zeta);
    crude = radius_sum(box->moments, w->count);
    if (!(crude < 1e-3 * w->problem->tolerance * w->total / (double) (w->length + 100)) && has_model(w, box))
    {
        integrate_model(by_model, w, w->value);
        if (radius_sum(by_model, w->count) < radius_sum(zeta, w->count) || !arb_is_finite(f))
            shift_moments(w, box, by_model);
    }
    box->error = radius_sum(box->moments, w->count);
    if (isnan(box->error))
        box->error = HUGE_VAL;
    for (slong k = 0; k < w->count; k++)
    {
        arb_clear(zeta + k);
        arb_clear(by_model + k);
    }
    arb_clear(f);
}

static void
push(work_t *w, const box_t *box)
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
pop(box_t *box, work_t *w)
{
    box_t last = w->heap[--w->length];
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
clear_box(const work_t *w, box_t *box)
{
    for (slong k = 0; k < w->count; k++)
        arb_clear(box->moments + k);
}

static void
count_in(work_t *w, const box_t *box, int sign)
{
    w->total_error += sign * box->error;
    w->total += sign * arf_get_d(arb_midref(box->moments), ARF_RND_NEAR);
}

/* Halves the box along its longest side; among equals the first. Returns 0 at the finest level. */
static int
split(work_t *w, const box_t *box)
{
    slong i = 0;

    for (slong v = 1; v < w->n; v++)
        if (box->level[v] < box->level[i])
            i = v;
    if (box->level[i] >= MAX_LEVEL)
        return 0;
    for (int half = 0; half < 2; half++)
    {
        box_t child;

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
    return isfinite(w->total_error) && w->total_error <= w->problem->tolerance * w->total;
}

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static cst_status_t
refine(work_t *w)
{
    const cst__cubature_t *p = w->problem;
    double start = now();
    slong next = 0;
    box_t box;

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
        clear_box(w, &box);
    }
}

static void
sum_boxes(cst__moments_t *moments, work_t *w)
{
    for (slong k = 0; k < w->count; k++)
    {
        arb_zero(moments->values + k);
        for (slong i = 0; i < w->length; i++)
            arb_add(moments->values + k, moments->values + k, w->heap[i].moments + k, w->prec);
    }
    refresh_totals(w);
    moments->boxes = w->length;
    moments->relative = w->total > 0 ? w->total_error / w->total : HUGE_VAL;
}

cst_status_t
cst__cubature_moments(cst__moments_t *moments, const cst__cubature_t *problem, slong prec, cst_error_t *error)
{
    static const slong degrees[] = {0, 16, 11, 8};
    work_t w = {.problem = problem, .n = problem->dimension, .prec = prec};
    cst_status_t status;

    w.count = cst__moment_count(w.n);
    status = cst_tape_compile(w.tape, problem->ctx, &problem->exponent, 1, problem->variables, w.n, error);
    if (status != CST_OK)
        return status;
    cst_shape_init_timeless(w.shape, prec - 40, w.n, degrees[w.n]);
    w.inputs = flint_malloc((size_t) (w.n + 2) * sizeof *w.inputs);
    w.exponent = w.inputs + w.n;
    w.value = w.exponent + 1;
    for (slong i = 0; i < w.n + 2; i++)
        cst_model_init(w.inputs + i, w.shape);
    status = refine(&w);
    sum_boxes(moments, &w);
    for (slong i = 0; i < w.length; i++)
        clear_box(&w, w.heap + i);
    flint_free(w.heap);
    for (slong i = 0; i < w.n + 2; i++)
        cst_model_clear(w.inputs + i);
    flint_free(w.inputs);
    cst_shape_clear(w.shape);
    cst_tape_clear(w.tape);
    return status;
}
