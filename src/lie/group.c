/* lie/group.c -- groups composed of groups, and the facts that follow. */
#include "lie/group.h"

static const cst_group_struct trivial = {.kind = CST_GROUP_TRIVIAL, .p = 1};

void
cst_group_init(cst_group_t g)
{
    *g = trivial;
}

void
cst_group_clear(cst_group_t g)
{
    for (slong i = 0; i < g->length; i++)
        cst_group_clear(g->part + i);
    flint_free(g->part);
}

void
cst_group_swap(cst_group_t g, cst_group_t h)
{
    cst_group_struct t = *g;

    *g = *h;
    *h = t;
}

/* g takes the parts over. */
static void
compose(cst_group_t g, cst_group_kind_t kind, slong p, cst_group_struct *const *parts, slong length)
{
    cst_group_struct result = {.kind = kind, .p = p, .length = length};

    result.part = flint_malloc((size_t) length * sizeof *result.part);
    for (slong i = 0; i < length; i++)
    {
        result.part[i] = *parts[i];
        *parts[i] = trivial;
    }
    cst_group_clear(g);
    *g = result;
}

void
cst__group_wrap(cst_group_t g, cst_group_kind_t kind, slong p, cst_group_t part)
{
    compose(g, kind, p, (cst_group_struct *[]){part}, 1);
}

void
cst__group_join(cst_group_t g, cst_group_t a, cst_group_t b)
{
    compose(g, CST_GROUP_PRODUCT, 0, (cst_group_struct *[]){a, b}, 2);
}

slong
cst_group_degree(const cst_group_t g)
{
    switch (g->kind)
    {
    case CST_GROUP_SIGNS:
    case CST_GROUP_POSITIVE:
    case CST_GROUP_NONZERO:
        return 1;
    case CST_GROUP_COMPLEX:
    case CST_GROUP_CIRCLE:
        return 2;
    case CST_GROUP_SP:
        return 2 * g->p;
    case CST_GROUP_PRODUCT:
        return cst_group_degree(g->part) + cst_group_degree(g->part + 1);
    case CST_GROUP_POWER:
    case CST_GROUP_WREATH:
        return g->p * cst_group_degree(g->part);
    case CST_GROUP_AFFINE:
        return cst_group_degree(g->part) + 1;
    default:
        return g->p + g->q;
    }
}

slong
cst_group_dimension(const cst_group_t g)
{
    slong n = g->p + g->q;

    switch (g->kind)
    {
    case CST_GROUP_TRIVIAL:
    case CST_GROUP_SIGNS:
        return 0;
    case CST_GROUP_POSITIVE:
    case CST_GROUP_NONZERO:
    case CST_GROUP_CIRCLE:
        return 1;
    case CST_GROUP_COMPLEX:
        return 2;
    case CST_GROUP_GL:
        return n * n;
    case CST_GROUP_SL:
        return n * n - 1;
    case CST_GROUP_O:
    case CST_GROUP_SO:
        return n * (n - 1) / 2;
    case CST_GROUP_SP:
        return n * (2 * n + 1);
    case CST_GROUP_PRODUCT:
        return cst_group_dimension(g->part) + cst_group_dimension(g->part + 1);
    case CST_GROUP_POWER:
    case CST_GROUP_WREATH:
        return g->p * cst_group_dimension(g->part);
    case CST_GROUP_AFFINE:
        return cst_group_dimension(g->part) + cst_group_degree(g->part);
    }
    return 0;
}

/* Components of the groups without parts: O(p, q) has the signs of the determinants of its two diagonal
   blocks, of which SO(p, q) has those with product 1. */
static ulong
simple_components(const cst_group_t g)
{
    switch (g->kind)
    {
    case CST_GROUP_SIGNS:
    case CST_GROUP_NONZERO:
    case CST_GROUP_GL:
        return 2;
    case CST_GROUP_O:
        return g->p && g->q ? 4 : 2;
    case CST_GROUP_SO:
        return g->p && g->q ? 2 : 1;
    default:
        return 1;
    }
}

