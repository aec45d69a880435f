/* arch/quotient.c -- coordinates of the quotient, and a section, where they are known in closed form. */
#include <string.h>

#include "arch/model.h"

typedef struct
{
    cst_arch_quotient_struct *q;
    cst_expr_ctx_t ctx;
    const cst_arch_struct *arch;
    const int *signs;
    fmpq_t level;
    slong n, m;                 /* numbers of entries of (w_j, b_j), and of outputs */
    slong weight, bias, reader; /* tensors; bias may be -1 */
} maker_t;

static cst_expr_t
number(const maker_t *maker, slong n, ulong d)
{
    fmpq_t q;
    cst_expr_t e;

    fmpq_init(q);
    fmpq_set_si(q, n, d);
    e = cst_expr_rational(maker->ctx, q);
    fmpq_clear(q);
    return e;
}

static cst_expr_t
power(const maker_t *maker, cst_expr_t e, slong n, ulong d)
{
    fmpq_t q;

    fmpq_init(q);
    fmpq_set_si(q, n, d);
    e = cst_expr_power(maker->ctx, e, q);
    fmpq_clear(q);
    return e;
}

static cst_expr_t
named(const maker_t *maker, const char *letter, slong i, slong j)
{
    char name[64];

    snprintf(name, sizeof name, "%s%ld_%ld", letter, (long) i + 1, (long) j + 1);
    return cst_expr_variable(maker->ctx, name);
}

/* Index of entry i of (w_j, b_j), and of v_rj, in the flat vector. */
static slong
incoming(const maker_t *maker, slong j, slong i)
{
    const cst_arch_tensor_t *w = maker->arch->tensors + maker->weight;

    return i < w->shape[1] ? w->offset + j * w->shape[1] + i : maker->arch->tensors[maker->bias].offset + j;
}

static slong
outgoing(const maker_t *maker, slong r, slong j)
{
    const cst_arch_tensor_t *v = maker->arch->tensors + maker->reader;

    return v->offset + r * v->shape[1] + j;
}

static void
add_coordinate(const maker_t *maker, cst_expr_t coordinate, cst_expr_t invariant)
{
    maker->q->coordinates[maker->q->dimension] = coordinate;
    maker->q->invariants[maker->q->dimension++] = invariant;
}

static void
require_positive(const maker_t *maker, cst_expr_t above, cst_expr_t below)
{
    maker->q->positive[maker->q->positive_count] = above;
    maker->q->positive_below[maker->q->positive_count++] = below;
}

/* |v_1| on the section, from Z = |z|^2 and Y = 1 + sum y^2. Degree 1: u = v_1^2 solves Z/u - Y u = level.
   Degree k: Z v_1^(-2/k) = k v_1^2 Y. */
static cst_expr_t
first_reader(const maker_t *maker, cst_expr_t z, cst_expr_t y, slong k)
{
    cst_expr_ctx_t ctx = maker->ctx;
    cst_expr_t c = cst_expr_rational(ctx, maker->level), root;

    if (fmpq_is_zero(maker->level))
        return power(maker, cst_expr_div(ctx, z, cst_expr_mul(ctx, number(maker, k, 1), y)), k,
                     2 * (ulong) k + 2);
    root = cst_expr_add(ctx, cst_expr_mul(ctx, c, c),
                        cst_expr_mul(ctx, number(maker, 4, 1), cst_expr_mul(ctx, y, z)));
    root = cst_expr_sub(ctx, cst_expr_sqrt(ctx, root), c);
    return cst_expr_sqrt(ctx, cst_expr_div(ctx, root, cst_expr_mul(ctx, number(maker, 2, 1), y)));
}

static void
add_unit(const maker_t *maker, slong j, slong k)
{
    cst_arch_quotient_struct *q = maker->q;
    cst_expr_ctx_t ctx = maker->ctx;
    slong sign = maker->signs ? maker->signs[j] : 1;
    cst_expr_t signed_one = number(maker, sign, 1), zz = number(maker, 0, 1), yy = number(maker, 1, 1), v, a;
    cst_expr_t first = cst_expr_mul(ctx, signed_one, q->parameters[outgoing(maker, 0, j)]);
    slong start = q->dimension;

    for (slong i = 0; i < maker->n; i++)
    {
        cst_expr_t z = named(maker, "z", j, i);

        add_coordinate(
            maker, z,
            cst_expr_mul(ctx, power(maker, first, 1, (ulong) k), q->parameters[incoming(maker, j, i)]));
        zz = cst_expr_add(ctx, zz, cst_expr_mul(ctx, z, z));
    }
    for (slong r = 1; r < maker->m; r++)
    {
        cst_expr_t y = named(maker, "y", r, j);

        add_coordinate(maker, y, cst_expr_div(ctx, q->parameters[outgoing(maker, r, j)], first));
        yy = cst_expr_add(ctx, yy, cst_expr_mul(ctx, y, y));
    }
    v = first_reader(maker, zz, yy, k);
    a = power(maker, v, -1, (ulong) k);
    for (slong i = 0; i < maker->n; i++)
        q->section[incoming(maker, j, i)] = cst_expr_mul(ctx, a, q->coordinates[start + i]);
    q->section[outgoing(maker, 0, j)] = cst_expr_mul(ctx, signed_one, v);
    for (slong r = 1; r < maker->m; r++)
        q->section[outgoing(maker, r, j)] = cst_expr_mul(ctx, q->coordinates[start + maker->n + r - 1], v);
    require_positive(maker, first, zz);
    zz = number(maker, 0, 1);
    for (slong i = 0; i < maker->n; i++)
        zz = cst_expr_add(ctx, zz, cst_expr_power_si(ctx, q->parameters[incoming(maker, j, i)], 2));
    require_positive(maker, zz, q->positive_below[q->positive_count - 1]);
}

