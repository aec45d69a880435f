/* geom/submersion-check.c -- the identities of a submersion, each a list of zero tests. */
#include "geom/submersion.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

const char *
cst_geom_check_words(cst_geom_check_kind_t kind)
{
    static const char *const words[] = {
#define CST_WORDS(name, needed, text) [name] = text,
        CST_GEOM_CHECK_LIST(CST_WORDS)
#undef CST_WORDS
    };

    return kind < CST_GEOM_CHECK_COUNT ? words[kind] : "unknown check";
}

int
cst_geom_check_is_needed(cst_geom_check_kind_t kind)
{
    static const int needed[] = {
#define CST_NEEDED(name, yes, text) [name] = yes,
        CST_GEOM_CHECK_LIST(CST_NEEDED)
#undef CST_NEEDED
    };

    return kind < CST_GEOM_CHECK_COUNT && needed[kind];
}

/* Records a test; returns 1 as long as all have been true. */
static int
record(cst_geom_check_t *r, cst_truth_t truth, slong generator, slong i, slong j)
{
    r->holds = truth;
    if (truth == CST_TRUE)
        return 1;
    r->generator = generator;
    r->component[0] = i;
    r->component[1] = j;
    return 0;
}

static int
is_zero_on_base(cst_geom_check_t *r, const cst_geom_submersion_t *s, cst_expr_t e, slong generator, slong i,
                slong j)
{
    return record(r, cst_lie_is_zero(&r->remainder, &s->base, e), generator, i, j);
}

/* The group ------------------------------------------------------------------- */

/* Balanced: a Euclidean metric, and matrices that are symmetric or antisymmetric. */
static void
check_balanced_metric(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    slong d = s->total.dimension;
    cst__slice_t slice;
    int all = 1;

    for (slong a = 0; a < d && all; a++)
        for (slong b = a; b < d && all; b++)
        {
            cst_expr_t e =
                cst_expr_sub(s->total.ctx, AT(s->metric, a, b), cst_expr_integer(s->total.ctx, a == b));

            all = record(r, cst_lie_is_zero(&r->remainder, &s->total, e), -1, a, b);
        }
    if (!all)
        return;
    cst__slice_init(slice, s);
    for (slong i = 0; i < s->generator_count && all; i++)
        all = record(r, slice->parity[i] ? CST_TRUE : CST_UNKNOWN, i, -1, -1);
    cst__slice_clear(slice);
}

static void
check_metric(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    slong component[2];
    int all = 1;

    if (s->balanced)
    {
        check_balanced_metric(r, s);
        return;
    }
    for (slong i = 0; i < s->generator_count && all; i++)
    {
        cst_truth_t truth =
            cst_geom_is_killing(component, &r->remainder, &s->total, s->metric, s->generators[i]);

        all = record(r, truth, i, component[0], component[1]);
    }
}

static void
check_closure(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    slong count = s->generator_count, pair[2];
    fmpq *constants;

    r->applies = count > 1;
    if (!r->applies)
        return;
    constants = _fmpq_vec_init(count * count * count);
    r->holds = cst_lie_structure_constants(constants, pair, &r->remainder, &s->total, s->generators, count);
    _fmpq_vec_clear(constants, count * count * count);
    if (r->holds != CST_TRUE)
        record(r, r->holds, pair[0], pair[0], pair[1]);
}

static void
check_unimodular(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    slong generator;

    record(r, cst_geom_is_unimodular(&generator, s), -1, -1, -1);
    r->generator = generator;
}

/* The quotient ----------------------------------------------------------------- */

/* dI(xi) = 0 for the fields of the orbits; on a slice, tangent to it: <H^i, xi> = 0 either way. */
static void
check_invariants(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    int all = 1;
    cst__slice_t slice;

    if (s->balanced)
        cst__slice_init(slice, s);
    for (slong i = 0; i < s->generator_count && all; i++)
        for (slong k = 0; k < s->base.dimension && all; k++)
            if (!s->balanced)
                all = record(
                    r, cst_lie_is_invariant(&r->remainder, &s->total, s->generators[i], s->invariants[k]), i,
                    k, -1);
            else if (i < slice->keeping)
            {
                cst_expr_t sum = cst_expr_integer(s->total.ctx, 0);

                for (slong g = 0; g < slice->count; g++)
                    sum = cst__geom_add_product(
                        s->total.ctx, sum,
                        cst_expr_rational(s->total.ctx, fmpq_mat_entry(slice->keepers, i, g)),
                        cst_lie_derivative(&s->total, s->generators[g], s->invariants[k]));
                all = record(r, cst_lie_is_zero(&r->remainder, &s->total, sum), i, k, -1);
            }
    if (s->balanced)
        cst__slice_clear(slice);
}

