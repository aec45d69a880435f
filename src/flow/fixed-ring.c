/* flow/fixed-ring.c -- jets whose coefficients are integers of a few words.

   The unit of time is the step, so that coefficients fall with their order and all count with the same weight
   at its end. Those of a strand (a monomial of a row) share one grid f: the coefficient of order k lies
   within e_k 2^-f of x_k 2^-f, x_k an integer of at most L words, and a_k >= |x_k| 2^(-64 L). Sums of
   products are exact; what is cut off is less than one unit 2^-f. From |uv - xy| <= |x| e' + e (|y| + e') for
   u in x +- e, v in y +- e'

       e(sum over l of u_l v_{k-l}) <= 2^(64 L - f_u - f_v + f_w) (sum of a_l e'_{k-l} + e_l t'_{k-l}) + 1,

   with t = a + 2^(-64 L) e. Radii are doubles as in bound.h. An integer that does not fit its words sets
   ring->failed, and the step is done in Arb instead. */
#include "flow/fixed-ring.h"

#include <stdint.h>
#include <string.h>

typedef struct
{
    mp_ptr x;
    int *size;                       /* words, with the sign; 0 for zero */
    double *a, *e, *back_e, *back_t; /* the latter of order k at -k */
    slong grid;
} strand_t;

static inline strand_t
strand(const cst__ring_t *ring, slong row, slong block)
{
    slong s = row * ring->strands + block, n = ring->stride;
    double *a = ring->real + s * 4 * n;

    return (strand_t){ring->words + s * ring->orders * ring->length,
                      ring->sizes + s * ring->orders,
                      a,
                      a + n,
                      a + 3 * n - 1,
                      a + 4 * n - 1,
                      ring->grid[s]};
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

/* Two sums of products apart, positive and negative, of 2 L + 2 words; their difference goes to `total`, a
   number of 2 L + 2 words in two's complement. */
#define WIDTH(ring) (2 * (ring)->length + 2)

static inline mp_ptr
positive(const cst__ring_t *ring)
{
    return ring->scratch;
}

static inline mp_ptr
negative(const cst__ring_t *ring)
{
    return ring->scratch + WIDTH(ring);
}

static inline mp_ptr
total(const cst__ring_t *ring)
{
    return ring->scratch + 2 * WIDTH(ring);
}

static inline mp_ptr
spare(const cst__ring_t *ring)
{
    return ring->scratch + 3 * WIDTH(ring);
}

__extension__ typedef unsigned __int128 pair_of_words_t;

/* sum += u v; the words of sum do not overflow. */
static inline void
add_product(mp_ptr sum, mp_srcptr u, slong un, mp_srcptr v, slong vn, mp_ptr product)
{
    mp_limb_t carry = 0;

    if (un + vn > 8)
    {
        if (un >= vn)
            mpn_mul(product, u, un, v, vn);
        else
            mpn_mul(product, v, vn, u, un);
        carry = mpn_add_n(sum, sum, product, un + vn);
        sum += un + vn;
    }
    else
        for (slong j = 0; j < vn; j++)
        {
            mp_limb_t factor = v[j], c = 0;

            for (slong i = 0; i < un; i++)
            {
                pair_of_words_t p = (pair_of_words_t) u[i] * factor + sum[i] + c;

                sum[i] = (mp_limb_t) p;
                c = (mp_limb_t) (p >> 64);
            }
            /* the word above takes the carry of this row and of the one before */
            sum++;
            {
                pair_of_words_t p = (pair_of_words_t) sum[un - 1] + c + carry;

                sum[un - 1] = (mp_limb_t) p;
                carry = (mp_limb_t) (p >> 64);
            }
            if (j + 1 == vn)
                sum += un;
        }
    while (carry)
    {
        carry = ++*sum == 0;
        sum++;
    }
}

/* total += +-x 2^shift, cut off; returns 1 if that may have lost a part of a unit, -1 where it does not fit.
 */
static int
add_shifted(const cst__ring_t *ring, mp_srcptr x, slong n, slong shift, int minus)
{
    slong width = WIDTH(ring), skip, part;
    mp_ptr t = total(ring), y = spare(ring);

    while (n > 0 && x[n - 1] == 0)
        n--;
    if (n == 0)
        return 0;
    skip = (shift >= 0 ? shift : -shift) / 64;
    part = (shift >= 0 ? shift : -shift) % 64;
    if (shift >= 0)
    {
        if (n + skip + 1 >= width)
            return -1;
        memset(y, 0, (size_t) skip * sizeof *y);
        y[n + skip] = 0;
        if (part)
            y[n + skip] = mpn_lshift(y + skip, x, n, (unsigned) part);
        else
            memcpy(y + skip, x, (size_t) n * sizeof *y);
        n += skip + 1;
    }
    else
    {
        if (skip >= n)
            return 1;
        n -= skip;
        if (part)
            mpn_rshift(y, x + skip, n, (unsigned) part);
        else
            memcpy(y, x + skip, (size_t) n * sizeof *y);
    }
    if (minus)
        mpn_sub(t, t, width, y, n);
    else
        mpn_add(t, t, width, y, n);
    return shift < 0;
}

static void
set_radius(const strand_t *s, slong k, double a, double e, double tail)
{
    e = cst__up(e);
    s->a[k] = a;
    s->e[k] = e;
    s->back_e[-k] = e;
    s->back_t[-k] = a + e * tail;
}

/* The total as coefficient k, with the radius e in units. */
static void
put(cst__ring_t *ring, const strand_t *s, slong k, double e)
{
    slong n = WIDTH(ring), sign = 1;
    mp_ptr t = total(ring);
    double a = 0;

    if (t[n - 1] >> 63)
    {
        mpn_neg(t, t, n);
        sign = -1;
    }
    while (n > 0 && t[n - 1] == 0)
        n--;
    if (n > ring->length || !(e < 0x1p900))
    {
        ring->failed = 1;
        n = 0;
    }
    memcpy(s->x + k * ring->length, t, (size_t) n * sizeof *t);
    s->size[k] = (int) (sign * n);
    if (n)
        a = cst__up(((double) t[n - 1] + 1) * power_of_two(64 * (n - 1 - ring->length)));
    set_radius(s, k, a, e, ring->tail);
}

static void
clear_total(const cst__ring_t *ring)
{
    memset(total(ring), 0, (size_t) WIDTH(ring) * sizeof(mp_limb_t));
}

/* total += +-(positive - negative) 2^shift */
static double
take_sums(cst__ring_t *ring, slong shift, int minus)
{
    slong n = WIDTH(ring);
    mp_ptr p = positive(ring), q = negative(ring);
    int lost;

    if (mpn_cmp(p, q, n) >= 0)
        mpn_sub_n(p, p, q, n);
    else
    {
        mpn_sub_n(p, q, p, n);
        minus = !minus;
    }
    lost = add_shifted(ring, p, n, shift, minus);
    ring->failed = ring->failed || lost < 0;
    return lost > 0;
}

static void
clear_sums(const cst__ring_t *ring)
{
    memset(positive(ring), 0, (size_t) (2 * WIDTH(ring)) * sizeof(mp_limb_t));
}

typedef double pair_t __attribute__((vector_size(16)));

static inline pair_t
load(const double *x)
{
    pair_t p;

    memcpy(&p, x, sizeof p);
    return p;
}

/* Adds the sum over l < length of u_{i + l} v_{j - l} to the sums, and returns the radius. */
static inline double
gather(const cst__ring_t *ring, const strand_t *u, slong i, const strand_t *v, slong j, slong length)
{
    const double *a = u->a + i, *e = u->e + i, *f = v->back_e - j, *t = v->back_t - j;
    mp_ptr sum[2] = {positive(ring), negative(ring)}, product = spare(ring);
    slong words = ring->length, l = 0;
    pair_t r = {0, 0};

    for (slong k = 0; k < length; k++)
    {
        int p = u->size[i + k], q = v->size[j - k];

        if (p && q)
            add_product(sum[(p ^ q) < 0], u->x + (i + k) * words, p < 0 ? -p : p, v->x + (j - k) * words,
                        q < 0 ? -q : q, product);
    }
    for (; l + 1 < length; l += 2)
        r += load(a + l) * load(f + l) + load(e + l) * load(t + l);
    if (l < length)
        r[0] += a[l] * f[l] + e[l] * t[l];
    return r[0] + r[1];
}

/* Into the total: the sums of products of u and v in the grid of w, whose radius was r. Returns it in units
 * of w. */
static double
collect(cst__ring_t *ring, const strand_t *w, const strand_t *u, const strand_t *v, double r, int minus)
{
    slong shift = w->grid - u->grid - v->grid;

    return r * power_of_two(64 * ring->length + shift) + take_sums(ring, shift, minus);
}

static slong
first_pair(const cst__ring_t *ring)
{
    return ring->first ? ring->shape->pair_end[ring->first - 1] : 0;
}

void
cst__fixed_ring_load(cst__ring_t *ring, slong row, slong block, const arb_t x)
{
    strand_t s = strand(ring, row, block);
    fmpz_t m;
    arf_t scaled;
    mag_t r;

    fmpz_init(m);
    arf_init(scaled);
    mag_init(r);
    clear_total(ring);
    arf_mul_2exp_si(scaled, arb_midref(x), s.grid);
    mag_mul_2exp_si(r, arb_radref(x), s.grid);
    if (!arb_is_finite(x) || arf_cmpabs_2exp_si(scaled, 64 * ring->length) >= 0)
        ring->failed = 1;
    else
    {
        double error = arf_is_int(scaled) ? 0 : 0.5;
        int minus = arf_sgn(scaled) < 0;

        arf_get_fmpz(m, scaled, ARF_RND_NEAR);
        fmpz_abs(m, m);
        fmpz_get_ui_array(total(ring), ring->length, m);
        if (minus)
            mpn_neg(total(ring), total(ring), WIDTH(ring));
        put(ring, &s, 0, mag_get_d(r) + error);
    }
    fmpz_clear(m);
    arf_clear(scaled);
    mag_clear(r);
}

static void
number(arb_t x, mp_srcptr words, slong n, int minus, slong grid, double e)
{
    fmpz_t m;

    fmpz_init(m);
    fmpz_set_ui_array(m, words, FLINT_MAX(n, 1));
    if (n == 0)
        fmpz_zero(m);
    if (minus)
        fmpz_neg(m, m);
    arf_set_fmpz(arb_midref(x), m);
    mag_set_d(arb_radref(x), e);
    arb_mul_2exp_si(x, x, -grid);
    fmpz_clear(m);
}

void
cst__fixed_ring_get(arb_t x, const cst__ring_t *ring, slong row, slong block, slong k)
{
    strand_t s = strand(ring, row, block);

    number(x, s.x + k * ring->length, FLINT_ABS(s.size[k]), s.size[k] < 0, s.grid, s.e[k]);
}

void
cst__fixed_ring_sum(arb_t x, const cst__ring_t *ring, slong row, slong block, slong top)
{
    strand_t s = strand(ring, row, block);
    slong width = WIDTH(ring);
    mp_ptr t = total(ring);
    double e = 0;
    int minus;

    clear_total(ring);
    for (slong k = top; k >= 0; k--)
    {
        add_shifted(ring, s.x + k * ring->length, FLINT_ABS(s.size[k]), 0, s.size[k] < 0);
        e += s.e[k];
    }
    minus = (int) (t[width - 1] >> 63);
    if (minus)
        mpn_neg(t, t, width);
    number(x, t, width, minus, s.grid, cst__up(e));
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
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t s = strand(ring, w, b);

        s.size[k] = 0;
        set_radius(&s, k, 0, 0, 0);
    }
}

