/* The monotone system against routes that do not use it: closed forms, and the linearized flow integrated by
 * itself. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include <caustic/hj.h>

TestSuite(field, .timeout = 120);

typedef struct
{
    cst_expr_ctx_t ctx;
    cst_expr_t q[2], p[2];
    cst_hj_t hj;
} plane_t;

/* H and u0 as texts in x, y and p_x, p_y. */
static void
plane_init(plane_t *plane, const char *hamiltonian, const char *initial)
{
    static const char *const names[] = {"x", "y", "p_x", "p_y"};
    cst_expr_t values[4];
    cst_expr_scope_t scope = {names, values, 4};
    cst_error_t error;

    plane->ctx = cst_expr_ctx_new();
    for (int i = 0; i < 4; i++)
        values[i] = cst_expr_variable(plane->ctx, names[i]);
    memcpy(plane->q, values, sizeof plane->q);
    memcpy(plane->p, values + 2, sizeof plane->p);
    memset(&plane->hj, 0, sizeof plane->hj);
    plane->hj.ctx = plane->ctx;
    plane->hj.dimension = 2;
    plane->hj.coordinates = plane->q;
    plane->hj.momenta = plane->p;
    cr_assert_eq(cst_expr_parse(&plane->hj.hamiltonian, plane->ctx, hamiltonian, &scope, &error), CST_OK);
    cr_assert_eq(cst_expr_parse(&plane->hj.initial, plane->ctx, initial, &scope, &error), CST_OK);
}

static const char curved[] = "(p_x^2*(1 + y^2) + p_x*p_y*x/2 + p_y^2*(2 + sin(x)))/2 + x*p_y/3 + cos(y)/5";

Test(field, places_in_the_state)
{
    for (slong n = 1; n < 8; n++)
    {
        slong place = 0;

        for (slong i = 0; i < n; i++)
            for (slong j = i; j < n; j++, place++)
            {
                cr_assert_eq(cst_hj_pair(n, i, j), place);
                cr_assert_eq(cst_hj_pair(n, j, i), place);
            }
        cr_assert_eq(cst_hj_riccati_offset(n), 2 * n);
        cr_assert_eq(cst_hj_inverse_offset(n), 2 * n + place);
        cr_assert_eq(cst_hj_monotone_offset(n), 2 * n + place + n * n);
        cr_assert_eq(cst_hj_state_length(n), 2 * n * n + 3 * n);
    }
}

typedef void (*field_t)(double *dx, const double *x, void *data);

