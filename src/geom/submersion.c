/* geom/submersion.c -- horizontal gradients, orbit fields and the slice: what the formulas are made of. */
#include "geom/submersion.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

/* Functions on Theta and on Q ------------------------------------------------ */

cst_expr_t
cst__on_total(const cst_geom_submersion_t *s, cst_expr_t e)
{
    return s->unsimplified ? e
                           : cst_expr_simplify(s->total.ctx, e, s->total.positive, s->total.positive_length);
}

cst_expr_t
cst__on_base(const cst_geom_submersion_t *s, cst_expr_t e)
{
    return s->unsimplified ? e : cst_expr_simplify(s->base.ctx, e, s->base.positive, s->base.positive_length);
}

cst_expr_t
cst_geom_restrict(const cst_geom_submersion_t *s, cst_expr_t e)
{
    return cst__on_base(
        s, cst_expr_substitute(s->total.ctx, e, s->total.coordinates, s->section, s->total.dimension));
}

cst_expr_t
cst__total_inner(const cst_geom_submersion_t *s, const cst_expr_t *v, const cst_expr_t *w)
{
    cst_expr_t sum = cst_expr_integer(s->total.ctx, 0);
    slong d = s->total.dimension;

    for (slong a = 0; a < d; a++)
        for (slong b = 0; b < d; b++)
            if (!cst_expr_is_integer_value(AT(s->metric, a, b), 0))
                sum = cst__geom_add_product(s->total.ctx, sum, AT(s->metric, a, b),
                                            cst_expr_mul(s->total.ctx, v[a], w[b]));
    return sum;
}

/* <nabla_x y, z> = g_ab z^a x(y^b) + 1/2 (y^a z^b x(g_ab) + x^a z^b y(g_ab) - x^a y^b z(g_ab)) */
cst_expr_t
cst__total_connection(const cst_geom_submersion_t *s, const cst_expr_t *x, const cst_expr_t *y,
                      const cst_expr_t *z)
{
    cst_expr_ctx_t ctx = s->total.ctx;
    cst_expr_t sum = cst_expr_integer(ctx, 0), twice = sum, g;
    slong d = s->total.dimension;

    for (slong a = 0; a < d; a++)
        for (slong b = 0; b < d; b++)
        {
            g = AT(s->metric, a, b);
            if (cst_expr_is_integer_value(g, 0))
                continue;
            sum = cst__geom_add_product(ctx, sum, cst_expr_mul(ctx, g, z[a]),
                                        cst_lie_derivative(&s->total, x, y[b]));
            if (cst_expr_kind(g) == CST_EXPR_RATIONAL)
                continue;
            twice = cst__geom_add_product(ctx, twice, cst_expr_mul(ctx, y[a], z[b]),
                                          cst_lie_derivative(&s->total, x, g));
            twice = cst__geom_add_product(ctx, twice, cst_expr_mul(ctx, x[a], z[b]),
                                          cst_lie_derivative(&s->total, y, g));
            twice = cst__geom_add_product(ctx, twice, cst_expr_neg(ctx, cst_expr_mul(ctx, x[a], y[b])),
                                          cst_lie_derivative(&s->total, z, g));
        }
    return cst_expr_add(ctx, sum, cst_expr_div(ctx, twice, cst_expr_integer(ctx, 2)));
}

void
cst__fields_gram(cst_geom_matrix_t gram, const cst_geom_submersion_t *s, const cst__fields_t *fields,
                 int restricted)
{
    slong d = s->total.dimension;

    for (slong i = 0; i < fields->count; i++)
        for (slong j = i; j < fields->count; j++)
        {
            cst_expr_t e = cst__total_inner(s, cst__field(*fields, i, d), cst__field(*fields, j, d));

            AT(gram, i, j) = AT(gram, j, i) = restricted ? cst_geom_restrict(s, e) : cst__on_total(s, e);
        }
}

cst_status_t
cst__gram_inverse(cst_geom_matrix_t inverse, const cst_geom_submersion_t *s, const cst_geom_matrix_t gram,
                  int restricted, cst_error_t *error)
{
    const cst_lie_chart_t *chart = restricted ? &s->base : &s->total;
    cst_expr_t *pivots;
    cst_status_t status;

    if (!s->unsimplified)
        return cst_geom_inverse(inverse, chart, gram, error);
    pivots = flint_malloc((size_t) (gram->rows + 1) * sizeof *pivots);
    status = cst_geom_invert(pivots, inverse, chart, gram, error);
    flint_free(pivots);
    return status;
}

/* A point for ranks ----------------------------------------------------------- */