void
cst_group_components(fmpz_t count, const cst_group_t g)
{
    fmpz_t other;

    if (g->length == 0)
    {
        fmpz_set_ui(count, simple_components(g));
        return;
    }
    fmpz_init(other);
    cst_group_components(count, g->part);
    if (g->kind == CST_GROUP_PRODUCT)
    {
        cst_group_components(other, g->part + 1);
        fmpz_mul(count, count, other);
    }
    else if (g->kind != CST_GROUP_AFFINE)
    {
        fmpz_pow_ui(count, count, (ulong) g->p);
        fmpz_fac_ui(other, g->kind == CST_GROUP_WREATH ? (ulong) g->p : 0);
        fmpz_mul(count, count, other);
    }
    fmpz_clear(other);
}

/* The natural logarithm. */
static void
log_components(arb_t result, const cst_group_t g, slong prec)
{
    arb_t other;

    if (g->length == 0)
    {
        arb_log_ui(result, simple_components(g), prec);
        return;
    }
    arb_init(other);
    log_components(result, g->part, prec);
    if (g->kind == CST_GROUP_PRODUCT)
        log_components(other, g->part + 1, prec);
    else if (g->kind != CST_GROUP_AFFINE)
        arb_mul_si(result, result, g->p, prec);
    if (g->kind == CST_GROUP_WREATH)
    {
        arb_set_si(other, g->p + 1);
        arb_lgamma(other, other, prec);
    }
    arb_add(result, result, other, prec);
    arb_clear(other);
}

void
cst_group_log10_components(arb_t result, const cst_group_t g, slong prec)
{
    arb_t ten;

    arb_init(ten);
    arb_log_ui(ten, 10, prec + 30);
    log_components(result, g, prec + 30);
    arb_div(result, result, ten, prec);
    arb_clear(ten);
}

int
cst_group_is_connected(const cst_group_t g)
{
    int connected = simple_components(g) == 1 && !(g->kind == CST_GROUP_WREATH && g->p > 1);

    for (slong i = 0; i < g->length && connected; i++)
        connected = cst_group_is_connected(g->part + i);
    return connected;
}

int
cst_group_is_compact(const cst_group_t g)
{
    int compact = 1;

    switch (g->kind)
    {
    case CST_GROUP_TRIVIAL:
    case CST_GROUP_SIGNS:
    case CST_GROUP_CIRCLE:
        return 1;
    case CST_GROUP_SL:
        return g->p == 1;
    case CST_GROUP_O:
    case CST_GROUP_SO:
        return g->p == 0 || g->q == 0;
    case CST_GROUP_PRODUCT:
    case CST_GROUP_POWER:
    case CST_GROUP_WREATH:
        for (slong i = 0; i < g->length && compact; i++)
            compact = cst_group_is_compact(g->part + i);
        return compact;
    default:
        return 0;
    }
}

/* Is the determinant 1 on the identity component? */
static int
preserves_volume(const cst_group_t g)
{
    int special = 1;

    for (slong i = 0; i < g->length && special; i++)
        special = preserves_volume(g->part + i);
    return special && g->kind != CST_GROUP_POSITIVE && g->kind != CST_GROUP_NONZERO &&
           g->kind != CST_GROUP_COMPLEX && g->kind != CST_GROUP_GL;
}

/* On G x| R^n, tr ad x is that on G plus tr x. Here both are sums, with coefficients >= 0, of the traces of
   the atoms of G, so they never cancel. */
int
cst_group_is_unimodular(const cst_group_t g)
{
    if (g->kind == CST_GROUP_AFFINE && !preserves_volume(g->part))
        return 0;
    for (slong i = 0; i < g->length; i++)
        if (!cst_group_is_unimodular(g->part + i))
            return 0;
    return 1;
}
