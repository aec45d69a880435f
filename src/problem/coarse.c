/* problem/coarse.c -- where the coarse-grained loss of a problem can be enclosed, and by which semigroup. */
#include <caustic/coarse.h>

static int
simplified_constant(fmpq_t value, const cst_problem_t problem, cst_expr_t e)
{
    e = cst_expr_simplify(problem->ctx, e, problem->positive, problem->positive_length);
    if (cst_expr_kind(e) != CST_EXPR_RATIONAL)
        return 0;
    fmpq_set(value, cst_expr_rational_value(e));
    return 1;
}

/* The co-metric, if all its entries are rational constants. */
static int
constant_cometric(fmpq *cometric, const cst_problem_t problem)
{
    slong n = problem->dimension;

    if (!problem->cometric || n == 0)
        return 0;
    for (slong i = 0; i < n * n; i++)
        if (!simplified_constant(cometric + i, problem, problem->cometric->entries[i]))
            return 0;
    return 1;
}

/* The value of an expression at (1, 0), if it is rational. */
static int
value_at_unit(fmpq_t value, const cst_problem_t problem, cst_expr_t e)
{
    cst_expr_t at[2] = {cst_expr_integer(problem->ctx, 1), cst_expr_integer(problem->ctx, 0)};

    return simplified_constant(value, problem,
                               cst_expr_substitute(problem->ctx, e, problem->coordinates, at, 2));
}

/* Is the co-metric b delta + (a - b) x x^T/|x|^2, in polar coordinates a p_r^2 + b p_phi^2/r^2? Then a and b
   are its first two constants. */
static int
is_cone(fmpq *cometric, const cst_problem_t problem)
{
    cst_expr_ctx_t ctx = problem->ctx;
    const cst_expr_t *x = problem->coordinates;
    cst_expr_t square, a, b;

    if (!problem->cometric || problem->dimension != 2 ||
        !value_at_unit(cometric, problem, problem->cometric->entries[0]) ||
        !value_at_unit(cometric + 1, problem, problem->cometric->entries[3]) || fmpq_sgn(cometric) <= 0 ||
        fmpq_sgn(cometric + 1) <= 0)
        return 0;
    square = cst_expr_add(ctx, cst_expr_power_si(ctx, x[0], 2), cst_expr_power_si(ctx, x[1], 2));
    b = cst_expr_rational(ctx, cometric + 1);
    a = cst_expr_sub(ctx, cst_expr_rational(ctx, cometric), b);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
        {
            cst_expr_t e = cst_expr_mul(ctx, a, cst_expr_mul(ctx, x[i], x[j]));

            if (i == j)
                e = cst_expr_add(ctx, e, cst_expr_mul(ctx, b, square));
            e = cst_expr_sub(ctx, e, cst_expr_mul(ctx, square, problem->cometric->entries[2 * i + j]));
            if (cst_expr_is_zero(ctx, e, problem->positive, problem->positive_length) != CST_TRUE)
                return 0;
        }
    return 1;
}

/* The metric |dx|^2/|x|^2 with the one generator x^a d/dx^a: the quotient is the round unit sphere. */
static int
is_scaling_sphere(const cst_problem_t problem)
{
    const cst_problem_total_t *total = problem->total;
    cst_expr_ctx_t ctx = problem->ctx;
    slong d = total->chart.dimension;
    cst_expr_t square = cst_expr_integer(ctx, 0);

    if (!total->metric || total->generator_count != 1)
        return 0;
    for (slong a = 0; a < d; a++)
    {
        if (total->generators[0][a] != total->chart.coordinates[a])
            return 0;
        square = cst_expr_add(ctx, square, cst_expr_power_si(ctx, total->chart.coordinates[a], 2));
    }
    for (slong a = 0; a < d; a++)
        for (slong b = 0; b < d; b++)
        {
            cst_expr_t e = cst_expr_mul(ctx, square, cst_geom_matrix_entry(total->metric, a, b));

            e = cst_expr_sub(ctx, e, cst_expr_integer(ctx, a == b));
            if (cst_lie_is_zero(NULL, &total->chart, e) != CST_TRUE)
                return 0;
        }
    return 1;
}

