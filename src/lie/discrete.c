/* lie/discrete.c -- signed permutations of the coordinates that leave functions alone.

   The search is by a chain of stabilizers, from the last coordinate to the first: at level i, for each image
   of coordinate i that is not in its orbit yet, one symmetry is sought that fixes the coordinates before i
   and takes i there. The order is the product of the lengths of the orbits. */
#include <string.h>

#include <caustic/discovery.h>
#include <caustic/tape.h>

#include "lie/conditions.h"
#include "lie/profile.h"

#define MOST_STEPS 200000
#define PREC 128
#define POINTS 2

void
cst_lie_discrete_init(cst_lie_discrete_t s)
{
    s->dimension = s->count = 0;
    s->image = NULL;
    s->sign = NULL;
    fmpz_init_set_ui(s->order, 1);
    s->complete = CST_UNKNOWN;
}

void
cst_lie_discrete_clear(cst_lie_discrete_t s)
{
    flint_free(s->image);
    flint_free(s->sign);
    fmpz_clear(s->order);
}

typedef struct
{
    const cst_lie_chart_t *chart;
    const cst_expr_t *functions;
    slong length;
    int signs;
    cst_tape_t tape;
    slong inputs;   /* coordinates, then other variables */
    arb_ptr values; /* POINTS * inputs: the value that goes with coordinate a */
    arb_ptr from, to, at_from, at_to;
    cst__profile_t *profile;
    slong *image; /* the symmetry that is being built */
    int *sign;
    char *used;
    slong *order;  /* in which coordinates get images */
    slong *nearby; /* dimension^2: of how many functions is the second derivative not plainly zero? */
    slong level;   /* the signs up to this coordinate are given */
    int solve;     /* those beyond it follow from parities */
    slong steps;
    int uncertain;
} search_t;

/* Tests of a part ------------------------------------------------------------- */

/* With only x^(image a) = v_a not zero, for the first k + 1 coordinates a in order, h(x) has only
   h(x)^a = sign_a v_a not zero. */
static int
agrees_at(search_t *s, slong k, const arb_struct *values)
{
    slong d = s->chart->dimension;
    int agrees = 1;

    for (slong a = 0; a < s->inputs; a++)
    {
        arb_zero(s->from + a);
        arb_zero(s->to + a);
        if (a >= d)
        {
            arb_set(s->from + a, values + a);
            arb_set(s->to + a, values + a);
        }
    }
    for (slong i = 0; i <= k; i++)
    {
        slong a = s->order[i];

        arb_set(s->from + s->image[a], values + a);
        arb_mul_si(s->to + a, values + a, s->sign[a], PREC);
    }
    cst_tape_eval_arb(s->at_from, s->tape, s->from, PREC);
    cst_tape_eval_arb(s->at_to, s->tape, s->to, PREC);
    for (slong i = 0; i < s->length && agrees; i++)
        agrees = !arb_is_finite(s->at_from + i) || !arb_is_finite(s->at_to + i) ||
                 arb_overlaps(s->at_from + i, s->at_to + i);
    return agrees;
}

static int
agrees(search_t *s, slong k)
{
    for (int p = 0; p < POINTS; p++)
        if (!agrees_at(s, k, s->values + p * s->inputs))
            return 0;
    return 1;
}

/* Proof ------------------------------------------------------------------------- */

static void
set_map(cst_expr_t *map, const cst_lie_chart_t *chart, const slong *image, const int *sign)
{
    for (slong a = 0; a < chart->dimension; a++)
    {
        map[a] = chart->coordinates[image[a]];
        if (sign[a] < 0)
            map[a] = cst_expr_neg(chart->ctx, map[a]);
    }
}

void
cst_lie_discrete_map(cst_expr_t *map, const cst_lie_discrete_t s, slong k, const cst_lie_chart_t *chart)
{
    set_map(map, chart, s->image + k * s->dimension, s->sign + k * s->dimension);
}

/* Is each assumption taken to an assumption? */
static int
preserves_domain(const cst_lie_chart_t *chart, const cst_expr_t *map)
{
    for (slong i = 0; i < chart->positive_length; i++)
    {
        cst_expr_t e =
            cst_expr_substitute(chart->ctx, chart->positive[i], chart->coordinates, map, chart->dimension);
        int found = 0;

        for (slong j = 0; j < chart->positive_length && !found; j++)
            found = cst_lie_is_zero(NULL, chart, cst_expr_sub(chart->ctx, e, chart->positive[j])) == CST_TRUE;
        if (!found)
            return 0;
    }
    return 1;
}

