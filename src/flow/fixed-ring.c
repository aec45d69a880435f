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
#include "flow/fixed-ring.h"

#include <stdint.h>
#include <string.h>

#include "flow/model.h"

#define DIGIT 58
#define MOST_DIGITS 9
#define MOST_TERMS 4096 /* products of digits in a column, over all pairs of monomials: 2^degree at most */
#define SPARE 20        /* bits for one rounding an order and the growth over a step */
#define LEAST_SPARE 16

/* Numbers on their way: sum of column c 2^(58 c), and a result in its grid. */
typedef struct
{
    cst__wide_t column[2 * MOST_DIGITS];
} columns_t;

typedef struct
{
    cst__wide_t column[MOST_DIGITS + 2];
    double e;
} total_t;

typedef struct
{
    int64_t *digits;                 /* digit i of order k at i orders + k */
    int *reach;                      /* digit i is zero for orders from there on */
    double *a, *e, *back_e, *back_t; /* the latter two of order k at -k */
    slong orders, grid;
} strand_t;

static inline strand_t
strand_at(const cst__ring_t *ring, slong s)
{
    slong n = ring->stride;
    double *a = ring->real + s * 4 * n;

    return (strand_t){ring->digits + s * ring->orders * ring->length,
                      ring->reach + s * ring->length,
                      a,
                      a + n,
                      a + 3 * n - 1,
                      a + 4 * n - 1,
                      ring->orders,
                      ring->grid[s]};
}

static inline strand_t
strand(const cst__ring_t *ring, slong row, slong block)
{
    return strand_at(ring, row * ring->strands + block);
}

/* Two strands of the ring's own: at order k the inverse 1/k, and the length of the step times that. */
static inline strand_t
inverses(const cst__ring_t *ring)
{
    return strand_at(ring, ring->program->length * ring->strands);
}

static inline strand_t
times(const cst__ring_t *ring)
{
    return strand_at(ring, ring->program->length * ring->strands + 1);
}

/* 2^e, or more than that for small e; infinite for large e. */
static inline double
power_of_two(slong e)
{
    union
    {
        uint64_t bits;
        double value;
    } x;

    e = e < -1000 ? -1000 : e > 1024 ? 1024 : e;
    x.bits = (uint64_t) (e + 1023) << 52;
    return x.value;
}

/* The digit that x leaves, of the least size; x becomes the carry. Right shifts of negative numbers round
   down, as in every compiler that has this type. */
static inline int64_t
take_digit(cst__wide_t *x)
{
    const int64_t half = (int64_t) 1 << (DIGIT - 1), mask = ((int64_t) 1 << DIGIT) - 1;
    int64_t low = ((int64_t) *x & mask);

    if (low >= half)
        low -= mask + 1;
    *x = (*x - low) >> DIGIT;
    return low;
}

static inline void
clear(const cst__ring_t *ring, total_t *total)
{
    for (slong i = 0; i < ring->length + 2; i++)
        total->column[i] = 0;
    total->e = 0;
}

/* total += +-(sum over from <= c < to of column c 2^(58 c)) 2^-shift, rounded down: the error is less than
   one unit. */
static inline void
add_columns(cst__ring_t *ring, total_t *total, const columns_t *s, slong from, slong to, slong shift,
            int minus)
{
    slong skip = shift >= 0 ? shift / DIGIT : -((DIGIT - 1 - shift) / DIGIT), part = shift - skip * DIGIT;
    cst__wide_t mask = ((cst__wide_t) 1 << part) - 1, carry = 0;

    for (slong c = from; c < to; c++)
    {
        cst__wide_t sum = (minus ? -s->column[c] : s->column[c]) + carry;
        slong i = c - skip;

        carry = 0;
        if (i < 0)
            carry = sum >> DIGIT;
        else if (i > ring->length + 1)
            ring->failed = ring->failed || sum != 0;
        else
        {
            total->column[i] += sum >> part;
            if (i > 0)
                total->column[i - 1] += (sum & mask) << (DIGIT - part);
        }
    }
    for (slong c = to; c < skip && carry; c++)
        carry >>= DIGIT;
    total->column[0] += carry >> part;
}

static inline void
set_radius(const strand_t *s, slong k, double a, double e, double tail)
{
    e = cst__up(e);
    s->a[k] = a;
    s->e[k] = e;
    s->back_e[-k] = e;
    s->back_t[-k] = a + e * tail;
}

