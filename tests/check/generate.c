/* Makes certificates for the tests of caustic-check. It has nothing from the library: the polynomials come
   from Picard's iteration with the checker's own arithmetic, the radii from trying.

     generate static B D DEPTH HALVES           < HEAD
     generate flow B K s c STEPS DEPTH HALVES   < HEAD

   HEAD is a certificate up to the line `evidence`, then `point ...` and `direction ...` if the claim has an
   upper bound. The boxes are DEPTH splits of all coordinates in turn, the signs HALVES halvings. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

/* What the checker keeps of a problem lives here as long as the process. caustic-check itself releases
   everything, and is tested with leak detection. */
#ifdef __SANITIZE_ADDRESS__
#    include <sanitizer/lsan_interface.h>
#else
#    define __lsan_disable() ((void) 0)
#endif

static FILE *out;
static int flow, K, weight, steps, depth, halves;
static unsigned long B;
static const char *c_text;
static space_t *Z, *TZ;
static machine_t start, field;
static model_t *phi, *state;
static mpz_t after[MAX_STATE]; /* radius of the state after the step */

static void
print_model(model_t *a)
{
    int last = a->S->terms;

    while (last > 0 && mpz_sgn(a->c[last - 1]) == 0)
        last--;
    gmp_fprintf(out, "p %Zx", a->rad);
    for (int i = 0; i < last; i++)
        gmp_fprintf(out, " %Zx", a->c[i]);
    fputc('\n', out);
}

static void
prepare(int m)
{
    int D = m ? K / weight : 0;

    Z = space_new(B, m, D, 1, D, 0);
    TZ = space_new(B, m, K, weight, D, 1);
    machine_start(&start, Z, &problem.initial);
    machine_start(&field, TZ, &problem.field);
    phi = models(problem.N, TZ);
    state = models(problem.N, Z);
    for (int i = 0; i < problem.N; i++)
        mpz_init(after[i]);
}

/* R_ii += c, M_ii = 1/c; the diagonals of the upper triangles */
static void
add_shifts(void)
{
    int n = problem.n;
    model_t *shift = models(1, Z), *R = state + 2 * n, *M = state + problem.N - n * (n + 1) / 2;
    mpq_t c;

    mpq_init(c);
    for (int i = 0; i < n; i++)
    {
        mpq_set_str(c, c_text, 10);
        model_constant(shift, c);
        model_add(R, R, shift, 1);
        mpq_inv(c, c);
        model_constant(M, c);
        R += n - i;
        M += n - i;
    }
    mpq_clear(c);
    models_free(shift, 1);
}

/* phi = state + integral of h f(phi), with radius 0 */
static void
picard(const mpz_t h, int first)
{
    mpz_t unit;
    model_t *next = models(problem.N, TZ);

    mpz_init(unit);
    mpz_setbit(unit, B);
    if (!first)
        machine_run(&field, phi);
    for (int i = 0; i < problem.N; i++)
    {
        if (!first)
        {
            model_t *f = machine_value(&field, i);

            model_scale(f, f, h, unit);
            for (int a = 0; a < TZ->alphas; a++)
                for (int k = 1, n = K - weight * TZ->degree[a] + 1; k < n; k++)
                    mpz_tdiv_q_ui(next[i].c[TZ->first[a] + k], f->c[TZ->first[a] + k - 1], (unsigned long) k);
        }
        for (int a = 0; a < TZ->alphas; a++)
            mpz_set(next[i].c[TZ->first[a]], state[i].c[a]);
        model_settle(&next[i]);
    }
    for (int i = 0; i < problem.N; i++)
        model_copy(&phi[i], &next[i]);
    models_free(next, problem.N);
    mpz_clear(unit);
}

/* Radii: eps = 5/4 (e + G(eps)) + 8 until it is strict */
static int
inflate(const mpz_t h)
{
    mpz_t *eps = calloc((size_t) problem.N, sizeof *eps), unit, t;
    int good = 0;

    mpz_inits(unit, t, NULL);
    mpz_setbit(unit, B);
    for (int i = 0; i < problem.N; i++)
        mpz_init_set(eps[i], state[i].rad);
    for (int round = 0; round < 40 && !good; round++)
    {
        good = 1;
        for (int i = 0; i < problem.N; i++)
        {
            mpz_set(phi[i].rad, eps[i]);
            model_settle(&phi[i]);
        }
        machine_run(&field, phi);
        for (int i = 0; i < problem.N; i++)
        {
            model_t *d = models(1, TZ), *f = machine_value(&field, i);

            for (int a = 0; a < TZ->alphas; a++)
                for (int k = 1; k < phi[i].len[a]; k++)
                    mpz_mul_si(d->c[TZ->first[a] + k - 1], phi[i].c[TZ->first[a] + k], k);
            model_settle(d);
            model_scale(f, f, h, unit);
            model_add(d, d, f, -1);
            mpz_add(t, d->norm, d->rad);
            mpz_add(t, t, state[i].rad);
            if (mpz_cmp(t, eps[i]) >= 0)
            {
                good = 0;
                mpz_mul_ui(eps[i], t, 9);
                mpz_fdiv_q_2exp(eps[i], eps[i], 3);
                mpz_add_ui(eps[i], eps[i], 8);
            }
            mpz_set(after[i], t);
            models_free(d, 1);
        }
    }
    for (int i = 0; i < problem.N; i++)
        mpz_clear(eps[i]);
    free(eps);
    mpz_clears(unit, t, NULL);
    return good;
}

