/* First shock times known in closed form: the certified interval contains them and is as narrow as asked. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include <caustic/certify.h>

TestSuite(certify, .timeout = 120);

static void
read_problem(cst_problem_t problem, const char *text)
{
    cst_error_t error;

    cst_error_clear(&error);
    cr_assert_eq(cst_problem_parse(problem, "test", text, strlen(text), &error), CST_OK, "%d:%d: %s",
                 error.line, error.column, error.message);
}

static void
certify(cst_certify_result_t result, const char *text, const cst_certify_options_t *options)
{
    cst_problem_t problem;
    cst_error_t error;
    cst_status_t status;

    cst_error_clear(&error);
    read_problem(problem, text);
    status = cst_certify(result, problem, options, &error);
    cst_problem_clear(problem);
    cr_assert(status == CST_OK || status == CST_PARTIAL, "%s", error.message);
}

/* The bounds as balls, for comparison with an exact value given as a ball. */
static void
expect_time(const char *text, const arb_t exact, double width)
{
    cst_certify_options_t options;
    cst_certify_result_t result;
    arb_t bound;

    memset(&options, 0, sizeof options);
    fmpq_init(options.tolerance);
    certify(result, text, &options);
    cr_assert_eq(result->verdict, CST_CERTIFY_CERTIFIED, "%s", result->reason);
    arb_init(bound);
    arb_set_fmpq(bound, result->lower, 200);
    cr_assert(arb_le(bound, exact), "lower bound of %s", text);
    arb_set_fmpq(bound, result->upper, 200);
    cr_assert(arb_ge(bound, exact), "upper bound of %s", text);
    fmpq_sub(result->upper, result->upper, result->lower);
    arb_set_fmpq(bound, result->upper, 200);
    cr_assert_leq(arf_get_d(arb_midref(bound), ARF_RND_UP), width);
    arb_clear(bound);
    cst_certify_result_clear(result);
    fmpq_clear(options.tolerance);
}

#define LINE(body) "caustic: 1\ntitle: test\nmanifold: {coordinates: [x], metric: dx^2}\n" body
#define PLANE(body) "caustic: 1\ntitle: test\nmanifold: {coordinates: [x, y], metric: dx^2 + dy^2}\n" body

Test(certify, a_cosine_breaks_at_1)
{
    arb_t t;

    arb_init(t);
    arb_one(t);
    expect_time(LINE("initial: cos(x)\ndomain: {x: [-3, 3]}\n"), t, 1e-6);
    expect_time(LINE("initial: cos(x)\ndomain: {x: [-3, 3]}\ncertify: {tolerance: 1e-10}\n"), t, 1e-10);
    arb_clear(t);
    flint_cleanup();
}

Test(certify, a_gaussian_breaks_at_half_e_to_three_halves)
{
    arb_t t;

    arb_init(t);
    arb_set_d(t, 1.5);
    arb_exp(t, t, 200);
    arb_mul_2exp_si(t, t, -1);
    expect_time(LINE("initial: -exp(-x^2/2)\ndomain: {x: [-4, 4]}\ncertify: {tolerance: 1e-9}\n"), t, 1e-9);
    arb_clear(t);
    flint_cleanup();
}

Test(certify, a_quintic_breaks_at_three_root_six_eighths)
{
    arb_t t;

    arb_init(t);
    arb_set_ui(t, 6);
    arb_sqrt(t, t, 200);
    arb_mul_ui(t, t, 3, 200);
    arb_mul_2exp_si(t, t, -3);
    expect_time(LINE("initial: x^5/20 - x^3/3\ndomain: {x: [0, 2]}\ncertify: {tolerance: 1e-12}\n"), t,
                1e-12);
    arb_clear(t);
    flint_cleanup();
}

/* The minimal polynomial: at a root of u0''' (32 t^2 - 27), at an end, for u0'' constant; none for a cosine.
 */