/* total += +-u_k in the grid of w; its radius there. */
static double
add_coefficient(cst__ring_t *ring, const strand_t *w, const strand_t *u, slong k, int minus)
{
    slong shift = w->grid - u->grid;
    int lost =
        add_shifted(ring, u->x + k * ring->length, FLINT_ABS(u->size[k]), shift, (u->size[k] < 0) != minus);

    ring->failed = ring->failed || lost < 0;
    return (lost > 0) + (u->e[k] > 0 ? u->e[k] * power_of_two(shift) : 0);
}

static void
copy(cst__ring_t *ring, slong k, slong w, slong u, int minus)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b);

        clear_total(ring);
        put(ring, &x, k, add_coefficient(ring, &x, &y, k, minus));
    }
}

static void
add(cst__ring_t *ring, slong k, slong w, slong u, slong v, int minus)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b), z = strand(ring, v, b);
        double e;

        clear_total(ring);
        e = add_coefficient(ring, &x, &y, k, 0);
        e += add_coefficient(ring, &x, &z, k, minus);
        put(ring, &x, k, e);
    }
}

static void
product(cst__ring_t *ring, slong k, const strand_t *w, const strand_t *u, slong i, const strand_t *v, slong j,
        slong length, int minus)
{
    double r;

    clear_sums(ring);
    r = gather(ring, u, i, v, j, length);
    clear_total(ring);
    put(ring, w, k, collect(ring, w, u, v, r, minus));
}

