/* Tapes: values against expressions by their own enclosures, lowering, merging, refusal. */
#include <math.h>

#include "helper.h"

TestSuite(expr_tape, .timeout = 120);

static void
compile(cst_tape_t tape, world_t *t, const cst_expr_t *outputs, slong count)
{
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_tape_compile(tape, t->ctx, outputs, count, t->v, VARIABLES, &error), CST_OK, "%s",
                 error.message);
}

static slong
count_code(const cst_tape_t tape, cst_tape_code_t code)
{
    slong n = 0;

    for (slong i = 0; i < tape->length; i++)
        n += tape->ops[i].code == code;
    return n;
}

/* The arguments of each operation stand before it. */
static void
check_shape(const cst_tape_t tape)
{
    for (slong i = 0; i < tape->length; i++)
        if (tape->ops[i].code == CST_TAPE_INPUT)
            cr_assert(tape->ops[i].a >= 0 && tape->ops[i].a < tape->inputs);
        else
            cr_assert(tape->ops[i].a < i && tape->ops[i].b < i);
    for (slong i = 0; i < tape->output_count; i++)
        cr_assert(tape->outputs[i] >= 0 && tape->outputs[i] < tape->length);
}

static void
random_point(arb_ptr point, double *approximate, flint_rand_t state)
{
    for (int j = 0; j < VARIABLES; j++)
    {
        arb_set_si(point + j, (slong) n_randint(state, 4000) - 2000);
        arb_mul_2exp_si(point + j, point + j, -10);
        approximate[j] = arf_get_d(arb_midref(point + j), ARF_RND_NEAR);
    }
}

Test(expr_tape, three_evaluations_agree)
{
    world_t t;
    flint_rand_t state;
    arb_ptr point = _arb_vec_init(VARIABLES);
    double approximate[VARIABLES], value;
    arb_t by_tape, by_expr;
    int compared = 0, close = 0;

    world_init(&t);
    flint_rand_init(state);
    arb_init(by_tape);
    arb_init(by_expr);
    for (int i = 0; i < 1500; i++)
    {
        cst_expr_t e = random_expr(&t, state, 1 + i % 5, 0);
        cst_tape_t tape;
        double *work;

        compile(tape, &t, &e, 1);
        check_shape(tape);
        work = flint_malloc((size_t) tape->length * sizeof *work);
        random_point(point, approximate, state);
        cst_tape_eval_arb(by_tape, tape, point, 600);
        cst_tape_eval_double(&value, tape, approximate, work);
        cst_expr_enclose(by_expr, e, t.v, point, VARIABLES, 600);
        if (arb_is_finite(by_tape) && arb_is_finite(by_expr))
        {
            compared++;
            cr_expect(arb_overlaps(by_tape, by_expr), "%s", cst_expr_print(t.ctx, e));
            arb_sub(by_tape, by_tape, by_expr, 600);
            cr_expect(mag_cmp_2exp_si(arb_radref(by_tape), 0) < 0 || !arb_is_finite(by_tape) ||
                          arf_cmpabs_2exp_si(arb_midref(by_expr), 300) > 0,
                      "%s", cst_expr_print(t.ctx, e));
            if (fabs(value - arf_get_d(arb_midref(by_expr), ARF_RND_NEAR)) <= 1e-6 * (1 + fabs(value)))
                close++;
        }
        flint_free(work);
        cst_tape_clear(tape);
    }
    cr_expect_gt(compared, 900);
    cr_expect_gt(close, compared * 9 / 10); /* double precision overflows and cancels now and then */
    arb_clear(by_expr);
    arb_clear(by_tape);
    flint_rand_clear(state);
    world_clear(&t);
    _arb_vec_clear(point, VARIABLES);
}

