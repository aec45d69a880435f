/* flow/fixed-ring.c -- jets whose coefficients are integers of a few digits.

   The unit of time is the step, so that coefficients fall with their order and all count with the same weight
   at its end. Those of a strand (a monomial of a row) share one grid f: the coefficient of order k lies
   within e_k 2^-f of x_k 2^-f, with an integer x_k = sum over i < L of d_i 2^(58 i), |d_i| <= 2^57, and a_k
   >= |x_k| 2^(-58 L). Products of digits have at most 2^114, so that 2^12 of them add up in two words without
   a carry to a third; sums of products are exact, but for columns far below the unit of the result. With
   that, what is cut off is less than one unit and 2^-10. From |uv - xy| <= |x| e' + e (|y| + e') for u in x
   +- e, v in y +- e',

       e(sum over l of u_l v_{k-l}) <= 2^(58 L - f_u - f_v + f_w) (sum of a_l e'_{k-l} + e_l t'_{k-l}) + 1 +
   2^-10,

   with t = a + 2^(-58 L) e. Radii are doubles as in bound.h. An integer that does not fit its digits sets
   ring->failed, and the step is done in Arb instead. */
#include "flow/fixed.h"

#include <string.h>

#define MOST_TERMS 4096 /* products of digits in a column, over all pairs of monomials: 2^degree at most */
#define SPARE 20        /* bits for one rounding an order and the growth over a step */
#define LEAST_SPARE 16

void
cst__fixed_ring_load(cst__ring_t *ring, slong row, slong block, const arb_t x)
{
    cst__fixed_t s = cst__fixed(ring, row, block);

    cst__fixed_load(ring, &s, 0, x);
}

void
cst__fixed_ring_get(arb_t x, const cst__ring_t *ring, slong row, slong block, slong k)
{
    cst__fixed_t s = cst__fixed(ring, row, block);

    cst__fixed_sum(x, ring, &s, k, k);
}

void
cst__fixed_ring_sum(arb_t x, const cst__ring_t *ring, slong row, slong block, slong top)
{
    cst__fixed_t s = cst__fixed(ring, row, block);

    cst__fixed_sum(x, ring, &s, 0, top);
}

static void
constant(cst__ring_t *ring, slong w, const cst__flow_row_t *row)
{
    arb_t x;

    arb_init(x);
    if (row->code == CST__ROW_PI)
        arb_const_pi(x, ring->prec);
    else
        arb_set_fmpq(x, row->value, ring->prec);
    cst__fixed_ring_load(ring, w, 0, x);
    arb_clear(x);
}

static void
zero(cst__ring_t *ring, slong k, slong w)
{
    cst__total_t nothing;

    cst__total_clear(ring, &nothing);
    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__fixed_t s = cst__fixed(ring, w, b);

        cst__fixed_put(ring, &s, k, &nothing);
    }
}

static void
copy(cst__ring_t *ring, slong k, slong w, slong u, int minus)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__fixed_t x = cst__fixed(ring, w, b), y = cst__fixed(ring, u, b);
        cst__total_t total;

        cst__total_clear(ring, &total);
        cst__fixed_add_coefficient(ring, &total, &x, &y, k, 1, minus);
        cst__fixed_put(ring, &x, k, &total);
    }
}

static void
add(cst__ring_t *ring, slong k, slong w, slong u, slong v, int minus)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__fixed_t x = cst__fixed(ring, w, b), y = cst__fixed(ring, u, b), z = cst__fixed(ring, v, b);
        cst__total_t total;

        cst__total_clear(ring, &total);
        cst__fixed_add_coefficient(ring, &total, &x, &y, k, 1, 0);
        cst__fixed_add_coefficient(ring, &total, &x, &z, k, 1, minus);
        cst__fixed_put(ring, &x, k, &total);
    }
}

/* w_k = +-u_i v_j */
static void
multiply(cst__ring_t *ring, const cst__fixed_t *w, slong k, const cst__fixed_t *u, slong i,
         const cst__fixed_t *v, slong j, int minus)
{
    cst__total_t total;

    cst__total_clear(ring, &total);
    cst__fixed_add_products(ring, &total, w, u, i, v, j, 1, minus);
    cst__fixed_put(ring, w, k, &total);
}

/* The value of a constant row that is an integer; else 0. */
static slong
small_integer(const cst__flow_row_t *row)
{
    return row->code == CST__ROW_RATIONAL && fmpz_is_one(fmpq_denref(row->value)) &&
                   fmpz_bits(fmpq_numref(row->value)) < 30
               ? fmpz_get_si(fmpq_numref(row->value))
               : 0;
}