static void
scale(cst__ring_t *ring, slong k, slong w, slong u, slong c)
{
    strand_t z = strand(ring, c, 0);

    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b);

        product(ring, k, &x, &y, k, &z, 0, 1, 0);
    }
}

/* x = +-y_j factor 2^exponent / divisor, in the grid of x, as coefficient k: cut off once after both. */
static void
quotient(cst__ring_t *ring, const strand_t *x, slong k, const strand_t *y, slong j, mp_limb_t factor,
         slong exponent, mp_limb_t divisor, int minus)
{
    slong n = FLINT_ABS(y->size[j]), shift = x->grid - y->grid + exponent, up = FLINT_MAX(shift, 0),
          width = WIDTH(ring);
    double e = y->e[j];
    mp_ptr t = total(ring), p = positive(ring);
    int lost = 0;

    clear_total(ring);
    memset(p, 0, (size_t) width * sizeof *p);
    if (n)
        p[n] = mpn_mul_1(p, y->x + j * ring->length, n, factor);
    if (up)
    {
        lost = add_shifted(ring, p, n + 1, up, 0);
        memcpy(p, t, (size_t) width * sizeof *p);
        clear_total(ring);
    }
    if (divisor != 1)
        mpn_divrem_1(p, 0, p, width, divisor);
    if (lost < 0 || add_shifted(ring, p, width, shift - up, (y->size[j] < 0) != minus) < 0)
        ring->failed = 1;
    if (e > 0)
        e = e * (double) factor / (double) divisor * power_of_two(shift);
    put(ring, x, k, e + (n > 0));
}

