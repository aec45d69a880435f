/* flow/arb-ring.c -- jets of Arb balls. */
#include "flow/ring.h"

/* Layout: row, monomial, order. */
arb_ptr
cst__arb_ring_at(const cst__ring_t *ring, slong row, slong block, slong k)
{
    return ring->arb + (row * ring->shape->blocks + block) * ring->orders + k;
}

static void
constant(cst__ring_t *ring, slong w, const cst__flow_row_t *row)
{
    if (row->code == CST__ROW_PI)
        arb_const_pi(cst__arb_ring_at(ring, w, 0, 0), ring->prec);
    else
        arb_set_fmpq(cst__arb_ring_at(ring, w, 0, 0), row->value, ring->prec);
}

static void
zero(cst__ring_t *ring, slong k, slong w)
{
    for (slong b = ring->first; b < ring->last; b++)
        arb_zero(cst__arb_ring_at(ring, w, b, k));
}

static void
copy(cst__ring_t *ring, slong k, slong w, slong u, int negative)
{
    for (slong b = ring->first; b < ring->last; b++)
        if (negative)
            arb_neg(cst__arb_ring_at(ring, w, b, k), cst__arb_ring_at(ring, u, b, k));
        else
            arb_set(cst__arb_ring_at(ring, w, b, k), cst__arb_ring_at(ring, u, b, k));
}

static void
add(cst__ring_t *ring, slong k, slong w, slong u, slong v, int negative)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        arb_ptr x = cst__arb_ring_at(ring, w, b, k);
        arb_srcptr y = cst__arb_ring_at(ring, u, b, k), z = cst__arb_ring_at(ring, v, b, k);

        if (negative)
            arb_sub(x, y, z, ring->precs[k]);
        else
            arb_add(x, y, z, ring->precs[k]);
    }
}

static void
scale(cst__ring_t *ring, slong k, slong w, slong u, slong c)
{
    for (slong b = ring->first; b < ring->last; b++)
        arb_mul(cst__arb_ring_at(ring, w, b, k), cst__arb_ring_at(ring, u, b, k),
                cst__arb_ring_at(ring, c, 0, 0), ring->precs[k]);
}

static void
ratio(cst__ring_t *ring, slong k, slong w, slong u, slong factor, slong divisor)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        arb_ptr x = cst__arb_ring_at(ring, w, b, k);
        arb_srcptr y = cst__arb_ring_at(ring, u, b, k);

        if (factor != 1)
        {
            arb_mul_si(x, y, factor, ring->precs[k]);
            y = x;
        }
        if (divisor != 1)
            arb_div_ui(x, y, (ulong) divisor, ring->precs[k]);
        else
            arb_set(x, y);
    }
}

static void
dot(cst__ring_t *ring, slong k, slong w, slong u, slong i, slong v, slong j, slong length)
{
    const cst_shape_struct *shape = ring->shape;

    for (slong o = ring->first, p = cst__ring_first_pair(ring); o < ring->last; o++)
        for (slong first = p; p < shape->pair_end[o]; p++)
        {
            const slong *t = shape->pair + 3 * p;
            arb_ptr x = cst__arb_ring_at(ring, w, o, k);

            arb_dot(x, p == first ? NULL : x, 0, cst__arb_ring_at(ring, u, t[0], i), 1,
                    cst__arb_ring_at(ring, v, t[1], j), -1, length, ring->precs[k]);
        }
}

/* Of the products of z^a and z^b with a != b one half is enough, and of those with a = b half the orders. */
static void
square(cst__ring_t *ring, slong k, slong w, slong u)
{
    const cst_shape_struct *shape = ring->shape;
    slong half = (k + 1) / 2;

    for (slong o = ring->first; o < ring->last; o++)
    {
        arb_ptr x = cst__arb_ring_at(ring, w, o, k);
        int middle = -1, begun = 0;

        for (slong p = o ? shape->pair_end[o - 1] : 0; p < shape->pair_end[o]; p++)
        {
            const slong *t = shape->pair + 3 * p;
            arb_srcptr y = cst__arb_ring_at(ring, u, t[0], 0), z = cst__arb_ring_at(ring, u, t[1], k);

            if (t[0] > t[1])
                continue;
            if (t[0] == t[1])
                middle = (int) t[0];
            arb_dot(x, begun ? x : NULL, 0, y, 1, z, -1, t[0] == t[1] ? half : k + 1, ring->precs[k]);
            begun = 1;
        }
        arb_mul_2exp_si(x, x, 1);
        if (middle >= 0 && k % 2 == 0)
        {
            arb_srcptr y = cst__arb_ring_at(ring, u, middle, k / 2);

            arb_addmul(x, y, y, ring->precs[k]);
        }
    }
}

static void
chain(cst__ring_t *ring, slong k, slong w, slong g, slong u, slong c, int negative)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        arb_ptr x = cst__arb_ring_at(ring, w, b, k);

        arb_dot(x, NULL, negative, cst__arb_ring_at(ring, g, 0, 0), 1, cst__arb_ring_at(ring, u, b, k), -1,
                k + 1, ring->precs[k]);
        if (c >= 0)
            arb_mul(x, x, cst__arb_ring_at(ring, c, 0, 0), ring->precs[k]);
    }
}

static void
next(cst__ring_t *ring, slong k, slong u, slong w)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        arb_ptr x = cst__arb_ring_at(ring, u, b, k + 1);

        arb_div_ui(x, cst__arb_ring_at(ring, w, b, k), (ulong) (k + 1), ring->precs[k + 1]);
        arb_mul_2exp_si(x, x, ring->shift);
        if (ring->negative)
            arb_neg(x, x);
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
        arb_set(u + b, cst__arb_ring_at(ring, row->argument, b, 0));
    good = count == 1 ? cst__flow_row_function(f, row, u, 1, ring->prec)
                      : cst__ring_compose(f, row, u, ring->shape, ring->prec);
    for (slong b = 0; good && b < count; b++)
        arb_swap(cst__arb_ring_at(ring, w, b, 0), f + b);
    _arb_vec_clear(f, 2 * count);
    return good;
}

static const cst__ring_ops_t arb_ring_ops = {constant, function, zero,   copy,  add, scale,
                                             ratio,    dot,      square, chain, next};

void
cst__arb_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program, const cst_shape_struct *shape,
                   slong orders, slong prec)
{
    *ring = (cst__ring_t){.ops = &arb_ring_ops, .program = program, .shape = shape, .orders = orders};
    ring->prec = prec;
    ring->arb = _arb_vec_init(program->length * shape->blocks * orders);
    ring->precs = flint_malloc((size_t) orders * sizeof *ring->precs);
    for (slong k = 0; k < orders; k++)
        ring->precs[k] = prec;
}