static void
check_section(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    int all = 1;

    for (slong k = 0; k < s->base.dimension && all; k++)
    {
        cst_expr_t e = cst_expr_substitute(s->total.ctx, s->invariants[k], s->total.coordinates, s->section,
                                           s->total.dimension);

        all = is_zero_on_base(r, s, cst_expr_sub(s->base.ctx, e, s->base.coordinates[k]), -1, k, -1);
    }
}

/* <theta, A theta> = level on the section; xi = A theta. */
static void
check_level(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    cst_expr_ctx_t ctx = s->total.ctx;
    cst__slice_t slice;
    int all = 1;

    r->applies = s->balanced;
    if (!r->applies)
        return;
    cst__slice_init(slice, s);
    for (slong i = 0; i < s->generator_count && all; i++)
    {
        cst_expr_t sum = cst_expr_integer(ctx, 0);

        if (slice->parity[i] != 1)
            continue;
        for (slong a = 0; a < s->total.dimension; a++)
            sum = cst__geom_add_product(ctx, sum, s->total.coordinates[a], s->generators[i][a]);
        sum = cst_expr_substitute(ctx, sum, s->total.coordinates, s->section, s->total.dimension);
        if (s->level)
            sum = cst_expr_sub(ctx, sum, cst_expr_rational(ctx, s->level + i));
        all = is_zero_on_base(r, s, sum, i, -1, -1);
    }
    cst__slice_clear(slice);
}

/* Enclosures prove the rank of the orbits from below, dI(xi) = 0 and I(sigma) = id from above. */
static void
check_rank(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    cst__frame_t f;
    slong missing;

    if (cst__frame_init(f, s, 0, NULL) != CST_OK)
    {
        record(r, CST_UNKNOWN, -1, -1, -1);
        return;
    }
    missing = f->d - f->n - f->orbit.count - f->normal.count;
    record(r,
           missing == 0                       ? CST_TRUE
           : f->d - f->n > s->generator_count ? CST_FALSE
                                              : CST_UNKNOWN,
           -1, missing, -1);
    cst__frame_clear(f);
}

/* A function on Theta must be constant along the orbits. */
static int
is_basic(cst_geom_check_t *r, const cst__frame_t f, cst_expr_t e, slong i, slong j)
{
    int all = 1;

    for (slong k = 0; k < f->orbit.count && all; k++)
        all = record(r, cst_lie_is_invariant(&r->remainder, &f->s->total, cst__field(f->orbit, k, f->d), e),
                     f->s->balanced ? k : f->number[k], i, j);
    return all;
}

static void
check_cometric(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    cst__frame_t f;
    int all = 1;

    if (cst__frame_init(f, s, 0, NULL) != CST_OK)
    {
        record(r, CST_UNKNOWN, -1, -1, -1);
        return;
    }
    for (slong i = 0; i < f->n && all; i++)
        for (slong j = i; j < f->n && all; j++)
            all = is_basic(r, f,
                           cst__on_total(s, cst__total_inner(s, cst__field(f->gradients, i, f->d),
                                                             cst__field(f->gradients, j, f->d))),
                           i, j);
    cst__frame_clear(f);
}

static void
check_drift(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    cst_geom_matrix_t nu;
    cst__frame_t f;
    int all;

    if (cst__frame_init(f, s, 0, NULL) != CST_OK)
    {
        record(r, CST_UNKNOWN, -1, -1, -1);
        return;
    }
    cst_geom_matrix_init(nu, f->ctx, f->normal.count, f->normal.count);
    cst__fields_gram(nu, s, &f->normal, 0);
    all = cst__gram_inverse(nu, s, nu, 0, NULL) == CST_OK;
    if (!all)
        record(r, CST_UNKNOWN, -1, -1, -1);
    for (slong j = 0; j < f->n && all; j++)
        all = is_basic(r, f, cst__on_total(s, cst__total_drift(f, nu, j)), j, -1);
    cst_geom_matrix_clear(nu);
    cst__frame_clear(f);
}

