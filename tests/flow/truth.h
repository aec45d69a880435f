/* Random problems with a known answer: run a few in every check, thousands in check-long. */
#ifndef CST_TESTS_FLOW_TRUTH_H
#define CST_TESTS_FLOW_TRUTH_H

#include <stdio.h>

#include "lohner.h"

static inline unsigned
next_random(unsigned *state, unsigned below)
{
    *state = *state * 1103515245u + 12345u;
    return (*state >> 8) % below;
}

/* Does the ball contain the number that the other ball, much narrower, encloses? */
static inline void
assert_contains(const arb_t wide, const arb_t narrow, const char *what, unsigned seed)
{
    cr_assert(arb_contains_arf(wide, arb_midref(narrow)), "%s, seed %u", what, seed);
    cr_assert(mag_cmp_2exp_si(arb_radref(narrow), -400) < 0 ||
                  mag_get_d(arb_radref(narrow)) <= 1e-6 * radius_of(wide) || radius_of(wide) == 0,
              "%s, seed %u: the reference is not narrow", what, seed);
}

/* x' = A x with small rationals: the state and the tangent against the matrix exponential. */
static inline void
check_linear(unsigned seed)
{
    unsigned s = seed * 2654435761u + 1;
    slong n = 2 + (slong) next_random(&s, 3), prec = 64 + 50 * (slong) next_random(&s, 4), den;
    cst_flow_options_t o = {.precision = prec};
    char text[MOST][200], end[16];
    const char *fields[MOST];
    arb_mat_t a, e, v, x0, x1;
    arb_ptr x = _arb_vec_init(n);
    fmpq_t q;
    double norm = 0;

    fmpq_init(q);
    arb_mat_init(a, n, n);
    arb_mat_init(e, n, n);
    arb_mat_init(v, n, n);
    arb_mat_init(x0, n, 1);
    arb_mat_init(x1, n, 1);
    den = 1 + (slong) next_random(&s, 7);
    for (slong i = 0; i < n; i++)
    {
        text[i][0] = 0;
        fields[i] = text[i];
        for (slong j = 0; j < n; j++)
        {
            slong num = (slong) next_random(&s, 13) - 6;

            sprintf(text[i] + strlen(text[i]), "%s%ld/%ld*%c", j ? " + " : "", (long) num, (long) den + 3,
                    'a' + (int) j);
            fmpq_set_si(q, num, (ulong) den + 3);
            arb_set_fmpq(arb_mat_entry(a, i, j), q, 900);
        }
        arb_set_si(x + i, (slong) next_random(&s, 9) - 4);
        arb_set(arb_mat_entry(x0, i, 0), x + i);
    }
    snprintf(end, sizeof end, "%ld/%ld", (long) next_random(&s, 9) - 4, (long) den);
    fmpq_set_str(q, end, 10);
    fmpq_canonicalise(q);
    fmpq_get_str(end, 10, q);
    cr_assert_eq(flow_to(x, v, fields, n, end, &o), CST_OK, "seed %u", seed);
    arb_mat_scalar_mul_fmpz(a, a, fmpq_numref(q), 900);
    arb_mat_scalar_div_fmpz(a, a, fmpq_denref(q), 900);
    arb_mat_exp(e, a, 900);
    arb_mat_mul(x1, e, x0, 900);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            norm = fmax(norm, fabs(arf_get_d(arb_midref(arb_mat_entry(e, i, j)), ARF_RND_NEAR)));
    for (slong i = 0; i < n; i++)
    {
        assert_contains(x + i, arb_mat_entry(x1, i, 0), "linear", seed);
        cr_assert_lt(radius_of(x + i), 1e5 * (1 + norm) * ldexp(1, (int) -prec), "seed %u", seed);
        for (slong j = 0; j < n; j++)
        {
            assert_contains(arb_mat_entry(v, i, j), arb_mat_entry(e, i, j), "linear tangent", seed);
            cr_assert_lt(radius_of(arb_mat_entry(v, i, j)),
                         1e6 * (1 + norm) * ldexp(1, (int) -(prec > 64 ? prec : 50)), "seed %u", seed);
        }
    }
    fmpq_clear(q);
    arb_mat_clear(a);
    arb_mat_clear(e);
    arb_mat_clear(v);
    arb_mat_clear(x0);
    arb_mat_clear(x1);
    _arb_vec_clear(x, n);
}

/* x' = -x/2 + a random bounded nonlinearity, with every function now and then: against 400 bits; there and
   back; and the tangent too. */
