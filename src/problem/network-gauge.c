/* problem/network-gauge.c -- the gauge of a network, and the coordinates that its symmetries leave. */
#include <string.h>

#include "problem/network.h"

/* Pivots ---------------------------------------------------------------------- */

static slong
find_parameter(const cst__network_t *net, const char *name)
{
    for (slong a = 0; a < net->count; a++)
        if (strcmp(net->names[a], name) == 0)
            return a;
    return -1;
}

/* The parameters in the order in which they are wanted as pivots: named ones, then the last ones first, and
   those that vanish at the given point last. Signs of named ones go to signs. */
static cst_status_t
wanted_pivots(slong *order, int *signs, cst__network_t *net, cst_io_node_t gauge)
{
    cst__draft_t *draft = net->draft;
    int *taken = cst__draft_alloc(draft, (size_t) net->count, sizeof *taken);
    slong length = 0, pinned = 0;

    if (gauge)
        CST__TRY(cst_io_yaml_known(draft->yaml, gauge, net->names, net->count, draft->error));
    for (slong i = 0; gauge && i < gauge->length; i++)
    {
        slong a = find_parameter(net, gauge->keys[i]->text);
        const char *value = gauge->items[i]->kind == CST_IO_SCALAR ? gauge->items[i]->text : "";

        if (strcmp(value, "1") != 0 && strcmp(value, "-1") != 0)
            return cst__draft_fail(draft, gauge->items[i], CST_BAD_INPUT, "expected 1 or -1");
        signs[a] = *value == '-' ? -1 : 1;
        taken[a] = 1;
        if (!net->in_block[a])
            order[length++] = a;
    }
    for (slong a = 0; a < net->count; a++)
        if (net->pinned[a] || (taken[a] && net->in_block[a]))
            order[net->count - 1 - pinned++] = a;
    for (int zero = 0; zero < 2; zero++)
        for (slong a = net->count - 1; a >= 0; a--)
            if (!taken[a] && !net->pinned[a] && zero == (net->around && fmpq_is_zero(net->around + a)))
                order[length++] = a;
    return CST_OK;
}

/* E: the weights in reduced echelon form, columns taken in the order. */
static void
reduce(cst__network_t *net, const slong *order)
{
    slong d = net->count, rank;
    fmpq_mat_t m;

    fmpq_mat_init(m, net->rank, d);
    for (slong r = 0; r < net->rank; r++)
        for (slong c = 0; c < d; c++)
            fmpq_set(fmpq_mat_entry(m, r, c), net->weights + r * d + order[c]);
    rank = fmpq_mat_rref(m, m);
    net->exponents = cst__network_rationals(net, rank * d);
    net->pivots = cst__draft_alloc(net->draft, (size_t) rank, sizeof *net->pivots);
    for (slong r = 0; r < rank; r++)
    {
        slong c = 0;

        while (fmpq_is_zero(fmpq_mat_entry(m, r, c)))
            c++;
        net->pivots[r] = order[c];
        for (c = 0; c < d; c++)
            fmpq_set(net->exponents + r * d + order[c], fmpq_mat_entry(m, r, c));
    }
    fmpq_mat_clear(m);
    net->rank = rank;
}

static cst_status_t
choose_signs(cst__network_t *net, const int *named, cst_io_node_t gauge)
{
    cst__draft_t *draft = net->draft;

    net->signs = cst__draft_alloc(draft, (size_t) net->rank, sizeof *net->signs);
    net->is_pivot = cst__draft_alloc(draft, (size_t) net->count, sizeof *net->is_pivot);
    for (slong r = 0; r < net->rank; r++)
    {
        slong a = net->pivots[r];
        int given = net->around ? fmpq_sgn(net->around + a) : 0;

        net->is_pivot[a] = 1 + (int) r;
        if (net->around && given == 0)
            return cst__draft_fail(
                draft, cst_io_yaml_get(draft->yaml->root, "domain"), CST_REFUSED,
                "at the given point '%s' vanishes: there the group does not act freely, or "
                "its chart needs other pivots",
                net->names[a]);
        if (given && named[a] && given != named[a])
            return cst__draft_fail(draft, gauge, CST_BAD_INPUT, "'%s' has another sign at the given point",
                                   net->names[a]);
        net->signs[r] = named[a] ? named[a] : given ? given : 1;
    }
    for (slong a = 0; gauge && a < net->count; a++)
        if (named[a] && !net->is_pivot[a] && net->pinned[a] != CST__PINNED_ONE)
            return cst__draft_fail(draft, gauge, CST_BAD_INPUT, "no symmetry is left that could set '%s'",
                                   net->names[a]);
    return CST_OK;
}

/* Coordinates ------------------------------------------------------------------- */

