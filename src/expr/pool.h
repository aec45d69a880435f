/* expr/pool.h -- the pool of nodes, and walks over it without recursion. */
#ifndef CST_EXPR_POOL_H
#define CST_EXPR_POOL_H

#include <caustic/expr.h>

/* Builders leave a constant unfolded, and the parser refuses a literal, beyond these sizes:
   so a short text cannot ask for a huge number. */
#define CST__EXPR_MAX_BITS 8192
#define CST__EXPR_MAX_EXPONENT 1000000

struct cst_expr_node
{
    cst_expr_kind_t kind;
    int arity;
    int reciprocal; /* a power with a negative exponent, or a product of such */
    slong serial;
    cst_expr_t args[2];
    fmpq_t value; /* of a literal; the exponent of a power */
    char *name;   /* of a variable */
    ulong hash;
    struct cst_expr_pool *pool;
};

struct cst_expr_pool
{
    struct cst_expr_node **nodes; /* by serial */
    ulong *marks;                 /* by serial: the last walk that saw the node */
    slong length, alloc;
    slong *table; /* open addressing: serial + 1, or 0 */
    slong table_size;
    ulong walk;
    cst_expr_t one;
};

/* The nodes below some roots, arguments before users: sorted by serial. */
typedef struct
{
    cst_expr_t *nodes;
    slong length;
} cst__expr_order_t;

void cst__expr_order_init(cst__expr_order_t *order, const cst_expr_t *roots, slong count);
void cst__expr_order_clear(cst__expr_order_t *order);
/* The position of e in the order, or -1. */
slong cst__expr_order_find(const cst__expr_order_t *order, cst_expr_t e);

/* The node with exactly these parts, made if it is new. Nothing is folded. */
cst_expr_t cst__expr_intern(cst_expr_ctx_t ctx, cst_expr_kind_t kind, cst_expr_t a, cst_expr_t b,
                            const fmpq *value, const char *name);

/* Rebuilds a node with other arguments, through the builders. */
cst_expr_t cst__expr_rebuild(cst_expr_ctx_t ctx, cst_expr_t e, cst_expr_t a, cst_expr_t b);

/* Bits of numerator and denominator together. */
ulong cst__expr_bits(const fmpq_t q);

int cst__expr_small_exponent(const fmpq_t q);

/* What a text needs where it is evaluated, to be defined and smooth as it is written: also where the part
   concerned cancels, as in 0*log(x). */
typedef struct
{
    cst_expr_t e;
    int nonzero;       /* e != 0 is needed; otherwise e > 0 */
    const char *what;  /* words for e, such as "a denominator" */
    const void *place; /* for the caller */
} cst__expr_need_t;

typedef struct
{
    cst__expr_need_t *list;
    slong length, room;
} cst__expr_needs_t;

void cst__expr_needs_add(cst__expr_needs_t *needs, const cst__expr_need_t *need);

/* cst_expr_parse, which also adds what the text needs. */
cst_status_t cst__expr_parse_needs(cst_expr_t *result, cst__expr_needs_t *needs, cst_expr_ctx_t ctx,
                                   const char *text, const cst_expr_scope_t *scope, cst_error_t *error);

/* The word for a kind in the input syntax, such as "exp"; NULL if it has none. */
const char *cst__expr_kind_word(cst_expr_kind_t kind);
/* The same in LaTeX. */
const char *cst__expr_kind_latex(cst_expr_kind_t kind);

/* A growing string. */
typedef struct
{
    char *text;
    size_t length, alloc;
} cst__text_t;

void cst__text_init(cst__text_t *t);
void cst__text_add(cst__text_t *t, const char *s, size_t length);
void cst__text_puts(cst__text_t *t, const char *s);
/* A name of the input syntax as LaTeX shows it. */
void cst__text_latex_name(cst__text_t *t, const char *name);

#endif
