/* hj/entropy-sphere.c -- the heat semigroup of the unit circle and of the unit sphere in place of the
   Gaussian.

   exp(-u/2nu)(x) = int p(x.Y) exp(-L(Y)/2nu) dY, where p(c) = sum_l a_l exp(-nu t l(l+n-1)) P_l(c) is the
   heat kernel (n = 1: a_0 = 1/(2 pi), a_l = 1/pi, Chebyshev's P_l = T_l; n = 2: a_l = (2l+1)/(4 pi),
   Legendre's). For orthonormal e_a at x, its derivatives are those of p(x.Y): p' (e_a.Y), and p''
   (e_a.Y)(e_b.Y) - p' (x.Y) delta_ab. */
#include <math.h>

#include "hj/entropy.h"

#define MAX_DEGREE 300
#define MAX_WEIGHTS 7

typedef struct
{
    const cst_entropy_problem_t *problem; /* in n + 1 ambient coordinates */
    slong n, prec;
    double tolerance;
    cst_expr_t x[3], e[2][3]; /* the point and the frame, constants */
    cst_expr_t z[2], y[3];    /* y(z) on the sphere */
    cst_expr_t cosine, area;  /* x.Y, and dY/dz */
    cst_expr_t exponent;      /* with the shift */
    fmpq_t shift, twice_nu;
    slong degree;
    arb_t
        left_out; /* a bound of what p, and its derivatives above, lack beyond the degree, and of rounding */
} work_t;

static cst_expr_t
combine(cst_expr_ctx_t ctx, cst_expr_t a, cst_expr_t b, cst_expr_t c, cst_expr_t d)
{
    return cst_expr_add(ctx, cst_expr_mul(ctx, a, b), cst_expr_mul(ctx, c, d));
}

static cst_expr_t
dot(const work_t *w, const cst_expr_t *a, const cst_expr_t *b)
{
    cst_expr_t sum = cst_expr_integer(w->problem->ctx, 0);

    for (slong i = 0; i <= w->n; i++)
        sum = cst_expr_add(w->problem->ctx, sum, cst_expr_mul(w->problem->ctx, a[i], b[i]));
    return sum;
}

static void
normalize(const work_t *w, cst_expr_t *v)
{
    cst_expr_t length = cst_expr_sqrt(w->problem->ctx, dot(w, v, v));

    for (slong i = 0; i <= w->n; i++)
        v[i] = cst_expr_div(w->problem->ctx, v[i], length);
}

/* x = point/|point|, e_1 perpendicular to it in the first two coordinates, e_2 = x cross e_1. */
static cst_status_t
build_frame(work_t *w, const fmpq *point, cst_error_t *error)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    cst_expr_t zero = cst_expr_integer(ctx, 0);
    int pole = fmpq_is_zero(point) && fmpq_is_zero(point + 1);

    if (pole && (w->n == 1 || fmpq_is_zero(point + 2)))
        return cst_error_set(error, CST_BAD_INPUT, "the point is the origin, which is not on a ray");
    for (slong i = 0; i <= w->n; i++)
        w->x[i] = cst_expr_rational(ctx, point + i);
    w->e[0][0] = pole ? cst_expr_integer(ctx, 1) : cst_expr_neg(ctx, w->x[1]);
    w->e[0][1] = w->x[0];
    w->e[0][2] = zero;
    normalize(w, w->x);
    normalize(w, w->e[0]);
    for (int i = 0; w->n == 2 && i < 3; i++)
        w->e[1][i] = combine(ctx, w->x[(i + 1) % 3], w->e[0][(i + 2) % 3],
                             cst_expr_neg(ctx, w->x[(i + 2) % 3]), w->e[0][(i + 1) % 3]);
    return CST_OK;
}

/* n = 1: Y = cos(pi z) x + sin(pi z) e. n = 2: the same with the angle pi (1 + z_1)/2 and the direction
   cos(pi z_2) e_1 + sin(pi z_2) e_2. */