static void
ratio(cst__ring_t *ring, slong k, slong w, slong u, slong factor, slong divisor)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b);

        quotient(ring, &x, k, &y, k, (mp_limb_t) FLINT_ABS(factor), 0, (mp_limb_t) divisor, factor < 0);
    }
}

static void
dot(cst__ring_t *ring, slong k, slong w, slong u, slong i, slong v, slong j, slong length)
{
    const cst_shape_struct *shape = ring->shape;

    for (slong o = ring->first, p = first_pair(ring); o < ring->last; o++)
    {
        strand_t x = strand(ring, w, o);
        double e = 0;

        clear_total(ring);
        for (; p < shape->pair_end[o]; p++)
        {
            strand_t y = strand(ring, u, shape->pair[3 * p]), z = strand(ring, v, shape->pair[3 * p + 1]);
            double r;

            clear_sums(ring);
            r = gather(ring, &y, i, &z, j, length);
            e += collect(ring, &x, &y, &z, r, 0);
        }
        put(ring, &x, k, e);
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
        double e = 0;

        clear_total(ring);
        for (; p < shape->pair_end[o]; p++)
        {
            slong a = shape->pair[3 * p], b = shape->pair[3 * p + 1];
            strand_t y = strand(ring, u, a), z = strand(ring, u, b);
            double r;

            if (a > b)
                continue;
            clear_sums(ring);
            r = 2 * gather(ring, &y, 0, &z, k, a < b ? k + 1 : (k + 1) / 2);
            mpn_lshift(positive(ring), positive(ring), 2 * WIDTH(ring), 1);
            if (a == b && k % 2 == 0)
                r += gather(ring, &y, k / 2, &z, k / 2, 1);
            e += collect(ring, &x, &y, &z, r, 0);
        }
        put(ring, &x, k, e);
    }
}

