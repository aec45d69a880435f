/* arch/law.c -- conserved quantities: generators that are gradients, A x + c with a symmetric A. */
#include "arch/model.h"

/* Generators to be added up, with signs, in one copy of an algebra. */
typedef struct
{
    slong first, second; /* second -1: none */
    int sign;
} pick_t;

/* Pair k of 0 <= i <= j < n, in the order (0,0), (0,1), (1,1), (0,2), ... */
static void
pair(slong *i, slong *j, slong k)
{
    for (*j = 0; k > *j; (*j)++)
        k -= *j + 1;
    *i = k;
}

static slong
count(const cst__arch_action_t *action)
{
    slong n = action->n;

    switch (action->algebra)
    {
    case CST__ALGEBRA_DIAGONAL:
    case CST__ALGEBRA_SCALAR:
    case CST__ALGEBRA_PAIRS:
        return action->count;
    case CST__ALGEBRA_GENERAL:
        return n * (n + 1) / 2;
    case CST__ALGEBRA_COMPLEX_DIAGONAL:
        return n / 2;
    case CST__ALGEBRA_COMPLEX_GENERAL:
        return n / 2 * (n / 2);
    default:
        return 0;
    }
}

/* Hermitian matrices: real parts (p, q) + (q, p) for p <= q, then imaginary parts (p, q) - (q, p) for p < q.
 */
static pick_t
pick_hermitian(slong m, slong k)
{
    slong real = m * (m + 1) / 2, part = k >= real, p, q;

    pair(&p, &q, part ? k - real : k);
    q += part;
    return (pick_t){2 * (p * m + q) + part, p == q ? -1 : 2 * (q * m + p) + part, part ? -1 : 1};
}

static pick_t
pick(const cst__arch_action_t *action, slong k)
{
    slong i, j;

    switch (action->algebra)
    {
    case CST__ALGEBRA_GENERAL:
        pair(&i, &j, k);
        return (pick_t){i * action->n + j, i == j ? -1 : j * action->n + i, 1};
    case CST__ALGEBRA_COMPLEX_DIAGONAL:
        return (pick_t){2 * k, -1, 1};
    case CST__ALGEBRA_COMPLEX_GENERAL:
        return pick_hermitian(action->n / 2, k);
    default:
        return (pick_t){k, -1, 1};
    }
}

/* The symmetric matrices of the inner layers of a chain; false if k is beyond them. */
static int
pick_chain(pick_t *result, const cst_arch_spec_struct *spec, slong k)
{
    slong start = 0, i, j;

    for (slong l = 1; l < spec->depth; l++)
    {
        slong n = spec->widths[l];

        if (k < n * (n + 1) / 2)
        {
            pair(&i, &j, k);
            *result = (pick_t){start + i * n + j, i == j ? -1 : start + j * n + i, 1};
            return 1;
        }
        k -= n * (n + 1) / 2;
        for (int part = 0; part < CST__CHAIN_PARTS; part++)
            start += cst__arch_chain_part(spec, l, part);
    }
    return 0;
}

slong
cst_arch_law_count(const cst_arch_t arch, slong symmetry)
{
    const cst_arch_symmetry_t *s = arch->symmetries + symmetry;
    slong total = 0;

    if (fmpz_is_zero(s->conserved))
        return 0;
    if (s->actions[0].algebra == CST__ALGEBRA_CHAIN)
        for (slong l = 1; l < arch->spec->depth; l++)
            total += arch->spec->widths[l] * (arch->spec->widths[l] + 1) / 2;
    for (slong a = 0; a < s->action_count; a++)
        total += s->actions[a].copies * count(s->actions + a);
    return total;
}

/* The value at 0 of an entry of a field. Only the parameter that it moves stands beside a constant there. */
static cst_expr_t
constant_part(cst_expr_ctx_t ctx, cst_expr_t coefficient, cst_expr_t x)
{
    cst_expr_t zero = cst_expr_integer(ctx, 0);
    cst_expr_t at_zero = cst_expr_substitute(ctx, coefficient, &x, &zero, 1);

    return cst_expr_kind(at_zero) == CST_EXPR_RATIONAL ? at_zero : zero;
}

/* x.(xi(x) + xi(0))/2 for xi = A x + c: its gradient is xi. */
static cst_expr_t
potential(cst_expr_ctx_t ctx, const cst_arch_t arch, const cst_arch_generator_t xi)
{
    cst_expr_t sum = cst_expr_integer(ctx, 0), half;
    fmpq_t q;

    fmpq_init(q);
    fmpq_set_si(q, 1, 2);
    half = cst_expr_rational(ctx, q);
    fmpq_clear(q);
    for (slong i = 0; i < xi->length; i++)
    {
        cst_expr_t x = cst_arch_parameter(ctx, arch, xi->parameters[i]);
        cst_expr_t c = xi->coefficients[i];

        c = cst_expr_add(ctx, c, constant_part(ctx, c, x));
        sum = cst_expr_add(ctx, sum, cst_expr_mul(ctx, half, cst_expr_mul(ctx, x, c)));
    }
    return sum;
}

static cst_expr_t
picked(cst_expr_ctx_t ctx, const cst_arch_t arch, slong symmetry, slong start, pick_t p)
{
    cst_arch_generator_t generator;
    cst_expr_t e, other;

    cst_arch_generator_init(generator);
    cst_arch_generator(generator, ctx, arch, symmetry, start + p.first);
    e = potential(ctx, arch, generator);
    if (p.second >= 0)
    {
        cst_arch_generator(generator, ctx, arch, symmetry, start + p.second);
        other = potential(ctx, arch, generator);
        e = p.sign > 0 ? cst_expr_add(ctx, e, other) : cst_expr_sub(ctx, e, other);
    }
    cst_arch_generator_clear(generator);
    return e;
}

cst_expr_t
cst_arch_law(cst_expr_ctx_t ctx, const cst_arch_t arch, slong symmetry, slong k)
{
    const cst_arch_symmetry_t *s = arch->symmetries + symmetry;
    slong start = 0;
    pick_t p;

    if (s->actions[0].algebra == CST__ALGEBRA_CHAIN)
        return pick_chain(&p, arch->spec, k) ? picked(ctx, arch, symmetry, 0, p) : NULL;
    for (slong a = 0; a < s->action_count; a++)
    {
        const cst__arch_action_t *action = s->actions + a;
        slong laws = count(action);

        if (k < laws * action->copies)
            return picked(ctx, arch, symmetry, start + k / laws * action->count, pick(action, k % laws));
        k -= laws * action->copies;
        start += action->count * action->copies;
    }
    return NULL;
}
