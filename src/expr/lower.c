/* expr/lower.c -- compiles expressions into a tape: every function in terms of few operations. */
#include <string.h>

#include <caustic/tape.h>

#include "expr/pool.h"

/* A tape in the making, with a hash table that merges equal operations. */
typedef struct
{
    cst_tape_op_t *ops;
    slong length, alloc;
    slong *table; /* open addressing: position + 1, or 0 */
    slong table_size;
} maker_t;

static void
swap(slong *a, slong *b)
{
    slong t = *a;

    *a = *b;
    *b = t;
}

static slong
slot_of(const maker_t *m, cst_tape_code_t code, slong a, slong b, const fmpq *value)
{
    ulong h = ((ulong) code * 31 + (ulong) a) * UWORD(1000003) + (ulong) b;

    if (value)
        h = h * 31 + fmpz_fdiv_ui(fmpq_numref(value), 1000003) * 7 +
            fmpz_fdiv_ui(fmpq_denref(value), 1000033);
    h *= UWORD(2654435761);
    return (slong) ((h ^ (h >> 15)) & (ulong) (m->table_size - 1));
}

static void
insert(maker_t *m, slong position)
{
    const cst_tape_op_t *op = m->ops + position;
    slong slot = slot_of(m, op->code, op->a, op->b, op->value);

    while (m->table[slot])
        slot = (slot + 1) & (m->table_size - 1);
    m->table[slot] = position + 1;
}

static double
rational_double(const fmpq_t q)
{
    arf_t x;
    double d;

    arf_init(x);
    arf_fmpz_div_fmpz(x, fmpq_numref(q), fmpq_denref(q), 60, ARF_RND_NEAR);
    d = arf_get_d(x, ARF_RND_NEAR);
    arf_clear(x);
    return d;
}

static slong
emit(maker_t *m, cst_tape_code_t code, slong a, slong b, const fmpq *value)
{
    fmpq_t zero;
    slong slot;

    fmpq_init(zero);
    value = value ? value : zero;
    if ((code == CST_TAPE_ADD || code == CST_TAPE_MUL) && a > b)
        swap(&a, &b);
    for (slot = slot_of(m, code, a, b, value); m->table[slot]; slot = (slot + 1) & (m->table_size - 1))
    {
        const cst_tape_op_t *op = m->ops + m->table[slot] - 1;

        if (op->code == code && op->a == a && op->b == b && fmpq_equal(op->value, value))
            return m->table[slot] - 1;
    }
    if (m->length == m->alloc)
        m->ops = flint_realloc(m->ops, (size_t) (m->alloc *= 2) * sizeof *m->ops);
    m->ops[m->length].code = code;
    m->ops[m->length].a = a;
    m->ops[m->length].b = b;
    fmpq_init(m->ops[m->length].value);
    fmpq_set(m->ops[m->length].value, value);
    m->ops[m->length].nearest = rational_double(value);
    m->table[slot] = ++m->length;
    if (2 * m->length > m->table_size)
    {
        flint_free(m->table);
        m->table_size *= 2;
        m->table = flint_calloc((size_t) m->table_size, sizeof *m->table);
        for (slong i = 0; i < m->length; i++)
            insert(m, i);
    }
    return m->length - 1;
}

static slong
emit_unary(maker_t *m, cst_tape_code_t code, slong a)
{
    return emit(m, code, a, -1, NULL);
}

static slong
emit_literal(maker_t *m, slong n, ulong d)
{
    slong position;
    fmpq_t q;

    fmpq_init(q);
    fmpq_set_si(q, n, d);
    position = emit(m, CST_TAPE_RATIONAL, -1, -1, q);
    fmpq_clear(q);
    return position;
}

static slong
emit_scale(maker_t *m, slong a, slong n, ulong d)
{
    slong position;
    fmpq_t q;

    fmpq_init(q);
    fmpq_set_si(q, n, d);
    position = emit(m, CST_TAPE_SCALE, a, -1, q);
    fmpq_clear(q);
    return position;
}

