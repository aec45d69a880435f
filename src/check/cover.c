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
    long boxes, halves, steps, witness_steps;
} tally;

/* ---- The spaces and models of a rule, kept from one box to the next ---- */

static struct
{
    int flow, m, K, weight, D; /* m < 0: nothing is here */
    unsigned long B;
    space_t *Z, *TZ; /* polynomials in z; in t and z */
    machine_t start, field;
    model_t q[MAX_N], time, phi[MAX_STATE], state[MAX_STATE];
    model_t work[2 * MAX_N * MAX_N + 2], derivative, speed;
    model_t *F[MAX_N * MAX_N];
} rule = {.m = -1};

static void
start_models(model_t *o, int n, space_t *S)
{
    for (int i = 0; i < n; i++)
        model_start(&o[i], S);
}

static void
end_models(model_t *o, int n)
{
    for (int i = 0; i < n; i++)
        model_end(&o[i]);
}

static void
clear_rule(void)
{
    int n = problem.n;

    if (rule.m < 0)
        return;
    machine_end(&rule.start);
    end_models(rule.q, n);
    end_models(&rule.time, 1);
    end_models(rule.work, 2 * n * n + 2);
    if (rule.flow)
    {
        machine_end(&rule.field);
        end_models(&rule.derivative, 1);
        end_models(&rule.speed, 1);
        end_models(rule.phi, problem.N);
        end_models(rule.state, problem.N);
        space_free(rule.TZ);
    }
    space_free(rule.Z);
    rule.m = -1;
}

static void
set_rule(int flow, int m, unsigned long B, int K, int weight, int D)
{
    int n = problem.n;

    if (rule.m == m && rule.flow == flow && rule.B == B && rule.K == K && rule.weight == weight &&
        rule.D == D)
        return;
    clear_rule();
    if (!flow && !problem.flat)
        reject("the static rule needs a Hamiltonian, with its conditions, without coordinates");
    rule.flow = flow;
    rule.B = B;
    rule.K = K;
    rule.weight = weight;
    rule.D = D;
    rule.Z = space_new(B, m, D, 1, D, 0);
    start_models(rule.q, n, rule.Z);
    start_models(&rule.time, 1, rule.Z);
    start_models(rule.work, 2 * n * n + 2, rule.Z);
    machine_start(&rule.start, flow ? &problem.initial : &problem.still, rule.Z);
    for (int i = 0; i < n; i++)
        machine_bind(&rule.start, i, &rule.q[i]);
    machine_bind(&rule.start, problem.N + 1, &rule.time);
    if (flow)
    {
        rule.TZ = space_new(B, m, K, weight, D, 1);
        start_models(&rule.derivative, 1, rule.TZ);
        start_models(&rule.speed, 1, rule.TZ);
        start_models(rule.phi, problem.N, rule.TZ);
        start_models(rule.state, problem.N, rule.Z);
        machine_start(&rule.field, &problem.field, rule.TZ);
        for (int i = 0; i < problem.N; i++)
            machine_bind(&rule.field, i, &rule.phi[i]);
    }
    rule.m = m;
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
    model_t *d = &rule.derivative, *at = &rule.work[0];
    mpz_t unit, e;

    mpz_inits(unit, e, NULL);
    mpz_setbit(unit, TZ->B);
    model_zero(at);
    for (int a = 0; a < Z->alphas; a++)
        mpz_set(at->c[a], phi->c[TZ->first[a]]);
    model_settle(at);
    model_add(at, at, state, -1);
    mpz_add(e, at->norm, at->rad);
    model_zero(d);
    for (int a = 0; a < TZ->alphas; a++)
        for (int k = 1; k < phi->len[a]; k++)
            mpz_mul_si(d->c[TZ->first[a] + k - 1], phi->c[TZ->first[a] + k], k);
    model_settle(d);
    model_scale(&rule.speed, f, h, unit); /* f itself may be one of the phi */
    model_add(d, d, &rule.speed, -1);
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
    for (; line_is("step"); advance(), ++*steps)
    {
        integer(h);
        if (mpz_sgn(h) <= 0)
            reject("a step must be positive");
        mpz_add(sum, sum, h);
        for (int i = 0; i < problem.N; i++)
            read_polynomial(&rule.phi[i]);
        machine_run(&rule.field);
        for (int i = 0; i < problem.N; i++)
            include(&rule.state[i], &rule.phi[i], rule.field.reg[problem.field.output[i]], h);
    }
    need("arrive");
    mpz_mul(sum, sum, mpq_denref(duration));
    mpz_mul_2exp(t, mpq_numref(duration), rule.B);
    if (leaf ? mpz_cmp(sum, t) < 0 : mpz_cmp(sum, t) > 0)
        reject(leaf ? "the steps do not reach the time of the claim"
                    : "the steps go beyond the time of the claim");
    mpz_clears(h, sum, t, NULL);
}

