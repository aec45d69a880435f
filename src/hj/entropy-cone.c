/* hj/entropy-cone.c -- the heat semigroup of a flat cone over a circle in place of the Gaussian.

   The co-metric a p_r^2 + b p_phi^2/r^2 is that of the cone dR^2 + R^2 dphi^2/mu^2 with R = r/sqrt a and
   mu = sqrt(b/a). With cone-kernel.h's x, psi and weights w_k, the moments are the integrals of
   exp(E) w_k dx dpsi, E = 2x - rho (1 + e^(2x)) - L/(2 nu), times rho/pi. */
#include <math.h>

#include "core/double.h"
#include "hj/cone-kernel.h"
#include "hj/entropy.h"
#include "hj/minorant.h"

#define MAX_ORDER 240

typedef struct
{
    const cst_entropy_problem_t *problem;
    const fmpq *point;
    slong prec;
    double tolerance;
    fmpq_t ratio, rho, shift, twice_nu; /* ratio = b/a = mu^2 */
    cst_expr_t z[2], exponent;
    cst__cone_kernel_t kernel;
    arb_t least_loss, left_out; /* left_out: what the cubature does not see of any moment, at most */
    double depth;               /* the weights are as large as exp(depth) */
} work_t;

/* L >= least_loss everywhere: by its range, or by a quadratic minorant. */
static cst_status_t
bound_loss(work_t *w, cst_error_t *error)
{
    const cst_entropy_problem_t *p = w->problem;
    arf_struct ends[4];
    arf_t low, high;
    int found;

    arf_init(low);
    arf_init(high);
    for (int i = 0; i < 4; i++)
        arf_init(ends + i);
    arf_neg_inf(ends);
    arf_neg_inf(ends + 1);
    arf_pos_inf(ends + 2);
    arf_pos_inf(ends + 3);
    cst_expr_range(low, high, p->loss, p->coordinates, ends, ends + 2, 2, w->prec);
    arb_set_arf(w->least_loss, low);
    found = arf_is_finite(low);
    for (double steepness = 0; !found && steepness < 100; steepness = steepness == 0 ? 0.125 : 2 * steepness)
    {
        cst__minorant_t m;
        arb_ptr x = _arb_vec_init(2);
        arb_mat_t solution, right;

        cst__minorant_init(&m, 2);
        arb_mat_init(solution, 2, 1);
        arb_mat_init(right, 2, 1);
        found = cst__minorant_find(&m, p->ctx, p->loss, p->coordinates, x, steepness, w->prec);
        for (slong i = 0; i < 2; i++)
            arb_set(arb_mat_entry(right, i, 0), m.gradient + i);
        /* c + g.h + h^T H h/2 >= c - g^T H^-1 g/2 for a positive definite H */
        found = found && arb_mat_spd_solve(solution, m.hessian, right, w->prec);
        if (found)
        {
            arb_mul(x, m.gradient, arb_mat_entry(solution, 0, 0), w->prec);
            arb_addmul(x, m.gradient + 1, arb_mat_entry(solution, 1, 0), w->prec);
            arb_mul_2exp_si(x, x, -1);
            arb_sub(w->least_loss, m.constant, x, w->prec);
        }
        arb_mat_clear(solution);
        arb_mat_clear(right);
        cst__minorant_clear(&m);
        _arb_vec_clear(x, 2);
    }
    arf_clear(low);
    arf_clear(high);
    for (int i = 0; i < 4; i++)
        arf_clear(ends + i);
    return found
               ? CST_OK
               : cst_error_set(error, CST_REFUSED, "no lower bound of the loss on the whole cone was found");
}

/* E with x and psi in place of z_1, z_2, and a shift that brings the greatest value of E + 2 rho e^x, near
   log N, to 0 on a grid: a guide. */