/* a^n by squaring, from the leading bit of n */
static slong
emit_integer_power(maker_t *m, slong a, const fmpz_t n)
{
    slong r;

    if (fmpz_sgn(n) < 0)
        a = emit_unary(m, CST_TAPE_INVERSE, a);
    r = a;
    for (slong i = (slong) fmpz_bits(n) - 2; i >= 0; i--)
    {
        fmpz_t t;

        fmpz_init(t);
        fmpz_abs(t, n);
        r = emit(m, CST_TAPE_MUL, r, r, NULL);
        if (fmpz_tstbit(t, (ulong) i))
            r = emit(m, CST_TAPE_MUL, r, a, NULL);
        fmpz_clear(t);
    }
    return r;
}

static slong
emit_power(maker_t *m, slong a, const fmpq_t q)
{
    return fmpz_is_one(fmpq_denref(q)) ? emit_integer_power(m, a, fmpq_numref(q))
                                       : emit(m, CST_TAPE_POWER, a, -1, q);
}

/* (exp(a) + sign exp(-a))/2 */
static slong
emit_hyperbolic(maker_t *m, slong a, slong sign)
{
    slong up = emit_unary(m, CST_TAPE_EXP, a), down = emit_unary(m, CST_TAPE_INVERSE, up);

    return emit_scale(m, emit(m, sign > 0 ? CST_TAPE_ADD : CST_TAPE_SUB, up, down, NULL), 1, 2);
}

/* 1/(1 + exp(scale a)) */
static slong
emit_logistic(maker_t *m, slong a, slong scale)
{
    slong e = emit_unary(m, CST_TAPE_EXP, emit_scale(m, a, scale, 1));

    return emit_unary(m, CST_TAPE_INVERSE, emit(m, CST_TAPE_ADD, e, emit_literal(m, 1, 1), NULL));
}

/* atan(a/sqrt(1 - a^2)) */
static slong
emit_asin(maker_t *m, slong a)
{
    slong s = emit(m, CST_TAPE_SUB, emit_literal(m, 1, 1), emit(m, CST_TAPE_MUL, a, a, NULL), NULL);
    fmpq_t q;

    fmpq_init(q);
    fmpq_set_si(q, -1, 2);
    s = emit(m, CST_TAPE_POWER, s, -1, q);
    fmpq_clear(q);
    return emit_unary(m, CST_TAPE_ATAN, emit(m, CST_TAPE_MUL, a, s, NULL));
}

/* 2 step(a) - 1 */
static slong
emit_sign(maker_t *m, slong a)
{
    slong s = emit_scale(m, emit_unary(m, CST_TAPE_STEP, a), 2, 1);

    return emit(m, CST_TAPE_SUB, s, emit_literal(m, 1, 1), NULL);
}

