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

/* ---- The state, and the matrix F ---- */

/* What is at hand at a leaf or the witness */
static struct
{
    int flow, m, K, weight, D; /* as its line says; m is the number of the z */
    mpq_t c[MAX_N];
    space_t *Z;     /* polynomials in z */
    model_t *state; /* q, p, R, W, M, and the time */
    model_t *F;     /* the upper triangle of the matrix: in the place of M */
} rule;

/* The place of F_ij */
static int
upper(int i, int j)
{
    return i <= j ? i * (2 * problem.n - i - 1) / 2 + j : upper(j, i);
}

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

/* R_ii += c_i, M_ii = 1/c_i */
static void
add_shifts(void)
{
    model_t *c = models(1, rule.Z);

    for (int i = 0; i < problem.n; i++)
    {
        model_t *r = &rule.state[2 * problem.n + upper(i, i)];

        model_constant(c, rule.c[i]);
        model_add(r, r, c, 1);
        mpq_inv(rule.c[i], rule.c[i]);
        model_constant(&rule.F[upper(i, i)], rule.c[i]);
    }
    models_free(c, 1);
}

/* The state at time 0, or F of the static rule */
static void
start(mpq_t *lo, mpq_t *hi, mpq_srcptr duration)
{
    model_t *out = rule.flow ? rule.state + problem.n : rule.F, *end = rule.state + problem.N;
    machine_t M;

    set_box(rule.state, lo, hi);
    model_constant(end, duration);
    machine_start(&M, rule.Z, rule.flow ? &problem.initial : &problem.still);
    machine_run(&M, rule.state);
    for (int i = 0; out + i < end; i++)
        model_copy(out + i, machine_value(&M, i));
    machine_end(&M);
    if (rule.flow)
        add_shifts();
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

/* The state after a step from the state before it: phi at the start must be near, and h f near its
   derivative, so that e + G < eps: no solution leaves the tube. Uses up hf. */
static void
include(model_t *state, const model_t *phi, model_t *hf)
{
    space_t *Z = state->S, *TZ = phi->S;
    mpz_t e;

    mpz_init(e);
    for (int a = 0; a < Z->alphas; a++)
    {
        int first = TZ->first[a];

        mpz_sub(state->c[a], state->c[a], phi->c[first]);
        for (int k = 1; k < phi->len[a]; k++)
            mpz_submul_ui(hf->c[first + k - 1], phi->c[first + k], (unsigned long) k);
    }
    model_settle(state);
    model_settle(hf);
    mpz_add(e, state->norm, state->rad);
    mpz_add(e, e, hf->norm);
    mpz_add(e, e, hf->rad);
    if (mpz_cmp(e, phi->rad) >= 0)
        reject("the step is not proved: a solution may leave the tube");
    model_zero(state);
    for (int a = 0; a < Z->alphas; a++)
        for (int k = 0; k < phi->len[a]; k++)
            mpz_add(state->c[a], state->c[a], phi->c[TZ->first[a] + k]);
    mpz_set(state->rad, e);
    model_settle(state);
    mpz_clear(e);
}

static void
read_steps(mpq_srcptr duration)
{
    int N = problem.N;
    space_t *TZ = space_new(rule.Z->B, rule.m, rule.K, rule.weight, rule.D, 1);
    model_t *phi = models(N, TZ), *hf = models(1, TZ);
    machine_t M;
    mpz_t h, sum, t;

    mpz_inits(h, sum, t, NULL);
    machine_start(&M, TZ, &problem.field);
    for (; accept("step"); advance())
    {
        integer(h);
        if (mpz_sgn(h) <= 0)
            reject("a step must be positive");
        mpz_add(sum, sum, h);
        for (int i = 0; i < N; i++)
            read_polynomial(&phi[i]);
        machine_run(&M, phi);
        mpz_set_ui(t, 0);
        mpz_setbit(t, TZ->B);
        for (int i = 0; i < N; i++)
        {
            model_scale(hf, machine_value(&M, i), h, t);
            include(&rule.state[i], &phi[i], hf);
        }
    }
    need("arrive");
    advance();
    mpz_mul(sum, sum, mpq_denref(duration));
    mpz_mul_2exp(t, mpq_numref(duration), TZ->B);
    if (rule.m > 0 && mpz_cmp(sum, t) < 0)
        reject("the steps do not reach the time of the claim");
    if (rule.m == 0 && mpz_cmp(sum, t) > 0)
        reject("the steps go beyond the time of the claim");
    mpz_clears(h, sum, t, NULL);
    machine_end(&M);
    models_free(hf, 1);
    models_free(phi, N);
    space_free(TZ);
}

/* The line at hand is `static ...` or `flow ...`; leaves the matrix in rule.F. The box, or the point
   of the witness, is lo ... hi. */
static void
read_rule(mpq_t *lo, mpq_t *hi, int leaf, mpq_srcptr duration)
{
    unsigned long B;

    rule.m = leaf ? problem.n : 0;
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
    for (int i = 0; i < problem.n && rule.flow; i++)
    {
        rational(rule.c[i]);
        if (mpq_sgn(rule.c[i]) <= 0)
            reject("the diagonal of C must be positive");
    }
    rule.Z = space_new(B, rule.m, rule.D, 1, rule.D, 0);
    rule.state = models(problem.N + 1, rule.Z);
    rule.F = rule.state + problem.N - problem.n * (problem.n + 1) / 2;
    start(lo, hi, duration);
    advance();
    if (rule.flow)
        read_steps(duration);
}

static void
end_rule(void)
{
    models_free(rule.state, problem.N + 1);
    space_free(rule.Z);
}

/* ---- Positive definite matrices ---- */

/* o = sum of a_k b_l F_kl for two columns a and b of integer matrices by rows of this length */
static void
set_form(model_t *o, const model_t *F, mpz_t *a, mpz_t *b, int length)
{
    model_t *term = models(1, rule.Z);
    mpz_t factor, one;

    mpz_init(factor);
    mpz_init_set_ui(one, 1);
    model_zero(o);
    for (int k = 0; k < problem.n; k++)
        for (int l = 0; l < problem.n; l++)
        {
            mpz_mul(factor, a[k * length], b[l * length]);
            if (mpz_sgn(factor) == 0)
                continue;
            model_scale(term, &F[upper(k, l)], factor, one);
            model_add(o, o, term, 1);
        }
    mpz_clears(factor, one, NULL);
    models_free(term, 1);
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

/* B = V^T F V is dominant; or its block from k on is, and so is the Schur complement of that */
static void
read_positive(const model_t *F)
{
    int n = problem.n, k = (int) count(1, n);
    model_t *B = models(n * n, rule.Z), *product = models(1, rule.Z);
    mpz_t v[MAX_N * MAX_N], beta, unit;

    mpz_inits(beta, unit, NULL);
    mpz_setbit(unit, rule.Z->B);
    for (int i = 0; i < n * n; i++)
    {
        mpz_init(v[i]);
        integer(v[i]);
    }
    for (int i = 0; i < n * n; i++)
        set_form(&B[i], F, v + i / n, v + i % n, n);
    dominance(beta, B, k < n ? k : 0, n);
    for (int i = 0; i < k * n && k < n; i++)
        if (i % n < k)
        {
            model_scale(&B[i], &B[i], beta, unit);
            for (int l = k; l < n; l++)
            {
                model_mul(product, &B[i / n * n + l], &B[l * n + i % n]);
                model_add(&B[i], &B[i], product, -1);
            }
        }
    if (k < n)
        dominance(beta, B, 0, k);
    for (int i = 0; i < n * n; i++)
        mpz_clear(v[i]);
    mpz_clears(beta, unit, NULL);
    models_free(product, 1);
    models_free(B, n * n);
}

static void
read_sign(const model_t *F, int depth)
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

/* w^T F w < 0 at a point of the domain */
static void
read_witness(void)
{
    int n = problem.n;
    mpq_t point[MAX_N];
    mpz_t w[MAX_N];

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
    set_form(rule.state, rule.F, w, w, 1);
    if (model_sign(rule.state) >= 0)
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
