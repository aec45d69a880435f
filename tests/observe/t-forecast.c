#include <criterion/criterion.h>
#include <math.h>

#include <caustic/monitor.h>

TestSuite(forecast, .timeout = 120);

static double
uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double) (*state >> 11) * 0x1p-52 - 1;
}

static void
near(double x, double y, double relative)
{
    cr_assert_lt(fabs(x - y), relative * fabs(y), "%.17g is not %.17g", x, y);
}

Test(forecast, change_points)
{
    const double step[] = {0, 10, 20, 30, 40}, value[] = {1, 1, 5, 11, 11}, back[] = {1, 9, 3, 8, 11};
    cst_monitor_series_t s = {5, step, value};
    cst_monitor_change_t c;

    cr_assert(cst_monitor_change(&c, &s, 0, 40, 0.1));
    near(c.half, 20 + 10.0 / 6, 1e-15); /* 6 between 5 and 11 */
    cr_assert(c.half_low == 20 && c.half_high == 30 && c.crossings == 1);
    cr_assert(c.fastest_low == 20 && c.fastest_high == 30 && c.alarm == 20);
    s.value = back;
    cr_assert(cst_monitor_change(&c, &s, 0, 40, 3));
    cr_assert(c.crossings == 3 && c.half_low == 0 && c.alarm == 30);
    cr_assert_not(cst_monitor_change(&c, &s, 15, 35, 3)); /* two checkpoints are too few */
    cr_assert(cst_monitor_change(&c, &s, 0, 40, 100) && isnan(c.alarm));
}

/* x = c + exp(r t) at uneven steps: the rate comes back, however far apart they are */
Test(forecast, exponential)
{
    const double step[] = {0, 3, 17, 20, 31, 60, 62, 100}, rates[] = {0.05, 1e-3, 0.09, -0.02};

    for (int k = 0; k < 4; k++)
    {
        double value[8], r = rates[k];
        cst_monitor_series_t s = {8, step, value};
        cst_monitor_forecast_t f;

        for (int i = 0; i < 8; i++)
            value[i] = 2 + (k % 2 ? -1 : 1) * exp(r * step[i]);
        cr_assert(cst_monitor_forecast(&f, &s, 7, 7));
        near(f.curvature, -r, 1e-8);
        cr_assert_lt(f.error, 1e-8 * fabs(r));
        if (r > 0)
            near(f.tau, 1 / r, 1e-8);
        else
            cr_assert(isinf(f.tau) && isinf(f.tau_high));
        cr_assert_not(cst_monitor_forecast(&f, &s, 6, 7));
    }
}

/* With noise the truth lies within two errors in most cases, and the errors are not vast. */
Test(forecast, honest_errors)
{
    uint64_t state = 5;
    int inside = 0, narrow = 0;

    for (int trial = 0; trial < 200; trial++)
    {
        double step[9], value[9];
        cst_monitor_series_t s = {9, step, value};
        cst_monitor_forecast_t f;

        for (int i = 0; i < 9; i++)
        {
            step[i] = 10 * i;
            value[i] = exp(0.03 * step[i]) + 0.01 * uniform(&state);
        }
        cr_assert(cst_monitor_forecast(&f, &s, 8, 8));
        inside += fabs(f.curvature + 0.03) <= 2 * f.error;
        narrow += f.error < 0.003;
    }
    cr_assert_geq(inside, 150);
    cr_assert_geq(narrow, 190);
}

/* The kink's slope at its middle is the bound, by a difference quotient. */
Test(forecast, viscosity)
{
    double until, nu = cst_monitor_viscosity(&until, 3, 0.5, 2), h = 1e-5;

    near(-1.5 * tanh(3 * h / (4 * nu)) / h, -2, 1e-6);
    near(until, 1.5, 1e-15);
    near(0.5 / (1 - 0.5 * until), 2, 1e-12);
}

/* A linear field: its least eigenvalue from velocities and from secants. */
Test(forecast, linear_swarm)
{
    enum
    {
        N = 60
    };
    const double rate[] = {-0.3, 0.1, -0.05}, h = 2;
    double x[3 * N], v[3 * N], secant[3 * N], turned[3 * N], c = cos(0.7), s = sin(0.7);
    uint64_t state = 1;
    cst_monitor_swarm_t w;

    for (int i = 0; i < N; i++)
        for (int k = 0; k < 3; k++)
        {
            x[3 * i + k] = uniform(&state);
            v[3 * i + k] = rate[k] * x[3 * i + k] + 0.2;
            secant[3 * i + k] = expm1(rate[k] * h) / h * (x[3 * i + k] + 0.2 / rate[k]);
        }
    for (int i = 0; i < N; i++)
    {
        turned[3 * i] = c * v[3 * i] - s * v[3 * i + 1];
        turned[3 * i + 1] = s * v[3 * i] + c * v[3 * i + 1];
        turned[3 * i + 2] = v[3 * i + 2];
    }
    cr_assert(cst_monitor_swarm(&w, x, v, 0, N, 3, 0, 0, 7));
    cr_assert_eq(w.particles, N);
    near(w.least, -0.3, 1e-9);
    near(w.median, -0.3, 1e-9);
    near(w.tau, 1 / 0.3, 1e-9);
    near(w.tau_high, 1 / 0.3, 1e-6);
    cr_assert(w.asymmetry < 1e-9 && w.unexplained < 1e-9);
    cr_assert(cst_monitor_swarm(&w, x, secant, h, N, 3, 0, 0, 7));
    near(w.least, -0.3, 1e-9);
    cr_assert(cst_monitor_swarm(&w, x, turned, 0, N, 3, 0, 0, 7));
    cr_assert_gt(w.asymmetry, 0.1);
    /* x -> exp(rate h) x shrinks by exp(-0.6) at most */
    for (int i = 0; i < 3 * N; i++)
        v[i] = x[i] + h * secant[i];
    near(cst_monitor_deformation(x, v, N, 3, 0, 0, 4), exp(-0.6), 1e-9);
    cr_assert_not(cst_monitor_swarm(&w, x, v, 0, 4, 3, 0, 0, 7)); /* too few */
}