static slong
emit_function(maker_t *m, cst_expr_kind_t kind, slong a)
{
    slong one;

    switch (kind)
    {
    case CST_EXPR_EXP:
        return emit_unary(m, CST_TAPE_EXP, a);
    case CST_EXPR_LOG:
        return emit_unary(m, CST_TAPE_LOG, a);
    case CST_EXPR_SIN:
        return emit_unary(m, CST_TAPE_SIN, a);
    case CST_EXPR_COS:
        return emit_unary(m, CST_TAPE_COS, a);
    case CST_EXPR_TAN:
        one = emit_unary(m, CST_TAPE_INVERSE, emit_unary(m, CST_TAPE_COS, a));
        return emit(m, CST_TAPE_MUL, emit_unary(m, CST_TAPE_SIN, a), one, NULL);
    case CST_EXPR_ASIN:
        return emit_asin(m, a);
    case CST_EXPR_ACOS:
        one = emit_scale(m, emit(m, CST_TAPE_PI, -1, -1, NULL), 1, 2);
        return emit(m, CST_TAPE_SUB, one, emit_asin(m, a), NULL);
    case CST_EXPR_ATAN:
        return emit_unary(m, CST_TAPE_ATAN, a);
    case CST_EXPR_SINH:
        return emit_hyperbolic(m, a, -1);
    case CST_EXPR_COSH:
        return emit_hyperbolic(m, a, 1);
    case CST_EXPR_TANH: /* 1 - 2/(1 + exp(2 a)) */
        one = emit_literal(m, 1, 1);
        return emit(m, CST_TAPE_SUB, one, emit_scale(m, emit_logistic(m, a, 2), 2, 1), NULL);
    case CST_EXPR_ERF:
        return emit_unary(m, CST_TAPE_ERF, a);
    case CST_EXPR_SIGMOID:
        return emit_logistic(m, a, -1);
    case CST_EXPR_SOFTPLUS: /* log(1 + exp(a)) */
        one = emit_literal(m, 1, 1);
        return emit_unary(m, CST_TAPE_LOG, emit(m, CST_TAPE_ADD, emit_unary(m, CST_TAPE_EXP, a), one, NULL));
    case CST_EXPR_ABS:
        return emit(m, CST_TAPE_MUL, emit_sign(m, a), a, NULL);
    case CST_EXPR_RELU:
        return emit(m, CST_TAPE_MUL, emit_unary(m, CST_TAPE_STEP, a), a, NULL);
    case CST_EXPR_STEP:
        return emit_unary(m, CST_TAPE_STEP, a);
    default: /* sign */
        return emit_sign(m, a);
    }
}

static int
is_literal(const maker_t *m, slong a)
{
    return m->ops[a].code == CST_TAPE_RATIONAL;
}

/* Is the operation -x? */
static int
is_negation(const maker_t *m, slong a)
{
    const fmpq *q = m->ops[a].value;

    return m->ops[a].code == CST_TAPE_SCALE && fmpz_is_one(fmpq_denref(q)) &&
           fmpz_equal_si(fmpq_numref(q), -1);
}

/* a + b; a - x for b = -x, or for a negative literal */
static slong
emit_sum(maker_t *m, slong a, slong b)
{
    if (is_negation(m, a) && !is_negation(m, b))
        swap(&a, &b);
    if (is_negation(m, b))
        return emit(m, CST_TAPE_SUB, a, m->ops[b].a, NULL);
    return emit(m, CST_TAPE_ADD, a, b, NULL);
}

static slong
emit_product(maker_t *m, slong a, slong b)
{
    if (is_literal(m, b) && !is_literal(m, a))
        swap(&a, &b);
    if (is_literal(m, a))
    {
        fmpq_t q; /* emit may move the operations */
        slong position;

        fmpq_init(q);
        fmpq_set(q, m->ops[a].value);
        position = emit(m, CST_TAPE_SCALE, b, -1, q);
        fmpq_clear(q);
        return position;
    }
    return emit(m, CST_TAPE_MUL, a, b, NULL);
}

static slong
input_index(cst_expr_t e, const cst_expr_t *inputs, slong count)
{
    for (slong i = 0; i < count; i++)
        if (inputs[i] == e)
            return i;
    return -1;
}

/* The position of a node, given those of its arguments; -1 for an unknown variable. */
static slong
emit_node(maker_t *m, cst_expr_t e, slong a, slong b, const cst_expr_t *inputs, slong input_count)
{
    switch (e->kind)
    {
    case CST_EXPR_RATIONAL:
        return emit(m, CST_TAPE_RATIONAL, -1, -1, e->value);
    case CST_EXPR_PI:
        return emit(m, CST_TAPE_PI, -1, -1, NULL);
    case CST_EXPR_VARIABLE:
        a = input_index(e, inputs, input_count);
        return a < 0 ? -1 : emit(m, CST_TAPE_INPUT, a, -1, NULL);
    case CST_EXPR_ADD:
        return emit_sum(m, a, b);
    case CST_EXPR_MUL:
        return emit_product(m, a, b);
    case CST_EXPR_POWER:
        return emit_power(m, a, e->value);
    default:
        return emit_function(m, e->kind, a);
    }
}

