/* tests/geom/example.h -- submersions from texts. */
#ifndef GEOM_TEST_EXAMPLE_H
#define GEOM_TEST_EXAMPLE_H

#include "lie/chart.h"

#include <caustic/submersion.h>

#define MOST_GENERATORS 12
#define MOST_DIMENSION 12

/* Texts, lists apart by semicolons; generators apart by bars. NULL: none, and for the metric: Euclidean. */
typedef struct
{
    const char *name, *parameters, *coordinates, *metric, *generators, *invariants, *section;
    const char *positive, *base_positive; /* on Theta, on Q */
    int balanced;
    const char *level;
} text_t;

extern const text_t example_neuron, example_balanced_neuron, example_sphere, example_turning,
    example_rotations, example_diagonal_rotations, example_bures, example_shift, example_hopf,
    example_projective, example_neuron_3, example_balanced_neuron_3, example_product, example_unequal_pair,
    example_pairs, example_projective_plane, example_signs, example_linear_group, example_hyperbola;

/* P = U V with U = (a b; c d), V = (e f; g h): -U A, A V for A = E11, E22, E12 + E21, E12 - E21. */
#define PAIR "-a;0;-c;0;e;f;0;0|0;-b;0;-d;0;0;g;h|-b;-a;-d;-c;g;h;e;f|b;-a;d;-c;g;h;-e;-f"
#define PRODUCT "a*e + b*g;a*f + b*h;c*e + d*g;c*f + d*h"

typedef struct
{
    world_t world;
    cst_geom_submersion_t s;
    cst_geom_matrix_t metric, inverse;
    cst_expr_t field[MOST_GENERATORS][MOST_DIMENSION], invariants[MOST_DIMENSION], section[MOST_DIMENSION];
    cst_expr_t base_positive[4];
    const cst_expr_t *generators[MOST_GENERATORS];
    fmpq level[MOST_GENERATORS];
} submersion_t;

static inline slong
word_count(const char *text)
{
    slong count = 0;

    for (; *text; text += strcspn(text, " "), text += strspn(text, " "))
        count++;
    return count;
}

/* Cuts a list at its separators and parses the parts; returns how many there are. */
static inline slong
parse_list(cst_expr_t *out, world_t *world, const char *list, char separator)
{
    slong count = 0;

    while (list && *list)
    {
        char part[512];
        size_t length = strcspn(list, (char[]){separator, '\0'});

        cr_assert(length < sizeof part);
        memcpy(part, list, length);
        part[length] = '\0';
        out[count++] = parse(world, part);
        list += length + (list[length] != '\0');
    }
    return count;
}

static inline void
read_generators(submersion_t *x, const text_t *text)
{
    const char *list = text->generators;

    while (list && *list)
    {
        char part[1024];
        size_t length = strcspn(list, "|");

        cr_assert(length < sizeof part && x->s.generator_count < MOST_GENERATORS);
        memcpy(part, list, length);
        part[length] = '\0';
        cr_assert_eq(parse_list(x->field[x->s.generator_count], &x->world, part, ';'), x->s.total.dimension,
                     "%s: %s", text->name, part);
        x->generators[x->s.generator_count] = x->field[x->s.generator_count];
        x->s.generator_count++;
        list += length + (list[length] != '\0');
    }
}

static inline void
read_metric_of(submersion_t *x, const text_t *text)
{
    slong d = x->s.total.dimension, n = x->s.base.dimension;
    cst_expr_t pivots[MOST_DIMENSION];

    cst_geom_matrix_init(x->metric, x->world.chart.ctx, d, d);
    cst_geom_matrix_init(x->inverse, x->world.chart.ctx, d, d);
    for (slong a = 0; a < d; a++)
        cst_geom_matrix_entry(x->metric, a, a) = cst_expr_integer(x->world.chart.ctx, 1);
    if (text->metric)
        cr_assert_eq(cst_geom_metric_from_form(x->metric, x->world.chart.ctx, parse(&x->world, text->metric),
                                               x->world.variables + d + n, NULL),
                     CST_OK, "%s", text->name);
    cr_assert_eq(cst_geom_invert(pivots, x->inverse, &x->s.total, x->metric, NULL), CST_OK);
    x->s.metric = x->metric;
    x->s.inverse = x->inverse;
}

/* Variables: parameters, coordinates, then d + parameter. */
static inline void
submersion_init(submersion_t *x, const text_t *text)
{
    char names[1024] = "", *end;
    slong d = word_count(text->parameters), n = word_count(text->coordinates), count;
    cst_expr_t level[MOST_GENERATORS];

    memset(x, 0, sizeof *x);
    snprintf(names, sizeof names, "%s %s", text->parameters, text->coordinates);
    for (const char *p = text->parameters; *p; p += strspn(p, " "))
    {
        size_t length = strcspn(p, " ");

        end = names + strlen(names);
        snprintf(end, sizeof names - (size_t) (end - names), " d%.*s", (int) length, p);
        p += length;
    }
    world_init(&x->world, names, d, NULL);
    x->world.chart.positive_length = parse_list(x->world.positive, &x->world, text->positive, ';');
    x->s.total = x->world.chart;
    count = parse_list(x->base_positive, &x->world, text->base_positive, ';');
    x->s.base = (cst_lie_chart_t){x->world.chart.ctx, n, x->world.variables + d, x->base_positive, count};
    read_metric_of(x, text);
    read_generators(x, text);
    cr_assert_eq(parse_list(x->invariants, &x->world, text->invariants, ';'), n, "%s", text->name);
    cr_assert_eq(parse_list(x->section, &x->world, text->section, ';'), d, "%s", text->name);
    x->s.generators = x->generators;
    x->s.invariants = x->invariants;
    x->s.section = x->section;
    x->s.balanced = text->balanced;
    count = parse_list(level, &x->world, text->level, ';');
    for (slong i = 0; i < MOST_GENERATORS; i++)
        fmpq_init(x->level + i);
    for (slong i = 0; i < count; i++)
        fmpq_set(x->level + i, cst_expr_rational_value(level[i]));
    x->s.level = count ? x->level : NULL;
}

static inline void
submersion_clear(submersion_t *x)
{
    for (slong i = 0; i < MOST_GENERATORS; i++)
        fmpq_clear(x->level + i);
    cst_geom_matrix_clear(x->metric);
    cst_geom_matrix_clear(x->inverse);
    world_clear(&x->world);
}

/* Are two functions on Q equal? */
static inline void
assert_same_on_base(submersion_t *x, cst_expr_t e, cst_expr_t expected, const char *name)
{
    cst_expr_t difference = cst_expr_sub(x->world.chart.ctx, e, expected);
    char *printed = cst_expr_print(x->world.chart.ctx, e);

    cr_assert_eq(cst_lie_is_zero(NULL, &x->s.base, difference), CST_TRUE, "%s: got %s", name, printed);
    flint_free(printed);
}

/* All checks from `first` to `last`. */
static inline void
assert_checks(const text_t *text, int first, int last)
{
    submersion_t x;
    cst_geom_check_t result;

    submersion_init(&x, text);
    for (int kind = first; kind <= last; kind++)
    {
        cst_geom_submersion_check(&result, (cst_geom_check_kind_t) kind, &x.s);
        cr_expect_eq(result.holds, CST_TRUE, "%s: %s", text->name, cst_geom_check_words(result.kind));
    }
    submersion_clear(&x);
}

#endif