/* The horizontal space ------------------------------------------------------------ */

/* <v, w> = 0 for all fields of two families: on Theta, or at the section. */
static int
are_orthogonal(cst_geom_check_t *r, const cst__frame_t f, const cst__fields_t *v, const cst__fields_t *w,
               int restricted)
{
    int all = 1;

    for (slong i = 0; i < v->count && all; i++)
        for (slong j = 0; j < w->count && all; j++)
        {
            cst_expr_t e = cst__total_inner(f->s, cst__field(*v, i, f->d), cst__field(*w, j, f->d));

            all = restricted ? is_zero_on_base(r, f->s, cst_geom_restrict(f->s, e), -1, i, j)
                             : record(r, cst_lie_is_zero(&r->remainder, &f->s->total, e), -1, i, j);
        }
    return all;
}

/* Fields along the orbits, horizontal gradients, and normals of the slice (to which K is orthogonal on the
   slice only) are orthogonal, each family is independent, and there are D of them: so their projections add
   up to the identity. The gradients are independent since I(sigma) = id. */
static void
check_projections(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    cst__frame_t f;

    if (cst__frame_init(f, s, 1, NULL) != CST_OK)
    {
        record(r, CST_UNKNOWN, -1, -1, -1);
        return;
    }
    if (are_orthogonal(r, f, &f->orbit, &f->gradients, 0) &&
        are_orthogonal(r, f, &f->normal, &f->gradients, 0))
        are_orthogonal(r, f, &f->orbit, &f->normal, 1);
    cst__frame_clear(f);
}

/* Two routes to the curvature of Q: from its own metric, and from above. */
static void
check_oneill(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    slong n = s->base.dimension, size = n * n * n * n;
    cst_expr_t *above = flint_malloc((size_t) (2 * size + 1) * sizeof *above), *own = above + size;
    cst_geom_matrix_t cometric;
    int all = 1;

    cst_geom_matrix_init(cometric, s->base.ctx, n, n);
    if (cst_geom_submersion_cometric(cometric, s, NULL) != CST_OK ||
        cst_geom_curvature_of_cometric(NULL, NULL, own, NULL, NULL, &s->base, cometric, NULL) != CST_OK ||
        cst_geom_oneill_curvature(above, s, NULL) != CST_OK)
        all = record(r, CST_UNKNOWN, -1, -1, -1);
    for (slong i = 0; i < size && all; i++)
    {
        all = is_zero_on_base(r, s, cst_expr_sub(s->base.ctx, above[i], own[i]), -1, i / (n * n * n),
                              i / (n * n) % n);
        if (!all)
        {
            r->component[2] = i / n % n;
            r->component[3] = i % n;
        }
    }
    cst_geom_matrix_clear(cometric);
    flint_free(above);
}

/* The projected Laplacian, two ways --------------------------------------------- */

/* Delta_Q q^j with the connection of Q's own metric. */
static cst_status_t
own_laplacian(cst_expr_t *laplacian, const cst_geom_submersion_t *s)
{
    slong n = s->base.dimension;
    cst_expr_t *christoffel = flint_malloc((size_t) (n * n * n + 1) * sizeof *christoffel);
    cst_geom_matrix_t cometric;
    cst_status_t status;

    cst_geom_matrix_init(cometric, s->base.ctx, n, n);
    status = cst_geom_submersion_cometric(cometric, s, NULL);
    if (status == CST_OK)
        status =
            cst_geom_curvature_of_cometric(NULL, christoffel, NULL, NULL, NULL, &s->base, cometric, NULL);
    for (slong j = 0; j < n && status == CST_OK; j++)
        laplacian[j] = cst_geom_laplacian(&s->base, cometric, christoffel, s->base.coordinates[j]);
    cst_geom_matrix_clear(cometric);
    flint_free(christoffel);
    return status;
}

