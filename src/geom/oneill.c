/* geom/oneill.c -- O'Neill's tensors, and the curvature of Q from that of Theta.

   A and T are tensors, so they need no derivative of the lifts h_i, only their values at the section. With
   w = <xi, .>, which vanishes on horizontal vectors, <[h_i, h_j], xi> = -dw(h_i, h_j). */
#include "geom/submersion.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* Everything on Q, at the section. */
typedef struct
{
    cst__frame_t frame;
    slong d, n, k;
    cst_geom_matrix_t cometric, metric; /* n x n */
    cst_geom_matrix_t gamma;            /* k x k, inverse Gram matrix of the orbit fields */
    cst_geom_matrix_t lift;             /* n x d */
    cst_expr_t *a;                      /* [(i*n + j)*k + c] = <A_ij, xi_c> */
} horizontal_t;

static cst_expr_t
half_of(cst_expr_ctx_t ctx, cst_expr_t e)
{
    return cst_expr_div(ctx, e, cst_expr_integer(ctx, 2));
}

/* e_ab restricted, then contracted with h_i^a h_j^b. */
static cst_expr_t
contract(const horizontal_t *w, const cst_geom_matrix_t restricted, slong i, slong j)
{
    const cst_geom_submersion_t *s = w->frame->s;
    cst_expr_ctx_t ctx = w->frame->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);

    for (slong a = 0; a < w->d; a++)
        for (slong b = 0; b < w->d; b++)
            if (!cst_expr_is_integer_value(AT(restricted, a, b), 0))
                sum = cst__geom_add_product(ctx, sum, AT(restricted, a, b),
                                            cst_expr_mul(ctx, AT(w->lift, i, a), AT(w->lift, j, b)));
    return cst__on_base(s, sum);
}

/* The derivative d_a w_b of w = <xi, .> on Theta, antisymmetrized or not, at the section. */
static void
restricted_differential(cst_geom_matrix_t out, const horizontal_t *w, const cst_expr_t *xi, int antisymmetric)
{
    const cst_geom_submersion_t *s = w->frame->s;
    cst_expr_ctx_t ctx = w->frame->ctx;
    cst_expr_t *lowered = flint_malloc((size_t) (w->d + 1) * sizeof *lowered);

    for (slong b = 0; b < w->d; b++)
    {
        lowered[b] = cst_expr_integer(ctx, 0);
        for (slong c = 0; c < w->d; c++)
            lowered[b] = cst__geom_add_product(ctx, lowered[b], AT(s->metric, b, c), xi[c]);
    }
    for (slong a = 0; a < w->d; a++)
        for (slong b = 0; b < w->d; b++)
        {
            cst_expr_t e = cst_expr_derivative(ctx, lowered[b], s->total.coordinates[a]);

            if (antisymmetric)
                e = cst_expr_sub(ctx, e, cst_expr_derivative(ctx, lowered[a], s->total.coordinates[b]));
            AT(out, a, b) = cst_geom_restrict(s, e);
        }
    flint_free(lowered);
}

static void
set_a(horizontal_t *w)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    cst_geom_matrix_t dw;

    cst_geom_matrix_init(dw, ctx, w->d, w->d);
    for (slong c = 0; c < w->k; c++)
    {
        restricted_differential(dw, w, cst__field(w->frame->orbit, c, w->d), 1);
        for (slong i = 0; i < w->n; i++)
            for (slong j = i; j < w->n; j++)
            {
                cst_expr_t e = i == j ? cst_expr_integer(ctx, 0) : half_of(ctx, contract(w, dw, i, j));

                w->a[(i * w->n + j) * w->k + c] = cst_expr_neg(ctx, e);
                w->a[(j * w->n + i) * w->k + c] = e;
            }
    }
    cst_geom_matrix_clear(dw);
}

static void
set_lift(horizontal_t *w)
{
    const cst__frame_struct *f = w->frame;

    for (slong a = 0; a < w->d; a++)
    {
        cst_expr_t *h = flint_malloc((size_t) w->n * sizeof *h);

        for (slong j = 0; j < w->n; j++)
            h[j] = cst_geom_restrict(f->s, cst__field(f->gradients, j, w->d)[a]);
        for (slong i = 0; i < w->n; i++)
        {
            cst_expr_t sum = cst_expr_integer(f->ctx, 0);

            for (slong j = 0; j < w->n; j++)
                sum = cst__geom_add_product(f->ctx, sum, AT(w->metric, i, j), h[j]);
            AT(w->lift, i, a) = cst__on_base(f->s, sum);
        }
        flint_free(h);
    }
}

