#include "config.h"

#include <string.h>

#include "observe/orbit.h"

void
cst__orbit_init(cst__orbit_t orbit, slong width, int full)
{
    memset(orbit, 0, sizeof *orbit);
    orbit->width = width;
    orbit->full = full;
}

static void
side_clear(cst__side_struct *side)
{
    flint_free(side->x);
}

void
cst__orbit_clear(cst__orbit_t orbit)
{
    for (slong i = 0; i < orbit->sides; i++)
        side_clear(orbit->side + i);
    for (slong i = 0; i < orbit->couples; i++)
    {
        side_clear(&orbit->couple[i].a);
        side_clear(&orbit->couple[i].b);
    }
    flint_free(orbit->side);
    flint_free(orbit->couple);
}

slong
cst__side_rows(const cst__side_struct *side, const cst__orbit_t orbit)
{
    return side->stacks * orbit->width + side->extra;
}

void
cst__side_init(cst__side_struct *side, const cst__orbit_t orbit, cst__stream_t stream, slong stacks,
               slong extra, slong cols)
{
    size_t count;

    *side = (cst__side_struct){stream, stacks, extra, cols, NULL, NULL};
    count = (size_t) (cst__side_rows(side, orbit) * cols);
    side->x = flint_calloc(2 * count + 1, sizeof *side->x);
    side->radius = side->x + count;
}

void
cst__orbit_take(cst__orbit_t orbit, const cst__side_struct *side)
{
    orbit->side = flint_realloc(orbit->side, (size_t) (orbit->sides + 1) * sizeof *orbit->side);
    orbit->side[orbit->sides++] = *side;
}

cst__side_struct *
cst__orbit_side(cst__orbit_t orbit, cst__stream_t stream, slong stacks, slong extra, slong cols)
{
    cst__side_struct side;

    cst__side_init(&side, orbit, stream, stacks, extra, cols);
    cst__orbit_take(orbit, &side);
    return orbit->side + orbit->sides - 1;
}

cst__couple_struct *
cst__orbit_couple(cst__orbit_t orbit, int mixed)
{
    cst__couple_struct *couple;

    orbit->couple = flint_realloc(orbit->couple, (size_t) (orbit->couples + 1) * sizeof *orbit->couple);
    couple = orbit->couple + orbit->couples++;
    memset(couple, 0, sizeof *couple);
    couple->mixed = mixed;
    return couple;
}

static void
add_square_of(arb_t square, const cst__side_struct *side, const cst__orbit_t orbit)
{
    slong count = cst__side_rows(side, orbit) * side->cols;
    double r = cst__norm_x(side->radius, count);
    arb_t t;

    arb_init(t);
    cst__sum_squares(t, side->x, count, 1);
    arb_add(square, square, t, OBS_PREC);
    cst__ball(t, 0, cst__up((2 * cst__norm_x(side->x, count) + r) * r));
    arb_add(square, square, t, OBS_PREC);
    arb_clear(t);
}

void
cst__orbit_add_square(arb_t square, const cst__orbit_t orbit)
{
    for (slong i = 0; i < orbit->sides; i++)
        add_square_of(square, orbit->side + i, orbit);
    for (slong i = 0; i < orbit->couples; i++)
    {
        add_square_of(square, &orbit->couple[i].a, orbit);
        add_square_of(square, &orbit->couple[i].b, orbit);
    }
}
