/* expr/node.c -- the hash-consing pool: each node exists once. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "expr/pool.h"

static ulong
mix(ulong h, ulong x)
{
    h ^= x + UWORD(0x9e3779b9) + (h << 6) + (h >> 2);
    return h * UWORD(0x01000193);
}

/* The low bits choose the slot, so all bits must reach them (the finalizer of splitmix64). */
static ulong
finish(ulong h)
{
    uint64_t x = h;

    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (ulong) (x ^ (x >> 31));
}

static ulong
hash_fmpz(ulong h, const fmpz_t x)
{
    if (!COEFF_IS_MPZ(*x))
        return mix(h, (ulong) *x);
    return mix(mix(h, fmpz_fdiv_ui(x, UWORD(4294967291))), (ulong) fmpz_sgn(x));
}

static ulong
hash_parts(cst_expr_kind_t kind, cst_expr_t a, cst_expr_t b, const fmpq *value, const char *name)
{
    ulong h = mix(17, (ulong) kind);

    if (a)
        h = mix(h, (ulong) a->serial);
    if (b)
        h = mix(h, (ulong) b->serial);
    if (value)
        h = hash_fmpz(hash_fmpz(h, fmpq_numref(value)), fmpq_denref(value));
    for (; name && *name; name++)
        h = mix(h, (unsigned char) *name);
    return finish(h);
}

static int
same_parts(cst_expr_t e, cst_expr_kind_t kind, cst_expr_t a, cst_expr_t b, const fmpq *value,
           const char *name)
{
    return e->kind == kind && e->args[0] == a && e->args[1] == b && (!value || fmpq_equal(e->value, value)) &&
           (!name || strcmp(e->name, name) == 0);
}

cst_expr_ctx_t
cst_expr_ctx_new(void)
{
    cst_expr_ctx_t ctx = flint_calloc(1, sizeof *ctx);

    ctx->table_size = 64;
    ctx->table = flint_calloc((size_t) ctx->table_size, sizeof *ctx->table);
    return ctx;
}

void
cst_expr_ctx_free(cst_expr_ctx_t ctx)
{
    if (!ctx)
        return;
    for (slong i = 0; i < ctx->length; i++)
    {
        fmpq_clear(ctx->nodes[i]->value);
        flint_free(ctx->nodes[i]->name);
        flint_free(ctx->nodes[i]);
    }
    flint_free(ctx->nodes);
    flint_free(ctx->marks);
    flint_free(ctx->table);
    flint_free(ctx);
}

static void
grow_table(cst_expr_ctx_t ctx)
{
    slong size = 2 * ctx->table_size;
    slong *table = flint_calloc((size_t) size, sizeof *table);

    for (slong i = 0; i < ctx->length; i++)
    {
        slong slot = (slong) (ctx->nodes[i]->hash & (ulong) (size - 1));

        while (table[slot])
            slot = (slot + 1) & (size - 1);
        table[slot] = i + 1;
    }
    flint_free(ctx->table);
    ctx->table = table;
    ctx->table_size = size;
}

static void
grow_nodes(cst_expr_ctx_t ctx)
{
    slong alloc = ctx->alloc ? 2 * ctx->alloc : 64;

    ctx->nodes = flint_realloc(ctx->nodes, (size_t) alloc * sizeof *ctx->nodes);
    ctx->marks = flint_realloc(ctx->marks, (size_t) alloc * sizeof *ctx->marks);
    memset(ctx->marks + ctx->alloc, 0, (size_t) (alloc - ctx->alloc) * sizeof *ctx->marks);
    ctx->alloc = alloc;
}

static char *
copy_name(const char *name)
{
    size_t size = strlen(name) + 1;

    return memcpy(flint_malloc(size), name, size);
}