static void
horizontal_clear(horizontal_t *w)
{
    cst_geom_matrix_clear(w->cometric);
    cst_geom_matrix_clear(w->metric);
    cst_geom_matrix_clear(w->gamma);
    cst_geom_matrix_clear(w->lift);
    flint_free(w->a);
    cst__frame_clear(w->frame);
}

static cst_status_t
horizontal_init(horizontal_t *w, const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_status_t status = cst__frame_init(w->frame, s, 1, error);

    if (status != CST_OK)
        return status;
    w->d = w->frame->d;
    w->n = w->frame->n;
    w->k = w->frame->orbit.count;
    cst_geom_matrix_init(w->cometric, w->frame->ctx, w->n, w->n);
    cst_geom_matrix_init(w->metric, w->frame->ctx, w->n, w->n);
    cst_geom_matrix_init(w->gamma, w->frame->ctx, w->k, w->k);
    cst_geom_matrix_init(w->lift, w->frame->ctx, w->n, w->d);
    w->a = flint_malloc((size_t) (w->n * w->n * w->k + 1) * sizeof *w->a);
    cst__fields_gram(w->cometric, s, &w->frame->gradients, 1);
    cst__fields_gram(w->gamma, s, &w->frame->orbit, 1);
    status = cst__gram_inverse(w->metric, s, w->cometric, 1, error);
    if (status == CST_OK && w->k)
        status = cst__gram_inverse(w->gamma, s, w->gamma, 1, error);
    if (status != CST_OK)
    {
        horizontal_clear(w);
        return status;
    }
    set_lift(w);
    set_a(w);
    return CST_OK;
}

/* <A_ij, A_pq> */
static cst_expr_t
product_of_a(const horizontal_t *w, slong i, slong j, slong p, slong q)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);
    const cst_expr_t *x = w->a + (i * w->n + j) * w->k, *y = w->a + (p * w->n + q) * w->k;

    for (slong b = 0; b < w->k; b++)
        for (slong c = 0; c < w->k; c++)
            sum = cst__geom_add_product(ctx, sum, AT(w->gamma, b, c), cst_expr_mul(ctx, x[b], y[c]));
    return sum;
}

/* G^ip G^jq a_pq for the component of A along one field */
static void
raise_a(cst_geom_matrix_t raised, const horizontal_t *w, slong c)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    slong n = w->n;
    cst_geom_matrix_t half; /* G^ip a_pj */

    cst_geom_matrix_init(half, ctx, n, n);
    for (slong ij = 0; ij < n * n; ij++)
    {
        for (slong p = 0; p < n; p++)
            half->entries[ij] = cst__geom_add_product(ctx, half->entries[ij], AT(w->cometric, ij / n, p),
                                                      w->a[(p * n + ij % n) * w->k + c]);
        half->entries[ij] = cst__on_base(w->frame->s, half->entries[ij]);
    }
    for (slong ij = 0; ij < n * n; ij++)
    {
        raised->entries[ij] = cst_expr_integer(ctx, 0);
        for (slong q = 0; q < n; q++)
            raised->entries[ij] = cst__geom_add_product(ctx, raised->entries[ij], AT(half, ij / n, q),
                                                        AT(w->cometric, q, ij % n));
        raised->entries[ij] = cst__on_base(w->frame->s, raised->entries[ij]);
    }
    cst_geom_matrix_clear(half);
}

/* gamma^bc a_ijb a^ij_c */
static cst_expr_t
norm_of_a(const horizontal_t *w)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0);
    cst_geom_matrix_t raised;

    cst_geom_matrix_init(raised, ctx, w->n, w->n);
    for (slong c = 0; c < w->k; c++)
    {
        raise_a(raised, w, c);
        for (slong b = 0; b < w->k; b++)
            for (slong ij = 0; ij < w->n * w->n; ij++)
                sum = cst__geom_add_product(ctx, sum, AT(w->gamma, b, c),
                                            cst_expr_mul(ctx, w->a[ij * w->k + b], raised->entries[ij]));
    }
    cst_geom_matrix_clear(raised);
    return cst__on_base(w->frame->s, sum);
}

