/* hj/entropy.c -- local entropy from the moments of its Gibbs measure.

   y = x + s z with a rational s near sqrt(2 nu t); the integrand is exp(E(z)),
   E = c - L(x + s z)/(2 nu) - s^2 |z|^2/(4 nu t), with a c that brings its greatest value near 1. */
#include <math.h>

#include <caustic/entropy.h>
#include <caustic/tape.h>

#include "core/symmetric.h"
#include "hj/cubature.h"
#include "hj/minorant.h"

#define D CST_ENTROPY_MAX_DIMENSION

typedef struct
{
    const cst_entropy_problem_t *problem;
    const fmpq *point;
    slong n, prec;
    double tolerance;
    fmpq_t scale, shift; /* s and c */
    fmpq_t gauss;        /* s^2/(4 nu t) */
    fmpq_t twice_nu;
    cst_expr_t z[D], exponent; /* E without c */
    cst__minorant_t minorant;
    arb_t curvature; /* a positive lower bound of the eigenvalues of hessian + I/t */
    slong radius;
    arb_t tail;
} work_t;

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
work_init(work_t *w, const cst_entropy_problem_t *problem, const fmpq *point, double tolerance)
{
    w->problem = problem;
    w->point = point;
    w->n = problem->dimension;
    w->tolerance = tolerance;
    w->prec = 64 + (slong) fmax(0, -log2(tolerance)); /* the models have 24 bits more than the tolerance */
    fmpq_init(w->scale);
    fmpq_init(w->shift);
    fmpq_init(w->gauss);
    fmpq_init(w->twice_nu);
    cst__minorant_init(&w->minorant, w->n);
    arb_init(w->curvature);
    arb_init(w->tail);
}

static void
work_clear(work_t *w)
{
    fmpq_clear(w->scale);
    fmpq_clear(w->shift);
    fmpq_clear(w->gauss);
    fmpq_clear(w->twice_nu);
    cst__minorant_clear(&w->minorant);
    arb_clear(w->curvature);
    arb_clear(w->tail);
}

static void
set_double(fmpq_t q, double x, int bits)
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

static double
to_double(const fmpq_t q)
{
    arf_t a;
    double x;

    arf_init(a);
    arf_set_fmpq(a, q, 53, ARF_RND_NEAR);
    x = arf_get_d(a, ARF_RND_NEAR);
    arf_clear(a);
    return x;
}

/* E + const as an expression in z. */
static void
build_exponent(work_t *w)
{
    const cst_entropy_problem_t *p = w->problem;
    cst_expr_t y[D], squares = cst_expr_integer(p->ctx, 0), scale;
    fmpq_t c;

    fmpq_init(c);
    fmpq_mul_si(w->twice_nu, p->nu, 2);
    fmpq_mul(c, w->twice_nu, p->time);
    set_double(w->scale, sqrt(to_double(c)), 20);
    fmpq_mul_si(c, c, 2); /* 4 nu t */
    fmpq_mul(w->gauss, w->scale, w->scale);
    fmpq_div(w->gauss, w->gauss, c);
    scale = cst_expr_rational(p->ctx, w->scale);
    for (slong i = 0; i < w->n; i++)
    {
        char name[] = "z 0"; /* no name of an input */

        name[2] = (char) ('1' + i);
        w->z[i] = cst_expr_variable(p->ctx, name);
        y[i] = cst_expr_add(p->ctx, cst_expr_rational(p->ctx, w->point + i),
                            cst_expr_mul(p->ctx, scale, w->z[i]));
        squares = cst_expr_add(p->ctx, squares, cst_expr_power_si(p->ctx, w->z[i], 2));
    }
    fmpq_inv(c, w->twice_nu);
    w->exponent = cst_expr_add(p->ctx,
                               cst_expr_mul(p->ctx, cst_expr_rational(p->ctx, c),
                                            cst_expr_substitute(p->ctx, p->loss, p->coordinates, y, w->n)),
                               cst_expr_mul(p->ctx, cst_expr_rational(p->ctx, w->gauss), squares));
    w->exponent = cst_expr_neg(p->ctx, w->exponent);
    fmpq_clear(c);
}

