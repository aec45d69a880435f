/* lie/algebra.c -- the rank of fields, and the structure constants of their span. */
#include <caustic/lie.h>

/* Rank -------------------------------------------------------------------- */

/* The entry of the rows and columns from k on with the greatest lower bound of its magnitude. */
static int
find_pivot(slong *row, slong *column, const arb_mat_t m, slong k)
{
    arf_t best, low;
    int found = 0;

    arf_init(best);
    arf_init(low);
    for (slong i = k; i < arb_mat_nrows(m); i++)
        for (slong j = k; j < arb_mat_ncols(m); j++)
        {
            if (!arb_is_finite(arb_mat_entry(m, i, j)))
                continue;
            arb_get_abs_lbound_arf(low, arb_mat_entry(m, i, j), 53);
            if (arf_cmp(low, best) > 0)
            {
                arf_set(best, low);
                *row = i;
                *column = j;
                found = 1;
            }
        }
    arf_clear(best);
    arf_clear(low);
    return found;
}

static slong
certain_rank(arb_mat_t m, slong prec)
{
    slong k, row, column;
    arb_t factor;

    arb_init(factor);
    for (k = 0; find_pivot(&row, &column, m, k); k++)
    {
        for (slong j = 0; j < arb_mat_ncols(m); j++)
            arb_swap(arb_mat_entry(m, k, j), arb_mat_entry(m, row, j));
        for (slong i = 0; i < arb_mat_nrows(m); i++)
            arb_swap(arb_mat_entry(m, i, k), arb_mat_entry(m, i, column));
        for (slong i = k + 1; i < arb_mat_nrows(m); i++)
        {
            arb_div(factor, arb_mat_entry(m, i, k), arb_mat_entry(m, k, k), prec);
            for (slong j = k; j < arb_mat_ncols(m); j++)
                arb_submul(arb_mat_entry(m, i, j), factor, arb_mat_entry(m, k, j), prec);
        }
    }
    arb_clear(factor);
    return k;
}

slong
cst_lie_rank(const cst_lie_chart_t *chart, const cst_expr_t *const *fields, slong count, arb_srcptr point,
             slong prec)
{
    arb_mat_t m;
    slong rank;

    arb_mat_init(m, count, chart->dimension);
    for (slong i = 0; i < count; i++)
        for (slong a = 0; a < chart->dimension; a++)
            cst_expr_enclose(arb_mat_entry(m, i, a), fields[i][a], chart->coordinates, point,
                             chart->dimension, prec);
    rank = certain_rank(m, prec);
    arb_mat_clear(m);
    return rank;
}

/* Structure constants ----------------------------------------------------- */

/* The fields and their brackets: `count` columns and count(count - 1)/2 more. */
typedef struct
{
    const cst_lie_chart_t *chart;
    slong count, columns;
    const cst_expr_t **column; /* each of `dimension` components */
    cst_expr_t *brackets;
} span_t;

static void
span_init(span_t *span, const cst_lie_chart_t *chart, const cst_expr_t *const *fields, slong count)
{
    slong k = count, pairs = count * (count - 1) / 2;

    span->chart = chart;
    span->count = count;
    span->columns = count + pairs;
    span->column = flint_malloc((size_t) (span->columns + 1) * sizeof *span->column);
    span->brackets = flint_malloc((size_t) (pairs * chart->dimension + 1) * sizeof *span->brackets);
    for (slong i = 0; i < count; i++)
        span->column[i] = fields[i];
    for (slong i = 0; i < count; i++)
        for (slong j = i + 1; j < count; j++, k++)
        {
            cst_expr_t *bracket = span->brackets + (k - count) * chart->dimension;

            cst_lie_bracket(bracket, chart, fields[i], fields[j]);
            span->column[k] = bracket;
        }
}

static void
span_clear(span_t *span)
{
    flint_free(span->column);
    flint_free(span->brackets);
}

/* Scattered points with coordinates between 1/2 and 3/2. */
static void
sample_point(fmpq *point, slong dimension, ulong *seed)
{
    for (slong a = 0; a < dimension; a++)
    {
        *seed = (*seed * 1103515245u + 12345u) & 0x7fffffffu;
        fmpq_set_si(point + a, 64 + (slong) (*seed >> 16) % 128, 128);
        fmpq_canonicalise(point + a);
    }
}