/* Rational expressions at rational points: the enclosures contain the exact value, and are narrow. */
Test(expr_tape, enclosures_contain_exact_rationals)
{
    static const char *const texts[] = {"(x + y)^7/(1 + z^2) - w", "1/(x^2 + 1) + 1/(y^4 + 2) - x*y*z/3",
                                        "((x - 1/3)^2 + (y + 2/7)^2)^3/(1 + x^4 + y^6)^2", "x^-3 + (y*z)^-2",
                                        "abs(x)*relu(y) + step(z) - sign(w)"};
    world_t t;
    flint_rand_t state;
    arb_ptr point = _arb_vec_init(VARIABLES);
    arb_t value, enclosed;
    fmpq_t q;

    world_init(&t);
    flint_rand_init(state);
    arb_init(value);
    arb_init(enclosed);
    fmpq_init(q);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int k = 0; k < 50; k++)
        {
            cst_expr_t e = parse(&t, texts[i]), literals[VARIABLES], exact;
            cst_tape_t tape;

            for (int j = 0; j < VARIABLES; j++)
            {
                fmpq_set_si(q, (slong) n_randint(state, 100) * 2 - 99, 1 + n_randint(state, 30));
                literals[j] = cst_expr_rational(t.ctx, q);
                arb_set_fmpq(point + j, q, 100);
            }
            exact = cst_expr_substitute(t.ctx, e, t.v, literals, VARIABLES);
            cr_assert_eq(cst_expr_kind(exact), CST_EXPR_RATIONAL);
            compile(tape, &t, &e, 1);
            cst_tape_eval_arb(value, tape, point, 100);
            cst_expr_enclose(enclosed, e, t.v, point, VARIABLES, 100);
            cr_expect(arb_contains_fmpq(value, cst_expr_rational_value(exact)));
            cr_expect(arb_contains_fmpq(enclosed, cst_expr_rational_value(exact)));
            cr_expect(arb_is_zero(value) || arb_rel_accuracy_bits(value) > 70, "%s", texts[i]);
            cr_expect(arb_is_zero(enclosed) || arb_rel_accuracy_bits(enclosed) > 70, "%s", texts[i]);
            cst_tape_clear(tape);
        }
    fmpq_clear(q);
    arb_clear(enclosed);
    arb_clear(value);
    flint_rand_clear(state);
    world_clear(&t);
    _arb_vec_clear(point, VARIABLES);
}

/* Wide inputs: the ball contains the values at random points of the box, and is not many times wider. */
Test(expr_tape, wide_balls_contain_the_range)
{
    static const struct
    {
        const char *text;
        double low, high; /* the range over x in [1/2, 3/2] */
        double slack;
    } cases[] = {
        {"x^2", 0.25, 2.25, 1.3},
        {"(x - 1)^2", 0, 0.25, 1.01},
        {"(x - 1)^4", 0, 0.0625, 1.01},
        {"exp(x)", 1.6487212707, 4.4816890703, 1.3},
        {"1/x", 0.6666666666, 2, 1.6},
        {"sqrt(x)", 0.7071067811, 1.2247448714, 1.1},
        {"log(x)", -0.6931471806, 0.4054651081, 1.4},
        {"sin(x)", 0.4794255386, 0.9974949867, 2},
        {"x^(3/2)", 0.3535533905, 1.8371173071, 1.5},
        {"sigmoid(x)", 0.6224593312, 0.8175744762, 1.4},
        {"softplus(x)", 0.9740769841, 1.7014132779, 1.4},
        {"tanh(x)", 0.4621171572, 0.9051482536, 1.8},
        {"atan(x)", 0.4636476090, 0.9827937232, 1.8},
        {"erf(x)", 0.5204998778, 0.9661051465, 2.6},
        {"abs(-x) + relu(x)", 1, 3, 1.01},
    };
    world_t t;
    arb_t x, value, inside;

    world_init(&t);
    arb_init(x);
    arb_init(value);
    arb_init(inside);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        cst_expr_t e = parse(&t, cases[i].text);
        double width;

        arb_set_d(x, 1);
        arb_add_error_2exp_si(x, -1);
        cst_expr_enclose(value, e, t.v, x, 1, 64);
        width = 2 * mag_get_d(arb_radref(value));
        cr_expect_leq(width, cases[i].slack * (cases[i].high - cases[i].low), "%s: %g", cases[i].text, width);
        for (int k = 0; k <= 64; k++)
        {
            arb_set_si(x, 32 + k);
            arb_mul_2exp_si(x, x, -6);
            cst_expr_enclose(inside, e, t.v, x, 1, 64);
            cr_expect(arb_overlaps(value, inside), "%s", cases[i].text);
            cr_expect_geq(arf_get_d(arb_midref(inside), ARF_RND_NEAR), cases[i].low - 1e-9);
            cr_expect_leq(arf_get_d(arb_midref(inside), ARF_RND_NEAR), cases[i].high + 1e-9);
        }
    }
    arb_clear(inside);
    arb_clear(value);
    arb_clear(x);
    world_clear(&t);
}

