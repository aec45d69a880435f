/* Problem files for integration: motions with a closed form or a law, read from their texts; and what is
 * refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <caustic/system.h>

TestSuite(system, .timeout = 120);

#define MOST 20

typedef struct
{
    cst_system_t system;
    slong n, chart;
    arb_ptr x;
    arb_mat_t tangent;
    arb_t energy;
} motion_t;

static double
radius(const motion_t *m, slong i)
{
    return mag_get_d(arb_radref(m->x + i));
}

/* To the time of the file, or to `time` if that is not NULL. Of the initial values, those from `first` on are
   replaced by others, if that is not NULL. */
static void
move(motion_t *m, const char *text, const arb_struct *time, slong first, const arb_struct *others, slong prec)
{
    cst_flow_options_t o = {.precision = prec, .tangent = 1};
    cst_atlas_charts_t charts;
    cst_atlas_t atlas;
    cst_error_t error;
    fmpq_t low, high;
    arf_t a;
    arb_t end;

    cr_assert_eq(cst_system_parse(m->system, "text", text, strlen(text), &error), CST_OK, "%d:%d: %s",
                 error.line, error.column, error.message);
    m->n = m->system->dimension;
    m->x = _arb_vec_init(m->n);
    arb_mat_init(m->tangent, m->n, m->n);
    arb_init(m->energy);
    fmpq_init(low);
    fmpq_init(high);
    arf_init(a);
    arb_init(end);
    if (time)
        arb_set(end, time);
    else
        cst_expr_enclose(end, m->system->time, NULL, NULL, 0, prec + 32);
    arb_get_lbound_arf(a, end, ARF_PREC_EXACT);
    arf_get_fmpq(low, a);
    arb_get_ubound_arf(a, end, ARF_PREC_EXACT);
    arf_get_fmpq(high, a);
    if (fmpq_cmp(low, m->system->start) < 0)
        fmpq_swap(low, high);
    cst_system_initial(m->x, m->system, prec + 32);
    for (slong i = first; others && i < m->n; i++)
        arb_set(m->x + i, others + i);
    cr_assert_eq(cst_system_charts(&charts, m->system, &error), CST_OK);
    atlas = cst_atlas_new(&charts, &o, &error);
    cr_assert_not_null(atlas);
    cst_atlas_start(atlas, m->system->initial_chart, m->x, m->system->start);
    cr_assert_eq(cst_atlas_reach(m->x, m->tangent, atlas, low, high, m->system->initial_chart), CST_OK);
    m->chart = cst_atlas_chart(atlas);
    if (m->system->charts[m->chart].energy)
        cst_expr_enclose(m->energy, m->system->charts[m->chart].energy, m->system->charts[m->chart].variables,
                         m->x, m->n, prec);
    cst_atlas_free(atlas);
    cst_system_charts_clear(&charts);
    fmpq_clear(low);
    fmpq_clear(high);
    arf_clear(a);
    arb_clear(end);
}

static void
motion_clear(motion_t *m)
{
    _arb_vec_clear(m->x, m->n);
    arb_mat_clear(m->tangent);
    arb_clear(m->energy);
    cst_system_clear(m->system);
}

/* Is component i the number that the expression stands for? */
static void
check_value(const motion_t *m, slong i, const char *exact, double most)
{
    cst_expr_ctx_t ctx = cst_expr_ctx_new();
    cst_expr_scope_t none = {NULL, NULL, 0};
    cst_expr_t e;
    arb_t truth;

    arb_init(truth);
    cr_assert_eq(cst_expr_parse(&e, ctx, exact, &none, NULL), CST_OK);
    cst_expr_enclose(truth, e, NULL, NULL, 0, 600);
    cr_assert(arb_contains_arf(m->x + i, arb_midref(truth)), "component %ld is not %s", (long) i, exact);
    cr_assert_lt(radius(m, i), most, "component %ld: %g", (long) i, radius(m, i));
    arb_clear(truth);
    cst_expr_ctx_free(ctx);
}

static void
check_end(const char *text, const char *const *exact, slong prec, double most)
{
    motion_t m;

    move(&m, text, NULL, 0, NULL, prec);
    cr_assert_eq(m.chart, m.system->initial_chart);
    for (slong i = 0; exact[i]; i++)
        check_value(&m, i, exact[i], most);
    motion_clear(&m);
}

