/* lie/strata.c -- where the rank of fields is smaller than at a generic point.

   There all minors of the generic size vanish. Each is a product of irreducible polynomials, so a point where
   all vanish is a zero of at least one factor of each: the set is the union, over the minimal sets H of
   factors that meet the factors of every minor, of the common zeros of H. */
#include <stdint.h>

#include "lie/strata.h"

#define MOST_MINORS 1000
#define MOST_TERMS 20000
#define MOST_FACTORS 512
#define MOST_STRATA 256
#define WORDS (MOST_FACTORS / 64)

/* A set of factors. */
typedef struct
{
    uint64_t bits[WORDS];
} set_t;

static int
is_subset(const set_t *a, const set_t *b)
{
    for (int i = 0; i < WORDS; i++)
        if (a->bits[i] & ~b->bits[i])
            return 0;
    return 1;
}

static int
meets(const set_t *a, const set_t *b)
{
    for (int i = 0; i < WORDS; i++)
        if (a->bits[i] & b->bits[i])
            return 1;
    return 0;
}

static int
has(const set_t *a, slong k)
{
    return (int) (a->bits[k / 64] >> (k % 64) & 1);
}

typedef struct
{
    cst__fields_t *g;
    const fmpz_mpoly_ctx_struct *ctx;
    fmpz_mpoly_struct *factors; /* all irreducible factors seen */
    slong factor_count;
    set_t *minors; /* the factors of each, minimal ones only */
    slong minor_count, minor_alloc;
    set_t *strata;
    slong strata_count;
    int failed, empty; /* empty: a minor has no zero, so there are no strata */
} search_t;

static double
binomial(slong n, slong k)
{
    double b = 1;

    for (slong i = 0; i < k; i++)
        b *= (double) (n - i) / (double) (i + 1);
    return b;
}

/* Minors -------------------------------------------------------------------- */

/* A polynomial that cannot vanish: a power of an exponential, or one given to be positive. */
static int
never_zero(search_t *s, const fmpz_mpoly_t p)
{
    cst__normal_t x;
    cst_expr_t e;
    cst_truth_t truth = CST_FALSE;

    cst__normal_init(x, s->g->ctx);
    fmpz_mpoly_set(&x->num, p, s->ctx);
    e = cst__normal_expr(x, s->g->ctx);
    cst__normal_clear(x, s->g->ctx);
    if (e && cst_expr_kind(e) == CST_EXPR_EXP)
        return 1;
    for (slong i = 0; i < s->g->chart->positive_length && e && truth != CST_TRUE; i++)
    {
        cst_expr_t q = s->g->chart->positive[i];

        truth = cst_lie_is_zero(NULL, s->g->chart, cst_expr_sub(s->g->chart->ctx, e, q));
        if (truth != CST_TRUE)
            truth = cst_lie_is_zero(NULL, s->g->chart, cst_expr_add(s->g->chart->ctx, e, q));
    }
    return truth == CST_TRUE;
}

/* The number of a factor, -1 if it never vanishes, -2 if there are too many. */
static slong
factor_number(search_t *s, const fmpz_mpoly_t p)
{
    slong k;

    for (k = 0; k < s->factor_count; k++)
        if (fmpz_mpoly_equal(s->factors + k, p, s->ctx))
            return k;
    if (fmpz_mpoly_is_fmpz(p, s->ctx) || never_zero(s, p))
        return -1;
    if (k == MOST_FACTORS)
        return -2;
    fmpz_mpoly_init(s->factors + k, s->ctx);
    fmpz_mpoly_set(s->factors + k, p, s->ctx);
    return s->factor_count++;
}

/* Keeps the minimal sets only. */
static void
add_minor(search_t *s, const set_t *set)
{
    slong kept = 0;

    for (slong i = 0; i < s->minor_count; i++)
        if (is_subset(s->minors + i, set))
            return;
    for (slong i = 0; i < s->minor_count; i++)
        if (!is_subset(set, s->minors + i))
            s->minors[kept++] = s->minors[i];
    s->minor_count = kept;
    if (kept == s->minor_alloc)
    {
        s->minor_alloc = 2 * s->minor_alloc + 16;
        s->minors = flint_realloc(s->minors, (size_t) s->minor_alloc * sizeof *s->minors);
    }
    s->minors[s->minor_count++] = *set;
}

/* Is p divisible by all factors of a minor before? Then it adds nothing, and need not be factored. */
static int
is_implied(const search_t *s, const fmpz_mpoly_t p)
{
    set_t divisors = {{0}};
    fmpz_mpoly_t quotient;

    fmpz_mpoly_init(quotient, s->ctx);
    for (slong k = 0; k < s->factor_count; k++)
        if (fmpz_mpoly_divides(quotient, p, s->factors + k, s->ctx))
            divisors.bits[k / 64] |= UINT64_C(1) << (k % 64);
    fmpz_mpoly_clear(quotient, s->ctx);
    for (slong i = 0; i < s->minor_count; i++)
        if (is_subset(s->minors + i, &divisors))
            return 1;
    return 0;
}