cst_expr_t
cst__expr_intern(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t a, cst_expr_t b, const fmpq *value,
                 const char *name)
{
    ulong hash = hash_parts(kind, a, b, value, name);
    slong slot = (slong) (hash & (ulong) (ctx->table_size - 1));
    struct cst_expr_node *e;

    for (; ctx->table[slot]; slot = (slot + 1) & (ctx->table_size - 1))
    {
        e = ctx->nodes[ctx->table[slot] - 1];
        if (e->hash == hash && same_parts(e, kind, a, b, value, name))
            return e;
    }
    e = flint_calloc(1, sizeof *e);
    e->kind = kind;
    e->arity = (a != NULL) + (b != NULL);
    e->args[0] = a;
    e->args[1] = b;
    e->hash = hash;
    e->pool = ctx;
    e->serial = ctx->length;
    e->reciprocal =
        kind == CST_EXPR_POWER ? fmpq_sgn(value) < 0 : kind == CST_EXPR_MUL && a->reciprocal && b->reciprocal;
    fmpq_init(e->value);
    if (value)
        fmpq_set(e->value, value);
    e->name = name ? copy_name(name) : NULL;
    if (ctx->length == ctx->alloc)
        grow_nodes(ctx);
    ctx->nodes[ctx->length++] = e;
    ctx->table[slot] = ctx->length;
    if (2 * ctx->length > ctx->table_size)
        grow_table(ctx);
    return e;
}

static int
by_serial(const void *x, const void *y)
{
    slong a = (*(const cst_expr_t *) x)->serial, b = (*(const cst_expr_t *) y)->serial;

    return (a > b) - (a < b);
}

void
cst__expr_order_init(cst__expr_order_t *order, const cst_expr_t *roots, slong count)
{
    slong alloc = count + 16, pending = 0;

    order->length = 0;
    order->nodes = flint_malloc((size_t) alloc * sizeof *order->nodes);
    if (count == 0)
        return;
    cst_expr_ctx_t ctx = roots[0]->pool;
    ctx->walk++;
    for (slong i = 0; i < count; i++)
        if (ctx->marks[roots[i]->serial] != ctx->walk)
        {
            ctx->marks[roots[i]->serial] = ctx->walk;
            order->nodes[order->length++] = roots[i];
        }
    for (; pending < order->length; pending++)
    {
        cst_expr_t e = order->nodes[pending];

        for (int i = 0; i < e->arity; i++)
            if (ctx->marks[e->args[i]->serial] != ctx->walk)
            {
                ctx->marks[e->args[i]->serial] = ctx->walk;
                if (order->length == alloc)
                    order->nodes = flint_realloc(order->nodes, (size_t) (alloc *= 2) * sizeof *order->nodes);
                order->nodes[order->length++] = e->args[i];
            }
    }
    qsort(order->nodes, (size_t) order->length, sizeof *order->nodes, by_serial);
}

void
cst__expr_order_clear(cst__expr_order_t *order)
{
    flint_free(order->nodes);
}

slong
cst__expr_order_find(const cst__expr_order_t *order, cst_expr_t e)
{
    slong low = 0, high = order->length - 1;

    while (low <= high)
    {
        slong middle = low + (high - low) / 2;
        slong serial = order->nodes[middle]->serial;

        if (serial == e->serial)
            return middle;
        if (serial < e->serial)
            low = middle + 1;
        else
            high = middle - 1;
    }
    return -1;
}

cst_expr_kind_t
cst_expr_kind(cst_expr_t e)
{
    return e->kind;
}

slong
cst_expr_serial(cst_expr_t e)
{
    return e->serial;
}

int
cst_expr_arity(cst_expr_t e)
{
    return e->arity;
}

cst_expr_t
cst_expr_argument(cst_expr_t e, int i)
{
    return e->args[i];
}

const char *
cst_expr_name(cst_expr_t e)
{
    return e->name;
}

const fmpq *
cst_expr_rational_value(cst_expr_t e)
{
    return e->value;
}

const fmpq *
cst_expr_exponent(cst_expr_t e)
{
    return e->value;
}

int
cst_expr_is_integer_value(cst_expr_t e, slong value)
{
    return e->kind == CST_EXPR_RATIONAL && fmpz_is_one(fmpq_denref(e->value)) &&
           fmpz_equal_si(fmpq_numref(e->value), value);
}

int
cst_expr_depends_on(cst_expr_ctx_t ctx, cst_expr_t e, cst_expr_t variable)
{
    cst__expr_order_t order;
    int found;

    (void) ctx;
    if (variable->serial > e->serial)
        return 0;
    cst__expr_order_init(&order, &e, 1);
    found = cst__expr_order_find(&order, variable) >= 0;
    cst__expr_order_clear(&order);
    return found;
}