/* q, du0, Hess u0 + C, I, C^-1 */
static void
set_state(mpq_t *c)
{
    int n = problem.n, r = 2 * n, m = problem.N - n * (n + 1) / 2;
    model_t *value = &rule.work[0];

    for (int i = 0; i < problem.N; i++)
        model_copy(&rule.state[i], rule.start.reg[problem.initial.output[i]]);
    for (int i = 0; i < n; r += n - i, m += n - i, i++)
    {
        mpq_t inverse;

        mpq_init(inverse);
        mpq_inv(inverse, c[i]);
        model_constant(value, c[i]);
        model_add(&rule.state[r], &rule.state[r], value, 1);
        model_constant(&rule.state[m], inverse);
        mpq_clear(inverse);
    }
}

/* The line at hand is `static ...` or `flow ...`; leaves the matrix in rule.F. The box, or the point
   if hi is NULL, is lo ... hi. */
static void
read_rule(mpq_t *lo, mpq_t *hi, mpq_srcptr duration, long *steps)
{
    int flow = line_is("flow"), n = problem.n, f = 0;
    unsigned long B;
    int K, weight = 1, D;
    mpq_t c[MAX_N], half, t;

    if (!flow)
        need("static");
    mpq_inits(half, t, NULL);
    B = (unsigned long) count(1, MAX_BITS);
    K = (int) count(flow, hi || flow ? MAX_DEGREE : 0);
    D = K;
    if (flow)
    {
        weight = (int) count(1, hi ? MAX_DEGREE : 1);
        D = (int) count(0, hi ? K / weight : 0);
    }
    for (int i = 0; i < n; i++)
    {
        mpq_init(c[i]);
        if (flow)
            rational(c[i]);
        if (flow && mpq_sgn(c[i]) <= 0)
            reject("the diagonal of C must be positive");
    }
    set_rule(flow, hi ? n : 0, B, K, weight, D);
    mpq_set_ui(half, 1, 2);
    for (int i = 0; i < n; i++)
    {
        model_t *q = &rule.q[i];

        model_zero(q);
        mpq_add(t, lo[i], hi ? hi[i] : lo[i]);
        mpq_mul(t, t, half);
        mpz_mul_2exp(mpq_numref(t), mpq_numref(t), B);
        model_put(q, 0, mpq_numref(t), mpq_denref(t));
        if (hi)
        {
            mpq_sub(t, hi[i], lo[i]);
            mpq_mul(t, t, half);
            mpz_mul_2exp(mpq_numref(t), mpq_numref(t), B);
            if (rule.Z->D > 0)
                model_put(q, 1 + i, mpq_numref(t), mpq_denref(t));
            else
            {
                mpz_cdiv_q(mpq_numref(t), mpq_numref(t), mpq_denref(t));
                mpz_add(q->rad, q->rad, mpq_numref(t));
            }
        }
        model_settle(q);
    }
    model_constant(&rule.time, duration);
    machine_run(&rule.start);
    if (flow)
        set_state(c);
    advance();
    if (flow)
    {
        read_steps(duration, hi != NULL, steps);
        advance();
    }
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++, f++)
            rule.F[i * n + j] = rule.F[j * n + i] =
                flow ? &rule.state[problem.N - n * (n + 1) / 2 + f] : rule.start.reg[problem.still.output[f]];
    for (int i = 0; i < n; i++)
        mpq_clear(c[i]);
    mpq_clears(half, t, NULL);
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
add_multiple(model_t *o, const mpz_t v, const model_t *a, model_t *scratch)
{
    mpz_t one;

    mpz_init_set_ui(one, 1);
    model_scale(scratch, a, v, one);
    model_add(o, o, scratch, 1);
    mpz_clear(one);
}

