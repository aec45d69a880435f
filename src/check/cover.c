/* The evidence: the tree of boxes, the steps of a flow, and positive definite matrices. */
#include "check.h"

#include <string.h>

char proof_path[4 * MAX_DEPTH + 100];

/* Adds a step to the path of the node at hand; returns where it was before. */
static size_t
enter(const char *step)
{
    size_t length = strlen(proof_path);

    strcpy(proof_path + length, step);
    return length;
}

/* What is at hand at a leaf or the witness */
static struct
{
    int flow, m, K, weight, D; /* as its line says; m is the number of the z */
    mpq_t c[MAX_N];
    space_t *Z;     /* polynomials in z */
    model_t *state; /* q, p, R, W, M */
    model_t *F;     /* the matrix: its upper triangle, in the place of M */
    model_t *work;
} rule;

/* ---- The start ---- */

/* q_i = m_i + w_i z_i on the box lo ... hi, or a little more: w_i is rounded up */
static void
set_box(model_t *q, mpq_t *lo, mpq_t *hi)
{
    mpq_t t;

    mpq_init(t);
    for (int i = 0; i < problem.n; i++)
    {
        mpq_add(t, lo[i], hi[i]);
        mpq_div_2exp(t, t, 1);
        model_constant(&q[i], t);
        mpq_sub(t, hi[i], lo[i]);
        mpz_mul_2exp(mpq_numref(t), mpq_numref(t), rule.Z->B - 1);
        mpz_cdiv_q(mpq_numref(t), mpq_numref(t), mpq_denref(t));
        if (rule.Z->D > 0)
            mpz_set(q[i].c[1 + i], mpq_numref(t));
        else
            mpz_add(q[i].rad, q[i].rad, mpq_numref(t));
        model_settle(&q[i]);
    }
    mpq_clear(t);
}

/* The state at time 0, or F of the static rule */
static void
start(mpq_t *lo, mpq_t *hi, mpq_srcptr duration)
{
    int n = problem.n, first = rule.flow ? 0 : (int) (rule.F - rule.state);
    model_t *x = models(3 * n + 1, rule.Z);
    machine_t M;

    machine_start(&M, rule.Z, rule.flow ? &problem.initial : &problem.still);
    set_box(x, lo, hi);
    model_constant(&x[3 * n], duration);
    machine_bind(&M, TIME, &x[3 * n]);
    for (int i = 0; i < n; i++)
    {
        machine_bind(&M, COORDINATES + i, &x[i]);
        machine_bind(&M, SHIFTS + i, &x[n + i]);
        machine_bind(&M, INVERSES + i, &x[2 * n + i]);
        if (rule.flow)
        {
            model_constant(&x[n + i], rule.c[i]);
            mpq_inv(rule.c[i], rule.c[i]);
            model_constant(&x[2 * n + i], rule.c[i]);
        }
    }
    machine_run(&M);
    for (int i = first; i < problem.N; i++)
        model_copy(&rule.state[i], machine_value(&M, i - first));
    machine_end(&M);
    models_free(x, 3 * n + 1);
}

/* ---- Steps ---- */

static void
read_polynomial(model_t *o)
{
    advance();
    need("p");
    model_zero(o);
    integer(o->rad);
    if (mpz_sgn(o->rad) < 0)
        reject("a negative radius");
    for (int i = 0; more(); i++)
    {
        if (i == o->S->terms)
            reject("too many coefficients");
        integer(o->c[i]);
    }
    model_settle(o);
}

/* The state after a step from the state before it: phi at the start must be near, and h f near its derivative
   d, so that e + G < eps: no solution leaves the tube. */
static void
include(model_t *state, const model_t *phi, const model_t *f, mpz_t h, model_t *d, model_t *speed)
{
    space_t *Z = state->S, *TZ = phi->S;
    mpz_t unit, e;

    mpz_inits(unit, e, NULL);
    mpz_setbit(unit, TZ->B);
    for (int a = 0; a < Z->alphas; a++)
        mpz_sub(state->c[a], state->c[a], phi->c[TZ->first[a]]);
    model_settle(state);
    mpz_add(e, state->norm, state->rad);
    model_zero(d);
    for (int a = 0; a < TZ->alphas; a++)
        for (int k = 1; k < phi->len[a]; k++)
            mpz_mul_si(d->c[TZ->first[a] + k - 1], phi->c[TZ->first[a] + k], k);
    model_scale(speed, f, h, unit);
    model_add(d, d, speed, -1);
    mpz_add(e, e, d->norm);
    mpz_add(e, e, d->rad);
    if (mpz_cmp(e, phi->rad) >= 0)
        reject("the step is not proved: a solution may leave the tube");
    model_zero(state);
    for (int a = 0; a < Z->alphas; a++)
        for (int k = 0; k < phi->len[a]; k++)
            mpz_add(state->c[a], state->c[a], phi->c[TZ->first[a] + k]);
    mpz_set(state->rad, e);
    model_settle(state);
    mpz_clears(unit, e, NULL);
}