/* Sets rows row ... row + dimension - 1 to the columns of the span at the point. */
static int
exact_rows(fmpq_mat_t m, slong row, const span_t *span, const fmpq *point)
{
    const cst_lie_chart_t *chart = span->chart;
    cst_expr_t *values = flint_malloc((size_t) (chart->dimension + 1) * sizeof *values), e;
    int rational = 1;

    for (slong a = 0; a < chart->dimension; a++)
        values[a] = cst_expr_rational(chart->ctx, point + a);
    for (slong k = 0; k < span->columns && rational; k++)
        for (slong a = 0; a < chart->dimension && rational; a++)
        {
            e = cst_expr_substitute(chart->ctx, span->column[k][a], chart->coordinates, values,
                                    chart->dimension);
            rational = cst_expr_kind(e) == CST_EXPR_RATIONAL;
            if (rational)
                fmpq_set(fmpq_mat_entry(m, row + a, k), cst_expr_rational_value(e));
        }
    flint_free(values);
    return rational;
}

static void
set_constants(fmpq *constants, slong count, slong i, slong j, slong k, const fmpq_t c)
{
    fmpq_set(constants + (i * count + j) * count + k, c);
    fmpq_neg(constants + (j * count + i) * count + k, c);
}

/* Reads the constants off the reduced row echelon form of (fields | brackets). Returns the rank of the
   fields, or -1 - p if bracket p is no combination of them. */
static slong
read_echelon(fmpq *constants, const fmpq_mat_t m, slong rank, slong count)
{
    slong row = 0, p = 0;

    for (slong k = 0; k < count && row < rank; k++)
    {
        if (fmpq_is_zero(fmpq_mat_entry(m, row, k)))
            continue;
        p = 0;
        for (slong i = 0; i < count; i++)
            for (slong j = i + 1; j < count; j++, p++)
                set_constants(constants, count, i, j, k, fmpq_mat_entry(m, row, count + p));
        row++;
    }
    if (row == rank)
        return rank;
    for (p = 0; fmpq_is_zero(fmpq_mat_entry(m, row, count + p)); p++)
        ;
    return -1 - p;
}

/* 1: solved, and the constants are the only possible ones; 2: solved, others are possible;
   -1 - p: bracket p is no combination; 0: the fields are not rational at rational points. */
static slong
solve_exactly(fmpq *constants, const span_t *span)
{
    slong dimension = span->chart->dimension, rank = 0, result = 0;
    fmpq *point = _fmpq_vec_init(dimension);
    ulong seed = 1;
    fmpq_mat_t m; /* in echelon form, and room for the rows of one point below */

    fmpq_mat_init(m, span->count + dimension, span->columns);
    for (slong i = 0; i < span->count + 2 && result >= 0; i++)
    {
        sample_point(point, dimension, &seed);
        if (!exact_rows(m, rank, span, point))
        {
            result = 0;
            break;
        }
        rank = fmpq_mat_rref(m, m);
        result = read_echelon(constants, m, rank, span->count);
        if (result >= 0)
            result = rank == span->count ? 1 : 2;
    }
    fmpq_mat_clear(m);
    _fmpq_vec_clear(point, dimension);
    return result;
}

/* The rational of least denominator up to 360 that is within 2^-40 of x. */
static int
nearby_rational(fmpq_t c, const arb_t x)
{
    int found = 0;
    arb_t y;
    fmpz_t n;

    arb_init(y);
    fmpz_init(n);
    for (slong d = 1; d <= 360 && !found && arb_is_finite(x); d++)
    {
        arb_mul_si(y, x, d, 256);
        arf_get_fmpz(n, arb_midref(y), ARF_RND_NEAR);
        arb_sub_fmpz(y, y, n, 256);
        arb_abs(y, y);
        arb_mul_2exp_si(y, y, 40);
        if (arf_cmpabs_2exp_si(arb_midref(y), 0) < 0)
        {
            fmpz_swap(fmpq_numref(c), n);
            fmpz_set_si(fmpq_denref(c), d);
            fmpq_canonicalise(c);
            found = 1;
        }
    }
    arb_clear(y);
    fmpz_clear(n);
    return found;
}