/* Neurons of an odd network and their mirror images are one field: each alone is too small a sample. */
Test(forecast, odd_swarm)
{
    double x[20], v[20];
    uint64_t state = 9;
    cst_monitor_swarm_t w;

    for (int i = 0; i < 20; i++)
    {
        x[i] = uniform(&state);
        v[i] = (i % 2 ? -0.25 : 0.5) * x[i];
    }
    cr_assert_not(cst_monitor_swarm(&w, x, v, 0, 10, 2, 0, 15, 1));
    cr_assert(cst_monitor_swarm(&w, x, v, 0, 10, 2, 1, 15, 1));
    near(w.least, -0.25, 1e-9);
}

/* x' = A (x - c) with A = Q diag(r) Q', in five dimensions of which four runs span three: positions at two
   times by the exponential. */
static void
flow(double *x, const double *rate, double t, int spread, uint64_t *state)
{
    static const double q[3][5] = {{0.6, 0, 0.8, 0, 0}, {-0.8, 0, 0.6, 0, 0}, {0, 1, 0, 0, 0}};
    double start[4][3];

    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            start[i][k] = spread ? uniform(state) : 0.5;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 5; j++)
        {
            x[i * 5 + j] = 7 + j;
            for (int k = 0; k < 3; k++)
                x[i * 5 + j] += q[k][j] * start[i][k] * exp(rate[k] * t);
        }
}

Test(forecast, neighbouring_runs)
{
    static const double rates[][3] = {{-0.05, 0.02, 0.3}, {-2, -1, -0.5}, {0.1, 0.2, 0.3}};

    for (int k = 0; k < 3; k++)
    {
        double x[20], y[20], least = rates[k][0];
        uint64_t a = 5, b = 5;
        cst_monitor_neighbours_t c;

        flow(x, rates[k], 0, 1, &a);
        flow(y, rates[k], 1.5, 1, &b);
        cr_assert(cst_monitor_neighbours(&c, x, y, 1.5, 4, 5));
        cr_assert_eq(c.rank, 3);
        near(c.least, least, 1e-9);
        if (least < 0)
            near(c.tau, -1 / least, 1e-9);
        else
            cr_assert(isinf(c.tau));
        cr_assert(c.least_low <= c.least && c.least <= c.least_high);
        cr_assert_lt(c.asymmetry, 1e-9);
        cr_assert_lt(c.outside, 1e-12);
        near(cst_monitor_neighbours_deformation(x, y, 4, 5), exp(1.5 * least), 1e-9);
        /* two runs fewer than dimensions: a part of the flow only, which cannot contract faster */
        cr_assert(cst_monitor_neighbours(&c, x, y, 1.5, 3, 5));
        cr_assert_eq(c.rank, 2);
        cr_assert_geq(c.least, least - 1e-9);
    }
    {
        double x[20];
        uint64_t a = 5;
        cst_monitor_neighbours_t c;

        flow(x, rates[0], 0, 0, &a);
        cr_assert_not(cst_monitor_neighbours(&c, x, x, 1, 4, 5)); /* all alike */
        cr_assert_not(cst_monitor_neighbours(&c, x, x, 1, 2, 5));
        cr_assert(isnan(cst_monitor_neighbours_deformation(x, x, 4, 5)));
    }
}

/* An exponential with a known noise on it: secants over h of a white one have twice its variance over h^2. */
Test(forecast, noise_around_the_fit)
{
    double step[401], value[401], nu = 0.02, mean = 0;
    uint64_t state = 17;

    for (int run = 0; run < 40; run++)
    {
        double x = 0;
        cst_monitor_series_t s = {401, step, value};
        cst_monitor_forecast_t f;

        for (int i = 0; i <= 400; i++)
        {
            step[i] = i;
            value[i] = x;
            x += 1 + sqrt(6 * nu) * uniform(&state); /* a third is the variance of uniform numbers */
        }
        cr_assert(cst_monitor_forecast(&f, &s, 400, 400));
        mean += f.noise / 40;
    }
    near(mean, nu, 0.05);
}