static int
uses_a(const cst_tape_op_t *op)
{
    return op->code != CST_TAPE_INPUT && op->a >= 0;
}

/* Keeps only what the outputs need. */
static void
sweep(cst_tape_t tape, maker_t *m)
{
    slong *place = flint_calloc((size_t) m->length + 1, sizeof *place), kept = 0;

    for (slong i = 0; i < tape->output_count; i++)
        place[tape->outputs[i]] = 1;
    for (slong i = m->length - 1; i >= 0; i--)
        if (place[i])
        {
            if (uses_a(m->ops + i))
                place[m->ops[i].a] = 1;
            if (m->ops[i].b >= 0)
                place[m->ops[i].b] = 1;
        }
    for (slong i = 0; i < m->length; i++)
    {
        cst_tape_op_t *op = m->ops + i;

        if (!place[i])
        {
            fmpq_clear(op->value);
            continue;
        }
        if (uses_a(op))
            op->a = place[op->a];
        if (op->b >= 0)
            op->b = place[op->b];
        place[i] = kept;
        m->ops[kept++] = *op;
    }
    for (slong i = 0; i < tape->output_count; i++)
        tape->outputs[i] = place[tape->outputs[i]];
    tape->ops = m->ops;
    tape->length = kept;
    flint_free(place);
}

static cst_status_t
compile_nodes(maker_t *m, slong *place, const cst__expr_order_t *order, const cst_expr_t *inputs,
              slong input_count, cst_error_t *error)
{
    for (slong i = 0; i < order->length; i++)
    {
        cst_expr_t e = order->nodes[i];
        slong a = e->arity > 0 ? place[cst__expr_order_find(order, e->args[0])] : -1;
        slong b = e->arity > 1 ? place[cst__expr_order_find(order, e->args[1])] : -1;

        place[i] = emit_node(m, e, a, b, inputs, input_count);
        if (place[i] < 0)
            return cst_error_set(error, CST_BAD_INPUT, "the variable '%s' is not an input", e->name);
    }
    return CST_OK;
}

cst_status_t
cst_tape_compile(cst_tape_t tape, cst_expr_ctx_t ctx, const cst_expr_t *outputs, slong output_count,
                 const cst_expr_t *inputs, slong input_count, cst_error_t *error)
{
    maker_t m = {NULL, 0, 64, NULL, 256};
    cst__expr_order_t order;
    cst_status_t status;
    slong *place;

    (void) ctx;
    cst__expr_order_init(&order, outputs, output_count);
    place = flint_malloc((size_t) (order.length + 1) * sizeof *place);
    m.ops = flint_malloc((size_t) m.alloc * sizeof *m.ops);
    m.table = flint_calloc((size_t) m.table_size, sizeof *m.table);
    tape->ops = NULL;
    tape->length = 0;
    tape->inputs = input_count;
    tape->output_count = output_count;
    tape->outputs = flint_calloc((size_t) output_count + 1, sizeof *tape->outputs);
    status = compile_nodes(&m, place, &order, inputs, input_count, error);
    if (status == CST_OK)
    {
        for (slong i = 0; i < output_count; i++)
            tape->outputs[i] = place[cst__expr_order_find(&order, outputs[i])];
        sweep(tape, &m);
    }
    else
    {
        tape->ops = m.ops;
        tape->length = m.length;
        cst_tape_clear(tape);
    }
    flint_free(m.table);
    flint_free(place);
    cst__expr_order_clear(&order);
    return status;
}

void
cst_tape_clear(cst_tape_t tape)
{
    for (slong i = 0; i < tape->length; i++)
        fmpq_clear(tape->ops[i].value);
    flint_free(tape->ops);
    flint_free(tape->outputs);
    memset(tape, 0, sizeof *tape);
}
