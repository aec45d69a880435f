/* A circle in two charts, and dense output as text: closed forms, and the text of itself. */
#include <caustic/dense.h>

#include "lohner.h"

TestSuite(atlas, .timeout = 120);

/* The rotation of the circle in the charts a = tan(angle/2) and 1/a. */
typedef struct
{
    cst_tape_struct fields[2], margins[2], transitions[4];
    cst_atlas_charts_t charts;
} circle_t;

static void
circle_init(circle_t *circle)
{
    static const char *const fields[] = {"(1 + a^2)/2", "-(1 + a^2)/2"}, *const margin = "4 - a^2",
                             *const inversion[] = {"1/a", "-1/a^2"};

    memset(circle, 0, sizeof *circle);
    for (int i = 0; i < 2; i++)
    {
        compile(circle->fields + i, fields + i, 1, 1);
        compile(circle->margins + i, &margin, 1, 1);
    }
    compile(circle->transitions + 1, inversion, 2, 1);
    compile(circle->transitions + 2, inversion, 2, 1);
    circle->charts = (cst_atlas_charts_t){2, circle->fields, circle->margins, circle->transitions};
}

static void
circle_clear(circle_t *circle)
{
    for (int i = 0; i < 2; i++)
    {
        cst_tape_clear(circle->fields + i);
        cst_tape_clear(circle->margins + i);
        cst_tape_clear(circle->transitions + i + 1);
    }
}

static int
append(void *data, const cst_atlas_t atlas)
{
    cst_dense_append(data, cst_atlas_chart(atlas), cst_atlas_flow(atlas));
    return 0;
}

/* From 0 to the time, a fraction; the state is wanted in chart 0 if that covers it. */
static slong
turn(arb_t x, arb_mat_t tangent, cst_dense_struct *dense, const char *time, slong prec)
{
    circle_t circle;
    cst_flow_options_t o = {.precision = prec, .tangent = 1};
    cst_atlas_t atlas;
    fmpq_t zero, end;
    slong chart;

    fmpq_init(zero);
    fmpq_init(end);
    cr_assert_eq(fmpq_set_str(end, time, 10), 0);
    circle_init(&circle);
    atlas = cst_atlas_new(&circle.charts, &o, NULL);
    cr_assert_not_null(atlas);
    if (dense)
        cst_atlas_watch(atlas, append, dense);
    arb_zero(x);
    cst_atlas_start(atlas, 0, x, zero);
    cr_assert_eq(cst_atlas_reach(x, tangent, atlas, end, end, 0), CST_OK);
    chart = cst_atlas_chart(atlas);
    cst_atlas_free(atlas);
    circle_clear(&circle);
    fmpq_clear(zero);
    fmpq_clear(end);
    return chart;
}

/* a = tan(t/2), its derivative by the initial value 1/cos^2; in the other chart 1/a, and -1/sin^2. */
Test(atlas, around_the_circle)
{
    static const char *const times[] = {"1", "2", "3", "7/2", "9/2", "6", "-3", "-19/2", "22"};
    int changed = 0;

    for (slong prec = 64; prec <= 192; prec *= 3)
        for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        {
            arb_t x, s, c, half;
            arb_mat_t v;
            fmpq_t t;
            slong chart;

            arb_init(x);
            arb_init(s);
            arb_init(c);
            arb_init(half);
            arb_mat_init(v, 1, 1);
            fmpq_init(t);
            chart = turn(x, v, NULL, times[i], prec);
            fmpq_set_str(t, times[i], 10);
            fmpq_div_2exp(t, t, 1);
            arb_set_fmpq(half, t, prec + 80);
            arb_sin_cos(s, c, half, prec + 80);
            changed += chart == 1;
            if (chart == 1)
                arb_swap(s, c);
            arb_div(s, s, c, prec + 80);
            arb_inv(c, c, prec + 80);
            arb_mul(c, c, c, prec + 80);
            if (chart == 1)
                arb_neg(c, c);
            cr_assert(arb_contains_arf(x, arb_midref(s)), "%s", times[i]);
            cr_assert(arb_contains_arf(arb_mat_entry(v, 0, 0), arb_midref(c)), "%s", times[i]);
            cr_assert_lt(radius_of(x), ldexp(1e4, (int) -prec), "%s: %g", times[i], radius_of(x));
            cr_assert_lt(radius_of(arb_mat_entry(v, 0, 0)), ldexp(1e7, (int) -prec), "%s: %g", times[i],
                         radius_of(arb_mat_entry(v, 0, 0)));
            arb_clear(x);
            arb_clear(s);
            arb_clear(c);
            arb_clear(half);
            arb_mat_clear(v);
            fmpq_clear(t);
        }
    cr_assert_geq(changed, 2);
}