static void
runge_kutta(double *x, int length, double h, field_t field, void *data)
{
    double k[4][32], y[32];

    for (int s = 0; s < 4; s++)
    {
        for (int i = 0; i < length; i++)
            y[i] = s ? x[i] + (s == 3 ? h : h / 2) * k[s - 1][i] : x[i];
        field(k[s], y, data);
    }
    for (int i = 0; i < length; i++)
        x[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
}

static void
tape_field(double *dx, const double *x, void *data)
{
    double work[2000];

    cst_tape_eval_double(dx, data, x, work);
}

/* q, p alone: the first two outputs of each half of the monotone field do not depend on the rest. */
static void
characteristic(double *end, const plane_t *plane, double x, double y, double t)
{
    cst_tape_t field, initial;
    cst_error_t error;
    double state[14] = {x, y}, data[5], work[2000];

    cr_assert_eq(cst_hj_monotone_field(field, &plane->hj, &error), CST_OK);
    cr_assert_eq(cst_hj_initial_tape(initial, &plane->hj, &error), CST_OK);
    cr_assert(field->length < 2000 && initial->length < 2000);
    cst_tape_eval_double(data, initial, state, work);
    state[2] = data[0];
    state[3] = data[1];
    for (int i = 0; i < 400; i++)
        runge_kutta(state, 14, t / 400, tape_field, field);
    end[0] = state[0];
    end[1] = state[1];
    cst_tape_clear(field);
    cst_tape_clear(initial);
}

/* M(t) C is Q^^-1 Q; with W = Q^^-T, so W^-T M C = D Phi_t, which finite differences of whole characteristics
 * give as well. */
Test(field, the_monotone_matrix_is_that_of_the_flow)
{
    plane_t plane;
    cst_tape_t field, initial;
    cst_error_t error;
    const double c[2] = {1.5, 0.75}, t = 0.4, q[2] = {0.3, -0.2}, h = 1e-4;
    double state[14] = {0.3, -0.2}, data[5], work[2000], flow[2][2], product[2][2], det;
    double *r = state + 4, *w = state + 7, *m = state + 11;

    plane_init(&plane, curved, "x^2*y - cos(x + 2*y)/3");
    cr_assert_eq(cst_hj_monotone_field(field, &plane.hj, &error), CST_OK);
    cr_assert_eq(cst_hj_initial_tape(initial, &plane.hj, &error), CST_OK);
    cst_tape_eval_double(data, initial, state, work);
    memcpy(state + 2, data, 5 * sizeof(double));
    r[0] += c[0];
    r[2] += c[1];
    w[0] = w[3] = 1;
    m[0] = 1 / c[0];
    m[2] = 1 / c[1];
    for (int i = 0; i < 400; i++)
        runge_kutta(state, 14, t / 400, tape_field, field);
    /* Q^ = W^-T; D Phi = Q^ M C */
    det = w[0] * w[3] - w[1] * w[2];
    for (int j = 0; j < 2; j++)
    {
        double m0 = (j ? m[1] : m[0]) * c[j], m1 = (j ? m[2] : m[1]) * c[j];

        product[0][j] = (w[3] * m0 - w[2] * m1) / det;
        product[1][j] = (-w[1] * m0 + w[0] * m1) / det;
    }
    for (int j = 0; j < 2; j++)
    {
        double above[2], below[2];

        characteristic(above, &plane, q[0] + (j == 0 ? h : 0), q[1] + (j == 1 ? h : 0), t);
        characteristic(below, &plane, q[0] - (j == 0 ? h : 0), q[1] - (j == 1 ? h : 0), t);
        flow[0][j] = (above[0] - below[0]) / (2 * h);
        flow[1][j] = (above[1] - below[1]) / (2 * h);
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            cr_assert_float_eq(product[i][j], flow[i][j], 1e-6, "%d %d: %.9g and %.9g", i, j, product[i][j],
                               flow[i][j]);
    cr_assert(fabs(flow[0][1]) > 0.05); /* the test sees off-diagonal entries */
    cst_tape_clear(field);
    cst_tape_clear(initial);
    cst_expr_ctx_free(plane.ctx);
    flint_cleanup();
}

Test(field, only_momenta_make_a_problem_static)
{
    plane_t plane;

    plane_init(&plane, "p_x^2/2 + exp(p_y) + p_x*p_y/4", "x*y");
    cr_assert(cst_hj_is_static(&plane.hj));
    plane.hj.positive = plane.q; /* a condition on the coordinates has to be watched along the way */
    plane.hj.positive_length = 1;
    cr_assert_not(cst_hj_is_static(&plane.hj));
    cst_expr_ctx_free(plane.ctx);
    plane_init(&plane, curved, "x*y");
    cr_assert_not(cst_hj_is_static(&plane.hj));
    cst_expr_ctx_free(plane.ctx);
    flint_cleanup();
}

/* H_pp of H = (p_x^2 + 4 p_x p_y + 9 p_y^2)/2 + p_x^4/12, and the positive functions behind it. */
Test(field, convexity_is_the_second_derivative_by_momenta)
{
    plane_t plane;
    cst_tape_t tape;
    cst_expr_t positive;
    cst_error_t error;
    double in[4] = {5, 7, 2, 3}, out[4], work[200];

    plane_init(&plane, "(p_x^2 + 4*p_x*p_y + 9*p_y^2)/2 + p_x^4/12", "x");
    positive = cst_expr_add(plane.ctx, plane.q[0], plane.p[1]);
    plane.hj.positive = &positive;
    plane.hj.positive_length = 1;
    cr_assert_eq(cst_hj_convexity_tape(tape, &plane.hj, &error), CST_OK);
    cr_assert_eq(tape->output_count, 4);
    cst_tape_eval_double(out, tape, in, work);
    cr_assert(out[0] == 1 + 4 && out[1] == 2 && out[2] == 9 && out[3] == 8);
    cst_tape_clear(tape);
    cst_expr_ctx_free(plane.ctx);
    flint_cleanup();
}

/* On a curved plane, against second derivatives by differences of the first. */
Test(field, variations_are_the_second_derivatives)
{
    enum
    {
        Q = 2,
        OUT = 2 * 2 + 3 * 4
    };
    double at[4] = {0.3, -0.7, 1.1, 0.4}, out[OUT], up[OUT], down[OUT], work[512], h = 1e-5;
    plane_t plane;
    cst_tape_t tape;
    cst_error_t error;

    plane_init(&plane, curved, "x");
    cr_assert_eq(cst_hj_variation_tape(tape, &plane.hj, &error), CST_OK);
    cr_assert(tape->length <= 512 && tape->output_count == OUT);
    cst_tape_eval_double(out, tape, at, work);
    cr_assert_float_eq(out[0], 1.1 * (1 + 0.49) + 0.4 * 0.3 / 4, 1e-12);
    cr_assert_float_eq(out[2], -(1.1 * 0.4 / 4 + 0.16 * cos(0.3) / 2 + 0.4 / 3), 1e-12);
    for (int j = 0; j < 4; j++)
    {
        double x[4];

        memcpy(x, at, sizeof x);
        x[j] += h;
        cst_tape_eval_double(up, tape, x, work);
        x[j] -= 2 * h;
        cst_tape_eval_double(down, tape, x, work);
        for (int i = 0; i < Q; i++)
        {
            double p = (up[i] - down[i]) / (2 * h), q = -(up[Q + i] - down[Q + i]) / (2 * h);

            cr_assert_float_eq(p, out[4 + (j < Q ? 4 + i * Q + j : i * Q + j - Q)], 1e-8);
            if (j < Q)
                cr_assert_float_eq(q, out[12 + i * Q + j], 1e-8);
        }
    }
    cst_tape_clear(tape);
    cst_expr_ctx_free(plane.ctx);
}
