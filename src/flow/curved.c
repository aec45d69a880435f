/* flow/curved.c -- a wide initial set: polynomials in z, carried by their own ring, and an error box beside
 * them. */
#include "flow/integrator.h"

#include <string.h>

#define MOST_MONOMIALS 3000
#define ABSORBED 0.002 /* of the set: an error box larger than this is taken into the polynomials */
#define BOXED                                                                                                \
    0.12 /* of the set: where errors are more than this, the polynomials are not worth their bends */

void
cst__flow_clear_models(cst_flow_t flow)
{
    if (!flow->polynomial)
        return;
    cst__ring_clear(&flow->models);
    cst_shape_clear(flow->initial);
    flint_free(flow->polynomial);
    flint_free(flow->last.polynomial);
    flint_free(flow->late);
    flow->polynomial = NULL;
}

/* Polynomials in the early variables and `late` others, all zero. */
static void
resize_models(cst_flow_t flow, slong late)
{
    if (flow->polynomial && flow->initial->variables == flow->early + late)
    {
        memset(flow->polynomial, 0, (size_t) (flow->n * flow->initial->blocks) * sizeof(double));
        return;
    }
    cst__flow_clear_models(flow);
    cst__late_shape_init(flow->initial, &flow->late, flow->early, late, flow->degree);
    cst__model_ring_init(&flow->models, flow->program, flow->initial, flow->most_order + 3);
    flow->models.late = late ? flow->late : NULL;
    flow->polynomial = flint_calloc((size_t) (flow->n * flow->initial->blocks), sizeof(double));
    flow->last.polynomial = flint_calloc((size_t) (flow->n * flow->initial->blocks), sizeof(double));
}

/* The box as polynomials in one z for each wide component; centers become doubles. */
void
cst__flow_start_models(cst_flow_t flow, const int *wide, double *radius)
{
    slong n = flow->n, m = 0, z = 0, unit = flow->set.unit;
    arf_t gap;
    mag_t r;

    for (slong i = 0; i < n; i++)
        m += wide[i];
    flow->early = m;
    resize_models(flow, 0);
    arf_init(gap);
    mag_init(r);
    for (slong i = 0; i < n; i++)
    {
        double *p = flow->polynomial + i * flow->initial->blocks;

        p[0] = arf_get_d(arb_midref(flow->x + i), ARF_RND_NEAR);
        arf_set_d(gap, p[0]);
        arf_sub(gap, gap, arb_midref(flow->x + i), ARF_PREC_EXACT, ARF_RND_DOWN);
        arf_get_mag(r, gap);
        mag_mul_2exp_si(r, r, -unit);
        arb_set_d(flow->x + i, p[0]);
        flow->set.base[i] = wide[i] ? radius[i] : 0;
        flow->set.r[i] = wide[i] ? mag_get_d(r) : cst__up(radius[i] + mag_get_d(r));
        flow->set.radius[i] = cst__up(flow->set.base[i] + flow->set.r[i]);
        if (wide[i])
            p[1 + z++] = ldexp(radius[i], (int) unit);
    }
    flow->set.m = 0;
    memset(flow->set.c, 0, (size_t) (n * n) * sizeof(double));
    arf_clear(gap);
    mag_clear(r);
}

/* The polynomials in z, their constant terms met with the center, rounded to doubles for the next step; base:
   their radii without it. */