static void
set_zero(model_t *o)
{
    model_zero(o);
    model_settle(o);
}

static void
read_positive(model_t **F)
{
    int n = problem.n, k = (int) count(1, n);
    model_t *T = rule.work, *B = T + n * n, *scratch = B + n * n;
    mpz_t v[MAX_N * MAX_N], beta, unit;

    mpz_inits(beta, unit, NULL);
    for (int i = 0; i < n * n; i++)
    {
        mpz_init(v[i]);
        integer(v[i]);
        set_zero(&T[i]);
        set_zero(&B[i]);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int l = 0; l < n; l++)
                if (mpz_sgn(v[l * n + j]) != 0)
                    add_multiple(&T[i * n + j], v[l * n + j], F[i * n + l], scratch);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int l = 0; l < n; l++)
                if (mpz_sgn(v[l * n + i]) != 0)
                    add_multiple(&B[i * n + j], v[l * n + i], &T[l * n + j], scratch);
    dominance(beta, B, k < n ? k : 0, n);
    mpz_setbit(unit, rule.B);
    for (int i = 0; k < n && i < k; i++)
        for (int j = 0; j < k; j++)
        {
            model_scale(&T[i * n + j], &B[i * n + j], beta, unit);
            for (int l = k; l < n; l++)
            {
                model_mul(scratch, &B[i * n + l], &B[l * n + j]);
                model_add(&T[i * n + j], &T[i * n + j], scratch, -1);
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

    if (!line_is("halve"))
    {
        need("positive");
        read_positive(F);
        tally.halves++;
        advance();
        return;
    }
    i = (int) count(1, n) - 1;
    if (depth == MAX_DEPTH)
        reject("the tree is too deep");
    advance();
    half = grab((size_t) (n * (n + 1) / 2), sizeof *half);
    G = grab((size_t) (n * n), sizeof *G);
    start_models(half, n * (n + 1) / 2, rule.Z);
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
    end_models(half, n * (n + 1) / 2);
    drop(half);
    drop(G);
}

/* ---- The tree of boxes, and the witness ---- */

static void
read_node(mpq_t *lo, mpq_t *hi, int depth)
{
    mpq_t middle, saved;
    size_t above;
    int i;

    if (!line_is("split"))
    {
        read_rule(lo, hi, problem.lower, &tally.steps);
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
    mpq_set(saved, hi[i]);
    mpq_set(hi[i], middle);
    above = enter(".1");
    read_node(lo, hi, depth + 1);
    proof_path[above] = 0;
    enter(".2");
    mpq_set(hi[i], saved);
    mpq_set(saved, lo[i]);
    mpq_set(lo[i], middle);
    read_node(lo, hi, depth + 1);
    proof_path[above] = 0;
    mpq_set(lo[i], saved);
    mpq_clears(middle, saved, NULL);
}

static void
read_witness(void)
{
    int n = problem.n;
    mpq_t point[MAX_N];
    mpz_t w[MAX_N], product;
    model_t *sum, *scratch;

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
    read_rule(point, NULL, problem.upper, &tally.witness_steps);
    sum = &rule.work[0];
    scratch = &rule.work[1];
    set_zero(sum);
    mpz_init(product);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
        {
            mpz_mul(product, w[i], w[j]);
            add_multiple(sum, product, rule.F[i * n + j], scratch);
        }
    if (model_sign(sum) >= 0)
        reject("the witness does not prove a focal time");
    for (int i = 0; i < n; i++)
    {
        mpq_clear(point[i]);
        mpz_clear(w[i]);
    }
    mpz_clear(product);
}

void
read_evidence(void)
{
    memset(&tally, 0, sizeof tally);
    rule.m = -1;
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
    fprintf(report, "evidence  %ld boxes, %ld steps, %ld matrices", tally.boxes, tally.steps, tally.halves);
    if (problem.has_upper)
        fprintf(report, "; a witness, %ld steps", tally.witness_steps);
    fprintf(report, "\n");
}