#define SPHERE                                                                                               \
    "atlas:\n  n:\n    coordinates: [x, y]\n    metric: 4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2\n    domain: 4 > " \
    "x^2 + y^2\n"                                                                                            \
    "    transition: {s: {u: x/(x^2 + y^2), v: y/(x^2 + y^2)}}\n  s:\n    coordinates: [u, v]\n"             \
    "    metric: 4*(du^2 + dv^2)/(1 + u^2 + v^2)^2\n    domain: u^2 + v^2 < 4\n"                             \
    "    transition: {n: {x: u/(u^2 + v^2), y: v/(u^2 + v^2)}}\n"

/* Straight lines, circles, hyperbolas: curvature 0, 1 and -1, and time that slows down. */
Test(system, geodesics_of_constant_curvature)
{
    static const char half_plane[] =
        "caustic: 1\nmanifold: {coordinates: [x, y], metric: (dx^2 + dy^2)/y^2}\n"
        "initial: {x: 0, y: 1}\nvelocity: {x: 1, y: 0}\ntransport: {x: 0, y: 1}\ntime: 3\n";
    static const char polar[] =
        "caustic: 1\nmanifold: {coordinates: [r, a], cometric: [[1, 0], [0, 1/r^2]]}\n"
        "initial: {r: 1, a: 0, p_r: 0, p_a: 1}\ntime: 2\n";
    static const char accelerated[] =
        "caustic: 1\nmanifold: {coordinates: [t, x], metric: -x^2*dt^2 + dx^2}\n"
        "initial: {t: 0, x: 1}\nvelocity: {t: 1, x: 0}\ntime: 1/2\n";

    check_end(half_plane,
              (const char *const[]){"tanh(3)", "1/cosh(3)", "1/cosh(3)^2", "-tanh(3)/cosh(3)",
                                    "tanh(3)/cosh(3)", "1/cosh(3)^2", NULL},
              64, 1e-13);
    check_end(polar, (const char *const[]){"sqrt(5)", "atan(2)", "2/sqrt(5)", "1", NULL}, 64, 1e-14);
    check_end(polar, (const char *const[]){"sqrt(5)", "atan(2)", "2/sqrt(5)", "1", NULL}, 220, 1e-55);
    check_end(accelerated, (const char *const[]){"log(3)/2", "sqrt(3)/2", NULL}, 64, 1e-14);
}

/* The great circle through the south pole, which the chart does not have: half of it, all of it, thrice. */
Test(system, great_circles_close)
{
    check_end("caustic: 1\n" SPHERE
              "initial: {x: 0, y: 0}\nvelocity: {x: 1/2, y: 0}\ntransport: {x: 0, y: 1}\n"
              "time: 3*pi/2\n",
              (const char *const[]){"-1", "0", "1", "0", "0", "2", NULL}, 64, 1e-14);
    check_end("caustic: 1\n" SPHERE "initial: {x: 1, y: 0}\nvelocity: {x: 3/5, y: 4/5}\ntime: 2*pi\n",
              (const char *const[]){"1", "0", "3/5", "4/5", NULL}, 64, 1e-14);
    check_end("caustic: 1\n" SPHERE "initial: {p_x: 2, p_y: 0, x: 0, y: 0}\ntime: 6*pi\n",
              (const char *const[]){"0", "0", "2", "0", NULL}, 64, 1e-10);
    check_end("caustic: 1\n" SPHERE "initial: {p_x: 2, p_y: 0, x: 0, y: 0}\ntime: -2*pi\n",
              (const char *const[]){"0", "0", "2", "0", NULL}, 220, 1e-55);
}

/* A box of points comes back as wide as it was, to a fifth. */
Test(system, boxes_go_through_charts)
{
    motion_t m;

    move(&m,
         "caustic: 1\n" SPHERE "initial: {x: [-1e-6, 1e-6], y: [-1e-6, 1e-6]}\nvelocity: {x: 3/10, y: 2/5}\n"
         "time: 2*pi\n",
         NULL, 0, NULL, 64);
    for (slong i = 0; i < 2; i++)
    {
        arb_t x;

        arb_init(x);
        mag_set_d(arb_radref(x), 0.999e-6);
        cr_assert(arb_contains(m.x + i, x));
        cr_assert_lt(radius(&m, i), 1.2e-6, "%g", radius(&m, i));
        arb_clear(x);
    }
    motion_clear(&m);
}

