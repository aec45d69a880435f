#include <criterion/criterion.h>
#include <math.h>

#include "helper.h"
#include "observe/state.h"

TestSuite(assign, .timeout = 120);

/* The least sum over all matchings of rows from row on with the columns that are free. */
static double
brute(const double *cost, slong n, slong row, unsigned used)
{
    double least = row == n ? 0 : (double) INFINITY;

    for (slong j = 0; j < n && row < n; j++)
        if (!(used >> j & 1))
            least = fmin(least, cost[row * n + j] + brute(cost, n, row + 1, used | 1U << j));
    return least;
}

Test(assign, is_as_good_as_trying_all)
{
    uint64_t state = 3;

    for (int k = 0; k < 200; k++)
    {
        slong n = 1 + k % 7, match[7];
        double cost[49], least, bound, sum = 0;
        unsigned used = 0;

        for (slong i = 0; i < n * n; i++)
            cost[i] = k % 3 ? uniform(&state) : floor(3 * uniform(&state)); /* many ties */
        least = brute(cost, n, 0, 0);
        bound = cst__assign(match, cost, n, 1e-15);
        for (slong i = 0; i < n; i++)
        {
            sum += cost[i * n + match[i]];
            used |= 1U << match[i];
        }
        cr_assert_eq(used, (1U << n) - 1);
        cr_assert_float_eq(sum, least, 1e-14);
        cr_assert_leq(bound, least);
        cr_assert_geq(bound, least - 1e-12);
    }
}
