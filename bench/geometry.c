/* bench/geometry.c -- times of curvature and symmetry tasks, each fully simplified.

   geometry               a table: seconds, instructions and peak memory of each task
   geometry T             task T alone
   geometry --once T      runs task T once and prints nothing, for a profiler: valgrind --tool=callgrind
                          --toggle-collect=run bench/geometry --once T counts its instructions
   geometry --list        the names of the tasks
   geometry --problem T   task T as text, for bench/geometry-peers.py: lines `vars`, `n`, `g i j ENTRY`, `xi k
   i COMPONENT`, `pi i INVARIANT` */
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/geom/matrices.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)
#define MOST 24
#define LEAST_SECONDS 0.2

typedef struct
{
    cst_expr_ctx_t ctx;
    cst_lie_chart_t chart;
    cst_expr_t coordinates[MOST]; /* then parameters */
    slong names;                  /* coordinates and parameters */
    cst_geom_matrix_t matrix;
    int is_cometric;
    slong fields, invariants;
    cst_expr_t field[MOST][MOST], invariant[MOST], section[MOST];
} problem_t;

static cst_expr_t
text(problem_t *p, const char *s)
{
    const char *names[MOST];
    cst_expr_scope_t scope = {names, p->coordinates, p->names};
    cst_expr_t e = NULL;
    cst_error_t error;

    for (slong i = 0; i < p->names; i++)
        names[i] = cst_expr_name(p->coordinates[i]);
    if (cst_expr_parse(&e, p->ctx, s, &scope, &error) != CST_OK)
    {
        fprintf(stderr, "%s: %s\n", s, error.message);
        exit(2);
    }
    return e;
}

static void
coordinate(problem_t *p, const char *name)
{
    p->coordinates[p->names++] = cst_expr_variable(p->ctx, name);
}

/* n coordinates x0 ... and a matrix of zeros. */
static void
start(problem_t *p, slong n, const char *letter)
{
    memset(p, 0, sizeof *p);
    p->ctx = cst_expr_ctx_new();
    for (slong i = 0; i < n; i++)
    {
        char name[32];

        snprintf(name, sizeof name, "%s%ld", letter, (long) i);
        coordinate(p, name);
    }
    p->chart = (cst_lie_chart_t){p->ctx, n, p->coordinates, NULL, 0};
    cst_geom_matrix_init(p->matrix, p->ctx, n, n);
}

static void
finish(problem_t *p)
{
    cst_geom_matrix_clear(p->matrix);
    cst_expr_ctx_free(p->ctx);
}

static cst_expr_t
sum_of_squares(problem_t *p, slong n)
{
    cst_expr_t sum = cst_expr_integer(p->ctx, 0);

    for (slong i = 0; i < n; i++)
        sum = cst_expr_add(p->ctx, sum, cst_expr_power_si(p->ctx, p->coordinates[i], 2));
    return sum;
}

/* 4 |dx|^2/(1 + |x|^2)^2 */
static void
sphere(problem_t *p, slong n)
{
    cst_expr_t e;

    start(p, n, "x");
    e = cst_expr_add(p->ctx, cst_expr_integer(p->ctx, 1), sum_of_squares(p, n));
    e = cst_expr_mul(p->ctx, cst_expr_integer(p->ctx, 4), cst_expr_power_si(p->ctx, e, -2));
    for (slong i = 0; i < n; i++)
        AT(p->matrix, i, i) = e;
}

static cst_expr_t
plus_product(problem_t *p, cst_expr_t sum, cst_expr_t a, cst_expr_t b)
{
    return cst_expr_add(p->ctx, sum, cst_expr_mul(p->ctx, a, b));
}

static void
affine_invariant(problem_t *p, slong n)
{
    start(p, n * (n + 1) / 2, "p");
    affine_invariant_metric(p->matrix, &p->chart, n);
}

static void
bures_wasserstein(problem_t *p, slong n)
{
    start(p, n * (n + 1) / 2, "p");
    p->is_cometric = 1;
    bures_wasserstein_cometric(p->matrix, &p->chart, n);
}