/* Around the octant with vertices at the pole and on the equator: its area is pi/2, and so is the angle. */
Test(system, transport_around_a_triangle_turns_by_its_area)
{
    static const char *const legs[] = {
        "caustic: 1\n" SPHERE
        "initial: {x: 0, y: 0}\nvelocity: {x: 1/2, y: 0}\ntransport: {x: 1, y: 0}\ntime: pi/2\n",
        "caustic: 1\n" SPHERE
        "initial: {x: 1, y: 0}\nvelocity: {x: 0, y: 1}\ntransport: {x: 1, y: 0}\ntime: pi/2\n",
        "caustic: 1\n" SPHERE
        "initial: {x: 0, y: 1}\nvelocity: {x: 0, y: -1}\ntransport: {x: 1, y: 0}\ntime: pi/2\n"};
    static const char *const corners[][2] = {{"1", "0"}, {"0", "1"}, {"0", "0"}};
    arb_ptr vector = _arb_vec_init(6);
    motion_t m;

    arb_one(vector + 4);
    for (int k = 0; k < 3; k++)
    {
        move(&m, legs[k], NULL, 4, vector, 64);
        check_value(&m, 0, corners[k][0], 1e-15);
        check_value(&m, 1, corners[k][1], 1e-15);
        if (k == 2)
        {
            check_value(&m, 4, "0", 1e-14);
            check_value(&m, 5, "1", 1e-14);
        }
        _arb_vec_set(vector, m.x, 6);
        motion_clear(&m);
    }
    _arb_vec_clear(vector, 6);
}

/* The period is 2 pi/agm(1, cos(amplitude/2)) with amplitude 2. */
Test(system, a_pendulum_is_back_after_its_period)
{
    static const char text[] = "caustic: 1\nmanifold: {coordinates: [x], hamiltonian: p_x^2/2 - cos(x)}\n"
                               "initial: {x: 2, p_x: 0}\n";
    static const slong precisions[] = {64, 220};

    for (int k = 0; k < 2; k++)
    {
        arb_t t, one;
        motion_t m;
        slong prec = precisions[k];

        arb_init(t);
        arb_init(one);
        arb_one(one);
        arb_cos(t, one, prec + 60);
        arb_agm(t, t, one, prec + 60);
        arb_const_pi(one, prec + 60);
        arb_div(t, one, t, prec + 60);
        arb_mul_2exp_si(t, t, 1);
        move(&m, text, t, 0, NULL, prec);
        check_value(&m, 0, "2", k ? 1e-60 : 1e-14);
        check_value(&m, 1, "0", k ? 1e-60 : 1e-14);
        motion_clear(&m);
        arb_clear(t);
        arb_clear(one);
    }
}

/* V^T J V = J of the derivative by the initial values, dimension 2 h. */
static void
check_symplectic(const motion_t *m, double most)
{
    slong h = m->n / 2;
    arb_t sum;

    arb_init(sum);
    for (slong a = 0; a < m->n; a++)
        for (slong b = 0; b < m->n; b++)
        {
            arb_set_si(sum, (b == a + h) - (a == b + h));
            arb_neg(sum, sum);
            for (slong i = 0; i < h; i++)
            {
                arb_addmul(sum, arb_mat_entry(m->tangent, i, a), arb_mat_entry(m->tangent, i + h, b), 100);
                arb_submul(sum, arb_mat_entry(m->tangent, i + h, a), arb_mat_entry(m->tangent, i, b), 100);
            }
            cr_assert(arb_contains_zero(sum));
            cr_assert_lt(mag_get_d(arb_radref(sum)), most, "%g", mag_get_d(arb_radref(sum)));
        }
    arb_clear(sum);
}

