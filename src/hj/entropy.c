/* hj/entropy.c -- local entropy from the moments of its Gibbs measure. */
#include <math.h>
#include <stdlib.h>

#include <caustic/tape.h>

#include "core/double.h"
#include "hj/entropy.h"

void
cst_entropy_init(cst_entropy_t e, slong dimension)
{
    e->dimension = dimension;
    arb_init(e->value);
    e->gradient = _arb_vec_init(dimension);
    arb_mat_init(e->hessian, dimension, dimension);
    arb_init(e->least);
    e->boxes = 0;
    e->reached = HUGE_VAL;
}

void
cst_entropy_clear(cst_entropy_t e)
{
    arb_clear(e->value);
    _arb_vec_clear(e->gradient, e->dimension);
    arb_mat_clear(e->hessian);
    arb_clear(e->least);
}

static void
work_init(cst__entropy_work_t *w, const cst_entropy_problem_t *problem, const fmpq *point, double tolerance)
{
    slong n = problem->dimension;

    w->problem = problem;
    w->point = point;
    w->n = n;
    w->tolerance = tolerance;
    w->prec = 64 + (slong) fmax(0, -log2(tolerance)); /* the models have 24 bits more than the tolerance */
    fmpq_init(w->scale);
    fmpq_init(w->shift);
    fmpq_init(w->twice_nu);
    fmpq_mat_init(w->metric, n, n);
    fmpq_mat_init(w->frame, n, n);
    fmpq_mat_init(w->kinetic, n, n);
    cst__minorant_init(&w->minorant, n);
    arb_init(w->curvature);
    arb_init(w->tail);
}

static void
work_clear(cst__entropy_work_t *w)
{
    fmpq_clear(w->scale);
    fmpq_clear(w->shift);
    fmpq_clear(w->twice_nu);
    fmpq_mat_clear(w->metric);
    fmpq_mat_clear(w->frame);
    fmpq_mat_clear(w->kinetic);
    cst__minorant_clear(&w->minorant);
    arb_clear(w->curvature);
    arb_clear(w->tail);
}

void
cst__entropy_set_double(fmpq_t q, double x, int bits)
{
    int e;
    double m = frexp(x, &e);
    fmpz_t power;

    fmpz_init(power);
    fmpz_one(power);
    fmpz_mul_2exp(power, power, (ulong) abs(e - bits));
    fmpq_set_si(q, (slong) rint(ldexp(m, bits)), 1);
    if (e - bits >= 0)
        fmpq_mul_fmpz(q, q, power);
    else
        fmpq_div_fmpz(q, q, power);
    fmpz_clear(power);
}

cst_status_t
cst__entropy_choose_shift(fmpq_t shift, cst_expr_ctx_t ctx, cst_expr_t e, const cst_expr_t *z, slong n,
                          double low, double high, slong side, cst_error_t *error)
{
    double best = -HUGE_VAL, value, at[2], step = (high - low) / (double) side, *work;
    cst_tape_t tape;
    cst_status_t status = cst_tape_compile(tape, ctx, &e, 1, z, n, error);

    fmpq_zero(shift);
    if (status != CST_OK)
        return status;
    work = flint_malloc((size_t) tape->length * sizeof *work);
    for (slong i = 0; i <= side; i++)
        for (slong j = 0; j <= (n == 2 ? side : 0); j++)
        {
            at[0] = low + step * (double) i;
            at[1] = low + step * (double) j;
            cst_tape_eval_double(&value, tape, at, work);
            best = value > best ? value : best;
        }
    flint_free(work);
    cst_tape_clear(tape);
    if (isfinite(best))
        cst__entropy_set_double(shift, -best, 30);
    return CST_OK;
}