/* From a ball around 0, a = tan(angle/2 + t/2): the enclosure holds its ends and is hardly wider, after each
 * change. */
Test(atlas, sets_stay_narrow)
{
    circle_t circle;
    cst_flow_options_t o = {.precision = 64};
    cst_atlas_t atlas;
    arb_t x, y, z;
    fmpq_t zero, end;

    arb_init(x);
    arb_init(y);
    arb_init(z);
    fmpq_init(zero);
    fmpq_init(end);
    circle_init(&circle);
    atlas = cst_atlas_new(&circle.charts, &o, NULL);
    for (int turns = 1; turns <= 32; turns *= 2)
    {
        fmpq_set_si(end, 710 * turns, 113); /* close to 2 pi */
        arb_zero(x);
        mag_set_d(arb_radref(x), 1e-4);
        cst_atlas_start(atlas, 0, x, zero);
        cr_assert_eq(cst_atlas_reach(x, NULL, atlas, end, end, 0), CST_OK);
        cr_assert_eq(cst_atlas_chart(atlas), 0);
        for (int side = -1; side <= 1; side++)
        {
            arb_set_fmpq(y, end, 100);
            arb_mul_2exp_si(y, y, -1);
            arb_tan(y, y, 100);
            arb_atan(y, y, 100);
            arb_set_d(z, 0.999e-4 * side);
            arb_atan(z, z, 100);
            arb_add(y, y, z, 100);
            arb_tan(y, y, 100);
            cr_assert(arb_contains_arf(x, arb_midref(y)), "%d turns", turns);
        }
        cr_assert_lt(radius_of(x), 1.1e-4 + 1e-6 * turns, "%d turns: %g", turns, radius_of(x));
    }
    cst_atlas_free(atlas);
    circle_clear(&circle);
    arb_clear(x);
    arb_clear(y);
    arb_clear(z);
    fmpq_clear(zero);
    fmpq_clear(end);
}

static void
make_dense(cst_dense_t dense, const char *time)
{
    static const char *const names[] = {"a", "b"};
    arb_t x;
    arb_mat_t v;

    arb_init(x);
    arb_mat_init(v, 1, 1);
    cst_dense_init(dense, 1);
    cst_dense_add_chart(dense, "near", names);
    cst_dense_add_chart(dense, "far", names + 1);
    turn(x, v, dense, time, 64);
    arb_clear(x);
    arb_mat_clear(v);
}

