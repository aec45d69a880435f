/* flow/model-ring.c -- coefficients that are polynomials in z in [-1,1]^m with one radius (Taylor models).

   A row at one order: p(z) = sum of c_alpha z^alpha over |alpha| <= q, known to within R for all z. With N_d
   the sum of the |c_alpha| with |alpha| = d, and L_d the sum of the N_e with e >= d, the product of p, R and
   p', R' misses what is of degree above q, at most sum over d of N_d L'_{q+1-d}; R (L'_0 + R') + L_0 R' for
   the radii; and the roundings, gamma L_0 L'_0 in all, gamma as in ball-ring.c. */
#include "flow/ball-ring.h"

#include <string.h>

/* Strands of a row: the c_alpha; R; L_0, ..., L_q; N_1, ..., N_q; Y. */
static double *
coefficient(const cst__ring_t *ring, slong row, slong b)
{
    return ring->real + (row * ring->strands + b) * ring->stride;
}

static double *
radius(const cst__ring_t *ring, slong row)
{
    return coefficient(ring, row, ring->shape->blocks);
}

static double *
tail(const cst__ring_t *ring, slong row, slong d)
{
    return coefficient(ring, row, ring->shape->blocks + 1 + d);
}

static double *
degree_norm(const cst__ring_t *ring, slong row, slong d)
{
    return coefficient(ring, row, ring->shape->blocks + 1 + ring->shape->degree + d);
}

static double *
late_norm(const cst__ring_t *ring, slong row)
{
    return coefficient(ring, row, ring->strands - 1);
}

/* Fills in the norms of order k, then the radius: at least r and `rounding` times the norm. */
static void
finish(cst__ring_t *ring, slong w, slong k, double r, double rounding)
{
    const cst_shape_struct *shape = ring->shape;
    double sum = 0, late = 0;

    for (slong b = shape->blocks - 1, d = shape->degree; d >= 0; d--)
    {
        double norm = 0;

        for (; b >= 0 && shape->order[b] == d; b--)
        {
            norm += fabs(coefficient(ring, w, b)[k]);
            late += ring->late && ring->late[b] ? fabs(coefficient(ring, w, b)[k]) : 0;
        }
        norm = cst__up(norm);
        sum = cst__up(sum + norm);
        if (d > 0)
            degree_norm(ring, w, d)[k] = norm;
        tail(ring, w, d)[k] = sum;
    }
    late_norm(ring, w)[k] = ring->late ? cst__up(late) : 0;
    radius(ring, w)[k] = cst__up(r + rounding * sum);
}

static void
constant(cst__ring_t *ring, slong w, const cst__flow_row_t *row)
{
    arb_t x;
    cst__ball_t c;

    arb_init(x);
    if (row->code == CST__ROW_PI)
        arb_const_pi(x, ring->prec);
    else
        arb_set_fmpq(x, row->value, ring->prec);
    c = cst__ball_from_arb(x);
    coefficient(ring, w, 0)[0] = c.m;
    finish(ring, w, 0, c.r, 0);
    arb_clear(x);
}

static void
zero(cst__ring_t *ring, slong k, slong w)
{
    for (slong b = 0; b < ring->strands; b++)
        coefficient(ring, w, b)[k] = 0;
}

static void
copy(cst__ring_t *ring, slong k, slong w, slong u, int negative)
{
    for (slong b = 0; b < ring->strands; b++)
    {
        double x = coefficient(ring, u, b)[k];

        coefficient(ring, w, b)[k] = negative && b < ring->shape->blocks ? -x : x;
    }
}

static void
add(cst__ring_t *ring, slong k, slong w, slong u, slong v, int negative)
{
    double r = radius(ring, u)[k] + radius(ring, v)[k];

    for (slong b = 0; b < ring->shape->blocks; b++)
    {
        double x = coefficient(ring, u, b)[k], y = coefficient(ring, v, b)[k];

        coefficient(ring, w, b)[k] = negative ? x - y : x + y;
    }
    finish(ring, w, k, r, CST__UNIT);
}

static void
scale(cst__ring_t *ring, slong k, slong w, slong u, slong c)
{
    double m = coefficient(ring, c, 0)[0], s = radius(ring, c)[0],
           r = fabs(m) * radius(ring, u)[k] + s * (tail(ring, u, 0)[k] + radius(ring, u)[k]);

    for (slong b = 0; b < ring->shape->blocks; b++)
        coefficient(ring, w, b)[k] = coefficient(ring, u, b)[k] * m;
    finish(ring, w, k, r, CST__UNIT);
}