/* The same as a metric. */
static void
bures_wasserstein_metric(problem_t *p, slong n)
{
    bures_wasserstein(p, n);
    cst_geom_inverse(p->matrix, &p->chart, p->matrix, NULL);
    p->is_cometric = 0;
}

/* Boyer-Lindquist coordinates t, r, x = cos(theta), phi; mass m, spin a */
static void
kerr(problem_t *p, slong unused)
{
    static const char *const names[] = {"t", "r", "x", "f", "m", "a"};

    (void) unused;
    start(p, 4, "");
    p->names = 0;
    for (int i = 0; i < 6; i++)
        coordinate(p, names[i]);
    AT(p->matrix, 0, 0) = text(p, "-1 + 2*m*r/(r^2 + a^2*x^2)");
    AT(p->matrix, 0, 3) = AT(p->matrix, 3, 0) = text(p, "-2*m*a*r*(1 - x^2)/(r^2 + a^2*x^2)");
    AT(p->matrix, 1, 1) = text(p, "(r^2 + a^2*x^2)/(r^2 - 2*m*r + a^2)");
    AT(p->matrix, 2, 2) = text(p, "(r^2 + a^2*x^2)/(1 - x^2)");
    AT(p->matrix, 3, 3) = text(p, "(1 - x^2)*(r^2 + a^2 + 2*m*a^2*r*(1 - x^2)/(r^2 + a^2*x^2))");
}

/* a^2 |dw|^2 + |w|^2 da^2 with (w, a) -> (s w, a/s), invariants a w, section w = z, a = 1 */
static void
relu_cone(problem_t *p, slong d)
{
    cst_expr_t square;

    start(p, d + 1, "w");
    square = cst_expr_power_si(p->ctx, p->coordinates[d], 2);
    for (slong i = 0; i < d; i++)
        AT(p->matrix, i, i) = square;
    AT(p->matrix, d, d) = sum_of_squares(p, d);
    p->fields = 1;
    p->invariants = d;
    for (slong i = 0; i < d; i++)
    {
        p->field[0][i] = p->section[i] = p->coordinates[i];
        p->invariant[i] = cst_expr_mul(p->ctx, p->coordinates[d], p->coordinates[i]);
    }
    p->field[0][d] = cst_expr_neg(p->ctx, p->coordinates[d]);
    p->section[d] = cst_expr_integer(p->ctx, 1);
}

/* |V dW|^2 + |dV W|^2 on pairs of n x n matrices, fields X W d/dW - V X d/dV for the units X of gl(n) */
static void
general_linear(problem_t *p, slong n)
{
    slong q = n * n;
    cst_expr_t zero;

    start(p, 2 * q, "w");
    zero = cst_expr_integer(p->ctx, 0);
    for (slong a = 0; a < n; a++)
        for (slong b = 0; b < n; b++)
        {
            cst_expr_t vv = zero, ww = zero;

            for (slong k = 0; k < n; k++)
            {
                vv = plus_product(p, vv, p->coordinates[q + k * n + a], p->coordinates[q + k * n + b]);
                ww = plus_product(p, ww, p->coordinates[a * n + k], p->coordinates[b * n + k]);
            }
            for (slong c = 0; c < n; c++)
            {
                AT(p->matrix, a * n + c, b * n + c) = vv;
                AT(p->matrix, q + c * n + a, q + c * n + b) = ww;
            }
        }
    p->fields = q;
    for (slong k = 0; k < q; k++)
    {
        for (slong i = 0; i < 2 * q; i++)
            p->field[k][i] = zero;
        for (slong c = 0; c < n; c++)
        {
            p->field[k][k / n * n + c] = p->coordinates[k % n * n + c];
            p->field[k][q + c * n + k % n] = cst_expr_neg(p->ctx, p->coordinates[q + c * n + k / n]);
        }
    }
}

