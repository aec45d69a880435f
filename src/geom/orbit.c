/* geom/orbit.c -- orbit volume, mean curvature, and the Laplacian that functions on Q see. */
#include "geom/submersion.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

void
cst_geom_orbit_gram(cst_geom_matrix_t gram, const cst_geom_submersion_t *s)
{
    for (slong i = 0; i < s->generator_count; i++)
        for (slong j = i; j < s->generator_count; j++)
            AT(gram, i, j) = AT(gram, j, i) =
                cst__on_total(s, cst__total_inner(s, s->generators[i], s->generators[j]));
}

cst_status_t
cst_geom_orbit_basis(cst_expr_t *fields, slong *number, slong *dimension, const cst_geom_submersion_t *s,
                     cst_error_t *error)
{
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 1, error);

    if (status != CST_OK)
        return status;
    *dimension = f->orbit.count;
    for (slong i = 0; i < f->orbit.count * f->d; i++)
        fields[i] = f->orbit.entries[i];
    for (slong i = 0; i < f->orbit.count && number; i++)
        number[i] = f->number[i];
    cst__frame_clear(f);
    return CST_OK;
}

/* Volume ---------------------------------------------------------------------- */

/* The k-th elementary symmetric function of the eigenvalues, by Newton's identities:
   j e_j = sum over i from 1 to j of (-1)^(i-1) e_(j-i) tr M^i. */
static cst_expr_t
elementary_symmetric(const cst_geom_submersion_t *s, const cst_geom_matrix_t m, slong k)
{
    cst_expr_ctx_t ctx = s->total.ctx;
    slong n = m->rows;
    cst_expr_t *trace = flint_malloc((size_t) (2 * k + 2) * sizeof *trace), *e = trace + k + 1, result;
    cst_geom_matrix_t power, next;

    cst_geom_matrix_init(power, ctx, n, n);
    cst_geom_matrix_init(next, ctx, n, n);
    for (slong i = 0; i < n; i++)
        AT(power, i, i) = cst_expr_integer(ctx, 1);
    e[0] = cst_expr_integer(ctx, 1);
    for (slong j = 1; j <= k; j++)
    {
        cst_expr_t sum = cst_expr_integer(ctx, 0);

        for (slong a = 0; a < n * n; a++)
        {
            next->entries[a] = cst_expr_integer(ctx, 0);
            for (slong b = 0; b < n; b++)
                next->entries[a] =
                    cst__geom_add_product(ctx, next->entries[a], AT(power, a / n, b), AT(m, b, a % n));
            next->entries[a] = cst__on_total(s, next->entries[a]);
        }
        for (slong a = 0; a < n * n; a++)
            power->entries[a] = next->entries[a];
        trace[j] = cst_expr_integer(ctx, 0);
        for (slong a = 0; a < n; a++)
            trace[j] = cst_expr_add(ctx, trace[j], AT(power, a, a));
        for (slong i = 1; i <= j; i++)
            sum = cst__geom_add_product(ctx, sum, i % 2 ? e[j - i] : cst_expr_neg(ctx, e[j - i]), trace[i]);
        e[j] = cst__on_total(s, cst_expr_div(ctx, sum, cst_expr_integer(ctx, j)));
    }
    result = e[k];
    cst_geom_matrix_clear(power);
    cst_geom_matrix_clear(next);
    flint_free(trace);
    return result;
}

static cst_status_t
determinant(cst_expr_t *det, const cst__frame_t f, int restricted, cst_error_t *error)
{
    const cst_lie_chart_t *chart = restricted ? &f->s->base : &f->s->total;
    slong k = f->orbit.count;
    cst_expr_t *pivots = flint_malloc((size_t) (k + 1) * sizeof *pivots), product;
    cst_geom_matrix_t gram;
    cst_status_t status;

    cst_geom_matrix_init(gram, f->ctx, k, k);
    cst__fields_gram(gram, f->s, &f->orbit, restricted);
    status = cst_geom_invert(pivots, NULL, chart, gram, error);
    product = cst_expr_integer(f->ctx, 1);
    for (slong i = 0; i < k && status == CST_OK; i++)
        product = cst_expr_mul(f->ctx, product, pivots[i]);
    if (status == CST_OK)
        *det = restricted ? cst__on_base(f->s, product) : cst__on_total(f->s, product);
    cst_geom_matrix_clear(gram);
    flint_free(pivots);
    return status;
}

