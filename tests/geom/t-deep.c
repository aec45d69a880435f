/* Deep linear networks W = W_N ... W_1 on the balanced slice: the orbit density of the rotations between
   layers. At W_k = diag(s_1 ... s_d), det Gram = prod over i < j of 2^(N-1) (s_i^(2N) - s_j^(2N))/(s_i^2 -
   s_j^2), which is, with the singular values s^N of W, the density of Menon's geometry of deep linear
   networks. */
#include "lie/chart.h"

#include <caustic/submersion.h>

TestSuite(geom_deep, .timeout = 120);

#define MOST_ENTRIES 64
#define MOST_FIELDS 18

typedef struct
{
    cst_expr_ctx_t ctx;
    slong d, layers, count; /* fields */
    cst_expr_t theta[MOST_ENTRIES], section[MOST_ENTRIES], s[4], entries[MOST_FIELDS][MOST_ENTRIES];
    const cst_expr_t *fields[MOST_FIELDS];
    cst_geom_matrix_t metric;
    cst_geom_submersion_t view;
} deep_t;

/* B = E_ij - E_ji between the layers k and k + 1: W_k -> B W_k, W_(k+1) -> -W_(k+1) B. */
static void
set_field(deep_t *deep, slong k, slong i, slong j)
{
    slong d = deep->d;
    cst_expr_t *field = deep->entries[deep->count];
    const cst_expr_t *low = deep->theta + k * d * d, *high = low + d * d;

    for (slong a = 0; a < deep->layers * d * d; a++)
        field[a] = cst_expr_integer(deep->ctx, 0);
    for (slong c = 0; c < d; c++)
    {
        field[k * d * d + i * d + c] = low[j * d + c];
        field[k * d * d + j * d + c] = cst_expr_neg(deep->ctx, low[i * d + c]);
        field[(k + 1) * d * d + c * d + i] = high[c * d + j];
        field[(k + 1) * d * d + c * d + j] = cst_expr_neg(deep->ctx, high[c * d + i]);
    }
    deep->fields[deep->count++] = field;
}

static void
deep_init(deep_t *deep, slong d, slong layers)
{
    slong dimension = layers * d * d;
    char name[32];

    deep->ctx = cst_expr_ctx_new();
    deep->d = d;
    deep->layers = layers;
    deep->count = 0;
    for (slong i = 0; i < d; i++)
    {
        snprintf(name, sizeof name, "s%ld", (long) i);
        deep->s[i] = cst_expr_variable(deep->ctx, name);
    }
    for (slong a = 0; a < dimension; a++)
    {
        snprintf(name, sizeof name, "w%ld", (long) a);
        deep->theta[a] = cst_expr_variable(deep->ctx, name);
        deep->section[a] =
            a % (d * d) % (d + 1) == 0 ? deep->s[a % (d * d) / (d + 1)] : cst_expr_integer(deep->ctx, 0);
    }
    for (slong k = 0; k + 1 < layers; k++)
        for (slong i = 0; i < d; i++)
            for (slong j = i + 1; j < d; j++)
                set_field(deep, k, i, j);
    cst_geom_matrix_init(deep->metric, deep->ctx, dimension, dimension);
    for (slong a = 0; a < dimension; a++)
        cst_geom_matrix_entry(deep->metric, a, a) = cst_expr_integer(deep->ctx, 1);
    deep->view = (cst_geom_submersion_t){.total = {deep->ctx, dimension, deep->theta, NULL, 0},
                                         .base = {deep->ctx, d, deep->s, NULL, 0},
                                         .metric = deep->metric,
                                         .inverse = deep->metric,
                                         .generators = deep->fields,
                                         .generator_count = deep->count,
                                         .section = deep->section};
}

/* sum of s_i^2a s_j^2b with a + b = N - 1, times 2^(N-1) */
static cst_expr_t
expected_square(const deep_t *deep)
{
    cst_expr_ctx_t ctx = deep->ctx;
    cst_expr_t product = cst_expr_integer(ctx, 1);

    for (slong i = 0; i < deep->d; i++)
        for (slong j = i + 1; j < deep->d; j++)
        {
            cst_expr_t sum = cst_expr_integer(ctx, 0);

            for (slong a = 0; a < deep->layers; a++)
                sum = cst_expr_add(
                    ctx, sum,
                    cst_expr_mul(ctx, cst_expr_power_si(ctx, deep->s[i], 2 * a),
                                 cst_expr_power_si(ctx, deep->s[j], 2 * (deep->layers - 1 - a))));
            sum = cst_expr_mul(ctx, cst_expr_integer(ctx, WORD(1) << (deep->layers - 1)), sum);
            product = cst_expr_mul(ctx, product, sum);
        }
    return product;
}

Test(geom_deep, orbit_density_of_deep_linear_networks)
{
    static const slong sizes[][2] = {{2, 3}, {3, 2}, {3, 3}, {4, 4}};

    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
    {
        deep_t deep;
        cst_geom_matrix_t gram;
        cst_expr_t pivots[MOST_FIELDS], square;

        deep_init(&deep, sizes[k][0], sizes[k][1]);
        cst_geom_matrix_init(gram, deep.ctx, deep.count, deep.count);
        cst_geom_orbit_gram(gram, &deep.view);
        for (slong i = 0; i < deep.count * deep.count; i++)
            gram->entries[i] = cst_geom_restrict(&deep.view, gram->entries[i]);
        cr_assert_eq(cst_geom_invert(pivots, NULL, &deep.view.base, gram, NULL), CST_OK);
        square = cst_expr_integer(deep.ctx, 1);
        for (slong i = 0; i < deep.count; i++)
            square = cst_expr_mul(deep.ctx, square, pivots[i]);
        cr_assert_eq(
            cst_lie_is_zero(NULL, &deep.view.base, cst_expr_sub(deep.ctx, square, expected_square(&deep))),
            CST_TRUE, "d = %ld, N = %ld", (long) sizes[k][0], (long) sizes[k][1]);
        cst_geom_matrix_clear(gram);
        cst_geom_matrix_clear(deep.metric);
        cst_expr_ctx_free(deep.ctx);
    }
    flint_cleanup();
}
