/* tests/lie/chart.h -- a chart with named coordinates, and expressions on it from texts. */
#ifndef LIE_TEST_CHART_H
#define LIE_TEST_CHART_H

#include <criterion/criterion.h>
#include <string.h>

#include <caustic/lie.h>

#define MOST 80

typedef struct
{
    cst_lie_chart_t chart;
    char words[MOST][16];
    const char *names[MOST];
    cst_expr_t variables[MOST], positive[4];
    slong count; /* variables, of which the first chart.dimension are coordinates */
} world_t;

static inline cst_expr_t
parse(world_t *world, const char *text)
{
    cst_expr_scope_t scope = {world->names, world->variables, world->count};
    cst_error_t error;
    cst_expr_t e = NULL;

    cst_error_clear(&error);
    cr_assert_eq(cst_expr_parse(&e, world->chart.ctx, text, &scope, &error), CST_OK, "%s: column %d: %s",
                 text, error.column, error.message);
    return e;
}

/* names: words apart by spaces; `dimension` of them are coordinates. positive: an expression, or NULL. */
static inline void
world_init(world_t *world, const char *names, slong dimension, const char *positive)
{
    world->chart = (cst_lie_chart_t){cst_expr_ctx_new(), dimension, world->variables, world->positive, 0};
    for (world->count = 0; *names; world->count++)
    {
        size_t length = strcspn(names, " ");

        cr_assert(length < 16 && world->count < MOST);
        memcpy(world->words[world->count], names, length);
        world->words[world->count][length] = '\0';
        world->names[world->count] = world->words[world->count];
        world->variables[world->count] = cst_expr_variable(world->chart.ctx, world->words[world->count]);
        names += length + strspn(names + length, " ");
    }
    if (positive)
    {
        world->positive[0] = parse(world, positive);
        world->chart.positive_length = 1;
    }
}

static inline void
world_clear(world_t *world)
{
    cst_expr_ctx_free(world->chart.ctx);
    flint_cleanup();
}

/* Components apart by semicolons. */
static inline void
parse_field(cst_expr_t *field, world_t *world, const char *texts)
{
    char copy[1024], *text = copy;

    cr_assert(strlen(texts) < sizeof copy);
    strcpy(copy, texts);
    for (slong a = 0; a < world->chart.dimension; a++)
    {
        char *end = text + strcspn(text, ";");
        int last = *end == '\0';

        *end = '\0';
        field[a] = parse(world, text);
        cr_assert_eq(last, a == world->chart.dimension - 1, "%s", texts);
        text = end + 1;
    }
}

static inline void
assert_equal(world_t *world, cst_expr_t e, const char *text)
{
    cst_expr_t difference = cst_expr_sub(world->chart.ctx, e, parse(world, text));
    char *printed = cst_expr_print(world->chart.ctx, e);

    cr_assert_eq(cst_lie_is_zero(NULL, &world->chart, difference), CST_TRUE, "%s is not %s", printed, text);
    flint_free(printed);
}

#endif
