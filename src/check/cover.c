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

static struct
{
    long boxes, signs, steps, witness_steps;
} tally;

/* ---- The spaces and models of a rule, kept from one box to the next ---- */

typedef struct
{
    int flow, m, B, K, weight, D;
} shape_t;

static struct
{
    shape_t shape;
    space_t *Z, *TZ; /* polynomials in z; in t and z. NULL: nothing is here */
    machine_t start, field;
    model_t *q, *state, *work; /* in Z; the time is q[n] */
    model_t *phi, *speed, *derivative;
    model_t *F[MAX_N * MAX_N];
} rule;

static void
clear_rule(void)
{
    int n = problem.n;

    if (rule.Z == NULL)
        return;
    machine_end(&rule.start);
    models_free(rule.q, n + 1);
    models_free(rule.work, 2 * n * n + 2);
    models_free(rule.state, problem.N);
    space_free(rule.Z);
    rule.Z = NULL;
    if (!rule.shape.flow)
        return;
    machine_end(&rule.field);
    models_free(rule.phi, problem.N);
    models_free(rule.speed, 1);
    models_free(rule.derivative, 1);
    space_free(rule.TZ);
}

static void
set_rule(shape_t shape)
{
    int n = problem.n;
    unsigned long B = (unsigned long) shape.B;

    if (rule.Z && memcmp(&rule.shape, &shape, sizeof shape) == 0)
        return;
    clear_rule();
    if (!shape.flow && !problem.flat)
        reject("the static rule needs a Hamiltonian, with its conditions, without coordinates");
    rule.shape = shape;
    rule.Z = space_new(B, shape.m, shape.D, 1, shape.D, 0);
    rule.q = models(n + 1, rule.Z);
    rule.work = models(2 * n * n + 2, rule.Z);
    rule.state = models(problem.N, rule.Z);
    machine_start(&rule.start, rule.Z, shape.flow ? &problem.initial : &problem.still);
    for (int i = 0; i < n; i++)
        machine_bind(&rule.start, COORDINATES + i, &rule.q[i]);
    machine_bind(&rule.start, TIME, &rule.q[n]);
    if (!shape.flow)
        return;
    rule.TZ = space_new(B, shape.m, shape.K, shape.weight, shape.D, 1);
    rule.phi = models(problem.N, rule.TZ);
    rule.speed = models(1, rule.TZ);
    rule.derivative = models(1, rule.TZ);
    machine_start(&rule.field, rule.TZ, &problem.field);
    for (int i = 0; i < problem.N; i++)
        machine_bind(&rule.field, state_variable(i), &rule.phi[i]);
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
   derivative, so that e + G < eps: no solution leaves the tube. */
static void
include(model_t *state, const model_t *phi, const model_t *f, const mpz_t h)
{
    space_t *Z = state->S, *TZ = phi->S;
    model_t *d = rule.derivative;
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
    model_scale(rule.speed, f, h, unit); /* f itself may be one of the phi */
    model_add(d, d, rule.speed, -1);
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
read_steps(mpq_srcptr duration, int leaf, long *steps)
{
    mpz_t h, sum, t;

    mpz_inits(h, sum, t, NULL);
    for (; accept("step"); advance(), ++*steps)
    {
        integer(h);
        if (mpz_sgn(h) <= 0)
            reject("a step must be positive");
        mpz_add(sum, sum, h);
        for (int i = 0; i < problem.N; i++)
            read_polynomial(&rule.phi[i]);
        machine_run(&rule.field);
        for (int i = 0; i < problem.N; i++)
            include(&rule.state[i], &rule.phi[i], machine_value(&rule.field, i), h);
    }
    need("arrive");
    mpz_mul(sum, sum, mpq_denref(duration));
    mpz_mul_2exp(t, mpq_numref(duration), rule.Z->B);
    if (leaf ? mpz_cmp(sum, t) < 0 : mpz_cmp(sum, t) > 0)
        reject(leaf ? "the steps do not reach the time of the claim"
                    : "the steps go beyond the time of the claim");
    mpz_clears(h, sum, t, NULL);
    advance();
}

/* q_i = m_i + w_i z_i on the box lo ... hi */
static void
set_box(mpq_t *lo, mpq_t *hi)
{
    mpq_t t;

    mpq_init(t);
    for (int i = 0; i < problem.n; i++)
    {
        model_t *q = &rule.q[i];

        mpq_add(t, lo[i], hi[i]);
        mpq_div_2exp(t, t, 1);
        model_constant(q, t);
        mpq_sub(t, hi[i], lo[i]);
        mpq_div_2exp(t, t, 1);
        mpz_mul_2exp(mpq_numref(t), mpq_numref(t), rule.Z->B);
        mpz_cdiv_q(mpq_numref(t), mpq_numref(t), mpq_denref(t));
        if (rule.Z->D > 0) /* rounded up, which is a larger box */
            mpz_set(q->c[1 + i], mpq_numref(t));
        else
            mpz_add(q->rad, q->rad, mpq_numref(t));
        model_settle(q);
    }
    mpq_clear(t);
}

/* q, du0, Hess u0 + C, I, C^-1 */
static void
set_state(const mpq_t *c)
{
    int n = problem.n, r = 2 * n, w = r + n * (n + 1) / 2, m = w + n * n;
    mpq_t number;

    mpq_init(number);
    for (int i = 0; i < n; i++)
        model_copy(&rule.state[i], &rule.q[i]);
    for (int i = n; i < w; i++)
        model_copy(&rule.state[i], machine_value(&rule.start, i - n));
    for (int i = w; i < problem.N; i++)
        model_zero(&rule.state[i]);
    for (int i = 0; i < n; r += n - i, m += n - i, w += n + 1, i++)
    {
        model_constant(rule.work, c[i]);
        model_add(&rule.state[r], &rule.state[r], rule.work, 1);
        mpq_set_ui(number, 1, 1);
        model_constant(&rule.state[w], number);
        mpq_inv(number, c[i]);
        model_constant(&rule.state[m], number);
    }
    mpq_clear(number);
}

/* The line at hand is `static ...` or `flow ...`; leaves the matrix in rule.F. The box, or the point if it is
   not a leaf, is lo ... hi. */
static void
read_rule(mpq_t *lo, mpq_t *hi, int leaf, mpq_srcptr duration, long *steps)
{
    int n = problem.n, f = 0;
    shape_t shape = {.flow = accept("flow"), .m = leaf ? n : 0, .weight = 1};
    mpq_t c[MAX_N];

    if (!shape.flow)
        need("static");
    shape.B = (int) count(1, MAX_BITS);
    shape.K = shape.D = (int) count(shape.flow, leaf || shape.flow ? MAX_DEGREE : 0);
    if (shape.flow)
    {
        shape.weight = (int) count(1, leaf ? MAX_DEGREE : 1);
        shape.D = (int) count(0, leaf ? shape.K / shape.weight : 0);
    }
    for (int i = 0; i < n && shape.flow; i++)
    {
        mpq_init(c[i]);
        rational(c[i]);
        if (mpq_sgn(c[i]) <= 0)
            reject("the diagonal of C must be positive");
    }
    set_rule(shape);
    set_box(lo, hi);
    model_constant(&rule.q[n], duration);
    machine_run(&rule.start);
    advance();
    if (shape.flow)
    {
        set_state(c);
        read_steps(duration, leaf, steps);
        for (int i = 0; i < n; i++)
            mpq_clear(c[i]);
    }
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++, f++)
            rule.F[i * n + j] = rule.F[j * n + i] =
                shape.flow ? &rule.state[problem.N - n * (n + 1) / 2 + f] : machine_value(&rule.start, f);
}

/* ---- Positive definite matrices ---- */

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
read_positive(model_t **F)
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
    for (int i = 0; i < n * n * n; i++) /* T = F V */
        add_multiple(&T[i / n], v[i % n * n + i / n % n], F[i / n / n * n + i % n]);
    for (int i = 0; i < n * n * n; i++) /* B = V^T T */
        add_multiple(&B[i / n], v[i % n * n + i / n / n], &T[i % n * n + i / n % n]);
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
read_sign(model_t **F, int depth)
{
    int n = problem.n, i;
    model_t *half, **G; /* not on the stack: the tree may be deep */

    if (!accept("halve"))
    {
        need("positive");
        read_positive(F);
        tally.signs++;
        advance();
        return;
    }
    i = (int) count(1, n) - 1;
    if (depth == MAX_DEPTH)
        reject("the tree is too deep");
    advance();
    half = models(n * (n + 1) / 2, rule.Z);
    G = grab((size_t) (n * n), sizeof *G);
    for (int side = -1; side <= 1; side += 2)
    {
        size_t above = enter(side < 0 ? "-" : "+");

        for (int r = 0, f = 0; r < n; r++)
            for (int c = r; c < n; c++, f++)
            {
                G[r * n + c] = G[c * n + r] = &half[f];
                model_halve(&half[f], F[r * n + c], i, side);
            }
        read_sign(G, depth + 1);
        proof_path[above] = 0;
    }
    models_free(half, n * (n + 1) / 2);
    drop(G);
}

/* ---- The tree of boxes, and the witness ---- */

static void
read_node(mpq_t *lo, mpq_t *hi, int depth)
{
    mpq_t middle, saved;
    int i;

    if (!accept("split"))
    {
        read_rule(lo, hi, 1, problem.lower, &tally.steps);
        read_sign(rule.F, 0);
        tally.boxes++;
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
    read_rule(point, point, 0, problem.upper, &tally.witness_steps);
    sum = rule.work;
    model_zero(sum);
    mpz_init(product);
    for (int i = 0; i < n * n; i++)
    {
        mpz_mul(product, w[i / n], w[i % n]);
        add_multiple(sum, product, rule.F[i]);
    }
    if (model_sign(sum) >= 0)
        reject("the witness does not prove a focal time");
}

void
read_evidence(void)
{
    memset(&tally, 0, sizeof tally);
    memset(&rule, 0, sizeof rule);
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

void
print_evidence(FILE *report)
{
    fprintf(report, "evidence  %ld boxes, %ld steps, %ld matrices", tally.boxes, tally.steps, tally.signs);
    if (problem.has_upper)
        fprintf(report, "; a witness, %ld steps", tally.witness_steps);
    fprintf(report, "\n");
}
