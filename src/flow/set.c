/* flow/set.c -- Lohner's propagation of an error box in a frame that turns with the flow. */
#include "flow/set.h"

#include <stdlib.h>
#include <string.h>

static double *
numbers(slong count)
{
    return flint_calloc((size_t) (count ? count : 1), sizeof(double));
}

void
cst__flow_set_init(cst__flow_set_t *set, slong n)
{
    *set = (cst__flow_set_t){.n = n};
    set->c = numbers(n * n);
    set->b = numbers(n * n);
    set->r = numbers(n);
    set->base = numbers(n);
    set->radius = numbers(n);
    set->work = numbers(4 * n * n + 4 * n);
}

void
cst__flow_set_clear(cst__flow_set_t *set)
{
    flint_free(set->c);
    flint_free(set->b);
    flint_free(set->r);
    flint_free(set->base);
    flint_free(set->radius);
    flint_free(set->work);
}

void
cst__flow_set_copy(cst__flow_set_t *set, const cst__flow_set_t *from)
{
    size_t n = (size_t) from->n;

    set->m = from->m;
    set->unit = from->unit;
    memcpy(set->c, from->c, n * n * sizeof(double));
    memcpy(set->b, from->b, n * n * sizeof(double));
    memcpy(set->r, from->r, n * sizeof(double));
    memcpy(set->base, from->base, n * sizeof(double));
    memcpy(set->radius, from->radius, n * sizeof(double));
}

void
cst__flow_set_box(cst__flow_set_t *set, const double *radius, const int *is_parameter)
{
    slong n = set->n;

    set->m = 0;
    memset(set->c, 0, (size_t) (n * n) * sizeof(double));
    memset(set->b, 0, (size_t) (n * n) * sizeof(double));
    for (slong i = 0; i < n; i++)
    {
        set->b[i * n + i] = 1;
        set->radius[i] = radius[i];
        set->base[i] = 0;
        set->r[i] = is_parameter[i] ? 0 : radius[i];
        if (is_parameter[i])
            set->c[i * n + set->m++] = radius[i];
    }
}

int
cst__flow_set_is_finite(const cst__flow_set_t *set)
{
    int good = 1;

    for (slong i = 0; i < set->n; i++)
        good = good && isfinite(set->radius[i]) && isfinite(set->r[i]);
    return good;
}

double
cst__flow_set_real_radius(const cst__flow_set_t *set, slong i)
{
    slong e = FLINT_MAX(FLINT_MIN(set->unit, 4000), -4000);

    return cst__up(ldexp(set->radius[i], (int) e));
}

void
cst__flow_frame_init(cst__flow_frame_t *frame, slong n)
{
    frame->turn = numbers(n * n);
    frame->inverse = numbers(n * n);
    frame->old = numbers(n * n);
}

void
cst__flow_frame_clear(cst__flow_frame_t *frame)
{
    flint_free(frame->turn);
    flint_free(frame->inverse);
    flint_free(frame->old);
}

/* product = fl(A X) for the first columns of X; error_i += gamma sum over k of (|A| |X|)_ik weight_k. */
static void
multiply(double *product, const cst__ball_t *a, const double *x, slong n, slong columns, const double *weight,
         double *error)
{
    double gamma = (double) (n + 2) * CST__UNIT * CST__GROW;

    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < columns; k++)
        {
            double s = 0, size = 0;

            for (slong j = 0; j < n; j++)
            {
                s += a[i * n + j].m * x[j * n + k];
                size += fabs(a[i * n + j].m * x[j * n + k]);
            }
            product[i * n + k] = s;
            error[i] += gamma * size * (weight ? weight[k] : 1);
        }
}

/* Gram-Schmidt, twice, with the longest edges of the parallelepiped X r first: the new frame q is close to
   orthogonal whatever X is, and no proof depends on how close. */
static void
orthonormalize(double *q, const double *x, const double *r, slong n, double *length, slong *place)
{
    for (slong j = 0; j < n; j++)
    {
        double s = 0;

        for (slong i = 0; i < n; i++)
            s += x[i * n + j] * x[i * n + j];
        length[j] = sqrt(s) * r[j];
        place[j] = j;
        for (slong k = j; k > 0 && length[place[k]] > length[place[k - 1]]; k--)
        {
            slong swap = place[k];

            place[k] = place[k - 1];
            place[k - 1] = swap;
        }
    }
    for (slong c = 0; c < n; c++)
    {
        double s = 0;

        for (slong i = 0; i < n; i++)
            q[i * n + c] = x[i * n + place[c]];
        for (int twice = 0; twice < 2; twice++)
            for (slong b = 0; b < c; b++)
            {
                double t = 0;

                for (slong i = 0; i < n; i++)
                    t += q[i * n + b] * q[i * n + c];
                for (slong i = 0; i < n; i++)
                    q[i * n + c] -= t * q[i * n + b];
            }
        for (slong i = 0; i < n; i++)
            s += q[i * n + c] * q[i * n + c];
        s = 1 / sqrt(s);
        for (slong i = 0; i < n; i++)
            q[i * n + c] *= s;
    }
}

/* A bound of |(Q^T Q)^-1 - I| in the maximum norm: e/(1 - e) for e = |Q^T Q - I|. Infinite if there is none.
 */