static void
read_steps(mpq_srcptr duration)
{
    space_t *TZ = space_new(rule.Z->B, rule.m, rule.K, rule.weight, rule.D, 1);
    model_t *phi = models(problem.N, TZ), *work = models(2, TZ);
    machine_t M;
    mpz_t h, sum, t;

    mpz_inits(h, sum, t, NULL);
    machine_start(&M, TZ, &problem.field);
    for (int i = 0; i < problem.N; i++)
        machine_bind(&M, state_variable(i), &phi[i]);
    for (; accept("step"); advance())
    {
        integer(h);
        if (mpz_sgn(h) <= 0)
            reject("a step must be positive");
        mpz_add(sum, sum, h);
        for (int i = 0; i < problem.N; i++)
            read_polynomial(&phi[i]);
        machine_run(&M);
        for (int i = 0; i < problem.N; i++)
            include(&rule.state[i], &phi[i], machine_value(&M, i), h, &work[0], &work[1]);
    }
    need("arrive");
    mpz_mul(sum, sum, mpq_denref(duration));
    mpz_mul_2exp(t, mpq_numref(duration), TZ->B);
    if (rule.m > 0 && mpz_cmp(sum, t) < 0)
        reject("the steps do not reach the time of the claim");
    if (rule.m == 0 && mpz_cmp(sum, t) > 0)
        reject("the steps go beyond the time of the claim");
    advance();
    mpz_clears(h, sum, t, NULL);
    machine_end(&M);
    models_free(work, 2);
    models_free(phi, problem.N);
    space_free(TZ);
}

/* The line at hand is `static ...` or `flow ...`; leaves the matrix in rule.F. The box, or the point of the
   witness, is lo ... hi. */
static void
read_rule(mpq_t *lo, mpq_t *hi, int leaf, mpq_srcptr duration)
{
    int n = problem.n;
    unsigned long B;

    rule.m = leaf ? n : 0;
    rule.flow = accept("flow");
    if (!rule.flow)
        need("static");
    if (!rule.flow && !problem.flat)
        reject("the static rule needs a Hamiltonian, with its conditions, without coordinates");
    B = (unsigned long) count(1, MAX_BITS);
    rule.K = rule.D = (int) count(rule.flow, leaf || rule.flow ? MAX_DEGREE : 0);
    if (rule.flow)
    {
        rule.weight = (int) count(1, leaf ? MAX_DEGREE : 1);
        rule.D = (int) count(0, leaf ? rule.K / rule.weight : 0);
    }
    for (int i = 0; i < n && rule.flow; i++)
    {
        rational(rule.c[i]);
        if (mpq_sgn(rule.c[i]) <= 0)
            reject("the diagonal of C must be positive");
    }
    rule.Z = space_new(B, rule.m, rule.D, 1, rule.D, 0);
    rule.state = models(problem.N, rule.Z);
    rule.F = rule.state + problem.N - n * (n + 1) / 2;
    rule.work = models(2 * n * n + 2, rule.Z);
    start(lo, hi, duration);
    advance();
    if (rule.flow)
        read_steps(duration);
}

static void
end_rule(void)
{
    models_free(rule.work, 2 * problem.n * problem.n + 2);
    models_free(rule.state, problem.N);
    space_free(rule.Z);
}

/* ---- Positive definite matrices ---- */

/* The place of F_ij in the upper triangle */
static int
upper(int i, int j)
{
    return i <= j ? i * (2 * problem.n - i - 1) / 2 + j : upper(j, i);
}

/* The least of inf M_ii - sum |M_ij| over the rows and columns from ... to - 1; it must be positive */
static void
dominance(mpz_t least, model_t *M, int from, int to)
{
    int n = problem.n;
    mpz_t row;

    mpz_init(row);
    for (int i = from; i < to; i++)
    {
        model_infimum(row, &M[i * n + i]);
        for (int j = from; j < to; j++)
            if (j != i)
            {
                mpz_sub(row, row, M[i * n + j].norm);
                mpz_sub(row, row, M[i * n + j].rad);
            }
        if (mpz_sgn(row) <= 0)
            reject("the matrix is not proved to be positive definite");
        if (i == from || mpz_cmp(row, least) < 0)
            mpz_set(least, row);
    }
    mpz_clear(row);
}

static void
add_multiple(model_t *o, const mpz_t v, const model_t *a)
{
    model_t *scratch = &rule.work[2 * problem.n * problem.n];
    mpz_t one;

    if (mpz_sgn(v) == 0)
        return;
    mpz_init_set_ui(one, 1);
    model_scale(scratch, a, v, one);
    model_add(o, o, scratch, 1);
    mpz_clear(one);
}

