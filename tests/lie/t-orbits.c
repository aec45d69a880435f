/* Generic orbits, strata, isotropy; monomial and classical invariants. */
#include "network.h"

TestSuite(orbits, .timeout = 120);

#define MOST_FIELDS 12

typedef struct
{
    world_t world;
    cst_expr_t components[MOST_FIELDS][MOST];
    const cst_expr_t *fields[MOST_FIELDS];
    slong count;
} group_t;

static void
group_init(group_t *g, const char *names, slong dimension, const char *positive, const char *const *texts)
{
    world_init(&g->world, names, dimension, positive);
    for (g->count = 0; texts[g->count]; g->count++)
    {
        parse_field(g->components[g->count], &g->world, texts[g->count]);
        g->fields[g->count] = g->components[g->count];
    }
}

static const struct
{
    const char *names;
    slong dimension;
    const char *positive;
    const char *fields[MOST_FIELDS];
    slong rank;
    cst_truth_t proved, strata_proved;
    const char *strata[8]; /* equations apart by semicolons, in any order */
} cases[] = {
    {"w1 w2 a", 3, NULL, {"w1; w2; -a"}, 1, CST_TRUE, CST_TRUE, {"w1; w2; a"}},
    {"w1 w2 a", 3, "a", {"w1; w2; -a"}, 1, CST_TRUE, CST_TRUE, {NULL}},
    {"x y z", 3, NULL, {"0; -z; y", "z; 0; -x", "-y; x; 0"}, 2, CST_TRUE, CST_TRUE, {"x; y; z"}},
    {"x y z", 3, NULL, {"x; 0; -z", "0; y; -z"}, 2, CST_TRUE, CST_TRUE, {"x; y", "x; z", "y; z"}},
    {"x y", 2, NULL, {"1; 0", "x; y"}, 2, CST_TRUE, CST_TRUE, {"y"}},
    {"x y", 2, NULL, {"1; 0", "0; 1", "y; -x"}, 2, CST_TRUE, CST_TRUE, {NULL}},
    {"x y", 2, NULL, {"exp(x); 0", "0; x^2 - y^2"}, 2, CST_TRUE, CST_TRUE, {"x - y", "x + y"}},
    {"x y", 2, NULL, {"1/x; 1", "x; x^2"}, 1, CST_TRUE, CST_TRUE, {NULL}},
    {"x y z", 3, NULL, {"-y; x; 0", "-y*z; x*z; 0"}, 1, CST_TRUE, CST_TRUE, {"x; y"}},
    {"x y", 2, NULL, {"sqrt(x^2 + 1); 0", "0; y"}, 2, CST_TRUE, CST_UNKNOWN, {NULL}},
    {"x y", 2, NULL, {"y*relu(x); 0", "relu(x); 0"}, 1, CST_UNKNOWN, CST_UNKNOWN, {NULL}},
    /* GL(2) on a vector and a covector: orbits of dimension 3 */
    {"x y u v",
     4,
     NULL,
     {"x; 0; -u; 0", "y; 0; 0; -u", "0; x; -v; 0", "0; y; 0; -v"},
     3,
     CST_TRUE,
     CST_TRUE,
     {"x; y", "u; v"}},
};

static int
is_stratum(world_t *world, const cst_lie_orbits_t o, slong i, const char *texts)
{
    char copy[256];
    slong count = 0;

    strcpy(copy, texts);
    for (char *text = strtok(copy, ";"); text; text = strtok(NULL, ";"), count++)
    {
        cst_expr_t e = parse(world, text);
        int found = 0;

        for (slong k = o->start[i]; k < o->start[i + 1]; k++)
            found |= cst_lie_is_zero(NULL, &world->chart,
                                     cst_expr_sub(world->chart.ctx, o->equations[k], e)) == CST_TRUE;
        if (!found)
            return 0;
    }
    return count == o->start[i + 1] - o->start[i];
}

Test(orbits, ranks_and_strata)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    {
        group_t g;
        cst_lie_orbits_t o;
        slong expected = 0;

        group_init(&g, cases[i].names, cases[i].dimension, cases[i].positive, cases[i].fields);
        cst_lie_orbits_init(o);
        cst_lie_generic_orbits(o, &g.world.chart, g.fields, g.count);
        cr_assert(o->rank == cases[i].rank && o->proved == cases[i].proved, "%s: rank %ld %d",
                  cases[i].fields[0], (long) o->rank, o->proved);
        for (; cases[i].strata[expected]; expected++)
            ;
        cr_assert_eq(o->strata_proved, cases[i].strata_proved, "%s", cases[i].fields[0]);
        cr_assert_eq(o->strata, expected, "%s: %ld strata", cases[i].fields[0], (long) o->strata);
        for (slong k = 0; k < expected; k++)
        {
            int found = 0;

            for (slong j = 0; j < o->strata; j++)
                found |= is_stratum(&g.world, o, j, cases[i].strata[k]);
            cr_assert(found, "%s: %s", cases[i].fields[0], cases[i].strata[k]);
        }
        cst_lie_orbits_clear(o);
        world_clear(&g.world);
    }
}

