/* flow/ball-ring.c -- jets whose coefficients are balls of doubles.

   The sum of products of n terms is within gamma sum |u v| of the exact sum of products of the middles, gamma
   = d u/(1 - d u), where no term goes through more than d roundings (Higham, section 3.1). With |xy - ab| <=
   |a| s + r (|b| + s) the radius is sum |a| s + r |v| and gamma times sum |a b|. */
#include "flow/ball-ring.h"

#include <string.h>

static void
put(cst__ring_t *ring, slong w, slong b, slong k, double m, double r)
{
    cst__strand_set(cst__strand(ring, w, b), k, m, r);
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
    if (row->code == CST__ROW_RATIONAL && arb_is_exact(x) && arf_equal_d(arb_midref(x), c.m))
        c.r = 0;
    put(ring, w, 0, 0, c.m, c.r);
    arb_clear(x);
}

static void
zero(cst__ring_t *ring, slong k, slong w)
{
    for (slong b = ring->first; b < ring->last; b++)
        put(ring, w, b, k, 0, 0);
}

static void
copy(cst__ring_t *ring, slong k, slong w, slong u, int negative)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__strand_t y = cst__strand(ring, u, b);

        cst__strand_set(cst__strand(ring, w, b), k, negative ? -y.m[k] : y.m[k], y.r[k]);
    }
}

static void
add(cst__ring_t *ring, slong k, slong w, slong u, slong v, int negative)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__strand_t y = cst__strand(ring, u, b), z = cst__strand(ring, v, b);
        double m = negative ? y.m[k] - z.m[k] : y.m[k] + z.m[k];

        put(ring, w, b, k, m, y.r[k] + z.r[k] + CST__UNIT * fabs(m));
    }
}

static void
scale(cst__ring_t *ring, slong k, slong w, slong u, slong c)
{
    cst__strand_t z = cst__strand(ring, c, 0);
    double zm = z.m[0], zr = z.r[0], za = fabs(zm);

    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__strand_t y = cst__strand(ring, u, b);
        double m = y.m[k] * zm;

        put(ring, w, b, k, m, za * y.r[k] + zr * cst__strand_size(y, k) + CST__UNIT * fabs(m));
    }
}

/* Two roundings: 2 u + u^2 < 3 u. */
static void
ratio(cst__ring_t *ring, slong k, slong w, slong u, slong factor, slong divisor)
{
    double f = (double) factor, d = (double) divisor, size = fabs(f) / d;

    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__strand_t y = cst__strand(ring, u, b);
        double m = y.m[k] * f / d;

        put(ring, w, b, k, m, size * y.r[k] + 3 * CST__UNIT * fabs(m));
    }
}

/* Two sums side by side, as GCC and Clang have them on every machine. */
typedef double pair_t __attribute__((vector_size(16)));
typedef long long pair_bits_t __attribute__((vector_size(16)));

typedef struct
{
    pair_t m, r, a; /* middles, radii, absolute values of the products */
    slong depth;    /* additions a term goes through */
} sum_t;

static inline pair_t
load(const double *x)
{
    pair_t p;

    memcpy(&p, x, sizeof p);
    return p;
}

static inline pair_t
absolute(pair_t x)
{
    const pair_bits_t mask = {0x7fffffffffffffff, 0x7fffffffffffffff};

    return (pair_t) ((pair_bits_t) x & mask);
}

static inline void
gather(sum_t *s, cst__strand_t u, slong i, cst__strand_t v, slong j, slong length)
{
    const double *um = u.m + i, *ur = u.r + i, *vm = v.back_m - j, *vr = v.back_r - j, *vv = v.back_v - j;
    pair_t m = s->m, r = s->r, a = s->a;
    slong l = 0;

    for (; l + 1 < length; l += 2)
    {
        pair_t x = load(um + l), p = x * load(vm + l);

        m += p;
        a += absolute(p);
        r += absolute(x) * load(vr + l) + load(ur + l) * load(vv + l);
    }
    if (l < length)
    {
        double p = um[l] * vm[l];

        m[0] += p;
        a[0] += fabs(p);
        r[0] += fabs(um[l]) * vr[l] + ur[l] * vv[l];
    }
    *s = (sum_t){m, r, a, s->depth + (length + 1) / 2};
}

/* Its value times `factor`, plus or minus a power of two. The product, the sum of the two halves, and one to
 * spare. */
static void
put_sum(cst__ring_t *ring, slong w, slong b, slong k, const sum_t *s, double factor)
{
    double gamma = (double) (s->depth + 3) * CST__UNIT;

    put(ring, w, b, k, factor * (s->m[0] + s->m[1]),
        fabs(factor) * (s->r[0] + s->r[1] + gamma * CST__GROW * (s->a[0] + s->a[1])));
}

static void
dot(cst__ring_t *ring, slong k, slong w, slong u, slong i, slong v, slong j, slong length)
{
    const cst_shape_struct *shape = ring->shape;

    for (slong o = ring->first, p = cst__ring_first_pair(ring); o < ring->last; o++)
    {
        sum_t s = {{0, 0}, {0, 0}, {0, 0}, 0};

        for (; p < shape->pair_end[o]; p++)
            gather(&s, cst__strand(ring, u, shape->pair[3 * p]), i,
                   cst__strand(ring, v, shape->pair[3 * p + 1]), j, length);
        put_sum(ring, w, o, k, &s, 1);
    }
}

