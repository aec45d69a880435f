/* hj/entropy-tail.c -- the cube of the cubature, and a Gaussian bound of what lies outside. */
#include <math.h>

#include <caustic/tape.h>

#include "hj/entropy.h"

cst_status_t
cst__entropy_find_minorant(cst__entropy_work_t *w, cst_error_t *error)
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
        cst__minorant_pull_back(&w->minorant, w->frame, w->prec);
        arb_mat_set_fmpq_mat(a, w->kinetic, w->prec);
        arb_mat_scalar_mul_arb(a, a, rate, w->prec);
        arb_mat_add(a, a, w->minorant.hessian, w->prec);
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
bound_tail(cst__entropy_work_t *w, slong radius)
{
    slong prec = w->prec;
    arb_t k, b, scale, nu, whole[CST__ENTROPY_D], part[CST__ENTROPY_D], product, sum;

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
choose_radius(cst__entropy_work_t *w)
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
greatest_exponent(const cst__entropy_work_t *w, const cst_tape_t tape)
{
    slong per_side = w->n == 1 ? 2001 : w->n == 2 ? 65 : 21, count = 1;
    double *work = flint_malloc((size_t) tape->length * sizeof *work), best = -HUGE_VAL,
           at[CST__ENTROPY_D] = {0}, value;

    for (slong i = 0; i < w->n; i++)
        count *= per_side;
    for (slong k = 0; k <= count; k++)
    {
        double z[CST__ENTROPY_D] = {0};
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
            double z[CST__ENTROPY_D];

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

cst_status_t
cst__entropy_choose_cube(cst__entropy_work_t *w, cst_error_t *error)
{
    cst_tape_t tape;
    cst_status_t status = cst_tape_compile(tape, w->problem->ctx, &w->exponent, 1, w->z, w->n, error);
    double origin[CST__ENTROPY_D] = {0}, value, *work;
    int found = 0;

    if (status != CST_OK)
        return status;
    work = flint_malloc((size_t) tape->length * sizeof *work);
    cst_tape_eval_double(&value, tape, origin, work);
    flint_free(work);
    for (int round = 0; round < 2; round++)
    { /* with the value at the centre to begin with, then with the greatest */
        if (isfinite(value))
            cst__entropy_set_double(w->shift, -value, 30);
        found = choose_radius(w);
        if (round == 0 && found)
            value = greatest_exponent(w, tape);
    }
    cst_tape_clear(tape);
    return found ? CST_OK : cst_error_set(error, CST_UNDECIDED, "the tail of the integral was not bounded");
}