/* A minorant for which hessian + I/t is positive definite, well if possible. */
static cst_status_t
find_minorant(work_t *w, cst_error_t *error)
{
    arb_ptr x = _arb_vec_init(w->n);
    arb_mat_t a;
    arb_t rate, least;
    int bounded = 0, definite = 0;

    arb_mat_init(a, w->n, w->n);
    arb_init(rate);
    arb_init(least);
    for (slong i = 0; i < w->n; i++)
        arb_set_fmpq(x + i, w->point + i, w->prec);
    arb_set_fmpq(rate, w->problem->time, w->prec);
    arb_inv(rate, rate, w->prec);
    for (double steepness = 0; !definite && steepness < 1e9;
         steepness = steepness == 0 ? 0.0625 : 2 * steepness)
    {
        bounded = cst__minorant_find(&w->minorant, w->problem->ctx, w->problem->loss, w->problem->coordinates,
                                     x, steepness, w->prec);
        if (!bounded)
            break;
        arb_mat_set(a, w->minorant.hessian);
        for (slong i = 0; i < w->n; i++)
            arb_add(arb_mat_entry(a, i, i), arb_mat_entry(a, i, i), rate, w->prec);
        cst_entropy_least_eigenvalue(least, a, w->prec);
        arb_get_lbound_arf(arb_midref(w->curvature), least, w->prec);
        mag_zero(arb_radref(w->curvature));
        arb_mul_2exp_si(least, w->curvature, 1);
        definite = arb_is_positive(w->curvature) && arb_ge(least, rate);
    }
    if (bounded && !definite)
        definite = arb_is_positive(w->curvature);
    _arb_vec_clear(x, w->n);
    arb_mat_clear(a);
    arb_clear(rate);
    arb_clear(least);
    if (!bounded)
        return cst_error_set(
            error, CST_REFUSED,
            "no quadratic lower bound of the loss on all of R^n was found: write it as a sum of "
            "terms that are bounded below, or quadratic");
    if (!definite)
        return cst_error_set(error, CST_REFUSED,
                             "the loss may fall faster than |y|^2/(2t): the integral need not converge");
    return CST_OK;
}

/* integral from a to infinity of exp(b z - k z^2) = exp(b^2/(4k)) sqrt(pi/k)/2 erfc(sqrt(k)(a - b/(2k))) */
static void
gaussian_tail(arb_t value, slong a, const arb_t b, const arb_t k, slong prec)
{
    arb_t u, v;

    arb_init(u);
    arb_init(v);
    arb_div(u, b, k, prec);
    arb_mul_2exp_si(u, u, -1);
    arb_mul(v, u, b, prec);
    arb_mul_2exp_si(v, v, -1);
    arb_exp(v, v, prec);
    arb_sub_si(u, u, a, prec);
    arb_neg(u, u);
    arb_sqrt(value, k, prec);
    arb_mul(u, u, value, prec);
    arb_hypgeom_erfc(u, u, prec);
    arb_mul(v, v, u, prec);
    arb_const_pi(u, prec);
    arb_sqrt(u, u, prec);
    arb_div(u, u, value, prec);
    arb_mul(value, u, v, prec);
    arb_mul_2exp_si(value, value, -1);
    arb_clear(u);
    arb_clear(v);
}

/* A bound of what exp(E) times 1, z_i or z_i z_j contributes outside the cube |z_i| <= radius:
   |z|, z^2 <= exp(|z|), and E <= c - m/(2 nu) - (s/2nu) g.z - (s^2 d/4nu) |z|^2. */
static void
bound_tail(work_t *w, slong radius)
{
    slong prec = w->prec;
    arb_t k, b, scale, nu, whole[D], part[D], product, sum;

    arb_init(k);
    arb_init(b);
    arb_init(scale);
    arb_init(nu);
    arb_init(product);
    arb_init(sum);
    arb_set_fmpq(scale, w->scale, prec);
    arb_set_fmpq(nu, w->twice_nu, prec);
    arb_div(scale, scale, nu, prec); /* s/(2 nu) */
    arb_set_fmpq(k, w->scale, prec);
    arb_mul(k, k, scale, prec);
    arb_mul(k, k, w->curvature, prec);
    arb_mul_2exp_si(k, k, -1);
    for (slong i = 0; i < w->n; i++)
    {
        arb_init(whole[i]);
        arb_init(part[i]);
        arb_mul(b, w->minorant.gradient + i, scale, prec);
        arb_abs(b, b);
        arb_add_ui(b, b, 1, prec);
        gaussian_tail(whole[i], 0, b, k, prec);
        gaussian_tail(part[i], radius, b, k, prec);
        arb_mul_2exp_si(whole[i], whole[i], 1);
        arb_mul_2exp_si(part[i], part[i], 1);
    }
    for (slong i = 0; i < w->n; i++)
    {
        arb_set(product, part[i]);
        for (slong j = 0; j < w->n; j++)
            if (j != i)
                arb_mul(product, product, whole[j], prec);
        arb_add(sum, sum, product, prec);
    }
    arb_div(b, w->minorant.constant, nu, prec);
    arb_set_fmpq(k, w->shift, prec);
    arb_sub(b, k, b, prec);
    arb_exp(b, b, prec);
    arb_mul(w->tail, sum, b, prec);
    for (slong i = 0; i < w->n; i++)
    {
        arb_clear(whole[i]);
        arb_clear(part[i]);
    }
    arb_clear(k);
    arb_clear(b);
    arb_clear(scale);
    arb_clear(nu);
    arb_clear(product);
    arb_clear(sum);
}

