/* The upper bound: one characteristic with a focal time, proved by w^T F(end) w < 0. */
#include <math.h>

#include "certify/prove.h"
#include "core/symmetric.h"

#define N CST__LARGEST_DIMENSION

static void
set_on_grid(fmpq_t x, double value, slong grid)
{
    fmpz_set_d(fmpq_numref(x), ceil(ldexp(value, (int) grid)));
    fmpz_one_2exp(fmpq_denref(x), (ulong) grid);
    fmpq_canonicalise(x);
}

/* w^T F w + radii, as a bound from above in units. */
static void
quadratic_form_above(fmpz_t sum, const cst_model_struct *f, slong n, const fmpz *w)
{
    fmpz_t t;

    fmpz_init(t);
    fmpz_zero(sum);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            const cst_model_struct *x = f + cst_hj_pair(n, i, j);

            fmpz_mul(t, w + i, w + j);
            fmpz_addmul(sum, t, x->coeff);
            fmpz_abs(t, t);
            fmpz_addmul(sum, t, x->radius);
        }
    fmpz_clear(t);
}

/* F at a time, its least eigenvalue (a guide) and direction; the evidence replaces what text had from start
 * on. */
static cst_status_t
try_end(double *lambda, int *proved, fmpz *direction, cst__cert_text_t *text, size_t start,
        const cst__tapes_t *tapes, const cst__box_t *box, const fmpq_t end, const cst__effort_t *effort)
{
    slong n = tapes->dimension;
    double middle[N * N], values[N], vectors[N * N];
    cst_model_struct *f;
    cst_shape_t shape;
    cst_status_t status;
    fmpz_t sum;

    text->length = start;
    status = cst__focal_matrix(&f, shape, text, tapes, box, end, effort);
    if (status != CST_OK)
        return status;
    cst__focal_matrix_middle(middle, f, n);
    *proved = 0;
    if (cst__symmetric_eigen(values, vectors, middle, (int) n))
    {
        *lambda = values[0];
        for (slong i = 0; i < n; i++)
            fmpz_set_d(direction + i, floor(ldexp(vectors[i * n], 30) + 0.5));
        fmpz_init(sum);
        quadratic_form_above(sum, f, n, direction);
        *proved = fmpz_sgn(sum) < 0;
        fmpz_clear(sum);
    }
    else
        status = CST_UNDECIDED;
    cst__models_free(f, n * (n + 1) / 2);
    cst_shape_clear(shape);
    return status;
}

/* Newton's method on the least eigenvalue, from above: it is decreasing, and nearly linear close to its zero.
   Where the enclosure is too wide for that, it is left undecided, or any time that is proved will do. */
static cst_status_t
search_end(fmpq_t end, fmpz *direction, cst__cert_text_t *text, const cst__tapes_t *tapes,
           const cst__box_t *box, double focal_time, double slack, slong grid, const cst__effort_t *effort,
           int any)
{
    size_t start = text->length;
    double t = focal_time + slack, lambda, last_t = 0, last_lambda = NAN;
    int proved = 0, wide = 0;

    for (int trial = 0; trial < 40; trial++)
    {
        cst_status_t status;

        set_on_grid(end, t, grid);
        status = try_end(&lambda, &proved, direction, text, start, tapes, box, end, effort);
        if (status != CST_OK)
            return status;
        if (trial > 0 && lambda != last_lambda)
        {
            double slope = (lambda - last_lambda) / (t - last_t), root = t - lambda / slope;

            if (proved && t - root < 2 * slack)
                return CST_OK;
            wide += !proved && t - root > slack / 2;
            if (wide == 3 && !any)
                return CST_UNDECIDED;
            last_t = t;
            last_lambda = lambda;
            if (isfinite(root) && root > 0 && fabs(root - t) < 0.1 * focal_time)
                t = root + slack;
            else
                t += slack * ldexp(1, trial);
            if (fabs(t - last_t) < slack / 4)
            {
                if (proved)
                    return CST_OK;
                t = last_t + slack * ldexp(1, trial);
            }
        }
        else
        {
            last_t = t;
            last_lambda = lambda;
            t += lambda > 0 ? 16 * slack : -slack / 2;
        }
    }
    return proved ? CST_OK : CST_UNDECIDED;
}

cst_status_t
cst__prove_witness(fmpq_t end, fmpz *direction, cst__cert_text_t *text, const cst__tapes_t *tapes,
                   const fmpq *point, double focal_time, double slack, slong grid, slong bits, int any,
                   int (*stop)(void *data), void *stop_data)
{
    slong n = tapes->dimension;
    cst__box_t box = {n, (fmpq *) point, NULL};
    cst__effort_t effort = {bits, 16 + bits / 6, 1,        0, ldexp(1, -(int) bits + 14), focal_time,
                            0,    stop,          stop_data};
    cst__cert_text_t evidence;
    cst_status_t status;

    cst__cert_init(&evidence);
    status = search_end(end, direction, &evidence, tapes, &box, focal_time, slack, grid, &effort, any);
    if (status == CST_OK)
    {
        cst__cert_printf(text, "witness\npoint");
        for (slong i = 0; i < n; i++)
        {
            cst__cert_append(text, " ", 1);
            cst__cert_fmpq(text, point + i);
        }
        cst__cert_printf(text, "\ndirection");
        for (slong i = 0; i < n; i++)
        {
            cst__cert_append(text, " ", 1);
            cst__cert_fmpz(text, direction + i);
        }
        cst__cert_append(text, "\n", 1);
        cst__cert_append(text, evidence.bytes, evidence.length);
    }
    cst__cert_clear(&evidence);
    return status;
}
