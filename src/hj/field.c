#include <caustic/hj.h>

slong
cst_hj_pair(slong n, slong i, slong j)
{
    return i <= j ? i * n - i * (i - 1) / 2 + j - i : cst_hj_pair(n, j, i);
}

slong
cst_hj_riccati_offset(slong n)
{
    return 2 * n;
}

slong
cst_hj_inverse_offset(slong n)
{
    return 2 * n + n * (n + 1) / 2;
}

slong
cst_hj_monotone_offset(slong n)
{
    return cst_hj_inverse_offset(n) + n * n;
}

slong
cst_hj_state_length(slong n)
{
    return cst_hj_monotone_offset(n) + n * (n + 1) / 2;
}

/* The second derivatives of H, all symmetric ones by their upper triangles, H_pq in full. */
typedef struct
{
    cst_expr_ctx_t ctx;
    slong n;
    cst_expr_t *pp, *qq, *pq; /* n x n each; pq[i][j] = d^2 H/dp_i dq_j */
} hessian_t;

static cst_expr_t
second_derivative(const cst_hj_t *hj, cst_expr_t first, cst_expr_t second)
{
    return cst_expr_derivative(hj->ctx, cst_expr_derivative(hj->ctx, hj->hamiltonian, first), second);
}

static void
hessian_init(hessian_t *h, const cst_hj_t *hj)
{
    slong n = hj->dimension;
    size_t bytes = (size_t) (n * n) * sizeof(cst_expr_t);

    h->ctx = hj->ctx;
    h->n = n;
    h->pp = flint_malloc(bytes);
    h->qq = flint_malloc(bytes);
    h->pq = flint_malloc(bytes);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            slong a = i < j ? i : j, b = i < j ? j : i;

            h->pp[i * n + j] = second_derivative(hj, hj->momenta[a], hj->momenta[b]);
            h->qq[i * n + j] = second_derivative(hj, hj->coordinates[a], hj->coordinates[b]);
            h->pq[i * n + j] = second_derivative(hj, hj->momenta[i], hj->coordinates[j]);
        }
}

static void
hessian_clear(hessian_t *h)
{
    flint_free(h->pp);
    flint_free(h->qq);
    flint_free(h->pq);
}

/* out = a b or, transposed, a^T b, for n x n matrices of expressions. */
static void
multiply(cst_expr_t *out, cst_expr_ctx_t ctx, slong n, const cst_expr_t *a, const cst_expr_t *b,
         int transpose)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            cst_expr_t sum = cst_expr_integer(ctx, 0);

            for (slong k = 0; k < n; k++)
                sum = cst_expr_add(ctx, sum,
                                   cst_expr_mul(ctx, transpose ? a[k * n + i] : a[i * n + k], b[k * n + j]));
            out[i * n + j] = sum;
        }
}

/* R, W and M as matrices of variables of the state. */
static cst_expr_t
state_variable(cst_expr_ctx_t ctx, slong index)
{
    char name[40];

    snprintf(name, sizeof name, "#%ld", (long) index); /* no user's name starts with # */
    return cst_expr_variable(ctx, name);
}

static void
put_upper_triangle(cst_expr_t *out, slong n, const cst_expr_t *matrix)
{
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
            out[cst_hj_pair(n, i, j)] = matrix[i * n + j];
}

/* With B = H_pq + H_pp R:  R' = -(H_qq + H_pq^T R + R B),  W' = -B^T W,  M' = -W^T H_pp W. */
static void
matrix_equations(cst_expr_t *out, const hessian_t *h, const cst_expr_t *state)
{
    cst_expr_ctx_t ctx = h->ctx;
    slong n = h->n, nn = n * n;
    cst_expr_t *work = flint_malloc((size_t) (6 * nn) * sizeof(cst_expr_t));
    cst_expr_t *r = work, *b = work + nn, *t = work + 2 * nn, *u = work + 3 * nn, *w = work + 4 * nn,
               *x = work + 5 * nn;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            r[i * n + j] = state[cst_hj_riccati_offset(n) + cst_hj_pair(n, i, j)];
            w[i * n + j] = state[cst_hj_inverse_offset(n) + i * n + j];
        }
    multiply(b, ctx, n, h->pp, r, 0);
    for (slong i = 0; i < nn; i++)
        b[i] = cst_expr_add(ctx, h->pq[i], b[i]);
    multiply(t, ctx, n, h->pq, r, 1);
    multiply(u, ctx, n, r, b, 0);
    for (slong i = 0; i < nn; i++)
        x[i] = cst_expr_neg(ctx, cst_expr_add(ctx, h->qq[i], cst_expr_add(ctx, t[i], u[i])));
    put_upper_triangle(out + cst_hj_riccati_offset(n), n, x);
    multiply(x, ctx, n, b, w, 1);
    for (slong i = 0; i < nn; i++)
        out[cst_hj_inverse_offset(n) + i] = cst_expr_neg(ctx, x[i]);
    multiply(t, ctx, n, h->pp, w, 0);
    multiply(x, ctx, n, w, t, 1);
    for (slong i = 0; i < nn; i++)
        x[i] = cst_expr_neg(ctx, x[i]);
    put_upper_triangle(out + cst_hj_monotone_offset(n), n, x);
    flint_free(work);
}