static void
add_exponential(const maker_t *maker, slong j)
{
    cst_arch_quotient_struct *q = maker->q;
    cst_expr_t bias = q->parameters[incoming(maker, j, maker->n - 1)];

    for (slong i = 0; i < maker->n - 1; i++)
    {
        add_coordinate(maker, named(maker, "z", j, i), q->parameters[incoming(maker, j, i)]);
        q->section[incoming(maker, j, i)] = q->coordinates[q->dimension - 1];
    }
    q->section[incoming(maker, j, maker->n - 1)] = number(maker, 0, 1);
    for (slong r = 0; r < maker->m; r++)
    {
        add_coordinate(maker, named(maker, "y", r, j),
                       cst_expr_mul(maker->ctx, cst_expr_function(maker->ctx, CST_EXPR_EXP, bias),
                                    q->parameters[outgoing(maker, r, j)]));
        q->section[outgoing(maker, r, j)] = q->coordinates[q->dimension - 1];
    }
}

/* What is not in a unit is seen as it is: output biases. */
static void
add_rest(const maker_t *maker)
{
    cst_arch_quotient_struct *q = maker->q;

    for (slong p = 0; p < q->parameter_count; p++)
        if (!q->section[p])
        {
            add_coordinate(maker, q->parameters[p], q->parameters[p]);
            q->section[p] = q->parameters[p];
        }
}

/* A reason for which there is no closed form, or NULL. */
static const char *
reason_against(const cst_arch_t arch, const fmpq *level)
{
    const cst_arch_spec_struct *s = arch->spec;
    int linear = s->kind == CST_ARCH_LINEAR && s->widths[1] == 1 && !s->bias;

    if (fmpz_is_zero(arch->redundancy))
        return NULL;
    if (s->kind != CST_ARCH_MLP && s->kind != CST_ARCH_MEAN_FIELD && !linear)
        return "the quotient of this kind of network has no coordinates in the catalogue";
    if (s->depth != 2)
        return "the balanced slice of a network with several hidden layers has no closed form";
    if (s->softmax || s->norm != CST_ARCH_NORM_NONE)
        return "the quotient by a softmax or a normalization has no coordinates in the catalogue";
    if (arch->symmetry_count > 0 &&
        arch->symmetries[arch->symmetry_count - 1].fact == cst__arch_facts + CST__FACT_QUADRATIC &&
        s->widths[1] > 1)
        return "the quotient by mixings of squares has no coordinates in the catalogue";
    if (level && !fmpq_is_zero(level) && s->degree > 1 && s->activation != CST_ARCH_LEAKY_RELU)
        return "a level other than 0 is known for degree 1 only";
    return NULL;
}

static void
add_units(const maker_t *maker)
{
    const cst_arch_spec_struct *s = maker->arch->spec;
    int power = s->activation == CST_ARCH_RELU || s->activation == CST_ARCH_MONOMIAL;

    for (slong j = 0; j < s->widths[1]; j++)
        if (s->activation == CST_ARCH_EXP)
            add_exponential(maker, j);
        else
            add_unit(maker, j, power ? s->degree : 1);
}

#define MOST_PARAMETERS 10000

cst_status_t
cst_arch_quotient_init(cst_arch_quotient_t quotient, cst_expr_ctx_t ctx, const cst_arch_t arch,
                       const int *signs, const fmpq *level, cst_error_t *error)
{
    const char *reason = reason_against(arch, level);
    slong p = arch->parameters;
    cst_expr_t *room;
    maker_t maker = {.q = quotient, .ctx = ctx, .arch = arch, .signs = signs};

    if (reason || p > MOST_PARAMETERS)
        return cst_error_set(error, CST_REFUSED, "%s", reason ? reason : "the network is too large");
    memset(quotient, 0, sizeof *quotient);
    room = flint_calloc((size_t) (8 * p + 1), sizeof *room);
    quotient->parameter_count = p;
    quotient->parameters = room;
    quotient->coordinates = room + p;
    quotient->invariants = room + 2 * p;
    quotient->section = room + 3 * p;
    quotient->positive = room + 4 * p;
    quotient->positive_below = room + 6 * p;
    for (slong i = 0; i < p; i++)
        quotient->parameters[i] = cst_arch_parameter(ctx, arch, i);
    fmpq_init(maker.level);
    if (level)
        fmpq_set(maker.level, level);
    if (!fmpz_is_zero(arch->redundancy))
    {
        maker.weight = cst_arch_find_tensor(arch, "w1");
        maker.bias = cst_arch_find_tensor(arch, "b1");
        maker.reader = cst_arch_find_tensor(arch, "w2");
        maker.n = arch->spec->widths[0] + (maker.bias >= 0);
        maker.m = arch->spec->widths[2];
        add_units(&maker);
    }
    add_rest(&maker);
    fmpq_clear(maker.level);
    return CST_OK;
}

void
cst_arch_quotient_clear(cst_arch_quotient_t quotient)
{
    flint_free(quotient->parameters);
}