static void
chain(cst__ring_t *ring, slong k, slong w, slong g, slong u, slong c, int minus)
{
    strand_t value = strand(ring, g, 0);

    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, w, b), y = strand(ring, u, b);

        product(ring, k, &x, &value, 0, &y, k, k + 1, minus);
    }
    if (c >= 0)
        scale(ring, k, w, w, c);
}

static void
next(cst__ring_t *ring, slong k, slong u, slong w)
{
    for (slong b = ring->first; b < ring->last; b++)
    {
        strand_t x = strand(ring, u, b), y = strand(ring, w, b);

        quotient(ring, &x, k + 1, &y, k, ring->factor, ring->shift, (mp_limb_t) (k + 1), ring->negative);
    }
}

/* Values only: jets follow by the chain rule. */
static int
function(cst__ring_t *ring, slong w, const cst__flow_row_t *row)
{
    arb_t f, x;
    int good;

    arb_init(f);
    arb_init(x);
    cst__fixed_ring_get(x, ring, row->argument, 0, 0);
    good = cst__flow_row_function(f, row, x, 1, ring->prec);
    if (good)
        cst__fixed_ring_load(ring, w, 0, f);
    arb_clear(f);
    arb_clear(x);
    return good;
}

static const cst__ring_ops_t fixed_ring_ops = {constant, function, zero,   copy,  add, scale,
                                               ratio,    dot,      square, chain, next};

void
cst__fixed_ring_init(cst__ring_t *ring, const cst__flow_program_struct *program,
                     const cst_shape_struct *shape, slong orders, slong bits)
{
    size_t strands = (size_t) (program->length * shape->blocks);

    *ring = (cst__ring_t){.ops = &fixed_ring_ops, .program = program, .shape = shape, .orders = orders};
    ring->length = (bits + 2 + 63) / 64;
    ring->prec = 64 * ring->length + 32;
    ring->tail = power_of_two(-64 * ring->length);
    ring->stride = (orders + 3) / 4 * 4;
    ring->strands = shape->blocks;
    ring->real = flint_calloc(strands * 4 * (size_t) ring->stride, sizeof(double));
    ring->words = flint_calloc(strands * (size_t) (orders * ring->length), sizeof(mp_limb_t));
    ring->sizes = flint_calloc(strands * (size_t) orders, sizeof(int));
    ring->grid = flint_calloc(strands, sizeof(slong));
    ring->scratch = flint_calloc((size_t) (4 * WIDTH(ring)), sizeof(mp_limb_t));
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

int
cst__fixed_ring_begin(cst__ring_t *ring, const cst__ring_t *near, const fmpq_t length,
                      const cst__ball_t *powers, slong top, slong bits)
{
    slong twos = (slong) fmpz_bits(fmpq_denref(length)) - 1;
    fmpz_t size;
    int good;

    fmpz_init(size);
    fmpz_abs(size, fmpq_numref(length));
    good = (slong) fmpz_val2(fmpq_denref(length)) == twos && fmpz_abs_fits_ui(size);
    if (good)
        ring->factor = fmpz_get_ui(size);
    fmpz_clear(size);
    ring->shift = -twos;
    ring->negative = fmpq_sgn(length) < 0;
    ring->failed = 0;
    for (slong w = 0; good && w < ring->program->length; w++)
        for (slong b = 0; b < ring->strands; b++)
        {
            double most = largest_part(near, w, b, powers, top);
            slong *grid = ring->grid + w * ring->strands + b, last = *grid;

            good = good && isfinite(most);
            *grid = bits - (good ? ilogb(fmax(most, 0x1p-200)) + 1 : 0);
            if (ring->program->rows[w].constant && *grid != last)
                ring->constants_done = 0;
        }
    return good;
}
