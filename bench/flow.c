/* Verified integration: radius, seconds and steps at several precisions.
   Usage: bench/flow [--once] [NAME-PART [BITS [ORDER [DEGREE]]]], or bench/flow --list for the names. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <caustic.h>

#include "flow-problems.h"

#define FOCAL "focal time, sphere"
#define COUNT (long) (sizeof problems / sizeof *problems)

static double
seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

static void
value(arb_t x, const char *text, cst_expr_ctx_t ctx, slong prec)
{
    cst_expr_scope_t scope = {NULL, NULL, 0};
    cst_expr_t e;
    cst_tape_t tape;
    cst_error_t error;

    if (cst_expr_parse(&e, ctx, text, &scope, &error) != CST_OK ||
        cst_tape_compile(tape, ctx, &e, 1, NULL, 0, &error) != CST_OK)
    {
        fprintf(stderr, "%s\n", error.message);
        exit(2);
    }
    cst_tape_eval_arb(x, tape, NULL, prec);
    cst_tape_clear(tape);
}

static void
field(cst_tape_t tape, const problem_t *p, cst_expr_ctx_t ctx)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    cst_expr_t values[8], out[8];
    cst_expr_scope_t scope = {names, values, p->dimension};
    cst_error_t error;

    for (long i = 0; i < p->dimension; i++)
        values[i] = cst_expr_variable(ctx, names[i]);
    for (long i = 0; i < p->dimension; i++)
        if (cst_expr_parse(out + i, ctx, p->field[i], &scope, &error) != CST_OK)
        {
            fprintf(stderr, "%s\n", error.message);
            exit(2);
        }
    if (cst_tape_compile(tape, ctx, out, p->dimension, values, p->dimension, &error) != CST_OK)
        exit(2);
}

static void
largest_radius(mag_t r, arb_srcptr x, slong n)
{
    mag_zero(r);
    for (slong i = 0; i < n; i++)
        mag_max(r, r, arb_radref(x + i));
}

/* For a count of instructions every problem is run only once. */
static double enough = 0.2;

static void
run(const problem_t *p, const cst_flow_options_t *options)
{
    slong n = p->dimension;
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_tape_t tape;
    cst_flow_t flow;
    cst_flow_options_t o = *options;
    arb_ptr x = _arb_vec_init(n), box = _arb_vec_init(1);
    arb_mat_t v;
    fmpq_t end, zero;
    mag_t r;
    cst_status_t status = CST_OK;
    double start, used;
    slong repeats = 0;

    o.tangent = p->tangent;
    field(tape, p, ctx);
    arb_mat_init(v, n, n);
    fmpq_init(end);
    fmpq_init(zero);
    mag_init(r);
    value(box, p->radius, ctx, 64);
    for (slong i = 0; i < n; i++)
    {
        value(x + i, p->initial[i], ctx, 2 * o.precision);
        arb_add_error(x + i, box);
    }
    value(box, p->time, ctx, 1000);
    arf_get_fmpq(end, arb_midref(box));
    if (!strchr(p->time, '.'))
        fmpq_set_str(end, p->time, 10);
    start = seconds();
    flow = cst_flow_new(tape, &o, NULL);
    do
    {
        cst_flow_start(flow, x, zero);
        status = cst_flow_to(flow, end);
        used = seconds() - start;
        repeats++;
    } while (used < enough);
    cst_flow_state(x, flow);
    cst_flow_tangent(v, flow);
    largest_radius(r, x, n);
    if (p->tangent)
        for (slong i = 0; i < n * n; i++)
            mag_max(r, r, arb_radref(arb_mat_entry(v, i / n, i % n)));
    cst_flow_time(end, flow);
    printf("%-22s %5ld bits  ", p->name, (long) cst_flow_precision(flow));
    mag_printd(r, 4);
    printf("  %.5f s  %ld steps", used / (double) repeats, (long) cst_flow_steps(flow));
    if (cst_flow_precision(flow) == 64 && p->peers)
        printf("  (%s)", p->peers);
    if (cst_flow_precision(flow) == 212 && p->peers_212)
        printf("  (%s)", p->peers_212);
    if (status != CST_OK)
        printf("  %s at t = %.6f", cst_status_words(status), fmpq_get_d(end));
    printf("\n");
    fflush(stdout);
    cst_flow_free(flow);
    cst_tape_clear(tape);
    cst_expr_ctx_free(ctx);
    _arb_vec_clear(x, n);
    _arb_vec_clear(box, 1);
    arb_mat_clear(v);
    fmpq_clear(end);
    fmpq_clear(zero);
    mag_clear(r);
}