static cst_status_t
build_exponent(work_t *w, cst_error_t *error)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    cst_expr_t v, c, s, y[2], p[2], guide, one = cst_expr_integer(ctx, 1), two = cst_expr_integer(ctx, 2);
    cst_expr_t rho = cst_expr_rational(ctx, w->rho);
    fmpq_t q;
    cst_status_t status;

    w->z[0] = cst_expr_variable(ctx, "z 1");
    w->z[1] = cst_expr_variable(ctx, "z 2");
    v = cst_expr_function(ctx, CST_EXPR_EXP, w->z[0]);
    c = cst_expr_function(ctx, CST_EXPR_COS, w->z[1]);
    s = cst_expr_function(ctx, CST_EXPR_SIN, w->z[1]);
    for (int i = 0; i < 2; i++)
        p[i] = cst_expr_mul(ctx, v, cst_expr_rational(ctx, w->point + i));
    y[0] = cst_expr_sub(ctx, cst_expr_mul(ctx, p[0], c), cst_expr_mul(ctx, p[1], s));
    y[1] = cst_expr_add(ctx, cst_expr_mul(ctx, p[1], c), cst_expr_mul(ctx, p[0], s));
    fmpq_init(q);
    fmpq_inv(q, w->twice_nu);
    fmpq_neg(q, q);
    w->exponent = cst_expr_mul(ctx, cst_expr_rational(ctx, q),
                               cst_expr_substitute(ctx, w->problem->loss, w->problem->coordinates, y, 2));
    fmpq_clear(q);
    c = cst_expr_mul(ctx, rho, cst_expr_add(ctx, one, cst_expr_power_si(ctx, v, 2)));
    w->exponent = cst_expr_sub(ctx, w->exponent, c);
    w->exponent = cst_expr_add(ctx, w->exponent, cst_expr_mul(ctx, two, w->z[0]));
    guide = cst_expr_add(ctx, w->exponent, cst_expr_mul(ctx, two, cst_expr_mul(ctx, rho, v)));
    status = cst__entropy_choose_shift(w->shift, ctx, guide, w->z, 2, -3, 3, 60, error);
    w->exponent = cst_expr_add(ctx, w->exponent, cst_expr_rational(ctx, w->shift));
    return status;
}

/* shift - least_loss/(2 nu) */
static void
log_density(arb_t f, const work_t *w)
{
    arb_t t;

    arb_init(t);
    arb_set_fmpq(t, w->twice_nu, w->prec);
    arb_div(t, w->least_loss, t, w->prec);
    arb_set_fmpq(f, w->shift, w->prec);
    arb_sub(f, f, t, w->prec);
    arb_clear(t);
}

/* The ends of x: outside the integrand should be negligible. A guide. */
static void
choose_ends(fmpq_t least, fmpq_t greatest, work_t *w)
{
    double rho = cst__fmpq_to_double(w->rho), low, high, digits;
    arb_t density;

    arb_init(density);
    log_density(density, w);
    digits = arf_get_d(arb_midref(density), ARF_RND_NEAR);
    digits = fmin(-log(w->tolerance) + fmax(0, digits), 1e4);
    low = -0.5 * fmax(4, 12 + digits - rho);
    digits += 20 + 3 * log1p(rho);
    if (rho > digits)
        low = fmax(low, log1p(-sqrt(digits / rho)));
    high = log1p(sqrt(digits / rho));
    cst__entropy_set_double(least, low, 20);
    cst__entropy_set_double(greatest, high, 20);
    w->depth = 2 * rho * exp(high);
    arb_clear(density);
}

/* The domain of the cubature, the orders of the kernel that are needed, and a bound of all that is left out.
 */
static int
choose_domain(work_t *w)
{
    fmpq_t least, greatest;
    arb_t v, bound;
    double small = 1e-3 * w->tolerance / (1 + cst__fmpq_to_double(w->rho));
    int found = 0;

    fmpq_init(least);
    fmpq_init(greatest);
    arb_init(v);
    arb_init(bound);
    choose_ends(least, greatest, w);
    /* all of its radial sums are sums of positive numbers: no digits are lost */
    cst__cone_kernel_init(&w->kernel, w->ratio, w->rho, w->prec - 20);
    fmpq_sub(w->kernel.half, greatest, least);
    fmpq_add(w->kernel.middle, greatest, least);
    fmpq_div_2exp(w->kernel.half, w->kernel.half, 1);
    fmpq_div_2exp(w->kernel.middle, w->kernel.middle, 1);
    arb_set_fmpq(v, least, w->prec);
    arb_exp(v, v, w->prec);
    cst__cone_kernel_bound_inside(w->left_out, &w->kernel, v);
    arb_set_fmpq(v, greatest, w->prec);
    arb_exp(v, v, w->prec);
    cst__cone_kernel_bound_outside(bound, &w->kernel, v);
    arb_add(w->left_out, w->left_out, bound, w->prec);
    log_density(v, w);
    arb_exp(v, v, w->prec);
    arb_mul(w->left_out, w->left_out, v, w->prec);
    for (slong order = 2; !found && order <= MAX_ORDER; order++)
    {
        arb_set_fmpq(bound, greatest, w->prec);
        arb_exp(bound, bound, w->prec);
        cst__cone_kernel_bound_orders(bound, &w->kernel, order, bound);
        arb_mul(bound, bound, v, w->prec);
        found = arf_cmp_d(arb_midref(bound), small) < 0;
        if (found)
            cst__cone_kernel_choose_order(&w->kernel, order);
    }
    arb_add(w->left_out, w->left_out, bound, w->prec);
    fmpq_clear(least);
    fmpq_clear(greatest);
    arb_clear(v);
    arb_clear(bound);
    return found;
}

