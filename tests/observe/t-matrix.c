#include <criterion/criterion.h>
#include <math.h>

#include "helper.h"
#include "observe/table.h"

TestSuite(matrix, .timeout = 120);

static void
randomize(cst__mat_t a, slong rows, slong cols, uint64_t *state)
{
    cst__mat_init(a, rows, cols);
    for (slong i = 0; i < rows * cols; i++)
        a->x[i] = normal(state);
}

/* The product in exact arithmetic lies within the bound, and the bound is small. */
Test(matrix, products_lie_within_their_bounds)
{
    uint64_t state = 7;

    for (int k = 0; k < 20; k++)
    {
        slong n = 1 + k, m = 1 + (3 * k) % 17, p = 1 + (7 * k) % 23;
        cst__mat_t a, b, c;
        fmpq_t sum, term, all, x;

        fmpq_init(sum);
        fmpq_init(term);
        fmpq_init(all);
        fmpq_init(x);
        randomize(a, n, m, &state);
        randomize(b, m, p, &state);
        cst__mat_mul(c, a, b);
        for (slong i = 0; i < n; i++)
            for (slong j = 0; j < p; j++)
            {
                arf_t f;
                fmpq_t y;

                arf_init(f);
                fmpq_init(y);
                fmpq_zero(sum);
                for (slong l = 0; l < m; l++)
                {
                    arf_set_d(f, a->x[i * m + l]);
                    arf_get_fmpq(x, f);
                    arf_set_d(f, b->x[l * p + j]);
                    arf_get_fmpq(y, f);
                    fmpq_addmul(sum, x, y);
                }
                arf_set_d(f, c->x[i * p + j]);
                arf_get_fmpq(x, f);
                fmpq_sub(term, sum, x);
                fmpq_addmul(all, term, term);
                arf_clear(f);
                fmpq_clear(y);
            }
        {
            double error = sqrt(fmpz_get_d(fmpq_numref(all)) / fmpz_get_d(fmpq_denref(all)));

            if (fmpq_is_zero(all))
                error = 0;
            cr_assert(!(error > c->error), "%g > %g", error, c->error);
            cr_assert_leq(c->error, 1e-12);
        }
        cst__mat_clear(a);
        cst__mat_clear(b);
        cst__mat_clear(c);
        fmpq_clear(sum);
        fmpq_clear(term);
        fmpq_clear(all);
        fmpq_clear(x);
    }
}

/* P diag(s) Q' with Householder reflections P and Q has the singular values s, up to what rounding its
 * entries moves. */
static void
reflected(cst__mat_t a, const double *s, slong rows, slong cols, uint64_t *state)
{
    double *u = flint_malloc((size_t) (rows + cols) * sizeof *u), *w = u + rows, uu = 0, ww = 0;

    cst__mat_init(a, rows, cols);
    for (slong i = 0; i < rows; i++)
    {
        u[i] = normal(state);
        uu += u[i] * u[i];
    }
    for (slong j = 0; j < cols; j++)
    {
        w[j] = normal(state);
        ww += w[j] * w[j];
    }
    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < cols; j++)
        {
            double x = 0;

            for (slong k = 0; k < (rows < cols ? rows : cols); k++)
                x += ((i == k) - 2 * u[i] * u[k] / uu) * s[k] * ((j == k) - 2 * w[j] * w[k] / ww);
            a->x[i * cols + j] = x;
        }
    a->error = 1e-14;
    flint_free(u);
}