/* Two roundings: 2 u + u^2 < 3 u. */
static void
multiply_ratio(cst__ring_t *ring, slong to, slong w, slong from, slong u, double f, double d)
{
    double r = radius(ring, u)[from] * (fabs(f) / d);

    for (slong b = 0; b < ring->shape->blocks; b++)
        coefficient(ring, w, b)[to] = coefficient(ring, u, b)[from] * f / d;
    finish(ring, w, to, r, 3 * CST__UNIT);
}

static void
ratio(cst__ring_t *ring, slong k, slong w, slong u, slong factor, slong divisor)
{
    multiply_ratio(ring, k, w, k, u, (double) factor, (double) divisor);
}

static void
next(cst__ring_t *ring, slong k, slong u, slong w)
{
    multiply_ratio(ring, k + 1, u, k, w, ldexp(ring->negative ? -1 : 1, (int) ring->shift), (double) (k + 1));
}

/* sum over l of u[l] v[-l] */
static inline double
convolve(const double *u, const double *v, slong length)
{
    double s = 0, t = 0;
    slong l = 0;

    for (; l + 1 < length; l += 2)
    {
        s += u[l] * v[-l];
        t += u[l + 1] * v[-l - 1];
    }
    if (l < length)
        s += u[l] * v[-l];
    return s + t;
}

/* The radius of a product, given the coefficients of order k of w. */
static void
finish_product(cst__ring_t *ring, slong k, slong w, slong u, slong i, slong v, slong j, slong length,
               slong depth)
{
    slong q = ring->shape->degree;
    double gamma = (double) (depth + 4) * CST__UNIT * CST__GROW,
           r = convolve(radius(ring, u) + i, tail(ring, v, 0) + j, length) +
               convolve(radius(ring, u) + i, radius(ring, v) + j, length) +
               convolve(tail(ring, u, 0) + i, radius(ring, v) + j, length) +
               gamma * convolve(tail(ring, u, 0) + i, tail(ring, v, 0) + j, length);

    for (slong d = 1; d <= q; d++)
        r += convolve(degree_norm(ring, u, d) + i, tail(ring, v, q + 1 - d) + j, length);
    if (ring->late)
        r += convolve(late_norm(ring, u) + i, late_norm(ring, v) + j, length);
    finish(ring, w, k, r, 0);
}

static void
dot(cst__ring_t *ring, slong k, slong w, slong u, slong i, slong v, slong j, slong length)
{
    const cst_shape_struct *shape = ring->shape;
    slong most = 0;

    for (slong o = 0, p = 0; o < shape->blocks; o++)
    {
        double s = 0;
        slong first = p;

        for (; p < shape->pair_end[o]; p++)
            s += convolve(coefficient(ring, u, shape->pair[3 * p]) + i,
                          coefficient(ring, v, shape->pair[3 * p + 1]) + j, length);
        coefficient(ring, w, o)[k] = s;
        most = FLINT_MAX(most, p - first);
    }
    finish_product(ring, k, w, u, i, v, j, length, most + (length + 1) / 2);
}

/* Of the products of z^a and z^b with a != b one half is enough, and of those with a = b half the orders. */
static void
square(cst__ring_t *ring, slong k, slong w, slong u)
{
    const cst_shape_struct *shape = ring->shape;
    slong most = 0;

    for (slong o = 0, p = 0; o < shape->blocks; o++)
    {
        double s = 0;
        slong first = p;

        for (; p < shape->pair_end[o]; p++)
        {
            slong a = shape->pair[3 * p], b = shape->pair[3 * p + 1];
            const double *x = coefficient(ring, u, a);

            if (a < b)
                s += convolve(x, coefficient(ring, u, b) + k, k + 1);
            else if (a == b)
                s += convolve(x, x + k, (k + 1) / 2) + (k % 2 ? 0 : 0.5 * x[k / 2] * x[k / 2]);
        }
        coefficient(ring, w, o)[k] = 2 * s;
        most = FLINT_MAX(most, p - first);
    }
    finish_product(ring, k, w, u, 0, u, k, k + 1, most + 2 + (k + 1) / 2);
}

/* h = f_q; h = f_i + h d for i = q - 1, ..., 0, d the polynomial without its constant term, |d| <= reach with
   its radius: what is dropped is bounded by the norms. h has room for blocks + 1 numbers, the last its
   radius. */