static int
point_fits(arb_ptr q, arb_ptr theta, const cst_geom_submersion_t *s, slong prec)
{
    slong n = s->base.dimension, d = s->total.dimension;
    int fits = 1;
    arb_t value;

    arb_init(value);
    for (slong a = 0; a < d && fits; a++)
    {
        cst_expr_enclose(theta + a, s->section[a], s->base.coordinates, q, n, prec);
        fits = arb_is_finite(theta + a);
    }
    for (slong i = 0; i < s->base.positive_length && fits; i++)
    {
        cst_expr_enclose(value, s->base.positive[i], s->base.coordinates, q, n, prec);
        fits = arb_is_positive(value);
    }
    for (slong i = 0; i < s->total.positive_length && fits; i++)
    {
        cst_expr_enclose(value, s->total.positive[i], s->total.coordinates, theta, d, prec);
        fits = arb_is_positive(value);
    }
    arb_clear(value);
    return fits;
}

/* A point of Q where sigma is defined and all that is given to be positive is; 0 if none is found. Without a
   given point: scattered ones, of either sign, closer to 0 at every fourth try. */
static int
find_point(arb_ptr q, arb_ptr theta, const cst_geom_submersion_t *s, slong prec)
{
    slong n = s->base.dimension;
    ulong seed = 7;
    int found = 0;

    for (slong i = 0; i < n && s->point; i++)
        arb_set_fmpq(q + i, s->point + i, prec);
    if (s->point)
        return point_fits(q, theta, s, prec);
    for (int trial = 0; trial < 256 && !found; trial++)
    {
        for (slong i = 0; i < n; i++)
        {
            seed = (seed * 1103515245u + 12345u) & 0x7fffffffu;
            arb_set_si(q + i,
                       trial < 16 ? 64 + (slong) (seed >> 16) % 128 : (slong) (seed >> 16) % 512 - 256);
            arb_mul_2exp_si(q + i, q + i, -7 - (trial / 16) % 4 * 2);
        }
        found = point_fits(q, theta, s, prec);
    }
    return found;
}

/* The frame ------------------------------------------------------------------- */

static void
fields_init(cst__fields_t *fields, slong count, slong d)
{
    fields->count = count;
    fields->entries = flint_malloc((size_t) (count * d + 1) * sizeof *fields->entries);
}

/* Keeps a maximal set of fields that enclosures at the point prove independent. */
static void
choose_basis(cst__fields_t *fields, slong *number, const cst_geom_submersion_t *s, arb_srcptr theta,
             slong prec)
{
    slong d = s->total.dimension, kept = 0;
    const cst_expr_t **rows = flint_malloc((size_t) (fields->count + 1) * sizeof *rows);

    for (slong i = 0; i < fields->count; i++)
    {
        for (slong k = 0; k < kept; k++)
            rows[k] = cst__field(*fields, k, d);
        rows[kept] = cst__field(*fields, i, d);
        if (cst_lie_rank(&s->total, rows, kept + 1, theta, prec) <= kept)
            continue;
        for (slong a = 0; a < d; a++)
            fields->entries[kept * d + a] = fields->entries[i * d + a];
        if (number)
            number[kept] = i;
        kept++;
    }
    fields->count = kept;
    flint_free(rows);
}

static void
take_generators(cst__frame_t f, const cst_geom_submersion_t *s)
{
    fields_init(&f->orbit, s->generator_count, f->d);
    fields_init(&f->normal, 0, f->d);
    for (slong i = 0; i < s->generator_count; i++)
        for (slong a = 0; a < f->d; a++)
            f->orbit.entries[i * f->d + a] = s->generators[i][a];
}

/* The symmetric generators are normal to the slice, the keepers of the level span the orbits in it. */
static cst_status_t
take_slice(cst__frame_t f, const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst_status_t status = CST_OK;
    cst__slice_t slice;

    cst__slice_init(slice, s);
    fields_init(&f->orbit, slice->keeping, f->d);
    fields_init(&f->normal, s->generator_count, f->d);
    f->normal.count = 0;
    for (slong i = 0; i < s->generator_count; i++)
    {
        if (slice->parity[i] == 0 && status == CST_OK)
            status = cst_error_set(error, CST_REFUSED,
                                   "the matrix of generator %ld is neither symmetric nor antisymmetric",
                                   (long) i + 1);
        if (slice->parity[i] != 1)
            continue;
        for (slong a = 0; a < f->d; a++)
            f->normal.entries[f->normal.count * f->d + a] = s->generators[i][a];
        f->normal.count++;
    }
    for (slong k = 0; k < slice->keeping; k++)
        for (slong a = 0; a < f->d; a++)
        {
            cst_expr_t sum = cst_expr_integer(f->ctx, 0);

            for (slong i = 0; i < slice->count; i++)
                if (!fmpq_is_zero(fmpq_mat_entry(slice->keepers, k, i)))
                    sum = cst__geom_add_product(
                        f->ctx, sum, cst_expr_rational(f->ctx, fmpq_mat_entry(slice->keepers, k, i)),
                        s->generators[i][a]);
            f->orbit.entries[k * f->d + a] = sum;
        }
    if (slice->closed != CST_TRUE && status == CST_OK)
        status = cst_error_set(error, CST_REFUSED, "the generators are not closed under brackets");
    cst__slice_clear(slice);
    return status;
}