static void
factor_minor(search_t *s, const fmpz_mpoly_t p)
{
    fmpz_mpoly_factor_t f;
    set_t set = {{0}};

    if (fmpz_mpoly_is_zero(p, s->ctx) || is_implied(s, p))
        return;
    if (p->length > MOST_TERMS)
    {
        s->failed = 1;
        return;
    }
    fmpz_mpoly_factor_init(f, s->ctx);
    s->failed |= !fmpz_mpoly_factor(f, p, s->ctx);
    s->empty = 1;
    for (slong i = 0; i < f->num && !s->failed; i++)
    {
        slong k;

        if (fmpz_mpoly_length(f->poly + i, s->ctx) > 0 && fmpz_sgn(f->poly[i].coeffs) < 0)
            fmpz_mpoly_neg(f->poly + i, f->poly + i, s->ctx);
        k = factor_number(s, f->poly + i);
        s->failed |= k == -2;
        if (k < 0)
            continue;
        set.bits[k / 64] |= UINT64_C(1) << (k % 64);
        s->empty = 0;
    }
    if (!s->failed && !s->empty)
        add_minor(s, &set);
    fmpz_mpoly_factor_clear(f, s->ctx);
}

/* The minors of the first k rows of a choice, by sets of columns in increasing order. */
typedef struct
{
    uint64_t *masks;
    fmpz_mpoly_struct *values;
    slong length;
} level_t;

static uint64_t
next_mask(uint64_t m)
{
    uint64_t low = m & (~m + 1), ripple = m + low;

    return ripple | (((m ^ ripple) >> 2) / low);
}