cst_status_t
cst_coarse_init(cst_coarse_t coarse, const cst_problem_t problem, cst_error_t *error)
{
    const cst_problem_total_t *total = problem->total;
    slong n = problem->dimension;
    int flat;

    coarse->problem = problem;
    coarse->cometric = _fmpq_vec_init(n * n);
    flat = constant_cometric(coarse->cometric, problem);
    coarse->kind = CST_COARSE_FLAT;
    coarse->dimension = coarse->variables = n;
    coarse->coordinates = problem->coordinates;
    coarse->loss = problem->initial;
    if (flat && problem->initial)
        return CST_OK;
    coarse->kind = CST_COARSE_CONE;
    if (problem->initial && is_cone(coarse->cometric, problem))
        return CST_OK;
    if (total && total->loss && total->construction == CST_PROBLEM_INVARIANT_METRIC)
    {
        coarse->variables = total->chart.dimension;
        coarse->coordinates = total->chart.coordinates;
        coarse->loss = total->loss;
        coarse->kind = total->euclidean ? CST_COARSE_ABOVE : CST_COARSE_SPHERE;
        coarse->dimension = coarse->variables - (total->euclidean ? 0 : 1);
        if (total->euclidean || is_scaling_sphere(problem))
            return CST_OK;
    }
    cst_coarse_clear(coarse);
    if (!problem->initial && !(total && total->loss))
        return cst_error_set(error, CST_REFUSED, "the problem has no loss");
    if (total && total->construction == CST_PROBLEM_BALANCED)
        return cst_error_set(
            error, CST_REFUSED,
            "Gaussian local entropy is not invariant under a group that is not isometric for the "
            "Euclidean metric; give an invariant metric (its heat semigroup is enclosed on "
            "spheres, cones over a circle and flat quotients)");
    return cst_error_set(
        error, CST_REFUSED,
        "the heat semigroup of this metric is not available: it is for a constant metric, for a "
        "flat cone over a circle, for a Euclidean total space with an isometric group, and for "
        "|dx|^2/|x|^2 modulo scalings");
}

void
cst_coarse_clear(cst_coarse_t coarse)
{
    _fmpq_vec_clear(coarse->cometric, coarse->problem->dimension * coarse->problem->dimension);
}

const char *
cst_coarse_words(const cst_coarse_t coarse)
{
    switch (coarse->kind)
    {
    case CST_COARSE_FLAT:
        return "the Gaussian of the constant metric";
    case CST_COARSE_ABOVE:
        return "the Gaussian on the parameters, on which the group acts by isometries";
    case CST_COARSE_CONE:
        return "the heat semigroup of the flat cone";
    default:
        return coarse->dimension == 1 ? "the heat semigroup of the unit circle"
                                      : "the heat semigroup of the unit sphere";
    }
}

cst_status_t
cst_coarse_enclose(cst_entropy_t entropy, const cst_coarse_t coarse, const fmpq_t nu, const fmpq_t time,
                   const fmpq *point, const cst_entropy_options_t *options, cst_error_t *error)
{
    cst_entropy_problem_t p = {coarse->problem->ctx,
                               coarse->variables,
                               coarse->coordinates,
                               coarse->loss,
                               nu,
                               time,
                               coarse->kind == CST_COARSE_FLAT ? coarse->cometric : NULL};

    if (coarse->kind == CST_COARSE_CONE)
        return cst_entropy_enclose_on_cone(entropy, &p, coarse->cometric, coarse->cometric + 1, point,
                                           options, error);
    return coarse->kind == CST_COARSE_SPHERE
               ? cst_entropy_enclose_on_sphere(entropy, &p, point, options, error)
               : cst_entropy_enclose(entropy, &p, point, options, error);
}