static inline void
check_nonlinear(unsigned seed)
{
    static const char *const terms[] = {
        "sin(%c*%c)",          "cos(%c - %c)", "sin(%c)*cos(%c)/(1 + a^2)", "exp(-%c^2 - %c^2)",
        "atan(%c + 2*%c)",     "erf(%c*%c/2)", "log(2 + %c^2 + %c^4)",      "sqrt(1 + %c^2)/(3 + %c^2)",
        "(2 + %c^2)^(-3/2)*%c"};
    unsigned s = seed * 2246822519u + 7;
    slong n = 2 + (slong) next_random(&s, 2);
    cst_flow_options_t low = {.precision = 64 + 32 * (slong) next_random(&s, 3)}, high = {.precision = 260};
    char text[MOST][200];
    const char *fields[MOST], *end = next_random(&s, 2) ? "2" : "-3/2", *back = end[0] == '2' ? "-2" : "3/2";
    arb_ptr x = _arb_vec_init(n), y = _arb_vec_init(n), start = _arb_vec_init(n);
    arb_mat_t v, w;
    double bound;

    arb_mat_init(v, n, n);
    arb_mat_init(w, n, n);
    for (slong i = 0; i < n; i++)
    {
        slong at = sprintf(text[i], "-%c/2", 'a' + (int) i);

        for (int k = 0; k < 2; k++)
        {
            at += sprintf(text[i] + at, " + %u/4*", next_random(&s, 5));
            at += sprintf(text[i] + at, terms[next_random(&s, 9)], 'a' + (int) next_random(&s, (unsigned) n),
                          'a' + (int) next_random(&s, (unsigned) n));
        }
        fields[i] = text[i];
        arb_set_si(start + i, (slong) next_random(&s, 33) - 16);
        arb_mul_2exp_si(start + i, start + i, -3);
        arb_set(x + i, start + i);
        arb_set(y + i, start + i);
    }
    cr_assert_eq(flow_to(x, v, fields, n, end, &low), CST_OK, "seed %u: %s; %s", seed, text[0], text[1]);
    cr_assert_eq(flow_to(y, w, fields, n, end, &high), CST_OK, "seed %u", seed);
    bound = ldexp(1e6, (int) -low.precision);
    for (slong i = 0; i < n; i++)
    {
        assert_contains(x + i, y + i, "nonlinear", seed);
        cr_assert_lt(radius_of(x + i), bound, "seed %u: %g", seed, radius_of(x + i));
        for (slong j = 0; j < n; j++)
        {
            assert_contains(arb_mat_entry(v, i, j), arb_mat_entry(w, i, j), "nonlinear tangent", seed);
            cr_assert_lt(radius_of(arb_mat_entry(v, i, j)), low.precision == 64 ? 1e-9 : bound * 1e3,
                         "seed %u: %g", seed, radius_of(arb_mat_entry(v, i, j)));
        }
    }
    cr_assert_eq(flow_to(x, NULL, fields, n, back, &low), CST_OK);
    for (slong i = 0; i < n; i++)
    {
        cr_assert(arb_contains(x + i, start + i), "seed %u: not back", seed);
        cr_assert_lt(radius_of(x + i), 1e5 * bound, "seed %u", seed);
    }
    arb_mat_clear(v);
    arb_mat_clear(w);
    _arb_vec_clear(x, n);
    _arb_vec_clear(y, n);
    _arb_vec_clear(start, n);
}

/* Points of a random box, followed one by one, stay inside the enclosure of the box, for a random degree. */
static inline void
check_box(unsigned seed)
{
    static const char *const fields[][2] = {{"b", "(1 - a^2)*b - a"},       {"b", "-sin(a) - b/10"},
                                            {"a*(1 - b)", "b*(a - 1)"},     {"cos(b)", "1/(1 + a^2)"},
                                            {"b - a^3/9", "exp(-a^2) - b"}, {"log(3 + b)", "atan(a) - b"}};
    unsigned s = seed * 3266489917u + 3;
    int f = (int) next_random(&s, 6);
    cst_flow_options_t box = {.degree = 1 + (slong) next_random(&s, 4),
                              .order = 6 + (slong) next_random(&s, 20)},
                       point = {0};
    double width = ldexp(1, -3 - (int) next_random(&s, 12)), center[2];
    arb_ptr x = _arb_vec_init(2), y = _arb_vec_init(2);
    arb_mat_t v, w;

    arb_mat_init(v, 2, 2);
    arb_mat_init(w, 2, 2);
    for (slong i = 0; i < 2; i++)
    {
        center[i] = 0.5 + next_random(&s, 100) / 128.0;
        arb_set_d(x + i, center[i]);
        mag_set_d(arb_radref(x + i), i == 0 || next_random(&s, 3) ? width : 0);
    }
    if (next_random(&s, 2))
        box.tangent = 1;
    if (flow_to(x, box.tangent ? v : NULL, fields[f], 2, "3/2", &box) == CST_OK)
        for (int p = 0; p < 6; p++)
        {
            for (slong i = 0; i < 2; i++)
                arb_set_d(y + i,
                          center[i] + (i ? 0 : width * ((double) next_random(&s, 2001) - 1000) / 1000));
            cr_assert_eq(flow_to(y, w, fields[f], 2, "3/2", &point), CST_OK);
            for (slong i = 0; i < 2; i++)
            {
                cr_assert(arb_contains(x + i, y + i), "seed %u", seed);
                for (slong j = 0; j < 2 && box.tangent; j++)
                    cr_assert(arb_overlaps(arb_mat_entry(v, i, j), arb_mat_entry(w, i, j)), "seed %u", seed);
            }
        }
    else
        cr_assert_gt(width, 0.01, "seed %u", seed);
    arb_mat_clear(v);
    arb_mat_clear(w);
    _arb_vec_clear(x, 2);
    _arb_vec_clear(y, 2);
}

#endif