/* so(5, 5), found in u v; its orbits are the level sets of one quadratic form. */
Test(orbits, of_symmetries_found)
{
    world_t world;
    cst_expr_t functions[MOST_FUNCTIONS];
    cst_lie_symmetries_t s;
    cst_lie_orbits_t o;

    linear_network(&world, functions, (slong[]){1, 5, 1}, 3);
    cst_lie_symmetries_init(s);
    cst_lie_orbits_init(o);
    cst_lie_affine_symmetries(s, &world.chart, functions, 1, NULL, NULL);
    cst_lie_generic_orbits(o, &world.chart, s->fields, s->count);
    cr_assert(s->count == 45 && o->rank == 9 && o->proved == CST_TRUE);
    cst_lie_orbits_clear(o);
    cst_lie_symmetries_clear(s);
    world_clear(&world);
}

Test(orbits, isotropy)
{
    static const char *const rotations[] = {"0; -z; y", "z; 0; -x", "-y; x; 0", NULL};
    static const slong points[][3] = {{1, 2, 3}, {0, 0, 0}, {0, 0, 5}}, dimensions[] = {1, 3, 1};
    group_t g;
    fmpq *point = _fmpq_vec_init(3);
    fmpz_mat_t basis;

    group_init(&g, "x y z", 3, NULL, rotations);
    for (int i = 0; i < 3; i++)
    {
        for (int a = 0; a < 3; a++)
            fmpq_set_si(point + a, points[i][a], 1);
        cr_assert_eq(cst_lie_isotropy(basis, &g.world.chart, g.fields, g.count, point), CST_TRUE);
        cr_assert_eq(basis->r, dimensions[i]);
        for (int a = 0; a < 3 && dimensions[i] == 1; a++) /* the axis is the point */
            cr_assert_eq(fmpz_get_si(fmpz_mat_entry(basis, 0, a)) * points[i][2],
                         points[i][a] * fmpz_get_si(fmpz_mat_entry(basis, 0, 2)));
        fmpz_mat_clear(basis);
    }
    _fmpq_vec_clear(point, 3);
    world_clear(&g.world);
}

static const struct
{
    const char *names;
    slong dimension;
    const char *fields[MOST_FIELDS];
    slong count;
    const char *contains; /* a monomial that must be a product of those found, or NULL */
} tori[] = {
    {"w1 w2 a", 3, {"w1; w2; -a"}, 2, NULL},
    {"x y", 2, {"2*x; -3*y"}, 1, "x^3*y^2"},
    {"x y", 2, {"x/2; y/3"}, 1, "x^2*y^(-3)"},
    {"x y z t", 4, {"x; y; z; t", "x; -y; 0; 0"}, 2, "x*y*z^(-2)"},
    {"x y z", 3, {"x; 0; 0", "0; y; 0", "0; 0; z"}, 0, NULL},
    {"x y z", 3, {"2*x; 3*y; 5*z"}, 2, "x^(-1)*y^(-1)*z"},
};

Test(orbits, monomial_invariants)
{
    static const char *const rotation[] = {"-y; x", NULL};
    cst_lie_invariants_t s;
    group_t g;

    for (size_t i = 0; i < sizeof tori / sizeof *tori; i++)
    {
        int chosen[8];
        cst_expr_t all[8];

        group_init(&g, tori[i].names, tori[i].dimension, NULL, tori[i].fields);
        cst_lie_invariants_init(s);
        cr_assert_eq(cst_lie_monomial_invariants(s, &g.world.chart, g.fields, g.count, NULL), CST_OK);
        cr_assert(s->count == tori[i].count && s->complete == CST_TRUE);
        for (slong k = 0; k < s->count; k++)
        {
            for (slong j = 0; j < g.count; j++)
                cr_assert_eq(cst_lie_is_invariant(NULL, &g.world.chart, g.fields[j], s->functions[k]),
                             CST_TRUE);
            all[k] = s->functions[k];
        }
        cr_assert_eq(cst_lie_independent_functions(chosen, &g.world.chart, all, s->count), s->count);
        if (s->count == 1) /* a generator of the lattice, so it is the monomial or its inverse */
        {
            cst_expr_t one = cst_expr_integer(g.world.chart.ctx, 1), m = parse(&g.world, tori[i].contains);

            cr_assert(cst_lie_is_zero(NULL, &g.world.chart, cst_expr_sub(g.world.chart.ctx, all[0], m)) ==
                          CST_TRUE ||
                      cst_lie_is_zero(
                          NULL, &g.world.chart,
                          cst_expr_sub(g.world.chart.ctx, cst_expr_mul(g.world.chart.ctx, all[0], m), one)) ==
                          CST_TRUE);
        }
        cst_lie_invariants_clear(s);
        world_clear(&g.world);
    }
    group_init(&g, "x y", 2, NULL, rotation);
    cst_lie_invariants_init(s);
    cr_assert_eq(cst_lie_monomial_invariants(s, &g.world.chart, g.fields, g.count, NULL), CST_REFUSED);
    cst_lie_invariants_clear(s);
    world_clear(&g.world);
}