/* What is read back is what was written, and encloses the tangent at all times. */
Test(atlas, dense_output_is_read_back)
{
    static const char *const ends[] = {"5", "-17/3"};

    for (int k = 0; k < 2; k++)
    {
        cst_dense_t dense, again;
        size_t length;
        char *text, *second;
        arb_t x, s, c;
        fmpq_t t;
        int charts = 0;

        arb_init(x);
        arb_init(s);
        arb_init(c);
        fmpq_init(t);
        make_dense(dense, ends[k]);
        text = cst_dense_print(dense, &length);
        cr_assert_eq(cst_dense_parse(again, "text", text, length, NULL), CST_OK);
        second = cst_dense_print(again, NULL);
        cr_assert(strcmp(text, second) == 0, "it is another text");
        for (slong i = 0; i <= 100; i++)
        {
            slong chart;

            fmpq_set_si(t, k ? -17 * i : 5 * i, k ? 300 : 100);
            chart = cst_dense_state(x, again, t, 64);
            cr_assert_geq(chart, 0);
            charts |= 1 << chart;
            fmpq_div_2exp(t, t, 1);
            arb_set_fmpq(s, t, 150);
            arb_sin_cos(s, c, s, 150);
            arb_div(s, chart ? c : s, chart ? s : c, 150);
            cr_assert(arb_contains_arf(x, arb_midref(s)));
            cr_assert_lt(radius_of(x), 1e-14);
        }
        cr_assert_eq(charts, 3);
        fmpq_set_si(t, k ? 1 : 6, 1);
        cr_assert_eq(cst_dense_state(x, again, t, 64), -1);
        flint_free(text);
        flint_free(second);
        cst_dense_clear(dense);
        cst_dense_clear(again);
        arb_clear(x);
        arb_clear(s);
        arb_clear(c);
        fmpq_clear(t);
    }
}

static void
check_refused(const char *text, size_t length, const char *what)
{
    cst_dense_t dense;
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_dense_parse(dense, "text", text, length, &error), CST_BAD_INPUT, "%s", what);
    cr_assert_str_eq(error.file, "text");
    cr_assert_gt(error.line, 0);
    cr_assert(strlen(error.message) > 0);
}

/* A text that is cut off anywhere is refused, and so are broken ones. */
Test(atlas, other_texts_are_refused)
{
    static const char *const bad[] = {
        "caustic-dense 2\nchart - x\nend 0\n",
        "caustic-dense 1\nend 0\n",
        "caustic-dense 1\nchart -\nend 0\n",
        "caustic-dense 1\nchart - x\nchart - x y\nend 0\n",
        "caustic-dense 1\nchart - x\nstep 1 0 1\nx 0p0 1p0\nend 1\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1/0\nx 0p0 1p0\nend 1\n",
        "caustic-dense 1\nchart - x\nstep 0 0 0\nx 0p0 1p0\nend 1\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1\ny 0p0 1p0\nend 1\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1\nx -1p0 1p0\nend 1\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1\nx 0p0 1.5\nend 1\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1\nx 0p0 1p99999999999\nend 1\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1\nx 0p0 1p0\nstep 0 2 3\nx 0p0 1p0\nend 2\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1\nx 0p0 1p0\nstep 0 1 0\nx 0p0 1p0\nend 2\n",
        "caustic-dense 1\nchart - x\nstep 0 0 1\nx 0p0 1p0\nend 2\n",
        "caustic-dense 1\nchart - x\nend 0\nmore\n",
    };
    cst_dense_t dense;
    size_t length;
    char *text;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        check_refused(bad[i], strlen(bad[i]), bad[i]);
    make_dense(dense, "3");
    text = cst_dense_print(dense, &length);
    for (size_t i = 0; i < length; i++)
        check_refused(text, i, "cut off");
    flint_free(text);
    cst_dense_clear(dense);
}

Test(atlas, shapes_that_do_not_fit_are_refused)
{
    circle_t circle;
    cst_atlas_charts_t charts;
    cst_error_t error;

    circle_init(&circle);
    charts = circle.charts;
    charts.count = 0;
    cr_assert_null(cst_atlas_new(&charts, NULL, &error));
    charts = circle.charts;
    charts.fields = circle.transitions + 1;
    charts.count = 1;
    cr_assert_null(cst_atlas_new(&charts, NULL, &error));
    charts = circle.charts;
    charts.margins = circle.transitions + 1;
    cr_assert_null(cst_atlas_new(&charts, NULL, NULL));
    circle_clear(&circle);
}