/* Of the products of z^a and z^b with a != b one half is enough, and of those with a = b half the orders. */
static void
square(cst__ring_t *ring, slong k, slong w, slong u)
{
    const cst_shape_struct *shape = ring->shape;

    for (slong o = ring->first, p = cst__ring_first_pair(ring); o < ring->last; o++)
    {
        sum_t s = {{0, 0}, {0, 0}, {0, 0}, 0};

        for (; p < shape->pair_end[o]; p++)
        {
            slong a = shape->pair[3 * p], b = shape->pair[3 * p + 1];

            if (a < b)
                gather(&s, cst__strand(ring, u, a), 0, cst__strand(ring, u, b), k, k + 1);
            else if (a == b)
            {
                cst__strand_t y = cst__strand(ring, u, a);

                gather(&s, y, 0, y, k, (k + 1) / 2);
                if (k % 2 == 0)
                {
                    double m = y.m[k / 2], h = 0.5 * m * m;

                    s.m[1] += h;
                    s.a[1] += h;
                    s.r[1] += 0.5 * y.r[k / 2] * (fabs(m) + cst__strand_size(y, k / 2));
                    s.depth++;
                }
            }
        }
        put_sum(ring, w, o, k, &s, 2);
    }
}

static void
chain(cst__ring_t *ring, slong k, slong w, slong g, slong u, slong c, int negative)
{
    cst__strand_t value = cst__strand(ring, g, 0);

    for (slong b = ring->first; b < ring->last; b++)
    {
        sum_t s = {{0, 0}, {0, 0}, {0, 0}, 0};

        gather(&s, value, 0, cst__strand(ring, u, b), k, k + 1);
        put_sum(ring, w, b, k, &s, negative ? -1 : 1);
    }
    if (c >= 0)
        scale(ring, k, w, w, c);
}

static void
next(cst__ring_t *ring, slong k, slong u, slong w)
{
    double f = ldexp(ring->negative ? -1 : 1, (int) ring->shift), d = (double) (k + 1), size = fabs(f) / d;

    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__strand_t y = cst__strand(ring, w, b);
        double m = y.m[k] * f / d;

        put(ring, u, b, k + 1, m, size * y.r[k] + 3 * CST__UNIT * fabs(m));
    }
}

/* Linear jets follow by the chain rule; all of those of degree 2 are done here. */
static int
function(cst__ring_t *ring, slong w, const cst__flow_row_t *row)
{
    slong count = ring->last;
    arb_ptr f = _arb_vec_init(2 * count), u = f + count;
    int good;

    for (slong b = 0; b < count; b++)
        cst__ball_to_arb(u + b, cst__strand_get(cst__strand(ring, row->argument, b), 0));
    good = count == 1 ? cst__flow_row_function(f, row, u, 1, ring->prec)
                      : cst__ring_compose(f, row, u, ring->shape, ring->prec);
    for (slong b = 0; good && b < count; b++)
    {
        cst__ball_t value = cst__ball_from_arb(f + b);

        put(ring, w, b, 0, value.m, value.r);
    }
    _arb_vec_clear(f, 2 * count);
    return good;
}

static const cst__ring_ops_t ball_ring_ops = {constant, function, zero,   copy,  add, scale,
                                              ratio,    dot,      square, chain, next};

void
cst__ball_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program, const cst_shape_struct *shape,
                    slong orders)
{
    *ring = (cst__ring_t){.ops = &ball_ring_ops, .program = program, .shape = shape, .orders = orders};
    ring->prec = 64;
    ring->stride = (orders + 3) / 4 * 4;
    ring->strands = shape->blocks;
    ring->real = flint_calloc((size_t) (program->length * ring->strands * 5 * ring->stride), sizeof(double));
}

cst__ball_t
cst__strand_value(cst__strand_t s, const cst__ball_t *powers, slong top)
{
    double m = 0, r = 0, a = 0;

    /* from the small terms up: what the sum has so far bounds its next rounding */
    for (slong k = top; k >= 0; k--)
    {
        double p = s.m[k] * powers[k].m;

        m += p;
        a += fabs(m) + fabs(p);
        r += s.r[k] * (fabs(powers[k].m) + powers[k].r) + fabs(s.m[k]) * powers[k].r;
    }
    return (cst__ball_t){m, cst__up(r + CST__UNIT * a)};
}

/* The Horner scheme in intervals, whose factor [0, time] only needs the signs of the bounds. */
cst__ball_t
cst__strand_range(cst__strand_t s, double time, slong top)
{
    double low = 0, high = 0, slack = 0;

    for (slong k = top; k >= 0; k--)
    {
        low = (low < 0 ? low * time : 0) + (s.m[k] - s.r[k]);
        high = (high > 0 ? high * time : 0) + (s.m[k] + s.r[k]);
        slack = slack * time + 4 * CST__UNIT * (fabs(low) + fabs(high) + cst__strand_size(s, k));
    }
    return cst__ball_hull(low, high, cst__up(slack));
}
