/* Positive definiteness of a symmetric matrix of Taylor models, by congruence with an integer matrix near the
   eigenvectors, diagonal dominance and a Schur complement; and by halving the parameters. */
#include <math.h>

#include "certify/prove.h"
#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION
#define BASIS_UNIT 256 /* entries of the integer basis have some eight bits */

/* B = V^T F V. */
static void
congruence(cst_model_struct *b, const cst_model_struct *f, slong n, const slong *v)
{
    const cst_shape_struct *shape = f->shape;
    cst_model_struct *fv = cst__models_new(n * n, shape);
    cst_model_t term;
    fmpq_t factor;

    cst_model_init(term, shape);
    fmpq_init(factor);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++)
            {
                fmpq_set_si(factor, v[k * n + j], 1);
                cst_model_scale_fmpq(term, f + cst_hj_pair(n, i, k), factor);
                cst_model_add(fv + i * n + j, fv + i * n + j, term);
            }
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            cst_model_struct *out = b + cst_hj_pair(n, i, j);

            for (slong k = 0; k < n; k++)
            {
                fmpq_set_si(factor, v[k * n + i], 1);
                cst_model_scale_fmpq(term, fv + k * n + j, factor);
                if (k == 0)
                    cst_model_set(out, term);
                else
                    cst_model_add(out, out, term);
            }
        }
    cst_model_clear(term);
    fmpq_clear(factor);
    cst__models_free(fv, n * n);
}

/* Least over i in [from, to) of inf B_ii - sum_{j != i} sup |B_ij|. */
static void
dominance(fmpz_t least, const cst_model_struct *b, slong n, slong from, slong to)
{
    fmpz_t row, bound;

    fmpz_init(row);
    fmpz_init(bound);
    for (slong i = from; i < to; i++)
    {
        cst_model_infimum(row, b + cst_hj_pair(n, i, i));
        for (slong j = from; j < to; j++)
            if (j != i)
            {
                cst_model_magnitude(bound, b + cst_hj_pair(n, i, j));
                fmpz_sub(row, row, bound);
            }
        if (i == from || fmpz_cmp(row, least) < 0)
            fmpz_set(least, row);
    }
    fmpz_clear(row);
    fmpz_clear(bound);
}

/* beta B_kk - B_kr B_rk, the Schur complement with B_rr replaced by its lower bound beta, times beta. */
static void
schur_complement(cst_model_struct *s, const cst_model_struct *b, slong n, slong k, const fmpz_t beta)
{
    const cst_shape_struct *shape = b->shape;
    cst_model_t product;
    fmpq_t scale;

    cst_model_init(product, shape);
    fmpq_init(scale);
    fmpz_set(fmpq_numref(scale), beta);
    fmpz_one_2exp(fmpq_denref(scale), (ulong) shape->bits);
    fmpq_canonicalise(scale);
    for (slong i = 0; i < k; i++)
        for (slong j = i; j < k; j++)
        {
            cst_model_struct *out = s + cst_hj_pair(n, i, j);

            cst_model_scale_fmpq(out, b + cst_hj_pair(n, i, j), scale);
            for (slong l = k; l < n; l++)
            {
                cst_model_mul(product, b + cst_hj_pair(n, i, l), b + cst_hj_pair(n, l, j));
                cst_model_sub(out, out, product);
            }
        }
    cst_model_clear(product);
    fmpq_clear(scale);
}

/* Does the test of a certificate line "positive k V" succeed? */
static int
test_positive(const cst_model_struct *f, slong n, slong k, const slong *v)
{
    slong triangle = n * (n + 1) / 2;
    cst_model_struct *b = cst__models_new(triangle, f->shape), *s = cst__models_new(triangle, f->shape);
    fmpz_t least;
    int positive;

    fmpz_init(least);
    congruence(b, f, n, v);
    dominance(least, b, n, k == n ? 0 : k, n);
    positive = fmpz_sgn(least) > 0;
    if (positive && k < n)
    {
        schur_complement(s, b, n, k, least);
        dominance(least, s, n, 0, k);
        positive = fmpz_sgn(least) > 0;
    }
    fmpz_clear(least);
    cst__models_free(b, triangle);
    cst__models_free(s, triangle);
    return positive;
}

/* Integer eigenvectors; those after the first k scaled so that their block is near the identity. */
static void
integer_basis(slong *v, const double *vectors, const double *values, slong n, slong k)
{
    for (slong j = 0; j < n; j++)
    {
        double scale = j < k ? 1 : sqrt(fmax(values[k < n ? k : n - 1], 1e-300) / fmax(values[j], 1e-300));

        for (slong i = 0; i < n; i++)
            v[i * n + j] = (slong) floor(vectors[i * n + j] * BASIS_UNIT * fmax(scale, 0.02) + 0.5);
    }
}

/* The parameter along which the entries vary most. */
static slong
widest_parameter(const cst_model_struct *f, slong n)
{
    const cst_shape_struct *shape = f->shape;
    slong best = 0;
    double most = -1;

    for (slong v = 0; v < shape->variables; v++)
    {
        double sum = 0;

        for (slong e = 0; e < n * (n + 1) / 2; e++)
            for (slong b = 1; b < shape->blocks; b++)
                if (shape->exponent[b * shape->variables + v])
                    sum += fabs(fmpz_get_d(f[e].coeff + b));
        if (sum > most)
        {
            most = sum;
            best = v;
        }
    }
    return best;
}

static cst_status_t
prove(cst__cert_text_t *text, const cst_model_struct *f, slong n, slong *halvings, int depth)
{
    double middle[N * N], values[N], vectors[N * N], radius = 0;
    slong v[N * N], triangle = n * (n + 1) / 2, axis;
    cst_model_struct *half;
    cst_status_t status = CST_OK;

    cst__focal_matrix_middle(middle, f, n);
    for (slong e = 0; e < triangle; e++)
        radius = fmax(radius, ldexp(fmpz_get_d(f[e].radius), -(int) f->shape->bits));
    if (!cst__symmetric_eigen(values, vectors, middle, (int) n) || !(values[0] > radius))
        return CST_UNDECIDED;
    for (slong trial = 0; trial < n; trial++)
    {
        slong k = trial == 0 ? 1 : n + 1 - trial; /* 1, n, n - 1, ..., 2 */

        integer_basis(v, vectors, values, n, k);
        if (!test_positive(f, n, k, v))
            continue;
        cst__cert_printf(text, "positive %ld", (long) k);
        for (slong i = 0; i < n * n; i++)
        {
            fmpz_t entry;

            fmpz_init_set_si(entry, v[i]);
            cst__cert_append(text, " ", 1);
            cst__cert_fmpz(text, entry);
            fmpz_clear(entry);
        }
        cst__cert_append(text, "\n", 1);
        return CST_OK;
    }
    if (--*halvings < 0 || depth > 60 || f->shape->variables == 0)
        return CST_UNDECIDED;
    axis = widest_parameter(f, n);
    cst__cert_printf(text, "halve %ld\n", (long) axis + 1);
    half = cst__models_new(triangle, f->shape);
    for (int side = 0; status == CST_OK && side < 2; side++)
    {
        for (slong e = 0; e < triangle; e++)
            cst_model_halve(half + e, f + e, axis, side);
        status = prove(text, half, n, halvings, depth + 1);
    }
    cst__models_free(half, triangle);
    return status;
}

cst_status_t
cst__prove_positive(cst__cert_text_t *text, const cst_model_struct *f, slong n, slong halvings)
{
    size_t length = text->length;
    cst_status_t status = prove(text, f, n, &halvings, 0);

    if (status != CST_OK)
        text->length = length;
    return status;
}