static void
read_positive(model_t *F)
{
    int n = problem.n, k = (int) count(1, n);
    model_t *T = rule.work, *B = T + n * n, *product = B + n * n;
    mpz_t v[MAX_N * MAX_N], beta, unit;

    mpz_inits(beta, unit, NULL);
    mpz_setbit(unit, rule.Z->B);
    for (int i = 0; i < n * n; i++)
    {
        mpz_init(v[i]);
        integer(v[i]);
        model_zero(&T[i]);
        model_zero(&B[i]);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int l = 0; l < n; l++) /* T = F V */
                add_multiple(&T[i * n + j], v[l * n + j], &F[upper(i, l)]);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int l = 0; l < n; l++) /* B = V^T T */
                add_multiple(&B[i * n + j], v[l * n + i], &T[l * n + j]);
    dominance(beta, B, k < n ? k : 0, n);
    for (int i = 0; k < n && i < k; i++)
        for (int j = 0; j < k; j++)
        {
            model_scale(&T[i * n + j], &B[i * n + j], beta, unit);
            for (int l = k; l < n; l++)
            {
                model_mul(product, &B[i * n + l], &B[l * n + j]);
                model_add(&T[i * n + j], &T[i * n + j], product, -1);
            }
        }
    if (k < n)
        dominance(beta, T, 0, k);
    for (int i = 0; i < n * n; i++)
        mpz_clear(v[i]);
    mpz_clears(beta, unit, NULL);
}

static void
read_sign(model_t *F, int depth)
{
    int i, size = problem.n * (problem.n + 1) / 2;
    model_t *half;

    if (accept("positive"))
    {
        read_positive(F);
        advance();
        return;
    }
    need("halve");
    i = (int) count(1, problem.n) - 1;
    if (depth == MAX_DEPTH)
        reject("the tree is too deep");
    advance();
    half = models(size, rule.Z);
    for (int side = -1; side <= 1; side += 2)
    {
        size_t above = enter(side < 0 ? "-" : "+");

        for (int f = 0; f < size; f++)
            model_halve(&half[f], &F[f], i, side);
        read_sign(half, depth + 1);
        proof_path[above] = 0;
    }
    models_free(half, size);
}

/* ---- The tree of boxes, and the witness ---- */

static void
read_node(mpq_t *lo, mpq_t *hi, int depth)
{
    mpq_t middle, saved;
    int i;

    if (!accept("split"))
    {
        read_rule(lo, hi, 1, problem.lower);
        read_sign(rule.F, 0);
        end_rule();
        return;
    }
    i = (int) count(1, problem.n) - 1;
    if (depth == MAX_DEPTH)
        reject("the tree is too deep");
    advance();
    mpq_inits(middle, saved, NULL);
    mpq_add(middle, lo[i], hi[i]);
    mpq_div_2exp(middle, middle, 1);
    for (int half = 0; half < 2; half++)
    {
        size_t above = enter(half ? ".2" : ".1");
        mpq_ptr end = half ? lo[i] : hi[i];

        mpq_set(saved, end);
        mpq_set(end, middle);
        read_node(lo, hi, depth + 1);
        mpq_set(end, saved);
        proof_path[above] = 0;
    }
    mpq_clears(middle, saved, NULL);
}

static void
read_witness(void)
{
    int n = problem.n;
    mpq_t point[MAX_N];
    mpz_t w[MAX_N], product;
    model_t *sum;

    advance();
    need("point");
    for (int i = 0; i < n; i++)
    {
        mpq_init(point[i]);
        rational(point[i]);
        if (mpq_cmp(point[i], problem.lo[i]) < 0 || mpq_cmp(point[i], problem.hi[i]) > 0)
            reject("the point of the witness is not in the domain");
    }
    advance();
    need("direction");
    for (int i = 0; i < n; i++)
    {
        mpz_init(w[i]);
        integer(w[i]);
    }
    advance();
    read_rule(point, point, 0, problem.upper);
    sum = rule.work;
    model_zero(sum);
    mpz_init(product);
    for (int i = 0; i < n * n; i++)
    {
        mpz_mul(product, w[i / n], w[i % n]);
        add_multiple(sum, product, &rule.F[upper(i / n, i % n)]);
    }
    if (model_sign(sum) >= 0)
        reject("the witness does not prove a focal time");
    end_rule();
}

void
read_evidence(void)
{
    for (int i = 0; i < MAX_N; i++)
        mpq_init(rule.c[i]);
    need("evidence");
    advance();
    if (problem.has_upper)
    {
        need("witness");
        enter("witness");
        read_witness();
        proof_path[0] = 0;
    }
    need("cover");
    advance();
    enter("box 1");
    read_node(problem.lo, problem.hi, 0);
    proof_path[0] = 0;
    need("end");
    advance();
}
