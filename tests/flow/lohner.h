/* What the tests of the integrator share. */
#ifndef CST_TESTS_FLOW_LOHNER_H
#define CST_TESTS_FLOW_LOHNER_H

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include <caustic/lohner.h>

#define MOST 8

/* A tape from texts in a, b, c, ... */
static inline void
compile(cst_tape_t tape, const char *const *fields, slong count, slong inputs)
{
    static const char *const names[MOST] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t values[MOST], out[MOST];
    cst_expr_scope_t scope = {names, values, inputs};
    cst_error_t error;

    for (slong i = 0; i < inputs; i++)
        values[i] = cst_expr_variable(ctx, names[i]);
    for (slong i = 0; i < count; i++)
        cr_assert_eq(cst_expr_parse(out + i, ctx, fields[i], &scope, &error), CST_OK, "%s", error.message);
    cr_assert_eq(cst_tape_compile(tape, ctx, out, count, values, inputs, &error), CST_OK);
    cst_expr_ctx_free(ctx);
}

static inline double
radius_of(const arb_t x)
{
    return mag_get_d(arb_radref(x));
}

static inline double
largest_radius(arb_srcptr x, slong n)
{
    double r = 0;

    for (slong i = 0; i < n; i++)
        r = fmax(r, radius_of(x + i));
    return r;
}

/* The flow of the fields from x at time 0 to the time end (a fraction), with its tangent where v is not NULL.
 */
static inline cst_status_t
flow_to(arb_ptr x, arb_mat_struct *v, const char *const *fields, slong n, const char *end,
        const cst_flow_options_t *options)
{
    cst_tape_t tape;
    cst_flow_options_t o = *options;
    cst_flow_t flow;
    fmpq_t t, zero;
    cst_status_t status;

    fmpq_init(t);
    fmpq_init(zero);
    cr_assert_eq(fmpq_set_str(t, end, 10), 0);
    o.tangent = v != NULL;
    compile(tape, fields, n, n);
    flow = cst_flow_new(tape, &o, NULL);
    cr_assert_not_null(flow);
    cst_tape_clear(tape);
    cst_flow_start(flow, x, zero);
    status = cst_flow_to(flow, t);
    cst_flow_state(x, flow);
    if (v)
        cst_flow_tangent(v, flow);
    cst_flow_time(zero, flow);
    cr_assert(status != CST_OK || fmpq_equal(zero, t));
    cst_flow_free(flow);
    fmpq_clear(t);
    fmpq_clear(zero);
    return status;
}

#endif
