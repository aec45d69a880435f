/* Tapes in double intervals and in jets: against balls, and against derivatives of the expressions. */
#include <math.h>

#include "helper.h"

TestSuite(expr_kernel, .timeout = 120);

static void
compile(cst_tape_t tape, world_t *t, const cst_expr_t *outputs, slong count)
{
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_tape_compile(tape, t->ctx, outputs, count, t->v, VARIABLES, &error), CST_OK, "%s",
                 error.message);
}

/* Intervals ---------------------------------------------------------------- */

static int
is_in(const arb_t x, cst_tape_interval_t i)
{
    arf_t bound;
    int inside;

    arf_init(bound);
    arb_get_lbound_arf(bound, x, 256);
    inside = arf_cmp_d(bound, i.lower) >= 0;
    arb_get_ubound_arf(bound, x, 256);
    inside &= arf_cmp_d(bound, i.upper) <= 0;
    arf_clear(bound);
    return inside;
}

/* At points: the interval contains the value, and is narrow beside the sum of what occurs on the way. */
Test(expr_kernel, intervals_at_points)
{
    arb_ptr point = _arb_vec_init(VARIABLES);
    cst_tape_interval_t box[VARIABLES], value, *work;
    int narrow = 0, known = 0;
    flint_rand_t state;
    world_t t;
    arb_t exact;

    world_init(&t);
    flint_rand_init(state);
    arb_init(exact);
    for (int round = 0; round < 3000; round++)
    {
        cst_expr_t e = random_expr(&t, state, 4, round % 2);
        cst_tape_t tape;

        compile(tape, &t, &e, 1);
        work = flint_malloc((size_t) tape->length * sizeof *work);
        for (int j = 0; j < VARIABLES; j++)
        {
            arb_set_si(point + j, (slong) n_randint(state, 4000) - 2000);
            arb_mul_2exp_si(point + j, point + j, -10);
            box[j].lower = box[j].upper = arf_get_d(arb_midref(point + j), ARF_RND_NEAR);
        }
        cst_expr_enclose(exact, e, t.v, point, VARIABLES, 200);
        cst_tape_eval_interval(&value, tape, box, work);
        cr_assert(value.lower <= value.upper);
        if (arb_is_finite(exact))
        {
            double size = arf_get_d(arb_midref(exact), ARF_RND_NEAR);

            cr_assert(is_in(exact, value), "round %d: [%.17g, %.17g] has not %.17g", round, value.lower,
                      value.upper, size);
            known++;
            narrow += value.upper - value.lower <= 1e-11 * (1 + fabs(size));
        }
        flint_free(work);
        cst_tape_clear(tape);
    }
    cr_assert_geq(known, 2000);
    cr_assert_geq(narrow, known * 9 / 10, "%d of %d", narrow, known);
    arb_clear(exact);
    flint_rand_clear(state);
    _arb_vec_clear(point, VARIABLES);
    world_clear(&t);
}

/* Over boxes: values at points of the box are inside. */
Test(expr_kernel, intervals_over_boxes)
{
    arb_ptr point = _arb_vec_init(VARIABLES);
    cst_tape_interval_t box[VARIABLES], value, *work;
    int known = 0;
    flint_rand_t state;
    world_t t;
    arb_t exact;

    world_init(&t);
    flint_rand_init(state);
    arb_init(exact);
    for (int round = 0; round < 2000; round++)
    {
        cst_expr_t e = random_expr(&t, state, 3, round % 2);
        cst_tape_t tape;

        compile(tape, &t, &e, 1);
        work = flint_malloc((size_t) tape->length * sizeof *work);
        for (int j = 0; j < VARIABLES; j++)
        {
            slong low = (slong) n_randint(state, 4000) - 2000, width = 1 + (slong) n_randint(state, 400);

            box[j].lower = (double) low / 1024;
            box[j].upper = (double) (low + width) / 1024;
            arb_set_si(point + j, low + (slong) n_randint(state, (ulong) width + 1));
            arb_mul_2exp_si(point + j, point + j, -10);
        }
        cst_expr_enclose(exact, e, t.v, point, VARIABLES, 200);
        cst_tape_eval_interval(&value, tape, box, work);
        if (arb_is_finite(exact))
        {
            cr_assert(is_in(exact, value), "round %d", round);
            known += isfinite(value.lower) && isfinite(value.upper);
        }
        flint_free(work);
        cst_tape_clear(tape);
    }
    cr_assert_geq(known, 1000);
    arb_clear(exact);
    flint_rand_clear(state);
    _arb_vec_clear(point, VARIABLES);
    world_clear(&t);
}