static void
compose(cst__ring_t *ring, double *h, slong argument, const cst__ball_t *f, double reach)
{
    const cst_shape_struct *shape = ring->shape;
    slong blocks = shape->blocks, q = shape->degree;
    double *g = flint_malloc((size_t) blocks * sizeof *g),
           gamma = (double) (blocks + 4) * CST__UNIT * CST__GROW, d_radius = radius(ring, argument)[0];

    memset(h, 0, (size_t) (blocks + 1) * sizeof *h);
    h[0] = f[q].m;
    h[blocks] = f[q].r;
    for (slong i = q - 1; i >= 0; i--)
    {
        double norm = 0, late = 0, r;

        memset(g, 0, (size_t) blocks * sizeof *g);
        for (slong b = 0; b < blocks; b++)
        {
            norm += fabs(h[b]);
            late += ring->late && ring->late[b] ? fabs(h[b]) : 0;
        }
        for (slong p = 0; p < shape->pairs; p++)
        {
            const slong *t = shape->pair + 3 * p;

            if (t[0] > 0)
                g[t[2]] += coefficient(ring, argument, t[0])[0] * h[t[1]];
        }
        r = h[blocks] * reach + norm * d_radius + gamma * norm * reach + late * late_norm(ring, argument)[0];
        for (slong b = 0; b < blocks; b++) /* of degree above q */
            r += fabs(h[b]) * (shape->order[b] > 0 ? tail(ring, argument, q + 1 - shape->order[b])[0] : 0);
        memcpy(h, g, (size_t) blocks * sizeof *h);
        h[0] += f[i].m;
        h[blocks] = cst__up(r + f[i].r + CST__UNIT * fabs(h[0]));
    }
    flint_free(g);
}

/* Taylor's formula around the constant term, with the last term over all that the argument can be. */
static int
function(cst__ring_t *ring, slong w, const cst__flow_row_t *row)
{
    slong q = ring->shape->degree, blocks = ring->shape->blocks;
    arb_ptr f = _arb_vec_init(q + 3);
    cst__ball_t *values = flint_malloc((size_t) (q + 1) * sizeof *values);
    double *h = flint_malloc((size_t) (blocks + 1) * sizeof *h), rest,
           reach = cst__up((q > 0 ? tail(ring, row->argument, 1)[0] : 0) + radius(ring, row->argument)[0]);
    int good;

    cst__ball_to_arb(f + q + 2, (cst__ball_t){coefficient(ring, row->argument, 0)[0], reach});
    good = cst__flow_row_function(f, row, f + q + 2, q + 2, ring->prec);
    if (good)
    {
        rest = cst__ball_magnitude(cst__ball_from_arb(f + q + 1));
        for (slong i = 0; i <= q; i++)
            rest = cst__up(rest * reach);
        mag_zero(arb_radref(f + q + 2));
        good = cst__flow_row_function(f, row, f + q + 2, q + 1, ring->prec);
    }
    if (good)
    {
        for (slong i = 0; i <= q; i++)
            values[i] = cst__ball_from_arb(f + i);
        compose(ring, h, row->argument, values, reach);
        for (slong b = 0; b < blocks; b++)
            coefficient(ring, w, b)[0] = h[b];
        finish(ring, w, 0, h[blocks] + rest, 0);
    }
    flint_free(h);
    flint_free(values);
    _arb_vec_clear(f, q + 3);
    return good;
}

static const cst__ring_ops_t model_ring_ops = {constant, function, zero,   copy, add, scale,
                                               ratio,    dot,      square, NULL, next};

void
cst__model_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                     const cst_shape_struct *shape, slong orders)
{
    *ring = (cst__ring_t){.ops = &model_ring_ops, .program = program, .shape = shape, .orders = orders};
    ring->prec = 64;
    ring->stride = orders;
    ring->strands = shape->blocks + 3 + 2 * shape->degree;
    ring->real = flint_calloc((size_t) (program->length * ring->strands * ring->stride), sizeof(double));
}

void
cst__model_ring_start(cst__ring_t *ring, slong row, const double *polynomial)
{
    for (slong b = 0; b < ring->shape->blocks; b++)
        coefficient(ring, row, b)[0] = polynomial[b];
    finish(ring, row, 0, 0, 0);
    radius(ring, row)[0] = 0;
}

double
cst__model_ring_value(double *polynomial, const cst__ring_t *ring, slong row, const cst__ball_t *powers,
                      slong top)
{
    double error = 0;

    for (slong b = 0; b < ring->shape->blocks; b++)
    {
        const double *c = coefficient(ring, row, b);
        double m = 0;

        for (slong k = top; k >= 0; k--)
        {
            double p = c[k] * powers[k].m;

            m += p;
            error += CST__UNIT * (fabs(m) + fabs(p)) + fabs(c[k]) * powers[k].r;
        }
        polynomial[b] = m;
    }
    for (slong k = top; k >= 0; k--)
        error += radius(ring, row)[k] * (fabs(powers[k].m) + powers[k].r);
    return cst__up(error);
}