static cst_status_t
choose_bases(cst__frame_t f, int need_basis, cst_error_t *error)
{
    const cst_geom_submersion_t *s = f->s;
    arb_ptr q = _arb_vec_init(f->n), theta = _arb_vec_init(f->d);
    int found = find_point(q, theta, s, 512);
    cst_status_t status = CST_OK;

    f->orbit_given = f->orbit.count;
    f->number = flint_malloc((size_t) (f->orbit.count + 1) * sizeof *f->number);
    if (found)
    {
        choose_basis(&f->orbit, f->number, s, theta, 512);
        choose_basis(&f->normal, NULL, s, theta, 512);
    }
    _arb_vec_clear(q, f->n);
    _arb_vec_clear(theta, f->d);
    if (!found && need_basis)
        status =
            cst_error_set(error, CST_REFUSED, "no point is known where the section is defined: give one");
    else if (f->orbit.count + f->normal.count + f->n != f->d && need_basis)
        status = cst_error_set(error, CST_REFUSED,
                               "the orbits through the section have dimension %ld, not the %ld of the space "
                               "less its %ld coordinates",
                               (long) f->orbit.count, (long) (f->d - f->normal.count - f->n), (long) f->n);
    return status;
}

/* H^i = g^ab d_b I^i */
static void
take_gradients(cst__frame_t f)
{
    const cst_geom_submersion_t *s = f->s;

    fields_init(&f->gradients, f->n, f->d);
    for (slong i = 0; i < f->n; i++)
        for (slong a = 0; a < f->d; a++)
        {
            cst_expr_t sum = cst_expr_integer(f->ctx, 0);

            for (slong b = 0; b < f->d; b++)
                if (!cst_expr_is_integer_value(AT(s->inverse, a, b), 0))
                    sum = cst__geom_add_product(
                        f->ctx, sum, AT(s->inverse, a, b),
                        cst_expr_derivative(f->ctx, s->invariants[i], s->total.coordinates[b]));
            f->gradients.entries[i * f->d + a] = cst__on_total(s, sum);
        }
}

/* H^i -= <H^i, N_k> nu^kl N_l for the basis N of the normals of a slice. The products are zero for invariants
   of all generators: that is tested, so that nothing is subtracted then. */
static cst_status_t
leave_out_normal_part(cst__frame_t f, cst_error_t *error)
{
    const cst_geom_submersion_t *s = f->s;
    slong m = f->normal.count;
    cst_geom_matrix_t product, nu;
    cst_status_t status = CST_OK;
    int any = 0;

    cst_geom_matrix_init(product, f->ctx, f->n, m);
    cst_geom_matrix_init(nu, f->ctx, m, m);
    for (slong ik = 0; ik < f->n * m; ik++)
    {
        cst_expr_t e =
            cst__total_inner(s, cst__field(f->gradients, ik / m, f->d), cst__field(f->normal, ik % m, f->d));

        if (cst_lie_is_zero(NULL, &s->total, e) == CST_TRUE)
            continue;
        product->entries[ik] = cst__on_total(s, cst_expr_neg(f->ctx, e));
        any = 1;
    }
    if (any)
    {
        cst__fields_gram(nu, s, &f->normal, 0);
        status = cst__gram_inverse(nu, s, nu, 0, error);
    }
    for (slong ia = 0; ia < f->n * f->d && any && status == CST_OK; ia++)
        for (slong kl = 0; kl < m * m; kl++)
            f->gradients.entries[ia] = cst__geom_add_product(
                f->ctx, f->gradients.entries[ia], AT(product, ia / f->d, kl / m),
                cst_expr_mul(f->ctx, nu->entries[kl], cst__field(f->normal, kl % m, f->d)[ia % f->d]));
    cst_geom_matrix_clear(product);
    cst_geom_matrix_clear(nu);
    return status;
}

cst_status_t
cst__frame_init(cst__frame_t f, const cst_geom_submersion_t *s, int need_basis, cst_error_t *error)
{
    cst_status_t status = CST_OK;

    *f = (cst__frame_struct){.s = s, .ctx = s->total.ctx, .d = s->total.dimension, .n = s->base.dimension};
    if (s->balanced)
        status = take_slice(f, s, error);
    else
        take_generators(f, s);
    if (status == CST_OK)
        status = choose_bases(f, need_basis, error);
    if (status == CST_OK)
    {
        take_gradients(f);
        status = leave_out_normal_part(f, error);
    }
    if (status != CST_OK)
        cst__frame_clear(f);
    return status;
}

void
cst__frame_clear(cst__frame_t f)
{
    flint_free(f->gradients.entries);
    flint_free(f->orbit.entries);
    flint_free(f->normal.entries);
    flint_free(f->number);
}

cst_status_t
cst_geom_submersion_cometric(cst_geom_matrix_t cometric, const cst_geom_submersion_t *s, cst_error_t *error)
{
    cst__frame_t f;
    cst_status_t status = cst__frame_init(f, s, 0, error);

    if (status != CST_OK)
        return status;
    cst__fields_gram(cometric, s, &f->gradients, 1);
    cst__frame_clear(f);
    return CST_OK;
}