static int
stop(void *data, const cst_atlas_t atlas)
{
    (void) data;
    return cst_atlas_steps(atlas) > 3;
}

/* The first zero up to time 10 of a function given in both charts. */
static cst_truth_t
first_zero(arb_t time, const char *in_first, const char *in_second, slong prec, cst_atlas_watch_t watch)
{
    circle_t circle;
    cst_flow_options_t o = {.precision = prec};
    cst_tape_struct g[2];
    cst_atlas_t atlas;
    cst_truth_t truth;
    fmpq_t zero, end;
    arb_t x, y, t;

    fmpq_init(zero);
    fmpq_init(end);
    fmpq_set_si(end, 10, 1);
    arb_init(x);
    arb_init(y);
    arb_init(t);
    circle_init(&circle);
    memset(g, 0, sizeof g);
    compile(g, &in_first, 1, 1);
    if (in_second)
        compile(g + 1, &in_second, 1, 1);
    atlas = cst_atlas_new(&circle.charts, &o, NULL);
    cst_atlas_start(atlas, 0, x, zero);
    cst_atlas_watch(atlas, watch, NULL);
    truth = cst_atlas_event(time, x, atlas, g, end);
    if (truth == CST_TRUE) /* the state there is tan or cot of half the time */
    {
        arb_mul_2exp_si(t, time, -1);
        if (cst_atlas_chart(atlas) == 0)
            arb_tan(y, t, prec + 64);
        else
            arb_cot(y, t, prec + 64);
        cr_assert(arb_overlaps(x, y));
        cr_assert_lt(radius_of(x), ldexp(1e5, (int) -prec));
    }
    cst_atlas_free(atlas);
    circle_clear(&circle);
    cst_tape_clear(g);
    if (in_second)
        cst_tape_clear(g + 1);
    fmpq_clear(zero);
    fmpq_clear(end);
    arb_clear(x);
    arb_clear(y);
    arb_clear(t);
    return truth;
}

#define SINE "2*a/(1 + a^2)"

Test(atlas, events_are_found_in_either_chart)
{
    for (slong prec = 64; prec <= 192; prec *= 3)
    {
        arb_t time, truth;

        arb_init(time);
        arb_init(truth);
        cr_assert_eq(first_zero(time, SINE " + 1/2", SINE " + 1/2", prec, NULL), CST_TRUE);
        arb_const_pi(truth, prec + 64); /* 7 pi/6 */
        arb_mul_ui(truth, truth, 7, prec + 64);
        arb_div_ui(truth, truth, 6, prec + 64);
        cr_assert(arb_contains_arf(time, arb_midref(truth)));
        cr_assert_lt(radius_of(time), ldexp(1e4, (int) -prec));
        cr_assert_eq(first_zero(time, "(1 - a^2)/(1 + a^2) + 9/10", "(a^2 - 1)/(1 + a^2) + 9/10", prec, NULL),
                     CST_TRUE);
        arb_set_si(truth, -9);
        arb_div_ui(truth, truth, 10, prec + 64);
        arb_acos(truth, truth, prec + 64);
        cr_assert(arb_contains_arf(time, arb_midref(truth)));
        cr_assert_lt(radius_of(time), ldexp(1e4, (int) -prec));
        cr_assert_eq(first_zero(time, SINE " - 3/2", SINE " - 3/2", prec, NULL), CST_FALSE);
        arb_clear(time);
        arb_clear(truth);
    }
}

Test(atlas, an_event_is_unknown_where_the_function_is_not_given_or_the_watch_says_stop)
{
    arb_t time;

    arb_init(time);
    cr_assert_eq(first_zero(time, SINE " + 1/2", NULL, 64, NULL), CST_UNKNOWN);
    cr_assert_eq(first_zero(time, SINE " + 1/2", SINE " + 1/2", 64, stop), CST_UNKNOWN);
    arb_clear(time);
}