/* The total as coefficient k. */
static void
put(cst__ring_t *ring, const strand_t *s, slong k, const total_t *total)
{
    slong top = -1;
    cst__wide_t carry = 0;
    double a = 0;

    for (slong i = 0; i < ring->length; i++)
    {
        int64_t digit;

        carry += total->column[i];
        digit = take_digit(&carry);
        s->digits[i * s->orders + k] = digit;
        if (digit)
        {
            top = i;
            s->reach[i] = (int) k + 1;
        }
    }
    carry += total->column[ring->length] + (total->column[ring->length + 1] << DIGIT);
    if (carry != 0 || !(total->e < 0x1p900))
        ring->failed = 1;
    if (top >= 0)
        a = cst__up((fabs((double) s->digits[top * s->orders + k]) + 1) *
                    power_of_two(DIGIT * (top - ring->length)));
    set_radius(s, k, a, total->e, ring->tail);
}

typedef double pair_t __attribute__((vector_size(16)));

static inline pair_t
load(const double *x)
{
    pair_t p;

    memcpy(&p, x, sizeof p);
    return p;
}

/* The sum over l < length of u_l v_{-l}. */
static inline cst__wide_t
products(const int64_t *u, const int64_t *v, slong length)
{
    cst__wide_t s = 0, t = 0;
    slong l = 0;

    for (; l + 3 < length; l += 4)
    {
        s += (cst__wide_t) u[l] * v[-l];
        t += (cst__wide_t) u[l + 1] * v[-l - 1];
        s += (cst__wide_t) u[l + 2] * v[-l - 2];
        t += (cst__wide_t) u[l + 3] * v[-l - 3];
    }
    for (; l < length; l++)
        s += (cst__wide_t) u[l] * v[-l];
    return s + t;
}

/* Columns below this one are too far below the unit 2^shift of the result to matter. */
static inline slong
first_column(slong shift)
{
    return shift < 78 ? 0 : (shift - 78) / DIGIT;
}

static inline slong
least(slong a, slong b)
{
    return a < b ? a : b;
}

/* columns = or += factor times the sum over l < length of u_{i + l} v_{j - l}; returns the radius. */
static inline double
gather(const cst__ring_t *ring, columns_t *s, slong from, const strand_t *u, slong i, const strand_t *v,
       slong j, slong length)
{
    const double *a = u->a + i, *e = u->e + i, *f = v->back_e - j, *t = v->back_t - j;
    slong n = ring->length, l = 0;
    pair_t r = {0, 0};

    for (slong c = from; c < 2 * n - 1; c++)
    {
        cst__wide_t sum = 0;

        for (slong p = c < n ? 0 : c - n + 1; p <= c && p < n; p++)
        {
            slong q = c - p, low = j + 1 - v->reach[q], high = least(length, u->reach[p] - i);

            low = low < 0 ? 0 : low;
            if (low < high)
                sum += products(u->digits + p * u->orders + i + low, v->digits + q * v->orders + j - low,
                                high - low);
        }
        s->column[c] = sum;
    }
    for (; l + 1 < length; l += 2)
        r += load(a + l) * load(f + l) + load(e + l) * load(t + l);
    if (l < length)
        r[0] += a[l] * f[l] + e[l] * t[l];
    return r[0] + r[1];
}

/* total += +- the sums of products of u and v in the columns, whose radius was r. */
static inline void
collect(cst__ring_t *ring, total_t *total, const columns_t *s, slong from, slong shift, double r, int minus)
{
    add_columns(ring, total, s, from, 2 * ring->length - 1, shift, minus);
    total->e += r * power_of_two(DIGIT * ring->length - shift) + (1 + 0x1p-10);
}

static inline void
add_products(cst__ring_t *ring, total_t *total, const strand_t *w, const strand_t *u, slong i,
             const strand_t *v, slong j, slong length, int minus)
{
    columns_t s;
    slong shift = u->grid + v->grid - w->grid, from = first_column(shift);
    double r = gather(ring, &s, from, u, i, v, j, length);

    collect(ring, total, &s, from, shift, r, minus);
}

static slong
first_pair(const cst__ring_t *ring)
{
    return ring->first ? ring->shape->pair_end[ring->first - 1] : 0;
}

