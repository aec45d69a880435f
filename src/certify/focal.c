/* From a box of initial points to the matrix whose definiteness decides about focal times. */
#include <math.h>

#include "certify/prove.h"
#include "core/double.h"
#include "core/symmetric.h"

#define WIDEN_UNITS 16384

/* Wider than proved, for checkers whose formulas and roundings differ from ours: times numerator/8, and some
 * units. */
static void
widen(cst_model_struct *x, slong count, ulong numerator)
{
    for (slong i = 0; i < count; i++)
    {
        fmpz_mul_ui(x[i].radius, x[i].radius, numerator);
        fmpz_cdiv_q_2exp(x[i].radius, x[i].radius, 3);
        fmpz_add_ui(x[i].radius, x[i].radius, WIDEN_UNITS);
    }
}

/* du0 and Hess u0 over the box. */
static cst_status_t
initial_models(cst_model_struct *q, cst_model_struct *data, const cst__tapes_t *tapes, const cst__box_t *box,
               const cst_shape_t shape)
{
    cst_status_t status;

    for (slong i = 0; i < box->dimension; i++)
    {
        if (shape->variables)
            cst_model_set_parameter(q + i, i, box->center + i, box->halfwidth + i);
        else
            cst_model_set_fmpq(q + i, box->center + i);
    }
    status = cst_model_run_tape(data, tapes->initial, q, shape);
    if (status == CST_OK)
        widen(data, tapes->initial->output_count, 16);
    return status;
}

static cst_status_t
check_positive(const cst_model_struct *x, slong from, slong to)
{
    cst_status_t status = CST_OK;
    fmpz_t bound;

    fmpz_init(bound);
    for (slong i = from; status == CST_OK && i < to; i++)
    {
        cst_model_infimum(bound, x + i);
        if (fmpz_sgn(bound) <= 0)
            status = CST_UNDECIDED;
    }
    fmpz_clear(bound);
    return status;
}

/* F = A + end A U A. */
static void
static_matrix(cst_model_struct *f, const cst_model_struct *a, const cst_model_struct *u, slong n,
              const fmpq_t end, const cst_shape_t shape)
{
    cst_model_struct *au = cst__models_new(n * n, shape);
    cst_model_t product, sum;

    cst_model_init(product, shape);
    cst_model_init(sum, shape);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            for (slong k = 0; k < n; k++)
            {
                cst_model_mul(product, a + cst_hj_pair(n, i, k), u + cst_hj_pair(n, k, j));
                cst_model_add(au + i * n + j, au + i * n + j, product);
            }
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            fmpq_t zero;

            fmpq_init(zero);
            cst_model_set_fmpq(sum, zero);
            fmpq_clear(zero);
            for (slong k = 0; k < n; k++)
            {
                cst_model_mul(product, au + i * n + k, a + cst_hj_pair(n, k, j));
                cst_model_add(sum, sum, product);
            }
            cst_model_scale_fmpq(sum, sum, end);
            cst_model_add(f + cst_hj_pair(n, i, j), a + cst_hj_pair(n, i, j), sum);
        }
    cst_model_clear(product);
    cst_model_clear(sum);
    cst__models_free(au, n * n);
}

static cst_status_t
static_focal_matrix(cst_model_struct **f, cst_shape_t shape, cst__cert_text_t *text,
                    const cst__tapes_t *tapes, const cst__box_t *box, const fmpq_t end,
                    const cst__effort_t *effort, int point)
{
    slong n = tapes->dimension, triangle = n * (n + 1) / 2, count = tapes->convexity->output_count;
    slong degree = point ? 0 : effort->top;
    cst_model_struct *q, *data, *a;
    cst_status_t status;

    cst_shape_init_timeless(shape, effort->bits, point ? 0 : n, degree);
    q = cst__models_new(2 * n, shape);
    data = cst__models_new(n + triangle, shape);
    a = cst__models_new(count, shape);
    *f = cst__models_new(triangle, shape);
    status = initial_models(q, data, tapes, box, shape);
    for (slong i = 0; i < n; i++)
        cst_model_set(q + n + i, data + i);
    if (status == CST_OK)
        status = cst_model_run_tape(a, tapes->convexity, q, shape);
    if (status == CST_OK)
        status = check_positive(a, triangle, count);
    if (status == CST_OK)
    {
        static_matrix(*f, a, data + n, n, end, shape);
        cst__cert_static(text, effort->bits, degree);
    }
    cst__models_free(q, 2 * n);
    cst__models_free(data, n + triangle);
    cst__models_free(a, count);
    if (status != CST_OK)
    {
        cst__models_free(*f, triangle);
        cst_shape_clear(shape);
    }
    return status;
}