/* G^-1, B and K; B is Cholesky's factor of G, rounded. */
static cst_status_t
build_frame(cst__entropy_work_t *w, cst_error_t *error)
{
    slong n = w->n;
    fmpq_mat_t g, t;
    arb_mat_t a;
    int ok;

    fmpq_mat_init(g, n, n);
    fmpq_mat_init(t, n, n);
    arb_mat_init(a, n, n);
    fmpq_mat_one(g);
    for (slong i = 0; w->problem->cometric && i < n * n; i++)
        fmpq_set(fmpq_mat_entry(g, i / n, i % n), w->problem->cometric + i);
    fmpq_mat_transpose(t, g);
    arb_mat_set_fmpq_mat(a, g, w->prec);
    ok = fmpq_mat_equal(g, t) && arb_mat_cho(a, a, w->prec) && fmpq_mat_inv(w->metric, g);
    for (slong i = 0; ok && i < n; i++)
        for (slong j = 0; j <= i; j++)
        {
            double x = arf_get_d(arb_midref(arb_mat_entry(a, i, j)), ARF_RND_NEAR);

            cst__entropy_set_double(fmpq_mat_entry(w->frame, i, j), x, 20);
        }
    fmpq_mat_transpose(t, w->frame);
    fmpq_mat_mul(t, t, w->metric);
    fmpq_mat_mul(w->kinetic, t, w->frame);
    fmpq_mat_clear(g);
    fmpq_mat_clear(t);
    arb_mat_clear(a);
    return ok ? CST_OK
              : cst_error_set(error, CST_BAD_INPUT, "the co-metric is not symmetric and positive definite");
}

/* s, and E without c as an expression in z. */
static void
build_exponent(cst__entropy_work_t *w)
{
    const cst_entropy_problem_t *p = w->problem;
    cst_expr_t y[CST__ENTROPY_D], sum = cst_expr_integer(p->ctx, 0);
    fmpq_t c, b;

    fmpq_init(c);
    fmpq_init(b);
    fmpq_mul_si(w->twice_nu, p->nu, 2);
    fmpq_mul(c, w->twice_nu, p->time);
    cst__entropy_set_double(w->scale, sqrt(cst__fmpq_to_double(c)), 20);
    fmpq_mul_si(c, c, 2);
    fmpq_inv(c, c);
    fmpq_mul(c, c, w->scale);
    fmpq_mul(c, c, w->scale); /* s^2/(4 nu t) */
    for (slong i = 0; i < w->n; i++)
    {
        char name[] = "z 0"; /* no name of an input */

        name[2] = (char) ('1' + i);
        w->z[i] = cst_expr_variable(p->ctx, name);
    }
    for (slong i = 0; i < w->n; i++)
    {
        y[i] = cst_expr_rational(p->ctx, w->point + i);
        for (slong j = 0; j < w->n; j++)
        {
            fmpq_mul(b, w->scale, fmpq_mat_entry(w->frame, i, j));
            y[i] = cst_expr_add(p->ctx, y[i], cst_expr_mul(p->ctx, cst_expr_rational(p->ctx, b), w->z[j]));
            fmpq_mul(b, c, fmpq_mat_entry(w->kinetic, i, j));
            sum = cst_expr_add(
                p->ctx, sum,
                cst_expr_mul(p->ctx, cst_expr_rational(p->ctx, b), cst_expr_mul(p->ctx, w->z[i], w->z[j])));
        }
    }
    fmpq_inv(c, w->twice_nu);
    sum = cst_expr_add(p->ctx, sum,
                       cst_expr_mul(p->ctx, cst_expr_rational(p->ctx, c),
                                    cst_expr_substitute(p->ctx, p->loss, p->coordinates, y, w->n)));
    w->exponent = cst_expr_neg(p->ctx, sum);
    fmpq_clear(c);
    fmpq_clear(b);
}