static void
build_chart(work_t *w)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    cst_expr_t pi = cst_expr_pi(ctx), one = cst_expr_integer(ctx, 1), angle, sine, direction[3];

    w->z[0] = cst_expr_variable(ctx, "z 1");
    w->z[1] = cst_expr_variable(ctx, "z 2");
    angle = cst_expr_mul(ctx, pi, w->z[0]);
    for (int i = 0; i < 3; i++)
        direction[i] = w->e[0][i];
    if (w->n == 2)
    {
        cst_expr_t turn = cst_expr_mul(ctx, pi, w->z[1]), c = cst_expr_function(ctx, CST_EXPR_COS, turn),
                   s = cst_expr_function(ctx, CST_EXPR_SIN, turn);

        angle = cst_expr_div(ctx, cst_expr_mul(ctx, pi, cst_expr_add(ctx, one, w->z[0])),
                             cst_expr_integer(ctx, 2));
        for (int i = 0; i < 3; i++)
            direction[i] = combine(ctx, c, w->e[0][i], s, w->e[1][i]);
    }
    w->cosine = cst_expr_function(ctx, CST_EXPR_COS, angle);
    sine = cst_expr_function(ctx, CST_EXPR_SIN, angle);
    for (slong i = 0; i <= w->n; i++)
        w->y[i] = combine(ctx, w->cosine, w->x[i], sine, direction[i]);
    w->area = pi;
    if (w->n == 2) /* sin(angle) (pi/2) pi */
        w->area =
            cst_expr_div(ctx, cst_expr_mul(ctx, sine, cst_expr_mul(ctx, pi, pi)), cst_expr_integer(ctx, 2));
}

/* The coefficient of P_l, rounded; `left_out` takes up l^4 times the rounding. */
static void
coefficient(fmpq_t a, work_t *w, slong l)
{
    fmpq_t rate;
    arb_t v, pi;

    fmpq_init(rate);
    arb_init(v);
    arb_init(pi);
    fmpq_mul(rate, w->problem->nu, w->problem->time);
    fmpq_mul_si(rate, rate, -l * (l + w->n - 1));
    arb_set_fmpq(v, rate, w->prec);
    arb_exp(v, v, w->prec);
    arb_mul_si(v, v, w->n == 2 ? 2 * l + 1 : l == 0 ? 1 : 2, w->prec);
    arb_const_pi(pi, w->prec);
    arb_div(v, v, pi, w->prec);
    arb_mul_2exp_si(v, v, -w->n);
    arf_get_fmpq(a, arb_midref(v));
    arb_zero(pi);
    arb_get_rad_arb(pi, v);
    arb_mul_si(pi, pi, l > 0 ? l * l * l * l : 1, w->prec);
    arb_add(w->left_out, w->left_out, pi, w->prec);
    fmpq_clear(rate);
    arb_clear(v);
    arb_clear(pi);
}

/* term(l) = (2l+1)/(2 pi) exp(-nu t l^2) l^4 bounds the l-th term of p and of its derivatives, because |P_l'|
   <= l^2 and |P_l''| <= l^4/2. Once term(l+1)/term(l) <= 1/2, and so ever after, the sum from l on is <= 2
   term(l). */
static int
choose_degree(work_t *w)
{
    arb_t v, ratio, aim, half;
    int found = 0;

    arb_init(v);
    arb_init(ratio);
    arb_init(aim);
    arb_init(half);
    arb_set_d(aim, 1e-6 * w->tolerance);
    arb_set_d(half, 0.5);
    for (w->degree = 2; !found && w->degree < MAX_DEGREE; w->degree += !found)
    {
        slong l = w->degree + 1;

        arb_set_fmpq(v, w->problem->nu, w->prec);
        arb_set_fmpq(ratio, w->problem->time, w->prec);
        arb_mul(ratio, ratio, v, w->prec);
        arb_mul_si(v, ratio, -l * l, w->prec);
        arb_exp(v, v, w->prec);
        arb_mul_si(v, v, (2 * l + 1) * l * l * l * l, w->prec);
        arb_mul_si(ratio, ratio, -(2 * l + 1), w->prec);
        arb_exp(ratio, ratio, w->prec);
        arb_mul_si(ratio, ratio, (2 * l + 3) * (l + 1) * (l + 1) * (l + 1) * (l + 1), w->prec);
        arb_div_si(ratio, ratio, (2 * l + 1) * l * l * l * l, w->prec);
        found = arb_le(ratio, half) && arb_lt(v, aim); /* 2/(2 pi) < 1 */
    }
    arb_set(w->left_out, v);
    arb_clear(v);
    arb_clear(ratio);
    arb_clear(aim);
    arb_clear(half);
    return found;
}

/* p(c) by Clenshaw's recurrence b_l = a_l + alpha_l c b_(l+1) + beta_(l+1) b_(l+2), which is stable:
   P_(l+1) = alpha_l c P_l + beta_l P_(l-1). */