/* ---- The answer ---- */

/* With m in units of R^2: u = -2 nu (log(rho m_0/pi) - shift); in the frame d/dR, (mu/R) d/dphi,
   Hess u = (theta^2 u - theta u, mu (theta u_phi - u_phi), mu^2 u_phiphi + theta u)/R^2, theta = R d/dR. */
static void
assemble(cst_entropy_t e, const work_t *w, arb_ptr m)
{
    slong prec = w->prec;
    arb_t factor, r2, t;
    arb_ptr h11 = arb_mat_entry(e->hessian, 0, 0), h12 = arb_mat_entry(e->hessian, 0, 1),
            h21 = arb_mat_entry(e->hessian, 1, 0), h22 = arb_mat_entry(e->hessian, 1, 1);

    arb_init(factor);
    arb_init(r2);
    arb_init(t);
    arb_set_fmpq(factor, w->twice_nu, prec);
    arb_neg(factor, factor);
    arb_const_pi(t, prec);
    arb_div(t, w->kernel.rho, t, prec);
    arb_mul(t, t, m + CST__CONE_MASS, prec);
    arb_log(e->value, t, prec);
    arb_set_fmpq(t, w->shift, prec);
    arb_sub(e->value, e->value, t, prec);
    arb_mul(e->value, e->value, factor, prec);
    for (int i = 1; i < CST__CONE_WEIGHTS; i++)
        arb_div(m + i, m + i, m + CST__CONE_MASS, prec);
    arb_submul(m + CST__CONE_DILATED_TWICE, m + CST__CONE_DILATED, m + CST__CONE_DILATED, prec);
    arb_submul(m + CST__CONE_TURNED_TWICE, m + CST__CONE_TURNED, m + CST__CONE_TURNED, prec);
    arb_submul(m + CST__CONE_DILATED_TURNED, m + CST__CONE_DILATED, m + CST__CONE_TURNED, prec);
    for (int i = 1; i < CST__CONE_WEIGHTS; i++)
        arb_mul(m + i, m + i, factor, prec);
    /* R^2 = 4 nu t rho = 2 (2 nu) t rho */
    arb_set_fmpq(t, w->problem->time, prec);
    arb_mul(r2, factor, t, prec);
    arb_mul(r2, r2, w->kernel.rho, prec);
    arb_mul_si(r2, r2, -2, prec);
    arb_sub(h11, m + CST__CONE_DILATED_TWICE, m + CST__CONE_DILATED, prec);
    arb_sub(h12, m + CST__CONE_DILATED_TURNED, m + CST__CONE_TURNED, prec);
    arb_mul(h12, h12, w->kernel.mu, prec);
    arb_set_fmpq(t, w->ratio, prec);
    arb_mul(h22, m + CST__CONE_TURNED_TWICE, t, prec);
    arb_add(h22, h22, m + CST__CONE_DILATED, prec);
    arb_set(h21, h12);
    arb_mat_scalar_div_arb(e->hessian, e->hessian, r2, prec);
    arb_sqrt(r2, r2, prec);
    arb_div(e->gradient, m + CST__CONE_DILATED, r2, prec);
    arb_mul(e->gradient + 1, m + CST__CONE_TURNED, w->kernel.mu, prec);
    arb_div(e->gradient + 1, e->gradient + 1, r2, prec);
    cst_entropy_least_eigenvalue(e->least, e->hessian, prec);
    arb_clear(factor);
    arb_clear(r2);
    arb_clear(t);
}

/* z_1, z_2 in the place of x and psi: dx dpsi = half pi dz_1 dz_2. */
static void
scale_variables(work_t *w, arb_t area)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    cst_expr_t x[2];

    x[0] = cst_expr_mul(ctx, cst_expr_rational(ctx, w->kernel.half), w->z[0]);
    x[0] = cst_expr_add(ctx, cst_expr_rational(ctx, w->kernel.middle), x[0]);
    x[1] = cst_expr_mul(ctx, cst_expr_pi(ctx), w->z[1]);
    w->exponent = cst_expr_substitute(ctx, w->exponent, w->z, x, 2);
    arb_const_pi(area, w->prec);
    arb_mul_fmpz(area, area, fmpq_numref(w->kernel.half), w->prec);
    arb_div_fmpz(area, area, fmpq_denref(w->kernel.half), w->prec);
}