/* An ellipse of eccentricity 3/5: back after 2 pi; halfway and back; energy and symplectic form. */
Test(system, a_planet_is_back)
{
    static const char text[] = "caustic: 1\nmanifold: {coordinates: [x, y], where: {r: sqrt(x^2 + y^2)}, "
                               "hamiltonian: (p_x^2 + p_y^2)/2 - 1/r}\n"
                               "initial: {x: 2/5, y: 0, p_x: 0, p_y: 2}\ntime: %s\nstart: %s\n";
    char there[400], back[400];
    motion_t m, n;
    arb_t energy;

    arb_init(energy);
    arb_set_d(energy, -0.5);
    snprintf(there, sizeof there, text, "2*pi", "0");
    move(&m, there, NULL, 0, NULL, 64);
    check_value(&m, 0, "2/5", 1e-14);
    check_value(&m, 3, "2", 1e-14);
    cr_assert(arb_contains(m.energy, energy));
    cr_assert_lt(mag_get_d(arb_radref(m.energy)), 1e-14);
    check_symplectic(&m, 1e-6);
    motion_clear(&m);
    snprintf(there, sizeof there, text, "5/2", "0");
    snprintf(back, sizeof back, text, "0", "5/2");
    move(&m, there, NULL, 0, NULL, 64);
    move(&n, back, NULL, 0, m.x, 64);
    check_value(&n, 0, "2/5", 1e-13);
    check_value(&n, 1, "0", 1e-13);
    check_value(&n, 2, "0", 1e-13);
    check_value(&n, 3, "2", 1e-13);
    motion_clear(&m);
    motion_clear(&n);
    arb_clear(energy);
}

/* On its way through the other chart the derivative stays symplectic. */
Test(system, changes_of_charts_are_symplectic)
{
    motion_t m;

    move(&m, "caustic: 1\n" SPHERE "initial: {x: 0, y: 0, p_x: 2, p_y: 1/5}\ntime: 5\n", NULL, 0, NULL, 64);
    check_symplectic(&m, 1e-10);
    motion_clear(&m);
}

/* Chenciner and Montgomery's eight (Annals of Mathematics 152, 2000) with Simo's eight digits of the initial
   values: back, up to these digits, with energy and angular momentum. */
Test(system, the_figure_eight)
{
    static const char text[] =
        "caustic: 1\nconstants: {a: 0.97000436, b: 0.24308753, c: 0.93240737, d: 0.86473146}\n"
        "manifold:\n  coordinates: [x1, y1, x2, y2, x3, y3]\n"
        "  hamiltonian: (p_x1^2 + p_y1^2 + p_x2^2 + p_y2^2 + p_x3^2 + p_y3^2)/2 - 1/sqrt((x1 - x2)^2 + (y1 - "
        "y2)^2)"
        " - 1/sqrt((x1 - x3)^2 + (y1 - y3)^2) - 1/sqrt((x2 - x3)^2 + (y2 - y3)^2)\n"
        "initial: {x1: a, y1: -b, x2: -a, y2: b, x3: 0, y3: 0, p_x1: c/2, p_y1: d/2, p_x2: c/2, p_y2: d/2, "
        "p_x3: -c, p_y3: -d}\ntime: 6.32591398\n";
    static const double start[] = {0.97000436,  -0.24308753, -0.97000436, 0.24308753,
                                   0,           0,           0.466203685, 0.43236573,
                                   0.466203685, 0.43236573,  -0.93240737, -0.86473146};
    motion_t m;
    arb_t turning;

    arb_init(turning);
    move(&m, text, NULL, 0, NULL, 64);
    for (slong i = 0; i < 12; i++)
    {
        cr_assert_lt(fabs(arf_get_d(arb_midref(m.x + i), ARF_RND_NEAR) - start[i]), 1e-6);
        cr_assert_lt(radius(&m, i), 1e-11, "%g", radius(&m, i));
    }
    for (slong i = 0; i < 3; i++)
    {
        arb_addmul(turning, m.x + 2 * i, m.x + 7 + 2 * i, 100);
        arb_submul(turning, m.x + 2 * i + 1, m.x + 6 + 2 * i, 100);
    }
    cr_assert(arb_contains_zero(turning)); /* by the symmetry of the values, exactly */
    cr_assert_lt(mag_get_d(arb_radref(turning)), 1e-11);
    motion_clear(&m);
    arb_clear(turning);
}

/* A ball of initial values and of a parameter: cos and sin of every frequency and amplitude, and not much
 * more. */