/* theta_a prod_r |theta_p(r)|^-E_ra */
static cst_expr_t
invariant(const cst__network_t *net, slong a)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t e = net->in_block[a] ? cst__network_block_coordinate(net, a) : cst__network_reduced(net, a);
    fmpq_t power;

    fmpq_init(power);
    for (slong r = 0; r < net->rank; r++)
    {
        cst_expr_t pivot = cst__network_reduced(net, net->pivots[r]);

        fmpq_neg(power, net->exponents + r * net->count + a);
        if (net->signs[r] < 0)
            pivot = cst_expr_neg(ctx, pivot);
        e = cst_expr_mul(ctx, e, cst_expr_power(ctx, pivot, power));
    }
    fmpq_clear(power);
    return e;
}

/* `coordinates`, or z_ and the name of the parameter */
static cst_status_t
coordinate_name(char **name, cst__network_t *net, slong a, cst_io_node_t list)
{
    cst__draft_t *draft = net->draft;
    const char *given = NULL;
    size_t size;

    if (list)
    {
        CST__TRY(cst_io_yaml_expect(draft->yaml, list->items[net->dimension], CST_IO_SCALAR, draft->error));
        CST__TRY(cst__draft_declare(draft, list->items[net->dimension]));
        given = list->items[net->dimension]->text;
        for (slong b = 0; b < net->count; b++)
            if (strcmp(net->names[b], given) == 0)
                return cst__draft_fail(draft, list->items[net->dimension], CST_BAD_INPUT,
                                       "'%.100s' is the name of a parameter", given);
    }
    size = strlen(given ? given : net->names[a]) + 3;
    *name = cst__draft_alloc(draft, size, 1);
    snprintf(*name, size, "%s%s", given ? "" : "z_", given ? given : net->names[a]);
    return CST_OK;
}

static cst_status_t
name_coordinates(cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t list = cst_io_yaml_get(cst_io_yaml_get(draft->yaml->root, "symmetry"), "coordinates");
    slong n = net->count - net->rank;

    for (slong a = 0; a < net->count; a++)
        n -= net->pinned[a] != 0;
    if (n < 1 || n > CST__PROBLEM_MAX_DIMENSION)
        return cst__draft_fail(draft, cst_io_yaml_get(draft->yaml->root, "architecture"), CST_REFUSED,
                               "%ld parameters less %ld of symmetries leave %ld coordinates, not 1 to %d: "
                               "fix some parameters",
                               (long) net->count, (long) (net->count - n), (long) n,
                               CST__PROBLEM_MAX_DIMENSION);
    if (list)
        CST__TRY(cst_io_yaml_expect(draft->yaml, list, CST_IO_SEQUENCE, draft->error));
    if (list && list->length != n)
        return cst__draft_fail(draft, list, CST_BAD_INPUT, "expected %ld names", (long) n);
    net->free = cst__draft_alloc(draft, (size_t) n, sizeof *net->free);
    net->coordinates = cst__draft_alloc(draft, (size_t) n, sizeof *net->coordinates);
    net->coordinate_values = cst__draft_alloc(draft, (size_t) n, sizeof *net->coordinate_values);
    net->invariants = cst__draft_alloc(draft, (size_t) n, sizeof *net->invariants);
    net->gauge = cst__draft_alloc(draft, (size_t) net->count, sizeof *net->gauge);
    for (slong a = 0; a < net->count; a++)
    {
        char *name = NULL;

        if (net->pinned[a])
        {
            net->gauge[a] = cst_expr_integer(draft->ctx, net->pinned[a] == CST__PINNED_ONE);
            continue;
        }
        if (net->is_pivot[a])
        {
            net->gauge[a] = cst_expr_integer(draft->ctx, net->signs[net->is_pivot[a] - 1]);
            continue;
        }
        CST__TRY(coordinate_name(&name, net, a, list));
        net->gauge[a] = cst_expr_variable(draft->ctx, name);
        net->free[net->dimension] = a;
        net->coordinates[net->dimension] = name;
        net->coordinate_values[net->dimension] = net->gauge[a];
        net->invariants[net->dimension++] = invariant(net, a);
    }
    return CST_OK;
}

static cst_status_t
read_around(cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t node = cst_io_yaml_get(cst_io_yaml_get(draft->yaml->root, "domain"), "around"), value;

    if (!node)
        return CST_OK;
    CST__TRY(cst_io_yaml_known(draft->yaml, node, net->names, net->count, draft->error));
    net->around = cst__network_rationals(net, net->count);
    for (slong a = 0; a < net->count; a++)
    {
        CST__TRY(cst_io_yaml_require(&value, draft->yaml, node, net->names[a], draft->error));
        CST__TRY(cst__network_rational(net->around + a, net, value));
    }
    return CST_OK;
}