int
cst__flow_advance_models(cst_flow_t flow, double *base)
{
    slong blocks = flow->initial->blocks;
    arf_t gap;
    mag_t r;

    arf_init(gap);
    mag_init(r);
    for (slong i = 0; i < flow->n; i++)
        cst__model_ring_start(&flow->models, i, flow->polynomial + i * blocks);
    if (!cst__ring_solve(&flow->models, flow->order))
        return 0;
    for (slong i = 0; i < flow->n; i++)
    {
        double *p = flow->polynomial + i * blocks, sum = 0,
               error = cst__model_ring_value(p, &flow->models, i, flow->step.real, flow->order),
               c = arf_get_d(arb_midref(flow->x + i), ARF_RND_NEAR);

        arf_set_d(gap, c);
        arf_sub(gap, gap, arb_midref(flow->x + i), ARF_PREC_EXACT, ARF_RND_DOWN);
        arf_get_mag(r, gap);
        error = cst__up(error + fabs(p[0] - c) + mag_get_d(r));
        arb_set_d(flow->x + i, c);
        p[0] = c;
        for (slong b = 1; b < blocks; b++)
            sum += fabs(p[b]);
        flow->step.error[i] = cst__up(flow->step.error[i] + ldexp(error, (int) -flow->set.unit));
        base[i] = ldexp(cst__up(sum), (int) -flow->set.unit);
    }
    arf_clear(gap);
    mag_clear(r);
    return 1;
}

/* The radius of the error box, B y. */
static double
error_reach(const cst_flow_t flow, slong i)
{
    double sum = 0;

    for (slong k = 0; k < flow->n; k++)
        sum += fabs(flow->set.b[i * flow->n + k]) * flow->set.r[k];
    return sum;
}

/* Bounds of |Q^-1 p(z)| for the late parts of the polynomials, or all of them without the constant terms,
 * Q^-1 = (I + F) Q^T with |F| <= defect. */
static void
reach_in_frame(double *reach, const cst_flow_t flow, const double *q, double defect, int all)
{
    slong n = flow->n, blocks = flow->initial->blocks;
    double gamma = (double) (n + 2) * CST__UNIT * CST__GROW, top = 0;

    memset(reach, 0, (size_t) n * sizeof *reach);
    for (slong b = 1; b < blocks; b++)
    {
        if (!all && !flow->late[b])
            continue;
        for (slong j = 0; j < n; j++)
        {
            double s = 0, size = 0;

            for (slong i = 0; i < n; i++)
            {
                s += q[i * n + j] * flow->polynomial[i * blocks + b];
                size += fabs(q[i * n + j] * flow->polynomial[i * blocks + b]);
            }
            reach[j] += fabs(s) + gamma * size;
        }
    }
    for (slong j = 0; j < n; j++)
        top = fmax(top, reach[j]);
    for (slong j = 0; j < n; j++)
        reach[j] = cst__up(reach[j] + defect * cst__up(top));
}

/* The errors of the tangent leave the frame. */
static void
spread_in_components(cst_flow_t flow)
{
    slong n = flow->n;

    for (slong d = 0; d < flow->columns && flow->options.tangent; d++)
    {
        double *sum = flint_calloc((size_t) n, sizeof *sum);

        for (slong i = 0; i < n; i++)
            for (slong j = 0; j < n; j++)
                sum[i] += fabs(flow->set.b[i * n + j]) * flow->spread[j * flow->columns + d];
        for (slong i = 0; i < n; i++)
            flow->spread[i * flow->columns + d] = cst__up(sum[i]);
        flint_free(sum);
    }
}

/* The polynomials without their late parts, in a shape that has late variables. */
static void
drop_late(cst_flow_t flow)
{
    slong n = flow->n, m = flow->early, blocks = flow->initial->blocks, old = flow->initial->variables,
          *exponent = flint_malloc((size_t) (blocks * m) * sizeof *exponent), count = 0, at = 0;
    double *kept = flint_malloc((size_t) (n * blocks) * sizeof *kept);

    for (slong b = 0; b < blocks; b++)
        if (!flow->late[b])
        {
            memcpy(exponent + count * m, flow->initial->exponent + b * old, (size_t) m * sizeof *exponent);
            for (slong i = 0; i < n; i++)
                kept[i * blocks + count] = flow->polynomial[i * blocks + b];
            count++;
        }
    resize_models(flow, n);
    /* both lists are in the same order */
    for (slong b = 0; b < flow->initial->blocks && at < count; b++)
        if (!flow->late[b] && memcmp(flow->initial->exponent + b * (m + n), exponent + at * m,
                                     (size_t) m * sizeof *exponent) == 0)
        {
            for (slong i = 0; i < n; i++)
                flow->polynomial[i * flow->initial->blocks + b] = kept[i * blocks + at];
            at++;
        }
    flint_free(exponent);
    flint_free(kept);
}