/* <nabla_(xi_b) xi_c, H^j> at the section. */
void
cst__second_fundamental_form(cst_expr_t *t, const cst__frame_struct *f)
{
    slong k = f->orbit.count;

    for (slong b = 0; b < k; b++)
        for (slong c = 0; c < k; c++)
            for (slong j = 0; j < f->n; j++)
                t[(b * k + c) * f->n + j] =
                    cst_geom_restrict(f->s, cst__total_connection(f->s, cst__field(f->orbit, b, f->d),
                                                                  cst__field(f->orbit, c, f->d),
                                                                  cst__field(f->gradients, j, f->d)));
}

cst_status_t
cst_geom_oneill_tensors(cst_expr_t *a, cst_expr_t *t, cst_expr_t *norm, slong *k,
                        const cst_geom_submersion_t *s, cst_error_t *error)
{
    horizontal_t w;
    cst_status_t status = horizontal_init(&w, s, error);

    if (status != CST_OK)
        return status;
    if (k)
        *k = w.k;
    for (slong i = 0; i < w.n * w.n * w.k && a; i++)
        a[i] = w.a[i];
    if (t)
        cst__second_fundamental_form(t, w.frame);
    if (norm)
        *norm = norm_of_a(&w);
    horizontal_clear(&w);
    return CST_OK;
}

/* Curvature -------------------------------------------------------------------- */

static int
is_constant(const cst_geom_matrix_struct *m)
{
    for (slong i = 0; i < m->rows * m->columns; i++)
        if (cst_expr_kind(m->entries[i]) != CST_EXPR_RATIONAL)
            return 0;
    return 1;
}

/* h_i^a h_j^b - h_i^b h_j^a */
static cst_expr_t
bivector(const horizontal_t *w, slong i, slong j, slong a, slong b)
{
    cst_expr_ctx_t ctx = w->frame->ctx;

    return cst_expr_sub(ctx, cst_expr_mul(ctx, AT(w->lift, i, a), AT(w->lift, j, b)),
                        cst_expr_mul(ctx, AT(w->lift, i, b), AT(w->lift, j, a)));
}

/* R_abcd h_i^a h_j^b h_k^c h_l^d, over pairs a < b and c < d. */
static cst_expr_t
lifted_curvature(const horizontal_t *w, const cst_expr_t *riemann, slong i, slong j, slong k, slong l)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0), e;
    slong d = w->d;

    for (slong a = 0; a < d; a++)
        for (slong b = a + 1; b < d; b++)
        {
            cst_expr_t inner = cst_expr_integer(ctx, 0);

            for (slong p = 0; p < d; p++)
                for (slong q = p + 1; q < d; q++)
                {
                    e = riemann[((a * d + b) * d + p) * d + q];
                    if (!cst_expr_is_integer_value(e, 0))
                        inner = cst__geom_add_product(ctx, inner, e, bivector(w, k, l, p, q));
                }
            if (!cst_expr_is_integer_value(inner, 0))
                sum = cst__geom_add_product(ctx, sum, inner, bivector(w, i, j, a, b));
        }
    return sum;
}

/* The curvature upstairs, at the section: NULL if Theta is flat by its constant metric. */
static cst_status_t
total_curvature(cst_expr_t **riemann, const horizontal_t *w, cst_error_t *error)
{
    const cst_geom_submersion_t *s = w->frame->s;
    slong size = w->d * w->d * w->d * w->d;
    cst_geom_matrix_t metric;
    cst_status_t status;

    *riemann = NULL;
    if (is_constant(s->metric))
        return CST_OK;
    *riemann = flint_malloc((size_t) size * sizeof **riemann);
    metric[0] = *s->metric;
    status = cst_geom_curvature(NULL, *riemann, NULL, NULL, &s->total, metric, error);
    for (slong i = 0; i < size && status == CST_OK; i++)
        (*riemann)[i] = cst_geom_restrict(s, (*riemann)[i]);
    return status;
}

/* The second fundamental form of the slice, b[(i*n + j)*m + c] = <nabla_(h_i) h_j, N_c> = -<h_j, nabla_(h_i)
   N_c>, and the inverse Gram matrix of the normals. */
typedef struct
{
    slong m;
    cst_expr_t *b;
    cst_geom_matrix_t nu;
} gauss_t;

