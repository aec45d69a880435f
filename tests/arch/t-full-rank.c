/* Certain ranks in doubles, and derivatives with bounds. */
#include <math.h>

#include "helper.h"

#include "arch/full-rank.h"
#include "arch/rank.h"
#include "arch/reverse.h"

TestSuite(arch_full_rank, .timeout = 60);

#define ROWS 40
#define COLUMNS 30

/* Rows of length about 1. */
static void
draw_matrix(double *x, ulong seed)
{
    for (slong i = 0; i < ROWS * COLUMNS; i++)
        x[i] = ((double) cst__arch_draw(&seed, 1000) - 500) / 2000;
}

static void
fill(double *error, double e)
{
    for (slong i = 0; i < ROWS; i++)
        error[i] = e;
}

/* Independent columns are counted as long as the error cannot make them dependent: the least singular value
   is known here, as the last column is that far from the others. */
Test(arch_full_rank, as_far_as_the_error_allows)
{
    double x[ROWS * COLUMNS], error[ROWS];

    draw_matrix(x, 1);
    fill(error, 0);
    cr_assert_eq(cst__certified_columns(x, error, ROWS, COLUMNS), COLUMNS);
    fill(error, 1);
    cr_assert_eq(cst__certified_columns(x, error, ROWS, COLUMNS), 0);
    fill(error, NAN);
    cr_assert_eq(cst__certified_columns(x, error, ROWS, COLUMNS), 0);

    for (int k = 4; k < 30; k++)
    {
        double distance = ldexp(1, -k);

        draw_matrix(x, 2);
        for (slong i = 0; i < ROWS; i++)
            x[i * COLUMNS + COLUMNS - 1] = x[i * COLUMNS] / 2 + (i == 7 ? distance : 0);
        fill(error, distance / 1024);
        cr_assert_eq(cst__certified_columns(x, error, ROWS, COLUMNS), COLUMNS, "%d", k);
        fill(error, distance); /* row 7 may be such that the last column is a multiple of the first */
        cr_assert_lt(cst__certified_columns(x, error, ROWS, COLUMNS), COLUMNS, "%d", k);
    }
}

/* Columns that depend on others are left out; of what is exact nothing more is claimed. */
Test(arch_full_rank, dependent_columns)
{
    double x[ROWS * COLUMNS], error[ROWS];

    for (slong dependent = 1; dependent < 10; dependent += 4)
    {
        draw_matrix(x, 3);
        for (slong i = 0; i < ROWS; i++)
            for (slong j = 0; j < dependent; j++)
                x[i * COLUMNS + 3 * j + 2] = x[i * COLUMNS] - x[i * COLUMNS + 3 * j + 1];
        fill(error, 1e-18);
        cr_assert_eq(cst__certified_columns(x, error, ROWS, COLUMNS), COLUMNS - dependent);
    }
    memset(x, 0, sizeof x);
    cr_assert_eq(cst__certified_columns(x, error, ROWS, COLUMNS), 0);
}

/* Against balls of three times the digits: the true number is within the bound, and the bound is narrow. */
Test(arch_full_rank, bounded_derivatives)
{
    static const char *const texts[] = {
        "{kind: mlp, widths: [2, 5, 4, 2], activation: gelu, bias: true}",
        "{kind: mlp, widths: [3, 5, 2], activation: relu, norm: weight, bias: true}",
        "{kind: transformer, vocabulary: 5, context: 3, width: 4, layers: 2, heads: 2, hidden: 3}",
    };

    for (size_t n = 0; n < sizeof texts / sizeof *texts; n++)
    {
        cst_arch_t arch;
        cst_tape_t tape;
        ulong state = 5;
        slong size;
        arb_ptr work, gradient;
        cst__bounded_t *left, *bounded;
        double seeds[100] = {0};
        arf_t distance, t;

        make_arch(arch, texts[n]);
        cr_assert_eq(cst__arch_compile_open(tape, arch, NULL), CST_OK);
        size = tape->length;
        work = _arb_vec_init(4 * size + 2 * tape->inputs);
        gradient = work + 4 * size + tape->inputs;
        left = flint_malloc((size_t) (3 * size + tape->inputs) * sizeof *left);
        bounded = left + 3 * size;
        for (slong i = 0; i < tape->inputs; i++)
        {
            arb_set_si(work + 4 * size + i, (slong) cst__arch_draw(&state, 2000) - 1000);
            arb_mul_2exp_si(work + 4 * size + i, work + 4 * size + i, -9);
        }
        cst__reverse_arb(work, work + size, work + 2 * size, tape, work + 4 * size, 400);
        cr_assert(cst__reverse_bounded(left, left + size, tape, work + 4 * size, 128));
        seeds[1] = 1;
        cst__reverse_arb_gradient(gradient, work + 3 * size, work + size, work + 2 * size, tape, 1, 400);
        cst__reverse_bounded_gradient(bounded, left + 2 * size, left, left + size, tape, seeds);
        arf_init(distance);
        arf_init(t);
        for (slong p = 0; p < tape->inputs; p++)
        {
            arf_set_d(distance, bounded[p].centre);
            arf_set_d(t, bounded[p].rest);
            arf_add(distance, distance, t, ARF_PREC_EXACT, ARF_RND_DOWN);
            arf_sub(distance, distance, arb_midref(gradient + p), 64, ARF_RND_UP);
            arf_abs(distance, distance);
            cr_assert_leq(arf_cmp_d(distance, bounded[p].bound), 0, "%s: parameter %ld", texts[n], (long) p);
            cr_assert_lt(bounded[p].bound, 1e-20 * (1 + fabs(bounded[p].centre)), "%s: %g", texts[n],
                         bounded[p].bound);
            cr_assert_leq(fabs(bounded[p].rest), 0x1p-53 * fabs(bounded[p].centre));
        }
        arf_clear(distance);
        arf_clear(t);
        flint_free(left);
        _arb_vec_clear(work, 4 * size + 2 * tape->inputs);
        cst_tape_clear(tape);
        cst_arch_clear(arch);
    }
}