Test(expr_tape, outside_the_domain_is_indeterminate)
{
    static const struct
    {
        const char *text;
        slong x;
    } cases[] = {{"1/x", 0},     {"sqrt(x)", -1}, {"x^(1/3)", -8},  {"log(x)", 0},   {"log(x)", -3},
                 {"asin(x)", 2}, {"acos(x)", -2}, {"step(x)", 0},   {"sign(x)", 0},  {"abs(x)", 0},
                 {"relu(x)", 0}, {"x^(-1/2)", 0}, {"1/(x - 3)", 3}, {"exp(1/x)", 0}, {"sin(log(x))", -1}};
    world_t t;
    arb_ptr x = _arb_vec_init(VARIABLES);
    arb_t value;

    world_init(&t);
    arb_init(value);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        cst_expr_t e = parse(&t, cases[i].text);
        cst_tape_t tape;

        arb_set_si(x, cases[i].x);
        compile(tape, &t, &e, 1);
        cst_tape_eval_arb(value, tape, x, 64);
        cr_expect_not(arb_is_finite(value), "%s by tape", cases[i].text);
        cst_expr_enclose(value, e, t.v, x, VARIABLES, 64);
        cr_expect_not(arb_is_finite(value), "%s", cases[i].text);
        cst_expr_enclose(value, e, t.v + 1, x, 1, 64);
        cr_expect_not(arb_is_finite(value), "%s without x", cases[i].text);
        cst_tape_clear(tape);
    }
    arb_clear(value);
    world_clear(&t);
    _arb_vec_clear(x, VARIABLES);
}

Test(expr_tape, work_is_shared)
{
    world_t t;
    cst_expr_t outputs[5];
    cst_tape_t tape;

    world_init(&t);
    /* one exp and one inverse serve them all */
    outputs[0] = parse(&t, "sinh(x)");
    outputs[1] = parse(&t, "cosh(x)");
    outputs[2] = parse(&t, "exp(x)");
    compile(tape, &t, outputs, 3);
    cr_expect_eq(count_code(tape, CST_TAPE_EXP), 1);
    cr_expect_eq(count_code(tape, CST_TAPE_INVERSE), 1);
    cst_tape_clear(tape);
    /* x^64 is six multiplications, x^-5 one inverse and three more */
    outputs[0] = parse(&t, "x^64");
    compile(tape, &t, outputs, 1);
    cr_expect_eq(tape->length, 7);
    cst_tape_clear(tape);
    outputs[0] = parse(&t, "x^-5");
    compile(tape, &t, outputs, 1);
    cr_expect_eq(tape->length, 5);
    cst_tape_clear(tape);
    /* a difference is one operation, a multiple another */
    outputs[0] = parse(&t, "x - y");
    outputs[1] = parse(&t, "3/4*x");
    compile(tape, &t, outputs, 2);
    cr_expect_eq(tape->length, 4);
    cr_expect_eq(count_code(tape, CST_TAPE_SUB), 1);
    cr_expect_eq(count_code(tape, CST_TAPE_SCALE), 1);
    cst_tape_clear(tape);
    /* the same output twice */
    outputs[0] = outputs[1] = parse(&t, "x*y + z");
    compile(tape, &t, outputs, 2);
    cr_expect_eq(tape->outputs[0], tape->outputs[1]);
    cst_tape_clear(tape);
    compile(tape, &t, outputs, 0);
    cr_expect_eq(tape->length, 0);
    cst_tape_clear(tape);
    world_clear(&t);
}

Test(expr_tape, an_unknown_variable_is_refused)
{
    world_t t;
    cst_tape_t tape;
    cst_error_t error;
    cst_expr_t e;

    world_init(&t);
    e = parse(&t, "x + sin(y*w)");
    cst_error_clear(&error);
    cr_expect_eq(cst_tape_compile(tape, t.ctx, &e, 1, t.v, 2, &error), CST_BAD_INPUT);
    cr_expect(strstr(error.message, "'w'"), "%s", error.message);
    cr_expect_eq(cst_tape_compile(tape, t.ctx, &e, 1, NULL, 0, NULL), CST_BAD_INPUT);
    world_clear(&t);
}