static double
orthogonality_defect(const double *q, slong n)
{
    double gamma = (double) (n + 2) * CST__UNIT * CST__GROW, e = 0;

    for (slong i = 0; i < n; i++)
    {
        double row = 0;

        for (slong j = 0; j < n; j++)
        {
            double s = 0, size = 0;

            for (slong k = 0; k < n; k++)
            {
                s += q[k * n + i] * q[k * n + j];
                size += fabs(q[k * n + i] * q[k * n + j]);
            }
            s -= i == j;
            row += fabs(s) * (1 + 2 * CST__UNIT) + gamma * size;
        }
        row = cst__up(row);
        e = row > e || isnan(row) ? row : e;
    }
    return e < 0.5 ? cst__up(e / (1 - e)) : INFINITY;
}

static void
identity(double *q, slong n)
{
    memset(q, 0, (size_t) (n * n) * sizeof(double));
    for (slong i = 0; i < n; i++)
        q[i * n + i] = 1;
}

/* turn = |Q^-1 X| and inverse = |Q^-1|, with Q^-1 = (Q^T Q)^-1 Q^T: what the defect adds is a multiple of the
   largest entry of each column of Q^T X. */
static void
turn_into(double *turn, double *inverse, const double *q, const double *x, slong n, double defect)
{
    double gamma = (double) (n + 2) * CST__UNIT * CST__GROW;

    for (slong j = 0; j < n; j++)
    {
        double top = 0, side = 0;

        for (slong i = 0; i < n; i++)
        {
            double s = 0, size = 0;

            for (slong k = 0; k < n; k++)
            {
                s += q[k * n + i] * x[k * n + j];
                size += fabs(q[k * n + i] * x[k * n + j]);
            }
            turn[i * n + j] = cst__up(fabs(s) + gamma * size);
            inverse[i * n + j] = fabs(q[j * n + i]);
            top = fmax(top, turn[i * n + j]);
            side = fmax(side, inverse[i * n + j]);
        }
        for (slong i = 0; i < n; i++)
        {
            turn[i * n + j] = cst__up(turn[i * n + j] + defect * top);
            inverse[i * n + j] = cst__up(inverse[i * n + j] + defect * side);
        }
    }
}

double
cst__flow_orthonormal(double *q, double *inverse, const double *x, const double *weight, slong n)
{
    slong *place = flint_malloc((size_t) n * sizeof *place);
    double *length = numbers(n), *turn = numbers(n * n), defect;

    orthonormalize(q, x, weight, n, length, place);
    defect = orthogonality_defect(q, n);
    if (!isfinite(defect))
    {
        identity(q, n);
        defect = 0;
    }
    turn_into(turn, inverse, q, x, n, defect);
    flint_free(length);
    flint_free(turn);
    flint_free(place);
    return defect;
}

/* Radii of the whole set: the frame's, or those of A times the old box, whichever are smaller. */
static void
measure(cst__flow_set_t *set, const cst__ball_t *a, const double *old, const double *error)
{
    slong n = set->n;

    for (slong i = 0; i < n; i++)
    {
        double framed = set->base[i], boxed = error[i];

        for (slong k = 0; k < set->m; k++)
            framed += fabs(set->c[i * n + k]);
        for (slong j = 0; j < n; j++)
        {
            framed += fabs(set->b[i * n + j]) * set->r[j];
            boxed += (fabs(a[i * n + j].m) + a[i * n + j].r) * old[j];
        }
        framed = cst__up(framed);
        boxed = cst__up(boxed);
        set->radius[i] = boxed < framed ? boxed : framed;
    }
}

void
cst__flow_set_advance(cst__flow_set_t *set, const cst__ball_t *a, const double *error, const double *base,
                      cst__flow_frame_t *frame)
{
    slong n = set->n, *place = flint_malloc((size_t) n * sizeof *place);
    double *x = set->work, *q = x + n * n, *next = q + n * n, *loose = next + n * n, *length = loose + n,
           *old = length + n, *reach = old + n, defect;

    memcpy(old, set->radius, (size_t) n * sizeof(double));
    memcpy(frame->old, set->b, (size_t) (n * n) * sizeof(double));
    for (slong i = 0; i < n; i++)
    {
        reach[i] = 0;
        for (slong j = 0; j < n; j++)
            reach[i] += fabs(set->b[i * n + j]) * set->r[j];
    }
    for (slong i = 0; i < n; i++)
    {
        loose[i] = error[i];
        for (slong j = 0; j < n; j++)
            loose[i] += a[i * n + j].r * (base ? reach[j] : old[j]);
        set->base[i] = base ? base[i] : 0;
    }
    multiply(next, a, set->c, n, set->m, NULL, loose);
    memcpy(set->c, next, (size_t) (n * n) * sizeof(double));
    multiply(x, a, set->b, n, n, set->r, loose);
    for (slong i = 0; i < n; i++)
        loose[i] = cst__up(loose[i]);
    orthonormalize(q, x, set->r, n, length, place);
    defect = orthogonality_defect(q, n);
    if (!isfinite(defect))
    {
        identity(q, n);
        defect = 0;
    }
    turn_into(frame->turn, frame->inverse, q, x, n, defect);
    for (slong i = 0; i < n; i++)
    {
        double s = 0;

        for (slong j = 0; j < n; j++)
            s += frame->turn[i * n + j] * set->r[j] + frame->inverse[i * n + j] * loose[j];
        length[i] = cst__up(s);
    }
    memcpy(set->r, length, (size_t) n * sizeof(double));
    memcpy(set->b, q, (size_t) (n * n) * sizeof(double));
    measure(set, a, old, error);
    flint_free(place);
}