static cst_expr_t
kernel(work_t *w, cst_expr_t c)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    cst_expr_t b1 = cst_expr_integer(ctx, 0), b2 = b1, b;
    fmpq_t a;

    fmpq_init(a);
    for (slong l = w->degree; l >= 0; l--)
    {
        fmpq_t alpha, beta;

        fmpq_init(alpha);
        fmpq_init(beta);
        coefficient(a, w, l);
        if (w->n == 2)
        {
            fmpq_set_si(alpha, 2 * l + 1, (ulong) l + 1);
            fmpq_set_si(beta, -(l + 1), (ulong) l + 2);
        }
        else
        {
            fmpq_set_si(alpha, l == 0 ? 1 : 2, 1);
            fmpq_set_si(beta, -1, 1);
        }
        b = cst_expr_mul(ctx, cst_expr_rational(ctx, alpha), cst_expr_mul(ctx, c, b1));
        b = cst_expr_add(ctx, b, cst_expr_mul(ctx, cst_expr_rational(ctx, beta), b2));
        b = cst_expr_add(ctx, b, cst_expr_rational(ctx, a));
        b2 = b1;
        b1 = b;
        fmpq_clear(alpha);
        fmpq_clear(beta);
    }
    fmpq_clear(a);
    return b1;
}

/* Times the area: p; p' (e_a.Y); p'' (e_a.Y)(e_b.Y) - p' (x.Y) delta_ab; and 1. */
static slong
build_weights(cst_expr_t *weights, work_t *w)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    cst_expr_t c = cst_expr_variable(ctx, "c 0"), p[3], e[2];
    slong count = 0;

    p[0] = kernel(w, c);
    p[1] = cst_expr_derivative(ctx, p[0], c);
    p[2] = cst_expr_derivative(ctx, p[1], c);
    for (int k = 0; k < 3; k++)
        p[k] = cst_expr_mul(ctx, cst_expr_substitute(ctx, p[k], &c, &w->cosine, 1), w->area);
    for (slong a = 0; a < w->n; a++)
        e[a] = dot(w, w->e[a], w->y);
    weights[count++] = p[0];
    for (slong a = 0; a < w->n; a++)
        weights[count++] = cst_expr_mul(ctx, p[1], e[a]);
    for (slong a = 0; a < w->n; a++)
        for (slong b = a; b < w->n; b++)
        {
            cst_expr_t second = cst_expr_mul(ctx, p[2], cst_expr_mul(ctx, e[a], e[b]));

            if (a == b)
                second = cst_expr_sub(ctx, second, cst_expr_mul(ctx, p[1], w->cosine));
            weights[count++] = second;
        }
    weights[count++] = w->area;
    return count;
}

/* E = shift - L(Y)/(2 nu); the shift, minus its greatest value on a grid, is a guide. */
static cst_status_t
build_exponent(work_t *w, cst_error_t *error)
{
    cst_expr_ctx_t ctx = w->problem->ctx;
    fmpq_t c;
    cst_status_t status;

    fmpq_init(c);
    fmpq_mul_si(w->twice_nu, w->problem->nu, 2);
    fmpq_inv(c, w->twice_nu);
    fmpq_neg(c, c);
    w->exponent =
        cst_expr_mul(ctx, cst_expr_rational(ctx, c),
                     cst_expr_substitute(ctx, w->problem->loss, w->problem->coordinates, w->y, w->n + 1));
    fmpq_clear(c);
    status = cst__entropy_choose_shift(w->shift, ctx, w->exponent, w->z, w->n, -1, 1, w->n == 1 ? 1000 : 60,
                                       error);
    w->exponent = cst_expr_add(ctx, w->exponent, cst_expr_rational(ctx, w->shift));
    return status;
}

/* u = -2 nu (log M - shift), du = -2 nu M_a/M, Hess u = -2 nu (M_ab/M - M_a M_b/M^2). */
static void
assemble(cst_entropy_t e, const work_t *w, arb_srcptr m)
{
    slong n = w->n, prec = w->prec, k = 1 + n;
    arb_t factor;

    arb_init(factor);
    arb_set_fmpq(factor, w->twice_nu, prec);
    arb_neg(factor, factor);
    arb_set_fmpq(e->least, w->shift, prec);
    arb_log(e->value, m, prec);
    arb_sub(e->value, e->value, e->least, prec);
    arb_mul(e->value, e->value, factor, prec);
    for (slong a = 0; a < n; a++)
        arb_div(e->gradient + a, m + 1 + a, m, prec);
    for (slong a = 0; a < n; a++)
        for (slong b = a; b < n; b++, k++)
        {
            arb_ptr h = arb_mat_entry(e->hessian, a, b);

            arb_div(h, m + k, m, prec);
            arb_submul(h, e->gradient + a, e->gradient + b, prec);
            arb_mul(h, h, factor, prec);
            arb_set(arb_mat_entry(e->hessian, b, a), h);
        }
    for (slong a = 0; a < n; a++)
        arb_mul(e->gradient + a, e->gradient + a, factor, prec);
    cst_entropy_least_eigenvalue(e->least, e->hessian, prec);
    arb_clear(factor);
}