static int
is_symmetry(search_t *s)
{
    const cst_lie_chart_t *chart = s->chart;
    cst_expr_t *map = flint_malloc((size_t) (chart->dimension + 1) * sizeof *map);
    cst_truth_t truth;

    set_map(map, chart, s->image, s->sign);
    truth = preserves_domain(chart, map) ? CST_TRUE : CST_FALSE;
    for (slong i = 0; i < s->length && truth == CST_TRUE; i++)
        truth = cst_lie_is_invariant_under_map(NULL, chart, map, s->functions[i]);
    s->uncertain |= truth == CST_UNKNOWN;
    flint_free(map);
    return truth == CST_TRUE;
}

/* Search ------------------------------------------------------------------------ */

static int extend(search_t *s, slong k);

/* Tries an image of the coordinate at place k of the order, and goes on. */
static int
try_image(search_t *s, slong k, slong image, int sign)
{
    int found;

    if (s->steps++ > MOST_STEPS)
    {
        s->uncertain = 1;
        return 0;
    }
    s->image[s->order[k]] = image;
    s->sign[s->order[k]] = sign;
    s->used[image] = 1;
    found = cst__profile_agrees(s->profile, s->image, s->order, k) && (s->solve || agrees(s, k)) &&
            extend(s, k + 1);
    s->used[image] = 0;
    return found;
}

/* The coordinates at the places before k have images: is there a symmetry with these? If so, it is left in
 * image and sign. */
static int
extend(search_t *s, slong k)
{
    slong d = s->chart->dimension;

    if (k == d)
        return (!s->solve || cst__profile_signs(s->sign, s->profile, s->image, s->level + 1)) &&
               is_symmetry(s);
    for (slong j = 0; j < d; j++) /* itself first, then what follows */
    {
        slong image = (s->order[k] + j) % d;

        if (!s->used[image] &&
            (try_image(s, k, image, 1) || (s->signs && !s->solve && try_image(s, k, image, -1))))
            return 1;
    }
    return 0;
}

/* Signed points 2 a + (sign < 0). Marks the orbit of 2 i under the generators; returns its length. */
static slong
mark_orbit(char *orbit, slong *queue, const cst_lie_discrete_t result, slong i)
{
    slong length = 1, d = result->dimension;

    memset(orbit, 0, (size_t) (2 * d));
    queue[0] = 2 * i;
    orbit[2 * i] = 1;
    for (slong k = 0; k < length; k++)
        for (slong g = 0; g < result->count; g++)
        {
            slong a = queue[k] / 2, odd = queue[k] % 2;
            slong next = 2 * result->image[g * d + a] + (odd ^ (result->sign[g * d + a] < 0));

            if (!orbit[next])
            {
                orbit[next] = 1;
                queue[length++] = next;
            }
        }
    return length;
}

static void
keep(cst_lie_discrete_t result, const search_t *s)
{
    slong d = result->dimension, size = (result->count + 1) * d;

    result->image = flint_realloc(result->image, (size_t) (size + 1) * sizeof *result->image);
    result->sign = flint_realloc(result->sign, (size_t) (size + 1) * sizeof *result->sign);
    memcpy(result->image + result->count * d, s->image, (size_t) d * sizeof *s->image);
    memcpy(result->sign + result->count * d, s->sign, (size_t) d * sizeof *s->sign);
    result->count++;
}

/* The coordinates up to `level` first; then always the one that has most to do with those moved so far. */
static void
set_order(search_t *s)
{
    slong d = s->chart->dimension;
    char *placed = flint_calloc((size_t) d + 1, 1);

    for (slong i = 0; i < d; i++)
    {
        slong best = i, most = -1;

        for (slong a = s->level + 1; a < d && i > s->level; a++)
        {
            slong near = 0;

            for (slong j = s->level; j < i; j++)
                near += (d + 1) * s->nearby[a * d + s->order[j]];
            for (slong j = 0; j < s->level; j++)
                near += s->nearby[a * d + s->order[j]];
            if (!placed[a] && near > most)
            {
                most = near;
                best = a;
            }
        }
        s->order[i] = best;
        placed[best] = 1;
    }
    flint_free(placed);
}

