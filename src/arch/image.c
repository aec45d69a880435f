/* arch/image.c -- tapes at given numbers, in a finite field. */
#include <string.h>

#include "arch/eliminate.h"
#include "arch/image.h"
#include "arch/rank.h"
#include "arch/reverse.h"

#define SIGN_PREC 256 /* where intervals of doubles do not tell a sign */

void
cst__image_init(cst__image_t image, ulong *state)
{
    ulong least = CST__ELIMINATION_PRIME_LIMIT / 4, m, g;

    memset(image, 0, sizeof *image);
    fmpq_init(image->radicand);
    do
        m = n_nextprime(least + cst__arch_draw(state, least - least / 64), 1);
    while (!n_is_prime(2 * m + 1));
    nmod_init(&image->m, m);
    nmod_init(&image->p, 2 * m + 1);
    do
        g = 2 + cst__arch_draw(state, 2 * m - 3);
    while (nmod_mul(g, g, image->p) == 1);
    image->g = nmod_mul(g, g, image->p);
}

void
cst__image_clear(cst__image_t image)
{
    fmpq_clear(image->radicand);
}

void
cst__point_init(cst__point_t *point, slong length)
{
    point->length = length;
    point->p = flint_calloc((size_t) length + 1, sizeof *point->p);
    point->m = flint_calloc((size_t) length + 1, sizeof *point->m);
    point->interval = flint_calloc((size_t) length + 1, sizeof *point->interval);
    point->ball = _arb_vec_init(length);
}

void
cst__point_clear(cst__point_t *point)
{
    flint_free(point->p);
    flint_free(point->m);
    flint_free(point->interval);
    _arb_vec_clear(point->ball, point->length);
}

/* A dyadic number modulo an odd prime. */
static ulong
residue(const arf_t x, nmod_t mod)
{
    fmpz_t man, exponent;
    ulong r, power;

    fmpz_init(man);
    fmpz_init(exponent);
    arf_get_fmpz_2exp(man, exponent, x);
    power = nmod_pow_ui(2, (ulong) FLINT_ABS(fmpz_get_si(exponent)), mod);
    if (fmpz_sgn(exponent) < 0)
        power = nmod_inv(power, mod);
    r = nmod_mul(fmpz_fdiv_ui(man, mod.n), power, mod);
    fmpz_clear(man);
    fmpz_clear(exponent);
    return r;
}

void
cst__point_set(cst__point_t *point, slong i, double x, const cst__image_t image)
{
    arb_set_d(point->ball + i, x);
    point->p[i] = residue(arb_midref(point->ball + i), image->p);
    point->m[i] = residue(arb_midref(point->ball + i), image->m);
    point->interval[i] = (cst_tape_interval_t){x, x};
}

void
cst__point_add(cst__point_t *point, slong i, slong j, slong k, const cst__image_t image)
{
    arf_t bound;

    arf_init(bound);
    arb_add(point->ball + i, point->ball + j, point->ball + k, ARF_PREC_EXACT);
    point->p[i] = nmod_add(point->p[j], point->p[k], image->p);
    point->m[i] = nmod_add(point->m[j], point->m[k], image->m);
    arf_set_round(bound, arb_midref(point->ball + i), 53, ARF_RND_FLOOR);
    point->interval[i].lower = arf_get_d(bound, ARF_RND_FLOOR);
    arf_set_round(bound, arb_midref(point->ball + i), 53, ARF_RND_CEIL);
    point->interval[i].upper = arf_get_d(bound, ARF_RND_CEIL);
    arf_clear(bound);
}

/* ---- Signs -------------------------------------------------------------------------------------- */

static int
has_steps(const cst_tape_t tape)
{
    for (slong i = 0; i < tape->length; i++)
        if (tape->ops[i].code == CST_TAPE_STEP)
            return 1;
    return 0;
}

/* By balls; 0 if they do not tell either. */
static int
steps_in_balls(char *step, const cst_tape_t tape, const cst__point_t *point)
{
    arb_ptr values = _arb_vec_init(3 * tape->length);
    int certain = 1;

    cst__reverse_arb(values, values + tape->length, values + 2 * tape->length, tape, point->ball, SIGN_PREC);
    for (slong i = 0; i < tape->length; i++)
        if (tape->ops[i].code == CST_TAPE_STEP)
        {
            step[i] = (char) arb_is_one(values + i);
            certain = certain && (arb_is_one(values + i) || arb_is_zero(values + i));
        }
    _arb_vec_clear(values, 3 * tape->length);
    return certain;
}