/* The range of x^2 over [-1, 2] and the like is met up to rounding; what is not defined is the whole line. */
Test(expr_kernel, intervals_in_closed_form)
{
    static const struct
    {
        const char *text;
        double lower, upper;
    } cases[] = {
        {"x^2", 0, 4},
        {"1/(x + 3)", 0.2, 0.5},
        {"exp(x)", 0.36787944117144233, 7.38905609893065},
        {"sin(x)", -0.8414709848078965, 1},
        {"cos(x)", -0.4161468365471424, 1},
        {"sin(x/2)", -0.479425538604203, 0.8414709848078965},
        {"cos(4*x)", -1, 1},
        {"sqrt(x + 2)", 1, 2},
        {"relu(x + 2)", 1, 4},
        {"1/x", -INFINITY, INFINITY},
        {"log(x)", -INFINITY, INFINITY},
        {"1/3", 1.0 / 3, 1.0 / 3},
    };
    cst_tape_interval_t box[VARIABLES] = {{-1, 2}, {0, 0}, {0, 0}, {0, 0}}, value, work[64];
    world_t t;

    world_init(&t);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        cst_expr_t e = parse(&t, cases[i].text);
        cst_tape_t tape;

        compile(tape, &t, &e, 1);
        cr_assert_leq(tape->length, 64);
        cst_tape_eval_interval(&value, tape, box, work);
        cr_assert(value.lower <= cases[i].lower && value.upper >= cases[i].upper, "%s", cases[i].text);
        if (isfinite(cases[i].lower))
            cr_assert(value.lower >= cases[i].lower - 1e-14 && value.upper <= cases[i].upper + 1e-14, "%s",
                      cases[i].text);
        cst_tape_clear(tape);
    }
    world_clear(&t);
}

/* Jets --------------------------------------------------------------------- */

Test(expr_kernel, monomials)
{
    slong e[10 * 3], want[10 * 3] = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0,
                                     1, 1, 0, 1, 0, 1, 0, 2, 0, 0, 1, 1, 0, 0, 2};

    cr_assert_eq(cst_tape_jet_length(3, 2), 10);
    cr_assert_eq(cst_tape_jet_length(1, 7), 8);
    cr_assert_eq(cst_tape_jet_length(5, 0), 1);
    cst_tape_jet_exponents(e, 3, 2);
    for (int i = 0; i < 30; i++)
        cr_assert_eq(e[i], want[i], "%d", i);
}

/* c_m = d^m f/m!: against enclosures of the expressions' own derivatives. */
Test(expr_kernel, jets_are_derivatives)
{
    enum
    {
        ORDER = 3
    };
    slong length = cst_tape_jet_length(VARIABLES, ORDER);
    slong *m = flint_malloc((size_t) (length * VARIABLES) * sizeof *m);
    arb_ptr point = _arb_vec_init(VARIABLES), jet = _arb_vec_init(length);
    int known = 0, narrow = 0;
    flint_rand_t state;
    world_t t;
    arb_t exact;

    world_init(&t);
    flint_rand_init(state);
    arb_init(exact);
    cst_tape_jet_exponents(m, VARIABLES, ORDER);
    for (int round = 0; round < 60; round++)
    {
        cst_expr_t e = random_expr(&t, state, 3, round % 2);
        cst_tape_t tape;

        compile(tape, &t, &e, 1);
        for (int j = 0; j < VARIABLES; j++)
        {
            arb_set_si(point + j, (slong) n_randint(state, 4000) - 2000);
            arb_mul_2exp_si(point + j, point + j, -10);
        }
        cst_tape_eval_jet(jet, tape, point, ORDER, 128);
        for (slong p = 0; p < length; p++)
        {
            cst_expr_t d = e;
            slong factorial = 1;

            for (int j = 0; j < VARIABLES; j++)
                for (slong k = 1; k <= m[p * VARIABLES + j]; k++)
                {
                    d = cst_expr_derivative(t.ctx, d, t.v[j]);
                    factorial *= k;
                }
            cst_expr_enclose(exact, d, t.v, point, VARIABLES, 256);
            arb_div_si(exact, exact, factorial, 256);
            if (!arb_is_finite(exact) || !arb_is_finite(jet + p))
                continue;
            cr_assert(arb_overlaps(jet + p, exact), "round %d, place %ld", round, (long) p);
            known++;
            narrow += arb_rel_accuracy_bits(jet + p) > 80 || mag_cmp_2exp_si(arb_radref(jet + p), -80) < 0;
        }
        cst_tape_clear(tape);
    }
    cr_assert_geq(known, 800);
    cr_assert_geq(narrow, known * 9 / 10, "%d of %d", narrow, known);
    arb_clear(exact);
    flint_rand_clear(state);
    _arb_vec_clear(point, VARIABLES);
    _arb_vec_clear(jet, length);
    flint_free(m);
    world_clear(&t);
}