static void
scale(cst__ring_t *ring, slong k, slong w, slong u, slong c)
{
    const cst__flow_row_t *row = ring->program->rows + c;
    slong factor = small_integer(row);

    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__fixed_t x = cst__fixed(ring, w, b), y = cst__fixed(ring, u, b), z = cst__fixed(ring, c, 0);
        cst__total_t total;

        if (!factor)
        {
            multiply(ring, &x, k, &y, k, &z, 0, 0);
            continue;
        }
        cst__total_clear(ring, &total);
        cst__fixed_add_coefficient(ring, &total, &x, &y, k, FLINT_ABS(factor), factor < 0);
        cst__fixed_put(ring, &x, k, &total);
    }
}

static void
ratio(cst__ring_t *ring, slong k, slong w, slong u, slong factor, slong divisor)
{
    cst__fixed_t z = cst__fixed_inverses(ring);
    slong size = factor < 0 ? -factor : factor;
    int minus = factor < 0;

    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__fixed_t x = cst__fixed(ring, w, b), y = cst__fixed(ring, u, b);
        cst__total_t total;

        cst__total_clear(ring, &total);
        if (divisor == 1 || size != 1)
        {
            cst__fixed_add_coefficient(ring, &total, &x, &y, k, size, divisor == 1 && minus);
            cst__fixed_put(ring, &x, k, &total);
            y = x;
        }
        if (divisor != 1)
            multiply(ring, &x, k, &y, k, &z, divisor, minus);
    }
}

static void
dot(cst__ring_t *ring, slong k, slong w, slong u, slong i, slong v, slong j, slong length)
{
    const cst_shape_struct *shape = ring->shape;

    for (slong o = ring->first, p = cst__ring_first_pair(ring); o < ring->last; o++)
    {
        cst__fixed_t x = cst__fixed(ring, w, o);
        cst__total_t total;

        cst__total_clear(ring, &total);
        for (; p < shape->pair_end[o]; p++)
        {
            cst__fixed_t y = cst__fixed(ring, u, shape->pair[3 * p]),
                         z = cst__fixed(ring, v, shape->pair[3 * p + 1]);

            cst__fixed_add_products(ring, &total, &x, &y, i, &z, j, length, 0);
        }
        cst__fixed_put(ring, &x, k, &total);
    }
}

/* Of the products of z^a and z^b with a != b one half is enough, and of those with a = b half the orders. */
static void
square(cst__ring_t *ring, slong k, slong w, slong u)
{
    const cst_shape_struct *shape = ring->shape;

    for (slong o = ring->first, p = cst__ring_first_pair(ring); o < ring->last; o++)
    {
        cst__fixed_t x = cst__fixed(ring, w, o);
        cst__total_t total;

        cst__total_clear(ring, &total);
        for (; p < shape->pair_end[o]; p++)
        {
            slong a = shape->pair[3 * p], b = shape->pair[3 * p + 1];
            cst__fixed_t y = cst__fixed(ring, u, a), z = cst__fixed(ring, u, b);
            slong shift = y.grid + z.grid - x.grid, from = cst__first_column(shift);
            cst__columns_t s, middle;
            double r;

            if (a > b)
                continue;
            r = 2 * cst__fixed_gather(ring, &s, from, &y, 0, &z, k, a < b ? k + 1 : (k + 1) / 2);
            if (a == b && k % 2 == 0)
                r += cst__fixed_gather(ring, &middle, from, &y, k / 2, &z, k / 2, 1);
            for (slong c = from; c < 2 * ring->length - 1; c++)
                s.column[c] = 2 * s.column[c] + (a == b && k % 2 == 0 ? middle.column[c] : 0);
            cst__fixed_collect(ring, &total, &s, from, shift, r, 0);
        }
        cst__fixed_put(ring, &x, k, &total);
    }
}

static void
chain(cst__ring_t *ring, slong k, slong w, slong g, slong u, slong c, int minus)
{
    cst__fixed_t value = cst__fixed(ring, g, 0);

    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__fixed_t x = cst__fixed(ring, w, b), y = cst__fixed(ring, u, b);
        cst__total_t total;

        cst__total_clear(ring, &total);
        cst__fixed_add_products(ring, &total, &x, &value, 0, &y, k, k + 1, minus);
        cst__fixed_put(ring, &x, k, &total);
    }
    if (c >= 0)
        scale(ring, k, w, w, c);
}