/* -2 nu log(M0 e^-c (s^2/(4 pi nu t))^(n/2) sqrt(det K)) */
static void
assemble_value(arb_t u, const cst__entropy_work_t *w, const arb_t mass)
{
    slong prec = w->prec;
    arb_t a, b;
    fmpq_t det;

    arb_init(a);
    arb_init(b);
    fmpq_init(det);
    arb_set_fmpq(a, w->scale, prec);
    arb_mul(a, a, a, prec);
    arb_const_pi(b, prec);
    arb_div(a, a, b, prec);
    arb_set_fmpq(b, w->twice_nu, prec);
    arb_div(a, a, b, prec);
    arb_mul_2exp_si(a, a, -1);
    arb_set_fmpq(b, w->problem->time, prec);
    arb_div(a, a, b, prec);
    arb_pow_ui(a, a, (ulong) w->n, prec);
    fmpq_mat_det(det, w->kinetic);
    arb_set_fmpq(b, det, prec);
    arb_mul(a, a, b, prec);
    arb_log(u, a, prec);
    arb_mul_2exp_si(u, u, -1);
    arb_log(a, mass, prec);
    arb_add(u, u, a, prec);
    arb_set_fmpq(a, w->shift, prec);
    arb_sub(u, u, a, prec);
    arb_set_fmpq(a, w->twice_nu, prec);
    arb_mul(u, u, a, prec);
    arb_neg(u, u);
    arb_clear(a);
    arb_clear(b);
    fmpq_clear(det);
}

/* With F = s G^-1 B, mean mu and covariance C of z: du = -F mu/t, Hess u = G^-1/t - F C F^T/(2 nu t^2). */
static void
assemble(cst_entropy_t e, const cst__entropy_work_t *w, arb_srcptr m)
{
    slong n = w->n, prec = w->prec, k = 1 + n;
    arb_mat_t f, mean, c, g;
    fmpq_mat_t q;
    arb_t t, nu;

    arb_mat_init(f, n, n);
    arb_mat_init(mean, n, 1);
    arb_mat_init(c, n, n);
    arb_mat_init(g, n, n);
    fmpq_mat_init(q, n, n);
    arb_init(t);
    arb_init(nu);
    arb_set_fmpq(t, w->problem->time, prec);
    arb_set_fmpq(nu, w->twice_nu, prec);
    assemble_value(e->value, w, m);
    fmpq_mat_mul(q, w->metric, w->frame);
    fmpq_mat_scalar_mul_fmpq(q, q, w->scale);
    arb_mat_set_fmpq_mat(f, q, prec);
    for (slong i = 0; i < n; i++)
        arb_div(arb_mat_entry(mean, i, 0), m + 1 + i, m, prec);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++, k++)
        {
            arb_ptr h = arb_mat_entry(c, i, j);

            arb_div(h, m + k, m, prec);
            arb_submul(h, arb_mat_entry(mean, i, 0), arb_mat_entry(mean, j, 0), prec);
            arb_set(arb_mat_entry(c, j, i), h);
        }
    arb_mat_mul(mean, f, mean, prec);
    for (slong i = 0; i < n; i++)
    {
        arb_div(e->gradient + i, arb_mat_entry(mean, i, 0), t, prec);
        arb_neg(e->gradient + i, e->gradient + i);
    }
    arb_mat_mul(c, f, c, prec);
    arb_mat_transpose(f, f);
    arb_mat_mul(c, c, f, prec);
    arb_mul(nu, nu, t, prec);
    arb_mat_scalar_div_arb(c, c, nu, prec);
    arb_mat_set_fmpq_mat(g, w->metric, prec);
    arb_mat_sub(c, g, c, prec);
    arb_mat_scalar_div_arb(e->hessian, c, t, prec);
    arb_mat_clear(f);
    arb_mat_clear(mean);
    arb_mat_clear(c);
    arb_mat_clear(g);
    fmpq_mat_clear(q);
    arb_clear(t);
    arb_clear(nu);
}

/* Of the Hessian relative to the metric: of A^T H A, A A^T = G. */
static void
least_eigenvalue(cst_entropy_t e, const cst__entropy_work_t *w)
{
    slong n = w->n;
    fmpq_mat_t q;
    arb_mat_t a, t;

    fmpq_mat_init(q, n, n);
    arb_mat_init(a, n, n);
    arb_mat_init(t, n, n);
    fmpq_mat_inv(q, w->metric);
    arb_mat_set_fmpq_mat(a, q, w->prec);
    if (arb_mat_cho(a, a, w->prec))
    {
        arb_mat_transpose(t, a);
        arb_mat_mul(t, t, e->hessian, w->prec);
        arb_mat_mul(t, t, a, w->prec);
        cst_entropy_least_eigenvalue(e->least, t, w->prec);
    }
    else
        arb_indeterminate(e->least);
    fmpq_mat_clear(q);
    arb_mat_clear(a);
    arb_mat_clear(t);
}