cst_status_t
cst_hj_monotone_field(cst_tape_t field, const cst_hj_t *hj, cst_error_t *error)
{
    slong n = hj->dimension, length = cst_hj_state_length(n);
    cst_expr_t *state = flint_malloc((size_t) length * sizeof(cst_expr_t));
    cst_expr_t *out = flint_malloc((size_t) (length + hj->positive_length) * sizeof(cst_expr_t));
    cst_status_t status;
    hessian_t h;

    for (slong i = 0; i < length; i++)
        state[i] = i < n ? hj->coordinates[i] : i < 2 * n ? hj->momenta[i - n] : state_variable(hj->ctx, i);
    for (slong i = 0; i < n; i++)
    {
        out[i] = cst_expr_derivative(hj->ctx, hj->hamiltonian, hj->momenta[i]);
        out[n + i] = cst_expr_neg(hj->ctx, cst_expr_derivative(hj->ctx, hj->hamiltonian, hj->coordinates[i]));
    }
    hessian_init(&h, hj);
    matrix_equations(out, &h, state);
    hessian_clear(&h);
    for (slong i = 0; i < hj->positive_length; i++)
        out[length + i] = hj->positive[i];
    status = cst_tape_compile(field, hj->ctx, out, length + hj->positive_length, state, length, error);
    flint_free(state);
    flint_free(out);
    return status;
}

cst_status_t
cst_hj_variation_tape(cst_tape_t tape, const cst_hj_t *hj, cst_error_t *error)
{
    slong n = hj->dimension, nn = n * n, count = 2 * n + 3 * nn;
    cst_expr_t *in = flint_malloc((size_t) (2 * n) * sizeof(cst_expr_t));
    cst_expr_t *out = flint_malloc((size_t) count * sizeof(cst_expr_t));
    cst_status_t status;
    hessian_t h;

    hessian_init(&h, hj);
    for (slong i = 0; i < n; i++)
    {
        in[i] = hj->coordinates[i];
        in[n + i] = hj->momenta[i];
        out[i] = cst_expr_derivative(hj->ctx, hj->hamiltonian, hj->momenta[i]);
        out[n + i] = cst_expr_neg(hj->ctx, cst_expr_derivative(hj->ctx, hj->hamiltonian, hj->coordinates[i]));
    }
    for (slong i = 0; i < nn; i++)
    {
        out[2 * n + i] = h.pp[i];
        out[2 * n + nn + i] = h.pq[i];
        out[2 * n + 2 * nn + i] = h.qq[i];
    }
    hessian_clear(&h);
    status = cst_tape_compile(tape, hj->ctx, out, count, in, 2 * n, error);
    flint_free(in);
    flint_free(out);
    return status;
}

cst_status_t
cst_hj_initial_tape(cst_tape_t tape, const cst_hj_t *hj, cst_error_t *error)
{
    slong n = hj->dimension, count = n + n * (n + 1) / 2;
    cst_expr_t *out = flint_malloc((size_t) count * sizeof(cst_expr_t));
    cst_status_t status;

    for (slong i = 0; i < n; i++)
    {
        out[i] = cst_expr_derivative(hj->ctx, hj->initial, hj->coordinates[i]);
        for (slong j = i; j < n; j++)
            out[n + cst_hj_pair(n, i, j)] = cst_expr_derivative(hj->ctx, out[i], hj->coordinates[j]);
    }
    status = cst_tape_compile(tape, hj->ctx, out, count, hj->coordinates, n, error);
    flint_free(out);
    return status;
}

int
cst_hj_is_static(const cst_hj_t *hj)
{
    for (slong i = 0; i < hj->dimension; i++)
    {
        if (cst_expr_depends_on(hj->ctx, hj->hamiltonian, hj->coordinates[i]))
            return 0;
        for (slong k = 0; k < hj->positive_length; k++)
            if (cst_expr_depends_on(hj->ctx, hj->positive[k], hj->coordinates[i]))
                return 0;
    }
    return 1;
}

cst_status_t
cst_hj_convexity_tape(cst_tape_t tape, const cst_hj_t *hj, cst_error_t *error)
{
    slong n = hj->dimension, count = n * (n + 1) / 2 + hj->positive_length;
    cst_expr_t *out = flint_malloc((size_t) count * sizeof(cst_expr_t));
    cst_expr_t *in = flint_malloc((size_t) (2 * n) * sizeof(cst_expr_t));
    cst_status_t status;

    for (slong i = 0; i < n; i++)
    {
        in[i] = hj->coordinates[i];
        in[n + i] = hj->momenta[i];
        for (slong j = i; j < n; j++)
            out[cst_hj_pair(n, i, j)] = second_derivative(hj, hj->momenta[i], hj->momenta[j]);
    }
    for (slong i = 0; i < hj->positive_length; i++)
        out[n * (n + 1) / 2 + i] = hj->positive[i];
    status = cst_tape_compile(tape, hj->ctx, out, count, in, 2 * n, error);
    flint_free(out);
    flint_free(in);
    return status;
}