static cst_status_t
integrate(cst_entropy_t e, work_t *w, const cst_entropy_options_t *options, cst_error_t *error)
{
    cst__cubature_t cubature = {.ctx = w->problem->ctx,
                                .dimension = 2,
                                .variables = w->z,
                                .count = CST__CONE_WEIGHTS,
                                .bound_weights = cst__cone_kernel_bound,
                                .integrate_weights = cst__cone_kernel_integrate,
                                .data = &w->kernel,
                                .radius = 1,
                                .tolerance = w->tolerance,
                                .bits = w->prec + (slong) (1.5 * w->depth),
                                .max_boxes = options && options->max_boxes > 0 ? options->max_boxes : 100000,
                                .seconds = options ? options->seconds : 0};
    cst__cubature_report_t report;
    arb_ptr m = _arb_vec_init(CST__CONE_WEIGHTS);
    arb_t area;
    cst_status_t status;

    arb_init(area);
    scale_variables(w, area);
    cubature.exponent = w->exponent;
    status = cst__cubature_integrate(m, &report, &cubature, cubature.bits, error);
    if (status == CST_OK || status == CST_PARTIAL)
    {
        for (int k = 0; k < CST__CONE_WEIGHTS; k++)
        {
            arb_mul(m + k, m + k, area, cubature.bits);
            arb_add_error(m + k, w->left_out);
        }
        e->boxes = report.boxes;
        e->reached = report.relative;
        if (!arb_is_positive(m))
            status = cst_error_set(error, CST_UNDECIDED, "the integral was not bounded away from zero");
        else if (status == CST_PARTIAL)
            cst_error_set(error, status, "the boxes or the time ran out");
        assemble(e, w, m);
    }
    _arb_vec_clear(m, CST__CONE_WEIGHTS);
    arb_clear(area);
    return status;
}

/* rho = r^2/(4 a nu t) */
static void
work_init(work_t *w, const fmpq_t a, const fmpq_t b)
{
    fmpq_init(w->ratio);
    fmpq_init(w->rho);
    fmpq_init(w->shift);
    fmpq_init(w->twice_nu);
    arb_init(w->least_loss);
    arb_init(w->left_out);
    fmpq_div(w->ratio, b, a);
    fmpq_mul_si(w->twice_nu, w->problem->nu, 2);
    fmpq_mul(w->rho, w->point, w->point);
    fmpq_addmul(w->rho, w->point + 1, w->point + 1);
    fmpq_div(w->rho, w->rho, a);
    fmpq_div(w->rho, w->rho, w->twice_nu);
    fmpq_div(w->rho, w->rho, w->problem->time);
    fmpq_div_2exp(w->rho, w->rho, 1);
}

static void
work_clear(work_t *w)
{
    fmpq_clear(w->ratio);
    fmpq_clear(w->rho);
    fmpq_clear(w->shift);
    fmpq_clear(w->twice_nu);
    arb_clear(w->least_loss);
    arb_clear(w->left_out);
}

cst_status_t
cst_entropy_enclose_on_cone(cst_entropy_t entropy, const cst_entropy_problem_t *problem, const fmpq_t radial,
                            const fmpq_t angular, const fmpq *point, const cst_entropy_options_t *options,
                            cst_error_t *error)
{
    work_t w = {.problem = problem, .point = point};
    cst_status_t status;

    if (problem->dimension != 2)
        return cst_error_set(error, CST_REFUSED, "the heat semigroup is enclosed on cones of dimension 2");
    if (fmpq_sgn(problem->nu) <= 0 || fmpq_sgn(problem->time) <= 0 || fmpq_sgn(radial) <= 0 ||
        fmpq_sgn(angular) <= 0)
        return cst_error_set(error, CST_BAD_INPUT, "nu, the time and the co-metric must be positive");
    if (fmpq_is_zero(point) && fmpq_is_zero(point + 1))
        return cst_error_set(error, CST_REFUSED,
                             "the point is the tip of the cone, where it has no tangent space");
    w.tolerance = options && options->tolerance > 0 ? options->tolerance : 1e-9;
    w.prec = 64 + (slong) fmax(0, -log2(w.tolerance));
    work_init(&w, radial, angular);
    status = bound_loss(&w, error);
    if (status == CST_OK)
        status = build_exponent(&w, error);
    if (status == CST_OK)
    {
        if (choose_domain(&w))
            status = integrate(entropy, &w, options, error);
        else
            status = cst_error_set(error, CST_UNDECIDED,
                                   "nu t is too small for this point: more than %d orders of the heat kernel",
                                   MAX_ORDER);
        cst__cone_kernel_clear(&w.kernel);
    }
    work_clear(&w);
    return status;
}
