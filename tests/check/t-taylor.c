/* Taylor models against exact rational arithmetic and MPFR: containment at random points of the set,
   with the worst members of the model, and narrowness. */
#include <criterion/criterion.h>
#include <mpfr.h>
#include <math.h>

#include "check.h"

TestSuite(taylor, .timeout = 120);

static uint64_t seed = 88172645463325252u;

static uint64_t
draw(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static long
between(long least, long most)
{
    return least + (long) (draw() % (uint64_t) (most - least + 1));
}

/* Coefficients up to 2^bits units; a radius up to 2^rad units; some blocks are zero. */
static void
random_model(model_t *o, int bits, int rad)
{
    gmp_randstate_t state;

    gmp_randinit_default(state);
    gmp_randseed_ui(state, (unsigned long) draw());
    model_zero(o);
    for (int i = 0; i < o->S->terms; i++)
        if (draw() % 4)
        {
            mpz_urandomb(o->c[i], state, (mp_bitcnt_t) bits);
            if (draw() % 2)
                mpz_neg(o->c[i], o->c[i]);
        }
    if (rad > 0)
        mpz_urandomb(o->rad, state, (mp_bitcnt_t) rad);
    model_settle(o);
    gmp_randclear(state);
}

/* The polynomial, in units, at t and z (t in [0, 1], z in [-1, 1]) */
static void
evaluate(mpq_t v, const model_t *a, mpq_t t, mpq_t *z)
{
    const space_t *S = a->S;
    mpq_t term, c;

    mpq_inits(term, c, NULL);
    mpq_set_ui(v, 0, 1);
    for (int x = 0; x < S->alphas; x++)
    {
        mpq_set_ui(term, 1, 1);
        for (int i = 0; i < S->m; i++)
            for (int k = 0; k < S->exponent[x * S->m + i]; k++)
                mpq_mul(term, term, z[i]);
        for (int k = 0; k < (S->timed ? S->K - S->weight * S->degree[x] + 1 : 1); k++)
        {
            mpq_set_z(c, a->c[S->first[x] + k]);
            mpq_mul(c, c, term);
            mpq_add(v, v, c);
            mpq_mul(term, term, t);
        }
    }
    mpq_clears(term, c, NULL);
}

static void
random_point(mpq_t t, mpq_t *z, int m)
{
    mpq_set_si(t, between(0, 16), 16);
    mpq_canonicalize(t);
    for (int i = 0; i < m; i++)
    {
        mpq_set_si(z[i], between(-16, 16), 16);
        mpq_canonicalize(z[i]);
    }
}

/* Moves v to an end of its radius, or leaves it. */
static void
stretch(mpq_t v, const model_t *a)
{
    mpq_t r;

    mpq_init(r);
    mpq_set_z(r, a->rad);
    switch (draw() % 3)
    {
    case 0:
        mpq_add(v, v, r);
        break;
    case 1:
        mpq_sub(v, v, r);
    }
    mpq_clear(r);
}

static const struct
{
    unsigned long B;
    int m, K, weight, timed;
} shapes[] = {{60, 0, 12, 1, 1}, {60, 2, 6, 1, 1},  {60, 2, 9, 2, 1},  {53, 1, 20, 3, 1}, {20, 3, 3, 1, 1},
              {120, 2, 6, 1, 1}, {130, 2, 6, 1, 1}, {300, 1, 8, 2, 1}, {60, 3, 4, 1, 0},  {64, 2, 0, 1, 0},
              {64, 4, 5, 5, 1},  {62, 2, 3, 4, 1},  {1, 1, 3, 1, 1}};
enum
{
    SHAPES = sizeof shapes / sizeof *shapes
};

Test(taylor, monomials_are_numbered_as_documented)
{
    space_t *S = space_new(60, 2, 4, 2, 2, 1);
    static const unsigned char order[6][2] = {{0, 0}, {1, 0}, {0, 1}, {2, 0}, {1, 1}, {0, 2}};
    static const int first[6] = {0, 5, 8, 11, 12, 13};

    cr_assert_eq(S->alphas, 6);
    cr_assert_eq(S->terms, 14);
    for (int a = 0; a < 6; a++)
    {
        cr_assert_eq(S->exponent[2 * a], order[a][0]);
        cr_assert_eq(S->exponent[2 * a + 1], order[a][1]);
        cr_assert_eq(S->first[a], first[a]);
    }
    cr_assert_eq(S->product[1][2], 4);
    space_free(S);
}

Test(taylor, monomials_multiply)
{
    for (int s = 0; s < SHAPES; s++)
    {
        space_t *S = space_new(shapes[s].B, shapes[s].m, shapes[s].K, shapes[s].weight,
                               shapes[s].K / shapes[s].weight, shapes[s].timed);

        for (int a = 0; a < S->alphas; a++)
            for (int b = 0; b < S->fewer[S->m][S->D - S->degree[a] + 1]; b++)
                for (int i = 0; i < S->m; i++)
                    cr_assert_eq(S->exponent[S->product[a][b] * S->m + i],
                                 S->exponent[a * S->m + i] + S->exponent[b * S->m + i]);
        space_free(S);
    }
}

Test(taylor, sums_and_products_contain_the_truth)
{
    for (int round = 0; round < 60; round++)
    {
        int s = round % SHAPES, bits = (int) between(1, (long) shapes[s].B + 4), m = shapes[s].m;
        space_t *S = space_new(shapes[s].B, m, shapes[s].K, shapes[s].weight, shapes[s].K / shapes[s].weight,
                               shapes[s].timed);
        model_t *a = models(3, S), *b = &a[1], *o = &a[2];
        mpq_t t, z[4], x, y, v, unit, r;

        mpq_inits(t, z[0], z[1], z[2], z[3], x, y, v, unit, r, NULL);
        mpq_set_ui(unit, 1, 1);
        mpq_mul_2exp(unit, unit, S->B);
        random_model(a, bits, round % 4 ? bits / 2 : 0);
        random_model(b, bits, round % 5 ? bits / 3 : 0);
        for (int point = 0; point < 20; point++)
        {
            random_point(t, z, m);
            evaluate(x, a, t, z);
            evaluate(y, b, t, z);
            stretch(x, a);
            stretch(y, b);

            model_add(o, a, b, -1);
            evaluate(v, o, t, z);
            mpq_sub(v, v, x);
            mpq_add(v, v, y);
            mpq_abs(v, v);
            mpq_set_z(r, o->rad);
            cr_assert_leq(mpq_cmp(v, r), 0, "sum, round %d", round);

            model_mul(o, a, b);
            evaluate(v, o, t, z);
            mpq_mul(x, x, y);
            mpq_div(x, x, unit);
            mpq_sub(v, v, x);
            mpq_abs(v, v);
            mpq_set_z(r, o->rad);
            cr_assert_leq(mpq_cmp(v, r), 0, "product, round %d", round);
        }
        mpq_clears(t, z[0], z[1], z[2], z[3], x, y, v, unit, r, NULL);
        models_free(a, 3);
        space_free(S);
    }
}

/* Without truncation and with exact factors, the radius is only that of the rounding. */
Test(taylor, products_are_narrow)
{
    space_t *S = space_new(60, 2, 6, 1, 6, 1);
    model_t *a = models(3, S), *b = &a[1], *o = &a[2];

    mpz_set_ui(a->c[0], 3);
    mpz_mul_2exp(a->c[0], a->c[0], 57);
    mpz_set_ui(a->c[1], 5);
    mpz_mul_2exp(a->c[1], a->c[1], 40);
    model_settle(a);
    random_model(b, 20, 0);
    model_mul(o, a, a);
    cr_assert_leq(mpz_cmp_ui(o->rad, 2), 0);
    model_mul(o, a, b);
    mpz_mul_2exp(b->norm, b->norm, 1);
    cr_assert_lt(mpz_cmp_ui(o->rad, 1000), 0);
    models_free(a, 3);
    space_free(S);
}

/* The same product by 128-bit sums and by GMP: of a and b, and of a and b + 2^80 */
Test(taylor, both_products_agree)
{
    for (int s = 0; s < SHAPES; s++)
    {
        space_t *S = space_new(shapes[s].B, shapes[s].m, shapes[s].K, shapes[s].weight,
                               shapes[s].K / shapes[s].weight, shapes[s].timed);
        model_t *a = models(4, S), *b = &a[1], *o = &a[2], *p = &a[3];
        mpz_t c;

        mpz_init(c);
        random_model(a, 40, 0);
        random_model(b, 45, 0);
        model_mul(o, a, b);
        mpz_setbit(c, S->B + 60); /* a multiple of the unit, so that nothing more is rounded */
        mpz_add(b->c[0], b->c[0], c);
        model_settle(b);
        model_mul(p, a, b);
        for (int i = 0; i < S->terms; i++)
        {
            mpz_mul_2exp(c, a->c[i], 60);
            mpz_sub(p->c[i], p->c[i], c);
            cr_assert_eq(mpz_cmp(o->c[i], p->c[i]), 0);
        }
        mpz_clear(c);
        models_free(a, 4);
        space_free(S);
    }
}

/* z_i becomes (z_i + side)/2; and a lower bound that is exact for a square that can be completed. */
Test(taylor, halves_and_infima)
{
    for (int round = 0; round < 40; round++)
    {
        int m = 1 + round % 3, D = (int) between(0, 4), i = (int) between(0, m - 1),
            side = round % 2 ? 1 : -1;
        space_t *S = space_new(60, m, D, 1, D, 0);
        model_t *a = models(2, S), *o = &a[1];
        mpq_t t, z[4], x, y;
        mpz_t low;

        mpq_inits(t, z[0], z[1], z[2], z[3], x, y, NULL);
        mpz_init(low);
        random_model(a, 50, 20);
        model_halve(o, a, i, side);
        model_infimum(low, a);
        for (int point = 0; point < 40; point++)
        {
            random_point(t, z, m);
            evaluate(x, a, t, z);
            mpq_set_z(y, a->rad);
            mpq_sub(y, x, y);
            cr_assert_leq(mpq_cmp_z(y, low) < 0, 0, "infimum");
            evaluate(x, o, t, z);
            mpq_set_si(y, side, 1);
            mpq_add(z[i], z[i], y);
            mpq_div_2exp(z[i], z[i], 1);
            evaluate(y, a, t, z);
            mpq_sub(x, x, y);
            mpq_abs(x, x);
            mpz_sub(low, o->rad, a->rad); /* what halving adds */
            cr_assert_leq(mpq_cmp_z(x, low), 0, "half");
            cr_assert_leq(mpz_cmp_si(low, S->terms), 0);
            model_infimum(low, a);
        }
        mpq_clears(t, z[0], z[1], z[2], z[3], x, y, NULL);
        mpz_clear(low);
        models_free(a, 2);
        space_free(S);
    }
}

Test(taylor, infimum_completes_the_square)
{
    space_t *S = space_new(60, 2, 2, 1, 2, 0);
    model_t *a = models(1, S);
    mpz_t low;

    /* 100 + 6 z1 + 3 z1^2 - 8 z2 + z2^2 + 2 z1 z2: a_1' = 2, a_2' = 0; |6| > 4, so -6 + 2; -8 + 0 */
    static const long c[6] = {100, 6, -8, 3, 2, 1};

    mpz_init(low);
    for (int i = 0; i < 6; i++)
        mpz_set_si(a->c[i], c[i]);
    mpz_set_ui(a->rad, 5);
    model_settle(a);
    model_infimum(low, a);
    cr_assert_eq(mpz_cmp_si(low, 100 - 4 - 8 - 5), 0);
    mpz_set_si(a->c[1], 2); /* now -2^2/(4 2), down to -1 */
    model_settle(a);
    model_infimum(low, a);
    cr_assert_eq(mpz_cmp_si(low, 100 - 1 - 8 - 5), 0);
    mpz_clear(low);
    models_free(a, 1);
    space_free(S);
}

/* ---- Elementary functions ---- */

static void
truth(mpfr_t y, const mpfr_t x, int op, mpq_t f)
{
    mpfr_t e;

    mpfr_init2(e, mpfr_get_prec(y));
    switch (op)
    {
    case E_EXP:
        mpfr_exp(y, x, MPFR_RNDN);
        break;
    case E_LOG:
        mpfr_log(y, x, MPFR_RNDN);
        break;
    case E_SIN:
        mpfr_sin(y, x, MPFR_RNDN);
        break;
    case E_COS:
        mpfr_cos(y, x, MPFR_RNDN);
        break;
    case E_ATAN:
        mpfr_atan(y, x, MPFR_RNDN);
        break;
    case E_ERF:
        mpfr_erf(y, x, MPFR_RNDN);
        break;
    case E_STEP:
        mpfr_set_ui(y, mpfr_sgn(x) > 0, MPFR_RNDN);
        break;
    case E_SIGMOID:
        mpfr_neg(y, x, MPFR_RNDN);
        mpfr_exp(y, y, MPFR_RNDN);
        mpfr_add_ui(y, y, 1, MPFR_RNDN);
        mpfr_ui_div(y, 1, y, MPFR_RNDN);
        break;
    default:
        if (mpq_cmp_si(f, -1, 1) == 0)
            mpfr_ui_div(y, 1, x, MPFR_RNDN);
        else
        {
            mpfr_set_q(e, f, MPFR_RNDN);
            mpfr_pow(y, x, e, MPFR_RNDN);
        }
    }
    mpfr_clear(e);
}

/* The largest error at random points, in units, less the radius; the radius in *rad */
static void
try_function(model_t *x, int op, long p, unsigned long q, double *rad, const char *what)
{
    space_t *S = x->S;
    mpfr_prec_t prec = (mpfr_prec_t) (2 * S->B + 300);
    model_t *o = models(1, S);
    mpq_t t, z[4], v, f;
    mpfr_t a, b;

    mpq_inits(t, z[0], z[1], z[2], z[3], v, f, NULL);
    mpfr_inits2(prec, a, b, NULL);
    mpq_set_si(f, p, q);
    model_function(o, x, op, f);
    for (int point = 0; point < 8; point++)
    {
        random_point(t, z, S->m);
        evaluate(v, x, t, z);
        stretch(v, x);
        mpfr_set_q(a, v, MPFR_RNDN);
        mpfr_div_2ui(a, a, S->B, MPFR_RNDN);
        truth(b, a, op, f);
        mpfr_mul_2ui(b, b, S->B, MPFR_RNDN);
        evaluate(v, o, t, z);
        mpfr_sub_q(b, b, v, MPFR_RNDN);
        mpfr_abs(b, b, MPFR_RNDN);
        mpfr_sub_z(b, b, o->rad, MPFR_RNDN);
        cr_assert_leq(mpfr_get_d(b, MPFR_RNDN), 1e-20, "%s: op %d, B %lu, K %d", what, op, S->B, S->K);
    }
    *rad = mpz_get_d(o->rad);
    mpq_clears(t, z[0], z[1], z[2], z[3], v, f, NULL);
    mpfr_clears(a, b, NULL);
    models_free(o, 1);
}

static const struct
{
    int op;
    long p;
    unsigned long q;
    double least, most; /* of the centre */
} functions[] = {{E_EXP, 0, 1, -8, 8},    {E_LOG, 0, 1, .05, 60},  {E_SIN, 0, 1, -20, 20},
                 {E_COS, 0, 1, -20, 20},  {E_ATAN, 0, 1, -30, 30}, {E_ERF, 0, 1, -12, 12},
                 {E_POW, -1, 1, .05, 40}, {E_POW, 1, 2, .05, 40},  {E_POW, 2, 3, .05, 40},
                 {E_POW, 7, 19, .05, 9},  {E_STEP, 0, 1, .05, 3},  {E_POW, -1, 4, .05, 40},
                 {E_POW, -2, 3, .05, 9},  {E_SIGMOID, 0, 1, -8, 8}};
enum
{
    FUNCTIONS = sizeof functions / sizeof *functions
};

/* x = centre + a random (linear) polynomial of norm at most rho, and a radius */
static void
argument(model_t *x, double centre, double rho, double rad, int linear)
{
    space_t *S = x->S;
    mpz_t norm, want;

    mpz_inits(norm, want, NULL);
    random_model(x, 30, 0);
    mpz_set_d(want, rho * 0x1p40);
    mpz_mul_2exp(want, want, S->B);
    mpz_fdiv_q_2exp(want, want, 40);
    mpz_set_ui(x->c[0], 0);
    for (int i = 2; linear && i < S->terms; i++)
        if (i != S->first[1] && i != S->first[2])
            mpz_set_ui(x->c[i], 0);
    model_settle(x);
    mpz_set(norm, x->norm);
    for (int i = 1; i < S->terms && mpz_sgn(norm) > 0; i++)
    {
        mpz_mul(x->c[i], x->c[i], want);
        mpz_tdiv_q(x->c[i], x->c[i], norm);
    }
    mpz_set_d(x->c[0], centre * 0x1p40);
    mpz_mul_2exp(x->c[0], x->c[0], S->B);
    mpz_fdiv_q_2exp(x->c[0], x->c[0], 40);
    mpz_set_d(x->rad, rad * 0x1p60);
    mpz_mul_2exp(x->rad, x->rad, S->B);
    mpz_fdiv_q_2exp(x->rad, x->rad, 60);
    model_settle(x);
    mpz_clears(norm, want, NULL);
}

Test(taylor, functions_contain_the_truth)
{
    for (int round = 0; round < 420; round++)
    {
        int s = round / FUNCTIONS % SHAPES, k = round % FUNCTIONS;

        if (shapes[s].B < 10 && functions[k].op == E_SIGMOID)
            continue; /* a few units are too coarse for 1 + exp */
        space_t *S = space_new(shapes[s].B, shapes[s].m, shapes[s].K, shapes[s].weight,
                               shapes[s].K / shapes[s].weight, shapes[s].timed);
        double u = (double) (draw() % 1000) / 1000, rad;
        double centre = functions[k].least + u * (functions[k].most - functions[k].least);
        double scale = functions[k].least > 0 ? centre : 1;
        model_t *x = models(1, S);

        if (S->B < 10)
            centre = 4, scale = 1;
        if (functions[k].op == E_POW && functions[k].q == 1 && draw() % 2)
            centre = -centre;
        argument(x, centre, scale * (double) between(0, 6) / 10, scale * (draw() % 2 ? .01 : 1e-10), 0);
        try_function(x, functions[k].op, functions[k].p, functions[k].q, &rad, "random");
        models_free(x, 1);
        space_free(S);
    }
}

/* At a point the error is a few units; on a small set it is that of the radius and of a tail of order K + 1.
 */
Test(taylor, functions_are_narrow)
{
    for (int k = 0; k < FUNCTIONS; k++)
        for (int wide = 0; wide < 3; wide++)
        {
            space_t *S = space_new(wide == 2 ? 200 : 60, 2, 12, 1, 12, 1);
            double centre = functions[k].least > 0 ? 1.3 : .7, rad;
            model_t *x = models(1, S);

            argument(x, centre, wide ? .01 : 0, 0, 1);
            try_function(x, functions[k].op, functions[k].p, functions[k].q, &rad, "narrow");
            if (wide < 2)
                cr_assert_lt(rad, wide ? 5000. : 20., "op %d: %g units", functions[k].op, rad);
            else
                cr_assert_lt(rad, 0x1p200 * 1e-22, "op %d: %g units", functions[k].op, rad);
            argument(x, centre, .01, 1e-9, 1);
            try_function(x, functions[k].op, functions[k].p, functions[k].q, &rad, "radius");
            cr_assert_lt(rad, ldexp(4e-9, (int) S->B), "op %d: %g units", functions[k].op, rad);
            models_free(x, 1);
            space_free(S);
        }
}

/* They end soon, and keep being enclosed in a few units. */
Test(taylor, huge_and_tiny_arguments)
{
    static const struct
    {
        int op;
        long p;
        unsigned long q;
        long mantissa, exponent;
    } points[] = {{E_LOG, 0, 1, 1, 3000},   {E_LOG, 0, 1, 5, -60},     {E_LOG, 0, 1, 3, -1},
                  {E_LOG, 0, 1, 1, 0},      {E_ATAN, 0, 1, -7, 3000},  {E_ATAN, 0, 1, 1, -60},
                  {E_EXP, 0, 1, -8191, 0},  {E_EXP, 0, 1, 100, 0},     {E_SIN, 0, 1, 8191, 0},
                  {E_COS, 0, 1, -8191, 0},  {E_ERF, 0, 1, -8191, 0},   {E_ERF, 0, 1, 7, 0},
                  {E_ERF, 0, 1, 1, 60000},  {E_ERF, 0, 1, -1, -60},    {E_POW, -1, 2, 1, -59},
                  {E_POW, 99, 100, 1, 200}, {E_POW, -1, 1, -3, 60000}, {E_SIGMOID, 0, 1, 100, 0}};

    for (unsigned long B = 60; B <= 960; B *= 4)
        for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        {
            space_t *S = space_new(B, 1, 4, 1, 4, 1);
            model_t *x = models(1, S);
            double rad;

            mpz_set_si(x->c[0], points[i].mantissa);
            mpz_mul_2exp(x->c[0], x->c[0], (mp_bitcnt_t) (points[i].exponent + (long) B));
            model_settle(x);
            try_function(x, points[i].op, points[i].p, points[i].q, &rad, "far");
            cr_assert_leq(rad, 20, "op %d at %ld 2^%ld: %g units", points[i].op, points[i].mantissa,
                          points[i].exponent, rad);
            models_free(x, 1);
            space_free(S);
        }
}

Test(taylor, pi)
{
    for (unsigned long B = 1; B < 5000; B = 3 * B / 2 + 7)
    {
        space_t *S = space_new(B, 0, 0, 1, 0, 0);
        model_t *o = models(1, S);
        mpfr_t pi;

        mpfr_init2(pi, (mpfr_prec_t) B + 100);
        mpfr_const_pi(pi, MPFR_RNDN);
        mpfr_mul_2ui(pi, pi, B, MPFR_RNDN);
        model_function(o, NULL, E_PI, NULL);
        mpfr_sub_z(pi, pi, o->c[0], MPFR_RNDN);
        cr_assert_leq(mpfr_cmp_z(pi, o->rad), 0);
        cr_assert_leq(mpz_cmp_ui(o->rad, 2), 0);
        mpfr_clear(pi);
        models_free(o, 1);
        space_free(S);
    }
}