static const struct
{
    const char *name, *words, *note; /* what is to come out */
    void (*make)(problem_t *p, slong n);
    slong n;
} tasks[] = {
    {"S3", "sphere S^3", "6", sphere, 3},
    {"S5", "sphere S^5", "20", sphere, 5},
    {"SPD3", "SPD(3), affine-invariant", "-15/4", affine_invariant, 3},
    {"SPD4", "SPD(4), affine-invariant", "-9", affine_invariant, 4},
    {"BW2", "Bures-Wasserstein 2x2", NULL, bures_wasserstein_metric, 2},
    {"BW3", "Bures-Wasserstein 3x3", NULL, bures_wasserstein_metric, 3},
    {"BW2c", "... from the co-metric", NULL, bures_wasserstein, 2},
    {"BW3c", "... from the co-metric", NULL, bures_wasserstein, 3},
    {"Kerr", "Kerr, Ricci = 0", "0", kerr, 0},
    {"cone4", "ReLU cone quotient, d = 4", NULL, relu_cone, 4},
    {"gl3", "Killing, gl(3), 18 dimensions", NULL, general_linear, 3},
};
#define TASKS ((int) (sizeof tasks / sizeof *tasks))

static void
fail(const char *name)
{
    fprintf(stderr, "geometry: %s: wrong result\n", name);
    exit(1);
}

/* Inverse, Gamma, Riemann, Ricci and scalar. */
static cst_expr_t
curvature(problem_t *p, const cst_lie_chart_t *chart, const cst_geom_matrix_t matrix, int is_cometric)
{
    slong n = chart->dimension;
    cst_expr_t *gamma = flint_malloc((size_t) (n * n * n) * sizeof *gamma), scalar = NULL;
    cst_expr_t *riemann = flint_malloc((size_t) (n * n * n * n) * sizeof *riemann);
    cst_geom_matrix_t inverse, ricci;
    cst_status_t status;

    cst_geom_matrix_init(inverse, p->ctx, n, n);
    cst_geom_matrix_init(ricci, p->ctx, n, n);
    if (is_cometric)
        status = cst_geom_curvature_of_cometric(inverse, gamma, riemann, ricci, &scalar, chart, matrix, NULL);
    else
        status = cst_geom_curvature(gamma, riemann, ricci, &scalar, chart, matrix, NULL);
    if (status != CST_OK)
        fail("curvature");
    cst_geom_matrix_clear(inverse);
    cst_geom_matrix_clear(ricci);
    flint_free(gamma);
    flint_free(riemann);
    return scalar;
}

static void
quotient(problem_t *p)
{
    cst_geom_matrix_t inverse, gram;
    cst_lie_chart_t chart = p->chart;
    slong component[2];
    cst_expr_t remainder;

    chart.dimension = p->invariants;
    cst_geom_matrix_init(inverse, p->ctx, p->chart.dimension, p->chart.dimension);
    cst_geom_matrix_init(gram, p->ctx, p->invariants, p->invariants);
    if (cst_geom_is_killing(component, &remainder, &p->chart, p->matrix, p->field[0]) != CST_TRUE ||
        cst_geom_inverse(inverse, &p->chart, p->matrix, NULL) != CST_OK)
        fail("quotient");
    cst_geom_quotient_cometric(gram, &p->chart, inverse, p->invariant, p->invariants, p->section);
    curvature(p, &chart, gram, 1);
    cst_geom_matrix_clear(inverse);
    cst_geom_matrix_clear(gram);
}