Test(certify, algebraic_times_are_given_exactly)
{
    static const struct
    {
        const char *text, *poly;
    } cases[] = {{LINE("initial: x^5/20 - x^3/3\ndomain: {x: [0, 2]}\n"), "32*t^2-27"},
                 {LINE("initial: x^5/20 - x^3/3\ndomain: {x: [0, 1/2]}\n"), "7*t-8"},
                 {LINE("initial: -x^2/3\ndomain: {x: [0, 2]}\n"), "2*t-3"},
                 {LINE("initial: (x^2 - 1)^3/30\ndomain: {x: [-1, 1]}\n"), "4*t-25"},
                 {LINE("initial: x^6/30 - x^4/12 + x^3/18 - x^2/2\ndomain: {x: [-2, 2]}\n"), NULL},
                 {LINE("initial: cos(x)\ndomain: {x: [-1, 1]}\n"), NULL}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        cst_certify_options_t options;
        cst_certify_result_t result;
        char *poly;

        memset(&options, 0, sizeof options);
        fmpq_init(options.tolerance);
        certify(result, cases[i].text, &options);
        cr_assert_eq(result->verdict, CST_CERTIFY_CERTIFIED);
        if (i ==
            4) /* no closed form at hand: the root lies between the bounds, which is what makes it the one */
        {
            fmpq_t value[2];

            cr_assert(result->has_exact && fmpz_poly_degree(result->exact) > 2);
            fmpq_init(value[0]);
            fmpq_init(value[1]);
            fmpz_poly_evaluate_fmpq(value[0], result->exact, result->lower);
            fmpz_poly_evaluate_fmpq(value[1], result->exact, result->upper);
            cr_assert_eq(fmpq_sgn(value[0]) * fmpq_sgn(value[1]), -1);
            fmpq_clear(value[0]);
            fmpq_clear(value[1]);
        }
        else
        {
            cr_assert_eq(result->has_exact, cases[i].poly != NULL, "case %zu", i);
            poly = result->has_exact ? fmpz_poly_get_str_pretty(result->exact, "t") : NULL;
            cr_assert(!poly || strcmp(poly, cases[i].poly) == 0, "%s", poly);
            flint_free(poly);
        }
        cst_certify_result_clear(result);
        fmpq_clear(options.tolerance);
    }
    flint_cleanup();
}

/* u0 = cos x cos y on [0,1]^2: the minimum of the Hessian is on the diagonal. */
Test(certify, minimizers_may_fill_a_line)
{
    arb_t t;

    arb_init(t);
    arb_one(t);
    expect_time(PLANE("initial: cos(x)*cos(y)\ndomain: {x: [0, 1], y: [0, 1]}\ncertify: {tolerance: 1e-4}\n"),
                t, 1e-4);
    arb_clear(t);
    flint_cleanup();
}

/* -det never changes sign on the sphere: the height function's characteristics from around the pole all meet
 * at t = 1. */
Test(certify, a_determinant_that_touches_zero_is_no_obstacle)
{
    arb_t t;

    arb_init(t);
    arb_one(t);
    expect_time("caustic: 1\ntitle: test\n"
                "manifold: {coordinates: [x, y], metric: 4*(dx^2 + dy^2)/(1 + x^2 + y^2)^2}\n"
                "initial: (1 - x^2 - y^2)/(1 + x^2 + y^2)\n"
                "domain: {x: [-1/16, 1/16], y: [-1/16, 1/16]}\ncertify: {tolerance: 1e-5}\n",
                t, 1e-5);
    arb_clear(t);
    flint_cleanup();
}

/* u0 = -cosh on a geodesic of the hyperbolic plane: t* = (1 - x^2)/(1 + x^2) at x = -1/2. So close to the
   infimum, the enclosure of the witness must be narrower than at first. */
Test(certify, a_witness_close_to_the_infimum_takes_more_bits)
{
    arb_t t;

    arb_init(t);
    arb_set_ui(t, 3);
    arb_div_ui(t, t, 5, 200);
    expect_time("caustic: 1\ntitle: test\nmanifold: {coordinates: [x], metric: 4*dx^2/(1 - x^2)^2}\n"
                "initial: -(1 + x^2)/(1 - x^2)\ndomain: {x: [-1/2, -1/4]}\ncertify: {tolerance: 1e-10}\n",
                t, 1e-10);
    arb_clear(t);
    flint_cleanup();
}

/* H = -x p + p^2/2, u0 = -3 x^2/2 (Freidlin and Wentzell): exp(-t) = 3 sinh t, so t* = log(5/3)/2. */
Test(certify, a_drift_is_part_of_the_hamiltonian)
{
    arb_t t;

    arb_init(t);
    arb_set_ui(t, 5);
    arb_div_ui(t, t, 3, 200);
    arb_log(t, t, 200);
    arb_mul_2exp_si(t, t, -1);
    expect_time("caustic: 1\ntitle: test\nmanifold: {coordinates: [x], hamiltonian: -x*p_x + p_x^2/2}\n"
                "initial: -3*x^2/2\ndomain: {x: [-1, 1]}\n",
                t, 1e-6);
    arb_clear(t);
    flint_cleanup();
}

/* A Hamiltonian that is not quadratic: H = cosh p - 1, u0 = -x^2/2. H_pp = cosh x, least focal time
 * 1/cosh(1/2) at the ends. */
