/* tests/hj/entropy-case.h -- one local entropy to be enclosed, and what is expected of it. */
#ifndef TESTS_HJ_ENTROPY_CASE_H
#define TESTS_HJ_ENTROPY_CASE_H

#include <criterion/criterion.h>
#include <math.h>

#include <caustic/entropy.h>

typedef struct
{
    cst_expr_ctx_t ctx;
    cst_expr_t q[3];
    fmpq_t nu, time;
    fmpq point[3];
    cst_entropy_problem_t problem;
    cst_entropy_t result;
    cst_entropy_options_t options;
    cst_error_t error;
} case_t;

static inline void
case_init(case_t *c, slong n, const char *loss, const char *nu, const char *time)
{
    static const char *const names[] = {"x", "y", "z"};
    cst_expr_scope_t scope = {names, c->q, 3};

    c->ctx = cst_expr_ctx_new();
    for (int i = 0; i < 3; i++)
    {
        c->q[i] = cst_expr_variable(c->ctx, names[i]);
        fmpq_init(c->point + i);
    }
    fmpq_init(c->nu);
    fmpq_init(c->time);
    fmpq_set_str(c->nu, nu, 10);
    fmpq_set_str(c->time, time, 10);
    c->problem = (cst_entropy_problem_t){c->ctx, n, c->q, NULL, c->nu, c->time, NULL};
    cr_assert_eq(cst_expr_parse(&c->problem.loss, c->ctx, loss, &scope, &c->error), CST_OK, "%s",
                 c->error.message);
    cst_entropy_init(c->result, n);
    c->options = (cst_entropy_options_t){0};
    cst_error_clear(&c->error);
}

static inline void
case_clear(case_t *c)
{
    for (int i = 0; i < 3; i++)
        fmpq_clear(c->point + i);
    fmpq_clear(c->nu);
    fmpq_clear(c->time);
    cst_entropy_clear(c->result);
    cst_expr_ctx_free(c->ctx);
}

static inline cst_status_t
enclose(case_t *c)
{
    return cst_entropy_enclose(c->result, &c->problem, c->point, &c->options, &c->error);
}

/* The true value, an expression without variables, is inside, and the enclosure is narrow. */
static inline void
expect(case_t *c, const arb_t enclosure, const char *truth, double radius)
{
    cst_expr_scope_t none = {NULL, NULL, 0};
    cst_expr_t e;
    arb_t v;

    arb_init(v);
    cr_assert_eq(cst_expr_parse(&e, c->ctx, truth, &none, &c->error), CST_OK, "%s", c->error.message);
    cst_expr_enclose(v, e, NULL, NULL, 0, 128);
    cr_assert(arb_contains(enclosure, v), "%s is not in the enclosure", truth);
    cr_assert_lt(mag_get_d(arb_radref(enclosure)), radius, "%s: too wide", truth);
    arb_clear(v);
}

static inline cst_status_t
enclose_on_cone(case_t *c, slong radial, slong angular)
{
    fmpq_t a, b;
    cst_status_t status;

    fmpq_init(a);
    fmpq_init(b);
    fmpq_set_si(a, radial, 1);
    fmpq_set_si(b, angular, 1);
    status = cst_entropy_enclose_on_cone(c->result, &c->problem, a, b, c->point, &c->options, &c->error);
    fmpq_clear(a);
    fmpq_clear(b);
    return status;
}

#endif
