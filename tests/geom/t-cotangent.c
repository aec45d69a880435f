/* Reduction of Hamiltonians at momentum zero. */
#include "geom/example.h"

TestSuite(geom_cotangent, .timeout = 120);

/* The momenta of Theta are k_1, k_2, ..., those of Q are p_1, p_2, ... */
typedef struct
{
    submersion_t x;
    cst_expr_t total[MOST_DIMENSION], base[MOST_DIMENSION];
} lifted_t;

static void
name_momenta(world_t *world, cst_expr_t *momenta, char letter, slong count)
{
    for (slong i = 0; i < count; i++)
    {
        char *word = world->words[world->count];

        cr_assert(world->count < MOST);
        snprintf(word, sizeof world->words[0], "%c%d", letter, (int) (i % 99) + 1);
        world->names[world->count] = word;
        momenta[i] = world->variables[world->count++] = cst_expr_variable(world->chart.ctx, word);
    }
}

static void
lifted_init(lifted_t *l, const text_t *text)
{
    submersion_init(&l->x, text);
    name_momenta(&l->x.world, l->total, 'k', l->x.s.total.dimension);
    name_momenta(&l->x.world, l->base, 'p', l->x.s.base.dimension);
}

/* H = 1/2 g^ab k_a k_b becomes 1/2 G^ij p_i p_j, on slices too. */
Test(geom_cotangent, kinetic_energy)
{
    static const text_t *const cases[] = {&example_neuron,  &example_balanced_neuron, &example_sphere,
                                          &example_turning, &example_rotations,       &example_bures,
                                          &example_hopf,    &example_projective,      &example_product};

    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    {
        lifted_t l;
        cst_geom_matrix_t cometric;
        cst_expr_t kinetic, reduced, remainder;
        slong n, generator;

        lifted_init(&l, cases[c]);
        n = l.x.s.base.dimension;
        kinetic = cst_geom_hamiltonian(l.x.world.chart.ctx, l.x.inverse, l.total);
        for (slong g = 0; g < l.x.s.generator_count && !cases[c]->balanced; g++)
            cr_assert_eq(cst_geom_is_cotangent_invariant(&remainder, &l.x.s.total, l.total, l.x.generators[g],
                                                         kinetic),
                         CST_TRUE, "%s", cases[c]->name);
        cr_assert_eq(cst_geom_is_reducible(&generator, &remainder, kinetic, l.total, l.base, &l.x.s),
                     CST_TRUE);
        cr_assert_eq(generator, -1);
        cr_assert_eq(cst_geom_reduced_hamiltonian(&reduced, kinetic, l.total, l.base, &l.x.s, NULL), CST_OK);
        cst_geom_matrix_init(cometric, l.x.world.chart.ctx, n, n);
        cr_assert_eq(cst_geom_submersion_cometric(cometric, &l.x.s, NULL), CST_OK);
        assert_same_on_base(&l.x, reduced, cst_geom_hamiltonian(l.x.world.chart.ctx, cometric, l.base),
                            cases[c]->name);
        cst_geom_matrix_clear(cometric);
        submersion_clear(&l.x);
    }
}

/* H = <b, k> + 1/2 k^T S S^T k, with drifts and noise that the group leaves alone or not. */
static const struct
{
    const text_t *text;
    const char *hamiltonian, *reduced; /* NULL: not invariant */
} cases[] = {
    /* linear drift towards the axis, noise along it twice as strong */
    {&example_turning, "-u*k1 - v*k2 + z*k3 + (k1^2 + k2^2)/2 + 2*k3^2", "-r*p1 + h*p2 + p1^2/2 + 2*p2^2"},
    /* a drift around the axis is not seen from below */
    {&example_turning, "v*k1 - u*k2 + (k1^2 + k2^2 + k3^2)/2", "(p1^2 + p2^2)/2"},
    {&example_turning, "k1 + (k1^2 + k2^2 + k3^2)/2", NULL},
    {&example_turning, "k1^2 + (k2^2 + k3^2)/2", NULL},
    {&example_rotations, "sqrt(1 + k1^2 + k2^2 + k3^2) + exp(-u^2 - v^2 - w^2)",
     "sqrt(1 + p1^2) + exp(-r^2)"},
    /* weight decay commutes with the rescalings, though they are no isometries of the noise */
    {&example_neuron, "-w*k1 - v*k2 - a*k3 + (k1^2 + k2^2)/a^2", "-2*x*p1 - 2*y*p2 + p1^2 + p2^2"},
    {&example_neuron, "a^2*(k1^2 + k2^2)", NULL},
};

Test(geom_cotangent, general_hamiltonians)
{
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
    {
        lifted_t l;
        cst_expr_t h, reduced, remainder = NULL;
        cst_truth_t invariant = CST_TRUE, expected = cases[c].reduced ? CST_TRUE : CST_FALSE;
        slong generator;

        lifted_init(&l, cases[c].text);
        h = parse(&l.x.world, cases[c].hamiltonian);
        for (slong g = 0; g < l.x.s.generator_count && invariant == CST_TRUE; g++)
            invariant =
                cst_geom_is_cotangent_invariant(&remainder, &l.x.s.total, l.total, l.x.generators[g], h);
        cr_expect_eq(invariant, expected, "%s", cases[c].hamiltonian);
        cr_expect(invariant == CST_TRUE || remainder, "%s", cases[c].hamiltonian);
        remainder = NULL;
        cr_expect_eq(cst_geom_is_reducible(&generator, &remainder, h, l.total, l.base, &l.x.s), expected);
        cr_expect_eq(generator, expected == CST_TRUE ? -1 : 0);
        cr_assert_eq(cst_geom_reduced_hamiltonian(&reduced, h, l.total, l.base, &l.x.s, NULL), CST_OK);
        if (cases[c].reduced)
            assert_same_on_base(&l.x, reduced, parse(&l.x.world, cases[c].reduced), cases[c].hamiltonian);
        else
            cr_assert(remainder);
        submersion_clear(&l.x);
    }
}

/* Two sections of R^3/SO(3): the same reduced Hamiltonian if it is invariant, another one if not. */
Test(geom_cotangent, two_sections)
{
    static const struct
    {
        const char *hamiltonian;
        const char *reduced[2];
    } pairs[] = {
        {"(u*k1 + v*k2 + w*k3)*(u^2 + v^2 + w^2)", {"r^3*p1", "r^3*p1"}},
        {"u*k1^2", {"r*p1^2", "r*p1^2/27"}},
    };
    static const text_t *const texts[] = {&example_rotations, &example_diagonal_rotations};

    for (size_t c = 0; c < sizeof pairs / sizeof *pairs; c++)
        for (int k = 0; k < 2; k++)
        {
            lifted_t l;
            cst_expr_t reduced;

            lifted_init(&l, texts[k]);
            cr_assert_eq(cst_geom_reduced_hamiltonian(&reduced, parse(&l.x.world, pairs[c].hamiltonian),
                                                      l.total, l.base, &l.x.s, NULL),
                         CST_OK);
            assert_same_on_base(&l.x, reduced, parse(&l.x.world, pairs[c].reduced[k]), pairs[c].hamiltonian);
            submersion_clear(&l.x);
        }
}