static void
load_strand(cst__ring_t *ring, const strand_t *s, slong k, const arb_t x)
{
    total_t total;
    fmpz_t m, digit;
    arf_t scaled;
    mag_t r;

    fmpz_init(m);
    fmpz_init(digit);
    arf_init(scaled);
    mag_init(r);
    clear(ring, &total);
    arf_mul_2exp_si(scaled, arb_midref(x), s->grid);
    mag_mul_2exp_si(r, arb_radref(x), s->grid);
    if (!arb_is_finite(x) || arf_cmpabs_2exp_si(scaled, DIGIT * ring->length - 1) >= 0)
        ring->failed = 1;
    else
    {
        arf_get_fmpz(m, scaled, ARF_RND_FLOOR);
        for (slong i = 0; i < ring->length; i++)
        {
            fmpz_fdiv_r_2exp(digit, m, DIGIT);
            fmpz_fdiv_q_2exp(m, m, DIGIT);
            total.column[i] = fmpz_get_si(digit);
        }
        total.column[ring->length] = fmpz_get_si(m);
        total.e = mag_get_d(r) + (arf_is_int(scaled) ? 0 : 1);
        put(ring, s, k, &total);
    }
    fmpz_clear(m);
    fmpz_clear(digit);
    arf_clear(scaled);
    mag_clear(r);
}

void
cst__fixed_ring_load(cst__ring_t *ring, slong row, slong block, const arb_t x)
{
    strand_t s = strand(ring, row, block);

    load_strand(ring, &s, 0, x);
}

/* The sum of the coefficients from order k to order top. */
static void
sum(arb_t x, const cst__ring_t *ring, const strand_t *s, slong k, slong top)
{
    fmpz_t m, digit;
    double e = 0;

    fmpz_init(m);
    fmpz_init(digit);
    for (slong i = ring->length - 1; i >= 0; i--)
    {
        cst__wide_t column = 0;

        for (slong o = k; o <= top && o < s->reach[i]; o++)
            column += s->digits[i * s->orders + o];
        cst__fmpz_set_wide(digit, column);
        fmpz_mul_2exp(m, m, DIGIT);
        fmpz_add(m, m, digit);
    }
    for (slong o = k; o <= top; o++)
        e += s->e[o];
    arf_set_fmpz(arb_midref(x), m);
    mag_set_d(arb_radref(x), cst__up(e));
    arb_mul_2exp_si(x, x, -s->grid);
    fmpz_clear(m);
    fmpz_clear(digit);
}

void
cst__fixed_ring_get(arb_t x, const cst__ring_t *ring, slong row, slong block, slong k)
{
    strand_t s = strand(ring, row, block);

    sum(x, ring, &s, k, k);
}

void
cst__fixed_ring_sum(arb_t x, const cst__ring_t *ring, slong row, slong block, slong top)
{
    strand_t s = strand(ring, row, block);

    sum(x, ring, &s, 0, top);
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
    total_t nothing;

    clear(ring, &nothing);
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t s = strand(ring, w, b);

        put(ring, &s, k, &nothing);
    }
}

/* total += +-factor u_k in the grid of w. */
static void
add_coefficient(cst__ring_t *ring, total_t *total, const strand_t *w, const strand_t *u, slong k,
                slong factor, int minus)
{
    columns_t s;
    slong shift = u->grid - w->grid;

    for (slong i = 0; i < ring->length; i++)
        s.column[i] = (cst__wide_t) u->digits[i * u->orders + k] * factor;
    add_columns(ring, total, &s, 0, ring->length, shift, minus);
    total->e += u->e[k] * (double) factor * power_of_two(-shift) + (shift > 0);
}

static void
copy(cst__ring_t *ring, slong k, slong w, slong u, int minus)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b);
        total_t total;

        clear(ring, &total);
        add_coefficient(ring, &total, &x, &y, k, 1, minus);
        put(ring, &x, k, &total);
    }
}

static void
add(cst__ring_t *ring, slong k, slong w, slong u, slong v, int minus)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b), z = strand(ring, v, b);
        total_t total;

        clear(ring, &total);
        add_coefficient(ring, &total, &x, &y, k, 1, 0);
        add_coefficient(ring, &total, &x, &z, k, 1, minus);
        put(ring, &x, k, &total);
    }
}

/* w_k = +-u_i v_j */
static void
multiply(cst__ring_t *ring, const strand_t *w, slong k, const strand_t *u, slong i, const strand_t *v,
         slong j, int minus)
{
    total_t total;

    clear(ring, &total);
    add_products(ring, &total, w, u, i, v, j, 1, minus);
    put(ring, w, k, &total);
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
        strand_t x = strand(ring, w, b), y = strand(ring, u, b), z = strand(ring, c, 0);
        total_t total;

        if (!factor)
        {
            multiply(ring, &x, k, &y, k, &z, 0, 0);
            continue;
        }
        clear(ring, &total);
        add_coefficient(ring, &total, &x, &y, k, FLINT_ABS(factor), factor < 0);
        put(ring, &x, k, &total);
    }
}