/* 1, z_i, then z_i z_j by rows of the upper triangle; returns how many. */
static slong
moment_weights(cst_expr_t *weights, const cst__entropy_work_t *w)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    slong count = 0;

    weights[count++] = cst_expr_integer(ctx, 1);
    for (slong i = 0; i < w->n; i++)
        weights[count++] = w->z[i];
    for (slong i = 0; i < w->n; i++)
        for (slong j = i; j < w->n; j++)
            weights[count++] = cst_expr_mul(ctx, w->z[i], w->z[j]);
    return count;
}

static cst_status_t
integrate(cst_entropy_t e, cst__entropy_work_t *w, const cst_entropy_options_t *options, cst_error_t *error)
{
    cst_expr_t weights[CST__CUBATURE_MAX_WEIGHTS];
    /* E is as large as radius^2: that many more bits, where a word has no room for them anyway */
    slong more = w->radius > 16 ? 2 * FLINT_BIT_COUNT(w->radius) - 8 : 0;
    cst__cubature_t cubature = {.ctx = w->problem->ctx,
                                .dimension = w->n,
                                .variables = w->z,
                                .weights = weights,
                                .radius = w->radius,
                                .tolerance = w->tolerance,
                                .bits = w->prec - 40 + more,
                                .max_boxes = options && options->max_boxes > 0 ? options->max_boxes : 100000,
                                .seconds = options ? options->seconds : 0};
    cst__cubature_report_t report;
    arb_ptr moments;
    cst_status_t status;

    cubature.exponent =
        cst_expr_add(w->problem->ctx, w->exponent, cst_expr_rational(w->problem->ctx, w->shift));
    cubature.count = moment_weights(weights, w);
    moments = _arb_vec_init(cubature.count);
    status = cst__cubature_integrate(moments, &report, &cubature, w->prec + more, error);
    if (status == CST_OK || status == CST_PARTIAL)
    {
        for (slong k = 0; k < cubature.count; k++)
            arb_add_error(moments + k, w->tail);
        e->boxes = report.boxes;
        e->reached = report.relative;
        assemble(e, w, moments);
        least_eigenvalue(e, w);
        if (!arb_is_positive(moments))
            status = cst_error_set(error, CST_UNDECIDED, "the integral was not bounded away from zero");
        else if (status == CST_PARTIAL)
            cst_error_set(error, status, "the boxes or the time ran out");
    }
    _arb_vec_clear(moments, cubature.count);
    return status;
}

cst_status_t
cst_entropy_enclose(cst_entropy_t entropy, const cst_entropy_problem_t *problem, const fmpq *point,
                    const cst_entropy_options_t *options, cst_error_t *error)
{
    cst__entropy_work_t w;
    cst_status_t status;

    if (problem->dimension < 1 || problem->dimension > CST__ENTROPY_D)
        return cst_error_set(error, CST_REFUSED, "local entropy is enclosed in dimension 1 to %d, not %ld",
                             CST__ENTROPY_D, (long) problem->dimension);
    if (fmpq_sgn(problem->nu) <= 0 || fmpq_sgn(problem->time) <= 0)
        return cst_error_set(error, CST_BAD_INPUT, "nu and the time must be positive");
    work_init(&w, problem, point, options && options->tolerance > 0 ? options->tolerance : 1e-9);
    status = build_frame(&w, error);
    if (status == CST_OK)
    {
        build_exponent(&w);
        status = cst__entropy_find_minorant(&w, error);
    }
    if (status == CST_OK)
        status = cst__entropy_choose_cube(&w, error);
    if (status == CST_OK)
        status = integrate(entropy, &w, options, error);
    work_clear(&w);
    return status;
}
