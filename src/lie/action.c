/* lie/action.c -- actions of groups on named coordinates, as fields and maps. */
#include <string.h>

#include "lie/group.h"

void
cst_group_action_init(cst_group_action_t action, const cst_lie_chart_t *chart)
{
    *action = (cst_group_action_struct){.chart = chart};
}

static void
clear_list(cst_expr_t **list, slong count)
{
    for (slong i = 0; i < count; i++)
        flint_free(list[i]);
    flint_free(list);
}

void
cst_group_action_clear(cst_group_action_t action)
{
    clear_list(action->fields, action->field_count);
    clear_list(action->maps, action->map_count);
}

/* One more member of a list, all zero. */
static cst_expr_t *
append(cst_expr_t ***list, slong *count, const cst_lie_chart_t *chart)
{
    cst_expr_t *components = flint_malloc((size_t) (chart->dimension + 1) * sizeof *components);

    *list = flint_realloc(*list, (size_t) (*count + 1) * sizeof **list);
    (*list)[(*count)++] = components;
    for (slong a = 0; a < chart->dimension; a++)
        components[a] = cst_expr_integer(chart->ctx, 0);
    return components;
}

static cst_expr_t *
add_field(cst_group_action_t action)
{
    return append(&action->fields, &action->field_count, action->chart);
}

/* The identity, to begin with. */
static cst_expr_t *
add_map(cst_group_action_t action)
{
    cst_expr_t *map = append(&action->maps, &action->map_count, action->chart);

    for (slong a = 0; a < action->chart->dimension; a++)
        map[a] = action->chart->coordinates[a];
    return map;
}

/* Coordinates by name ------------------------------------------------------------------------ */

static slong
find(const cst_lie_chart_t *chart, const char *name)
{
    for (slong a = 0; a < chart->dimension; a++)
        if (strcmp(cst_expr_name(chart->coordinates[a]), name) == 0)
            return a;
    return -1;
}

/* Their numbers, apart from each other and from those already marked in used. NULL on error. */
static slong *
numbers_of(char *used, const cst_lie_chart_t *chart, const char *const *names, slong count,
           cst_error_t *error)
{
    slong *numbers = flint_malloc((size_t) (count + 1) * sizeof *numbers);

    for (slong i = 0; i < count; i++)
    {
        const char *why = NULL;

        numbers[i] = find(chart, names[i]);
        if (numbers[i] < 0)
            why = "is no coordinate";
        else if (used[numbers[i]]++)
            why = "stands twice";
        if (why)
        {
            cst_error_set(error, CST_BAD_INPUT, "'%s' %s", names[i], why);
            flint_free(numbers);
            return NULL;
        }
    }
    return numbers;
}

/* Numbers of two lists of names, of which second may be NULL. */
static cst_status_t
resolve(slong **first, slong **second, const cst_lie_chart_t *chart, const char *const *names, slong count,
        const char *const *others, slong other_count, cst_error_t *error)
{
    char *used = flint_calloc((size_t) chart->dimension + 1, 1);

    *first = numbers_of(used, chart, names, count, error);
    if (*first && second)
    {
        *second = numbers_of(used, chart, others, other_count, error);
        if (!*second)
        {
            flint_free(*first);
            *first = NULL;
        }
    }
    flint_free(used);
    return *first ? CST_OK : CST_BAD_INPUT;
}

/* e += factor x_a */
static void
add_multiple(cst_expr_t *e, const cst_lie_chart_t *chart, slong factor, slong a)
{
    *e = cst_expr_add(chart->ctx, *e,
                      cst_expr_mul(chart->ctx, cst_expr_integer(chart->ctx, factor), chart->coordinates[a]));
}

static void
negate(cst_expr_t *map, const cst_lie_chart_t *chart, slong a)
{
    map[a] = cst_expr_neg(chart->ctx, chart->coordinates[a]);
}

/* Linear representations ------------------------------------------------------------------------ */

static cst_status_t
add_linear(cst_expr_t *(*add)(cst_group_action_t), cst_group_action_t action, const fmpq_mat_t m,
           cst_error_t *error)
{
    const cst_lie_chart_t *chart = action->chart;
    slong n = chart->dimension;
    cst_expr_t *image;

    if (fmpq_mat_nrows(m) != n || fmpq_mat_ncols(m) != n)
        return cst_error_set(error, CST_BAD_INPUT, "the matrix is %ld x %ld, not %ld x %ld",
                             (long) fmpq_mat_nrows(m), (long) fmpq_mat_ncols(m), (long) n, (long) n);
    image = add(action);
    for (slong a = 0; a < n; a++)
    {
        image[a] = cst_expr_integer(chart->ctx, 0);
        for (slong b = 0; b < n; b++)
            image[a] =
                cst_expr_add(chart->ctx, image[a],
                             cst_expr_mul(chart->ctx, cst_expr_rational(chart->ctx, fmpq_mat_entry(m, a, b)),
                                          chart->coordinates[b]));
    }
    return CST_OK;
}

cst_status_t
cst_group_action_add_field(cst_group_action_t action, const fmpq_mat_t a, cst_error_t *error)
{
    return add_linear(add_field, action, a, error);
}

cst_status_t
cst_group_action_add_map(cst_group_action_t action, const fmpq_mat_t a, cst_error_t *error)
{
    return add_linear(add_map, action, a, error);
}