static void
ratio(cst__ring_t *ring, slong k, slong w, slong u, slong factor, slong divisor)
{
    strand_t z = inverses(ring);
    slong size = factor < 0 ? -factor : factor;
    int minus = factor < 0;

    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b);
        total_t total;

        clear(ring, &total);
        if (divisor == 1 || size != 1)
        {
            add_coefficient(ring, &total, &x, &y, k, size, divisor == 1 && minus);
            put(ring, &x, k, &total);
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

    for (slong o = ring->first, p = first_pair(ring); o < ring->last; o++)
    {
        strand_t x = strand(ring, w, o);
        total_t total;

        clear(ring, &total);
        for (; p < shape->pair_end[o]; p++)
        {
            strand_t y = strand(ring, u, shape->pair[3 * p]), z = strand(ring, v, shape->pair[3 * p + 1]);

            add_products(ring, &total, &x, &y, i, &z, j, length, 0);
        }
        put(ring, &x, k, &total);
    }
}

/* Of the products of z^a and z^b with a != b one half is enough, and of those with a = b half the orders. */
static void
square(cst__ring_t *ring, slong k, slong w, slong u)
{
    const cst_shape_struct *shape = ring->shape;

    for (slong o = ring->first, p = first_pair(ring); o < ring->last; o++)
    {
        strand_t x = strand(ring, w, o);
        total_t total;

        clear(ring, &total);
        for (; p < shape->pair_end[o]; p++)
        {
            slong a = shape->pair[3 * p], b = shape->pair[3 * p + 1];
            strand_t y = strand(ring, u, a), z = strand(ring, u, b);
            slong shift = y.grid + z.grid - x.grid, from = first_column(shift);
            columns_t s, middle;
            double r;

            if (a > b)
                continue;
            r = 2 * gather(ring, &s, from, &y, 0, &z, k, a < b ? k + 1 : (k + 1) / 2);
            if (a == b && k % 2 == 0)
                r += gather(ring, &middle, from, &y, k / 2, &z, k / 2, 1);
            for (slong c = from; c < 2 * ring->length - 1; c++)
                s.column[c] = 2 * s.column[c] + (a == b && k % 2 == 0 ? middle.column[c] : 0);
            collect(ring, &total, &s, from, shift, r, 0);
        }
        put(ring, &x, k, &total);
    }
}

static void
chain(cst__ring_t *ring, slong k, slong w, slong g, slong u, slong c, int minus)
{
    strand_t value = strand(ring, g, 0);

    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b);
        total_t total;

        clear(ring, &total);
        add_products(ring, &total, &x, &value, 0, &y, k, k + 1, minus);
        put(ring, &x, k, &total);
    }
    if (c >= 0)
        scale(ring, k, w, w, c);
}

static void
next(cst__ring_t *ring, slong k, slong u, slong w)
{
    strand_t t = times(ring);

    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, u, b), y = strand(ring, w, b);

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
    slong length = (bits + LEAST_SPARE + DIGIT - 1) / DIGIT;

    return length > MOST_DIGITS || (length * (orders + 1)) << degree > MOST_TERMS
               ? 0
               : least(bits + SPARE, DIGIT * length - 2);
}

void
cst__fixed_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                     const cst_shape_struct *shape, slong orders, slong bits)
{
    size_t strands = (size_t) (program->length * shape->blocks + 2);
    arb_t x;

    *ring = (cst__ring_t){.ops = &fixed_ring_ops, .program = program, .shape = shape, .orders = orders};
    ring->length = (bits + 2 + DIGIT - 1) / DIGIT;
    ring->prec = DIGIT * ring->length + 32;
    ring->tail = power_of_two(-DIGIT * ring->length);
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
        strand_t s = inverses(ring);

        arb_one(x);
        arb_div_ui(x, x, (ulong) k, ring->prec);
        load_strand(ring, &s, k, x);
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
    strand_t s, i = inverses(ring);
    slong e = FLINT_MAX(FLINT_MIN(arf_abs_bound_lt_2exp_si(arb_midref(length)), 10000), -10000);

    ring->grid[ring->program->length * ring->strands + 1] = bits - e;
    s = times(ring);
    memset(s.reach, 0, (size_t) ring->length * sizeof *s.reach);
    load_strand(ring, &s, 1, length);
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