static int
is_invariant(const cst_geom_submersion_t *s, cst_expr_t e)
{
    for (slong i = 0; i < s->generator_count; i++)
        if (cst_lie_is_invariant(NULL, &s->total, s->generators[i], e) != CST_TRUE)
            return 0;
    return 1;
}

/* V^2 on Theta (NULL where it is not wanted) and on Q. */
static cst_status_t
volume_square(cst_expr_t *total, cst_expr_t *base, const cst__frame_t f, cst_error_t *error)
{
    const cst_geom_submersion_t *s = f->s;

    if (f->orbit.count < f->orbit_given && !s->balanced)
    {
        cst_geom_matrix_t gram;
        cst_expr_t e;

        cst_geom_matrix_init(gram, f->ctx, s->generator_count, s->generator_count);
        cst_geom_orbit_gram(gram, s);
        e = elementary_symmetric(s, gram, f->orbit.count);
        cst_geom_matrix_clear(gram);
        if (is_invariant(s, e))
        {
            *base = cst_geom_restrict(s, e);
            if (total)
                *total = e;
            return CST_OK;
        }
    }
    if (total)
    {
        cst_status_t status = determinant(total, f, 0, error);

        if (status != CST_OK)
            return status;
    }
    return determinant(base, f, 1, error);
}

cst_status_t
cst_geom_orbit_volume(cst_expr_t *total, cst_expr_t *volume, cst_expr_t *log_volume, cst_expr_t *gradient,
                      const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_expr_ctx_t ctx = s->total.ctx;
    cst_expr_t square, half = cst_expr_div(ctx, cst_expr_integer(ctx, 1), cst_expr_integer(ctx, 2));
    cst_geom_matrix_t cometric;
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 1, error);

    if (status != CST_OK)
        return status;
    status = volume_square(total, &square, f, error);
    if (status == CST_OK && total)
        *total = cst__on_total(s, cst_expr_sqrt(ctx, *total));
    if (status == CST_OK && volume)
        *volume = cst__on_base(s, cst_expr_sqrt(ctx, square));
    if (status == CST_OK && log_volume)
        *log_volume = cst_expr_mul(ctx, half, cst_expr_function(ctx, CST_EXPR_LOG, square));
    cst_geom_matrix_init(cometric, ctx, f->n, f->n);
    if (status == CST_OK && gradient)
        cst__fields_gram(cometric, s, &f->gradients, 1);
    for (slong i = 0; i < f->n && status == CST_OK && gradient; i++)
    {
        cst_expr_t sum = cst_expr_integer(ctx, 0);

        for (slong j = 0; j < f->n; j++)
            sum = cst__geom_add_product(ctx, sum, AT(cometric, i, j),
                                        cst_expr_derivative(ctx, square, s->base.coordinates[j]));
        gradient[i] = cst__on_base(s, cst_expr_mul(ctx, half, cst_expr_div(ctx, sum, square)));
    }
    cst_geom_matrix_clear(cometric);
    cst__frame_clear(f);
    return status;
}

/* Mean curvature -------------------------------------------------------------- */

cst_status_t
cst_geom_mean_curvature(cst_expr_t *curvature, const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_geom_matrix_t gamma;
    cst_expr_t *t;
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 1, error);
    slong k;

    if (status != CST_OK)
        return status;
    k = f->orbit.count;
    cst_geom_matrix_init(gamma, f->ctx, k, k);
    cst__fields_gram(gamma, s, &f->orbit, 1);
    status = cst__gram_inverse(gamma, s, gamma, 1, error);
    t = flint_malloc((size_t) (k * k * f->n + 1) * sizeof *t);
    cst__second_fundamental_form(t, f);
    for (slong j = 0; j < f->n && status == CST_OK; j++)
    {
        cst_expr_t sum = cst_expr_integer(f->ctx, 0);

        for (slong bc = 0; bc < k * k; bc++)
            sum = cst__geom_add_product(f->ctx, sum, gamma->entries[bc], t[bc * f->n + j]);
        curvature[j] = cst__on_base(s, sum);
    }
    flint_free(t);
    cst_geom_matrix_clear(gamma);
    cst__frame_clear(f);
    return status;
}