/* Actions on the parameters of networks ----------------------------------------------------------- */

cst_status_t
cst_group_action_scaling(cst_group_action_t action, const char *const *names, const slong *weights,
                         slong count, cst_error_t *error)
{
    slong *x;
    cst_expr_t *field;

    if (resolve(&x, NULL, action->chart, names, count, NULL, 0, error) != CST_OK)
        return CST_BAD_INPUT;
    field = add_field(action);
    for (slong i = 0; i < count; i++)
        add_multiple(field + x[i], action->chart, weights[i], x[i]);
    flint_free(x);
    return CST_OK;
}

cst_status_t
cst_group_action_factors(cst_group_action_t action, const char *const *u, slong m, const char *const *v,
                         slong n, slong r, cst_error_t *error)
{
    const cst_lie_chart_t *chart = action->chart;
    slong *x, *y;
    cst_expr_t *field, *map;

    if (resolve(&x, &y, chart, u, m * r, v, r * n, error) != CST_OK)
        return CST_BAD_INPUT;
    for (slong i = 0; i < r; i++) /* A = 1 + t E_ij: V_i += t V_j, and column j of U -= t column i */
        for (slong j = 0; j < r; j++)
        {
            field = add_field(action);
            for (slong k = 0; k < m; k++)
                add_multiple(field + x[k * r + j], chart, -1, x[k * r + i]);
            for (slong k = 0; k < n; k++)
                add_multiple(field + y[i * n + k], chart, 1, y[j * n + k]);
        }
    if (r > 0)
    {
        map = add_map(action);
        for (slong k = 0; k < m; k++)
            negate(map, chart, x[k * r]);
        for (slong k = 0; k < n; k++)
            negate(map, chart, y[k]);
    }
    flint_free(x);
    flint_free(y);
    return CST_OK;
}

/* For a = e^(s + it): q is scaled by e^s and k by e^-s, and both are turned by t. */
cst_status_t
cst_group_action_complex(cst_group_action_t action, const char *const *q, const char *const *k, slong pairs,
                         cst_error_t *error)
{
    const cst_lie_chart_t *chart = action->chart;
    slong *x, *y;
    cst_expr_t *field;

    if (resolve(&x, &y, chart, q, 2 * pairs, k, 2 * pairs, error) != CST_OK)
        return CST_BAD_INPUT;
    field = add_field(action);
    for (slong i = 0; i < 2 * pairs; i++)
    {
        add_multiple(field + x[i], chart, 1, x[i]);
        add_multiple(field + y[i], chart, -1, y[i]);
    }
    field = add_field(action);
    for (slong i = 0; i < 2 * pairs; i += 2)
    {
        add_multiple(field + x[i], chart, -1, x[i + 1]);
        add_multiple(field + x[i + 1], chart, 1, x[i]);
        add_multiple(field + y[i], chart, -1, y[i + 1]);
        add_multiple(field + y[i + 1], chart, 1, y[i]);
    }
    flint_free(x);
    flint_free(y);
    return CST_OK;
}

cst_status_t
cst_group_action_translation(cst_group_action_t action, const char *const *names, slong count,
                             cst_error_t *error)
{
    slong *x;
    cst_expr_t *field;

    if (resolve(&x, NULL, action->chart, names, count, NULL, 0, error) != CST_OK)
        return CST_BAD_INPUT;
    field = add_field(action);
    for (slong i = 0; i < count; i++)
        field[x[i]] = cst_expr_integer(action->chart->ctx, 1);
    flint_free(x);
    return CST_OK;
}

cst_status_t
cst_group_action_flip(cst_group_action_t action, const char *const *names, slong count, cst_error_t *error)
{
    slong *x;
    cst_expr_t *map;

    if (resolve(&x, NULL, action->chart, names, count, NULL, 0, error) != CST_OK)
        return CST_BAD_INPUT;
    map = add_map(action);
    for (slong i = 0; i < count; i++)
        negate(map, action->chart, x[i]);
    flint_free(x);
    return CST_OK;
}

cst_status_t
cst_group_action_permutation(cst_group_action_t action, const char *const *names, slong blocks, slong width,
                             cst_error_t *error)
{
    const cst_lie_chart_t *chart = action->chart;
    slong *x;

    if (resolve(&x, NULL, chart, names, blocks * width, NULL, 0, error) != CST_OK)
        return CST_BAD_INPUT;
    for (slong b = 0; b + 1 < blocks; b++)
    {
        cst_expr_t *map = add_map(action);

        for (slong i = b * width; i < (b + 1) * width; i++)
        {
            map[x[i]] = chart->coordinates[x[i + width]];
            map[x[i + width]] = chart->coordinates[x[i]];
        }
    }
    flint_free(x);
    return CST_OK;
}

cst_truth_t
cst_group_action_leaves(slong *culprit, const cst_group_action_t action, cst_expr_t f)
{
    for (slong i = 0; i < action->field_count + action->map_count; i++)
    {
        cst_truth_t truth = i < action->field_count
                                ? cst_lie_is_invariant(NULL, action->chart, action->fields[i], f)
                                : cst_lie_is_invariant_under_map(NULL, action->chart,
                                                                 action->maps[i - action->field_count], f);

        if (truth != CST_TRUE)
        {
            if (culprit)
                *culprit = i;
            return truth;
        }
    }
    return CST_TRUE;
}