static slong
find_mask(const level_t *level, uint64_t mask)
{
    slong low = 0, high = level->length - 1;

    while (low < high)
    {
        slong middle = (low + high) / 2;

        if (level->masks[middle] < mask)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
level_clear(level_t *level, const fmpz_mpoly_ctx_struct *ctx)
{
    for (slong i = 0; i < level->length; i++)
        fmpz_mpoly_clear(level->values + i, ctx);
    flint_free(level->values);
    flint_free(level->masks);
}

/* By the last row, field `row`, from the level before. */
static void
level_next(level_t *next, const level_t *level, search_t *s, slong row, slong k)
{
    slong d = s->g->dimension, size = (slong) (binomial(d, k) + 0.5);
    fmpz_mpoly_t t;

    next->length = 0;
    next->masks = flint_malloc((size_t) (size + 1) * sizeof *next->masks);
    next->values = flint_malloc((size_t) (size + 1) * sizeof *next->values);
    fmpz_mpoly_init(t, s->ctx);
    for (uint64_t mask = (UINT64_C(1) << k) - 1; mask < UINT64_C(1) << d; mask = next_mask(mask))
    {
        fmpz_mpoly_struct *value = next->values + next->length;
        int sign = k % 2 ? 1 : -1; /* of the first column in the last row */

        fmpz_mpoly_init(value, s->ctx);
        for (slong c = 0; c < d && !s->failed; c++)
        {
            if (!(mask >> c & 1))
                continue;
            fmpz_mpoly_mul(t, &s->g->fields[row][c].num,
                           level->values + find_mask(level, mask & ~(UINT64_C(1) << c)), s->ctx);
            if (sign > 0)
                fmpz_mpoly_add(value, value, t, s->ctx);
            else
                fmpz_mpoly_sub(value, value, t, s->ctx);
            sign = -sign;
            s->failed |= value->length > MOST_TERMS;
        }
        next->masks[next->length++] = mask;
    }
    fmpz_mpoly_clear(t, s->ctx);
}

static void
minors_of_rows(search_t *s, const slong *rows, slong rank)
{
    level_t level, next;

    level.length = 1;
    level.masks = flint_calloc(1, sizeof *level.masks);
    level.values = flint_malloc(sizeof *level.values);
    fmpz_mpoly_init(level.values, s->ctx);
    fmpz_mpoly_one(level.values, s->ctx);
    for (slong k = 1; k <= rank; k++)
    {
        level_next(&next, &level, s, rows[k - 1], k);
        level_clear(&level, s->ctx);
        level = next;
    }
    for (slong i = 0; i < level.length && !s->failed && !s->empty; i++)
        factor_minor(s, level.values + i);
    level_clear(&level, s->ctx);
}

static void
all_minors(search_t *s, slong count, slong rank)
{
    slong *rows = flint_malloc((size_t) (rank + 1) * sizeof *rows), i = 0;

    for (slong k = 0; k < rank; k++)
        rows[k] = k;
    while (i >= 0 && !s->failed && !s->empty)
    {
        minors_of_rows(s, rows, rank);
        for (i = rank - 1; i >= 0 && rows[i] == count - rank + i; i--)
            ;
        for (slong k = i < 0 ? rank : i, next = i < 0 ? 0 : rows[i] + 1; k < rank; k++)
            rows[k] = next++;
    }
    flint_free(rows);
}

/* Strata -------------------------------------------------------------------- */

/* Is each factor of H the only one that meets some minor? */
static int
is_minimal(const search_t *s, const set_t *h)
{
    for (slong k = 0; k < s->factor_count; k++)
    {
        set_t smaller = *h;
        int needed = 0;

        if (!has(h, k))
            continue;
        smaller.bits[k / 64] &= ~(UINT64_C(1) << (k % 64));
        for (slong i = 0; i < s->minor_count && !needed; i++)
            needed = !meets(s->minors + i, &smaller);
        if (!needed)
            return 0;
    }
    return 1;
}

static void
add_stratum(search_t *s, const set_t *h)
{
    for (slong i = 0; i < s->strata_count; i++)
        if (is_subset(s->strata + i, h) && is_subset(h, s->strata + i))
            return;
    if (s->strata_count == MOST_STRATA)
        s->failed = 1;
    else
        s->strata[s->strata_count++] = *h;
}

/* All minimal sets that contain H: by a minor that H does not meet yet, factor by factor. */
static void
hit(search_t *s, set_t *h, const set_t *excluded)
{
    slong i = 0;
    set_t now = *excluded;

    while (i < s->minor_count && meets(s->minors + i, h))
        i++;
    if (i == s->minor_count)
    {
        if (is_minimal(s, h))
            add_stratum(s, h);
        return;
    }
    for (slong k = 0; k < s->factor_count && !s->failed; k++)
    {
        if (!has(s->minors + i, k) || has(&now, k))
            continue;
        h->bits[k / 64] |= UINT64_C(1) << (k % 64);
        if (is_minimal(s, h))
            hit(s, h, &now);
        h->bits[k / 64] &= ~(UINT64_C(1) << (k % 64));
        now.bits[k / 64] |= UINT64_C(1) << (k % 64); /* sets with it have been found */
    }
}

static void
write_strata(cst_lie_orbits_t orbits, const search_t *s)
{
    slong length = 0;
    cst__normal_t x;

    cst__normal_init(x, s->g->ctx);
    orbits->start = flint_malloc((size_t) (s->strata_count + 1) * sizeof *orbits->start);
    orbits->equations =
        flint_malloc((size_t) (s->strata_count * s->factor_count + 1) * sizeof *orbits->equations);
    for (slong i = 0; i < s->strata_count; i++)
    {
        orbits->start[i] = length;
        for (slong k = 0; k < s->factor_count; k++)
            if (has(s->strata + i, k))
            {
                cst__normal_zero(x, s->g->ctx);
                fmpz_mpoly_set(&x->num, s->factors + k, s->ctx);
                orbits->equations[length++] = cst__normal_expr(x, s->g->ctx);
            }
    }
    orbits->start[s->strata_count] = length;
    orbits->strata = s->strata_count;
    orbits->strata_proved = CST_TRUE;
    cst__normal_clear(x, s->g->ctx);
}

/* Are there few enough minors, of the rank and of the smaller sizes they are made of? */
static int
are_few(slong count, slong dimension, slong rank)
{
    int few = dimension < 60 && binomial(count, rank) * binomial(dimension, rank) <= MOST_MINORS;

    for (slong k = 1; k <= rank && few; k++)
        few = binomial(dimension, k) <= MOST_MINORS;
    return few;
}

void
cst__lie_strata(cst_lie_orbits_t orbits, cst__fields_t *g, slong count)
{
    search_t s = {.g = g, .ctx = cst__normal_mpoly(g->ctx)};
    set_t none = {{0}}, h = {{0}};

    if (orbits->rank == 0)
    {
        orbits->strata_proved = CST_TRUE;
        return;
    }
    if (!are_few(count, g->dimension, orbits->rank))
        return;
    for (slong k = 0; k < count && !s.failed; k++)
        s.failed = !cst__fields_clear_denominator(g, k);
    s.factors = flint_malloc(MOST_FACTORS * sizeof *s.factors);
    s.strata = flint_malloc(MOST_STRATA * sizeof *s.strata);
    if (!s.failed)
        all_minors(&s, count, orbits->rank);
    if (s.empty && !s.failed)
        orbits->strata_proved = CST_TRUE;
    else if (!s.failed)
    {
        hit(&s, &h, &none);
        if (!s.failed)
            write_strata(orbits, &s);
    }
    for (slong k = 0; k < s.factor_count; k++)
        fmpz_mpoly_clear(s.factors + k, s.ctx);
    flint_free(s.factors);
    flint_free(s.minors);
    flint_free(s.strata);
}