/* Adds F^T F and F^T B for the fields F and brackets B at one point. */
static void
add_normal_equations(arb_mat_t normal, arb_mat_t right, const span_t *span, arb_srcptr point)
{
    slong dimension = span->chart->dimension;
    arb_ptr values = _arb_vec_init(span->columns);

    for (slong a = 0; a < dimension; a++)
    {
        for (slong k = 0; k < span->columns; k++)
            cst_expr_enclose(values + k, span->column[k][a], span->chart->coordinates, point, dimension, 256);
        for (slong i = 0; i < span->count; i++)
            for (slong k = 0; k < span->columns; k++)
                arb_addmul(k < span->count ? arb_mat_entry(normal, i, k)
                                           : arb_mat_entry(right, i, k - span->count),
                           values + i, values + k, 256);
    }
    _arb_vec_clear(values, span->columns);
}

static int
read_solution(fmpq *constants, const arb_mat_t solution, slong count)
{
    slong p = 0;
    int ok = 1;
    fmpq_t c;

    fmpq_init(c);
    for (slong i = 0; i < count; i++)
        for (slong j = i + 1; j < count; j++, p++)
            for (slong k = 0; k < count && ok; k++)
            {
                ok = nearby_rational(c, arb_mat_entry(solution, k, p));
                set_constants(constants, count, i, j, k, c);
            }
    fmpq_clear(c);
    return ok;
}

/* Least squares with enclosures; the result is only a guess, tested afterwards. */
static int
solve_numerically(fmpq *constants, const span_t *span)
{
    slong dimension = span->chart->dimension;
    arb_ptr point = _arb_vec_init(dimension);
    fmpq *exact = _fmpq_vec_init(dimension);
    arb_mat_t normal, right;
    ulong seed = 1;
    int ok;

    arb_mat_init(normal, span->count, span->count);
    arb_mat_init(right, span->count, span->columns - span->count);
    for (slong i = 0; i < span->count + 2; i++)
    {
        sample_point(exact, dimension, &seed);
        for (slong a = 0; a < dimension; a++)
            arb_set_fmpq(point + a, exact + a, 256);
        add_normal_equations(normal, right, span, point);
    }
    ok = arb_mat_solve(right, normal, right, 256) && read_solution(constants, right, span->count);
    arb_mat_clear(normal);
    arb_mat_clear(right);
    _arb_vec_clear(point, dimension);
    _fmpq_vec_clear(exact, dimension);
    return ok;
}

/* [xi_i, xi_j] - c_ij^k xi_k = 0, component by component. */
static cst_truth_t
test_bracket(cst_expr_t *remainder, const span_t *span, const fmpq *constants, slong p)
{
    const cst_lie_chart_t *chart = span->chart;
    cst_truth_t truth = CST_TRUE;

    for (slong a = 0; a < chart->dimension && truth == CST_TRUE; a++)
    {
        cst_expr_t e = span->column[span->count + p][a];

        for (slong k = 0; k < span->count; k++)
            e = cst_expr_sub(
                chart->ctx, e,
                cst_expr_mul(chart->ctx, cst_expr_rational(chart->ctx, constants + k), span->column[k][a]));
        truth = cst_lie_is_zero(remainder, chart, e);
    }
    return truth;
}

cst_truth_t
cst_lie_structure_constants(fmpq *constants, slong pair[2], cst_expr_t *remainder,
                            const cst_lie_chart_t *chart, const cst_expr_t *const *fields, slong count)
{
    cst_truth_t truth = CST_TRUE;
    slong solved, p = 0;
    span_t span;

    if (remainder)
        *remainder = NULL;
    span_init(&span, chart, fields, count);
    for (slong i = 0; i < count * count * count; i++)
        fmpq_zero(constants + i);
    solved = solve_exactly(constants, &span);
    if (solved == 0 && !solve_numerically(constants, &span))
        truth = CST_UNKNOWN;
    else if (solved < 0)
        truth = CST_FALSE;
    pair[0] = 0;
    pair[1] = count > 1;
    for (slong i = 0; i < count; i++)
        for (slong j = i + 1; j < count; j++, p++)
            if (solved < 0 ? p == -1 - solved : truth == CST_TRUE)
            {
                pair[0] = i;
                pair[1] = j;
                if (solved >= 0)
                    truth = test_bracket(remainder, &span, constants + (i * count + j) * count, p);
            }
    span_clear(&span);
    return truth == CST_FALSE && solved != 1 && solved >= 0 ? CST_UNKNOWN : truth;
}