Test(system, boxes)
{
    static const char text[] =
        "caustic: 1\nparameters: {w: [0.99, 1.01]}\nwhere: {f: -w^2*x}\nsystem: {x: v, v: f}\n"
        "initial: {x: [0.9, 1.1], v: 0}\ntime: 2\n";
    motion_t m;

    move(&m, text, NULL, 0, NULL, 64);
    for (int k = 0; k < 9; k++)
    {
        double x = 1 + 0.0999 * (k / 3 - 1), w = 1 + 0.00999 * (k % 3 - 1);
        arb_t y;

        arb_init(y);
        arb_set_d(y, x * cos(2 * w));
        cr_assert(arb_contains(m.x, y));
        arb_set_d(y, -x * w * sin(2 * w));
        cr_assert(arb_contains(m.x + 1, y));
        arb_set_d(y, cos(2 * w));
        cr_assert(arb_contains(arb_mat_entry(m.tangent, 0, 0), y));
        arb_set_d(y, -2 * x * sin(2 * w));
        cr_assert(arb_contains(arb_mat_entry(m.tangent, 0, 2), y));
        arb_clear(y);
    }
    cr_assert_lt(radius(&m, 0), 0.15, "%g", radius(&m, 0));
    motion_clear(&m);
}

/* "LINE:COLUMN: cause" of a text; "..." at the end stands for something. */
static void
check_refused(const char *text, const char *expected)
{
    cst_system_t system;
    cst_error_t error;
    char got[1200];
    size_t length = strlen(expected);
    cst_status_t status = cst_system_parse(system, "text", text, strlen(text), &error);

    cr_assert(status == CST_BAD_INPUT || status == CST_REFUSED, "was read: %s", text);
    snprintf(got, sizeof got, "%d:%d: %s", error.line, error.column, error.message);
    if (length > 3 && strcmp(expected + length - 3, "...") == 0)
        cr_assert(strncmp(got, expected, length - 3) == 0, "%s", got);
    else
        cr_assert_str_eq(got, expected);
}

Test(system, refused_with_place_and_cause)
{
    static const char *const cases[][2] = {
        {"caustic: 1\ninitial: {x: 1}\n", "1:1: missing key 'system' (or 'manifold' or 'atlas')"},
        {"caustic: 2\nsystem: {x: 1}\n", "1:10: expected version 1 of the problem format"},
        {"caustic: 1\nsystem: {x: -x}\nmanifold: {coordinates: [y]}\n",
         "1:1: both 'system' and 'manifold' are given"},
        {"caustic: 1\nsystem: {x: -x}\nspeed: 1\n", "3:1: unknown key 'speed'"},
        {"caustic: 1\nsystem: [x]\n", "2:9: expected a mapping, found a list"},
        {"caustic: 1\nsystem: {}\n", "2:9: expected between 1 and 64 names"},
        {"caustic: 1\nsystem: {2x: 1}\n", "2:10: '2x' is not a name: a letter, then letters, digits and '_'"},
        {"caustic: 1\nsystem: {x: x +}\n", "2:16: ..."},
        {"caustic: 1\nsystem: {x: y}\n", "2:13: unknown name 'y'..."},
        {"caustic: 1\nsystem: {x: 1}\n", "1:1: missing key 'initial'"},
        {"caustic: 1\nsystem: {x: 1}\ninitial: 3\n", "3:10: expected a mapping, found a value"},
        {"caustic: 1\nsystem: {x: 1, y: 1}\ninitial: {x: 1}\n", "3:10: missing key 'y'"},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: [1]}\n", "3:14: expected a number or [lower, upper]"},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: [sqrt(2), 1]}\n",
         "3:14: the lower end must not be greater than the upper end"},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: sqrt(sin(4))}\n", "3:14: this is no real number"},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: x}\n", "3:14: unknown name 'x'..."},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: 1}\nstart: pi\n", "4:8: expected a rational number"},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: 1}\nevent: z\n", "4:8: unknown name 'z'..."},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: 1}\nintegrate: {tolerance: -1}\n",
         "4:24: expected a positive number"},
        {"caustic: 1\nsystem: {x: 1}\ninitial: {x: 1}\nvelocity: {x: 1}\n",
         "4:11: 'velocity' needs a manifold"},
        {"caustic: 1\nparameters: {x: 1}\nsystem: {x: 1}\n", "3:10: 'x' is already a name here"},
        {"caustic: 1\nmanifold: {coordinates: [x], metric: dx^2}\nwhere: {r: x}\n",
         "3:8: 'where' belongs into 'manifold' here"},
        {"caustic: 1\nmanifold: {coordinates: [x], metric: 0*dx^2}\n", "2:38: ..."},
        {"caustic: 1\nmanifold: {coordinates: [x], hamiltonian: p_x^2}\nvelocity: {x: 1}\n",
         "2:43: 'velocity' needs a metric..."},
        {"caustic: 1\nmanifold: {coordinates: [x], hamiltonian: p_x^2}\ntransport: {x: 1}\n",
         "2:43: 'transport' needs a metric..."},
        {"caustic: 1\nmanifold: {coordinates: [x], metric: dx^2}\ninitial: {x: 1}\n",
         "3:10: missing key 'p_x'"},
        {"caustic: 1\nmanifold: {coordinates: [x, y], cometric: [[1, x], [0, 1]]}\n",
         "2:53: the co-metric is not symmetric..."},
        {"caustic: 1\natlas: {}\n", "2:8: expected between 1 and 32 charts"},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2, domain: x}}\n",
         "2:53: expected an inequality..."},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2, domain: x < y}}\n",
         "2:57: unknown name 'y'..."},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2}, b: {coordinates: [u, v], metric: du^2 + "
         "dv^2}}\n",
         "2:49: the charts do not have the same dimension..."},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2, transition: {b: {u: x}}}, b: {coordinates: "
         "[u], metric: "
         "du^2}}\n",
         "2:61: the map back from 'b' to 'a' is missing"},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2, transition: {b: {u: 2*x}}}, b: "
         "{coordinates: [u], metric: "
         "du^2, transition: {a: {x: u}}}}\n",
         "2:61: there and back again from 'a' to 'b', x is not itself: remainder x"},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2, transition: {b: {u: 2*x}}}, b: "
         "{coordinates: [u], metric: "
         "du^2, transition: {a: {x: u/2}}}}\n",
         "2:61: the map from 'a' to 'b' does not preserve the metric: remainder ..."},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2, transition: {b: {u: p_x}}}, b: "
         "{coordinates: [u], metric: "
         "du^2, transition: {a: {x: u}}}}\n",
         "2:65: a transition map is a function of the coordinates alone"},
        {"caustic: 1\natlas: {a: {coordinates: [x], metric: dx^2, transition: {a: {x: x}}}}\n",
         "2:61: a transition of a chart to itself"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_refused(cases[i][0], cases[i][1]);
}