/* The initial state of the monotone system: q, du0, Hess u0 + C, I, C^-1. */
static cst_status_t
set_initial_state(cst_tube_t tube, const cst__tapes_t *tapes, const cst__box_t *box, const fmpq *shift)
{
    slong n = tapes->dimension, triangle = n * (n + 1) / 2;
    cst_model_struct *data = cst__models_new(n + triangle, tube->end_shape);
    cst_status_t status = initial_models(tube->state, data, tapes, box, tube->end_shape);
    cst_model_t c;
    fmpq_t x;

    cst_model_init(c, tube->end_shape);
    fmpq_init(x);
    for (slong i = 0; i < n; i++)
    {
        cst_model_set(tube->state + n + i, data + i);
        for (slong j = i; j < n; j++)
        {
            cst_model_struct *r = tube->state + cst_hj_riccati_offset(n) + cst_hj_pair(n, i, j);

            cst_model_set(r, data + n + cst_hj_pair(n, i, j));
            cst_model_set_fmpq(c, shift + i);
            if (i == j)
                cst_model_add(r, r, c);
        }
        fmpq_one(x);
        cst_model_set_fmpq(tube->state + cst_hj_inverse_offset(n) + i * n + i, x);
        fmpq_inv(x, shift + i);
        cst_model_set_fmpq(tube->state + cst_hj_monotone_offset(n) + cst_hj_pair(n, i, i), x);
    }
    cst_model_clear(c);
    fmpq_clear(x);
    cst__models_free(data, n + triangle);
    return status;
}

static cst_status_t
flow_focal_matrix(cst_model_struct **f, cst_shape_t shape, cst__cert_text_t *text, const cst__tapes_t *tapes,
                  const cst__box_t *box, const fmpq_t end, const cst__effort_t *effort, int point)
{
    slong n = tapes->dimension, triangle = n * (n + 1) / 2;
    cst_tube_t tube;
    fmpq *shift = _fmpq_vec_init(n);
    double center[CST__LARGEST_DIMENSION];
    cst_status_t status;
    fmpz_t time;

    for (slong i = 0; i < n; i++)
        center[i] = cst__fmpq_to_double(box->center + i);
    cst__guide_shift(shift, tapes, center, effort->shift_time);
    cst_tube_init(tube, cst_hj_state_length(n), effort->bits, point ? 0 : n, effort->degree, effort->weight,
                  point ? 0 : effort->top);
    tube->stop = effort->stop;
    tube->stop_data = effort->stop_data;
    fmpz_init(time);
    fmpz_mul_2exp(time, fmpq_numref(end), (ulong) effort->bits);
    fmpz_divexact(time, time, fmpq_denref(end));
    status = set_initial_state(tube, tapes, box, shift);
    if (status == CST_OK)
        status = cst_tube_integrate(tube, tapes->field, time, effort->error_target);
    if (status == CST_OK)
    {
        cst__cert_tube(text, tube, shift, n);
        cst_shape_init_timeless(shape, effort->bits, point ? 0 : n, tube->end_shape->degree);
        *f = cst__models_new(triangle, shape);
        for (slong i = 0; i < triangle; i++)
            cst_model_set(*f + i, tube->state + cst_hj_monotone_offset(n) + i);
    }
    fmpz_clear(time);
    _fmpq_vec_clear(shift, n);
    cst_tube_clear(tube);
    return status;
}

cst_status_t
cst__focal_matrix(cst_model_struct **f, cst_shape_t shape, cst__cert_text_t *text, const cst__tapes_t *tapes,
                  const cst__box_t *box, const fmpq_t end, const cst__effort_t *effort)
{
    int point = box->halfwidth == NULL;
    slong n = tapes->dimension;
    cst_status_t status = tapes->is_static
                              ? static_focal_matrix(f, shape, text, tapes, box, end, effort, point)
                              : flow_focal_matrix(f, shape, text, tapes, box, end, effort, point);

    if (status == CST_OK)
        widen(*f, n * (n + 1) / 2, 9);
    return status;
}

void
cst__focal_matrix_middle(double *middle, const cst_model_struct *f, slong n)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            const cst_model_struct *x = f + cst_hj_pair(n, i, j);
            slong exponent;
            double m = fmpz_get_d_2exp(&exponent, x->coeff);

            middle[i * n + j] = ldexp(m, (int) (exponent - x->shape->bits));
        }
}