/* drift^j - Delta_Q q^j - sign v^j = 0 for the vector v on Q that `vector` gives. */
static void
check_second_form(cst_geom_check_t *r, const cst_geom_submersion_t *s, int sign,
                  cst_status_t (*vector)(cst_expr_t *, const cst_geom_submersion_t *))
{
    slong n = s->base.dimension;
    cst_expr_t *drift = flint_malloc((size_t) (3 * n + 1) * sizeof *drift), *v = drift + n, *own = v + n, e;
    int all = 1;

    if (cst_geom_projected_drift(drift, s, NULL) != CST_OK || own_laplacian(own, s) != CST_OK ||
        vector(v, s) != CST_OK)
        all = record(r, CST_UNKNOWN, -1, -1, -1);
    for (slong j = 0; j < n && all; j++)
    {
        e = cst_expr_sub(s->base.ctx, drift[j], own[j]);
        e = sign > 0 ? cst_expr_sub(s->base.ctx, e, v[j]) : cst_expr_add(s->base.ctx, e, v[j]);
        all = is_zero_on_base(r, s, e, -1, j, -1);
    }
    flint_free(drift);
}

static cst_status_t
mean_curvature(cst_expr_t *v, const cst_geom_submersion_t *s)
{
    return cst_geom_mean_curvature(v, s, NULL);
}

static cst_status_t
grad_log_volume(cst_expr_t *v, const cst_geom_submersion_t *s)
{
    return cst_geom_orbit_volume(NULL, NULL, NULL, v, s, NULL);
}

static void
check_mean_curvature(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    check_second_form(r, s, -1, mean_curvature);
}

static void
check_orbit_volume(cst_geom_check_t *r, const cst_geom_submersion_t *s)
{
    check_second_form(r, s, 1, grad_log_volume);
}

/* All of them -------------------------------------------------------------------- */

static cst_geom_check_t
no_result(cst_geom_check_kind_t kind)
{
    return (cst_geom_check_t){
        .kind = kind, .applies = 1, .holds = CST_TRUE, .generator = -1, .component = {-1, -1, -1, -1}};
}

cst_truth_t
cst_geom_submersion_check(cst_geom_check_t *result, cst_geom_check_kind_t kind,
                          const cst_geom_submersion_t *s)
{
    static void (*const checks[])(cst_geom_check_t *, const cst_geom_submersion_t *) = {
        [CST_GEOM_CHECK_METRIC] = check_metric,
        [CST_GEOM_CHECK_CLOSURE] = check_closure,
        [CST_GEOM_CHECK_INVARIANTS] = check_invariants,
        [CST_GEOM_CHECK_SECTION] = check_section,
        [CST_GEOM_CHECK_LEVEL] = check_level,
        [CST_GEOM_CHECK_RANK] = check_rank,
        [CST_GEOM_CHECK_COMETRIC] = check_cometric,
        [CST_GEOM_CHECK_DRIFT] = check_drift,
        [CST_GEOM_CHECK_PROJECTIONS] = check_projections,
        [CST_GEOM_CHECK_MEAN_CURVATURE] = check_mean_curvature,
        [CST_GEOM_CHECK_UNIMODULAR] = check_unimodular,
        [CST_GEOM_CHECK_ORBIT_VOLUME] = check_orbit_volume,
        [CST_GEOM_CHECK_ONEILL] = check_oneill,
    };

    *result = no_result(kind);
    checks[kind](result, s);
    if (result->holds == CST_TRUE)
        result->remainder = NULL;
    return result->holds;
}

cst_truth_t
cst_geom_submersion_verify(cst_geom_check_t *results, const cst_geom_submersion_t *s)
{
    cst_truth_t truth = CST_TRUE;

    for (int k = 0; k < CST_GEOM_CHECK_COUNT; k++)
    {
        cst_geom_check_kind_t kind = (cst_geom_check_kind_t) k;

        results[k] = no_result(kind);
        if (kind == CST_GEOM_CHECK_ONEILL)
            results[k].applies = 0;
        else
            cst_geom_submersion_check(results + k, kind, s);
        if (cst_geom_check_is_needed(kind) && results[k].holds != CST_TRUE && truth != CST_FALSE)
            truth = results[k].holds;
    }
    return truth;
}