/* From a file as from its text; coordinates, and expressions of the state with what the file names. */
Test(system, from_a_file)
{
    static const char text[] =
        "caustic: 1\nmanifold: {coordinates: [x, y], metric: dx^2 + dy^2, where: {r: x^2 + "
        "y^2}}\ninitial: {x: 1, y: 2}\nvelocity: {x: 1, y: 0}\n";
    char path[] = "/tmp/caustic-XXXXXX";
    FILE *stream = fdopen(mkstemp(path), "w");
    cst_system_t system;
    cst_error_t error;
    cst_expr_t e;
    arb_ptr x = _arb_vec_init(4);
    arb_t value;

    arb_init(value);
    cr_assert_not_null(stream);
    fputs(text, stream);
    cr_assert_eq(fclose(stream), 0);
    cst_error_clear(&error);
    cr_assert_eq(cst_system_read(system, path, &error), CST_OK, "%d:%d: %s", error.line, error.column,
                 error.message);
    cr_assert_eq(remove(path), 0);
    cr_assert(system->kind != CST_SYSTEM_FIELD && system->dimension == 4 && system->coordinate_count == 2);
    cr_assert_eq(cst_system_expression(&e, system, "r + v_x", &error), CST_OK, "%s", error.message);
    cst_system_initial(x, system, 64);
    cst_expr_enclose(value, e, system->charts[0].variables, x, 4, 64);
    cr_assert(arb_equal_si(value, 6));
    cr_assert_eq(cst_system_expression(&e, system, "r + q", &error), CST_BAD_INPUT);
    cr_assert_eq(error.column, 5);
    cst_system_clear(system);
    cr_assert_eq(cst_system_read(system, path, &error), CST_BAD_INPUT); /* which is gone */
    cr_assert_str_eq(error.file, path);
    arb_clear(value);
    _arb_vec_clear(x, 4);
}