Test(matrix, singular_values_are_enclosed_narrowly)
{
    static const double s[] = {8, 5, 5, 1, 1e-3, 1e-9, 0};
    uint64_t state = 11;

    for (int shape = 0; shape < 4; shape++)
    {
        slong rows = shape & 1 ? 7 : 12, cols = shape & 2 ? 7 : 9, length,
              expected = rows < cols ? rows : cols;
        double *centres, joint, far = 0;
        cst__mat_t a, r;
        arb_ptr sigma;

        if (expected > 7)
            rows = 7, expected = 7;
        reflected(a, s, rows, cols, &state);
        for (int route = 0; route < 2; route++)
        {
            if (route)
                cst__mat_compress(r, a);
            else
            {
                cst__mat_init(r, rows, cols);
                cst__mat_set(r, a);
            }
            sigma = cst__mat_singular_values(&length, &centres, &joint, r);
            cr_assert_eq(length, expected);
            for (slong i = 0; i < length; i++)
            {
                arb_t truth;

                arb_init(truth);
                arb_set_d(truth, s[i]);
                cr_assert(arb_contains(sigma + i, truth), "%ld", (long) i);
                cr_assert(mag_cmp_2exp_si(arb_radref(sigma + i), -39) < 0);
                far += (centres[i] - s[i]) * (centres[i] - s[i]);
                arb_clear(truth);
            }
            cr_assert_leq(sqrt(far), joint);
            cr_assert_leq(joint, 1e-11);
            far = 0;
            flint_free(centres);
            _arb_vec_clear(sigma, length);
            cst__mat_clear(r);
        }
        cst__mat_clear(a);
    }
}

/* Singular values of a product through both factors' QR, and through Gram matrices, agree with those of the
 * product. */
Test(matrix, compression_keeps_singular_values)
{
    uint64_t state = 5;

    for (int k = 0; k < 12; k++)
    {
        slong n = 5 + 4 * k, m = 40 - 3 * k, cols = 1 + k % 9, length[3];
        cst__mat_t a, b, p, q, c[3];
        arb_ptr sigma[3];
        double joint;

        randomize(a, n, cols, &state);
        randomize(b, m, cols, &state);
        cst__mat_mul_transpose(c[0], a, b);
        cst__mat_compress(p, a);
        cst__mat_compress(q, b);
        cst__mat_mul_transpose(c[1], p, q);
        cst__mat_clear(p);
        cst__mat_clear(q);
        cst__mat_compress_tall(p, a);
        cst__mat_init(q, 0, cols);
        cst__mat_compress_rows(q, b);
        cst__mat_mul_transpose(c[2], p, q);
        for (int i = 0; i < 3; i++)
            sigma[i] = cst__mat_singular_values(length + i, NULL, &joint, c[i]);
        for (slong j = 0; j < length[1]; j++)
            for (int i = 1; i < 3; i++)
            {
                cr_assert(arb_overlaps(sigma[0] + j, sigma[i] + j));
                cr_assert(mag_cmp_2exp_si(arb_radref(sigma[i] + j), -28) < 0);
            }
        for (int i = 0; i < 3; i++)
        {
            _arb_vec_clear(sigma[i], length[i]);
            cst__mat_clear(c[i]);
        }
        cst__mat_clear(a);
        cst__mat_clear(b);
        cst__mat_clear(p);
        cst__mat_clear(q);
    }
}

Test(matrix, what_is_not_finite_has_no_bound)
{
    cst__mat_t a, r;
    double joint;
    slong length;
    arb_ptr sigma;

    cst__mat_init(a, 3, 2);
    a->x[3] = (double) NAN;
    cst__mat_compress(r, a);
    sigma = cst__mat_singular_values(&length, NULL, &joint, r);
    cr_assert(!arb_is_finite(sigma));
    _arb_vec_clear(sigma, length);
    cst__mat_clear(r);
    a->x[3] = 1e300;
    a->x[2] = 1e300;
    cst__mat_mul_transpose(r, a, a);
    cr_assert(!isfinite(r->error));
    cst__mat_clear(r);
    cst__mat_clear(a);
}

/* x -> (1 - 2 v v'/v'v) x for the columns or the rows of a */
static void
reflect(cst__mat_t a, uint64_t *state, int columns)
{
    slong n = columns ? a->rows : a->cols, m = columns ? a->cols : a->rows;
    double *v = flint_malloc((size_t) n * sizeof *v), square = 0;
    slong step = columns ? a->cols : 1, other = columns ? 1 : a->cols;

    for (slong i = 0; i < n; i++)
    {
        v[i] = normal(state);
        square += v[i] * v[i];
    }
    for (slong j = 0; j < m; j++)
    {
        double dot = 0;

        for (slong i = 0; i < n; i++)
            dot += v[i] * a->x[i * step + j * other];
        for (slong i = 0; i < n; i++)
            a->x[i * step + j * other] -= 2 * dot / square * v[i];
    }
    flint_free(v);
}