static cst_status_t
integrate(cst_entropy_t e, work_t *w, const cst_entropy_options_t *options, cst_error_t *error)
{
    cst_expr_t weights[MAX_WEIGHTS];
    cst__cubature_t cubature = {.ctx = w->problem->ctx,
                                .dimension = w->n,
                                .variables = w->z,
                                .exponent = w->exponent,
                                .weights = weights,
                                .radius = 1,
                                .tolerance = w->tolerance,
                                /* radii grow by 1 + sqrt 2 in a step of Clenshaw's recurrence */
                                .bits = w->prec + 3 * w->degree / 2,
                                .max_boxes = options && options->max_boxes > 0 ? options->max_boxes : 100000,
                                .seconds = options ? options->seconds : 0};
    cst__cubature_report_t report;
    arb_ptr m = _arb_vec_init(MAX_WEIGHTS);
    cst_status_t status;
    slong last;

    cubature.count = build_weights(weights, w);
    last = cubature.count - 1;
    status = cst__cubature_integrate(m, &report, &cubature, cubature.bits, error);
    if (status == CST_OK || status == CST_PARTIAL)
    {
        arb_mul(m + last, m + last, w->left_out, w->prec);
        for (slong k = 0; k < last; k++)
            arb_add_error(m + k, m + last);
        e->boxes = report.boxes;
        e->reached = report.relative;
        assemble(e, w, m);
        if (!arb_is_positive(m))
            status = cst_error_set(error, CST_UNDECIDED, "the integral was not bounded away from zero");
        else if (status == CST_PARTIAL)
            cst_error_set(error, status, "the boxes or the time ran out");
    }
    _arb_vec_clear(m, MAX_WEIGHTS);
    return status;
}

/* Is the loss invariant under positive scalings, y^a dL/dy^a = 0? */
static cst_status_t
check_scaling(const cst_entropy_problem_t *p, cst_error_t *error)
{
    cst_expr_t sum = cst_expr_integer(p->ctx, 0);

    for (slong i = 0; i < p->dimension; i++)
        sum = cst_expr_add(
            p->ctx, sum,
            cst_expr_mul(p->ctx, p->coordinates[i], cst_expr_derivative(p->ctx, p->loss, p->coordinates[i])));
    if (cst_expr_is_zero(p->ctx, sum, NULL, 0) == CST_TRUE)
        return CST_OK;
    return cst_error_set(error, CST_REFUSED,
                         "the loss is not invariant under scalings, as far as can be proved");
}

cst_status_t
cst_entropy_enclose_on_sphere(cst_entropy_t entropy, const cst_entropy_problem_t *problem, const fmpq *point,
                              const cst_entropy_options_t *options, cst_error_t *error)
{
    work_t w = {.problem = problem, .n = problem->dimension - 1};
    cst_status_t status;

    if (w.n < 1 || w.n > 2)
        return cst_error_set(error, CST_REFUSED,
                             "the heat semigroup is enclosed on the circle and the sphere S^2");
    if (fmpq_sgn(problem->nu) <= 0 || fmpq_sgn(problem->time) <= 0)
        return cst_error_set(error, CST_BAD_INPUT, "nu and the time must be positive");
    w.tolerance = options && options->tolerance > 0 ? options->tolerance : 1e-9;
    w.prec = 64 + (slong) fmax(0, -log2(w.tolerance));
    fmpq_init(w.shift);
    fmpq_init(w.twice_nu);
    arb_init(w.left_out);
    status = check_scaling(problem, error);
    if (status == CST_OK)
        status = build_frame(&w, point, error);
    if (status == CST_OK && !choose_degree(&w))
        status = cst_error_set(error, CST_UNDECIDED, "nu t is too small: more than %d harmonics", MAX_DEGREE);
    if (status == CST_OK)
    {
        build_chart(&w);
        status = build_exponent(&w, error);
    }
    if (status == CST_OK)
        status = integrate(entropy, &w, options, error);
    fmpq_clear(w.shift);
    fmpq_clear(w.twice_nu);
    arb_clear(w.left_out);
    return status;
}