static void
search_level(cst_lie_discrete_t result, search_t *s, slong i, char *orbit, slong *queue)
{
    slong d = result->dimension, length = mark_orbit(orbit, queue, result, i);

    s->level = i;
    set_order(s);
    for (slong a = 0; a < i; a++)
    {
        s->image[a] = a;
        s->sign[a] = 1;
    }
    for (slong j = i; j < d; j++)
        for (int sign = 1; sign >= (s->signs ? -1 : 1); sign -= 2)
        {
            int found;

            if (orbit[2 * j + (sign < 0)])
                continue;
            memset(s->used, 0, (size_t) d);
            memset(s->used, 1, (size_t) i);
            found = try_image(s, i, j, sign);
            if (!found)
                continue;
            keep(result, s);
            length = mark_orbit(orbit, queue, result, i);
        }
    fmpz_mul_si(result->order, result->order, length);
}

static void
set_nearby(search_t *s)
{
    const cst_lie_chart_t *chart = s->chart;
    slong d = chart->dimension;

    for (slong i = 0; i < s->length; i++)
        for (slong a = 0; a < d; a++)
        {
            cst_expr_t e = cst_expr_derivative(chart->ctx, s->functions[i], chart->coordinates[a]);

            for (slong b = 0; b < d && !cst_expr_is_integer_value(e, 0); b++)
                s->nearby[a * d + b] +=
                    !cst_expr_is_integer_value(cst_expr_derivative(chart->ctx, e, chart->coordinates[b]), 0);
        }
}

static int
search_init(search_t *s, const cst_lie_chart_t *chart, const cst_expr_t *functions, slong length, int signs)
{
    slong d = chart->dimension;
    cst_expr_t *variables;
    flint_rand_t state;
    int compiled;

    memset(s, 0, sizeof *s);
    s->chart = chart;
    s->functions = functions;
    s->length = length;
    s->signs = signs;
    s->inputs = cst__lie_variables(&variables, chart, functions, length);
    s->image = flint_calloc((size_t) d + 1, sizeof *s->image);
    s->sign = flint_calloc((size_t) d + 1, sizeof *s->sign);
    s->used = flint_calloc((size_t) d + 1, 1);
    s->order = flint_calloc((size_t) d + 1, sizeof *s->order);
    s->nearby = flint_calloc((size_t) (d * d + 1), sizeof *s->nearby);
    set_nearby(s);
    s->values = _arb_vec_init(POINTS * s->inputs);
    s->from = _arb_vec_init(s->inputs);
    s->to = _arb_vec_init(s->inputs);
    s->at_from = _arb_vec_init(length);
    s->at_to = _arb_vec_init(length);
    flint_rand_init(state);
    for (slong i = 0; i < POINTS * s->inputs; i++)
    {
        arb_set_si(s->values + i, (slong) n_randint(state, 4000) + 100);
        arb_mul_2exp_si(s->values + i, s->values + i, -11);
    }
    flint_rand_clear(state);
    s->profile = cst__profile_new(chart, functions, length, signs);
    s->solve = signs && cst__profile_is_total(s->profile);
    compiled = cst_tape_compile(s->tape, chart->ctx, functions, length, variables, s->inputs, NULL) == CST_OK;
    flint_free(variables);
    return compiled;
}

static void
search_clear(search_t *s)
{
    cst__profile_free(s->profile);
    _arb_vec_clear(s->values, POINTS * s->inputs);
    _arb_vec_clear(s->from, s->inputs);
    _arb_vec_clear(s->to, s->inputs);
    _arb_vec_clear(s->at_from, s->length);
    _arb_vec_clear(s->at_to, s->length);
    flint_free(s->image);
    flint_free(s->sign);
    flint_free(s->used);
    flint_free(s->order);
    flint_free(s->nearby);
}

void
cst_lie_discrete_symmetries(cst_lie_discrete_t result, const cst_lie_chart_t *chart,
                            const cst_expr_t *functions, slong length, int signs)
{
    slong d = chart->dimension;
    char *orbit = flint_malloc((size_t) (2 * d + 1));
    slong *queue = flint_malloc((size_t) (2 * d + 1) * sizeof *queue);
    search_t s;

    result->dimension = d;
    result->count = 0;
    fmpz_one(result->order);
    s.uncertain = 1;
    if (search_init(&s, chart, functions, length, signs))
    {
        for (slong i = d - 1; i >= 0; i--)
            search_level(result, &s, i, orbit, queue);
        cst_tape_clear(s.tape);
    }
    else
        s.uncertain = 1;
    result->complete = s.uncertain ? CST_UNKNOWN : CST_TRUE;
    search_clear(&s);
    flint_free(queue);
    flint_free(orbit);
}