/* The least cube, within a quarter, whose tail is negligible. */
static int
choose_radius(work_t *w)
{
    arb_t aim;
    int found = 0;

    arb_init(aim);
    arb_set_d(aim, 1e-8 * w->tolerance);
    for (w->radius = 2; !found && w->radius < 1000000; w->radius += w->radius / 4 + 1)
    {
        bound_tail(w, w->radius);
        found = arb_lt(w->tail, aim);
        if (found)
            break;
    }
    arb_clear(aim);
    return found;
}

/* The greatest value of E met on a grid and on pattern searches from its best points: a guide. */
static double
greatest_exponent(const work_t *w, const cst_tape_t tape)
{
    slong per_side = w->n == 1 ? 2001 : w->n == 2 ? 65 : 21, count = 1;
    double *work = flint_malloc((size_t) tape->length * sizeof *work), best = -HUGE_VAL, at[D] = {0}, value;

    for (slong i = 0; i < w->n; i++)
        count *= per_side;
    for (slong k = 0; k <= count; k++)
    {
        double z[D] = {0};
        slong rest = k;

        for (slong i = 0; k < count && i < w->n; i++, rest /= per_side)
            z[i] = (double) w->radius * (2 * (double) (rest % per_side) / (double) (per_side - 1) - 1);
        cst_tape_eval_double(&value, tape, z, work);
        if (value > best)
        {
            best = value;
            for (slong i = 0; i < w->n; i++)
                at[i] = z[i];
        }
    }
    for (double step = (double) w->radius / (double) per_side; step > 1e-4; step /= 2)
        for (slong move = 0; move < 2 * w->n;)
        {
            double z[D];

            for (slong i = 0; i < w->n; i++)
                z[i] = at[i] + (i == move / 2 ? (move % 2 ? step : -step) : 0);
            cst_tape_eval_double(&value, tape, z, work);
            if (value > best)
            {
                best = value;
                at[move / 2] = z[move / 2];
                move = 0;
            }
            else
                move++;
        }
    flint_free(work);
    return best;
}

static cst_status_t
choose_cube(work_t *w, cst_error_t *error)
{
    cst_tape_t tape;
    cst_status_t status = cst_tape_compile(tape, w->problem->ctx, &w->exponent, 1, w->z, w->n, error);
    double origin[D] = {0}, value, *work;
    int found = 0;

    if (status != CST_OK)
        return status;
    work = flint_malloc((size_t) tape->length * sizeof *work);
    cst_tape_eval_double(&value, tape, origin, work);
    flint_free(work);
    for (int round = 0; round < 2; round++)
    { /* with the value at the centre to begin with, then with the greatest */
        if (isfinite(value))
            set_double(w->shift, -value, 30);
        found = choose_radius(w);
        if (round == 0 && found)
            value = greatest_exponent(w, tape);
    }
    cst_tape_clear(tape);
    return found ? CST_OK : cst_error_set(error, CST_UNDECIDED, "the tail of the integral was not bounded");
}

