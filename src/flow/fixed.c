/* flow/fixed.c -- sums of products of integers of a few digits: see fixed-ring.c. */
#include "flow/fixed.h"

#include <string.h>

#define LIMIT ((cst__wide_t) 1 << 64)

/* The digit that x leaves, of the least size; x becomes the carry. Right shifts of negative numbers round
   down, as in every compiler that has this type. */
static inline int64_t
take_digit(cst__wide_t *x)
{
    const int64_t half = (int64_t) 1 << (CST__DIGIT - 1), mask = ((int64_t) 1 << CST__DIGIT) - 1;
    int64_t low = ((int64_t) *x & mask);

    if (low >= half)
        low -= mask + 1;
    *x = (*x - low) >> CST__DIGIT;
    return low;
}

/* total += +-(sum over from <= c < to of column c 2^(58 c)) 2^-shift, rounded down: the error is less than
   one unit. */
static inline void
add_columns(cst__ring_t *ring, cst__total_t *total, const cst__columns_t *s, slong from, slong to,
            slong shift, int minus)
{
    slong skip = shift >= 0 ? shift / CST__DIGIT : -((CST__DIGIT - 1 - shift) / CST__DIGIT),
          part = shift - skip * CST__DIGIT;
    cst__wide_t mask = ((cst__wide_t) 1 << part) - 1, carry = 0;

    for (slong c = from; c < to; c++)
    {
        cst__wide_t sum = (minus ? -s->column[c] : s->column[c]) + carry;
        slong i = c - skip;

        carry = 0;
        if (i < 0)
            carry = sum >> CST__DIGIT;
        else if (i > ring->length + 1)
            ring->failed = ring->failed || sum != 0;
        else
        {
            total->column[i] += sum >> part;
            if (i > 0)
                total->column[i - 1] += (sum & mask) << (CST__DIGIT - part);
        }
    }
    for (slong c = to; c < skip && carry; c++)
        carry >>= CST__DIGIT;
    total->column[0] += carry >> part;
}

static inline void
set_radius(const cst__fixed_t *s, slong k, double a, double e, double tail)
{
    e = cst__up(e);
    s->a[k] = a;
    s->e[k] = e;
    s->back_e[-k] = e;
    s->back_t[-k] = a + e * tail;
}

void
cst__fixed_put(cst__ring_t *ring, const cst__fixed_t *s, slong k, const cst__total_t *total)
{
    slong top = -1;
    cst__wide_t carry = 0, beyond;
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
    carry += total->column[ring->length];
    beyond = total->column[ring->length + 1];
    if (beyond > LIMIT || beyond < -LIMIT || carry + beyond * ((cst__wide_t) 1 << CST__DIGIT) != 0 ||
        !(total->e < 0x1p900))
        ring->failed = 1;
    if (top >= 0)
        a = cst__up((fabs((double) s->digits[top * s->orders + k]) + 1) *
                    cst__power_of_two(CST__DIGIT * (top - ring->length)));
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

static inline slong
least(slong a, slong b)
{
    return a < b ? a : b;
}

double
cst__fixed_gather(const cst__ring_t *ring, cst__columns_t *s, slong from, const cst__fixed_t *u, slong i,
                  const cst__fixed_t *v, slong j, slong length)
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

void
cst__fixed_collect(cst__ring_t *ring, cst__total_t *total, const cst__columns_t *s, slong from, slong shift,
                   double r, int minus)
{
    add_columns(ring, total, s, from, 2 * ring->length - 1, shift, minus);
    total->e += r * cst__power_of_two(CST__DIGIT * ring->length - shift) + (1 + 0x1p-10);
}

void
cst__fixed_add_products(cst__ring_t *ring, cst__total_t *total, const cst__fixed_t *w, const cst__fixed_t *u,
                        slong i, const cst__fixed_t *v, slong j, slong length, int minus)
{
    cst__columns_t s;
    slong shift = u->grid + v->grid - w->grid, from = cst__first_column(shift);
    double r = cst__fixed_gather(ring, &s, from, u, i, v, j, length);

    cst__fixed_collect(ring, total, &s, from, shift, r, minus);
}

void
cst__fixed_add_coefficient(cst__ring_t *ring, cst__total_t *total, const cst__fixed_t *w,
                           const cst__fixed_t *u, slong k, slong factor, int minus)
{
    cst__columns_t s;
    slong shift = u->grid - w->grid;

    for (slong i = 0; i < ring->length; i++)
        s.column[i] = (cst__wide_t) u->digits[i * u->orders + k] * factor;
    add_columns(ring, total, &s, 0, ring->length, shift, minus);
    total->e += u->e[k] * (double) factor * cst__power_of_two(-shift) + (shift > 0);
}

void
cst__fixed_load(cst__ring_t *ring, const cst__fixed_t *s, slong k, const arb_t x)
{
    cst__total_t total;
    fmpz_t m, digit;
    arf_t scaled;
    mag_t r;

    fmpz_init(m);
    fmpz_init(digit);
    arf_init(scaled);
    mag_init(r);
    cst__total_clear(ring, &total);
    arf_mul_2exp_si(scaled, arb_midref(x), s->grid);
    mag_mul_2exp_si(r, arb_radref(x), s->grid);
    if (!arb_is_finite(x) || arf_cmpabs_2exp_si(scaled, CST__DIGIT * ring->length - 1) >= 0)
        ring->failed = 1;
    else
    {
        arf_get_fmpz(m, scaled, ARF_RND_FLOOR);
        for (slong i = 0; i < ring->length; i++)
        {
            fmpz_fdiv_r_2exp(digit, m, CST__DIGIT);
            fmpz_fdiv_q_2exp(m, m, CST__DIGIT);
            total.column[i] = fmpz_get_si(digit);
        }
        total.column[ring->length] = fmpz_get_si(m);
        total.e = mag_get_d(r) + (arf_is_int(scaled) ? 0 : 1);
        cst__fixed_put(ring, s, k, &total);
    }
    fmpz_clear(m);
    fmpz_clear(digit);
    arf_clear(scaled);
    mag_clear(r);
}

void
cst__fixed_sum(arb_t x, const cst__ring_t *ring, const cst__fixed_t *s, slong k, slong top)
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
        fmpz_mul_2exp(m, m, CST__DIGIT);
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