static void
next(cst__ring_t *ring, slong k, slong u, slong w)
{
    cst__fixed_t t = cst__fixed_times(ring);

    for (slong b = ring->first; b < ring->last; b++)
    {
        cst__fixed_t x = cst__fixed(ring, u, b), y = cst__fixed(ring, w, b);

        multiply(ring, &x, k + 1, &y, k, &t, k + 1, 0);
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
        cst__fixed_ring_get(u + b, ring, row->argument, b, 0);
    good = count == 1 ? cst__flow_row_function(f, row, u, 1, ring->prec)
                      : cst__ring_compose(f, row, u, ring->shape, ring->prec);
    for (slong b = 0; good && b < count; b++)
        cst__fixed_ring_load(ring, w, b, f + b);
    _arb_vec_clear(f, 2 * count);
    return good;
}

static const cst__ring_ops_t fixed_ring_ops = {constant, function, zero,   copy,  add, scale,
                                               ratio,    dot,      square, chain, next};

slong
cst__fixed_ring_bits(slong bits, slong orders, slong degree)
{
    slong length = (bits + LEAST_SPARE + CST__DIGIT - 1) / CST__DIGIT;

    return length > CST__MOST_DIGITS || (length * (orders + 1)) << degree > MOST_TERMS
               ? 0
               : FLINT_MIN(bits + SPARE, CST__DIGIT * length - 2);
}

void
cst__fixed_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                     const cst_shape_struct *shape, slong orders, slong bits)
{
    size_t strands = (size_t) (program->length * shape->blocks + 2);
    arb_t x;

    *ring = (cst__ring_t){.ops = &fixed_ring_ops, .program = program, .shape = shape, .orders = orders};
    ring->length = (bits + 2 + CST__DIGIT - 1) / CST__DIGIT;
    ring->prec = CST__DIGIT * ring->length + 32;
    ring->tail = cst__power_of_two(-CST__DIGIT * ring->length);
    ring->stride = (orders + 3) / 4 * 4;
    ring->strands = shape->blocks;
    ring->real = flint_calloc(strands * 4 * (size_t) ring->stride, sizeof(double));
    ring->digits = flint_calloc(strands * (size_t) (orders * ring->length), sizeof *ring->digits);
    ring->reach = flint_calloc(strands * (size_t) ring->length, sizeof(int));
    ring->grid = flint_calloc(strands, sizeof(slong));
    ring->grid[strands - 2] = bits - 1;
    arb_init(x);
    for (slong k = 1; k < orders; k++)
    {
        cst__fixed_t s = cst__fixed_inverses(ring);

        arb_one(x);
        arb_div_ui(x, x, (ulong) k, ring->prec);
        cst__fixed_load(ring, &s, k, x);
    }
    arb_clear(x);
}

/* Sums of a derivative are divided by their order and multiplied by a constant afterwards. */
static double
largest_part(const cst__ring_t *near, slong w, slong block, const cst__ball_t *powers, slong top)
{
    const cst__flow_row_t *row = near->program->rows + w;
    cst__strand_t s = cst__strand(near, w, block);
    double most = 0, by = 1;

    if (row->code == CST__ROW_PRIME && row->c >= 0)
        by = fmax(1, 1 / fabs(cst__strand(near, row->c, 0).m[0]));
    for (slong k = 0; k < top + (w < near->program->inputs); k++)
    {
        double size = cst__strand_size(s, k) * powers[k].m * by;

        if (row->code == CST__ROW_PRIME && k > 1)
            size *= (double) k;
        if (!(size <= most))
            most = size;
    }
    return most;
}

static void
set_times(cst__ring_t *ring, const arb_t length, slong top, slong bits)
{
    cst__fixed_t s, i = cst__fixed_inverses(ring);
    slong e = FLINT_MAX(FLINT_MIN(arf_abs_bound_lt_2exp_si(arb_midref(length)), 10000), -10000);

    ring->grid[ring->program->length * ring->strands + 1] = bits - e;
    s = cst__fixed_times(ring);
    memset(s.reach, 0, (size_t) ring->length * sizeof *s.reach);
    cst__fixed_load(ring, &s, 1, length);
    for (slong k = 2; k <= top; k++)
        multiply(ring, &s, k, &s, 1, &i, k, 0);
}

int
cst__fixed_ring_begin(cst__ring_t *ring, const cst__ring_t *near, const arb_t length,
                      const cst__ball_t *powers, slong top, slong bits)
{
    int good = 1;

    ring->failed = 0;
    for (slong w = 0; good && w < ring->program->length; w++)
        for (slong b = 0; b < ring->strands; b++)
        {
            double most = largest_part(near, w, b, powers, top);
            slong s = w * ring->strands + b, grid;

            good = good && isfinite(most);
            grid = bits - (good ? ilogb(fmax(most, 0x1p-200)) + 1 : 0);
            if (!ring->program->rows[w].constant)
                memset(ring->reach + s * ring->length, 0, (size_t) ring->length * sizeof(int));
            else if (grid != ring->grid[s])
                ring->constants_done = 0;
            ring->grid[s] = grid;
        }
    if (good)
        set_times(ring, length, top, bits);
    return good && !ring->failed;
}