/* The projected Laplacian ------------------------------------------------------ */

/* div H^j = d_a H^ja + 1/2 H^j(log det g), and H(log det g) = g^ab H(g_ab). */
static cst_expr_t
divergence(const cst__frame_struct *f, const cst_expr_t *h)
{
    const cst_geom_submersion_t *s = f->s;
    cst_expr_t sum = cst_expr_integer(f->ctx, 0), half;

    half = cst_expr_div(f->ctx, cst_expr_integer(f->ctx, 1), cst_expr_integer(f->ctx, 2));
    for (slong a = 0; a < f->d; a++)
    {
        sum = cst_expr_add(f->ctx, sum, cst_expr_derivative(f->ctx, h[a], s->total.coordinates[a]));
        for (slong b = 0; b < f->d; b++)
            if (!cst_expr_is_integer_value(AT(s->inverse, a, b), 0))
                sum = cst__geom_add_product(f->ctx, sum, cst_expr_mul(f->ctx, half, AT(s->inverse, a, b)),
                                            cst_lie_derivative(&s->total, h, AT(s->metric, a, b)));
    }
    return sum;
}

/* In the slice, with H^j tangent to it: div_S H = div H - nu^kl <nabla_(N_k) H, N_l>. */
cst_expr_t
cst__total_drift(const cst__frame_struct *f, const cst_geom_matrix_t nu, slong j)
{
    const cst_expr_t *h = cst__field(f->gradients, j, f->d);
    cst_expr_t sum = divergence(f, h);

    for (slong k = 0; k < f->normal.count; k++)
        for (slong l = 0; l < f->normal.count; l++)
            sum = cst__geom_add_product(f->ctx, sum, cst_expr_neg(f->ctx, AT(nu, k, l)),
                                        cst__total_connection(f->s, cst__field(f->normal, k, f->d), h,
                                                              cst__field(f->normal, l, f->d)));
    return sum;
}

cst_status_t
cst_geom_projected_drift(cst_expr_t *drift, const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_geom_matrix_t nu;
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 0, error);

    if (status != CST_OK)
        return status;
    cst_geom_matrix_init(nu, f->ctx, f->normal.count, f->normal.count);
    cst__fields_gram(nu, s, &f->normal, 1);
    status = cst__gram_inverse(nu, s, nu, 1, error);
    /* nu on Q meets functions on Theta here: substitution leaves the coordinates of Q alone */
    for (slong j = 0; j < f->n && status == CST_OK; j++)
        drift[j] = cst_geom_restrict(s, cst__total_drift(f, nu, j));
    cst_geom_matrix_clear(nu);
    cst__frame_clear(f);
    return status;
}

/* Unimodularity ---------------------------------------------------------------- */

/* tr ad_i = c_ij^j */
static slong
first_trace(const fmpq *constants, slong count)
{
    slong found = -1;
    fmpq_t trace;

    fmpq_init(trace);
    for (slong i = 0; i < count && found < 0; i++)
    {
        fmpq_zero(trace);
        for (slong j = 0; j < count; j++)
            fmpq_add(trace, trace, constants + (i * count + j) * count + j);
        if (!fmpq_is_zero(trace))
            found = i;
    }
    fmpq_clear(trace);
    return found;
}

/* The group K of a balanced slice is compact, a subgroup of rotations. */
cst_truth_t
cst_geom_is_unimodular(slong *generator, const cst_geom_submersion_t *s)
{
    slong count = s->generator_count, pair[2], found = -1;
    fmpq *constants;
    cst_truth_t truth = CST_TRUE;

    if (count > 1 && !s->balanced)
    {
        constants = _fmpq_vec_init(count * count * count);
        truth = cst_lie_structure_constants(constants, pair, NULL, &s->total, s->generators, count);
        if (truth == CST_TRUE)
            found = first_trace(constants, count);
        _fmpq_vec_clear(constants, count * count * count);
        truth = truth != CST_TRUE ? CST_UNKNOWN : found < 0 ? CST_TRUE : CST_FALSE;
    }
    if (generator)
        *generator = found;
    return truth;
}