static void
run_flow(mpq_t *lo, mpq_t *hi, mpq_srcptr duration)
{
    mpz_t h, sum, total;
    mpq_t t;

    mpq_init(t);
    mpz_inits(h, sum, total, NULL);
    prepare(hi ? problem.n : 0);
    for (int i = 0; i < problem.n; i++)
    {
        mpq_add(t, lo[i], hi ? hi[i] : lo[i]);
        mpq_div_2exp(t, t, 1);
        model_constant(&state[i], t);
        if (hi)
        {
            mpq_sub(t, hi[i], lo[i]);
            mpq_div_2exp(t, t, 1);
            mpz_mul_2exp(mpq_numref(t), mpq_numref(t), B);
            mpz_cdiv_q(state[i].c[1 + i], mpq_numref(t), mpq_denref(t));
        }
        model_settle(&state[i]);
    }
    machine_run(&start, state);
    for (int i = problem.n; i < problem.N; i++)
        model_copy(&state[i], machine_value(&start, i - problem.n));
    add_shifts();
    fprintf(out, "flow %lu %d %d %d", B, K, hi ? weight : 1, hi ? K / weight : 0);
    for (int i = 0; i < problem.n; i++)
        fprintf(out, " %s", c_text);
    fputc('\n', out);
    mpz_mul_2exp(total, mpq_numref(duration), B);
    mpz_divexact(total, total, mpq_denref(duration));
    for (int i = 0; i < steps; i++)
    {
        mpz_mul_ui(h, total, (unsigned long) i + 1);
        mpz_fdiv_q_ui(h, h, (unsigned long) steps);
        mpz_sub(h, h, sum);
        mpz_add(sum, sum, h);
        for (int k = 0; k <= K + 1; k++)
            picard(h, k == 0);
        if (!inflate(h))
        {
            fprintf(stderr, "generate: no radii were found at step %d\n", i);
            exit(1);
        }
        gmp_fprintf(out, "step %Zx\n", h);
        for (int j = 0; j < problem.N; j++)
        {
            print_model(&phi[j]);
            model_zero(&state[j]);
            mpz_set(state[j].rad, after[j]);
            for (int a = 0; a < TZ->alphas; a++)
                for (int k = 0; k < phi[j].len[a]; k++)
                    mpz_add(state[j].c[a], state[j].c[a], phi[j].c[TZ->first[a] + k]);
            model_settle(&state[j]);
        }
    }
    fprintf(out, "arrive\n");
    machine_end(&start);
    machine_end(&field);
    mpz_clears(h, sum, total, NULL);
    mpq_clear(t);
}

static void
signs(int left)
{
    if (left == 0)
    {
        fprintf(out, "positive %d", problem.n);
        for (int i = 0; i < problem.n * problem.n; i++)
            fprintf(out, " %d", i % (problem.n + 1) == 0);
        fputc('\n', out);
        return;
    }
    fprintf(out, "halve %d\n", left % problem.n + 1);
    signs(left - 1);
    signs(left - 1);
}

static void
node(mpq_t *lo, mpq_t *hi, int left)
{
    mpq_t save;
    int i = left % problem.n;

    if (left == 0)
    {
        if (flow)
            run_flow(lo, hi, problem.lower);
        else
            fprintf(out, "static %lu %d\n", B, K);
        signs(halves);
        return;
    }
    fprintf(out, "split %d\n", i + 1);
    mpq_init(save);
    for (int side = 0; side < 2; side++)
    {
        mpq_t *end = side ? &lo[i] : &hi[i];

        mpq_set(save, *end);
        mpq_add(*end, lo[i], hi[i]);
        mpq_div_2exp(*end, *end, 1);
        node(lo, hi, left - 1);
        mpq_set(*end, save);
    }
    mpq_clear(save);
}

int
main(int argc, char **argv)
{
    char line[10000];
    FILE *head = tmpfile();
    mpq_t point[MAX_N];

    __lsan_disable();
    out = stdout;
    flow = argc == 9;
    if (argc != 6 && argc != 9)
        return 2;
    B = strtoul(argv[2], NULL, 10);
    K = atoi(argv[3]);
    weight = flow ? atoi(argv[4]) : 1;
    c_text = argv[5];
    steps = flow ? atoi(argv[6]) : 0;
    depth = atoi(argv[argc - 2]);
    halves = atoi(argv[argc - 1]);
    while (fgets(line, sizeof line, stdin))
    {
        fputs(line, head);
        if (strncmp(line, "point", 5) != 0 && strncmp(line, "direction", 9) != 0)
            fputs(line, out);
    }
    rewind(head);
    open_text(head);
    need("caustic-certificate");
    count(1, 1);
    read_problem();
    need("evidence");
    if (problem.has_upper)
    {
        advance();
        need("point");
        fprintf(out, "witness\npoint");
        for (int i = 0; i < problem.n; i++)
        {
            mpq_init(point[i]);
            rational(point[i]);
            gmp_fprintf(out, " %Qd", point[i]);
        }
        advance();
        need("direction");
        fprintf(out, "\ndirection %s\n", rest());
        if (flow)
            run_flow(point, NULL, problem.upper);
        else
            fprintf(out, "static %lu 0\n", B);
    }
    fprintf(out, "cover\n");
    node(problem.lo, problem.hi, depth);
    fprintf(out, "end\n");
    return 0;
}