static cst_status_t
gauss_init(gauss_t *g, const horizontal_t *w, cst_error_t *error)
{
    const cst_geom_submersion_t *s = w->frame->s;
    cst_geom_matrix_t dn;

    g->m = w->frame->normal.count;
    g->b = flint_malloc((size_t) (w->n * w->n * g->m + 1) * sizeof *g->b);
    cst_geom_matrix_init(g->nu, w->frame->ctx, g->m, g->m);
    cst_geom_matrix_init(dn, w->frame->ctx, w->d, w->d);
    for (slong c = 0; c < g->m; c++)
    {
        restricted_differential(dn, w, cst__field(w->frame->normal, c, w->d), 0);
        for (slong ij = 0; ij < w->n * w->n; ij++)
            g->b[ij * g->m + c] = cst_expr_neg(w->frame->ctx, contract(w, dn, ij / w->n, ij % w->n));
    }
    cst_geom_matrix_clear(dn);
    cst__fields_gram(g->nu, s, &w->frame->normal, 1);
    return g->m ? cst__gram_inverse(g->nu, s, g->nu, 1, error) : CST_OK;
}

static void
gauss_clear(gauss_t *g)
{
    flint_free(g->b);
    cst_geom_matrix_clear(g->nu);
}

/* <II_ik, II_jl> - <II_il, II_jk> */
static cst_expr_t
gauss_term(const gauss_t *g, const horizontal_t *w, slong i, slong j, slong k, slong l)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    const cst_expr_t *ik = g->b + (i * w->n + k) * g->m, *jl = g->b + (j * w->n + l) * g->m;
    const cst_expr_t *il = g->b + (i * w->n + l) * g->m, *jk = g->b + (j * w->n + k) * g->m;
    cst_expr_t sum = cst_expr_integer(ctx, 0);

    for (slong c = 0; c < g->m; c++)
        for (slong e = 0; e < g->m; e++)
            sum = cst__geom_add_product(
                ctx, sum, AT(g->nu, c, e),
                cst_expr_sub(ctx, cst_expr_mul(ctx, ik[c], jl[e]), cst_expr_mul(ctx, il[c], jk[e])));
    return sum;
}

static cst_expr_t
base_curvature(const horizontal_t *w, const gauss_t *g, const cst_expr_t *total, slong i, slong j, slong k,
               slong l)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    cst_expr_t sum = gauss_term(g, w, i, j, k, l);

    if (total)
        sum = cst_expr_add(ctx, sum, lifted_curvature(w, total, i, j, k, l));
    sum = cst__geom_add_product(ctx, sum, cst_expr_integer(ctx, 2), product_of_a(w, i, j, k, l));
    sum = cst_expr_add(ctx, sum, product_of_a(w, i, k, j, l));
    sum = cst_expr_sub(ctx, sum, product_of_a(w, i, l, j, k));
    return cst__on_base(w->frame->s, sum);
}

/* One entry for each class of R_ijkl = -R_jikl = -R_ijlk = R_klij; those with i = j or k = l are zero. */
static void
fill_curvature(cst_expr_t *riemann, const horizontal_t *w, const gauss_t *g, const cst_expr_t *total)
{
    cst_expr_ctx_t ctx = w->frame->ctx;
    slong n = w->n;

    for (slong i = 0; i < n * n * n * n; i++)
        riemann[i] = cst_expr_integer(ctx, 0);
    for (slong p = 0; p < n * n; p++)
        for (slong q = p; q < n * n; q++)
        {
            slong i = p / n, j = p % n, k = q / n, l = q % n;
            cst_expr_t e, minus;

            if (i >= j || k >= l)
                continue;
            e = base_curvature(w, g, total, i, j, k, l);
            minus = cst_expr_neg(ctx, e);
            riemann[p * n * n + q] = riemann[q * n * n + p] = e;
            riemann[(j * n + i) * n * n + l * n + k] = riemann[(l * n + k) * n * n + j * n + i] = e;
            riemann[(j * n + i) * n * n + q] = riemann[q * n * n + j * n + i] = minus;
            riemann[p * n * n + l * n + k] = riemann[(l * n + k) * n * n + p] = minus;
        }
}

cst_status_t
cst_geom_oneill_curvature(cst_expr_t *riemann, const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_expr_t *total = NULL;
    horizontal_t w;
    gauss_t g;
    cst_status_t status = horizontal_init(&w, s, error);

    if (status != CST_OK)
        return status;
    status = gauss_init(&g, &w, error);
    if (status == CST_OK)
        status = total_curvature(&total, &w, error);
    if (status == CST_OK)
        fill_curvature(riemann, &w, &g, total);
    flint_free(total);
    gauss_clear(&g);
    horizontal_clear(&w);
    return status;
}
