/* The recurrences in fixed point against the same ones in Arb with many more bits, over random fields: every
   coefficient of every row that is used, and those of the derivative. */
#include "flow/ball-ring.h"
#include "flow/fixed-ring.h"
#include "truth.h"

TestSuite(fixed, .timeout = 120);

#define ORDER 12

typedef struct
{
    cst__flow_program_t program;
    cst_shape_t jet;
    cst__ring_t near, truth, fixed;
    slong n, bits;
} rings_t;

/* A sum of two terms, each a product of a polynomial and a function that is defined everywhere. */
static void
random_field(char *text, size_t size, unsigned *s)
{
    static const char *const shapes[] = {
        "%ld*a*b + exp(-a^2)/%ld",          "sin(a + %ld*b)*b - %ld*a^2",
        "(1 + a^2)^(1/2)*%ld - b^3/%ld",    "log(2 + b^2)*%ld + atan(a)*b/%ld",
        "erf(a)*cos(b)*%ld + a/%ld",        "(%ld + a*b)/(3 + a^2 + b^2) - %ld*b",
        "(2 + a^2)^(-3/2)*b*%ld - pi*b/%ld"};

    snprintf(text, size, shapes[next_random(s, 7)], 1 + (long) next_random(s, 5),
             1 + (long) next_random(s, 9));
}

static void
rings_init(rings_t *r, unsigned *s, slong bits, int jets)
{
    char text[2][128];
    const char *fields[2] = {text[0], text[1]};
    cst_tape_t tape;

    for (int i = 0; i < 2; i++)
        random_field(text[i], sizeof text[i], s);
    compile(tape, fields, 2, 2);
    r->n = 2;
    r->bits = cst__fixed_ring_bits(bits, ORDER + 2, jets);
    cst__flow_program_init(r->program, tape);
    cst_shape_init_timeless(r->jet, 0, jets ? 2 : 0, jets);
    cst__ball_ring_init(&r->near, r->program, r->jet, ORDER + 2);
    cst__arb_ring_init(&r->truth, r->program, r->jet, ORDER + 2, 3 * bits);
    cst__fixed_ring_init(&r->fixed, r->program, r->jet, ORDER + 2, r->bits);
    cst_tape_clear(tape);
}

static void
rings_clear(rings_t *r)
{
    cst__ring_clear(&r->near);
    cst__ring_clear(&r->truth);
    cst__ring_clear(&r->fixed);
    cst_shape_clear(r->jet);
    cst__flow_program_clear(r->program);
}

/* The same random point everywhere, exact in a double; the doubles in units of `length`. */
static void
start(rings_t *r, unsigned *s)
{
    for (slong i = 0; i < r->n; i++)
        for (slong b = 0; b < r->jet->blocks; b++)
        {
            double x = b ? b == i + 1 : ((double) next_random(s, 4001) - 2000) / 1024;

            cst__strand_set(cst__strand(&r->near, i, b), 0, x, 0);
            arb_set_d(cst__arb_ring_at(&r->truth, i, b, 0), x);
        }
}

/* How fast the coefficients grow: a step is a part of the inverse. */
static double
growth(const rings_t *r)
{
    double most = 1e-3;

    for (slong i = 0; i < r->n; i++)
        for (slong b = 0; b < r->jet->blocks; b++)
            for (slong k = 1; k <= ORDER; k++)
                most = fmax(most, pow(cst__strand_size(cst__strand(&r->near, i, b), k), 1 / (double) k));
    return most;
}

/* The largest of a strand, by which narrowness is measured. */
static double
largest_of(const rings_t *r, slong i, slong b, const arb_t length)
{
    double most = 0, h = fabs(arf_get_d(arb_midref(length), ARF_RND_NEAR));

    for (slong k = 0; k <= ORDER; k++)
        most = fmax(most, fabs(arf_get_d(arb_midref(cst__arb_ring_at(&r->truth, i, b, k)), ARF_RND_NEAR)) *
                              pow(h, (double) k));
    return most;
}

/* Returns the worst radius in units of 2^-bits of the largest of the strand. */
static double
compare(rings_t *r, const arb_t length)
{
    double worst = 0;
    arb_t x, power;

    arb_init(x);
    arb_init(power);
    for (slong i = 0; i < r->n; i++)
        for (slong b = 0; b < r->jet->blocks; b++)
        {
            double most = largest_of(r, i, b, length);

            arb_one(power);
            for (slong k = 0; k <= ORDER; k++)
            {
                arb_t truth;

                arb_init(truth);
                arb_mul(truth, cst__arb_ring_at(&r->truth, i, b, k), power, 1000);
                cst__fixed_ring_get(x, &r->fixed, i, b, k);
                cr_assert(arb_contains(x, truth), "row %ld, block %ld, order %ld", (long) i, (long) b,
                          (long) k);
                worst = fmax(worst, ldexp(mag_get_d(arb_radref(x)) / fmax(most, 1e-30), (int) r->bits));
                arb_mul(power, power, length, 1000);
                arb_clear(truth);
            }
        }
    arb_clear(x);
    arb_clear(power);
    return worst;
}

/* A part of the time in which the series are good, and no dyadic number for the most part. Returns 0 where
   the numbers did not fit. */
static int
check(unsigned seed, slong bits, int jets, double *worst)
{
    unsigned s = seed;
    rings_t r;
    cst__ball_t powers[ORDER + 2];
    arb_t length;
    int good;

    arb_init(length);
    rings_init(&r, &s, bits, jets);
    start(&r, &s);
    good = cst__ring_solve(&r.near, ORDER) && cst__ring_solve(&r.truth, ORDER);
    arb_set_si(length, next_random(&s, 2) ? 1 : -1);
    arb_div_ui(length, length, 3 + next_random(&s, 3), 1000);
    arb_mul_2exp_si(length, length, -ilogb(growth(&r)) - 2);
    for (slong k = 0; k < ORDER + 2; k++)
        powers[k] = (cst__ball_t){pow(fabs(arf_get_d(arb_midref(length), ARF_RND_NEAR)), (double) k), 0};
    good = good && cst__fixed_ring_begin(&r.fixed, &r.near, length, powers, ORDER, r.bits);
    for (slong i = 0; good && i < r.n; i++)
        for (slong b = 0; b < r.jet->blocks; b++)
            cst__fixed_ring_load(&r.fixed, i, b, cst__arb_ring_at(&r.truth, i, b, 0));
    good = good && cst__ring_solve(&r.fixed, ORDER) && !r.fixed.failed;
    if (good)
        *worst = fmax(*worst, compare(&r, length));
    rings_clear(&r);
    arb_clear(length);
    return good;
}

Test(fixed, coefficients_of_random_fields_contain_the_true_ones_and_are_narrow)
{
    static const slong precisions[] = {64, 106, 212, 424};
    double worst = 0;
    int done = 0;

    for (unsigned seed = 0; seed < 600; seed++)
        done += check(seed, precisions[seed % 4], (int) (seed / 4 % 3), &worst);
    cr_assert_geq(done, 590, "%d of 600", done);
    cr_assert_lt(worst, 1 << 14, "%g units", worst);
}

Test(fixed, more_bits_than_fit_are_left_to_arb)
{
    cr_assert_eq(cst__fixed_ring_bits(64, 31, 0), 84);
    cr_assert_eq(cst__fixed_ring_bits(600, 200, 0), 0);
    cr_assert_eq(cst__fixed_ring_bits(424, 5000, 0), 0);
}