/* In the chart b = 1/a from a0 on: b = cot(atan(a0) + t/2), db/da0 = -(1 + b^2)/(1 + a0^2). */
static void
assert_cotangent(arb_srcptr b, const arb_t slope, const arb_t time, const arb_t start, slong prec)
{
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    arb_atan(x, start, prec);
    arb_mul_2exp_si(y, time, -1);
    arb_add(x, x, y, prec);
    arb_cot(x, x, prec);
    cr_expect(arb_overlaps(b, x));
    cr_expect_lt(radius_of(b), 1e-12);
    arb_mul(x, x, x, prec);
    arb_add_ui(x, x, 1, prec);
    arb_mul(y, start, start, prec);
    arb_add_ui(y, y, 1, prec);
    arb_div(x, x, y, prec);
    arb_neg(x, x);
    cr_expect(arb_overlaps(slope, x));
    cr_expect_lt(radius_of(slope), 1e-10);
    arb_clear(x);
    arb_clear(y);
}

/* Asked for, the chart changes where the map is defined on the set, and not where it is not; a step and what
   is between its ends. */
Test(atlas, asked_to_change)
{
    circle_t circle;
    cst_flow_options_t o = {.precision = 64, .tangent = 1};
    cst_atlas_t atlas;
    arb_t x, b, t;
    arb_mat_t v;
    fmpq_t zero, end, from, to;

    arb_init(x);
    arb_init(b);
    arb_init(t);
    arb_mat_init(v, 1, 1);
    fmpq_init(zero);
    fmpq_init(end);
    fmpq_init(from);
    fmpq_init(to);
    circle_init(&circle);
    atlas = cst_atlas_new(&circle.charts, &o, NULL);
    cr_assert_not_null(atlas);

    mag_set_d(arb_radref(x), 0.125); /* around 0, which is infinite in the other chart */
    cst_atlas_start(atlas, 0, x, zero);
    cr_expect_eq(cst_atlas_change(atlas, 1), CST_UNDECIDED);
    cr_expect_eq(cst_atlas_chart(atlas), 0);
    cst_flow_state(b, cst_atlas_flow(atlas));
    cr_expect(arb_contains(b, x));

    arb_set_d(x, 0.5);
    cst_atlas_start(atlas, 0, x, zero);
    cr_assert_eq(cst_atlas_change(atlas, 1), CST_OK);
    cr_expect_eq(cst_atlas_chart(atlas), 1);
    cst_flow_state(b, cst_atlas_flow(atlas));
    cst_atlas_tangent(v, atlas);
    assert_cotangent(b, arb_mat_entry(v, 0, 0), t, x, 128);

    fmpq_set_si(end, 1, 2);
    cr_assert_eq(cst_atlas_step(atlas, end), CST_OK);
    cr_expect_eq(cst_atlas_steps(atlas), 1);
    cr_assert(cst_flow_last_step(from, to, cst_atlas_flow(atlas)));
    cr_assert_gt(fmpq_cmp(to, from), 0);
    arb_set_fmpq(t, to, 128);
    cst_flow_state(b, cst_atlas_flow(atlas));
    cst_atlas_tangent(v, atlas);
    assert_cotangent(b, arb_mat_entry(v, 0, 0), t, x, 128);
    fmpq_add(to, from, to);
    fmpq_div_2exp(to, to, 1);
    arb_set_fmpq(t, to, 128);
    cst_flow_state_at(b, cst_atlas_flow(atlas), t);
    cst_atlas_tangent_at(v, atlas, t);
    assert_cotangent(b, arb_mat_entry(v, 0, 0), t, x, 128);

    cst_atlas_free(atlas);
    circle_clear(&circle);
    arb_clear(x);
    arb_clear(b);
    arb_clear(t);
    arb_mat_clear(v);
    fmpq_clear(zero);
    fmpq_clear(end);
    fmpq_clear(from);
    fmpq_clear(to);
}