/* Sets step[i] to the value of each step on the tape. */
static int
find_steps(char *step, const cst_tape_t tape, const cst__point_t *point)
{
    cst_tape_interval_t *work, *outputs;
    int certain = 1;

    if (!has_steps(tape))
        return 1;
    work = flint_malloc((size_t) (tape->length + tape->output_count + 1) * sizeof *work);
    outputs = work + tape->length;
    cst_tape_eval_interval(outputs, tape, point->interval, work);
    for (slong i = 0; i < tape->length; i++)
        if (tape->ops[i].code == CST_TAPE_STEP)
        {
            cst_tape_interval_t a = work[tape->ops[i].a];

            step[i] = a.lower > 0;
            certain = certain && (a.lower > 0 || a.upper < 0);
        }
    flint_free(work);
    return certain || steps_in_balls(step, tape, point);
}

/* ---- Values ------------------------------------------------------------------------------------- */

typedef struct
{
    ulong p, m;    /* m: where algebraic */
    int algebraic; /* no exp in it */
} number_t;

static cst__image_status_t
both_mod(number_t *v, const fmpq_t q, const cst__image_t image)
{
    v->algebraic = 1;
    return cst__rational_mod(&v->p, q, image->p) && cst__rational_mod(&v->m, q, image->m)
               ? CST__IMAGE_DEFINED
               : CST__IMAGE_UNDEFINED;
}

/* The root of this number from now on. */
static cst__image_status_t
adjoin_root(cst__image_t image, const fmpq_t radicand)
{
    number_t square = {0};

    if (image->has_root)
        return fmpq_equal(image->radicand, radicand) ? CST__IMAGE_DEFINED : CST__IMAGE_BEYOND;
    if (fmpq_sgn(radicand) <= 0 || both_mod(&square, radicand, image) != CST__IMAGE_DEFINED)
        return CST__IMAGE_BEYOND;
    image->root_p = n_sqrtmod(square.p, image->p.n);
    image->root_m = n_sqrtmod(square.m, image->m.n);
    if (image->root_p == 0 || image->root_m == 0)
        return CST__IMAGE_UNDEFINED;
    fmpq_set(image->radicand, radicand);
    image->has_root = 1;
    return CST__IMAGE_DEFINED;
}

static ulong
power_mod(ulong a, slong n, nmod_t mod)
{
    ulong r = nmod_pow_ui(a, (ulong) FLINT_ABS(n), mod);

    return n < 0 ? nmod_inv(r, mod) : r;
}

/* a^n, or r^(n/2) for the rational number r whose root is adjoined. */
static cst__image_status_t
power(number_t *v, ulong *da, const cst_tape_op_t *op, const cst_tape_op_t *base, const number_t *a,
      cst__image_t image)
{
    slong n = fmpz_get_si(fmpq_numref(op->value)), d = fmpz_get_si(fmpq_denref(op->value));
    cst__image_status_t status;

    if (FLINT_ABS(n) > 1000 || d > 2)
        return CST__IMAGE_BEYOND;
    if (a->p == 0 || (a->algebraic && a->m == 0))
        return CST__IMAGE_UNDEFINED;
    v->algebraic = a->algebraic;
    if (d == 1)
    {
        v->p = power_mod(a->p, n, image->p);
        v->m = a->algebraic ? power_mod(a->m, n, image->m) : 0;
        *da = nmod_mul(n_mod2_preinv((ulong) FLINT_ABS(n), image->p.n, image->p.ninv),
                       power_mod(a->p, n - 1, image->p), image->p);
        *da = n < 0 ? nmod_neg(*da, image->p) : *da;
        return CST__IMAGE_DEFINED;
    }
    if (base->code != CST_TAPE_RATIONAL)
        return CST__IMAGE_BEYOND;
    status = adjoin_root(image, base->value);
    if (status != CST__IMAGE_DEFINED)
        return status;
    v->p = power_mod(image->root_p, n, image->p);
    v->m = power_mod(image->root_m, n, image->m);
    return CST__IMAGE_DEFINED;
}

static cst__image_status_t
function_op(number_t *v, ulong *da, const cst_tape_op_t *op, const number_t *a, char step,
            const cst__image_t image)
{
    switch (op->code)
    {
    case CST_TAPE_INVERSE:
        if (a->p == 0 || (a->algebraic && a->m == 0))
            return CST__IMAGE_UNDEFINED;
        v->p = nmod_inv(a->p, image->p);
        v->m = a->algebraic ? nmod_inv(a->m, image->m) : 0;
        v->algebraic = a->algebraic;
        *da = nmod_neg(nmod_mul(v->p, v->p, image->p), image->p);
        return CST__IMAGE_DEFINED;
    case CST_TAPE_EXP:
        if (!a->algebraic)
            return CST__IMAGE_BEYOND;
        v->p = *da = nmod_pow_ui(image->g, a->m, image->p);
        return CST__IMAGE_DEFINED;
    case CST_TAPE_STEP:
        v->p = v->m = (ulong) step;
        v->algebraic = 1;
        return CST__IMAGE_DEFINED;
    default:
        return CST__IMAGE_BEYOND;
    }
}