/* The first focal time on the sphere in stereographic coordinates: u0 is the height, and t* =
 * psi/sin(psi). */
static void
run_focal(slong bits)
{
    static const char *const names[] = {"x", "y", "p", "q"};
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_t values[4];
    cst_expr_scope_t scope = {names, values, 4};
    cst_hj_t hj = {.ctx = ctx, .dimension = 2, .coordinates = values, .momenta = values + 2};
    cst_error_t error;
    arb_ptr x = _arb_vec_init(2);
    fmpq_t horizon;
    arb_t time;
    double start, used;
    slong repeats = 0;

    for (int i = 0; i < 4; i++)
        values[i] = cst_expr_variable(ctx, names[i]);
    if (cst_expr_parse(&hj.hamiltonian, ctx, "(1 + x^2 + y^2)^2*(p^2 + q^2)/8", &scope, &error) != CST_OK ||
        cst_expr_parse(&hj.initial, ctx, "(1 - x^2 - y^2)/(1 + x^2 + y^2)", &scope, &error) != CST_OK)
        exit(2);
    fmpq_init(horizon);
    fmpq_set_si(horizon, 2, 1);
    arb_init(time);
    value(x, "3/10", ctx, 2 * bits);
    value(x + 1, "1/5", ctx, 2 * bits);
    start = seconds();
    do
    {
        if (cst_hj_first_focal_time(time, &hj, x, horizon, bits) != CST_TRUE)
            exit(1);
        used = seconds() - start;
        repeats++;
    } while (used < enough);
    printf("%-22s %5ld bits  ", FOCAL, (long) bits);
    mag_printd(arb_radref(time), 4);
    printf("  %.5f s  t = ", used / (double) repeats);
    arb_printn(time, 15, ARB_STR_NO_RADIUS);
    printf("%s\n", bits == 64 ? "  (CAPD 1.3e-14/.0079)" : "");
    fflush(stdout);
    fmpq_clear(horizon);
    arb_clear(time);
    _arb_vec_clear(x, 2);
    cst_expr_ctx_free(ctx);
}

int
main(int argc, char **argv)
{
    static const slong precisions[] = {64, 106, 212, 424};

    if (argc > 1 && !strcmp(argv[1], "--list"))
    {
        for (long i = 0; i < COUNT; i++)
            puts(problems[i].name);
        puts(FOCAL);
        return 0;
    }
    if (argc > 1 && !strcmp(argv[1], "--once"))
    {
        enough = 0;
        argc--;
        argv++;
    }

    for (long i = 0; i < COUNT; i++)
        for (int b = 0; b < 4; b++)
        {
            cst_flow_options_t o = {.precision = precisions[b]};

            if (argc > 1 && !strstr(problems[i].name, argv[1]))
                continue;
            if ((argc > 2 || strcmp(problems[i].radius, "0")) && b > 0)
                continue;
            if (argc > 2)
                o.precision = atol(argv[2]);
            if (argc > 3)
                o.order = atol(argv[3]);
            if (argc > 4)
                o.degree = atol(argv[4]);
            run(problems + i, &o);
        }
    for (int b = 0; b < 4; b++)
        if ((argc < 2 || strstr(FOCAL, argv[1])) && (argc < 3 || b == 0))
            run_focal(argc > 2 ? atol(argv[2]) : precisions[b]);
    flint_cleanup();
    return 0;
}