cst_status_t
cst__network_gauge(cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t gauge = cst_io_yaml_get(cst_io_yaml_get(draft->yaml->root, "symmetry"), "gauge");
    slong *order = cst__draft_alloc(draft, (size_t) net->count, sizeof *order);
    int *named = cst__draft_alloc(draft, (size_t) net->count, sizeof *named);

    CST__TRY(read_around(net));
    CST__TRY(cst__network_symmetries(net));
    cst__network_shift_around(net);
    CST__TRY(wanted_pivots(order, named, net, gauge));
    CST__TRY(cst__network_choose_blocks(net, named, gauge));
    reduce(net, order);
    CST__TRY(choose_signs(net, named, gauge));
    return name_coordinates(net);
}

/* The domain -------------------------------------------------------------------- */

/* The coordinates of the given point; irrational ones to 40 bits: the point is only the centre of a box. */
static void
centre(fmpq *q, const cst__network_t *net)
{
    cst_expr_ctx_t ctx = net->draft->ctx;
    cst_expr_t *point = cst__draft_alloc(net->draft, (size_t) net->count, sizeof *point);
    arb_t ball;

    arb_init(ball);
    for (slong a = 0; a < net->count; a++)
        point[a] = cst_expr_rational(ctx, net->around + a);
    for (slong i = 0; i < net->dimension; i++)
    {
        cst_expr_t e = cst_expr_substitute(ctx, net->invariants[i], net->values, point, net->count);

        if (cst_expr_kind(e) == CST_EXPR_RATIONAL)
        {
            fmpq_set(q + i, cst_expr_rational_value(e));
            continue;
        }
        cst_expr_enclose(ball, e, NULL, NULL, 0, 128);
        arf_set_round(arb_midref(ball), arb_midref(ball), 40, ARF_RND_NEAR);
        arf_get_fmpq(q + i, arb_midref(ball));
    }
    arb_clear(ball);
}

static cst_status_t
domain_around(cst__network_t *net, cst_io_node_t domain)
{
    static const char *const keys[] = {"around", "radius"};
    cst__draft_t *draft = net->draft;
    cst_io_node_t node;
    fmpq *radius = cst__network_rationals(net, 1);

    CST__TRY(cst_io_yaml_known(draft->yaml, domain, keys, 2, draft->error));
    CST__TRY(cst_io_yaml_require(&node, draft->yaml, domain, "radius", draft->error));
    CST__TRY(cst__network_rational(radius, net, node));
    if (fmpq_sgn(radius) <= 0)
        return cst__draft_fail(draft, node, CST_BAD_INPUT, "expected a positive number");
    centre(net->lower, net);
    for (slong i = 0; i < net->dimension; i++)
    {
        fmpq_add(net->upper + i, net->lower + i, radius);
        fmpq_sub(net->lower + i, net->lower + i, radius);
    }
    return CST_OK;
}

cst_status_t
cst__network_domain(cst__network_t *net)
{
    cst__draft_t *draft = net->draft;
    cst_io_node_t domain = cst_io_yaml_get(draft->yaml->root, "domain"), interval;

    if (!domain && draft->purpose != CST_PROBLEM_CERTIFY)
        return CST_OK;
    CST__TRY(cst_io_yaml_require(&domain, draft->yaml, draft->yaml->root, "domain", draft->error));
    CST__TRY(cst_io_yaml_expect(draft->yaml, domain, CST_IO_MAPPING, draft->error));
    net->lower = cst__network_rationals(net, net->dimension);
    net->upper = cst__network_rationals(net, net->dimension);
    if (net->around)
        return domain_around(net, domain);
    CST__TRY(cst_io_yaml_known(draft->yaml, domain, net->coordinates, net->dimension, draft->error));
    for (slong i = 0; i < net->dimension; i++)
    {
        CST__TRY(cst_io_yaml_require(&interval, draft->yaml, domain, net->coordinates[i], draft->error));
        CST__TRY(cst_io_yaml_expect(draft->yaml, interval, CST_IO_SEQUENCE, draft->error));
        if (interval->length != 2)
            return cst__draft_fail(draft, interval, CST_BAD_INPUT, "expected [lower, upper]");
        CST__TRY(cst__network_rational(net->lower + i, net, interval->items[0]));
        CST__TRY(cst__network_rational(net->upper + i, net, interval->items[1]));
        if (fmpq_cmp(net->lower + i, net->upper + i) >= 0)
            return cst__draft_fail(draft, interval, CST_BAD_INPUT,
                                   "the lower end must be less than the upper end");
    }
    return CST_OK;
}