static void
ring_op(number_t *v, ulong *da, ulong *db, cst_tape_code_t code, const number_t *a, const number_t *b,
        const cst__image_t image)
{
    nmod_t p = image->p, m = image->m;

    v->algebraic = a->algebraic && b->algebraic;
    if (code == CST_TAPE_MUL)
    {
        v->p = nmod_mul(a->p, b->p, p);
        v->m = v->algebraic ? nmod_mul(a->m, b->m, m) : 0;
        *da = b->p;
        *db = a->p;
        return;
    }
    *da = 1;
    *db = code == CST_TAPE_ADD ? 1 : p.n - 1;
    v->p = code == CST_TAPE_ADD ? nmod_add(a->p, b->p, p) : nmod_sub(a->p, b->p, p);
    if (v->algebraic)
        v->m = code == CST_TAPE_ADD ? nmod_add(a->m, b->m, m) : nmod_sub(a->m, b->m, m);
}

static cst__image_status_t
image_op(number_t *v, ulong *da, ulong *db, const cst_tape_op_t *op, const cst_tape_op_t *ops,
         const number_t *numbers, const cst__point_t *point, char step, cst__image_t image)
{
    const number_t *a = numbers + op->a, *b = numbers + op->b;
    number_t scale = {0};
    cst__image_status_t status;

    switch (op->code)
    {
    case CST_TAPE_INPUT:
        *v = (number_t){point->p[op->a], point->m[op->a], 1};
        return CST__IMAGE_DEFINED;
    case CST_TAPE_RATIONAL:
        return both_mod(v, op->value, image);
    case CST_TAPE_ADD:
    case CST_TAPE_SUB:
    case CST_TAPE_MUL:
        ring_op(v, da, db, op->code, a, b, image);
        return CST__IMAGE_DEFINED;
    case CST_TAPE_SCALE:
        status = both_mod(&scale, op->value, image);
        ring_op(v, da, db, CST_TAPE_MUL, a, &scale, image);
        *db = 0;
        return status;
    case CST_TAPE_POWER:
        return power(v, da, op, ops + op->a, a, image);
    default:
        return function_op(v, da, op, a, step, image);
    }
}

cst__image_status_t
cst__image_reverse(ulong *values, ulong *left, ulong *right, const cst_tape_t tape, const cst__point_t *point,
                   cst__image_t image)
{
    char *step = flint_calloc((size_t) tape->length + 1, 1);
    number_t *numbers = flint_calloc((size_t) tape->length + 1, sizeof *numbers);
    cst__image_status_t status = find_steps(step, tape, point) ? CST__IMAGE_DEFINED : CST__IMAGE_EDGE;

    memset(left, 0, (size_t) tape->length * sizeof *left);
    memset(right, 0, (size_t) tape->length * sizeof *right);
    for (slong i = 0; i < tape->length && status == CST__IMAGE_DEFINED; i++)
    {
        status = image_op(numbers + i, left + i, right + i, tape->ops + i, tape->ops, numbers, point, step[i],
                          image);
        values[i] = numbers[i].p;
    }
    flint_free(numbers);
    flint_free(step);
    return status;
}

void
cst__image_gradient(ulong *gradient, ulong *adjoint, const ulong *left, const ulong *right,
                    const cst_tape_t tape, const ulong *seeds, const cst__image_t image)
{
    memset(gradient, 0, (size_t) tape->inputs * sizeof *gradient);
    memset(adjoint, 0, (size_t) tape->length * sizeof *adjoint);
    for (slong k = 0; k < tape->output_count; k++)
        adjoint[tape->outputs[k]] = nmod_add(adjoint[tape->outputs[k]], seeds[k], image->p);
    for (slong i = tape->length - 1; i >= 0; i--)
    {
        const cst_tape_op_t *op = tape->ops + i;

        if (adjoint[i] == 0)
            continue;
        if (op->code == CST_TAPE_INPUT)
            gradient[op->a] = nmod_add(gradient[op->a], adjoint[i], image->p);
        else if (op->a >= 0 && left[i] != 0)
            adjoint[op->a] = nmod_addmul(adjoint[op->a], adjoint[i], left[i], image->p);
        if (op->b >= 0 && right[i] != 0)
            adjoint[op->b] = nmod_addmul(adjoint[op->b], adjoint[i], right[i], image->p);
    }
}