/* r, negative, vectors, covectors; generators; functionally independent ones = D - dimension of the orbits */
static const struct
{
    cst_lie_classical_t group;
    slong r, negative, vectors, covectors, count, independent;
} classical[] = {
    {CST_LIE_GL, 2, 0, 3, 2, 6, 6}, {CST_LIE_GL, 2, 0, 3, 3, 9, 8},   {CST_LIE_SL, 2, 0, 3, 0, 3, 3},
    {CST_LIE_SL, 2, 0, 4, 0, 6, 5}, {CST_LIE_SL, 3, 0, 3, 3, 11, 10}, {CST_LIE_O, 3, 0, 2, 0, 3, 3},
    {CST_LIE_O, 3, 1, 3, 0, 6, 6},  {CST_LIE_O, 2, 0, 3, 0, 6, 5},    {CST_LIE_SO, 3, 0, 3, 0, 7, 6},
    {CST_LIE_SP, 4, 0, 3, 0, 3, 3}, {CST_LIE_SP, 2, 0, 3, 0, 3, 3},
};

/* The generators of the algebra, as fields on all vectors and covectors, by matrices E: E x and -E^T c. */
static slong
act(cst_expr_t components[][MOST], const cst_expr_t **fields, world_t *world, size_t i)
{
    slong r = classical[i].r, count = 0;
    cst_expr_ctx_t ctx = world->chart.ctx;

    for (slong p = 0; p < r; p++)
        for (slong q = 0; q < r; q++)
        {
            slong e[16] = {0}, eta_p = p < r - classical[i].negative ? 1 : -1;
            slong eta_q = q < r - classical[i].negative ? 1 : -1, h = r / 2;

            switch (classical[i].group)
            {
            case CST_LIE_GL:
                e[p * r + q] = 1;
                break;
            case CST_LIE_SL:
                if (p == q && p == 0)
                    continue;
                e[p * r + q] = 1;
                if (p == q)
                    e[0] = -1;
                break;
            case CST_LIE_SP: /* E = J S for a symmetric S = E_pq + E_qp */
                if (p > q)
                    continue;
                e[(p < h ? p + h : p - h) * r + q] += p < h ? -1 : 1;
                e[(q < h ? q + h : q - h) * r + p] += q < h ? -1 : 1;
                break;
            default:
                if (p >= q)
                    continue;
                e[p * r + q] = eta_q;
                e[q * r + p] = -eta_p;
            }
            for (slong k = 0; k < classical[i].vectors + classical[i].covectors; k++)
                for (slong a = 0; a < r; a++)
                {
                    cst_expr_t sum = cst_expr_integer(ctx, 0);

                    for (slong b = 0; b < r; b++)
                        sum = cst_expr_add(
                            ctx, sum,
                            cst_expr_mul(ctx,
                                         cst_expr_integer(ctx, k < classical[i].vectors ? e[a * r + b]
                                                                                        : -e[b * r + a]),
                                         world->variables[k * r + b]));
                    components[count][k * r + a] = sum;
                }
            fields[count] = components[count];
            count++;
        }
    return count;
}

Test(orbits, classical_invariants)
{
    for (size_t i = 0; i < sizeof classical / sizeof *classical; i++)
    {
        char names[512] = "";
        slong r = classical[i].r, n = (classical[i].vectors + classical[i].covectors) * r, count,
              fields_count;
        cst_expr_t *functions, components[16][MOST];
        const cst_expr_t *fields[16];
        world_t world;
        int chosen[64], some[64];
        slong before = 0, rank;
        cst_lie_orbits_t o;

        for (slong k = 0; k < n; k++)
            sprintf(names + strlen(names), "x%ld%s", (long) k, k + 1 < n ? " " : "");
        world_init(&world, names, n, NULL);
        count = cst_lie_classical_invariants(
            &functions, world.chart.ctx, classical[i].group, r, classical[i].negative, world.variables,
            classical[i].vectors, world.variables + r * classical[i].vectors, classical[i].covectors);
        cr_assert_eq(count, classical[i].count, "%d: %ld", (int) i, (long) count);
        cr_assert_eq(cst_lie_independent_functions(chosen, &world.chart, functions, count),
                     classical[i].independent);
        for (slong k = 0; k < count; k++, before = rank) /* those that add to the rank of the ones before */
        {
            rank = cst_lie_independent_functions(some, &world.chart, functions, k + 1);
            cr_assert_eq(chosen[k], rank > before, "%d: function %ld", (int) i, (long) k);
        }
        fields_count = act(components, fields, &world, i);
        for (slong k = 0; k < count; k++)
            for (slong j = 0; j < fields_count; j++)
                cr_assert_eq(cst_lie_is_invariant(NULL, &world.chart, fields[j], functions[k]), CST_TRUE,
                             "%d: function %ld, field %ld", (int) i, (long) k, (long) j);
        cst_lie_orbits_init(o);
        cst_lie_generic_orbits(o, &world.chart, fields, fields_count);
        cr_assert(o->proved == CST_TRUE && o->rank == n - classical[i].independent, "%d", (int) i);
        cst_lie_orbits_clear(o);
        flint_free(functions);
        world_clear(&world);
    }
}