/* u, du and Hess u from the moments in z. */
static void
assemble(cst_entropy_t e, const work_t *w, const cst__moments_t *moments)
{
    slong n = w->n, prec = w->prec, k = 1 + n;
    arb_srcptr m = moments->values;
    arb_t a, s, t;

    arb_init(a);
    arb_init(s);
    arb_init(t);
    arb_set_fmpq(s, w->scale, prec);
    arb_set_fmpq(t, w->problem->time, prec);
    /* -2 nu (log M0 - c + n/2 log(s^2/(4 pi nu t))) */
    arb_const_pi(e->value, prec);
    arb_set_fmpq(a, w->gauss, prec);
    arb_div(e->value, a, e->value, prec);
    arb_log(e->value, e->value, prec);
    arb_mul_si(e->value, e->value, n, prec);
    arb_mul_2exp_si(e->value, e->value, -1);
    arb_log(a, m, prec);
    arb_add(e->value, e->value, a, prec);
    arb_set_fmpq(a, w->shift, prec);
    arb_sub(e->value, e->value, a, prec);
    arb_set_fmpq(a, w->twice_nu, prec);
    arb_mul(e->value, e->value, a, prec);
    arb_neg(e->value, e->value);
    for (slong i = 0; i < n; i++)
        arb_div(e->gradient + i, m + 1 + i, m, prec); /* the mean of z, to begin with */
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++, k++)
        { /* delta_ij/t - s^2 C_ij/(2 nu t^2) */
            arb_ptr h = arb_mat_entry(e->hessian, i, j);

            arb_div(h, m + k, m, prec);
            arb_submul(h, e->gradient + i, e->gradient + j, prec);
            arb_mul(h, h, s, prec);
            arb_mul(h, h, s, prec);
            arb_div(h, h, a, prec);
            arb_div(h, h, t, prec);
            arb_sub_ui(h, h, i == j, prec);
            arb_neg(h, h);
            arb_div(h, h, t, prec);
            arb_set(arb_mat_entry(e->hessian, j, i), h);
        }
    for (slong i = 0; i < n; i++)
    { /* (x - m)/t = -s z/t */
        arb_mul(e->gradient + i, e->gradient + i, s, prec);
        arb_div(e->gradient + i, e->gradient + i, t, prec);
        arb_neg(e->gradient + i, e->gradient + i);
    }
    arb_clear(a);
    arb_clear(s);
    arb_clear(t);
}

static cst_status_t
integrate(cst_entropy_t e, work_t *w, const cst_entropy_options_t *options, cst_error_t *error)
{
    cst__moments_t moments;
    cst__cubature_t cubature = {.ctx = w->problem->ctx,
                                .dimension = w->n,
                                .variables = w->z,
                                .radius = w->radius,
                                .tolerance = w->tolerance,
                                .max_boxes = options && options->max_boxes > 0 ? options->max_boxes : 100000,
                                .seconds = options ? options->seconds : 0};
    cst_status_t status;

    cubature.exponent =
        cst_expr_add(w->problem->ctx, w->exponent, cst_expr_rational(w->problem->ctx, w->shift));
    cst__moments_init(&moments, w->n);
    /* E is as large as radius^2: that many more bits, where a word has no room for them anyway */
    status = cst__cubature_moments(
        &moments, &cubature, w->prec + (w->radius > 16 ? 2 * FLINT_BIT_COUNT(w->radius) - 8 : 0), error);
    if (status == CST_OK || status == CST_PARTIAL)
    {
        for (slong k = 0; k < moments.count; k++)
            arb_add_error(moments.values + k, w->tail);
        e->boxes = moments.boxes;
        e->reached = moments.relative;
        assemble(e, w, &moments);
        cst_entropy_least_eigenvalue(e->least, e->hessian, w->prec);
        if (!arb_is_positive(moments.values))
            status = cst_error_set(error, CST_UNDECIDED, "the integral was not bounded away from zero");
        else if (status == CST_PARTIAL)
            cst_error_set(error, status, "the boxes or the time ran out");
    }
    cst__moments_clear(&moments);
    return status;
}

cst_status_t
cst_entropy_enclose(cst_entropy_t entropy, const cst_entropy_problem_t *problem, const fmpq *point,
                    const cst_entropy_options_t *options, cst_error_t *error)
{
    work_t w;
    cst_status_t status;

    if (problem->dimension < 1 || problem->dimension > D)
        return cst_error_set(error, CST_REFUSED, "local entropy is enclosed in dimension 1 to %d, not %ld", D,
                             (long) problem->dimension);
    if (fmpq_sgn(problem->nu) <= 0 || fmpq_sgn(problem->time) <= 0)
        return cst_error_set(error, CST_BAD_INPUT, "nu and the time must be positive");
    work_init(&w, problem, point, options && options->tolerance > 0 ? options->tolerance : 1e-9);
    build_exponent(&w);
    status = find_minorant(&w, error);
    if (status == CST_OK)
        status = choose_cube(&w, error);
    if (status == CST_OK)
        status = integrate(entropy, &w, options, error);
    work_clear(&w);
    return status;
}