/* Large matrices of known singular values go by eigenvectors where those are near each other or 0, and by a
   decomposition where they are spread. */
Test(matrix, large_matrices)
{
    static const struct
    {
        slong rows, cols;
        double least, narrow; /* the smallest but zeros, relative to the largest; error relative to that */
        slong zeros;
    } cases[] = {{260, 260, 0.2, 1e-9, 0},
                 {300, 257, 1e-2, 1e-9, 1},
                 {256, 310, 1e-3, 1e-8, 2},
                 {260, 260, 1e-9, 1e-10, 0}};
    uint64_t state = 11;

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
    {
        slong p = FLINT_MIN(cases[k].rows, cases[k].cols), positive = p - cases[k].zeros, length;
        double joint, *centres, off = 0;
        arb_ptr sigma;
        cst__mat_t a;

        cst__mat_init(a, cases[k].rows, cases[k].cols);
        for (slong i = 0; i < positive; i++)
            a->x[i * (a->cols + 1)] = 3 * pow(cases[k].least, (double) i / (double) (positive - 1));
        for (int i = 0; i < 4; i++)
            reflect(a, &state, i % 2);
        sigma = cst__mat_singular_values(&length, &centres, &joint, a);
        cr_assert_eq(length, p);
        cr_assert(joint < 3 * 16 * cases[k].narrow, "case %zu: %g", k, joint);
        for (slong i = 0; i < p; i++)
        {
            double truth = i < positive ? 3 * pow(cases[k].least, (double) i / (double) (positive - 1)) : 0;

            cr_assert(fabs(arf_get_d(arb_midref(sigma + i), ARF_RND_NEAR) - truth) <=
                          mag_get_d(arb_radref(sigma + i)) + 1e-13,
                      "case %zu: number %ld", k, (long) i);
            cr_assert(mag_get_d(arb_radref(sigma + i)) < 3 * cases[k].narrow, "case %zu: number %ld", k,
                      (long) i);
            off += (centres[i] - truth) * (centres[i] - truth);
        }
        cr_assert(sqrt(off) <= joint + 1e-12);
        _arb_vec_clear(sigma, p);
        flint_free(centres);
        cst__mat_clear(a);
    }
}

/* Equal weights have their number, one weight 1; two of weight w and 1 - w: exp of the binary entropy. */
Test(matrix, effective_numbers)
{
    arb_t number, truth, t;
    arb_ptr w = _arb_vec_init(40);

    arb_init(number);
    arb_init(truth);
    arb_init(t);
    for (slong n = 1; n <= 40; n++)
    {
        for (slong i = 0; i < 40; i++)
            arb_set_d(w + i, i < n ? 0.7 : 0);
        cst__effective_number(number, w, 40);
        cr_assert(arb_contains_si(number, n) && mag_cmp_2exp_si(arb_radref(number), -40) < 0);
        /* nearly nothing in the others: the number still lies within */
        for (slong i = n; i < 40; i++)
            cst__ball(w + i, 0, 1e-20);
        cst__effective_number(number, w, 40);
        cr_assert(arb_contains_si(number, n) && mag_cmp_2exp_si(arb_radref(number), -30) < 0);
    }
    arb_set_d(w, 3);
    arb_set_d(w + 1, 1);
    cst__effective_number(number, w, 2);
    /* (3/4)^(-3/4) (1/4)^(-1/4) = 4 / 3^(3/4) */
    arb_set_si(truth, 27);
    arb_root_ui(truth, truth, 4, 128);
    arb_ui_div(truth, 4, truth, 128);
    cr_assert(arb_overlaps(number, truth));
    arb_zero(w);
    arb_zero(w + 1);
    cst__effective_number(number, w, 2);
    cr_assert(!arb_is_finite(number));
    arb_clear(number);
    arb_clear(truth);
    arb_clear(t);
    _arb_vec_clear(w, 40);
}
