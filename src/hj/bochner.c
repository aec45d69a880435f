/* hj/bochner.c -- the Burgers equation in covariant form: nabla_v v, and Bochner's formula for the generator.
 */
#include "hj/jets.h"

#define AT(m, i, j) cst_geom_matrix_entry(m, i, j)

typedef struct
{
    const cst_hj_viscous_t *hj;
    const cst_hj_jets_struct *jets;
    const cst_hj_connection_t *connection;
    cst_expr_ctx_t ctx;
    slong n;
    cst_expr_t *du;     /* v_i */
    cst_expr_t *second; /* (nabla_i v)_j */
    cst_expr_t *field;  /* X^j */
} work_t;

static cst_expr_t
zero(const work_t *w)
{
    return cst_expr_integer(w->ctx, 0);
}

static cst_expr_t
christoffel(const work_t *w, slong i, slong j, slong k)
{
    return w->connection->christoffel[(i * w->n + j) * w->n + k];
}

static cst_expr_t
add_product(const work_t *w, cst_expr_t sum, cst_expr_t a, cst_expr_t b)
{
    return cst__jets_add_product(w->ctx, sum, a, b);
}

static cst_expr_t
subtract_product(const work_t *w, cst_expr_t sum, cst_expr_t a, cst_expr_t b)
{
    return cst__jets_add_product(w->ctx, sum, cst_expr_neg(w->ctx, a), b);
}

/* X^j = drift^j + g^kl Gamma^j_kl: what the drift adds to the Laplacian of the metric. */
static cst_expr_t
drift_field(const work_t *w, slong j)
{
    const cst_lie_chart_t *chart = &w->hj->chart;
    cst_expr_t sum = w->hj->drift ? w->hj->drift[j] : zero(w);

    for (slong k = 0; k < w->n; k++)
        for (slong l = 0; l < w->n; l++)
            sum = add_product(w, sum, AT(w->hj->cometric, k, l), christoffel(w, j, k, l));
    return cst_expr_simplify(w->ctx, sum, chart->positive, chart->positive_length);
}

static void
work_init(work_t *w, const cst_hj_viscous_t *hj, const cst_hj_jets_t jets,
          const cst_hj_connection_t *connection)
{
    slong n = jets->dimension;

    *w = (work_t){hj, jets, connection, hj->chart.ctx, n, NULL, NULL, NULL};
    w->du = flint_malloc((size_t) (n + 1) * sizeof *w->du);
    w->second = flint_malloc((size_t) (n * n + 1) * sizeof *w->second);
    w->field = flint_malloc((size_t) (n + 1) * sizeof *w->field);
    for (slong i = 0; i < n; i++)
        w->du[i] = cst__jets_u(jets, 0, &i, 1);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            slong index[2] = {i, j};
            cst_expr_t e = cst__jets_u(jets, 0, index, 2);

            for (slong l = 0; l < n; l++)
                e = subtract_product(w, e, christoffel(w, l, i, j), w->du[l]);
            w->second[i * n + j] = e;
        }
    for (slong j = 0; j < n; j++)
        w->field[j] = drift_field(w, j);
}

static void
work_clear(work_t *w)
{
    flint_free(w->du);
    flint_free(w->second);
    flint_free(w->field);
}

/* (nabla_i nabla v)_jk */
static cst_expr_t
third(const work_t *w, slong i, slong j, slong k)
{
    cst_expr_t e = cst_hj_total_derivative(w->jets, w->second[j * w->n + k], i);

    for (slong l = 0; l < w->n; l++)
    {
        e = subtract_product(w, e, christoffel(w, l, i, j), w->second[l * w->n + k]);
        e = subtract_product(w, e, christoffel(w, l, i, k), w->second[j * w->n + l]);
    }
    return e;
}

/* (Delta_B v - Ric(v))_k = g^ij nabla_i nabla_j v_k - Ric_ki g^ij v_j */
static cst_expr_t
hodge(const work_t *w, slong k)
{
    cst_expr_t sum = zero(w);

    for (slong i = 0; i < w->n; i++)
        for (slong j = 0; j < w->n; j++)
        {
            cst_expr_t g = AT(w->hj->cometric, i, j);

            if (cst_expr_is_integer_value(g, 0))
                continue;
            sum = add_product(w, sum, g, third(w, i, j, k));
            sum = subtract_product(w, sum, cst_expr_mul(w->ctx, g, AT(w->connection->ricci, k, i)), w->du[j]);
        }
    return sum;
}

/* X^j nabla_j v_k + (nabla_k X^j) v_j */
static cst_expr_t
transport(const work_t *w, slong k)
{
    cst_expr_t sum = zero(w);

    for (slong j = 0; j < w->n; j++)
    {
        cst_expr_t d = cst_expr_derivative(w->ctx, w->field[j], w->hj->chart.coordinates[k]);

        for (slong l = 0; l < w->n; l++)
            d = add_product(w, d, christoffel(w, j, k, l), w->field[l]);
        sum = add_product(w, sum, w->field[j], w->second[j * w->n + k]);
        sum = add_product(w, sum, d, w->du[j]);
    }
    return sum;
}

/* g^ij v_i nabla_j v_k */
static cst_expr_t
convection(const work_t *w, slong k)
{
    cst_expr_t sum = zero(w);

    for (slong i = 0; i < w->n; i++)
        for (slong j = 0; j < w->n; j++)
            sum = add_product(w, sum, cst_expr_mul(w->ctx, AT(w->hj->cometric, i, j), w->du[i]),
                              w->second[j * w->n + k]);
    return sum;
}

/* Is d_k e = terms_k for each k? */
static cst_truth_t
test(slong *component, cst_expr_t *remainder, const work_t *w, cst_expr_t e, int bochner)
{
    for (slong k = 0; k < w->n; k++)
    {
        cst_expr_t right = bochner ? cst_expr_add(w->ctx, hodge(w, k), transport(w, k)) : convection(w, k);
        cst_truth_t truth = cst_lie_is_zero(
            remainder, &w->hj->chart, cst_expr_sub(w->ctx, cst_hj_total_derivative(w->jets, e, k), right));

        *component = k;
        if (truth != CST_TRUE)
            return truth;
    }
    return CST_TRUE;
}

cst_truth_t
cst_hj_check_convection(slong *component, cst_expr_t *remainder, const cst_hj_viscous_t *hj,
                        const cst_hj_jets_t jets, const cst_hj_connection_t *connection)
{
    cst_truth_t truth;
    work_t w;

    work_init(&w, hj, jets, connection);
    truth = test(component, remainder, &w, cst_geom_hamiltonian(w.ctx, hj->cometric, w.du), 0);
    work_clear(&w);
    return truth;
}

cst_truth_t
cst_hj_check_bochner(slong *component, cst_expr_t *remainder, const cst_hj_viscous_t *hj,
                     const cst_hj_jets_t jets, const cst_hj_connection_t *connection)
{
    cst_truth_t truth;
    work_t w;

    work_init(&w, hj, jets, connection);
    truth = test(component, remainder, &w, cst_hj_generator(hj, jets, cst__jets_u(jets, 0, NULL, 0)), 1);
    work_clear(&w);
    return truth;
}