/* A frame: of the linear parts in the early or the late variables, or of the error box where there are none.
 */
static double
linear_frame(double *q, double *inverse, const cst_flow_t flow, int all)
{
    slong n = flow->n, blocks = flow->initial->blocks, m = flow->early, first = all ? 0 : m,
          columns = all ? m : flow->initial->variables - m;
    double *x = flint_calloc((size_t) (n * n + n), sizeof *x), *weight = x + n * n, defect;

    for (slong j = 0; j < n; j++)
    {
        weight[j] = columns ? (j < columns) : flow->set.r[j];
        for (slong i = 0; i < n; i++)
            x[i * n + j] = j < columns ? flow->polynomial[i * blocks + 1 + first + j]
                           : columns   ? (i == j)
                                       : flow->set.b[i * n + j];
    }
    defect = cst__flow_orthonormal(q, inverse, x, weight, n);
    flint_free(x);
    return defect;
}

/* The errors, those in late variables and those in the box, or the whole set are put into a box in a frame of
   their own, with one new variable an edge. */
static void
absorb(cst_flow_t flow, int all)
{
    slong n = flow->n, blocks, first;
    double *q = flint_calloc((size_t) (2 * n * n + 2 * n), sizeof *q), *inverse = q + n * n,
           *reach = inverse + n * n, *error = reach + n, scale = ldexp(1, (int) flow->set.unit);
    double defect = linear_frame(q, inverse, flow, all);

    reach_in_frame(reach, flow, q, defect, all);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            reach[j] += inverse[j * n + i] * cst__up(error_reach(flow, i)) * scale;
    spread_in_components(flow);
    if (all)
    {
        flow->early = n;
        resize_models(flow, 0);
        for (slong i = 0; i < n; i++)
            flow->polynomial[i * flow->initial->blocks] = arf_get_d(arb_midref(flow->x + i), ARF_RND_NEAR);
    }
    else
        drop_late(flow);
    blocks = flow->initial->blocks;
    first = 1 + (all ? 0 : flow->early);
    for (slong i = 0; i < n; i++)
    {
        double *p = flow->polynomial + i * blocks, sum = 0;

        for (slong j = 0; j < n; j++)
        {
            p[first + j] = q[i * n + j] * cst__up(reach[j]);
            error[i] += CST__UNIT * fabs(p[first + j]);
            flow->set.b[i * n + j] = i == j;
        }
        for (slong b = 1; b < blocks; b++)
            sum += fabs(p[b]);
        flow->set.base[i] = cst__up(sum) / scale;
        flow->set.r[i] = cst__up(error[i]) / scale;
        sum = cst__up(flow->set.base[i] + flow->set.r[i]);
        flow->set.radius[i] = fmin(flow->set.radius[i], sum);
    }
    flint_free(q);
}

void
cst__flow_absorb(cst_flow_t flow)
{
    slong m = flow->early, n = flow->n, blocks = flow->initial->blocks;
    int due = 0;
    double count = (double) n, errors = 0, whole = 0;

    for (slong i = 1; i < flow->degree; i++)
        count = count * (double) (m + i) / (double) i;
    for (slong i = 0; i < n; i++)
    {
        due = due || error_reach(flow, i) > ABSORBED * flow->set.base[i];
        errors += ldexp(error_reach(flow, i), (int) flow->set.unit);
        whole += ldexp(flow->set.base[i], (int) flow->set.unit);
        for (slong b = 0; b < blocks; b++)
            errors += flow->late[b] ? fabs(flow->polynomial[i * blocks + b]) : 0;
    }
    if (errors > BOXED * whole)
        absorb(flow, 1);
    else if (due && count <= MOST_MONOMIALS)
        absorb(flow, 0);
}