__attribute__((noinline)) static void
run(problem_t *p, int k)
{
    slong component[2];
    cst_expr_t remainder, value;

    if (p->invariants)
        quotient(p);
    else if (p->fields)
        for (slong i = 0; i < p->fields; i++)
        {
            if (cst_geom_is_killing(component, &remainder, &p->chart, p->matrix, p->field[i]) != CST_TRUE)
                fail(tasks[k].name);
        }
    else
    {
        value = curvature(p, &p->chart, p->matrix, p->is_cometric);
        if (tasks[k].note && value != text(p, tasks[k].note))
            fail(tasks[k].name);
    }
}

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* A counter of instructions in user space, or -1 where the system has none to give. */
static int
open_counter(void)
{
    struct perf_event_attr attr;

    memset(&attr, 0, sizeof attr);
    attr.type = PERF_TYPE_HARDWARE;
    attr.size = sizeof attr;
    attr.config = PERF_COUNT_HW_INSTRUCTIONS;
    attr.disabled = attr.exclude_kernel = attr.exclude_hv = 1;
    return (int) syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

/* Each run has a context of its own; the least time counts. */
static void
measure(int k)
{
    double best = HUGE_VAL, total = 0, instructions = NAN;
    int counter = open_counter(), runs = 0;
    struct rusage usage;

    while (total < LEAST_SECONDS)
    {
        problem_t p;
        double begin, spent;
        long long count;

        tasks[k].make(&p, tasks[k].n);
        if (counter >= 0 &&
            (ioctl(counter, PERF_EVENT_IOC_RESET, 0) || ioctl(counter, PERF_EVENT_IOC_ENABLE, 0)))
            counter = -1;
        begin = now();
        run(&p, k);
        spent = now() - begin;
        if (counter >= 0 && ioctl(counter, PERF_EVENT_IOC_DISABLE, 0) == 0 &&
            read(counter, &count, sizeof count) == sizeof count)
            instructions = (double) count;
        finish(&p);
        best = fmin(best, spent);
        total += spent;
        runs++;
    }
    getrusage(RUSAGE_SELF, &usage);
    printf("%-6s %-30s %10.6f s ", tasks[k].name, tasks[k].words, best);
    if (isfinite(instructions))
        printf("%8.2f Minstr ", instructions / 1e6);
    printf("%6ld kB %6d runs\n", usage.ru_maxrss, runs);
    fflush(stdout);
}

static void
run_once(int k)
{
    problem_t p;

    tasks[k].make(&p, tasks[k].n);
    run(&p, k);
    finish(&p);
}

/* In a process of its own, for its peak memory. */
static int
measure_apart(int k)
{
    pid_t child;
    int status = 1;

    fflush(stdout);
    child = fork();
    if (child == 0)
    {
        measure(k);
        exit(0);
    }
    return child < 0 || waitpid(child, &status, 0) < 0 || status != 0;
}

static void
print_entry(problem_t *p, cst_expr_t e)
{
    char *s = cst_expr_print(p->ctx, e);

    printf(" %s\n", s);
    flint_free(s);
}

static void
print_problem(int k)
{
    problem_t p;
    slong n;

    tasks[k].make(&p, tasks[k].n);
    n = p.chart.dimension;
    printf("vars");
    for (slong i = 0; i < p.names; i++)
        printf(" %s", cst_expr_name(p.coordinates[i]));
    printf("\nn %ld\n", (long) n);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
            if (!cst_expr_is_integer_value(AT(p.matrix, i, j), 0))
            {
                printf("%s %ld %ld", p.is_cometric ? "gi" : "g", (long) i, (long) j);
                print_entry(&p, AT(p.matrix, i, j));
            }
    for (slong f = 0; f < p.fields; f++)
        for (slong i = 0; i < n; i++)
            if (!cst_expr_is_integer_value(p.field[f][i], 0))
            {
                printf("xi %ld %ld", (long) f, (long) i);
                print_entry(&p, p.field[f][i]);
            }
    for (slong i = 0; i < p.invariants; i++)
    {
        printf("pi %ld", (long) i);
        print_entry(&p, p.invariant[i]);
    }
    finish(&p);
}

int
main(int argc, char **argv)
{
    int failed = 0;

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        for (int k = 0; k < TASKS; k++)
            puts(tasks[k].name);
    else if (argc == 3 && strcmp(argv[1], "--problem") == 0)
        for (int k = 0; k < TASKS; k++)
        {
            if (strcmp(argv[2], tasks[k].name) == 0)
                print_problem(k);
        }
    else if (argc == 3 && strcmp(argv[1], "--once") == 0)
        for (int k = 0; k < TASKS; k++)
        {
            if (strcmp(argv[2], tasks[k].name) == 0)
                run_once(k);
        }
    else
        for (int k = 0; k < TASKS; k++)
            if (argc < 2 || strcmp(argv[1], tasks[k].name) == 0)
                failed |= measure_apart(k);
    return failed;
}