Test(certify, the_hamiltonian_need_not_be_quadratic)
{
    arb_t t;

    arb_init(t);
    arb_set_d(t, 0.5);
    arb_sech(t, t, 200);
    expect_time("caustic: 1\ntitle: test\nmanifold: {coordinates: [x], hamiltonian: cosh(p_x) - 1}\n"
                "initial: -x^2/2\ndomain: {x: [-1/2, 1/2]}\n",
                t, 1e-6);
    arb_clear(t);
    flint_cleanup();
}

Test(certify, no_shock_before_the_horizon_is_an_answer)
{
    cst_certify_options_t options;
    cst_certify_result_t result;

    memset(&options, 0, sizeof options);
    fmpq_init(options.tolerance);
    certify(result, LINE("initial: cos(x)\ndomain: {x: [-3, 3]}\ncertify: {horizon: 15/16}\n"), &options);
    cr_assert_eq(result->verdict, CST_CERTIFY_NO_SHOCK);
    cr_assert_not(result->has_upper);
    cr_assert_eq(fmpq_cmp_si(result->lower, 0), 1);
    cr_assert(fmpz_equal_si(fmpq_numref(result->lower), 15) && fmpz_equal_si(fmpq_denref(result->lower), 16));
    cst_certify_result_clear(result);
    certify(result, LINE("initial: x^2\ndomain: {x: [-3, 3]}\n"), &options);
    cr_assert_eq(result->verdict, CST_CERTIFY_NO_SHOCK);
    cst_certify_result_clear(result);
    fmpq_clear(options.tolerance);
    flint_cleanup();
}

/* A stop at once leaves an honest partial result. */
static int
stop_now(void *data, const cst_certify_progress_t *progress)
{
    (void) data;
    return progress->seconds >= 0;
}

Test(certify, an_interrupted_search_says_what_it_has)
{
    cst_certify_options_t options;
    cst_certify_result_t result;

    memset(&options, 0, sizeof options);
    fmpq_init(options.tolerance);
    options.threads = 1;
    options.time_limit = 1e-9;
    options.progress = stop_now;
    certify(result, PLANE("initial: cos(x)*cos(y)\ndomain: {x: [-2, 2], y: [-2, 2]}\n"), &options);
    cr_assert_eq(result->verdict, CST_CERTIFY_PARTIAL);
    cr_assert(result->has_upper);
    cr_assert(fmpq_is_zero(result->lower));
    cr_assert_null(result->certificate);
    cr_assert_str_eq(result->reason, "the time limit was reached");
    cst_certify_result_clear(result);
    fmpq_clear(options.tolerance);
    flint_cleanup();
}

/* The same Hamilton-Jacobi problem on R^3/SO(2), in the invariants s = x^2 + y^2 and z, and upstairs: one
 * time, two routes. */
Test(certify, a_quotient_agrees_with_the_space_above)
{
    cst_certify_options_t options;
    cst_certify_result_t below, above;

    memset(&options, 0, sizeof options);
    fmpq_init(options.tolerance);
    fmpq_set_si(options.tolerance, 1, 10000);
    certify(below,
            "caustic: 1\ntitle: below\nparameters: [x, y, z]\nassume: [x^2 + y^2 > 0]\nmetric: euclidean\n"
            "symmetry: {construction: invariant-metric, generators: [{x: -y, y: x}]}\n"
            "quotient: {coordinates: {s: x^2 + y^2, h: z}, section: {x: sqrt(s), y: 0, z: h}}\n"
            "initial: s*h/2 - s^2/8\ndomain: {s: [1, 9/8], h: [0, 1/8]}\n",
            &options);
    certify(above,
            "caustic: 1\ntitle: above\nmanifold: {coordinates: [x, y, z], metric: dx^2 + dy^2 + dz^2}\n"
            "initial: (x^2 + y^2)*z/2 - (x^2 + y^2)^2/8\n"
            "domain: {x: [1, 1.06066018], y: [0, 1/1000], z: [0, 1/8]}\n",
            &options);
    cr_assert_eq(below->verdict, CST_CERTIFY_CERTIFIED, "%s", below->reason);
    cr_assert_eq(above->verdict, CST_CERTIFY_CERTIFIED, "%s", above->reason);
    /* the intervals, each 1e-4 wide, overlap (the box above covers all orbits that the box below covers,
     * within 1e-8) */
    cr_assert(fmpq_cmp(below->lower, above->upper) <= 0 && fmpq_cmp(above->lower, below->upper) <= 0);
    cst_certify_result_clear(below);
    cst_certify_result_clear(above);
    fmpq_clear(options.tolerance);
    flint_cleanup();
}
